"""The network is blocked, for pytest, for what it starts, and for kernels; this machine still reaches itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursepress import network
from coursepress.execute import execute
from tests.coursepress.conftest import Write

# A datagram socket sends nothing when it is connected: it only asks whether there is a way.
REACH_OUT = """\
import socket
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(("192.0.2.1", 9))"""
REACH_ITSELF = """\
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(("localhost", server.getsockname()[1]))
client.sendall(b"hello")
assert server.accept()[0].recv(5) == b"hello\""""
OPEN = {**os.environ, network.FORCE: ""}

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has network namespaces")


def blocked(*command: str, hook: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command through `python -m coursepress.network`."""
    way = ["--hook"] if hook else []
    whole = [sys.executable, "-m", "coursepress.network", *way, "--", *command]
    return subprocess.run(whole, env=OPEN, capture_output=True, text=True, timeout=60)


def test_these_tests_reach_no_other_machine() -> None:
    assert os.environ[network.FORCE] in (network.NAMESPACE, network.HOOK)
    assert not network.is_reachable()
    assert "blocked" in network.describe()


def test_a_kernel_reaches_itself_and_no_other_machine(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(f"import socket\n{REACH_ITSELF}", REACH_OUT)
    assert execute([path]) == 1
    said = capsys.readouterr().out
    assert "code cell 2: import socket" in said
    assert "code cell 1" not in said
    assert ("OSError" in said) or ("NetworkBlocked" in said)


@pytest.mark.parametrize("hook", [pytest.param(False, marks=linux, id="namespace"), pytest.param(True, id="hook")])
def test_a_command_reaches_this_machine_only(hook: bool) -> None:
    inside = blocked(sys.executable, "-c", f"import socket\n{REACH_ITSELF}\nprint('fine')", hook=hook)
    assert inside.stdout == "fine\n", inside.stderr
    outside = blocked(sys.executable, "-c", REACH_OUT, hook=hook)
    assert outside.returncode == 1
    assert ("NetworkBlocked" if hook else "Network is unreachable") in outside.stderr


@linux
def test_a_command_gets_a_network_of_its_own() -> None:
    mine = os.readlink("/proc/self/ns/net")
    assert blocked("readlink", "/proc/self/ns/net").stdout.strip() not in (mine, "")
    assert blocked("readlink", "/proc/self/ns/net", hook=True).stdout.strip() == mine


def test_a_kernel_under_the_hook_reaches_no_other_machine(write: Write) -> None:
    path = write(f"import socket\n{REACH_ITSELF}", REACH_OUT)
    source = f"from pathlib import Path; from coursepress.execute import execute; execute([Path({str(path)!r})])"
    said = blocked(sys.executable, "-c", source, hook=True).stdout
    assert "code cell 2: import socket\n    NetworkBlocked" in said


@pytest.mark.parametrize("name", ["example.org", b"example.org", "192.0.2.1", "2001:db8::1"])
def test_the_hook_refuses_names_and_addresses_of_others(name: str | bytes) -> None:
    with pytest.raises(network.NetworkBlocked, match="cannot be reached"):
        network._refuse("socket.getaddrinfo", (name, 80, 0, 0, 0))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "", None])
def test_the_hook_lets_this_machine_be_reached(name: str | None) -> None:
    network._refuse("socket.getaddrinfo", (name, 80, 0, 0, 0))


def test_the_exit_code_is_the_commands() -> None:
    assert blocked(sys.executable, "-c", "raise SystemExit(7)").returncode == 7
    assert blocked(sys.executable, "-c", "raise SystemExit(7)", hook=True).returncode == 7


def test_a_command_that_does_not_exist_is_a_clear_sentence() -> None:
    result = blocked("no-such-command")
    assert result.returncode == 127
    assert "no-such-command does not start" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_command_it_says_how_to_call_it() -> None:
    assert network.main(["ls"]) == network.main(["--"]) == 2


def test_a_host_that_refuses_namespaces_gets_the_hook(tmp_path: Path) -> None:
    source = "from coursepress import network\nnetwork._may_enter_namespace = lambda: False\n"
    ask = "import subprocess, sys\nprint(network.block())\nsubprocess.run([sys.executable, '-c', 'import os, socket\\n"
    probe = f"{REACH_OUT}'])".replace("import socket\n", "").replace("\n", "\\n")
    script = tmp_path / "script.py"
    script.write_text(source + ask + probe, encoding="utf-8")
    result = subprocess.run([sys.executable, script], env=OPEN, capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == network.HOOK, result.stderr
    assert "NetworkBlocked" in result.stderr

"""Where processes cannot be forked, each is a new interpreter, and a submission gets the same results."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from coursegrade import wire
from coursegrade.door import Door, enter
from coursegrade.fresh import Fresh
from coursegrade.grader import Grader
from coursegrade.results import Ending
from coursegrade.servers import LEARNERS, Servers
from coursegrade.settings import Settings
from coursekit.checks import bank
from tests.coursegrade.test_grader import SEED, answered, bank_helpers, cell, notebook

pytestmark = pytest.mark.filterwarnings("ignore")


def handed_in(id: str, body: str) -> str:
    return f'@ck.exercise("{id}")\ndef f(*given):\n    {body}'


@pytest.fixture(scope="module")
def content() -> bytes:
    """A wrong array, a right model, a right number; code that ends its process, and a right answer after it."""
    ids = ("condense/max-pool", "condense/to-a-quarter", "condense/global-shape", "condense/mend-edge")
    pool, quarter, shape, edge = map(bank.find, ids)
    return notebook(
        bank_helpers(pool),
        cell(pool, pool.misconceptions[1].function),
        cell(quarter, quarter.reference),
        cell(shape, shape.reference),
        handed_in("condense/stochastic-pool", "import os; os._exit(3)"),
        cell(edge, edge.reference),
    )


def comparable(result):
    return [(a.exercise, a.ending, a.state, a.points, a.misconceptions, a.message, a.flags) for a in result.answers]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has both kinds of processes")
def test_fresh_processes_give_the_same_results(content):
    settings = Settings(seed=SEED, timeout=60)
    with Grader(settings, Servers(forks=False)) as fresh:
        one = fresh.grade("a.ipynb", content)
    with Grader(settings, Servers(forks=True)) as forking:
        other = forking.grade("a.ipynb", content)
    assert comparable(one) == comparable(other)
    found = {id.partition("/")[2]: (a.ending, a.state) for id, a in answered(one).items()}
    assert found["max-pool"] == (Ending.GRADED, "not yet")
    assert found["stochastic-pool"] == (Ending.CRASHED, "")
    for right in ("to-a-quarter", "global-shape", "mend-edge"):
        assert found[right] == (Ending.GRADED, "correct")
    assert "files and network: the host's own" in one.limits


HOGS = {
    "import time; time.sleep(99)": Ending.TIMED_OUT,
    "import numpy\n    kept = [numpy.ones(2**27) for _ in range(9)]": Ending.OUT_OF_MEMORY,
}


def test_what_breaks_a_limit_is_ended_and_nothing_is_left():
    ids = [e.id for e in bank.load("condense") if not e.is_value][: len(HOGS)]
    cells = [handed_in(id, body) for id, body in zip(ids, HOGS, strict=True)]
    before = set(psutil.Process().children(recursive=True))
    with Grader(Settings(seed=SEED, timeout=12, memory=1.0), Servers(forks=False)) as grader:
        found = answered(grader.grade("a.ipynb", notebook(*cells)))
    assert [found[id].ending for id in ids] == list(HOGS.values())
    assert set(psutil.Process().children(recursive=True)) == before


# One process ---------------------------------------------------------------------------------------------------------


def test_a_door_opens_for_the_token_only():
    door = Door()
    port, token = door.address
    stranger = socket.create_connection(("127.0.0.1", port))
    stranger.sendall(b"x" * len(str(token)))
    guest = enter(door.address)
    with door.let_in(5) as channel, guest, stranger:
        guest.sendall(b"!")
        assert wire.exactly(channel, 1) == b"!"
    with pytest.raises(OSError, match=r"."):
        enter(door.address)


def test_a_door_closes_when_nobody_comes():
    with pytest.raises(TimeoutError):
        Door().let_in(0.05)


@pytest.fixture
def processes(monkeypatch) -> Iterator[Fresh]:
    """Fresh processes that run the code of their job, without TensorFlow."""
    program = "import json, sys; exec(json.loads(sys.stdin.readline())['code'])"
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: popen([sys.executable, "-c", program], **more))
    with Fresh(LEARNERS) as fresh:
        yield fresh


def test_how_a_process_ended_is_told(processes):
    process = processes.new({"code": "sys.exit(7)", "address": []})
    assert process.wait(30) == (Ending.CRASHED, "It ended its own process, with exit code 7.")


def test_a_limit_of_output_ends_a_process(processes):
    process = processes.new({"code": "while True: print('x' * 999)", "address": [], "output": 2**20})
    assert process.wait(30) == (Ending.TOO_MUCH_OUTPUT, "It printed more than 1 MB.")


def test_a_limit_of_processes_ends_all_of_them(processes):
    code = "import subprocess, time\nwhile True: subprocess.Popen(['sleep', '60'])"
    process = processes.new({"code": code, "address": [], "processes": 5})
    assert process.wait(30) == (Ending.CRASHED, "It started more than 5 processes.")
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "60"]]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is for POSIX")
def test_a_process_ends_with_its_grader(tmp_path):
    starter = (
        "import sys, time\nfrom coursegrade import fresh\n"
        "process = fresh.FreshProcess('coursegrade.worker', {'address': [1, '']})\n"
        "print(process._process.pid, flush=True)\ntime.sleep(60)"
    )
    grader = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(grader.stdout.readline()))
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    child.wait(60)
    grader.stdout.close()

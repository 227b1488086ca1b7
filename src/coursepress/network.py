"""Run a command that can reach this machine only: `python -m coursepress.network -- COMMAND…`

On Linux the command gets a network namespace of its own, in which nothing but the loopback device exists; everything it
starts lives there too. Where the host refuses that, and on other systems, a start-up hook makes every Python process
below refuse to reach other machines. This module uses the standard library alone, because the hook runs in any Python.
"""

import atexit
import ctypes
import errno
import ipaddress
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FORCE = "COURSEKIT_NETWORK"
NAMESPACE, HOOK, OPEN = "namespace", "hook", "open"

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
# RFC 5737 keeps this address for documentation: no machine has it. Connecting a datagram socket sends nothing.
_NOWHERE = ("192.0.2.1", 9)
_LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost"}
_HOOK_SOURCE = """\
import importlib.util
spec = importlib.util.spec_from_file_location("coursekit_network_hook", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.refuse_other_machines()
"""


class NetworkBlocked(OSError):
    """Something tried to reach another machine while the network was blocked."""


def block() -> str:
    """Cut this process, and all that it starts, off from other machines. It cannot be undone.

    Returns:
        `"namespace"` or `"hook"`: what is in force. A process that is cut off already stays as it is, and with
        `COURSEKIT_NETWORK=open` nothing is done and `"open"` is returned.
    """
    state = os.environ.get(FORCE)
    if state == OPEN or (state == NAMESPACE and not is_reachable()) or (state == HOOK and _refuses()):
        return state
    if state != HOOK and _may_enter_namespace():
        _enter_namespace()
        os.environ[FORCE] = NAMESPACE
        return NAMESPACE
    folder = tempfile.mkdtemp(prefix="coursekit-hook-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _install_hook(Path(folder))
    refuse_other_machines()
    return HOOK


def is_reachable() -> bool:
    """Whether other machines can be reached, as far as routes and hooks tell. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return False
    return True


def describe() -> str:
    """One line that says whether the network is blocked, and how."""
    if is_reachable():
        return "network: OPEN; `python -m coursepress.network -- COMMAND` blocks it"
    if os.environ.get(FORCE) == NAMESPACE:
        return "network: blocked by a network namespace; only the loopback device exists"
    if os.environ.get(FORCE) == HOOK:
        return "network: blocked by a hook in every Python process (this host gives no network namespace)"
    return "network: this machine has no route to others"


def refuse_other_machines() -> None:
    """Make this Python process raise NetworkBlocked when it looks up or reaches another machine. For good."""
    if not _refuses():
        sys.addaudithook(_refuse)
        sys._coursekit_refuses_other_machines = True  # type: ignore[attr-defined]


def run(command: Sequence[str], *, hook: bool = False) -> int:
    """Run a command with the network blocked and return its exit code.

    Args:
        command: program and arguments.
        hook: use the start-up hook even where a namespace could be had.
    """
    try:
        if os.environ.get(FORCE) == OPEN:
            return subprocess.run(command, check=False).returncode
        if not hook and _may_enter_namespace():
            _enter_namespace()
            # The command takes this process's place, so that signals reach it.
            os.execvpe(command[0], list(command), {**os.environ, FORCE: NAMESPACE})
        with tempfile.TemporaryDirectory(prefix="coursekit-hook-") as folder:
            _install_hook(Path(folder))
            return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"{command[0]} does not start: {error.strerror or error}.", file=sys.stderr)
        return 127


def _refuses() -> bool:
    return getattr(sys, "_coursekit_refuses_other_machines", False)


def _may_enter_namespace() -> bool:
    """Try it in a child process: a namespace that was entered halfway cannot be left again."""
    if not sys.platform.startswith("linux"):
        return False
    child = os.fork()
    if child == 0:
        try:
            _enter_namespace()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _enter_namespace() -> None:
    """Give this process a network of its own; only if root may not, a user namespace of its own as well."""
    user, group = os.getuid(), os.getgid()
    try:
        _unshare(_CLONE_NEWNET)
    except OSError:
        _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        # The same ids as outside, so that files keep their owners; the kernel wants setgroups off first.
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text)
    _raise_loopback()


def _unshare(flags: int) -> None:
    """`os.unshare`, which Python has only from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _raise_loopback() -> None:
    """Bring the device `lo` up: a new network namespace has it, but switched off."""
    import fcntl

    request = struct.Struct("16sH22x")  # struct ifreq: a device's name and its flags
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, request.pack(b"lo", 0))
        flags = request.unpack(answer)[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, request.pack(b"lo", flags | _IFF_UP))


def _install_hook(folder: Path) -> None:
    """Let every Python process started from now on run the hook first: the environment is inherited."""
    (folder / "sitecustomize.py").write_text(_HOOK_SOURCE.format(path=str(Path(__file__).resolve())), encoding="utf-8")
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.environ[FORCE] = HOOK


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: CPython calls it before every socket operation, whatever library asked for it."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if host is not None and not _is_local(host):
        raise NetworkBlocked(errno.ENETUNREACH, f"the network is blocked here, so {host} cannot be reached")


def _is_local(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name.lower() in _LOCAL_NAMES or name == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m coursepress.network [--hook] -- COMMAND…`"""
    given = list(sys.argv[1:] if arguments is None else arguments)
    hook = given[:1] == ["--hook"]
    command = given[hook:]
    if command[:1] != ["--"] or len(command) < 2:
        print("Say what to run: python -m coursepress.network [--hook] -- COMMAND…", file=sys.stderr)
        return 2
    return run(command[1:], hook=hook)


if __name__ == "__main__":
    sys.exit(main())

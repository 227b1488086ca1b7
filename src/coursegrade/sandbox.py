"""Walls around a learner's code: what it can see, reach and use up.

On Linux, where the host allows it, the code lives in namespaces of its own: no network, none of the host's processes,
and a file system that holds Python and its packages, read-only, and one small folder to write in. Everywhere else on
POSIX a *keeper* process watches it and ends it with all its descendants. The keeper never runs a learner's code.
Man pages: unshare(2), user_namespaces(7), pid_namespaces(7), pivot_root(2), mount(2), capabilities(7), prctl(2).
"""

import contextlib
import ctypes
import os
import platform
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import psutil

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

from coursegrade.results import Ending
from coursekit.checks import bank
from coursekit.errors import CourseError

GB = 2**30
MOST_PROCESSES = 40
MOST_OUTPUT = 20 * 2**20  # bytes
DISK = 64 * 2**20  # bytes
ALL_WELL = "all well"
PATROL = 0.1  # seconds between two looks at what the code uses
HOME = "/home/learner"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
DEVICES = ("null", "zero", "full", "random", "urandom")

_NEW_NS, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = (
    1, 2, 4, 8, 32, 4096, 16384, 1 << 18,
)  # fmt: skip
_DETACH = 2
_SET_DEATH_SIGNAL, _DROP_BOUNDING, _NO_NEW_PRIVILEGES, _SUBREAPER = 1, 24, 38, 36
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}  # the system call's number
_CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True)
class Walls:
    """How much a learner's process may use, and what it may see.

    memory: GB. mount: an empty folder of the host where the new root is put together. visible: folders of the host
    that stay readable. hidden: files and folders inside those that are empty for the learner.
    """

    memory: float = 2.0
    mount: str = ""
    visible: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    processes: int = MOST_PROCESSES
    output: int = MOST_OUTPUT
    namespaces: bool = True
    cpu: float = 600.0

    @classmethod
    def of(cls, job: dict[str, Any]) -> "Walls":
        """The walls that a job asks for, as JSON knows it."""
        asked: dict[str, Any] = {field.name: job[field.name] for field in fields(cls) if field.name in job}
        asked |= {name: tuple(asked[name]) for name in ("visible", "hidden") if name in asked}
        return cls(**asked)


@dataclass
class Status:
    """How a sandbox ended, in the words of its keeper."""

    ending: Ending = Ending.CRASHED
    why: str = ""


def visible_folders() -> tuple[str, ...]:
    """What Python and its packages need from the host, and nothing of the course but its package."""
    package = Path(__file__).resolve().parents[1]
    inside = [Path(sys.prefix), Path(sys.base_prefix), package, *map(Path, SYSTEM)]
    for entry in filter(None, sys.path):
        folder = Path(entry)
        if folder.is_dir() and (folder / "numpy").is_dir():  # packages may live outside of the prefix (Debian, conda)
            inside.append(folder)
    return tuple(dict.fromkeys(str(folder) for folder in inside if folder.exists()))


def solutions() -> tuple[str, ...]:
    """Where the courses' solutions are, their compiled copies included: hidden from learners' code."""
    return tuple(str(room / name) for room in bank.rooms().values() for name in ("exercises.py", "__pycache__"))


def require_walls() -> None:
    """Raise CourseError if this computer cannot wall a learner's code in."""
    if why := missing_walls():
        raise CourseError(
            f"This computer cannot wall learners' code in: {why}. So answers could read your files, the solutions "
            "among them, and reach the network; nothing was graded. Allow user namespaces (the page For teachers says "
            "how), grade on another computer, or say --without-walls if you trust everybody's code."
        )


@cache
def missing_walls() -> str:
    """Why this computer cannot wall a learner's code in; "" if it can. Tried in processes of their own."""
    with tempfile.TemporaryDirectory() as mount, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the new process only makes system calls
        said = _told_by(lambda: _try_walls(mount)) or "the attempt ended without a word"
    return "" if said == ALL_WELL else said


def _try_walls(mount: str) -> str:
    if not _enter_namespaces():
        return "user namespaces are not permitted"
    files = _told_by(lambda: _own_files(Walls(mount=mount))[0])  # only a child is in the new process table
    return ALL_WELL if files.startswith("files: read-only") else f"a file system of its own is not permitted ({files})"


def _told_by(work: Callable[[], str]) -> str:
    """What `work` returns in a new process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.write(writing, work().encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as said:
        text = said.read(1000).decode()
    os.waitpid(child, 0)
    return text


# The keeper ---------------------------------------------------------------------------------------------------------


def keep(walls: Walls, channel: socket.socket, status: int, run: Callable[[list[str]], None]) -> NoReturn:
    """Run `run(limits in force)` inside the walls, watch over it, and write how it ended to the descriptor `status`.

    To be called in a freshly forked process with one thread. Never returns.
    """
    os.setsid()
    ended = _Watch()
    signal.signal(signal.SIGTERM, ended.told_to_end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
    _prctl(_SUBREAPER, 1)
    limits = _enter_namespaces() if walls.namespaces else []
    screen, learners_screen = os.pipe()
    learner = os.fork()
    if learner == 0:
        _be_the_learner(walls, channel, learners_screen, limits, run)
    os.close(learners_screen)
    channel.close()
    result = Status()
    with contextlib.suppress(_ToldToEnd):
        result = ended.watch(learner, screen, walls)
    _end_all(learner)
    with contextlib.suppress(OSError):
        os.write(status, f"{result.ending.value}\n{result.why}".encode())
    os._exit(0)


def die_with_parent() -> None:
    """Let the system end this process when its parent ends, where the system can."""
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


class _ToldToEnd(BaseException):
    pass


@dataclass
class Screen:
    """What a process prints: how much, and its end."""

    tail: bytes = b""
    written: int = 0

    def show(self, text: bytes) -> None:
        """Take more of it in."""
        self.written += len(text)
        self.tail = (self.tail + text)[-4000:]

    def broken(self, walls: Walls) -> Status | None:
        """The limit of output, if it is broken."""
        if self.written <= walls.output:
            return None
        return Status(Ending.TOO_MUCH_OUTPUT, f"It printed more than {walls.output / 2**20:.0f} MB.")


@dataclass
class _Watch:
    """What the keeper sees of the learner's process."""

    screen: Screen = field(default_factory=Screen)
    _next: float = field(default_factory=time.monotonic)

    def told_to_end(self, *_: object) -> None:
        raise _ToldToEnd

    def watch(self, learner: int, screen: int, walls: Walls) -> Status:
        """Wait until the process ends or breaks a limit."""
        baseline = _memory(os.getpid())
        open_screen = [screen]
        with _ended(learner) as handle:
            while True:
                ready = select.select([*open_screen, *handle], [], [], PATROL)[0]
                if screen in ready:
                    text = os.read(screen, 2**16)
                    self.screen.show(text)
                    if not text:
                        open_screen = []
                    if found := self.screen.broken(walls):
                        return found
                if time.monotonic() >= self._next:
                    self._next = time.monotonic() + PATROL
                    family = [learner, *_descendants(learner), *_descendants(os.getpid())]
                    if found := broken(list(dict.fromkeys(family)), walls, baseline):
                        return found
                pid, code = os.waitpid(learner, os.WNOHANG)
                if pid:
                    while open_screen and select.select(open_screen, [], [], 0)[0] and (text := os.read(screen, 2**16)):
                        self.screen.show(text)
                    return how_it_died(os.waitstatus_to_exitcode(code), self.screen.tail)


def how_it_died(code: int, tail: bytes) -> Status:
    """How a process ended by itself, from its exit code and the last that it printed."""
    if any(sign in tail for sign in (b"bad_alloc", b"MemoryError", b"out of memory", b"Cannot allocate")):
        return Status(Ending.OUT_OF_MEMORY, "It asked for more memory than there is for an answer.")
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return Status(Ending.CRASHED, f"Its process was ended by {name}.")
    return Status(Ending.CRASHED, f"It ended its own process, with exit code {code}.")


@contextlib.contextmanager
def _ended(pid: int) -> Iterator[list[int]]:
    """A descriptor that becomes readable when the process ends, where the system has such a thing."""
    if not hasattr(os, "pidfd_open"):
        yield []
        return
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        yield []
        return
    try:
        yield [handle]
    finally:
        os.close(handle)


def broken(family: list[int], walls: Walls, baseline: int) -> Status | None:
    """The limit that a process and its descendants break together, if any.

    family: their process ids. baseline: bytes of memory that each of them may have besides.
    """
    if len(family) > walls.processes:
        return Status(Ending.CRASHED, f"It started more than {walls.processes} processes.")
    if sum(map(_memory, family)) > walls.memory * GB + len(family) * baseline:
        return Status(Ending.OUT_OF_MEMORY, f"It used more than {walls.memory:g} GB of memory.")
    return None


def _descendants(pid: int) -> list[int]:
    """Processes below `pid`. Linux lists the children of each thread; elsewhere psutil looks through all processes."""
    tasks = Path("/proc", str(pid), "task")
    found: list[int] = []
    try:
        for task in os.listdir(tasks):
            children = (tasks / task / "children").read_text().split()
            found += map(int, children)
    except OSError:
        if tasks.parent.parent.joinpath("self", "task").exists():  # Linux, and the process has ended
            return found
        with contextlib.suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    for child in list(found):
        if len(found) > 10_000:
            break
        found += _descendants(child)
    return found


def _memory(pid: int) -> int:
    """Bytes of a process's own memory: without files that are mapped, where the system tells."""
    try:
        for line in Path("/proc", str(pid), "status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _end_all(learner: int) -> None:
    """End the learner's process and whatever it left behind. In a process namespace the first kill ends all."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(50):
        family = [*_descendants(learner), learner, *_descendants(os.getpid())]
        for pid in dict.fromkeys(family):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            time.sleep(0.01)
            continue
        return


# The learner's side -------------------------------------------------------------------------------------------------


def _be_the_learner(
    walls: Walls, channel: socket.socket, screen: int, limits: list[str], run: Callable[[list[str]], None]
) -> NoReturn:
    try:
        die_with_parent()
        os.setsid()  # a signal to its own group must not reach the keeper
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        kept = _only(channel, screen)
        inside = bool(limits)
        if inside:
            limits = limits + _own_files(walls)
        limits = limits + own_limits(walls, inside)
        if inside:
            _give_up_privileges()
        del kept
        run(limits)
        os._exit(0)
    except BaseException as error:  # what goes wrong in here must never run on as a second grader
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(error).__name__}: {error}".encode())
    os._exit(70)


def _only(channel: socket.socket, screen: int) -> int:
    """Close every descriptor but the channel; input is empty, output and errors go to the keeper."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(screen, 1)
    os.dup2(screen, 2)
    kept = channel.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)
    return kept


def own_limits(walls: Walls, inside: bool) -> list[str]:
    """Limit this process where the system can; returns all limits that hold. inside: of namespaces of its own."""
    watched = [
        f"memory: {walls.memory:g} GB",
        f"processes: {walls.processes}",
        f"output: {walls.output // 2**20} MB",
    ]
    if resource is None:
        return watched
    limit = _data_segment() + int(walls.memory * GB)
    wanted = {"RLIMIT_DATA": limit, "RLIMIT_FSIZE": DISK, "RLIMIT_CORE": 0, "RLIMIT_CPU": int(walls.cpu)}
    if inside:  # elsewhere the limit would count all of the teacher's own processes and threads
        wanted["RLIMIT_NPROC"] = 512
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            with contextlib.suppress(ValueError, OSError):
                _, hard = resource.getrlimit(number)
                value = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(number, (value, value))
    return [*watched, f"file size: {DISK // 2**20} MB"]


def allow_time(seconds: float | None) -> None:
    """Let the system end this process after so many more seconds of processor time, where it can; None: never."""
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard if seconds is None else int(time.process_time() + seconds)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def allow_memory(size: int) -> None:
    """Limit the data of this process to `size` bytes, where the system can."""
    if resource is not None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _data_segment() -> int:
    """Bytes that RLIMIT_DATA counts for this process now: TensorFlow's own are not the learner's."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return GB


# Namespaces ---------------------------------------------------------------------------------------------------------


def _enter_namespaces() -> list[str]:
    """Give the next child process, id, network and message queues of its own; returns what could be had."""
    user, group = os.getuid(), os.getgid()
    common = _NEW_PID | _NEW_NET | _NEW_IPC | _NEW_UTS
    try:
        _unshare(_NEW_USER | common)
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text)
    except OSError:
        try:
            _unshare(common)  # root may do so without
        except OSError:
            return []
        return ["no network", "own process table"]
    return ["no network", "own process table", "own user table"]


def _own_files(walls: Walls) -> list[str]:
    """Change to a file system that holds what `walls` shows, read-only, and one small folder to write in."""
    try:
        _unshare(_NEW_NS)
        _mount("none", "/", "", _REC | _PRIVATE)
        root = walls.mount
        _mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, "size=4m,mode=755")
        for folder in sorted(walls.visible, key=len):
            _show(folder, root)
        for place in walls.hidden:
            hidden = root + os.path.realpath(place)
            if os.path.isdir(hidden):
                _mount("tmpfs", hidden, "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k")
            elif os.path.isfile(hidden):
                _mount("/dev/null", hidden, "", _BIND)
        os.makedirs(root + "/dev", exist_ok=True)
        for device in DEVICES:
            Path(root, "dev", device).touch()
            _mount(f"/dev/{device}", f"{root}/dev/{device}", "", _BIND)
        os.makedirs(root + HOME)
        _mount("tmpfs", root + HOME, "tmpfs", _NOSUID | _NODEV, f"size={DISK},mode=777")
        for folder, target in (("/tmp", "tmp"), ("/dev/shm", "shm")):
            os.makedirs(f"{root}{HOME}/.{target}")
            if not os.path.lexists(root + folder):  # Python itself may be installed below it
                os.symlink(f"{HOME}/.{target}", root + folder)
        os.makedirs(root + "/proc")
        with contextlib.suppress(OSError):  # some containers keep parts of /proc to themselves
            _mount("proc", root + "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
        with contextlib.suppress(OSError):
            Path(root, "proc/sys/user/max_user_namespaces").write_text("0")
        _mount("none", root, "", _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
        _enter(root)
    except OSError as error:
        return [f"files: the host's own ({error.strerror})"]
    os.chdir(HOME)
    os.environ.update(HOME=HOME, TMPDIR=f"{HOME}/.tmp")
    return ["files: read-only, " + f"{DISK // 2**20} MB to write"]


def _show(folder: str, root: str) -> None:
    """Make a folder or file of the host readable below the new root, at its own place."""
    target = root + folder
    if os.path.islink(folder):
        if not os.path.lexists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(os.readlink(folder), target)
            real = os.path.realpath(folder)
            if not os.path.exists(root + real):
                _show(real, root)
        return
    if os.path.exists(target):  # lies in a folder that is shown already
        return
    if os.path.isdir(folder):
        os.makedirs(target)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    _mount(folder, target, "", _BIND | _REC)
    flags = os.statvfs(folder).f_flag & (_NOSUID | _NODEV | _NOEXEC)  # a user namespace may not lift these
    _mount("none", target, "", _REMOUNT | _BIND | _RDONLY | _NOSUID | flags)


def _enter(root: str) -> None:
    os.chdir(root)
    number = _PIVOT_ROOT.get(platform.machine())
    if number is not None and _libc().syscall(number, b".", b".") == 0:
        _libc().umount2(b".", _DETACH)  # the old root, stacked on the new one
    else:
        os.chroot(".")
    os.chdir("/")


def _give_up_privileges() -> None:
    """Without privileges nothing of the above can be undone."""
    for number in range(64):
        _prctl(_DROP_BOUNDING, number)
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _libc().capset(ctypes.byref(head), ctypes.byref((ctypes.c_uint32 * 6)()))
    _prctl(_NO_NEW_PRIVILEGES, 1)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    if _libc().mount(source.encode(), os.fsencode(target), kind.encode() or None, flags, options.encode() or None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{os.strerror(code)}: {target}")


def _unshare(flags: int) -> None:
    if _libc().unshare(flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        _libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

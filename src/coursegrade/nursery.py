"""A fork server: it imports TensorFlow once and then makes processes that have it already.

What the processes do stands in a module of which the server knows the name alone. `prepare()` there loads what they all
need, and `run(job, channel, status)` is called in each of them. The server itself only imports: after one tensor or one
Keras layer it would hold threads, and every child that it forks would hang; a test asserts that importing the packages
and the bank makes none.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, Any

from coursegrade import wire
from coursegrade.results import Ending
from coursekit.errors import CourseError
from coursekit.session import ENVIRONMENT

STARTING = 180.0  # seconds that a server may take to import TensorFlow on a busy machine
ANSWERING = 60.0  # seconds in which a server forks, once it has started
_LENGTH = struct.Struct("!I")
# Loaded on first use by TensorFlow, Keras and NumPy: without them every child would load them again.
_LATE = (
    "keras.src.backend.tensorflow.trainer",
    "tensorflow.python.ops.numpy_ops.np_config",
    "numpy.random",
    "scipy.signal",
    "cloudpickle",
    "unittest.mock",
)


class NurseryFailed(CourseError):
    """The fork server does not start or ended."""


class Forked:
    """A process that a nursery made, seen from the grader."""

    def __init__(self, pid: int, channel: socket.socket, status: int) -> None:
        self.pid = pid
        self.channel = channel
        self._status = status

    def end(self, patience: float = 3.0) -> tuple[Ending, str]:
        """End it with all that it started; returns how it ended, in its keeper's words."""
        self.channel.close()
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGTERM)
        return self.wait(patience)

    def wait(self, patience: float = 3.0) -> tuple[Ending, str]:
        """Wait until it has ended. A keeper that does not answer is killed."""
        text = b""
        try:
            while select.select([self._status], [], [], patience)[0]:
                part = os.read(self._status, 2**16)
                if not part:
                    break
                text += part
            else:
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGKILL)
                select.select([self._status], [], [], patience)
        finally:
            os.close(self._status)
        ending, _, why = text.decode(errors="replace").partition("\n")
        return (Ending(ending), why) if ending in set(Ending) else (Ending.CRASHED, "Its process ended.")


class Nursery:
    """The grader's handle on a fork server. To be used as a context manager, by any number of threads.

    module: the name of the one that says what its processes do.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._errors: IO[bytes] | None = None  # what the server says until it is ready
        self._lock = threading.Lock()
        self._is_over = False
        self._mount: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "Nursery":
        self._mount = tempfile.TemporaryDirectory(prefix="coursekit-grading-", ignore_cleanup_errors=True)
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        if self._mount is not None:
            self._mount.cleanup()

    @property
    def mount(self) -> str:
        """An empty folder, where sandboxes put their own file system together."""
        assert self._mount is not None
        return self._mount.name

    def stop(self) -> None:
        """End the server for good, from any thread; its processes end with it."""
        self._is_over = True
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def new(self, job: dict[str, Any]) -> Forked:
        """A new process that does `job`. A server that has died is started again. Raises NurseryFailed."""
        with self._lock:
            return self._fork(job)

    def _fork(self, job: dict[str, Any]) -> Forked:
        for attempt in range(2):
            ours, theirs = socket.socketpair()
            status_read, status_write = os.pipe()
            try:
                pid = self._ask(job, [theirs.fileno(), status_write])
                return Forked(pid, ours, status_read)
            except (OSError, EOFError, struct.error) as error:
                ours.close()
                os.close(status_read)
                if attempt or self._is_over:
                    raise NurseryFailed(f"The process that makes graders' processes does not answer: {error}") from None
                self._stop()
                self._start()
            finally:
                theirs.close()
                os.close(status_write)
        raise AssertionError("unreachable")

    def _ask(self, job: dict[str, Any], descriptors: list[int]) -> int:
        assert self._control is not None
        self._await_imports()
        self._control.settimeout(ANSWERING)
        text = json.dumps(job).encode()
        socket.send_fds(self._control, [_LENGTH.pack(len(text))], descriptors)
        self._control.sendall(text)
        return _LENGTH.unpack(wire.exactly(self._control, _LENGTH.size, time.monotonic() + ANSWERING))[0]

    def _start(self) -> None:
        if self._is_over:
            raise NurseryFailed("The grader was stopped.")
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "coursegrade.nursery", self._module, str(theirs.fileno())]
        self._errors = errors = tempfile.TemporaryFile()  # noqa: SIM115, closed once the server is ready
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            start_new_session=True, env=environment(),
        )  # fmt: skip
        theirs.close()
        self._control = ours

    def _await_imports(self) -> None:
        """Wait until the server has said that it is ready; meanwhile others start."""
        errors, self._errors = self._errors, None
        if errors is None:
            return
        assert self._control is not None
        try:
            wire.exactly(self._control, 1, time.monotonic() + STARTING)
        except (OSError, EOFError):
            self._stop()
            errors.seek(0)
            said = errors.read()[-600:].decode(errors="replace").strip()
            raise NurseryFailed(f"The process that imports TensorFlow for the grader does not start. {said}") from None
        finally:
            errors.close()

    def _stop(self) -> None:
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()


def environment() -> dict[str, str]:
    """The environment of processes that run or judge answers."""
    quiet = {"MPLBACKEND": "agg", "COURSEKIT_NO_PROGRESS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    # One order of sets and one thread: the same answer gives the same result, and a fork copies no pool of threads.
    steady = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    return {**os.environ, **ENVIRONMENT, **quiet, **steady}


# The server's side --------------------------------------------------------------------------------------------------


def load(name: str) -> Any:
    """The module of this name, with all that its processes need."""
    module: Any = importlib.import_module(name)
    module.prepare()
    for late in _LATE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(late)
    return module


def main(name: str, descriptor: int) -> None:
    """Import, say that it is ready, and fork whenever asked, until the grader is gone."""
    control = socket.socket(fileno=descriptor)
    module = load(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries children; each has its own way to tell its end
    gc.freeze()  # children that collect garbage would copy every page that the server shares with them
    control.sendall(b".")
    while True:
        try:
            head, descriptors, _, _ = socket.recv_fds(control, _LENGTH.size, 2)
            if len(head) < _LENGTH.size:
                return
            job = json.loads(wire.exactly(control, _LENGTH.unpack(head)[0]))
        except (OSError, EOFError):
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _child(module, job, *descriptors)
        for number in descriptors:
            os.close(number)
        control.sendall(_LENGTH.pack(pid))


def _child(module: Any, job: dict[str, Any], channel_number: int, status: int) -> None:
    channel = socket.socket(fileno=channel_number)
    try:
        module.run(job, channel, status)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(status, f"{Ending.NOT_JUDGED.value}\n{type(error).__name__}: {error}".encode()[:2000])
    finally:
        os._exit(0)


if __name__ == "__main__":
    # Run as a module this file is `__main__`; the functions that are forked come from the importable one.
    importlib.import_module("coursegrade.nursery").main(sys.argv[1], int(sys.argv[2]))

"""Processes where the system cannot fork: each is a new interpreter that imports TensorFlow itself.

Scores are the same as with forked processes. It takes longer, and the walls of Linux are missing: the grader itself
watches what each process uses.
"""

import contextlib
import importlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from typing import IO, Any

import psutil

from coursegrade import nursery, sandbox
from coursegrade.door import STARTING, Door, enter
from coursegrade.results import Ending

BASELINE = 0.8 * sandbox.GB  # bytes of memory that Python and TensorFlow take before any answer runs


class Fresh:
    """Makes processes one by one; used like a `Nursery`."""

    forks = False
    mount = ""

    def __init__(self, module: str) -> None:
        self._module = module
        self._open: set[FreshProcess] = set()
        self._is_over = False

    def __enter__(self) -> "Fresh":
        return self

    def __exit__(self, *_: object) -> None:
        for process in list(self._open):
            process.end()

    def stop(self) -> None:
        """End all its processes for good, from any thread."""
        self._is_over = True
        self.__exit__()

    def new(self, job: dict[str, Any]) -> "FreshProcess":
        """A process that does `job`; without an address in it, its channel leads here. Raises NurseryFailed."""
        if self._is_over:
            raise nursery.NurseryFailed("The grader was stopped.")
        door = None if "address" in job else Door()
        process = FreshProcess(self._module, {"address": door.address, **job} if door else job)
        self._open = {other for other in self._open if other.is_running} | {process}
        if door:
            try:
                process.channel = door.let_in(STARTING)
            except TimeoutError:
                _, why = process.end()
                raise nursery.NurseryFailed(f"The judge's process does not start. {why}") from None
        return process


class FreshProcess:
    """A process that `Fresh` made, seen from the grader, which watches it if its job names a limit."""

    def __init__(self, module: str, job: dict[str, Any]) -> None:
        self.channel: socket.socket | None = None
        walls = sandbox.Walls.of(job)
        self._walls = walls or sandbox.Walls()
        self._seen: set[psutil.Process] = set()
        self._screen = sandbox.Screen()
        self._broken: sandbox.Status | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "coursegrade.fresh", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=nursery.environment(),
            start_new_session=True, creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._leash = self._process.stdin  # open for as long as the grader lives
        with contextlib.suppress(OSError):
            self._leash.write(json.dumps(job).encode() + b"\n")
            self._leash.flush()
        self._watches = [
            threading.Thread(target=self._watch_screen, args=[self._process.stdout], daemon=True),
            threading.Thread(target=self._watch_family, args=[walls is not None], daemon=True),
        ]
        for watch in self._watches:
            watch.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def end(self, patience: float = 3.0) -> tuple[Ending, str]:
        """End it with all that it started; returns how it ended."""
        if self.channel is not None:
            self.channel.close()
        was_running = self.is_running
        self._kill()
        ending, why = self.wait(patience)
        return (ending, "") if was_running and self._broken is None else (ending, why)

    def wait(self, patience: float = 3.0) -> tuple[Ending, str]:
        """Wait until it has ended, and end what it left behind; returns how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._kill()
        self._process.wait()
        for watch in self._watches:
            watch.join(patience)
        with contextlib.suppress(OSError):
            self._leash.close()
        status = self._broken or sandbox.how_it_died(self._process.returncode, self._screen.tail)
        return status.ending, status.why

    def _watch_screen(self, screen: IO[bytes]) -> None:
        with screen:
            while text := os.read(screen.fileno(), 2**16):
                self._screen.show(text)
                if broken := self._screen.broken(self._walls):
                    self._broken = self._broken or broken
                    self._kill()

    def _watch_family(self, is_limited: bool) -> None:
        while self.is_running:
            family = self._family()
            if is_limited and (broken := sandbox.broken([p.pid for p in family], self._walls, int(BASELINE))):
                self._broken = self._broken or broken
                self._kill()
            time.sleep(sandbox.PATROL)

    def _family(self) -> list[psutil.Process]:
        """The process and all descendants that were ever seen and still run."""
        children = defaultdict(list)
        for process in psutil.process_iter(["ppid"]):
            children[process.info["ppid"]].append(process)
        with contextlib.suppress(psutil.Error):
            self._seen.add(psutil.Process(self._process.pid))
        waiting = list(self._seen)
        while waiting:
            new = set(children[waiting.pop().pid]) - self._seen
            self._seen |= new
            waiting += new
        self._seen = {process for process in self._seen if process.is_running()}
        return list(self._seen)

    def _kill(self) -> None:
        held: set[psutil.Process] = set()
        while new := set(self._family()) - held:  # who is held starts no others
            for process in new:
                with contextlib.suppress(psutil.Error):
                    process.suspend()
            held |= new
        for process in held:
            with contextlib.suppress(psutil.Error):
                process.kill()


# In the new process -------------------------------------------------------------------------------------------------


def main(name: str) -> None:
    """Do the job that stands in the first line of input, and end when the grader is gone."""
    job = json.loads(sys.stdin.readline())
    _end_with_the_grader()
    nursery.load(name).run(job, enter(job["address"]))


def _end_with_the_grader() -> None:
    """The grader holds the other end of this process's input; an answer that reads input finds none."""
    leash = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)

    def wait() -> None:
        os.read(leash, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    importlib.import_module("coursegrade.fresh").main(sys.argv[1])

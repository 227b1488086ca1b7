"""Processor time and memory of a program with all its descendants, from /proc.

The fork servers let the system bury their children, so no `getrusage` ever counts those. Here a thread reads the
processor time of every descendant 50 times a second and keeps the last number seen. What a process does in its last
fiftieth of a second is missed; `missed` is the most that this can be.
"""

import os
import sys
import threading
import time
from pathlib import Path

STEP_S = 0.02
MEMORY_STEPS = 10  # memory is read every so many steps: that is the slower part
_TICK = os.sysconf("SC_CLK_TCK") if sys.platform == "linux" else 100


class Meter:
    """`with Meter() as meter:` then `meter.cpu` and `meter.wall` in seconds, `meter.memory` in MB.

    cpu: of this process and its descendants, without the meter's own. memory: the most that all descendants together
    held at one time, without this process; pages that processes share are counted once (PSS). missed: the most seconds
    of processor time that were not seen.
    """

    def __enter__(self) -> "Meter":
        if not Path("/proc/self/smaps_rollup").exists():
            raise SystemExit("This benchmark reads /proc, which only Linux has. Run it there.")
        self.cpu = self.wall = self.memory = 0.0
        self._seen: dict[tuple[int, str], float] = {}
        self._look()
        self._first = dict(self._seen)
        self._own, self._began, self._meters = time.process_time(), time.perf_counter(), 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall = time.perf_counter() - self._began
        self._over.set()
        self._thread.join()
        alive = set(self._look())
        own = time.process_time() - self._own - self._meters
        self.cpu = own + sum(seconds - self._first.get(key, 0.0) for key, seconds in self._seen.items())
        self.missed = STEP_S * len(set(self._seen) - alive)

    def _watch(self) -> None:
        step = 0
        while not self._over.wait(STEP_S):
            found = self._look()
            if step % MEMORY_STEPS == 0:
                self.memory = max(self.memory, sum(_shared_fairly(pid) for pid, _ in found))
            step += 1
        self._meters = time.thread_time()

    def _look(self) -> list[tuple[int, str]]:
        found = []
        for pid in _descendants(os.getpid()):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            key = (pid, fields[19])  # its start: numbers of processes are used again
            self._seen[key] = (int(fields[11]) + int(fields[12])) / _TICK
            found.append(key)
        return found


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except OSError:
        return found
    return found + [below for child in found for below in _descendants(child)]


def _shared_fairly(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)

"""Where the time of a run went: by folder, by chapter, and which budgets were exceeded (DESIGN §3 and §12).

Processor time counts what a test starts, too: kernels, browsers, graders. It is the same whatever else the computer
does; seconds on the wall are not.
"""

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from tests.running.order import SECONDS, piece

CHAPTER_S, EXERCISE_S, NEW_CHAPTER_S = 45.0, 10.0, 30.0
PARTS = ("execution", "bank", "page")
_PLACES = {  # where a chapter's tests are, and what they belong to
    re.compile(r"notebooks/[\w-]+/(?P<chapter>[\w-]+)\.ipynb::"): "execution",
    re.compile(r"tests/coursebook/test_bank\.py::.*\[(?P<chapter>[\w-]+)/"): "bank",
    re.compile(r"tests/book/.*\[.*notebooks/[\w-]+/(?P<chapter>[\w-]+)"): "page",
}
_EXERCISE = re.compile(r"tests/coursebook/test_bank\.py::.*\[(?P<exercise>[\w-]+/[\w-]+)\]")
_PROPERTY = "processor seconds"


@dataclass
class Spent:
    """Seconds of processors, and seconds on the wall."""

    processor: float = 0.0
    wall: float = 0.0

    def __iadd__(self, other: "Spent") -> "Spent":
        self.processor += other.processor
        self.wall += other.wall
        return self


@dataclass
class Ledger:
    """What each test took, summed up in all the ways that are asked for."""

    folders: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    pieces: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    chapters: defaultdict[str, dict[str, Spent]] = field(
        default_factory=lambda: defaultdict(lambda: {part: Spent() for part in PARTS})
    )
    exercises: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))

    def add(self, nodeid: str, spent: Spent) -> None:
        """Enter what a test took."""
        depth = 2 if nodeid.startswith("tests/") else 1
        self.folders["/".join(nodeid.split("::")[0].split("/")[:-1][:depth])] += spent
        self.pieces[piece(nodeid)] += spent
        for pattern, part in _PLACES.items():
            if found := pattern.match(nodeid):
                self.chapters[found["chapter"]][part] += spent
        if found := _EXERCISE.match(nodeid):
            self.exercises[found["exercise"]] += spent

    def exceeded(self) -> Iterator[str]:
        """Every budget that was exceeded. Of a chapter's run the smaller time counts: it ran beside other tests."""
        for chapter, parts in sorted(self.chapters.items()):
            run = min(parts["execution"].wall, parts["execution"].processor)
            if run > CHAPTER_S:
                yield f"{chapter} runs for {run:.0f} s; a chapter has {CHAPTER_S:.0f}"
            total = sum(spent.processor for spent in parts.values())
            if total > NEW_CHAPTER_S:
                yield f"{chapter} costs {total:.0f} s of processor time in all; a new chapter has {NEW_CHAPTER_S:.0f}"
        for exercise, spent in sorted(self.exercises.items()):
            if spent.processor > EXERCISE_S:
                yield f"{exercise} costs {spent.processor:.0f} s of processor time; an exercise has {EXERCISE_S:.0f}"

    def table(self, processor: float, wall: float) -> Iterator[str]:
        """The lines to print, from what the whole run took."""
        tested = Spent()
        yield f"{'':34}{'processor s':>12}{'wall s':>9}"
        for folder, spent in sorted(self.folders.items(), key=lambda item: -item[1].processor):
            tested += spent
            yield f"{folder:34}{spent.processor:12.0f}{spent.wall:9.0f}"
        yield f"{'start, imports, collection':34}{max(0.0, processor - tested.processor):12.0f}"
        yield f"{'all':34}{processor:12.0f}{wall:9.0f}   {processor / max(wall, 0.1):.1f} processors busy on average"
        if self.chapters:
            yield ""
            yield f"{'processor s':34}" + "".join(f"{part:>12}" for part in (*PARTS, "all"))
        for chapter, parts in sorted(self.chapters.items()):
            each = [parts[part].processor for part in PARTS]
            yield f"{chapter:34}" + "".join(f"{seconds:12.1f}" for seconds in (*each, sum(each)))
        if over := list(self.exceeded()):
            yield ""
            yield "over budget:"
            yield from (f"  {line}" for line in over)


class Meter:
    """Processor time of this process and of all that it started, dead or alive."""

    def __init__(self) -> None:
        self._process, self._living = psutil.Process(), 0.0
        self._most = self._lost = 0.0  # what processes took that outlived who started them, as a browser's do

    def read(self, *, exactly: bool) -> float:
        """Seconds so far; `exactly` looks at living children anew, which takes some milliseconds."""
        if exactly:
            self._living = sum(map(_seconds, self._process.children(recursive=True)))
        seen = sum(os.times()[:4]) + self._living
        if exactly:
            self._lost = max(self._lost, self._most - seen)
            self._most = seen + self._lost
        return seen + self._lost


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:  # it has just ended
        return 0.0
    return float(times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0))


class Times:
    """Measures tests where they run, and sums up where they are reported."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.meter, self.ledger = config, Meter(), Ledger()
        self.before, self.last_of_piece = 0.0, False
        self.begin, self.elsewhere = time.monotonic(), 0.0  # what workers took

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Note what was spent before a test."""
        self.last_of_piece = nextitem is None or piece(nextitem.nodeid) != piece(item.nodeid)
        self.before = self.meter.read(exactly=False)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        """Send what a test took along with its last report."""
        report: Any = yield
        if call.when == "teardown":
            exactly = self.last_of_piece or "tests/book/" in item.nodeid
            report.user_properties.append((_PROPERTY, self.meter.read(exactly=exactly) - self.before))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter a report, wherever it comes from."""
        self.ledger.add(report.nodeid, Spent(dict(report.user_properties).get(_PROPERTY, 0.0), report.duration))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Send what a worker took in all; keep how long the pieces took, for the order of the next run."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[_PROPERTY] = self.meter.read(exactly=True)
        elif (cache := getattr(self.config, "cache", None)) and self.ledger.pieces:
            cache.set(
                SECONDS, cache.get(SECONDS, {}) | {name: spent.wall for name, spent in self.ledger.pieces.items()}
            )

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker took in all."""
        self.elsewhere += getattr(node, "workeroutput", {}).get(_PROPERTY, 0.0)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table."""
        if not self.ledger.folders:
            return
        terminalreporter.section("where the time went")
        processor = self.elsewhere + sum(os.times()[:2]) if self.elsewhere else self.meter.read(exactly=True)
        for line in self.ledger.table(processor, time.monotonic() - self.begin):
            terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Measure every test, also those of chapters, which lie outside this folder."""
    config.pluginmanager.register(Times(config), "course-times")

"""Grading many submissions: several at once, each result written down as it comes, and nothing kept in memory."""

import contextlib
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from tqdm import tqdm

from coursegrade.collecting import SubmissionFile, Unreadable
from coursegrade.records import Records, is_graded, submission_key
from coursegrade.results import Ending, SubmissionResult
from coursegrade.settings import Settings
from coursekit.errors import CourseError

QUIET_S = 10.0
"""Where no progress bar can be shown, a line says every so many seconds how far the run is."""
PATIENCE_S = 5.0


class Grading(Protocol):
    """What a slot needs of a `coursegrade.grader.Grader`."""

    def grade(self, name: str, content: bytes, student: str = "") -> SubmissionResult:
        """The result of one submission."""

    def stop(self) -> None:
        """Called by another thread: end all processes now, so that `grade` returns or raises."""


MakeGrader = Callable[[Settings], AbstractContextManager[Grading]]


@dataclass(frozen=True)
class Work:
    """A submission on its way to a grader, with all that decides its result."""

    submission: SubmissionFile
    key: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Done:
    """What came back: the result, or the error that ends the whole run."""

    work: Work
    outcome: SubmissionResult | CourseError


class Slots(Protocol):
    """Graders at work, here or elsewhere. `capacity`: how many submissions may be under way at the same time."""

    capacity: int

    def submit(self, work: Work) -> None:
        """Begin with a submission; called from one thread only."""

    def next(self, timeout: float) -> Done | None:
        """The next result; None if there was none within `timeout` seconds."""


@dataclass
class Tally:
    """How a run went, in numbers of submissions.

    total: all that were named. unchanged: their content was graded before, and that result stands. graded: completely
    graded in this run. failed: something in them could not be graded in this run. is_interrupted: ended by Ctrl-C.
    """

    total: int
    unchanged: int = 0
    graded: int = 0
    failed: int = 0
    is_interrupted: bool = False

    @property
    def missing(self) -> int:
        """How many were not reached."""
        return self.total - self.unchanged - self.graded - self.failed


def grade_class(
    submissions: Sequence[SubmissionFile], settings: Settings, records: Records, slots: AbstractContextManager[Slots]
) -> Tally:
    """Grade what has changed since the last run, print a line for each result as it comes, and write it down.

    Only the submissions that are being graded, and the next one, are in memory. Ctrl-C ends the run within seconds;
    what had come until then is kept. The progress, with the time to go, is written to stderr.

    Args:
        submissions: what to grade. A file is read when its turn comes.
        settings: of the run.
        records: open; they say what has been graded already.
        slots: the graders, `LocalSlots` or `coursegrade.cluster.ClusterSlots`; started only if there is work.

    Raises CourseError if the results cannot be written or no grader starts.
    """
    run = _Run(settings, records, submissions)
    try:
        run.go(slots)
    except KeyboardInterrupt:
        run.tally.is_interrupted = True
    finally:
        run.progress.close()
    return run.tally


class LocalSlots:
    """Graders on this machine, each in a thread of its own, for each thread must have its own.

    A grader that raises, which is a fault of ours, costs one submission its result and is replaced by a new one.
    """

    def __init__(self, settings: Settings, jobs: int, make_grader: MakeGrader) -> None:
        self.capacity = jobs
        self._settings = settings
        self._make_grader = make_grader
        self._todo: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        # Daemons: after Ctrl-C, a grader that does not end in time must not keep the command alive.
        self._threads = [threading.Thread(target=self._serve, daemon=True, name=f"slot {n}") for n in range(jobs)]
        self._busy: list[Grading] = []
        self._is_over = False

    def __enter__(self) -> "LocalSlots":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = kind is not None
        for _ in self._threads:
            self._todo.put(None)
        if self._is_over:
            for grader in list(self._busy):
                with contextlib.suppress(Exception):
                    grader.stop()
        end = time.monotonic() + PATIENCE_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()) if self._is_over else None)

    def submit(self, work: Work) -> None:
        """Begin with a submission as soon as a slot is free."""
        self._todo.put(work)

    def next(self, timeout: float) -> Done | None:
        """The next result; None if there was none within `timeout` seconds."""
        with contextlib.suppress(queue.Empty):
            return self._done.get(timeout=timeout)
        return None

    def _serve(self) -> None:
        work = self._take()
        while work is not None:
            # A grader that fails in closing has done its work all the same.
            with contextlib.suppress(Exception), contextlib.ExitStack() as stack:
                try:
                    grader = stack.enter_context(self._make_grader(self._settings))
                except Exception as error:
                    clear = error if isinstance(error, CourseError) else CourseError(_no_start(error))
                    self._done.put(Done(work, clear))
                    return
                self._busy.append(grader)
                stack.callback(self._busy.remove, grader)
                work = self._grade_on(grader, work)

    def _grade_on(self, grader: Grading, work: Work | None) -> Work | None:
        """Grade one submission after the other; returns the one for which a new grader is needed."""
        while work is not None:
            outcome = self._grade(grader, work)
            self._done.put(Done(work, outcome))
            work = self._take()
            if outcome.ending is Ending.NOT_JUDGED:
                break
        return work

    def _take(self) -> Work | None:
        work = self._todo.get()
        return None if self._is_over else work

    def _grade(self, grader: Grading, work: Work) -> SubmissionResult:
        try:
            return grader.grade(work.submission.name, work.content, work.submission.student)
        except Exception as error:
            return not_judged(work, error)


class _Run:
    """The one loop that hands out submissions and takes in results."""

    def __init__(self, settings: Settings, records: Records, submissions: Sequence[SubmissionFile]) -> None:
        self._settings = settings
        self._records = records
        self.tally = Tally(len(submissions))
        self.progress = _Progress(len(submissions))
        self._width = max((len(printable(submission.name)) for submission in submissions[:200]), default=0)
        self._waiting = iter(submissions)
        self._under_way = 0

    def go(self, slots: AbstractContextManager[Slots]) -> None:
        work = self._next_work()
        if work is None:
            return
        with slots as open_slots:
            while work is not None or self._under_way:
                while work is not None and self._under_way < open_slots.capacity:
                    open_slots.submit(work)
                    self._under_way += 1
                    work = self._next_work()
                self.progress.beat()
                if done := open_slots.next(timeout=0.5):
                    self._under_way -= 1
                    self._take_in(done)

    def _next_work(self) -> Work | None:
        """The next submission that needs a grader."""
        for submission in self._waiting:
            try:
                content = submission.content()
            except Unreadable as error:
                result = SubmissionResult(submission.name, Ending.CANNOT_READ, str(error))
                self._keep(submission, "", result)
                continue
            key = submission_key(content, submission.student, self._settings)
            if not self._records.has(submission, key, self._settings):
                return Work(submission, key, content)
            self.tally.unchanged += 1
            self.progress.skip()
        return None

    def _take_in(self, done: Done) -> None:
        if isinstance(done.outcome, CourseError):
            raise done.outcome
        self._keep(done.work.submission, done.work.key, done.outcome)

    def _keep(self, submission: SubmissionFile, key: str, result: SubmissionResult) -> None:
        self._records.keep(submission, key, self._settings, result)
        if is_graded(result):
            self.tally.graded += 1
        else:
            self.tally.failed += 1
        self.progress.say(line(submission.name, result, self._width))


class _Progress:
    """A bar with the time to go on a terminal; elsewhere a line now and then."""

    def __init__(self, total: int) -> None:
        self._bar = tqdm(total=total, unit="file", disable=None, leave=False, file=sys.stderr, dynamic_ncols=True)
        self._total, self._done = total, 0
        self._start = self._said = time.monotonic()

    def say(self, text: str) -> None:
        """A result has come."""
        tqdm.write(text, file=sys.stdout)
        sys.stdout.flush()  # results come one by one also where a file or a pipe takes them
        self._done += 1
        self._bar.update()

    def skip(self) -> None:
        """One less to do."""
        self._total -= 1
        self._bar.total = self._total

    def beat(self) -> None:
        """To be called twice a second."""
        now = time.monotonic()
        if not self._bar.disable:
            self._bar.refresh()
        elif now - self._said >= QUIET_S:
            self._said = now
            print(f"{self._done} of {self._total} graded{self._to_go(now)}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()

    def _to_go(self, now: float) -> str:
        if not self._done:
            return ""
        seconds = (now - self._start) / self._done * (self._total - self._done)
        return f", about {tqdm.format_interval(seconds)} to go"


def not_judged(work: Work, error: BaseException) -> SubmissionResult:
    """The result of a submission in which the grader itself failed."""
    message = f"The grader failed with {_named(error)}. That is no fault of the submission; the next run tries again."
    return SubmissionResult(work.submission.name, Ending.NOT_JUDGED, message)


def line(name: str, result: SubmissionResult, width: int = 0) -> str:
    """One line of output on a result: file, points of maximum, ending."""
    points = f"{result.points:g}/{result.maximum:g}"
    return f"{printable(name):<{width}}  {points:>9}  {said(result)}"


def said(result: SubmissionResult) -> str:
    """The ending with its reason, and the endings of answers that could not be judged."""
    unjudged = [answer.exercise for answer in result.answers if answer.ending is Ending.NOT_JUDGED]
    ending = f"not judged: {', '.join(unjudged)}" if unjudged and result.ending is Ending.GRADED else result.ending
    return printable(f"{ending}: {result.message}" if result.message else str(ending))


def printable(text: str) -> str:
    """Text that cannot control a terminal: a learner names the files."""
    encoding = sys.stdout.encoding or "utf-8"
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def _no_start(error: Exception) -> str:
    return f"The grader does not start: {_named(error)}. What was graded is kept; `coursekit doctor` may say more."


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let the signal that asks a program to end (SIGTERM) do what Ctrl-C does, so that nothing is left running."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

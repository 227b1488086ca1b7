"""Calling a learner's function safely: own copies of the inputs, output caught, every failure kept as data."""

import contextlib
import copy
import io
import itertools
import linecache
import random
import signal
import sys
import sysconfig
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coursekit.checks import guard
from coursekit.checks.definition import Exercise, Probe
from coursekit.checks.difference import kind_of

LONGEST = 10_000  # items taken from a generator that may be endless


class Interrupted(Exception):
    """The check cannot go on: the learner stopped it (Kernel → Interrupt), or the process with the answer is gone."""


@dataclass(frozen=True)
class Outcome:
    """What one call did: its value or its error, what it printed, and the arguments it changed."""

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    changed: tuple[str, ...] = ()


def run(exercise: Exercise, function: Callable[..., Any], probe: Probe) -> Outcome:
    """Call `function` as the exercise uses it, on a copy of the probe's arguments.

    Raises Interrupted on KeyboardInterrupt; every other failure becomes the outcome's error.
    """
    know_kinds()
    arguments = {name: _copied(value) for name, value in probe.arguments.items()}
    value: Any = None
    error: BaseException | None = None
    with quiet() as screen:
        try:
            value = exercise.apply(function, arguments)
            if isinstance(value, types.GeneratorType) and _yields(exercise.reference):
                value = list(itertools.islice(value, LONGEST))
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted from None
        except BaseException as raised:  # sys.exit() in an answer is the learner's, not ours
            error = raised
    know_kinds()  # the call may have been the first to load Keras
    changed = tuple(name for name, value in arguments.items() if not _unchanged(probe.arguments[name], value))
    return Outcome(value, error, screen.getvalue(), changed)


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what is printed, a training's progress bars included, out of the notebook."""
    with contextlib.redirect_stdout(_Screen()) as screen:
        yield screen


@contextlib.contextmanager
def safely() -> Iterator[None]:
    """Around all calls of one check: aborting operations raise, and Ctrl-C reaches the learner's loop."""
    guard.install()
    know_kinds()
    with _interruptible():
        yield


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    # In a cell with a top-level await ipykernel routes interrupts to the event loop, which our check keeps busy.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Screen(io.StringIO):
    """Standard output that keeps the beginning: an endless loop may print endlessly."""

    def write(self, text: str) -> int:
        if self.tell() < LONGEST:
            super().write(text[:LONGEST])
        return len(text)


def know_kinds() -> None:
    """If Keras is loaded, let its models, losses and optimizers be compared, described and copied as such."""
    if "keras" in sys.modules:
        import coursekit.checks.models  # noqa: F401 (registers them)


def _copied(value: Any) -> Any:
    """A copy of what can be changed, models included; tensors and functions are handed over as they are."""
    if kind := kind_of(value):
        return kind.copy(value)
    if isinstance(value, np.ndarray | list | dict | set | tuple | np.random.Generator | random.Random):
        return copy.deepcopy(value)
    return value


_PLAIN = (bool, int, float, complex, str, bytes, set, frozenset)


def _unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
    if isinstance(before, list | tuple):
        return type(before) is type(after) and len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(value, after[key]) for key, value in before.items())
    if isinstance(before, _PLAIN):
        return bool(before == after or before != before)  # NaN differs from itself
    return True


def _yields(function: Callable[..., Any]) -> bool:
    return bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & 0x20)  # inspect.CO_GENERATOR


# The learner's own line ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Where in the learner's code something went wrong."""

    number: int
    text: str


def own_line(error: BaseException, function: Callable[..., Any]) -> Line | None:
    """The deepest line of the learner's code in an error's traceback, in the file or cell that holds `function`.

    An error that was raised in another process (grading) brings its line along, as `learners_line`.
    """
    brought = getattr(error, "learners_line", None)
    if isinstance(brought, Line):
        return brought
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename == file] or [f for f in frames if not _installed(f.filename)]
    if not own or own[-1].lineno is None:
        return None
    text = linecache.getline(own[-1].filename, own[-1].lineno).strip() or own[-1].line or ""
    return Line(own[-1].lineno, text)


def _installed(filename: str) -> bool:
    home = Path(__file__).parents[2]
    places = {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(home)}
    return any(filename.startswith(place) for place in places) or filename.startswith("<frozen") or not filename

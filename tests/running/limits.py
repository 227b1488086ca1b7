"""No test sits still: each kind has a limit, and a test that reaches it says where all its threads stand.

Where other programs keep the computer busy, the limits are longer: they are there for what hangs, not for what waits.

At its limit a test fails. Some cannot: they hang in C code, or where exceptions are swallowed, as in `__del__`. GRACE
seconds later faulthandler, which needs no Python, writes all stacks to the terminal and ends the process; pytest-xdist
names the test and goes on with another worker.
"""

import faulthandler
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

LIMITS = {  # where a test lies: its seconds, four times what it takes on two busy cores
    "notebooks/": 150,  # a cell; nbval stops the kernel at 90 and shows where it was
    "tests/book/": 150,
    "tests/coursebook/test_bank.py": 120,
    "tests/coursebook/test_whole_chapter.py": 240,
    "tests/coursegrade/": 150,
    "tests/coursepress/": 150,
    "": 60,
}
PATIENCE = 10  # a thorough run's limits are so many times as long
GRACE, MOST_SLOWNESS = 20.0, 5.0
_STDERR, _LIMIT = pytest.StashKey[int](), pytest.StashKey[float]()


def limit(nodeid: str) -> float:
    """The seconds that a test may take, its fixtures included."""
    return next(seconds for start, seconds in LIMITS.items() if nodeid.startswith(start))


def slowness() -> float:
    """How many times as long a test may take: 1 up to two running processes a core, which are what the tests need."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return min(max(1.0, load / (os.cpu_count() or 1) / 2), MOST_SLOWNESS)


def pytest_configure(config: pytest.Config) -> None:
    """Keep a way to the terminal that no test can redirect."""
    assert sys.__stderr__ is not None
    config.stash[_STDERR] = os.dup(sys.__stderr__.fileno())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close it."""
    faulthandler.cancel_dump_traceback_later()
    os.close(config.stash[_STDERR])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a test the limit of its kind, unless it has one of its own."""
    if item.get_closest_marker("timeout") is None:
        patience = PATIENCE if item.config.getoption("thorough", False) else 1
        item.add_marker(pytest.mark.timeout(limit(item.nodeid) * patience))


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool:
    """Take pytest-timeout's place when it starts its timer."""
    item.stash[_LIMIT] = settings.timeout * slowness()
    _start(item)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer() -> bool:
    """Stop both timers."""
    if hasattr(signal, "SIGALRM"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    faulthandler.cancel_dump_traceback_later()
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test's end has the same limit: pytest stops the timers where a test has failed."""
    if _LIMIT in item.stash:
        _start(item)
    return (yield)


def _start(item: pytest.Item) -> None:
    seconds, grace = item.stash[_LIMIT], 0.0
    if hasattr(signal, "SIGALRM"):

        def fail(*_: Any) -> None:
            __tracebackhide__ = True
            pytest.fail(f"{item.nodeid} reached its limit of {seconds:g} s. All stacks:\n{_stacks()}")

        signal.signal(signal.SIGALRM, fail)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        grace = GRACE
    faulthandler.dump_traceback_later(seconds + grace, exit=True, file=item.config.stash[_STDERR])


def _stacks() -> str:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        return file.read()

"""Tests that hang: each ends at its limit, says where it stood, and the others are run all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import limits

CONFTEST = """\
from tests.running import limits
pytest_plugins = ["tests.running.limits"]
limits.GRACE, limits.MOST_SLOWNESS = 1.0, 1.0
"""
HANGING = """\
import threading, time
import pytest

pytestmark = pytest.mark.timeout(1)

def wait_in_another_thread(ended):
    ended.wait()

@pytest.fixture
def slow_end():
    yield
    time.sleep(600)

def test_that_waits():
    ended = threading.Event()
    threading.Thread(target=wait_in_another_thread, args=(ended,), daemon=True).start()
    time.sleep(600)

def test_that_swallows_its_failure():
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass

def test_that_fails_and_does_not_end(slow_end):
    assert 1 == 2

def test_that_is_quick():
    print("quick")
"""


def said(root: Path, folder: Path, *options: str) -> str:
    """All that a run of the hanging tests printed."""
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_hanging.py").write_text(HANGING, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *options],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def by_workers(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """As the test task runs them."""
    return said(root, tmp_path_factory.mktemp("hanging"), "-n", "1")


def test_a_test_at_its_limit_fails_with_all_stacks(by_workers: str) -> None:
    assert "FAILED test_hanging.py::test_that_waits" in by_workers
    stacks = by_workers.partition("test_that_waits reached its limit of 1 s. All stacks:")[2]
    assert "in wait_in_another_thread" in stacks
    assert "in test_that_waits" in stacks


def test_a_test_that_cannot_fail_is_ended_with_its_stacks_and_named(by_workers: str) -> None:
    stacks = by_workers.partition("Timeout (0:00:02)!")[2]
    assert "in test_that_swallows_its_failure" in stacks
    assert "crashed while running 'test_hanging.py::test_that_swallows_its_failure'" in by_workers


def test_an_end_that_hangs_after_a_failure_is_ended_too(by_workers: str) -> None:
    assert "FAILED test_hanging.py::test_that_fails_and_does_not_end" in by_workers
    assert "ERROR test_hanging.py::test_that_fails_and_does_not_end" in by_workers


def test_the_others_are_run_all_the_same(by_workers: str) -> None:
    assert "PASSED test_hanging.py::test_that_is_quick" in by_workers


def test_without_workers_the_stacks_are_shown_too(root: Path, tmp_path: Path) -> None:
    alone = said(root, tmp_path, "-k", "swallows")
    assert "in test_that_swallows_its_failure" in alone.partition("Timeout (0:00:02)!")[2]


@pytest.mark.parametrize(
    ("nodeid", "seconds"),
    [
        ("notebooks/vision/condense.ipynb::Cell 3", 150),
        ("tests/coursebook/test_bank.py::test_exercise[layers/dense]", 120),
        ("tests/coursekit/test_images.py::test_it", 60),
    ],
)
def test_the_limit_is_that_of_the_kind(nodeid: str, seconds: float) -> None:
    assert limits.limit(nodeid) == seconds


@pytest.mark.parametrize(("load", "times"), [(0.1, 1.0), (4.0, 1.0), (12.0, 3.0), (500.0, limits.MOST_SLOWNESS)])
def test_a_busy_computer_gets_more_time(load: float, times: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load), raising=False)
    assert limits.slowness() == times


def test_no_kind_may_sit_still_for_minutes() -> None:
    assert max(limits.LIMITS.values()) + limits.GRACE < 300


def test_every_test_has_a_limit(request: pytest.FixtureRequest) -> None:
    patience = limits.PATIENCE if request.config.getoption("thorough") else 1
    assert request.node.get_closest_marker("timeout").args == (limits.LIMITS[""] * patience,)

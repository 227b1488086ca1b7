"""Where the time goes is summed up and measured right, children included."""

import subprocess
import sys
import time

import pytest

from tests.running.times import Ledger, Meter, Spent

BUSY = "import time\nwhile time.process_time() < 0.5: pass\n"


@pytest.fixture
def ledger() -> Ledger:
    """Two chapters; one is too slow, has a dear exercise, and costs too much in all."""
    ledger = Ledger()
    for nodeid, processor, wall in (
        ("notebooks/vision/condense.ipynb::Cell 0", 10, 30),
        ("notebooks/vision/condense.ipynb::Cell 1", 5, 30),
        ("notebooks/training/overfitting.ipynb::Cell 0", 59, 48),
        ("tests/coursebook/test_bank.py::test_exercise[condense/max-pool]", 3, 3),
        ("tests/coursebook/test_bank.py::test_exercise[overfitting/stop-in-time]", 12.4, 20),
        ("tests/book/test_pages.py::test_page[static-notebooks/vision/condense]", 2, 4),
        ("tests/coursekit/checks/test_card.py::test_it", 1, 1),
    ):
        ledger.add(nodeid, Spent(processor, wall))
    return ledger


def test_folders_and_pieces_are_summed_up(ledger: Ledger) -> None:
    assert {name: spent.processor for name, spent in ledger.folders.items()} == {
        "notebooks": 74,
        "tests/coursebook": 15.4,
        "tests/book": 2,
        "tests/coursekit": 1,
    }
    assert ledger.pieces["notebooks/vision/condense.ipynb"].wall == 60


def test_a_chapter_is_its_run_its_bank_and_its_page(ledger: Ledger) -> None:
    parts = {part: spent.processor for part, spent in ledger.chapters["condense"].items()}
    assert parts == {"execution": 15, "bank": 3, "page": 2}


def test_every_budget_that_is_exceeded_is_named(ledger: Ledger) -> None:
    assert list(ledger.exceeded()) == [
        "overfitting runs for 48 s; a chapter has 45",
        "overfitting costs 71 s of processor time in all; a new chapter has 30",
        "overfitting/stop-in-time costs 12 s of processor time; an exercise has 10",
    ]


def test_the_table_shows_what_no_test_took_and_how_busy_the_processors_were(ledger: Ledger) -> None:
    lines = list(ledger.table(processor=100, wall=50))
    assert [line.split() for line in lines[1:3]] == [["notebooks", "74", "108"], ["tests/coursebook", "15", "23"]]
    assert ["start,", "imports,", "collection", "8"] in [line.split() for line in lines]
    assert any(line.endswith("2.0 processors busy on average") for line in lines)


def test_children_count_while_they_live_and_after_they_have_ended() -> None:
    meter = Meter()
    before = meter.read(exactly=True)
    child = subprocess.Popen([sys.executable, "-c", f"{BUSY}input()"], stdin=subprocess.PIPE)
    while meter.read(exactly=True) < before + 0.5:
        time.sleep(0.05)
    child.communicate(b"\n")
    assert child.returncode == 0
    assert meter.read(exactly=True) >= before + 0.5


def test_what_outlives_its_parent_is_not_taken_off_again() -> None:
    meter, orphan = Meter(), BUSY + "print(flush=True)\ninput()"
    parent = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {orphan!r}])\ntime.sleep(60)"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", f"import time\n{parent}"], **pipes) as child:  # type: ignore[call-overload]
        child.stdout.readline()  # the grandchild has been busy, and waits
        before = meter.read(exactly=True)
        child.kill()
        child.wait()
        assert meter.read(exactly=True) >= before
        child.stdin.close()

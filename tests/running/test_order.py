"""What stays together, and what comes first."""

import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.running.order import BANK as MODULE
from tests.running.order import MOST_WORKERS, USUAL, longest_first, piece, pytest_xdist_auto_num_workers

BANK = f"{MODULE}::test_exercise"


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("notebooks/vision/condense.ipynb::Cell 3", "notebooks/vision/condense.ipynb"),
        ("tests/coursekit/test_images.py::test_it[a/b]", "tests/coursekit/test_images.py"),
        (f"{BANK}[layers/dense]", "tests/coursebook/test_bank.py[layers]"),
        (f"{BANK}[filter-detect/edges]", "tests/coursebook/test_bank.py[filter-detect]"),
        ("tests/coursebook/test_bank.py::test_ids", "tests/coursebook/test_bank.py"),
    ],
)
def test_a_module_or_a_chapter_is_one_piece(nodeid: str, expected: str) -> None:
    assert piece(nodeid) == expected


def test_the_longest_pieces_come_first_and_keep_their_own_order() -> None:
    given = ["tests/a.py::one", f"{BANK}[sgd/x]", "notebooks/p/short.ipynb::Cell 0", "notebooks/p/long.ipynb::Cell 0"]
    given += ["tests/a.py::two", f"{BANK}[sgd/y]", "notebooks/p/long.ipynb::Cell 1"]
    seconds = {
        "notebooks/p/long.ipynb": 80.0,
        "notebooks/p/short.ipynb": 2.0,
        "tests/coursebook/test_bank.py[sgd]": 9.0,
    }
    ordered = [given[place] for place in longest_first(given, seconds)]
    assert ordered == [given[place] for place in (3, 6, 1, 5, 0, 4, 2)]


def test_before_a_first_run_chapters_come_before_the_bank_and_the_bank_before_modules() -> None:
    given = ["tests/coursekit/test_images.py::test_it", f"{BANK}[sgd/x]", "notebooks/p/chapter.ipynb::Cell 0"]
    assert longest_first(given, {}) == [2, 1, 0]


def test_the_pieces_that_are_named_exist(root: Path) -> None:
    assert all((root / name).exists() for name in USUAL)


@pytest.mark.parametrize(
    ("chosen", "cores", "workers"),
    [
        (["notebooks", "tests"], 2, 4),
        (["notebooks", "tests"], 64, MOST_WORKERS),
        (["tests/coursekit/test_images.py"], 2, 1),
        (["tests/a.py::test_one", "tests/a.py::test_two", "notebooks/p/chapter.ipynb"], 2, 2),
        (["tests/a.py", "tests/coursekit"], 2, 4),
        ([BANK], 2, 4),
    ],
)
def test_there_are_two_workers_more_than_cores_but_not_more_than_pieces(
    chosen: list[str], cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert pytest_xdist_auto_num_workers(types.SimpleNamespace(args=chosen)) == workers


def test_whoever_hands_out_the_tests_loads_no_tensorflow(root: Path) -> None:
    names = [
        path.relative_to(root).with_suffix("") for path in (root / "conftest.py", *root.glob("tests/**/conftest.py"))
    ]
    modules = [".".join(name.parts) for name in names] + ["tests.running.limits", "tests.running.times"]
    program = f"import sys, {', '.join(modules)}; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

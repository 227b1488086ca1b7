"""What the exercise tests share: English texts, and ids of the bank that are read without importing TensorFlow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit.checks import texts

BOOK = Path(__file__).resolve().parents[2] / "src" / "coursebook"


def ids() -> list[str]:
    """Every exercise id in the bank, in order, found in the source: test collection should not load TensorFlow."""
    made = re.compile(r'^(?:@exercise|\w+ = question)\(\s*"([^"]+)"', re.MULTILINE)
    modules = sorted(BOOK.glob("*/exercises.py"))
    return [id for module in modules for id in made.findall(module.read_text(encoding="utf-8"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "exercise_id" in metafunc.fixturenames:
        metafunc.parametrize("exercise_id", ids())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    texts.use("en")
    yield
    texts.use(None)


@pytest.fixture
def exercise(exercise_id):
    from coursekit.checks import bank, diagnosis

    with diagnosis.remembering():
        yield bank.find(exercise_id)

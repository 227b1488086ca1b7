"""The tests of the tests: each runs for every exercise of the bank, so a new exercise is covered by writing it."""

import pytest

from coursekit.checks import bank
from coursepress import audit
from tests.coursebook.conftest import ids

pytestmark = pytest.mark.filterwarnings("ignore")  # mutants and misconceptions may divide by zero

FEW, MANY, ALL = 3, 50, 1_000_000  # seeds; mutants
PARTS = (
    audit.incomplete,
    audit.unreadable,
    audit.wrong_about_right_answers,
    audit.wrong_about_mistakes,
    audit.inseparable,
    audit.stale_witnesses,
    audit.crashing,
)


def test_the_ids_read_from_the_source_are_those_of_the_bank():
    assert ids() == [exercise.id for exercise in bank.all_exercises()]


def test_exercise(exercise, thorough):
    """The audit has no complaint: see its parts. One test, for what is run once in it is remembered.

    Models are dear: one seed and ten mutants are enough for them, five for trainings, unless the run is a thorough one.
    """
    trains = audit.is_training(exercise)
    dear = audit.builds_models(exercise) or trains
    seeds = MANY if thorough else 1 if dear else FEW
    mutants = ALL if thorough else 5 if trains else 10 if dear else None
    complaints = {part.__name__: part(exercise) for part in PARTS}
    complaints["surviving_mutants"] = audit.surviving_mutants(exercise, mutants)
    complaints["unstable"] = [text for seed in range(1, seeds) for text in audit.unstable(exercise, seed)]
    assert {part: found for part, found in complaints.items() if found} == {}


def test_the_parts_are_those_of_the_audit():
    """What an author is told by `python -m coursepress.audit` is what is tested here."""
    assert {*PARTS, audit.surviving_mutants} == {*audit.PARTS, audit.stale_witnesses}


@pytest.mark.parametrize("chapter", bank.chapters())
def test_a_chapter_has_at_least_six_exercises(chapter):
    assert len(bank.load(chapter)) >= 6

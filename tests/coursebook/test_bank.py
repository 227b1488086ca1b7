"""The tests of the tests: each runs for every exercise of the bank, so a new exercise is covered by writing it."""

import pytest

from coursekit.checks import audit, bank

pytestmark = pytest.mark.filterwarnings("ignore")  # mutants and misconceptions may divide by zero


def test_the_ids_read_from_the_source_are_those_of_the_bank(request):
    from tests.coursebook.conftest import ids

    assert ids() == [exercise.id for exercise in bank.all_exercises()]


def test_it_has_a_task_hints_a_reason_mistakes_and_another_right_form(exercise):
    assert audit.incomplete(exercise) == []


def test_the_solution_and_all_variants_pass_and_the_stub_is_not_attempted(exercise):
    assert audit.wrong_about_right_answers(exercise) == []


def test_every_misconception_fails_with_its_own_message_and_no_other(exercise):
    assert audit.wrong_about_mistakes(exercise) == []


def test_any_two_misconceptions_differ_on_some_probe(exercise):
    assert audit.inseparable(exercise) == []


def test_whatever_is_handed_in_gets_a_state(exercise):
    assert audit.crashing(exercise) == []


def test_at_least_95_percent_of_mutants_are_noticed(exercise):
    assert audit.surviving_mutants(exercise) == []


def test_messages_quote_only_what_a_check_can_fill_in(exercise):
    assert audit.unreadable(exercise) == []


def test_reseeded_checks_agree(exercise):
    # The others of 50: benchmarks/reseeded_checks.py; 20 trainings: benchmarks/training_margin.py
    seeds = 2 if audit.is_training(exercise) else 3 if audit.builds_models(exercise) else 20
    assert [text for seed in range(1, seeds + 1) for text in audit.unstable(exercise, seed)] == []


def test_every_chapter_has_at_least_six_exercises():
    assert {chapter: len(bank.load(chapter)) >= 6 for chapter in bank.chapters()} == dict.fromkeys(
        bank.chapters(), True
    )

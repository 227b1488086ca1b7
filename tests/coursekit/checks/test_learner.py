"""In a notebook the check runs when the cell has run."""

import io
import re
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursekit.checks import bank, exercise, learner

pytestmark = pytest.mark.filterwarnings("ignore")


@exercise("practice/count-down")
def count_down(n):
    """The numbers from n to 1."""
    return list(range(n, 0, -1))


@count_down.probe
def _(rng):
    return dict(n=int(rng.integers(2, 9)))


@count_down.mistake("You stopped at 2.")
def _(n):
    return list(range(n, 1, -1))


count_down.hints = ["Where does it end?", "range(n, 0, -1)"]
count_down.why = "It ends."


@pytest.fixture
def notebook(monkeypatch):
    """A shell; `run` gives back the cards that a cell shows."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    known = {"practice/count-down": count_down}
    monkeypatch.setattr(bank, "find", known.get)
    for store in (learner._pending, learner._latest, learner._hints_shown):
        monkeypatch.setattr(learner, "_pending", {})
        store.clear()
    cards = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: cards.append(bundle["text/plain"]))

    def run(cell):
        cards.clear()
        with redirect_stdout(io.StringIO()):
            shell.run_cell("from coursekit.checks import learner as ck\n" + cell)
        return list(cards)

    return run


RIGHT = "    return [n, *count_down(n - 1)] if n else []\n"


def test_recursion_sees_the_learners_own_function(notebook):
    (card,) = notebook(f'@ck.exercise("practice/count-down")\ndef count_down(n):\n{RIGHT}')
    assert card.startswith("✓ Correct · practice/count-down")
    assert "Why it matters: It ends." in card


def test_a_helper_further_down_in_the_cell_works(notebook):
    (card,) = notebook(
        '@ck.exercise("practice/count-down")\ndef count_down(n):\n    return helper(n)\n\n'
        "def helper(n):\n    return list(range(n, 0, -1))\n"
    )
    assert card.startswith("✓ Correct")


def test_an_edited_cell_is_checked_anew(notebook):
    cell = '@ck.exercise("practice/count-down")\ndef count_down(n):\n'
    assert notebook(cell + "    ...\n")[0].startswith("○ Not attempted")
    assert "You stopped at 2." in notebook(cell + "    return list(range(n, 1, -1))\n")[0]
    assert notebook(cell + RIGHT)[0].startswith("✓ Correct")


def test_a_cell_without_exercises_shows_no_card(notebook):
    notebook('@ck.exercise("practice/count-down")\ndef count_down(n):\n    ...\n')
    assert notebook("1 + 1") == []


def test_the_function_stays_the_learners_own(notebook):
    notebook(f'@ck.exercise("practice/count-down")\ndef count_down(n):\n{RIGHT}\nassert count_down(3) == [3, 2, 1]')


def test_a_teachers_own_exercise_will_be_graded_later(notebook):
    (card,) = notebook('ck.answer("mrs-lee/question", 3)')
    assert "will be graded later" in card


def test_a_version_of_the_learners_own_will_be_graded_later(notebook):
    (shown,) = notebook('@ck.exercise("practice/count-down", own=True)\ndef f(n):\n    return n')
    assert "will be graded later" in shown
    (shown,) = notebook('@ck.exercise("practice/count-down")\ndef f(n):\n    return n')
    assert "Not yet" in shown


def test_a_cell_that_fails_after_the_answer_is_checked_all_the_same(notebook):
    (card,) = notebook(f'@ck.exercise("practice/count-down")\ndef count_down(n):\n{RIGHT}\n1 / 0')
    assert card.startswith("✓ Correct")


def test_hints_come_one_after_the_other_and_the_solution_when_asked_for(notebook, capsys):
    for _ in range(3):
        learner.hint("practice/count-down")
    learner.hint("practice/count-down", 1)
    learner.solution("practice/count-down")
    said = capsys.readouterr().out.splitlines()
    assert [re.sub(r":.*", "", line) for line in said[:4]] == [
        "Hint 1 of 2",
        "Hint 2 of 2",
        "Hint 2 of 2",
        "Hint 1 of 2",
    ]
    assert "    return list(range(n, 0, -1))" in said


def test_outside_a_notebook_check_prints_the_card(monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    monkeypatch.setattr(bank, "find", {"practice/count-down": count_down}.get)
    learner.exercise("practice/count-down")(count_down.reference)
    assert capsys.readouterr().out == ""
    learner.check()
    assert capsys.readouterr().out.startswith("✓ Correct")
    learner.check("practice/count-down")
    assert capsys.readouterr().out.startswith("✓ Correct")
    learner.check("practice/other")
    assert "Run its cell first" in capsys.readouterr().out


def test_the_name_of_the_exercise_must_be_given():
    with pytest.raises(TypeError, match="Name the exercise"):
        learner.exercise(len)


def test_progress_lists_every_exercise(monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    learner.progress()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(bank.all_exercises())
    assert all("Not attempted" in line for line in lines)

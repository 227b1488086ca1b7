"""In a notebook the check runs when the cell has run."""

import io
import re
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursekit.checks import bank, exercise, learner, question, texts

pytestmark = pytest.mark.filterwarnings("ignore")


@exercise("practice/count-down")
def count_down(n):
    """The numbers from n to 1."""
    return list(range(n, 0, -1))


count_down.probe(lambda rng: dict(n=int(rng.integers(2, 9))))
count_down.mistakes = {"list(range(n, 1, -1))": "You stopped at 2."}
count_down.hints = ["Where does it end?", "range(n, 0, -1)"]
count_down.why = "It ends."

last = question("practice/last", "Where does it end?", 1, mistakes={0: "One step too far."})


@pytest.fixture
def notebook(monkeypatch):
    """A shell; `run` gives back the cards that a cell shows."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    known = {one.id: one for one in (count_down, last)}
    monkeypatch.setattr(bank, "find", known.get)
    monkeypatch.setattr(bank, "chapters", lambda: ["practice"])
    monkeypatch.setattr(bank, "load", lambda chapter: list(known.values()))
    for store in (learner._pending, learner._latest, learner._hints_shown, learner._right):
        store.clear()
    cards = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **how: cards.append(bundle["text/plain"]))

    def run(cell):
        """The cards that a cell shows; what it prints is in `run.printed`."""
        cards.clear()
        with redirect_stdout(io.StringIO()) as screen:
            shell.run_cell("from coursekit.checks import learner as ck\n" + cell)
        run.printed = screen.getvalue()
        return list(cards)

    return run


RIGHT = "    return [n, *count_down(n - 1)] if n else []\n"


def test_a_check_that_takes_long_says_that_it_runs_and_the_card_takes_its_place(notebook, monkeypatch):
    shown = []

    class Place:
        def update(self, bundle, raw):
            shown.append(bundle["text/plain"].splitlines()[0])

    def display(bundle, raw, display_id):
        shown.append(bundle["text/plain"])
        return Place() if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(learner, "LONG", 0.05)
    slow = "    import time\n    time.sleep(0.2)\n    return list(range(n, 0, -1))\n"
    notebook(f'@ck.exercise("practice/count-down")\ndef count_down(n):\n{slow}')
    assert shown == [
        "Checking practice/count-down … (Kernel → Interrupt stops it)",
        "✓ Correct · practice/count-down",
    ]


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


@pytest.mark.parametrize(
    "typed, meant",
    [
        (
            "practice/count-dwn",
            "There is no exercise practice/count-dwn in this chapter. Do you mean practice/count-down?",
        ),
        ("practise/count-down", "There is no exercise practise/count-down. Do you mean practice/count-down?"),
        (
            "Practice/Count",
            "There is no exercise Practice/Count in this chapter. Do you mean practice/count-down?",
        ),
        ("count-down", "There is no exercise count-down. Do you mean practice/count-down?"),
    ],
)
def test_a_mistyped_name_says_which_is_meant(notebook, typed, meant):
    (shown,) = notebook(f'@ck.exercise("{typed}")\ndef count_down(n):\n{RIGHT}')
    assert shown == f"○ {meant}"
    assert meant in notebook(f'ck.answer("{typed}", 1)')[0]
    for command in ("hint", "solution"):
        notebook(f'ck.{command}("{typed}")')
        assert notebook.printed == f"{meant}\n"


def test_a_teachers_own_exercise_in_a_known_chapter_will_be_graded_later(notebook):
    (shown,) = notebook('ck.answer("practice/exam-7", 3)')
    assert "will be graded later" in shown


FUNCTION = 'print(ck.yours("practice/count-down")(n=2))'
VALUE = 'print(ck.yours("practice/last"))'


def said(notebook, cell):
    assert notebook(cell) == []
    return notebook.printed.splitlines()


def test_the_book_goes_on_with_its_own_solution(notebook):
    books = ["Using the book's count_down: yours is not there yet.", "[2, 1]"]
    assert said(notebook, FUNCTION) == books
    notebook('@ck.exercise("practice/count-down")\ndef count_down(n):\n    ...\n')
    assert said(notebook, FUNCTION) == books


def test_what_a_learner_got_right_is_used_until_it_is_wrong(notebook):
    cell = '@ck.exercise("practice/count-down")\ndef mine(number):\n    print("mine")\n    return [*range(number, '
    notebook(cell + "0, -1)]")
    assert said(notebook, FUNCTION) == ["Using your count_down.", "mine", "[2, 1]"]
    notebook(cell + "1, -1)]")
    assert said(notebook, FUNCTION) == ["Using the book's count_down: yours is not right yet.", "[2, 1]"]


def test_an_answer_of_the_same_cell_is_checked_first(notebook):
    (card,) = notebook(f'@ck.exercise("practice/count-down")\ndef count_down(n):\n{RIGHT}\n{FUNCTION}')
    assert card.startswith("✓ Correct")
    assert notebook.printed.splitlines() == ["Using your count_down.", "[2, 1]"]


def test_a_value_is_the_learners_or_the_books(notebook):
    assert said(notebook, VALUE) == ["Using the book's practice/last: yours is not there yet.", "1"]
    notebook('ck.answer("practice/last", 1.0)')
    assert said(notebook, VALUE) == ["Using your practice/last.", "1.0"]
    notebook('ck.answer("practice/last", 0)')
    assert said(notebook, VALUE) == ["Using the book's practice/last: yours is not right yet.", "1"]


def test_which_answer_is_used_is_said_in_the_learners_language(notebook):
    texts.use("zh")
    assert said(notebook, VALUE)[0].startswith("使用书中的 practice/last")


@pytest.mark.parametrize("id", ["practice/count-dwn", "elsewhere/entirely"])
def test_there_must_be_an_exercise_to_use(notebook, id):
    with pytest.raises(ValueError, match=f"There is no exercise {id}"):
        learner.yours(id)


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
    learner._pending.clear()
    learner.exercise("practice/count-down")(count_down.reference)
    assert capsys.readouterr().out == ""
    learner.check()
    assert capsys.readouterr().out.startswith("✓ Correct")
    learner.check("practice/count-down")
    assert capsys.readouterr().out.startswith("✓ Correct")
    learner.check("practice/other")
    assert "Run its cell first" in capsys.readouterr().out


def test_the_name_of_the_exercise_must_be_given():
    for nothing in ((), (len,)):
        with pytest.raises(TypeError, match="Name the exercise"):
            learner.exercise(*nothing)
        with pytest.raises(TypeError, match="Name the question"):
            learner.answer(*nothing)
    with pytest.raises(TypeError, match="Name the exercise"):
        learner.yours(len)


def test_progress_lists_every_exercise(monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    learner.progress()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(bank.all_exercises())
    assert all("Not attempted" in line for line in lines)

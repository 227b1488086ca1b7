"""Exercises in chapters: what the bank says stands in the notebook, and nothing else is touched."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursekit.checks import bank, exercise, question
from coursepress.execute import execute
from coursepress.exercise_cells import with_exercises
from coursepress.normalize import dumps
from tests.notebooks.rules import RULES, Chapter

STOPS = question(
    "stand-in/stops", "How many **stops**?", "b", options={"a": ("two", "no"), "b": ("four", "yes")}, hints=["h"]
)


@exercise("stand-in/double")
def double(x):
    """Return twice `x`."""
    return 2 * x


@pytest.fixture(autouse=True)
def small_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {one.id: one for one in (STOPS, double)}
    monkeypatch.setattr(bank, "find", known.get)


def sources(*cells: NotebookNode) -> list[str]:
    return [cell.source for cell in with_exercises(new_notebook(cells=list(cells))).cells]


ASKED = "**Predict.** How many **stops**?\n\n- a: two\n- b: four"
STUB = '@ck.exercise("stand-in/double")\ndef double(x):\n    """Return twice `x`."""\n    ...  # your code'


def test_a_stub_is_written_whatever_stood_below_its_first_line() -> None:
    assert sources(new_code_cell('@ck.exercise("stand-in/double")\ndef old(y): pass')) == [STUB]
    assert sources(new_code_cell('@ck.exercise(\n    "stand-in/double"\n)')) == [STUB]


def test_the_paragraph_in_bold_above_an_answer_is_its_question() -> None:
    cells = (
        new_markdown_cell("Prose."),
        new_markdown_cell("**Predict.** Old?"),
        new_code_cell('ck.answer("stand-in/stops", 3)'),
    )
    assert sources(*cells) == ["Prose.", ASKED, 'ck.answer("stand-in/stops", ...)']


@pytest.mark.parametrize(
    "above", [[], [new_markdown_cell("Prose that stays.")], [new_markdown_cell("## Stops")], [new_code_cell("x = 1")]]
)
def test_a_question_without_a_paragraph_gets_one(above: list[NotebookNode]) -> None:
    cells = [*above, new_code_cell('ck.answer("stand-in/stops", ...)')]
    expected = [*(cell.source for cell in above), ASKED, 'ck.answer("stand-in/stops", ...)']
    assert sources(*cells) == expected


def test_nothing_above_a_function_is_touched() -> None:
    assert sources(new_markdown_cell("**Your turn.** Prose."), new_code_cell(STUB)) == ["**Your turn.** Prose.", STUB]


def test_what_only_mentions_an_exercise_or_names_none_of_the_bank_stays() -> None:
    texts = [
        'double = ck.yours("stand-in/double")',
        '# @ck.exercise("stand-in/double")',
        'ck.answer("typo/stops", ...)',
    ]
    assert sources(*map(new_code_cell, texts)) == texts


def test_the_notebook_given_is_left_alone_and_a_second_pass_changes_nothing() -> None:
    notebook = new_notebook(cells=[new_code_cell('ck.answer("stand-in/stops", 3)')])
    before = dumps(notebook)
    once = with_exercises(notebook)
    assert dumps(notebook) == before
    assert dumps(with_exercises(once)) == dumps(once)


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    """A chapter whose stub and whose question are stale."""
    path = tmp_path / "notebooks" / "part" / "stand-in.ipynb"
    path.parent.mkdir(parents=True)
    stand_in = "class ck:\n    exercise = staticmethod(lambda id: lambda f: f)\n    answer = print"
    cells = [new_code_cell(stand_in), new_code_cell('@ck.exercise("stand-in/double")\ndef double(y): ...')]
    cells += [new_markdown_cell("**Predict.** Old?"), new_code_cell('ck.answer("stand-in/stops", ...)')]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_execute_writes_them_and_check_names_them(chapter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([chapter], check=True) == 1
    said = capsys.readouterr().out
    assert "code cell 2: the source" in said
    assert "the text: **Predict.** How many **stops**?" in said
    assert execute([chapter]) == 0
    assert [cell.source for cell in nbformat.read(chapter, as_version=4).cells][1:] == [
        STUB,
        ASKED,
        'ck.answer("stand-in/stops", ...)',
    ]
    assert execute([chapter], check=True) == 0


def test_the_structure_test_notices_a_stale_question(chapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute([chapter])
    keeps_the_rule = RULES["is_as_execute_writes_it"]
    assert not list(keeps_the_rule(Chapter(chapter, chapter)))
    monkeypatch.setattr(STOPS, "task", "How many **halts**?")
    assert list(keeps_the_rule(Chapter(chapter, chapter)))

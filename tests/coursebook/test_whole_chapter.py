"""A chapter's exercises in a real kernel, as learners answer them: untouched, with a mistake, and right.

Checks feed inputs of their own, so the chapter's set-up and its imports are enough, and one kernel serves all answers.
A run tries one chapter, and over the days all of them; a thorough one tries all, and runs each from top to bottom with
every solution in its place.
"""

import datetime
import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.checks import bank
from coursekit.checks.definition import Exercise
from coursepress.chapters import list_chapters, read_notebook
from coursepress.execute import run
from coursepress.exercise_cells import asked_in
from coursepress.normalize import code_cells

pytestmark = pytest.mark.filterwarnings("ignore")

CHAPTERS = {path.stem: path for path in list_chapters(Path(__file__).resolve().parents[2]).values()}


def of_the_day(names: list[str], day: datetime.date) -> str:
    """The chapter of a day: over the days, all have their turn."""
    return names[day.toordinal() % len(names)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All chapters, or that of the day, which is the same day for all workers."""
    if "chapter" in metafunc.fixturenames:
        workers = getattr(metafunc.config, "workerinput", {})
        today = datetime.date.fromisoformat(workers.get("day", datetime.date.today().isoformat()))
        all_of_them = metafunc.config.getoption("thorough")
        chosen = list(CHAPTERS) if all_of_them else [of_the_day(list(CHAPTERS), today)]
        metafunc.parametrize("chapter", chosen, scope="module")


def solved(exercise: Exercise) -> str:
    """The cell with the reference solution, as a learner would write it."""
    if exercise.is_value:
        return f'ck.answer("{exercise.id}", {exercise.reference()!r})'
    return f'@ck.exercise("{exercise.id}")\n{exercise.solution}'


def mistaken(exercise: Exercise) -> tuple[str, str]:
    """The cell with the first mistake, and the message it should get."""
    if exercise.choices:
        right = exercise.reference()
        wrong = next(key for key in exercise.choices if key not in right)
        given = wrong if isinstance(right, str) else right | {wrong}
        return f'ck.answer("{exercise.id}", {given!r})', exercise.choices[wrong].feedback
    first = exercise.misconceptions[0] if exercise.misconceptions else exercise.properties[0]
    if exercise.is_value:
        return f'ck.answer("{exercise.id}", {exercise.misconceptions[0].function()!r})', first.message
    where = "misconceptions[0].function" if exercise.misconceptions else "properties[0].counterexamples[0]"
    code = f'from coursekit.checks import bank\nck.exercise("{exercise.id}")(bank.find("{exercise.id}").{where})'
    return code, first.message


def card(cell: NotebookNode) -> str:
    """What the card below a cell says."""
    texts = [output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})]
    (found,) = [text for text in texts if text[0] in "○✗✓?"] or [f"no card, but {cell.outputs}"]
    return found


@pytest.fixture(scope="module")
def cards(chapter: str) -> dict[str, tuple[str, str, str]]:
    """For each exercise the cards of its stub, of its first mistake and of its solution."""
    exercises = bank.load(chapter)
    first = [cell.source for cell in code_cells(read_notebook(CHAPTERS[chapter]))[:2]]
    answers = [[exercise.stub, mistaken(exercise)[0], solved(exercise)] for exercise in exercises]
    sources = [*first, *(source for three in answers for source in three)]
    outcome = run(new_notebook(cells=[new_code_cell(source) for source in sources]))
    assert outcome.troubles == []
    texts = [card(cell) for cell in outcome.notebook.cells[2:]]
    return {one.id: (texts[3 * n], texts[3 * n + 1], texts[3 * n + 2]) for n, one in enumerate(exercises)}


def test_all_stubs_are_not_attempted(cards: dict[str, tuple[str, str, str]]) -> None:
    assert [(id, stub) for id, (stub, _, _) in cards.items() if not stub.startswith("○ Not attempted")] == []


def test_each_mistake_gets_its_own_message(cards: dict[str, tuple[str, str, str]]) -> None:
    unsaid = {}
    for id, (_, mistake, _) in cards.items():
        exercise = bank.find(id)
        assert exercise is not None
        quoted = re.split(r"\{\w+\}", mistaken(exercise)[1])
        if not mistake.startswith("✗ Not yet") or not all(words(part) in words(mistake) for part in quoted):
            unsaid[id] = mistake
    assert unsaid == {}


def test_all_solutions_are_correct(cards: dict[str, tuple[str, str, str]]) -> None:
    assert [(id, right) for id, (_, _, right) in cards.items() if not right.startswith("✓ Correct")] == []


def test_a_chapter_runs_to_its_end_with_every_solution(chapter: str, thorough: bool) -> None:
    if not thorough:
        pytest.skip("one of the long tests: --thorough")
    notebook = read_notebook(CHAPTERS[chapter])
    known = {exercise.id: exercise for exercise in bank.load(chapter)}
    answered = {id: cell for cell in notebook.cells if (id := asked_in(cell))}
    assert set(answered) == set(known)
    for id, cell in answered.items():
        cell.source = solved(known[id])
    outcome = run(notebook)
    assert outcome.troubles == []
    assert [text for cell in answered.values() if not (text := card(cell)).startswith("✓ Correct")] == []


def test_over_the_days_every_chapter_has_its_turn() -> None:
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(len(CHAPTERS))]
    assert {of_the_day(list(CHAPTERS), day) for day in days} == set(CHAPTERS)


def words(text: str) -> str:
    """A text without its line breaks, which a card sets anew, and without backticks."""
    return " ".join(text.replace("`", "").split())

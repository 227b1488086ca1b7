"""One chapter run from top to bottom: with all solutions, with all stubs, and with one mistake in every exercise."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from coursekit.checks import bank

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]

CHAPTER = "condense"
PATH = Path(__file__).resolve().parents[2] / "notebooks" / "vision" / f"{CHAPTER}.ipynb"
CALL = re.compile(r'^(?:@ck\.exercise|ck\.answer)\(\s*"([^"]+)"', re.MULTILINE)


def solved(exercise):
    """The cell with the reference solution, as a learner would write it."""
    if exercise.is_value:
        return f'ck.answer("{exercise.id}", {exercise.reference()!r})'
    return f'@ck.exercise("{exercise.id}")\n{exercise.solution}'


def mistaken(exercise):
    """The cell with the first misconception, and a part of the message it should get."""
    if exercise.choices:
        right = exercise.reference()
        wrong = next(key for key in exercise.choices if key not in right)
        given = wrong if isinstance(right, str) else right | {wrong}
        return f'ck.answer("{exercise.id}", {given!r})', exercise.choices[wrong].feedback
    if exercise.is_value:
        first = exercise.misconceptions[0]
        return f'ck.answer("{exercise.id}", {first.function()!r})', first.message
    where, message = (
        ("misconceptions[0].function", exercise.misconceptions[0].message)
        if exercise.compares
        else ("properties[0].counterexamples[0]", exercise.properties[0].message)
    )
    code = f'from coursekit.checks import bank\nck.exercise("{exercise.id}")(bank.find("{exercise.id}").{where})'
    return code, message


def run(change):
    """Run the chapter with each answer replaced; gives each exercise's card as text."""
    notebook = nbformat.read(PATH, as_version=4)
    known = {exercise.id: exercise for exercise in bank.load(CHAPTER)}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        for exercise in [known[id] for id in CALL.findall(cell.source)]:
            if (changed := change(exercise)) is None:
                continue
            question = rf'^ck\.answer\(\s*"{exercise.id}".*?\)$'
            cell.source = (
                re.sub(question, lambda _, new=changed: new, cell.source, flags=re.M) if exercise.is_value else changed
            )
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=PATH.parent)
    texts = [o.data["text/plain"] for cell in code for o in cell.outputs if "text/plain" in o.get("data", {})]
    cards = {card.splitlines()[0].rpartition(" · ")[2]: card for card in texts if card[0] in "○✗✓?"}
    assert set(cards) == set(known)
    return cards


@pytest.fixture(autouse=True)
def kernel_settings(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")


def test_all_solutions_are_correct():
    cards = run(solved)
    assert {id for id, card in cards.items() if not card.startswith("✓ Correct")} == set()


def test_all_stubs_are_not_attempted():
    cards = run(lambda exercise: None)
    assert {id for id, card in cards.items() if not card.startswith("○ Not attempted")} == set()


def test_each_mistake_gets_its_own_message():
    cards = run(lambda exercise: mistaken(exercise)[0])
    unsaid = {}
    for exercise in bank.load(CHAPTER):
        start = mistaken(exercise)[1].split("{")[0]
        if not cards[exercise.id].startswith("✗ Not yet") or start not in cards[exercise.id]:
            unsaid[exercise.id] = cards[exercise.id]
    assert unsaid == {}

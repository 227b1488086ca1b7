"""Notebook and bank agree. That stubs and questions are the bank's: `is_as_execute_writes_it` in the rules."""

import ast
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from coursekit.checks import bank

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))}
CALL = re.compile(r'^(?:@ck\.exercise|ck\.answer)\(\s*"([^"]+)"', re.MULTILINE)


def cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_every_exercise_of_the_bank_stands_in_exactly_one_chapter():
    places = Counter(id for path in CHAPTERS.values() for cell in cells(path) for id in CALL.findall(cell.source))
    assert {exercise.id: places[exercise.id] for exercise in bank.all_exercises()} == {
        exercise.id: 1 for exercise in bank.all_exercises()
    }


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_holds_only_exercises_of_its_own_bank(chapter):
    known = {exercise.id for exercise in bank.load(chapter)} if chapter in bank.chapters() else set()
    assert {id for cell in cells(CHAPTERS[chapter]) for id in CALL.findall(cell.source)} <= known


def test_a_stub_hides_no_name_that_the_chapter_uses(exercise):
    """Unless the chapter takes the learner's own function up again, by `ck.yours`."""
    if exercise.is_value:
        return
    others = [c.source for c in cells(CHAPTERS[exercise.chapter]) if exercise.id not in CALL.findall(c.source)]
    if any(re.search(rf'ck\.yours\(\s*"{exercise.id}"', source) for source in others):
        return
    nodes = [node for source in others for node in ast.walk(ast.parse(source))]
    used = {getattr(node, "id", None) or getattr(node, "name", None) for node in nodes}
    assert exercise.reference.__name__ not in used


@pytest.mark.parametrize("chapter", bank.chapters())
def test_every_objective_names_an_exercise_of_its_chapter(chapter):
    text = nbformat.read(CHAPTERS[chapter], as_version=4).cells[0].source
    objectives = re.search(r"\*\*Objectives.*?\n((?:\s*\n|- .*\n|  .*\n)+)", text + "\n")
    assert objectives, "no list of objectives in the first cell"
    known = {exercise.id for exercise in bank.load(chapter)} | {exercise.name for exercise in bank.load(chapter)}
    for line in re.findall(r"^- .*(?:\n  .*)*", objectives[1], re.MULTILINE):
        names = re.findall(r"`([^`]+)`", line)
        assert names, f"no exercise at the end of: {line}"
        assert names[-1] in known, f"{names[-1]} is no exercise of {chapter}: {line}"

"""How long a chapter takes, counted the same way for all: `execute` writes it into the line **Time** of the opening."""

import copy
import math
import re

from nbformat import NotebookNode

from coursepress.exercise_cells import asked_in
from coursepress.normalize import HIDDEN, code_cells, tags

WORDS_A_MINUTE, LINES_A_MINUTE = 120, 3
QUESTION_MINUTES, CODE_MINUTES = 5, 8  # an answer to `ck.answer`, a function to write
STEP = 5  # minutes: nobody reads by the minute

_TIME = re.compile(r"^\*\*Time\*\*.*$", re.MULTILINE)
_NOT_READ = re.compile(rf"(?m:{_TIME.pattern})|(?s:<!--.*?-->)|<[^>]+>|\]\([^)]*\)|\{{\w+\}}(?=`)")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[’'.,-][A-Za-z0-9]+)*")
_PICTURE = re.compile(r"<img\b")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def minutes(notebook: NotebookNode) -> tuple[int, int]:
    """Minutes for reading an executed chapter and for its exercises, rounded up to steps of five.

    Reading is 120 words a minute, 20 seconds for a line of code in view, and a minute for a figure. Folded checks,
    the stubs of exercises and lines without a letter or digit are not counted.
    """
    asked = [cell for cell in code_cells(notebook) if asked_in(cell)]
    shown = [cell for cell in code_cells(notebook) if HIDDEN not in tags(cell) and not asked_in(cell)]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    words = len(_WORD.findall(_NOT_READ.sub(" ", prose)))
    lines = sum(bool(re.search(r"\w", line)) for cell in shown for line in cell.source.splitlines())
    figures = sum(_shows_a_figure(cell) for cell in shown)
    exercises = sum(CODE_MINUTES if cell.source.startswith("@") else QUESTION_MINUTES for cell in asked)
    return _rounded_up(words / WORDS_A_MINUTE + lines / LINES_A_MINUTE + figures), _rounded_up(exercises)


def with_time(notebook: NotebookNode) -> NotebookNode:
    """A copy of an executed chapter whose line **Time** says how long it takes."""
    result = copy.deepcopy(notebook)
    reading, exercises = minutes(result)
    for cell in result.cells[:1]:
        cell.source = _TIME.sub(f"**Time**: {reading} minutes, and {exercises} for the exercises.", cell.source)
    return result


def _shows_a_figure(cell: NotebookNode) -> bool:
    data = [output.get("data", {}) for output in cell.outputs]
    return any(_WIDGET in one or _PICTURE.search("".join(one.get("text/html", ""))) for one in data)


def _rounded_up(number: float) -> int:
    return STEP * math.ceil(number / STEP)

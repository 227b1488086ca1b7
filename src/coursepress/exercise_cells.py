"""The cells of exercises in a chapter: stub, task and options come from the bank, the one place where they are edited.

An author writes a code cell that starts with `@ck.exercise("condense/max-pool")` or `ck.answer("condense/stops", ...)`.
`execute` writes the rest of it, and above an answer the paragraph with the question.
"""

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from coursekit.checks.definition import Exercise
from coursekit.session import quiet_import

_CALL = re.compile(r'(?:@ck\.exercise|ck\.answer)\(\s*"([^"]+)"')


def asked_in(cell: NotebookNode) -> str | None:
    """The id of the exercise that a cell asks for, or None."""
    found = _CALL.match(cell.source) if cell.cell_type == "code" else None
    return found[1] if found else None


def with_exercises(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook with every exercise as the bank has it now.

    A paragraph in bold right above an answer is its question and is replaced; where there is none, it is put in.
    """
    result = copy.deepcopy(notebook)
    cells: list[NotebookNode] = []
    for cell in result.cells:
        exercise = _find(asked_in(cell))
        if exercise is not None:
            cell.source = exercise.stub
            if exercise.asked and not (cells and _is_question(cells[-1])):
                cells.append(new_markdown_cell())
            if exercise.asked:
                cells[-1].source = exercise.asked
        cells.append(cell)
    result.cells = cells
    return result


def _find(id: str | None) -> Exercise | None:
    if id is None:
        return None
    with quiet_import():  # exercises import TensorFlow
        from coursekit.checks import bank

        return bank.find(id)


def _is_question(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and cell.source.startswith("**")

"""Submissions as learners hand them in, made from the bank: right answers, and mistakes that the bank knows."""

import inspect
import random
import re
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, ModuleType
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.checks import Exercise
from coursekit.checks.definition import source

NUMPY = "import numpy as np"
EVERYTHING = f"{NUMPY}\nimport keras\nimport tensorflow as tf\nfrom keras import layers"
WRONG = 3


def needs_tensorflow(exercise: Exercise) -> bool:
    """Whether the solution is made of TensorFlow or Keras."""
    return not exercise.is_value and _uses_tensorflow(exercise.reference)


def mistakes(exercise: Exercise) -> list[Callable[..., Any]]:
    """The bank's wrong solutions that can be written into a notebook."""
    return [m.function for m in exercise.misconceptions if _is_writable(m.function)]


def answers(exercises: Iterable[Exercise], number: int, wrong: int = WRONG) -> tuple[dict[str, str], set[str]]:
    """The cells of submission `number` by exercise, and the exercises that it gets wrong.

    Which ones, by which mistake, and in which form the right answers are written, differs from one to the next.
    """
    rng = random.Random(number)
    exercises = list(exercises)
    candidates = {e.id: wrong_ones for e in exercises if (wrong_ones := mistakes(e))}
    chosen = set(rng.sample(sorted(candidates), min(wrong, len(candidates))))
    cells = {}
    for exercise in exercises:
        right = [exercise.reference, *filter(_is_writable, exercise.variants)]
        if not needs_tensorflow(exercise):
            right = [function for function in right if exercise.is_value or not _uses_tensorflow(function)]
        function = rng.choice(candidates[exercise.id] if exercise.id in chosen else right)
        cells[exercise.id] = f"{cell(exercise, function)}\n# submission {number}"
    return cells, chosen


def cell(exercise: Exercise, function: Callable[..., Any]) -> str:
    """The notebook cell that hands in one of the bank's functions."""
    if exercise.is_value:
        value = function()
        return f'ck.answer("{exercise.id}", {value.tolist() if isinstance(value, np.generic) else value!r})'
    helpers = _helpers(function) if isinstance(function, FunctionType) else []
    return "\n\n\n".join([*helpers, f'@ck.exercise("{exercise.id}")\n{named(exercise, function)}'])


def named(exercise: Exercise, function: Callable[..., Any]) -> str:
    """Source of one of the bank's functions under the name that learners use."""
    return re.sub(r"^(def|class) \w+", rf"\1 {exercise.reference.__name__}", source(function), count=1)


def answered(chapter: NotebookNode, cells: dict[str, str]) -> NotebookNode:
    """The chapter's notebook with answers in place of the stubs."""
    copy = nbformat.from_dict(chapter)
    for c in copy.cells:
        handed = re.search(r'^@?ck\.(?:exercise|answer)\("([^"]+)"', c.source, re.MULTILINE)
        if c.cell_type == "code" and handed and handed[1] in cells:
            c.source = cells[handed[1]]
    return copy


def exercises_only(cells: Iterable[str], first: str = f"import coursekit as ck\n{EVERYTHING}") -> NotebookNode:
    """A notebook of nothing but imports and answers."""
    notebook = new_notebook(cells=[new_code_cell(text) for text in (first, *cells)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def _uses_tensorflow(function: Callable[..., Any]) -> bool:
    return bool(re.search(r"\b(keras|layers|tf)\.", source(function)))


def _is_writable(function: Callable[..., Any]) -> bool:
    if not isinstance(function, FunctionType):
        return False
    try:
        _helpers(function)
    except LookupError:
        return False
    return True


def _helpers(function: FunctionType) -> list[str]:
    """Sources of the bank's own functions that this one uses. Raises LookupError if it uses what cannot be copied."""
    found: dict[str, str] = {}
    for name in sorted(_names(function.__code__)):
        value = function.__globals__.get(name)
        if isinstance(value, FunctionType) and value.__module__ == function.__module__:
            found |= {text: text for text in (*_helpers(value), inspect.getsource(value).strip())}
        elif value is not None and not isinstance(value, ModuleType):
            raise LookupError(f"it uses {name} of the bank")
    return list(found)


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))

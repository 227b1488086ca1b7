"""The same answers in nbgrader and otter-grader, run by the interpreter of an environment that has them.

Both get plain functions and a test cell for each, made from the bank: no package of the course is needed there.
"""

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import nbformat
import numpy as np
from nbformat import NotebookNode

from coursekit.checks import Exercise
from grading_parts.answers import EVERYTHING, NUMPY, exercises_only, mistakes, named, needs_tensorflow

PROBES = 12
ASSIGNMENT, NOTEBOOK = "week", "exercises"


def has(python: str, module: str) -> bool:
    """Whether the environment of that interpreter has the module."""
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def nbgrader(python: str, exercises: list[Exercise], count: int, folder: Path) -> Callable[[], object]:
    """Prepare an assignment with `count` submissions; what is returned grades them all."""

    def call(*command: str) -> None:
        run([python, "-m", "nbgrader", *command, f"--CourseDirectory.root={folder}"], folder)

    source = folder / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(_for_nbgrader(exercises, None), source)
    call("generate_assignment", ASSIGNMENT)
    for number in range(count):
        path = folder / "submitted" / f"student{number}" / ASSIGNMENT / source.name
        path.parent.mkdir(parents=True)
        nbformat.write(_for_nbgrader(exercises, number), path)
    return lambda: call("autograde", ASSIGNMENT)


def otter(python: str, exercises: list[Exercise], count: int, folder: Path) -> Callable[[], object]:
    """Prepare an autograder and `count` submissions; what is returned grades them one after the other."""
    for name in ("tests", "out"):
        (folder / name).mkdir(parents=True)
    for exercise in exercises:
        doctest = [("... " if line.startswith(" ") else ">>> ") + line for line in test(exercise).splitlines()]
        case = {"code": "\n".join(doctest), "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        described = {"name": exercise.reference.__name__, "points": 1, "suites": [suite]}
        (folder / "tests" / f"{exercise.reference.__name__}.py").write_text(f"OK_FORMAT = True\ntest = {described!r}\n")
    run([python, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder)
    names = [f"student{number}.ipynb" for number in range(count)]
    for number, name in enumerate(names):
        cells = []
        for exercise in exercises:
            cells += [answer(exercise, number), f'grader.check("{exercise.reference.__name__}")']
        first = f"{_imports(exercises)}\nimport otter\n\ngrader = otter.Notebook()"
        nbformat.write(exercises_only(cells, first), folder / name)

    def grade() -> None:
        for name in names:
            run([python, "-m", "otter", "run", "--no-logo", "-a", "autograder.zip", "-o", "out", name], folder)
            results = json.loads((folder / "out" / "results.json").read_text())
            if not any(test.get("score") for test in results["tests"]):
                raise SystemExit(f"otter gave no points at all: {results}")

    return grade


def answer(exercise: Exercise, number: int) -> str:
    """The answer of submission `number`: right, or a mistake, as a plain function."""
    rng = random.Random(number)
    is_wrong = exercise.name == "global-average" and number % 2
    return (
        f"{named(exercise, rng.choice(mistakes(exercise)) if is_wrong else exercise.reference)}\n# submission {number}"
    )


def test(exercise: Exercise) -> str:
    """A test cell: as many inputs as a check of the course has, with what the reference gives for them."""
    name, lines = exercise.reference.__name__, []
    for probe in exercise.draw(np.random.default_rng(0), min(PROBES, exercise.count)):
        given = ", ".join(f"{key}={_literal(value)}" for key, value in probe.arguments.items())
        expected, got = exercise.reference(**probe.arguments), f"{name}({given})"
        if isinstance(expected, keras.Model):
            inputs = np.random.default_rng(0).integers(0, 9, (1, *expected.input_shape[1:])).astype("float32")
            expected, got = expected(inputs), f"{got}({_literal(inputs)}.astype('float32'))"
        lines.append(f"np.testing.assert_allclose({got}, {_literal(np.asarray(expected))}, rtol=1e-4)")
    return "\n".join(lines)


def run(command: list[str], folder: Path) -> None:
    """Run a tool in its environment. Raises SystemExit with the end of what it said if it fails."""
    tools = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])  # nbgrader calls alembic
    environment = {**os.environ, "PATH": tools}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:5])} failed: {(done.stderr or done.stdout)[-800:]}")


def _for_nbgrader(exercises: list[Exercise], number: int | None) -> NotebookNode:
    """The teacher's notebook, or submission `number`."""
    cells = []
    for exercise in exercises:
        cells += [named(exercise, exercise.reference) if number is None else answer(exercise, number), test(exercise)]
    notebook = exercises_only(cells, first=_imports(exercises))
    for exercise, solution, tests in zip(exercises, notebook.cells[1::2], notebook.cells[2::2], strict=True):
        name = exercise.reference.__name__
        both = {"schema_version": 3, "task": False}
        solution.metadata["nbgrader"] = {**both, "grade_id": name, "solution": True, "grade": False, "locked": False}
        checked = {"grade_id": f"{name}_test", "solution": False, "grade": True, "locked": True, "points": 1}
        tests.metadata["nbgrader"] = {**both, **checked}
        if number is None:
            solution.source = _with_solution_marked(solution.source)
    return notebook


def _imports(exercises: list[Exercise]) -> str:
    return EVERYTHING if any(map(needs_tensorflow, exercises)) else NUMPY


def _with_solution_marked(source: str) -> str:
    head, body = source.split("\n", 1)
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def _literal(value: Any) -> str:
    return f"np.array({value.tolist()!r})" if isinstance(value, np.ndarray) else repr(value)

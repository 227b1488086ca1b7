"""A teacher's own bank: its folder, its exercises, and the notebook of stubs to hand out (`coursekit bank stubs`)."""

import argparse
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursegrade import twins
from coursegrade.spreadsheet import number
from coursekit.checks import bank
from coursekit.checks.definition import Exercise
from coursekit.errors import CourseError, UsageError


def stubs(options: argparse.Namespace) -> int:
    """`coursekit bank stubs DIR --chapter X`: write a notebook with the cells that learners start from.

    Raises UsageError if there is no such chapter, CourseError if the notebook exists or cannot be written.
    """
    folder = own_bank(options.folder)
    chapter = options.chapter
    if chapter not in bank.chapters(folder):
        known = ", ".join(bank.chapters(folder))
        raise UsageError(f"--chapter {chapter}: {options.folder} holds no such chapter, but {known}.")
    out = Path(options.out or f"{chapter}.ipynb")
    write_new(out, stub_notebook(chapter, load(chapter, folder)))
    print(f"The stubs are in {out}.")
    return 0


def own_bank(given: str) -> Path:
    """The folder of a teacher's own bank. Raises UsageError if it is none."""
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise UsageError(f"{given} {what}. A bank is a folder with a Python file for each chapter.")
    if not bank.chapters(folder):
        raise UsageError(
            f"{given} holds no exercises. A bank is a folder with a Python file for each chapter, such as exam.py "
            "for exam/..., named in lower case."
        )
    return folder


def notices(folder: Path) -> Iterator[str]:
    """What a teacher may not expect of a folder, and what is no fault."""
    for path in sorted(folder.glob("*.py")):
        if path.stem.replace("_", "-") not in bank.chapters(folder):
            yield f"{path.name} is not read: names of chapters begin with a lower-case letter."
    for chapter in sorted(set(bank.chapters(folder)) & set(bank.chapters())):
        yield (
            f"{chapter} is a chapter of the course, too. With this bank, only your {chapter} counts: nothing of the "
            "course's. Students' computers check the course's. Rename the file and the exercises if you want both."
        )


def load(chapter: str, folder: Path) -> list[Exercise]:
    """The exercises of a chapter of a teacher's bank. Raises CourseError with what is wrong with the file."""
    file = folder / f"{chapter.replace('-', '_')}.py"
    if not file.is_file():
        raise CourseError(f"{chapter}.py: a file's name has _ where its chapter has -. Rename it to {file.name}.")
    try:
        exercises = bank.load(chapter, folder)
        offered = twins.load(chapter, folder)
    except SyntaxError as error:
        raise CourseError(f"{file.name}, line {error.lineno}: this is no Python yet: {error.msg}.") from None
    except ModuleNotFoundError as error:
        raise CourseError(
            f"{file.name}{_line(error, file)}: it needs the package {error.name}, which is not installed here. Install "
            "it into the course's environment, on every computer that grades; or do without it."
        ) from None
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}"
        raise CourseError(f"{file.name}{_line(error, file)}: it cannot be loaded. {why}") from None
    if not exercises:
        raise CourseError(f"{file.name} holds no exercise. Each begins with `@exercise(…)` or `question(…)`.")
    if twice := [id for id, uses in Counter(exercise.id for exercise in exercises).items() if uses > 1]:
        raise CourseError(f"{file.name}: two exercises have one name: {', '.join(twice)}.")
    return offered


def _line(error: BaseException, file: Path) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return f", line {lines[-1]}" if lines else ""


def stub_notebook(chapter: str, exercises: list[Exercise]) -> nbformat.NotebookNode:
    """A notebook with a heading and the stub of each exercise; where the stub cannot hold the task, it stands above."""
    title = chapter.replace("-", " ").capitalize()
    cells = [
        new_markdown_cell(f"# {title}", id="title"),
        new_code_cell("import coursekit as ck\nimport numpy as np\n\nck.setup()", id="imports"),
    ]
    for exercise in exercises:
        points = f" ({number(exercise.points)} {'point' if exercise.points == 1 else 'points'})"
        heading = f"## {exercise.name.replace('-', ' ').capitalize()}{points if exercise.points else ''}"
        asked = f"{heading}\n\n{exercise.asked}" if exercise.is_value else heading
        name = exercise.name[:50]
        cells += [new_markdown_cell(asked, id=f"{name}-task"), new_code_cell(exercise.stub, id=name)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def write_new(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook where there is no file yet. Raises CourseError if there is one, or it cannot be written."""
    text = nbformat.writes(notebook) + "\n"
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise CourseError(f"{path} exists already, and nothing is overwritten. Choose another name.") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None

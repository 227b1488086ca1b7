"""`coursekit handout`: a notebook for each student, in which the exercises that offer twins are the student's own."""

import argparse
import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import nbformat

from coursegrade.bank_command import load, own_bank, write_new
from coursegrade.handing_in import ids_written_in
from coursegrade.report.feedback import file_names
from coursegrade.roster import read_roster
from coursegrade.twins import is_offered, make_key, read_key, twin_of
from coursekit.checks import bank, texts
from coursekit.checks.definition import Exercise
from coursekit.checks.texts import say
from coursekit.errors import CourseError, UsageError


def handout(options: argparse.Namespace) -> int:
    """Write the notebooks; `options` are those of the command line. Returns 0.

    Raises UsageError for options that make no sense, CourseError if something cannot be read or written.
    """
    folder = own_bank(options.bank)
    if options.language not in texts.languages():
        raise UsageError(f"--language {options.language}: the course speaks {', '.join(texts.languages())}.")
    texts.use(options.language)
    notebook = _read(Path(options.notebook))
    offered = with_twins(notebook, folder)
    if not offered:
        raise UsageError(
            f"{options.notebook} holds no exercise that offers twins, so everybody can have the same file."
        )
    roster = read_roster(Path(options.roster))
    for warning in roster.warnings:
        print(warning)
    key, out = _key(Path(options.twins)), Path(options.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"--out {out} cannot be made: {error.strerror}.") from None
    kept = []
    names = file_names(roster.students, ".ipynb")
    for student, name in names.items():
        if (out / name).exists():
            kept.append(name)
        else:
            write_new(out / name, own_notebook(notebook, offered, key, student))
    print(f"{len(names) - len(kept)} notebooks are in {out}, with own versions of: {', '.join(offered)}.")
    if kept:
        print(f"{len(kept)} were there already and were left as they are: {', '.join(kept[:10])}.")
    return 0


def with_twins(notebook: nbformat.NotebookNode, folder: Path) -> dict[str, Exercise]:
    """The exercises of a notebook that offer twins, by id: those of a teacher's own, as the course has none."""
    ids = [id for cell in notebook.cells if cell.cell_type == "code" for id in sorted(ids_written_in(cell.source))]
    found: dict[str, Exercise] = {}
    for chapter in dict.fromkeys(id.partition("/")[0] for id in ids):
        if chapter in bank.chapters(folder):
            found |= {e.id: e for e in load(chapter, folder) if is_offered(e) and e.id in ids}
    return found


def own_notebook(
    notebook: nbformat.NotebookNode, offered: dict[str, Exercise], key: str, student: str
) -> nbformat.NotebookNode:
    """A student's copy of a notebook: their own stubs and tasks, and no outputs where these stand."""
    own = copy.deepcopy(notebook)
    twins = {id: twin_of(exercise, key, student) for id, exercise in offered.items()}
    cells: list[nbformat.NotebookNode] = []
    for cell in own.cells:
        if cell.cell_type == "markdown":
            for id, twin in twins.items():
                if twin.is_value:
                    cell.source = cell.source.replace(offered[id].asked, twin.asked)
                    cell.source = cell.source.replace(offered[id].task, twin.task)
        elif cell.cell_type == "code":
            cell.source, changed = _with_stubs(cell.source, twins)
            if changed:
                cell.outputs, cell.execution_count = [], None
                cells.append(_note(changed, f"own-{len(cells)}", cells))
        cells.append(cell)
    own.cells = cells
    return own


def _with_stubs(text: str, twins: dict[str, Exercise]) -> tuple[str, list[Exercise]]:
    """A cell with the students' stubs in the place of the public ones, and which those are."""
    lines = text.split("\n")
    changed: list[Exercise] = []
    for first, last, id in reversed(list(_places(text))):
        if id in twins:
            lines[first - 1 : last] = twins[id].stub.split("\n")
            changed.insert(0, twins[id])
    return "\n".join(lines), changed


def _places(text: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and id of each exercise that stands at the top level of a cell."""
    try:
        statements = ast.parse(text).body
    except SyntaxError:  # a cell with magics holds no stub of ours
        return
    for node in statements:
        decorators = getattr(node, "decorator_list", [])
        for call in [*decorators, node.value if isinstance(node, ast.Expr) else None]:
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
                yield first, node.end_lineno or first, str(call.args[0].value)


def _note(twins: list[Exercise], id: str, before: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    """What a student has to know about the cell below; the task of a value, unless it has just been told."""
    told = before[-1].source if before else ""
    text = say("This is your own version of the exercise. Where the text says something else, this counts.")
    tasks = [twin.asked for twin in twins if twin.is_value and twin.asked not in told]
    return nbformat.v4.new_markdown_cell("\n\n".join([text, *tasks]), id=id)


def _key(path: Path) -> str:
    try:
        key = make_key(path)
    except FileExistsError:
        return read_key(path)
    print(f"A new key is in {path}. Grade with --twins {path}; whoever has it can tell everybody's versions.")
    return key


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:  # nbformat's errors are of many kinds
        raise UsageError(f"{path} is no notebook that can be read. Open it in JupyterLab and save it.") from None
    if notebook.nbformat_minor < 5:  # cells have no ids before, and we add cells with ids
        notebook = nbformat.v4.upgrade(notebook, notebook.nbformat, notebook.nbformat_minor)
    return notebook

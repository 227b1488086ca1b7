"""One handed-in file as cells, however it was saved; or one paragraph on why it cannot be read."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from coursegrade.filetypes import HAND_IN, Unreadable, decoded, refuse_foreign
from coursekit.checks.texts import say

__all__ = ["LARGEST", "Cell", "Submission", "Unreadable", "read"]

LARGEST = 30_000_000  # bytes of a file
_CONTAINERS = 2_000_000  # lists and objects of a notebook: each costs some 60 bytes of memory for two of the file
_PYTHON = re.compile(r"\s*(i|x|bpython|micro)?python", re.IGNORECASE)
_KERNELS = {"ir": "R", "julia": "Julia", "javascript": "JavaScript", "deno": "TypeScript", "bash": "Bash"}
_HANDING_IN = re.compile(r"""\b(exercise|answer)\(\s*(id\s*=\s*)?["'][a-z0-9-]+/[a-z0-9-]+["']""")
_CONFLICT = re.compile(r"^(<{7}( |$)|={7}$|>{7}( |$))", re.MULTILINE)
_MARKER = re.compile(r"# In\[( |\d+|\*)?\]:?\s*$|#\s?%%(?P<rest>.*)$")


@dataclass(frozen=True)
class Cell:
    """One cell. number: its place among all cells of the file, counted from 1. kind: "code", "markdown" or "raw"."""

    number: int
    kind: str
    source: str


@dataclass(frozen=True)
class Submission:
    """A file as cells. notes: what was unusual about the file, for the learner and the teacher."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


def read(name: str, content: bytes) -> Submission:
    """The cells of a notebook (nbformat 2 to 4) or of a Python file, told apart by what they hold, not by name.

    Raises Unreadable, with what was found and what to do, for anything else.
    """
    if len(content) > LARGEST:
        raise Unreadable(
            f"The file has {len(content) / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB is the most that is graded. "
            "Clear its outputs (Kernel, Restart and Clear Outputs of All Cells), save it and hand it in again."
        )
    if not content.strip():
        found = f"The file holds nothing but {len(content):,} blanks." if content else "The file is empty (0 bytes)."
        raise Unreadable(f"{found} Save the notebook, look at the file's size, and hand it in again.")
    refuse_foreign(content)
    text, notes = decoded(content)
    if not text.strip():
        raise Unreadable("The file holds nothing but blanks. Save the notebook and hand it in again.")
    cells, more = _notebook(text) if _looks_like_json(name, text) else _script(name, text)
    repaired = tuple(Cell(cell.number, cell.kind, _without_surrogates(cell.source)) for cell in cells)
    return Submission(repaired, (*notes, *more, *_conflicts(repaired)))


def _looks_like_json(name: str, text: str) -> bool:
    start = text.lstrip()
    if _CONFLICT.match(start):  # the very first line is in conflict
        return '"cell_type"' in text or name.lower().endswith(".ipynb")
    if not start.startswith(("{", "[")):
        return False
    return name.lower().endswith((".ipynb", ".json")) or bool(
        re.search(r'"(cells|cell_type|nbformat|worksheets)"', text)
    )


# Notebooks ----------------------------------------------------------------------------------------------------------


def _notebook(text: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    data = _json(text)
    if not isinstance(data, dict):
        raise Unreadable(
            f"The file is JSON, but not a notebook: it holds {_kind(data)} where an object belongs. {HAND_IN}"
        )
    listed, old = data.get("cells"), False
    if listed is None and "worksheets" in data:
        listed, old = _old_cells(data["worksheets"]), True
    if listed is None:
        keys = ", ".join(str(key)[:30] for key in list(data)[:5])
        raise Unreadable(
            f"The file is JSON, but not a notebook: it has no cells{f' (it has: {keys})' if keys else ''}. {HAND_IN}"
        )
    if not isinstance(listed, list):
        raise Unreadable(
            f"The notebook is damaged: where its list of cells belongs stands {_kind(listed)}. "
            "Open it in Jupyter, save it and hand it in again."
        )
    if not listed:
        raise Unreadable(
            "The notebook has no cells. Perhaps a new notebook was saved over it; hand in the one with answers."
        )
    cells, notes = [], []
    for number, raw in enumerate(listed, 1):
        found = _cell(number, raw, old)
        if isinstance(found, Cell):
            cells.append(found)
        else:
            notes.append(found)
    if foreign := _foreign_language(data):
        if not any(_HANDING_IN.search(cell.source) for cell in cells):
            raise Unreadable(
                f"The notebook is written for {foreign}, not for Python, and hands in no answer. Hand in the "
                "chapter's notebook."
            )
        notes.append(say("The notebook says it is for {language}; it was read as Python.", language=foreign))
    return tuple(cells), tuple(notes)


def _json(text: str) -> Any:
    if text.count("[") + text.count("{") > _CONTAINERS:
        raise Unreadable(
            f"The file has more than {_CONTAINERS:,} lists; no notebook of the course has. Clear its outputs, save it "
            "and hand it in again."
        )
    try:
        return json.loads(text.replace("\0", ""))
    except JSONDecodeError as error:
        raise _broken_json(text, error) from None
    except RecursionError:
        raise Unreadable(f"The file is JSON nested too deeply to be a notebook. {HAND_IN}") from None
    except ValueError as error:  # such as a number of a million digits
        raise Unreadable(f"The file is JSON, but not a notebook ({error}). {HAND_IN}") from None


def _broken_json(text: str, error: JSONDecodeError) -> Unreadable:
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        mark = conflict.group().strip()
        return Unreadable(
            f"Line {line} of the file holds a leftover of a merge conflict ({mark}): Git wrote two versions into one "
            "file. Choose one version (git checkout --ours FILE, or --theirs), open it in Jupyter to see that it is "
            "the right one, and hand it in again."
        )
    end = len(text.rstrip())
    cells = text.count('"cell_type"')
    if error.pos >= end - 10 or error.msg.startswith("Unterminated string"):
        lines = text.rstrip().count("\n") + 1
        return Unreadable(
            f"The file was cut off: it ends in line {lines}, after {len(text.encode('utf-8', 'replace')):,} bytes, in "
            f"the middle of {'cell ' + str(cells) if cells else 'the notebook'}. It was not saved or uploaded whole. "
            "Save the notebook again and hand it in again."
        )
    return Unreadable(
        f"The file looks like a notebook but is damaged in line {error.lineno}, column {error.colno} ({error.msg}). "
        "Open it in Jupyter; if it does not open, go back to an earlier version, save it and hand it in again."
    )


def _old_cells(worksheets: Any) -> list[Any] | None:
    """The cells of notebook formats 2 and 3, which stand in worksheets."""
    if not isinstance(worksheets, list):
        return None
    sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
    return [cell for cells in sheets if isinstance(cells, list) for cell in cells]


def _cell(number: int, raw: Any, old: bool) -> Cell | str:
    """A cell, or the note on why it is none."""
    if not isinstance(raw, dict):
        return say("Cell {number} is damaged and was left out: it is {what}.", number=number, what=_kind(raw))
    kind = raw.get("cell_type", "code")
    source = _joined(raw.get("input", raw.get("source", "")) if old else raw.get("source", raw.get("input", "")))
    if source is None or not isinstance(kind, str):
        return say("Cell {number} is damaged and was left out: its text is no text.", number=number)
    if old:
        kind, source = _upgraded(kind, source, raw.get("level"))
    return Cell(number, kind if kind in ("code", "raw") else "markdown", source)


def _upgraded(kind: str, source: str, level: Any) -> tuple[str, str]:
    """A cell of formats 2 and 3 in format 4, by nbformat's own converter; outputs do not count and are left out."""
    from nbformat import from_dict
    from nbformat.v4.convert import upgrade_cell

    level = min(level, 6) if isinstance(level, int) and level > 0 else 1
    cell = upgrade_cell(
        from_dict({"cell_type": kind, "input": source, "source": source, "level": level, "outputs": [], "metadata": {}})
    )
    return cell["cell_type"], cell["source"]


def _joined(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else None


def _foreign_language(data: dict[str, Any]) -> str:
    """The language of a notebook that nothing in it calls Python, else ""."""
    metadata = _object(data.get("metadata"))
    kernel, language = _object(metadata.get("kernelspec")), _object(metadata.get("language_info"))
    named = [name for name in (kernel.get("language"), language.get("name")) if isinstance(name, str) and name.strip()]
    if named:
        return "" if any(_PYTHON.match(name) for name in named) else named[0].strip()[:30]
    family = str(kernel.get("name", "")).lower().split("-")[0]
    return _KERNELS.get(family, "")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _kind(value: Any) -> str:
    if value is None:
        return "nothing (null)"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "something else")


# Python files -------------------------------------------------------------------------------------------------------


def _script(name: str, text: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    if not name.lower().endswith(".py") and not _HANDING_IN.search(text) and not _is_python(text):
        first = text.strip().splitlines()[0][:60]
        raise Unreadable(f"The file is neither a notebook nor Python; it begins with {first!r}. {HAND_IN}")
    return tuple(_script_cells(text)), ()


def _script_cells(text: str) -> Iterator[Cell]:
    """A cell for every marker of nbconvert (`# In[3]:`) and jupytext (`# %%`); without markers all is one cell."""
    number, kind, lines = 0, "code", list[str]()
    for line in [*text.split("\n"), None]:
        marker = _MARKER.match(line) if line is not None else None
        if line is not None and marker is None:
            lines.append(line)
            continue
        source = "\n".join(lines).strip("\n")
        if number or source.strip():
            number = max(number, 1)
            yield Cell(number, kind, source if kind == "code" else re.sub(r"^# ?", "", source, flags=re.MULTILINE))
        lines, number = [], number + 1
        rest = (marker["rest"] if marker else "") or ""
        kind = "markdown" if re.search(r"\[(markdown|md)\]", rest) else "raw" if "[raw]" in rest else "code"


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return len(text) < 1_000_000 and bool(ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return False


# Both ---------------------------------------------------------------------------------------------------------------


def _without_surrogates(source: str) -> str:
    """Halves of characters, which JSON can hold and Python cannot compile, become �."""
    return source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def conflict_line(source: str) -> int:
    """The line in which the first leftover of a merge conflict stands; 0 if there is none."""
    found = _CONFLICT.search(source)
    whole = found and re.search(r"^<{7}", source, re.MULTILINE) and re.search(r"^>{7}", source, re.MULTILINE)
    return source.count("\n", 0, found.start()) + 1 if found and whole else 0


def _conflicts(cells: tuple[Cell, ...]) -> Iterator[str]:
    for cell in cells:
        if line := conflict_line(cell.source):
            yield say(
                "Cell {number} holds a leftover of a merge conflict in line {line}: keep one version, and delete the "
                "lines of <<<<<<<, ======= and >>>>>>>.",
                number=cell.number,
                line=line,
            )

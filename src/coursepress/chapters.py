"""Where the course is, which chapters it has, and reading one that may be damaged."""

import contextlib
import difflib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS, WORK = "notebooks", "work"
# As git writes it; in a notebook that was mended halfway, the line may be a string of a cell's source.
_CONFLICT = re.compile(r'^\s*"?(?:<{7}|>{7}) ', re.MULTILINE)


def find_root(start: Path | None = None) -> Path:
    """Folder of the course: `start` (default: the working directory) or the nearest one above it that is a course;
    else the course that this package is installed from. Raises CourseError if there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "course.py").is_file() and (folder / "pyproject.toml").is_file():
            return folder
    raise CourseError(
        f"The course is not here: neither {here} nor a folder above it holds course.py. "
        "Change into the folder of the course and run this again."
    )


def list_chapters(root: Path) -> dict[str, Path]:
    """Every chapter's name (`vision/condense`) and notebook, in the order of the alphabet."""
    home = root / NOTEBOOKS
    return {
        path.relative_to(home).with_suffix("").as_posix(): path
        for path in sorted(home.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(home).parts)  # JupyterLab's checkpoints
    }


def find_chapter(root: Path, name: str) -> str:
    """A chapter's name, from its slug (`condense`), its name (`vision/condense`) or a path to its notebook, in
    `notebooks/` or `work/`. Raises CourseError with the list of chapters if there is no such chapter.
    """
    chapters = list_chapters(root)
    wanted = name.replace("\\", "/").removesuffix("/").removesuffix(".ipynb")
    with contextlib.suppress(ValueError):  # raised for what is not a path into the course
        wanted = Path(name).resolve().relative_to(root.resolve()).as_posix().removesuffix(".ipynb")
    for folder in (NOTEBOOKS, WORK):
        wanted = wanted.removeprefix(f"{folder}/")
    matches = [chapter for chapter in chapters if wanted in (chapter, chapter.rpartition("/")[2])]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise CourseError(f"{name!r} is the name of several chapters: write one of {', '.join(matches)}.")
    slugs = {chapter.rpartition("/")[2]: chapter for chapter in chapters}
    near = difflib.get_close_matches(wanted.rpartition("/")[2], slugs, n=1)
    hint = f" Did you mean {slugs[near[0]]}?" if near else ""
    raise CourseError(f"There is no chapter {name!r}.{hint} The chapters are: {', '.join(chapters) or '(none yet)'}.")


def read_page(path: Path) -> str:
    """The text of a page's source. Raises CourseError, which names the file, if it is no clean UTF-8."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CourseError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not UTF-8 from byte {error.start + 1} on: save it as UTF-8.") from error
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror or error}.") from error
    if text.startswith("\ufeff"):
        raise CourseError(f"{path} starts with a byte-order mark: save it as UTF-8 without one.")
    if marker := _CONFLICT.search(text):
        line = text.count("\n", 0, marker.start() + len(marker[0]) - 1) + 1
        raise CourseError(f"{path} holds a conflict marker of git in line {line}: choose what the page should say.")
    return text


def read_notebook(path: Path) -> "NotebookNode":
    """A notebook as it stands in the file. Raises CourseError, which names the file, if it is no valid notebook."""
    import nbformat

    text = read_page(path)
    try:
        content = json.loads(text)
        cells = content.get("cells") if isinstance(content, dict) and content.get("nbformat") == 4 else None
        if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
            raise ValueError("it holds no list of cells in format 4")
        content["nbformat_minor"] = 5  # in which `execute` writes; older ones knew no ids
        for number, cell in enumerate(cells):
            cell.setdefault("id", str(number))
        nbformat.validate(content)
        return nbformat.reads(json.dumps(content), as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        place = "/".join(map(str, getattr(error, "absolute_path", ())))
        reason = f"{f'in {place}, ' if place else ''}{str(error).splitlines()[0]}"
        raise CourseError(f"{path} is no notebook: {reason}. Restore its last version.") from error

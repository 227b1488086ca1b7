"""Where the course is, and which chapters it has."""

import contextlib
import difflib
from pathlib import Path

from coursekit.errors import CourseError

NOTEBOOKS, WORK = "notebooks", "work"


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

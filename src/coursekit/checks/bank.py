"""Where exercises are found: in the rooms of installed courses, and in the folder of a teacher's own bank.

A course is a package with a room for each chapter (`condense/exercises.py`); it makes itself known through the entry
point `coursekit.courses` of its distribution. A teacher's own bank is a folder with a module for each chapter.
"""

import importlib
import importlib.util
import json
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from coursekit.checks.definition import Exercise

WITNESSES = "witnesses.json"


@cache
def rooms() -> dict[str, Path]:
    """The folder of each chapter of the installed courses, by slug, such as `"filter-detect"`."""
    found = {}
    for course in entry_points(group="coursekit.courses"):
        spec = importlib.util.find_spec(course.value)
        for place in (spec and spec.submodule_search_locations) or ():
            for module in sorted(Path(place).glob("*/exercises.py")):
                found[module.parent.name.replace("_", "-")] = module.parent
    return dict(sorted(found.items()))


def chapters(folder: Path | None = None) -> list[str]:
    """Slugs of the chapters that have exercises, in the courses or in a teacher's folder."""
    if folder is None:
        return list(rooms())
    return sorted(path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py"))


def load(chapter: str, folder: Path | None = None) -> list[Exercise]:
    """The exercises of one chapter, in the order of the module.

    Raises ValueError if there is no such chapter, or an exercise's id names another chapter than its module does.
    """
    module = _module(chapter, folder)
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    for exercise in found:
        if exercise.chapter != chapter:
            raise ValueError(f"{exercise.id} stands in {module.__file__}; it belongs to {exercise.chapter}.")
    return found


def find(id: str) -> Exercise | None:
    """The exercise with this id, or None if no course has it."""
    chapter = id.partition("/")[0]
    if chapter not in rooms():
        return None
    return next((exercise for exercise in load(chapter) if exercise.id == id), None)


def all_exercises(folder: Path | None = None) -> list[Exercise]:
    """Every exercise of the courses, or of a teacher's folder."""
    return [exercise for chapter in chapters(folder) for exercise in load(chapter, folder)]


@cache
def _module(chapter: str, folder: Path | None) -> ModuleType:
    if folder is None and chapter in rooms():
        room = rooms()[chapter]
        module = importlib.import_module(f"{room.parent.name}.{room.name}.exercises")
        saved = room / WITNESSES
        places = json.loads(saved.read_text(encoding="utf-8")) if saved.is_file() else {}
        for value in vars(module).values():
            if isinstance(value, Exercise) and saved.is_file():
                value.witnesses = places.get(value.id, [])
        return module
    name = chapter.replace("-", "_")
    spec = folder and importlib.util.spec_from_file_location(f"private_bank_{name}", folder / f"{name}.py")
    if not spec or spec.loader is None:
        raise ValueError(f"There is no chapter {chapter!r} in {folder or 'the installed courses'}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # so that the sources of its functions can be read
    spec.loader.exec_module(module)
    return module

"""The course's exercises: one module a chapter, named after its slug. A teacher's own bank is a folder of the same."""

import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from coursekit.exercises.definition import Exercise

FOLDER = Path(__file__).parent


def chapters(folder: Path = FOLDER) -> list[str]:
    """Slugs of the chapters that have exercises, such as `"filter-detect"`."""
    return sorted(path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py"))


def load(chapter: str, folder: Path = FOLDER) -> list[Exercise]:
    """The exercises of one chapter, in the order of the module.

    Raises ValueError if an exercise's id names another chapter than its module does.
    """
    module = _module(chapter, folder)
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    for exercise in found:
        if exercise.chapter != chapter:
            raise ValueError(f"{exercise.id} stands in {module.__file__}; it belongs to {exercise.chapter}.")
    return found


def find(id: str) -> Exercise | None:
    """The exercise with this id, or None if the bank has none."""
    chapter = id.partition("/")[0]
    if chapter not in chapters():
        return None
    return next((exercise for exercise in load(chapter) if exercise.id == id), None)


def all_exercises(folder: Path = FOLDER) -> list[Exercise]:
    """Every exercise of a bank."""
    return [exercise for chapter in chapters(folder) for exercise in load(chapter, folder)]


@cache
def _module(chapter: str, folder: Path) -> ModuleType:
    name = chapter.replace("-", "_")
    if folder == FOLDER:
        return importlib.import_module(f"{__name__}.{name}")
    spec = importlib.util.spec_from_file_location(f"private_bank_{name}", folder / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ValueError(f"There is no chapter {chapter!r} in {folder}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # so that the sources of its functions can be read
    spec.loader.exec_module(module)
    return module

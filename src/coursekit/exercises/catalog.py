"""Keeping the translations complete: which texts there are, and what is wrong with a catalog.

There is one `.po` file for each module of the bank, one for the engine and one for grading. After changing a text run
`python -m coursekit.exercises.catalog`: it brings every file up to date (new texts come in empty, unused ones go) and
lists what is left to translate. `python -m coursekit.exercises.catalog condense` does so for one chapter alone.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from coursekit.exercises import bank, texts

SOURCES = Path(__file__).parent
ENGINE, GRADING = "engine", "grading"  # catalogs of these packages' texts; the others are named after their chapter
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def messages() -> dict[str, str]:
    """Every text that a learner may read, with its catalog: what engine and grading `say(…)`, and the bank's own."""
    found: dict[str, str] = {}
    method_map = [("bank/**", "ignore"), ("**.py", "python")]
    for folder, name in ((SOURCES, ENGINE), (SOURCES.parent / GRADING, GRADING)):
        for _, _, message, _, _ in extract_from_dir(folder, method_map, keywords={"say": None, "noted": None}):
            found.setdefault(str(message), name)
    for chapter in bank.chapters():
        for exercise in bank.load(chapter):
            for text in exercise.texts():
                found.setdefault(text, chapter)
    return found


def read(language: str) -> Catalog:
    """All of a language's entries. Raises FileNotFoundError if it has none."""
    return texts.merged(language)


def problems(language: str) -> Iterator[str]:
    """What is wrong with a catalog: missing, stale or fuzzy entries, and placeholders that were lost or made up."""
    catalog, wanted = read(language), messages()
    for text in wanted:
        entry = catalog.get(text)
        if entry is None or not entry.string:
            yield f"{language}: not translated: {text!r}"
        elif entry.fuzzy:
            yield f"{language}: marked as fuzzy: {text!r}"
        elif set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(str(entry.string))):
            yield f"{language}: other placeholders than the source: {text!r} → {entry.string!r}"
        elif text.count("`") != str(entry.string).count("`"):
            yield f"{language}: other `code` marks than the source: {text!r} → {entry.string!r}"
    yield from (f"{language}: no longer used: {entry.id!r}" for entry in catalog if entry.id and entry.id not in wanted)


def update(language: str, only: str | None = None) -> None:
    """Write the catalogs anew: all texts in order, with the translations there are.

    only: the engine or a chapter, if the other files should stay as they are.
    """
    folder = texts.LOCALE / language / "LC_MESSAGES"
    before = read(language) if folder.is_dir() else Catalog()
    files: dict[str, Catalog] = {}
    for text, name in messages().items():
        old = before.get(text)
        catalog = files.setdefault(name, Catalog(locale=language, project="coursekit", fuzzy=False))
        catalog.add(text, old.string if old else "")
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.po"):
        if only is None and path.stem not in files:
            path.unlink()
    for name, catalog in files.items():
        if only in (None, name):
            with open(folder / f"{name}.po", "wb") as target:
                write_po(target, catalog, width=0, omit_header=True)


if __name__ == "__main__":
    chapter = sys.argv[1] if len(sys.argv) > 1 else None
    for name in texts.languages()[1:]:
        update(name, chapter)
        print("\n".join(problems(name)) or f"{name}: complete")

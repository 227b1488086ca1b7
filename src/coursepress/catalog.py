"""Keeping the translations complete: which texts there are, and what is wrong with a catalog.

There is one `zh.po` in each chapter's room, one beside the engine and one beside the grader. After changing a text run
`python -m coursepress.catalog`: it brings every file up to date (new texts come in empty, unused ones go) and
lists what is left to translate. `python -m coursepress.catalog condense` does so for one chapter alone.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

import coursegrade
from coursekit import checks
from coursekit.checks import bank, texts

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SPEAKING = (Path(checks.__file__).parent, Path(coursegrade.__file__).parent)  # packages whose code says texts


def messages() -> dict[str, Path]:
    """Every text that a learner may read, with its catalog's folder: what the code says, and the exercises' own."""
    found: dict[str, Path] = {}
    for folder in SPEAKING:
        for _, _, message, _, _ in extract_from_dir(
            folder, [("**.py", "python")], keywords={"say": None, "noted": None}
        ):
            found.setdefault(str(message), folder)
    for chapter, room in bank.rooms().items():
        for exercise in bank.load(chapter):
            for text in exercise.texts():
                found.setdefault(text, room)
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

    only: a chapter's slug, if the other files should stay as they are.
    """
    before = read(language)
    files: dict[Path, Catalog] = {}
    for text, folder in messages().items():
        old = before.get(text)
        catalog = files.setdefault(folder, Catalog(locale=language, project="coursekit", fuzzy=False))
        catalog.add(text, old.string if old else "")
    for folder, catalog in files.items():
        if only is None or folder == bank.rooms().get(only):
            with open(folder / f"{language}.po", "wb") as target:
                write_po(target, catalog, width=0, omit_header=True)


if __name__ == "__main__":
    chapter = sys.argv[1] if len(sys.argv) > 1 else None
    for name in texts.languages()[1:]:
        update(name, chapter)
        print("\n".join(problems(name)) or f"{name}: complete")

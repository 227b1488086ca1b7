"""Keeping the translations complete: which texts there are, and what is wrong with a catalog.

Run `python -m coursekit.exercises.catalog` after changing a text: it brings every `.po` file up to date (new texts
come in empty, unused ones go) and lists what is left to translate.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from coursekit.exercises import bank, texts

SOURCES = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def messages() -> dict[str, str]:
    """Every text that a learner may read, with its file: the engine's `say(…)` and the bank's sentences."""
    found: dict[str, str] = {}
    method_map = [("bank/**", "ignore"), ("**.py", "python")]
    for file, _, message, _, _ in extract_from_dir(SOURCES, method_map, keywords={"say": None}):
        found.setdefault(str(message), file)
    for chapter in bank.chapters():
        for exercise in bank.load(chapter):
            for text in exercise.texts():
                found.setdefault(text, f"bank/{chapter.replace('-', '_')}.py")
    return found


def read(language: str) -> Catalog:
    """The catalog of a language. Raises FileNotFoundError if it has none."""
    with open(_path(language), "rb") as file:
        return read_po(file, locale=language)


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


def update(language: str) -> None:
    """Write the catalog anew: all texts in order, with the translations there are."""
    before = read(language) if _path(language).exists() else Catalog()
    catalog = Catalog(locale=language, project="coursekit", fuzzy=False)
    for text, file in messages().items():
        old = before.get(text)
        catalog.add(text, old.string if old else "", locations=[(file, 0)])
    _path(language).parent.mkdir(parents=True, exist_ok=True)
    with open(_path(language), "wb") as target:
        write_po(target, catalog, width=0, omit_header=True, include_lineno=False)


def _path(language: str) -> Path:
    return texts.LOCALE / language / "LC_MESSAGES" / "exercises.po"


if __name__ == "__main__":
    for name in texts.languages()[1:]:
        update(name)
        print("\n".join(problems(name)) or f"{name}: complete")

"""What a learner reads, in their language: gettext catalogs, English as the source.

Catalogs are readable `.po` files, each beside the code that says its texts (`zh.po` here, in each room of a course, and
in each package that calls `add_catalogs`). They are compiled in memory when a language is first used, so that there is
no second, binary copy that could go stale.
"""

import gettext
import io
import locale
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HERE = Path(__file__).parent

_chosen: str | None = None
_folders: list[Path] = []


def languages() -> list[str]:
    """The languages a learner can choose: English and every catalog in the package."""
    return ["en", *sorted(path.stem for path in HERE.glob("*.po"))]


def add_catalogs(folder: Path) -> None:
    """Let `folder` hold catalogs too: for packages that say texts of their own."""
    if folder not in _folders:
        _folders.append(folder)
        _catalog.cache_clear()


def folders() -> list[Path]:
    """Every folder with catalogs: the engine's, those of other packages, and the rooms of the courses."""
    from coursekit.checks import bank

    return [HERE, *_folders, *bank.rooms().values()]


def use(language: str | None) -> str:
    """Choose the language of all cards and messages; `None` goes back to the environment's. Returns the language.

    Raises ValueError for a language without a catalog.
    """
    global _chosen
    if language is not None and _base(language) not in languages():
        raise ValueError(f"The course speaks {', '.join(languages())}, not {language!r}. Choose one of these.")
    _chosen = None if language is None else _base(language)
    return current()


def current() -> str:
    """The language in force: the chosen one, else the environment's, else English."""
    return _chosen or _environments()


@cache
def _environments() -> str:
    """`LANGUAGE` and the other variables that gettext reads, in its order; else the locale's language."""
    variables = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    wanted = next((value for value in variables if value), locale.getlocale()[0] or "")
    language = _base(wanted.split(":")[0])
    return language if language in languages() else "en"


def say(message: str, **values: object) -> str:
    """`message` in the learner's language, with `{placeholders}` filled in from `values`."""
    text = _catalog(current()).gettext(message)
    return text.format(**values) if values else text


def noted(message: str) -> str:
    """`message` itself: marks for translators a text that is said elsewhere."""
    return message


def _base(language: str) -> str:
    """`"zh_CN.UTF-8"` → `"zh"`; Windows calls it `"Chinese (Simplified)_China"`."""
    name = language.lower().replace("-", "_").split("_")[0].split(".")[0]
    return "zh" if name.startswith("chinese") else name


def merged(language: str) -> "Catalog":
    """The entries of all of a language's files. Raises FileNotFoundError if it has none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    files = [file for folder in folders() if (file := folder / f"{language}.po").is_file()]
    if not files:
        raise FileNotFoundError(f"There is no catalog for the language {language!r}.")
    catalog = Catalog(locale=language)
    for file in files:
        for entry in read_po(io.BytesIO(file.read_bytes()), locale=language):
            if entry.id:
                catalog[entry.id] = entry
    return catalog


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, merged(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def explanation(error: BaseException) -> str:
    """The error in a few lines from its cause on, without what TensorFlow and Keras say of their own inside."""
    name, text = type(error).__name__, re.sub(r"\{\{\w+ [^}]*\}\}\s*|\x1b\[\d*m", "", str(error))
    causes = re.findall(rf"^\s+{name}: ", text, re.MULTILINE)  # below "in user code:" and the files it went through
    text = text.rpartition(causes[-1])[2] if causes else text
    text = re.sub(r"^Exception encountered when calling .*| \[Op:\w+\].*", "", text)
    text = re.split(r"\s*; NodeDef:|\n\s*(?:Call a|A)rguments received by", text)[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()][:4]
    return ": ".join([name, *([" ".join(lines)[:600]] if lines else [])])

"""Learners' own copies of the chapters, in `work/`, written so that JupyterLab can show all of their text.

Two promises: a copy that the learner changed is never overwritten, and nothing is ever deleted. A copy counts as
unchanged only if its bytes are those that we wrote; JupyterLab's saving changes them. The manifest in `work/` holds
the hashes of what we wrote. Without it, a copy that differs from the chapter counts as changed.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from coursegrade.files import write_atomically
from coursekit.errors import CourseError
from coursepress.chapters import WORK, find_chapter, list_chapters
from coursepress.plain_markdown import Bibliography, plain_copy

MANIFEST = ".copies.json"


@dataclass
class Report:
    """What `sync` found and did, each a list of chapter names."""

    copied: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Copies that the learner changed, whether or not the chapter is newer."""
    newer: list[str] = field(default_factory=list)
    """Those changed copies whose chapter has a newer version."""
    announce: list[str] = field(default_factory=list)
    """The part of `newer` that no earlier report has named."""
    untrusted: str = ""
    """Why JupyterLab will not trust the copies; empty if it will."""

    def __str__(self) -> str:
        lines = [f"{len(self.copied)} chapters copied into {WORK}/."] if self.copied else []
        if self.updated:
            lines.append(f"Newer versions of {', '.join(self.updated)} are in {WORK}/ (you had not changed them).")
        if self.announce:
            lines.append(
                f"There is a newer version of {', '.join(self.announce)}. Your changed copy stays as it is; "
                "`python course.py reset CHAPTER` sets it aside and gets the new one."
            )
        if self.untrusted:
            lines.append(f"JupyterLab will show the copies without sliders until you run their cells: {self.untrusted}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Reset:
    """A chapter's fresh copy, and where the old one is now (None if there was none, or it was the same)."""

    fresh: Path
    aside: Path | None


def sync(root: Path, *, write: bool = True) -> Report:
    """Copy chapters into `work/`, update unchanged copies, and make JupyterLab trust what we wrote.

    Args:
        root: the folder of the course.
        write: False only looks, and reports what would be done.

    Raises:
        CourseError: `work/` cannot be written to, or something that is no notebook is in a copy's place.
    """
    report, manifest, bibliography = Report(), _read_manifest(root), _bibliography(root)
    trust = []
    with _readable_errors(root):
        for chapter, source in list_chapters(root).items():
            copy, content = _copy_of(root, chapter), plain_copy(source.read_bytes(), bibliography)
            known, new = manifest.get(chapter, {}), _digest(content)
            old = _digest(copy.read_bytes()) if copy.exists() else None
            if old is None or (old != new and old == known.get("written")):
                (report.copied if old is None else report.updated).append(chapter)
                if write:
                    write_atomically(copy, content)
            elif old != new:
                report.changed.append(chapter)
                # Without a record we cannot know whether the chapter is newer, and do not claim it.
                if "written" in known and known["written"] != new:
                    report.newer.append(chapter)
                    if known.get("announced") != new:
                        report.announce.append(chapter)
                        manifest[chapter] = {**known, "announced": new}
                continue
            else:
                report.current.append(chapter)
            manifest[chapter] = {"written": new}
            trust.append(content)
        if write:
            _write_manifest(root, manifest)
            report.untrusted = _trust(trust)
    return report


def reset(root: Path, chapter: str) -> Reset:
    """Give a fresh copy of a chapter; the old copy stays beside it under a name with today's date.

    Raises:
        CourseError: there is no such chapter, or `work/` cannot be written to.
    """
    name = find_chapter(root, chapter)
    copy, aside = _copy_of(root, name), None
    content = plain_copy(list_chapters(root)[name].read_bytes(), _bibliography(root))
    with _readable_errors(root):
        if copy.exists() and copy.read_bytes() != content:
            aside = _reserve(copy)
            os.replace(copy, aside)
        write_atomically(copy, content)
        _write_manifest(root, {**_read_manifest(root), name: {"written": _digest(content)}})
    _trust([content])
    return Reset(copy, aside)


def _copy_of(root: Path, chapter: str) -> Path:
    return root / WORK / f"{chapter}.ipynb"


def _bibliography(root: Path) -> Bibliography:
    return Bibliography(root / "book" / "references.bib")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _reserve(copy: Path) -> Path:
    """An unused name beside `copy`, taken by an empty file, so that no earlier copy can be overwritten."""
    for number in count(1):
        suffix = f"-{number}" if number > 1 else ""
        name = copy.with_name(f"{copy.stem}-{date.today().isoformat()}{suffix}{copy.suffix}")
        with contextlib.suppress(FileExistsError), name.open("x"):
            return name
    raise AssertionError("count() does not end")


def _read_manifest(root: Path) -> dict[str, dict[str, Any]]:
    """What we wrote; empty if the file is missing or damaged, which makes `sync` more careful, never less."""
    try:
        manifest = json.loads((root / WORK / MANIFEST).read_text(encoding="utf-8"))
        return {str(chapter): dict(known) for chapter, known in manifest.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_manifest(root: Path, manifest: dict[str, dict[str, Any]]) -> None:
    content = json.dumps(manifest, indent=1, sort_keys=True).encode()
    path = root / WORK / MANIFEST
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content)


def _trust(contents: Iterable[bytes]) -> str:
    """Sign notebooks for JupyterLab, which shows no sliders in unsigned ones. Returns why it could not, or ''."""
    import nbformat
    from jupyter_core.paths import jupyter_data_dir
    from nbformat.sign import NotebookNotary

    try:
        Path(jupyter_data_dir()).mkdir(parents=True, exist_ok=True)
        keeper = NotebookNotary(data_dir=jupyter_data_dir())
        with keeper as notary:
            for content in contents:
                notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
                if not notary.check_signature(notebook):
                    notary.sign(notebook)
            if getattr(keeper.store, "db_file", ":memory:") == ":memory:":  # the notary's way out of a broken database
                return f"{keeper.db_file} cannot be used."
    except (OSError, ValueError) as error:
        return f"{error}."
    return ""


@contextlib.contextmanager
def _readable_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"Your copies in {root / WORK} cannot be brought up to date: {error.strerror or error} "
            f"({error.filename or WORK}). Nothing of yours was changed. Check that this folder can be written to and "
            "that the disk has space, then run this again."
        ) from error

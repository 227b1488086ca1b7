"""Which files are submissions, and what each is called."""

import contextlib
import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coursekit.errors import UsageError

SUFFIXES = (".ipynb", ".py")
LARGEST_BYTES = 64 * 1024 * 1024
"""A notebook of the course has less than one million bytes; nothing larger than this is read."""


class Unreadable(Exception):
    """Why a submission's bytes cannot be had."""


@dataclass(frozen=True)
class SubmissionFile:
    """A file that was handed in.

    name: tells it from every other one, such as `"anna/week-1.ipynb"`. path: where it is. folder: the one in which it
    was found, if it was not named itself. student: who handed it in, "" if nobody said.
    """

    name: str
    path: Path
    folder: Path | None = None
    student: str = ""

    def content(self) -> bytes:
        """The file's bytes.

        Raises Unreadable if there is no such file, it is too large, or it is a link that leads out of the folder in
        which it was found: a learner could hand in a link to a file that only the teacher may read.
        """
        if self.folder and not self.path.resolve().is_relative_to(self.folder.resolve()):
            raise Unreadable("It is a link to a place outside of its folder; put the file itself there.")
        try:
            with self.path.open("rb") as file:
                content = file.read(LARGEST_BYTES + 1)
        except OSError as error:
            raise Unreadable(f"It cannot be opened: {error.strerror or error}.") from None
        if len(content) > LARGEST_BYTES:
            raise Unreadable(f"It is larger than {LARGEST_BYTES // 1024**2} MB; clear its outputs and save it again.")
        return content


def collect(arguments: Sequence[str], skip: Path | None = None) -> list[SubmissionFile]:
    """The submissions that files, folders and patterns name, each once, in the order of their names.

    A folder stands for every `.ipynb` and `.py` file in it and in its folders, but hidden ones (`.ipynb_checkpoints`).
    Names are relative to the folder that all have in common, so that two files of one name stay two submissions.

    Args:
        arguments: as given to the command. A pattern such as `*.ipynb` is for shells that do not expand it (Windows).
        skip: a folder that holds no submissions, whatever is in it.

    Raises UsageError if an argument names nothing, or there is no submission at all.
    """
    found: dict[Path, Path | None] = {}
    bases: list[Path] = []
    for argument in arguments:
        for path in _matches(argument):
            if path.is_dir():
                bases.append(path)
                found |= {file: path for file in _walk(path, skip) if file not in found}
            else:
                bases.append(path.parent)
                found[path] = None  # named itself: it may be a link to anywhere
    if not found:
        raise UsageError(
            f"There is no .ipynb or .py file in {', '.join(arguments)}. Give the submissions' files, or the folder "
            "that holds them; archives have to be unpacked first."
        )
    names = {path: _name(path, bases) for path in found}
    return [SubmissionFile(names[path], path, found[path]) for path in sorted(found, key=names.__getitem__)]


def _matches(argument: str) -> list[Path]:
    path = Path(argument).expanduser()
    if path.is_dir() or path.is_file():
        return [Path(os.path.abspath(path))]
    if path.exists():
        raise UsageError(f"{argument} is neither a file nor a folder, but a device or a pipe. Give notebooks.")
    matched = sorted(glob.glob(str(path), recursive=True)) if glob.has_magic(argument) else []
    matched = [match for match in matched if os.path.isdir(match) or os.path.isfile(match)]
    if not matched:
        what = "file that matches" if glob.has_magic(argument) else "file or folder"
        raise UsageError(f"There is no {what} {argument} (looked for in {Path.cwd()}). Check the spelling.")
    return [Path(os.path.abspath(match)) for match in matched]


def _walk(folder: Path, skip: Path | None) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (skip is None or Path(place, name).resolve() != skip.resolve())
        )
        for name in sorted(files):
            path = Path(place, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES and (path.is_symlink() or path.is_file()):
                yield path


def _name(path: Path, bases: Iterable[Path]) -> str:
    with contextlib.suppress(ValueError):  # two drives of Windows have nothing in common
        path = path.relative_to(os.path.commonpath(list(bases)))
    # A name of bytes that are no text would be refused by the records, the reports and the terminal.
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")

"""What the bytes of a file are: text in which encoding, or something that was handed in by mistake."""

import re

from coursekit.errors import CourseError


class Unreadable(CourseError):
    """A file that holds no answers that could be graded; the text says what it holds and what to do."""


HAND_IN = "Hand in the notebook itself (.ipynb), or its Python export (.py)."

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office document"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file, such as saved model weights"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x00\x05\x16\x07", "the macOS companion (its name begins with ._) of a file, without the file itself"),
    (b"L\x00\x00\x00\x01\x14\x02", "a Windows shortcut to a file, without the file itself"),
    (b"[InternetShortcut]", "a link to a web page, without the page itself"),
    (b"version https://git-lfs", "a pointer of Git LFS, without the file itself"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a Windows program"),
)
_OFFICE = ((b"word/", "a Word document"), (b"xl/", "an Excel workbook"), (b"ppt/", "a PowerPoint presentation"))
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def refuse_foreign(content: bytes) -> None:
    """Raise Unreadable, saying what the file looks like, if its first bytes are those of another kind of file."""
    if content.startswith(b"PK\x03\x04"):
        office = next((what for part, what in _OFFICE if part in content[:100_000]), None)
        what = office or "a ZIP archive"
        hint = " The answers stand in the notebook." if office else " Unpack it first."
        raise Unreadable(f"The file is {what}, not a notebook.{hint} {HAND_IN}")
    for start, what in _MAGIC:
        if content.startswith(start):
            raise Unreadable(f"The file is {what}, not a notebook. {HAND_IN}")
    head = content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise Unreadable(
            "The file is a web page (HTML), not a notebook: an export, or the page around the notebook that was saved "
            f"instead of the notebook. {HAND_IN}"
        )
    if head.startswith((b"<?xml", b"<svg")):
        raise Unreadable(f"The file is an XML document, not a notebook. {HAND_IN}")


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, with line feeds alone at the line ends, and notes on what was unusual.

    Raises Unreadable if it is no text.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None) or _without_mark(content)
    notes: tuple[str, ...] = ()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Unreadable(
                f"The file claims to be {encoding.upper()} text, but byte {error.start + 1:,} of {len(content):,} does "
                f"not fit. It was damaged or cut off on the way. Save it again and hand it in again. {HAND_IN}"
            ) from None
        other = _legacy(content)
        line = content.count(b"\n", 0, error.start) + 1
        text = content.decode(other, "replace")
        notes = (f"The file is not UTF-8 text (line {line} does not fit); it was read as {other.upper()}.",)
    if text.count("\0") > len(text) // 10:
        raise Unreadable(f"The file is binary data, not a notebook. {HAND_IN}")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), notes


def _without_mark(content: bytes) -> str:
    """UTF-16 without a mark has a zero byte in every other place, as long as the text is mostly Latin."""
    head = content[:4_000]
    if not content.strip(b"\0"):
        raise Unreadable(
            f"The file holds {len(content):,} bytes, all of them zero: it was never written to the disk, or not "
            "downloaded from the cloud folder it lives in. Open it, save it again and hand it in again."
        )
    if len(head) >= 4 and head[1::2].count(0) > 0.4 * len(head) / 2 > head[::2].count(0) * 4:
        return "utf-16-le"
    if len(head) >= 4 and head[::2].count(0) > 0.4 * len(head) / 2 > head[1::2].count(0) * 4:
        return "utf-16-be"
    return "utf-8"


def _legacy(content: bytes) -> str:
    """Chinese editors' old encoding writes pairs of high bytes; Western European ones write single ones."""
    runs = re.findall(rb"[\x81-\xfe]+", content)
    paired = sum(len(run) % 2 == 0 for run in runs)
    return "gb18030" if paired > len(runs) / 2 else "cp1252"

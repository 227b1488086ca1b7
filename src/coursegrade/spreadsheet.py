"""CSV files that people open in Excel, LibreOffice or Numbers, and that gradebooks import.

Files are UTF-8 with a byte order mark, without which Excel shows Chinese names as rubbish.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from coursegrade.files import write_atomically
from coursekit.errors import CourseError

# A spreadsheet runs a cell that starts with one of these as a formula; the full-width forms count in some of them.
# Source: OWASP, "CSV Injection".
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
LONGEST = 4_000  # characters in a cell; Excel cuts at 32,767 and shows far fewer
# What CSV, XML or a terminal would choke on.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Cell = str | float | None


def guarded(text: str) -> str:
    """`text` so that no spreadsheet runs it: an apostrophe goes before whatever would start a formula."""
    text = CONTROL.sub("\ufffd", text)
    text = f"'{text}" if FORMULA.match(text) else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def unguarded(text: str) -> str:
    """What `guarded` was given, for names that come back from one of our tables."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def number(value: float) -> str:
    """A number with at most four decimals, and without the ones that say nothing: `2`, `1.5`."""
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The bytes of a CSV file. Text is guarded, numbers are written as such, None is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else number(cell)


def read_table(path: Path, required: Sequence[str], aliases: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of a CSV file by column, as people's spreadsheets save it.

    Columns come in any order and case, with commas, semicolons or tabs between them. Empty rows are left out.

    Args:
        path: the file.
        required: names of the columns without which it makes no sense.
        aliases: other names of columns, in lower case, and what they are called here.

    Raises CourseError if it cannot be read, or a required column is missing.
    """
    lines = list(_parsed(path))
    header = [_heading(name, aliases) for name in lines[0]] if lines else []
    if missing := [name for name in required if name not in header]:
        have = ", ".join(name for name in header if name) or "nothing"
        raise CourseError(
            f"{path} has no column {' and no column '.join(missing)}; its first line holds {have}. "
            f"Name the columns in the first line, such as: {', '.join(required)}."
        )
    rows = []
    for line in lines[1:]:
        row: dict[str, str] = {}
        for name, cell in zip(header, line, strict=False):
            row.setdefault(name, unguarded(cell.strip()))
        if any(row.values()):
            rows.append(row)
    return rows


def _heading(name: str, aliases: Mapping[str, str]) -> str:
    plain = re.sub(r"[\s_]+", " ", name).strip().casefold()
    return aliases.get(plain, plain.replace(" ", "_"))


def _parsed(path: Path) -> Iterable[list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror or error}. Check its name and place.") from None
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise CourseError(
            f"{path} is not a UTF-8 text file. In Excel, save it with the file type “CSV UTF-8 (comma delimited)”."
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(f"{path} is not a CSV file: {error}. Save the table as CSV and try again.") from None


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises CourseError if it cannot be written; then the old file is as it was."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise CourseError(
            f"{path} cannot be written: {error.strerror or error}. What it held before is unchanged, and no result is "
            "lost. Make room, close the file in other programs, or choose another --out; then run the same command."
        ) from None

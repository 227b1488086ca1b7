"""The tables: every answer, every student, and what Canvas and Moodle import.

Canvas: the first columns must be called and ordered as in its own export, the row "Points Possible" comes second, and
the name of the assignment's column decides which assignment is meant (Canvas, `gradebook_importer.rb`).
Moodle: the columns are those of its grading worksheet, which the grade import of the course understands as well
(Moodle, `mod/assign/feedback/offline` and `grade/import/csv`). Both match people by number, login or email.
"""

from collections.abc import Iterator
from datetime import datetime

from coursegrade.report.gradebook import Gradebook, Line, Record
from coursegrade.results import Ending
from coursegrade.spreadsheet import Cell, number, table

GRADES = (
    "student", "file", "exercise", "points", "max", "state", "ending", "message", "seconds",
    "override", "override reason", "override by", "submitted",
)  # fmt: skip


def grades(book: Gradebook) -> bytes:
    """One row per answer."""
    return table(GRADES, (_answer(record, line) for record in book.records for line in record.lines))


def _answer(record: Record, line: Line) -> list[Cell]:
    answer, override = line.answer, line.override
    return [
        record.student.student,
        line.file,
        line.exercise,
        line.points,
        answer.maximum,
        answer.state,
        str(answer.ending),
        " ".join(filter(None, (answer.message, *answer.notes))),
        round(answer.seconds, 2),
        override.points if override else None,
        override.reason if override else None,
        override.by if override else None,
        _time(record.times.get(line.file)),
    ]


def wide(book: Gradebook) -> bytes:
    """One row per student."""
    header = ["student", *book.maxima, "total", "max", "submitted", "remark"]
    rows = (
        [
            record.student.student,
            *(line.points for line in record.lines),
            record.total,
            record.maximum,
            _time(record.submitted),
            remark(record),
        ]
        for record in book.records
    )
    return table(header, rows)


def _time(time: datetime | None) -> str | None:
    """With its zone, such as 2026-12-01T21:07:00+01:00."""
    return time.isoformat() if time else None


def remark(record: Record) -> str:
    """What is special about a student's row, "" if nothing is."""
    if not record.results:
        return "nothing handed in"
    odd = [f"{file}: {r.ending}" for file, r in record.results.items() if r.ending is not Ending.GRADED]
    failed = [line for line in record.lines if line.answer.ending not in (Ending.GRADED, Ending.MISSING)]
    answers = [] if odd else [f"{line.exercise}: {line.answer.ending}" for line in failed]
    given = ["points given by hand"] if any(line.override for line in record.lines) else []
    return "; ".join([*odd, *answers, *given])


def canvas(book: Gradebook, assignment: str) -> bytes:
    """For Grades → Import in Canvas. assignment: its name there, best with the number as in Canvas's own export."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    rows: list[list[Cell]] = [["    Points Possible", "", "", "", "", sum(book.maxima.values())]]
    for record in book.records:
        who = record.student
        rows.append([who.name or who.student, who.id, who.sis_id, who.login, who.section, record.total])
    return table(header, rows)


def moodle(book: Gradebook) -> bytes:
    """For the upload of a grading worksheet, or the CSV import of a course's grades, in Moodle."""
    header = (
        "Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum Grade", "Last modified (grade)",
        "Feedback comments",
    )  # fmt: skip
    rows = (
        [
            f"Participant {record.student.id}" if record.student.id.isdigit() else record.student.id,
            record.student.name or record.student.student,
            record.student.sis_id,
            record.student.email,
            record.total,
            record.maximum,
            None,
            "\n".join(_feedback(record)),
        ]
        for record in book.records
    )
    return table(header, rows)


def _feedback(record: Record) -> Iterator[str]:
    """Points only: messages may quote code, which Moodle would read as HTML."""
    if not record.results:
        yield "Nothing was handed in."
    for line in record.lines:
        word = line.answer.state or str(line.answer.ending)
        points = f", {number(line.points)} of {number(line.answer.maximum)}" if line.answer.maximum else ""
        by_hand = " (given by hand)" if line.override else ""
        yield f"{line.exercise}: {word}{points}{by_hand}"
    yield f"Total: {number(record.total)} of {number(record.maximum)} points."

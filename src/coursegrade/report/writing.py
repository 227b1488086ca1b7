"""Writing all reports of a class into its folder of results.

grades.csv         one row per answer
wide.csv           one row per student
canvas.csv, moodle.csv   for the gradebooks of these names
results.json       everything, for programs
summary.html, summary.json   the class
feedback/NAME.html a page for each student
answers/EXERCISE/NAME.py   with `answers`: the code of every answer, for JPlag and compare50
overrides.csv      points given by hand: the teacher's file, only made if it is missing
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from coursegrade.overrides import read_overrides
from coursegrade.report import feedback, tables
from coursegrade.report.entry import Graded
from coursegrade.report.gradebook import Gradebook, Record, make_gradebook
from coursegrade.report.summary import summary, summary_page
from coursegrade.roster import Roster
from coursegrade.spreadsheet import replace_file
from coursegrade.twins import load, twin_of
from coursekit.checks.definition import Exercise
from coursekit.session import quiet_import

FORMAT = 2  # of results.json; a change that breaks readers counts it up
PAGES, ANSWERS = "feedback", "answers"
WITHOUT_WALLS = (
    "This was graded with --without-walls: learners' code could read this computer's files, the solutions among them, "
    "change them, and reach the network. Points say nothing about code that you do not trust."
)


@dataclass(frozen=True)
class Reports:
    """What was written. files: in the order of writing. warnings: sentences to show to the teacher."""

    files: tuple[Path, ...]
    warnings: tuple[str, ...]


def write_reports(
    out: Path,
    entries: Iterable[Graded],
    *,
    roster: Roster | None = None,
    assignment: str = "",
    language: str = "en",
    bank: Path | None = None,
    twin_key: str = "",
    solutions: bool = False,
    answers: bool = False,
    walls: bool = True,
) -> Reports:
    """Write every report anew; each file is replaced whole or stays as it was.

    Args:
        out: the folder of results; made if it is missing.
        entries: the graded files, in any order.
        roster: the class; without it every file is a student of its own.
        assignment: what was graded, as on the pages and in Canvas's column.
        language: of the feedback pages.
        bank: a teacher's own exercises, besides the course's.
        twin_key: the secret that decided each student's own versions, "" for none.
        solutions: show them on the feedback pages.
        answers: also write the code of every answer, one folder per exercise.
        walls: whether walls held learners' code; without, every page says so.

    Raises CourseError if a file cannot be written, or `overrides.csv` cannot be read.
    """
    known = _Bank(bank)
    book = make_gradebook(entries, roster, read_overrides(out), known.ids)
    pages = feedback.file_names(record.student.student for record in book.records)
    handed = _handed(book, pages) if answers else {}
    notes = _stale(out, f"{PAGES}/*.html", {f"{PAGES}/{name}" for name in pages.values()})
    notes += _stale(out, f"{ANSWERS}/*/*.py", set(handed)) if answers else []
    data = summary(book, notes=notes if walls else [WITHOUT_WALLS, *notes])
    written = []

    def write(name: str, content: bytes) -> None:
        replace_file(out / name, content)
        written.append(out / name)

    write("grades.csv", tables.grades(book))
    write("wide.csv", tables.wide(book))
    write("canvas.csv", tables.canvas(book, assignment or "Grade"))
    write("moodle.csv", tables.moodle(book))
    write("results.json", _json(results(book, assignment)))
    write("summary.json", _json(data))
    links = {student: f"{PAGES}/{file}" for student, file in pages.items()}
    write("summary.html", summary_page(data, links, assignment))
    with feedback.spoken(language):
        for record in book.records:
            own = partial(known.own, twin_key=twin_key, student=record.student.student)
            content = feedback.feedback(record, own, heading=assignment, solutions=solutions, walls=walls)
            write(f"{PAGES}/{pages[record.student.student]}", content)
    for name, source in handed.items():
        write(name, source.encode("utf-8", "replace"))
    return Reports(tuple(written), tuple(data["warnings"]))


def results(book: Gradebook, assignment: str = "") -> dict[str, Any]:
    """Everything, as data: students in the order of the tables, exercises in that of the columns.

    `{"format", "assignment", "exercises": {id: maximum}, "students": [{"student", "name", "email", "id", "sis_id",
    "login", "section", "submitted", "total", "maximum", "answers", "files"}]}`.
    An answer is what counts for an exercise; `files` holds all that each file was given, as `SubmissionResult` says.
    """
    return {
        "format": FORMAT,
        "assignment": assignment,
        "exercises": book.maxima,
        "students": [_student(record) for record in book.records],
    }


def _student(record: Record) -> dict[str, Any]:
    who = record.student
    return {
        **{name: getattr(who, name) for name in ("student", "name", "email", "id", "sis_id", "login", "section")},
        "submitted": record.submitted.isoformat() if record.submitted else None,
        "total": record.total,
        "maximum": record.maximum,
        "answers": [
            {
                "exercise": line.exercise,
                "file": line.file,
                "points": line.points,
                "maximum": line.answer.maximum,
                "state": line.answer.state,
                "ending": str(line.answer.ending),
                "override": None
                if line.override is None
                else {"points": line.override.points, "reason": line.override.reason, "by": line.override.by},
            }
            for line in record.lines
        ],
        "files": [result.as_data() for result in record.results.values()],
    }


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def _handed(book: Gradebook, pages: dict[str, str]) -> dict[str, str]:
    """The code of every answer by file: a folder for each exercise, in it a file for each student."""
    return {
        f"{ANSWERS}/{line.exercise.replace('/', '-')}/{Path(pages[record.student.student]).stem}.py": line.answer.source
        for record in book.records
        for line in record.lines
        if line.answer.source
    }


def _stale(out: Path, pattern: str, current: set[str]) -> list[str]:
    """Files of earlier runs that nobody in the class has any more; removing them is for the teacher to decide."""
    found = {path.relative_to(out).as_posix() for path in out.glob(pattern)}
    return [f"{name} is from an earlier run: nobody of this class has it." for name in sorted(found - current)]


class _Bank:
    """Exercises by id, the teacher's own first. One that cannot be loaded costs its hints, not the report."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.chapters: dict[str, dict[str, Exercise]] = {}

    def find(self, id: str) -> Exercise | None:
        return self._chapter(id.partition("/")[0]).get(id)

    def own(self, id: str, twin_key: str, student: str) -> Exercise | None:
        """The version that a student was asked. One that cannot be made costs its hints, as above."""
        exercise = self.find(id)
        with suppress(Exception):
            return twin_of(exercise, twin_key, student) if exercise else None
        return None

    def ids(self, chapter: str) -> list[str]:
        return list(self._chapter(chapter))

    def _chapter(self, chapter: str) -> dict[str, Exercise]:
        if chapter not in self.chapters:
            self.chapters[chapter] = {}
            with suppress(Exception), quiet_import():  # whatever a module raises, the judge has reported already
                self.chapters[chapter] = {e.id: e for e in load(chapter, self.folder)}
        return self.chapters[chapter]

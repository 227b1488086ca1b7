"""Who is in the class, and whose each file is.

A roster is a CSV file with a row per student or per file. Only `student` is needed, and `file` where files are not
named after the students:

    file,student,name,email,id,sis_id,login,section,submitted

`id` is the number by which Canvas or Moodle knows a student, `sis_id` the institution's, `submitted` a time such as
2026-12-01T21:07. A student with several files has several rows. The gradebook that Canvas exports and the grading
worksheet of Moodle are understood as they are.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from coursegrade.spreadsheet import read_table

ALIASES = {
    "filename": "file",
    "file name": "file",
    "submission": "file",
    "full name": "name",
    "email address": "email",
    "e-mail": "email",
    "e-mail address": "email",
    "identifier": "id",
    "id number": "sis_id",
    "sis user id": "sis_id",
    "sis login id": "login",
    "username": "login",
    "last modified (submission)": "submitted",
}
# Canvas: name, perhaps LATE, user, attachment, the learner's own file name (its `content_zipper.rb`).
CANVAS = re.compile(r"(?P<name>.+?)_(?:LATE_)?(?P<id>\d+)_\d+_.+", re.DOTALL)
# Moodle: name, participant, `assignsubmission_file`, and the file name behind it or in a folder of this name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file(?:_.*)?", re.DOTALL)


@dataclass
class Student:
    """A student: `student` is the name in our tables, the others are what a gradebook asks for, "" if unknown.

    submitted: times by file; the key "" holds for all files.
    """

    student: str
    name: str = ""
    email: str = ""
    id: str = ""
    sis_id: str = ""
    login: str = ""
    section: str = ""
    submitted: dict[str, datetime] = field(default_factory=dict)

    def handed_in(self, file: str) -> datetime | None:
        """When the student handed in this file, None if nobody said."""
        found = [time for known, time in self.submitted.items() if known and _matches(known, file)]
        return found[0] if found else self.submitted.get("")


class Roster:
    """The class. `warnings` are sentences about lines that could not be used."""

    def __init__(self) -> None:
        self.students: dict[str, Student] = {}
        self.files: list[tuple[str, Student]] = []
        self.warnings: list[str] = []
        self._found: dict[str, Student | None] = {}

    def find(self, file: str) -> Student | None:
        """Whose file this is; None if the roster does not say, or names two.

        It looks for the exact name, for the name without folder or ending, for the number in Canvas's and Moodle's
        names, and last for a student who is called like the file or one of its folders.
        """
        if file not in self._found:
            self._found[file] = self._search(file)
        return self._found[file]

    def student_of(self, file: str) -> str:
        """Whose file this is, in our tables: the student, or the file's own name if the roster does not know it."""
        found = self.find(file)
        return found.student if found else own_name(file)

    def _search(self, file: str) -> Student | None:
        for owners in self._candidates(file):
            distinct = {student.student: student for student in owners}
            if len(distinct) == 1:
                return next(iter(distinct.values()))
            if distinct:
                self.warnings.append(
                    f"{file} could belong to {' and to '.join(sorted(distinct))}. Name it in the roster's column file."
                )
                return None
        return None

    def _candidates(self, file: str) -> Iterator[list[Student]]:
        """Possible owners, the surest first."""
        yield [student for known, student in self.files if _plain(known) == _plain(file)]
        yield [student for known, student in self.files if _matches(known, file)]
        everybody = list(self.students.values())
        if number := lms_number(file):
            yield [student for student in everybody if student.id == number]
        path = PurePosixPath(file.replace("\\", "/"))
        for part in (path.stem, *reversed(path.parts[:-1])):
            own = _plain(part)
            yield [s for s in everybody if own in map(_plain, filter(None, (s.student, s.login, s.sis_id, s.email)))]


def read_roster(path: Path) -> Roster:
    """The class from a CSV file. Raises CourseError if it cannot be read or names no student."""
    rows = read_table(path, (), ALIASES)
    if not any(row.get("student") or row.get("name") for row in rows):
        rows = read_table(path, ("student",), ALIASES)  # says which column is missing
    roster = Roster()
    for line, row in enumerate(rows, start=2):
        place, name = f"{path.name}, row {line}", row.get("student") or row.get("name") or ""
        if "points possible" in name.casefold() or name == "Student, Test":
            continue  # two lines of Canvas's gradebook that are nobody
        if not name:
            roster.warnings.append(f"{place}: no student is named, so the row was left out.")
            continue
        row["id"] = row.get("id", "").rpartition(" ")[2]  # Moodle writes "Participant 657737"
        student = _student(roster, name, row["id"], place)
        _complete(student, row, place, roster.warnings)
        if file := row.get("file"):
            roster.files.append((file, student))
    roster.warnings += _files_with_two_owners(roster.files)
    return roster


def _student(roster: Roster, name: str, id: str, place: str) -> Student:
    """The student of a row; two people of one name are told apart by their number."""
    known = roster.students.get(name)
    if known and known.id and id and known.id != id:
        name = f"{name} {id}"
        roster.warnings.append(f"{place}: there are two of this name; this one is called {name} here.")
    return roster.students.setdefault(name, Student(name))


def _complete(student: Student, row: dict[str, str], place: str, warnings: list[str]) -> None:
    """Take over what this row says; where an earlier row of the student says something else, that stays."""
    for column in ("name", "email", "id", "sis_id", "login", "section"):
        said, known = row.get(column, ""), getattr(student, column)
        if said and known and said != known:
            warnings.append(f"{place}: {column} is {said!r}, an earlier row says {known!r}, which stays.")
        elif said:
            setattr(student, column, said)
    if (text := row.get("submitted", "")) not in ("", "-"):
        try:
            student.submitted[row.get("file", "")] = datetime.fromisoformat(text)
        except ValueError:
            warnings.append(f"{place}: submitted is {text!r}, not a time such as 2026-12-01T21:07; taken as unknown.")


def _files_with_two_owners(files: list[tuple[str, Student]]) -> list[str]:
    owners: dict[str, set[str]] = {}
    for file, student in files:
        owners.setdefault(_plain(file), set()).add(student.student)
    return [
        f"The roster gives {file} to {' and to '.join(sorted(names))}; the file is listed as nobody's."
        for file, names in owners.items()
        if len(names) > 1
    ]


def lms_number(file: str) -> str:
    """The student's number in a name that Canvas or Moodle gave a download, "" if there is none."""
    path = PurePosixPath(file.replace("\\", "/"))
    for part in reversed(path.parts):
        for form in (MOODLE, CANVAS):
            if match := form.fullmatch(part):
                return match["id"]
    return ""


def own_name(file: str) -> str:
    """What a student is called without a roster: the file's name without its ending, and its folder if it has one."""
    path = PurePosixPath(file.replace("\\", "/"))
    return str(path.with_suffix("")) if path.name else file


def _matches(known: str, file: str) -> bool:
    """Whether a roster's `file` means this one: the name may lack the ending, the folder, or what Canvas put before."""
    given, path = _plain(known), PurePosixPath(_plain(file))
    return given in (str(path), path.name, path.stem, str(path.with_suffix("")) if path.name else "")


def _plain(text: str) -> str:
    """One form for what looks the same: macOS writes é as two characters, Windows knows no case."""
    return unicodedata.normalize("NFC", text.replace("\\", "/")).strip().casefold()

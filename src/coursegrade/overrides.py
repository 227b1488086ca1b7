"""Points that a teacher gives by hand: `overrides.csv` in the folder of results.

    student,exercise,points,reason,by

The file is the teacher's. Grading makes an empty one if there is none, never changes it, and applies it every time.
"""

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coursegrade.spreadsheet import read_table, replace_file, table

FILE = "overrides.csv"
COLUMNS = ("student", "exercise", "points", "reason", "by")


@dataclass(frozen=True)
class Override:
    """What a teacher gave for one exercise of one student."""

    student: str
    exercise: str
    points: float
    reason: str = ""
    by: str = ""


@dataclass(frozen=True)
class Overrides:
    """All of them by student and exercise. `warnings`: sentences about rows that could not be used."""

    given: Mapping[tuple[str, str], Override]
    warnings: tuple[str, ...] = ()

    def find(self, student: str, exercise: str) -> Override | None:
        """What was given for this exercise, None if nothing was."""
        return self.given.get((student, exercise))

    def unknown(self, students: Iterable[str], maxima: Mapping[str, float]) -> Iterator[str]:
        """Sentences about overrides that change nothing, as there is no such student or exercise, or look mistaken."""
        known = set(students)
        for override in self.given.values():
            place = f"{FILE}: {override.student}, {override.exercise}"
            if override.student not in known:
                yield f"{place}: there is no student of this name in the class, so it changes nothing."
            elif override.exercise not in maxima:
                yield f"{place}: no exercise of this name was graded, so it changes nothing."
            elif override.points > (most := maxima[override.exercise]):
                yield f"{place}: {override.points:g} points are more than the {most:g} it can earn; they count."


def read_overrides(folder: Path) -> Overrides:
    """The overrides in a folder of results; an empty file for them is made if there is none.

    Raises CourseError if the file is there but cannot be read.
    """
    path = folder / FILE
    if not os.path.lexists(path):
        replace_file(path, table(COLUMNS, []))
        return Overrides({})
    given: dict[tuple[str, str], Override] = {}
    warnings = []
    for line, row in enumerate(read_table(path, COLUMNS[:3], {}), start=2):
        place = f"{FILE}, row {line}"
        student, exercise = row.get("student", ""), row.get("exercise", "")
        if not student or not exercise:
            warnings.append(f"{place}: the student or the exercise is missing, so the row was left out.")
            continue
        try:
            points = _points(row.get("points", ""))
        except ValueError:
            warnings.append(
                f"{place}: points are {row.get('points', '')!r}, which is no number from 0 on; the row was left out."
            )
            continue
        if (student, exercise) in given:
            warnings.append(f"{place}: {student}, {exercise} stands in an earlier row too; this later row counts.")
        given[student, exercise] = Override(student, exercise, points, row.get("reason", ""), row.get("by", ""))
    return Overrides(given, tuple(warnings))


def _points(text: str) -> float:
    """`"1.5"`, or `"1,5"` where a comma separates decimals. Raises ValueError for anything but a number from 0 on."""
    points = float(text.replace(",", "."))
    if not math.isfinite(points) or points < 0:
        raise ValueError(text)
    return points

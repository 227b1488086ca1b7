"""The class at a glance, for the teacher: as data, and as a page."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from coursegrade.report.gradebook import Gradebook, Line, Record
from coursegrade.report.page import page
from coursegrade.results import Ending
from coursekit.checks.diagnosis import State

SLOWEST = 10
COMMONEST = 20


def summary(book: Gradebook, *, notes: Sequence[str] = ()) -> dict[str, Any]:
    """The class as JSON-ready data; keys and lists in a fixed order. notes: sentences for the teacher."""
    given = [record for record in book.records if record.results]
    points = [record.total for record in book.records]
    return {
        "students": len(book.records),
        "files": sum(len(record.results) for record in given),
        "handed_in_nothing": [record.student.student for record in book.records if not record.results],
        "maximum": sum(book.maxima.values()),
        "mean": round(statistics.fmean(points) if points else 0.0, 2),
        "median": round(statistics.median(points) if points else 0.0, 2),
        "seconds": _rounded(sum(result.seconds for record in given for result in record.results.values())),
        "exercises": [_exercise(i, book) for i in range(len(book.maxima))],
        "misconceptions": list(_misconceptions(book)),
        "endings": {
            "files": _counted(result.ending for record in given for result in record.results.values()),
            "answers": _counted(line.answer.ending for record in given for line in record.lines if line.file),
        },
        "limits": sorted({limit for record in given for r in record.results.values() for limit in r.limits}),
        "ungraded": list(_ungraded(book)),
        "flags": list(_flags(book)),
        "overrides": [
            {
                "student": record.student.student,
                "exercise": line.exercise,
                "points": line.override.points,
                "instead_of": line.answer.points,
                "reason": line.override.reason,
                "by": line.override.by,
            }
            for record, line in _lines(book)
            if line.override
        ],
        "slowest": [
            {"student": record.student.student, "exercise": line.exercise, "seconds": _rounded(line.answer.seconds)}
            for record, line in sorted(_lines(book), key=lambda pair: -pair[1].answer.seconds)[:SLOWEST]
            if line.answer.seconds > 0
        ],
        "warnings": [*book.warnings, *notes],
    }


def _lines(book: Gradebook) -> Iterator[tuple[Record, Line]]:
    return ((record, line) for record in book.records for line in record.lines)


def _rounded(value: float) -> float:
    return round(value, 4)


def _counted(endings: Iterator[Ending]) -> dict[str, int]:
    counts = Counter(endings)
    return {str(ending): counts[ending] for ending in Ending if counts[ending]}


def _exercise(column: int, book: Gradebook) -> dict[str, Any]:
    """One exercise: who handed it in, and what came of it."""
    lines = [record.lines[column] for record in book.records]
    given = [line for line in lines if line.is_given]
    correct = sum(line.is_correct for line in given)
    states = Counter(line.answer.state for line in given if line.answer.ending is Ending.GRADED)
    return {
        "exercise": list(book.maxima)[column],
        "maximum": list(book.maxima.values())[column],
        "handed_in": len(given),
        "correct": correct,
        "not_yet": states[State.NOT_YET],
        "not_attempted": states[State.NOT_ATTEMPTED],
        "not_graded": len(given) - sum(states.values()),
        "pass_rate": _rounded(correct / len(lines)) if lines else 0.0,
        "mean_points": _rounded(statistics.fmean(line.points for line in lines)) if lines else 0.0,
    }


def _misconceptions(book: Gradebook) -> Iterator[dict[str, Any]]:
    """Recognized mistakes, the commonest first."""
    counts = Counter((line.exercise, message) for _, line in _lines(book) for message in line.answer.misconceptions)
    order = {exercise: i for i, exercise in enumerate(book.maxima)}
    for (exercise, message), count in sorted(
        counts.items(), key=lambda item: (-item[1], order[item[0][0]], item[0][1])
    )[:COMMONEST]:
        yield {"exercise": exercise, "count": count, "message": message}


def _ungraded(book: Gradebook) -> Iterator[dict[str, Any]]:
    """Files and answers that could not be graded, and why."""
    for record in book.records:
        student = record.student.student
        for file, result in record.results.items():
            if result.ending is not Ending.GRADED:
                yield {"student": student, "file": file, "exercise": "", "ending": str(result.ending),
                       "message": result.message}  # fmt: skip
        for line in record.lines:
            whole = record.results.get(line.file)
            if whole and whole.ending is Ending.GRADED and line.answer.ending not in (Ending.GRADED, Ending.MISSING):
                yield {"student": student, "file": line.file, "exercise": line.exercise,
                       "ending": str(line.answer.ending), "message": line.answer.message}  # fmt: skip


def _flags(book: Gradebook) -> Iterator[dict[str, Any]]:
    for record, line in _lines(book):
        for flag in line.answer.flags:
            yield {"student": record.student.student, "exercise": line.exercise, "flag": flag}


# The page -----------------------------------------------------------------------------------------------------------


def summary_page(data: dict[str, Any], pages: dict[str, str], heading: str = "") -> bytes:
    """What `summary` made, as a page. pages: each student's feedback file, relative to the page."""
    told = [{**one, "message": _pattern(one["message"])} for one in data["misconceptions"]]
    return page(
        "summary.html",
        title=f"The class: {heading}" if heading else "The class",
        data={**data, "misconceptions": told},
        pages=pages,
    )


def _pattern(message: str) -> str:
    """A message of the bank, in which each learner saw numbers of their own."""
    return re.sub(r"\{(\w+)[^{}]*\}", r"‹\1›", message)

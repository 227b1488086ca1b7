"""The class at a glance, for the teacher: as data, and as a page."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from coursegrade.report.gradebook import Gradebook, Line, Record
from coursegrade.report.page import element, grid, inline, listing, page, paragraph, text
from coursegrade.results import Ending
from coursegrade.similarity import Similarity
from coursegrade.spreadsheet import number
from coursekit.checks.diagnosis import State

Who = Callable[[str], str]  # a student as HTML

SLOWEST = 10
COMMONEST = 20
MOST_GROUPS = 200  # on the page; the CSV file has all


def summary(book: Gradebook, similarity: Similarity, *, notes: Sequence[str] = ()) -> dict[str, Any]:
    """The class as JSON-ready data; keys and lists in a fixed order. notes: sentences for the teacher."""
    given = [record for record in book.records if record.results]
    points = [record.final for record in book.records]
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
        "late": [
            {"student": r.student.student, "hours": _rounded(r.late_hours or 0), "penalty": _rounded(r.penalty)}
            for r in book.records
            if r.late
        ],
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
        "similarity": {
            "limits": similarity.limits,
            "groups": [
                {
                    "exercise": group.exercise,
                    "kind": str(group.kind),
                    "students": list(group.students),
                    "likeness": _rounded(group.likeness),
                    "tokens": group.tokens,
                    "wrong": group.wrong,
                }
                for group in similarity.groups
            ],
        },
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

    def who(student: str) -> str:
        return element("a", text(student), href=quote(pages[student])) if student in pages else text(student)

    title = f"The class: {heading}" if heading else "The class"
    parts = [
        element("h1", text(title)),
        paragraph(
            f"{data['students']} students, {data['files']} files. Mean {number(data['mean'])}, median "
            f"{number(data['median'])} of {number(data['maximum'])} points. This page is for teachers: it names people."
        ),
        *_attention(data, who),
        *_exercises(data),
        *_mistakes(data),
        *_likeness(data, who),
        *_people(data, who),
        *_running(data, who),
    ]
    return page(title, parts, wide=True)


def _code(exercise: str) -> str:
    return element("code", text(exercise)) if exercise else ""


def _attention(data: dict[str, Any], who: Who) -> Iterator[str]:
    """What a person has to look at, before anything else."""
    yield element("h2", "What needs your eye")
    if not (data["ungraded"] or data["flags"] or data["warnings"]):
        yield paragraph("Nothing: everything was graded, and nothing was noticed.")
    if data["warnings"]:
        yield listing(data["warnings"])
    if data["ungraded"]:
        yield element("h3", "Could not be graded to the end")
        rows = [
            [who(one["student"]), text(one["file"]), _code(one["exercise"]), text(one["ending"]), _long(one["message"])]
            for one in data["ungraded"]
        ]
        yield grid("Could not be graded to the end", ("Student", "File", "Exercise", "Ending", "Why"), rows)
    if data["flags"]:
        yield element("h3", "Noticed in the code")
        yield paragraph("Learners do not see these. They are reasons to look, and changed no points.")
        rows = [[who(one["student"]), _code(one["exercise"]), _long(one["flag"])] for one in data["flags"]]
        yield grid("Noticed in the code", ("Student", "Exercise", "What"), rows)


def _long(message: str) -> str:
    return element("div", inline(message), "long")


def _pattern(message: str) -> str:
    """A message of the bank, in which each learner saw numbers of their own."""
    return re.sub(r"\{(\w+)[^{}]*\}", r"‹\1›", message)


def _exercises(data: dict[str, Any]) -> Iterator[str]:
    yield element("h2", "Exercises")
    rows = [
        [
            _code(one["exercise"]),
            element("div", f"{one['pass_rate']:.0%}", "bar", style=f"--part: {one['pass_rate']:.0%}"),
            *(str(one[name]) for name in ("correct", "not_yet", "not_attempted", "not_graded", "handed_in")),
            f"{number(round(one['mean_points'], 2))} of {number(one['maximum'])}",
        ]
        for one in data["exercises"]
    ]
    header = ("Exercise", "Right, of the class", "✓ Right", "✗ Not yet", "○ Not attempted", "? Not graded", "Handed in",
              "Mean points")  # fmt: skip
    yield grid("Exercises", header, rows, numbers=range(2, 8))


def _mistakes(data: dict[str, Any]) -> Iterator[str]:
    yield element("h2", "Commonest mistakes")
    if not data["misconceptions"]:
        yield paragraph("No mistake that the exercises know by name was made.")
        return
    rows = [
        [str(one["count"]), _code(one["exercise"]), _long(_pattern(one["message"]))] for one in data["misconceptions"]
    ]
    yield grid("Commonest mistakes", ("Answers", "Exercise", "What they were told"), rows, numbers=(0,))


def _likeness(data: dict[str, Any], who: Who) -> Iterator[str]:
    found = data["similarity"]
    yield element("h2", "Answers that look alike")
    yield paragraph(found["limits"])
    rows = [
        [
            _code(group["exercise"]),
            text(group["kind"]),
            f"{group['likeness']:.0%}",
            str(group["tokens"]),
            str(group["wrong"]),
            element("div", ", ".join(map(who, group["students"])), "long"),
        ]
        for group in found["groups"][:MOST_GROUPS]
    ]
    if rows:
        header = ("Exercise", "What", "Likeness", "Tokens", "Of them wrong", "Students")
        yield grid("Answers that look alike", header, rows, numbers=(2, 3, 4))
    if len(found["groups"]) > MOST_GROUPS:
        yield paragraph(f"These are {MOST_GROUPS} of {len(found['groups'])} groups; similarity.csv has all.")


def _people(data: dict[str, Any], who: Who) -> Iterator[str]:
    if data["handed_in_nothing"]:
        yield element("h2", "Handed in nothing")
        yield element("p", ", ".join(map(who, data["handed_in_nothing"])))
    if data["late"]:
        yield element("h2", "Late")
        rows = [[who(one["student"]), number(round(one["hours"], 1)), number(one["penalty"])] for one in data["late"]]
        yield grid("Late", ("Student", "Hours", "Points taken"), rows, numbers=(1, 2))
    if data["overrides"]:
        yield element("h2", "Points given by hand")
        rows = [
            [
                who(one["student"]), _code(one["exercise"]), number(one["points"]), number(one["instead_of"]),
                _long(one["reason"]), text(one["by"]),
            ]
            for one in data["overrides"]
        ]  # fmt: skip
        header = ("Student", "Exercise", "Points", "Instead of", "Reason", "By")
        yield grid("Points given by hand", header, rows, numbers=(2, 3))


def _running(data: dict[str, Any], who: Who) -> Iterator[str]:
    yield element("h2", "How the checks ended")
    for what, counts in data["endings"].items():
        said = ", ".join(f"{count} {ending}" for ending, count in counts.items())
        yield paragraph(f"{what.capitalize()}: {said or 'none'}.")
    yield paragraph(f"Together they ran for {number(round(data['seconds'], 1))} seconds.")
    if data["limits"]:
        yield paragraph("What held learners' code:")
        yield listing(data["limits"])
    if data["slowest"]:
        yield element("h3", "Slowest answers")
        rows = [
            [who(one["student"]), _code(one["exercise"]), number(round(one["seconds"], 1))] for one in data["slowest"]
        ]
        yield grid("Slowest answers", ("Student", "Exercise", "Seconds"), rows, numbers=(2,))

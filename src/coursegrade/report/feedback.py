"""The page that a learner gets back: what was right, what was not and why, their code, and hints. Nobody else's data.

What is for the teacher alone (flags, other people's answers, the solutions unless they are released) is not on it.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from coursegrade.report.gradebook import Line, Record
from coursegrade.report.page import page
from coursegrade.results import AnswerResult, Ending
from coursegrade.spreadsheet import number
from coursekit.checks import texts
from coursekit.checks.card import SYMBOLS, solution_text, state_name
from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import Finding, State
from coursekit.checks.texts import say

Bank = Callable[[str], Exercise | None]
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{i}" for name in ("com", "lpt") for i in range(10))}
LONGEST_NAME = 80  # bytes; encrypted home folders allow 143


def file_names(students: Iterable[str], ending: str = ".html") -> dict[str, str]:
    """A file name for each student that every system can hold, and that no other student has on any of them.

    A name that had to be changed, or that another differs from only in case or accents' spelling, gets a few letters
    that depend on the student alone: it is the same in every run.
    """
    students = list(students)
    safe = {student: _safe(student) for student in students}
    uses = Counter(name.casefold() for name in safe.values())
    return {
        student: f"{name}{ending}"
        if name == student and uses[name.casefold()] == 1
        else f"{name}-{_mark(student)}{ending}"
        for student, name in safe.items()
    }


def _safe(student: str) -> str:
    name = unicodedata.normalize("NFC", student.encode("utf-8", "replace").decode())
    name = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") or c in "-_.@" else "-" for c in name)
    name = re.sub(r"-{2,}", "-", name).strip("-. ")
    while len(name.encode()) > LONGEST_NAME:
        name = name[:-1].rstrip("-. ")
    return f"_{name}" if not name or name.partition(".")[0].casefold() in RESERVED else name


def _mark(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "backslashreplace")).hexdigest()[:8]


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Let `say` speak a language for a while."""
    before = texts.current()
    texts.use(language)
    try:
        yield
    finally:
        texts.use(before)


def feedback(record: Record, bank: Bank, *, heading: str = "", solutions: bool = False, walls: bool = True) -> bytes:
    """The page of one student, in the language that `say` speaks.

    heading: what was graded, such as "Homework 3". solutions: also show how it could have been done. walls: whether
    walls held learners' code.
    """
    return page(
        "feedback.html",
        texts.current(),
        title=say("Feedback for {name}", name=record.student.name or record.student.student),
        heading=heading,
        lead=_lead(record, walls),
        answers=[_answer(line, bank(line.exercise), solutions, record) for line in record.lines if record.results],
    )


def _lead(record: Record, walls: bool) -> list[tuple[str, str]]:
    """Paragraphs about the whole, each with its CSS class."""
    points, maximum = number(record.total), number(record.maximum)
    lead = [] if record.results else [(say("Nothing was handed in."), "")]
    lead.append((say("{points} of {maximum} points", points=points, maximum=maximum), "score"))
    if not walls:
        lead.append((say("This was graded without walls around learners' code, as the teacher asked."), "soft"))
    for file, result in record.results.items():
        lead.append((say("File: {file}", file=file), "soft"))
        lead += [(text, "") for text in (result.message, *result.notes) if text]
    return lead


def _answer(line: Line, exercise: Exercise | None, solutions: bool, record: Record) -> dict[str, Any]:
    """What the template shows of one answer."""
    kind, symbol, word = _state(line)
    whole = record.results.get(line.file)
    # Where the whole file could not be graded, the head of the page says why there is no answer.
    is_told = not line.file or (whole is not None and line.answer not in whole.answers)
    why = [say("Why it matters: {why}", why=say(exercise.why))] if line.is_correct and exercise and exercise.why else []
    return {
        "exercise": line.exercise,
        "kind": kind,
        "symbol": symbol,
        "word": word,
        "points": _points(line),
        "task": _task(exercise),
        "by_hand": _by_hand(line),
        "findings": [] if is_told else _findings(line.answer),
        "notes": [*([] if is_told else line.answer.notes), *why],
        "folds": _folds(line, exercise, solutions),
    }


def _folds(line: Line, exercise: Exercise | None, solutions: bool) -> Iterator[tuple[str, str, bool]]:
    """What can be opened: title, content, and whether it is code."""
    if line.answer.source:
        yield say("Your code"), line.answer.source, True
    if exercise and not line.is_correct:
        for place, hint in enumerate(exercise.hints, start=1):
            yield say("Hint {number}", number=place), say(hint), False
    if exercise and solutions:
        yield say("Solution"), solution_text(exercise), True


def _points(line: Line) -> str:
    points, maximum = number(line.points), number(line.answer.maximum)
    if not line.answer.maximum and not line.points:
        return say("This one earns no points.")
    return say("{points} of {maximum} points", points=points, maximum=maximum)


def _state(line: Line) -> tuple[str, str, str]:
    """CSS class, symbol and word: a color alone says nothing."""
    answer = line.answer
    if answer.ending is Ending.GRADED and answer.state in set(State):
        state = State(answer.state)
        kind = "other" if state is State.CANNOT_CHECK else state.value.replace(" ", "-")
        return kind, SYMBOLS[state], state_name(state)
    word = {
        Ending.TIMED_OUT: say("Ran out of time"),
        Ending.OUT_OF_MEMORY: say("Ran out of memory"),
        Ending.CRASHED: say("Crashed"),
        Ending.TOO_MUCH_OUTPUT: say("Too much output"),
        Ending.NO_NETWORK: say("Asked for the network"),
        Ending.CANNOT_READ: say("Cannot be read"),
        Ending.MISSING: say("Not handed in"),
    }.get(answer.ending, say("Cannot check"))
    return ("not-attempted", "○", word) if answer.ending is Ending.MISSING else ("other", "?", word)


def _task(exercise: Exercise | None) -> list[str]:
    """The paragraphs of a function's task; those of questions are Markdown, which this page does not read."""
    text = exercise.task if exercise and not exercise.is_value else ""
    return [part for part in text.split("\n\n") if part]


def _by_hand(line: Line) -> str:
    given = line.override
    if given is None:
        return ""
    said = say("These points were given by hand; the check gave {points}.", points=number(line.answer.points))
    reason = [say("Reason: {reason}", reason=given.reason)] if given.reason else []
    by = [say("By: {name}", name=given.by)] if given.by else []
    return " ".join([said, *reason, *by])


def _findings(answer: AnswerResult) -> Sequence[Finding]:
    if not answer.findings and answer.ending not in (Ending.GRADED, Ending.MISSING):
        return [Finding(_ending(answer.ending))]
    return answer.findings


def _ending(ending: Ending) -> str:
    """What a learner can do about an answer that was not judged."""
    return {
        Ending.TIMED_OUT: say("Your code had not come to an end when its time was over. Look for a loop without end."),
        Ending.OUT_OF_MEMORY: say("Your code asked for more memory than there is for one answer."),
        Ending.CRASHED: say("Your code ended Python itself, so that no answer came back."),
        Ending.TOO_MUCH_OUTPUT: say("Your code printed so much that it was stopped."),
        Ending.NO_NETWORK: say("Your code asked for the network, which is not there when answers are checked."),
        Ending.CANNOT_READ: say("Your file cannot be read. Open it, save it again, and hand it in once more."),
    }.get(ending, say("This could not be checked, which is not your mistake. Your teacher knows."))

"""The page that a learner gets back: what was right, what was not and why, their code, and hints. Nobody else's data.

What is for the teacher alone (flags, other people's answers, the solutions unless they are released) is not on it.
"""

import hashlib
import inspect
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from coursegrade.report.gradebook import Line, Record
from coursegrade.report.page import element, fold, inline, page, paragraph, text
from coursegrade.results import Ending
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


def feedback(record: Record, bank: Bank, *, heading: str = "", solutions: bool = False) -> bytes:
    """The page of one student, in the language that `say` speaks.

    heading: what was graded, such as "Homework 3". solutions: also show how it could have been done.
    """
    name = record.student.name or record.student.student
    title = say("Feedback for {name}", name=name)
    head = [element("h1", text(title))]
    if heading:
        head.append(paragraph(heading, "soft"))
    parts = [element("header", "\n".join([*head, *_score(record)]))]
    if record.results:
        parts += [_answer(line, bank(line.exercise), solutions, _is_told(line, record)) for line in record.lines]
    return page(f"{title} · {heading}" if heading else title, parts, texts.current())


def _score(record: Record) -> Iterator[str]:
    if not record.results:
        yield paragraph(say("Nothing was handed in."))
    points, maximum = number(record.final), number(record.maximum)
    yield paragraph(say("{points} of {maximum} points", points=points, maximum=maximum), "score")
    if record.late:
        hours, penalty = number(record.late_hours or 0.0), number(record.penalty)
        total = number(record.total)
        yield paragraph(
            say(
                "Handed in {hours} hours late: {penalty} points were taken from {total}.",
                hours=hours,
                penalty=penalty,
                total=total,
            )
        )
    for file, result in record.results.items():
        yield paragraph(say("File: {file}", file=file), "soft")
        yield from (paragraph(part) for part in (result.message, *result.notes) if part)


def _is_told(line: Line, record: Record) -> bool:
    """Whether the head of the page says already why there is no answer: the whole file could not be graded."""
    whole = record.results.get(line.file)
    return whole is not None and line.answer not in whole.answers


def _answer(line: Line, exercise: Exercise | None, solutions: bool, is_told: bool) -> str:
    kind, symbol, word = _state(line)
    badge = element("span", f'<span aria-hidden="true">{symbol}</span> {text(word)}', f"badge {kind}")
    parts = [
        element("h2", f"<code>{text(line.exercise)}</code>"),
        element("p", f"{badge} {text(_points(line))}"),
        *_task(exercise),
        *_override(line),
    ]
    if line.file and not is_told:
        parts += [*_findings(line), *map(paragraph, line.answer.notes)]
    if line.is_correct and exercise and exercise.why:
        parts.append(paragraph(say("Why it matters: {why}", why=say(exercise.why))))
    if line.answer.source:
        parts.append(fold(say("Your code"), _code(line.answer.source)))
    if exercise and not line.is_correct:
        hints = enumerate(exercise.hints, start=1)
        parts += [fold(say("Hint {number}", number=i), paragraph(say(hint))) for i, hint in hints]
    if exercise and solutions:
        parts.append(fold(say("Solution"), _code(solution_text(exercise))))
    return element("section", "\n".join(parts), f"answer is-{kind}")


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
    """The task: the paragraphs of the reference's docstring."""
    documented = inspect.getdoc(exercise.reference) if exercise else None
    return [element("p", inline(part), lang="en") for part in (documented or "").split("\n\n") if part]


def _override(line: Line) -> Iterator[str]:
    given = line.override
    if given is None:
        return
    said = say("These points were given by hand; the check gave {points}.", points=number(line.answer.points))
    reason = [say("Reason: {reason}", reason=given.reason)] if given.reason else []
    by = [say("By: {name}", name=given.by)] if given.by else []
    yield paragraph(" ".join([said, *reason, *by]))


def _findings(line: Line) -> Iterator[str]:
    findings = line.answer.findings
    if not findings and line.answer.ending not in (Ending.GRADED, Ending.MISSING):
        yield paragraph(_ending(line.answer.ending))
    for finding in findings:
        yield paragraph(finding.text)
        yield from _details(finding)


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


def _details(finding: Finding) -> Iterator[str]:
    if finding.details:
        rows = (
            element("th", inline(label), scope="row") + element("td", text(value), "code")
            for label, value in finding.details
        )
        yield element("table", element("tbody", "".join(element("tr", row) for row in rows)))
    if finding.table:
        heading, *rest = finding.table
        head = element("tr", "".join(element("th", inline(cell), scope="col") for cell in heading) + element("td", ""))
        yield element("table", f"<thead>{head}</thead>{element('tbody', ''.join(_layers(row) for row in rest))}")


def _layers(row: tuple[str, ...]) -> str:
    """A row of yours against asked; the sign and not a color says where they differ."""
    cells = "".join(element("td", text(cell), "code") for cell in row)
    return element("tr", cells + element("td", "=" if len(set(row)) == 1 else "≠"))


def _code(source: str) -> str:
    return element("pre", element("code", text(source)))

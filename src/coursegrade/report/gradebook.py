"""From graded files to what each student gets: the one computation behind every table and page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from coursegrade.overrides import Override, Overrides
from coursegrade.report.entry import Entry, Graded
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.roster import Roster, Student, own_name
from coursekit.checks.diagnosis import State

NOTHING = "nothing handed in"


@dataclass(frozen=True)
class Line:
    """One exercise of one student. file: where the answer stands, "" if there is none."""

    answer: AnswerResult
    file: str = ""
    override: Override | None = None

    @property
    def exercise(self) -> str:
        """Its id."""
        return self.answer.exercise

    @property
    def points(self) -> float:
        """What counts: what the teacher gave, else what the grader did."""
        return self.override.points if self.override else self.answer.points

    @property
    def is_given(self) -> bool:
        """Whether the student handed in anything for it."""
        return bool(self.file) and self.answer.ending is not Ending.MISSING

    @property
    def is_correct(self) -> bool:
        """Whether the grader found it right."""
        return self.answer.ending is Ending.GRADED and self.answer.state == State.CORRECT


@dataclass(frozen=True)
class Record:
    """All of one student.

    results: by file, none if nothing was handed in. lines: one for each exercise of the class. times: when each file
    came, with its zone, as far as it is known.
    """

    student: Student
    results: dict[str, SubmissionResult]
    lines: tuple[Line, ...]
    times: dict[str, datetime] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Points that count."""
        return sum(line.points for line in self.lines)

    @property
    def maximum(self) -> float:
        """Points that could be had."""
        return sum(line.answer.maximum for line in self.lines)

    @property
    def submitted(self) -> datetime | None:
        """When the latest file came; None if unknown."""
        return max(self.times.values(), default=None)


@dataclass
class Gradebook:
    """The class. maxima: points of every exercise, in the order of the columns. warnings: for the teacher."""

    maxima: dict[str, float]
    records: list[Record]
    warnings: list[str] = field(default_factory=list)


def make_gradebook(
    entries: Iterable[Graded],
    roster: Roster | None,
    overrides: Overrides,
    ids: Callable[[str], Sequence[str]],
) -> Gradebook:
    """What each student gets; whoever is on the roster and handed in nothing is there too, with 0 points.

    ids: the exercises of a chapter in their order.
    """
    students = dict(roster.students) if roster else {}
    files: dict[str, list[Graded]] = {name: [] for name in students}
    times: dict[tuple[str, str], datetime] = {}
    strangers = []
    for entry in sorted(entries, key=lambda entry: entry.file):
        found = roster.find(entry.file) if roster else None
        name = found.student if found else entry.student or own_name(entry.file)
        if roster and name not in roster.students:
            strangers.append(entry.file)
        student = students.setdefault(name, Student(name))
        if isinstance(entry, Entry):
            student.name, student.email = student.name or entry.name, student.email or entry.email
        submitted = student.handed_in(entry.file) or (entry.submitted if isinstance(entry, Entry) else None)
        if submitted:
            times[name, entry.file] = submitted if submitted.tzinfo else submitted.astimezone()
        files.setdefault(name, []).append(entry)

    maxima = _maxima((entry.result for given in files.values() for entry in given), ids)
    book = Gradebook(maxima, [])
    for name in sorted(students, key=lambda name: (students[name].section, name.casefold(), name)):
        known = {entry.file: times[name, entry.file] for entry in files[name] if (name, entry.file) in times}
        book.records.append(_record(students[name], files[name], known, maxima, overrides))
    book.warnings += roster.warnings if roster else []
    book.warnings += [f"{file} is nobody's on the roster; it is listed under its own name." for file in strangers]
    book.warnings += [*overrides.warnings, *overrides.unknown(students, maxima)]
    return book


def _maxima(results: Iterable[SubmissionResult], ids: Callable[[str], Sequence[str]]) -> dict[str, float]:
    """The points that exercises can earn, in the order of their chapters; what no chapter knows comes after."""
    maxima: dict[str, float] = {}
    for result in results:
        for answer in result.answers:
            maxima[answer.exercise] = max(answer.maximum, maxima.get(answer.exercise, 0.0))
    chapters = list(dict.fromkeys(id.partition("/")[0] for id in maxima))
    given = [[id for id in maxima if id.partition("/")[0] == chapter] for chapter in chapters]
    known = [[id for id in ids(chapter) if id in maxima] for chapter in chapters]
    order = [id for pair in zip(known, given, strict=True) for part in pair for id in part]
    return {id: maxima[id] for id in order}


def _record(
    student: Student,
    entries: Sequence[Graded],
    times: dict[str, datetime],
    maxima: dict[str, float],
    overrides: Overrides,
) -> Record:
    # Files whose time is unknown come first, so that a known later one takes precedence; then by name.
    in_order = sorted(entries, key=lambda entry: (_stamp(times.get(entry.file)), entry.file))
    results = {entry.file: entry.result for entry in in_order}
    lines = tuple(
        Line(answer, file, overrides.find(student.student, exercise))
        for exercise, maximum in maxima.items()
        for answer, file in [_answer(exercise, maximum, results)]
    )
    return Record(student, results, lines, times)


def _stamp(time: datetime | None) -> float:
    return time.timestamp() if time else float("-inf")


def _answer(exercise: str, maximum: float, results: dict[str, SubmissionResult]) -> tuple[AnswerResult, str]:
    """A student's latest answer to an exercise, and its file; else one that says why there is none."""
    found = [
        (answer, file) for file, result in results.items() for answer in result.answers if answer.exercise == exercise
    ]
    given = [(answer, file) for answer, file in found if answer.ending is not Ending.MISSING]
    if given or found:
        return (given or found)[-1]
    whole = [(result, file) for file, result in results.items() if result.ending is not Ending.GRADED]
    if whole:  # such as a file that cannot be read
        result, file = whole[-1]
        return AnswerResult(exercise, result.ending, maximum=maximum, notes=(result.message,)), file
    note = () if results else (NOTHING,)
    return AnswerResult(exercise, Ending.MISSING, maximum=maximum, notes=note), ""

"""What grading finds, as plain data that travels as JSON between processes, machines and runs."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coursekit.checks.diagnosis import Finding


class Ending(StrEnum):
    """What became of an answer, or of a whole submission."""

    GRADED = "graded"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    TOO_MUCH_OUTPUT = "too much output"
    NO_NETWORK = "no network"
    CANNOT_READ = "cannot read"
    MISSING = "missing exercise"
    NOT_JUDGED = "not judged"  # a fault of the grader or of the bank, never of the learner


@dataclass(frozen=True)
class AnswerResult:
    """One exercise of one submission.

    state: "correct", "not yet" or "not attempted" (a `diagnosis.State`), "" unless `ending` is graded.
    points, maximum: what it earned, and what it could have.
    findings: what is wrong, as the learner's own card would say it. Holds no hidden probe seed.
    notes: for the learner and the teacher. flags: for the teacher alone, such as an attempt to read the solutions.
    misconceptions: the source texts of the messages that named a mistake.
    seconds: wall time in the sandbox. source: the learner's code of this answer, "" if there is none.
    """

    exercise: str
    ending: Ending
    state: str = ""
    points: float = 0.0
    maximum: float = 0.0
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()
    seconds: float = 0.0
    source: str = ""

    @property
    def message(self) -> str:
        """The findings in one text."""
        return " ".join(finding.text for finding in self.findings)


@dataclass(frozen=True)
class SubmissionResult:
    """All of one submission.

    file: its name, without the folder. ending: graded, or why no answer could be graded (then `message` says it).
    limits: what held the learner's code, such as "own network, none reachable". seconds: wall time of the whole.
    """

    file: str
    ending: Ending
    message: str = ""
    answers: tuple[AnswerResult, ...] = ()
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """Points earned."""
        return sum(answer.points for answer in self.answers)

    @property
    def maximum(self) -> float:
        """Points that could be earned."""
        return sum(answer.maximum for answer in self.answers)

    def as_data(self) -> dict[str, Any]:
        """The result as JSON-ready data."""
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "SubmissionResult":
        """What `as_data` made. Raises KeyError, TypeError or ValueError for anything else."""
        answers = tuple(answer_from_data(answer) for answer in data["answers"])
        plain = {name: tuple(data[name]) for name in ("notes", "limits")}
        return cls(**{**data, **plain, "ending": Ending(data["ending"]), "answers": answers})


def answer_from_data(data: dict[str, Any]) -> AnswerResult:
    """The answer that `dataclasses.asdict` took apart. Raises KeyError, TypeError or ValueError for anything else."""
    findings = tuple(
        Finding(f["text"], tuple((a, b) for a, b in f["details"]), tuple(tuple(row) for row in f["table"]))
        for f in data["findings"]
    )
    plain = {name: tuple(data[name]) for name in ("notes", "flags", "misconceptions")}
    return AnswerResult(**{**data, **plain, "ending": Ending(data["ending"]), "findings": findings})

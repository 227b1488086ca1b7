"""What a report is made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coursegrade.results import SubmissionResult


class Graded(Protocol):
    """A graded file. What else is known about the student comes from the roster."""

    @property
    def file(self) -> str:
        """The submission's name."""

    @property
    def student(self) -> str:
        """Who handed it in, "" if only the roster or the file's name tells."""

    @property
    def result(self) -> SubmissionResult:
        """What it was given."""


@dataclass(frozen=True)
class Entry:
    """A graded file, with what is known about the student where there is no roster.

    submitted: when it was handed in, None if unknown. The time at which a file was last changed is not that.
    """

    file: str
    student: str
    result: SubmissionResult
    name: str = ""
    email: str = ""
    submitted: datetime | None = None

"""What a judge is asked about one submission, as plain data."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """One exercise as a submission answers it: the program that makes the answer, and what is known about it.

    program: Python source to run. answer: the learner's own code of the answer alone. missing: names that the program
    needs and nothing defines, each with what to say about it. problem: why there is no program, "" if there is one.
    """

    exercise: str
    program: str = ""
    answer: str = ""
    missing: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The question as JSON-ready data."""
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Question":
        """What `as_data` made."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**given)

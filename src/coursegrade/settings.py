"""What a grading run is told to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The settings of a grading run; all but `timeout` and `memory` decide scores.

    timeout: seconds of wall time per answer. memory: GB per answer. seed: decides the probes; only the grader knows it.
    bank: a folder with a teacher's own exercises, besides the course's. chapters: slugs of what is asked; without any,
    every chapter of which a submission holds an exercise. twin_key: the secret that decides each student's twins, ""
    for none. language: of the texts that learners read. namespaces: whether to wall learners' code in with what the
    host's kernel offers; without, only a keeper process watches it.
    """

    timeout: float = 20.0
    memory: float = 2.0
    seed: int = 0
    bank: Path | None = None
    chapters: tuple[str, ...] = ()
    twin_key: str = ""
    language: str = "en"
    namespaces: bool = True

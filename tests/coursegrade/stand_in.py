"""A grader without TensorFlow: a submission says in plain words what becomes of it. Tests and subprocesses use it."""

import hashlib
import os
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

from coursegrade.collecting import SubmissionFile
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.settings import Settings

LOG = "COURSEKIT_TEST_GRADED"
"""Variable with the name of a file; each grading appends the submission's name to it."""


class StandIn(AbstractContextManager["StandIn"]):
    """Submissions are words: `points 3`, `sleep 0.1`, `raise`, `exit`, `ending timed out`."""

    opened = 0
    closed = 0

    def __init__(self, settings: Settings, servers: object = None) -> None:
        self.settings = settings
        self.stopped = threading.Event()

    def __enter__(self) -> "StandIn":
        StandIn.opened += 1
        return self

    def __exit__(self, *_: object) -> None:
        StandIn.closed += 1

    def stop(self) -> None:
        self.stopped.set()

    def grade(self, name: str, content: bytes, student: str = "") -> SubmissionResult:
        points, ending = 0.0, Ending.GRADED
        for line in content.decode().splitlines():
            word, _, rest = line.partition(" ")
            if word == "points":
                points = float(rest)
            elif word == "sleep":
                if self.stopped.wait(float(rest)):
                    raise InterruptedError("stopped")
            elif word == "raise":
                raise ZeroDivisionError("a fault of the grader")
            elif word == "exit":
                os._exit(1)
            elif word == "ending":
                ending = Ending(rest)
            elif word == "bank":
                points = float(len(list(self.settings.bank.glob("*.py")))) if self.settings.bank else 0.0
        if log := os.environ.get(LOG):
            with Path(log).open("a") as file:
                file.write(f"{name} {os.getpid()} {time.monotonic()}\n")
        # As from a real probe: a number that only the settings and the submission decide.
        note = hashlib.sha256(f"{self.settings.seed} {student}".encode() + content).hexdigest()
        answer = AnswerResult(
            "chapter/exercise", ending, "correct" if points else "not yet", points, 10.0, notes=(note,)
        )
        return SubmissionResult(name, Ending.GRADED, answers=(answer,))


def hand_in(folder: Path, **files: str) -> list[SubmissionFile]:
    """Write submissions, `anna="points 3"` as anna.py, and name them as the command would."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.py").write_text(content)
    return [SubmissionFile(f"{name}.py", folder / f"{name}.py", folder) for name in files]


def graded_names(log: Path) -> list[str]:
    """The submissions that went through a grader, in that order."""
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []

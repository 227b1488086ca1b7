"""Grades one submission after another: reads and slices it, and lets a judge question a learner's process about it."""

import contextlib
import dataclasses
import socket
import time
from typing import Any

from coursegrade import sandbox, wire
from coursegrade.nursery import Forked
from coursegrade.question import Question
from coursegrade.results import AnswerResult, Ending, SubmissionResult, answer_from_data
from coursegrade.servers import Servers
from coursegrade.settings import Settings
from coursegrade.slicing import slices, source_flags
from coursegrade.submission import Unreadable, read
from coursekit.checks.diagnosis import Finding
from coursekit.checks.texts import say

MOST_LOSSES = 5  # answers of one submission that may end their process
MARGIN = (
    120.0  # seconds on top of an answer's own: a judge that needs more, and breaks no limit of its own, is given up
)


class Grader:
    """Grades submissions, one at a time. To be used as a context manager.

    servers: what makes its processes; by default its own.
    """

    def __init__(self, settings: Settings, servers: Servers | None = None) -> None:
        self._settings = settings
        self._servers = servers or Servers()
        self._witnesses: dict[str, list[int]] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Grader":
        if self._settings.namespaces:
            sandbox.require_walls()
        self._stack.enter_context(self._servers.in_use())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def stop(self) -> None:
        """Called by another thread: end all processes now, so that `grade` returns or raises."""
        self._servers.stop()

    def grade(self, name: str, content: bytes, student: str = "") -> SubmissionResult:
        """The result of one handed-in file. Whatever the file holds or does, this returns.

        Raises NurseryFailed if this machine cannot start the processes that grading needs.
        """
        began = time.monotonic()
        try:
            submission = read(name, content)
            found = slices(submission)
        except Unreadable as error:
            return SubmissionResult(name, Ending.CANNOT_READ, str(error))
        questions = [
            Question(
                exercise=part.exercise,
                program=part.source,
                answer=part.answer,
                missing=_missing(part.missing, part.later),
                problem=part.problem,
                notes=part.notes,
                flags=source_flags(part),
            )
            for part in found.values()
        ]
        with _Session(self._settings, self._servers, self._witnesses, student) as session:
            answers = session.judge(questions)
        result = SubmissionResult(
            name,
            Ending.GRADED,
            answers=tuple(answers),
            notes=submission.notes,
            limits=tuple(session.limits),
            seconds=round(time.monotonic() - began, 2),
        )
        if all(answer.ending is Ending.MISSING for answer in answers):
            message = "The file holds no answer to an exercise. Is it the notebook of another chapter or course?"
            return dataclasses.replace(result, ending=Ending.MISSING, message=message)
        return result


_OF_THIS_PROCESS = Servers()


def sharing_grader(settings: Settings) -> Grader:
    """A grader that shares its servers with the others of this process: importing TensorFlow costs seconds."""
    return Grader(settings, _OF_THIS_PROCESS)


def _missing(names: tuple[str, ...], later: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    lost = [say("Your answer needs `{name}`, and no cell defines that.", name=name) for name in names]
    moved = [
        say("Your answer needs `{name}`, and only a later cell defines that: cell {cell}.", name=name, cell=cell)
        for name, cell in later
    ]
    return (*lost, *moved)


class _Session:
    """One submission's judge and the processes that run its answers."""

    def __init__(self, settings: Settings, servers: Servers, witnesses: dict[str, list[int]], student: str) -> None:
        self._settings, self._learners, self._judges = settings, servers.learners, servers.judges
        self._witnesses, self._student = witnesses, student
        self._judge: Forked | None = None
        self._worker: Forked | None = None
        self._losses = 0
        self.limits: list[str] = []

    def __enter__(self) -> "_Session":
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._judge, self._worker):
            if process is not None:
                process.end()
        self._judge = self._worker = None

    def judge(self, questions: list[Question]) -> list[AnswerResult]:
        """A result for each question, and for each exercise that was asked and not answered."""
        results: list[AnswerResult] = []
        left = list(questions)
        while True:
            before = len(results)
            ended = self._ask(left, results, asked=[q.exercise for q in questions])
            if ended is None:
                return results
            left = left[len(results) - before :]
            # The judge itself ended over this answer: it goes on with the rest, in a new process.
            exercise = left[0].exercise if left else ""
            results.append(AnswerResult(exercise, ended[0], findings=(Finding(ended[1]),), source=left[0].answer))
            left = left[1:]

    def _ask(
        self, questions: list[Question], results: list[AnswerResult], asked: list[str]
    ) -> tuple[Ending, str] | None:
        """Let one judge go through the questions; returns how it ended if it did before the last."""
        settings = self._settings
        job = {
            "seed": settings.seed,
            "timeout": settings.timeout,
            "memory": settings.memory,
            "bank": str(settings.bank or ""),
            "chapters": settings.chapters,
            "language": settings.language,
            "twin_key": settings.twin_key,
            "student": self._student,
            "asked": asked,
        }
        self._judge = self._judges.new({})
        channel = self._judge.channel
        assert channel is not None
        began = time.monotonic()
        try:
            wire.send(channel, {**job, "witnesses": self._witnesses}, deadline=began + MARGIN)
            wire.send(channel, [question.as_data() for question in questions], deadline=began + MARGIN)
            while True:
                message, _ = wire.receive(channel, began + settings.timeout + MARGIN)
                if message["do"] == "begin":
                    began = time.monotonic()
                elif message["do"] == "worker":
                    self._give_worker(channel)
                elif message["do"] == "lost":
                    ending, why = self._lost(Ending(message["ending"]), message["why"])
                    wire.send(channel, {"ending": ending.value, "why": why, "over": self._losses >= MOST_LOSSES})
                elif message["do"] == "answer":
                    self.limits = self.limits or message["limits"]
                    results.append(answer_from_data(message["result"]))
                elif message["do"] == "done":
                    self._witnesses.update(message["witnesses"])
                    return None
        except (wire.Closed, wire.TooLate, wire.BadFrame):
            ending, why = self._judge.end()
            self._judge = None
            if self._worker is not None:
                self._worker.end()
                self._worker = None
            if ending is Ending.NOT_JUDGED:
                return ending, why
            text = say("What your answer returns takes too much time or memory to check.")
            return (Ending.TIMED_OUT if time.monotonic() - began > 3 else Ending.OUT_OF_MEMORY), text

    def _give_worker(self, judge: socket.socket) -> None:
        if self._worker is not None:
            self._worker.end()
        self._worker = self._learners.new(self._walls())
        assert self._worker.channel is not None
        socket.send_fds(judge, [b"w"], [self._worker.channel.fileno()])
        self._worker.channel.close()

    def _walls(self) -> dict[str, Any]:
        settings = self._settings
        hidden = [*sandbox.solutions(), *([str(settings.bank)] if settings.bank else [])]
        return {
            "memory": settings.memory,
            "mount": self._learners.mount,
            "visible": sandbox.visible_folders(),
            "hidden": hidden,
            "cpu": 10 + 8 * settings.timeout * MOST_LOSSES,
            "namespaces": settings.namespaces,
        }

    def _lost(self, ending: Ending, why: str) -> tuple[Ending, str]:
        """How the learner's process ended: its keeper knows more than the judge."""
        self._losses += 1
        worker, self._worker = self._worker, None
        if worker is None:
            return ending, why
        said, reason = worker.end() if ending is Ending.TIMED_OUT else worker.wait()
        if ending is Ending.TIMED_OUT and said is Ending.CRASHED and not reason:
            return ending, why
        return (said, reason) if reason and not why.startswith("It wrote") else (ending, why or reason)

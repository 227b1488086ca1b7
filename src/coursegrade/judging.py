"""The judge of one submission: a throw-away process that holds the bank and never runs a learner's code.

It checks answers with the same engine that made the learner's cards; what it hands to the engine in place of a
learner's function is a stand-in that asks the learner's process (`coursegrade.remote`).
"""

import dataclasses
import hashlib
import signal
import socket
import time
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from coursegrade import sandbox, twins, wire
from coursegrade.question import Question
from coursegrade.remote import Answer, Ended, Link
from coursegrade.results import AnswerResult, Ending
from coursegrade.witnesses import telling
from coursekit.checks import bank, diagnosis, texts
from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import Finding, State, Verdict
from coursekit.checks.running import know_kinds, safely
from coursekit.checks.state import untouched
from coursekit.checks.texts import explanation, say

PATIENCE = 90.0  # seconds to wait for the grader
BUSY = 10.0  # seconds of processor time for judging one answer


def seed_for(seed: int, exercise: str) -> int:
    """The seed of one exercise's probes: nobody can tell it from another exercise's."""
    return int.from_bytes(hashlib.sha256(f"{seed} {exercise}".encode()).digest()[:8], "big")


def prepare() -> None:
    """Load all exercises of the course and what compares models: called before processes are made of this one."""
    bank.all_exercises()
    know_kinds()


def run(job: dict[str, Any], channel: socket.socket, status: int) -> None:
    """Be the judge of one submission. What to do comes over the channel; nobody has to be told how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    serve(channel)


def serve(channel: socket.socket) -> None:
    """Judge all questions of a submission and send each result as it is found, until the grader closes the channel."""
    job, _ = wire.receive(channel, time.monotonic() + PATIENCE)
    sandbox.allow_memory(int((job["memory"] + 4) * sandbox.GB))
    sandbox.die_with_parent()
    keras.utils.set_random_seed(0)
    tf.config.experimental.enable_op_determinism()
    questions, _ = wire.receive(channel, time.monotonic() + PATIENCE)
    judge = _Judge(channel, job)
    for question in map(Question.from_data, questions):
        sandbox.allow_time(None)
        judge.prepare(question)
        wire.send(channel, {"do": "begin", "exercise": question.exercise})
        sandbox.allow_time(BUSY)  # an answer such as a model of absurd size may keep a judge busy
        result = judge.judge(question)
        wire.send(channel, {"do": "answer", "result": dataclasses.asdict(result), "limits": judge.limits})
    for result in judge.unanswered(job["asked"], job["chapters"]):
        wire.send(channel, {"do": "answer", "result": dataclasses.asdict(result), "limits": judge.limits})
    wire.send(channel, {"do": "done", "witnesses": judge.witnesses()})


class _Judge:
    def __init__(self, channel: socket.socket, job: dict[str, Any]) -> None:
        self._channel = channel
        self._seed = int(job["seed"])
        self._folder = Path(job["bank"]) if job["bank"] else None
        self._twin_key, self._student = job["twin_key"], job["student"]
        self._known = job["witnesses"]
        self._searched: list[Exercise] = []
        self._public: Exercise | None = None
        self._exercise: Exercise | None = None
        self._over = False
        self._link = Link(self._new_worker, float(job["timeout"]), f"{self._seed} generators")
        texts.use(job["language"])

    @property
    def limits(self) -> list[str]:
        """What held the learner's code, in its process's first words."""
        return self._link.limits

    def witnesses(self) -> dict[str, list[int]]:
        """The witnesses that had to be searched: the next judge need not do it again."""
        return {exercise.id: exercise.witnesses for exercise in self._searched if exercise.witnesses is not None}

    def unanswered(self, answered: list[str], chapters: list[str]) -> list[AnswerResult]:
        """The exercises of the chapters that the submission does not hold at all."""
        asked = chapters or sorted({id.partition("/")[0] for id in answered})
        text = say("This exercise is not in the file. Was its cell deleted, or is its name changed?")
        return [
            AnswerResult(e.id, Ending.MISSING, maximum=float(e.points), findings=(Finding(text),))
            for chapter in asked
            for e in twins.load(chapter, self._folder)
            if e.id not in answered
        ]

    def _new_worker(self) -> socket.socket:
        wire.send(self._channel, {"do": "worker"})
        text, descriptors, _, _ = socket.recv_fds(self._channel, 1, 1)
        if not text or not descriptors:
            raise wire.Closed("the grader is gone")
        return socket.socket(fileno=descriptors[0])

    # One question ---------------------------------------------------------------------------------------------------

    def prepare(self, question: Question) -> None:
        """Find the exercise and the probes that tell its mistakes apart: the bank's own work, whatever it takes."""
        chapter = twins.load(question.exercise.partition("/")[0], self._folder)
        self._public = public = next((e for e in chapter if e.id == question.exercise), None)
        self._exercise = exercise = twins.twin_of(public, self._twin_key, self._student) if public else None
        if exercise is None or question.problem or self._over:
            return
        if exercise is public and exercise.witnesses is None:
            exercise.witnesses = self._known.get(exercise.id)
            self._searched += [exercise] if exercise.witnesses is None else []
        with untouched(0), safely():
            if exercise.witnesses is None:
                exercise.witnesses = telling(exercise)
            diagnosis.witnesses(exercise)

    def judge(self, question: Question) -> AnswerResult:
        """The result of the question that was prepared."""
        exercise = self._exercise
        if exercise is None:
            text = say("No exercise of this course is called {id}.", id=question.exercise)
            return AnswerResult(question.exercise, Ending.MISSING, findings=(Finding(text),), source=question.answer)
        common: dict[str, Any] = dict(
            maximum=float(exercise.points), notes=question.notes, flags=question.flags, source=question.answer
        )
        if question.problem:
            finding = (Finding(question.problem),)
            return AnswerResult(question.exercise, Ending.CANNOT_READ, findings=finding, **common)
        if self._over:
            text = say("Not run: too many answers of this file ended their process or did not finish.")
            return AnswerResult(question.exercise, Ending.CRASHED, findings=(Finding(text),), **common)
        self._link.begin()
        verdict = self._verdict(exercise, question)
        return self._result(exercise, question, verdict, common)

    def _verdict(self, exercise: Exercise, question: Question) -> Verdict | None:
        """The check's verdict; None if the learner's process ended."""
        seed = seed_for(self._seed, exercise.id)
        try:
            with diagnosis.quiet():
                reply, out = self._link.ask(
                    {"do": "load", "program": question.program, "exercise": exercise.id, "file": exercise.id}, []
                )
            if reply.get("missing"):
                return self._never_handed_in(exercise, reply)
            described = reply.get("given")
            if not isinstance(described, dict):
                raise wire.BadFrame("no description of the answer")
            given: Any
            if exercise.is_value:
                given = wire.decode(reply["value"], out, self._link.incoming)
            elif described.get("callable") is True:
                given = Answer(self._link, described, question.answer)
            else:
                given = wire.decode(reply["value"], out, self._link.incoming)
            verdict = twins.check(exercise, self._public or exercise, given, seed)
        except Ended:
            return None
        except (wire.BadFrame, KeyError, TypeError, ValueError) as error:
            self._link.ended = (Ending.CRASHED, f"It wrote to the grader's channel: {error}"[:300])
            self._link.lose()
            return None
        return None if self._link.ended else verdict

    def _never_handed_in(self, exercise: Exercise, reply: dict[str, Any]) -> Verdict:
        try:
            self._link.raise_error(reply)
        except BaseException as error:
            text = say("Your cell stopped before the answer was handed in: {error}", error=explanation(error))
            line = getattr(error, "learners_line", None)
            details = ((say("Line {number}", number=line.number), line.text),) if line else ()
            return Verdict(exercise.id, State.NOT_YET, "exception", (Finding(text, details),))
        raise wire.BadFrame("no answer and no reason")

    def _result(
        self, exercise: Exercise, question: Question, verdict: Verdict | None, common: dict[str, Any]
    ) -> AnswerResult:
        link = self._link
        common["flags"] = (*common["flags"], *sorted(link.attempts))
        common["seconds"] = round(link.seconds, 3)
        if verdict is None:
            assert link.ended is not None
            ending, why = link.ended
            if ending in (Ending.CRASHED, Ending.TIMED_OUT):
                ending, why = self._ask_how_it_ended(ending, why)
            return AnswerResult(exercise.id, ending, findings=_said(ending, why), **common)
        if verdict.state is State.CANNOT_CHECK:
            return AnswerResult(exercise.id, Ending.NOT_JUDGED, findings=verdict.findings, **common)
        findings = verdict.findings
        if verdict.state is not State.CORRECT and question.missing:
            findings = (*map(Finding, question.missing), *findings)
        return AnswerResult(
            exercise.id,
            Ending.GRADED,
            verdict.state.value,
            float(exercise.points) if verdict.state is State.CORRECT else 0.0,
            findings=findings,
            misconceptions=verdict.misconceptions,
            **{**common, "notes": (*common["notes"], *verdict.notes)},
        )

    def _ask_how_it_ended(self, ending: Ending, why: str) -> tuple[Ending, str]:
        """The grader knows what the process's keeper said."""
        wire.send(self._channel, {"do": "lost", "ending": ending.value, "why": why})
        reply, _ = wire.receive(self._channel, time.monotonic() + PATIENCE)
        self._over = reply["over"] is True
        return Ending(reply["ending"]), str(reply["why"])


def _said(ending: Ending, why: str) -> tuple[Finding, ...]:
    """How an answer ended, for its learner."""
    if ending is Ending.NO_NETWORK:
        return (Finding(say("Your code needs the network, and answers are graded without one: {error}", error=why)),)
    if ending is Ending.OUT_OF_MEMORY:
        return (Finding(say("Your code needs more memory than there is for one answer: {error}", error=why)),)
    return (Finding(why),)

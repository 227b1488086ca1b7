"""`coursekit bank check`: a teacher's own exercises, tested like the course's."""

import argparse
from collections.abc import Iterator, Sequence

from coursegrade import twins
from coursegrade.bank_command import load, notices, own_bank
from coursekit.checks import bank, texts
from coursekit.checks.definition import Exercise
from coursekit.errors import CourseError
from coursepress import audit


def check(options: argparse.Namespace) -> int:
    """`coursekit bank check DIR`: say what the tests of the tests think of a folder; 1 if they complain, else 0."""
    folder = own_bank(options.folder)
    texts.use("en")
    count = complaints = 0
    for notice in notices(folder):
        print(f"Note: {notice}")
    for chapter in bank.chapters(folder):
        try:
            exercises = load(chapter, folder)
        except CourseError as error:
            complaints += 1
            print(error)
            continue
        for exercise in exercises:
            found = audit.complaints(exercise)
            found += _wrong_about_twins(exercise, found)
            count, complaints = count + 1, complaints + len(found)
            print("\n".join(found) or f"{exercise.id}: no complaint.", flush=True)
    print(f"{count} exercises, {complaints} complaints.")
    return int(complaints > 0)


def _wrong_about_twins(exercise: Exercise, known: Sequence[str]) -> Iterator[str]:
    """What is wrong with students' own versions alone; the public solution has to fail there."""
    if not twins.is_offered(exercise):
        return
    for student in ("one", "two", "three"):
        try:
            twin = twins.twin_of(exercise, "a key of the audit", student)
        except Exception as error:  # the author's drawing may raise anything
            yield f"{exercise.id}: no twin can be made. {type(error).__name__}: {error}"
            return
        version = twin.asked or twin.stub
        found = [text for text in audit.complaints(twin) if text not in known]
        yield from (f"{text} In the version:\n{version}" for text in found)
        verdicts = [
            twins.check(twin, exercise, answer() if twin.is_value else answer, 0)
            for answer in (exercise.reference, *(mistake.function for mistake in twin.misconceptions))
        ]
        if verdicts[0].reason != "public version":
            yield f"{exercise.id}: the public solution is {verdicts[0].state} in the version:\n{version}"
        for mistake, verdict in zip(twin.misconceptions, verdicts[1:], strict=True):
            if verdict.reason == "public version":
                yield f"{exercise.id}: {mistake.message!r} is the public solution in the version:\n{version}"

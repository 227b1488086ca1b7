"""Tests of the tests: what every exercise has to show before a learner sees it.

Each function returns the complaints it has about one exercise; an empty list is praise. They need nothing but the
exercise itself, so a new exercise is covered by writing it.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from coursegrade.witnesses import telling
from coursekit.checks import bank, diagnosis
from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import State, Verdict, check
from coursepress import mutation

ENOUGH = 0.95  # share of mutants that must be noticed


def complaints(exercise: Exercise, seeds: range = range(3)) -> list[str]:
    """All complaints about an exercise. Its witnesses are searched if none are saved, as a judge does it."""
    if exercise.compares and exercise.witnesses is None:
        exercise.witnesses = telling(exercise)
    found = [text for part in PARTS for text in part(exercise)]
    return found + [text for seed in seeds for text in unstable(exercise, seed)]


def incomplete(exercise: Exercise) -> list[str]:
    """Each exercise has a task, two hints, a reason, three mistakes with messages, and another right form."""
    mistakes = len(exercise.misconceptions) + sum(len(p.counterexamples) for p in exercise.properties)
    if exercise.choices:
        mistakes += len(exercise.choices) - 1
    missing = [
        (not exercise.task, "a task: the docstring, or the text of the question"),
        (len(exercise.hints) < 2, "two hints"),
        (not exercise.why, "a sentence why it matters (.why)"),
        (mistakes < 3, "three misconceptions"),
        (not exercise.variants and not exercise.is_value, "another right form (.also)"),
        (any(not p.counterexamples for p in exercise.properties), "a wrong answer for each property"),
    ]
    return [f"{exercise.id} lacks {what}." for lacks, what in missing if lacks]


def wrong_about_right_answers(exercise: Exercise) -> list[str]:
    """The solution and every variant pass; the stub is not attempted."""
    return list(_right(exercise, 0)) + [
        f"{exercise.id}: its stub counts as {state}."
        for state in [check(exercise, stub(exercise)).state]
        if state is not State.NOT_ATTEMPTED
    ]


def wrong_about_mistakes(exercise: Exercise) -> list[str]:
    """Every misconception fails with its own message, and with that of no other."""
    return list(_mistakes(exercise, 0))


def inseparable(exercise: Exercise) -> list[str]:
    """Any two misconceptions differ on some probe, and each differs from the solution."""
    pool = diagnosis.probes(exercise, 0)
    solutions = [("the solution", exercise.reference)] + [(m.message, m.function) for m in exercise.misconceptions]
    return [
        f"{exercise.id}: no probe tells apart: {one[0]!r} and {other[0]!r}."
        for one, other in itertools.combinations(solutions, 2)
        if exercise.compares and not any(_differ(exercise, one[1], other[1], probe) for probe in pool)
    ]


def crashing(exercise: Exercise) -> list[str]:
    """Whatever is handed in gets a state; nothing hostile passes, and nothing makes the check itself fail."""
    found = []
    for name, hostile in HOSTILE.items():
        verdict = check(exercise, hostile if not exercise.is_value else _value_of(hostile), 0)
        if verdict.state is State.CORRECT or verdict.reason == "fault":
            found.append(f"{exercise.id}: {name} gets {verdict.state} {[f.text for f in verdict.findings]}.")
    return found


def surviving_mutants(exercise: Exercise, at_most: int | None = None) -> list[str]:
    """At least 95 % of the mutants are noticed; survivors that change nothing are excused, each with a reason.

    at_most: how many are tried; by default 10 of a training, and all of everything else.
    """
    at_most = 10 if at_most is None and is_training(exercise) else at_most
    score = mutation.score(exercise, at_most=at_most)
    unused = [change for change in exercise.excused if change not in score.excused and at_most is None]
    found = [f"{exercise.id}: excused, but noticed or not made: {change}." for change in unused]
    if score.share < ENOUGH:
        found.append(f"{exercise.id}: {score.share:.0%} of mutants noticed; survivors: {'; '.join(score.survivors)}.")
    return found


def unstable(exercise: Exercise, seed: int) -> list[str]:
    """With any seed right answers pass, and mistakes fail with their own message."""
    return [f"seed {seed}: {text}" for text in itertools.chain(_right(exercise, seed), _mistakes(exercise, seed))]


def unreadable(exercise: Exercise) -> list[str]:
    """Messages quote only what a check can fill in."""
    found = []
    for message in [m.message for m in exercise.misconceptions]:
        try:
            probe = exercise.draw(np.random.default_rng(0))[0]
            message.format(**{**probe.arguments, "got": "", "expected": ""})
        except (KeyError, IndexError, ValueError) as error:
            found.append(f"{exercise.id}: {message!r} cannot be filled in ({type(error).__name__}: {error}).")
    return found


def stale_witnesses(exercise: Exercise) -> list[str]:
    """The saved witnesses are those that the exercise needs now."""
    if not exercise.compares or exercise.witnesses == telling(exercise):
        return []
    return [f"{exercise.id}: its witnesses are not saved; run `python -m coursepress.audit {exercise.chapter}`."]


def save_witnesses(chapter: str) -> None:
    """Find the witnesses of a course's chapter, and write them beside its exercises."""
    found = {e.id: telling(e) for e in bank.load(chapter) if e.compares}
    lines = ",\n".join(f'"{id}": {places}' for id, places in found.items() if places)
    (bank.rooms()[chapter] / bank.WITNESSES).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    for exercise in bank.load(chapter):
        exercise.witnesses = found.get(exercise.id, [])


PARTS = (
    incomplete, wrong_about_right_answers, wrong_about_mistakes, inseparable, crashing, surviving_mutants, unreadable,
)  # fmt: skip


def stub(exercise: Exercise) -> Any:
    """What stands in the notebook before a learner touches it."""
    if exercise.is_value:
        return ...
    if exercise.broken is not None:
        return exercise.broken
    return _untouched


def _untouched() -> None:
    """Nothing yet."""


def is_training(exercise: Exercise) -> bool:
    """Whether answers are trained models: those are judged on fewer mutants."""
    return not exercise.compares and exercise._use is not None and bool(
        set(exercise.reference.__code__.co_names) & {"fit", "train_on_batch"}
    )  # fmt: skip


def builds_models(exercise: Exercise) -> bool:
    """Whether a check builds Keras models, in its probes or its answers: that takes hundreds of milliseconds each."""
    from coursekit.checks.models import is_model

    if exercise.is_value:
        return False
    names = set(exercise.reference.__code__.co_names) & {"Sequential", "Model", "keras", "layers"}
    probes = exercise.draw(np.random.default_rng(0))
    return bool(names) or any(is_model(value) for probe in probes for value in probe.arguments.values())


def _right(exercise: Exercise, seed: int) -> Iterator[str]:
    for name, function in [("solution", exercise.reference), *(("variant", v) for v in exercise.variants)]:
        verdict = check(exercise, function() if exercise.is_value else function, seed)
        if verdict.state is not State.CORRECT:
            yield f"{exercise.id}: a {name} is {verdict.state}: {_texts(verdict)}"


def _mistakes(exercise: Exercise, seed: int) -> Iterator[str]:
    for misconception in exercise.misconceptions:
        answer = misconception.function() if exercise.is_value else misconception.function
        verdict = check(exercise, answer, seed)
        if verdict.misconceptions != (misconception.message,):
            yield f"{exercise.id}: {misconception.message!r} gets {verdict.state}: {_texts(verdict)}"
    for prop in exercise.properties:
        for function in prop.counterexamples:
            verdict = check(exercise, function() if exercise.is_value else function, seed)
            if prop.message not in verdict.misconceptions:
                yield f"{exercise.id}: {prop.message!r} gets {verdict.state}: {_texts(verdict)}"


def _texts(verdict: Verdict) -> str:
    return " / ".join(f.text for f in verdict.findings)


def _differ(exercise: Exercise, one: Callable[..., Any], other: Callable[..., Any], probe: Any) -> bool:
    outcomes = [diagnosis.outcome(exercise, function, probe, 0) for function in (one, other)]
    return not diagnosis.same(exercise, *outcomes)


# Things that no exercise asks for ------------------------------------------------------------------------------------


class Odd:
    """An object that resists everything."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("no array")


def _endless() -> Iterator[int]:
    yield from itertools.count()


def _recursive(*args: Any, **kwargs: Any) -> Any:
    return _recursive(*args, **kwargs)


def _raising(error: BaseException) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise error

    return function


def _returning(value: Any) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return value

    return function


def _value_of(hostile: Any) -> Any:
    try:
        return hostile() if getattr(hostile, "__name__", "") == "function" else hostile
    except BaseException:
        return hostile


HOSTILE: dict[str, Any] = {
    "None": None,
    "a text": "answer",
    "a number instead of a function": 3.5,
    "a class": dict,
    "a built-in": print,
    "a function that returns None": _returning(None),
    "a function that returns a text": _returning("nothing of the sort"),
    "a function that returns NaN": _returning(math.nan),
    "a function that returns infinity": _returning(np.full((3, 3), np.inf)),
    "a function that returns an empty array": _returning(np.zeros((0, 4))),
    "a function that returns ragged lists": _returning([[1], [2, 3]]),
    "a function that returns its own kind": _returning(_returning),
    "a function that returns a class": _returning(int),
    "a function that returns an endless generator": _returning(_endless()),
    "a function that returns a dict of oddities": _returning({"a": object(), 3: [None]}),
    "a function that returns an object that resists everything": _returning(Odd()),
    "a function that returns an array of objects": _returning(np.array([None, "x"], dtype=object)),
    "a function that returns eleven axes": _returning(np.zeros((1,) * 11)),
    "a function that raises": _raising(ValueError("on purpose {braces} <b>tags</b>")),
    "a function that exits": _raising(SystemExit(3)),
    "a function that raises a bare exception": _raising(BaseException()),
    "a function that never stops calling itself": _recursive,
    "a function without parameters": lambda: 0,
}


if __name__ == "__main__":
    import sys
    from pathlib import Path

    chapter, *folder = sys.argv[1:]
    if not folder:
        save_witnesses(chapter)
    for exercise in bank.load(chapter, *map(Path, folder)):
        print(exercise.stub, *(complaints(exercise) or [f"{exercise.id}: no complaint."]), "", sep="\n")

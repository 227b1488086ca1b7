"""From an answer to a verdict: which mistake was made, or where the answer first goes wrong.

A check runs the reference and the answer on the same probes. Random probes alone miss some mistakes, so every check
also uses *witnesses*: a small fixed set of probes that tells each misconception from the reference and from every
other misconception, in each stratum where that is possible at all.
"""

import contextlib
import inspect
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from coursekit.checks import attempts
from coursekit.checks.comparison import Difference, compare, describe
from coursekit.checks.definition import Exercise, Misconception, Probe
from coursekit.checks.running import Interrupted, Outcome, own_line, quiet, run, safely
from coursekit.checks.state import put_back, reseed, untouched
from coursekit.checks.texts import explanation, say


class State(StrEnum):
    """What a check can find."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET = "not yet"
    CORRECT = "correct"
    CANNOT_CHECK = "cannot check"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `details`: what to show of one probe, as (label, text)."""

    text: str
    details: tuple[tuple[str, str], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The result of a check, as data.

    `reason` is a fixed word for what was found, for tests, grading and statistics; `misconceptions` are the source
    texts of the messages that named a mistake.
    """

    exercise: str
    state: State
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = field(default=())


def check(exercise: Exercise, given: Any, seed: int | None = None) -> Verdict:
    """Judge an answer (a function or class, or a value where a value is asked for). Never raises.

    seed: decides the random probes; fresh ones if None.
    """
    seed = secrets.randbits(32) if seed is None else seed
    try:
        with untouched(seed), safely():
            return _verdict(exercise, given, seed)
    except (Interrupted, KeyboardInterrupt):
        text = say(
            "The check was stopped before your code came to an end. If it runs forever, look for a loop whose "
            "condition never becomes false."
        )
        return Verdict(exercise.id, State.CANNOT_CHECK, "interrupted", (Finding(text),))
    except Exception as error:  # a fault of ours must not hide behind a traceback in the learner's notebook
        text = say("The check itself failed, which is not your mistake: {error}", error=explanation(error))
        return Verdict(exercise.id, State.CANNOT_CHECK, "fault", (Finding(text),))


def _not_callable(exercise: Exercise, given: Any) -> str | None:
    if exercise.is_value or callable(given):
        return None
    return say("A function was asked for, and this is {got}.", got=describe(given))


def _verdict(exercise: Exercise, given: Any, seed: int) -> Verdict:
    if not attempts.is_attempted(exercise, given):
        return Verdict(exercise.id, State.NOT_ATTEMPTED)
    if problem := _not_callable(exercise, given):
        return Verdict(exercise.id, State.NOT_YET, "form", (Finding(problem),))
    if not exercise.is_value and (problem := attempts.signature_problem(exercise, given)):
        return Verdict(exercise.id, State.NOT_YET, "signature", (Finding(problem),))
    return _judge(exercise, given, seed)


def _judge(exercise: Exercise, given: Any, seed: int) -> Verdict:
    if exercise.choices:
        given = _options_meant(exercise, given)
    replaced = put_back()
    function = (lambda: given) if exercise.is_value else attempts.callable_as_asked(exercise, given)
    trials = observe(exercise, function, probes(exercise, seed), seed) if exercise.compares else []
    findings, reason, named = _diagnose(exercise, given, trials, seed)
    if not findings:
        findings, named = _broken_properties(exercise, function, given, trials, seed)
        reason = "property"
    state = State.NOT_YET if findings else State.CORRECT
    return Verdict(
        exercise.id, state, reason if findings else "", tuple(findings), _notes(trials, replaced), tuple(named)
    )


# Probes -------------------------------------------------------------------------------------------------------------


def probes(exercise: Exercise, seed: int) -> list[Probe]:
    """Random probes for this seed, the author's examples and the witnesses."""
    return _once((exercise, seed), lambda: exercise.draw(np.random.default_rng(seed)) + witnesses(exercise))


_witnesses: WeakKeyDictionary[Exercise, list[Probe]] = WeakKeyDictionary()


def witnesses(exercise: Exercise) -> list[Probe]:
    """The probes of `pool` that tell the exercise's mistakes apart, as the audit found and saved them."""
    if exercise not in _witnesses:
        places = exercise._draws and exercise.witnesses  # without draws, all examples are tried anyway
        all_probes = pool(exercise) if places else []
        _witnesses[exercise] = [all_probes[place] for place in places or ()]
    return _witnesses[exercise]


def pool(exercise: Exercise) -> list[Probe]:
    """The probes among which witnesses are found, small ones first: 200, or 6 of models, which are slow to build."""
    rng = np.random.default_rng(0)
    return sorted(exercise.draw(rng, 6 if exercise.count <= 2 else 200), key=_size) if exercise.compares else []


def _size(probe: Probe) -> float:
    """How much a learner has to read to understand a probe: few and small numbers first."""
    total = 0.0
    for value in probe.arguments.values():
        try:
            array = np.asarray(value)
        except Exception:  # models and ragged lists
            continue
        total += array.size * 100
        if array.dtype.kind in "iuf":
            total += float(np.abs(array).sum()) / max(array.size, 1)
    return total


# Observation --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One probe with what the reference and the answer made of it."""

    probe: Probe
    expected: Outcome
    got: Outcome
    differences: list[Difference]


def observe(exercise: Exercise, function: Callable[..., Any], probes: Sequence[Probe], seed: int) -> list[Trial]:
    """Run reference and answer on every probe."""
    trials = []
    for probe in probes:
        expected = outcome(exercise, exercise.reference, probe, seed)
        if expected.error is not None and isinstance(exercise.reference, type):
            raise expected.error
        got = outcome(exercise, function, probe, seed)
        trials.append(Trial(probe, expected, got, _differences(exercise, expected, got)))
    return trials


def outcome(exercise: Exercise, function: Callable[..., Any], probe: Probe, seed: int) -> Outcome:
    """What an answer makes of a probe, with every random generator seeded by `seed`."""

    def call() -> tuple[Outcome, Probe]:  # who remembers the outcome keeps the probe, too, so that its id stays its own
        reseed(seed)
        return run(exercise, function, probe), probe

    own = [exercise.reference, *(m.function for m in exercise.misconceptions)]
    known = any(function is one for one in own)
    return (_once((function, id(probe), seed), call) if known else call())[0]


_remembered: dict[tuple[Any, ...], Any] | None = None


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """Within it, the solution and the mistakes of the bank run once on each probe, not again for every answer.

    For whoever checks many answers with few seeds: the tests of the bank. A learner's own code is always run.
    """
    global _remembered
    before, _remembered = _remembered, {}
    try:
        yield
    finally:
        _remembered = before


def _once(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    if _remembered is None:
        return make()
    if key not in _remembered:
        _remembered[key] = make()
    return _remembered[key]


def _differences(exercise: Exercise, expected: Outcome, got: Outcome) -> list[Difference]:
    if expected.error is not None:
        if isinstance(got.error, type(expected.error)):
            return []
        name = type(expected.error).__name__
        return [Difference(say("This input makes no sense: a {name} was asked for.", name=name))]
    if got.error is not None:
        return [Difference(explanation(got.error))]
    return compare(expected.value, got.value, exercise.tolerance)


def same(exercise: Exercise, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes say the same: equal values within the exercise's tolerance, or errors of one type."""

    def look() -> tuple[bool, Outcome, Outcome]:  # who remembers the verdict keeps both, so that ids stay their own
        if one.error is not None or other.error is not None:
            return type(one.error) is type(other.error), one, other
        try:
            return not compare(one.value, other.value, exercise.tolerance), one, other
        except Exception:  # values that cannot be compared are not the same
            return False, one, other

    return one is other or bool(_once((id(one), id(other)), look)[0])


# Diagnosis ----------------------------------------------------------------------------------------------------------


def _diagnose(exercise: Exercise, given: Any, trials: list[Trial], seed: int) -> tuple[list[Finding], str, list[str]]:
    failing = sorted((t for t in trials if t.differences), key=lambda t: _size(t.probe))
    if not failing:
        return [], "", []
    if exercise.choices:
        return _chosen(exercise, given), "choice", []
    named = _matches(exercise, failing, trials, seed)
    if named:
        texts = [_named(exercise, m, t) for m, t in named.items()]
        return texts, "misconception", [m.message for m in named]
    crashed = [t for t in failing if t.got.error is not None and t.expected.error is None]
    if crashed:
        return [_crash(exercise, given, crashed[0])], "exception", []
    if all(t.got.value is None for t in failing) and not exercise.is_value:
        return [_nothing_returned(given, failing[0])], "no return", []
    trial = failing[0]
    findings = [Finding((exercise.is_value and d.discreet) or d.reason, _details(exercise, trial) if i == 0 else (),
                        d.table) for i, d in enumerate(trial.differences)]  # fmt: skip
    return findings, "difference", []


def _matches(exercise: Exercise, failing: list[Trial], trials: list[Trial], seed: int) -> dict[Misconception, Trial]:
    """The misconceptions that the answer agrees with on all of a failing stratum, each with its smallest trial.

    Where several agree on a stratum, the one that explains most failing strata is meant.
    """
    strata: dict[Misconception, dict[str, Trial]] = {}
    failing_strata = list(dict.fromkeys(t.probe.stratum for t in failing))
    for misconception in exercise.misconceptions:
        for stratum in failing_strata:
            here = [t for t in trials if t.probe.stratum == stratum]
            if all(same(exercise, outcome(exercise, misconception.function, t.probe, seed), t.got) for t in here):
                first = next(t for t in failing if t.probe.stratum == stratum)
                strata.setdefault(misconception, {})[stratum] = first
    named: dict[Misconception, Trial] = {}
    for stratum in failing_strata:
        candidates = [m for m in strata if stratum in strata[m]]
        if candidates:
            best = max(candidates, key=lambda m: len(strata[m]))
            named.setdefault(best, strata[best][stratum])
    return named


def _named(exercise: Exercise, misconception: Misconception, trial: Trial) -> Finding:
    got, expected = describe(trial.got.value), describe(trial.expected.value)
    bound = inspect.signature(exercise.reference).bind(**trial.probe.arguments)
    bound.apply_defaults()
    values = {name: describe(value) for name, value in bound.arguments.items()}
    text = say(misconception.message)
    if "{" in misconception.message:
        text = text.format(**{**values, "got": got, "expected": expected})
    return Finding(text, _details(exercise, trial))


def _chosen(exercise: Exercise, given: Any) -> list[Finding]:
    """Feedback for each option that was wrongly taken or left."""
    right = exercise.reference()
    several = not isinstance(right, str)
    items = list(given) if isinstance(given, set | frozenset | list | tuple) else [given]
    if unknown := [item for item in items if _option(exercise, item) is None]:
        options = ", ".join(repr(key) for key in exercise.choices)
        return [Finding(say("{got} is none of the options: {options}.", got=describe(unknown[0]), options=options))]
    if not several and len(items) != 1:
        return [Finding(say("Choose one option."))]
    taken, wanted = {_option(exercise, item) for item in items}, set(right)
    wrong = [
        Finding(say("You chose {option}, {label}. {feedback}", **_feedback(exercise, key)))
        for key in exercise.choices
        if key in taken - wanted
    ]
    left = [
        Finding(say("You left out {option}, {label}. {feedback}", **_feedback(exercise, key)))
        for key in exercise.choices
        if several and key in wanted - taken
    ]
    return wrong + left


def _options_meant(exercise: Exercise, given: Any) -> Any:
    """The letters of the options that are given: `{"c"}` for one option, "a, c" for several, or an option's text."""
    several = not isinstance(exercise.reference(), str)
    items = list(given) if isinstance(given, set | frozenset | list | tuple) else [given]
    if several and isinstance(given, str) and _option(exercise, given) is None:
        items = list(re.sub(r"[\s,;]", "", given))
    keys = [_option(exercise, item) for item in items]
    if None in keys or not (several or len(keys) == 1):
        return given
    return set(keys) if several else keys[0]


def _option(exercise: Exercise, item: Any) -> str | None:
    text = _plain(item) if isinstance(item, str) else None
    return next((key for key, choice in exercise.choices.items() if text in (_plain(key), _plain(choice.label))), None)


def _plain(text: str) -> str:
    return text.replace("`", "").strip(" .").casefold()


def _feedback(exercise: Exercise, key: str) -> dict[str, str]:
    choice = exercise.choices[key]
    return dict(option=f"`{key}`", label=f"“{say(choice.label).rstrip('.')}”", feedback=say(choice.feedback))


def _crash(exercise: Exercise, given: Any, trial: Trial) -> Finding:
    error = trial.got.error
    assert error is not None
    line = own_line(error, given)
    if isinstance(error, RecursionError):
        text = say("Your function calls itself again and again and never stops. Which case needs no further call?")
    elif isinstance(error, SystemExit):
        text = say("Your function ends the program (`exit` or `quit`). Return the answer instead.")
    elif isinstance(error, NotImplementedError):
        text = say("Your function says that it is not implemented yet.")
    elif line is None and not exercise.is_value:
        text = say("What your function returned cannot be used as the exercise asks: {error}", error=explanation(error))
    else:
        text = say("Your function stopped with an error: {error}", error=explanation(error))
    where = ((say("Line {number}", number=line.number), line.text),) if line else ()
    return Finding(text, (*where, *(_details(exercise, trial)[:1] if trial.probe.arguments else ())))


def _nothing_returned(given: Any, trial: Trial) -> Finding:
    if attempts.prints(given) or trial.got.printed:
        text = say("Your function prints its result, and the caller gets None. End it with `return`.")
    elif attempts.returns_nothing(given):
        text = say("Your function has no `return`, so the caller gets None. End it with `return` and the result.")
    else:
        text = say("Your function returned None. Does every path end with `return` and the result?")
    return Finding(text)


def _details(exercise: Exercise, trial: Trial) -> tuple[tuple[str, str], ...]:
    shown = {name: describe(value) for name, value in trial.probe.arguments.items()}
    if any("\n" in text for text in shown.values()):
        given = "\n".join(f"{name} =\n{text}" if "\n" in text else f"{name} = {text}" for name, text in shown.items())
    else:
        given = ", ".join(f"{name} = {text}" for name, text in shown.items())
    wanted = trial.expected
    expected = type(wanted.error).__name__ if wanted.error is not None else describe(wanted.value)
    got = explanation(trial.got.error) if trial.got.error is not None else describe(trial.got.value)
    asked = () if exercise.is_value else ((say("Expected"), expected),)  # a value is not given away
    return (*(((say("Input"), given),) if given else ()), *asked, (say("Your answer"), got))


def _broken_properties(
    exercise: Exercise, function: Callable[..., Any], given: Any, trials: list[Trial], seed: int
) -> tuple[list[Finding], list[str]]:
    """Every property that does not hold for all that came back.

    Where nothing is compared, the answer is put to use here, and its error is shown once, alone.
    """
    try:
        reseed(seed)
        with quiet():
            rng = np.random.default_rng(seed)
            seen = [t.got.value for t in trials] if exercise.compares else [exercise.look(function, rng)]
            broken = [prop.message for prop in exercise.properties if not all(map(prop.holds, seen))]
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted from None
    except BaseException as error:  # the learner's code runs inside: what it raises is theirs
        finding = _crash(exercise, given, Trial(Probe({}), Outcome(), Outcome(error=error), []))
        return [finding], []
    return [Finding(say(message)) for message in broken], broken


def _notes(trials: list[Trial], replaced: list[str]) -> tuple[str, ...]:
    changed = sorted({name for trial in trials for name in trial.got.changed})
    notes = []
    if replaced:
        names = ", ".join(f"`{name}`" for name in replaced)
        notes.append(say("Your notebook had replaced {names}. The library's own is back in its place.", names=names))
    if changed:
        notes.append(
            say("Your function changes its input ({names}). Work on a copy: callers still need theirs.",
                names=", ".join(changed))
        )  # fmt: skip
    if any(trial.got.printed for trial in trials):
        notes.append(say("What your function prints is not shown here, and does not count as its answer."))
    return tuple(notes)

"""A verdict as a learner sees it: plain text, and HTML (`card.html`) that reads well in JupyterLab and in the book."""

import textwrap
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import State, Verdict
from coursekit.checks.templates import environment
from coursekit.checks.texts import current, say

SYMBOLS = {State.NOT_ATTEMPTED: "○", State.NOT_YET: "✗", State.CORRECT: "✓", State.CANNOT_CHECK: "?"}
# White on each is at least 5.5:1; each on white or on the book's dark background is at least 3:1 as a border.
COLORS = {
    State.NOT_ATTEMPTED: "#5a6472",
    State.NOT_YET: "#b03a00",
    State.CORRECT: "#0a7048",
    State.CANNOT_CHECK: "#75509a",
}


def state_name(state: State) -> str:
    """The word for a state in the learner's language."""
    return {
        State.NOT_ATTEMPTED: say("Not attempted"),
        State.NOT_YET: say("Not yet"),
        State.CORRECT: say("Correct"),
        State.CANNOT_CHECK: say("Cannot check"),
    }[state]


def bundle(exercise: Exercise, verdict: Verdict) -> dict[str, str]:
    """The card as a MIME bundle for `IPython.display.display(…, raw=True)`."""
    return {"text/plain": as_text(exercise, verdict), "text/html": as_html(exercise, verdict)}


def sentence(text: str) -> dict[str, str]:
    """A card that says one thing about an answer that is not checked, as a MIME bundle."""
    html = _html("card.html", language=current(), color=COLORS[State.NOT_ATTEMPTED], lead=[text])
    return {"text/plain": f"{SYMBOLS[State.NOT_ATTEMPTED]} {text}", "text/html": html}


def progress(rows: Iterable[tuple[Exercise, State, int]]) -> dict[str, str]:
    """A table of exercises with their states and numbers of checks, as a MIME bundle."""
    lines, cells = [], []
    for exercise, state, tries in rows:
        checks = say("{tries} checks", tries=tries)
        lines.append(f"{SYMBOLS[state]} {exercise.id}: {state_name(state)}, {checks}")
        cells.append((exercise.chapter, exercise.name, f"{SYMBOLS[state]} {state_name(state)}", tries))
    heading = (say("Chapter"), say("Exercise"), say("State"), say("Checks"))
    return {"text/plain": "\n".join(lines), "text/html": _html("progress.html", heading=heading, rows=cells)}


def as_text(exercise: Exercise, verdict: Verdict) -> str:
    """State and messages; hints and the solution come through `ck.hint` and `ck.solution`."""
    lines = [f"{SYMBOLS[verdict.state]} {state_name(verdict.state)} · {exercise.id}"]
    if verdict.state is State.NOT_ATTEMPTED:
        lines.append(_invitation(exercise))
    for finding in verdict.findings:
        lines.append(finding.text)
        lines += [_indented(label, text) for label, text in finding.details]
        lines += ["  " + " | ".join(row) for row in finding.table]
    return "\n".join([*lines, *_why(exercise, verdict), *verdict.notes])


def _indented(label: str, text: str) -> str:
    return textwrap.indent(f"{label}:\n{text}" if "\n" in text else f"{label}: {text}", "  ")


def as_html(exercise: Exercise, verdict: Verdict) -> str:
    """The whole card, with folds for hints, options and the solution."""
    return _html(
        "card.html",
        language=current(),
        color=COLORS[verdict.state],
        symbol=SYMBOLS[verdict.state],
        state=state_name(verdict.state),
        exercise=verdict.exercise,
        lead=[_invitation(exercise)] if verdict.state is State.NOT_ATTEMPTED else [],
        findings=verdict.findings,
        notes=[*_why(exercise, verdict), *verdict.notes],
        folds=_folds(exercise, verdict.state),
        solution={"title": say("Solution"), "code": solution_text(exercise)},
    )


def hint_text(exercise: Exercise, number: int) -> str:
    """Hint `number` (from 1) with its place among the hints."""
    text = say(exercise.hints[number - 1])
    return say("Hint {number} of {total}: {text}", number=number, total=len(exercise.hints), text=text)


def solution_text(exercise: Exercise) -> str:
    """The solution as a learner reads it: the source of a function, or the line with the right value."""
    if not exercise.is_value:
        return exercise.solution
    right = exercise.reference()
    value = "{" + ", ".join(sorted(map(repr, right))) + "}" if isinstance(right, set | frozenset) else repr(right)
    return f'ck.answer("{exercise.id}", {value})'


def _invitation(exercise: Exercise) -> str:
    if exercise.is_value:
        return say("Replace the `...` with your answer and run the cell.")
    if exercise.broken is not None:
        return say("Something is wrong with this function. Fix it and run the cell.")
    return say("Replace the `...` with your code and run the cell.")


def _why(exercise: Exercise, verdict: Verdict) -> list[str]:
    told = verdict.state is State.CORRECT and exercise.why
    return [say("Why it matters: {why}", why=say(exercise.why))] if told else []


def _folds(exercise: Exercise, state: State) -> list[tuple[str, str]]:
    """Hints until it is right, options before and after: a reader without a kernel needs them."""
    hints = [
        (say("Hint {number}", number=number), say(hint))
        for number, hint in enumerate(exercise.hints, start=1)
        if state is not State.CORRECT
    ]
    options = [
        (say("If you chose {option}: {label}", option=key, label=say(choice.label)), say(choice.feedback))
        for key, choice in exercise.choices.items()
        if state in (State.NOT_ATTEMPTED, State.CORRECT)
    ]
    return hints + options


def _html(template: str, **values: Any) -> str:
    return str(_templates().get_template(template).render(values)).strip()


@cache
def _templates() -> Any:
    return environment(Path(__file__).parent)

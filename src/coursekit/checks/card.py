"""A verdict as a learner sees it: plain text, and HTML without scripts that reads well in JupyterLab and in the book.

Styles are inline and take their colors from the theme around them: `--pst-…` in the book, `--jp-…` in JupyterLab.
The badge brings its own colors (contrast at least 4.5:1), because its meaning must not depend on a theme.
"""

import html
import re
import textwrap
from collections.abc import Iterable

from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import Finding, State, Verdict
from coursekit.checks.texts import current, say

SYMBOLS = {State.NOT_ATTEMPTED: "○", State.NOT_YET: "✗", State.CORRECT: "✓", State.CANNOT_CHECK: "?"}
# White on each is at least 5.5:1; each on white or on the book's dark background is at least 3:1 as a border.
COLORS = {
    State.NOT_ATTEMPTED: "#5a6472",
    State.NOT_YET: "#b03a00",
    State.CORRECT: "#0a7048",
    State.CANNOT_CHECK: "#75509a",
}
TEXT = "color: var(--pst-color-text-base, var(--jp-content-font-color1, inherit))"
PAGE = "background: var(--pst-color-background, var(--jp-layout-color1, transparent))"
PANEL = "background: var(--pst-color-surface, var(--jp-layout-color2, transparent))"
LINE = "1px solid var(--pst-color-border, var(--jp-border-color1, #8a8a8a))"
MONO = "font-family: var(--jp-code-font-family, ui-monospace, SFMono-Regular, Consolas, monospace); font-size: 0.9em"
CELL = "text-align: left; vertical-align: top; padding: 0.1em 0.8em 0.1em 0"


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


def as_text(exercise: Exercise, verdict: Verdict) -> str:
    """State and messages; hints and the solution come through `ck.hint` and `ck.solution`."""
    lines = [f"{SYMBOLS[verdict.state]} {state_name(verdict.state)} · {exercise.id}"]
    if verdict.state is State.NOT_ATTEMPTED:
        lines.append(_invitation(exercise))
    for finding in verdict.findings:
        lines.append(finding.text)
        lines += [_indented(label, text) for label, text in finding.details]
        lines += ["  " + " | ".join(row) for row in finding.table]
    if verdict.state is State.CORRECT and exercise.why:
        lines.append(say("Why it matters: {why}", why=say(exercise.why)))
    return "\n".join([*lines, *verdict.notes])


def _indented(label: str, text: str) -> str:
    return textwrap.indent(f"{label}:\n{text}" if "\n" in text else f"{label}: {text}", "  ")


def as_html(exercise: Exercise, verdict: Verdict) -> str:
    """The whole card, with folds for hints, options and the solution."""
    parts = [_head(verdict)]
    if verdict.state is State.NOT_ATTEMPTED:
        parts.append(_paragraph(_invitation(exercise)))
    parts += [_finding(finding) for finding in verdict.findings]
    if verdict.state is State.CORRECT and exercise.why:
        parts.append(_paragraph(say("Why it matters: {why}", why=say(exercise.why))))
    parts += [_paragraph(note) for note in verdict.notes]
    return _frame([*parts, *_folds(exercise, verdict)], COLORS[verdict.state])


def later(id: str) -> dict[str, str]:
    """The card of an exercise that no bank here knows: a teacher's own."""
    text = say("No check for {id} here: your teacher's own exercise will be graded later.", id=id)
    return {"text/plain": f"○ {text}", "text/html": _frame([_paragraph(text)], COLORS[State.NOT_ATTEMPTED])}


def hint_text(exercise: Exercise, number: int) -> str:
    """Hint `number` (from 1) with its place among the hints."""
    total = len(exercise.hints)
    return say(
        "Hint {number} of {total}: {text}",
        number=number,
        total=total,
        text=say(exercise.hints[number - 1]),
    )


def _invitation(exercise: Exercise) -> str:
    if exercise.is_value:
        return say("Replace the `...` with your answer and run the cell.")
    if exercise.broken is not None:
        return say("Something is wrong with this function. Mend it and run the cell.")
    return say("Replace the `...` with your code and run the cell.")


def _frame(parts: Iterable[str], color: str) -> str:
    style = f"border: {LINE}; border-left: 5px solid {color}; border-radius: 4px; padding: 0.6em 0.9em; margin: 0.4em 0"
    content = "\n".join(parts)
    return (
        f'<div class="ck-card" role="status" lang="{current()}" '
        f'style="{style}; {TEXT}; {PAGE}; font-size: 0.95em; line-height: 1.5">\n{content}\n</div>'
    )


def _head(verdict: Verdict) -> str:
    symbol = f'<span aria-hidden="true">{SYMBOLS[verdict.state]}</span>'
    style = f"background: {COLORS[verdict.state]}; color: #ffffff; border-radius: 3px; padding: 0.1em 0.5em"
    badge = _element("span", f"{symbol} {state_name(verdict.state)}", f"{style}; font-weight: 600")
    return _element("div", badge + _element("span", verdict.exercise, f"{MONO}; margin-left: 0.7em"))


def _finding(finding: Finding) -> str:
    parts = [_paragraph(finding.text)]
    if finding.details:
        parts.append(_table(_detail(label, text) for label, text in finding.details))
    if finding.table:
        heading, *layers = finding.table
        cells = "".join(
            _element("th", _inline(cell), f"{CELL}; border-bottom: {LINE}", 'scope="col"') for cell in heading
        )
        parts.append(_table([_row(cells), *(_layers(row) for row in layers)]))
    return "\n".join(parts)


def _detail(label: str, text: str) -> str:
    head = _element("th", _inline(label), f"{CELL}; font-weight: 600; white-space: nowrap", 'scope="row"')
    return _row(head + _element("td", html.escape(text), f"{CELL}; {MONO}; white-space: pre-wrap"))


def _layers(row: Iterable[str]) -> str:
    """Yours and the asked layer in one row; a sign and bold type, not a color, say where they differ."""
    yours, asked = row
    weight, sign = ("400", "=") if yours == asked else ("700", "≠")
    cells = [_element("td", html.escape(cell), f"{CELL}; {MONO}; font-weight: {weight}") for cell in (yours, asked)]
    return _row("".join(cells) + _element("td", sign, CELL))


def _row(cells: str) -> str:
    return _element("tr", cells, "background: none")  # JupyterLab stripes the rows of a table


def _table(rows: Iterable[str]) -> str:
    style = f"border-collapse: collapse; margin: 0.3em 0; width: auto; font-size: 1em; {TEXT}; {PAGE}"
    return _element("table", _element("tbody", "".join(rows)), style)


def _folds(exercise: Exercise, verdict: Verdict) -> list[str]:
    """Hints until it is right, options before and after, the solution always: a reader without a kernel needs them."""
    folds = []
    if verdict.state is not State.CORRECT:
        hints = enumerate(exercise.hints, start=1)
        folds += [
            _fold(say("Hint {number}", number=number), _paragraph(say(hint))) for number, hint in hints
        ]
    if verdict.state in (State.NOT_ATTEMPTED, State.CORRECT):
        for key, choice in exercise.choices.items():
            title = say("If you chose {option}: {label}", option=key, label=say(choice.label))
            folds.append(_fold(title, _paragraph(say(choice.feedback))))
    code = _element("code", html.escape(solution_text(exercise)), "background: none; color: inherit; padding: 0")
    style = f"{PANEL}; {TEXT}; {MONO}; border: {LINE}; padding: 0.6em; margin: 0.3em 0; white-space: pre-wrap"
    return [*folds, _fold(say("Solution"), _element("pre", code, style))]


def solution_text(exercise: Exercise) -> str:
    """The solution as a learner reads it: the source of a function, or the line with the right value."""
    if not exercise.is_value:
        return exercise.solution
    right = exercise.reference()
    value = "{" + ", ".join(sorted(map(repr, right))) + "}" if isinstance(right, set) else repr(right)
    return f'ck.answer("{exercise.id}", {value})'


def _fold(title: str, content: str) -> str:
    summary = _element("summary", _inline(title), "cursor: pointer; font-weight: 600")
    return _element("details", summary + content, "margin: 0.2em 0")


def _paragraph(text: str) -> str:
    return _element("p", _inline(text), f"margin: 0.45em 0; white-space: pre-line; {TEXT}")


def _inline(text: str) -> str:
    """Escaped text; `code` in backticks."""
    code = _element("code", r"\1", f"{MONO}; {PANEL}; {TEXT}; padding: 0 0.2em; border: none")
    return re.sub(r"`([^`]+)`", code, html.escape(text, quote=False))


def _element(tag: str, content: str, style: str = "", attributes: str = "") -> str:
    given = " ".join(filter(None, [tag, attributes, style and f'style="{style}"']))
    return f"<{given}>{content}</{tag}>"

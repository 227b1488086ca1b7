"""What learners type: `@ck.exercise(…)`, `ck.answer(…)`, `ck.check()`, `ck.hint(…)`, `ck.solution(…)`, `ck.progress()`.

The decorator only notes the function and hands it back unchanged. The check runs when the whole cell has run, so that
recursion and helpers further down in the cell work; outside IPython it runs at `ck.check()`.
"""

import html
import sqlite3
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from coursekit.checks import bank, card
from coursekit.checks import progress as records
from coursekit.checks.diagnosis import State, Verdict
from coursekit.checks.diagnosis import check as judge
from coursekit.checks.texts import say

Answer = TypeVar("Answer", bound=Callable[..., Any])

_pending: dict[str, Any] = {}  # answers of the running cell, in order
_latest: dict[str, Any] = {}  # each exercise's last answer
_own: set[str] = set()  # exercises of which the learner has a version of their own
_hints_shown: dict[str, int] = {}


def exercise(id: str, *, own: bool = False) -> Callable[[Answer], Answer]:
    """Hand in the decorated function or class as the answer to exercise `id`; it is checked when the cell has run.

    own: it is a version of the exercise that a teacher made for this learner; only the teacher can check it.
    Raises TypeError if the name of the exercise is missing.
    """
    if not isinstance(id, str):
        raise TypeError('Name the exercise: @ck.exercise("chapter/name"), with the name as in the chapter.')

    def hand_in(given: Answer) -> Answer:
        _hand_in(id, given, own)
        return given

    return hand_in


def answer(id: str, value: Any = ..., *, own: bool = False) -> None:
    """Hand in a value as the answer to question `id`: a number, a choice, a set of choices, a shape.

    own: as in `exercise`.
    """
    if not isinstance(id, str):
        raise TypeError('Name the question: ck.answer("chapter/name", your_answer).')
    _hand_in(id, value, own)


def check(id: str | None = None) -> None:
    """Check answers now: that of exercise `id` again, or all that wait. Inside a notebook this happens by itself."""
    if id is not None and id not in _latest:
        print(say("There is no answer to {id} yet. Run its cell first.", id=id))
        return
    waiting = {id: _latest[id]} if id is not None else dict(_pending)
    _pending.clear()
    for name, given in waiting.items():
        _show(_checked(name, given))


def hint(id: str, number: int | None = None) -> None:
    """Show the next hint for exercise `id`, or hint `number`."""
    found = bank.find(id)
    if found is None or not found.hints:
        print(say("There is no hint for {id}.", id=id))
        return
    wanted = _hints_shown.get(id, 0) + 1 if number is None else number
    shown = max(1, min(wanted, len(found.hints)))
    _hints_shown[id] = shown
    print(card.hint_text(found, shown))


def solution(id: str) -> None:
    """Show the reference solution of exercise `id`."""
    found = bank.find(id)
    print(say("There is no solution for {id} here.", id=id) if found is None else card.solution_text(found))


def progress() -> None:
    """Show which exercises are solved, chapter by chapter."""
    known = records.entries()
    lines, rows = [], []
    for chapter in bank.chapters():
        for found in bank.load(chapter):
            entry = known.get(found.id)
            state = State.CORRECT if entry and entry.solved else entry.state if entry else State.NOT_ATTEMPTED
            tries = entry.tries if entry else 0
            checks = say("{tries} checks", tries=tries)
            lines.append(f"{card.SYMBOLS[state]} {found.id}: {card.state_name(state)}, {checks}")
            rows.append((chapter, found.name, f"{card.SYMBOLS[state]} {card.state_name(state)}", str(tries)))
    head = (say("Chapter"), say("Exercise"), say("State"), say("Checks"))
    cells = [("th", head), *(("td", row) for row in rows)]
    table = "".join(
        "<tr>" + "".join(f'<{tag} style="text-align: left">{html.escape(cell)}</{tag}>' for cell in row) + "</tr>"
        for tag, row in cells
    )
    _show({"text/plain": "\n".join(lines), "text/html": f"<table>{table}</table>"})


def _hand_in(id: str, given: Any, own: bool) -> None:
    (_own.add if own else _own.discard)(id)
    _pending.pop(id, None)
    _pending[id] = _latest[id] = given
    shell = _shell()
    if shell is not None and not any(hook is _cell_has_run for hook in shell.events.callbacks["post_run_cell"]):
        shell.events.register("post_run_cell", _cell_has_run)


def _cell_has_run(result: Any) -> None:
    check()


def _checked(id: str, given: Any) -> dict[str, str]:
    found = bank.find(id)
    if found is None or id in _own:
        return card.later(id)
    verdict = judge(found, given)
    _record(verdict)
    return card.bundle(found, verdict)


def _record(verdict: Verdict) -> None:
    """Note progress; a disk that cannot be written must not cost the learner the card."""
    if records.is_kept():
        try:
            records.record(verdict)
        except (OSError, sqlite3.Error) as error:
            print(say("Your progress could not be saved: {error}", error=error))


def _show(bundle: dict[str, str]) -> None:
    if _shell() is None:
        print(bundle["text/plain"])
        return
    from IPython.display import display

    display(bundle, raw=True)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None

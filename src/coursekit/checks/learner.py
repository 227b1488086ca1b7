"""What learners type: `@ck.exercise(…)`, `ck.answer(…)`, `ck.yours(…)`, `ck.check()`, `ck.hint(…)` and so on.

The decorator only notes the function and hands it back unchanged. The check runs when the whole cell has run, so that
recursion and helpers further down in the cell work; outside IPython it runs at `ck.check()`.
"""

import contextvars
import difflib
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from coursekit.checks import attempts, bank, card
from coursekit.checks import progress as records
from coursekit.checks.diagnosis import State, Verdict
from coursekit.checks.diagnosis import check as judge
from coursekit.checks.texts import say

Answer = TypeVar("Answer", bound=Callable[..., Any])
LONG = 2.0  # seconds after which a line says that a check runs

_pending: dict[str, Any] = {}  # answers of the running cell, in order
_latest: dict[str, Any] = {}  # each exercise's last answer
_right: set[str] = set()  # exercises whose last answer was found correct
_hints_shown: dict[str, int] = {}


def exercise(id: str = "") -> Callable[[Answer], Answer]:
    """Hand in the decorated function or class as the answer to exercise `id`; it is checked when the cell has run.

    Raises TypeError if the name of the exercise is missing.
    """
    if not isinstance(id, str) or not id:
        raise TypeError('Name the exercise: @ck.exercise("chapter/name"), with the name as in the chapter.')

    def hand_in(given: Answer) -> Answer:
        _hand_in(id, given)
        return given

    return hand_in


def answer(id: str = "", value: Any = ...) -> None:
    """Hand in a value as the answer to question `id`: a number, a choice, a set of choices, a shape.

    Raises TypeError if the name of the question is missing.
    """
    if not isinstance(id, str) or not id:
        raise TypeError('Name the question: ck.answer("chapter/name", your_answer).')
    _hand_in(id, value)


def yours(id: str) -> Any:
    """The learner's own answer to exercise `id` if it was found correct, else the book's; a line says which.

    So what a learner wrote is used in the next cell, and the chapter goes on without it, too.

    Raises TypeError if the name is missing, ValueError if no chapter has such an exercise.
    """
    if not isinstance(id, str):
        raise TypeError('Name the exercise: ck.yours("chapter/name").')
    found = bank.find(id)
    if found is None:
        raise ValueError(_unknown(id) or say("There is no exercise {id}.", id=id))
    if id in _pending:  # handed in by the same cell, whose end would be too late
        _check(id, _pending.pop(id))
    name = id if found.is_value else found.reference.__name__
    if id in _right:
        print(say("Using your {name}.", name=name))
        return _latest[id] if found.is_value else attempts.callable_as_asked(found, _latest[id])
    if id in _latest and attempts.is_attempted(found, _latest[id]):
        print(say("Using the book's {name}: yours is not right yet.", name=name))
    else:
        print(say("Using the book's {name}: yours is not there yet.", name=name))
    return found.reference() if found.is_value else found.reference


def check(id: str | None = None) -> None:
    """Check answers now: that of exercise `id` again, or all that wait. Inside a notebook this happens by itself."""
    if id is not None and id not in _latest:
        print(say("There is no answer to {id} yet. Run its cell first.", id=id))
        return
    waiting = {id: _latest[id]} if id is not None else dict(_pending)
    _pending.clear()
    for name, given in waiting.items():
        _check(name, given)


def hint(id: str, number: int | None = None) -> None:
    """Show the next hint for exercise `id`, or hint `number`."""
    found = bank.find(id)
    if found is None or not found.hints:
        print(_unknown(id) or say("There is no hint for {id}.", id=id))
        return
    wanted = _hints_shown.get(id, 0) + 1 if number is None else number
    shown = max(1, min(wanted, len(found.hints)))
    _hints_shown[id] = shown
    print(card.hint_text(found, shown))


def solution(id: str) -> None:
    """Show the reference solution of exercise `id`."""
    found = bank.find(id)
    if found is None:
        print(_unknown(id) or say("There is no solution for {id} here.", id=id))
    else:
        print(card.solution_text(found))


def progress() -> None:
    """Show which exercises are solved, chapter by chapter."""
    known = records.entries()
    rows = []
    for found in bank.all_exercises():
        entry = known.get(found.id)
        state = State.CORRECT if entry and entry.solved else entry.state if entry else State.NOT_ATTEMPTED
        rows.append((found, state, entry.tries if entry else 0))
    _show(card.progress(rows))


def _hand_in(id: str, given: Any) -> None:
    _pending.pop(id, None)
    _pending[id] = _latest[id] = given
    shell = _shell()
    if shell is not None and not any(hook is _cell_has_run for hook in shell.events.callbacks["post_run_cell"]):
        shell.events.register("post_run_cell", _cell_has_run)


def _cell_has_run(result: Any) -> None:
    check()


def _check(id: str, given: Any) -> None:
    """Check an answer and show the card, in the place of the line that says meanwhile that a long check runs."""
    places: list[Any] = []

    def wait() -> None:
        text = say("Checking {id} … (Kernel → Interrupt stops it)", id=id)
        places.append(_show({"text/plain": text}, display_id=True))

    timer = threading.Timer(LONG, contextvars.copy_context().run, [wait])
    timer.start()
    try:
        bundle = _checked(id, given)
    finally:
        timer.cancel()
        timer.join()
    if places and places[0] is not None:
        places[0].update(bundle, raw=True)
    else:
        _show(bundle)


def _checked(id: str, given: Any) -> dict[str, str]:
    found = bank.find(id)
    if found is None:
        later = say("No check for {id} here: your teacher's own exercise will be graded later.", id=id)
        return card.sentence(_unknown(id) or later)
    verdict = judge(found, given)
    (_right.add if verdict.state is State.CORRECT else _right.discard)(id)
    _record(verdict)
    return card.bundle(found, verdict)


def _unknown(id: str) -> str:
    """Which exercise a mistyped name means; "" if it is like none."""
    chapter, slash, name = id.strip().casefold().partition("/")
    if not slash:  # the chapter was left out
        for known in bank.chapters():
            for found in bank.load(known):
                if found.name == chapter:
                    return say("There is no exercise {id}. Do you mean {closest}?", id=id, closest=found.id)
    if chapter in bank.chapters():
        for closest in difflib.get_close_matches(name, [found.name for found in bank.load(chapter)], 1):
            meant = f"{chapter}/{closest}"
            return say("There is no exercise {id} in this chapter. Do you mean {closest}?", id=id, closest=meant)
        return ""
    for known in difflib.get_close_matches(chapter, bank.chapters(), 1):  # a teacher's own may have such a name, too
        for closest in difflib.get_close_matches(name, [found.name for found in bank.load(known)], 1, 0.8):
            return say("There is no exercise {id}. Do you mean {closest}?", id=id, closest=f"{known}/{closest}")
    return ""


def _record(verdict: Verdict) -> None:
    """Note progress; a disk that cannot be written must not cost the learner the card."""
    if records.is_kept():
        try:
            records.record(verdict)
        except (OSError, sqlite3.Error) as error:
            print(say("Your progress could not be saved: {error}", error=error))


def _show(bundle: dict[str, str], display_id: bool | None = None) -> Any:
    if _shell() is None:
        print(bundle["text/plain"])
        return None
    from IPython.display import display

    return display(bundle, raw=True, display_id=display_id)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None

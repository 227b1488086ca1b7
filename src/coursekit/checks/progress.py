"""A learner's progress, kept on their own machine: one small SQLite file, never sent anywhere.

Two notebooks may write at once (write-ahead log, waiting for each other). A damaged file is set aside, not lost.
Nothing is written while tests or `coursekit execute` run: they set `COURSEKIT_NO_PROGRESS`.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_state_path

from coursekit.checks.diagnosis import State, Verdict

PATIENCE = 10.0  # seconds to wait for another notebook's write


@dataclass(frozen=True)
class Entry:
    """What is known about one exercise: its last state, the number of checks, and whether it was ever right."""

    exercise: str
    state: State
    tries: int
    solved: bool
    changed: datetime


def folder() -> Path:
    """Where progress lives: `COURSEKIT_HOME`, or the platform's state folder."""
    home = os.environ.get("COURSEKIT_HOME")
    return Path(home) if home else user_state_path("coursekit", appauthor=False)


def is_kept() -> bool:
    """Whether checks are recorded: not in tests and not while the book's notebooks are executed."""
    return not os.environ.get("COURSEKIT_NO_PROGRESS") and "PYTEST_VERSION" not in os.environ


def record(verdict: Verdict) -> None:
    """Note the result of one check. Raises OSError or sqlite3.Error if the file cannot be written."""
    if verdict.state is State.NOT_ATTEMPTED:
        return
    solved = verdict.state is State.CORRECT
    with _database() as database:
        database.execute(
            "INSERT INTO progress (exercise, state, tries, solved, changed) VALUES (?, ?, 1, ?, ?) "
            "ON CONFLICT (exercise) DO UPDATE SET state = excluded.state, tries = tries + 1, "
            "solved = max(solved, excluded.solved), changed = excluded.changed",
            (verdict.exercise, verdict.state, solved, datetime.now(UTC).isoformat(timespec="seconds")),
        )


def entries() -> dict[str, Entry]:
    """All that was recorded, by exercise."""
    if not (folder() / "progress.sqlite3").exists():
        return {}
    with _database() as database:
        rows = database.execute("SELECT exercise, state, tries, solved, changed FROM progress").fetchall()
    return {
        exercise: Entry(exercise, State(state), tries, bool(solved), datetime.fromisoformat(changed))
        for exercise, state, tries, solved, changed in rows
    }


@contextlib.contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    path = folder() / "progress.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = _opened(path)
    except sqlite3.OperationalError:  # locked or not writable, but not damaged
        raise
    except sqlite3.DatabaseError:
        _set_aside(path)
        database = _opened(path)
    try:
        with database:
            yield database
    finally:
        database.close()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=PATIENCE)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS progress (exercise TEXT PRIMARY KEY, state TEXT NOT NULL, "
            "tries INTEGER NOT NULL, solved INTEGER NOT NULL, changed TEXT NOT NULL)"
        )
        database.execute("SELECT exercise, state, tries, solved, changed FROM progress LIMIT 1").fetchall()
    except BaseException:
        database.close()
        raise
    return database


def _set_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    for file in path.parent.glob("progress.sqlite3*"):
        with contextlib.suppress(OSError):  # another notebook may have set it aside in the same moment
            file.replace(file.with_name(file.name.replace("progress", f"damaged-{stamp}", 1)))

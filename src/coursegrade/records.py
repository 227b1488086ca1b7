"""What a class has been given so far: one SQLite file in the folder of results, safe against being killed."""

import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from coursegrade.collecting import SubmissionFile
from coursegrade.report.entry import Entry
from coursegrade.results import Ending, SubmissionResult
from coursegrade.settings import Settings
from coursekit import checks
from coursekit.checks import bank
from coursekit.errors import CourseError

FILE = "grading.sqlite3"
LOCK = ".grading.lock"
_MARK, _VERSION = 0x636B6772, 1  # SQLite's application_id ("ckgr") and user_version
_COLUMNS = "file, path, student, key, limits, run, result, graded"
_SCHEMA = f"""
BEGIN;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE results (
    file TEXT PRIMARY KEY, path BLOB NOT NULL, student TEXT NOT NULL, key TEXT NOT NULL,
    limits TEXT NOT NULL, run INTEGER NOT NULL, result TEXT NOT NULL, graded TEXT NOT NULL);
CREATE INDEX results_by_key ON results (key);
CREATE INDEX results_by_path ON results (path);
CREATE TABLE history (
    file TEXT, path BLOB, student TEXT, key TEXT, limits TEXT, run INTEGER, result TEXT, graded TEXT,
    replaced TEXT NOT NULL);
PRAGMA application_id = {_MARK};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_LARGEST_BANK_BYTES = 64 * 1024 * 1024
_LIMITED = {Ending.TIMED_OUT, Ending.OUT_OF_MEMORY}


class Records:
    """The results in one folder, and the settings that have to stay the same when grading goes on.

    Use it in a `with` block; it belongs to the thread that opened it. A result is on the disk when `keep` returns.
    Raises CourseError if the folder cannot be written, another grader is using it, or the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE
        self.notices: list[str] = []
        """What the person should know about the file, such as that a damaged one was set aside."""
        self.run = 0
        """This run's number, from 1 on."""

    def __enter__(self) -> "Records":
        with contextlib.ExitStack() as stack:
            with self._clear_errors():
                self.folder.mkdir(parents=True, exist_ok=True)
                try:
                    # The system gives up the lock of a process that is gone, however it ended.
                    stack.enter_context(FileLock(self.folder / LOCK, timeout=0))
                except Timeout:
                    raise CourseError(
                        f"Another `coursekit grade` is working in {self.folder}. Wait until it has ended, or choose "
                        "another folder with --out."
                    ) from None
                self._db = self._open()
                stack.callback(self._db.close)
                self.run = 1 + int(self._setting("run") or 0)
                with self._db:
                    self._set("run", str(self.run))
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def seed(self, given: int | None = None) -> int:
        """The seed of this folder: the given one, else that of earlier runs, else a secret one, drawn once."""
        with self._clear_errors(), self._db:
            kept = self._setting("seed")
            seed = given if given is not None else int(kept) if kept is not None else secrets.randbits(63)
            self._set("seed", str(seed))
        return seed

    def has(self, submission: SubmissionFile, key: str, settings: Settings) -> bool:
        """Whether this submission needs no grading: it, or one of the same content, has been graded in the same way.

        If so, it now counts for `submission`. If the file that had it is gone, that one was renamed.
        """
        with self._clear_errors(), self._db:
            found = self._valid("results", submission, key, settings)
            renamed = found and found["student"] == submission.student and _is_gone(found["path"])
            if found and renamed:
                self._db.execute("DELETE FROM results WHERE file = ?", (found["file"],))
            found = found or self._valid("history", submission, key, settings)
            if found is None:
                return False
            result = SubmissionResult.from_data(json.loads(found["result"]))
            self._retire(submission, key)
            self._put(submission, key, found["limits"], replace(result, file=submission.name), found["graded"])
        return True

    def keep(self, submission: SubmissionFile, key: str, settings: Settings, result: SubmissionResult) -> None:
        """Write down a result. What the file was given before goes to the history."""
        with self._clear_errors(), self._db:
            self._retire(submission)
            self._put(submission, key, _limits(settings), replace(result, file=submission.name), _now())

    def entries(self) -> Iterator[Entry]:
        """What belongs into the reports, by name: the submissions of this run, and earlier ones whose files are there.

        One at a time is in memory.
        """
        for row in self._rows():
            if row["run"] == self.run or not _is_gone(row["path"]):
                yield self._entry(row)

    def left_out(self) -> list[str]:
        """Names of submissions of earlier runs whose files are no longer where they were."""
        return [
            row["file"] for row in self._rows("file, path, run") if row["run"] != self.run and _is_gone(row["path"])
        ]

    def ungraded(self) -> Iterator[Entry]:
        """The submissions of this run of which something could not be graded."""
        return (entry for entry in map(self._entry, self._rows(run=self.run)) if not is_graded(entry.result))

    def history(self, file: str) -> list[Entry]:
        """What a submission was given before it changed, oldest first."""
        with self._clear_errors():
            rows = self._db.execute("SELECT * FROM history WHERE file = ? ORDER BY rowid", (file,)).fetchall()
        return [self._entry(row) for row in rows]

    def _valid(self, table: str, submission: SubmissionFile, key: str, settings: Settings) -> sqlite3.Row | None:
        """A result with this key that another run would not change, best the one that has this submission's name."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM {table} WHERE key = ? ORDER BY file != ?, path != ?",
            (key, submission.name, os.fsencode(submission.path)),
        )
        for row in rows:
            result = SubmissionResult.from_data(json.loads(row["result"]))
            if is_final(result) and (row["limits"] == _limits(settings) or not _hit_a_limit(result)):
                return row
        return None

    def _rows(self, columns: str = _COLUMNS, run: int | None = None) -> Iterator[sqlite3.Row]:
        with self._clear_errors():
            yield from self._db.execute(
                f"SELECT {columns} FROM results WHERE ? IS NULL OR run = ? ORDER BY file", (run, run)
            )

    def _entry(self, row: sqlite3.Row) -> Entry:
        try:
            result = SubmissionResult.from_data(json.loads(row["result"]))
        except (KeyError, TypeError, ValueError):
            why = "Another version of coursekit wrote this result; name the file in `coursekit grade` again."
            result = SubmissionResult(row["file"], Ending.NOT_JUDGED, why)
        return Entry(row["file"], row["student"], result)

    def _put(self, submission: SubmissionFile, key: str, limits: str, result: SubmissionResult, graded: str) -> None:
        self._db.execute(
            f"INSERT OR REPLACE INTO results ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                submission.name,
                os.fsencode(submission.path),
                submission.student,
                key,
                limits,
                self.run,
                json.dumps(result.as_data(), ensure_ascii=True),
                graded,
            ),
        )

    def _retire(self, submission: SubmissionFile, key: str = "") -> None:
        """Move what this name or this path was given so far to the history, unless it is the result of `key`."""
        found = "(file = ? OR path = ?)"
        which = (submission.name, os.fsencode(submission.path))
        self._db.execute(
            f"INSERT INTO history SELECT {_COLUMNS}, ? FROM results WHERE {found} AND key != ?", (_now(), *which, key)
        )
        self._db.execute(f"DELETE FROM results WHERE {found}", which)

    def _setting(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row["value"] if row else None

    def _set(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def _open(self) -> sqlite3.Connection:
        damage = _damage(self.file) if self.file.exists() else ""
        aside = self._set_aside() if damage else None
        db = _connect(self.file)
        try:
            # On some network file systems there is no write-ahead log; then SQLite stays with its older journal.
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                db.executescript(_SCHEMA)
            if aside:
                with db:
                    saved = _salvage(aside, db)
                self.notices.append(
                    f"{self.file} is damaged ({damage}). It is now {aside.name}; {saved} results could be read from it "
                    "and are kept. The others are graded again."
                )
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self) -> Path:
        day = datetime.now().strftime("%Y-%m-%d")
        names = (f"grading.damaged-{day}{f'-{n}' if n > 1 else ''}.sqlite3" for n in count(1))
        aside = next(self.folder / name for name in names if not (self.folder / name).exists())
        self.file.rename(aside)
        for part in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.file}{part}").rename(f"{aside}{part}")
        return aside

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Say what the system or SQLite refuses in one paragraph."""
        try:
            yield
        except FileExistsError:
            raise CourseError(
                f"--out {self.folder} is a file, but the results need a folder. Choose another name."
            ) from None
        except OSError as error:
            raise CourseError(
                f"The results cannot be written to {self.folder}: {error.strerror or error}. Nothing that was graded "
                "is lost; fix that, or choose another folder with --out, and run the same command again."
            ) from None
        except sqlite3.Error as error:
            raise CourseError(
                f"The results cannot be written to {self.file}: {_refusal(error)}. Every result that was reported as "
                "graded before is kept; fix that and run the same command again."
            ) from None


def submission_key(content: bytes, student: str, settings: Settings) -> str:
    """What decides a submission's result, as a hash: the same key, the same score.

    The content, the settings (but the limits, which `Records.has` looks at itself), who handed it in if everybody has
    exercises of their own, the exercises, and the program.
    """
    parts = [
        settings.seed,
        settings.chapters,
        settings.language,
        settings.twin_key,
        student if settings.twin_key else "",
        bank_digest(settings.bank),
        program_digest(),
        *([] if settings.namespaces else ["without walls"]),
    ]
    return hashlib.sha256(json.dumps(parts).encode() + b"\0" + content).hexdigest()


@cache
def bank_digest(folder: Path | None) -> str:
    """A hash of the files of a teacher's own bank; "" without one."""
    return _digest(bank_files(folder)) if folder else ""


@cache
def program_digest() -> str:
    """A hash of the sources of the course's exercises and of the grader."""
    grader, engine = Path(__file__).parent, Path(checks.__file__).parent
    files = {f"coursegrade/{path.relative_to(grader)}": text for path, text in folder_files(grader, (".py",)).items()}
    for name, folder in {"checks": engine, **bank.rooms()}.items():
        texts = folder_files(folder, (".py", ".po"))
        files |= {f"{name}/{path.relative_to(folder).as_posix()}": text for path, text in texts.items()}
    return _digest(files)


def bank_files(folder: Path) -> dict[str, bytes]:
    """The files of a teacher's own bank by their names relative to it.

    Raises CourseError if they are so many that the folder can be no bank.
    """
    return {path.relative_to(folder).as_posix(): content for path, content in folder_files(folder).items()}


def folder_files(folder: Path, endings: tuple[str, ...] = ("",)) -> dict[Path, bytes]:
    """The files in a folder with one of these endings, without hidden and compiled ones.

    Raises CourseError if they are too many to be sources.
    """
    files: dict[Path, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "__pycache__")) for part in parts)
        if not hidden and path.name.endswith(endings) and path.is_file():
            size += path.stat().st_size
            if size > _LARGEST_BANK_BYTES:
                raise CourseError(
                    f"{folder} holds more than {_LARGEST_BANK_BYTES // 1024**2} MB, which is more than exercises need. "
                    "Give --bank the folder that holds the exercises and nothing else."
                )
            files[path] = path.read_bytes()
    return files


def is_graded(result: SubmissionResult) -> bool:
    """Whether all of a submission was judged."""
    return result.ending is Ending.GRADED and is_final(result)


def is_final(result: SubmissionResult) -> bool:
    """Whether grading the same submission again could not change anything: nothing is left that we failed to judge."""
    return Ending.NOT_JUDGED not in {result.ending, *(answer.ending for answer in result.answers)}


def _hit_a_limit(result: SubmissionResult) -> bool:
    return not _LIMITED.isdisjoint({result.ending, *(answer.ending for answer in result.answers)})


def _limits(settings: Settings) -> str:
    return f"{settings.timeout:g} s, {settings.memory:g} GB"


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode(errors="backslashreplace") + content)
    return digest.hexdigest()


def _is_gone(path: bytes) -> bool:
    return not os.path.lexists(os.fsdecode(path))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, isolation_level="IMMEDIATE", timeout=10)
    db.row_factory = sqlite3.Row
    return db


def _damage(file: Path) -> str:
    """What is wrong with a file of records, "" if nothing is.

    Raises CourseError if a newer coursekit wrote it, sqlite3.Error if it cannot be opened at all.
    """
    with contextlib.closing(_connect(file)) as db:
        try:
            mark, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
            if mark == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return ""  # killed before the first write
            if mark != _MARK:
                return "it holds something else"
            if version > _VERSION:
                raise CourseError(f"A newer coursekit wrote {file}. Update coursekit, or choose another --out.")
            return "" if (answer := db.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok" else answer
        except sqlite3.DatabaseError as error:
            if _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                return str(error)
            raise


def _salvage(aside: Path, db: sqlite3.Connection) -> int:
    """Copy what can still be read of a damaged file; returns how many results."""
    with contextlib.suppress(sqlite3.Error, CourseError), contextlib.closing(_connect(aside)) as old:
        for table, columns in (
            ("settings", "name, value"),
            ("results", _COLUMNS),
            ("history", f"{_COLUMNS}, replaced"),
        ):
            with contextlib.suppress(sqlite3.Error, KeyError, TypeError, ValueError):
                for row in old.execute(f"SELECT {columns} FROM {table}"):
                    if table != "settings":
                        SubmissionResult.from_data(json.loads(row["result"]))
                    marks = ", ".join("?" * len(row))
                    db.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", tuple(row))
    return int(db.execute("SELECT count(*) FROM results").fetchone()[0])


def _code(error: sqlite3.Error) -> Any:
    """SQLite's primary result code."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _refusal(error: sqlite3.Error) -> str:
    reasons = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_IOERR: "the disk is full or failing",
        sqlite3.SQLITE_READONLY: "it may only be read",
        sqlite3.SQLITE_CANTOPEN: "it may not be opened or made there",
        sqlite3.SQLITE_BUSY: "another program keeps it locked",
        sqlite3.SQLITE_CORRUPT: "it is damaged, and the next run will set it aside",
    }
    return f"{reasons[code]} ({error})" if (code := _code(error)) in reasons else str(error)

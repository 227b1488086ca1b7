"""A run over a class: results as they come, nothing lost, nothing done twice, nothing left behind."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coursegrade import class_run
from coursegrade.class_run import LocalSlots, Tally, grade_class
from coursegrade.collecting import LARGEST_BYTES, SubmissionFile, collect
from coursegrade.records import FILE, Records
from coursegrade.results import Ending
from coursegrade.settings import Settings
from coursekit.errors import CourseError, UsageError
from tests.coursegrade.stand_in import LOG, StandIn, graded_names, hand_in

SETTINGS = Settings(seed=7)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and Ctrl-C are sent as POSIX signals")

Grade = Callable[..., Tally]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "graded"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(LOG, str(tmp_path / "log"))
    return tmp_path / "log"


@pytest.fixture
def grade(out: Path) -> Grade:
    def grade(submissions: list[SubmissionFile], jobs: int = 2, make: Any = StandIn) -> Tally:
        with Records(out) as records:
            return grade_class(submissions, SETTINGS, records, LocalSlots(SETTINGS, jobs, make))

    return grade


def listed(out: Path) -> dict[str, float]:
    with Records(out) as records:
        return {entry.file: entry.result.points for entry in records.entries()}


def content(out: Path) -> list[Any]:
    with Records(out) as records:
        return [entry.result.as_data() for entry in records.entries()]


def test_each_result_is_a_line_and_a_record(
    grade: Grade, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = grade(hand_in(tmp_path / "in", anna="points 7", ben="points 3\nending timed out"))
    assert (tally.total, tally.graded, tally.failed, tally.unchanged) == (2, 2, 0, 0)
    assert sorted(line.split() for line in capsys.readouterr().out.splitlines()) == [
        ["anna.py", "7/10", "graded"],
        ["ben.py", "3/10", "graded"],
    ]
    assert listed(out) == {"anna.py": 7.0, "ben.py": 3.0}


def test_a_result_is_kept_before_the_next_one_is_there(out: Path, tmp_path: Path) -> None:
    seen = []

    class Looking(StandIn):
        def grade(self, name: str, content: bytes, student: str = "") -> Any:
            if name == "b.py":
                while not seen or not seen[-1]:  # until the other one is on the disk
                    with contextlib.closing(sqlite3.connect(out / FILE)) as db:
                        seen.append(db.execute("SELECT file FROM results").fetchall())
                    time.sleep(0.05)
            return super().grade(name, content, student)

    with Records(out) as records:
        grade_class(hand_in(tmp_path / "in", a="points 1", b=""), SETTINGS, records, LocalSlots(SETTINGS, 1, Looking))
    assert seen[-1] == [("a.py",)]


def test_only_what_changed_is_graded_again(grade: Grade, log: Path, tmp_path: Path) -> None:
    submissions = hand_in(tmp_path / "in", a="points 1", b="points 2", c="points 3")
    grade(submissions)
    submissions[1].path.write_text("points 5")
    tally = grade(submissions)
    assert sorted(graded_names(log)) == ["a.py", "b.py", "b.py", "c.py"]
    assert (tally.graded, tally.unchanged) == (1, 2)


def test_a_fault_of_the_grader_costs_one_submission_and_that_grader(
    grade: Grade, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    StandIn.opened = StandIn.closed = 0
    tally = grade(hand_in(tmp_path / "in", a="points 1", b="raise", c="points 3"), jobs=1)
    assert (tally.graded, tally.failed) == (2, 1)
    assert StandIn.opened == StandIn.closed == 2
    with Records(out) as records:
        ungraded = {entry.file: entry.result for entry in records.entries()}["b.py"]
    assert ungraded.ending is Ending.NOT_JUDGED
    assert "ZeroDivisionError: a fault of the grader" in ungraded.message
    assert "not judged: The grader failed" in capsys.readouterr().out


def test_graders_that_do_not_start_end_the_run_with_one_sentence(grade: Grade, out: Path, tmp_path: Path) -> None:
    def broken(_: Settings) -> StandIn:
        raise OSError("no process can be made")

    with pytest.raises(CourseError, match="The grader does not start: OSError: no process can be made"):
        grade(hand_in(tmp_path / "in", a="points 1", b="points 1"), make=broken)
    assert listed(out) == {}


def test_a_grader_that_fails_in_closing_costs_nothing(grade: Grade, out: Path, tmp_path: Path) -> None:
    class Clinging(StandIn):
        def __exit__(self, *_: object) -> None:
            raise OSError("a folder cannot be removed")

    assert grade(hand_in(tmp_path / "in", a="points 1", b="raise", c="points 3"), make=Clinging, jobs=1).graded == 2


def test_every_slot_has_a_grader_of_its_own(grade: Grade, tmp_path: Path) -> None:
    users: dict[int, set[str]] = {}

    class Watching(StandIn):
        def grade(self, *work: Any) -> Any:
            users.setdefault(id(self), set()).add(threading.current_thread().name)
            return super().grade(*work)

    grade(hand_in(tmp_path / "in", **{f"s{n}": f"sleep 0.05\npoints {n}" for n in range(12)}), jobs=3, make=Watching)
    assert len(users) == 3 and all(len(threads) == 1 for threads in users.values())


def test_an_unreadable_file_is_a_result_too(grade: Grade, out: Path, tmp_path: Path) -> None:
    gone = SubmissionFile("gone.py", tmp_path / "gone.py")
    large = SubmissionFile("large.py", tmp_path / "large.py")
    with large.path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    secret = tmp_path / "secret.py"
    secret.write_text("the teacher's")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.py").symlink_to(secret)
    (link,) = collect([str(tmp_path / "in")])
    tally = grade([gone, large, link])
    assert (tally.graded, tally.failed) == (0, 3)
    with Records(out) as records:
        said = {entry.file: entry.result.message for entry in records.entries()}
    assert list(said) == ["large.py", "link.py"]  # and not the one that is gone, in the next run
    assert "larger than 64 MB" in said["large.py"] and "outside of its folder" in said["link.py"]


def test_a_thousand_submissions_run_in_bounded_memory(grade: Grade, out: Path, tmp_path: Path) -> None:
    filling = "# " + "x" * 100_000  # 100 MB in all
    few = hand_in(tmp_path / "few", **{f"s{n}": f"points {n % 10}\n{filling}" for n in range(50)})
    many = hand_in(tmp_path / "many", **{f"t{n}": f"points {n % 10}\n# {n}{filling}" for n in range(1000)})

    def peak(submissions: list[SubmissionFile]) -> int:
        tracemalloc.start()
        grade(submissions)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    first, second = peak(few), peak(many)
    assert second < first + 2_000_000
    assert len(listed(out)) == 1050


def test_a_name_cannot_control_the_terminal(grade: Grade, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.py").write_text("points 1")
    grade([SubmissionFile("\x1b[2J\nanna.py", tmp_path / "x.py")])
    assert capsys.readouterr().out.startswith(r"\x1b[2J\nanna.py")


def test_elsewhere_than_on_a_terminal_a_line_says_how_far_it_is(
    grade: Grade, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_run, "QUIET_S", 0.1)
    grade(hand_in(tmp_path / "in", a="points 1", b="sleep 1"), jobs=1)
    assert "1 of 2 graded, about 00:0" in capsys.readouterr().err


# A run in a process of its own, to be interrupted -------------------------------------------------------------------

RUN = """
import sys
from pathlib import Path
from coursegrade import records
from coursegrade.class_run import LocalSlots, grade_class, interruptible
from coursegrade.collecting import collect
from coursegrade.settings import Settings
from tests.coursegrade.stand_in import StandIn

records.program_digest = lambda: "the same, whoever edits the sources meanwhile"
settings = Settings(seed=7)
with interruptible(), records.Records(Path(sys.argv[2])) as kept:
    tally = grade_class(collect([sys.argv[1]]), settings, kept, LocalSlots(settings, 2, StandIn))
sys.exit(130 if tally.is_interrupted else 0)
"""


@pytest.fixture
def start(root: Path, out: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", RUN, str(tmp_path / "in"), str(out)]
        # Tests that run in the background of a shell have Ctrl-C switched off, and their children inherit that.
        process = subprocess.Popen(
            command,
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@POSIX
def test_kill_9_at_any_moment_loses_only_what_was_under_way(
    start: Callable[[], subprocess.Popen[str]], out: Path, log: Path, tmp_path: Path
) -> None:
    submissions = hand_in(tmp_path / "in", **{f"s{n:03}": f"sleep 0.05\npoints {n % 7}\n# {n}" for n in range(120)})
    moments = random.Random(3)
    kept: dict[str, float] = {}
    gradings: dict[str, int] = {}  # how often each had been graded when it was first found on the disk
    for attempt in range(8):
        process = start()
        if attempt % 2:  # in the middle of grading, else anywhere, also while the records are made
            assert process.stdout and process.stdout.readline()
        time.sleep(moments.uniform(0.0, 0.4))
        process.kill()
        process.wait()
        now = listed(out)
        assert now.items() >= kept.items()
        kept = now
        gradings = {name: graded_names(log).count(name) for name in kept if name not in gradings} | gradings
    assert 4 <= len(kept) < 120
    assert start().wait(timeout=120) == 0

    assert set(listed(out)) == {submission.name for submission in submissions}
    assert {name: graded_names(log).count(name) for name in gradings} == gradings
    interrupted = content(out)
    with Records(tmp_path / "again") as records:
        grade_class(submissions, SETTINGS, records, LocalSlots(SETTINGS, 2, StandIn))
    assert content(tmp_path / "again") == interrupted


@POSIX
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_within_seconds_and_keeps_what_is_done(
    start: Callable[[], subprocess.Popen[str]], out: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    hand_in(tmp_path / "in", a="points 1", b="sleep 600", c="sleep 600", d="points 4")
    process = start()
    assert process.stdout and process.stdout.readline().startswith("a.py")
    process.send_signal(sign)
    assert process.wait(timeout=60) == 130  # far less than the 600 s that the graders want
    assert listed(out) == {"a.py": 1.0}


# Which files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "a/x.ipynb",
        "b/x.ipynb",
        "b/y.py",
        "b/notes.txt",
        ".z.py",
        "a/.ipynb_checkpoints/x.ipynb",
        "out/o.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments: str, skip: Path | None = None) -> list[str]:
    return [submission.name for submission in collect(arguments, skip)]


def test_a_folder_stands_for_the_notebooks_in_it(place: Path) -> None:
    assert names(".", skip=place / "out") == ["a/x.ipynb", "b/x.ipynb", "b/y.py"]
    assert names("b") == ["x.ipynb", "y.py"]


def test_two_files_of_one_name_are_two_submissions(place: Path) -> None:
    assert names("a/x.ipynb", "b/x.ipynb") == ["a/x.ipynb", "b/x.ipynb"]
    assert names("a/x.ipynb") == ["x.ipynb"]


def test_a_file_named_twice_is_one_submission(place: Path) -> None:
    assert names("b", "b/x.ipynb", str(place / "b" / "x.ipynb")) == ["x.ipynb", "y.py"]


def test_a_pattern_that_the_shell_left_alone_is_expanded(place: Path) -> None:
    assert names("*/x.ipynb") == ["a/x.ipynb", "b/x.ipynb"]
    assert names("[ab]", skip=None) == ["a/x.ipynb", "b/x.ipynb", "b/y.py"]


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("none.ipynb", "no file or folder none.ipynb"),
        ("q*.ipynb", "no file that matches"),
        ("a/.ipynb_checkpoints/../../empty", "no .ipynb or .py"),
    ],
)
def test_arguments_that_name_nothing_are_wrong_usage(place: Path, argument: str, why: str) -> None:
    (place / "empty").mkdir()
    with pytest.raises(UsageError, match=why):
        collect([argument])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are no text")
def test_a_name_that_is_no_text_can_be_graded(grade: Grade, out: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with open(os.fsencode(tmp_path) + b"/in/caf\xe9.py", "w") as file:
        file.write("points 2")
    assert grade(collect([str(tmp_path / "in")])).graded == 1
    assert listed(out) == {r"caf\xe9.py": 2.0}

"""The command `coursekit grade`: what it takes, what it says, and its exit codes."""

import csv
import errno
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursegrade import sandbox
from coursegrade.records import Records
from coursepress.cli import main
from tests.coursegrade.stand_in import StandIn, hand_in

Grade = Callable[..., int]


def test_other_systems_are_told_in_one_sentence_where_to_grade(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    hand_in(tmp_path / "in", anna="points 7")
    assert grade("in/anna.py") == 2
    assert "grade on Linux, in WSL" in capsys.readouterr().err
    assert not (tmp_path / "graded").exists()


def test_without_walls_nothing_is_graded_unless_that_is_asked_for(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(flags: int) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(sandbox, "_unshare", refuse)
    monkeypatch.setattr(sandbox, "missing_walls", sandbox.missing_walls.__wrapped__)
    hand_in(tmp_path / "in", anna="points 7")
    assert grade("in") == 1
    said = capsys.readouterr().err
    assert "cannot wall learners' code in: user namespaces are not permitted" in said and "--without-walls" in said
    assert not (tmp_path / "graded").exists()
    assert grade("in", "--without-walls") == 0
    said_on = {"summary.html": "graded with --without-walls", "feedback/anna.html": "graded without walls"}
    for page, words in said_on.items():
        assert words in (tmp_path / "graded" / page).read_text(encoding="utf-8")


def test_a_computer_that_refuses_a_file_system_has_no_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sandbox.missing_walls.__wrapped__() == ""

    def refuse(*arguments: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(sandbox, "_mount", refuse)
    assert sandbox.missing_walls.__wrapped__().startswith("a file system of its own is not permitted")


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grade:
    """Run `coursekit grade FILES… --out graded` with graders that need no TensorFlow."""
    grader: Any = types.ModuleType("coursegrade.grader")
    grader.sharing_grader = StandIn
    monkeypatch.setitem(sys.modules, grader.__name__, grader)
    monkeypatch.chdir(tmp_path)

    def grade(*arguments: str, out: str = "graded") -> int:
        return main(["grade", *arguments, "--out", out])

    return grade


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    hand_in(tmp_path / "in", anna="points 7", ben="points 3")
    return tmp_path / "in"


Said = pytest.CaptureFixture[str]


def test_a_class_is_graded_and_reported(grade: Grade, handed_in: Path, tmp_path: Path, capsys: Said) -> None:
    assert grade("in") == 0
    said = capsys.readouterr().out
    assert "anna.py       7/10  graded" in said
    assert "2 of 2 submissions went through the grader now. The reports are in graded." in said
    with (tmp_path / "graded" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["student"], float(row["points"])) for row in rows} == {("anna", 7.0), ("ben", 3.0)}
    assert len(list((tmp_path / "graded" / "feedback").glob("*.html"))) == 2


def test_a_second_run_grades_what_is_new_and_reports_all(
    grade: Grade, handed_in: Path, tmp_path: Path, capsys: Said
) -> None:
    grade("in")
    hand_in(handed_in, late="points 5")
    capsys.readouterr()
    assert grade("in/late.py") == 0
    said = capsys.readouterr().out
    assert "anna" not in said and "1 of 1 submissions" in said
    assert "anna" in (tmp_path / "graded" / "grades.csv").read_text(encoding="utf-8-sig")
    assert grade("in") == 0
    assert "0 of 3 submissions went through the grader now; 3 had been graded before." in capsys.readouterr().out


def test_what_could_not_be_graded_is_named_at_the_end(grade: Grade, handed_in: Path, capsys: Said) -> None:
    hand_in(handed_in, cora="raise", dan="ending not judged")
    for _ in range(2):
        assert grade("in") == 1
        last = capsys.readouterr().out.splitlines()[-3:]
        assert last[0] == "Not graded, or not all of it:"
        assert last[1].startswith("  cora.py: not judged: The grader failed with ZeroDivisionError")
        assert last[2] == "  dan.py: not judged: chapter/exercise"


def test_a_submission_that_is_gone_is_said_to_be_left_out(grade: Grade, handed_in: Path, capsys: Said) -> None:
    grade("in")
    (handed_in / "ben.py").unlink()
    grade("in")
    assert (
        "Not in the reports, because their files are gone: ben.py. Their results are kept." in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "There is no file or folder nowhere"),
        (["in", "--chapter", "filter-detekt"], "Did you mean filter-detect?"),
        (["in", "--bank", "in/nothing"], "--bank in/nothing holds no exercises"),
        (["in", "--language", "xx"], "--language xx: the course speaks en"),
        (["in", "--twins", "key"], "--twins key cannot be read"),
        (["in", "--jobs", "2", "--cluster", "tcp://x:1"], "Leave one of the two"),
    ],
)
def test_wrong_usage_is_one_paragraph(
    grade: Grade, handed_in: Path, tmp_path: Path, capsys: Said, arguments: list[str], why: str
) -> None:
    assert grade(*arguments) == 2
    said = capsys.readouterr().err
    assert why in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("option", ["--jobs=0", "--timeout=0", "--timeout=nan", "--memory=-1", "--seed=x", "--seed=-1"])
def test_numbers_that_make_no_sense_are_wrong_usage(grade: Grade, handed_in: Path, option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        grade("in", option)
    assert ended.value.code == 2


def test_a_key_that_anybody_could_guess_is_refused(grade: Grade, handed_in: Path, capsys: Said) -> None:
    Path("key").write_text("secret")
    assert grade("in", "--twins", "key") == 2
    assert "holds 6 characters, too few for a secret; 16 or more do" in capsys.readouterr().err


def test_results_that_cannot_be_written_are_one_sentence(grade: Grade, handed_in: Path, capsys: Said) -> None:
    Path("taken").touch()
    assert grade("in", out="taken") == 1
    assert "is a file, but the results need a folder" in capsys.readouterr().err
    with Records(Path("graded")):
        assert grade("in") == 1
    assert "Another `coursekit grade` is working in graded" in capsys.readouterr().err


def test_reports_that_cannot_be_written_lose_nothing(grade: Grade, handed_in: Path, capsys: Said) -> None:
    Path("graded/grades.csv").mkdir(parents=True)
    assert grade("in") == 1
    assert "grades.csv" in capsys.readouterr().err
    Path("graded/grades.csv").rmdir()
    assert grade("in") == 0
    assert "0 of 2 submissions went through the grader now" in capsys.readouterr().out


def test_ctrl_c_keeps_what_is_done_and_the_next_run_reports_it(
    grade: Grade, handed_in: Path, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursegrade import class_run

    says = class_run._Progress.say

    def interrupt(progress: class_run._Progress, text: str) -> None:
        says(progress, text)
        raise KeyboardInterrupt

    hand_in(handed_in, cora="sleep 600")
    with monkeypatch.context() as patch:
        patch.setattr(class_run._Progress, "say", interrupt)
        assert grade("in", "--jobs", "1") == 130
    said = capsys.readouterr().out
    assert "Run the same command again to go on." in said.splitlines()[-1]
    assert not (tmp_path / "graded" / "grades.csv").exists()
    hand_in(handed_in, cora="points 1")
    assert grade("in", "--jobs", "1") == 0
    assert "anna" in (tmp_path / "graded" / "grades.csv").read_text(encoding="utf-8-sig")


def test_a_roster_says_whose_a_file_is(grade: Grade, handed_in: Path, tmp_path: Path) -> None:
    Path("roster.csv").write_text("file,student\nanna.py,Anna Li\nben.py,Ben Kim\n", encoding="utf-8")
    assert grade("in", "--roster", "roster.csv") == 0
    assert "Anna Li" in (tmp_path / "graded" / "grades.csv").read_text(encoding="utf-8-sig")


def test_without_dask_cluster_is_one_sentence(handed_in: Path, tmp_path: Path, root: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None; from coursepress.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["grade", str(handed_in), "--out", str(tmp_path / "graded"), "--cluster", "tcp://127.0.0.1:9"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("--cluster needs Dask, which is not installed here")
    assert "Traceback" not in done.stderr


def test_help_loads_nothing_that_takes_time() -> None:
    code = (
        "import sys; from coursepress.cli import _parser; _parser()\n"
        "slow = {'numpy', 'sqlite3', 'tqdm', 'distributed', 'keras', 'coursegrade'}\n"
        "print(slow & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == "set()\n"

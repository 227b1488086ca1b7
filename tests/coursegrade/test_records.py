"""The records: what was graded once stays, whatever happens to the program or the disk."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from coursegrade.collecting import SubmissionFile
from coursegrade.records import FILE, Records, submission_key
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.settings import Settings
from coursekit.errors import CourseError
from tests.coursegrade.stand_in import hand_in

SETTINGS = Settings(seed=7)


def key_of(submission: SubmissionFile, settings: Settings = SETTINGS) -> str:
    return submission_key(submission.content(), submission.student, settings)


def result(file: str, points: float = 1.0, ending: Ending = Ending.GRADED) -> SubmissionResult:
    return SubmissionResult(file, Ending.GRADED, answers=(AnswerResult("a/b", ending, "", points, 2.0),))


def keep(records: Records, submission: SubmissionFile, points: float = 1.0, ending: Ending = Ending.GRADED) -> None:
    records.keep(submission, key_of(submission), SETTINGS, result(submission.name, points, ending))


def listed(records: Records) -> dict[str, float]:
    return {entry.file: entry.result.points for entry in records.entries()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "graded"


@pytest.fixture
def anna(tmp_path: Path) -> SubmissionFile:
    return hand_in(tmp_path / "in", anna="points 1")[0]


def test_a_result_is_there_in_the_next_run(out: Path, anna: SubmissionFile) -> None:
    with Records(out) as records:
        assert not records.has(anna, key_of(anna), SETTINGS)
        keep(records, anna, 1.5)
    with Records(out) as records:
        assert records.has(anna, key_of(anna), SETTINGS)
        assert listed(records) == {"anna.py": 1.5}


def test_the_secret_seed_is_drawn_once_and_a_given_one_takes_its_place(out: Path, tmp_path: Path) -> None:
    with Records(out) as records:
        drawn = records.seed()
    with Records(out) as records:
        assert records.seed() == drawn
        assert records.seed(5) == 5
    with Records(out) as records, Records(tmp_path / "another") as another:
        assert records.seed() == 5
        assert another.seed() != drawn


@pytest.mark.parametrize(
    "settings", [Settings(seed=8), Settings(seed=7, chapters=("stride",)), Settings(seed=7, twin_key="k" * 16)]
)
def test_other_settings_that_change_scores_ask_for_a_new_run(
    out: Path, anna: SubmissionFile, settings: Settings
) -> None:
    with Records(out) as records:
        keep(records, anna)
        assert not records.has(anna, key_of(anna, settings), settings)


def test_a_changed_bank_asks_for_a_new_run(tmp_path: Path, anna: SubmissionFile) -> None:
    first, second = tmp_path / "bank-1", tmp_path / "bank-2"
    for folder, text in ((first, "x = 1"), (second, "x = 2")):
        folder.mkdir()
        (folder / "exam.py").write_text(text)
    assert key_of(anna, Settings(bank=first)) != key_of(anna, Settings(bank=second))
    assert key_of(anna, Settings(bank=first)) == key_of(anna, Settings(bank=shutil.copytree(first, tmp_path / "copy")))


def test_only_twins_make_the_student_count(anna: SubmissionFile) -> None:
    assert submission_key(b"x", "Anna", SETTINGS) == submission_key(b"x", "Ben", SETTINGS)
    twins = Settings(seed=7, twin_key="a secret of a class")
    assert submission_key(b"x", "Anna", twins) != submission_key(b"x", "Ben", twins)


def test_more_time_is_another_chance_for_those_who_ran_out_of_it(out: Path, tmp_path: Path) -> None:
    slow, quick = hand_in(tmp_path / "in", slow="points 1", quick="points 2")
    patient = Settings(seed=7, timeout=60.0)
    with Records(out) as records:
        keep(records, slow, ending=Ending.TIMED_OUT)
        keep(records, quick)
        assert records.has(slow, key_of(slow), SETTINGS)
        assert not records.has(slow, key_of(slow, patient), patient)
        assert records.has(quick, key_of(quick, patient), patient)


def test_what_we_failed_to_judge_is_tried_again(out: Path, anna: SubmissionFile) -> None:
    with Records(out) as records:
        keep(records, anna, ending=Ending.NOT_JUDGED)
        assert not records.has(anna, key_of(anna), SETTINGS)
        assert [entry.file for entry in records.ungraded()] == ["anna.py"]


def test_a_changed_submission_keeps_its_old_result_in_the_history(out: Path, anna: SubmissionFile) -> None:
    with Records(out) as records:
        keep(records, anna, 1.0)
        anna.path.write_text("points 2")
        assert not records.has(anna, key_of(anna), SETTINGS)
        keep(records, anna, 2.0)
        assert listed(records) == {"anna.py": 2.0}
        assert [entry.result.points for entry in records.history("anna.py")] == [1.0]


def test_a_submission_changed_back_has_its_old_result_without_a_run(out: Path, anna: SubmissionFile) -> None:
    with Records(out) as records:
        keep(records, anna, 1.0)
        anna.path.write_text("points 2")
        keep(records, anna, 2.0)
        anna.path.write_text("points 1")
        assert records.has(anna, key_of(anna), SETTINGS)
        assert listed(records) == {"anna.py": 1.0}


def test_a_renamed_submission_is_the_same_one(out: Path, anna: SubmissionFile) -> None:
    with Records(out) as records:
        keep(records, anna)
    renamed = SubmissionFile("anna-final.py", anna.path.rename(anna.path.with_name("anna-final.py")))
    with Records(out) as records:
        assert records.has(renamed, key_of(renamed), SETTINGS)
        assert listed(records) == {"anna-final.py": 1.0}


def test_a_copy_is_a_submission_of_its_own(out: Path, tmp_path: Path) -> None:
    anna, ben = hand_in(tmp_path / "in", anna="points 1", ben="points 1")
    with Records(out) as records:
        keep(records, anna)
        assert records.has(ben, key_of(ben), SETTINGS)
        assert listed(records) == {"anna.py": 1.0, "ben.py": 1.0}
        assert all(entry.result.file == entry.file for entry in records.entries())


def test_the_same_file_under_another_name_is_listed_once(out: Path, anna: SubmissionFile) -> None:
    """The name is relative to what all files of a command have in common, so it can change."""
    with Records(out) as records:
        keep(records, anna)
        anna.path.write_text("points 2")
        keep(records, SubmissionFile("in/anna.py", anna.path), 2.0)
        assert listed(records) == {"in/anna.py": 2.0}


def test_earlier_submissions_stay_in_the_reports_while_their_files_are_there(out: Path, tmp_path: Path) -> None:
    anna, ben, late = hand_in(tmp_path / "in", anna="points 1", ben="points 2", late="points 3")
    with Records(out) as records:
        keep(records, anna)
        keep(records, ben)
    ben.path.unlink()
    with Records(out) as records:
        keep(records, late)
        assert list(listed(records)) == ["anna.py", "late.py"]
        assert records.left_out() == ["ben.py"]


def test_two_graders_never_share_a_folder(out: Path) -> None:
    with (
        Records(out),
        pytest.raises(CourseError, match="Another `coursekit grade` is working in .*--out"),
        Records(out),
    ):
        pass


def test_the_lock_of_a_killed_run_is_no_obstacle(out: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from coursegrade.records import Records\n"
        "with Records(Path(sys.argv[1])) as records: records.seed(11); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, out], check=False)
    assert killed.returncode == -9
    with Records(out) as records:
        assert records.seed() == 11


def test_a_damaged_file_is_set_aside_and_what_can_be_read_of_it_is_kept(out: Path, tmp_path: Path) -> None:
    submissions = hand_in(tmp_path / "in", **{f"s{n}": f"points {n}" for n in range(400)})
    with Records(out) as records:
        seed = records.seed()
        for submission in submissions:
            keep(records, submission)
    content = bytearray((out / FILE).read_bytes())
    content[-40_000:-30_000] = b"\xff" * 10_000
    (out / FILE).write_bytes(content)
    with Records(out) as records:
        (notice,) = records.notices
        assert "damaged" in notice
        assert records.seed() == seed
        assert 0 < len(listed(records)) < 400
    (aside,) = out.glob("grading.damaged-*.sqlite3")
    assert aside.read_bytes() == content


@pytest.mark.parametrize("content", [b"student,points\nanna,3\n" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_record_is_set_aside_unchanged(out: Path, content: bytes, anna: SubmissionFile) -> None:
    out.mkdir()
    (out / FILE).write_bytes(content)
    for expected in (1, 2):
        with Records(out) as records:
            assert len(records.notices) == 1
            keep(records, anna)
        assert sum(path.read_bytes() == content for path in out.glob("grading.damaged-*.sqlite3")) == expected
        (out / FILE).write_bytes(content)


def test_the_file_of_a_run_killed_before_its_first_write_is_as_good_as_none(out: Path) -> None:
    out.mkdir()
    (out / FILE).touch()
    with Records(out) as records:
        assert records.notices == []


def test_the_file_of_a_newer_version_is_left_alone(out: Path) -> None:
    with Records(out):
        pass
    with contextlib.closing(sqlite3.connect(out / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(CourseError, match="newer coursekit"), Records(out):
        pass
    assert not list(out.glob("grading.damaged-*"))


def test_out_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "grades").touch()
    with pytest.raises(CourseError, match="is a file, but the results need a folder"), Records(tmp_path / "grades"):
        pass


FILL = """
import sqlite3, sys
from pathlib import Path
from coursekit.errors import CourseError
from coursegrade.collecting import SubmissionFile
from coursegrade.records import FILE, Records
from coursegrade.results import Ending, SubmissionResult
from coursegrade.settings import Settings

out, kept = Path(sys.argv[1], "graded"), 0
try:
    with Records(out) as records:
        for n in range(1000):
            result = SubmissionResult(str(n), Ending.GRADED, "x" * 5000)
            records.keep(SubmissionFile(str(n), Path(f"/{n}")), str(n), Settings(), result)
            kept = n + 1
except CourseError as error:
    print(error)
found = sqlite3.connect(out / FILE).execute("SELECT count(*) FROM results").fetchone()[0] if kept else 0
print(f"{kept} kept, {found} found")
"""
SMALL_DISK = 'mount -t tmpfs -o size=400k none "$1" && exec "$2" -c "$3" "$1"'
READ_ONLY = 'mount -t tmpfs -o ro none "$1" && exec "$2" -c "$3" "$1"'


def fill(mount: str, folder: Path) -> str:
    """What a run says that writes results into a folder, mounted for it alone."""
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this host gives no mount namespace")
    command = ["unshare", "-rm", "sh", "-c", mount, "sh", folder, sys.executable, FILL]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_is_said_and_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    said, counts = fill(SMALL_DISK, tmp_path).splitlines()
    assert "full" in said and "run the same command again" in said
    kept, found = (int(part.split()[0]) for part in counts.split(","))
    assert 0 < kept == found


def test_a_disk_that_may_only_be_read_is_said(tmp_path: Path) -> None:
    said, counts = fill(READ_ONLY, tmp_path).splitlines()
    assert "cannot be written" in said and "Read-only" in said
    assert counts == "0 kept, 0 found"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_a_file_that_may_not_grow_is_said_and_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    done = subprocess.run([sys.executable, "-c", limit + FILL, tmp_path], check=True, capture_output=True, text=True)
    said, counts = done.stdout.splitlines()
    assert "cannot be written" in said
    kept, found = (int(part.split()[0]) for part in counts.split(","))
    assert 0 < kept == found

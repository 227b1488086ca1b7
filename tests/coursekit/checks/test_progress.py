"""Progress survives two notebooks at once, damage and read-only disks."""

import multiprocessing
import os

import pytest

from coursekit.checks import learner, progress
from coursekit.checks.diagnosis import State, Verdict


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    return tmp_path


def verdict(state=State.CORRECT, name="condense/max-pool"):
    return Verdict(name, state)


def test_nothing_is_known_and_no_file_made_before_the_first_check(home):
    assert progress.entries() == {}
    assert list(home.iterdir()) == []


def test_tries_are_counted_and_solved_stays_solved():
    for state in (State.NOT_YET, State.CORRECT, State.NOT_YET):
        progress.record(verdict(state))
    entry = progress.entries()["condense/max-pool"]
    assert (entry.state, entry.tries, entry.solved) == (State.NOT_YET, 3, True)


def test_an_untouched_exercise_leaves_no_trace():
    progress.record(verdict(State.NOT_ATTEMPTED))
    assert progress.entries() == {}


def write(home, name, times):
    os.environ["COURSEKIT_HOME"] = home
    for _ in range(times):
        progress.record(verdict(name=name))


def test_notebooks_that_write_at_once_lose_nothing(home):
    context = multiprocessing.get_context("spawn")
    names = ["a/one", "a/one", "b/two"]
    writers = [context.Process(target=write, args=(str(home), name, 30)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert {name: entry.tries for name, entry in progress.entries().items()} == {"a/one": 60, "b/two": 30}


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b""], ids=["garbage", "empty"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(home, damage):
    (home / "progress.sqlite3").write_bytes(damage)
    progress.record(verdict())
    assert progress.entries()["condense/max-pool"].solved
    aside = list(home.glob("damaged-*"))
    assert [path.read_bytes() for path in aside if path.suffix == ".sqlite3"] == ([damage] if damage else [])


def test_a_file_cut_in_half_is_set_aside(home):
    for number in range(200):
        progress.record(verdict(name=f"a/number-{number}"))
    path = home / "progress.sqlite3"
    whole = path.read_bytes()
    for extra in home.glob("progress.sqlite3-*"):
        extra.unlink()
    path.write_bytes(whole[: len(whole) // 2])
    progress.record(verdict())
    assert progress.entries()["condense/max-pool"].solved


def test_a_disk_that_cannot_be_written_is_said_and_costs_no_card(home, monkeypatch, capsys):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(home / "file"))
    monkeypatch.setattr(progress, "is_kept", lambda: True)
    learner._record(verdict())
    assert "could not be saved" in capsys.readouterr().out


def test_tests_and_executed_notebooks_keep_no_progress(monkeypatch):
    assert not progress.is_kept()
    monkeypatch.delenv("PYTEST_VERSION", raising=False)
    assert progress.is_kept()
    monkeypatch.setenv("COURSEKIT_NO_PROGRESS", "1")
    assert not progress.is_kept()

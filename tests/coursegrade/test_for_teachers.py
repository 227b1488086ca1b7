"""The exam of `book/for-teachers.md`, followed literally: written, checked, handed out, handed in and graded."""

import csv
import html
import re
import shlex
from pathlib import Path

import nbformat
import pytest

from coursegrade.twins import load, twin_of
from coursepress.cli import main

pytestmark = pytest.mark.filterwarnings("ignore")

PAGE = Path(__file__).resolve().parents[2] / "book" / "for-teachers.md"


def blocks(language: str) -> list[str]:
    """The code blocks of the exam's section."""
    page = PAGE.read_text(encoding="utf-8")
    section = re.search(r"^## Exams: (.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(rf"^```{language}\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)


def run(name: str, *more: str) -> int:
    """Run the section's command that begins so."""
    begins = ("python3 course.py ", ".venv/bin/coursekit ")
    lines = [line.removeprefix(begin) for block in blocks("shell") for line in block.splitlines() for begin in begins]
    (line,) = [line for line in lines if line.startswith(name)]
    return main([*shlex.split(line), *more])


@pytest.fixture
def class_folder(tmp_path, monkeypatch):
    """A teacher's folder with the bank and the roster of the page."""
    monkeypatch.chdir(tmp_path)
    Path("my-exam").mkdir()
    (code,) = blocks("python")
    Path("my-exam/exam.py").write_text(code, encoding="utf-8")
    (roster,) = re.findall(r"^```text\n(file,student.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    Path("roster.csv").write_text(roster, encoding="utf-8")
    return tmp_path


def test_the_exam_passes_the_tests_of_the_tests(class_folder, capsys):
    assert run("bank check") == 0
    assert "1 exercises, 0 complaints." in capsys.readouterr().out


def test_who_answers_the_own_version_gets_all_points_and_who_copies_gets_none(class_folder):
    with Path("roster.csv").open("a", encoding="utf-8") as roster:
        roster.write(",wei,Wei,,,,,,\n")
    key = "with this one alee1 and lilei differ"
    Path("exam.key").write_text(key, encoding="utf-8")
    assert run("bank stubs") == 0
    assert run("handout") == 0
    (exercise,) = load("exam", Path("my-exam").resolve())
    mine, other = (twin_of(exercise, key, name) for name in ("alee1", "lilei"))
    assert mine.solution != other.solution

    Path("submissions").mkdir()
    for student, written in [("alee1", mine), ("lilei", mine), ("wei", exercise)]:
        notebook = nbformat.read(f"exam-notebooks/{student}.ipynb", 4)
        (cell,) = [cell for cell in notebook.cells if "# your code" in cell.source]
        assert cell.source == twin_of(exercise, key, student).stub
        cell.source = cell.source.replace("    ...  # your code", written.solution.split('"""\n')[-1])
        nbformat.write(notebook, f"submissions/{student}.ipynb")

    assert run("grade", "--jobs", "1", "--timeout", "60", "--solutions") == 0
    with open("grades-exam/grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (float(rows["alee1"]["points"]), rows["alee1"]["state"]) == (3, "correct")
    for copier in ("lilei", "wei"):
        assert (float(rows[copier]["points"]), rows[copier]["state"]) == (0, "not yet")
    pages = {name: Path(f"grades-exam/feedback/{name}.html").read_text(encoding="utf-8") for name in rows}
    assert "You handed in the public version" in pages["wei"]
    assert "You handed in the public version" not in pages["lilei"]
    assert html.escape(other.solution.splitlines()[-2]) in pages["lilei"]  # of the version that was asked

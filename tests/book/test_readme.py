"""What the README says of the book and of its commands is so."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from learning_map import chapters  # noqa: E402

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_counts_the_chapters_and_exercises_that_there_are() -> None:
    book = chapters(ROOT)
    assert int(re.search(r"^(\d+) chapters in five parts", README, re.MULTILINE)[1]) == len(book)
    assert len({chapter.part for chapter in book.values()}) == 5
    said = int(re.search(r"about (\d+) exercises", README)[1])
    assert abs(said - sum(chapter.exercises for chapter in book.values())) <= 10


def test_the_changes_name_every_chapter() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in chapters(ROOT) if f"`{name.partition('/')[2]}`" not in changes] == []


def test_every_file_and_folder_that_it_points_to_exists() -> None:
    pointed = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r"`((?:benchmarks|book|src)/[\w./-]*)`", README)
    assert len(pointed) >= 6
    assert [path for path in pointed if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "file, holds",
    [
        ("src/coursebook/condense/figures.py", "def draw_pooling("),
        ("src/coursekit/checks/diagnosis.py", "-> Verdict:"),
        ("src/coursegrade/judging.py", "float(exercise.points) if verdict.state is State.CORRECT"),
        ("src/coursepress/execute.py", "def execute("),
        ("src/coursepress/build.py", "jupyter_book"),
    ],
)
def test_the_files_that_answer_a_newcomers_questions_hold_the_answers(file: str, holds: str) -> None:
    assert f"`{file}`" in README
    assert holds in (ROOT / file).read_text(encoding="utf-8")


def test_the_tasks_that_it_names_exist() -> None:
    tasks = set(re.findall(r"python3 course\.py (\w+)", README))
    assert tasks >= {"start", "test", "doctor"}
    assert [task for task in tasks if f'"{task}": (' not in (ROOT / "course.py").read_text(encoding="utf-8")] == []

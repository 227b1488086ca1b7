"""'Write an exercise in ten minutes' in CONTRIBUTING.md, followed literally in a bank of its own."""

import re
from pathlib import Path

import pytest

from coursekit.exercises import audit, bank

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).resolve().parents[2]


def section():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.search(r"^## Write an exercise in ten minutes\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


def test_the_exercises_of_the_section_pass_every_test_of_the_tests(tmp_path):
    code = "\n\n".join(re.findall(r"^```python\n(.*?)^```", section(), re.MULTILINE | re.DOTALL))
    (tmp_path / "my_chapter.py").write_text(code, encoding="utf-8")
    exercises = bank.load("my-chapter", tmp_path)
    assert [exercise.id for exercise in exercises] == ["my-chapter/center", "my-chapter/mean-after"]
    assert [complaint for exercise in exercises for complaint in audit.complaints(exercise)] == []
    assert exercises[0].stub.startswith('@ck.exercise("my-chapter/center")\ndef center(values):')


def test_without_a_step_the_audit_complains(tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```", section(), re.MULTILINE | re.DOTALL)
    (tmp_path / "too_short.py").write_text(blocks[0].replace("my-chapter", "too-short"), encoding="utf-8")
    (center,) = bank.load("too-short", tmp_path)
    assert len(audit.incomplete(center)) == 4


def test_the_commands_of_the_section_exist():
    for module in re.findall(r"python -m (coursekit\.\S+)", section()):
        assert (ROOT / "src" / Path(*module.split("."))).with_suffix(".py").exists()

"""*For authors*, followed literally: every step of the page, in its order, in a copy of the course."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursekit.checks import bank
from coursepress import audit

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "for-authors.md").read_text(encoding="utf-8")
CHAPTER = Path("notebooks/networks/my-chapter.ipynb")
BLOCK = re.compile(
    r"^```(?:\{code-block\} (?P<kind>\w+)\n:caption: (?P<where>[^\n]+)|(?P<shell>shell))\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

pytestmark = pytest.mark.timeout(400)  # the first test does all the steps, each in a process of its own


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("copy") / "course"
    left_out = shutil.ignore_patterns(".*", "_build", "work", "node_modules", "__pycache__", "*.egg-info", "benchmarks")
    shutil.copytree(ROOT, copy, ignore=left_out)
    return copy


@pytest.fixture(scope="module")
def said(course: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """Do what the page says; what each of its commands printed."""
    cells, printed = [], {}
    for block in BLOCK.finditer(PAGE):
        if (where := block["where"] or "").startswith("cell"):
            cell = (new_code_cell if block["kind"] == "python" else new_markdown_cell)(block["text"].strip())
            cell.metadata["tags"] = re.findall(r"tagged `(.+?)`", where)
            cells.append(cell)
        elif block["where"]:
            write(course, block["where"], block["text"])
        else:
            if cells and not (course / CHAPTER).exists():
                nbformat.write(new_notebook(cells=cells), course / CHAPTER)
                enter_into_contents(course)
            printed |= {command: run(course, command) for command in block["text"].splitlines()}
    return printed


def write(course: Path, where: str, text: str) -> None:
    """Put a block where its caption says."""
    file = course / where.rpartition(" ")[2].strip("`")
    assert file.exists() == where.startswith("at the end of "), where
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as end:
        end.write(f"\n\n{text.strip()}\n" if end.tell() else text.lstrip())


def enter_into_contents(course: Path) -> None:
    """Put the chapter at the end of its part."""
    contents = course / "_toc.yml"
    last = "      - file: notebooks/networks/classification\n"
    listed = contents.read_text(encoding="utf-8")
    assert listed.count(last) == 1
    contents.write_text(listed.replace(last, f"{last}      - file: {CHAPTER.with_suffix('').as_posix()}\n"))


def run(course: Path, command: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = command.split()
    assert program == "python"
    environment = os.environ | {"PYTHONPATH": str(course / "src"), "PYTEST_ADDOPTS": "-n0 -p no:cacheprovider"}
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def outcome(said: dict[str, subprocess.CompletedProcess[str]], start: str) -> subprocess.CompletedProcess[str]:
    (done,) = [done for command, done in said.items() if command.startswith(f"python -m {start}")]
    return done


@pytest.mark.parametrize(
    "start",
    [
        "pytest tests/coursekit/test_datasets.py",
        "pytest tests/coursebook/test_my_chapter_figures.py",
        "coursepress.audit",
        "coursepress.catalog",
        "coursepress execute",
    ],
)
def test_every_step_succeeds(said: dict[str, subprocess.CompletedProcess[str]], start: str) -> None:
    done = outcome(said, start)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_of_the_data_set_and_of_the_figure_were_run(said) -> None:
    assert "1 passed" in outcome(said, "pytest tests/coursekit/test_datasets.py").stdout
    assert "2 passed" in outcome(said, "pytest tests/coursebook/test_my_chapter_figures.py").stdout


def test_the_audit_has_no_complaint_and_saves_its_witnesses(said, course: Path) -> None:
    printed = outcome(said, "coursepress.audit").stdout
    assert printed.count("no complaint") == 2
    assert "my-chapter/center" in (course / "src/coursebook/my_chapter/witnesses.json").read_text(encoding="utf-8")


def test_the_catalog_lists_what_is_to_be_translated(said, course: Path) -> None:
    catalog = course / "src/coursebook/my_chapter/zh.po"
    assert "You subtracted the median." in catalog.read_text(encoding="utf-8")


def test_the_chapter_was_executed_with_a_figure_that_moves_and_two_cards(said, course: Path) -> None:
    chapter = nbformat.read(course / CHAPTER, as_version=4)
    assert "widgets" in chapter.metadata
    texts = list(plain_texts(chapter))
    assert any("cut at 2.5 cm: 0% wrong" in text for text in texts)
    assert sum(text.startswith("○ Not attempted") for text in texts) == 2


def test_execute_wrote_stubs_and_question_and_collapsed_the_checked_claims(said, course: Path) -> None:
    cells = nbformat.read(course / CHAPTER, as_version=4).cells
    sources = [cell.source for cell in cells]
    assert any(source.startswith('@ck.exercise("my-chapter/center")\ndef center(values):') for source in sources)
    place = sources.index('ck.answer("my-chapter/mean-after", ...)')
    assert sources[place - 1].startswith("**Predict.** What is the mean of the centered values?\n\n- a: 0\n")
    (folded,) = [cell for cell in cells if "hide-input" in cell.metadata.get("tags", ())]
    assert folded.metadata["jupyter"] == {"source_hidden": True}


def test_an_exercise_without_its_other_steps_is_incomplete(tmp_path: Path) -> None:
    first = next(block["text"] for block in BLOCK.finditer(PAGE) if "my_chapter/exercises.py" in (block["where"] or ""))
    (tmp_path / "too_short.py").write_text(first.replace("my-chapter", "too-short"), encoding="utf-8")
    (center,) = bank.load("too-short", tmp_path)
    assert len(audit.incomplete(center)) == 4


def plain_texts(chapter: nbformat.NotebookNode) -> Iterator[str]:
    for cell in chapter.cells:
        for output in cell.get("outputs", ()):
            yield output.get("text", "") or output.get("data", {}).get("text/plain", "")


def test_the_rules_name_what_the_page_says_is_missing(said) -> None:
    missing = {
        "asserts_15_claims", "has_two_interactive_figures", "shows_what_goes_wrong", "sums_up", "lists_its_terms",
        "sums_up_in_chinese_in_a_fold", "names_the_next_chapter", "offers_further_reading",
        "draws_a_plot_that_a_learner_could_have_typed", "uses_what_the_learner_wrote",
    }  # fmt: skip
    printed = outcome(said, "pytest tests/notebooks/test_structure.py").stdout
    found = set(re.findall(r"^FAILED \S+\[networks/my-chapter-(\w+)\]", printed, re.MULTILINE))
    assert missing <= found, printed
    assert found - missing == {"names_three_to_five_objectives"}, printed

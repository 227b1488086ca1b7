"""Damaged sources: neither `build` nor `execute` takes them, and each sentence names the file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursepress import build as building
from coursepress import widget_state
from coursepress.build import BuildError, build
from coursepress.execute import execute
from tests.coursepress.conftest import notebook

CHAPTER = "notebooks/vision/condense.ipynb"
VIEW = {"output_type": "display_data", "metadata": {}, "data": {widget_state.VIEW: {"model_id": "box"}}}
Damage = Callable[[str], str]


def with_cell(**changes: Any) -> Damage:
    """Put a code cell with these fields at the end."""
    cell = {"cell_type": "code", "id": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": 1}

    def damage(text: str) -> str:
        content = json.loads(text)
        content["cells"].append({**cell, **changes})
        return json.dumps(content, indent=1)

    return damage


DAMAGED: dict[str, tuple[Damage, str]] = {
    "a byte-order mark": (lambda text: f"\ufeff{text}", f"{CHAPTER} starts with a byte-order mark"),
    "a conflict between lines": (
        lambda text: text.replace('"cells"', '<<<<<<< HEAD\n"cells"', 1),
        f"{CHAPTER} holds a conflict marker of git in line 2",
    ),
    "a conflict in a cell": (
        with_cell(source=["x = 1\n", "=======\n", ">>>>>>> theirs\n"]),
        f"{CHAPTER} holds a conflict marker of git in line",
    ),
    "half a file": (lambda text: text[: len(text) // 2], f"{CHAPTER} is no notebook: "),
    "no metadata": (
        lambda text: json.dumps(json.loads(text) | {"metadata": None}),
        f"{CHAPTER} is no notebook: in metadata, None is not of type 'object'",
    ),
    "a cell without metadata": (
        with_cell(metadata=None),
        f"{CHAPTER} is no notebook: in cells/1/metadata, None is not of type 'object'",
    ),
    "no cells": (lambda text: '{"nbformat": 4, "cells": null}', f"{CHAPTER} is no notebook: it holds no list of cells"),
    "another format": (lambda text: text.replace('"nbformat": 4', '"nbformat": 3'), f"{CHAPTER} is no notebook: "),
}


@pytest.fixture
def course(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two chapters and a page, listed; Jupyter Book and npm would be reached only if the sources are taken."""

    def run(root: Path, output: Path) -> Path:
        (output / "next" / "html").mkdir(parents=True)
        return output / "next" / "html"

    monkeypatch.setattr(building, "_run_jupyter_book", run)
    monkeypatch.setattr(building, "_install_web_packages", lambda web, say: None)
    (small_course / "book").mkdir()
    (small_course / "book" / "index.md").write_text("# One page\n", encoding="utf-8")
    files = "".join(f"- file: notebooks/{name}\n" for name in ("vision/condense", "networks/neuron"))
    (small_course / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{files}", encoding="utf-8")
    return small_course


def refusal(course: Path) -> str:
    with pytest.raises(BuildError) as refused:
        build(course, quiet=True)
    return str(refused.value)


def test_sources_that_are_whole_are_taken(course: Path) -> None:
    build(course, quiet=True)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_chapter_is_named_by_the_build(name: str, course: Path) -> None:
    damage, expected = DAMAGED[name]
    path = course / CHAPTER
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert refusal(course).startswith(expected)
    assert len(refusal(course).splitlines()) == 1


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_chapter_is_named_by_execute_and_left_alone(
    name: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, expected = DAMAGED[name]
    path = course / CHAPTER
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = path.read_bytes()
    assert execute([path]) == 1
    head, reason = capsys.readouterr().out.splitlines()
    assert head == "vision/condense FAILED"
    assert expected in reason
    assert path.read_bytes() == before


def test_a_figure_without_its_state_is_named_with_the_command_that_saves_it(course: Path) -> None:
    path = course / CHAPTER
    path.write_text(with_cell(outputs=[VIEW])(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert refusal(course) == (
        f"{CHAPTER} shows interactive figures whose state is not saved, as JupyterLab leaves it: "
        "run `python course.py notebooks condense`."
    )


def test_all_damaged_pages_are_named_at_once(course: Path) -> None:
    (course / "book" / "index.md").write_text("\ufeff# One page\n", encoding="utf-8")
    (course / CHAPTER).write_bytes(notebook("<<<<<<< HEAD\n"))
    first, second = refusal(course).splitlines()
    assert first.startswith("book/index.md starts with")
    assert second.startswith(f"{CHAPTER} holds a conflict marker")


def test_arrows_and_rules_in_a_text_are_no_conflict(course: Path) -> None:
    (course / "book" / "index.md").write_text("Title\n=======\n\n>>> print(1)\n\n<<<<<<<\n", encoding="utf-8")
    build(course, quiet=True)


def test_a_cell_without_an_id_gets_one(course: Path) -> None:
    path = course / CHAPTER
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["cells"][0]["id"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert execute([path]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][0]["id"]

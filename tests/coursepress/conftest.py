"""A small course in a temporary folder, course.py as a module, and small notebooks to test the tools with."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

Cell = str | tuple[str, str]
Write = Callable[..., Path]


def notebook(text: str) -> bytes:
    """A valid notebook with one paragraph."""
    cell = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": [text]}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


@pytest.fixture
def small_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two chapters, and a signature store of their own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    course = tmp_path / "course"
    for chapter in ("vision/condense", "networks/neuron"):
        path = course / "notebooks" / f"{chapter}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook(chapter))
    for name in ("course.py", "pyproject.toml", "requirements.lock"):
        (course / name).write_text("", encoding="utf-8")
    return course


@pytest.fixture
def course_py(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """course.py as a module that believes to live in an empty folder, on a suitable computer."""
    spec = importlib.util.spec_from_file_location("course_py", root / "course.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    home = tmp_path / "课程 1"
    home.mkdir()
    for name in ("requirements.lock", "pyproject.toml"):
        (home / name).write_text("tqdm==4.70.1\n", encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", home)
    monkeypatch.setattr(module, "VENV", home / ".venv")
    monkeypatch.setattr(module, "STAMP", home / ".venv" / ".course.json")
    monkeypatch.setattr(module, "VERSION", "3.12")
    monkeypatch.setattr(module, "WINDOWS", False)
    monkeypatch.setattr(module.platform, "system", lambda: "Linux")
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    # What course.py sets for its children must not stay set for the other tests.
    for name in ("PYTHONUTF8", "PIP_DISABLE_PIP_VERSION_CHECK", "UV_DEFAULT_INDEX", "UV_COMPILE_BYTECODE"):
        monkeypatch.setenv(name, "kept")
        monkeypatch.delenv(name)
    return module


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a notebook of code cells, each a source or a source and a tag, and return its path."""

    def write_notebook(*cells: Cell, name: str = "part/chapter") -> Path:
        pairs = [(cell, None) if isinstance(cell, str) else cell for cell in cells]
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = [new_code_cell(source, metadata={"tags": [tag]} if tag else {}) for source, tag in pairs]
        nbformat.write(new_notebook(cells=made), path)
        return path

    return write_notebook

"""Small notebooks to test the tools with."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

Cell = str | tuple[str, str]
Write = Callable[..., Path]


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

"""A chapter's time is counted: words, lines of code in view, figures, and exercises."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursepress.reading_time import minutes, with_time

PICTURE = new_output("display_data", data={"text/html": '<img class="dark-light" alt="A point." src="x">'})
WIDGET = new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {"model_id": "m"}})
FOLDED = {"tags": ["hide-input"]}


def code(source: str, *outputs: NotebookNode, **metadata: object) -> NotebookNode:
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([], (0, 0)),
        ([new_markdown_cell("word " * 600)], (5, 0)),
        ([new_markdown_cell("word " * 601)], (10, 0)),
        ([new_markdown_cell("<details>" * 700 + "](a.html#long-address)" * 700 + "学习" * 700)], (0, 0)),
        ([code("x = 1\n" * 15)], (5, 0)),
        ([code("x = 1\n" * 16)], (10, 0)),
        ([code("x = 1\n\n)\n" * 15)], (5, 0)),
        ([code("assert x\n" * 100, **FOLDED)], (0, 0)),
        ([code("#", WIDGET, PICTURE) for _ in range(5)], (5, 0)),
        ([code("#", PICTURE) for _ in range(6)], (10, 0)),
        ([code('@ck.exercise("a/b")\ndef b():\n    ...')], (0, 10)),
        ([code('ck.answer("a/b", ...)')], (0, 5)),
        ([code(asked) for asked in ['ck.answer("a/b", ...)'] * 4 + ['@ck.exercise("a/b")'] * 5], (0, 60)),
    ],
)
def test_minutes_are_counted(cells: list[NotebookNode], expected: tuple[int, int]) -> None:
    assert minutes(new_notebook(cells=cells)) == expected


def test_the_opening_says_them_and_nothing_else_changes() -> None:
    before = new_notebook(
        cells=[new_markdown_cell("# A\n\n**Time**: 3 hours.\n\nB"), new_markdown_cell("**Time**: x" + " word" * 590)]
    )
    after = with_time(before)
    assert after.cells[0].source == "# A\n\n**Time**: 5 minutes, and 0 for the exercises.\n\nB"
    assert after.cells[1] == before.cells[1]
    assert with_time(after) == after
    assert before.cells[0].source.count("3 hours") == 1

"""The rules themselves: a good chapter keeps them all, and for every rule there are chapters that break it."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursepress import widget_state
from coursepress.normalize import code_cells, dumps, normalize
from coursepress.reading_time import with_time
from tests.notebooks import rules
from tests.notebooks.rules import RULES, Chapter

PICTURE = '<img class="dark-light" alt="One blue point." src="x">'
TOP = """\
# A chapter
You will be able to test chapters.

**Objectives**
1. See one thing. `see`
2. See another
   thing. `see-more`
3. See it all. `see-all`

**Before you start**: nothing.

**Time**: as it is counted.
"""
END = f"""\
## What goes wrong
Much.

## Summary
It went well.

| English | 中文 | Keras |
|---|---|---|
| kernel | 卷积核 | `kernel_size` |

<details><summary>中文</summary>

{"学习目标与小结。" * 10}
</details>

**Next chapter**: none.

**Further reading**: [a paper](paper.html)
"""


def good_chapter() -> NotebookNode:
    """A chapter that keeps every rule."""
    cells = [
        new_markdown_cell(TOP),
        new_code_cell("import coursekit as ck\n\nck.setup()"),
        new_code_cell("import numpy as np"),
        *[
            new_code_cell(f"assert total == by_hand_{n}\nnp.testing.assert_allclose(by_keras_{n}, total)")
            for n in range(8)
        ],
        *[new_code_cell(f"ck.explore(draw_{n})", outputs=[view(f"figure-{n}")]) for n in range(2)],
        new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}, outputs=[error()]),
        new_code_cell("figure, axes = plt.subplots()\nprint('seen')", outputs=[new_output("stream", text="seen\n")]),
        new_markdown_cell(END),
    ]
    notebook = new_notebook(cells=cells)
    states = {f"figure-{n}": model("HTMLModel", value=f"{PICTURE} {n}") for n in range(2)}
    notebook.metadata["widgets"] = {widget_state.STATE: {"state": states}}
    return with_time(notebook)


def view(model_id: str) -> NotebookNode:
    return new_output("display_data", data={widget_state.VIEW: {"model_id": model_id}, "text/plain": "a point"})


def html(page: str) -> NotebookNode:
    return new_output("display_data", data={"text/html": page, "text/plain": "a point"})


def error() -> NotebookNode:
    return new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=["no"])


def model(name: str, **state: object) -> dict[str, object]:
    return {"model_name": name, "model_module": "m", "model_module_version": "2", "state": state}


@pytest.fixture
def contents(tmp_path: Path) -> Path:
    path = tmp_path / "_toc.yml"
    path.write_text("root: index\nparts:\n- chapters:\n  - file: notebooks/part/chapter\n", encoding="utf-8")
    return path


@pytest.fixture
def saved(tmp_path: Path, contents: Path) -> Callable[..., Chapter]:
    """Save a notebook as a chapter, by default as `execute` does."""

    def save(notebook: NotebookNode, write: Callable[[NotebookNode], str] | None = None) -> Chapter:
        path = tmp_path / "notebooks" / "part" / "chapter.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(write(notebook) if write else dumps(normalize(notebook)), encoding="utf-8")
        return Chapter(path, contents)

    return save


@pytest.mark.parametrize("rule", RULES)
def test_a_good_chapter_keeps_the_rule(rule: str, saved: Callable[..., Chapter]) -> None:
    assert not list(RULES[rule](saved(good_chapter())))


Change = Callable[[NotebookNode], object]


def add(source: str, *outputs: NotebookNode, tag: str | None = None) -> Change:
    cell = new_code_cell(source, outputs=list(outputs), metadata={"tags": [tag]} if tag else {})
    return lambda notebook: notebook.cells.insert(-1, cell)


def without(text: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            cell.source = cell.source.replace(text, "")

    return change


def replaced(number: int, source: str) -> Change:
    return lambda notebook: code_cells(notebook)[number - 1].update(source=source)


def retagged(tag: str) -> Change:
    """Give the cell that should raise another tag beside its own."""
    return lambda notebook: code_cells(notebook)[12].metadata.tags.append(tag)


def with_model(**state: object) -> Change:
    def change(notebook: NotebookNode) -> None:
        notebook.metadata.widgets[widget_state.STATE]["state"]["figure-0"] = model("HTMLModel", **state)

    return change


def unsaved(notebook: NotebookNode) -> None:
    del notebook.metadata.widgets[widget_state.STATE]["state"]["figure-0"]


def unsaved_child(notebook: NotebookNode) -> None:
    with_model(children=["IPY_MODEL_gone"])(notebook)


def no_error_output(notebook: NotebookNode) -> None:
    code_cells(notebook)[12].outputs = []


def no_text(notebook: NotebookNode) -> None:
    del code_cells(notebook)[10].outputs[0]["data"]["text/plain"]


def hidden_in_jupyterlab_alone(notebook: NotebookNode) -> None:
    code_cells(notebook)[3].metadata["jupyter"] = {"source_hidden": True}


UNCOMPARED = [add(f"assert {n} == n", tag="nbval-ignore-output") for n in range(6)]
MEASURED = [add(f"print({n})", tag="measured") for n in range(6)]


def together(changes: list[Change]) -> Change:
    return lambda notebook: [change(notebook) for change in changes]


BREACHES: list[tuple[str, Change]] = [
    ("has_at_most_25_lines_in_a_code_cell", add("x = 1\n" * 26)),
    ("has_no_code_wider_than_79_columns", add(f"x = {'1' * 76}")),
    ("writes_one_statement_on_a_line", add("x = 1; y = 2")),
    ("collapses_checks_in_the_page_and_in_jupyterlab", add("x = 3", tag="hide-input")),
    (
        "collapses_checks_in_the_page_and_in_jupyterlab",
        add("assert x", new_output("stream", text="3"), tag="hide-input"),
    ),
    ("keeps_numbers_labels_and_shapes_out_of_assertions_in_view", add("assert total == 3")),
    ("keeps_numbers_labels_and_shapes_out_of_assertions_in_view", add("assert total.shape == other")),
    ("keeps_numbers_labels_and_shapes_out_of_assertions_in_view", add('assert winner == "b"')),
    ("draws_random_numbers_from_the_course_s_generator", add("rng = np.random.default_rng(0)")),
    ("draws_a_plot_that_a_learner_could_have_typed", without("plt.subplots")),
    ("uses_what_the_learner_wrote", add('find = ck.yours("chapter/find")')),
    ("has_every_number_of_its_prose_from_a_cell", lambda notebook: notebook.cells.append(new_markdown_cell("1,234!"))),
    ("weighs_at_most_1_mb", add("x", new_output("stream", text="x" * 1_000_000))),
    ("starts_with_its_only_title", without("# A chapter")),
    ("starts_with_its_only_title", lambda notebook: notebook.cells.append(new_markdown_cell("# Two"))),
    ("names_three_to_five_objectives", without("3. See it all. `see-all`\n")),
    ("names_three_to_five_objectives", without("**Objectives**")),
    ("says_what_comes_before", without("**Before you start**")),
    ("says_how_long_it_takes", without("**Time**")),
    ("says_how_long_it_takes", lambda notebook: notebook.cells.append(new_markdown_cell("word " * 600))),
    ("sets_up_in_its_first_code_cell", replaced(1, "import coursekit as ck")),
    ("sets_up_in_its_first_code_cell", replaced(1, "import coursekit as ck\n\nck.setup(seed=3)")),
    ("imports_in_its_second_code_cell", replaced(2, "import numpy as np\nx = 1")),
    ("imports_in_its_second_code_cell", add("import math")),
    ("has_two_interactive_figures", lambda notebook: notebook.cells.pop(11)),
    ("asserts_15_claims", together([without("np.testing.assert_allclose"), without("assert total")])),
    ("asserts_something_that_can_fail", add("assert True")),
    ("asserts_something_that_can_fail", add("assert (total == 3, 'wrong')")),
    ("shows_what_goes_wrong", without("## What goes wrong")),
    ("sums_up", without("## Summary")),
    ("lists_its_terms", without("| English | 中文 | Keras |")),
    ("sums_up_in_chinese_in_a_fold", without("学习目标与小结。")),
    ("sums_up_in_chinese_in_a_fold", without("<details>")),
    ("names_the_next_chapter", without("**Next chapter**")),
    ("offers_further_reading", without("**Further reading**")),
    ("offers_further_reading", without("(paper.html)")),
    ("uses_no_magic_and_no_shell", add("%time x = 1")),
    ("uses_no_magic_and_no_shell", add("!ls")),
    ("uses_no_magic_and_no_shell", add("print?")),
    ("uses_no_magic_and_no_shell", add("%%nothing\nassert False")),
    ("uses_no_magic_and_no_shell", add("%pip list", error(), tag="raises-exception")),
    ("uses_no_magic_and_no_shell", add("get_ipython().run_line_magic('time', '1')")),
    ("shows_the_error_of_every_cell_that_should_raise", no_error_output),
    ("shows_the_error_of_every_cell_that_should_raise", retagged("nbval-ignore-output")),
    ("shows_errors_nowhere_else", add("1 / 0", error())),
    ("hides_no_cell_from_the_tests", retagged("skip-execution")),
    ("hides_no_cell_from_the_tests", add("x = 1", tag="nbval-skip")),
    ("hides_no_cell_from_the_tests", add("# NBVAL_IGNORE_OUTPUT\nx = 1")),
    ("has_most_outputs_compared", together(UNCOMPARED)),
    ("has_most_outputs_compared", together(MEASURED)),
    ("asserts_after_every_uncompared_output", add("print(1)", tag="nbval-ignore-output")),
    ("saves_the_state_of_every_widget", unsaved),
    ("saves_the_state_of_every_widget", unsaved_child),
    ("keeps_each_interactive_figure_under_350_kb", with_model(value=PICTURE + "x" * 350_000)),
    ("shows_no_picture_without_alt_text", add("x", new_output("display_data", data={"image/svg+xml": "<svg/>"}))),
    ("shows_no_picture_without_alt_text", add("x", html('<img class="dark-light" src="x">'))),
    ("shows_no_picture_without_alt_text", add("x", html('<img class="dark-light" alt=" " src="x">'))),
    ("shows_no_picture_without_alt_text", add("x", html('<noscript><img alt="A point." src="x"></noscript>'))),
    ("shows_no_picture_without_alt_text", with_model(value='<img class="dark-light" alt="" src="x">')),
    ("shows_no_picture_without_alt_text", no_text),
    ("shows_no_picture_without_alt_text", lambda notebook: notebook.cells.append(new_markdown_cell("![](x.png)"))),
    ("names_no_folder_of_a_machine", add("x", new_output("stream", text="/home/ada/course"))),
    ("names_no_folder_of_a_machine", add("x", html("<b>C:\\Users\\ada</b>"))),
    ("names_no_folder_of_a_machine", with_model(value="/Users/ada/x.png")),
    ("names_no_folder_of_a_machine", add("open('/tmp/x')")),
    ("shows_no_warning_and_no_stderr", add("x", new_output("stream", name="stderr", text="hm"))),
    ("shows_no_warning_and_no_stderr", add("x", new_output("stream", text="x.py:3: UserWarning: no"))),
    ("shows_nothing_that_changes_from_run_to_run", add("x", new_output("stream", text="<object at 0x7f3a5c1d2e30>"))),
    ("shows_nothing_that_changes_from_run_to_run", add("x", new_output("stream", text="63/63 - 0s - 12ms/step"))),
    ("shows_nothing_that_changes_from_run_to_run", add("x", new_output("stream", text="10%\r20%\n"))),
    ("imports_keras_in_one_way", add("from tensorflow import keras")),
    ("imports_keras_in_one_way", add("from tensorflow.keras import layers")),
    ("imports_keras_in_one_way", add("import tensorflow.keras")),
    ("imports_keras_in_one_way", add("tf.keras.layers.Dense(1)")),
]
# What `normalize` repairs by itself can only be wrong in a file that something else wrote.
FOREIGN_BREACHES: list[tuple[str, Change]] = [
    ("was_executed_from_top_to_bottom", lambda notebook: code_cells(notebook)[3].update(execution_count=9)),
    ("was_executed_from_top_to_bottom", lambda notebook: code_cells(notebook)[3].update(execution_count=None)),
    ("was_executed_from_top_to_bottom", add("")),
    ("says_something_in_every_markdown_cell", lambda notebook: notebook.cells[0].update(source="?")),
    ("says_something_in_every_markdown_cell", lambda notebook: notebook.cells[0].update(source="")),
    ("gives_every_cell_its_own_id", lambda notebook: notebook.cells[1].update(id=notebook.cells[0].id)),
    ("collapses_checks_in_the_page_and_in_jupyterlab", hidden_in_jupyterlab_alone),
    ("is_as_execute_writes_it", lambda notebook: notebook.metadata.update(vscode={})),
    ("is_as_execute_writes_it", lambda notebook: notebook.cells[1].metadata.update(execution={"at": "12:00"})),
]


@pytest.mark.parametrize(("rule", "change"), BREACHES)
def test_a_bad_chapter_breaks_the_rule(rule: str, change: Change, saved: Callable[..., Chapter]) -> None:
    notebook = good_chapter()
    change(notebook)
    assert list(RULES[rule](saved(notebook)))


@pytest.mark.parametrize(("rule", "change"), FOREIGN_BREACHES)
def test_a_chapter_saved_by_another_program_breaks_the_rule(
    rule: str, change: Change, saved: Callable[..., Chapter]
) -> None:
    notebook = normalize(good_chapter())
    change(notebook)
    assert list(RULES[rule](saved(notebook, write=lambda bad: nbformat.v4.writes(bad))))


def test_a_chapter_that_the_contents_forget_breaks_the_rule(saved: Callable[..., Chapter], contents: Path) -> None:
    contents.write_text("root: index\n", encoding="utf-8")
    assert list(RULES["stands_in_the_table_of_contents"](saved(good_chapter())))


def test_a_word_before_a_colon_is_no_drive(saved: Callable[..., Chapter]) -> None:
    notebook = good_chapter()
    add("x", new_output("stream", text="for node in TAPE:\n    pass"))(notebook)
    assert not list(RULES["names_no_folder_of_a_machine"](saved(notebook)))


def test_objectives_without_an_exercise_break_the_rule_once_the_bank_has_the_chapter(
    saved: Callable[..., Chapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = good_chapter()
    without("`see-more`")(notebook)
    chapter = saved(notebook)
    assert not list(RULES["tests_each_objective_with_an_exercise"](chapter))
    monkeypatch.setattr(rules, "_has_exercises", lambda chapter: True)
    assert list(RULES["tests_each_objective_with_an_exercise"](chapter)) == [
        "no exercise in backticks ends the objective: See another thing."
    ]


def test_every_rule_can_be_broken() -> None:
    elsewhere = {"stands_in_the_table_of_contents", "tests_each_objective_with_an_exercise"}
    assert {rule for rule, _ in BREACHES + FOREIGN_BREACHES} | elsewhere == set(RULES)

"""nbval with our plugin: an untouched chapter passes, and each kind of false output fails the cell that holds it."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from coursepress import strict
from coursepress.execute import execute
from coursepress.strict import SANITIZE

CELLS = (
    "import os\nimport time\n\nimport ipywidgets as widgets\nfrom IPython.display import HTML, display",
    "print('plain text')",
    "_ = os.write(1, b'text from C')",
    'display(HTML(\'<img alt="a point" src="data:image/png;base64,{picture}">\'))',
    "slider, stack = widgets.IntSlider(description='stride'), widgets.Stack([widgets.HTML('frame one')])\n"
    "link = widgets.jslink((slider, 'value'), (stack, 'selected_index'))\nwidgets.VBox([slider, stack])",
    "print('first')\ndisplay(HTML('<b>second</b>'))",
    ("1 / 0", "raises-exception"),
    ("print(time.perf_counter_ns())", "measured"),
    "[1, 2];",
    ("print('a training', 0.5)", "nbval-ignore-output"),
)
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQMAAAAl21bKAAAAA1BMVEX///+nxBvIAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
OUTPUT = r'"<img alt=\"a point\" src=\"data:image/png;base64,iVBOR'

Edit = Callable[[str], str]


def swapped(text: str) -> str:
    """Let the print of cell 5 come after its picture."""
    notebook = nbformat.v4.reads(text)
    notebook.cells[5].outputs.reverse()
    return nbformat.v4.writes(notebook)


# The cell that must fail, counted from 0 as nbval does; None if the edit changes nothing that is compared.
EDITS: dict[str, tuple[int | None, Edit]] = {
    "nothing": (None, lambda text: text),
    "text": (1, lambda text: text.replace('"plain text\\n"', '"other text\\n"')),
    "text printed by C": (2, lambda text: text.replace('"text from C"', '"other from C"')),
    "the bytes of a picture": (None, lambda text: text.replace(OUTPUT, OUTPUT.replace("iVBOR", "aVBOR"))),
    "the alt text of a picture": (3, lambda text: text.replace(OUTPUT, OUTPUT.replace("a point", "a line"))),
    "a frame of a figure": (4, lambda text: text.replace('"value": "frame one"', '"value": "frame two"')),
    "the link of a slider": (4, lambda text: text.replace('"selected_index"', '"another_index"')),
    "the order of outputs": (5, swapped),
    "an expected error": (6, lambda text: text.replace('"division by zero"', '"something else"')),
    "a measured output": (None, lambda text: re.sub(r'"[0-9]{9,}\\n"', '"7"', text)),
    "an output that is not compared": (None, lambda text: text.replace("a training 0.5", "a training 0.6")),
    "an output that changes": (None, lambda text: text.replace("'a training', 0.5", "'a training', time.time()")),
}
# What is said of the file as a whole where all cells pass; where one fails, it is skipped.
UNSTABLE, OTHERS, SAME = "Two runs in a row differ", "stable, but not what the file holds", ""
WHOLE = {
    "nothing": SAME,
    "a measured output": SAME,
    "the bytes of a picture": OTHERS,
    "an output that is not compared": OTHERS,
    "an output that changes": UNSTABLE,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, set[str]], str]:
    """Run nbval once over a chapter and its falsified copies; the failed cells of each, and all that was printed."""
    root = tmp_path_factory.mktemp("course")
    sanitize = root / SANITIZE
    sanitize.parent.mkdir()
    sanitize.write_bytes((Path(__file__).resolve().parents[2] / SANITIZE).read_bytes())
    pairs = [(cell, None) if isinstance(cell, str) else cell for cell in CELLS]
    cells = [
        new_code_cell(source.replace("{picture}", PICTURE), metadata={"tags": [tag]} if tag else {})
        for source, tag in pairs
    ]
    original = root / "notebooks" / "original.ipynb"
    original.parent.mkdir()
    nbformat.write(new_notebook(cells=cells), original)
    assert execute([original]) == 0
    text = original.read_text(encoding="utf-8")
    original.unlink()
    for name, (_, edit) in EDITS.items():
        assert (edit(text) == text) == (name == "nothing"), f"{name} was not falsified"
        original.with_name(f"{name}.ipynb").write_text(edit(text), encoding="utf-8")
    (root / "pytest.ini").write_text("[pytest]\naddopts = -p coursepress.strict --nbval -rA --thorough\n")
    (root / "conftest.py").write_text(
        "def pytest_addoption(parser): parser.addoption('--thorough', action='store_true')"
    )
    command = [sys.executable, "-m", "pytest", "--color=no", "-p", "no:cacheprovider", "notebooks"]
    printed = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False).stdout
    failed = {
        name: {line.split("::Cell ")[1].split()[0] for line in printed.splitlines() if _failed(line, name)}
        for name in EDITS
    }
    return failed, printed


def _failed(line: str, name: str) -> bool:
    return line.startswith("FAILED") and f"{name}.ipynb::Cell " in line


@pytest.mark.parametrize("name", EDITS)
def test_a_false_output_fails_its_cell_and_no_other(name: str, results: tuple[dict[str, set[str]], str]) -> None:
    failed, printed = results
    cell, _ = EDITS[name]
    assert failed[name] == (set() if cell is None else {str(cell)}), printed


@pytest.mark.parametrize("name", EDITS)
def test_the_same_run_tells_whether_the_files_bytes_are_stable(
    name: str, results: tuple[dict[str, set[str]], str]
) -> None:
    printed, expected = results[1], WHOLE.get(name)
    lines = [line.split(" - ")[0] for line in printed.splitlines()]
    assert (f"PASSED notebooks/{name}.ipynb::the file" in lines) == (expected in (SAME, OTHERS)), printed
    assert (f"FAILED notebooks/{name}.ipynb::the file" in lines) == (expected == UNSTABLE), printed
    assert (f"UserWarning: {name}.ipynb is {OTHERS}" in printed) == (expected == OTHERS), printed


@pytest.mark.parametrize(
    ("worker", "so_far", "thorough", "runs"),
    [("gw0", 0, False, True), ("gw0", 1, False, False), ("gw1", 0, False, False), ("gw1", 1, True, True)],
)
def test_a_second_run_is_made_of_one_chapter_or_of_all(
    worker: str, so_far: int, thorough: bool, runs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strict.WholeFile, "second_runs", so_far)
    chapter: Any = SimpleNamespace()
    chapter.config = SimpleNamespace(workerinput={"workerid": worker}, getoption=lambda *_: thorough)
    assert strict.WholeFile.may_run_again(chapter) == runs


def test_a_file_that_is_not_stable_names_the_cell(results: tuple[dict[str, set[str]], str]) -> None:
    reason = results[1].partition(UNSTABLE)[2]
    assert reason.splitlines()[1] == "code cell 10: print('a training', time.time()): the outputs"


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (strict.RunningKernel, "get_message", "self, stream, timeout"),
        (strict.RunningKernel, "execute_cell_input", "self, cell_input, allow_stdin"),
        (strict.RunningKernel, "await_reply", "self, msg_id, timeout"),
        (strict.RunningKernel, "await_idle", "self, parent_id, timeout"),
        (strict.RunningKernel, "stop", "self"),
        (strict.IPyNbFile, "setup", "self"),
        (strict.IPyNbFile, "collect", "self"),
        (strict.IPyNbFile, "setup_sanitize_files", "self"),
        (strict.IPyNbCell, "__init__", "self, name, parent, cell_num, cell, options"),
        (strict.IPyNbCell, "sanitize", "self, s"),
        (strict.IPyNbCell, "raise_cell_error", "self, message, args, kwargs"),
        (strict, "coalesce_streams", "outputs"),
        (strict.NotebookClient, "process_message", "self, msg, cell, cell_index"),
        (strict.NotebookClient, "set_widgets_metadata", "self"),
    ],
)
def test_the_libraries_have_what_the_plugin_builds_on(owner: object, name: str, parameters: str) -> None:
    assert ", ".join(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_the_summary_says_what_was_not_compared_and_that_the_network_is_blocked(
    results: tuple[dict[str, set[str]], str],
) -> None:
    _, printed = results
    assert re.search(
        r"notebooks/nothing.ipynb: \d+ s, outputs of 2 of 10 code cells not compared \(cells 8, 10\)", printed
    ), printed
    assert "network: blocked" in printed

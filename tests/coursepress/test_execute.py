"""`execute`: fresh kernels in, notebooks with stable outputs out, and nothing saved when something is wrong."""

import json
import os
import socket
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning.local_provisioner import LocalPortCache

from coursepress import execute as execution
from coursepress import fresh_kernel, widget_state
from coursepress.execute import chapter_name, execute
from coursepress.normalize import code_cells
from tests.coursepress.conftest import Write

SLIDER = """\
import ipywidgets as widgets

slider = widgets.IntSlider(description="stride")
stack = widgets.Stack([widgets.HTML("one"), widgets.HTML("two")], selected_index=0)
link = widgets.jslink((slider, "value"), (stack, "selected_index"))
forgotten = widgets.Text("never shown")
widgets.VBox([slider, stack])"""


def outputs(path: Path, number: int) -> list[dict]:
    """The outputs of a code cell, counted from 1."""
    return code_cells(nbformat.read(path, as_version=4))[number - 1].outputs


def text(path: Path, number: int) -> str:
    return "".join(output["text"] for output in outputs(path, number))


def test_a_second_run_changes_no_byte(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(SLIDER, "print('a')\nprint({'b', 'c', 'd'})\n1 + 1", "display(slider)")
    assert execute([path]) == 0
    first = path.read_bytes()
    assert execute([path]) == 0
    assert path.read_bytes() == first
    written, unchanged = capsys.readouterr().out.splitlines()
    assert written.startswith("part/chapter  3 code cells")
    assert written.endswith("written")
    assert unchanged.endswith("unchanged")


def test_widgets_are_saved_with_all_they_need_and_nothing_else(write: Write) -> None:
    path = write(SLIDER)
    execute([path])
    notebook = nbformat.read(path, as_version=4)
    models = widget_state.models(notebook)
    [view] = widget_state.views(outputs(path, 1))
    assert view == "widget-0001"
    assert not widget_state.missing([view], models)
    names = sorted(model["model_name"] for model in models.values())
    assert names.count("LinkModel") == 1, "the slider moves nothing without its link"
    assert names.count("LayoutModel") == 1, "equal layouts are shared"
    assert "TextModel" not in names, "what is not shown is not saved"


def test_a_failing_cell_is_named_and_the_file_stays(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("x = 0", "y = 2\ny / x", "print('not reached')")
    before = path.read_bytes()
    assert execute([path]) == 1
    said = capsys.readouterr().out
    assert "part/chapter" in said
    assert "code cell 2: y = 2" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "at line 2: y / x" in said
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import sys\nprint('oh', file=sys.stderr)", "wrote to stderr"),
        ("import os\nos.write(2, b'from C')", "from C"),
        ("import warnings\nwarnings.warn('old')", "UserWarning: old"),
        ("object()", "memory address"),
        ("import os\nos.getcwd()", "path of the machine"),
        ("print('5/5 - 1s - 200ms/step')", "timing"),
        ("print('1%', end='\\r')\nprint('2%')", "written over"),
    ],
)
def test_what_no_reader_should_see_is_an_error(
    source: str, why: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(source)
    before = path.read_bytes()
    assert execute([path]) == 1
    assert why in capsys.readouterr().out
    assert path.read_bytes() == before


def test_an_expected_error_is_kept_without_frames_of_libraries(write: Write) -> None:
    path = write(("import json\njson.loads('{')", "raises-exception"), "print('after')")
    assert execute([path]) == 0
    [error] = outputs(path, 1)
    assert error["ename"] == "JSONDecodeError"
    frames = [entry for entry in error["traceback"] if entry.startswith("File ")]
    assert frames
    assert all(frame.startswith("File json/") and "\n" not in frame for frame in frames)
    assert text(path, 2) == "after\n"


def test_an_expected_error_that_does_not_come_is_an_error(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([write(("x = 1", "raises-exception"))]) == 1
    assert "raised nothing" in capsys.readouterr().out


def test_a_cell_that_takes_too_long_is_named(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "CELL_TIMEOUT_S", 1)
    assert execute([write("x = 1", "import time\ntime.sleep(60)")]) == 1
    said = capsys.readouterr().out
    assert "code cell 2: import time" in said
    assert "ran longer than 1 s" in said


@pytest.mark.skipif(os.name == "nt", reason="kernels on Windows have ports only")
def test_a_kernel_starts_where_another_program_took_its_port(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda *_: taken.getsockname()[1])
        assert execute([write("x = 1")]) == 0


def test_a_dead_kernel_is_named(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([write("import os\nos._exit(3)")]) == 1
    said = capsys.readouterr().out
    assert "code cell 1: import os" in said
    assert "kernel died" in said


def test_a_kernel_that_dies_while_it_starts_is_named(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"argv": [sys.executable, "-c", "raise SystemExit(3)"], "display_name": "broken", "language": "python"}
    monkeypatch.setattr(fresh_kernel, "get_kernel_dict", lambda: broken)
    assert execute([write("x = 1")]) == 1
    said = capsys.readouterr().out
    assert "The kernel did not start: " in said
    assert "Traceback" not in said


def test_no_notebook_is_a_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{", encoding="utf-8")
    assert execute([tmp_path / "gone.ipynb", broken]) == 1
    said = capsys.readouterr().out
    assert "There is no file" in said
    assert "is no notebook" in said
    assert "Traceback" not in said


def test_chapters_run_on_this_interpreter_whatever_they_name(write: Write) -> None:
    path = write("import sys", f"assert sys.executable == {sys.executable!r}")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["kernelspec"] = {"name": "not-installed", "display_name": "No", "language": "python"}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert execute([path]) == 0
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


def test_the_callers_settings_do_not_reach_the_chapter(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_SEED", "3")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    monkeypatch.setenv("PYTHONHASHSEED", "11")
    monkeypatch.setenv("COURSEKIT_HOME", "somewhere")
    path = write(
        "import os",
        "assert 'COURSEKIT_SEED' not in os.environ",
        "assert 'TF_NUM_INTRAOP_THREADS' not in os.environ",
        "assert os.environ['PYTHONHASHSEED'] == '0'",
        "assert os.environ['COURSEKIT_HOME'] != 'somewhere'",
    )
    assert execute([path]) == 0


def test_chapters_leave_no_file_behind(write: Write) -> None:
    path = write("from pathlib import Path", "assert not list(Path().iterdir())", "Path('left').write_text('x')")
    assert execute([path]) == 0
    assert os.listdir(path.parent) == [path.name]


def test_one_bad_chapter_does_not_keep_the_others_from_being_written(write: Write) -> None:
    bad, good = write("1 / 0", name="part/bad"), write("print(1)", name="part/good")
    assert execute([bad, good], jobs=2) == 1
    assert text(good, 1) == "1\n"


def test_seeds_count_how_often_a_cell_fails_and_save_nothing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("import os\nseed = int(os.environ['COURSEKIT_SEED'])", "assert seed != 1", "assert seed < 3")
    before = path.read_bytes()
    assert execute([path], seeds=4) == 1
    said = capsys.readouterr().out
    assert "code cell 2: assert seed != 1\n    1 of 4, with seeds 1" in said
    assert "code cell 3: assert seed < 3\n    1 of 4, with seeds 3" in said
    assert path.read_bytes() == before


def test_seeds_that_all_hold_say_so(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([write("assert 1 + 1 == 2")], seeds=2) == 0
    assert "held with all of 2 seeds" in capsys.readouterr().out


def test_check_names_the_cells_that_differ_and_saves_nothing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("print('one')", "print('two')")
    execute([path])
    assert execute([path], check=True) == 0
    tampered = path.read_text(encoding="utf-8").replace('"two\\n"', '"three\\n"')
    path.write_text(tampered, encoding="utf-8")
    capsys.readouterr()
    assert execute([path], check=True) == 1
    said = capsys.readouterr().out
    assert "DIFFERS" in said
    assert "code cell 2" in said
    assert "code cell 1" not in said
    assert path.read_text(encoding="utf-8") == tampered


def test_a_measured_cell_keeps_its_output_until_its_source_changes(write: Write) -> None:
    measured = "import time\nprint(time.perf_counter_ns())"
    path = write((measured, "measured"), (f"{SLIDER}\nslider.value = time.perf_counter_ns() % 100", "measured"))
    execute([path])
    first = path.read_bytes()
    execute([path])
    assert path.read_bytes() == first
    execute([path], refresh=True)
    refreshed = text(path, 1)
    assert refreshed.encode() not in first
    path.write_text(path.read_text(encoding="utf-8").replace("import time", "import  time"), encoding="utf-8")
    execute([path])
    assert text(path, 1) != refreshed


def test_a_file_is_replaced_whole_or_not_at_all(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("print(1)")
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        execute([path])
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name], "no half-written file is left"


def test_an_interruption_stops_the_kernels_and_saves_nothing(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("import time\ntime.sleep(60)")
    before = path.read_bytes()

    def interrupted(futures: object) -> None:
        while not stopped or not stopped[0].km or not stopped[0].km.has_kernel:
            execution.time.sleep(0.05)
        raise KeyboardInterrupt

    stopped: list[execution.Client] = []
    make = execution.Client.__init__

    def remember(self: execution.Client, *arguments: object) -> None:
        make(self, *arguments)  # type: ignore[arg-type]
        stopped.append(self)

    monkeypatch.setattr(execution.Client, "__init__", remember)
    monkeypatch.setattr(execution, "as_completed", interrupted)
    assert execute([path]) == 130
    assert "Interrupted" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_chapters_name_is_its_place_in_the_course() -> None:
    assert chapter_name(Path("somewhere/notebooks/vision/condense.ipynb")) == "vision/condense"
    assert chapter_name(Path("elsewhere/draft.ipynb")) == "draft"


@pytest.mark.parametrize("options", [{"jobs": 0}, {"seeds": 0}])
def test_counts_start_at_one(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        execute([], **options)  # type: ignore[arg-type]

"""`normalize`: one form for every notebook, whoever saved it."""

import base64
import io

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from coursepress import widget_state
from coursepress.normalize import dumps, normalize, unstable


def picture(mode: str = "RGBA") -> str:
    """A PNG with many colors, in base64."""
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (24, 24, 4), dtype=np.uint8), "RGBA").convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def one_cell(*outputs: NotebookNode, **metadata: object) -> NotebookNode:
    return new_notebook(cells=[new_code_cell("x", outputs=list(outputs), metadata=metadata)])


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
streams = st.builds(lambda name, text: new_output("stream", name=name, text=text), st.sampled_from(["stdout"]), texts)
displays = st.builds(lambda text: new_output("display_data", data={"text/plain": text}), texts)
code = st.builds(lambda source, outputs: new_code_cell(source, outputs=outputs), texts, st.lists(streams | displays))
notebooks = st.builds(lambda cells: new_notebook(cells=cells), st.lists(code | st.builds(new_markdown_cell, texts)))


@given(notebooks)
def test_a_second_pass_changes_no_byte(notebook: NotebookNode) -> None:
    once = dumps(normalize(notebook))
    assert dumps(normalize(nbformat.v4.reads(once))) == once
    assert once.endswith("}\n")
    assert "\r" not in once
    nbformat.validate(nbformat.v4.reads(once))


@given(notebooks)
def test_the_notebook_given_is_left_alone(notebook: NotebookNode) -> None:
    before = nbformat.v4.writes(notebook)
    normalize(notebook)
    assert nbformat.v4.writes(notebook) == before


def test_a_new_cell_changes_no_other_cells_id() -> None:
    cells = [new_code_cell("a"), new_code_cell("b"), new_code_cell("a")]
    ids = [cell.id for cell in normalize(new_notebook(cells=cells)).cells]
    assert len(set(ids)) == 3
    more = normalize(new_notebook(cells=[new_markdown_cell("new"), *cells]))
    assert [cell.id for cell in more.cells][1:] == ids


def test_traces_of_the_run_are_removed() -> None:
    notebook = one_cell(new_output("stream", text="1"), execution={"iopub.status.busy": "12:00"}, scrolled=True)
    notebook.metadata |= {"language_info": {"name": "python", "version": "3.11.7"}, "vscode": {"interpreter": 1}}
    result = normalize(notebook)
    assert result.cells[0].metadata == {}
    assert "version" not in result.metadata.language_info
    assert "vscode" not in result.metadata


def test_what_the_page_folds_is_collapsed_in_jupyterlab_and_nothing_else_is() -> None:
    hidden, shown = new_code_cell("a", metadata={"tags": ["hide-input"]}), new_code_cell("b")
    shown.metadata["jupyter"] = {"source_hidden": True}
    result = normalize(new_notebook(cells=[hidden, shown]))
    assert [cell.metadata.get("jupyter") for cell in result.cells] == [{"source_hidden": True}, None]


def test_text_keeps_its_place_beside_pictures() -> None:
    parts = [
        new_output("stream", text="a"),
        new_output("stream", text="b"),
        new_output("display_data", data={"x/y": "f"}),
    ]
    result = normalize(one_cell(*parts, new_output("stream", text="c"))).cells[0].outputs
    assert [output.get("text", "picture") for output in result] == ["ab", "picture", "c"]


def test_pictures_get_a_palette_once() -> None:
    page = f'<img alt="noise" src="data:image/png;base64,{picture()}">'
    output = new_output("display_data", data={"image/png": picture(), "text/html": page})
    result = normalize(one_cell(output))
    data = result.cells[0].outputs[0]["data"]
    assert len(data["text/html"]) < len(page)
    embedded = data["text/html"].split("base64,")[1].rstrip('">')
    for small in (data["image/png"], embedded):
        assert Image.open(io.BytesIO(base64.b64decode(small))).mode == "P"
    assert dumps(normalize(result)) == dumps(result)


@pytest.mark.parametrize(
    ("frame", "short"),
    [
        (
            "File ~/.venv/lib/python3.11/site-packages/keras/src/layer.py:9, in Layer.call(x)\n 8 a\n 9 b",
            "keras/src/layer.py:9, in Layer.call",
        ),
        ("File C:\\course\\Lib\\site-packages\\keras\\a.py:3, in f()\n 3 x", "keras/a.py:3, in f"),
        ("File /usr/lib/python3.12/json/decoder.py:4, in decode(s)\n x", "json/decoder.py:4, in decode"),
        ("File ~/course/src/coursekit/session.py:1, in g()\n x", "coursekit/session.py:1, in g"),
        ("File /opt/odd/place.py:2", "place.py:2"),
    ],
)  # fmt: skip
def test_a_frame_of_a_library_keeps_only_where_it_is(frame: str, short: str) -> None:
    colored = frame.replace("File ", "\x1b[36mFile \x1b[39m\x1b[32m", 1).replace(", in", "\x1b[39m, in", 1)
    entries = ["ValueError", colored, "Cell In[1], line 1\n----> 1 f()"]
    once = normalize(one_cell(new_output("error", ename="ValueError", evalue="", traceback=entries)))
    assert once.cells[0].outputs[0].traceback == ["ValueError", f"File {short}", "Cell In[1], line 1\n----> 1 f()"]
    assert dumps(normalize(once)) == dumps(once)


def widget_notebook(prefix: str, order: list[str]) -> NotebookNode:
    """The same figure with other model ids, saved in another order."""
    named = {name: f"{prefix}{name}" for name in ("box", "slider", "stack", "look", "twin", "link")}
    states: dict[str, dict[str, object]] = {
        "box": {"_model_name": "VBoxModel", "children": [f"IPY_MODEL_{named[n]}" for n in ("slider", "stack")]},
        "slider": {"_model_name": "SliderModel", "layout": f"IPY_MODEL_{named['look']}"},
        "stack": {"_model_name": "StackModel", "layout": f"IPY_MODEL_{named['twin']}"},
        "look": {"_model_name": "LayoutModel", "width": None},
        "twin": {"_model_name": "LayoutModel", "width": None},
        "link": {
            "_model_name": "LinkModel",
            "source": [f"IPY_MODEL_{named['slider']}", "index"],
            "target": [f"IPY_MODEL_{named['stack']}", "selected_index"],
        },
    }
    notebook = one_cell(new_output("display_data", data={widget_state.VIEW: {"model_id": named["box"]}}))
    saved = {
        named[name]: {
            "model_name": states[name]["_model_name"],
            "model_module": "@jupyter-widgets/base",
            "state": states[name],
        }
        for name in order
    }
    notebook.metadata["widgets"] = {widget_state.STATE: {"state": saved}}
    return notebook


def test_widget_names_depend_on_the_figure_alone() -> None:
    names = ["box", "slider", "stack", "look", "twin", "link"]
    one = dumps(normalize(widget_notebook("3f2a", names)))
    other = dumps(normalize(widget_notebook("b771", names[::-1])))
    assert one == other
    assert "3f2a" not in one


def test_equal_layouts_are_shared_and_defaults_are_left_out() -> None:
    models = widget_state.models(normalize(widget_notebook("a", ["box", "slider", "stack", "look", "twin", "link"])))
    assert [model["model_name"] for model in models.values()].count("LayoutModel") == 1
    assert len(models) == 5
    slider, stack = (
        next(m for m in models.values() if m["model_name"] == name) for name in ("SliderModel", "StackModel")
    )
    assert slider["state"]["layout"] == stack["state"]["layout"]
    layout = models[slider["state"]["layout"].removeprefix("IPY_MODEL_")]
    assert layout["state"] == {}


def test_only_what_ipywidgets_calls_a_default_is_left_out() -> None:
    slider = widgets.SelectionSlider(options=[("1", 0), ("2", 1)], description="stride")
    stack = widgets.Stack([widgets.HTML("one"), widgets.HTML("two")], selected_index=0)
    link = widgets.jslink((slider, "index"), (stack, "selected_index"))
    box = widgets.VBox([widgets.HBox([widgets.Play(min=0, max=1), slider]), stack])
    full, needed = (widgets.Widget.get_manager_state(drop_defaults=drop)["state"] for drop in (False, True))
    names, kept = widget_state.stable([box.model_id], full)
    assert link.model_id in names
    for model_id, name in names.items():
        assert set(needed[model_id]["state"]) <= set(kept[name]["state"])


def test_a_widget_whose_state_is_not_saved_is_missing() -> None:
    notebook = widget_notebook("a", ["box", "slider", "look", "twin"])
    assert widget_state.missing(["abox"], widget_state.models(notebook)) == ["astack"]


def test_a_timing_is_allowed_only_where_it_is_measured() -> None:
    output = new_output("stream", text="Wall time: 3 s")
    assert list(unstable(one_cell(output)))
    assert not list(unstable(one_cell(output, tags=["measured"])))


def test_what_changes_is_found_inside_widgets_too() -> None:
    notebook = widget_notebook("a", ["box", "slider", "stack", "look"])
    saved = widget_state.models(notebook)
    saved["aslider"]["state"]["value"] = "<object at 0x7f3a5c1d2e30>"
    [(number, what)] = unstable(notebook)
    assert number == 1
    assert "memory address" in what


def test_pictures_hold_no_addresses_even_if_their_bytes_look_like_one() -> None:
    page = '<img src="data:image/png;base64,/0x7f3a5c1d2e30/">'
    assert not list(unstable(one_cell(new_output("display_data", data={"text/html": page}))))

"""Notebooks whose bytes depend on their source alone: what changes from run to run is taken out or refused."""

import base64
import copy
import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from PIL import Image

from coursekit.figures.display import reduced
from coursepress import widget_state

MEASURED, HIDDEN = "measured", "hide-input"
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_KEPT_CELL_METADATA = ("tags", "mystnb", "coursekit")
_KEPT_NOTEBOOK_METADATA = ("title", "authors", "mystnb")
_PALETTE = 128

_EMBEDDED_PNG = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"File (?P<path>(?:[A-Za-z]:)?.+?):(?P<line>\d+)(?:, in (?P<function>[^\n(]+))?")
_PACKAGE_FOLDERS = tuple(
    re.compile(rf".*[\\/]{folder}[\\/]") for folder in ("(?:site|dist)-packages", r"python3\.\d+", "src")
)
_ABSOLUTE = re.compile(r"[/~]|[A-Za-z]:[\\/]")
_UNSTABLE = {
    re.compile(r"\b0x[0-9a-fA-F]{9,16}\b"): "a memory address, which differs in every run; print a value or a name",
    re.compile(r"[\r\b](?!\n)"): "a line that is written over, as progress bars do; use verbose=0 or verbose=2",
}
_FOREIGN_FOLDERS = (r"/home/", r"/Users/", r"/root/", r"/tmp/", r"site-packages[\\/]", r"[A-Z]:\\Users\\")
_TIMING = re.compile(r"\d\s?[mµn]?s/(?:step|epoch|sample)|(?:Wall time|CPU times|ETA):")


def dumps(notebook: NotebookNode) -> str:
    """The text of a notebook file: sorted keys, LF, one trailing newline."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def normalize(notebook: NotebookNode) -> NotebookNode:
    """A copy of an executed notebook without anything that changes from run to run.

    Cell ids, execution counts and widget names come from the order of things; kernel and language are fixed; pictures
    are reduced to a palette; library frames of tracebacks become one line each. A second pass changes nothing.
    """
    result = copy.deepcopy(notebook)
    result.nbformat, result.nbformat_minor = 4, 5
    _name_cells(result)
    _name_widgets(result)
    count = 0
    for cell in result.cells:
        cell.source = cell.source.replace("\r\n", "\n")
        cell.metadata = _kept(cell.metadata, _KEPT_CELL_METADATA)
        if cell.cell_type == "code":
            if HIDDEN in tags(cell):  # the page folds it; JupyterLab wants to be told separately
                cell.metadata["jupyter"] = {"source_hidden": True}
            count += bool(cell.source.strip())
            cell.execution_count = count if cell.source.strip() else None
            cell.outputs = _merged_streams([_output(output, cell.execution_count) for output in cell.outputs])
    widgets = result.metadata.get("widgets")
    result.metadata = _kept(result.metadata, _KEPT_NOTEBOOK_METADATA)
    result.metadata |= {"kernelspec": _KERNELSPEC, "language_info": _LANGUAGE}
    if widgets:
        result.metadata["widgets"] = _with_small_pictures(widgets)
    return nbformat.from_dict(result)


def unstable(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """What `normalize` cannot repair: for each finding the number of the code cell, from 1, and what it shows.

    Memory addresses, machine paths, overwritten lines and, outside cells tagged `measured`, timings.
    """
    saved = widget_state.models(notebook)
    for number, cell in enumerate(code_cells(notebook), start=1):
        text = _EMBEDDED_PNG.sub("", "\n".join(_texts(cell.outputs, saved)))
        for pattern, what in (_UNSTABLE | _machine_paths()).items():
            if found := pattern.search(text):
                yield number, f"shows {what}: {_around(text, found)}"
        if MEASURED not in tags(cell) and (found := _TIMING.search(text)):
            yield number, f"shows a timing; tag the cell `measured`, or use verbose=0: {_around(text, found)}"


def keep_measured(fresh: NotebookNode, committed: NotebookNode, *, refresh: bool = False) -> None:
    """Give cells tagged `measured` their committed outputs back where their source is unchanged.

    The digest of the source that was measured is stored with the cell. With `refresh` new outputs win.
    """
    old = {
        cell.metadata.get("coursekit", {}).get(MEASURED): cell
        for cell in code_cells(committed)
        if MEASURED in tags(cell)
    }
    for number, cell in enumerate(code_cells(fresh), start=1):
        if MEASURED not in tags(cell):
            cell.metadata.pop("coursekit", None)
            continue
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:16]
        if digest in old and not refresh:
            cell.outputs = copy.deepcopy(old[digest].outputs)
            _adopt_widgets(fresh, committed, cell.outputs, prefix=f"kept-{number}-")
        cell.metadata["coursekit"] = {MEASURED: digest}


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells of a notebook that hold code, in order; a reader sees the first one as `In [1]`."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


def _kept(metadata: dict[str, Any], names: tuple[str, ...]) -> NotebookNode:
    return nbformat.from_dict({name: metadata[name] for name in names if metadata.get(name)})


def _name_cells(notebook: NotebookNode) -> None:
    """Ids from the cells' own text, so that a new cell changes no other cell's id; repeats are numbered."""
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _name_widgets(notebook: NotebookNode) -> None:
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    names, kept = widget_state.stable(widget_state.views(outputs), widget_state.models(notebook))
    for output in outputs:
        view = output.get("data", {}).get(widget_state.VIEW)
        if view is not None:
            view["model_id"] = names.get(view["model_id"], view["model_id"])
    notebook.metadata.pop("widgets", None)
    if kept:
        notebook.metadata["widgets"] = {
            widget_state.STATE: {"state": kept, "version_major": 2, "version_minor": 0},
        }


def _adopt_widgets(fresh: NotebookNode, committed: NotebookNode, outputs: list[NotebookNode], prefix: str) -> None:
    """Copy the models behind kept outputs, under names that no fresh model has."""
    names, kept = widget_state.stable(widget_state.views(outputs), widget_state.models(committed))
    if not kept:
        return
    own = {name: f"{prefix}{name}" for name in kept}
    saved = fresh.metadata.setdefault("widgets", {widget_state.STATE: {"state": {}}})[widget_state.STATE]["state"]
    saved |= {own[name]: model for name, model in widget_state.renamed(kept, own).items()}
    for output in outputs:
        view = output.get("data", {}).get(widget_state.VIEW)
        if view is not None:
            view["model_id"] = own[names[view["model_id"]]]


def _output(output: NotebookNode, count: int | None) -> NotebookNode:
    if "metadata" in output:
        output.metadata = NotebookNode()
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type == "error":
        output.traceback = [_shortened(entry) for entry in output.traceback]
    if "data" in output:
        output.data = _with_small_pictures(output.data)
    return output


def _merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbors of one stream: where a kernel flushes is chance. Text stays before or after a picture."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _shortened(entry: str) -> str:
    """One entry of a traceback; a frame inside a library keeps only where it is, from the package's name on."""
    frame = _FRAME.match(_ANSI.sub("", entry))
    if frame is None:
        return entry
    path = frame["path"]
    if not _ABSOLUTE.match(path):
        return frame.string.splitlines()[0]
    outside = next((end.end() for folder in _PACKAGE_FOLDERS if (end := folder.match(path))), None)
    path = path[outside:].replace("\\", "/") if outside else re.split(r"[\\/]", path)[-1]
    function = f", in {frame['function'].strip()}" if frame["function"] else ""
    return f"File {path}:{frame['line']}{function}"


def _with_small_pictures(value: Any) -> Any:
    """Reduce every PNG in a value, as an output of its own or embedded in HTML, to a palette."""
    if isinstance(value, str):
        return _EMBEDDED_PNG.sub(lambda found: _quantized(found[0]), value)
    if isinstance(value, dict):
        return nbformat.from_dict(
            {
                key: f"{_quantized(item)}\n" if key == "image/png" else _with_small_pictures(item)
                for key, item in value.items()
            }
        )
    return [_with_small_pictures(item) for item in value] if isinstance(value, list) else value


def _quantized(picture: str) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    if image.mode == "P":
        return picture.strip()
    buffer = io.BytesIO()
    reduced(image.convert("RGB"), _PALETTE).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _texts(outputs: list[NotebookNode], saved: widget_state.Models) -> Iterator[str]:
    for output in outputs:
        yield output.get("text", "")
        yield output.get("evalue", "")
        yield _ANSI.sub("", "\n".join(output.get("traceback", [])))
        yield from (item for item in output.get("data", {}).values() if isinstance(item, str))
    _, kept = widget_state.stable(widget_state.views(outputs), saved)
    for model in kept.values():
        yield from (item for item in model["state"].values() if isinstance(item, str))


def _machine_paths() -> dict[re.Pattern[str], str]:
    """Folders that any machine may have, and this machine's own, which no general pattern can know."""
    folders = {Path.home(), Path.cwd(), Path(tempfile.gettempdir()), Path(__file__).parents[2]}
    own = sorted(rf"{re.escape(str(folder))}[\\/]" for folder in folders if len(folder.parts) > 1)
    pattern = re.compile("|".join((*_FOREIGN_FOLDERS, *own)))
    return {pattern: "a path of the machine it ran on; print only the file's name"}


def _around(text: str, found: re.Match[str]) -> str:
    line = text[text.rfind("\n", 0, found.start()) + 1 :].split("\n", 1)[0].strip()
    return line if len(line) <= 100 else f"…{text[max(found.start() - 40, 0) : found.end() + 40].strip()}…"

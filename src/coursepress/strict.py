"""nbval without its holes: a pytest plugin, switched on in pyproject.toml.

nbval runs every cell and compares its outputs. By itself it uses whatever kernel the notebook names, with the caller's
environment; it loses what C++ code prints, never looks into interactive figures, and does not mind outputs that change
places. With this plugin chapters run as `coursekit execute` runs them, and all of that is compared; when the last cell
has run, so are the bytes of the file. It also blocks the network for all tests and says so.

nbval has no interface but its command line: what this module takes from `nbval.plugin` and `nbval.kernel`, a test
looks for by name.
"""

import contextlib
import copy
import difflib
import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from queue import Empty
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

from coursepress import network, widget_state
from coursepress.chapters import read_notebook
from coursepress.execute import differences, run, settled
from coursepress.fresh_kernel import NO_HISTORY, place
from coursepress.normalize import MEASURED, code_cells, dumps, tags

SANITIZE = "tests/nbval-sanitize.cfg"
MOST_SECOND_RUNS = 1  # of all chapters, unless the run is a thorough one
_UNCOMPARED = {"nbval-ignore-output", MEASURED}
_PROMPT_S = 30.0


class ChapterKernel(RunningKernel):
    """nbval's kernel, started like those of `coursekit execute`; it keeps the notebook as nbclient would save it."""

    def __init__(self, notebook: NotebookNode, startup_timeout: float) -> None:
        self._recorder = NotebookClient(copy.deepcopy(notebook), record_timing=False, store_widget_state=True)
        self._recorder.clear_before_next_output = False
        self._recorder.nb.metadata.pop("widgets", None)
        for cell in code_cells(self._recorder.nb):
            cell.outputs, cell.execution_count = [], None
        self._place, self._running = -1, ""
        with ExitStack() as stack:
            at = stack.enter_context(place())
            self.km = KernelManager(**at.manager)
            self.km.start_kernel(
                cwd=str(at.folder),
                env=at.environment,
                extra_arguments=NO_HISTORY,
            )
            stack.callback(self.km.shutdown_kernel, now=True)
            self.kc = self.km.client()
            self.kc.start_channels()
            stack.callback(self.kc.stop_channels)
            self.kc.wait_for_ready(timeout=startup_timeout)
            self._wait_until_heard()
            self._resources = stack.pop_all()

    @property
    def notebook(self) -> NotebookNode:
        """The notebook with the outputs and the widgets that there are so far."""
        self._recorder.set_widgets_metadata()
        return self._recorder.nb

    def enter(self, place: int) -> None:
        """The next input is that of the cell in this place."""
        self._place, self._running = place, ""

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """The kernel's next message; on the way it is recorded."""
        message: dict[str, Any] = super().get_message(stream, timeout)
        if stream == "iopub" and self._running and message["parent_header"].get("msg_id") == self._running:
            with contextlib.suppress(CellExecutionComplete):
                self._recorder.process_message(message, self._recorder.nb.cells[self._place], self._place)
        return message

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Run a cell as a notebook does, with history: without it IPython ignores a semicolon at the end."""
        self._running = str(self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False))
        return self._running

    def stop(self) -> None:
        """End the kernel and remove its folder."""
        self._resources.close()
        del self.km

    def _wait_until_heard(self) -> None:
        """The first messages of a kernel may be lost: ask until an answer comes on the channel of the outputs."""
        for _ in range(int(_PROMPT_S)):
            asked = self.kc.kernel_info()
            self.await_reply(asked, timeout=_PROMPT_S)
            with contextlib.suppress(Empty):
                return self.await_idle(asked, 1)
        raise RuntimeError(f"The kernel said nothing for {_PROMPT_S:.0f} s.")


class ChapterFile(IPyNbFile):
    """A chapter: its code cells, and then the file as a whole."""

    broken = False  # whether a cell has failed

    def setup(self) -> None:
        """Start the kernel."""
        self.kernel = ChapterKernel(self.nb, self.config.option.nbval_kernel_startup_timeout)
        self.setup_sanitize_files()

    def collect(self) -> Iterator[pytest.Item]:
        """nbval's cells, and the file."""
        for item in super().collect():
            if MEASURED in tags(item.cell):
                item.options["check"] = False
            yield item
        yield WholeFile.from_parent(self, name="the file")


class WholeFile(pytest.Item):
    """Whether the run of the cells gives the file's bytes. It is no run of its own."""

    second_runs = 0

    def runtest(self) -> None:
        """Compare; another kind of processor may round differently, but then two runs must agree here."""
        chapter: Any = self.parent
        text, committed, now = self.path.read_text(encoding="utf-8"), read_notebook(self.path), chapter.kernel.notebook
        if chapter.broken or any(cell.execution_count is None for cell in code_cells(now)):
            pytest.skip("a cell failed, or not all of them were run")
        fresh = settled(now, committed)
        if dumps(fresh) == text:
            return
        found = "\n".join(differences(committed, fresh))
        if self.may_run_again():
            WholeFile.second_runs += 1
            again = settled(run(read_notebook(self.path)).notebook, committed)
            if dumps(again) != dumps(fresh):
                between = "\n".join(differences(fresh, again))
                pytest.fail(
                    f"Two runs in a row differ:\n{between}\nThe first one and the file:\n{found}", pytrace=False
                )
            found = f"stable, but not what the file holds:\n{found}"
        else:
            found = f"not what the file holds, and not run again:\n{found}"
        warnings.warn(UserWarning(f"{self.path.name} is {found}"), stacklevel=1)

    def may_run_again(self) -> bool:
        """Whether there is a second run: in a thorough run always, else `MOST_SECOND_RUNS`, all in the first worker."""
        first = getattr(self.config, "workerinput", {}).get("workerid", "gw0") == "gw0"
        return self.config.getoption("thorough", False) or (first and WholeFile.second_runs < MOST_SECOND_RUNS)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """The chapter's name."""
        return self.path, None, f"{self.path.name}: the file"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Block the network, and give nbval our sanitizing file."""
    network.block()
    sanitize = config.rootpath / SANITIZE
    if config.option.nbval and not config.option.nbval_sanitize_with and sanitize.exists():
        config.option.nbval_sanitize_with = str(sanitize)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(parent: pytest.Collector) -> Any:
    """Put chapters in the place of nbval's files."""
    found: Any = yield
    return [ChapterFile.from_parent(parent, path=one.path) if isinstance(one, IPyNbFile) else one for one in found]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """After nbval has compared a cell, compare what it leaves out: the order of outputs and the widgets."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    item.parent.kernel.enter(next(n for n, cell in enumerate(item.parent.nb.cells) if cell is item.cell))
    try:
        result = yield
        if item.options["check"]:
            expected = coalesce_streams(copy.deepcopy(item.cell.outputs))
            if (was := _kinds(expected)) != (now := _kinds(item.test_outputs)):
                item.raise_cell_error("The outputs come in another order", f"in the file: {was}\nnow:         {now}")
            _compare_widgets(item, expected)
        return result
    except BaseException:
        item.parent.broken = True
        raise


def pytest_report_header() -> str:
    """Whether the network is blocked, and how."""
    return network.describe()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what held during the run: the network; for each notebook its seconds and how many outputs were compared."""
    terminalreporter.section("conditions")
    terminalreporter.line(network.describe())
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    seconds: dict[str, float] = defaultdict(float)
    for report in reports:
        if isinstance(report, pytest.TestReport) and (file := report.nodeid.split("::")[0]).endswith(".ipynb"):
            seconds[file] += report.duration
    for name in sorted(seconds):
        cells = code_cells(nbformat.read(config.rootpath / name, as_version=4))
        unchecked = [number for number, cell in enumerate(cells, start=1) if _UNCOMPARED & set(tags(cell))]
        which = f" (cells {', '.join(map(str, unchecked))})" if unchecked else ""
        terminalreporter.line(
            f"{name}: {seconds[name]:.0f} s, outputs of {len(unchecked)} of {len(cells)} code cells not compared{which}"
        )


def _compare_widgets(item: Any, expected: list[Any]) -> None:
    saved, drawn = widget_state.models(item.parent.nb), widget_state.models(item.parent.kernel.notebook)
    views = zip(widget_state.views(expected), widget_state.views(item.test_outputs), strict=True)
    for old, new in views:
        before, after = (
            item.sanitize(json.dumps(widget_state.stable([view], models)[1], indent=1, sort_keys=True)).splitlines()
            for view, models in ((old, saved), (new, drawn))
        )
        if before != after:
            changes = list(difflib.unified_diff(before, after, "in the file", "now", lineterm="", n=2))
            item.raise_cell_error("The interactive figure differs", "\n".join(line[:200] for line in changes[:40]))


def _kinds(outputs: list[Any]) -> list[str]:
    """What each output is, in order: a stream's name, the formats of a display, an error."""
    return [
        output.get("name") or ", ".join(sorted(output.get("data", ()))) or output["output_type"] for output in outputs
    ]

"""nbval without its holes: a pytest plugin, switched on in pyproject.toml.

nbval runs every cell and compares its outputs. By itself it uses whatever kernel the notebook names, with the caller's
environment; it loses what C++ code prints, never looks into interactive figures, and does not mind outputs that change
places. With this plugin chapters run as `coursekit execute` runs them, and all of that is compared. It also blocks the
network for all tests and says so.
"""

import copy
import difflib
import json
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

import nbformat
import nbval.plugin
import pytest
from jupyter_client.manager import KernelManager
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, coalesce_streams

from coursepress import network, widget_state
from coursepress.fresh_kernel import ThisInterpreter, place
from coursepress.normalize import MEASURED, code_cells, tags

SANITIZE = "tests/nbval-sanitize.cfg"
_UNCOMPARED = {"nbval-ignore-output", MEASURED}


class ChapterKernel(RunningKernel):
    """nbval's kernel, started like those of `coursekit execute`; it also keeps the states of widgets."""

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: float = 60) -> None:
        self.widgets: dict[str, dict[str, Any]] = {}
        with ExitStack() as stack:
            at = stack.enter_context(place())
            self.km = KernelManager(kernel_spec_manager=ThisInterpreter(), transport_encryption="auto")
            self.km.start_kernel(
                cwd=str(at.folder),
                env=at.environment,
                extra_arguments=["--HistoryManager.hist_file=:memory:"],
            )
            stack.callback(self.km.shutdown_kernel, now=True)
            self.kc = self.km.client()
            self.kc.start_channels()
            stack.callback(self.kc.stop_channels)
            self.kc.wait_for_ready(timeout=startup_timeout)
            self._ensure_iopub_up()
            self._resources = stack.pop_all()

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """The kernel's next message; on the way the states of widgets are noted down."""
        message: dict[str, Any] = super().get_message(stream, timeout)
        if message["msg_type"] in ("comm_open", "comm_msg"):
            content = message["content"]
            state = content["data"].get("state", {})
            model = self.widgets.setdefault(content["comm_id"], {"state": {}})
            model["state"] |= state
            if "_model_name" in state:
                model |= {key: state[f"_{key}"] for key in ("model_name", "model_module", "model_module_version")}
        return message

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Run a cell as a notebook does, with history: without it IPython ignores a semicolon at the end."""
        return str(self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False))

    def stop(self) -> None:
        """End the kernel and remove its folder."""
        self._resources.close()
        del self.km


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Block the network and put our kernel, tag and sanitizing file in nbval's place: it has no options for them."""
    network.block()
    nbval.plugin.RunningKernel = ChapterKernel
    nbval.plugin.metadata_tags[MEASURED] = ("check", False)
    sanitize = config.rootpath / SANITIZE
    if config.option.nbval and not config.option.nbval_sanitize_with and sanitize.exists():
        config.option.nbval_sanitize_with = str(sanitize)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """After nbval has compared a cell, compare what it leaves out: the order of outputs and the widgets."""
    result = yield
    if isinstance(item, IPyNbCell) and item.options["check"]:
        expected = coalesce_streams(copy.deepcopy(item.cell.outputs))
        if (was := _kinds(expected)) != (now := _kinds(item.test_outputs)):
            item.raise_cell_error("The outputs come in another order", f"in the file: {was}\nnow:         {now}")
        _compare_widgets(item, expected)
    return result


def pytest_report_header() -> str:
    """Whether the network is blocked, and how."""
    return network.describe()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what held during the run: the network; for each notebook its seconds and how many outputs were compared."""
    terminalreporter.section("conditions")
    terminalreporter.line(network.describe())
    reports = [report for reports in terminalreporter.stats.values() for report in reports if hasattr(report, "nodeid")]
    seconds: dict[str, float] = defaultdict(float)
    for report in reports:
        if (file := report.nodeid.split("::")[0]).endswith(".ipynb"):
            seconds[file] += report.duration
    for name in sorted(seconds):
        cells = code_cells(nbformat.read(config.rootpath / name, as_version=4))
        unchecked = [number for number, cell in enumerate(cells, start=1) if _UNCOMPARED & set(tags(cell))]
        which = f" (cells {', '.join(map(str, unchecked))})" if unchecked else ""
        terminalreporter.line(
            f"{name}: {seconds[name]:.0f} s, outputs of {len(unchecked)} of {len(cells)} code cells not compared{which}"
        )


def _compare_widgets(item: Any, expected: list[Any]) -> None:
    saved = widget_state.models(item.parent.nb)
    views = zip(widget_state.views(expected), widget_state.views(item.test_outputs), strict=True)
    for old, new in views:
        before, after = (
            item.sanitize(json.dumps(widget_state.stable([view], models)[1], indent=1, sort_keys=True)).splitlines()
            for view, models in ((old, saved), (new, item.parent.kernel.widgets))
        )
        if before != after:
            changes = list(difflib.unified_diff(before, after, "in the file", "now", lineterm="", n=2))
            item.raise_cell_error("The interactive figure differs", "\n".join(line[:200] for line in changes[:40]))


def _kinds(outputs: list[Any]) -> list[str]:
    """What each output is, in order: a stream's name, the formats of a display, an error."""
    return [
        output.get("name") or ", ".join(sorted(output.get("data", ()))) or output["output_type"] for output in outputs
    ]

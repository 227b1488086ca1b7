"""Run chapters in fresh kernels and keep their outputs in the notebooks, the same bytes every time."""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from coursegrade.files import write_atomically
from coursekit.errors import CourseError
from coursepress.chapters import read_notebook
from coursepress.exercise_cells import with_exercises
from coursepress.fresh_kernel import NO_HISTORY, Place, place
from coursepress.normalize import code_cells, dumps, keep_measured, normalize, tags, unstable
from coursepress.reading_time import with_time

CELL_TIMEOUT_S, START_TIMEOUT_S = 120, 60
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_INTERRUPTED = 130


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong with a chapter: the code cell (from 1, None for the chapter as a whole) and why."""

    cell: int | None
    line: str
    why: str

    def __str__(self) -> str:
        place = f"  code cell {self.cell}: {self.line}\n" if self.cell else ""
        return place + "\n".join(f"    {line}" for line in self.why.splitlines())


@dataclass
class Run:
    """A chapter after its run: the notebook with new outputs, what went wrong, and the seconds it took."""

    notebook: NotebookNode
    troubles: list[Trouble] = field(default_factory=list)
    seconds: float = 0.0


def execute(
    paths: Sequence[Path],
    *,
    jobs: int = 2,
    refresh: bool = False,
    seeds: int | None = None,
    check: bool = False,
) -> int:
    """Run notebooks from the top, each in a fresh kernel of this interpreter, and save their outputs.

    Stubs and questions are written from the bank of exercises first.
    A notebook is written only if every cell did what it should, and then all at once. The kernel works in an empty
    temporary folder, so a chapter leaves no file behind.

    Args:
        paths: the notebooks.
        jobs: how many kernels run at the same time.
        refresh: measure cells tagged `measured` again even if their source is unchanged.
        seeds: run every notebook this many times, with `COURSEKIT_SEED` 0, 1, 2 …; save nothing and list the cells
            that fail, with how often.
        check: save nothing; compare the new notebook with the file, byte for byte, and list the cells that differ.

    Returns:
        The exit code: 0 if every notebook ran (and, with `check`, is the same), 1 if not, 130 if interrupted.
    """
    if jobs < 1 or (seeds is not None and seeds < 1):
        raise ValueError(f"jobs and seeds count from 1, not {jobs} and {seeds}.")
    readable = []
    for path in paths:
        try:
            read_notebook(path)
            readable.append(path)
        except CourseError as error:
            _say(f"{chapter_name(path)} FAILED\n{Trouble(None, '', str(error))}")
    if seeds is None:
        results = _each(readable, [None], jobs, lambda path, run, _: _finish(path, run, refresh=refresh, check=check))
    else:
        tallies: dict[Path, _Tally] = {path: _Tally(seeds) for path in readable}
        results = _each(readable, list(range(seeds)), jobs, lambda path, run, seed: tallies[path].add(run, seed or 0))
        if results is not None:
            for path, tally in tallies.items():
                _say(f"{chapter_name(path)}: {tally}")
    if results is None:
        _say("Interrupted; chapters that had not finished are as they were.")
        return _INTERRUPTED
    return 0 if all(results) and len(readable) == len(paths) else 1


def chapter_name(path: Path) -> str:
    """`vision/condense` for `…/notebooks/vision/condense.ipynb`; the bare name for a notebook elsewhere."""
    parts = path.resolve().with_suffix("").parts
    if "notebooks" not in parts[:-1]:
        return path.stem
    return "/".join(parts[len(parts) - parts[::-1].index("notebooks") :])


def run(
    notebook: NotebookNode,
    *,
    seed: int | None = None,
    keep_going: bool = False,
    on_start: Callable[["Client"], None] | None = None,
    on_cell: Callable[[], object] | None = None,
) -> Run:
    """Run one notebook in a fresh kernel; outputs and widget states are put into `notebook`.

    Args:
        notebook: changed in place.
        seed: what the chapter finds in `COURSEKIT_SEED`.
        keep_going: go on after a cell that fails.
        on_start: called with the client before its kernel starts.
        on_cell: called after every cell.
    """
    outcome, start = Run(notebook), time.perf_counter()
    notebook.metadata.pop("widgets", None)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    client = Client(notebook, keep_going, on_cell)
    if on_start:
        on_start(client)
    # zmq needs a selector loop on Windows, and every thread its own.
    loop = asyncio.SelectorEventLoop()
    try:
        with place(seed) as at:
            loop.run_until_complete(client.run_all_cells(at))
    except CellExecutionError:
        pass  # The cell holds the error as an output, and _failures reads it there.
    except (CellTimeoutError, DeadKernelError) as error:
        outcome.troubles.append(client.trouble(_explained(error)))
    except RuntimeError as error:
        outcome.troubles.append(client.trouble(f"The kernel did not start: {error}"))
    finally:
        loop.close()
    outcome.troubles += _failures(notebook)
    outcome.seconds = time.perf_counter() - start
    return outcome


class Client(NotebookClient):
    """nbclient with a kernel of this interpreter that remembers which cell it is in."""

    def __init__(self, notebook: NotebookNode, keep_going: bool, on_cell: Callable[[], object] | None) -> None:
        super().__init__(
            notebook,
            timeout=CELL_TIMEOUT_S,
            allow_errors=keep_going,
            record_timing=False,
            store_widget_state=True,
            raise_on_iopub_timeout=True,
            on_cell_execute=self._enter,
            on_cell_executed=lambda **_: on_cell() if on_cell else None,
        )
        self._cell: NotebookNode | None = None
        self._stopped = False

    async def run_all_cells(self, at: Place) -> None:
        """Run the notebook in a kernel of this interpreter, whatever kernel it names, and end the kernel.

        nbclient would start and end one itself, but leaves an exit handler behind where a kernel dies early.
        """
        self.km = AsyncKernelManager(**at.manager)
        await self.km.start_kernel(env=at.environment, cwd=str(at.folder), extra_arguments=NO_HISTORY)
        self.kc = self.km.client()
        try:
            self.kc.start_channels()
            await self.kc.wait_for_ready(timeout=START_TIMEOUT_S)
            self.kc.allow_stdin = False
            for index, cell in enumerate(self.nb.cells):
                await self.async_execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
            self.set_widgets_metadata()
        finally:
            self.kc.stop_channels()
            await self.km.shutdown_kernel(now=True)

    def stop(self) -> None:
        """End the kernel process from another thread; the run then ends with a trouble."""
        self._stopped = True
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def trouble(self, why: str) -> Trouble:
        """A trouble with the cell that is running."""
        if self._cell is None:
            return Trouble(None, "", why)
        number = next(n for n, cell in enumerate(code_cells(self.nb), start=1) if cell is self._cell)
        return Trouble(number, _first_line(self._cell), why)

    def _enter(self, cell: NotebookNode, cell_index: int) -> None:
        self._cell = cell
        if self._stopped:
            raise DeadKernelError("stopped")


class _Tally:
    """Which cells failed over many seeds."""

    def __init__(self, seeds: int) -> None:
        self.seeds = seeds
        self.failed: dict[tuple[int, str], dict[int, str]] = {}

    def add(self, run: Run, seed: int) -> bool:
        for trouble in run.troubles:
            self.failed.setdefault((trouble.cell or 0, trouble.line), {})[seed] = trouble.why
        return not run.troubles

    def __str__(self) -> str:
        if not self.failed:
            return f"every cell held with all of {self.seeds} seeds"
        lines = [f"cells that failed with some of {self.seeds} seeds"]
        for (number, line), whys in sorted(self.failed.items()):
            seeds = ", ".join(map(str, sorted(whys)))
            lines.append(f"  code cell {number}: {line}\n    {len(whys)} of {self.seeds}, with seeds {seeds}")
            lines.append(f"    {whys[min(whys)].splitlines()[0]}")
        return "\n".join(lines)


def _each(
    paths: Sequence[Path],
    seeds: Sequence[int | None],
    jobs: int,
    finish: Callable[[Path, Run, int | None], bool],
) -> list[bool] | None:
    """Run every notebook with every seed, some at once, and finish each; None if the user interrupted."""
    work = [(path, seed) for path in paths for seed in seeds]
    cells = sum(len(code_cells(read_notebook(path))) for path, _ in work)
    clients: list[Client] = []
    results = []
    with tqdm(total=cells, unit="cell", disable=None, leave=False) as bar, ThreadPoolExecutor(jobs) as pool:
        futures: dict[Future[Run], tuple[Path, int | None]] = {
            pool.submit(
                run,
                with_exercises(read_notebook(path)),
                seed=seed,
                keep_going=seed is not None,
                on_start=clients.append,
                on_cell=bar.update,
            ): (path, seed)
            for path, seed in work
        }
        try:
            for future in as_completed(futures):
                results.append(finish(futures[future][0], future.result(), futures[future][1]))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for client in clients:
                client.stop()
            return None
    return results


def _finish(path: Path, run: Run, *, refresh: bool, check: bool) -> bool:
    """Report on one chapter and, if all is well, save it or compare it."""
    name, committed = chapter_name(path), path.read_text(encoding="utf-8")
    cells = code_cells(run.notebook)
    head = f"{name}  {len(cells)} code cells, {run.seconds:.1f} s"
    troubles = run.troubles
    if not troubles:
        before = read_notebook(path)
        fresh = settled(run.notebook, before, refresh=refresh)
        troubles = [Trouble(number, _first_line(cells[number - 1]), f"It {what}") for number, what in unstable(fresh)]
    if troubles:
        _say(f"{head}  FAILED, the file is as it was\n" + "\n".join(map(str, troubles)))
        return False
    text = dumps(fresh)
    if text == committed:
        _say(f"{head}  unchanged")
    elif check:
        _say(f"{head}  DIFFERS\n" + "\n".join(f"  {difference}" for difference in differences(before, fresh)))
        return False
    else:
        write_atomically(path, text)
        _say(f"{head}  written")
    return True


def _failures(notebook: NotebookNode) -> Iterator[Trouble]:
    """Cells that raised although they should not, did not raise although they should, or wrote to stderr."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        line = _first_line(cell)
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        expected = "raises-exception" in tags(cell)
        if error is not None and not expected:
            where = _line_in_cell(error)
            yield Trouble(number, line, f"{error.ename}: {_ANSI.sub('', error.evalue)}{where}".strip())
        if error is None and expected and cell.execution_count is not None:
            yield Trouble(number, line, "It is tagged `raises-exception` but raised nothing.")
        for output in cell.outputs:
            if output.get("name") == "stderr":
                text = _ANSI.sub("", output.text).strip()
                yield Trouble(number, line, f"It wrote to stderr, which no reader should see:\n{text}")


def _line_in_cell(error: NotebookNode) -> str:
    """The line of the cell that the error came through, as IPython marks it."""
    text = _ANSI.sub("", "\n".join(error.traceback))
    marked = re.findall(r"^-+> (\d+) (.*)$", text, flags=re.MULTILINE)
    return f"\nat line {marked[0][0]}: {marked[0][1].strip()}" if marked else ""


def settled(fresh: NotebookNode, committed: NotebookNode, *, refresh: bool = False) -> NotebookNode:
    """A notebook that has just run as `execute` would save it over `committed`, whose measured outputs it keeps."""
    keep_measured(fresh, committed, refresh=refresh)
    return normalize(with_time(fresh))


def differences(before: NotebookNode, after: NotebookNode) -> list[str]:
    """Which cells of two notebooks are not the same."""
    found = []
    pairs: Any = zip_longest(code_cells(before), code_cells(after), fillvalue=None)
    for number, (old, new) in enumerate(pairs, start=1):
        if old is None or new is None or old.source != new.source:
            found.append(f"code cell {number}: the source")
        elif old.outputs != new.outputs:
            found.append(f"code cell {number}: {_first_line(new)}: the outputs")
    known = {cell.source for cell in before.cells}
    found += [f"the text: {_first_line(c)}" for c in after.cells if c.cell_type != "code" and c.source not in known]
    if before.metadata.get("widgets") != after.metadata.get("widgets"):
        found.append("the saved states of the interactive figures")
    return found or ["only in form: cell ids, metadata or whitespace"]


def _explained(error: Exception) -> str:
    if isinstance(error, CellTimeoutError):
        return f"It ran longer than {CELL_TIMEOUT_S} s, which no cell may; make its data or its model smaller."
    return "The kernel died: it ran out of memory, or a library ended the process."


def _first_line(cell: NotebookNode) -> str:
    return next((line.strip() for line in cell.source.splitlines() if line.strip()), "")


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stdout)

"""The same grading on a Dask cluster, for classes that outgrow one machine.

The scheduler and the workers are started by whoever owns the machines, with the same version of coursekit:

    dask scheduler --host 10.0.0.1
    dask worker tcp://10.0.0.1:8786 --nthreads 4

Submissions travel as plain bytes, results as plain data, and the files of a private bank with the settings; learners'
code runs on the workers in the same sandbox as on one machine. Dask itself trusts whoever reaches the scheduler's port:
he can run any program on the workers, and sees submissions, bank and seed. Open it to no network that learners are in,
or protect it by TLS (`distributed.comm.tls` in Dask's configuration).
"""

import asyncio
import concurrent.futures
import contextlib
import hashlib
import json
import queue
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

try:
    from distributed import Client, Future, Worker, WorkerPlugin, get_worker
    from distributed.client import ClosedClientError, FutureCancelledError
    from distributed.scheduler import KilledWorker
    from tornado.ioloop import IOLoop
except ImportError as error:
    from coursekit.errors import CourseError

    raise CourseError(
        f"--cluster needs Dask, which is not installed here ({error}). Install it with `pip install "
        '"coursekit[cluster]"`, on the machines of the cluster too, or leave --cluster away.'
    ) from None

from coursegrade.class_run import Done, Grading, MakeGrader, Work, not_judged
from coursegrade.records import bank_digest, bank_files, program_digest
from coursegrade.results import Ending, SubmissionResult
from coursegrade.settings import Settings
from coursekit.errors import CourseError

REACH_S = 15.0
"""How long to wait for the scheduler, and then for a first worker."""
FETCH_S = 3
"""How long to wait for a result that is ready."""
ALONE = "alone"
"""How the tasks begin that run while nothing else does: Dask blames all that was on a worker which died too often."""


class ClusterSlots:
    """Graders on the workers of a Dask cluster.

    A worker that dies costs nothing but time: Dask gives its submissions to another one. Raises CourseError if the
    scheduler cannot be reached within `reach` seconds, has no worker in as many, or is lost.
    """

    def __init__(self, address: str, settings: Settings, make_grader: MakeGrader, *, reach: float = REACH_S) -> None:
        self.capacity = 2
        self._address = address
        self._reach = reach
        self._plugin = GraderPlugin(settings, make_grader)
        self._done: queue.SimpleQueue[tuple[Work, Future]] = queue.SimpleQueue()
        self._futures: set[Future] = set()
        self._suspects: list[Work] = []

    def __enter__(self) -> "ClusterSlots":
        with ExitStack() as stack:
            try:
                self._client = stack.enter_context(connected(self._address, self._reach))
            except (OSError, ValueError, TimeoutError) as error:
                raise CourseError(
                    f"No Dask scheduler answers at {self._address} ({str(error) or type(error).__name__}). Start one "
                    "with `dask scheduler`, and give the address that it prints, such as tcp://10.0.0.1:8786."
                ) from None
            try:
                self._client.wait_for_workers(1, timeout=self._reach)
            except TimeoutError:
                raise CourseError(
                    f"The scheduler at {self._address} has no workers. Start some: `dask worker {self._address}`."
                ) from None
            try:
                self._client.register_plugin(self._plugin, name=self._plugin.name)
            except Exception as error:
                raise CourseError(
                    f"The workers of {self._address} cannot grade: {error}. They need the version of coursekit that "
                    "is here."
                ) from None
            stack.callback(self._leave)
            self._measure()
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def submit(self, work: Work) -> None:
        """Send a submission to the cluster."""
        self._send(work, "grade")

    def next(self, timeout: float) -> Done | None:
        """The next result; None if there was none within `timeout` seconds."""
        if self._suspects and not self._futures:
            self._send(self._suspects.pop(), ALONE)
        try:
            work, future = self._done.get(timeout=timeout)
        except queue.Empty:
            if self._client.status in ("closed", "closing"):
                raise self._lost() from None
            return None
        try:
            outcome: SubmissionResult | CourseError = SubmissionResult.from_data(future.result(timeout=FETCH_S))
        except TimeoutError:  # the worker that had the result died before we fetched it: Dask makes it again
            self._await(work, future)
            return None
        except (FutureCancelledError, ClosedClientError):
            raise self._lost() from None
        except CourseError as error:
            outcome = error
        except KilledWorker:
            self._futures.discard(future)
            if not str(future.key).startswith(ALONE):
                self._suspects.append(work)
                return None
            outcome = not_judged(work, RuntimeError("each worker that took it died"))
        except Exception as error:
            outcome = not_judged(work, error)
        self._futures.discard(future)
        self._measure()
        return Done(work, outcome)

    def _send(self, work: Work, prefix: str) -> None:
        submission = work.submission
        name = hashlib.sha256(submission.name.encode()).hexdigest()
        try:
            future = self._client.submit(
                grade,
                self._plugin.name,
                submission.name,
                work.content,
                submission.student,
                key=f"{prefix}-{work.key}-{name[:16]}",
            )
        except ClosedClientError:
            raise self._lost() from None
        self._futures.add(future)
        self._await(work, future)

    def _await(self, work: Work, future: Future) -> None:
        future.add_done_callback(lambda future: self._done.put((work, future)))

    def _measure(self) -> None:
        """Keep every thread of the workers busy, with one submission more waiting for each worker."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        self.capacity = max(2, sum(worker["nthreads"] + 1 for worker in workers))

    def _leave(self) -> None:
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._futures), force=True)
        with contextlib.suppress(Exception):
            self._client.unregister_worker_plugin(self._plugin.name)

    def _lost(self) -> CourseError:
        return CourseError(
            f"The scheduler at {self._address} is gone. What was graded is kept; start it again and run the same "
            "command to go on."
        )


@contextlib.contextmanager
def connected(address: str, seconds: float) -> Iterator[Client]:
    """A client of the scheduler at an address. Raises what Dask raises if none answers.

    A client that fails to connect does so in its constructor, which then returns nothing that could be closed. If the
    garbage collector found it later, while another one starts, both would wait for one lock of Dask's forever. So it
    is held before it connects; and its loop is ours, as Dask ends none whose client failed.
    """
    with _loop() as loop:
        client = Client.__new__(Client)
        try:
            client.__init__(address, loop=loop, timeout=seconds, set_as_default=False)  # type: ignore[misc]
            yield client
        finally:
            client.close()


@contextlib.contextmanager
def _loop() -> Iterator[IOLoop]:
    """An event loop that runs in a thread of its own as long as it is used."""
    started: concurrent.futures.Future[tuple[IOLoop, asyncio.Event]] = concurrent.futures.Future()

    async def run() -> None:
        over = asyncio.Event()
        started.set_result((IOLoop.current(), over))
        await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="Dask", daemon=True)
    thread.start()
    loop, over = started.result()
    try:
        yield loop
    finally:
        loop.add_callback(over.set)
        thread.join()


class GraderPlugin(WorkerPlugin):
    """What a worker process keeps for one run: the settings, the bank's files, and graders, one for each thread.

    It travels to every worker, also to those that come later. The tasks name it, and hold nothing but a submission.
    """

    def __init__(self, settings: Settings, make_grader: MakeGrader) -> None:
        self.bank = bank_files(settings.bank) if settings.bank else None
        self.settings = replace(settings, bank=None)
        self.make_grader = make_grader
        self.program = program_digest()
        told = {**asdict(self.settings), "bank": bank_digest(settings.bank), "program": self.program}
        self.name = "coursekit-" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    def setup(self, worker: Worker) -> None:
        """Dask calls it when the worker gets the plugin. Raises CourseError if the worker would grade differently."""
        self.resources = ExitStack()
        self.busy: list[Grading] = []
        self.idle: queue.LifoQueue[tuple[Grading, ExitStack]] = queue.LifoQueue()
        self.refusal = ""
        if program_digest() != self.program:
            self.refusal = f"the coursekit on the worker {worker.address} is another one than here"
            raise CourseError(self.refusal)
        if self.bank is not None:
            folder = Path(self.resources.enter_context(tempfile.TemporaryDirectory(prefix="coursekit-bank-")))
            _unpack(self.bank, folder)
            self.settings = replace(self.settings, bank=folder)

    def teardown(self, worker: Worker) -> None:
        """Dask calls it when the run is over or the worker ends: no process of a grader stays behind."""
        self.refusal = "the run is over"
        for grader in list(self.busy):
            with contextlib.suppress(Exception):
                grader.stop()
        with contextlib.suppress(queue.Empty):
            while True:
                self.idle.get_nowait()[1].close()
        self.resources.close()

    def grade(self, name: str, content: bytes, student: str) -> SubmissionResult:
        """Grade with a grader that is free, or with a new one; one that raises is not used again."""
        if self.refusal:  # a worker that came later: nobody saw what `setup` raised
            raise CourseError(self.refusal)
        with ExitStack() as stack:
            try:
                grader, held = self.idle.get_nowait()
                stack.push(held)
            except queue.Empty:
                grader = stack.enter_context(self.make_grader(self.settings))
            self.busy.append(grader)
            try:
                result = grader.grade(name, content, student)
            finally:
                self.busy.remove(grader)
            if not self.refusal and result.ending is not Ending.NOT_JUDGED:
                self.idle.put((grader, stack.pop_all()))
        return result


def grade(plugin: str, name: str, content: bytes, student: str) -> dict[str, Any]:
    """A task: it may run any number of times, anywhere, with the same result."""
    found: Any = get_worker().plugins[plugin]
    result: SubmissionResult = found.grade(name, content, student)
    return result.as_data()


def _unpack(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

"""The same grading over Dask: a scheduler and two workers on this machine, one of which is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest
from distributed import Client

from coursegrade.class_run import LocalSlots, Tally, grade_class
from coursegrade.cluster import ClusterSlots
from coursegrade.collecting import SubmissionFile
from coursegrade.grader import sharing_grader
from coursegrade.records import Records
from coursegrade.results import Ending
from coursegrade.settings import Settings
from coursekit.checks import bank
from coursekit.errors import CourseError
from tests.coursegrade.stand_in import LOG, StandIn, hand_in

SETTINGS = Settings(seed=7)
NOBODY = ("tcp://127.0.0.1:9", "nonsense", "xyz://somewhere")
Run = Callable[..., tuple[Tally, list[Any]]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes by POSIX signals")


def dask(*arguments: str, root: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    path = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join([str(root), *filter(None, [path])])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def scheduler_process(root: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler without workers, by its address and process."""
    told = tmp_path / "scheduler.json"
    arguments = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
    process = dask(*arguments, root=root, environment={})
    while not told.exists():
        assert process.poll() is None
        time.sleep(0.1)
    with Client(scheduler_file=str(told), set_as_default=False) as client:
        address = client.scheduler.address
    yield address, process
    end(process)


@pytest.fixture
def scheduler(scheduler_process: tuple[str, subprocess.Popen[bytes]]) -> str:
    """The address of a scheduler without workers."""
    return scheduler_process[0]


@pytest.fixture
def workers(scheduler: str, root: Path, tmp_path: Path, log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers with one thread each."""
    arguments = ("worker", scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory")
    processes = [dask(*arguments, str(tmp_path), root=root, environment={LOG: str(log)}) for _ in range(2)]
    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    yield processes
    for process in processes:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(name: str, submissions: list[Any], slots: Any, settings: Settings = SETTINGS) -> tuple[Tally, list[Any]]:
        with Records(tmp_path / name) as records:
            tally = grade_class(submissions, settings, records, slots)
            return tally, [entry.result.as_data() for entry in records.entries()]

    return run


def processes_in(log: Path) -> list[str]:
    return [line.split()[1] for line in log.read_text().splitlines()] if log.exists() else []


def test_a_cluster_gives_the_results_of_one_machine(
    scheduler: str, workers: list[Any], run: Run, log: Path, tmp_path: Path
) -> None:
    bank = tmp_path / "bank"
    bank.mkdir()
    for name in ("exam_one.py", "exam_two.py"):
        (bank / name).write_text("secret = 1")
    settings = Settings(seed=7, bank=bank)
    texts = {f"s{n:02}": f"sleep 0.05\npoints {n % 5}\n# {n}" for n in range(14)} | {"own": "bank", "fault": "raise"}
    submissions = hand_in(tmp_path / "in", **texts)
    here = run("here", submissions, LocalSlots(settings, 2, StandIn), settings)
    there = run("there", submissions, ClusterSlots(scheduler, settings, StandIn), settings)
    assert there == here
    assert here[0].graded == 15 and here[0].failed == 1
    assert {file["file"]: file["answers"][0]["points"] for file in there[1] if file["answers"]}["own.py"] == 2.0
    assert len(set(processes_in(log))) == 2, "both workers had something to do"


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(
    scheduler: str, workers: list[subprocess.Popen[bytes]], run: Run, log: Path, tmp_path: Path
) -> None:
    submissions = hand_in(tmp_path / "in", **{f"s{n:02}": f"sleep 0.2\npoints {n % 5}\n# {n}" for n in range(24)})

    class Killing(ClusterSlots):
        taken = 0

        def next(self, timeout: float) -> Any:
            done = super().next(timeout)
            self.taken += done is not None
            if self.taken == 6 and workers[0].poll() is None:
                workers[0].kill()
            return done

    tally, results = run("there", submissions, Killing(scheduler, SETTINGS, StandIn))
    assert workers[0].wait() == -signal.SIGKILL
    assert (tally.graded, tally.failed) == (24, 0)
    assert results == run("here", submissions, LocalSlots(SETTINGS, 2, StandIn))[1]


def test_the_course_is_graded_alike_when_a_worker_is_killed(
    scheduler: str, workers: list[subprocess.Popen[bytes]], run: Run, tmp_path: Path
) -> None:
    """The real grader, with twins; the killed worker's fork servers and learners' processes end with it."""
    folder = tmp_path / "in"
    folder.mkdir()
    head = "# %%\nimport coursekit as ck\nimport numpy as np\n# %%\n"
    negatives = bank.find("condense/keeps-negatives")
    for n, answer in enumerate([*negatives.choices, "nothing", *negatives.choices, 7, None]):
        text = f'ck.answer("condense/keeps-negatives", {answer!r})\n# %%\n@ck.exercise("condense/mend-edge")\n'
        text += f"def mend(*given):\n    {['import os; os._exit(1)', 'return np.zeros(3)', 'return 1 / 0'][n % 3]}\n"
        (folder / f"s{n}.py").write_text(head + text)
    submissions = [SubmissionFile(p.name, p, folder, p.stem) for p in sorted(folder.iterdir())]
    settings = Settings(seed=7, timeout=60, chapters=("condense",), twin_key="key")

    class Killing(ClusterSlots):
        taken = 0
        family: ClassVar[list[psutil.Process]] = []

        def next(self, timeout: float) -> Any:
            done = super().next(timeout)
            self.taken += done is not None
            if self.taken == 2 and workers[0].poll() is None:
                self.family += psutil.Process(workers[0].pid).children(recursive=True)
                workers[0].kill()
            return done

    tally, results = run("there", submissions, Killing(scheduler, settings, sharing_grader), settings)
    assert workers[0].wait() == -signal.SIGKILL
    assert (tally.graded, tally.failed) == (len(submissions), 0)
    assert Killing.family
    assert psutil.wait_procs(Killing.family, timeout=30)[1] == []
    _, here = run("here", submissions, LocalSlots(settings, 2, sharing_grader), settings)
    for result in [*results, *here]:
        result.pop("seconds")
        for answer in result["answers"]:
            answer.pop("seconds")
    assert results == here


def test_a_submission_that_kills_every_worker_is_not_judged_and_the_others_are(
    scheduler: str, root: Path, run: Run, tmp_path: Path
) -> None:
    arguments = ("worker", scheduler, "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path))
    process = dask(*arguments, root=root, environment={})  # with a nanny, which starts it again
    try:
        submissions = hand_in(tmp_path / "in", a="points 1", b="exit", c="points 3")
        tally, results = run("there", submissions, ClusterSlots(scheduler, SETTINGS, StandIn))
    finally:
        end(process)
    assert (tally.graded, tally.failed) == (2, 1)
    assert [result["ending"] for result in results] == [Ending.GRADED, Ending.NOT_JUDGED, Ending.GRADED]
    assert "each worker that took it died" in results[1]["message"]


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_scheduler_that_goes_away_ends_the_run_with_one_sentence(
    scheduler_process: tuple[str, subprocess.Popen[bytes]],
    workers: list[Any],
    run: Run,
    tmp_path: Path,
    is_killed: bool,
) -> None:
    scheduler, process = scheduler_process
    submissions = hand_in(tmp_path / "in", **{f"s{n:02}": f"sleep 0.2\npoints 1\n# {n}" for n in range(24)})

    class Leaving(ClusterSlots):
        taken = 0

        def next(self, timeout: float) -> Any:
            done = super().next(timeout)
            self.taken += done is not None
            if self.taken == 4:
                process.kill() if is_killed else self._client.shutdown()
            return done

    with pytest.raises(CourseError, match=r"The scheduler at tcp://.* is gone\. What was graded is kept"):
        run("there", submissions, Leaving(scheduler, SETTINGS, StandIn, reach=3))
    with Records(tmp_path / "there") as records:
        assert 4 <= len(list(records.entries())) < 24


def test_nobody_at_the_address_is_one_sentence(run: Run, tmp_path: Path) -> None:
    submissions = hand_in(tmp_path / "in", a="points 1")
    for address in NOBODY:
        with pytest.raises(CourseError, match=f"No Dask scheduler answers at {address}"):
            run("there", submissions, ClusterSlots(address, SETTINGS, StandIn, reach=0.1))


def test_clients_that_fail_to_connect_leave_nothing_to_the_garbage_collector() -> None:
    """A collection ran while Dask held a lock that the failed client of before wanted, and nothing moved anymore."""
    program = f"""
import gc
import threading

from coursegrade.cluster import ClusterSlots
from coursegrade.settings import Settings
from coursekit.errors import CourseError

gc.set_threshold(1)
for n in range(100):
    try:
        with ClusterSlots({NOBODY}[n % 3], Settings(seed=1), None, reach=0.02):
            raise AssertionError("somebody answered")
    except CourseError:
        pass
print(threading.active_count(), "thread")
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ("", "1 thread\n")


def test_a_scheduler_without_workers_is_one_sentence(scheduler: str, run: Run, tmp_path: Path) -> None:
    slots = ClusterSlots(scheduler, SETTINGS, StandIn, reach=2)
    with pytest.raises(CourseError, match=f"has no workers. Start some: `dask worker {scheduler}`"):
        run("there", hand_in(tmp_path / "in", a="points 1"), slots)


def test_workers_with_another_coursekit_are_refused(
    scheduler: str, workers: list[Any], run: Run, tmp_path: Path
) -> None:
    slots = ClusterSlots(scheduler, SETTINGS, StandIn)
    slots._plugin.program = "another version"
    with pytest.raises(CourseError, match="the coursekit on the worker .* is another one than here"):
        run("there", hand_in(tmp_path / "in", a="points 1"), slots)

"""Whatever an answer does, it earns what it deserves, others are unaffected, and nothing is left running."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from coursegrade.grader import Grader
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.settings import Settings
from tests.coursegrade.attacks import CHEATS, EXERCISE, HARMS, HONEST, HONEST_ODDITIES, Attack, program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are those of Linux")


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(Settings(seed=20_260, timeout=6, memory=1.5)) as grader:
        yield grader


def graded(grader: Grader, attack: Attack) -> tuple[SubmissionResult, AnswerResult, AnswerResult]:
    result = grader.grade("attack.py", program(attack))
    answers = {answer.exercise: answer for answer in result.answers}
    return result, answers[EXERCISE], answers[HONEST]


@pytest.mark.parametrize("attack", CHEATS, ids=lambda attack: attack.name)
def test_a_cheat_earns_nothing(grader, attack):
    _, answer, _ = graded(grader, attack)
    assert answer.points == 0
    assert answer.ending.value in attack.endings
    assert bool(answer.flags) >= attack.flagged
    assert answer.findings


@pytest.mark.parametrize("attack", HARMS, ids=lambda attack: attack.name)
def test_harm_is_a_named_verdict_and_the_next_answer_is_graded(grader, attack):
    _, answer, honest = graded(grader, attack)
    assert answer.points == 0
    assert answer.ending.value in attack.endings
    assert answer.message
    assert honest.points == 1


@pytest.mark.parametrize("attack", HONEST_ODDITIES, ids=lambda attack: attack.name)
def test_an_honest_answer_gets_its_points_whatever_else_it_does(grader, attack):
    _, answer, honest = graded(grader, attack)
    assert (answer.points, answer.state, honest.points) == (1, "correct", 1)


def test_the_report_says_which_limits_were_in_force(grader):
    result, _, _ = graded(grader, HONEST_ODDITIES[0])
    assert "memory: 1.5 GB" in result.limits
    assert any(limit.startswith("files: ") for limit in result.limits)


def test_the_host_sees_none_of_a_learners_files(grader, tmp_path):
    before = set(os.listdir(grader._servers.learners.mount))
    graded(grader, next(attack for attack in HONEST_ODDITIES if attack.name == "writes a file"))
    assert set(os.listdir(grader._servers.learners.mount)) == before


def test_after_five_lost_processes_a_submission_ends(grader):
    from coursekit.checks import bank

    ids = [e.id for e in bank.load("condense") if not e.is_value] + [
        e.id for e in bank.load("sliding-window") if not e.is_value
    ]
    cells = [f'# %%\n@ck.exercise("{id}")\ndef f(*args, **kwargs):\n    import os\n    os._exit(1)\n' for id in ids[:7]]
    result = grader.grade("exits.py", ("# %%\nimport coursekit as ck\n" + "".join(cells)).encode())
    answers = {answer.exercise: answer for answer in result.answers}
    assert all(answers[id].ending is Ending.CRASHED for id in ids[:7])
    assert ["Not run" in answers[id].message for id in ids[:7]] == [False] * 5 + [True] * 2


def test_nothing_is_left_running_and_nothing_mounted():
    with Grader(Settings(seed=1, timeout=6)) as grader:
        servers = grader._servers
        nurseries = [servers.learners._process.pid, servers.judges._process.pid]
        graded(grader, next(attack for attack in HONEST_ODDITIES if attack.name == "leaves a daemon behind"))
        graded(grader, next(attack for attack in HARMS if attack.name == "sleep"))
        psutil.wait_procs([p for n in nurseries for p in psutil.Process(n).children(recursive=True)], timeout=10)
        assert [p for n in nurseries for p in psutil.Process(n).children(recursive=True)] == []
        mount = servers.learners.mount
        assert mount not in Path("/proc/mounts").read_text()
    assert not any(psutil.pid_exists(pid) for pid in nurseries)
    assert not os.path.exists(mount)

"""What grading costs, next to running every notebook whole, and next to other graders.

    python benchmarks/grading.py [--submissions 100] [--quick] [--python PATH …]

Submissions are notebooks of the chapter *Condense* with 7 of 10 exercises right and 3 typical mistakes, no two the
same. `--python` names an interpreter whose environment has nbgrader or otter-grader: they get notebooks of exercises
only. Processor time is that of all processes, sampled (see `grading_parts/meter.py`); Linux only.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import nbformat
from grading_parts import other_graders
from grading_parts.answers import WRONG, answered, answers, exercises_only, needs_tensorflow
from grading_parts.meter import Meter
from nbformat import NotebookNode

from coursegrade.grader import Grader
from coursegrade.settings import Settings
from coursekit.checks import Exercise, bank
from coursepress import audit
from coursepress.chapters import find_root
from coursepress.execute import run

CHAPTER, MODELS = "condense", "filter-detect"
MOST_EACH = 10  # submissions of one kind, where more would only take time
OTHERS = 3  # submissions for other graders


@dataclass(frozen=True)
class Cost:
    """Seconds per submission, and MB at most."""

    cpu: float
    wall: float
    memory: float


def main() -> int:
    """Measure and print; 1 if the grader does not give what the submissions deserve."""
    options = _options()
    count = 3 if options.quick else options.submissions
    chapter = nbformat.read(find_root() / "notebooks" / "vision" / f"{CHAPTER}.ipynb", as_version=4)
    condense, models = bank.load(CHAPTER), bank.load(MODELS)
    print(f"{'seconds per submission':<54}{'CPU':>8}{'wall':>8}{'peak MB':>9}")
    command, faults = with_command(condense, chapter, count)
    whole = with_nbclient(answered(chapter, answers(condense, 0)[0]))
    print(f"nbclient / `coursekit grade`: {ratio(whole, command)}\n")
    functions = [e for e in condense if not e.is_value and e.compares]
    numpy = [e for e in functions if not needs_tensorflow(e)]
    plain = {f"{len(numpy)} exercises (NumPy)": numpy, f"{len(functions)} exercises (NumPy, Keras)": functions}
    with Meter() as meter:
        grader = Grader(Settings(seed=1)).__enter__()
    _print("start of two fork servers, once per job of a run", meter, 1)
    with grader:
        one = kinds(grader, condense, models, min(count, MOST_EACH))
        print(f"nbclient / this grader once it has started: {ratio(whole, one)}\n")
        ours = {kind: with_grader(grader, f"{kind}, this grader", asked, OTHERS, 1) for kind, asked in plain.items()}
    against_others(options.python, plain, ours)
    print("\n".join(["", *faults]) if faults else f"\nEach submission got {len(condense) - WRONG} of {len(condense)}.")
    return 1 if faults else 0


def kinds(grader: Grader, condense: list[Exercise], models: list[Exercise], count: int) -> Cost:
    """Notebooks of exercises only, by what the answers are made of; returns the cost of the chapter's."""
    numpy = [e for e in condense if not needs_tensorflow(e)]
    training = [e for e in models if not e.is_value and audit.is_training(e)]
    keras = [e for e in [*condense, *models] if needs_tensorflow(e) and e not in training]
    with_keras = len(condense) - len(numpy)
    whole = with_grader(grader, f"{len(condense)} exercises, {with_keras} of them with Keras", condense, count)
    with_grader(grader, f"{len(numpy)} exercises, NumPy only", numpy, count)
    with_grader(grader, f"{len(keras)} exercises, all with Keras", keras, count, wrong=1)
    for exercise in training:
        with_grader(grader, f"{exercise.id}, which trains", [exercise], min(count, 3), wrong=0)
    return whole


def with_grader(grader: Grader, kind: str, asked: list[Exercise], count: int, wrong: int = WRONG) -> Cost:
    """One submission at a time in a grader that has started."""
    made = [answers(asked, number, wrong) for number in range(count)]
    files = [nbformat.writes(exercises_only(cells.values())).encode() for cells, _ in made]
    with Meter() as meter:
        results = [grader.grade("submission.ipynb", content) for content in files]
    for (cells, mistaken), result in zip(made, results, strict=True):
        missed = {a.exercise for a in result.answers if a.exercise in cells and a.state != "correct"}
        if missed != mistaken:
            raise SystemExit(f"The grader found mistakes in {missed}; they are in {mistaken}.")
    return _print(kind, meter, count)


def with_command(condense: list[Exercise], chapter: NotebookNode, count: int) -> tuple[Cost, list[str]]:
    """`coursekit grade` on a folder of whole chapter notebooks, all its reports included; and what it got wrong."""
    jobs = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder, out, deserved = Path(name, "handed-in"), Path(name, "grades"), {}
        folder.mkdir()
        for number in range(count):
            cells, mistaken = answers(condense, number)
            deserved[f"learner{number}"] = mistaken
            nbformat.write(answered(chapter, cells), folder / f"learner{number}.ipynb")
        command = [sys.executable, "-m", "coursepress", "grade", str(folder), "--out", str(out), "--seed", "1"]
        with Meter() as meter:
            done = subprocess.run([*command, "--jobs", str(jobs)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stdout[-800:] + done.stderr[-800:])
        with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [(row["student"], row["exercise"], row["state"]) for row in csv.DictReader(file)]
    cost = _print(f"`coursekit grade` of {count} whole notebooks, {jobs} jobs", meter, count)
    faults = [
        f"{student}: {exercise} is {state!r}"
        for student, exercise, state in rows
        if (state == "correct") != (exercise not in deserved[student])
    ]
    right = Counter(student for student, _, state in rows if state == "correct")
    return cost, faults + [
        f"{student} has {right[student]} right" for student in deserved if right[student] != len(condense) - WRONG
    ]


def with_nbclient(notebook: NotebookNode) -> Cost:
    """The same submission run whole in a kernel of its own, as a learner runs it."""
    with Meter() as meter:
        run(notebook, keep_going=True)
    return _print("nbclient, one whole notebook", meter, 1)


def against_others(pythons: list[str], plain: dict[str, list[Exercise]], ours: dict[str, Cost]) -> None:
    """The other graders, where they are installed, on what they can hold: plain functions of NumPy, or of Keras."""
    for module, prepare in (("nbgrader", other_graders.nbgrader), ("otter", other_graders.otter)):
        python = next((path for path in pythons if other_graders.has(path, module)), None)
        if python is None:
            print(f"{module}: not installed here; --python names the interpreter of an environment that has it")
            continue
        for kind, asked in plain.items():
            with tempfile.TemporaryDirectory() as name:
                grade = prepare(python, asked, OTHERS, Path(name))
                with Meter() as meter:
                    grade()
            theirs = _print(f"{kind}, {module}", meter, OTHERS)
            print(f"{module} / this grader: {ratio(theirs, ours[kind])}")


def ratio(theirs: Cost, ours: Cost) -> str:
    """How many times as much the one costs as the other."""
    return f"CPU {theirs.cpu / ours.cpu:.1f}, wall {theirs.wall / ours.wall:.1f}"


def _print(what: str, meter: Meter, count: int) -> Cost:
    cost = Cost(meter.cpu / count, meter.wall / count, meter.memory)
    unseen = f"  (CPU: up to {meter.missed / count:.2f} more)" if meter.missed > 0.05 * meter.cpu else ""
    print(f"{what:<54}{cost.cpu:8.2f}{cost.wall:8.2f}{cost.memory:9.0f}{unseen}", flush=True)
    return cost


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=10, help="of the whole chapter (default: 10)")
    parser.add_argument("--quick", action="store_true", help="3 submissions")
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="with nbgrader or otter-grader")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

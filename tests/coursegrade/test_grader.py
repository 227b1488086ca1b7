"""A submission gets the verdicts of the learner's own cards, from a process that never ran the learner's code."""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coursegrade.grader import Grader
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.servers import JUDGES, LEARNERS
from coursegrade.settings import Settings
from coursekit.checks import bank, texts
from coursekit.checks.definition import Exercise, source
from tests.coursegrade.attacks import IMPORTS

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(sys.platform == "win32", reason="grading needs fork"),
]
SEED = 20_260
EXERCISES = [  # arrays, a mended function, a number, a choice, chance, models, settings, a training
    "condense/max-pool", "condense/mend-edge", "condense/global-shape", "condense/keeps-negatives",
    "condense/stochastic-pool", "condense/to-a-quarter", "sliding-window/shrink", "filter-detect/upright-edges",
    "filter-detect/settings", "filter-detect/learn-kernel",
]  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    texts.use("en")
    with Grader(Settings(seed=SEED, timeout=60)) as grader:
        yield grader


def notebook(*cells: str, **more: Any) -> bytes:
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in (IMPORTS, *cells)]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}).encode()


def answered(result: SubmissionResult) -> dict[str, AnswerResult]:
    return {answer.exercise: answer for answer in result.answers}


def bank_helpers(exercise: Exercise) -> str:
    """What mistakes and variants in the bank lean on: the module's imports and plain functions, and its solutions."""
    import ast

    module = inspect.getmodule(exercise.reference)
    assert module is not None
    kept = []
    for node in ast.parse(inspect.getsource(module)).body:
        is_import = isinstance(node, ast.Import | ast.ImportFrom) and "coursekit" not in ast.unparse(node)
        is_plain = isinstance(node, ast.FunctionDef) and not node.decorator_list
        if is_import or is_plain or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            kept.append(ast.unparse(node))
    for other in bank.load(exercise.chapter):
        if not other.is_value:
            name = other.reference.__name__
            kept.append(f"{source(other.reference)}\n{name}.reference = {name}")
    return "from coursekit import datasets\n" + "\n".join(kept)


def cell(exercise: Exercise, function: Callable[..., Any]) -> str:
    if exercise.is_value:
        return f'ck.answer("{exercise.id}", {function()!r})'
    code = source(function)
    if function is not exercise.reference:  # mistakes may call the solution: under its name they would call themselves
        code = re.sub(rf"\bdef (_|{exercise.reference.__name__})\(", "def learners(", code, count=1)
    return f'@ck.exercise("{exercise.id}")\n{code}'


@pytest.mark.parametrize("id", EXERCISES)
def test_grading_agrees_with_the_learners_card(grader, id, thorough):
    """Every right answer, and every third wrong one unless the run is a thorough one: each is a submission."""
    from coursegrade.judging import seed_for
    from coursekit.checks import diagnosis

    exercise = bank.find(id)
    assert exercise is not None
    wrong = [mistake.function for mistake in exercise.misconceptions]
    wrong += [answer for prop in exercise.properties for answer in prop.counterexamples]
    helpers = "" if exercise.is_value else bank_helpers(exercise)
    for function in [exercise.reference, *exercise.variants, *wrong[:: 1 if thorough else 3]]:
        graded = answered(grader.grade("a.ipynb", notebook(helpers, cell(exercise, function))))[id]
        card = diagnosis.check(exercise, function() if exercise.is_value else function, seed_for(SEED, id))
        assert (graded.ending, graded.state) == (Ending.GRADED, card.state.value), graded
        assert graded.misconceptions == card.misconceptions
        assert [f.text for f in graded.findings] == [f.text for f in card.findings]
        assert graded.points == (exercise.points if card.state == "correct" else 0)


@pytest.mark.parametrize("chapter", bank.chapters())
def test_the_books_own_answers_to_a_chapter_get_all_its_points(grader, chapter):
    """Whatever an exercise is given (functions, models, a tape): it is right in the learner's process, too."""
    exercises = bank.load(chapter)
    cells = dict.fromkeys(bank_helpers(exercise) for exercise in exercises if not exercise.is_value)
    result = grader.grade("a.ipynb", notebook(*cells, *(cell(exercise, exercise.reference) for exercise in exercises)))
    assert {answer.exercise: answer.message for answer in result.answers if answer.state != "correct"} == {}
    assert result.points == result.maximum == sum(exercise.points for exercise in exercises)


@pytest.mark.parametrize("id", EXERCISES)
def test_a_stub_is_not_attempted(grader, id):
    graded = answered(grader.grade("a.ipynb", notebook(bank.find(id).stub)))[id]
    assert (graded.state, graded.points) == ("not attempted", 0)


def test_the_same_submission_and_seed_give_the_same_result(grader):
    wrong = bank.find("condense/max-pool").misconceptions[1].function
    content = notebook(bank_helpers(bank.find("condense/max-pool")), cell(bank.find("condense/max-pool"), wrong))
    one, two = (grader.grade("a.ipynb", content).as_data() for _ in range(2))
    for data in (one, two):
        data.pop("seconds")
        for answer in data["answers"]:
            answer.pop("seconds")
    assert one == two


def test_without_namespaces_the_scores_are_the_same():
    ids = ("condense/max-pool", "condense/to-a-quarter", "condense/global-shape")
    content = notebook(*(cell(bank.find(id), bank.find(id).reference) for id in ids))
    with Grader(Settings(seed=SEED, timeout=60, namespaces=False)) as plain:
        result = plain.grade("a.ipynb", content)
    assert [(answered(result)[id].state, answered(result)[id].message) for id in ids] == [("correct", "")] * 3
    assert not any("network" in limit for limit in result.limits)


def test_exercises_of_the_chapter_that_are_not_there_are_listed(grader):
    result = grader.grade("a.ipynb", notebook('ck.answer("condense/keeps-negatives", {"a"})'))
    missing = [answer for answer in result.answers if answer.ending is Ending.MISSING]
    assert "condense/max-pool" in {answer.exercise for answer in missing}
    assert result.maximum > 0 == result.points


@pytest.mark.parametrize("content, ending", [
    (b"", Ending.CANNOT_READ),
    (b'{"cells": [', Ending.CANNOT_READ),
    (notebook("print(1)"), Ending.MISSING),
])  # fmt: skip
def test_a_file_without_answers_has_an_exact_message(grader, content, ending):
    result = grader.grade("a.ipynb", content)
    assert (result.ending, result.points) == (ending, 0)
    assert len(result.message) > 20


def test_a_missing_helper_is_named(grader):
    body = '@ck.exercise("condense/global-average")\ndef global_average(maps):\n    return halve(maps)\n'
    lost = answered(grader.grade("a.ipynb", notebook(body)))["condense/global-average"]
    assert "`halve`, and no cell defines that" in lost.message
    later = answered(grader.grade("a.ipynb", notebook(body, "def halve(x):\n    return x / 2")))
    assert "only a later cell defines that: cell 3" in later["condense/global-average"].message


@pytest.mark.parametrize("draw", ["ck.rng().permutation(2)", "np.random.default_rng(0).permutation(2)"])
def test_an_answer_may_draw_from_the_courses_generator(grader, draw):
    helper = f"ck.setup()\norder = sorted({draw})\nassert order == [0, 1]"
    body = (
        '@ck.exercise("condense/global-average")\ndef global_average(maps):\n    return maps.mean(axis=tuple(order))\n'
    )
    assert answered(grader.grade("a.ipynb", notebook(helper, body)))["condense/global-average"].state == "correct"


def test_the_books_answer_is_nobodys_helper(grader):
    body = (
        '@ck.exercise("condense/global-average")\ndef global_average(maps):\n'
        '    return ck.yours("condense/max-pool")(maps)\n'
    )
    graded = answered(grader.grade("a.ipynb", notebook(body)))["condense/global-average"]
    assert graded.points == 0
    assert "graded without the book's" in graded.findings[0].text


def test_an_error_shows_the_learners_own_line(grader):
    body = '@ck.exercise("condense/global-average")\ndef global_average(maps):\n    size = 0\n    return 1 / size\n'
    found = answered(grader.grade("a.ipynb", notebook(body)))["condense/global-average"].findings[0]
    assert "ZeroDivisionError" in found.text
    assert any(text == "return 1 / size" for _, text in found.details)


def test_changing_the_input_is_noted(grader):
    body = (
        '@ck.exercise("condense/global-average")\ndef global_average(maps):\n'
        "    result = maps.mean(axis=(0, 1))\n    maps[:] = 0\n    return result\n"
    )
    graded = answered(grader.grade("a.ipynb", notebook(body)))["condense/global-average"]
    assert graded.state == "correct"
    assert any("changes its input" in note for note in graded.notes)


def test_an_absurdly_large_model_is_not_built_by_anyone_who_matters(grader):
    size = 2**30
    body = f"""@ck.exercise("condense/to-a-quarter")
def to_a_quarter(size, channels):
    class Large(keras.layers.Dense):
        def get_config(self):
            return {{**super().get_config(), "units": {size}}}
    return keras.Sequential([keras.Input((size, size, channels)), Large(1)])
"""
    graded = answered(grader.grade("a.ipynb", notebook(body)))["condense/to-a-quarter"]
    assert (graded.points, graded.ending is Ending.NOT_JUDGED) == (0, False)


@pytest.mark.parametrize("module", [LEARNERS, JUDGES])
def test_a_fork_server_only_imports(module):
    code = f"""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from coursegrade import nursery
nursery.load({module!r})
from tensorflow.python.eager import context
assert "tensorflow" in sys.modules
assert context.context_safe() is None or context.context_safe()._context_handle is None, "a tensor was made"
print(any(name.startswith("coursebook.") and name.endswith(".exercises") for name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == str(module == JUDGES)


SUBCLASSED = """@ck.exercise("condense/to-a-quarter")
def to_a_quarter(size, channels):
    class Condenser(keras.Model):
        def __init__(self):
            super().__init__()
            self.pool = layers.MaxPool2D(4)
            self.drop = layers.Dropout({rate})
        def call(self, maps, training=False):
            return self.drop(self.pool(maps), training=training)
    return Condenser()
"""


@pytest.mark.parametrize("rate, state", [(0.0, "correct"), (0.5, "not yet")])
def test_a_model_that_cannot_travel_is_challenged_also_in_training(grader, rate, state):
    graded = answered(grader.grade("a.ipynb", notebook(SUBCLASSED.format(rate=rate))))["condense/to-a-quarter"]
    assert graded.state == state, graded


@pytest.mark.parametrize("id", ["overfitting/configure", "overfitting/stop-in-time", "classification/settings"])
def test_callbacks_and_compiled_models_travel(grader, id):
    exercise = bank.find(id)
    graded = answered(grader.grade("a.ipynb", notebook(cell(exercise, exercise.reference))))[id]
    assert graded.state == "correct", graded

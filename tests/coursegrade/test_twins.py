"""Twins: a student's own version of an exercise, drawn from a secret key."""

import inspect
import os
import subprocess
import sys

import pytest

from coursegrade.twins import task, twin_of
from coursekit.checks import audit, bank
from coursekit.checks.card import hint_text, solution_text
from coursekit.checks.diagnosis import PUBLIC_VERSION, State, check

BANK = '''
import numpy as np

from coursekit.checks import Choice, answer, exercise


@exercise("exam/affine", points=3)
def affine(x, shift, *, scale=3):
    """Return `x` times {scale}, plus `shift`."""
    # The order matters: multiply first.
    return scale * x + shift


@affine.twin
def _(rng):
    return dict(scale=rng.integers(4, 9), order=("shift", "x"))


@affine.probe
def _(rng):
    return dict(x=rng.integers(1, 50), shift=rng.integers(1, 50))


@affine.misconception("You added before you multiplied by {scale}: {x} and {shift} give {got}.")
def _(x, shift, *, scale=3):
    return scale * (x + shift)


@affine.misconception("You left `shift` out.")
def _(x, shift, *, scale=3):
    return scale * x


@affine.misconception("Where is the multiplication by {scale}?")
def _(x, shift):
    return x + shift


@affine.variant
def _(a, b, *, scale=3):
    return b + a * scale


affine.hints = ["What is {scale} times 2?", "Then add `shift` {to it}."]
affine.why = "A neuron does this."


@answer("exam/stops")
def stops(*, n=7):
    """A window of 3 moves over {n} pixels. How many stops are there?"""
    return n - 2


@stops.twin
def _(rng):
    return dict(n=rng.integers(8, 30))


@stops.misconception("You counted the jumps.")
def _(*, n=7):
    return n - 3


@stops.misconception("You counted the pixels: {n}.")
def _(*, n=7):
    return n


@stops.misconception("You went over the edge.")
def _(*, n=7):
    return n - 1


@stops.variant
def _(*, n=7):
    return float(n - 2)


stops.hints = ["Where is the first?", "Where is the last of {n}?"]
stops.why = "Sizes have to fit."


@exercise("exam/mend")
def mend(values, *, factor=2):
    """Return the values times {factor}."""
    return values * factor


@mend.start
def _(values, *, factor=2):
    """Return the values times {factor}."""
    return values + factor


@mend.twin
def _(rng):
    return dict(factor=rng.integers(2, 5))


@mend.probe
def _(rng):
    return dict(values=rng.integers(3, 9, 4))


@exercise("exam/scaled", compare=False)
def scaled(*, high=2):
    """Return two numbers of which the second is {high} times the first."""
    return [1, high]


@scaled.twin
def _(rng):
    return dict(high=rng.integers(3, 9))


@scaled.property("The second is not {high} times the first.")
def times_high(answer, rng, *, high=2):
    first, second = answer()
    return second == high * first


@times_high.wrong
def _(*, high=2):
    return [high, 1]


@exercise("exam/plain")
def plain(a, b=2):
    """The sum."""
    return a + b
'''


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    (folder / "exam.py").write_text(BANK, encoding="utf-8")
    return {exercise.name: exercise for exercise in bank.load("exam", folder)}


@pytest.fixture
def own(exam):
    return twin_of(exam["affine"], "a secret", "alee1")


def test_the_public_version_shows_its_constants_as_numbers_and_not_as_parameters(exam):
    assert exam["affine"].stub == (
        '@ck.exercise("exam/affine")\ndef affine(x, shift):\n    """Return `x` times 3, plus `shift`."""\n'
        "    ...  # your code"
    )
    assert "# The order matters: multiply first." in exam["affine"].solution
    assert "scale = 3" in exam["affine"].solution
    assert hint_text(exam["affine"], 2) == "Hint 2 of 2: Then add `shift` {to it}."


def test_a_twin_asks_with_its_own_constants_and_order(own):
    scale = own.constants["scale"]
    assert 4 <= scale < 9
    assert own.stub.splitlines()[:3] == [
        '@ck.exercise("exam/affine", own=True)',
        "def affine(shift, x):",
        f'    """Return `x` times {scale}, plus `shift`."""',
    ]
    assert hint_text(own, 1) == f"Hint 1 of 2: What is {scale} times 2?"
    assert f"    scale = {scale}\n" in solution_text(own)
    assert own.reference(1, 10) == 10 * scale + 1
    assert own.id == "exam/affine" and own.points == 3


def test_only_positions_count_in_the_answer_to_a_twin(own):
    scale = own.constants["scale"]
    assert check(own, lambda shift, x: scale * x + shift, 0).state is State.CORRECT
    assert check(own, lambda b, a: scale * a + b, 0).state is State.CORRECT
    verdict = check(own, lambda x, shift: scale * x + shift, 0)
    assert verdict.state is State.NOT_YET and verdict.reason == "signature"
    assert "another order: x, shift" in verdict.findings[0].text
    assert "affine(shift, x)" in verdict.findings[0].text


@pytest.mark.parametrize(
    "public", [lambda x, shift: 3 * x + shift, lambda first, second: 3 * first + second], ids=["same names", "others"]
)
def test_an_answer_to_the_public_version_hears_that_it_is_that(exam, own, public):
    assert check(exam["affine"], public, 0).state is State.CORRECT
    verdict = check(own, public, 0)
    assert (verdict.state, verdict.reason) == (State.NOT_YET, "public version")
    assert verdict.misconceptions == (PUBLIC_VERSION,)
    assert verdict.findings[0].text.startswith("You handed in the public version")


def test_another_students_answer_is_wrong_without_being_called_public(exam, own):
    others = (twin_of(exam["affine"], "a secret", f"student {i}") for i in range(100))
    other = next(twin for twin in others if twin.constants != own.constants)
    verdict = check(own, other.reference, 0)
    assert verdict.state is State.NOT_YET and verdict.reason == "difference"


def test_a_mistake_is_named_with_the_twins_constant(own):
    scale = own.constants["scale"]
    verdict = check(own, lambda shift, x: scale * (x + shift), 0)
    assert verdict.findings[0].text.startswith(f"You added before you multiplied by {scale}: ")
    assert verdict.misconceptions[0].startswith("You added before you multiplied by {scale}: ")


def test_values_bugs_and_properties_have_twins_too(exam):
    stops = twin_of(exam["stops"], "key", "ann")
    assert check(stops, stops.constants["n"] - 2, 0).state is State.CORRECT
    assert check(stops, 5, 0).reason == "public version"
    assert task(stops) == f"A window of 3 moves over {stops.constants['n']} pixels. How many stops are there?"

    mend = twin_of(exam["mend"], "key", "ann")
    factor = mend.constants["factor"]
    assert mend.stub == (
        f'@ck.exercise("exam/mend", own=True)\ndef mend(values):\n    """Return the values times {factor}."""\n'
        f"    factor = {factor}\n    return values + factor"
    )
    assert factor != 2  # drawn again
    assert check(mend, mend.broken, 0).state is State.NOT_ATTEMPTED

    scaled = twin_of(exam["scaled"], "key", "ann")
    high = scaled.constants["high"]
    assert check(scaled, lambda: [5, 5 * high], 0).state is State.CORRECT
    assert check(scaled, lambda: [5, 1], 0).findings[0].text == f"The second is not {high} times the first."
    assert check(scaled, lambda: [3, 6], 0).reason == "public version"


def test_an_exercise_without_twins_is_its_own_twin(exam):
    assert twin_of(exam["plain"], "key", "ann") is exam["plain"]


def test_key_and_student_decide_and_no_twin_is_the_public_version(exam):
    def drawn(key):
        return [twin_of(exam["mend"], key, f"student {i}").constants["factor"] for i in range(40)]

    assert drawn("one key") == drawn("one key")
    assert drawn("one key") != drawn("another key")
    assert set(drawn("one key")) == {3, 4}


def test_a_name_typed_on_a_mac_gets_the_same_twin(exam):
    one, other = (twin_of(exam["affine"], "key", name) for name in ("Ren\u00e9", "Rene\u0301"))
    assert one.constants == other.constants


def test_another_process_makes_the_same_twin(exam):
    file = inspect.getsourcefile(exam["plain"].reference)
    program = (
        "from pathlib import Path; from coursekit.checks import bank, twins; import sys\n"
        "found = bank.load('exam', Path(sys.argv[1]).parent)\n"
        "print([twins.twin_of(found[0], 'key', str(i)).constants['scale'] for i in range(8)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, file],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.stdout.strip() == str([twin_of(exam["affine"], "key", str(i)).constants["scale"] for i in range(8)])


def test_a_twins_witnesses_are_its_own(exam, own):
    from coursekit.checks import diagnosis

    assert diagnosis.witnesses(own) is not diagnosis.witnesses(exam["affine"])


@pytest.mark.parametrize(
    ("drawing", "complaint"),
    [
        ("dict(size=4)", "its constants are: scale"),
        ("dict(order=('x',))", "it has to hold x, shift"),
        ("dict(scale=3)", "100 draws of its twin were all the public version"),
        ("dict(scale=object())", "cannot be a twin's constant"),
    ],
)
def test_a_drawing_of_which_no_twin_can_be_made_is_explained(tmp_path, drawing, complaint):
    text = BANK.replace('dict(scale=rng.integers(4, 9), order=("shift", "x"))', drawing, 1)
    (tmp_path / "exam.py").write_text(text, encoding="utf-8")
    affine = bank.load("exam", tmp_path)[0]
    with pytest.raises(ValueError, match=r"exam/affine|cannot be") as raised:
        twin_of(affine, "key", "ann")
    assert complaint in str(raised.value)
    assert any("no twin can be made" in text for text in audit.wrong_about_twins(affine))


def test_a_default_must_not_come_first_in_a_twins_order(tmp_path):
    text = BANK + "\n\n@plain.twin\ndef _(rng):\n    return dict(order=('b', 'a'))\n"
    (tmp_path / "exam.py").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="parameters with a default come last"):
        twin_of(bank.load("exam", tmp_path)[-1], "key", "ann")


def test_the_tests_of_the_tests_look_at_twins(exam, tmp_path):
    assert audit.wrong_about_twins(exam["affine"]) == []
    assert audit.complaints(exam["affine"]) == []
    assert audit.complaints(exam["stops"]) == []
    careless = BANK.replace("    return scale * (x + shift)", "    return 3 * (x + shift)", 1)
    careless = careless.replace(
        "def _(x, shift, *, scale=3):\n    return scale * x", "def _(x, shift, *, scale=4):\n    return scale * x"
    )
    (tmp_path / "exam.py").write_text(careless, encoding="utf-8")
    affine = bank.load("exam", tmp_path)[0]
    found = audit.wrong_about_twins(affine)
    assert any("scale is 4 in one place and 3 in another" in text for text in found)


def test_a_public_solution_that_passes_is_a_complaint(tmp_path):
    text = BANK.replace("return scale * x + shift", "return x + shift", 1).replace('order=("shift", "x")', "")
    (tmp_path / "exam.py").write_text(text.replace("scale=rng.integers(4, 9), )", "scale=rng.integers(4, 9))"), "utf-8")
    affine = bank.load("exam", tmp_path)[0]
    assert any("the public solution is correct" in text for text in audit.wrong_about_twins(affine))

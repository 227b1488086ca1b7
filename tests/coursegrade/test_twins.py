"""Twins: a student's own version of an exercise, made from a teacher's file by a secret key."""

import inspect
import os
import subprocess
import sys

import pytest

from coursegrade.twins import PUBLIC_VERSION, check, is_offered, load, twin_of
from coursekit.checks import diagnosis
from coursekit.checks.card import hint_text, solution_text
from coursekit.checks.diagnosis import State

BANK = '''
from coursekit.checks import exercise, question

SCALE = 3
PIXELS = 7
FACTOR = 2  # of mend and scaled
STOPS = PIXELS - 2
TWINS = {
    "exam/affine": lambda rng: dict(SCALE=rng.integers(4, 9), order=("shift", "x")),
    "exam/stops": lambda rng: dict(PIXELS=rng.integers(8, 30)),
    "exam/mend": lambda rng: dict(FACTOR=rng.integers(2, 5)),
    "exam/scaled": lambda rng: dict(FACTOR=rng.integers(3, 9)),
    "exam/model": lambda rng: dict(SCALE=rng.integers(4, 9)),
}


@exercise("exam/affine", points=3)
def affine(x, shift):
    """Return `x` times {SCALE}, plus `shift`."""
    # The order matters: multiply first.
    return SCALE * x + shift


@affine.probe
def _(rng):
    return dict(x=rng.integers(1, 50), shift=rng.integers(1, 50))


affine.mistakes = {
    "SCALE * (x + shift)": "You added before you multiplied by {SCALE}: {x} and {shift} give {got}.",
    "SCALE * x + => SCALE * x -": "You took `shift` away.",
    "affine(x=x, shift=0)": "You left `shift` out.",
}


@affine.mistake("Where is the multiplication by {SCALE}?")
def _(x, shift):
    return x + shift


@affine.also
def _(a, b):
    return b + a * SCALE


affine.also(lambda a, b: b + sum([a] * SCALE))
affine.hints = ["What is {SCALE} times 2?", "Then add `shift` {to it}."]
affine.why = "A neuron does this."

stops = question(
    "exam/stops",
    "A window of 3 moves over {PIXELS} pixels. How many stops are there?",
    STOPS,
    mistakes={PIXELS - 3: "You counted the jumps.", PIXELS: "You counted the pixels: {PIXELS}.", PIXELS - 1: "Why?"},
    also=[float(STOPS)],
    hints=["Where is the first?", "Where is the last of {PIXELS}?"],
    why="Sizes have to fit.",
)


@exercise("exam/mend")
def mend(values):
    """Return the values times {FACTOR}."""
    return values * FACTOR


mend.start("values * FACTOR => values + FACTOR")


@mend.probe
def _(rng):
    return dict(values=rng.integers(3, 9, 4))


@exercise("exam/scaled", compare=False)
def scaled():
    """Return two numbers of which the second is {FACTOR} times the first."""
    return [1, FACTOR]


@scaled.use
def _(answer, rng):
    return answer()


@scaled.property("The second is not {FACTOR} times the first.", "[FACTOR, 1]")
def _(answer):
    first, second = answer
    return second == FACTOR * first


@exercise("exam/model")
class Model:
    """Multiply by {SCALE}."""

    def __call__(self, x):
        return SCALE * x


@exercise("exam/plain")
def plain(a, b=2):
    """The sum."""
    return a + b
'''


def written(folder, text):
    """The exercises of a bank that holds this text, by name."""
    (folder / "exam.py").write_text(text, encoding="utf-8")
    return {exercise.name: exercise for exercise in load("exam", folder)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bank")


@pytest.fixture(scope="module")
def exam(folder):
    return written(folder, BANK)


@pytest.fixture
def own(exam):
    return twin_of(exam["affine"], "a secret", "alee1")


def scale_of(twin):
    """The constant of a version of `affine`."""
    return twin(x=1, shift=0)


def test_the_public_version_shows_its_constants_as_numbers(exam):
    assert exam["affine"].stub == (
        '@ck.exercise("exam/affine")\ndef affine(x, shift):\n    """Return `x` times 3, plus `shift`."""\n'
        "    ...  # your code"
    )
    assert "# The order matters: multiply first.\n    return 3 * x + shift" in exam["affine"].solution
    assert hint_text(exam["affine"], 2) == "Hint 2 of 2: Then add `shift` {to it}."
    assert exam["stops"].task.startswith("A window of 3 moves over 7 pixels.")
    assert exam["stops"]() == 5
    assert exam["mend"].stub.endswith("return values + 2")
    assert all("{SCALE}" not in text for text in exam["affine"].texts())


def test_a_twin_asks_with_its_own_constants_and_order(own):
    scale = scale_of(own)
    assert 4 <= scale < 9
    assert own.stub.splitlines()[:3] == [
        '@ck.exercise("exam/affine")',
        "def affine(shift, x):",
        f'    """Return `x` times {scale}, plus `shift`."""',
    ]
    assert hint_text(own, 1) == f"Hint 1 of 2: What is {scale} times 2?"
    assert f"    # The order matters: multiply first.\n    return {scale} * x + shift" in solution_text(own)
    assert own.reference(1, 10) == 10 * scale + 1
    assert own.id == "exam/affine" and own.points == 3


def test_only_positions_count_in_the_answer_to_a_twin(exam, own):
    scale = scale_of(own)
    assert check(own, exam["affine"], lambda shift, x: scale * x + shift, 0).state is State.CORRECT
    assert check(own, exam["affine"], lambda b, a: scale * a + b, 0).state is State.CORRECT
    verdict = check(own, exam["affine"], lambda x, shift: scale * x + shift, 0)
    assert verdict.state is State.NOT_YET and verdict.reason == "signature"
    assert "another order: x, shift" in verdict.findings[0].text
    assert "affine(shift, x)" in verdict.findings[0].text


@pytest.mark.parametrize(
    "public", [lambda x, shift: 3 * x + shift, lambda first, second: 3 * first + second], ids=["same names", "others"]
)
def test_an_answer_to_the_public_version_hears_that_it_is_that(exam, own, public):
    assert check(exam["affine"], exam["affine"], public, 0).state is State.CORRECT
    verdict = check(own, exam["affine"], public, 0)
    assert (verdict.state, verdict.reason) == (State.NOT_YET, "public version")
    assert verdict.misconceptions == (PUBLIC_VERSION,)
    assert verdict.findings[0].text.startswith("You handed in the public version")


@pytest.mark.parametrize("nothing", [None, 3, "affine", print, dict, ..., lambda: 0, lambda **named: named["x"]])
def test_whatever_is_handed_in_for_a_twin_gets_a_state(exam, own, nothing):
    verdict = check(own, exam["affine"], nothing, 0)
    assert verdict.state is (State.NOT_ATTEMPTED if nothing is ... else State.NOT_YET)
    assert verdict.reason not in ("fault", "public version")


def test_another_students_answer_is_wrong_without_being_called_public(exam, own):
    others = (twin_of(exam["affine"], "a secret", f"student {i}") for i in range(100))
    other = next(twin for twin in others if scale_of(twin) != scale_of(own))
    verdict = check(own, exam["affine"], other.reference, 0)
    assert verdict.state is State.NOT_YET and verdict.reason == "difference"


def test_a_mistake_is_named_with_the_twins_constant(exam, own):
    scale = scale_of(own)
    verdict = check(own, exam["affine"], lambda shift, x: scale * (x + shift), 0)
    assert verdict.findings[0].text.startswith(f"You added before you multiplied by {scale}: ")


def test_mistakes_and_other_right_forms_have_the_twins_order_too(exam, own):
    assert len(own.misconceptions) == 4 and len(own.variants) == 2
    for misconception in own.misconceptions:
        verdict = check(own, exam["affine"], misconception.function, 0)
        assert verdict.misconceptions == (misconception.message,)
    for variant in own.variants:
        assert check(own, exam["affine"], variant, 0).state is State.CORRECT


def test_values_bugs_properties_and_classes_have_twins_too(exam):
    stops = twin_of(exam["stops"], "key", "ann")
    assert check(stops, exam["stops"], stops(), 0).state is State.CORRECT
    assert check(stops, exam["stops"], 5, 0).reason == "public version"
    assert stops.task == f"A window of 3 moves over {stops() + 2} pixels. How many stops are there?"

    mend = twin_of(exam["mend"], "key", "ann")
    factor = mend(1)
    assert factor != 2  # drawn again
    assert mend.stub == (
        f'@ck.exercise("exam/mend")\ndef mend(values):\n    """Return the values times {factor}."""\n'
        f"    return values + {factor}"
    )
    assert check(mend, exam["mend"], mend.broken, 0).state is State.NOT_ATTEMPTED

    scaled = twin_of(exam["scaled"], "key", "ann")
    _, high = scaled()
    assert check(scaled, exam["scaled"], lambda: [5, 5 * high], 0).state is State.CORRECT
    verdict = check(scaled, exam["scaled"], lambda: [5, 1], 0)
    assert verdict.findings[0].text == f"The second is not {high} times the first."
    assert check(scaled, exam["scaled"], lambda: [3, 6], 0).reason == "public version"

    model = twin_of(exam["model"], "key", "ann")
    assert f"return {model()(1)} * x" in model.solution and model()(1) != 3


def test_an_exercise_without_twins_is_its_own_twin(exam):
    assert not is_offered(exam["plain"])
    assert twin_of(exam["plain"], "key", "ann") is exam["plain"]
    assert twin_of(exam["affine"], "", "ann") is exam["affine"]


def test_a_course_and_a_bank_without_twins_are_loaded_as_they_are(tmp_path):
    assert load("sgd", tmp_path)[0].chapter == "sgd"
    assert load("nowhere", tmp_path) == []
    plain = written(tmp_path, '\nfrom coursekit.checks import question\n\nN = 3\n\na = question("exam/a", "{N}?", N)\n')
    assert plain["a"].task == "{N}?" and not is_offered(plain["a"])


def test_key_and_student_decide_and_no_twin_is_the_public_version(exam):
    def drawn(key):
        return [twin_of(exam["mend"], key, f"student {i}")(1) for i in range(40)]

    assert drawn("one key") == drawn("one key")
    assert drawn("one key") != drawn("another key")
    assert set(drawn("one key")) == {3, 4}


def test_a_name_typed_on_a_mac_gets_the_same_twin(exam):
    one, other = (twin_of(exam["affine"], "key", name) for name in ("Ren\u00e9", "Rene\u0301"))
    assert one.stub == other.stub


def test_another_process_makes_the_same_twin(exam, folder):
    program = (
        "from pathlib import Path; from coursegrade import twins; import sys\n"
        "found = twins.load('exam', Path(sys.argv[1]))\n"
        "print([twins.twin_of(found[0], 'key', str(i))(x=1, shift=0) for i in range(8)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.stdout.strip() == str([scale_of(twin_of(exam["affine"], "key", str(i))) for i in range(8)])


def test_a_twins_witnesses_are_its_own(exam, own):
    assert diagnosis.witnesses(own) is not diagnosis.witnesses(exam["affine"])


def test_an_error_in_a_file_keeps_its_line(exam, own):
    assert inspect.getsourcelines(own.reference)[1] == BANK.splitlines().index("def affine(x, shift):")


@pytest.mark.parametrize(
    ("drawing", "complaint"),
    [
        ("dict(SIZE=4)", "its twin draws SIZE; the constants of its file are: SCALE, PIXELS, FACTOR"),
        ("dict(STOPS=4)", "its twin draws STOPS; the constants of its file are"),
        ("dict(order=('x',))", "it has to hold x, shift"),
        ("dict(SCALE=3)", "100 draws of its twin were all the public version"),
        ("dict(SCALE=object())", "cannot be a twin's constant"),
    ],
)
def test_a_drawing_of_which_no_twin_can_be_made_is_explained(tmp_path, drawing, complaint):
    text = BANK.replace('dict(SCALE=rng.integers(4, 9), order=("shift", "x"))', drawing, 1)
    with pytest.raises(ValueError, match=r"exam/affine|cannot be") as raised:
        twin_of(written(tmp_path, text)["affine"], "key", "ann")
    assert complaint in str(raised.value)


def test_a_twin_that_is_no_python_is_explained(tmp_path):
    text = BANK.replace('"exam/model": lambda rng: dict(SCALE=rng.integers(4, 9))', '"exam/plain": lambda rng: ORDER')
    exam = written(tmp_path, text.replace("TWINS =", 'ORDER = dict(order=("b", "a"))\nTWINS ='))
    with pytest.raises(ValueError, match=r"exam.py, line \d+, is no Python with .*order \[1, 0\]: .*default"):
        twin_of(exam["plain"], "key", "ann")


def test_twins_of_no_exercise_are_explained(tmp_path):
    with pytest.raises(ValueError, match="TWINS names exam/affin; exam.py holds no such exercise"):
        written(tmp_path, BANK.replace('"exam/affine": lambda', '"exam/affin": lambda'))

"""`coursekit bank check`, `coursekit bank stubs` and `coursekit handout`: what they take, say and leave alone."""

import stat
import sys
from pathlib import Path

import nbformat
import pytest

from coursegrade.twins import load, twin_of
from coursepress.cli import main

pytestmark = pytest.mark.filterwarnings("ignore")

EXAM = '''
from coursekit.checks import exercise, question

FACTOR = 3
PIXELS = 7
TWINS = {
    "exam/scaled": lambda rng: dict(FACTOR=rng.integers(4, 100)),
    "exam/stops": lambda rng: dict(PIXELS=rng.integers(8, 300)),
}


@exercise("exam/scaled", points=2)
def scaled(x):
    """Return `x` times {FACTOR}."""
    return x * FACTOR


scaled.probe(lambda rng: dict(x=rng.integers(5, 50)))
scaled.mistakes = {
    "x + FACTOR": "You added {FACTOR}.",
    "x - FACTOR": "You subtracted {FACTOR}.",
    "x / FACTOR": "You divided by {FACTOR}.",
}
scaled.also("FACTOR * x")
scaled.hints = ["How do you write times?", "`*`"]
scaled.why = "Weights do it."

stops = question("exam/stops", "A window of 3 moves over {PIXELS} pixels. How many stops are there?", PIXELS - 2)

padding = question(
    "exam/padding",
    "Which padding keeps the size at stride 1?",
    "b",
    options={"a": ("valid", "It drops the rim."), "b": ("same", "It does.")},
)
'''
ROSTER = "student,name\nalee1,Ann Lee\nlilei,李雷\nwei wu,\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    Path("own/exam.py").write_text(EXAM, encoding="utf-8")
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")


def only(text):
    """A bank of this text; each in a folder of its own, as loaded banks are remembered."""
    Path("own/exam.py").write_text(text, encoding="utf-8")


SCALED = EXAM.partition("stops = question(")[0].replace(
    '    "exam/stops": lambda rng: dict(PIXELS=rng.integers(8, 300)),\n', ""
)


def test_a_good_bank_is_praised(capsys):
    only(SCALED)
    assert main(["bank", "check", "own"]) == 0
    assert capsys.readouterr().out == "exam/scaled: no complaint.\n1 exercises, 0 complaints.\n"


def test_every_complaint_of_the_audit_is_listed_and_the_exit_code_is_1(capsys):
    only(SCALED.replace('scaled.why = "Weights do it."', ""))
    assert main(["bank", "check", "own"]) == 1
    said = capsys.readouterr().out
    assert "exam/scaled lacks a sentence why it matters (.why)." in said
    assert said.endswith("1 exercises, 1 complaints.\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SCALED.replace("rng.integers(4, 100)", "1"), "'You divided by 1.' gets correct"),
        (
            SCALED.replace("rng.integers(4, 100)", "1 / 3"),
            "'You divided by 0.3333333333333333.' is the public solution",
        ),
        (SCALED.replace("rng.integers(4, 100)", "3.0000001"), "the public solution is correct in the version:"),
        (SCALED.replace("FACTOR=rng.integers(4, 100)", "SIZE=4"), "no twin can be made. ValueError: exam/scaled: its"),
        (SCALED.replace("rng.integers(4, 100)", "1 / 0"), "no twin can be made. ZeroDivisionError: division by zero"),
        (SCALED.replace('"exam/scaled": lambda', '"exam/scale": lambda'), "TWINS names exam/scale; exam.py holds no"),
    ],
    ids=["right", "public", "same", "undeclared", "error", "unknown"],
)
def test_twins_are_tested_too(text, complaint, capsys):
    only(text)
    assert main(["bank", "check", "own"]) == 1
    assert complaint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def broken(:\n", "exam.py, line 1: this is no Python yet"),
        (EXAM.replace('"exam/scaled"', '"other/scaled"'), "other/scaled stands in"),
        (
            "\nimport a_missing_package\n",
            "exam.py, line 2: it needs the package a_missing_package, which is not installed",
        ),
        ("1 / 0\n", "exam.py, line 1: it cannot be loaded. ZeroDivisionError"),
        ("raise SystemExit\n", "exam.py, line 1: it cannot be loaded. SystemExit"),
        ("x = 1\n", "exam.py holds no exercise"),
        (SCALED + SCALED.replace("scaled(", "again(").replace("scaled.", "again."), "two exercises have one name"),
    ],
    ids=["syntax", "prefix", "package", "error", "exit", "empty", "twice"],
)
def test_a_file_that_is_no_bank_is_explained(text, complaint, capsys):
    only(text)
    assert main(["bank", "check", "own"]) == 1
    assert complaint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("folder", "complaint"),
    [("nowhere", "nowhere does not exist"), ("own/exam.py", "is a file"), ("empty", "empty holds no exercises")],
)
def test_a_folder_that_is_no_bank_is_explained(folder, complaint, capsys):
    Path("empty").mkdir()
    assert main(["bank", "check", folder]) == 2
    assert complaint in capsys.readouterr().err


def test_it_says_whose_chapter_counts_and_which_files_are_not_read(capsys):
    Path("own/exam.py").rename("own/Exam.py")
    Path("own/condense.py").write_text(SCALED.replace("exam/", "condense/"), encoding="utf-8")
    Path("own/my-exam.py").write_text(SCALED, encoding="utf-8")
    assert main(["bank", "check", "own"]) == 1
    said = capsys.readouterr().out
    assert "Note: Exam.py is not read" in said
    assert "only your condense counts" in said
    assert "Rename it to my_exam.py" in said


def sources(path, kind="code"):
    return [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def test_stubs_are_a_notebook_with_tasks_and_options(capsys):
    assert main(["bank", "stubs", "own", "--chapter", "exam"]) == 0
    notebook = nbformat.read("exam.ipynb", 4)
    nbformat.validate(notebook)
    exercises = load("exam", Path("own").resolve())
    assert sources("exam.ipynb")[1:] == [exercise.stub for exercise in exercises]
    assert sources("exam.ipynb", "markdown") == [
        "# Exam",
        "## Scaled (2 points)",
        "## Stops\n\n**Predict.** A window of 3 moves over 7 pixels. How many stops are there?",
        "## Padding\n\n**Predict.** Which padding keeps the size at stride 1?\n\n- a: valid\n- b: same",
    ]
    assert main(["bank", "stubs", "own", "--chapter", "exam"]) == 1
    assert "exam.ipynb exists already, and nothing is overwritten" in capsys.readouterr().err


def test_stubs_of_an_unknown_chapter_name_the_known_ones(capsys):
    assert main(["bank", "stubs", "own", "--chapter", "quiz"]) == 2
    assert "holds no such chapter, but exam." in capsys.readouterr().err


HANDOUT = ["handout", "exam.ipynb", "--roster", "roster.csv", "--twins", "key", "--out", "out", "--bank", "own"]


@pytest.fixture
def handed_out(capsys):
    main(["bank", "stubs", "own", "--chapter", "exam", "--out", "exam.ipynb"])
    assert main(HANDOUT) == 0
    return capsys.readouterr().out


def test_each_student_gets_a_notebook_with_stubs_of_their_own(handed_out):
    assert "3 notebooks are in out, with own versions of: exam/scaled, exam/stops." in handed_out
    key = Path("key").read_text().strip()
    scaled, stops, padding = load("exam", Path("own").resolve())
    for student, file in [("alee1", "alee1"), ("lilei", "lilei")]:
        mine = sources(f"out/{file}.ipynb")
        assert mine[1:] == [twin_of(e, key, student).stub for e in (scaled, stops, padding)]
        assert mine[1].startswith('@ck.exercise("exam/scaled")\ndef scaled(x):\n    """Return `x` times ')
        said = "\n".join(sources(f"out/{file}.ipynb", "markdown"))
        assert twin_of(stops, key, student).task in said
        assert stops.task not in said
        assert "This is your own version of the exercise" in said
        nbformat.validate(nbformat.read(f"out/{file}.ipynb", 4))
    # The key is new in each run, and one in 96 gives these two the same factor: their code alone may be equal.
    assert len({twin_of(scaled, key, f"student{n}").stub for n in range(20)}) > 1
    assert len(list(Path("out").glob("wei-wu-*.ipynb"))) == 1


def test_a_new_key_is_secret_and_an_old_one_stays(handed_out, capsys):
    assert "A new key is in key." in handed_out
    key = Path("key").read_text()
    assert len(key.strip()) > 40
    if sys.platform != "win32":
        assert stat.S_IMODE(Path("key").stat().st_mode) == 0o600
    assert main(HANDOUT) == 0
    assert Path("key").read_text() == key
    assert "key" not in capsys.readouterr().out


def test_what_was_handed_out_is_never_overwritten(handed_out, capsys):
    Path("out/alee1.ipynb").write_text("corrected by hand", encoding="utf-8")
    with Path("roster.csv").open("a", encoding="utf-8") as roster:
        roster.write("late,Late Comer\n")
    assert main(HANDOUT) == 0
    assert Path("out/alee1.ipynb").read_text(encoding="utf-8") == "corrected by hand"
    said = capsys.readouterr().out
    assert "1 notebooks are in out" in said and "3 were there already" in said


def test_a_cell_keeps_what_stands_around_a_stub_and_loses_its_output():
    from coursegrade.handout import own_notebook

    (scaled, *_) = load("exam", Path("own").resolve())
    code = nbformat.v4.new_code_cell(f"import math\n\n{scaled.stub}\n\nprint(math.pi)", execution_count=3)
    code.outputs = [nbformat.v4.new_output("stream", text="3.14")]
    notebook = nbformat.v4.new_notebook(cells=[code])
    note, own = own_notebook(notebook, {scaled.id: scaled}, "a key of the class", "ann").cells
    stub = twin_of(scaled, "a key of the class", "ann").stub
    assert own.source == f"import math\n\n{stub}\n\nprint(math.pi)"
    assert own.outputs == [] and own.execution_count is None
    assert note.source.startswith("This is your own version")
    assert len(notebook.cells) == 1 and code.outputs


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda: Path("key").write_text("short"), "--twins key holds 5 characters"),
        (lambda: Path("exam.ipynb").write_text("{"), "exam.ipynb is no notebook"),
        (lambda: Path("exam.ipynb").unlink(), "exam.ipynb cannot be read"),
        (lambda: nbformat.write(nbformat.v4.new_notebook(), "exam.ipynb"), "no exercise that offers twins"),
    ],
    ids=["short key", "no notebook", "no file", "no twins"],
)
def test_what_cannot_be_handed_out_is_explained(change, complaint, capsys):
    main(["bank", "stubs", "own", "--chapter", "exam", "--out", "exam.ipynb"])
    change()
    assert main(HANDOUT) == 2
    assert complaint in capsys.readouterr().err
    assert not Path("out").exists()

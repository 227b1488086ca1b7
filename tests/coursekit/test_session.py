"""`import coursekit` is light; `ck.setup()` makes runs repeatable, quiet and safe."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout

import pytest

import coursekit as ck
from coursekit import session


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )


def test_importing_coursekit_loads_neither_tensorflow_nor_matplotlib():
    done = run(
        "import sys, coursekit; print([m for m in ('tensorflow', 'keras', 'matplotlib', 'numpy') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(AttributeError, match="no 'show_extractions'.*show_extraction"):
        ck.show_extractions  # noqa: B018


def test_every_public_name_can_be_reached():
    assert all(getattr(ck, name) is not None for name in dir(ck))


def test_importing_the_module_explore_does_not_hide_the_function():
    done = run(
        "import coursekit as ck; from coursekit.figures.interactive import MOST_FRAMES; print(callable(ck.explore))"
    )
    assert done.stdout.strip() == "True", done.stderr


def test_setup_is_quiet_and_two_runs_draw_the_same_numbers(monkeypatch):
    code = (
        "import coursekit as ck; ck.setup(); import keras, numpy, random;"
        "print(random.random(), numpy.random.rand(), float(keras.random.uniform(())))"
    )

    def drawn_here():
        here = io.StringIO()
        with redirect_stdout(here):
            exec(code, {})
        return here.getvalue()

    ck.setup()  # says here that TensorFlow came first, where another test imported it
    monkeypatch.setenv("COURSEKIT_SEED", "11")
    done = run(code)
    assert done.stderr == ""
    assert done.stdout == drawn_here() != ""
    monkeypatch.setenv("COURSEKIT_SEED", "7")
    assert drawn_here() != done.stdout


def test_setup_says_when_tensorflow_came_first():
    done = run("import tensorflow, coursekit as ck; ck.setup(); ck.setup()")
    assert done.stdout.count("TensorFlow was imported before ck.setup()") == 1


@pytest.mark.parametrize("seed", ["many", "-1", "4294967296"])
def test_a_seed_that_is_no_number_is_told(monkeypatch, seed):
    monkeypatch.setenv("COURSEKIT_SEED", seed)
    with pytest.raises(ValueError, match=f"COURSEKIT_SEED is a whole number.*{seed}"):
        ck.setup()


def test_random_numbers_follow_the_seed_and_begin_anew(monkeypatch):
    ck.setup(seed=5)
    first = ck.rng().random(3).tolist()
    assert ck.rng().random(3).tolist() == first
    streams = [ck.rng(stream).random(3).tolist() for stream in (0, 1)]
    assert len({tuple(numbers) for numbers in (first, *streams)}) == 3
    monkeypatch.setenv("COURSEKIT_SEED", "6")
    ck.setup()
    assert first != ck.rng().random(3).tolist()
    assert streams[1] != ck.rng(1).random(3).tolist()


@pytest.mark.parametrize("stream", [-1, 1.5, "one"])
def test_a_stream_that_is_no_whole_number_is_told(stream):
    ck.setup()
    with pytest.raises(ValueError, match="stream is a whole number from 0, not"):
        ck.rng(stream)


def test_random_numbers_before_setup_ask_for_it(monkeypatch):
    monkeypatch.setattr(session, "_session_seed", None)
    with pytest.raises(RuntimeError, match=r"run ck.setup\(\) in the first cell"):
        ck.rng()

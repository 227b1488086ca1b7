"""`import coursekit` is light; `ck.setup()` makes runs repeatable, quiet and safe."""

import os
import subprocess
import sys

import pytest

import coursekit as ck
from coursekit.session import guarded_conv2d


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


def test_setup_is_quiet_and_two_runs_draw_the_same_numbers():
    code = (
        "import coursekit as ck; ck.setup(); import keras, numpy, random;"
        "print(random.random(), numpy.random.rand(), float(keras.random.uniform(())))"
    )
    first, second = run(code), run(code)
    assert first.stderr == ""
    assert first.stdout == second.stdout != ""
    assert run(code, COURSEKIT_SEED="7").stdout not in ("", first.stdout)


def test_setup_says_when_tensorflow_came_first():
    done = run("import tensorflow, coursekit as ck; ck.setup(); ck.setup()")
    assert done.stdout.count("TensorFlow was imported before ck.setup()") == 1


@pytest.mark.parametrize("seed", ["many", "-1", "4294967296"])
def test_a_seed_that_is_no_number_is_told(monkeypatch, seed):
    monkeypatch.setenv("COURSEKIT_SEED", seed)
    with pytest.raises(ValueError, match=f"COURSEKIT_SEED is a whole number.*{seed}"):
        ck.setup()


def test_conv2d_on_a_matrix_teaches_the_reshape_instead_of_ending_the_process():
    ck.setup()
    import numpy as np
    import tensorflow as tf

    kernel = tf.ones((2, 2, 1, 1))
    with pytest.raises(ValueError, match=r"tf.reshape\(image, \[1, \*image.shape, 1\]\)"):
        tf.nn.conv2d(tf.ones((6, 6)), kernel, strides=1, padding="VALID")
    with pytest.raises(ValueError, match=r"its shape is \(1, 6, 6\)"):
        tf.nn.conv2d(tf.ones((1, 6, 6)), kernel, strides=1, padding="VALID")
    with pytest.raises(ValueError, match=r"tf.reshape\(kernel, \[\*kernel.shape, 1, 1\]\)"):
        tf.nn.conv2d(tf.ones((1, 6, 6, 1)), np.ones((2, 2)), strides=1, padding="VALID")
    assert tf.nn.conv2d(input=tf.ones((1, 6, 6, 1)), filters=kernel, strides=1, padding="VALID").shape == (1, 5, 5, 1)


def test_guarding_twice_guards_once():
    guarded = guarded_conv2d(lambda input, filters: None)
    assert guarded_conv2d(guarded) is guarded

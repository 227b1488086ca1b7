"""The keyed answers of *The gradient tape* are what TensorFlow and Keras give."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import coursekit as ck
from coursekit.checks import bank


@pytest.fixture(scope="module")
def tf():
    ck.setup()
    import tensorflow

    return tensorflow


def key(name):
    return bank.find(f"gradient-tape/{name}").reference()


def label(name):
    return bank.find(f"gradient-tape/{name}").choices[key(name)].label


def slope(tf, calculate, *numbers):
    """Along the last of the numbers."""
    x = [tf.Variable(float(number)) for number in numbers]
    with tf.GradientTape() as tape:
        z = calculate(*x)
    return float(tape.gradient(z, x[-1]))


def halved(x):
    while x > 1:
        x = x / 2
    return x


def test_numbers_are_slopes_and_a_step(tf):
    import keras

    assert key("backward") == slope(tf, lambda x1, x2: (x1 + 5) * x2**2, 5, 3)
    assert key("halved") == slope(tf, halved, 6)
    assert key("stopped") == slope(tf, lambda x: x * tf.stop_gradient(x**2), 5)
    x = tf.Variable(1.0)
    keras.optimizers.SGD(learning_rate=0.1).apply_gradients([(tf.constant(8.0), x)])
    assert float(x) == pytest.approx(key("one-apply"))


def test_each_option_is_none_as_the_key_says(tf):
    none = set()
    for letter, choice in bank.find("gradient-tape/which-none").choices.items():
        space = dict(tf=tf, tape=tf.GradientTape())
        early = "before the tape" in choice.label
        first, *lines = re.findall("`(.*?)`", choice.label)
        exec(first, space)
        if early:
            exec(lines.pop(0), space)
        with space["tape"]:
            exec("\n".join(lines), space)
        if space["tape"].gradient(space["z"], space["x"]) is None:
            none.add(letter)
    assert none == key("which-none")


def test_a_tape_answers_once(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = x**2
    tape.gradient(z, x)
    with pytest.raises(RuntimeError, match="non-persistent"):
        tape.gradient(z, x)
    assert label("twice") == "an error"


def test_a_none_means_0_where_no_path_leads_back(tf):
    x1, x2 = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = (x1 + 5) * x2**2
        first = inner.gradient(z, x1)
    assert outer.gradient(first, x1) is None
    assert np.isclose(first, 3**2)
    assert label("none-means") == "it is 0: no path leads from x2² back to x1"


def test_what_assign_sub_returns_is_not_watched(tf):
    x = tf.Variable(1.0).assign_sub(0.5)
    with tf.GradientTape() as tape:
        z = 3 * x**2
    assert hasattr(x, "assign_sub")
    assert float(x) == 0.5
    assert tape.gradient(z, x) is None
    assert label("x-gone") == "the tape gives None, and None cannot be multiplied"


def test_the_errors_on_the_page_are_those_that_the_text_speaks_of():
    (notebook,) = Path(__file__).parents[2].glob("notebooks/*/gradient-tape.ipynb")
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    shown = [out for cell in cells for out in cell.outputs if out.output_type == "error"]
    speaks_of = [
        ("RuntimeError", "non-persistent GradientTape"),  # twice: c
        ("TypeError", "NoneType"),  # x-gone: b
        ("ValueError", "'lr'"),
        ("ValueError", "No gradients provided"),
    ]
    assert [error.ename for error in shown] == [name for name, _ in speaks_of]
    for error, (_, words) in zip(shown, speaks_of, strict=True):
        assert words in error.evalue

"""The keyed answers of *Tensors* are what Python says, and a step is taken on the model itself."""

import copy
import re
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

from coursebook.tensors import who_can
from coursekit.checks import bank
from coursekit.checks.diagnosis import check


def exercise(name):
    return bank.find(f"tensors/{name}")


def raises(line):
    try:
        eval(line, {"tf": tf, "np": np})
    except tf.errors.InvalidArgumentError:
        return True
    return False


def test_the_key_of_each_choice_is_what_its_options_do():
    photo = tf.zeros((96, 96, 3))
    fitting = {"a", "b", "c", "d", "e"}
    for key, choice in exercise("which-fit").choices.items():
        try:
            assert (photo * tf.zeros(eval(choice.label))).shape == photo.shape
        except tf.errors.InvalidArgumentError:
            fitting -= {key}
    assert fitting == exercise("which-fit").reference()
    bare = exercise("bare")
    assert {key for key, choice in bare.choices.items() if raises(choice.label.strip("`"))} == bare.reference()


def test_the_keyed_values_are_computed():
    assert (tf.zeros((5, 2, 3)) @ tf.zeros((3, 4))).shape == exercise("batched-shape").reference()
    assert tf.reduce_mean([1, 2]) == exercise("mean-of-ints").reference()
    calls = []
    function = tf.function(lambda x: calls.append(x))
    for _ in range(3):
        function(tf.ones(2))
    assert len(calls) == exercise("traced").reference()


def test_the_lines_in_the_text_make_the_shared_variable_hold_the_key():
    chapter = nbformat.read(Path(__file__).parents[2] / "notebooks/tensorflow/tensors.ipynb", 4)
    text = next(cell.source for cell in chapter.cells if "other = weight\nweight.assign_add" in cell.source)
    names = {"tf": tf}
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], names)
    assert names["other"].numpy() == exercise("shared").reference()


def test_the_key_of_who_can_is_what_arrays_can_and_constants_cannot():
    lines = {"a": "x[0] = 5", "b": "x + 1.5", "c": "x * [[1], [2]]", "d": "tape.watch(x)", "e": "x + x"}
    able = {key: who_can(line, x=(1.0, 2.0) if key == "d" else (1, 2)) for key, line in lines.items()}
    array_alone = {key for key, can in able.items() if can["array"] and not can["constant"]}
    assert array_alone == exercise("who-can").reference()
    assert not able["d"]["array"]
    assert set(lines) == set(exercise("who-can").choices)


def test_the_bug_to_fix_raises_an_error_for_some_tables_only():
    broken = exercise("center-rows").broken
    with pytest.raises(tf.errors.InvalidArgumentError):
        broken(tf.ones((4, 3)))
    table = tf.constant([[1.0, 2.0], [5.0, 9.0]])
    assert broken(table).shape == table.shape
    assert not np.allclose(broken(table), exercise("center-rows").reference(table))


def test_another_list_than_the_model_is_refused():
    def step(model, slopes, rate):
        return exercise("step").reference(model, slopes, rate).get_weights()

    assert [text[:28] for text in check(exercise("step"), step, seed=1).misconceptions] == [
        "You did not return the model"
    ]


def cloned(model):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone


@pytest.mark.parametrize("copied", [cloned, copy.deepcopy])
def test_a_step_on_a_copy_of_the_model_is_refused(copied):
    def step(model, slopes, rate):
        return exercise("step").reference(copied(model), slopes, rate)

    verdict = check(exercise("step"), step, seed=1)
    assert [text[:23] for text in verdict.misconceptions] == ["The model did not move:"]

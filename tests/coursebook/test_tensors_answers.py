"""The keyed answers of *Tensors* are what Python says, and a step is taken on the model itself."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf

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

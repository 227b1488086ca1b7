"""The keyed answers of *Custom training* are what TensorFlow and Keras compute."""

import warnings
from contextlib import nullcontext
from inspect import signature

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from coursekit.checks import bank


def key(name):
    return bank.find(f"custom-training/{name}").reference()


def labels(name):
    return {letter: choice.label for letter, choice in bank.find(f"custom-training/{name}").choices.items()}


def after_a_step(outside):
    """The weight after a step for which the tape does not hear the line `outside`; None if there is no gradient."""
    weight, metric = tf.Variable(2.0), keras.metrics.Mean()
    with tf.GradientTape(persistent=True) as tape:

        def line(letter):
            return tape.stop_recording() if letter == outside else nullcontext()

        with line("a"):
            x, y = tf.constant([1.0, 3.0]), tf.constant([2.0, 5.0])
        with line("b"):
            prediction = weight * x
        with line("c"):
            loss = tf.reduce_mean(tf.square(y - prediction))
        with line("d"):
            slope = tape.gradient(loss, weight)
        if slope is None:
            return None
        with line("e"):
            weight.assign_sub(0.1 * slope)
        with line("f"):
            metric.update_state(loss)
    return float(weight)


def test_the_lines_that_the_tape_has_to_hear():
    assert after_a_step(None) != 2
    assert key("inside-tape") == {a for a in labels("inside-tape") if after_a_step(a) != after_a_step(None)}
    words = ("draw", "predict", "loss", "tape.gradient", "optimizer.apply", "metric")
    assert all(word in label for word, label in zip(words, labels("inside-tape").values(), strict=True))


def test_what_a_metric_shows_that_is_never_reset():
    metric = keras.metrics.Mean()
    for loss in (6, 6, 2, 2, 1, 1):
        metric.update_state(loss)
    assert float(metric.result()) == key("never-reset")


def test_the_loss_of_a_perfect_prediction():
    y = np.array([1.0, 2, 4])
    assert key("perfect") == pytest.approx(np.mean((y - y[:, None]) ** 2))


def test_what_happens_with_all_variables():
    x, weights = tf.constant([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]]), []
    model = keras.Sequential([keras.Input((2,)), layers.BatchNormalization(), layers.Dense(1)])
    start = model.get_weights()
    for variables in (model.trainable_variables, model.variables):
        model.set_weights(start)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - 3))
        slopes = tape.gradient(loss, variables)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            keras.optimizers.SGD(0.1).apply(slopes, variables)
        weights.append(model.get_weights())
    assert len(caught) == 1
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert labels("which-variables")[key("which-variables")] == "a warning; the trained weights are the same"


def test_what_fit_can_do_without_a_step_of_your_own():
    two = [keras.optimizers.SGD(), keras.optimizers.SGD()]
    with pytest.raises(ValueError, match="optimizer"):
        keras.Sequential([layers.Dense(1)]).compile(optimizer=two, loss="mse")
    options = signature(keras.optimizers.SGD).parameters
    assert {"global_clipnorm", "gradient_accumulation_steps"} <= set(options)
    assert set(labels("fit-can")) - key("fit-can") == {
        a for a, text in labels("fit-can").items() if "two networks" in text
    }


def test_how_many_times_the_body_prints():
    printed = []

    @tf.function
    def total(rows):
        printed.append(len(rows))
        return tf.reduce_sum(rows)

    rows = tf.range(10.0)
    for _ in range(3):
        for begin in range(0, 10, 4):
            total(rows[begin : begin + 4])
    assert len(printed) == key("traces")

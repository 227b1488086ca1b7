"""The keyed answers of *Generative adversarial networks* are what NumPy and Keras compute."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from coursekit.checks import bank


def key(name):
    return bank.find(f"gan/{name}").reference()


def chosen(name):
    return bank.find(f"gan/{name}").choices[key(name)].label


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_the_forger_runs_past_the_real_numbers_and_swings():
    theta = a = b = 0.0
    thetas = []
    for _ in range(300):  # no spread: every real number is 3
        on_real, on_fake = sigmoid(3 * a + b) - 1, sigmoid(theta * a + b)
        a, b = a - 0.2 * (3 * on_real + theta * on_fake), b - 0.2 * (on_real + on_fake)
        theta -= 0.2 * (sigmoid(theta * a + b) - 1) * a
        thetas.append(theta)
    top = np.argmax(thetas)
    low = top + np.argmin(thetas[top:])
    assert thetas[top] > 4 > 3 > thetas[low] > 2
    assert max(thetas[low:]) - 3 < 3 - thetas[low] < thetas[top] - 3
    assert chosen("overshoot") == "past 3, back, and around 3 in swings that get shorter"


def test_which_slope_is_near_0_where_the_forger_loses():
    saturating, other = (np.diff(loss)[0] / 2e-4 for loss in _losses(np.array([-6.0001, -5.9999])))
    assert np.abs([saturating, other]) == pytest.approx([0.0025, 0.9975], abs=1e-4)
    assert chosen("vanishing") == "ln(1 − D) has a slope near 0, −ln D one near 1"


def _losses(logits):
    return np.log(1 - sigmoid(logits)), -np.log(sigmoid(logits))


def test_the_loss_at_a_draw_is_that_of_a_judge_who_says_one_half():
    cross_entropy = keras.losses.BinaryCrossentropy()
    at_a_draw = sum(float(cross_entropy([[label]], [[0.5]])) for label in (1.0, 0.0))
    assert key("draw-loss") == pytest.approx(at_a_draw, abs=1e-5)


def test_the_judge_has_slopes_in_the_forgers_step_and_rests_for_want_of_an_optimizer():
    judge = layers.Dense(1)
    judge.build((None, 2))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-judge(tf.ones((3, 2)))))
    assert all(np.any(slope != 0) for slope in tape.gradient(loss, judge.trainable_variables))
    assert chosen("who-moves") == "D's weights are not handed to an optimizer"


def test_what_the_notebook_shows_of_the_chase_and_of_equal_losses():
    assert chosen("chase") == "they lie in a few places, and in other places later"
    choices = bank.find("gan/equal-losses").choices
    assert {choices[letter].label for letter in key("equal-losses")} == {
        "stop G, and train a fresh discriminator against it",
        "look at many samples",
    }

"""The keyed answers of the questions, from the tables and formulas that they are about."""

import re

import keras
import numpy as np
import tensorflow as tf

from coursekit.checks import bank

ASKED = {exercise.id.split("/")[1]: exercise for exercise in bank.load("activations")}


def slope_at_0(activation):
    zero = tf.constant([0.0])
    with tf.GradientTape() as tape:
        tape.watch(zero)
        said = activation(zero)
    return tape.gradient(said, zero).numpy().item()


def test_the_slope_of_tanh_is_that_of_keras():
    assert np.isclose(slope_at_0(keras.activations.sigmoid), 0.25)
    assert np.isclose(ASKED["steepest"].reference(), slope_at_0(keras.activations.tanh))


def test_the_dead_units_are_those_of_the_table():
    rows = re.findall(r"^\| \d \| (.*) \|$", ASKED["dead-set"].task, flags=re.MULTILINE)
    sums = np.array([[float(cell.replace("−", "-")) for cell in row.split(" | ")] for row in rows])
    assert sums.shape == (4, 4)
    assert set(ASKED["dead-set"].reference()) == {"abcd"[unit] for unit in np.flatnonzero((sums <= 0).all(axis=0))}


def test_only_what_brings_a_slope_or_new_weights_moves_a_dead_unit():
    """One dead unit, one step of gradient descent for each remedy."""
    x, w, b = np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([[-1.0], [-1.0]]), -1.0
    z = x @ w + b
    along_w = {share: x.T @ np.where(z > 0, 1.0, share) for share in (0.0, 0.2)}
    labels = {key: choice.label for key, choice in ASKED["remedy"].choices.items()}
    moves = {
        "train on for many more epochs": np.any(1000 * along_w[0.0]),
        "train on at a smaller rate": np.any(0.001 * along_w[0.0]),
        "keep all weights, put LeakyReLU in place of ReLU, and train on": np.any(along_w[0.2]),
        "draw all weights anew, and train at a smaller rate": True,
    }
    assert set(ASKED["remedy"].reference()) == {key for key, label in labels.items() if moves[label]}


def test_a_class_that_is_cut_off_gets_at_most_a_hundredth():
    outputs = np.zeros((1, 100), np.float32)
    best = keras.ops.softmax(outputs).numpy().max()
    assert np.isclose(ASKED["at-most"].reference(), best)
    outputs[0, 1] = 0.5
    assert keras.ops.softmax(outputs).numpy()[0, 0] < best


def test_the_head_for_several_kinds_answers_each_alone():
    labels = ASKED["which-head"].choices
    assert labels[ASKED["which-head"].reference()].label == "20 units with a sigmoid each"


def test_the_diagnosis_counts_the_rows_of_each_kind():
    label = ASKED["diagnosis"].choices[ASKED["diagnosis"].reference()].label
    assert label == "Count the kinds whose output is 0 on all rows *of that kind*, and train without the ReLU."

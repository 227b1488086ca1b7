"""Which weights did a training move?"""

import keras
import numpy as np
import pytest
from keras import layers

from coursekit.checks.training import BROUGHT, watched

pytestmark = pytest.mark.filterwarnings("ignore")


def line():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    return model


def fitted(model):
    rng = np.random.default_rng(0)
    model.fit(rng.normal(size=(8, 2)), rng.normal(size=(8, 1)), verbose=0)
    return model


def test_fit_moves_every_kernel():
    with watched() as firsts:
        model = fitted(line())
    assert firsts.moved(model) == [True, True]


def test_a_model_that_was_only_compiled_did_not_move():
    with watched() as firsts:
        model = line()
    assert firsts.moved(model) == [False, False]


def test_a_frozen_layer_stays():
    with watched() as firsts:
        model = line()
        model.layers[0].trainable = False
        fitted(model)
    assert firsts.moved(model) == [False, True]


def test_a_model_built_late_and_a_subclassed_one_are_seen():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)

        def call(self, inputs):
            return self.inner(inputs)

    for rate, moved in ((0.1, True), (0.0, False)):
        with watched() as firsts:
            own, late = Own(), keras.Sequential([layers.Dense(1)])
            for model in (own, late):
                model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
                fitted(model)
        assert firsts.moved(own) == firsts.moved(late) == [moved]


def test_a_model_made_before_counts_as_not_moved():
    model = line()
    with watched() as firsts:
        fitted(model)
    assert firsts.moved(model) == [False, False]


def test_a_model_from_elsewhere_brings_its_first_values_along():
    model = line()
    setattr(model, BROUGHT, [np.asarray(w) + 1 for w in model.weights])
    with watched() as firsts:
        pass
    assert firsts.moved(model) == [True, True]

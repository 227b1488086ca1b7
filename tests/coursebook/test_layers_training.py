"""Many networks at once: each as Keras' fit trains it, whatever its neighbors are."""

import numpy as np
import pytest

import coursekit as ck
from coursebook.layers import train_many


@pytest.fixture(scope="module")
def keras():
    ck.setup()
    import keras

    return keras


ROWS = np.random.default_rng(0).normal(size=(30, 2))
GOALS = np.sin(ROWS).sum(axis=1)


def network(keras, *hidden):
    dense = [keras.layers.Dense(units, activation="relu") for units in hidden]
    return keras.Sequential([keras.Input((2,)), *dense, keras.layers.Dense(1)])


def test_each_network_is_trained_as_fit_does_with_one_batch(keras):
    models = [network(keras, 5, 4), network(keras, 3, 6)]
    starts = [model.get_weights() for model in models]
    [trained] = train_many(starts, ROWS, GOALS, updates=[20], rate=0.03)
    for model, weights in zip(models, trained, strict=True):
        model.compile(optimizer=keras.optimizers.Adam(0.03), loss="mse")
        model.fit(ROWS, GOALS, batch_size=30, epochs=20, verbose=0)
        for by_fit, by_many in zip(model.get_weights(), weights, strict=True):
            np.testing.assert_allclose(by_fit, by_many, atol=1e-4)


def test_neighbors_change_nothing(keras):
    starts = [network(keras, units).get_weights() for units in (3, 8)]
    [together] = train_many(starts, ROWS, GOALS, updates=[50])
    for start, weights in zip(starts, together, strict=True):
        [[alone]] = train_many([start], ROWS, GOALS, updates=[50])
        for one, other in zip(alone, weights, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)


def test_each_network_may_read_rows_of_its_own(keras):
    start = network(keras, 4).get_weights()
    rows, goals = np.stack([ROWS, ROWS[::-1] + 1]), np.stack([GOALS, -GOALS])
    [both] = train_many([start, start], rows, goals, updates=[10])
    for number, weights in enumerate(both):
        [[alone]] = train_many([start], rows[number], goals[number], updates=[10])
        np.testing.assert_allclose(alone[0], weights[0], atol=1e-9)


def test_weights_are_kept_at_the_updates_asked_for_and_the_start_stays(keras):
    start = network(keras, 4).get_weights()
    before = [array.copy() for array in start]
    none, three = train_many([start], ROWS, GOALS, updates=[0, 3])
    np.testing.assert_array_equal(none[0][0], before[0])
    np.testing.assert_array_equal(start[0], before[0])
    assert np.any(three[0][0] != before[0])


def test_networks_of_another_depth_and_falling_updates_are_refused(keras):
    starts = [network(keras, 4).get_weights(), network(keras, 4, 4).get_weights()]
    with pytest.raises(ValueError, match="same layers"):
        train_many(starts, ROWS, GOALS, updates=[1])
    with pytest.raises(ValueError, match="rising order"):
        train_many(starts[:1], ROWS, GOALS, updates=[3, 1])

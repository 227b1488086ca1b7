"""The keyed answers of the questions: each is computed from the experiment that the chapter shows."""

import keras
import numpy as np

from coursekit import datasets
from coursekit.checks import bank

ASKED = {exercise.id.split("/")[1]: exercise for exercise in bank.load("losses")}
MORNINGS = np.array([24.0, 26, 27, 31, 95])


def label(name):
    exercise = ASKED[name]
    return exercise.choices[exercise.reference()].label


def least_absolute(x, y):
    """The best MAE line, among those through two rows."""
    i, j = np.triu_indices(len(x), 1)
    w = (y[j] - y[i]) / (x[j] - x[i])
    b = y[i] - w * x[i]
    losses = np.abs(w[:, np.newaxis] * x + b[:, np.newaxis] - y).mean(axis=1)
    return np.array([w[losses.argmin()], b[losses.argmin()]])


def test_the_mae_line_stays_while_the_typed_number_grows():
    cars = datasets.fuel_consumption()
    seen = np.random.default_rng(0).permutation(len(cars))[:20]
    x, y = cars["weight"].to_numpy()[seen], cars["consumption"].to_numpy()[seen]
    lines = []
    for liters in (7.1, 15, 40, 71):
        y[x.argmin()] = liters
        lines.append(least_absolute(x, y))
    np.testing.assert_allclose(lines, [lines[0]] * 4)
    assert label("drag") == "It stays where it is."


def test_the_middle_morning_has_the_lowest_absolute_error():
    guesses = np.arange(20, 100, 0.1)
    losses = np.abs(guesses[:, np.newaxis] - MORNINGS).mean(axis=1)
    assert np.isclose(guesses[losses.argmin()], ASKED["middle"].reference())


def test_steps_of_three_tenths_hop_around_ten():
    place, places = 0.0, []
    for _ in range(400):
        place -= 0.3 * np.sign(place - 10)
        places.append(round(place, 6))
    assert sorted(set(places[-10:])) == [9.9, 10.2]
    assert label("keeps-stepping") == "It hops between 9.9 and 10.2."


def test_the_median_is_closer_under_fat_tails_and_the_mean_under_thin_ones():
    rng = np.random.default_rng(5)
    closer = []
    for p in (1, 2, 3):
        rows = rng.gamma(1 / p, size=(2000, 101)) ** (1 / p) * rng.choice([-1, 1], (2000, 101))
        closer.append(bool(np.mean(np.median(rows, axis=1) ** 2) < np.mean(rows.mean(axis=1) ** 2)))
    assert closer == [True, False, False]
    assert label("noise") == "The median with fat tails, the mean with thin ones."


def test_the_shapes_that_keras_returns():
    function, loss = keras.losses.mean_squared_error, keras.losses.MeanSquaredError()
    column, two = np.ones((4, 1), "float32"), np.ones((4, 2), "float32")
    flat = column[:, 0]
    returned = {
        "a": function(column, column),
        "b": function(flat, flat),
        "c": function(flat, column),
        "d": loss(flat, flat),
        "e": function(two, two),
    }
    assert {name for name, value in returned.items() if tuple(value.shape) == (4,)} == ASKED["per-row"].reference()


def test_only_means_add_up_to_the_total():
    households = np.array([1.0] * 9 + [20])
    total = households.sum()
    huber = 1 + 0.1 / 9  # one pull of δ = 0.1 from above is held by nine errors
    assert np.isclose(np.clip(huber - households, -0.1, 0.1).sum(), 0)
    rivals = {"a": np.median(households), "b": households.mean(), "c": huber, "d": 1.0}
    right = [name for name, center in rivals.items() if np.isclose(10 * center, total)]
    assert right == [ASKED["budget"].reference()]

"""The keyed answers of *Optimizers* are what its experiments show, and its trainings do what they say."""

import numpy as np
import pytest

from coursebook.optimizers import race, race_in_batches, train_networks, updates_needed
from coursekit import datasets
from coursekit.checks import bank

ASKED = {exercise.id.split("/")[1]: exercise for exercise in bank.load("optimizers")}
RATES = 2.0 ** np.arange(-10, 8.5, 0.5)


def key(name):
    return ASKED[name].reference()


def label(name):
    return ASKED[name].choices[key(name)].label


def sgd(weights, slopes, memory, rate):
    return weights - rate * slopes


def momentum(weights, slopes, memory, rate, beta=0.9):
    memory["move"] = beta * memory.get("move", 0) - rate * slopes
    return weights + memory["move"]


def adagrad(weights, slopes, memory, rate):
    memory["sum"] = memory.get("sum", 0.1) + slopes**2
    return weights - rate * slopes / np.sqrt(memory["sum"] + 1e-7)


def rmsprop(weights, slopes, memory, rate):
    memory["mean"] = 0.9 * memory.get("mean", 0) + 0.1 * slopes**2
    return weights - rate * slopes / np.sqrt(memory["mean"] + 1e-7)


def adam(weights, slopes, memory, rate):
    t = memory["t"] = memory.get("t", 0) + 1
    adam_step = ASKED["adam-step"].reference
    weights, memory["m"], memory["s"] = adam_step(weights, memory.get("m", 0), memory.get("s", 0), t, slopes, rate)
    return weights


@pytest.fixture(scope="module")
def cars():
    table = datasets.fuel_consumption()[["consumption", "weight", "displacement", "power", "cylinders"]].to_numpy(float)
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    return table[:, 1:], table[:, 0]


def test_the_move_on_a_long_slope():
    move = 0.0
    for _ in range(1000):
        _, move = ASKED["momentum-step"].reference(0.0, move, 2.0, 0.01, 0.9)
    assert key("long-run") == pytest.approx(-move)


def test_two_rules_keep_their_path_when_the_loss_is_a_hundred_times_as_large():
    same = set()
    for rule in (sgd, momentum, rmsprop, adam):
        ends = []
        for scale in (1, 100):
            weights, memory = np.array([1.0, -2.0]), {}
            for _ in range(30):
                weights = rule(weights, scale * weights, memory, 0.01)
            ends.append(weights)
        if np.allclose(*ends, atol=1e-3):
            same.add(rule.__name__)
    options = ASKED["loss-times-100"].choices
    assert {options[letter].label.lower() for letter in key("loss-times-100")} == same


def test_adam_keeps_two_numbers_of_four_bytes_for_each_weight():
    assert key("memory") == pytest.approx(100e6 * 2 * 4 / 1e9)


def test_only_rules_with_a_rate_for_each_weight_notice_a_turn():
    curvature = 2 * np.array([[1, 0.93], [0.93, 1]])
    frame = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    starts = np.array([[2.0, 0.3], [0.5, -2.0], [-1.5, 1.2]])
    noticed = set()
    for rule in (sgd, momentum, adagrad, rmsprop, adam):
        counts = [
            np.median(updates_needed(rule, RATES, *valley, 0.002), axis=0).min()
            for valley in ((curvature, starts), (frame.T @ curvature @ frame, starts @ frame))
        ]
        if counts[0] != counts[1]:
            noticed.add(rule.__name__)
    assert noticed == {"adagrad", "rmsprop", "adam"}
    assert label("turned") == "for those that divide each weight's slope by its own number"


def test_tuned_networks_end_close_together(cars):
    medians = []
    for rule in (sgd, momentum, adagrad, rmsprop, adam):
        seeds = [np.random.default_rng(seed) for seed in range(5)]
        losses = train_networks(rule, 2.0 ** np.arange(-9, 4), *cars, seeds)
        best = ASKED["best-rate"].reference(losses, np.arange(13))
        medians.append(np.median(losses[:, best]))
    assert max(medians) < 1.5 * min(medians)
    assert label("gap") == "less than 1.5"


def test_a_fair_comparison_leaves_out_what_favors_one_side():
    options = ASKED["fair"].choices
    assert {options[letter].label.split()[0] for letter in key("fair")} == {"tune", "repeat", "try"}


def test_a_race_ends_where_a_walk_ends(cars):
    x, y = cars
    start = np.array([0.5, -1.0, 0.2, 0.3])
    weights, memory = start, {}
    for _ in range(20):
        weights = adam(weights, 2 * x.T @ (x @ weights - y) / len(x), memory, 0.1)
    lowest = np.mean((x @ np.linalg.lstsq(x, y, rcond=None)[0] - y) ** 2)
    ends = race(adam, [0.01, 0.1], x, y, np.stack([start, start + 1]), 20)
    assert ends.shape == (2, 2)
    assert ends[0, 1] == pytest.approx(np.mean((x @ weights - y) ** 2) - lowest)


def test_batches_read_every_row_once_in_an_epoch_and_factors_scale_the_rate(cars):
    x, y = cars
    seen = []

    def watching(weights, slopes, memory, rate):
        seen.append(rate.copy())
        return sgd(weights, slopes, memory, rate)

    factors = np.linspace(1, 0, 98)
    ends = race_in_batches(watching, factors, [0.01, 0.02], x, y, [np.random.default_rng(0)], 8)
    assert ends.shape == (1, 2)
    np.testing.assert_allclose(seen, np.outer(factors, [0.01, 0.02]))
    whole = race_in_batches(sgd, np.ones(30), [0.1], x, y, [np.random.default_rng(3)], len(x))
    start = np.random.default_rng(3).normal(0, 0.5, 4)
    assert whole[0, 0] == pytest.approx(race(sgd, [0.1], x, y, start[np.newaxis], 30)[0, 0])


def test_networks_follow_the_slopes_of_their_loss(cars):
    import keras
    from keras import layers

    x, y = cars
    net = keras.Sequential([keras.Input((4,)), layers.Dense(16, "tanh"), layers.Dense(1)])
    rng = np.random.default_rng(1)
    kernels = [rng.uniform(-np.sqrt(6 / sum(shape)), np.sqrt(6 / sum(shape)), shape) for shape in ((4, 16), (16, 1))]
    net.set_weights([kernels[0], np.zeros(16), kernels[1], np.zeros(1)])
    net.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", run_eagerly=True)
    net.fit(x, y, batch_size=len(x), epochs=3, verbose=0)
    losses = train_networks(
        sgd, [0.01, 0.05], x, y, [np.random.default_rng(1), np.random.default_rng(2)], batch_size=len(x), epochs=3
    )
    assert losses.shape == (2, 2)
    assert losses[0, 1] == pytest.approx(np.mean((net(x).numpy()[:, 0] - y) ** 2), rel=1e-4)


def test_a_network_that_diverges_counts_as_infinitely_bad(cars):
    losses = train_networks(sgd, [1e9], *cars, [np.random.default_rng(0)], epochs=40)
    assert not losses[0, 0] < 1e9

"""The keyed answers of *Stochastic gradient descent* are what the days say."""

import numpy as np
import pytest

from coursekit import datasets
from coursekit.checks import bank


@pytest.fixture(scope="module")
def days():
    table = datasets.seattle_weather().sample(500, random_state=0)
    high = table["temp_max"].to_numpy()
    return (high - high.mean()) / high.std(), table["temp_min"].to_numpy(), high


def key(name):
    return bank.find(f"sgd/{name}").reference()


def label(name):
    return bank.find(f"sgd/{name}").choices[key(name)].label


def loss_after(x, y, batch_size, updates, rate=0.02):
    rng, w, b = np.random.default_rng(0), 0.0, 0.0
    for _ in range(updates):
        rows = rng.choice(500, batch_size, replace=False)
        error = w * x[rows] + b - y[rows]
        w, b = w - rate * 2 * np.mean(error * x[rows]), b - rate * 2 * np.mean(error)
    return np.mean((w * x + b - y) ** 2)


def test_both_weights_grow_and_b_twice_as_much(days):
    x, y, _ = days
    step = np.array([2 * np.mean(y * x), 2 * np.mean(y)])
    assert (step > 0).all()
    assert step[1] / step[0] == pytest.approx(2, rel=0.05)
    assert label("downhill") == "w and b both grow a little, b about twice as much"


def test_batch_size_1_leads_after_three_epochs_and_500_after_200_updates(days):
    x, y, _ = days
    by_epochs = {size: loss_after(x, y, size, updates) for size, updates in ((1, 1500), (32, 48), (500, 3))}
    by_updates = {size: loss_after(x, y, size, 200) for size in (1, 32, 500)}
    first, second = min(by_epochs, key=by_epochs.get), min(by_updates, key=by_updates.get)
    assert label("two-counts") == f"{first} after three epochs, {second} after 200 updates"


def test_numbers_follow_from_their_formulas(days):
    _, _, high = days
    assert key("noise") == np.sqrt(16 / 64)
    assert key("ten-times") == pytest.approx(1 / np.mean(high**2), rel=1e-3)
    assert key("recipe") == pytest.approx(10 * -(-500 // 256) * 0.001)
    assert label("how-often").startswith(f"{-(-500 // 32)} times: once per batch")

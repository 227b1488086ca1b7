"""The keyed answers of *A single neuron* are what the cars say."""

import numpy as np
import pytest

from coursekit import datasets
from coursekit.checks import bank


@pytest.fixture(scope="module")
def cars():
    return datasets.fuel_consumption()


def key(name):
    return bank.find(f"neuron/{name}").reference()


def label(name):
    return bank.find(f"neuron/{name}").choices[key(name)].label


def test_the_best_flat_line_is_the_mean(cars):
    y = cars["consumption"].to_numpy()
    places = {
        "at the least consumption": y.min(),
        "at the mean consumption": y.mean(),
        "halfway between the least and the largest": (y.min() + y.max()) / 2,
        "at 0": 0,
    }
    assert label("flat-line") == min(places, key=lambda place: np.mean((places[place] - y) ** 2))


def test_in_kilograms_the_loss_grows_with_each_update(cars):
    x, y, w, b = 1000 * cars["weight"].to_numpy(), cars["consumption"].to_numpy(), 0.0, 0.0
    losses = []
    for _ in range(10):
        error = w * x + b - y
        losses.append(np.mean(error**2))
        w, b = w - 0.2 * np.mean(error * x), b - 0.2 * np.mean(error)
    assert (np.diff(losses) > 0).all()
    assert label("kilograms") == "the loss grows with each update"


def test_displacement_gets_a_negative_weight(cars):
    inputs = cars.drop(columns=["name", "consumption"])
    z = ((inputs - inputs.mean()) / inputs.std()).to_numpy(float)
    best = np.linalg.lstsq(np.c_[z, np.ones(len(z))], cars["consumption"].to_numpy())[0]
    assert best[list(inputs).index("displacement")] < 0
    assert label("displacement") == "a negative one"


def test_the_share_of_mistakes_is_flat_nearly_everywhere(cars):
    rows = cars[cars["cylinders"].isin([4, 8])]
    x, is_8 = rows["weight"].to_numpy(), rows["cylinders"].to_numpy() == 8

    def share(w):
        return np.mean((w * x - 1 > 0) != is_8)

    places = np.linspace(-1, 1, 500) + 1e-4
    slopes = [(share(w + 1e-6) - share(w - 1e-6)) / 2e-6 for w in places]
    assert np.mean(np.equal(slopes, 0)) > 0.98
    assert len({share(w) for w in places}) > 20
    assert label("threshold-slope") == "0"


def test_one_wine_has_the_columns_without_the_target():
    assert key("input-shape") == (12 - 1,)

"""The keyed answers of *Classification* are what its curves, losses and biopsies say."""

import numpy as np
import pytest
from scipy.special import expit

from coursekit import datasets
from coursekit.checks import bank


def key(name):
    return bank.find(f"classification/{name}").reference()


def test_the_sigmoid_is_steepest_where_its_slope_is_a_quarter():
    z = np.linspace(-6, 6, 1201)
    assert np.gradient(expit(z), z).max() == pytest.approx(key("steepest"), abs=1e-5)


def test_the_losses_with_a_dead_gradient_are_those_that_are_flat_at_minus_20():
    def yes(p):
        return -np.log(p)

    losses = {
        "cross-entropy from the logit": lambda z: np.logaddexp(0, -z),
        "cross-entropy from the probability, clipped to at least 0.0000001": lambda z: yes(max(expit(z), 1e-7)),
        "squared error of the probability": lambda z: (expit(z) - 1) ** 2,
        "accuracy: right or wrong at a cut of 0.5": lambda z: float(expit(z) > 0.5),
    }
    options = bank.find("classification/dead-gradient").choices
    slopes = {letter: losses[choice.label](-19.9) - losses[choice.label](-20.1) for letter, choice in options.items()}
    assert key("dead-gradient") == {letter for letter, rise in slopes.items() if abs(rise / 0.2) < 1e-6}


def test_ten_equal_logits_cost_the_logarithm_of_ten():
    assert key("start-loss") == pytest.approx(np.log(np.exp(np.zeros(10)).sum()))


def test_benign_for_everybody_is_right_about_all_but_the_malignant():
    y = datasets.breast_cancer()["malignant"].to_numpy()
    kept = np.sort(np.concatenate([np.flatnonzero(y == 0), np.flatnonzero(y == 1)[::8]]))
    few = y[kept][1::2]
    assert (len(few), few.sum()) == (192, 13)
    said = np.zeros(192)
    assert key("always-benign") == pytest.approx((np.mean(said == few), np.mean(said[few == 1])))

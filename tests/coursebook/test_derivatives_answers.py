"""The keyed answers of *Derivatives* are what running its functions gives."""

from fractions import Fraction

import numpy as np

from coursebook.derivatives.figures import difference, step_errors
from coursekit.checks import bank


def key(name):
    return bank.find(f"derivatives/{name}").reference()


def options(name):
    return {letter: choice.label for letter, choice in bank.find(f"derivatives/{name}").choices.items()}


def cube(x):
    return x * x * x


def test_a_step_of_1_is_exact_on_the_parabola():
    assert key("exact") == difference(lambda x: 3 * x * x + 2 * x - 1, 2, Fraction(1)) - 14


def test_the_best_of_the_four_steps():
    steps = {letter: float(label.split()[-1]) for letter, label in options("best-step").items()}
    errors = step_errors(cube, 1.7, 3 * 1.7**2, np.array(list(steps.values())), "central")
    off = dict(zip(steps, errors, strict=True))
    assert key("best-step") == min(off, key=off.get)
    assert 86_500 < 1 / off["a"] < 87_500  # "off by about 1 in 87,000"


def test_the_power_of_ten_nearest_to_the_third_root_of_epsilon():
    assert key("half-precision") == 10.0 ** round(np.log10(np.finfo(np.float16).eps) / 3)


def test_a_thousand_weights_take_two_runs_each():
    runs = []
    for _ in range(1000):
        difference(lambda weight: runs.append(weight) or 0, 0, 1)
    assert key("runs") == len(runs)


def test_the_slope_along_a_number_that_is_used_twice():
    assert key("used-twice") == difference(lambda x2: (-1 + 5) * (x2 * x2), 3, Fraction(1, 1000))


def test_the_corner_of_relu():
    assert key("corner") == difference(lambda x: max(x, 0), 0, Fraction(1, 1000))

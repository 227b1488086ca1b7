"""The keyed answers of *Layers* are what its layers do."""

import numpy as np
import pytest

import coursekit as ck
from coursebook.layers import train_many
from coursekit.checks import bank


@pytest.fixture(scope="module")
def keras():
    ck.setup()
    import keras

    return keras


def key(name):
    return bank.find(f"layers/{name}").reference()


def label(name):
    return bank.find(f"layers/{name}").choices[key(name)].label


def test_shapes_are_those_of_keras(keras):
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    assert key("kernel-shape") == tuple(layer.kernel.shape)
    concrete = np.zeros((1030, 9))
    strength = 1
    assert keras.Input(key("input-shape")).shape == (None, concrete.shape[1] - strength)


def test_a_stack_of_linear_layers_comes_as_close_as_the_best_line(keras):
    x = np.linspace(-1, 1, 104)
    target = np.sin(6 * x)
    line = np.polyfit(x, target, 1)
    least = np.mean((np.polyval(line, x) - target) ** 2)
    stack = keras.Sequential([keras.Input((1,)), *(keras.layers.Dense(units) for units in (16, 16, 16, 16, 16, 1))])
    weights = [np.zeros(array.shape) for array in stack.get_weights()]
    for kernel in weights[::2]:
        kernel[0, 0] = 1  # five layers pass the number on
    weights[-2][0, 0], weights[-1][0] = line
    losses = []
    for change in (0, 0.1, 0.3):
        stack.set_weights([array + change * np.random.default_rng(0).normal(size=array.shape) for array in weights])
        losses.append(np.mean((stack(x[:, None]).numpy()[:, 0] - target) ** 2))
    assert losses[0] == pytest.approx(least, abs=1e-5)
    assert min(losses) > least - 1e-5
    assert label("two-linear") == "As close as the best line, and no closer."


def slopes(weight, bias, output):
    """Of a sum of hinges, on a fine grid."""
    x = np.linspace(-50, 50, 200_001)
    return np.diff(np.maximum(np.outer(x, weight) + bias, 0) @ output) / np.diff(x)


def test_a_unit_bends_where_it_is_keyed():
    x = np.linspace(-5, 5, 1001)
    turns = np.abs(np.diff(np.maximum(2 * x - 1, 0), 2))
    assert x[1:-1][turns > 1e-9] == pytest.approx([key("bend")])


def test_three_units_draw_at_most_the_keyed_number_of_pieces():
    counts = []
    for number in range(50):
        weight, bias, output = np.random.default_rng(number).normal(size=(3, 3))
        found = slopes(weight, bias, output)
        steps = np.flatnonzero(np.abs(np.diff(found)) > 1e-6)
        counts.append(1 + np.count_nonzero(np.diff(steps, prepend=-9) > 2))  # one bend may lie within a step
    assert max(counts) == key("pieces")


def test_equal_units_stay_equal_and_are_worth_one():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(50, 2))
    goals = np.sign(points[:, 0] * points[:, 1])
    start = [np.repeat([[0.5], [0.3]], 8, axis=1), np.zeros(8), np.full((8, 1), 0.2), np.zeros(1)]
    [[(kernel, bias, output, last)]] = train_many([start], points, goals, updates=[100])
    assert np.abs(kernel - start[0]).max() > 0.01  # they move
    assert np.ptp(kernel, axis=1).max() < 1e-9
    eight = np.maximum(points @ kernel + bias, 0) @ output + last
    one = np.maximum(points @ kernel[:, :1] + bias[:1], 0) @ (8 * output[:1]) + last
    np.testing.assert_allclose(eight, one, atol=1e-9)
    assert label("identical-starts") == "They stay identical: the 8 units are worth one."

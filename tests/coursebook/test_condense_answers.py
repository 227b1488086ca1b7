"""The keyed answers of *Condense* are what NumPy and Keras compute."""

import numpy as np
import pytest
from keras import layers

import coursekit as ck
from coursebook.condense.figures import max_pool
from coursekit.checks import bank

FOUR = np.array([[-3.0, -1.0], [-2.0, -4.0]])


def key(name):
    return bank.find(f"condense/{name}").reference()


def labels(name):
    return {letter: choice.label for letter, choice in bank.find(f"condense/{name}").choices.items()}


def relu(values):
    return np.maximum(values, 0)


def test_the_poolings_that_keep_negatives():
    by_layer = layers.MaxPooling2D(3, padding="same")(FOUR[None, ..., None])
    results = {
        "max pooling": FOUR.max(),
        "mean pooling": FOUR.mean(),
        "ReLU, then max pooling": relu(FOUR).max(),
        'max pooling with `padding="same"`, in one window of 3×3, which hangs over the edge': np.squeeze(by_layer),
        "max pooling in one window of 3×3, after the map was filled up to 3×3 with zeros": np.pad(FOUR, (0, 1)).max(),
    }
    assert key("keeps-negatives") == {a for a, label in labels("keeps-negatives").items() if results[label] < 0}


def test_where_the_first_window_of_same_starts():
    line = np.array([1.0, 2, 6, 4, 5, 9, 3])
    pooled = np.ravel(layers.MaxPooling1D(3, padding="same")(line[None, :, None]))
    starts = [
        first
        for first in (-2, -1, 0)
        if np.allclose(pooled, [line[max(start, 0) : start + 3].max() for start in range(first, 7, 3)][:3])
    ]
    assert starts == [key("first-same-window")]


def test_a_circle_moved_by_1_changes_some_entries_and_moves_none_along():
    down, across = np.ogrid[:64, :65]
    disk = np.float32(np.hypot(down - 32, across - 32) < 20)
    before, after = (
        max_pool(ck.extract(picture, ck.kernels.edge).detected, 2) for picture in (disk[:, 1:], disk[:, :-1])
    )
    stay = np.mean((before == after)[(before > 0) | (after > 0)])
    what_is_seen = {
        "The pooled map stays exactly the same.": stay == 1,
        "The whole pooled map moves 1 to the right.": np.array_equal(np.roll(before, 1, axis=1), after),
        "Some entries stay, others change.": 0 < stay < 1,
        "The circle is no longer found.": after.max() < before.max() / 2,
    }
    right = [letter for letter, label in labels("shifted-circle").items() if what_is_seen[label]]
    assert right == [key("shifted-circle")]


def test_the_shape_after_global_average_pooling():
    assert key("global-shape") == layers.GlobalAveragePooling2D().compute_output_shape((None, 16, 32, 8))


@pytest.mark.parametrize("label", ["max pooling", "mean pooling", "global max pooling", "global average pooling"])
def test_what_swaps_with_relu(label):
    size, reduce = (8 if "global" in label else 2), (np.max if "max" in label else np.mean)
    values = np.random.default_rng(0).normal(size=(8, 8)).reshape(8 // size, size, 8 // size, size)
    swaps = np.allclose(relu(reduce(values, axis=(1, 3))), reduce(relu(values), axis=(1, 3)))
    letters = {name: letter for letter, name in labels("swaps-with-relu").items()}
    assert swaps == (letters[label] in key("swaps-with-relu"))


def test_a_stochastic_pool_takes_no_negative_numbers():
    with pytest.raises(ValueError, match="non-negative"):
        np.random.default_rng(0).choice(FOUR.ravel(), p=np.ravel([4.0, -1, -1, -2]) / 0.5)
    assert not {letter for letter, label in labels("swaps-with-relu").items() if "stochastic" in label} & key(
        "swaps-with-relu"
    )

"""The keyed answers of *Convnets* are what NumPy and Keras compute."""

import numpy as np
import pytest
from keras import Input, Model, Sequential, layers

from coursekit.checks import bank


def key(name):
    return bank.find(f"convnets/{name}").reference()


def labels(name):
    return {letter: choice.label for letter, choice in bank.find(f"convnets/{name}").choices.items()}


def test_the_third_convolution_depends_on_as_many_columns_as_keyed():
    image = Input((28, 28, 1))
    settings = dict(padding="same", kernel_initializer="ones")
    maps = image
    for _ in range(2):  # sums of ink and its maxima grow where any pixel they depend on grows
        maps = layers.MaxPooling2D(2)(layers.Conv2D(1, 3, **settings)(maps))
    model = Model(image, layers.Conv2D(1, 3, **settings)(maps))
    columns = np.zeros((28, 28, 28, 1), "float32")
    columns[range(28), :, range(28)] = 1
    assert np.count_nonzero(np.asarray(model(columns))[:, 3, 3, 0]) == key("field")


@pytest.mark.parametrize("letter", ["a", "b", "c", "d"])
def test_what_is_blind_to_the_order_of_pixels(letter):
    rng = np.random.default_rng(0)
    known, asked = rng.normal(size=(20, 8, 8, 1)), rng.normal(1, size=(9, 8, 8, 1))
    order = rng.permutation(64)

    def shuffled(images):
        return images.reshape(-1, 64)[:, order].reshape(images.shape)

    def nearest(features):
        def numbers(known, asked):
            return np.argmin(np.linalg.norm(features(asked)[:, None] - features(known), axis=-1), axis=1)

        return numbers(known, asked), numbers(shuffled(known), shuffled(asked))

    def spread(images):
        return np.stack([images.mean((1, 2, 3)), images.std((1, 2, 3))], axis=1)

    def dense():
        weights = rng.normal(size=(64, 5))
        return asked.reshape(-1, 64) @ weights, shuffled(asked).reshape(-1, 64) @ weights[order]

    def convolved():  # the kernel of one place is that of all: no other kernel brings back the neighbors
        gray = np.ones((1, 1, 3, 3)) / 9
        windows = np.lib.stride_tricks.sliding_window_view
        before, after = (
            (windows(images[..., 0], (3, 3), axis=(1, 2)) * gray).sum((3, 4)) for images in (asked, shuffled(asked))
        )
        return np.sort(before.ravel()), np.sort(after.ravel())

    tried = {
        "the nearest neighbor by mean and spread": lambda: nearest(spread),
        "the nearest neighbor by all pixels": lambda: nearest(lambda images: images.reshape(len(images), -1)),
        "the Dense network": dense,
        "the convnet": convolved,
    }
    before, after = tried[labels("blind-to-order")[letter]]()
    assert np.allclose(before, after) == (letter in key("blind-to-order"))


def test_the_heaviest_layer_of_lenet():
    lenet = Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120),
            layers.Dense(84),
            layers.Dense(10),
        ]
    )
    counts = [count for count in (layer.count_params() for layer in lenet.layers) if count]
    named = {
        "the first convolution": counts[0],
        "the second convolution": counts[1],
        "the first Dense layer": counts[2],
        "the last Dense layer": counts[4],
    }
    heavy = {letter: named[label.split(":")[0]] for letter, label in labels("heaviest").items()}
    assert max(counts) == heavy[key("heaviest")] == max(heavy.values())

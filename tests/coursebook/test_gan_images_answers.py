"""The keyed answers of *GAN images*: computed where they can be, else the option that the chapter shows."""

import numpy as np
import pytest
from keras import layers

from coursekit.checks import bank


def question(name):
    return bank.find(f"gan-images/{name}")


def keyed(name):
    """The labels of the options that are right."""
    exercise = question(name)
    return {exercise.choices[letter].label for letter in exercise.reference()}


def test_even_sizes_are_those_that_keras_writes_evenly():
    even = set()
    for choice in question("even").choices.values():
        layer = layers.Conv1DTranspose(1, int(choice.label), strides=2, kernel_initializer="ones")
        written = np.ravel(layer(np.ones((1, 20, 1), "float32")))[10:-10]
        even |= {choice.label} if len(set(written)) == 1 else set()
    assert keyed("even") == even


def test_the_best_logit_has_the_smallest_loss():
    logits = np.linspace(-5, 5, 10_001)
    losses = np.logaddexp(0, logits) - 0.9 * logits
    assert question("best-logit").reference() == pytest.approx(logits[np.argmin(losses)], abs=1e-3)


def test_the_other_keys_name_what_the_chapter_shows():
    assert keyed("first") == {"blurred figures that resemble each other"}
    assert keyed("without-labels") == {"figures like digits or parts of them, whatever was asked for"}
    threes = {choice.label for choice in question("fooled").choices.values() if "8s" not in choice.label}
    assert keyed("fooled") == threes

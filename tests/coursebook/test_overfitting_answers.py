"""The keyed answers of the questions: each is the option that the chapter's own checks hold."""

import numpy as np
import pytest

from coursekit.checks import bank

ASKED = {exercise.id.split("/")[1]: exercise for exercise in bank.load("overfitting")}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("which-degree", "12 on the fitted days, 4 on the others"),
        ("too-long", "panel B"),
        ("wider", "It falls at first, then hardly changes."),
        ("first-aid", "Train for more epochs."),
        ("smaller-rate", "It is about as low, at a later epoch."),
    ],
)
def test_the_key_is_the_option_that_the_chapter_shows(name, label):
    assert ASKED[name].choices[ASKED[name].reference()].label == label


def test_the_two_epochs_are_those_of_the_rule():
    losses = [90, 70, 55, 57, 50, 58, 54, 53, 51, 40]
    end = ASKED["stopping-epoch"].reference(losses, 3, 0)
    assert tuple(ASKED["two-epochs"].reference()) == (end, int(np.argmin(losses[:end])) + 1)

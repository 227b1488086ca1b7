"""Did training move the weights? Every weight's first value is remembered while an answer builds its model."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
import tensorflow as tf

# A model that was trained in another process (grading) brings the first values of its weights along, in their order.
BROUGHT = "_coursekit_first_values"


class FirstValues:
    """The first value of every weight that was made while `watched` was open."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, np.ndarray]] = []

    def remember(self, variable: Any) -> None:
        """Keep a copy of a variable's value."""
        with tf.init_scope():  # `fit` makes the weights of a model without an Input while it traces a graph
            self._made.append((variable, np.array(variable)))

    def of(self, model: keras.Model) -> list[np.ndarray | None]:
        """The first value of each of the model's weights, in the order of `model.weights`; None where unknown."""
        if hasattr(model, BROUGHT):
            return list(getattr(model, BROUGHT))
        known = {id(variable): value for variable, value in self._made}
        return [known.get(id(variable)) for variable in model.weights]

    def moved(self, model: keras.Model) -> list[bool]:
        """For each weight with two or more axes: is it another than it started as? Unknown counts as not moved."""
        firsts = self.of(model)
        return [
            first is not None and not np.array_equal(np.asarray(weight), first)
            for weight, first in zip(model.weights, firsts, strict=True)
            if len(weight.shape) >= 2
        ]


@contextmanager
def watched() -> Iterator[FirstValues]:
    """While it is open, the first value of every weight that any layer makes is remembered."""
    firsts = FirstValues()
    make = keras.layers.Layer.add_weight

    def remembering(layer: Any, *args: Any, **kwargs: Any) -> Any:
        variable = make(layer, *args, **kwargs)
        firsts.remember(variable)
        return variable

    with patch.object(keras.layers.Layer, "add_weight", remembering):
        yield firsts

"""Did training move the weights? Every weight's first value is remembered while an answer builds its model."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from coursekit.checks.private_api import patched

# A model that was trained in another process (grading) brings the first values of its weights along, in their order.
BROUGHT = "_coursekit_first_values"


class FirstValues:
    """The first value of every weight that was made while `watched` was open."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, np.ndarray | None]] = []

    def remember(self, variable: Any, value: np.ndarray | None) -> None:
        """Note a new variable and the value it starts with; None if it has none yet."""
        self._made.append((variable, value))

    def fill_in(self) -> None:
        """Read the values of variables that had none when they were made."""
        self._made = [(v, np.array(v) if value is None else value) for v, value in self._made]

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
    make, fit, call = keras.layers.Layer.add_weight, keras.Model.fit, keras.Model.__call__

    def remembering(layer: Any, *args: Any, **kwargs: Any) -> Any:
        variable = make(layer, *args, **kwargs)
        firsts.remember(variable, np.array(variable) if tf.executing_eagerly() else None)
        return variable

    # A model without an Input gets its weights while Keras traces it, and their values only afterwards: in `fit` that
    # would be where nobody can read them.
    def built_first(model: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not model.weights and hasattr(x, "shape"):
            model(x[:1])
        return fit(model, x, *args, **kwargs)

    def filling_in(model: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = call(model, *args, **kwargs)
        if tf.executing_eagerly():
            firsts.fill_in()
        return outputs

    with (
        patched(keras.layers.Layer, add_weight=remembering),
        patched(keras.Model, fit=built_first, __call__=filling_in),
    ):
        yield firsts

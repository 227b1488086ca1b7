"""Many small networks trained at the same time, as `fit` would train each of them with all rows in one batch."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Adam's, as in Keras


class Trained(NamedTuple):
    """What `train_nets` returns.

    losses: before each update on the training rows, after it on the validation rows, shape (2, epochs, networks).
    outputs: what the networks say at the places after each epoch, shape (epochs, networks, places).
    """

    losses: np.ndarray
    outputs: np.ndarray


def train_nets(
    starts: Sequence[Sequence[Any]],
    seen: tuple[Any, Any],
    unseen: tuple[Any, Any],
    *,
    rates: float | Sequence[float],
    epochs: int,
    activation: Callable[[Any], Any] = tf.tanh,
    places: Any = (),
) -> Trained:
    """Train dense networks of the same sizes with Adam and the mean squared error, all rows in one batch.

    One graph runs all epochs of all networks, which costs a hundredth of what `fit` does for each of them; the losses
    are those of `fit`.

    Args:
        starts: for each network its weights, as `model.get_weights()` gives them.
        seen: inputs and targets to train on, shape (rows, columns) each.
        unseen: inputs and targets to validate on.
        rates: the learning rate, or one for each network.
        epochs: how many updates.
        activation: of all layers but the last, which is linear.
        places: inputs at which the networks are asked after each epoch, shape (places, columns); none by default.

    Returns:
        the losses and the outputs.

    Raises:
        ValueError: no network, or another number of rates than networks.
    """
    if not starts or np.size(rates) not in (1, len(starts)):
        raise ValueError(f"{np.size(rates)} rates came with {len(starts)} networks; give one rate, or one for each.")
    weights = [tf.Variable(_stack(arrays)) for arrays in zip(*starts, strict=True)]
    firsts, seconds = ([tf.Variable(tf.zeros_like(w)) for w in weights] for _ in range(2))
    rate = tf.constant(np.broadcast_to(np.reshape(rates, (-1, 1, 1)), (len(starts), 1, 1)), tf.float32)

    asked = np.reshape(np.float32(places), (-1, np.shape(seen[0])[1]))

    def outputs(x: Any) -> Any:
        for layer in range(0, len(weights) - 2, 2):
            x = activation(x @ weights[layer] + weights[layer + 1])
        return x @ weights[-2] + weights[-1]

    def errors(x: Any, y: Any) -> Any:
        return tf.reduce_mean((outputs(x) - y) ** 2, axis=(1, 2))

    @tf.function
    def run() -> Any:
        losses, answers = (tf.TensorArray(tf.float32, epochs) for _ in range(2))
        for epoch in tf.range(epochs):
            with tf.GradientTape() as tape:
                before = errors(*seen)
            step = tf.cast(epoch + 1, tf.float32)
            length = rate * tf.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
            for w, g, m, v in zip(weights, tape.gradient(before, weights), firsts, seconds, strict=True):
                m.assign_add((g - m) * (1 - BETA_1))
                v.assign_add((g**2 - v) * (1 - BETA_2))
                w.assign_sub(length * m / (tf.sqrt(v) + EPSILON))
            losses = losses.write(epoch, tf.stack([before, errors(*unseen)]))
            answers = answers.write(epoch, outputs(asked)[:, :, 0])
        return losses.stack(), answers.stack()

    losses, answers = run.get_concrete_function()()  # called once, so TensorFlow need not warn of traces
    return Trained(losses.numpy().transpose(1, 0, 2), answers.numpy())


def _stack(arrays: Sequence[Any]) -> np.ndarray:
    """One weight of all networks; a bias gets an axis for the rows."""
    stacked = np.stack([np.asarray(array, dtype=np.float32) for array in arrays])
    return stacked[:, np.newaxis] if stacked.ndim == 2 else stacked

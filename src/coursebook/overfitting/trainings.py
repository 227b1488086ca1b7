"""Many small networks trained at the same time, as `fit` would train each of them with all rows in one batch."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Adam's, as in Keras
BLOCK = 60  # rows of a product: for a larger one, BLAS wakes threads that wait longer than they compute
ACTIVATIONS: dict[
    str, tuple[Callable[[Any], Any], Callable[[Any], Any]]
] = {  # what a layer says, and its slope as a function of what it said
    "tanh": (np.tanh, lambda said: 1 - said**2),
    "relu": (lambda x: np.maximum(x, 0), lambda said: said > 0),
}


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
    activation: str = "tanh",
    places: Any = (),
) -> Trained:
    """Train dense networks of the same sizes with Adam and the mean squared error, all rows in one batch.

    The losses are those of `fit`, which needs far longer for each network: NumPy makes an epoch of all of them in a
    few dozen calls, with the slopes written out by hand.

    Args:
        starts: for each network its weights, as `model.get_weights()` gives them.
        seen: inputs and targets to train on, shape (rows, columns) and (rows, 1).
        unseen: inputs and targets to validate on.
        rates: the learning rate, or one for each network.
        epochs: how many updates.
        activation: of all layers but the last, which is linear: "tanh" or "relu".
        places: inputs at which the networks are asked after each epoch, shape (places, columns); none by default.

    Returns:
        the losses and the outputs.

    Raises:
        ValueError: no network, another number of rates than networks, or an unknown activation.
    """
    if not starts or np.size(rates) not in (1, len(starts)):
        raise ValueError(f"{np.size(rates)} rates came with {len(starts)} networks; give one rate, or one for each.")
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation is {activation!r}; give one of {', '.join(ACTIVATIONS)}.")
    bend, slope = ACTIVATIONS[activation]
    numbers = np.stack([np.concatenate([np.ravel(array) for array in start]) for start in starts]).astype(np.float32)
    gradients, firsts, seconds = np.zeros((3, *numbers.shape), np.float32)
    weights, slopes = (_as_layers(array, starts[0]) for array in (numbers, gradients))
    x, y, x_valid, y_valid, rate, places = (np.asarray(a, dtype=np.float32) for a in (*seen, *unseen, rates, places))
    asked = np.concatenate([x_valid, places.reshape(-1, x.shape[1])])
    full = -(-len(asked) // BLOCK) * BLOCK
    blocks = np.resize(asked, (full, x.shape[1])).reshape(-1, 1, BLOCK, x.shape[1])

    def forward(rows: np.ndarray) -> list[np.ndarray]:
        passed = [rows]
        for weight, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            passed.append(bend(passed[-1] @ weight + bias))
        return [*passed, passed[-1] @ weights[-2] + weights[-1]]

    losses = np.empty((2, epochs, len(starts)), np.float32)
    outputs = np.empty((epochs, len(starts), len(asked) - len(x_valid)), np.float32)
    for epoch in range(epochs):
        *passed, said = forward(x)
        losses[0, epoch] = np.mean((said - y) ** 2, axis=(1, 2))
        back = (said - y) * (2 / y.size)
        for layer in reversed(range(len(passed))):
            np.matmul(passed[layer].swapaxes(-1, -2), back, out=slopes[2 * layer])
            np.sum(back, axis=1, keepdims=True, out=slopes[2 * layer + 1])
            if layer:
                back = (back @ weights[2 * layer].swapaxes(1, 2)) * slope(passed[layer])
        firsts += (gradients - firsts) * (1 - BETA_1)
        seconds += (gradients**2 - seconds) * (1 - BETA_2)
        length = rate.reshape(-1, 1) * float(np.sqrt(1 - BETA_2 ** (epoch + 1)) / (1 - BETA_1 ** (epoch + 1)))
        numbers -= length * firsts / (np.sqrt(seconds) + EPSILON)  # and so the weights, which are views of them
        said = forward(blocks)[-1].swapaxes(0, 1).reshape(len(starts), full)
        losses[1, epoch] = np.mean((said[:, : len(x_valid)] - y_valid[:, 0]) ** 2, axis=1)
        outputs[epoch] = said[:, len(x_valid) : len(asked)]
    return Trained(losses, outputs)


def _as_layers(numbers: np.ndarray, start: Sequence[Any]) -> list[np.ndarray]:
    """The numbers of all networks, one row for each, seen as their weights and biases; a bias has an axis for rows."""
    ends = np.cumsum([np.size(array) for array in start])[:-1]
    parts = zip(np.split(numbers, ends, axis=1), start, strict=True)
    return [part.reshape(len(numbers), *(np.shape(array) if np.ndim(array) == 2 else (1, -1))) for part, array in parts]

"""Activations with their slopes, and many small networks trained at the same time by plain gradient descent."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

Function = Callable[[Any], Any]
Pair = tuple[Function, Function]
SCALE, ALPHA = 1.05070098, 1.67326324  # SELU's two constants, as Keras rounds them
ROOT = np.float32(np.sqrt(2 * np.pi))


def sigmoid(z: Any) -> Any:
    """From 0 to 1, 0.5 at 0."""
    return 1 / (1 + np.exp(-z))


def split(z: Any, left: float, right: float) -> np.ndarray:
    """`right` where z is above 0, `left` elsewhere, in the type of z."""
    return np.where(z > 0, right, left).astype(np.result_type(z, np.float32))


def below(z: Any) -> Any:
    """e to the z below 0, and 1 above."""
    return np.exp(np.minimum(z, 0))


ACTIVATIONS: dict[str, Pair] = {  # what a unit says, and the slope of that; both keep float32
    "threshold": (lambda z: split(z, 0, 1), np.zeros_like),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: split(z, 0, 1)),
    "LeakyReLU": (lambda z: np.maximum(z, 0) + 0.2 * np.minimum(z, 0), lambda z: split(z, 0.2, 1)),
    "ELU": (lambda z: np.maximum(z, 0) + below(z) - 1, below),
    "SELU": (
        lambda z: SCALE * (np.maximum(z, 0) + ALPHA * (below(z) - 1)),
        lambda z: SCALE * np.where(z < 0, ALPHA, 1) * below(z),
    ),
    "GELU": (lambda z: z * ndtr(z), lambda z: ndtr(z) + z * np.exp(-(z**2) / 2) / ROOT),
}


def softmax(logits: Any) -> np.ndarray:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def start_networks(count: int, rng: np.random.Generator, outs: int = 10) -> list[np.ndarray]:
    """Random networks of 64 inputs, 32 hidden units and `outs` logits, with the uniform weights of Keras' `Dense`.

    Returns:
        kernel, bias, kernel, bias, and PReLU's shares (0.25 each); the first axis of each counts the networks.
    """

    def kernel(inputs: int, units: int) -> np.ndarray:
        limit = np.sqrt(6 / (inputs + units))
        return rng.uniform(-limit, limit, (count, inputs, units)).astype(np.float32)

    hidden, head = kernel(64, 32), kernel(32, outs)
    zeros = np.zeros((count, 1, 32), np.float32)
    return [hidden, zeros, head, np.zeros((count, 1, outs), np.float32), zeros + np.float32(0.25)]


def train_networks(
    weights: Sequence[np.ndarray],
    name: str,
    rates: Any,
    updates: int,
    data: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
    batch: int = 100,
) -> list[np.ndarray]:
    """Train networks with one hidden layer by plain SGD on the cross-entropy, each at its own rate.

    Args:
        weights: as `start_networks` gives them; they stay as they are.
        name: the activation of the hidden units: one of ACTIVATIONS, "PReLU", or "none".
        rates: one for each network.
        updates: how many.
        data: rows, shape (rows, 64), and whole-number labels.
        rng: draws the batches, the same ones for all networks.
        batch: rows of an update.

    Returns:
        the trained weights, in the form of `weights`.
    """
    w, b, v, c, a = (array.copy() for array in weights)
    bend, slope = _pair(name, a)
    rate = np.reshape(rates, (-1, 1, 1)).astype(np.float32)
    rows, truth = data[0], np.eye(v.shape[2], dtype=np.float32)[data[1]]
    for _ in range(updates):
        pick = rng.choice(len(rows), batch, replace=False)
        z = rows[pick] @ w + b
        h = bend(z)
        back = (softmax(h @ v + c) - truth[pick]) / batch
        to_h = back @ v.swapaxes(1, 2)
        to_z = to_h * slope(z)  # here the activation's slope takes part
        v -= rate * (h.swapaxes(1, 2) @ back)
        c -= rate * back.sum(axis=1, keepdims=True)
        w -= rate * (rows[pick].T @ to_z)
        b -= rate * to_z.sum(axis=1, keepdims=True)
        if name == "PReLU":
            a -= rate * np.sum(to_h * np.minimum(z, 0), axis=1, keepdims=True)
    return [w, b, v, c, a]


def judge_networks(
    weights: Sequence[np.ndarray], name: str, data: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean cross-entropy and share of right answers of each network."""
    w, b, v, c, a = weights
    rows, labels = data
    p = softmax(_pair(name, a)[0](rows @ w + b) @ v + c)
    loss = -np.log(np.maximum(p[:, np.arange(len(labels)), labels], 1e-30))
    return loss.mean(axis=1), np.mean(p.argmax(axis=2) == labels, axis=1)


class Tuned(NamedTuple):
    """What `tune_networks` returns.

    losses, shares: the training loss and the share of right answers on other rows, shape (networks, rates).
    weights: in the form of `start_networks`, with an axis for the rates behind the one for the networks.
    best: the place of the rate whose training losses have the lowest median.
    """

    losses: np.ndarray
    shares: np.ndarray
    weights: list[np.ndarray]
    best: int

    @property
    def at_best(self) -> np.ndarray:
        """The share of right answers of each network at the best rate."""
        return self.shares[:, self.best]


def tune_networks(
    weights: Sequence[np.ndarray],
    name: str,
    rates: Sequence[float],
    updates: int,
    data: tuple[np.ndarray, np.ndarray],
    other: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
    batch: int = 100,
) -> Tuned:
    """Train every network once at each rate, from the same weights and on the same batches; judge on `other` rows.

    A training whose numbers overflow has the loss infinity.
    """
    copies = [np.repeat(part, len(rates), axis=0) for part in weights]
    count = len(weights[0])
    with np.errstate(all="ignore"):
        done = train_networks(copies, name, np.tile(rates, count), updates, data, rng, batch)
        losses = np.nan_to_num(judge_networks(done, name, data)[0], nan=np.inf).reshape(count, -1)
        shares = judge_networks(done, name, other)[1].reshape(count, -1)
    kept = [part.reshape(count, len(rates), *part.shape[1:]) for part in done]
    return Tuned(losses, shares, kept, int(np.median(losses, axis=0).argmin()))


def train_hundred(
    relu: bool, rate: float, rng: np.random.Generator, updates: int = 100
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train one layer of 100 logits on 100 classes of five rows each, with or without a ReLU on the logits.

    A class is a random point of 64 numbers from 0 to 1, and its rows are that point with a little noise. All rows make
    one batch.

    Returns:
        the sums in front of the ReLU before each update and at the end, shape (updates + 1, 500, 100), the
        probabilities at the end, shape (500, 100), and the rows, shape (500, 64). Row r is of class r // 5.
    """
    classes = np.repeat(np.arange(100), 5)
    rows: Any = rng.random((100, 64))[classes] + rng.normal(0, 0.1, (500, 64))
    limit = np.sqrt(6 / 164)
    w: Any = rng.uniform(-limit, limit, (64, 100))
    b: Any = np.zeros(100)
    truth, sums = np.eye(100, dtype=np.float32)[classes], []
    rows, w, b = (np.asarray(array, dtype=np.float32) for array in (rows, w, b))
    for _ in range(updates + 1):
        z = rows @ w + b
        sums.append(z)
        p = softmax(np.maximum(z, 0) if relu else z)
        slope = (p - truth) / 500
        slope = slope * (z > 0) if relu else slope  # ReLU's gate
        w, b = w - rate * rows.T @ slope, b - rate * slope.sum(axis=0)
    return np.array(sums), p, rows


def _pair(name: str, a: np.ndarray) -> Pair:
    if name == "PReLU":  # `a` changes in place while it is learned
        return lambda z: np.maximum(z, 0) + a * np.minimum(z, 0), lambda z: np.where(z > 0, 1, a)
    return (lambda z: z, np.ones_like) if name == "none" else ACTIVATIONS[name]

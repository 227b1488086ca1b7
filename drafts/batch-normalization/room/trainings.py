"""Many dense networks trained side by side, with or without normalization, as `fit` would train each of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

NORMS = {"none": 0, "batch": 1, "layer": 2}  # the axis of (networks, rows, units) that a mean runs over


@dataclass
class _Passed:
    """What a step has to remember of one layer."""

    inputs: np.ndarray
    on: np.ndarray = field(default_factory=lambda: np.ones(1, bool))
    normal: np.ndarray = field(default_factory=lambda: np.zeros(1))
    width: np.ndarray = field(default_factory=lambda: np.ones(1))
    stretch: np.ndarray | float = 1.0
    kept: np.ndarray | float = 1.0


class Nets:
    """Classifiers of the same sizes with ReLU layers; a step is one of plain SGD on the cross-entropy, for all of them.

    A hidden layer is Dense → normalization → ReLU, or with `after=True` Dense → ReLU → normalization. The normalization
    is that of Keras: over the rows of the batch, with moving averages ("batch"), or over the units of a row ("layer").

    Args:
        sizes: columns, units of each hidden layer, classes.
        rngs: one generator for each network; kernels are He's (normal, variance 2 / inputs), biases 0.
        norm: "none", "batch" or "layer".
        after: whether to normalize after the activation.
        scale: the kernels of the hidden layers start this many times as large; one number, or one for each network.
        momentum, epsilon: of the normalization.
        dropout: the share of units that each hidden layer switches off while training.
        jitter: in each step, each normalized unit is stretched and shifted by random numbers of this spread.

    Raises:
        ValueError: an unknown norm.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        rngs: list[np.random.Generator],
        *,
        norm: str = "none",
        after: bool = False,
        scale: Any = 1.0,
        momentum: float = 0.9,
        epsilon: float = 1e-3,
        dropout: float = 0.0,
        jitter: float = 0.0,
    ) -> None:
        if norm not in NORMS:
            raise ValueError(f"norm is {norm!r}; give one of {', '.join(NORMS)}.")
        self.norm, self.after, self.dropout, self.jitter = norm, after, dropout, jitter
        self.momentum, self.epsilon = np.float32(momentum), np.float32(epsilon)
        self.noise = np.random.default_rng(rngs[0].integers(2**32)) if dropout or jitter else None
        pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
        drawn = [[rng.normal(0, np.sqrt(2 / pair[0]), pair) for rng in rngs] for pair in pairs]
        self.kernels = [np.array(kernels, np.float32) for kernels in drawn]
        times = np.broadcast_to(np.asarray(scale, np.float32), len(rngs)).reshape(-1, 1, 1)
        self.kernels[:-1] = [kernel * times for kernel in self.kernels[:-1]]
        zeros = [np.zeros((len(rngs), 1, units), np.float32) for units in sizes[1:]]
        self.biases, self.betas, self.means = ([zero.copy() for zero in zeros] for _ in range(3))
        self.gammas, self.variances = ([zero + 1 for zero in zeros] for _ in range(2))

    def fit(self, rows: np.ndarray, labels: np.ndarray, batches: np.ndarray, rates: Any) -> np.ndarray:
        """Train on batches of row numbers, (steps, networks, rows of a batch); the loss before each step."""
        each = np.broadcast_to(np.asarray(rates, np.float32), len(self.kernels[0])).reshape(-1, 1, 1)
        with np.errstate(all="ignore"):  # what diverges may overflow
            return np.stack([self._step(rows[some], labels[some], each) for some in batches])

    def evaluate(
        self, rows: np.ndarray, labels: np.ndarray, *, training: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Loss and share right of each network on the same rows; `training=True` normalizes by these rows."""
        with np.errstate(all="ignore"):
            logits = self._forward(np.asarray(rows, np.float32), training)[0]
        each = np.broadcast_to(labels, logits.shape[:2])
        return _cross_entropy(logits, each)[0], np.mean(logits.argmax(axis=2) == each, axis=1)

    def hidden(self, rows: np.ndarray) -> list[np.ndarray]:
        """What each layer behind the first one gets for these rows while training, (networks, rows, units) each."""
        with np.errstate(all="ignore"):
            return [layer.inputs for layer in self._forward(np.asarray(rows, np.float32), True)[1][1:]]

    def _forward(self, h: np.ndarray, training: bool, *, update: bool = False) -> tuple[np.ndarray, list[_Passed]]:
        layers = []
        for number, kernel in enumerate(self.kernels[:-1]):
            layers.append(layer := _Passed(h))
            h = h @ kernel + self.biases[number]
            if self.after:
                layer.on = h > 0
                h = h * layer.on
            h = self._normalize(h, number, layer, training, update)
            if training and self.jitter and self.noise:
                shift, more = self.noise.normal(0, self.jitter, (2, len(h), 1, h.shape[2])).astype(np.float32)
                layer.stretch = 1 + more
                h = h * layer.stretch + shift
            if not self.after:
                layer.on = h > 0
                h = h * layer.on
            if training and self.dropout and self.noise:
                layer.kept = (self.noise.random(h.shape, np.float32) >= self.dropout) / np.float32(1 - self.dropout)
                h = h * layer.kept
        return h @ self.kernels[-1] + self.biases[-1], [*layers, _Passed(h)]

    def _normalize(self, z: np.ndarray, number: int, layer: _Passed, training: bool, update: bool) -> np.ndarray:
        if self.norm == "none":
            return z
        if self.norm == "layer" or training:
            mean, variance = (reduce(z, axis=NORMS[self.norm], keepdims=True) for reduce in (np.mean, np.var))
        else:
            mean, variance = self.means[number], self.variances[number]
        if self.norm == "batch" and update:
            for moving, new in ((self.means, mean), (self.variances, variance)):
                moving[number] = moving[number] * self.momentum + new * (1 - self.momentum)
        layer.width = np.sqrt(variance + self.epsilon)
        layer.normal = (z - mean) / layer.width
        return layer.normal * self.gammas[number] + self.betas[number]

    def _step(self, rows: np.ndarray, labels: np.ndarray, rates: np.ndarray) -> np.ndarray:
        logits, layers = self._forward(rows, True, update=True)
        losses, chances = _cross_entropy(logits, labels)
        back = (chances - np.eye(logits.shape[2], dtype=np.float32)[labels]) / np.float32(labels.shape[1])
        for number in reversed(range(len(layers))):
            layer, kernel = layers[number], self.kernels[number]
            if number < len(layers) - 1:
                back = self._through(back, layer, number, rates)
            self.kernels[number] = kernel - rates * (layer.inputs.swapaxes(1, 2) @ back)
            self.biases[number] = self.biases[number] - rates * back.sum(axis=1, keepdims=True)
            back = back @ kernel.swapaxes(1, 2)
        return losses

    def _through(self, back: np.ndarray, layer: _Passed, number: int, rates: np.ndarray) -> np.ndarray:
        """The gradient in front of a layer's activation and normalization, whose gamma and beta move."""
        back = back * layer.kept if self.after else back * layer.kept * layer.on
        if self.norm != "none":
            back, gamma, axis = back * layer.stretch, self.gammas[number], NORMS[self.norm]
            self.gammas[number] = gamma - rates * (back * layer.normal).sum(axis=1, keepdims=True)
            self.betas[number] = self.betas[number] - rates * back.sum(axis=1, keepdims=True)
            back = back * gamma
            along = (back * layer.normal).mean(axis=axis, keepdims=True)
            back = (back - back.mean(axis=axis, keepdims=True) - layer.normal * along) / layer.width
        return back * layer.on if self.after else back


def make_batches(rng: np.random.Generator, rows: int, batch: int, steps: int, nets: int) -> np.ndarray:
    """Numbers of rows, shape (steps, nets, batch): in a new order in each epoch; rows left over wait for the next one.

    Raises:
        ValueError: a batch of more rows than there are.
    """
    if not 0 < batch <= rows:
        raise ValueError(f"a batch of {batch} rows was asked for, out of {rows}.")
    epochs = -(-steps // (rows // batch))
    full = rows // batch * batch
    orders = [[rng.permutation(rows)[:full] for _ in range(epochs)] for _ in range(nets)]
    return np.reshape(orders, (nets, -1, batch)).swapaxes(0, 1)[:steps]


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean cross-entropy of each network, and the probabilities."""
    top = logits.max(axis=2, keepdims=True)
    powers = np.exp(logits - top)
    sums = powers.sum(axis=2, keepdims=True)
    right = np.take_along_axis(logits, labels[..., None], axis=2)
    return np.mean(np.log(sums) + top - right, axis=(1, 2)), powers / sums

"""Many small networks trained at the same time, each as Keras' `fit` would train it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Weights = list[np.ndarray]


def train_many(
    networks: Sequence[Sequence[Any]], inputs: Any, targets: Any, updates: Sequence[int], *, rate: float = 0.02
) -> list[list[Weights]]:
    """Train networks side by side: ReLU in the hidden layers, a linear output, mean squared error, Adam.

    Every update reads all rows at once, as `fit` does with `batch_size` equal to their number. The networks do not
    influence each other: they are only computed together, because one large matrix product is faster than many small
    ones. Narrow layers are filled up with zeros, whose slopes are 0, so that they stay zeros.

    Args:
        networks: for each the list that `model.get_weights()` gives: kernel and bias of every layer. All of them have
            the same number of layers.
        inputs: shape (rows, columns), or (networks, rows, columns) if each reads rows of its own.
        targets: shape (rows,) or (networks, rows).
        updates: after how many updates the weights are wanted, in rising order.
        rate: Adam's learning rate.

    Returns:
        for each of `updates` the weights of every network, in the form of `model.set_weights`.

    Raises:
        ValueError: networks of different depth, or `updates` that fall.
    """
    if len({len(network) for network in networks}) != 1:
        raise ValueError(f"the networks hold {[len(n) for n in networks]} arrays; all must have the same layers.")
    if list(updates) != sorted(updates):
        raise ValueError(f"updates is {list(updates)}; list them in rising order.")
    rows = np.asarray(inputs, dtype=float)
    wanted = np.atleast_2d(np.asarray(targets, dtype=float))[..., np.newaxis]
    stacks = [_stack([np.asarray(network[place]) for network in networks]) for place in range(len(networks[0]))]
    means = [np.zeros_like(stack) for stack in stacks]
    squares = [np.zeros_like(stack) for stack in stacks]
    kept = []
    for update in range(max(updates) + 1):
        if update:
            step = rate * np.sqrt(1 - 0.999**update) / (1 - 0.9**update)
            for stack, slope, mean, square in zip(stacks, _slopes(stacks, rows, wanted), means, squares, strict=True):
                mean += 0.1 * (slope - mean)
                square += 0.001 * (slope**2 - square)
                stack -= step * mean / (np.sqrt(square) + 1e-7)
        if update in updates:
            kept.append([_alone(stacks, number, network) for number, network in enumerate(networks)])
    return kept


def _stack(arrays: list[np.ndarray]) -> np.ndarray:
    """Kernels or biases of all networks in one array, shape (networks, inputs or 1, units)."""
    kernels = [array if array.ndim == 2 else array[np.newaxis] for array in arrays]
    high, wide = np.max([kernel.shape for kernel in kernels], axis=0)
    return np.stack([np.pad(k, ((0, high - k.shape[0]), (0, wide - k.shape[1]))) for k in kernels]).astype(float)


def _alone(stacks: list[np.ndarray], number: int, network: Sequence[Any]) -> Weights:
    """The weights of one network without the zeros that filled it up."""
    shapes = [np.shape(array) for array in network]
    parts = [
        stack[number] if len(shape) == 2 else stack[number, 0] for stack, shape in zip(stacks, shapes, strict=True)
    ]
    return [part[tuple(slice(size) for size in shape)].copy() for part, shape in zip(parts, shapes, strict=True)]


def _slopes(stacks: list[np.ndarray], rows: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Slopes of every network's mean squared error, by backpropagation: one array for each of `stacks`."""
    values = [rows]
    for place in range(0, len(stacks), 2):
        sums = values[-1] @ stacks[place] + stacks[place + 1]
        values.append(np.maximum(sums, 0) if place + 2 < len(stacks) else sums)
    back = 2 * (values[-1] - wanted) / rows.shape[-2]
    found: list[np.ndarray] = []
    for place in range(len(stacks) - 2, -1, -2):
        into = values[place // 2]
        found[:0] = [np.swapaxes(into, -1, -2) @ back, back.sum(axis=1, keepdims=True)]
        if place:
            back = (back @ np.swapaxes(stacks[place], -1, -2)) * (into > 0)
    return found

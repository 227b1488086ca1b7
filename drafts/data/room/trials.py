"""Trials that are repeated many times: the best of many networks, copies on both sides of a split, chosen noise."""

from collections.abc import Sequence
from typing import Any

import numpy as np

HIDDEN_UNITS = 10


def try_networks(
    inputs: np.ndarray, target: np.ndarray, parts: Sequence[np.ndarray], rng: np.random.Generator, count: int = 1000
) -> list[np.ndarray]:
    """Fit many networks whose hidden ReLU units stay random, and measure each on every other part.

    Only the output is fitted, by least squares (with a small penalty, so that no weight becomes huge).

    Args:
        inputs: standardized, shape (rows, columns).
        target: shape (rows,).
        parts: row numbers: the first part fits the output, the others are measured.
        rng: for the hidden weights.
        count: how many networks.

    Returns:
        for each part but the first the mean absolute error of every network, shape (count,).
    """
    rows, columns = inputs.shape
    kernels = rng.normal(0, 1 / 3, (count, columns, HIDDEN_UNITS))
    hidden = np.maximum(inputs @ kernels + rng.normal(size=(count, 1, HIDDEN_UNITS)), 0)
    hidden = np.concatenate([hidden, np.ones((count, rows, 1))], axis=2)
    known = hidden[:, parts[0]]
    flipped = known.swapaxes(1, 2)
    output = np.linalg.solve(flipped @ known + 0.1 * np.eye(HIDDEN_UNITS + 1), flipped @ target[parts[0], np.newaxis])
    wrong = np.abs((hidden @ output)[:, :, 0] - target)
    return [wrong[:, part].mean(axis=1) for part in parts[1:]]


def choose_noise(
    target: np.ndarray, parts: Sequence[np.ndarray], chosen_by: np.ndarray, rng: np.random.Generator
) -> list[float]:
    """Make 1000 columns of pure noise, keep the 10 that go together best with the target, and fit a line to them.

    Args:
        target: shape (rows,).
        parts: row numbers: the first part fits the line, the others are measured.
        chosen_by: numbers of the rows by which the 10 columns are chosen.
        rng: for the noise.

    Returns:
        for each part but the first the mean absolute error.
    """
    noise = rng.normal(size=(len(target), 1000))
    together = np.abs((target[chosen_by] - target[chosen_by].mean()) @ noise[chosen_by])
    kept = np.column_stack([noise[:, np.argsort(together)[-10:]], np.ones(len(target))])
    weights = np.linalg.lstsq(kept[parts[0]], target[parts[0]], rcond=None)[0]
    wrong: Any = np.abs(kept @ weights - target)
    return [float(wrong[part].mean()) for part in parts[1:]]

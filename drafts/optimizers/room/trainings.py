"""Many trainings at once: every start at every rate, with whatever rule the chapter hands over."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Rule = Callable[..., Any]


def updates_needed(
    rule: Rule, rates: Any, curvature: np.ndarray, starts: np.ndarray, near: float, *, most: int = 200
) -> np.ndarray:
    """Count the updates until the loss of a valley stays near its lowest value, for every start and rate.

    Args:
        rule: takes weights, slopes, a dictionary that it may fill, and rates; returns the new weights.
        rates: learning rates, shape (rates,).
        curvature: of the loss, shape (weights, weights); the lowest loss is where all weights are 0.
        starts: shape (starts, weights).
        near: how far above its lowest value the loss may stay.
        most: where to stop counting; a training that needs more, or diverges, gets this number.

    Returns:
        whole numbers, shape (starts, rates).
    """
    rates = np.asarray(rates, dtype=float)
    weights = np.repeat(starts[:, np.newaxis], len(rates), axis=1)
    memory: dict[str, Any] = {}
    needed = np.zeros(weights.shape[:2], dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for update in range(most):
            slopes = weights @ curvature
            above = np.sum(slopes * weights, axis=-1) / 2
            needed[~(above <= near)] = update + 1
            weights = rule(weights, slopes, memory, rates[:, np.newaxis])
    return needed


def race(
    rule: Rule, rates: Any, table: np.ndarray, y: np.ndarray, starts: np.ndarray, updates: int, **knobs: Any
) -> np.ndarray:
    """Train a weighted sum of columns on all rows at once, from every start and at every rate.

    Args:
        rule, rates: as in `updates_needed`.
        table, y: inputs, shape (rows, columns), and targets, shape (rows,); the loss is the mean squared error.
        starts: the first weights, shape (starts, columns).
        updates: how many are made.
        knobs: more arguments of the rule.

    Returns:
        how far the loss ends above the lowest one, shape (starts, rates); not finite where a training has diverged.
    """
    rates = np.asarray(rates, dtype=float)
    best = np.linalg.lstsq(table, y, rcond=None)[0]
    curvature = 2 * table.T @ table / len(table)
    away = np.repeat((starts - best)[:, np.newaxis], len(rates), axis=1)
    memory: dict[str, Any] = {}
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(updates):
            away = rule(away, away @ curvature, memory, rates[:, np.newaxis], **knobs)
        return np.mean((away @ table.T) ** 2, axis=-1)


def race_in_batches(
    rule: Rule,
    factors: Any,
    rates: Any,
    table: np.ndarray,
    y: np.ndarray,
    generators: Sequence[np.random.Generator],
    size: int,
) -> np.ndarray:
    """As `race`, in batches, with a rate that changes.

    Args:
        rule, rates, table, y: as in `race`.
        factors: by what the rates are multiplied at each update, shape (updates,).
        generators: each draws a start, and a new order of the rows for every epoch.
        size: of a batch; what does not fill a batch at the end of an epoch is left out.

    Returns:
        how far the loss ends above the lowest one, shape (generators, rates).
    """
    rates = np.asarray(rates, dtype=float)
    best, ends = np.linalg.lstsq(table, y, rcond=None)[0], []
    per_epoch = len(table) // size
    for rng in generators:
        memory: dict[str, Any] = {}
        start = rng.normal(0, 0.5, table.shape[1])
        weights = np.repeat(start[:, np.newaxis], len(rates), axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            for update, factor in enumerate(factors):
                if update % per_epoch == 0:
                    order = rng.permutation(len(table))
                rows = order[update % per_epoch * size :][:size]
                errors = table[rows] @ weights - y[rows, np.newaxis]
                weights = rule(weights, 2 * table[rows].T @ errors / size, memory, factor * rates)
            ends.append(np.mean((table @ (weights - best[:, np.newaxis])) ** 2, axis=0))
    return np.array(ends)


def train_networks(
    rule: Rule,
    rates: Any,
    x: np.ndarray,
    y: np.ndarray,
    generators: Sequence[np.random.Generator],
    *,
    units: int = 16,
    batch_size: int = 32,
    epochs: int = 10,
) -> np.ndarray:
    """Train one network, with a hidden layer of tanh units, for each generator and each rate.

    Args:
        rule: takes weights, slopes, a dictionary that it may fill, and a rate; returns the new weights.
        rates: learning rates, shape (rates,).
        x, y: inputs, shape (rows, columns), and targets, shape (rows,).
        generators: each draws Glorot's uniform start and the order of the rows in every epoch.
        units: in the hidden layer.
        batch_size, epochs: as in `fit`; the last batch of an epoch may be short.

    Returns:
        the mean squared error over all rows after the last update, shape (generators, rates); inf where a training
        has diverged.
    """
    rates, count = np.asarray(rates, dtype=float), len(x)
    knob = rates[np.newaxis, :, np.newaxis, np.newaxis]  # a network for each generator and rate, then its matrices
    weights = []
    for reads, gives in ((x.shape[1], units), (units, 1)):
        limit = np.sqrt(6 / (reads + gives))
        starts = np.stack([rng.uniform(-limit, limit, (1, reads, gives)) for rng in generators])
        weights += [np.repeat(starts, len(rates), axis=1), np.zeros((len(generators), len(rates), 1, gives))]
    memories: list[dict[str, Any]] = [{} for _ in weights]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(epochs):
            orders = np.stack([rng.permutation(count) for rng in generators])
            for first in range(0, count, batch_size):
                rows = orders[:, np.newaxis, first : first + batch_size]
                slopes = _slopes(weights, x[rows], y[rows][..., np.newaxis])
                weights = [
                    rule(weight, slope, memory, knob)
                    for weight, slope, memory in zip(weights, slopes, memories, strict=True)
                ]
        losses = np.mean((_forward(weights, x)[1][..., 0] - y) ** 2, axis=-1)
    return np.where(np.isfinite(losses), losses, np.inf)


def _forward(weights: list[np.ndarray], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hidden = np.tanh(x @ weights[0] + weights[1])
    return hidden, hidden @ weights[2] + weights[3]


def _slopes(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """The slopes of the mean squared error along every weight."""
    hidden, output = _forward(weights, x)
    back = 2 * (output - y) / y.shape[-2]
    behind = back * np.swapaxes(weights[2], -1, -2) * (1 - hidden**2)
    return [
        np.swapaxes(x, -1, -2) @ behind,
        behind.sum(axis=-2, keepdims=True),
        np.swapaxes(hidden, -1, -2) @ back,
        back.sum(axis=-2, keepdims=True),
    ]

"""A training loop watched: what its metric shows, which numbers its loss compares, what several loops cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursekit.figures.style import fixed_figure, palette, styled

RESETS = ("each epoch", "never", "each batch")
SHAPES = ("(n, 1) and (n,)", "(n, 1) and (n, 1)")
MOST_ROWS = 6


def metric_readings(epochs: Sequence[Sequence[float]], reset: str) -> list[float]:
    """What a mean metric shows after each batch.

    Args:
        epochs: for each epoch the mean losses of its batches, which are all of one size.
        reset: where the metric is set back: "each epoch", "never" or "each batch".

    Raises:
        ValueError: for another `reset`, or an epoch without batches.
    """
    if reset not in RESETS:
        raise ValueError(f"a metric is reset 'each epoch', 'never' or 'each batch', not {reset!r}.")
    if not len(epochs) or not all(len(batches) for batches in epochs):
        raise ValueError("an epoch holds no batch; give at least one epoch, and for each at least one loss.")
    readings: list[float] = []
    total, count = 0.0, 0
    for batches in epochs:
        for number, loss in enumerate(batches):
            if reset == "each batch" or (reset == "each epoch" and number == 0):
                total, count = 0.0, 0
            total, count = total + loss, count + 1
            readings.append(total / count)
    return readings


@styled
def draw_metric(epochs: Sequence[Sequence[float]], reset: str, batches: int) -> Figure:
    """Draw the loss of each batch and what the metric shows beside it, up to some batch.

    Args:
        epochs: for each epoch the mean losses of its batches, which are all of one size.
        reset: where the metric is set back: "each epoch", "never" or "each batch".
        batches: how many batches have run; the others are pale.

    Returns:
        the figure, not displayed. Numbers stand at the end of each epoch that has run.

    Raises:
        ValueError: as `metric_readings`, or if so many batches do not exist.
    """
    readings = metric_readings(epochs, reset)
    if not 1 <= batches <= len(readings):
        raise ValueError(f"batches counts from 1 to {len(readings)}, not {batches}.")
    losses = np.concatenate([np.asarray(losses, float) for losses in epochs])
    steps = np.arange(1, len(losses) + 1)
    figure = fixed_figure(8, 3.6)
    axes = figure.add_axes((0.08, 0.27, 0.9, 0.64))
    axes.scatter(steps, losses, s=28, color="#dddddd", zorder=2)
    axes.scatter(
        steps[:batches], losses[:batches], s=34, color=palette["training"], zorder=3, label="loss of the batch"
    )
    axes.step(
        steps[:batches], readings[:batches], where="mid", color=palette["model"], zorder=4, label="the metric shows"
    )
    axes.plot(batches, readings[batches - 1], "o", color=palette["model"], ms=9, zorder=5)
    top, end = 1.15 * losses.max(), 0
    for number, own in enumerate(epochs, start=1):
        start, end = end, end + len(own)
        axes.axvline(end + 0.5, color="#999999", lw=1, ls=":")
        axes.text((start + end + 1) / 2, top, f"epoch {number}", ha="center", va="top", color="#555555")
        axes.plot([start + 0.5, end + 0.5], [np.mean(own)] * 2, color=palette["truth"], lw=1.5, ls="--", zorder=1)
        if end <= batches:
            axes.annotate(
                f"{readings[end - 1]:.3g}",
                (end, readings[end - 1]),
                (0, 9),
                textcoords="offset points",
                ha="center",
                color=palette["model"],
                zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
    axes.plot([], [], color=palette["truth"], lw=1.5, ls="--", label="mean of the epoch")
    axes.set(xlim=(0.5, len(losses) + 0.5), ylim=(0, 1.2 * losses.max()), xlabel="batch", ylabel="loss")
    axes.set_title(f"reset: {reset}", loc="left")
    figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=3)
    return figure


@styled
def draw_pairs(y: Any, spread: float, shapes: str) -> Figure:
    """Draw which targets a squared error compares with which predictions, and the loss over the predictions' spread.

    A prediction is mean(y) + spread · (y − mean(y)): perfect at 1, the same number for every row at 0.

    Args:
        y: targets, two to six of them, not all the same.
        spread: of the predictions.
        shapes: of prediction and target: "(n, 1) and (n,)", which broadcast, or "(n, 1) and (n, 1)".

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: for other shapes, or targets that cannot be drawn.
    """
    y = np.asarray(y, float)
    if shapes not in SHAPES:
        raise ValueError(f"shapes is {SHAPES[0]!r} or {SHAPES[1]!r}, not {shapes!r}.")
    if y.ndim != 1 or not 2 <= len(y) <= MOST_ROWS or np.ptp(y) == 0:
        raise ValueError(f"y holds 2 to {MOST_ROWS} targets in one row, not all the same; its shape is {y.shape}.")
    figure = fixed_figure(8.6, 3.8)
    table, curve = figure.add_axes((0.1, 0.06, 0.33, 0.74)), figure.add_axes((0.55, 0.15, 0.43, 0.73))
    _draw_table(table, y, _predictions(y, spread), every_pair=shapes == SHAPES[0])
    spreads = np.linspace(-0.25, 1.5, 71)
    for name, role in zip(SHAPES, ("wrong", "model"), strict=True):
        chosen = name == shapes
        values = [_loss(y, s, name) for s in spreads]
        curve.plot(spreads, values, color=palette[role], lw=3 if chosen else 1.5, alpha=1 if chosen else 0.5)
        place = 1.5 if name == SHAPES[0] else -0.25
        curve.text(place, _loss(y, place, name), f"{name} ", color=palette[role], ha="right" if place > 1 else "left",
                   va="bottom")  # fmt: skip
        if chosen:
            curve.plot(spread, _loss(y, spread, name), "o", color=palette[role], ms=10, zorder=4)
    curve.set(xlabel="spread of the predictions (1: perfect)", ylabel="loss", ylim=(0, 1.25 * _loss(y, 1.5, SHAPES[0])))
    curve.set_title(f"loss {_loss(y, spread, shapes):.2f}", loc="left")
    return figure


def _predictions(y: np.ndarray, spread: float) -> np.ndarray:
    return y.mean() + spread * (y - y.mean())


def _loss(y: np.ndarray, spread: float, shapes: str) -> float:
    prediction = _predictions(y, spread)[:, None]
    target = y if shapes == SHAPES[0] else y[:, None]
    return float(np.mean((prediction - target) ** 2))


def _draw_table(axes: Axes, y: np.ndarray, prediction: np.ndarray, *, every_pair: bool) -> None:
    """Squared differences, one row per prediction and one column per target; pairs that do not count are empty."""
    squares = (prediction[:, None] - y) ** 2
    n = len(y)
    for row in range(n):
        for column in range(n):
            own = row == column
            if not (own or every_pair):
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor="white", edgecolor="#dddddd"))
                continue
            color = palette["model"] if own else palette["wrong"]
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=color, alpha=0.25, edgecolor="none"))
            axes.text(column + 0.5, row + 0.5, f"{squares[row, column]:.3g}", ha="center", va="center")
    axes.set(xlim=(0, n), ylim=(n, 0), aspect="equal", xlabel="target", ylabel="prediction")
    axes.set_xticks(np.arange(n) + 0.5, [f"{value:g}" for value in y])
    axes.set_yticks(np.arange(n) + 0.5, [f"{value:.3g}" for value in prediction])
    axes.xaxis.set_label_position("top")
    axes.xaxis.labelpad = 8
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)


@styled
def draw_loops(losses: Mapping[str, Sequence[float]], costs: Mapping[str, tuple[float, float]]) -> Figure:
    """Draw the losses of several loops on one axis and, beside them, what each loop costs per step and per call.

    Args:
        losses: for each loop's name the mean of its losses up to every step; the first one is a line, the others are
            marks on it.
        costs: for each loop's name the milliseconds of processor time of one more step, and of one call besides its
            steps, in the same order; 0 where there is no such call, and nothing is drawn.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no loop, losses of different lengths, or other names in `costs`.
    """
    lengths = {len(values) for values in losses.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError("each loop needs as many losses as the others, and at least one.")
    if list(costs) != list(losses):
        raise ValueError(f"the costs are those of {list(costs)}, the losses those of {list(losses)}.")
    figure = Figure(figsize=(9.2, 3.6))
    curve, *bars = figure.subplots(1, 3, width_ratios=(1.5, 1, 1))
    colors = [palette[role] for role in ("data", "model", "training", "truth", "wrong")]
    steps = np.arange(1, lengths.pop() + 1)
    for number, (name, values) in enumerate(losses.items()):
        if number == 0:
            curve.plot(steps, values, color=colors[0], lw=2.5, label=name)
            continue
        # Marks of different loops sit on different steps: on one another only the last would be seen.
        chosen, mark = slice(2 * number, None, 2 * len(losses)), "osD^v"[number % 5]
        curve.plot(steps[chosen], np.asarray(values)[chosen], mark, color=colors[number % 5], ms=7, label=name)
    curve.set(xlabel="step", ylabel="mean loss so far", ylim=(0, None))
    curve.xaxis.get_major_locator().set_params(integer=True)
    curve.legend()
    for place, (axes, title) in enumerate(zip(bars, ("one more step", "one call, besides its steps"), strict=True)):
        values = [cost[place] for cost in costs.values()]
        axes.barh(list(costs), values, color=colors[: len(costs)], height=0.6)
        for row, value in enumerate(values):
            if value:
                axes.text(value, row, f" {value:.1f}", va="center")
        axes.set(xlim=(0, 1.35 * max(*values, 1e-9)), xlabel="processor time (ms)")
        axes.set_title(title, loc="left")
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0, labelleft=place == 0)
    return figure

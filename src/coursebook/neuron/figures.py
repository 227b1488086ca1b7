"""One neuron drawn: its diagram, its line over the data, the slopes of its loss, training and the perceptron rule."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from coursekit.figures.arrays import as_array, as_points
from coursekit.figures.style import palette, styled

LOSS_LIMITS = (1.0, 3000.0)


@styled
def draw_neuron(weights: Any, bias: float, *, names: Sequence[str], output: str = "y") -> Figure:
    """Draw a linear unit: inputs on the left, their weights on the edges, the sum, and what comes out.

    Args:
        weights: one per input, shape (inputs,) or (inputs, 1) as a Dense layer of one unit holds them.
        bias: the weight of an input that is always 1.
        names: one per input.
        output: name of what comes out.

    Returns:
        the figure, not displayed. The wider an edge, the larger its weight, sign aside; negative ones are dashed.

    Raises:
        ValueError: a number of names that is not the number of weights.
    """
    values = [*as_array(weights, "weights").ravel().tolist(), float(bias)]
    labels = [*names, "1"]
    if len(values) != len(labels):
        raise ValueError(f"{len(values) - 1} weights came with {len(names)} names; give one name per weight.")
    heights = np.arange(len(values))[::-1] * 1.0
    middle = float(heights.mean())
    figure = Figure(figsize=(6.4, 0.45 + 0.42 * max(len(values), 4)))
    axes = figure.subplots()
    widest = max(abs(value) for value in values[:-1]) or 1.0
    for label, value, height in zip(labels, values, heights, strict=True):
        is_bias = label == "1" and height == 0
        color = palette["data"] if is_bias else palette["model" if value >= 0 else "wrong"]
        width = 1.2 if is_bias else 0.6 + 5 * abs(value) / widest
        axes.plot((0, 3), (height, middle), color=color, lw=width, ls="-" if value >= 0 else "--", zorder=1)
        axes.text(-0.12, height, label, ha="right", va="center")
        at = 0.3 if len(values) > 4 else 0.45  # where edges are many, the numbers stay near the inputs
        text = f"{'b' if is_bias else 'w'} = {value:.2f}" if len(values) <= 4 else f"{value:.2f}"
        axes.text(3 * at, height + at * (middle - height), text, ha="center", va="center", bbox=_PAPER, color=color)
    axes.scatter(3, middle, s=900, facecolor="white", edgecolor=palette["data"], lw=2, zorder=2)
    axes.text(3, middle, "+", ha="center", va="center", size=18, zorder=3)
    arrow = dict(arrowstyle="-|>", lw=2, color=palette["data"], shrinkA=16)
    axes.annotate("", (4.1, middle), xytext=(3, middle), arrowprops=arrow)
    axes.text(4.2, middle, output, va="center")
    axes.set(xlim=(-1.3, 5.6), ylim=(heights.min() - 0.6, heights.max() + 0.6))
    axes.axis("off")
    return figure


@styled
def draw_line(
    x: Any,
    y: Any,
    w: float,
    b: float,
    *,
    labels: tuple[str, str] = ("x", "y"),
    errors: int = 24,
    limits: tuple[float, float] = LOSS_LIMITS,
) -> Figure:
    """Draw points, the line w·x + b, some of its errors, and on a gauge its mean squared error.

    Args:
        x, y: inputs and targets, shape (rows,) each.
        w, b: slope of the line and its height at x = 0.
        labels: of the two axes.
        errors: how many errors are drawn, spread evenly over the points from left to right.
        limits: ends of the gauge; it is logarithmic.

    Returns:
        the figure, not displayed. A mark on the gauge shows the least error that any line has.

    Raises:
        ValueError: x and y of different length, or fewer than two points.
    """
    inputs, targets = as_points(x, y)
    figure = Figure(figsize=(6.6, 3.2))
    # Places by hand: laying out would take as long as all the drawing, and a chapter draws dozens of these.
    left, right = figure.add_axes((0.09, 0.16, 0.67, 0.79)), figure.add_axes((0.87, 0.16, 0.11, 0.54))
    chosen = np.argsort(inputs)[np.linspace(0, len(inputs) - 1, min(errors, len(inputs))).astype(int)]
    left.vlines(inputs[chosen], targets[chosen], w * inputs[chosen] + b, color=palette["gradient"], lw=1.4)
    _scatter_and_line(left, inputs, targets, w, b, labels)

    loss = float(np.mean((w * inputs + b - targets) ** 2))
    least = float(np.mean((np.polyval(np.polyfit(inputs, targets, 1), inputs) - targets) ** 2))
    right.bar(0, loss, color=palette["gradient"], width=0.8)
    right.axhline(least, color=palette["truth"], lw=2)
    _loss_axis(right, limits)
    right.set(xlim=(-0.6, 0.6), xticks=[], title=f"mean\nsquared\nerror\n{loss:.1f}")
    right.annotate("least", (0, least), xytext=(0, 3), textcoords="offset points", ha="center", size=10)
    return figure


@styled
def draw_line_training(
    x: Any,
    y: Any,
    lines: Any,
    losses: Any,
    update: int,
    *,
    labels: tuple[str, str] = ("x", "y"),
    limits: tuple[float, float] = LOSS_LIMITS,
) -> Figure:
    """Draw a line at one moment of its training, and the loss up to then.

    Args:
        x, y: inputs and targets, shape (rows,) each.
        lines: slope and height at 0 after each update, shape (updates + 1, 2), in the units of x and y.
        losses: loss after each update, shape (updates + 1,).
        update: the moment, from 0 (before training).
        labels: of the two axes.
        limits: least and largest loss that is drawn.

    Returns:
        the figure, not displayed; it says so when the loss has left the picture.

    Raises:
        ValueError: lines and losses that do not belong together, or an update that never took place.
    """
    inputs, targets = as_points(x, y)
    path, curve = np.asarray(lines, dtype=float), np.asarray(losses, dtype=float)
    if path.shape != (len(curve), 2):
        raise ValueError(f"lines has the shape {path.shape}, but {len(curve)} losses need ({len(curve)}, 2).")
    if not 0 <= update < len(curve):
        raise ValueError(f"update is {update}, but there were {len(curve) - 1}; 0 is before the first.")
    figure = Figure(figsize=(6.6, 3.1))
    left, right = figure.add_axes((0.09, 0.17, 0.49, 0.73)), figure.add_axes((0.71, 0.17, 0.28, 0.73))
    w, b = path[update]
    _scatter_and_line(left, inputs, targets, w, b, labels)
    inside = np.isfinite(curve[update]) and curve[update] <= limits[1]
    left.set_title(f"update {update}: w {_short(w)}, b {_short(b)}")
    shown = np.arange(update + 1)
    with np.errstate(invalid="ignore"):
        right.plot(shown, np.clip(np.nan_to_num(curve[: update + 1], nan=np.inf), *limits), color=palette["training"])
    right.plot(update, min(float(np.nan_to_num(curve[update], nan=np.inf)), limits[1]), "o", color=palette["training"])
    _loss_axis(right, limits)
    right.set_xlim(-0.03 * len(curve), 1.05 * len(curve))
    right.set(xlabel="updates", ylabel="mean squared error", title=f"loss {_short(curve[update])}")
    if not inside:
        right.text(0.5, 0.5, "off the scale", transform=right.transAxes, ha="center", color=palette["wrong"])
    return figure


@styled
def draw_perceptron(
    points: Any,
    classes: Any,
    w: Any,
    b: float,
    *,
    wrong: int | None = None,
    names: tuple[str, str] = ("0", "1"),
    labels: tuple[str, str] = ("x₁", "x₂"),
) -> Figure:
    """Draw two classes of points, the line where w·x + b changes its sign, and the side that it calls 1.

    Args:
        points: shape (rows, 2).
        classes: 0 or 1 for each row.
        w: the two weights.
        b: the bias.
        wrong: row of a point to mark.
        names: of the classes 0 and 1.
        labels: of the two axes.

    Returns:
        the figure, not displayed; its title counts the points on the wrong side.

    Raises:
        ValueError: points that are no table of two columns, or another number of classes.
    """
    places, answers = as_array(points, "points"), np.asarray(classes).ravel()
    if places.ndim != 2 or places.shape[1] != 2 or len(answers) != len(places):
        raise ValueError(
            f"points has the shape {places.shape} and came with {len(answers)} classes; wanted are (rows, 2) and one "
            "class per row."
        )
    weights = np.asarray(w, dtype=float).ravel()
    figure = Figure(figsize=(5.4, 3.7))
    axes = figure.subplots()
    low, high = places.min(axis=0) - 0.4, places.max(axis=0) + 0.4
    grid = np.stack(np.meshgrid(np.linspace(low[0], high[0], 160), np.linspace(low[1], high[1], 160)), axis=-1)
    score = grid @ weights + b
    axes.contourf(grid[..., 0], grid[..., 1], score > 0, levels=(0.5, 1.5), colors=[palette["model"]], alpha=0.15)
    if score.min() < 0 < score.max():
        axes.contour(grid[..., 0], grid[..., 1], score, levels=(0.0,), colors=[palette["model"]], linewidths=2)
    for value, marker, fill in ((0, "o", "white"), (1, "s", palette["data"])):
        mine = places[answers == value]
        axes.scatter(
            mine[:, 0],
            mine[:, 1],
            s=22,
            marker=marker,
            facecolor=fill,
            edgecolor=palette["data"],
            lw=0.9,
            label=names[value],
        )
    if wrong is not None:
        axes.scatter(
            places[wrong, 0], places[wrong, 1], s=190, facecolor="none", edgecolor=palette["wrong"], lw=3, zorder=4
        )
    mistakes = int(np.sum((places @ weights + b > 0) != (answers == 1)))
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set_title(f"{mistakes} of {len(places)} on the wrong side")
    axes.legend(loc="lower right")
    return figure


_PAPER = dict(facecolor="white", edgecolor="none", pad=1.2)


def _scatter_and_line(axes: Axes, x: np.ndarray, y: np.ndarray, w: float, b: float, labels: tuple[str, str]) -> None:
    axes.scatter(x, y, s=8, color=palette["data"], lw=0)
    ends = np.array([x.min(), x.max()]) + np.array([-0.05, 0.05]) * float(np.ptp(x))
    if np.isfinite([w, b]).all():
        axes.plot(ends, w * ends + b, color=palette["model"], lw=3)
    height = float(np.ptp(y))
    axes.set(xlim=tuple(ends), ylim=(y.min() - 0.35 * height, y.max() + 0.1 * height))
    axes.set(xlabel=labels[0], ylabel=labels[1])


def _loss_axis(axes: Axes, limits: tuple[float, float]) -> None:
    """A logarithmic axis for losses, with plain numbers and no minor ticks."""
    axes.set(yscale="log", ylim=limits)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_locator(NullLocator())


def _short(value: float) -> str:
    """A number with at most five digits."""
    return f"{value:.0e}" if abs(value) >= 1000 else f"{value:.2f}"

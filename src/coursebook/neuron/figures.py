"""One neuron drawn: its diagram, its line over the data, its training, steps in a bowl and the perceptron rule."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from coursekit.figures.arrays import as_array, as_points
from coursekit.figures.style import NEGATIVE, POSITIVE, fixed_figure, palette, styled, written

LOSS_LIMITS = (1.0, 3000.0)

# Titles of figures drawn many times have y=1, their usual height: else matplotlib lays out the axes to find it.


@styled
def draw_neuron(weights: Any, bias: float, *, names: Sequence[str], output: str = "y") -> Figure:
    """Draw a linear unit: inputs on the left, their weights on the edges, the sum, and what comes out.

    Args:
        weights: one per input, shape (inputs,) or (inputs, 1) as a Dense layer of one unit holds them.
        bias: the weight of an input that is always 1.
        names: one per input.
        output: name of what comes out.

    Returns:
        the figure, not displayed. The wider an edge, the larger its weight in size. Positive ones are blue, negative
        ones orange and dashed; the edge of the bias is thin, whatever its size.

    Raises:
        ValueError: a number of names that is not the number of weights.
    """
    values = [*as_array(weights, "weights").ravel().tolist(), float(bias)]
    labels = [*names, "1"]
    if len(values) != len(labels):
        raise ValueError(f"{len(values) - 1} weights came with {len(names)} names; give one name per weight.")
    heights = np.arange(len(values))[::-1] * 1.0
    middle = float(heights.mean())
    figure = Figure(figsize=(6.4, 0.75 + 0.42 * max(len(values), 4)))
    axes = figure.subplots()
    widest = max(abs(value) for value in values[:-1]) or 1.0
    for label, value, height in zip(labels, values, heights, strict=True):
        is_bias = label == "1" and height == 0
        color = POSITIVE if value >= 0 else NEGATIVE
        width = 1.2 if is_bias else 0.6 + 5 * abs(value) / widest
        axes.plot((0, 3), (height, middle), color=color, lw=width, ls="-" if value >= 0 else "--", zorder=1)
        axes.text(-0.12, height, label, ha="right", va="center")
        at = 0.3 if len(values) > 4 else 0.45  # where edges are many, the numbers stay near the inputs
        text = f"{'b' if is_bias else 'w'} = {written(value, '.2f')}" if len(values) <= 4 else written(value, ".2f")
        axes.text(3 * at, height + at * (middle - height), text, ha="center", va="center", bbox=_PAPER, color=color)
    axes.scatter(3, middle, s=900, facecolor="white", edgecolor=palette["data"], lw=2, zorder=2)
    axes.text(3, middle, "+", ha="center", va="center", size=18, zorder=3)
    arrow = dict(arrowstyle="-|>", lw=2, color=palette["data"], shrinkA=16)
    axes.annotate("", (4.1, middle), xytext=(3, middle), arrowprops=arrow)
    axes.text(4.2, middle, output, va="center")
    axes.set(xlim=(-1.3, 5.6), ylim=(heights.min() - 0.6, heights.max() + 0.6))
    axes.axis("off")
    axes.plot([], [], color=POSITIVE, label="positive")
    axes.plot([], [], color=NEGATIVE, ls="--", label="negative")
    axes.legend(loc="upper right")
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
        the figure, not displayed. A line across the gauge shows the least error that any line has.

    Raises:
        ValueError: x and y of different length, or fewer than two points.
    """
    inputs, targets = as_points(x, y)
    # Places by hand: laying out would take as long as all the drawing, and a chapter draws dozens of these.
    figure = fixed_figure(6.6, 3.2)
    left, right = figure.add_axes((0.09, 0.16, 0.67, 0.79)), figure.add_axes((0.87, 0.16, 0.11, 0.54))
    chosen = np.argsort(inputs)[np.linspace(0, len(inputs) - 1, min(errors, len(inputs))).astype(int)]
    left.vlines(inputs[chosen], targets[chosen], w * inputs[chosen] + b, color=palette["gradient"], lw=1.4)
    _scatter_and_line(left, inputs, targets, w, b, labels)

    loss = float(np.mean((w * inputs + b - targets) ** 2))
    least = float(np.mean((np.polyval(np.polyfit(inputs, targets, 1), inputs) - targets) ** 2))
    right.axhline(least, color=palette["truth"], lw=2)
    right.plot(0, min(loss, limits[1]), "D", color=palette["gradient"], ms=10, zorder=3)  # a pointer, as on a scale
    _loss_axis(right, limits)
    right.set(xlim=(-0.6, 0.6), xticks=[])
    right.set_title(f"mean\nsquared\nerror\n{loss:.1f}", y=1)
    right.annotate("least", (0, least), xytext=(0, -12), textcoords="offset points", ha="center", size=10)
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
        the figure, not displayed.

    Raises:
        ValueError: lines and losses that do not belong together, or an update that never took place.
    """
    inputs, targets = as_points(x, y)
    path, curve = np.asarray(lines, dtype=float), np.asarray(losses, dtype=float)
    if path.shape != (len(curve), 2):
        raise ValueError(f"lines has the shape {path.shape}, but {len(curve)} losses need ({len(curve)}, 2).")
    if not 0 <= update < len(curve):
        raise ValueError(f"update is {update}, but there were {len(curve) - 1}; 0 is before the first.")
    figure = fixed_figure(6.6, 3.1)
    left, right = figure.add_axes((0.09, 0.17, 0.49, 0.73)), figure.add_axes((0.71, 0.17, 0.28, 0.73))
    w, b = path[update]
    _scatter_and_line(left, inputs, targets, w, b, labels)
    left.set_title(f"update {update}: w {written(w, '.2f')}, b {written(b, '.2f')}", y=1)
    right.plot(np.arange(update + 1), curve[: update + 1], color=palette["training"])
    right.plot(update, curve[update], "o", color=palette["training"])
    _loss_axis(right, limits)
    right.set_xlim(-0.03 * len(curve), 1.05 * len(curve))
    right.set(xlabel="updates", ylabel="mean squared error")
    right.set_title(f"loss {curve[update]:.2f}", y=1)
    return figure


@styled
def draw_steps(bowl: tuple[Any, Any], steps: tuple[Any, Any], *, xlabel: str, title: str = "") -> Figure:
    """Draw a loss over one number, and the places that a training visits, joined in their order.

    Args:
        bowl: places and losses there, shape (places,) each; they are the limits of the picture.
        steps: the places visited and the losses there, shape (steps + 1,) each, the start first.
        xlabel: what the number is.
        title: above the picture.

    Returns:
        the figure, not displayed. The last place is marked; where a step leaves the picture, an arrow says so,
        and where the last one is.

    Raises:
        ValueError: places without a loss.
    """
    (x, loss), (visited, heights) = (
        tuple(as_array(values, "bowl or steps") for values in pair) for pair in (bowl, steps)
    )
    if len(x) != len(loss) or len(visited) != len(heights):
        raise ValueError("draw_steps wants a loss for every place of the bowl, and one for every place visited.")
    figure = fixed_figure(5.6, 3.3)
    axes = figure.add_axes((0.13, 0.17, 0.84, 0.73))
    axes.plot(x, loss, color=palette["model"])
    inside = (x.min() <= visited) & (visited <= x.max())
    shown = len(visited) if inside.all() else int(np.argmin(inside))  # up to the step that leaves the picture
    axes.plot(visited[:shown], heights[:shown], color=palette["training"], lw=1.5, marker="o", ms=4)
    if shown == len(visited):
        axes.plot(visited[-1], heights[-1], "o", color=palette["training"], ms=11)
    else:
        end = x.max() if visited[shown] > 0 else x.min()
        at, height = visited[shown - 1], heights[shown - 1]
        arrow = dict(arrowstyle="-|>", lw=2, color=palette["wrong"])
        axes.annotate("", (end, height), xytext=(at, height), arrowprops=arrow)
        told = sorted({shown, len(visited) - 1})  # the step of the arrow, and the last one
        text = "\n".join(f"step {step} is at {_large(visited[step])}" for step in told)
        axes.text((at + end) / 2, height + 0.03 * loss.max(), text, ha="center", va="bottom", color=palette["wrong"])
    axes.set(xlim=(x.min(), x.max()), ylim=(0, loss.max()), xlabel=xlabel, ylabel="mean squared error")
    axes.set_title(title, y=1)
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
        the figure, not displayed; its title counts the points on the wrong side. The axes have equal scales.

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
    figure = fixed_figure(5.6, 3.9)
    axes = figure.add_axes((0.1, 0.14, 0.6, 0.77))
    low, high = places.min(axis=0) - 0.4, places.max(axis=0) + 0.4
    grid = np.stack(np.meshgrid([low[0], high[0]], [low[1], high[1]]), axis=-1)
    score = grid @ weights + b  # linear, so its corners are enough
    if score.max() > 0:
        levels = (0.0, float(score.max()))
        axes.contourf(grid[..., 0], grid[..., 1], score, levels=levels, colors=[palette["model"]], alpha=0.15)
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
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_title(f"{mistakes} of {len(places)} on the wrong side", y=1)
    axes.fill_between([], [], color=palette["model"], alpha=0.15, label=f"says {names[1]}")
    axes.scatter([], [], s=90, facecolor="none", edgecolor=palette["wrong"], lw=3, label="mistake")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


_PAPER = dict(facecolor="white", edgecolor="none", pad=1.2)


def _scatter_and_line(axes: Axes, x: np.ndarray, y: np.ndarray, w: float, b: float, labels: tuple[str, str]) -> None:
    axes.scatter(x, y, s=8, color=palette["data"], lw=0)
    ends = np.array([x.min(), x.max()]) + np.array([-0.05, 0.05]) * float(np.ptp(x))
    axes.plot(ends, w * ends + b, color=palette["model"], lw=3)
    height = float(np.ptp(y))
    axes.set(xlim=tuple(ends), ylim=(y.min() - 0.35 * height, y.max() + 0.1 * height))
    axes.set(xlabel=labels[0], ylabel=labels[1])


def _loss_axis(axes: Axes, limits: tuple[float, float]) -> None:
    """A logarithmic axis for losses, with plain numbers and no minor ticks."""
    axes.set(yscale="log", ylim=limits)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_locator(NullLocator())


def _large(value: float) -> str:
    """A number outside a picture, with three digits that count."""
    return written(float(f"{value:.3g}"), ",.0f") if abs(value) < 1e7 else written(value, ".1e")

"""Losses drawn: lines that part, the pull of each row, losses over their slopes, and noise with its loss."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from coursekit.figures.style import palette, styled

# How each loss is drawn in the whole chapter: a color and a dash, so that it can be told without color, too.
LOOKS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "MSE": dict(color=palette["model"], linestyle="-"),
        "MAE": dict(color=palette["gradient"], linestyle="--"),
        "Huber": dict(color=palette["truth"], linestyle="-."),
    }
)


@styled
def draw_fits(
    x: Any,
    y: Any,
    lines: Mapping[str, tuple[float, float]],
    *,
    marked: int,
    labels: tuple[str, str],
    ylim: tuple[float, float],
    title: str = "",
) -> Figure:
    """Draw rows with one of them marked, and the line that each loss fits to them.

    Args:
        x, y: of the rows, shape (rows,).
        lines: for each loss ("MSE", "MAE", "Huber") weight and bias of its line.
        marked: index of the row that is drawn as a cross.
        labels: of the two axes.
        ylim: of the vertical axis, the same in every frame.
        title: of the panel.

    Returns:
        the figure, not displayed. Each line carries its loss's name.

    Raises:
        ValueError: a loss that has no look.
    """
    if unknown := set(lines) - set(LOOKS):
        raise ValueError(f"draw_fits knows the losses {', '.join(LOOKS)}, not {', '.join(sorted(unknown))}.")
    x, y = np.asarray(x, float), np.asarray(y, float)
    figure = Figure(figsize=(6.6, 3.6))
    axes = figure.subplots()
    others = np.arange(len(x)) != marked
    axes.scatter(x[others], y[others], s=22, color=palette["data"])
    axes.scatter(x[[marked]], y[[marked]], s=90, color=palette["wrong"], marker="x", linewidth=2.5, zorder=4)
    ends = np.array([x.min(), x.max()])
    for name, (w, b) in lines.items():
        axes.plot(ends, w * ends + b, label=name, linewidth=2.5, **LOOKS[name])
    if lines:
        axes.legend(loc="upper right")
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=ylim, title=title)
    return figure


@styled
def draw_pulls(rows: Any, guess: float, pulls: Mapping[str, Any], *, xlabel: str) -> Figure:
    """Draw how hard, and to which side, each row pulls on a single number.

    Args:
        rows: the targets, shape (rows,).
        guess: the number that is pulled.
        pulls: for each loss ("MSE", "MAE") the pull of each row, shape (rows,): minus the slope of its loss.
        xlabel: what is measured, with its unit.

    Returns:
        the figure, not displayed: one panel per loss. An arrow starts at the guess; in each panel the longest one has
        the same length. The title holds the sum of the pulls.

    Raises:
        ValueError: pulls of another length than the rows.
    """
    rows = np.asarray(rows, float)
    figure = Figure(figsize=(8.4, 3))
    panels = figure.subplots(1, len(pulls), sharex=True, sharey=True, squeeze=False)[0]
    heights = np.arange(len(rows), 0, -1)
    for axes, (name, of_rows) in zip(panels, pulls.items(), strict=True):
        pull = np.asarray(of_rows, float)
        if pull.shape != rows.shape:
            raise ValueError(f"{len(rows)} rows came with {pull.size} pulls; give one pull per row.")
        axes.scatter(rows, heights, s=30, color=palette["data"], zorder=3)
        axes.axvline(guess, color="#999999", linewidth=1.2)
        color, longest = LOOKS[name]["color"], max(np.abs(pull).max(), 1e-9)
        for height, length in zip(heights, 30 * pull / longest, strict=True):
            if length:
                style = dict(arrowstyle="-|>", color=color, linewidth=2.5, shrinkA=0, shrinkB=0)
                axes.annotate("", (guess + length, height - 0.25), (guess, height - 0.25), arrowprops=style)
        axes.set_title(f"{name}: the pulls add up to {_signed(pull.sum())}")
        axes.set(xlabel=xlabel, yticks=[], xlim=(-12, 104), ylim=(0.3, len(rows) + 0.7))
    return figure


def _signed(number: float) -> str:
    rounded = round(float(number), 1) + 0.0  # no minus in front of zero
    return f"{rounded:+.1f}" if rounded else "0"


@styled
def draw_shapes(errors: Any, shapes: Mapping[str, tuple[Any, Any]], *, ylim: tuple[float, float] = (0, 10)) -> Figure:
    """Draw losses over the error of one row, and below each its slope.

    Args:
        errors: places along the horizontal axes, shape (places,), growing.
        shapes: for each loss ("MSE", "MAE", "Huber") its values and its slopes there, shape (places,) each.
        ylim: of the losses.

    Returns:
        the figure, not displayed: a column per loss, its loss above its slope, equal axes in each row of panels.
    """
    figure = Figure(figsize=(2.9 * len(shapes), 4.6))
    panels = figure.subplots(2, len(shapes), sharex=True, sharey="row", squeeze=False)
    for (top, below), (name, (values, slopes)) in zip(panels.T, shapes.items(), strict=True):
        top.plot(errors, values, **LOOKS[name])
        below.plot(errors, slopes, **LOOKS[name])
        below.axhline(0, color="#999999", linewidth=1)
        top.set(title=name, ylim=ylim)
        below.set_xlabel("error of the row")
    panels[0, 0].set_ylabel("loss of the row")
    panels[1, 0].set_ylabel("its slope")
    return figure


@styled
def draw_huber(
    delta: float, errors: Any, values: Any, slopes: Any, rows: Any, best: Mapping[str, float], *, xlabel: str
) -> Figure:
    """Draw the Huber loss and its slope beside the number that fits the rows best.

    Args:
        delta: where the parabola turns into straight lines.
        errors: places along the axis of the first panel, shape (places,).
        values, slopes: of the loss there, shape (places,) each.
        rows: the targets, shape (rows,).
        best: for each loss ("MSE", "MAE", "Huber") its best number.
        xlabel: of the second panel.

    Returns:
        the figure, not displayed.
    """
    figure = Figure(figsize=(8.4, 3.2))
    left, right = figure.subplots(1, 2)
    left.plot(errors, values, label="loss", **LOOKS["Huber"])
    left.plot(errors, slopes, label="slope", color=palette["data"], linewidth=1.5)
    left.axvspan(-delta, delta, color=palette["kernel"], alpha=0.35, linewidth=0)
    left.set(xlabel="error of the row", title=f"δ = {delta:g}", xlim=(errors[0], errors[-1]), ylim=(-30, 200))
    left.legend(loc="upper right")
    right.scatter(rows, np.zeros(len(rows)), s=36, color=palette["data"], zorder=3)
    for height, (name, place) in enumerate(best.items(), start=1):
        right.plot([place, place], [-0.4, height], linewidth=2.5, **LOOKS[name])
        right.text(place, height + 0.1, f"{name} {place:.1f}", ha="left", color=LOOKS[name]["color"])
    right.set(xlabel=xlabel, yticks=[], ylim=(-0.6, len(best) + 0.8), title="the best single number")
    return figure


@styled
def draw_noise(tail: float, errors: Any, density: Any, loss: Any, misses: Mapping[str, float]) -> Figure:
    """Draw a noise, the loss that it makes, and how far two estimates are from the truth under it.

    Args:
        tail: the exponent p of the noise, for the title.
        errors: places, shape (places,).
        density: of the noise there, shape (places,).
        loss: minus the logarithm of the density, less its lowest value, shape (places,).
        misses: for "MSE" and "MAE" the typical distance of the best number from the truth.

    Returns:
        the figure, not displayed, with the same axes for every noise.
    """
    figure = Figure(figsize=(9, 3))
    left, middle, right = figure.subplots(1, 3)
    left.fill_between(errors, density, color=palette["validation"], alpha=0.6, linewidth=0)
    left.set(xlabel="noise", title=f"density, p = {tail:g}", ylim=(0, 0.75), yticks=[])
    middle.plot(errors, loss, color=palette["data"])
    middle.set(xlabel="error", title="−log density", ylim=(0, 8))
    for place, (name, miss) in enumerate(misses.items()):
        right.bar(place, miss, color=LOOKS[name]["color"], hatch="//" if name == "MAE" else None, edgecolor="white")
        right.text(place, miss + 0.004, f"{miss:.3f}", ha="center")
    right.set(xticks=[0, 1], ylim=(0, 0.19), title="typical miss of …")
    right.set_xticklabels(["mean (MSE)", "median (MAE)"])
    return figure

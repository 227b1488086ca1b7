"""Signals and slopes in the layers of a deep network, and how well each start learned."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.figures.style import fixed_figure, palette, styled

# One look for each start, in every figure of the chapter.
LOOKS = {
    "small": ("validation", "v"),
    "large": ("wrong", "^"),
    "Glorot + ReLU": ("training", "s"),
    "He + ReLU": ("model", "o"),
    "LeCun + SELU": ("truth", "D"),
    "Glorot + tanh": ("gradient", "P"),
    "He + SELU": ("data", "X"),
}


@styled
def draw_sizes(
    signals: Mapping[str, Any],
    slopes: Mapping[str, Any],
    *,
    title: str = "",
    most: int = 20,
    ylim: tuple[float, float] = (1e-16, 1e9),
) -> Figure:
    """Draw the size of the signals (left) and of the slopes on their way back (right), layer by layer.

    Args:
        signals: for each start the size of what each hidden layer says, from the first layer to the last.
        slopes: the same for the slopes that arrive at the hidden layers.
        title: above both panels.
        most: the layers are drawn on an axis from 1 to this number.
        ylim: of both panels, which are logarithmic.

    Returns:
        the figure, not displayed; a dotted line marks the size 1, and each line ends in the name of its start.

    Raises:
        ValueError: the two panels do not hold the same starts, or more layers than the axis.
    """
    if list(signals) != list(slopes):
        raise ValueError(f"signals of {list(signals)} came with slopes of {list(slopes)}; give the same starts.")
    longest = max((len(sizes) for sizes in [*signals.values(), *slopes.values()]), default=0)
    if longest > most:
        raise ValueError(f"{longest} layers do not fit on an axis of {most}; raise `most`.")
    figure = fixed_figure(9.6, 3.9)
    left, right = figure.subplots(1, 2, sharey=True)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.83, wspace=0.06)
    for axes, sizes in ((left, signals), (right, slopes)):
        axes.axhline(1, color="#999999", lw=1, ls=":")
        for name, values in sizes.items():
            role, marker = LOOKS[name]
            places = np.arange(1, len(values) + 1)
            axes.plot(places, values, marker=marker, ms=4.5, lw=1.6, color=palette[role], label=name)
        axes.set(yscale="log", ylim=ylim, xlim=(0.3, most + 0.35 * most), xticks=[1, *range(5, most + 1, 5)])
        _name_the_ends(axes, most, ylim)
    left.set(title="signals: forward →", xlabel="hidden layer", ylabel="size (root mean square)")
    right.set(title="slopes that arrive: ← backward", xlabel="hidden layer")
    figure.suptitle(title, fontsize=12)
    return figure


def _name_the_ends(axes: Axes, most: int, ylim: tuple[float, float]) -> None:
    """Write each line's name behind its last point, as far apart as letters need."""
    low, high = np.log10(ylim)
    lines = [line for line in axes.lines if line.get_label() in LOOKS]
    ends = [np.clip(np.log10(max(float(np.ravel(line.get_ydata())[-1]), ylim[0])), low, high) for line in lines]
    gap, height = (high - low) * 0.062, -np.inf
    for end, line in sorted(zip(ends, lines, strict=True), key=lambda pair: pair[0]):
        height = max(height + gap, end)
        last = np.ravel(line.get_xdata())[-1]
        name = str(line.get_label())
        axes.text(float(last) + 0.5, 10**height, name, color=line.get_color(), fontsize=10, va="center")


@styled
def draw_scores(scores: Mapping[str, Sequence[float]], *, floor: float, xlabel: str, title: str = "") -> Figure:
    """Draw one bar for each training, up to the median of its starts, and a dot for each start.

    Args:
        scores: for each name one share per start, from 0 to 1.
        floor: what guessing reaches, a dashed line.
        xlabel, title: of the panel.

    Returns:
        the figure, not displayed; the first name is on top.

    Raises:
        ValueError: nothing to draw, or a share outside 0 to 1.
    """
    shares = [np.ravel(np.asarray(values, dtype=float)) for values in scores.values()]
    if not shares or any(len(s) == 0 or s.min() < 0 or s.max() > 1 for s in shares):
        raise ValueError("draw_scores wants shares from 0 to 1, at least one for each name.")
    figure = Figure(figsize=(7.4, 0.9 + 0.42 * len(shares)))
    axes = figure.subplots()
    for place, share in enumerate(shares):
        axes.barh(place, np.median(share), height=0.62, color=palette["model"], alpha=0.45)
        axes.plot(share, np.full(len(share), place), "o", color=palette["data"], ms=4)
        axes.text(max(share.max(), floor) + 0.02, place, f"{np.median(share):.2f}", va="center", fontsize=10)
    axes.axvline(floor, color=palette["wrong"], ls="--", lw=1.5)
    axes.set(yticks=range(len(shares)), yticklabels=list(scores), xlim=(0, 1.04), xlabel=xlabel, title=title)
    axes.invert_yaxis()
    return figure

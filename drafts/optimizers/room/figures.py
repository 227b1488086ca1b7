"""Optimizers drawn: paths on maps of one loss, lengths of their steps, and races of many trainings."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from coursekit.figures.style import fixed_figure, palette, styled

_MAP_COLORS = ("#ffffff", "#f1f1f1", "#e4e4e4", "#d7d7d7", "#c9c9c9", "#bbbbbb")


@styled
def draw_paths(
    loss: Callable[[np.ndarray], np.ndarray],
    paths: Mapping[str, Any],
    *,
    star: Any,
    reach: float = 2.6,
    names: tuple[str, str] = ("w₁", "w₂"),
    columns: int = 4,
) -> Figure:
    """Draw the path of each optimizer on its own map of the same loss, darker where the loss is larger.

    Args:
        loss: takes weights of shape (…, 2) and returns their losses, shape (…).
        paths: for each label the weights at the start and after every update, shape (updates + 1, 2).
        star: the two weights with the lowest loss; the maps are centered on it.
        reach: from the star to the edge of a map, in the unit of the weights.
        names: of the two weights, for the axes.
        columns: how many maps stand in a row.

    Returns:
        the figure, not displayed. All maps show the same window; a path that leaves it is cut off there.

    Raises:
        ValueError: no path, or a path of another shape.
    """
    tracks = {label: np.asarray(path, dtype=float) for label, path in paths.items()}
    if not tracks or any(track.ndim != 2 or track.shape[1] != 2 for track in tracks.values()):
        raise ValueError(f"a path has the shape (updates + 1, 2), not {[t.shape for t in tracks.values()]}.")
    columns = min(columns, len(tracks))
    rows = -(-len(tracks) // columns)
    figure = fixed_figure(2.35 * columns + 0.55, 2.5 * rows + 0.5)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    figure.subplots_adjust(0.075 + 0.12 / columns, 0.09 + 0.08 / rows, 0.985, 0.98 - 0.07 / rows, 0.08, 0.2)
    for axes in panels.flat[len(tracks) :]:
        axes.set_visible(False)
    for axes, (label, track) in zip(panels.flat, tracks.items(), strict=False):
        _draw_map(axes, loss, np.asarray(star, dtype=float), reach)
        shown = np.clip(track, -1e3, 1e3)
        axes.plot(shown[:, 0], shown[:, 1], color=palette["model"], marker="o", ms=2.5, lw=1.2)
        axes.plot(*shown[-1], "o", color=palette["model"], ms=7)
        axes.set_title(label)
    for axes in panels[:, 0]:
        axes.set_ylabel(names[1])
    for axes in panels.T:
        [panel for panel in axes if panel.get_visible()][-1].set_xlabel(names[0])
    return figure


def _draw_map(axes: Axes, loss: Callable[[np.ndarray], np.ndarray], star: np.ndarray, reach: float) -> None:
    ends = star[:, np.newaxis] + np.array([-reach, reach])
    heights = loss(np.stack(np.meshgrid(*np.linspace(*ends.T, 60).T), axis=-1))
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, len(_MAP_COLORS) + 1) ** 2
    axes.contourf(*np.linspace(*ends.T, 60).T, heights, levels, colors=_MAP_COLORS)
    axes.plot(*star, "*", color=palette["data"], ms=13, zorder=1.9)
    axes.set(xlim=ends[0], ylim=ends[1], aspect="equal")
    axes.locator_params(nbins=4)


@styled
def draw_step_lengths(lengths: Mapping[str, Any], *, ylim: tuple[float, float], ylabel: str = "step / rate") -> Figure:
    """Draw how long the steps of each rule are, one panel a rule, all on the same logarithmic axes.

    Args:
        lengths: for each label the length of every step, in learning rates, shape (updates,).
        ylim: lower and upper end of the axis of lengths.
        ylabel: of that axis.

    Returns:
        the figure, not displayed; the title of a panel names the rule and the length of its last step.

    Raises:
        ValueError: no rule, or a length that is not above 0.
    """
    if not lengths or any(np.min(each) <= 0 for each in lengths.values()):
        raise ValueError("draw_step_lengths wants the lengths of at least one rule, all above 0.")
    columns = min(3, len(lengths))
    rows = -(-len(lengths) // columns)
    figure = fixed_figure(8.4, 2.1 * rows + 0.6)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    figure.subplots_adjust(0.11, 0.07 + 0.1 / rows, 0.985, 0.99 - 0.09 / rows, 0.1, 0.28)
    for axes in panels.flat[len(lengths) :]:
        axes.set_visible(False)
    for axes, (label, each) in zip(panels.flat, lengths.items(), strict=False):
        axes.axhline(1, color="#bbbbbb", lw=1)
        axes.plot(np.arange(1, len(each) + 1), each, color=palette["model"])
        axes.set(xscale="log", yscale="log", ylim=ylim, title=f"{label}: {each[-1]:.3g}")
        axes.xaxis.set_major_formatter("{x:g}")
    for axes in panels[:, 0]:
        axes.set_ylabel(ylabel)
    for axes in panels[-1]:
        axes.set_xlabel("update")
    return figure


@styled
def draw_race(
    panels: Mapping[str, Mapping[str, Any]], *, xlabel: str, hollow: Mapping[str, Any] | None = None
) -> Figure:
    """Draw the losses of several trainings of each rival as dots, and their median as a bar; the lowest is on the left.

    Args:
        panels: for each title the losses of each rival, shape (trainings,); the same rivals in every panel.
        xlabel: of the axis of losses, which is logarithmic.
        hollow: losses of the same rivals to be drawn as hollow dots, in the first panel.

    Returns:
        the figure, not displayed. The rival with the lowest median of a panel is green.

    Raises:
        ValueError: no panel, or panels with different rivals.
    """
    rivals = [list(panel) for panel in panels.values()]
    if not rivals or any(each != rivals[0] for each in rivals):
        raise ValueError(f"draw_race wants panels with the same rivals, not {rivals}.")
    figure = Figure(figsize=(4.3 * len(panels) + 0.9, 0.38 * len(rivals[0]) + 1.1))
    all_axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (title, losses) in zip(all_axes, panels.items(), strict=True):
        medians = [float(np.median(each)) for each in losses.values()]
        for place, (each, median) in enumerate(zip(losses.values(), medians, strict=True)):
            color = palette["truth" if median == min(medians) else "data"]
            axes.plot(each, np.full(np.size(each), place), "o", color=color, ms=5, alpha=0.45, mew=0)
            axes.plot(median, place, "|", color=color, ms=18, mew=2.5)
        axes.set(xscale="log", xlabel=xlabel, title=title, ylim=(len(losses) - 0.5, -0.5))
        axes.set_yticks(range(len(losses)), losses)
        axes.grid(axis="x", color="#eeeeee")
        axes.xaxis.set_major_locator(LogLocator(numticks=7))
    for place, each in enumerate((hollow or {}).values()):
        all_axes[0].plot(each, np.full(np.size(each), place), "o", color=palette["wrong"], mfc="none", ms=5)
    return figure

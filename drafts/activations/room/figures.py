"""Activations drawn: tangents under the microscope, units that are on or off, and what a last layer says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from coursekit.figures.style import NEGATIVE, POSITIVE, fixed_figure, palette, styled, written

Function = Callable[[Any], Any]
CLASS_STATES = ("some own row is on", "off in all own rows", "off in every row")
_CLASS_COLORS = (palette["validation"], palette["training"], palette["data"])


@styled
def draw_microscope(pairs: Mapping[str, tuple[Function, Function]], z: float, *, limit: float = 4.0) -> Figure:
    """Draw activations with their tangents at one sum, four panels in a row.

    Args:
        pairs: for each name the activation and its slope, both functions of arrays.
        z: the sum where the tangents touch, from -limit to limit.
        limit: the sums run from -limit to limit.

    Returns:
        the figure, not displayed; each panel's title is the name and the slope at z.

    Raises:
        ValueError: z lies outside the picture.
    """
    if not -limit <= z <= limit:
        raise ValueError(f"z is {z:g}, but the picture runs from {-limit:g} to {limit:g}; choose a z in it.")
    sums = np.linspace(-limit, limit, 321)
    rows = -(-len(pairs) // 4)
    figure = Figure(figsize=(9.6, 2.45 * rows))
    panels = figure.subplots(rows, 4, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (name, (function, slope_of)) in zip(panels, pairs.items(), strict=False):
        value, slope = (float(f(np.array([z]))[0]) for f in (function, slope_of))
        axes.axhline(0, color="#CCCCCC", lw=0.8)
        axes.axvline(0, color="#CCCCCC", lw=0.8)
        heights = np.asarray(function(sums), dtype=float)
        heights[1:][np.abs(np.diff(heights)) > 0.5] = np.nan  # a jump is no line
        axes.plot(sums, heights, color=palette["model"])
        axes.plot(z + np.array([-1.4, 1.4]), value + slope * np.array([-1.4, 1.4]), color=palette["gradient"], lw=3)
        axes.plot([z], [value], "o", color=palette["data"], ms=6, zorder=4)
        axes.set(title=f"{name}: {written(slope, '.3f')}", xlim=(-limit, limit), ylim=(-2.2, limit + 0.3))
    for axes in panels[len(pairs) :]:
        axes.set_axis_off()
    figure.supxlabel(f"the sum z, touched at z = {written(z)}; each title says the slope there", fontsize=11)
    return figure


@styled
def draw_switches(sums: Mapping[str, Any], *, ylabel: str = "row") -> Figure:
    """Draw which units are on for which rows, one panel for each network.

    Args:
        sums: for each title the sums in front of the activation, shape (rows, units).
        ylabel: what a row is.

    Returns:
        the figure, not displayed. Blue: on (the sum is above 0), white: off. A dead unit, off for all rows, has a mark
        under its column.

    Raises:
        ValueError: sums that are no table.
    """
    tables = {name: np.asarray(table) for name, table in sums.items()}
    for name, table in tables.items():
        if table.ndim != 2:
            raise ValueError(f"the sums of {name!r} have the shape {table.shape}; give rows and units, two axes.")
    figure = fixed_figure(4.6 * len(tables), 3.3)
    panels = figure.subplots(1, len(tables), squeeze=False, sharey=True)[0]
    figure.subplots_adjust(left=0.7 / (4.6 * len(tables)), right=0.98, bottom=0.17, top=0.9, wspace=0.06)
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        on = table > 0
        axes.imshow(on, cmap=ListedColormap(["white", POSITIVE]), vmin=0, vmax=1, aspect="auto")
        dead = np.flatnonzero(~on.any(axis=0))
        below = np.full(len(dead), -0.04)
        marks = dict(color=palette["wrong"], ms=5, clip_on=False, transform=axes.get_xaxis_transform())
        axes.plot(dead, below, "x", label="dead", **marks)
        axes.set(title=name, xticks=[], xlim=(-0.5, table.shape[1] - 0.5))
        axes.set_xlabel(f"{table.shape[1]} units; × is dead", labelpad=12)
    panels[0].set_ylabel(ylabel)
    return figure


@styled
def draw_starts(
    results: Mapping[str, Any],
    *,
    xlabel: str,
    xlim: tuple[float, float] = (0, 1),
    floor: float | None = None,
    title: str = "",
) -> Figure:
    """Draw one number for each start of several rivals: a dot a start, and a bar that ends at their median.

    Args:
        results: for each rival its numbers, shape (starts,).
        xlabel, xlim, title: of the panel.
        floor: what anybody reaches without learning, as a dashed line.

    Returns:
        the figure, not displayed; the first rival stands at the top.

    Raises:
        ValueError: no rival.
    """
    if not results:
        raise ValueError("draw_starts has nobody to compare; give at least one name with its numbers.")
    figure = Figure(figsize=(7, 0.8 + 0.42 * len(results)))
    axes = figure.subplots()
    for place, values in enumerate(results.values()):
        numbers = np.ravel(values)
        axes.barh(place, np.median(numbers), color=palette["validation"], alpha=0.55, height=0.62)
        axes.plot(numbers, np.full(len(numbers), place), "o", color=palette["data"], ms=4, alpha=0.7)
    if floor is not None:
        axes.axvline(floor, color=palette["wrong"], ls="--", lw=1.5)
    axes.set(yticks=range(len(results)), yticklabels=list(results), xlim=xlim, xlabel=xlabel, title=title)
    axes.invert_yaxis()
    return figure


@styled
def draw_outputs(outputs: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the outputs of several last layers side by side, one bar for each unit.

    Args:
        outputs: for each kind of output its numbers, shape (units,).

    Returns:
        the figure, not displayed; orange bars are negative, blue ones positive, and each title says the sum.

    Raises:
        ValueError: kinds with different numbers of units.
    """
    if len({len(values) for values in outputs.values()}) != 1:
        raise ValueError("the kinds have different numbers of units; give one number per unit to each kind.")
    figure = Figure(figsize=(2.5 * len(outputs), 3.0))
    panels = figure.subplots(1, len(outputs), sharey=True, squeeze=False)[0]
    for axes, (name, values) in zip(panels, outputs.items(), strict=True):
        numbers = np.asarray(values, dtype=float)
        colors = [POSITIVE if number > 0 else NEGATIVE for number in numbers]
        axes.bar(range(1, len(numbers) + 1), numbers, color=colors)
        for line in (-1, 1):
            axes.axhline(line, color="#BBBBBB", lw=1, ls=":")
        axes.axhline(0, color="#555555", lw=0.8)
        axes.set(title=f"{name}\nsum {written(numbers.sum(), '.2f')}", xticks=range(1, len(numbers) + 1))
        axes.set(xlabel="unit", ylim=(-4.3, 4.3))
    panels[0].set_ylabel("output")
    return figure


@styled
def draw_classes(states: Any, *, title: str = "") -> Figure:
    """Draw a hundred classes as a square of ten by ten.

    Args:
        states: for each class 0, 1 or 2, the place of its state in `CLASS_STATES`, shape (100,).
        title: of the picture.

    Returns:
        the figure, not displayed; the legend counts the classes in each state.

    Raises:
        ValueError: another number of classes, or another state.
    """
    numbers = np.asarray(states)
    if numbers.shape != (100,) or not np.isin(numbers, (0, 1, 2)).all():
        raise ValueError(f"give 100 states, each 0, 1 or 2, not an array of the shape {numbers.shape}.")
    figure = Figure(figsize=(6.2, 3.4))
    axes = figure.subplots()
    places = np.stack([np.arange(100) % 10, np.arange(100) // 10], axis=1)
    for state, (name, color, marker) in enumerate(zip(CLASS_STATES, _CLASS_COLORS, "osX", strict=True)):
        mine = places[numbers == state]
        axes.scatter(mine[:, 0], mine[:, 1], s=90, color=color, marker=marker, label=f"{name}: {len(mine)}")
    axes.set(xlim=(-0.6, 9.6), ylim=(9.6, -0.6), xticks=[], yticks=[], aspect="equal", title=title)
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure

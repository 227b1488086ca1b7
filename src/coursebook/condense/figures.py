"""Pooling drawn: windows over a map and over its edge, a dot that moves, means of many draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursekit.figures.arrays import as_array
from coursekit.figures.extraction import scale_limit
from coursekit.figures.images import one_map
from coursekit.figures.matrices import draw_matrix
from coursekit.figures.style import MAGNITUDE_MAP, fixed_figure, palette, styled


@styled
def draw_pooling(feature_map: Any, *, size: int = 2, stop: int | None = None) -> Figure:
    """Draw max pooling of a small map: the windows on the left, the numbers they keep on the right.

    Windows lie side by side from the first number on; one that hangs over the edge reads the numbers there are.

    Args:
        feature_map: shape (rows, columns), at most 30 each.
        size: rows and columns of a window, from 1.
        stop: number of the window to mark, with its result, counted row by row from 0; the results after it stay
            empty. None writes all numbers and marks no window.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: a map of another rank, a size below 1, or a stop past the last window.
    """
    values = one_map(feature_map)
    kept = max_pool(values, size)
    if stop is not None and not 0 <= stop < kept.size:
        raise ValueError(f"stop is {stop}, but there are {kept.size} windows, numbered 0 to {kept.size - 1}.")
    rows, columns = values.shape
    window = None
    if stop is not None:
        row, column = (int(start) * size for start in np.unravel_index(stop, kept.shape))
        window = (row, column, min(size, rows - row), min(size, columns - column))

    figure = Figure(figsize=(0.6 * (columns + kept.shape[1]) + 1, 0.6 * rows + 0.5))
    left, right = figure.subplots(1, 2, width_ratios=(columns, kept.shape[1]))
    draw_matrix(values, window=window, axes=left, title=f"map, {rows}×{columns}")
    _draw_grid(left, values.shape, size, color="black", lw=1.8)
    draw_matrix(
        kept,
        known=None if stop is None else stop + 1,
        window=None if stop is None else (stop // kept.shape[1], stop % kept.shape[1], 1, 1),
        axes=right,
        title=f"pooled, {kept.shape[0]}×{kept.shape[1]}",
    )
    return figure


@styled
def draw_edge_windows(values: Any, size: int, *, longest: int = 9) -> Figure:
    """Draw where the windows of max pooling lie on a line, and what they keep: ours, and those of Keras under "same".

    Ours start at the first number. Keras adds half of the missing places on the left (rounded down), the rest on the
    right. Added places are hatched.

    Args:
        values: shape (numbers,), at most `longest`.
        size: numbers in a window, from 1.
        longest: numbers there is room for, so that frames of several lines look alike.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: a line of another rank or too long, or a size below 1.
    """
    line = as_array(values, "values")
    if line.ndim != 1 or not 1 <= len(line) <= longest or size < 1:
        raise ValueError(
            f"a line of 1 to {longest} numbers and a size from 1 up are wanted, not the shape {line.shape} and {size}."
        )
    missing = -len(line) % size
    figure = fixed_figure(6.4, 3.4)
    for place, (title, first) in enumerate({"our windows": 0, 'Keras, padding="same"': -(missing // 2)}.items()):
        axes = figure.add_axes((0.02, 0.52 - 0.5 * place, 0.96, 0.38))
        for at in range(first, first + len(line) + missing):
            real = 0 <= at < len(line)
            axes.add_patch(
                Rectangle((at, 0), 1, 1, facecolor="white", edgecolor="#999999", lw=0.8, hatch="" if real else "////")
            )
            if real:
                axes.text(at + 0.5, 0.5, f"{line[at]:.3g}", ha="center", va="center", size=12)
        for start in range(first, len(line), size):
            kept = line[max(start, 0) : start + size].max()
            axes.add_patch(Rectangle((start, 0), size, 1, fill=False, edgecolor="black", lw=2.5, zorder=3))
            axes.text(start + size / 2, 1.55, f"{kept:.3g}", ha="center", va="center", size=13, weight="bold")
        axes.set(xlim=(-2.3, longest + 3.2), ylim=(2.1, -0.1))
        axes.set_title(title, x=(2.3 + len(line) / 2) / (longest + 5.5))  # over the numbers
        axes.axis("off")
    return figure


@styled
def draw_dot_shift(start: tuple[int, int], move: tuple[int, int], *, map_size: int = 10, size: int = 2) -> Figure:
    """Draw a dot, the place it moves to, and the max-pooled map before and after the move.

    Args:
        start: row and column of the dot, from 0.
        move: rows and columns it moves; down and right are positive.
        map_size: rows and columns of the map.
        size: rows and columns of a pooling window.

    Returns:
        the figure, not displayed; its title says whether the pooled map changed.

    Raises:
        ValueError: the dot starts or ends outside the map.
    """
    end = (start[0] + move[0], start[1] + move[1])
    if not all(0 <= place < map_size for place in (*start, *end)):
        raise ValueError(
            f"the dot goes from {start} to {end}, but rows and columns run from 0 to {map_size - 1}; "
            "choose another start or a smaller move."
        )
    before, after = (max_pool(_dot(place, map_size), size) for place in (start, end))
    same = np.array_equal(before, after)
    figure = Figure(figsize=(9, 3.7))
    panels = figure.subplots(1, 3)
    _draw_dots(panels[0], "map: the dot moves", map_size, start, faint=True)
    _draw_dots(panels[0], "map: the dot moves", map_size, end)
    _draw_grid(panels[0], (map_size, map_size), size, color="black", lw=1.8)
    if start != end:
        arrow = dict(arrowstyle="-|>", lw=2, color=palette["wrong"], shrinkA=0, shrinkB=0)
        panels[0].annotate(
            "", (end[1] + 0.5, end[0] + 0.5), xytext=(start[1] + 0.5, start[0] + 0.5), arrowprops=arrow, zorder=4
        )
    for axes, pooled, title in ((panels[1], before, "pooled, before"), (panels[2], after, "pooled, after")):
        _draw_dots(axes, title, len(pooled), *np.argwhere(pooled).tolist())
    figure.suptitle(
        "pooled maps: the same" if same else "pooled maps: different",
        color=palette["truth" if same else "wrong"],
        weight="bold",
    )
    return figure


@styled
def draw_unchanged_starts(unchanged: Mapping[str, Any]) -> Figure:
    """Draw, for some moves, from which start positions a move leaves the pooled map unchanged.

    Args:
        unchanged: for each move's name a boolean array of shape (rows, columns), one entry per start position.

    Returns:
        the figure, not displayed: "=" where nothing changes and "≠" elsewhere, the counts in the titles.

    Raises:
        ValueError: no move, or an array that is not two-dimensional.
    """
    grids = {name: np.asarray(grid, dtype=bool) for name, grid in unchanged.items()}
    if not grids or any(grid.ndim != 2 for grid in grids.values()):
        raise ValueError("draw_unchanged_starts wants for each move a table (rows, columns) of True and False.")
    figure = Figure(figsize=(3.1 * len(grids), 3.9))
    panels = figure.subplots(1, len(grids), squeeze=False)[0]
    for axes, (name, grid) in zip(panels, grids.items(), strict=True):
        for (row, column), same in np.ndenumerate(grid):
            color = palette["truth"] if same else "white"
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=color, edgecolor="#888888", lw=0.8))
            axes.text(column + 0.5, row + 0.5, "=" if same else "≠", ha="center", va="center", size=12)
        _frame(axes, grid.shape, f"{name}\nunchanged: {grid.sum()} of {grid.size}")
    return figure


@styled
def draw_running_means(draws: Any, levels: Mapping[str, float]) -> Figure:
    """Draw how the mean of random draws settles, one line per run, with named levels to compare with.

    Args:
        draws: shape (runs, draws).
        levels: value of each horizontal line, by name.

    Returns:
        the figure, not displayed; the number of draws is on a logarithmic axis.

    Raises:
        ValueError: draws of another rank.
    """
    values = as_array(draws, "draws")
    if values.ndim != 2:
        raise ValueError(f"draws has the shape {values.shape}, but (runs, draws) is wanted; try draws[np.newaxis].")
    counts = np.arange(1, values.shape[1] + 1)
    figure = Figure(figsize=(7, 3.6))
    axes = figure.subplots()
    for run in np.cumsum(values, axis=1) / counts:
        axes.plot(counts, run, color=palette["model"], alpha=0.5, lw=1.2)
    for name, level in levels.items():
        axes.axhline(level, color=palette["data"], lw=1.2, ls="--")
        axes.annotate(f"{name} {level:.3g}", (1.01, level), xycoords=("axes fraction", "data"), va="center")
    axes.set(xscale="log", xlim=(1, counts[-1]), xlabel="number of draws", ylabel="mean of the draws so far")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def max_pool(values: np.ndarray, size: int) -> np.ndarray:
    """The largest value of each size × size window, side by side; windows at the edge read the pixels there are."""
    if size < 1:
        raise ValueError(f"size is the rows and columns of a window, from 1 up, not {size}.")
    rows, columns = (range(0, length, size) for length in values.shape)
    return np.array([[values[r : r + size, c : c + size].max() for c in columns] for r in rows])


def _dot(place: tuple[int, int], map_size: int) -> np.ndarray:
    values = np.zeros((map_size, map_size))
    values[place] = 1
    return values


def _draw_dots(axes: Axes, title: str, length: int, *places: Sequence[int], faint: bool = False) -> None:
    for row, column in places:
        axes.add_patch(Rectangle((column, row), 1, 1, color=palette["model"], alpha=0.35 if faint else 1, lw=0))
    _draw_grid(axes, (length, length), 1, color="#BBBBBB", lw=0.7)
    _frame(axes, (length, length), f"{title} ({length}×{length})")


def _draw_grid(axes: Axes, shape: tuple[int, ...], step: int, *, color: str, lw: float) -> None:
    rows, columns = shape
    axes.hlines([*range(0, rows, step), rows], 0, columns, color=color, lw=lw, zorder=3)
    axes.vlines([*range(0, columns, step), columns], 0, rows, color=color, lw=lw, zorder=3)


def _frame(axes: Axes, shape: tuple[int, ...], title: str) -> None:
    axes.set(xlim=(-0.1, shape[1] + 0.1), ylim=(shape[0] + 0.1, -0.1), aspect="equal")
    axes.set(title=title, xticks=(), yticks=())
    axes.spines[:].set_visible(False)


@styled
def draw_magnitudes(
    maps: Sequence[Any], titles: Sequence[str], *, size: float = 3.0, limit: float | None = None
) -> Figure:
    """Draw non-negative maps side by side at one width and on one color scale, dark for 0.

    Args:
        maps: arrays of shape (rows, columns); they may differ in size.
        titles: one per map.
        size: width of one map in inches.
        limit: the value that gets the brightest color; by default the largest, but for 0.5 % in big maps.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no map, another number of titles, a wrong rank, or values below 0.
    """
    pictures = [one_map(feature_map) for feature_map in maps]
    if not pictures or len(pictures) != len(titles):
        raise ValueError(
            f"{len(pictures)} maps came with {len(titles)} titles; give at least one map and a title each."
        )
    if min(picture.min() for picture in pictures) < 0:
        raise ValueError("a map holds values below 0, but magnitudes start at 0; apply the ReLU first.")
    top = limit or max(scale_limit(picture) for picture in pictures)
    figure = Figure(figsize=(size * len(pictures), size * 1.12))
    for axes, picture, title in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures, titles, strict=True):
        axes.imshow(picture, cmap=MAGNITUDE_MAP, vmin=0, vmax=top)
        axes.set_title(title)
        axes.axis("off")
    return figure

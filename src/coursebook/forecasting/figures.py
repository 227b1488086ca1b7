"""Series in time: their windows, how windows are split, what a lookup finds, forecasts, and errors by day ahead."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from coursekit.figures.style import palette, styled

MOST_DAYS, MOST_LINES = 40, 5
# Whoever forecasts has one color in all figures, and none has that of a part.
FORECASTERS = {
    "last day": palette["data"],
    "last year": "#7B3294",
    "calendar": "#8B5A2B",
    "line": palette["model"],
    "GRU": palette["gradient"],
    "lookup": palette["wrong"],
}
PART_COLORS = {0: palette["training"], 1: palette["validation"], -1: "#D0D0D0"}


@styled
def draw_series(
    dates: Any, values: Any, *, curve: Any = None, parts: Mapping[str, tuple[int, int]] | None = None, ylabel: str = ""
) -> Figure:
    """Draw a series of days as dots, a curve through them, and the parts into which it is cut.

    Args:
        dates: one for each value.
        values: the series.
        curve: a smooth value for each day, such as the calendar's; None draws no curve.
        parts: for each part's name its first day and the day after its last one, counted from 0.
        ylabel: what the values are, with their unit.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: not one date for each value, or a part that is not inside the series.
    """
    times, heights = np.asarray(dates), _series(values)
    if len(times) != len(heights):
        raise ValueError(f"there are {len(times)} dates for {len(heights)} values; give one date for each value.")
    figure = Figure(figsize=(9, 2.9))
    axes = figure.subplots()
    axes.plot(times, heights, ".", color=palette["data"], ms=3, alpha=0.6)
    if curve is not None:
        axes.plot(times, np.asarray(curve), color=FORECASTERS["calendar"])
    for number, (name, (first, after)) in enumerate((parts or {}).items()):
        if not 0 <= first < after <= len(heights):
            raise ValueError(f"{name} goes from {first} to {after}, but the days are 0 to {len(heights) - 1}.")
        color = (palette["training"], palette["validation"], "white")[number % 3]  # the test stays in the drawer
        axes.axvspan(times[first], times[after - 1], color=color, alpha=0.22, lw=0)
        middle = times[(first + after) // 2]
        axes.text(middle, 1.02, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set(ylabel=ylabel)
    axes.margins(x=0.01)
    return figure


@styled
def draw_windows(values: Any, window: int, horizon: int, *, ylabel: str = "") -> Figure:
    """Draw a short series and, under it, every window (yellow) with the days it predicts (green).

    Args:
        values: 2 to 40 days.
        window: days that are read.
        horizon: days that are forecast, right after the window.
        ylabel: what the values are, with their unit.

    Returns:
        the figure, not displayed; its title counts the windows.

    Raises:
        ValueError: too many days, or no window fits.
    """
    days = _series(values)
    count = len(days) - window - horizon + 1
    if len(days) > MOST_DAYS or min(window, horizon, count) < 1:
        raise ValueError(
            f"{len(days)} days with a window of {window} and a horizon of {horizon} cannot be drawn; give up to "
            f"{MOST_DAYS} days, in which a window and its horizon, of at least one day each, find room."
        )
    figure = Figure(figsize=(7.4, 4))
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[1, 1.5])
    top.plot(days, "o-", color=palette["data"], ms=4, lw=1)
    top.set(ylabel=ylabel, title=f"{len(days)} days, window {window}, horizon {horizon}: {count} windows")
    for first in range(count):
        _draw_window(bottom, first, first, window, horizon, 0.8)
    bottom.set(xlim=(-0.7, len(days) - 0.3), ylim=(max(count, 8) - 0.3, -0.7), xlabel="day", ylabel="window")
    bottom.set_yticks(range(0, max(count, 8), 5))
    return figure


@styled
def draw_split(splits: Mapping[str, Any], length: int, *, first: int = 0, cut: int | None = None) -> Figure:
    """Draw windows as lines over the days they hold, colored by the part they belong to.

    Args:
        splits: for each panel's title the part of every window, in order: 0 training, 1 validation, -1 left out.
        length: days of one window with its targets.
        first: day at which the first window starts.
        cut: first day of the validation part, drawn as a line.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no panel, a part that is none of the three, or a length below 1.
    """
    if not splits or length < 1:
        raise ValueError("there is nothing to draw; give at least one split, and windows of at least one day.")
    figure = Figure(figsize=(3.2 * len(splits), 3.3))
    panels = figure.subplots(1, len(splits), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (title, parts) in zip(panels, splits.items(), strict=True):
        for number, part in enumerate(np.asarray(parts).tolist()):
            if part not in PART_COLORS:
                raise ValueError(f"a part is 0 (training), 1 (validation) or -1 (left out), not {part!r}.")
            start = first + number
            axes.plot((start, start + length - 1), (start, start), color=PART_COLORS[part], lw=2.2)
        if cut is not None:
            axes.axvline(cut - 0.5, color=palette["data"], lw=1.5)
        axes.set(title=title, xlabel="day")
    panels[0].invert_yaxis()
    panels[0].set_ylabel("first day of the window")
    handles = [Rectangle((0, 0), 1, 1, color=color) for color in PART_COLORS.values()]
    figure.legend(handles, ["training", "validation", "left out"], loc="outside lower center", ncols=3)
    return figure


@styled
def draw_twin(
    values: Any, asked: int, found: int, window: int, horizon: int, *, ylabel: str = "", ylim: Any = None
) -> Figure:
    """Draw a window, the most similar one that a lookup found, what followed each, and which days they share.

    Args:
        values: the series.
        asked, found: first days of the two windows.
        window: days that were compared.
        horizon: days whose values are copied.
        ylabel, ylim: of the values.

    Returns:
        the figure, not displayed. Above, both windows end on the same "today"; below they lie where they belong,
        on the whole series or, where they share days, on its part around them.

    Raises:
        ValueError: a window that leaves the series.
    """
    days, length = _series(values), window + horizon
    for start in (asked, found):
        if not 0 <= start <= len(days) - length:
            raise ValueError(f"a window that starts on day {start} needs days up to {start + length - 1}, not there.")
    figure = Figure(figsize=(7.4, 4.2))
    top, bottom = figure.subplots(2, 1, height_ratios=[3, 1])
    ahead = np.arange(-window + 1, horizon + 1)
    top.plot(ahead, days[asked : asked + length], color=palette["data"], label="asked, and what came")
    top.plot(ahead, days[found : found + length], "--", color=palette["wrong"], label="found, and what followed")
    top.axvspan(0.5, horizon + 0.5, color=palette["truth"], alpha=0.15, lw=0)
    top.set(xlabel="days after today", ylabel=ylabel, ylim=ylim, xlim=(-window, horizon + 1))
    error = np.abs(days[asked + window : asked + length] - days[found + window : found + length]).mean()
    shared = max(0, length - abs(asked - found))
    top.set_title(f"{shared} of {length} days are the same days   ·   error {error:.1f} °C")
    top.legend(loc="lower left", ncols=2)
    for row, start, color in ((0, asked, palette["data"]), (1, found, palette["wrong"])):
        bottom.add_patch(Rectangle((start - 0.5, row - 0.35), length, 0.7, color=color, lw=0))
    around = (min(asked, found) - 7, max(asked, found) + length + 6) if shared else (0, len(days))
    bottom.set(xlim=around, ylim=(1.6, -0.6), yticks=(0, 1), yticklabels=("asked", "found"))
    bottom.set_xlabel("day of the series")
    return figure


@styled
def draw_forecast(
    values: Any,
    today: int,
    window: int,
    forecasts: Mapping[str, Any],
    *,
    ylabel: str = "",
    title: str = "",
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Draw the last days, several forecasts made today, and what really came.

    Args:
        values: the series.
        today: the last known day, counted from 0.
        window: how many known days are drawn.
        forecasts: for each model's name its forecasts for the days after today; up to 5 models.
        ylabel, title, ylim: of the axes.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no or too many models, or days that the series does not have.
    """
    days = _series(values)
    _check_lines(forecasts)
    longest = max(len(forecast) for forecast in forecasts.values())
    if not window - 1 <= today < len(days) - longest:
        raise ValueError(
            f"{window} days up to day {today} and {longest} after it are drawn, but the days are 0 to {len(days) - 1}."
        )
    figure = Figure(figsize=(8.2, 3.3))
    axes = figure.subplots()
    axes.plot(range(1 - window, 1), days[today - window + 1 : today + 1], "o-", color=palette["data"], ms=4, lw=1)
    came = days[today + 1 : today + 1 + longest]
    axes.plot(range(1, longest + 1), came, "o", color=palette["truth"], ms=8, label="what came")
    for (name, forecast), look in zip(forecasts.items(), _looks(forecasts), strict=True):
        axes.plot(range(1, len(forecast) + 1), forecast, label=name, **look)
    axes.axvline(0.5, color="#999999", lw=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="days after today", ylabel=ylabel, title=title, ylim=ylim)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


@styled
def draw_errors(
    errors: Mapping[str, Any],
    places: Sequence[float] | None = None,
    *,
    xlabel: str = "days ahead",
    ylabel: str = "mean absolute error, °C",
    title: str = "",
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Draw the errors of several models against how far they look ahead, or against another number.

    Args:
        errors: for each model's name its errors; up to 5 models. Of "line, by time" and "line, shuffled" both lines
            have the color of "line", and the second one is dashed.
        places: where the errors belong on the horizontal axis, by default 1, 2, …
        xlabel, ylabel, title, ylim: of the axes.

    Returns:
        the figure, not displayed; names stand at the ends of the lines.

    Raises:
        ValueError: no or too many models, or not one error for each place.
    """
    _check_lines(errors)
    columns = {name: _series(line) for name, line in errors.items()}
    count = len(next(iter(columns.values())))
    across = np.arange(1, count + 1) if places is None else np.asarray(places)
    for name, line in columns.items():
        if len(line) != len(across):
            raise ValueError(f"{name} has {len(line)} errors for {len(across)} places; give one error for each place.")
    figure = Figure(figsize=(7.4, 3.6))
    axes = figure.subplots()
    for (name, line), look in zip(columns.items(), _looks(columns), strict=True):
        axes.plot(across, line, marker="o", ms=5, label=name, **look)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, xticks=across)
    axes.set_ylim(*(ylim or (0, 1.12 * max(line.max() for line in columns.values()))))
    _name_ends(axes, across[-1], {name: line[-1] for name, line in columns.items()})
    return figure


def _name_ends(axes: Axes, place: float, ends: Mapping[str, float]) -> None:
    """Write names beside the ends of lines; names that would cover each other spread evenly around their lines."""
    gap = 0.052 * float(np.diff(axes.get_ylim())[0])
    groups: list[list[tuple[str, float]]] = []
    for end in sorted(ends.items(), key=lambda pair: pair[1]):
        groups.append([end])
        while len(groups) > 1 and _heights(groups[-1], gap)[0] < _heights(groups[-2], gap)[-1] + gap:
            groups[-2:] = [groups[-2] + groups[-1]]
    for group in groups:
        for (name, _), height in zip(group, _heights(group, gap), strict=True):
            where: dict[str, Any] = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
            axes.annotate(name, (place, height), annotation_clip=False, **where)


def _heights(group: Sequence[tuple[str, float]], gap: float) -> np.ndarray:
    """Where the names of a group stand: a gap apart, with the middle of their lines as their own middle."""
    return np.mean([height for _, height in group]) + gap * (np.arange(len(group)) - (len(group) - 1) / 2)


def _looks(names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Color and line style for each name; what stands before a comma decides the color."""
    looks: list[dict[str, Any]] = []
    others = list(dict.fromkeys(name.partition(",")[0] for name in names))
    for name in names:
        model = name.partition(",")[0]
        color = FORECASTERS.get(model) or list(FORECASTERS.values())[others.index(model)]
        dashed = any(look["color"] == color for look in looks)
        looks.append({"color": color, "ls": "--" if dashed else "-"})
    return looks


def _draw_window(axes: Axes, row: float, first: int, window: int, horizon: int, height: float) -> None:
    for start, days, color in ((first, window, palette["kernel"]), (first + window, horizon, palette["truth"])):
        corner = (start - 0.5, row - height / 2)
        axes.add_patch(Rectangle(corner, days, height, fc=color, ec="white", lw=0.8))


def _check_lines(lines: Mapping[str, Any]) -> None:
    if not 1 <= len(lines) <= MOST_LINES:
        raise ValueError(f"{len(lines)} models cannot be told apart here; give 1 to {MOST_LINES}.")


def _series(values: Any) -> np.ndarray:
    series = np.asarray(values, dtype=float)
    if series.ndim != 1 or not series.size:
        raise ValueError(f"a series is a list of numbers, one a day, not of the shape {series.shape}.")
    return series

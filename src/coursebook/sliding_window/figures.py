"""Sliding windows in one dimension: where they stop, what they read, what a stack of layers sees, what they smooth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from coursekit.figures.arrays import as_array
from coursekit.figures.style import palette, styled

MOST_PIXELS = 40


def window_starts(n: int, kernel: int, stride: int = 1, padding: str = "valid") -> list[int]:
    """The pixel at which each window starts; below 0 where it starts in the padding.

    "valid" keeps whole windows only, so the list is empty if none fits. "same" makes ⌈n / stride⌉ stops and adds
    the zeros they need, half of them on the left, rounded down.

    Raises:
        ValueError: if n, kernel or stride is no whole number from 1, or the padding is unknown.

    Source: TensorFlow, "Notes on padding", docstring of `tf.nn`.
    """
    for name, value in (("n", n), ("kernel", kernel), ("stride", stride)):
        if int(value) != value or value < 1:
            raise ValueError(f"{name} is a whole number of pixels from 1 up, not {value!r}.")
    if padding == "valid":
        return list(range(0, n - kernel + 1, stride))
    if padding == "same":
        stops = -(-n // stride)
        zeros = max((stops - 1) * stride + kernel - n, 0)
        return [stop * stride - zeros // 2 for stop in range(stops)]
    raise ValueError(
        f"padding is 'valid' (whole windows only) or 'same' (stride alone sets the size), not {padding!r}."
    )


@styled
def draw_stops(n: int, kernel: int, stride: int = 1, padding: str = "valid") -> Figure:
    """Draw a row of n pixels and, under it, every stop of the window. Pixels that no window reads are orange.

    Args:
        n: pixels in the row, 1 to 40.
        kernel: pixels in the window.
        stride: pixels from one stop to the next.
        padding: "valid" or "same"; pixels of the padding are dashed and hold 0.

    Returns:
        the figure, not displayed. Its size depends on n only.

    Raises:
        ValueError: as `window_starts`, or for more than 40 pixels.
    """
    starts = window_starts(n, kernel, stride, padding)
    if n > MOST_PIXELS:
        raise ValueError(f"{n} pixels are too many to draw; up to {MOST_PIXELS} fit.")
    read = {pixel for start in starts for pixel in range(start, start + kernel)}
    unread = [pixel for pixel in range(n) if pixel not in read]

    figure = Figure(figsize=((n + 6) * 0.45, (n + 3) * 0.3))
    axes = figure.subplots()
    for pixel in range(min([0, *read]), max([n, *(p + 1 for p in read)])):
        inside = 0 <= pixel < n
        color = "white" if not inside else palette["wrong"] if pixel in unread else "#DDDDDD"
        _cell(axes, pixel, 0, color, str(pixel) if inside else "pad", dashed=not inside)
    for stop, start in enumerate(starts):
        axes.add_patch(Rectangle((start + 0.08, stop + 1.5), kernel - 0.16, 0.7, fc=palette["kernel"], ec="black"))
        axes.text(start + kernel / 2, stop + 1.88, str(stop + 1), ha="center", va="center", size=10)
    title = f"{n} pixels, kernel {kernel}, stride {stride}, {padding}: {_count(len(starts), 'stop')}"
    axes.set_title(f"{title}\n{_unread_text(unread)}", color=palette["wrong"] if unread else "black")
    axes.set(xlim=(-2.6, n + 3.1), ylim=(n + 1.7, -0.2))
    axes.axis("off")
    return figure


@styled
def draw_receptive_field(layers: Sequence[tuple[int, int]]) -> Figure:
    """Draw stacked one-dimensional layers, and in each what the one output at the top sees.

    Args:
        layers: (kernel, stride) of each layer, the first one first; all of them "valid".

    Returns:
        the figure, not displayed: the input is the lowest row.

    Raises:
        ValueError: no layer, a pair that is none, a number below 1, or an input of more than 40 pixels.
    """
    layers = [tuple(layer) for layer in layers]  # type: ignore[misc]
    if not layers or any(len(layer) != 2 or min(layer) < 1 for layer in layers):
        raise ValueError(f"layers is a list of (kernel, stride), each from 1 up, not {layers!r}; try [(3, 1), (3, 2)].")
    widths = [1]  # what one output needs in each row, from the top row down
    for kernel, stride in reversed(layers):
        widths.append((widths[-1] - 1) * stride + kernel)
    if widths[-1] > MOST_PIXELS:
        raise ValueError(f"one output sees {widths[-1]} pixels here, but up to {MOST_PIXELS} fit into the figure.")

    height = max(len(layers), 3)  # figures of up to three layers have one size
    figure = Figure(figsize=(7, 0.75 * height + 1.35))
    axes = figure.subplots()
    half = max(widths[-1], 16) / 2
    steps = np.cumprod([1, *(stride for _, stride in layers)])[::-1]  # pixels from one cell of a row to the next
    centers = [(np.arange(width) - (width - 1) / 2) * step for width, step in zip(widths, steps, strict=True)]
    for level, cells in enumerate(centers):
        y = 2 * level
        if level:
            upper, reach = centers[level - 1], (layers[-level][0] - 1) / 2 * steps[level] + 0.5
            for cell in upper:
                corners = [(cell - 0.5, y - 1), (cell + 0.5, y - 1), (cell + reach, y), (cell - reach, y)]
                axes.add_patch(Polygon(corners, fc=palette["kernel"], ec="#888888", lw=0.8, alpha=0.45))
        color = palette["data"] if level == len(layers) else palette["model"]
        for cell in cells:
            axes.add_patch(Rectangle((cell - 0.5, y), 1, 1, fc=color, ec="white", lw=1.5))
        name = "image" if level == len(layers) else f"layer {len(layers) - level}"
        axes.text(-half - 0.5, y + 0.5, f"{name}: {len(cells)}", ha="right", va="center")
    axes.set(xlim=(-half - 5, half + 0.2), ylim=(2 * height + 1.2, -0.2))
    axes.set_title(f"One output sees {_count(widths[-1], 'pixel')}")
    axes.axis("off")
    return figure


@styled
def draw_smoothing(values: Any, smooth: Any, *, start: int = 0, title: str = "", ylabel: str = "") -> Figure:
    """Draw a series of daily values and a smoothed version over it.

    Args:
        values: shape (days,).
        smooth: shape (days,), at most as long as `values`.
        start: the day of `values` at which `smooth` begins.
        title: text above.
        ylabel: what is measured, with its unit.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: another rank, NaN, or a smooth series that does not lie within the days of `values`.
    """
    series, line = as_array(values, "values"), as_array(smooth, "smooth")
    if series.ndim != 1 or line.ndim != 1 or start < 0 or start + len(line) > len(series):
        raise ValueError(
            f"values has the shape {series.shape} and smooth {line.shape} from day {start}, but one number a day is "
            "wanted, and no day outside values; drop axes of length 1 with np.squeeze."
        )
    figure = Figure(figsize=(7, 3))
    axes = figure.subplots()
    axes.plot(series, color=palette["data"], lw=0.8, alpha=0.5, label="measured")
    axes.plot(np.arange(start, start + len(line)), line, color=palette["model"], lw=2.5, label="smoothed")
    low, high = min(series.min(), 0), series.max()  # 0 in view: that is where zeros of the padding pull
    axes.set(title=title, xlabel="day", ylabel=ylabel, xlim=(0, len(series) - 1), ylim=(low - 1, high + 1))
    axes.legend(loc="upper center", ncols=2)
    return figure


def _cell(axes: Axes, x: float, y: float, color: str, text: str, dashed: bool) -> None:
    edge: dict[str, Any] = {"ec": "#888888", "ls": "--"} if dashed else {"ec": "black"}
    axes.add_patch(Rectangle((x + 0.04, y), 0.92, 1, fc=color, lw=1, **edge))
    axes.text(x + 0.5, y + 0.52, text, ha="center", va="center", size=10)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _unread_text(unread: Sequence[int]) -> str:
    return f"never read: {', '.join(map(str, unread))}" if unread else "every pixel is read"

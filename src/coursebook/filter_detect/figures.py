"""One window at a time: how a kernel makes a feature map, how a detector cuts it, how a kernel is learned."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from coursekit.figures.arrays import as_array
from coursekit.figures.extraction import extract, scale_limit
from coursekit.figures.images import draw_kernel
from coursekit.figures.style import IMAGE_MAP, NEGATIVE, SIGNED_MAP, fixed_figure, palette, styled

CELL = 0.38  # side of a matrix cell in inches


@styled
def draw_window_step(image: Any, kernel: Any, step: int) -> Figure:
    """Draw one stop of a sliding kernel: the window, its products with the kernel, and the feature map so far.

    Args:
        image: shape (rows, columns), small enough to read.
        kernel: shape (rows, columns), not larger than the image; it is not flipped (cross-correlation).
        step: the stop, counted from 0 row by row.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: an array that is no matrix, a kernel that does not fit, or a step past the last stop.
    """
    pixels, weights = _matrix(image, "image"), _matrix(kernel, "kernel")
    if weights.shape[0] > pixels.shape[0] or weights.shape[1] > pixels.shape[1]:
        raise ValueError(
            f"a kernel of shape {weights.shape} does not fit into an image of shape {pixels.shape}; "
            "use a smaller kernel or a larger image."
        )
    windows = np.lib.stride_tricks.sliding_window_view(pixels, weights.shape)
    feature_map = (windows * weights).sum(axis=(2, 3))
    if not 0 <= step < feature_map.size:
        raise ValueError(f"the window makes {feature_map.size} stops, 0 to {feature_map.size - 1}; there is no {step}.")
    row, column = divmod(step, feature_map.shape[1])
    products = windows[row, column] * weights + 0.0  # turns -0 into 0
    height, width = weights.shape

    rows, columns = pixels.shape
    apart = max(width + 1.0, 2.5)
    across = max(columns + feature_map.shape[1] + 1.6, 3 * apart + 1.6)
    down = rows + height + 2.8
    figure = fixed_figure(CELL * across, CELL * down)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, across), ylim=(down, 0), aspect="equal")
    axes.axis("off")
    below = rows + 2.5
    _write_matrix(axes, "Image", pixels, 0.3, 0.9, window=(row, column, height, width))
    _write_matrix(axes, "Feature map", feature_map, columns + 1.3, 0.9, window=(row, column, 1, 1), known=step + 1)
    _write_matrix(axes, "Window", windows[row, column], 0.3, below)
    _write_matrix(axes, "× kernel", weights, 0.3 + apart, below)
    _write_matrix(axes, "= products", products, 0.3 + 2 * apart, below)
    _write_matrix(axes, "sum", np.array([[products.sum()]]), 0.3 + 3 * apart, below, window=(0, 0, 1, 1))
    return figure


def _write_matrix(
    axes: Axes,
    title: str,
    values: np.ndarray,
    left: float,
    top: float,
    *,
    window: tuple[int, int, int, int] | None = None,
    known: int | None = None,
) -> None:
    """Write a matrix into a drawing whose unit is one cell; one collection for all cells, as 25 frames are drawn."""
    rows, columns = values.shape
    if window is not None:
        row, column, height, width = window
        box = _box(left + column, top + row, width, height)
        axes.add_collection(
            PolyCollection([box], facecolor=palette["kernel"], edgecolor="black", lw=2.5), autolim=False
        )
    cells = [_box(left + column, top + row, 1, 1) for row in range(rows) for column in range(columns)]
    axes.add_collection(PolyCollection(cells, facecolor="none", edgecolor="#888888", lw=0.8), autolim=False)
    for (row, column), value in list(np.ndenumerate(values))[:known]:
        axes.text(left + column + 0.5, top + row + 0.5, f"{value:.3g}", ha="center", va="center")
    axes.text(left + columns / 2, top - 0.2, title, ha="center", va="bottom")


def _box(left: float, top: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


@styled
def draw_responses(maps: Iterable[Any], titles: Sequence[str], *, what: str = "response", size: float = 2.6) -> Figure:
    """Draw filtered or detected maps side by side in the colors of signs, on one scale that a color bar explains.

    Args:
        maps: arrays of shape (rows, columns).
        titles: one per map.
        what: what the numbers are, written at the color bar.
        size: width of one map in inches.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: an array that is no matrix, or another number of titles.
    """
    matrices = [_matrix(values, title) for values, title in zip(maps, titles, strict=True)]
    limit = max(scale_limit(matrix) for matrix in matrices)
    tallest = max(matrix.shape[0] / matrix.shape[1] for matrix in matrices)
    figure = Figure(figsize=(size * len(matrices) + 0.9, size * tallest + 0.3))
    panels = figure.subplots(1, len(matrices), squeeze=False)[0]
    for axes, matrix, title in zip(panels, matrices, titles, strict=True):
        picture = axes.imshow(matrix, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
        axes.set_title(title)
        axes.axis("off")
    figure.colorbar(picture, ax=panels, label=what, fraction=0.05, pad=0.02, extend=_beyond(matrices, limit))
    return figure


@styled
def draw_filter_detect(image: Any, kernel: Any) -> Figure:
    """Draw a gray picture, a kernel's numbers, the filtered map and what ReLU leaves of it.

    Args:
        image: shape (rows, columns), values 0 to 1.
        kernel: shape (rows, columns), not larger than the image. Where its numbers sum to 0 the maps are drawn in the
            colors of signs; else they are pictures again, drawn in gray, and what is below 0 in orange.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: an array that is no matrix, or a kernel that does not fit.
    """
    pixels, weights = _matrix(image, "image"), _matrix(kernel, "kernel")
    filtered = extract(pixels, weights, activation=None).filtered
    detected = np.maximum(filtered, 0)
    below = (filtered < -1e-6).mean()
    limit = scale_limit(filtered)
    figure = fixed_figure(5.8, 5.4)
    panels = figure.subplots(
        2, 2, gridspec_kw=dict(left=0, right=0.88, top=0.95, bottom=0.01, wspace=0.04, hspace=0.12)
    )
    panels[0, 0].imshow(pixels, cmap=IMAGE_MAP, vmin=0, vmax=1)
    draw_kernel(weights, title=f"Kernel, sum {weights.sum():g}", axes=panels[0, 1])
    for axes, values in zip(panels[1], (filtered, detected), strict=True):
        if abs(weights.sum()) < 1e-6:
            picture = axes.imshow(values, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
        else:
            gray = np.clip(values, 0, 1)[..., np.newaxis]
            axes.imshow(np.where((values < -1e-6)[..., np.newaxis], to_rgb(NEGATIVE), gray))
    if abs(weights.sum()) < 1e-6:
        scale = figure.add_axes((0.89, 0.01, 0.02, 0.44))
        figure.colorbar(picture, cax=scale, label="response", extend=_beyond([filtered], limit))
        color = f"{below:.0%} below 0"
    else:
        color = f"{below:.0%} below 0 (orange)" if below else "nothing below 0"
    for axes, title in ((panels[0, 0], "Input"), (panels[1, 0], f"Filter: {color}"), (panels[1, 1], "Detect (ReLU)")):
        axes.set_title(title)
        axes.axis("off")
    return figure


@styled
def draw_color_filter(image: Any, weights: Any) -> Figure:
    """Draw what one filter does with a color picture: the picture, each channel under its kernel, and their sum.

    Args:
        image: shape (rows, columns, 3), values 0 to 1.
        weights: shape (rows, columns, 3), one kernel for each of red, green and blue; a kernel has one sign.

    Returns:
        the figure, not displayed. Channels are drawn in their own color, by magnitude; their signs stand in the titles.

    Raises:
        ValueError: a picture without three channels.
    """
    pixels, kernels = as_array(image, "image"), as_array(weights, "weights")
    if pixels.ndim != 3 or pixels.shape[2] != 3 or kernels.shape[2:] != (3,):
        raise ValueError(f"a color picture has the shape (rows, columns, 3), not {pixels.shape}; so have the weights.")
    parts = [extract(pixels[..., c], kernels[..., c], activation=None).filtered for c in range(3)]
    total = np.sum(parts, axis=0)
    top = max(np.abs(part).max() for part in parts)
    figure = Figure(figsize=(9.4, 2.3))
    panels = figure.subplots(1, 5)
    panels[0].imshow(pixels)
    panels[0].set_title("color picture")
    for c, name in enumerate(("red", "green", "blue")):
        tinted = np.zeros((*parts[c].shape, 3))
        tinted[..., c] = np.abs(parts[c]) / top
        panels[c + 1].imshow(tinted)
        panels[c + 1].set_title(f"{name} × {kernels[..., c].sum():g}".replace("-", "−"))
    limit = scale_limit(total)
    picture = panels[4].imshow(total, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
    panels[4].set_title("sum: one map")
    for axes in panels:
        axes.axis("off")
    figure.colorbar(picture, ax=panels[4], label="response", fraction=0.05, pad=0.02, extend=_beyond([total], limit))
    return figure


@styled
def draw_detector(filtered: Any, bias: float = 0.0) -> Figure:
    """Draw what ReLU keeps of a feature map after a bias was added: the values' histogram, and the detected map.

    Args:
        filtered: shape (rows, columns), what a filter wrote.
        bias: added to every value; a negative one is a threshold.

    Returns:
        the figure, not displayed. Its map has the scale of bias 0, so that maps of different biases compare.

    Raises:
        ValueError: an array that is no matrix.
    """
    values = _matrix(filtered, "filtered")
    detected = np.maximum(values + bias, 0)
    limit = scale_limit(values)
    figure = fixed_figure(7.4, 3.1)
    histogram, picture = figure.add_axes((0.1, 0.17, 0.43, 0.73)), figure.add_axes((0.54, 0.05, 0.36, 0.85))
    kept = values + bias > 0
    farthest = int(np.abs(10 * values).max()) + 1
    histogram.hist(
        [values[~kept], values[kept]],
        bins=(np.arange(-farthest, farthest + 1) / 10 + 1e-6).tolist(),  # 0.1 itself is left of 0.1
        stacked=True,
        color=["#BBBBBB", palette["model"]],
    )
    histogram.axvline(-bias, color="black", lw=1.5)
    histogram.set(xlabel="value in the filtered map", ylabel="pixels (log scale)", yscale="log", ylim=(0.5, None))
    histogram.minorticks_off()
    histogram.set_title(f"ReLU(value {'−' if bias < 0 else '+'} {abs(bias):g}): gray is removed")
    shown = picture.imshow(detected, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
    scale = figure.add_axes((0.9, 0.05, 0.015, 0.85))
    figure.colorbar(shown, cax=scale, label="detected response", extend=_beyond([detected], limit))
    scale.set_ylim(0, limit)
    picture.set_title(f"detected: {(detected > 0).mean():.0%} of the pixels")
    picture.axis("off")
    return figure


@styled
def draw_kernel_training(kernels: Sequence[Any], losses: Sequence[float], target: Any, epoch: int) -> Figure:
    """Draw a kernel while it is learned: its weights after an epoch, the kernel to be found, and the loss so far.

    Args:
        kernels: the weights after each epoch, each of shape (rows, columns).
        losses: the loss of each epoch, above 0.
        target: the kernel that made the training pictures, shape (rows, columns).
        epoch: which epoch to draw, counted from 1.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: lists of different lengths, or an epoch that was not trained.
    """
    if len(kernels) != len(losses):
        raise ValueError(f"there are {len(kernels)} kernels but {len(losses)} losses; give one of each per epoch.")
    if not 1 <= epoch <= len(losses):
        raise ValueError(f"the training has the epochs 1 to {len(losses)}; there is no epoch {epoch}.")
    figure = fixed_figure(7.6, 2.5)
    learned, wanted, curve = (
        figure.add_axes(place) for place in ((0, 0.04, 0.28, 0.85), (0.3, 0.04, 0.28, 0.85), (0.7, 0.2, 0.29, 0.68))
    )
    draw_kernel(np.round(kernels[epoch - 1], 2) + 0.0, title=f"learned, epoch {epoch}", axes=learned)
    draw_kernel(target, title="the hidden kernel", axes=wanted)
    curve.plot(range(1, len(losses) + 1), losses, color=palette["training"], alpha=0.35)
    curve.plot(range(1, epoch + 1), losses[:epoch], color=palette["training"])
    curve.plot(epoch, losses[epoch - 1], "o", color="black")
    curve.set_yscale("log")
    curve.minorticks_off()
    curve.set(xlabel="epoch", ylabel="mean squared error", title=f"loss {losses[epoch - 1]:.1g}")
    return figure


def _beyond(maps: Sequence[np.ndarray], limit: float) -> str:
    """At which ends of a color bar an arrow says that some numbers lie beyond it."""
    above, below = (any((sign * values).max() > limit for values in maps) for sign in (1, -1))
    return {(False, False): "neither", (True, False): "max", (False, True): "min", (True, True): "both"}[above, below]


def _matrix(values: Any, name: str) -> np.ndarray:
    matrix = as_array(values, name)
    if matrix.ndim != 2:
        raise ValueError(
            f"{name} has the shape {matrix.shape}, but one matrix (rows, columns) is wanted; "
            "np.squeeze drops axes of length 1."
        )
    return matrix

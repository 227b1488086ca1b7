"""One window at a time: how a kernel makes a feature map, how a detector cuts it, how a kernel is learned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from coursekit.figures.arrays import as_array
from coursekit.figures.extraction import extract, scale_limit
from coursekit.figures.images import draw_kernel
from coursekit.figures.matrices import draw_matrix
from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, SIGNED_MAP, palette, styled

CELL = 0.5  # side of a matrix cell in inches


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
    size = (max(columns + feature_map.shape[1] + 1.6, 3 * apart + 1.6), rows + height + 2.8)
    figure = Figure(figsize=(CELL * size[0], CELL * size[1]))
    figure.set_layout_engine("none")
    marked = (row, column, height, width)
    for x, y, title, values, options in (
        (0.3, 0.9, "Image", pixels, {"window": marked}),
        (columns + 1.3, 0.9, "Feature map", feature_map, {"window": (row, column, 1, 1), "known": step + 1}),
        (0.3, rows + 2.5, "Window", windows[row, column], {}),
        (0.3 + apart, rows + 2.5, "× kernel", weights, {}),
        (0.3 + 2 * apart, rows + 2.5, "= products", products, {}),
        (0.3 + 3 * apart, rows + 2.5, "sum", [[products.sum()]], {"window": (0, 0, 1, 1)}),
    ):
        down, across = np.shape(values)
        place = (x / size[0], 1 - (y + down) / size[1], across / size[0], down / size[1])
        axes = figure.add_axes(place)
        draw_matrix(values, axes=axes, **options)
        axes.set_title(title, y=1)  # a fixed place: matplotlib would look for one at every draw
    return figure


@styled
def draw_filter_detect(image: Any, kernel: Any) -> Figure:
    """Draw a gray picture, a kernel's numbers, the filtered map and what ReLU leaves of it.

    Args:
        image: shape (rows, columns), values 0 to 1.
        kernel: shape (rows, columns), not larger than the image. Where its numbers sum to 0 the filtered map is drawn
            in the diverging map, zero in the middle; else it is a picture again and drawn in gray, 0 to 1.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: an array that is no matrix, or a kernel that does not fit.
    """
    pixels, weights = _matrix(image, "image"), _matrix(kernel, "kernel")
    filtered = extract(pixels, weights, activation=None).filtered
    detected = np.maximum(filtered, 0)
    limit = scale_limit(filtered)
    gray = {"cmap": IMAGE_MAP, "vmin": 0, "vmax": 1}
    signed = {"cmap": SIGNED_MAP, "vmin": -limit, "vmax": limit}
    magnitude = {"cmap": MAGNITUDE_MAP, "vmin": 0, "vmax": limit}
    keeps_brightness = abs(weights.sum()) > 1e-6
    figure = Figure(figsize=(5.2, 5.6))
    panels = figure.subplots(2, 2).ravel()
    draw_kernel(weights, title=f"Kernel, sum {weights.sum():g}", axes=panels[1])
    for axes, title, values, look in (
        (panels[0], "Input", pixels, gray),
        (panels[2], "Filter", filtered, gray if keeps_brightness else signed),
        (panels[3], "Detect (ReLU)", detected, gray if keeps_brightness else magnitude),
    ):
        axes.imshow(values, **look)
        axes.set_title(title)
        axes.axis("off")
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
    figure = Figure(figsize=(7, 3.1))
    histogram, picture = figure.subplots(1, 2, width_ratios=(1.3, 1))
    kept = values + bias > 0
    histogram.hist(
        [values[~kept], values[kept]],
        bins=np.linspace(-limit, limit, 41).tolist(),
        stacked=True,
        color=["#BBBBBB", palette["model"]],
    )
    histogram.axvline(-bias, color="black", lw=1.5)
    histogram.set(xlabel="value in the filtered map", ylabel="pixels (log scale)", yscale="log")
    histogram.set_title(f"gray: removed by ReLU(value {bias:+g})")
    picture.imshow(detected, cmap=MAGNITUDE_MAP, vmin=0, vmax=limit)
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
    figure = Figure(figsize=(7, 2.7))
    learned, wanted, curve = figure.subplots(1, 3, width_ratios=(1, 1, 1.3))
    draw_kernel(np.round(kernels[epoch - 1], 2) + 0.0, title=f"learned, epoch {epoch}", axes=learned)
    draw_kernel(target, title="never shown", axes=wanted)
    curve.plot(range(1, len(losses) + 1), losses, color=palette["training"], alpha=0.35)
    curve.plot(range(1, epoch + 1), losses[:epoch], color=palette["training"])
    curve.plot(epoch, losses[epoch - 1], "o", color="black")
    curve.set(xlabel="epoch", ylabel="mean squared error", yscale="log", title=f"loss {losses[epoch - 1]:.1g}")
    return figure


def _matrix(values: Any, name: str) -> np.ndarray:
    matrix = as_array(values, name)
    if matrix.ndim != 2:
        raise ValueError(
            f"{name} has the shape {matrix.shape}, but one matrix (rows, columns) is wanted; "
            "np.squeeze drops axes of length 1."
        )
    return matrix

"""Filter, detect, condense: the three steps of feature extraction, computed and drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.figures.arrays import as_array
from coursekit.figures.display import Result, show
from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, SIGNED_MAP, styled

OPS = ("Input", "Filter", "Detect", "Condense")
LARGEST_WITH_NUMBERS = 12


@dataclass(frozen=True)
class Extraction(Result):
    """The four stages as float64 arrays of shape (rows, columns); a color input is (rows, columns, 3)."""

    input: np.ndarray
    filtered: np.ndarray
    detected: np.ndarray
    condensed: np.ndarray
    figure: Figure | None = field(default=None, repr=False)


def show_extraction(
    image: Any,
    kernel: Any,
    conv_stride: int = 1,
    conv_padding: str = "valid",
    activation: str | Callable[..., Any] | None = "relu",
    pool_size: int = 2,
    pool_stride: int | None = 2,
    pool_padding: str = "same",
    figsize: tuple[float, float] = (10, 10),
    subplot_shape: tuple[int, int] = (2, 2),
    ops: Sequence[str] = OPS,
    gamma: float = 1.0,
    alt: str | None = None,
) -> Extraction:
    """Convolve a picture with a kernel, apply an activation, pool, and display the steps side by side.

    The convolution is the one of `tf.nn.conv2d`: the kernel is not flipped. A color picture and a matrix kernel
    meet in gray (ITU-R BT.601 luminance); a kernel of shape (rows, columns, 3) reads the colors themselves.

    Args:
        image: shape (rows, columns) or (rows, columns, 1 or 3), or one of these with a leading batch axis of 1;
            array, tensor or list of any number type.
        kernel: shape (rows, columns), or (rows, columns, channels) with one matrix per channel of the image.
        conv_stride: pixels the kernel moves, from 1; an equal pair such as (2, 2) passes, here and for the pool.
        conv_padding: "valid" or "same".
        activation: a Keras activation by name or function; None for none.
        pool_size: side of the square max-pooling window, from 1.
        pool_stride: pixels the pooling window moves, from 1; None means pool_size.
        pool_padding: "valid" or "same".
        figsize: width and height in inches.
        subplot_shape: rows and columns of panels; room for all `ops`.
        ops: which steps to draw, from "Input", "Filter", "Detect", "Condense".
        gamma: exponent for the displayed brightness of Detect and Condense; below 1 brightens. The returned numbers
            do not change.
        alt: text for readers who cannot see the figure; by default the steps and their sizes.

    Returns:
        the four arrays and the figure.

    Raises:
        ValueError: a wrong rank, NaN or infinity, a kernel or pool that does not fit, an unknown name,
            or too few panels. The message says how to fix it.

    Source: the steps follow Kaggle Learn's course Computer Vision, lessons 2 to 4.
    """
    ops = _checked_ops(ops, subplot_shape)
    stages = extract(image, kernel, conv_stride, conv_padding, activation, pool_size, pool_stride, pool_padding)
    figure = _draw_stages(stages, figsize, subplot_shape, ops, gamma)
    show(figure, alt=alt or _description(stages, ops))
    return replace(stages, figure=figure)


def draw_extraction(
    image: Any,
    kernel: Any,
    *,
    figsize: tuple[float, float] = (10, 10),
    subplot_shape: tuple[int, int] = (2, 2),
    ops: Sequence[str] = OPS,
    gamma: float = 1.0,
    **settings: Any,
) -> Figure:
    """The figure of `show_extraction`, not displayed. Arguments and errors as there."""
    ops = _checked_ops(ops, subplot_shape)
    return _draw_stages(extract(image, kernel, **settings), figsize, subplot_shape, ops, gamma)


@styled
def _draw_stages(
    stages: Extraction,
    figsize: tuple[float, float],
    subplot_shape: tuple[int, int],
    ops: Sequence[str],
    gamma: float,
) -> Figure:
    if not gamma > 0:
        raise ValueError(f"gamma is an exponent above 0, not {gamma!r}; 1 changes nothing, 0.5 brightens.")
    figure = Figure(figsize=figsize)
    panels = figure.subplots(*subplot_shape, squeeze=False).ravel()
    for axes, name in zip(panels, ops, strict=False):
        _draw_stage(axes, name, _stage(stages, name), gamma)
    for axes in panels[len(ops) :]:
        axes.axis("off")
    return figure


def extract(
    image: Any,
    kernel: Any,
    conv_stride: int = 1,
    conv_padding: str = "valid",
    activation: str | Callable[..., Any] | None = "relu",
    pool_size: int = 2,
    pool_stride: int | None = 2,
    pool_padding: str = "same",
) -> Extraction:
    """Compute the four stages without drawing. Arguments and errors as in `show_extraction`."""
    pixels, weights = _checked_image(image), _checked_kernel(kernel)
    if pixels.shape[2] == 3 and weights.ndim == 2:
        pixels = pixels @ np.array([[0.299], [0.587], [0.114]])
    weights = weights[..., np.newaxis] if weights.ndim == 2 else weights
    if weights.shape[2] != pixels.shape[2]:
        raise ValueError(
            f"the kernel has {weights.shape[2]} matrices, but the image has {pixels.shape[2]} channel(s); "
            "a filter is one matrix per channel, so give a kernel of shape (rows, columns, channels) or one matrix."
        )
    conv_stride = _whole("conv_stride", conv_stride)
    conv_padding = _padding("conv_padding", conv_padding)
    pool_size = _whole("pool_size", pool_size)
    pool_stride = pool_size if pool_stride is None else _whole("pool_stride", pool_stride)
    pool_padding = _padding("pool_padding", pool_padding)
    _check_fit("kernel", weights.shape[:2], pixels.shape[:2], conv_padding, "conv_padding")

    from keras import ops as k

    filtered = k.conv(pixels[np.newaxis], weights[..., np.newaxis], strides=conv_stride, padding=conv_padding)
    detected = _activation(activation)(filtered)
    _check_fit("pooling window", (pool_size, pool_size), tuple(detected.shape[1:3]), pool_padding, "pool_padding")
    condensed = k.max_pool(detected, pool_size, strides=pool_stride, padding=pool_padding)
    filtered, detected, condensed = (np.asarray(stage)[0, ..., 0] for stage in (filtered, detected, condensed))
    return Extraction(pixels[..., 0] if pixels.shape[2] == 1 else pixels, filtered, detected, condensed)


def _stage(stages: Extraction, name: str) -> np.ndarray:
    arrays = (stages.input, stages.filtered, stages.detected, stages.condensed)
    return arrays[OPS.index(name)]


def _draw_stage(axes: Axes, name: str, values: np.ndarray, gamma: float) -> None:
    rows, columns = values.shape[:2]
    axes.set_title(f"{name}: {rows}×{columns}")
    axes.axis("off")
    if name == "Filter" or values.min() < 0:
        limit = scale_limit(values)
        picture = axes.imshow(values, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
    else:
        top = float(values.max()) or 1.0 if name == "Input" else scale_limit(values)
        brightness = np.clip(values / top, 0, 1) ** (1 if name == "Input" else gamma)
        picture = axes.imshow(brightness, cmap=IMAGE_MAP if name == "Input" else MAGNITUDE_MAP, vmin=0, vmax=1)
    if values.ndim == 2 and max(rows, columns) <= LARGEST_WITH_NUMBERS:
        write_numbers(axes, values, picture)


def scale_limit(values: np.ndarray) -> float:
    """The magnitude that gets a color map's strongest color: the largest, or in a photograph all but 0.5 % of them."""
    magnitudes = np.abs(values)
    limit = np.percentile(magnitudes, 99.5) if values.size > LARGEST_WITH_NUMBERS**2 else magnitudes.max()
    return float(limit or magnitudes.max() or 1.0)


def write_numbers(axes: Axes, values: np.ndarray, picture: Any, size: float = 10) -> None:
    """Write each value of a small matrix into its pixel, black or white, whichever reads better on the color."""
    colors = picture.to_rgba(picture.get_array())
    for (row, column), value in np.ndenumerate(values):
        light = float(colors[row, column, :3] @ np.array([0.299, 0.587, 0.114])) > 0.5
        axes.text(
            column, row, f"{value:.3g}", ha="center", va="center", size=size, color="black" if light else "white"
        )  # fmt: skip


def _description(extraction: Extraction, ops: Sequence[str]) -> str:
    sizes = (f"{name} {'×'.join(map(str, _stage(extraction, name).shape[:2]))}" for name in ops)
    return f"Feature extraction step by step: {', '.join(sizes)}."


def _checked_image(image: Any) -> np.ndarray:
    pixels = as_array(image, "image")
    given = pixels.shape
    if pixels.ndim == 4 and given[0] == 1:
        pixels = pixels[0]
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3):
        raise ValueError(
            f"image has the shape {given}, but one picture is wanted: (rows, columns) for gray or "
            "(rows, columns, 3) for color. Take one picture of a batch with images[0]; drop an alpha channel with "
            "image[..., :3]."
        )
    return pixels


def _checked_kernel(kernel: Any) -> np.ndarray:
    weights = as_array(kernel, "kernel")
    given = weights.shape
    if weights.ndim == 4 and given[3] == 1:
        weights = weights[..., 0]
    if weights.ndim == 3 and weights.shape[2] == 1:
        weights = weights[..., 0]
    if weights.ndim not in (2, 3):
        raise ValueError(
            f"kernel has the shape {given}, but one filter is wanted: (rows, columns), or (rows, columns, channels) "
            "for color. A flat list of 9 weights becomes a 3×3 kernel with np.reshape(kernel, (3, 3))."
        )
    return weights


def _checked_ops(ops: Sequence[str], subplot_shape: tuple[int, int]) -> tuple[str, ...]:
    ops = (ops,) if isinstance(ops, str) else tuple(ops)
    unknown = [name for name in ops if name not in OPS]
    if unknown or not ops:
        raise ValueError(
            f"ops holds {', '.join(map(repr, unknown)) or 'nothing'}, but the steps are: {', '.join(OPS)}."
        )  # fmt: skip
    if len(subplot_shape) != 2 or min(subplot_shape) < 1:
        raise ValueError(f"subplot_shape is (rows, columns) of panels, from 1 each, not {subplot_shape!r}; try (1, 4).")
    if subplot_shape[0] * subplot_shape[1] < len(ops):
        raise ValueError(
            f"subplot_shape={tuple(subplot_shape)} has room for {subplot_shape[0] * subplot_shape[1]} panel(s), but "
            f"there are {len(ops)} steps to draw ({', '.join(ops)}); give (1, {len(ops)}) or name fewer ops."
        )
    return ops


def _check_fit(what: str, window: Sequence[int], size: Sequence[int], padding: str, argument: str) -> None:
    if padding == "valid" and (window[0] > size[0] or window[1] > size[1]):
        raise ValueError(
            f"a {window[0]}×{window[1]} {what} does not fit into a map of {size[0]}×{size[1]} pixels, and 'valid' "
            f"keeps whole windows only; use a smaller {what}, a larger image, or {argument}='same'."
        )


def _whole(name: str, value: Any) -> int:
    if np.shape(value) == (2,):
        if value[0] != value[1]:
            raise ValueError(f"{name} is {value!r}, but windows are square here and move alike in both directions; "
                             "give one number.")  # fmt: skip
        value = value[0]
    try:
        whole = int(value)
    except (TypeError, ValueError):
        whole = 0
    if whole < 1 or whole != value:
        raise ValueError(f"{name} is a whole number of pixels from 1 up, not {value!r}.")
    return whole


def _padding(name: str, value: Any) -> str:
    padding = str(value).lower()
    if padding not in ("valid", "same"):
        raise ValueError(
            f"{name} is 'valid' (whole windows only) or 'same' (pad so that the stride alone sets the size), "
            f"not {value!r}."
        )
    return padding


def _activation(activation: str | Callable[..., Any] | None) -> Callable[..., Any]:
    import keras

    try:
        return keras.activations.get(activation)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"activation={activation!r} is no Keras activation; use a name such as 'relu', a function, or None."
        ) from error

"""Pictures, kernels and feature maps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.figures.arrays import as_array
from coursekit.figures.display import Result, show
from coursekit.figures.extraction import scale_limit, write_numbers
from coursekit.figures.style import IMAGE_MAP, SIGNED_MAP, styled


@dataclass(frozen=True)
class Shown(Result):
    """What was displayed: the values, images or maps first, and the figure."""

    values: np.ndarray | tuple[np.ndarray, ...]
    figure: Figure = field(repr=False)


def show_images(
    images: Sequence[Any] | Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    figsize: tuple[float, float] | None = None,
    signed: bool = False,
    alt: str | None = None,
) -> Shown:
    """Display pictures in a grid. Arguments as in `draw_images`; `alt` is by default made from the titles."""
    pictures = _checked_images(images)
    figure = draw_images(pictures, titles, columns=columns, figsize=figsize, signed=signed)
    names = f": {', '.join(titles)}" if titles else ""
    show(figure, alt=alt or f"{len(pictures)} picture{'s' if len(pictures) > 1 else ''}{names}.")
    return Shown(pictures, figure)


@styled
def draw_images(
    images: Sequence[Any] | Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    figsize: tuple[float, float] | None = None,
    signed: bool = False,
) -> Figure:
    """Draw pictures in a grid.

    Args:
        images: a sequence of pictures of shape (rows, columns), (rows, columns, 1) or (rows, columns, 3), or one
            array of shape (pictures, rows, columns[, channels]). Color is 0 to 1, or 0 to 255 as whole numbers.
            Gray pictures with values in 0 to 1 or 0 to 255 keep that scale; others are scaled to their own range.
        titles: one per picture.
        columns: pictures in a row; by default up to 4.
        figsize: width and height in inches.
        signed: draw gray pictures in the diverging map, zero in the middle, all on one scale.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no picture, a picture of another shape, or another number of titles.
    """
    pictures = _checked_images(images)
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"there are {len(pictures)} pictures but {len(titles)} titles; give one title per picture.")
    across = min(columns or 4, len(pictures))
    if across < 1:
        raise ValueError(f"columns is the number of pictures in a row, from 1 up, not {columns}.")
    down = ceil(len(pictures) / across)
    figure = Figure(figsize=figsize or (2.4 * across, 2.7 * down))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    limit = max(scale_limit(picture) for picture in pictures)
    for index, axes in enumerate(panels):
        axes.axis("off")
        if index < len(pictures):
            _draw_picture(axes, pictures[index], limit if signed else None)
            axes.set_title(titles[index] if titles else "")
    return figure


def show_kernel(kernel: Any, *others: Any, title: str = "Kernel", alt: str | None = None, **more: Any) -> Shown:
    """Display a kernel's weights as numbers on colors, zero in the middle. Shape (rows, columns).

    Raises TypeError for other arguments, such as those of the function of this name in Kaggle Learn's Computer Vision.
    """
    if others or more:
        given = ", ".join([*map(repr, others), *more])
        raise TypeError(
            f"show_kernel takes a kernel, title= and alt=, not {given}. It writes every weight into its cell in a size "
            "that fits, so leave out what Kaggle's function takes: label, digits and text_size."
        )
    weights = _checked_weights(kernel)
    rows = "; ".join(" ".join(f"{value:.3g}" for value in row) for row in weights)
    figure = draw_kernel(weights, title=title)
    show(figure, alt=alt or f"{title}, {weights.shape[0]} rows by {weights.shape[1]} columns: {rows}.")
    return Shown(weights, figure)


@styled
def draw_kernel(kernel: Any, *, title: str = "Kernel", axes: Axes | None = None) -> Figure:
    """Draw a kernel's weights, shape (rows, columns), as numbers on colors; the figure is not displayed."""
    weights = _checked_weights(kernel)
    rows, columns = weights.shape
    axes = axes or Figure(figsize=(max(columns, 3) * 0.75, max(rows, 2) * 0.75 + 0.4)).subplots()
    limit = float(np.abs(weights).max()) or 1.0
    picture = axes.imshow(weights, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
    write_numbers(axes, weights, picture, size=11)
    axes.set_title(title)
    axes.axis("off")
    return axes.get_figure(root=True)  # type: ignore[return-value]


def _draw_picture(axes: Axes, picture: np.ndarray, limit: float | None) -> None:
    if picture.ndim == 3:
        axes.imshow(np.clip(picture / 255 if picture.max() > 1 else picture, 0, 1))
    elif limit is not None:
        axes.imshow(picture, cmap=SIGNED_MAP, vmin=-limit, vmax=limit)
    else:
        low, high = float(picture.min()), float(picture.max())
        top = 1.0 if high <= 1 else 255.0
        inside = low >= 0 and high <= 255
        axes.imshow(picture, cmap=IMAGE_MAP, vmin=0 if inside else low, vmax=top if inside else high)


def _checked_images(images: Sequence[Any] | Any) -> tuple[np.ndarray, ...]:
    pictures = tuple(as_array(image, f"picture {index}") for index, image in enumerate(images))
    pictures = tuple(p[..., 0] if p.ndim == 3 and p.shape[2] == 1 else p for p in pictures)
    if not pictures:
        raise ValueError("there is no picture to show; give at least one.")
    for index, picture in enumerate(pictures):
        if picture.ndim != 2 and not (picture.ndim == 3 and picture.shape[2] == 3):
            raise ValueError(
                f"picture {index} has the shape {picture.shape}, but (rows, columns) or (rows, columns, 3) is wanted; "
                "put a single picture into a list: [image]."
            )
    return pictures


def _checked_weights(kernel: Any) -> np.ndarray:
    weights = as_array(kernel, "kernel")
    given = weights.shape
    while weights.ndim > 2 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.ndim != 2:
        raise ValueError(
            f"kernel has the shape {given}, but one matrix (rows, columns) is wanted; take one channel of one filter, "
            "such as kernel[:, :, 0, 0]."
        )
    return weights


def one_map(feature_map: Any) -> np.ndarray:
    """A map as an array of shape (rows, columns). Raises ValueError for another rank."""
    values = as_array(feature_map, "the map")
    if values.ndim != 2:
        raise ValueError(
            f"the map has the shape {values.shape}, but (rows, columns) is wanted; take one map of a batch, "
            "such as maps[0, :, :, 0]."
        )
    return values

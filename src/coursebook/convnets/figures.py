"""Convolutional blocks: who is wired to whom, the feature maps of a layer, and what a map answers to most strongly."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from coursekit.figures.arrays import as_array
from coursekit.figures.extraction import scale_limit
from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, SIGNED_MAP, palette, styled

if TYPE_CHECKING:
    import keras

WIRINGS = ("dense", "local", "shared")
WEIGHT_COLORS = tuple(palette[role] for role in ("model", "wrong", "truth", "gradient", "training"))
MOST_PIXELS = 16


@styled
def draw_connections(wiring: str, pixels: int = 8, kernel: int = 3) -> Figure:
    """Draw a row of pixels, and as many numbers that are computed from it, with a wire for every weight that is used.

    Args:
        wiring: "dense" (every number reads every pixel), "local" (each reads a window, with weights of its own) or
            "shared" (each reads a window, all with the same weights: a convolution). Equal colors are equal weights.
        pixels: 4 to 16.
        kernel: pixels in a window: 3 or 5. Windows reach over the edge, where a zero stands (dashed).

    Returns:
        the figure, not displayed; its title counts the weights.

    Raises:
        ValueError: for another wiring, number of pixels or kernel.
    """
    if wiring not in WIRINGS:
        raise ValueError(f"wiring is one of {', '.join(WIRINGS)}, not {wiring!r}.")
    if kernel not in (3, 5):
        raise ValueError(f"kernel is 3 or 5 pixels, not {kernel!r}.")
    if not 4 <= pixels <= MOST_PIXELS:
        raise ValueError(f"a row of 4 to {MOST_PIXELS} pixels can be drawn, not of {pixels!r}.")
    margin = 0 if wiring == "dense" else kernel // 2
    figure = Figure(figsize=(7.2, 2.6))
    axes = figure.subplots()
    top = 0.3 * pixels + 1.0  # so that the drawing keeps its shape, however many pixels there are
    for pixel in range(-margin, pixels + margin):
        inside = 0 <= pixel < pixels
        face, style = ("#DDDDDD", "-") if inside else ("white", "--")
        axes.add_patch(Rectangle((pixel - 0.3, top), 0.6, 0.6, fc=face, ec="black", ls=style, lw=1))
    for number in range(pixels):
        read = range(pixels) if wiring == "dense" else range(number - margin, number + margin + 1)
        for place, pixel in enumerate(read):
            color = WEIGHT_COLORS[place] if wiring == "shared" else "#999999"
            width = 1.8 if wiring == "shared" else 0.8
            if wiring != "shared" and number == pixels // 2:
                color, width = palette["model"], 2.0
            axes.plot([pixel, number], [top, 0.75], color=color, lw=width, zorder=0 if color == "#999999" else 1)
        axes.add_patch(Circle((number, 0.5), 0.25, fc="white", ec="black", lw=1, zorder=2))
    count = {"dense": pixels * pixels, "local": pixels * kernel, "shared": kernel}[wiring]
    axes.set_title(f"{wiring}: {pixels} numbers, {count} weights")
    axes.text(-margin - 0.6, top + 0.3, "pixels", ha="right", va="center")
    axes.text(-margin - 0.6, 0.5, "numbers", ha="right", va="center")
    axes.set(xlim=(-0.35 * pixels - margin, pixels + margin), ylim=(0.1, top + 0.75), aspect="equal")
    axes.axis("off")
    return figure


@styled
def draw_strongest(
    patches: Sequence[Any] | Any, classes: Sequence[int], *, names: Sequence[str], title: str = ""
) -> Figure:
    """Draw what a feature map answers to most strongly: patches of pictures, and which classes the pictures are of.

    Args:
        patches: 1 to 12 pieces of pictures, all of one shape, (rows, columns) or (rows, columns, 3), 0 to 1; the
            strongest first.
        classes: class numbers, from 0, of the pictures that made the map answer most; counted in the bars.
        names: a name for each class.
        title: what is shown.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no or too many patches, patches of another shape, or a class without a name.
    """
    pieces = [as_array(patch, "a patch") for patch in patches]
    if not 1 <= len(pieces) <= 12 or any(p.ndim not in (2, 3) or p.shape != pieces[0].shape for p in pieces):
        raise ValueError(
            f"patches are 1 to 12 pictures of one shape, such as (12, 8, 8); there are {len(pieces)}, with the shapes "
            f"{sorted({p.shape for p in pieces})}."
        )
    counts = np.bincount(np.asarray(classes, dtype=int), minlength=len(names))
    if len(counts) > len(names):
        raise ValueError(f"a class has the number {len(counts) - 1}, but names are given for 0 to {len(names) - 1}.")
    figure = Figure(figsize=(7.2, 2.5))
    halves: Any = figure.subfigures(1, 2, width_ratios=(3, 2))
    left, right = halves
    for axes, piece in zip(left.subplots(2, 6).ravel(), [*pieces, *[None] * (12 - len(pieces))], strict=True):
        axes.axis("off")
        if piece is not None:
            axes.imshow(piece, cmap=IMAGE_MAP, vmin=0, vmax=1)
    bars = right.subplots()
    bars.bar(range(len(names)), counts[: len(names)], color=palette["model"])
    bars.set_xticks(range(len(names)), names)
    bars.set(ylabel="pictures", ylim=(0, len(classes)))
    bars.set_title(f"of the {len(classes)} strongest")
    left.suptitle(title)
    return figure


@styled
def draw_feature_maps(
    image: Any,
    model: "keras.Model",
    layer_name: str,
    *,
    offset: int = 0,
    count: int = 8,
    columns: int = 4,
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Draw the feature maps of one layer for one picture.

    Args:
        image: shape (rows, columns) or (rows, columns, channels), as the model was trained on.
        model: a Sequential or Functional Keras model, built or not.
        layer_name: the name of one of its layers, whose output has the shape (batch, rows, columns, channels).
        offset: the first channel to draw, from 0.
        count: how many channels; fewer are drawn where the layer has no more.
        columns: maps in a row.
        figsize: width and height in inches.

    Returns:
        the figure, not displayed. Maps with negative values use the diverging map, others the sequential one;
        each map has its own scale.

    Raises:
        ValueError: an unknown layer, an offset past the last channel, a layer without maps, or a picture that does
            not fit the model.
    """
    maps = feature_maps(image, model, layer_name, offset=offset, count=count)
    across = min(columns, len(maps))
    down = ceil(len(maps) / across)
    figure = Figure(figsize=figsize or (2.2 * across, 2.4 * down))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for index, axes in enumerate(panels):
        axes.axis("off")
        if index < len(maps):
            limit = scale_limit(maps[index])
            low, color_map = (-limit, SIGNED_MAP) if maps[index].min() < 0 else (0.0, MAGNITUDE_MAP)
            axes.imshow(maps[index], cmap=color_map, vmin=low, vmax=limit)
            axes.set_title(f"channel {offset + index}")
    return figure


def feature_maps(image: Any, model: "keras.Model", layer_name: str, *, offset: int = 0, count: int = 8) -> np.ndarray:
    """The maps that `draw_feature_maps` draws, as an array of shape (maps, rows, columns)."""
    import keras

    pixels = as_array(image, "image")
    pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
    pixels = pixels[np.newaxis] if pixels.ndim == 3 else pixels
    if pixels.ndim != 4 or len(pixels) != 1:
        raise ValueError(f"image has the shape {np.shape(image)}, but one picture is wanted; try images[0].")
    pixels = pixels.astype(np.float32)
    try:
        model(pixels)
    except Exception as error:
        raise ValueError(
            f"the model cannot read a picture of shape {pixels.shape[1:]}: {str(error).strip().splitlines()[0]} "
            "Give a picture with the rows, columns and channels that the model's Input asks for."
        ) from error
    names = [layer.name for layer in model.layers]
    if layer_name not in names:
        raise ValueError(f"the model has no layer named {layer_name!r}; its layers are: {', '.join(names)}.")
    try:
        inner = keras.Model(model.inputs[0], model.get_layer(layer_name).output)
    except (AttributeError, ValueError) as error:
        raise ValueError(
            "feature maps can be read from Sequential and Functional models; in a subclassed model, call the layers "
            "up to the one you want yourself."
        ) from error
    maps = np.asarray(inner(pixels))
    if maps.ndim != 4:
        raise ValueError(
            f"the layer {layer_name!r} gives the shape {maps.shape}, but maps are (batch, rows, columns, channels); "
            "choose a convolution or pooling layer."
        )
    channels = maps.shape[3]
    if not 0 <= offset < channels:
        raise ValueError(
            f"offset={offset}, but the layer {layer_name!r} has {channels} channels, numbered 0 to {channels - 1}."
        )  # fmt: skip
    if count < 1:
        raise ValueError(f"count is the number of maps to show, from 1 up, not {count}.")
    return np.moveaxis(maps[0, ..., offset : offset + count], -1, 0)

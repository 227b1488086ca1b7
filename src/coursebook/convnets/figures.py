"""A whole convnet in boxes, who is wired to whom, the feature maps of a layer, and a map's strongest patches."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from coursekit.figures.arrays import as_array
from coursekit.figures.extraction import scale_limit
from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, SIGNED_MAP, fixed_figure, palette, styled

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes

WIRINGS = ("dense", "local", "shared")
WEIGHT_COLORS = tuple(palette[role] for role in ("model", "wrong", "truth", "gradient", "training"))
MOST_PIXELS = 16
OWN_WEIGHT = "#999999"
FRAME = to_rgb(palette["model"])
LABEL = 2.0  # the least room for a name


@styled
def draw_convnet(model: "keras.Model", names: Sequence[str]) -> Figure:
    """Draw what leaves some layers of a convnet: a sheet for every map, as large as the map; single numbers as dots.

    Args:
        model: a built Sequential or Functional Keras model that reads images of shape (rows, columns, channels).
        names: of the layers, in order. Each gives maps, (batch, rows, columns, maps), or a row of numbers,
            (batch, numbers). The image itself is drawn first.

    Returns:
        the figure, not displayed. The sheets' sides are to scale; sheets lie closer where there are many.

    Raises:
        ValueError: no layer, an unknown one, or one that gives neither maps nor a row of numbers.
    """
    known = [layer.name for layer in model.layers]
    if unknown := [name for name in names if name not in known] or (not names and ["…"]):
        raise ValueError(f"the model has no layer named {', '.join(unknown)}; its layers are: {', '.join(known)}.")
    stages = [("image", model.input_shape[1:])]
    stages += [(name, model.get_layer(name).output.shape[1:]) for name in names]
    if wrong := [f"{name} {shape}" for name, shape in stages if len(shape) not in (1, 3)]:
        raise ValueError(f"maps have three axes, numbers one; another shape leaves: {', '.join(wrong)}.")
    largest = stages[0][1][0]
    figure = fixed_figure(8.6, 2.6)
    axes = figure.add_axes((0, 0, 1, 1))
    left = 0.0
    for name, shape in stages:
        maps = len(shape) == 3
        width = _width(shape, largest) if maps else 0.2
        room = max(width, LABEL)  # each stands in the middle of its room, and the rooms do not overlap
        _sheets(axes, left + (room - width) / 2, shape, largest) if maps else _dots(axes, left + room / 2, shape[0])
        text = "×".join(str(size) for size in shape)
        axes.text(left + room / 2, -1.15, f"{name}\n{text}", ha="center", va="top", fontsize=10)
        left += room + 0.35
    axes.set(xlim=(-0.2, left - 0.15), ylim=(-2.4, 2.2), aspect="equal")
    axes.axis("off")
    return figure


def _step(maps: int) -> float:
    return min(0.12, 1.0 / maps)


def _width(shape: Sequence[int], largest: int) -> float:
    """How wide a stack of maps is drawn."""
    return 2.0 * shape[1] / largest + (shape[2] - 1) * _step(shape[2])


def _sheets(axes: "Axes", left: float, shape: Sequence[int], largest: int) -> None:
    """Draw a stack of maps around the middle line."""
    rows, columns, maps = shape
    height, width = (2.0 * size / largest for size in (rows, columns))
    for number in range(maps):
        at = (left + number * _step(maps), -height / 2 + number * _step(maps))
        line = 0.8 if maps < 20 else 0.4
        axes.add_patch(Rectangle(at, width, height, fc="#DCE9F3", ec=palette["model"], lw=line, zorder=maps - number))


def _dots(axes: "Axes", left: float, count: int) -> None:
    """Draw a column of numbers around the middle line."""
    axes.scatter(np.full(count, left), np.linspace(-0.9, 0.9, count), s=min(40, 250 / count), c=palette["model"])


@styled
def draw_connections(wiring: str, pixels: int = 8, kernel: int = 3) -> Figure:
    """Draw a row of pixels, and as many numbers that are computed from it, with a wire for every product.

    Args:
        wiring: "dense" (every number reads every pixel), "local" (each reads a window, with weights of its own) or
            "shared" (each reads a window, all with the same weights: a convolution).
        pixels: 4 to 16.
        kernel: pixels in a window: 3 or 5. Windows reach over the edge, where a zero stands (dashed).

    Returns:
        the figure, not displayed; its title counts the weights. Colored wires of equal color have the same weight;
        every gray or black wire has a weight of its own, and black marks those of one number.

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
    figure = fixed_figure(7.2, 2.9)
    axes = figure.add_axes((0.01, 0.1, 0.98, 0.8))
    top = 0.3 * pixels + 1.0  # so that the drawing keeps its shape, however many pixels there are
    for pixel in range(-margin, pixels + margin):
        inside = 0 <= pixel < pixels
        face, style = ("#DDDDDD", "-") if inside else ("white", "--")
        axes.add_patch(Rectangle((pixel - 0.3, top), 0.6, 0.6, fc=face, ec="black", ls=style, lw=1))
    for number in range(pixels):
        read = range(pixels) if wiring == "dense" else range(number - margin, number + margin + 1)
        for place, pixel in enumerate(read):
            marked = number == pixels // 2
            color = WEIGHT_COLORS[place] if wiring == "shared" else "black" if marked else OWN_WEIGHT
            width = 0.8 if color == OWN_WEIGHT else 1.8
            axes.plot([pixel, number], [top, 0.75], color=color, lw=width, zorder=0 if color == OWN_WEIGHT else 1)
        axes.add_patch(Circle((number, 0.5), 0.25, fc="white", ec="black", lw=1, zorder=2))
    count = {"dense": pixels * pixels, "local": pixels * kernel, "shared": kernel}[wiring]
    axes.set_title(f"{wiring}: {pixels} numbers, {count} weights")
    axes.text(-margin - 0.6, top + 0.3, "pixels", ha="right", va="center")
    axes.text(-margin - 0.6, 0.5, "numbers", ha="right", va="center")
    legend = "equal color: the same weight"
    if wiring != "shared":
        legend = "every wire has a weight of its own; black: the wires of one number"
    figure.text(0.5, 0.02, legend, ha="center", fontsize=10)
    axes.set(xlim=(-0.35 * pixels - margin, pixels + margin), ylim=(0.1, top + 0.75), aspect="equal")
    axes.axis("off")
    return figure


@styled
def draw_strongest(
    patches: Sequence[Any] | Any, classes: Sequence[int], *, names: Sequence[str], title: str = ""
) -> Figure:
    """Draw what a feature map responds to most strongly: patches of pictures, and the classes of the pictures.

    Args:
        patches: 1 to 12 pieces of pictures, all of one shape, (rows, columns) or (rows, columns, 3), 0 to 1; the
            strongest first.
        classes: class numbers, from 0, of the pictures with the strongest responses; counted in the bars.
        names: a name for each class.
        title: what is shown.

    Returns:
        the figure, not displayed; each patch has a frame.

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
    figure = fixed_figure(7.2, 2.5)
    left = figure.add_axes((0.01, 0.02, 0.5, 0.86))
    left.imshow(_framed(pieces), cmap=IMAGE_MAP, vmin=0, vmax=1)
    left.set_title(title)
    left.axis("off")
    bars = figure.add_axes((0.6, 0.14, 0.39, 0.74))
    bars.bar(range(len(names)), counts[: len(names)], color=palette["data"])
    bars.set_xticks(range(len(names)), names)
    bars.set(ylabel="pictures", ylim=(0, len(classes)))
    bars.set_title(f"of the {len(classes)} strongest")
    return figure


def _framed(pieces: list[np.ndarray]) -> np.ndarray:
    """Up to twelve pieces side by side in three rows, in color, each in a frame on white."""
    rows, columns = pieces[0].shape[:2]
    line = -(-max(rows, columns) // 16)  # frames look equally thick, however many pixels there are
    finer = -(-48 // max(rows, columns))
    sheet = np.ones((3, 4, finer * (rows + 2 * line), finer * (columns + 2 * line), 3))
    for place, piece in zip(np.ndindex(3, 4), pieces, strict=False):
        gray = piece.ndim == 2
        color = np.repeat(piece[:, :, np.newaxis], 3, axis=2) if gray else piece
        edge, ring = finer * line, finer * line // 2
        sheet[place][ring:-ring, ring:-ring] = FRAME
        sheet[place][edge:-edge, edge:-edge] = color.repeat(finer, axis=0).repeat(finer, axis=1)
    return np.concatenate([np.concatenate(list(row), axis=1) for row in sheet])


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
    limits: Sequence[float] | None = None,
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
        limits: for each map drawn the number that gets the brightest color, such as its largest over several pictures,
            so that their figures can be compared; by default the map's own largest in this picture.

    Returns:
        the figure, not displayed. If any of the maps has negative values, all are drawn in the diverging colors, else
        in the sequential ones; each map has its own scale.

    Raises:
        ValueError: an unknown layer, an offset past the last channel, a layer without maps, or a picture that does
            not fit the model.
    """
    maps = feature_maps(image, model, layer_name, offset=offset, count=count)
    across = min(columns, len(maps))
    down = ceil(len(maps) / across)
    figure = fixed_figure(*(figsize or (2.2 * across, 2.4 * down)))
    legend = f"dark: 0; yellow: the strongest of that map{' in any of the pictures' if limits is not None else ''}"
    if maps.min() < 0:
        legend = "white: 0; blue: positive; orange: negative; each map on its own scale"
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for index, axes in enumerate(panels):
        axes.axis("off")
        if index < len(maps):
            limit = scale_limit(maps[index] if limits is None else np.asarray(limits[index]))
            low, color_map = (-limit, SIGNED_MAP) if maps.min() < 0 else (0.0, MAGNITUDE_MAP)
            axes.imshow(maps[index], cmap=color_map, vmin=low, vmax=limit)
            axes.set_title(f"map {offset + index}")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.14, top=0.9 if down > 1 else 0.86, wspace=0.08)
    figure.text(0.5, 0.03, legend, ha="center", fontsize=10)
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

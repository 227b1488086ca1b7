"""Networks drawn: the units and weights of a Keras model, a layer's matrix product, and curves made of ReLU hinges."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from coursekit.figures.arrays import as_array
from coursekit.figures.matrices import draw_matrix
from coursekit.figures.style import NEGATIVE, POSITIVE, SIGNED_MAP, palette, styled, written

MOST_CIRCLES, MOST_LABELS = 8, 12
CELL = 0.56  # side of a matrix cell in inches
_GRAY = "#888888"
_FAINT = "#dddddd"

# Units and weights ---------------------------------------------------------------------------------------------------


@styled
def draw_network(
    model: Any, *, unit: tuple[int, int] | None = None, names: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Figure:
    """Draw the units of a chain of Dense layers as circles and their weights as lines, read from the model itself.

    A line is blue for a weight above 0 and orange below 0, and the thicker the larger. The square "1" brings in the
    biases. Of a column with over 8 units the first and the last ones are drawn. In a network of at most 12 numbers each
    number stands on its line.

    Args:
        model: a built Keras model of Dense layers, one after the other; activations and dropout may stand between.
        unit: (layer, unit), both from 0: gray out all lines but those into this unit.
        names: of the inputs.
        outputs: names of the units of the last layer.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: the model is not built, holds other layers with weights, or has no such unit.
    """
    dense = _dense_layers(model)
    sizes = [dense[0].kernel.shape[0], *(layer.kernel.shape[1] for layer in dense)]
    if unit is not None and not (0 <= unit[0] < len(dense) and 0 <= unit[1] < sizes[unit[0] + 1]):
        raise ValueError(f"unit is {unit}, but the Dense layers hold {sizes[1:]} units; both numbers count from 0.")
    if names and len(names) != sizes[0]:
        raise ValueError(f"{len(names)} names came for {sizes[0]} inputs; give one name per input.")
    if outputs and len(outputs) != sizes[-1]:
        raise ValueError(
            f"{len(outputs)} names came for {sizes[-1]} outputs; give one name per unit of the last layer."
        )
    tallest = min(max(sizes), MOST_CIRCLES) + 1
    bottom = -(tallest + 1) / 2
    columns = [_column(size) for size in sizes]
    labeled = model.count_params() <= MOST_LABELS
    figure = Figure(figsize=(2.4 * len(sizes) + 0.4, (0.75 if labeled else 0.55) * tallest + 1.7))
    axes = figure.subplots()
    for number, layer in enumerate(dense):
        into = None if unit is None else unit[1] if unit[0] == number else -1
        _draw_weights(axes, number, layer, columns, bottom, into, labeled)
        axes.text(number, bottom, "1", ha="center", va="center", bbox=dict(boxstyle="square", fc="white", ec=_GRAY))
    for number, column in enumerate(columns):
        _draw_units(axes, number, column, names if number == 0 else outputs if number == len(dense) else ())
    captions = [f"{sizes[0]} inputs" if sizes[0] > 1 else "1 input", *(_caption(model, layer) for layer in dense)]
    for number, caption in enumerate(captions):
        axes.text(number, bottom - 0.8, caption, ha="center", va="top")
    axes.set(
        xlim=(-0.75 if names else -0.4, len(dense) + (0.75 if outputs else 0.45)), ylim=(bottom - 2.6, tallest / 2)
    )
    axes.axis("off")
    colors = {"positive weight": POSITIVE, "negative weight": NEGATIVE}
    handles = [Line2D([], [], color=color, lw=3, label=label) for label, color in colors.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    return figure


def _dense_layers(model: Any) -> list[Any]:
    import keras

    found: list[Any] = []
    for layer in getattr(model, "layers", []):
        if isinstance(layer, keras.layers.Dense):
            found.append(layer)
        elif layer.weights:
            raise ValueError(
                f"draw_network draws chains of Dense layers, and {layer.name} is a {type(layer).__name__}."
            )
    if not found or not all(layer.built for layer in found):
        raise ValueError(
            "draw_network needs a model with Dense layers that are built; begin the model with keras.Input((inputs,))."
        )
    return found


def _column(size: int) -> list[tuple[float, int | None]]:
    """Height and number of each circle of a column; None stands for the dots between the first and the last ones."""
    units: list[int | None] = list(range(size))
    if size > MOST_CIRCLES:
        units = [*range(MOST_CIRCLES - 3), None, size - 2, size - 1]
    return [((len(units) - 1) / 2 - place, unit) for place, unit in enumerate(units)]


def _draw_units(axes: Axes, x: int, column: list[tuple[float, int | None]], names: Sequence[str]) -> None:
    side = -1 if x == 0 else 1  # names of inputs stand on the left, those of outputs on the right
    for height, unit in column:
        if unit is None:
            axes.text(x, height, "⋮", ha="center", va="center", size=16)
            continue
        axes.plot(x, height, "o", ms=19, mfc="white", mec="black", mew=1.5, zorder=3)
        if names:
            axes.text(x + 0.12 * side, height, names[unit], ha="right" if side < 0 else "left", va="center")


def _draw_weights(
    axes: Axes, number: int, layer: Any, columns: list[Any], bottom: float, into: int | None, labeled: bool
) -> None:
    """Lines from column `number` and its "1" to the next column; `into` grays out the lines to all other units."""
    kernel, bias = np.asarray(layer.kernel), np.zeros(layer.units) if layer.bias is None else np.asarray(layer.bias)
    largest = max(np.abs(kernel).max(), np.abs(bias).max(), 1e-12)
    ends, colors, widths = [], [], []
    for end, unit in columns[number + 1]:
        if unit is None:
            continue
        starts = [(start, kernel[source, unit]) for start, source in columns[number] if source is not None]
        for start, weight in [*starts, (bottom, bias[unit])]:
            grayed = weight == 0 or (into is not None and into != unit)
            color = _FAINT if grayed else POSITIVE if weight > 0 else NEGATIVE
            ends.append([(number, start), (number + 1, end)])
            colors.append(color)
            widths.append(1 if grayed else 0.8 + 3 * abs(weight) / largest)
            if labeled:
                at = 0.25 + 0.3 * unit / max(layer.units - 1, 1)  # where the lines of two units do not cross
                place = number + at, start + at * (end - start)
                paper = dict(boxstyle="square,pad=0.1", fc="white", ec="none")
                ink = _GRAY if grayed else color
                axes.text(*place, written(weight, ".2g"), color=ink, ha="center", va="center", size=10, bbox=paper)
    axes.add_collection(LineCollection(ends, colors=colors, linewidths=widths, zorder=1))


def _caption(model: Any, layer: Any) -> str:
    units = f"{layer.units} units" if layer.units > 1 else "1 unit"
    biases = 0 if layer.bias is None else layer.units
    activation = _activation(model, layer)
    count = f"{layer.kernel.shape[0]}·{layer.units} + {biases} = {layer.count_params()} numbers"
    return f"{units}, {activation}\n{count}"


def _activation(model: Any, layer: Any) -> str:
    """Name of what a Dense layer's sums go through: its own activation, or the activation layer behind it."""
    import keras

    name = keras.activations.serialize(layer.activation)
    after = model.layers[model.layers.index(layer) + 1 :][:1]
    if name == "linear" and after and isinstance(after[0], keras.layers.Activation):
        name = keras.activations.serialize(after[0].activation)
    elif name == "linear" and after and not after[0].weights:
        name = type(after[0]).__name__
    return {"relu": "ReLU", "ReLU": "ReLU"}.get(name, str(name))


@styled
def draw_layer_product(inputs: Any, kernel: Any, bias: Any, row: int, unit: int) -> Figure:
    """Draw one sum of a Dense layer in its matrix product: inputs · kernel + bias.

    Args:
        inputs: shape (rows, inputs).
        kernel: shape (inputs, units).
        bias: shape (units,).
        row: the row of the inputs that is marked, from 0.
        unit: the unit whose column of the kernel is marked, from 0; later sums are not written yet.

    Returns:
        the figure, not displayed; at the bottom the marked sum, term by term.

    Raises:
        ValueError: shapes that do not fit, or a row or unit that is not there.
    """
    rows, weights, biases = (np.asarray(part, dtype=float) + 0.0 for part in (inputs, kernel, bias))  # no −0
    if rows.ndim != 2 or weights.ndim != 2 or rows.shape[1] != weights.shape[0] or biases.shape != weights.shape[1:]:
        raise ValueError(
            f"inputs {rows.shape}, kernel {weights.shape} and bias {biases.shape} do not fit together; "
            "(rows, inputs), (inputs, units) and (units,) with the same two sizes do."
        )
    count, size, units = len(rows), *weights.shape
    if not (0 <= row < count and 0 <= unit < units):
        raise ValueError(f"there are {count} rows and {units} units, both counted from 0; not row {row}, unit {unit}.")
    parts: list[tuple[str, str, np.ndarray, dict[str, Any]]] = [
        ("", "inputs", rows, {"window": (row, 0, 1, size)}),
        ("·", "kernel", weights, {"window": (0, unit, size, 1)}),
        ("+", "bias", biases[None], {"window": (0, unit, 1, 1)}),
        ("=", "sums", rows @ weights + biases, {"window": (row, unit, 1, 1), "known": row * units + unit + 1}),
    ]
    wide, high = size + 3 * units + 3.2, max(count, size) + 2.4
    figure = Figure(figsize=(CELL * wide, CELL * high))
    figure.set_layout_engine("none")
    left = 0.2
    for symbol, title, values, options in parts:
        left += 0.8 if symbol else 0
        down, across = values.shape
        axes = figure.add_axes((left / wide, 1 - (1 + down) / high, across / wide, down / high))
        draw_matrix(values, axes=axes, **options)
        axes.set_title(f"{title}\n{down}×{across}" if title != "bias" else f"{title}\n{across}", y=1)
        figure.text((left - 0.4) / wide, 1 - 1.5 / high, symbol, size=15, ha="center", va="center")
        left += across
    terms = [f"{_signed(x)} · {_signed(w)}" for x, w in zip(rows[row], weights[:, unit], strict=True)]
    total = (rows @ weights + biases)[row, unit]
    written = f"{' + '.join(terms)} + {_signed(biases[unit])} = {total:.3g}".replace("-", "−")
    figure.text(0.5, 0.35 / high, written, ha="center", va="center", size=12)
    return figure


def _signed(value: float) -> str:
    return f"{value:.3g}" if value >= 0 else f"({value:.3g})"


# Curves made of hinges -----------------------------------------------------------------------------------------------


@styled
def draw_hinge(weight: float, bias: float, *, limit: float = 3.0) -> Figure:
    """Draw what one ReLU unit with one input puts out, and where it bends.

    Args:
        weight: of the input.
        bias: added to the product.
        limit: the input runs from −limit to limit.

    Returns:
        the figure, not displayed: the weighted sum dashed, the unit's output on top, its bend marked.
    """
    x = np.linspace(-limit, limit, 601)
    figure = Figure(figsize=(6, 3.7))
    axes = figure.subplots()
    axes.axhline(0, color=_FAINT, lw=1)
    axes.plot(x, weight * x + bias, "--", color=_GRAY, lw=1.5, label="weighted sum")
    axes.plot(x, np.maximum(weight * x + bias, 0), color=palette["model"], lw=3, label="output: ReLU of the sum")
    bends = weight != 0 and abs(bias / weight) <= limit
    if bends:
        axes.plot(-bias / weight, 0, "o", ms=10, mfc="white", mec=palette["gradient"], mew=2.5, zorder=4)
    place = f"bends at {-bias / weight + 0.0:.3g}" if bends else "does not bend here"
    axes.set(xlabel="input", ylabel="output", xlim=(-limit, limit), ylim=(-limit, 1.7 * limit))
    axes.set_title(f"weight {weight:g}, bias {bias:g}: {place}".replace("-", "−"))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


@styled
def draw_starts(
    x: Any, y: Any, curves: Any, *, bends: Any = (), title: str = "", labels: tuple[str, str] = ("input", "target")
) -> Figure:
    """Draw points and the curves that several trainings made of them: the best one bold, all others faint.

    Args:
        x: shape (points,).
        y: shape (points,).
        curves: shape (trainings, points): what each network puts out at `x`. The best has the smallest
            mean squared error.
        bends: inputs at which the best curve bends; ticks mark them.
        title: text above; what follows it is the mean squared error of the best curve.
        labels: of the two axes.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: arrays of other shapes.
    """
    x, y, curves = (np.asarray(values, dtype=float) for values in (x, y, curves))
    if x.ndim != 1 or y.shape != x.shape or curves.ndim != 2 or curves.shape[1:] != x.shape or not len(curves):
        raise ValueError(
            f"x {x.shape}, y {y.shape} and curves {curves.shape} do not fit together; "
            "(points,), (points,) and (trainings, points) do."
        )
    losses = np.mean((curves - y) ** 2, axis=1)
    best = int(np.argmin(losses))
    figure = Figure(figsize=(7.4, 3.5))
    axes = figure.subplots()
    axes.plot(x, y, ".", color=palette["data"], ms=5)
    others = [curve for number, curve in enumerate(curves) if number != best]
    for number, curve in enumerate(others):
        label = "" if number else "other starts"
        axes.plot(x, curve, color=palette["model"], lw=1.5, alpha=0.3, label=label)
    axes.plot(x, curves[best], color=palette["model"], lw=3, label="best start")
    inside = [place for place in np.ravel(bends) if x.min() < place < x.max()]
    for number, place in enumerate(inside):
        label = "" if number else "its bends"
        axes.axvline(place, ymax=0.06, color=palette["gradient"], lw=2.5, label=label)
    low, high = y.min(), y.max()
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=(low - 0.25 * (high - low), high + 0.3 * (high - low)))
    axes.legend(loc="upper center", ncols=3)
    axes.set_title(f"{title}: mean squared error {losses[best]:.2f}" if title else f"error {losses[best]:.2f}")
    return figure


@styled
def draw_units_added(
    x: Any, y: Any, parts: Any, base: float, count: int, *, labels: tuple[str, str] = ("input", "target")
) -> Figure:
    """Draw how the units of a hidden layer add up to a curve: on the left what each gives, on the right their sum.

    Args:
        x: shape (points,).
        y: shape (points,): the targets.
        parts: shape (units, points): what each unit adds to the output, its hinge times its output weight.
        base: the output's bias, where the sum begins.
        count: how many units are added, 0 to all; the newest is drawn in pink, those to come in gray.
        labels: of the two axes.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: arrays of other shapes, or a count that is not there.
    """
    x, y, parts = (np.asarray(values, dtype=float) for values in (x, y, parts))
    if x.ndim != 1 or y.shape != x.shape or parts.ndim != 2 or parts.shape[1:] != x.shape:
        raise ValueError(
            f"x {x.shape}, y {y.shape} and parts {parts.shape} do not fit together; "
            "(points,), (points,) and (units, points) do."
        )
    if not 0 <= count <= len(parts):
        raise ValueError(f"count is {count}, but there are {len(parts)} units to add.")
    sums = base + np.cumsum(np.vstack([np.zeros_like(x)[None], parts]), axis=0)
    figure = Figure(figsize=(9, 3.8))
    left, right = figure.subplots(1, 2)
    for number, part in enumerate(parts):
        role = "gradient" if number == count - 1 else "model"
        left.plot(x, part, color=palette[role] if number < count else _FAINT, lw=3 if number == count - 1 else 2)
    right.plot(x, y, ".", color=palette["data"], ms=4)
    if count:
        right.plot(x, sums[count - 1], "--", color=_GRAY, lw=1.5)
    right.plot(x, sums[count], color=palette["model"], lw=3)
    looks: dict[str, dict[str, Any]] = {
        "added now": dict(color=palette["gradient"], lw=3),
        "added before": dict(color=palette["model"], lw=2),
        "to come": dict(color=_FAINT, lw=2),
        "sum": dict(color=palette["model"], lw=3),
        "sum before": dict(color=_GRAY, lw=1.5, ls="--"),
    }
    handles = [Line2D([], [], label=label, **look) for label, look in looks.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    for axes in (left, right):
        axes.set_xlabel(labels[0])
        axes.locator_params(nbins=5)
    # The sums on the way stay in sight, all in one scale. One that is very far off leaves the picture, which says so.
    around, far = 0.6 * np.ptp(y), 4 * np.ptp(y)
    low = min(y.min() - around, max(sums.min(), y.min() - far))
    high = max(y.max() + around, min(sums.max(), y.max() + far))
    right.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    for beyond, edge, side, arrow in (
        (sums[count].max() > high, sums[count].max(), "top", "↑ up to"),
        (sums[count].min() < low, sums[count].min(), "bottom", "↓ down to"),
    ):
        if beyond:
            place = 0.98 if side == "top" else 0.02
            right.text(0.02, place, f"{arrow} {written(edge, '.2g')}", transform=right.transAxes, va=side)
    left.set_title("what each unit adds")
    right.set(ylabel=labels[1], title=f"bias + {count} of {len(parts)} units" if count else "the output's bias alone")
    return figure


# Two inputs ----------------------------------------------------------------------------------------------------------


@styled
def draw_folds(
    answer: Callable[[np.ndarray], Any], points: Any, labels: Any, *, kernel: Any = None, bias: Any = None
) -> Figure:
    """Draw for which inputs a network's output is above 0, and where each of its hidden ReLU units switches on.

    Args:
        answer: the network: from inputs of shape (rows, 2) to outputs of shape (rows,) or (rows, 1).
        points: shape (rows, 2).
        labels: shape (rows,): above 0 drawn as white disks (lit), the others as black crosses (dark).
        kernel: shape (2, units), of the hidden layer; None draws no switching lines.
        bias: shape (units,).

    Returns:
        the figure, not displayed: blue where the output is above 0, orange below; its title counts the points on the
        right side.

    Raises:
        ValueError: points or labels of another shape.
    """
    points, labels = as_array(points, "points"), np.ravel(labels)
    if points.ndim != 2 or points.shape[1] != 2 or len(labels) != len(points):
        raise ValueError(f"points {points.shape} and labels {labels.shape} are given; (rows, 2) and (rows,) fit.")
    limit = 1.08 * np.abs(points).max()
    ticks = np.linspace(-limit, limit, 161)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2).astype("float32")
    surface = np.reshape(answer(grid), (len(ticks), len(ticks)))
    right = np.mean((np.ravel(answer(points.astype("float32"))) > 0) == (labels > 0))

    figure = Figure(figsize=(4.8, 5.6))
    axes = figure.subplots()
    colors = [matplotlib.colormaps[SIGNED_MAP](share) for share in (0.35, 0.65)]
    axes.contourf(ticks, ticks, surface, levels=[-np.inf, 0, np.inf], colors=colors)
    if kernel is not None:
        for (across, up), offset in zip(np.transpose(kernel), np.ravel(bias), strict=True):
            if across or up:
                # The unit's sum is 0 along this line: from its point nearest to the center, both ways.
                center = -offset * np.array([across, up]) / (across**2 + up**2)
                along = 4 * limit * np.array([-up, across]) / np.hypot(across, up)
                axes.plot(*np.transpose([center - along, center + along]), color=palette["data"], lw=1.5)
    lit = labels > 0
    axes.plot(*points[lit].T, "o", ms=5, mfc="white", mec="black", mew=0.8, label="lit")
    axes.plot(*points[~lit].T, "x", ms=5, mec="black", mew=1.4, label="dark")
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", title=f"{right:.0%} right")
    axes.set(xlabel="reading of the first sensor", ylabel="reading of the second sensor")
    handles: list[Artist] = [
        Patch(color=color, label=f"output {text} 0") for color, text in zip(colors, "<>", strict=True)
    ]
    if kernel is not None:
        handles.append(Line2D([], [], color=palette["data"], lw=1.5, label="a unit switches on"))
    figure.legend(handles=[*axes.get_legend_handles_labels()[0], *handles], loc="outside lower center", ncols=2)
    return figure

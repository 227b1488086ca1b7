"""Tensors drawn: how two shapes are stretched to one, and which name stands for which object."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from coursekit.figures.style import palette, styled

Shape = tuple[int, ...]

LONGEST, MOST_AXES = 4, 3
BEHIND = 0.35  # how far a sheet sticks out from behind the one before it, in cells
BLOCK = LONGEST + (LONGEST - 1) * BEHIND
GAP = 1.2
COLORS = ("#CFCFCF", palette["kernel"], palette["validation"])
LINES = (-5.1, -3.8, -2.5)  # where the three shapes are written
MOST_LINES, MOST_OBJECTS = 5, 3


@styled
def draw_broadcast(left: Sequence[int], right: Sequence[int], operation: str = "+") -> Figure:
    """Draw two tensors, stretched to one shape, and what comes out; or the two lengths that do not fit.

    The right tensor counts 0, 1, 2 …, the left one by tens (for "@" by ones). Copies are dashed. In the lines of
    shapes a length that was given is filled, one that was added in front is white, and one that stretches is dashed;
    for "@" the two lengths that meet have a thick frame. The first of three axes counts sheets that lie behind each
    other; the numbers of the front one are readable.

    Args:
        left: the left tensor's shape, up to 3 axes of lengths 1 to 4.
        right: the right tensor's shape.
        operation: "+" pairs number with number; "@" multiplies the matrices in the last two axes and stretches only
            the axes in front of them.

    Returns:
        the figure, not displayed. All of them have one size.

    Raises:
        ValueError: more axes or longer ones, another operation, or fewer than two axes for "@".
    """
    shapes = [_checked(left), _checked(right)]
    if operation not in ("+", "@") or (operation == "@" and min(map(len, shapes)) < 2):
        raise ValueError(
            f"{left!r} {operation} {right!r} cannot be drawn; give '+' with any two shapes, or '@' with two shapes of "
            "at least two axes, such as (4, 3) and (3, 2)."
        )
    targets, result, clash, reason = _stretched(shapes[0], shapes[1], operation)
    meeting = clash if reason or operation == "+" else (1, 2)
    scales = (10, 1) if operation == "+" else (1, 1)
    tensors = [np.arange(prod(shape)).reshape(shape) * scale for shape, scale in zip(shapes, scales, strict=True)]

    figure = Figure(figsize=(7.4, 4.4))
    axes = figure.subplots()
    for place, (tensor, target) in enumerate(zip(tensors, targets, strict=True)):
        _draw_tensor(axes, place, tensor, target)
        _write_shape(axes, place, tensor.shape, target, operation, meeting[place], bool(reason))
    if reason:
        middle = 2 * (BLOCK + GAP) + BLOCK / 2
        axes.text(middle, 2, reason, color=palette["wrong"], ha="center", va="center", size=12)
    else:
        total = np.add(*tensors) if operation == "+" else np.matmul(*tensors)
        _draw_tensor(axes, 2, total, result)
        _write_shape(axes, 2, result, result, operation)
    rows = max((1, 1, *target)[-2] for target in targets)
    for place, sign in enumerate((operation, "" if reason else "=")):
        axes.text((place + 1) * (BLOCK + GAP) - GAP, rows / 2, sign, ha="center", va="center", size=18)
    axes.set(xlim=(-0.2, 3 * BLOCK + 2 * GAP), ylim=(LONGEST + 0.2, LINES[0] - 0.7), aspect="equal")
    axes.axis("off")
    return figure


def describe_broadcast(left: Sequence[int], right: Sequence[int], operation: str = "+") -> str:
    """Say what `draw_broadcast` draws, for those who cannot see it."""
    targets, result, _, reason = _stretched(_checked(left), _checked(right), operation)
    if reason:
        return f"{left} {operation} {right} fails: {' '.join(reason.split())}"
    stretched = " and ".join(str(target) for target in dict.fromkeys(targets))
    return f"{left} {operation} {right}: the boxes, stretched to {stretched}, give {result}."


def _checked(shape: Sequence[int]) -> Shape:
    lengths = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    if len(lengths) > MOST_AXES or not all(isinstance(n, int | np.integer) and 1 <= n <= LONGEST for n in lengths):
        raise ValueError(
            f"{shape!r} cannot be drawn: a shape here has up to {MOST_AXES} axes, each of length 1 to {LONGEST}, "
            "such as (4, 1). The rule is the same for longer ones."
        )
    return tuple(int(n) for n in lengths)


def _stretched(left: Shape, right: Shape, operation: str) -> tuple[list[Shape], Shape, tuple[int, int], str]:
    """The shapes that both tensors are stretched to, and the result's shape.

    If there is none: the axis of each that does not fit, counted from the right end from 1, and why (else 0 and "").

    Source: NumPy's user guide, "Broadcasting" and the notes on `numpy.matmul`.
    """
    kept = 2 if operation == "@" else 0  # axes at the right end that do not stretch
    free = [shape[: len(shape) - kept] for shape in (left, right)]
    pairs = list(zip(*((1,) * (max(map(len, free)) - len(axes)) + axes for axes in free), strict=True))
    if kept and left[-1] != right[-2]:
        return [left, right], (), (1, 2), f"Rows of {left[-1]} meet\ncolumns of {right[-2]}."
    for back, (a, b) in enumerate(reversed(pairs), start=kept + 1):
        if a != b and 1 not in (a, b):
            return [left, right], (), (back, back), f"{a} meets {b}.\nThey differ,\nand neither is 1."
    common = tuple(max(pair) for pair in pairs)
    ends = (left[-2:], right[-2:]) if kept else ((), ())
    return [common + end for end in ends], common + ((left[-2], right[-1]) if kept else ()), (0, 0), ""


def _draw_tensor(axes: Axes, place: int, tensor: np.ndarray, target: Shape) -> None:
    """One stack of sheets; a cell that the tensor holds itself is filled, a copy is dashed."""
    tensor = tensor.reshape((1,) * (MOST_AXES - tensor.ndim) + tensor.shape)
    sheets, rows, columns = (1,) * (MOST_AXES - len(target)) + target
    for sheet in reversed(range(sheets)):
        for row, column in np.ndindex(rows, columns):
            source = np.minimum((sheet, row, column), np.array(tensor.shape) - 1)
            own = tuple(source) == (sheet, row, column)
            x = place * (BLOCK + GAP) + column + sheet * BEHIND
            y = row - sheet * BEHIND
            look: dict[str, Any] = {"fc": COLORS[place], "ec": "black"} if own else {"fc": "white", "ec": "#777777"}
            axes.add_patch(Rectangle((x, y), 1, 1, lw=1, ls="-" if own else "--", **look))
            if sheet == 0:
                number = str(tensor[tuple(source)])
                axes.text(x + 0.5, y + 0.53, number, ha="center", va="center", color="black" if own else "#666666")


def _write_shape(
    axes: Axes, place: int, shape: Shape, target: Shape, operation: str, meets: int = 0, fails: bool = False
) -> None:
    """One of the three lines of shapes, right ends in line: given lengths filled, stretched ones dashed."""
    name = ("left", "right", f"left {operation} right")[place]
    y = LINES[place]
    axes.text(3.6, y, name, ha="right", va="center", size=12)
    for back in range(1, len(target) + 1):
        given = back <= len(shape)
        length = shape[-back] if given else 1
        edge = palette["wrong"] if fails and back == meets else "black" if given else "#777777"
        look: dict[str, Any] = {
            "fc": COLORS[place] if given else "white",
            "ls": "-" if length == target[-back] else "--",
            "lw": 3 if back == meets else 1,
        }
        x = 9 - 1.5 * back
        axes.add_patch(Rectangle((x - 0.65, y - 0.55), 1.3, 1.1, ec=edge, **look))
        text = str(length) if length == target[-back] else f"{length}→{target[-back]}"
        axes.text(x, y, text, ha="center", va="center", size=12)
    axes.text(8.7, y, str(shape), ha="left", va="center", size=12)


@styled
def draw_names(code: Sequence[str], after: int) -> Figure:
    """Draw what names stand for after some lines of code, which are run for it.

    Args:
        code: up to 5 lines, one statement each, that may use `tf` and `np` and make up to 3 small tensors, Variables
            or arrays, with up to 3 names.
        after: how many of the lines have been run, from 0.

    Returns:
        the figure, not displayed: the code, the names, and each object once, with an arrow from every name it has.
        What has lost its last name is pale.

    Raises:
        ValueError: no or too many lines, names or objects, or a number of lines that are not there. What the code
            raises comes through.
    """
    if not 1 <= len(code) <= MOST_LINES or not 0 <= after <= len(code):
        raise ValueError(
            f"{len(code)} lines and after={after} cannot be drawn; give 1 to {MOST_LINES} lines of code, and how many "
            "of them have been run."
        )
    names, objects = _run(code[:after])
    if max(len(names), len(objects)) > MOST_OBJECTS:
        raise ValueError(
            f"the code makes {len(objects)} objects with {len(names)} names, but up to {MOST_OBJECTS} of each fit into "
            "the figure; use fewer."
        )
    figure = Figure(figsize=(7.4, 2.5))
    axes = figure.subplots()
    for number, line in enumerate(code):
        run, last = number < after, number == after - 1
        style: dict[str, Any] = {"weight": "bold" if last else "normal", "color": "black" if run else "#767676"}
        axes.text(0.3, number, line, family="DejaVu Sans Mono", size=11, va="center", **style)
        if last:
            axes.text(0, number, "▸", color=palette["model"], size=14, ha="center", va="center")
    heights = np.linspace(0.2, MOST_LINES - 1.2, MOST_OBJECTS)
    for place, held in enumerate(objects):
        _draw_object(axes, heights[place], held, named=place in names.values())
    for level, (name, place) in enumerate(names.items()):
        y = heights[level]
        axes.text(6.2, y, name, ha="right", va="center", size=12, color=palette["model"], weight="bold")
        arrow = {"arrowstyle": "-|>", "color": palette["model"], "lw": 1.8}
        axes.annotate("", xy=(7.65, heights[place]), xytext=(6.3, y), arrowprops=arrow)
    axes.set(xlim=(-0.2, 10.2), ylim=(MOST_LINES - 0.6, -0.6))
    axes.axis("off")
    return figure


def describe_names(code: Sequence[str], after: int) -> str:
    """Say what `draw_names` draws, for those who cannot see it."""
    names, objects = _run(code[:after])
    held = [" and ".join(name for name, at in names.items() if at == place) for place in range(len(objects))]
    told = "; ".join(f"{who or 'no name'}: {_told(what)}" for who, what in zip(held, objects, strict=True))
    return f"Line {after} of {len(code)}, {code[after - 1]}. {told}." if after else "No line has run."


def _run(lines: Sequence[str]) -> tuple[dict[str, int], list[Any]]:
    """The names after the lines, each with the place of its object, and all objects in the order of their making."""
    import tensorflow as tf

    space: dict[str, Any] = {"tf": tf, "np": np}
    objects: list[Any] = []  # kept, or a new object could get the address of a lost one
    held: dict[str, Any] = {}
    for line in lines:
        exec(line, space)
        held = {name: v for name, v in space.items() if isinstance(v, tf.Tensor | tf.Variable | np.ndarray)}
        objects += [value for value in held.values() if all(value is not known for known in objects)]
    return {name: _place(value, objects) for name, value in held.items()}, objects


def _place(value: Any, objects: Sequence[Any]) -> int:
    return next(place for place, known in enumerate(objects) if known is value)


def _kind(held: Any) -> str:
    return "Variable" if hasattr(held, "assign") else "array" if isinstance(held, np.ndarray) else "tensor"


def _told(held: Any) -> str:
    return f"{_kind(held)} {np.asarray(held).tolist()}"


def _draw_object(axes: Axes, y: float, held: Any, named: bool) -> None:
    color = palette["kernel"] if _kind(held) == "Variable" else "#DDDDDD"
    ink = "black" if named else "#8A8A8A"
    box = FancyBboxPatch(
        (7.8, y - 0.42), 2.2, 0.84, boxstyle="round,pad=0,rounding_size=0.12", fc=color if named else "white", ec=ink
    )
    axes.add_patch(box)
    axes.text(8.9, y, _told(held), ha="center", va="center", size=11, color=ink)

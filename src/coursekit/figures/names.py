"""Which name stands for which object, line by line: identity and value."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from coursekit.figures.style import palette, styled

MOST_LINES, MOST_OBJECTS = 5, 3


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


def _draw_object(axes: Axes, y: float, held: Any, named: bool) -> None:
    kind = "Variable" if hasattr(held, "assign") else "array" if isinstance(held, np.ndarray) else "tensor"
    color = palette["kernel"] if kind == "Variable" else "#DDDDDD"
    ink = "black" if named else "#8A8A8A"
    box = FancyBboxPatch(
        (7.8, y - 0.42), 2.2, 0.84, boxstyle="round,pad=0,rounding_size=0.12", fc=color if named else "white", ec=ink
    )
    axes.add_patch(box)
    axes.text(8.9, y, f"{kind}  {np.asarray(held).tolist()}", ha="center", va="center", size=11, color=ink)

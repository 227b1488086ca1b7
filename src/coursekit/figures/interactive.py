"""Interactive figures that work in JupyterLab and, with no kernel behind them, in a web page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import ipywidgets as widgets
from matplotlib.figure import Figure

from coursekit.figures.display import Result, close, display_bundle, image_html, png

MOST_FRAMES = 60
MOST_BYTES = 350_000


@dataclass(frozen=True)
class Explored(Result):
    """An interactive figure: its widget, and for each frame the values and the alt text, in drawing order."""

    widget: widgets.Widget
    values: tuple[dict[str, Any], ...]
    alts: tuple[str, ...]


def explore(
    draw: Callable[..., Figure],
    *,
    alt: str | Callable[..., str],
    play: str | None = None,
    dpi: int = 88,
    colors: int = 64,
    interval: int = 700,
    **axes: Sequence[Any],
) -> Explored:
    """Draw a figure for every combination of some values, and move between the frames with sliders.

    All frames are drawn once, now; sliders only choose which one is visible. So the figure needs no kernel later.

    Args:
        draw: a pure function of the axes' names that returns a figure.
        alt: what a frame shows: a format string such as `"stride {stride}"` or a function of the values.
        play: name of the axis that gets a Play button.
        dpi: dots per inch of the frames.
        colors: size of the frames' palettes, 2 to 256.
        interval: milliseconds between two frames while playing.
        axes: for each slider its values, first one first.

    Raises:
        ValueError: no axis, an empty axis, over 60 frames, over 350 kB in all, or `play` names no axis.
        TypeError: `draw` returned no figure.
    """
    _check_axes(axes, play)
    frames = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    pictures, alts = [], []
    for frame in frames:
        alts.append(alt.format(**frame) if isinstance(alt, str) else alt(**frame))
        pictures.append(image_html(_picture(draw, frame, dpi, colors), alts[-1]))
    _check_size(sum(map(len, pictures)), len(frames))

    widget = _widget([widgets.HTML(picture) for picture in pictures], axes, play, interval)
    display_bundle({**widget._repr_mimebundle_(), "text/plain": alts[0]})
    display_bundle({"text/html": f"<noscript>{pictures[0]}</noscript>", "text/plain": alts[0]})
    return Explored(widget, tuple(frames), tuple(alts))


def _widget(
    pictures: list[widgets.HTML], axes: dict[str, Sequence[Any]], play: str | None, interval: int
) -> widgets.Widget:
    """Nest the pictures into one Stack per axis, last axis innermost, and link each axis' slider to its Stacks."""
    level: list[widgets.Widget] = list(pictures)
    controls: list[widgets.Widget] = []
    for name, values in reversed(axes.items()):
        size = len(values)
        level = [widgets.Stack(level[i : i + size], selected_index=0) for i in range(0, len(level), size)]
        slider = widgets.SelectionSlider(
            options=[(_label(value), index) for index, value in enumerate(values)],
            description=name.replace("_", " "),
            continuous_update=True,
            style={"description_width": "initial"},
        )
        for stack in level:
            widgets.jslink((slider, "index"), (stack, "selected_index"))
        row: list[widgets.Widget] = [slider]
        if name == play:
            player = widgets.Play(min=0, max=size - 1, interval=interval, description=f"Play {name}")
            widgets.jslink((player, "value"), (slider, "index"))
            row.insert(0, player)
        controls.insert(0, widgets.HBox(row))
    return widgets.VBox([*controls, level[0]])


def _picture(draw: Callable[..., Figure], frame: dict[str, Any], dpi: int, colors: int) -> bytes:
    figure = draw(**frame)
    if not isinstance(figure, Figure):
        name = getattr(draw, "__name__", "draw")
        raise TypeError(
            f"{name}({_call(frame)}) returned {type(figure).__name__}, but ck.explore needs a matplotlib figure; "
            f"let {name} end with `return figure`."
        )
    picture = png(figure, dpi=dpi, colors=colors)
    close(figure)
    return picture


def _check_axes(axes: dict[str, Sequence[Any]], play: str | None) -> None:
    if not axes:
        raise ValueError("ck.explore has nothing to move; give at least one axis, such as stride=(1, 2, 3).")
    for name, values in axes.items():
        if isinstance(values, str) or not hasattr(values, "__len__") or len(values) == 0:
            raise ValueError(f"the axis {name} is {values!r}, but an axis is a list of values; try {name}=(1, 2, 3).")
    count = prod(len(values) for values in axes.values())
    if count > MOST_FRAMES:
        sizes = " × ".join(str(len(values)) for values in axes.values())
        raise ValueError(f"{sizes} values make {count} frames, but a page carries {MOST_FRAMES}; leave some out.")
    if play is not None and play not in axes:
        raise ValueError(f"play={play!r} names no axis; choose one of: {', '.join(axes)}.")


def _check_size(size: int, count: int) -> None:
    if size > MOST_BYTES:
        raise ValueError(
            f"the {count} frames weigh {size // 1000} kB together, but one figure may weigh {MOST_BYTES // 1000} kB; "
            "draw smaller figures or fewer values, lower dpi, or crop photographs to 96 pixels."
        )


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _call(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())

"""Slopes drawn: a secant over its step, the step's error in short and long numbers, a calculation played back."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator

from coursekit.figures.style import fixed_figure, palette, styled, written

Record = Sequence[tuple[str, float, Sequence[tuple[int, float]]]]
METHODS = ("forward", "central")
FLOATS = ("float16", "float32", "float64")
_SMALLEST_ERROR = 1e-13  # drawn in place of an error of 0, which no logarithm shows

# One step ------------------------------------------------------------------------------------------------------------


def difference(f: Callable[[Any], Any], x: Any, h: Any, method: str = "central") -> Any:
    """A measured slope: the rise of f from x (`"forward"`) or x − h (`"central"`) to x + h, divided by the run.

    `x` and `h` may be numbers or arrays that fit together; their dtype is kept.
    Raises ValueError for another method.
    """
    if method not in METHODS:
        raise ValueError(f"the method is {method!r}; choose one of: {', '.join(METHODS)}.")
    if method == "forward":
        return (f(x + h) - f(x)) / h
    return (f(x + h) - f(x - h)) / (h + h)


@styled
def draw_secant(f: Callable[[Any], Any], x: float, slope: float, h: float, method: str = "central") -> Figure:
    """Draw a curve, its tangent at x, and the line through the two places from which a slope is measured.

    Args:
        f: the curve, a function of an array of shape (places,).
        x: the place of the tangent.
        slope: the true slope there.
        h: the step, above 0 and at most 1: the picture reaches from x − 1.2 to x + 1.2.
        method: `"forward"` measures from x to x + h, `"central"` from x − h to x + h.

    Returns:
        the figure, not displayed; its axes are the same for every step.

    Raises:
        ValueError: a step outside 0 to 1, or another method.
    """
    if not 0 < h <= 1:
        raise ValueError(f"h is {h}, but the picture shows steps above 0 and up to 1.")
    measured = float(difference(f, x, h, method))
    start, end = (x if method == "forward" else x - h), x + h
    places = np.linspace(x - 1.2, x + 1.2, 200)
    heights = f(places)
    figure = fixed_figure(6.4, 3.6)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.1, right=0.97, bottom=0.14, top=0.88)
    axes.plot(places, heights, color=palette["data"], lw=1.5)
    axes.plot(places, f(end) + measured * (places - end), color=palette["gradient"], lw=4)
    axes.plot([start, end], [f(start), f(end)], "o", color=palette["gradient"], ms=9)
    axes.plot(places, f(x) + slope * (places - x), color=palette["truth"], lw=1.5, ls="--")
    axes.plot(x, f(x), "o", color=palette["truth"], ms=6)
    margin = 0.08 * float(np.ptp(heights))
    axes.set(xlabel="x", ylabel="f(x)", xlim=(places[0], places[-1]))
    axes.set_ylim(heights.min() - margin, heights.max() + margin)
    axes.text(0.04, 0.9, f"tangent: {written(slope, '.6g')}", color=palette["truth"], transform=axes.transAxes)
    axes.text(0.04, 0.8, f"measured: {written(measured, '.6g')}", color=palette["gradient"], transform=axes.transAxes)
    axes.set_title(f"{method} difference, h = {h:g}: off by {written(measured - slope, '.3g')}")
    return figure


# Truncation meets rounding -------------------------------------------------------------------------------------------


@styled
def draw_step_size(
    f: Callable[[Any], Any], derivative: Callable[[Any], Any], x: float, h: float, dtype: str = "float64"
) -> Figure:
    """Draw one step under the microscope, as numbers of one kind see it, and the error of all steps beside it.

    Left: the change of f around x, in the unit of the step, so that the true slope is always the diagonal. Long steps
    show the bend of the curve, short ones the stairs of rounded numbers. Right: relative errors of slopes over h.

    Args:
        f: the curve, a function of an array that keeps the array's dtype.
        derivative: its true slope, a function of a number; not 0 at x.
        x: the place.
        h: the step of the central difference that is drawn on the left and marked on the right.
        dtype: the kind of number that f is computed in: `"float16"`, `"float32"` or `"float64"`.

    Returns:
        the figure, not displayed; its axes are the same for every step and kind.

    Raises:
        ValueError: an unknown kind, a step that is not above 0, or a place where the slope is 0.
    """
    if dtype not in FLOATS:
        raise ValueError(f"the kind of number is {dtype!r}; choose one of: {', '.join(FLOATS)}.")
    kind = np.dtype(dtype).type
    place = kind(x)
    true = float(derivative(float(place)))
    if h <= 0 or true == 0:
        raise ValueError(f"draw_step_size wants a step above 0 and a slope that is not 0, not h = {h}, slope {true:g}.")
    figure = fixed_figure(8.6, 3.8)
    near, errors = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.075, right=0.985, bottom=0.16, top=0.88, wspace=0.24)
    _draw_microscope(near, f, place, true, h)
    _draw_errors(errors, f, place, true, h)
    near.set_title(f"{dtype}, h = {_power_of_ten(h)}")
    return figure


def _draw_microscope(axes: Axes, f: Callable[[Any], Any], place: Any, true: float, h: float) -> None:
    kind = type(place)
    offsets = np.linspace(-2, 2, 801)  # in steps
    at = (float(place) + offsets * h).astype(kind)  # where such numbers can stand
    change = (f(at) - f(place)).astype(float) / (true * h)
    axes.plot([-2, 2], [-2, 2], color=palette["truth"], lw=2, ls="--", zorder=4)
    axes.plot(offsets, change, color=palette["data"], lw=1.5, zorder=3)
    ends = np.array([place - kind(h), place + kind(h)])
    heights = (f(ends) - f(place)).astype(float) / (true * h)
    measured = np.diff(heights).item() / 2
    axes.plot(offsets, heights.mean() + measured * offsets, color=palette["gradient"], lw=5)
    axes.plot([-1, 1], heights, "o", color=palette["gradient"], ms=9)
    axes.set(xlim=(-2, 2), ylim=(-3, 3), xticks=(-2, -1, 0, 1, 2), yticks=(-2, 0, 2))
    axes.set(xlabel="steps away from x", ylabel="change of f / (slope · h)")
    axes.text(0.04, 0.91, f"true slope: {written(true, '.6g')}", color=palette["truth"], transform=axes.transAxes)
    text = f"measured: {written(measured * true, '.6g')}"
    axes.text(0.04, 0.82, text, color=palette["gradient"], transform=axes.transAxes)


def _draw_errors(axes: Axes, f: Callable[[Any], Any], place: Any, true: float, h: float) -> None:
    kind = type(place)
    steps = 10.0 ** -np.arange(0, 15.1, 0.25)
    for method, color, height in (("forward", "#999999", 0.91), ("central", palette["model"], 0.82)):
        axes.plot(steps, step_errors(f, place, true, steps.astype(kind), method), color=color, marker=".", ms=4, lw=1)
        axes.text(0.04, height, method, color=color, transform=axes.transAxes)
    now = step_errors(f, place, true, np.array([h], kind), "central").item()
    axes.plot(h, now, "o", color=palette["gradient"], ms=10, zorder=3)
    axes.set(xscale="log", yscale="log", xlim=(3e-16, 3), ylim=(_SMALLEST_ERROR / 3, 1e4))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=6))
        axis.set_major_formatter(lambda value, _: _power_of_ten(value))
    axes.minorticks_off()
    axes.set(xlabel="h", ylabel="relative error")
    axes.set_title(f"relative error {_power_of_ten(now)}" if now > _SMALLEST_ERROR else "no error at all, by luck")


def step_errors(f: Callable[[Any], Any], x: Any, true: float, steps: np.ndarray, method: str) -> np.ndarray:
    """Relative errors of the slopes measured at x with these steps, shape (steps,), at least 1e-13.

    A step that is 0 in this kind of number measures nothing; its error is NaN.
    """
    with np.errstate(all="ignore"):
        measured = difference(f, x, steps, method).astype(float)
    return np.maximum(np.abs(measured / true - 1), _SMALLEST_ERROR)


# A calculation that is played back -----------------------------------------------------------------------------------


@styled
def draw_playback(record: Record, stage: int) -> Figure:
    """Draw a recorded calculation as a graph: values run forward, then the slopes of the last number run back.

    Args:
        record: for each number, in the order of calculation: its name, its value, and pairs (source, slope), empty
            for an input. `source` is the place of a number that went in, from 0; `slope` the local slope along it.
        stage: 0 shows the inputs; then one more number each; then the last number's slope; then each number passes
            its own slope on. The last stage is twice the count of computed numbers, plus 1.

    Returns:
        the figure, not displayed: values in blue, local slopes on the lines, slopes of the end in pink.

    Raises:
        ValueError: a source that comes later than its number, no computed number, or a stage beyond the last.
    """
    computed = [number for number, (_, _, sources) in enumerate(record) if sources]
    last_stage = 2 * len(computed) + 1
    if not computed or any(s >= n for n, (_, _, sources) in enumerate(record) for s, _ in sources):
        raise ValueError("a record holds at least one computed number, and its sources come before it.")
    if stage not in range(last_stage + 1):
        raise ValueError(f"stage is {stage!r}, but this record has the stages 0 to {last_stage}.")
    shown = {n for n in range(len(record)) if n not in computed} | set(computed[:stage])
    passed = computed[::-1][: max(stage - len(computed) - 1, 0)]
    slopes = _slopes_after(record, passed)
    places = _places(record)

    columns = 1 + max(column for column, _ in places)
    rows = 1 + max(row for _, row in places)
    figure = fixed_figure(2.5 * columns + 0.6, 1.35 * rows + 0.7)
    axes = figure.add_axes((0, 0, 1, 0.87))
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.42, -0.4))
    axes.axis("off")
    boxes = []
    for number, (name, value, _) in enumerate(record):
        text = f"{name} = {written(value, '.6g')}" if number in shown and name != written(value, ".6g") else name
        boxes.append(_draw_number(axes, places[number], text, "model" if number in shown else None))
        if stage > len(computed) and slopes[number]:
            _write(axes, places[number], written(slopes[number], ".6g"), _is_new(number, record, passed))
    for number, (_, _, sources) in enumerate(record):
        went_in = [source for source, _ in sources]
        for k, (source, slope) in enumerate(sources):
            _draw_arrow(
                axes,
                boxes[source],
                boxes[number],
                written(slope, ".6g") if number in shown else "",
                # A number that goes in twice has two arrows, and both are seen.
                bend=0.0 if went_in.count(source) == 1 else 0.3 if source in went_in[:k] else -0.3,
                back=number in passed,
                newest=number in passed[-1:],
            )
    figure.suptitle(_says(record, computed, passed, stage), weight="bold", y=0.965)
    return figure


def _slopes_after(record: Record, passed: Sequence[int]) -> list[float]:
    slopes = [0.0] * len(record)
    slopes[-1] = 1.0
    for number in passed:
        for source, slope in record[number][2]:
            slopes[source] += slope * slopes[number]
    return slopes


def _is_new(number: int, record: Record, passed: Sequence[int]) -> bool:
    return any(source == number for source, _ in record[passed[-1]][2]) if passed else True


def _says(record: Record, computed: list[int], passed: Sequence[int], stage: int) -> str:
    if stage == 0:
        return "the inputs"
    if stage <= len(computed):
        return f"forward: {record[computed[stage - 1]][0]}"
    if not passed:
        return "back: the end's slope along itself is 1"
    return f"back through {record[passed[-1]][0]}"


def _places(record: Record) -> list[tuple[int, float]]:
    """Column and row of each number: inputs first, every number to the right of what it was made of."""
    columns: list[int] = []
    for _, _, sources in record:
        columns.append(1 + max((columns[source] for source, _ in sources), default=-1))
    rows: list[float] = []
    inputs = 0
    for _, _, sources in record:
        if sources:
            rows.append(float(np.mean([rows[source] for source, _ in sources])))
        else:
            rows.append(float(inputs))
            inputs += 1
    return list(zip(columns, rows, strict=True))


def _draw_arrow(axes: Axes, start: Text, end: Text, slope: str, *, bend: float, back: bool, newest: bool) -> None:
    """An arrow from one box to another, or back; it begins and ends at their edges."""
    color = palette["gradient"] if back else palette["model"] if slope else "#cccccc"
    tail, head = (end, start) if back else (start, end)
    arrow = dict(arrowstyle="-|>", lw=2.6 if newest else 1.6, color=color, shrinkA=2, shrinkB=2)
    arrow.update(patchA=tail.get_bbox_patch(), patchB=head.get_bbox_patch())
    arrow["connectionstyle"] = f"arc3,rad={-bend if back else bend}"
    # above the boxes, so that these have been laid out when the arrow looks for their edges
    axes.annotate("", head.get_position(), xytext=tail.get_position(), arrowprops=arrow, zorder=3.5)
    if slope:
        (x, y), (other_x, other_y) = start.get_position(), end.get_position()
        middle = ((x + other_x) / 2, (y + other_y) / 2 + 0.62 * bend)
        box = dict(boxstyle="round,pad=0.15", fc="white", ec="none")
        axes.text(*middle, f"×{slope}", ha="center", va="center", size=11, color="#555555", bbox=box, zorder=3.6)


def _draw_number(axes: Axes, place: tuple[int, float], text: str, role: str | None) -> Text:
    box = dict(boxstyle="round,pad=0.4", fc="white", ec=palette[role] if role else "#cccccc", lw=1.6)
    return axes.text(*place, text, ha="center", va="center", size=12, bbox=box, zorder=3)


def _write(axes: Axes, place: tuple[int, float], text: str, newest: bool) -> None:
    fill = palette["kernel"] if newest else "white"
    box = dict(boxstyle="round,pad=0.2", fc=fill, ec=palette["gradient"], lw=1.4)
    axes.text(place[0], place[1] + 0.36, text, ha="center", va="center", size=11, bbox=box, zorder=4)


# What the drawings share ---------------------------------------------------------------------------------------------


def _power_of_ten(value: float) -> str:
    """A number with one digit, as Python writes it: 1e-6, without a leading zero in the exponent."""
    digit, exponent = f"{value:.0e}".split("e")
    return digit if int(exponent) == 0 else f"{digit}e{int(exponent)}"

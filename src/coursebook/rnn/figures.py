"""Recurrent networks drawn: a cell unrolled, what it makes of a sentence, and how far gradients reach."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from coursekit.figures.style import SIGNED_MAP, palette, styled

MOST_STEPS, MOST_NUMBERS = 6, 4
CELLS = {"linear": "model", "tanh": "training"}  # and the color of each
SHAPES: dict[str, Callable[[int, int], bool]] = {  # and which numbers of steps read and answered each of them has
    "one to one": lambda read, answered: read == answered == 1,
    "one to many": lambda read, answered: read == 1,
    "many to one": lambda read, answered: answered == 1,
    "many to many, in step": lambda read, answered: read == answered,
    "first read, then write": lambda read, answered: True,
}
_GRAY = "#767676"
_FAINT = "#d0d0d0"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# A cell unrolled -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unrolled:
    """What a recurrent layer did with one sequence, step by step.

    inputs: shape (steps, features). states: the start and the state after each step, shape (steps + 1, units).
    gradients: of the loss along each state, shape (steps + 1, units), or None if there was no loss.
    loss: of the last state, or None.
    """

    inputs: np.ndarray
    states: np.ndarray
    gradients: np.ndarray | None
    loss: float | None = None

    @property
    def frames(self) -> int:
        """How many frames an animation has: the start, each step, and with a loss each state on the way back."""
        count = len(self.states)
        return count if self.gradients is None else 2 * count

    def says(self, frame: int) -> str:
        """One sentence on what a frame shows."""
        steps = len(self.inputs)
        if frame == 0:
            return "the start: nothing is read yet, the state h0 is 0"
        if frame <= steps:
            return f"step {frame}: reads x{frame} and h{frame - 1}, writes h{frame} = {_row(self.states[frame])}"
        state = 2 * steps + 1 - frame
        assert self.gradients is not None
        assert self.loss is not None
        came = f"the loss is {_short(self.loss)}:" if state == steps else f"back from h{state + 1},"
        return f"{came} the gradient {_row(self.gradients[state])} arrives at h{state}"

    def factor(self, step: int) -> float | None:
        """What a gradient is multiplied by on its way back through a step, or None if that is no single number."""
        if self.gradients is None or self.gradients.shape[1] != 1 or not self.gradients[step, 0]:
            return None
        return float(self.gradients[step - 1, 0] / self.gradients[step, 0])


def unroll(layer: Any, sequence: Any, loss: Callable[[Any], Any] | None = None) -> Unrolled:
    """Let a recurrent layer read one sequence step by step, and keep every state.

    Args:
        layer: a built `keras.layers.SimpleRNN`; its own cell makes the steps.
        sequence: shape (steps, features).
        loss: a function of the last state, shape (units,); with it, the gradients are kept as well.

    Raises:
        ValueError: the layer is no SimpleRNN or not built, or the sequence does not fit it.
    """
    import tensorflow as tf
    from keras import layers

    if not isinstance(layer, layers.SimpleRNN) or not layer.built:
        raise ValueError("unroll needs a built SimpleRNN layer: let it read one batch first, or build a model with it.")
    inputs = np.asarray(sequence, dtype="float32")
    features = layer.cell.kernel.shape[0]
    if inputs.ndim != 2 or not len(inputs) or inputs.shape[1] != features:
        raise ValueError(
            f"the sequence has the shape {inputs.shape}, but this layer reads (steps, {features}): "
            "one row for each step, without the batch axis."
        )
    with tf.GradientTape() as tape:
        states = [tf.zeros((1, layer.units))]
        tape.watch(states[0])
        for x in inputs:
            output, _ = layer.cell(x[np.newaxis], [states[-1]])
            states.append(output)
        total = None if loss is None else loss(states[-1][0])
    gradients = None if total is None else np.concatenate(tape.gradient(total, states))
    return Unrolled(inputs, np.concatenate(states), gradients, None if total is None else float(total))


@styled
def draw_unrolled(unrolled: Unrolled, frame: int | None = None) -> Figure:
    """Draw a recurrent cell twice: folded, with its loop, and unrolled, once for each step of a sequence.

    Args:
        unrolled: of `unroll`; at most 6 steps, 4 features and 4 units.
        frame: how far the animation is, from 0; by default everything is shown. Forward a state appears at each step;
            then, if there was a loss, a gradient above each state, from the last to the first. With one unit, the
            arrow between two gradients carries the factor that leads from one to the other.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: too many numbers to be drawn, or no such frame.
    """
    (steps, features), units = unrolled.inputs.shape, unrolled.states.shape[1]
    if steps > MOST_STEPS or max(features, units) > MOST_NUMBERS:
        raise ValueError(
            f"{steps} steps of {features} features and {units} units are too many numbers to be drawn; "
            f"take at most {MOST_STEPS} steps and {MOST_NUMBERS} of each."
        )
    last = unrolled.frames - 1
    frame = last if frame is None else frame
    if not 0 <= frame <= last:
        raise ValueError(f"there are the frames 0 to {last}, not {frame}.")
    back = unrolled.gradients is not None
    figure = Figure(figsize=(8.8, (4.1 if back else 3.1) + 0.34 * (features + units * (2 if back else 1) - 2)))
    axes = figure.subplots()
    tall = 0.5
    input_y, state_y = 0.0, 1.4 + tall * (features + units) / 2
    gradient_y = state_y + 1.15 + tall * units
    done = min(frame, steps)
    _draw_folded(axes, -1.9, input_y, state_y)
    for step in range(steps + 1):
        x = 1.9 * step
        if step:
            shown = step <= done
            _stack(axes, x, input_y, unrolled.inputs[step - 1], f"x{step}", shown=True, name_below=True)
            _arrow(axes, (x, input_y + tall * features / 2), (x, state_y - tall * units / 2), "W", shown)
            _arrow(axes, (x - 1.9 + 0.42, state_y), (x - 0.42, state_y), "U", shown)
        _stack(axes, x, state_y, unrolled.states[step], f"h{step}", shown=step <= done, now=step == frame)
        if back:
            arrived = step >= 2 * steps + 1 - frame
            assert unrolled.gradients is not None
            now = step == 2 * steps + 1 - frame
            _stack(axes, x, gradient_y, unrolled.gradients[step], "", shown=arrived, now=now, gradient=True)
            if step < steps:
                factor = unrolled.factor(step + 1)
                name = "" if factor is None or not arrived else f"× {_short(factor)}"
                _arrow(axes, (x + 1.9 - 0.42, gradient_y), (x + 0.42, gradient_y), name, arrived, palette["gradient"])
            else:
                name = f"loss {_short(unrolled.loss)}" if arrived and unrolled.loss is not None else ""
                ends = (x, state_y + tall * units / 2 + 0.38), (x, gradient_y - tall * units / 2)
                _arrow(axes, *ends, name, arrived, palette["gradient"])
    top = gradient_y if back else state_y
    if back:
        axes.text(-1.9, gradient_y, "gradient of\nthe loss", ha="center", va="center", color=palette["gradient"])
    axes.set(
        xlim=(-2.9, 1.9 * steps + 0.75),
        ylim=(-0.75 - tall * (features - 1) / 2, top + (0.2 if back else 0.8) + tall * units / 2),
    )
    axes.set_title(unrolled.says(frame), loc="left")
    axes.axis("off")
    return figure


def _draw_folded(axes: Axes, x: float, input_y: float, state_y: float) -> None:
    """The cell with its loop, as the layer stands in the code."""
    axes.add_patch(Circle((x, input_y), 0.3, fc="white", ec=_GRAY))
    axes.text(x, input_y, "x", ha="center", va="center")
    axes.add_patch(
        FancyBboxPatch((x - 0.35, state_y - 0.2), 0.7, 0.4, boxstyle="round,pad=0.1", fc="white", ec="black")
    )
    axes.text(x, state_y, "tanh", ha="center", va="center")
    _arrow(axes, (x, input_y + 0.3), (x, state_y - 0.3), "W", True)
    axes.annotate(
        "",
        (x + 0.2, state_y + 0.32),
        (x - 0.2, state_y + 0.32),
        arrowprops=dict(arrowstyle="<-", color=palette["model"], lw=1.8, connectionstyle="arc3,rad=-2.2"),
    )
    axes.text(x + 0.5, state_y + 0.55, "U", color=palette["model"], ha="left", va="center")
    axes.text(x + 0.75, state_y, "=", ha="center", va="center", size=16)


def _stack(
    axes: Axes,
    x: float,
    y: float,
    values: np.ndarray,
    name: str,
    *,
    shown: bool,
    now: bool = False,
    gradient: bool = False,
    name_below: bool = False,
) -> None:
    """Numbers in boxes one above the other, middle at (x, y)."""
    bottom = y - 0.25 * len(values)
    for row, value in enumerate(values):
        place = (x - 0.42, bottom + 0.5 * (len(values) - 1 - row))
        share = min(abs(float(value)), 1.0)
        face = _tint(float(value)) if shown and not gradient else "white"
        edge = palette["gradient"] if gradient else _GRAY
        axes.add_patch(
            Rectangle(place, 0.84, 0.5, fc=face, ec=("black" if now else edge if shown else _FAINT), lw=2 if now else 1)
        )
        if shown:
            color = palette["gradient"] if gradient else "white" if share > 0.6 else "black"
            axes.text(place[0] + 0.42, place[1] + 0.24, _short(value), ha="center", va="center", size=11, color=color,
                      weight="bold" if gradient else "normal")  # fmt: skip
    if name:
        place_y, anchor = (bottom - 0.07, "top") if name_below else (bottom + 0.5 * len(values) + 0.07, "bottom")
        axes.text(x, place_y, name, ha="center", va=anchor, color="black" if shown else _GRAY)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    name: str,
    shown: bool,
    color: str | None = None,
) -> None:
    color = (color or palette["model"]) if shown else _FAINT
    axes.annotate("", end, start, arrowprops=dict(arrowstyle="-|>", color=color, lw=1.8, shrinkA=1, shrinkB=1))
    if name:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        upright = start[0] == end[0]
        axes.text(middle[0] + (0.1 if upright else 0), middle[1] + (0 if upright else 0.08), name, color=color,
                  ha="left" if upright else "center", va="center" if upright else "bottom")  # fmt: skip


def _tint(value: float) -> Any:
    return matplotlib.colormaps[SIGNED_MAP](0.5 + 0.5 * np.clip(value, -1, 1))


def _short(value: float) -> str:
    """Two significant digits, a true minus sign."""
    return f"{value:.2g}".replace("-", "−") if abs(value) >= 5e-4 or value == 0 else f"{value:.0e}".replace("-", "−")


def _row(values: np.ndarray) -> str:
    return _short(values[0]) if len(values) == 1 else "(" + ", ".join(_short(value) for value in values) + ")"


# Five shapes ---------------------------------------------------------------------------------------------------------


@styled
def draw_shapes(steps: Mapping[str, tuple[int, int]]) -> Figure:
    """Draw which steps of a network read and which ones answer, one panel for each way to use a recurrent network.

    Args:
        steps: for each of `SHAPES` that is wanted, how many vectors are read and how many are answered.

    Returns:
        the figure, not displayed. From below: inputs, states, outputs. A light square is a state of a second network.

    Raises:
        ValueError: another name, or numbers of steps that this shape does not have.
    """
    for name, (read, answered) in steps.items():
        if name not in SHAPES:
            raise ValueError(f"the shapes are called {', '.join(SHAPES)}, not {name!r}.")
        if min(read, answered) < 1 or not SHAPES[name](read, answered):
            raise ValueError(f"no {name!r} reads {read} and answers {answered} steps.")
    widths = [read + answered if name == "first read, then write" else max(read, answered) for name, (read, answered) in
              steps.items()]  # fmt: skip
    figure = Figure(figsize=(9.6, 2.9))
    panels = np.ravel(figure.subplots(1, len(steps), squeeze=False, width_ratios=[width + 0.9 for width in widths]))
    for axes, (name, (read, answered)), width in zip(panels, steps.items(), widths, strict=True):
        second = name == "first read, then write"
        hidden = [(x, second and x >= read) for x in range(width)]
        outputs = range(width - answered, width)
        axes.set(xlim=(-0.75, width - 0.25), ylim=(-0.55, 2.55), aspect="equal")
        axes.set_title(name.replace(", ", ",\n"), loc="center", va="bottom")
        axes.axis("off")
        for x in range(read):
            axes.add_patch(Circle((x, 0), 0.24, fc="white", ec=palette["data"], lw=1.5))
            _arrow(axes, (x, 0.24), (x, 0.72), "", True, palette["data"])
        sent = [(0, 0.24, x) for x in range(1, width)] if name == "one to many" else []
        for x, y, to in sent:
            _arrow(axes, (x + 0.17, y - 0.07), (to, 0.72), "", True, palette["data"])
        for x, light in hidden:
            face = palette["validation"] if light else palette["model"]
            axes.add_patch(Rectangle((x - 0.26, 0.74), 0.52, 0.52, fc=face, ec="none"))
            if x and name != "one to one":
                _arrow(axes, (x - 0.74, 1), (x - 0.26, 1), "", True)
            if light and x > read:  # the last state of the first network is the input of each step of the second
                bent = dict(arrowstyle="-|>", color=palette["model"], lw=1.8, connectionstyle="arc3,rad=0.45")
                axes.annotate("", (x, 0.72), (read - 1, 0.72), arrowprops=bent)
        for x in outputs:
            _arrow(axes, (x, 1.28), (x, 1.76), "", True, palette["training"])
            axes.add_patch(Circle((x, 2), 0.24, fc=palette["training"], ec="none"))
    for text, y in (("input", 0), ("state", 1), ("output", 2)):
        panels[0].text(-0.65, y, text, ha="right", va="center")
    return figure


# Two sentences read --------------------------------------------------------------------------------------------------


@styled
def draw_readings(sentences: Sequence[Sequence[str]], states: Any, verdicts: Sequence[str]) -> Figure:
    """Draw the states of a recurrent network while it reads two sentences, and how far apart they are.

    Args:
        sentences: two lists of words, equally long; where they differ, both words stand below the figure.
        states: after each word, in −1 to 1, shape (2, words, units).
        verdicts: what comes out in the end, a short text for each sentence.

    Returns:
        the figure, not displayed. Positive states are blue, negative ones orange. The bars are the roots of the mean
        squared differences over all units.

    Raises:
        ValueError: the shapes do not fit together.
    """
    states = np.asarray(states, float)
    counts = tuple(map(len, sentences))
    if len(counts) != 2 or states.ndim != 3 or states.shape[:2] != (2, counts[0]) or counts[0] != counts[1]:
        raise ValueError(
            f"sentences of {' and '.join(map(str, counts))} words came with states of shape {states.shape}; "
            "give two sentences of one length, and states of the shape (2, words, units)."
        )
    figure = Figure(figsize=(8.6, 4.6))
    *heats, bars = figure.subplots(3, 1, sharex=True, height_ratios=(1, 1, 0.8))
    pairs = list(zip(*sentences, strict=True))
    changed = [place for place, (word, other) in enumerate(pairs) if word != other]
    for number, (heat, verdict) in enumerate(zip(heats, verdicts, strict=True)):
        heat.imshow(states[number].T, cmap=SIGNED_MAP, vmin=-1, vmax=1, aspect="auto")
        heat.set(yticks=[], ylabel=f"{states.shape[2]} units")
        word = ", ".join(sentences[number][place] for place in changed)
        heat.set_title(f'with "{word}": {verdict}' if word else verdict, loc="left")
    distance = np.sqrt(np.mean((states[0] - states[1]) ** 2, axis=1))
    bars.bar(range(counts[0]), distance, color=palette["model"], width=0.8)
    bars.set(ylim=(0, 2), yticks=(0, 1, 2), ylabel="difference", xticks=range(counts[0]))
    bars.set_xticklabels([word if word == other else f"{word}\n{other}" for word, other in pairs])
    for place in changed:
        bars.get_xticklabels()[place].set_color(palette["wrong"])
    return figure


# How far gradients reach ---------------------------------------------------------------------------------------------


@styled
def draw_reach(reach: Mapping[str, Any], radius: float, sums: Any, *, decades: int = 16) -> Figure:
    """Draw how long a gradient is after so many steps back, and where on tanh the units were.

    The title on the right names the typical factor of one step back: the radius times the typical slope of tanh (the
    root of the mean of the squared slopes).

    Args:
        reach: for "linear" and "tanh" the lengths of the gradient, from 0 steps back on; the first one is 1.
        radius: spectral radius of the recurrent matrix; its powers are dashed.
        sums: what went into tanh, any shape; at most 200 of them are drawn.
        decades: how many powers of ten the axis of lengths holds above and below 1; curves may leave it.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: other names than "linear" and "tanh", or lengths or a radius that are not above 0.
    """
    lengths = {name: np.asarray(values, float) for name, values in reach.items()}
    if not lengths or not set(lengths) <= set(CELLS):
        raise ValueError(f"the cells are called 'linear' and 'tanh', not {', '.join(map(repr, lengths)) or 'nothing'}.")
    if radius <= 0 or not all(
        values.ndim == 1 and len(values) > 1 and (values > 0).all() for values in lengths.values()
    ):
        raise ValueError("a logarithmic axis shows numbers above 0 only: check the lengths and the radius.")
    sums = np.ravel(np.asarray(sums, float))
    figure = Figure(figsize=(8.8, 3.7))
    curve, bend = figure.subplots(1, 2, width_ratios=(1.7, 1))
    steps = max(map(len, lengths.values())) - 1
    for name, values in lengths.items():
        color = palette[CELLS[name]]
        powers = np.log10(values)  # on a plain axis: a logarithmic one draws slowly
        curve.plot(powers, color=color, lw=2.5)
        seen = np.flatnonzero(np.abs(powers) < decades)[-1]
        curve.text(
            seen + 1,
            powers[seen],
            name,
            color=color,
            va="top" if name == "tanh" and powers[seen] > 2 - decades else "bottom",
        )
    curve.plot(np.log10(radius) * np.arange(steps + 1), color="black", lw=1.2, ls="--")
    curve.axhline(0, color=_FAINT, lw=1, zorder=0)
    curve.set(ylim=(-decades, decades), xlim=(0, steps * 1.24), xlabel="steps back", ylabel="length of the gradient")
    ticks = range(-decades, decades + 1, max(1, decades // 4))
    curve.set_yticks(ticks, [f"10{str(tick).translate(_RAISED)}" for tick in ticks])
    curve.set_xticks(range(0, steps + 1, 10))
    curve.set_title(f"dashed: {radius:g} to the power of the steps", loc="left")
    some = sums[:: max(1, len(sums) // 200)]
    places = np.linspace(-4, 4, 161)
    bend.plot(places, np.tanh(places), color=_GRAY, lw=1)
    bend.plot(np.clip(some, -4, 4), np.tanh(some), "o", color=palette["training"], ms=4, alpha=0.35, mew=0)
    slope = float(np.sqrt(np.mean(np.cosh(sums) ** -4.0)))
    bend.set(xlabel="what goes into tanh", ylabel="state", ylim=(-1.15, 1.15), yticks=(-1, 0, 1))
    bend.set_title(f"{radius:g} × typical slope {slope:.2f} = {radius * slope:.2f}", loc="left")
    return figure


# Clipping ------------------------------------------------------------------------------------------------------------


@styled
def draw_clipping(gradient: Sequence[float], limit: float) -> Figure:
    """Draw a gradient of two numbers, and what clipping by value and by norm make of it.

    Args:
        gradient: two numbers.
        limit: the largest value, or the largest length.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: not two numbers, or a limit that is not above 0.
    """
    arrow = np.asarray(gradient, float)
    if arrow.shape != (2,) or not arrow.any() or limit <= 0:
        raise ValueError(
            f"draw_clipping takes two numbers, not both 0, and a limit above 0, not {gradient} and {limit}."
        )
    by_value = np.clip(arrow, -limit, limit)
    by_norm = arrow * min(1, limit / np.linalg.norm(arrow))
    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    axes.add_patch(Rectangle((-limit, -limit), 2 * limit, 2 * limit, fc="none", ec=palette["wrong"], lw=1, ls="--"))
    axes.add_patch(Circle((0, 0), limit, fc="none", ec=palette["truth"], lw=1, ls="--"))
    named = (
        ("gradient", arrow, "gradient", 9),
        ("by value", by_value, "wrong", 5.5),
        ("by norm", by_norm, "truth", 2.5),
    )
    for order, (name, end, role, width) in enumerate(named, start=2):  # thinner ones above: arrows may coincide
        arrows = dict(arrowstyle="-|>", color=palette[role], lw=width, shrinkA=0, shrinkB=0, mutation_scale=18 + width)
        axes.annotate("", tuple(end), (0, 0), arrowprops=arrows, zorder=order)
        axes.plot([], [], color=palette[role], lw=width, label=f"{name}: {_row(np.round(end, 2))}")
    side = 1.15 * np.abs(arrow).max()
    low, high = np.minimum(arrow, 0) - 0.25 * side, np.maximum(arrow, 0) + 0.3 * side
    axes.set(
        xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel="slope along w", ylabel="slope along u"
    )
    axes.axhline(0, color=_FAINT, lw=1, zorder=0)
    axes.axvline(0, color=_FAINT, lw=1, zorder=0)
    axes.set_title(f"limit {limit:g}", loc="left")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure

"""What a gradient tape records, drawn as a graph that is played forward and backward; and what an optimizer does."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursebook.gradient_tape.tapes import tapes_seen
from coursekit.checks.private_api import operations_watched
from coursekit.figures.style import NEGATIVE, POSITIVE, palette, styled, written

SYMBOLS = {
    "AddV2": "+",
    "Sub": "−",
    "Mul": "×",
    "RealDiv": "÷",
    "Pow": "power",
    "Cast": "to float",
    "StopGradient": "stop",
}
READ = "ReadVariableOp"  # TensorFlow reads a Variable by an operation of its own; the drawing leaves it out
MOST_NODES = 24
ROW_INCHES = 0.95
_FAINT = "#b0b0b0"
_GRAY = "#767676"
_SHADE = "#efefef"

# Recording -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A source, a constant or an operation that ran, with what came out of it and what came back to it.

    label: name of the source, number of the constant, symbol of the operation.
    kind: "source", "constant" or "operation".
    inputs: for an operation, the numbers of the nodes that it read.
    value: the number that came out.
    gradient: the slope of the target along this value, as the tape gives it; None where it finds no path back.
    slopes: of the operation along each of its inputs, at the values it had.
    inside: whether a tape was open when the operation ran.
    whole: whether the value is a whole number.
    """

    label: str
    kind: str
    inputs: tuple[int, ...]
    value: float
    gradient: float | None
    slopes: tuple[float | None, ...]
    inside: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Recording:
    """All nodes in the order in which they ran, sources first; `target` is the number of the last result."""

    nodes: tuple[Node, ...]
    target: int

    @property
    def cut(self) -> tuple[str, tuple[tuple[int, int], ...]] | None:
        """Why no path leads back from the target to the first source, and the lines at which it ends.

        A line is a pair of nodes: from an input to the operation that read it, or from the source to the number that
        stands in its place. None where the source has a slope.
        """
        nodes = self.nodes
        if nodes[0].gradient is not None:
            return None
        above = self._leads_to(self.target)
        if 0 not in above:
            used = any(nodes[n].kind == "source" for n in above)
            lost = [n for n in above if nodes[n].kind == "constant" and nodes[n].value == nodes[0].value]
            why = "whole number" if nodes[0].whole else "left TensorFlow"  # a whole number is cut wherever it goes
            return ("no path", ()) if used or not lost else (why, ((0, lost[-1]),))
        path = [n for n in sorted(above) if 0 in self._leads_to(n) and n != 0]
        lines = [(read, n) for n in path for read in dict.fromkeys(nodes[n].inputs) if read == 0 or read in path]
        if before := [line for line in lines if nodes[line[1]].inside and line[0] and not nodes[line[0]].inside]:
            return "before the tape", tuple(before)
        if stopped := [(a, b) for a, b in lines if nodes[b].gradient is not None and nodes[a].gradient is None]:
            return "no slope", tuple(stopped)
        first = tuple((a, b) for a, b in lines if a == 0)
        return ("whole number" if nodes[0].whole else "not watched"), first

    def _leads_to(self, number: int) -> set[int]:
        """The node and everything that went into it."""
        return {number}.union(*(self._leads_to(read) for read in self.nodes[number].inputs))

    @property
    def forward(self) -> tuple[int, ...]:
        """Numbers of the operations, in the order in which they ran."""
        return tuple(n for n, node in enumerate(self.nodes) if node.kind == "operation")

    @property
    def backward(self) -> tuple[int, ...]:
        """Numbers of the operations to which a slope comes back, last one first: the order in which it passes them."""
        return tuple(n for n in reversed(self.forward) if self.nodes[n].gradient is not None)

    @property
    def steps(self) -> int:
        """Frames of its animation: the sources, each operation, the gradient 1 at the target, each one back."""
        return 2 + len(self.forward) + len(self.backward)

    def says(self, step: int, target: str = "z") -> str:
        """One sentence on what happens in a step of the animation; `target` is the name of the result."""
        nodes, done = self.nodes, len(self.forward)
        if step == 0:
            return "before the run"
        if step <= done:
            node = nodes[self.forward[step - 1]]
            return f"forward: {_sum_in_words(node, [nodes[read].value for read in node.inputs])}"
        if step == done + 1:
            if nodes[self.target].gradient is None:
                return f"no path leads back from {target}: nothing to play back"
            return f"now backward: the slope of {target} along {target} is 1"
        node = nodes[self.backward[step - done - 2]]
        came = node.gradient or 0.0
        parts = [
            f"{written(came)} × {written(slope)} = {written(came * slope)}"
            for read, slope in dict(zip(node.inputs, node.slopes, strict=True)).items()
            if slope is not None and nodes[read].gradient is not None
        ]
        return f"back through {node.label}: {' and '.join(parts) or 'the path ends'}"


def record_tape(
    calculate: Callable[..., Any],
    *,
    watch: bool = False,
    before: Callable[[Any], Any] | None = None,
    **sources: Any,
) -> Recording:
    """Run a calculation under a tape and note each operation, its result, and the slope that comes back to it.

    Args:
        calculate: takes the sources in their order and returns the target. A tape is opened around it. If it opens one
            itself, it returns both: `return tape, z`, from a `tf.GradientTape(persistent=True)`.
        watch: whether the tape is told to watch the sources.
        before: what is done with each source before the tape is opened.
        sources: scalar Variables or tensors, by the names that the drawing shows.

    Returns:
        the operations that ran, whether the tape noted them or not, down to the target.

    Raises:
        ValueError: no source, something else than numbers, a tape that plays only once, or too many operations.
    """
    import tensorflow as tf

    if not sources:
        raise ValueError("record_tape needs at least one source, such as x=tf.Variable(2.0).")

    around = tf.GradientTape(persistent=True)
    spy = tf.GradientTape(persistent=True)
    floats = {name: source for name, source in sources.items() if source.dtype.is_floating}

    def run() -> Any:
        given = [before(source) for source in sources.values()] if before else sources.values()
        with around:
            if watch:
                around.watch(list(sources.values()))
            return calculate(*given)

    with spy:
        spy.watch(list(floats.values()))
        calls, result = _watched_run(run)
    own = isinstance(result, tuple)
    tape, target = result if own else (around, result)
    if not isinstance(tape, tf.GradientTape) or not tf.is_tensor(target):
        raise ValueError("Return the result, a tensor, or a tape and the result: `return tape, z`.")
    _check_plays_twice(tape, target)
    nodes = [
        Node(name, "source", (), _number(source), _asked(tape, target, source), (), whole=source.dtype.is_integer)
        for name, source in sources.items()
    ]
    known = {id(getattr(source, "handle", source)): number for number, source in enumerate(sources.values())}
    for tapes, kind, inputs, attributes, (output, *_) in calls:
        if kind == READ and id(inputs[0]) in known:
            known[id(output)] = known[id(inputs[0])]
            continue
        for value in inputs:
            if id(value) in known:
                continue
            # `tf.square(x)` reads a Variable without telling; the spy knows whether a number came from one.
            came_from = [n for n, name in enumerate(sources) if name in floats and _comes(spy, value, floats[name])]
            known[id(value)] = came_from[0] if came_from else len(nodes)
            if not came_from:
                nodes.append(Node(f"{_number(value):.4g}", "constant", (), _number(value), None, ()))
        known[id(output)] = len(nodes)
        read = tuple(known[id(value)] for value in inputs)
        slopes = _by_node(read, inputs, _local_slopes(kind, inputs, attributes))
        gradient = _asked(tape, target, output)
        label = SYMBOLS.get(kind, kind.lower())
        nodes.append(Node(label, "operation", read, _number(output), gradient, slopes, inside=tapes > own))
    end = id(getattr(target, "handle", target))
    if end not in known:  # a constant that no operation made
        known[end] = len(nodes)
        nodes.append(Node(f"{_number(target):.4g}", "constant", (), _number(target), None, ()))
    return _only_what_counts(nodes, known[end], len(sources))


def slope_along(calculate: Callable[..., Any], place: int) -> Callable[..., Any]:
    """For `record_tape`: the slope of a calculation along its source number `place`, with an outer tape around it."""
    import tensorflow as tf

    def run(*sources: Any) -> tuple[Any, Any]:
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape() as inner:
                z = calculate(*sources)
            slopes = inner.gradient(z, sources)
        return outer, slopes[place]

    return run


def _watched_run(run: Callable[[], Any]) -> tuple[list[Any], Any]:
    """Every operation that TensorFlow carries out, with how many tapes were open; and what `run` returns."""
    calls: list[Any] = []
    with tapes_seen() as tapes, operations_watched(lambda *call: calls.append((tapes.open, *call))):
        result = run()
    return calls, result


def _check_plays_twice(tape: Any, target: Any) -> None:
    try:
        for _ in range(2):
            tape.gradient(target, target)
    except RuntimeError:
        raise ValueError(
            "The drawing asks the tape for many gradients: open it with tf.GradientTape(persistent=True)."
        ) from None


def _asked(tape: Any, target: Any, source: Any) -> float | None:
    gradient = tape.gradient(target, source)
    return None if gradient is None else _number(gradient)


def _comes(tape: Any, value: Any, source: Any) -> bool:
    """Whether a number that no operation made is a reading of this source."""
    return value.dtype == source.dtype and tape.gradient(value, source) is not None


def _by_node(
    read: tuple[int, ...], inputs: tuple[Any, ...], slopes: tuple[float | None, ...]
) -> tuple[float | None, ...]:
    """The slope of an operation along each node that it read: two readings of one Variable are one node."""
    single = {id(value): (node, slope) for node, value, slope in zip(read, inputs, slopes, strict=True)}
    found = {node: [slope for other, slope in single.values() if other == node and slope is not None] for node in read}
    return tuple(sum(found[node]) if found[node] else None for node in read)


def _number(value: Any) -> float:
    array = np.asarray(value)
    if array.shape:
        raise ValueError(f"The drawing shows single numbers, but a tensor of shape {array.shape} came; use scalars.")
    return float(array)


def _local_slopes(kind: str, inputs: tuple[Any, ...], attributes: Sequence[Any]) -> tuple[float | None, ...]:
    """The slope of one operation alone along each input: it runs again under a tape of its own."""
    import tensorflow as tf

    operation = getattr(tf.raw_ops, kind)
    names = inspect.signature(operation).parameters
    settings = dict(zip(attributes[::2], attributes[1::2], strict=True))
    arguments = dict(zip(names, inputs, strict=False)) | {k: v for k, v in settings.items() if k in names}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([value for value in inputs if value.dtype.is_floating])
        output = operation(**arguments)
    return tuple(_asked(tape, output, value) for value in inputs)


def _only_what_counts(nodes: list[Node], target: int, sources: int) -> Recording:
    """The sources and whatever led to the target, numbered anew."""
    kept = {target, *range(sources)}
    for number in range(target, -1, -1):
        if number in kept:
            kept |= set(nodes[number].inputs)
    if len(kept) > MOST_NODES:
        raise ValueError(f"{len(kept)} nodes lead to the target, but {MOST_NODES} can be read; draw something shorter.")
    new = {old: number for number, old in enumerate(sorted(kept))}
    chosen = [replace(nodes[old], inputs=tuple(new[read] for read in nodes[old].inputs)) for old in sorted(kept)]
    last = chosen[new[target]]
    if last.inputs and all(chosen[read].gradient is None for read in last.inputs):
        # A target has the slope 1 along itself whether the tape holds it or not.
        chosen[new[target]] = replace(last, gradient=None)
    return Recording(tuple(chosen), new[target])


# The graph -----------------------------------------------------------------------------------------------------------


@styled
def draw_tape(
    recording: Recording,
    step: int | None = None,
    *,
    target: str = "z",
    title: str | None = None,
    rows: int = 1,
) -> Figure:
    """Draw a recorded calculation as a graph: values run forward, then the slopes of the target run back.

    Args:
        recording: from `record_tape`.
        step: how far it has run, 0 to `recording.steps - 1`; by default to the end. What is newest is yellow.
        target: name of the result.
        title: in place of the sentence that says what happens in this step.
        rows: the fewest rows of nodes to leave room for, so that several drawings have one height.

    Returns:
        the figure, not displayed. Values stand above, slopes below. Shaded is what ran while a tape was open. No slope
        comes back to what is dashed. At the last step a red cross stands where the path to the first source ends.
        The figure's size is the same for every step.

    Raises:
        ValueError: a step that the recording does not have.
    """
    step = recording.steps - 1 if step is None else step
    if step not in range(recording.steps):
        raise ValueError(f"step is {step!r}, but this recording has the steps 0 to {recording.steps - 1}.")
    nodes, places = recording.nodes, _places(recording)
    ran, back = _progress(recording, step)
    seeded = step > len(recording.forward)
    arrived = _arrived(recording, back) if seeded else {}
    newest = _newest(recording, step)

    columns, lowest = places.max(axis=0)
    depth = max(lowest, rows - 1)
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        height = ROW_INCHES * (depth + 1.2) + 0.5
        figure = Figure(figsize=(8, height))
    axes = figure.add_axes((0, 0, 1, 1 - 0.45 / height))
    margin = 0.12 * max(columns, 1)
    axes.set(xlim=(-margin, columns + 1.4 * margin), ylim=(-depth - 0.6, 0.6))
    axes.axis("off")
    _shade(axes, recording, places, margin)
    for number, node in enumerate(nodes):
        for read, slope in dict(zip(node.inputs, node.slopes, strict=True)).items():
            passed = number in back and nodes[read].gradient is not None
            held = node.gradient is not None and nodes[read].gradient is not None
            plain = nodes[read].kind == "constant"
            color = palette["gradient"] if passed else palette["model"] if number in ran and held else _FAINT
            factor = f"× {written(slope)}" if passed and slope is not None else ""
            start, end = (number, read) if passed else (read, number)
            room = (
                38 if len(nodes[end].label) > 2 or end == recording.target else 20
            )  # points that the node at the arrow's end takes
            look = "plain" if plain else "arrow" if held else "dashed"
            _draw_edge(axes, places[start], places[end], color, factor, look=look, room=room)
    if step == recording.steps - 1 and recording.cut is not None:
        _draw_cut(axes, recording, places)
    for number, node in enumerate(nodes):
        name = f"{node.label} = {target}" if number == recording.target else node.label
        _draw_node(axes, places[number], node, name)
        if node.kind == "source" or number in ran:
            _write(axes, places[number], 0.34, written(node.value), "model", number in newest and not seeded)
        if number in arrived:
            _write(axes, places[number], -0.34, written(arrived[number]), "gradient", number in newest)
        elif node.kind == "source" and node.gradient is None and step == recording.steps - 1:
            _write(axes, places[number], -0.34, "None", "wrong", False)
    figure.suptitle(recording.says(step, target) if title is None else title, y=0.98, va="top", weight="bold")
    return figure


def _progress(recording: Recording, step: int) -> tuple[set[int], set[int]]:
    """The operations that have run forward, and those that the gradient has passed."""
    ran = set(recording.forward[:step])
    back = set(recording.backward[: max(0, step - len(recording.forward) - 1)])
    return ran, back


def _arrived(recording: Recording, back: set[int]) -> dict[int, float]:
    """The slope that has come to each node so far: what all paths that were passed brought, added up."""
    nodes = recording.nodes
    arrived = {recording.target: 1.0} if nodes[recording.target].gradient is not None else {}
    for number in recording.backward:
        if number not in back:
            continue
        node = nodes[number]
        for read, slope in dict(zip(node.inputs, node.slopes, strict=True)).items():
            if slope is not None and nodes[read].gradient is not None:
                arrived[read] = arrived.get(read, 0.0) + arrived[number] * slope
    return arrived


def _newest(recording: Recording, step: int) -> set[int]:
    done = len(recording.forward)
    if step == 0:
        return {n for n, node in enumerate(recording.nodes) if node.kind == "source"}
    if step <= done:
        return {recording.forward[step - 1]}
    if step == done + 1:
        return {recording.target}
    node = recording.nodes[recording.backward[step - done - 2]]
    return {read for read in node.inputs if recording.nodes[read].gradient is not None}


def _sum_in_words(node: Node, values: list[float]) -> str:
    numbers = [written(value) for value in values]
    if node.label == "power":
        said = " to the power of ".join(numbers)
    elif len(numbers) == 2 and len(node.label) == 1:
        said = f" {node.label} ".join(numbers)
    else:
        said = f"{node.label} of {', '.join(numbers)}"
    return f"{said} = {written(node.value)}"


def _places(recording: Recording) -> np.ndarray:
    """Column and row of each node: columns count the operations before it, rows keep the paths apart."""
    nodes = recording.nodes
    columns: dict[int, float] = {}
    for number, node in enumerate(nodes):
        columns[number] = 1 + max(columns[read] for read in node.inputs) if node.inputs else 0
    for number, node in enumerate(nodes):
        for read in node.inputs:
            if nodes[read].kind == "constant":
                columns[read] = columns[number] - 1
    rows: dict[int, float] = {}
    free = 0

    def place(number: int) -> None:
        nonlocal free
        if number in rows:
            return
        own = [read for read in dict.fromkeys(nodes[number].inputs) if read not in rows]
        for read in own:
            place(read)
        if own:
            rows[number] = sum(rows[read] for read in own) / len(own)
        else:
            rows[number] = free
            free += 1

    for number in (recording.target, *range(len(nodes))):
        place(number)
    return np.array([(columns[number], rows[number]) for number in range(len(nodes))], dtype=float)


def _draw_node(axes: Axes, place: np.ndarray, node: Node, name: str) -> None:
    dashed = node.gradient is None and node.kind != "constant"
    round_box = "round4,pad=0.45" if node.kind == "source" else "circle,pad=0.35" if len(name) < 2 else "round,pad=0.4"
    box = dict(
        boxstyle=round_box,
        fc="white",
        ec=palette["data"] if node.gradient is not None else _GRAY,
        lw=2.0 if node.kind == "source" else 1.4 if node.kind == "operation" else 0.8,
        ls="--" if dashed else "-",
    )
    color = palette["data"] if node.gradient is not None else _GRAY
    axes.text(place[0], -place[1], name, ha="center", va="center", size=13, color=color, bbox=box, zorder=4)


def _draw_edge(
    axes: Axes, start: np.ndarray, end: np.ndarray, color: str, factor: str, *, look: str, room: int
) -> None:
    styles = {
        "plain": dict(arrowstyle="-", lw=1.0),
        "dashed": dict(arrowstyle="-", ls="--", lw=1.4),
        "arrow": dict(arrowstyle="-|>", lw=2.2),
    }
    style = styles[look]
    line = dict(**style, color=color, shrinkA=16, shrinkB=room, mutation_scale=14)
    axes.annotate("", (end[0], -end[1]), xytext=(start[0], -start[1]), arrowprops=line)
    if factor:
        x, y = (start + end) / 2
        box = dict(boxstyle="round,pad=0.15", fc="white", ec="none")
        axes.text(x, -y, factor, ha="center", va="center", size=11, bbox=box, zorder=3)


def _shade(axes: Axes, recording: Recording, places: np.ndarray, margin: float) -> None:
    """Shade what ran while a tape was open, from its first operation to the end."""
    inside = [places[n][0] for n in recording.forward if recording.nodes[n].inside]
    outside = [places[n][0] for n in recording.forward if not recording.nodes[n].inside]
    if inside and max(outside, default=-1.0) < min(inside):
        left, right = min(inside) - 0.42, axes.get_xlim()[1]
        axes.axvspan(left, right, fc=_SHADE, ec="none", zorder=0)
        low = axes.get_ylim()[0]
        axes.text(right - 0.1 * margin, low, "inside the with", size=10, color=_GRAY, ha="right", va="bottom", zorder=1)


def _draw_cut(axes: Axes, recording: Recording, places: np.ndarray) -> None:
    """A red cross on each line where the path back to the first source ends, and why."""
    assert recording.cut is not None
    why, lines = recording.cut
    for read, number in lines:
        start, end = places[read], places[number]
        lost = recording.nodes[number].kind == "constant"
        if lost:  # the line that is missing
            axes.plot([start[0], end[0]], [-start[1], -end[1]], ":", color=palette["wrong"], lw=1.4, zorder=1)
        x, y = start + (0.6 if lost else 0.5) * (end - start)
        axes.plot(x, -y, "x", color=palette["wrong"], ms=13, mew=3.5, zorder=6)
        box = dict(boxstyle="round,pad=0.15", fc="white", ec="none", alpha=0.85)
        text: dict[str, Any] = dict(color=palette["wrong"], size=11, bbox=box, zorder=6)
        if lost:
            axes.text(x + 0.03 * np.ptp(axes.get_xlim()), -y, why, ha="left", va="center", **text)
        else:
            axes.text(x, -y - 0.3, why, ha="center", va="center", **text)


def _write(axes: Axes, place: np.ndarray, height: float, text: str, role: str, newest: bool) -> None:
    box = dict(boxstyle="round,pad=0.2", fc=palette["kernel"] if newest else "white", ec=palette[role], lw=1.4)
    axes.text(place[0], -place[1] + height, text, ha="center", va="center", size=11, bbox=box, zorder=5)


# What an optimizer does ----------------------------------------------------------------------------------------------


@styled
def draw_apply(
    function: Callable[[Any], Any],
    places: Any,
    slopes: Any,
    step: int,
    *,
    rate: float,
    momentum: float = 0.0,
    window: tuple[float, float] | None = None,
) -> Figure:
    """Draw one step of gradient descent on a curve, and the two parts that its move is made of.

    Args:
        function: of an array of x; its curve is drawn.
        places: x at the start and after every step, shape (steps + 1,).
        slopes: the slope that each step was given, shape (steps,).
        step: which step is next, from 0; after the last one only the place where it ended is drawn.
        rate: the learning rate.
        momentum: the share of the last move that the next one repeats.
        window: left and right end of the axis; by default around all places.

    Returns:
        the figure, not displayed: above the curve with all places so far, below the parts of the next move.

    Raises:
        ValueError: arrays that do not fit together, a step past the end, or a move that is not the sum of its parts.
    """
    track, slopes = np.asarray(places, dtype=float), np.asarray(slopes, dtype=float)
    if track.ndim != 1 or slopes.shape != (len(track) - 1,):
        raise ValueError(
            f"places {track.shape} and slopes {slopes.shape} do not fit together; (steps + 1,) and (steps,) do."
        )
    if not 0 <= step < len(track):
        raise ValueError(f"step is {step}, but there are places for the steps 0 to {len(track) - 1}.")
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure = Figure(figsize=(7.6, 4.6))
    curve, parts = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
    figure.subplots_adjust(left=0.27, right=0.97, top=0.9, bottom=0.11, hspace=0.12)
    margin = 0.25 * np.ptp(track) + 1e-9
    left, right = (track.min() - margin, track.max() + margin) if window is None else window
    grid = np.linspace(left, right, 200)
    heights = function(grid)
    curve.plot(grid, heights, color=palette["data"], lw=1.5)
    curve.plot(track[: step + 1], function(track[: step + 1]), "o", color=palette["validation"], ms=6)
    now = track[step]
    curve.plot(now, function(now), "o", color=palette["model"], ms=11)
    curve.set(ylabel="z", xlim=(left, right), ylim=(heights.min() - 0.1 * np.ptp(heights), heights.max()))
    curve.tick_params(labelbottom=False, bottom=False)
    parts.set(xlabel="x", ylim=(-0.5, 2.5), yticks=(2, 1, 0))
    parts.set_yticklabels(["momentum × last move", "− rate × slope", "the move"])
    parts.axvline(now, color=_FAINT, lw=1)
    title = f"after {step} {'step' if step == 1 else 'steps'}: x = {_rounded(now)}"
    if step < len(slopes):
        across = np.array([-0.08, 0.08]) * (right - left)
        curve.plot(now + across, function(now) + slopes[step] * across, color=palette["gradient"], lw=2.5)
        carried = momentum * (now - track[step - 1]) if step else 0.0
        moves = (carried, -rate * slopes[step], track[step + 1] - now)
        if not np.isclose(moves[0] + moves[1], moves[2], rtol=1e-3, atol=1e-4):
            raise ValueError(
                f"Step {step} moves x by {moves[2]:.4g}, but momentum {momentum} and rate {rate} make "
                f"{moves[0] + moves[1]:.4g}: pass the ones that these places were computed with."
            )
        for height, move in zip((2, 1, 0), moves, strict=True):
            _draw_move(parts, now, move, height)
        title += f", slope {_rounded(slopes[step])}, next move {_rounded(moves[2])}"
    curve.set_title(title)
    return figure


def _draw_move(axes: Axes, start: float, move: float, height: float) -> None:
    """An arrow in the color of its sign; where there is no move, a gray mark."""
    color = _GRAY if abs(move) <= 0.005 else POSITIVE if move > 0 else NEGATIVE
    axes.plot(start, height, "|", color=color, ms=12, mew=2)
    if abs(move) > 0.005:
        style = "-|>" if abs(move) > 0.02 * np.ptp(axes.get_xlim()) else "-"  # a head would be longer than the move
        arrow = dict(arrowstyle=style, lw=3, color=color, shrinkA=0, shrinkB=0, mutation_scale=14)
        axes.annotate("", (start + move, height), xytext=(start, height), arrowprops=arrow)


def _rounded(value: float) -> str:
    return f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")

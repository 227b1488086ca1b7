"""Gradient descent drawn: paths on maps of the loss, batch sizes compared, one weight's steps, the chain rule."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from coursekit.figures.arrays import as_points
from coursekit.figures.style import fixed_figure, palette, styled, written

Loss = Callable[[Any, Any], Any]
MOST_POINTS = 300
BEYOND = 1e30  # drawn in place of a loss that is no number any more
_PATH_COLORS = tuple(palette[role] for role in ("model", "truth", "training", "gradient"))
_BATCH_COLORS = tuple(palette[role] for role in ("gradient", "truth", "model", "training"))  # the full batch is blue
_MAP_COLORS = ("#ffffff", "#f4f4f4", "#e9e9e9", "#dddddd", "#d0d0d0", "#c3c3c3")

# Maps of a loss with two weights ------------------------------------------------------------------------------------


@styled
def draw_loss_contour(
    loss: Loss,
    paths: Mapping[str, Any],
    *,
    w: tuple[float, float],
    b: tuple[float, float],
    best: tuple[float, float] | None = None,
    steps: bool = True,
) -> Figure:
    """Draw a map of a loss over two weights, darker where it is larger, and the paths of trainings on it.

    One unit of w is as long as one unit of b, so that circles are circles and right angles are right angles.

    Args:
        loss: a function of two arrays of shape (rows, columns), w and b, that returns the losses in that shape.
        paths: for each label the weights after every update, shape (updates + 1, 2).
        w: left and right end of the map.
        b: lower and upper end of the map.
        best: the weights with the smallest loss, marked by a star.
        steps: join the places of a path by lines; without it only the places are drawn.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no path or over four, a path of another shape, or a loss that returns another shape.
    """
    tracks = _paths(paths)
    if len(tracks) > len(_PATH_COLORS):
        raise ValueError(f"{len(tracks)} paths came, but {len(_PATH_COLORS)} can be told apart; draw fewer.")
    figure = Figure(figsize=(5.4, 4.4))
    axes = figure.subplots()
    _draw_map(axes, loss, w, b, best)
    axes.set_aspect("equal")
    for (label, track), color in zip(tracks.items(), _PATH_COLORS, strict=False):
        style = dict(marker="o", ms=3, lw=1.2) if steps else dict(marker="o", ms=3.5, lw=0, alpha=0.6)
        axes.plot(track[:, 0], track[:, 1], color=color, label=label, **style)  # type: ignore[arg-type]
    if best is not None and not steps:
        axes.lines[0].set_zorder(2.5)  # the star, which a cloud of places would hide
    if any(tracks):
        legend = axes.legend(loc="best", frameon=True, framealpha=0.9, markerscale=1 if steps else 2)
        for sample in filter(None, legend.legend_handles):
            sample.set_alpha(1)  # so that a small palette keeps its color
    return figure


@styled
def draw_descent(
    x: Any, y: Any, path: Any, update: int, *, labels: tuple[str, str] = ("x", "y"), batch: Any = None
) -> Figure:
    """Draw one moment of a training of w·x + b: the line over its data, the loss so far, the weights' path.

    Args:
        x: inputs, shape (rows,).
        y: targets, shape (rows,).
        path: the weights (w, b) at the start and after every update, shape (updates + 1, 2).
        update: how many updates have been made, from 0.
        labels: of x and y, with their units.
        batch: numbers of the rows that the next update reads; they are marked.

    Returns:
        the figure, not displayed; its size and its axes are the same for every update. On the map one unit of w is as
        long as one unit of b.

    Raises:
        ValueError: x and y of different lengths, a path of another shape, or an update past its end.
    """
    inputs, targets = as_points(x, y)
    track = _paths({"path": path})["path"]
    if not 0 <= update < len(track):
        raise ValueError(f"update is {update}, but the path holds the updates 0 to {len(track) - 1}.")
    loss = line_loss(inputs, targets)
    losses = np.array([loss(*weights) for weights in track])
    (now_w, now_b), done = track[update], track[: update + 1]

    figure = fixed_figure(10, 3.4)
    line, curve, plane = figure.subplots(1, 3)
    figure.subplots_adjust(left=0.06, right=0.985, bottom=0.17, top=0.89, wspace=0.32)
    line.scatter(inputs, targets, s=6, color="#999999", lw=0)
    if batch is not None:
        line.scatter(inputs[batch], targets[batch], s=30, color=palette["training"], lw=0, zorder=3)
    ends = np.array([inputs.min(), inputs.max()])
    line.plot(ends, now_w * ends + now_b, color=palette["model"], lw=2.5)
    line.set(
        xlabel=labels[0],
        ylabel=labels[1],
        title=f"{written(now_w, '.1f')} · x + {written(now_b, '.1f')}",
        ylim=_span(targets),
    )
    curve.plot(losses, color="#cccccc", lw=1)
    curve.plot(losses[: update + 1], color=palette["data"], marker="o", ms=3)  # orange is the batch
    curve.set(xlabel="update", ylabel="loss", title=f"loss {losses[update]:.1f}", ylim=(0, 1.05 * losses.max()))
    best = tuple(np.polyfit(inputs, targets, 1))
    _draw_map(plane, loss, *_as_wide_as(plane, *_window(track, best)), best)
    plane.set_aspect("equal")
    for axes in (line, curve, plane):
        axes.locator_params(nbins=4, integer=axes is curve)
    plane.plot(done[:, 0], done[:, 1], color=palette["model"], marker="o", ms=3, lw=1.2)
    plane.plot(now_w, now_b, "o", color=palette["model"], ms=8)
    plane.set_title(f"after {update} updates" if update != 1 else "after 1 update")
    return figure


@styled
def draw_batches(
    loss: Loss,
    paths: Mapping[int, Any],
    *,
    best: tuple[float, float],
    w: tuple[float, float],
    b: tuple[float, float],
    per_update: Mapping[int, float] | None = None,
    counted: str = "updates",
) -> Figure:
    """Draw the paths of several batch sizes on a map of the loss, and their losses beside it.

    Args:
        loss: as in `draw_loss_contour`.
        paths: for each batch size the weights after every update, shape (updates + 1, 2).
        best: the weights with the smallest loss.
        w: left and right end of the map.
        b: lower and upper end of the map.
        per_update: what one update costs each batch size, in the unit that is counted; 1 by default.
        counted: the unit of the axis below the losses.

    Returns:
        the figure, not displayed; each batch size has one color. A path is drawn up to where it leaves the map, and
        one that leaves it is named in the map's title.

    Raises:
        ValueError: no path or over four, a path of another shape, or a batch size without a cost.
    """
    tracks = _paths(paths)
    if len(tracks) > len(_BATCH_COLORS):
        raise ValueError(f"{len(tracks)} paths came, but {len(_BATCH_COLORS)} can be told apart; draw fewer.")
    costs = dict.fromkeys(tracks, 1.0) if per_update is None else per_update
    if missing := [batch for batch in tracks if batch not in costs]:
        raise ValueError(f"per_update has no cost for batch size {missing[0]}; give one for every path.")
    figure = fixed_figure(8.6, 3.6)
    plane, curve = figure.subplots(1, 2, width_ratios=(1, 1.15))
    figure.subplots_adjust(left=0.085, right=0.83, bottom=0.16, top=0.9, wspace=0.28)
    _draw_map(plane, loss, *_as_wide_as(plane, w, b), best)
    plane.set_aspect("equal")
    (left, right), (bottom, top) = plane.get_xlim(), plane.get_ylim()
    high = 1.6 * float(loss(*tracks[next(iter(tracks))][0]))
    low = max(0.93 * float(loss(*best)), high / 1000)  # a perfect fit has a loss of 0, which no logarithm shows
    ends, away = [], []
    for (batch, track), color in zip(tracks.items(), _BATCH_COLORS, strict=False):
        inside = (track >= (left, bottom)).all(axis=1) & (track <= (right, top)).all(axis=1)
        seen = track if inside.all() else track[: np.argmin(inside) + 1]
        away += [] if inside.all() else [str(batch)]
        plane.plot(*np.clip(seen, -99, 99).T, color=color, marker=".", ms=4, lw=1)
        plane.plot(*seen[-1], "o", color=color, ms=8)
        with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges is no mistake here
            losses = np.clip(np.nan_to_num(loss(*track.T), nan=BEYOND, posinf=BEYOND), None, BEYOND)
        shown = slice(None, None, -(-len(track) // MOST_POINTS))  # more points than pixels only blur the curve
        places = np.arange(len(track)) * costs[batch]
        curve.plot(places[shown], losses[shown], color=color, lw=1.5)
        settled = np.median(losses[-10:]) if len(losses) > 30 else losses[-1]
        where = " off scale" if settled > high else ""
        made = f"batch {batch}{where},\n{len(track) - 1} update{'s' * (len(track) != 2)}"
        ends.append((float(np.clip(settled, low, high)), made, color))
    plane.set_title(f"batch {' and '.join(away)} left the map" if away else "paths of w and b")
    curve.set(yscale="log", ylim=(low, high), ylabel="loss", xlabel=counted, title="loss")
    curve.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    curve.yaxis.set_major_formatter("{x:g}")
    curve.minorticks_off()
    curve.margins(x=0.02)
    for axes in (plane, curve):
        axes.locator_params(axis="x", nbins=4)
    plane.locator_params(axis="y", nbins=5)
    ends.sort()
    for height, (_, made, color) in zip(_spread([end for end, *_ in ends], low, high), ends, strict=True):
        curve.annotate(made, (1.02, height), xycoords="axes fraction", va="center", color=color, size=10)
    return figure


def line_loss(x: Any, y: Any) -> Loss:
    """The mean squared error of w·x + b as a function of w and b, which may be numbers or arrays of one shape."""
    inputs, targets = as_points(x, y)
    square, product, mean = np.mean(inputs**2), np.mean(inputs * targets), np.mean(inputs)
    level, power = np.mean(targets), np.mean(targets**2)

    def loss(w: Any, b: Any) -> Any:
        # The mean of (w·x + b − y)², multiplied out: no table of rows × map places is needed.
        with np.errstate(over="ignore", invalid="ignore"):
            return w * w * square + b * b + power + 2 * (w * b * mean - w * product - b * level)

    return loss


# One weight ----------------------------------------------------------------------------------------------------------


@styled
def draw_rate(x: Any, y: Any, rate: float, *, start: float = 0.0, updates: int = 12) -> Figure:
    """Draw the loss of the line w·x over its one weight, and the places that full-batch descent visits.

    Args:
        x: inputs, shape (rows,), not all 0.
        y: targets, shape (rows,).
        rate: the learning rate, above 0.
        start: the first w.
        updates: how many steps are drawn; steps beyond the picture are left out.

    Returns:
        the figure, not displayed; its title says by what a step multiplies the distance to the best w.

    Raises:
        ValueError: x and y of different lengths, only zeros in x, or a rate of 0 or below.
    """
    inputs, targets = as_points(x, y)
    square = float(np.mean(inputs**2))
    if square == 0 or rate <= 0:
        raise ValueError("draw_rate needs an x that is not 0 everywhere and a rate above 0.")
    best = float(np.mean(inputs * targets)) / square
    factor = 1 - 2 * rate * square
    places = best + (start - best) * factor ** np.arange(updates + 1)
    reach = 1.7 * abs(start - best) or 1.0
    loss = np.mean(targets**2) - square * best**2

    figure = fixed_figure(6.4, 3.8)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.1, right=0.97, bottom=0.15, top=0.86)
    grid = np.linspace(best - reach, best + reach, 200)
    axes.plot(grid, loss + square * (grid - best) ** 2, color=palette["data"], lw=1.5)
    axes.plot(places, loss + square * (places - best) ** 2, color=palette["model"], marker="o", ms=6, lw=1)
    height = loss + square * (start - best) ** 2
    axes.plot(start, height, "o", color=palette["model"], ms=10)
    side = -1 if start < best else 1
    axes.annotate("start", (start, height), (22 * side, -14), textcoords="offset points", ha="center")
    axes.plot(best, loss, "*", color=palette["data"], ms=15)
    axes.set(xlabel="w", ylabel="loss", xlim=(best - reach, best + reach))
    axes.set_ylim(0, (loss + square * reach**2) * 1.02)
    if abs(factor) > 1:
        verdict, color = "diverges", palette["wrong"]
    else:
        verdict, color = ("bounces and settles" if factor < -0.005 else "settles"), palette["data"]
    axes.set_title(
        f"rate {rate:g}: each step multiplies the distance by {written(factor, '.2f')}\n{verdict}", color=color
    )
    return figure


# The chain rule ------------------------------------------------------------------------------------------------------

CHAIN_STAGES = (
    "the weights, and one row of data",
    "first layer: z = w₁·x + b₁",
    "ReLU: h = max(z, 0)",
    "second layer: ŷ = w₂·h + b₂",
    "all layers are done: now the loss, (ŷ − y)²",
    "back: ∂L/∂ŷ = 2·(ŷ − y)",
    "second layer's weights: times h, times 1",
    "back through w₂: ∂L/∂h = ∂L/∂ŷ · w₂",
    "back through ReLU: times 1, or 0 if z < 0",
    "first layer's weights: times x, times 1",
)


@styled
def draw_chain(w1: float, b1: float, w2: float, b2: float, x: float, y: float, stage: int) -> Figure:
    """Draw a network of two units in a chain, with a ReLU between: values run forward, then the gradient back.

    Args:
        w1, b1: weights of the first layer.
        w2, b2: weights of the second layer.
        x: the input.
        y: the target.
        stage: how far the calculation is, 0 to 9; what is newest is marked. See `CHAIN_STAGES`.

    Returns:
        the figure, not displayed: values in blue above, partial derivatives of the loss L below.

    Raises:
        ValueError: a stage that is no whole number from 0 to 9.
    """
    if stage not in range(len(CHAIN_STAGES)):
        raise ValueError(f"stage is {stage!r}, but the calculation has the stages 0 to {len(CHAIN_STAGES) - 1}.")
    z = w1 * x + b1
    h = max(z, 0.0)
    guess = w2 * h + b2
    back = 2 * (guess - y)
    back_h = back * w2
    back_z = back_h if z > 0 else 0.0

    figure = fixed_figure(9, 3.6)
    axes = figure.add_axes((0, 0, 1, 0.88))
    axes.set(xlim=(-0.55, 8.5), ylim=(-2.15, 1.75))
    axes.axis("off")
    nodes = ((0, "x", x, 0, None, 0), (2, "z", z, 1, back_z, 8), (4, "h", h, 2, back_h, 7), (6, "ŷ", guess, 3, back, 5))
    for place, name, value, forward, gradient, backward in nodes:
        _draw_node(axes, place, name)
        if stage >= forward:
            _write(axes, place, 0.72, written(value), "model", stage == forward)
        if gradient is not None and stage >= backward:
            _write(axes, place, -0.72, f"∂L/∂{name} = {written(gradient)}", "gradient", stage == backward)
    _draw_node(axes, 8, "L")
    if stage >= 4:
        _write(axes, 8, 0.72, written((guess - y) ** 2), "model", stage == 4)
    steps = (
        (0, f"w₁ = {written(w1)}\nb₁ = {written(b1)}", 1, 9),
        (2, "ReLU", 2, 8),
        (4, f"w₂ = {written(w2)}\nb₂ = {written(b2)}", 3, 7),
    )
    for left, text, forward, backward in (*steps, (6, f"y = {written(y)}", 4, 5)):
        axes.text(left + 1, 1.3, text, ha="center", va="center", size=11)
        _draw_arrow(axes, left, 0.12, "model" if stage >= forward else None)
        if stage >= 5 and left > 0:
            _draw_arrow(axes, left, -0.12, "gradient" if stage >= backward else None, back=True)
    for place, stop, text in (
        (5, 6, f"∂L/∂w₂ = {written(back * h)}\n∂L/∂b₂ = {written(back)}"),
        (1, 9, f"∂L/∂w₁ = {written(back_z * x)}\n∂L/∂b₁ = {written(back_z)}"),
    ):
        if stage >= stop:
            _write(axes, place, -1.6, text, "gradient", stage == stop)
    figure.suptitle(CHAIN_STAGES[stage], weight="bold", y=0.96)
    return figure


PATH_STAGES = (
    "one unit, h, feeds two others",
    "both read h: p = max(a₁·h, 0), q = max(a₂·h, 0)",
    "the prediction reads both: ŷ = c₁·p + c₂·q",
    "the loss, (ŷ − y)²",
    "back: ∂L/∂ŷ = 2·(ŷ − y)",
    "the path through p: a product",
    "the path through q: another product",
    "both paths arrive at h: their sum",
)


@styled
def draw_two_paths(h: float, a1: float, a2: float, c1: float, c2: float, y: float, stage: int) -> Figure:
    """Draw a unit that feeds two ReLU units, and how the gradient comes back to it along both paths.

    Args:
        h: the output of the unit on the left.
        a1, a2: the weights from h to the units p and q.
        c1, c2: the weights from p and q to the prediction.
        y: the target.
        stage: how far the calculation is, 0 to 7; what is newest is marked. See `PATH_STAGES`.

    Returns:
        the figure, not displayed: values in blue, partial derivatives of the loss L in purple.

    Raises:
        ValueError: a stage that is no whole number from 0 to 7.
    """
    if stage not in range(len(PATH_STAGES)):
        raise ValueError(f"stage is {stage!r}, but the calculation has the stages 0 to {len(PATH_STAGES) - 1}.")
    p, q = max(a1 * h, 0.0), max(a2 * h, 0.0)
    guess = c1 * p + c2 * q
    back = 2 * (guess - y)
    by_p, by_q = (back * c1 * a1 if p > 0 else 0.0), (back * c2 * a2 if q > 0 else 0.0)

    figure = fixed_figure(9, 4.2)
    axes = figure.add_axes((0, 0, 1, 0.9))
    axes.set(xlim=(-0.7, 8.9), ylim=(-2.7, 2.4))
    axes.axis("off")
    at = {"h": (0.3, 0.0), "p": (3, 1.3), "q": (3, -1.3), "ŷ": (5.7, 0.0), "L": (8.2, 0.0)}
    edges = (
        ("h", "p", "a₁", a1, 1, 5),
        ("h", "q", "a₂", a2, 1, 6),
        ("p", "ŷ", "c₁", c1, 2, 5),
        ("q", "ŷ", "c₂", c2, 2, 6),
        ("ŷ", "L", "y", y, 3, 4),
    )
    for start, end, name, value, forward, backward in edges:
        _draw_edge(axes, at[start], at[end], 0.09, "model" if stage >= forward else None)
        if stage >= 4:
            _draw_edge(axes, at[end], at[start], 0.09, "gradient" if stage >= backward else None)
        (x0, y0), (x1, y1) = at[start], at[end]
        up = -0.55 if "q" in (start, end) else 0.55
        axes.text((x0 + x1) / 2, (y0 + y1) / 2 + up, f"{name} = {written(value)}", ha="center", va="center", size=11)
    for name, (place, height) in at.items():
        _draw_node(axes, place, name, height)
    values = (("h", h, 0, 0.75), ("p", p, 1, 0.72), ("q", q, 1, -0.72), ("ŷ", guess, 2, 0.75))
    for name, value, forward, up in (*values, ("L", (guess - y) ** 2, 3, 0.75)):
        if stage >= forward:
            _write(axes, at[name][0], at[name][1] + up, written(value), "model", stage == forward)
    slopes = (
        (6.6, -0.85, f"∂L/∂ŷ = {written(back)}", 4),
        (1.1, 2.02, f"{_product(back, c1, float(p > 0), a1)} = {written(by_p)}", 5),
        (1.1, -2.02, f"{_product(back, c2, float(q > 0), a2)} = {written(by_q)}", 6),
        (5.7, -2.3, f"∂L/∂h = {written(by_p)} + {_factor(by_q)} = {written(by_p + by_q)}", 7),
    )
    for place, height, text, backward in slopes:
        if stage >= backward:
            _write(axes, place, height, text, "gradient", stage == backward)
    figure.suptitle(PATH_STAGES[stage], weight="bold", y=0.97)
    return figure


def _product(*factors: float) -> str:
    return " · ".join([written(factors[0]), *map(_factor, factors[1:])])


def _factor(value: float) -> str:
    return f"({written(value)})" if value < 0 else written(value)


def _draw_node(axes: Axes, place: float, name: str, height: float = 0) -> None:
    axes.plot(place, height, "o", ms=33, mfc="white", mec=palette["data"], mew=1.5, zorder=3)
    axes.text(place, height, name, ha="center", va="center", size=14, zorder=4)


def _draw_edge(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], beside: float, role: str | None
) -> None:
    """An arrow between two nodes, a little to the left of the line from one to the other."""
    one, other = np.array(start), np.array(end)
    along = (other - one) / np.hypot(*(other - one))
    shift = beside * np.array([-along[1], along[0]])
    arrow = dict(arrowstyle="-|>", lw=1.8, color=palette[role] if role else "#cccccc", shrinkA=0, shrinkB=0)
    tip, tail = other - 0.42 * along + shift, one + 0.42 * along + shift
    axes.annotate("", tuple(tip), xytext=tuple(tail), arrowprops=arrow)


def _draw_arrow(axes: Axes, left: float, height: float, role: str | None, *, back: bool = False) -> None:
    ends = [(left + 0.42, height), (left + 1.58, height)]
    start, end = ends[::-1] if back else ends
    arrow = dict(arrowstyle="-|>", lw=1.8, color=palette[role] if role else "#cccccc", shrinkA=0, shrinkB=0)
    axes.annotate("", end, xytext=start, arrowprops=arrow)


def _write(axes: Axes, place: float, height: float, text: str, role: str, newest: bool) -> None:
    box = dict(boxstyle="round,pad=0.25", fc=palette["kernel"] if newest else "white", ec=palette[role], lw=1.4)
    axes.text(place, height, text, ha="center", va="center", size=11, bbox=box, zorder=4)


# What the drawings share ---------------------------------------------------------------------------------------------


def _draw_map(
    axes: Axes, loss: Loss, w: tuple[float, float], b: tuple[float, float], best: tuple[float, ...] | None
) -> None:
    grid_w, grid_b = np.meshgrid(np.linspace(*w, 80), np.linspace(*b, 80))
    heights = np.asarray(loss(grid_w, grid_b), dtype=float)
    if heights.shape != grid_w.shape:
        raise ValueError(
            f"loss returned the shape {heights.shape} for w and b of shape {grid_w.shape}; keep the shape."
        )
    # Rings at equal distances of a bowl stand at squares of equal steps above its lowest point.
    lowest = heights.min()
    levels = lowest + np.ptp(heights) * np.linspace(0, 1, len(_MAP_COLORS) + 1) ** 2
    axes.contourf(grid_w, grid_b, heights, levels, colors=_MAP_COLORS)
    if best is not None:
        axes.plot(*best, "*", color=palette["data"], ms=15, zorder=1.9)
    axes.set(xlabel="w", ylabel="b", xlim=w, ylim=b)


def _window(track: np.ndarray, best: tuple[float, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of a map that shows a path and as much beyond the best weights as before them."""
    places = np.vstack([track, best, 2 * np.asarray(best) - track[0]])
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.08 * (high - low) + 1e-9
    (left, bottom), (right, top) = low - margin, high + margin
    return (float(left), float(right)), (float(bottom), float(top))


def _as_wide_as(
    axes: Axes, w: tuple[float, float], b: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two ranges, one of them widened about its middle, so that equal units fill the whole box of the axes."""
    width, height = axes.get_window_extent().size
    unit = max((w[1] - w[0]) / width, (b[1] - b[0]) / height)
    return _about((w[0] + w[1]) / 2, unit * width / 2), _about((b[0] + b[1]) / 2, unit * height / 2)


def _about(middle: float, reach: float) -> tuple[float, float]:
    return middle - reach, middle + reach


def _spread(heights: list[float], low: float, high: float, gap: float = 0.17) -> list[float]:
    """Places of sorted heights on a logarithmic axis, as shares of it, moved apart so that labels do not touch."""
    shares: list[float] = []
    for height in heights:
        share = float(np.log(height / low) / np.log(high / low))
        shares.append(max(share, shares[-1] + gap) if shares else max(share, 0.06))
    over = max(shares[-1] - 0.97, 0)
    return [share - over for share in shares]


def _span(values: np.ndarray) -> tuple[float, float]:
    margin = 0.05 * float(np.ptp(values))
    return float(values.min()) - margin, float(values.max()) + margin


def _paths(paths: Mapping[Any, Any]) -> dict[Any, np.ndarray]:
    tracks = {label: np.asarray(path, dtype=float) for label, path in paths.items()}
    if not tracks:
        raise ValueError("there is no path to draw; give at least one, with its label.")
    for label, track in tracks.items():
        if track.ndim != 2 or track.shape[1] != 2:
            raise ValueError(
                f"the path {label!r} has the shape {track.shape}, but (updates + 1, 2) is wanted: w and b after every "
                "update."
            )
    return tracks

"""Gradient descent drawn: paths on a map of the loss, batch sizes compared, one weight's steps, the chain rule."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from coursekit.figures.arrays import as_points
from coursekit.figures.style import fixed_figure, palette, styled, written

Loss = Callable[[Any, Any], Any]
MOST_POINTS = 300
BEYOND = 1e30  # drawn in place of a loss that is no number any more
_PATH_COLORS = tuple(palette[role] for role in ("wrong", "model", "truth", "gradient"))
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
    for (label, track), color in zip(tracks.items(), _PATH_COLORS, strict=False):
        style = dict(marker="o", ms=3, lw=1.2) if steps else dict(marker="o", ms=3.5, lw=0, alpha=0.6)
        axes.plot(track[:, 0], track[:, 1], color=color, label=label, **style)  # type: ignore[arg-type]
    axes.legend(loc="best", frameon=True, framealpha=0.9)
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
        the figure, not displayed; its size and its axes are the same for every update.

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
    figure.subplots_adjust(left=0.06, right=0.985, bottom=0.17, top=0.89, wspace=0.3)
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
    curve.plot(losses[: update + 1], color=palette["training"], marker="o", ms=3)
    curve.set(xlabel="update", ylabel="loss", title=f"loss {losses[update]:.1f}", ylim=(0, 1.05 * losses.max()))
    curve.xaxis.set_major_locator(MaxNLocator(integer=True))
    best = tuple(np.polyfit(inputs, targets, 1))
    _draw_map(plane, loss, *_window(track, best), best)
    plane.plot(done[:, 0], done[:, 1], color=palette["model"], marker="o", ms=3, lw=1.2)
    plane.plot(now_w, now_b, "o", color=palette["model"], ms=8)
    plane.set_title(f"after {update} updates" if update != 1 else "after 1 update")
    return figure


@styled
def draw_batches(
    loss: Loss,
    paths: Mapping[int, Any],
    chosen: int,
    *,
    best: tuple[float, float],
    w: tuple[float, float],
    b: tuple[float, float],
    epoch_of: int | None = None,
) -> Figure:
    """Draw the path of one batch size on a map of the loss, and the losses of all batch sizes beside it.

    Args:
        loss: as in `draw_loss_contour`.
        paths: for each batch size the weights after every update, shape (updates + 1, 2).
        chosen: the batch size whose path is drawn; its loss is drawn thick.
        best: the weights with the smallest loss.
        w: left and right end of the map.
        b: lower and upper end of the map.
        epoch_of: rows of an epoch: count along the axis in epochs; by default it counts updates.

    Returns:
        the figure, not displayed. A path that leaves the map says so in the map's title.

    Raises:
        ValueError: a batch size without a path, or a path of another shape.
    """
    tracks = _paths(paths)
    if chosen not in tracks:
        raise ValueError(f"there is no path for batch size {chosen}; there are paths for {', '.join(map(str, paths))}.")
    figure = fixed_figure(7.8, 3.4)
    plane, curve = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.085, right=0.87, bottom=0.16, top=0.9, wspace=0.28)
    _draw_map(plane, loss, w, b, best)
    track = tracks[chosen]
    inside = (track >= (w[0], b[0])).all(axis=1) & (track <= (w[1], b[1])).all(axis=1)
    seen = track if inside.all() else track[: np.argmin(inside) + 1]
    plane.plot(*np.clip(seen, -99, 99).T, color=palette["model"], marker=".", lw=1)
    plane.plot(*seen[-1], "o", color=palette["model"], ms=8)
    updates = f"{len(track) - 1} updates" if len(track) != 2 else "1 update"
    plane.set_title(f"batch {chosen}: {updates}" + ("" if inside.all() else ", off the map"))
    high = 1.6 * float(loss(*track[0]))
    low = max(0.93 * float(loss(*best)), high / 1000)  # a perfect fit has a loss of 0, which no logarithm shows
    ends = []
    for batch, weights in tracks.items():
        places = np.arange(len(weights), dtype=float)
        if epoch_of is not None:
            whole, part = np.divmod(places, -(-epoch_of // batch))
            places = whole + np.minimum(part * batch, epoch_of) / epoch_of
        with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges is no mistake here
            losses = np.clip(np.nan_to_num(loss(*weights.T), nan=BEYOND, posinf=BEYOND), None, BEYOND)
        shown = slice(None, None, -(-len(weights) // MOST_POINTS))  # more points than pixels only blur the curve
        color, width, front = (palette["model"], 2.2, 3) if batch == chosen else ("#999999", 1, 2)
        curve.plot(places[shown], losses[shown], color=color, lw=width, zorder=front)
        settled = np.median(losses[-10:]) if len(losses) > 30 else losses[-1]
        ends.append((float(np.clip(settled, low, high)), batch))
    curve.set(yscale="log", ylim=(low, high), ylabel="loss", xlabel="updates" if epoch_of is None else "epochs")
    curve.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    curve.yaxis.set_major_formatter("{x:g}")
    curve.minorticks_off()
    curve.margins(x=0.02)
    ends.sort()
    for height, (_, batch) in zip(_spread([end for end, _ in ends], low, high), ends, strict=True):
        color = palette["model"] if batch == chosen else "#555555"
        curve.annotate(f"batch {batch}", (1.02, height), xycoords="axes fraction", va="center", color=color, size=10)
    curve.set_title("all batch sizes")
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
    axes.plot(start, height, "o", color=palette["training"], ms=10)
    side = -1 if start < best else 1
    axes.annotate("start", (start, height), (22 * side, -14), textcoords="offset points", ha="center")
    axes.plot(best, loss, "*", color=palette["truth"], ms=15)
    axes.set(xlabel="w", ylabel="loss", xlim=(best - reach, best + reach))
    axes.set_ylim(0, (loss + square * reach**2) * 1.02)
    if abs(factor) > 1:
        verdict, color = "diverges", palette["wrong"]
    else:
        verdict, color = ("bounces and settles" if factor < -0.005 else "settles"), palette["truth"]
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


def _draw_node(axes: Axes, place: float, name: str) -> None:
    axes.plot(place, 0, "o", ms=33, mfc="white", mec=palette["data"], mew=1.5, zorder=3)
    axes.text(place, 0, name, ha="center", va="center", size=14, zorder=4)


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


def _spread(heights: list[float], low: float, high: float, gap: float = 0.085) -> list[float]:
    """Places of sorted heights on a logarithmic axis, as shares of it, moved apart so that labels do not touch."""
    shares: list[float] = []
    for height in heights:
        share = float(np.log(height / low) / np.log(high / low))
        shares.append(max(share, shares[-1] + gap) if shares else max(share, 0.03))
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

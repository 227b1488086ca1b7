"""Two players drawn: their plan, a one-number GAN and its orbit, the best discriminator, fakes of a plane."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.special import expit as sigmoid

from coursekit.figures.arrays import as_array
from coursekit.figures.style import SIGNED_MAP, fixed_figure, palette, styled, written

DRAW = 2 * np.log(2)  # the best discriminator's loss where nothing tells fakes from real rows
REAL, FAKE, JUDGE, LESSON = palette["data"], palette["model"], palette["wrong"], palette["gradient"]


@styled
def draw_players(noise: Any, fake: Any, real: Any) -> Figure:
    """Draw a GAN as a plan: noise, generator, fakes, real numbers, discriminator, and where slopes flow back.

    Args:
        noise: what the generator gets, a few numbers.
        fake: what it makes of them, as many numbers.
        real: real numbers.

    Returns:
        the figure, not displayed; the three sets of numbers are dots on lines of the same scale.

    Raises:
        ValueError: other than as many fakes as noise.
    """
    sets = [as_array(values, name) for values, name in ((noise, "noise"), (fake, "fake"), (real, "real"))]
    if len(sets[0]) != len(sets[1]):
        raise ValueError(f"The generator makes {len(sets[1])} fakes of {len(sets[0])} noise numbers; one each.")
    low, high = min(values.min() for values in sets), max(values.max() for values in sets)
    figure = fixed_figure(9, 3.6)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 18), ylim=(0, 7.2), aspect="equal")
    axes.axis("off")
    for values, (x, y), color, name in zip(
        sets, ((0.3, 4.2), (6.6, 4.2), (6.6, 1.5)), ("#888888", FAKE, REAL), ("noise", "fake", "real"), strict=True
    ):
        axes.plot([x, x + 3], [y, y], color="#bbbbbb", lw=1)
        axes.plot(x + 3 * (values - low) / (high - low), np.full(len(values), y), "o", color=color, ms=6, alpha=0.6)
        axes.text(x + 1.5, y - 0.35, name, ha="center", va="top", color=color)
    for x, y, color, name in ((4.2, 4.2, FAKE, "generator\nG"), (11.3, 3.0, JUDGE, "discriminator\nD")):
        width = 1.5 if name[-1] == "G" else 2.2
        axes.add_patch(Rectangle((x, y - 0.9), width, 1.8, facecolor=color, alpha=0.25, edgecolor=color, lw=2))
        axes.text(x + width / 2, y, name, ha="center", va="center", size=10)
    for start, end in (((3.45, 4.2), (4.1, 4.2)), ((5.8, 4.2), (6.45, 4.2)), ((9.75, 4.2), (11.2, 3.4)),
                       ((9.75, 1.5), (11.2, 2.6)), ((13.6, 3.0), (14.5, 3.0))):  # fmt: skip
        _arrow(axes, start, end, palette["data"])
    axes.text(14.65, 3.0, "one logit:\nlarge means “real”", va="center", size=10)
    for right, left, height, tip in ((15.6, 12.8, 4.7, 4.0), (12.0, 4.95, 6.2, 5.2)):
        bottom = 3.7 if right > 13 else 4.0
        axes.plot([right, right, left, left], [bottom, height, height, tip + 0.2], "--", color=LESSON)
        _arrow(axes, (left, tip + 0.3), (left, tip), LESSON)
    axes.text(8.5, 6.35, "slopes for G, through D", ha="center", color=LESSON)
    axes.text(14.2, 4.85, "slopes for D", ha="center", color=LESSON)
    return figure


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0})


@styled
def draw_duel(path: Any, round: int, real: Any, noise: Any) -> Figure:
    """Draw one moment of a GAN whose generator has one number: samples and judge, and the players' orbit.

    The generator adds θ to its noise; the discriminator gives x the probability sigmoid(a·x + b) of being real.

    Args:
        path: (θ, a, b) at the start and after every round, shape (rounds + 1, 3).
        round: how many rounds have been played, from 0.
        real: real numbers, shape (n,).
        noise: what θ is added to, shape (m,).

    Returns:
        the figure, not displayed: D's probability above the two heaps of numbers, and the orbit beside them; the axes
        are the same for every round, and no number lies outside.

    Raises:
        ValueError: a path of another shape, or a round past its end.
    """
    track = as_array(path, "path")
    if track.ndim != 2 or track.shape[1] != 3:
        raise ValueError(f"a path holds (θ, a, b) for every round: shape (rounds + 1, 3), not {track.shape}.")
    if not 0 <= round < len(track):
        raise ValueError(f"round is {round}, but the path holds the rounds 0 to {len(track) - 1}.")
    theta, slope, offset = track[round]
    truth, small = as_array(real, "real"), as_array(noise, "noise")
    shifts = track[:, 0]
    ends = min(truth.min(), shifts.min() + small.min()), max(truth.max(), shifts.max() + small.max())
    bins = np.linspace(*ends, 51)

    figure = fixed_figure(9, 4)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.3, 1), left=0.085, right=0.985, bottom=0.14, top=0.91, hspace=0.16)
    line = figure.add_subplot(grid[0, 0])
    heaps, plane = figure.add_subplot(grid[1, 0], sharex=line), figure.add_subplot(grid[:, 1])
    x = np.linspace(*ends, 200)
    line.plot(x, sigmoid(slope * x + offset), color=JUDGE)
    title = f"round {round}: θ = {written(np.round(theta, 1), '.1f')}, slope a = {written(np.round(slope, 1), '.1f')}"
    line.set(xlim=ends, ylim=(-0.04, 1.04), yticks=(0, 0.5, 1), title=title)
    line.set_ylabel("D says “real”", color=JUDGE)
    line.tick_params(labelbottom=False)
    tallest = max(np.histogram(rows, bins=bins)[0].max() / len(rows) for rows in (truth, small))
    for rows, color, name, height in ((truth, REAL, "real", 1.32), (small + theta, FAKE, "fake", 1.1)):
        heaps.stairs(np.histogram(rows, bins=bins)[0] / len(rows), bins, fill=True, color=color, alpha=0.55)
        heaps.text(rows.mean(), height * tallest, name, color=color, ha="center")
    heaps.set(xlabel="x", ylim=(0, 1.55 * tallest), ylabel="share")

    plane.plot(track[:, 0], track[:, 1], color="#dddddd", lw=1)
    plane.plot(track[: round + 1, 0], track[: round + 1, 1], color=FAKE, lw=1.5)
    plane.plot(theta, slope, "o", color=FAKE, ms=9)
    plane.plot(truth.mean(), 0, "*", color=palette["truth"], ms=15, zorder=3)
    plane.axhline(0, color="#aaaaaa", lw=0.8, zorder=0)
    plane.set(xlabel="θ, the fakes' center", ylabel="a, D's slope", title="orbit; the star is a draw")
    return figure


@styled
def draw_best_discriminator(theta: float, *, center: float = 3.0, spread: float = 1.0) -> Figure:
    """Draw real and fake densities, the best discriminator between them, and the loss that is left to it.

    Args:
        theta: center of the fakes' normal density.
        center: center of the real rows' normal density.
        spread: standard deviation of both, above 0.

    Returns:
        the figure, not displayed: left densities and D = p/(p + q), right D's loss over theta.

    Raises:
        ValueError: a spread of 0 or below.
    """
    if spread <= 0:
        raise ValueError(f"spread is {spread:g}, but a density has a width above 0.")
    reach = max(abs(theta - center), 3 * spread)
    far = max(reach, 6 * spread)  # where the curve is flat
    thetas = np.linspace(center - far, center + far, 97)
    x = np.linspace(center - reach - 3 * spread, center + reach + 3 * spread, 400)
    p, q = (np.exp(-(((x - m) / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi)) for m in (center, theta))
    figure = Figure(figsize=(9, 3.4))
    line, curve = figure.subplots(1, 2, width_ratios=(1.4, 1))
    for density, color, name in ((p, REAL, "real, p"), (q, FAKE, "fake, q")):
        line.fill_between(x, density, color=color, alpha=0.35, lw=0, label=name)
    line.plot(x, sigmoid(_best_logit(x, theta, center, spread)), color=JUDGE, label="D = p/(p + q)")
    line.axhline(0.5, color="#aaaaaa", lw=0.8, zorder=0)
    line.set(xlabel="x", ylim=(0, 1.28), yticks=(0, 0.5, 1), ylabel="density and D", title=f"fakes around {theta:g}")
    line.legend(loc="upper center", ncols=3, columnspacing=1)
    left = best_loss(theta, center=center, spread=spread)
    curve.plot(thetas, [best_loss(t, center=center, spread=spread) for t in thetas], color=JUDGE)
    curve.plot(theta, left, "o", color=JUDGE, ms=9)
    curve.axhline(DRAW, color=palette["truth"], lw=1.5, ls="--")
    curve.text(thetas[0], DRAW + 0.04, "2 ln 2", color=palette["truth"])
    curve.set(xlabel="fakes around", ylabel="loss", ylim=(0, 1.65), title=f"the best D's loss: {left:.3f}")
    return figure


def best_loss(theta: float, *, center: float = 3.0, spread: float = 1.0) -> float:
    """Loss of the best discriminator between two normal densities of one spread: real around center, fakes theta."""
    steps = np.linspace(-9, 9, 2001)
    weights = np.exp(-(steps**2) / 2) / np.sqrt(2 * np.pi) * (steps[1] - steps[0])
    real, fake = (_best_logit(spread * steps + m, theta, center, spread) for m in (center, theta))
    return float(np.sum(weights * (np.logaddexp(0, -real) + np.logaddexp(0, fake))))


def _best_logit(x: np.ndarray, theta: float, center: float, spread: float) -> np.ndarray:
    """ln p − ln q of two normal densities, which never divides 0 by 0 where both are tiny."""
    return ((x - theta) ** 2 - (x - center) ** 2) / (2 * spread**2)


@styled
def draw_fakes(
    panels: Mapping[str, tuple[Any, Any]], real: Any, *, pulls: Any = None, limit: float = 3.2, columns: int = 4
) -> Figure:
    """Draw fakes of a plane over the real rows and over what the discriminator says everywhere.

    Args:
        panels: for each title the fakes, shape (n, 2), and D's probabilities of “real” on a square grid from -limit to
            limit, shape (m, m), lowest row first.
        real: real points, shape (n, 2).
        pulls: for one panel, D's slope at every fake, shape (n, 2): an arrow along it starts at every tenth fake. All
            arrows are equally long.
        limit: the picture runs from -limit to limit, both ways.
        columns: panels side by side.

    Returns:
        the figure, not displayed: blue where D says real, orange where it says fake, white where it doubts. Fakes out
        of sight are counted in the panel's lower left corner.

    Raises:
        ValueError: no panel, pulls for several, points that are not two columns, or probabilities that are no square
            table from 0 to 1.
    """
    if not panels:
        raise ValueError("draw_fakes wants at least one panel: a title, its fakes, and D's probabilities.")
    if pulls is not None and len(panels) > 1:
        raise ValueError(f"pulls belong to the fakes of one panel, and these are {len(panels)}.")
    truth = _pairs(real, "real")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(2.75 * columns + 0.2, 3.25 * rows) if len(panels) > 1 else (4.4, 4.6))
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places[len(panels) :]:
        axes.remove()
    for axes, (title, (fakes, chances)) in zip(places, panels.items(), strict=False):
        _draw_plane(axes, _pairs(fakes, "fakes"), truth, np.asarray(chances, dtype=float), limit)
        axes.set_title(title)
        if pulls is not None:
            _draw_pulls(axes, _pairs(fakes, "fakes"), _pairs(pulls, "pulls"), limit)
    handles, names = places[0].get_legend_handles_labels()
    legend = figure.legend(handles, names, loc="outside lower center", ncols=2, markerscale=2)
    for handle in legend.legend_handles:
        handle.set_alpha(1)  # type: ignore[union-attr]
    return figure


def _draw_plane(axes: Axes, fakes: np.ndarray, truth: np.ndarray, chances: np.ndarray, limit: float) -> None:
    if chances.ndim != 2 or chances.shape[0] != chances.shape[1] or not (chances.min() >= 0 and chances.max() <= 1):
        raise ValueError(
            f"D's probabilities come as a square table of numbers from 0 to 1, not in the shape {chances.shape}; turn "
            "logits into probabilities by the sigmoid."
        )
    axes.imshow(
        chances, extent=(-limit, limit, -limit, limit), origin="lower", cmap=SIGNED_MAP, vmin=0, vmax=1, alpha=0.75,
        interpolation="bilinear",
    )  # fmt: skip
    axes.plot(*truth.T, ".", color=REAL, ms=2.5, alpha=0.5, label="real")
    axes.plot(*fakes.T, "^", color="white", mec="black", mew=0.6, ms=4.5, label="fake")
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), xticks=(-2, 0, 2), yticks=(-2, 0, 2), aspect="equal")
    if unseen := np.sum(np.any(np.abs(fakes) > limit, axis=1)):
        axes.text(
            0.02, 0.02, f"{unseen} outside", transform=axes.transAxes, size=9, bbox={"color": "white", "pad": 1.5}
        )


def _draw_pulls(axes: Axes, fakes: np.ndarray, pulls: np.ndarray, limit: float) -> None:
    """Arrows along D's slope, all of them equally long; a fake without slope gets none."""
    steepness = np.linalg.norm(pulls, axis=1)
    some = np.flatnonzero((steepness > 0) & np.all(np.abs(fakes) <= limit, axis=1))[::10]
    ahead = pulls[some] / steepness[some, None] * 0.55
    axes.quiver(*fakes[some].T, *ahead.T, angles="xy", scale_units="xy", scale=1, color=LESSON, width=0.009,
                edgecolor="black", linewidth=0.4, zorder=4)  # fmt: skip


def _pairs(values: Any, name: str) -> np.ndarray:
    rows = as_array(values, name)
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise ValueError(f"{name} are points of a plane, shape (n, 2), not {rows.shape}.")
    return rows

"""Two players drawn: a one-number GAN and its orbit, the best discriminator, fakes of a plane with their judge."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import expit as sigmoid

from coursekit.figures.arrays import as_array
from coursekit.figures.style import SIGNED_MAP, palette, styled

DRAW = 2 * np.log(2)  # the best discriminator's loss where nothing tells fakes from real rows
REAL, FAKE, JUDGE = palette["data"], palette["model"], palette["wrong"]


@styled
def draw_duel(path: Any, round: int, real: Any, noise: Any) -> Figure:
    """Draw one moment of a GAN whose generator has one number: samples and judge, and the players' orbit.

    The generator adds θ to its noise; the discriminator gives x the probability sigmoid(a·x + b) of being real.

    Args:
        path: (θ, a, b) at the start and after every round, shape (rounds + 1, 3).
        round: how many rounds have been played, from 0.
        real: real numbers, shape (n,).
        noise: what θ is added to, shape (n,).

    Returns:
        the figure, not displayed; its axes are the same for every round.

    Raises:
        ValueError: a path of another shape, or a round past its end.
    """
    track = as_array(path, "path")
    if track.ndim != 2 or track.shape[1] != 3:
        raise ValueError(f"a path holds (θ, a, b) for every round: shape (rounds + 1, 3), not {track.shape}.")
    if not 0 <= round < len(track):
        raise ValueError(f"round is {round}, but the path holds the rounds 0 to {len(track) - 1}.")
    theta, slope, offset = track[round]
    truth, fakes = as_array(real, "real"), as_array(noise, "noise") + theta
    shifts = track[:, 0]
    ends = min(truth.min(), shifts.min()) - 1, max(truth.max(), shifts.max()) + 1

    # Without a layout the panels stay where they are put, so that nothing jumps from frame to frame.
    figure = Figure(figsize=(9, 3.6), layout="none")  # type: ignore[arg-type]
    line, plane = figure.subplots(1, 2, width_ratios=(1.4, 1))
    figure.subplots_adjust(left=0.075, right=0.985, bottom=0.16, top=0.91, wspace=0.22)
    x = np.linspace(*ends, 200)
    bins = np.linspace(*ends, 45)
    for rows, color in ((truth, REAL), (fakes, FAKE)):
        shares = np.histogram(rows, bins=bins)[0] / len(rows)
        line.stairs(2 * shares, bins, fill=True, color=color, alpha=0.55)
    line.plot(x, sigmoid(slope * x + offset), color=JUDGE)
    line.text(truth.mean(), 1.03, "real", color=REAL, ha="center")
    line.text(theta, 0.9, "fake", color=FAKE, ha="center")
    line.set(xlim=ends, ylim=(0, 1.12), xlabel="x", title=f"round {round}: θ = {theta:.1f}, slope a = {slope:.1f}")
    line.set_ylabel("D's probability of “real”", color=JUDGE)

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
    thetas = np.linspace(center - reach, center + reach, 61)
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
def draw_fakes(panels: Mapping[str, tuple[Any, Any]], real: Any, *, limit: float = 3.2, columns: int = 4) -> Figure:
    """Draw fakes of a plane over the real rows and over what the discriminator says everywhere.

    Args:
        panels: for each title the fakes, shape (n, 2), and D's probabilities of “real” on a square grid from -limit to
            limit, shape (m, m), lowest row first.
        real: real rows, shape (n, 2).
        limit: the picture runs from -limit to limit, both ways.
        columns: panels side by side.

    Returns:
        the figure, not displayed: red where D says real, blue where it says fake, white where it doubts.

    Raises:
        ValueError: no panel, rows that are not two columns, or probabilities that are no square table from 0 to 1.
    """
    if not panels:
        raise ValueError("draw_fakes wants at least one panel: a title, its fakes, and D's probabilities.")
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


def _pairs(values: Any, name: str) -> np.ndarray:
    rows = as_array(values, name)
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise ValueError(f"{name} are points of a plane, shape (n, 2), not {rows.shape}.")
    return rows

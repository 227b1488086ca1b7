"""Weights, masks and curves under the cures for overfitting."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from coursekit.figures.curves import loss_pair
from coursekit.figures.style import IMAGE_MAP, palette, styled


@styled
def draw_weights(
    weights: Mapping[str, Any], *, limit: float, threshold: float, bins: int = 61, top: float | None = None
) -> Figure:
    """Draw a histogram of weights for each network, all on the same axes, and say what share lies near 0.

    Args:
        weights: for each panel's title an array of any shape.
        limit: the axis runs from −limit to limit; weights beyond it are counted in the last bin on their side.
        threshold: a weight nearer to 0 than this is called nearly 0; the title says what share is.
        bins: how many.
        top: the end of the axis of shares (a number that all frames of a moving figure have in common).

    Returns:
        the figure, not displayed: the height of a bar is the share of the weights in its bin.

    Raises:
        ValueError: no weights.
    """
    if not weights:
        raise ValueError("there are no weights to draw; give at least one array with its title.")
    figure = Figure(figsize=(3.5 * len(weights) if len(weights) > 1 else 6.4, 3.1))
    edges = np.linspace(-limit, limit, bins + 1)
    for axes, (title, array) in zip(
        figure.subplots(1, len(weights), sharey=True, squeeze=False)[0], weights.items(), strict=True
    ):
        flat = np.ravel(array)
        counts, _ = np.histogram(np.clip(flat, -limit, limit), edges)
        axes.bar(edges[:-1], counts / len(flat), np.diff(edges), align="edge", color=palette["model"])
        axes.set(xlabel="weight", xlim=(-limit, limit), ylim=(0, top))
        axes.set_title(f"{title}\n{np.mean(np.abs(flat) < threshold):.0%} nearly 0")
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    figure.axes[0].set_ylabel("share of the weights")
    return figure


@styled
def draw_pulls(paths: Mapping[str, Any], *, now: int) -> Figure:
    """Draw how weights shrink under a penalty alone, update by update.

    Args:
        paths: for each panel's title the weights after each update, shape (updates + 1, weights); row 0 is the start.
        now: the update that is marked; what comes after it is not drawn.

    Returns:
        the figure, not displayed, with equal axes; each weight is written at its mark.

    Raises:
        ValueError: `now` outside the updates.
    """
    longest = min(len(path) for path in paths.values()) - 1
    if not 0 <= now <= longest:
        raise ValueError(f"now is {now}, but the updates are numbered 0 to {longest}.")
    figure = Figure(figsize=(3.7 * len(paths), 3.2))
    top = max(float(np.max(path)) for path in paths.values())
    for axes, (title, path) in zip(
        figure.subplots(1, len(paths), sharey=True, squeeze=False)[0], paths.items(), strict=True
    ):
        axes.axhline(0, color=palette["data"], lw=0.8)
        for weight in np.transpose(path):
            axes.plot(np.arange(now + 1), weight[: now + 1], color=palette["model"])
            axes.plot(now, weight[now], "o", color=palette["model"])
            axes.annotate(
                f"{weight[now]:.3f}".replace("-", "−"), (now, weight[now]), xytext=(7, 3), textcoords="offset points"
            )
        axes.set(title=title, xlabel="update", xlim=(-1, 1.25 * longest), ylim=(-0.12 * top, 1.12 * top))
    figure.axes[0].set_ylabel("weight")
    return figure


@styled
def draw_dropped(picture: Any, hidden: Any, mask: Any, scores: Any) -> Figure:
    """Draw one digit's way through a network whose hidden units are partly dropped.

    Args:
        picture: gray values, shape (side, side).
        hidden: what each hidden unit says before dropout, shape (units,).
        mask: what it is multiplied by, 0 for a dropped unit, shape (units,).
        scores: the logits of the classes, shape (classes,).

    Returns:
        the figure, not displayed: the picture, a bar for each unit (dropped ones crossed out), and the probabilities.

    Raises:
        ValueError: another number of factors than units.
    """
    hidden, mask, scores = (np.asarray(array, float) for array in (hidden, mask, scores))
    if hidden.shape != mask.shape:
        raise ValueError(f"{hidden.size} units came with {mask.size} factors; give one factor for each unit.")
    figure = Figure(figsize=(9.6, 2.8))
    image, middle, last = figure.subplots(1, 3, width_ratios=(1, 3, 1.6))
    image.imshow(picture, cmap=f"{IMAGE_MAP}_r", vmin=0, vmax=1)
    image.set(xticks=[], yticks=[], title="input")
    units, kept = np.arange(hidden.size), mask > 0
    middle.bar(units[kept], (hidden * mask)[kept], color=palette["model"])
    middle.plot(units[~kept], np.zeros(np.sum(~kept)), "x", color=palette["wrong"], ms=6, clip_on=False)
    middle.set(title=f"{np.sum(~kept)} of {hidden.size} hidden units dropped (×)", xlabel="hidden unit")
    middle.set(xlim=(-1, hidden.size), ylabel="what it passes on")
    powers = np.exp(scores - scores.max())
    last.bar(np.arange(scores.size), powers / powers.sum(), color=palette["truth"])
    last.set(title="output", xlabel="digit", ylabel="probability", ylim=(0, 1), xticks=range(scores.size))
    return figure


@styled
def draw_cure(
    updates: Any,
    cure: tuple[Any, Any],
    baseline: tuple[Any, Any],
    *,
    name: str,
    ylim: tuple[float, float],
    ylabel: str = "test cross-entropy",
) -> Figure:
    """Draw the curve of a cure over the curve without it, and mark the best look of each.

    Args:
        updates: at which updates the losses were measured, shape (looks,).
        cure, baseline: the training losses and the losses on digits that trained nothing, shape (looks,) each; the
            mark stands at the lowest of the latter.
        name: what the cure is called.
        ylim, ylabel: of the axis of losses, which all frames have in common.

    Returns:
        the figure, not displayed; the title gives both lowest losses and both last ones.

    Raises:
        ValueError: losses of different lengths.
    """
    figure = Figure(figsize=(7.2, 3.6))
    axes = figure.subplots()
    best, last = [], []
    for (training, fresh), color, label in (
        (loss_pair(*baseline), "#8A8A8A", "no cure"),
        (loss_pair(*cure), palette["validation"], name),
    ):
        place = int(np.argmin(fresh))
        axes.plot(updates, fresh, color=color, ls="--", label=label)
        axes.plot(updates[place], fresh[place], "o", color=color, mec=palette["data"], ms=8, zorder=4)
        best.append(fresh[place])
        last.append(fresh[-1])
    axes.plot(updates, loss_pair(*cure)[0], color=palette["training"], label=f"{name}, training")
    axes.set(xlabel="update", ylabel=ylabel, ylim=ylim, xlim=(0, updates[-1]))
    axes.set_title(
        f"{name}: lowest {best[1]:.2f} (no cure {best[0]:.2f}), last {last[1]:.2f} (no cure {last[0]:.2f})"
    )
    axes.legend(loc="upper right")
    return figure


@styled
def draw_results(results: Mapping[str, Any], *, best: str, last: str, xlabel: str = "test cross-entropy") -> Figure:
    """Draw for each name the losses of several starts, by two rulers.

    Args:
        results: for each name losses of shape (2, starts): by the first ruler and by the second.
        best, last: names of the rulers.
        xlabel: of the losses.

    Returns:
        the figure, not displayed: a row for each name, a dot for each start, a bar at each mean.

    Raises:
        ValueError: losses that are no two rows of one length.
    """
    rows = {name: np.asarray(losses, float) for name, losses in results.items()}
    if not rows or any(losses.ndim != 2 or len(losses) != 2 for losses in rows.values()):
        raise ValueError("draw_results wants for each name two rows of losses, one for each ruler.")
    figure = Figure(figsize=(7.2, 0.55 * len(rows) + 1.3))
    axes = figure.subplots()
    for number, losses in enumerate(rows.values()):
        for values, role, marker, shift, label in zip(
            losses, ("truth", "validation"), "os", (-0.16, 0.16), (best, last), strict=True
        ):
            axes.plot(values, np.full(len(values), number + shift), marker, color=palette[role], alpha=0.4, ms=5, mew=0)
            mean = dict(color=palette[role], ms=15, mew=3, label=None if number else label)
            axes.plot(np.mean(values), number + shift, "|", **mean)
    axes.set(yticks=range(len(rows)), yticklabels=list(rows), ylim=(len(rows) - 0.5, -0.5), xlabel=xlabel)
    axes.set_xlim(left=0)
    axes.grid(axis="x", color="#DDDDDD", lw=0.8)
    axes.legend(loc="lower right")
    return figure

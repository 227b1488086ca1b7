"""Probabilities drawn: the sigmoid and its slope, surprise, the probability surface, losses over logits, mistakes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.special import expit as sigmoid

from coursekit.figures.arrays import as_array
from coursekit.figures.style import SIGNED_MAP, palette, styled, written

Surface = Callable[[np.ndarray], Any]
NAME = 1.2  # bits that a name above a bar takes
NARROW = 0.08  # share of the width: a bar that is narrower has its name on its left


@styled
def draw_sigmoid(z: float, *, limit: float = 6.0) -> Figure:
    """Draw the sigmoid with its tangent at one score, and its slope at every score.

    Args:
        z: the score where the tangent touches, from -limit to limit.
        limit: the scores run from -limit to limit.

    Returns:
        the figure, not displayed: left probability over score, right slope over score.

    Raises:
        ValueError: z lies outside the picture.
    """
    if not -limit <= z <= limit:
        raise ValueError(f"the score is {z:g}, but the picture runs from {-limit:g} to {limit:g}; choose one in it.")
    scores = np.linspace(-limit, limit, 241)
    curve, p = sigmoid(scores), float(sigmoid(z))
    slope = p * (1 - p)
    figure = Figure(figsize=(8.4, 3.3))
    left, right = figure.subplots(1, 2)
    left.plot(scores, curve, color=palette["model"], label="sigmoid")
    reach = np.array([-1.8, 1.8])
    left.plot(z + reach, p + slope * reach, color=palette["gradient"], label="tangent")
    left.legend(loc="upper left" if z > 0 else "lower right")
    left.set(ylim=(-0.12, 1.12), ylabel="probability p", title=f"score {written(z)} → p = {p:.3f}")
    right.plot(scores, curve * (1 - curve), color=palette["gradient"])
    right.set(ylim=(0, 0.29), ylabel="slope of the tangent", title=f"slope p(1 − p) = {slope:.3f}")
    for axes, height in ((left, p), (right, slope)):
        axes.plot([z], [height], "o", color=palette["data"], ms=8, zorder=4)
        axes.set(xlim=(-limit, limit), xlabel="score z")
    return figure


@styled
def draw_surprise(
    probabilities: Sequence[float], *, believed: Sequence[float] | None = None, names: Sequence[str] = ()
) -> Figure:
    """Draw the surprise of each outcome: a bar as wide as it is likely, so that the whole area is the mean surprise.

    Args:
        probabilities: how likely each outcome is; they sum to 1.
        believed: what a forecaster believes, who is the one surprised; by default the truth. The area is then the
            cross-entropy, and the entropy stays drawn as a line.
        names: one per outcome.

    Returns:
        the figure, not displayed; its title gives the area in bits.

    Raises:
        ValueError: the numbers are no probabilities, or a belief calls something impossible that happens.
    """
    p = _distribution(probabilities, "probabilities")
    q = p if believed is None else _distribution(believed, "believed")
    if q.shape != p.shape or np.any((q == 0) & (p > 0)):
        raise ValueError(
            f"{len(p)} outcomes came with {len(q)} beliefs, all above 0 where an outcome can happen; give one each."
        )
    shown = [index for index, share in enumerate(p) if share > 0]
    surprise = -np.log2(q[shown])
    mean, entropy = float(p[shown] @ surprise), float(p[shown] @ -np.log2(p[shown]))
    figure = Figure(figsize=(6.4, 3.3))
    axes = figure.subplots()
    white = dict(facecolor="white", edgecolor="none", pad=1, alpha=0.8)
    starts = np.concatenate([[0], np.cumsum(p[shown])[:-1]])
    axes.bar(
        starts, surprise, p[shown], align="edge", color=palette["validation"], edgecolor=palette["data"], alpha=0.75
    )
    for start, width, height, index in zip(starts, p[shown], surprise, shown, strict=True):
        label = f"{names[index]}\n{p[index]:.3g}" if len(names) > index else f"{p[index]:.3g}"
        beside, above = width < NARROW, height
        for line in sorted((mean, entropy)):  # no line runs through a name
            above = line if above <= line < above + NAME else above
        place, shift = ((start, height), (-4, 0)) if beside else ((start + width / 2, above), (0, 3))
        ha, va = ("right", "top") if beside else ("center", "bottom")
        axes.annotate(label, place, xytext=shift, textcoords="offset points", bbox=white, ha=ha, va=va)
    axes.axhline(mean, color=palette["wrong" if believed is not None else "model"], ls="--", zorder=2.5)
    title = f"dashed: mean surprise {mean:.3f} bits"
    if believed is not None:
        axes.axhline(entropy, color=palette["truth"])
        title = f"dashed: cross-entropy {mean:.3f} bits · green: entropy {entropy:.3f} bits"
    axes.set(xlim=(0, 1), ylim=(0, 7), title=title, xlabel="share of all cases", ylabel="surprise in bits")
    return figure


@styled
def draw_probability_surface(
    surfaces: Mapping[str, Surface],
    points: Any,
    labels: Any,
    *,
    threshold: float = 0.5,
    names: Sequence[str] = ("first column", "second column"),
    classes: tuple[str, str] = ("class 0", "class 1"),
) -> Figure:
    """Draw the probability that one or more models give to every place of a plane, and the points they learn from.

    Args:
        surfaces: for each title a function from rows of shape (n, 2) to n probabilities, or shape (n, 1).
        points: shape (n, 2).
        labels: n numbers, 1 (white triangles) or 0 (dark dots).
        threshold: the black line runs where the probability is this.
        names: what the two columns are.
        classes: what 0 and 1 mean, for the legend and the color bar.

    Returns:
        the figure, not displayed: orange for 0, white for 0.5, blue for 1, side by side.

    Raises:
        ValueError: no surface, points that are not two columns, labels other than 0 and 1, or no probabilities.
    """
    rows, truth = as_array(points, "points"), np.asarray(labels).ravel()
    if not surfaces or rows.ndim != 2 or rows.shape[1] != 2 or truth.shape != (len(rows),) or set(truth) - {0, 1}:
        raise ValueError(
            f"draw_probability_surface wants at least one surface, points of shape (n, 2) and n labels 0 or 1; it got "
            f"{len(surfaces)} surfaces, points of shape {rows.shape} and labels of shape {truth.shape}."
        )
    low, high = rows.min(axis=0) - 0.3, rows.max(axis=0) + 0.3
    across, up = (np.linspace(low[axis], high[axis], 81) for axis in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    figure = Figure(figsize=(4.2 * len(surfaces) + 0.6, 4.2))
    panels = figure.subplots(1, len(surfaces), squeeze=False, sharey=True)[0]
    for axes, (title, surface) in zip(panels, surfaces.items(), strict=True):
        heights = np.asarray(surface(grid.reshape(-1, 2).astype("float32")), dtype=float).reshape(grid.shape[:2])
        if not (heights.min() >= 0 and heights.max() <= 1):
            raise ValueError(f"{title} gives numbers outside 0 to 1; turn logits into probabilities by the sigmoid.")
        filled = axes.contourf(across, up, heights, levels=np.linspace(0, 1, 12), cmap=SIGNED_MAP, alpha=0.8)
        if heights.min() < threshold < heights.max():
            axes.contour(across, up, heights, levels=[threshold], colors="black", linewidths=2)
        _draw_classes(axes, rows, truth, classes)
        axes.set(title=title, xlabel=names[0])
    panels[0].set_ylabel(names[1])
    figure.colorbar(filled, ax=list(panels), label=f"probability of {classes[1]}", ticks=[0, 0.25, 0.5, 0.75, 1])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@styled
def draw_confusion(counts: Any, names: Sequence[str], *, axes: Axes | None = None) -> Figure:
    """Draw a confusion matrix: rows are the truth, columns what was said.

    Args:
        counts: shape (classes, classes), whole numbers.
        names: one per class.
        axes: where to draw; by default a new figure.

    Returns:
        the figure, not displayed; what was right stands on the diagonal in the color of truth.

    Raises:
        ValueError: the counts are no square table, or the number of names differs.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape != (len(names), len(names)):
        raise ValueError(
            f"the counts have the shape {table.shape} and {len(names)} names came along, but a confusion matrix has "
            "one row and one column for each name."
        )
    size = len(names)
    if axes is None:
        axes = Figure(figsize=(0.5 * size + 2.0, 0.5 * size + 1.6)).subplots()
    shade = np.sqrt(table / max(table.max(), 1))  # so that a few mistakes still show
    for (row, column), count in np.ndenumerate(table):
        color = palette["truth" if row == column else "wrong"]
        axes.add_patch(Rectangle((column, row), 1, 1, color=color, alpha=0.65 * shade[row, column], lw=0))
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="#888888", lw=0.8))
        axes.text(column + 0.5, row + 0.5, f"{count:d}", ha="center", va="center", size=16 if size == 2 else 11)
    places = np.arange(size) + 0.5
    axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal", xlabel="said", ylabel="truth")
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes.figure.get_figure(root=True)


@styled
def draw_threshold(
    probabilities: Any, labels: Any, threshold: float, *, names: tuple[str, str] = ("no", "yes")
) -> Figure:
    """Draw every case at its probability, the threshold between no and yes, and the confusion matrix that follows.

    Args:
        probabilities: n numbers in 0 to 1; drawn on a scale that spreads both ends.
        labels: n numbers 0 or 1.
        threshold: above it the answer is yes.
        names: of class 0 and class 1.

    Returns:
        the figure, not displayed; cases that come out right have the color of truth, as in the matrix beside them,
        whose title gives precision and recall.

    Raises:
        ValueError: another number of labels than probabilities, or a threshold outside 0 to 1.
    """
    p, truth = as_array(probabilities, "probabilities").ravel(), np.asarray(labels).ravel()
    if p.shape != truth.shape or not 0 < threshold < 1:
        raise ValueError(
            f"{len(p)} probabilities came with {len(truth)} labels and the threshold {threshold:g}; give a label for "
            "each, and a threshold between 0 and 1."
        )
    said = p > threshold
    counts = np.array([[np.sum((truth == t) & (said == s)) for s in (0, 1)] for t in (0, 1)])
    precision, recall = counts[1, 1] / max(said.sum(), 1), counts[1, 1] / max((truth == 1).sum(), 1)
    figure = Figure(figsize=(9.2, 3.4))
    left, right = figure.subplots(1, 2, width_ratios=(2.1, 1))
    safe = np.clip(p, 1e-9, 1 - 1e-9)
    spread = np.clip(np.log(safe / (1 - safe)), -np.log(999), np.log(999))
    for label, marker in ((0, "o"), (1, "^")):
        of_class = np.flatnonzero(truth == label)
        heights = label + 0.62 * ((np.arange(len(of_class)) * 0.618) % 1 - 0.5)  # spread evenly, always the same
        colors = [palette["truth" if said[case] == label else "wrong"] for case in of_class]
        left.scatter(spread[of_class], heights, marker=marker, facecolor="none", edgecolor=colors, s=26)
    ticks = np.array([0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
    marks = ["≤ 0.001", *(f"{tick:g}" for tick in ticks[1:-1]), "≥ 0.999"]
    left.axvline(np.log(threshold / (1 - threshold)), color=palette["data"])
    left.set_xticks(np.log(ticks / (1 - ticks)), marks)
    left.set_yticks([0, 1], names)
    title = f"threshold {threshold:g} · green is right, orange is wrong"
    left.set(xlim=(-7.4, 7.4), ylim=(-0.5, 1.5), xlabel="predicted probability, spaced by its logit", title=title)
    draw_confusion(counts, names, axes=right)
    right.set_title(f"precision {precision:.2f}, recall {recall:.2f}")
    return figure


def _draw_classes(axes: Axes, rows: np.ndarray, truth: np.ndarray, classes: tuple[str, str]) -> None:
    looks = ((0, "o", palette["data"], "white", 20), (1, "^", "white", palette["data"], 30))
    for label, marker, face, edge, size in looks:
        across, up = rows[truth == label].T
        axes.scatter(across, up, s=size, marker=marker, facecolor=face, edgecolor=edge, lw=0.9, label=classes[label])


def _distribution(values: Sequence[float], name: str) -> np.ndarray:
    numbers = as_array(values, name).astype(float)
    if numbers.ndim != 1 or len(numbers) == 0 or numbers.min() < 0 or not np.isclose(numbers.sum(), 1):
        raise ValueError(f"{name} is {values!r}, but probabilities are 0 or more and sum to 1.")
    return numbers

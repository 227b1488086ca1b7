"""Curves that several chapters draw: losses over the epochs, over a weight, and over the logit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from coursekit.figures.arrays import as_array
from coursekit.figures.style import palette, styled, written

Points = tuple[Any, Any]
CURVES = ("model", "wrong", "truth", "training")
STYLES = ("-", "--", "-.", ":")


@styled
def draw_learning_curves(
    curves: Mapping[str, Points],
    *,
    mark_best: bool = True,
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
    ylim: tuple[float, float] | None = None,
    columns: int = 4,
) -> Figure:
    """Draw training and validation losses, one panel for each training, and mark the best validation loss.

    Args:
        curves: for each panel's title the training losses and the validation losses, one number per epoch.
        mark_best: mark the epoch with the lowest validation loss, counted from 1, and write it.
        xlabel, ylabel, ylim: of all panels; they share one vertical axis.
        log: whether that axis is logarithmic.
        columns: most panels side by side.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no training, or two lists of different lengths.
    """
    if not curves:
        raise ValueError("there is nothing to draw; give at least one training with its two lists of losses.")
    width = min(len(curves), columns)
    rows = -(-len(curves) // width)
    size = (3.6 * width if width > 1 else 6, 3.1 * rows if width > 1 else 3.4)
    figure = Figure(figsize=size)
    panels = figure.subplots(rows, width, sharey=True, squeeze=False)
    for number, (axes, (title, (training, validation))) in enumerate(zip(panels.flat, curves.items(), strict=False)):
        training, validation = loss_pair(training, validation)
        epochs = np.arange(1, len(training) + 1)
        axes.plot(epochs, training, color=palette["training"], label="training")
        axes.plot(epochs, validation, color=palette["validation"], ls="--", label="validation")
        axes.set(title=title, xlabel=xlabel, ylim=ylim)
        if log:
            use_log_losses(axes)
        if mark_best:
            _mark_best(axes, validation)
        if number == 0:
            axes.legend()
    for axes in panels[:, 0]:
        axes.set_ylabel(ylabel)
    for axes in panels.flat[len(curves) :]:
        axes.remove()
    return figure


@styled
def draw_slopes(
    curves: Mapping[str, tuple[Any, Any]],
    *,
    at: Mapping[str, float],
    slopes: Mapping[str, float],
    ylabel: str = "mean squared error",
) -> Figure:
    """Draw losses, each as a curve over one number, with the tangent at one place.

    Args:
        curves: for each panel's x label the places and the losses there, shape (places,) each.
        at: for each label the place of the tangent.
        slopes: for each label the tangent's slope.
        ylabel: of the loss.

    Returns:
        the figure, not displayed, one panel per curve.

    Raises:
        ValueError: no curve, or a curve without a place or a slope.
    """
    if not curves or not set(curves) == set(at) == set(slopes):
        raise ValueError("draw_slopes wants at least one curve, and for each one a place in `at` and one in `slopes`.")
    figure = Figure(figsize=(3.6 * len(curves), 3.3))
    for axes, (label, (places, losses)) in zip(
        figure.subplots(1, len(curves), squeeze=False)[0], curves.items(), strict=True
    ):
        x, loss = as_array(places, "places"), as_array(losses, "losses")
        height = float(np.interp(at[label], x, loss))
        reach = 0.18 * float(np.ptp(x))
        ends = np.array([at[label] - reach, at[label] + reach])
        axes.plot(x, loss, color=palette["model"])
        axes.plot(ends, height + slopes[label] * (ends - at[label]), color=palette["gradient"], lw=3)
        axes.plot(at[label], height, "o", color=palette["gradient"], ms=9)
        margin = 0.06 * float(np.ptp(loss))
        axes.set(xlabel=label, ylabel=ylabel, title=f"slope {written(slopes[label], '.3g')}")
        axes.set_ylim(loss.min() - margin, loss.max() + margin)
    return figure


@styled
def draw_logit_losses(logits: Any, curves: Mapping[str, tuple[Any, Any]], *, at: float | None = None) -> Figure:
    """Draw several losses over the logit, and the gradient of each.

    Args:
        logits: n numbers, increasing.
        curves: for each loss its name and (n losses, n gradients).
        at: a logit to mark; its gradients are written above the panels.

    Returns:
        the figure, not displayed: left the losses, right their gradients.

    Raises:
        ValueError: no curve, over four curves, another number of values than logits, or `at` outside the logits.
    """
    z = as_array(logits, "logits")
    pairs = {name: tuple(as_array(values, name) for values in pair) for name, pair in curves.items()}
    if not 1 <= len(pairs) <= len(CURVES) or any(values.shape != z.shape for pair in pairs.values() for values in pair):
        raise ValueError(f"draw_logit_losses wants 1 to {len(CURVES)} curves: for each logit a loss and a gradient.")
    if at is not None and not z[0] <= at <= z[-1]:
        raise ValueError(f"at is {at:g}, but the logits run from {z[0]:g} to {z[-1]:g}.")
    figure = Figure(figsize=(8.8, 3.9))
    panels = figure.subplots(1, 2)
    for (name, pair), role, style in zip(pairs.items(), CURVES, STYLES, strict=False):
        for axes, values in zip(panels, pair, strict=True):
            axes.plot(z, values, style, color=palette[role], label=name)
            if at is not None:
                axes.plot([at], [np.interp(at, z, values)], "o", color=palette[role], ms=8)
    for axes, what in zip(panels, ("loss", "gradient"), strict=True):
        axes.set(xlabel="logit z", ylabel=what, title=what)
        if at is not None:
            axes.axvline(at, color=palette["data"], lw=1, ls=":")
    if at is not None:
        slopes = (f"{name}: {np.interp(at, z, pair[1]):.2g}" for name, pair in pairs.items())
        figure.suptitle(f"gradient at z = {at:g}   " + "   ".join(slopes), size=11)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(pairs))
    return figure


def use_log_losses(axes: Axes) -> None:
    """A logarithmic vertical axis with plain numbers at 1, 2 and 5."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_minor_formatter("")


def loss_pair(training: Any, validation: Any) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation losses as arrays. Raises ValueError if they are no two lists of one length."""
    one, other = (np.asarray(values, dtype=float) for values in (training, validation))
    if one.ndim != 1 or one.shape != other.shape or not one.size:
        raise ValueError(
            f"the training losses have the shape {one.shape} and the validation losses {other.shape}, but both are "
            "lists with one number per epoch; give two of the same length."
        )
    return one, other


def _mark_best(axes: Axes, validation: np.ndarray) -> None:
    best = int(np.nanargmin(validation))
    axes.plot(best + 1, validation[best], "o", color=palette["truth"], ms=8, zorder=4)
    side = 1 if best < 0.7 * len(validation) else -1  # so that the label stays inside
    axes.annotate(
        f"best: {best + 1}",
        (best + 1, validation[best]),
        xytext=(side * 7, -15),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        bbox=dict(fc="white", ec="none", pad=0.6, alpha=0.8),
    )

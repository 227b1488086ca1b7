"""Training watched: fits beside their losses, the moment to stop, and losses of models of growing size."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from coursekit.figures.curves import Points, loss_pair, use_log_losses
from coursekit.figures.style import palette, styled


@styled
def draw_fit(
    curve: Points,
    training: Points,
    validation: Points | None = None,
    *,
    losses: Points | None = None,
    steps: Any = None,
    now: int = 0,
    step_name: str = "epoch",
    log_steps: bool = False,
    xlabel: str = "",
    ylabel: str = "",
    ylim: tuple[float, float] | None = None,
    title: str = "",
) -> Figure:
    """Draw a fitted curve over its data and, beside it, both losses with a mark where this curve stands.

    Args:
        curve: x and y of the fitted curve.
        training: x and y of the points that were fitted.
        validation: x and y of points that were kept aside.
        losses: training and validation losses of all fits, one number each; None leaves the second panel out.
        steps: what the losses are counted by (degrees, epochs), by default 1, 2, …
        now: index of this curve among the losses.
        step_name: what a step is, for the axis.
        log_steps: whether the axis of the steps is logarithmic, for trainings whose beginning matters most.
        xlabel, ylabel, ylim, title: of the panel with the fit.

    Returns:
        the figure, not displayed. Losses are on a logarithmic axis.

    Raises:
        ValueError: losses of different lengths, or `now` outside of them.
    """
    figure = Figure(figsize=(9, 3.5) if losses is not None else (4.6, 3.3))
    panels = figure.subplots(1, 1 if losses is None else 2, squeeze=False)[0]
    left = panels[0]
    if validation is not None:
        left.scatter(*validation, s=9, color=palette["validation"], lw=0, label="validation")
    left.scatter(*training, s=34, color=palette["training"], edgecolor=palette["data"], zorder=3, label="training")
    left.plot(*curve, color=palette["model"], zorder=4, label="curve")
    left.set(xlabel=xlabel, ylabel=ylabel, ylim=ylim, title=title)
    if losses is not None:
        _draw_marked_losses(panels[1], losses, steps, now)
        panels[1].set(xlabel=step_name, xscale="log" if log_steps else "linear")
        if log_steps:
            panels[1].xaxis.set_major_formatter("{x:g}")
    return figure


@styled
def draw_stop(
    validation: Any,
    *,
    best: int,
    stop: int | None,
    ylabel: str = "validation loss",
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Draw a validation loss with the epoch whose weights are kept and the epoch at which training stopped.

    Args:
        validation: one loss per epoch of a training that was not stopped.
        best: the epoch that is kept, counted from 1.
        stop: the last epoch that ran; None if nothing stopped the training.
        ylabel, ylim: of the axis of losses.

    Returns:
        the figure, not displayed: what was never run is pale, the time spent waiting is shaded.

    Raises:
        ValueError: an epoch outside the losses.
    """
    losses = np.asarray(validation, dtype=float)
    last = len(losses) if stop is None else stop
    if not 1 <= best <= last <= len(losses):
        raise ValueError(
            f"best is epoch {best} and stop epoch {stop}, but there are the epochs 1 to {len(losses)}, "
            "and the best one comes first."
        )
    figure = Figure(figsize=(7, 3.2))
    axes = figure.subplots()
    epochs = np.arange(1, len(losses) + 1)
    axes.plot(epochs, losses, color="#CCCCCC", lw=1.5, label="never run")
    axes.plot(epochs[:last], losses[:last], color=palette["validation"], label="validation")
    axes.axvspan(best, last, color=palette["kernel"], alpha=0.35, lw=0, label="waiting")
    axes.plot(best, losses[best - 1], "o", color=palette["truth"], ms=9, label="kept")
    end = "never stopped" if stop is None else f"stopped after epoch {stop}"
    axes.set_title(f"kept: epoch {best}, {losses[best - 1]:.3g}   ·   {end}")
    if stop is not None:
        axes.axvline(stop, color=palette["wrong"], label="stop")
    axes.set(xlabel="epoch", ylabel=ylabel, xlim=(0, len(losses)), ylim=ylim)
    axes.legend(ncols=2, loc="upper right")
    return figure


@styled
def draw_capacity(
    series: Mapping[str, Mapping[Any, Any]],
    *,
    xlabel: str,
    ylabel: str = "loss",
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Draw losses of models of growing size, one dot per start, and join the medians.

    Args:
        series: for each name (two at most) and each size the losses, one number per start; all with the same sizes.
        xlabel: what the sizes count.
        ylabel, ylim: of the axis of losses, which is logarithmic.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: no series, more than two, or series of different sizes.
    """
    sizes = [list(losses) for losses in series.values()]
    if not 1 <= len(sizes) <= 2 or not sizes[0] or any(each != sizes[0] for each in sizes):
        raise ValueError(f"draw_capacity wants one or two series of losses for the same sizes, not {sizes}.")
    figure = Figure(figsize=(7, 3.4))
    axes = figure.subplots()
    places = np.arange(len(sizes[0]))
    for (name, losses), role, marker, shift in zip(
        series.items(), ("truth", "validation"), "os", (-0.08, 0.08), strict=False
    ):
        columns = [np.ravel(column) for column in losses.values()]
        for place, column in zip(places, columns, strict=True):
            axes.plot(np.full(len(column), place + shift), column, marker, color=palette[role], alpha=0.35, ms=5)
        medians = [np.median(column) for column in columns]
        axes.plot(places + shift, medians, color=palette[role], ls="-" if role == "truth" else "--", label=name)
    axes.set(xticks=places, xticklabels=[str(size) for size in sizes[0]], xlim=(-0.4, len(places) - 0.6))
    axes.set(xlabel=xlabel, ylabel=ylabel, ylim=ylim)
    use_log_losses(axes)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.2, 1.4, 1.7, 2, 3, 4, 5, 7)))  # errors of one power of ten
    axes.legend()
    return figure


def _draw_marked_losses(axes: Axes, losses: Points, steps: Any, now: int) -> None:
    training, validation = loss_pair(*losses)
    places = np.arange(1, len(training) + 1) if steps is None else np.asarray(steps)
    if not 0 <= now < len(training):
        raise ValueError(f"now is {now}, but the losses are numbered 0 to {len(training) - 1}.")
    for role, values, style in (("training", training, "-"), ("validation", validation, "--")):
        axes.plot(places, values, style, color=palette[role], label=role)
        axes.plot(places[now], values[now], "o", color=palette[role], mec=palette["data"], ms=9)
    axes.set_ylabel("mean squared error")
    use_log_losses(axes)
    axes.set_title(f"training {_short(training[now])}, validation {_short(validation[now])}")
    axes.legend()


def _short(value: float) -> str:
    """Three figures, without exponents that nobody reads: 0.123, 12.3, 12,345."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

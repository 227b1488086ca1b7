"""Normalization drawn: a row in changing company, averages that come late, and networks raced at many rates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.figures.style import palette, styled

GUESS = float(np.log(10))  # the loss of equal chances for ten classes
ROLES = {"without": "data", "batch norm": "model", "layer norm": "truth"}
MARKERS = {"without": "o", "batch norm": "s", "layer norm": "^"}


@styled
def draw_company(stages: Mapping[str, Any], row: int = 0) -> Figure:
    """Draw what one unit says for the rows of a batch, stage by stage, with one row marked.

    Args:
        stages: by name the unit's numbers, each of shape (rows,), in the same order of rows.
        row: the number of the row to mark.

    Returns:
        the figure, not displayed: one strip of dots for each stage; the marked row's number is written beside it.

    Raises:
        ValueError: stages of different lengths, or a row that is not there.
    """
    values = [np.asarray(stage, float) for stage in stages.values()]
    if len({len(stage) for stage in values}) != 1 or not 0 <= row < len(values[0]):
        raise ValueError(f"row {row} of stages with {[len(stage) for stage in values]} rows; give equal lengths.")
    figure = Figure(figsize=(7, 2.9))
    axes = figure.subplots()
    for place, stage in enumerate(values[::-1]):
        others = np.delete(stage, row)
        axes.plot(others, np.full(len(others), place), "o", color=palette["data"], alpha=0.35, ms=7)
        axes.plot([stage[row]], [place], "D", color=palette["wrong"], ms=10)
        axes.annotate(f"{stage[row]:.2f}".replace("-", "−"), (stage[row], place + 0.2), ha="center")
    axes.axvline(0, color=palette["data"], lw=0.8, ls=":")
    axes.set(yticks=range(len(values)), yticklabels=list(stages)[::-1], ylim=(-0.5, len(values) - 0.3))
    axes.set(xlabel="the unit's number for each row of the batch (diamond: the same row in every batch)", xlim=(-4, 4))
    axes.xaxis.label.set_fontsize(10)
    return figure


@styled
def draw_late(left: Any, right: Mapping[str, Any], *, momentum: float) -> Figure:
    """Draw what is left of an average's start, and how many rows are right in both modes.

    Args:
        left: the share of the start in the moving averages after each number of updates, shape (updates + 1,).
        right: by mode the share of right answers after some updates, as pairs (updates, shares of each start).
        momentum: of the averages; it goes into the title.

    Returns:
        the figure, not displayed: left the shares over the updates, right the answers.
    """
    figure = Figure(figsize=(8.4, 3.2))
    share, answers = figure.subplots(1, 2)
    share.plot(left, color=palette["gradient"])
    share.set(ylabel="share of the start that is left", title=f"momentum {momentum:g}")
    for (name, (updates, shares)), role, style in zip(
        right.items(), ("training", "validation"), ("-", "--"), strict=True
    ):
        for number, start in enumerate(np.transpose(shares)):
            answers.plot(updates, start, style, color=palette[role], label=name if number == 0 else None)
    answers.set(ylabel="share of right answers")
    answers.legend(loc="lower right")
    for axes in (share, answers):
        axes.set(xlabel="updates", ylim=(-0.03, 1.03), xlim=(0, len(left) - 1))
    return figure


@styled
def draw_race(losses: Mapping[str, Any], *, rate: float) -> Figure:
    """Draw the losses of several starts with each kind of normalization, at one rate.

    Args:
        losses: by kind ("without", "batch norm", "layer norm") the loss of each step, shape (steps, starts).
        rate: the learning rate; it goes into the title.

    Returns:
        the figure, not displayed: one panel a kind; how many starts ended below 1 stands above it.

    Raises:
        ValueError: an unknown kind.
    """
    if unknown := set(losses) - set(ROLES):
        raise ValueError(f"{sorted(unknown)} has no color here; give {', '.join(ROLES)}.")
    figure = Figure(figsize=(8.6, 3.2))
    for axes, (name, values) in zip(figure.subplots(1, len(losses), sharey=True), losses.items(), strict=True):
        runs = np.asarray(values, float)
        smooth = np.stack([np.convolve(run, np.ones(10) / 10, "valid") for run in runs.T])
        axes.plot(np.arange(10, len(runs) + 1), smooth.T, color=palette[ROLES[name]], lw=1.3)
        axes.axhline(GUESS, color=palette["wrong"], lw=1, ls=":")
        axes.set(yscale="log", ylim=(0.1, 20), xlim=(0, len(runs)), xlabel="step", yticks=[0.1, 1, 10])
        axes.set(yticklabels=["0.1", "1", "10"], title=f"{name}: {count_learned(runs)} of {len(smooth)}")
    figure.axes[0].set_ylabel("loss (mean of 10 steps)")
    figure.suptitle(f"learning rate {rate:g}: how many of {len(smooth)} starts end below 1")
    return figure


def count_learned(losses: Any) -> int:
    """How many of the trainings, shape (steps, starts), have a mean loss below 1 over their last 20 steps."""
    return int(np.sum(np.asarray(losses, float)[-20:].mean(axis=0) < 1))


@styled
def draw_start(rates: Sequence[float], losses: Mapping[str, Any], *, scale: float) -> Figure:
    """Draw the loss at the end over the learning rate, for kernels that start `scale` times as large as He's.

    Args:
        rates: the learning rates, increasing.
        losses: by kind the loss at the end for each rate; NaN and infinity are drawn at the upper edge.
        scale: of the start; it goes into the title.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: an unknown kind.
    """
    if unknown := set(losses) - set(ROLES):
        raise ValueError(f"{sorted(unknown)} has no color here; give {', '.join(ROLES)}.")
    figure = Figure(figsize=(6.8, 3.4))
    axes = figure.subplots()
    for name, values in losses.items():
        drawn = np.minimum(np.nan_to_num(np.asarray(values, float), nan=5, posinf=5), 5)
        axes.plot(rates, drawn, marker=MARKERS[name], color=palette[ROLES[name]], label=name)
    _guess(axes, rates)
    axes.set(xscale="log", xticks=list(rates), xticklabels=[f"{rate:g}" for rate in rates], ylim=(0, 5.2))
    axes.set(xlabel="learning rate", ylabel="loss at the end", yticks=range(6), title=f"kernels times {scale:g}")
    axes.set_yticklabels([*map(str, range(5)), "5+"])
    axes.minorticks_off()
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _guess(axes: Axes, rates: Sequence[float]) -> None:
    axes.axhline(GUESS, color=palette["wrong"], lw=1, ls=":")
    axes.text(rates[0], GUESS + 0.08, "a guess", color=palette["wrong"], fontsize=10)

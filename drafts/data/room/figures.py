"""A column that knows too much, and the best of many models: errors that flatter beside errors on new rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.figures.style import palette, styled

JUDGED, FRESH = "validation", "truth"  # the roles of rows that were used, and of rows that were not


@styled
def draw_leak(
    column: Sequence[Any],
    target: Sequence[Any],
    letters: Sequence[int],
    errors: Any,
    now: int,
    *,
    unit: str = "L",
) -> Figure:
    """Draw a column against what it should predict, for validation and for test rows, and the errors of the model.

    Args:
        column: the column's values for the validation rows and for the test rows, two sequences of numbers.
        target: what both kinds of rows consume, two sequences of the same lengths.
        letters: how many letters of a name were read, one number for each model.
        errors: mean absolute errors of all models, shape (len(letters), 2): validation, test.
        now: index of the model whose column is drawn.
        unit: of column, target and errors.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: errors of another shape, or `now` outside of them.
    """
    errors = np.asarray(errors, dtype=float)
    if errors.shape != (len(letters), 2) or not 0 <= now < len(letters):
        raise ValueError(
            f"errors has the shape {errors.shape} and now is {now}; {len(letters)} models need the shape "
            f"({len(letters)}, 2) and a number from 0 to {len(letters) - 1}."
        )
    figure = Figure(figsize=(9, 3.8))
    left, right = figure.subplots(1, 2)
    span = (4, 25)
    left.plot(span, span, color="#AAAAAA", lw=1)
    for name, role, marker, x, y in zip(("validation", "test"), (JUDGED, FRESH), "ox", column, target, strict=True):
        left.plot(x, y, marker, color=palette[role], ms=5, label=name)
    left.set(
        xlabel=f"what the column says ({unit})", ylabel=f"consumption ({unit})", xlim=span, ylim=span, aspect="equal"
    )
    left.legend(loc="upper left")
    _draw_pair(right, np.arange(len(letters)), errors, now, ("validation", "test"))
    right.set(xlabel="letters of the name", ylabel=f"mean absolute error ({unit})", ylim=(0, None))
    right.set_xticks(range(len(letters)), [str(number) for number in letters])
    right.set_title("validation {:.2f}, test {:.2f}".format(*errors[now]))
    return figure


@styled
def draw_choice(judged: Any, fresh: Any, counts: Sequence[int], errors: Any, now: int, *, unit: str = "L") -> Figure:
    """Draw many models by their errors on the rows that choose and on fresh rows, and what choosing more of them does.

    Args:
        judged, fresh: errors of all models on the rows that choose and on the others, shape (models,).
        counts: how many of the models are tried, one number for each frame.
        errors: of the chosen model, averaged over many splits, shape (len(counts), 2): choosing rows, fresh rows.
        now: index of the count that is drawn.
        unit: of all errors.

    Returns:
        the figure, not displayed: the model that is chosen here is marked.

    Raises:
        ValueError: fewer models than are to be tried, or `now` outside the counts.
    """
    judged, fresh, errors = (np.asarray(values, dtype=float) for values in (judged, fresh, errors))
    if not 0 <= now < len(counts) or len(judged) < max(counts) or len(judged) != len(fresh):
        raise ValueError(
            f"now is {now} of {len(counts)} counts up to {max(counts)}, with {len(judged)} and {len(fresh)} errors; "
            "give both errors of every model that is tried."
        )
    tried = counts[now]
    best = int(np.argmin(judged[:tried]))
    figure = Figure(figsize=(9, 3.8))
    left, right = figure.subplots(1, 2)
    both = np.append(judged, fresh)
    low, high = both.min() * 0.9, max(np.quantile(both, 0.98), judged[0] * 1.03, fresh[0] * 1.03)
    left.plot((low, high), (low, high), color="#AAAAAA", lw=1)
    left.plot(judged[:tried], fresh[:tried], ".", color=palette["data"], alpha=0.5, label="models")
    left.plot(judged[best], fresh[best], "*", color=palette["wrong"], ms=15, label="chosen")
    left.set(xlabel=f"error on the 30 cars that choose ({unit})", ylabel=f"error on fresh cars ({unit})")
    left.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=f"{tried} tried")
    left.legend(loc="upper left")
    _draw_pair(right, counts, errors, now, ("cars that choose", "fresh cars"))
    right.set(xlabel="models tried", ylabel=f"error of the chosen model ({unit})", xscale="log", ylim=(0, None))
    right.xaxis.set_major_formatter("{x:g}")
    right.set_title("mean of all splits: {:.2f}, fresh {:.2f}".format(*errors[now]))
    return figure


def _draw_pair(axes: Axes, places: Any, errors: np.ndarray, now: int, names: Sequence[str]) -> None:
    for name, role, style, values in zip(names, (JUDGED, FRESH), ("--", "-"), errors.T, strict=True):
        axes.plot(places, values, style, color=palette[role], label=name)
        axes.plot(places[now], values[now], "o", color=palette[role], mec=palette["data"], ms=9)
    axes.legend()

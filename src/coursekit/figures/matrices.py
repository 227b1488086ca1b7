"""Small matrices: as formulas (image ⋆ kernel = result) and as drawings with a number in every cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursekit.figures.arrays import as_array
from coursekit.figures.display import Result, display_bundle
from coursekit.figures.style import palette, styled

LARGEST = 30


class MatrixRow(Result, tuple[sympy.Matrix | str, ...]):
    """The matrices and symbols of a formula, in order."""


def show_matrix(*items: Any, digits: int = 3) -> MatrixRow:
    """Display matrices in a row, with symbols between them: `show_matrix(image, "⋆", kernel, "=", result)`.

    Args:
        items: matrices (array, tensor or list of shape (rows, columns); further axes of length 1 are dropped, trailing
            ones first) and symbols (str).
        digits: significant digits of numbers that are not whole.

    Returns:
        the sympy matrices and the symbols.

    Raises:
        ValueError: no item, a matrix of another rank, over 30 rows or columns, NaN or infinity.
    """
    if not items:
        raise ValueError("show_matrix got nothing to show; give it matrices, and symbols between them.")
    row = MatrixRow(item if isinstance(item, str) else _sympy_matrix(item, digits) for item in items)
    latex = " ".join(rf"\mathbin{{{_symbol(item)}}}" if isinstance(item, str) else sympy.latex(item) for item in row)
    text = "\n".join(item if isinstance(item, str) else sympy.pretty(item) for item in row)
    display_bundle({"text/latex": rf"$\displaystyle {latex}$", "text/plain": text})
    return row


@styled
def draw_matrix(
    values: Any,
    *,
    title: str = "",
    window: tuple[int, int, int, int] | None = None,
    known: int | None = None,
    axes: Axes | None = None,
) -> Figure:
    """Draw a small matrix with its numbers.

    Args:
        values: shape (rows, columns).
        title: text above.
        window: (row, column, height, width) of a window to mark in the kernel's color.
        known: write only the first `known` numbers, row by row, and leave the other cells empty.
        axes: where to draw; by default a new figure.

    Returns:
        the figure, not displayed.
    """
    matrix = _as_matrix(values)
    rows, columns = matrix.shape
    axes = axes or Figure(figsize=(max(columns, 2) * 0.6, max(rows, 2) * 0.6)).subplots()
    if window is not None:
        row, column, height, width = window
        axes.add_patch(
            Rectangle((column, row), width, height, facecolor=palette["kernel"], edgecolor="black", lw=2.5, zorder=0)
        )
    for index, ((row, column), value) in enumerate(np.ndenumerate(matrix)):
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="#888888", lw=0.8, zorder=1))
        if known is None or index < known:
            axes.text(column + 0.5, row + 0.5, f"{value:.3g}", ha="center", va="center", size=12)
    axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal", title=title)
    axes.axis("off")
    return axes.get_figure(root=True)  # type: ignore[return-value]


def _symbol(text: str) -> str:
    return {"⋆": r"\star", "*": r"\ast", "→": r"\to"}.get(text, text)


def _sympy_matrix(item: Any, digits: int) -> sympy.Matrix:
    if isinstance(item, sympy.MatrixBase):
        return sympy.Matrix(item)
    return sympy.Matrix([[_number(float(value), digits) for value in row] for row in _as_matrix(item)])


def _number(value: float, digits: int) -> sympy.Number:
    return sympy.Integer(int(value)) if value.is_integer() else sympy.Float(value, digits)


def _as_matrix(item: Any) -> np.ndarray:
    array = as_array(item, "the matrix")
    given: Sequence[int] = array.shape
    while array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2 or max(array.shape) > LARGEST:
        raise ValueError(
            f"the matrix has the shape {given}, but (rows, columns) with at most {LARGEST} each is wanted; "
            "take a part of it, such as matrix[:6, :6], or one channel, such as maps[0, :, :, 0]."
        )
    return array

"""What figures are given, as arrays of numbers; anything else is told what it is and how to fix it."""

from typing import Any

import numpy as np


def as_array(value: Any, name: str) -> np.ndarray:
    """A float64 array of the numbers in an array, tensor or list.

    Raises:
        ValueError: for ragged lists, things that are no numbers, an empty array, NaN or infinity.
    """
    try:
        given = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
        if given.dtype.kind in "OSUcmM":
            raise ValueError(f"the values are of type {given.dtype}")
        array = given.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} is no rectangle of numbers ({type(value).__name__}); give an array, a tensor, "
            "or a list of rows that all have the same length."
        ) from error
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}; give at least one row and one column.")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise ValueError(
            f"{name} holds {bad} value(s) that are NaN or infinite; one of them spoils every window that reads it. "
            f"Replace them first, for example with np.nan_to_num({name})."
        )
    return array


def as_points(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two float64 arrays, a number for each point. Raises ValueError for different counts, or under two points."""
    inputs, targets = as_array(x, "x").ravel(), as_array(y, "y").ravel()
    if len(inputs) != len(targets) or len(inputs) < 2:
        raise ValueError(f"x holds {len(inputs)} numbers and y {len(targets)}; give the same number, at least two.")
    return inputs, targets

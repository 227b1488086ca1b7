"""Named kernels for filtering pictures. Every access gives a fresh copy, so changing one harms nobody.

They are cross-correlation kernels, as `tf.nn.conv2d` uses them: not flipped.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    edge: np.ndarray
    blur: np.ndarray
    bottom_sobel: np.ndarray
    emboss: np.ndarray
    sharpen: np.ndarray

_NAMED = {
    "edge": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "blur": ((0.0625, 0.125, 0.0625), (0.125, 0.25, 0.125), (0.0625, 0.125, 0.0625)),
    "bottom_sobel": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
}

__all__ = ["blur", "bottom_sobel", "edge", "emboss", "gaussian", "sharpen"]


def gaussian(size: int, std: float) -> np.ndarray:
    """A blur kernel whose weights fall off like a bell and sum to 1.

    Args:
        size: rows and columns, at least 1.
        std: standard deviation in pixels, above 0.

    Returns:
        float32 array of shape (size, size).

    Raises:
        ValueError: for a size below 1 or a std that is not above 0.
    """
    if int(size) != size or size < 1:
        raise ValueError(f"a kernel has a whole number of rows from 1 up, not {size!r}; 3, 5 and 7 are usual.")
    if not std > 0:
        raise ValueError(f"std is the bell's width in pixels and must be above 0, not {std!r}; try size / 4.")
    distance = np.arange(size) - (size - 1) / 2
    bell = np.exp(-0.5 * (distance / std) ** 2)
    kernel = np.outer(bell, bell)
    return (kernel / kernel.sum()).astype(np.float32)


def __getattr__(name: str) -> np.ndarray:
    if name not in _NAMED:
        raise AttributeError(f"no kernel is named {name!r}; there are: {', '.join(_NAMED)} and gaussian(size, std).")
    return np.array(_NAMED[name], dtype=np.float32)


def __dir__() -> list[str]:
    return __all__

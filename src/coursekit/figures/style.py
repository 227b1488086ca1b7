"""One visual language: the same role has the same color in every figure of the course."""

from collections.abc import Callable
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

# The color-blind-safe colors of Okabe & Ito 2008, "Color Universal Design".
palette = MappingProxyType(
    {
        "data": "#333333",
        "model": "#0072B2",
        "truth": "#009E73",
        "training": "#E69F00",
        "validation": "#56B4E9",
        "gradient": "#CC79A7",
        "kernel": "#F0E442",
        "wrong": "#D55E00",
    }
)
# One code for signs in the whole book, for lines, networks and maps alike: orange is negative, blue is positive.
NEGATIVE, POSITIVE = "#D97B0B", "#1F78B4"
SIGNED_MAP = "orange_blue"
IMAGE_MAP = "gray"
MAGNITUDE_MAP = "viridis"
matplotlib.colormaps.register(
    LinearSegmentedColormap.from_list(SIGNED_MAP, ["#6B3300", NEGATIVE, "white", POSITIVE, "#08306B"]), force=True
)

RC: dict[Any, Any] = {
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.prop_cycle": cycler(color=[c for role, c in palette.items() if role not in ("data", "kernel")]),
    "image.cmap": IMAGE_MAP,
    "image.interpolation": "nearest",
    "lines.linewidth": 2,
}

P = ParamSpec("P")
R = TypeVar("R")


def use_style() -> None:
    """Make the course's style the default for all later matplotlib figures of this process."""
    matplotlib.rcParams.update(RC)


def fixed_figure(width: float, height: float) -> Figure:
    """A figure whose panels stay where they are put, so that nothing jumps from frame to frame."""
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        return Figure(figsize=(width, height))


def written(value: float, digits: str = ".4g") -> str:
    """A number as it is printed in a text: with a minus sign in place of a hyphen, and no negative zero."""
    return format(value + 0.0, digits).replace("-", "−")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function in the course's style, whatever the caller's settings are; they stay as they were."""

    @wraps(draw)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.rc_context(RC):
            return draw(*args, **kwargs)

    return in_style

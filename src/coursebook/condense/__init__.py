"""The room of the chapter *Condense*."""

from coursebook.condense.figures import (
    draw_dot_shift,
    draw_edge_windows,
    draw_magnitudes,
    draw_pooling,
    draw_running_means,
    draw_unchanged_starts,
)

__all__ = [
    "draw_dot_shift",
    "draw_edge_windows",
    "draw_magnitudes",
    "draw_pooling",
    "draw_running_means",
    "draw_unchanged_starts",
]

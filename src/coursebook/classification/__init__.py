"""The room of the chapter *Classification*."""

from coursebook.classification.figures import (
    draw_confusion,
    draw_probability_surface,
    draw_sigmoid,
    draw_surprise,
    draw_threshold,
)

__all__ = ["draw_confusion", "draw_probability_surface", "draw_sigmoid", "draw_surprise", "draw_threshold"]

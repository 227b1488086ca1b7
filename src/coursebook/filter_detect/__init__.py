"""The room of the chapter *Filter and detect*."""

from coursebook.filter_detect.figures import (
    draw_color_filter,
    draw_detector,
    draw_filter_detect,
    draw_kernel_training,
    draw_responses,
    draw_window_step,
)

__all__ = [
    "draw_color_filter",
    "draw_detector",
    "draw_filter_detect",
    "draw_kernel_training",
    "draw_responses",
    "draw_window_step",
]

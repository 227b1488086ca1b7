"""The room of the chapter *Filter and detect*."""

from coursebook.filter_detect.figures import draw_detector, draw_filter_detect, draw_kernel_training, draw_window_step

__all__ = ["draw_detector", "draw_filter_detect", "draw_kernel_training", "draw_window_step"]

"""The room of the chapter *Sliding windows*."""

from coursebook.sliding_window.figures import draw_receptive_field, draw_smoothing, draw_stops, window_starts

__all__ = ["draw_receptive_field", "draw_smoothing", "draw_stops", "window_starts"]

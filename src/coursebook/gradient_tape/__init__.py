"""The room of the chapter *The gradient tape*."""

from coursebook.gradient_tape.figures import draw_apply, draw_tape, record_tape, slope_along

__all__ = ["draw_apply", "draw_tape", "record_tape", "slope_along"]

"""The room of the chapter *Overfitting*."""

from coursebook.overfitting.figures import draw_capacity, draw_fit, draw_stop, draw_weights

__all__ = ["draw_capacity", "draw_fit", "draw_stop", "draw_weights"]

"""The room of the chapter *Overfitting*."""

from coursebook.overfitting.figures import draw_capacity, draw_fit, draw_stop
from coursebook.overfitting.trainings import train_nets

__all__ = ["draw_capacity", "draw_fit", "draw_stop", "train_nets"]

"""The room of the chapter *Activations*."""

from coursebook.activations.figures import draw_classes, draw_microscope, draw_outputs, draw_starts, draw_switches
from coursebook.activations.trainings import ACTIVATIONS, start_networks, train_hundred, tune_networks

__all__ = [
    "ACTIVATIONS",
    "draw_classes",
    "draw_microscope",
    "draw_outputs",
    "draw_starts",
    "draw_switches",
    "start_networks",
    "train_hundred",
    "tune_networks",
]

"""The room of the chapter *Regularization*."""

from coursebook.regularization.figures import draw_cure, draw_dropped, draw_pulls, draw_results, draw_weights
from coursebook.regularization.trainings import say_convnets, stack_convnet, train_convnets, train_nets

__all__ = [
    "draw_cure",
    "draw_dropped",
    "draw_pulls",
    "draw_results",
    "draw_weights",
    "say_convnets",
    "stack_convnet",
    "train_convnets",
    "train_nets",
]

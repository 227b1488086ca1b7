"""The room of the chapter *Layers*."""

from coursebook.layers.figures import (
    draw_folds,
    draw_hinge,
    draw_layer_product,
    draw_network,
    draw_starts,
    draw_units_added,
)
from coursebook.layers.training import train_many

__all__ = [
    "draw_folds",
    "draw_hinge",
    "draw_layer_product",
    "draw_network",
    "draw_starts",
    "draw_units_added",
    "train_many",
]

"""The room of the chapter *Optimizers*."""

from coursebook.optimizers.figures import draw_paths, draw_race, draw_step_lengths
from coursebook.optimizers.trainings import race, race_in_batches, train_networks, updates_needed

__all__ = [
    "draw_paths",
    "draw_race",
    "draw_step_lengths",
    "race",
    "race_in_batches",
    "train_networks",
    "updates_needed",
]

"""The room of the chapter *Batch normalization*."""

from coursebook.batch_normalization.figures import draw_company, draw_late, draw_race, draw_start
from coursebook.batch_normalization.trainings import Nets, make_batches

__all__ = ["Nets", "draw_company", "draw_late", "draw_race", "draw_start", "make_batches"]

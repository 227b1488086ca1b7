"""The room of the chapter *Recurrent networks*."""

from coursebook.rnn.figures import draw_clipping, draw_reach, draw_readings, draw_shapes, draw_unrolled, unroll
from coursebook.rnn.recall import learn_to_recall

__all__ = [
    "draw_clipping",
    "draw_reach",
    "draw_readings",
    "draw_shapes",
    "draw_unrolled",
    "learn_to_recall",
    "unroll",
]

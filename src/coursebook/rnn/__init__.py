"""The room of the chapter *Recurrent networks*."""

from coursebook.rnn.figures import draw_clipping, draw_reach, draw_readings, draw_unrolled, unroll

__all__ = ["draw_clipping", "draw_reach", "draw_readings", "draw_unrolled", "unroll"]

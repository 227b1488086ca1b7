"""The room of the chapter *Losses*."""

from coursebook.losses.figures import LOOKS, draw_fits, draw_huber, draw_noise, draw_pulls, draw_shapes

__all__ = ["LOOKS", "draw_fits", "draw_huber", "draw_noise", "draw_pulls", "draw_shapes"]

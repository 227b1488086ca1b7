"""The room of the chapter *Derivatives*."""

from coursebook.derivatives.figures import draw_playback, draw_secant, draw_step_size

__all__ = ["draw_playback", "draw_secant", "draw_step_size"]

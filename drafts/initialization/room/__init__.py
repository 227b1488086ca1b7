"""The room of the chapter *Initialization*."""

from coursebook.initialization.figures import draw_scores, draw_sizes

__all__ = ["draw_scores", "draw_sizes"]

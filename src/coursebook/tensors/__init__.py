"""The room of the chapter *Tensors*."""

from coursebook.tensors.figures import draw_broadcast, draw_names

__all__ = ["draw_broadcast", "draw_names"]

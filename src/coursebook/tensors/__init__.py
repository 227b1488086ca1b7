"""The room of the chapter *Tensors*."""

from coursebook.tensors.abilities import who_can
from coursebook.tensors.figures import describe_broadcast, draw_broadcast, draw_names

__all__ = ["describe_broadcast", "draw_broadcast", "draw_names", "who_can"]

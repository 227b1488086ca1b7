"""The room of the chapter *Tensors*."""

from coursebook.tensors.abilities import who_can
from coursebook.tensors.figures import describe_broadcast, describe_names, draw_broadcast, draw_names

__all__ = ["describe_broadcast", "describe_names", "draw_broadcast", "draw_names", "who_can"]

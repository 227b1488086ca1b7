"""The room of the chapter *Data*."""

from coursebook.data.figures import draw_choice, draw_leak
from coursebook.data.trials import choose_noise, try_networks

__all__ = ["choose_noise", "draw_choice", "draw_leak", "try_networks"]

"""The room of the chapter *Generative adversarial networks*."""

from coursebook.gan.figures import draw_best_discriminator, draw_duel, draw_fakes

__all__ = ["draw_best_discriminator", "draw_duel", "draw_fakes"]

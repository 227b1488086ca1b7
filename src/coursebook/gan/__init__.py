"""The room of the chapter *Generative adversarial networks*."""

from coursebook.gan.figures import best_loss, draw_best_discriminator, draw_duel, draw_fakes, draw_players

__all__ = ["best_loss", "draw_best_discriminator", "draw_duel", "draw_fakes", "draw_players"]

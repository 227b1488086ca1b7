"""The room of the chapter *GAN images*."""

from coursebook.gan_images.figures import draw_best_logits, draw_players, draw_samples, draw_stamps, draw_verdicts

__all__ = ["draw_best_logits", "draw_players", "draw_samples", "draw_stamps", "draw_verdicts"]

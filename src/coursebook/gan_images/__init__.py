"""The room of the chapter *GAN images*."""

from coursebook.gan_images.figures import draw_best_logits, draw_samples, draw_stamps

__all__ = ["draw_best_logits", "draw_samples", "draw_stamps"]

"""The room of the chapter *Stochastic gradient descent*."""

from coursebook.sgd.figures import (
    CHAIN_STAGES,
    PATH_STAGES,
    draw_batches,
    draw_chain,
    draw_descent,
    draw_loss_contour,
    draw_rate,
    draw_two_paths,
    line_loss,
)

__all__ = [
    "CHAIN_STAGES",
    "PATH_STAGES",
    "draw_batches",
    "draw_chain",
    "draw_descent",
    "draw_loss_contour",
    "draw_rate",
    "draw_two_paths",
    "line_loss",
]

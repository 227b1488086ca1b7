"""The room of the chapter *Custom training*."""

from coursebook.custom_training.figures import draw_loops, draw_metric, draw_pairs, metric_readings

__all__ = ["draw_loops", "draw_metric", "draw_pairs", "metric_readings"]

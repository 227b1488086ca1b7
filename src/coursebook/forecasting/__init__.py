"""The room of the chapter *Forecasting*."""

from coursebook.forecasting.figures import draw_errors, draw_forecast, draw_series, draw_split, draw_twin, draw_windows

__all__ = ["draw_errors", "draw_forecast", "draw_series", "draw_split", "draw_twin", "draw_windows"]

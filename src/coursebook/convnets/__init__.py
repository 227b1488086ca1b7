"""The room of the chapter *Convnets*."""

from coursebook.convnets.figures import draw_connections, draw_convnet, draw_feature_maps, draw_strongest

__all__ = ["draw_connections", "draw_convnet", "draw_feature_maps", "draw_strongest"]

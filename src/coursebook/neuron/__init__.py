"""The room of the chapter *A single neuron*."""

from coursebook.neuron.figures import draw_line, draw_line_training, draw_neuron, draw_perceptron, draw_steps

__all__ = ["draw_line", "draw_line_training", "draw_neuron", "draw_perceptron", "draw_steps"]

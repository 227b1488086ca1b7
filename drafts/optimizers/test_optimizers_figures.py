"""Paths, lengths of steps and races drawn: what each panel shows, and what bad input is told."""

import sys

import numpy as np
import pytest

import coursekit as ck
from coursebook.optimizers import draw_paths, draw_race, draw_step_lengths

PATH = np.array([[1.0, 1.0], [0.5, 0.4], [0.1, 0.0]])


def bowl(weights):
    return np.sum(weights**2, axis=-1)


def test_every_path_has_its_own_map_with_the_same_window():
    figure = draw_paths(bowl, {"SGD": PATH, "Adam": 2 * PATH}, star=(0, 0))
    assert [axes.get_title() for axes in figure.axes] == ["SGD", "Adam"]
    for axes, path in zip(figure.axes, (PATH, 2 * PATH), strict=True):
        star, line, end = axes.lines
        assert star.get_xydata().tolist() == [[0, 0]]
        np.testing.assert_array_equal(line.get_xydata(), path)
        np.testing.assert_array_equal(end.get_xydata()[0], path[-1])
        assert axes.get_xlim() == axes.get_ylim() == (-2.6, 2.6)
        assert axes.get_aspect() == 1


def test_seven_maps_stand_in_two_rows_and_the_eighth_is_empty():
    figure = draw_paths(bowl, {str(n): PATH for n in range(7)}, star=(0, 0))
    assert [axes.get_visible() for axes in figure.axes] == [True] * 7 + [False]
    assert {axes.get_xlabel() for axes in figure.axes[3:7]} == {"w₁"}


def test_lengths_of_steps_share_their_axes_and_name_the_last_one():
    figure = draw_step_lengths({"SGD": [2.0, 2.0], "Adagrad": [1.0, 0.707]}, ylim=(1e-2, 10))
    assert [axes.get_title() for axes in figure.axes] == ["SGD: 2", "Adagrad: 0.707"]
    for axes, lengths in zip(figure.axes, ([2.0, 2.0], [1.0, 0.707]), strict=True):
        assert axes.lines[1].get_xydata().tolist() == [[1, lengths[0]], [2, lengths[1]]]
        assert axes.get_ylim() == (0.01, 10)


def test_the_lowest_median_of_a_race_is_green():
    panels = {"one": {"SGD": [3.0, 1.0, 2.0], "Adam": [0.5, 0.4, 9.0]}, "two": {"SGD": [0.1], "Adam": [0.2]}}
    figure = draw_race(panels, xlabel="loss")
    for axes, winner in zip(figure.axes, ("Adam", "SGD"), strict=True):
        assert axes.get_xlabel() == "loss"
        for name, dots, bar in zip(("SGD", "Adam"), axes.lines[::2], axes.lines[1::2], strict=True):
            losses = panels[axes.get_title()][name]
            assert dots.get_xdata().tolist() == losses
            assert bar.get_xdata()[0] == np.median(losses)
            color = ck.palette["truth" if name == winner else "data"]
            assert dots.get_color() == bar.get_color() == color
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["SGD", "Adam"]


def test_hollow_dots_are_drawn_on_top_of_the_first_panel():
    panels = {"one": {"SGD": [1.0], "Adam": [2.0]}}
    (axes,) = draw_race(panels, xlabel="loss", hollow={"SGD": [3.0, 4.0], "Adam": [5.0]}).axes
    hollow = axes.lines[4:]
    assert [line.get_xdata().tolist() for line in hollow] == [[3, 4], [5]]
    assert {line.get_markerfacecolor() for line in hollow} == {"none"}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: draw_paths(bowl, {}, star=(0, 0)), "a path has the shape"),
        (lambda: draw_paths(bowl, {"SGD": np.zeros(3)}, star=(0, 0)), r"not \[\(3,\)\]"),
        (lambda: draw_step_lengths({}, ylim=(1, 2)), "at least one rule"),
        (lambda: draw_step_lengths({"SGD": [0.0]}, ylim=(1, 2)), "above 0"),
        (lambda: draw_race({}, xlabel=""), "same rivals"),
        (lambda: draw_race({"a": {"SGD": [1]}, "b": {"Adam": [1]}}, xlabel=""), "SGD.*Adam"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_no_drawing_opens_a_pyplot_figure():
    draw_race({"one": {"SGD": [1.0]}}, xlabel="loss")
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []

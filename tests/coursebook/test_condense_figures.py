"""Pooling drawn: which numbers, windows and words stand in the figures, and what bad input is told."""

import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import coursekit as ck
from coursebook.condense.figures import (
    draw_dot_shift,
    draw_edge_windows,
    draw_magnitudes,
    draw_pooling,
    draw_running_means,
    draw_unchanged_starts,
    max_pool,
)

MAP = np.arange(25.0).reshape(5, 5)


def numbers(axes):
    return [float(text.get_text()) for text in axes.texts]


def filled(axes, role):
    """(column, row, width, height) of the rectangles that carry a role's color."""
    patches = [patch for patch in axes.patches if isinstance(patch, Rectangle) and patch.get_fill()]
    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height())
        for patch in patches
        if to_hex(patch.get_facecolor()) == ck.palette[role].lower()
    ]


@pytest.mark.parametrize("rows", [4, 5])
@pytest.mark.parametrize("columns", [2, 7])
def test_windows_at_the_edge_pool_as_keras_does_under_same_where_one_place_is_missing(rows, columns):
    ck.setup()
    import keras

    values = np.random.default_rng(0).normal(size=(rows, columns))
    expected = keras.ops.max_pool(values[None, ..., None], 2, padding="same")
    np.testing.assert_allclose(max_pool(values, 2), np.asarray(expected)[0, ..., 0], atol=1e-6)


def test_pooling_without_a_stop_writes_every_number_and_marks_no_window():
    left, right = draw_pooling(MAP).axes
    assert numbers(left) == list(range(25))
    assert numbers(right) == [6, 8, 9, 16, 18, 19, 21, 23, 24]
    assert filled(left, "kernel") == []


def test_pooling_writes_the_numbers_up_to_the_marked_window():
    left, right = draw_pooling(MAP, stop=4).axes
    assert numbers(right) == [6, 8, 9, 16, 18]
    assert filled(left, "kernel") == [(2, 2, 2, 2)]
    assert filled(right, "kernel") == [(1, 1, 1, 1)]


def test_a_window_that_hangs_over_the_edge_is_marked_where_the_map_is():
    left, right = draw_pooling(MAP, stop=8).axes
    assert filled(left, "kernel") == [(4, 4, 1, 1)]
    assert filled(right, "kernel") == [(2, 2, 1, 1)]


@pytest.mark.parametrize(
    ("start", "move", "verdict"),
    [
        ((2, 2), (0, 1), "the same"),
        ((2, 3), (0, 1), "different"),
        ((2, 2), (1, 1), "the same"),
        ((2, 2), (0, 2), "different"),
    ],
)
def test_a_moving_dot_is_said_to_change_the_pooled_map_or_not(start, move, verdict):
    assert verdict in draw_dot_shift(start, move).get_suptitle()


def test_the_dot_is_drawn_in_its_window_before_and_after_the_move():
    _, before, after = draw_dot_shift((2, 3), (0, 1)).axes
    assert filled(before, "model") == [(1, 1, 1, 1)]
    assert filled(after, "model") == [(2, 1, 1, 1)]


def test_a_dot_that_does_not_move_gets_no_arrow():
    assert len(draw_dot_shift((1, 1), (0, 0)).axes[0].texts) == 0
    assert len(draw_dot_shift((1, 1), (0, 1)).axes[0].texts) == 1


def test_unchanged_starts_are_counted_and_marked_by_sign_and_color():
    grid = np.array([[True, False], [True, True]])
    (axes,) = draw_unchanged_starts({"1 right": grid}).axes
    assert axes.get_title() == "1 right\nunchanged: 3 of 4"
    assert [text.get_text() for text in axes.texts] == ["=", "≠", "=", "="]
    assert filled(axes, "truth") == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1)]


@pytest.mark.parametrize(("limit", "top"), [(None, 24), (10, 10)])
def test_maps_of_different_sizes_share_one_scale(limit, top):
    figure = draw_magnitudes([MAP[:2, :2], MAP], ["corner", "whole"], limit=limit)
    assert [axes.images[0].get_clim() for axes in figure.axes] == [(0, top), (0, top)]
    assert [axes.get_title() for axes in figure.axes] == ["corner", "whole"]


def test_running_means_end_at_the_mean_of_each_run():
    draws = np.array([[1, 2, 3, 6], [0, 0, 2, 2]])
    (axes,) = draw_running_means(draws, {"expectation": 2}).axes
    first, second, level = axes.lines
    np.testing.assert_allclose(first.get_ydata(), [1, 1.5, 2, 3])
    assert second.get_ydata()[-1] == 1
    assert set(level.get_ydata()) == {2}
    assert axes.texts[0].get_text() == "expectation 2"


@pytest.mark.parametrize("length", [5, 6, 7, 9])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_windows_of_a_line_keep_what_ours_and_those_of_keras_keep(length, size):
    ck.setup()
    import keras

    line = np.random.default_rng(length).permutation(20)[:length]
    ours, same = draw_edge_windows(line, size).axes
    expected = np.ravel(keras.ops.max_pool(line[None, :, None].astype("float32"), size, padding="same"))
    assert [float(text.get_text()) for text in ours.texts if text.get_weight() == "bold"] == max_pool(
        line[None], size
    ).ravel().tolist()[: -(-length // size)]
    assert [float(text.get_text()) for text in same.texts if text.get_weight() == "bold"] == expected.tolist()
    assert [float(text.get_text()) for text in same.texts if text.get_weight() != "bold"] == line.tolist()


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: draw_pooling(np.ones((2, 2, 3))), r"shape \(2, 2, 3\), but \(rows, columns\).*maps\[0, :, :, 0\]"),
        (lambda: draw_pooling(MAP, stop=9), "stop is 9.*numbered 0 to 8"),
        (lambda: draw_pooling(MAP, stop=-1), "stop is -1"),
        (lambda: draw_pooling(MAP, size=0), "size is the rows and columns of a window"),
        (lambda: draw_dot_shift((0, 9), (0, 1)), r"from \(0, 9\) to \(0, 10\).*0 to 9"),
        (lambda: draw_dot_shift((0, 0), (-1, 0)), r"to \(-1, 0\)"),
        (lambda: draw_unchanged_starts({}), "for each move a table"),
        (lambda: draw_unchanged_starts({"1 right": [True]}), "for each move a table"),
        (lambda: draw_magnitudes([], []), "0 maps came with 0 titles"),
        (lambda: draw_magnitudes([MAP], ["a", "b"]), "1 maps came with 2 titles"),
        (lambda: draw_magnitudes([-MAP], ["a"]), "below 0.*ReLU first"),
        (lambda: draw_running_means([1, 2], {}), r"shape \(2,\), but \(runs, draws\)"),
        (lambda: draw_edge_windows([1, 2], 0), "size from 1 up"),
        (lambda: draw_edge_windows(range(10), 2), r"1 to 9 numbers.*\(10,\)"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_no_drawing_opens_a_pyplot_figure():
    draw_pooling(MAP)
    draw_dot_shift((0, 0), (1, 1))
    draw_magnitudes([MAP], ["map"])
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []

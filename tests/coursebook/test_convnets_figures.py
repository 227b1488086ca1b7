"""Wires between pixels and numbers, and patches that make a map answer."""

import numpy as np
import pytest

from coursebook.convnets.figures import draw_connections, draw_strongest

DIGITS = [str(digit) for digit in range(10)]


def colors(figure):
    return {line.get_color() for line in figure.axes[0].lines}


def test_dense_draws_a_wire_from_every_pixel_to_every_number():
    figure = draw_connections("dense", 6)
    assert len(figure.axes[0].lines) == 36
    assert "36 weights" in figure.axes[0].get_title()


@pytest.mark.parametrize(("wiring", "weights"), [("local", 24), ("shared", 3)])
def test_local_and_shared_draw_the_same_wires_and_count_other_weights(wiring, weights):
    figure = draw_connections(wiring, 8, kernel=3)
    assert len(figure.axes[0].lines) == 24
    assert f"{weights} weights" in figure.axes[0].get_title()


@pytest.mark.parametrize("kernel", [3, 5])
def test_shared_weights_have_one_color_each(kernel):
    assert len(colors(draw_connections("shared", 9, kernel=kernel))) == kernel


def test_windows_reach_into_zeros_at_both_ends():
    squares = [p for p in draw_connections("local", 8, kernel=5).axes[0].patches if hasattr(p, "get_xy")]
    assert sum(p.get_linestyle() == "--" for p in squares) == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("all",), "dense, local, shared"), (("dense", 99), "4 to 16"), (("local", 8, 4), "3 or 5")],
)
def test_wires_that_cannot_be_drawn_are_told(arguments, told):
    with pytest.raises(ValueError, match=told):
        draw_connections(*arguments)


def test_bars_count_the_classes_of_the_strongest_pictures():
    figure = draw_strongest(np.zeros((12, 8, 8)), [3, 3, 0], names=DIGITS)
    bars = figure.subfigs[1].axes[0]
    assert [bar.get_height() for bar in bars.patches] == [1, 0, 0, 2, 0, 0, 0, 0, 0, 0]


def test_every_patch_is_drawn_on_one_scale_in_gray_or_in_color():
    for shape in ((5, 8, 8), (5, 8, 8, 3)):
        shown = [
            a.images[0] for a in draw_strongest(np.full(shape, 0.5), [1], names=DIGITS).subfigs[0].axes if a.images
        ]
        assert len(shown) == 5
        assert all(image.get_clim() == (0, 1) for image in shown)


@pytest.mark.parametrize(
    ("patches", "classes", "told"),
    [
        ([], [1], "1 to 12"),
        (np.zeros((13, 8, 8)), [1], "1 to 12"),
        ([np.zeros((3, 3)), np.zeros((4, 4))], [1], "one shape"),
        (np.zeros((2, 3, 3)), [10], "number 10"),
    ],
)
def test_patches_that_cannot_be_drawn_are_told(patches, classes, told):
    with pytest.raises(ValueError, match=told):
        draw_strongest(patches, classes, names=DIGITS)

"""Losses drawn: what stands in the panels, and what bad input is told."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from coursebook.losses import LOOKS, draw_fits, draw_huber, draw_noise, draw_pulls, draw_shapes

ROWS = np.array([1.0, 2.0, 6.0])


def fits(lines):
    return draw_fits(ROWS, ROWS, lines, marked=2, labels=("x", "y"), ylim=(0, 9), title="three")


def test_each_line_has_the_look_of_its_loss():
    (axes,) = fits({"MSE": (1, 0), "MAE": (2, 1), "Huber": (0, 3)}).axes
    for line, name in zip(axes.lines, ("MSE", "MAE", "Huber"), strict=True):
        assert line.get_label() == name
        assert line.get_color() == LOOKS[name]["color"]
        assert line.get_linestyle() == LOOKS[name]["linestyle"]
    assert axes.lines[1].get_ydata().tolist() == [3, 13]
    assert axes.get_title() == "three"


def test_the_marked_row_is_a_cross_of_its_own():
    others, marked = fits({}).axes[0].collections
    assert others.get_offsets().tolist() == [[1, 1], [2, 2]]
    assert marked.get_offsets().tolist() == [[6, 6]]


def test_an_unknown_loss_is_told():
    with pytest.raises(ValueError, match="MSE, MAE, Huber, not RMSE"):
        fits({"RMSE": (1, 0)})


def test_the_looks_differ_in_color_and_in_dash():
    assert len({to_hex(look["color"]) for look in LOOKS.values()}) == 3
    assert len({look["linestyle"] for look in LOOKS.values()}) == 3


def test_an_arrow_points_from_the_guess_toward_its_row():
    (axes,) = draw_pulls(ROWS, 2.0, {"MSE": -2 * (2 - ROWS)}, xlabel="x").axes
    ends = [(text.xyann[0], text.xy[0]) for text in axes.texts]
    assert len(ends) == 2  # the row at the guess does not pull
    assert [np.sign(tip - start) for start, tip in ends] == [-1, 1]
    assert axes.get_title() == "MSE: the pulls add up to +6.0"


@pytest.mark.parametrize(("pulls", "said"), [([1, -1, 0], "0"), ([-1, -1, 0], "-2.0"), ([-0.04, 0, 0], "0")])
def test_the_sum_of_the_pulls_has_a_sign_unless_it_is_0(pulls, said):
    (axes,) = draw_pulls(ROWS, 2.0, {"MAE": pulls}, xlabel="x").axes
    assert axes.get_title() == f"MAE: the pulls add up to {said}"


def test_a_row_without_a_pull_is_told():
    with pytest.raises(ValueError, match="3 rows came with 2 pulls"):
        draw_pulls(ROWS, 2.0, {"MAE": [1, 2]}, xlabel="x")


def test_a_loss_stands_above_its_slope():
    figure = draw_shapes([0, 1], {"MSE": ([0, 1], [0, 2]), "MAE": ([0, 1], [1, 1])})
    assert [axes.get_title() for axes in figure.axes] == ["MSE", "MAE", "", ""]
    assert [axes.lines[0].get_ydata().tolist() for axes in figure.axes] == [[0, 1], [0, 1], [0, 2], [1, 1]]


def test_huber_shows_where_the_parabola_ends_and_the_three_best_numbers():
    best = {"MAE": 2.0, "MSE": 3.0, "Huber": 2.5}
    left, right = draw_huber(0.5, [-1, 0, 1], [1, 0, 1], [-1, 0, 1], ROWS, best, xlabel="x").axes
    band = left.patches[0]
    assert (band.get_x(), band.get_width()) == (-0.5, 1.0)
    assert left.get_title() == "δ = 0.5"
    assert [text.get_text() for text in right.texts] == ["MAE 2.0", "MSE 3.0", "Huber 2.5"]
    assert [line.get_xdata()[0] for line in right.lines] == [2, 3, 2.5]


def test_noise_stands_beside_its_loss_and_two_misses():
    left, middle, right = draw_noise(1.5, [-1, 0, 1], [0.2, 0.5, 0.2], [1, 0, 1], {"MSE": 0.1, "MAE": 0.12}).axes
    assert left.get_title() == "density, p = 1.5"
    assert middle.lines[0].get_ydata().tolist() == [1, 0, 1]
    assert [bar.get_height() for bar in right.patches] == [0.1, 0.12]
    assert [text.get_text() for text in right.texts] == ["0.100", "0.120"]
    assert [tick.get_text() for tick in right.get_xticklabels()] == ["mean (MSE)", "median (MAE)"]

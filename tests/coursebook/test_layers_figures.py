"""Networks drawn: what is read from the model, which numbers and curves stand there, and what bad input is told."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

import coursekit as ck
from coursebook.layers.figures import (
    draw_folds,
    draw_hinge,
    draw_layer_product,
    draw_network,
    draw_starts,
    draw_units_added,
)
from coursekit.figures.style import NEGATIVE, POSITIVE


@pytest.fixture(scope="module")
def keras():
    ck.setup()
    import keras

    return keras


def chain(keras, inputs, *units, **options):
    dense = [keras.layers.Dense(size, **options) for size in units]
    return keras.Sequential([keras.Input((inputs,)), *dense])


def circles(figure):
    return [line for line in figure.axes[0].lines if line.get_marker() == "o"]


def weight_lines(figure):
    return [part for part in figure.axes[0].collections if isinstance(part, LineCollection)]


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_network_has_a_circle_for_each_unit_and_a_line_for_each_number(keras):
    model = chain(keras, 3, 4, 2)
    figure = draw_network(model)
    assert len(circles(figure)) == 3 + 4 + 2
    assert sum(len(lines.get_segments()) for lines in weight_lines(figure)) == model.count_params()


def test_a_network_counts_its_numbers_and_names_its_activations(keras):
    model = keras.Sequential(
        [
            keras.Input((11,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(5),
            keras.layers.ReLU(),
            keras.layers.Dense(1, use_bias=False),
        ]
    )
    captions = words(draw_network(model))
    assert "11 inputs" in captions
    assert "16 units, ReLU\n11·16 + 16 = 192 numbers" in captions
    assert "5 units, ReLU\n16·5 + 5 = 85 numbers" in captions
    assert "1 unit, linear\n5·1 + 0 = 5 numbers" in captions


def test_a_network_draws_dots_for_the_units_that_do_not_fit(keras):
    figure = draw_network(chain(keras, 2, 9, 1))
    assert len(circles(figure)) == 2 + 7 + 1
    assert words(figure).count("⋮") == 1


def test_a_larger_weight_gets_a_thicker_line_and_the_other_sign_another_color(keras):
    model = chain(keras, 2, 1)
    model.set_weights([np.array([[2.0], [-1.0]]), np.array([0.0])])
    lines = weight_lines(draw_network(model))[0]
    first, second, _ = lines.get_linewidths()
    assert first > second
    positive, negative, _ = (to_hex(color).upper() for color in lines.get_colors())
    assert (positive, negative) == (POSITIVE, NEGATIVE)


def test_a_chosen_unit_keeps_its_colors_and_the_others_turn_gray(keras):
    model = chain(keras, 3, 2)
    colors = weight_lines(draw_network(model, unit=(0, 1)))[0].get_colors()
    gray = [np.ptp(color[:3]) < 0.01 for color in colors]
    assert gray[:4] == [True] * 4
    assert gray[4:7] == [False] * 3


def test_inputs_carry_their_names(keras):
    assert {"rain", "wind"} <= set(words(draw_network(chain(keras, 2, 1), names=["rain", "wind"])))


def test_a_small_network_carries_its_numbers_and_the_names_of_its_outputs(keras):
    model = chain(keras, 2, 2)
    model.set_weights([np.array([[2.0, -0.5], [3.0, 4.0]]), np.array([1.5, 0.0])])
    assert {"2", "−0.5", "3", "4", "1.5", "0", "stormy"} <= set(words(draw_network(model, outputs=["stormy", "mild"])))
    assert "2" not in words(draw_network(chain(keras, 4, 4)))


def test_a_network_that_cannot_be_drawn_is_told_why(keras):
    with pytest.raises(ValueError, match=r"keras\.Input"):
        draw_network(keras.Sequential([keras.layers.Dense(2)]))
    with pytest.raises(ValueError, match="Conv2D"):
        draw_network(keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3)]))
    with pytest.raises(ValueError, match="count from 0"):
        draw_network(chain(keras, 2, 3), unit=(0, 3))
    with pytest.raises(ValueError, match="1 names came for 2 inputs"):
        draw_network(chain(keras, 2, 3), names=["rain"])
    with pytest.raises(ValueError, match="1 names came for 2 outputs"):
        draw_network(chain(keras, 3, 2), outputs=["mild"])


INPUTS, KERNEL, BIAS = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([0.5, 1.0])


def test_a_layer_product_writes_the_sums_up_to_the_marked_one():
    figure = draw_layer_product(INPUTS, KERNEL, BIAS, 1, 0)
    sums = [float(text.get_text()) for text in figure.axes[3].texts]
    np.testing.assert_allclose(sums, (INPUTS @ KERNEL + BIAS).ravel()[:3])


def test_a_layer_product_writes_the_marked_sum_term_by_term():
    figure = draw_layer_product(INPUTS, KERNEL, BIAS, 1, 0)
    assert figure.texts[-1].get_text() == "3 · 1 + (−1) · 2 + 0.5 = 1.5"


def test_a_layer_product_refuses_shapes_and_places_that_do_not_fit():
    with pytest.raises(ValueError, match="do not fit together"):
        draw_layer_product(INPUTS, KERNEL.T[:1], BIAS, 0, 0)
    with pytest.raises(ValueError, match="not row 2"):
        draw_layer_product(INPUTS, KERNEL, BIAS, 2, 0)


def test_a_hinge_is_marked_where_its_sum_is_zero():
    axes = draw_hinge(2, -1).axes[0]
    assert "bends at 0.5" in axes.get_title()
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"] == [0.5]


def test_a_hinge_draws_the_sum_dashed_and_its_relu_on_top():
    lines = {line.get_label(): line for line in draw_hinge(-2, 1).axes[0].lines}
    dashed, curve = lines["weighted sum"], lines["output: ReLU of the sum"]
    assert (dashed.get_linestyle(), curve.get_linestyle()) == ("--", "-")
    np.testing.assert_allclose(dashed.get_ydata(), -2 * dashed.get_xdata() + 1)
    np.testing.assert_allclose(curve.get_ydata(), np.maximum(dashed.get_ydata(), 0))


@pytest.mark.parametrize(("weight", "bias"), [(0, 1), (0.1, 2)])
def test_a_unit_without_a_bend_in_sight_is_said_to_have_none(weight, bias):
    assert "does not bend here" in draw_hinge(weight, bias).axes[0].get_title()


X = np.linspace(0, 1, 5)


def test_the_start_with_the_smallest_error_is_bold_and_the_others_are_faint():
    curves = np.stack([X + 1, X + 0.1, X - 2])
    axes = draw_starts(X, X, curves, title="two units").axes[0]
    bold = [line for line in axes.lines if line.get_linewidth() == 3]
    assert [list(line.get_ydata()) for line in bold] == [list(X + 0.1)]
    assert sum(line.get_alpha() == 0.3 for line in axes.lines) == 2
    assert axes.get_title() == "two units: mean squared error 0.01"


def test_only_bends_within_the_data_are_marked():
    axes = draw_starts(X, X, [X], bends=[0.5, 7]).axes[0]
    assert len(axes.lines) == 3  # the points, the curve, one bend
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["best start", "its bends"]


def test_starts_of_another_length_are_refused():
    with pytest.raises(ValueError, match="do not fit together"):
        draw_starts(X, X, [X[:3]])


def test_units_are_added_one_after_the_other():
    parts = np.stack([X, -2 * X])
    for count in range(3):
        right = draw_units_added(X, X, parts, 0.5, count).axes[1]
        np.testing.assert_allclose(right.lines[-1].get_ydata(), 0.5 + parts[:count].sum(axis=0))


def test_each_unit_has_the_color_of_its_turn_and_the_sums_have_theirs():
    figure = draw_units_added(X, X, np.stack([X, -2 * X, 3 * X]), 0.5, 2)
    named = {line.get_label(): (line.get_color(), line.get_linestyle()) for line in figure.legends[0].get_lines()}
    left, right = ([(line.get_color(), line.get_linestyle()) for line in axes.lines] for axes in figure.axes)
    assert left == [named["added before"], named["added now"], named["to come"]]
    assert right[1:] == [named["sum before"], named["sum"]]


def test_sums_on_the_way_stay_in_sight():
    scales = [draw_units_added(X, X, [3 * X, -3 * X], 0, count).axes[1].get_ylim() for count in range(3)]
    assert scales[0] == scales[1] == scales[2]
    assert scales[0][1] > 3


def test_a_sum_that_leaves_the_picture_is_said_to():
    texts = [text.get_text() for text in draw_units_added(X, X, [50 * X, -50 * X], 0, 1).axes[1].texts]
    assert texts == ["↑ up to 50"]
    assert not draw_units_added(X, X, [50 * X, -50 * X], 0, 2).axes[1].texts


def test_more_units_than_there_are_cannot_be_added():
    with pytest.raises(ValueError, match="there are 1 units"):
        draw_units_added(X, X, [X], 0, 2)
    with pytest.raises(ValueError, match="do not fit together"):
        draw_units_added(X, X, X, 0, 0)


POINTS = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])


def test_folds_count_the_points_on_the_right_side():
    figure = draw_folds(lambda points: points[:, 0], POINTS, [1, -1, 1, 1])
    assert figure.axes[0].get_title() == "75% right"


def test_folds_color_and_mark_what_their_legend_names():
    figure = draw_folds(lambda points: points[:, 0], POINTS, [1, -1, 1, 1])
    named = {handle.get_label(): handle for handle in figure.legends[0].legend_handles}
    marked = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert marked == {"lit": POINTS[[0, 2, 3]].tolist(), "dark": POINTS[[1]].tolist()}
    below, above = (to_hex(named[f"output {sign} 0"].get_facecolor()) for sign in "<>")
    assert [to_hex(color) for color in figure.axes[0].collections[0].get_facecolors()] == [below, above]
    assert int(above[5:], 16) > int(above[1:3], 16)  # blue
    assert int(below[1:3], 16) > int(below[5:], 16)  # orange


def test_each_unit_that_can_switch_gets_its_line():
    kernel, bias = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 0.0]]), np.array([-0.5, 1.0, 1.0])
    axes = draw_folds(lambda points: points[:, :1], POINTS, [1, -1, 1, -1], kernel=kernel, bias=bias).axes[0]
    lines = [np.array(line.get_data()) for line in axes.lines if line.get_marker() == "None"]
    assert len(lines) == 2
    for unit, line in enumerate(lines):  # the unit's sum is 0 all along its line
        np.testing.assert_allclose(kernel[:, unit] @ line + bias[unit], 0, atol=1e-9)


def test_folds_want_points_in_the_plane():
    with pytest.raises(ValueError, match=r"\(rows, 2\)"):
        draw_folds(lambda points: points[:, 0], np.ones((4, 3)), np.ones(4))

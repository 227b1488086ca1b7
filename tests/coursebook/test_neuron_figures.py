"""One neuron drawn: which lines, numbers and marks stand in the figures, and what bad input is told."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

import coursekit as ck
from coursebook.neuron.figures import draw_line, draw_line_training, draw_neuron, draw_perceptron, draw_steps
from coursekit.figures.style import NEGATIVE, POSITIVE

X = np.array([0.0, 1.0, 2.0, 3.0])
Y = np.array([1.0, 3.0, 5.0, 7.0])  # 2·x + 1, exactly


def line_of(axes, role):
    """The (x, y) data of the first line that has a role's color."""
    return next(line.get_xydata() for line in axes.lines if to_hex(line.get_color()) == ck.palette[role].lower())


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_a_neuron_shows_each_weight_beside_its_input_and_the_bias_beside_a_one():
    axes = draw_neuron([[2.0], [-0.5]], 1.25, names=["weight", "power"], output="fuel").axes[0]
    assert texts(axes) == ["weight", "w = 2.00", "power", "w = −0.50", "1", "b = 1.25", "+", "", "fuel"]


def test_negative_weights_are_orange_and_dashed_positive_ones_blue_and_large_ones_wide():
    axes = draw_neuron([2.0, -0.5], -1.25, names=["weight", "power"]).axes[0]
    large, negative, bias, *samples = axes.lines
    assert [line.get_linestyle() for line in (large, negative, bias)] == ["-", "--", "--"]
    assert [line.get_color() for line in (large, negative, bias)] == [POSITIVE, NEGATIVE, NEGATIVE]
    assert large.get_linewidth() > negative.get_linewidth() > 0
    assert [(line.get_label(), line.get_color()) for line in samples] == [
        ("positive", POSITIVE),
        ("negative", NEGATIVE),
    ]


def test_a_neuron_with_weights_of_zero_can_be_drawn():
    assert len(draw_neuron(np.zeros((3, 1)), 0, names="abc").axes[0].lines) == 6


def test_each_weight_of_a_neuron_wants_a_name():
    with pytest.raises(ValueError, match="3 weights came with 2 names"):
        draw_neuron([1, 2, 3], 0, names=["a", "b"])


def test_the_line_is_w_times_x_plus_b():
    left, _ = draw_line(X, Y, 3, -1, labels=("weight", "fuel")).axes
    x, y = line_of(left, "model").T
    np.testing.assert_allclose(y, 3 * x - 1)
    np.testing.assert_allclose(left.collections[-1].get_offsets(), np.c_[X, Y])
    assert (left.get_xlabel(), left.get_ylabel()) == ("weight", "fuel")


def test_errors_go_from_the_points_to_the_line():
    left, _ = draw_line(X, Y, 3, -1, errors=4).axes
    errors = next(found for found in left.collections if isinstance(found, LineCollection))
    ends = [[tuple(end) for end in segment] for segment in errors.get_segments()]
    assert ends == [[(x, y), (x, 3 * x - 1)] for x, y in zip(X, Y, strict=True)]


def test_the_gauge_shows_the_mean_squared_error_and_the_least_one():
    noisy = Y + np.array([1, -1, -1, 1])
    _, right = draw_line(X, noisy, 2, 1).axes
    assert right.lines[1].get_ydata()[0] == pytest.approx(1)
    assert right.lines[0].get_ydata()[0] == pytest.approx(1)  # these errors cannot be lowered by any line
    assert right.get_title() == "mean\nsquared\nerror\n1.0"
    line_across, pointer = right.lines
    assert (line_across.get_color(), pointer.get_color()) == (ck.palette["truth"], ck.palette["gradient"])
    (least,) = right.texts
    assert (least.get_text(), least.xy) == ("least", (0, pytest.approx(1)))


@pytest.mark.parametrize("y", [[1, 2, 3], [1]])
def test_a_line_wants_as_many_targets_as_inputs(y):
    with pytest.raises(ValueError, match=f"x holds 4 numbers and y {len(y)}"):
        draw_line(X, y, 1, 0)


def test_training_shows_the_line_of_its_update_and_the_losses_up_to_then():
    lines, losses = [(0, 0), (1, 0), (2, 1)], [20.0, 9.0, 2.0]
    left, right = draw_line_training(X, Y, lines, losses, 1).axes
    x, y = line_of(left, "model").T
    np.testing.assert_allclose(y, x)
    np.testing.assert_allclose(line_of(right, "training"), [(0, 20), (1, 9)])
    assert left.get_title() == "update 1: w 1.00, b 0.00"
    assert (left.get_xlabel(), left.get_ylabel()) == ("x", "y")
    assert right.get_title() == "loss 9.00"
    assert (right.get_xlabel(), right.get_ylabel()) == ("updates", "mean squared error")


@pytest.mark.parametrize(("losses", "update", "told"), [([3.0], 0, "1 losses need"), ([3.0, 2.0], 2, "there were 1")])
def test_training_wants_a_loss_per_line_and_an_update_that_took_place(losses, update, told):
    with pytest.raises(ValueError, match=told):
        draw_line_training(X, Y, [(0, 0), (1, 1)], losses, update)


def test_tangents_touch_their_curve_with_the_given_slope():
    places = np.linspace(-2, 2, 41)
    down, up = ck.draw_slopes(
        {"left": (places, places**2), "right": (places, places**2)},
        at={"left": -1.0, "right": 1.0},
        slopes={"left": -2.0, "right": 2.0},
    ).axes
    assert down.get_title() == "slope −2"
    (x0, y0), (x1, y1) = line_of(up, "gradient")
    assert (y1 - y0) / (x1 - x0) == pytest.approx(2)
    assert (y0 + y1) / 2 == pytest.approx(1)
    assert up.get_title() == "slope 2"


@pytest.mark.parametrize(("curves", "at"), [({}, {}), ({"w": ([0, 1], [0, 1])}, {"b": 0})])
def test_each_curve_wants_its_place_and_slope(curves, at):
    with pytest.raises(ValueError, match="a place in `at`"):
        ck.draw_slopes(curves, at=at, slopes=at)


def test_the_perceptron_counts_the_points_on_the_wrong_side_and_marks_one():
    points, classes = [[0, 0], [0, 1], [3, 0], [3, 1]], [0, 0, 1, 1]
    right = draw_perceptron(points, classes, [1, 0], -1.5).axes[0]
    wrong = draw_perceptron(points, classes, [-1, 0], 1.5, wrong=2).axes[0]
    assert right.get_title() == "0 of 4 on the wrong side"
    assert wrong.get_title() == "4 of 4 on the wrong side"
    assert right.get_aspect() == 1
    ring = wrong.collections[-3]  # samples for the legend follow
    assert to_hex(ring.get_edgecolor()[0]) == ck.palette["wrong"].lower()
    assert ring.get_offsets().tolist() == [[3, 0]]


def test_the_perceptron_s_legend_names_what_is_drawn():
    points, classes = [[0, 0], [0, 1], [3, 0], [3, 1]], [0, 0, 1, 1]
    axes = draw_perceptron(points, classes, [1, 0], -1.5, names=("few", "many"), labels=("weight", "power")).axes[0]
    (few, many, side, ring), labels = axes.get_legend_handles_labels()
    assert labels == ["few", "many", "says many", "mistake"]
    assert (few.get_offsets().tolist(), many.get_offsets().tolist()) == (points[:2], points[2:])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight", "power")
    filled = axes.collections[0]  # the side that the unit calls 1
    assert filled.get_paths()[0].vertices[:, 0].min() == pytest.approx(1.5)
    assert to_hex(filled.get_facecolor()[0]) == to_hex(side.get_facecolor()[0]) == ck.palette["model"].lower()
    assert to_hex(ring.get_edgecolor()[0]) == ck.palette["wrong"].lower()


def test_a_perceptron_of_zeros_can_be_drawn_before_it_has_a_line():
    assert draw_perceptron([[0, 0], [1, 1]], [0, 1], [0, 0], 0).axes[0].get_title() == "1 of 2 on the wrong side"


@pytest.mark.parametrize(("points", "classes"), [([[1, 2, 3]], [0]), ([[1, 2], [3, 4]], [0])])
def test_the_perceptron_wants_two_columns_and_a_class_per_row(points, classes):
    with pytest.raises(ValueError, match="one class per row"):
        draw_perceptron(points, classes, [1, 1], 0)


def test_steps_are_joined_in_their_order_and_the_last_one_is_marked():
    places = np.linspace(-1, 3, 41)
    axes = draw_steps((places, places**2), ([2.0, -1.0, 0.5], [4.0, 1.0, 0.25]), xlabel="w", title="three").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("w", "mean squared error", "three")
    bowl, path, last = axes.lines
    assert path.get_xdata().tolist() == [2.0, -1.0, 0.5]
    assert (last.get_xdata().tolist(), last.get_ydata().tolist()) == ([0.5], [0.25])
    assert texts(axes) == []
    assert bowl.get_ydata().max() == axes.get_ylim()[1]


@pytest.mark.parametrize(
    ("place", "told", "end"),
    [(40.0, "step 1 is at 40", 1), (-40.0, "step 1 is at −40", -1), (394441.97, "step 1 is at 394,000", 1),
     (-1.56e11, "step 1 is at −1.6e+11", -1)],
)  # fmt: skip
def test_a_step_that_leaves_the_picture_is_told(place, told, end):
    axes = draw_steps(([-1.0, 1.0], [1.0, 1.0]), ([0.0, place], [0.5, 1600.0]), xlabel="w").axes[0]
    arrow, text = axes.texts
    assert text.get_text() == told
    assert arrow.xy == (end, 0.5)
    assert axes.lines[1].get_xdata().tolist() == [0.0]


def test_the_arrow_names_its_own_step_and_where_the_last_one_is():
    axes = draw_steps(([-1.0, 1.0], [1.0, 1.0]), ([0.0, 40.0, -900.0], [0.5, 1.0, 1.0]), xlabel="w").axes[0]
    arrow, text = axes.texts
    assert (arrow.xy, text.get_text()) == ((1, 0.5), "step 1 is at 40\nstep 2 is at −900")


def test_steps_want_a_loss_for_every_place():
    with pytest.raises(ValueError, match="a loss for every place"):
        draw_steps(([0.0, 1.0], [0.0, 1.0]), ([0.0, 1.0], [0.0]), xlabel="w")

"""Probabilities drawn: what stands in the figures, and what bad input is told."""

import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import coursekit as ck
from coursebook.classification.figures import (
    draw_confusion,
    draw_probability_surface,
    draw_sigmoid,
    draw_surprise,
    draw_threshold,
    sigmoid,
)
from coursekit.figures.style import palette

POINTS, LABELS = np.array([[-1.0, 0.0], [1.0, 0.0], [2.0, 1.0]]), np.array([0, 1, 1])


def to_the_right(rows):
    return sigmoid(4 * rows[:, 0])


def nowhere(rows):
    return np.full((len(rows), 1), 0.5)


def test_the_sigmoid_never_overflows_and_is_symmetric():
    with np.errstate(over="raise"):
        np.testing.assert_allclose(sigmoid(np.array([-1000.0, 0.0, 1000.0])), [0, 0.5, 1])
    np.testing.assert_allclose(sigmoid(-2.0) + sigmoid(2.0), 1)


def test_the_tangent_touches_the_sigmoid_with_its_slope():
    left, right = draw_sigmoid(1.0).axes
    tangent = left.lines[1]
    rise = np.diff(tangent.get_ydata()) / np.diff(tangent.get_xdata())
    p = sigmoid(1.0)
    np.testing.assert_allclose(rise, p * (1 - p))
    np.testing.assert_allclose(np.mean(tangent.get_ydata()), p)
    assert right.get_title() == "slope p(1 − p) = 0.197"
    assert [line.get_label() for line in left.lines[:2]] == ["sigmoid", "tangent"]
    np.testing.assert_allclose(left.lines[0].get_ydata(), sigmoid(left.lines[0].get_xdata()))
    assert [axes.get_ylabel() for axes in (left, right)] == ["probability p", "slope of the tangent"]


def test_the_area_of_the_bars_is_the_entropy():
    (axes,) = draw_surprise([0.5, 0.25, 0.25, 0.0]).axes
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(bar.get_width() * bar.get_height() for bar in bars) == 1.5
    assert axes.get_title() == "dashed: mean surprise 1.500 bits"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("share of all cases", "surprise in bits")


def test_a_false_belief_is_drawn_as_cross_entropy_above_the_entropy():
    (axes,) = draw_surprise([0.7, 0.3], believed=[0.5, 0.5], names=["dry", "rain"]).axes
    assert axes.get_title() == "dashed: cross-entropy 1.000 bits · green: entropy 0.881 bits"
    assert [text.get_text() for text in axes.texts] == ["dry\n0.7", "rain\n0.3"]


def test_a_name_stands_above_the_lines_that_would_run_through_it():
    (axes,) = draw_surprise([0.7, 0.3], believed=[0.98, 0.02], names=["dry", "rain"]).axes
    mean, entropy = (line.get_ydata()[0] for line in axes.lines)
    assert entropy < mean
    dashed, green = axes.lines
    assert dashed.get_linestyle() == "--"
    assert to_hex(green.get_color()).upper() == palette["truth"]
    assert dashed.get_zorder() > green.get_zorder()  # seen where both are the same
    assert [text.xy[1] for text in axes.texts] == [mean, -np.log2(0.02)]


def test_the_border_runs_where_the_probability_is_the_threshold():
    axes = draw_probability_surface({"right": to_the_right}, POINTS, LABELS, threshold=0.5).axes[0]
    border = axes.collections[1].get_paths()[0].vertices
    np.testing.assert_allclose(border[:, 0], 0, atol=0.01)


def test_a_flat_surface_has_no_border_and_white_lies_in_its_middle():
    axes = draw_probability_surface({"flat": nowhere}, POINTS, LABELS).axes[0]
    filled, *points = axes.collections
    assert [len(group.get_offsets()) for group in points] == [1, 2]
    levels = filled.levels
    np.testing.assert_allclose(levels[5] + levels[6], 1)


def test_each_surface_gets_a_panel():
    figure = draw_probability_surface({"a": to_the_right, "b": nowhere}, POINTS, LABELS, names=("size", "gray"))
    assert [axes.get_title() for axes in figure.axes[:2]] == ["a", "b"]
    assert (figure.axes[1].get_xlabel(), figure.axes[0].get_ylabel()) == ("size", "gray")


def test_losses_and_gradients_are_drawn_as_given_and_marked():
    z = np.array([-1.0, 0.0, 1.0])
    figure = ck.draw_logit_losses(z, {"one": (z**2, 2 * z), "two": (z, z * 0)}, at=0.5)
    losses, gradients = figure.axes
    np.testing.assert_allclose(losses.lines[0].get_ydata(), [1, 0, 1])
    np.testing.assert_allclose(gradients.lines[0].get_ydata(), [-2, 0, 2])
    assert figure.get_suptitle() == "gradient at z = 0.5   one: 1   two: 0"


def test_a_confusion_matrix_writes_every_count():
    (axes,) = draw_confusion([[5, 1], [2, 7]], ("no", "yes")).axes
    assert [text.get_text() for text in axes.texts] == ["5", "1", "2", "7"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("said", "truth")


def test_a_threshold_counts_hits_misses_and_false_alarms():
    figure = draw_threshold([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1], 0.5)
    _, confusion = figure.axes
    assert [text.get_text() for text in confusion.texts] == ["1", "1", "1", "1"]
    assert confusion.get_title() == "precision 0.50, recall 0.50"


def test_cases_have_the_color_of_truth_where_they_come_out_right_and_the_marks_of_their_class():
    cases, _ = draw_threshold([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1], 0.5).axes
    colors = [[to_hex(color).upper() for color in group.get_edgecolor()] for group in cases.collections]
    assert colors == [[palette["truth"], palette["wrong"]], [palette["wrong"], palette["truth"]]]
    assert cases.get_title() == "threshold 0.5 · green is right, orange is wrong"


def test_the_classes_and_the_probability_are_named():
    figure = draw_probability_surface({"right": to_the_right}, POINTS, LABELS, classes=("benign", "malignant"))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["benign", "malignant"]
    assert figure.axes[1].get_ylabel() == "probability of malignant"


def test_low_probabilities_have_the_color_of_negative_numbers():
    axes = draw_probability_surface({"right": to_the_right}, POINTS, LABELS).axes[0]
    low, high = (axes.collections[0].cmap(value) for value in (0.2, 0.8))
    assert low[0] > low[2] and high[2] > high[0]  # orange, blue


def test_a_threshold_that_nobody_passes_has_precision_zero():
    _, confusion = draw_threshold([0.1, 0.4], [0, 1], 0.8).axes
    assert confusion.get_title() == "precision 0.00, recall 0.00"


def test_certain_cases_stay_in_the_picture():
    cases, _ = draw_threshold([0.0, 1.0], [0, 1], 0.5).axes
    offsets = np.concatenate([group.get_offsets() for group in cases.collections])
    assert np.all(np.abs(offsets[:, 0]) <= 7)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: draw_sigmoid(9), "score is 9.*-6 to 6"),
        (lambda: draw_surprise([0.5, 0.6]), "sum to 1"),
        (lambda: draw_surprise([0.5, 0.5], believed=[1, 0]), "all above 0"),
        (lambda: draw_surprise([0.5, 0.5], believed=[0.2, 0.3, 0.5]), "2 outcomes came with 3 beliefs"),
        (lambda: draw_probability_surface({}, POINTS, LABELS), "0 surfaces"),
        (lambda: draw_probability_surface({"a": nowhere}, POINTS[:, :1], LABELS), r"shape \(3, 1\)"),
        (lambda: draw_probability_surface({"a": nowhere}, POINTS, [1, 2, 0]), "labels 0 or 1"),
        (
            lambda: draw_probability_surface({"logits": lambda rows: 9 * rows[:, 0]}, POINTS, LABELS),
            "by the sigmoid",
        ),
        (lambda: ck.draw_logit_losses([0, 1], {}), "1 to 4 curves"),
        (lambda: ck.draw_logit_losses([0, 1], {"a": ([0, 1], [0])}), "a loss and a gradient"),
        (lambda: ck.draw_logit_losses([0, 1], {"a": ([0, 1], [0, 1])}, at=2), "at is 2"),
        (lambda: draw_confusion([[1, 2]], ("a", "b")), r"shape \(1, 2\) and 2 names"),
        (lambda: draw_threshold([0.1], [0, 1], 0.5), "1 probabilities came with 2 labels"),
        (lambda: draw_threshold([0.1], [0], 1.0), "threshold 1"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_no_drawing_opens_a_pyplot_figure():
    draw_confusion([[1]], ("a",))
    draw_probability_surface({"a": nowhere}, POINTS, LABELS)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []

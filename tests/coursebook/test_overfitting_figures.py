"""Curves of training drawn: what is marked, what the titles say, and what bad input is told."""

import sys

import pytest
from matplotlib.colors import to_hex

import coursekit as ck
from coursebook.overfitting import draw_capacity, draw_fit, draw_stop

TRAINING, VALIDATION = [4.0, 2.0, 1.0, 0.5], [5.0, 3.0, 2.0, 6.0]
CURVE = ([0, 1], [0, 1])
POINTS = ([0, 0.5, 1], [0.1, 0.4, 1.2])


def marks(axes, role):
    """Places of the single points that carry a role's color."""
    return [
        (line.get_xdata()[0], line.get_ydata()[0])
        for line in axes.lines
        if len(line.get_xdata()) == 1 and to_hex(line.get_color()) == ck.palette[role].lower()
    ]


def test_a_fit_without_losses_is_one_panel():
    (axes,) = draw_fit(CURVE, POINTS, xlabel="day", title="degree 1").axes
    assert axes.get_xlabel() == "day"
    assert axes.get_title() == "degree 1"
    assert len(axes.collections) == 1


def test_a_fit_with_losses_marks_where_it_stands_and_writes_both_losses():
    figure = draw_fit(
        CURVE, POINTS, POINTS, losses=(TRAINING, VALIDATION), steps=[0, 1, 2, 3], now=2, step_name="degree"
    )
    left, right = figure.axes
    assert len(left.collections) == 2
    assert marks(right, "training") == [(2, 1.0)]
    assert marks(right, "validation") == [(2, 2.0)]
    assert right.get_title() == "training 1, validation 2"
    assert right.get_xlabel() == "degree"


def test_large_losses_are_written_without_an_exponent():
    figure = draw_fit(CURVE, POINTS, losses=([0.123, 1], [12345.6, 1]))
    assert figure.axes[1].get_title() == "training 0.123, validation 12,346"


def test_learning_curves_mark_the_best_validation_loss_counted_from_1():
    (axes,) = ck.draw_learning_curves({"net": (TRAINING, VALIDATION)}).axes
    assert marks(axes, "truth") == [(3, 2.0)]
    assert "best: 3" in [text.get_text() for text in axes.texts]


def test_learning_curves_without_marks_give_nothing_away():
    (axes,) = ck.draw_learning_curves({"A": (TRAINING, VALIDATION)}, mark_best=False).axes
    assert [text.get_text() for text in axes.texts] == []
    assert marks(axes, "truth") == []


def test_learning_curves_stand_side_by_side_on_one_vertical_axis():
    figure = ck.draw_learning_curves({"A": (TRAINING, VALIDATION), "B": ([9, 8], [9, 9]), "C": ([1], [1])}, columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["A", "B", "C"]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1


def test_a_stopped_training_shows_the_kept_epoch_and_the_last_one():
    (axes,) = draw_stop(VALIDATION, best=2, stop=3).axes
    assert axes.get_title() == "kept: epoch 2, 3   ·   stopped after epoch 3"
    assert marks(axes, "truth") == [(2, 3.0)]


def test_a_training_that_nothing_stopped_says_so():
    (axes,) = draw_stop(VALIDATION, best=3, stop=None).axes
    assert axes.get_title().endswith("never stopped")


def test_capacity_joins_the_medians_and_keeps_every_start():
    series = {"lowest": {1: [1, 2, 3], 16: [1, 1, 1]}, "last": {1: [4, 5, 9], 16: [2, 2, 2]}}
    (axes,) = draw_capacity(series, xlabel="units").axes
    joined = {
        line.get_label(): line.get_ydata().tolist() for line in axes.lines if line.get_label() in ("lowest", "last")
    }
    assert joined == {"lowest": [2, 1], "last": [5, 2]}
    starts = [line.get_ydata().tolist() for line in axes.lines if line.get_linestyle() == "None"]
    assert [4, 5, 9] in starts
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "16"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["lowest", "last"]


def test_errors_between_10_and_20_can_be_read_off_the_axis_of_capacity():
    (axes,) = draw_capacity({"lowest": {4: [13.6], 64: [42]}}, xlabel="units").axes
    axes.figure.canvas.draw()
    shown = {label.get_text() for label in axes.get_yticklabels() if label.get_text()}
    assert {"14", "17", "20", "30", "40"} <= shown


def test_every_color_of_a_stopped_training_is_named():
    (axes,) = draw_stop(VALIDATION, best=2, stop=3).axes
    named = {text.get_text() for text in axes.get_legend().get_texts()}
    assert named == {"never run", "validation", "waiting", "kept", "stop"}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: ck.draw_learning_curves({}), "nothing to draw"),
        (lambda: ck.draw_learning_curves({"net": ([1, 2], [1])}), r"shape \(2,\).*\(1,\).*same length"),
        (lambda: draw_fit(CURVE, POINTS, losses=([1, 2], [1, 2]), now=2), "now is 2.*0 to 1"),
        (lambda: draw_stop(VALIDATION, best=3, stop=2), "best is epoch 3 and stop epoch 2"),
        (lambda: draw_stop(VALIDATION, best=0, stop=2), "epochs 1 to 4"),
        (lambda: draw_stop(VALIDATION, best=1, stop=9), "stop epoch 9"),
        (lambda: draw_capacity({}, xlabel="units"), "one or two series"),
        (lambda: draw_capacity({"a": {1: [1]}, "b": {2: [1]}}, xlabel="units"), r"same sizes, not \[\[1\], \[2\]\]"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_no_drawing_opens_a_pyplot_figure():
    ck.draw_learning_curves({"net": (TRAINING, VALIDATION)})
    draw_stop(VALIDATION, best=1, stop=2)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []

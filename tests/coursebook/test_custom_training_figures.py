"""Training loops drawn: what a metric shows, which numbers a loss compares, what several loops cost."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba

from coursebook.custom_training.figures import draw_loops, draw_metric, draw_pairs, metric_readings
from coursekit.figures.style import palette

EPOCHS = [[4.0, 2.0], [1.0, 1.0], [0.5, 0.25]]
TABLE, PAIRS = "(n, 1) and (n,)", "(n, 1) and (n, 1)"


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_a_metric_reset_each_epoch_ends_at_the_mean_of_the_epoch():
    assert metric_readings(EPOCHS, "each epoch")[1::2] == [3, 1, 0.375]


def test_a_metric_that_is_never_reset_averages_everything():
    readings = metric_readings(EPOCHS, "never")
    assert readings == [pytest.approx(np.mean(np.ravel(EPOCHS)[: n + 1])) for n in range(6)]


def test_a_metric_reset_for_each_batch_shows_that_batch():
    assert metric_readings(EPOCHS, "each batch") == list(np.ravel(EPOCHS))


def test_the_metric_is_drawn_up_to_the_batches_that_have_run():
    (axes,) = draw_metric(EPOCHS, "each epoch", 4).axes
    steps = axes.lines[0].get_data()
    np.testing.assert_allclose(steps, [[1, 2, 3, 4], [4, 3, 1, 1]])
    pale, seen = axes.collections
    assert (len(pale.get_offsets()), len(seen.get_offsets())) == (6, 4)


def test_an_epoch_that_has_run_says_what_the_metric_showed():
    (axes,) = draw_metric(EPOCHS, "never", 4).axes
    assert texts(axes) == ["epoch 1", "3", "epoch 2", "2", "epoch 3"]
    assert axes.get_title(loc="left") == "reset: never"


def test_each_name_in_the_legend_of_the_metric_is_at_its_own_data():
    (axes,) = draw_metric(EPOCHS, "never", 6).axes
    named = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    np.testing.assert_allclose(named["loss of the batch"].get_offsets()[:, 1], np.ravel(EPOCHS))
    np.testing.assert_allclose(named["the metric shows"].get_ydata(), metric_readings(EPOCHS, "never"))
    color = named["mean of the epoch"].get_color()
    means = [line.get_ydata()[0] for line in axes.lines if line.get_color() == color and len(line.get_ydata())]
    np.testing.assert_allclose(means, np.mean(EPOCHS, axis=1))


def test_the_axes_of_the_metric_stay_from_batch_to_batch():
    first, last = (draw_metric(EPOCHS, "never", batches).axes[0] for batches in (1, 6))
    assert (first.get_xlim(), first.get_ylim()) == (last.get_xlim(), last.get_ylim())


@pytest.mark.parametrize(
    ("epochs", "reset", "batches", "says"),
    [
        (EPOCHS, "sometimes", 1, "'each epoch', 'never' or 'each batch', not 'sometimes'"),
        (EPOCHS, "never", 7, "from 1 to 6, not 7"),
        (EPOCHS, "never", 0, "from 1 to 6, not 0"),
        ([[1.0], []], "never", 1, "holds no batch"),
        ([], "never", 1, "holds no batch"),
    ],
)
def test_a_metric_that_cannot_be_drawn_says_why(epochs, reset, batches, says):
    with pytest.raises(ValueError, match=says):
        draw_metric(epochs, reset, batches)


def test_shapes_that_broadcast_compare_every_target_with_every_prediction():
    table, curve = draw_pairs([1, 2, 3], 1.0, TABLE).axes
    assert texts(table) == ["0", "1", "4", "1", "0", "1", "4", "1", "0"]
    assert curve.get_title(loc="left") == "loss 1.33"


def test_equal_shapes_compare_each_target_with_its_own_prediction():
    table, curve = draw_pairs([1, 2, 3], 0.5, PAIRS).axes
    assert texts(table) == ["0.25", "0", "0.25"]
    assert curve.get_title(loc="left") == "loss 0.17"


def test_pairs_that_belong_together_are_blue_and_the_others_orange():
    table, curve = draw_pairs([1, 2, 3], 1.0, TABLE).axes
    colors = [to_hex(patch.get_facecolor()) for patch in table.patches]
    own, others = palette["model"].lower(), palette["wrong"].lower()
    assert colors == [own if place % 4 == 0 else others for place in range(9)]
    assert (table.get_xlabel(), table.get_ylabel()) == ("target", "prediction")
    named = {text.get_text().strip(): to_rgba(text.get_color()) for text in curve.texts}
    lowest = {
        to_rgba(line.get_color()): np.argmin(line.get_ydata()) for line in curve.lines if len(line.get_xdata()) > 1
    }
    assert lowest[named[TABLE]] < lowest[named[PAIRS]]


def test_the_curves_have_their_lowest_points_at_no_spread_and_at_the_perfect_one():
    curve = draw_pairs([1, 2, 4], 1.0, TABLE).axes[1]
    lowest = [line.get_xdata()[np.argmin(line.get_ydata())] for line in curve.lines if len(line.get_xdata()) > 1]
    np.testing.assert_allclose(lowest, [0, 1], atol=0.02)


@pytest.mark.parametrize(
    ("y", "shapes", "says"),
    [
        ([1, 2], "(n,)", "shapes is"),
        ([1], TABLE, "2 to 6 targets"),
        ([2, 2], TABLE, "not all the same"),
        ([[1, 2]], TABLE, r"its shape is \(1, 2\)"),
        (range(7), TABLE, "2 to 6 targets"),
    ],
)
def test_pairs_that_cannot_be_drawn_say_why(y, shapes, says):
    with pytest.raises(ValueError, match=says):
        draw_pairs(y, 1.0, shapes)


COSTS = {"eager": (20.0, 0.0), "graph": (1.5, 0.1), "fit": (2.0, 90.0)}


def test_loops_share_one_axis_and_their_marks_sit_on_different_steps():
    losses = np.linspace(2, 1, 12)
    axes = draw_loops(dict.fromkeys(COSTS, losses), COSTS).axes[0]
    whole, *marked = [line.get_xdata() for line in axes.lines]
    assert list(whole) == list(range(1, 13))
    assert not set(marked[0]) & set(marked[1])
    assert all(len(marks) for marks in marked)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["eager", "graph", "fit"]


def test_each_loop_has_its_own_losses_and_one_color():
    losses = {name: np.full(12, height) for height, name in enumerate(COSTS, start=1)}
    curve, steps, _ = draw_loops(losses, COSTS).axes
    assert {line.get_label(): line.get_ydata()[0] for line in curve.lines} == {"eager": 1, "graph": 2, "fit": 3}
    assert [label.get_text() for label in steps.get_yticklabels()] == list(COSTS)
    assert [to_rgba(line.get_color()) for line in curve.lines] == [bar.get_facecolor() for bar in steps.patches]


def test_bars_show_what_a_step_and_what_a_call_costs():
    _, steps, calls = draw_loops({name: [2, 1] for name in COSTS}, COSTS).axes
    assert (steps.get_title(loc="left"), calls.get_title(loc="left")) == (
        "one more step",
        "one call, besides its steps",
    )
    assert [bar.get_width() for bar in steps.patches] == [20, 1.5, 2]
    assert [text.strip() for text in texts(calls)] == ["0.1", "90.0"]
    assert steps.get_xlabel() == calls.get_xlabel() == "processor time (ms)"


def test_the_pairs_do_not_jump_from_frame_to_frame():
    frames = [draw_pairs([1, 2, 4], spread, TABLE) for spread in (1.0, 0.25)]
    places = [[axes.get_position().bounds for axes in frame.axes] for frame in frames]
    assert places[0][1] == places[1][1]


@pytest.mark.parametrize(
    ("losses", "costs", "says"),
    [
        ({}, {}, "as many losses"),
        ({"eager": []}, {"eager": (1, 0)}, "at least one"),
        ({"eager": [1, 2], "graph": [1]}, {"eager": (1, 0), "graph": (1, 0)}, "as many losses"),
        ({"eager": [1]}, {"graph": (1, 0)}, r"those of \['graph'\]"),
    ],
)
def test_loops_that_cannot_be_drawn_say_why(losses, costs, says):
    with pytest.raises(ValueError, match=says):
        draw_loops(losses, costs)

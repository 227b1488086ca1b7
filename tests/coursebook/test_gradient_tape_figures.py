"""Recorded tapes and an optimizer's steps drawn: what is noted, what comes back, and what bad input is told."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

import coursekit as ck
from coursebook.gradient_tape.figures import draw_apply, draw_tape, record_tape, slope_along
from coursebook.gradient_tape.tapes import played
from coursekit.figures.style import NEGATIVE, POSITIVE, palette


@pytest.fixture(scope="module")
def tf():
    ck.setup()
    import tensorflow

    return tensorflow


@pytest.fixture(scope="module")
def recording(tf):
    def run(x1, x2):
        with tf.GradientTape(persistent=True) as tape:
            z = (x1 + 5) * x2**2
        return tape, z

    return record_tape(run, x1=tf.Variable(2.0), x2=tf.Variable(3.0))


def of_one(tf, calculate, x, *, watch=False):
    """The recording of a calculation with one input."""
    return record_tape(calculate, x=x, watch=watch)


def written(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_operations_are_noted_in_the_order_in_which_they_ran(recording):
    operations = [recording.nodes[number] for number in recording.forward]
    assert [node.label for node in operations] == ["+", "power", "×"]
    assert [node.value for node in operations] == [7, 9, 63]
    assert recording.target == recording.forward[-1]


def test_gradients_are_those_of_the_tape(recording):
    assert [node.gradient for node in recording.nodes if node.kind == "source"] == [9, 42]
    assert all(node.gradient is None for node in recording.nodes if node.kind == "constant")


def test_each_gradient_is_what_arrives_times_the_operations_own_slopes(recording):
    for number in recording.forward:
        node = recording.nodes[number]
        for read, slope in zip(node.inputs, node.slopes, strict=True):
            if recording.nodes[read].gradient is not None:
                assert recording.nodes[read].gradient == pytest.approx(node.gradient * slope)


def test_paths_that_meet_are_added(tf):
    meeting = of_one(tf, lambda x: x**2 + 3 * x, tf.Variable(2.0))
    assert meeting.nodes[0].gradient == 7
    assert "7" in written(draw_tape(meeting))


def test_an_input_that_is_read_twice_by_one_operation_counts_once(tf):
    square = of_one(tf, lambda x: x * x, tf.constant(3.0), watch=True)
    assert square.nodes[0].gradient == 6
    assert "× 6" in written(draw_tape(square))
    assert written(draw_tape(square)).count("× 6") == 1


@pytest.mark.parametrize(
    ("calculate", "operations", "slopes"),
    [
        (lambda tf, x: tf.square(x), {"square": (0,)}, {"square": (6,)}),
        (lambda tf, x: x * x, {"×": (0, 0)}, {"×": (6, 6)}),
        (lambda tf, x: tf.multiply(x, x), {"×": (0, 0)}, {"×": (6, 6)}),
        (lambda tf, x: tf.square(x) + x, {"square": (0,), "+": (1, 0)}, {"square": (6,), "+": (1, 1)}),
    ],
)
@pytest.mark.parametrize("trainable", [True, False])
def test_a_variable_that_a_function_reads_by_itself_is_its_source(tf, calculate, operations, slopes, trainable):
    x = tf.Variable(3.0, trainable=trainable)
    found = of_one(tf, lambda x: calculate(tf, x), x, watch=True)
    ran = [found.nodes[number] for number in found.forward]
    assert {node.label: node.inputs for node in ran} == operations
    assert {node.label: node.slopes for node in ran} == slopes
    assert found.nodes[0].gradient == sum(ran[0].slopes[:1]) + ("+" in operations)
    assert len(of_one(tf, lambda x: calculate(tf, x), x).nodes) == len(ran) + 1


def test_a_number_equal_to_a_variable_is_no_reading_of_it(tf):
    double = of_one(tf, lambda x: 3.0 * x, tf.Variable(3.0))
    assert [node.kind for node in double.nodes] == ["source", "constant", "operation"]


def test_the_animation_goes_forward_turns_round_and_comes_back(recording):
    assert recording.steps == 8
    told = [recording.says(step) for step in range(recording.steps)]
    assert told[0] == "before the run"
    assert told[1:4] == ["forward: 2 + 5 = 7", "forward: 3 to the power of 2 = 9", "forward: 7 × 9 = 63"]
    assert told[4] == "now backward: the slope of z along z is 1"
    assert told[5:] == [
        "back through ×: 1 × 9 = 9 and 1 × 7 = 7",
        "back through power: 7 × 6 = 42",
        "back through +: 9 × 1 = 9",
    ]


def test_no_result_is_drawn_before_its_operation_ran(recording):
    assert ["63" in written(draw_tape(recording, step)) for step in (2, 3)] == [False, True]
    assert ["42" in written(draw_tape(recording, step)) for step in (5, 6)] == [False, True]


def test_all_steps_have_one_size(recording):
    sizes = {tuple(draw_tape(recording, step).get_size_inches()) for step in range(recording.steps)}
    assert len(sizes) == 1


def test_room_for_more_rows_makes_a_drawing_higher(recording):
    heights = [draw_tape(recording, rows=rows).get_size_inches()[1] for rows in (1, 4, 9)]
    assert heights[0] == heights[1] < heights[2]


def test_a_constant_that_nobody_watches_is_marked_none(tf):
    unwatched = of_one(tf, lambda x: x**2, tf.constant(2.0))
    assert [node.gradient for node in unwatched.nodes] == [None, None, None]
    assert "nothing to play back" in unwatched.says(unwatched.steps - 1)
    assert "None" in written(draw_tape(unwatched))
    assert "None" not in written(draw_tape(unwatched, 0))


def test_a_value_that_went_through_numpy_has_no_line_to_its_source(tf):
    cut = of_one(tf, lambda x: 3 * tf.square(x.numpy()), tf.Variable(2.0))
    assert not any(0 in node.inputs for node in cut.nodes)
    assert cut.nodes[0].gradient is None


def test_an_operation_without_a_slope_stops_the_gradient(tf):
    rounded = of_one(tf, lambda x: tf.round(x) ** 2, tf.Variable(2.0))
    assert [rounded.nodes[number].gradient for number in rounded.forward] == [4, 1]
    assert rounded.nodes[0].gradient is None
    assert "back through round: the path ends" in [rounded.says(step) for step in range(rounded.steps)]


def test_the_inner_tapes_work_is_recorded_without_what_it_did_not_use(tf):
    run = slope_along(lambda x1, x2: (x1 + 5) * x2**2, 0)
    nodes = record_tape(run, x1=tf.Variable(2.0), x2=tf.Variable(3.0)).nodes
    assert [node.gradient for node in nodes[:2]] == [None, 6]
    assert "+" not in [node.label for node in nodes]


def test_a_calculation_may_bring_its_own_tape(tf, recording):
    nodes = record_tape(lambda a, b: (a + 5) * b**2, x1=tf.Variable(2.0), x2=tf.Variable(3.0)).nodes
    assert nodes == recording.nodes
    assert all(node.inside for node in nodes if node.kind == "operation")


def test_what_ran_before_the_tape_is_outside(tf):
    early = record_tape(lambda y: 3 * y, x=tf.Variable(2.0), before=lambda x: x**2)
    assert [early.nodes[number].inside for number in early.forward] == [False, True]
    assert early.cut == ("before the tape", (early.forward,))


@pytest.mark.parametrize(
    ("calculate", "source", "why"),
    [
        (lambda tf, x: x**2, lambda tf: tf.constant(2.0), "not watched"),
        (lambda tf, x: x**2, lambda tf: tf.Variable(2.0, trainable=False), "not watched"),
        (lambda tf, x: tf.cast(x, "float32") ** 2, lambda tf: tf.Variable(2), "whole number"),
        (lambda tf, x: x**2, lambda tf: tf.Variable(2), "whole number"),
        (lambda tf, x: tf.square(x), lambda tf: tf.Variable(2), "whole number"),
        (lambda tf, x: tf.square(x), lambda tf: tf.constant(2), "whole number"),
        (lambda tf, x: 3 * tf.square(x.numpy()), lambda tf: tf.Variable(2.0), "left TensorFlow"),
        (lambda tf, x: tf.round(x) ** 2, lambda tf: tf.Variable(2.0), "no slope"),
        (lambda tf, x: tf.constant(7.0) + 1, lambda tf: tf.Variable(2.0), "no path"),
        (lambda tf, x: 0 * x, lambda tf: tf.Variable(2.0), None),
    ],
)
def test_a_cut_is_found_and_marked(tf, calculate, source, why):
    found = of_one(tf, lambda x: calculate(tf, x), source(tf))
    assert (found.cut and found.cut[0]) == why
    assert (why in written(draw_tape(found))) == (why not in (None, "no path"))


def test_an_unused_source_has_no_cut_where_another_one_is_used(tf):
    found = record_tape(lambda a, b: b**2, x1=tf.Variable(2.0), x2=tf.Variable(3.0))
    assert found.cut == ("no path", ())


def test_a_target_that_is_its_source_is_one_node(tf):
    same = of_one(tf, lambda x: x, tf.Variable(2.0))
    assert [node.kind for node in same.nodes] == ["source"]
    assert same.nodes[0].gradient == 1


def test_a_tapes_none_says_why(tf):
    def ask(x, calculate, watch=False, back=False):
        with tf.GradientTape() as tape:
            if watch:
                tape.watch(x)
            z = calculate(x)
        return tape.gradient(x, z) if back else tape.gradient(z, x)

    one, many = tf.constant(2.0), tf.Variable(2.0)
    assert played(ask, many, tf.square).numpy() == 4
    assert played(ask, one, tf.square) == "unwatched"
    assert played(ask, tf.Variable(2.0, trainable=False), tf.square) == "unwatched"
    assert played(ask, tf.Variable(2), tf.square) == "whole"
    assert played(ask, many, lambda x: tf.square(x.numpy())) == "cut"
    assert played(ask, one, lambda x: tf.square(x.numpy()), True) == "cut"
    assert played(ask, many, lambda x: tf.square(one)) == "outside"
    assert played(ask, many, tf.square, False, True) == "reversed"
    assert played(ask, one, tf.square, True, True) == "reversed"
    assert played(ask, many, lambda x: x.numpy()) == "no tensor"
    assert repr(played(ask, one, tf.square)) == "None"


def test_an_error_after_a_none_is_that_none(tf):
    def descend(x):
        for _ in range(2):
            with tf.GradientTape() as tape:
                z = x**2
            x = x.assign_sub(0.1 * tape.gradient(z, x))
        return x

    assert played(lambda: descend(tf.Variable(2.0)), rounds=True) == "later"
    with pytest.raises(TypeError):
        played(lambda: 1 + None)
    assert played(lambda: None) is None


def test_tapes_are_as_they_were(tf):
    before = dict(vars(tf.GradientTape))
    with pytest.raises(ZeroDivisionError):
        played(lambda: 1 / 0)
    assert dict(vars(tf.GradientTape)) == before


def test_recording_leaves_no_hook_behind(tf):
    from tensorflow.python.framework import op_callbacks

    with pytest.raises(ZeroDivisionError):
        record_tape(lambda x: 1 / 0, x=tf.Variable(2.0))
    assert not op_callbacks.should_invoke_op_callbacks()


def test_values_are_in_blue_boxes_slopes_in_pink_ones_and_the_newest_is_yellow(tf):
    shown = draw_tape(of_one(tf, lambda x: 7 * x, tf.Variable(3.0))).axes[0].texts
    numbers = [text for text in shown if text.get_size() == 11 and text.get_text().isdigit()]
    boxes = {text.get_text(): text.get_bbox_patch() for text in numbers}
    edges = {text: box.get_edgecolor() for text, box in boxes.items()}
    blue, pink = to_rgba(palette["model"]), to_rgba(palette["gradient"])
    assert edges == {"3": blue, "21": blue, "1": pink, "7": pink}
    newest = [text for text, box in boxes.items() if box.get_facecolor() == to_rgba(palette["kernel"])]
    assert newest == ["7"]


PLACES, SLOPES = (1.0, 0.2, -0.84), (8.0, 3.2)


def drawn(step, **options):
    return draw_apply(lambda x: 3 * x**2 + 2 * x - 1, PLACES, SLOPES, step, rate=0.1, momentum=0.9, **options)


def moves(figure):
    """Where the arrows go that make up a move, from top to bottom."""
    return [text.xy[0] - text.xyann[0] for text in figure.axes[1].texts]


def test_a_move_is_a_share_of_the_last_one_less_rate_times_gradient():
    carried, pushed, moved = moves(drawn(1))
    assert carried == pytest.approx(0.9 * -0.8)
    assert pushed == pytest.approx(-0.1 * 3.2)
    assert moved == pytest.approx(carried + pushed)


def test_an_arrow_to_the_right_is_blue_and_one_to_the_left_is_orange():
    figure = draw_apply(np.square, (0.0, 1.0, 0.4), (-1.0, 1.5), 1, rate=1.0, momentum=0.9)
    colors = [text.arrow_patch.get_edgecolor() for text in figure.axes[1].texts]
    assert moves(figure) == pytest.approx([0.9, -1.5, -0.6])
    assert colors == [to_rgba(color) for color in (POSITIVE, NEGATIVE, NEGATIVE)]


def test_the_first_move_carries_nothing():
    assert len(moves(drawn(0))) == 2


def test_the_place_after_the_last_step_has_no_next_move():
    figure = drawn(2)
    assert moves(figure) == []
    assert figure.axes[0].get_title() == "after 2 steps: x = −0.84"


def test_a_window_keeps_the_axis_where_it_is():
    assert drawn(0, window=(-2, 1.5)).axes[0].get_xlim() == (-2, 1.5)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda tf, r: record_tape(lambda: None), "at least one source"),
        (lambda tf, r: record_tape(lambda x: (None, x), x=tf.Variable(2.0)), "return tape, z"),
        (lambda tf, r: record_tape(lambda x: 3.0, x=tf.Variable(2.0)), "a tensor"),
        (lambda tf, r: of_one(tf, lambda x: x * 2, tf.Variable([1.0, 2.0])), "single numbers"),
        (lambda tf, r: of_one(tf, lambda x: sum(x + n for n in range(20)), tf.Variable(2.0)), "shorter"),
        (lambda tf, r: draw_tape(r, 8), "steps 0 to 7"),
        (lambda tf, r: drawn(3), "steps 0 to 2"),
        (lambda tf, r: draw_apply(np.square, [1, 2], [3, 4], 0, rate=0.1), "do not fit together"),
        (lambda tf, r: draw_apply(np.square, PLACES, SLOPES, 1, rate=0.1), "moves x by -1.04"),
    ],
)
def test_bad_input_is_told_what_to_do(tf, recording, call, told):
    with pytest.raises(ValueError, match=told):
        call(tf, recording)


def test_a_tape_that_plays_once_is_told_to_persist(tf):
    def run(x):
        with tf.GradientTape() as tape:
            z = x**2
        return tape, z

    with pytest.raises(ValueError, match="persistent=True"):
        record_tape(run, x=tf.Variable(2.0))

"""Recurrent networks drawn: a cell step by step, a sentence read, gradients going back, clipping."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle, Rectangle

from coursebook.rnn.figures import draw_clipping, draw_reach, draw_readings, draw_shapes, draw_unrolled, unroll
from coursekit.figures.style import palette


def layer_of(kernel, recurrent, bias):
    from keras import layers

    layer = layers.SimpleRNN(len(bias))
    layer.build((None, None, len(kernel)))
    layer.set_weights([np.array(weights, dtype="float32") for weights in (kernel, recurrent, bias)])
    return layer


@pytest.fixture(scope="module")
def memory():
    return layer_of([[1.0]], [[0.9]], [0.0])


@pytest.fixture(scope="module")
def echo(memory):
    return unroll(memory, [[1], [0], [0]], loss=lambda last: (last[0] - 0.5) ** 2)


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_each_state_comes_from_the_input_and_the_state_before(echo):
    states = [0.0]
    for x in (1, 0, 0):
        states.append(np.tanh(x + 0.9 * states[-1]))
    np.testing.assert_allclose(echo.states[:, 0], states, rtol=1e-5)


def test_the_last_state_is_what_the_layer_gives():
    rng = np.random.default_rng(0)
    layer = layer_of(rng.normal(size=(2, 3)), rng.normal(size=(3, 3)), rng.normal(size=3))
    sequence = rng.normal(size=(4, 2)).astype("float32")
    np.testing.assert_allclose(unroll(layer, sequence).states[-1], layer(sequence[None])[0], atol=1e-5)


def test_a_gradient_passes_the_slope_of_tanh_and_the_weight_on_its_way_back(echo):
    last = 2 * (echo.states[3, 0] - 0.5)
    before = last * (1 - echo.states[3, 0] ** 2) * 0.9
    np.testing.assert_allclose(echo.gradients[[3, 2], 0], [last, before], rtol=1e-4)


def test_without_a_loss_there_is_no_way_back(memory):
    forward = unroll(memory, [[1], [0], [0]])
    assert forward.gradients is None
    assert forward.frames == 4


def test_every_frame_tells_what_is_new(echo):
    told = [echo.says(frame) for frame in range(echo.frames)]
    assert len(told) == 8
    assert told[1] == "step 1: reads x1 and h0, writes h1 = 0.76"
    assert told[4].startswith("the loss is 1e−04: the gradient −0.021 arrives")
    assert told[-1].endswith("arrives at h0")


def test_no_state_is_drawn_before_its_step(echo):
    assert ["0.6" in texts(draw_unrolled(echo, frame)) for frame in (1, 2)] == [False, True]


def test_no_gradient_is_drawn_before_it_arrives(echo):
    arriving = "−0.021"
    assert [arriving in texts(draw_unrolled(echo, frame)) for frame in (3, 4)] == [False, True]


def test_the_arrow_between_two_gradients_carries_what_leads_from_one_to_the_other(echo):
    assert echo.factor(3) == pytest.approx((1 - echo.states[3, 0] ** 2) * 0.9, rel=1e-4)
    shown = texts(draw_unrolled(echo, 5))
    assert [text for text in shown if text.startswith("×")] == ["× 0.68"]
    assert "loss 1e−04" in shown


def test_with_several_units_no_single_number_leads_back():
    rng = np.random.default_rng(0)
    layer = layer_of(rng.normal(size=(1, 2)), rng.normal(size=(2, 2)), rng.normal(size=2))
    assert unroll(layer, [[1], [0]], loss=lambda last: last[0]).factor(1) is None


def test_a_shape_shows_as_many_inputs_and_outputs_as_it_has():
    steps = {"one to many": (1, 3), "many to one": (3, 1), "first read, then write": (3, 2)}
    figure = draw_shapes(steps)
    for axes, (read, answered) in zip(figure.axes, steps.values(), strict=True):
        heights = [patch.center[1] for patch in axes.patches if isinstance(patch, Circle)]
        assert (heights.count(0), heights.count(2)) == (read, answered)
    assert [sum(isinstance(patch, Rectangle) for patch in axes.patches) for axes in figure.axes] == [3, 3, 5]


def test_states_are_dark_a_second_networks_light_and_only_outputs_are_filled():
    (axes,) = draw_shapes({"first read, then write": (3, 2)}).axes
    squares = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [square.get_facecolor() for square in sorted(squares, key=Rectangle.get_x)] == [
        to_rgba(palette[role]) for role in ("model",) * 3 + ("validation",) * 2
    ]
    for circle in (patch for patch in axes.patches if isinstance(patch, Circle)):
        assert (circle.get_facecolor() == to_rgba("white")) == (circle.center[1] == 0)


def test_all_frames_have_one_size(echo):
    assert len({tuple(draw_unrolled(echo, frame).get_size_inches()) for frame in range(echo.frames)}) == 1


def draw_not_bad(states):
    return draw_readings([["not", "bad"], ["very", "bad"]], states, ["good", "poor"])


def test_two_readings_show_their_states_and_the_word_that_differs():
    first, second, bars = draw_not_bad(np.zeros((2, 2, 3))).axes
    assert first.images[0].get_array().shape == (3, 2)
    assert [axes.get_title(loc="left") for axes in (first, second)] == ['with "not": good', 'with "very": poor']
    assert [label.get_text() for label in bars.get_xticklabels()] == ["not\nvery", "bad"]


def test_a_bar_is_the_distance_of_two_states():
    states = np.zeros((2, 2, 4))
    states[0, 1] = [1, 1, 0, 0]
    bars = draw_not_bad(states).axes[2].patches
    np.testing.assert_allclose([bar.get_height() for bar in bars], [0, 0.5**0.5])


def is_blue(color):
    red, _, blue, *_ = to_rgba(color)
    return blue > red


def test_a_positive_state_is_blue_and_a_negative_one_orange():
    image = draw_not_bad(np.stack([np.ones((2, 3)), -np.ones((2, 3))])).axes[0].images[0]
    assert is_blue(image.to_rgba(1.0))
    assert not is_blue(image.to_rgba(-1.0))


def test_the_linear_cell_is_blue_and_the_tanh_cell_orange():
    linear, tanh = draw_reach({"linear": [1, 2], "tanh": [1, 0.5]}, 2, [0.0]).axes[0].lines[:2]
    assert is_blue(linear.get_color())
    assert not is_blue(tanh.get_color())
    assert linear.get_ydata()[1] > 0 > tanh.get_ydata()[1]


def test_the_powers_of_the_radius_lie_on_the_linear_cells_curve():
    curve = draw_reach({"linear": 1.1 ** np.arange(9)}, 1.1, [0.0]).axes[0]
    solid, dashed = curve.lines[:2]
    np.testing.assert_allclose(solid.get_ydata(), dashed.get_ydata())


def test_the_factor_of_a_step_is_the_radius_where_tanh_is_steep():
    titles = [draw_reach({"tanh": [1, 0.5]}, 2, sums).axes[1].get_title(loc="left") for sums in ([0.0], [9.0])]
    assert titles == ["2 × typical slope 1.00 = 2.00", "2 × typical slope 0.00 = 0.00"]


def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not():
    figure = draw_clipping((4, 3), 2.5)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "gradient: (4, 3)",
        "by value: (2.5, 2.5)",
        "by norm: (2, 1.5)",
    ]


def test_each_arrow_has_the_color_of_its_legend_entry_and_ends_where_it_says():
    axes = draw_clipping((4, 3), 2.5).axes[0]
    arrows = [text for text in axes.texts if text.arrow_patch is not None]
    assert [arrow.xy for arrow in arrows] == [(4, 3), (2.5, 2.5), (2, 1.5)]
    for arrow, line in zip(arrows, axes.get_legend_handles_labels()[0], strict=True):
        assert arrow.arrow_patch.get_edgecolor() == to_rgba(line.get_color())


def test_a_name_near_the_floor_stands_above_its_curve():
    names = draw_reach({"tanh": 0.5 ** np.arange(51)}, 1, [0.0]).axes[0].texts
    assert [name.get_va() for name in names] == ["bottom"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda memory, echo: unroll(object(), [[1]]), "built SimpleRNN"),
        (lambda memory, echo: unroll(memory, [1, 0, 0]), r"\(steps, 1\)"),
        (lambda memory, echo: draw_unrolled(unroll(memory, np.ones((7, 1)))), "at most 6 steps"),
        (lambda memory, echo: draw_unrolled(echo, 8), "frames 0 to 7, not 8"),
        (lambda memory, echo: draw_not_bad(np.zeros((2, 3, 4))), "sentences of 2 and 2 words"),
        (lambda memory, echo: draw_reach({"relu": [1, 2]}, 1, [0.0]), "not 'relu'"),
        (lambda memory, echo: draw_reach({"tanh": [1, 0]}, 1, [0.0]), "above 0"),
        (lambda memory, echo: draw_shapes({"two to two": (2, 2)}), "not 'two to two'"),
        (lambda memory, echo: draw_shapes({"many to one": (3, 2)}), "no 'many to one' reads 3 and answers 2"),
        (lambda memory, echo: draw_clipping((1, 2, 3), 1), "two numbers"),
        (lambda memory, echo: draw_clipping((1, 2), 0), "limit above 0"),
    ],
)
def test_bad_input_is_told_what_to_do(memory, echo, call, told):
    with pytest.raises(ValueError, match=told):
        call(memory, echo)

"""The drawings of sliding windows show what Keras does: where windows stop, what they read, what a stack sees."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import coursekit as ck
from coursebook.sliding_window.figures import draw_receptive_field, draw_smoothing, draw_stops, window_starts
from coursekit.checks.bank import find

whole = st.integers(1, 12)
paddings = st.sampled_from(["valid", "same"])


def words(figure: Figure) -> list[str]:
    axes = figure.axes[0]
    return [text.get_text() for text in axes.texts] + [axes.get_title()]


def colored(figure: Figure, role: str) -> int:
    return sum(to_hex(patch.get_facecolor()).upper() == ck.palette[role] for patch in figure.axes[0].patches)


@settings(max_examples=40)
@given(n=whole, kernel=whole, stride=whole, padding=paddings)
def test_windows_start_where_keras_reads(n, kernel, stride, padding):
    if padding == "valid" and kernel > n:
        assert window_starts(n, kernel, stride, padding) == []
        return
    import keras

    lines = np.eye(n, dtype="float32")[:, :, np.newaxis]
    weights = np.ones((kernel, 1, 1), "float32")
    outputs = np.asarray(keras.ops.conv(lines, weights, strides=stride, padding=padding))[..., 0]
    starts = window_starts(n, kernel, stride, padding)
    drawn = [[float(start <= pixel < start + kernel) for start in starts] for pixel in range(n)]
    np.testing.assert_array_equal(outputs, drawn)


def test_same_padding_puts_the_odd_zero_on_the_right():
    assert window_starts(8, 4, 1, "same")[0] == -1
    assert window_starts(8, 4, 1, "same")[-1] + 4 == 8 + 2


def test_stops_are_drawn_one_bar_each_and_counted_in_the_title():
    figure = draw_stops(7, 3, 2)
    assert colored(figure, "kernel") == 3
    assert "7 pixels, kernel 3, stride 2, valid: 3 stops" in words(figure)[-1]
    assert "every pixel is read" in words(figure)[-1]


def test_pixels_in_a_gap_are_orange_even_under_same():
    figure = draw_stops(7, 2, 3, "same")
    assert colored(figure, "wrong") == 2
    assert "never read: 2, 5" in words(figure)[-1]


def test_padding_is_dashed():
    dashed = [patch for patch in draw_stops(8, 4, 1, "same").axes[0].patches if patch.get_linestyle() == "--"]
    assert sorted(patch.get_x() // 1 for patch in dashed) == [-1, 8, 9]


def test_a_kernel_that_does_not_fit_leaves_every_pixel_orange():
    figure = draw_stops(3, 5)
    assert colored(figure, "wrong") == 3
    assert "0 stops" in words(figure)[-1]


def test_frames_of_one_row_have_one_size():
    sizes = {tuple(draw_stops(7, k, s, p).get_size_inches()) for k in (2, 4) for s in (1, 3) for p in ("valid", "same")}
    assert len(sizes) == 1


@given(layers=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), min_size=1, max_size=3))
def test_the_receptive_field_is_what_the_formula_says(layers):
    sees, jump = 1, 1
    for kernel, stride in layers:
        sees, jump = sees + (kernel - 1) * jump, jump * stride
    figure = draw_receptive_field(layers)
    assert f"image: {sees}" in words(figure)
    assert colored(figure, "data") == sees


def test_each_row_of_the_stack_names_what_the_output_needs_of_it():
    assert words(draw_receptive_field([(3, 1), (3, 1), (3, 1)])) == [
        "layer 3: 1",
        "layer 2: 3",
        "layer 1: 5",
        "image: 7",
        "One output sees 7 pixels",
    ]
    assert colored(draw_receptive_field([(3, 1), (3, 1), (3, 1)]), "model") == 1 + 3 + 5  # blue


def test_stacks_of_up_to_three_layers_have_one_size():
    sizes = {tuple(draw_receptive_field(n * [(3, 1)]).get_size_inches()) for n in (1, 2, 3)}
    assert len(sizes) == 1
    assert draw_receptive_field(4 * [(3, 1)]).get_size_inches()[1] > max(height for _, height in sizes)


def test_the_keyed_answers_are_what_keras_does():
    from keras import layers

    changes = {
        "a": {"pool_size": 4},
        "b": {"strides": 2},
        "c": {"padding": "valid"},
        "d": {"strides": None},
        "e": {"pool_size": 5},
    }
    asked = {"pool_size": 2, "strides": 1, "padding": "same"}
    five = {key for key, new in changes.items() if layers.MaxPool1D(**asked | new)(np.zeros((1, 10, 1))).shape[1] == 5}
    assert find("sliding-window/halve").reference() == five
    labels = {key: choice.label for key, choice in find("sliding-window/halve").choices.items()}
    assert labels == {
        key: f"`{name}={value!r}`".replace("'", '"') for key, new in changes.items() for name, value in new.items()
    }
    assert find("sliding-window/stops").reference() == len(window_starts(7, 3))
    assert words(draw_receptive_field(3 * [(3, 1)]))[-2] == f"image: {find('sliding-window/three-layers').reference()}"


def test_the_windows_of_a_row_end_at_the_pixels_they_read():
    axes = draw_receptive_field([(3, 2), (3, 1)]).axes[0]
    pixels = [patch.get_x() for patch in axes.patches if to_hex(patch.get_facecolor()).upper() == ck.palette["data"]]
    corners = [
        patch.get_xy()[:, 0] for patch in axes.patches if hasattr(patch, "get_xy") and np.ndim(patch.get_xy()) == 2
    ]
    assert min(map(min, corners)) == min(pixels)
    assert max(map(max, corners)) == max(pixels) + 1


def test_the_smooth_line_lies_on_its_own_days():
    figure = draw_smoothing(np.arange(10), np.full(4, 2.5), start=3, title="mean", ylabel="temperature (°C)")
    measured, smooth = figure.axes[0].lines
    np.testing.assert_array_equal(measured.get_ydata(), np.arange(10))
    np.testing.assert_array_equal(smooth.get_xdata(), [3, 4, 5, 6])
    assert (measured.get_label(), smooth.get_label(), figure.axes[0].get_xlabel()) == ("measured", "smoothed", "day")
    assert figure.axes[0].get_ylabel() == "temperature (°C)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: window_starts(7, 0), "kernel is a whole number of pixels from 1 up, not 0"),
        (lambda: window_starts(7, 3, 1.5), "stride is a whole number"),
        (lambda: window_starts(7, 3, 1, "samp"), "not 'samp'"),
        (lambda: draw_stops(41, 3), "up to 40 fit"),
        (lambda: draw_receptive_field([]), r"try \[\(3, 1\), \(3, 2\)\]"),
        (lambda: draw_receptive_field([(3, 0)]), "each from 1 up"),
        (lambda: draw_receptive_field([(3,)]), "list of"),
        (lambda: draw_receptive_field([(3, 2)] * 6), "up to 40 fit"),
        (lambda: draw_smoothing([1, 2, 3], [[1, 2, 3]]), "one number a day"),
        (lambda: draw_smoothing([1, 2, 3], [1, 2, 3], start=1), "no day outside values"),
        (lambda: draw_smoothing([1, np.nan], [1]), "NaN"),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_stays_open_in_pyplot():
    draw_stops(7, 3)
    draw_receptive_field([(3, 1)])
    draw_smoothing([1, 2, 3], [2])
    assert plt.get_fignums() == []

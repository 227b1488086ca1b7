"""`show_extraction` against a plain NumPy oracle, and its answers to bad input."""

from itertools import product
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import coursekit as ck
from coursekit.figures.extraction import draw_extraction

ELEMENTS = st.floats(-10, 10, width=32)


def out_and_pads(n, window, stride, padding):
    """Output length, and zeros before and after, along one axis (TensorFlow's definition)."""
    if padding == "valid":
        return (n - window) // stride + 1, 0, 0
    out = ceil(n / stride)
    total = max((out - 1) * stride + window - n, 0)
    return out, total // 2, total - total // 2


def windows(values, size, stride, padding, fill):
    """Every window of a map, as (output row, output column, window values)."""
    (rows, top, bottom), (columns, left, right) = (
        out_and_pads(n, k, stride, padding) for n, k in zip(values.shape, size, strict=True)
    )
    padded = np.pad(values, ((top, bottom), (left, right)), constant_values=fill)
    for row, column in product(range(rows), range(columns)):
        y, x = row * stride, column * stride
        yield row, column, padded[y : y + size[0], x : x + size[1]]


def sliding(values, size, stride, padding, fill, reduce):
    found = {(row, column): reduce(window) for row, column, window in windows(values, size, stride, padding, fill)}
    rows, columns = (1 + max(index) for index in zip(*found, strict=True))
    return np.array([[found[row, column] for column in range(columns)] for row in range(rows)])


def oracle(image, kernel, conv_stride, conv_padding, pool_size, pool_stride, pool_padding):
    filtered = sliding(image, kernel.shape, conv_stride, conv_padding, 0.0, lambda w: float((w * kernel).sum()))
    detected = np.maximum(filtered, 0)
    condensed = sliding(detected, (pool_size, pool_size), pool_stride, pool_padding, -np.inf, np.max)
    return filtered, detected, condensed


@st.composite
def cases(draw):
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    kernel_shape = draw(st.integers(1, min(rows, 5))), draw(st.integers(1, min(columns, 5)))
    settings = dict(
        conv_stride=draw(st.integers(1, 4)),
        conv_padding=draw(st.sampled_from(("valid", "same"))),
        pool_size=draw(st.integers(1, 4)),
        pool_stride=draw(st.integers(1, 5)),
        pool_padding="same",
    )
    smallest = min(
        out_and_pads(n, k, settings["conv_stride"], settings["conv_padding"])[0]
        for n, k in zip((rows, columns), kernel_shape, strict=True)
    )
    if settings["pool_size"] <= smallest:
        settings["pool_padding"] = draw(st.sampled_from(("valid", "same")))
    image = draw(arrays(np.float64, (rows, columns), elements=ELEMENTS))
    kernel = draw(arrays(np.float64, kernel_shape, elements=ELEMENTS))
    return image, kernel, settings


@settings(deadline=None, max_examples=150)
@given(cases())
def test_every_stage_equals_the_numpy_oracle(case):
    image, kernel, settings = case
    result = ck.extract(image, kernel, **settings)
    for got, expected in zip(
        (result.filtered, result.detected, result.condensed), oracle(image, kernel, **settings), strict=True
    ):
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, atol=1e-5, rtol=1e-5)


CIRCLE = (np.add.outer(np.arange(-6, 6) ** 2, np.arange(-6, 6) ** 2) < 25).astype(int)


def test_the_learners_call_works_as_written(capsys):
    image, kernel = CIRCLE, [[1, -1], [1, -1]]
    result = ck.show_extraction(
        image, kernel, conv_stride=3, pool_size=2, pool_stride=2, subplot_shape=(1, 4), figsize=(14, 6)
    )  # fmt: skip
    assert [stage.shape for stage in (result.input, result.filtered, result.detected, result.condensed)] == [
        (12, 12), (4, 4), (4, 4), (2, 2),
    ]  # fmt: skip
    assert [axes.get_title() for axes in result.figure.axes] == [
        "Input: 12×12", "Filter: 4×4", "Detect: 4×4", "Condense: 2×2",
    ]  # fmt: skip
    assert "Condense 2×2" in capsys.readouterr().out


def test_arrays_tensors_and_lists_of_any_number_type_give_the_same():
    import tensorflow as tf

    kernel = ck.kernels.edge
    expected = ck.extract(CIRCLE.astype(np.float64), kernel).condensed
    for image in (CIRCLE.tolist(), CIRCLE.astype(np.uint8), tf.constant(CIRCLE, tf.float32), CIRCLE[None, :, :, None]):
        np.testing.assert_array_equal(ck.extract(image, kernel.tolist()).condensed, expected)
    np.testing.assert_array_equal(ck.extract(CIRCLE, tf.reshape(kernel, [3, 3, 1, 1])).condensed, expected)


def test_a_matrix_kernel_reads_a_color_picture_in_gray():
    gray = np.random.default_rng(0).random((9, 8))
    color = np.repeat(gray[..., None], 3, axis=2)
    np.testing.assert_allclose(ck.extract(color, ck.kernels.edge).filtered, ck.extract(gray, ck.kernels.edge).filtered)


def test_a_kernel_with_three_channels_reads_the_colors():
    rng = np.random.default_rng(1)
    color, kernel = rng.random((7, 6, 3)), rng.normal(size=(2, 3, 3))
    expected = sum(
        sliding(color[..., c], (2, 3), 1, "valid", 0.0, lambda w, c=c: (w * kernel[..., c]).sum()) for c in range(3)
    )
    result = ck.extract(color, kernel)
    np.testing.assert_allclose(result.filtered, expected, atol=1e-12)
    assert result.input.shape == (7, 6, 3)


def test_another_activation_keeps_negative_values_and_pools_them():
    result = ck.extract(CIRCLE, [[1, -1]], activation=None, pool_padding="same")
    np.testing.assert_array_equal(result.detected, result.filtered)
    # The padding of max pooling counts as minus infinity, never as zero.
    assert ck.extract(-np.ones((3, 3)), [[1]], activation=None).condensed.max() == -1


def test_gamma_changes_the_picture_and_not_the_numbers():
    plain, bright = (ck.show_extraction(CIRCLE + 0.5, ck.kernels.blur, gamma=gamma) for gamma in (1.0, 0.5))
    np.testing.assert_array_equal(plain.condensed, bright.condensed)
    before, after = (
        [np.asarray(axes.images[0].get_array()) for axes in result.figure.axes] for result in (plain, bright)
    )
    for step in (2, 3):
        np.testing.assert_allclose(after[step], np.sqrt(before[step]))
    for step in (0, 1):  # as in Kaggle's show_extraction
        np.testing.assert_array_equal(after[step], before[step])


@pytest.mark.parametrize("name", ["conv_stride", "pool_size", "pool_stride"])
def test_an_equal_pair_is_one_number(name):
    for pair in ((3, 3), [3, 3], np.array([3, 3])):
        one, other = ck.extract(CIRCLE, [[1]], **{name: 3}), ck.extract(CIRCLE, [[1]], **{name: pair})
        np.testing.assert_array_equal(one.condensed, other.condensed)


def test_only_the_named_steps_are_drawn():
    figure = draw_extraction(CIRCLE, ck.kernels.edge, ops=("Input", "Condense"), subplot_shape=(1, 2))
    assert [axes.get_title() for axes in figure.axes] == ["Input: 12×12", "Condense: 5×5"]


def test_no_figure_stays_open_and_the_result_displays_nothing(capsys):
    import matplotlib.pyplot as plt

    result = ck.show_extraction(CIRCLE, ck.kernels.edge)
    capsys.readouterr()
    assert plt.get_fignums() == []
    assert result._ipython_display_() is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (dict(kernel=np.ones((13, 2))), "a 13×2 kernel does not fit into a map of 12×12"),
        (dict(kernel=np.ones((11, 11)), pool_size=3, pool_padding="valid"), "3×3 pooling window does not fit"),
        (dict(image=np.ones((2, 12, 12, 1))), r"image has the shape \(2, 12, 12, 1\)"),
        (dict(image=np.ones(12)), r"\(rows, columns\) for gray"),
        (dict(image=np.ones((4, 4, 4))), r"drop an alpha channel"),
        (dict(image=[[1, 2], [3]]), "rows that all have the same length"),
        (dict(image=[["a", "b"]]), "no rectangle of numbers"),
        (dict(image=np.empty((0, 3))), "image is empty"),
        (dict(image=None), "no rectangle of numbers"),
        (dict(image=np.where(CIRCLE, np.nan, 0)), r"NaN or infinite.*np.nan_to_num\(image\)"),
        (dict(kernel=[[np.inf]]), r"kernel holds 1 value"),
        (dict(kernel=[1, 0, -1]), "np.reshape"),
        (dict(kernel=np.ones((2, 2, 3))), "the kernel has 3 matrices, but the image has 1"),
        (dict(ops=("Input", "Blur")), "'Blur'.*Input, Filter, Detect, Condense"),
        (dict(ops=()), "nothing"),
        (dict(subplot_shape=(1, 3)), r"room for 3 panel.*give \(1, 4\)"),
        (dict(subplot_shape=(0, 4)), "subplot_shape is"),
        (dict(conv_stride=0), "conv_stride is a whole number"),
        (dict(pool_size=1.5), "pool_size is a whole number"),
        (dict(pool_stride="two"), "pool_stride is a whole number"),
        (dict(pool_size=(2, 3)), r"pool_size is \(2, 3\), but .* in both directions; give one number"),
        (dict(conv_stride=(2, 2, 2)), "conv_stride is a whole number"),
        (dict(conv_stride=(0, 0)), "conv_stride is a whole number"),
        (dict(conv_padding="samp"), "conv_padding is 'valid'.*not 'samp'"),
        (dict(pool_padding=0), "pool_padding is 'valid'"),
        (dict(activation="rleu"), "'rleu' is no Keras activation"),
        (dict(gamma=0), "gamma is an exponent above 0"),
    ],
)
def test_bad_input_says_what_why_and_how_to_mend_it(wrong, words):
    with pytest.raises(ValueError, match=words):
        ck.show_extraction(**{"image": CIRCLE, "kernel": np.ones((2, 2)), **wrong})

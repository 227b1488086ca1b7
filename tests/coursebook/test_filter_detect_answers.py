"""The keyed answers of *Filter and detect* are what NumPy and Keras compute."""

import numpy as np
from keras import layers
from scipy.signal import convolve2d, correlate2d

import coursekit as ck
from coursekit.checks import bank

IMAGE = np.array([[0, 1, 0, 0, 0, 0]] * 4 + [[0, 1, 0, 1, 1, 1], [0, 1, 0, 0, 0, 0]])
KERNEL = np.array([[1, -1], [1, -1]])
MAP = correlate2d(IMAGE, KERNEL, "valid")
PHOTO = ck.datasets.photograph("camera", gray=True, size=48)


def key(name):
    return bank.find(f"filter-detect/{name}").reference()


def labels(name):
    return {letter: choice.label for letter, choice in bank.find(f"filter-detect/{name}").choices.items()}


def test_the_map_of_the_small_image():
    assert key("map-shape") == MAP.shape
    assert key("first-row") == MAP[0].tolist()


def test_how_many_windows_read_a_pixel():
    def changed(row, column):
        other = IMAGE.copy()
        other[row, column] += 1000
        return np.count_nonzero(correlate2d(other, KERNEL, "valid") != MAP)

    assert key("readers") == (changed(0, 5), changed(2, 2))


def test_a_kernel_of_sum_zero_on_a_wall():
    assert np.all(correlate2d(np.full((5, 5), 0.5), ck.kernels.edge, "valid") == 0)
    assert labels("on-the-wall")[key("on-the-wall")] == "0 everywhere"


def test_two_filters_without_relu_are_a_larger_one():
    one, other = ck.kernels.bottom_sobel, ck.kernels.emboss
    twice = correlate2d(correlate2d(PHOTO, one, "valid"), other, "valid")
    np.testing.assert_allclose(correlate2d(PHOTO, convolve2d(one, other), "valid"), twice, atol=1e-4)
    assert labels("without-relu")[key("without-relu")] == "yes, one with a larger kernel"


def test_which_kernels_half_a_turn_leaves_alone():
    same = {a for a, name in labels("same-turned").items() if _unturned(getattr(ck.kernels, name))}
    assert key("same-turned") == same


def _unturned(kernel):
    return np.array_equal(kernel, kernel[::-1, ::-1])


def test_the_parameters_on_a_color_picture():
    layer = layers.Conv2D(64, 3)
    layer.build((None, None, None, 3))
    assert key("color-parameters") == layer.count_params()


def test_how_many_of_four_directions_are_independent():
    sobel = ck.kernels.bottom_sobel
    maps = [correlate2d(PHOTO, k, "valid").ravel() for k in (sobel, -sobel, sobel.T, -sobel.T)]
    before, after = (int(np.linalg.matrix_rank(m, tol=0.01)) for m in (maps, np.maximum(maps, 0)))
    assert key("directions") == (before, after)


def test_the_maps_of_a_photograph_leave_one_kernel():
    windows = np.lib.stride_tricks.sliding_window_view(PHOTO, (3, 3)).reshape(-1, 9)
    rows = np.column_stack([windows, np.ones(len(windows))]).astype(float)
    maps = correlate2d(PHOTO, ck.kernels.bottom_sobel, "valid").ravel()
    found = np.linalg.lstsq(rows, maps, rcond=None)[0][:9].reshape(3, 3)
    np.testing.assert_allclose(found, ck.kernels.bottom_sobel, atol=1e-4)
    assert labels("after-training")[key("after-training")] == "nearly the same nine numbers"

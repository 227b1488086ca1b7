"""The drawings of the chapter filter-detect show the right numbers and refuse what makes no sense."""

import sys

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import coursekit as ck
from coursebook.filter_detect.figures import draw_detector, draw_filter_detect, draw_kernel_training, draw_window_step

IMAGE = np.array([[0, 1, 0, 0, 0, 0]] * 4 + [[0, 1, 0, 1, 1, 1], [0, 1, 0, 0, 0, 0]])
KERNEL = np.array([[1, -1], [1, -1]])


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title() == title)


def numbers(figure: Figure, title: str) -> list[float]:
    return [float(text.get_text()) for text in panel(figure, title).texts]


@pytest.mark.parametrize("step, written", [(0, -2), (1, 2), (17, -1), (24, 0)])
def test_the_sum_is_the_number_the_map_gets(step: int, written: float) -> None:
    figure = draw_window_step(IMAGE, KERNEL, step)
    assert numbers(figure, "sum") == [written]
    assert numbers(figure, "Feature map")[-1] == written


def test_the_feature_map_fills_up_number_by_number() -> None:
    for step in (0, 7, 24):
        assert len(numbers(draw_window_step(IMAGE, KERNEL, step), "Feature map")) == step + 1


def test_the_products_are_window_times_kernel() -> None:
    figure = draw_window_step(IMAGE, KERNEL, 17)
    window, kernel, products = (numbers(figure, title) for title in ("Window", "× kernel", "= products"))
    assert window == [0, 0, 0, 1]
    assert kernel == KERNEL.ravel().tolist()
    assert products == [w * k for w, k in zip(window, kernel, strict=True)]


def test_no_product_is_written_as_minus_zero() -> None:
    axes = panel(draw_window_step(IMAGE, KERNEL, 17), "= products")
    assert "-0" not in [text.get_text() for text in axes.texts]


def test_a_kernel_that_is_not_square_slides_too() -> None:
    figure = draw_window_step([[1, 2, 4]], [[-1, 1]], 1)
    assert numbers(figure, "Feature map") == [1, 2]


def test_a_step_past_the_last_stop_is_refused_with_the_number_of_stops() -> None:
    with pytest.raises(ValueError, match="25 stops, 0 to 24; there is no 25"):
        draw_window_step(IMAGE, KERNEL, 25)


def test_a_kernel_larger_than_the_image_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        draw_window_step(KERNEL, IMAGE, 0)


@pytest.mark.parametrize("wrong", [np.zeros((1, 6, 6, 1)), np.zeros(6)])
def test_an_image_that_is_no_matrix_is_refused_with_its_shape(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one matrix") as error:
        draw_window_step(wrong, KERNEL, 0)
    assert str(wrong.shape) in str(error.value)


def test_a_kernel_of_sum_zero_has_a_signed_map_and_one_of_sum_one_a_gray_picture() -> None:
    photo = ck.datasets.photograph("coins", gray=True, size=32)
    for kernel, color_map in ((ck.kernels.edge, "orange_blue"), (ck.kernels.blur, "gray")):
        figure = draw_filter_detect(photo, kernel)
        assert panel(figure, "Filter").images[0].get_cmap().name == color_map


def test_the_detected_panel_holds_no_negative_number() -> None:
    figure = draw_filter_detect(ck.datasets.photograph("coins", gray=True, size=32), ck.kernels.bottom_sobel)
    filtered, detected = (
        np.asarray(panel(figure, title).images[0].get_array()) for title in ("Filter", "Detect (ReLU)")
    )
    assert filtered.min() < 0 <= detected.min()
    np.testing.assert_array_equal(detected, np.maximum(filtered, 0))


def test_a_negative_bias_is_a_threshold() -> None:
    figure = draw_detector([[-1.0, 0.4, 0.6, 2.0]], bias=-0.5)
    detected = np.asarray(figure.axes[1].images[0].get_array())
    np.testing.assert_allclose(detected, [[0, 0, 0.1, 1.5]])
    assert figure.axes[1].get_title() == "detected: 50% of the pixels"


def test_the_scale_of_the_detected_map_does_not_move_with_the_bias() -> None:
    limits = [draw_detector([[-1.0, 2.0]], bias).axes[1].images[0].get_clim() for bias in (0.0, -1.0, 1.0)]
    assert len(set(limits)) == 1


def test_the_training_figure_shows_the_weights_of_the_asked_epoch() -> None:
    kernels = [np.full((2, 2), 0.25), np.full((2, 2), 0.75)]
    figure = draw_kernel_training(kernels, [0.1, 0.01], KERNEL, 2)
    assert numbers(figure, "learned, epoch 2") == [0.75] * 4
    assert numbers(figure, "never shown") == KERNEL.ravel().tolist()


@pytest.mark.parametrize("epoch", [0, 3])
def test_an_epoch_that_was_not_trained_is_refused(epoch: int) -> None:
    with pytest.raises(ValueError, match="epochs 1 to 2"):
        draw_kernel_training([KERNEL, KERNEL], [0.1, 0.01], KERNEL, epoch)


def test_as_many_losses_as_kernels_are_wanted() -> None:
    with pytest.raises(ValueError, match="2 kernels but 1 losses"):
        draw_kernel_training([KERNEL, KERNEL], [0.1], KERNEL, 1)


def test_no_drawing_leaves_a_pyplot_figure_open() -> None:
    draw_window_step(IMAGE, KERNEL, 0)
    draw_detector(IMAGE)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()

"""The drawings of the chapter filter-detect show the right numbers and refuse what makes no sense."""

import sys

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import coursekit as ck
from coursebook.filter_detect import (
    draw_color_filter,
    draw_detector,
    draw_filter_detect,
    draw_kernel_training,
    draw_responses,
    draw_window_step,
)
from coursekit.figures.style import NEGATIVE, palette

IMAGE = np.array([[0, 1, 0, 0, 0, 0]] * 4 + [[0, 1, 0, 1, 1, 1], [0, 1, 0, 0, 0, 0]])
KERNEL = np.array([[1, -1], [1, -1]])


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title().split(":")[0] in (title, title.split(":")[0]))


def numbers(figure: Figure, title: str) -> list[float]:
    return [float(text.get_text()) for text in panel(figure, title).texts]


def matrix(figure: Figure, title: str) -> list[str]:
    """The numbers that stand under a title in the drawing of a step, in the order in which they were written."""
    texts = figure.axes[0].texts
    end = next(place for place, text in enumerate(texts) if text.get_text() == title)
    found: list[str] = []
    for text in reversed(texts[:end]):
        if not text.get_text().lstrip("-").replace(".", "").isdigit():
            break
        found.insert(0, text.get_text())
    return found


@pytest.mark.parametrize("step, written", [(0, "-2"), (1, "2"), (17, "-1"), (24, "0")])
def test_the_sum_is_the_number_the_map_gets(step: int, written: str) -> None:
    figure = draw_window_step(IMAGE, KERNEL, step)
    assert matrix(figure, "sum") == [written]
    assert matrix(figure, "Feature map")[-1] == written


def test_the_feature_map_fills_up_number_by_number() -> None:
    for step in (0, 7, 24):
        assert len(matrix(draw_window_step(IMAGE, KERNEL, step), "Feature map")) == step + 1


def test_the_products_are_window_times_kernel() -> None:
    figure = draw_window_step(IMAGE, KERNEL, 17)
    window, kernel, products = (list(map(int, matrix(figure, t))) for t in ("Window", "× kernel", "= products"))
    assert window == [0, 0, 0, 1]
    assert kernel == KERNEL.ravel().tolist()
    assert products == [w * k for w, k in zip(window, kernel, strict=True)]


def test_no_product_is_written_as_minus_zero() -> None:
    assert "-0" not in matrix(draw_window_step(IMAGE, KERNEL, 17), "= products")


def test_the_marked_window_lies_where_the_number_comes_from() -> None:
    axes = draw_window_step(IMAGE, KERNEL, 17).axes[0]  # the fourth row, third column
    marked = [c.get_paths()[0].get_extents() for c in axes.collections if len(c.get_paths()) == 1]
    (left, top), (right, bottom) = marked[0].min, marked[0].max
    number = axes.texts[3 * 6 + 2]  # of the image, row by row
    assert left < number.get_position()[0] < right
    assert top < number.get_position()[1] < bottom
    assert (right - left, bottom - top) == pytest.approx((2, 2))


def test_a_kernel_that_is_not_square_slides_too() -> None:
    figure = draw_window_step([[1, 2, 4]], [[-1, 1]], 1)
    assert matrix(figure, "Feature map") == ["1", "2"]


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
    signed = panel(draw_filter_detect(photo, ck.kernels.edge), "Filter").images[0]
    assert signed.get_cmap().name == "orange_blue"
    gray = np.asarray(panel(draw_filter_detect(photo, ck.kernels.blur), "Filter").images[0].get_array())
    np.testing.assert_array_equal(gray[..., 0], gray[..., 2])


def test_pixels_below_zero_of_a_kernel_of_sum_one_are_orange_until_relu() -> None:
    photo = ck.datasets.photograph("coins", gray=True, size=32)
    negative = ck.extract(photo, ck.kernels.emboss).filtered < -1e-6
    figure = draw_filter_detect(photo, ck.kernels.emboss)
    filtered, detected = (np.asarray(panel(figure, t).images[0].get_array()) for t in ("Filter", "Detect (ReLU)"))
    orange = np.isclose(filtered, to_rgb(NEGATIVE)).all(axis=2)
    np.testing.assert_array_equal(orange, negative)
    assert np.all(detected[negative] == 0)


def test_maps_that_are_compared_have_one_scale_with_zero_in_the_middle() -> None:
    figure = draw_responses([[[-1.0, 0.5]], [[0.0, 4.0]]], ["one", "other"], what="weight")
    assert {panel(figure, title).images[0].get_clim() for title in ("one", "other")} == {(-4, 4)}
    assert figure.axes[-1].get_ylabel() == "weight"


def test_each_channel_is_drawn_in_its_own_color_and_the_sum_in_the_colors_of_signs() -> None:
    picture = np.full((5, 5, 3), 0.5)
    weights = np.ones((3, 3, 3)) / 9 * [1, -0.5, -0.5]
    figure = draw_color_filter(picture, weights)
    for channel, title in enumerate(("red × 1", "green × −0.5", "blue × −0.5")):
        drawn = np.asarray(panel(figure, title).images[0].get_array())
        assert np.flatnonzero(drawn[0, 0]).tolist() == [channel]
    total = panel(figure, "sum: one map").images[0]
    np.testing.assert_allclose(np.asarray(total.get_array()), 0, atol=1e-7)
    assert total.get_cmap().name == "orange_blue"


def test_a_gray_picture_has_no_colors_to_filter() -> None:
    with pytest.raises(ValueError, match=r"not \(5, 5\)"):
        draw_color_filter(np.zeros((5, 5)), np.zeros((3, 3, 3)))


def test_a_number_of_exactly_the_threshold_stands_on_the_gray_side_of_the_line() -> None:
    axes = draw_detector([[-1.0, 0.0, 0.5, 2.0]], bias=0.0).axes[0]
    kept = [
        bar for bar in axes.patches if bar.get_height() > 0 and to_rgb(bar.get_facecolor()) == to_rgb(palette["model"])
    ]
    removed = [bar for bar in axes.patches if bar.get_height() > 0 and bar not in kept]
    assert len(kept) == len(removed) == 2
    assert max(bar.get_x() + bar.get_width() for bar in removed) < 1e-4


def test_the_detected_panel_holds_no_negative_number() -> None:
    figure = draw_filter_detect(ck.datasets.photograph("coins", gray=True, size=32), ck.kernels.bottom_sobel)
    filtered, detected = (
        np.asarray(panel(figure, title).images[0].get_array()) for title in ("Filter", "Detect (ReLU)")
    )
    assert filtered.min() < 0 <= detected.min()
    np.testing.assert_array_equal(detected, np.maximum(filtered, 0))


def test_the_histogram_counts_every_number_on_its_side_of_the_line() -> None:
    values = np.append(np.linspace(-1, 1, 400), [-7.0, 9.0]).reshape(6, 67)
    axes = draw_detector(values, bias=-0.5).axes[0]
    colors = {to_rgb(palette["model"]): values > 0.5, to_rgb("#BBBBBB"): values <= 0.5}
    for color, counted in colors.items():
        bars = [bar for bar in axes.patches if to_rgb(bar.get_facecolor()) == color]
        assert sum(bar.get_height() for bar in bars) == counted.sum()
    assert axes.lines[0].get_xdata()[0] == 0.5
    assert axes.get_title() == "ReLU(value − 0.5): gray is removed"


def test_an_arrow_at_the_color_bar_says_that_numbers_lie_beyond_it() -> None:
    many = np.append(np.zeros(999), 5.0).reshape(20, 50) + 0.01
    for values, ends in ((many, "max"), (-many, "min"), ([[1.0, -2.0]], "neither")):
        bar = draw_responses([values], ["one"]).axes[0].images[0].colorbar
        assert bar is not None
        assert bar.extend == ends


def test_each_response_stands_under_its_own_title() -> None:
    figure = draw_responses([[[1.0, 2.0]], [[3.0, 4.0]]], ["one", "other"])
    for title, values in (("one", [[1, 2]]), ("other", [[3, 4]])):
        np.testing.assert_array_equal(panel(figure, title).images[0].get_array(), values)


def test_the_picture_and_the_kernel_stand_under_their_titles() -> None:
    photo = ck.datasets.photograph("coins", gray=True, size=32)
    figure = draw_filter_detect(photo, ck.kernels.bottom_sobel)
    np.testing.assert_array_equal(panel(figure, "Input").images[0].get_array(), photo)
    assert numbers(figure, "Kernel, sum 0") == ck.kernels.bottom_sobel.ravel().tolist()


def test_the_loss_is_drawn_up_to_the_asked_epoch() -> None:
    curve = draw_kernel_training([KERNEL] * 3, [0.4, 0.2, 0.1], KERNEL, 2).axes[2]
    assert [line.get_ydata().tolist() for line in curve.lines[:2]] == [[0.4, 0.2, 0.1], [0.4, 0.2]]
    assert curve.get_title() == "loss 0.2"


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
    assert numbers(figure, "the hidden kernel") == KERNEL.ravel().tolist()


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

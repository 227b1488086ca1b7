"""Generators drawn: the plan, stamps, the logit that a generator climbs, samples over the epochs, and verdicts."""

import numpy as np
import pytest
from keras import layers
from matplotlib.colors import to_rgb

from coursebook.gan_images.figures import (
    best_logits,
    draw_best_logits,
    draw_players,
    draw_samples,
    draw_stamps,
    draw_verdicts,
    stamp_counts,
)
from coursekit.figures.style import palette


def test_the_plan_names_its_parts_and_holds_the_pictures_it_was_given():
    noise, made, real = np.linspace(-2, 2, 5), np.full((4, 4, 1), 0.5), np.full((4, 4), -0.5)
    axes = draw_players(noise, made, real).axes[0]
    drawn = [np.asarray(image.get_array()) for image in axes.images]
    np.testing.assert_array_equal(drawn[0].ravel(), noise)
    assert [float(picture.mean()) for picture in drawn[1:]] == [0.5, -0.5]
    texts = {text.get_text(): text.get_position() for text in axes.texts}
    assert {"noise,\n5 numbers", "generator", "discriminator", "made", "real"} <= set(texts)
    for name, picture in zip(("made", "real"), axes.images[1:], strict=True):
        left, right, bottom, _ = picture.get_extent()
        assert left < texts[name][0] < right and bottom - 0.2 < texts[name][1] < bottom  # each name under its picture
    assert texts["generator"][0] < texts["made"][0] < texts["discriminator"][0] < texts["real?\none logit"][0]


def test_nothing_leads_from_the_real_picture_to_the_generator():
    axes = draw_players(np.zeros(3), np.zeros((4, 4)), np.zeros((4, 4))).axes[0]
    generator = next(text.get_position()[0] for text in axes.texts if text.get_text() == "generator")
    _, right, bottom, top = axes.images[2].get_extent()
    arrows = [(text.xyann, text.xy) for text in axes.texts if text.get_text() == ""]
    from_real = [end for start, end in arrows if start[0] >= right and bottom <= start[1] <= top]
    assert len(from_real) == 1
    assert from_real[0][0] > generator


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (4, 2), (5, 3), (2, 3)])
def test_stamps_fall_where_keras_writes(kernel, stride):
    layer = layers.Conv1DTranspose(1, kernel, strides=stride, kernel_initializer="ones")
    written = np.asarray(layer(np.ones((1, 6, 1), "float32"))).ravel()
    np.testing.assert_array_equal(stamp_counts(kernel, stride), written[: 5 * stride + kernel])
    assert not written[5 * stride + kernel :].any()


@pytest.mark.parametrize(
    ("kernel", "stride", "says"),
    [
        (3, 2, "uneven"),
        (4, 2, "each inner pixel 2×"),
        (2, 2, "each pixel 1×"),
        (2, 3, "gaps"),
        (3, 1, "inner pixel 3×"),
    ],
)
def test_a_cover_is_even_if_the_stride_divides_the_kernel(kernel, stride, says):
    assert says in draw_stamps(kernel, stride).get_suptitle()


def test_the_numbers_over_the_stamps_count_them():
    line = draw_stamps(3, 2).axes[0]
    assert [text.get_text() for text in line.texts] == [str(count) for count in stamp_counts(3, 2)]
    assert len(line.patches) == 6
    assert [patch.get_x() for patch in line.patches] == [0, 2, 4, 6, 8, 10]
    assert (line.get_xlabel(), line.get_ylabel()) == ("pixel written", "pixel read")


def test_the_plane_shows_the_counts_of_both_directions():
    line, plane = draw_stamps(3, 2).axes[:2]
    counts = stamp_counts(3, 2)
    np.testing.assert_array_equal(plane.images[0].get_array(), np.outer(counts, counts))
    assert (line.get_title(), plane.get_title()) == (
        "how often each pixel of a line is written",
        "in two directions: times written",
    )


def test_stamps_count_from_one():
    with pytest.raises(ValueError, match="count from 1, not 3, 0, 6"):
        draw_stamps(3, 0)


def cross_entropy(logit, target):
    return np.logaddexp(0, logit) - target * logit


@pytest.mark.parametrize(
    ("smoothing", "real", "fake"), [("none", 1, 0), ("one-sided", 0.9, 0), ("two-sided", 0.9, 0.1)]
)
def test_no_other_logit_has_a_smaller_loss(smoothing, real, fake):
    x, distance = 1.3, 2.0
    p, q = np.exp(-(x**2) / 2), np.exp(-((x - distance) ** 2) / 2)
    logits = np.linspace(-5, 5, 10_001)
    loss = p * cross_entropy(logits, real) + q * cross_entropy(logits, fake)
    assert logits[np.argmin(loss)] == pytest.approx(best_logits(x, smoothing, distance), abs=1e-3)


def test_two_sided_smoothing_leaves_nothing_to_climb_far_away():
    slopes = {}
    for smoothing in ("none", "one-sided", "two-sided"):
        near, far = best_logits([3.9, 4.1], smoothing, 4)
        slopes[smoothing] = (far - near) / 0.2
    assert slopes["none"] == pytest.approx(-4)
    assert slopes["one-sided"] == pytest.approx(-4, abs=0.05)
    assert abs(slopes["two-sided"]) < 0.05


def test_the_slope_is_written_where_the_made_data_is():
    bells, axes = draw_best_logits("none", 3).axes
    assert [text.get_text() for text in axes.texts] == ["slope −3.00"]
    assert [text.get_text() for text in bells.texts] == ["real", "made"]
    assert [text.get_position()[0] for text in bells.texts] == [0, 3]
    assert [text.get_color() for text in bells.texts] == [palette["truth"], palette["model"]]
    curve = axes.lines[1]
    np.testing.assert_allclose(curve.get_ydata(), best_logits(curve.get_xdata(), "none", 3))
    assert axes.get_ylabel() == "logit of the best one"


@pytest.mark.parametrize("smoothing", ["none", "one-sided", "two-sided"])
def test_the_title_names_the_smoothing(smoothing):
    highest = best_logits(-3, smoothing, 4)  # the left edge of the picture
    assert draw_best_logits(smoothing, 4).get_suptitle() == f"smoothing: {smoothing}, highest logit here {highest:.1f}"


@pytest.mark.parametrize(
    ("arguments", "says"), [(("both", 2), "not 'both'"), (("one-sided", 2, 0.4), "above 0.5 and below 1, not 0.4")]
)
def test_a_smoothing_that_is_none_says_why(arguments, says):
    with pytest.raises(ValueError, match=says):
        draw_best_logits(*arguments)


def test_a_sheet_holds_its_pictures_row_by_row():
    pictures = np.zeros((7, 4, 4, 1))
    pictures[5] = 1
    sheet = draw_samples([pictures], [3], [0.5], 0, columns=3).axes[0].images[0].get_array()
    assert sheet.shape == (10, 15)  # two rows of three; the seventh fills no row
    assert sheet[5:9, 10:14].min() == 1
    assert np.sum(sheet) == 16


def test_heads_stand_above_their_columns():
    left = draw_samples([np.zeros((4, 4, 4))], [0], [0.0], 0, columns=2, heads=("a", "b")).axes[0]
    assert [text.get_text() for text in left.texts] == ["a", "b"]
    assert [int(text.get_position()[0] // 5) for text in left.texts] == [0, 1]
    assert all(text.get_position()[1] < 0 for text in left.texts)


def test_the_share_is_marked_at_its_epoch():
    sheets = [np.zeros((2, 4, 4))] * 3
    _, right = draw_samples(sheets, [0, 5, 9], [0, 0.25, 1], 1, columns=2, share_name="obeyed").axes
    assert right.get_title(loc="left") == "epoch 5: 25% obeyed"
    assert [line.get_xdata().tolist() if hasattr(line.get_xdata(), "tolist") else list(line.get_xdata())
            for line in right.lines][1:] == [[0, 5], [5]]  # fmt: skip
    assert [list(np.ravel(line.get_ydata())) for line in right.lines] == [[0, 0.25, 1], [0, 0.25], [0.25]]


@pytest.mark.parametrize(
    ("sheets", "now", "columns", "says"),
    [
        ([np.zeros((2, 4, 4))], 0, 2, "1 sheets, 2 epochs"),
        ([np.zeros((2, 4, 4))] * 2, 2, 2, "from 0 to 1, not 2"),
        ([np.zeros((2, 4, 4))] * 2, 0, 3, "a row holds 3"),
    ],
)
def test_samples_that_cannot_be_drawn_say_why(sheets, now, columns, says):
    with pytest.raises(ValueError, match=says):
        draw_samples(sheets, [0, 1], [0.0, 1.0], now, columns=columns)


def test_verdicts_mark_the_cells_where_a_measure_objects():
    axes = draw_verdicts({"real": [0.9, 0.5], "made": [0.8, 1.0]}, ["known", "told"], [[0, 0], [0, 1]]).axes[0]
    cells = [text.get_text() for text in axes.texts if "%" in text.get_text()]
    assert cells == ["90%", "50%", "80%", "100% objects"]
    marked = [patch.get_facecolor()[:3] == to_rgb(palette["wrong"]) for patch in axes.patches]
    assert marked == [False, False, False, True]


def test_verdicts_of_another_shape_say_why():
    with pytest.raises(ValueError, match=r"shares of shape \(1, 2\) and objections of shape \(1, 1\)"):
        draw_verdicts({"real": [0.9, 0.5]}, ["known", "told"], [[0]])

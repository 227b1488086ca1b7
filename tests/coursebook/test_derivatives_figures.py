"""Measured slopes drawn: which lines, errors and arrows the figures hold, and what bad input is told."""

import numpy as np
import pytest

from coursebook.derivatives.figures import difference, draw_playback, draw_secant, draw_step_size, step_errors

# g = (x + 5) · (y · y) at x = −1, y = 3
RECORD = [
    ("x", -1, []),
    ("5", 5, []),
    ("a", 4, [(0, 1), (1, 1)]),
    ("y", 3, []),
    ("b", 9, [(3, 3), (3, 3)]),
    ("g", 36, [(2, 9), (4, 4)]),
]


def cube(x):
    return x * x * x


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def lines(axes):
    return [np.column_stack(line.get_data()) for line in axes.lines]


def test_a_forward_difference_of_a_cube_is_off_by_3xh_and_h_squared():
    assert difference(cube, 2.0, 0.5, "forward") - 12 == pytest.approx(3 * 2 * 0.5 + 0.5**2)


def test_a_central_difference_of_a_cube_is_off_by_h_squared():
    assert difference(cube, 2.0, 0.5) - 12 == pytest.approx(0.5**2)


def test_a_difference_keeps_the_kind_of_number():
    assert difference(cube, np.float32(2), np.float32(0.5)).dtype == np.float32


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="the method is 'sideways'; choose one of: forward, central"):
        difference(cube, 2.0, 0.5, "sideways")


def test_the_secant_goes_through_the_two_measured_places():
    for method, places in (("forward", [2, 2.5]), ("central", [1.5, 2.5])):
        _, secant, marks, _, _ = lines(draw_secant(cube, 2.0, 12.0, 0.5, method).axes[0])
        np.testing.assert_allclose(marks, [(place, place**3) for place in places])
        np.testing.assert_allclose(np.interp(places, *secant.T), np.power(places, 3))


def test_the_secant_says_how_far_it_is_off():
    assert draw_secant(cube, 2.0, 12.0, 0.5).axes[0].get_title() == "central difference, h = 0.5: off by 0.25"


def test_the_axes_of_a_secant_stay_from_step_to_step():
    first, last = (draw_secant(cube, 2.0, 12.0, h).axes[0] for h in (1, 0.1))
    assert (first.get_xlim(), first.get_ylim()) == (last.get_xlim(), last.get_ylim())


def test_a_step_out_of_the_picture_is_refused():
    with pytest.raises(ValueError, match="h is 2, but the picture shows steps above 0 and up to 1"):
        draw_secant(cube, 2.0, 12.0, 2)


def test_long_steps_meet_the_bend_and_short_ones_the_rounding():
    long, best, short = step_errors(cube, np.float32(1.7), 8.67, np.array([1, 5e-3, 1e-6], np.float32), "central")
    assert best < 1e-4 < 1e-2 < min(long, short)


def test_longer_numbers_have_smaller_errors_at_shorter_steps():
    steps = 10.0 ** -np.arange(0, 13)
    smallest = {}
    for kind in (np.float32, np.float64):
        errors = step_errors(cube, kind(1.7), 3 * float(kind(1.7)) ** 2, steps.astype(kind), "central")
        smallest[kind] = (errors.min(), steps[np.argmin(errors)])
    assert smallest[np.float64] < smallest[np.float32]
    assert smallest[np.float64][1] < smallest[np.float32][1]


def test_a_step_that_is_no_number_any_more_has_no_error():
    assert np.isnan(step_errors(cube, np.float16(1.7), 8.67, np.array([0], np.float16), "central")).all()


def test_the_microscope_shows_stairs_only_where_numbers_run_out():
    def heights(h, dtype):
        return len(np.unique(lines(draw_step_size(cube, lambda x: 3 * x * x, 1.7, h, dtype).axes[0])[1][:, 1]))

    assert heights(1e-7, "float32") < 6 < 700 < heights(1e-2, "float32")
    assert heights(1e-7, "float64") > 700


def test_the_marked_error_is_that_of_the_step_on_the_left():
    near, errors = draw_step_size(cube, lambda x: 3 * x * x, 1.7, 0.5, "float64").axes
    assert near.get_title() == "float64, h = 5e-1"
    np.testing.assert_allclose(lines(errors)[-1], [(0.5, 0.25 / 8.67)])


@pytest.mark.parametrize(
    ("dtype", "h", "message"), [("int8", 0.1, "kind of number is 'int8'"), ("float32", 0, "h = 0")]
)
def test_the_microscope_says_what_it_cannot_show(dtype, h, message):
    with pytest.raises(ValueError, match=message):
        draw_step_size(cube, lambda x: 3 * x * x, 1.7, h, dtype)


def test_playback_begins_with_the_inputs_alone():
    assert texts(draw_playback(RECORD, 0)) == ["x = −1", "5", "a", "y = 3", "b", "g"]


def test_forward_shows_one_more_value_and_its_local_slopes():
    shown = texts(draw_playback(RECORD, 2))
    assert "b = 9" in shown
    assert "g" in shown
    assert shown.count("×3") == 2  # y went in twice: two arrows


def test_backward_begins_with_1_and_adds_what_arrives_on_two_paths():
    assert "1" not in texts(draw_playback(RECORD, 3))
    assert "1" in texts(draw_playback(RECORD, 4))
    assert "24" not in texts(draw_playback(RECORD, 5))
    assert "24" in texts(draw_playback(RECORD, 6))  # 4 · 3 and 4 · 3


def test_arrows_end_at_the_edges_of_boxes():
    figure = draw_playback(RECORD, 7)
    figure.canvas.draw()
    boxes = [text.get_bbox_patch() for text in figure.axes[0].texts]
    arrows = [text.arrow_patch for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == sum(len(sources) for _, _, sources in RECORD)
    assert all(arrow.patchA in boxes and arrow.patchB in boxes for arrow in arrows)


def test_the_true_slope_is_drawn_above_the_curve_that_may_cover_it():
    truth, curve = draw_step_size(cube, lambda x: 3 * x * x, 1.7, 0.01, "float64").axes[0].lines[:2]
    assert truth.get_zorder() > curve.get_zorder()


def test_each_line_has_the_color_of_its_name_and_the_tangent_is_dashed():
    near, errors = draw_step_size(cube, lambda x: 3 * x * x, 1.7, 0.01, "float64").axes
    for line, name in zip(errors.lines, errors.texts, strict=False):
        expected = step_errors(cube, np.float64(1.7), 3 * 1.7 * 1.7, line.get_xdata(), name.get_text())
        np.testing.assert_array_equal(line.get_ydata(), expected)
        assert line.get_color() == name.get_color()
    secant = draw_secant(cube, 2.0, 12.0, 0.5).axes[0]
    for axes, true in ((near, 1), (secant, 12)):
        (tangent,) = (line for line in axes.lines if line.get_linestyle() == "--")
        (left, low), (right, high) = tangent.get_xydata()[[0, -1]]
        assert (high - low) / (right - left) == pytest.approx(true)
        assert tangent.get_color() == axes.texts[0].get_color()


def test_the_last_stage_holds_every_slope():
    shown = texts(draw_playback(RECORD, 7))
    assert [text for text in shown if text.isdigit()] == ["9", "5", "9", "9", "24", "4", "1"]


def test_playback_refuses_a_stage_beyond_the_last():
    with pytest.raises(ValueError, match="stage is 8, but this record has the stages 0 to 7"):
        draw_playback(RECORD, 8)


def test_playback_refuses_a_source_from_the_future():
    with pytest.raises(ValueError, match="its sources come before it"):
        draw_playback([("x", 1, []), ("y", 2, [(2, 1)]), ("z", 3, [])], 0)

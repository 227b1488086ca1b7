"""What is drawn of activations: tangents, units that are on or off, starts, outputs and classes."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import coursekit as ck
from coursebook.activations import draw_classes, draw_microscope, draw_outputs, draw_starts, draw_switches
from coursebook.activations.figures import CLASS_STATES
from coursekit.figures.style import NEGATIVE, POSITIVE

PAIRS = {"square": (lambda z: z**2 / 4, lambda z: z / 2), "step": (lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like)}


def test_each_panel_touches_its_curve_with_the_slope_of_its_title():
    square, step, *empty = draw_microscope(PAIRS, 2.0).axes
    assert [axes.get_title() for axes in (square, step)] == ["square: 1.000", "step: 0.000"]
    (left, right), (low, high) = square.lines[3].get_data()
    assert np.isclose((high - low) / (right - left), 1)
    assert to_hex(square.lines[3].get_color()) == ck.palette["gradient"].lower()
    assert (square.lines[4].get_xdata()[0], square.lines[4].get_ydata()[0]) == (2, 1)
    assert not any(axes.axison for axes in empty)


def test_a_jump_is_not_drawn_as_a_line():
    heights = draw_microscope(PAIRS, 0.0).axes[1].lines[2].get_ydata()
    assert np.isnan(heights).sum() == 1


def test_dead_units_are_marked_and_no_others():
    sums = np.array([[1, 0, -1], [-1, -2, 3]])
    (axes,) = draw_switches({"rate 1": sums}).axes
    assert axes.get_title() == "rate 1"
    assert np.array_equal(axes.images[0].get_array(), sums > 0)
    assert axes.lines[0].get_xdata().tolist() == [1]
    assert axes.get_xlabel() == "3 units; × is dead"


def test_bars_end_at_the_median_and_every_start_is_a_dot():
    (axes,) = draw_starts({"a": [0.1, 0.2, 0.9], "b": [0.5]}, xlabel="share", floor=0.12, title="five").axes
    assert [bar.get_width() for bar in axes.patches] == [0.2, 0.5]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert axes.lines[0].get_xdata().tolist() == [0.1, 0.2, 0.9]
    assert axes.lines[-1].get_xdata() == [0.12, 0.12]
    assert (axes.get_xlabel(), axes.get_title()) == ("share", "five")
    assert axes.yaxis_inverted()


def test_outputs_carry_their_sign_and_their_sum():
    figure = draw_outputs({"none": [2, -1], "tanh": [0.5, 0.25]})
    none, tanh = figure.axes
    assert [to_hex(bar.get_facecolor()) for bar in none.patches] == [POSITIVE.lower(), NEGATIVE.lower()]
    assert [axes.get_title() for axes in (none, tanh)] == ["none\nsum 1.00", "tanh\nsum 0.75"]
    assert none.get_ylim() == tanh.get_ylim()


def test_the_legend_counts_the_classes():
    (axes,) = draw_classes(np.repeat([0, 1, 2], [50, 30, 20]), title="update 3").axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        f"{name}: {count}" for name, count in zip(CLASS_STATES, (50, 30, 20), strict=True)
    ]
    assert axes.get_title() == "update 3"
    assert axes.collections[0].get_offsets()[11].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: draw_microscope(PAIRS, 9.0), "z is 9, but the picture runs from -4 to 4"),
        (lambda: draw_switches({"a": np.zeros(3)}), r"'a' have the shape \(3,\)"),
        (lambda: draw_starts({}, xlabel="share"), "nobody to compare"),
        (lambda: draw_outputs({"a": [1], "b": [1, 2]}), "different numbers of units"),
        (lambda: draw_classes(np.zeros(99)), r"not an array of the shape \(99,\)"),
        (lambda: draw_classes(np.full(100, 3)), "each 0, 1 or 2"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()

"""Names and objects are drawn as Python holds them: one box for each object, one arrow for each name."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from coursebook.tensors import describe_names, draw_names

SHARED = ["weight = tf.Variable(1.0)", "other = weight", "weight.assign_add(1.0)", "weight = weight + 10"]
CONSTANT = ["x = tf.constant(1.0)", "x = x + 1"]


def boxes(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.axes[0].texts if t.get_text().startswith(("Variable ", "tensor ", "array "))]


def ends(figure: Figure) -> list[float]:
    """The heights of the boxes that the names' arrows reach."""
    return [float(text.xy[1]) for text in figure.axes[0].texts if hasattr(text, "xy")]


def test_nothing_is_drawn_before_the_first_line():
    assert boxes(draw_names(SHARED, 0)) == ends(draw_names(SHARED, 0)) == []


def test_two_names_of_one_object_share_a_box():
    figure = draw_names(SHARED, 2)
    assert boxes(figure) == ["Variable 1.0"]
    assert len(ends(figure)) == 2
    assert len(set(ends(figure))) == 1


def test_a_change_in_place_is_seen_through_both_names():
    figure = draw_names(SHARED, 3)
    assert boxes(figure) == ["Variable 2.0"]
    assert len(set(ends(figure))) == 1


def test_arithmetic_makes_a_new_object_and_leaves_the_old_one():
    figure = draw_names(SHARED, 4)
    assert boxes(figure) == ["Variable 2.0", "tensor 12.0"]
    weight, other = ends(figure)
    assert weight > other


def test_an_object_without_a_name_turns_pale():
    figure = draw_names(CONSTANT, 2)
    pale, named = (t.get_color() for t in figure.axes[0].texts if t.get_text() in boxes(figure))
    assert named == "black" != pale


def test_the_description_says_which_names_each_object_has():
    assert describe_names(SHARED, 3) == "Line 3 of 4, weight.assign_add(1.0). weight and other: Variable 2.0."
    assert describe_names(CONSTANT, 2).endswith("no name: tensor 1.0; x: tensor 2.0.")
    assert describe_names(CONSTANT, 0) == "No line has run."


def test_arrays_are_objects_too():
    assert boxes(draw_names(["a = np.zeros(2)", "b = a", "b[0] = 7"], 3)) == ["array [7.0, 0.0]"]


def test_the_last_line_that_ran_is_bold():
    bold = [t.get_text() for t in draw_names(SHARED, 3).axes[0].texts if t.get_weight() == "bold"]
    assert bold == ["weight.assign_add(1.0)", "weight", "other"]


@pytest.mark.parametrize(
    ("code", "after", "message"),
    [
        ([], 0, "give 1 to 5 lines"),
        (["x = 1"] * 6, 0, "give 1 to 5 lines"),
        (CONSTANT, 3, "after=3 cannot be drawn"),
        ([f"{name} = tf.constant(1)" for name in "abcd"], 4, "4 objects with 4 names, but up to 3"),
    ],
)
def test_bad_input_is_explained(code, after, message):
    with pytest.raises(ValueError, match=message):
        draw_names(code, after)


def test_errors_of_the_code_come_through():
    with pytest.raises(RuntimeError, match="assign_add"):
        draw_names(["v = tf.Variable(1.0)", "v += 1"], 2)


def test_nothing_stays_open_in_pyplot():
    draw_names(CONSTANT, 1)
    assert plt.get_fignums() == []

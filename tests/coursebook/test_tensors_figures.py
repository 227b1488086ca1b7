"""The boxes of broadcasting show what TensorFlow does with two shapes, and why it refuses to."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import coursekit as ck
from coursebook.tensors.figures import describe_broadcast, draw_broadcast

shapes = st.lists(st.sampled_from([1, 2, 3, 4]), max_size=3).map(tuple)
matrices = st.lists(st.sampled_from([1, 2, 3]), min_size=2, max_size=3).map(tuple)
BLOCK_TOP = -1.1  # above it stand the lines with the shapes


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def boxes(figure: Figure, color: str) -> int:
    """Filled cells of one color in the blocks."""
    patches = [patch for patch in figure.axes[0].patches if patch.get_y() >= BLOCK_TOP]
    return sum(to_hex(patch.get_facecolor()) == color.lower() for patch in patches)


def result(left: tuple[int, ...], right: tuple[int, ...], operation: str) -> np.ndarray | None:
    """What TensorFlow makes of the tensors in the drawing, or None if it refuses."""
    import tensorflow as tf

    a = np.arange(np.prod(left, dtype=int)).reshape(left) * (10 if operation == "+" else 1)
    b = np.arange(np.prod(right, dtype=int)).reshape(right)
    try:
        return (tf.add(a, b) if operation == "+" else tf.matmul(a, b)).numpy()
    except (tf.errors.InvalidArgumentError, ValueError):
        return None


def check(left: tuple[int, ...], right: tuple[int, ...], operation: str) -> None:
    figure, expected = draw_broadcast(left, right, operation), result(left, right, operation)
    if expected is None:
        assert f"left {operation} right" not in words(figure)
        assert any(" meet" in word for word in words(figure))
        assert boxes(figure, ck.palette["validation"]) == 0
    else:
        assert str(expected.shape) in words(figure)
        assert boxes(figure, ck.palette["validation"]) == expected.size
        front = expected.reshape((-1, *expected.shape[-2:]))[0] if expected.ndim == 3 else expected
        assert {str(number) for number in front.ravel()} <= set(words(figure))
    assert boxes(figure, "#CFCFCF") == np.prod(left)
    assert boxes(figure, ck.palette["kernel"]) == np.prod(right)


@settings(max_examples=40, deadline=None)
@given(left=shapes, right=shapes)
def test_sums_are_stretched_or_refused_as_tensorflow_does(left, right):
    check(left, right, "+")


@settings(max_examples=40, deadline=None)
@given(left=matrices, right=matrices)
def test_products_are_stretched_or_refused_as_tensorflow_does(left, right):
    check(left, right, "@")


def test_copies_are_dashed():
    figure = draw_broadcast((4, 1), (3,))
    dashed = [p for p in figure.axes[0].patches if p.get_linestyle() == "--" and p.get_y() >= BLOCK_TOP]
    assert len(dashed) == (12 - 4) + (12 - 3)


def test_stretched_axes_say_from_what_to_what():
    assert {"1→3", "1→4"} <= set(words(draw_broadcast((4, 1), (3,))))


def test_the_reason_names_the_two_lengths_that_do_not_fit():
    assert "4 meets 3.\nThey differ,\nand neither is 1." in words(draw_broadcast((4,), (4, 3)))
    assert "Rows of 3 meet\ncolumns of 4." in words(draw_broadcast((2, 4, 3), (4, 2), "@"))


def test_the_two_axes_that_do_not_fit_are_framed():
    for operation, right in (("+", (4,)), ("@", (4, 2))):
        patches = draw_broadcast((4, 3), right, operation).axes[0].patches
        assert sum(to_hex(patch.get_edgecolor()).upper() == ck.palette["wrong"] for patch in patches) == 2


def lengths(figure: Figure, color: str) -> int:
    """Boxes of one color in the lines of shapes."""
    patches = [patch for patch in figure.axes[0].patches if patch.get_y() < BLOCK_TOP]
    return sum(to_hex(patch.get_facecolor()) == color.lower() for patch in patches)


def test_given_lengths_are_filled_and_added_ones_white():
    figure = draw_broadcast((3,), (2, 1, 1))
    assert lengths(figure, "#CFCFCF") == 1
    assert lengths(figure, ck.palette["kernel"]) == 3
    assert lengths(figure, "#FFFFFF") == 2


def test_the_two_lengths_that_a_product_sums_over_have_a_thick_frame():
    for right in ((3, 2), (4, 2)):
        patches = draw_broadcast((2, 4, 3), right, "@").axes[0].patches
        assert sum(patch.get_linewidth() == 3 for patch in patches) == 2
    assert not any(patch.get_linewidth() == 3 for patch in draw_broadcast((4, 1), (3,)).axes[0].patches)


def test_the_description_says_the_result_or_the_reason():
    assert describe_broadcast((4, 1), (3,)) == "(4, 1) + (3,): the boxes, stretched to (4, 3), give (4, 3)."
    assert describe_broadcast((4, 3), (2, 3, 2), "@").endswith("stretched to (2, 4, 3) and (2, 3, 2), give (2, 4, 2).")
    assert describe_broadcast((4,), (3,)) == "(4,) + (3,) fails: 4 meets 3. They differ, and neither is 1."


def test_all_frames_have_one_size():
    figures = [draw_broadcast(*pair) for pair in (((), (3,)), ((4, 1), (3,)), ((2, 4, 3), (4,)))]
    assert len({tuple(figure.get_size_inches()) for figure in figures}) == 1
    assert len({figure.axes[0].get_xlim() + figure.axes[0].get_ylim() for figure in figures}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((5,), (3,)), r"\(5,\) cannot be drawn: a shape here has up to 3 axes"),
        (((1, 1, 1, 1), (3,)), "up to 3 axes"),
        (((3.0,), (3,)), "of length 1 to 4"),
        ((3, (0,)), "such as"),
        (((3,), (3, 2), "@"), "two shapes of at least two axes"),
        (((3,), (3,), "*"), "give '\\+' with any two shapes"),
    ],
)
def test_bad_input_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_broadcast(*arguments)


def test_nothing_stays_open_in_pyplot():
    draw_broadcast((4, 1), (3,))
    assert plt.get_fignums() == []

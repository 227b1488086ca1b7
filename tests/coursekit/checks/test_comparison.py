"""Right answers pass in any sensible form; what is wrong is said by what differs."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy

from coursekit.checks.comparison import compare, describe


def reasons(expected, got):
    return " ".join(difference.reason for difference in compare(expected, got))


@pytest.mark.parametrize("got", [5, 5.0, np.float32(5), np.float64(5), np.array(5), np.int8(5), True + 4])
def test_a_number_passes_in_every_form(got):
    assert compare(5, got) == []


@pytest.mark.parametrize("half", [Fraction(1, 2), Decimal("0.5"), sympy.Rational(1, 2), sympy.log(2) / sympy.log(4)])
def test_fractions_and_exact_numbers_pass(half):
    assert compare(0.5, half) == []
    assert compare([0.5, 1], [half, 1]) == []
    assert compare(0.25, half)


def test_none_is_none_and_nothing_else():
    assert compare(None, None) == []
    assert compare(None, 0) and compare(0, None)


def test_a_symbol_is_no_number():
    assert "A number was asked for" in reasons(0.5, sympy.Symbol("x"))


@pytest.mark.parametrize(
    "got", [[1, 2], (1, 2), np.array([1, 2]), np.array([1.0, 2.0], "float32"), [np.float64(1), 2], range(1, 3)]
)
def test_a_vector_passes_in_every_form(got):
    assert compare(np.array([1, 2]), got) == []


@pytest.mark.filterwarnings("ignore")
def test_tensors_variables_and_series_pass():
    import keras
    import pandas as pd
    import tensorflow as tf

    for got in (tf.constant([1.0, 2.0]), tf.Variable([1, 2]), keras.Variable([1.0, 2.0]), pd.Series([1, 2])):
        assert compare([1, 2], got) == []


def test_rounding_passes_and_a_thousandth_does_not():
    third = np.array([1 / 3, 100.0])
    assert compare(third, third.astype("float32")) == []
    assert "Numbers that differ: 1 of 2" in reasons(third, [third[0], 100.1])


def test_the_first_differing_element_is_shown():
    assert "[1, 0]: 9 instead of 3" in reasons([[1, 2], [3, 4]], [[1, 2], [9, 4]])


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (5, [5], "A single number was asked for"),
        ([1, 2], [1, 2, 3], "The shape is (3,), and (2,) was asked for"),
        (5, "5", "A number was asked for"),
        (5, None, "None"),
        (5, int, "the class int itself"),
        (5, len, "is a function"),
        ([1, 2], [[1], [2, 3]], "An array of shape (2,)"),
        ({1, 2}, 1, "A set such as"),
        ((3,), (2, 3), "Values asked for: 1. You gave 2"),
        ((2, 3), "error", "Values asked for: 2. Your answer is 'error'"),
        ("max", 3, "A text in quotes"),
        ({"a": 1}, {"b": 1}, "'a' is missing"),
        (5, np.nan, "The number differs"),
    ],
)
def test_a_wrong_form_is_named(expected, got, said):
    assert said in reasons(expected, got)


def test_an_object_that_is_no_array_though_it_says_so_is_no_set():
    class Resisting:
        def __array__(self, *_, **__):
            raise RuntimeError("no array")

    assert reasons({1, 2}, Resisting())


def test_sets_pass_as_lists_and_texts_ignore_case():
    assert compare({"a", "b"}, ["B", "a "]) == []
    assert compare({1, 2}, np.array([2, 1])) == []
    assert compare("max", " Max") == []


@pytest.mark.parametrize("got", [(None, 8), [None, 8], (None, np.int64(8))])
def test_a_shape_passes_as_tuple_and_list(got):
    assert compare((None, 8), got) == []


@pytest.mark.filterwarnings("ignore")
def test_a_shape_passes_as_tensorflows_own_kind():
    import tensorflow as tf

    assert compare((None, 8), tf.TensorShape([None, 8])) == []


def test_several_outputs_are_all_compared():
    difference = reasons((np.zeros(2), np.ones(3)), (np.ones(2), np.zeros(3)))
    assert "Output 1" in difference
    assert "Output 2" in difference


def test_infinity_and_nan_are_values_where_they_are_asked_for():
    assert compare([np.inf, np.nan], [np.inf, np.nan]) == []
    assert compare([np.inf, 1], [1, np.inf]) != []


def test_large_arrays_are_described_in_a_few_lines():
    assert len(describe(np.zeros((200, 300))).splitlines()) < 12
    assert "(200, 300)" in describe(np.zeros((200, 300)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (-26.0, "-26"),
        (1e-7, "1e-07"),
        ([3, 2, 2], "[3, 2, 2]"),
        ([2.0], "[2]"),
        ([], "[]"),
        ((3, 1), "(3, 1)"),
        ((3,), "(3,)"),
        ((None, 2), "(None, 2)"),
        ((0.5, 2.0), "(0.5, 2)"),
        (np.array([[1, 2.5], [-3, 4]]), "[[ 1,   2.5],\n [-3,   4]]"),
        (np.array([0.25, 1, 10]), "[ 0.25,  1,   10]"),
    ],
)
def test_what_is_shown_can_be_pasted_back(value, text):
    assert describe(value) == text
    np.testing.assert_array_equal(np.array(eval(text)), np.array(value))


def test_a_question_has_a_reason_that_keeps_the_right_value():
    (difference,) = compare((5, 2, 4), (5, 3, 4))
    assert "3 instead of 2" in difference.reason
    assert difference.discreet == "Numbers that differ: 1 of 3. The first is at [1]."

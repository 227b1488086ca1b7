"""Answers that look alike are flagged; what says nothing is set apart."""

import pytest

from coursegrade.similarity import Handed, Kind, Published, find_similar, normalized

ANSWER = '''
@ck.exercise("demo/scaled")
def scaled(values: list, factor=2.5) -> float:
    """Add up what is large."""
    total: float = 0
    for i in range(len(values)):  # one by one
        if values[i] > factor:
            total += values[i] * factor
    return np.sum(total, axis=0) / max(len(values), 1)
'''
DISGUISED = """
import numpy as np

def helper_name(xs, k=2.5):
    s = 0
    for j in range(len(xs)):

        if xs[j] > k: s += xs[j] * k
    return np.sum(s, axis=0) / max(len(xs), 1)
"""
OTHER = """
def scaled(values, factor=2.5):
    kept = [value for value in values if value > factor]
    products = list(map(lambda value: value * factor, kept))
    count = len(values) or 1
    while len(products) > 1:
        products.append(products.pop() + products.pop())
    return (products or [0])[0] / count
"""


def found(sources, published=Published(), right=()):  # noqa: B008
    answers = [Handed(f"s{i}", "demo/scaled", source, i in right) for i, source in enumerate(sources)]
    return find_similar(answers, lambda exercise: published)


def test_names_layout_comments_annotations_and_docstrings_hide_nothing():
    assert normalized(ANSWER) == normalized(DISGUISED)
    (group,) = found([ANSWER, OTHER, DISGUISED], right={0}).groups
    assert (group.kind, group.students, group.likeness, group.wrong) == (Kind.IDENTICAL, ("s0", "s2"), 1.0, 1)


@pytest.mark.parametrize("old, new", [("2.5", "3.5"), ("axis=0", "axis=1"), ("np.sum", "np.mean"), (">", ">=")])
def test_constants_keywords_and_other_peoples_names_matter(old, new):
    assert normalized(ANSWER) != normalized(ANSWER.replace(old, new))


def test_a_keyword_is_not_renamed_with_a_parameter_of_its_name():
    one, two = (f"def f(x, {name}):\n    return np.sum(x, axis={name})" for name in ("axis", "a"))
    assert normalized(one) == normalized(two)


def test_a_near_copy_is_found_and_says_how_near():
    copy = DISGUISED.replace("    s = 0\n", "    unused = 1\n    s = 0\n")
    (group,) = found([ANSWER, copy, OTHER]).groups
    assert group.kind is Kind.NEAR_COPY
    assert 0.8 <= group.likeness < 1
    assert group.students == ("s0", "s1")


def test_different_ways_are_not_flagged():
    assert found([ANSWER, OTHER]).groups == ()


def test_one_student_is_not_like_themselves():
    answers = [Handed("ann", "demo/scaled", ANSWER), Handed("ann", "demo/scaled", DISGUISED)]
    assert find_similar(answers, lambda exercise: Published()).groups == ()


def test_short_answers_and_the_given_start_say_nothing():
    short = "def f(x):\n    return x + 1"
    result = found([short, short, DISGUISED, DISGUISED], Published(start=ANSWER))
    assert result.groups == ()
    assert result.short == 4
    assert "4 are too short" in result.limits


def test_the_published_solution_is_a_flag_of_its_own():
    (group,) = found([DISGUISED], Published(solution=ANSWER)).groups
    assert group.kind is Kind.PUBLISHED


def test_what_much_of_the_class_wrote_is_called_so():
    (group,) = found([ANSWER] * 6 + [OTHER]).groups
    assert group.kind is Kind.COMMON


@pytest.mark.parametrize("source", ["def f(:", "\x00", "x" * 30_000, "-" * 15_000 + "1", "(" * 5_000])
def test_what_is_no_python_or_was_written_to_break_the_parser_is_counted(source):
    assert found([source]).unread == 1


def test_the_same_class_gives_the_same_report_in_any_order():
    variants = [DISGUISED.replace("2.5", f"{i}") for i in range(3, 40)]
    one = found(variants)
    two = find_similar(
        [Handed(f"s{i}", "demo/scaled", source) for i, source in reversed(list(enumerate(variants)))],
        lambda exercise: Published(),
    )
    assert set(one.groups) == set(two.groups) != set()


def test_near_copies_are_those_that_comparing_all_pairs_would_find():
    from itertools import combinations

    from coursegrade.similarity import ALIKE, shingles

    sources = [DISGUISED, OTHER] + [
        DISGUISED.replace("s = 0", "\n    ".join([f"a{k} = {n} {op} xs[{k}]" for k in range(n)] + ["s = 0"]))
        for n in range(1, 6)
        for op in "+-*"
    ]
    forms = [shingles(normalized(source)) for source in sources]
    pairs = {
        (i, j)
        for i, j in combinations(range(len(forms)), 2)
        if len(forms[i] & forms[j]) / len(forms[i] | forms[j]) >= ALIKE
    }
    together = {tuple(group.students) for group in found(sources).groups}
    for i, j in pairs:
        assert any({f"s{i}", f"s{j}"} <= set(group) for group in together)
    assert {name for group in together for name in group} == {f"s{i}" for pair in pairs for i in pair}

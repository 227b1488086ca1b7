"""A card is plain HTML that reads well everywhere, and plain text that gives nothing away."""

import re
from html import unescape

import pytest

from coursekit.checks import card, exercise, question
from coursekit.checks.diagnosis import Finding, State, Verdict


@exercise("test-chapter/double")
def double(x):
    """Twice x."""
    return 2 * x


double.hints = ["What is `x + x`?", "2 times <b>x</b>"]
double.why = "It is the shortest function."


pick = question(
    "test-chapter/pick",
    "Which?",
    "b",
    options={"a": ("one", "No, one is too few."), "b": ("two", "Yes, two.")},
    hints=["More than one.", "Less than three."],
)

FINDINGS = (
    Finding("You wrote `<script>`.", (("Input", "x = <1>\n    2"),), (("yours", "asked for"), ("a", "a"), ("b", "c"))),
)


def verdict(state, of=double, findings=()):
    return Verdict(of.id, state, "", findings)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_symbol_word_and_role(state):
    html = card.as_html(double, verdict(state))
    assert 'role="status"' in html
    assert card.SYMBOLS[state] in html
    assert card.state_name(state) in html
    assert card.as_text(double, verdict(state)).startswith(f"{card.SYMBOLS[state]} {card.state_name(state)} · ")


@pytest.mark.parametrize("state", list(State))
def test_no_scripts_and_what_learners_write_is_escaped(state):
    html = card.as_html(double, verdict(state, findings=FINDINGS))
    assert "<script" not in html
    assert "javascript:" not in html
    assert not re.search(r"<[^>]+\son\w+=", html)
    assert "<code" in html
    assert "&lt;script&gt;" in html
    assert "x = &lt;1&gt;" in html


@pytest.mark.parametrize("state", list(State))
def test_every_opened_element_is_closed(state):
    html = card.as_html(double, verdict(state, findings=FINDINGS))
    for tag in ("div", "span", "p", "details", "summary", "table", "tbody", "tr", "td", "th", "pre", "code"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>")


def test_hints_and_solution_are_folds_and_not_in_the_text():
    html, text = (show(double, verdict(State.NOT_ATTEMPTED)) for show in (card.as_html, card.as_text))
    assert [re.sub("<.*?>", "", fold) for fold in re.findall("<summary.*?</summary>", html)] == [
        "Hint 1", "Hint 2", "Solution",
    ]  # fmt: skip
    assert "return 2 * x" in html
    assert "return 2 * x" not in text
    assert "x + x" not in text


def test_a_right_answer_hears_why_it_matters():
    for show in (card.as_html, card.as_text):
        assert "It is the shortest function." in show(double, verdict(State.CORRECT))
        assert "It is the shortest function." not in show(double, verdict(State.NOT_YET))


def test_a_reader_without_a_kernel_finds_the_feedback_of_each_option():
    html = card.as_html(pick, verdict(State.NOT_ATTEMPTED, pick))
    assert "If you chose a: one" in html
    assert "No, one is too few." in html
    assert "ck.answer(\"test-chapter/pick\", 'b')" in unescape(html)


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", card.COLORS.values())
def test_the_badge_is_readable_in_every_theme(color):
    assert contrast(color, "#ffffff") >= 4.5
    assert contrast(color, "#14181e") >= 1.5  # the border is decoration: badge and word carry the meaning


def test_text_takes_its_color_and_background_from_the_same_theme():
    html = card.as_html(double, verdict(State.NOT_YET, findings=FINDINGS))
    for style in re.findall(r'style="([^"]*)"', html):
        if "background: var" in style:
            assert "color: var(--pst-color-text-base" in style

"""Series drawn: what is counted, what lies where, which color means what, and what bad input is told."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import coursekit as ck
from coursebook.forecasting.figures import (
    FORECASTERS,
    draw_errors,
    draw_forecast,
    draw_series,
    draw_split,
    draw_twin,
    draw_windows,
)

DAYS = np.arange(40.0)


def bars(axes, role):
    """First and last day of each bar in a role's color."""
    color = ck.palette[role].lower()
    return [
        (round(bar.get_x() + 0.5), round(bar.get_x() - 0.5 + bar.get_width()))
        for bar in axes.patches
        if to_hex(bar.get_facecolor()) == color
    ]


def test_each_window_is_followed_by_the_days_that_it_has_to_foretell():
    figure = draw_windows(DAYS[:10], 4, 2)
    assert bars(figure.axes[1], "kernel") == [(0, 3), (1, 4), (2, 5), (3, 6), (4, 7)]
    assert bars(figure.axes[1], "truth") == [(4, 5), (5, 6), (6, 7), (7, 8), (8, 9)]
    assert figure.axes[0].get_title() == "10 days, window 4, horizon 2: 5 windows"


@pytest.mark.parametrize(("days", "window", "horizon"), [(41, 3, 1), (5, 4, 2), (5, 0, 1), (5, 2, 0)])
def test_windows_that_find_no_room_are_explained(days, window, horizon):
    with pytest.raises(ValueError, match=f"{days} days with a window of {window} and a horizon of {horizon}"):
        draw_windows(np.zeros(days), window, horizon)


def test_a_table_is_no_series():
    with pytest.raises(ValueError, match=r"not of the shape \(3, 2\)"):
        draw_windows(np.zeros((3, 2)), 1, 1)


def test_the_parts_of_a_series_are_named_above_their_days():
    dates = np.datetime64("2012-01-01") + np.arange(40)
    (axes,) = draw_series(dates, DAYS, curve=DAYS, parts={"training": (0, 30), "test": (30, 40)}).axes
    assert [text.get_text() for text in axes.texts] == ["training", "test"]
    assert len(axes.lines) == 2
    assert to_hex(axes.lines[1].get_color()) == FORECASTERS["calendar"].lower()


def test_a_part_outside_the_series_is_refused():
    with pytest.raises(ValueError, match="test goes from 30 to 41, but the days are 0 to 39"):
        draw_series(DAYS, DAYS, parts={"test": (30, 41)})


def test_a_series_needs_one_date_for_each_value():
    with pytest.raises(ValueError, match="39 dates for 40 values"):
        draw_series(DAYS[1:], DAYS)


def test_a_split_colors_each_window_by_its_part():
    figure = draw_split({"cut": [0, -1, 1], "shuffled": [1, 0, 1]}, 5, first=10, cut=12)
    left = figure.axes[0]
    colors = [to_hex(line.get_color()) for line in left.lines[:3]]
    assert colors == [ck.palette["training"].lower(), "#d0d0d0", ck.palette["validation"].lower()]
    assert list(left.lines[1].get_xdata()) == [11, 15]
    assert left.lines[3].get_xdata()[0] == 11.5
    assert left.get_ylim()[0] > left.get_ylim()[1]


def test_a_part_that_is_none_of_the_three_is_refused():
    with pytest.raises(ValueError, match="not 2"):
        draw_split({"cut": [0, 2]}, 5)
    with pytest.raises(ValueError, match="at least one split"):
        draw_split({}, 5)


@pytest.mark.parametrize(("found", "shared"), [(11, 7), (18, 0), (30, 0), (6, 4)])
def test_a_twin_says_how_many_days_are_the_same(found, shared):
    figure = draw_twin(DAYS, 10, found, 6, 2)
    error = abs(found - 10)
    assert figure.axes[0].get_title() == f"{shared} of 8 days are the same days   ·   error {error:.1f} °C"
    assert bars(figure.axes[1], "wrong") == [(found, found + 7)]
    assert figure.axes[1].get_xlim() == ((0, 40) if not shared else (min(10, found) - 7, max(10, found) + 14))


def test_a_window_that_leaves_the_series_is_refused():
    with pytest.raises(ValueError, match="needs days up to 42"):
        draw_twin(DAYS, 10, 35, 6, 2)


def test_a_forecast_begins_on_the_day_after_today():
    (axes,) = draw_forecast(DAYS, 20, 5, {"calendar": [1, 2, 3], "GRU": [4, 5, 6]}).axes
    past, came, calendar, gru, _today = axes.lines
    assert list(past.get_ydata()) == [16, 17, 18, 19, 20]
    assert list(came.get_ydata()) == [21, 22, 23]
    assert list(came.get_xdata()) == list(calendar.get_xdata()) == [1, 2, 3]
    assert to_hex(gru.get_color()) == ck.palette["gradient"].lower()


@pytest.mark.parametrize("today", [3, 37])
def test_a_forecast_needs_known_days_before_and_after(today):
    with pytest.raises(ValueError, match=f"5 days up to day {today} and 3 after it"):
        draw_forecast(DAYS, today, 5, {"calendar": [1, 2, 3]})


def test_errors_carry_their_names_at_their_ends_apart_from_each_other():
    (axes,) = draw_errors({"line": [2, 3.0], "GRU": [2, 3.01], "other": [1, 1]}).axes
    heights = {text.get_text(): text.xy[1] for text in axes.texts}
    assert set(heights) == {"line", "GRU", "other"}
    assert heights["GRU"] - heights["line"] > 0.05 * axes.get_ylim()[1]


def test_two_errors_of_one_model_share_a_color_and_differ_in_style():
    (axes,) = draw_errors({"line, by time": [1, 2], "line, shuffled": [2, 3]}, [7, 14]).axes
    assert {to_hex(line.get_color()) for line in axes.lines} == {ck.palette["model"].lower()}
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert list(axes.get_xticks()) == [7, 14]


def test_too_many_or_uneven_errors_are_explained():
    with pytest.raises(ValueError, match="6 models cannot be told apart"):
        draw_errors({str(number): [1, 2] for number in range(6)})
    with pytest.raises(ValueError, match="GRU has 3 errors for 2 places"):
        draw_errors({"line": [1, 2], "GRU": [1, 2, 3]})


def test_who_forecasts_has_no_color_of_a_part_or_of_the_days_to_come():
    parts = {ck.palette[role].lower() for role in ("training", "validation", "truth", "kernel")}
    colors = [color.lower() for color in FORECASTERS.values()]
    assert len(set(colors)) == len(colors)
    assert not parts & set(colors)

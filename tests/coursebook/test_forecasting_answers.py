"""The keyed answers of *Forecasting* are what the weather says."""

import numpy as np
import pytest

from coursekit import datasets
from coursekit.checks import bank


@pytest.fixture(scope="module")
def warmest():
    return datasets.seattle_weather()["temp_max"].to_numpy()


def label(name):
    asked = bank.find(f"forecasting/{name}")
    return asked.choices[asked.reference()].label


def cut(series, window, horizon):
    both = np.lib.stride_tricks.sliding_window_view(series, window + horizon)
    return both[:, :window], both[:, window:]


def wave(days):
    angle = 2 * np.pi * np.arange(1461) / 365.25
    waves = np.stack([np.ones(1461), np.sin(angle), np.cos(angle)], axis=1)
    return waves @ np.linalg.lstsq(waves[:731], days[:731], rcond=None)[0]


def test_the_windows_are_counted(warmest):
    assert bank.find("forecasting/how-many").reference() == len(cut(warmest[:731], 14, 7)[0])


def test_each_day_ahead_has_its_better_baseline(warmest):
    known, truth = cut(warmest[731:1096], 14, 7)
    last_day = np.abs(known[:, -1:] - truth).mean(axis=0)
    calendar = np.abs(cut(wave(warmest)[731:1096], 14, 7)[1] - truth).mean(axis=0)
    names = ["repeating the last day" if last_day[k] < calendar[k] else "the calendar" for k in (0, 6)]
    assert label("baselines") == f"{names[0]} for tomorrow, {names[1]} for a week from now"


def test_the_lookup_falls_behind_the_last_day(warmest):
    known, weeks = cut(warmest[:731], 56, 7)
    asked, truth = cut(warmest[731:1096], 56, 7)
    found = ((asked[:, np.newaxis] - known) ** 2).sum(axis=2).argmin(axis=1)
    lookup, last_day = (np.abs(made - truth).mean() for made in (weeks[found], asked[:, -1:]))
    assert lookup > last_day + 0.3
    assert label("lookup") == "it falls behind even repeating the last day"


def test_the_honest_split_goes_forward_in_time_and_leaves_a_gap():
    assert label("which-split").startswith("2012 and 2013 for training, 2014 for validation, 2015 for the test")
    assert label("which-split").endswith("a window that straddles two parts is left out")


def test_the_gru_is_level_with_the_line_as_the_chapter_measures():
    assert label("gru") == "they are about level, and both are clearly better than repeating the last day"


def test_the_inputs_that_leak_are_those_that_change_with_the_future(warmest):
    today, inputs = 800, {}
    inputs["a"] = (
        "today's smoothed value: the mean of the 7 days around today",
        lambda d: d[today - 3 : today + 4].mean(),
    )
    inputs["b"] = "the mean of the last 7 days", lambda d: d[today - 6 : today + 1].mean()
    inputs["c"] = "the date of the day to be forecast", lambda _: today + 1
    inputs["d"] = (
        "today's value, standardized with the mean of all four years",
        lambda d: (d[today] - d.mean()) / d[:731].std(),
    )
    inputs["e"] = (
        "today's value is missing and is filled with the mean of yesterday and tomorrow",
        lambda d: (d[today - 1] + d[today + 1]) / 2,
    )
    spoiled = np.where(np.arange(1461) > today, warmest + 1000, warmest)
    asked = bank.find("forecasting/leaks")
    assert {letter: choice.label for letter, choice in asked.choices.items()} == {k: v[0] for k, v in inputs.items()}
    assert asked.reference() == {k for k, (_, made) in inputs.items() if made(warmest) != made(spoiled)}

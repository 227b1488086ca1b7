"""Data that ships: shapes, ranges, and answers to bad input."""

import numpy as np
import pytest

from coursekit import datasets


@pytest.mark.parametrize("name", datasets.PHOTOGRAPHS)
def test_photographs_are_float_pictures_in_zero_to_one(name):
    photo = datasets.photograph(name)
    assert photo.dtype == np.float32
    assert photo.ndim == 2 or photo.shape[2] == 3
    assert 0 <= photo.min() < photo.max() <= 1
    assert datasets.photograph(name, gray=True).ndim == 2


def test_size_gives_the_middle_square():
    small = datasets.photograph("coffee", size=50)
    assert small.shape == (50, 50, 3)
    whole = datasets.photograph("coffee")
    assert abs(small.mean() - whole[:, 100:500].mean()) < 0.01


@pytest.mark.parametrize("size", [0, 401, 2.5])
def test_a_size_that_cannot_be_is_told(size):
    with pytest.raises(ValueError, match="1 to 400"):
        datasets.photograph("coffee", size=size)


def test_an_unknown_photograph_lists_the_known_ones():
    with pytest.raises(ValueError, match="'tea'.*coffee"):
        datasets.photograph("tea")


def test_the_weather_is_four_whole_years_without_gaps():
    weather = datasets.seattle_weather()
    assert weather.shape == (1461, 6)
    assert weather["date"].diff().dropna().dt.days.eq(1).all()
    assert not weather.isna().any().any()

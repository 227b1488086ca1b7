"""The keyed answers of the questions, computed once more from the data that the chapter shows."""

import numpy as np
import pandas as pd
import pytest
from keras import layers

from coursebook.data import try_networks
from coursekit import datasets
from coursekit.checks import bank

ASKED = {exercise.id.split("/")[1]: exercise for exercise in bank.load("data")}


def chosen(name):
    return ASKED[name].choices[ASKED[name].reference()].label


def least_squares(inputs, target, rows):
    wide = np.column_stack([inputs, np.ones(len(inputs))])
    return np.abs(wide @ np.linalg.lstsq(wide[rows], target[rows], rcond=None)[0] - target)


@pytest.fixture(scope="module")
def cars():
    return datasets.fuel_consumption()


def test_the_twelfth_column_makes_the_test_error_clearly_worse(cars):
    inputs, target = cars[cars.columns[2:]].to_numpy(float), cars["consumption"].to_numpy()
    errors = []
    for seed in range(10):
        test, valid, train = np.split(np.random.default_rng(seed).permutation(392), [98, 196])
        rest = np.append(valid, train)
        means = pd.Series(target[rest]).groupby(cars["name"].to_numpy()[rest]).mean()
        usual = cars["name"].map(means).fillna(target[rest].mean())
        plain = least_squares(inputs, target, train)
        clever = least_squares(np.column_stack([inputs, usual]), target, train)
        errors.append([clever[valid].mean() / plain[valid].mean(), clever[test].mean() / plain[test].mean()])
    valid_ratio, test_ratio = np.mean(errors, axis=0)
    assert valid_ratio < 0.67
    assert test_ratio > 1.5
    assert chosen("twelfth-column") == "clearly worse than with eleven columns"


def test_choosing_among_more_networks_goes_on_flattering_the_cars_that_choose(cars):
    table = cars[cars.columns[2:]]
    inputs, target = ((table - table.mean()) / table.std()).to_numpy(), cars["consumption"].to_numpy()
    found = np.zeros((20, 3, 2))
    for split, by_count in enumerate(found):
        rng = np.random.default_rng(split)
        judged, fresh = try_networks(inputs, target, np.split(rng.permutation(392), [100, 130]), rng)
        for place, count in enumerate((1, 30, 1000)):
            best = judged[:count].argmin()
            by_count[place] = judged[best], fresh[best]
    (one, few, many), (_, few_fresh, many_fresh) = found.mean(axis=0).T
    assert one > few > many
    assert few - many > 2 * abs(few_fresh - many_fresh)
    assert chosen("best-of-many") == "On the 30 cars it keeps falling; on fresh cars it soon hardly falls."


def test_scaling_by_all_rows_hardly_matters(cars):
    inputs, target = cars[cars.columns[2:]].to_numpy(float), cars["consumption"].to_numpy()
    scale, pairs = ASKED["scale-sets"].reference, []
    for seed in range(100):
        learned, judged, _ = np.split(np.random.default_rng(seed).permutation(392), [10, 108])
        pair = []
        for rows in (learned, np.append(learned, judged)):
            ready = scale(inputs[rows], inputs)[1]
            far = np.square(ready[judged, np.newaxis] - ready[learned]).sum(axis=2)
            pair.append(np.abs(target[learned][far.argmin(axis=1)] - target[judged]).mean())
        pairs.append(pair)
    own, by_all = np.mean(pairs, axis=0)
    assert abs(by_all / own - 1) < 0.05
    assert chosen("scaler-leak") == "by less than 5 %, even with 10 training cars"


def test_keras_makes_as_many_columns_as_the_key_says():
    look_up = layers.StringLookup(output_mode="one_hot")
    look_up.adapt(datasets.abalone()["sex"].to_numpy())
    assert ASKED["columns-of-sex"].reference() == look_up(np.array([["M"]])).shape[1]


def test_what_is_written_down_during_the_stay_leaks():
    labels = {ASKED["at-admission"].choices[key].label for key in ASKED["at-admission"].reference()}
    assert labels == {
        "the total of the bill",
        "the ward from which the patient was discharged",
        "the mean stay of all patients with the same doctor, this one included",
    }

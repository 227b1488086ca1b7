"""The keyed answers of *Stochastic gradient descent* are what the days say."""

import numpy as np
import pytest

from coursekit import datasets
from coursekit.checks import bank, diagnosis


@pytest.fixture(scope="module")
def days():
    table = datasets.seattle_weather().sample(500, random_state=0)
    high = table["temp_max"].to_numpy()
    return (high - high.mean()) / high.std(), table["temp_min"].to_numpy(), high


def key(name):
    return bank.find(f"sgd/{name}").reference()


def label(name):
    return bank.find(f"sgd/{name}").choices[key(name)].label


def loss_after(x, y, batch_size, updates, rate=0.02):
    rng, w, b = np.random.default_rng(0), 0.0, 0.0
    for _ in range(updates):
        rows = rng.choice(500, batch_size, replace=False)
        error = w * x[rows] + b - y[rows]
        w, b = w - rate * 2 * np.mean(error * x[rows]), b - rate * 2 * np.mean(error)
    return np.mean((w * x + b - y) ** 2)


def test_both_weights_grow_and_b_twice_as_much(days):
    x, y, _ = days
    step = np.array([2 * np.mean(y * x), 2 * np.mean(y)])
    assert (step > 0).all()
    assert step[1] / step[0] == pytest.approx(2, rel=0.05)
    assert label("downhill") == "w and b both grow a little, b about twice as much"


def test_batch_size_1_leads_after_three_epochs_and_500_after_200_updates(days):
    x, y, _ = days
    by_epochs = {size: loss_after(x, y, size, updates) for size, updates in ((1, 1500), (32, 48), (500, 3))}
    by_updates = {size: loss_after(x, y, size, 200) for size in (1, 32, 500)}
    first, second = min(by_epochs, key=by_epochs.get), min(by_updates, key=by_updates.get)
    assert label("two-counts") == f"{first} after three epochs, {second} after 200 updates"


def test_numbers_follow_from_their_formulas(days):
    _, _, high = days
    assert key("noise") == np.sqrt(16 / 64)
    assert key("ten-times") == pytest.approx(1 / np.mean(high**2), rel=1e-3)
    assert key("recipe") == pytest.approx(10 * -(-500 // 256) * 0.001)
    assert label("how-often").startswith(f"{-(-500 // 32)} times: once per batch")


def labels(name):
    return {bank.find(f"sgd/{name}").choices[letter].label for letter in key(name)}


def test_full_batch_is_behind_by_its_few_updates_of_no_greater_length(days):
    x, y, _ = days
    by_row = np.column_stack([-2 * y * x, -2 * y])  # each row's gradient at 0, 0
    full = by_row.mean(axis=0)
    lengths = np.hypot(*by_row.T)
    pulls = lengths > 0
    cosines = by_row[pulls] @ full / lengths[pulls] / np.hypot(*full)
    assert np.hypot(*full) < lengths.mean()  # not longer
    assert np.degrees(np.arccos(cosines.clip(-1, 1))).mean() > 20  # single rows point elsewhere
    assert loss_after(x, y, 500, 200) < 1.01 * loss_after(x, y, 500, 400)  # not stuck
    assert loss_after(x, y, 500, 3) > 10 * loss_after(x, y, 500, 200)
    assert labels("what-made-it") == {
        "it made 3 updates, and batch size 1 made 1,500",
        "the exact gradient does not make its steps longer",
    }


def losses_on_the_way(x, y, batch_size, updates, rate):
    rng, w, b, losses = np.random.default_rng(0), 0.0, 0.0, []
    for _ in range(updates):
        losses.append(np.mean((w * x + b - y) ** 2))
        rows = rng.choice(500, batch_size, replace=False)
        error = w * x[rows] + b - y[rows]
        w, b = w - rate * 2 * np.mean(error * x[rows]), b - rate * 2 * np.mean(error)
    return np.array(losses)


def test_the_rate_sets_how_soon_it_arrives_and_with_the_batch_how_it_jumps(days):
    x, y, _ = days
    slow, fast, beyond = (losses_on_the_way(x, y, 500, 200, rate) for rate in (0.01, 0.1, 1.05))
    assert np.argmax(slow < 6) > 5 * np.argmax(fast < 6) > 0
    assert beyond[-1] > beyond[0]
    jumps = [
        np.abs(np.diff(losses_on_the_way(x, y, size, 1500, rate)[1000:])).mean()
        for size, rate in ((1, 0.1), (8, 0.1), (1, 0.01))
    ]
    assert jumps[0] > 2 * max(jumps[1:])
    assert labels("what-they-do") == {
        "at a small rate it takes more updates to arrive",
        "at the same rate, smaller batches settle less: their loss goes on jumping",
        "a smaller rate calms the jumping",
    }


def told(answer):
    return {finding.text for finding in diagnosis.check(bank.find("sgd/epoch-batches"), answer, 1).findings}


def test_batches_shuffled_in_place_are_not_told_that_they_keep_their_order():
    def in_place(x, y, batch_size, rng):
        order = rng.permutation(len(x))
        x[:], y[:] = x[order], y[order]
        return [(x[s : s + batch_size], y[s : s + batch_size]) for s in range(0, len(x), batch_size)]

    (message,) = told(in_place)
    assert message.startswith("`x` or `y` was changed.")


def test_whole_batches_shuffled_are_not_told_that_only_the_order_in_them_changed():
    def whole(x, y, batch_size, rng):
        starts = rng.permutation(range(0, len(x), batch_size))
        return [(x[s : s + batch_size], y[s : s + batch_size]) for s in starts]

    messages = told(whole)
    assert any(message.startswith("Your batches are not random rows") for message in messages)
    assert not any("only their order in it changed" in message for message in messages)

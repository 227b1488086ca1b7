"""The keyed answers of *Recurrent networks* are computed, and its printed lines say what was computed."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest

import coursekit as ck
from coursekit import datasets
from coursekit.checks import bank


@pytest.fixture(scope="module")
def keras():
    ck.setup()
    import keras

    return keras


@pytest.fixture
def printed():
    chapter = nbformat.read(Path(__file__).parents[2] / "notebooks/sequences/rnn.ipynb", 4)
    outputs = [output for cell in chapter.cells for output in cell.get("outputs", []) if output.output_type == "stream"]
    return "\n" + "".join(output.text for output in outputs)


def key(name):
    return bank.find(f"rnn/{name}").reference()


def label(name):
    return bank.find(f"rnn/{name}").choices[key(name)].label


def look_back(radius, size, squash):
    """How long a gradient is after 50 steps back, and the states, as the chapter defines both."""
    rng = np.random.default_rng(0)
    recurrent = np.linalg.qr(rng.normal(size=(32, 32)))[0] * radius
    states = [np.zeros(32)]
    for row in rng.normal(size=(50, 32)):
        states.append(squash(size * row + states[-1] @ recurrent))
    gradient = np.eye(32)[0]
    for state in states[:0:-1]:
        gradient = recurrent @ (gradient * (1 - state**2 if squash is np.tanh else 1))
    return np.linalg.norm(gradient), np.array(states)


def test_counts_tell_no_verdict_within_a_pair():
    sentences, verdicts = datasets.opinions()
    for one, other, good in zip(sentences[::2], sentences[1::2], verdicts[::2] + verdicts[1::2], strict=True):
        assert Counter(one.split()) == Counter(other.split())
        assert good == 1
    assert label("bag-limit") == "exactly half, whatever its weights are"


def test_a_state_fades():
    first = np.tanh(1)
    assert 0 < np.tanh(0.9 * np.tanh(0.9 * first)) < first
    assert label("after-silence") == "smaller than after the first step, but not 0"


def test_keras_counts_the_weights_and_says_the_shape(keras):
    layer = keras.layers.SimpleRNN(32)
    layer.build((None, 28, 28))
    assert key("parameters") == layer.count_params()
    assert key("shape") == keras.layers.SimpleRNN(16, return_sequences=True).compute_output_shape((64, 11, 21))


def test_the_gradient_grows_in_the_linear_cell_only():
    assert look_back(1.1, 0.5, lambda sums: sums)[0] > 100
    assert look_back(1.1, 0.5, np.tanh)[0] < 0.01
    assert label("which-grows") == "it grows in the linear cell and vanishes in the tanh cell"


def test_large_inputs_push_the_states_to_where_tanh_is_flat():
    length, states = look_back(1.3, 2.0, np.tanh)
    assert length < 1e-6
    assert np.mean(np.abs(states[1:]) > 0.9) > 0.4
    assert label("why-vanish") == "many states lie near −1 or 1, where tanh is nearly flat"


def test_keras_keeps_the_direction_with_the_keyed_settings(keras):
    def step(clipping):
        weights = [keras.Variable([0.0, 0.0]), keras.Variable([0.0])]
        keras.optimizers.SGD(**{"learning_rate": 1.0, **clipping}).apply(
            [keras.ops.array([30.0, 40.0]), keras.ops.array([2.0])], weights
        )
        return np.concatenate([weight.numpy() for weight in weights])

    kept = set()
    for option, choice in bank.find("rnn/keeps-direction").choices.items():
        name = choice.label.split("=")[0]
        update = step({name: 1} if "clip" in name else {"learning_rate": 0.1})
        if np.allclose(update / np.linalg.norm(update), step({}) / np.linalg.norm(step({}))):
            kept.add(option)
    assert kept == key("keeps-direction")


def test_the_printed_lines_say_what_was_computed(printed):
    sentences, verdicts = datasets.opinions()
    words = dict(zip(sentences, verdicts, strict=True))
    lines = [line for line in printed.splitlines() if re.match("good:|bad: ", line)]
    assert len(lines) == 6
    for line in lines:
        assert line[:5].strip() == ("good:" if words[line[6:]] else "bad:")
    slopes = bank.find("rnn/through-time").reference
    along_w, along_u = slopes(1.0, 0.9, [1.0, -0.5, 0.8], 0.2)
    assert f"\nalong w: {along_w:.4f}, along u: {along_u:.4f}\n" in printed
    along_w, along_u = slopes(1.0, 0.9, [1.0, -0.5, 0.8] * 10, 0.2)
    assert f"\nthirty steps: along w: {along_w:.4f}, along u: {along_u:.4f}\n" in printed
    assert f"\nradius 1.1, size 0.5: {1.1**50:.0f} linear, " in printed
    counts = re.search(r"\nhow many of 400 learning rates arrive, by limit: {inf: (\d+), 5: (\d+)}\n", printed)
    free, clipped = map(int, counts.groups())
    assert free < 10 < 50 < clipped
    assert re.search(r"slope 2,811,441: .* u = -5,622\nslope cut to 5: loss 0\.0000 at the end", printed)
    shorter, moved = (int(re.search(rf"{n} words: (\d+)% judged correctly", printed)[1]) for n in (9, 11))
    assert max(shorter, moved) < 90

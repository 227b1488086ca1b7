"""The side-by-side trainings: their gradients are the tape's, and they learn what stands near."""

import numpy as np
import pytest

from coursebook.rnn import recall


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    weights = recall._start(rng, 2, 2, 1.0, 1.0)
    return weights, *recall._sequences(rng, np.array([6, 6, 3, 3]), 5, 7)


def test_the_word_to_recall_stands_at_its_place(case):
    _, words, answers = case
    np.testing.assert_array_equal(words[0, :, 6], answers[0])
    assert words[0, :, :6].min() >= 2


def test_the_gradients_are_those_of_the_tape(case):
    import tensorflow as tf

    weights, words, answers = case
    variables = [tf.Variable(w) for w in weights]
    with tf.GradientTape() as tape:
        W, U, b, V, c = variables
        state = tf.zeros((4, 5, recall.UNITS))
        for step in range(7):
            state = tf.tanh(tf.one_hot(words[:, :, step], recall.WORDS) @ W + state @ U + b)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(answers.astype("float32"), (state @ V + c)[..., 0])
        loss = tf.reduce_sum(tf.reduce_mean(losses, axis=1))
    for ours, theirs in zip(recall._gradients(weights, words, answers)[0], tape.gradient(loss, variables), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_states_are_those_of_keras(case):
    from keras import layers

    weights, words, _ = case
    layer = layers.SimpleRNN(recall.UNITS)
    layer.build((None, None, recall.WORDS))
    layer.set_weights([weights[0][1], weights[1][1], weights[2][1, 0]])
    one_hot = np.eye(recall.WORDS, dtype="float32")[words[1]]
    np.testing.assert_allclose(recall._states(weights, words)[-1, 1], layer(one_hot), atol=1e-5)


def test_a_near_word_is_learned_and_a_gradient_that_is_made_to_vanish_vanishes():
    right, reach = recall.learn_to_recall([0, 1], trainings=2, seed=0, length=5, updates=150, rate=0.01)
    assert right.shape == (2, 2)
    assert right.min() > 0.9
    assert reach[0] == 1
    short = recall.learn_to_recall([1], trainings=1, seed=0, length=20, updates=1, radius=0.5)[1]
    assert short[-1] < 1e-5


def test_a_word_that_no_sequence_holds_is_refused():
    with pytest.raises(ValueError, match="0 to 59 steps back"):
        recall.learn_to_recall([60], trainings=1, seed=0)

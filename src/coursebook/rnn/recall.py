"""Recurrent networks that learn to recall one word, many trained side by side: what the distance of the word does."""

from collections.abc import Sequence

import numpy as np

WORDS, UNITS, ROWS = 8, 16, 32  # the first two words are the ones to recall; the others mean nothing


def learn_to_recall(
    distances: Sequence[int],
    *,
    trainings: int,
    seed: int,
    input_size: float = 1.0,
    radius: float = 1.0,
    length: int = 60,
    updates: int = 300,
    rate: float = 0.003,
) -> tuple[np.ndarray, np.ndarray]:
    """Train tanh cells to say which of two words stood at one place of a sequence of random words.

    The weights start as in `keras.layers.SimpleRNN` and `Dense(1)`: Glorot-uniform, and an orthogonal recurrent matrix;
    `input_size` and `radius` multiply the input weights and the recurrent ones. The loss is the binary cross-entropy
    of one logit from the last state. Adam makes the updates, each from 32 new sequences, with gradients clipped to a
    global norm of 1. With the same seed every setting starts from the same draws and sees the same sequences.

    Args:
        distances: how many steps before the last one the word stands, 0 to length − 1.
        trainings: how many networks are trained for each distance.
        seed: of starts and sequences.
        input_size, radius: factors of the starting weights; 1 is Keras' start.
        length: words of a sequence.
        updates, rate: of Adam.

    Returns:
        the share of 500 new sequences that each network gets right, shape (distances, trainings), and the geometric
        mean of the gradient's lengths 0, 1, … steps before the last state, before any training, shape (length + 1,),
        the first one 1.

    Raises:
        ValueError: a distance that no sequence of this length has.
    """
    if not distances or min(distances) < 0 or max(distances) >= length:
        raise ValueError(f"in {length} words a word can stand 0 to {length - 1} steps back, not {list(distances)}.")
    rng = np.random.default_rng(seed)
    places = length - 1 - np.repeat(distances, trainings)
    weights = _start(rng, len(distances), trainings, input_size, radius)
    means, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    reach = None
    for update in range(1, updates + 1):
        gradients, lengths = _gradients(weights, *_sequences(rng, places, ROWS, length), measured=reach is None)
        if reach is None:
            reach = np.exp(np.mean(np.log(lengths / lengths[0]), axis=1))
        norm = np.sqrt(sum(np.sum(g**2, axis=(1, 2)) for g in gradients))
        shorter = np.minimum(1, 1 / np.maximum(norm, 1e-30)).astype("float32")[:, None, None]
        for weight, gradient, mean, square in zip(weights, gradients, means, squares, strict=True):
            mean += 0.1 * (gradient * shorter - mean)
            square += 0.001 * ((gradient * shorter) ** 2 - square)
            weight -= rate * mean / (1 - 0.9**update) / (np.sqrt(square / (1 - 0.999**update)) + 1e-7)
    assert reach is not None
    words, answers = _sequences(rng, places, 500, length)
    right = (_logits(weights, _states(weights, words)[-1]) > 0) == answers
    return right.mean(axis=1).reshape(len(distances), trainings), reach


def _start(rng: np.random.Generator, distances: int, trainings: int, size: float, radius: float) -> list[np.ndarray]:
    """W, U, b, V, c with an axis of networks in front; the same `trainings` starts for each distance."""

    def glorot(inputs: int, outputs: int) -> np.ndarray:
        return rng.uniform(-1, 1, (trainings, inputs, outputs)) * np.sqrt(6 / (inputs + outputs))

    turns = np.linalg.qr(rng.normal(size=(trainings, UNITS, UNITS)))[0]
    one = [size * glorot(WORDS, UNITS), radius * turns, np.zeros((trainings, 1, UNITS)), glorot(UNITS, 1)]
    one.append(np.zeros((trainings, 1, 1)))
    return [np.tile(w, (distances, 1, 1)).astype("float32") for w in one]


def _sequences(rng: np.random.Generator, places: np.ndarray, rows: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Random words, shape (networks, rows, length), and at the place of each network one of the first two."""
    words = rng.integers(2, WORDS, (len(places), rows, length))
    answers = rng.integers(0, 2, (len(places), rows))
    words[np.arange(len(places)), :, places] = answers
    return words, answers


def _states(weights: list[np.ndarray], words: np.ndarray) -> np.ndarray:
    W, U, b, _, _ = weights
    known, first = (W + b).reshape(-1, UNITS), WORDS * np.arange(len(W))[:, None]  # what each word brings
    states = np.zeros((words.shape[2] + 1, *words.shape[:2], UNITS), "float32")
    for step in range(words.shape[2]):
        states[step + 1] = np.tanh(known.take(first + words[:, :, step], axis=0) + states[step] @ U)
    return states


def _logits(weights: list[np.ndarray], last: np.ndarray) -> np.ndarray:
    return (last @ weights[3] + weights[4])[..., 0]


def _gradients(
    weights: list[np.ndarray], words: np.ndarray, answers: np.ndarray, measured: bool = True
) -> tuple[list, np.ndarray]:
    """Of each network's mean cross-entropy along its weights; and its length along the states, (steps, networks).

    Unless measured, no lengths are taken: they cost time.
    """
    _, U, _, V, _ = weights
    networks, rows, length = words.shape
    states = _states(weights, words)
    along_logit = (1 / (1 + np.exp(-_logits(weights, states[-1]))) - answers)[..., None].astype("float32") / rows
    arriving, lengths = along_logit @ V.swapaxes(1, 2), []
    into_sums = np.empty((networks, length, rows, UNITS), "float32")
    for step in reversed(range(length)):
        if measured:
            lengths.append(np.sqrt(np.sum(arriving**2, axis=(1, 2))))
        into_sums[:, step] = arriving * (1 - states[step + 1] ** 2)
        arriving = into_sums[:, step] @ U.swapaxes(1, 2)
    lengths.append(np.sqrt(np.sum(arriving**2, axis=(1, 2))))
    flat = into_sums.reshape(networks, length * rows, UNITS)
    before = states[:-1].transpose(1, 0, 2, 3).reshape(flat.shape).swapaxes(1, 2)
    read = np.eye(WORDS, dtype="float32")[words.transpose(0, 2, 1).reshape(networks, -1)]
    along = [read.swapaxes(1, 2) @ flat, before @ flat]
    along.append(along[0].sum(axis=1, keepdims=True))  # each step reads one word, and adds the bias once
    along += [states[-1].swapaxes(1, 2) @ along_logit, along_logit.sum(axis=1, keepdims=True)]
    return along, np.array(lengths)

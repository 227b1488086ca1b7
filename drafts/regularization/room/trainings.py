"""Many small networks trained at the same time, each with penalties, decay and dropout of its own."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

BLOCK = 100  # rows of a product: for a larger one, BLAS wakes threads that wait longer than they compute
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Adam's, as in Keras


class Trained(NamedTuple):
    """What a training of several networks returns.

    losses: mean cross-entropies without penalties, all units on, shape (sets, looks, networks): the first set is what
        a network was trained on, the others are those it was judged on.
    right: the shares of right answers, of the same shape.
    weights: the arrays of all networks after the last update, each with a first axis for the networks.
    """

    losses: np.ndarray
    right: np.ndarray
    weights: list[np.ndarray]


def train_nets(
    starts: Sequence[Sequence[Any]],
    pools: Sequence[tuple[Any, Any]],
    judges: Sequence[tuple[Any, Any]],
    *,
    updates: int,
    every: int,
    rate: float = 0.01,
    batch: int = 100,
    l1: float = 0,
    l2: float = 0,
    decay: float = 0,
    dropout: float = 0,
    seed: int = 0,
) -> Trained:
    """Train networks with one hidden layer of ReLU units with Adam and the cross-entropy.

    Each update sees `batch` rows; all rows of a pool come before one of them comes again.

    Args:
        starts: for each network its two kernels and biases, as `model.get_weights()` gives them.
        pools: for each network the inputs and labels to train on, shapes (rows, columns) and (rows,).
        judges: inputs and labels of further sets, the same for all networks.
        updates, every: how many updates, and after how many to look at the losses; the first look is before them.
        rate, batch: the learning rate, and the rows of an update.
        l1, l2: factors of the penalties on both kernels.
        decay: the weight decay of both kernels (AdamW); each update takes rate · decay of a weight away.
        dropout: the share of hidden units that is dropped in each row of an update.
        seed: of the batches and of dropout.

    Returns:
        losses and shares of right answers at each look, and the last weights.

    Raises:
        ValueError: another number of pools than networks, or a pool that is smaller than a batch.
    """
    if len(starts) != len(pools) or any(len(labels) < batch for _, labels in pools):
        raise ValueError(f"{len(starts)} networks want as many pools (not {len(pools)}) of at least {batch} rows.")
    weights = [np.stack(arrays).astype(np.float32) for arrays in zip(*starts, strict=True)]
    weights = [array if array.ndim == 3 else array[:, np.newaxis] for array in weights]
    firsts, seconds = ([np.zeros_like(array) for array in weights] for _ in range(2))
    rng, queues = np.random.default_rng(seed), [np.empty(0, int) for _ in starts]
    losses, right = [], []
    for update in range(updates + 1):
        if update % every == 0:
            own = (np.stack([rows[:batch] for rows, _ in pools]), np.stack([labels[:batch] for _, labels in pools]))
            looks = [_look(weights, rows, labels) for rows, labels in (own, *judges)]
            losses.append([loss for loss, _ in looks])
            right.append([share for _, share in looks])
        if update == updates:
            break
        for number, (_, labels) in enumerate(pools):
            if len(queues[number]) < batch:
                queues[number] = rng.permutation(len(labels))
        rows = np.stack([pool[0][queue[:batch]] for pool, queue in zip(pools, queues, strict=True)])
        labels = np.stack([pool[1][queue[:batch]] for pool, queue in zip(pools, queues, strict=True)])
        queues = [queue[batch:] for queue in queues]
        gradients = _gradients(weights, rows, labels, dropout, rng)
        length = rate * np.float32(np.sqrt(1 - BETA_2 ** (update + 1)) / (1 - BETA_1 ** (update + 1)))
        for place in range(4):
            gradient = gradients[place]
            if place in (0, 2):  # kernels pay, biases do not
                gradient = gradient + l1 * np.sign(weights[place]) + 2 * l2 * weights[place]
                weights[place] *= 1 - rate * decay
            firsts[place] += (gradient - firsts[place]) * (1 - BETA_1)
            seconds[place] += (gradient**2 - seconds[place]) * (1 - BETA_2)
            weights[place] -= length * firsts[place] / (np.sqrt(seconds[place]) + EPSILON)
    return Trained(np.moveaxis(losses, 0, 1), np.moveaxis(right, 0, 1), weights)


def _gradients(weights: list[np.ndarray], rows: Any, labels: Any, dropout: float, rng: Any) -> list[np.ndarray]:
    """Of the mean cross-entropy of a batch, with respect to kernel, bias, kernel, bias."""
    kernel, bias, last_kernel, last_bias = weights
    hidden = np.maximum(rows @ kernel + bias, 0)
    switch = (hidden > 0).astype(np.float32)
    if dropout:
        mask = (rng.random(hidden.shape, dtype=np.float32) >= dropout) / np.float32(1 - dropout)
        hidden, switch = hidden * mask, switch * mask
    logits = hidden @ last_kernel + last_bias
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    error = powers / powers.sum(axis=-1, keepdims=True) - np.eye(logits.shape[-1], dtype=np.float32)[labels]
    error /= rows.shape[1]
    back = error @ last_kernel.swapaxes(1, 2) * switch
    return [
        rows.swapaxes(1, 2) @ back,
        back.sum(axis=1, keepdims=True),
        hidden.swapaxes(1, 2) @ error,
        error.sum(axis=1, keepdims=True),
    ]


def _look(weights: list[np.ndarray], rows: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean cross-entropies and shares of right answers, shape (networks,) each, all units on."""
    kernel, bias, last_kernel, last_bias = weights
    blocks = [rows[..., start : start + BLOCK, :] for start in range(0, rows.shape[-2], BLOCK)]
    logits = np.concatenate([np.maximum(b @ kernel + bias, 0) @ last_kernel + last_bias for b in blocks], axis=1)
    labels = np.broadcast_to(labels, logits.shape[:2])
    chosen = np.take_along_axis(logits, labels[..., np.newaxis], axis=-1)[..., 0]
    top = logits.max(axis=-1)
    logs = top + np.log(np.exp(logits - top[..., np.newaxis]).sum(axis=-1))
    return (logs - chosen).mean(axis=1), (logits.argmax(axis=-1) == labels).mean(axis=1)


def _neighbors(side: int) -> np.ndarray:
    """1 where an input pixel is read by a place of the 3×3 kernel for an output pixel, shape (9, inputs, outputs).

    The outputs are ordered for the pooling: the upper left pixels of all 2×2 squares, then the upper right ones …
    """
    result = np.zeros((9, side * side, 4, side // 2, side // 2), np.float32)
    for place, (i, j) in enumerate(np.ndindex(3, 3)):
        for row, column in np.ndindex(side, side):
            above, left = row + i - 1, column + j - 1
            if 0 <= above < side and 0 <= left < side:
                corner = 2 * (row % 2) + column % 2
                result[place, above * side + left, corner, row // 2, column // 2] = 1
    return result.reshape(9, side * side, side * side)


def say_convnets(weights: Sequence[Any], pictures: Any, rates: Any = None, seed: Any = None) -> tf.Tensor:
    """The logits of convnets that are stacked: two blocks (3×3 convolution, ReLU, 2×2 maximum), two dense layers.

    Args:
        weights: kernels and biases of the four layers, each with a first axis for the networks; the kernels of the
            convolutions have the shape (networks, 9 · channels, maps).
        pictures: shape (networks, rows, side, side), or (1, …) if all networks see the same.
        rates: None for no dropout, or the shares to drop, shape (5, networks): of the numbers after the first pooling,
            of whole maps there, of the numbers after the second pooling, of whole maps there, of the hidden units.
        seed: two integers, for dropout.

    Returns:
        shape (networks, rows, classes).
    """
    places = iter(range(5))

    def drop(passed: tf.Tensor, *, whole_maps: bool) -> tf.Tensor:
        place = next(places)
        if rates is None:
            return passed
        shape = tf.shape(passed)
        middle = tf.ones_like(shape[2:-1]) if whole_maps else shape[2:-1]
        noise = tf.random.stateless_uniform(tf.concat([shape[:2], middle, shape[-1:]], 0), seed + [0, place])
        rate = tf.reshape(rates[place], [-1] + [1] * (len(passed.shape) - 1))
        return passed * tf.where(noise >= rate, 1 / (1 - rate), 0.0)

    passed = tf.convert_to_tensor(pictures)[..., tf.newaxis]
    for kernel, bias in zip(weights[0:4:2], weights[1:4:2], strict=True):
        rows, side, channels, maps = passed.shape[1], passed.shape[2], passed.shape[-1], kernel.shape[-1]
        cells = (side // 2) ** 2
        shared = tf.reshape(kernel, (-1, 9, channels, maps))
        dense = tf.einsum("kio,nkcm->nicom", _neighbors(side), shared)  # the convolution as one large kernel
        dense = tf.reshape(dense, (-1, side * side * channels, 4 * cells * maps))
        sums = tf.reshape(tf.reshape(passed, (passed.shape[0], rows, -1)) @ dense, (-1, rows, 4, cells, maps))
        largest = tf.maximum(tf.maximum(sums[:, :, 0], sums[:, :, 1]), tf.maximum(sums[:, :, 2], sums[:, :, 3]))
        halved = tf.nn.relu(largest + tf.expand_dims(bias, 2))  # bias and ReLU do not change which sum is the largest
        passed = tf.reshape(halved, (-1, rows, side // 2, side // 2, maps))
        passed = drop(drop(passed, whole_maps=False), whole_maps=True)
    flat = tf.reshape(passed, (passed.shape[0], passed.shape[1], -1))
    hidden = drop(tf.nn.relu(flat @ weights[4] + weights[5]), whole_maps=False)
    return hidden @ weights[6] + weights[7]


def stack_convnet(weights: Sequence[Any]) -> list[np.ndarray]:
    """The weights of one Keras convnet as `say_convnets` wants them, with a first axis of length 1."""
    return [np.reshape(a, (1, -1, a.shape[-1])).astype(np.float32) for a in map(np.asarray, weights)]


def train_convnets(
    starts: Sequence[Sequence[Any]],
    pools: Sequence[tuple[Any, Any]],
    judges: Sequence[tuple[Any, Any]],
    rates: Any,
    *,
    updates: int,
    every: int,
    rate: float = 0.005,
    batch: int = 50,
    seed: int = 0,
) -> Trained:
    """Train convnets with Adam and the cross-entropy, and with dropout in several places.

    Args:
        starts: for each network the arrays of its Keras model (two Conv2D, two Dense).
        pools: for each network pictures and labels, shapes (rows, side, side) and (rows,); equally many rows each.
        judges: pictures and labels of further sets, the same for all networks.
        rates: the shares to drop, shape (networks, 5), in the order of `say_convnets`.
        updates, every, rate, batch, seed: as in `train_nets`, but all networks take the same places of their pools.

    Returns:
        losses and shares of right answers at each look, all units on, and the last weights.

    Raises:
        ValueError: other numbers of pools or of rates than networks.
    """
    if not len(starts) == len(pools) == len(rates):
        raise ValueError(f"{len(starts)} networks came with {len(pools)} pools and {len(rates)} lists of rates.")
    stacked = zip(*(stack_convnet(start) for start in starts), strict=True)
    weights = [tf.Variable(np.concatenate(arrays)) for arrays in stacked]
    firsts, seconds = ([tf.Variable(tf.zeros_like(array)) for array in weights] for _ in range(2))
    own = [tf.constant(np.stack(arrays)) for arrays in zip(*pools, strict=True)]
    shares = tf.constant(np.transpose(rates), tf.float32)
    shapes = [(array, [array.shape[0], batch, *array.shape[2:]]) for array in own]
    single = [[tf.constant(pictures[np.newaxis]), tf.constant(labels[np.newaxis])] for pictures, labels in judges]

    def loss_of(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        labels = tf.broadcast_to(labels, tf.shape(logits)[:2])
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits), 1)

    @tf.function
    def step(update: tf.Tensor, places: tf.Tensor) -> None:
        pictures, labels = (tf.ensure_shape(tf.gather(array, places, axis=1), shape) for array, shape in shapes)
        with tf.GradientTape() as tape:
            logits = say_convnets(weights, pictures, shares, tf.stack([update, seed]))
            total = tf.reduce_sum(loss_of(logits, labels))
        count = tf.cast(update, tf.float32)
        length = rate * tf.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
        for array, first, second, gradient in zip(weights, firsts, seconds, tape.gradient(total, weights), strict=True):
            first.assign_add((gradient - first) * (1 - BETA_1))
            second.assign_add((gradient**2 - second) * (1 - BETA_2))
            array.assign_sub(length * first / (tf.sqrt(second) + EPSILON))

    @tf.function
    def look() -> list[tuple[tf.Tensor, tf.Tensor]]:
        seen = []
        for pictures, labels in (own, *single):
            logits = say_convnets(weights, pictures)
            right = tf.cast(tf.argmax(logits, -1) == labels, tf.float32)
            seen.append((loss_of(logits, labels), tf.reduce_mean(right, 1)))
        return seen

    rng, queue = np.random.default_rng(seed), np.empty(0, int)
    losses, shares_right = [], []
    for update in range(updates + 1):
        if update % every == 0:
            looks = look()
            losses.append([loss.numpy() for loss, _ in looks])
            shares_right.append([share.numpy() for _, share in looks])
        if update < updates:
            if len(queue) < batch:
                queue = rng.permutation(len(pools[0][1]))
            step(tf.constant(update + 1), tf.constant(queue[:batch]))
            queue = queue[batch:]
    arrays = [array.numpy() for array in weights]
    return Trained(np.moveaxis(losses, 0, 1), np.moveaxis(shares_right, 0, 1), arrays)

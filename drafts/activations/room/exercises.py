"""Exercises of *Activations*."""

import keras
import numpy as np
import tensorflow as tf
from scipy.special import expit

from coursekit.checks import exercise, question

# Are these slopes right? ---------------------------------------------------------------------------------------------
steepest = question(
    "activations/steepest",
    "The slope of the sigmoid at 0 is 0.25, and $\\tanh z = 2\\,\\sigma(2z) - 1$. What is the slope of tanh at 0?",
    1.0,
    mistakes={
        0.25: "That is the slope of the sigmoid itself. tanh is a sigmoid that was stretched in two directions.",
        0.5: "You counted one of the two twos. The 2 in front makes the curve twice as high, and the 2 inside makes it pass twice as quickly.",
        4: "tanh is 4 times as steep as the sigmoid there. Multiply the slope of the sigmoid by that.",
        2: "Each of the two twos makes the curve twice as steep: multiply 0.25 by both of them.",
        0: "The value of tanh at 0 is 0. Its slope is asked; the −1 shifts the curve and changes no slope.",
        -0.5: "You subtracted the 1 as well. It shifts the curve downward and changes no slope.",
    },
    hints=[
        "Twice the height at the same width: what happens to the slope?",
        "And twice as fast along z, at the same height?",
    ],
    why="A tanh passes back up to four times as much slope as a sigmoid.",
)  # fmt: skip


@exercise("activations/leaky", points=2)
def leaky(z, share):
    """Return two arrays of the shape of `z`: what LeakyReLU says for each sum,
    and its slope there.

    Up to 0 it lets only a `share` (from 0 to 1) of the sum through. At 0 its
    slope is the one on the left. `z` may hold whole numbers.
    """
    return np.where(z > 0, z, share * z), np.where(z > 0, 1.0, share)


@leaky.probe
def _(rng):
    z = rng.integers(-6, 7, (2, 3)) / 2
    return dict(z=z, share=float(rng.choice([0.1, 0.25, 0.5])))


leaky.example(z=np.array([-3, 0, 2]), share=0.25)
leaky.example(z=np.array([-8.0, -0.1, 0.05, 8.0]), share=0.25)
leaky.mistakes = {
    "np.maximum(z, 0), np.where(z > 0, 1.0, 0.0)": "You wrote ReLU: below 0 nothing comes through. Let a share of {share} of the sum through there.",
    "share * z => share": "Below 0 your function says the share itself, whatever the sum is. It should say the share *times* the sum.",
    "share * z => -share * z": "Below 0 your values are positive. A share of a negative sum is negative.",
    "share * z => z - share": "Below 0 you subtracted the share. A share is a factor.",
    "np.where(z > 0, 1.0, share) => np.where(z >= 0, 1.0, share)": "At a sum of exactly 0 your slope is 1, the one on the right. The one on the left was asked.",
    "np.where(z > 0, 1.0, share) => np.where(z > 0, z, share)": "Above 0 you gave the sum as the slope. The line says z there, and its slope is 1.",
    "np.where(z > 0, 1.0, share) => np.where(z > 0, 1.0, 0.0)": "Your slopes are those of ReLU. Below 0 the line still rises: by the share.",
    "np.where(z > 0, 1.0, share) => np.where(z > 0, 1.0, share * z)": "Below 0 you gave the value as the slope. A line that says share · z has the slope share, at every z.",
    "np.where(z > 0, 1.0, share) => np.where(z > 0, 1.0, -share)": "Below 0 your slope is negative. The line rises there as well, only slowly.",
    "np.where(z > 0, 1.0, share), np.where(z > 0, z, share * z)": "You gave the slope first. The value comes first, then the slope.",
    "np.where(z > 0, z, share * z)": "You returned the values alone. The slopes were asked for as well, as a second array.",
    "np.where(z > 0, 1.0, share)": "You returned the slopes alone. The values were asked for as well, in front.",
    "np.where(z > share, z, share * z), np.where(z > share, 1.0, share)": "Your bend is at the share, {share}. LeakyReLU bends at 0.",
    "np.where(z > 0, share * z, z), np.where(z > 0, share, 1.0)": "You swapped the two sides: the share belongs to the sums below 0.",
    "np.where(z > 0, z, 0.2 * z), np.where(z > 0, 1.0, 0.2)": "You let 0.2 through, as Keras' function does by default. Here the share is {share}.",
    "np.where(z > 0, z, 0.3 * z), np.where(z > 0, 1.0, 0.3)": "You let 0.3 through, as Keras' layer does by default. Here the share is {share}.",
    "np.maximum(z, share), np.where(z > share, 1.0, 0.0)": "You cut everything off at the share. Below 0 the value is the share times the sum.",
    "np.where(z > 0, z, share * z).ravel(), np.where(z > 0, 1.0, share).ravel()": "Your arrays are flat. They should have the shape of `z`.",
}


@leaky.mistake(
    "Your slopes took over the type of `z`. Where `z` holds whole numbers, a share of {share} becomes 0: make an array of decimal numbers, for example with `np.where(z > 0, 1.0, share)`."
)
def _(z, share):
    slope = np.ones_like(z)
    slope[z <= 0] = share
    return np.where(z > 0, z, share * z), slope


@leaky.mistake(
    "Your values took over the type of `z`. Where `z` holds whole numbers, a share of them is rounded: make an array of decimal numbers first."
)
def _(z, share):
    value = np.array(z)
    value[z <= 0] = share * value[z <= 0]
    return value, np.where(z > 0, 1.0, share)


leaky.also(
    "np.maximum(z, share * z), (1 - share) * (z > 0) + share",
    "[keras.ops.leaky_relu(z * 1.0, share), tf.where(z > 0, 1.0, share)]",
    "np.maximum(z, 0) + share * np.minimum(z, 0), [[1.0 if one > 0 else share for one in row] for row in z] if np.ndim(z) == 2 else [1.0 if one > 0 else share for one in z]",
)
leaky.excused = {"z > 0 → z >= 0": "at a sum of 0 both sides say 0"}
leaky.hints = [
    "`np.where(condition, a, b)` takes from a where the condition holds, and from b elsewhere.",
    "Two straight lines meet at 0. What does each of them say, and how steep is each?",
]
leaky.why = "The value goes forward, the slope goes backward: a layer needs both of every activation."

# When is a unit dead? ------------------------------------------------------------------------------------------------
dead_set = question(
    "activations/dead-set",
    "A layer has four ReLU units, and there are four training rows. Here are the sums in front of the ReLU:\n\n"
    "| row | unit a | unit b | unit c | unit d |\n|---|---|---|---|---|\n| 1 | −2 | 0 | −1 | 3 |\n| 2 | −1 | −3 | 0.5 | 4 |\n"
    "| 3 | −5 | 0 | −2 | 1 |\n| 4 | −3 | −2 | −4 | 2 |\n\nWhich units are dead? Answer with a set of letters.",
    {"a", "b"},
    options={
        "a": ("unit a", "It is off for all four rows: ReLU says 0, and its slope is 0 each time."),
        "b": ("unit b", "Its sum is at most 0 in every row. At exactly 0, ReLU says 0 as well, and TensorFlow takes the slope 0 there."),
        "c": ("unit c", "It is off for three rows, but row 2 gets through, and so does a slope."),
        "d": ("unit d", "It is on for every row. Such a unit does not bend, but it learns."),
    },
    hints=["A single row that gets through keeps a unit alive.", "What does ReLU say to a sum of exactly 0?"],
    why="Dead is a statement about all rows, not about one.",
)  # fmt: skip


def _numbers(found):
    """Numbers in whichever form they came: a set, the tuple of `np.where`, a list, an array."""
    return found if found is None else np.ravel(sorted(found) if isinstance(found, set | frozenset) else found)


@exercise("activations/dead-units", points=2)
def dead_units(x, w, b):
    """Return the numbers of the dead ReLU units of a dense layer, counted from
    0, in rising order.

    `x` has the shape (rows, columns), `w` (columns, units) and `b` (units,).
    A unit is dead if its sum is at most 0 for all rows.
    """
    return np.flatnonzero(np.all(x @ w + b <= 0, axis=0))


@dead_units.probe
def _(rng):
    return dict(x=rng.integers(0, 4, (4, 2)), w=rng.integers(-3, 3, (2, 6)), b=rng.integers(-4, 3, 6))


dead_units.use(lambda dead, x, w, b: _numbers(dead(x, w, b)))
_X = np.array([[1, 2], [3, 0], [0, 1]])
dead_units.example(x=_X, w=np.array([[-1, 1, -1, 2, 0], [-1, -3, 0, 2, 0]]), b=np.array([0, 0, 0, -9, 0]))
dead_units.example(x=_X, w=np.array([[-1, 1, -1, 2], [-1, -3, 2, 2]]), b=np.array([3, -4, -1, 1]))
dead_units.example(x=_X, w=np.array([[1, 1, 3], [1, 0, -1]]), b=np.array([1, 1, 1]))
dead_units.mistakes = {
    "np.all => np.any": "You listed units that are off for at least one row. A dead unit is off for all of them.",
    "axis=0 => axis=1": "You asked of each row whether all units are off. Ask of each unit (each column) whether all rows are.",
    "<= 0 => < 0": "A sum of exactly 0 does not get through ReLU either: it counts as off.",
    "<= 0 => > 0": "You listed the units that are on for all rows. Dead units are off for all rows.",
    "np.all(x @ w + b <= 0, axis=0) => ~np.all(x @ w + b <= 0, axis=0)": "You listed the units that are alive.",
    "np.all(x @ w + b <= 0, axis=0)": "You returned one truth value for each unit. Their numbers were asked for: `np.flatnonzero` finds them.",
    "int(np.sum(np.all(x @ w + b <= 0, axis=0)))": "You counted the dead units. Their numbers were asked for.",
    "x @ w + b => x @ w": "You left out the biases. A low bias is just what kills a unit.",
    "x @ w + b => x @ w - b": "You subtracted the bias. It is added to the sum.",
    "np.all(x @ w + b <= 0, axis=0) => np.mean(x @ w + b, axis=0) <= 0": "You looked at the mean, or the sum, over the rows. There, rows above 0 and rows below it cancel: look at each row.",
    "np.flatnonzero(np.all(x @ w + b <= 0, axis=0)) => np.flatnonzero(np.all(x @ w + b <= 0, axis=0)) + 1": "You counted the units from 1. The first unit is number 0.",
    "np.flatnonzero(b <= 0)": "You looked at the biases alone. Whether a unit is off depends on the rows and the weights, too.",
    "np.flatnonzero(np.all(w <= 0, axis=0) & (b <= 0))": "You looked for weights that are at most 0. A unit with a positive weight can be dead, too, if its bias is low enough.",
    "x @ w + b <= 0, axis=0 => (x @ w + b <= 0)[:1], axis=0": "You asked the first row alone. A unit is dead only if it is off for all rows.",
    "np.flatnonzero(np.all(x @ w + b <= 0, axis=0))[::-1]": "Your numbers are in falling order. Start with the smallest.",
}
dead_units.also(
    "[unit for unit in range(len(b)) if max(row @ w[:, unit] + b[unit] for row in x) <= 0]",
    "np.where(np.maximum(x @ w + b, 0).sum(axis=0) == 0)[0]",
    "tf.where(tf.reduce_max(tf.constant(x @ w + b), axis=0) <= 0)[:, 0]",
    "np.nonzero(~(x @ w + b > 0).any(axis=0))",
    "{int(unit) for unit in np.flatnonzero(np.max(x @ w + b, axis=0) <= 0)}",
)
dead_units.hints = [
    "`x @ w + b` is a table of sums: one row for each row of data, one column for each unit.",
    "Which axis do you walk along to see all rows of one unit?",
    "`np.flatnonzero` turns truth values into numbers.",
]
dead_units.why = "One line tells you how much of a ReLU layer is still able to learn."

# Can the dead be revived? --------------------------------------------------------------------------------------------
remedy = question(
    "activations/remedy",
    "Some ReLU units of a first layer are dead, and the network is trained by plain gradient descent. Which of these give the dead units other weights? Answer with a set of letters.",
    {"c", "d"},
    options={
        "a": ("train on for many more epochs", "The slope of their weights is exactly 0, and 0 many times is 0."),
        "b": ("train on at a smaller rate", "A smaller rate would have spared them earlier. Now it multiplies a slope of 0."),
        "c": ("keep all weights, put LeakyReLU in place of ReLU, and train on", "Its slope below 0 is not 0, so the loss reaches their weights again."),
        "d": ("draw all weights anew, and train at a smaller rate", "New weights are other weights, and the smaller rate does not throw them out of reach."),
    },
    hints=["A step is rate times slope. Which of the four changes the slope?", "Or does without the old weights?"],
    why="What a unit lacks when it is dead is a slope. Only a remedy that brings one, or starts afresh, can help.",
)  # fmt: skip


@exercise("activations/prelu-slopes", points=2)
def prelu_slopes(z, a, upstream):
    """Return the slopes of the loss that PReLU hands back, as two arrays:
    along `z`, of the shape (rows, units), and along `a`, of the shape
    (units,).

    PReLU says z where z is above 0, and a·z below. No sum is exactly 0.
    Each unit has its own share in `a`, which serves all rows. `upstream` holds
    the slopes of the loss along what PReLU says, of the shape (rows, units).
    """
    along_z = upstream * np.where(z > 0, 1.0, a)
    along_a = np.sum(upstream * np.minimum(z, 0), axis=0)
    return along_z, along_a


@prelu_slopes.probe
def _(rng):
    size = (int(rng.integers(2, 5)), 3)
    z, upstream = rng.integers(-6, 6, size) + 0.5, rng.integers(-3, 4, size) / 2
    return dict(z=z, a=rng.permutation([0.25, 0.5, -0.5]), upstream=upstream)


prelu_slopes.example(
    z=np.array([[-1.0, 2, -4], [-3, -2, 1], [2, -1, -2]]),
    a=np.array([0.25, 0.0, -0.5]),
    upstream=np.array([[1.0, 2, 3], [-2, 1, 0.5], [4, 1, 2]]),
)
prelu_slopes.example(z=np.array([[-1.0, -2, -3]]), a=np.array([0.25, 0.0, 0.5]), upstream=np.array([[1.0, 2, 3]]))
prelu_slopes.mistakes = {
    "np.where(z > 0, 1.0, a) => np.where(z > 0, 1.0, 0.0)": "Your slopes along z are those of ReLU. Below 0 the slope is the share of the unit.",
    "np.where(z > 0, 1.0, a) => a": "You multiplied by the share everywhere. Above 0 PReLU says z, and its slope is 1.",
    "np.where(z > 0, 1.0, a) => np.where(z > 0, z, a * z)": "You multiplied by what PReLU says. Going back, what arrives is multiplied by its slope.",
    "np.where(z > 0, 1.0, a) => np.where(z > 0, a, 1.0)": "You swapped the two sides: the share belongs to the sums below 0.",
    "np.minimum(z, 0) => z": "Your slope along `a` counts rows above 0 as well. There PReLU does not use the share.",
    "np.minimum(z, 0) => np.maximum(z, 0)": "Your slope along `a` counts the rows above 0. The share is used on the others.",
    "np.minimum(z, 0) => a * np.minimum(z, 0)": "You multiplied the slope along `a` by the share. The output is a·z, and its slope along a is z.",
    "np.minimum(z, 0) => np.abs(np.minimum(z, 0))": "You dropped the sign of z in the slope along `a`. Where z is negative, a larger share makes the output smaller.",
    "np.minimum(z, 0) => (z <= 0)": "You counted rows below 0. The output is a·z, and its slope along a is z, not 1.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => np.mean(upstream * np.minimum(z, 0), axis=0)": "You took the mean over the rows. The loss depends on the share through every row, so the slopes of all rows add up.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => upstream * np.minimum(z, 0)": "Your slope along `a` has one number for each row. A unit has one share for all rows: add the rows up.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => np.sum(upstream * np.minimum(z, 0), axis=1)": "You added the units of each row up. Each unit has its own share: add its rows up.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => np.sum(upstream * np.minimum(z, 0))": "You added everything up to one number. Each unit has its own share, so there is one slope for each.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => np.sum(upstream, axis=0) * np.sum(np.minimum(z, 0), axis=0)": "You multiplied two sums. Multiply row by row first, and add up then.",
    "np.sum(upstream * np.minimum(z, 0), axis=0) => np.sum(np.minimum(z, 0), axis=0)": "Your slope along `a` leaves out what arrives. Along a chain, slopes multiply: bring `upstream` in.",
    "along_z = upstream * np.where(z > 0, 1.0, a) => along_z = np.where(z > 0, 1.0, a)": "Your slope along z leaves out what arrives. Along a chain, slopes multiply: bring `upstream` in.",
    "return along_z, along_a => return along_a, along_z": "You gave the slope along `a` first. The slope along z comes first.",
    "return along_z, along_a => return along_z": "You returned the slope along z alone. The one along `a` was asked for as well.",
    "return along_z, along_a => return along_a": "You returned the slope along `a` alone. The one along z was asked for as well, in front.",
}


@prelu_slopes.also
def _(z, a, upstream):
    shares, sums = tf.Variable(a, dtype=tf.float64), tf.Variable(z, dtype=tf.float64)
    with tf.GradientTape() as tape:
        said = tf.where(sums > 0, sums, shares * sums)
        total = tf.reduce_sum(said * upstream)
    return tape.gradient(total, [sums, shares])


@prelu_slopes.also
def _(z, a, upstream):
    layer, sums = keras.layers.PReLU(dtype="float64"), tf.Variable(z, dtype=tf.float64)
    layer.build(z.shape)
    layer.alpha.assign(a)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(sums) * upstream)
    return tape.gradient(total, [sums, layer.alpha.value])


prelu_slopes.also(
    "[np.where(z > 0, upstream, a * upstream), ((z <= 0) * z * upstream).sum(0)]",
    "(upstream * ((z > 0) + (z <= 0) * a), np.array([sum(u * s for u, s in zip(us, zs) if s <= 0) for us, zs in zip(upstream.T, z.T)]))",
)
prelu_slopes.hints = [
    "Write down the output for one row and one unit, above 0 and below. What is its slope along z, and what along a?",
    "Multiply each by the slope that arrives.",
    "One share serves all rows of its unit, so the slopes of the rows add up: `axis=0`.",
]
prelu_slopes.excused = {"z > 0 → z >= 0": "no sum is exactly 0"}
prelu_slopes.why = "A learned activation is an ordinary weight: its slope adds up over all rows that used it."


# What may an output be? ----------------------------------------------------------------------------------------------
@exercise("activations/squash", points=2)
def squash(z, low, high):
    """Return a number between `low` and `high` for each sum in `z`: the
    sigmoid, stretched and shifted so that it runs from `low` to `high`.

    Very negative sums come close to `low`, very large ones to `high`, and 0
    lies in the middle.
    """
    return low + (high - low) / (1 + np.exp(-z))


@squash.probe
def _(rng):
    low = int(rng.integers(-20, 20))
    return dict(z=rng.integers(-6, 7, 4) / 2, low=low, high=low + int(rng.integers(2, 30)))


squash.example(z=np.array([-2.0, 0.0, 0.5, 3.0]), low=10, high=14)
squash.example(z=np.array([[-2.0, 0.0], [1.0, 3.0]]), low=-30, high=30)
squash.example(z=np.array([-2.0, 0.0, 1.0]), low=-1, high=0)
squash.mistakes = {
    "1 / (1 + np.exp(-z))": "That is the sigmoid, from 0 to 1. Stretch it to a width of high − low, and shift it to {low}.",
    "np.tanh(z)": "That is tanh, from −1 to 1. Here the limits are {low} and {high}.",
    "high / (1 + np.exp(-z))": "Your numbers run from 0 to {high}. They should start at {low}.",
    "(high - low) / (1 + np.exp(-z))": "Your numbers have the right width, but they start at 0. Shift them to {low}.",
    "low + high / (1 + np.exp(-z))": "Your numbers run from low to low + high. The width should be high − low.",
    "high + (high - low) / (1 + np.exp(-z))": "Your numbers start at {high} and go on upward. They should start at {low}.",
    "np.exp(-z) => np.exp(z)": "Your curve falls from {high} to {low}. A larger sum should give a larger number.",
    "low + (high - low) * np.tanh(z)": "tanh runs from −1 to 1, so your numbers fall below {low}. The sigmoid runs from 0 to 1.",
    "(low + high) / 2 + (high - low) / 2 * np.tanh(z)": "Your limits are right, but the curve is steeper than asked: tanh(z) is a sigmoid of 2z.",
    "np.clip(z, low, high)": "You cut the sums off at the limits. Then the slope is 0 outside; the sigmoid bends smoothly.",
    "low + (high - low) * np.clip(z, 0, 1)": "You cut the sums off at 0 and 1. Use the sigmoid, which bends smoothly and has a slope everywhere.",
    "low + (high - low) * z": "You left out the sigmoid, so your numbers leave the limits.",
    "np.clip(1 / (1 + np.exp(-z)), low, high)": "You cut the sigmoid off at the limits. Stretch it instead: multiply by the width, and add the lower limit.",
    "(low + high) / 2 + (high - low) / (1 + np.exp(-z))": "A sum of 0 should give the middle of the limits, and the lowest number should be {low}: you started at the middle.",
    "(1 / (1 + np.exp(-z)) - low) / (high - low)": "You squeezed where you should stretch: that is the formula for bringing numbers from {low} to {high} into 0 to 1.",
    "low + (high - low) * np.exp(z) / np.sum(np.exp(z))": "You used softmax, which ties the numbers together. Each sum gets its own number here: use the sigmoid.",
}
squash.also(
    "low + (high - low) * expit(z)",
    "(low + high) / 2 + (high - low) / 2 * np.tanh(np.array(z) / 2)",
    "low + (high - low) * keras.ops.sigmoid(z)",
    "high - (high - low) * tf.sigmoid(-z)",
)
squash.hints = [
    "The sigmoid runs from 0 to 1. What do you multiply by to make it as wide as the limits?",
    "And what do you add, so that it starts at `low`?",
]
squash.why = "A last layer that cannot leave the allowed range need not learn to stay in it."

which_head = question(
    "activations/which-head",
    "**A transfer.** A network looks at a photograph of a street. For each of 20 kinds of things (car, bicycle, dog, …) it is to say how likely it is that the photograph shows one. Several kinds may be there, or none. What comes last?",
    "b",
    options={
        "a": ("20 units with softmax", "Softmax makes the 20 numbers add up to 1, so a dog takes from the car. Here both may be there, or none."),
        "b": ("20 units with a sigmoid each", "Twenty separate questions, twenty separate probabilities."),
        "c": ("20 units with ReLU", "ReLU says numbers from 0 without an upper limit. A probability ends at 1."),
        "d": ("20 units with tanh", "tanh says negative numbers as well. A probability starts at 0."),
    },
    hints=["Which range has a probability?", "Should a higher probability for one kind lower the others?"],
    why="The last activation states what an answer may be: here each unit answers a question of its own.",
)  # fmt: skip

# What does a ReLU on the last layer do? ------------------------------------------------------------------------------
at_most = question(
    "activations/at-most",
    "A ReLU on the last layer has cut the output of one of 100 classes to 0 in some row. What is the highest probability that softmax can still give this class in this row?",
    0.01,
    mistakes={
        0: "The output is 0, but softmax takes its power: e⁰ is 1, and 1 divided by a sum is not 0.",
        1: "For that, all other outputs would have to be far below 0. A ReLU says nothing below 0.",
        0.5: "With 99 rivals, each of which counts at least e⁰ = 1, half is out of reach.",
        1 / 99: "You counted the 99 rivals only. The class itself stands in the sum as well.",
        1 / 101: "There are 100 classes in all, this one among them.",
        1.0 / np.e: "e⁰ is 1, not e to the 1; and the sum below it has 100 terms.",
        100: "A probability is at most 1. Divide e⁰ by the sum of all 100 powers.",
        -np.log(0.01): "That is the loss of such a row in the best case. Its probability is asked.",
    },
    hints=["Softmax: e to the output, divided by the sum of all 100 such powers.", "The outputs of a ReLU are 0 or more. How small can the sum be?"],
    why="A class that ReLU has cut off can never be more likely than a blind guess.",
    tolerance=1e-5,
)  # fmt: skip


@exercise("activations/lost-classes", points=2)
def lost_classes(z, labels):
    """Return the numbers of the lost classes, counted from 0, in rising order.

    `z` holds the sums in front of a ReLU on the last layer, of the shape
    (rows, classes), and `labels` the class of each row. A class is lost if
    its sum is at most 0 on all its own rows. Every class has at least one row.
    """
    own = np.arange(z.shape[1]) == np.reshape(labels, (len(z), 1))
    return np.flatnonzero(np.all((z <= 0) | ~own, axis=0))


@lost_classes.probe
def _(rng):
    return dict(z=rng.integers(-3, 2, (8, 4)), labels=rng.permutation([0, 0, 1, 1, 2, 2, 3, 3]))


lost_classes.use(lambda lost, z, labels: _numbers(lost(z, labels)))
lost_classes.example(
    z=np.array([[-1, 2, 0, 1], [-2, 1, -1, 1], [3, -1, -1, 2], [0, -2, 1, 0], [4, 1, 0, -1], [1, 0, -2, 3]]),
    labels=np.array([0, 0, 1, 1, 2, 3]),
)
lost_classes.example(z=np.array([[1, -1, -1], [-1, -1, 5], [1, 1, -1], [-2, -1, -2]]), labels=np.array([0, 0, 2, 1]))
lost_classes.mistakes = {
    "np.flatnonzero(np.all(z <= 0, axis=0))": "You listed the classes that are off in *every* row. A class may be on for others' rows and still be lost: look at its own rows.",
    "(z <= 0) => (z < 0)": "A sum of exactly 0 does not get through ReLU either: it counts as off.",
    "np.all((z <= 0) | ~own, axis=0) => np.any((z <= 0) & own, axis=0)": "You listed classes that are off on at least one own row. One own row that gets through can still pull the class up.",
    "np.all((z <= 0) | ~own, axis=0) => np.all((z <= 0) | own, axis=0)": "You looked at the rows of the other classes. A class is lost if it is off on its own.",
    "np.all((z <= 0) | ~own, axis=0) => np.all((z > 0) | ~own, axis=0)": "You listed the classes that are on for all their own rows.",
    "np.all((z <= 0) | ~own, axis=0) => ~np.all((z <= 0) | ~own, axis=0)": "You listed the classes that are not lost.",
    "np.flatnonzero(np.all((z <= 0) | ~own, axis=0)) => np.all((z <= 0) | ~own, axis=0)": "You returned one truth value for each class. Their numbers were asked for: `np.flatnonzero` finds them.",
    "np.flatnonzero(np.all((z <= 0) | ~own, axis=0)) => int(np.sum(np.all((z <= 0) | ~own, axis=0)))": "You counted the lost classes. Their numbers were asked for.",
    "np.flatnonzero(np.all((z <= 0) | ~own, axis=0)) => np.flatnonzero(np.all((z <= 0) | ~own, axis=0)) + 1": "You counted the classes from 1. The first class is number 0.",
    "np.flatnonzero(z[np.arange(len(z)), labels] <= 0)": "You listed rows that are off for their own class. Collect the rows of each class, and return classes.",
    "labels[z[np.arange(len(z)), labels] <= 0]": "You gave a class for every row that is off for it. All own rows have to be off, and each class is named once.",
    "np.array([c for c in range(z.shape[1]) if np.mean(z[labels == c, c]) <= 0])": "You took the mean over the own rows. A mean below 0 can hold a row that is above.",
    "np.array([c for c in range(z.shape[1]) if not np.any(z.argmax(axis=1)[labels == c] == c)])": "You listed classes that win none of their own rows. A class may lose a row to a larger sum and still be on there.",
    "np.array([c for c in range(z.shape[1]) if z[np.argmax(labels == c), c] <= 0])": "You looked at the first row of each class only. All its own rows count.",
    "np.flatnonzero(np.all((z <= 0) | ~own, axis=0)) => np.flatnonzero(np.all((z <= 0) | ~own, axis=0))[::-1]": "Your numbers are in falling order. Start with the smallest.",
}
lost_classes.also(
    "[c for c in range(z.shape[1]) if (z[labels == c, c] <= 0).all()]",
    "sorted(set(range(z.shape[1])) - set(labels[z[np.arange(len(z)), labels] > 0].tolist()))",
    "tuple(c for c, column in enumerate(z.T) if max(column[np.array(labels) == c]) <= 0)",
)
lost_classes.hints = [
    "`z[labels == c, c]` holds the sums of class c on its own rows.",
    "A class is lost if all of these are at most 0.",
]
lost_classes.why = "On the rows of a lost class nothing pulls its logit up, and training goes on without it."

diagnosis = question(
    "activations/diagnosis",
    "**A transfer.** A colleague sorts photographs of 50 kinds of plants. The last layer is `layers.Dense(50, activation=\"relu\")`. The loss came to rest at 2.1, and 45 % of the training rows are right. “I looked at all training rows,” says your colleague: “only 3 of the 50 outputs are 0 for every row. So the ReLU cannot be to blame for 55 % wrong rows.” What do you say?",
    "b",
    options={
        "a": ("You agree, and suggest a smaller rate.", "3 dead classes alone explain about 6 %. But a class need not be dead to be out of reach of its own rows."),
        "b": ("Count the kinds whose output is 0 on all rows *of that kind*, and train without the ReLU.", "Such a kind cannot get more than 1/50 on its own rows, and nothing there pulls it up, however often it is on for other plants."),
        "c": ("Replace the ReLU by a sigmoid, and keep the loss.", "The loss expects logits, which may be any number. A sigmoid squeezes them into 0 to 1 and cannot tell a sure answer from a guess."),
        "d": ("You agree: with 50 classes, 45 % right is near the best that is possible.", "Guessing gives 2 %, and nothing here says that 45 % is near the best. First remove what is known to do harm."),
    },
    hints=["Which rows pull the output of a kind up?", "May an output be on for some rows, and off for just those rows?"],
    why="Count where it matters: on the rows from which a unit should learn.",
)  # fmt: skip

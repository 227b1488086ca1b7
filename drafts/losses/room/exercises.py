"""Exercises of *Losses*."""

import keras
import numpy as np
import tensorflow as tf

from coursekit.checks import exercise, question

# Which line would you trust? -----------------------------------------------------------------------------------------
drag = question(
    "losses/drag",
    "The cross starts a little above the MAE line. What was typed for this car then grows from 7.1 to 71 liters. What does the best MAE line do?",
    "c",
    options={
        "a": ("It follows the cross, as the MSE line does.", "The MSE line does. Under MAE the row pulls no harder from 71 liters than from 15."),
        "b": ("It follows, half as fast as the MSE line.", "It does not follow at all: it is the same line in all these frames."),
        "c": ("It stays where it is.", "The cross stays on the same side of the line, and under MAE only the side decides how the row pulls."),
        "d": ("It turns away from the cross.", "Then the other rows would lie worse. Nothing pushes the line away: it is the same line in all these frames."),
    },
    hints=["When the cross moves up by one liter, by how much does its absolute error grow? Does that depend on where it is?", "Compare the lines of two neighboring frames."],
    why="A row that stays on its side of the line can move as far as it likes: the best MAE line is still the best.",
)  # fmt: skip

# Which number does each loss look for? -------------------------------------------------------------------------------
middle = question(
    "losses/middle",
    "Five mornings took 24, 26, 27, 31 and 95 minutes. Which single number has the lowest mean absolute error?",
    27,
    mistakes={
        40.6: "40.6 is the mean, which has the lowest mean *squared* error. Try it: its absolute errors add up to 108.8, those of 27 to 76.",
        59.5: "59.5 lies halfway between the shortest and the longest morning. It has the lowest *largest* error; four of the five mornings are far away.",
        24: "From 24, move up by one minute: one error grows by 1, and four shrink by 1.",
        26: "From 26, move up by one minute: two errors grow by 1, and three shrink by 1.",
        31: "From 31, move down by one minute: two errors grow by 1, and three shrink by 1.",
        95: "From 95, every step down to 31 makes four errors smaller and one larger.",
        28: "From 28, move down by one minute: two errors grow by 1, and three shrink by 1.",
        76: "76 is the sum of the absolute errors of the best number. Which number is it?",
        15.2: "15.2 is the lowest mean absolute error itself. At which number is it reached?",
    },
    hints=["Start anywhere and move by one minute. How many of the five errors shrink, and how many grow?", "At the best number, as many rows lie above as below."],
    why="The lowest mean absolute error is at the middle of the sorted rows.",
)  # fmt: skip


@exercise("losses/medians", points=2)
def medians(values):
    """Return the smallest and the largest number that have the lowest mean
    absolute error on `values`, in this order.

    If only one number has it, return it twice. `values` is a series of one or
    more numbers, in any order; leave it as it is.
    """
    ordered = np.sort(values)
    n = len(ordered)
    return ordered[(n - 1) // 2], ordered[n // 2]


@medians.probe
def _(rng):
    return dict(values=rng.integers(-20, 21, rng.integers(1, 9)) / rng.choice([1, 2]))


medians.example(values=np.array([24.0, 26, 27, 31, 33, 95]))
medians.example(values=np.array([95, 24, 27, 31, 26]))
medians.example(values=np.array([7.5]))
medians.example(values=np.array([4, -1]))
medians.example(values=np.array([3, 9, 3, 9, 9, 1]))
medians.example(values=np.array([-6.5, -2.0, -9.0, 0.0]))

medians.mistakes = {
    "np.median(values), np.median(values)": "You returned the median twice. With an even number of rows that is the center of an interval; both ends were asked for.",
    "values[(len(values) - 1) // 2], values[len(values) // 2]": "You took the middle places of the list as it came. Sort it first.",
    "np.mean(values), np.mean(values)": "You returned the mean. It has the lowest mean *squared* error.",
    "np.min(values), np.max(values)": "You returned the smallest and the largest row. Between them not all numbers are equally good: try both ends.",
    "return ordered[(n - 1) // 2], ordered[n // 2] => return ordered[n // 2], ordered[n // 2]": "You returned the upper of the two middle rows twice. With an even number of rows, the lower one is as good.",
    "return ordered[(n - 1) // 2], ordered[n // 2] => return ordered[(n - 1) // 2], ordered[(n - 1) // 2]": "You returned the lower of the two middle rows twice. With an even number of rows, the upper one is as good.",
    "return ordered[(n - 1) // 2], ordered[n // 2] => return ordered[n // 2 - 1], ordered[n // 2]": "Your two rows are right for an even number of rows. With an odd number a single row stands in the middle: return it twice.",
    "return ordered[(n - 1) // 2], ordered[n // 2] => return ordered[n // 2], ordered[(n - 1) // 2]": "You gave the two ends in the other order. The smaller one comes first.",
    "np.quantile(values, 0.25), np.quantile(values, 0.75)": "You returned the quartiles, between which half of the rows lie. The numbers with the lowest loss lie between the two middle rows.",
    "ordered = np.sort(values) => ordered = np.unique(values)": "You counted equal rows once. Each row pulls, also if another one has the same value.",
    "np.median(values)": "You returned one number. Return both ends, also if they are equal.",
    "ordered = np.sort(values) => ordered = np.sort(np.abs(values))": "You sorted the sizes without their signs. The rows themselves are to be sorted.",
    "ordered = np.sort(values) => ordered = np.sort(values).astype(int)": "You cut off what stands behind the point. Keep the rows as they are.",
}
medians.also(
    "[sorted(values)[(len(values) - 1) // 2], sorted(values)[len(values) // 2]]",
    "np.array([np.quantile(values, 0.5, method='lower'), np.quantile(values, 0.5, method='higher')])",
)


@medians.also
def _(values):
    import statistics

    plain = [float(value) for value in values]
    return statistics.median_low(plain), statistics.median_high(plain)


@medians.also
def _(values):
    losses = np.abs(values[:, np.newaxis] - values).mean(axis=1)
    best = values[np.isclose(losses, losses.min())]
    return best.min(), best.max()


medians.hints = [
    "Sort the rows. Which places stand in the middle if there are 5 of them, and which if there are 6?",
    "Counted from 0, the middle of 5 rows is place 2; those of 6 are the places 2 and 3. `//` rounds down.",
]
medians.why = "MAE asks only how many rows lie on each side, so between the two middle rows nothing changes."

# Why does MAE keep stepping? -----------------------------------------------------------------------------------------
keeps_stepping = question(
    "losses/keeps-stepping",
    "One row with the target 10, MAE, start at 0, rate 0.3. Where is the number after 400 updates?",
    "b",
    options={
        "a": ("On 10, to many digits.", "MSE gets there, because its steps shrink. Here every step is 0.3 long, and 10 is no multiple of 0.3."),
        "b": ("It hops between 9.9 and 10.2.", "33 steps lead to 9.9, the next one to 10.2, and the one after that back: all of them are 0.3 long."),
        "c": ("Far above 10, since it never stops.", "It never stops, but above the target the slope has the other sign, and the next step leads back."),
        "d": ("Still on its way: MAE is slow.", "400 steps of 0.3 make 120. It arrives after 33 of them."),
    },
    hints=["How long is a step, if the slope is 1 or −1?", "Where do 33 steps of 0.3 lead, and where does the 34th?"],
    why="A slope that does not shrink gives steps that do not shrink. A smaller rate, at the end, does.",
)  # fmt: skip


# Huber ---------------------------------------------------------------------------------------------------------------
@exercise("losses/huber-slopes", points=3)
def huber_slopes(x, y, w, b, delta):
    """Return the two slopes of the mean Huber loss of w·x + b: (along w,
    along b).

    `x` and `y` hold one number per row.
    """
    error = w * x + b - y
    pull = np.clip(error, -delta, delta)
    return np.mean(pull * x), np.mean(pull)


@huber_slopes.probe
def _(rng):
    n = rng.integers(3, 7)
    x = rng.integers(-3, 4, n) / 2
    y = 2 * x + rng.integers(-8, 9, n) / 2
    return dict(x=x, y=y, w=rng.integers(-2, 3) / 2, b=rng.integers(-4, 5) / 2, delta=rng.choice([0.75, 1.25, 2.25]))


huber_slopes.example(x=np.array([1.5]), y=np.array([1.0]), w=2.0, b=9.0, delta=2.0)
huber_slopes.example(x=np.array([1.0, 2.0, -0.5]), y=np.array([1.25, 1.0, 0.25]), w=0.5, b=0.5, delta=10.0)
huber_slopes.example(x=np.array([-1.5, 2.5, 0.5]), y=np.array([9.0, -7.0, 0.25]), w=1.0, b=0.5, delta=0.5)


def _two(x, slope):
    return np.mean(slope * x), np.mean(slope)


huber_slopes.mistakes = {
    "np.clip(error, -delta, delta) => error": "You cut nothing off: rows beyond δ pull with their whole error. Those are the slopes of half the squared error.",
    "np.clip(error, -delta, delta) => 2 * np.clip(error, -delta, delta)": "Your slopes are twice as large. The parabola of the Huber loss is ½e², whose slope is e.",
    "np.clip(error, -delta, delta) => np.clip(2 * error, -delta, delta)": "Inside, your slope is 2e. The parabola of the Huber loss is ½e², whose slope is e.",
    "np.clip(error, -delta, delta) => np.sign(error) * delta": "Every row pulls with δ in your answer. Rows nearer than δ pull with their error.",
    "np.clip(error, -delta, delta) => np.sign(error)": "Those are the slopes of MAE. Rows nearer than δ pull with their error, the others with δ.",
    "np.clip(error, -delta, delta) => np.clip(error, -1, 1)": "You cut off at 1. The limit is `delta`.",
    "np.clip(error, -delta, delta) => np.where(np.abs(error) <= delta, error, np.sign(error))": "Beyond δ your rows pull with 1. There the Huber loss rises by δ for each unit of error.",
    "np.clip(error, -delta, delta) => np.where(np.abs(error) <= delta, error, delta)": "Beyond δ you lost the sign: a row far above the line pulls up, one far below it pulls down.",
    "np.clip(error, -delta, delta) => np.where(np.abs(error) <= delta, error, 0)": "You left out the rows beyond δ. They pull as well, with δ.",
    "np.clip(error, -delta, delta) => np.minimum(error, delta)": "You cut off large positive errors only. Large negative ones are cut off at −δ.",
    "error = w * x + b - y => error = y - w * x - b": "Your signs are turned around: the error is the prediction minus the target.",
    "np.mean(pull * x), np.mean(pull) => np.mean(pull), np.mean(pull * x)": "You gave the two slopes in the other order: along w comes first.",
    "np.mean(pull * x), np.mean(pull) => np.sum(pull * x), np.sum(pull)": "You added the rows up. The slope of a mean is the mean of the slopes.",
    "np.mean(pull * x), np.mean(pull) => np.mean(pull) * np.mean(x), np.mean(pull)": "Along w you multiplied two means. Each row's pull is multiplied by its own input, and then the mean is taken.",
    "np.mean(pull * x), np.mean(pull) => np.mean(pull), np.mean(pull)": "Along w each row's pull is multiplied by its input.",
    "np.mean(pull * x), np.mean(pull) => np.mean(np.clip(error * x, -delta, delta)), np.mean(pull)": "Along w you cut off error times input. The error alone is cut off, and then multiplied by the input.",
    "np.mean(pull * x), np.mean(pull) => np.clip(np.mean(error * x), -delta, delta), np.clip(np.mean(error), -delta, delta)": "You cut off the means. Each row is cut off by itself, so that one row cannot outvote the others.",
}
huber_slopes.also(
    "np.array([np.mean(np.where(abs(w*x + b - y) <= delta, w*x + b - y, delta*np.sign(w*x + b - y)) * k) for k in (x, 1 + 0*x)])",
)


@huber_slopes.also
def _(x, y, w, b, delta):
    def loss(w, b):
        error = np.abs(w * x + b - y)
        return np.mean(np.where(error <= delta, error**2 / 2, delta * error - delta**2 / 2))

    h = 1e-6
    return [(loss(w + h, b) - loss(w - h, b)) / (2 * h), (loss(w, b + h) - loss(w, b - h)) / (2 * h)]


@huber_slopes.also
def _(x, y, w, b, delta):
    x, y = tf.constant(x, tf.float64), tf.constant(y, tf.float64)
    pull = tf.clip_by_value(w * x + b - y, -delta, delta)
    return tf.reduce_mean(pull * x), tf.reduce_mean(pull)


huber_slopes.hints = [
    "Begin with the error of each row: prediction minus target.",
    "`np.clip(error, -delta, delta)` cuts off on both sides.",
    "Along w, multiply each row by its input before you take the mean.",
]
huber_slopes.why = "No row pulls harder than δ, and near the bottom the steps shrink."

# Which noise makes which loss? ---------------------------------------------------------------------------------------
noise = question(
    "losses/noise",
    "Noise has fat tails at p = 1 (Laplace) and thin ones at p = 2 (Gaussian) and p = 3. Who is closer to the truth, the mean or the median?",
    "d",
    options={
        "a": ("The mean, under every noise: it uses all the rows.", "It uses all the values, also those far out. At p = 1 and 1.2 its typical miss is larger."),
        "b": ("The median, under every noise: outliers cannot move it far.", "With thin tails there is hardly an outlier, and the median makes no use of how far away the rows are."),
        "c": ("They are equally close, since both are centers.", "All these noises are symmetric, so both aim at the truth. They do not scatter equally around it."),
        "d": ("The median with fat tails, the mean with thin ones.", "Each is at its best under the noise that its loss belongs to, and nearby."),
    },
    hints=["Rows far out pull hard on the mean. When are there many of them?", "When there are none, what does the median give away?"],
    why="A loss is good where the noise is the one that it belongs to.",
)  # fmt: skip


@exercise("losses/two-noises", points=2)
def two_noises(errors):
    """Return the mean negative log-likelihood of the errors under Gaussian and
    under Laplace noise, in this order, each with the width that suits it best:
    sigma is the root of the MSE, s is the MAE.

    The noise has its center at 0. At least one error is not 0. `np.log` is the
    natural logarithm.
    """
    sigma = np.sqrt(np.mean(np.square(errors)))
    s = np.mean(np.abs(errors))
    return 0.5 + np.log(sigma * np.sqrt(2 * np.pi)), 1 + np.log(2 * s)


@two_noises.probe
def _(rng):
    errors = rng.integers(-9, 10, rng.integers(1, 7)) * rng.choice([0.1, 0.5, 1, 20])
    errors[0] += 0.25
    return dict(errors=errors)


two_noises.example(errors=np.array([3.0]))
two_noises.example(errors=np.array([1.0, -1.0, 2.0, 8.0]))
two_noises.example(errors=np.array([0.0, 0.0, -0.5, 0.1]))
two_noises.example(errors=np.array([4.0, 5.0, 6.0, 0.0]))
two_noises.example(errors=np.array([-30.0, 10.0, 2.0]))


def _nll(errors, sigma, s):
    gaussian = np.mean(np.square(errors)) / (2 * sigma**2) + np.log(sigma * np.sqrt(2 * np.pi))
    return gaussian, np.mean(np.abs(errors)) / s + np.log(2 * s)


def _rms(errors):
    return np.sqrt(np.mean(np.square(errors)))


two_noises.mistakes = {
    "_nll(errors, _rms(errors), np.mean(np.abs(errors)))[::-1]": "You gave the two in the other order. Gaussian noise comes first.",
    "-np.array(_nll(errors, _rms(errors), np.mean(np.abs(errors))))": "You returned the mean log-likelihoods. *Negative* ones were asked for: turn the signs around.",
    "_nll(errors, 1, 1)": "You gave both noises the width 1. Each needs the width that suits these errors: sigma and s.",
    "_nll(errors, _rms(errors), _rms(errors))": "You gave both noises the same width, sigma. Laplace noise gets its own: the MAE.",
    "_nll(errors, np.mean(np.square(errors)), np.mean(np.abs(errors)))": "You took the MSE itself for sigma. Sigma is its root, in the unit of the errors.",
    "_nll(errors, np.std(errors) + 1e-9, np.mean(np.abs(errors)))": "You took the standard deviation for sigma, which subtracts the mean of the errors first. The noise has its center at 0.",
    "_nll(errors - np.mean(errors), _rms(errors), np.mean(np.abs(errors)))": "You subtracted the mean of the errors. The noise has its center at 0.",
    "np.log(_rms(errors) * np.sqrt(2 * np.pi)), np.log(2 * np.mean(np.abs(errors)))": "You left out the first terms. With the best widths they are MSE / (2σ²) and MAE / s: how much is that?",
    "1 + np.log(_rms(errors) * np.sqrt(2 * np.pi)), 1 + np.log(2 * np.mean(np.abs(errors)))": "Your first Gaussian term is 1. It is MSE / (2σ²), and σ² is the MSE.",
    "0.5 + np.log(sigma * np.sqrt(2 * np.pi)) => 0.5 + np.log(sigma)": "You left out the √(2π) of the Gaussian density. Constants do not matter within one noise, but between two they do.",
    "1 + np.log(2 * s) => 1 + np.log(s)": "You left out the 2 of the Laplace density, 1/(2s). Constants do not matter within one noise, but between two they do.",
    "len(errors) * np.array(_nll(errors, _rms(errors), np.mean(np.abs(errors))))": "You added the rows up. The mean was asked for.",
    "np.array(_nll(errors, _rms(errors), np.mean(np.abs(errors)))) / np.log(10)": "You took logarithms to the base 10. `np.log` is the natural one.",
    "_nll(errors, _rms(errors), np.mean(np.abs(errors)))[0]": "You returned one number. Return two: Gaussian noise, then Laplace noise.",
    "_nll(errors, _rms(errors), np.median(np.abs(errors)) + 1e-9)": "You took the median of the sizes for s. The width that suits Laplace noise best is their mean, the MAE.",
}
two_noises.also("_nll(errors, _rms(errors), np.mean(np.abs(errors)))")


@two_noises.also
def _(errors):
    from scipy import stats

    normal, laplace = stats.norm(scale=_rms(errors)), stats.laplace(scale=np.mean(np.abs(errors)))
    return [-normal.logpdf(errors).mean(), -laplace.logpdf(errors).mean()]


@two_noises.also
def _(errors):
    mse, mae = tf.reduce_mean(tf.square(errors)), tf.reduce_mean(tf.abs(errors))
    return tf.stack(
        [tf.math.log(2 * np.pi * np.e * tf.cast(mse, tf.float64)) / 2, tf.math.log(2 * np.e * tf.cast(mae, tf.float64))]
    )


two_noises.hints = [
    "Put σ² = MSE into the Gaussian formula: what becomes of MSE / (2σ²)?",
    "The first terms are ½ and 1. Add `np.log(sigma * np.sqrt(2 * np.pi))` and `np.log(2 * s)`.",
]
two_noises.why = "The noise with the lower number is the likelier one, and its loss is the one to try."

# One loss, three names -----------------------------------------------------------------------------------------------
per_row = question(
    "losses/per-row",
    "Four rows each. `f` is the function `keras.losses.mean_squared_error`, `o` the object `keras.losses.MeanSquaredError()`. Which of these return one number *per row*, shape (4,)? Answer with a set, like `{\"a\", \"b\"}`.",
    {"a", "c", "e"},
    options={
        "a": ("`f` of shapes (4, 1) and (4, 1)", "The last axis has length 1: its mean leaves one number in each row."),
        "b": ("`f` of shapes (4,) and (4,)", "Here the last axis is the axis of the rows, so its mean is one number for all."),
        "c": ("`f` of shapes (4,) and (4, 1)", "Keras' function first makes (4,) a column of shape (4, 1). Then the mean over the last axis leaves one number per row."),
        "d": ("`o` of shapes (4,) and (4,)", "The object reduces to one number per batch, whatever the shapes."),
        "e": ("`f` of shapes (4, 2) and (4, 2)", "The mean over the two outputs leaves one number in each row."),
    },
    hints=["Which axis does the function take the mean over? Cross it out of the shape.", "The object goes on to the mean of the whole batch, unless its reduction is None."],
    why="The function works on the last axis, whatever that axis is.",
)  # fmt: skip


@exercise("losses/safe-mse", points=2)
def safe_mse(targets, predictions):
    """Return the mean squared error of a batch, one number.

    Both hold one number per row, in the same order, and each of them may have
    the shape (rows,) or (rows, 1), independently of the other.
    """
    targets, predictions = np.ravel(targets), np.ravel(predictions)
    return np.mean((predictions - targets) ** 2)


@safe_mse.probe
def _(rng):
    n = rng.integers(2, 6)
    shapes = [(n,), (n, 1)]
    targets, predictions = rng.integers(-5, 6, (2, n)) / 2
    first, second = rng.integers(0, 2, 2)
    return dict(targets=targets.reshape(shapes[first]), predictions=predictions.reshape(shapes[second]))


safe_mse.strata(lambda targets, predictions: f"{np.ndim(targets)} and {np.ndim(predictions)} axes")
_T, _P = np.array([1.0, 2, 4]), np.array([1.0, 3, -2])
for _first in ((3,), (3, 1)):
    for _second in ((3,), (3, 1)):
        safe_mse.example(targets=_T.reshape(_first), predictions=_P.reshape(_second))
safe_mse.example(targets=np.array([3.0]), predictions=np.array([[1.0]]))
safe_mse.example(targets=np.array([[1.0], [2.0]]), predictions=np.array([1.0, 2.0]))

safe_mse.mistakes = {
    "np.mean((predictions - targets) ** 2)": "You subtracted a row from a column, and got every pair of targets and predictions. Give both the same shape first.",
    "np.mean((np.squeeze(predictions) - targets) ** 2)": "You squeezed the predictions only. Here the targets are a column.",
    "np.mean((predictions - np.squeeze(targets)) ** 2)": "You squeezed the targets only. Here the predictions are a column.",
    "np.mean((predictions - np.reshape(targets, (-1, 1))) ** 2)": "You made a column of the targets, whatever the predictions are. Here those are flat.",
    "np.mean((np.reshape(predictions, (-1, 1)) - targets) ** 2)": "You made a column of the predictions, whatever the targets are. Here those are flat.",
    "np.mean((predictions - targets) ** 2) => np.sum((predictions - targets) ** 2)": "You added the squares up. The *mean* squared error divides by the number of rows.",
    "np.mean((predictions - targets) ** 2) => (predictions - targets) ** 2": "You returned one number per row. One number for the whole batch was asked for.",
    "np.mean((predictions - targets) ** 2) => np.mean(np.abs(predictions - targets))": "You took the absolute errors. Square them.",
    "np.mean((predictions - targets) ** 2) => np.sqrt(np.mean((predictions - targets) ** 2))": "You took the root of it. The mean squared error is without one.",
    "np.mean((predictions - targets) ** 2) => np.mean(predictions - targets) ** 2": "You squared the mean of the errors, after those above and below had cancelled. Square first.",
}


@safe_mse.mistake("You cut both to the first row's shape and lost rows: every row counts.")
def _(targets, predictions):
    return (np.ravel(predictions)[0] - np.ravel(targets)[0]) ** 2


safe_mse.also(
    "keras.losses.MeanSquaredError()(targets, predictions)",
    "np.mean(keras.losses.mean_squared_error(targets, predictions))",
    "np.square(np.reshape(predictions, (-1, 1)) - np.reshape(targets, (-1, 1))).mean()",
    "tf.reduce_mean(tf.square(tf.reshape(predictions, [-1]) - tf.reshape(targets, [-1])))",
)
safe_mse.hints = [
    "What is the shape of the difference between a (3,) and a (3, 1)? Try it.",
    "`np.ravel` and `np.reshape(…, -1)` make an array flat, whatever it was.",
]
safe_mse.why = (
    "Between a row and a column, NumPy and TensorFlow subtract everything from everything, and raise no error."
)


# Quantile loss -------------------------------------------------------------------------------------------------------
@exercise("losses/pinball", points=2)
def pinball(targets, predictions, q):
    """Return the mean quantile loss of a batch, one number.

    A row costs q times its distance if the prediction is too low, and 1 − q
    times its distance if it is too high. Both arrays have the shape (rows,).
    """
    e = targets - predictions
    return np.mean(np.where(e >= 0, q * e, (q - 1) * e))


@pinball.probe
def _(rng):
    n = rng.integers(1, 6)
    targets, predictions = rng.integers(-8, 9, (2, n)) / 2
    return dict(targets=targets, predictions=predictions, q=rng.choice([0.1, 0.25, 0.7, 0.9]))


pinball.example(targets=np.array([5.0]), predictions=np.array([3.0]), q=0.9)
pinball.example(targets=np.array([3.0]), predictions=np.array([5.0]), q=0.9)
pinball.example(targets=np.array([4.0, 1.0, 2.0]), predictions=np.array([1.0, 3.0, 2.0]), q=0.8)
pinball.example(targets=np.array([-4.0, -1.0]), predictions=np.array([-1.0, -3.0]), q=0.25)
pinball.example(targets=np.array([3, 1]), predictions=np.array([1, 2]), q=0.7)
pinball.example(targets=np.array([9.0, 4.0]), predictions=np.array([1.0, 4.0]), q=0.5)

pinball.mistakes = {
    "e = targets - predictions => e = predictions - targets": "Your two arms are swapped: a prediction that is too low costs q per unit, one that is too high 1 − q.",
    "(q - 1) * e => (1 - q) * e": "Predictions that are too high have a negative cost in your answer. A distance is positive: turn the sign around.",
    "q * e, (q - 1) * e => q * e, q * e": "You gave both arms the factor q, so that those too high have a negative cost. Above the target the factor is 1 − q, and the distance is positive.",
    "np.mean(np.abs(targets - predictions))": "You left out q: this is MAE, which treats too low and too high alike.",
    "np.mean(q * np.abs(targets - predictions))": "You gave both arms the factor q. A prediction that is too high costs 1 − q per unit.",
    "return np.mean => return np.sum": "You added the rows up. The mean was asked for.",
    "return np.mean(np.where(e >= 0, q * e, (q - 1) * e)) => return np.where(e >= 0, q * e, (q - 1) * e)": "You returned one number per row. One number for the batch was asked for.",
    "np.where(e >= 0, q * e, (q - 1) * e) => np.where(e >= 0, q * e**2, (1 - q) * e**2)": "You squared the distances. The quantile loss takes them as they are.",
    "np.mean(np.where(e >= 0, q * e, (q - 1) * e)) => 2 * np.mean(np.where(e >= 0, q * e, (q - 1) * e))": "Yours is twice as large, perhaps so that q = 0.5 gives MAE. By the rule above, a distance of 1 that is too low costs q.",
    "np.where(e >= 0, q * e, (q - 1) * e) => np.maximum(q * e, 0)": "Predictions that are too high cost nothing in your answer. They cost 1 − q per unit.",
    "np.where(e >= 0, q * e, (q - 1) * e) => np.where(targets >= 0, q * np.abs(e), (1 - q) * np.abs(e))": "You chose the arm by the sign of the target. It is the sign of target minus prediction that decides.",
    "np.abs(np.mean(targets - predictions)) * q": "You took the mean before the distances, so that too low and too high cancel. Each row costs something by itself.",
    "np.where(e >= 0, q * e, (q - 1) * e) => np.where(e >= 0, q, 1 - q)": "You returned the factors without the distances. Multiply each by how far off the row is.",
    "(lambda e: np.mean(np.where(np.mean(e) >= 0, q * np.abs(e), (1 - q) * np.abs(e))))(targets - predictions)": "You chose one arm for the whole batch. Each row has its own.",
}
pinball.also(
    "np.mean(np.maximum(q * (targets - predictions), (q - 1) * (targets - predictions)))",
    "sum(q * (t - p) if t > p else (1 - q) * (p - t) for t, p in zip(targets, predictions)) / len(targets)",
    "tf.reduce_mean(tf.maximum(q * (targets - predictions), (q - 1) * (targets - predictions)))",
    "np.mean(np.abs(targets - predictions) * np.where(predictions < targets, q, 1 - q))",
)


@pinball.also
def _(targets, predictions, q):
    e = np.asarray(targets, "float32") - np.asarray(predictions, "float32")
    return keras.ops.mean(keras.ops.relu(e) * q + keras.ops.relu(-e) * (1 - q))


pinball.hints = [
    "Compute target minus prediction. Is it positive where the prediction is too low, or where it is too high?",
    "`np.where(condition, a, b)` takes a where the condition holds, else b. `np.maximum(q * e, (q - 1) * e)` does both arms at once.",
]
pinball.excused = {"e >= 0 → e > 0": "at a distance of 0 both arms cost 0"}
pinball.why = "With q = 0.5 this is half of MAE; any other q moves the resting place to another quantile."


@exercise("losses/bake", points=3)
def bake(demands, leftover, missing):
    """How many loaves should a baker bake every day?

    `demands` holds how many loaves were wanted on past days. A loaf that is
    left over costs `leftover`, a loaf that is missing costs `missing`, both
    positive. Return one of the past demands: the one with the lowest cost over
    all these days, and the smallest of them if several have it.
    """
    tried = np.unique(demands)  # sorted
    costs = [
        np.sum(np.where(tried_one >= demands, leftover * (tried_one - demands), missing * (demands - tried_one)))
        for tried_one in tried
    ]
    return tried[np.argmin(costs)]


@bake.probe
def _(rng):
    demands = rng.permutation(rng.integers(20, 80, rng.integers(1, 10)))
    return dict(demands=demands, leftover=rng.integers(1, 6), missing=rng.integers(1, 6))


bake.example(demands=np.array([50, 30, 40, 70, 60]), leftover=1, missing=1)
bake.example(demands=np.array([50, 30, 40, 70, 60]), leftover=1, missing=4)  # 60 and 70 cost the same
bake.example(demands=np.array([40, 20]), leftover=2, missing=2)
bake.example(demands=np.array([33]), leftover=3, missing=1)
bake.example(demands=np.array([10, 10, 10, 90]), leftover=1, missing=2)
bake.example(demands=np.array([55, 20, 35, 35, 80, 41, 62]), leftover=5, missing=2)
bake.example(demands=np.array([55, 20, 35, 38, 80, 41, 62]), leftover=1, missing=5)


def _cheapest(demands, leftover, missing):
    tried = np.unique(demands)
    return tried[
        np.argmin([np.sum(np.where(t >= demands, leftover * (t - demands), missing * (demands - t))) for t in tried])
    ]


bake.mistakes = {
    "_cheapest(demands, missing, leftover)": "You swapped the two costs: a demand above what was baked leaves loaves missing.",
    "np.sort(demands)[len(demands) // 2]": "You took the middle day, as if both costs were equal. Here they differ, or there are two middle days and the smaller one was asked for.",
    "np.median(demands)": "You took the median, as if both costs were equal, or between two days. Use the costs, and return one of the demands.",
    "np.mean(demands)": "You took the mean. The costs grow with the distance, not with its square, so the mean is not what they ask for.",
    "np.max(demands)": "You never let a loaf be missing. That leaves many over, and those cost something, too.",
    "np.min(demands)": "You never let a loaf be left over. Then many are missing, and those cost something, too.",
    "np.quantile(demands, missing / (missing + leftover))": "Your share is right, but `np.quantile` may answer with a number between two days. One of the past demands was asked for; look at its `method`.",
    "demands[0]": "You returned the first day. Try each demand, and add up what it would have cost.",
    "return tried[np.argmin(costs)] => return min(costs)": "You returned the lowest cost. The number of loaves that has it was asked for.",
    "return tried[np.argmin(costs)] => return np.argmin(costs)": "You returned the place of the cheapest number. Return the number itself.",
    "np.sum(np.where => np.max(np.where": "You compared the worst days. Add up the costs over all days.",
    "leftover * (tried_one - demands), missing * (demands - tried_one) => leftover * (tried_one - demands)**2, missing * (demands - tried_one)**2": "You squared the numbers of loaves. Each loaf costs the same, the first as the tenth.",
    "leftover * (tried_one - demands), missing * (demands - tried_one) => leftover, missing": "You charged a day once, however many loaves were missing or left over. Each loaf costs.",
}


@bake.mistake("Of several numbers with the same lowest cost you returned the largest. The smallest was asked for.")
def _(demands, leftover, missing):
    tried = np.unique(demands)[::-1]
    return tried[
        np.argmin([np.sum(np.where(t >= demands, leftover * (t - demands), missing * (demands - t))) for t in tried])
    ]


bake.also(
    "min(sorted(demands), key=lambda t: sum(leftover * max(t - d, 0) + missing * max(d - t, 0) for d in demands))",
    "np.sort(demands)[-(-len(demands) * missing // (missing + leftover)) - 1]",
)
bake.hints = [
    "Try each past demand as the number to bake: what would it have cost on all these days?",
    "A day costs `leftover * (baked - demand)` if enough was baked, else `missing * (demand - baked)`.",
    "`np.unique` sorts, and `np.argmin` takes the first of equals.",
]
bake.excused = {
    "tried_one >= demands → tried_one > demands": "a day on which exactly enough was baked costs nothing by either arm",
    "np.sum → np.mean": "all costs are divided by the same number of days, so the cheapest one is the same",
}
bake.why = "Two costs ask for a quantile: the share of days with enough is missing / (missing + leftover)."

# What goes wrong -----------------------------------------------------------------------------------------------------
budget = question(
    "losses/budget",
    "**A transfer.** A town predicts how much water each of 8,000 households will use next month, and adds the predictions up to plan its pumps. A few households, those with pools, really use twenty times as much as the others. With which loss should the model be trained, so that the *total* is about right?",
    "b",
    options={
        "a": ("MAE, because the pools are outliers.", "The pools are no typing errors: their water has to be pumped. Medians leave most of it out, and their sum is too small."),
        "b": ("MSE, because means add up to the total.", "Where it can, an MSE model predicts the mean of the households that look alike to it, and means times their number is the total."),
        "c": ("Huber with a small δ: it has the best of both.", "With a small δ it is close to the median, and the sum is too small, like that of MAE."),
        "d": ("Quantile loss with q = 0.9, to be safe.", "Then 9 of 10 households are predicted too high. Their sum is about right only by chance."),
    },
    hints=["Ten households use 1, 1, 1, 1, 1, 1, 1, 1, 1 and 20. What is ten times their median, and what is ten times their mean?", "Are the large values mistakes, or water?"],
    why="Whether a large value is an error or the truth, no loss can know. You have to say what you need.",
)  # fmt: skip

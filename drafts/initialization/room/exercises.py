"""Exercises of *Initialization*."""

from itertools import pairwise

import numpy as np

from coursekit.checks import exercise, question


def _size(values):
    return np.sqrt(np.mean(np.square(values)))


# How large is a sum? -------------------------------------------------------------------------------------------------
four_times = question(
    "initialization/four-times",
    "A layer gets four times as many inputs, of the same size as before. Its weights are drawn with the same standard deviation. By which factor does the size of its sums grow?",
    2.0,
    mistakes={
        4: "If all products had the same sign, the sum would grow by 4. Here they have both signs, and most of them cancel: the *square* of the size grows by 4.",
        1: "Each product stays as large as it was, but there are four times as many of them, and they do not cancel completely.",
        16: "You squared the 4. It is the other way around: the square of the size grows by 4.",
        0.5: "That is the factor by which the weights would have to be *shrunk* to keep the size. What does the size itself do?",
        0.25: "More products make a larger sum, not a smaller one. Look at the curve above: how high is it at four times the inputs?",
    },
    hints=[
        "Mean squares of independent products with mean 0 add up.",
        "Four times the mean square: what does the root of it do?",
    ],
    why="The size of a sum grows with the root of the number of inputs, so a rule for the weights has to look at that number.",
)  # fmt: skip


@exercise("initialization/sum-size", points=2)
def sum_size(x, std):
    """Return the size to expect of the sums `x @ kernel`, before a kernel is
    drawn: compute it from `x` and `std`.

    `x` has one row for each example and one column for each input. The
    numbers of the kernel will be drawn independently, with mean 0 and the
    standard deviation `std`. The size is the root of the mean of the squares.
    """
    inputs = x.shape[1]
    return std * np.sqrt(inputs) * np.sqrt(np.mean(np.square(x)))


@sum_size.probe
def _(rng):
    rows, inputs = int(rng.integers(2, 5)), int(rng.integers(5, 9))
    return dict(x=rng.normal(0.7, 1.3, (rows, inputs)).round(1), std=float(rng.choice([0.1, 0.3, 2.0])))


sum_size.example(x=np.array([[1, 2, 2, 4, 0], [3, 1, 0, 2, 1]]), std=0.5)
sum_size.example(x=np.array([[3.0, -4.0, 0.0]]), std=0.2)
sum_size.mistakes = {
    "std * np.sqrt(x.shape[0]) * _size(x)": "You took the number of rows. A sum runs over the inputs of one row: count the columns.",
    "std * x.shape[1] * _size(x)": "You multiplied by the number of inputs, as if all products had the same sign. With both signs they cancel in part, and the size grows with the root.",
    "std * np.sqrt(x.shape[1]) * np.std(x)": "You took the standard deviation of `x`, which subtracts its mean first. The sums feel the mean as well: take the root of the mean of the squares.",
    "std * np.sqrt(x.shape[1]) * np.mean(x**2)": "You forgot the root of the mean square of the inputs. The size has the unit of x, not of x squared.",
    "std * _size(x)": "You left out how many inputs are added. This is the size of one product, and a sum adds up one for each input.",
    "std**2 * x.shape[1] * np.mean(x**2)": "That is the mean of the squares of the sums. The size is its root.",
    "std**2 * np.sqrt(x.shape[1]) * _size(x)": "You squared `std` and took the root of the rest. Either square all factors and take the root at the end, or square none.",
    "std * np.sqrt(x.shape[1]) * np.mean(np.abs(x))": "You took the mean of the absolute inputs. Squares weigh the large ones more: mean of the squares, then the root.",
    "std * np.sqrt(x.size) * _size(x)": "You counted the inputs of all rows together. A sum adds up the inputs of one row.",
    "std * np.sqrt(x.shape[1] / 2) * _size(x)": "You halved the mean square, as ReLU does. The question is about the sums, in front of any activation.",
    "std * np.sqrt(x.shape[1])": "You left out how large the inputs are. Twice as large inputs make sums twice as large.",
    "_size(x) / np.sqrt(x.shape[1]) * std": "You divided by the root of the number of inputs. More inputs make larger sums.",
    "std * np.sqrt(x.shape[1]) * np.mean(x)": "You took the mean of the inputs, in which positive and negative ones cancel. Square them first.",
}
sum_size.also("float(np.sqrt(std**2 * np.mean(np.sum(np.array(x, dtype=float) ** 2, axis=1))))")
sum_size.also("std * np.linalg.norm(x) / len(x) ** 0.5")
sum_size.hints = [
    "The mean square of one product is std² times the mean square of an input.",
    "The mean squares of the products of one row add up: how many are there?",
    "The size is the root of the result.",
]
sum_size.why = "One formula tells you before the training how large the sums of a layer will be."

# What do twenty layers make of it? -----------------------------------------------------------------------------------


@exercise("initialization/signal-sizes", points=2)
def signal_sizes(x, kernels):
    """Send the rows `x` through ReLU layers without biases, one layer for each
    kernel, and each layer reads what the one before it said.

    Return the list of their sizes: for each layer the root of the mean of the
    squares of what it says, after ReLU.
    """
    sizes = []
    for kernel in kernels:
        x = np.maximum(x @ kernel, 0)
        sizes.append(np.sqrt(np.mean(x**2)))
    return sizes


@signal_sizes.probe
def _(rng):
    widths = rng.integers(3, 6, 4) if rng.random() < 0.5 else [4] * 4
    kernels = [rng.normal(0, 0.8, (int(a), int(b))).round(1) for a, b in pairwise(widths)]
    return dict(x=rng.normal(0.3, 1, (5, int(widths[0]))).round(1), kernels=kernels)


def _sizes(x, kernels, measure=_size, bend=lambda z: np.maximum(z, 0), of_sums=False):
    sizes = []
    for kernel in kernels:
        z = x @ kernel
        x = bend(z)
        sizes.append(measure(z if of_sums else x))
    return sizes


signal_sizes.mistakes = {
    "_sizes(x, kernels, of_sums=True)": "You measured the sums, in front of ReLU. What the layer says comes after it.",
    "_sizes(x, kernels, bend=lambda z: z)": "Your layers let negative sums through. ReLU makes them 0.",
    "_sizes(x, kernels, np.std)": "You took the standard deviation, which subtracts the mean first. After ReLU nothing is negative, so the mean is not 0: take the root of the mean of the squares.",
    "_sizes(x, kernels, lambda h: np.mean(h**2))": "You left out the root: these are the mean squares.",
    "_sizes(x, kernels, lambda h: np.mean(np.abs(h)))": "You took the mean of the absolute values. The size is the root of the mean of the squares.",
    "_sizes(x, kernels, lambda h: np.sqrt(np.sum(h**2)))": "You added the squares up. Then a wider layer looks larger: take their mean.",
    "[_size(x), *_sizes(x, kernels)]": "Your list starts with the size of the inputs. It should hold one number for each layer.",
    "_sizes(x, kernels)[-1]": "You returned the last layer alone. A list of all layers was asked for.",
    "_sizes(x, kernels)[::-1]": "Your list starts with the last layer. The first layer comes first.",
    "_sizes(x, kernels, lambda h: np.mean(np.sqrt(np.mean(h**2, axis=1))))": "You took the root row by row, and then the mean. The root comes last, over all rows and units.",
    "_sizes(x, kernels, lambda h: _size(h[h > 0]) if np.any(h > 0) else 0.0)": "You left out the units that are off. Their zeros count, too: the mean is over all rows and units.",
    "_sizes(x, kernels, lambda h: np.linalg.norm(h) / len(h))": "You divided the length by the number of rows. The mean of the squares is over rows and units.",
    "list(np.divide(_sizes(x, kernels), [_size(x), *_sizes(x, kernels)[:-1]]))": "You returned by how much each layer grows or shrinks its inputs. The sizes themselves were asked for.",
}


@signal_sizes.mistake(
    "Each of your layers reads the inputs `x` again. A layer reads what the layer before it said.",
)
def _(x, kernels):
    return [_size(np.maximum(x[:, : len(kernel)] @ kernel[: x.shape[1]], 0)) for kernel in kernels]


@signal_sizes.mistake(
    "You handed on the sums and not what ReLU made of them. The next layer reads what comes after ReLU.",
)
def _(x, kernels):
    sizes = []
    for kernel in kernels:
        x = x @ kernel
        sizes.append(_size(np.maximum(x, 0)))
    return sizes


@signal_sizes.also
def _(x, kernels):
    import keras

    sizes = []
    for kernel in kernels:
        x = keras.ops.relu(keras.ops.matmul(np.asarray(x, "float64"), kernel))
        sizes.append(float(keras.ops.sqrt(keras.ops.mean(keras.ops.square(x)))))
    return np.array(sizes)


signal_sizes.hints = [
    "A loop over the kernels; in each turn `x` becomes what this layer says.",
    "`np.maximum(x @ kernel, 0)` is a ReLU layer without biases.",
]
signal_sizes.why = "Twenty numbers, measured before any training, tell whether a signal gets through."

twenty_roots = question(
    "initialization/twenty-roots",
    "Two networks of 20 ReLU layers without biases have the same random kernels, but in the second all 20 kernels are divided by $\\sqrt{2}$. How many times as large is the last signal of the first network?",
    1024.0,
    mistakes={
        1.414: "That is the factor of one layer. The second layer multiplies what the first one said, and so on.",
        1.41: "That is the factor of one layer. The second layer multiplies what the first one said, and so on.",
        28.3: "You added up 20 factors. Each layer multiplies what it gets: the factor is a power.",
        28.28: "You added up 20 factors. Each layer multiplies what it gets: the factor is a power.",
        20: "Each of the 20 layers multiplies by $\\sqrt 2$. What do 20 equal factors make?",
        40: "You added up 20 twos. The factors multiply, and each of them is only the root of 2.",
        1048576: "That is 2 to the 20th. Each layer multiplies by the *root* of 2: two layers make one factor of 2.",
        512: "That is one factor of 2 too few: 20 roots are 10 pairs.",
        2048: "That is one factor of 2 too many: 20 roots are 10 pairs.",
    },
    hints=["A kernel that is divided by c makes sums, and so ReLU outputs, that are divided by c.", "Two layers: $\\sqrt 2 \\cdot \\sqrt 2 = 2$. And 20?"],
    why="A factor near 1 is harmless in one layer and decides everything after twenty.",
)  # fmt: skip

# And on the way back? ------------------------------------------------------------------------------------------------


@exercise("initialization/send-back", points=2)
def send_back(arriving, kernel, h):
    """Send slopes one layer back.

    `arriving` holds the slopes of the loss along the sums of a layer, shape
    (rows, units). `kernel`, shape (inputs, units), belongs to that layer, and
    `h`, shape (rows, inputs), is what the ReLU layer before it said. Return
    the slopes along the *sums* of the layer before, shape (rows, inputs).
    """
    along_outputs = arriving @ kernel.T
    return along_outputs * (h > 0)


@send_back.probe
def _(rng):
    rows, units = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    inputs = units if rng.random() < 0.5 else units + 1
    return dict(
        arriving=rng.normal(0, 1, (rows, units)).round(1),
        kernel=rng.normal(0, 1, (inputs, units)).round(1),
        h=np.maximum(rng.normal(0.2, 1, (rows, inputs)), 0).round(1),
    )


send_back.example(
    arriving=np.array([[1.0, -2.0]]), kernel=np.array([[1.0, 0.5], [-1.0, 2.0]]), h=np.array([[0.0, 3.0]])
)
send_back.mistakes = {
    "arriving @ kernel.T": "You let all slopes through. To reach the sums of the layer before, they pass its ReLU, and where that says exactly 0 the unit is off and nothing gets through.",
    "arriving @ kernel.T * h": "You multiplied by what the layer said. The slope of ReLU is 1 where it is on, however much it says.",
    "arriving @ kernel.T * (h <= 0)": "You kept the slopes of the units that are off. They pass where the unit is on.",
    "arriving @ kernel * (h > 0)": "You did not transpose the kernel. Unit j of the layer sends its slope to input i through the weight in row i, column j.",
    "h.T @ arriving": "That is the slope along the kernel, summed over the rows. The slopes along the sums of the layer before were asked for.",
    "arriving @ kernel.T * (h > 0) / len(h)": "You divided by the number of rows. These are the slopes of each row's own loss.",
    "arriving @ np.abs(kernel.T) * (h > 0)": "You took the absolute values of the weights. A negative weight turns the slope around.",
    "arriving @ np.linalg.pinv(kernel) * (h > 0)": "You undid the layer with an inverse. A slope is not sent back by undoing: it is multiplied by the weights on its path.",
    "-arriving @ kernel.T * (h > 0)": "You changed the sign. The update subtracts the slopes; on their way back they keep their sign.",
    "np.maximum(arriving @ kernel.T, 0)": "You put the *slopes* through ReLU. It was the signal that ReLU cut off: look at `h`.",
    "np.maximum(arriving @ kernel.T, 0) * (h > 0)": "You put the slopes through ReLU as well. They may be negative: only `h` decides what gets through.",
    "arriving @ kernel.T * (h > 0).any(axis=0)": "You kept all slopes of a unit that is on in some row. The gate is each row's own.",
}
send_back.also("np.where(np.asarray(h) > 0, np.einsum('ru,iu->ri', arriving, kernel), 0)")
send_back.also("np.dot(kernel, np.transpose(arriving)).T * np.sign(h)")
send_back.hints = [
    "A slope reaches input i from all units of the layer, each time multiplied by the weight between them.",
    "`arriving @ kernel.T` has the shape of `h`.",
    "ReLU's slope is 1 where `h` is above 0, and 0 elsewhere.",
]
send_back.why = (
    "Backward, a slope passes the same weights as the signal did forward, and the gates that the signal opened."
)

# Three rules and their names -----------------------------------------------------------------------------------------


@exercise("initialization/uniform-limit", points=2)
def uniform_limit(fan_in, fan_out, rule):
    """Return the limit L of a uniform start, whose weights are drawn evenly
    between -L and L.

    `rule` is "glorot", "he" or "lecun" and says which variance the weights
    should have. The variance of numbers that lie evenly between -L and L is
    L² / 3.
    """
    if rule == "glorot":
        variance = 2 / (fan_in + fan_out)
    elif rule == "he":
        variance = 2 / fan_in
    else:
        variance = 1 / fan_in
    return np.sqrt(3 * variance)


@uniform_limit.probe
def _(rng):
    fans = rng.choice([3, 6, 12, 24, 50], 2, replace=False)
    return dict(fan_in=int(fans[0]), fan_out=int(fans[1]), rule=str(rng.choice(["glorot", "he", "lecun"])))


for _rule in ("glorot", "he", "lecun"):
    uniform_limit.example(fan_in=6, fan_out=18, rule=_rule)
uniform_limit.mistakes = {
    "return np.sqrt(3 * variance) => return np.sqrt(variance)": "You returned the standard deviation. Evenly drawn numbers reach farther than it: their variance is L² / 3.",
    "return np.sqrt(3 * variance) => return 3 * variance": "You left out the root. 3 · variance is L².",
    "return np.sqrt(3 * variance) => return 3 * np.sqrt(variance)": "The 3 belongs under the root: L² is 3 · variance.",
    "return np.sqrt(3 * variance) => return np.sqrt(variance / 3)": "You divided by 3. From variance = L² / 3 follows L² = 3 · variance.",
    "return np.sqrt(3 * variance) => return np.sqrt(12 * variance)": "That is the whole width, from −L to L. The limit is half of it.",
    "return np.sqrt(3 * variance) => return variance": "You returned the variance. Asked is the limit L of the numbers themselves.",
    "variance = 2 / fan_in => variance = 2 / fan_out": "For He you counted the outputs. His rule keeps the signal on its way forward: a sum runs over the inputs.",
    "variance = 1 / fan_in => variance = 1 / fan_out": "For LeCun you counted the outputs. A sum runs over the inputs.",
    "variance = 2 / fan_in => variance = 1 / fan_in": "For He you left out the 2, which makes up for the half that ReLU takes away.",
    "variance = 2 / (fan_in + fan_out) => variance = 1 / (fan_in + fan_out)": "For Glorot you left out the 2. One over the *mean* of both fans is 2 over their sum.",
    "variance = 2 / (fan_in + fan_out) => variance = 2 / fan_in": "For Glorot you counted the inputs alone. His rule takes the mean of inputs and outputs.",
    "variance = 2 / (fan_in + fan_out) => variance = (1 / fan_in + 1 / fan_out) / 2": "For Glorot you took the mean of 1/fan_in and 1/fan_out. It is one over the mean of the fans.",
    "np.sqrt(6 / (fan_in + fan_out))": "You used Glorot's limit for every rule. He and LeCun have other variances.",
    "variance = 1 / fan_in => variance = 2 / fan_in": "For LeCun you kept the 2. It belongs to ReLU, and to He's rule.",
    "variance = 2 / (fan_in + fan_out) => variance = 2 / np.sqrt(fan_in * fan_out)": "For Glorot you took the geometric mean of the fans. It is the ordinary one, (fan_in + fan_out) / 2.",
}


@uniform_limit.also
def _(fan_in, fan_out, rule):
    numbers = {"glorot": (1, (fan_in + fan_out) / 2), "he": (2, fan_in), "lecun": (1, fan_in)}
    scale, fan = numbers[rule]
    return float((3 * scale / fan) ** 0.5)


uniform_limit.also(
    "{'glorot': (6 / (fan_in + fan_out)) ** 0.5, 'he': (6 / fan_in) ** 0.5, 'lecun': (3 / fan_in) ** 0.5}[rule]"
)
uniform_limit.hints = [
    "First the variance of the rule, from the table.",
    "Then solve variance = L² / 3 for L.",
]
uniform_limit.why = "Keras' `GlorotUniform`, `HeUniform` and `LecunUniform` draw between exactly these limits."

# What about zeros? ---------------------------------------------------------------------------------------------------
zeros_move = question(
    "initialization/zeros-move",
    "All kernels and all biases of 20 ReLU layers and of the softmax layer behind them start at 0. A batch holds 32 digits of ten classes. Along which of these numbers is the slope of the loss different from 0? Name all.",
    {"e"},
    options={
        "a": ("the first kernel", "Its slope is its input times the slope that arrives, and that one had to pass kernels full of zeros: it is 0."),
        "b": ("the kernels between the hidden layers", "Both factors of their slopes are 0: the hidden layers say 0, and nothing arrives through kernels of zeros."),
        "c": ("the kernel of the softmax layer", "A slope p − y does arrive here. But it is multiplied by the input of the layer, and the last hidden layer says 0."),
        "d": ("the hidden biases", "A bias needs no input, but it needs a slope that arrives, and zeros in the kernels stop all of it."),
        "e": ("the biases of the softmax layer", "Their slope is the mean of p − y. All p are 1/10, and 32 digits cannot be spread evenly over ten classes."),
    },
    hints=[
        "The slope of a weight is its input times the slope that arrives at its unit. When is a product 0?",
        "Where does p − y get to, if it has to pass a kernel of zeros?",
    ],
    why="A network of zeros can only learn how frequent the classes are.",
)  # fmt: skip

# What does clipping cure? --------------------------------------------------------------------------------------------


@exercise("initialization/clip-together", points=2)
def clip_together(gradients, limit):
    """Shorten a list of arrays, the slopes of all kernels and biases, as
    `global_clipnorm=limit` does.

    Their common length is the root of the sum of the squares of all numbers
    in all arrays. If it is above `limit`, multiply every array by the same
    factor, so that the common length becomes `limit`. Otherwise return the
    arrays with the values that they have.
    """
    length = np.sqrt(sum(np.sum(np.square(one)) for one in gradients))
    factor = limit / max(length, limit)
    return [one * factor for one in gradients]


@clip_together.probe
def _(rng):
    scale = float(rng.choice([0.2, 2.0, 20.0]))
    arrays = [rng.normal(0, scale, shape).round(2) for shape in ((2, 3), (3,), (3, 1))]
    return dict(gradients=arrays, limit=float(rng.choice([1.0, 2.0])))


clip_together.example(gradients=[np.array([[3.0, 0.0]]), np.array([4.0])], limit=1.0)
clip_together.example(gradients=[np.array([[0.3, 0.0]]), np.array([0.4])], limit=1.0)
clip_together.example(gradients=[np.zeros((2, 2)), np.zeros(2)], limit=1.0)
clip_together.example(gradients=[np.array([[2.0, 0.0]]), np.array([0.3])], limit=1.0)


def _scaled(gradients, factor):
    return [one * factor for one in gradients]


def _length(gradients):
    return np.sqrt(sum(np.sum(np.square(one)) for one in gradients))


clip_together.mistakes = {
    "[one * limit / max(_size(one) * np.sqrt(one.size), limit) for one in gradients]": "You shortened each array by its own length, as `clipnorm` does. Then the arrays change in proportion to each other, and the step points elsewhere.",
    "[np.clip(one, -limit, limit) for one in gradients]": "You cut off each number by itself, as `clipvalue` does. That turns the step; here all numbers are multiplied by one factor.",
    "_scaled(gradients, limit / _length(gradients) if _length(gradients) else 1)": "You also stretched gradients that were short enough. Clipping never lengthens: below the limit the values stay.",
    "_scaled(gradients, min(1, limit / max(sum(np.sqrt(np.sum(one**2)) for one in gradients), 1e-30)))": "You added up the lengths of the arrays. The common length is the root of the sum of all squares.",
    "_scaled(gradients, min(1, limit / max(_length(gradients) ** 2, 1e-30)))": "You divided by the squared length. Take the root.",
    "_scaled(gradients, min(1, limit / max(max(np.abs(one).max() for one in gradients), 1e-30)))": "You divided by the largest number. The length is the root of the sum of the squares of all numbers.",
    "_scaled(gradients, min(1, limit / max(np.sum(np.abs(np.concatenate([one.ravel() for one in gradients]))), 1e-30)))": "You added up the absolute values. The length is the root of the sum of the squares.",
    "_scaled(gradients, limit if _length(gradients) > limit else 1)": "Above the limit you multiplied by `limit`, whatever the length was. The new length should be `limit`: divide by the old length, too.",
    "_scaled(gradients, min(1, max(_length(gradients), 1e-30) / limit))": "Your factor is upside down: long gradients stay long and short ones are shortened.",
    "_scaled(gradients, 0 if _length(gradients) > limit else 1)": "You threw away gradients that are too long. Clipping keeps their direction and shortens them.",
    "_scaled(gradients, min(1, limit / max(_size(np.concatenate([one.ravel() for one in gradients])), 1e-30)))": "You took the root of the *mean* of the squares. The length is the root of their sum.",
    "_scaled(gradients, 1 / max(_length(gradients), limit))": "You made the length 1, whatever the limit is. Multiply by `limit`.",
    "_scaled(gradients, min(1, limit / max(np.sqrt(np.sum(gradients[0] ** 2)), 1e-30)))": "You measured the first array alone. The common length is that of all arrays together.",
    "np.concatenate([one.ravel() * limit / max(_length(gradients), limit) for one in gradients])": "You returned one long list of numbers. Return arrays of the same shapes as those that came in.",
}


@clip_together.also
def _(gradients, limit):
    import tensorflow as tf

    return tf.clip_by_global_norm([tf.constant(one) for one in gradients], limit)[0]


@clip_together.also
def _(gradients, limit):
    length = np.linalg.norm(np.concatenate([np.ravel(one) for one in gradients]))
    return tuple(gradients) if length <= limit else tuple(one / length * limit for one in gradients)


clip_together.hints = [
    "One length for all arrays: add up all squares, then take the root.",
    "One factor for all arrays: limit / length if the length is above the limit, otherwise 1.",
]
clip_together.why = "One common factor shortens the step and keeps its direction."

clip_stuck = question(
    "initialization/clip-stuck",
    "A network does not learn because the slopes at its kernels are near 0, and its whole gradient is shorter than 1 in every step. It is trained once more by plain gradient descent, from the same start and with the same batches and rate, now with `global_clipnorm=1.0`. What is different?",
    "b",
    options={
        "a": ("It learns: each gradient now has the length 1.", "Clipping shortens what is longer than the limit. It does not lengthen what is shorter."),
        "b": ("Nothing: every weight takes the same steps.", "The factor is limit / max(length, limit), which is 1 whenever the gradient is shorter than the limit."),
        "c": ("It learns more slowly.", "It would if the limit cut something off. All gradients are below it."),
        "d": ("The first layers get a larger share of the step.", "One factor for all layers leaves the shares as they are, even where it is not 1."),
    },
    hints=["Which factor does your function multiply by when the length is 0.3 and the limit 1?"],
    why="Clipping is a remedy for gradients that are too long; it cannot help those that are too short.",
)  # fmt: skip

# A start without a rule ----------------------------------------------------------------------------------------------


@exercise("initialization/rescale", points=3)
def rescale(kernels, x, bend):
    """Scale the kernels of a deep network without biases, layer by layer, so
    that no signal grows or shrinks on the rows `x`.

    From the first layer on: divide the kernel by the size of its sums, so
    that these get the size 1 (the root of the mean of their squares). Then
    the layer says `bend(sums)`, with its scaled kernel, and that is what the
    next layer reads. Return the list of scaled kernels.
    """
    scaled = []
    for kernel in kernels:
        sums = x @ kernel
        kernel = kernel / np.sqrt(np.mean(sums**2))
        scaled.append(kernel)
        x = bend(x @ kernel)
    return scaled


@rescale.probe
def _(rng):
    widths = [int(width) for width in rng.integers(3, 6, 4)]
    scale = float(rng.choice([0.3, 3.0]))
    kernels = [rng.normal(0.1, scale, pair).round(2) for pair in pairwise(widths)]
    x = rng.normal(0.3, 2, (6, widths[0])).round(1)
    return dict(kernels=kernels, x=x, bend=[np.tanh, np.sin][int(rng.integers(2))])


def _rescaled(kernels, x, bend, spread=_size, unscaled=False, of_bent=False, twice=False):
    scaled = []
    for kernel in kernels:
        sums = x @ kernel
        new = kernel / spread(bend(sums) if of_bent else sums)
        scaled.append(new)
        x = x @ (kernel if unscaled else new) if twice else bend(x @ (kernel if unscaled else new))
    return scaled


rescale.mistakes = {
    "_rescaled(kernels, x, bend, unscaled=True)": "Your next layer reads what the *old* kernel made. Once a layer is scaled, the sums of the next one are others: send the rows through the scaled kernel.",
    "_rescaled(kernels, x, bend, of_bent=True)": "You measured what the layer says, after `bend`. The sums in front of it were asked for, and a bent curve does not grow in step with its input.",
    "_rescaled(kernels, x, bend, np.std)": "You took the standard deviation, which subtracts the mean first. Take the root of the mean of the squares.",
    "_rescaled(kernels, x, bend, lambda z: np.mean(z**2))": "You divided by the mean square. Divide by its root.",
    "_rescaled(kernels, x, bend, lambda z: 1 / _size(z))": "You multiplied by the size. Sums that are too large need a smaller kernel: divide.",
    "_rescaled(kernels, x, bend, lambda z: np.mean(np.abs(z)))": "You divided by the mean of the absolute sums. The size is the root of the mean of the squares.",
    "_rescaled(kernels, x, bend, lambda z: np.sqrt(np.mean(z**2, axis=0)))": "You gave each unit the size 1 by itself. One factor for the whole kernel was asked for.",
    "_rescaled(kernels, x, bend, twice=True)": "Your next layer reads the sums. It reads what `bend` makes of them.",
    "_rescaled(kernels, x, bend, lambda z: np.abs(z).max())": "You divided by the largest sum. Divide by the size, the root of the mean of the squares.",
    "[kernel / _size(kernel) for kernel in kernels]": "You gave the *weights* the size 1. It is the sums that should have it, on the rows `x`.",
    "[kernel / np.sqrt(len(kernel)) / np.std(kernel) for kernel in kernels]": "You used LeCun's rule, which does not look at the rows or at `bend`. Measure the sums instead.",
    "_rescaled(kernels, x, bend, lambda z: np.linalg.norm(z))": "You divided by the root of the *sum* of the squares. Take their mean, or more rows make smaller kernels.",
    "_rescaled(kernels, x, bend)[-1]": "You returned the last kernel alone. The list of all scaled kernels was asked for.",
}


@rescale.also
def _(kernels, x, bend):
    result = []
    for kernel in kernels:
        scaled = np.array(kernel) / _size(np.matmul(x, kernel))
        result += [scaled]
        x = bend(np.matmul(x, scaled))
    return tuple(result)


@rescale.also
def _(kernels, x, bend):
    scaled = []
    for kernel in kernels:
        sums = np.asarray(x) @ kernel
        factor = np.sqrt(sums.size) / np.linalg.norm(sums)
        scaled.append(factor * kernel)
        x = bend(factor * sums)
    return scaled


rescale.hints = [
    "A loop; in each turn, first the sums with the old kernel, then the scaled kernel, then what the layer says.",
    "Doubling the kernel doubles the sums, so dividing it by their size gives them the size 1.",
]
rescale.why = "Where no rule is known, measure: a few rows are enough to scale the start of any stack of layers."

stranger = question(
    "initialization/stranger",
    "What is wrong with this network?",
    "b",
    options={
        "a": ("Its kernels are too large in every layer.", "Then each layer would multiply the signal by more than 1, and the numbers would grow from layer to layer. They stay about as they are."),
        "b": ("Its inputs are too large.", "Nothing grows on the way, so the layers hand on what they get. What they got was too large."),
        "c": ("Its kernels are too small in every layer.", "Then the numbers would shrink from layer to layer."),
        "d": ("Nothing: signals that keep their size are what we want.", "They keep their size, but look at the loss: ten equal guesses would cost about 2.3."),
    },
    hints=["By which factor does one layer multiply its signal here?", "Which loss does a network have that gives each of ten classes 1/10?"],
    why="The steps between the sizes judge the kernels; the first size judges the inputs.",
)  # fmt: skip

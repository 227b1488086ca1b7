"""Exercises of *Batch normalization*."""

import keras
import numpy as np
from keras import layers

from coursekit.checks import exercise, question


# What does the layer compute? ----------------------------------------------------------------------------------------
@exercise("batch-normalization/normalize", points=2)
def normalize(z, gamma, beta, epsilon=1e-3):
    """Normalize the columns of `z` (rows of a batch, units) as the layer does
    while training.

    Each column has its own mean, its own variance (the mean of the squared
    distances from the mean), its own `gamma` and its own `beta`. `epsilon` is
    added to the variance.
    """
    mean, variance = z.mean(axis=0), z.var(axis=0)
    return gamma * (z - mean) / np.sqrt(variance + epsilon) + beta


@normalize.probe
def _(rng):
    rows, units = rng.integers(3, 6), rng.integers(2, 4)
    return dict(
        z=rng.normal(rng.integers(-3, 4), 2, (rows, units)).round(1),
        gamma=rng.choice([0.5, 2.0, 3.0], units),
        beta=rng.choice([-1.0, 1.0, 4.0], units),
        epsilon=rng.choice([1e-3, 0.5]),
    )


normalize.example(z=np.array([[0.25, 3.0]]), gamma=np.array([2.0, 3.0]), beta=np.array([1.0, -1.0]), epsilon=1e-3)
normalize.example(
    z=np.array([[5.0, 1.0], [5.0, 2.0]]), gamma=np.array([2.0, 2.0]), beta=np.array([1.0, 0.0]), epsilon=1e-3
)


def _normal(z, gamma, beta, epsilon, *, axis=0, ddof=0, root=True, outside=False, center=True):
    with np.errstate(all="ignore"):
        mean, variance = z.mean(axis=axis, keepdims=True), z.var(axis=axis, ddof=ddof, keepdims=True)
        width = np.sqrt(variance) + epsilon if outside else np.sqrt(variance + epsilon) if root else variance + epsilon
        return gamma * (z - mean * center) / width + beta


normalize.mistakes = {
    "_normal(z, gamma, beta, epsilon, axis=1)": "You took the mean and the variance of each row. That is layer normalization; here each unit, a column, is compared with itself over the rows.",
    "_normal(z, gamma, beta, epsilon, axis=None)": "You took one mean and one variance for the whole table. Each column has its own.",
    "_normal(z, gamma, beta, epsilon, ddof=1)": "You divided the squares by rows − 1, as pandas and `ddof=1` do. Here the variance is the plain mean of the squares.",
    "_normal(z, gamma, beta, 0)": "You left out `epsilon`. It is added to the variance, so that a column without any spread is not divided by 0.",
    "_normal(z, gamma, beta, 1e-3)": "You wrote an epsilon of your own. Use the `epsilon` that is handed over.",
    "_normal(z, gamma, beta, epsilon, outside=True)": "You added `epsilon` to the standard deviation. It belongs under the root, added to the variance.",
    "_normal(z, gamma, beta, epsilon, root=False)": "You divided by the variance. The root is missing: the spread of a column is the root of its variance.",
    "_normal(z, gamma, beta, epsilon, center=False)": "You divided by the spread, but did not subtract the mean first.",
    "_normal(z, beta, gamma, epsilon)": "`gamma` and `beta` have changed places: `gamma` multiplies, `beta` is added.",
    "gamma * (_normal(z, 1, 0, epsilon) + beta)": "You added `beta` before you multiplied by `gamma`, so it is multiplied as well. Add it last.",
    "_normal(z, gamma, 0, epsilon)": "You left out `beta`. It is added at the end.",
    "_normal(z, 1, beta, epsilon)": "You left out `gamma`. It multiplies the normalized column.",
    "_normal(z, 1, 0, epsilon)": "You normalized, and stopped there. Multiply by `gamma` and add `beta`.",
    "_normal(z, gamma, beta, epsilon) if len(z) > 1 else gamma * z + beta": "You left a batch of one row as it is. It has a mean as well: the row itself.",
    "_normal(z, gamma, beta, epsilon**2)": "You squared `epsilon`. It is added to the variance as it is.",
}
normalize.also("[[g * v + b for g, b, v in zip(gamma, beta, row)] for row in _normal(z, 1, 0, epsilon)]")
normalize.also("beta + gamma * (z - np.mean(z, 0)) * (np.mean((z - np.mean(z, 0)) ** 2, 0) + epsilon) ** -0.5")


@normalize.also
def _(z, gamma, beta, epsilon=1e-3):
    mean, variance = keras.ops.moments(z, axes=0)
    return keras.ops.batch_normalization(z, mean, variance, axis=-1, offset=beta, scale=gamma, epsilon=epsilon)


normalize.hints = [
    "`z.mean(axis=0)` runs down the rows: one mean for each column. `z.var(axis=0)` does the same for the variance.",
    "First subtract the mean, then divide by `np.sqrt(variance + epsilon)`. At the end `gamma` multiplies and `beta` is added.",
]
normalize.why = "The line has no weights of the next layer in it: whatever comes in, each column goes out with mean β and a spread of about γ."

numbers = question(
    "batch-normalization/numbers",
    "A `BatchNormalization` layer with Keras' defaults stands behind a Dense layer of 32 units. How many numbers does it hold, and how many of them does the optimizer change? Answer with a pair, such as `(10, 5)`.",
    (128, 64),
    mistakes={
        (64, 64): "γ and β are 64 numbers, and the optimizer changes all of them. But the layer also remembers something for later.",
        (128, 128): "The layer holds 128. But two of the four kinds are averages: no gradient changes them.",
        (64, 128): "The optimizer cannot change more numbers than there are. Count what the layer holds first.",
        (64, 32): "Each unit has a γ and a β, and both learn.",
        (4, 2): "That is for one unit. Here are 32.",
        (128, 32): "Two of the four kinds learn: γ and β, for each of the 32 units.",
        (1024, 1024): "That would be a kernel from 32 units to 32. This layer mixes no units: it has a few numbers for each unit.",
    },
    also=[[128, 64]],
    hints=[
        "There are four kinds of numbers, each once for every unit.",
        "γ and β learn. The moving mean and the moving variance are updated, but by no gradient.",
    ],
    why="`model.summary()` lists the other half as non-trainable parameters.",
)

# `training=` decides -------------------------------------------------------------------------------------------------
one_row = question(
    "batch-normalization/one-row",
    "A batch holds one row only, and the layer is called with `training=True`. What comes out?",
    "b",
    options={
        "a": ("The row itself, as there is nothing to compare it with.", "The layer does not look at how many rows there are. It subtracts the mean of the batch, whatever it is."),
        "b": ("β, whatever the row is.", "With one row, the mean is the row itself: the difference is 0, and β remains."),
        "c": ("The row, normalized by the moving averages.", "The moving averages are used in inference mode. `training=True` asks for the batch's own statistics, even for one row."),
        "d": ("An error, or NaN: one row has no variance.", "Its variance is 0, and ε under the root keeps the division defined."),
    },
    hints=["What is the mean of one number?", "What remains of (z − μ) then?"],
    why="The argument decides, and not the number of rows. So a network that trains on batches of one row learns nothing about its rows in front of such a layer.",
)  # fmt: skip


@exercise("batch-normalization/both-modes", points=3)
def batch_norm(z, gamma, beta, mean, variance, training, momentum=0.99):
    """One call of the layer on the rows `z`, shape (rows, units).

    `mean` and `variance` are its moving averages. Return three things: the
    output, and the moving mean and the moving variance after the call. While
    training, they keep the share `momentum` of their old value and take the
    rest from the batch; otherwise they stay. Epsilon is 0.001.
    """
    if training:
        batch_mean, batch_variance = z.mean(axis=0), z.var(axis=0)
        output = gamma * (z - batch_mean) / np.sqrt(batch_variance + 1e-3) + beta
        mean = momentum * mean + (1 - momentum) * batch_mean
        variance = momentum * variance + (1 - momentum) * batch_variance
    else:
        output = gamma * (z - mean) / np.sqrt(variance + 1e-3) + beta
    return output, mean, variance


def _call(rng, training, rows):
    units = rng.integers(2, 4)
    return dict(
        z=rng.normal(3, 2, (rows, units)).round(1),
        gamma=rng.choice([0.5, 2.0, 3.0], units),
        beta=rng.choice([-1.0, 1.0, 4.0], units),
        mean=rng.normal(0, 1, units).round(1),
        variance=rng.choice([0.5, 2.0, 4.0], units),
        training=training,
        momentum=rng.choice([0.6, 0.9]),
    )


batch_norm.probe(lambda rng: _call(rng, True, rng.integers(2, 5)))
batch_norm.probe(lambda rng: _call(rng, False, rng.integers(2, 5)))
batch_norm.probe(lambda rng: _call(rng, True, 1))
batch_norm.probe(lambda rng: _call(rng, False, 1))
batch_norm.strata(lambda training: "training" if training else "inference")


def _layer(z, gamma, beta, mean, variance, training, momentum, *, by=None, update=None, ddof=0, spread=False):
    """A call with one thing changed: `by` normalizes by the batch, `update` lets the averages move."""
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        own, width = z.mean(axis=0), z.var(axis=0, ddof=ddof)
        used = (own, width) if (training if by is None else by) else (mean, variance)
        output = gamma * (z - used[0]) / np.sqrt(used[1] + 1e-3) + beta
        if training if update is None else update:
            width = np.sqrt(width) if spread else width
            mean = momentum * mean + (1 - momentum) * own
            variance = momentum * variance + (1 - momentum) * width
    return output, mean, variance


batch_norm.mistakes = {
    "_layer(z, gamma, beta, mean, variance, training, 1 - momentum)": "Your averages keep the share 1 − momentum and take the rest from the batch. In Keras, `momentum` is the share of the old value that is kept.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, update=True)": "In inference mode your averages move, too. Then a prediction would change the next one: they move while training only.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, update=False)": "Your averages never move. While training, each call takes a share of the batch's mean and variance into them.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, by=True)": "In inference mode you still normalized by the rows at hand. Then a row's output depends on the rows beside it: use the moving averages.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, by=False)": "While training you normalized by the moving averages. There, the batch's own mean and variance are used.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, by=len(z) > 1, update=training)": "You let the number of rows decide which statistics are used. `training` decides: one row is normalized by itself while training, and many rows by the moving averages otherwise.",
    "_layer(z, gamma, beta, mean, variance, len(z) > 1, momentum)": "You let the number of rows decide instead of `training`.",
    "_layer(z, gamma, beta, mean, variance, training and len(z) > 1, momentum)": "You treated one row as if it were inference. `training` alone decides, even for one row.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, spread=True)": "Your second average takes in the standard deviation. It is a moving average of the variance, without a root.",
    "_layer(z, gamma, beta, mean, variance, training, momentum, ddof=1)": "You divided the squares by rows − 1. Here the variance is the plain mean of the squares.",
    "_layer(z, gamma, beta, mean, variance, not training, momentum)": "The two modes have changed places.",
    "_layer(z, gamma, beta, *_layer(z, gamma, beta, mean, variance, training, momentum)[1:], False, momentum)": "While training you updated the averages first and then normalized by them. In training, the output comes from the batch's own statistics.",
    "_layer(z, gamma, beta, mean, variance, training, momentum)[0]": "You returned the output alone. The moving mean and the moving variance were asked for as well.",
    "_layer(z, gamma, beta, mean, variance, training, momentum)[::-1]": "You have all three, in another order. The output comes first, then the mean, then the variance.",
    "_layer(z, gamma, beta, mean, variance, training, 0.99)": "You used Keras' default momentum. Use the `momentum` that is handed over.",
    "_layer(z, gamma, beta, mean, variance, training, momentum)[:1] + (z.mean(axis=0), z.var(axis=0)) if training else _layer(z, gamma, beta, mean, variance, training, momentum)": "You replaced the averages by the statistics of this batch. They keep the share `momentum` of their old value.",
}


@batch_norm.also
def _(z, gamma, beta, mean, variance, training, momentum=0.99):
    layer = layers.BatchNormalization(momentum=momentum, dtype="float64")
    layer.build(z.shape)
    layer.set_weights([gamma, beta, mean, variance])
    said = layer(z, training=training)
    return [said, *layer.get_weights()[2:]]


@batch_norm.also
def _(z, gamma, beta, mean, variance, training, momentum=0.99):
    center, square = (np.mean(z, 0), np.var(z, 0)) if training else (mean, variance)
    new = [old + (1 - momentum) * (now - old) for old, now in ((mean, center), (variance, square))]
    return (np.array(z) - center) * gamma / (square + 0.001) ** 0.5 + beta, *new


batch_norm.hints = [
    "Two questions, each with two answers: by which mean and variance is `z` normalized, and do the averages move?",
    "While training: by the batch's, and they move. Otherwise: by `mean` and `variance`, and they stay.",
    "New moving mean: `momentum * mean + (1 - momentum) * z.mean(axis=0)`.",
]
batch_norm.why = "These few lines are the whole layer. Everything that surprises people about it is in the `if`."

# The moving averages are late ----------------------------------------------------------------------------------------


@exercise("batch-normalization/steps-needed", points=2)
def steps_needed(momentum, share):
    """How many updates does it take until the moving average holds at most
    the given `share` of the value it started with?

    `momentum` and `share` lie between 0 and 1. Return the smallest whole
    number.
    """
    steps = 0
    while momentum**steps > share:
        steps += 1
    return steps


@steps_needed.probe
def _(rng):
    return dict(momentum=rng.choice([0.5, 0.8, 0.9, 0.95, 0.99]), share=rng.choice([0.3, 0.11, 0.07, 0.013]))


steps_needed.example(momentum=0.5, share=0.25)
steps_needed.example(momentum=0.99, share=0.995)
steps_needed.mistakes = {
    "int(np.floor(np.log(share) / np.log(momentum)))": "You rounded down. After that many updates more than {share} is still left: one more is needed.",
    "int(np.floor(np.log(share) / np.log(momentum))) + 1": "You always add one after rounding down. Where the share is met exactly, that is one too many.",
    "round(np.log(share) / np.log(momentum))": "You rounded to the nearest whole number. Rounded down, more than {share} is left: round up.",
    "np.log(share) / np.log(momentum)": "You returned {got}, a fraction. Updates are counted: return the smallest whole number that is enough.",
    "int(np.ceil((1 - share) / (1 - momentum)))": "You let each update take away the same amount. Each one multiplies what is left by {momentum}.",
    "int(np.ceil(np.log(share) / np.log(1 - momentum)))": "You let the start keep the share 1 − momentum at each update. It keeps {momentum} of what is left.",
    "int(np.ceil(1 / (1 - momentum)))": "1 / (1 − momentum) is the length of the average's memory. It says nothing about the share {share}.",
    "int(np.ceil(np.log(1 - share) / np.log(momentum)))": "You waited until only the share {share} is new. Asked is when only that much of the start is left.",
    "steps_needed(momentum, share) + 1": "Your number is one too high. Before the first update the share is 1, after n updates it is momentum to the power n.",
    "int(np.ceil(np.log(share)))": "You did not use the momentum. After n updates, momentum to the power n is left of the start.",
}
steps_needed.also("int(np.ceil(np.round(np.log(share) / np.log(momentum), 9)))")
steps_needed.also("next(n for n in range(10**6) if momentum**n <= share)")
steps_needed.hints = [
    "After one update the share `momentum` of the start is left. How much is left after two?",
    "momentum to the power n. Count n up until that is at most `share`, or take logarithms and round up.",
]
steps_needed.why = "A momentum of 0.99 needs hundreds of steps. Count yours before you trust `evaluate`."

rescue = question(
    "batch-normalization/rescue",
    "A colleague's network has `BatchNormalization` layers with Keras' defaults. After 60 steps `fit` reports an accuracy of 0.95, and `evaluate` on the *same* rows says 0.35. What would bring `evaluate` close to `fit`? Answer with a set, such as `{\"a\", \"b\"}`.",
    {"a", "c", "e"},
    options={
        "a": ("Train anew with `momentum=0.9`.", "In 60 steps, 0.9 leaves less than a hundredth of the start in the averages, and 0.99 more than half of it."),
        "b": ("Call `evaluate` with the batch size of the training.", "In inference mode each row is normalized by the moving averages, whatever rows are beside it. The batch size does not enter."),
        "c": ("Train on, for a thousand steps.", "After a thousand steps with 0.99, hardly anything is left of the start, and the averages follow the batches."),
        "d": ("Dropout, against the overfitting.", "The same rows are judged, so this is no overfitting. The two numbers differ in how they normalize."),
        "e": ("Send all rows through once in training mode, with the layers' momentum at 0.", "A momentum of 0 takes the statistics of these rows as they are. No weight has to change: only the averages were wrong."),
    },
    hints=["What differs between `fit` and `evaluate`, if the rows are the same?", "Which of the five change the moving averages?"],
    why="A gap on the same rows is no overfitting. Look at the moving averages first.",
)  # fmt: skip


# Before or after the activation? -------------------------------------------------------------------------------------
@exercise("batch-normalization/block", points=2, probes=2)
def block(columns, units, classes):
    """A classifier as a Keras model: rows of `columns` numbers come in,
    `classes` logits go out.

    It has one hidden layer of `units` units with ReLU. Their sums are
    normalized over the batch before the activation, with a momentum of 0.9.
    No layer holds a bias that has no effect.
    """
    return keras.Sequential(
        [
            keras.Input((columns,)),
            layers.Dense(units, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Dense(classes),
        ]
    )


block.example(columns=5, units=4, classes=3)
block.example(columns=3, units=6, classes=2)


@block.use
def _(answer, columns, units, classes):
    return answer(columns, units, classes)


def _block(columns, units, classes, *, bias=False, middle=None, last=None):
    middle = middle or [layers.BatchNormalization(momentum=0.9), layers.Activation("relu")]
    hidden = layers.Dense(units, use_bias=bias)
    return keras.Sequential([keras.Input((columns,)), hidden, *middle, last or layers.Dense(classes)])


block.mistakes = {
    "_block(columns, units, classes, bias=True)": "Your hidden layer keeps a bias. The next layer subtracts the mean, and the bias with it: `use_bias=False`.",
    "_block(columns, units, classes, middle=[layers.Activation('relu'), layers.BatchNormalization(momentum=0.9)])": "Your normalization comes after ReLU. Asked is the sums normalized before the activation.",
    "_block(columns, units, classes, middle=[layers.Activation('relu')])": "The normalization is missing between the sums and ReLU.",
    "_block(columns, units, classes, middle=[layers.BatchNormalization(momentum=0.9)])": "The activation is missing. ReLU stands behind the normalization.",
    "_block(columns, units, classes, last=layers.Dense(classes, activation='softmax'))": "Your last layer has a softmax, so probabilities come out. Asked are logits.",
    "_block(columns, units, classes, last=layers.Dense(classes, use_bias=False))": "Your last layer has no bias. There it does have an effect: no normalization follows.",
    "_block(columns, units, classes, middle=[layers.LayerNormalization(), layers.Activation('relu')])": "You normalized over the units of each row. Batch normalization compares a unit with itself over the rows of the batch.",
    "_block(columns, units, classes, middle=[layers.BatchNormalization(momentum=0.9, center=False), layers.Activation('relu')])": "You left out β as well as the bias. Then no unit can shift its sums: keep `center`.",
    "_block(columns, classes, units)": "The number of units and the number of classes have changed places.",
    "_block(columns, units, classes, last=layers.Dense(1))": "One number comes out. There are as many logits as classes.",
    "keras.Sequential([keras.Input((columns,)), layers.BatchNormalization(momentum=0.9), layers.Dense(units, activation='relu'), layers.Dense(classes)])": "You normalized the inputs. Asked are the sums of the hidden layer, before ReLU.",
    "keras.Sequential([*_block(columns, units, classes).layers, layers.BatchNormalization(momentum=0.9)])": "You normalized the logits as well. The last layer stays as it is.",
}


@block.also
def _(columns, units, classes):
    rows = keras.Input((columns,))
    sums = layers.Dense(units, use_bias=False)(rows)
    h = keras.ops.relu(layers.BatchNormalization(momentum=0.9)(sums))
    return keras.Model(rows, layers.Dense(classes)(h))


@block.also
def _(columns, units, classes):
    model = keras.Sequential([layers.Dense(units, use_bias=False), layers.BatchNormalization(momentum=0.9)])
    model.add(layers.ReLU())
    model.add(layers.Dense(classes, activation="linear"))
    model.build((None, columns))
    return model


block.hints = [
    "Four layers in a `keras.Sequential`, after `keras.Input((columns,))`. ReLU is a layer of its own here.",
    "Which bias is subtracted right away? That layer gets `use_bias=False`.",
]
block.why = "Dense → BatchNormalization → Activation is the order of the paper, and of most convnets."


@exercise("batch-normalization/per-channel", points=2)
def per_channel(images, epsilon=1e-3):
    """Normalize the channels of a batch of images, shape (images, height,
    width, channels), as `BatchNormalization` does while training, with
    gamma 1 and beta 0.

    Each channel has one mean and one variance, over all images and places.
    """
    mean = images.mean(axis=(0, 1, 2))
    variance = images.var(axis=(0, 1, 2))
    return (images - mean) / np.sqrt(variance + epsilon)


@per_channel.probe
def _(rng):
    shape = rng.integers(2, 4), rng.integers(2, 4), rng.integers(2, 4), rng.integers(2, 4)
    return dict(images=rng.normal(2, 1.5, shape).round(1), epsilon=rng.choice([1e-3, 0.5]))


per_channel.example(images=np.arange(8.0).reshape(1, 2, 2, 2), epsilon=1e-3)


def _channels(images, epsilon, axis, ddof=0):
    mean, variance = images.mean(axis=axis, keepdims=True), images.var(axis=axis, ddof=ddof, keepdims=True)
    with np.errstate(all="ignore"):
        return (images - mean) / np.sqrt(variance + epsilon)


per_channel.mistakes = {
    "_channels(images, epsilon, 0)": "You took a mean for each place. In a channel all places share one mean: average over height and width as well.",
    "_channels(images, epsilon, (1, 2))": "Each of your images has a mean of its own. That is instance normalization; here the whole batch shares one mean per channel.",
    "_channels(images, epsilon, None)": "You took one mean for everything. Each channel has its own.",
    "_channels(images, epsilon, -1)": "You took the mean over the channels, at each place of each image. It runs over everything but the channels.",
    "_channels(images, epsilon, (1, 2, 3))": "Each of your images has one mean over all of its channels. Here each channel has one, over all images.",
    "_channels(images, epsilon, (0, 1))": "Your mean runs over images and height, and not over the width. Average over all three.",
    "_channels(images, epsilon, (0, 2))": "Your mean runs over images and width, and not over the height. Average over all three.",
    "_channels(images, 0, (0, 1, 2))": "You left out `epsilon`, which is added to the variance.",
    "_channels(images, 1e-3, (0, 1, 2))": "You wrote an epsilon of your own. Use the `epsilon` that is handed over.",
    "_channels(images, epsilon, (0, 1, 2), ddof=1)": "You divided the squares by their number less 1. Here the variance is the plain mean of the squares.",
    "(images - images.mean(axis=(0, 1, 2))) / (images.std(axis=(0, 1, 2)) + epsilon)": "You added `epsilon` to the standard deviation. It belongs under the root, added to the variance.",
    "_channels(images, epsilon, (0, 1, 2)).reshape(-1, images.shape[-1])": "Your numbers are right, but the images lost their shape. Return an array of the shape that came in.",
}
per_channel.also("normalize(images.reshape(-1, images.shape[-1]), 1, 0, epsilon).reshape(images.shape)")


@per_channel.also
def _(images, epsilon=1e-3):
    return layers.BatchNormalization(epsilon=epsilon, dtype="float64")(images, training=True)


per_channel.hints = [
    "Which axes have to disappear, so that one number is left for each channel?",
    "`images.mean(axis=(0, 1, 2))` has the shape (channels,).",
]
per_channel.why = "Because all places share one mean, the layer needs four numbers per channel, whatever the size of the image."


# The first layer as a scaler -----------------------------------------------------------------------------------------
@exercise("batch-normalization/spread-left", points=2)
def spread_left(table, epsilon=1e-3):
    """Return for each column of `table` the standard deviation that it has
    after batch normalization in training mode, with all rows in one batch
    (gamma 1, beta 0).

    A column whose numbers are all equal comes out with a standard deviation
    of 0.
    """
    variance = table.var(axis=0)
    return np.sqrt(variance / (variance + epsilon))


@spread_left.probe
def _(rng):
    rows, columns = rng.integers(4, 7), rng.integers(2, 5)
    sizes = rng.choice([0.02, 0.05, 1.0, 100.0], columns)
    return dict(table=rng.normal(1, 1, (rows, columns)).round(2) * sizes, epsilon=rng.choice([1e-3, 0.01]))


spread_left.example(table=np.array([[1.0, 0.25], [1.0, 0.75], [1.0, 0.5]]), epsilon=1e-3)
spread_left.mistakes = {
    "np.ones(table.shape[1])": "You trusted the name: a spread of 1 everywhere. Where the variance is not much larger than `epsilon`, the division leaves less.",
    "np.where(table.var(axis=0) > 0, 1.0, 0.0)": "You gave every column with any spread a 1. Where the variance is not much larger than `epsilon`, less is left.",
    "table.std(axis=0)": "That is the spread before the layer. Divide it by what the layer divides by.",
    "table.var(axis=0) / (table.var(axis=0) + epsilon)": "You returned the variance that is left. The standard deviation is its root.",
    "table.std(axis=0) / (table.std(axis=0) + epsilon)": "You added `epsilon` to the standard deviation. It is added to the variance, under the root, where it weighs far more for a small column.",
    "np.sqrt(table.var(axis=0, ddof=1) / (table.var(axis=0, ddof=1) + epsilon))": "You divided the squares by rows − 1. The layer's variance is the plain mean of the squares.",
    "np.sqrt(table.var(axis=0) / (table.var(axis=0) + 1e-3))": "You wrote an epsilon of your own. Use the `epsilon` that is handed over.",
    "np.sqrt(table.var(axis=1) / (table.var(axis=1) + epsilon))": "You answered for each row. Asked is one number for each column.",
    "np.sqrt(table.var() / (table.var() + epsilon))": "You took one variance for the whole table. Each column has its own.",
    "table.std(axis=0) / (table.var(axis=0) + epsilon)": "You divided by the variance plus `epsilon`, without the root.",
    "1 / np.sqrt(table.var(axis=0) + epsilon)": "That is the factor by which the layer multiplies. Asked is the spread that comes out: the old spread times this factor.",
    "(table - table.mean(axis=0)) / np.sqrt(table.var(axis=0) + epsilon)": "You returned the normalized table. Asked is the standard deviation of each of its columns.",
}
spread_left.also("normalize(table, 1, 0, epsilon).std(axis=0)")
spread_left.also("[float(np.std(c) / (np.var(c) + epsilon) ** 0.5) for c in table.T]")


@spread_left.also
def _(table, epsilon=1e-3):
    layer = layers.BatchNormalization(epsilon=epsilon, dtype="float64")
    return np.std(layer(table, training=True), axis=0)


spread_left.hints = [
    "Subtracting a mean does not change a spread. By what is the column divided?",
    "A column of spread s, divided by d, has the spread s / d. Here d is √(s² + ε).",
]
spread_left.why = "ε is harmless behind a layer whose sums are of size 1, and not harmless in front of columns measured in thousandths."

# Five claims ---------------------------------------------------------------------------------------------------------
who_diverges = question(
    "batch-normalization/who-diverges",
    "Networks with six hidden layers take 150 steps of plain gradient descent, at the rates 0.01, 0.03, 0.1, 0.3, 1, 3 and 10, five starts each. Call it *learned* if all five end below a loss of 1. What is the largest rate at which they learn, without and with batch normalization?",
    "c",
    options={
        "a": ("The same rate: the rate is a matter of the data.", "The loss of the same rows is another function of the weights once the layer stands in between."),
        "b": ("1 without, 0.1 with", "Without normalization, six layers of growing sums are multiplied with each other. Which of the two bears the longer step?"),
        "c": ("0.1 without, 1 with", "Ten times as large, in this network. A limit is still there: at 3 not all of the normalized networks learn either."),
        "d": ("0.1 without, any rate with", "At a rate of 10 the normalized networks do not learn either: γ, β and the last layer move too far."),
    },
    hints=["A step of SGD is the rate times the gradient. What limits it?", "Move the slider to 0.3, then to 3."],
    why="The largest rate that works grows by a factor of ten here. That is what the layer is known for, and it still has a limit.",
)  # fmt: skip

tenfold = question(
    "batch-normalization/tenfold",
    "All weights of a kernel in front of batch normalization are multiplied by 10, and the output stays as it was (we take ε for 0). How many times as large is the gradient of the loss with respect to this kernel?",
    0.1,
    mistakes={
        1: "The output is the same, but the same small step of a weight is now a ten times smaller share of it. Does the loss feel it as much?",
        10: "The other way around. A step of 0.01 is a smaller share of a weight that is ten times as large, so the loss changes less.",
        0.01: "That would be the ratio of a step to its weight: a gradient ten times smaller, next to a weight ten times larger.",
        0: "The kernel still matters: its direction decides what comes out. Only its length does not.",
        100: "A large kernel does not mean a large gradient here, because the division takes the length out again.",
    },
    hints=[
        "f(10·w) = f(w) for every w. What is the slope of f at 10·w, compared with that at w?",
        "Moving 10·w by 10·d has the same effect as moving w by d. So a step d alone has a tenth of it.",
    ],
    why="The output forgives a kernel of the wrong size, the learning rate does not: the step is ten times shorter, on a kernel ten times longer.",
)

"""Exercises of *Tensors*."""

from itertools import zip_longest

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question


# Shape, rank, index --------------------------------------------------------------------------------------------------
@exercise("tensors/crop")
def crop(photo, row, column, size):
    """Cut a square out of the green channel (number 1), `size` pixels high and
    wide.

    Its upper left pixel is at `row`, `column`. `photo` has the shape (rows,
    columns, 3).
    """
    return photo[row : row + size, column : column + size, 1]


@crop.probe
def _(rng):
    rows, columns, size = rng.integers(6, 9), rng.integers(6, 9), rng.integers(2, 4)
    return dict(
        photo=rng.permutation(rows * columns * 3).reshape(rows, columns, 3),
        row=rng.integers(1, rows - size),
        column=rng.integers(1, columns - size),
        size=size,
    )


crop.mistakes = {
    "photo[row:size, column:size, 1]": "You took `row:size`. What follows the colon says where to stop, not how many: `row : row + size`.",
    "photo[column : column + size, row : row + size, 1]": "You swapped rows and columns: the first index counts rows, from the top.",
    "photo[row : row + size, column : column + size, 1:2]": "Your patch has a last axis of length 1. A slice such as `1:2` keeps its axis, an index drops it.",
    "photo[row : row + size, column : column + size, 0]": "You took the red channel. Counting starts at 0: red 0, green 1, blue 2.",
    "photo[row : row + size + 1, column : column + size + 1, 1]": "Your patch is one pixel too large: a slice does not include the place where it stops.",
    "photo[row : row + size, column : column + size]": "All three channels are there. A third index chooses the green one.",
    "photo[1, row : row + size, column : column + size]": "Your first index chose row 1 of pixels. The channels are the last axis of `photo`.",
}
crop.also(
    "tf.slice(tf.constant(photo), [row, column, 1], [size, size, 1])[..., 0]",
    "[[photo[r][c][1] for c in range(column, column + size)] for r in range(row, row + size)]",
)
crop.hints = [
    "Three axes, three indexes: rows, columns, channel.",
    "`photo[start:stop]` takes rows from `start` up to, and without, `stop`.",
]
crop.why = "Every cut out of a tensor, a batch or a feature map is written this way."

# Dtype ---------------------------------------------------------------------------------------------------------------
mean_of_ints = question(
    "tensors/mean-of-ints",
    "What does `tf.reduce_mean([1, 2])` give?",
    1,
    mistakes={
        1.5: "`np.mean` gives 1.5. TensorFlow stays in the dtype of what it gets: int32 in, int32 out, and the .5 is cut off.",
        2: "It is a whole number, but not rounded up: what follows the point is cut off.",
        3: "That is the sum. The mean divides it by 2.",
    },
    hints=["Which dtype has `tf.constant([1, 2])`?", "The result has the dtype of the input."],
    why="No error, no warning: an accuracy computed from whole numbers is 0 until it is 1.",
)


@exercise("tensors/product", points=2)
def product(left, right):
    """Return the matrix product of two tensors in float32, whatever their
    dtypes are.
    """
    return tf.cast(left, tf.float32) @ tf.cast(right, tf.float32)


_DTYPES = [(np.float64, np.float32), (np.float32, np.float64), (np.float64, np.float64), (np.int32, np.float64)]


@product.probe
def _(rng):
    rows, inner, columns = rng.integers(2, 4, size=3)
    first, second = _DTYPES[rng.integers(len(_DTYPES))]
    left = rng.integers(-8, 9, (rows, inner)) / 2
    right = rng.integers(1, 9, (inner, columns)) - 4.5
    return dict(left=tf.constant(left.astype(first)), right=tf.constant(right.astype(second)))


product.strata(lambda left, right: "one dtype" if left.dtype == right.dtype else "two dtypes")
product.mistakes = {
    "tf.cast(left, tf.float32) * tf.cast(right, tf.float32)": "You multiplied number by number. `*` does that; `@` multiplies rows by columns.",
    "tf.cast(tf.cast(left, tf.int32) @ tf.cast(right, tf.int32), tf.float32)": (
        "You cast to whole numbers, so everything behind the point was cut off before the product."
    ),
    "tf.cast(right, tf.float32) @ tf.cast(left, tf.float32)": "You changed the order. In `left @ right` the rows of the left one meet columns of the right.",
    "tf.cast(left @ right, tf.float32)": "The two sides differ in dtype, so the operation fails, whatever is done with its result. Cast both sides first.",
}


@product.property(
    "The numbers are right, and their dtype is not float32. Cast both sides to `tf.float32`.",
    "tf.cast(left, tf.float64) @ tf.cast(right, tf.float64)",
    "left.numpy() @ right.numpy()",
)
def is_float32(result):
    return getattr(getattr(result, "dtype", None), "name", "") == "float32"


product.also(
    'tf.matmul(tf.cast(left, "float32"), tf.cast(right, "float32"))',
    'keras.ops.matmul(keras.ops.cast(left, "float32"), keras.ops.cast(right, "float32"))',
    "np.float32(left.numpy()) @ np.float32(right.numpy())",
)
product.hints = [
    "`tf.cast(tensor, tf.float32)` gives a new tensor in that dtype.",
    "Cast both, then multiply with `@`.",
]
product.why = (
    "Keras computes in float32: what comes from NumPy or pandas is float64 and has to be cast once, at the door."
)

# Broadcasting --------------------------------------------------------------------------------------------------------
which_fit = question(
    "tensors/which-fit",
    "By tensors of which shapes can it be multiplied? Give a set.",
    {"a", "c", "d"},
    options={
        "a": ("(3,)", "The last axes are 3 and 3: one factor for each channel, at all pixels."),
        "b": (
            "(96,)",
            "Lined up at the right end, 96 meets the 3 channels. There is no guessing that rows were meant.",
        ),
        "c": ("(96, 1)", "96 meets the 96 columns and 1 meets the channels: one factor for each column of pixels."),
        "d": ("(96, 1, 1)", "96 meets the rows, the ones stretch: one factor for each row of pixels."),
        "e": ("(96, 96)", "Its last axis, 96, meets the 3 channels. (96, 96, 1) would be one factor for each pixel."),
    },
    hints=[
        "Write both shapes below each other, with their right ends in line.",
        "Two lengths fit if they are equal or if one of them is 1.",
    ],
    why="Shapes are compared from the right; what an axis means to you, TensorFlow does not know.",
)


@exercise("tensors/broadcast-shape", points=2)
def broadcast_shape(left, right):
    """Return the shape of the sum of two tensors, or the text "no" if they do
    not fit.

    `left` and `right` are their shapes, tuples of whole numbers.
    """
    axes = max(len(left), len(right))
    left = (1,) * (axes - len(left)) + left
    right = (1,) * (axes - len(right)) + right
    if any(a != b and 1 not in (a, b) for a, b in zip(left, right, strict=True)):
        return "no"
    return tuple(max(pair) for pair in zip(left, right, strict=True))


@broadcast_shape.probe
def _(rng):
    full = rng.choice([2, 3, 4, 6], size=rng.integers(1, 4))
    left, right = (tuple(int(n) for n in np.where(rng.random(len(full)) < 0.3, 1, full)) for _ in range(2))
    left, right = left[rng.integers(0, len(left)) :], right[rng.integers(0, 2) :]
    return dict(left=left, right=right) if rng.random() < 0.5 else dict(left=right, right=left)


@broadcast_shape.probe
def _(rng):
    one, other = (tuple(int(n) for n in rng.choice([1, 2, 3, 4, 6], size=rng.integers(1, 4))) for _ in range(2))
    return dict(left=one, right=other)


broadcast_shape.example(left=(4, 1), right=(3,))
broadcast_shape.example(left=(4,), right=(4, 3))


@broadcast_shape.strata
def _(left, right):
    try:
        np.broadcast_shapes(left, right)
    except ValueError:
        return "no"
    return "fits"


def _stretched(pairs):
    shape = [max(pair) for pair in pairs]
    return "no" if any(a != b and 1 not in (a, b) for a, b in pairs) else tuple(shape)


broadcast_shape.mistakes = {
    "_stretched(list(zip_longest(left, right, fillvalue=1)))": "You lined {left} and {right} up at their left ends. Broadcasting compares from the right.",
    '_stretched(list(zip(left, right, strict=True))) if len(left) == len(right) else "no"': (
        "You asked for equally many axes. {left} and {right}: the shorter one gets axes of length 1 in front."
    ),
    "tuple(max(pair) for pair in zip_longest(reversed(left), reversed(right), fillvalue=1))[::-1]": (
        "You let everything fit. Of {left} and {right}, two different lengths meet, none is 1."
    ),
}


@broadcast_shape.mistake(
    "You repeated an axis to a multiple of its length. Only axes of length 1 stretch: TensorFlow does not tile."
)
def _(left, right):
    pairs = list(zip_longest(reversed(left), reversed(right), fillvalue=1))
    return "no" if any(max(pair) % min(pair) for pair in pairs) else tuple(max(pair) for pair in pairs)[::-1]


@broadcast_shape.mistake(
    "You stretched the right one alone. Both may stretch in one sum: (4, 1) and (1, 3) make (4, 3)."
)
def _(left, right):
    pairs = list(zip_longest(reversed(left), reversed(right), fillvalue=1))
    return "no" if any(a != b and b != 1 for a, b in pairs) else tuple(a for a, _ in pairs)[::-1]


@broadcast_shape.mistake("You lost the axes in front that one of {left} and {right} has alone. They stay.")
def _(left, right):
    size = min(len(left), len(right))
    return _stretched(list(zip(left[-size:], right[-size:], strict=True)) if size else [])


@broadcast_shape.mistake("You asked for equal lengths everywhere. An axis of length 1 fits any other: it stretches.")
def _(left, right):
    pairs = list(zip(reversed(left), reversed(right), strict=False))
    return "no" if any(a != b for a, b in pairs) else tuple(max(left, right, key=len))


@broadcast_shape.also
def _(left, right):
    try:
        return np.broadcast_shapes(left, right)
    except ValueError:
        return "no"


@broadcast_shape.also
def _(left, right):
    try:
        return list(tf.broadcast_static_shape(tf.TensorShape(left), tf.TensorShape(right)))
    except ValueError:
        return "no"


broadcast_shape.hints = [
    "Give the shorter shape ones in front until both are equally long.",
    'Then go axis by axis: equal lengths stay, a 1 becomes the other length, anything else is "no".',
]
broadcast_shape.excused = {
    "zip(left, right, strict=True) → zip(left, right)": "both have equally many axes by then",
    "True → False": "both have equally many axes by then, strict or not",
}
broadcast_shape.why = (
    "Who can do this in the head reads a shape error in a second, and finds the bugs that are no errors."
)


@exercise("tensors/center-rows", points=2)
def center_rows(table):
    """Take from each row its own mean, so that every row has the mean 0. Mend
    it.

    `table` has the shape (rows, columns).
    """
    means = tf.reduce_mean(table, axis=1, keepdims=True)
    return table - means


center_rows.start("1, keepdims=True) => 1)")


@center_rows.probe
def _(rng):
    rows, columns = rng.integers(2, 5, size=2)
    return dict(table=rng.integers(-9, 10, (rows, columns)).astype("float32"))


@center_rows.probe
def _(rng):
    size = rng.integers(2, 5)
    return dict(table=rng.integers(-9, 10, (size, size)).astype("float32"))


center_rows.strata(lambda table: "square" if table.shape[0] == table.shape[1] else "other")
center_rows.mistakes = {
    "table - tf.reduce_mean(table, axis=1)[tf.newaxis]": (
        "A row of means meets the columns: where the table is square, column 0 loses the mean of row 0. The means have to stand in a column, shape (rows, "
        "1)."
    ),
    "table - tf.reduce_mean(table, axis=0)": "You centered the columns: `axis=0` averages down each column. `axis=1` runs along a row.",
    "table - tf.reduce_mean(table)": "You took the mean of the whole table away from every row. Each row has a mean of its own.",
    "tf.transpose(table) - tf.reduce_mean(table, axis=1)": "It is right up to a last turn: rows became columns. Transpose the result back.",
    "tf.reduce_mean(table, axis=1, keepdims=True)": "You returned the means. Asked is the table without them.",
}
center_rows.also(
    "table - tf.reduce_mean(table, axis=1)[:, tf.newaxis]",
    "table - np.mean(table, axis=-1).reshape(-1, 1)",
    "tf.transpose(tf.transpose(table) - tf.reduce_mean(table, axis=1))",
)
center_rows.hints = [
    "The means have the shape (rows,). With which axis of the table does that line up?",
    "The shape (rows, 1) would line up with the rows and stretch along the columns.",
    "`keepdims=True` keeps the axis over which the mean was taken, with length 1.",
]
center_rows.why = "On a square table the bug raised nothing and only the numbers were wrong: the most expensive kind."

# Products ------------------------------------------------------------------------------------------------------------
batched_shape = question(
    "tensors/batched-shape",
    "`a` has the shape (5, 2, 3): five matrices. `b` has the shape (3, 4). Which shape has `a @ b`?",
    (5, 2, 4),
    mistakes={
        (5, 2, 3, 4): "The 3 and the 3 meet row by column and are added up: neither is left over.",
        (2, 4): "That is one of the products. There are five, one for each matrix of a.",
        (10, 4): "The numbers are right; the five matrices stay apart, on an axis of their own.",
        (5, 2, 3): "You kept the shape of a. Its last axis is used up; the columns of b take its place.",
        (5, 3, 4): "Matrices are multiplied in the *last* two axes. The 5 in front only counts them.",
    },
    also=[[5, 2, 4]],
    hints=["Look at one of the five matrices: (2, 3) times (3, 4).", "The axes in front are broadcast."],
    why="One `@` multiplies a whole stack; attention and recurrent layers live on it.",
)


@exercise("tensors/many-layers", points=2)
def many_layers(inputs, kernels, biases):
    """Return the sums of several Dense layers on one batch, shape (layers,
    rows, units).

    `inputs` has the shape (rows, columns), `kernels` (layers, columns, units)
    and `biases` (layers, units).
    """
    return inputs @ kernels + biases[:, tf.newaxis]


@many_layers.probe
def _(rng):
    rows, columns, units = rng.integers(2, 4, size=3)
    layers_ = rows if rng.random() < 0.5 else rng.integers(2, 4)
    return dict(
        inputs=rng.integers(-4, 5, (rows, columns)).astype("float32"),
        kernels=rng.integers(-3, 4, (layers_, columns, units)).astype("float32"),
        biases=rng.integers(1, 9, (layers_, units)).astype("float32"),
    )


many_layers.strata(lambda inputs, kernels, biases: "as many layers as rows" if len(inputs) == len(biases) else "other")
many_layers.mistakes = {
    "inputs @ kernels + biases": (
        "The biases met the rows: row 0 got the bias of layer 0. (layers, units) needs an axis of length 1 for the rows, `biases[:, tf.newaxis]`."
    ),
    "inputs @ kernels": "The biases are missing. Each layer adds its own to every row.",
    "inputs @ kernels + biases[0]": "All layers got the biases of the first one.",
    "tf.reduce_sum(inputs @ kernels + biases[:, tf.newaxis], axis=0)": "You added the layers up. Each keeps its own sums, on the first axis.",
    "tf.nn.relu(inputs @ kernels + biases[:, tf.newaxis])": "You chained ReLU behind the sums. Negative sums stay here.",
    "tf.transpose(inputs @ kernels + biases[:, tf.newaxis], (1, 0, 2))": "The rows stand in front. Asked is (layers, rows, units): the layers count first.",
}
many_layers.also(
    "[inputs @ kernel + bias for kernel, bias in zip(kernels, biases, strict=True)]",
    'tf.einsum("rc,lcu->lru", inputs, kernels) + tf.expand_dims(biases, 1)',
)
many_layers.hints = [
    "`inputs @ kernels` has the shape (layers, rows, units): one matrix of inputs meets the whole stack.",
    "Line the biases up with that, from the right. Where is an axis of length 1 missing?",
    "`biases[:, tf.newaxis]` has the shape (layers, 1, units).",
]
many_layers.why = "Several layers, one product: the heads of a transformer are computed exactly so."

# Identity and value --------------------------------------------------------------------------------------------------
shared = question(
    "tensors/shared",
    "What does `other` hold in the end?",
    2,
    mistakes={
        1: "`other = weight` copies nothing. Both names stand for one Variable, and `assign_add` changed it.",
        12: "12 is what `weight` holds. The last line made a new tensor and gave it this name; `other` stayed where it was.",
        11: "You left `assign_add` out and let `+` change the Variable. It is the other way round: `+` makes a new tensor.",
    },
    hints=[
        "How many Variables are made in these four lines?",
        "Which line changes a Variable, and which one gives a name to something else?",
    ],
    why="The layers of a model hold their weights; only a change in place reaches them.",
)


@exercise("tensors/step", points=2, probes=2)
def step(model, slopes, rate):
    """Take one step downhill: move every weight of the model by −rate · slope.

    `slopes` holds one array per weight, in the order of
    `model.trainable_weights`. Return the model.
    """
    for weight, slope in zip(model.trainable_weights, slopes, strict=True):
        weight.assign_sub(rate * slope)
    return model


@step.use
def _(move, model, slopes, rate):
    moved = move(model, slopes, rate)
    return [np.asarray(weight) for weight in moved.get_weights()] if hasattr(moved, "get_weights") else moved


@step.probe
def _(rng):
    columns, units = map(int, rng.integers(2, 4, size=2))
    model = keras.Sequential([keras.Input((columns,)), layers.Dense(units)])
    shapes = [(columns, units), (units,)]
    model.set_weights([rng.integers(-5, 6, shape).astype("float32") for shape in shapes])
    slopes = tuple((rng.integers(1, 9, shape) * rng.choice([-1, 1], shape)).astype("float32") for shape in shapes)
    return dict(model=model, slopes=slopes, rate=float(rng.choice([0.1, 0.25, 0.5])))


def _moved(model, slopes, change):
    for weight, slope in zip(model.trainable_weights, slopes, strict=True):
        weight.assign(change(weight, slope))
    return model


step.mistakes = {
    ".assign_sub(rate * slope) => = weight - rate * slope": (
        "The model did not move: `weight = weight - …` and `weight -= …` give the name to a new tensor, and the model keeps its Variable. Change that one "
        "in place, with `assign_sub`."
    ),
    "_moved(model, slopes, lambda weight, slope: weight + rate * slope)": "You stepped uphill. The slope points to where the loss grows: subtract.",
    "_moved(model, slopes, lambda weight, slope: -rate * slope)": (
        "You replaced each weight by the move. `assign` forgets the old value; `assign_sub` starts from it."
    ),
    "_moved(model, slopes, lambda weight, slope: weight - slope)": "You stepped by the whole slope. Multiply it by the rate.",
    "_moved(model, slopes, lambda weight, slope: weight - rate)": "You subtracted the rate from every weight. It is a share of the slope: rate · slope.",
}


@step.mistake("The kernel moved, the bias did not. `slopes` holds one array for each of them.")
def _(model, slopes, rate):
    model.layers[-1].kernel.assign_sub(rate * slopes[0])
    return model


@step.also
def _(model, slopes, rate):
    model.set_weights([weight - rate * slope for weight, slope in zip(model.get_weights(), slopes, strict=True)])
    return model


@step.also
def _(model, slopes, rate):
    keras.optimizers.SGD(rate).apply([tf.constant(slope) for slope in slopes], model.trainable_weights)
    return model


step.hints = [
    "Walk through `model.trainable_weights` and `slopes` together, with `zip`.",
    "`weight.assign_sub(…)` subtracts in place.",
]
step.excused = {
    "zip(model.trainable_weights, slopes, strict=True) → zip(model.trainable_weights, slopes)": "as many slopes as weights",
    "True → False": "strict or not: there are as many slopes as weights",
}
step.why = "This is all that an optimizer without memory does, and why it needs Variables."

# Tensors, graphs, arrays ---------------------------------------------------------------------------------------------
traced = question(
    "tensors/traced",
    "A `tf.function` with a `print` inside is called three times, each time with a vector of two numbers. How often is it printed?",
    1,
    mistakes={
        3: "Python ran once. The second and the third call found a graph for this shape and dtype, and a `print` is not in it.",
        0: "To record the graph, Python has to run the function at least once, `print` included.",
        2: "One run of Python records the graph, and there is no second: the first call uses it at once.",
    },
    hints=[
        "What does the graph hold: the lines of Python or the operations on tensors?",
        "After the first call, is Python still needed?",
    ],
    why="Whatever is Python and no tensor operation happens while tracing, and never again.",
)

who_can = question(
    "tensors/who-can",
    "What can a NumPy array do that a constant tensor cannot? Give a set.",
    {"a", "b"},
    options={
        "a": ("change one number in place, `x[0] = 5`", "A constant cannot change; a Variable can, by `assign`."),
        "b": ("add 1.5 to whole numbers", "NumPy widens the dtype by itself. TensorFlow refuses to."),
        "c": ("broadcast", "Both do, by the same rule."),
        "d": ("tell how it was computed, for a gradient", "The other way round: a tape follows tensors, not arrays."),
        "e": ("be recorded in a graph", "The other way round: a graph holds operations on tensors."),
    },
    hints=[
        "Which of these did you see a tensor do in this chapter?",
        "What is different in NumPy: what may change, and who decides on the dtype.",
    ],
    why="Arrays are for preparing data, tensors for what is to be trained: nothing changes behind a tape's back.",
)

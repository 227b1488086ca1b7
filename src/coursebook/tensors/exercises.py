"""Exercises of *Tensors*."""

from itertools import zip_longest

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question
from coursekit.checks.training import BROUGHT


# Shape, rank, index --------------------------------------------------------------------------------------------------
@exercise("tensors/crop")
def crop(photo, row, column, size):
    """Cut a square out of the green channel (number 1), `size` pixels high and
    wide.

    Its upper left pixel is at `row`, `column`. `photo` is a tensor of shape
    (rows, columns, 3).
    """
    return photo[row : row + size, column : column + size, 1]


@crop.probe
def _(rng):
    rows, columns, size = rng.integers(7, 10), rng.integers(7, 10), rng.integers(2, 5)
    photo = tf.constant(rng.permutation(rows * columns * 3).reshape(rows, columns, 3), tf.float32)
    return dict(photo=photo, row=rng.integers(2, rows - size), column=rng.integers(2, columns - size), size=size)


crop.mistakes = {
    "photo[row:size, column:size, 1]": "You took `row:size`. What follows the colon says where to stop, not how many: `row : row + size`.",
    "photo[row : row + size, column:size, 1]": "You took `column:size`. What follows the colon says where to stop, not how many: `column : column + size`.",
    "photo[row : row + size, row : row + size, 1]": "You started both slices at `row`. The columns start at `column`.",
    "photo[column : column + size, row : row + size, 1]": "You swapped rows and columns: the first index counts rows, from the top.",
    "photo[row : row + size, column : column + size, 1:2]": "Your square has a last axis of length 1. A slice such as `1:2` keeps its axis, an index drops it.",
    "photo[row : row + size, column : column + size, 0]": "You took the red channel. Counting starts at 0: red 0, green 1, blue 2.",
    "photo[row : row + size, column : column + size, 2]": "You took the blue channel. Counting starts at 0: red 0, green 1, blue 2.",
    "photo[row : row + size + 1, column : column + size + 1, 1]": "Your square is one pixel too large: a slice does not include the place where it stops.",
    "photo[row : row + size - 1, column : column + size - 1, 1]": "Your square is one pixel too small: `row : row + size` already leaves out the place where it stops.",
    "photo[row : row + size, column : column + size]": "All three channels are there. A third index chooses the green one.",
    "photo[1, row : row + size, column : column + size]": "Your first index chose row 1 of pixels. The channels are the last axis of `photo`.",
    "photo[row - 1 : row - 1 + size, column - 1 : column - 1 + size, 1]": "You started one row and one column early. Rows and columns are counted from 0, as Python does.",
    "photo[row + 1 : row + 1 + size, column + 1 : column + 1 + size, 1]": "You started one row and one column late. `row` and `column` are the first ones that belong to the square.",
}
_TWICE = "The second pair of brackets starts again with the rows. Put all indexes into one pair, with commas."
_CENTERED = "You put `row`, `column` into the middle of the square. They are its upper left pixel."
crop.mistakes = {
    "photo[row : row + size][column : column + size][..., 1]": _TWICE,
    "photo[row : row + size][column : column + size, 1]": _TWICE,
    "photo[row : row + size][column : column + size][1]": _TWICE,
    "photo[row : row + size, column : column + size][1]": _TWICE,
    "photo[..., 1]": "That is the whole green channel. Two slices cut the square out of it.",
    "photo[row : row + size, :, 1]": "You chose the rows of the square, and took all columns.",
    "tf.transpose(photo[row : row + size, column : column + size, 1])": "You turned the square: its rows became columns.",
    "photo[row - size : row, column - size : column, 1]": "Your square ends at `row`, `column`. It should start there.",
    "photo[row - size // 2 : row + size // 2, column - size // 2 : column + size // 2, 1]": _CENTERED,
    "photo[row - size // 2 : row - size // 2 + size, column - size // 2 : column - size // 2 + size, 1]": _CENTERED,
    "photo[row - size // 2 : row + size // 2 + 1, column - size // 2 : column + size // 2 + 1, 1]": _CENTERED,
}
crop.also(
    "tf.slice(photo, [row, column, 1], [size, size, 1])[..., 0]",
    "photo.numpy()[row : row + size, column : column + size, 1]",
    "[[photo[r][c][1] for c in range(column, column + size)] for r in range(row, row + size)]",
)
crop.hints = [
    "Three axes, three indexes: rows, columns, channel.",
    "`photo[start:stop]` takes the rows from `start` on and stops before `stop`.",
]
crop.why = "You cut a piece out of a batch or a feature map in the same way."

# Broadcasting --------------------------------------------------------------------------------------------------------
which_fit = question(
    "tensors/which-fit",
    "Which of these shapes can it be multiplied by? Answer with a set.",
    {"a", "c", "d"},
    options={
        "a": ("(3,)", "The last axes are 3 and 3: one factor for each channel, at all pixels."),
        "b": ("(96,)", "Lined up at the right end, 96 meets the 3 channels. TensorFlow does not guess that you meant the rows."),
        "c": ("(96, 1)", "96 meets the 96 columns, and 1 meets the channels: one factor for each column of pixels."),
        "d": ("(96, 1, 1)", "96 meets the rows, and the ones stretch: one factor for each row of pixels."),
        "e": ("(96, 96)", "Its last axis, 96, meets the 3 channels. (96, 96, 1) would be one factor for each pixel."),
    },
    hints=[
        "Write one shape below the other, with their right ends in line.",
        "Two lengths fit if they are equal or if one of them is 1.",
    ],
    why="Shapes are compared from the right. TensorFlow does not know what an axis means to you.",
)  # fmt: skip


@exercise("tensors/broadcast-shape", points=2)
def broadcast_shape(left, right):
    """Return the shape of the sum of two tensors, or the text "no" if they do
    not fit.

    `left` and `right` are their shapes, tuples of whole numbers above 0.
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


for _pair in ((4, 1), (3,)), ((4,), (4, 3)), ((3,), (3, 1)), ((1, 3), (2, 1)), ((2, 3), (4, 3)), ((3, 2), (3, 4)):
    broadcast_shape.example(left=_pair[0], right=_pair[1])


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


_AS_IS = "You returned one of the two shapes as it is. For {left} and {right} take the longer length of each axis."
_EQUAL = "You asked for equal lengths everywhere. A length of 1 fits any other: that axis stretches."
_BOTH = "You gave ones in front to the same side each time. Of {left} and {right} the shorter one gets them."
_RAISES = 'Your function raises an error where the shapes do not fit. Return the text "no" there.'
broadcast_shape.mistakes = {
    "_stretched(list(zip_longest(left, right, fillvalue=1)))": "You lined up {left} and {right} at their left ends. Broadcasting compares from the right.",
    '_stretched(list(zip(left, right, strict=True))) if len(left) == len(right) else "no"': "You refused {left} and {right}, which differ in their number of axes. The shorter shape gets ones in front.",
    "_longest(left, right)": "You let everything fit. In {left} and {right} two different lengths meet, and neither is 1.",
    "np.broadcast_shapes(left, right)": _RAISES,
    "(tf.zeros(left) + tf.zeros(right)).shape": _RAISES,
    "_stretched(list(zip(left, right)))": "You lined up {left} and {right} at their left ends. Broadcasting compares from the right.",
    '"no" if broadcast_shape(left, right) == "no" else broadcast_shape(left, right)[::-1]': "Your shape is back to front. Turn it around at the end.",
    '"no" if broadcast_shape(left, right) == "no" else tuple(min(p) for p in zip_longest(left[::-1], right[::-1], fillvalue=1))[::-1]': "You took the shorter length of each axis. An axis of length 1 stretches to the longer one.",
    '"no" if broadcast_shape(left, right) == "no" else max(left, right, key=len)': _AS_IS,
    '"no" if broadcast_shape(left, right) == "no" else max(_padded(left, right), key=np.prod)': _AS_IS,
    '"no" if broadcast_shape(left, right) == "no" else left': _AS_IS,
    '"no" if broadcast_shape(left, right) == "no" else right': _AS_IS,
    'left if left == right else "no"': _EQUAL,
    '"no" if any(a != b for a, b in zip(left[::-1], right[::-1])) else max(left, right, key=len)': _EQUAL,
    "_stretched(list(zip(left[::-1], right[::-1]))[::-1])": "You lost the axes in front, which only one of {left} and {right} has. They stay.",
    '_padded(left, right)[0] if len(set(_padded(left, right))) == 1 else "no"': _EQUAL,
    "_stretched(list(zip((1,) * (len(right) - len(left)) + left, right)))": _BOTH,
    "_stretched(list(zip(left, (1,) * (len(left) - len(right)) + right)))": _BOTH,
    '"no" if _stretched(list(zip(left[-1:], right[-1:]))) == "no" else _longest(left, right)': "You compared the last axes alone. In {left} and {right} every pair has to fit.",
    '"no" if _stretched(list(zip(*_padded(left, right)))[:1]) == "no" else _longest(left, right)': "You decided at the first axis. In {left} and {right} every pair has to fit: the `return` belongs after the loop.",
    '"no" if any(max(p) % min(p) for p in zip(*_padded(left, right))) else _longest(left, right)': "You repeated an axis to a multiple of its length. Only axes of length 1 stretch: TensorFlow does not tile.",
    "max(left, right, key=len)": "You returned the longer of the two shapes, whatever the other one is.",
}


def _longest(*shapes):
    return tuple(max(pair) for pair in zip(*_padded(*shapes), strict=True))


_ONE_SIDE = "You let one side stretch alone. Both may stretch in one sum: (4, 1) and (1, 3) make (4, 3)."


def _padded(*shapes):
    return [(1,) * (max(map(len, shapes)) - len(shape)) + shape for shape in shapes]


def _into(one, other):
    """Whether one shape stretches to the other alone."""
    return all(n in (1, m) for n, m in zip_longest(one[::-1], other[::-1], fillvalue=1))


broadcast_shape.mistakes = {
    '_padded(left, right)[0] if _into(right, left) else "no"': _ONE_SIDE,
    '_padded(left, right)[1] if _into(left, right) else "no"': _ONE_SIDE,
    'left if _into(right, left) and len(left) >= len(right) else "no"': _ONE_SIDE,
    'right if _into(left, right) and len(right) >= len(left) else "no"': _ONE_SIDE,
    '_longest(left, right) if any(all(n in (1, m) for n, m in zip(a[::-1], b[::-1])) for a, b in ((left, right), (right, left))) else "no"': _ONE_SIDE,
}


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
broadcast_shape.why = "If you can do this in your head, you can read a shape error in a second."


@exercise("tensors/center-rows", points=2)
def center_rows(table):
    """Subtract from each row its own mean, so that every row has the mean 0.
    Fix this function.

    `table` is a tensor of the shape (rows, columns).
    """
    means = tf.reduce_mean(table, axis=1, keepdims=True)
    return table - means


center_rows.start("1, keepdims=True) => 1)")


@center_rows.probe
def _(rng):
    rows, columns = rng.integers(2, 5, size=2)
    return dict(table=tf.constant(rng.integers(-9, 10, (rows, columns)), tf.float32))


@center_rows.probe
def _(rng):
    size = rng.integers(2, 5)
    return dict(table=tf.constant(rng.integers(-9, 10, (size, size)), tf.float32))


center_rows.mistakes = {
    "table - tf.reduce_mean(table, axis=1)[tf.newaxis]": "The means lie in a row and meet the columns: in a square table column 0 loses the mean of row 0. They have to stand in a column, shape (rows, 1).",
    "table - tf.reduce_mean(table, axis=0)": "You centered the columns: `axis=0` averages down each column. `axis=1` runs along a row.",
    "table - tf.reduce_mean(table)": "You subtracted the mean of the whole table. Each row has a mean of its own.",
    "tf.transpose(table) - tf.reduce_mean(table, axis=1)": "The numbers are right, but rows became columns. Transpose the result back.",
    "tf.reduce_mean(table, axis=1, keepdims=True)": "You returned the means. The table without them is asked for.",
    "tf.reduce_mean(table, axis=1)": "You returned the means. The table without them is asked for.",
    "table - means => table + means": "You added the means. Subtract them.",
    "table - means => means - table": "You subtracted the table from the means: all signs are reversed.",
    "table - means => (table - means) / tf.math.reduce_std(table, axis=1, keepdims=True)": "You also divided by the deviation. Only the mean of each row is to become 0.",
    "table - means => table / means": "You divided by the means. Subtract them.",
    "reduce_mean => reduce_sum": "You subtracted the sum of each row, not its mean.",
    "reduce_mean => reduce_min": "You subtracted the smallest number of each row, not its mean.",
    "table - np.median(table, axis=1, keepdims=True)": "You subtracted the median of each row, not its mean.",
    "table - tf.reduce_mean(table[0])": "Every row lost the mean of the first one. Each has a mean of its own.",
}
center_rows.also(
    "table - tf.reduce_mean(table, axis=1)[:, tf.newaxis]",
    "table - np.mean(table, axis=-1).reshape(-1, 1)",
    "tf.transpose(tf.transpose(table) - tf.reduce_mean(table, axis=1))",
)
center_rows.hints = [
    "The means have the shape (rows,). Which axis of the table does that line up with?",
    "The shape (rows, 1) would line up with the rows and stretch along the columns.",
    "`keepdims=True` keeps the axis over which the mean was taken, with length 1.",
]
center_rows.why = (
    "On a square table the bug raised no error; only the numbers were wrong. Nobody tells you of such bugs."
)

# Products ------------------------------------------------------------------------------------------------------------
_STACK = "There is no error. The axis of a that b does not have counts matrices: each of the five is multiplied by b."
batched_shape = question(
    "tensors/batched-shape",
    "`a` has the shape (5, 2, 3): five matrices. `b` has the shape (3, 4). What is the shape of `a @ b`?",
    (5, 2, 4),
    mistakes={
        (5, 2, 3, 4): "The 3 and the 3 meet, row by column, and are summed over. Neither is left in the result.",
        (5, 2, 3, 3, 4): "The 3 and the 3 meet, row by column, and are summed over. Neither is left in the result.",
        (2, 4): "That is the shape of one product. There are five, one for each matrix of a.",
        (10, 4): "The five matrices stay apart, on an axis of their own.",
        (5, 2, 3): "That is the shape of a. Its last axis is summed over, and the columns of b take its place.",
        "error": _STACK,
        "no": _STACK,
        (5, 4, 2): "The rows come from a, and the columns from b: (2, 3) times (3, 4) is (2, 4).",
        (2, 4, 5): "The axis that counts the matrices stays in front.",
        (2, 5, 4): "The axis that counts the matrices stays in front.",
        (3, 4): "That is the shape of b. There are five products, and each has as many rows as a matrix of a.",
        (5, 3, 4): "Matrices are multiplied in the *last* two axes. The 5 in front only counts them.",
    },
    also=[[5, 2, 4]],
    hints=["Look at one of the five matrices: (2, 3) times (3, 4).", "The axes in front are broadcast."],
    why="One `@` multiplies a whole stack of matrices. Attention layers use this in every step.",
)


@exercise("tensors/many-layers", points=2)
def many_layers(inputs, kernels, biases):
    """Return what several Dense layers make of the same inputs, without an
    activation, as a tensor of the shape (layers, rows, units).

    All three are tensors: `inputs` has the shape (rows, columns), `kernels`
    (layers, columns, units) and `biases` (layers, units).
    """
    return inputs @ kernels + biases[:, tf.newaxis]


@many_layers.probe
def _(rng):
    layers_, rows, columns, units = [2] * 4 if rng.random() < 0.3 else rng.integers(2, 4, size=4)
    shapes = {"inputs": (rows, columns), "kernels": (layers_, columns, units), "biases": (layers_, units)}
    return {key: tf.constant(rng.permutation(np.prod(n)).reshape(n) - 2, tf.float32) for key, n in shapes.items()}


_ROWS_FIRST = "Your rows come first. The shape (layers, rows, units) is asked for: the layers come first."
_JOINED = "The layers stand in one table. Each needs a place of its own on the first axis, as `tf.stack` would give it."
many_layers.mistakes = {
    "inputs @ kernels + biases": "The biases met the rows: row 0 got the bias of layer 0. (layers, units) needs an axis of length 1 for the rows, `biases[:, tf.newaxis]`.",
    "inputs @ kernels + biases[:, :, tf.newaxis]": "Your new axis stands behind the units, so that the units meet the rows. It belongs between layers and units.",
    "inputs @ kernels": "The biases are missing. Each layer adds its own to every row.",
    "inputs @ kernels + biases[0]": "All layers got the biases of the first one.",
    "tf.reduce_sum(inputs @ kernels + biases[:, tf.newaxis], axis=0)": "You added the layers up. Each keeps its own sums, on the first axis.",
    "tf.nn.relu(inputs @ kernels + biases[:, tf.newaxis])": "You applied ReLU to the sums. Negative sums stay here.",
    "tf.transpose(inputs @ kernels + biases[:, tf.newaxis], (1, 0, 2))": _ROWS_FIRST,
    "tf.transpose(inputs @ kernels + biases[:, tf.newaxis], (1, 2, 0))": _ROWS_FIRST,
    "inputs * kernels + biases[:, tf.newaxis]": "You multiplied number by number. `*` does that; `@` multiplies rows by columns.",
    "inputs @ tf.transpose(kernels, (0, 2, 1)) + biases[:, tf.newaxis]": "You transposed the kernels. Their shape, (layers, columns, units), fits as it is.",
    "inputs @ kernels + tf.transpose(biases)": "You transposed the biases, so that layers and units change places. `biases[:, tf.newaxis]` adds an axis instead.",
    "inputs @ kernels[0] + biases[0]": "You computed the first layer alone.",
    "inputs @ kernels[-1] + biases[-1]": "You returned the last layer alone.",
    "inputs @ kernels - biases[:, tf.newaxis]": "You subtracted the biases. Each layer adds its own.",
    "tf.transpose(inputs @ kernels + biases[:, tf.newaxis], (0, 2, 1))": "Your units stand before the rows. The shape (layers, rows, units) is asked for.",
    "tf.concat([inputs @ kernel + bias for kernel, bias in zip(kernels, biases)], 0)": _JOINED,
    "tf.concat([inputs @ kernel + bias for kernel, bias in zip(kernels, biases)], 1)": _JOINED,
    "kernels @ inputs + biases[:, tf.newaxis]": "You multiplied in the other order. The rows of inputs meet the columns of each kernel: `inputs @ kernels`.",
}


@many_layers.mistake("You fed each layer with what came out of the one before. Here all of them read the same inputs.")
def _(inputs, kernels, biases):
    for kernel, bias in zip(kernels, biases, strict=True):
        inputs = inputs @ kernel + bias
    return inputs


many_layers.also(
    "[inputs @ kernel + bias for kernel, bias in zip(kernels, biases, strict=True)]",
    'tf.einsum("rc,lcu->lru", inputs, kernels) + tf.expand_dims(biases, 1)',
)
many_layers.hints = [
    "`inputs @ kernels` has the shape (layers, rows, units): one matrix of inputs meets the whole stack.",
    "Line up the biases with that, from the right. Where is an axis of length 1 missing?",
    "`biases[:, tf.newaxis]` has the shape (layers, 1, units).",
]
many_layers.why = "One product computes several layers at once. The heads of a transformer can be computed in this way."

# Dtype ---------------------------------------------------------------------------------------------------------------
mean_of_ints = question(
    "tensors/mean-of-ints",
    "What is `tf.reduce_mean([1, 2])`?",
    1,
    mistakes={
        1.5: "`np.mean` gives 1.5. TensorFlow's mean has the dtype of its input: int32 in, int32 out, and the .5 is cut off.",
        2: "It is a whole number, but it is not rounded up: what follows the point is cut off.",
        3: "That is the sum. The mean divides it by 2.",
        "error": "There is no error, and no warning either: whole numbers have a mean, of their own dtype.",
    },
    hints=["What is the dtype of `tf.constant([1, 2])`?", "The result has the dtype of the input."],
    why="There is no error and no warning: an accuracy computed from whole numbers is 0 until it is 1.",
)

bare = question(
    "tensors/bare",
    "Which of these lines raise an error? Answer with a set.",
    {"a", "c"},
    options={
        "a": ("`tf.constant([1]) + 1.5`", "1.5 would have to become an int32. TensorFlow refuses that for Python's own numbers."),
        "b": ("`tf.constant([1]) + np.array([1.5])`", "There is no error: the array is turned into an int32 tensor, which cuts off the .5, and the sum is 2."),
        "c": ("`tf.constant([1]) + tf.constant([1.5])`", "Two tensors, int32 and float32: TensorFlow converts neither of them."),
        "d": ("`np.array([1]) + 1.5`", "No tensor takes part. NumPy changes to floats by itself: 2.5."),
    },
    hints=[
        "What meets the tensor: a Python number, an array, or another tensor? Which of them can TensorFlow convert?",
        "One line gives 2, and one gives 2.5.",
    ],
    why="An error tells you where to cast. The line that gives 2 tells you nothing.",
)  # fmt: skip


@exercise("tensors/product", points=2)
def product(left, right):
    """Return the matrix product of two tensors as a float32 tensor, whatever
    their dtypes are.
    """
    return tf.cast(left, tf.float32) @ tf.cast(right, tf.float32)


_KINDS = ("int32", "float32", "float64")
_DTYPES = [(a, b) for a in _KINDS for b in _KINDS if (a, b) != ("float32", "float32")]


@product.probe
def _(rng):
    rows, inner, columns = [2, 2, 2] if rng.random() < 0.5 else rng.integers(2, 4, size=3)
    first, second = _DTYPES[rng.integers(len(_DTYPES))]
    left = rng.integers(-8, 9, (rows, inner)) + 0.6
    right = rng.integers(1, 9, (inner, columns)) - 4.6
    return dict(left=tf.constant(left.astype(first)), right=tf.constant(right.astype(second)))


@product.strata
def _(left, right):
    if left.dtype == right.dtype:
        return "one dtype"
    return "whole and not" if tf.int32 in (left.dtype, right.dtype) else "two widths"


_TO_OTHER = "One side took the dtype of the other. A whole-number dtype cuts off what follows the point."
_NO_CAST = "`tf.cast` converts a tensor. `tf.constant`, `tf.convert_to_tensor`, `float`, `tf.float32(…)` do not."
_AS_TYPE = "A tensor has no method that converts it, such as `astype`. Write `tf.cast(tensor, tf.float32)`."
product.mistakes = {
    "tf.cast(left, tf.float32) * tf.cast(right, tf.float32)": "You multiplied number by number. `*` does that; `@` multiplies rows by columns.",
    "tf.cast(tf.cast(left, tf.int32) @ tf.cast(right, tf.int32), tf.float32)": "You cast to whole numbers, which cuts off what follows the point, and only then multiplied.",
    "tf.cast(left @ right, tf.float32)": "The two sides differ in dtype, and `@` refuses that. Cast both sides before you multiply.",
    "tf.cast(left, tf.float32) @ right": "You cast left alone. Cast right as well.",
    "left @ tf.cast(right, tf.float32)": "You cast right alone. Cast left as well.",
    "tf.constant(left, tf.float32) @ tf.constant(right, tf.float32)": _NO_CAST,
    "tf.constant(left, tf.float32) @ tf.cast(right, tf.float32)": _NO_CAST,
    "tf.cast(left, tf.float32) @ tf.constant(right, tf.float32)": _NO_CAST,
    "tf.convert_to_tensor(left, tf.float32) @ tf.convert_to_tensor(right, tf.float32)": _NO_CAST,
    "tf.matmul(tf.cast(left, tf.float32), tf.cast(right, tf.float32), transpose_b=True)": "You transposed right. Its columns meet the rows of left as they are.",
    'left.astype("float32") @ right.astype("float32")': _AS_TYPE,
    "tf.cast(tf.cast(left, right.dtype) @ right, tf.float32)": _TO_OTHER,
    "tf.cast(left @ tf.cast(right, left.dtype), tf.float32)": _TO_OTHER,
    "tf.cast(right, tf.float32) @ tf.cast(left, tf.float32)": "You changed the order. In `left @ right` the rows of left meet the columns of right.",
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
    "`tf.cast(tensor, tf.float32)` gives a new tensor of that dtype.",
    "Cast both, then multiply with `@`.",
]
product.why = "Keras computes in float32. NumPy and pandas often hold float64: cast it once, where it enters."

# Identity and value --------------------------------------------------------------------------------------------------
shared = question(
    "tensors/shared",
    "What does `other` hold in the end?",
    2,
    mistakes={
        1: "`other = weight` copies nothing. Both names stand for the same Variable, and `assign_add` changed it.",
        12: "12 is what `weight` holds. The last line made a new tensor and gave it that name; `other` still stands for the Variable.",
        "error": "There is no error: `weight + 10` makes a tensor, and `=` gives it the name `weight`.",
        11: "That is 1 + 10. But `assign_add` changes the Variable, and `+` does not: it makes a new tensor.",
    },
    hints=[
        "How many Variables are made in these four lines?",
        "Which line changes a Variable, and which line gives a name to something else?",
    ],
    why="The layers of a model hold their Variables, so a change in place reaches them, and a new tensor does not.",
)


@exercise("tensors/step", points=2, probes=2)
def step(model, slopes, rate):
    """Take one step downhill: move every trainable weight of the model by
    −rate · slope. The weights of a frozen layer stay as they are.

    `slopes` holds one array for each weight in `model.trainable_weights`, in
    that order. Return the model.
    """
    for weight, slope in zip(model.trainable_weights, slopes, strict=True):
        weight.assign_sub(rate * slope)
    return model


@step.use
def _(move, model, slopes, rate):
    """What the model that was given holds afterwards; where a grader's process changed its own, the one it returned."""
    try:
        moved = move(model, slopes, rate)
    except ValueError as error:
        if "set_weights" not in str(error):
            raise
        return "set_weights"
    if not hasattr(moved, "get_weights"):
        return moved if moved is None else "not the model"
    return [np.asarray(weight) for weight in (moved if hasattr(moved, BROUGHT) else model).get_weights()]


def _task(rng, columns, units, *before):
    model = keras.Sequential([keras.Input((columns,)), *before, layers.Dense(units)])
    model.set_weights([rng.integers(-5, 6, weight.shape).astype("float32") for weight in model.weights])
    shapes = [weight.shape for weight in model.trainable_weights]
    slopes = tuple((rng.integers(1, 9, shape) * rng.choice([-1, 1], shape)).astype("float32") for shape in shapes)
    return dict(model=model, slopes=slopes, rate=float(rng.choice([0.1, 0.2, 0.25])))


step.probe(lambda rng: _task(rng, *map(int, rng.integers(2, 4, size=2))))
step.probe(lambda rng: _task(rng, 2, 3, layers.Dense(3), layers.Dense(3, trainable=False)))
step.strata(lambda model, slopes, rate: "frozen" if model.non_trainable_weights else "all move")


def _moved(model, slopes, change, weights=None):
    for weight, slope in zip(model.trainable_weights if weights is None else weights, slopes, strict=False):
        weight.assign(change(weight, slope))
    return model


_FROZEN = "`model.weights`, `get_weights` and `set_weights` also cover what is frozen. The slopes belong to `model.trainable_weights`: change these one by one, with `assign_sub`."
_ONE_LAYER = "You moved one layer alone. Others may learn, too: go through all of `model.trainable_weights`."
step.mistakes = {
    ".assign_sub(rate * slope) => = weight - rate * slope": "The model did not move: you changed a copy, or gave the name to a new tensor (`weight = …`, `weight -= …`). Change the model's own Variable, with `assign_sub`.",
    "_moved(model, slopes, lambda weight, slope: weight + rate * slope)": "You stepped uphill. The slope points to where the loss grows: subtract.",
    "_moved(model, slopes, lambda weight, slope: -rate * slope)": "You replaced each weight by its move. `assign` forgets the old value; `assign_sub` starts from it.",
    "_moved(model, slopes, lambda weight, slope: rate * slope)": "You replaced each weight by rate · slope. `assign_sub` subtracts that from the old value.",
    "_moved(model, slopes, lambda weight, slope: weight - slope)": "You stepped by the whole slope. Multiply it by the rate.",
    "_moved(model, slopes, lambda weight, slope: weight - rate)": "You subtracted the rate from every weight. Multiply it by the slope first.",
    "[weight - rate * slope for weight, slope in zip(model.trainable_weights, slopes)]": "You did not return the model. Change its weights in place, and return the model itself.",
    "_moved(model, slopes, lambda weight, slope: weight - slope / rate)": "You divided the slope by the rate. Multiply it by the rate.",
    "_moved(model, slopes, lambda weight, slope: weight - rate * slope, model.weights)": _FROZEN,
    "model.set_weights([weight - rate * slope for weight, slope in zip(model.get_weights(), slopes)]) or model": _FROZEN,
    "_moved(model, slopes[::2], lambda weight, slope: weight - rate * slope, model.trainable_weights[::2])": "The kernels moved, and the biases did not. `slopes` holds one array for each of them.",
    "_moved(model, slopes, lambda weight, slope: weight - rate * slope, model.trainable_weights[:1])": "The first weight alone moved. Does your `return` stand inside the loop?",
    "_moved(model, slopes, lambda weight, slope: weight - rate * slope, model.trainable_weights[:2])": _ONE_LAYER,
    "_moved(model, slopes[-2:], lambda weight, slope: weight - rate * slope, model.trainable_weights[-2:])": _ONE_LAYER,
}


@step.also
def _(model, slopes, rate):
    keras.optimizers.SGD(rate).apply([tf.constant(slope) for slope in slopes], model.trainable_weights)
    return model


step.also("_moved(model, slopes, lambda weight, slope: weight - rate * slope)")
step.hints = [
    "Walk through `model.trainable_weights` and `slopes` together, with `zip`.",
    "`weight.assign_sub(…)` subtracts in place.",
]
step.excused = {
    "zip(model.trainable_weights, slopes, strict=True) → zip(model.trainable_weights, slopes)": "as many slopes as weights",
    "True → False": "strict or not: there are as many slopes as weights",
}
step.why = "Plain SGD does just this with every batch."

# Tensors, graphs, arrays ---------------------------------------------------------------------------------------------
traced = question(
    "tensors/traced",
    "A `tf.function` with a `print` inside is called three times, each time with a float32 tensor of shape (2,). How many times does it print?",
    1,
    mistakes={
        3: "The second and the third call find a graph for this shape and dtype, and the `print` is not in it.",
        6: "The function gets the whole vector in one call. And not even every call prints.",
        0: "To record the graph, Python has to run the function at least once, `print` included.",
        2: "One run of Python records the graph, and there is no second: the first call uses it at once.",
    },
    hints=[
        "What does the graph hold: the lines of Python or the operations on tensors?",
        "After the first call, is Python still needed?",
    ],
    why="What is Python, and not an operation on tensors, happens while a graph is recorded, and not when the graph runs.",
)

who_can = question(
    "tensors/who-can",
    "What can a NumPy array do that a constant tensor cannot? Answer with a set.",
    {"a", "b"},
    options={
        "a": ("change one number in place, `x[0] = 5`", "A constant cannot change. A Variable can, with `assign`."),
        "b": ("add Python's 1.5 to whole numbers, `x + 1.5`", "NumPy changes to floats by itself. TensorFlow keeps int32 and refuses 1.5."),
        "c": ("broadcast", "Both do, and by the same rule."),
        "d": ("be watched by a tape, for its slopes", "It is the other way round: a tape watches tensors, not arrays."),
        "e": ("be recorded in a graph", "It is the other way round: a graph records operations on tensors."),
    },
    hints=[
        "Which of these have you seen a tensor do in this chapter?",
        "What differs in NumPy is what may change, and who decides on the dtype.",
    ],
    why="Arrays are handy for preparing data; tensors can be recorded, so that they can be trained.",
)  # fmt: skip

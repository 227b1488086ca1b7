"""Exercises of *A single neuron*."""

import keras
import numpy as np
from keras import layers

from coursekit import datasets
from coursekit.checks import exercise, question
from coursekit.checks.training import watched

# How wrong is a line? ------------------------------------------------------------------------------------------------
flat_line = question(
    "neuron/flat-line",
    "With w = 0 the line is flat, and the neuron says the same for every car. At which b is the gauge lowest?",
    "b",
    options={
        "a": ("at the least consumption", "Every other car lies above that line, so all errors point the same way. Raise the line, and they shrink."),
        "b": ("at the mean consumption", "There the errors above and below cancel each other, and no other b gives a lower loss."),
        "c": ("halfway between the least and the largest", "Then two cars alone would decide, whatever the other 390 consume. The gauge counts every car."),
        "d": ("at 0", "Then every error is a car's whole consumption. The loss is as large as with b = 22.5, twice the mean."),
    },
    hints=[
        "Set w to 0 in the figure and move b: where is the gauge lowest?",
        "The errors above and below the line have to balance. At which height do they?",
    ],
    why="A neuron that sees no input can still learn one thing, the mean. Its bias does that.",
)  # fmt: skip


@exercise("neuron/mean-squared-error")
def mean_squared_error(targets, predictions):
    """Return the mean of the squared errors, one number.

    Both arrays hold one number per row.
    """
    return np.mean((predictions - targets) ** 2)


@mean_squared_error.probe
def _(rng):
    rows = rng.integers(2, 6)
    return dict(targets=rng.integers(-9, 10, rows) / 2, predictions=rng.integers(-9, 10, rows) / 2)


mean_squared_error.mistakes = {
    "np.mean(predictions - targets)": "You averaged the errors without squaring them, so +5 and −5 cancel, and a bad line can seem perfect. Square first.",
    "np.mean(np.abs(predictions - targets))": "You took absolute values, which gives the mean absolute error. Squared, one error of 4 weighs as much as sixteen errors of 1.",
    "np.sum((predictions - targets) ** 2)": "You added the squares up, so twice as many cars would make the loss twice as large. Divide by the number of rows.",
    "np.mean(predictions - targets) ** 2": "You squared the mean of the errors. By then they have canceled each other: square each one, then take the mean.",
    "np.sqrt(np.mean((predictions - targets) ** 2))": "You took the root at the end. That is the root mean squared error, in the unit of the target. Leave the root out.",
    "np.mean((predictions - targets) ** 2) / 2": "You halved the mean. Some books do, so that the slope looks simpler; this chapter and Keras do not.",
}
mean_squared_error.mistakes = {
    "np.sum((predictions - targets) ** 2) / (len(targets) - 1)": "You divided by n − 1. The mean of n squares divides by n.",
    "np.mean((predictions - targets) * 2)": "`* 2` doubles each error. `** 2` squares it.",
    "np.mean(predictions**2 - targets**2)": "You squared targets and predictions and then subtracted. Subtract first, then square the error.",
    "(predictions[0] - targets[0]) ** 2": "You looked at the first row alone. If your `return` stands inside a loop, move it after the loop.",
    "np.sum((predictions - targets) ** 2) / 392": "You divided by 392, the number of our cars. The number of rows is `len(targets)`.",
    "np.var(predictions - targets)": "You took the variance of the errors, which first subtracts their mean. A line that is 5 too high everywhere would get 0.",
}
mean_squared_error.also(
    "sum((p - t) ** 2 for t, p in zip(targets, predictions, strict=True)) / len(targets)",
    'keras.losses.MeanSquaredError()(targets.astype("float32"), predictions.astype("float32"))',
)
mean_squared_error.hints = [
    "An error is `predictions - targets`. What makes all of them positive?",
    "`** 2` squares each number of an array, and `np.mean` turns them into one number.",
]
mean_squared_error.why = "This one number is all that training looks at."


# Which way is down? --------------------------------------------------------------------------------------------------
@exercise("neuron/slopes", points=2)
def slopes(x, y, w, b, h):
    """Return the two slopes of the mean squared error of w·x + b: (along w,
    along b).

    `x` and `y` hold one number per row. Measure each slope between h below and
    h above, moving only that one number.
    """

    def loss(w, b):
        return np.mean((w * x + b - y) ** 2)

    along_w = (loss(w + h, b) - loss(w - h, b)) / (2 * h)
    along_b = (loss(w, b + h) - loss(w, b - h)) / (2 * h)
    return along_w, along_b


@slopes.probe
def _(rng):
    rows = rng.integers(2, 5)
    return dict(
        x=rng.integers(-6, 7, rows) / 2,
        y=rng.integers(-9, 10, rows),
        w=rng.integers(-3, 4),
        b=rng.integers(-3, 4),
        h=rng.choice([0.1, 0.25]),
    )


slopes.example(x=np.array([1.0, 2.0]), y=np.array([3, 7]), w=1, b=2, h=0.25)


def _loss(x, y, w, b):
    return np.mean((w * x + b - y) ** 2)


slopes.mistakes = {
    "slopes(x, y, w, b, h)[::-1]": "You have both slopes, but in the other order. The one along w comes first.",
    "return along_w, along_b => return -along_w, -along_b": "Your signs are reversed. A slope is what lies above minus what lies below.",
    "return along_w, along_b => return 2 * along_w, 2 * along_b": "Your slopes are twice as steep as they should be. From h below to h above is a distance of 2h: divide by that, not by h.",
    "return along_w, along_b => return along_w / 2, along_b / 2": "Your slopes are half of what they should be. If you derived them: the slope of e² is 2·e. If you measured: the distance is 2h.",
    "/ (2 * h) => ": "You returned the change of the loss. A slope is the change per unit of distance: divide by 2h.",
    "/ (2 * h) => / 2 * h": "`/ 2 * h` divides by 2 and then multiplies by h. Put the distance into parentheses: `/ (2 * h)`.",
    "loss(w, b + h) - loss(w, b - h) => loss(w + h, b + h) - loss(w - h, b - h)": "Your slope along w is right, but for the one along b you moved w as well. Move b alone.",
    "loss(w + h, b) - loss(w - h, b) => loss(w + h, b + h) - loss(w - h, b - h)": "Your slope along b is right, but for the one along w you moved b as well. Move w alone.",
    "np.mean => np.sum": "You added the squared errors up. The loss is their mean: divide by the number of rows.",
    "return along_w, along_b => return along_b, along_b": "Both of your numbers are the slope along b. Along w, each error counts times its x.",
    "np.mean((w * x + b - y) ** 2) => np.mean(np.abs(w * x + b - y))": "You measured the slopes of the mean absolute error. The loss here squares each error.",
    "** 2 => ": "You measured the slopes of the mean error. The loss squares each error first.",
    "(_loss(x, y, w + h, b) - _loss(x, y, w, b)) / h, (_loss(x, y, w, b + h) - _loss(x, y, w, b)) / h": "You measured from the point itself to h above. That is the slope of another place, h/2 farther on: use both sides.",
    "(_loss(x, y, w, b) - _loss(x, y, w - h, b)) / h, (_loss(x, y, w, b) - _loss(x, y, w, b - h)) / h": "You measured from h below to the point itself. That is the slope of another place, h/2 before: use both sides.",
    "[(_loss(x, y, w + h, b + h) - _loss(x, y, w - h, b - h)) / (2 * h)] * 2": "You moved w and b together and got one slope for both. Move w alone, then b alone: each has its own.",
    "loss(w, b + h) - loss(w, b - h) => loss(w + h, b + h) - loss(w + h, b - h)": "When you measured along b, w was still at w + h. Put it back first: only b moves.",
    "return along_w, along_b => return along_w, along_w": "Both of your numbers are the slope along w. Along b, each error counts without its x.",
    "w * x + b - y => w * x - y": "Your loss leaves the bias out, so it does not change with b. The prediction is w·x + b.",
}


@slopes.mistake(
    "You measured the loss of the cars. The chapter's `loss_of` knows only their columns: compute the loss from `x` and `y`."
)
def _(x, y, w, b, h):
    cars = datasets.fuel_consumption()
    x, y = cars["weight"].to_numpy(), cars["consumption"].to_numpy()
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


slopes.also(
    "[(_loss(x, y, w + h, b) - _loss(x, y, w - h, b)) / h / 2, (_loss(x, y, w, b + h) - _loss(x, y, w, b - h)) / h / 2]"
)


@slopes.also
def _(x, y, w, b, h):
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


slopes.hints = [
    "Write the loss as a function of w and b inside yours: `np.mean((w * x + b - y) ** 2)`.",
    "Along w: the loss at w + h minus the loss at w − h, divided by the distance between the two places. b stays.",
]
slopes.why = "The two slopes say which way is down. Gradient descent needs nothing more."

# Does the unit matter? -----------------------------------------------------------------------------------------------
kilograms = question(
    "neuron/kilograms",
    "The weights of the cars come in kilograms, not in tonnes. The cars and the rate of 0.1 stay the same. What happens to the training?",
    "c",
    options={
        "a": ("nothing: it is the same data", "The best line is the same, but the slope along w is about 1000 times as steep, and so each step is that much longer."),
        "b": ("it is slower, but it arrives", "The steps get longer, not shorter: the slope along w is about 1000 times as steep."),
        "c": ("the loss grows with each update", "The first step is about 1000 times as long, toward a w that is 1000 times as small. It lands far beyond."),
        "d": ("it is faster: larger numbers, larger steps", "The steps are larger, so large that each one jumps across the bowl and lands higher up."),
    },
    hints=[
        "The slope along w is twice the mean of error times x. What becomes of it with x in kilograms?",
        "And how large should w be, if x is 1000 times as large?",
    ],
    why="A learning rate suits data of a certain size. Standardized columns all have the same size.",
)  # fmt: skip


@exercise("neuron/standardize", points=2)
def standardize(train, new):
    """Standardize both tables, shape (rows, columns), and return (train, new).

    In each column of `train` the mean becomes 0 and the standard deviation 1.
    `new` holds rows that come later: use the same mean and deviation for them.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (new - mean) / deviation


@standardize.probe
def _(rng):
    scales = np.array([1.0, 10.0, 3.0])[: rng.integers(2, 4)]

    def table(*values):  # no column and no row is constant
        return np.column_stack([scale * (rng.permutation(values) + 0.1) for scale in scales]) + rng.integers(-5, 6)

    return dict(train=table(-3.5, 0.5, 2.0, 7.0), new=table(-2.0, 1.5, 4.0))


standardize.mistakes = {
    "(train - mean) / deviation, (new - mean) / deviation => (train - mean) / deviation, (new - new.mean(axis=0)) / new.std(axis=0)": "You standardized the new rows with their own mean and deviation. A heavy car among heavy cars would count as average: use those of `train`.",
    "(new - mean) / deviation => (new - mean) / new.std(axis=0)": "From the new rows you subtracted the mean of `train`, but you divided by their own deviation. Use both of `train`.",
    "(new - mean) / deviation => (new - new.mean(axis=0)) / deviation": "You divided the new rows by the deviation of `train`, but you subtracted their own mean. Use both of `train`.",
    "axis=0 => ": "You took one mean and one deviation for the whole table. Tonnes and kilowatts need one each, per column: `axis=0`.",
    "(train - train.mean()) / train.std(), (new - new.mean()) / new.std()": "You took one mean and one deviation for each whole table. They belong to the columns (`axis=0`), and to those of `train`.",
    "train / train.max(axis=0), new / train.max(axis=0)": "You divided by the largest value. Then neither is the mean 0 nor the deviation 1: subtract the mean, divide by the deviation.",
    " / deviation => ": "You subtracted the mean and left the spread as it was. Divide by the standard deviation, too.",
    " - mean => ": "You divided by the deviation and left the mean where it was. Subtract it first.",
    "(new - mean) / deviation => new": "Your new rows came out as they went in. If you changed `train` first, its mean was 0 and its deviation 1 by then: compute both before.",
    "train.std(axis=0) => train.var(axis=0)": "You divided by the variance. Its unit is squared; the standard deviation is its root.",
    "train.std(axis=0) => train.std(axis=0, ddof=1)": "You divided by the deviation with n − 1, which is pandas' default (`ddof=1`). NumPy and Keras divide by n: `train.std(axis=0)`.",
    "(train - mean) / deviation, (new - mean) / deviation => train - mean / deviation, new - mean / deviation": "Without parentheses the division comes first: you subtracted mean / deviation. Write `(train - mean) / deviation`.",
    "standardize(train, new)[::-1]": "You have both tables, but in the other order. `train` comes first.",
}


@standardize.mistake(
    "You measured mean and deviation on both tables together. When `train` is prepared, the later rows are not known yet: use `train` alone."
)
def _(train, new):
    both = np.concatenate([train, new])
    mean, deviation = both.mean(axis=0), both.std(axis=0)
    return (train - mean) / deviation, (new - mean) / deviation


@standardize.mistake(
    "You squeezed each column between 0 and 1. That is another scaling: here the mean becomes 0 and the deviation 1."
)
def _(train, new):
    low, reach = train.min(axis=0), np.ptp(train, axis=0)
    return (train - low) / reach, (new - low) / reach


@standardize.mistake("You scaled each row. A row is a car; what shares a unit is a column: `axis=0`.")
def _(train, new):
    return [(t - t.mean(axis=1, keepdims=True)) / t.std(axis=1, keepdims=True) for t in (train, new)]


@standardize.also
def _(train, new):
    layer = layers.Normalization()
    layer.adapt(train.astype("float32"))
    return layer(train.astype("float32")), layer(new.astype("float32"))


@standardize.also
def _(train, new):
    results = np.zeros_like(train), np.zeros_like(new)
    for column in range(train.shape[1]):
        mean, deviation = train[:, column].mean(), train[:, column].std()
        for table, result in zip((train, new), results, strict=True):
            result[:, column] = (table[:, column] - mean) / deviation
    return results


standardize.hints = [
    "`train.mean(axis=0)` is one mean per column.",
    "Compute mean and deviation once, from `train`, and use them for both tables.",
]
standardize.why = (
    "Columns of the same size can share one learning rate, and a new row is read on the scale of the old ones."
)


# Eleven inputs -------------------------------------------------------------------------------------------------------
@exercise("neuron/weighted-sum", points=2)
def linear_unit(x, w, b):
    """Return what a linear unit says about each row of a table.

    `x` has the shape (rows, columns), `w` holds one weight per column, `b` is
    one number. The result holds one number per row, shape (rows,).
    """
    return x @ w + b


def _table(rng, more_rows):
    columns = rng.integers(2, 5)
    return dict(
        x=rng.integers(-9, 10, (columns + more_rows, columns)) / 2,
        w=rng.integers(-4, 5, columns),
        b=rng.choice([-3, -2, -1, 1, 2, 3]),
    )


# A square table shows what `w @ x` does; the others, who counts the rows by the columns.
linear_unit.probe(lambda rng: _table(rng, 0))
linear_unit.probe(lambda rng: _table(rng, rng.integers(1, 4)))
linear_unit.probe(lambda rng: _table(rng, -1))
linear_unit.strata(lambda x, w, b: f"{np.sign(len(x) - len(w)):+}")

linear_unit.mistakes = {
    "x @ w": "You left the bias out. Add b once to the sum of each row.",
    "(x * w + b).sum(axis=1)": "You added the bias once for every column. It is added once for each row.",
    "x * w + b": "You multiplied but did not add up. One neuron gives one number per row: sum over the columns.",
    "(x * w).sum(axis=0) + b": "You summed down the columns, which adds different cars together. Sum along each row: every car has its own sum.",
    "w @ x + b": "You multiplied each row by one weight. Each weight belongs to a column: `x @ w`, not `w @ x`.",
    "(x * w).mean(axis=1) + b": "You took the mean over the columns. A weighted sum is not divided by their number.",
    "x @ w * b": "You multiplied by the bias. It is added to the sum.",
    "np.maximum(x @ w + b, 0)": "You cut off the sums below 0. A linear unit gives them as they are.",
    "x @ (w + b)": "You added the bias to each weight. It is added to the sum: `x @ w + b`.",
    "(x @ w + b > 0).astype(int)": "You compared the sum with 0. A linear unit gives the sum itself.",
    "x[:, 0] * w[0] + b": "You used the first column alone. Every column counts, each with its own weight.",
    "x @ w - b": "You subtracted the bias. It is added, whatever its sign.",
    "[x[row] @ w + b for row in range(len(w))]": "You made one sum for each column: `range(len(w))` and `x.shape[1]` count the columns. Each row has its own sum: `for row in x`.",
    "np.sum(x @ w) + b": "You added all rows into one number. Each row has a prediction of its own.",
}
linear_unit.also(
    "[sum(value * weight for value, weight in zip(row, w, strict=True)) + b for row in x]",
    "np.append(x, np.ones((len(x), 1)), axis=1) @ np.append(w, b)",
)
linear_unit.hints = [
    "For one row: each number times its weight, all added up, plus b.",
    "`x @ w` does the sums of all rows at once.",
]
linear_unit.why = "A Dense layer without an activation computes just this, once for each of its units."

input_shape = question(
    "neuron/input-shape",
    "**Question.** A table holds 1599 wines in 12 columns, and one of the columns, `quality`, is the target. Which shape do you give to `keras.Input`? Answer with a tuple.",
    (11,),
    mistakes={
        (None, 11): "Keras adds the `None` for the number of rows by itself. Give the shape of one row.",
        (None, 12): "Keras adds the `None` by itself, and the target is no input. Give one row without it.",
        (1,): "One number is what comes out. `keras.Input` says what goes in: every column but the target.",
        (10,): "You left out one column too many. Of the 12, only the target is no input.",
        "(11,)": "That is a text. Leave the quotes out, and it is a tuple.",
        12: "A bare number is no shape: `keras.Input` wants a tuple. And the target is no input.",
        (12,): "You counted the target. The neuron must not see what it has to guess: 11 columns are left.",
        (1599, 11): "You counted the rows, too. The shape is that of one wine; how many wines there are is left open.",
        (1599, 12): "That is the whole table. `keras.Input` wants the shape of one row, without the target.",
        (1599,): "That is how many wines there are. A neuron has one weight per column, not per row.",
        11: "A bare number is no shape. `keras.Input` wants a tuple: a comma makes one.",
        (1, 11): "You gave one wine as a table of one row. A row of numbers has one axis only.",
        (11, 1): "You gave one wine as a table of one column. Eleven numbers in a row have one axis only.",
    },
    also=[[11]],
    hints=[
        "What does one example look like, once the target is taken out?",
        "A tuple of one number is written with a comma: `(3,)`.",
    ],
    why="The shape of one row decides how many weights there are; the number of rows may change every day.",
)


@exercise("neuron/linear-model", points=2, probes=2)
def linear_model(columns):
    """Build a linear model for tables of that many columns: one weight per
    column, one bias, one number per row. Return it, untrained.
    """
    return keras.Sequential([keras.Input((columns,)), layers.Dense(1)])


linear_model.probe(lambda rng: dict(columns=rng.integers(2, 12)))
linear_model.mistakes = {
    "keras.Sequential([keras.Input((columns,)), layers.Dense(columns)])": "Your layer has {columns} units, so {columns} numbers come out. The number of weights follows from the input: `Dense(1)`.",
    'keras.Sequential([keras.Input((columns,)), layers.Dense(1, activation="relu")])': "Your unit has an activation, ReLU, and never gives less than 0. A linear model has no activation.",
    "keras.Sequential([keras.Input((columns,)), layers.Dense(1, use_bias=False)])": "Your unit has no bias: a row of zeros always gives 0. Leave `use_bias` as it is.",
    'keras.Sequential([keras.Input((columns,)), layers.Dense(1, activation="sigmoid")])': "Your unit squeezes its sum between 0 and 1 (sigmoid). A linear model gives the sum itself.",
    "keras.Input((columns,)) => keras.Input((None, columns))": "You told Keras that each row is a table of its own, with rows and columns. `(columns,)` is the shape of one row.",
    "keras.Input((columns,)) => keras.Input((columns, 1))": "You told Keras that each row is a table with {columns} rows of one number. `(columns,)` is {columns} numbers in a row.",
    "keras.Input((columns,)) => keras.Input((1,))": "Your model takes one number per row. It has to take {columns}: `keras.Input((columns,))`.",
    "keras.Input((columns,)) => keras.Input((11,))": "Your model takes 11 numbers per row, whatever `columns` is. Here it has to take {columns}.",
    "keras.Input((columns,)) => keras.Input((columns + 1,))": "Your model takes one number more than there are columns. The bias is no input: Keras adds it by itself.",
    'keras.Sequential([keras.Input((columns,)), layers.Dense(1, activation="tanh")])': "Your unit squeezes its sum between −1 and 1 (tanh). A linear model gives the sum itself.",
    "keras.Sequential([keras.Input((columns,)), layers.Dense(columns), layers.Dense(1)])": "Your model has two layers. One neuron is one layer of one unit: `layers.Dense(1)` alone.",
}
linear_model.also('keras.Sequential([keras.Input(shape=[columns]), layers.Dense(units=1, activation="linear")])')


@linear_model.also
def _(columns):
    inputs = keras.Input((columns,))
    return keras.Model(inputs, layers.Dense(1)(inputs))


linear_model.hints = [
    "`keras.Sequential([…, …])`: first what goes in, then the layer.",
    "`keras.Input((columns,))` says what goes in. How many units does one neuron need?",
]
linear_model.why = (
    "The same line builds a neuron for one column or a thousand: the number of weights follows from the input."
)


# What does a weight say? ---------------------------------------------------------------------------------------------
displacement = question(
    "neuron/displacement",
    "Cars with a larger `displacement` (the size of the engine) consume more: the correlation is +0.87. Now all eleven "
    "columns predict together. Which weight will `displacement` get?",
    "c",
    options={
        "a": ("the largest positive one", "The car's `weight` gets that one. Columns that go together share the work among them."),
        "b": ("a positive one, but not the largest", "So it seems, as large engines and high consumption go together. But the weight counts what is left once the other ten are known."),
        "c": ("a negative one", "Weight, power and cylinders already say that the car is big. Among our cars, what is left for the displacement points down."),
        "d": ("0, since the other columns say the same", "They say nearly the same, but not exactly, and the weight comes out below 0. How sure is that? You will see below."),
    },
    hints=[
        "Large engines sit in heavy, powerful cars, and those columns are in the table as well.",
        "Think of two cars of equal weight, power, year and cylinders. Only their engines' size differs.",
    ],
    why="A correlation looks at one column alone. A weight is what this column adds while the others are held fixed.",
)  # fmt: skip


@exercise("neuron/inspect-weights", points=2, probes=2)
def strongest(model, names):
    """Name the input whose weight is largest in absolute value.

    `model` is one linear unit; `names` are the columns' names in their order.
    """
    w = model.get_weights()[0]  # [1] is the bias
    return names[np.argmax(np.abs(w))]


_NAMES = ["weight", "power", "year", "cylinders", "wagon", "diesel"]


def _unit(rng, w, bias):
    """A linear unit with these weights in any order, the largest not first."""
    w = np.roll(np.concatenate([w[:1], rng.permutation(w[1:])]), rng.integers(1, len(w)))
    model = keras.Sequential([keras.Input((len(w),)), layers.Dense(1)])
    model.set_weights([w[:, None].astype("float32"), np.array([bias], "float32")])
    return dict(model=model, names=_NAMES[: len(w)])


# Of every two probes, one has a negative weight as its largest and a bias larger than that, the other one neither.
strongest.probe(lambda rng: _unit(rng, [-7, -1, 0.5, 5], 12))
strongest.probe(lambda rng: _unit(rng, [6, -3, -0.5, 1, 4], 2))
strongest.mistakes = {
    "np.abs(w) => w": "You took the largest number. −7 is larger in size than 5: compare sizes, `np.abs`.",
    "np.argmax => np.argmin": "You named the input with the smallest weight in size, the one closest to 0.",
    "np.argmax(np.abs(w)) => np.argmin(w)": "You named the most negative weight. A positive one may be larger in size.",
    "names[np.argmax(np.abs(w))] => int(np.argmax(np.abs(w)))": "You gave the weight's place. Return the name that stands there in `names`.",
    "names[np.argmax(np.abs(w))] => float(w.ravel()[np.argmax(np.abs(w))])": "You gave the weight itself. Return the name of the input that it belongs to.",
    "names[np.argmax(np.abs(w))] => names[0]": "You always named the first input. Did you look for the largest in the bias, `get_weights()[1]`, or along `axis=1`? Both hold one number only: compare the rows of `get_weights()[0]`.",
    "np.abs(w) => np.append(np.abs(w), np.abs(model.get_weights()[1]))": "The bias got in among the weights, at the end, and has no name. `model.get_weights()[0]` holds the weights alone.",
    "np.abs(w) => np.append(np.abs(model.get_weights()[1]), np.abs(w))": "The bias got in among the weights, in front. It belongs to no input: `model.get_weights()[0]` holds the weights alone.",
}


@strongest.also
def _(model, names):
    kernel = model.weights[0]
    sizes = keras.ops.convert_to_numpy(keras.ops.abs(kernel)).ravel().tolist()
    return names[sizes.index(max(sizes))]


@strongest.also
def _(model, names):
    w = model.layers[-1].kernel.numpy()[:, 0]
    return max(zip(names, w, strict=True), key=lambda pair: abs(pair[1]))[0]


strongest.hints = [
    "`w, b = model.get_weights()`; w has the shape (columns, 1).",
    "`np.argmax` of the sizes is a place; `names[place]` is the name.",
]
strongest.why = "On standardized columns sizes can be compared: each weight is how far the prediction moves when this input alone moves by one deviation. It does not say what a car would consume if somebody changed it."


@exercise("neuron/train", points=2, compare=False)
def train(x, y):
    """Train one linear unit, with no other layer, and return the model.

    `x` has the shape (rows, columns) and standardized columns; `y` holds one
    target per row. On rows that it never saw, the squared error has to be less
    than 1.4 times that of least squares. How you get there is up to you.
    """
    model = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.03), loss="mse")
    model.fit(x, y, epochs=12, verbose=0)
    return model


# The share by which a training's error on unseen rows may exceed that of least squares: stochastic steps at a rate of
# 0.01 to 0.1, Adam and the absolute error stayed below 0.1 with 6 seeds each; two epochs at 0.05 left 0.7 and more.
LARGEST_EXCESS = 0.4


@train.use
def _(answer, rng):
    """What the model is, whether anything moved its weights, and what its predictions are like."""
    cars = datasets.fuel_consumption()
    columns = ["weight", "power", "acceleration", "year"]
    x, y = cars[columns].to_numpy(float), cars["consumption"].to_numpy()
    order = rng.permutation(len(x))
    seen, unseen = order[:300], order[300:]
    x = ((x - x[seen].mean(axis=0)) / x[seen].std(axis=0)).astype("float32")
    with watched() as starts:
        model = answer(x[seen], y[seen].astype("float32"))
    if not isinstance(model, keras.Model):
        return dict(fault="no model")
    if not _is_one_linear_unit(model, x[unseen]):
        return dict(fault="no unit")
    if not all(starts.moved(model)):
        return dict(fault="not moved")
    table = np.column_stack([x, np.ones(len(x))])
    least = table @ np.linalg.lstsq(table[seen], y[seen])[0]
    return dict(fault=_fault(keras.ops.convert_to_numpy(model(x)), least, y, seen, unseen))


def _fault(predicted, least, y, seen, unseen):
    """What is wrong with predictions, beside those of least squares."""
    if predicted.shape != (len(y), 1):
        return "no unit"
    predicted = predicted[:, 0]
    error, least_error = (np.mean((values[unseen] - y[unseen]) ** 2) for values in (predicted, least))
    if error < (1 + LARGEST_EXCESS) * least_error:
        return ""
    low, high, mean, deviation = y[seen].min(), y[seen].max(), y[seen].mean(), y[seen].std()
    for shift, scale in ((mean, deviation), (low, high - low), (mean, 1), (0, high), (0, deviation)):
        if np.mean((scale * predicted + shift - least) ** 2) < 0.1 * np.var(least):
            return "scaled"
    if np.std(predicted) < 0.2 * np.std(least) and abs(np.mean(predicted - y)) < 1:
        return "flat"
    return "far" if error < np.mean(y**2) else "diverged"  # worse than a neuron that always says 0; nan, too


def _is_one_linear_unit(model, unseen):
    if sorted(tuple(w.shape) for w in model.weights) != [(1,), (unseen.shape[1], 1)]:
        return False
    there, back, middle = (keras.ops.convert_to_numpy(model(sign * 5 * unseen)) for sign in (1, -1, 0))
    # Not finite: the training diverged, which is said elsewhere.
    return bool(not np.isfinite(middle).all() or np.allclose(there + back, 2 * middle, atol=1e-2, rtol=1e-3))


def _built(x, *weights, **settings):
    """A model of one unit with these weights, as a training might leave them."""
    model = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1, **settings)])
    if weights:
        model.set_weights([np.reshape(weights[0], (-1, 1)), np.reshape(weights[1], 1)])
    return model


def _best(x, y):
    *w, b = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y)[0]
    return np.array(w), b


train.property("Your answer is not a Keras model. Return the trained model itself.", "train(x, y).get_weights()")(
    lambda found: found["fault"] != "no model"
)
train.property(
    "Your model is not one linear unit with a bias. One layer, `layers.Dense(1)`, without an activation: that is all.",
    "_built(x, use_bias=False)",
    '_built(x, activation="relu", bias_initializer="ones")',
)(lambda found: found["fault"] != "no unit")
train.property(
    "Your model's weights are the numbers it started with: nothing moved them. Was it compiled but never fitted, or is its layer frozen?",
    "_built(x)",
    "_built(x, trainable=False)",
)(lambda found: found["fault"] != "not moved")
train.property(
    "The error of your model is larger than if it always said 0: its training diverged. Make the learning rate smaller.",
    "_built(x, 100 * _best(x, y)[0], 0.0)",
    "_built(x, _best(x, y)[0] * np.nan, np.nan)",
)(lambda found: found["fault"] != "diverged")
train.property(
    "Your model says nearly the same for every car: the mean. If you wrote the loop yourself: `(rows, 1)` minus `(rows,)` "
    "is a table of all pairs, so give `y` the shape `(rows, 1)`.",
    "_built(x, np.full(x.shape[1], 0.01), y.mean())",
)(lambda found: found["fault"] != "flat")
train.property(
    "Your model predicts a shifted or scaled `y`, not liters. If you changed `y` for the training, undo that, or leave `y` as it is.",
    "_built(x, *_best(x, (y - y.mean()) / y.std()))",
    "_built(x, *_best(x, (y - y.min()) / np.ptp(y)))",
)(lambda found: found["fault"] != "scaled")
train.property(
    "On cars that your model never saw, its squared error is far above that of the best line. It needs more epochs, or another learning rate.",
    "_built(x, _best(x, y)[0] / 2, y.mean() / 2)",
)(lambda found: found["fault"] != "far")


@train.also
def _(x, y):
    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.3), loss="mean_squared_error")
    model.fit(x, y, batch_size=50, epochs=10, verbose=0)
    return model


train.also("_built(x, *_best(x, y))")
train.hints = [
    "Build it as in `linear-model`; `x.shape[1]` is the number of columns.",
    'Compile with `keras.optimizers.SGD(0.03)` and `loss="mse"`, then `model.fit(x, y, epochs=…, verbose=0)`.',
    "`model.evaluate(x, y)` is the loss. Does it grow? Then make the rate smaller. Does it still fall? Then train longer.",
]
train.excused = {
    "model.fit(x, y, epochs=12, verbose=0) → model.fit(x, y, epochs=12)": "printing changes nothing",
    "12 → 11": "many settings train well; the threshold leaves room",
    "12 → 13": "many settings train well; the threshold leaves room",
}
train.why = "Nobody told the neuron which weights to use. It followed the slopes of the loss."


# The perceptron ------------------------------------------------------------------------------------------------------
@exercise("neuron/perceptron-update", points=2)
def perceptron_update(w, b, x, label):
    """Return w and b after the perceptron rule has seen one example.

    `x` holds one number per weight; `label` is 1 or 0. The unit says 1 if
    w·x + b is larger than 0, and 0 otherwise.
    """
    error = label - int(w @ x + b > 0)
    return w + error * x, b + error


@perceptron_update.probe
def _(rng):
    columns = rng.integers(2, 5)
    w, x = rng.integers(-3, 4, columns) / 2, rng.integers(1, 6, columns) * rng.choice([-0.5, 0.5], columns)
    return dict(w=w, b=round(-(w @ x) + rng.choice([-1.5, -1, -0.5, 0, 0.5, 1, 1.5]), 2), x=x, label=rng.integers(0, 2))


perceptron_update.strata(
    lambda w, b, x, label: "right" if (w @ x + b > 0) == label else f"said {1 - label}, is {label}"
)
for _label in (0, 1):  # the bias decides; the sum is exactly 0; it is exactly 1; the third column decides
    perceptron_update.example(w=np.array([1.0, 0.0]), b=3.0, x=np.array([-1.0, 4.0]), label=_label)
    perceptron_update.example(w=np.array([1.0, 0.0]), b=-3.0, x=np.array([1.0, 4.0]), label=_label)
    perceptron_update.example(w=np.array([0.0, 0.0]), b=0.0, x=np.array([1.0, 2.0]), label=_label)
    perceptron_update.example(w=np.array([1.0, 0.0]), b=0.5, x=np.array([0.5, 2.0]), label=_label)
    perceptron_update.example(w=np.array([1.0, 0.0, 2.0]), b=0.0, x=np.array([-1.0, 2.0, 1.5]), label=_label)
perceptron_update.mistakes = {
    "w @ x + b > 0 => w @ x - b > 0": "You subtracted the bias from the sum. The unit compares w·x + b with 0.",
    "w + error * x, b + error => w + error * x": "You returned w alone. Return both, w and b.",
    "w @ x + b > 0 => w @ x > 0": "You left the bias out of the sum. The unit compares w·x + b with 0.",
    "label - int(w @ x + b > 0) => 2 * label - 1": "You moved the weights although the answer was right. The rule learns from mistakes only: then label minus answer is 0.",
    "label - int(w @ x + b > 0) => abs(label - int(w @ x + b > 0))": "You added x after every mistake. After a false 1 the sum has to get smaller: there the error is −1.",
    "+ error * x, b + => - error * x, b -": "You moved the wrong way. After a missed 1 the sum for this example has to grow: add (label − answer) times x.",
    "b + error => b": "You forgot to move the bias. It is the weight of an input that is always 1: b + error.",
    "w + error * x => w": "You moved the bias alone. Each weight moves as well, by the error times its input.",
    "int(w @ x + b > 0) => (w @ x + b)": "You used the sum itself as the answer. The perceptron answers 0 or 1: compare the sum with 0 first.",
    "int(w @ x + b > 0) => np.sign(w @ x + b)": "Your unit says −1 where it should say 0. Its answers are 1 and 0, like the labels.",
    "error * x, => error,": "You added the error to each weight alike. Multiply it by x: an input of 0 had no part in the mistake.",
    "b > 0) => b >= 0)": "Where the sum is exactly 0, you let the unit say 1. It says 1 only if the sum is larger than 0.",
    "label - int(w @ x + b > 0) => max(label - int(w @ x + b > 0), 0)": "You left a false 1 as it was. It is a mistake, too: its error is −1 and makes the sum smaller.",
    "w + error * x, b + error => w + 0.1 * error * x, b + 0.1 * error": "You made the step shorter by a rate of 0.1. This rule has no rate: it adds the whole x.",
    "label - int(w @ x + b > 0) => min(label - int(w @ x + b > 0), 0)": "You left a missed 1 as it was. It is a mistake, too: its error is 1 and makes the sum larger.",
    "w + error * x, b + error => w + 2 * error * x, b + 2 * error": "Your steps are twice as long as they should be. Labels and answers are 1 and 0, not 1 and −1, so they differ by 1.",
    "w + error * x => w + error * w": "You added the error times w. Each weight moves by the error times its input, x.",
    "b > 0) => b > 0.5)": "You compared the sum with 0.5. This unit says 1 if the sum is larger than 0.",
    "w + error * x, b + error => np.append(w + error * x, b + error)": "You joined w and b in one array. Return two things: `return w, b`.",
    "w + error * x, b + error => b + error, w + error * x": "You have both, but in the other order. Return w, then b.",
}


@perceptron_update.also
def _(w, b, x, label):
    says = 1 if np.dot(w, x) + b > 0 else 0
    if says == label:
        return [list(w), b]
    sign = 1 if label == 1 else -1
    return [[weight + sign * value for weight, value in zip(w, x, strict=True)], b + sign]


@perceptron_update.also
def _(w, b, x, label):
    error = label - float(w @ x + b > 0)
    return (w + error * x).astype("float32"), b + error


perceptron_update.hints = [
    "What does the unit say now? `int(w @ x + b > 0)`.",
    "label − answer is 1 for a missed 1, −1 for a false 1, else 0. Add it to b, and add it times x to w.",
]
perceptron_update.why = "The rule needs no slope, only the unit's own mistake. A unit in the middle of a network has no label to compare with."

threshold_slope = question(
    "neuron/threshold-slope",
    "Let the loss be the share of cars on which a threshold is wrong. What is the slope of this loss at nearly every w?",
    "a",
    options={
        "a": ("0", "A tiny change of w changes no car's answer, so the share of wrong answers stays as it is."),
        "b": ("1, the height of the step", "That is how far one answer jumps, at a single place. Beside it everything is flat."),
        "c": ("infinite", "That holds only exactly where a car changes sides. A random w almost never stands there."),
        "d": ("a number that points to fewer mistakes", "For that the loss would have to fall a little with each little step, but it is flat there."),
    },
    hints=[
        "Move w by 0.000001. How many cars change sides?",
        "The share of wrong answers can only be a whole number of cars, divided by their number.",
    ],
    why="Gradient descent moves by the slope. Where the slope is 0, it stays where it is.",
)  # fmt: skip

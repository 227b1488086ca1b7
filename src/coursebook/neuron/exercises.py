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
        "a": ("at the least consumption", "Every other car lies above that line: all errors point the same way."),
        "b": ("at the mean consumption", "There the errors above and below cancel, and no other b has a lower loss."),
        "c": (
            "halfway between the least and the largest",
            "Two cars would decide, whatever the other 390 do. Most cars are thrifty, and the line has to be near them.",
        ),
        "d": ("at 0", "Then every error is the whole consumption: the loss is as large as b = 22.5 would make it."),
    },
    hints=[
        "Set w to 0 in the figure and move b: where is the gauge lowest?",
        "The slope of the loss with b is twice the mean of the errors. Where is it 0?",
    ],
    why="A neuron that knows no input can still learn one thing: the mean. Its bias does that.",
)


@exercise("neuron/mean-squared-error")
def mean_squared_error(targets, predictions):
    """Return the mean of the squared errors, one number.

    Both arrays hold one number per row.
    """
    return np.mean((predictions - targets) ** 2)


@mean_squared_error.probe
def _(rng):
    rows = rng.integers(2, 6)
    return dict(targets=rng.integers(-9, 10, rows), predictions=rng.integers(-9, 10, rows))


mean_squared_error.mistakes = {
    "np.mean(predictions - targets)": "You averaged the errors without squaring, so that +5 and −5 cancel: a bad line can seem perfect. Square first.",
    "np.mean(np.abs(predictions - targets))": (
        "You took absolute values. That is the mean absolute error; squared, one error of 4 weighs as much as sixteen of 1."
    ),
    "np.sum((predictions - targets) ** 2)": "You added the squares up, so twice as many cars make the loss twice as large. Divide by the number of rows.",
    "np.mean(predictions - targets) ** 2": "You squared the mean error. The errors have canceled by then: square each one, then take the mean.",
    "np.sqrt(np.mean((predictions - targets) ** 2))": (
        "You took the root at the end. That is the root mean squared error, in the unit of the target; leave the square."
    ),
    "np.mean((predictions - targets) ** 2) / 2": "You halved it. Some books do, to make the slope prettier; Keras does not.",
}
mean_squared_error.also(
    "sum((p - t) ** 2 for t, p in zip(targets, predictions, strict=True)) / len(targets)",
    'keras.losses.MeanSquaredError()(targets.astype("float32"), predictions.astype("float32"))',
)
mean_squared_error.hints = [
    "An error is `predictions - targets`. What makes all of them positive?",
    "`** 2` squares each number of an array; `np.mean` makes one number of them.",
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
        x=rng.integers(-3, 4, rows),
        y=rng.integers(-9, 10, rows),
        w=rng.integers(-3, 4),
        b=rng.integers(-3, 4),
        h=rng.choice([0.25, 0.5]),
    )


slopes.example(x=np.array([1, 2]), y=np.array([3, 7]), w=1, b=2, h=0.5)


def _loss(x, y, w, b):
    return np.mean((w * x + b - y) ** 2)


slopes.mistakes = {"slopes(x, y, w, b, h)[::-1]": "You have both slopes, in the other order. First the one along w."}


@slopes.mistake(
    "You measured from the point itself to h above. That is the slope of another place, h/2 further on: use both sides."
)
def _(x, y, w, b, h):
    here = _loss(x, y, w, b)
    return (_loss(x, y, w + h, b) - here) / h, (_loss(x, y, w, b + h) - here) / h


@slopes.mistake("Your slopes are twice too steep: from h below to h above is a way of 2h. Divide by that, not by h.")
def _(x, y, w, b, h):
    steep = slopes(x, y, w, b, h)
    return steep[0] * 2, steep[1] * 2


@slopes.mistake("You gave the change of the loss. A slope is the change per step: divide by the way, 2h.")
def _(x, y, w, b, h):
    steep = slopes(x, y, w, b, h)
    return steep[0] * 2 * h, steep[1] * 2 * h


@slopes.mistake("You moved w and b together and got one slope for both. Move w alone, then b alone: each has its own.")
def _(x, y, w, b, h):
    both = (_loss(x, y, w + h, b + h) - _loss(x, y, w - h, b - h)) / (2 * h)
    return both, both


@slopes.mistake("Your signs are reversed: a slope is what lies above less what lies below.")
def _(x, y, w, b, h):
    steep = slopes(x, y, w, b, h)
    return -steep[0], -steep[1]


@slopes.mistake(
    "Your slopes are half of what they should be: the slope of e² is 2·e. If you measured, the way from h below to h above is 2h."
)
def _(x, y, w, b, h):
    steep = slopes(x, y, w, b, h)
    return steep[0] / 2, steep[1] / 2


slopes.also(
    "[(_loss(x, y, w + h, b) - _loss(x, y, w - h, b)) / h / 2, (_loss(x, y, w, b + h) - _loss(x, y, w, b - h)) / h / 2]"
)


@slopes.also
def _(x, y, w, b, h):
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


slopes.hints = [
    "Write the loss as a function of w and b inside yours: `np.mean((w * x + b - y) ** 2)`.",
    "Along w: the loss at w + h less the loss at w − h, divided by the way between them. b stays.",
]
slopes.why = "Two slopes say which way is down. Everything called training follows such slopes."

# Does the unit matter? -----------------------------------------------------------------------------------------------
kilograms = question(
    "neuron/kilograms",
    "The weights of the cars come in kilograms, not in tonnes. Same cars, same rate of 0.1. What happens to the training?",
    "c",
    options={
        "a": (
            "nothing: it is the same data",
            "The best line is the same, but the slope along w is 1000 times as steep, and the step with it.",
        ),
        "b": (
            "it is slower, and arrives",
            "The steps do not shrink, they grow: the slope along w is 1000 times as steep.",
        ),
        "c": (
            "the loss grows with each update",
            "A step 1000 times too long, for a w that should be 1000 times smaller, lands beyond the other side.",
        ),
        "d": (
            "it is faster: larger numbers, larger steps",
            "The steps are larger, so large that each one jumps over the valley and lands higher up.",
        ),
    },
    hints=[
        "The slope along w is 2·mean(error·x). What does x in kilograms make of it?",
        "And how large should w be, if x is 1000 times as large?",
    ],
    why="Learning rates are only good or bad for data of a certain size: that is why columns are standardized.",
)


@exercise("neuron/standardize", points=2)
def standardize(train, new):
    """Standardize both tables, shape (rows, columns), and return (train, new).

    In each column of `train` the mean becomes 0 and the standard deviation 1.
    `new` holds rows that come later: they are measured with the same rulers.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (new - mean) / deviation


@standardize.probe
def _(rng):
    columns = rng.integers(2, 4)
    train = rng.integers(-9, 10, (4, columns)) * np.array([1, 10, 3])[:columns]
    train[0] += 40  # no column is constant
    return dict(train=train, new=rng.integers(-9, 10, (3, columns)))


standardize.mistakes = {
    "(train - train.mean(axis=0)) / train.std(axis=0), (new - new.mean(axis=0)) / (new.std(axis=0) + 1e-9)": (
        "You standardized the new rows with their own mean and deviation. A heavy car among heavy cars would count as average: use those of `train`."
    ),
    "(train - train.mean()) / train.std(), (new - train.mean()) / train.std()": (
        "You took one mean and one deviation for the whole table. Tonnes and kilowatts need one each, per column: `axis=0`."
    ),
    "train - train.mean(axis=0), new - train.mean(axis=0)": "You subtracted the mean and left the spread as it was. Divide by the standard deviation, too.",
    "standardize(train, new)[0], new": "You standardized `train` and left the new rows in their old unit. They need the same rulers.",
}


@standardize.mistake("You divided by the variance. Its unit is squared; the standard deviation is its root.")
def _(train, new):
    mean, variance = train.mean(axis=0), train.var(axis=0)
    return (train - mean) / variance, (new - mean) / variance


@standardize.mistake("You squeezed each column between 0 and 1. That is another scaling; here mean 0, deviation 1.")
def _(train, new):
    low, reach = train.min(axis=0), np.ptp(train, axis=0)
    return (train - low) / reach, (new - low) / reach


@standardize.mistake("You scaled each row. A row is a car; what shares a unit is a column: `axis=0`.")
def _(train, new):
    both = [
        (table - table.mean(axis=1, keepdims=True)) / (table.std(axis=1, keepdims=True) + 1e-9)
        for table in (train, new)
    ]
    return tuple(both)


@standardize.also
def _(train, new):
    layer = layers.Normalization()
    layer.adapt(train.astype("float32"))
    return layer(train.astype("float32")), layer(new.astype("float32"))


@standardize.also
def _(train, new):
    mean, deviation = train.mean(0), np.sqrt(np.mean((train - train.mean(0)) ** 2, axis=0))
    return [(table - mean) / deviation for table in (train, new)]


standardize.hints = [
    "`train.mean(axis=0)` is one mean per column.",
    "Compute mean and deviation once, from `train`, and use them for both tables.",
]
standardize.why = (
    "With columns of one size, one learning rate suits them all; and a new row is read as the old ones were."
)


# Eleven inputs -------------------------------------------------------------------------------------------------------
@exercise("neuron/weighted-sum", points=2)
def linear_unit(x, w, b):
    """Return what a linear unit says about each row of a table.

    `x` has the shape (rows, columns), `w` holds one weight per column, `b` is
    one number. The result holds one number per row.
    """
    return x @ w + b


@linear_unit.probe
def _(rng):
    columns = rng.integers(2, 5)
    return dict(
        x=rng.integers(-5, 6, (columns, columns)), w=rng.integers(-4, 5, columns), b=rng.choice([-3, -2, -1, 1, 2, 3])
    )


linear_unit.mistakes = {
    "x @ w": "You left the bias out. Add b once to each row's sum.",
    "(x * w + b).sum(axis=1)": "You added the bias once for every column. It is the weight of one more input, always 1.",
    "x * w + b": "You multiplied and did not add up. One neuron gives one number per row: sum over the columns.",
    "(x * w).sum(axis=0) + b": "You summed down the columns, so the cars were added up. Sum along each row: every car has its own sum.",
    "w @ x + b": "Your weights met the rows. Each weight belongs to a column: `x @ w`, not `w @ x`.",
    "(x * w).mean(axis=1) + b": "You took the mean over the columns. A weighted sum is not divided: the weights say how much.",
    "np.sum(x @ w) + b": "You added all rows into one number. Each row has an answer of its own.",
}
linear_unit.also(
    "[sum(value * weight for value, weight in zip(row, w, strict=True)) + b for row in x]",
    "np.append(x, np.ones((len(x), 1)), axis=1) @ np.append(w, b)",
)
linear_unit.hints = [
    "For one row: each number times its weight, all added up, plus b.",
    "`x @ w` does the sums of all rows at once.",
]
linear_unit.why = "All that a Dense layer computes is this, once for each of its units."

input_shape = question(
    "neuron/input-shape",
    "**Question.** A table holds 1599 wines in 12 columns, and the column `quality` is the target. Which shape, a tuple, goes into `keras.Input`?",
    (11,),
    mistakes={
        (12,): "You counted the target. The neuron must not see what it has to guess: 11 columns are left.",
        (1599, 11): "You named the rows, too. The shape is that of one wine; how many come is left open.",
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
    "keras.Sequential([keras.Input((columns,)), layers.Dense(columns)])": (
        "Your layer has one unit per column, so {columns} numbers come out. The weights come from the input: `Dense(1)`."
    ),
    'keras.Sequential([keras.Input((columns,)), layers.Dense(1, activation="relu")])': (
        "Your unit has an activation, ReLU: it never says less than 0. A linear model has none."
    ),
    "keras.Sequential([keras.Input((columns,)), layers.Dense(1, use_bias=False)])": (
        "Your unit has no bias: a row of zeros always gives 0. Leave `use_bias` as it is."
    ),
    'keras.Sequential([keras.Input((columns,)), layers.Dense(1, activation="sigmoid")])': (
        "Your unit squeezes its sum between 0 and 1 (sigmoid). A linear model gives the sum itself."
    ),
    "keras.Sequential([keras.Input((columns,)), layers.Dense(columns), layers.Dense(1)])": (
        "Your model has two layers. One neuron is one layer of one unit: `layers.Dense(1)` alone."
    ),
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
linear_model.why = "Two lines build it for one column or a thousand; the number of weights follows from the input."


@exercise("neuron/inspect-weights", points=2)
def strongest(model, names):
    """Name the input that moves the prediction most, up or down.

    `model` is one linear unit on standardized columns; `names` are the
    columns' names in their order.
    """
    w = model.get_weights()[0]  # [1] is the bias
    return names[np.argmax(np.abs(w))]


_NAMES = ["weight", "power", "year", "cylinders", "wagon", "diesel"]


@strongest.probe
def _(rng):
    columns = int(rng.integers(3, 6))
    model = keras.Sequential([keras.Input((columns,)), layers.Dense(1)])
    w = rng.permutation(np.arange(1, 9))[:columns] * rng.choice([-1, 1], columns)
    model.set_weights([w[:, None].astype("float32"), np.array([rng.integers(10, 20)], "float32")])
    return dict(model=model, names=_NAMES[:columns])


strongest.mistakes = {
    "names[np.argmax(model.get_weights()[0])]": "You took the largest number. −7 moves the prediction more than 5, only downward: compare sizes, `np.abs`.",
    "names[np.argmin(np.abs(model.get_weights()[0]))]": "You named the input that moves the prediction least. Its weight is the one closest to 0.",
    "names[np.argmin(model.get_weights()[0])]": "You named the most negative weight. It pulls down most; another one may push up more.",
    "int(np.argmax(np.abs(model.get_weights()[0])))": "You gave the weight's number. Asked is the name that stands at this place in `names`.",
}


@strongest.mistake("You gave the weight. Asked is the name of the input it belongs to.")
def _(model, names):
    w = model.get_weights()[0].ravel()
    return float(w[np.argmax(np.abs(w))])


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
strongest.why = "Weights can be compared because the columns were standardized: each says what one deviation more of its input does."


@exercise("neuron/train", points=2, compare=False)
def train(x, y):
    """Train one linear unit on a table and return the model.

    `x` has the shape (rows, columns) and standardized columns; `y` holds one
    target per row. On rows that it never saw your model should miss hardly
    more than the best linear model does.
    """
    model = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    model.fit(x, y, epochs=12, verbose=0)
    return model


# The share by which a training's error on unseen rows may exceed that of least squares; see the chapter's report.
LARGEST_EXCESS = 0.3


@train.use
def _(answer, rng):
    """Is it a model, one linear unit, moved by training, and by which share does it miss more than least squares?"""
    cars = datasets.fuel_consumption()
    columns = ["weight", "power", "acceleration", "year"]
    x, y = cars[columns].to_numpy(float), cars["consumption"].to_numpy()
    order = rng.permutation(len(x))
    seen, unseen = order[:300], order[300:]
    x = ((x - x[seen].mean(axis=0)) / x[seen].std(axis=0)).astype("float32")
    table = np.column_stack([x, np.ones(len(x))])
    best = np.linalg.lstsq(table[seen], y[seen])[0]
    with watched() as starts:
        model = answer(x[seen], y[seen].astype("float32"))
    if not isinstance(model, keras.Model):
        return dict(is_model=False, is_unit=True, moved=True, excess=0.0)
    is_unit, moved = _is_one_linear_unit(model, x[unseen]), all(starts.moved(model))
    least = np.mean((table[unseen] @ best - y[unseen]) ** 2)
    excess = _excess(model, x[unseen], y[unseen], least) if is_unit and moved else 0.0  # else the rest is said already
    return dict(is_model=True, is_unit=is_unit, moved=moved, excess=float(excess))


def _is_one_linear_unit(model, unseen):
    if sorted(tuple(w.shape) for w in model.weights) != [(1,), (unseen.shape[1], 1)]:
        return False
    there, back, middle = (keras.ops.convert_to_numpy(model(sign * 5 * unseen)) for sign in (1, -1, 0))
    # Not finite: the training diverged, which is said elsewhere.
    return bool(not np.isfinite(middle).all() or np.allclose(there + back, 2 * middle, atol=1e-2, rtol=1e-3))


def _excess(model, x, y, least):
    """By which share the model's mean squared error exceeds `least`; infinite for predictions of another shape."""
    predicted = keras.ops.convert_to_numpy(model(x))
    return np.mean((predicted[:, 0] - y) ** 2) / least - 1 if predicted.shape == (len(x), 1) else np.inf


def _trained(x, y, *, unit=None, rate=0.05, epochs=12):
    model = keras.Sequential([keras.Input((x.shape[1],)), unit or layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
    if epochs:
        model.fit(x, y, epochs=epochs, verbose=0)
    return model


train.property("Your answer is not a Keras model. Return the trained model itself.", "train(x, y).get_weights()")(
    lambda found: found["is_model"]
)
train.property(
    "Your model is not one linear unit with a bias. One layer, `layers.Dense(1)`, without activation: that is all.",
    "_trained(x, y, unit=layers.Dense(1, use_bias=False))",
    '_trained(x, y, unit=layers.Dense(1, activation="relu", bias_initializer="ones"))',
)(lambda found: found["is_unit"])
train.property(
    "Your model's weights are the numbers it started with: nothing moved them. Was it compiled but never fitted, or is its layer frozen?",
    "_trained(x, y, epochs=0)",
    "_trained(x, y, unit=layers.Dense(1, trainable=False))",
)(lambda found: found["moved"])
train.property(
    "On cars that your model never saw it misses far more than the best line does. Was it trained long enough, with steps neither too small nor so large "
    "that the loss grew?",
    "_trained(x, y, rate=0.001)",
    "_trained(x, y, rate=1.0)",
    "_trained(x, y, epochs=1)",
)(lambda found: found["excess"] < LARGEST_EXCESS)


@train.also
def _(x, y):
    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.3), loss="mean_squared_error")
    model.fit(x, y, batch_size=50, epochs=15, verbose=0)
    return model


@train.also
def _(x, y):
    model = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1)])
    w = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y)[0]
    model.set_weights([w[:-1, None], w[-1:]])
    return model


train.hints = [
    "Build it as in `linear-model`; `x.shape[1]` is the number of columns.",
    'Compile with `keras.optimizers.SGD(0.05)` and `loss="mse"`, then `model.fit(x, y, epochs=…, verbose=0)`.',
    "`model.evaluate(x, y)` says how far it is. Does the loss grow? Then make the rate smaller.",
]
train.excused = {
    "model.fit(x, y, epochs=12, verbose=0) → model.fit(x, y, epochs=12)": "printing changes nothing",
    "12 → 11": "many settings train well; the threshold leaves room",
    "12 → 13": "many settings train well; the threshold leaves room",
}
train.why = "Nobody told the neuron what a year or a kilowatt does to a car: the slopes of the loss did."


# The perceptron ------------------------------------------------------------------------------------------------------
@exercise("neuron/perceptron-update", points=2)
def perceptron_update(w, b, x, label):
    """Return w and b after the perceptron rule has seen one example.

    `x` holds one number per weight; `label` is 1 or 0. The unit says 1 where
    w·x + b is larger than 0, else 0.
    """
    error = label - int(w @ x + b > 0)
    return w + error * x, b + error


@perceptron_update.probe
def _(rng):
    columns = rng.integers(2, 4)
    return dict(
        w=rng.integers(-3, 4, columns),
        b=rng.integers(-3, 4),
        x=rng.integers(1, 6, columns) * rng.choice([-1, 1], columns),
        label=rng.integers(0, 2),
    )


perceptron_update.strata(
    lambda w, b, x, label: "right" if (w @ x + b > 0) == label else f"said {1 - label}, is {label}"
)
perceptron_update.example(w=np.array([0, 0]), b=0, x=np.array([1, 2]), label=0)
perceptron_update.example(w=np.array([0, 0]), b=0, x=np.array([1, 2]), label=1)
perceptron_update.mistakes = {
    "label - int(w @ x + b > 0) => 2 * label - 1": (
        "You moved the weights although the answer was right. The rule learns from mistakes only: label less answer is 0."
    ),
    "+ error * x, b + => - error * x, b -": "You moved the wrong way: after a missed 1 the sum for this example has to grow. Add label less answer, times x.",
    "w + (label - int(w @ x + b > 0)) * x, b": "You forgot the bias. It is the weight of an input that is always 1: b + error.",
    "int(w @ x + b > 0 => (w @ x + b": "You used the sum itself as the answer. The perceptron's answer is 0 or 1: compare the sum with 0 first.",
    "error * x, => error,": "You added the error to each weight alike. Times x: an input that was 0 had no part in the mistake.",
    "b > 0) => b >= 0)": "Where the sum is exactly 0 you let the unit say 1. It says 1 only if the sum is larger than 0.",
    "label - int(w @ x + b > => max(label - int(w @ x + b > 0),": "You never take anything away: a false 1 has to make the sum smaller, too.",
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
    "label − answer is 1 for a missed 1, −1 for a false 1, else 0. Add it to b, and times x to w.",
]
perceptron_update.why = "The rule of 1958 needs no slope at all; that is its charm, and why it stops at one layer."

threshold_slope = question(
    "neuron/threshold-slope",
    "We let the threshold's share of wrong answers be the loss. At nearly every w, what is its slope?",
    "a",
    options={
        "a": ("0", "A tiny change of w turns no car's answer around, so the share of wrong ones stays as it is."),
        "b": ("1, the height of the step", "The step is that high, but only at one place; beside it all is flat."),
        "c": ("infinite", "Only exactly where a car changes sides. A random w almost never stands there."),
        "d": ("it points to fewer mistakes", "It would have to say which way is down, but the floor is flat there."),
    },
    hints=[
        "Move w by 0.000001. How many cars change sides?",
        "The share of wrong answers can only be a whole number of cars, divided by their number.",
    ],
    why="No slope, no downhill: a network of thresholds cannot be trained by gradients.",
)

"""Exercises of *Custom training*."""

from functools import cache
from inspect import currentframe
from itertools import combinations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import beside, exercise, question

# One step ------------------------------------------------------------------------------------------------------------
inside_tape = question(
    "custom-training/inside-tape",
    'Which of these lines have to run inside the `with` of the tape? Give a set, such as `{"a", "f"}`.',
    {"b", "c"},
    options={
        "a": ("draw the batch", "The rows are data. The gradient asks how the loss depends on the weights, and they play no part in drawing."),
        "b": ("predict: model(rows)", "Here the weights enter. The tape cannot play back what it did not record."),
        "c": ("compute the loss", "The gradient starts at the loss, so the operations that make it have to be on the tape as well."),
        "d": ("tape.gradient", "This plays the tape back. Inside the `with` it works too, but its own operations are then recorded, which only second derivatives need."),
        "e": ("optimizer.apply", "It changes the weights once the gradient is known. Nobody asks for the slope of that."),
        "f": ("update the metric", "The metric only reads the loss. No gradient flows through it."),
    },
    hints=[
        "The tape has to record every operation on the path from the weights to the loss.",
        "Where on that path do the weights come in, and where does it end?",
    ],
    why="Record what the gradient needs and nothing else: what is on the tape may hold on to memory until it is played back.",
)  # fmt: skip


@exercise("custom-training/step", points=3, compare=False)
def step_by_hand(model, x, y, rate):
    """Make one training step with a tape, the mean squared error, and
    `keras.optimizers.SGD`.

    `x` has the shape (n, 3), `y` the shape (n,), and the model's prediction
    (n, 1). The model holds a BatchNormalization layer, and a layer of it may
    be frozen: its weights stay as they are. Return the loss before the weights
    move, and `model.get_weights()` after it.
    """
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = tf.reduce_mean(tf.square(y[:, None] - prediction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer = keras.optimizers.SGD(learning_rate=rate)
    optimizer.apply(gradients, model.trainable_variables)
    return loss, model.get_weights()


def _prediction(weights, x, training):
    """The standardized x, what Dense reads, and the prediction, shape (n, 1)."""
    gamma, beta, average, variance, kernel, bias = weights
    if training:
        average, variance = x.mean(axis=0), x.var(axis=0)
    standardized = (x - average) / np.sqrt(variance + 1e-3)  # Keras' own epsilon
    hidden = gamma * standardized + beta
    return standardized, hidden, hidden @ kernel + bias


def _loss(y, prediction, table, total, absolute):
    errors = (y if table else y[:, None]) - prediction
    return (np.sum if total else np.mean)(np.abs(errors) if absolute else errors**2)


def _moved(weight, slope, rate, made):
    if "still" in made:
        return weight
    rate = 0.01 if "default" in made else -rate if "uphill" in made else rate
    return weight - rate * (np.sign(slope) if "adam" in made else slope)


def _stepped(start, x, y, rate, *made, frozen=False):
    """Loss and weights after a step with the mistakes `made`, in NumPy; the momentum of the averages is 0.5."""
    gamma, beta, average, variance, kernel, bias = start
    training, rows = "inference" not in made, len(y)
    how = [name in made for name in ("table", "total", "absolute")]
    standardized, hidden, prediction = _prediction(start, x, training)
    loss = _loss(y, prediction, *how)
    # A table's columns all pull a row's prediction: together toward the mean target, by squares.
    errors = prediction - (y if how[0] else y[:, None])
    slope = (np.sign(errors) if how[2] else 2 * errors).mean(axis=1, keepdims=True)
    slope *= (rows if how[0] else 1) if how[1] else 1 / rows
    to_hidden = slope @ kernel.T
    after = [
        _moved(gamma, (to_hidden * standardized).sum(axis=0), rate, made),
        _moved(beta, to_hidden.sum(axis=0), rate, made),
        average,
        variance,
        kernel if frozen and "thawed" not in made else _moved(kernel, hidden.T @ slope, rate, made),
        bias if frozen and "thawed" not in made else _moved(bias, slope.sum(axis=0), rate, made),
    ]
    for _ in range(training * (1 + ("twice" in made or "late" in made))):
        after[2:4] = (after[2] + x.mean(axis=0)) / 2, (after[3] + x.var(axis=0)) / 2
    if "late" in made or "later" in made:
        loss = _loss(y, _prediction(after, x, "late" in made)[2], *how)
    return loss, start if "stale" in made else after


MISTAKES = ("table", "inference", "total", "absolute", "default", "uphill", "adam", "still", "twice", "late", "later", "stale", "thawed")  # fmt: skip
_SUSPECTED = [names for count in range(4) for names in combinations(MISTAKES, count)]


@step_by_hand.use
def _(train, rng):
    """What was seen of a model that learns as a whole and of one whose Dense layer is frozen, and its mistakes."""
    seen = [_seen(train, rng, frozen) for frozen in (False, True)]
    wrong = [one["made"] for one in seen]
    made = set() if None in wrong else set.union(*wrong)
    return {key: all(one[key] for one in seen) for key in THINGS} | dict(made=made)


THINGS = ("taped", "own", "pair", "number", "loss", "weights", "kept")
TOLD = {"yet been built": "built", "No gradients provided": "taped", "no dict": "returned", "Keras' own step": "own"}


def _keras_step(_):
    raise ValueError("Keras' own step")


def _refused(error):
    """What an error says that the step did not do; any other error is the learner's."""
    names = [name for text, name in TOLD.items() if text in str(error)]
    if not names:
        raise error
    return {names[0]: False}


def _seen(train, rng, frozen):
    rows = rng.integers(4, 7)
    start = [rng.uniform(0.5, 2, shape).astype("float32") for shape in (3, 3, 3, 3, (3, 1), 1)]
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(momentum=0.5), layers.Dense(1)])
    model.set_weights(start)
    model.layers[-1].trainable, model.train_step = not frozen, _keras_step
    x = rng.normal(3, 2, (rows, 3)).astype("float32")
    y = (x.sum(axis=1) + rng.normal(0, 1, rows)).astype("float32")
    rate, given = round(float(rng.uniform(0.05, 0.1)), 2), (x.copy(), y.copy())
    try:
        answer = train(model, *given, rate)
    except ValueError as error:
        return dict.fromkeys(THINGS, True) | dict(made=set()) | _refused(error)
    kept = np.array_equal(x, given[0]) and np.array_equal(y, given[1])
    seen = dict.fromkeys(THINGS, True) | dict(pair=False, kept=kept, made=set())
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return seen
    try:
        loss, *weights = [np.asarray(value, dtype=float) for value in (answer[0], *answer[1])]
    except (TypeError, ValueError):
        return seen
    if [weight.shape for weight in weights] != [weight.shape for weight in start]:
        return seen
    if loss.shape:
        return seen | dict(pair=True, number=False)
    tried = ((made, _stepped(start, x, y, rate, *made, frozen=frozen)) for made in _SUSPECTED)
    made = next((set(made) for made, expected in tried if _agree([loss, *weights], [expected[0], *expected[1]])), None)
    right = _stepped(start, x, y, rate, frozen=frozen)
    known, same_loss = made is not None, _agree([loss], [right[0]])
    moved = known or not same_loss or _agree(weights, right[1])
    return seen | dict(pair=True, made=made, loss=known or same_loss, weights=moved)


def _agree(got, expected):
    return all(np.allclose(have, want, rtol=1e-3, atol=1e-4) for have, want in zip(got, expected, strict=True))


def _made_none_of(*names):
    return lambda seen: not seen["made"] & set(names)


_wrong = step_by_hand.written
NOT_TAPED = "The tape gave no gradient at all, and the optimizer refused. Both the prediction and the loss have to be computed inside the `with`, by TensorFlow."
step_by_hand.property(
    NOT_TAPED, _wrong("loss = tf.reduce_mean => prediction = prediction.numpy()\n        loss = tf.reduce_mean")
)(lambda seen: seen["taped"])
NOT_OWN = "That is Keras' own step. Write yours with a tape."
step_by_hand.property(
    NOT_OWN,
    "with tf.GradientTape() as tape: => model.compile(keras.optimizers.SGD(rate), 'mse')\n    return model.train_on_batch(x, y), model.get_weights()\n    with tf.GradientTape() as tape:",
)(lambda seen: seen["own"])
step_by_hand.property(
    "Return a pair: the loss, one number, and the list `model.get_weights()`.", "step_by_hand(model, x, y, rate)[0]"
)(lambda seen: seen["pair"])
step_by_hand.property(
    "Your loss is an array, one number for each row. The mean squared error is a single number: take `tf.reduce_mean` of the squares.",
    "tf.reduce_mean(tf.square(y[:, None] - prediction)) => tf.square(y[:, None] - prediction)",
)(lambda seen: seen["number"])
step_by_hand.property(
    "Your function changes x or y in place. A training step changes the model and leaves the data alone.",
    _wrong("with tf.GradientTape() as tape: => x -= x.mean(axis=0)\n    with tf.GradientTape() as tape:"),
)(lambda seen: seen["kept"])
step_by_hand.property(
    "Your loss compares every prediction with every target: (n,) minus (n, 1) is (n, n). Give both the same shape, for example with `y[:, None]`.",
    "y[:, None] - prediction => y - prediction",
    _wrong("y[:, None] - prediction => y - prediction", ", training=True => "),
)(_made_none_of("table"))
step_by_hand.property(
    "You called the model without `training=True`. Its BatchNormalization then uses its moving averages instead of the batch's own mean and variance, and never updates them.",
    ", training=True =>",
)(_made_none_of("inference"))
step_by_hand.property(
    "Your loss is a sum over the rows. The mean squared error is their mean.", "reduce_mean => reduce_sum"
)(_made_none_of("total"))
step_by_hand.property("Your loss takes absolute errors. The mean squared error squares them.", "tf.square => tf.abs")(
    _made_none_of("absolute")
)
step_by_hand.property(
    "Your step has the length of the rate 0.01, which `SGD()` uses if it is told nothing. Hand yours over: `SGD(learning_rate=rate)`.",
    "learning_rate=rate =>",
)(_made_none_of("default"))
step_by_hand.property(
    "Your weights went uphill, along the gradient. A step goes against it.", "learning_rate=rate => learning_rate=-rate"
)(_made_none_of("uphill"))
step_by_hand.property(
    "Each trained weight moved by the same amount, the rate itself: that is how Adam makes its first step. The task asks for plain `SGD`.",
    "SGD => Adam",
)(_made_none_of("adam"))
step_by_hand.property(
    "The trained weights that you return have not moved. Hand gradients and variables to the optimizer, and call `model.get_weights()` after that.",
    "optimizer.apply(gradients, model.trainable_variables) =>",
    _wrong("gradients = => before = model.get_weights()\n    gradients =", "loss, model.get_weights() => loss, before"),
)(_made_none_of("still"))
step_by_hand.property(
    "The moving averages moved twice: your model ran twice with `training=True`. Predict once, inside the tape, and keep the prediction.",
    "with tf.GradientTape() as tape: => model(x, training=True)\n    with tf.GradientTape() as tape:",
)(_made_none_of("twice"))
step_by_hand.property(
    "You measured the loss after the step. Return the loss that the tape recorded, before the weights moved.",
    "return loss => return tf.reduce_mean(tf.square(y[:, None] - model(x)))",
    "return loss => return tf.reduce_mean(tf.square(y[:, None] - model(x, training=True)))",
)(_made_none_of("late", "later"))
step_by_hand.property(
    "You returned the weights from before the step. `model.get_weights()` copies them: call it after the optimizer.",
    _wrong(
        "with tf.GradientTape() as tape: => before = model.get_weights()\n    with tf.GradientTape() as tape:",
        "loss, model.get_weights() => loss, before",
    ),
)(_made_none_of("stale"))
step_by_hand.property(
    "A frozen layer moved. Ask for the gradient of `model.trainable_variables`: `model.variables` and `model.weights` hold the frozen ones, too.",
    "model.trainable_variables => model.variables",
)(_made_none_of("thawed"))
step_by_hand.property(
    "Your loss is not the mean squared error of this batch, predicted with `training=True`.",
    "tf.reduce_mean(tf.square(y[:, None] - prediction)) => tf.sqrt(tf.reduce_mean(tf.square(y[:, None] - prediction)))",
)(lambda seen: seen["loss"])
step_by_hand.property(
    "Your loss is right, but the weights are not those after one step of plain `SGD(learning_rate=rate)`.",
    "optimizer.apply(gradients, model.trainable_variables) => [optimizer.apply(gradients, model.trainable_variables) for _ in range(2)]",
)(lambda seen: seen["weights"])


@step_by_hand.also
def _(model, x, y, rate):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True)[:, 0])
    variables = model.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(rate * slope)
    return [float(loss), model.get_weights()]


@step_by_hand.also
def _(model, x, y, rate):
    optimizer, variables = keras.optimizers.SGD(rate), model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - tf.reshape(y, (-1, 1))) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss, [weight.numpy() for weight in model.weights]


step_by_hand.hints = [
    "Inside the `with`: predict with `training=True`, then compute the loss of `y[:, None]` and the prediction.",
    "`gradients = tape.gradient(loss, model.trainable_variables)`, after the `with`.",
    "`keras.optimizers.SGD(learning_rate=rate).apply(gradients, model.trainable_variables)`",
]
step_by_hand.why = "These lines are what `fit` does for one batch, and now you can change each of them."

# The metric ----------------------------------------------------------------------------------------------------------
never_reset = question(
    "custom-training/never-reset",
    "Three epochs with the same number of batches have the mean losses 6, 2 and 1. The metric is never reset. What does it show after the third epoch?",
    3,
    mistakes={
        1: "1 is the mean of the third epoch alone. Without a reset the first two are still in the metric.",
        9: "9 is the sum of the three. A mean metric also counts, and divides by the number of rows it has seen.",
        6: "6 is what it shows after the first epoch. It goes on averaging, so the later epochs count too.",
        4: "4 is what it shows after the second epoch, the mean of 6 and 2. The third counts too.",
        1.5: "1.5 is the mean of the last two epochs. The first one is still in the metric as well.",
        2: "2 is the second epoch's mean, and the middle of the three. A metric takes the mean of all rows.",
    },
    hints=[
        "A mean metric keeps two numbers, a sum and a count. Only a reset sets them back to 0.",
        "All rows of all three epochs have the same weight.",
    ],
    why="Here the loss that is shown is three times the loss of the last epoch: the first epoch never leaves the mean.",
)


@exercise("custom-training/epoch-means", points=2, probes=2)
def epoch_means(epochs):
    """What a metric shows at the end of each epoch, as a list of numbers.

    `epochs` is a list of epochs, an epoch is a list of batches, and a batch is
    the list of the losses of its rows. The number of an epoch is the mean over
    all rows of that epoch. From the second epoch on, the numbers are wrong:
    find the bug and fix it.
    """
    metric = keras.metrics.Mean()
    shown = []
    for batches in epochs:
        metric.reset_state()
        for losses in batches:
            metric.update_state(losses)
        shown.append(float(metric.result()))
    return shown


epoch_means.start("metric.reset_state() =>")
epoch_means.probe(
    lambda rng: dict(
        epochs=[[[float(v) for v in rng.integers(1, 10, rows) * 10.0**-epoch] for rows in (3, 1)] for epoch in (0, 1)]
    )
)
epoch_means.example(epochs=[[[6.0, 8.0], [4.0]], [[2.0, 1.0], [0.0]]])
epoch_means.example(epochs=[[[9.0, 2.0], [1.0]], [[3.0, 5.0], [1.0]], [[1.0, 1.0], [4.0]]])
epoch_means.mistakes = {
    "[float(np.mean(batches[-1])) for batches in epochs]": "Your numbers are those of each epoch's last batch alone, as if the metric were reset for every batch. Reset it once per epoch, before the first batch.",
    "[float(np.mean([loss for batches in epochs[:n] for batch in batches for loss in batch])) for n in range(1, len(epochs) + 1)]": "The number of every epoch still holds the epochs before it. Set the metric back where an epoch begins.",
    "[float(np.mean([np.mean(batch) for batch in batches])) for batches in epochs]": "You averaged the means of the batches. A short last batch then counts as much as a full one: give the metric the losses of the rows.",
    "[float(sum(loss for batch in batches for loss in batch)) for batches in epochs]": "These are the sums of each epoch's losses. A mean also divides by the number of rows.",
    "[float(sum(np.mean(batch) for batch in batches)) for batches in epochs]": "You added up the means of the batches. An epoch's number is the mean over all its rows.",
    "[0.0 for _ in epochs]": "All your numbers are 0, which is what an empty metric shows. Read before you reset, or reset at the start of the epoch.",
    "[float(np.mean([loss for batch in epochs[-1] for loss in batch]))]": "You return the last epoch's number alone. One for each epoch was asked for: read the metric inside the loop.",
    "[float(np.mean([loss for batches in epochs for batch in batches for loss in batch]))]": "You return one number, the mean of all epochs. Each epoch has its own: reset and read inside the loop.",
    "[float(np.mean(batch)) for batches in epochs for batch in batches]": "You return a number for each batch. One for each epoch was asked for.",
}
epoch_means.also("[float(np.mean(np.concatenate(batches))) for batches in epochs]")


@epoch_means.also
def _(epochs):
    metric, shown = keras.metrics.Mean(), []
    for batches in epochs:
        for losses in batches:
            metric.update_state(np.mean(losses), sample_weight=len(losses))
        shown.append(metric.result().numpy())
        metric.reset_state()
    return shown


epoch_means.hints = [
    "`metric.reset_state()` sets the sum and the count back to 0. How many times must that happen, and when?",
    "Once per epoch, before its first batch.",
]
epoch_means.why = "`fit` resets every metric at the start of each epoch. In a loop of your own you have to do it."

# The broadcast bug ---------------------------------------------------------------------------------------------------
perfect = question(
    "custom-training/perfect",
    "The targets are 1, 2 and 4, of shape (3,). The predictions are the same three numbers, of shape (3, 1). What is `mean((y - prediction)**2)`?",
    28 / 9,
    mistakes={
        0: "0 is what it should be. But (3,) minus (3, 1) is a 3×3 table: every target meets every prediction.",
        28: "28 is the sum of the nine squares. The mean divides it by 9.",
        28 / 3: "You divided the 28 by 3 rows. The table has 9 numbers, and the mean is over all of them.",
        28 / 6: "You averaged the six squares off the diagonal. The three zeros on it count too: divide by 9.",
        1.33: "You averaged the differences without squaring them. Off the diagonal the squares are 1, 1, 9, 9, 4 and 4.",
    },
    tolerance=0.01,
    hints=[
        "What is the shape of (3,) minus (3, 1)? Write down the table.",
        "Its squares, row by row: 0 1 9, 1 0 4, 9 4 0.",
    ],
    why="There is no error, no warning, and the loss looks sensible. Only the shapes give it away.",
)


@exercise("custom-training/broadcast-bug", points=2)
def regression_loss(y, prediction):
    """The mean squared error, for `y` of shape (n,) and `prediction` of shape
    (n, 1).

    It should be 0 for a perfect prediction, and it is not. Find the bug and
    fix it. Only its value counts here.
    """
    return tf.reduce_mean(tf.square(y[:, None] - prediction))


regression_loss.start("y[:, None] - prediction => y - prediction")


@regression_loss.probe
def _(rng):
    y = rng.integers(-5, 6, rng.integers(2, 6)).astype("float32")
    y[1] = y[0] + 2  # not all the same
    return dict(y=y, prediction=(y + rng.integers(-2, 3, len(y)) + 0.5).astype("float32")[:, None])


regression_loss.example(y=np.array([1, 2, 3], np.float32), prediction=np.array([[1], [2], [3]], np.float32))
regression_loss.example(y=np.array([1], np.float32), prediction=np.array([[3]], np.float32))
regression_loss.example(y=np.array([1, 2, 5], np.float32), prediction=np.array([[5], [1], [0]], np.float32))
_ONE_AXIS = "You averaged over one axis of the table, so you return n numbers. The loss is one number, and there should be no table: fix the shapes first."
regression_loss.mistakes = {
    "tf.reduce_mean(tf.square(y[None, :] - prediction))": "It still compares every target with every prediction: (1, n) minus (n, 1) is (n, n), too. Give `y` a column, `y[:, None]`, or take the column off the prediction, `prediction[:, 0]`.",
    "tf.reduce_mean(tf.square(y - prediction), axis=1)": _ONE_AXIS,
    "tf.reduce_mean(tf.square(y - prediction), axis=0)": _ONE_AXIS,
    "tf.reduce_mean(tf.square(y - prediction[:, 0])) / 2": "The shapes agree now, but you halved the mean. The mean squared error has no factor 1/2.",
    "tf.square(tf.reduce_mean(y) - tf.reduce_mean(prediction))": "You compare the mean target with the mean prediction, where errors up and errors down cancel. Square the error of each row.",
    "tf.reduce_sum(tf.square(y - prediction[:, 0]))": "The shapes agree now, but you added up the rows. The error is their mean.",
    "tf.reduce_mean(tf.abs(y - prediction[:, 0]))": "The shapes agree now, but these are absolute errors. Square them.",
    "tf.reduce_mean(tf.square(y - prediction)) / len(y)": "You divided the table's mean by n. The table still compares every target with every prediction: fix the shapes instead.",
    "tf.reduce_mean(tf.square(y - prediction[:, 0])) / len(y)": "You divided by n twice: the mean has already done it.",
    "tf.sqrt(tf.reduce_mean(tf.square(y - prediction[:, 0])))": "The shapes agree now, but you took the root. The mean squared error has none.",
    "tf.square(y - prediction[:, 0])": "The shapes agree now, but you return n squares. The loss is their mean, one number.",
    "tf.reduce_mean(y - prediction[:, 0])": "The shapes agree now, but the square is missing: errors up and errors down cancel.",
    "tf.reduce_mean(tf.square(tf.sort(y) - tf.sort(prediction[:, 0])))": "You sorted both sides, so a prediction meets the target of another row. Leave the rows in their order.",
    "tf.reduce_sum(tf.square(y - prediction)) / len(y)": "You added up the whole table and divided by n. It still compares every target with every prediction: fix the shapes first.",
}
regression_loss.also(
    "tf.reduce_mean((y - tf.squeeze(prediction, axis=-1)) ** 2)",
    "keras.losses.MeanSquaredError()(y, prediction)",
    "sum((y[row] - prediction[row, 0]) ** 2 for row in range(len(y))) / len(y)",
)
regression_loss.hints = [
    "Print `(y - prediction).shape` for three rows.",
    "Both need the same shape: (n, 1) and (n, 1), or (n,) and (n,).",
    "`y[:, None]` is a column; `prediction[:, 0]` takes the column away.",
]
regression_loss.why = "A single `assert y.shape == prediction.shape` in the step would have caught it at once."


# Losses and gradients of one's own -----------------------------------------------------------------------------------
@exercise("custom-training/masked-loss", points=2, probes=2)
def masked_loss(y, prediction, known):
    """The mean squared error over the rows whose target is known, to train
    with: its gradient along `prediction` has to be right, too.

    All three have the shape (n,). `y` and `known` are NumPy arrays; where
    `known` is False, `y` holds NaN. `prediction` is a tensor that a tape
    watches. If no target is known, the loss is 0.
    """
    errors = tf.where(known, y - prediction, 0.0)
    return tf.reduce_sum(tf.square(errors)) / max(np.sum(known), 1)


@masked_loss.use
def _(given, y, prediction, known):
    """The loss, and its gradient as a tape plays it back."""
    return beside(given, _loss_and_gradient, y, prediction, known)


def _loss_and_gradient(given, y, prediction, known):
    prediction = tf.constant(prediction)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        loss = given(y, prediction, known)
    if loss is None:
        return None
    slopes = tape.gradient(loss, prediction) if tf.is_tensor(loss) and loss.dtype.is_floating else None
    if slopes is None and not known.any():
        slopes = tf.zeros_like(prediction)  # a constant has no slope, and here it needs none
    if np.any(np.isnan(loss)):
        slopes = tf.fill(prediction.shape, np.nan)  # what comes back of NaN says nothing more
    return dict(loss=np.asarray(loss), gradient="none" if slopes is None else np.asarray(tf.convert_to_tensor(slopes)))


@masked_loss.probe
def _(rng):
    rows = rng.integers(4, 8)
    known = rng.random(rows) < 0.6
    known[:3] = [True, False, True]
    y = np.where(known, rng.integers(-5, 6, rows), np.nan).astype("float32")
    return dict(y=y, prediction=(rng.integers(-5, 6, rows) + 0.5).astype("float32"), known=known)


masked_loss.strata(lambda y, prediction, known: "some" if np.any(known) else "none")
for holes in ([1, np.nan, 3], [np.nan, 3, np.nan], [np.nan, np.nan, np.nan], [4, 1, 2]):
    masked_loss.example(
        y=np.array(holes, np.float32), prediction=np.array([2, 5, 1.5], np.float32), known=~np.isnan(holes)
    )
_ALL_ROWS = "You divided by all rows. Rows without a target then count as if they were predicted perfectly: divide by the number of known ones."
_AS_ZERO = "You put numbers in place of the unknown targets, then compared predictions with them. Leave those rows out."
_SUM = "You added up the known rows. The loss is their mean: divide by how many there are."
_POISON = "Your loss is NaN: one unknown target is enough to turn a sum into NaN, and NaN times 0 is NaN, too. Choose with `tf.where` before you square and add."
_LATE = "The loss is right, but its gradient holds NaN. You squared first and chose later: `tf.where` drops the NaN on the way forward, and on the way back the slope of the square is NaN, and 0 times NaN is NaN. Choose first, square after."
_OTHERS = "You averaged over the rows whose target is *not* known. `known` is True where a target is there."
_NO_TAPE = "The loss is right, but no gradient reaches `prediction`: on the path to the loss it leaves the tape, as it does in NumPy's functions, in `.numpy()` and in `tf.stop_gradient`. Use TensorFlow's functions on it."
masked_loss.mistakes = {
    "tf.reduce_sum(tf.square(tf.where(known, y - prediction, 0.0))) / np.float32(np.sum(known))": "Where no target is known you divided 0 by 0, which is NaN. One such batch would end the training: return 0.",
    "tf.reduce_sum(tf.where(known, tf.square(y - prediction), 0.0)) / max(np.sum(known), 1)": _LATE,
    "np.sum(np.square(np.where(known, y - prediction, 0))) / max(np.sum(known), 1)": _NO_TAPE,
    "tf.reduce_sum(known * tf.square(y - prediction)) / max(np.sum(known), 1)": _POISON,
    "np.mean(np.square(np.where(known, y - prediction, 0)))": _ALL_ROWS,
    "tf.reduce_mean(tf.square(tf.where(known, y - prediction, 0.0)))": _ALL_ROWS,
    "tf.reduce_mean(tf.where(known, tf.square(y - prediction), 0.0))": _ALL_ROWS,
    "np.mean(np.square(np.where(known, y, 0) - prediction))": _AS_ZERO,
    "tf.reduce_mean(tf.square(np.where(known, y, np.float32(0)) - prediction))": _AS_ZERO,
    "np.sum(np.square(np.where(known, y - prediction, 0)))": _SUM,
    "tf.reduce_sum(tf.square(tf.where(known, y - prediction, 0.0)))": _SUM,
    "tf.reduce_sum(tf.where(known, tf.square(y - prediction), 0.0))": _SUM,
    "tf.reduce_sum(tf.square(tf.where(known, y - prediction, 0.0))) / (np.sum(known) + 1)": "You divided by the number of known rows plus 1. That avoids 0 / 0, but every other loss comes out too small: use `max(…, 1)`.",
    "tf.reduce_sum(tf.square(tf.where(known, 0.0, tf.zeros_like(prediction) - prediction))) / max(np.sum(~known), 1)": _OTHERS,
    "np.sum(np.square(np.where(known, 0, prediction))) / max(np.sum(~known), 1)": _OTHERS,
    "tf.reduce_sum(tf.square(tf.where(known, 0.0, y - prediction))) / max(np.sum(known), 1)": _OTHERS,
    "tf.sqrt(tf.reduce_sum(tf.square(tf.where(known, y - prediction, 0.0))) / max(np.sum(known), 1) + 1e-12)": "You took the root. The mean squared error has none.",
    "tf.reduce_sum(tf.square(tf.where(known, y - prediction, 0.0))) / max(np.sum(known), 1) / 2": "You halved the mean. The mean squared error has no factor 1/2.",
    "tf.square(tf.where(known, y - prediction, 0.0))": "You return one number for each row. The loss is their mean over the known rows.",
    "tf.reduce_sum(tf.abs(tf.where(known, y - prediction, 0.0))) / max(np.sum(known), 1)": "These are absolute errors. Square them.",
    "tf.reduce_sum(tf.where(known, y - prediction, 0.0)) / max(np.sum(known), 1)": "The square is missing: errors up and errors down cancel.",
}


@masked_loss.also
def _(y, prediction, known):
    errors = (y - prediction)[known]
    return tf.reduce_mean(errors**2) if len(errors) else 0.0


@masked_loss.also
def _(y, prediction, known):
    weights = tf.cast(known, tf.float32)
    errors = tf.where(known, y, prediction) - prediction
    return tf.math.divide_no_nan(tf.reduce_sum(weights * errors**2), tf.reduce_sum(weights))


masked_loss.also("tf.reduce_sum(((np.nan_to_num(y) - prediction) * known) ** 2) / max(known.sum(), 1)")
masked_loss.hints = [
    "First the errors, with 0 wherever nothing is known: `tf.where(known, y - prediction, 0.0)`. Square them after that.",
    "How many rows count? What if that is 0?",
    "Divide by `max(np.sum(known), 1)`.",
]
masked_loss.why = "Padded sentences, missing labels and hidden pixels are all trained with a masked loss."


@exercise("custom-training/clip", points=2)
def clipped(gradients, limit):
    """Shorten the gradient of a whole model to the length `limit`, if it is
    longer.

    `gradients` is a tuple of arrays. Their length is the square root of the
    sum of all their squares. Return a list of arrays that points in the same
    direction. A gradient that is short enough stays as it is.
    """
    length = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    return [g * (limit / max(length, limit)) for g in gradients]


clipped.probe(lambda rng: _gradients(rng, shrink=0.5))
clipped.probe(lambda rng: _gradients(rng, shrink=1.5))


def _gradients(rng, shrink):
    """A kernel's and a bias' gradient, none of them 0, and a limit that is `shrink` times their length."""
    kernel = rng.choice([-4.0, -3.0, -1.0, 1.0, 2.0, 4.0], (2, rng.integers(2, 4)))
    bias = rng.choice([-2.0, -1.0, 1.0, 3.0], kernel.shape[1])
    length = np.sqrt(np.sum(kernel**2) + np.sum(bias**2))
    return dict(gradients=(kernel, bias), limit=round(float(shrink * length), 1))


clipped.strata(lambda gradients, limit: "long" if sum(np.sum(np.square(g)) for g in gradients) > limit**2 else "short")
for limit in (1.0, 2.0, 5.0, 10.0):
    clipped.example(gradients=(np.array([[3.0, 0.0]]), np.array([0.0, 4.0])), limit=limit)
clipped.example(gradients=(np.array([[3.0, 1.0], [2.0, 4.0]]), np.array([1.0]), np.array([[5.0]])), limit=2.0)
clipped.example(gradients=(np.array([[0.2]]), np.array([0.1, -0.1])), limit=2.0)
clipped.example(gradients=(np.zeros((1, 2)), np.zeros(2)), limit=1.0)


def _scaled(gradients, factor):
    return [g * factor for g in gradients]


def _length(gradients):
    return max(np.sqrt(sum(np.sum(g**2) for g in gradients)), 1e-12)


_ALWAYS = "You gave every gradient the length `limit`, short ones too. Those should stay as they are: the factor is at most 1."
_NO_LIMIT = "You divided by the length and left out the limit: what was too long now has the length 1."
clipped.mistakes = {
    "gradients": "Nothing was shortened: what you return is as long as what came in.",
    "[np.clip(g, -limit, limit) for g in gradients]": "You cut off each number at the limit (clipping by value). Large slopes then shrink and small ones stay, so the direction turns. Multiply all of them by one factor.",
    "[g * min(1, limit / max(np.sqrt(np.sum(g**2)), 1e-12)) for g in gradients]": "You shortened each array by its own length. All arrays together make one gradient, with one length and one factor.",
    "[g * limit / max(np.sqrt(np.sum(g**2)), 1e-12) for g in gradients]": "You gave each array the length `limit`. All arrays together make one gradient, with one length and one factor, which is at most 1.",
    "_scaled(gradients, limit / _length(gradients))": _ALWAYS,
    "_scaled(gradients, limit / np.sqrt(sum(np.sum(g**2) for g in gradients)))": _ALWAYS,
    "_scaled(gradients, min(1, limit / _length(gradients) ** 2))": "The root is missing: you divided by the sum of the squares.",
    "_scaled(gradients, min(1, limit / max(sum(np.sqrt(np.sum(g**2)) for g in gradients), 1e-12)))": "You added up the lengths of the arrays. They add up like the sides of a right triangle: sum the squares first, then take the root.",
    "_scaled(gradients, 1 / _length(gradients))": _NO_LIMIT,
    "_scaled(gradients, min(1, 1 / _length(gradients)))": _NO_LIMIT,
    "_scaled(gradients, min(1, limit / max(np.sqrt(sum(np.mean(g**2) for g in gradients)), 1e-12)))": "You averaged the squares. The length needs their sum.",
    "_scaled(gradients, min(1, limit / max(np.sqrt(np.mean(np.concatenate([np.ravel(g) for g in gradients]) ** 2)), 1e-12)))": "You averaged the squares. The length needs their sum.",
    "_scaled(gradients, 1 / limit)": "You divided by the limit. Divide by the length and multiply by the limit.",
    "_scaled(gradients, max(1, limit / _length(gradients)))": "Your factor is at least 1, so that short gradients grow and long ones stay. It should be at most 1: `min`.",
    "_scaled(gradients, min(1, limit / max(max(np.max(np.abs(g)) for g in gradients), 1e-12)))": "You divided by the largest slope. The length of a gradient is the root of the sum of all its squares.",
    "_scaled(gradients, min(1, limit / max(np.sqrt(sum(np.linalg.norm(np.atleast_2d(g), 2) ** 2 for g in gradients)), 1e-12)))": "`np.linalg.norm(…, 2)` of a matrix is its largest singular value, not the root of the sum of its squares. Leave out the 2.",
    "_scaled(gradients, min(1, limit / max(sum(np.sum(np.abs(g)) for g in gradients), 1e-12)))": "You added up absolute values. The length is the root of the sum of the squares.",
    "_scaled(gradients, min(1, _length(gradients) / limit))": "Your factor is upside down: it is limit / length, not length / limit.",
    "tf.clip_by_global_norm(gradients, limit)": "`tf.clip_by_global_norm` returns two things, the clipped gradients and their old length. Return the first: `[0]`.",
    "np.concatenate([np.ravel(g) for g in _scaled(gradients, limit / max(_length(gradients), limit))])": "The numbers are right, but they lie in one long array. Return a list of arrays with the shapes that came in.",
    "_scaled(gradients, 0)": "Your gradients are all 0. Multiply them by the factor `limit / length`.",
}
clipped.also("tf.clip_by_global_norm(gradients, limit)[0]")


@clipped.also
def _(gradients, limit):
    length = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    return gradients if length <= limit else [limit * g / length for g in gradients]


clipped.hints = [
    "The length of all arrays together: square every number of every array, add up the squares, take the root.",
    "By what factor is it too long? Use `limit / length`, and never more than 1.",
    "Multiply every array by the same factor.",
]
clipped.why = "One extreme batch can throw a network far away. Clipping keeps the direction and bounds the length of the gradient."

# Variables -----------------------------------------------------------------------------------------------------------
which_variables = question(
    "custom-training/which-variables",
    "A loop predicts with `training=True`, asks for `tape.gradient(loss, model.variables)`, and hands all of it to `optimizer.apply`. No layer is frozen. What happens?",
    "b",
    options={
        "a": ("the moving averages are trained, too, and end up wrong", "No gradient reaches them, for two reasons: with `training=True` the loss does not depend on them, and a tape does not watch a variable that was made with `trainable=False`. It gives `None`."),
        "b": ("a warning; the trained weights are the same", "The gradients of the other variables are `None`. The optimizer leaves such variables out, with a warning."),
        "c": ("an error: the moving averages have no gradient", "The optimizer refuses only if all gradients are `None`. It skips single ones, with a warning."),
        "d": ("the moving averages stop moving", "They are moved by the forward pass with `training=True`, not by the optimizer."),
    },
    hints=[
        "Does the loss depend on a moving average with `training=True`? And does a tape watch a variable that was made with `trainable=False`?",
        "What does a tape give for a variable that it did not watch, and what does an optimizer do with it?",
    ],
    why="`trainable_variables` says what you mean, and it stays right when you freeze a layer.",
)  # fmt: skip

# fit and its step ----------------------------------------------------------------------------------------------------
fit_can = question(
    "custom-training/fit-can",
    'Which of these can `compile` and `fit` do without a `train_step` of your own? Give a set, such as `{"a", "d"}`.',
    {"a", "b", "c", "e", "f"},
    options={
        "a": ("follow a loss that you wrote yourself", "`compile(loss=…)` takes any function of targets and predictions."),
        "b": ("clip the gradient of the whole model", "It is an option of the optimizer: `Adam(global_clipnorm=1.0)`."),
        "c": ("stop when the validation loss no longer falls", "A callback does that: `EarlyStopping(patience=…)`."),
        "d": ("train two networks in turn, with an optimizer each, within one call of `fit`", "`compile` takes one optimizer, and the built-in step makes one update of all trainable weights. Two of them need a step of your own."),
        "e": ("average the gradients of four batches before each step", "It is an option of the optimizer: `SGD(gradient_accumulation_steps=4)`."),
        "f": ("leave out the rows whose target is NaN", "Your own loss function sees targets and predictions, so it can choose the known ones."),
    },
    hints=[
        "What can be said by a loss function, by an option of the optimizer, or by a callback?",
        "How many optimizers does `compile` take?",
    ],
    why="A loop of your own has to repeat all that `fit` does around the step. Write one where you need it, and not before.",
)  # fmt: skip


@exercise("custom-training/train-step", points=3, compare=False)
def train_step(self, data):
    """The method `train_step` of a `keras.Model`: one training step for one
    batch, written with a tape. `data` is the pair (rows, targets), and all
    batches have the same size.

    With it, `fit` has to move the weights, and report the loss and all
    compiled metrics, as it does with Keras' own step. `self` is the model:
    `self.compute_loss(y=…, y_pred=…)`, `self.optimizer` and `self.metrics`
    are there for you. In `self.metrics`, the metric called "loss" takes a loss
    in `update_state`; every other one takes targets and predictions.
    """
    rows, targets = data
    with tf.GradientTape() as tape:
        prediction = self(rows, training=True)
        loss = self.compute_loss(y=targets, y_pred=prediction)
    gradients = tape.gradient(loss, self.trainable_variables)
    self.optimizer.apply(gradients, self.trainable_variables)
    for metric in self.metrics:
        if metric.name == "loss":
            metric.update_state(loss, sample_weight=keras.ops.shape(rows)[0])
        else:
            metric.update_state(targets, prediction)
    return self.get_metrics_result()


def _model(step, counts):
    """A model with this step (None: Keras' own), which notes after each batch how much the loss' metric holds."""

    class Plain(keras.optimizers.SGD):
        def scale_loss(self, loss):  # Keras' own step asks for it; who asks elsewhere may do so
            if step is not None and currentframe().f_back.f_globals["__name__"].startswith("keras."):
                _keras_step(loss)
            return super().scale_loss(loss)

    def told(self, data):
        if not isinstance(logs := step(self, data), dict):
            raise ValueError("no dict")
        counts.append(float(self.metrics[0].count))
        return logs

    own = type("Own", (keras.Model,), {} if step is None else {"train_step": told})
    inputs = keras.Input((2,))
    frozen = layers.Dense(2, trainable=False, activity_regularizer="l2")(inputs)  # its penalty has no slope
    model = own(inputs, layers.Dense(1)(layers.BatchNormalization(momentum=0.5)(frozen)))
    model.set_weights([np.full(weight.shape, 0.5 + place / 4) for place, weight in enumerate(model.get_weights())])
    model.compile(optimizer=Plain(0.1), loss="huber", metrics=["mape", "mae"], run_eagerly=True)
    return model


def _batches():
    x = np.array([[0, 1], [2, 3], [4, 0], [1, 2], [3, 5], [0, 4], [1, 1], [2, 0]], "float32")
    y = x @ np.array([[2], [-1]], "float32") + 3.5
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(4)  # which `fit` takes in half the time of arrays


def _fitted(step):
    """What `fit` reports for an epoch of two batches with this step, the weights after it, and the metric's counts."""
    counts = []
    model = _model(step, counts)
    reported = model.fit(_batches(), shuffle=False, verbose=0).history
    return {name: np.ravel(values).tolist() for name, values in reported.items()}, model.get_weights(), counts


@cache
def _keras_own():
    return _fitted(None)


@train_step.use
def _(step, rng):
    """Which of the things that Keras' own step does were seen of this one."""
    expected, weights, _ = _keras_own()
    try:
        reported, moved, counts = beside(step, _fitted)
    except ValueError as error:
        return _refused(error)
    pairs = zip(moved, weights, strict=True)
    close = [np.allclose(have, want, rtol=1e-3, atol=1e-4) for have, want in pairs]
    same = {name: np.allclose(reported.get(name, np.nan), values, rtol=1e-3) for name, values in expected.items()}
    zero = not np.any(reported.get("loss", [1.0]))
    seen = dict(built=True, frozen=all(close[:2]), averages=all(close[4:6]), weights=all(close[2:4] + close[6:]))
    seen |= dict(updated=not zero, named=set(expected) <= set(reported), loss=zero or same["loss"])
    seen |= dict(reset=zero or counts[0] < counts[1], metrics=same["mape"] and same["mae"])
    return seen | dict(graph=beside(step, _is_traced)) if all(seen.values()) else seen


def _is_traced(step):
    """Whether the step can be made a graph, as `fit` does."""
    model = _model(step, [])
    model.train_step(next(iter(_batches())))  # its metrics are there now
    rows, targets = (tf.TensorSpec((4, columns), tf.float32) for columns in (2, 1))
    try:
        tf.function(lambda *data: step(model, data), autograph=False).get_concrete_function(rows, targets)
    except Exception:
        return False
    return True


def _sees(name, *others):
    """Whether a thing was seen, or was not looked at because another one failed first."""
    return lambda seen: seen.get(name, True) or not all(seen.get(other, True) for other in others)


train_step.property(
    NOT_TAPED, "prediction = self(rows, training=True) => prediction = tf.stop_gradient(self(rows, training=True))"
)(_sees("taped"))
train_step.property(
    "Your step does not return a dict. `fit` reads from it what it should report: end with `return self.get_metrics_result()`.",
    "return self.get_metrics_result() =>",
)(_sees("returned"))
train_step.property(NOT_OWN, "rows, targets = data => return keras.Model.train_step(self, data)")(_sees("own"))
train_step.property(
    "Your step resets a metric, and `fit` then reports the last batch alone. Leave the reset to `fit`, which does it at the start of each epoch.",
    "for metric in self.metrics: => for metric in self.metrics:\n        metric.reset_state()",
)(_sees("reset", "averages", "weights", "named"))
train_step.property(
    "`fit` stopped: “Cannot get result() since the metric has not yet been built.” A metric was never updated. Update every one of `self.metrics`.",
    "for metric in self.metrics: => return {'loss': loss}\n    for metric in self.metrics:",
)(_sees("built"))
train_step.property(
    "`fit` reports the loss 0. Nothing has updated the metric called “loss” in `self.metrics`, and an empty metric shows 0.",
    "metric.update_state(loss, sample_weight=keras.ops.shape(rows)[0]) => pass",
)(_sees("updated"))
train_step.property(
    "The moving averages of BatchNormalization are not where Keras' own step leaves them: predict once in each step, with `training=True`.",
    ", training=True =>",
)(_sees("averages", "frozen"))
train_step.property(
    "A frozen layer moved. Take the gradients along `self.trainable_variables`, not along all variables.",
    "self.trainable_variables => self.variables",
)(_sees("frozen"))
train_step.property(
    "The weights are not where Keras' own step leaves them. Take the gradient of `self.compute_loss(y=…, y_pred=…)`, which knows the compiled loss, along `self.trainable_variables`, and hand both to `self.optimizer.apply`, once.",
    "self.optimizer.apply(gradients, self.trainable_variables) =>",
    "self.compute_loss(y=targets, y_pred=prediction) => tf.reduce_mean(tf.square(targets - prediction))",
)(_sees("weights", "averages"))
train_step.property(
    "`fit` does not report a loss and every metric under its own name. Return `self.get_metrics_result()`.",
    "return self.get_metrics_result() => return {'error': loss}",
)(_sees("named"))
train_step.property(
    "The loss that `fit` reports is not the mean of what `self.compute_loss(y=…, y_pred=…)` gives for the batches, the layers' penalties included.",
    "self.compute_loss(y=targets, y_pred=prediction) => keras.losses.Huber()(targets, prediction)",
    "metric.update_state(loss, => metric.update_state(2 * loss,",
)(_sees("loss", "averages", "weights", "named", "reset"))
train_step.property(
    "The loss is right, the metrics are not: each takes the targets first, then the predictions that the tape recorded.",
    "metric.update_state(targets, prediction) => metric.update_state(prediction, targets)",
    "metric.update_state(targets, prediction) => metric.update_state(targets, self(rows))",
)(_sees("metrics", "averages", "weights", "named", "loss", "reset"))
train_step.property(
    "Your step works when Python runs it, but `fit` compiles it into a graph, and there it fails. Leave out `.numpy()` and `float(…)`: a graph has no numbers yet.",
    "metric.update_state(loss, sample_weight=keras.ops.shape(rows)[0]) => metric.update_state(loss.numpy())",
)(_sees("graph"))


@train_step.also
def _(self, data):
    x, y = data
    with tf.GradientTape() as tape:
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
    variables = self.trainable_variables
    self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    for metric in self.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(y, y_pred)
    return {metric.name: metric.result() for metric in self.metrics}


@train_step.also
def _(self, data):
    x, y = data
    with tf.GradientTape() as tape:
        y_pred = self(x, training=True)
        loss = self.compute_loss(x, y, y_pred)
        scaled = self.optimizer.scale_loss(loss)  # as Keras' own step does
    self.optimizer.apply(tape.gradient(scaled, self.trainable_variables), self.trainable_variables)
    self.metrics[0].update_state(loss)
    return self.compute_metrics(x, y, y_pred)


train_step.hints = [
    "The first six lines are the training step that you know, with `self` in place of the model and `self.compute_loss(y=targets, y_pred=prediction)` as the loss.",
    'Then walk through `self.metrics`. If `metric.name == "loss"`, give it the loss; otherwise give it targets and predictions.',
    "`return self.get_metrics_result()`",
]
_EQUAL = "all batches have one size: each counts as much as the others, whatever the weight"
train_step.excused = {
    "metric.update_state(loss, sample_weight=keras.ops.shape(rows)[0]) → metric.update_state(loss)": _EQUAL,
    "0 → 1": _EQUAL,
}
train_step.why = "Around such a step `fit` keeps its shuffling, validation, callbacks and progress bar, and what it reports stays true."

# What tf.function runs -----------------------------------------------------------------------------------------------
traces = question(
    "custom-training/traces",
    "10 rows are cut into batches of 4, for 3 epochs. A `@tf.function` adds up the rows of each batch, and its body holds a `print`. How many times does it print?",
    2,
    mistakes={
        9: "9 is how many times it is called. Python reads its body only while a graph is made; later calls run the graph.",
        1: "Almost: there is one graph for each shape of the batch. 10 rows make batches of 4, 4 and 2.",
        3: "A graph is not made anew for each epoch, nor for each of the three batches: it is kept for its shape.",
        6: "That would be two shapes in each of three epochs. A graph is kept, and in the second epoch both shapes are known.",
        0: "It prints while a graph is made: then Python is at work, and at least one graph is made.",
    },
    hints=[
        "The body is Python. When does Python read it?",
        "A new graph is made for every new shape of its inputs. Which shapes do the batches have?",
    ],
    why="Every new shape, and every new Python number, costs one more tracing: keep them few.",
)

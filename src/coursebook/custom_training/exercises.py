"""Exercises of *Custom training*."""

from itertools import combinations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# One step ------------------------------------------------------------------------------------------------------------
inside_tape = question(
    "custom-training/inside-tape",
    'Which of these lines have to run inside the `with` of the tape? Give a set, written like `{"a", "f"}`.',
    {"b", "c"},
    options={
        "a": ("draw the batch", "Pixels are not trained: nobody asks how the loss depends on which rows came."),
        "b": ("predict: model(rows)", "Here the weights enter. What the tape does not hear, it cannot play back."),
        "c": ("the loss", "The gradient starts here, so its operations have to be on the tape as well."),
        "d": (
            "tape.gradient",
            "That is playing back. Inside the `with` it would be recorded in turn: slower, no use here.",
        ),
        "e": ("optimizer.apply", "It changes the weights after the gradient is known: nothing to differentiate."),
        "f": ("update the metric", "The metric looks at the prediction. No gradient flows through it."),
    },
    hints=[
        "The tape has to hear every operation on the way from the weights to the loss.",
        "Where on the way do the weights come in, and where does the way end?",
    ],
    why="Record as little as possible: whatever runs inside the `with` is kept in memory until it is played.",
)


@exercise("custom-training/step", points=3, compare=False)
def step_by_hand(model, x, y, rate):
    """Make one training step by hand, with the mean squared error and
    `keras.optimizers.SGD`.

    `x` has the shape (n, 3), `y` the shape (n,), and the model's prediction
    (n, 1). The model holds a BatchNormalization layer. Return the loss before
    the weights move, and `model.get_weights()` after it.
    """
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = tf.reduce_mean(tf.square(y[:, None] - prediction))
    gradients = tape.gradient(loss, model.trainable_variables)
    keras.optimizers.SGD(learning_rate=rate).apply(gradients, model.trainable_variables)
    return loss, model.get_weights()


def _forward(weights, x, training):
    """The standardized x, what Dense reads, and the prediction, shape (n, 1)."""
    gamma, beta, average, variance, kernel, bias = weights
    if training:
        average, variance = x.mean(axis=0), x.var(axis=0)
    standardized = (x - average) / np.sqrt(variance + 1e-3)  # Keras' own epsilon
    hidden = gamma * standardized + beta
    return standardized, hidden, hidden @ kernel + bias


def _loss(y, prediction, table, total):
    squares = (y if table else y[:, None]) - prediction
    return (np.sum if total else np.mean)(squares**2)


def _stepped(start, x, y, rate, *, inference=False, table=False, total=False, uphill=False, still=False, late=False,
             stale=False):  # fmt: skip
    """Loss and weights after a step with these mistakes, in NumPy; the momentum of the averages is 0.5."""
    gamma, beta, average, variance, kernel, bias = start
    standardized, hidden, prediction = _forward(start, x, not inference)
    loss = _loss(y, prediction, table, total)
    # A table's columns all pull a row's prediction: together toward the mean target.
    error = prediction - (np.mean(y) if table else y[:, None])
    scale = (len(y) if table else 1) if total else 1 / len(y)
    slope = 2 * scale * error
    to_hidden = slope @ kernel.T
    move = 0 if still else -rate if uphill else rate
    after = [
        gamma - move * (to_hidden * standardized).sum(axis=0),
        beta - move * to_hidden.sum(axis=0),
        average if inference else (average + x.mean(axis=0)) / 2,
        variance if inference else (variance + x.var(axis=0)) / 2,
        kernel - move * hidden.T @ slope,
        bias - move * slope.sum(axis=0),
    ]
    if late:
        loss = _loss(y, _forward(after, x, not inference)[2], table, total)
    return loss, start if stale else after


MISTAKES = ("table", "inference", "total", "uphill", "still", "late", "stale")


@step_by_hand.use
def _(train, rng):
    """The fewest mistakes that explain what came back: a set of names, empty for a right step; None if nothing does."""
    rows = rng.integers(4, 7)
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(momentum=0.5), layers.Dense(1)])
    model.layers[-1].set_weights([rng.uniform(0.5, 2, (3, 1)), rng.uniform(0.5, 2, 1)])
    x = rng.normal(3, 2, (rows, 3)).astype("float32")
    y = (x.sum(axis=1) + rng.normal(0, 1, rows)).astype("float32")
    rate, start = round(float(rng.uniform(0.05, 0.1)), 2), model.get_weights()
    answer = train(model, x, y, rate)
    try:
        loss, weights = answer
        got = [np.asarray(value, dtype=float) for value in (loss, *weights)]
    except (TypeError, ValueError):
        return None
    return next((set(made) for made in _SUSPECTED if _agree(got, _stepped(start, x, y, rate, **made))), None)


_SUSPECTED = [dict.fromkeys(names, True) for count in range(4) for names in combinations(MISTAKES, count)]


def _agree(got, expected):
    wanted = [np.asarray(value) for value in (expected[0], *expected[1])]
    return [value.shape for value in got] == [value.shape for value in wanted] and all(
        np.allclose(have, want, rtol=1e-3, atol=1e-4) for have, want in zip(got, wanted, strict=True)
    )


@step_by_hand.property(
    "Your loss compares every prediction with every target: (n,) minus (n, 1) is (n, n). Bring both to one shape, for example with `y[:, None]`.",
    "_stepped(model.get_weights(), x, y, rate, table=True, inference=True)",
)
def compares_rows(made):
    return made is None or "table" not in made


@compares_rows.wrong
def _(model, x, y, rate):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
    variables = model.trainable_variables
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)
    return loss, model.get_weights()


@step_by_hand.property(
    "You called the model without `training=True`. Its BatchNormalization then uses its moving averages instead of the batch's own, and never updates them."
)
def trains(made):
    return made is None or "inference" not in made


@trains.wrong
def _(model, x, y, rate):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y[:, None] - model(x)))
    variables = model.trainable_variables
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)
    return loss, model.get_weights()


@step_by_hand.property(
    "Your loss is a sum over the rows. The mean squared error is their mean.",
    "_stepped(model.get_weights(), x, y, rate, total=True)",
)
def is_a_mean(made):
    return made is None or "total" not in made


@step_by_hand.property(
    "Your weights went uphill, along the gradient. A step goes against it.",
    "_stepped(model.get_weights(), x, y, rate, uphill=True)",
)
def goes_downhill(made):
    return made is None or "uphill" not in made


@step_by_hand.property(
    "Your trained weights stayed where they were. After `tape.gradient`, hand gradients and variables to the optimizer."
)
def moves(made):
    return made is None or "still" not in made


@moves.wrong
def _(model, x, y, rate):
    loss = tf.reduce_mean(tf.square(y[:, None] - model(x, training=True)))
    return loss, model.get_weights()


@step_by_hand.property(
    "You measured the loss after the step. The step itself is right; return the loss that the tape recorded.",
    "_stepped(model.get_weights(), x, y, rate, late=True)",
)
def measures_before(made):
    return made is None or "late" not in made


@step_by_hand.property(
    "You returned the weights from before the step. `model.get_weights()` copies them: call it after the optimizer.",
    "_stepped(model.get_weights(), x, y, rate, stale=True)",
)
def reads_after(made):
    return made is None or "stale" not in made


@step_by_hand.property(
    "This is not the loss and the weights of one step of plain SGD. Return a pair: the loss, one number, and the list `model.get_weights()`.",
    "step_by_hand(model, x, y, rate)[0]",
)
def is_one_step(made):
    return made is not None


@is_one_step.wrong
def _(model, x, y, rate):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y[:, None] - model(x, training=True)))
    keras.optimizers.Adam(rate).apply(tape.gradient(loss, variables), variables)
    return loss, model.get_weights()


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
    "Inside the `with`: predict with `training=True`, then the loss of `y[:, None]` and the prediction.",
    "`gradients = tape.gradient(loss, model.trainable_variables)`, outside of the `with`.",
    "`keras.optimizers.SGD(learning_rate=rate).apply(gradients, model.trainable_variables)`",
]
step_by_hand.why = "These lines are what `fit` does for one batch; now each of them is yours to change."

# The metric ----------------------------------------------------------------------------------------------------------
never_reset = question(
    "custom-training/never-reset",
    "Three epochs, equally many batches each, have the mean losses 6, 2 and 1. The metric is never reset. What does it show after the third epoch?",
    3,
    mistakes={
        1: "1 is the third epoch's own mean. Without a reset the first two are still in the metric.",
        9: "9 is the sum. A mean metric also counts: it divides by the number of rows it has seen.",
        6: "6 was shown after the first epoch. The metric goes on averaging: later epochs count too.",
        1.5: "1.5 is the mean of the last two epochs. The first one is also still in the metric.",
    },
    hints=[
        "A metric keeps two numbers: a sum and a count. Only a reset sets them to 0.",
        "All rows of all three epochs have the same weight.",
    ],
    why="The training looks three times as bad as it is, and slower: the first epoch never leaves the mean.",
)


@exercise("custom-training/epoch-means", points=2, probes=2)
def epoch_means(epochs):
    """What a metric shows at the end of each epoch, as a list of numbers.

    `epochs` is a list of epochs, an epoch a list of batches, a batch the
    losses of its rows. Each epoch's number is the mean over that epoch's rows.
    From the second epoch on the numbers are wrong: mend it.
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
epoch_means.mistakes = {
    "[float(np.mean(batches[-1])) for batches in epochs]": (
        "Your metric is reset for every batch, so that it shows the last batch alone. Reset once per epoch, before its first batch."
    ),
    "[float(np.mean([loss for batches in epochs[:n] for batch in batches for loss in batch])) for n in range(1, len(epochs) + 1)]": (
        "Every epoch's number still holds the epochs before it. Set the metric back where an epoch begins."
    ),
    "[float(np.mean([np.mean(batch) for batch in batches])) for batches in epochs]": (
        "You averaged the means of the batches. The short last batch then counts as much as a full one: give the metric the rows."
    ),
    "[0.0 for _ in epochs]": "You reset before you read: an empty metric shows 0. Read first, or reset at the beginning.",
    "[float(np.mean([loss for batch in epochs[-1] for loss in batch]))]": (
        "You read after the last epoch only. One number per epoch was asked for: read in the loop."
    ),
}
epoch_means.also("[float(np.mean(np.concatenate(batches))) for batches in epochs]")


@epoch_means.also
def _(epochs):
    metric, shown = keras.metrics.Mean(), []
    for batches in epochs:
        for losses in batches:
            metric.update_state(losses)
        shown.append(metric.result().numpy())
        metric.reset_state()
    return shown


epoch_means.hints = [
    "`metric.reset_state()` sets sum and count to 0. How often must that happen, and when?",
    "Once per epoch, before its first batch.",
]
epoch_means.why = "`fit` resets every metric at the start of each epoch; in a loop of your own nobody does it for you."

# The broadcast bug ---------------------------------------------------------------------------------------------------
perfect = question(
    "custom-training/perfect",
    "Targets (1, 2, 3) of shape (3,), and the same three numbers predicted, of shape (3, 1). What is `mean((y - prediction)**2)`?",
    4 / 3,
    mistakes={
        0: "0 is what it should be. But (3,) minus (3, 1) is a 3×3 table: every target meets every prediction.",
        12: "You added the nine squares up to 12. The mean divides by 9.",
        4: "You divided the 12 by 3 rows. The table has 9 numbers, and the mean is over all of them.",
        8 / 9: "You averaged differences without the square. Off the diagonal: 1, 1, 1, 1, and 4, 4.",
    },
    tolerance=0.01,
    hints=["Which shape has (3,) minus (3, 1)? Write the table down.", "Row by row: 0 1 4, 1 0 1, 4 1 0."],
    why="No error, no warning, a sensible-looking loss: only the shapes tell.",
)


@exercise("custom-training/broadcast-bug", points=2)
def regression_loss(y, prediction):
    """The mean squared error, for `y` of shape (n,) and `prediction` of shape
    (n, 1).

    It should be 0 for a perfect prediction, and is not. Find the bug and mend
    it.
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
regression_loss.mistakes = {
    "tf.reduce_mean(tf.square(y[None, :] - prediction))": (
        "It still compares every target with every prediction: (1, n) minus (n, 1) is (n, n), too. Give `y` a column, `y[:, None]`, or take the "
        "prediction's, `prediction[:, 0]`."
    ),
    "tf.reduce_mean(tf.square(y - prediction), axis=1)": (
        "You averaged over one axis of the table, so you return n numbers. The loss is one number, and the table should not be there: mend the shapes "
        "first."
    ),
    "tf.square(tf.reduce_mean(y) - tf.reduce_mean(prediction))": (
        "You compare the mean target with the mean prediction. Errors up and down cancel there: square each row's own."
    ),
    "tf.reduce_sum(tf.square(y - prediction[:, 0]))": "The shapes agree now, but you added the rows up. The error is their mean.",
    "tf.reduce_mean(tf.abs(y - prediction[:, 0]))": "The shapes agree now, but these are absolute errors. Square them.",
}
regression_loss.also(
    "tf.reduce_mean((y - tf.squeeze(prediction, axis=-1)) ** 2)",
    "keras.losses.MeanSquaredError()(y, prediction)",
    "sum((y[row] - prediction[row, 0]) ** 2 for row in range(len(y))) / len(y)",
)
regression_loss.hints = [
    "Print `(y - prediction).shape` for three rows.",
    "Both have to have one shape: (n, 1) and (n, 1), or (n,) and (n,).",
    "`y[:, None]` is a column; `prediction[:, 0]` takes the column away.",
]
regression_loss.why = "One `assert y.shape == prediction.shape` in the step would have told it in the first second."


# Losses and gradients of one's own -----------------------------------------------------------------------------------
@exercise("custom-training/masked-loss", points=2)
def masked_loss(y, prediction, known):
    """The mean squared error over the rows whose target is known.

    All three have the shape (n,). `known` is True or False; where it is False,
    `y` holds NaN. If no target is known, the loss is 0.
    """
    errors = tf.where(known, y - prediction, 0.0)
    return tf.reduce_sum(tf.square(errors)) / max(np.sum(known), 1)


@masked_loss.probe
def _(rng):
    rows = rng.integers(4, 8)
    known = rng.random(rows) < 0.6
    known[:3] = [True, False, True]
    y = np.where(known, rng.integers(-5, 6, rows), np.nan).astype("float32")
    return dict(y=y, prediction=(rng.integers(-5, 6, rows) + 0.5).astype("float32"), known=known)


masked_loss.strata(lambda y, prediction, known: "some" if np.any(known) else "none")
masked_loss.example(
    y=np.array([1, np.nan, 3], np.float32),
    prediction=np.array([2, 5, 1], np.float32),
    known=np.array([True, False, True]),
)
masked_loss.example(
    y=np.array([np.nan, 3], np.float32), prediction=np.array([2, 5], np.float32), known=np.array([False, True])
)
masked_loss.example(
    y=np.array([np.nan, np.nan], np.float32), prediction=np.array([2, 5], np.float32), known=np.array([False, False])
)


@masked_loss.mistake(
    "Where no target is known you divided 0 by 0, which is NaN. One such batch would end the training: return 0."
)
def _(y, prediction, known):
    with np.errstate(invalid="ignore"):
        return np.sum(np.square(np.where(known, y - prediction, 0))) / np.sum(known, dtype="float32")


masked_loss.mistakes = {
    "np.sum(known * np.square(y - prediction)) / max(np.sum(known), 1)": (
        "NaN times 0 is NaN: one unknown target poisons the sum. Choose with `tf.where` instead of multiplying."
    ),
    "np.mean(np.square(np.where(known, y - prediction, 0)))": (
        "You divided by all rows. Rows without a target then count as if they were predicted perfectly: divide by the known ones."
    ),
    "np.mean(np.square(np.where(known, y, 0) - prediction))": (
        "You put 0 in the place of the unknown targets, and then compared predictions with it. Leave those rows out."
    ),
    "np.sum(np.square(np.where(known, y - prediction, 0)))": "You added the known rows up. The loss is their mean: divide by how many they are.",
}


@masked_loss.also
def _(y, prediction, known):
    errors = (y - prediction)[known]
    return np.mean(errors**2) if len(errors) else 0.0


@masked_loss.also
def _(y, prediction, known):
    weights = tf.cast(known, tf.float32)
    errors = tf.where(known, y, prediction) - prediction
    return tf.math.divide_no_nan(tf.reduce_sum(weights * errors**2), tf.reduce_sum(weights))


masked_loss.hints = [
    "First an array of errors that holds 0 where nothing is known: `tf.where(known, y - prediction, 0.0)`.",
    "How many rows count? What if that is 0?",
    "Divide by `max(np.sum(known), 1)`.",
]
masked_loss.why = "Padded sentences, missing labels, hidden pixels: all are trained with a masked loss."


@exercise("custom-training/clip", points=2)
def clipped(gradients, limit):
    """Shorten the gradient of a whole model to the length `limit`, if it is
    longer.

    `gradients` is a tuple of arrays. Their length is the square root of the
    sum of all their squares. Return a list of arrays that points in the same
    direction.
    """
    length = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    factor = min(1, limit / length)
    return [g * factor for g in gradients]


clipped.probe(lambda rng: _gradients(rng, shrink=0.5))
clipped.probe(lambda rng: _gradients(rng, shrink=1.5))


def _gradients(rng, shrink):
    """A kernel's and a bias' gradient, none of them 0, and a limit that is `shrink` times their length."""
    kernel = rng.choice([-4.0, -3.0, -1.0, 1.0, 2.0, 4.0], (2, rng.integers(2, 4)))
    bias = rng.choice([-2.0, -1.0, 1.0, 3.0], kernel.shape[1])
    length = np.sqrt(np.sum(kernel**2) + np.sum(bias**2))
    return dict(gradients=(kernel, bias), limit=round(float(shrink * length), 1))


clipped.strata(lambda gradients, limit: "long" if sum(np.sum(np.square(g)) for g in gradients) > limit**2 else "short")
clipped.example(gradients=(np.array([[3.0, 0.0]]), np.array([0.0, 4.0])), limit=1.0)
clipped.example(gradients=(np.array([[3.0, 0.0]]), np.array([0.0, 4.0])), limit=10.0)


def _scaled(gradients, factor):
    return [g * factor for g in gradients]


clipped.mistakes = {
    "[np.clip(g, -limit, limit) for g in gradients]": (
        "You cut each number at the limit (clip by value). Large slopes then shrink and small ones stay: the direction turns. Multiply all by one factor."
    ),
    "[g * min(1, limit / np.linalg.norm(g)) for g in gradients]": (
        "You shortened each array by its own length. All arrays together make one gradient: one length, one factor."
    ),
    "_scaled(gradients, limit / np.sqrt(sum(np.sum(g**2) for g in gradients)))": (
        "You gave every gradient the length `limit`, short ones too. Those should stay as they are: the factor is at most 1."
    ),
    "_scaled(gradients, min(1, limit / sum(np.sum(g**2) for g in gradients)))": "The root is missing: you compared the limit with the sum of the squares.",
    "_scaled(gradients, min(1, limit / sum(np.linalg.norm(g) for g in gradients)))": (
        "You added up the lengths of the arrays. Lengths add like the sides of a right triangle: sum the squares first."
    ),
    "_scaled(gradients, 1 / np.sqrt(sum(np.sum(g**2) for g in gradients)))": (
        "You divided by the length and left the limit out: every gradient has length 1 now."
    ),
    "gradients": "Nothing was shortened: what you return is as long as what came in.",
}
clipped.also("tf.clip_by_global_norm(gradients, limit)[0]")


@clipped.also
def _(gradients, limit):
    length = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    return gradients if length <= limit else [limit * g / length for g in gradients]


clipped.hints = [
    "The length of all arrays together: square every number of every array, sum, take the root.",
    "Too long by what factor? `limit / length`, and never more than 1.",
    "Multiply every array by the same factor.",
]
clipped.why = "One wild batch can throw a network far away; clipping keeps its direction and bounds its step."

# Variables, and what tf.function runs --------------------------------------------------------------------------------
which_variables = question(
    "custom-training/which-variables",
    "`tape.gradient(loss, model.variables)`, then `optimizer.apply`. What happens?",
    "b",
    options={
        "a": (
            "the moving averages are trained, too, and end up wrong",
            "No gradient reaches them: in training the layer uses the batch's own mean. The tape gives `None`.",
        ),
        "b": (
            "a warning; the trained weights are the same",
            "Their gradients are `None`, and the optimizer leaves such variables out, with a warning.",
        ),
        "c": (
            "an error: the moving averages have no gradient",
            "The optimizer only refuses if all gradients are `None`. Some `None` are skipped with a warning.",
        ),
        "d": (
            "the moving averages stop moving",
            "They are moved by the forward pass with `training=True`, not by the optimizer.",
        ),
    },
    hints=[
        "Does the loss depend on a moving average while the model trains?",
        "What does a tape give for a variable that the loss does not depend on, and what does an optimizer do with it?",
    ],
    why="`trainable_variables` says what you mean, and stays right when you freeze a layer.",
)

traces = question(
    "custom-training/traces",
    "10 rows, batches of 4, 3 epochs. A `print` stands in the body of a `@tf.function` step. How often does it print?",
    2,
    mistakes={
        9: "9 is how often the step runs. Python reads its body only while the graph is made; later calls run the graph.",
        1: "Almost: one graph for each shape of the batch. 10 rows make batches of 4, 4 and 2.",
        3: "A graph is not made anew for each epoch, or for each batch of one: it is kept by shape.",
        0: "It prints while the graph is made: that is Python at work, and a graph is made at least once.",
    },
    hints=[
        "The body is Python. When does Python read it?",
        "A new graph is made for every new shape of its inputs. Which shapes do the batches have?",
    ],
    why="A loop that makes a new graph for every call is slower than no graph at all: keep the shapes few.",
)

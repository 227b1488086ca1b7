"""Exercises of *Classification*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# From a score to a probability ---------------------------------------------------------------------------------------
steepest = question(
    "classification/steepest",
    "How steep is it where it is steepest? Answer, then move the slider.",
    0.25,
    mistakes={
        1: "1 is the height that the curve runs to, far on the right. Its slope there is almost 0.",
        0.5: "0.5 is the height of the curve at score 0. How fast does it rise there?",
        0: "0 is the slope far out on both sides, where the curve is flat. Look in the middle.",
    },
    tolerance=1e-3,
    hints=["Where is it steepest? Move the slider to that score.", "The slope is p(1 − p). Which p makes it largest?"],
    why="Through every sigmoid a gradient shrinks to a quarter or less: a stack of them lets little through.",
)


def _sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, small) / (1 + small)


@exercise("classification/sigmoid-and-slope", points=2)
def sigmoid_and_slope(z):
    """Return two arrays: the sigmoid of each score in `z`, and its slope
    there.
    """
    p = 1 / (1 + np.exp(-z))
    return p, p * (1 - p)


sigmoid_and_slope.probe(lambda rng: dict(z=np.round(rng.uniform(-5, 5, 4), 1)))
sigmoid_and_slope.example(z=np.array([-700.0, 0.0, 700.0, 1000.0]))
sigmoid_and_slope.mistakes = {
    "1 / (1 + np.exp(- => _sigmoid(-np.asarray(": (
        "Your curve falls: a high score gives a low probability. The exponent is −z, so that it vanishes for high scores."
    ),
    "_sigmoid(z), _sigmoid(z)": "Your probability is right; your slope is largest for high scores, where the curve is flat. One factor is missing: (1 − p).",
    "_sigmoid(z), z * (1 - z)": "You put the score into z(1 − z). The slope is p(1 − p): put in the probability that you have computed.",
}


@sigmoid_and_slope.mistake("You gave the slope as −p(1 − p). The curve rises everywhere: its slope is positive.")
def _(z):
    p = _sigmoid(z)
    return p, -p * (1 - p)


@sigmoid_and_slope.mistake(
    "At score 1000 you divide infinity by infinity, which is NaN. With exp(−z) the large scores give 1 / (1 + 0)."
)
def _(z):
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(z) / (1 + np.exp(z))
    return p, p * (1 - p)


sigmoid_and_slope.also("_sigmoid(z), _sigmoid(z) * _sigmoid(-z)")


@sigmoid_and_slope.also
def _(z):
    scores = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        p = tf.sigmoid(scores)
    return p, tape.gradient(p, scores)


sigmoid_and_slope.hints = [
    "1 / (1 + exp(−z)) is the probability. `np.exp` takes a whole array.",
    "Keep the probability in a variable p. The slope needs nothing else: p(1 − p).",
]
sigmoid_and_slope.why = "The slope comes for free with the value: that is why back-propagation keeps p."


# Surprise ------------------------------------------------------------------------------------------------------------
@exercise("classification/entropy", points=2)
def entropy(p):
    """Return the entropy in bits of outcomes with the probabilities `p`.

    An outcome that never happens (probability 0) adds nothing.
    """
    possible = p[p > 0]
    return -np.sum(possible * np.log2(possible))


entropy.probe(lambda rng: dict(p=rng.dirichlet(np.ones(rng.integers(2, 6)))))
entropy.probe(lambda rng: dict(p=np.insert(rng.dirichlet(np.ones(rng.integers(2, 5))), 1, 0.0)))
entropy.example(p=np.array([0.25, 0.25, 0.25, 0.25]))
entropy.strata(lambda p: "an impossible outcome" if np.any(p == 0) else "all possible")
entropy.mistakes = {
    "entropy(p) * np.log(2)": "You used the natural logarithm, so your unit is the nat. Bits take `np.log2`: one bit for each yes-or-no question.",
    "-entropy(p)": "Your entropy has the wrong sign. Logarithms of numbers below 1 are negative; the minus turns them into surprise.",
    "-np.sum(np.log2(p[p > 0]))": (
        "You added the surprises as if every outcome came equally often. A rare outcome surprises a lot, but rarely: weigh each surprise by its "
        "probability."
    ),
    "entropy(p) / len(p)": "You divided by the number of outcomes. The probabilities are the weights already; they add up to 1.",
}


@entropy.mistake(
    "For an outcome of probability 0 your result is NaN: 0 · log 0 cannot be computed. Leave such outcomes out."
)
def _(p):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(p * np.log2(p))


entropy.also("sum(-v * np.log2(v) for v in p if v > 0)")


@entropy.also
def _(p):
    safe = np.where(p > 0, p, 1)
    return (p * np.log(1 / safe)).sum() / np.log(2)


entropy.hints = [
    "The surprise of one outcome is −log₂ p. Its share in the mean is p.",
    "`p[p > 0]` keeps what can happen.",
]
entropy.why = "Entropy is the surprise that stays even if you know the odds: no forecaster's loss can fall below it."


# The gradient is p − y -----------------------------------------------------------------------------------------------
@exercise("classification/unit-gradient", points=2)
def unit_gradient(x, y, w, b):
    """One sigmoid unit: p = sigmoid(x @ w + b). Return the gradients of the
    mean cross-entropy by `w` (one number per column) and by `b`.

    x: shape (rows, columns); y: 0 or 1 for each row.
    """
    p = 1 / (1 + np.exp(-(x @ w + b)))
    error = p - y
    return x.T @ error / len(y), np.mean(error)


@unit_gradient.probe
def _(rng):
    rows, columns = rng.integers(3, 6), rng.integers(2, 4)
    return dict(
        x=np.round(rng.normal(0, 1, (rows, columns)), 1),
        y=np.append([0, 1], rng.integers(0, 2, rows - 2)),
        w=np.round(rng.normal(0, 1, columns), 1),
        b=round(float(rng.normal()), 1),
    )


def _gradients(x, error):
    return x.T @ error / len(error), np.mean(error)


unit_gradient.mistakes = {
    "_gradients(x, y - _sigmoid(x @ w + b))": "Your gradients point downhill: y − p. A gradient points uphill, p − y; the minus comes with the step.",
    "_gradients(x, x @ w + b - y)": "You subtracted the labels from the scores. The sigmoid comes first: p − y, not z − y.",
    "_gradients(x, (x @ w + b > 0) - y)": "You rounded the probabilities to yes or no. Then only wrong rows teach, all alike; p − y also says how wrong.",
}


@unit_gradient.mistake(
    "You added over the rows. The mean loss has the mean gradient, or your step grows with the batch."
)
def _(x, y, w, b):
    error = _sigmoid(x @ w + b) - y
    return x.T @ error, np.sum(error)


@unit_gradient.mistake(
    "You multiplied by the sigmoid's slope as well. Cross-entropy's 1/(p(1 − p)) has canceled it: p − y is all."
)
def _(x, y, w, b):
    p = _sigmoid(x @ w + b)
    return _gradients(x, (p - y) * p * (1 - p))


@unit_gradient.also
def _(x, y, w, b):
    weights, bias = tf.Variable(w), tf.Variable(b, dtype=tf.float64)
    with tf.GradientTape() as tape:
        logits = tf.linalg.matvec(tf.constant(x), weights) + bias
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(y, tf.float64), logits))
    return tape.gradient(loss, [weights, bias])


@unit_gradient.also
def _(x, y, w, b):
    error = _sigmoid(x @ w + b) - y
    return [np.mean(error * column) for column in x.T], error.mean()


unit_gradient.hints = [
    "For each row, the gradient by its logit is p − y.",
    "The logit is x @ w + b. Moving w[0] moves it by x[row, 0]; moving b moves it by 1.",
    "`x.T @ error / len(y)` is the mean over the rows, for all columns at once.",
]
unit_gradient.why = "These two lines are the whole training of a logistic regression, and of any network's last layer."

# From logits ---------------------------------------------------------------------------------------------------------
dead_gradient = question(
    "classification/dead-gradient",
    'A malignant row ($y = 1$) has the logit −20. Which losses leave it a gradient under a millionth? Give a set such as `{"a", "c"}`.',
    {"b", "c", "d"},
    options={
        "a": ("cross-entropy from the logit", "Its gradient is p − y, so −1: the further off, the fuller the step."),
        "b": (
            "cross-entropy from the probability, clipped to at least 0.0000001",
            "Sigmoid(−20) is 0.000000002: clipped. Whatever the logit does, the clipped number stays: gradient 0.",
        ),
        "c": (
            "squared error of the probability",
            "The sigmoid's slope is a factor of this gradient, and at −20 it is 0.000000002.",
        ),
        "d": (
            "accuracy: right or wrong at a cut of 0.5",
            "Right or wrong jumps at the cut and is flat everywhere else, so its gradient is 0: nobody can train on it.",
        ),
    },
    hints=[
        "A flat piece of a curve has the gradient 0. Which of the four curves are flat at −20?",
        "What is sigmoid(−20), about? And what does clipping make of it?",
    ],
    why="The row that is most wrong should teach most. From logits it does.",
)


@exercise("classification/loss-from-logits", points=2)
def loss_from_logits(z, y):
    """Return the mean binary cross-entropy (in nats) of logits `z` and labels
    `y`, right also for logits of ±1000.

    For one row it is log(1 + exp(z)) - y * z.
    """
    return np.mean(np.logaddexp(0, z) - y * z)


loss_from_logits.probe(
    lambda rng: dict(z=np.round(rng.uniform(-8, 8, 4), 1), y=np.array([0.0, 1.0, *rng.integers(0, 2, 2)]))
)
loss_from_logits.probe(
    lambda rng: dict(z=rng.choice([-1000.0, 1000.0], 3) + rng.integers(-9, 10, 3), y=np.array([0.0, 1.0, 1.0]))
)
loss_from_logits.example(z=np.array([-1000.0, 1000.0]), y=np.array([1.0, 1.0]))
loss_from_logits.example(z=np.array([-30.0, 30.0]), y=np.array([1.0, 0.0]))
loss_from_logits.strata(lambda z, y: "huge logits" if np.max(np.abs(z)) > 15 else "logits of everyday size")
loss_from_logits.mistakes = {
    "np.mean(np.logaddexp(0, z) - (1 - y) * z)": "You swapped yes and no: a high score for a yes costs you most. Subtract y · z, not (1 − y) · z.",
    "keras.losses.BinaryCrossentropy()(y, z)": (
        "You handed logits to a loss that takes its input for probabilities, and clips it into 0 to 1. Say `from_logits=True`."
    ),
    "np.sum(np.logaddexp(0, z) - y * z)": "You added the rows' losses. Keras takes their mean.",
    "np.mean(np.logaddexp(0, z) - y * z) / np.log(2)": "You took bits, by the logarithm to the base 2. Keras and this task use nats.",
}


@loss_from_logits.mistake(
    "For logits of everyday size your loss is right; for huge ones exp overflows or a logarithm meets 0. `np.logaddexp(0, z)` is log(1 + exp(z)) without "
    "either."
)
def _(z, y):
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return np.mean(np.log(1 + np.exp(z)) - y * z)


@loss_from_logits.mistake(
    "You went through clipped probabilities, so no row's loss exceeds 16.1. A logit of −1000 for a yes costs 1000: stay with the logits."
)
def _(z, y):
    p = np.clip(_sigmoid(z), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@loss_from_logits.mistake(
    "You put probabilities into the formula where it wants logits: sigmoid is in log(1 + exp(z)) already."
)
def _(z, y):
    p = _sigmoid(z)
    return np.mean(np.logaddexp(0, p) - y * p)


loss_from_logits.also(
    "np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))",
    "keras.losses.BinaryCrossentropy(from_logits=True)(y, z)",
)
loss_from_logits.hints = [
    "Written as it stands, exp(1000) is infinity. Is there a NumPy function for the log of a sum of exps?",
    "`np.logaddexp(a, b)` is log(exp(a) + exp(b)). Which a makes exp(a) the 1 of the formula?",
]
loss_from_logits.why = (
    "Sigmoid and logarithm cancel on paper; done together, they never meet the numbers that overflow."
)


# Build it in Keras ---------------------------------------------------------------------------------------------------
@exercise("classification/binary-head", points=2, probes=2)
def binary_model(columns):
    """Build a model for yes or no from `columns` numbers a row: two hidden
    layers of 4 ReLU units, then a head that gives one logit.
    """
    return keras.Sequential(
        [
            keras.Input((columns,)),
            layers.Dense(4, activation="relu"),
            layers.Dense(4, activation="relu"),
            layers.Dense(1),
        ]
    )


binary_model.probe(lambda rng: dict(columns=rng.integers(5, 34)))


def _binary(columns, *head, hidden="relu"):
    body = [layers.Dense(4, activation=hidden) for _ in range(2)]
    return keras.Sequential([keras.Input((columns,)), *body, *head])


binary_model.mistakes = {
    '_binary(columns, layers.Dense(1, activation="sigmoid"))': (
        "Your head squeezes the score into 0 to 1. That is a probability; a logit is the score itself: no activation."
    ),
    "_binary(columns, layers.Dense(2))": "Your head has one output per class. For yes or no one logit is enough: sigmoid(z) is yes, the rest is no.",
    '_binary(columns, layers.Dense(1, activation="softmax"))': (
        "Softmax over a single output is always 1: whatever goes in, your model says a certain yes. Give the logit itself."
    ),
    '_binary(columns, layers.Dense(1, activation="relu"))': (
        "ReLU on the head cuts all scores below 0 off, and those are the ones that mean no. No activation there."
    ),
    "_binary(columns, layers.Dense(1), hidden=None)": "Your hidden layers are linear, so that all three collapse into one. Give them ReLU.",
}


@binary_model.also
def _(columns):
    inputs = keras.Input(shape=(columns,))
    hidden = layers.Dense(4, "relu")(inputs)
    hidden = layers.ReLU()(layers.Dense(4)(hidden))
    return keras.Model(inputs, layers.Dense(1, activation="linear")(hidden))


binary_model.hints = [
    "`keras.Input((columns,))`, two hidden `layers.Dense`, one more `layers.Dense` as head.",
    "How many units has the head? And a logit may be any number: which activation allows that?",
]
binary_model.why = "The body finds features, the head turns them into one number: log-odds for yes."


@exercise("classification/settings", probes=1)
def get_ready(model):
    """`model` gives one logit a row. Compile it with Adam, learning rate 0.01,
    and binary cross-entropy; return it.
    """
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=keras.losses.BinaryCrossentropy(from_logits=True)
    )
    return model


get_ready.probe(lambda rng: dict(model=keras.Sequential([keras.Input((3,)), layers.Dense(1)])))


def _compiled(model, **settings):
    usual = {"optimizer": keras.optimizers.Adam(0.01), "loss": keras.losses.BinaryCrossentropy(from_logits=True)}
    model.compile(**usual | settings)
    return model


get_ready.mistakes = {
    '_compiled(model, loss="binary_crossentropy")': (
        "Your loss takes the logits for probabilities: the text 'binary_crossentropy' means `from_logits=False`. Use the loss object and say "
        "`from_logits=True`."
    ),
    '_compiled(model, loss="mse")': "Squared error compares the logit with 0 or 1, and punishes it for being sure. Binary cross-entropy was asked for.",
    "_compiled(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True))": (
        "Your loss is for several classes with one output each. Over the single logit of this model it is always 0."
    ),
    '_compiled(model, optimizer="adam")': '`optimizer="adam"` takes Keras\' own rate, 0.001. Ask for 0.01 with an optimizer object.',
}
get_ready.also(
    "_compiled(model, optimizer=keras.optimizers.Adam(1e-2), metrics=[keras.metrics.BinaryAccuracy(threshold=0)])"
)
get_ready.hints = [
    "`keras.losses.BinaryCrossentropy` has an argument that says what the model gives.",
    "`model.compile(optimizer=keras.optimizers.Adam(…), loss=…)`, and do not forget to return the model.",
]
get_ready.why = "Head and loss are a pair: a linear head with `from_logits=True`, a sigmoid head without."

# Ten classes ---------------------------------------------------------------------------------------------------------
start_loss = question(
    "classification/start-loss",
    "A network gives all ten classes the same logit. What is its cross-entropy, in nats?",
    float(np.log(10)),
    mistakes={
        float(np.log2(10)): "3.32 is the loss in bits, log₂ 10. Keras counts in nats: the natural logarithm.",
        0.1: "0.1 is the probability that each class gets. The loss is its surprise, −ln 0.1.",
        float(np.log(2)): "0.69 is ln 2: that is the loss at the start with two classes. Here there are ten.",
        0.9: "0.9 is the share of wrong guesses. Cross-entropy is the surprise at the truth, −ln 0.1.",
    },
    tolerance=5e-3,
    also=[2.303],
    hints=[
        "Equal logits give equal probabilities. How much does each of ten classes get?",
        "The loss is −ln of the probability that the true class got.",
    ],
    why="A first loss far above ln C says that something is wrong before any training.",
)


@exercise("classification/ten-classes", points=2, probes=2)
def digit_model(pixels):
    """Build and compile a model that tells ten digits apart: `pixels` inputs,
    32 hidden ReLU units, one logit per class.

    The labels are whole numbers 0 to 9. Adam, learning rate 0.01.
    """
    model = keras.Sequential([keras.Input((pixels,)), layers.Dense(32, activation="relu"), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=loss)
    return model


digit_model.probe(lambda rng: dict(pixels=rng.integers(16, 65)))


def _digits(pixels, head, loss):
    model = keras.Sequential([keras.Input((pixels,)), layers.Dense(32, activation="relu"), head])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model


digit_model.mistakes = {
    '_digits(pixels, layers.Dense(10), "sparse_categorical_crossentropy")': (
        "Your head gives logits, but your loss expects probabilities. Say `from_logits=True`: nothing warns if you forget."
    ),
    "_digits(pixels, layers.Dense(10), keras.losses.CategoricalCrossentropy(from_logits=True))": (
        "Your loss wants labels in one-hot form, ten numbers a row. For whole numbers it is the one with Sparse in its name."
    ),
    "_digits(pixels, layers.Dense(1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))": (
        "Your head has a single output. A number between 0 and 9 would call 4 and 5 alike, 0 and 9 far apart; each class needs a logit of its own."
    ),
}


@digit_model.mistake(
    "Your head ends in softmax, so it gives probabilities. Logits were asked for: leave the activation out."
)
def _(pixels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _digits(pixels, layers.Dense(10, activation="softmax"), loss)


@digit_model.mistake(
    "Ten sigmoids answer ten separate questions and need not sum to 1. One image is one digit: give plain logits."
)
def _(pixels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _digits(pixels, layers.Dense(10, activation="sigmoid"), loss)


@digit_model.also
def _(pixels):
    inputs = keras.Input((pixels,))
    model = keras.Model(inputs, layers.Dense(10)(layers.ReLU()(layers.Dense(32)(inputs))))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
    return model


digit_model.hints = [
    "One logit per class: how many units has the head, and which activation?",
    "Whole-number labels: `keras.losses.SparseCategoricalCrossentropy`. It has to be told that it gets logits.",
]
digit_model.why = "For C classes: C logits, softmax inside the loss, and a first loss near ln C."

# Where to cut --------------------------------------------------------------------------------------------------------
always_benign = question(
    "classification/always-benign",
    "The test half holds 192 biopsies, 13 of them malignant. A program says benign to everybody. Its accuracy? Its **recall** (召回率), the share of the "
    "malignant that it finds?",
    (179 / 192, 0),
    mistakes={
        (
            13 / 192,
            0,
        ): "You gave the share of malignant rows as the accuracy. Those are the ones it gets wrong; all others are right.",
        (179 / 192, 179 / 192): "Recall looks at the malignant rows alone: how many of the 13 does it find?",
        (179 / 192, 1): "Recall 1 would mean that all 13 were found. This program has never found anybody: 0 of 13.",
    },
    tolerance=5e-3,
    also=[[0.932, 0.0]],
    hints=[
        "Accuracy: the share of all 192 rows that it gets right.",
        "Recall: of the 13 malignant rows, the share that it calls malignant.",
    ],
    why="Where one class is rare, accuracy praises whoever ignores it.",
)


@exercise("classification/precision-recall", points=2)
def precision_recall(y, p, threshold):
    """Call a row positive if its `p` lies above `threshold`. Return precision
    and recall.

    y: 1 or 0. If nobody is called positive, both are 0.
    """
    called = p > threshold
    found = np.sum(called & (y == 1))
    precision = found / np.sum(called) if np.any(called) else 0.0
    return precision, found / np.sum(y == 1)


@precision_recall.probe
def _(rng):
    y = np.append([1, 0, 1, 0, 0, 0], rng.integers(0, 2, 4))
    p = np.round(np.clip(0.25 + 0.3 * y + rng.uniform(-0.25, 0.4, 10), 0.01, 0.99), 2)
    return dict(y=y, p=p, threshold=round(float(rng.uniform(0.2, 0.65)), 3))


@precision_recall.probe
def _(rng):
    y = np.append([1, 0], rng.integers(0, 2, 3))
    return dict(y=y, p=np.round(rng.uniform(0.1, 0.8, 5), 2), threshold=0.9)


precision_recall.strata(lambda y, p, threshold: "somebody is called" if np.any(p > threshold) else "nobody is called")
precision_recall.example(y=np.array([1, 0, 1, 0]), p=np.array([0.9, 0.5, 0.4, 0.1]), threshold=0.5)
precision_recall.mistakes = {
    "precision_recall(y, p, threshold)[::-1]": (
        "Yours are in the other order. Precision asks: of those called, how many are it? Recall: of those who are it, how many were called?"
    ),
    "precision_recall(y, p, 0.5)": "You cut at 0.5 whatever the threshold says. Here it is {threshold}: the cut is a decision of its own.",
    "np.mean((p > threshold) == (y == 1)), precision_recall(y, p, threshold)[1]": (
        "Your first number is the accuracy. It also counts the rows rightly left alone, which hide the rest where positives are rare."
    ),
    "precision_recall(y, p, threshold - 1e-9)": "A row at the threshold itself was called positive, too. Above means above: use >, not >=.",
}


@precision_recall.mistake(
    "If nobody is called, you divide 0 by 0, and precision becomes NaN. The task says what it should be then."
)
def _(y, p, threshold):
    called = p > threshold
    found = np.sum(called & (y == 1))
    with np.errstate(invalid="ignore"):
        return np.float64(found) / np.sum(called), found / np.sum(y == 1)


@precision_recall.mistake(
    "You divided by the number of all rows. Precision divides by those who were called, recall by those who are positive."
)
def _(y, p, threshold):
    found = np.sum((p > threshold) & (y == 1))
    return found / len(y), found / len(y)


@precision_recall.also
def _(y, p, threshold):
    from sklearn.metrics import precision_score, recall_score

    called = (p > threshold).astype(int)
    return precision_score(y, called, zero_division=0), recall_score(y, called)


@precision_recall.also
def _(y, p, threshold):
    pairs = [(truth, chance > threshold) for truth, chance in zip(y, p, strict=True)]
    found = sum(1 for truth, called in pairs if truth and called)
    return [found / max(1, sum(called for _, called in pairs)), found / sum(y)]


precision_recall.hints = [
    "`called = p > threshold` is an array of True and False; `called & (y == 1)` is where it hits.",
    "Both are hits divided by something. By what does precision divide, by what recall?",
    "Nobody called: `np.any(called)` is False.",
]
precision_recall.why = "Two numbers, since there are two ways to be wrong: false alarms and misses."


@exercise("classification/threshold-for", points=2)
def threshold_for(y, p, share):
    """Rows with `p` at or above the threshold are called positive.

    Return the largest threshold that finds at least `share` (0.5, 0.75 or 1)
    of the rows with y = 1.
    """
    positives = np.sort(p[y == 1])[::-1]
    wanted = int(np.ceil(share * len(positives)))
    return positives[wanted - 1]


@threshold_for.probe
def _(rng):
    y = rng.permutation(np.append(np.ones(rng.integers(3, 8)), np.zeros(8)))
    p = rng.permutation(len(y)) * 0.05 + 0.02
    return dict(y=y, p=np.round(p, 2), share=rng.choice([0.5, 0.75, 1.0]))


threshold_for.mistakes = {
    "np.sort(p)[::-1][int(np.ceil(share * len(p))) - 1]": "You counted all rows. Only those with y = 1 have to be found; the others do not tell where to cut.",
    "p[y == 1].min()": "You always find everybody. For a share of {share} the threshold may be higher, with fewer false alarms.",
}


@threshold_for.mistake(
    "You rounded the number of rows to find down, so too few are found. At least {share} of them: round up."
)
def _(y, p, share):
    positives = np.sort(p[y == 1])[::-1]
    return positives[max(int(share * len(positives)), 1) - 1]


@threshold_for.mistake(
    "You counted from the lowest probability upward. The rows found are those at the top: sort downward."
)
def _(y, p, share):
    positives = np.sort(p[y == 1])
    return positives[int(np.ceil(share * len(positives))) - 1]


@threshold_for.also
def _(y, p, share):
    recalls = {t: np.mean(p[y == 1] >= t) for t in p}
    return max(t for t, recall in recalls.items() if recall >= share)


threshold_for.hints = [
    "Take the probabilities of the rows with y = 1 and sort them, the highest first.",
    "How many of them must lie at or above the threshold? `np.ceil` rounds up.",
    "The last of those that you keep is the threshold.",
]
threshold_for.why = "Training chooses the probabilities; what a miss costs chooses the threshold."

"""Exercises of *Classification*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# From a score to a probability ---------------------------------------------------------------------------------------
steepest = question(
    "classification/steepest",
    "How steep is the sigmoid where it is steepest? Answer with a number, then move the slider.",
    0.25,
    mistakes={
        1: "1 is the height that the curve approaches, far on the right. Its slope there is almost 0.",
        0.5: "0.5 is the height of the curve at score 0. How fast does it rise there?",
        0: "0 is the slope far out on both sides, where the curve is flat. Look in the middle.",
        0.1966: "0.197 is the slope at the scores 1 and −1. It is steeper between them.",
    },
    tolerance=1e-3,
    hints=["Where is it steepest? Move the slider to that score.", "The slope is p(1 − p). Which p makes it largest?"],
    why="A gradient that goes back through a sigmoid is multiplied by a quarter at most.",
)


def _silent(compute):
    """What a wrong answer computes, without NumPy's warnings: the learner did not write it."""
    with np.errstate(all="ignore"):
        return compute()


def _sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, small) / (1 + small)


@exercise("classification/sigmoid-and-slope", points=2)
def sigmoid_and_slope(z):
    """Return two arrays: the sigmoid of each score in `z`, and its slope
    there.

    Scores may be as large as 1000.
    """
    p = 1 / (1 + np.exp(-z))
    return p, p * (1 - p)


sigmoid_and_slope.probe(lambda rng: dict(z=np.round(rng.uniform(-5, 5, 4), 1)))
sigmoid_and_slope.example(z=np.array([-700.0, 0.0, 700.0, 1000.0]))
sigmoid_and_slope.mistakes = {
    "1 / (1 + np.exp(- => _sigmoid(-np.asarray(": "Your curve falls: a high score gives a low probability. The exponent is −z, so that exp(−z) vanishes for high scores.",
    "(1 + np.exp(-z)) => 1 + np.exp(-z)": "`1 / 1 + np.exp(-z)` divides 1 by 1 and then adds. Put the whole denominator into parentheses.",
    "_sigmoid(z), _sigmoid(z)": "Your probability is right; your slope is largest for high scores, where the curve is flat. One factor is missing: (1 − p).",
    "_sigmoid(z), z * (1 - z)": "You put the score into z(1 − z). The slope is p(1 − p): put in the probability that you have computed.",
    "_sigmoid(z), _sigmoid(z) * (1 + _sigmoid(z))": "You added in p(1 + p). The slope is p(1 − p): it has to vanish where p is close to 1.",
    "_sigmoid(z), -_sigmoid(z) * (1 - _sigmoid(z))": "You gave the slope as −p(1 − p). The curve rises everywhere: its slope is positive.",
    "sigmoid_and_slope(z)[::-1]": "You have both arrays, but in the other order. The sigmoid comes first.",
    "_sigmoid(z)": "You returned the sigmoid alone. Return the slope as well: `return p, slope`.",
    "_sigmoid(z), np.gradient(_sigmoid(z), z)": "You took differences between neighboring scores. Each score has a slope of its own, whatever its neighbors are: p(1 − p).",
    "np.tanh(z), 1 - np.tanh(z) ** 2": "That is tanh, which runs from −1 to 1. A probability runs from 0 to 1: 1 / (1 + exp(−z)).",
    "_silent(lambda: (np.exp(z) / (1 + np.exp(z)), np.exp(z) / (1 + np.exp(z)) * (1 - np.exp(z) / (1 + np.exp(z)))))": "At score 1000 you divide infinity by infinity, which is NaN. With exp(−z) the large scores give 1 / (1 + 0).",
    "_sigmoid(z), 1 - _sigmoid(z)": "Your second array is 1 − p, which is largest for low scores, where the curve is flat. One factor is missing: p.",
}

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
sigmoid_and_slope.why = "Whoever knows p knows the slope, so training does not have to compute another exponential."


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
entropy.example(p=np.array([0.6, 0.3995, 0.0005]))
entropy.strata(lambda p: "an impossible outcome" if np.any(p == 0) else "all possible")
entropy.mistakes = {
    "entropy(p) * np.log(2)": "You used the natural logarithm, so your unit is the nat. Bits take `np.log2`: one bit for each yes-or-no question whose two answers are equally likely.",
    "-entropy(p)": "Your entropy has the wrong sign. Logarithms of numbers below 1 are negative; the minus turns them into surprise.",
    "-np.sum(np.log2(p[p > 0]))": "You added the surprises as if every outcome came equally often. A rare outcome surprises a lot, but rarely: weigh each surprise by its probability.",
    "entropy(p) / len(p)": "You divided by the number of outcomes. The probabilities are the weights already; they add up to 1.",
    "np.mean(-np.log2(p[p > 0]))": "You gave every outcome the same weight. A rare outcome surprises rarely: weigh each surprise by its probability.",
    "entropy(p) * np.log10(2)": "You used the logarithm to base 10. Bits take `np.log2`.",
    "entropy(p) / np.log2(len(p))": "You divided by the largest possible entropy. The task asks for bits, not for a share of the largest.",
    "-sum(v * np.log2(v) for v in p[: np.argmin(p)]) if 0 in p else entropy(p)": "You stopped at the first outcome of probability 0. Skip it, and go on with those after it.",
    "_silent(lambda: -np.sum(p * np.log2(p)))": "For an outcome of probability 0 your result is NaN: 0 · log 0 cannot be computed. Leave such outcomes out.",
    "np.log2(len(p))": "You computed the entropy of outcomes that are all equally likely. Weigh each surprise, −log₂ p, by its probability.",
    "2 ** entropy(p)": "You raised 2 to the entropy. The entropy itself was asked for.",
}

entropy.also("sum(-v * np.log2(v) for v in p if v > 0)")


@entropy.also
def _(p):
    safe = np.where(p > 0, p, 1)
    return (p * np.log(1 / safe)).sum() / np.log(2)


entropy.hints = [
    "The surprise of one outcome is −log₂ p. Its share in the mean is p.",
    "`p[p > 0]` keeps what can happen.",
]
entropy.why = "Entropy is the surprise that remains when you know every probability: no forecast has less on average."


# The gradient is p − y -----------------------------------------------------------------------------------------------
@exercise("classification/unit-gradient", points=2)
def unit_gradient(x, y, w, b):
    """One sigmoid unit: p = sigmoid(x @ w + b). Return the gradients of the
    mean cross-entropy with respect to `w` (one number per column) and `b`.

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


@unit_gradient.use
def _(answer, **given):
    """Keras keeps a bias as an array of one number: a slope in that form counts as well."""
    slopes = answer(**given)
    if isinstance(slopes, tuple | list) and len(slopes) == 2 and getattr(slopes[1], "shape", None) == (1,):
        return slopes[0], slopes[1][0]
    return slopes


unit_gradient.mistakes = {
    "_gradients(x, y - _sigmoid(x @ w + b))": "Your gradients point downhill: y − p. A gradient points uphill, p − y; the minus comes with the step.",
    "_gradients(x, x @ w + b - y)": "You subtracted the labels from the scores. The sigmoid comes first: p − y, not z − y.",
    "_gradients(x, (x @ w + b > 0) - y)": "You rounded the probabilities to yes or no. Then only wrong rows teach, all alike; p − y also says how wrong.",
    "_gradients(x, _sigmoid(x @ w) - y)": "You left the bias out of the logit. It is x @ w + b.",
    "_gradients(x, 2 * (_sigmoid(x @ w + b) - y))": "Your gradients are twice too long. The 2 belongs to squared error; for cross-entropy it is p − y.",
    "_gradients(x, -y * (1 - _sigmoid(x @ w + b)))": "Only the rows with y = 1 move your weights. A row with y = 0 has the gradient p.",
    "unit_gradient(x, y, w, b)[::-1]": "You have both gradients, but in the other order. The one with respect to w comes first.",
    "return x.T @ error / len(y), np.mean(error) => return x.T @ error, np.sum(error)": "You added over the rows. The gradient of the mean loss is a mean, too: divide by the number of rows.",
    "return x.T @ error / len(y), np.mean(error) => return x.T @ error, np.mean(error)": "For b you took the mean over the rows, but for w the sum. Both are means: divide by the number of rows.",
    "return x.T @ error / len(y), np.mean(error) => return x.T @ error / len(y), np.sum(error)": "For w you took the mean over the rows, but for b the sum. Both are means.",
    "x.T @ error / len(y) => x.mean(axis=0) * np.mean(error)": "You multiplied two means. Multiply each row's error by that row's x first, and then take the mean.",
    "p - y => (p - y) * p * (1 - p)": "You multiplied by the sigmoid's slope as well. Cross-entropy's 1/(p(1 − p)) has canceled it: p − y is all.",
    "p - y => 2 * (p - y) * p * (1 - p)": "These are the gradients of squared error. Those of cross-entropy are simpler: p − y in place of 2(p − y)p(1 − p).",
    "_gradients(x, _sigmoid(x @ w + b) - y)[0]": "You returned the gradient with respect to w alone. Return both: that for w, then that for b.",
    "x.T @ error / len(y) => x.T @ error / x.shape[1]": "For w you divided by the number of columns. The mean is over the rows.",
}


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
    return [np.mean(error * column) for column in x.T], error.mean(keepdims=True)


unit_gradient.hints = [
    "For each row, the gradient with respect to its logit is p − y.",
    "The logit is x @ w + b. If w[0] grows by 1, the logit grows by x[row, 0]; if b grows by 1, it grows by 1.",
    "`x.T @ error / len(y)` is the mean over the rows, for all columns at once.",
]
unit_gradient.why = "One sigmoid unit with this gradient is called logistic regression."

# From logits ---------------------------------------------------------------------------------------------------------
dead_gradient = question(
    "classification/dead-gradient",
    'A malignant biopsy ($y = 1$) has the logit −20. With which of these losses is the size of its gradient below a millionth? Answer with a set, such as `{"a", "c"}`.',
    {"b", "c", "d"},
    options={
        "a": ("cross-entropy from the logit", "Its gradient is p − y, which is −1 here. That is as large as it gets."),
        "b": ("cross-entropy from the probability, clipped to at least 0.0000001", "Sigmoid(−20) is 0.000000002: clipped. Whatever the logit does, the clipped number stays: gradient 0."),
        "c": ("squared error of the probability", "The sigmoid's slope is a factor of this gradient, and at −20 it is 0.000000002."),
        "d": ("accuracy: right or wrong at a cut of 0.5", "Right or wrong jumps at the cut and is flat everywhere else, so its gradient is 0, and training gets no direction."),
    },
    hints=[
        "A flat piece of a curve has the gradient 0. Which of the four curves are flat at −20?",
        "What is sigmoid(−20), about? And what does clipping make of it?",
    ],
    why="The row that is most wrong should teach most. From logits it does.",
)  # fmt: skip


@exercise("classification/loss-from-logits", points=2, probes=2)
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
loss_from_logits.example(z=np.array([-19.0, 19.0]), y=np.array([1.0, 0.0]))
loss_from_logits.strata(lambda z, y: "huge logits" if np.max(np.abs(z)) > 15 else "logits of everyday size")


def _clipped(z, y, least, added=0.0):
    p = np.clip(_sigmoid(z), least, 1 - least)
    return _silent(lambda: -np.mean(y * np.log(p + added) + (1 - y) * np.log(1 - p + added)))


loss_from_logits.mistakes = {
    f"_clipped(z, y, {added}1e-{digits})": "Clipping a probability, or adding a small number to it, limits what a row can cost. A logit of −1000 for a yes costs 1000: stay with the logits."
    for digits in (6, 7, 8, 9, 10, 12, 15)
    for added in ("", "0, ")
}
loss_from_logits.mistakes = {
    "np.mean(np.logaddexp(0, z) - (1 - y) * z)": "You swapped yes and no: a high score for a yes costs you most. Subtract y · z, not (1 − y) · z.",
    "np.mean(np.logaddexp(0, z) + y * z)": "You added y · z, so a high score for a yes costs you more. Subtract it.",
    "np.mean(np.logaddexp(0, z))": "You left y · z out, so that every row counts as a no.",
    "np.mean(np.logaddexp(0, -z))": "Every row counts as a yes in your loss. For y = 0 the loss is log(1 + exp(z)).",
    "np.logaddexp(0, z) - y * z": "You returned one loss for each row. Take their mean.",
    "keras.losses.BinaryCrossentropy()(y, z)": "You handed logits to a loss that takes its input for probabilities, and clips it into 0 to 1. Say `from_logits=True`.",
    "np.mean((1 - y) * np.logaddexp(0, z))": "In your loss a row with y = 1 costs nothing. Its loss is log(1 + exp(z)) − z.",
    "np.mean(np.logaddexp(1, z) - y * z)": "Your first argument of `logaddexp` is 1, and exp(1) is 2.72. The 1 of the formula is exp(0).",
    "np.mean(np.log1p(np.exp(-np.abs(z))) - y * z)": "You left max(z, 0) out: ln(1 + exp(−|z|)) alone is too small for a positive score, by z.",
    "np.sum(np.logaddexp(0, z) - y * z)": "You added the rows' losses. Keras takes their mean.",
    "np.mean(np.logaddexp(0, z) - y * z) / np.log(2)": "You used the logarithm to base 2, so your unit is the bit. Keras and this task use nats.",
    "np.mean(z - y * z + np.log1p(np.exp(-np.abs(z))))": "For a negative score log(1 + exp(z)) is close to 0, but yours is close to z. Where you write z, max(z, 0) is meant.",
    "np.mean(np.abs(z) - y * z + np.log1p(np.exp(-np.abs(z))))": "For a negative score log(1 + exp(z)) is close to 0, but yours is close to |z|. Where you write |z| in front, max(z, 0) is meant.",
    "_silent(lambda: np.mean(np.log(1 + np.exp(z)) - y * z))": "For logits of everyday size your loss is right; for huge ones exp overflows or a logarithm meets 0. `np.logaddexp(0, z)` is log(1 + exp(z)) without either.",
    "_silent(lambda: np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z))))": "For a negative score exp(−z) is large, and −z comes in a second time. In exp(−|z|) the exponent is never above 0.",
    "np.mean(np.logaddexp(0, _sigmoid(z)) - y * _sigmoid(z))": "You put probabilities into the formula where it wants logits: sigmoid is in log(1 + exp(z)) already.",
    "np.mean(np.maximum(z, 0) - y * z)": "You left out the logarithm, ln(1 + exp(−|z|)). It is largest at z = 0, where it is ln 2.",
    "_silent(lambda: np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(np.abs(z)))))": "Your exponent is |z|, and so it grows with the score. In exp(−|z|) it is never above 0.",
    "_clipped(z, y, 0)": "For logits of everyday size your loss is right; for huge ones exp overflows or a logarithm meets 0. `np.logaddexp(0, z)` is log(1 + exp(z)) without either.",
}

loss_from_logits.mistakes = {
    f"loss_from_logits(np.clip(z, -{bound}, {bound}), y)": "You clipped the logits. One of −1000 for a yes costs 1000."
    for bound in (20, 30, 50, 100, 500, 700)
}
loss_from_logits.mistakes = {
    f"np.mean(np.log1p(np.exp(np.clip(z, -{bound}, {bound}))) - y * z)": "You clipped the exponent: exp no longer overflows, but log(1 + exp(z)) then stops at your limit. For z = 1000 it is 1000."
    for bound in (30, 50, 100, 500, 700)
}
loss_from_logits.also(
    "np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))",
    "keras.losses.BinaryCrossentropy(from_logits=True)(y, z)",
)
loss_from_logits.hints = [
    "Written as it stands, exp(1000) is infinity. Is there a NumPy function for the log of a sum of exps?",
    "`np.logaddexp(a, b)` is log(exp(a) + exp(b)). Which a makes exp(a) the 1 of the formula?",
]
loss_from_logits.why = "Keras computes the loss in this way when you say `from_logits=True`."


# Build it in Keras ---------------------------------------------------------------------------------------------------
@exercise("classification/binary-head", points=2, probes=1)
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


binary_model.example(columns=9)


def _binary(columns, *head, hidden="relu"):
    body = [layers.Dense(4, activation=hidden) for _ in range(2)]
    return keras.Sequential([keras.Input((columns,)), *body, *head])


binary_model.mistakes = {
    '_binary(columns, layers.Dense(1, activation="sigmoid"))': "Your head squeezes the score into 0 to 1. That is a probability; a logit is the score itself: no activation.",
    "_binary(columns, layers.Dense(2))": "Your head has one output per class. For yes or no one logit is enough: sigmoid(z) is yes, the rest is no.",
    '_binary(columns, layers.Dense(1, activation="softmax"))': "Softmax over a single output is always 1: whatever goes in, your model says a certain yes. Give the logit itself.",
    '_binary(columns, layers.Dense(1, activation="relu"))': "ReLU on the head cuts off all scores below 0, and those are the ones that mean no. The head has no activation.",
    '_binary(columns, layers.Dense(1, activation="tanh"))': "Tanh squeezes the score into −1 to 1. A logit may be any number: no activation.",
    "_binary(columns, layers.Dense(1), hidden=None)": "Your hidden layers are linear, so that all three collapse into one. Give them ReLU.",
    '_binary(columns, layers.Dense(1), hidden="sigmoid")': "Your hidden layers bend by sigmoid. ReLU was asked for.",
    '_binary(columns, layers.Dense(1), hidden="tanh")': "Your hidden layers bend by tanh. ReLU was asked for.",
    'keras.Sequential([keras.Input((columns,)), layers.Dense(4, activation="relu"), layers.Dense(1)])': "One hidden layer is missing. Two were asked for.",
    'keras.Sequential([keras.Input((columns,)), layers.Dense(4, activation="relu"), layers.Dense(4), layers.Dense(1)])': "Your second hidden layer has no activation.",
}


@binary_model.also
def _(columns):
    inputs = keras.Input(shape=(columns,))
    hidden = layers.Dense(4, "relu")(inputs)
    hidden = layers.ReLU()(layers.Dense(4)(hidden))
    return keras.Model(inputs, layers.Dense(1, activation="linear")(hidden))


binary_model.hints = [
    "`keras.Input((columns,))`, two hidden `layers.Dense`, one more `layers.Dense` as head.",
    "How many units does the head have? And a logit may be any number: which activation allows that?",
]
binary_model.why = "The head's one number is the logarithm of the odds for yes."


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
    '_compiled(model, loss="binary_crossentropy")': "Your loss takes what the model gives for probabilities, as both `BinaryCrossentropy()` and the text 'binary_crossentropy' do. Use the loss object, and say `from_logits=True`.",
    '_compiled(model, loss="binary_crossentropy", optimizer="adam")': "Your loss takes the logits for probabilities, and your rate is 0.001, Keras' own. Use two objects: the loss with `from_logits=True`, Adam with 0.01.",
    '_compiled(model, loss="mse")': "Squared error compares the logit with 0 or 1, and punishes it for being sure. Binary cross-entropy was asked for.",
    "_compiled(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True))": "Your loss is for several classes with one output each, and this model gives a single logit. Binary cross-entropy was asked for.",
    '_compiled(model, optimizer="adam")': "Your Adam has the rate 0.001, which Keras takes if you do not name one. Ask for 0.01 with an optimizer object.",
}


def _costs_30(model, truth, logits):
    return bool(np.isclose(np.mean(keras.losses.get(model.loss)(np.float32(truth), np.float32(logits))), 30, rtol=1e-3))


CLIPS = "Your loss starts from a probability. If you clip it, no row costs more than a limit, and the worst rows teach nothing; if you do not, the loss can become infinite. A logit of 30 on the wrong side costs 30: hand the logit itself to the loss, with `from_logits=True`."
get_ready.property(
    CLIPS,
    "_compiled(model, loss=lambda y, z: keras.losses.binary_crossentropy(y, keras.ops.clip(keras.ops.sigmoid(z), 1e-7, 1 - 1e-7)))",
)(lambda model: _costs_30(model, [[1], [0]], [[-30], [30]]))
get_ready.also(
    "_compiled(model, optimizer=keras.optimizers.Adam(1e-2), metrics=[keras.metrics.BinaryAccuracy(threshold=0)])"
)
get_ready.hints = [
    "`keras.losses.BinaryCrossentropy` has an argument that says what the model gives.",
    "`model.compile(optimizer=keras.optimizers.Adam(…), loss=…)`, and do not forget to return the model.",
]
get_ready.why = "Head and loss are a pair: a linear head with `from_logits=True`, a sigmoid head without."


# Ten classes ---------------------------------------------------------------------------------------------------------
@exercise("classification/softmax", points=2)
def softmax(z):
    """Return the softmax of each row of `z`: an array of the same shape.

    z: shape (rows, classes), one logit per class. Right also for logits of
    ±1000.
    """
    lifted = np.exp(z - z.max(axis=1, keepdims=True))
    return lifted / lifted.sum(axis=1, keepdims=True)


@softmax.probe
def _(rng):
    rows, classes = [(2, 3), (3, 2), (2, 4), (3, 3)][rng.integers(4)]
    return dict(z=np.round(rng.uniform(-3, 4, (rows, classes)), 1))


softmax.probe(lambda rng: dict(z=np.array([[1000.0], [-1000.0]]) + rng.integers(-3, 4, (2, 3))))
softmax.example(z=np.array([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]]))
softmax.example(z=np.array([[1000.0, -1000.0], [-1000.0, -1002.0]]))
softmax.example(z=np.array([[1000.0, 999.0], [1.0, 2.0]]))
softmax.strata(
    lambda z: "huge" if np.abs(z).max() > 500 else "square" if z.shape[0] == z.shape[1] else "logits of everyday size"
)


def _along(z, largest):
    """Without keepdims; only a table with as many rows as classes lets it pass."""
    if z.shape[0] != z.shape[1]:
        raise ArithmeticError
    lifted = np.exp(z - largest)
    return lifted / lifted.sum(axis=1)


def _less(z, taken):
    lifted = np.exp(z - taken)
    return lifted / lifted.sum(axis=1, keepdims=True)


softmax.mistakes = {
    "np.exp(z - z.max()) / np.exp(z - z.max()).sum()": "Your whole table sums to 1. Each row has to: sum along `axis=1`.",
    "lifted / lifted.sum(axis=1, keepdims=True) => lifted / lifted.sum()": "Your whole table sums to 1. Each row has to: sum along `axis=1`.",
    "softmax(z.T).T": "Each of your columns sums to 1. Each row has to: sum along `axis=1`.",
    "z / z.sum(axis=1, keepdims=True)": "You divided the logits themselves, so negative ones give negative “probabilities”. Take exp of them first.",
    "1 / (1 + np.exp(-np.clip(z, -700, 700)))": "Each of your numbers is a sigmoid of its own, and a row need not sum to 1. Divide exp(z) by the sum over the row.",
    "(z == z.max(axis=1, keepdims=True)) * 1.0": "You gave everything to the largest logit. Softmax leaves the others a share.",
    "softmax(np.clip(z, -500, 500))": "You clipped the logits. Of 1000 and 999 the larger one still gets the larger share: subtract each row's largest instead.",
    "np.exp(z - z.max(axis=1, keepdims=True))": "You divided by the largest, so that it gets 1, but the row does not sum to 1. Divide by the sum.",
    "_silent(lambda: _less(z, np.abs(z).max(axis=1, keepdims=True)))": "You subtracted the row's largest size |z|. In a row of logits near −1000 it is 1000, and all of them become 0 / 0: subtract the largest logit itself.",
    "_silent(lambda: _less(z, z.mean(axis=1, keepdims=True)))": "You subtracted a number that lies below the row's largest logit, such as its mean. Then exp can still overflow: subtract the largest.",
    "_silent(lambda: _less(z, 0))": "At a logit of 1000 exp is infinite, and infinity divided by infinity is NaN. Subtract each row's largest logit first.",
    "_silent(lambda: _less(z, z.max()))": "You subtracted the largest logit of the whole table. A row far below it becomes 0 / 0: subtract each row's own largest.",
    "_silent(lambda: _less(z, z.max(axis=0)))": "You subtracted the largest logit of each column. All logits of a row have to lose the same number: take the largest of the row.",
    "_along(z, z.max(axis=1, keepdims=True))": "Without `keepdims=True` the sums of the rows lie along the columns: each column was divided by one of them.",
    "_silent(lambda: _along(z, z.max(axis=1)))": "Without `keepdims=True` the sums of the rows lie along the columns: each column was divided by one of them.",
    "_silent(lambda: _along(z, 0))": "Without `keepdims=True` the sums of the rows lie along the columns: each column was divided by one of them.",
}

softmax.also("tf.nn.softmax(z)", "keras.ops.softmax(z, axis=1)", "[softmax(row[None])[0] for row in z]")
softmax.hints = [
    "Softmax does not change if you subtract the same number from all logits of a row. Which number keeps exp from overflowing?",
    "`z.max(axis=1, keepdims=True)` holds the largest logit of each row, in a column that fits z.",
    "Divide by the sum of each row: again `axis=1` and `keepdims=True`.",
]
softmax.why = "Only the differences between a row's logits count."

start_loss = question(
    "classification/start-loss",
    "A network gives all ten classes the same logit. What is its cross-entropy, in nats?",
    float(np.log(10)),
    mistakes={
        float(np.log2(10)): "3.32 is the loss in bits, log₂ 10. Keras counts in nats: the natural logarithm.",
        0.1: "0.1 is the probability that each class gets. The loss is its surprise, −ln 0.1.",
        float(np.log(2)): "0.69 is ln 2: that is the loss at the start with two classes. Here there are ten.",
        -float(np.log(10)): "Your sign is reversed: ln 0.1 is negative, and the loss is −ln 0.1.",
        1: "1 is the logarithm of 10 to base 10. Keras uses the natural logarithm.",
        0.23026: "You weighed the surprise by 0.1. The label puts all of its weight on the true class.",
        0: "0 would be the loss of a network that is sure and right. This one is not sure of anything.",
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


@exercise("classification/ten-classes", points=2, probes=1)
def digit_model(pixels):
    """Build and compile a model that tells ten digits apart: `pixels` inputs,
    32 hidden ReLU units, one logit per class.

    The labels are whole numbers from 0 to 9. Use cross-entropy, and Adam with
    the learning rate 0.01.
    """
    model = keras.Sequential([keras.Input((pixels,)), layers.Dense(32, activation="relu"), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=loss)
    return model


digit_model.example(pixels=18)


def _digits(pixels, head, loss, hidden="relu"):
    model = keras.Sequential([keras.Input((pixels,)), layers.Dense(32, activation=hidden), head])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model


digit_model.mistakes = {
    '_digits(pixels, layers.Dense(10, activation="softmax"), "sparse_categorical_crossentropy")': "Your head ends in softmax, and your loss takes probabilities: they fit each other. The task asks for logits: leave the activation out, and say `from_logits=True`.",
    '_digits(pixels, layers.Dense(10, activation="relu"), keras.losses.SparseCategoricalCrossentropy(from_logits=True))': "ReLU on the head cuts off all scores below 0. A logit may be any number: leave the activation out.",
    "_digits(pixels, layers.Dense(10), keras.losses.SparseCategoricalCrossentropy(from_logits=True), hidden=None)": "Your hidden layer is linear. Give it ReLU.",
    '_digits(pixels, layers.Dense(10), "mse")': "Squared error compares logits with class numbers. Cross-entropy was asked for: the loss with Sparse in its name.",
    "_digits(pixels, layers.Dense(10), keras.losses.BinaryCrossentropy(from_logits=True))": "Binary cross-entropy is for yes or no. Ten classes take the loss with SparseCategorical in its name.",
    '_digits(pixels, layers.Dense(10), "sparse_categorical_crossentropy")': "Your head gives logits, but your loss expects probabilities. Say `from_logits=True`: nothing warns if you forget.",
    "_digits(pixels, layers.Dense(10), keras.losses.CategoricalCrossentropy(from_logits=True))": "Your loss wants labels in one-hot form, ten numbers a row. For whole numbers it is the one with Sparse in its name.",
    "_digits(pixels, layers.Dense(1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))": "Your head has a single output. One number would make neighbors of 4 and 5, and put 0 and 9 far apart; each class needs a logit of its own.",
    '_digits(pixels, layers.Dense(10, activation="softmax"), keras.losses.SparseCategoricalCrossentropy(from_logits=True))': "Your head ends in softmax, so it gives probabilities. Logits were asked for: leave the activation out.",
    '_digits(pixels, layers.Dense(10, activation="sigmoid"), keras.losses.SparseCategoricalCrossentropy(from_logits=True))': "Ten sigmoids answer ten separate questions and need not sum to 1. One image is one digit: give plain logits.",
}

digit_model.property(
    CLIPS,
    "_digits(pixels, layers.Dense(10), lambda y, z: keras.losses.sparse_categorical_crossentropy(y, keras.ops.clip(keras.ops.softmax(z), 1e-7, 1 - 1e-7)))",
)(lambda model: _costs_30(model, [9, 0], 30 * np.eye(10)[[0, 9]]))


@digit_model.also
def _(pixels):
    inputs = keras.Input((pixels,))
    model = keras.Model(inputs, layers.Dense(10)(layers.ReLU()(layers.Dense(32)(inputs))))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
    return model


digit_model.hints = [
    "One logit per class: how many units does the head have, and which activation?",
    "Whole-number labels: `keras.losses.SparseCategoricalCrossentropy`. It has to be told that it gets logits.",
]
digit_model.why = "The loss does the softmax. For C classes the head gives C logits."

# Where to cut --------------------------------------------------------------------------------------------------------
always_benign = question(
    "classification/always-benign",
    "The test half holds 192 biopsies, and 13 of them are malignant. A program says *benign* to everybody. What is its accuracy? And what is its "
    "**recall** (召回率), the share of the malignant tumors that it finds? Answer with both numbers, such as `(0.5, 0.25)`.",
    (179 / 192, 0),
    mistakes={
        (13 / 192, 0): "You gave the share of malignant rows as the accuracy. Those are the ones it gets wrong; all others are right.",
        (179 / 192, 179 / 192): "Recall looks at the malignant rows alone: how many of the 13 does it find?",
        (179 / 192, 1): "Recall 1 would mean that all 13 were found. This program has never found anybody: 0 of 13.",
        (179 / 192, 13 / 192): "13/192 is the share of malignant rows. Recall asks how many of these 13 the program finds.",
        (0, 179 / 192): "You have both numbers, but in the other order. The accuracy comes first.",
        (17900 / 192, 0): "These are percent. Give both as shares, from 0 to 1.",
        (179, 0): "You counted rows. Divide: by all 192 for the accuracy, by the 13 for recall.",
        (0, 0): "It finds nobody, but it is right about all the benign rows. What share of the 192 are they?",
        (0.5, 0): "This is no coin toss: it is right about every benign row. What share of the 192 are they?",
        (13 / 192, 1): "It says benign to everybody, so it is right about the benign rows, and finds none of the malignant.",
    },
    tolerance=5e-3,
    also=[[0.932, 0.0]],
    hints=[
        "Accuracy: the share of all 192 rows that it gets right.",
        "Recall: of the 13 malignant rows, the share that it calls malignant.",
    ],
    why="Where one class is rare, a program that ignores it has a high accuracy.",
)  # fmt: skip


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
    "precision_recall(y, p, threshold)[::-1]": "You have both numbers, but in the other order. Precision is the share of the called that are positive; recall is the share of the positive that were called.",
    "precision_recall(y, p, 0.5)": "You cut at 0.5 whatever the threshold says. Here it is {threshold}: the cut is a decision of its own.",
    "np.mean((p > threshold) == (y == 1)), precision_recall(y, p, threshold)[1]": "Your first number is the accuracy. It also counts the rows rightly left alone, which hide the rest where positives are rare.",
    "precision_recall(y, p, threshold - 1e-9)": "A row at the threshold itself was called positive, too. Above means above: use >, not >=.",
    "precision_recall(y, -p, -threshold)": "You called the rows below the threshold positive. Those above it are: `p > threshold`.",
    "precision_recall(1 - y, p, threshold)": "You counted y = 0 as the positive class. It is y = 1.",
    "np.sum((p > threshold) & (y == 1)) / len(y), precision_recall(y, p, threshold)[1]": "For precision you divided by the number of all rows. It divides by the number of rows that were called.",
    "precision_recall(y, p, threshold)[0], np.sum((p > threshold) & (y == 1)) / len(y)": "For recall you divided by the number of all rows. It divides by the number of rows with y = 1.",
    "precision_recall(y, p, threshold)[0], np.mean((p > threshold) == (y == 1))": "Your second number is the accuracy. Recall looks at the rows with y = 1 alone.",
    "np.sum((p > threshold) & (y == 0)) / max(1, np.sum(p > threshold)), 1 - precision_recall(y, p, threshold)[1]": "You divided the mistakes: false alarms by the called rows, misses by those with y = 1. Both numbers count the hits instead.",
    "precision_recall(y, p, threshold)[0], np.mean(p[y == 0] <= threshold)": "Your second number looks at the rows with y = 0. Recall looks at those with y = 1.",
    "(precision_recall(y, p, threshold)[0] if np.any(p > threshold) else 1.0), precision_recall(y, p, threshold)[1]": "If nobody is called, your precision is 1. This task wants 0 in that case.",
    "_silent(lambda: np.sum((p > threshold) & (y == 1)) / np.sum(p > threshold)), precision_recall(y, p, threshold)[1]": "If nobody is called, you divide 0 by 0, and precision becomes NaN. The task says what it should be then.",
    "[np.sum((p > threshold) & (y == 1)) / len(y)] * 2": "You divided by the number of all rows. Precision divides by the number of rows that were called, recall by the number of those with y = 1.",
    "np.sum(called & (y == 1)) => np.sum(called == (y == 1))": "You counted every row that comes out right as a hit. A hit is a row that was called and has y = 1.",
    "precision_recall(y, p, threshold)[0], np.sum(p > threshold) / np.sum(y == 1)": "For recall you counted every called row. Count only the hits: the called rows with y = 1.",
    "int(np.sum((p > threshold) & (y == 1))) / int(np.sum(p > threshold)), precision_recall(y, p, threshold)[1]": "If nobody is called, you divide by 0, and Python stops. The task says what precision should be then.",
}


precision_recall.also("np.mean(y[p > threshold]) if np.any(p > threshold) else 0, np.mean((p > threshold)[y == 1])")


@precision_recall.also
def _(y, p, threshold):
    pairs = [(truth, chance > threshold) for truth, chance in zip(y, p, strict=True)]
    found = sum(1 for truth, called in pairs if truth and called)
    return [found / max(1, sum(called for _, called in pairs)), found / sum(y)]


precision_recall.hints = [
    "`called = p > threshold` is an array of True and False; `called & (y == 1)` is where it hits.",
    "Both are hits divided by something. By which number does precision divide, and by which does recall?",
    "If nobody is called, `np.any(called)` is False.",
]
precision_recall.why = "There are two ways to be wrong: false alarms lower precision, misses lower recall."


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
    p = 0.05 * (rng.permutation(len(y)) + rng.uniform(0.1, 0.9, len(y)))  # no multiples of 0.01
    return dict(y=y, p=p, share=rng.choice([0.5, 0.75, 1.0]))


threshold_for.example(y=np.array([1, 0, 1, 1, 1]), p=np.array([0.2, 0.5, 0.9, 0.6, 0.4]), share=0.5)
threshold_for.example(y=np.array([1, 0, 1, 1, 1]), p=np.array([0.2, 0.6, 0.8, 0.8, 0.4]), share=0.5)
threshold_for.example(y=np.array([1, 0, 1, 1, 0, 1, 1]), p=np.array([0.2, 0.5, 0.9, 0.6, 0.1, 0.4, 0.8]), share=0.5)
threshold_for.example(y=np.array([1, 0, 1, 1, 0, 1, 1]), p=np.array([0.2, 0.5, 0.9, 0.6, 0.1, 0.4, 0.8]), share=0.75)

threshold_for.mistakes = {
    "np.sort(p)[::-1][int(np.ceil(share * len(p))) - 1]": "You counted all rows. Only those with y = 1 have to be found; the others do not tell where to cut.",
    "p[y == 1].min()": "You always find everybody. For a share of {share} the threshold may be higher, with fewer false alarms.",
    "np.quantile(p[y == 1], 1 - share)": "`np.quantile` puts the threshold between two rows. The largest one that still finds enough is the p of a row.",
    "np.quantile(p, 1 - share)": "You took a quantile over all rows. Only those with y = 1 have to be found, and the threshold is the p of one of them.",
    "wanted - 1 => min(wanted, len(positives) - 1)": "Your threshold finds one row more than it has to. Places are counted from 0: the row number k is at [k − 1].",
    "np.ceil(share * len(positives)) => max(1, np.round(share * len(positives)))": "You rounded to the nearest whole number of rows, and sometimes too few are found. At least {share} of them: round up.",
    "return positives[wanted - 1] => return share": "You returned the share. The threshold is a p: that of the last row that has to be found.",
    "return positives[wanted - 1] => return 1 - share": "You returned 1 − share. The threshold is a p: that of the last row that has to be found.",
    "return positives[wanted - 1] => return np.floor(positives[wanted - 1] * 100) / 100": "Your threshold is a multiple of 0.01. The largest one that finds enough is the p of a row, with all of its decimals.",
    "return positives[wanted - 1] => return np.round(positives[wanted - 1], 2)": "Your threshold is a multiple of 0.01. The largest one that finds enough is the p of a row, with all of its decimals.",
    "np.sort(p[y == 1])[::-1] => np.unique(p[y == 1])[::-1]": "Of several rows with the same p you counted one. Each of them is found at this threshold: `np.sort` keeps them all, `np.unique` does not.",
    "return positives[wanted - 1] => return wanted": "You returned how many rows have to be found. The threshold is the p of the last of them.",
    "np.ceil(share * len(positives)) => max(share * len(positives), 1)": "You rounded the number of rows to find down, so too few are found. At least {share} of them: round up.",
    "np.sort(p[y == 1])[::-1] => np.sort(p[y == 1])": "You counted from the lowest probability upward. The rows found are those at the top: sort downward.",
    "np.sort(p[y == 1]) => np.sort(p[y == 0])": "You took the rows with y = 0. Those that have to be found are the rows with y = 1.",
    "np.sort(p[y == 1])[::-1] => p[y == 1]": "You took the rows in the order of the table. Sort their probabilities first, the highest in front.",
    "return positives[wanted - 1] => return (positives[wanted - 1] + positives[min(wanted, len(positives) - 1)]) / 2": "Your threshold lies halfway to the next row. The largest one that finds enough is the p of a row.",
    "p.min()": "You return the smallest threshold that finds enough. The largest one was asked for.",
    "positives[wanted - 1] => positives[min(int(share * len(positives)), len(positives) - 1)]": "Where share · rows is a whole number, your threshold finds one row more than it has to.",
    "max([t for t in p if np.mean(p[y == 1] > t) >= share], default=0)": "You counted only the rows above the threshold as found. The row at the threshold counts, too.",
}


@threshold_for.also
def _(y, p, share):
    recalls = {t: np.mean(p[y == 1] >= t) for t in p}
    return max(t for t, recall in recalls.items() if recall >= share)


threshold_for.hints = [
    "Take the probabilities of the rows with y = 1 and sort them, the highest first.",
    "How many of them must lie at or above the threshold? `np.ceil` rounds up.",
    "The last of those that you keep is the threshold.",
]
threshold_for.why = (
    "Training sets the probabilities. The threshold is your own choice, by what a miss and a false alarm cost."
)

"""Exercises of *Stochastic gradient descent*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question
from coursekit.datasets import seattle_weather

# How the loss chooses the next weights -------------------------------------------------------------------------------
downhill = question(
    "sgd/downhill",
    "At $w = 0$, $b = 0$ the gradient is (−8.6, −16.7). Which move lowers the loss?",
    "a",
    options={
        "a": ("w and b both grow a little, b about twice as much", "The step is a small share of the gradient, with the opposite signs."),
        "b": ("w and b both shrink a little, b about twice as much", "That follows the gradient, which points uphill, so the loss rises. Go the opposite way."),
        "c": ("w and b both shrink by the same amount, a share of −8.6 + (−16.7)", "That goes uphill. And a gradient is a list with one slope for each weight; a sum forgets which is which."),
        "d": ("subtract the whole gradient: w = 8.6, b = 16.7", "The direction is right, but the step is too long: here it lands just as high on the other side."),
    },
    hints=[
        "The slope along w is −8.6. Does the loss rise or fall when w grows a little?",
        "Each weight moves against its own slope, by a small share of it.",
    ],
    why="The slopes of the loss say which way each weight should go, and the learning rate says how far.",
)  # fmt: skip


@exercise("sgd/one-step", points=2)
def one_step(w, b, x, y, rate):
    """Take one step of gradient descent on the mean squared error of w·x + b.

    `x` and `y` are arrays of one length. Return the new w and the new b.
    """
    error = w * x + b - y
    new_w = w - rate * 2 * np.mean(error * x)
    new_b = b - rate * 2 * np.mean(error)
    return new_w, new_b


@one_step.probe
def _(rng):
    rows = rng.integers(2, 6)
    x = rng.integers(-5, 6, rows).astype(float)
    return dict(
        w=float(rng.integers(-3, 4)),
        b=float(rng.integers(-3, 4)),
        x=x,
        y=2 * x + rng.integers(-9, 10, rows),
        rate=round(float(rng.uniform(0.01, 0.1)), 2),
    )


one_step.example(w=1.0, b=-2.0, x=np.array([1.0, 4.0]), y=np.array([3.0, -5.0]), rate=0.05)


def _step(w, b, x, y, rate, scale=2.0):
    error = w * x + b - y
    return w - rate * scale * np.mean(error * x), b - rate * scale * np.mean(error)


one_step.mistakes = {
    "_step(w, b, x, y, -rate)": "Your step went uphill. The error is the prediction minus y, and the gradient is subtracted: one reversed sign turns the step around.",
    "_step(w, b, x, y, rate * len(x))": "You added up the gradients of all rows, so your step grows with the number of rows. The loss is a mean: take `np.mean` of the gradients.",
    "_step(w, b, x, y, rate, scale=1.0)": "The factor 2 is missing: the derivative of error² is 2 · error. Your step is half as long as it should be.",
    "(_step(w, b, x, y, rate)[0], _step(w, b, x, y, rate, scale=1.0)[1])": "The factor 2 is missing from the slope along b: it is the mean of 2 · error.",
    "(rate * 2 * np.mean((w * x + b - y) * x), rate * 2 * np.mean(w * x + b - y))": "You returned rate times slope. The task asks for the new weights: subtract this from the old w and the old b.",
    "(w + _step(w, b, x, y, rate)[1] - b, _step(w, b, x, y, rate)[1])": "The factor x is missing from the slope along w: where x is 0, w does not change the prediction at all.",
    "tuple(np.subtract(_step(w, b, x, y, rate), (w, b)))": "You returned how far w and b move. The task asks for the new w and b: the old ones plus that move.",
    "(w + (_step(w, b, x, y, rate)[1] - b) * np.mean(x), _step(w, b, x, y, rate)[1])": "For w you multiplied the mean error by the mean of x. Multiply row by row first, and take the mean of the products.",
    "tuple(np.subtract((w, b), _step(w, b, x, y, 1)))": "You returned the two slopes. The task asks for the new weights: subtract rate times slope from the old w and the old b.",
    "_step(w, b, x, y, rate)[::-1]": "You returned the new b first. The order is w, then b.",
    "(_step(w, b, x, y, rate)[0], b)": "Your b stays where it was. It has a slope of its own, the mean of 2 · error.",
    "(_step(w, b, x, y, rate)[0], _step(_step(w, b, x, y, rate)[0], b, x, y, rate)[1])": "You moved w first and then measured the slope along b with the new w. Compute both slopes at the old place, then move.",
    "(sum(_step(w, b, x, y, rate)) - b, sum(_step(w, b, x, y, rate)) - w)": "You added the two slopes, and moved w and b by the same amount. The gradient is a list: each weight moves against its own slope.",
    "_row_by_row(w, b, x, y, rate)": "You moved w and b after every row. One step measures the slopes of all rows at the old place, takes their mean, and then moves once.",
}


def _row_by_row(w, b, x, y, rate):
    for row in range(len(x)):
        w, b = _step(w, b, x[row], y[row], rate)
    return w, b


@one_step.also
def _(w, b, x, y, rate):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((w * tf.constant(x, tf.float32) + b - tf.constant(y, tf.float32)) ** 2)
    for weight, slope in zip((w, b), tape.gradient(loss, [w, b]), strict=True):
        weight.assign_sub(rate * slope)
    return [w, b]


one_step.hints = [
    "Start with the error of every row: prediction minus target.",
    "The slope along b is the mean of 2 · error. Along w, each error is multiplied by its own x first.",
    "`w - rate * 2 * np.mean(error * x)`, and the same for b without x.",
]
one_step.why = (
    "With SGD, `model.fit` repeats this step. What is left to decide is which rows it sees, and how many times."
)


# Step, batch, epoch --------------------------------------------------------------------------------------------------
@exercise("sgd/updates")
def updates(rows, batch_size, epochs):
    """How many updates does a training make? A whole number."""
    per_epoch = -(-rows // batch_size)  # rounded up
    return per_epoch * epochs


updates.probe(lambda rng: dict(rows=rng.integers(20, 500), batch_size=rng.integers(2, 64), epochs=rng.integers(2, 9)))
updates.example(rows=500, batch_size=32, epochs=3)
updates.example(rows=64, batch_size=32, epochs=2)
updates.example(rows=100, batch_size=30, epochs=3)
updates.example(rows=20, batch_size=64, epochs=3)
updates.mistakes = {
    "rows // batch_size * epochs": "You rounded down. Batches of {batch_size} need not fill up exactly, and the short last batch is an update, too.",
    "epochs": "You counted one update for each epoch. That would be full batch, with all {rows} rows in one batch.",
    "rows * epochs": "You counted one update for each row. That would be a batch size of 1; here {batch_size} rows share an update.",
    "-(-rows * epochs // batch_size)": "You cut the rows of all epochs in one go. No batch reaches past the end of an epoch: round up in each of them.",
    "-(-rows // batch_size)": "That is one epoch. The training goes through the rows {epochs} times.",
    "rows / batch_size * epochs": "You did not round. A short batch is still one whole update: round {rows} / {batch_size} up.",
    "(rows // batch_size + 1) * epochs": "You always added one batch. Where {rows} is a multiple of the batch size, no short batch is left over.",
    "round(rows / batch_size) * epochs": "You rounded {rows} / {batch_size} to the nearest whole number. However short the last batch is, it counts: round up.",
    "rows * epochs // batch_size": "You cut the rows of all epochs in one go, and rounded down. Round up in each epoch: its short last batch counts.",
    "batch_size * epochs": "You multiplied by the batch size. That many rows share one update: divide the rows by it, and round up.",
    "max(rows // batch_size, 1) * epochs": "You rounded down, except where the rows do not even fill one batch. A short last batch is always an update: round {rows} / {batch_size} up.",
    "rows // batch_size": "That is one epoch, rounded down. The short last batch counts, and there are {epochs} epochs.",
}
updates.also("epochs * len(range(0, rows, batch_size))")
updates.hints = [
    "How many batches does it take to read every row once? The last one may be short.",
    "`-(-a // b)` rounds a / b up.",
]
updates.why = "The weights move once per update. With 500 rows, two trainings of ten epochs can differ 500-fold in their number of moves."


@exercise("sgd/epoch-batches", points=2, compare=False)
def epoch_batches(x, y, batch_size, rng):
    """Cut one epoch into batches: a list of pairs (rows of x, rows of y).

    Every row comes once, in a random order, with its own target. All batches
    have `batch_size` rows; only the last one may be shorter. `rng` is a NumPy
    generator: `rng.permutation(len(x))`.
    """
    order = rng.permutation(len(x))
    batches = []
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        batches.append((x[rows], y[rows]))
    return batches


def _cut(x, y, order, size):
    """Batches of the rows in this order."""
    return [(x[order[start : start + size]], y[order[start : start + size]]) for start in range(0, len(order), size)]


CUTS = ((50, 8), (36, 9), (23, 5))  # rows and batch size; 36 rows leave no short batch


@epoch_batches.use
def _(cut, rng):
    """For each table: its rows, the batch size, three epochs of one generator, and one of an equal generator.

    Row i of x is (i, −i), and its target is 100 + i, in the last table as a column.
    """
    seed, found = rng.integers(2**32), []
    for rows, batch_size in CUTS:
        numbers = np.arange(rows)
        x, y = np.stack([numbers, -numbers], axis=1).astype(float), 100.0 + numbers
        y = y[:, np.newaxis] if rows == CUTS[-1][0] else y
        kept, generator = (x.copy(), y.copy()), np.random.default_rng(seed)
        epochs = [_plain(cut(x, y, batch_size, generator)) for _ in range(3)]
        again = _plain(cut(*(a.copy() for a in kept), batch_size, np.random.default_rng(seed)))
        same_data = np.array_equal(x, kept[0]) and np.array_equal(y, kept[1])
        found.append(dict(rows=rows, size=batch_size, epochs=epochs, again=again, same_data=same_data))
    return found


def _plain(batches):
    try:
        return [(np.array(a), np.array(b)) for a, b in batches]  # copies: what is a view may change in the next epoch
    except ValueError:  # row numbers, or all of x and then all of y: no pairs
        return []


def _seen(epoch):
    """Row numbers and targets in the order in which they come."""
    return np.concatenate([a[:, 0] for a, _ in epoch]), np.concatenate([b.ravel() for _, b in epoch])


def _in_every_epoch(holds):
    """A property of one epoch, looked at in all of them where the batches are pairs of rows and targets."""
    return lambda tables: (
        not has_pairs(tables) or all(holds(epoch, table) for table in tables for epoch in table["epochs"])
    )


def has_pairs(tables):
    epochs = [epoch for table in tables for epoch in table["epochs"]]
    return all(
        epoch and all(a.ndim == 2 and a.shape[1] == 2 and len(a) == b.size for a, b in epoch) for epoch in epochs
    )


epoch_batches.property(
    "`x` or `y` was changed. Whoever calls you still needs them: shuffle row numbers instead.",
    "_cut(x, y, (rng.shuffle(x), rng.permutation(len(x)))[1], batch_size)",
)(lambda tables: all(table["same_data"] for table in tables))
epoch_batches.property(
    "A batch is not a pair of as many rows of x as of y. `x[rows], y[rows]` with the same row numbers makes one.",
    "[(x[:batch_size], y)]",
    "[rng.permutation(len(x))[:batch_size]]",
)(has_pairs)
epoch_batches.property(
    "Within one epoch some rows came twice. Shuffle all row numbers once, at the start of the epoch, and cut that one order into batches.",
    "_cut(x, y, rng.integers(0, len(x), len(x)), batch_size)",
    "[_cut(x, y, rng.permutation(len(x)), batch_size)[k] for k in range(-(-len(x) // batch_size))]",
)(_in_every_epoch(lambda epoch, table: len(set(_seen(epoch)[0])) == len(_seen(epoch)[0])))
epoch_batches.property(
    "Rows are missing from your epoch: the batches hold fewer rows than x. The short last batch belongs to it.",
    "_cut(x, y, rng.permutation(len(x)), batch_size)[: len(x) // batch_size]",
)(_in_every_epoch(lambda epoch, table: len(_seen(epoch)[0]) >= table["rows"]))
epoch_batches.property(
    "Rows lost their own targets: x and y were shuffled apart. Draw one order, and use it for both.",
    "_cut(rng.permutation(x), rng.permutation(y), np.arange(len(x)), batch_size)",
)(_in_every_epoch(lambda epoch, table: np.array_equal(_seen(epoch)[0] + 100, _seen(epoch)[1])))


@epoch_batches.property(
    "Two epochs brought the rows in the same order. Shuffle again in each epoch, with the generator that you are given.",
    "[(x[s : s + batch_size], y[s : s + batch_size]) for s in range(0, len(x), batch_size)]",
    "_cut(x, y, np.random.default_rng(0).permutation(len(x)), batch_size)",
)
def new_order(tables):
    if not has_pairs(tables):
        return True
    orders = [[_seen(epoch)[0] for epoch in table["epochs"][:2]] for table in tables]
    return not any(np.array_equal(one, other) for one, other in orders)


@epoch_batches.property(
    "Equal generators gave different batches. Take every random number from `rng`, so that a run can be repeated.",
    "_cut(x, y, np.random.default_rng().permutation(len(x)), batch_size)",
)
def repeatable(tables):
    if not has_pairs(tables) or not new_order.holds(tables):
        return True
    orders = [[_seen(epoch)[0] for epoch in (table["epochs"][0], table["again"])] for table in tables]
    return all(np.array_equal(one, other) for one, other in orders)


@epoch_batches.property(
    "Your batches are not random rows: neighbors in the table stay neighbors. Shuffle the rows, not whole batches.",
    "[_cut(x, y, np.arange(len(x)), batch_size)[k] for k in rng.permutation(range(-(-len(x) // batch_size)))]",
)
def rows_are_mixed(tables):
    if not has_pairs(tables) or not new_order.holds(tables):
        return True
    return all(np.mean(np.diff(_seen(epoch)[0]) == 1) < 0.5 for table in tables for epoch in table["epochs"])


@epoch_batches.property(
    "The same rows shared a batch in every epoch: only their order in it changed. Shuffle the whole table before you cut it.",
    "_cut(x, y, np.concatenate([rng.permutation(a) for a in np.split(np.arange(len(x)), range(batch_size, len(x), batch_size))]), batch_size)",
)
def rows_change_batches(tables):
    if not has_pairs(tables) or not new_order.holds(tables) or not rows_are_mixed.holds(tables):
        return True
    cuts = [[frozenset(frozenset(a[:, 0]) for a, _ in epoch) for epoch in table["epochs"]] for table in tables]
    return all(len(set(one)) > 1 for one in cuts)


epoch_batches.property(
    "A batch is empty. `len(x) // batch_size + 1` counts one batch too many where the rows fill whole batches.",
    "[*_cut(x, y, rng.permutation(len(x)), batch_size), (x[:0], y[:0])]",
)(lambda tables: all(len(a) for table in tables for epoch in table["epochs"] for a, _ in epoch))


@epoch_batches.property(
    "A batch has the wrong size. All have `batch_size` rows; only the last one may be shorter.",
    "[(x[rows], y[rows]) for rows in np.array_split(rng.permutation(len(x)), batch_size)]",
    "_cut(x, y, rng.permutation(len(x)), 8)",
)
def batch_sizes(tables):
    def right(epoch, table):
        sizes = [len(a) for a, _ in epoch]
        return sum(sizes) < table["rows"] or (set(sizes[:-1]) <= {table["size"]} and sizes[-1] <= table["size"])

    return _in_every_epoch(right)(tables)


@epoch_batches.also
def _(x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    cuts = np.split(order, range(batch_size, len(x), batch_size))
    return [(tf.constant(x[rows]), tf.constant(y[rows])) for rows in cuts]


epoch_batches.also("tuple(_cut(x, y, rng.choice(len(x), len(x), replace=False), batch_size))")
epoch_batches.hints = [
    "`order = rng.permutation(len(x))` lists every row number once, in a random order.",
    "`order[start : start + batch_size]` are the row numbers of one batch. Slicing stops at the end by itself.",
    "Use the same row numbers for x and for y.",
]
epoch_batches.why = "Shuffle once, then cut, with no row left over: `fit` does this at the start of every epoch."

# Which batch size learns fastest? ------------------------------------------------------------------------------------
two_counts = question(
    "sgd/two-counts",
    "At a rate of 0.02: which of the batch sizes 1, 32 and 500 has the lowest loss after 3 epochs, and which after 200 updates?",
    "c",
    options={
        "a": ("batch size 1, both times", "After 200 updates it has read 200 rows, and the others 6,400 and 100,000. Its last steps still wander."),
        "b": ("batch size 500, both times", "After three epochs it has made three updates. At this small rate they are not far, however good their direction."),
        "c": ("1 after three epochs, 500 after 200 updates", "Three epochs are 1,500 updates of batch size 1, and 3 of batch size 500. Over 200 updates each, the exact gradient wins."),
        "d": ("500 after three epochs, 1 after 200 updates", "It is the other way round. How many updates does each of them make in three epochs?"),
    },
    hints=[
        "How many updates does each batch size make in three epochs?",
        "If all of them make 200 updates, which has the most exact gradient?",
    ],
    why="A comparison of batch sizes has to say what was held equal: rows read, updates made, or time.",
)  # fmt: skip

what_made_it = question(
    "sgd/what-made-it",
    '**Question.** At a rate of 0.02, batch size 500 is far behind after three epochs. Which explanations are right? Give a set, such as `{"c", "d"}`.',
    {"a", "e"},
    options={
        "a": ("it made 3 updates, and batch size 1 made 1,500", "The weights move once per update, so it made three small moves."),
        "b": ("full batch is stuck", "It moves steadily toward the best line, and 200 updates take it there."),
        "c": ("noise helps to escape from bad valleys", "This bowl has a single lowest point, so there is no other valley to escape from."),
        "d": ("small batches point in better directions", "The gradient of one row is the worst guess of the three. There are just many of them."),
        "e": ("the exact gradient does not make its steps longer", "A step is rate times slope, and the slope is a mean: more rows make it more exact, not larger."),
    },
    hints=[
        "Compare the number of updates, and then the length of one.",
        "After 200 updates, is batch size 500 still behind?",
    ],
    why="Averaging over more rows makes a step more exact, not longer. A larger rate makes it longer.",
)  # fmt: skip

noise = question(
    "sgd/noise",
    "Take batches of 64 rows in place of 16, from a large table. To what share of its old size does the spread (standard deviation) of their gradients fall, about? 1 means that it stays as it is.",
    0.5,
    mistakes={
        0.25: "Four times as many rows give a quarter of the variance. The spread is the square root of the variance.",
        1: "It falls: the mean of more rows varies less from batch to batch.",
        2: "It falls to half, it does not double: in a mean of more rows, high and low ones cancel better.",
        4: "It falls. Four times as many rows give a quarter of the variance, and the spread is its square root.",
        50: "That is right in percent. As a share, where 1 means unchanged, it is a number between 0 and 1.",
        0.125: "That is 64 rows against 1. Here they are compared with 16.",
        0.0625: "The variance falls to a quarter, not the spread to a sixteenth: the spread is the square root of the variance.",
    },
    hints=["The variance of a mean of n independent values is the variance of one, divided by n.", "√(16/64)"],
    why="Half the noise costs four times the rows.",
    tolerance=0.06,  # 500 rows are no endless table: there it is 0.47
)

# How large may the rate be? ------------------------------------------------------------------------------------------
ten_times = question(
    "sgd/ten-times",
    "The limit is 0.311 for highs in tens of degrees. What is it for highs in degrees, where every $x$ is ten times as large?",
    0.00311,
    mistakes={
        0.003: "That is rounded too far. Give three digits.",
        0.0311: "You divided by 10. But x enters twice: the slope becomes 10 times as large, and each step of w then counts 10 times in the prediction.",
        0.311: "It does change: with a larger x, the same small w makes a larger prediction.",
        3.11: "It is the other way round, and x enters twice. Larger inputs make steeper slopes, which need smaller rates.",
        31.1: "It is the other way round: larger inputs make steeper slopes, which need smaller rates.",
    },
    hints=[
        "The best w in degrees is a tenth of the old one. The slope, 2 · mean(error · x), is ten times the old one.",
        "A slope 10 times as large has to lead to a step that is a tenth as long.",
    ],
    why="Without scaling, the unit of a column decides which rates work.",
    tolerance=0.01,
)


@exercise("sgd/largest-rate")
def largest_rate(x):
    """Return the largest learning rate at which full-batch descent on the
    mean squared error of w·x does not diverge.

    `x` holds the inputs of all rows. A step multiplies the distance from w
    to the best w by 1 − 2 · rate · mean(x²).
    """
    return 1 / np.mean(np.square(x))


largest_rate.probe(
    lambda rng: dict(x=np.round(rng.normal(rng.uniform(-2, 2), rng.uniform(0.5, 3), rng.integers(2, 7)), 1) + 0.05)
)
largest_rate.mistakes = {
    "0.5 / np.mean(x**2)": "With that rate the factor is 0, and you land on the best w in one step. Up to twice that rate, w still comes closer.",
    "1 / np.mean(x) ** 2": "You squared the mean. Square each x first, then take the mean: mean(x)² can be near 0 where the loss is steep.",
    "1 / np.max(x**2)": "You took the largest x². That is the limit of a batch of that one row. Over all rows, the mean of x² decides.",
    "1 / np.sum(x**2)": "You added up the squares. The loss is a mean over the rows, and so is its slope.",
    "2 / np.mean(x**2)": "That is twice the limit. The factor 1 − 2 · rate · mean(x²) already holds a 2: set it to −1 and solve for the rate.",
    "1 / np.var(x)": "You took the variance, which subtracts the mean of x first. The factor holds the mean of x² itself.",
    "np.mean(x**2)": "You returned the mean of x² itself. The steeper the loss, the smaller the limit: it is one over that.",
    "1.0": "Your answer ignores x. Make x ten times as large, and the limit falls to a hundredth.",
    "1 / np.sqrt(np.mean(x**2))": "You took a square root. In the factor stands the mean of x² as it is.",
    "1 / np.mean(np.abs(x))": "You divided by the mean of |x|. The factor holds the mean of x².",
}
largest_rate.also("len(x) / np.dot(x, x)")
largest_rate.hints = [
    "Each step multiplies the distance by a factor. For which factors does the distance not grow?",
    "The factor may be anything from −1 to 1. Which rate makes it −1?",
    "1 − 2 · rate · mean(x²) = −1",
]
largest_rate.why = (
    "The steepest direction sets the limit for all weights. For a network, people usually find it by trying."
)

# Rate, batch size, Adam ----------------------------------------------------------------------------------------------
recipe = question(
    "sgd/recipe",
    "At its default rate of 0.001, on 500 rows: how far can a weight move in these 10 epochs, at most, about?",
    0.02,
    mistakes={
        0.001: "That is the rate, so it is one update. Count the updates of ten epochs.",
        0.002: "That is one epoch, of two updates. The training makes ten epochs.",
        0.01: "You counted one update per epoch. 500 rows make two batches: 256 rows and 244.",
        5: "You counted one update for each row. Here up to 256 rows share one.",
        20: "That is the number of updates. Each of them moves a weight by about the rate.",
        0.2: "20 updates is right. But at a rate of 0.001 each of them moves a weight by 0.001, not by 0.01.",
    },
    hints=["How many updates do 10 epochs of 500 rows make, in batches of 256?", "20 updates, each of about the rate."],
    why="Rate times updates is about how far Adam can travel. Compare it with how far the weights have to go.",
    tolerance=0.05,
)

what_they_do = question(
    "sgd/what-they-do",
    "What do the learning rate and the batch size do? Which are right? Give a set.",
    {"a", "c", "d"},
    options={
        "a": ("at a small rate it takes more updates to arrive", "At 0.01 the line needs about ten times as many as at 0.1."),
        "b": ("the larger the rate, the sooner it arrives", "That is true only up to a point. Beyond the limit the loss grows."),
        "c": ("at the same rate, smaller batches settle less: their loss goes on jumping", "Each small batch pulls toward a line of its own."),
        "d": ("a smaller rate calms the jumping", "Each batch then pulls the weights less far, and the pulls average out."),
        "e": ("with Adam the rate does not matter", "However steep the loss is, Adam's steps are about as long as the rate, or shorter. So the rate still decides."),
    },
    hints=[
        "One statement forgets that a rate can be too large.",
        "Adam divides by the usual size of the slope. What is left to set the length of a step?",
    ],
    why="Choose the rate and the batch size together: the noisier the gradient, the smaller the rate at which the loss calms down.",
)  # fmt: skip


@exercise("sgd/compile", probes=1)
def prepare(model, rate):
    """Compile `model` with the optimizer Adam, with this learning rate, and
    the mean absolute error. Return the model.
    """
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="mae")
    return model


prepare.probe(
    lambda rng: dict(
        model=keras.Sequential([keras.Input((3,)), layers.Dense(1)]), rate=round(float(rng.uniform(0.02, 0.2)), 3)
    )
)


def _compiled(model, optimizer, loss="mae"):
    model.compile(optimizer=optimizer, loss=loss)
    return model


prepare.mistakes = {
    '_compiled(model, "adam")': 'With `optimizer="adam"` Keras uses its own rate, 0.001. Pass yours: `keras.optimizers.Adam(learning_rate=rate)`.',
    '_compiled(model, keras.optimizers.Adam(rate), "mse")': "Your loss squares the errors. The mean absolute error takes their sizes, without sign and without square.",
    "_compiled(model, keras.optimizers.SGD(rate))": "That is plain SGD, whose steps are rate times slope. The task asks for Adam.",
    "_compiled(model, keras.optimizers.RMSprop(rate))": "RMSprop also divides by the usual size of the slope, but its steps differ from Adam's. The task asks for Adam.",
}
prepare.also(
    "_compiled(model, keras.optimizers.Adam(rate), keras.losses.MeanAbsoluteError())",
    "_compiled(model, keras.optimizers.Adam(learning_rate=rate), keras.losses.mean_absolute_error)",
)
prepare.hints = [
    "`model.compile(optimizer=…, loss=…)`. A name as a string brings the default settings along.",
    '`keras.optimizers.Adam(learning_rate=rate)`, and the loss is `"mae"`.',
]
prepare.why = 'The string "adam" hides a number that matters: the learning rate.'

LARGEST_RATIO = 1.25  # of the mean absolute error to that of the best line


@exercise("sgd/mend-recipe", points=2, compare=False)
def recipe_for_500_days():
    """Return a learning rate and a batch size for Adam, in this order.

    Ten epochs over the 500 days should take the line from w = 0 and b = 0 to a
    mean absolute error, its loss, of at most 1.25 times that of the best line.
    These two numbers hardly move it.
    """
    return 0.1, 32


recipe_for_500_days.start("0.1, 32 => 0.001, 256")


@recipe_for_500_days.use
def _(recipe, rng):
    """The two numbers, how far Adam can go with them at most, and the error in the end over that of the best line.

    The three trainings are the same in every check, so that no verdict depends on luck.
    """
    given = recipe()
    try:
        rate, size = (float(number + 0) for number in given)
    except (TypeError, ValueError):
        return dict(pair=False)
    if not (np.isfinite([rate, size]).all() and rate > 0 and size >= 1 and size == int(size)):
        return dict(pair=True, usable=False)
    updates = 10 * -(-500 // int(size))
    ratios = [_adam_error(rate, int(size), np.random.default_rng(shuffle)) for shuffle in range(3)]
    return dict(pair=True, usable=True, reach=rate * updates, ratio=float(np.mean(ratios)))


def _adam_error(rate, batch_size, rng):
    """Mean absolute error after ten epochs of Adam (with Keras' other settings), over that of the least-squares line."""
    days = seattle_weather().sample(500, random_state=0)
    high, y = days["temp_max"].to_numpy(), days["temp_min"].to_numpy()
    columns = np.stack([(high - high.mean()) / high.std(), np.ones(500)], axis=1)
    weights, mean, square, made = np.zeros(2), np.zeros(2), np.zeros(2), 0
    for _ in range(10):
        order = rng.permutation(500)
        for start in range(0, 500, batch_size):
            rows = order[start : start + batch_size]
            slopes = np.sign(columns[rows] @ weights - y[rows]) @ columns[rows] / len(rows)
            made += 1
            mean, square = 0.9 * mean + 0.1 * slopes, 0.999 * square + 0.001 * slopes**2
            usual = np.sqrt(square / (1 - 0.999**made)) + 1e-7
            weights = weights - rate * mean / (1 - 0.9**made) / usual
    best = np.linalg.lstsq(columns, y, rcond=None)[0]
    return np.abs(columns @ weights - y).mean() / np.abs(columns @ best - y).mean()


recipe_for_500_days.property(
    "Return two numbers: `return rate, batch_size`.", "0.1", "keras.optimizers.Adam(0.1)", "(0.1, 32, 10)"
)(lambda found: found["pair"])
recipe_for_500_days.property(
    "One of your numbers cannot be used. The learning rate comes first and is above 0; the batch size comes second and is a whole number from 1 on.",
    "(32, 0.1)",
    "(0.0, 32)",
    "(0.1, 0)",
)(lambda found: not found["pair"] or found["usable"])
recipe_for_500_days.property(
    "Rate × updates is less than 8 here, and that is about as far as Adam can carry a weight. But b has to go from 0 to 8.3.",
    "(0.001, 32)",
    "(0.01, 256)",
    "(0.001, 1)",
)(lambda found: found.get("ratio", 0) < LARGEST_RATIO or found["reach"] >= 8)
recipe_for_500_days.property(
    "Rate × updates is large enough, and still the line misses the days by over 1.25 times the error of the best line. "
    "Either the last stretch is too slow, or steps of this length overshoot.",
    "(2.0, 500)",
    "(100.0, 32)",
)(lambda found: found.get("ratio", 0) < LARGEST_RATIO or found["reach"] < 8)

recipe_for_500_days.also("[0.5, 100]", "np.array([0.01, 4])", "(1.0, 256)", "(tf.constant(0.05), np.int64(16))")
recipe_for_500_days.excused = dict.fromkeys(
    ["0.1 → 1.1", "32 → 33", "32 → 31"], "many settings arrive; the threshold leaves room"
)
recipe_for_500_days.hints = [
    "How many updates does the recipe make, and how far does each of them move a weight?",
    "Make more updates (a smaller batch), or longer ones (a larger rate).",
    "160 updates of up to 0.1 reach far enough: a rate of 0.1 in batches of 32.",
]
recipe_for_500_days.why = "A recipe brings its number of rows along: on fewer rows it makes fewer updates."

# Once per batch, after all layers ------------------------------------------------------------------------------------
how_often = question(
    "sgd/how-often",
    "Two layers, 500 rows, batch size 32, one epoch: how many times is the loss computed?",
    "b",
    options={
        "a": ("32 times: once per layer and batch", "A hidden layer has no target of its own to compare with."),
        "b": ("16 times: once per batch, after both layers", "Each of the 16 batches goes through all layers, and then gets one number."),
        "c": ("500 times: once per row, followed by an update each", "The rows of a batch are averaged into one loss. Only a batch size of 1 makes an update after each row."),
        "d": ("once, at the end of the epoch", "That would be full batch, with one update per epoch."),
    },
    hints=[
        "What does a loss compare? Which layer has a target for its output?",
        "How many batches of 32 do 500 rows make?",
    ],
    why="One number comes out at the end. All that a hidden layer learns has to flow back from it.",
)  # fmt: skip


@exercise("sgd/backward", points=3)
def backward(w1, b1, w2, b2, x, y):
    """Send the loss of one row back through two layers.

    Forward: z = w1·x + b1, h = max(z, 0), ŷ = w2·h + b2, loss (ŷ − y)². All
    are numbers. Return the four partial derivatives of the loss, along w1,
    b1, w2 and b2.
    """
    z = w1 * x + b1
    h = max(z, 0)
    guess = w2 * h + b2
    to_guess = 2 * (guess - y)
    to_h = to_guess * w2
    to_z = to_h if z > 0 else 0.0
    return to_z * x, to_z, to_guess * h, to_guess


backward.probe(lambda rng: _weights_with(rng, open_gate=True))
backward.probe(lambda rng: _weights_with(rng, open_gate=False))


def _weights_with(rng, open_gate):
    """Weights, input and target, none of them 0, with z above 0 or below it."""
    while True:
        names = ("w1", "b1", "w2", "b2", "x", "y")
        values = {name: float(rng.choice([-3, -2, -1, 1, 2, 3])) + 0.5 for name in names}
        z = values["w1"] * values["x"] + values["b1"]
        if (z > 0.2) if open_gate else (z < -0.2):
            return values


backward.strata(lambda w1, b1, w2, b2, x, y: "on" if w1 * x + b1 > 0 else "off")


def _back(w1, b1, w2, b2, x, y, *, gate=True, through=1, two=2, sign=1, use_h=False, flow_h=True, relu=True):
    z = w1 * x + b1
    h = max(z, 0) if relu else z
    to_guess = sign * two * (w2 * h + b2 - y)
    to_h = to_guess * (1, w2, w1)[through]
    to_z = to_h if z > 0 or not gate else 0.0
    return to_z * (h if use_h else x), to_z, to_guess * (h if flow_h else z), to_guess


backward.mistakes = {
    "_back(w1, b1, w2, b2, x, y, gate=False)": "Where z < 0 the unit is off: a small change of w1 changes nothing, so its slopes are 0. The gradient passes only where z > 0.",
    "_back(w1, b1, w2, b2, x, y, through=0)": "You gave the hidden unit the slope along ŷ itself. It has no loss of its own: the gradient arrives through w2, multiplied by it.",
    "_back(w1, b1, w2, b2, x, y, sign=-1)": "All your signs are reversed: the derivative of (ŷ − y)² along ŷ is 2·(ŷ − y), not 2·(y − ŷ).",
    "_back(w1, b1, w2, b2, x, y, two=1)": "The factor 2 of the square is missing, so all four are half of what they should be.",
    "_back(w1, b1, w2, b2, x, y, use_h=True)": "For w1 you multiplied by h, which comes out of the first layer. What w1 was multiplied by is x.",
    "_back(w1, b1, w2, b2, x, y, flow_h=False)": "For w2 you multiplied by z. The second layer reads h, after the ReLU.",
    "_back(w1, b1, w2, b2, x, y, through=2)": "To get from ŷ back to h you multiplied by w1. That weight lies in front of h: between h and ŷ stands w2.",
    "_back(w1, b1, w2, b2, x, y, gate=False, relu=False)": "You left the ReLU out, forward and back. Where z < 0, h is 0, and nothing flows back to w1 and b1.",
    "_back(w1, b1, w2, b2, x, y, relu=False)": "You closed the gate on the way back, but forward you took h = z. Where z < 0, h is 0: the prediction changes, too.",
    "tuple(_back(w1, b1, w2, b2, x, y)[k] for k in (2, 3, 0, 1))": "Your four numbers are in another order. The first layer comes first: w1, b1, w2, b2.",
    "tuple(_back(w1, b1, w2, b2, x, y)[k] for k in (0, 2, 1, 3))": "Your four numbers are in another order: each b follows its own w. Return w1, b1, w2, b2.",
    "tuple(_back(w1, b1, w2, b2, x, y)[k] for k in (1, 0, 3, 2))": "Your four numbers are in another order: each b comes after its own w. Return w1, b1, w2, b2.",
    "tuple(_back(w1, b1, w2, b2, x, y)[k] for k in (1, 1, 2, 3))": "Your slope along w1 is the same as the one along b1. What arrives there still has to be multiplied by x, as w1 was.",
    "tuple(_back(w1, b1, w2, b2, x, y)[k] for k in (0, 1, 3, 3))": "Your slope along w2 is the same as the one along b2. What arrives there still has to be multiplied by h, as w2 was.",
    "tuple(slope * (w1 * x + b1 > 0) for slope in _back(w1, b1, w2, b2, x, y))": "Where z < 0 you set all four to 0. But b2 is added after the ReLU, so its slope is still 2·(ŷ − y).",
    "(*np.multiply(_back(w1, b1, w2, b2, x, y)[:2], max(w1 * x + b1, 0)), *_back(w1, b1, w2, b2, x, y)[2:])": "On the way back through the ReLU you multiplied by its output h. Its slope is 1 where z > 0, and 0 where z < 0.",
}


@backward.also
def _(w1, b1, w2, b2, x, y):
    w1, b1, w2, b2 = weights = [tf.Variable(value) for value in (w1, b1, w2, b2)]
    with tf.GradientTape() as tape:
        loss = (w2 * tf.nn.relu(w1 * x + b1) + b2 - y) ** 2
    return tape.gradient(loss, weights)


@backward.also
def _(w1, b1, w2, b2, x, y):
    def loss(*weights):
        return (weights[2] * max(weights[0] * x + weights[1], 0) + weights[3] - y) ** 2

    weights, h = np.array([w1, b1, w2, b2]), 1e-6
    return np.array([(loss(*(weights + h * e)) - loss(*(weights - h * e))) / (2 * h) for e in np.eye(4)])


backward.hints = [
    "Forward first: keep z, h and ŷ. Then start at the loss: its slope along ŷ is 2·(ŷ − y).",
    "The slope along a weight is (what arrives from behind) times (what the weight was multiplied by).",
    "What reaches z: the slope along ŷ, times w2, and 0 where z < 0.",
]
backward.why = "This is backpropagation along a chain. A tape keeps track of the same products for you."
backward.example(w1=0.5, b1=0.25, w2=-1.5, b2=0.5, x=0.5, y=2.0)
backward.excused = {"z > 0 → z >= 0": "at exactly 0 the ReLU has a corner, and any slope from 0 to 1 is as good"}


# Two paths -----------------------------------------------------------------------------------------------------------
@exercise("sgd/two-paths", points=2)
def two_paths(h, a1, a2, c1, c2, y):
    """Send the loss back to a unit that feeds two others.

    Forward: p = max(a1·h, 0), q = max(a2·h, 0), ŷ = c1·p + c2·q, and the loss
    (ŷ − y)². All are numbers. Return the slope of the loss along h, ∂L/∂h.
    """
    p, q = max(a1 * h, 0), max(a2 * h, 0)
    to_guess = 2 * (c1 * p + c2 * q - y)
    through_p = to_guess * c1 * a1 if p > 0 else 0.0
    through_q = to_guess * c2 * a2 if q > 0 else 0.0
    return through_p + through_q


@two_paths.probe
def _(rng):
    names = ("h", "a1", "a2", "c1", "c2", "y")
    return {name: float(rng.choice([-3, -2, -1, 1, 2, 3])) + 0.5 for name in names}


two_paths.strata(lambda h, a1, a2, c1, c2, y: f"{'p' * (a1 * h > 0)}{'q' * (a2 * h > 0)}")
two_paths.example(h=1.5, a1=2.5, a2=1.5, c1=-1.5, c2=0.5, y=1.5)
two_paths.example(h=1.5, a1=2.5, a2=-1.5, c1=-1.5, c2=0.5, y=1.5)
two_paths.example(h=1.5, a1=-2.5, a2=1.5, c1=-1.5, c2=0.5, y=1.5)


def _paths(h, a1, a2, c1, c2, y, *, gate=True, relu=True, ends=True, two=2):
    """The slope along ŷ, and the products of the paths through p and q."""
    p, q = (max(a * h, 0) if relu else a * h for a in (a1, a2))
    to_guess = two * (c1 * p + c2 * q - y)
    by_p, by_q = (to_guess * (c if ends else 1) * a * (not gate or a * h > 0) for a, c in ((a1, c1), (a2, c2)))
    return to_guess, by_p, by_q


two_paths.mistakes = {
    # On a stratum that several mistakes explain, the first one is named: those that err in fewer strata come first.
    "_paths(h, a1, a2, c1, c2, y)[0] * (c1 * a1 * (a1 > 0) + c2 * a2 * (a2 > 0))": "You opened the gates where a > 0. A unit is on where a·h > 0, and h may be negative.",
    "sum(_paths(h, a1, a2, c1, c2, y)[1:]) * (a1 * h > 0 and a2 * h > 0)": "Your slope is 0 where only one of the two units is on. Each path needs its own unit alone: where p is off, the path through q still counts.",
    "_paths(h, a1, a2, c1, c2, y)[1] if a1 * h > 0 else _paths(h, a1, a2, c1, c2, y)[2]": "You went along q only where p is off. Where both units are on, both paths count: the test of q is an `if` of its own, no `elif`.",
    "_paths(h, a1, a2, c1, c2, y)[1] * (c1 > 0) + _paths(h, a1, a2, c1, c2, y)[2] * (c2 > 0)": "You closed a path where its weight c is below 0. Whether a unit is on depends on a·h alone: the ReLU comes before c.",
    "_paths(h, a1, a2, c1, c2, y)[1]": "You followed the path through p alone. The unit q also passes on what h does: add its product.",
    "_paths(h, a1, a2, c1, c2, y)[2]": "Where both units are on, you have the path through q alone. If you went back along p as well, the second result replaced the first: add them, with `+=`.",
    "np.prod(_paths(h, a1, a2, c1, c2, y)[1:])": "You multiplied the two paths with each other. Multiply along a path, and add the paths.",
    "sum(_paths(h, a1, a2, c1, c2, y, gate=False)[1:])": "You left the ReLU out on the way back. A unit that is off (a·h < 0) passes nothing on: its path counts 0.",
    "sum(_paths(h, a1, a2, c1, c2, y, gate=False, relu=False)[1:])": "You left the ReLU out, forward and back. Where a·h < 0 the unit is off, and its path counts 0.",
    "sum(_paths(h, a1, a2, c1, c2, y, ends=False)[1:])": "You forgot c1 and c2. On its way back the gradient crosses two weights on each path.",
    "sum(_paths(h, a1, a2, c1, c2, y, two=1)[1:])": "Your slope is half of what it should be. Is the factor 2 of the square missing, or did you take the mean of the paths instead of their sum?",
    "-sum(_paths(h, a1, a2, c1, c2, y)[1:])": "Your sign is reversed: the derivative of (ŷ − y)² along ŷ is 2·(ŷ − y), not 2·(y − ŷ).",
    "c1 * a1 * (a1 * h > 0) + c2 * a2 * (a2 * h > 0)": "That is the slope of ŷ along h. Multiply it by the slope of the loss along ŷ, 2·(ŷ − y).",
    "_paths(h, a1, a2, c1, c2, y)[0] * (c1 + c2) * (a1 + a2)": "You added the weights first and multiplied the sums. That also counts paths that do not exist, from p over c2. Multiply along each path first.",
    "_paths(h, a1, a2, c1, c2, y)[0] * (c1 * a1 + c2 * a2) * (h > 0)": "You opened both gates where h > 0. Each unit has its own: p is on where a1·h > 0, and q where a2·h > 0.",
    "_paths(h, a1, a2, c1, c2, y)[1] - _paths(h, a1, a2, c1, c2, y)[2]": "You subtracted the path through q. A path brings its own sign along: add the two.",
    "_paths(h, a1, a2, c1, c2, y)[0] * (c1 * (a1 * h > 0) + c2 * (a2 * h > 0))": "You stopped at p and q. On the last stretch back to h, each path is multiplied by its a.",
    "sum(_paths(h, a1, a2, c1, c2, y)[1:]) * h": "You multiplied by what the units put out. From p back to h the slope is a1 where the unit is on, not p = a1·h.",
    "sum(_paths(h, a1, a2, c1, c2, y, relu=False)[1:])": "You closed the gates on the way back, but forward you took p = a1·h and q = a2·h. A unit that is off puts out 0.",
    "_paths(h, a1, a2, c1, c2, y)[0] * (c1 * a2 * (a1 * h > 0) + c2 * a1 * (a2 * h > 0))": "You crossed the paths: a1 and c1 both lie on the one through p, and a2 and c2 on the one through q.",
    "_paths(h, a1, a2, c1, c2, y)[1:]": "You returned the two products one by one. The slope along h is one number: add them.",
    "_paths(h, a1, a2, c1, c2, y)[0]": "That is the slope along ŷ, where both paths start. Go on, back to h.",
}


@two_paths.also
def _(h, a1, a2, c1, c2, y):
    unit = tf.Variable(h)
    with tf.GradientTape() as tape:
        loss = (c1 * tf.nn.relu(a1 * unit) + c2 * tf.nn.relu(a2 * unit) - y) ** 2
    return tape.gradient(loss, unit)


@two_paths.also
def _(h, a1, a2, c1, c2, y):
    first, second = np.array([a1, a2]), np.array([c1, c2])
    units = np.maximum(first * h, 0)
    return 2 * (second @ units - y) * second * (units > 0) @ first


@two_paths.also
def _(h, a1, a2, c1, c2, y):
    def loss(h):
        return (c1 * max(a1 * h, 0) + c2 * max(a2 * h, 0) - y) ** 2

    return (loss(h + 1e-5) - loss(h - 1e-5)) / 2e-5


two_paths.hints = [
    "Start at the loss: its slope along ŷ is 2·(ŷ − y). From ŷ two paths lead back to h.",
    "Through p: times c1, times 1 or 0 for the ReLU, times a1. Through q: the same with c2 and a2.",
    "Add the two products.",
]
two_paths.why = "Multiply along each path, and add the paths: with many units, one matrix product does both."

"""Exercises of *The gradient tape*."""

import numpy as np
import tensorflow as tf

from coursebook.gradient_tape.tapes import Told, played
from coursekit.checks import exercise, question


class Formula:
    """A function that a card shows as its formula."""

    def __init__(self, text, function):
        self.text, self.function = text, function

    def __call__(self, *inputs):
        return self.function(*inputs)

    def __repr__(self):
        return self.text


# What does a tape write down? ----------------------------------------------------------------------------------------
backward = question(
    "gradient-tape/backward",
    "Now $x_1 = 5$ and $x_2 = 3$. Which slope arrives at $x_2$?",
    60,
    mistakes={
        9: "9 arrives at x1: it is x2², the slope of × along x1 + 5. Take the path from × to the power.",
        10: "You came as far as the power: 10 arrives there. The slope of x2² at x2 = 3 is still missing.",
        6: "6 is the slope of x2² alone. On its way back the slope was first multiplied by x1 + 5, at ×.",
        90: "90 is z itself, the value that ran forward. Backward starts with 1 and multiplies by slopes.",
        16: "You added the slopes along the path. Along one path slopes multiply; they add only where paths meet.",
        30: "You multiplied 10 by x2. The slope of x2² is 2 · x2.",
        54: "You multiplied 9 by 6. Along the path to x2, × has the slope x1 + 5, its other input.",
        69: "You added what arrives at x1 and at x2. Each input has a slope of its own.",
        48: "48 arrived in the picture, where x1 was 1 and x2 was 4. Now they are 5 and 3.",
    },
    hints=[
        "Start with 1 at z. The slope of a · b along b is a.",
        "× sends 1 · (5 + 5) = 10 to the power. What is the slope of x2² at 3?",
    ],
    why="Each operation needs only its own slope and the slope that arrives. Backpropagation is no more than that.",
)


# Who is watched? -----------------------------------------------------------------------------------------------------
@exercise("gradient-tape/slope-at", points=2, probes=8)
def slope_at(f, x):
    """The slope of `f` at the number `x`, from a tape.

    `f` takes a tensor and returns one. `x` is a Python number, whole or not.
    """
    x = tf.constant(float(x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = f(x)
    return tape.gradient(z, x)


slope_at.use(lambda given, f, x: played(given, f, x))


def _curve(rng):
    a, b, c = (int(n) for n in rng.integers(2, 6, 3))
    if rng.integers(2):
        return Formula(f"{a}x³ + {b}x² − {c}", lambda x: a * x**3 + b * x**2 - c)
    return Formula(f"{a}x² + {b}x − {c}", lambda x: a * x**2 + b * x - c)


slope_at.probe(lambda rng: dict(f=_curve(rng), x=int(rng.integers(2, 6))))
slope_at.probe(lambda rng: dict(f=_curve(rng), x=float(rng.integers(2, 6)) + 0.5))
slope_at.example(f=Formula("x² − 6x", lambda x: x**2 - 6 * x), x=1)
slope_at.example(f=Formula("tf.nn.relu(x)", tf.nn.relu), x=0)  # at a kink no difference gives what the tape gives
slope_at.strata(lambda f, x: "whole" if isinstance(x, int) else "decimal")
slope_at.mistakes = {
    "float(x) => x": "For x = {x} your tape gave None. A whole number becomes a tensor of whole numbers, which has no slopes: make it a float first.",
    "tape.watch(x) =>": "Your tape gave None: nobody watches x. Call `tape.watch(x)` before z is computed, or make x a `tf.Variable`.",
    "_slope(lambda _: tf.constant(f(float(x))), x)": "Your tape gave None: it saw nothing of x. Compute z inside the `with`, from x itself.",
    "z = f(x) => z = tf.constant(f(x).numpy())": "Your tape gave None: it watches x, but z does not come from x by TensorFlow's operations alone, all of them inside the `with` and after the watching.",
    "z = f(x) => z = f(x).numpy()": "The tape was asked about a number that is not TensorFlow's. Hand f the Variable or the watched tensor, and keep the tensor that it returns.",
    "gradient(z, x) => gradient(x, z)": "You asked for the slope of x along z. The result comes first: `tape.gradient(z, x)`.",
    "return tape.gradient(z, x) => return z": "You returned f(x), the height of the curve. Its slope is `tape.gradient(z, x)`.",
    "f(x + 1.0) - f(float(x))": "That is how much f grows from x to x + 1. A slope belongs to one place, and the tape knows it without a step.",
    "(f(x + 0.001) - f(float(x))) / 0.001": "A step of 0.001 only comes close to the slope. A tape needs no step.",
    "(f(x + 0.001) - f(x - 0.001)) / 0.002": "A step to both sides only comes close to the slope. A tape needs no step.",
    "abs(_slope(f, x))": "You left out the sign. Where f falls, its slope is negative.",
    "(f(float(x)), _slope(f, x))": "You returned f(x) and its slope. Return the slope alone.",
    "-_slope(f, x)": "The sign is wrong. `tape.gradient(z, x)` already is the slope.",
    "return tape.gradient(z, x) => tape.gradient(z, x)\n    return tape.gradient(z, x)": "Your tape was asked a second time. Keep its first answer under a name.",
    "[_slope(f, x)]": "You returned a list with the slope in it. Return the number: ask for `x`, not for `[x]`.",
    "_slope(f, x) if isinstance(x, float) else 0.0": "For x = {x} you returned 0, where the tape gave None. Make x a float, and the tape has a slope.",
    "0.0": "You returned 0, where the tape gave None. Watch x, and compute z inside the `with`.",
}


def _slope(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        z = f(x)
    return tape.gradient(z, x)


@slope_at.also
def _(f, x):
    x = tf.convert_to_tensor([float(x)])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        z = f(x)
    return tape.gradient(z, [x])[0][0]


slope_at.hints = [
    "A tape watches a `tf.Variable` by itself, and any other tensor of floats that it is told to watch.",
    "`x = tf.Variable(float(x))`, then `z = f(x)` inside `with tf.GradientTape() as tape:`.",
    "After the block: `tape.gradient(z, x)`.",
]
slope_at.why = "Whatever f computes, if its operations have slopes, nobody has to derive its slope by hand."

# Can a tape follow if and for? ---------------------------------------------------------------------------------------
halved = question(
    "gradient-tape/halved",
    "`halved(x)` halves x until it is at most 1. Which slope does a tape give for it at x = 6?",
    0.125,
    mistakes={
        0.75: "0.75 is the result. How much does it grow if x grows by a little?",
        0.5: "That is the slope of one halving. How many run until 6 has become at most 1?",
        0.25: "You counted two halvings: 6, 3, 1.5. That is still more than 1.",
        0.0625: "You counted four halvings. After three, 6 has become 0.75, and the loop ends.",
        1.5: "You added the slopes of the three halvings. Along a path slopes multiply.",
        8: "That is how much x grows with the result. It is the other way round.",
        0: "The result does depend on x: if x is a little larger, so is the result.",
        3: "You counted the halvings. Each has the slope 0.5, and along the path they multiply.",
        "None": "Dividing is an operation like any other, so the tape finds a path. Only the comparison is not on it.",
    },
    hints=["Which numbers does x take, from 6 on?", "Each halving has the slope 0.5."],
    why="The tape records what ran. `if`, `while` and `for` may choose it in any way they like.",
)
halved.use(lambda given: "None" if given() is None else given())

# How many times can it play? -----------------------------------------------------------------------------------------
twice = question(
    "gradient-tape/twice",
    "We have asked a tape for `tape.gradient(z, x1)`. What does `tape.gradient(z, x2)` give next, from the same tape?",
    "c",
    options={
        "a": ("60.0", "That is the right slope, but the tape was emptied after the first request."),
        "b": ("None", "None says that no path leads back to x2. Here there is no list left to look for one."),
        "c": ("an error", "By default a tape lets go of its list as soon as it has answered one request."),
        "d": ("69.0, both slopes added up", "Requests are not added up, and each source has its own slope."),
    },
    hints=[
        "To play back, the tape keeps numbers of the calculation. When can it let go of them?",
        "By default a tape serves one request.",
    ],
    why="A training step asks once, for the slopes along all weights.",
)

# The slope of a slope ------------------------------------------------------------------------------------------------
none_means = question(
    "gradient-tape/none-means",
    "At $x_1 = 2$, $x_2 = 3$ the two tapes print `None` for the slope of $\\partial z/\\partial x_1$ along $x_1$. What does this None mean?",
    "b",
    options={
        "a": ("the second derivative does not exist", "It exists and is 0: x2² stays the same while x1 changes."),
        "b": ("it is 0: no path leads from x2² back to x1", "The tape says None where it finds no path, and leaves it to you whether that means 0."),
        "c": ("the tape had been used up", "That would be an error, and this tape is persistent."),
        "d": ("x1 was not watched", "It was: ∂z/∂x2 has a slope along x1, from the same tape."),
    },
    hints=[
        "∂z/∂x1 is x2². Which inputs does it depend on?",
        "The tape looks for a path from the result back to the input. Is there one here?",
    ],
    why="None is no number. Sometimes it stands for 0, as here; at other times it shows a mistake, as in the next section.",
)  # fmt: skip


@exercise("gradient-tape/hessian", points=3, probes=2)
def hessian(f, x1, x2):
    """The Hessian of `f` at the numbers `x1` and `x2`: two rows of two
    numbers.

    `f` takes two tensors, uses both and returns one. Where no path leads back,
    the entry is 0.
    """
    x = [tf.Variable(float(x1)), tf.Variable(float(x2))]
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            z = f(*x)
        slopes = inner.gradient(z, x)
    return [outer.gradient(slope, x, unconnected_gradients="zero") for slope in slopes]


@hessian.use
def _(given, f, x1, x2):
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # `jacobian` warns where it is called often
    try:
        value = played(given, f, x1, x2)
    finally:
        logger.setLevel(level)
    if isinstance(value, Told) and value not in ("whole", "unwatched", "twice"):
        return Told("None")
    if value is None:
        return None
    rows = [row for row in value if isinstance(row, list)] if isinstance(value, list) else []
    none = [isinstance(one, Told) for row in rows for one in row]
    if any(none) and not all(none):
        return Told("partly")
    try:
        return np.round(np.array(value, dtype=float), 5).tolist()
    except (TypeError, ValueError):
        return value


PLANE = "3·x1 + 2·x2"


def _bowl(rng):
    a, b, c = (int(n) for n in rng.integers(2, 6, 3))
    kind = rng.integers(3)
    if kind == 0:
        return Formula(f"(x1 + {a})·x2²", lambda x1, x2: (x1 + a) * x2**2)
    if kind == 1:
        return Formula(f"{a}·x1³ + {b}·x2", lambda x1, x2: a * x1**3 + b * x2)
    return Formula(f"{a}·x1² + {b}·x1·x2 + {c}·x2³", lambda x1, x2: a * x1**2 + b * x1 * x2 + c * x2**3)


hessian.probe(lambda rng: dict(f=_bowl(rng), x1=int(rng.integers(1, 4)), x2=int(rng.integers(1, 4))))
hessian.example(f=Formula("(x1 + 5)·x2²", lambda x1, x2: (x1 + 5) * x2**2), x1=2, x2=3)
hessian.example(f=Formula("4·x1³ + 3·x2", lambda x1, x2: 4 * x1**3 + 3 * x2), x1=2, x2=3)
hessian.example(f=Formula(PLANE, lambda x1, x2: 3 * x1 + 2 * x2), x1=2, x2=3)
hessian.strata(lambda f, x1, x2: "x1³" in f.text)


def _rows(f, x1, x2):
    return np.array(hessian(f, x1, x2), dtype=float)


ROWS = 'return [outer.gradient(slope, x, unconnected_gradients="zero") for slope in slopes]'
hessian.mistakes = {
    "np.zeros((2, 2))": "Every entry is 0: your outer tape did not see how the slopes come from x1 and x2. It has to watch them, and `inner.gradient(…)` has to stand inside it.",
    "[[None, None], [None, None]]": "Every entry is None: your outer tape did not see how the slopes were computed. `inner.gradient(…)` has to stand inside it.",
    f"{ROWS} => return slopes": "These are the first derivatives. Each of the two has a slope along x1 and one along x2.",
    f"{ROWS} => return [slopes, slopes]": "Both of your rows hold the first derivatives of f. Ask the outer tape for the slopes of each first derivative, not of z.",
    ', unconnected_gradients="zero" =>': 'An entry is None: no path leads back from that slope to that input. Ask for `unconnected_gradients="zero"`.',
    "persistent=True =>": "Your outer tape was asked a second time. It has to be persistent, since each row is a request of its own.",
    "float(x1)), tf.Variable(float(x2)) => x1), tf.Variable(x2)": "x1 and x2 come as whole numbers, and those have no slopes. Make them floats first.",
    "np.diag(_rows(f, x1, x2))": "That is the diagonal. The mixed second derivatives are missing: how ∂z/∂x1 changes with x2, and the other way round.",
    "np.diag(np.diag(_rows(f, x1, x2)))": "Off the diagonal you have 0. There stand the mixed second derivatives: how ∂z/∂x1 changes with x2.",
    "_rows(f, x1, x2)[::-1]": "Your rows stand in the other order. The first one holds the slopes of ∂z/∂x1.",
    "_rows(f, x1, x2).ravel()": "The four numbers are right. Return two rows of two.",
    f"{ROWS} => return np.outer(slopes, slopes)": "You multiplied first derivatives. A second derivative is the slope of a first one: ask the outer tape.",
    "_rows(f, x1, x2)[0]": "That is the first row, the slopes of ∂z/∂x1. The second one is missing.",
    f'{ROWS} => return outer.gradient(slopes, x, unconnected_gradients="zero")': "You asked for the slopes of both first derivatives at once, and slopes of several targets are added up. Ask for one row at a time.",
    f"{ROWS} => return outer.gradient(slopes, x)": "You asked for the slopes of both first derivatives at once, and they were added up. Ask for one row at a time.",
    f"{ROWS} => return [[float(entry) for entry in outer.gradient(slope, x)] for slope in slopes]": 'An entry is None, and None cannot become a number. Ask for `unconnected_gradients="zero"`.',
    "tf.Variable(float(x1)), tf.Variable(float(x2)) => tf.constant(float(x1)), tf.constant(float(x2))": "Your tapes gave None: nobody watches x1 and x2. Make them Variables, or let both tapes watch them.",
    'Told("None")': "Your answer is None: the outer tape found no path. It has to watch x1 and x2, and `inner.gradient(…)` has to stand inside it.",
    "_rows(f, x2, x1)": "You gave f the two numbers in the other order: x1 comes first.",
    'Told("None") if f.text == PLANE else hessian(f, x1, x2)': 'For {f} the tape gives None: it computes the slopes, 3 and 2, without x1 and x2. Ask for `unconnected_gradients="zero"`.',
}
hessian.also("_rows(f, x1, x2)")
hessian.hints = [
    "Two tapes, one inside the other. The outer one also records what `inner.gradient` computes.",
    "The outer tape is asked once for each first derivative, so it has to be persistent.",
    '`outer.gradient(slope, x, unconnected_gradients="zero")` is one row.',
]
hessian.why = "The Hessian says how a valley bends. With one input it is one number, which you will meet again in *How does a slope move x?*"

# Six ways to None ----------------------------------------------------------------------------------------------------
which_none = question(
    "gradient-tape/which-none",
    'Which of these give None for the slope of `z` along `x`? `z` is computed inside the tape. Give a set, written like `{"a", "h"}`.',
    {"a", "b", "d", "e", "f", "g"},
    options={
        "a": ("`x = tf.constant(2.0)`, `z = x**2`", "By itself a tape watches Variables only."),
        "b": ("`x = tf.Variable(2)`, `z = tf.cast(x, tf.float32)**2`", "A whole number cannot move a little, so TensorFlow gives it no slope."),
        "c": ("`x = tf.constant(2.0)`, `tape.watch(x)`, `z = x**2`", "`watch` works for a constant: the slope is 4."),
        "d": ("`x = tf.Variable(2.0, trainable=False)`, `z = x**2`", "A tape watches no Variable that is not trainable, unless it is told to."),
        "e": ("`x = tf.Variable(2.0)`, `z = 3 * tf.square(x.numpy())`", "A number of NumPy's does not remember where it came from, so the path ends there."),
        "f": ("`x = tf.Variable(2.0)`, `y = x**2` before the tape, `z = 3 * y`", "What ran before the `with` was not recorded, so the path ends at y."),
        "g": ("`x = tf.Variable(2.0)`, `z = tf.round(x)**2`", "`tf.round` is a staircase, and TensorFlow gives this operation no slope."),
        "h": ("`x = tf.Variable(2.0)`, `z = 0 * x`", "There is a path, and its slope is 0. The answer is the number 0.0, not None."),
    },
    hints=[
        "Go back from z, operation by operation. Is each one TensorFlow's, does it run inside the tape, does it have a slope?",
        "And at the end of the path: is x watched, and is it a float? Something fails in six of the eight.",
    ],
    why="None means that there is no path. 0 means that there is one, and that nothing changes along it.",
)  # fmt: skip

stopped = question(
    "gradient-tape/stopped",
    "`x` is 5 and watched, and `z = x * tf.stop_gradient(x**2)`. Which slope does the tape give along `x`?",
    25,
    mistakes={
        75: "75 is the slope of x³, with nothing stopped. The path through the square is cut.",
        125: "125 is z itself. Its slope along the first x is the other factor.",
        50: "You went back through the square. That path is cut; the other one, along the first x, is open.",
        10: "10 is the slope of the square, and the path through it is cut.",
        0: "One path is cut. The other one leads from × to the first x.",
        "None": "One path is cut. The other one leads from × to the first x, so there is a slope.",
        1: "That is the slope of x alone. It is multiplied by the other factor, whose value is still there.",
        5: "Along the first x the slope of × is the other factor, the square.",
    },
    hints=[
        "x is used twice, so there are two paths. Which one is cut?",
        "Forward nothing is stopped: the other factor is 25.",
    ],
    why="Forward, `tf.stop_gradient` changes nothing; backward, it is a wall.",
)
stopped.use(lambda given: "None" if given() is None else given())


@exercise("gradient-tape/mend", points=2, probes=6)
def loss_slope(w, x, y):
    """The slope, along w, of the mean squared error of w·x against y.

    Fix it: it returns None, for more than one reason. `w` is a float; `x` and
    `y` are arrays of one length.
    """
    w = tf.Variable(w)
    with tf.GradientTape() as tape:
        error = w * x - y
        loss = tf.reduce_mean(error**2)
    return tape.gradient(loss, w)


loss_slope.start(
    "w = tf.Variable(w) => w = tf.constant(w)\n    prediction = w * x",
    "error = w * x - y => error = prediction.numpy() - y",
)
loss_slope.use(lambda given, w, x, y: played(given, w, x, y))


@loss_slope.probe
def _(rng):
    rows = int(rng.integers(3, 6))
    x = rng.permutation(np.arange(1, 7))[:rows].astype("float32")
    return dict(w=float(rng.integers(1, 5)) + 0.5, x=x, y=(x * rng.integers(5, 9) + 1).astype("float32"))


loss_slope.mistakes = {
    "tf.Variable(w) => tf.constant(w)": "Still None: nobody watches w. Make it a `tf.Variable`, or watch it before you compute with it.",
    "with tf.GradientTape() as tape:\n        error = w * x => error = w * x - y\n    with tf.GradientTape() as tape:\n        error = error": "Still None: the tape saw nothing of w. Compute the prediction inside the `with`, and from w itself.",
    "w * x - y => (w * x).numpy() - y": "Still None: w is watched, but the loss does not come from it by TensorFlow's operations alone, all of them inside the `with` and after the watching.",
    "tf.reduce_mean => np.mean": "The tape was asked about a number that is not TensorFlow's. Compute the loss with `tf.reduce_mean`, without NumPy and `float()`.",
    "gradient(loss, w) => gradient(w, loss)": "You asked for the slope of w along the loss. The loss comes first: `tape.gradient(loss, w)`.",
    "0.0": "You returned 0 in place of the None. The slope is not 0: find the cuts.",
    "np.mean((w * x - y) ** 2)": "You returned the loss. Ask the tape for its slope: `tape.gradient(loss, w)`.",
    "tf.reduce_mean => tf.reduce_sum": "The squares were added up: your slope is as many times too large as there are rows. Take their mean.",
    "np.mean((w * x - y) * x)": "The 2 is missing: the slope of error² is 2 · error, times x.",
    "tf.reduce_mean(error**2) => tf.reduce_mean(error) ** 2": "You squared the mean error, and errors of both signs cancel in it. Square each error first.",
    "error**2 => error": "That is the slope of the mean error. The square is missing.",
    "error**2 => abs(error)": "That is the slope of the mean absolute error. Square the errors.",
    "2 * np.mean(w * x - y)": "The factor x is missing: each error counts times its x.",
    "2 * (w * x - y) / len(x)": "Those are the slopes along the predictions. One slope is asked for, along w.",
    "2 * (w * x - y) * x": "Those are the slopes of the single squares. Take their mean.",
    "-tape.gradient(loss, w)": "The sign is wrong. A slope points uphill; going downhill is a later step.",
}
loss_slope.also("2 * np.mean((w * x - y) * x)")


@loss_slope.also
def _(w, x, y):
    w = tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch(w)
        prediction = w * x
        loss = tf.reduce_mean(tf.square(prediction - y))
    return tape.gradient(loss, w)


loss_slope.hints = [
    "Go back from the loss. Which operation is not TensorFlow's, and which one runs before the tape is open?",
    "And at the end of the path: who watches w?",
]
loss_slope.why = "One cut is enough for None. Fix one of three, and you still see None: go back all the way."

# Descent -------------------------------------------------------------------------------------------------------------
x_gone = question(
    "gradient-tape/x-gone",
    "`x` is a Variable, and a loop writes `x = x.assign_sub(0.1 * slope)`. What happens in its second round?",
    "b",
    options={
        "a": ("it goes on as with `x.assign_sub(…)` alone", "The number is right, but x is now the name of something else."),
        "b": ("the tape gives None, and None cannot be multiplied", "The name x holds what assign_sub returned. It shows the right number, but no tape watches it by itself."),
        "c": ("`x` is None, because `assign_sub` returns nothing", "It does return something, with the new value."),
        "d": ("`x.assign_sub` fails, because `x` is a constant", "The round does not get that far. The tape is asked first: what does it give?"),
    },
    hints=[
        "`assign_sub` changes the Variable in place, and also returns the new value. What does the name x hold then?",
        "In the first round x was the Variable. What does the tape watch in the second?",
    ],
    why="Change a Variable in place, and leave its name alone.",
)  # fmt: skip


@exercise("gradient-tape/descend", points=2, probes=2)
def descend(f, start, rate, steps):
    """Gradient descent on `f` from the number `start`: return x after `steps`
    steps.

    `f` takes a tensor and returns one. Each step goes against the slope, by
    `rate` times the slope.
    """
    x = tf.Variable(float(start))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            z = f(x)
        x.assign_sub(rate * tape.gradient(z, x))
    return x


descend.use(lambda given, f, start, rate, steps: played(given, f, start, rate, steps, rounds=True))


@descend.probe
def _(rng):
    a, b, c = (int(n) for n in rng.integers(1, 5, 3))
    f = Formula(f"{a}x² − {b}x + {c}", lambda x: a * x**2 - b * x + c)
    rate = round(float(rng.uniform(0.02, 0.08)), 2)
    return dict(f=f, start=int(rng.integers(2, 6)), rate=rate, steps=int(rng.integers(3, 6)))


# Past the rate at which it stays in the valley, and in a valley so flat that every slope is small.
descend.example(f=Formula("3x² − 6x", lambda x: 3 * x**2 - 6 * x), start=2, rate=0.4, steps=4)
descend.example(f=Formula("x²/1000", lambda x: x**2 / 1000), start=2.5, rate=100.0, steps=4)


def _descended(f, start, rate, steps, step=lambda x, slope: slope):
    x = float(start)
    for _ in range(steps):
        x -= rate * float(step(x, _slope(f, x)))
    return x


descend.mistakes = {
    "x.assign_sub => x = x.assign_sub": "The first round went well; then the tape gave None. Your `x = …` made x the name of something that no tape watches by itself. Write `x.assign_sub(…)` alone.",
    "float(start) => start": "Your tape gave None: `start` came as the whole number {start}, which has no slope. Make it a float.",
    "float(start)) => float(start), trainable=False)": "Your tape gave None: nobody watches x. Make it a `tf.Variable`, or watch it in each round.",
    "with tf.GradientTape() as tape:\n            z = f(x) => z = f(x)\n        with tf.GradientTape() as tape:\n            pass": "Your tape gave None: it saw nothing of x. Compute f from x itself, inside the `with`.",
    "z = f(x) => z = f(x).numpy()": "The tape was asked about a number that is not TensorFlow's. Compute f from x itself, without `.numpy()` and `float()`.",
    "for _ in range(steps):\n        with tf.GradientTape() as tape:\n            z = f(x) => with tf.GradientTape() as tape:\n        z = f(x)\n    for _ in range(steps):": "Your tape was asked a second time. Open a new one in each round, and compute f in it again: x has moved.",
    "_descended(f, start, -rate, steps)": "You climbed: the slope points uphill. Subtract it, with `assign_sub`.",
    "start - steps * rate * _slope(f, start)": "All your steps used the slope at the start. x has moved since: take a new slope in each round.",
    "_descended(f, start, rate, 1)": "In the end you made one step only. Does the `return` stand inside the loop, or does each round begin at the start?",
    "_descended(f, start, rate, steps - 1)": "You made one step less than the {steps} that are asked for.",
    "_descended(f, start, rate, steps + 1)": "You made one step more than the {steps} that are asked for.",
    "_descended(f, start, 1, steps)": "You took the whole slope as the step. Multiply it by the rate, {rate}.",
    "_descended(f, start, rate, steps, lambda x, slope: np.sign(slope))": "Your steps all have the length `rate`. They should be `rate` times the slope.",
    "_descended(f, start, rate, steps, lambda x, slope: f(x))": "You subtracted `rate` times f(x). Subtract `rate` times the slope.",
    "_descended(f, start, 0.1, steps)": "Your rate is 0.1 in every case. Take `rate`, which is {rate} here.",
    "_descended(f, int(start), rate, steps)": "You cut the start down to a whole number. It is {start}.",
    "f(_descended(f, start, rate, steps))": "You returned f(x), the height. The place x is asked for.",
    "min((_descended(f, start, rate, n) for n in range(1, steps + 1)), key=f)": "You returned the lowest place on the way. The last one is asked for, and at the rate {rate} it may lie higher.",
    "[_descended(f, start, rate, n) for n in range(steps + 1)]": "You returned all places. The last one is asked for.",
    "_slope(f, _descended(f, start, rate, steps))": "You returned the slope at the end. The place x is asked for.",
    "float(start)": "You returned the start. `x - rate * slope` alone moves nothing: store each step in x with `assign_sub`, and return x.",
    "x.assign_sub => x.assign": "`assign` stores the step itself in x. `assign_sub` subtracts it from x.",
}


@descend.also
def _(f, start, rate, steps):
    x = tf.constant(float(start))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = f(x)
        x = x - rate * tape.gradient(z, x)
    return x


descend.also("x.assign_sub(rate * tape.gradient(z, x)) => x.assign(x - rate * tape.gradient(z, x))")
descend.hints = [
    "One Variable before the loop; in each round a new tape, the slope, the step.",
    "`x.assign_sub(rate * slope)` changes x in place. `start` may be a whole number: make it a float.",
]
descend.why = "With a model's weights in place of x, and a loss in place of f, this loop is training."

# What does apply_gradients do? ---------------------------------------------------------------------------------------
one_apply = question(
    "gradient-tape/one-apply",
    "`x` is 1, its slope is 8, the optimizer is `SGD(learning_rate=0.1)`. What is `x` after one `apply_gradients`?",
    0.2,
    mistakes={
        -0.8: "That is the move, −0.1 · 8. Add it to x.",
        0.8: "That is the length of the step. Subtract it from x.",
        1.8: "You went up the slope. An optimizer goes down.",
        0.9: "You subtracted the rate. The step is the rate times the slope, and the slope is 8.",
        -7: "You subtracted the whole slope. The rate makes a tenth of it.",
        -1 / 3: "That is where the valley is lowest. One step does not reach it.",
    },
    hints=["A step is the rate times the slope.", "Rate times slope is 0.8."],
    why="For plain SGD, `apply_gradients` does for each pair what `assign_sub` did above.",
)


@exercise("gradient-tape/apply", points=3)
def apply_pairs(pairs, velocities, rate, momentum):
    """Do what SGD does with momentum. Return two lists: all weights, all
    velocities.

    `pairs` holds (slope, weight), one pair for each weight, `velocities` the
    last move of each: all are numbers. New velocity: momentum times the old
    one, minus rate times slope. The weight moves by it. Where the slope is
    None, weight and velocity stay as they are.
    """
    weights, moves = [], []
    for number, (slope, weight) in enumerate(pairs):
        velocity = velocities[number]
        if slope is not None:
            velocity = momentum * velocity - rate * slope
            weight = weight + velocity
        weights.append(weight)
        moves.append(velocity)
    return weights, moves


@apply_pairs.probe
def _(rng):
    slopes, weights, velocities = rng.permuted(np.tile(np.arange(1.0, 10.0), (3, 1)), axis=1)[:, :4].tolist()
    pairs = list(zip([slopes[0], 0.0, -slopes[1], None], weights, strict=True))
    rate, momentum = round(float(rng.uniform(0.05, 0.5)), 2), round(float(rng.uniform(0.3, 0.9)), 1)
    return dict(pairs=pairs, velocities=velocities, rate=rate, momentum=momentum)


apply_pairs.example(pairs=[(2.0, 1.0), (0.0, 3.0)], velocities=[1.0, 2.0], rate=0.1, momentum=0.5)
RULE = "velocity = momentum * velocity - rate * slope"
apply_pairs.mistakes = {
    "- rate * slope => + rate * slope": "Your weights climbed: a slope points uphill. It enters the velocity with a minus.",
    "momentum * velocity - => -": "You forgot the momentum: your new velocity is the step of plain SGD, and the last move is lost.",
    "momentum * velocity - => velocity -": "You kept the whole last move. Only its share `momentum` goes on.",
    "momentum * velocity - => (1 - momentum) * velocity -": "You kept the share 1 − momentum of the last move. The share is `momentum`.",
    f"{RULE} => velocity = momentum * velocity - rate * (1 - momentum) * slope": "You gave the slope the weight 1 − momentum, as in a moving average. Here it is multiplied by the rate alone.",
    "slope is not None => slope": "You took a slope of 0 for None (`if slope:`). Then 0 stops the weight; it should go on by momentum times its last move. Ask `is not None`.",
    "if slope is not None: => slope = 0.0 if slope is None else slope\n        if True:": "You took None for a slope of 0, so that weight moves on by momentum times its last move. It has to stay where it is.",
    "moves.append(velocity) => moves.append(velocity if slope is not None else 0.0)": "Where the slope is None you set the velocity to 0. It has to stay as it was.",
    "moves.append(velocity) => moves.append(velocity if slope is not None else momentum * velocity)": "Where the slope is None your velocity shrank to its share `momentum`. It has to stay as it was.",
    "moves.append(velocity) => moves.append(velocities[number])": "Your weights are right, but you returned the old velocities.",
    "- rate * slope => - slope": "You left out the rate: rate times slope is subtracted.",
    "weights.append(weight)\n        moves.append(velocity) => if slope is not None:\n            weights.append(weight)\n            moves.append(velocity)": "Your lists are too short: where the slope is None, weight and velocity still belong into them.",
    f"{RULE}\n            weight = weight + velocity => velocity = momentum * velocity + slope\n            weight = weight - rate * velocity": "You left the rate out of the velocity and put it into the move, as PyTorch does. Here it stands in the velocity, before the slope.",
    f"{RULE}\n            weight = weight + velocity => velocity = momentum * velocity + rate * slope\n            weight = weight - velocity": "Your weights are right, and your velocities have the other sign. Here the velocity is the move itself: minus rate times slope.",
    f"{RULE}\n            weight = weight + velocity => weight = weight + velocity\n            {RULE}": "Your weights moved by the old velocities. Compute the new velocity first, then move by it.",
    "weight = weight + velocity => weight = weight + momentum * velocity - rate * slope": "That is Nesterov's momentum: your weights look one velocity ahead. Plain momentum moves by the new velocity.",
    "weights.append(weight) => weights.append(weight if slope is not None else weight + velocity)": "Where the slope is None, your weight went on by its old velocity. It has to stay.",
    "if slope is not None: => if True:": "None cannot be multiplied. Ask `if slope is not None:` first.",
    "(slope, weight) in => (weight, slope) in": "Each pair is (slope, weight), in this order.",
    "velocity = velocities[number] => velocity = moves[-1] if moves else velocities[0]": "You carried the velocity of one pair on to the next. Each weight has a velocity of its own.",
    "[part[:1] for part in apply_pairs(pairs, velocities, rate, momentum)]": "Your lists hold the first pair alone. Does the `return` stand inside the loop?",
    "weight = weight + velocity => weight = weight - velocity": "You subtracted the velocity. The minus is in it already: add it.",
    "weight = weight + velocity => weight = weight - rate * slope": "The velocities are right, but your weights moved by rate times slope alone. They move by the velocity.",
    "weight = weight + velocity =>": "The velocities are right, but your weights did not move by them.",
    "weights.append(weight) => weights.append(velocity)": "Your first list holds the moves again. Add each move to its weight.",
    "return weights, moves => return moves, weights": "You have both lists, but in the other order. The weights come first.",
    "return weights, moves => return weights": "You returned the weights alone. The new velocities are needed for the next step.",
    "return weights, moves => return list(zip(weights, moves, strict=True))": "You returned pairs of a weight and its velocity. Two lists are asked for.",
}


@apply_pairs.also
def _(pairs, velocities, rate, momentum):
    weights = [tf.Variable(weight) for _, weight in pairs]
    moves = [tf.Variable(velocity) for velocity in velocities]
    for (slope, _), weight, move in zip(pairs, weights, moves, strict=True):
        if slope is None:
            continue
        move.assign(momentum * move - rate * slope)
        weight.assign_add(move)
    return weights, moves


apply_pairs.hints = [
    "`for number, (slope, weight) in enumerate(pairs):`; its velocity is `velocities[number]`.",
    "`velocity = momentum * velocity - rate * slope`, then `weight + velocity`.",
    "`if slope is not None:` around both lines; the lists get an entry in either case.",
]
apply_pairs.why = "This is what `apply_gradients` of `SGD(momentum=…)` does. Adam keeps two memories for each weight."

"""Exercises of *The gradient tape*."""

import numpy as np
import tensorflow as tf

from coursekit.checks import attempts, exercise, question


class Formula:
    """A function that a card shows as its formula."""

    def __init__(self, text, function):
        self.text, self.function = text, function

    def __call__(self, *inputs):
        return self.function(*inputs)

    def __repr__(self):
        return self.text


class _NoWay(str):
    """A tape's None as a text, which a card shows without quotes."""

    def __repr__(self):
        return "None"


def _told(given, value):
    """What an answer returned, with each None of a tape as a text: it is no forgotten `return`."""
    if isinstance(value, list | tuple):
        return [_told(given, item) for item in value]
    if value is None and not (attempts.returns_nothing(given) or attempts.prints(given)):
        return _NoWay("None")
    return value


def _plain(value):
    """Nested lists of numbers, where there is a None among them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return np.asarray(value).tolist() if tf.is_tensor(value) or isinstance(value, np.ndarray) else value


# What does a tape write down? ----------------------------------------------------------------------------------------
backward = question(
    "gradient-tape/backward",
    "Now $x_1 = 2$ and $x_2 = 3$. Which gradient arrives at $x_2$?",
    42,
    mistakes={
        9: "9 arrives at x1: it is x2², by which × multiplies the way to x1. Take the other way out of ×.",
        7: "You came as far as the power: 7 arrives there. One slope is left, that of x2² at x2 = 3.",
        6: "6 is the slope of x2² alone. On the way back × has multiplied by its other input, x1 + 5.",
        63: "63 is z itself, what ran forward. Backward starts with 1 and multiplies by slopes.",
        13: "You added the slopes of the way. Along one way slopes multiply; only where ways meet they add.",
    },
    hints=[
        "Start with 1 at z. The slope of a · b along b is a.",
        "× sends 1 · (2 + 5) = 7 to the power. What is the slope of x2² at 3?",
    ],
    why="Each operation needs only its own slope and what arrives from behind: this is all of backpropagation.",
)


# Who is watched? -----------------------------------------------------------------------------------------------------
@exercise("gradient-tape/slope-at", points=2)
def slope_at(f, x):
    """The slope of `f` at the number `x`, from a tape.

    `f` takes a tensor and returns one. `x` is a Python number, whole or not.
    """
    x = tf.constant(float(x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = f(x)
    return tape.gradient(z, x)


@slope_at.use
def _(given, f, x):
    return _told(given, given(f, x))


def _curve(rng):
    a, b, c = (int(n) for n in rng.integers(1, 5, 3))
    if rng.integers(2):
        return Formula(f"{a}x³ + {b}x² − {c}", lambda x: a * x**3 + b * x**2 - c)
    return Formula(f"{a}x² + {b}x − {c}", lambda x: a * x**2 + b * x - c)


slope_at.probe(lambda rng: dict(f=_curve(rng), x=int(rng.integers(2, 6))))
slope_at.probe(lambda rng: dict(f=_curve(rng), x=float(rng.integers(2, 6)) + 0.5))
slope_at.strata(lambda f, x: "whole" if isinstance(x, int) else "decimal")


@slope_at.mistake(
    "For x = {x} your tape gave None. A whole number becomes a tensor of whole numbers, and those have no slopes: make it a float first."
)
def _(f, x):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        z = f(x)
    return tape.gradient(z, x)


slope_at.mistakes = {
    "tape.watch(x) =>": (
        "Your tape gave None, for each x: it holds no way from z back to x. Watch a constant first, or use a `tf.Variable`; and compute z inside the "
        "`with`."
    ),
    "f(float(x))": "You returned f(x), the height of the curve. Asked is its slope: `tape.gradient(z, x)`.",
    "f(x + 1.0) - f(float(x))": "That is how much f grows on the way from x to x + 1. A slope belongs to one place; the tape knows it exactly.",
    "_slope(f, x) * x": "You multiplied the slope by x. `tape.gradient(z, x)` already is the slope along x.",
}


def _slope(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        z = f(x)
    return tape.gradient(z, x)


@slope_at.also
def _(f, x):
    x = tf.Variable(x, dtype=tf.float32)
    with tf.GradientTape() as tape:
        z = f(x)
    return tape.gradient(z, x).numpy()


@slope_at.also
def _(f, x):
    x = tf.convert_to_tensor([float(x)])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        z = f(x)
    return tape.gradient(z, [x])[0][0]


slope_at.hints = [
    "A tape notes what is done with a `tf.Variable`, or with a tensor that it was told to watch.",
    "`tf.Variable(float(x))`, then `z = f(x)` inside `with tf.GradientTape() as tape:`.",
    "After the block: `tape.gradient(z, x)`.",
]
slope_at.why = "Any function of tensors gets its exact slope this way; nobody has to derive it."

# How often can it play? ----------------------------------------------------------------------------------------------
twice = question(
    "gradient-tape/twice",
    "We have asked a tape for `tape.gradient(z, x1)`. What does `tape.gradient(z, x2)` give next, from the same tape?",
    "c",
    options={
        "a": ("42.0", "That is the right slope, but the tape was erased after the first request."),
        "b": ("None", "None says that no way leads back to x2. Here there is not even a tape left to look at."),
        "c": ("an error", "A tape frees what it noted as soon as it has played once."),
        "d": ("51.0, both slopes added up", "Requests are not added up. Sources stay apart, each has its own slope."),
    },
    hints=[
        "The tape holds every number that ran forward. When may it free that memory?",
        "By default a tape serves one request.",
    ],
    why="A training step asks once, for all weights; freeing the tape at once keeps memory small.",
)

# The slope of a slope ------------------------------------------------------------------------------------------------
none_means = question(
    "gradient-tape/none-means",
    "The notes do this and print `None` for the slope of $\\partial z/\\partial x_1$ along $x_1$. What does this None mean?",
    "b",
    options={
        "a": ("the second derivative does not exist", "It exists and is 0: x2² does not change where x1 does."),
        "b": (
            "it is 0: no way leads from x2² back to x1",
            "The tape says None where it finds no way at all, and leaves it to you whether that is 0.",
        ),
        "c": ("the tape had been used up", "That would be an error, and this tape is persistent."),
        "d": ("x1 was not watched", "It was: ∂z/∂x2 has a slope along x1, from the same tape."),
    },
    hints=[
        "How does x2² change where only x1 grows?",
        "What does the tape find when it goes back from x2²: is x1 on its way?",
    ],
    why="None is honest: the same None would come from a forgotten watch, and then 0 would be a lie.",
)


@exercise("gradient-tape/hessian", points=3, probes=6)
def hessian(f, x1, x2):
    """The Hessian of `f` at the numbers `x1` and `x2`: two rows of two
    numbers.

    `f` takes two tensors and returns one. Where no way leads back, the entry
    is 0.
    """
    x = [tf.Variable(float(x1)), tf.Variable(float(x2))]
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            z = f(*x)
        slopes = inner.gradient(z, x)
    return [outer.gradient(slope, x, unconnected_gradients="zero") for slope in slopes]


@hessian.use
def _(given, f, x1, x2):
    return _plain(_told(given, given(f, x1, x2)))


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


def _slopes_of(f, x1, x2):
    """The inputs, their slopes, and the tape that saw how the slopes were computed."""
    x = [tf.Variable(float(x1)), tf.Variable(float(x2))]
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            z = f(*x)
        slopes = inner.gradient(z, x)
    return x, slopes, outer


hessian.mistakes = {
    "np.zeros((2, 2))": "Every entry is 0: your outer tape never saw how the slopes were computed. `inner.gradient(…)` has to stand inside the outer `with`.",
    '[["None", "None"], ["None", "None"]]': "Every entry is None: your outer tape saw nothing. `inner.gradient(…)` has to stand inside it.",
    "_slopes_of(f, x1, x2)[1]": "These are the first derivatives. Each of the two has a slope along x1 and one along x2.",
}


@hessian.mistake(
    'An entry is None: that slope does not change with that input, and no way leads back. Ask for `unconnected_gradients="zero"`.'
)
def _(f, x1, x2):
    x, slopes, outer = _slopes_of(f, x1, x2)
    return [outer.gradient(slope, x) for slope in slopes]


@hessian.mistake(
    "You asked for the slopes of both first derivatives at once. Several targets are added up: the rows of the Hessian lie on top of each other. Ask for "
    "one at a time."
)
def _(f, x1, x2):
    x, slopes, outer = _slopes_of(f, x1, x2)
    return outer.gradient(slopes, x, unconnected_gradients="zero")


@hessian.mistake(
    "That is the diagonal. The mixed second derivatives are missing: how ∂z/∂x1 changes with x2, and the other way."
)
def _(f, x1, x2):
    x, slopes, outer = _slopes_of(f, x1, x2)
    return [outer.gradient(s, v, unconnected_gradients="zero") for s, v in zip(slopes, x, strict=True)]


@hessian.also
def _(f, x1, x2):
    x = tf.constant([x1, x2], tf.float32)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            z = f(x[0], x[1])
        slopes = inner.gradient(z, x)
    return outer.jacobian(slopes, x, unconnected_gradients="zero", experimental_use_pfor=False)


@hessian.also
def _(f, x1, x2):
    rows = []
    for place in range(2):
        x = [tf.Variable(float(x1)), tf.Variable(float(x2))]
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                z = f(*x)
            slope = inner.gradient(z, x[place])
        rows.append([0.0 if entry is None else float(entry) for entry in outer.gradient(slope, x)])
    return np.array(rows)


hessian.hints = [
    "Two tapes, one inside the other. The outer one also notes what `inner.gradient` computes.",
    "The outer tape is asked once for each first derivative: it has to be persistent.",
    '`outer.gradient(slope, x, unconnected_gradients="zero")` is one row.',
]
hessian.why = "The Hessian says how a valley bends; where it bends most decides which learning rate still works."

# Six ways to None ----------------------------------------------------------------------------------------------------
which_none = question(
    "gradient-tape/which-none",
    'Which of these give None for the gradient of `z` along `x`? `z` is computed inside the tape. Give a set, written like `{"a", "h"}`.',
    {"a", "b", "d", "e", "f", "g"},
    options={
        "a": ("`x = tf.constant(2.0)`, `z = x**2`", "A tape notes by itself only what is done with Variables."),
        "b": (
            "`x = tf.Variable(2)`, `z = tf.cast(x, tf.float32)**2`",
            "Between 2 and 3 there is nothing to move to, so there is no slope.",
        ),
        "c": (
            "`x = tf.constant(2.0)`, `tape.watch(x)`, `z = x**2`",
            "`watch` makes any tensor of floats a source: the slope is 4.",
        ),
        "d": (
            "`x = tf.Variable(2.0, trainable=False)`, `z = x**2`",
            "A tape leaves out what is not trainable, unless told to watch it.",
        ),
        "e": (
            "`x = tf.Variable(2.0)`, `z = 3 * tf.square(x.numpy())`",
            "NumPy's numbers do not remember where they came from; the way ends there.",
        ),
        "f": (
            "`x = tf.Variable(2.0)`, `y = x**2` before the tape, `z = 3 * y`",
            "What ran before the `with` was not noted, so the way stops at y.",
        ),
        "g": (
            "`x = tf.Variable(2.0)`, `z = tf.round(x)**2`",
            "The stairs of `tf.round` are flat or broken; TensorFlow gives the operation no slope.",
        ),
        "h": (
            "`x = tf.Variable(2.0)`, `z = 0 * x`",
            "The way is there, with a slope of 0. Then the gradient is the number 0.0, not None.",
        ),
    },
    hints=[
        "Go back from z, operation by operation. Does each belong to TensorFlow, stand inside the tape and have a slope?",
        "And at the end of the way: is x a Variable of floats that may be trained, or watched? Six times something fails.",
    ],
    why="None means no way; 0 means a way along which nothing changes. Only the first is a mistake to look for.",
)


@exercise("gradient-tape/mend", points=2, probes=6)
def loss_slope(w, x, y):
    """The slope, along w, of the mean squared error of w·x against y.

    Mend it: it returns None, for more than one reason. `w` is a float; `x` and
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


@loss_slope.use
def _(given, w, x, y):
    return _told(given, given(w, x, y))


@loss_slope.probe
def _(rng):
    rows = int(rng.integers(2, 6))
    x = rng.integers(1, 6, rows).astype("float32")
    return dict(w=float(rng.integers(1, 5)) + 0.5, x=x, y=(x * rng.integers(5, 9) + 1).astype("float32"))


loss_slope.mistakes = {
    "np.mean((w * x - y) ** 2)": "You returned the loss. The slope is what the tape is asked for: `tape.gradient(loss, w)`.",
    "float(np.sum(2 * (w * x - y) * x))": "You added the squares up: the slope is {got}, as many times too large as there are rows.",
    "np.mean((w * x - y) * x)": "The 2 is missing: the slope of error² is 2 · error, times x.",
    "np.mean(x)": "That is the slope of the mean error, without the square.",
}


@loss_slope.mistake(
    "Still None. Go back from the loss: each step has to be TensorFlow's own, inside the `with`, and at its end stands a Variable or a watched tensor. At "
    "one of the three the way is still cut."
)
def _(w, x, y):
    w = tf.Variable(w)
    prediction = w * x
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((prediction - y) ** 2)
    return tape.gradient(loss, w)


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
    "Where does the way from the loss back to w break first? Start at the loss.",
    "`.numpy()` cuts it, the line before the `with` cuts it, and a constant is not watched by itself.",
]
loss_slope.why = "One cut is enough for None, and mending one of three changes nothing: go the whole way back."

# Descent -------------------------------------------------------------------------------------------------------------
x_gone = question(
    "gradient-tape/x-gone",
    "A loop does write it. What happens in its second round?",
    "b",
    options={
        "a": ("it goes on as with `x.assign_sub(…)` alone", "The number is right, but the name x no longer holds it."),
        "b": (
            "the gradient is None, and None cannot be multiplied",
            "The name x holds what assign_sub returned. It shows the right number, but no tape watches it.",
        ),
        "c": ("`x` is None, because `assign_sub` returns nothing", "It returns something, the new value."),
        "d": (
            "`x.assign_sub` fails, because `x` is a constant",
            "It does not come that far. The tape is asked first: look at what it gives in the second round.",
        ),
    },
    hints=[
        "`assign_sub` changes the Variable in place, and also returns the new value. What does the name x hold then?",
        "The first round went well, as x still named the Variable. Whom does the tape watch in the second?",
    ],
    why="Change a Variable in place; give its name to nothing else.",
)


@exercise("gradient-tape/descend", points=2, probes=5)
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


@descend.probe
def _(rng):
    a, b, c = (int(n) for n in rng.integers(1, 5, 3))
    f = Formula(f"{a}x² − {b}x + {c}", lambda x: a * x**2 - b * x + c)
    rate = round(float(rng.uniform(0.02, 0.08)), 2)
    return dict(f=f, start=int(rng.integers(2, 6)), rate=rate, steps=int(rng.integers(2, 5)))


def _descended(f, start, rate, steps):
    x = float(start)
    for _ in range(steps):
        x -= rate * float(_slope(f, x))
    return x


descend.mistakes = {
    "_descended(f, start, -rate, steps)": "You climbed: the slope points uphill. Take it away, with `assign_sub`.",
    "start - steps * rate * _slope(f, start)": "All your steps used the slope at the start. x has moved since: open a new tape in each round of the loop.",
    "_descended(f, start, rate, steps - 1)": "You made one step less than the {steps} that are asked for.",
    "_descended(f, start, rate, steps + 1)": "You made one step more than the {steps} that are asked for.",
    "_descended(f, start, 1, steps)": "You took the whole slope as the step. Multiply it by the rate, {rate}.",
    "f(_descended(f, start, rate, steps))": "You returned f(x), how deep you came. Asked is the place x.",
}


@descend.mistake("`assign` puts the step in the place of x. `assign_sub` takes it away from x.")
def _(f, start, rate, steps):
    x = float(start)
    for _ in range(steps):
        x = rate * float(_slope(f, x))
    return x


@descend.also
def _(f, start, rate, steps):
    x = tf.Variable(start, dtype=tf.float32)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            z = f(x)
        slope = tape.gradient(z, x)
        x.assign(x - rate * slope)
    return x.numpy()


@descend.also
def _(f, start, rate, steps):
    x = tf.constant(float(start))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = f(x)
        x = x - rate * tape.gradient(z, x)
    return x


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
        1.8: "You went up the slope. An optimizer goes down.",
        0.9: "You took away the rate. The step is the rate times the slope, and the slope at 1 is 8.",
        -7: "You took away the whole slope. The rate makes a tenth of it.",
        -1 / 3: "That is where the valley is lowest. One step does not reach it.",
    },
    hints=["The slope of 3x² + 2x − 1 is 6x + 2. How large is it at 1?", "Rate times slope is 0.8."],
    why="For plain SGD `apply_gradients` is one `assign_sub` for each pair. Nothing else is hidden in it.",
)


@exercise("gradient-tape/apply", points=3)
def apply_pairs(pairs, velocities, rate, momentum):
    """Do what SGD does with momentum. Return two lists: all weights, all
    velocities.

    `pairs` holds (gradient, weight), one pair for each weight, `velocities`
    the last move of each: all are numbers. New velocity: momentum times the
    old one, minus rate times gradient. The weight moves by it. A pair whose
    gradient is None stays as it is, and so does its velocity.
    """
    weights, moves = [], []
    for number, (gradient, weight) in enumerate(pairs):
        velocity = velocities[number]
        if gradient is not None:
            velocity = momentum * velocity - rate * gradient
            weight = weight + velocity
        weights.append(weight)
        moves.append(velocity)
    return weights, moves


@apply_pairs.probe
def _(rng):
    gradients, weights, velocities = rng.integers(1, 9, (3, 3)).astype(float).tolist()
    pairs = list(zip([*gradients[:2], None], weights, strict=True))
    return dict(
        pairs=pairs,
        velocities=velocities,
        rate=round(float(rng.uniform(0.05, 0.5)), 2),
        momentum=round(float(rng.uniform(0.3, 0.9)), 1),
    )


def _applied(pairs, velocities, velocity_of, move_of=lambda old, new, gradient: new, missing=None):
    weights, moves = [], []
    for (gradient, weight), old in zip(pairs, velocities, strict=True):
        gradient = missing if gradient is None else gradient
        new = old if gradient is None else velocity_of(old, gradient)
        weights.append(weight if gradient is None else weight + move_of(old, new, gradient))
        moves.append(new)
    return weights, moves


apply_pairs.mistakes = {
    "_applied(pairs, velocities, lambda v, g: momentum * v + rate * g)": (
        "Your weights climbed: the gradient points uphill. It enters the velocity with a minus."
    ),
    "_applied(pairs, velocities, lambda v, g: -rate * g)": "You forgot the momentum: your new velocity is the step of plain SGD, and the last move is lost.",
    "_applied(pairs, velocities, lambda v, g: v - rate * g)": (
        "You kept the whole last move. Only its share `momentum` goes on; otherwise nothing would ever come to rest."
    ),
    "_applied(pairs, velocities, lambda v, g: momentum * v - rate * g, missing=0)": (
        "You took None for 0. Then the weight goes on rolling by momentum times its last move; it has to stay where it is."
    ),
    "_applied(pairs, velocities, lambda v, g: rate * (momentum * v - g))": (
        "You multiplied the whole velocity by the rate, as other libraries do. Here the rate stands inside: it multiplies the gradient only."
    ),
    "_applied(pairs, velocities, lambda v, g: momentum * v - rate * g, lambda old, new, g: old)": (
        "Your weights moved by the old velocities. Compute the new velocity first, then move by it."
    ),
    "_applied(pairs, velocities, lambda v, g: momentum * v - rate * g, lambda old, new, g: momentum * new - rate * g)": (
        "That is Nesterov's momentum: your weights look one velocity ahead. Plain momentum moves by the new velocity once."
    ),
    "_applied(pairs, velocities, lambda v, g: momentum * v - rate * g, lambda old, new, g: 0)": (
        "The velocities are right, but your weights did not move by them."
    ),
}


@apply_pairs.also
def _(pairs, velocities, rate, momentum):
    weights = [tf.Variable(weight) for _, weight in pairs]
    moves = [tf.Variable(velocity) for velocity in velocities]
    for (gradient, _), weight, move in zip(pairs, weights, moves, strict=True):
        if gradient is None:
            continue
        move.assign(momentum * move - rate * gradient)
        weight.assign_add(move)
    return weights, moves


apply_pairs.hints = [
    "`for number, (gradient, weight) in enumerate(pairs):`; its velocity is `velocities[number]`.",
    "`velocity = momentum * velocity - rate * gradient`, then `weight + velocity`.",
    "`if gradient is not None:` around both lines; the lists get an entry in either case.",
]
apply_pairs.why = (
    "This is `apply_gradients` of `SGD(momentum=…)`. Adam keeps two memories for each weight instead of one."
)

"""Exercises of *Derivatives*."""

import numpy as np
import tensorflow as tf

from coursekit.checks import exercise, question


class Formula:
    """A function that a card shows as its formula."""

    def __init__(self, text, function):
        self.text, self.function = text, function

    def __call__(self, x):
        return self.function(x)

    def __repr__(self):
        return self.text


# How is a slope measured? --------------------------------------------------------------------------------------------
exact = question(
    "derivatives/exact",
    "Take $h = 1$, a huge step. How far is the central difference of $3x^2 + 2x - 1$ at $x = 2$ from its slope, 14?",
    0,
    mistakes={
        3: "That is the forward difference's error: 17 less 14. The central one also looks to the left.",
        1: "1 is the step. Compute it: f(3) = 32 and f(1) = 4, over a way of 2.",
        14: "14 is what comes out. Asked is how far that is from the slope.",
    },
    hints=["f(3) = 32, f(1) = 4. How far apart are the two places?", "28 over a way of 2 is 14."],
    why="A parabola bends alike to both sides, so the two errors cancel. Test a method on what it cannot do by luck.",
)


@exact.also
def _():
    def f(x):
        return 3 * x**2 + 2 * x - 1

    return (f(3) - f(1)) / 2 - 14


@exercise("derivatives/central-difference", points=2)
def central_difference(f, x, h=1e-3):
    """Measure the slope of f at x: from h below to h above.

    `f` takes a number and returns one.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def _sum(*terms):
    """Terms, pairs of a factor and a text, as a sum that people would write: 2·x³ − x."""
    parts = [("−" if a < 0 else "+", text if abs(a) == 1 else f"{abs(a)}·{text}") for a, text in terms]
    first = parts[0][1] if parts[0][0] == "+" else "−" + parts[0][1]
    return " ".join([first, *(f"{sign} {text}" for sign, text in parts[1:])])


def _cubic(a, b, c):
    return Formula(_sum((a, "x³"), (b, "x²"), (c, "x")), lambda x: a * x**3 + b * x**2 + c * x)


def _factor(rng):
    return rng.choice([-3, -2, -1, 1, 2, 3]).item()


@central_difference.probe
def _(rng):
    a, b, c = (_factor(rng) for _ in range(3))
    return dict(f=_cubic(a, b, c), x=rng.integers(-3, 4), h=rng.choice([0.5, 0.25, 0.125]))


central_difference.probe(
    lambda rng: dict(f=_cubic(_factor(rng), _factor(rng), _factor(rng)), x=rng.integers(-3, 4) + 0.5)
)
central_difference.example(f=_cubic(1, 1, 1), x=1, h=0.5)
central_difference.mistakes = {
    "(f(x + h) - f(x)) / h": (
        "You measured from x to h above. That is the forward difference: its error shrinks with h, the central one's with h². Start h below x."
    ),
    "(f(x) - f(x - h)) / h": "You measured from h below to x: the backward difference. End h above x, and the way is 2h.",
    "(f(x + h) - f(x - h)) / h": "Your slope is twice as steep as it should be: from x − h to x + h is a way of 2h. Divide by that, not by h.",
    "(f(x + h) - f(x - h)) / 2 * h": (
        "Python reads `/ 2 * h` from left to right: it halves, and then multiplies by h. Put the way in parentheses: `/ (2 * h)`."
    ),
    "f(x + h) - f(x - h)": "You gave the change of f. A slope is the change per way: divide by 2h.",
    "(f(x - h) - f(x + h)) / (2 * h)": "The sign is reversed: take what lies below from what lies above.",
    "(f(x + h / 2) - f(x - h / 2)) / h": "You went h/2 to each side. That is a central difference too, with half the step; asked is h to each side.",
    "(f(x + 1) - f(x - 1)) / 2": "Your step is always the same: use the `h` that comes in.",
}
central_difference.also("np.mean([(f(x + h) - f(x)) / h, (f(x) - f(x - h)) / h])")


@central_difference.also
def _(f, x, h=1e-3):
    below, above = x - h, x + h
    return (f(above) - f(below)) / (above - below)


central_difference.hints = [
    "How much does f change from x − h to x + h, and how long is that way?",
    "The change over the way: `(… - …) / (2 * h)`, with the parentheses.",
]
central_difference.why = (
    "Two runs of any program give its slope. Whoever writes a gradient by hand checks it like this."
)

# How small may the step be? ------------------------------------------------------------------------------------------
best_step = question(
    "derivatives/best-step",
    "NumPy's usual numbers keep 16 digits (float64). Which $h$ measures the slope of $x^3$ at 1.7 best, by a central difference?",
    "b",
    options={
        "a": (
            "about 0.01",
            "Too long: the curve bends on the way, and the error is 1 in 90,000. A shorter h is better.",
        ),
        "b": ("about 0.00001", "Shorter steps lose digits in the subtraction, longer ones meet the bend."),
        "c": (
            "about 0.00000001",
            "Both values of f then agree in about 8 of their 16 digits: only 8 are left in the difference.",
        ),
        "d": ("the smallest, about 1e-15", "Two values of f that differ only in the last digit: hardly one is left."),
    },
    hints=[
        "If h is tiny, how many of the digits of f(x + h) and f(x − h) are the same? They cancel.",
        "Neither end of the list: the bend asks for a small h, the digits for a large one.",
    ],
    why="The bend costs h², the lost digits cost ε/h; they meet where h³ is about ε.",
)

half_precision = question(
    "derivatives/half-precision",
    "**Question.** Shorter numbers, another step: float16 has an $\\varepsilon$ of about 0.001. Which $h$, a power of ten, suits a central difference?",
    0.1,
    mistakes={
        0.03: "That is √ε, rounded: the rule of the forward difference. The central one takes ∛ε.",
        0.001: "That is ε itself: f(x + h) and f(x − h) would differ in their last digit only. Take ∛ε.",
        0.005: "That suits float32. Here ε is ten thousand times as large: take the root of this ε.",
        0.01: "0.01 squared is about ε·0.1, cubed it is 1e-6: far below ε. The rule is ∛ε.",
        1e-5: "That suits float64. A float16 near 1 does not even notice a step that small.",
    },
    tolerance=0.2,
    hints=["The rule is h ≈ ∛ε.", "Which number times itself times itself is 0.001?"],
    why="The fewer digits a number has, the longer the step has to be.",
)


# What if there are many inputs? --------------------------------------------------------------------------------------
@exercise("derivatives/numerical-gradient", points=3)
def numerical_gradient(f, x, h):
    """Measure the partial derivatives of f at x, by central differences.

    `f` takes an array of shape (inputs,) and returns one number. `x` is such
    an array; its numbers may be whole. Return an array of shape (inputs,).
    """
    slopes = []
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = h
        slopes.append((f(x + step) - f(x - step)) / (2 * h))
    return np.array(slopes)


def _surface(rng, inputs):
    """A function of several inputs. The product keeps apart moving two of them together and one after the other."""
    factors, mixed = [_factor(rng) for _ in range(inputs)], _factor(rng)
    text = _sum((mixed, "x[0]²·x[1]"), *((a, f"x[{i}]³") for i, a in enumerate(factors)))
    return Formula(text, lambda x: mixed * x[0] ** 2 * x[1] + sum(a * n**3 for a, n in zip(factors, x, strict=True)))


@numerical_gradient.probe
def _(rng):
    inputs = rng.integers(2, 5)
    return dict(f=_surface(rng, inputs), x=rng.integers(-3, 4, inputs) + 0.5, h=rng.choice([0.5, 0.25]))


@numerical_gradient.probe
def _(rng):
    inputs = rng.integers(2, 5)
    return dict(f=_surface(rng, inputs), x=rng.integers(1, 4, inputs), h=rng.choice([0.5, 0.25]))


numerical_gradient.strata(lambda f, x, h: "whole" if x.dtype.kind == "i" else "float")


def _measured(f, x, h, below=1.0, way=2.0, cut=False):
    slopes = []
    for i in range(len(x)):
        up, down = (x.copy(), x.copy()) if cut else (x.astype(float), x.astype(float))
        up[i] += h
        down[i] -= below * h
        slopes.append((f(up) - f(down)) / (way * h))
    return np.array(slopes)


numerical_gradient.mistakes = {
    "(f(x + h) - f(x - h)) / (2 * h)": (
        "You moved all inputs together and got one number, about the sum of all partial derivatives. Move one input, leave the others, and do it again for "
        "the next."
    ),
    "_measured(f, x, h).sum()": "You added the partial derivatives up. The gradient is the list of them: a sum forgets which input has which slope.",
    "_measured(f, x, h, cut=True)": (
        "An array of whole numbers stays one: `copy[i] += h` cuts the step off, with no error. Copy it as floats: `x.astype(float)`."
    ),
    "_measured(f, x, h).astype(x.dtype)": (
        "An array of whole numbers cannot hold your slopes: `np.zeros_like(x)` takes over x's kind of number and cuts them off. Use `np.zeros(len(x))`."
    ),
    "_measured(f, x, h, below=0.0, way=1.0)": "Those are forward differences, from x to h above. Begin h below x.",
    "_measured(f, x, h, way=1.0)": "Your slopes are twice as steep as they should be: the way from h below to h above is 2h.",
    "_measured(f, x, h)[:1]": "You gave the slope along the first input only. Each input has its own.",
}


@numerical_gradient.mistake(
    "An input that was moved was not put back before the next one moved. Start from x each time."
)
def _(f, x, h):
    place, slopes = x.astype(float), []
    for i in range(len(x)):
        place[i] += h
        above = f(place)
        place[i] -= 2 * h
        slopes.append((above - f(place)) / (2 * h))
    return np.array(slopes)


numerical_gradient.also("[(f(x + row) - f(x - row)) / (2 * h) for row in h * np.eye(len(x))]")


@numerical_gradient.also
def _(f, x, h):
    slopes = []
    for i in range(len(x)):

        def along(value, i=i):
            return f([*x[:i], value, *x[i + 1 :]])

        slopes.append((along(x[i] + h) - along(x[i] - h)) / (2 * h))
    return tf.constant(slopes)


numerical_gradient.hints = [
    "For each input: add h to that one, call f; take h from it, call f; divide by 2h.",
    "A step that moves only input i: `step = np.zeros(len(x))`, then `step[i] = h`.",
    "`f(x + step) - f(x - step)`, over `2 * h`, for each i.",
]
numerical_gradient.why = "It works for every f that you can run, and needs two runs for each input."

runs = question(
    "derivatives/runs",
    "A network has 1,000 weights. How often is its loss computed, until all partial derivatives are measured by central differences?",
    2000,
    mistakes={
        1000: "One run for each weight is not enough: a central difference takes two, above and below.",
        1001: "That counts forward differences: one run above for each weight, and one at the place itself.",
        2: "Two runs give one slope. Each of the 1,000 weights has to be moved alone.",
        1_000_000: "Each weight is moved alone, not together with each other one: 2 runs for each of them.",
    },
    hints=["How many runs does one central difference need?", "Two for each of the 1,000 weights."],
    why="Training makes thousands of steps; at 2,000 runs a step nobody would train a network.",
)

# A calculation that is played back -----------------------------------------------------------------------------------
used_twice = question(
    "derivatives/used-twice",
    "$x_2$ goes in twice. What is $\\partial g / \\partial x_2$? Then press Play.",
    24,
    mistakes={
        12: "That is what flows back along one of the two ways from x2: 4 · 3. x2 went in twice, and both ways count.",
        144: "Slopes along one way multiply; what comes back on two ways is added: 12 + 12.",
        6: "6 is the slope of x2 · x2. It goes on into g, which multiplies by x1 + 5 = 4.",
        9: "9 is ∂g/∂x1: how much g grows with x1, the factor x2 · x2. Asked is x2.",
        36: "That is the value of g. Its slope along x2 is asked.",
    },
    hints=[
        "How fast does g grow with the square, x2 · x2? By its other factor, 4.",
        "The square's slope along each of its two factors is the other one, 3. Both factors are x2.",
    ],
    why="What flows back on several ways is added. Forget it, and all is well until a number is used twice.",
)


@exercise("derivatives/divide", points=2)
def divide(a, b, arriving):
    """One operation, forward and backward.

    Forward: q = a / b. Backward: `arriving` is the slope of the end along q.
    Return q, and the slopes of the end along a and along b.
    """
    q = a / b
    to_a = arriving / b
    to_b = -arriving * a / b**2
    return q, to_a, to_b


@divide.probe
def _(rng):
    a, b, arriving = rng.choice([-4, -3, -1.5, 1.5, 2, 3, 4, 5], 3)
    return dict(a=a, b=b, arriving=arriving)


divide.example(a=3.0, b=2.0, arriving=5.0)
divide.mistakes = {
    "a / b, arriving / b, arriving * a / b**2": "The slope along b has the wrong sign: with a and b positive, a larger b makes a / b smaller.",
    "a / b, 1 / b, -a / b**2": "Those are the slopes of q. The end feels q by `arriving`, so that both have to be multiplied by it.",
    "a / b, arriving + 1 / b, arriving - a / b**2": "You added `arriving`. Slopes along a way multiply: that is the chain rule.",
    "a / b, arriving * b, arriving * a": "Those are the slopes of a product, b and a. A quotient is a · b⁻¹.",
    "a / b, arriving / b, -arriving * a / b": "The slope along b is −a / b², and you divided by b only once: b⁻¹ has the slope −b⁻².",
    "a / b, -arriving * a / b**2, arriving / b": "You have both slopes in the other order: first along a, then along b.",
    "a / b, arriving / b, -arriving / b**2": "The slope along b misses the factor a: 1 / b has the slope −1 / b², and q is a times that.",
}


@divide.also
def _(a, b, arriving):
    q, h = a / b, 1e-5
    return [q, arriving * ((a + h) / b - (a - h) / b) / (2 * h), arriving * (a / (b + h) - a / (b - h)) / (2 * h)]


@divide.also
def _(a, b, arriving):
    a, b = tf.Variable(a), tf.Variable(b)
    with tf.GradientTape() as tape:
        q = a / b
    to_a, to_b = tape.gradient(q, [a, b], output_gradients=tf.constant(arriving))
    return q, to_a, to_b


divide.hints = [
    "Two questions: how fast does a / b change with a, and how fast with b? Then each times `arriving`.",
    "Along a the slope is 1 / b. For b, write a · b⁻¹: the power −1 comes down, and the exponent falls to −2.",
]
divide.why = "With its slopes beside its value, an operation is ready for every network: the chain rule does the rest."


@exercise("derivatives/play-back", points=3)
def play_back(tape):
    """Play a tape back: return the slopes of its last number, one along each
    number.

    `tape` has an entry for each number, in the order of the calculation: a
    list of pairs (source, slope), empty for an input. `source` says which
    number went in, counted from 0; `slope` is the slope of this number along
    it. A number may go in twice.
    """
    slopes = [0.0] * len(tape)
    slopes[-1] = 1.0
    for number in reversed(range(len(tape))):
        for source, slope in tape[number]:
            slopes[source] += slope * slopes[number]
    return slopes


@play_back.probe
def _(rng):
    inputs, computed = rng.integers(1, 4), rng.integers(2, 5)
    tape = [[] for _ in range(inputs)]
    for number in range(inputs, inputs + computed):
        sources = [number - 1, rng.integers(0, number).item()]  # the last number hangs on all computed ones
        tape.append([(source, _factor(rng)) for source in sources[: rng.integers(1, 3)]])
    return dict(tape=tape)


play_back.example(tape=[[], [(0, 3), (0, 3)]])
play_back.example(tape=[[], [], [(0, 1), (1, 2)], [(2, 3), (0, 4)]])


def _played(tape, *, order=reversed, add=True, first=0.0, last=1.0, through=lambda slope, arriving: slope * arriving):
    slopes = [first] * len(tape)
    slopes[-1] = last
    for number in order(range(len(tape))):
        for source, slope in tape[number]:
            slopes[source] = (slopes[source] if add else 0) + through(slope, slopes[number])
    return slopes


play_back.mistakes = {
    "_played(tape, add=False)": "A number that was used twice kept only one of its two slopes: yours overwrites what had arrived. Add to it: `+=`.",
    "_played(tape, order=list)": "You played the tape forwards. A number can pass its slope on only when all of it has arrived: begin at the end.",
    "_played(tape, through=lambda slope, arriving: slope)": (
        "You passed on the slopes of single steps. Multiply each by what arrived at the number: that is the chain rule."
    ),
    "_played(tape, through=lambda slope, arriving: arriving)": "You passed on what had arrived, without the recorded slope of the step. Multiply by it.",
    "_played(tape, through=lambda slope, arriving: slope + arriving)": "Along a way slopes multiply, and you added them. Only different ways are added.",
    "_played(tape, last=0.0)": "Everything stayed 0: nothing says where to begin. The last number's slope along itself is 1.",
    "_played(tape, first=1.0)": "You began with 1 everywhere. Only the last number begins with 1; the others with 0.",
    "play_back(tape)[::-1]": "Your slopes come in the order of playing back, the last number's first. Turn the list around.",
}


@play_back.also
def _(tape):
    size = len(tape)
    moved = np.eye(size)  # row: how much a number moves if one of all numbers moves by 1
    for number, sources in enumerate(tape):
        for source, slope in sources:
            moved[number] += slope * moved[source]
    return moved[-1]


@play_back.also
def _(tape):
    slopes = {len(tape) - 1: 1.0}
    for number in range(len(tape) - 1, -1, -1):
        for source, slope in tape[number]:
            slopes[source] = slopes.get(source, 0.0) + slope * slopes.get(number, 0.0)
    return [slopes.get(number, 0.0) for number in range(len(tape))]


play_back.hints = [
    "Keep a list of slopes: 1 for the last number, 0 for all others. Then go backwards.",
    "For each pair of an entry: what arrived at this number, times the slope, goes to the source.",
    "`slopes[source] += slope * slopes[number]`",
]
play_back.why = "This loop is backpropagation: one pass, whatever the number of weights."

# What goes wrong -----------------------------------------------------------------------------------------------------
corner = question(
    "derivatives/corner",
    "ReLU is 0 for x < 0, and x for x > 0. What does its central difference at x = 0 say?",
    0.5,
    mistakes={
        0: "That is the slope on the left. The central difference also looks to the right: (h − 0) / 2h.",
        1: "That is the slope on the right, and what a forward difference says. The left side counts too.",
        2: "The change from −h to h is h, and the way is 2h: h cancels.",
    },
    hints=["ReLU at h is h, at −h it is 0. How long is the way between them?", "h / 2h"],
    why="At a corner there is no slope, and each method invents its own. Check gradients away from corners.",
)

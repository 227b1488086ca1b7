"""Exercises of *Derivatives*."""

import operator

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
        3: "3 is the error of the forward difference, 17 − 14. The central difference also looks to the left.",
        1: "1 is the step. Compute the difference: f(3) = 32 and f(1) = 4, and the run from 1 to 3 is 2.",
        14: "14 is the central difference itself. The question is how far it is from the slope, 14.",
        17: "17 is the forward difference, from 2 to 3. The central difference starts at 1, and you are asked how far it is from 14.",
        28: "28 is the rise from 1 to 3. Divide it by the run, and compare the result with the slope, 14.",
    },
    hints=["f(3) = 32 and f(1) = 4. How far apart are the two places?", "The rise is 28 and the run is 2."],
    why="A parabola bends equally on both sides, so the two errors cancel. Do not test a method on a parabola alone.",
)


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
    return dict(f=_cubic(*(_factor(rng) for _ in range(3))), x=rng.integers(-3, 4), h=rng.choice([0.5, 0.25, 0.125]))


central_difference.probe(lambda rng: dict(f=_cubic(*(_factor(rng) for _ in range(3))), x=rng.integers(-3, 4) + 0.5))
central_difference.example(f=_cubic(1, 1, 1), x=1, h=0.5)
central_difference.example(f=_cubic(-2, 3, -1), x=-1.5, h=0.25)
central_difference.example(f=Formula("x²", lambda x: x * x), x=3, h=1e-5)  # a float32 has too few digits for it
ONLY_ONE_DIVIDED = "Only the value below was divided. Put the whole rise in parentheses: `(… - …) / (2 * h)`."
FEW_DIGITS = "You measured with float32, which has too few digits for so short a step. Keep Python's numbers."
central_difference.mistakes = {
    "(f(x + h) - f(x)) / h": "You measured from x to h above: a forward difference. Start h below x, so that the run is 2h.",
    "(f(x) - f(x - h)) / h": "You measured from h below to x: a backward difference. End h above x, so that the run is 2h.",
    "(f(x + h) - f(x - h)) / h": "Your slope is twice as steep as it should be. The run from x − h to x + h is 2h; divide by that, not by h.",
    "(f(x + h) - f(x - h)) / 2 * h": "Python reads `/ 2 * h` from left to right: it halves, and then multiplies by h. Put the run in parentheses: `/ (2 * h)`.",
    "f(x + h) - f(x - h) / (2 * h)": ONLY_ONE_DIVIDED,
    "f(x + h) - f(x - h) / 2 * h": ONLY_ONE_DIVIDED,
    "(f(x + h) - f(x)) / (2 * h)": "Your rise is that from x to h above, but you divided by 2h. Start h below x.",
    "(f(x + h) - f(x - h)) // (2 * h)": "`//` cuts the slope down to a whole number. Divide with `/`.",
    "f(x + h) - f(x - h)": "You gave the rise of f. A slope is rise over run: divide by 2h.",
    "(f(x + h) - f(x - h)) / 2": "You halved the rise. The run is 2h: divide by h, too.",
    "(f(x - h) - f(x + h)) / (2 * h)": "The sign is reversed. Subtract the value below from the value above.",
    "(f(x + h) + f(x - h)) / (2 * h)": "You added the two values. The rise is their difference, `f(x + h) - f(x - h)`.",
    "(f(x + h / 2) - f(x - h / 2)) / h": "You went h/2 to each side. That is a central difference with half the step; go h to each side.",
    "(f(x + h) - 2 * f(x) + f(x - h)) / h**2": "You measured how the slope changes: the second derivative. The slope is `f(x + h) - f(x - h)` over 2h.",
    "(f(np.float32(x) + np.float32(h)) - f(np.float32(x) - np.float32(h))) / np.float32(2 * h)": FEW_DIGITS,
    "(np.float32(f(x + h)) - np.float32(f(x - h))) / np.float32(2 * h)": FEW_DIGITS,
    "(f(x + 2 * h) - f(x - 2 * h)) / (4 * h)": "You went 2h to each side. That is a central difference with twice the step; go h to each side.",
    "abs(f(x + h) - f(x - h)) / (2 * h)": "Your slope is never negative. Where a curve falls, it is: leave out `abs`.",
    "round((f(x + h) - f(x - h)) / (2 * h), 2)": "You rounded the slope. Return it with all its digits.",
    "(f(x + 1) - f(x - 1)) / 2": "Your step is always 1. Use the `h` that comes in.",
    "(f(x + 1e-4) - f(x - 1e-4)) / 2e-4": "You gave the slope of the tangent. With the `h` that comes in, the two places are farther apart, and the line through them has another slope.",
}
central_difference.also("np.mean([(f(x + h) - f(x)) / h, (f(x) - f(x - h)) / h])")


@central_difference.also
def _(f, x, h=1e-3):
    below, above = x - h, x + h
    return (f(above) - f(below)) / (above - below)


central_difference.hints = [
    "How much does f change from x − h to x + h, and how far apart are these two places?",
    "Rise over run: `(… - …) / (2 * h)`, with the parentheses.",
]
central_difference.why = "Two runs of a smooth function give its slope, without its formula. It is how gradients written by hand are checked."

# How small may the step be? ------------------------------------------------------------------------------------------
best_step = question(
    "derivatives/best-step",
    "NumPy's usual numbers keep 16 digits (float64). Which $h$ measures the slope of $x^3$ at 1.7 best, by a central difference?",
    "b",
    options={
        "a": ("about 0.01", "Too long: the curve bends within such a step, and the slope is off by about 1 in 87,000."),
        "b": ("about 0.00001", "Shorter steps lose more digits to rounding, and longer steps see more of the bend."),
        "c": ("about 0.00000001", "x fills about 8 of the 16 digits of x + h, so only 8 are left for the step, and about as many for the rise."),
        "d": ("the smallest, about 1e-15", "x fills nearly all digits of x + h, so hardly one is left for the step, and hardly one for the rise."),
    },
    hints=[
        "If h is tiny, how many of its digits survive in x + h, where x needs most of the 16? The rise has the same problem.",
        "Neither end of the list: the bend asks for a small h, the digits ask for a large one.",
    ],
    why="The bend costs about h² and the lost digits about ε/h. The two are equal where h³ is about ε.",
)  # fmt: skip

half_precision = question(
    "derivatives/half-precision",
    "**Question.** A float16 is even shorter: its $\\varepsilon$ is about 0.001. Which $h$, a power of ten, suits a central difference?",
    0.1,
    mistakes={
        0.03: "That is about √ε, the rule for the forward difference. The rule for the central one is ∛ε.",
        0.001: "That is ε itself: f(x + h) and f(x − h) would differ in their last digits only. The rule is ∛ε.",
        0.005: "That suits float32. Here ε is about eight thousand times as large: take the cube root of this ε.",
        0.01: "0.01³ is 1e-6, far below ε. The rule is h ≈ ∛ε, so h³ should be about ε.",
        1e-4: "That is less than ε: if you add it to 1 in float16, nothing changes. The rule is h ≈ ∛ε.",
        -1: "If you mean the exponent, 10⁻¹, write the number: 0.1.",
        1e-5: "That suits float64. If you add it to 1 in float16, nothing changes.",
        1: "Then h³ is 1, far above ε: the curve bends too much within such a step. The rule is h ≈ ∛ε.",
    },
    tolerance=0.2,
    hints=["The rule is h ≈ ∛ε.", "Which number times itself times itself is 0.001?"],
    why="The fewer digits a number has, the longer the best step is.",
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
numerical_gradient.example(f=_surface(np.random.default_rng(1), 3), x=np.array([1, 2, 3]), h=0.5)
numerical_gradient.example(f=Formula("x[0]² + x[1]²", lambda x: x[0] ** 2 + x[1] ** 2), x=np.array([1.5, 3]), h=1e-5)


def _measured(f, x, h, below=1.0, above=1.0, run=2.0, cut=False):
    slopes = []
    for i in range(len(x)):
        up, down = (x.copy(), x.copy()) if cut else (x.astype(float), x.astype(float))
        up[i] += above * h
        down[i] -= below * h
        slopes.append((f(up) - f(down)) / (run * h))
    return np.array(slopes)


NOT_PUT_BACK = "Inputs that were moved earlier were not back in their places when the next one moved. Start from x, with a new step, in each round."
numerical_gradient.mistakes = {
    "(f(x + h) - f(x - h)) / (2 * h)": "You moved all inputs together and got one number, about the sum of all partial derivatives. Move one input, hold the others still, then the next.",
    "np.full(len(x), (f(x + h) - f(x - h)) / (2 * h))": "You moved all inputs together each time, so every slope is the same number. Move one input and hold the others still.",
    "_measured(f, x, h).sum()": "You added the partial derivatives up. The gradient is the list of them: a sum forgets which input has which slope.",
    "_measured(f, x, h, cut=True)": "An array of whole numbers stays one: `copy[i] += h` and `-= h` keep the whole part only (1.5 becomes 1), with no error. Copy it as floats: `x.astype(float)`.",
    "_measured(f, x, h).astype(x.dtype)": "An array of whole numbers cannot hold your slopes: `np.zeros_like(x)` takes over x's kind of number and cuts them off. Use `np.zeros(len(x))`.",
    "np.zeros(len(x))": "These slopes are all 0, as if the two places were one. Does `np.zeros_like(x)` cut h down to 0, because x is whole, or are `up` and `down` one array? Take `np.zeros(len(x))` and `x.astype(float)`.",
    "_measured(f, x, h, below=0.0, run=1.0)": "Those are forward differences, from x to h above. Begin h below x.",
    "_measured(f, x, h, above=0.0, run=1.0)": "Those are backward differences, from h below to x. End h above x.",
    "_measured(f, x, h, run=1.0)": "Your slopes are twice as steep as they should be: the run from h below to h above is 2h.",
    "_measured(f, x, h, run=2 / h**2)": "Python reads `/ 2 * h` from left to right: it halves, and then multiplies by h. Write `/ (2 * h)`.",
    "_measured(f, x, h, below=0.0)": "Your rise is that from x to h above, but you divided by 2h. Start h below x.",
    "[f(x + row) - f(x - row) / (2 * h) for row in h * np.eye(len(x))]": ONLY_ONE_DIVIDED,
    "_measured(f, x, 1.0)": "Your step is always 1. Use the `h` that comes in.",
    "-_measured(f, x, h)": "The signs are reversed. Subtract the value below from the value above.",
    "_measured(f, x, 1e-4)": "You gave the slopes of tangents. With the `h` that comes in, the two places are farther apart, and the slopes differ.",
    "[(f(x + row) - f(x - row)) / (2 * h) for row in h * np.tri(len(x))]": NOT_PUT_BACK,
    "[(f(x + h * (e - t)) - f(x - h * (e + t))) / (2 * h) for e, t in zip(np.eye(len(x)), np.tri(len(x), k=-1), strict=True)]": NOT_PUT_BACK,
    "_measured(f, x.astype(np.float32), h, cut=True)": FEW_DIGITS,
    "_measured(f, x, h / 2)": "You went h/2 to each side. That is a central difference with half the step; go h to each side.",
    "_measured(f, x, h)[::-1]": "You have all slopes, but in reverse order. The first one belongs to the first input.",
    "_measured(f, x, h) / np.linalg.norm(_measured(f, x, h))": "You scaled the gradient to length 1. Return the slopes as they are.",
    "_measured(f, x, h)[-1]": "You returned the last slope alone. Collect the slopes in a list, and return all of them after the loop.",
    "_measured(f, x, h)[:1]": "You gave the slope along the first input only. Is `return` inside the loop? Each input has its own slope.",
    "_measured(f, x, h) * (np.arange(len(x)) == 0)": "Only the slope along the first input was filled in. Is `return` inside the loop? It ends the function in the first round.",
}

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
numerical_gradient.why = "It needs no formula, only a smooth f that you can run, and it needs two runs for each input."

runs = question(
    "derivatives/runs",
    "A network has 1,000 weights. How many times must its loss be computed to measure all partial derivatives by central differences?",
    2000,
    mistakes={
        1000: "One run for each weight is not enough: a central difference needs two, one above and one below.",
        1001: "That counts forward differences: one run above for each weight, and one at the place itself.",
        2001: "The run at the place itself is not needed: a central difference uses the values above and below.",
        2: "Two runs give one slope. Each of the 1,000 weights has to be moved alone.",
        1: "One run gives the loss, and no slope. Each of the 1,000 weights has to be moved, up and down.",
        1_000_000: "Pairs of weights are not moved together. Each weight is moved alone, once up and once down.",
    },
    hints=["How many runs does one central difference need?", "Two for each of the 1,000 weights."],
    why="Training takes thousands of steps, and each would cost 2,000 runs.",
)

# A calculation that is played back -----------------------------------------------------------------------------------
used_twice = question(
    "derivatives/used-twice",
    "$x_2$ goes in twice. What is $\\partial g / \\partial x_2$? Then press Play.",
    24,
    mistakes={
        12: "That comes back along one of the two paths to x2: 4 · 3. x2 went in twice, so both paths count.",
        144: "Slopes multiply along one path, but what comes back on two paths is added: 12 + 12.",
        36: "36 is the value of g, and also 4 · 3 · 3. The two local slopes of 3 lie on two paths: 4 · 3 on each, and then add.",
        6: "6 is the slope of x2 · x2. It goes on into g, which multiplies it by x1 + 5 = 4.",
        8: "8 is 4 · 2. The slope of x2 · x2 is 2 · x2, which is 6.",
        -6: "g grows with x2 · x2 by its other factor. That is x1 + 5 = 4, not x1.",
        9: "9 is ∂g/∂x1: x2 · x2 is the factor by which g grows with x1. The question is about x2.",
        4: "4 arrives at x2 · x2. From there it goes back to x2 on two paths, times 3 on each.",
    },
    hints=[
        "How fast does g grow with the square, x2 · x2? By its other factor, 4.",
        "The square's slope along each of its two factors is the other one, 3. Both factors are x2.",
    ],
    why="What comes back on several paths is added. If you forget that, all is well until a number is used twice.",
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
ALONG_A = "The slope along b is right, but not the one along a. a / b is a · (1 / b), so its slope along a is 1 / b."

divide.mistakes = {
    "a / b, arriving / b, arriving * a / b**2": "The slope along b has the wrong sign: with a and b positive, a larger b makes a / b smaller.",
    "a / b, 1 / b, -a / b**2": "Those are the slopes of q. The slope of the end along q is `arriving`, so multiply both by it.",
    "a / b, arriving / b, -a / b**2": "You multiplied the slope along a by `arriving`, but not the slope along b. Both go through q.",
    "a / b, 1 / b, -arriving * a / b**2": "You multiplied the slope along b by `arriving`, but not the slope along a. Both go through q.",
    "a / b, arriving + 1 / b, arriving - a / b**2": "You added `arriving`. Slopes along a path multiply: that is the chain rule.",
    "arriving * a / b, arriving / b, -arriving * a / b**2": "You multiplied q by `arriving`, too. Forward, q is a / b; `arriving` belongs to the slopes.",
    "a // b, arriving / b, -arriving * a / b**2": "`//` cuts the quotient down to a whole number. Write `a / b`.",
    "a / b, arriving * b, arriving * a": "Those are the slopes of a product, b and a. A quotient is a · b⁻¹.",
    "a / b, arriving / b, -arriving * a / b": "The slope along b is −a / b², and you divided by b only once: b⁻¹ has the slope −b⁻².",
    "a / b, -arriving * a / b**2, arriving / b": "You have both slopes, but in the other order: first along a, then along b.",
    "a / b, arriving / b, -arriving / b**2": "The slope along b lacks the factor a: 1 / b has the slope −1 / b², and q is a times 1 / b.",
    "arriving / b, -arriving * a / b**2": "Those are the two slopes. Return three numbers, and q is the first.",
    "a / b, arriving / b, -arriving * a / b * b": "Python reads `/ b * b` from left to right, so that b drops out. Write `/ b**2`.",
    "a / b, arriving / b, -arriving * (a / b) ** 2": "Along b, only b is squared: −a / b².",
    "a / b, arriving / b, -arriving * a / b**3": "Along b you divided by b three times: q holds one of them already. Write −a / b², or −q / b.",
    "a / b, arriving / b, -2 * arriving * a / b**3": "The exponent of b⁻¹ is −1, so −1 comes down as the factor, and the new exponent is −2.",
    "a / b, arriving / b, -(arriving**2) * a / b**2": "You multiplied the slope along b by `arriving` twice. Once is enough.",
    "arriving / b, -arriving * a / b**2, a / b": "You have all three numbers, but in another order: q first, then the slopes along a and along b.",
    "b / a, arriving / b, -arriving * a / b**2": "Your q is b / a. Forward, q is a / b.",
    "a / b, arriving * b, -arriving * a / b**2": ALONG_A,
    "a / b, arriving * a / b, -arriving * a / b**2": ALONG_A,
    "a / b, arriving / b, -arriving * b / a**2": "Along b you exchanged a and b: the slope is −a / b².",
    "a / b, arriving / b, -arriving / b": "The slope along b is not −1 / b: b⁻¹ has the slope −b⁻², and q is a times b⁻¹.",
    "a / b, arriving / b, arriving * a": "The slope along b is not a: that would be a product. b⁻¹ has the slope −b⁻², and q is a times b⁻¹.",
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
    "How fast does a / b change with a, and how fast with b? Multiply each by `arriving`.",
    "Along a, the slope is 1 / b. For b, write a · b⁻¹: the exponent −1 comes down as a factor, and falls to −2.",
]
divide.why = "An operation that knows its slopes is ready for any network: the chain rule does the rest."


@exercise("derivatives/play-back", points=3)
def play_back(tape):
    """Play a tape back: return a list of the slopes of its last number, one
    along each number of the tape.

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
        sources = [number - 1, rng.integers(0, number).item()]  # the last number depends on all computed ones
        tape.append([(source, _factor(rng)) for source in sources[: rng.integers(1, 3)]])
    return dict(tape=tape)


play_back.example(tape=[[], [(0, 3), (0, 3)]])
play_back.example(tape=[[], [], [(0, 1), (1, 2)], [(2, 3), (0, 4)]])
play_back.example(tape=[[], [(0, 2), (0, 5)], [(1, 3), (1, 3), (0, -2)]])
play_back.example(tape=[[], [(0, 0.5)], [(1, 3)], [(1, 5), (2, 4)]])  # a fraction; 1 waits for both of its paths
play_back.example(tape=[[], [(0, 2)], [(0, 3)]])  # nothing uses the second number
play_back.example(tape=[[], [(0, 1)], [], [(1, 2), (2, 3)], [(3, 4)]])  # an input after a computed number


def _played(tape, *, order=reversed, join=operator.add, first=0.0, last=1.0, through=operator.mul):
    slopes = [first] * len(tape)
    slopes[-1] = last
    for number in order(range(len(tape))):
        for source, slope in tape[number]:
            slopes[source] = join(slopes[source], through(slope, slopes[number]))
    return slopes


def _spread(tape, again):
    slopes, reached = [0.0] * (len(tape) - 1) + [1.0], [len(tape) - 1]
    for number in reached:
        for source, slope in tape[number]:
            slopes[source] += slope * slopes[number]
            reached += [source] * (again or source not in reached)
    return slopes


ONCE = "A number that goes twice into one step counted only once there. Go through all pairs of an entry: a set or a dict drops some."

play_back.mistakes = {
    "_played(tape, join=lambda old, new: new)": "A number that was used twice kept only one of its slopes: the second overwrote the first. Add to it: `+=`.",
    "_played([list(dict(entry).items()) for entry in tape])": ONCE,
    "_played([list(set(entry)) for entry in tape])": ONCE,
    "_played(tape, first=1.0, join=operator.mul)": "You multiplied what comes back on different paths. Begin with 0, and add it: `+=`.",
    "_played(tape, order=list)": "Only what went into the last number got a slope. Go through the whole tape, from its end to its start, so that each number can pass on what arrived.",
    "_played(tape, through=lambda slope, arriving: slope)": "You passed on the recorded slopes alone. Multiply each by what arrived at the number: that is the chain rule.",
    "_played(tape, through=lambda slope, arriving: arriving)": "You passed on what had arrived, without the recorded slope. Multiply by it.",
    "_played(tape, through=operator.add)": "You added slopes along a path. There they multiply; only different paths are added.",
    "_played(tape, last=0.0)": "Every slope is 0: nothing says where to begin. The slope of the last number along itself is 1.",
    "_played(tape, first=1.0)": "You began with 1 everywhere. Only the last number begins with 1, and all others with 0.",
    "[0.0] * (len(tape) - 1) + [1.0]": "Only the last number has a slope: nothing came back from it. Begin with this number, and add to its sources `slope * slopes[number]`.",
    "[1.0] + [0.0] * (len(tape) - 1)": "You began with 1 at the first number, and nothing comes back to it from the end. The last number begins with 1.",
    "_played([[(source - 1, slope) for source, slope in entry] for entry in tape])": "Each slope went to the number before the right one. Sources are counted from 0, as in Python: leave out the `- 1`.",
    "_played(tape, join=lambda old, new: int(old + new))": "Your list holds whole numbers only, and cuts a slope of 0.5 down to 0. Begin with floats: `[0.0] * len(tape)`.",
    "_spread(tape, again=False)": "A number passed its slope on before everything had come back to it. Go through the tape from its end to its start; then all that use a number come before it.",
    "_spread(tape, again=True)": "A number that was reached on two paths passed on the first part twice. Visit each number once, from the end of the tape to its start.",
    "_played(tape, order=lambda numbers: reversed(numbers[sum(not entry for entry in tape) :]))": "You stopped at the number of inputs, as if all inputs came first. An input may come later: go through the whole tape.",
    "play_back(tape)[::-1]": "Your slopes come in the order of playing back, the last number first. Turn the list around.",
    "[slope for slope, entry in zip(play_back(tape), tape, strict=True) if not entry]": "You returned the slopes along the inputs only. The list holds one slope for each number of the tape.",
}


@play_back.mistake("You began with 1 at each number that nothing uses. Only the last number begins with 1.")
def _(tape):
    used = {source for entry in tape for source, _ in entry}
    slopes = [float(bool(entry) and number not in used) for number, entry in enumerate(tape)]
    for number in reversed(range(len(tape))):
        for source, slope in tape[number]:
            slopes[source] += slope * slopes[number]
    return slopes


@play_back.mistake("Those are slopes along the first input. You need those of the last number, so begin at the end.")
def _(tape):
    slopes = [1.0] + [0.0] * (len(tape) - 1)
    for number, sources in enumerate(tape):
        for source, slope in sources:
            slopes[number] += slope * slopes[source]
    return slopes


@play_back.also
def _(tape):
    size = len(tape)
    moved = np.eye(size)  # row: how much a number moves if one of all numbers moves by 1
    for number, sources in enumerate(tape):
        for source, slope in sources:
            moved[number] += slope * moved[source]
    return moved[-1]


play_back.hints = [
    "Keep a list of slopes: 1 for the last number and 0 for all others. Then go through the tape backward.",
    "For each pair of an entry, what arrived at this number, times the slope, is added to the source.",
    "`slopes[source] += slope * slopes[number]`",
]
play_back.why = "This loop is backpropagation: one pass, whatever the number of weights."

# What goes wrong -----------------------------------------------------------------------------------------------------
corner = question(
    "derivatives/corner",
    "ReLU is 0 for x < 0, and x for x > 0. What does its central difference at x = 0 say?",
    0.5,
    mistakes={
        0: "That is the slope on the left. The central difference looks to the right, too: (h − 0) / 2h.",
        1: "That is the slope on the right, which a forward difference gives. The central one sees the left side, too.",
        2: "That is run over rise. The rise from −h to h is h, and the run is 2h.",
    },
    hints=["ReLU is h at h, and 0 at −h. How far apart are these two places?", "h / 2h"],
    why="At a corner there is no slope, and each method gives a number of its own. Check gradients away from corners.",
)

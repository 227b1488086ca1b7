"""Exercises of *Recurrent networks*."""

import numpy as np
import tensorflow as tf

from coursekit.checks import exercise, question

# What can a bag of words not see? ------------------------------------------------------------------------------------
bag_limit = question(
    "rnn/bag-limit",
    "How many of the opinions can a model judge rightly, at best, that only counts words?",
    "b",
    options={
        "a": (
            "all, if it is large enough and trained long enough",
            "However large it is, it gets the same numbers for both sentences of a pair, so it gives them one verdict.",
        ),
        "b": (
            "exactly half, whatever its weights are",
            "Both of a pair have the same counts and get one verdict; it is right for one of them, and wrong for the other.",
        ),
        "c": (
            "about half, a little more after training",
            "Nothing can be learned here: in every single pair one verdict is right and one is wrong, before and after.",
        ),
        "d": (
            "none, because it misses the order",
            "Missing the order does not make it always wrong: of each pair one sentence does have the verdict that it gives.",
        ),
    },
    hints=[
        "Which numbers does the model get for the first sentence of a pair, and which for the second?",
        "Same input, same verdict. How often is it right in one pair?",
    ],
    why="No training repairs an input that lost the information. The order has to reach the network first.",
)

# A cell with a memory ------------------------------------------------------------------------------------------------
after_silence = question(
    "rnn/after-silence",
    "The cell reads 1, 0, 0, with $w = 1$ and $u = 0.9$. What is its state after the third step?",
    "c",
    options={
        "a": (
            "0, because the input is 0",
            "The input is only one of two things that a step reads. The other is the old state.",
        ),
        "b": (
            "the same as after the first step",
            "Nothing holds it: each step multiplies the state by 0.9 and sends it through tanh once more.",
        ),
        "c": (
            "smaller than after the first step, but not 0",
            "Each step keeps a part: first tanh(0.9 · 0.76), then tanh of 0.9 times that.",
        ),
        "d": (
            "larger, because states add up",
            "There is nothing to add: the inputs are 0 by then, and 0.9 and tanh both shrink what is left.",
        ),
    },
    hints=[
        "Put in x = 0: the new state is tanh(0.9 · old state).",
        "After the first step the state is tanh(1) = 0.76. Is tanh(0.9 · 0.76) larger or smaller?",
    ],
    why="The state is the memory, and it fades. How fast it fades decides how far back a network can look.",
)


@exercise("rnn/one-step", points=2)
def next_state(x, state, kernel, recurrent, bias):
    """Make one step of a tanh cell, for a whole batch: return the new states.

    Shapes: `x` (batch, features), `state` (batch, units), `kernel` (features,
    units), `recurrent` (units, units), `bias` (units,).
    """
    return np.tanh(x @ kernel + state @ recurrent + bias)


def _decimals(rng, *shape):
    """Numbers of one decimal from -0.9 to 0.9, none of them 0."""
    return rng.integers(1, 10, shape) * rng.choice((-1, 1), shape) / 10


@next_state.probe
def _(rng):
    batch, features, units = (int(n) for n in rng.integers((1, 1, 2), (4, 4, 4)))
    return dict(
        x=_decimals(rng, batch, features),
        state=_decimals(rng, batch, units),
        kernel=_decimals(rng, features, units),
        recurrent=_decimals(rng, units, units),
        bias=_decimals(rng, units),
    )


next_state.mistakes = {
    "np.tanh(x @ kernel + bias)": "Your step never reads the old state, so it has no memory: add `state @ recurrent`.",
    "x @ kernel + state @ recurrent + bias": "Without tanh the states can grow without end. Send the whole sum through `np.tanh`.",
    "np.tanh(x @ kernel + state @ recurrent)": "The bias is missing inside tanh.",
    "np.tanh(x @ kernel) + np.tanh(state @ recurrent + bias)": (
        "Input and state went through tanh one by one. A cell adds them first: tanh of one sum, so that the state can tip how the input counts."
    ),
    "np.tanh(x @ kernel + state @ recurrent.T + bias)": (
        "You turned `recurrent` round. Each row of `state` is one memory, so it stands left: `state @ recurrent`."
    ),
    "state + np.tanh(x @ kernel + state @ recurrent + bias)": (
        "You added the new state to the old one. The old state enters through `recurrent` only; the new one replaces it."
    ),
    "np.tanh(x @ kernel + state * np.diag(recurrent) + bias)": (
        "You multiplied each state by its own entry of `recurrent` only. Every unit reads all units' states: `@`, not `*`."
    ),
}
next_state.also(
    "np.tanh(np.hstack([x, state]) @ np.vstack([kernel, recurrent]) + bias)",
    "tf.tanh(tf.matmul(x, kernel) + tf.matmul(state, recurrent) + bias)",
)


@next_state.also
def _(x, state, kernel, recurrent, bias):
    rows = []
    for inputs, memory in zip(x, state, strict=True):
        rows.append([np.tanh(inputs @ kernel[:, j] + memory @ recurrent[:, j] + bias[j]) for j in range(len(bias))])
    return rows


next_state.hints = [
    "Two matrix products and the bias make one sum of shape (batch, units).",
    "`x @ kernel` is what a Dense layer computes. The old state has a matrix of its own.",
    "tanh around the whole sum: `np.tanh(…)`.",
]
next_state.why = "This line is the whole cell; `SimpleRNN` repeats it, once for each step."


@exercise("rnn/last-state", points=2)
def final_state(sequence, kernel, recurrent, bias):
    """Read a whole sequence with a tanh cell and return its last state, shape
    (units,).

    The cell starts with a state of zeros. Shapes: `sequence` (time, features),
    `kernel` (features, units), `recurrent` (units, units), `bias` (units,).
    """
    state = np.zeros(len(bias))
    for x in sequence:
        state = np.tanh(x @ kernel + state @ recurrent + bias)
    return state


@final_state.probe
def _(rng):
    time, features, units = (int(n) for n in rng.integers((3, 1, 2), (6, 4, 4)))
    return dict(
        sequence=_decimals(rng, time, features),
        kernel=_decimals(rng, features, units),
        recurrent=_decimals(rng, units, units),
        bias=_decimals(rng, units),
    )


def _states(sequence, kernel, recurrent, bias, start=0.0, carried=True):
    states = [np.zeros(len(bias)) + start]
    for x in sequence:
        states.append(np.tanh(x @ kernel + carried * states[-1] @ recurrent + bias))
    return np.array(states)


final_state.mistakes = {
    "_states(sequence, kernel, recurrent, bias)[1:]": "You returned all states, one for each step. Asked is the last one: a vector of the units.",
    "_states(sequence, kernel, recurrent, bias, carried=False)[-1]": (
        "Every step started from zeros again, so only the last input counts. Keep the state outside the loop and overwrite it inside."
    ),
    "_states(sequence, kernel, recurrent, bias)[-2]": "You stopped one step early: the last input was never read.",
    "_states(sequence[::-1], kernel, recurrent, bias)[-1]": "You read the sequence from its end to its start. Begin with `sequence[0]`.",
    "_states(sequence, kernel, recurrent, bias, start=1.0)[-1]": (
        "Your first state is made of ones. Before the first input there is nothing to remember: zeros."
    ),
    "_states(sequence, kernel, recurrent, bias).sum(axis=0)": (
        "You added up the states of all steps. The last state alone is asked for; it has already read everything."
    ),
    "np.tanh(sequence.sum(axis=0) @ kernel + bias)": (
        "You added the inputs up and made one step: a bag of words again, blind to the order. Make a step for each input."
    ),
}


@final_state.also
def _(sequence, kernel, recurrent, bias):
    state = np.zeros((1, len(bias)))
    for step in range(len(sequence)):
        state = np.tanh(sequence[[step]] @ kernel + state @ recurrent + bias)
    return state[0]


@final_state.also
def _(sequence, kernel, recurrent, bias):
    def read(rows):
        if not len(rows):
            return tf.zeros(len(bias), tf.float64)[tf.newaxis]
        return tf.tanh(rows[-1:] @ kernel + tf.matmul(read(rows[:-1]), recurrent) + bias)

    return read(sequence)[0]


final_state.hints = [
    "Before the loop: `state = np.zeros(…)`, as many zeros as there are units.",
    "`for x in sequence:` gives one input after the other, first one first.",
    "In the loop: one step, and its result is the state of the next one.",
]
final_state.why = "One vector of fixed size for a sequence of any length: that is what the layers behind it can use."

# Which shape has a sequence? -----------------------------------------------------------------------------------------
parameters = question(
    "rnn/parameters",
    "A picture is read row by row, 28 rows of 28 pixels, by `SimpleRNN(32)`. How many weights has the layer?",
    1952,
    mistakes={
        1952 * 28: "You gave every step weights of its own. All 28 steps use the same ones: divide by 28.",
        928: "928 is a Dense layer of 28 inputs. The old state is read as well: each unit has a weight for each of 32 states.",
        1920: "The 32 biases are missing.",
        25120: "25120 is a Dense layer on all 784 pixels at once. One step reads one row: 28 pixels.",
        960: "You gave each unit its own state only. Each of the 32 units reads all 32 states.",
        1024: "Only the recurrent matrix counted, 32 · 32. The input has a matrix as well, and each unit a bias.",
    },
    hints=[
        "What does one unit read in one step? A row, all states, and its bias.",
        "28 + 32 + 1 numbers go into each of the 32 units. Is that more for more steps?",
    ],
    why="The number of weights does not depend on the length, so one layer reads 3 steps or 3000.",
)

shape_of_states = question(
    "rnn/shape",
    (
        "Opinions come in batches of shape `(64, 11, 21)`. Which shape has the output of `SimpleRNN(16, return_sequences=True)`? A shape is written like "
        "`(64, 1)`."
    ),
    (64, 11, 16),
    mistakes={
        (64, 16): "(64, 16) holds the last states only. `return_sequences=True` keeps one for each step.",
        (64, 11, 21): "21 was the length of an input vector. What comes out has one number for each unit.",
        (11, 64, 16): "Keras puts the batch first, in and out: time is the second axis.",
        (64, 11, 21, 16): "Features do not stay beside the units: each unit has turned all 21 of them into one number.",
        (11, 16): "The 64 sequences stay apart: there is a state for each sequence and each step.",
        (64, 16, 11): "Time and units changed places: the second axis counts steps, the third the units.",
    },
    also=[[64, 11, 16]],
    hints=[
        "64 sequences of 11 steps: where every state is kept, both numbers stay. What takes the place of 21?",
        "Each state holds one number for each unit.",
    ],
    why="A second recurrent layer needs this shape: it reads the states of the first, step by step.",
)


# Through time --------------------------------------------------------------------------------------------------------
@exercise("rnn/through-time", points=3)
def through_time(w, u, inputs, target):
    """Send the loss back through all steps of a cell with one unit.

    Forward: h = tanh(w·x + u·h) for each x of `inputs`, starting with h = 0;
    the loss is (last h − target)². All are numbers. Return the slope of the
    loss along w, and the one along u.
    """
    states = [0.0]
    for x in inputs:
        states.append(np.tanh(w * x + u * states[-1]))
    arriving = 2 * (states[-1] - target)
    to_w = to_u = 0.0
    for step in reversed(range(len(inputs))):
        into_sum = arriving * (1 - states[step + 1] ** 2)  # through tanh
        to_w += into_sum * inputs[step]
        to_u += into_sum * states[step]
        arriving = into_sum * u  # to the state before
    return to_w, to_u


@through_time.probe
def _(rng):
    count = int(rng.integers(3, 6))
    w, u, target = (float(value) for value in _decimals(rng, 3))
    return dict(w=w, u=u, inputs=[float(x) for x in _decimals(rng, count)], target=target)


def _back(w, u, inputs, target, *, slope=lambda z, h: 1 - h**2, carry=lambda u: u, read=0, last=False, scale=2.0):
    states, sums = [0.0], []
    for x in inputs:
        sums.append(w * x + u * states[-1])
        states.append(np.tanh(sums[-1]))
    arriving, to_w, to_u = scale * (states[-1] - target), 0.0, 0.0
    for step in reversed(range(len(inputs))):
        into_sum = arriving * slope(sums[step], states[step + 1])
        to_w += into_sum * inputs[step]
        to_u += into_sum * states[step + read]
        arriving = into_sum * carry(u)
        if last:
            break
    return to_w, to_u


through_time.mistakes = {
    "_back(w, u, inputs, target, last=True)": (
        "You stopped after the last step. w and u are used in every step, and each use adds its part: go on to the step before, with what arrives there."
    ),
    "_back(w, u, inputs, target, slope=lambda z, h: 1)": "tanh's slope is missing: on the way through each tanh multiply by 1 − h².",
    "_back(w, u, inputs, target, carry=lambda u: 1)": (
        "From step to step you did not multiply by u. The old state entered the sum as u·h, and that is its slope."
    ),
    "_back(w, u, inputs, target, read=1)": "In the slope along u you used the state that a step makes. u multiplied the one that it read: the state before.",
    "_back(w, u, inputs, target, scale=1.0)": "That is half of it: the slope of (h − target)² is 2 · (h − target).",
    "_back(w, u, inputs, target, scale=-2.0)": "The signs are turned round. The slope of (h − target)² along h is 2 · (h − target).",
    "_back(w, u, inputs, target, slope=lambda z, h: 1 - np.tanh(h) ** 2)": (
        "You sent the state through tanh once more: 1 − tanh(h)². h is the tanh already, so its slope is 1 − h²."
    ),
    "_back(w, u, inputs, target)[::-1]": "Both are right, but in the other order: w first, then u.",
}


@through_time.also
def _(w, u, inputs, target):
    w, u = tf.Variable(w, dtype=tf.float64), tf.Variable(u, dtype=tf.float64)
    with tf.GradientTape() as tape:
        h = tf.constant(0.0, tf.float64)
        for x in inputs:
            h = tf.tanh(w * x + u * h)
        loss = (h - target) ** 2
    return tape.gradient(loss, [w, u])


@through_time.also
def _(w, u, inputs, target):
    h = along_w = along_u = 0.0
    for x in inputs:  # forward: how the state changes with w and with u
        old, h = h, np.tanh(w * x + u * h)
        along_w = (1 - h**2) * (x + u * along_w)
        along_u = (1 - h**2) * (old + u * along_u)
    return 2 * (h - target) * along_w, 2 * (h - target) * along_u


through_time.hints = [
    "First run forward and keep all states in a list. Then go through the steps from the last to the first.",
    "At each step: times 1 − h² (its own h). That times x goes to w, that times the state before goes to u.",
    "To the step before goes: the same number times u. All parts of w's slope are added, and all of u's.",
]
through_time.why = (
    "One pair of weights, used many times: their slope is the sum over all uses. Keras does this in `fit`."
)

# How far does a gradient reach? --------------------------------------------------------------------------------------
which_grows = question(
    "rnn/which-grows",
    "32 units, radius 1.1, random inputs of size (standard deviation) 0.5. What happens to the gradient over 50 steps?",
    "b",
    options={
        "a": (
            "it grows in both cells, to more than 100 times",
            "1.1 to the power of 50 is 117, for the linear cell. In the other one tanh's slopes multiply in as well.",
        ),
        "b": (
            "it grows in the linear cell and vanishes in the tanh cell",
            "Each step multiplies by 1.1, and in the tanh cell by slopes of less than 1 that more than undo it.",
        ),
        "c": (
            "it vanishes in both cells",
            "In the linear cell nothing shrinks it: every step multiplies its length by 1.1.",
        ),
        "d": (
            "it grows in the tanh cell and vanishes in the linear cell",
            "The other way round: tanh's slope is never above 1, so tanh can only shrink a gradient.",
        ),
    },
    hints=[
        "The linear cell multiplies by 1.1 at each step. What is 1.1 to the power of 50: below 1 or above?",
        "On its way back through tanh a gradient is multiplied by 1 − h². Can that be above 1?",
    ],
    why="The rule 'a radius above 1 explodes' holds for the linear cell. A tanh cell has its slopes as well.",
)

why_vanish = question(
    "rnn/why-vanish",
    (
        "**Question.** A tanh cell of 32 units has a spectral radius of 1.3, and inputs of size 2. Over 50 steps its gradient falls to less than a "
        "millionth. Why?"
    ),
    "c",
    options={
        "a": (
            "the spectral radius is too small: it has to be above 1",
            "It is above 1. By itself it would multiply the gradient by 1.3 at each step.",
        ),
        "b": (
            "the learning rate is too small",
            "The rate says how far a step goes along the gradient. It has no part in the gradient itself.",
        ),
        "c": (
            "the states lie near −1 or 1, where tanh is nearly flat",
            "Large inputs push the states there. Each step then multiplies by 1 − h², far below 1, and 1.3 cannot make up.",
        ),
        "d": (
            "the inputs are too small to leave a trace",
            "Smaller inputs keep the states near 0, where tanh's slope is nearly 1: then the gradient lasts longer.",
        ),
        "e": (
            "the layer has too few units",
            "Each unit added would bring its own tanh. The shrinking happens at every step, in every unit.",
        ),
    },
    hints=[
        "Two things multiply a gradient at each step: the recurrent matrix, and one slope for each unit.",
        "How large is 1 − h² for h = 0.1, and for h = 0.95? Which of the two do large inputs bring?",
    ],
    why="Two factors a step: look at both. Gates (LSTM, GRU) give the gradient a way around the second one.",
)

# What helps against explosions? --------------------------------------------------------------------------------------
keeps_direction = question(
    "rnn/keeps-direction",
    'Which of these keep the direction of the whole step, for plain SGD? Give a set, written like `{"a", "b"}`.',
    {"c", "d"},
    options={
        "a": (
            "clipvalue=1: each number is cut to −1 … 1",
            "Only the large numbers are cut, so the small ones weigh more than before: the arrow turns.",
        ),
        "b": (
            "clipnorm=1: each weight array is scaled to a length of at most 1",
            "Each array keeps its own direction. But a long one shrinks and a short one stays, so the whole turns.",
        ),
        "c": (
            "global_clipnorm=1: all arrays are scaled by one number",
            "One common factor for all numbers: the arrow gets shorter and points where it did.",
        ),
        "d": (
            "a smaller learning rate",
            "It scales all numbers alike, too. But always, not only where the gradient explodes.",
        ),
    },
    hints=[
        "An arrow keeps its direction if all its numbers are multiplied by one and the same number.",
        "(100, 1) cut to −1 … 1 is (1, 1). And what if 100 and 1 stand in two arrays, each scaled by itself?",
    ],
    why="Going the right way by less is safe. Going another way is a different step.",
)


@exercise("rnn/clip-global", points=2)
def clip_together(gradients, limit):
    """Clip a list of gradients by their global norm, and return the list.

    `gradients` holds arrays of any shapes. The global norm is the length of
    all their numbers together. If it is above `limit`, scale all arrays so
    that it becomes `limit`.
    """
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    if length <= limit:
        return gradients
    return [gradient * limit / length for gradient in gradients]


@clip_together.probe
def _(rng):
    gradients = [_decimals(rng, *shape) * 10 for shape in ((2, 3), (3,), (1, 2))[: int(rng.integers(2, 4))]]
    return dict(gradients=gradients, limit=float(rng.integers(2, 6)))


clip_together.probe(
    lambda rng: dict(gradients=[_decimals(rng, 2, 2), _decimals(rng, 3)], limit=float(rng.integers(3, 8)))
)
clip_together.strata(
    lambda gradients, limit: "long" if np.sqrt(sum(np.sum(gradient**2) for gradient in gradients)) > limit else "short"
)
clip_together.mistakes = {
    "[np.clip(gradient, -limit, limit) for gradient in gradients]": (
        "You cut each number to ±{limit}. That changes the direction; asked is one common factor for all numbers."
    ),
    "[gradient * min(1, limit / np.sqrt(np.sum(gradient**2))) for gradient in gradients]": (
        "You scaled each array by its own length. Then they keep no common scale: first measure all of them together."
    ),
    "tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], limit)": (
        "`tf.clip_by_global_norm` gives a pair: the list, and the norm. Return the list alone, with `[0]`."
    ),
}


@clip_together.mistake(
    "You scaled gradients that are short enough, too, and so made them longer. Clipping only ever shortens."
)
def _(gradients, limit):
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    return [gradient * limit / length for gradient in gradients]


@clip_together.mistake("You divided by the sum of squares. The length is its square root.")
def _(gradients, limit):
    squares = sum(np.sum(gradient**2) for gradient in gradients)
    return [gradient * min(1, limit / squares) for gradient in gradients]


@clip_together.mistake(
    "You added the lengths of the arrays. Lengths do not add: add the squares of all numbers, then take one root."
)
def _(gradients, limit):
    total = sum(np.sqrt(np.sum(gradient**2)) for gradient in gradients)
    return [gradient * min(1, limit / total) for gradient in gradients]


@clip_together.mistake("You divided by the length, so the new one is 1. It should be {limit}: multiply by the limit.")
def _(gradients, limit):
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    return [gradient / length if length > limit else gradient for gradient in gradients]


@clip_together.mistake(
    "You scaled by the largest number instead of the length: there are many numbers, and together they are longer."
)
def _(gradients, limit):
    largest = max(np.abs(gradient).max() for gradient in gradients)
    return [gradient * min(1, limit / largest) for gradient in gradients]


clip_together.also("tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], limit)[0]")


@clip_together.also
def _(gradients, limit):
    length = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))
    return [gradient / max(1, length / limit) for gradient in gradients]


clip_together.excused = {"length <= limit → length < limit": "scaled to the length it has, a gradient stays the same"}
clip_together.hints = [
    "The length of a vector is the root of the sum of its squares. Here the sum runs over all arrays.",
    "`length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))`.",
    "If `length` is above `limit`, every array times `limit / length`; otherwise nothing changes.",
]
clip_together.why = "This is `global_clipnorm` of every Keras optimizer: the direction stays, the leap becomes a step."

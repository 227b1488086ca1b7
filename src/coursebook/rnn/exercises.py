"""Exercises of *Recurrent networks*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# What can a bag of words not see? ------------------------------------------------------------------------------------
bag_limit = question(
    "rnn/bag-limit",
    "A model sees nothing of an opinion but its word counts. How many of the 2,000 opinions can it judge correctly?",
    "b",
    options={
        "a": ("all of them, if it is large enough and trained for long enough", "However large it is, it gets the same numbers for both sentences of a pair, so it gives both the same verdict."),
        "b": ("exactly half, whatever its weights are", "Both sentences of a pair have the same counts and get the same verdict. It is right for one of them and wrong for the other."),
        "c": ("about half, and a few more after training", "Nothing can be learned here. In every single pair one verdict is right and one is wrong, before and after training."),
        "d": ("none, because it misses the order", "Missing the order does not make it wrong every time: in each pair, one sentence does have the verdict that it gives."),
    },
    hints=[
        "Which numbers does the model get for the first sentence of a pair, and which for the second?",
        "The same input gets the same verdict. How often is that right within one pair?",
    ],
    why="No training repairs an input that has lost the information. The order has to reach the network first.",
)  # fmt: skip

# A cell with a memory ------------------------------------------------------------------------------------------------
after_silence = question(
    "rnn/after-silence",
    "The cell reads 1, 0, 0, with $w = 1$ and $u = 0.9$. What is its state after the third step?",
    "c",
    options={
        "a": ("0, because the input is 0", "The input is only one of the two things that a step reads. The other one is the old state."),
        "b": ("the same as after the first step", "Nothing holds it there: each step multiplies the state by 0.9 and sends it through tanh once more."),
        "c": ("smaller than after the first step, but not 0", "Each step keeps a part of it: first tanh(0.9 · 0.76) = 0.6, then tanh(0.9 · 0.6) = 0.49."),
        "d": ("larger, because states add up", "There is nothing to add, since the inputs are 0 by then. The factor 0.9 and tanh both shrink what is left."),
    },
    hints=[
        "Put in x = 0: the new state is tanh(0.9 · old state).",
        "After the first step the state is tanh(1) = 0.76. Is tanh(0.9 · 0.76) larger or smaller?",
    ],
    why="The state is the memory of the cell. With a u between −1 and 1, a memory that nothing renews fades away.",
)  # fmt: skip


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
    "x @ kernel + state @ recurrent + bias": "tanh is missing, so the states can grow without end. Send the whole sum through `np.tanh`.",
    "np.tanh(x @ kernel)": "Your step reads neither the old state nor the bias: the sum has three parts.",
    "np.tanh(state @ recurrent + bias)": "Your step never reads its input: add `x @ kernel`.",
    "np.tanh(x @ kernel + state @ recurrent)": "The bias is missing inside tanh.",
    "np.tanh(x @ kernel) + state @ recurrent + bias": "Only the input went through tanh. Add the old state first: it is tanh of the whole sum.",
    "np.tanh(x @ kernel + state @ recurrent) + bias": "You added the bias after tanh. It belongs to the sum that goes into tanh.",
    "np.tanh(x @ kernel + state + bias)": "You added the old state as it is. Multiply it by its own matrix first: `state @ recurrent`.",
    "np.tanh(x @ kernel) + np.tanh(state @ recurrent + bias)": "Input and state went through tanh one by one. A cell adds them first.",
    "x @ kernel + np.tanh(state @ recurrent + bias)": "Only the old state went through tanh. Add the input first: it is tanh of the whole sum.",
    "np.tanh(x @ kernel + bias) + state @ recurrent": "Only the input and the bias went through tanh. Add the old state first: it is tanh of the whole sum.",
    "1 / (1 + np.exp(-(x @ kernel + state @ recurrent + bias)))": "You took the sigmoid, which gives 0 to 1. This cell takes tanh: −1 to 1.",
    "np.maximum(x @ kernel + state @ recurrent + bias, 0)": "You took ReLU. This cell takes tanh.",
    "np.tanh(x @ kernel + state @ recurrent.T + bias)": "You multiplied by the transpose of `recurrent`. Each row of `state` is one memory, so it stands on the left: `state @ recurrent`.",
    "state + np.tanh(x @ kernel + state @ recurrent + bias)": "You added the new state to the old one. The old state enters through `recurrent` only, and the new one replaces it.",
    "np.tanh(x @ kernel + state * np.diag(recurrent) + bias)": "Each unit reads only its own old state in your answer. Every unit reads the states of all units: `@`, not `*`.",
}
next_state.also(
    "np.tanh(np.hstack([x, state]) @ np.vstack([kernel, recurrent]) + bias)",
    "tf.tanh(tf.matmul(x, kernel) + tf.matmul(state, recurrent) + bias)",
    "[[np.tanh(i @ kernel[:, j] + m @ recurrent[:, j] + bias[j]) for j in range(len(bias))] for i, m in zip(x, state)]",
)
next_state.hints = [
    "Two matrix products and the bias make one sum of shape (batch, units).",
    "`x @ kernel` is what a Dense layer computes. The old state has a matrix of its own, `recurrent`.",
    "Put tanh around the whole sum: `np.tanh(…)`.",
]
next_state.why = "This line is the whole cell. `SimpleRNN` repeats it, once for each step."


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


final_state.example(  # longer than any sequence above
    sequence=np.resize([[0.5], [-0.3], [0.9], [0.2]], (30, 1)),
    kernel=np.array([[0.6, -0.4]]),
    recurrent=np.array([[0.0, 0.9], [-0.9, 0.0]]),
    bias=np.array([0.1, -0.2]),
)


def _states(sequence, kernel, recurrent, bias, carried=True):
    states = [np.zeros(len(bias))]
    for x in sequence:
        states.append(np.tanh(x @ kernel + carried * states[-1] @ recurrent + bias))
    return np.array(states)


final_state.mistakes = {
    "_states(sequence, kernel, recurrent, bias)[1:]": "You returned all states, one for each step. Return only the last one: one number for each unit.",
    "_states(sequence, kernel, recurrent, bias, carried=False)[-1]": "Every step started from zeros again, so only the last input counts. Make the first state before the loop and overwrite it in the loop.",
    "_states(sequence, kernel, recurrent, bias)[-2]": "You stopped one step early: the last input was never read.",
    "_states(sequence, kernel, recurrent, bias)[1]": "You returned the state after the first input. If `return` stands in the loop, move it behind the loop.",
    "_states(sequence[::-1], kernel, recurrent, bias)[-1]": "You read the sequence from its end to its start. Begin with `sequence[0]`.",
    "np.zeros => np.ones": "Your first state is made of ones. Before the first input there is nothing to remember: start with zeros.",
    "_states(sequence, kernel, recurrent, bias).sum(axis=0)": "You added up the states of all steps. Return the last one alone.",
    "_states(sequence, kernel, recurrent, bias)[1:].mean(axis=0)": "You averaged the states of all steps. Return the last one alone.",
    "np.tanh(sequence.sum(axis=0) @ kernel + bias)": "You added the inputs up and made one step. That is a bag of words again, blind to the order. Make a step for each input.",
    "state @ recurrent => recurrent @ state": "Your state meets the transpose of `recurrent`. The state stands on the left: `state @ recurrent`.",
    "np.tanh(x @ kernel + state @ recurrent + bias) => x @ kernel + state @ recurrent + bias": "tanh is missing: each step ends with it.",
    "np.tanh(x @ kernel + state @ recurrent + bias)\n    return state => x @ kernel + state @ recurrent + bias\n    return np.tanh(state)": "You took tanh once, at the end. Each step takes it, before the next one reads the state.",
    "(x @ kernel + state @ recurrent + bias) => (x @ kernel + state @ recurrent) + bias": "You added the bias after tanh. Each step adds it before.",
    "state = np.tanh => state = state + np.tanh": "You added each new state to the old one. The new one replaces it.",
    "in sequence: => in sequence[1:]:": "You left out the first input.",
    "state @ recurrent => state": "The old state enters as it is in your steps. Multiply it by `recurrent` first.",
    "np.tanh(x @ kernel + state @ recurrent + bias) => 1 / (1 + np.exp(-(x @ kernel + state @ recurrent + bias)))": "Your steps end with the sigmoid. This cell takes tanh: −1 to 1.",
    " + bias => ": "The bias is missing: every step adds it inside tanh.",
    "state @ recurrent + bias) => bias) + state @ recurrent": "Only the input went through tanh. Each step takes tanh of the whole sum.",
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
    "`for x in sequence:` gives one input after the other, from the first to the last.",
    "In the loop, make one step. Its result is the state that the next step reads.",
]
final_state.why = "A sequence of any length becomes one vector of fixed size, which a Dense layer behind it can use."

# What shape does a sequence have? ------------------------------------------------------------------------------------
parameters = question(
    "rnn/parameters",
    "A picture is read row by row, 28 rows of 28 pixels, by `SimpleRNN(32)`. How many weights does the layer have, with its biases?",
    1952,
    mistakes={
        1952 * 28: "You gave every step weights of its own. All 28 steps use the same ones: divide by 28.",
        928: "928 is a Dense layer of 28 inputs. The old state is read as well: each unit has a weight for each of 32 states.",
        1920: "The 32 biases are missing.",
        1984: "You counted two biases for each unit, as PyTorch has them. A Keras cell has one.",
        25120: "25120 is a Dense layer on all 784 pixels at once. One step reads one row: 28 pixels.",
        896: "896 is 28 · 32, the matrix of the input alone. The old state has a matrix as well, and each unit has a bias.",
        1024: "You counted only the recurrent matrix, 32 · 32. The input has a matrix as well, and each unit has a bias.",
        26144: "You let a step read all 784 pixels. One step reads one row: 28 pixels.",
        61: "61 weights lead into one unit. There are 32 units.",
        61 * 28: "61 weights lead into one unit. There are 32 units; 28 is the number of steps.",
    },
    hints=[
        "What does one unit read in one step? A row, all states, and its bias.",
        "28 + 32 + 1 numbers go into each of the 32 units. Are there more of them if there are more steps?",
    ],
    why="The number of weights does not depend on the length, so one layer reads 3 steps or 3000.",
)

shape_of_states = question(
    "rnn/shape",
    "Opinions come in batches of shape `(64, 11, 21)`. What shape does the output of `SimpleRNN(16, return_sequences=True)` have? Write the shape like `(64, 1)`.",
    (64, 11, 16),
    mistakes={
        (64, 16): "(64, 16) holds the last states only. `return_sequences=True` keeps one state for each step.",
        (64, 11, 21): "21 was the length of an input vector. What comes out has one number for each unit.",
        (11, 64, 16): "Keras puts the batch first, in the input and in the output. Time is the second axis.",
        (64, 11, 21, 16): "The features do not stay: each unit has turned all 21 of them into one number.",
        (64, 21, 16): "The 11 steps stay. It is the 21 features that give way to the 16 units.",
        (11, 16): "The 64 sequences stay apart: there is a state for each sequence and each step.",
        (64, 16, 11): "Time and units changed places: the second axis counts the steps, the third one the units.",
        (64, 11): "A state has one number for each of the 16 units.",
    },
    also=[[64, 11, 16]],
    hints=[
        "There are 64 sequences of 11 steps. Where every state is kept, both numbers stay. What takes the place of 21?",
        "Each state holds one number for each unit.",
    ],
    why="A second recurrent layer needs this shape: it reads the states of the first one, step by step.",
)


@exercise("rnn/two-layers", points=2, probes=1)
def two_layers(features, units):
    """A model that reads sequences of any length, with `features` numbers in
    each step, and gives one logit for each sequence.

    It has two recurrent layers of the kind `SimpleRNN`, with `units` units
    each. The second one reads all states of the first one; the logit is
    computed from the last state of the second one.
    """
    return keras.Sequential(
        [
            keras.Input((None, features)),
            layers.SimpleRNN(units, return_sequences=True),
            layers.SimpleRNN(units),
            layers.Dense(1),
        ]
    )


two_layers.example(features=2, units=3)


@two_layers.use
def _(build, features, units):
    try:
        return build(features, units)
    except ValueError as error:  # Keras refuses to stack: what comes back marks this mistake
        if "expected ndim=3, found ndim=2" not in str(error):
            raise
        return "no sequence"


two_layers.property(
    "Your input has a fixed length or batch size. Write `keras.Input((None, features))`: `None` lets every length in.",
    "(None, features) => (11, features)",
)(lambda model: {*getattr(model, "input_shape", ())[:2]} <= {None, 2, 8})  # without an Input it has that of the check


@two_layers.also
def _(features, units):
    sequences = keras.Input((None, features))
    states = layers.RNN(layers.SimpleRNNCell(units), return_sequences=True)(sequences)
    states = layers.SimpleRNN(units, activation="tanh", return_sequences=True)(states)
    return keras.Model(sequences, layers.Dense(1)(states[:, -1]))


two_layers.mistakes = {
    "layers.Dense(1), => layers.Dense(1, activation='sigmoid'),": "Your model ends with a sigmoid, so it gives a probability. A logit comes straight out of `Dense(1)`.",
    "layers.SimpleRNN(units, return_sequences=True), => ": "One of the two recurrent layers is missing.",
    "layers.SimpleRNN(units), => layers.SimpleRNN(units, return_sequences=True),": "Your second layer gives all its states, so there is a logit for each step. Let it give the last one alone.",
    "layers.SimpleRNN(units),\n            layers.Dense(1), => layers.SimpleRNN(1),": "Your second layer has one unit, and its state takes the place of the logit; tanh holds it between −1 and 1. Give this layer `units` units and a `Dense(1)` behind it.",
    "layers.Dense(1), => ": "The logit is missing: a `Dense(1)` makes one number of the last state.",
    "layers.Dense(1), => layers.Dense(units),": "Your last layer gives a number for each unit. One logit for each sequence is asked for: `Dense(1)`.",
    "layers.SimpleRNN(units, return_sequences=True), => layers.SimpleRNN(units),": "Your first layer hands on its last state alone, and the second one wants a sequence: `return_sequences=True`.",
    "layers.SimpleRNN(units), => layers.SimpleRNN(units, return_sequences=True), layers.SimpleRNN(units),": "You stacked three recurrent layers. Two are asked for.",
    "layers.SimpleRNN(units), => layers.SimpleRNN(units, return_sequences=True), layers.GlobalAveragePooling1D(),": "You averaged the states of all steps. The logit is computed from the last one alone.",
    "layers.SimpleRNN(units => layers.SimpleRNN(units, activation='relu'": "Your cells end with ReLU. Leave `activation` out: `SimpleRNN` takes tanh.",
    "SimpleRNN => GRU": "You stacked GRU layers, which have about three times as many weights. Take `SimpleRNN`.",
    "SimpleRNN => LSTM": "You stacked LSTM layers, which have four times as many weights. Take `SimpleRNN`.",
}
two_layers.hints = [
    "The input is `keras.Input((None, features))`: a length of `None` lets every length in.",
    "The second layer wants sequences. Which argument makes the first one hand on all its states?",
    "A `Dense(1)` without activation behind the second layer gives the logit.",
]
two_layers.why = "The second layer reads what the first one has understood at each step."


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
    w, u = (float(value) for value in rng.integers(4, 14, 2) * rng.choice((-1, 1), 2) / 10)
    inputs = [float(x) for x in _decimals(rng, int(rng.integers(3, 6)))]
    return dict(w=w, u=u, inputs=inputs, target=float(_decimals(rng)))


through_time.example(w=0.3, u=1.0, inputs=[0.5, -0.4, 0.3, -0.2, -0.3] * 6, target=0.5)
through_time.mistakes = {
    "reversed(range(len(inputs))) => [len(inputs) - 1]": "You stopped after the last step. w and u are used in every step, and each use adds its part: go on with what arrives at the step before.",
    "arriving * (1 - states[step + 1] ** 2) => arriving": "The slope of tanh is missing: on the way back through each tanh, multiply by 1 − h².",
    "arriving = into_sum * u => arriving = arriving * u": "From one step to the step before you carried the gradient times u, without the slope of tanh. It has to pass both: 1 − h² and u.",
    "arriving = into_sum * u => arriving = into_sum": "From step to step you did not multiply by u. The old state entered the sum as u·h, and the slope of that is u.",
    "arriving = into_sum * u => arriving = into_sum * w": "You went back through w. The old state entered the sum as u·h: multiply by u.",
    "+= => =": "Your slopes are those of the first step alone: each step overwrites what was found so far. The parts of all steps add up: write `+=`.",
    "to_u += into_sum * states[step] => to_u += into_sum * states[step + 1]": "In the slope along u you used the state that a step makes. u multiplied the one that it read: the state before.",
    "states[step + 1] ** 2 => states[step] ** 2": "You took 1 − h² at the state before the step. tanh made the state after it: use that one.",
    "(1 - states[step + 1] ** 2) => states[step + 1] * (1 - states[step + 1])": "h · (1 − h) is the slope of the sigmoid. The slope of tanh is 1 − h².",
    "(1 - states[step + 1] ** 2) => (1 - states[step + 1]) ** 2": "You squared the whole difference. The slope of tanh is 1 − h²: square h alone.",
    "to_w += into_sum * inputs[step]\n        to_u += into_sum * states[step] => to_w += arriving * inputs[step]\n        to_u += arriving * states[step]": "What you carry back is right. But w and u stand inside tanh: in their slopes, too, multiply by 1 − h².",
    "reversed(range(len(inputs))) => range(len(inputs))": "You went from the first step to the last. The gradient comes from the loss: begin with the last step.",
    "reversed(range(len(inputs))) => reversed(range(1, len(inputs)))": "You left out the first step. There w met the first input.",
    "2 * (states[-1] - target) => states[-1] - target": "That is half of it: the slope of (h − target)² is 2 · (h − target).",
    "2 * (states[-1] - target) => 2 * (target - states[-1])": "Your signs are reversed. The slope of (h − target)² along h is 2 · (h − target).",
    "states[step + 1] ** 2 => np.tanh(states[step + 1]) ** 2": "You sent the state through tanh once more: 1 − tanh(h)². h is the tanh already, so its slope is 1 − h².",
    "return to_w, to_u => return to_w / len(inputs), to_u / len(inputs)": "You averaged over the steps. The parts of all steps are added up.",
    "return to_w, to_u => return to_u, to_w": "You have both slopes, but in the other order: w first, then u.",
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
    "At each step, multiply what arrives by 1 − h², with the h that this step made. That times x is added to the slope along w, and that times the state before to the one along u.",
    "What goes on to the step before is the same number times u.",
]
through_time.why = "The two weights are used many times, and their slopes are sums over all uses. `fit` does the same."

# How far does a gradient reach? --------------------------------------------------------------------------------------
which_grows = question(
    "rnn/which-grows",
    "A cell has 32 units and a radius of 1.1, and reads random inputs of size (standard deviation) 0.5. What happens to the gradient over 50 steps?",
    "b",
    options={
        "a": ("it grows in both cells, to more than 100 times its length", "1.1 to the power of 50 is 117: that is the linear cell. In the other one the slopes of tanh multiply in as well."),
        "b": ("it grows in the linear cell and vanishes in the tanh cell", "Each step multiplies by 1.1, and in the tanh cell also by slopes below 1 that more than undo it."),
        "c": ("it vanishes in both cells", "In the linear cell nothing shrinks it: every step multiplies its length by 1.1."),
        "d": ("it grows in the tanh cell and vanishes in the linear cell", "It is the other way around. The slope of tanh is never above 1, so tanh can only shrink a gradient."),
    },
    hints=[
        "The linear cell multiplies by 1.1 at each step. Is 1.1 to the power of 50 below 1 or above?",
        "On its way back through tanh, a gradient is multiplied by 1 − h². Can that be above 1?",
    ],
    why="The rule that a radius above 1 explodes holds for the linear cell. A tanh cell has its slopes as well.",
)  # fmt: skip

why_vanish = question(
    "rnn/why-vanish",
    "**Question.** A tanh cell of 32 units has a spectral radius of 1.3 and reads random inputs of size 2. Over 50 steps its gradient falls to less than a millionth. Why?",
    "c",
    options={
        "a": ("the spectral radius is too small: it has to be above 1", "It is above 1. By itself it would multiply the gradient by 1.3 at each step."),
        "b": ("the learning rate is too small", "The rate says how far an update goes along the gradient. It has no part in the gradient itself."),
        "c": ("many states lie near −1 or 1, where tanh is nearly flat", "Large inputs push them there. Each step then multiplies by a 1 − h² that is often close to 0, and 1.3 cannot make up for it."),
        "d": ("the inputs are too small to leave a trace", "Smaller inputs leave more of the gradient: compare the sizes 1, 0.5 and 0 at radius 1.1 in the figure."),
        "e": ("the layer has too few units", "Each unit that you add brings a tanh of its own. With 256 units the gradient of such a cell vanishes as well."),
    },
    hints=[
        "Two things multiply a gradient at each step: the recurrent matrix, and a slope of tanh for each unit.",
        "How large is 1 − h² for h = 0.1, and for h = 0.95? Which of the two do large inputs bring?",
    ],
    why="Each step brings two factors: look at both. LSTM and GRU are built to keep their product close to 1.",
)  # fmt: skip

# What helps against explosions? --------------------------------------------------------------------------------------
keeps_direction = question(
    "rnn/keeps-direction",
    'Which of these keep the direction of the whole update of plain SGD, whatever the gradients are? Give a set, written like `{"a", "b"}`.',
    {"c", "d"},
    options={
        "a": ("clipvalue=1: each number is cut to −1 … 1", "Only the large numbers are cut, so the small ones weigh more than before, and the arrow turns."),
        "b": ("clipnorm=1: each weight array is scaled to a length of at most 1", "Each array keeps its own direction. But a long one shrinks and a short one stays, so the whole turns."),
        "c": ("global_clipnorm=1: all arrays are scaled by one common number", "There is one common factor for all numbers, so the arrow gets shorter and points where it did."),
        "d": ("a smaller learning rate", "It scales all numbers alike, too. But it does so at every update, not only where the gradient explodes."),
    },
    hints=[
        "An arrow keeps its direction if all its numbers are multiplied by one and the same positive number.",
        "(100, 1) cut to −1 … 1 is (1, 1). And what if 100 and 1 stand in two arrays, each scaled by itself?",
    ],
    why="A clipped update may be too short, but with one common factor it still goes downhill.",
)  # fmt: skip


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
clip_together.example(gradients=[np.array([30.0, 40.0]), np.array([0.0, 1.0])], limit=5.0)
clip_together.strata(
    lambda gradients, limit: "long" if np.sqrt(sum(np.sum(gradient**2) for gradient in gradients)) > limit else "short"
)
_LENGTH = "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))"
clip_together.mistakes = {
    "gradients": "You returned the gradients as they came, long ones as well.",
    "[np.clip(gradient, -limit, limit) for gradient in gradients]": "You cut each number to ±{limit}, which changes the direction. Use one common factor.",
    "[gradient * min(1, limit / np.sqrt(np.sum(gradient**2))) for gradient in gradients]": "You scaled each array by its own length, so they lose their common scale. Measure all of them together first.",
    "tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], limit)": "`tf.clip_by_global_norm` gives a pair: the list and the norm. Return the list alone, with `[0]`.",
    "if length <= limit:\n        return gradients => ": "You scaled short gradients as well and made them longer. Clipping only shortens.",
    f"{_LENGTH} => {_LENGTH[8:-1]}": "You took the sum of squares for the length. The length is its square root.",
    f"{_LENGTH} => sum(np.sqrt(np.sum(gradient**2)) for gradient in gradients)": "You added the lengths of the arrays. Lengths do not add: add the squares of all numbers, then take one root.",
    f"{_LENGTH} => np.sqrt(max(np.sum(gradient**2) for gradient in gradients))": "You used the length of the longest array. The global norm is that of all arrays together.",
    f"{_LENGTH} => max(np.abs(gradient).max() for gradient in gradients)": "You used the largest number in the place of the length of all numbers together.",
    f"{_LENGTH} => np.sqrt(np.mean(np.concatenate([gradient.ravel() for gradient in gradients]) ** 2))": "You took the root of the mean square. The length is the root of the sum of the squares.",
    f"{_LENGTH} => sum(np.sum(np.abs(gradient)) for gradient in gradients)": "You added the absolute values. The length is the root of the sum of the squares.",
    "gradient * limit / length => gradient * limit / length if np.sqrt(np.sum(gradient**2)) > limit else gradient": "You left the short arrays as they were. Once all numbers together are too long, every array is scaled, short ones as well.",
    "gradient * limit / length => gradient / length": "You divided by the length, so the new length is 1. It should be {limit}: multiply by the limit.",
    "gradient * limit / length => gradient * length / limit": "Your factor is upside down and makes long gradients longer: multiply by limit / length.",
}
clip_together.also(
    "tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], limit)[0]",
    "[g / max(1, np.linalg.norm(np.concatenate([other.ravel() for other in gradients])) / limit) for g in gradients]",
)
clip_together.excused = {"length <= limit → length < limit": "scaled to the length it has, a gradient stays the same"}
clip_together.hints = [
    "The length of a vector is the root of the sum of its squares. Here the sum runs over all arrays.",
    "`length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))`.",
    "If `length` is above `limit`, multiply every array by `limit / length`. Otherwise nothing changes.",
]
clip_together.why = "So does `global_clipnorm` in every Keras optimizer: the direction stays, the leap becomes a step."

"""Exercises of *Layers*."""

from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# One product for a whole layer ---------------------------------------------------------------------------------------
kernel_shape = question(
    "layers/kernel-shape",
    "All weights of the layer stand in one matrix, its **kernel** (核). Which shape does it have? It is written like `(5, 7)`.",
    (3, 2),
    mistakes={
        (
            2,
            3,
        ): "You gave each unit a row. Then inputs · kernel does not fit: a row of 3 inputs needs columns of 3 weights.",
        (3,): "Three weights serve one unit. The second unit weighs the same inputs in its own way.",
        (4, 2): "You counted the biases in. They stand apart in a vector of 2 and are added at the end.",
        (4, 3): "The four weeks share one kernel. How many rows come in is no business of the weights.",
    },
    also=[[3, 2]],
    hints=[
        "How many weights has one unit with 3 inputs? And two units?",
        "In a product of matrices a row of the left one meets a column of the right one. What stands in a column, then?",
    ],
    why="A kernel has a row for each input and a column for each unit; the number of rows of data is free.",
)


@exercise("layers/dense", points=2)
def dense(inputs, kernel, bias):
    """Return the sums of a Dense layer, shape (rows, units).

    `inputs` has the shape (rows, inputs), `kernel` (inputs, units), `bias`
    (units,).
    """
    return inputs @ kernel + bias


@dense.probe
def _(rng):
    rows, size, units = rng.integers(2, 5, size=3)
    return dict(
        inputs=rng.integers(-4, 5, (rows, size)),
        kernel=rng.integers(-3, 4, (size, units)),
        bias=rng.integers(1, 5, units) * rng.choice([-1, 1], units),
    )


dense.mistakes = {
    "inputs @ kernel": "You left out the bias. Every unit adds its own number to each of its sums.",
    "np.maximum(inputs @ kernel + bias, 0)": "You cut the sums off at 0. That is ReLU, which comes after the sums: negative sums stay here.",
    "inputs[0] @ kernel + bias": "Your answer holds the first row of inputs alone. One product serves all rows.",
    "(inputs @ kernel + bias).sum(axis=1)": "You added the units up. Each unit keeps a column of its own; the next layer reads them all.",
    "inputs @ kernel / len(kernel) + bias": "You divided by the number of inputs. A unit adds its products; it takes no mean.",
    "inputs @ kernel + np.sum(bias)": "You gave all units the sum of the biases. `bias` holds one number per unit, in their order.",
}
dense.also(
    "[[np.sum(row * kernel[:, unit]) + bias[unit] for unit in range(len(bias))] for row in inputs]",
    "tf.matmul(inputs, kernel) + bias",
)


@dense.also
def _(inputs, kernel, bias):
    layer = layers.Dense(len(bias))
    layer.build(inputs.shape)
    layer.set_weights([kernel, bias])
    return layer(inputs.astype("float32"))


dense.hints = [
    "One sum is a row of the inputs times a column of the kernel, and the bias of that column.",
    "`@` multiplies matrices: every row with every column.",
]
dense.why = "However many units and rows: a layer is one product of matrices, which computers are built for."

# Two linear layers are one -------------------------------------------------------------------------------------------
two_linear = question(
    "layers/two-linear",
    "Six Dense layers without activation are trained on the weekly highs. How close can they come?",
    "b",
    options={
        "a": (
            "As close as we like, if the layers are wide enough.",
            "Width does not help: a weighted sum of straight lines is a straight line, however many there are.",
        ),
        "b": (
            "As close as the best line, and no closer.",
            "Sums of sums are sums: whatever the weights, the whole stack answers with one line.",
        ),
        "c": (
            "Closer than a line: each layer can bend once.",
            "Nothing in these layers bends. What would have to stand between them?",
        ),
        "d": (
            "Less close than one layer: the line gets lost on the way.",
            "The stack can still be any line: let five layers hand the input through and one do the work.",
        ),
    },
    hints=[
        "What does a line make of a line? Put y = 2x + 1 into z = 3y − 4.",
        "Is there an x anywhere that is squared, or cut off?",
    ],
    why="Depth without a bend is one layer that costs more to compute.",
)


@exercise("layers/merge", points=2)
def merge(kernel1, bias1, kernel2, bias2):
    """Return kernel and bias of one layer that answers what two linear layers
    do.

    The first has `kernel1` and `bias1`, the second reads its answers.
    """
    return kernel1 @ kernel2, bias1 @ kernel2 + bias2


@merge.probe
def _(rng):
    size = rng.integers(2, 4)  # square kernels, so that every order of the product exists
    first, second = rng.integers(-3, 4, (2, size, size))
    return dict(
        kernel1=first,
        bias1=rng.integers(1, 5, size),
        kernel2=second,
        bias2=rng.integers(1, 5, size) * rng.choice([-1, 1]),
    )


merge.mistakes = {
    "kernel2 @ kernel1, bias1 @ kernel2 + bias2": "You multiplied the kernels in the wrong order. The inputs stand on the left and meet `kernel1` first.",
    "kernel1 @ kernel2, bias1 + bias2": "You added the biases as they are. The first bias goes through the second layer, too: `kernel2` weighs it.",
    "kernel1 @ kernel2, bias2": "You lost the first bias. Inputs of 0 leave the first layer as `bias1`, not as 0.",
    "kernel1 + kernel2, bias1 @ kernel2 + bias2": "You added the kernels. Layers stand one behind the other: their kernels multiply.",
    "kernel1 @ kernel2, (bias1 + bias2) @ kernel2": "You sent the second bias through `kernel2` as well. It is added behind that product.",
    "kernel1 * kernel2, bias1 @ kernel2 + bias2": "You multiplied the kernels number by number. `*` does that; `@` is the product of matrices.",
}
merge.also("tf.matmul(kernel1, kernel2), tf.linalg.matvec(kernel2, bias1, transpose_a=True) + bias2")


@merge.also
def _(kernel1, bias1, kernel2, bias2):
    def both(inputs):
        return (inputs @ kernel1 + bias1) @ kernel2 + bias2

    nothing = both(np.zeros(len(kernel1)))
    return [both(np.eye(len(kernel1))) - nothing, nothing]


merge.hints = [
    "Write it down: (x · kernel1 + bias1) · kernel2 + bias2. Multiply out.",
    "Which part still holds x? The rest is the new bias.",
]
merge.why = "Two linear layers hold more numbers than one and can say nothing more."

# ReLU bends ----------------------------------------------------------------------------------------------------------
bend = question(
    "layers/bend",
    "A unit answers relu(2x − 1). At which x does it bend?",
    0.5,
    mistakes={
        -0.5: "There the sum is 2 · (−0.5) − 1 = −2, far below 0. The bend is where it crosses 0: mind the sign.",
        0: "At x = 0 the sum is −1. ReLU bends where the *sum* is 0, not the input.",
        1: "At x = 1 the sum is 1, so the unit is on already. The weight counts, too: solve 2x − 1 = 0.",
        2: "You divided the weight by the bias. Solve 2x − 1 = 0 the other way around.",
    },
    hints=["ReLU bends where the sum inside is 0.", "2x − 1 = 0."],
    why="A unit with one input bends at −bias/weight: training moves both, and the bend travels.",
)

pieces = question(
    "layers/pieces",
    "A hidden layer of 3 ReLU units reads one number, a linear unit adds them up. How many straight pieces can the curve have at most?",
    4,
    mistakes={
        3: "Three units bend three times. How many pieces does a stick have that is broken in three places?",
        8: "You counted on and off of each unit freely: 2·2·2. On a line the units switch one after another.",
        6: "You gave each unit two pieces of its own. Neighbors share theirs: the pieces form one curve.",
        2: "Two pieces are what one unit makes. Each further unit can bend the curve once more.",
    },
    hints=["Each unit bends once. Between the bends the sum is straight.", "Three cuts through a stick."],
    why="With one input, u units draw at most u + 1 pieces: the width is the number of bends one can spend.",
)


@exercise("layers/tent", points=2)
def tent(left, top, right, height):
    """Return the three output weights that draw a tent.

    Three units answer relu(x − left), relu(x − top) and relu(x − right); the
    output adds them with your weights. The curve is 0 up to `left`, rises to
    `height` at `top`, falls to 0 at `right` and stays 0.
    """
    rise = height / (top - left)
    fall = height / (right - top)
    return [rise, -rise - fall, fall]


@tent.probe
def _(rng):
    left = rng.integers(-4, 3)
    top = left + rng.integers(1, 5)
    return dict(left=left, top=top, right=top + rng.integers(1, 5), height=rng.integers(1, 7))


tent.mistakes = {
    "[height, -2 * height, height]": "You used the height as a slope. That is right if both sides are 1 wide; a slope is height by width."
}


@tent.mistake(
    "Behind the top your curve goes flat: the first unit still rises, and your second weight only stops it. It has to stop the rise and start the fall."
)
def _(left, top, right, height):
    rise, fall = height / (top - left), height / (right - top)
    return [rise, -rise, fall]


@tent.mistake(
    "Your second weight is the fall alone. The first unit goes on rising behind the top, so its rise must be taken back as well."
)
def _(left, top, right, height):
    rise, fall = height / (top - left), height / (right - top)
    return [rise, -fall, fall]


@tent.mistake("Your tent falls on below 0: nothing stops it at `right`. The third unit has to take the fall back.")
def _(left, top, right, height):
    rise, fall = height / (top - left), height / (right - top)
    return [rise, -rise - fall, 0]


@tent.mistake("Your tent stands on its head: all three signs are turned. The first unit has to rise.")
def _(left, top, right, height):
    rise, fall = height / (top - left), height / (right - top)
    return [-rise, rise + fall, -fall]


@tent.mistake("Both sides got the slope of the rise, so your curve is 0 at `right` only if the sides are equally wide.")
def _(left, top, right, height):
    rise = height / (top - left)
    return [rise, -2 * rise, rise]


@tent.also
def _(left, top, right, height):
    # Ask for the heights at three places and solve.
    bends, places = np.array([left, top, right]), np.array([top, right, right + 1])
    return np.linalg.solve(np.maximum(places[:, None] - bends, 0), [height, 0, 0])


@tent.also
def _(left, top, right, height):
    slopes = np.array([0, height / (top - left), -height / (right - top), 0])
    return tf.constant(np.diff(slopes))


tent.hints = [
    "What is the curve's slope on each of the four pieces?",
    "At each bend one unit switches on. Its weight is the change of the slope there.",
    "Right of the top the slope is −height / (right − top). The unit at `top` has to turn the rise into that.",
]
tent.why = "Tents side by side follow any curve: that is why one wide enough hidden layer can."

# Why several units? --------------------------------------------------------------------------------------------------
identical_starts = question(
    "layers/identical-starts",
    "All 8 hidden units start with the same weights, and the network is trained. What becomes of them?",
    "b",
    options={
        "a": (
            "They part: each point pulls on another unit.",
            "Every point pulls on every unit, and on equal units equally. Nothing tells them apart.",
        ),
        "b": (
            "They stay identical: 8 units, worth one.",
            "Equal weights have equal slopes of the loss, so every step keeps them equal.",
        ),
        "c": ("They do not move at all.", "They move, all in the same way. Only units that start at 0 stand still."),
        "d": (
            "They stay identical, and add up to 8 different bends.",
            "Eight equal folds lie on top of each other: the sum is one fold, 8 times as steep.",
        ),
    },
    hints=[
        "Swap two of the units. Does anything about the network or the loss change?",
        "So which of the two should be moved differently?",
    ],
    why="Training cannot break a tie. Random starts do.",
)


@exercise("layers/stairs", points=2)
def stairs(up):
    """Choose the weights of a network that knows when the light on the stairs
    is lit.

    It reads two switches, each 0 (down) or `up` (a number above 0), with two
    hidden ReLU units and one linear output. The answer has to be above 0 when
    exactly one switch is up, and below 0 otherwise. Return kernel (2, 2), bias
    (2,), output weights (2,) and output bias (a number).
    """
    kernel = [[1, -1], [-1, 1]]  # unit 1: first less second; unit 2: the reverse
    return kernel, [0, 0], [1, 1], -up / 2


stairs.probe(lambda rng: dict(up=rng.integers(1, 10)))
stairs.example(up=0.5)


@stairs.use
def _(choose, up):
    """What the light does for switches down-down, up-down, down-up and up-up."""
    kernel, bias, output, output_bias = (np.asarray(part, dtype=float) for part in choose(up))
    if kernel.shape != (2, 2) or bias.shape != (2,) or output.size != 2 or output_bias.size != 1:
        raise ValueError("kernel (2, 2), bias (2,), output weights (2,) and one output bias are wanted, in this order")
    switches = up * np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    answers = np.maximum(switches @ kernel + bias, 0) @ output.reshape(2) + output_bias.reshape(())
    return ["lit" if value > 0 else "dark" if value < 0 else "0: neither" for value in answers]


stairs.mistakes = {
    "[[1, 0], [0, 1]], [0, 0], [1, 1], -up / 2": (
        "With both switches up your light is lit: you asked for at least one. The answer has to come down again when the second goes up."
    ),
    "[[1, 0], [1, 0]], [-up, 0], [1, 0], -up / 2": "Your light is lit only with both switches up. Exactly one was asked for.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 0], -up / 2": (
        "Your light notices one of the two switches alone. If only the other is up, it stays dark: let the second unit watch for that."
    ),
    "[[1, -1], [-1, 1]], [0, 0], [-1, -1], up / 2": "Your light is lit when both switches are alike. Turn the signs of the output.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], 0": (
        "With both switches alike your answer is exactly 0, neither above nor below. Let the output bias take a bit away."
    ),
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], up / 2": "Your light is always lit. What makes the answer negative when both switches are down?",
    "[[1, 1], [1, 1]], [0, -1], [1, -2], -0.5": "Your weights fit switches that go from 0 to 1. Here up is {up}: what is compared with it has to grow along.",
}
stairs.also(
    "np.ones((2, 2)), [0, -up], [1, -2], -up / 2",
    "tf.constant([[2.0, -2.0], [-2.0, 2.0]]), tf.zeros(2), tf.ones((2, 1)), [-0.1 * up]",
)
stairs.hints = [
    "One switch alone: the first is higher than the second, or the second is higher than the first.",
    "relu(a − b) is above 0 in the first case only. What does the other unit compute?",
    "Add both units and take something away, so that 0 becomes negative.",
]
stairs.excused = {
    "2 → 3": "any part of the way up serves as a threshold",
    "1 → 2": "a steeper hinge crosses the threshold earlier, and still on the same side",
}
stairs.why = "No line can do this. Two hinges can: each watches one side."


# A model, number by number -------------------------------------------------------------------------------------------
@exercise("layers/parameters")
def parameters(sizes):
    """How many numbers does a chain of Dense layers learn?

    `sizes` lists the number of inputs and then the units of every layer: [11,
    16, 1] is 11 inputs, 16 units, 1 unit.
    """
    total = 0
    for layer in range(1, len(sizes)):
        total += sizes[layer - 1] * sizes[layer] + sizes[layer]
    return total


parameters.probe(lambda rng: dict(sizes=rng.integers(2, 9, rng.integers(3, 6)).tolist()))
parameters.mistakes = {
    "sum(before * units for before, units in pairwise(sizes))": "You left out the biases. Every unit of every layer adds one number of its own.",
    "sum(before * units for before, units in pairwise(sizes)) + sum(sizes)": "You gave the inputs biases, too. They are data: only units add a number.",
    "sum(before * units + 1 for before, units in pairwise(sizes))": "You added one bias per layer. Each *unit* has its own.",
    "sum(sizes[0] * units + units for units in sizes[1:])": "You let every layer read the inputs. A layer reads the answers of the one before it.",
    "sum(sizes[1:])": "You counted the units. Each of them holds one weight per number it reads, and a bias.",
    "parameters(sizes[:-1])": "You left out the last layer. The output is a layer like the others.",
}
parameters.also("sum((before + 1) * units for before, units in pairwise(sizes))")


@parameters.also
def _(sizes):
    model = keras.Sequential([keras.Input((sizes[0],)), *(layers.Dense(units) for units in sizes[1:])])
    return model.count_params()


parameters.hints = [
    "One layer: a weight for every pair of input and unit, and a bias for every unit.",
    "`for layer in range(1, len(sizes))`: it reads `sizes[layer - 1]` numbers and has `sizes[layer]` units.",
]
parameters.why = "It is the number that `summary()` prints last, and a first guess at how much data you need."

input_shape = question(
    "layers/input-shape",
    "**Question.** A table holds 1030 rows of concrete: 8 columns of what went in, and a ninth with the strength to predict. Which shape, a tuple, goes into `keras.Input`?",
    (8,),
    mistakes={
        (9,): "You counted the strength in. What the model shall predict is no input.",
        (1030, 8): "You gave the number of rows. A model takes any number: its shape is that of one row.",
        (None, 8): "You wrote the batch axis. `keras.Input` puts the None there itself: give the rest.",
        8: "8 is a number, and a shape is a tuple: with one axis it is written with a comma, `(8,)`.",
        (8, 1): "You asked for two axes: 8 steps of 1 number each. A row of a table has one axis.",
    },
    also=[[8]],
    hints=["What does the model see of one row?", "A shape is a tuple, even with one axis."],
    why="Nothing else is needed: every later layer learns its input size from the one before.",
)


@exercise("layers/three-hidden", points=2, probes=2)
def three_hidden(inputs, units):
    """Build a model for a table with `inputs` columns.

    Three hidden layers of `units` ReLU units each, then one output that can be
    any number.
    """
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(units, activation="relu"),
            layers.Dense(units, activation="relu"),
            layers.Dense(units, activation="relu"),
            layers.Dense(1),
        ]
    )


three_hidden.probe(lambda rng: dict(inputs=rng.integers(3, 9), units=rng.integers(9, 17)))


def _chain(inputs, *dense_layers):
    return keras.Sequential([keras.Input((inputs,)), *dense_layers])


def _relu(units):
    return layers.Dense(units, activation="relu")


three_hidden.mistakes = {
    "_chain(inputs, *(layers.Dense(units) for _ in range(3)), layers.Dense(1))": (
        'Your layers do not bend: without an activation the whole model is one line. Give the hidden layers `activation="relu"`.'
    ),
    "_chain(inputs, *(_relu(units) for _ in range(3)), _relu(1))": (
        "Your output has a ReLU, so it can never be negative. The last layer stays linear: `layers.Dense(1)`."
    ),
    "_chain(inputs, _relu(units), _relu(units), layers.Dense(1))": "You built two hidden layers. The output is not hidden: three come before it.",
    "_chain(inputs, *(_relu(units) for _ in range(3)))": "Your last layer is a hidden one. A single linear unit has to follow: `layers.Dense(1)`.",
    "_chain(inputs, _relu(inputs), _relu(units), _relu(units), layers.Dense(1))": (
        "You gave the first layer {inputs} units, one per column. Columns come in through `keras.Input`; units were asked to be {units} in every hidden "
        "layer."
    ),
    "_chain(inputs, _relu(units), layers.Dense(units), layers.Dense(units), layers.Dense(1))": (
        "Only your first layer bends. The second and the third need their ReLU, too."
    ),
}


@three_hidden.also
def _(inputs, units):
    row = keras.Input((inputs,))
    values = row
    for _ in range(3):
        values = layers.ReLU()(layers.Dense(units)(values))
    return keras.Model(row, layers.Dense(1)(values))


@three_hidden.also
def _(inputs, units):
    model = keras.Sequential([*(layers.Dense(units, keras.activations.relu) for _ in range(3)), layers.Dense(1)])
    model.build((None, inputs))
    return model


three_hidden.hints = [
    "`keras.Input((inputs,))` first, then the layers in the order of the computation.",
    '`layers.Dense(units, activation="relu")` is one hidden layer.',
    "The last layer: 1 unit, no activation.",
]
three_hidden.why = "Input, some layers that bend, a linear end: most networks for tables look like this."


@exercise("layers/activation-layers", points=2, probes=2)
def with_activation_layers(inputs, units):
    """Rewrite this model so that the activations are layers of their own and
    every Dense layer is linear.

    It has one hidden layer of `units` ReLU units and one linear output.
    """
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(units),
            layers.Activation("relu"),
            layers.Dense(1),
        ]
    )


with_activation_layers.start(
    'layers.Dense(units), => layers.Dense(units, activation="relu"),', 'layers.Activation("relu"), =>'
)
with_activation_layers.probe(lambda rng: dict(inputs=rng.integers(3, 9), units=rng.integers(9, 17)))
with_activation_layers.mistakes = {
    '_chain(inputs, layers.Dense(units), layers.Dense(1), layers.Activation("relu"))': (
        "Your ReLU stands behind the output: the hidden layer does not bend, and no answer is negative. Put it right behind the layer whose sums it cuts."
    ),
    '_chain(inputs, layers.Activation("relu"), layers.Dense(units), layers.Dense(1))': (
        "Your ReLU stands before the first Dense layer and cuts the *inputs*. It belongs behind the sums."
    ),
    "_chain(inputs, layers.Dense(units), layers.Dense(1))": 'The activation is gone: your model is linear. `layers.Activation("relu")` has to take its place.',
    '_chain(inputs, layers.Dense(units), layers.Activation("relu"), layers.Dense(1), layers.Activation("relu"))': (
        "You put a ReLU behind the output as well. The answer has to stay free to be negative."
    ),
}


@with_activation_layers.property(
    "Your model computes the right numbers, but one of its Dense layers still bends by itself. Leave its `activation` out and let the activation layer do it.",
    '_chain(inputs, _relu(units), layers.Activation("linear"), layers.Dense(1))',
    '_chain(inputs, _relu(units), layers.Activation("relu"), layers.Dense(1))',
)
def has_linear_dense_layers(model):
    return all(_is_linear(layer) for layer in model.layers if isinstance(layer, layers.Dense))


def _is_linear(layer):
    """Whether the answer halfway between two inputs is halfway between their answers."""
    one, other = np.random.default_rng(0).normal(size=(2, 8, layer.kernel.shape[0])).astype("float32")
    halfway = (layer(one) + layer(other)) / 2
    return np.allclose(layer((one + other) / 2), halfway, atol=1e-4)


with_activation_layers.also("_chain(inputs, layers.Dense(units), layers.ReLU(), layers.Dense(1))")


@with_activation_layers.also
def _(inputs, units):
    row = keras.Input((inputs,))
    return keras.Model(row, layers.Dense(1)(keras.ops.relu(layers.Dense(units)(row))))


with_activation_layers.excused = {
    "[keras.Input((inputs,)), layers.Dense(units), layers.Activation('relu'), layers.Dense(1)] → [keras.Input((inputs,)), "
    "layers.Dense(units), layers.Activation('relu'), layers.Activation('relu'), layers.Dense(1)]": (
        "a second ReLU finds nothing left to cut"
    )
}
with_activation_layers.hints = [
    "A Dense layer without `activation` hands its sums on as they are.",
    '`layers.Activation("relu")` cuts whatever comes in. Behind which layer does it belong?',
]
with_activation_layers.why = "On its own, an activation can be swapped, read, or have a normalization put before it."

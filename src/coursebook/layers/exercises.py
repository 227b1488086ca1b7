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
    "The layer keeps all its weights in one matrix, its **kernel** (核). What is its shape? Write it like `(5, 7)`.",
    (3, 2),
    mistakes={
        (2, 3): "You gave each unit a row. In `inputs @ kernel` a row of 3 inputs meets the columns of the kernel, so a column holds 3 weights.",
        (3,): "Three weights are enough for one unit. The second unit weighs the same inputs in its own way.",
        (2,): "That is the shape of the biases, one per unit. How many weights does each unit need?",
        (4, 2): "You counted the biases as a row of the kernel. They are kept apart, in a vector of 2, and added at the end.",
        (4, 3): "(4, 3) would be four weeks of three columns: the inputs. The kernel does not depend on how many weeks come in.",
        (3, 3): "Each of the 3 inputs needs a weight for each unit, and there are only 2 units.",
        (1, 2): "You gave each unit a single weight. It reads 3 columns, and needs a weight for each.",
        6: "There are 6 weights. How are they arranged in rows and columns?",
        (6,): "Your shape has one axis, a single row of 6 weights. A matrix has two: how many rows, and how many columns?",
        8: "6 weights and 2 biases are 8 numbers. The question is how the 6 weights are arranged in rows and columns.",
    },
    also=[[3, 2]],
    hints=["How many weights does one unit with 3 inputs have? And two units?", "In a matrix product, a row on the left meets a column on the right. What does a column of the kernel hold, then?"],
    why="A kernel has a row for each input and a column for each unit. It does not depend on the number of rows of data.",
)  # fmt: skip


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


dense.example(inputs=np.array([[0.5, -2.0]]), kernel=np.array([[1.5, 0.0], [-0.5, 2.5]]), bias=np.array([0.31, -1.46]))
dense.example(inputs=np.array([[1, 2], [0, 3]]), kernel=np.array([[1, -1], [2, 3]]), bias=np.array([5, -4]))

dense.mistakes = {
    "inputs @ kernel": "You left out the bias. Every unit adds its own number to each of its sums.",
    "np.maximum(inputs @ kernel + bias, 0)": "You cut the sums off at 0. That is ReLU, which comes after the sums. Here negative sums stay.",
    "inputs[0] @ kernel + bias": "You computed the sums of the first row only. One matrix product does all the rows.",
    "(inputs @ kernel + bias).sum(axis=1)": "You added the units up. Each unit keeps a column of its own; the next layer reads them all.",
    "inputs @ kernel + np.sum(bias)": "You gave every unit the sum of the biases. `bias` holds one number per unit, in their order.",
    "inputs @ (kernel + bias)": "You added the bias to the weights. It is added to the sums, after the product.",
    "kernel.T @ inputs.T + bias[:, np.newaxis]": "Your numbers are right, but there is a row for each unit. The shape (rows, units) has a row for each row of the inputs.",
    "inputs @ kernel - bias": "You subtracted the bias. It is added to each sum.",
    "inputs @ kernel * bias": "You multiplied by the bias. It is added to each sum.",
    "inputs @ kernel + bias[0]": "You gave every unit the bias of the first one. `bias` holds one number per unit, in their order.",
    "inputs @ kernel + len(kernel) * bias": "You added the bias once for each input. Each sum gets it once.",
    "(inputs @ kernel + bias).astype(int)": "Your sums are whole numbers: what stands behind the point is cut off. Keep it.",
    "kernel @ inputs + bias": "You put the kernel on the left. A row of the inputs meets the columns of the kernel, so the inputs stand on the left.",
    "inputs @ kernel.T + bias": "You turned the kernel on its side. It has a column for each unit already.",
    "inputs * kernel + bias": "You multiplied number by number. `*` does that; `@` is the matrix product.",
}
dense.also(
    "[[np.sum(row * kernel[:, unit]) + bias[unit] for unit in range(len(bias))] for row in inputs]",
    "tf.matmul(inputs, kernel) + bias",
    "np.column_stack([inputs, np.ones(len(inputs))]) @ np.vstack([kernel, bias])",
)


@dense.also
def _(inputs, kernel, bias):
    layer = layers.Dense(len(bias))
    layer.build(inputs.shape)
    layer.set_weights([kernel, bias])
    return layer(inputs.astype("float32"))


dense.hints = [
    "One sum is a row of the inputs times a column of the kernel, plus the bias of that column.",
    "`@` is the matrix product: it takes every row with every column.",
]
dense.why = "However many units and rows there are, a dense layer is one matrix product and one sum."

# Two linear layers are one -------------------------------------------------------------------------------------------
two_linear = question(
    "layers/two-linear",
    "Six Dense layers without an activation are trained on the weekly highs. How close can they come?",
    "b",
    options={
        "a": ("As close as we like, if the layers are wide enough.", "Width does not help: a weighted sum of straight lines is a straight line, however many there are."),
        "b": ("As close as the best line, and no closer.", "Sums of sums are sums: whatever the weights are, the whole stack draws one straight line."),
        "c": ("Closer than a line, because each layer can bend once.", "Nothing in these layers bends. What would have to stand between them?"),
        "d": ("Less close than one layer, because the line gets lost on the way.", "The stack can still draw any line: let five of the layers pass the number on and one do the work."),
    },
    hints=["What happens to a line that goes through another line? Put y = 2x + 1 into z = 3y − 4.", "Is x squared anywhere, or cut off?"],
    why="Linear layers one behind another cost more to compute than one, and can do no more.",
)  # fmt: skip


@exercise("layers/merge", points=2)
def merge(kernel1, bias1, kernel2, bias2):
    """Return the kernel and the bias of one layer that does the work of two
    linear layers.

    The first has `kernel1` and `bias1`; the second reads what it outputs.
    """
    return kernel1 @ kernel2, bias1 @ kernel2 + bias2


@merge.probe
def _(rng):
    size = rng.integers(2, 4)  # square kernels, so that every order of the product exists
    first, second = rng.integers(-3, 4, (2, size, size))
    last = rng.integers(1, 5, size) * rng.choice([-1, 1])
    return dict(kernel1=first, bias1=rng.integers(1, 5, size), kernel2=second, bias2=last)


_FIRST = dict(kernel1=np.array([[0.5, -1.0, 2.0], [1.5, 0.0, -0.5]]), bias1=np.array([1.0, -0.5, 2.5]))
merge.example(**_FIRST, kernel2=np.array([[1.0], [-2.0], [0.5]]), bias2=np.array([0.25]))
merge.mistakes = {
    "kernel2 @ kernel1, bias1 @ kernel2 + bias2": "You multiplied the kernels in the wrong order. The inputs stand on the left and meet `kernel1` first.",
    "kernel2 @ kernel1, kernel2 @ bias1 + bias2": "You multiplied as if the inputs stood on the right. Here they stand on the left: x @ kernel1 comes first, then @ kernel2.",
    "kernel1 @ kernel2, kernel2 @ bias1 + bias2": "You put `kernel2` in front of `bias1`. The first bias goes through the second layer as the inputs do, from the left.",
    "kernel1 @ kernel2, bias1 + bias2": "You added the biases as they are. The first bias goes through the second layer, too: `kernel2` weighs it.",
    "kernel1 @ kernel2, bias2": "You lost the first bias. Inputs of 0 leave the first layer as `bias1`, not as 0.",
    "kernel1 @ kernel2, bias1 @ kernel2": "You forgot the second bias. It is added after everything else.",
    "kernel1 + kernel2, bias1 @ kernel2 + bias2": "You added the kernels. The layers stand one behind the other, so their kernels are multiplied.",
    "kernel1 @ kernel2, (bias1 + bias2) @ kernel2": "You sent the second bias through `kernel2` as well. It is added after that product.",
    "kernel1 @ kernel2, bias1 @ kernel1 + bias2": "You sent the first bias through `kernel1`. It is added after that product; `kernel2` is the one it still goes through.",
    "kernel1 * kernel2, bias1 @ kernel2 + bias2": "You multiplied the kernels number by number. `*` does that; `@` is the matrix product.",
    "kernel1 * kernel2, bias1 * kernel2 + bias2": "You multiplied number by number. `*` does that; `@` is the matrix product.",
    "kernel1 @ kernel2, bias2 @ kernel1 + bias1": "You sent the second bias through the first kernel. It comes after both: the first bias is what `kernel2` still weighs.",
    "(kernel1 @ kernel2).T, bias1 @ kernel2 + bias2": "You turned the new kernel on its side. Like every kernel it has a row for each input.",
    "kernel1 @ kernel2, np.maximum(bias1, 0) @ kernel2 + bias2": "You cut the first bias off at 0. Between two linear layers nothing is cut.",
    "kernel1 @ kernel2": "You returned the kernel alone. The layer needs its bias, too: return both, first the kernel.",
    "kernel1 @ kernel2 + bias1 @ kernel2 + bias2": "You added kernel and bias to one matrix. Return them apart: first the kernel, then the bias.",
    "bias1 @ kernel2 + bias2, kernel1 @ kernel2": "You returned the bias first. The kernel comes first, then the bias.",
}
merge.also("tf.matmul(kernel1, kernel2), tf.linalg.matvec(kernel2, bias1, transpose_a=True) + bias2")


@merge.also
def _(kernel1, bias1, kernel2, bias2):
    def both(inputs):
        return (inputs @ kernel1 + bias1) @ kernel2 + bias2

    nothing = both(np.zeros(len(kernel1)))
    return [both(np.eye(len(kernel1))) - nothing, nothing]


merge.hints = [
    "Write it down, (x · kernel1 + bias1) · kernel2 + bias2, and multiply it out.",
    "Which part still holds x? The rest is the new bias.",
]
merge.why = "Two linear layers hold more numbers than one layer does, and can do nothing that it cannot."

# ReLU bends ----------------------------------------------------------------------------------------------------------
bend = question(
    "layers/bend",
    "A unit computes relu(2x − 1). At which x does it bend?",
    0.5,
    mistakes={
        -0.5: "There the sum is 2 · (−0.5) − 1 = −2, far below 0. The bend is where the sum crosses 0: mind the sign.",
        0: "At x = 0 the sum is −1. ReLU bends where the *sum* is 0, not where the input is.",
        1: "At x = 1 the sum is 1, so the unit is on already. The weight counts, too: solve 2x − 1 = 0.",
        2: "2 is the weight, or the weight divided by the size of the bias. At x = 2 the sum is 3. Solve 2x − 1 = 0.",
        -1: "−1 is the sum at x = 0. At x = −1 the sum is −3. Solve 2x − 1 = 0.",
        -2: "At x = −2 the sum is −5, far below 0. Solve 2x − 1 = 0.",
    },
    hints=["ReLU bends where the sum inside is 0.", "2x − 1 = 0."],
    why="A unit with one input bends at −bias/weight. Training changes both numbers, so the bend moves.",
)

pieces = question(
    "layers/pieces",
    "A hidden layer of 3 ReLU units reads one number, and a linear unit adds them up. At most how many straight pieces can the curve have?",
    4,
    mistakes={
        3: "Three units bend at three places. How many pieces do you get if you break a stick at three places?",
        8: "You let each unit be on or off freely: 2·2·2. Along a line the units switch one after another.",
        6: "You gave each unit two pieces of its own. They add up to one curve, which bends at three places.",
        2: "Two pieces are what one unit makes. Each further unit can bend the curve once more.",
        5: "Five pieces need four bends, and each of the three units bends once.",
        7: "Seven pieces need six bends, and each of the three units bends once.",
    },
    hints=["Each unit bends once. Between two neighboring bends the sum is straight.", "Break a stick at three places."],
    why="With one input, u units draw at most u + 1 pieces: a unit is a bend that you may spend.",
)  # fmt: skip


@exercise("layers/tent", points=2)
def tent(left, top, right, height):
    """Return the three output weights that draw a tent.

    Three units compute relu(x − left), relu(x − top) and relu(x − right); the
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
    return dict(left=left, top=top, right=top + rng.integers(1, 5), height=rng.integers(2, 7))


tent.example(left=-1.5, top=-0.5, right=2.0, height=2.5)
tent.mistakes = {
    "[height, -2 * height, height]": "You used the height as a slope, which is right only if both sides are 1 wide. A slope is height divided by width.",
    "-rise - fall => -rise": "Right of the top your curve goes flat: the second weight only stops the rise. It has to stop the rise and start the fall.",
    "-rise - fall, fall => -rise, 0": "Your curve rises to `top` and then stays at {height}. At `top` it has to fall, and at `right` the fall has to end.",
    "-rise - fall => -fall": "Your second weight is the slope of the fall alone. The first unit goes on rising right of the top, so its rise must be taken back, too.",
    "-rise - fall => -height": "Your second weight is the height. A weight is a change of slope: at `top` the curve turns from the rise into the fall.",
    "-rise - fall, fall => -fall, 0": "You gave the slopes of the pieces. A unit stays on to the right of its bend, so its weight is the *change* of the slope there.",
    "-rise - fall, fall => -rise - fall, 0": "Your tent goes on falling below 0: nothing stops it at `right`. The third unit has to take the fall back.",
    "-rise - fall, fall => -rise - fall, -fall": "At `right` your curve falls twice as steeply instead of going flat. The third unit has to take the fall back: turn its sign.",
    "-rise - fall, fall => -rise - fall, rise": "Your third weight takes back the rise. The slope to be stopped at `right` is that of the fall.",
    "[rise, -rise - fall, fall] => [-rise, rise + fall, -fall]": "Your tent stands on its head: all three signs are turned. The first unit has to rise.",
    "fall = height / (right - top) => fall = rise": "Both sides got the slope of the rise, so your curve is 0 at `right` only if the sides are equally wide.",
    "fall = height / (right - top) => fall = height / (right - left)": "Your fall is as wide as the whole tent. It starts at `top`, and its width is right − top.",
    "-rise - fall => -rise + fall": "At `top` the rise ends and the fall begins. The slope turns from +rise into −fall: take both away.",
    "-rise - fall => rise + fall": "Your second weight has the wrong sign, so the curve rises more steeply at `top`. There it has to turn down.",
    "[rise, -rise - fall, fall] => [fall, -rise - fall, rise]": "The two sides are swapped: your tent rises as it should fall. The first side is top − left wide.",
    "[rise, -rise - fall, fall] => [1, -2, 1]": "1, −2, 1 is the tent that is 1 high and 1 wide on each side. Here the three weights depend on the places and the height.",
    "[rise, -rise - fall, fall] => [0, height, 0]": "You gave the heights of the curve at the three bends. A weight is a change of slope.",
    "[height // (top - left), -(height // (top - left)) - height // (right - top), height // (right - top)]": "`//` drops what stands behind the point. A slope need not be a whole number: divide with `/`.",
    "[rise, -rise - fall, fall] => [2 * height / (right - left), -4 * height / (right - left), 2 * height / (right - left)]": "You gave each side half of the width of the tent. The rise is top − left wide, and the fall right − top.",
    "[height / (right - left), -2 * height / (right - left), height / (right - left)]": "You divided by the width of the whole tent. The rise is top − left wide, and the fall right − top.",
    "tent(left, top, right, 1)": "Your tent is 1 high, whatever the `height` is.",
}
tent.also(
    "np.linalg.solve(np.maximum(np.subtract.outer([top, right, right + 1], [left, top, right]), 0), [height, 0, 0])",
    "tf.constant(np.diff([0, height / (top - left), -height / (right - top), 0]))",
    "[[height / (top - left)], [-height / (top - left) - height / (right - top)], [height / (right - top)]]",
)


@tent.use
def _(draw, left, top, right, height):
    return np.ravel(draw(left, top, right, height))  # a column, as in the kernel of the output, means the same


tent.hints = [
    "What is the slope of the curve on each of the four pieces?",
    "At each bend one unit switches on. Its weight is the change of the slope there.",
    "Right of the top the slope is −height / (right − top). The unit at `top` has to turn the rise into that.",
]
tent.why = "Tents side by side can follow any continuous curve as closely as you like, if there are enough of them."

# Why several units? --------------------------------------------------------------------------------------------------
identical_starts = question(
    "layers/identical-starts",
    "All 8 hidden units start with equal weights that are not 0 (and equal biases): the same going in, and the same coming out. The network is trained. What becomes of them?",
    "b",
    options={
        "a": ("They part, because each point pulls on another unit.", "Every point pulls on every unit, and on equal units equally. Nothing tells them apart."),
        "b": ("They stay identical: the 8 units are worth one.", "Units with equal biases and equal weights, going in and coming out, have equal slopes of the loss, so every update keeps them equal."),
        "c": ("They do not move at all.", "They do move, all in the same way. Equal is not the same as 0: the slope of the loss is there."),
        "d": ("They stay identical, and add up to 8 different folds.", "Eight equal folds lie on top of each other. Their sum is one fold, 8 times as steep."),
    },
    hints=["Swap two of the units. Does anything about the network or the loss change?", "Then which of the two should move differently?"],
    why="Gradient descent cannot break a tie. Random starts do.",
)  # fmt: skip


@exercise("layers/stairs", points=2)
def stairs(up):
    """Choose the weights of a network that knows when the light on the stairs
    is lit.

    It reads two switches, each 0 (down) or `up` (a number above 0), with two
    hidden ReLU units and one linear output. The output has to be above 0 when
    exactly one switch is up, and below 0 otherwise. Return the kernel (2, 2),
    the bias (2,), the output weights (2,) and the output bias (a number).
    """
    kernel = [[1, -1], [-1, 1]]  # unit 1: first less second; unit 2: the reverse
    return kernel, [0, 0], [1, 1], -up / 2


stairs.probe(lambda rng: dict(up=rng.integers(1, 10)))
stairs.example(up=0.01)


@stairs.use
def _(choose, up):
    """What the light does for switches down-down, up-down, down-up and up-up."""
    kernel, bias, output, output_bias = (np.asarray(part, dtype=float) for part in choose(up))
    if kernel.shape != (2, 2) or bias.shape != (2,) or output.size != 2 or output_bias.size != 1:
        raise ValueError("return a kernel (2, 2), a bias (2,), output weights (2,) and one output bias, in this order")
    switches = up * np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    answers = np.maximum(switches @ kernel + bias, 0) @ output.reshape(2) + output_bias.reshape(())
    return ["lit" if value > 0 else "dark" if value < 0 else "0: neither" for value in answers]


stairs.mistakes = {
    "[[1, 0], [0, 1]], [0, 0], [1, 1], -up / 2": "With both switches up your light is lit: you asked for at least one. The output has to come down again when the second switch goes up.",
    "[[1, 0], [1, 0]], [-up, 0], [1, 0], -up / 2": "Your light is lit only with both switches up. Exactly one was asked for.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 0], -up / 2": "Your light notices only one of the two switches. If only the other is up, it stays dark: let the second unit lift the output then.",
    "[[1, -1], [-1, 1]], [0, 0], [-1, -1], up / 2": "Your light is lit when both switches are alike. Turn the signs of the output around.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], 0": "With both switches alike your output is exactly 0, neither above nor below. Let the output bias take a bit away.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], up / 2": "Your light is always lit. What makes the answer negative when both switches are down?",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], -up": "With exactly one switch up your output is exactly 0, and it should be above 0. Let the output bias take away less.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], -0.5": "Your weights fit larger switches. Here `up` is {up}, and with one switch up your light is not lit: the output bias has to shrink and grow with `up`.",
    "[[1, -1], [-1, 1]], [0, 0], [1, 1], -1": "Your output bias is −1, whatever `up` is. Here `up` is {up}, and with one switch up your light is not lit: let it depend on `up`.",
    "[[1, 1], [-1, -1]], [0, 0], [1, -1], -up / 2": "Your light is never lit. With exactly one switch up, a unit has to lift the output above 0.",
    "[[1, 1], [1, 1]], [0, -1], [1, -2], -0.5": "Your weights fit switches that go from 0 to 1. Here `up` is {up}: the biases have to grow with it.",
}
stairs.also(
    "np.ones((2, 2)), [0, -up], [1, -2], -up / 2",
    "tf.constant([[2.0, -2.0], [-2.0, 2.0]]), tf.zeros(2), tf.ones((2, 1)), [-0.1 * up]",
)
stairs.hints = [
    "Exactly one switch is up: either the first is higher than the second, or the second is higher than the first.",
    "relu(a − b) is above 0 only in the first case. What does the other unit compute?",
    "Add both units and take something away, so that 0 becomes negative.",
]
stairs.excused = {
    "2 → 3": "any part of the way up serves as a threshold",
    "1 → 2": "a steeper hinge crosses the threshold earlier, and still on the same side",
}
stairs.why = "No line can do this. Two ReLU units can: each of them watches one side."


# A model, number by number -------------------------------------------------------------------------------------------
@exercise("layers/parameters")
def parameters(sizes):
    """Return how many numbers a chain of Dense layers learns.

    `sizes` lists the number of inputs and then the units of every layer: [11,
    16, 1] means 11 inputs, 16 units, 1 unit.
    """
    total = 0
    for layer in range(1, len(sizes)):
        total += sizes[layer - 1] * sizes[layer] + sizes[layer]
    return total


parameters.probe(lambda rng: dict(sizes=rng.integers(2, 9, rng.integers(3, 6)).tolist()))
parameters.example(sizes=[3, 1])
parameters.example(sizes=[5, 9, 4, 2])
parameters.mistakes = {
    "sum(before * units for before, units in pairwise(sizes))": "You left out the biases. Every unit of every layer adds one number of its own.",
    "sum(before * units for before, units in pairwise(sizes)) + sum(sizes)": "You gave the inputs biases, too. Inputs are data: only units add a number.",
    "parameters(sizes) - sizes[-1]": "You left out the biases of the last layer. Its units add a number each, too.",
    "sum(before * units + 1 for before, units in pairwise(sizes))": "You added one bias per layer. Each *unit* has its own.",
    "sum(before * units + before for before, units in pairwise(sizes))": "You added a bias for everything a layer reads. Each of its *units* has one.",
    "sum(sizes[0] * units + units for units in sizes[1:])": "You let every layer read the inputs. A layer reads the outputs of the one before it.",
    "sum(sizes[1:])": "You counted the units. Each of them holds a weight for every number it reads, and a bias.",
    "sum(sizes)": "You added the sizes up. A layer has a weight for every *pair* of input and unit, so neighbors are multiplied, and every unit has a bias.",
    "parameters(sizes[:-1])": "You left out the last layer. The output layer learns like the others.",
    "parameters(sizes[1:])": "You left out the first layer. The inputs hold no numbers, but the layer that reads them does.",
    "sizes[0] * sizes[1] + sizes[1]": "You counted the first layer alone. The layers behind it learn, too.",
    "sizes[-2] * sizes[-1] + sizes[-1]": "You counted the last layer alone, perhaps because `=` stands where `+=` belongs. Add up all layers.",
    "int(np.prod(sizes))": "You multiplied all sizes. A weight joins one layer to the next one only, so products of neighbors are added up.",
    "sum(before + units for before, units in pairwise(sizes))": "You added inputs and units. There is a weight for every *pair*, so the two are multiplied.",
    "[before * units + units for before, units in pairwise(sizes)]": "You gave one number for each layer. Add them up.",
}
parameters.also("sum((before + 1) * units for before, units in pairwise(sizes))")


@parameters.also
def _(sizes):
    model = keras.Sequential([keras.Input((sizes[0],)), *(layers.Dense(units) for units in sizes[1:])])
    return model.count_params()


parameters.hints = [
    "One layer has a weight for every pair of input and unit, and a bias for every unit.",
    "Write `for layer in range(1, len(sizes))`: that layer reads `sizes[layer - 1]` numbers and has `sizes[layer]` units.",
]
parameters.why = "`summary()` prints the same number, and when a model differs from what you meant, this is often where you notice it."

input_shape = question(
    "layers/input-shape",
    "**Question.** A table holds 1030 rows of concrete. Eight of its columns say what went in, and a ninth holds the strength to be predicted. "
    "Which shape goes into `keras.Input`? Write it as a tuple.",
    (8,),
    mistakes={
        (9,): "You counted the strength in. What the model should predict is not an input.",
        9: "You counted the strength in, and a shape is a tuple. What the model should predict is not an input.",
        (1030, 8): "You gave the number of rows. A model takes any number of rows: the shape is that of one row.",
        (1030, 9): "You gave the shape of the whole table. The shape asked for is that of one row, without the strength.",
        (1030,): "You gave the number of rows. The shape is that of one row.",
        (8, 1030): "You gave the number of rows. The shape is that of one row, so it has one axis.",
        (None, 8): "You wrote the axis of the rows. `keras.Input` puts that None there itself: give only the rest.",
        (8, None): "You left an axis open. `keras.Input` adds the axis of the rows itself, in front: give the columns alone.",
        8: "8 is a number, and a shape is a tuple. With one axis it is written with a comma.",
        (8, 1): "You asked for two axes: 8 steps of 1 number each. A row of a table has one axis.",
        (1, 8): "You asked for two axes: 1 step of 8 numbers. A row of a table has one axis.",
    },
    also=[[8]],
    hints=["What does the model see of one row?", "A shape is a tuple, even with one axis."],
    why="`keras.Input` needs nothing else: every later layer finds out its input size from the layer before it.",
)  # fmt: skip


@exercise("layers/three-hidden", points=2, probes=1)
def three_hidden(inputs, units):
    """Return a model for a table with `inputs` columns.

    It has three hidden layers of `units` ReLU units each, then one output that
    can be any number.
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


three_hidden.probe(lambda rng: dict(inputs=rng.integers(3, 8), units=rng.integers(9, 16)))


def _chain(inputs, *dense_layers):
    return keras.Sequential([keras.Input((inputs,)), *dense_layers])


def _relu(units):
    return layers.Dense(units, activation="relu")


def _relu6(inputs, units, hidden):
    parts = [part for _ in range(hidden) for part in (layers.Dense(units), layers.ReLU(max_value=6))]
    return _chain(inputs, *parts, layers.Dense(1))


CEILING = "Small inputs come out right, but your activation holds large sums back. A ReLU has no highest value: it passes on whatever is above 0."
three_hidden.mistakes = {
    "_relu6(inputs, units, 3)": CEILING,
    "_chain(inputs, *(layers.Dense(units) for _ in range(3)), layers.Dense(1))": 'Your hidden layers do not bend: without an activation the whole model is one linear function. Give each of them `activation="relu"`.',
    "_chain(inputs, *(_relu(units) for _ in range(3)), _relu(1))": "Your output has a ReLU, so it can never be negative. The last layer stays linear: `layers.Dense(1)`.",
    "_chain(inputs, *(_relu(units) for _ in range(3)), layers.Dense(1, activation='sigmoid'))": "Your output has a sigmoid, so it lies between 0 and 1. The last layer stays linear: `layers.Dense(1)`.",
    "_chain(inputs, _relu(units), _relu(units), layers.Dense(1))": "You built two hidden layers. The output layer is not hidden: three layers come before it.",
    "_chain(inputs, *(_relu(units) for _ in range(3)))": "Your last layer is a hidden one. A single linear unit has to follow: `layers.Dense(1)`.",
    "_chain(inputs, _relu(inputs), _relu(units), _relu(units), layers.Dense(1))": "You gave the first layer {inputs} units, one per column. The columns come in through `keras.Input`, and every hidden layer has {units} units.",
    "_chain(inputs, _relu(inputs), *(_relu(units) for _ in range(3)), layers.Dense(1))": "You gave the first layer {inputs} units, one per column. The columns come in through `keras.Input`, and every hidden layer has {units} units.",
    "_chain(inputs, *(_relu(units) for _ in range(4)), layers.Dense(1))": "You built four hidden layers, perhaps because you took the first `Dense` for the input layer. `keras.Input` is that, and holds no units.",
    "_chain(inputs, *(_relu(units) for _ in range(3)), layers.Dense(units))": "Your last layer has {units} units, and one output was asked for: `layers.Dense(1)`.",
    "_chain(inputs, *(layers.Dense(units, activation='sigmoid') for _ in range(3)), layers.Dense(1))": "Your hidden layers bend, but with a sigmoid. ReLU was asked for.",
    "_chain(inputs, *(layers.Dense(units, activation='tanh') for _ in range(3)), layers.Dense(1))": "Your hidden layers bend, but with a tanh. ReLU was asked for.",
    "_chain(inputs, layers.Dense(units), _relu(units), _relu(units), layers.Dense(1))": "Your first hidden layer does not bend. Give it its ReLU, too.",
    "_chain(inputs, _relu(units), _relu(units), layers.Dense(units), layers.Dense(1))": "Your third hidden layer does not bend. Give it its ReLU, too.",
    "_chain(inputs, *(_relu(16) for _ in range(3)), layers.Dense(1))": "Your hidden layers have 16 units, whatever `units` is. Here it is {units}.",
    "_chain(inputs, *(layers.Dense(units, 'relu', use_bias=False) for _ in range(3)), layers.Dense(1))": "Your hidden units have no biases. A `Dense` layer brings one for each unit: leave out `use_bias=False`.",
    "_chain(inputs, _relu(units), layers.Dense(units), layers.Dense(units), layers.Dense(1))": "Only your first layer bends. The second and the third need their ReLU, too.",
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
    "`keras.Input((inputs,))` comes first, then the layers in the order of the computation.",
    '`layers.Dense(units, activation="relu")` is one hidden layer.',
    "The last layer has 1 unit and no activation.",
]
three_hidden.why = "An input, layers that bend, a linear end: networks that predict a number often look like this."


@exercise("layers/activation-layers", points=2, probes=1)
def with_activation_layers(inputs, units):
    """Return a model for a table with `inputs` columns: one hidden layer of
    `units` ReLU units, and one linear output.

    In this model every Dense layer is linear, and the activation is a layer of
    its own.
    """
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(units),
            layers.Activation("relu"),
            layers.Dense(1),
        ]
    )


with_activation_layers.probe(lambda rng: dict(inputs=rng.integers(3, 8), units=rng.integers(9, 16)))
with_activation_layers.mistakes = {
    "_relu6(inputs, units, 1)": CEILING,
    '_chain(inputs, layers.Dense(units), layers.Dense(1), layers.Activation("relu"))': "Your ReLU stands behind the output, so the hidden layer does not bend and no output is negative. Put it right behind the layer whose sums it cuts.",
    '_chain(inputs, layers.Activation("relu"), layers.Dense(units), layers.Dense(1))': "Your ReLU stands in front of the first Dense layer and cuts the *inputs*. It belongs behind the sums.",
    "_chain(inputs, layers.Dense(units), layers.Dense(1))": 'The activation is gone, so your model is linear. `layers.Activation("relu")` has to take its place.',
    '_chain(inputs, layers.Dense(units), layers.Activation("relu"), layers.Dense(1), layers.Activation("relu"))': "You put a ReLU behind the output as well. The output must be free to be negative.",
    '_chain(inputs, layers.Dense(units), layers.Activation("sigmoid"), layers.Dense(1))': "Your activation layer stands in its place, but it is a sigmoid. ReLU was asked for.",
    "_chain(inputs, layers.Dense(units), layers.LeakyReLU(), layers.Dense(1))": "Your activation layer lets a part of the negative sums through. ReLU makes them 0.",
    "_chain(inputs, layers.Dense(units), layers.Activation('tanh'), layers.Dense(1))": "Your activation layer stands in its place, but it is a tanh. ReLU was asked for.",
    '_chain(inputs, layers.Dense(units), layers.Activation("relu"))': "Your output layer is missing. One linear unit has to follow: `layers.Dense(1)`.",
    '_chain(inputs, layers.Dense(units), layers.Activation("relu"), layers.Dense(units))': "Your last layer has {units} units, and one output was asked for: `layers.Dense(1)`.",
    '_chain(inputs, layers.Dense(inputs), layers.Activation("relu"), layers.Dense(1))': "Your hidden layer has {inputs} units, one per column. It should have {units}.",
    "_chain(inputs, *(part for _ in range(3) for part in (layers.Dense(units), layers.ReLU())), layers.Dense(1))": "You built three hidden layers. Here one was asked for.",
    "_chain(inputs, *(part for _ in range(2) for part in (layers.Dense(units), layers.ReLU())), layers.Dense(1))": "You built two hidden layers. Here one was asked for.",
}


@with_activation_layers.property(
    "Your model computes the right numbers, but one of its Dense layers bends by itself. Leave out its `activation` and let a layer of its own do that.",
    "_chain(inputs, _relu(units), layers.Dense(1))",
    '_chain(inputs, _relu(units), layers.Activation("linear"), layers.Dense(1))',
    '_chain(inputs, _relu(units), layers.Activation("relu"), layers.Dense(1))',
)
def has_linear_dense_layers(model):
    return all(_is_linear(layer) for layer in model.layers if isinstance(layer, layers.Dense))


@with_activation_layers.property(
    "Your model computes the right numbers, but no layer of its own holds the activation. Let a layer without weights stand between the two Dense layers."
)
def has_an_activation_layer(model):
    return not model.layers or any(_is_activation(layer) for layer in model.layers)


@has_an_activation_layer.wrong
def _(inputs, units):
    row = keras.Input((inputs,))
    return keras.Model(row, layers.Dense(1)(keras.ops.relu(layers.Dense(units)(row))))


def _is_activation(layer):
    """Whether it is a layer without weights that is no input, or a model that holds one."""
    if isinstance(layer, keras.Model):
        return any(map(_is_activation, layer.layers))
    return not layer.weights and not isinstance(layer, layers.InputLayer)


def _is_linear(layer):
    """Whether the output halfway between two inputs is halfway between their outputs."""
    one, other = np.random.default_rng(0).normal(size=(2, 8, layer.kernel.shape[0])).astype("float32")
    halfway = (layer(one) + layer(other)) / 2
    return np.allclose(layer((one + other) / 2), halfway, atol=1e-4)


with_activation_layers.also("_chain(inputs, layers.Dense(units), layers.ReLU(), layers.Dense(1))")
with_activation_layers.excused = {
    "[keras.Input((inputs,)), layers.Dense(units), layers.Activation('relu'), layers.Dense(1)] → [keras.Input((inputs,)), "
    "layers.Dense(units), layers.Activation('relu'), layers.Activation('relu'), layers.Dense(1)]": (
        "a second ReLU finds nothing left to cut"
    )
}
with_activation_layers.hints = [
    "A Dense layer without an `activation` passes its sums on as they are.",
    '`layers.Activation("relu")` cuts whatever comes in. Behind which layer does it belong?',
]
with_activation_layers.why = "As a layer of its own, an activation can be replaced, read out, or moved."

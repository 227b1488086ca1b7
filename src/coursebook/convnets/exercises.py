"""Exercises of *Convnets*."""

import math

import keras
import numpy as np
from keras import layers

from coursekit.checks import exercise, question


# One block -----------------------------------------------------------------------------------------------------------
@exercise("convnets/block", points=2, probes=1)
def conv_block(size, channels, filters):
    """One block as a model: images (size, size, channels) in, `filters` maps
    of half the height and width out.

    A 3×3 convolution (zeros at the edge, no bias), batch normalization, ReLU,
    and the maximum of 2×2.
    """
    return keras.Sequential(
        [
            keras.Input((size, size, channels)),
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(2),
        ]
    )


conv_block.example(size=6, channels=2, filters=4)


def _block(size, channels, filters, *, padding="same", bias=False, middle=None, pool=layers.MaxPooling2D):
    middle = middle or [layers.BatchNormalization(), layers.Activation("relu")]
    convolution = layers.Conv2D(filters, 3, padding=padding, use_bias=bias)
    return keras.Sequential([keras.Input((size, size, channels)), convolution, *middle, pool(2)])


conv_block.mistakes = {
    "_block(size, channels, filters, bias=True)": (
        "Your convolution kept its bias. Batch normalization takes the mean away right after it, and any bias with it: `use_bias=False`."
    ),
    '_block(size, channels, filters, middle=[layers.Activation("relu"), layers.BatchNormalization()])': (
        "You applied ReLU before batch normalization. The order here is convolution, normalization, activation, pooling: `activation=` inside the "
        "convolution comes too early."
    ),
    '_block(size, channels, filters, padding="valid")': 'Your convolution has no zeros at the edge, so its maps shrink by 2: `padding="same"`.',
    '_block(size, channels, filters, middle=[layers.Activation("relu")])': (
        "The batch normalization is missing: without it and without a bias no map can shift its zero."
    ),
    "_block(size, channels, filters, middle=[layers.BatchNormalization()])": "Nothing detects: the ReLU between normalization and pooling is missing.",
    "_block(size, channels, filters, pool=layers.AveragePooling2D)": (
        "You pooled by the mean. This block keeps the strongest answer of each 2×2: `MaxPooling2D`."
    ),
    "_block(size, channels, filters, pool=lambda window: layers.Identity())": (
        "The pooling is missing: your maps are as large as the picture, and half of that was asked."
    ),
}


@conv_block.also
def _(size, channels, filters):
    image = keras.Input((size, size, channels))
    maps = layers.Conv2D(filters, (3, 3), padding="same", use_bias=False)(image)
    maps = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(maps))
    return keras.Model(image, layers.MaxPool2D()(maps))


@conv_block.also
def _(size, channels, filters):  # the maximum of what ReLU lets through is ReLU of the maximum
    image = keras.Input((size, size, channels))
    maps = layers.Conv2D(filters, 3, padding="same", use_bias=False)(image)
    maps = layers.MaxPooling2D(2)(layers.BatchNormalization()(maps))
    return keras.Model(image, keras.ops.relu(maps))


conv_block.hints = [
    "Four layers in a `keras.Sequential`, after `keras.Input((size, size, channels))`.",
    "The activation stands in a layer of its own, because something comes between it and the convolution.",
    '`layers.Conv2D(filters, 3, padding="same", use_bias=False)` is the first of the four.',
]

_FIRST = (
    "keras.Input((size, size, channels)), layers.Conv2D(filters, 3, padding='same', use_bias=False), "
    "layers.BatchNormalization(), "
)

conv_block.excused = {
    f"[{_FIRST}layers.Activation('relu'), layers.MaxPooling2D(2)] → [{_FIRST}{end}]": why
    for end, why in {
        "layers.Activation('relu'), layers.Activation('relu'), layers.MaxPooling2D(2)": "ReLU twice is ReLU once",
        "layers.MaxPooling2D(2), layers.Activation('relu')": "ReLU and maximum may swap places",
    }.items()
}
conv_block.why = "Networks of a hundred layers are this block again and again, with small changes."


# Who is wired to whom ------------------------------------------------------------------------------------------------
@exercise("convnets/connections", points=2)
def connections(size, channels, filters, kernel):
    """`filters` maps of size × size numbers come from `channels` maps of the
    same size.

    Return three numbers of weights (no biases): every number reads the whole
    input; every number reads its own window of kernel × kernel; and so, but
    all numbers of a map share their weights. Windows at the edge count as
    whole.
    """
    numbers = size * size * filters
    window = kernel * kernel * channels
    return numbers * size * size * channels, numbers * window, filters * window


connections.probe(
    lambda rng: dict(
        size=rng.integers(6, 33), channels=rng.integers(2, 5), filters=rng.integers(6, 17), kernel=rng.integers(2, 6)
    )
)


def _counts(size, channels, filters, kernel, *, deep=True, squared=True):
    window = kernel * (kernel if squared else 1) * (channels if deep else 1)
    numbers = size * size * filters
    return numbers * size * size * channels, numbers * window, filters * window


connections.mistakes = {
    "_counts(size, channels, filters, kernel, deep=False)": (
        "Your window looks at one channel. A filter reads all {channels} of them: kernel · kernel · channels weights."
    ),
    "_counts(size, channels, filters, kernel, squared=False)": "Your window is a line of {kernel}. A square one has {kernel} · {kernel} places.",
}


@connections.mistake(
    "You shared one window among all maps. Then all {filters} maps would be equal: each map needs its own."
)
def _(size, channels, filters, kernel):
    dense, local, shared = _counts(size, channels, filters, kernel)
    return dense, local, shared // filters


@connections.mistake(
    "You counted wires of one map only. There are {filters} maps, and each of their numbers has its own weights in the first two cases."
)
def _(size, channels, filters, kernel):
    dense, local, shared = _counts(size, channels, filters, kernel)
    return dense // filters, local // filters, shared


@connections.mistake(
    "In the first case every number reads every pixel: the weights are outputs times inputs. You counted the outputs."
)
def _(size, channels, filters, kernel):
    _, local, shared = _counts(size, channels, filters, kernel)
    return size * size * filters, local, shared


@connections.mistake("Biases were not asked; yours are in there, one for every number or every map.")
def _(size, channels, filters, kernel):
    dense, local, shared = _counts(size, channels, filters, kernel)
    return dense + size * size * filters, local + size * size * filters, shared + filters


@connections.also
def _(size, channels, filters, kernel):
    inputs, outputs = np.zeros((size, size, channels)), np.zeros((size, size, filters))
    shared = np.zeros((kernel, kernel, channels, filters)).size
    return [inputs.size * outputs.size, shared * size**2, shared]


connections.hints = [
    "How many numbers are written in all? How many does each of them read?",
    "A window of the second case holds kernel · kernel · channels numbers.",
    "Sharing divides by the number of places, size · size.",
]
connections.why = "Reading locally saves once, sharing saves again: that is what makes a convolution small."

heaviest = question(
    "convnets/heaviest",
    "Which layer holds the most of its weights?",
    "c",
    options={
        "a": (
            "the first convolution: it reads the largest image",
            "The image's size is not in 5 · 5 · 1 · 6 + 6 = 156.",
        ),
        "b": ("the second convolution: it has the most filters", "5 · 5 · 6 · 16 + 16 = 2,416, 4 % of them all."),
        "c": (
            "the first Dense layer",
            "400 · 120 + 120 = 48,120 of 61,706: there every unit reads every number again.",
        ),
        "d": ("the last Dense layer: it decides", "84 · 10 + 10 = 850."),
    },
    hints=[
        "A convolution has kernel · kernel · channels · filters weights and a bias for each filter.",
        "A Dense layer has inputs · units. How many numbers leave the second pooling?",
    ],
    why="Whoever wants a smaller network looks at the layer after `Flatten` first.",
)

# What the blocks see -------------------------------------------------------------------------------------------------
field = question(
    "convnets/field",
    "How many pixels wide is the patch of the *image* that one number of the third block's convolution depends on?",
    18,
    mistakes={
        9: "That is three kernels side by side. They overlap, and the pooling between them widens the view.",
        7: "That is three 3×3 convolutions without pooling. Two poolings stand between them here.",
        22: "You included the third block's own pooling. Asked is its convolution, before it.",
        15: "You let the pooling act as a stride only. Its window of 2 also reads one number more: 4 after the first block.",
        28: "That is the whole image. How far the field reaches, the kernels and the poolings say.",
        8: "That is the second block's convolution: 3, then 4 with the pooling, then 2 · 2 more.",
    },
    hints=[
        "Go layer by layer: 3 pixels after the first convolution, 4 after the first pooling.",
        "After the first pooling, neighbors are 2 pixels apart; after the second, 4.",
        "3, 4, 4 + 2·2 = 8, 8 + 2 = 10, 10 + 2·4 = ?",
    ],
    why="Same kernel everywhere, and yet the third block sees 36 times the area of the first: pooling does that.",
)


@field.also
def _():
    seen, jump = 1, 1
    for kernel, stride in ((3, 1), (2, 2), (3, 1), (2, 2), (3, 1)):
        seen, jump = seen + (kernel - 1) * jump, jump * stride
    return float(seen)


# Kaggle's fifth lesson -----------------------------------------------------------------------------------------------
@exercise("convnets/car-or-truck", points=3, probes=1)
def car_or_truck():
    """Build and compile a model for color images (32, 32, 3): car or truck?

    Three blocks of 3×3 convolutions (ReLU, zeros at the edge), each closed by
    a maximum of 2×2: one convolution of 4 maps; one of 8; two of 16. Then
    flatten, 6 ReLU units, dropout 0.2, one logit. Adam with `epsilon=0.01`,
    binary cross-entropy.
    """
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu", padding="same"),
            layers.Conv2D(16, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(epsilon=0.01), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def _kaggle(*, maps=(4, 8, 16), third=2, padding="same", tail=None, loss=None, rate=None):
    kept = dict(activation="relu", padding=padding)
    convolutions = [
        part
        for filters, count in zip(maps, (1, 1, third), strict=True)
        for part in (*(layers.Conv2D(filters, 3, **kept) for _ in range(count)), layers.MaxPooling2D(2))
    ]
    tail = tail or [layers.Dropout(0.2), layers.Dense(1)]
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), *convolutions, layers.Flatten(), layers.Dense(6, "relu"), *tail]
    )
    loss = loss or keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=rate or keras.optimizers.Adam(epsilon=0.01), loss=loss)
    return model


car_or_truck.mistakes = {
    "_kaggle(third=1)": "Your third block has one convolution; two were asked, one right after the other.",
    "_kaggle(maps=(4, 4, 4))": "All your blocks have 4 maps. They double from block to block: 4, 8, 16.",
    '_kaggle(padding="valid")': 'Your convolutions eat the edge: without zeros around it each takes 2 pixels off. `padding="same"`.',
    "_kaggle(tail=[layers.Dense(1), layers.Dropout(0.2)])": (
        "Your dropout comes after the last layer: in a fifth of the cases it erases the answer itself. Put it before."
    ),
    '_kaggle(loss="binary_crossentropy")': '`"binary_crossentropy"` as a text expects probabilities, and your model gives logits. Say `from_logits=True`.',
    "_kaggle(rate=keras.optimizers.Adam())": "Your Adam has its own tiny epsilon. The lesson asks for 0.01, which calms the steps.",
}


@car_or_truck.mistake(
    "The head ends in a sigmoid and the loss is right for that, as in the lesson. Here a logit was asked: `Dense(1)` alone, and `from_logits=True`."
)
def _():
    tail = [layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")]
    return _kaggle(tail=tail, loss="binary_crossentropy")


@car_or_truck.also
def _():
    image = keras.Input((32, 32, 3))
    maps = image
    for filters, count in ((4, 1), (8, 1), (16, 2)):
        for _ in range(count):
            maps = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(maps))
        maps = layers.MaxPool2D()(maps)
    hidden = layers.Dropout(rate=0.2)(layers.Dense(6, "relu")(layers.Flatten()(maps)))
    model = keras.Model(image, layers.Dense(1)(hidden))
    model.compile(keras.optimizers.Adam(epsilon=1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


car_or_truck.hints = [
    "Write the two blocks with one convolution first; the third only has one line more.",
    "`Flatten` turns the last maps into one row; the three layers of the head follow.",
    "A text cannot say `from_logits=True`: use `keras.losses.BinaryCrossentropy(from_logits=True)`.",
]
car_or_truck.why = "Halve the maps, double their number: nearly every convnet is built so."


@exercise("convnets/right-share")
def right_share(logits, labels):
    """The share of right answers, as the metric `binary_accuracy` counts it.

    logits: shape (rows, 1), as the model gives them. labels: 1 (truck) or 0,
    shape (rows,). A logit above 0 says truck.
    """
    said = np.ravel(logits) > 0
    return np.mean(said == labels)


@right_share.probe
def _(rng):
    rows = rng.integers(6, 12)
    labels = rng.integers(0, 2, rows)
    labels[:2] = 0, 1
    logits = np.round(rng.normal(0.4 * labels, 1.0), 2)
    logits[2:4] = 0.3, 0.0  # above 0 and below a half; not above 0
    return dict(logits=logits[:, None], labels=labels)


right_share.mistakes = {
    "np.mean((np.ravel(logits) > 0.5) == labels)": (
        "You cut at 0.5. That is right for probabilities; a logit of 0.5 is a probability of 0.62. Half and half is logit 0."
    ),
    "np.mean((logits > 0) == labels)": "You compared (rows, 1) with (rows,): NumPy makes a table of all pairs of it. Flatten the logits first.",
    "np.mean(np.argmax(logits, axis=1) == labels)": (
        "`argmax` over one column is always 0, so your model says car to everybody. One logit is cut, not compared."
    ),
    "np.sum((np.ravel(logits) > 0) == labels)": "That is how many are right. The share divides by the number of rows.",
    "np.mean(np.ravel(logits) > 0)": "That is the share of rows called truck. Compare what was said with the labels.",
}


@right_share.also
def _(logits, labels):
    metric = keras.metrics.BinaryAccuracy(threshold=0)
    metric.update_state(labels[:, None], logits)
    return metric.result()


right_share.hints = ["What does each row say? `logits > 0`.", "`np.ravel(logits)` has the shape of the labels."]
right_share.why = '`metrics=["binary_accuracy"]` cuts at 0.5; for logits it has to be told `threshold=0`.'

# Dropout -------------------------------------------------------------------------------------------------------------
curves = question(
    "convnets/curves",
    "**Read the curves.** Which statements do they support? Give a set.",
    {"a", "d"},
    options={
        "a": (
            "without dropout the network ends up knowing its 300 digits by heart, and is the worse for it on unseen ones",
            "Its training loss is almost 0; its loss on unseen digits is above that with dropout after the poolings.",
        ),
        "b": (
            "dropout after the poolings harms: it belongs on Dense layers only",
            "Its loss on unseen digits ends below that without dropout. A rule for Dense only is not in these curves.",
        ),
        "c": (
            "the more dropout the better",
            "Both together learn slowest and end no clearly lower: with so few updates they are not done learning.",
        ),
        "d": (
            "in the first epochs dropout costs: the training loss falls more slowly",
            "Part of the network is missing in every update, so each one learns less.",
        ),
        "e": (
            "the gap between the two curves of a panel is only chance",
            "It opens in all panels, widest without dropout: one curve is of digits that the network has seen before.",
        ),
    },
    hints=[
        "Compare the ends of the orange and of the blue curves, panel by panel.",
        "Whose blue curve ends lowest, and whose orange curve falls slowest?",
    ],
    why="Curves that part say overfitting: dropout is one answer to it, and costs training time.",
)


# A picture of one's own ----------------------------------------------------------------------------------------------
@exercise("convnets/prepare", points=2)
def prepare(pixels):
    """Make a photographed digit what the network was trained on.

    pixels: whole numbers 0 (black ink) to 255 (white paper), shape (28·k,
    28·k). Return the batch of one gray picture, shape (1, 28, 28, 1), from 0
    (paper) to 1 (ink). Each new pixel is the mean of a square of k × k.
    """
    k = len(pixels) // 28
    small = pixels.reshape(28, k, 28, k).mean(axis=(1, 3))
    return (1 - small / 255).reshape(1, 28, 28, 1)


@prepare.probe
def _(rng):
    side = 28 * int(rng.integers(2, 4))
    return dict(pixels=rng.integers(0, 256, (side, side)).astype("uint8"))


def _shrunk(pixels):
    k = len(pixels) // 28
    return np.asarray(pixels, float).reshape(28, k, 28, k).mean(axis=(1, 3))


prepare.mistakes = {
    "(_shrunk(pixels) / 255).reshape(1, 28, 28, 1)": "You did not invert: your paper is 1 and your ink 0. The network learned bright strokes on black.",
    "(255 - _shrunk(pixels)).reshape(1, 28, 28, 1)": "You inverted and did not scale: your ink is 255, and the network learned from ink of 1.",
    "(255 - _shrunk(pixels) / 255).reshape(1, 28, 28, 1)": "Ink became negative: you scaled to 0…1 and then took away from 255, or the other way round.",
    "(1 - _shrunk(pixels).T / 255).reshape(1, 28, 28, 1)": "Your picture lies on its side: rows and columns changed places.",
    "1 - _shrunk(pixels) / 255": "The numbers are right, the shape is not: the network reads batches, (1, 28, 28, 1), also of a single picture.",
}


@prepare.mistake("You kept every k-th pixel. Thin strokes fall between them; take the mean of each square instead.")
def _(pixels):
    k = len(pixels) // 28
    return (1 - pixels[::k, ::k] / 255).reshape(1, 28, 28, 1)


@prepare.mistake(
    "You cut the middle 28 × 28 out instead of shrinking: the network sees a piece of a stroke, much enlarged."
)
def _(pixels):
    edge = (len(pixels) - 28) // 2
    return (1 - pixels[edge : edge + 28, edge : edge + 28] / 255).reshape(1, 28, 28, 1)


@prepare.also
def _(pixels):
    k = len(pixels) // 28
    ink = (255.0 - pixels[None, :, :, None]) / 255
    return keras.ops.average_pool(ink.astype("float32"), k, strides=k)


prepare.hints = [
    "How many old pixels become one new one? `k = len(pixels) // 28`.",
    "`pixels.reshape(28, k, 28, k)` has the squares in its axes 1 and 3.",
    "Scale by 255 first; then 1 minus that turns paper into ink.",
]
prepare.why = "A network sees numbers, not a picture: what it was trained on decides what each number means."


# What goes wrong -----------------------------------------------------------------------------------------------------
@exercise("convnets/steps-to-forget")
def steps_to_forget(momentum, share):
    """After how many steps is at most `share` of the moving mean's first value
    left?

    Every step keeps `momentum` of the old value and fills up with the batch's
    mean.
    """
    return int(np.ceil(np.log(share) / np.log(momentum)))


steps_to_forget.probe(
    lambda rng: dict(momentum=round(float(rng.uniform(0.8, 0.995)), 3), share=round(float(rng.uniform(0.013, 0.2)), 3))
)
steps_to_forget.example(momentum=0.99, share=0.01)
steps_to_forget.example(momentum=0.9, share=0.01)
steps_to_forget.mistakes = {
    "math.ceil((1 - share) / (1 - momentum))": "You took the same amount away each time. A step keeps {momentum} of what is left, so the steps multiply.",
    "math.floor(math.log(share) / math.log(momentum))": (
        "You rounded down: after that many steps a little more than the share {share} is still left. Round up."
    ),
    "math.ceil(math.log(share) / math.log(1 - momentum))": (
        "You kept 1 − momentum at each step and forgot too fast. Momentum {momentum} is the part of the old value that stays."
    ),
    "math.ceil(math.log(1 - share) / math.log(momentum))": "You counted until a share of {share} is forgotten. Asked is until only that much is left.",
}
steps_to_forget.also("int(np.argmax(momentum ** np.arange(2000) <= share))")


@steps_to_forget.also
def _(momentum, share):
    left, steps = 1.0, 0
    while left > share:
        left, steps = left * momentum, steps + 1
    return steps


steps_to_forget.hints = [
    "After 1 step `momentum` is left, after 2 steps `momentum ** 2`. After n?",
    "A loop will do: multiply, and count until at most `share` is left.",
]
steps_to_forget.why = "Momentum 0.99 needs 459 steps for that, momentum 0.9 only 44: short trainings need the second."

zero_logits = question(
    "convnets/zero-logits",
    "A row whose 100 logits are all cut to 0: what is its loss?",
    math.log(100),
    mistakes={
        0: "Softmax still makes probabilities of them: 0 for all means equal shares, not certainty.",
        0.01: "That is the true class's probability. The loss is minus its natural logarithm.",
        math.log2(100): "That is its surprise in bits. Keras takes the natural logarithm.",
        math.log(10): "That is the loss of ten equal classes. Here there are 100.",
        -math.log(100): "A loss is minus the logarithm: the logarithm of 1/100 is negative, the loss is not.",
    },
    hints=["Which probability has each class if all logits are equal?", "−ln(1/100)"],
    why="A loss that sits at ln C says: this network knows nothing, and may no longer be able to learn.",
)


@exercise("convnets/dead-logits", points=2)
def dead_logits(logits):
    """`logits` (rows, classes) are about to go through ReLU, by mistake.

    Return how many classes can never win any row again, as ReLU leaves no row
    anything of them, and the share of rows where nothing at all is left.
    """
    kept = np.asarray(logits) > 0
    return np.sum(~kept.any(axis=0)), np.mean(~kept.any(axis=1))


@dead_logits.probe
def _(rng):
    rows, classes = rng.integers(6, 10), rng.integers(4, 6)
    logits = np.round(rng.normal(0, 1, (rows, classes)), 1)
    logits[:, rng.permutation(classes)[: rng.integers(1, 3)]] -= 5
    logits[rng.permutation(rows)[: rng.integers(1, 4)]] -= 5
    return dict(logits=logits)


def _dead(logits, empty):
    return np.sum(empty(logits, 0)), np.mean(empty(logits, 1))


dead_logits.mistakes = {
    "_dead(logits, lambda values, axis: (values <= 0).any(axis=axis))": (
        "You counted classes and rows where any logit is cut. That harms little: dead is what is cut everywhere."
    ),
    "_dead(logits, lambda values, axis: (values <= 0).all(axis=1 - axis))": (
        "The axes changed places: a class is a column, so go down the rows (axis 0) to see whether it ever lives."
    ),
    "np.sum((logits <= 0).all(axis=0)), np.sum((logits <= 0).all(axis=1))": (
        "Your second number counts the rows. Asked is their share: divide by the number of rows."
    ),
    "np.mean((logits <= 0).all(axis=0)), np.mean((logits <= 0).all(axis=1))": (
        "Your first number is a share. Asked is how many classes are dead; only of the rows the share."
    ),
    "_dead(logits, lambda values, axis: values.mean(axis=axis) <= 0)": (
        "You judged by the mean. A logit may be low on average and above 0 in a few rows: then it lives."
    ),
    "np.sum(logits <= 0), np.mean(logits <= 0)": (
        "You counted single numbers that are cut. Asked are classes that are cut in all rows, and rows cut in all classes."
    ),
    "_dead(logits, lambda values, axis: (values > 0).any(axis=axis))": "You counted what lives. Asked are the classes and the rows of which nothing is left.",
}


@dead_logits.also
def _(logits):
    left = np.maximum(logits, 0)
    return (left.sum(axis=0) == 0).sum(), np.count_nonzero(left.max(axis=1) == 0) / len(left)


dead_logits.hints = ["`logits > 0` is what ReLU leaves.", "`.any(axis=0)` asks each column, `.any(axis=1)` each row."]
dead_logits.why = "Count before you blame the learning rate: a dead logit has no gradient, at any rate."

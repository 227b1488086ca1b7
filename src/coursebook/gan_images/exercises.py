"""Exercises of *GAN images*."""

import keras
import numpy as np
from keras import layers

from coursekit.checks import exercise, question

# A convolution backwards ---------------------------------------------------------------------------------------------
even = question(
    "gan-images/even",
    'With stride 2, which sizes of the kernel write equally often on every inner pixel? Give a set, written like `{"a", "b"}`.',
    {"a", "c"},
    options={
        "a": ("2", "Stamps of 2, every 2 pixels: they lie side by side, and every pixel is written once."),
        "b": ("3", "Stamps of 3, every 2 pixels: every second pixel lies under two stamps, the others under one."),
        "c": ("4", "Stamps of 4, every 2 pixels: each inner pixel lies under two of them."),
        "d": ("5", "Stamps of 5, every 2 pixels: under three stamps, under two, under three: not even."),
    },
    hints=[
        "Draw a line of pixels, and a stamp of 3 pixels at 0, 2, 4, 6. How many stamps lie on pixel 4, how many on pixel 5?",
        "Every pixel is written equally often if the stride divides the size of the kernel.",
    ],
    why="Uneven writing is seen as a checkerboard in generated pictures. Choose a kernel that the stride divides.",
)


@exercise("gan-images/transposed-size", points=2)
def transposed_size(n, kernel, stride, padding):
    """How many pixels a transposed convolution makes of `n`, along one axis.

    The kernel is at least as wide as the stride. `padding` is "valid", which
    keeps all that was written, or "same", which cuts the edges so that the
    stride alone sets the size.
    """
    if padding == "same":
        return n * stride
    return (n - 1) * stride + kernel


@transposed_size.probe
def _(rng):
    stride = int(rng.integers(1, 4))
    kernel = stride + int(rng.integers(0, 4))
    return dict(n=int(rng.integers(3, 15)), kernel=kernel, stride=stride, padding=rng.choice(["valid", "same"]))


transposed_size.strata(lambda n, kernel, stride, padding: padding)
transposed_size.mistakes = {
    '-(-n // stride) if padding == "same" else max(0, n - kernel) // stride + 1': (
        "That is the size that a convolution makes. This one runs backwards: it makes the {n} pixels larger."
    ),
    'n * stride if padding == "same" else (n - 1) * stride': (
        "With valid, each stamp starts one stride further, and the last one still has its full width: add the kernel once."
    ),
    'n * stride if padding == "same" else n * stride + kernel': "You counted {n} jumps. Between {n} stamps there is one jump less.",
    'n * stride if padding == "same" else n * kernel': "Your stamps lie side by side. With valid they start {stride} apart, whatever their width of {kernel}.",
    "n * stride": "You gave both paddings the same size. valid keeps the edge of the last stamp, which same cuts off.",
    'n if padding == "same" else (n - 1) * stride + kernel': (
        "same keeps the size only with stride 1. With stride {stride} it makes {stride} pixels of each one."
    ),
    "(n - 1) * stride + kernel": "You gave same the size of valid. same cuts the edges off, until each of the {n} pixels has made {stride}.",
}


@transposed_size.also
def _(n, kernel, stride, padding):
    if padding == "same":
        return len(range(n)) * stride
    return max(start + kernel for start in range(0, n * stride, stride))


transposed_size.hints = [
    "Where does the first stamp start, and where the last one?",
    "With valid the last of n stamps starts at (n − 1) · stride. How wide is it?",
]
transposed_size.why = "Two layers with stride 2 make 28 pixels of 7: that is how a generator reaches its picture."


# The players ---------------------------------------------------------------------------------------------------------
@exercise("gan-images/to-pixels", points=2)
def to_pixels(images):
    """Turn what a tanh gave, numbers from −1 to 1, into gray values to save as
    a file.

    −1 is 0 and 1 is 255. Return whole numbers, rounded, of the type uint8 and
    of the same shape.
    """
    return np.round((np.asarray(images) + 1) / 2 * 255).astype("uint8")


@to_pixels.probe
def _(rng):
    gray = rng.integers(0, 255, (2, 3)) + rng.uniform(0.1, 0.4, (2, 3)) * rng.choice([-1, 1], (2, 3))
    return dict(images=np.round(np.clip(gray / 127.5 - 1, -1, 1), 4))


to_pixels.example(images=np.array([[-1.0, -0.5], [0.501, 1.0]]))
to_pixels.mistakes = {
    'np.round(np.asarray(images) * 255).astype("int64").astype("uint8")': (
        "Negative numbers do not fit into uint8: they went round to large gray values. Shift first, so that −1 becomes 0."
    ),
    'np.round(np.clip(images, 0, 1) * 255).astype("uint8")': (
        "You cut off everything below 0. Half of tanh's range is darker than the middle gray; shift it up instead."
    ),
    '((np.asarray(images) + 1) / 2 * 255).astype("uint8")': "You cut off the decimals, which makes every picture a little darker: round first.",
    'np.round((np.asarray(images) + 1) * 255).astype("int64").astype("uint8")': (
        "Your numbers go up to 510, and what does not fit into uint8 starts again at 0. From −1 to 1 are two units: halve."
    ),
}


@to_pixels.mistake("You stretched the darkest pixel to 0 and the brightest to 255. A gray picture has to stay gray.")
def _(images):
    images = np.asarray(images)
    return np.round((images - images.min()) / np.ptp(images) * 255).astype("uint8")


to_pixels.also(
    "np.rint(127.5 * np.asarray(images) + 127.5).astype(np.uint8)",
    "[[round(127.5 * (float(value) + 1)) for value in row] for row in images]",
)
to_pixels.hints = [
    "Which number turns −1 into 0 and 1 into 2? And which one then turns 2 into 255?",
    '`np.round` first, `.astype("uint8")` last.',
]
to_pixels.why = "The way back must undo the way there. A wrong one shows a good generator's pictures as bad ones."


@exercise("gan-images/generator", points=3, probes=1)
def small_generator(noise, filters):
    """A generator as a model: `noise` numbers in, pictures (8, 8, 1) in −1 to
    1 out.

    A Dense layer without bias makes 4·4·filters numbers. Then batch
    normalization, LeakyReLU with slope 0.2, a Reshape to `filters` maps of
    4×4. Last, a transposed convolution with a 4×4 kernel doubles the size and
    ends in tanh.
    """
    return keras.Sequential(
        [
            keras.Input((noise,)),
            layers.Dense(4 * 4 * filters, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((4, 4, filters)),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )


small_generator.example(noise=5, filters=3)


def _generator(noise, filters, *, bias=False, normalize=True, slope=0.2, last="tanh", kernel=4):
    start = [layers.Dense(16 * filters, use_bias=bias)]
    start += [layers.BatchNormalization()] if normalize else []
    start += [layers.LeakyReLU(negative_slope=slope), layers.Reshape((4, 4, filters))]
    end = layers.Conv2DTranspose(1, kernel, strides=2, padding="same", activation=last)
    return keras.Sequential([keras.Input((noise,)), *start, end])


small_generator.mistakes = {
    '_generator(noise, filters, last="sigmoid")': (
        "Your last layer is a sigmoid, from 0 to 1. The real pictures were scaled to −1 to 1: that is the range of tanh."
    ),
    "_generator(noise, filters, last=None)": "Your pictures have no bounds: the tanh of the last layer is missing. Real pixels lie between −1 and 1.",
    "_generator(noise, filters, normalize=False)": "The batch normalization between Dense and LeakyReLU is missing.",
    "_generator(noise, filters, bias=True)": "Your Dense layer kept its bias, which batch normalization takes away again: `use_bias=False`.",
    "_generator(noise, filters, slope=0.3)": "Your LeakyReLU has the slope that Keras sets without being asked, 0.3. Here it is `negative_slope=0.2`.",
    "_generator(noise, filters, kernel=3)": "Your kernel of 3 is no multiple of the stride 2: a checkerboard. Take 4.",
}


@small_generator.also
def _(noise, filters):
    start = keras.Input((noise,))
    maps = layers.BatchNormalization(momentum=0.9)(layers.Dense(16 * filters, use_bias=False)(start))
    maps = keras.ops.leaky_relu(layers.Reshape((4, 4, filters))(maps), negative_slope=0.2)
    return keras.Model(start, keras.ops.tanh(layers.Conv2DTranspose(1, 4, strides=2, padding="same")(maps)))


small_generator.hints = [
    "Five layers after `keras.Input((noise,))`, in the order of the text.",
    '`layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")` is the last one.',
]

_START = "keras.Input((noise,)), layers.Dense(4 * 4 * filters, use_bias=False), layers.BatchNormalization(), "

_LEAKY, _RESHAPE = "layers.LeakyReLU(negative_slope=0.2), ", "layers.Reshape((4, 4, filters)), "

_END = "layers.Conv2DTranspose(1, 4, strides=2, padding='same', activation='tanh')]"

small_generator.excused = {
    f"[{_START}{_LEAKY}{_RESHAPE}{_END} → [{_START}{middle}{_END}": why
    for middle, why in {
        _RESHAPE + _LEAKY: "LeakyReLU looks at each number alone, in whatever shape",
        _LEAKY + _RESHAPE + _RESHAPE: "the second Reshape finds the shape that it asks for",
    }.items()
}
small_generator.why = "The generator of the threes is this one with one more doubling, and more maps."

# How sure the discriminator may be -----------------------------------------------------------------------------------
best_logit = question(
    "gan-images/best-logit",
    "At which logit is the loss of a real picture smallest now?",
    2.197,
    mistakes={
        0.9: "0.9 is the probability. The logit is the number whose sigmoid is 0.9.",
        -2.197: "That is the logit of 0.1. A real picture should get more than even odds: the sign is plus.",
        9: "9 are the odds, 0.9 against 0.1. The logit is their logarithm.",
        0.711: "You went from 0.9 on through the sigmoid. Go back: which number does it turn into 0.9?",
    },
    points=1,
    tolerance=0.01,
    hints=[
        "The cross-entropy is smallest where the predicted probability equals the target.",
        "The sigmoid of z is p where z = ln(p / (1 − p)).",
    ],
    why="A discriminator that stays at odds of 9 to 1 keeps a slope for the generator to climb.",
)


@exercise("gan-images/smoothed-loss", points=2)
def smoothed_loss(real, fake, target):
    """The discriminator's loss from its logits for real and for fake pictures.

    One-sided smoothing: real pictures have the target `target`, such as 0.9;
    fake ones have 0. Return the mean cross-entropy of the real ones plus that
    of the fake ones. It has to stay finite for logits of ±1000.
    """
    on_real = np.mean(np.logaddexp(0, real) - target * np.asarray(real))
    on_fake = np.mean(np.logaddexp(0, fake))
    return on_real + on_fake


@smoothed_loss.probe
def _(rng):
    real, fake = (np.round(rng.uniform(-3, 3, rng.integers(2, 5)), 1) for _ in range(2))
    return dict(real=real, fake=fake, target=round(float(rng.uniform(0.7, 0.95)), 2))


smoothed_loss.example(real=np.array([1000.0, 2.0]), fake=np.array([-1000.0, 1.0]), target=0.9)


def _entropy(logits, target):
    """The mean cross-entropy of logits, for a target from 0 to 1."""
    return np.mean(np.logaddexp(0, logits) - target * np.asarray(logits))


smoothed_loss.mistakes = {
    "_entropy(real, target) + _entropy(fake, 1 - target)": (
        "You smoothed both sides. With a target above 0 for fakes the discriminator is paid for finding some truth in them, however bad they are: keep 0."
    ),
    "_entropy(real, 1) + _entropy(fake, 0)": "You did not smooth: your real pictures still have the target 1.",
    "target * _entropy(real, 1) + _entropy(fake, 0)": (
        "You multiplied the loss of the real ones by {target}. That weighs them less, and still asks for a logit without end. What is missing to 1 has to "
        "pull back."
    ),
    "_entropy(real, 1) + _entropy(fake, 1 - target)": "You smoothed the fakes. It is the real pictures that get the target {target}.",
    "(_entropy(real, target) + _entropy(fake, 0)) / 2": "Yours is the mean of the two losses. They were to be added.",
}


@smoothed_loss.mistake(
    "Your logarithm met a 0: for a logit of 1000 the sigmoid is exactly 1. Compute from logits, with `np.logaddexp(0, z)`."
)
def _(real, fake, target):
    with np.errstate(all="ignore"):
        p, q = (1 / (1 + np.exp(-np.asarray(z, dtype=float))) for z in (real, fake))
        return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)) - np.mean(np.log(1 - q))


@smoothed_loss.also
def _(real, fake, target):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    on_real = cross_entropy(np.full((len(real), 1), target), np.reshape(real, (-1, 1)))
    return on_real + cross_entropy(np.zeros((len(fake), 1)), np.reshape(fake, (-1, 1)))


smoothed_loss.hints = [
    "The cross-entropy of a logit z with the target t is log(1 + exp(z)) − t·z.",
    "`np.logaddexp(0, z)` is log(1 + exp(z)) for any z.",
]
smoothed_loss.why = "One number less than 1, on one side only: the smallest change that keeps the match alive."

# Noise to digit ------------------------------------------------------------------------------------------------------
first = question(
    "gan-images/first",
    "Forty epochs. What does the generator draw first?",
    "b",
    options={
        "a": ("one sharp 3, the same for every noise", "Move the slider to epoch 10: nothing is sharp there yet."),
        "b": (
            "blurred figures that resemble each other",
            "What all threes share, dark edges and light middle, is the coarsest lie. Differences come later.",
        ),
        "c": ("sharp strokes, in wrong places", "Strokes get sharp last. First the ink gathers where threes have it."),
        "d": (
            "all kinds of threes, buried in noise",
            "The figures are alike at first: the measured spread between samples grows later.",
        ),
    },
    hints=[
        "What is the first thing by which the discriminator tells a gray field from a digit?",
        "To which pictures would you give one point more: to those with ink in the middle, or to those with fine strokes?",
    ],
    why="From coarse to fine, because the discriminator finds the coarse faults first.",
)


# The judge -----------------------------------------------------------------------------------------------------------
@exercise("gan-images/recognized", points=2)
def recognized(logits, digit, sure):
    """The share of pictures that a classifier calls `digit` and is sure of.

    `logits` has the shape (pictures, classes), and may be as large as ±1000.
    Sure means: the probability of that digit is at least `sure`, such as 0.9.
    """
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability = odds / odds.sum(axis=1, keepdims=True)
    return np.mean(probability[:, digit] >= sure)


@recognized.probe
def _(rng):
    logits = np.round(rng.normal(0, 3, (6, 3)), 1)
    logits[:4, 1] += np.round(rng.uniform(2, 5), 1)
    return dict(logits=logits, digit=1, sure=0.9)


recognized.example(
    logits=np.array([[0.0, 4.0, 0.0], [0.0, 1.0, 0.5], [0.0, 3.0, 2.5], [6.0, 1.0, 0.0]]), digit=1, sure=0.9
)
recognized.example(logits=np.array([[0.0, 1000.0, 0.0], [-1000.0, -990.0, -1000.0]]), digit=1, sure=0.9)


def _softmax(logits):
    odds = np.exp(np.asarray(logits) - np.max(logits, axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


recognized.mistakes = {
    "np.mean(np.argmax(logits, axis=1) == digit)": "You counted every picture whose largest logit is the digit's, also those the classifier was unsure of.",
    "np.mean(np.asarray(logits)[:, digit] >= sure)": (
        "You compared the logit with {sure}. A logit is no probability: the softmax of the whole row makes it one."
    ),
    "np.mean(_softmax(logits).max(axis=1) >= sure)": "You counted all pictures that are called anything with certainty. Only {digit} was asked for.",
    "np.mean(_softmax(logits)[:, digit])": "That is the mean probability. Two half-recognized pictures are no recognized one: count.",
    "np.sum(_softmax(logits)[:, digit] >= sure)": "You gave a number of pictures. A share is that number divided by all pictures.",
}


@recognized.mistake(
    "You used a sigmoid on one logit. The classes compete: the softmax divides by what the others have."
)
def _(logits, digit, sure):
    with np.errstate(over="ignore"):
        return np.mean(1 / (1 + np.exp(-np.asarray(logits)[:, digit])) >= sure)


@recognized.mistake(
    "Your probabilities of all pictures together sum to 1. Those of each picture should: sum along `axis=1`."
)
def _(logits, digit, sure):
    odds = np.exp(np.asarray(logits) - np.max(logits))
    return np.mean((odds / odds.sum())[:, digit] >= sure)


@recognized.mistake(
    "Your exponential overflowed, or all of a row became 0. Take the largest logit of each row away first: the probabilities stay the same."
)
def _(logits, digit, sure):
    with np.errstate(all="ignore"):
        odds = np.exp(np.asarray(logits))
        return np.mean(odds[:, digit] / odds.sum(axis=1) >= sure)


recognized.also('np.mean(np.asarray(keras.ops.softmax(np.asarray(logits, "float64"), axis=-1))[:, digit] >= sure)')
recognized.hints = [
    "Softmax first, along each row: exponentials, divided by their sum.",
    "`np.mean` of True and False is a share.",
]
recognized.excused = {
    "probability[:, digit] >= sure → probability[:, digit] > sure": "no probability is exactly as large as the bar"
}
recognized.why = "A share with a bar of certainty is a harder question than the largest of ten logits."

fooled = question(
    "gan-images/fooled",
    "Which of these does a judge that only names digits give a high share? Give a set.",
    {"a", "b", "d"},
    options={
        "a": ("one good 3, drawn 200 times", "Every copy is recognized. The judge never compares two pictures."),
        "b": ("copies of the training pictures", "They are real threes: the judge cannot know that they are not new."),
        "c": ("200 different, well drawn 8s", "They are called 8, and the share is that of the threes."),
        "d": (
            "noise, changed until the judge says 3",
            "The judge has never seen noise. It has to name some digit, and its slopes tell which pixels to change.",
        ),
    },
    hints=[
        "The judge looks at one picture at a time, and says one of ten digits. What does it not look at?",
        "Three of the four are called 3.",
    ],
    why="A score is an answer to one question. The share says nothing about variety, newness, or noise.",
)


@exercise("gan-images/nearest", points=2)
def nearest(samples, images):
    """How far each sample is from the nearest of `images`.

    Both have the shape (n, height, width), with different n. The distance of
    two pictures is the root of the mean squared difference of their pixels.
    Return one number for each sample.
    """
    differences = samples[:, None] - images[None]  # (samples, images, height, width)
    distances = np.sqrt(np.mean(differences**2, axis=(2, 3)))
    return distances.min(axis=1)


@nearest.probe
def _(rng):
    samples, images = (np.round(rng.uniform(-1, 1, (n, 2, 3)), 1) for n in (3, 4))
    return dict(samples=samples, images=images)


def _distances(samples, images):
    a, b = (np.asarray(x).reshape(len(x), -1) for x in (samples, images))
    return np.sqrt(np.mean((a[:, None] - b[None]) ** 2, axis=2))


nearest.mistakes = {
    "_distances(samples, images).min(axis=0)": (
        "You gave one number for each training picture: how far it is from the nearest sample. A collapsed generator would look far away from most of "
        "them. Take the smallest along the other axis."
    ),
    "_distances(samples, images).mean(axis=1)": "You took the mean over all pictures. A perfect copy of one is far from the others: take the nearest.",
    "np.diag(_distances(samples, images))": "You compared sample 0 with picture 0, 1 with 1. A copy may be of any picture: compare with all.",
    "_distances(samples, images).min(axis=1) ** 2": "You forgot the root: that is the mean squared difference.",
    "_distances(samples, images).min(axis=1) * np.sqrt(np.asarray(images)[0].size)": (
        "You summed over the pixels. A larger picture is then further away; the mean does not depend on its size."
    ),
    "_distances(samples, images).min()": "One number for all samples: the smallest, which hides the others. Give one for each sample.",
}
nearest.also(
    "[min(np.sqrt(np.mean((one - other) ** 2)) for other in np.asarray(images)) for one in np.asarray(samples)]"
)
nearest.hints = [
    "A table of distances first: one row for each sample, one column for each picture.",
    "`samples[:, None] - images[None]` has four axes: samples, images, height, width.",
    "The mean of the squares over the last two axes, the root, then the smallest of each row.",
]
nearest.why = "A generator that copies stands at distance 0, and no share of recognized pictures would tell you."

# Digits to order -----------------------------------------------------------------------------------------------------
without_labels = question(
    "gan-images/without-labels",
    "Suppose only the generator gets the label, and the discriminator does not. What will it draw?",
    "c",
    options={
        "a": (
            "the digit it was asked for",
            "Nobody checks whether it obeys: nothing in its loss depends on the label.",
        ),
        "b": ("noise, it cannot learn", "It learns to draw: the discriminator still tells digits from noise."),
        "c": (
            "digits, but not those it was asked for",
            "Any digit deceives this discriminator. The label is ten more numbers of noise.",
        ),
        "d": ("the same digit for every label", "It might collapse, but nothing asks for it: the noise still varies."),
    },
    hints=[
        "The generator obeys if disobeying costs something. Whose loss would show it?",
        "A good 7 comes where a 3 was ordered. What does a discriminator say that does not see the order?",
    ],
    why="The condition has to reach both players: one to obey, the other to check.",
)


@exercise("gan-images/label-planes", points=2)
def label_planes(images, labels, classes):
    """Give each picture its label, for a convolution to see at every pixel.

    `images` has the shape (n, height, width, 1), `labels` holds n whole
    numbers from 0. Behind the picture's channel add one channel for each
    class: all ones for the label's own, zeros for the others. Return (n,
    height, width, 1 + classes).
    """
    n, height, width, _ = np.shape(images)
    one_hot = np.eye(classes)[np.asarray(labels)]
    planes = np.ones((n, height, width, 1)) * one_hot[:, None, None, :]
    return np.concatenate([images, planes], axis=-1)


@label_planes.probe
def _(rng):
    classes = int(rng.integers(3, 5))
    labels = rng.choice(classes, 2, replace=False)
    return dict(images=np.round(rng.uniform(-1, 1, (2, 1, 2, 1)), 1), labels=labels, classes=classes)


label_planes.example(images=np.array([[[[0.5], [-0.2]], [[0.1], [0.9]]]]), labels=np.array([1]), classes=3)


def _planes(images, labels, classes, values=None):
    images = np.asarray(images)
    rows = np.eye(classes)[np.asarray(labels)] if values is None else values
    return np.broadcast_to(rows[:, None, None, :], (*images.shape[:3], rows.shape[1])).copy()


label_planes.mistakes = {
    "np.concatenate([images, _planes(images, labels, classes, np.asarray(labels, float)[:, None])], axis=-1)": (
        "You added one channel that holds the label's number. Then 8 is twice 4 and near 7; a label is a name: one channel for each class."
    ),
    "np.concatenate([_planes(images, labels, classes), images], axis=-1)": (
        "Your label channels stand before the picture. The picture's channel was to come first."
    ),
    "np.concatenate([images, _planes(images, np.full(len(images), labels[0]), classes)], axis=-1)": (
        "Every picture of your batch has the label of the first one. Each needs its own row of the one-hot table."
    ),
    "_planes(images, labels, classes)": "The picture is missing: you returned the label channels alone. Put them behind it.",
}


@label_planes.mistake(
    "Only one pixel of the label's channel is 1. A convolution sees a small window: fill the whole channel."
)
def _(images, labels, classes):
    planes = _planes(images, labels, classes)
    planes[:, 1:] = 0
    planes[:, :, 1:] = 0
    return np.concatenate([images, planes], axis=-1)


@label_planes.also
def _(images, labels, classes):
    result = np.zeros((*np.shape(images)[:3], 1 + classes))
    result[..., 0] = np.asarray(images)[..., 0]
    for row, label in enumerate(labels):
        result[row, :, :, 1 + label] = 1
    return result


@label_planes.also
def _(images, labels, classes):
    rows = keras.ops.one_hot(np.asarray(labels), classes)[:, None, None, :]
    planes = keras.ops.broadcast_to(rows, (*np.shape(images)[:3], classes))
    return keras.ops.concatenate([np.asarray(images, "float32"), planes], axis=-1)


label_planes.hints = [
    "`np.eye(classes)[labels]` is one row for each label.",
    "Give that table two axes of length 1 in the middle and multiply by ones of the picture's height and width.",
    "`np.concatenate([images, planes], axis=-1)`",
]
label_planes.why = "A discriminator that sees the order can send back a beautiful 7 where a 3 was asked for."

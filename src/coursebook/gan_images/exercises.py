"""Exercises of *GAN images*."""

import keras
import numpy as np
from keras import layers

from coursekit.checks import exercise, question

# A convolution backwards ---------------------------------------------------------------------------------------------
even = question(
    "gan-images/even",
    'With stride 2, for which kernel sizes is every inner pixel written equally often? Give a set, such as `{"a", "b"}`.',
    {"a", "c"},
    options={
        "a": ("2", "Stamps 2 pixels wide, 2 pixels apart, lie side by side: every pixel is written once."),
        "b": ("3", "Stamps 3 pixels wide, 2 pixels apart: every second inner pixel lies under two stamps, the others under one."),
        "c": ("4", "Stamps 4 pixels wide, 2 pixels apart: each inner pixel lies under two of them."),
        "d": ("5", "Stamps 5 pixels wide, 2 pixels apart: one inner pixel lies under three stamps, the next one under two."),
    },
    hints=[
        "Draw a line of pixels, and a stamp of 3 pixels at 0, 2, 4, 6. How many stamps lie on pixel 4, how many on pixel 5?",
        "Every inner pixel is written equally often if the stride divides the kernel size.",
    ],
    why="Pixels that are written more often than their neighbors show up as a checkerboard. A kernel size that the stride divides avoids this cause.",
)  # fmt: skip


@exercise("gan-images/transposed-size", points=2)
def transposed_size(n, kernel, stride, padding):
    """Return how many pixels a transposed convolution makes from `n`, along
    one axis.

    The kernel is at least as wide as the stride. `padding` is "valid", which
    keeps everything that was written, or "same", which cuts the edges so that
    the size depends on the stride alone.
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
    '-(-n // stride) if padding == "same" else max(0, n - kernel) // stride + 1': "That is the size after an ordinary convolution. This one goes the other way: it makes more than {n} pixels.",
    'n * stride if padding == "same" else (n - 1) * stride': "With valid, your size ends where the last stamp starts. That stamp still has its full width: add the kernel once.",
    'n * stride if padding == "same" else n * stride + kernel': "You counted {n} steps from stamp to stamp. Between {n} stamps there is one step less.",
    'n * stride if padding == "same" else n * kernel': "Your stamps lie side by side. With valid they start {stride} apart, although each is {kernel} wide.",
    "n * stride": "You gave valid the size of same. valid keeps the edges, which same cuts off.",
    'n if padding == "same" else (n - 1) * stride + kernel': "Here same does not keep the size, as it does in an ordinary convolution with stride 1. It makes {stride} pixels out of each one.",
    "(n - 1) * stride + kernel": "You gave same the size of valid. same cuts the edges off, so that {n} · {stride} pixels are left.",
    'n * stride if padding == "same" else n - 1 * stride + kernel': "With valid you took 1 · stride away from n: the product comes first. Put n − 1 in parentheses.",
    'n * stride if padding == "same" else (n - 1) * kernel + stride': "With valid you swapped the two: the stamps start {stride} apart (the stride), and the last one is {kernel} wide (the kernel).",
    'n * stride if padding == "same" else (n - 1) * stride + kernel - 1': "With valid, your size is one too small. Stamps of width 1, put down one apart, make as many pixels as they read.",
    'n * 2 if padding == "same" else (n - 1) * 2 + kernel': "You took 2 for the stride. Here the stamps start {stride} apart.",
}
transposed_size.also(
    'n * stride if padding == "same" else max(start + kernel for start in range(0, n * stride, stride))'
)
transposed_size.hints = [
    "Where does the first stamp start, and where does the last one start?",
    "With valid the last of n stamps starts at (n − 1) · stride. How wide is it?",
]
transposed_size.why = "With same, two layers of stride 2 turn 7 pixels into 28, as in the generator below."


# The players ---------------------------------------------------------------------------------------------------------
@exercise("gan-images/to-pixels", points=2)
def to_pixels(images):
    """Turn the output of a tanh, numbers from −1 to 1, into gray values that
    can be saved as a picture file.

    −1 becomes 0 and 1 becomes 255. Round to whole numbers, and return an array
    of the same shape whose dtype is uint8.
    """
    return np.round((np.asarray(images) + 1) / 2 * 255).astype("uint8")


@to_pixels.probe
def _(rng):
    gray = rng.integers(0, 255, (2, 3)) + rng.uniform(0.1, 0.4, (2, 3)) * rng.choice([-1, 1], (2, 3))
    return dict(images=np.round(np.clip(gray / 127.5 - 1, -1, 1), 4))


to_pixels.example(images=np.array([-1.0, -0.5, 0.501, 1.0]).reshape(1, 2, 2, 1))
to_pixels.mistakes = {
    'np.round(np.asarray(images) * 255).astype("int64").astype("uint8")': "Negative numbers do not fit into uint8: they wrapped around to large gray values. Shift first, so that −1 becomes 0.",
    'np.round(np.clip(images, 0, 1) * 255).astype("uint8")': "You cut off everything below 0. The darker half of the picture is there; shift it up instead.",
    '((np.asarray(images) + 1) / 2 * 255).astype("uint8")': "You cut the decimals off, which makes every picture a little darker. Round before you change the dtype.",
    'np.round((np.asarray(images) + 1) * 255).astype("int64").astype("uint8")': "Your numbers go up to 510, and what does not fit into uint8 starts again at 0. The range from −1 to 1 is 2 wide: halve it.",
    'np.round((np.asarray(images) + 1) * 128).astype("int64").astype("uint8")': "You multiplied by 128, so 1 became 256, which does not fit into uint8 and starts again at 0. Take 127.5.",
    'np.round(np.clip((np.asarray(images) + 1) * 128, 0, 255)).astype("uint8")': "You multiplied by 128 and cut off what went over 255. With 127.5 nothing goes over, and every gray is right.",
    'np.round((1 - np.asarray(images)) / 2 * 255).astype("uint8")': "Your picture is a negative: −1 should become 0, and 1 should become 255.",
    '((np.asarray(images).astype("int64") + 1) * 127.5).astype("uint8")': "You turned the numbers into whole ones before you stretched them, so only three grays are left. Change the dtype last.",
    'np.round((np.asarray(images) - np.min(images)) / np.ptp(images) * 255).astype("uint8")': "You stretched your own darkest pixel to 0 and your own brightest one to 255. A picture without black or white should stay without it.",
    'np.round(np.asarray(images) * 127.5).astype("int64").astype("uint8") + np.uint8(128)': "You rounded before the shift, and shifted by 128 instead of 127.5: some grays are one too large. Shift and stretch first, then round.",
    'np.round(np.asarray(images) * 127 + 128).astype("uint8")': "You stretched by 127 and shifted by 128, so −1 becomes 1. Take 127.5 for both.",
    "np.squeeze(np.round((np.asarray(images) + 1) / 2 * 255).astype('uint8'))": "Your array lost its axes of length 1. Return the shape of `images`.",
    'np.round(np.asarray(images) * 127.5 + 127).astype("uint8")': "You shifted by 127, so 1 becomes 254. Shift by 127.5.",
    "np.round((np.asarray(images) + 1) / 2).astype('uint8')": "Your gray values end at 1. White is 255.",
}
to_pixels.also(
    "np.rint(127.5 * np.asarray(images) + 127.5).astype(np.uint8)",
    "np.array([round(127.5 * (x + 1)) for x in np.ravel(images).tolist()], dtype='uint8').reshape(np.shape(images))",
    "((np.asarray(images) + 1) * 127.5 + 0.5).astype('uint8')",
    'keras.ops.cast(keras.ops.round((np.asarray(images) + 1) * 127.5), "uint8")',
)


@to_pixels.property(
    'The numbers are right, and their dtype is not uint8, which picture files hold. End with `.astype("uint8")`.',
    "np.round((np.asarray(images) + 1) / 2 * 255)",
    "np.rint((np.asarray(images) + 1) * 127.5).astype(int)",
    "np.round((np.asarray(images) + 1) / 2 * 255).tolist()",
)
def _(result):
    return getattr(getattr(result, "dtype", None), "name", "") == "uint8"


to_pixels.hints = [
    "What do you add so that −1 becomes 0 and 1 becomes 2? And by what do you then multiply, so that 2 becomes 255?",
    '`np.round` first, `.astype("uint8")` last.',
]
to_pixels.why = "Saving has to undo the scaling. If it does not, good samples look bad on the screen."


@exercise("gan-images/generator", points=3, probes=1)
def small_generator(noise, filters):
    """Return a generator: a model that turns `noise` numbers into a picture of
    shape (8, 8, 1) with pixels from −1 to 1.

    A Dense layer without bias makes 4·4·filters numbers. Then come batch
    normalization, a LeakyReLU with slope 0.2 and a Reshape to `filters` maps
    of 4×4. Last, a transposed convolution with a 4×4 kernel, stride 2 and a
    bias doubles the size and ends in tanh.
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
small_generator.mistakes = {
    'activation="tanh" => activation="sigmoid"': "Your last layer ends in a sigmoid, so your pixels lie between 0 and 1. The real ones were scaled to −1 to 1, the range of tanh.",
    ', activation="tanh" =>': "The tanh of the last layer is missing, so your pixels have no bounds. Real ones lie between −1 and 1.",
    "layers.BatchNormalization(), =>": "The batch normalization between Dense and LeakyReLU is missing.",
    "use_bias=False => use_bias=True": "Your Dense layer has a bias, which the batch normalization after it takes away again: `use_bias=False`.",
    "layers.LeakyReLU(negative_slope=0.2), =>": "The LeakyReLU after the batch normalization is missing.",
    "negative_slope=0.2 =>": "Your LeakyReLU has Keras' default slope, 0.3. Here it should be `negative_slope=0.2`.",
    "negative_slope=0.2 => negative_slope=0": "You took ReLU. It is flat below 0, where LeakyReLU keeps a slope of 0.2.",
    "negative_slope=0.2 => negative_slope=0.01": "The slope of your LeakyReLU is 0.01. Here it should be `negative_slope=0.2`.",
    'padding="same" => padding="same", use_bias=False': "Your transposed convolution has no bias. Only the Dense layer goes without one, as batch normalization follows it.",
    "strides=2, =>": "Your pictures have 4×4 pixels: without `strides=2` the last layer does not double the size.",
    'padding="same", =>': 'Your pictures have 10×10 pixels: the last layer keeps the edges, which `padding="same"` cuts off.',
    "Conv2DTranspose(1, 4 => Conv2DTranspose(1, 3": "Your last kernel is 3×3, which the stride 2 does not divide. Take 4×4.",
}
_DROP = "layers.BatchNormalization(), =>"
for _message, _edit in {
    "Your LeakyReLU comes before the batch normalization. The order is Dense, batch normalization, LeakyReLU.": "layers.Reshape => layers.BatchNormalization(), layers.Reshape",
    "Your batch normalization comes after LeakyReLU and Reshape. Its place is directly after Dense.": "layers.Conv2DTranspose => layers.BatchNormalization(), layers.Conv2DTranspose",
    "Your batch normalization comes after the Reshape, so it standardizes whole maps. Its place is directly after Dense.": "layers.LeakyReLU => layers.Reshape((4, 4, filters)), layers.BatchNormalization(), layers.LeakyReLU",
}.items():
    small_generator.mistake(_message)(small_generator.written(_DROP, _edit))


@small_generator.also
def _(noise, filters):
    start = keras.Input((noise,))
    maps = layers.BatchNormalization(momentum=0.9)(layers.Dense(16 * filters, use_bias=False)(start))
    maps = keras.ops.leaky_relu(layers.Reshape((4, 4, filters))(maps), negative_slope=0.2)
    return keras.Model(start, keras.ops.tanh(layers.Conv2DTranspose(1, 4, strides=2, padding="same")(maps)))


small_generator.hints = [
    "Five layers follow `keras.Input((noise,))`, in the order of the text.",
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
small_generator.why = "The generator of the threes is built like this one, with one doubling more."

# How sure the discriminator may be -----------------------------------------------------------------------------------
best_logit = question(
    "gan-images/best-logit",
    "The target is 0.9. At which logit is the loss of a real picture smallest?",
    2.197,
    mistakes={
        0.9: "0.9 is the probability. The logit is the number whose sigmoid is 0.9.",
        -2.197: "That is the logit of 0.1. A target above one half asks for a positive logit.",
        9: "9 is the odds, 0.9 to 0.1. The logit is the natural logarithm of the odds.",
        0.711: "You put 0.9 into the sigmoid. Go the other way: which number does the sigmoid turn into 0.9?",
        0.954: "That is the decimal logarithm of 9. Logits use the natural one.",
        -0.105: "That is the logarithm of 0.9. The logit is the logarithm of the odds, 0.9 to 0.1.",
    },
    points=1,
    tolerance=0.01,
    hints=[
        "The cross-entropy is smallest where the predicted probability equals the target.",
        "The sigmoid of z is p where z = ln(p / (1 − p)).",
    ],
    why="Beyond odds of 9 to 1 its loss on a real picture rises again: the discriminator has no reason to be surer than that.",
)


@exercise("gan-images/smoothed-loss", points=2)
def smoothed_loss(real, fake, target):
    """Return the discriminator's loss, given its logits for real and for fake
    pictures.

    With one-sided smoothing, real pictures have the target `target`, such as
    0.9, and fake ones have 0. Add the mean cross-entropy of the real ones and
    that of the fake ones. The loss has to stay finite for logits of ±1000.
    """
    on_real = np.mean(np.logaddexp(0, real) - target * np.asarray(real))
    on_fake = np.mean(np.logaddexp(0, fake))
    return on_real + on_fake


@smoothed_loss.probe
def _(rng):
    real, fake = (np.round(rng.uniform(-3, 3, rng.integers(2, 5)), 1) for _ in range(2))
    return dict(real=real, fake=fake, target=round(float(rng.uniform(0.7, 0.95)), 2))


smoothed_loss.example(real=np.array([1000.0, 2.0]), fake=np.array([-1000.0, 1.0]), target=0.9)
smoothed_loss.example(real=np.array([-30.0, 1.0]), fake=np.array([0.5, 25.0, -1.0]), target=0.9)


def _entropy(logits, target):
    """The mean cross-entropy of logits, for a target from 0 to 1."""
    return np.mean(np.logaddexp(0, logits) - target * np.asarray(logits))


smoothed_loss.mistakes = {
    "_entropy(real, target) + _entropy(fake, 1 - target)": "You smoothed both sides: your fakes have a target above 0. One-sided smoothing leaves theirs at 0.",
    "_entropy(real, 1) + _entropy(fake, 0)": "You did not smooth: your real pictures still have the target 1.",
    "target * _entropy(real, 1) + _entropy(fake, 0)": "You multiplied the loss of the real pictures by {target}, and left out the other part: 1 − {target} times the loss for the target 0.",
    "_entropy(real, 1) + _entropy(fake, 1 - target)": "You smoothed the fakes. It is the real pictures that get the target {target}.",
    "(_entropy(real, target) + _entropy(fake, 0)) / 2": "Yours is the mean of the two losses. They should be added.",
    "np.mean(np.concatenate([np.logaddexp(0, real) - target * np.asarray(real), np.logaddexp(0, fake)]))": "You took one mean over all pictures. Take the mean of the real ones and that of the fakes, and add the two.",
    "_entropy(real, target) + _entropy(fake, target)": "Your fakes have the target {target} as well. One-sided smoothing leaves theirs at 0.",
    "_entropy(real, 0) + _entropy(fake, target)": "You swapped the targets: real pictures have {target}, fakes have 0.",
    "len(real) * _entropy(real, target) + len(fake) * _entropy(fake, 0)": "You summed the losses. Take the mean of the real ones and that of the fakes, and add the two.",
    "_entropy(real, 0.9) + _entropy(fake, 0)": "You wrote 0.9 for the target, whatever `target` is.",
    "_entropy(real, target) + _entropy(fake, 1)": "Your fakes have the target 1, which is what the generator wants. The discriminator's target for them is 0.",
    "_entropy(real, (1 + target) / 2) + _entropy(fake, (1 - target) / 2)": "You smoothed both sides, as Keras' `label_smoothing` does. Here fakes keep 0, and real pictures have {target}.",
    "_entropy(real, (1 + target) / 2) + _entropy(fake, 0)": "Your real pictures have a target halfway between {target} and 1. Keras' `label_smoothing` takes away only half of what you give it: write the target yourself.",
    "_entropy(fake, 0)": "The real pictures are missing from your loss.",
    "_entropy(real, target)": "The fakes are missing from your loss.",
    "_entropy(real, target) - _entropy(fake, 0)": "You subtracted the loss of the fakes. The discriminator wants both to be small: add them.",
}


@smoothed_loss.mistake(
    "You clipped the probabilities, so a very wrong logit costs less than it should. Compute from logits, with `np.logaddexp(0, z)`."
)
def _(real, fake, target):
    p, q = (np.clip(0.5 + np.tanh(np.asarray(z) / 2) / 2, 1e-7, 1 - 1e-7) for z in (real, fake))
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)) - np.mean(np.log(1 - q))


@smoothed_loss.mistake(
    "Your loss is not finite for logits of ±1000: an exponential overflows, or a sigmoid is exactly 0 or 1 and the logarithm of 0 follows. Compute from logits, with `np.logaddexp(0, z)`."
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
smoothed_loss.why = "Keras' `label_smoothing` smooths both targets. For one side you write the target yourself."

# Noise to digit ------------------------------------------------------------------------------------------------------
first = question(
    "gan-images/first",
    "Which of these will the generator draw first, while it learns from noise to threes?",
    "b",
    options={
        "a": ("one sharp 3, the same for every noise", "Move the slider to the first epochs: there are no strokes yet."),
        "b": ("blurred figures that resemble each other", "Dark edges and a light middle, which all threes share, come before the strokes. Only a fine pattern of squares is earlier."),
        "c": ("sharp strokes, in wrong places", "Strokes get sharp last. Before that, ink gathers where threes have it."),
        "d": ("all kinds of threes, buried in noise", "The first figures resemble each other. Move the slider: different threes come later."),
    },
    hints=[
        "By what would you tell a gray square from a digit, at first glance?",
        "Which is easier to learn: that the edges of every picture are dark, or where the strokes of a 3 run?",
    ],
    why="In this training, the generator learned roughly where the ink is before it learned how the strokes run.",
)  # fmt: skip


# The judge -----------------------------------------------------------------------------------------------------------
@exercise("gan-images/recognized", points=2)
def recognized(logits, digit, sure):
    """Return the share of pictures that a classifier surely calls `digit`.

    `logits` has the shape (pictures, classes), and may be as large as ±1000.
    Sure means that the probability of that digit is at least `sure`, such as
    0.9.
    """
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability = weights / weights.sum(axis=1, keepdims=True)
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
recognized.example(
    logits=np.array([[0.0, 0.0, -1000.0], [-1000.0, 0.0, 0.0], [0.0, 1.0, -9.0], [3.0, 0.0, 0.0]]), digit=1, sure=0.5
)
recognized.example(
    logits=np.array([[60.0, 80.0, 60.0], [9.0, 0.0, 0.0], [8.0, 0.0, 0.0], [0.0, 1.0, 0.5]]), digit=1, sure=0.9
)


def _softmax(logits, less=None, over=1):
    """Each row's softmax, or what comes of taking another number away, or of summing along other axes."""
    less = np.max(logits, axis=1, keepdims=True) if less is None else less
    with np.errstate(all="ignore"):
        weights = np.exp(np.asarray(logits) - less)
        return weights / weights.sum(axis=over, keepdims=True)


recognized.mistakes = {
    "np.mean(np.argmax(logits, axis=1) == digit)": "You counted every picture whose largest logit is that of the digit. Some of them the classifier was not sure of.",
    "np.mean(np.asarray(logits)[:, digit] >= sure)": "You compared the logit with {sure}. A logit is not a probability: take the softmax of the row first.",
    "np.mean(_softmax(logits).max(axis=1) >= sure)": "You counted the pictures that are surely called any digit. Only {digit} was asked for.",
    "np.mean(_softmax(logits)[:, digit])": "That is the mean probability. Two pictures recognized by half do not make one recognized picture: count.",
    "np.sum(_softmax(logits)[:, digit] >= sure)": "You gave a number of pictures. For a share, divide it by the number of all pictures.",
    "np.mean(_softmax(logits)[:, digit] > sure)": "A probability of exactly {sure} counts as sure: at least means `>=`.",
    "np.mean(_softmax(logits)[np.argmax(logits, axis=1) == digit][:, digit] >= sure)": "You divided by the number of pictures that are called {digit}. Divide by the number of all pictures.",
    "np.mean((_softmax(logits)[:, digit] >= sure) & (np.argmax(logits, axis=1) == digit))": "You also asked that the digit be named. Where two tie at {sure}, `argmax` names the first alone: compare the probability only.",
    "_softmax(logits)[:, digit] >= sure": "You gave one answer for each picture. The share is their mean.",
    "np.mean(_softmax(logits).argmax(axis=1) >= sure)": "You compared the number of the named class with {sure}. Compare the probability of the digit.",
    "np.mean(_softmax(logits, less=np.max(logits))[:, digit] >= sure)": "You took one maximum away from the whole table. A row far below it becomes all zeros: take each row's own maximum.",
    "np.mean(0.5 + np.tanh(np.asarray(logits)[:, digit] / 2) / 2 >= sure)": "You used a sigmoid on the digit's own logit. The classes compete: softmax divides by the sum over all of them.",
    "np.mean(_softmax(logits, np.max(logits), over=(0, 1))[:, digit] >= sure)": "The probabilities of all your pictures together sum to 1. Those of each picture should: sum along `axis=1`.",
    "np.mean(_softmax(logits, less=0)[:, digit] >= sure)": "Your exponentials overflowed, or those of a whole row became 0. Take each row's largest logit away first: the probabilities stay the same.",
    "np.mean(_softmax(logits)[:, digit] >= 0.9)": "You wrote 0.9 into your function. Compare with `sure`, which here is {sure}.",
    "np.mean(_softmax(np.clip(logits, -50, 50))[:, digit] >= sure)": "You cut large logits off, so two of them may become equal. Take each row's largest logit away instead.",
    "np.mean(_softmax(np.transpose(logits)).T[:, digit] >= sure)": "Your probabilities sum to 1 in each column. Those of each picture should: take the softmax along `axis=1`.",
    "100 * np.mean(_softmax(logits)[:, digit] >= sure)": "You gave percent. A share is a number from 0 to 1.",
}
recognized.also('np.mean(np.asarray(keras.ops.softmax(np.asarray(logits, "float64"), axis=-1))[:, digit] >= sure)')
recognized.hints = [
    "Softmax first, along each row: exponentials, divided by their sum.",
    "`np.mean` of True and False is a share.",
]
recognized.why = "A judge has to name some digit for every picture. How sure it is says more than what it names."

fooled = question(
    "gan-images/fooled",
    "To which of these would a judge that only names digits give a high share of threes? Give a set.",
    {"a", "b", "d"},
    options={
        "a": ("one good 3, drawn 200 times", "Every one of them is recognized. The judge never compares two pictures."),
        "b": ("copies of the training pictures", "They are real threes, and the judge does not know that the generator has seen them."),
        "c": ("200 different, well drawn 8s", "They are called 8, and the share counts threes."),
        "d": ("noise, changed until the judge says 3", "The judge has to name some digit, and its slopes tell which pixels to change until it says 3."),
    },
    hints=[
        "The judge looks at one picture at a time and names one of ten digits. What does it not look at?",
        "Three of the four are called 3.",
    ],
    why="The share answers one question. It says nothing about variety, about newness, or about pictures that are no digits at all.",
)  # fmt: skip


@exercise("gan-images/nearest", points=2)
def nearest(samples, images):
    """Return how far each sample is from the nearest of `images`.

    Both have the shape (n, height, width), with different n. The distance of
    two pictures is the square root of the mean squared difference of their
    pixels. Return one number for each sample.
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
    "_distances(samples, images).min(axis=0)": "You gave one number for each of the images: how far it is from the nearest sample. Take the smallest along the other axis.",
    "_distances(samples, images).mean(axis=1)": "You took the mean over all images. A perfect copy of one image is far from the others: take the smallest.",
    "np.diag(_distances(samples, images))": "You compared sample 0 with image 0, and sample 1 with image 1. A sample may be near any of them: compare it with all.",
    "_distances(samples, images).min(axis=1) ** 2": "You left out the square root: that is the mean squared difference.",
    "_distances(samples, images).min(axis=1) * np.sqrt(np.asarray(images)[0].size)": "You summed over the pixels. Take the mean, which does not grow with the size of the picture.",
    "_distances(samples, images).min()": "You gave one number, the smallest of all. Give one for each sample.",
    "np.abs(np.asarray(samples)[:, None] - np.asarray(images)[None]).mean(axis=(2, 3)).min(axis=1)": "You took absolute differences. The distance asked for squares them, and takes the root of the mean.",
    "_distances(samples, images).argmin(axis=1)": "You gave which image is the nearest. How far away is it?",
    "_distances(samples, images).max(axis=1)": "You took the image that is furthest away. Take the nearest.",
    "np.sqrt(np.square(np.asarray(samples)[:, None] - np.asarray(images)[None]).mean(axis=2).min(axis=(1, 2)))": "You took the mean along one axis of the picture only. Take it over height and width: `axis=(2, 3)`.",
    "np.sqrt(np.square(np.asarray(samples)[:, None] - np.asarray(images)[None]).mean(axis=2)).mean(axis=2).min(axis=1)": "You took the root for each column and averaged the roots. Take the mean over all pixels first, then one root.",
    "np.sqrt(np.sum((np.asarray(samples)[:, None] - np.asarray(images)[None]) ** 2, axis=(2, 3)) / np.shape(images)[1]).min(axis=1)": "You divided the sum of squares by the height alone. A picture has height times width pixels.",
}
nearest.also(
    "[min(np.sqrt(np.mean((one - other) ** 2)) for other in np.asarray(images)) for one in np.asarray(samples)]"
)
nearest.hints = [
    "Make a table of distances first: one row for each sample, one column for each image.",
    "`samples[:, None] - images[None]` has four axes: samples, images, height, width.",
    "Take the mean of the squares over the last two axes, then the root, then the smallest of each row.",
]
nearest.why = "A perfect copy has the distance 0, and no share of recognized pictures would tell you."


@exercise("gan-images/coverage", points=2)
def coverage(distances, radii):
    """Return the share of real pictures that are covered by samples.

    `distances` has the shape (real pictures, samples). Each real picture has a
    radius of its own in `radii`, of shape (real pictures,). It is covered if
    at least one sample is as near as its radius, or nearer.
    """
    return np.mean(np.min(distances, axis=1) <= radii)


@coverage.probe
def _(rng):
    real, samples = int(rng.integers(4, 7)), int(rng.integers(3, 6))
    distances = np.round(rng.uniform(0, 1, (real, samples)), 2)
    return dict(distances=distances, radii=np.round(rng.uniform(0.05, 0.4, real), 2))


coverage.example(distances=np.array([[0.5, 0.9], [0.7, 0.6], [0.1, 0.8]]), radii=np.array([0.5, 0.4, 0.3]))
coverage.example(
    distances=np.array([[0.1, 0.2, 0.9], [0.8, 0.9, 0.7], [0.6, 0.9, 0.8], [0.9, 0.7, 0.6]]),
    radii=np.array([0.3, 0.4, 0.2, 0.65]),
)
coverage.example(distances=np.array([[0.2, 0.1], [0.9, 0.3]]), radii=np.array([0.3, 0.2]))
coverage.mistakes = {
    "np.mean(np.min(distances, axis=1) < radii)": "A sample exactly at the radius counts, too: use `<=`.",
    "np.mean(np.asarray(distances) <= np.asarray(radii)[:, None])": "You counted all pairs of a real picture and a sample. A real picture counts once, however many samples are near it.",
    "np.mean((np.asarray(distances) <= np.asarray(radii)[:, None]).any(axis=0))": "You gave the share of samples that are near some real picture. Four copies would get full marks: count the real pictures.",
    "np.sum(np.min(distances, axis=1) <= radii)": "You gave a number of pictures. For a share, divide it by the number of real pictures.",
    "np.mean(np.mean(distances, axis=1) <= radii)": "You took the mean over the samples. One near sample is enough: take the smallest distance.",
    "np.mean(np.max(distances, axis=1) <= radii)": "You asked that all samples be near. One is enough: take the smallest distance.",
    "np.mean(np.min(distances, axis=1) > radii)": "That is the share that is not covered.",
    "np.mean(np.min(distances, axis=1) <= np.mean(radii))": "You used one radius for all. Each real picture has its own.",
    "np.mean(np.min(distances, axis=1) <= np.max(radii))": "You used the largest radius for all. Each real picture has its own.",
    "np.mean(np.min(distances) <= radii)": "You took the smallest distance of the whole table. Each real picture has its own: `axis=1`.",
    "np.mean(np.asarray(distances)[:, 0] <= radii)": "You looked at the first sample only. Any of them may cover a picture.",
    "np.sum(np.min(distances, axis=1) <= radii) / np.shape(distances)[1]": "You divided by the number of samples. Divide by the number of real pictures.",
    "np.mean(np.min(distances, axis=1))": "That is a mean distance. Compare each smallest distance with its radius, and count.",
    "100 * np.mean(np.min(distances, axis=1) <= radii)": "You gave percent. A share is a number from 0 to 1.",
    "np.min(distances, axis=1) <= radii": "You gave one answer for each real picture. The share is their mean.",
    "np.mean(np.argmin(distances, axis=1) <= radii)": "You compared the number of the nearest sample with the radius. Compare its distance.",
}
coverage.also(
    "(np.asarray(distances) <= np.asarray(radii)[:, None]).any(axis=1).mean()",
    "sum(any(d <= r for d in row) for row, r in zip(distances, radii, strict=True)) / len(radii)",
)
coverage.hints = [
    "Which sample decides whether a real picture is covered?",
    "`np.min(distances, axis=1)` is the distance of each real picture to its nearest sample.",
]
coverage.why = "Four copies, however good, are near only a few real pictures. The judge alone does not see that."

# Digits to order -----------------------------------------------------------------------------------------------------
without_labels = question(
    "gan-images/without-labels",
    "Suppose only the generator gets the label, and the discriminator does not. What will the generator draw?",
    "c",
    options={
        "a": ("the digit it was asked for", "Nobody checks whether it obeys: the discriminator judges the picture without the label."),
        "b": ("noise: it cannot learn", "It does learn to draw, as the discriminator still tells digits from noise."),
        "c": ("figures like digits or parts of them, whatever was asked for", "Any digit deceives this discriminator, so nothing ties the picture to the label."),
        "d": ("the same digit for every label", "Nothing asks for that. In our run nearly all ten digits turn up."),
    },
    hints=[
        "The generator learns to obey if disobeying costs it something. Who would make it pay?",
        "A good 7 arrives where a 3 was ordered. What does a discriminator say that does not see the order?",
    ],
    why="The label has to reach both players: one has to obey, and the other has to check.",
)  # fmt: skip


@exercise("gan-images/label-planes", points=2)
def label_planes(images, labels, classes):
    """Give each picture its label, so that a convolution sees it everywhere.

    `images` has the shape (n, height, width, 1), `labels` holds n whole
    numbers from 0. Behind the picture's channel, add one channel for each
    class: all ones for the class of the label, all zeros for the others.
    Return an array of shape (n, height, width, 1 + classes).
    """
    n, height, width, _ = np.shape(images)
    one_hot = np.eye(classes)[np.asarray(labels)]
    planes = np.ones((n, height, width, 1)) * one_hot[:, None, None, :]
    return np.concatenate([images, planes], axis=-1)


@label_planes.probe
def _(rng):
    classes = int(rng.integers(3, 5))
    labels = rng.choice(classes, 2, replace=False)
    return dict(images=np.round(rng.uniform(-0.9, 0.9, (2, 1, 2, 1)), 1), labels=labels, classes=classes)


label_planes.example(images=np.array([[[[0.5], [-0.2]], [[0.1], [0.9]]]]), labels=np.array([1]), classes=3)
label_planes.example(images=np.full((2, 1, 2, 1), 0.5), labels=np.array([2, 0]), classes=3)


def _planes(images, labels, classes, values=None):
    images = np.asarray(images)
    rows = np.eye(classes)[np.asarray(labels)] if values is None else values
    return np.broadcast_to(rows[:, None, None, :], (*images.shape[:3], rows.shape[1])).copy()


label_planes.mistakes = {
    "np.concatenate([images, _planes(images, labels, classes, np.asarray(labels, float)[:, None])], axis=-1)": "You added one channel that holds the label's number, as if 8 were twice 4. A label is a name: add one channel for each class.",
    "np.concatenate([_planes(images, labels, classes), images], axis=-1)": "Your label channels stand before the picture. The picture's channel comes first.",
    "np.concatenate([images, _planes(images, np.full(len(images), labels[0]), classes)], axis=-1)": "All pictures of your batch have the label of the first one. Each needs its own row of the one-hot table.",
    "_planes(images, labels, classes)": "The picture is missing: you returned the label channels alone. Put them behind it.",
    "np.concatenate([images, _planes(images, (np.asarray(labels) - 1) % classes, classes)], axis=-1)": "You counted the classes from 1, so each picture has ones in the channel before its own. Label 0 belongs to the first channel behind the picture.",
    "np.concatenate([images, _planes(images, (np.asarray(labels) + 1) % classes, classes)], axis=-1)": "Each picture has ones in the channel after its own. Label 0 belongs to the first channel behind the picture.",
    "np.concatenate([images, 2 * _planes(images, labels, classes) - 1], axis=-1)": "Your other channels hold −1. They should hold 0.",
    "np.concatenate([images, _planes(images, labels, classes) * np.asarray(images)], axis=-1)": "You put the picture itself into the label's channel. That channel should be all ones.",
    "np.concatenate([images, _planes(images, labels, 10)], axis=-1)": "You made 10 channels for the label. Make as many as `classes` says, which here is {classes}.",
    "np.concatenate([images, 1 - _planes(images, labels, classes)], axis=-1)": "You swapped ones and zeros: ones belong into the label's own channel.",
}


@label_planes.mistake(
    "You wrote the label over channels counted from 0, where the picture is. Behind it the classes start at channel 1."
)
def _(images, labels, classes):
    result = np.zeros((*np.shape(images)[:3], 1 + classes))
    result[..., 0] = np.asarray(images)[..., 0]
    for row, label in enumerate(labels):
        result[row, :, :, label] = 1
    return result


@label_planes.mistake(
    "Only one pixel of the label's channel is 1. A convolution sees a small window, so fill the whole channel."
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
    "`np.eye(classes)[labels]` has one row for each label.",
    "Give that table two axes of length 1 in the middle, and multiply it by ones of the picture's height and width.",
    "`np.concatenate([images, planes], axis=-1)`",
]
label_planes.why = "A discriminator that sees the label can reject a beautiful 7 where a 3 was asked for."

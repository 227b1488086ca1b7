"""Exercises of *Sliding windows*."""

import keras
import numpy as np
import pandas as pd
from keras import layers

from coursekit.checks import exercise, question

# How many stops? -----------------------------------------------------------------------------------------------------
stops = question(
    "sliding-window/stops",
    "A window of 3 moves over 7 pixels with stride 1, and never over the edge. At how many stops does it stand?",
    5,
    mistakes={
        4: "You counted the jumps. There are 4 of them, and the first stop needed none.",
        7: "That is every pixel. From pixel 5 on the window would hang over the edge: it reads two more.",
        2: "You laid the windows side by side. With stride 1 they overlap: the next one starts 1 pixel further.",
    },
    hints=["Where does the first window start?", "Where must the last one start, so that it still fits? Count from 0."],
    why="The next layer has to be built for exactly as many numbers as this one writes.",
)


@exercise("sliding-window/output-size", points=2)
def output_size(n, kernel, stride=1, padding="valid"):
    """How many numbers does a convolution or a pool write along n pixels?

    `padding` is "valid" or "same".
    """
    if padding == "same":
        return -(-n // stride)
    return (n - kernel) // stride + 1


@output_size.probe
def _(rng):
    kernel = rng.integers(1, 6)
    return dict(
        n=rng.integers(kernel, 40), kernel=kernel, stride=rng.integers(1, 5), padding=rng.choice(["valid", "same"])
    )


output_size.example(n=9, kernel=4)
output_size.strata(lambda n, kernel, stride=1, padding="valid": padding)
output_size.mistakes = {
    '-(-n // stride) if padding == "same" else -(-(n - kernel) // stride) + 1': (
        "You rounded up. With {n} pixels, kernel {kernel} and stride {stride} that last window hangs over the edge; valid drops it: use `//`."
    ),
    '-(-n // stride) if padding == "same" else (n - kernel) // stride': "Under valid you counted the jumps. The first stop needs no jump: add 1.",
    'n if padding == "same" else (n - kernel) // stride + 1': (
        "Same keeps the size at stride 1 only. With stride {stride} one pixel in {stride} gets a window: divide by it, and round up."
    ),
    '-(-n // stride) if padding == "same" else (n - kernel + 1) // stride': (
        "You divided the number of starts by the stride: {n}, {kernel}, {stride} gives {got}. Divide the last start, n − kernel, and add 1 afterwards."
    ),
    'n // stride if padding == "same" else (n - kernel) // stride + 1': (
        "Under same you rounded down. The last window may hang over the edge, so what is left gets one, too: round up."
    ),
    'n if padding == "same" else n - kernel + 1': "You ignored the stride. It sets how far the window jumps, and so how often it stops.",
    'n / stride if padding == "same" else (n - kernel) / stride + 1': "Your result is a fraction. There are no half stops: `//` divides and rounds down.",
}
output_size.also(
    'keras.ops.conv(np.zeros((1, n, 1), "float32"), np.zeros((kernel, 1, 1), "float32"), stride, padding).shape[1]'
)


@output_size.also
def _(n, kernel, stride=1, padding="valid"):
    starts = range(0, n if padding == "same" else n - kernel + 1, stride)
    return np.float64(len(starts))


output_size.hints = [
    "Under valid the last possible start is n − kernel. How many jumps of `stride` fit into it?",
    "Under same the kernel's width plays no part: a window stands on every stride-th pixel.",
    "Rounding up by hand: `-(-n // stride)`.",
]
output_size.why = "Whoever can do this sum can read a network's shapes without running it."


@exercise("sliding-window/slide-line", points=2)
def slide_line(line, kernel, stride):
    """The weighted sum of every whole window, in order.

    Slide `kernel` over `line`, `stride` pixels at a time.
    """
    width = len(kernel)
    return [np.sum(line[start : start + width] * kernel) for start in range(0, len(line) - width + 1, stride)]


@slide_line.probe
def _(rng):
    width = rng.integers(2, 5)
    n = rng.integers(width + 3, 15)
    return dict(line=rng.integers(0, 10, n), kernel=rng.integers(-3, 4, width), stride=rng.integers(1, 4))


slide_line.mistakes = {
    "slide_line(line, kernel[::-1], stride)": (
        "You turned the kernel around (`np.convolve` does, too). TensorFlow does not: first weight on the first pixel."
    ),
    "slide_line(line[:-1], kernel, stride)": "Your last window is missing. Starts run to n − width, and `range` stops before its end: add 1.",
    "slide_line(line, kernel, len(kernel))": "You jumped by the kernel's width. The stride sets the jump; windows may overlap or leave gaps.",
    "np.array(slide_line(line, kernel, stride)) / len(kernel)": (
        "You divided by the kernel's width. The kernel already holds the weights: add the products."
    ),
    "slide_line(line, kernel, 1)": "You ignored the stride and stopped at every pixel. Start the next window {stride} further.",
}
slide_line.also('np.correlate(line, kernel, mode="valid")[::stride]')


@slide_line.also
def _(line, kernel, stride):
    pixels, weights = line.reshape(1, -1, 1).astype("float32"), kernel.reshape(-1, 1, 1).astype("float32")
    return keras.ops.conv(pixels, weights, strides=stride, padding="valid")[0, :, 0]


slide_line.hints = [
    "`range(0, last + 1, stride)` gives the starts. Which is the last one that still fits?",
    "`line[start : start + width] * kernel` multiplies number by number.",
]
slide_line.why = "This is a `Conv1D` layer with one filter; a `Conv2D` takes the same walk along rows and columns."


# Padding: what happens at the edge -----------------------------------------------------------------------------------
@exercise("sliding-window/mend-same", points=2, probes=2)
def keep_size(size, channels):
    """Two convolutions that should keep the map's size. Mend them.

    Only then can the input be added at the end.
    """
    inputs = keras.Input((size, size, channels))
    x = layers.Conv2D(channels, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(channels, 3, padding="same")(x)
    return keras.Model(inputs, layers.Add()([inputs, x]))


keep_size.start('padding="same" => padding="valid"')
keep_size.probe(lambda rng: dict(size=rng.integers(6, 10), channels=rng.integers(2, 5)))
keep_size.mistakes = {
    'x = layers.Conv2D(channels, 3, padding="same")(x) =>': (
        "You removed one of the two convolutions. Both should stay; it is their padding that is wrong."
    )
}


@keep_size.mistake(
    'You made the kernels 1×1: the size stays, and so does the view, one pixel. Keep 3×3 and let zeros stand at the edge: `padding="same"`.'
)
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    maps = layers.Conv2D(channels, 1, activation="relu")(inputs)
    return keras.Model(inputs, layers.Add()([inputs, layers.Conv2D(channels, 1)(maps)]))


@keep_size.mistake("You cut the input to fit. Then its edge is lost in every such block: pad the convolutions instead.")
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    maps = layers.Conv2D(channels, 3, activation="relu")(inputs)
    maps = layers.Conv2D(channels, 3)(maps)
    return keras.Model(inputs, layers.Add()([layers.Cropping2D(2)(inputs), maps]))


@keep_size.mistake("You left the addition out. Then it runs, and what the input knew is lost: bring `layers.Add` back.")
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    maps = layers.Conv2D(channels, 3, padding="same", activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2D(channels, 3, padding="same")(maps))


@keep_size.also
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    maps = layers.ReLU()(layers.Conv2D(channels, 3, padding="same")(inputs))
    return keras.Model(inputs, inputs + layers.Conv2D(channels, (3, 3), padding="same")(maps))


@keep_size.also
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    maps = layers.Conv2D(channels, 3, activation=keras.activations.relu)(layers.ZeroPadding2D(1)(inputs))
    maps = layers.Conv2D(channels, 3)(layers.ZeroPadding2D(1)(maps))
    return keras.Model(inputs, layers.Add()([maps, inputs]))


keep_size.hints = [
    "How much smaller does a 3×3 convolution without padding make a map? And two of them?",
    "Which padding keeps the size at stride 1?",
]
keep_size.why = "Adding the input at the end is a residual connection; it only fits where every layer keeps the size."

# Pool size or pool stride? -------------------------------------------------------------------------------------------
halve = question(
    "sliding-window/halve",
    '`MaxPool1D(2, strides=1, padding="same")` maps 10 numbers to 10. Which single changes give 5? Give a set, such as `{"a", "c"}`.',
    {"b", "d"},
    options={
        "a": ("`pool_size=4`", "Under same the size of the window never enters ⌈10/stride⌉: 10 stay."),
        "b": ("`strides=2`", "The stride divides: ⌈10/2⌉ = 5."),
        "c": ('`padding="valid"`', "One stop is lost at the end: 9 stay."),
        "d": ("`strides=None`", "None means as much as pool_size, which is 2: ⌈10/2⌉ = 5."),
        "e": ("`pool_size=5`", "A wider window reads more pixels at each stop, and there are still 10 stops."),
    },
    hints=[
        "Under same the formula is ⌈n/stride⌉. Which of the changes touches it?",
        "What is `strides` if you do not give it? Look into the documentation of `MaxPool1D`.",
    ],
    why="Who says how large a map is: under same the stride alone, without a stride the window.",
)


@exercise("sliding-window/shrink", points=2, probes=2)
def shrink(size, filters):
    """A model from gray images (size, size, 1) to `filters` smaller maps.

    Half the height, half the width: one 3×3 convolution with ReLU and stride
    2, zeros at the edge where needed. `size` is even.
    """
    return keras.Sequential(
        [keras.Input((size, size, 1)), layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")]
    )


shrink.probe(lambda rng: dict(size=2 * rng.integers(4, 8), filters=rng.integers(2, 6)))
shrink.mistakes = {
    'keras.Sequential([keras.Input((size, size, 1)), layers.Conv2D(filters, 3, strides=2, activation="relu")])': (
        'Your map is one too small: without padding the last window does not fit. `padding="same"` gives size/2.'
    ),
    'keras.Sequential([keras.Input((size, size, 1)), layers.Conv2D(filters, 3, strides=2, padding="same")])': (
        'ReLU is missing: your maps hold negative numbers. `activation="relu"` detects after filtering.'
    ),
    "keras.Sequential([keras.Input((size, size, 1)), layers.Conv2D(filters, 3, padding='same', activation='relu'), layers.MaxPool2D(2)])": (
        "You filtered at every pixel and pooled afterwards. The shape fits, the numbers are others, and it costs four times the work: the convolution "
        "itself can jump by 2."
    ),
    'keras.Sequential([keras.Input((size, size, 1)), layers.Conv2D(filters, 2, strides=2, activation="relu")])': (
        "Your kernel is 2×2. It fits into half the size without padding, yet a 3×3 kernel was asked for: 9 weights and a center."
    ),
    "strides=2, padding => padding": "The size stayed: under same, stride 1 keeps it. `strides=2` makes it half.",
}


@shrink.also
def _(size, filters):
    inputs = keras.Input((size, size, 1))
    maps = layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same")(inputs)
    return keras.Model(inputs, layers.Activation(keras.activations.relu)(maps))


@shrink.also
def _(size, filters):
    class Shrink(keras.Model):
        def __init__(self):
            super().__init__()
            self.detect = layers.ReLU()
            self.filter = layers.Conv2D(filters, 3, strides=2, padding="same")

        def call(self, images):
            return self.detect(self.filter(images))

    return Shrink()


shrink.hints = [
    "`keras.Input((size, size, 1))`, then one `layers.Conv2D`.",
    "Which argument makes the map half as long, and which lets the last window stand over the edge?",
]
shrink.why = "A strided convolution shrinks and learns how to; a pool shrinks by a fixed rule."


# Which pixels does no window read? -----------------------------------------------------------------------------------
@exercise("sliding-window/unseen", points=2)
def unseen(n, kernel, stride):
    """The set of pixels, of 0 to n − 1, that no window reads.

    Padding is valid: whole windows only.
    """
    seen = {start + i for start in range(0, n - kernel + 1, stride) for i in range(kernel)}
    return set(range(n)) - seen


@unseen.probe
def _(rng):
    kernel = rng.integers(1, 5)
    return dict(n=rng.integers(kernel + 4, 16), kernel=kernel, stride=rng.integers(1, 6))


unseen.mistakes = {
    "set(range(n)) - set(range(0, n - kernel + 1, stride))": (
        "You named every pixel where no window starts. A window also reads the {kernel} − 1 pixels after its start."
    ),
    "set(range(n)) - unseen(n, kernel, stride)": "You named the pixels that are read. The others were asked for.",
    "set(range(n)) - {start + i for start in range(0, n, stride) for i in range(kernel)}": (
        "You let a last window hang over the edge, as same would. Under valid it is dropped, and its pixels are lost."
    ),
}


@unseen.mistake(
    "You looked at the end only. A stride of {stride} is wider than a kernel of {kernel}: that leaves gaps between the windows."
)
def _(n, kernel, stride):
    last = (n - kernel) // stride * stride + kernel
    return set(range(last, n))


@unseen.mistake(
    "You counted gaps only. At the end there are pixels that the next window would need, and it does not fit."
)
def _(n, kernel, stride):
    last = (n - kernel) // stride * stride + kernel
    return unseen(n, kernel, stride) - set(range(last, n))


@unseen.also
def _(n, kernel, stride):
    count = np.zeros(n)
    for start in range(0, n - kernel + 1, stride):
        count[start : start + kernel] += 1
    return np.flatnonzero(count == 0).tolist()


unseen.hints = [
    "Mark every pixel that some window reads. What is left?",
    "A window that starts at s reads s, s + 1, …, s + kernel − 1.",
    "`set(range(n)) - seen` takes the marked ones away.",
]
unseen.why = "A pixel that nobody reads is no error, no warning, and not in the loss."

# How far does one output see? ----------------------------------------------------------------------------------------
three_layers = question(
    "sliding-window/three-layers",
    "Three convolutions with 3×3 kernels and stride 1 follow each other. How many pixels wide does one output see? And with stride 2 in each of them? The "
    "sliders show it.",
    7,
    mistakes={
        9: "You added the kernels. Their windows overlap: each further layer adds 2 pixels, not 3.",
        27: "You multiplied the kernels. A field grows by adding, as long as the stride is 1.",
        3: "You saw one layer only. Each of its 3 numbers has itself looked at 3 pixels.",
        5: "You stopped after two layers: 3, then 5. The third adds 2 more.",
    },
    hints=[
        "One layer sees 3. How many pixels do three neighboring windows of 3 cover together?",
        "Each further layer adds kernel − 1.",
    ],
    why="Three 3×3 layers see as far as one of 7×7, with 27 weights instead of 49.",
)


@exercise("sliding-window/receptive-field", points=2)
def receptive_field(stack):
    """How many pixels wide does one output see?

    `stack` lists (kernel, stride) of each layer, the first layer first.
    """
    field, jump = 1, 1
    for kernel, stride in stack:
        field += (kernel - 1) * jump
        jump *= stride
    return field


receptive_field.probe(
    lambda rng: dict(stack=[(int(rng.integers(1, 6)), int(rng.integers(1, 4))) for _ in range(rng.integers(1, 5))])
)
receptive_field.example(stack=[(3, 1), (3, 1), (3, 1)])
receptive_field.mistakes = {
    "sum(kernel for kernel, _ in stack)": "You added the kernels. Windows overlap: three layers of 3 see 7, because each further layer adds kernel − 1.",
    "1 + sum(kernel - 1 for kernel, _ in stack)": "You ignored the strides. After a stride of 2 one step of the next layer is two pixels wide.",
    "int(np.prod([kernel for kernel, _ in stack]))": "You multiplied the kernels. Fields add up; what multiplies is the jump.",
}


@receptive_field.mistake(
    "You let a layer's stride widen the layer itself. It only widens the layers after it: first the field, then the jump."
)
def _(stack):
    field, jump = 1, 1
    for kernel, stride in stack:
        jump *= stride
        field += (kernel - 1) * jump
    return field


@receptive_field.mistake("You used the stride of the layer before alone. The jumps of all earlier layers multiply.")
def _(stack):
    field, before = 1, 1
    for kernel, stride in stack:
        field += (kernel - 1) * before
        before = stride
    return field


@receptive_field.also
def _(stack):
    field = 1
    for kernel, stride in reversed(stack):
        field = (field - 1) * stride + kernel
    return field


receptive_field.hints = [
    "One layer with kernel k sees k pixels: 1 + (k − 1).",
    "How many pixels apart are two neighboring outputs of a layer? Call it the jump, and update it layer by layer.",
    "field += (kernel − 1) · jump, then jump *= stride.",
]
receptive_field.why = "A network cannot recognize what does not fit into the field of its last numbers."


# The same walk along a line ------------------------------------------------------------------------------------------
@exercise("sliding-window/smooth", points=2)
def smooth_days(series, width):
    """The mean of the `width` days around each day. `width` is odd.

    As long as `series`; at the ends only real days count.
    """
    half = width // 2
    return [np.mean(series[max(0, day - half) : day + half + 1]) for day in range(len(series))]


smooth_days.probe(
    lambda rng: dict(series=np.round(rng.normal(15, 5, rng.integers(8, 14)), 1), width=2 * rng.integers(1, 4) + 1)
)
smooth_days.mistakes = {
    'np.convolve(series, np.ones(width) / width, mode="same")': (
        "Your ends sink: zeros beyond the edge were averaged in, as if they were freezing days. Divide by the real days only."
    ),
    'np.convolve(series, np.ones(width) / width, mode="valid")': (
        "You lost {width} − 1 days: only whole windows were used. At the ends average over the days that are there."
    ),
    ".mean( => .sum(": "You added and did not divide: your kernel sums to {width}, so the curve lies far too high.",
    "[np.mean(series[max(0, day - width + 1) : day + 1]) for day in range(len(series))]": (
        "You averaged the past only. That is right for forecasting; here the curve comes (width − 1)/2 days late. Take as many days after as before."
    ),
    "half + 1] => half]": "Your window ends one day early: a slice stops before its end. Add 1 to reach the last day.",
}
smooth_days.also("pd.Series(series).rolling(width, center=True, min_periods=1).mean()")


@smooth_days.also
def _(series, width):
    ones = np.ones(width)
    return (
        np.convolve(series, ones, "full")[width // 2 :][: len(series)]
        / np.convolve(np.ones(len(series)), ones, "full")[width // 2 :][: len(series)]
    )


smooth_days.hints = [
    "With width 5, which days belong to day 10? And to day 0?",
    "A slice that ends beyond the list stops by itself; a negative start does not: use `max(0, …)`.",
]
smooth_days.why = "A moving average is a convolution whose weights are all 1/width."

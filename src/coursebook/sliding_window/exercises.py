"""Exercises of *Sliding windows*."""

import keras
import numpy as np
import pandas as pd
from keras import layers

from coursekit.checks import exercise, question

# How many stops? -----------------------------------------------------------------------------------------------------
stops = question(
    "sliding-window/stops",
    "A window of 3 moves over 7 pixels with stride 1, and never over the edge. How many stops does it make?",
    5,
    mistakes={
        4: "You counted the jumps. There are 4 of them, and the first stop needed none.",
        7: "That is one stop for each pixel. A window that starts at pixel 5 would need pixel 7, which is not there.",
        6: "The sixth window would start at pixel 5 and need pixel 7, which is not there. Count the pixels from 0.",
        2: "You laid the windows side by side. With stride 1 they overlap: the next one starts 1 pixel further.",
        3: "With 3 stops the window would jump 2 pixels each time. Stride 1 means a jump of 1 pixel.",
        9: "You let the window hang over both edges. The first one starts at pixel 0, and the last one ends at pixel 6.",
    },
    hints=["Where does the first window start?", "Where must the last one start, so that it still fits? Count from 0."],
    why="A `Dense` layer behind this one is built for exactly as many numbers as there are stops.",
)


@exercise("sliding-window/output-size", points=2)
def output_size(n, kernel, stride=1, padding="valid"):
    """How many numbers does a convolution or a pool write along n pixels?

    `padding` is "valid" or "same", as in Keras.
    """
    if padding == "same":
        return -(-n // stride)
    return (n - kernel) // stride + 1


@output_size.probe
def _(rng):
    kernel, padding = rng.integers(1, 7), rng.choice(["valid", "same"])
    return dict(n=rng.integers(kernel, 40), kernel=kernel, stride=rng.integers(1, 6), padding=padding)


output_size.example(n=9, kernel=4)
output_size.strata(lambda n, kernel, stride=1, padding="valid": padding)
output_size.mistakes = {
    '-(-n // stride) if padding == "same" else -(-(n - kernel) // stride) + 1': "You rounded up. With {n} pixels, kernel {kernel} and stride {stride} that last window hangs over the edge, and valid drops it: use `//`.",
    '-(-n // stride) if padding == "same" else (n - kernel) // stride': "Under valid you counted the jumps. The first stop needs no jump: add 1.",
    'n if padding == "same" else (n - kernel) // stride + 1': "Same keeps the size at stride 1 only. With stride {stride} the windows start {stride} pixels apart: divide by the stride, and round up.",
    '-(-n // stride) if padding == "same" else (n - kernel + 1) // stride': "You divided the number of possible starts. Divide n − kernel, which counts the pixels to jump over, and add 1 afterwards.",
    'n // stride if padding == "same" else (n - kernel) // stride + 1': "Under same you rounded down. What is left over gets a window, too, which hangs over the edge: round up.",
    'n // stride + 1 if padding == "same" else (n - kernel) // stride + 1': "Under same, `n // stride + 1` is one too many wherever the stride divides n. Round up: `-(-n // stride)`.",
    'n if padding == "same" else n - kernel + 1': "You ignored the stride. It sets how far the window jumps, and so how often it stops.",
    'n / stride if padding == "same" else (n - kernel) / stride + 1': "Your result can be a fraction. There are no half stops: `//` divides and rounds down.",
    "(n - kernel) // stride + 1": "You used the rule of valid for both. Under same the window may hang over the edge, and ⌈n / stride⌉ stops fit.",
    "-(-n // stride)": "You used the rule of same for both. Under valid the window stays inside, so the kernel's width counts.",
    '(n + 2 * (kernel // 2) - kernel) // stride + 1 if padding == "same" else (n - kernel) // stride + 1': "You padded kernel // 2 zeros on each side. With an even kernel that is a zero more than same adds: use ⌈n / stride⌉.",
    '(n + 2 * ((kernel - 1) // 2) - kernel) // stride + 1 if padding == "same" else (n - kernel) // stride + 1': "You padded (kernel − 1) // 2 zeros on each side. With an even kernel that can be a zero too few: use ⌈n / stride⌉.",
    '-(-n // stride) if padding == "same" else n - kernel // stride + 1': "Without parentheses, `n - kernel // stride` divides the kernel alone. Write `(n - kernel) // stride`.",
    '-(-n // stride) if padding == "same" else n // stride': "Under valid you left the kernel out. The last window starts at n − kernel: that is the number to divide.",
    '-(-n // stride) if padding == "same" else -(-n // stride) - kernel + 1': "Under valid you divided n alone and took the kernel away afterwards. Take it away first: n − kernel is what the stride divides.",
    '-(-n // stride) if padding == "same" else n // kernel': "Under valid you divided by the kernel. The windows start {stride} pixels apart: divide n − kernel by the stride.",
}
output_size.also(
    'keras.ops.conv(np.zeros((1, n, 1), "float32"), np.zeros((kernel, 1, 1), "float32"), stride, padding).shape[1]',
    'np.float64(len(range(0, n if padding == "same" else n - kernel + 1, stride)))',
)
output_size.hints = [
    "Under valid the last possible start is n − kernel. How many jumps of `stride` fit into it?",
    "Under same the kernel's width plays no part: a window starts every `stride` pixels.",
    "Rounding up by hand: `-(-n // stride)`.",
]
output_size.why = "If you can do this sum, you can read a network's shapes without running it."


@exercise("sliding-window/slide-line", points=2)
def slide_line(line, kernel, stride):
    """Return the weighted sum of every whole window, in order.

    Slide `kernel` over `line`, `stride` pixels at a time.
    """
    width = len(kernel)
    return [np.sum(line[start : start + width] * kernel) for start in range(0, len(line) - width + 1, stride)]


@slide_line.probe
def _(rng):
    width = rng.integers(2, 5)
    n, unit = rng.integers(width + 3, 15), rng.choice([1, 0.5])
    return dict(line=rng.integers(1, 20, n) * unit, kernel=rng.integers(-3, 4, width), stride=rng.integers(1, 4))


slide_line.example(line=np.array([1.5, 2, 4, 0.5, 3, 6, 1]), kernel=np.array([1, 0, -2]), stride=2)
slide_line.mistakes = {
    "slide_line(line, kernel[::-1], stride)": "You turned the kernel around (`np.convolve` does, too). Keras does not: the first weight meets the first pixel of the window.",
    "slide_line(line[:-1], kernel, stride)": "You left out the window that ends at the last pixel. Starts run to n − width, and `range` stops before its end: add 1.",
    "slide_line(line, kernel, len(kernel))": "You jumped by the kernel's width. The stride sets the jump; windows may overlap or leave gaps.",
    "np.array(slide_line(line, kernel, stride)) / len(kernel)": "You divided by the kernel's width. The kernel already holds the weights: add the products.",
    "slide_line(line, kernel, 1)": "You ignored the stride and stopped at every pixel. Start the next window {stride} further.",
    "np.sum(line[start : start + width] * kernel) => line[start : start + width] * kernel": "You multiplied and did not add. Each stop gives one number, the sum of its products.",
    "line[start : start + width] * kernel => line[start : start + width]": "You added the pixels and left the kernel out. Multiply each pixel by its weight first.",
    "np.sum(line[start : start + width] * kernel) => int(np.sum(line[start : start + width] * kernel))": "Your sums lost their fractions: `int` cuts them off, and so does an array of whole numbers such as `np.zeros(…, int)`.",
    'np.correlate(line, kernel, mode="same")[::stride]': "You let windows hang over both edges. Only whole windows were asked for: the first one starts at the first pixel.",
    "[np.sum(line[start : start + len(kernel)] * kernel[: len(line) - start]) for start in range(0, len(line), stride)]": "You let the last windows hang over the edge. Only whole windows were asked for.",
    "slide_line(line, kernel, stride)[:-1]": "Your last whole window is missing. There is one window more than there are jumps: add 1.",
    "slide_line(line, kernel, 1)[: len(slide_line(line, kernel, stride))]": "You take the right number of windows, but each one starts 1 pixel further. Multiply the number of the stop by the stride.",
    "np.array(slide_line(line, kernel, stride))[np.newaxis, :, np.newaxis]": "Your sums are right, but axes of length 1 are left over, the batch and the channel. Take `[0, :, 0]`.",
    "slide_line(line[::stride], kernel, 1)": "You left pixels out before you multiplied. A window reads neighbors; only its start jumps by the stride.",
    "[sum(line[i + j * stride] * kernel[j] for j in range(len(kernel))) for i in range(len(line) - stride * (len(kernel) - 1))]": "You spread the weights `stride` pixels apart. A window reads neighbors; only its start jumps by the stride.",
    "np.convolve(line, kernel)[::stride]": "`np.convolve` turns the kernel around and lets it hang over both edges. Only whole windows were asked for, with the kernel as it is.",
    "slide_line(line, kernel, stride)[:1]": "Only your first window came back. A `return` inside the loop ends it: collect the sums, and return them after the loop.",
    "np.maximum(slide_line(line, kernel, stride), 0)": "You turned the sums below 0 into 0, as ReLU does. Return the sums as they are.",
    'keras.ops.conv(line.reshape(1, -1, 1).astype("float32"), kernel.reshape(-1, 1, 1).astype("float32"), stride, "same")[0, :, 0]': "You padded with Keras's same. Only whole windows were asked for, which is valid.",
}
slide_line.also(
    'np.correlate(line, kernel, mode="valid")[::stride]',
    'keras.ops.conv(line.reshape(1, -1, 1).astype("float32"), kernel.reshape(-1, 1, 1).astype("float32"), stride)[0, :, 0]',
)
slide_line.hints = [
    "`range(0, last + 1, stride)` gives the starts. Which is the last one that still fits?",
    "`line[start : start + width] * kernel` multiplies number by number.",
]
slide_line.why = "This is a `Conv1D` layer with one filter. A `Conv2D` takes the same walk along rows and columns."


# Padding: what happens at the edge -----------------------------------------------------------------------------------
@exercise("sliding-window/mend-same", points=2, probes=2)
def keep_size(size, channels):
    """Two convolutions that should each keep the map's size. Fix them.

    Only then can the input be added at the end.
    """
    inputs = keras.Input((size, size, channels))
    x = layers.Conv2D(channels, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(channels, 3, padding="same")(x)
    return keras.Model(inputs, layers.Add()([inputs, x]))


keep_size.start('padding="same" => padding="valid"')
keep_size.probe(lambda rng: dict(size=rng.integers(6, 10), channels=rng.integers(2, 5)))


@keep_size.use
def _(answer, size, channels):
    """Where one of the two convolutions still shrinks its map, the sum fails: a mistake of its own."""
    try:
        return answer(size, channels)
    except ValueError as error:
        if f"{size - 2}, {size - 2}, {channels}" not in str(error):
            raise
        return "a sum of two sizes, which fails"


def _residual(size, channels, width=3, join=layers.Add, before=None, after=None, cut=None):
    """The block without padding of its own."""
    inputs = keras.Input((size, size, channels))
    x = before(inputs) if before else inputs
    x = layers.Conv2D(channels, width)(layers.Conv2D(channels, width, activation="relu")(x))
    return keras.Model(inputs, layers.Add()([cut(inputs) if cut else inputs, after(x) if after else x]))


keep_size.mistakes = {
    'x = layers.Conv2D(channels, 3, padding="same")(x) =>': "You removed one of the two convolutions. Both should stay; it is their padding that is wrong.",
    '3, padding="same")(x) => 3)(x)': "One of your convolutions still makes its map smaller by 2. Pad both.",
    "_residual(size, channels, 1)": 'You made the kernels 1×1. The size stays, but each number sees one pixel only. Keep 3×3 and pad: `padding="same"`.',
    "_residual(size, channels, cut=layers.Cropping2D(2))": "You cut the input to fit. Then each such block loses the edge: pad the convolutions instead.",
    "layers.Add()([inputs, x]) => x": "You left the addition out. It runs, but what the input held is no longer added: bring `layers.Add` back.",
    "layers.Add => layers.Concatenate": "You put the maps side by side, which gives twice as many. Add them.",
    ', activation="relu" =>': "You lost the ReLU of the first convolution. Only the padding had to change.",
    '3, padding="same")(x) => 3, padding="same", activation="relu")(x)': "You gave the second convolution a ReLU, too. Only the padding had to change.",
    "_residual(size, channels, before=layers.ZeroPadding2D(2))": "You put all the zeros before the first convolution, so its map is larger than the input, and numbers near the edge differ. Pad each convolution by 1.",
    "_residual(size, channels, after=layers.ZeroPadding2D(2))": "You padded the result. Its two outer rings then hold zeros, not sums: pad what the convolutions read.",
    '3, padding="same")(x) => 1, padding="same")(x)': "Your second kernel is 1×1. Only the padding had to change.",
    'padding="same")(x) => padding="same")(inputs)': "Your second convolution reads the input again. It should read what the first one wrote.",
    "Add()([inputs, x]) => Add()([x, x])": "You added the result to itself. The input should be added to it.",
}


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
keep_size.why = "Adding the input at the end is a residual connection. It needs layers that keep the size."

# Pool size or pool stride? -------------------------------------------------------------------------------------------
halve = question(
    "sliding-window/halve",
    '`MaxPool1D(2, strides=1, padding="same")` maps 10 numbers to 10. Which of these changes, each made alone, give 5? Give a set, such as `{"a", "c"}`.',
    {"b", "d"},
    options={
        "a": ("`pool_size=4`", "Under same the size of the window does not enter ⌈10/stride⌉, so 10 stay."),
        "b": ("`strides=2`", "The stride divides: ⌈10/2⌉ = 5."),
        "c": ('`padding="valid"`', "One stop is lost at the end: 9 stay."),
        "d": ("`strides=None`", "None means a stride of pool_size, which is 2 here: ⌈10/2⌉ = 5."),
        "e": ("`pool_size=5`", "A wider window reads more pixels at each stop, but there are still 10 stops."),
    },
    hints=[
        "Under same the formula is ⌈n/stride⌉. Which of the changes touches it?",
        "What is `strides` if you do not give it? Look it up in the documentation of `MaxPool1D`.",
    ],
    why="Under same the stride alone sets the size of the map. If you give no stride, the window sets the stride.",
)


@exercise("sliding-window/shrink", points=2, probes=1)
def shrink(size, filters):
    """Return a model: gray images (size, size, 1) in, `filters` maps out.

    Half the height and half the width: one 3×3 convolution with ReLU, stride
    2, and zeros where Keras's "same" puts them. `size` is even.
    """
    return keras.Sequential(
        [keras.Input((size, size, 1)), layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")]
    )


shrink.probe(lambda rng: dict(size=2 * rng.integers(4, 8), filters=rng.integers(2, 6)))
shrink.example(size=16, filters=6)


@shrink.use
def _(answer, size, filters):
    """Keras calls a `Sequential` on images of any size, whatever its `Input` says."""
    model = answer(size, filters)
    sides = (getattr(model, "input_shape", None) or ())[1:3]
    return model if all(side in (None, size) for side in sides) else "a model for images of another size"


def _maps(size, *parts):
    return keras.Sequential([keras.Input((size, size, 1)), *parts])


shrink.mistakes = {
    'activation="relu" => activation="relu6"': "Your activation has a ceiling: it holds large responses back at 6. ReLU passes on whatever is above 0.",
    ', padding="same" =>': 'Your map is one too small: without padding the last window does not fit. `padding="same"` gives size/2.',
    ', activation="relu" =>': 'ReLU is missing, so your maps hold negative numbers. Add `activation="relu"`.',
    "_maps(size, layers.Conv2D(filters, 3, padding='same', activation='relu'), layers.MaxPool2D(2))": "You filtered at every pixel and pooled afterwards. The shape fits, but the numbers differ, and it costs four times the work. The convolution itself can jump by 2.",
    "_maps(size, layers.Conv2D(filters, 3, activation='relu'), layers.MaxPool2D(2))": "You filtered every whole window and pooled afterwards. Use one layer: the convolution itself can jump by 2.",
    "_maps(size, layers.Conv2D(filters, 2, strides=2, activation='relu'))": "Your kernel is 2×2. It gives half the size without padding, but a 3×3 kernel was asked for: 9 weights and a center.",
    "_maps(size, layers.ZeroPadding2D(1), layers.Conv2D(filters, 3, strides=2, activation='relu'))": "Your windows start one pixel too early. The shape fits, but here same puts its zeros on the right and at the bottom only.",
    "_maps(size, layers.Conv2D(filters, 3, strides=2, padding='same', activation='relu'), layers.MaxPool2D(2))": "You halved twice: the convolution jumps by 2, and so does the pool. Leave the pool out.",
    "_maps(size, layers.Conv2D(filters, 3, strides=2, padding='same', activation='relu'), layers.Flatten())": "You flattened the maps into one row. Leave them as maps.",
    "_maps(size, layers.Conv2D(filters, 3, padding='same', activation='relu'), layers.Conv2D(filters, 3, strides=2, padding='same', activation='relu'))": "You used two convolutions. One is enough: it filters and jumps at the same time.",
    "strides=2, padding => padding": "The size stayed: under same, stride 1 keeps it. `strides=2` halves it.",
    "filters, 3, => filters, 5,": "Your kernel is 5×5. A 3×3 kernel was asked for.",
    "_maps(28, layers.Conv2D(filters, 3, strides=2, padding='same', activation='relu'))": "Your model states a size of its own. Its images are (size, size, 1): use the argument.",
    "Conv2D(filters => Conv2D(1": "You made one map. `filters` maps were asked for.",
    "Conv2D(filters, 3 => Conv2D(3, filters": "You swapped the first two arguments of `Conv2D`. First comes the number of filters, then the size of the kernel.",
    "_maps(size, layers.Conv2D(filters, 3, padding='same', activation='relu'), layers.AveragePooling2D(2))": "You filtered at every pixel and averaged afterwards. The convolution itself can jump by 2.",
}
shrink.also(
    "_maps(size, layers.ZeroPadding2D(((0, 1), (0, 1))), layers.Conv2D(filters, 3, strides=2), layers.ReLU())",
)


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
    "Which argument halves the sides of the map, and which lets the last window hang over the edge?",
]
shrink.why = "A strided convolution shrinks a map with weights that training finds. A pool shrinks it by a fixed rule."


# Which pixels does no window read? -----------------------------------------------------------------------------------
@exercise("sliding-window/unseen", points=2)
def unseen(n, kernel, stride):
    """Return the set of pixels, from 0 to n − 1, that no window reads.

    The padding is valid: whole windows only.
    """
    seen = {start + i for start in range(0, n - kernel + 1, stride) for i in range(kernel)}
    return set(range(n)) - seen


@unseen.probe
def _(rng):
    kernel = rng.integers(1, 5)
    return dict(n=rng.integers(kernel + 4, 16), kernel=kernel, stride=rng.integers(1, 6))


@unseen.use
def _(answer, n, kernel, stride):
    pixels = answer(n, kernel, stride)
    pixels = np.asarray(pixels) if hasattr(pixels, "dtype") else pixels  # an array or a tensor
    return set(pixels.ravel().tolist()) if isinstance(pixels, np.ndarray) and pixels.dtype != bool else pixels


unseen.mistakes = {
    "set(range(n)) - set(range(0, n - kernel + 1, stride))": "You named every pixel where no window starts. A window also reads the {kernel} − 1 pixels after its start.",
    "set(range(n)) - unseen(n, kernel, stride)": "You named the pixels that are read. The others were asked for.",
    "set(range(n)) - {start + i for start in range(0, n, stride) for i in range(kernel)}": "You left out pixels after the last whole window. Under valid, no window hangs over the edge, so they stay unread.",
    "set(range((n - kernel) // stride * stride + kernel, n))": "You looked at the end only. Where the stride is wider than the kernel, there are gaps between the windows, too.",
    "set(range((n - kernel) // stride * stride + kernel)) & unseen(n, kernel, stride)": "You found the gaps only. The pixels after the last whole window are not read, either.",
    "{pixel + 1 for pixel in unseen(n, kernel, stride)}": "You counted the pixels from 1. Here the first one is pixel 0.",
    "n - kernel + 1 => n - kernel": "Your last window is missing: `range` stops before its end, and a window may start at n − kernel. Add 1.",
    "set(range(n - n % stride, n)) | unseen(n, kernel, stride) & set(range((n - kernel) // stride * stride + kernel))": "Your tail is not the right one. What no longer fits is (n − kernel) % stride pixels, not n % stride.",
    "{start + i for start in range(0, n - kernel + 1, stride) for i in range(kernel, stride)} | unseen(n, kernel, stride)": "Your set holds pixels beyond n − 1. Keep those below n.",
    "len(unseen(n, kernel, stride))": "You counted the pixels. Which ones they are was asked for, as a set.",
    "range(kernel) => range(kernel - 1)": "You marked one pixel too few for each window. It reads `kernel` pixels, from its start on.",
    "range(0, n - kernel + 1, stride) => range(0, n - kernel + 1)": "You ignored the stride and let a window start at every pixel.",
    "np.array([pixel in unseen(n, kernel, stride) for pixel in range(n)])": "You returned True or False for each pixel. The numbers of the unread pixels were asked for: `np.flatnonzero` finds them.",
    "range(kernel) => range(kernel + 1)": "You marked one pixel too many for each window. It reads `kernel` pixels, from its start on.",
    "set(range(n)) => set(range(n + 1))": "Your set holds pixel {n}, which is not there. The last pixel is n − 1.",
    "unseen(n, kernel, stride) if stride > kernel else set()": "Without gaps, too, pixels can stay unread: those after the last whole window.",
}
unseen.also("sorted(unseen(n, kernel, stride))", "np.array(sorted(unseen(n, kernel, stride)), int)")
unseen.hints = [
    "Mark every pixel that some window reads. What is left?",
    "A window that starts at s reads s, s + 1, …, s + kernel − 1.",
    "`set(range(n)) - seen` takes the marked ones away.",
]
unseen.why = "A pixel that no window reads causes no error and no warning, and it cannot change the loss."

# How far does one output see? ----------------------------------------------------------------------------------------
three_layers = question(
    "sliding-window/three-layers",
    "Three convolutions with 3×3 kernels and stride 1 follow each other. How many pixels wide is the square that one output sees?",
    7,
    mistakes={
        9: "You added the kernels. From the first to the last of 3 neighbors it is 2 pixels: that is what each further layer adds.",
        27: "You multiplied the kernels. A field grows by adding, as long as the stride is 1.",
        3: "You stopped after one layer. In the second one, each of the 3 numbers has itself looked at 3 pixels.",
        5: "You stopped after two layers: 3, then 5. The third adds 2 more.",
        6: "Each layer adds 2 pixels, but you begin with one pixel, not with none.",
        49: "7×7 pixels are 49 in all. How many pixels wide is that square?",
        15: "That is the width with stride 2 in each layer. Here every stride is 1.",
    },
    hints=[
        "One layer sees 3. How many pixels do three neighboring windows of 3 cover together?",
        "Each further layer adds kernel − 1.",
    ],
    why="Three 3×3 layers see as far as one of 7×7. On one channel they have 27 weights instead of 49.",
)


@exercise("sliding-window/receptive-field", points=2)
def receptive_field(stack):
    """Return how many pixels wide the field of one output is.

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
receptive_field.example(stack=[(2, 2), (4, 3), (3, 2), (2, 1)])  # 1, 2, 6, 12 pixels to a step; no sum gives these
receptive_field.mistakes = {
    "sum(kernel for kernel, _ in stack)": "You added the kernels. From the first to the last of k neighbors it is k − 1 steps: three layers of 3 see 7.",
    "1 + sum(kernel - 1 for kernel, _ in stack)": "You ignored the strides. After a stride of 2 one step of the next layer is two pixels wide.",
    "int(np.prod([kernel for kernel, _ in stack]))": "You multiplied the kernels. Fields add up; what multiplies is the jump.",
    "receptive_field(stack[::-1])": "You turned the order of the layers around. A stride widens the steps of the layers after it, not before.",
    "field, jump = 1, 1 => field, jump = 0, 1": "You started at 0. Without any layer, one number sees one pixel: start at 1.",
    "jump *= stride => jump += stride": "You added the strides. After strides of 2 and 3, neighbors are 2·3 pixels apart: multiply.",
    "jump *= stride => jump = stride": "You used the stride of the layer before alone. The strides of all earlier layers multiply.",
    "1 + sum((kernel - 1) * stride for kernel, stride in stack)": "You multiplied each layer by its own stride. What counts is the product of the strides before it.",
    "field += (kernel - 1) * jump => field += kernel * jump": "You added whole kernels. From the first to the last of k neighbors it is k − 1 steps.",
    "1 + sum((k - 1) * (sum(s for _, s in stack[:i]) or 1) for i, (k, _) in enumerate(stack))": "You added the strides of the earlier layers. After strides of 2 and 3, neighbors are 2·3 pixels apart: multiply.",
    "field += (kernel - 1) * jump => field += kernel // 2 * 2 * jump": "You took kernel // 2 steps to each side. That is right for odd kernels only: a layer adds kernel − 1 steps.",
    "(kernel - 1) * jump => (kernel - 1) * jump * stride": "You let a layer's stride widen the layer itself. It only widens the layers after it: first the field, then the jump.",
    "receptive_field(stack) ** 2": "You returned the area. How wide the field is was asked for.",
    "stack[-1][0]": "You looked at the last layer only. Each number that it reads has a field of its own.",
    "1 + sum(k - 1 for k, _ in stack) * int(np.prod([s for _, s in stack]))": "You multiplied every layer by all the strides. A stride widens only the layers after it.",
    "sum(kernel * stride for kernel, stride in stack)": "You added kernel times stride of each layer. A layer adds kernel − 1 steps, as long as the strides before it make them.",
    "stack[0][0]": "You looked at the first layer only. A `return` inside the loop would end it after one layer.",
    "receptive_field([(stride, kernel) for kernel, stride in stack])": "You swapped the two numbers of a layer. Each pair is (kernel, stride).",
    "stack[0][0] - 1 + receptive_field(stack[1:])": "The first layer's stride is missing. It widens the steps of all the layers after it.",
}
receptive_field.also(
    "1 + sum((k - 1) * np.prod([s for _, s in stack[:i]], dtype=int) for i, (k, _) in enumerate(stack))",
)
receptive_field.hints = [
    "One layer with kernel k sees k pixels: 1 + (k − 1).",
    "How many pixels apart are two neighboring outputs of a layer? Call it the jump, and update it layer by layer.",
    "field += (kernel − 1) · jump, then jump *= stride.",
]
receptive_field.why = "A number of a map cannot depend on anything outside its field."


# The same walk along a line ------------------------------------------------------------------------------------------
@exercise("sliding-window/smooth", points=2)
def smooth_days(series, width):
    """Return, for each day, the mean of the `width` days around it.

    `width` is odd, and the day itself is in the middle. Near the ends fewer
    days exist: average those.
    """
    half = width // 2
    return [np.mean(series[max(0, day - half) : day + half + 1]) for day in range(len(series))]


@smooth_days.probe
def _(rng):
    series = np.round(rng.normal(15, 5, rng.integers(8, 14)), 1)
    series[rng.integers(len(series))] = 0  # a day of 0 °C is a real day
    return dict(series=series, width=2 * rng.integers(1, 4) + 1)


smooth_days.mistakes = {
    'np.convolve(series, np.ones(width) / width, mode="same")': "Your ends sink, as if days of 0 °C lay beyond them. Divide by the number of real days only.",
    'np.convolve(series, np.ones(width) / width, mode="valid")': "You used whole windows only and lost {width} − 1 days. Near the ends, average the days that exist.",
    ".mean( => .sum(": "You added and did not divide, so the curve lies far too high. Take the mean.",
    "[np.mean(series[max(0, day - width + 1) : day + 1]) for day in range(len(series))]": "You averaged past days only. That is right for a forecast, but the curve comes (width − 1)/2 days late. Take as many days after as before.",
    "half + 1] => half]": "Your window ends one day early: a slice stops before its end. Add 1 to reach the last day.",
    "max(0, day - half) => day - half": "Near the start, `day - half` is negative, and a slice then counts from the end. Use `max(0, day - half)`.",
    "half = width // 2 => half = width": "You took `width` days to each side. They are `width` days in all, so `width // 2` to each side.",
    'np.convolve(np.pad(series, width // 2, mode="edge"), np.ones(width) / width, mode="valid")': "You repeated the first and the last day beyond the ends. Average only the days that exist.",
    "[np.mean(series[d - h : d + h + 1]) for d in range(len(series)) for h in [min(d, len(series) - 1 - d, width // 2)]]": "Near the ends you cut the window on both sides. Only the days that do not exist are left out.",
    "[series[d] if min(d, len(series) - 1 - d) < width // 2 else np.mean(series[d - width // 2 : d + width // 2 + 1]) for d in range(len(series))]": "Near the ends you kept the days as they are. Average those that exist there.",
    "pd.Series(series).rolling(width, center=True).mean()": "Your curve has no numbers near its ends. `min_periods=1` lets pandas average the days that exist.",
    "pd.Series(series).rolling(width).mean()": "You averaged past days only, and the first days are missing. pandas centers the window with `center=True`, and `min_periods=1` keeps the ends.",
    'np.convolve(series, np.ones(width), "same") / np.convolve(series != 0, np.ones(width), "same")': "You counted the days that are not 0. A day of 0 °C is a real day: count the days that exist.",
    "[s.__setitem__(d, s[max(0, d - width // 2) : d + width // 2 + 1].mean()) or s for s in [series.copy()] for d in range(len(s))][-1]": "You averaged days that were already averaged. Write into a copy, and read from the series itself.",
    "smooth_days(series, width)[:-1]": "The last day is missing. Return as many days as you were given.",
    "np.array(smooth_days(series, width)).astype(int)": "Your means lost their fractions: `int` cuts them off, and so does an array such as `np.zeros(n, int)`.",
    "np.convolve(series, np.ones(width) / width)[: len(series)]": "You averaged past days only, and zeros before the first day. Take as many days after as before, and only real ones.",
    "[np.mean(series[day : day + width]) for day in range(len(series))]": "Your window starts at the day. It should have this day in its middle: start `width // 2` days earlier.",
    "pd.Series(series).rolling(width, center=True).mean().bfill().ffill()": "You repeated the first and the last whole mean toward the ends. Average the days that exist there.",
    'np.convolve(np.pad(series, width // 2, mode="reflect"), np.ones(width) / width, mode="valid")': "You mirrored the days at both ends. Average only the days that exist.",
    'np.convolve(np.pad(series, width // 2, mode="symmetric"), np.ones(width) / width, mode="valid")': "You mirrored the days at both ends. Average only the days that exist.",
    ".mean( => .median(": "You took the median, the day in the middle of the sorted ones. The mean was asked for.",
    "max(0, day - half) => abs(day - half)": "Near the start, `abs` makes a late start of a negative one, and days are lost. Use `max(0, day - half)`.",
    "half = width // 2 => half = 15": "You wrote a number of days into your function. `width` says how many: take `width // 2` to each side.",
}

smooth_days.also(
    "pd.Series(series).rolling(width, center=True, min_periods=1).mean()",
    'keras.ops.average_pool(series.reshape(1, -1, 1).astype("float32"), width, strides=1, padding="same")[0, :, 0]',
    'np.convolve(series, np.ones(width), "full")[width // 2 :][: len(series)] / np.convolve(np.ones(len(series)), np.ones(width), "full")[width // 2 :][: len(series)]',
)
smooth_days.hints = [
    "With width 5, which days belong to day 10? And to day 0?",
    "A slice that ends beyond the list stops by itself; a negative start does not: use `max(0, …)`.",
]
smooth_days.why = "A moving average is a convolution whose weights are all 1/width."

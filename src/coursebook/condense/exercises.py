"""Exercises of *Condense*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question


# The strongest answer of each window ---------------------------------------------------------------------------------
@exercise("condense/max-pool", points=2)
def max_pool(feature_map, size):
    """Return the largest number of each window of `size` × `size`.

    The windows lie side by side. A last window that hangs over the edge takes
    the largest of what is really there.
    """
    rows, columns = feature_map.shape
    return [
        [np.max(feature_map[r : r + size, c : c + size]) for c in range(0, columns, size)] for r in range(0, rows, size)
    ]


@max_pool.probe
def _(rng):
    rows, columns = rng.integers(4, 8, size=2)
    return dict(feature_map=rng.integers(-9, 6, (rows, columns)), size=rng.integers(2, 4))


@max_pool.strata
def _(feature_map, size):
    whole = all(length % size == 0 for length in feature_map.shape)
    return "whole windows" if whole else "a window hangs over"


def _pooled(feature_map, size, stride, reduce):
    rows, columns = feature_map.shape
    return np.array(
        [
            [reduce(feature_map[r : r + size, c : c + size]) for c in range(0, columns, stride)]
            for r in range(0, rows, stride)
        ]
    )


max_pool.mistakes = {
    "_pooled(feature_map, size, size, np.mean)": "You took the mean of each window. One strong answer among weak ones gets lost in it: take the largest.",
    "_pooled(feature_map, size, 1, np.max)": "Your windows move one step at a time and overlap. Side by side means: the next one starts {size} further.",
    "_pooled(feature_map, size, size, lambda window: window.ravel()[np.argmax(np.abs(window))])": (
        "You took the number of largest size, sign aside. −9 means the opposite was seen: the largest is what counts."
    ),
}


@max_pool.mistake(
    "You dropped the windows that hang over the edge. What they hold was found, too: let the last window be smaller."
)
def _(feature_map, size):
    rows, columns = (length // size * size for length in feature_map.shape)
    return _pooled(feature_map[:rows, :columns], size, size, np.max)


@max_pool.mistake(
    "You filled the edge with zeros, and a zero beats every negative answer. Nothing stands beyond the edge: leave it out."
)
def _(feature_map, size):
    padded = np.pad(feature_map, [(0, -length % size) for length in feature_map.shape])
    return _pooled(padded, size, size, np.max)


@max_pool.also
def _(feature_map, size):
    edges = [(0, -length % size) for length in feature_map.shape]
    padded = np.pad(feature_map.astype("float32"), edges, constant_values=-np.inf)
    return tf.nn.max_pool2d(padded[None, :, :, None], size, size, "VALID")[0, :, :, 0]


@max_pool.also
def _(feature_map, size):
    padded = np.pad(
        feature_map.astype(float), [(0, -length % size) for length in feature_map.shape], constant_values=-np.inf
    )
    rows, columns = padded.shape
    return padded.reshape(rows // size, size, columns // size, size).max(axis=(1, 3))


max_pool.hints = [
    "Where does each window start? `range(0, rows, size)` counts in steps of the window.",
    "`feature_map[r : r + size, c : c + size]` is a window; slicing stops at the edge by itself.",
    "`np.max` of each window, row by row.",
]
max_pool.why = "Max pooling keeps that a feature was found and how strongly, and lets go of where exactly."


@exercise("condense/to-a-quarter", points=2, probes=2)
def to_a_quarter(size, channels):
    """Build a model that max-pools maps of shape (size, size, channels) to
    (size/4, size/4, channels).

    `size` is a multiple of 4. Each number that comes out is the largest of a
    4×4 block.
    """
    return keras.Sequential([keras.Input((size, size, channels)), layers.MaxPool2D(2), layers.MaxPool2D(2)])


to_a_quarter.probe(lambda rng: dict(size=4 * rng.integers(2, 5), channels=rng.integers(2, 5)))
to_a_quarter.mistakes = {
    "keras.Sequential([keras.Input((size, size, channels)), layers.AveragePooling2D(4)])": (
        "Your model averages. The shapes fit and the numbers do not: the largest of each block was asked for, `layers.MaxPool2D`."
    ),
    "keras.Sequential([keras.Input((size, size, channels)), layers.MaxPool2D(2)])": (
        "You pooled once by 2, so {size} became half. A quarter of the length takes a second pool, or a window of 4."
    ),
    "keras.Sequential([keras.Input((size, size, channels)), layers.MaxPool2D(4, strides=1)])": (
        "Your window is 4 wide and moves 1 at a time, so hardly anything gets smaller. The stride makes the size: leave `strides` out, or set it to 4."
    ),
    "keras.Sequential([keras.Input((size, size, channels)), layers.MaxPool2D(2, strides=4)])": (
        "Your windows are 2 wide and jump 4: the shape fits, but they skip pixels. A block of 4×4 needs a window of 4."
    ),
    "keras.Sequential([keras.Input((size, size, channels)), layers.GlobalMaxPooling2D()])": (
        "You pooled the whole map into one number per channel. Here a map of a quarter of the length should stay."
    ),
}


@to_a_quarter.also
def _(size, channels):
    inputs = keras.Input((size, size, channels))
    return keras.Model(inputs, layers.MaxPooling2D(pool_size=(4, 4), strides=4, padding="same")(inputs))


@to_a_quarter.also
def _(size, channels):
    class Condenser(keras.Model):
        def __init__(self):
            super().__init__()
            self.pool = layers.MaxPool2D(2)

        def call(self, maps):
            return self.pool(self.pool(maps))

    return Condenser()


to_a_quarter.hints = [
    "`keras.Input((size, size, channels))` comes first: it says what goes in.",
    "What does one `layers.MaxPool2D(2)` make of 16? And two of them?",
]
to_a_quarter.why = "The largest of four largest is the largest of all sixteen: two small pools are one large pool."


# What stands beyond the edge? ----------------------------------------------------------------------------------------
@exercise("condense/mend-edge")
def pool_line(values, size):
    """Max-pool a line of numbers in windows of `size`, side by side; the last
    may be shorter.

    For some lines the last number is wrong: mend it.
    """
    missing = -len(values) % size
    edge = np.full(missing, -np.inf)
    padded = np.concatenate([np.asarray(values, dtype=float), edge])
    return padded.reshape(-1, size).max(axis=1)


pool_line.start("np.full(missing, -np.inf) => np.zeros(missing)")
pool_line.probe(lambda rng: dict(values=rng.integers(-9, 3, rng.integers(5, 11)), size=rng.integers(2, 5)))
pool_line.example(values=np.array([-3, -1, -4, -1, -5]), size=2)
pool_line.mistakes = {
    "pool_line(values[: len(values) // size * size], size)": (
        "You cut the last window off. Its numbers were really there: the result must keep a number for them."
    ),
    "pool_line(np.abs(values), size)": "You took absolute values. −4 means that the opposite was seen; it must not come out as 4.",
}


@pool_line.mistake("You padded with ones, and a one beats every smaller number. What can never win against any number?")
def _(values, size):
    padded = np.concatenate([np.asarray(values, dtype=float), np.ones(-len(values) % size)])
    return padded.reshape(-1, size).max(axis=1)


@pool_line.mistake(
    "You repeated the first number into the gap. It comes from the other end of the line and may win there."
)
def _(values, size):
    padded = np.concatenate([values, np.full(-len(values) % size, values[0])])
    return padded.reshape(-1, size).max(axis=1)


pool_line.also("[max(values[start : start + size]) for start in range(0, len(values), size)]")


@pool_line.also
def _(values, size):
    padded = np.pad(values.astype(float), (0, -len(values) % size), constant_values=values.min())
    return tf.constant(padded.reshape(-1, size).max(axis=1))


pool_line.hints = [
    "Try five negative numbers and windows of 2. Which number of the result cannot be the largest of its window?",
    "What is put into the gap must lose against every number: which value is smaller than all others?",
]
pool_line.excused = {
    "np.asarray(values, dtype=float) → np.asarray(values)": "joining with −inf makes floats anyway",
    "1 → 2": "NumPy reads every negative length as: whatever fits",
}
pool_line.why = "Max pooling pads with −∞, so that the edge never invents an answer that nobody saw."

keeps_negatives = question(
    "condense/keeps-negatives",
    'A window holds −3, −1, −2, −4. After which of these does a negative number stand in the map? Give a set; it is written like `{"c", "e"}`. (Mean '
    "pooling takes the average where max pooling takes the largest.)",
    {"a", "b", "d"},
    options={
        "a": ("max pooling", "The largest of four negative numbers is negative: −1."),
        "b": ("mean pooling", "The mean of four negative numbers is negative: −2.5."),
        "c": ("ReLU, then max pooling", "ReLU sets all four to 0 first; the largest of four zeros is 0."),
        "d": (
            'max pooling with `padding="same"`',
            "Keras pads with −∞, which never wins: −1 comes out, at the edge as well.",
        ),
        "e": ("max pooling after padding with zeros", "A zero beside them is larger than all four, so 0 comes out."),
    },
    hints=["Compute each of them for this one window.", "What is really written beyond the edge, a zero or nothing?"],
    why="Pooling invents nothing: only ReLU or a padding of zeros turns a negative window into 0.",
)


# How often does a shift change nothing? ------------------------------------------------------------------------------
@exercise("condense/unchanged-shifts")
def unchanged_shifts(n, size):
    """A bright dot on a line of n pixels moves 1 to the right; windows of
    `size` lie side by side from pixel 0.

    From how many of its n − 1 starts does max pooling give the same line as
    before?
    """
    return sum(start // size == (start + 1) // size for start in range(n - 1))


unchanged_shifts.probe(lambda rng: dict(n=rng.integers(5, 30), size=rng.integers(2, 7)))
unchanged_shifts.mistakes = {
    "n - 1": "You said: from all of them. A dot on the last pixel of its window steps into the next one.",
    "n - 1 - unchanged_shifts(n, size)": "You counted the moves that change something. From {n} − 1 starts, the others were asked for.",
    "unchanged_shifts(n + 1, size)": "You also let the dot start on the last pixel. From there it would leave the line: the starts are 0 to n − 2.",
    "n // size * (size - 1)": "You counted whole windows only. The last window may be shorter, and a dot can move inside it as well.",
    "n // 2": "You said half of them. That holds for windows of 2; in wider ones a dot has more room.",
}
unchanged_shifts.also("(n - 1) - (n - 1) // size")
unchanged_shifts.hints = [
    "In which window does a dot at pixel i stand? `i // size` numbers them.",
    "Nothing changes exactly when i and i + 1 stand in the same window.",
    "Count over the starts 0 to n − 2: from the last pixel it cannot move.",
]
unchanged_shifts.why = "Pooling forgives shifts inside a window only: that is all the translation invariance it gives."

shifted_circle = question(
    "condense/shifted-circle",
    "A circle moves 1 pixel to the right. Its map is max-pooled in windows of 2×2. What can you be sure of?",
    "c",
    options={
        "a": (
            "The pooled map stays exactly the same.",
            "A part of the circle crosses from one window into the next, and there the map changes.",
        ),
        "b": (
            "The pooled map moves 1 to the right.",
            "One step in the pooled map is two pixels; a move of 1 is half a step.",
        ),
        "c": (
            "Some entries stay, others change.",
            "Where an answer stays in its window nothing changes; where it crosses a border the entry does.",
        ),
        "d": (
            "The circle is no longer found.",
            "Its strongest answers are still there, in the same or the neighboring windows.",
        ),
    },
    hints=[
        "Think of one dot on the circle's rim: from which columns does it leave its window?",
        "Half of all columns are the last of their window.",
    ],
    why="Pooling makes a network calm about small shifts; it does not make it blind to them.",
)

# The mean, and one number per channel --------------------------------------------------------------------------------
global_shape = question(
    "condense/global-shape",
    "One 1 among 63 zeros: what is left of it in the maximum, what in the mean? And: maps of shape (None, 16, 32, 8) go through "
    "`layers.GlobalAveragePooling2D()`. Which shape comes out? (The axes are batch, rows, columns, channels; None stands for a batch of any size.)",
    (None, 8),
    mistakes={
        (None, 16, 32): "You kept one number per place. The pool averages over the places and keeps the 8 channels.",
        (None, 16 * 32 * 8): "You put all numbers in a row: that is `Flatten`. The pool leaves one number per channel.",
        (None, 1): "You pooled the channels, too. Each channel looked for something else; they stay apart.",
        (
            None,
            1,
            1,
            8,
        ): "You kept axes of length 1. `GlobalAveragePooling2D` drops them, unless you say `keepdims=True`.",
        (8,): "You left out the batch: its size is not known yet, but its axis is there, as None.",
    },
    also=[[None, 8]],
    hints=[
        "The largest possible window is the whole map. How many windows are that, for each channel?",
        "The batch stays as it is: None.",
    ],
    why="Pictures of any size give a vector of one length, so a Dense layer can follow.",
)


@exercise("condense/global-average")
def global_average(maps):
    """One number per channel: the mean of the whole map. `maps` has the shape
    (rows, columns, channels).
    """
    return np.mean(maps, axis=(0, 1))


@global_average.probe
def _(rng):
    rows, columns, channels = rng.integers(2, 5, size=3)
    return dict(maps=rng.integers(0, 10, (rows, columns, channels + 1)))


global_average.mistakes = {
    "maps.mean(axis=-1)": "You averaged over the channels and kept the places. It is the other way around: axes 0 and 1 are the places.",
    "maps.mean()": "You averaged everything into one number. Each channel looked for something else: keep them apart.",
    "maps.sum(axis=(0, 1))": "You added instead of averaging, so a larger picture gives larger numbers. Divide by the number of places.",
    "maps.max(axis=(0, 1))": "You took the largest of each map. That is global max pooling; the mean hears every place.",
}
global_average.also(
    'layers.GlobalAveragePooling2D()(maps[None].astype("float32"))[0]',
    "[float(maps[..., c].mean()) for c in range(maps.shape[-1])]",
)
global_average.hints = [
    "Which of the three axes should still be there at the end?",
    "`np.mean` takes several axes at once: `axis=(…, …)`.",
]
global_average.why = "What is left answers how much of each pattern is in the picture, with no where at all."


# Chance decides ------------------------------------------------------------------------------------------------------
@exercise("condense/stochastic-pool", points=2, compare=False)
def draw_one(window, rng):
    """Draw one number of the window, with a probability proportional to it.

    `window` is a matrix of numbers of 0 or more, not all 0; `rng` is a NumPy
    generator, such as `ck.rng()`.
    """
    values = np.ravel(window)
    return rng.choice(values, p=values / values.sum())


WINDOW = np.array([[1.0, 2.0], [0.0, 7.0]])


@draw_one.use
def _(pool, rng):
    return np.array([float(np.asarray(pool(WINDOW.copy(), rng))) for _ in range(600)])


@draw_one.property(
    "Your result is not always one of the window's numbers. Draw one of them; do not compute a new one.",
    "np.sum(window**2) / np.sum(window)",
    "np.mean(window)",
)
def is_in_the_window(draws):
    return bool(np.isin(draws, WINDOW).all())


@draw_one.property(
    "You always drew the same number. Chance decides here: ask `rng`, and leave its seed alone.",
    "np.max(window)",
    "rng. => np.random.default_rng(0).",
)
def varies(draws):
    return len(set(draws)) > 1


@draw_one.property(
    "From 1, 2, 0, 7 the 7 should come in 70 % of the draws and the 1 in 10 %. In yours the shares are others: the probabilities are the values divided by "
    "their sum, `p=values / values.sum()`.",
    "rng.choice(np.ravel(window))",
)
def is_proportional(draws):
    if len(set(draws)) < 2 or not np.isin(draws, WINDOW).all():
        return True  # said already
    # 600 draws: 0.06 is more than three standard deviations (0.019) of the share of 7.
    return bool(abs(np.mean(draws == 7) - 0.7) < 0.09 and abs(np.mean(draws == 1) - 0.1) < 0.06)


@is_proportional.wrong
def _(window, rng):
    weights = np.exp(np.ravel(window))
    return rng.choice(np.ravel(window), p=weights / weights.sum())


draw_one.also("tf.constant(rng.choice(window.ravel(), p=window.ravel() / window.sum()))")


@draw_one.also
def _(window, rng):
    values = np.sort(np.ravel(window))
    return values[np.searchsorted(np.cumsum(values), rng.uniform(0, values.sum()))]


draw_one.hints = [
    "Flatten the window: `np.ravel(window)`.",
    "`rng.choice(values, p=…)` draws one value; p must add up to 1.",
]
draw_one.why = "A loud answer wins often, a quiet one sometimes, a zero never: noise that works against overfitting."

# May pooling and ReLU swap places? -----------------------------------------------------------------------------------
swaps_with_relu = question(
    "condense/swaps-with-relu",
    "Which of these poolings give the same result before ReLU as after it, for every map? Give a set.",
    {"a", "c"},
    options={
        "a": ("max pooling", "ReLU never changes which of two numbers is larger, so the largest stays the largest."),
        "b": (
            "mean pooling",
            "4, −1, −1, −2: ReLU first gives a mean of 1, ReLU last gives 0. Negatives cancel only in the mean.",
        ),
        "c": ("global max pooling", "It is max pooling with one window as large as the map: the same reason holds."),
        "d": (
            "global average pooling",
            "It is a mean over the whole map: negative numbers cancel positive ones unless ReLU comes first.",
        ),
        "e": (
            "stochastic pooling",
            "Before ReLU a negative number would need a negative probability: the order is not free at all.",
        ),
    },
    hints=[
        "Try the window 4, −1, −1, −2 in both orders.",
        "Which poolings only choose one of the numbers by size, and which compute a new one?",
    ],
    why="Where the order is free, pooling first is thrifty: ReLU then has a quarter of the work.",
)

"""Exercises of *Condense*."""

import random

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question
from coursekit.checks.models import is_model


# The strongest response of each window -------------------------------------------------------------------------------
@exercise("condense/max-pool", points=2)
def max_pool(feature_map, size):
    """Return the largest number of each window of `size` × `size`.

    The windows lie side by side, and the first one starts at the first number.
    A last window that hangs over the edge takes the largest of the numbers
    that are really there.
    """
    rows, columns = feature_map.shape
    return [
        [np.max(feature_map[r : r + size, c : c + size]) for c in range(0, columns, size)] for r in range(0, rows, size)
    ]


@max_pool.probe
def _(rng):
    rows, columns = rng.choice(np.arange(4, 9), 2, replace=False)
    return dict(feature_map=rng.integers(-9, 4, (rows, columns)) / 2, size=rng.integers(2, 5))


@max_pool.strata
def _(feature_map, size):
    whole = all(length % size == 0 for length in feature_map.shape)
    return "whole windows" if whole else "a window hangs over"


def _pooled(feature_map, size, stride, reduce):
    rows, columns = (range(0, length, stride) for length in feature_map.shape)
    return np.array([[reduce(feature_map[r : r + size, c : c + size]) for c in columns] for r in rows])


def _padded(feature_map, size, fill, share=0):
    """Pooled after padding; `share` of the missing rows and columns come first."""
    missing = [-length % size for length in feature_map.shape]
    edges = [(int(share * number), number - int(share * number)) for number in missing]
    return _pooled(np.pad(feature_map.astype(float), edges, constant_values=fill), size, size, np.max)


max_pool.mistakes = {
    "_pooled(feature_map, size, 1, np.max)[: 1 - size, : 1 - size]": "Your windows move one step at a time and overlap. Side by side means that the next one starts {size} further on.",
    "_pooled(feature_map, size, size, np.mean)": "You took the mean of each window. The task asks for the largest number.",
    "_pooled(feature_map, size, size, np.min)": "You took the smallest number of each window. The task asks for the largest.",
    "_pooled(abs(feature_map), size, size, np.max)": "You took absolute values. −4 means that the opposite was seen; it must not come out as 4.",
    "_pooled(feature_map, size, 1, np.max)": "Your windows move one step at a time and overlap. Side by side means that the next one starts {size} further on.",
    "_pooled(feature_map, 2, 2, np.max)": "Your windows are 2×2, whatever `size` says.",
    "_pooled(feature_map, size, size, lambda window: window.ravel()[np.argmax(np.abs(window))])": "You took the number that is farthest from 0, whatever its sign. −4 means that the opposite was seen; 1 is larger.",
    "_pooled(feature_map[:feature_map.shape[0] // size * size, :feature_map.shape[1] // size * size], size, size, np.max)": "You dropped the windows that hang over the edge. The numbers in them count, too: let the last window be smaller.",
    "np.maximum(max_pool(feature_map, size), 0)": "Where a window holds only negative numbers, you return 0. If you search for the largest, start from the window's first number, not from 0.",
    "_padded(feature_map, size, 0)": "You filled the edge with zeros, and a zero beats every negative number. Nothing lies beyond the edge: leave it out.",
    "_padded(feature_map, size, -np.inf, 0.5)": 'Your windows start where the `padding="same"` of Keras puts them: it adds half of the missing rows at the top, and half of the missing columns on the left. Here the first window starts at the first number.',
    "r : r + size, c : c + size => min(r, rows - size) : r + size, min(c, columns - size) : c + size": "You moved the last window back until it is full, so it reads numbers of the window before it again. Let the last window be smaller.",
    "feature_map[::size, ::size]": "You took the first number of each window and did not look at the others. The task asks for the largest.",
    "r : r + size, c : c + size => r : r + size + 1, c : c + size + 1": "Your windows are one row and one column too large. A slice stops before its end, so `r : r + size` has `size` rows.",
    "r : r + size, c : c + size => r : r + size - 1, c : c + size - 1": "Your windows are one row and one column too small. A slice stops before its end, so `r : r + size` has `size` rows.",
    "_pooled(feature_map[:(feature_map.shape[0] - 1) // size * size, :(feature_map.shape[1] - 1) // size * size], size, size, np.max)": "Your last windows are missing, even whole ones. Let the starts run up to the end of the map: `range(0, rows, size)`.",
    "np.trunc(max_pool(feature_map, size))": "Your result holds whole numbers only, but the map has fractions. Do not make an array of integers for it.",
    "np.max(max_pool(feature_map, size), axis=1)": "You have one number for each row of windows. Each window has its own number.",
    "np.transpose(max_pool(feature_map, size))": "Your rows and columns are exchanged. Let the outer loop run over the rows.",
    "np.ravel(max_pool(feature_map, size))": "Your numbers are right, but they stand in one long row. Return a matrix: one list for each row of windows.",
    "for c in range(0, columns, size) => for c in range(0, rows, size)": "Your columns run as far as the rows do, which is right for a square map only. Take both lengths from `feature_map.shape`.",
}
max_pool.also(
    "_padded(feature_map, size, -np.inf)",
    'tf.nn.max_pool2d(np.pad(feature_map.astype("float32"), [(0, -n % size) for n in feature_map.shape], '
    'constant_values=-np.inf)[None, :, :, None], size, size, "VALID")[0, :, :, 0]',
    "np.maximum.reduceat(np.maximum.reduceat(feature_map, range(0, len(feature_map), size), axis=0), "
    "range(0, feature_map.shape[1], size), axis=1)",
)
max_pool.hints = [
    "Where does each window start? `range(0, rows, size)` counts in steps of the window.",
    "`feature_map[r : r + size, c : c + size]` is a window. Slicing stops at the edge by itself.",
    "Take `np.max` of each window, row by row.",
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


to_a_quarter.probe(lambda rng: dict(size=4 * rng.choice([2, 3, 5]), channels=rng.integers(2, 5)))
to_a_quarter.example(size=24, channels=3)


@to_a_quarter.use
def _(build, size, channels):
    """The model; at size 24 what it makes of negative numbers, for among 16 random ones the largest is hardly ever one."""
    model = build(size, channels)
    if size != 24 or not is_model(model):
        return model
    shape = (2, size, size, channels)
    pooled = np.asarray(model(-1 - np.random.default_rng(0).random(shape, dtype="float32"), training=False))
    said = getattr(model, "input_shape", None) or shape
    if any(have not in (None, want) for have, want in zip(said[1:], shape[1:], strict=True)):
        raise ValueError(f"the model says that it takes maps of shape {said[1:]}, not {shape[1:]}")
    return pooled[0, ..., 0]


_INSTEAD = {
    "layers.AveragePooling2D(4)": "Your model averages. The shapes fit and the numbers do not: the task asks for the largest of each block, `layers.MaxPool2D`.",
    "layers.MaxPool2D(2), layers.AveragePooling2D(2)": "Your second pool averages. The largest of 4×4 is the largest of four largest numbers, so take `layers.MaxPool2D` twice.",
    "layers.MaxPool2D(2)": "You pooled once by 2, so the sides are halved. To reach a quarter, pool a second time or use a window of 4.",
    "layers.MaxPool2D(2), layers.MaxPool2D(2), layers.MaxPool2D(2)": "You pooled three times by 2, which leaves an eighth of the side. Two times make a quarter.",
    "layers.MaxPool2D(4), layers.ReLU()": "Your ReLU turns a negative largest number into 0. The task asks for the largest of each block: pool only.",
    "layers.MaxPool2D(4, strides=1)": "Your window is 4 wide and moves 1 at a time, so hardly anything gets smaller. Leave `strides` out, or set it to 4.",
    "layers.MaxPool2D(4, strides=2)": "Your windows of 4 move 2 at a time, so they overlap, and about half of the side is left. Leave `strides` out, or set it to 4.",
    "layers.MaxPool2D(2, strides=4)": "Your windows are 2 wide and move 4 at a time. The shape fits, but they skip pixels: a block of 4×4 needs a window of 4.",
    "layers.MaxPool2D(size // 4)": "Your window is a quarter of the map, so 4×4 numbers come out, whatever the size. The window itself has to be 4.",
    "layers.GlobalMaxPooling2D()": "You pooled the whole map into one number per channel. Here a map should stay, with a quarter of the side.",
}
to_a_quarter.mistakes = {f"layers.MaxPool2D(2), layers.MaxPool2D(2) => {it}": text for it, text in _INSTEAD.items()}
to_a_quarter.mistakes = {
    "size, size, channels)) => 8, 8, channels))": "Your model says that it takes maps of another shape than (size, size, channels). Use the arguments: `keras.Input((size, size, channels))`."
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
    "What does one `layers.MaxPool2D(2)` make of 16 rows? And two of them?",
]
to_a_quarter.why = "Two small pools make a large one: the largest of four largest numbers is the largest of sixteen."


# What lies beyond the edge? ------------------------------------------------------------------------------------------
keeps_negatives = question(
    "condense/keeps-negatives",
    "A map of 2×2 holds −3, −1, −2, −4, and one window covers it. After which of these is the number that comes out negative? Answer with a set of "
    "letters. (Mean pooling takes the average where max pooling takes the largest.)",
    {"a", "b", "d"},
    options={
        "a": ("max pooling", "The largest of four negative numbers is negative: −1."),
        "b": ("mean pooling", "The mean of four negative numbers is negative: −2.5."),
        "c": ("ReLU, then max pooling", "ReLU sets all four to 0 first, and the largest of four zeros is 0."),
        "d": ('max pooling with `padding="same"`, in one window of 3×3, which hangs over the edge', "What Keras adds there never wins, so −1 comes out."),
        "e": ("max pooling in one window of 3×3, after the map was filled up to 3×3 with zeros", "A zero is larger than all four, so 0 comes out."),
    },
    hints=[
        "Compute each of them for these four numbers.",
        "Does Keras put zeros beyond the edge, or something that never wins?",
    ],
    why="The largest or the mean of negative numbers is negative. Only ReLU, or zeros from outside, can turn it into 0.",
)  # fmt: skip

first_same_window = question(
    "condense/first-same-window",
    'Seven numbers are pooled in windows of 3 with `padding="same"`. Three windows need nine places, so Keras adds two. At which place does the first '
    "window start, if the seven numbers stand at places 0 to 6?",
    -1,
    mistakes={
        0: "That is where our own windows start. Keras does not add both places at the right end.",
        -2: "That would be so if Keras added both places at the left end.",
        1: "Then the number at place 0 would be in no window. The added places lie outside the line, to the left of 0.",
    },
    hints=[
        "Keras adds two places. How would you share them between the two ends?",
        "Half of two is one: one place to the left of place 0.",
    ],
    why="The same seven numbers fall into other windows, so other numbers may come out.",
)


@exercise("condense/mend-edge")
def pool_line(values, size):
    """Max-pool a line of numbers in windows of `size`, side by side; the last
    may be shorter.

    For some lines the last number is wrong. Fix the function so that it is
    right for every line.
    """
    missing = -len(values) % size
    edge = np.full(missing, -np.inf)
    padded = np.concatenate([np.asarray(values, dtype=float), edge])
    return padded.reshape(-1, size).max(axis=1)


pool_line.start("np.full(missing, -np.inf) => np.zeros(missing)")
pool_line.probe(lambda rng: dict(values=rng.integers(-9, 3, rng.integers(5, 11)), size=rng.integers(2, 5)))
pool_line.example(values=np.array([-3, -1, -4, -1, -5]) / 2, size=2)
pool_line.example(values=np.array([-2e12, -1e12, -3e12, -5e12]), size=3)
pool_line.strata(lambda values, size: "whole windows" if len(values) % size == 0 else "the last is shorter")


def _filled(values, size, fill):
    return pool_line(np.concatenate([values, np.resize(fill, -len(values) % size)]), size)


_MIRRORED = "You mirrored the end of the line into the gap. Numbers of the window before may come in, and win."
_LOW = "You filled the gap with a fixed low number. A line may hold lower ones: what is smaller than every number?"
pool_line.mistakes = {f"_filled(values, size, {low})": _LOW for low in ("-999", "-1e9")}
pool_line.mistakes = {
    "pool_line(values[: len(values) // size * size], size)": "You cut the last window off. Its numbers are really there, so the result needs a number for them.",
    "pool_line(np.trunc(values), size)": "You cut the numbers down to whole ones. A line may hold fractions: keep `dtype=float`.",
    "pool_line(np.abs(values), size)": "You took absolute values. −4 means that the opposite was seen; it must not come out as 4.",
    "_filled(values, size, 1)": "You filled the gap with ones, and a one beats every smaller number. What can never win?",
    "_filled(values, size, -1)": "You filled the gap with −1, which still beats −2. What is smaller than every number?",
    "_filled(values, size, np.mean(values))": "You filled the gap with the mean of the line, which may be larger than all numbers of the last window.",
    "_filled(values, size, np.max(values))": "You filled the gap with the largest number of the line, so the last window always returns that one.",
    "_filled(values, size, values[0])": "You filled the gap with the start of the line. Those numbers belong to another window and may win here.",
    "_filled(values, size, values)": "You filled the gap with the start of the line. Those numbers belong to another window and may win here.",
    "_filled(values, size, np.nan)": "You filled the gap with NaN. The maximum of numbers and a NaN is NaN.",
    "_filled(values, size, np.inf)": "You filled the gap with +∞, which always wins. What always loses?",
    "_filled(values, size, np.median(values))": "You filled the gap with the median of the line, which may be larger than all numbers of the last window.",
    'pool_line(np.pad(values, (0, -len(values) % size), mode="reflect"), size)': _MIRRORED,
    'pool_line(np.pad(values, (0, -len(values) % size), mode="symmetric"), size)': _MIRRORED,
    "missing = -len(values) % size => missing = len(values) % size": "You add as many places as numbers are left over. What is missing is the rest of the last window: `-len(values) % size`.",
    "[part.max() for part in np.array_split(values, -(-len(values) // size))]": "`np.array_split` makes parts of about equal length. Here every window has `size` numbers, and only the last may have fewer.",
    "pool_line(np.concatenate([np.full(-len(values) % size // 2, -np.inf), values]), size)": 'Your windows start where the `padding="same"` of Keras puts them, with half of the missing places in front. Here the first window starts at the first number.',
    "pool_line(np.concatenate([np.zeros(-len(values) % size), values]), size)": "You put zeros in front of the line. Now every window starts earlier, and a zero may win in the first one.",
    "pool_line(np.concatenate([np.full(-len(values) % size, -np.inf), values]), size)": "You put the filling in front of the line, so every window starts earlier. It belongs at the end.",
}
pool_line.also(
    "[max(values[start : start + size]) for start in range(0, len(values), size)]",
    "_filled(values, size, values[-1])",
    "tf.constant(_filled(values, size, values.min()))",
)
pool_line.hints = [
    "Try five negative numbers and windows of 2. Which number of the result cannot be the largest of its window?",
    "What you put into the gap must lose against every number. Which value is smaller than all others?",
]
pool_line.excused = {
    "np.asarray(values, dtype=float) → np.asarray(values)": "joining with −inf makes floats anyway",
    "1 → 2": "NumPy reads every negative length as: whatever fits",
}
pool_line.why = "Padding with −∞ is safe: the edge never adds a response that was not there."


# How often does a shift change nothing? ------------------------------------------------------------------------------
@exercise("condense/unchanged-shifts")
def unchanged_shifts(n, size):
    """A bright dot on a line of n pixels moves 1 to the right. Windows of
    `size` lie side by side from pixel 0.

    From how many of its n − 1 starts does max pooling give the same line as
    before?
    """
    return sum(start // size == (start + 1) // size for start in range(n - 1))


unchanged_shifts.probe(lambda rng: dict(n=rng.integers(5, 30), size=rng.integers(2, 7)))
unchanged_shifts.example(n=12, size=3)
unchanged_shifts.example(n=16, size=3)
_ENDLESS = "The share 1 − 1/p holds on an endless line. On this one, count: the last window may be shorter, and the last pixel is no start."
unchanged_shifts.mistakes = {
    "n // size": "You counted the windows. The task asks for the starts from which the dot stays in its window.",
    "1 - 1 / size": "You returned the share on an endless line. The task asks for the number of starts.",
    "n * (1 - 1 / size)": _ENDLESS,
    "-(-n // size) * (size - 1)": "You took every window for a whole one. The last may be shorter.",
    "[start for start in range(n - 1) if start // size == (start + 1) // size]": "You returned the starts themselves. Count them.",
    "n - 1": "You counted all starts. A dot on the last pixel of its window steps into the next one.",
    "n - 1 - unchanged_shifts(n, size)": "You counted the starts from which something changes. The task asks for the others.",
    "unchanged_shifts(n + 1, size)": "Your count is one too large, as if the dot could also start on the last pixel. From there it would leave the line: the starts are 0 to n − 2.",
    "n - 1 - n // size": "When the last window is whole, your count takes the end of the line for a border that the dot crosses. It never does: the starts are 0 to n − 2.",
    "n // size * (size - 1)": "You counted whole windows only. The last one may be shorter, and a dot can move inside it as well.",
    "(n - 1) // size * (size - 1)": "You counted `(n - 1) // size` windows. The one after them has starts that change nothing, too.",
    "size - 1": "You counted the starts in one window. The line has more than one.",
    "n // 2": "You said half of n. In a window wider than 2, most starts do not reach the next window.",
    "int(np.ceil((n - 1) * (1 - 1 / size)))": "Your formula is right, but 1/size is rounded, and so `ceil` gives one too many for some lines. Divide whole numbers: `(n - 1) // size`.",
    "(n - 1) // 2": "You said half of the starts. In a window wider than 2, most starts do not reach the next window.",
    "(n - 1) * (1 - 1 / size)": _ENDLESS,
    "int((n - 1) * (1 - 1 / size))": "For most lines your count is one too small. Either your starts end before n − 2, or you rounded a share down.",
    "round((n - 1) * (1 - 1 / size))": _ENDLESS,
    "unchanged_shifts(n, size) / (n - 1)": "You returned the share. The task asks for the number of starts.",
}
unchanged_shifts.also("(n - 1) - (n - 1) // size", "n - -(-n // size)")
unchanged_shifts.hints = [
    "In which window does a dot at pixel i lie? `i // size` numbers the windows.",
    "Nothing changes exactly when i and i + 1 lie in the same window.",
    "Count over the starts 0 to n − 2: from the last pixel it cannot move.",
]
unchanged_shifts.why = "For a single dot, max pooling forgives the moves that stay inside a window, and no others."

shifted_circle = question(
    "condense/shifted-circle",
    "A large circle moves 1 pixel to the right. Its map is max-pooled in windows of 2×2. What will you see?",
    "c",
    options={
        "a": ("The pooled map stays exactly the same.", "Parts of the rim cross from one window into the next, and there the map changes."),
        "b": ("The whole pooled map moves 1 to the right.", "One step in the pooled map is two pixels. The circle moved by half of that."),
        "c": ("Some entries stay, others change.", "A response that stays in its window changes nothing, and one that crosses a border does."),
        "d": ("The circle is no longer found.", "Its strongest responses are still there, in the same window or in the next."),
    },
    hints=[
        "Think of one dot on the circle's rim. From which columns does it leave its window?",
        "Half of all columns are the last of their window.",
    ],
    why="Pooling makes a map less sensitive to small shifts. It does not make it blind to them.",
)  # fmt: skip

# The mean, and one number per channel --------------------------------------------------------------------------------
global_shape = question(
    "condense/global-shape",
    "Maps of shape (None, 16, 32, 8) go through `layers.GlobalAveragePooling2D()`. What shape comes out? (The axes are batch, rows, columns, channels. "
    "None stands for a batch of any size.)",
    (None, 8),
    mistakes={
        (None, 16, 32): "You kept one number per place. The pool averages over the places and keeps the 8 channels.",
        (None, 4096): "You put all numbers into a row, as `Flatten` does. The pool leaves one number per channel.",
        (None, 16 * 32): "You averaged over the channels. The pool averages over the places and keeps the 8 channels.",
        (None, 16, 8): "You averaged over the columns only. The pool averages over rows and columns.",
        (None, 32, 8): "You averaged over the rows only. The pool averages over rows and columns.",
        (None, 1): "You pooled over the channels, too. Each channel looked for something else, so they stay apart.",
        (
            None,
            1,
            1,
            8,
        ): "You kept axes of length 1. `GlobalAveragePooling2D` drops them, unless you say `keepdims=True`.",
        (None, 8, 16, 8): "That is what a pool of 2×2 leaves. Here one window covers the whole map.",
        (8, None): "The batch is the first axis, as it was before.",
        (1, 8): "That is a batch of one picture. The pool leaves the batch as it is: a batch of any size.",
        (8,): "You left out the batch. Its size is not known yet, but its axis is there, as None.",
    },
    also=[[None, 8]],
    hints=[
        "One window covers the whole map. How many numbers does that leave for each channel?",
        "The batch stays as it is: None.",
    ],
    why="Pictures of any size give a vector of one length, so a Dense layer can follow.",
)


@exercise("condense/global-average")
def global_average(maps):
    """Return one number per channel, the mean of its whole map.

    `maps` is an array of shape (rows, columns, channels).
    """
    return np.mean(maps, axis=(0, 1))


@global_average.probe
def _(rng):
    rows, columns, channels = rng.choice(np.arange(2, 6), 3, replace=False)
    return dict(maps=rng.integers(0, 20, (rows, columns, channels)) / 2)


global_average.example(maps=np.arange(-8, 4).reshape(2, 2, 3))
global_average.mistakes = {
    "np.maximum(maps.mean(axis=(0, 1)), 0)": "You turned a negative mean into 0. The task asks for the mean alone, with no ReLU.",
    "np.maximum(maps, 0).mean(axis=(0, 1))": "You set the negative numbers to 0 first. The task asks for the mean of the map as it is, with no ReLU.",
    "abs(maps).mean(axis=(0, 1))": "You took absolute values. Negative numbers count as they are.",
    "np.trunc(maps.mean(axis=(0, 1)))": "Your means are whole numbers: the fractions are cut off. Do not make an array of integers for them.",
    "maps.mean(axis=-1)": "You averaged over the channels and kept the places. Axes 0 and 1 are the places.",
    "maps.mean()": "You averaged everything into one number. Each channel looked for something else: keep them apart.",
    "maps.sum(axis=(0, 1))": "You added and did not divide, so a larger picture gives larger numbers. Divide by the number of places.",
    "maps.max(axis=(0, 1))": "You took the largest number of each map. That is global max pooling; the mean counts every place.",
    "np.median(maps, axis=(0, 1))": "You took the median of each map. The task asks for the mean.",
    "maps.mean(axis=0)": "You averaged over the rows only. The places are rows and columns: axes 0 and 1.",
    "maps.mean(axis=1)": "You averaged over the columns only. The places are rows and columns: axes 0 and 1.",
    "maps.mean(axis=(1, 2))": "You averaged over axes 1 and 2, as if axis 0 were the batch or the channels. Here the channels are the last axis.",
    "maps.mean(axis=(0, 2))": "You kept the columns. The channels are the last axis.",
    "maps.mean(axis=(0, 1), keepdims=True)": "Your numbers are right, but you kept axes of length 1. Return a vector with one number per channel.",
    "maps.mean(axis=(0, 1))[None]": "Your numbers are right, but a batch axis is left over. Take `[0]`.",
    "maps.reshape(maps.shape[-1], -1).mean(axis=1)": "`reshape` cut the numbers into as many pieces as there are channels, but each piece holds numbers of all channels. Let the channels stay the last axis: `maps.reshape(-1, maps.shape[-1])`.",
    "maps.sum(axis=(0, 1)) / maps.shape[0]": "You divided by the number of rows only. A map has rows times columns places.",
    "maps.sum(axis=(0, 1)) / maps.shape[1]": "You divided by the number of columns only. A map has rows times columns places.",
    "maps.sum(axis=(0, 1)) / maps.shape[0] ** 2": "You divided by the number of rows squared, which is right for a square map only. A map has rows times columns places.",
    "maps.sum(axis=(0, 1)) // (maps.shape[0] * maps.shape[1])": "`//` cuts the fractions off. Divide with `/`.",
    "maps.sum(axis=(0, 1)) / (maps.shape[0] + maps.shape[1])": "You divided by rows plus columns. A map has rows times columns places.",
    "maps.sum(axis=(0, 1)) / maps.size": "You divided by all numbers of all channels. Each mean is over the places of one map: rows times columns.",
}
global_average.also(
    "layers.GlobalAveragePooling2D()(maps[None])[0]", "[float(maps[..., c].mean()) for c in range(maps.shape[-1])]"
)
global_average.hints = [
    "Which of the three axes should still be there at the end?",
    "`np.mean` takes several axes at once: `axis=(…, …)`.",
]
global_average.why = "What is left says how much of each pattern is in the picture, and nothing about where."


# Draw at random: stochastic pooling ----------------------------------------------------------------------------------
@exercise("condense/stochastic-pool", points=2, compare=False)
def draw_one(window, rng):
    """Draw one number of the window at random, with a probability proportional
    to it.

    `window` is a matrix of numbers of 0 or more, not all 0. `rng` is a NumPy
    generator, such as `ck.rng()`; use no other source of random numbers.
    """
    values = np.ravel(window)
    return rng.choice(values, p=values / values.sum())


WINDOW, TWINS = np.array([[1.0, 2.0], [0.0, 7.0]]), np.array([[3.0, 0.0, 3.0], [0.0, 0.0, 4.0]])


@draw_one.use
def _(draw, rng):
    seed = int(rng.integers(2**32))

    def drawn(window, rng):  # as a grader does, with every other source of chance at its start
        random.seed(0)
        np.random.seed(0)
        got = np.asarray(draw(window.copy(), rng))
        return float(got.squeeze()) if got.size == 1 and got.dtype.kind in "biuf" else np.nan  # not one number

    def draws(window, times, rng):
        return np.array([drawn(window, rng) for _ in range(times)])

    return [
        draws(WINDOW, 800, np.random.default_rng(seed)),
        draws(TWINS, 800, np.random.default_rng(seed)),
        draws(WINDOW, 60, np.random.default_rng(seed)),  # the same again?
        draws(WINDOW, 60, np.random.default_rng(seed + 1)),  # and now others?
    ]


def _is_a_draw(draws):
    return bool(np.isin(draws[0], WINDOW).all() and np.isin(draws[1], TWINS).all()) and len(set(draws[0])) > 1


@draw_one.property(
    "Your result is not always one of the window's numbers. Draw one of them, and return it as it is.",
    "np.sum(window**2) / np.sum(window)",
    "np.mean(window)",
    "rng.choice(window.ravel() / window.sum(), p=window.ravel() / window.sum())",
    "rng.choice(window.size, p=window.ravel() / window.sum())",
)
def is_in_the_window(draws):
    return bool(np.isin(draws[0], WINDOW).all() and np.isin(draws[1], TWINS).all())


@draw_one.property(
    "You always returned the same number, or drew from another source than `rng`, which a check sets back before each call. Ask `rng` itself, for example `rng.choice`.",
    "np.max(window)",
    "rng. => np.random.default_rng(0).",
    "rng. => np.random.",
)
def varies(draws):
    return len(set(draws[0])) > 1 or not np.isin(draws[0], WINDOW).all()


@draw_one.property(
    "Your draws do not come from `rng`: another seed of it changes nothing, or the same seed gives other draws. Ask `rng` itself, for example `rng.choice`.",
    "rng. => np.random.default_rng().",
)
def asks_rng(draws):
    repeated, renewed = np.array_equal(draws[0][:60], draws[2]), not np.array_equal(draws[0][:60], draws[3])
    return not _is_a_draw(draws) or bool(repeated and renewed)


@draw_one.property(
    "From 1, 2, 0, 7 the 7 should come in 70 % of the draws, the 1 in 10 % and the 0 never. Your shares are different. The probabilities are the values divided by their "
    "sum, `p=values / values.sum()`.",
    "rng.choice(np.ravel(window))",
    "rng.choice(np.ravel(window), p=np.exp(np.ravel(window)) / np.exp(window).sum())",
    "rng.choice(np.ravel(window), p=np.ravel(window) ** 2 / np.sum(window**2))",
    "rng.choice(np.ravel(window), p=np.ravel(window + 0.5) / np.sum(window + 0.5))",
)
def is_proportional(draws):
    # 800 draws: 0.06 is more than five standard deviations of the share of 1 (0.011), 0.09 of the share of 7 (0.016).
    fits = abs(np.mean(draws[0] == 7) - 0.7) < 0.09 and abs(np.mean(draws[0] == 1) - 0.1) < 0.06
    return not _is_a_draw(draws) or bool(fits and 0 not in draws[0])


@draw_one.property(
    "In a window of 2×3 that holds 3, 0, 3 and 0, 0, 4, the last number is never drawn. Let your code read all numbers, whatever the window's size.",
    "np.ravel(window)[rng.choice(4, p=np.ravel(window)[:4] / np.ravel(window)[:4].sum())]",
)
def reads_all(draws):
    return not is_proportional.holds(draws) or not _is_a_draw(draws) or 4 in draws[1]


@draw_one.property(
    "A 3 that stands in the window twice should come in 60 % of the draws from 3, 3, 0, 4. Does your code drop the second 3, as `np.unique` and `set` do?"
)
def counts_twins(draws):
    fits = 4 not in draws[1] or abs(np.mean(draws[1] == 3) - 0.6) < 0.09
    return not is_proportional.holds(draws) or not _is_a_draw(draws) or bool(fits)


@counts_twins.wrong
def _(window, rng):
    values = np.unique(window)
    return rng.choice(values, p=values / values.sum())


draw_one.also(
    "tf.constant(rng.choice(window.ravel(), p=window.ravel() / window.sum()))",
    "rng.choice(window.ravel(), size=1, p=window.ravel() / window.sum())",
    "np.ravel(window)[np.searchsorted(np.cumsum(window), rng.uniform(0, window.sum()), side='right')]",
)
draw_one.hints = [
    "Flatten the window: `np.ravel(window)`.",
    "`rng.choice(values, p=…)` draws one value. The numbers in p must add up to 1.",
]
draw_one.why = "A strong response comes out often, a weak one sometimes, a zero never."

# May pooling and ReLU swap places? -----------------------------------------------------------------------------------
swaps_with_relu = question(
    "condense/swaps-with-relu",
    "Which of these poolings give the same result before ReLU as after it, for every map? Answer with a set of letters.",
    {"a", "c"},
    options={
        "a": ("max pooling", "ReLU never reverses the order of two numbers, so the largest stays the largest."),
        "b": ("mean pooling", "Take 4, −1, −1, −2: with ReLU first the mean is 1, with ReLU last it is 0. In the mean, negative numbers cancel positive ones."),
        "c": ("global max pooling", "It is max pooling with one window as large as the map."),
        "d": ("global average pooling", "It is a mean over the whole map: negative numbers cancel positive ones unless ReLU comes first."),
        "e": ("stochastic pooling", "Before ReLU, a negative number would need a negative probability. So ReLU has to come first."),
    },
    hints=[
        "Try the window 4, −1, −1, −2 in both orders.",
        "Which poolings only choose one of the numbers by size, and which compute a new one?",
    ],
    why="Where the order is free, pooling first leaves ReLU less to do: with 2×2 windows, a quarter of the numbers.",
)  # fmt: skip

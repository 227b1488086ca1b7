"""Exercises of *Filter and detect*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit import datasets
from coursekit.checks import exercise, question
from coursekit.checks.training import watched

# One window at a time ------------------------------------------------------------------------------------------------
map_shape = question(
    "filter-detect/map-shape",
    "A 2×2 kernel slides over a 6×6 image. What is the shape of the feature map: (rows, columns)?",
    (5, 5),
    mistakes={
        (6, 6): "That is the image's own shape. The last window starts one row before the last: 6 starts do not fit.",
        (4, 4): "You subtracted the whole kernel. A window that starts at row 4 still fits: it reads rows 4 and 5.",
        (3, 3): "You let the kernel jump by its own width. Here it moves one pixel at a time, so windows overlap.",
    },
    also=[[5, 5]],
    hints=[
        "Where does the first window start, and where must the last one start so that it still fits?",
        "Count the starts from 0 to 6 − 2, both included.",
    ],
    why="Every layer is built for exactly the shape that the layer before it writes.",
)

first_row = question(
    "filter-detect/first-row",
    "The kernel [[1, -1], [1, -1]] slides over the image above. Which five numbers stand in the map's first row?",
    [-2, 2, 0, 0, 0],
    mistakes={
        (
            2,
            -2,
            0,
            0,
            0,
        ): "Your signs are those of a turned kernel. Lay the kernel on the window as it stands: 1 on the left, −1 on the right.",
        (-1, 1, 0, 0, 0): "You used one row of the kernel. It has two: both products of each column count.",
        (0, 2, 0, 0, 0): "You turned negative sums into 0. That is ReLU, the next step; the filter alone keeps them.",
    },
    also=[np.array([-2.0, 2.0, 0.0, 0.0, 0.0])],
    hints=[
        "The first window holds 0 and 1 in both of its rows. Multiply number by number, then add.",
        "0·1 + 1·(−1) + 0·1 + 1·(−1) is the first number. Move one pixel to the right for the next.",
    ],
    why="Bright on the left of a window gives +, bright on the right −, the same on both sides 0: this kernel sees change.",
)


@exercise("filter-detect/slide", points=2)
def slide_by_hand(image, kernel):
    """Slide `kernel` over `image` (both matrices) and return the feature map,
    in NumPy, without `tf.nn.conv2d`.
    """
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    feature_map = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            feature_map[row, column] = np.sum(image[row : row + height, column : column + width] * kernel)
    return feature_map


@slide_by_hand.probe
def _(rng):
    height, width = rng.integers(1, 4, size=2)
    rows, columns = rng.integers(3, 8, size=2)
    return dict(image=rng.integers(0, 10, (rows, columns)), kernel=rng.integers(-3, 4, (height, width)))


slide_by_hand.mistakes = {
    "slide_by_hand(image, kernel[::-1, ::-1])": (
        "You turned the kernel by half a turn, as mathematicians do. TensorFlow does not: lay it on the window as it stands."
    ),
    "slide_by_hand(image, kernel)[:-1, :-1]": (
        "Your map ends one row and one column too early. The last window starts at `image rows - kernel rows`, and `range` stops before its end: add 1."
    ),
    "slide_by_hand(image, kernel) / kernel.size": (
        "You divided by the number of weights. The kernel decides how much each pixel counts: add the products, no more."
    ),
}


@slide_by_hand.mistake(
    "You multiplied rows by columns (`@`). Under a window each pixel meets only the number that lies on it: use `*`, then add."
)
def _(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows @ kernel).sum(axis=(2, 3))


@slide_by_hand.mistake(
    "Your map is as large as the image, because zeros were put around it. Here only windows that lie wholly inside count."
)
def _(image, kernel):
    padded = np.pad(image, [((size - 1) // 2, size // 2) for size in kernel.shape])
    return slide_by_hand(padded, kernel)


@slide_by_hand.also
def _(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("rcij,ij->rc", windows, kernel)


@slide_by_hand.also
def _(image, kernel):
    pictures, filters = (np.asarray(a, dtype="float32") for a in (image[None, ..., None], kernel[..., None, None]))
    return tf.nn.conv2d(pictures, filters, 1, "VALID")[0, :, :, 0]


slide_by_hand.hints = [
    "How many windows fit below each other, how many side by side? That is the shape of the map.",
    "`image[row : row + height, column : column + width]` cuts out one window.",
    "Multiply the window by the kernel with `*` and add everything with `np.sum`.",
]
slide_by_hand.why = "This loop is all that a convolution layer computes; the rest of the layer is speed."
slide_by_hand.excused = {"np.zeros → np.ones": "every entry of the map is written afterwards"}


# The same numbers from TensorFlow ------------------------------------------------------------------------------------
@exercise("filter-detect/filter-and-detect", points=2, probes=4)
def filter_and_detect(image, kernel):
    """Filter with `tf.nn.conv2d` (stride 1, whole windows only), then detect
    with ReLU.

    `image` and `kernel` are matrices of whole numbers. Return two matrices:
    the filtered map and the detected map.
    """
    pictures = tf.reshape(tf.cast(image, tf.float32), [1, *image.shape, 1])
    kernels = tf.reshape(tf.cast(kernel, tf.float32), [*kernel.shape, 1, 1])
    filtered = tf.nn.conv2d(pictures, kernels, strides=1, padding="VALID")[0, :, :, 0]
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.probe
def _(rng):
    height, width = rng.integers(2, 4, size=2)
    rows, columns = rng.integers(5, 8, size=2)
    return dict(image=rng.integers(0, 10, (rows, columns)), kernel=rng.integers(-3, 4, (height, width)))


filter_and_detect.mistakes = {
    "tuple(result[None, :, :, None] for result in filter_and_detect(image, kernel))": (
        "Your maps still carry the axes for batch and channel. Take them off: `[0, :, :, 0]` or `tf.squeeze`."
    ),
    "filter_and_detect(image, kernel)[::-1]": "Your two maps stand in the other order: first the filtered map, then the detected one.",
}


@filter_and_detect.mistake(
    "Your second map still holds negative numbers, so it is the filtered map again. Detecting sets them to 0."
)
def _(image, kernel):
    filtered, _ = filter_and_detect(image, kernel)
    return filtered, filtered


@filter_and_detect.mistake(
    "You made negative numbers positive. ReLU sets them to 0: otherwise the opposite edge counts as found, too."
)
def _(image, kernel):
    filtered, _ = filter_and_detect(image, kernel)
    return filtered, tf.abs(filtered)


@filter_and_detect.mistake(
    "Your maps are as large as the image: `SAME` puts zeros around it. Whole windows only means `VALID`."
)
def _(image, kernel):
    pictures, kernels = image[None, :, :, None].astype("float32"), kernel[:, :, None, None].astype("float32")
    filtered = tf.nn.conv2d(pictures, kernels, strides=1, padding="SAME")[0, :, :, 0]
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.mistake(
    "ReLU came first: you set the kernel's negative numbers to 0 before filtering, and with them half of what it can see."
)
def _(image, kernel):
    filtered, _ = filter_and_detect(image, np.maximum(kernel, 0))
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.also
def _(image, kernel):
    filtered = slide_by_hand(image, kernel)
    return [filtered.tolist(), np.maximum(filtered, 0)]


filter_and_detect.hints = [
    "`tf.nn.conv2d` wants four axes: the image as (batch, rows, columns, channels), the kernel as (rows, columns, in, out).",
    "It wants floats: `tf.cast(image, tf.float32)`.",
    "`result[0, :, :, 0]` takes the axes of batch and channel off again.",
]
filter_and_detect.why = 'A `Conv2D` layer with `activation="relu"` is these two steps, with a bias between them.'


# What nine numbers can see -------------------------------------------------------------------------------------------
@exercise("filter-detect/upright-edges", compare=False)
def upright_edges():
    """Return a 3×3 kernel that answers upright edges: above 0 where it is dark
    left and bright right, 0 elsewhere.
    """
    return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@upright_edges.use
def _(kernel, rng):
    return np.asarray(kernel(), dtype=float)


@upright_edges.property(
    "The kernel is not a matrix of 3 rows and 3 columns. Write it as a list of three lists of three numbers.",
    "[-1, 0, 1]",
)
def three_by_three(kernel):
    return kernel.shape == (3, 3)


@upright_edges.property(
    "On an evenly gray wall your kernel does not answer 0. Its nine numbers must add up to 0, or it sees brightness instead of change.",
    "[[-1, 0, 1], [-1, 1, 1], [-1, 0, 1]]",
)
def blind_to_brightness(kernel):
    return kernel.shape != (3, 3) or abs(kernel.sum()) < 1e-6


@upright_edges.property(
    "Where it is dark on the left and bright on the right your kernel does not answer above 0. Its weights must grow from the left column to the right one.",
    "[[1, 0, -1], [2, 0, -2], [1, 0, -1]]",
    "[[0, 0, 0], [0, 0, 0], [0, 0, 0]]",
)
def sees_the_edge(kernel):
    return kernel.shape != (3, 3) or (kernel[:, 2].sum() > 1e-6 and kernel[:, 1:].sum() > 1e-6)


@upright_edges.property(
    "Your kernel also answers edges that lie flat, bright above or below. Each row must add up to 0, so that rows cannot differ.",
    "[[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]",
)
def blind_to_flat_edges(kernel):
    return kernel.shape != (3, 3) or bool(np.all(np.abs(kernel.sum(axis=1)) < 1e-6) or abs(kernel.sum()) > 1e-6)


upright_edges.also("[[-1, 0, 1]] * 3", "np.outer([1, 1, 1], [-0.5, 0, 0.5])")
upright_edges.hints = [
    "Lay the kernel on a window whose left column is 0 and whose other columns are 1. What must the sum be?",
    "Negative numbers on the left, positive ones on the right.",
    "So that a wall gives 0, what you add on the right must be taken away on the left, row by row.",
]
upright_edges.why = "A kernel with sum 0 sees change alone; its direction is the direction in which its numbers grow."

on_the_wall = question(
    "filter-detect/on-the-wall",
    "A kernel whose numbers add up to 0 slides over an evenly gray wall. What does it write?",
    "c",
    options={
        "a": ("the wall's gray, unchanged", "That is a kernel whose numbers add up to 1, such as a blur."),
        "b": (
            "a larger number for a brighter wall",
            "Each pixel is the same gray g, so the sum is g · 0, however bright.",
        ),
        "c": (
            "0 everywhere",
            "The same gray times numbers that add up to 0 is 0: the kernel sees change, not brightness.",
        ),
        "d": (
            "0, except along the image's border",
            "Whole windows only: no window reaches over the border, so none differs.",
        ),
    },
    hints=[
        "Call the wall's gray g and take it out of the sum.",
        "g times (the sum of the kernel's numbers): what is that here?",
    ],
    why="This is why edge kernels work in the dark and in bright light alike.",
)


# Detect with ReLU ----------------------------------------------------------------------------------------------------
@exercise("filter-detect/detect")
def detect(filtered, threshold):
    """Keep of a filtered map what lies above `threshold`, less the threshold;
    everything else becomes 0.
    """
    return np.maximum(filtered - threshold, 0)


detect.probe(
    lambda rng: dict(filtered=np.round(rng.normal(0, 2, (3, 4)), 1), threshold=round(float(rng.uniform(0.2, 1.5)), 1))
)
detect.mistakes = {
    "np.where(filtered > threshold, filtered, 0)": (
        "You kept the full numbers above the threshold. A bias of −threshold is added before ReLU, so each is smaller by it."
    ),
    "np.maximum(filtered + threshold, 0)": "You added the threshold. A bias that makes a detector stricter is negative: subtract.",
    "np.maximum(filtered, 0) - threshold": "ReLU came first, so the subtraction makes negative numbers again. Subtract first, then set to 0.",
    "(filtered > threshold).astype(float)": "You answered only yes or no (1 or 0). ReLU also keeps how strongly the feature was seen.",
    "np.maximum(np.abs(filtered) - threshold, 0)": "Strong negative numbers came through, too. They mean the opposite of what the kernel looks for: 0.",
}
detect.also("tf.nn.relu(filtered - threshold)", "np.where(filtered > threshold, filtered - threshold, 0).tolist()")
detect.hints = [
    "Which number must come out exactly at the threshold? And a little above it?",
    "ReLU(x + b) with b = −threshold.",
]
detect.why = "The bias of a layer is a threshold with the sign turned: x + b > 0 exactly when x > −b."


# Convolution or cross-correlation? -----------------------------------------------------------------------------------
@exercise("filter-detect/mend-turned")
def find_edges(image, kernel):
    """Filter and detect as TensorFlow does. For some kernels the map is right,
    for others it is not: mend it.
    """
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    filtered = np.sum(windows * kernel, axis=(2, 3))
    return np.maximum(filtered, 0)


find_edges.start("kernel, => kernel[::-1, ::-1],")


@find_edges.probe
def _(rng):
    rows, columns = rng.integers(4, 7, size=2)
    return dict(image=rng.integers(0, 10, (rows, columns)), kernel=rng.integers(-3, 4, (3, 3)))


find_edges.mistakes = {
    "find_edges(image, kernel[::-1])": "Now the kernel is upside down: you undid one of two turns. TensorFlow reverses neither rows nor columns.",
    "find_edges(image, kernel[:, ::-1])": "Now left and right of the kernel are swapped: you undid one of two turns. TensorFlow reverses neither.",
    "find_edges(image, kernel.T)": "You transposed the kernel: rows became columns. It should stay exactly as it is given.",
    "slide_by_hand(image, kernel)": "The kernel is right now, and ReLU is gone: negative numbers came back. Keep the last line.",
}
find_edges.also("tf.nn.relu(slide_by_hand(image, kernel))")
find_edges.hints = [
    "Try a kernel with a single 1 in a corner. Which pixel of each window should come out?",
    "What does `[::-1, ::-1]` do to a matrix?",
]
find_edges.why = "A turned kernel raises no error, and symmetric kernels hide it: test with one that is not symmetric."


# A color picture: one filter, three kernels --------------------------------------------------------------------------
@exercise("filter-detect/one-filter", points=2)
def apply_filter(image, weights):
    """Apply one filter to a picture with several channels.

    `image` has the shape (rows, columns, channels), `weights` (kernel rows,
    kernel columns, channels). Return the one map it makes, of shape (rows,
    columns).
    """
    height, width, _ = weights.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    feature_map = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            feature_map[row, column] = np.sum(image[row : row + height, column : column + width] * weights)
    return feature_map


@apply_filter.probe
def _(rng):
    channels = rng.integers(2, 4)
    rows, columns = rng.integers(4, 7, size=2)
    height, width = rng.integers(1, 4, size=2)
    image = rng.integers(0, 10, (rows, columns, channels))
    return dict(image=image, weights=rng.integers(-3, 4, (height, width, channels)))


def _maps(image, weights):
    return np.stack(
        [slide_by_hand(image[..., c], weights[..., c]) for c in range(image.shape[-1])], axis=-1
    )  # one map per channel


apply_filter.mistakes = {
    "_maps(image, weights)": "You made one map per channel. A filter adds them up: each kernel reads its own channel, and their sums become one map.",
    "_maps(image, weights).mean(axis=-1)": "You took the mean over the channels. The filter adds them; the weights decide how much each counts.",
    "_maps(image, weights)[..., 0]": "You read only the first channel. The filter has a kernel for every channel, and all of them count.",
    "_maps(image, np.repeat(weights[..., :1], image.shape[-1], axis=-1)).sum(axis=-1)": (
        "You used the first kernel for every channel. The weights hold one kernel per channel: `weights[:, :, c]` for channel c."
    ),
}
apply_filter.also("_maps(image, weights).sum(axis=-1)")


@apply_filter.also
def _(image, weights):
    pictures, filters = image[None].astype("float32"), weights[..., None].astype("float32")
    return keras.ops.conv(pictures, filters, padding="valid")[0, :, :, 0]


apply_filter.hints = [
    "Slide each channel's kernel over its own channel. What do you do with the maps?",
    "`image[row : row + height, column : column + width]` keeps all channels, and so do the weights.",
    "One `np.sum` over rows, columns and channels gives one number of the map.",
]
apply_filter.why = "One filter makes one feature map, however many channels it reads."
apply_filter.excused = {"np.zeros → np.ones": "every entry of the map is written afterwards"}


@exercise("filter-detect/parameters")
def parameters(height, width, channels, filters):
    """How many numbers does a layer learn? It has `filters` filters of height
    × width and reads `channels` channels.
    """
    return filters * (height * width * channels + 1)


parameters.probe(
    lambda rng: dict(
        height=rng.integers(2, 6), width=rng.integers(2, 6), channels=rng.integers(2, 5), filters=rng.integers(2, 9)
    )
)
parameters.mistakes = {
    "filters * height * width * channels": "You left out the biases. Every filter adds one number of its own: {filters} more.",
    "filters * (height * width + 1)": "You counted one kernel per filter. A filter has a kernel for each of the {channels} channels it reads.",
    "filters * channels * (height * width + 1)": "You gave every kernel a bias. The kernels of a filter are added into one map, with one bias.",
    "filters * height * width * channels + 1": "You added one bias for the whole layer. Each of the {filters} filters has its own threshold.",
}


@parameters.also
def _(height, width, channels, filters):
    layer = layers.Conv2D(filters, (height, width))
    layer.build((None, None, None, channels))
    return layer.count_params()


parameters.hints = [
    "How many numbers does one kernel have? How many kernels has one filter?",
    "And what does each filter add to all of its map?",
]
parameters.why = "The image's size does not appear: the same few weights visit every place."


# Who chooses the numbers? --------------------------------------------------------------------------------------------
def _one_kernel():
    return keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(1, 3)])


@exercise("filter-detect/settings", probes=1)
def prepare(model):
    """Compile `model` to predict numbers: mean squared error, SGD with a
    learning rate of 0.1. Return the model.
    """
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mean_squared_error")
    return model


prepare.probe(lambda rng: dict(model=_one_kernel()))


def _compiled(model, **settings):
    model.compile(**{"optimizer": keras.optimizers.SGD(learning_rate=0.1), "loss": "mean_squared_error"} | settings)
    return model


prepare.mistakes = {
    '_compiled(model, optimizer="sgd")': '`optimizer="sgd"` takes Keras\' own learning rate, 0.01. Ask for 0.1: `keras.optimizers.SGD(learning_rate=0.1)`.',
    "_compiled(model, optimizer=keras.optimizers.Adam(0.1))": (
        "Your optimizer is Adam, which chooses a step for every weight. Plain SGD steps by rate times gradient."
    ),
    '_compiled(model, loss="mae")': "Your loss takes the mean of |error|. Squared errors were asked for: a large error counts far more.",
    "_compiled(model, loss=keras.losses.BinaryCrossentropy(from_logits=True))": (
        "Your loss compares probabilities of yes and no. The map's numbers are measured, so square the errors."
    ),
}
prepare.also(
    "_compiled(model, optimizer=keras.optimizers.SGD(0.1, momentum=0.0), loss=keras.losses.MeanSquaredError())",
    "_compiled(model, loss=keras.losses.mean_squared_error)",
    "_compiled(model, loss=keras.losses.MeanSquaredError)",
)
prepare.hints = [
    "`model.compile(optimizer=…, loss=…)` takes both.",
    "A name as a text brings the default settings; an object brings yours.",
]
prepare.why = "A loss says what is better, the optimizer how large the next step is; a text chooses the rest for you."


@exercise("filter-detect/learn-kernel", points=2, compare=False)
def learn_kernel(images, targets):
    """Find the hidden kernel by training.

    `targets` are `images` after a 3×3 kernel that you do not know; both have
    the shape (batch, rows, columns, 1). Build a model with one 3×3 filter,
    train it until the maps agree, and return it.
    """
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(1, 3)])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mse")
    model.fit(images, targets, batch_size=4, epochs=10, verbose=0)
    return model


def _crops(name, count, rng):
    """Square crops of a photograph, 20×20 pixels, shape (count, 20, 20, 1)."""
    photo = datasets.photograph(name, gray=True, size=128)
    corners = rng.integers(0, 108, (count, 2))
    return np.stack([photo[r : r + 20, c : c + 20, None] for r, c in corners])


def _hidden(rng):
    """An edge kernel in a random direction, and a map of crops under it."""
    sobel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], dtype="float32")
    angle = rng.uniform(0, 2 * np.pi)
    return (np.cos(angle) * sobel + np.sin(angle) * sobel.T)[:, :, None, None].astype("float32")


# benchmarks/training_margin.py measures what is between right and wrong trainings.
LARGEST_SHARE = 0.25


def unexplained_share(model, images, maps):
    """Mean squared error of the model's maps, as a share of the maps' variance; infinite for another shape."""
    predicted = keras.ops.convert_to_numpy(model(images))
    return np.mean((predicted - maps) ** 2) / np.var(maps) if predicted.shape == maps.shape else np.inf


@learn_kernel.use
def _(train, rng):
    """Is it a model, one kernel, moved by training, and which share of unseen maps' variance does it leave unexplained?"""
    kernel, images, unseen = _hidden(rng), _crops("camera", 64, rng), _crops("astronaut", 16, rng)
    with watched() as firsts:
        model = train(images, keras.ops.convert_to_numpy(keras.ops.conv(images, kernel)))
    if not isinstance(model, keras.Model):
        return dict(is_model=False, is_kernel=True, moved=True, unexplained=0.0)
    shapes = sorted(tuple(weight.shape) for weight in model.weights)
    is_kernel, moved = shapes in ([(3, 3, 1, 1)], [(1,), (3, 3, 1, 1)]), all(firsts.moved(model))
    maps = keras.ops.convert_to_numpy(keras.ops.conv(unseen, kernel))
    # What is wrong with the model is said already: then the maps are not looked at.
    unexplained = unexplained_share(model, unseen, maps) if is_kernel and moved else 0.0
    return dict(is_model=True, is_kernel=is_kernel, moved=moved, unexplained=float(unexplained))


def _fitted(images, targets, *stack, optimizer=None, epochs=10):
    model = keras.Sequential([keras.Input((None, None, 1)), *(stack or [layers.Conv2D(1, 3)])])
    model.compile(optimizer=optimizer or keras.optimizers.Adam(0.1), loss="mse")
    if epochs:
        model.fit(images, targets, batch_size=4, epochs=epochs, verbose=0)
    return model


learn_kernel.property(
    "Your answer is not a Keras model. Return the trained model itself.",
    "learn_kernel(images, targets).get_weights()[0]",
)(lambda found: found["is_model"])
learn_kernel.property(
    "Your model does not hold one 3×3 kernel (and at most one bias). One filter is enough: `layers.Conv2D(1, 3)`.",
    "_fitted(images, targets, layers.Conv2D(4, 3), layers.Conv2D(1, 1), epochs=1)",
)(lambda found: found["is_kernel"])
learn_kernel.property(
    "Your model's kernel holds the numbers it started with: nothing moved it. Was it compiled but never fitted, is it frozen, or does an activation answer "
    "0 everywhere and let no gradient through?",
    "_fitted(images, targets, epochs=0)",
    "_fitted(images, targets, layers.Conv2D(1, 3, trainable=False), epochs=1)",
)(lambda found: found["moved"])
# Its wrong answers: steps too small to arrive, and a ReLU. Ones answer above 0 on every picture, so it starts alive.
agrees_on_unseen_pictures = learn_kernel.property(
    "On pictures that your model never saw its maps miss more than a quarter of what there is to see. Was it trained long enough, with steps neither too "
    "small nor too large, and is there no activation?",
    "_fitted(images, targets, optimizer=keras.optimizers.Adam(1e-4))",
    '_fitted(images, targets, layers.Conv2D(1, 3, activation="relu", kernel_initializer="ones"))',
)(lambda found: found["unexplained"] < LARGEST_SHARE)


@learn_kernel.also
def _(images, targets):
    model = keras.Sequential([layers.Conv2D(1, 3, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mae")
    model.fit(images, targets, batch_size=4, epochs=20, verbose=0)
    return model


learn_kernel.excused = dict.fromkeys(
    ["4 → 5", "4 → 3", "10 → 11", "10 → 9", "'mse' → 'mae'", "keras.optimizers.Adam → keras.optimizers.SGD"],
    "many settings train well; the threshold leaves room",
) | {
    "model.fit(images, targets, batch_size=4, epochs=10, verbose=0) → model.fit(images, targets, batch_size=4, epochs=10)": (
        "printing changes nothing"
    ),
    "model.fit(images, targets, batch_size=4, epochs=10, verbose=0) → model.fit(images, targets, epochs=30, verbose=0)": (
        "larger batches take fewer steps, and still enough"
    ),
}
learn_kernel.hints = [
    "A `Conv2D` with one filter holds nine weights and a bias. No activation: the targets have negative numbers.",
    "Compile with mean squared error and Adam with a learning rate near 0.1, then `fit(images, targets, …)`.",
    "`model.evaluate` tells how far it is; more epochs take it further.",
]
learn_kernel.why = "Nobody wrote the nine numbers down: a kernel is what training leaves in a layer."

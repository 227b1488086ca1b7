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
        (6, 6): "That is the shape of the image. Row 5 is the last one, and a window of two rows cannot start there.",
        (4, 4): "You subtracted the whole kernel. A window that starts at row 4 still fits: it reads rows 4 and 5.",
        (3, 3): "You let the kernel jump by its own width. Here it moves one pixel at a time, so the windows overlap.",
        (7, 7): "That would take windows that reach beyond the image. Here every window lies wholly inside.",
        (2, 2): "That is the shape of the kernel. The map has one number for every place where the kernel fits.",
        25: "You counted how many numbers the map holds. Give its rows and columns as a tuple.",
        5: "That is one side. Give rows and columns as a tuple, such as (3, 4).",
    },
    also=[[5, 5]],
    hints=[
        "Where does the first window start? Where is the last place to start so that the window still fits?",
        "Count the starting rows from 0 to 6 − 2, both included.",
    ],
    why="A layer has to know the shape of what the layer before it writes.",
)

first_row = question(
    "filter-detect/first-row",
    "The kernel [[1, -1], [1, -1]] slides over the image above. What are the five numbers in the first row of the map?",
    [-2, 2, 0, 0, 0],
    mistakes={
        (
            2,
            -2,
            0,
            0,
            0,
        ): "Your signs are those of a turned kernel. Lay the kernel on the window as it stands: 1 on the left, −1 on the right.",
        (-1, 1, 0, 0, 0): "You used one row of the kernel. It has two, so each column contributes two products.",
        (0, 2, 0, 0, 0): "You turned the negative sum into 0. That is ReLU, the next step; the filter alone keeps it.",
        (2, 2, 0, 0, 0): "You dropped the sign. With the line under the −1, the sum is below 0.",
        (-2, 0, 0): "You let the window jump by its own width. It moves one pixel at a time, so there are five sums.",
        (-2, 2, 0, 0): "You gave four numbers. Start one window at column 0 and the last one at column 4.",
        (-2, 2, 0, 0, 0, 0): "You gave six numbers. A window of two columns fits into six columns five times.",
        (0, 1, 0, 0, 0): "Those are pixels of the image. Each number of the map is a sum of four products.",
    },
    also=[np.array([-2.0, 2.0, 0.0, 0.0, 0.0])],
    hints=[
        "Both rows of the first window hold 0 and 1. Multiply number by number, then add.",
        "0·1 + 1·(−1) + 0·1 + 1·(−1) is the first number. Move one pixel to the right for the next one.",
    ],
    why="Brighter on the left gives a positive sum, brighter on the right a negative one, and no change gives 0.",
)


@exercise("filter-detect/slide", points=2)
def slide_by_hand(image, kernel):
    """Slide `kernel` over `image` (both matrices) and return the feature map.
    They may hold whole numbers or fractions, and neither has to be square.
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


@slide_by_hand.probe
def _(rng):
    kernel = np.round(rng.normal(0, 1, rng.integers(2, 4, size=2)), 2)
    return dict(image=np.round(rng.uniform(0, 1, rng.integers(3, 6, size=2)), 2), kernel=kernel)


slide_by_hand.example(image=np.array([[1, 2, 4], [3, 7, 8]]), kernel=np.array([[0.5, -0.25]]))
slide_by_hand.example(image=np.array([[0.5, 1, 0.2, 0.1], [0, 0.7, 0.4, 0.3]]), kernel=np.array([[-1], [1]]))
slide_by_hand.example(image=np.array([[0.5, 0.1], [0, 0.7], [0.2, 0.3], [1, 0.6]]), kernel=np.array([[-1, 2]]))
slide_by_hand.mistakes = {
    "slide_by_hand(image, kernel[::-1, ::-1])": "You turned the kernel by half a turn, as mathematicians do. TensorFlow does not: lay it on the window as it stands.",
    "slide_by_hand(image, kernel)[:-1, :-1]": "Your map ends one row and one column too early. The last window starts at `image rows - kernel rows`, and `range` stops before its end: add 1.",
    "slide_by_hand(image, kernel) / kernel.size": "You divided by the number of weights. The kernel alone decides how much each pixel counts: only add the products.",
    "slide_by_hand(image, kernel).astype(int)": "Your map holds whole numbers only, so every sum lost its fraction. Let the array that collects the sums hold floats: `np.zeros(...)` does.",
    "slide_by_hand(image, kernel).astype(image.dtype)": "Your map takes its number type from the image, so with whole pixels every sum lost its fraction. `np.zeros(...)` holds floats.",
    "slide_by_hand(image, kernel)[::2, ::2]": "Your window moves two pixels each time. Move it one pixel at a time, so that neighboring windows overlap.",
    "np.pad(slide_by_hand(image, kernel), [(0, size - 1) for size in kernel.shape])": "Your map is as large as the image, and what no window wrote is still 0. Give it one number for each place where the kernel fits.",
    "np.pad(slide_by_hand(image, kernel), [(0, size - 1) for size in kernel.shape]).astype(image.dtype)": "Your map is as large as the image, and what no window wrote is still 0. Give it one number for each place where the kernel fits.",
    "slide_by_hand(image, kernel).T": "Rows and columns of your map have changed places.",
    "np.maximum(slide_by_hand(image, kernel), 0)": "You set negative sums to 0. That is ReLU, the next step. A filtered map keeps its signs.",
    "slide_by_hand(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]]": "Your window jumps by its own size. Move it one pixel at a time, so that neighboring windows overlap.",
    "height, width = kernel.shape => height = width = kernel.shape[0]": "You took the number of kernel rows for its columns as well. A kernel need not be square: use `kernel.shape[1]`, too.",
    "rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1 => rows = columns = image.shape[0] - height + 1": "You gave your map as many columns as rows. Neither image nor kernel need be square: count the columns from `shape[1]`.",
}


@slide_by_hand.mistake(
    "Your window is always two pixels high and wide, whatever the kernel is. Take its size from `kernel.shape`."
)
def _(image, kernel):
    feature_map = np.zeros((image.shape[0] - 1, image.shape[1] - 1))
    for row, column in np.ndindex(feature_map.shape):
        feature_map[row, column] = np.sum(image[row : row + 2, column : column + 2] * kernel)
    return feature_map


@slide_by_hand.mistake(
    "Your window is always two pixels high and wide, whatever the kernel is. Take its size from `kernel.shape`."
)
def _(image, kernel):
    feature_map = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))
    for row, column in np.ndindex(feature_map.shape):
        feature_map[row, column] = np.sum(image[row : row + 2, column : column + 2] * kernel)
    return feature_map


@slide_by_hand.mistake(
    "Your loops take image and kernel for squares. Count rows from `shape[0]` and columns from `shape[1]`, for both."
)
def _(image, kernel):
    side, size = image.shape[0] - kernel.shape[0] + 1, kernel.shape[0]
    feature_map = np.zeros((side, side))
    for row, column in np.ndindex(feature_map.shape):
        feature_map[row, column] = np.sum(image[row : row + size, column : column + size] * kernel)
    return feature_map


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
    "How many windows fit one below the other, and how many side by side? That is the shape of the map.",
    "`image[row : row + height, column : column + width]` cuts out one window.",
    "Multiply the window by the kernel with `*` and add everything with `np.sum`.",
]
slide_by_hand.why = "For one gray picture and one kernel, a convolution layer computes this, plus a bias."
slide_by_hand.excused = {"np.zeros → np.ones": "every entry of the map is written afterwards"}


# The same numbers from TensorFlow ------------------------------------------------------------------------------------
@exercise("filter-detect/filter-and-detect", points=2, probes=4)
def filter_and_detect(image, kernel):
    """Filter with `tf.nn.conv2d` (stride 1, whole windows only), then detect
    with ReLU.

    `image` and `kernel` are matrices of whole numbers, the image larger than
    the kernel in both directions. Return two matrices: the filtered map and
    the detected map.
    """
    pictures = tf.reshape(tf.cast(image, tf.float32), [1, *image.shape, 1])
    kernels = tf.reshape(tf.cast(kernel, tf.float32), [*kernel.shape, 1, 1])
    filtered = tf.nn.conv2d(pictures, kernels, strides=1, padding="VALID")[0, :, :, 0]
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.probe
def _(rng):
    height, width = rng.integers(2, 4, size=2)
    rows, columns = rng.integers(5, 8, size=2)
    return dict(image=rng.integers(-9, 10, (rows, columns)), kernel=rng.integers(-3, 4, (height, width)))


filter_and_detect.mistakes = {
    "tuple(result[None, :, :, None] for result in filter_and_detect(image, kernel))": "Your maps still carry the axes for batch and channel. Take them off: `[0, :, :, 0]` or `tf.squeeze`.",
    "filter_and_detect(image, kernel)[::-1]": "You returned the two maps in the other order. The filtered map comes first, then the detected one.",
    "[filter_and_detect(image, kernel)[1]] * 2": "Both your maps are the detected one. Was ReLU written into the filtered map itself (`out=`, or `[... < 0] = 0`)? Make a new array.",
    "[one_map[::2, ::2] for one_map in filter_and_detect(image, kernel)]": "Your window moves two pixels each time. Write `strides=1`.",
    "[tf.transpose(one_map) for one_map in filter_and_detect(image, kernel)]": "Rows and columns of your maps have changed places. Hand the image over as (batch, rows, columns, channels).",
    "filter_and_detect(image, kernel)[0]": "You returned the filtered map alone. Return both: `return filtered, detected`.",
    "filter_and_detect(image, kernel)[1]": "You returned the detected map alone. Return both: `return filtered, detected`.",
    "filter_and_detect(image, kernel[::-1, ::-1])": "You turned the kernel by half a turn. `tf.nn.conv2d` does not turn it, so hand it over as it stands.",
    "filter_and_detect(image, kernel)[0], tf.nn.relu(tf.cast(image, tf.float32))": "You applied ReLU to the image. Detecting means: apply it to the filtered map.",
    "tf.nn.relu(filtered) => tf.cast(filtered > 0, tf.float32)": "Your second map holds only yes and no. ReLU also keeps how strong the response is: use `tf.nn.relu`.",
    "tf.nn.relu(filtered) => filtered": "Your second map still holds negative numbers, so it is the filtered map again. Detecting sets them to 0.",
    "tf.nn.relu(filtered) => tf.abs(filtered)": "You made negative numbers positive, so the opposite edge counts as found, too. ReLU sets them to 0.",
    "filter_and_detect(np.maximum(image, 0), kernel)": "You set the image's own negative numbers to 0. ReLU belongs after the filter, on the map.",
    "tf.nn.conv2d(image.reshape(1, *image.shape, 1), kernel.reshape(*kernel.shape, 1, 1), 1, 'VALID')": "TensorFlow refused your tensors; its own words stand below. `tf.nn.conv2d` wants floats (`tf.cast`), the image as (batch, rows, columns, channels), and the kernel as (rows, columns, channels in, filters).",
}


@filter_and_detect.mistake(
    "Your maps are as large as the image, because `SAME` puts zeros around it. For whole windows only, write `VALID`."
)
def _(image, kernel):
    pictures, kernels = image[None, :, :, None].astype("float32"), kernel[:, :, None, None].astype("float32")
    filtered = tf.nn.conv2d(pictures, kernels, strides=1, padding="SAME")[0, :, :, 0]
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.mistake("You set the kernel's own negative numbers to 0. ReLU belongs after the filter, on the map.")
def _(image, kernel):
    filtered, _ = filter_and_detect(image, np.maximum(kernel, 0))
    return filtered, tf.nn.relu(filtered)


@filter_and_detect.also
def _(image, kernel):
    filtered = slide_by_hand(image, kernel)
    return [filtered.tolist(), np.maximum(filtered, 0)]


filter_and_detect.hints = [
    "`tf.nn.conv2d` wants four axes: the image as (batch, rows, columns, channels), the kernel as (rows, columns, in, out).",
    "NumPy's whole numbers have to become floats first: `tf.cast(image, tf.float32)`.",
    "`result[0, :, :, 0]` takes the axes of batch and channel off again.",
]
filter_and_detect.why = 'A `Conv2D` layer with `activation="relu"` is these two steps, with a bias between them.'

readers = question(
    "filter-detect/readers",
    "You add 1000 to one pixel of the image. How many of the map's 25 numbers change if it is the pixel in the top right corner, "
    "and how many if it is one in the middle? Answer with two numbers: (corner, middle).",
    (1, 4),
    mistakes={
        (
            4,
            4,
        ): "In the middle that is right. Over the corner, only one place of the window lies wholly inside the image.",
        (1, 1): "At the corner that is right. A pixel in the middle lies under the window at four of its stops.",
        (1, 9): "Nine is for a 3×3 kernel. Under a window of 2×2 a pixel can lie in four ways.",
        (1, 2): "The window moves down as well as to the right: two ways across times two ways down.",
        (
            25,
            25,
        ): "That would be a `Dense` layer. Here a number of the map reads only the four pixels under its window.",
        (4, 1): "You swapped the two: the corner comes first.",
        (0, 4): "In the middle that is right. The corner is read, too: by the last window of the first row.",
    },
    hints=[
        "At how many stops does the window cover this pixel?",
        "A pixel in the middle can lie under the kernel's top left, top right, bottom left or bottom right number.",
    ],
    why="A change in one pixel stays local: the map changes only near it.",
)


# What nine numbers can see -------------------------------------------------------------------------------------------
@exercise("filter-detect/upright-edges", compare=False)
def upright_edges():
    """Return a 3×3 kernel that finds upright edges: dark left, bright right.

    On a wall of any even gray its map must be 0, even before ReLU. After ReLU
    it must be above 0 at such edges, and 0 at the opposite edge and at edges
    that lie flat.
    """
    return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@upright_edges.use
def _(kernel, rng):
    """The kernel's numbers, their largest set to 1; other shapes as they are, None for what is no array of numbers."""
    try:
        numbers = np.asarray(kernel(), dtype=float)
    except (TypeError, ValueError):  # rows of different lengths
        return None
    return numbers / (np.abs(numbers).max() or 1) if numbers.shape == (3, 3) else None


def _edges(kernel):
    """The responses to an edge that is dark left and bright right: it stands after the first column, or the second."""
    return np.array([kernel[:, 1:].sum(), kernel[:, 2].sum()])


@upright_edges.property(
    "That is no matrix of 3 rows and 3 columns. Write it as a list of three lists of three numbers.", "[-1, 0, 1]"
)
def three_by_three(kernel):
    return kernel is not None


@upright_edges.property(
    "The nine numbers do not add up to 0, so even before ReLU your map is not 0 on an evenly gray wall: your kernel sees brightness, not only change.",
    "[[-1, 0, 1], [-1, 1, 1], [-1, 0, 1]]",
    "[[-2, 0, 1]] * 3",
)
def blind_to_brightness(kernel):
    return kernel is None or abs(kernel.sum()) < 1e-6


@upright_edges.property(
    "Where it is dark on the left and bright on the right, your kernel never responds above 0. The weights on the right must outweigh those on the left.",
    "[[1, 0, -1], [2, 0, -2], [1, 0, -1]]",
    "[[0, 0, 0], [0, 0, 0], [0, 0, 0]]",
)
def sees_the_edge(kernel):
    return kernel is None or _edges(kernel).max() > 1e-6


@upright_edges.property(
    "Your kernel also responds above 0 to the opposite edge, bright left and dark right. Put nothing negative on the right and nothing positive on the left.",
    "[[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]]",
    "[[1, 0, -1], [1, 0, -1], [1, 0, -1]]",
)
def blind_to_the_opposite(kernel):
    return kernel is None or abs(kernel.sum()) > 1e-6 or _edges(kernel).min() > -1e-6


@upright_edges.property(
    "Your kernel also responds to edges that lie flat, bright above or below. Each row must add up to 0, so that rows cannot differ.",
    "[[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]",
)
def blind_to_flat_edges(kernel):
    return kernel is None or bool(np.all(np.abs(kernel.sum(axis=1)) < 1e-6)) or abs(kernel.sum()) > 1e-6


upright_edges.also(
    "[[-1, 0, 1]] * 3", "np.outer([1, 1, 1], [-0.5, 0, 0.5])", "tf.constant([[-1.0, 1.0, 0.0]] * 3)", "[[0, -1, 1]] * 3"
)
upright_edges.hints = [
    "Lay the kernel on a window whose left column is 0 and whose other columns are 1. What sign must the sum have?",
    "Put negative numbers on the left and positive ones on the right.",
    "For a gray wall to give 0, each row must take away on the left what it adds on the right.",
]
upright_edges.why = (
    "A kernel whose rows add up to 0 cannot see change from top to bottom; what is left is change from left to right."
)

on_the_wall = question(
    "filter-detect/on-the-wall",
    "A kernel whose numbers add up to 0 slides over an evenly gray wall. What does its map hold?",
    "c",
    options={
        "a": ("the wall's gray, unchanged", "A kernel whose numbers add up to 1 does that, such as a blur."),
        "b": ("a larger number for a brighter wall", "Each pixel is the same gray g, so the sum is g · 0, however bright."),
        "c": ("0 everywhere", "The same gray times numbers that add up to 0 is 0. Such a kernel sees change, not brightness."),
        "d": ("0, except along the image's border", "With whole windows only, no window reaches over the border, so none differs."),
    },
    hints=[
        "Call the wall's gray g and take it out of the sum.",
        "g times (the sum of the kernel's numbers): what is that here?",
    ],
    why="Add the same brightness to every pixel, and the map of such a kernel stays as it is.",
)  # fmt: skip


# Detect with ReLU ----------------------------------------------------------------------------------------------------
@exercise("filter-detect/detect")
def detect(filtered, threshold):
    """Subtract `threshold` from a filtered map, and set what is then negative
    to 0. Return the detected map.
    """
    return np.maximum(filtered - threshold, 0)


detect.probe(
    lambda rng: dict(filtered=np.round(rng.normal(0, 2, (3, 4)), 1), threshold=round(float(rng.uniform(0.2, 1.5)), 1))
)
detect.example(filtered=np.array([[2, -1], [1, 5]]), threshold=1)
detect.example(filtered=np.array([[-0.3, 0.4, -0.9], [1.2, -0.6, 0.1]]), threshold=-0.5)
detect.mistakes = {
    "np.where(filtered > threshold, filtered, 0)": "You kept the full numbers above the threshold. Subtract it from them, as a bias of −threshold does before ReLU.",
    "np.where(filtered >= threshold, filtered, 0)": "You kept the full numbers above the threshold. Subtract it from them, as a bias of −threshold does before ReLU.",
    "np.where(filtered > threshold, filtered - threshold, -threshold)": "What does not exceed the threshold became minus the threshold. It should become 0.",
    "np.abs(filtered - threshold)": "You took absolute values, so what lies below the threshold came through with its sign lost. It should become 0.",
    "np.max(filtered - threshold, axis=0)": "`np.max` finds the largest number of each column. `np.maximum` compares every number with 0.",
    "np.maximum(threshold - filtered, 0)": "You subtracted the map from the threshold. Subtract the threshold from the map.",
    "np.minimum(filtered - threshold, 0)": "You kept what is below the threshold and set the rest to 0. It is the other way round: `np.maximum`.",
    "np.maximum(filtered, threshold)": "You raised every small number to the threshold. Subtract the threshold first, then compare with 0.",
    "np.maximum(filtered, 0)": "You used no threshold, so weak responses came through. Subtract it before ReLU.",
    "filtered - threshold": "You subtracted the threshold, and ReLU is missing: what is negative now has to become 0.",
    "np.where(filtered > threshold, filtered - threshold, filtered)": "What does not exceed the threshold kept its old value. It should become 0.",
    "np.clip(filtered, 0, threshold)": "You cut off everything above the threshold. The threshold is what a response has to exceed.",
    "np.maximum(filtered + threshold, 0)": "You added the threshold. A bias that makes a detector stricter is negative: subtract.",
    "np.maximum(filtered, 0) - threshold": "ReLU came first, so the subtraction made negative numbers again. Subtract first, then apply ReLU.",
    "np.maximum(np.maximum(filtered, 0) - threshold, 0)": "ReLU came first, so under a negative threshold ({threshold}) all that is below 0 comes out as if it were 0. Subtract first.",
    "(filtered > threshold).astype(float)": "Your map says only yes or no (1 or 0). ReLU also keeps how strong the response is.",
    "np.maximum(np.abs(filtered) - threshold, 0)": "Strong negative numbers came through, too. They belong to the opposite of what the kernel looks for and should become 0.",
}
detect.also("tf.nn.relu(filtered - threshold)", "np.where(filtered > threshold, filtered - threshold, 0).tolist()")
detect.hints = [
    "What should come out for a number exactly at the threshold? And for one a little above it?",
    "It is ReLU(x + b) with the bias b = −threshold.",
]
detect.why = "The bias of a layer is a threshold with its sign changed: x + b > 0 exactly when x > −b."

without_relu = question(
    "filter-detect/without-relu",
    "Filter a picture twice (whole windows only), with two different kernels and no ReLU between them. Could one single filter have done the same?",
    "b",
    options={
        "a": ("no, two filters always see more than one", "Both steps are weighted sums, and a weighted sum of weighted sums is one again."),
        "b": ("yes, one with a larger kernel", "Each number of the second map is a weighted sum of weighted sums of pixels, which is again a weighted sum. It reads a larger window."),
        "c": ("yes, one with a kernel of the same size", "The second filter reads nine numbers of the first map, and together those read 5×5 pixels. Nine weights do not reach that far."),
        "d": ("only if the two kernels are equal", "It works for any two kernels: nothing in the argument needs them to be equal."),
    },
    hints=[
        "Which pixels does one number of the second map depend on?",
        "Write it as a sum of pixels times numbers. Can you read off one kernel?",
    ],
    why="Without something that bends between them, a stack of filters is one filter, just as a stack of linear layers is one linear layer.",
)  # fmt: skip


# Convolution or cross-correlation? -----------------------------------------------------------------------------------
same_turned = question(
    "filter-detect/same-turned",
    "For which of the five named kernels does it make no difference whether the kernel is turned by half a turn? Answer with a set of letters.",
    {"a", "b", "c"},
    options={
        "a": ("edge", "Eight in the middle and −1 all around look the same from every side."),
        "b": ("blur", "Its weights fall off evenly in all directions, so half a turn changes nothing."),
        "c": ("sharpen", "Its four neighbors all count −1, so half a turn changes nothing."),
        "d": ("emboss", "Half a turn brings its 2 to the corner where the −2 stands."),
        "e": ("bottom_sobel", "Half a turn brings the positive row to the top: it then finds edges that are bright above."),
    },
    hints=[
        "Half a turn brings every number to the opposite side of the center.",
        "Print the five kernels. In which of them are opposite numbers equal?",
    ],
    why="A test with one of these kernels cannot notice that somebody turned it.",
)  # fmt: skip


@exercise("filter-detect/mend-turned")
def find_edges(image, kernel):
    """Filter and detect as TensorFlow does. For some kernels the map is right,
    for others it is wrong. Fix it.
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
    "find_edges(np.pad(image, 1), kernel)": "You put zeros around the image. Only windows that lie wholly inside it count.",
    "find_edges(image, kernel[::-1, ::-1])": "The kernel is still turned by half a turn. SciPy's `convolve2d` turns it, too; `correlate2d` does not.",
    "np.abs(slide_by_hand(image, kernel[::-1, ::-1]))": "The kernel is still turned by half a turn, and negative numbers became positive. Lay it on the window as it stands, and keep ReLU.",
    "find_edges(image, np.rot90(kernel))": "Now the kernel is turned by a quarter. It should stay exactly as it is given.",
    "find_edges(image, np.rot90(kernel, -1))": "Now the kernel is turned by a quarter. It should stay exactly as it is given.",
    "find_edges(image, kernel.T)": "You transposed the kernel, so its rows became columns. It should stay exactly as it is given.",
    "slide_by_hand(image, kernel[::-1, ::-1])": "The kernel is still turned by half a turn, and ReLU is gone as well.",
    "np.abs(slide_by_hand(image, kernel))": "You made negative numbers positive, so the opposite edge counts as found, too. ReLU sets them to 0.",
    "find_edges(image, kernel.T[::-1, ::-1])": "You transposed the kernel, and it is still turned. It should stay exactly as it is given.",
    "slide_by_hand(image, kernel)": "The kernel is right now, but ReLU is gone, so negative numbers came back. Keep the last line.",
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


@apply_filter.probe
def _(rng):
    channels = rng.integers(2, 5)
    image = np.round(rng.uniform(0, 1, (4, 5, channels)), 2)
    return dict(image=image, weights=np.round(rng.normal(0, 1, (2, 3, channels)), 2))


def _maps(image, weights):
    return np.stack(
        [slide_by_hand(image[..., c], weights[..., c]) for c in range(image.shape[-1])], axis=-1
    )  # one map per channel


apply_filter.mistakes = {
    "_maps(image, weights)": "You made one map per channel. A filter adds these maps up, so that one map is left.",
    "np.moveaxis(_maps(image, weights), -1, 0)": "You made one map per channel. A filter adds these maps up, so that one map is left.",
    "apply_filter(np.pad(image, [((size - 1) // 2, size // 2) for size in weights.shape[:2]] + [(0, 0)]), weights)": "You put zeros around the image. Only windows that lie wholly inside it count.",
    "apply_filter(image, weights)[..., None]": "Your map still has an axis for channels. Return a matrix of rows and columns.",
    "apply_filter(image, weights)[:-1, :-1]": "Your map ends one row and one column too early. The last window starts at `image rows - kernel rows`, and `range` stops before its end: add 1.",
    "apply_filter(image, weights)[::2, ::2]": "Your window moves two pixels each time. Move it one pixel at a time.",
    "apply_filter(image, weights).T": "Rows and columns of your map have changed places.",
    "apply_filter(np.pad(image, ((1, 1), (1, 1), (0, 0))), weights)": "You put zeros around the image. Only windows that lie wholly inside it count.",
    "_maps(image, weights).mean(axis=-1)": "You took the mean over the channels. The filter adds them; the weights decide how much each counts.",
    "_maps(image, weights)[..., 0]": "You read only the first channel. The filter has a kernel for every channel, and all of them count.",
    "_maps(image, weights)[..., -1]": "Only the last channel is left in your map. Does each channel overwrite the one before? Add them: `+=`.",
    "slide_by_hand(image.mean(axis=-1), weights.mean(axis=-1))": "You made the picture gray and the filter flat before sliding. Each kernel reads its own channel; add only afterwards.",
    "slide_by_hand(image.mean(axis=-1), weights.sum(axis=-1))": "You took the mean of the channels first. Each kernel reads its own channel; add only afterwards.",
    "slide_by_hand(image.sum(axis=-1), weights.sum(axis=-1))": "You added the channels first, so every kernel reads all of them. Each kernel reads its own channel; add only afterwards.",
    "np.maximum(apply_filter(image, weights), 0)": "You applied ReLU as well. A filter alone keeps the negative numbers.",
    "np.maximum(_maps(image, weights), 0).sum(axis=-1)": "You applied ReLU to each channel before adding. Nothing is cut inside a filter: add the maps as they are.",
    "apply_filter(image, weights[::-1, ::-1])": "You turned the kernels by half a turn. Lay them on the window as they stand.",
    "apply_filter(image, weights).astype(int)": "Your map holds whole numbers only, so every sum lost its fraction. Collect the sums in an array of floats.",
    "_maps(image, np.repeat(weights[..., :1], image.shape[-1], axis=-1)).sum(axis=-1)": "You used the first kernel for every channel. The weights hold one kernel per channel: `weights[:, :, c]` for channel c.",
}
apply_filter.also("_maps(image, weights).sum(axis=-1)")


@apply_filter.also
def _(image, weights):
    pictures, filters = image[None].astype("float32"), weights[..., None].astype("float32")
    return keras.ops.conv(pictures, filters, padding="valid")[0, :, :, 0]


apply_filter.hints = [
    "Slide each kernel over its own channel. What do you do with the maps that come out?",
    "`image[row : row + height, column : column + width]` keeps all channels, and so do the weights.",
    "One `np.sum` over rows, columns and channels gives one number of the map.",
]
apply_filter.why = "One filter makes one feature map, however many channels it reads."
apply_filter.excused = {"np.zeros → np.ones": "every entry of the map is written afterwards"}


@exercise("filter-detect/parameters")
def parameters(height, width, channels, filters):
    """Return how many numbers a layer learns that has `filters` filters of
    `height` × `width` and reads `channels` channels.
    """
    return filters * (height * width * channels + 1)


parameters.probe(
    lambda rng: dict(
        height=rng.integers(2, 6), width=rng.integers(2, 6), channels=rng.integers(2, 5), filters=rng.integers(2, 9)
    )
)
parameters.mistakes = {
    "filters * height * width * channels": "You left out the biases. Every filter adds one number of its own, so there are {filters} more.",
    "filters * (height * width + 1)": "You counted one kernel per filter. A filter has a kernel for each of the {channels} channels it reads.",
    "filters * channels * (height * width + 1)": "You gave every kernel a bias. The kernels of a filter are added into one map, with one bias.",
    "filters * height * width * channels + 1": "You added one bias for the whole layer. Each of the {filters} filters has one of its own.",
    "filters * height * width * channels + channels": "You counted a bias for each channel. It is one for each filter: {filters}.",
    "height * width * channels + filters": "You counted the weights of one filter and the biases of all. Each of the {filters} filters has weights of its own.",
    "filters * (height * width * 3 + 1)": "You counted three channels, as in a color picture. This layer reads {channels}.",
    "height * width * channels + 1": "That is one filter. The layer has {filters} of them.",
    "filters * (height * width + channels + 1)": "You added the channels. Each of them has a kernel of its own, so multiply by them.",
    "filters * (height * height * channels + 1)": "You used the height twice. A kernel need not be square: {height} × {width}.",
}
parameters.example(height=2, width=3, channels=4, filters=5)


@parameters.also
def _(height, width, channels, filters):
    layer = layers.Conv2D(filters, (height, width))
    layer.build((None, None, None, channels))
    return layer.count_params()


parameters.hints = [
    "How many numbers does one kernel hold? How many kernels does one filter have?",
    "And what does each filter add to every number of its map?",
]
parameters.why = "The size of the image does not appear in this count, because the same few weights visit every place."

color_parameters = question(
    "filter-detect/color-parameters",
    "How many parameters does `layers.Conv2D(64, 3)` have on a color picture?",
    1792,
    mistakes={
        576: "That is 64 kernels of nine numbers, enough for gray pictures. A color pixel has three numbers.",
        640: "That is right for gray pictures. On color each filter holds a kernel for each of the three channels.",
        1728: "You counted all the weights of the kernels. Each of the 64 filters also has a bias.",
        1920: "You gave each of the three kernels a bias. They are added into one map, which gets one bias.",
        1729: "You counted one bias for the layer. Each of the 64 filters has one of its own.",
        27: "Those are the weights of one filter. The layer has 64 filters, each with a bias.",
        28: "That is one filter. The layer has 64 of them.",
        1731: "You counted a bias for each channel. It is one for each filter.",
    },
    hints=["How many numbers does one filter hold if it reads three channels?", "64 · (3·3·3 + 1)"],
    why="The number of channels that come in multiplies the weights of every filter.",
)

directions = question(
    "filter-detect/directions",
    "A layer has four filters: `bottom_sobel`, its negative, and both of them turned on their side. How many of its four maps can you keep at most, so "
    "that none of the kept ones is a weighted sum of the other kept ones? Count before ReLU, and after it. Answer with two numbers: (before, after).",
    (2, 4),
    mistakes={
        (4, 4): "After ReLU that is right. Before it, a kernel and its negative make one map with opposite signs.",
        (
            2,
            2,
        ): "Before ReLU that is right. ReLU keeps opposite halves of the two, and neither half follows from the other.",
        (4, 2): "You swapped the two. ReLU makes more of them independent here, not fewer.",
        (
            1,
            4,
        ): "After ReLU that is right. Before it, a flat and an upright direction are independent, which makes two.",
        (
            1,
            2,
        ): "Turned on its side, `bottom_sobel` sees upright edges, which are no weighted sum of flat ones. And what does ReLU keep of a map and of its negative?",
        (2, 3): "Before ReLU that is right. After it, each of the four directions has a map of its own.",
        (3, 4): "After ReLU that is right. Before it, each of the two pairs counts once.",
        (
            0,
            4,
        ): "After ReLU that is right. Before it, you may keep one map of each pair: once its partner is gone, nothing makes it up.",
        (1, 1): "That is the answer for four copies of one filter. Which edges does each of these four respond to?",
    },
    hints=[
        "What is the map of a negative kernel, if you know the map of the kernel?",
        "ReLU(x) and ReLU(−x): can you compute one from the other?",
    ],
    why="With ReLU a filter and its negative are two different detectors.",
)


# Who chooses the numbers? --------------------------------------------------------------------------------------------
after_training = question(
    "filter-detect/after-training",
    "A `Conv2D(1, 3)` is trained to turn four photographs into their maps under `bottom_sobel`, until its maps agree almost exactly. Which kernel does it hold then?",
    "a",
    options={
        "a": ("nearly the same nine numbers", "The windows of these photographs are so varied that only one kernel makes these maps, and it trains long enough to come near it."),
        "b": ("nine other numbers that make the same maps", "Two kernels with the same maps would differ by a kernel that writes one and the same number everywhere. On these photographs only the kernel of nine zeros does."),
        "c": ("the nine numbers turned by half a turn", "The layer slides its kernel as it stands, and so did the filter that made the maps."),
        "d": ("the mean of the four photographs", "A kernel says how to combine pixels. It is no picture of what it has seen."),
    },
    hints=[
        "Each number of a map is one equation for nine unknown weights and a bias. How many equations are there?",
        "Over 35,000 equations, ten unknowns, and one solution that you know.",
    ],
    why="These windows fit one kernel only. A training that stops early can still be far from it.",
)  # fmt: skip


def _one_kernel():
    return keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(1, 3)])


@exercise("filter-detect/settings", probes=1)
def prepare(model):
    """Compile `model` so that it learns to predict numbers: with the mean
    squared error, and with SGD at a learning rate of 0.1 and a momentum of
    0.9. Return it.
    """
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9), loss="mean_squared_error")
    return model


prepare.probe(lambda rng: dict(model=_one_kernel()))


def _compiled(model, **settings):
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1, momentum=0.9), "loss": "mean_squared_error"} | settings)
    return model


prepare.mistakes = {
    '_compiled(model, optimizer="sgd")': "A name in quotes brings Keras' own settings: a rate of 0.01 and no momentum. Ask for yours: `keras.optimizers.SGD(0.1, momentum=0.9)`.",
    "_compiled(model, optimizer=keras.optimizers.SGD(momentum=0.9))": "Your learning rate is 0.01, which is what Keras takes when you set none. Ask for 0.1: `learning_rate=0.1`.",
    "_compiled(model, optimizer=keras.optimizers.SGD(0.1))": "Your SGD has no momentum, so nothing of the last step is kept. Ask for it: `momentum=0.9`.",
    "_compiled(model, optimizer=keras.optimizers.SGD(0.9, momentum=0.1))": "You swapped the two numbers: the learning rate is 0.1, the momentum 0.9.",
    "_compiled(model, optimizer=keras.optimizers.Adam(0.1))": "Your optimizer is Adam, which chooses a step for every weight. SGD with momentum was asked for.",
    "_compiled(model, optimizer=keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True))": "Your momentum is Nesterov's, a variant that takes other steps. Plain momentum was asked for: leave out `nesterov=True`.",
    "_compiled(model, loss=keras.losses.BinaryCrossentropy(from_logits=True))": "Your loss compares probabilities of yes and no. The map's numbers are measured, so square the errors.",
    '_compiled(model, loss="mae")': "Your loss takes the mean of |error|. Squared errors were asked for: a large error counts far more.",
}
prepare.also(
    "_compiled(model, optimizer=keras.optimizers.SGD(momentum=0.9, learning_rate=0.1), loss=keras.losses.MeanSquaredError())",
    "_compiled(model, loss=keras.losses.mean_squared_error)",
)
prepare.hints = [
    "`model.compile(optimizer=…, loss=…)` takes both.",
    "A name in quotes brings the default settings; an object brings yours.",
]
prepare.why = "Whatever you do not set, Keras sets for you. Its own learning rate for SGD is ten times smaller than this one, and its momentum is 0."


@exercise("filter-detect/learn-kernel", points=2, compare=False)
def learn_kernel(images, targets):
    """Find a hidden kernel by training.

    `targets` are `images` filtered with a 3×3 kernel that you do not know;
    the images have the shape (64, 20, 20, 1). Build a model with one 3×3
    filter, train it until the maps agree, and return it.
    """
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(1, 3)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
    model.fit(images, targets, batch_size=8, epochs=10, verbose=0)
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
    return float(np.mean((predicted - maps) ** 2) / np.var(maps)) if predicted.shape == maps.shape else np.inf


@learn_kernel.use
def _(train, rng):
    """Is it a model, one kernel, moved by training, and which share of unseen maps' variance does it leave unexplained?"""
    kernel, images, unseen = _hidden(rng), _crops("camera", 64, rng), _crops("astronaut", 16, rng)
    with watched() as firsts:
        model = train(images, keras.ops.convert_to_numpy(keras.ops.conv(images, kernel)))
    if not isinstance(model, keras.Model):
        return dict(is_model=False, is_kernel=True, fits=True, moved=True, ran_away=False, unexplained=0.0)
    shapes = sorted(tuple(weight.shape) for weight in model.weights)
    is_kernel, moved = shapes in ([(3, 3, 1, 1)], [(1,), (3, 3, 1, 1)]), all(firsts.moved(model))
    maps = keras.ops.convert_to_numpy(keras.ops.conv(unseen, kernel))
    ran_away = not all(np.all(np.abs(weight) < 100) for weight in model.get_weights())
    # What is wrong with the model is said already: then the maps are not looked at.
    fits = not is_kernel or tuple(model(unseen).shape) == maps.shape
    unexplained = unexplained_share(model, unseen, maps) if is_kernel and fits and moved and not ran_away else 0.0
    return dict(is_model=True, is_kernel=is_kernel, fits=fits, moved=moved, ran_away=ran_away, unexplained=unexplained)


def _fitted(images, targets, *stack, rate=0.1, epochs=1):
    model = keras.Sequential([keras.Input((None, None, 1)), *(stack or [layers.Conv2D(1, 3)])])
    model.compile(keras.optimizers.SGD(rate, momentum=0.9), loss="mse")
    if epochs:
        model.fit(images, targets, batch_size=8, epochs=epochs, verbose=0)
    return model


learn_kernel.property(
    "Your answer is not a Keras model. Return the trained model itself.",
    "_fitted(images, targets, epochs=0).get_weights()[0]",
)(lambda found: found["is_model"])
learn_kernel.property(
    "Your model should hold one 3×3 kernel and at most one bias, and it holds something else. One filter is enough: `layers.Conv2D(1, 3)`.",
    "_fitted(images, targets, layers.Conv2D(4, 3), layers.Conv2D(1, 1), epochs=0)",
    "_fitted(images, targets, layers.Conv2D(1, 5), epochs=0)",
)(lambda found: found["is_kernel"])
learn_kernel.property(
    "Your model's maps have another shape than the targets. Those were made from whole windows only, which is what `Conv2D` does unless you set `padding` or `strides`.",
    '_fitted(images, targets, layers.Conv2D(1, 3, padding="same"), epochs=0)',
)(lambda found: found["fits"])
learn_kernel.property(
    "The kernel of your model holds the numbers it started with: nothing moved it. Was it compiled but never fitted, is it frozen, or does an activation return "
    "0 everywhere and let no gradient through?",
    "_fitted(images, targets, epochs=0)",
    "_fitted(images, targets, layers.Conv2D(1, 3, trainable=False))",
)(lambda found: found["moved"])
learn_kernel.property(
    "The training ran away: the weights of your model are huge, or no numbers (`nan`). Its steps are too large. Choose a smaller learning rate.",
    "_fitted(images, targets, rate=3.0)",
)(lambda found: not found["ran_away"])
agrees_on_unseen_pictures = learn_kernel.property(
    "On pictures that your model never saw, its maps miss more than a quarter of what there is to see. Was it trained long enough, with steps neither too small nor "
    "too large, and is there no activation?",
    "_fitted(images, targets, rate=1e-4)",
    '_fitted(images, targets, layers.Conv2D(1, 3, activation="relu", kernel_initializer="ones"), epochs=3)',
)(lambda found: found["unexplained"] < LARGEST_SHARE)


@learn_kernel.also
def _(images, targets):
    model = keras.Sequential([layers.Conv2D(1, 3, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mse")
    model.fit(images, targets, batch_size=4, epochs=10, verbose=0)
    return model


learn_kernel.excused = dict.fromkeys(
    ["8 → 9", "8 → 7", "10 → 11", "10 → 9", "'mse' → 'mae'"], "many settings train well; the threshold leaves room"
) | {
    "0 → 1": "printing changes nothing",
    "model.fit(images, targets, batch_size=8, epochs=10, verbose=0) → model.fit(images, targets, batch_size=8, epochs=10)": "printing changes nothing",
}
learn_kernel.hints = [
    "A `Conv2D` with one filter holds nine weights and a bias. The targets hold negative numbers, so use no activation.",
    "Compile with the mean squared error and `keras.optimizers.SGD(0.1, momentum=0.9)`, then call `fit(images, targets, …)`.",
    "`model.evaluate` tells you how far off the maps are; more epochs bring them closer.",
]
learn_kernel.why = "Nobody wrote the nine numbers into your layer. Pictures from before and after were enough."

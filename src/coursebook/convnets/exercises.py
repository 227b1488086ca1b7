"""Exercises of *Convnets*."""

import keras
import numpy as np
from keras import layers
from PIL import Image

from coursekit.checks import exercise, question
from coursekit.checks.models import is_challenged


# Could anything simpler do it? ---------------------------------------------------------------------------------------
@exercise("convnets/shuffle", points=2, probes=6)
def shuffle(images, order):
    """Put the pixels of every image into the same new order.

    images: shape (images, rows, columns, 1), of any size. order: the numbers
    0 to rows · columns - 1 in some order. Count an image's pixels row by row:
    the new pixel number i is the old pixel number order[i]. Return images of
    the same shape.
    """
    flat = np.reshape(images, (len(images), -1))
    return flat[:, order].reshape(np.shape(images))


@shuffle.probe
def _(rng):
    count, rows, columns = rng.integers(2, 4), rng.integers(2, 4), rng.integers(2, 5)
    order = rng.permutation(rows * columns)
    order = np.roll(order, 1) if np.array_equal(order, np.argsort(order)) else order
    kind = [np.float32, np.float64, np.int64, np.uint8][rng.integers(4)]
    return dict(images=rng.integers(0, 10, (count, rows, columns, 1)).astype(kind), order=order)


shuffle.example(images=np.arange(12.0).reshape(2, 2, 3, 1), order=np.array([2, 0, 1, 5, 3, 4]))
shuffle.example(images=np.arange(18).reshape(2, 3, 3, 1) * 3, order=np.array([4, 8, 0, 1, 2, 3, 5, 7, 6]))


def _flat(images):
    return np.reshape(np.array(images), (len(images), -1))


shuffle.mistakes = {
    "_flat(images)[:, np.argsort(order)].reshape(images.shape)": "You went the other way round: the old pixel i landed in place order[i]. Here the new pixel i is the old pixel order[i].",
    "_flat(images)[:, order]": "The pixels are in the right order, but the images lost their rows and columns: reshape them back.",
    "_flat(images)[:, order].reshape(images.shape[:3])": "The pixels are in the right order, but the last axis, the channel, is gone.",
    "np.transpose(np.transpose(images, (0, 2, 1, 3)).reshape(len(images), -1)[:, order].reshape(len(images), images.shape[2], images.shape[1], 1), (0, 2, 1, 3))": "You counted the pixels column by column. Count them row by row, as `reshape` does.",
    "np.ravel(images)[np.concatenate([order] * len(images))].reshape(images.shape)": "Every image became the first one: the order counts from the start of each image, not of the whole batch.",
    "images": "Nothing has moved: the images are as they were.",
}

shuffle.also(
    "np.take(np.reshape(images, (len(images), -1)), order, axis=1).reshape(images.shape)",
    "keras.ops.reshape(keras.ops.take(keras.ops.reshape(images, (len(images), -1)), order, axis=1), images.shape)",
    "np.stack([image.ravel()[order].reshape(image.shape) for image in np.asarray(images)])",
)
shuffle.excused = {"1 → 2": "`reshape` takes any negative number for the axis that is left"}
shuffle.hints = [
    "Flatten each image, but not the batch: `images.reshape(len(images), -1)` has one row per image.",
    "`flat[:, order]` picks the columns of `flat` in that order, for all rows at once.",
]
shuffle.why = "A fixed shuffle keeps every number and destroys every neighborhood: it shows who needs neighbors."

blind_to_order = question(
    "convnets/blind-to-order",
    "Shuffle the pixels of *all* pictures, known and new, by one and the same order. For which of these does it change "
    "nothing, apart from another random start? Give a set.",
    {"a", "b", "c"},
    options={
        "a": ("the nearest neighbor by mean and spread", "The mean and the spread of 784 numbers do not depend on their order."),
        "b": ("the nearest neighbor by all pixels", "The distance adds up 784 squared differences. The same pairs are compared, only in another order."),
        "c": ("the Dense network", "A Dense unit has a weight for every pixel. Shuffle the weights like the pixels, and each sum is as before."),
        "d": ("the convnet", "A kernel reads neighbors, and after the shuffle the pixels of its window come from anywhere in the picture."),
    },
    hints=["Which of them know which pixels are neighbors?", "A sum does not change when its terms change places."],
    why="Whatever is blind to the order of pixels has not been told which of them are neighbors.",
)  # fmt: skip


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


@conv_block.use
def _(answer, size, channels, filters):
    """With some factors below 0, the largest number of four is not the largest any more after normalization."""
    model = answer(size, channels, filters)
    if isinstance(model, keras.Sequential) and not is_challenged(model):
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization) and layer.built and layer.scale:
                layer.gamma.assign([(-1) ** n for n in range(layer.gamma.shape[0])])
    return model


def _block(size, channels, filters, *, padding="same", bias=False, middle=None, pool=layers.MaxPooling2D):
    middle = middle or [layers.BatchNormalization(), layers.Activation("relu")]
    convolution = layers.Conv2D(filters, 3, padding=padding, use_bias=bias)
    return keras.Sequential([keras.Input((size, size, channels)), convolution, *middle, pool(2)])


conv_block.mistakes = {
    "_block(size, channels, filters, bias=True)": "Your convolution kept its bias. The next layer subtracts each map's mean, and any bias with it: `use_bias=False`.",
    '_block(size, channels, filters, bias=True, middle=[layers.Activation("relu")])': "The batch normalization is missing, and your convolution kept its bias. Here the order is convolution without bias, normalization, activation, pooling.",
    '_block(size, channels, filters, middle=[layers.Activation("relu"), layers.BatchNormalization()])': "ReLU comes before batch normalization in your block. Here the order is convolution, normalization, activation, pooling.",
    '_block(size, channels, filters, middle=[layers.Activation("relu"), layers.MaxPooling2D(2), layers.BatchNormalization()], pool=lambda window: layers.Identity())': "Your batch normalization stands last, after ReLU and pooling. It normalizes what the convolution computed, before ReLU: convolution, normalization, activation, pooling.",
    '_block(size, channels, filters, middle=[layers.MaxPooling2D(2), layers.BatchNormalization(), layers.Activation("relu")], pool=lambda window: layers.Identity())': "You pool before batch normalization. Where a map's factor γ is negative, the largest of four numbers becomes the smallest. Here the order is convolution, normalization, activation, pooling.",
    '_block(size, channels, filters, padding="valid")': 'Your convolution has no zeros at the edge, so its maps shrink by 2: `padding="same"`.',
    '_block(size, channels, filters, middle=[layers.Activation("relu")])': "The batch normalization is missing. Without it and without a bias, no map can shift its zero.",
    "_block(size, channels, filters, middle=[layers.BatchNormalization()])": "Nothing detects: the ReLU after the normalization is missing.",
    "_block(size, channels, filters, pool=layers.AveragePooling2D)": "You pooled by the mean. This block keeps the strongest response of each 2×2: `MaxPooling2D`.",
    '_block(size, channels, filters, middle=[layers.Activation("relu"), layers.BatchNormalization(), layers.Activation("relu")])': "You have two ReLUs. The one before the batch normalization already cuts off what the normalization is to shift: keep the one after it.",
    'keras.Sequential([keras.Input((size, size, channels)), layers.BatchNormalization(), *_block(size, channels, filters, middle=[layers.Activation("relu")]).layers])': "You normalized the image. Here batch normalization stands after the convolution, and normalizes its maps.",
    "keras.Sequential([keras.Input((size, size, channels)), layers.Conv2D(filters, 3, strides=2, padding='same', use_bias=False), layers.BatchNormalization(), layers.ReLU()])": "Your stride of 2 halves the maps without looking for a maximum. Convolve at every place, then pool: `MaxPooling2D(2)`.",
    "_block(size, channels, filters, pool=lambda window: layers.Identity())": "The pooling is missing: your maps are as large as the image, and half of that was asked for.",
}


@conv_block.also
def _(size, channels, filters):  # the maximum of what ReLU lets through is ReLU of the maximum
    image = keras.Input((size, size, channels))
    maps = layers.Conv2D(filters, (3, 3), padding="same", use_bias=False)(image)
    maps = layers.MaxPool2D()(layers.BatchNormalization(momentum=0.9)(maps))
    return keras.Model(image, keras.ops.relu(maps))


conv_block.hints = [
    "Four layers in a `keras.Sequential`, after `keras.Input((size, size, channels))`.",
    "The activation is a layer of its own, since the normalization comes between it and the convolution.",
]

_FIRST = "keras.Input((size, size, channels)), layers.Conv2D(filters, 3, padding='same', use_bias=False), layers.BatchNormalization(), "
conv_block.excused = {
    f"[{_FIRST}layers.Activation('relu'), layers.MaxPooling2D(2)] → [{_FIRST}layers.Activation('relu'), layers.Activation('relu'), layers.MaxPooling2D(2)]": "ReLU twice is ReLU once",
    f"[{_FIRST}layers.Activation('relu'), layers.MaxPooling2D(2)] → [{_FIRST}layers.MaxPooling2D(2), layers.Activation('relu')]": "ReLU and maximum may swap places",
}
conv_block.why = "Many well-known networks repeat a block like this one, with small changes."


# Who is wired to whom ------------------------------------------------------------------------------------------------
@exercise("convnets/connections", points=2)
def connections(size, channels, filters, kernel):
    """Count weights. `filters` maps of size × size numbers are computed from
    `channels` maps of the same size.

    Return three counts, without biases:
    1. dense: every number reads the whole input;
    2. local: every number reads a window of kernel × kernel through all
       channels, with weights of its own;
    3. shared: as in 2, but the numbers of one map all use the same weights.
    A window at the edge counts as a whole one.
    """
    numbers = size * size * filters
    window = kernel * kernel * channels
    return numbers * size * size * channels, numbers * window, filters * window


_NAMES = "size", "channels", "filters", "kernel"
connections.probe(lambda rng: dict(zip(_NAMES, rng.integers((6, 2, 6, 2), (33, 5, 17, 6)), strict=True)))
connections.example(size=8, channels=3, filters=7, kernel=5)


def _counts(size, channels, filters, kernel, *, deep=True, squared=True, area=None):
    window = kernel * (kernel if squared else 1) * (channels if deep else 1)
    area = size * size if area is None else area
    return area * filters * area * channels, area * filters * window, filters * window


connections.mistakes = {
    "_counts(size, channels, filters, kernel, deep=False)": "Your window looks at one channel. A filter reads all {channels} of them: kernel · kernel · channels weights.",
    "_counts(size, 1, filters, kernel)": "You left the channels out everywhere. The input has size · size · {channels} numbers, and a window goes through all {channels} channels.",
    "size * size * filters * size * size, *_counts(size, channels, filters, kernel)[1:]": "Your first count is too small by the channels: the whole input has size · size · {channels} numbers.",
    "_counts(size, channels, filters, kernel, squared=False)": "Your window is a line of {kernel}. A square one has {kernel} · {kernel} places.",
    "_counts(size, channels, filters, kernel, area=size)": "You counted size where a map has size · size numbers.",
    "_counts(size, channels, filters, 3)": "Your windows are 3 × 3 in every case. Count with kernel · kernel.",
    "_counts(size, channels, filters, kernel, area=784)": "Your maps have 28 · 28 numbers in every case. Count with size · size.",
    "_counts(size, channels, filters, kernel)[::-1]": "The three counts are right, but in reverse order. Asked for are dense, local, shared.",
    "*_counts(size, channels, filters, kernel)[:2], size * size * filters * kernel * kernel": "Your third count still has a factor for every place. Shared weights are counted once for each map.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, size * size * window, filters * window": "Your second count has one window for each place, for all maps together. Each of the {filters} maps has windows of its own.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, (size - kernel + 1) ** 2 * filters * window, filters * window": "Your second count leaves out the windows at the edge. The maps have size × size numbers, and each has a whole window.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, numbers * window, window": "You shared one window among all maps. Then all {filters} maps would be equal: each map needs its own.",
    "numbers * size * size * channels, numbers * window, filters * window => size ** 4 * channels, size * size * window, filters * window": "Your first two counts are for one map. There are {filters} maps.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, numbers * kernel * kernel, filters * window": "Your second count looks at one channel. A window goes through all {channels} of them.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, numbers * window, filters * kernel * kernel": "Your third count looks at one channel. A filter has kernel · kernel weights for each of the {channels} channels.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels, numbers * window, filters * window + filters": "Your third count includes a bias for each map. The question leaves biases out.",
    "numbers * size * size * channels, numbers * window, filters * window => size ** 4 * channels, numbers * window, filters * window": "Your first count is for one map. There are {filters} maps.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * channels, numbers * window, filters * window": "Your first count has one weight for each pixel and map. Every single number reads all size · size · {channels} numbers of the input.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers, numbers * window, filters * window": "In the first case every number reads every pixel: the weights are outputs times inputs. You counted the outputs.",
    "numbers * size * size * channels, numbers * window, filters * window => numbers * size * size * channels + numbers, numbers * window + numbers, filters * window + filters": "Your counts include biases, one for every number or every map. The question leaves them out.",
}

connections.also("[size**4*channels*filters, (size*kernel)**2*channels*filters, kernel**2*channels*filters]")
connections.hints = [
    "How many numbers do the new maps have in all? How many does each of them read?",
    "A window of the second case holds kernel · kernel · channels numbers.",
]
connections.why = "Reading locally saves weights once, and sharing saves again: that is what makes a convolution small."

# What the blocks see -------------------------------------------------------------------------------------------------
field = question(
    "convnets/field",
    "How many pixels wide is the patch of the *image* that one number of the third block's convolution depends on?",
    18,
    mistakes={
        3: "That is how much the kernel reads of the maps below it. Each number there was computed from several pixels.",
        9: "That is three kernels side by side. They overlap, and the pooling between them widens the view.",
        7: "That is three 3×3 convolutions without pooling. Two poolings stand between them here.",
        22: "You added a 2×2 pooling after the third convolution. The question stops at the convolution itself.",
        15: "You let the pooling act as a stride only. Its window of 2 also reads one number more: 4 after the first block.",
        14: "You took one step of 4 where a kernel of 3 takes two: 10 + 2 · 4.",
        16: "You went back from the third convolution: 3, 6, 8, 16. The first convolution adds 2 more.",
        12: "That is 3 · 4, three windows side by side. A number of the second pooling sees 10 pixels, and its neighbors start 4 further on.",
        28: "That is the whole image. How far one number sees depends on the kernels and poolings before it.",
        8: "That is the second block's convolution: 3, then 4 with the pooling, then 2 · 2 more.",
        10: "That is where the second block ends, after its pooling. One more convolution follows.",
        324: "That is the area of the patch. The question asks for its width.",
    },
    hints=[
        "Go layer by layer: 3 pixels after the first convolution, 4 after the first pooling.",
        "After the first pooling, neighbors are 2 pixels apart; after the second, 4.",
        "3, 4, 4 + 2·2 = 8, 8 + 2 = 10, 10 + 2·4 = ?",
    ],
    why="All three kernels are 3×3, yet the third block sees 36 times the area of the first: it reads maps that were condensed twice.",
)


# A picture of one's own ----------------------------------------------------------------------------------------------
@exercise("convnets/prepare", points=2, probes=2, tolerance=1e-3)
def prepare(pixels):
    """Turn a photographed digit into what the network was trained on.

    pixels: whole numbers from 0 (black ink) to 255 (white paper), shape
    (28·k, 28·k). Return a batch of one gray picture, shape (1, 28, 28, 1),
    from 0 (paper) to 1 (ink). Each new pixel is the mean of a square of k × k.
    """
    k = len(pixels) // 28
    small = np.reshape(pixels, (28, k, 28, k)).mean(axis=(1, 3))
    return (1 - small / 255).reshape(1, 28, 28, 1)


_STEPS = {1: [0], 2: [-1, 1], 3: [-2, 1, 1]}


def _photographed(rng, k):
    """Squares whose means, and those of their rows, are whole numbers: then Pillow, which rounds, is exact, too."""
    ink, paper = rng.integers(20, 60), rng.integers(190, 240)  # photographed: the ink is not quite black
    means = rng.integers(ink, paper, (28, 1, 28, 1))
    steps, room = np.array(_STEPS[k]), np.minimum(means, 255 - means) // 4
    down, along = (rng.integers(-room, room + 1) for _ in range(2))
    squares = means + down * steps[:, np.newaxis, np.newaxis] + along * steps
    return squares.reshape(28 * k, 28 * k).astype([np.uint8, np.int64][rng.integers(2)])


prepare.probe(lambda rng: dict(pixels=_photographed(rng, int(rng.integers(1, 4)))))
prepare.example(pixels=_photographed(np.random.default_rng(0), 2))
prepare.example(pixels=_photographed(np.random.default_rng(0), 3))


def _shrunk(pixels, how=np.mean):
    k = len(pixels) // 28
    return how(np.asarray(pixels, float).reshape(28, k, 28, k), axis=(1, 3))


prepare.mistakes = {
    "(_shrunk(pixels) / 255).reshape(1, 28, 28, 1)": "You did not invert: your paper is 1 and your ink 0. The network learned bright strokes on black.",
    "(255 - _shrunk(pixels)).reshape(1, 28, 28, 1)": "You inverted but did not scale: your ink is 255, and the network learned with ink of 1.",
    "_shrunk(pixels).reshape(1, 28, 28, 1)": "You neither inverted nor scaled: your paper is still 255 and your ink 0.",
    "(255 - _shrunk(pixels) / 255).reshape(1, 28, 28, 1)": "You scaled to 0…1 first and then subtracted from 255. Subtract from 1, or scale last.",
    "(1 - _shrunk(pixels)).reshape(1, 28, 28, 1)": "Your paper became −254: you subtracted from 1 before you divided by 255.",
    "((1 - _shrunk(pixels)) / 255).reshape(1, 28, 28, 1)": "You subtracted from 1 before you divided. White is 255: subtract from 255, or divide first.",
    "(1 - _shrunk(pixels) // 255).reshape(1, 28, 28, 1)": "`//` keeps whole numbers only, and a gray pixel becomes ink of 1. Divide with `/`.",
    "(1 - (lambda small: small / small.max())(_shrunk(pixels))).reshape(1, 28, 28, 1)": "You divided by the brightest square of this picture. White is 255, whether this paper is that white or not.",
    "(1 - _shrunk(pixels) / 256).reshape(1, 28, 28, 1)": "White is 255, not 256: with your division paper does not become 0.",
    "(1 - pixels[:28, :28] / 255).reshape(1, 28, 28, 1)": "You kept the corner of 28 × 28 pixels. Shrink the whole picture: each new pixel is the mean of a square.",
    "(1 - _shrunk(pixels) / 127.5).reshape(1, 28, 28, 1)": "Your numbers run from −1 to 1. The network learned from 0 (paper) to 1 (ink).",
    "((255 - _shrunk(pixels)) // 255).reshape(1, 28, 28, 1)": "`//` keeps whole numbers only, and a gray pixel becomes 0. Divide with `/`.",
    "(_shrunk(pixels) < 128).astype(float).reshape(1, 28, 28, 1)": "You cut to black and white. The gray values at the edges of a stroke belong to what the network learned.",
    "(1 - _shrunk(pixels).T / 255).reshape(1, 28, 28, 1)": "Your picture lies on its side: rows and columns changed places.",
    "1 - _shrunk(pixels) / 255": "The numbers are right, but the shape is not: the network reads batches, (1, 28, 28, 1), even for a single picture.",
    "(1 - _shrunk(pixels) / 255)[None]": "The numbers are right, but the last axis is missing: a gray picture has one channel, (1, 28, 28, 1).",
    "(1 - _shrunk(pixels) / 255)[:, :, None]": "The numbers are right, but the batch axis in front is missing: (1, 28, 28, 1).",
    "((lambda small: (small.max() - small) / (small.max() - small.min()))(_shrunk(pixels))).reshape(1, 28, 28, 1)": "You stretched the contrast: the darkest square became 1 and the brightest 0. What 0 and 255 mean is fixed: divide by 255, whatever this picture holds.",
    "(1 - _shrunk(pixels) / np.max(pixels)).reshape(1, 28, 28, 1)": "You divided by the largest number of this picture. White is 255, whether this paper is that white or not.",
    "(1 - pixels[:: len(pixels) // 28, :: len(pixels) // 28] / 255).reshape(1, 28, 28, 1)": "You kept every k-th pixel. Thin strokes fall between them; take the mean of each square instead.",
    "(1 - pixels[(len(pixels) - 28) // 2 :, (len(pixels) - 28) // 2 :][:28, :28] / 255).reshape(1, 28, 28, 1)": "You cut out 28 × 28 pixels instead of shrinking: the network sees a piece of a stroke, much enlarged.",
    "(1 - _shrunk(pixels, np.min) / 255).reshape(1, 28, 28, 1)": "You kept the darkest pixel of each square, which makes strokes thicker. Take the mean.",
    "(1 - _shrunk(pixels, np.max) / 255).reshape(1, 28, 28, 1)": "You kept the brightest pixel of each square, which makes thin strokes vanish. Take the mean.",
    "(lambda inks: inks / inks.max())(255 - _shrunk(pixels)).reshape(1, 28, 28, 1)": "You divided by the darkest ink of this picture, and that became 1. Divide by 255, whatever this picture holds.",
    "(1 - np.reshape(pixels, (len(pixels) // 28, 28, len(pixels) // 28, 28)).mean(axis=(0, 2)) / 255).reshape(1, 28, 28, 1)": "You averaged pixels that lie 28 apart. In `pixels.reshape(28, k, 28, k)` the squares are the axes 1 and 3.",
    "(1 - np.reshape(pixels, (28, 28, -1)).mean(axis=2) / 255).reshape(1, 28, 28, 1)": "You averaged pieces of rows that do not form squares. `pixels.reshape(28, k, 28, k)` has the squares in its axes 1 and 3.",
}

prepare.also(
    "keras.ops.average_pool(((255.0 - pixels[None, :, :, None]) / 255).astype('float32'), len(pixels) // 28, strides=len(pixels) // 28)",
    "1 - np.float32(Image.fromarray(np.uint8(pixels)).resize((28, 28), Image.Resampling.BOX))[None, :, :, None] / 255",
)  # the second is the chapter's; Pillow rounds to whole numbers
prepare.hints = [
    "How many old pixels in a row become one new one? `k = len(pixels) // 28`.",
    "`pixels.reshape(28, k, 28, k)` has the squares in its axes 1 and 3.",
    "Divide by 255 first; then 1 minus that turns paper into 0 and ink into 1.",
]
prepare.why = "A network sees numbers, not a picture: what it was trained on decides what each number means."

# The same three steps in other networks ------------------------------------------------------------------------------
heaviest = question(
    "convnets/heaviest",
    "Which layer of LeNet-5 holds the most weights?",
    "c",
    options={
        "a": ("the first convolution: it reads the largest image", "The image's size is not in 5 · 5 · 1 · 6 + 6 = 156."),
        "b": ("the second convolution: it has the most filters", "5 · 5 · 6 · 16 + 16 = 2,416, or 4 % of them all."),
        "c": ("the first Dense layer: every unit reads every number", "400 · 120 + 120 = 48,120 of 61,706."),
        "d": ("the last Dense layer: it decides", "84 · 10 + 10 = 850."),
    },
    hints=["A convolution has kernel · kernel · channels · filters weights and a bias for each filter.",
           "A Dense layer has inputs · units weights. How many numbers leave the second pooling?"],
    why="If you want a smaller network, look at the layer after `Flatten` first.",
)  # fmt: skip


@exercise("convnets/grass-or-gravel", points=3, probes=1)
def grass_or_gravel():
    """Build and compile a model for gray pieces (16, 16, 1): grass or gravel?

    Two blocks, one with 8 filters and one with 16: a 3×3 convolution (ReLU,
    zeros at the edge) and a maximum of 2×2. Then flatten, dropout 0.2, one
    logit. Adam with rate 0.002, binary cross-entropy.
    """
    model = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(8, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def _textures(*, norm=list, tail=None, loss=None, **conv):
    settings = dict(activation="relu", padding="same") | conv
    blocks = [[layers.Conv2D(filters, 3, **settings), *norm(), layers.MaxPooling2D(2)] for filters in (8, 16)]
    tail = tail or [layers.Dropout(0.2), layers.Dense(1)]
    model = keras.Sequential([keras.Input((16, 16, 1)), *blocks[0], *blocks[1], layers.Flatten(), *tail])
    loss = loss or keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss=loss)
    return model


grass_or_gravel.mistakes = {
    '_textures(loss="binary_crossentropy")': "Your loss expects probabilities, as binary cross-entropy does unless told otherwise, and your model gives logits. Say `from_logits=True`.",
    '_textures(tail=[layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")])': "Your last layer is a sigmoid, and your loss, told `from_logits=True`, expects a logit. Leave the sigmoid out: `Dense(1)` alone.",
    "_textures(activation=None, use_bias=False, norm=lambda: [layers.BatchNormalization(), layers.ReLU()])": "These are the chapter's blocks, with batch normalization. Here they do without it: convolution with ReLU, then the maximum.",
    '_textures(tail=[layers.Dropout(0.2), layers.Dense(1, activation="relu")])': "The ReLU cuts off every logit below 0, so the model can never say grass with confidence. `Dense(1)` alone.",
    "_textures(tail=[layers.Dropout(0.8), layers.Dense(1)])": "Your dropout sets four fifths of the numbers to 0. `Dropout` is told which share to drop, not which to keep: 0.2.",
    '_textures(tail=[layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")], loss="binary_crossentropy")': "Your last layer is a sigmoid, and the loss fits it. Here a logit was asked for: `Dense(1)` alone, and `from_logits=True`.",
}


@grass_or_gravel.also
def _():
    image = keras.Input((16, 16, 1))
    maps = image
    for filters in (8, 16):
        maps = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(maps))
        maps = layers.MaxPool2D()(maps)
    model = keras.Model(image, layers.Dense(1)(layers.Dropout(rate=0.2)(layers.Flatten()(maps))))
    model.compile(keras.optimizers.Adam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


_MODEL = "keras.Input((16, 16, 1)), layers.Conv2D(8, 3, activation='relu', padding='same'), layers.MaxPooling2D(2), layers.Conv2D(16, 3, activation='relu', padding='same'), layers.MaxPooling2D(2), "
_WHOLE = f"[{_MODEL}layers.Flatten(), layers.Dropout(0.2), layers.Dense(1)]"
grass_or_gravel.excused = {
    f"{_WHOLE} → [{_MODEL}layers.Flatten(), layers.Flatten(), layers.Dropout(0.2), layers.Dense(1)]": "a row that is flattened again stays as it is",
    f"{_WHOLE} → [{_MODEL}layers.Dropout(0.2), layers.Flatten(), layers.Dense(1)]": "dropout treats every number alike, flattened or not",
}
grass_or_gravel.hints = [
    "A block is two layers here: the convolution with its ReLU, and the pooling.",
    "`Flatten` turns the last maps into one row; dropout and one Dense unit follow.",
    "A string cannot say `from_logits=True`: use `keras.losses.BinaryCrossentropy(from_logits=True)`.",
]
grass_or_gravel.why = "Halve the maps, double their number: many convnets are built like this."


@exercise("convnets/right-share")
def right_share(logits, labels):
    """The share of right decisions: a logit above 0 says gravel (1), any other
    says grass (0).

    logits: shape (rows, 1), as the model gives them. labels: 1 or 0, shape
    (rows,).
    """
    said = np.ravel(logits) > 0
    return np.mean(said == labels)


@right_share.probe
def _(rng):
    rows = rng.integers(6, 12)
    labels = rng.integers(0, 2, rows)
    labels[:4] = 0, 1, 0, 1
    logits = np.round(rng.normal(0.4 * labels, 1.0), 2)
    logits[2:5] = 0.3, 0.4, 0.0  # above 0 and below a half; not above 0
    return dict(logits=logits[:, None].astype(np.float32), labels=labels)


right_share.example(logits=np.array([[0.0], [2.0], [-1.0], [0.0], [3.0]], np.float32), labels=np.array([0, 1, 0, 0, 0]))
right_share.example(logits=np.array([0.2, 2, -1, -3, 0.3, 1e-5], "f4")[:, None], labels=np.array([1, 1, 0, 1, 1, 0]))

right_share.mistakes = {
    "np.mean((np.ravel(logits) > 0.5) == labels)": "You cut at 0.5. That is right for probabilities; a logit of 0.5 is a probability of 0.62. The logit of one half is 0.",
    "np.mean((np.ravel(logits) >= 0) == labels)": "You counted a logit of exactly 0 as gravel. Only a logit above 0 says gravel.",
    "np.mean((np.asarray(logits) > 0) == labels)": "You compared (rows, 1) with (rows,): NumPy makes a table of all pairs. Flatten the logits first.",
    "np.mean(np.argmax(logits, axis=1) == labels)": "`argmax` over one column is always 0, so your model says grass to everything. A single logit is cut at 0.",
    "np.sum((np.ravel(logits) > 0) == labels)": "That is how many are right. The share divides by the number of rows.",
    "np.mean((np.ravel(logits) > 0))": "That is the share of rows called gravel. Compare what was said with the labels.",
    "np.mean((np.ravel(logits) < 0) == labels)": "You took a logit below 0 for gravel. Above 0 says gravel.",
    "np.mean(np.sign(np.ravel(logits)) == labels)": "The sign of a logit is −1 for grass, and the label of grass is 0: so no grass counts as right. Ask `> 0`.",
    "np.mean(np.round(np.ravel(logits)) == labels)": "You rounded the logits. They are no probabilities: 3 stands for gravel, too. Ask `> 0`.",
    "np.mean((np.ravel(logits) > 0) != labels)": "That is the share of wrong decisions.",
    "np.mean((np.ravel(logits) > 0)[labels == 1])": "You looked at the gravel only: that is the recall. Count the grass that was called grass, too.",
    "np.mean(np.asarray(labels)[(np.ravel(logits) > 0)])": "You looked only at what was called gravel: that is the precision. Count all rows.",
    "np.mean((np.ravel(logits) > 0) & (np.asarray(labels) == 1))": "You counted the gravel that was called gravel. Grass called grass is right, too.",
    "100 * np.mean((np.ravel(logits) > 0) == labels)": "That is in percent. A share lies between 0 and 1.",
    "np.mean(np.ravel(logits) == labels)": "You compared the logits themselves with the labels. First decide: above 0 or not?",
}

right_share.also(
    "keras.metrics.BinaryAccuracy(threshold=0)(labels[:, None], logits)",
    "sum(bool(logit > 0) == bool(label) for logit, label in zip(logits[:, 0], labels)) / len(labels)",
)
right_share.hints = ["What does each row say? `logits > 0`.", "`np.ravel(logits)` has the shape of the labels."]
right_share.why = '`metrics=["binary_accuracy"]` cuts at 0.5; for logits it has to be told `threshold=0`.'

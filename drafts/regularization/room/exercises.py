"""Exercises of *Regularization*."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question


# What has to be beaten -----------------------------------------------------------------------------------------------
@exercise("regularization/two-rulers", points=2)
def two_rulers(validation, test):
    """Judge one training by two rulers.

    `validation` and `test` hold its losses, one number per look. Return two
    numbers: the test loss at the look that early stopping would keep (the
    first one with the lowest validation loss), and the test loss at the last
    look.
    """
    best = np.argmin(validation)
    return test[best], test[-1]


@two_rulers.probe
def _(rng):
    looks = rng.integers(4, 8)
    return dict(validation=rng.integers(1, 40, looks) / 10, test=rng.integers(1, 40, looks) / 10)


two_rulers.example(validation=np.array([3.0, 1.0, 2.0, 1.0, 2.5]), test=np.array([2.9, 1.3, 1.1, 1.9, 2.2]))
two_rulers.example(validation=np.array([1.0, 1.5, 2.0]), test=np.array([1.2, 0.9, 2.1]))
two_rulers.example(validation=np.array([0.7]), test=np.array([0.8]))
two_rulers.mistakes = {
    "min(test), test[-1]": "Your first number is the lowest test loss. Then the test digits chose the look, and the number flatters: let the validation loss choose.",
    "validation[np.argmin(validation)], test[-1]": "Your first number is the validation loss, which has chosen the look. Report the test loss at that look.",
    "test[np.argmin(validation)], test[np.argmin(test)]": "Your second number is the lowest test loss. Asked is the last one, where a training without early stopping ends.",
    "test[-1], test[np.argmin(validation)]": "You gave the two numbers in the other order. The look that early stopping keeps comes first.",
    "test[np.argmax(validation)], test[-1]": "You kept the look with the highest validation loss. A low loss is good.",
    "test[len(validation) - 1 - np.argmin(validation[::-1])], test[-1]": "Two looks had the same lowest validation loss, and you kept the later one. Early stopping keeps the first: an equal loss is no improvement.",
    "test[np.argmin(validation)], validation[-1]": "Your second number is the last validation loss. Both numbers are test losses.",
    "np.argmin(validation), len(test) - 1": "You returned the places of the two looks. Return the test losses that stand there.",
    "test[np.argmin(validation)], test[0]": "Your second number is the first test loss. The last one stands at the place −1.",
    "test[np.argmin(validation)]": "You returned one number. The last test loss was asked for as well.",
    "test[np.argmin(validation)], np.mean(test)": "Your second number is the mean over all looks. Asked is the last one.",
    "test[min(np.argmin(validation) + 1, len(test) - 1)], test[-1]": "You took the look after the best one. `np.argmin` counts from 0, as the places of `test` do.",
}
two_rulers.also("[float(min(zip(validation, range(len(test)), test))[2]), float(test[-1])]", "np.array([test[list(validation).index(min(validation))], test[len(test) - 1]])")
two_rulers.hints = [
    "`np.argmin(validation)` is the place of the lowest validation loss; of equal ones, it is the first.",
    "Both numbers are read from `test`: one at that place, one at its end.",
]
two_rulers.why = "A cure that wins only by the second ruler does what early stopping does already."


# Paying for large weights --------------------------------------------------------------------------------------------
@exercise("regularization/penalized", points=2)
def penalized(loss, kernels, l1, l2):
    """Return what a training with both penalties makes small: the loss, plus
    `l1` times the sum of all absolute weights, plus `l2` times the sum of all
    squared weights.

    `kernels` is a list of matrices, one for each layer. Biases pay nothing.
    """
    absolute = sum(np.sum(np.abs(kernel)) for kernel in kernels)
    squared = sum(np.sum(kernel**2) for kernel in kernels)
    return loss + l1 * absolute + l2 * squared


@penalized.probe
def _(rng):
    rows, middle, last = rng.integers(2, 4, 3)
    kernels = [rng.normal(0, 1, (rows, middle)).round(1), rng.normal(0, 1, (middle, last)).round(1)]
    return dict(loss=rng.integers(1, 30) / 10, kernels=kernels, l1=rng.integers(1, 9) / 10, l2=rng.integers(1, 9) / 10)


penalized.example(loss=0.5, kernels=[np.array([[2.0, -3.0]])], l1=0.1, l2=0.0)
penalized.example(loss=0.5, kernels=[np.array([[2.0, -3.0]]), np.array([[0.5], [-0.5]])], l1=0.0, l2=0.1)


def _priced(loss, kernels, l1, l2, one=np.abs, two=np.square, gather=np.sum):
    return loss + sum(l1 * gather(one(kernel)) + l2 * gather(two(kernel)) for kernel in kernels)


penalized.mistakes = {
    "_priced(loss, kernels, l1, l2, one=lambda kernel: kernel)": "Your L1 penalty adds the weights with their signs, so that +2 and −2 cancel. Take absolute values first.",
    "_priced(loss, kernels, l1, l2, gather=np.mean)": "You took means. The penalties are sums: a layer with more weights pays more.",
    "_priced(0, kernels, l1, l2)": "You returned the penalties alone. The training makes the loss *and* the penalties small: add the loss.",
    "_priced(loss, kernels[:1], l1, l2)": "Only your first kernel paid. Add up the penalties of all kernels in the list.",
    "_priced(loss, kernels, l2, l1)": "You swapped the two factors: `l1` belongs to the absolute weights, `l2` to the squared ones.",
    "_priced(loss, kernels, l1, l2 / 2)": "You halved the L2 penalty, as some books write it. Here, as in Keras, it is `l2` times the sum of the squares.",
    "_priced(loss, kernels, l1, l2, two=np.abs)": "Both of your penalties add absolute weights. The second one adds squares.",
    "loss + l1 * sum(np.sum(np.abs(k)) for k in kernels) + l2 * sum(np.sum(k) ** 2 for k in kernels)": "You squared the sums. Square each weight, then add up.",
    "loss + l1 * sum(np.sum(np.abs(k)) for k in kernels) + l2 * np.sqrt(sum(np.sum(k**2) for k in kernels))": "You took the root of the sum of squares, which is the length of the weights. The penalty is the sum itself.",
    "loss + l1 * sum(np.abs(np.sum(k)) for k in kernels) + l2 * sum(np.sum(k**2) for k in kernels)": "You added the weights first and took the absolute value of the sum, so that +2 and −2 cancel. Take absolute values first.",
    "_priced(loss, kernels, l1, l2, one=np.square, two=np.abs)": "You squared the weights of the L1 penalty, and took absolute values for L2. It is the other way round.",
    "loss - l1 * sum(np.sum(np.abs(k)) for k in kernels) - l2 * sum(np.sum(k**2) for k in kernels)": "You subtracted the penalties, which would reward large weights. Add them.",
    "loss + (l1 + l2) * sum(np.sum(k**2) for k in kernels)": "Both of your penalties add squares. The first one adds absolute values.",
    "loss * (1 + sum(l1 * np.sum(np.abs(k)) + l2 * np.sum(k**2) for k in kernels))": "You multiplied the loss by the penalties. They are added to it.",
}
penalized.also("loss + sum(l1 * abs(w) + l2 * w * w for kernel in kernels for w in np.ravel(kernel))")


@penalized.also
def _(loss, kernels, l1, l2):
    prices = keras.regularizers.L1L2(l1, l2)
    return loss + sum(float(prices(tf.constant(kernel, tf.float32))) for kernel in kernels)


penalized.hints = [
    "For one kernel: `np.sum(np.abs(kernel))` and `np.sum(kernel**2)`.",
    "A sum over all kernels: `sum(… for kernel in kernels)`.",
]
penalized.why = "What is added to the loss is added to its gradient: that is how a penalty reaches the weights."

worse = question(
    "regularization/is-it-worse",
    "Two networks were trained, one of them with `kernel_regularizer=L2(0.003)` in each layer. `fit` reports a `val_loss` of 0.45 for the network without a penalty and of 0.80 for the one with it. Which of the two predicts better on the validation digits?",
    "c",
    options={
        "a": ("The one without a penalty: its `val_loss` is lower.", "Keras adds the penalty to `val_loss`, too. How much of the 0.80 is penalty, these numbers do not say."),
        "b": ("The one with the penalty: a penalty always helps on new digits.", "A penalty that is too strong makes a network worse on any digits. And these two numbers do not measure the same thing."),
        "c": ("These numbers cannot tell: one of them contains a penalty.", "0.80 is a cross-entropy plus a penalty. Compare a metric that contains no penalty, such as the cross-entropy itself."),
        "d": ("They are equal: the difference is the penalty.", "Part of the difference is the penalty. Nobody has said that it is exactly all of it."),
    },
    hints=["What does `fit` add to the loss of a layer with a regularizer?", "Is it left out when the validation digits are judged?"],
    why="Give `compile` the bare loss as a metric, and compare that.",
)  # fmt: skip

# How hard does a penalty pull? ---------------------------------------------------------------------------------------
zeros_after_l1 = question(
    "regularization/zeros-after-l1",
    "An L1 penalty is added to the loss, and the network is trained by gradient steps as usual. How many of its 4736 weights (without biases) are exactly 0 at the end?",
    "a",
    options={
        "a": ("almost none", "A step of fixed length jumps over 0, and the next one jumps back. The weights come close to 0 and rarely land on it."),
        "b": ("about half", "Many are close to 0. Count those that *are* 0, with `np.sum(kernel == 0)`."),
        "c": ("more than nine tenths", "That is the usual picture of L1, drawn for the exact minimum. Gradient steps do not land on it."),
        "d": ("those of the pixels that are always blank", "The penalty pulls at them by a fixed amount until they are close to 0. Then a step is longer than what is left."),
    },
    hints=["How long is a step of the L1 penalty when the weight is 0.0001?", "And where does the weight stand after that step?"],
    why="Exact zeros need a step that stops at 0: the soft threshold.",
)  # fmt: skip


@exercise("regularization/soft-threshold", points=2)
def soft_threshold(weights, step):
    """Move each weight toward 0 by `step`, and stop at 0: a weight that is
    nearer to 0 than `step` becomes 0, and none changes its sign.

    `weights` is an array of any shape, `step` a number that is not negative.
    """
    return np.sign(weights) * np.maximum(np.abs(weights) - step, 0)


@soft_threshold.probe
def _(rng):
    shape = (int(rng.integers(2, 4)), int(rng.integers(2, 4)))
    return dict(weights=rng.integers(-20, 21, shape) / 10, step=rng.integers(3, 12) / 10)


soft_threshold.example(weights=np.array([[2.0, -2.0, 0.3], [-0.3, 0.0, 0.5]]), step=0.5)
soft_threshold.example(weights=np.array([1.5, -0.5]), step=0.0)
soft_threshold.mistakes = {
    "weights - step * np.sign(weights)": "Small weights jumped over 0: 0.3 less a step of 0.5 is −0.2. They have to stop at 0.",
    "np.where(np.abs(weights) < step, 0, weights)": "You set the small weights to 0 and left the others as they were. All weights move toward 0 by `step`.",
    "np.maximum(weights - step, 0)": "Your negative weights all became 0. They move up by `step`, and stop at 0 as well.",
    "np.maximum(np.abs(weights) - step, 0)": "Your negative weights became positive. Give each weight its sign back.",
    "np.sign(weights) * np.abs(np.abs(weights) - step)": "Small weights bounced: 0.3 with a step of 0.5 became 0.2. What would be negative has to become 0.",
    "np.where(np.abs(weights) <= step, 0, weights - step)": "You subtracted `step` from the negative weights as well, which moved them away from 0. Toward 0 is up for them.",
    "np.clip(weights, -step, step)": "You cut the large weights off. The rule does the opposite: small ones become 0, and large ones keep all but `step`.",
    "weights * (1 - step)": "You took a share of each weight, as L2 does. Here each weight loses the same amount, `step`.",
    "weights - step": "You moved all weights down. Toward 0 is up for the negative ones, and the small ones stop at 0.",
    "np.sign(weights) * np.minimum(np.abs(weights) - step, 0)": "You took the minimum with 0, which keeps the wrong side: large weights became 0. Take the maximum.",
    "np.sign(weights) * (np.abs(weights) + step) * (np.abs(weights) > step)": "You moved the large weights away from 0. Toward 0 means that their absolute value shrinks by `step`.",
    "np.where(np.abs(weights) < step, 0, weights - step * np.sign(weights)) * (weights > 0)": "Your negative weights became 0, whatever their size. They keep all but `step`, too.",
}
soft_threshold.also(
    "weights - np.clip(weights, -step, step)",
    "np.maximum(weights - step, 0) + np.minimum(weights + step, 0)",
    "tf.sign(weights) * tf.nn.relu(tf.abs(weights) - step)",
)
soft_threshold.hints = [
    "Work on the absolute values: `np.abs(weights) - step`. What has to happen where this is negative?",
    "`np.sign(weights)` gives the signs back at the end.",
]
soft_threshold.why = "This is the step that puts weights at exactly 0, so that they can be left out."

# L2 or weight decay? -------------------------------------------------------------------------------------------------
same_decay = question(
    "regularization/same-decay",
    "Plain SGD with the rate 0.1 trains a layer whose kernel has `regularizers.L2(0.003)`. Which `weight_decay` makes the same SGD without the regularizer do the same?",
    0.006,
    mistakes={
        0.003: "The slope of w² is 2w, so the penalty takes rate · 2 · 0.003 of a weight per step. The decay takes rate · weight_decay.",
        0.0006: "That is the share of a weight that one step takes away, 0.1 · 2 · 0.003. Keras multiplies the decay by the rate by itself.",
        0.0003: "You multiplied 0.003 by the rate. Keras multiplies the decay by the rate by itself; and the slope of w² has a 2.",
        0.0015: "You halved where you have to double: the slope of w² is 2w.",
        0.03: "You divided by the rate. It stands on both sides, in the penalty's step and in the decay, and cancels.",
        0.06: "The factor 2 is there. The rate stands on both sides, in the penalty's step and in the decay, and cancels.",
        0.000009: "You squared the factor. The square belongs to the weight, and its slope is 2w.",
    },
    tolerance=1e-6,
    hints=["One step with the penalty: w − rate · 2 · 0.003 · w − rate · gradient.", "One step with decay: w − rate · weight_decay · w − rate · gradient."],
    why="For plain SGD, L2 and weight decay are two names of one thing. For Adam they are not.",
)  # fmt: skip


# Dropout -------------------------------------------------------------------------------------------------------------
@exercise("regularization/dropout", points=2)
def dropout(inputs, rate, noise, training):
    """Drop a share `rate` of the numbers in `inputs`, as Keras does.

    `noise` has the shape of `inputs` and holds numbers from 0 to 1: an input
    is dropped where its noise is smaller than `rate`. The others grow by the
    factor 1 / (1 − rate). Without `training` the inputs pass unchanged.

    `rate` is at least 0 and smaller than 1.
    """
    if not training:
        return inputs
    return np.where(noise < rate, 0, inputs / (1 - rate))


@dropout.probe
def _(rng):
    shape = (int(rng.integers(2, 4)), int(rng.integers(3, 5)))
    noise = np.append(rng.uniform(0.05, 0.2, 2), rng.uniform(0.8, 0.99, np.prod(shape) - 2))
    return dict(
        inputs=rng.integers(1, 9, shape) * rng.choice([-1.0, 1.0], shape),
        rate=rng.choice([0.25, 0.4, 0.75]),
        noise=rng.permutation(noise).reshape(shape),
        training=True,
    )


@dropout.probe
def _(rng):
    return dict(inputs=rng.integers(1, 9, (2, 3)) * 1.0, rate=0.25, noise=rng.uniform(0.01, 0.99, (2, 3)), training=False)


_NOISE = np.array([[0.1, 0.5, 0.3, 0.9]])
dropout.example(inputs=np.array([[3.0, 2.0, -4.0, 6.0]]), rate=0.4, noise=_NOISE, training=True)
dropout.example(inputs=np.array([[3.0, 2.0, -4.0, 6.0]]), rate=0.0, noise=_NOISE, training=True)
dropout.example(inputs=np.array([[3.0, 2.0, -4.0, 6.0]]), rate=0.5, noise=_NOISE, training=True)
dropout.example(inputs=np.array([[3.0, 2.0, -4.0, 6.0]]), rate=0.4, noise=_NOISE, training=False)
dropout.strata(lambda inputs, rate, noise, training: "training" if training else "prediction")
dropout.mistakes = {
    "np.where(noise < rate, 0, inputs) if training else inputs": "You dropped the right ones, but the others did not grow. Then the next layer gets less in training than in prediction: divide by 1 − rate.",
    "np.where(noise < rate, 0, inputs) if training else inputs * (1 - rate)": "You let the numbers shrink in prediction. That also balances the two, but Keras does it the other way: the kept ones grow in training, and prediction changes nothing.",
    "np.where(noise < rate, 0, inputs / (1 - rate))": "You dropped in prediction, too. Without `training` the inputs pass unchanged.",
    "np.where(noise < rate, inputs / (1 - rate), 0) if training else inputs": "You kept the ones to be dropped. An input is dropped where its noise is *smaller* than `rate`.",
    "np.where(noise < rate, 0, inputs / rate) if training and rate else inputs": "You divided by `rate`. The share that is kept is 1 − rate: divide by that.",
    "np.where(noise < 1 - rate, 0, inputs / (1 - rate)) if training else inputs": "You dropped a share of 1 − rate. `rate` is what is dropped, not what is kept.",
    "np.where(noise <= rate, 0, inputs / (1 - rate)) if training else inputs": "You dropped an input whose noise equals `rate`. It is dropped where its noise is *smaller*.",
    "np.where(noise < rate, 0, inputs * (1 - rate)) if training else inputs": "You multiplied the kept ones by 1 − rate, so that they shrank. They have to grow: divide.",
    "inputs[noise >= rate] / (1 - rate) if training else inputs": "You took the dropped numbers out, and the shape is gone. They stay in their places as zeros.",
    "np.where(noise[:1] < rate, 0, inputs / (1 - rate)) if training else inputs": "You used the first row of the noise for all rows. Each row drops its own units.",
    "np.where(noise < rate, 0, inputs / (1 - rate)) if not training else inputs": "You dropped in prediction and not in training. It is the other way round.",
    "np.where(noise < rate, 0, 1 / (1 - rate)) if training else inputs": "You returned the factors alone. Multiply the inputs by them.",
    "np.where(noise < rate, 0, inputs * inputs.size / max(np.sum(noise >= rate), 1)) if training else inputs": "You divided by the share that happened to be kept. Keras divides by 1 − rate, the share that is kept on average.",
    "np.where(inputs < rate, 0, inputs / (1 - rate)) if training else inputs": "You dropped the small *inputs*. What is dropped is decided by the noise.",
}
dropout.also("inputs * (noise >= rate) / (1 - rate) if training else inputs")


@dropout.also
def _(inputs, rate, noise, training):
    kept = np.ones_like(noise)
    if training:
        kept[noise < rate] = 0
        kept /= 1 - rate
    return tf.constant(inputs * kept)


dropout.hints = [
    "`np.where(noise < rate, 0, …)` puts zeros where inputs are dropped.",
    "A share of 1 − rate is kept on average. By which factor do the kept ones have to grow, so that the mean stays?",
    "If `training` is False, return `inputs`.",
]
dropout.why = "The kept numbers grow during training, so that prediction needs no change at all."

logged = question(
    "regularization/logged-loss",
    "A network with `Dropout(0.5)` has been trained. `fit` reports the loss on the training digits. Then `model.evaluate` measures the loss on the same digits. Which one is lower?",
    "b",
    options={
        "a": ("The one that `fit` reports.", "`fit` measures while half of the hidden units are off. Does the network predict better with half of its units?"),
        "b": ("The one that `evaluate` measures.", "`fit` measures while units are dropped; `evaluate` uses all of them. So the `loss` of `fit` may even lie above `val_loss`."),
        "c": ("They are the same: the digits and the weights are.", "The digits are the same. But in `fit` half of the hidden units are off, in every update other ones."),
        "d": ("It cannot be known: it is a matter of luck which units were dropped.", "It varies from update to update, but the difference is far larger than that: look at the curves."),
    },
    hints=["When does a Dropout layer drop anything?", "Which of the two calls the model with `training=True`?"],
    why="A training loss above the validation loss is no miracle if the network has dropout.",
)  # fmt: skip


# Where does dropout go in a convnet? ---------------------------------------------------------------------------------
@exercise("regularization/dropping-convnet", points=2, probes=2)
def dropping_convnet(after_pool, before_head):
    """Build a convnet for gray pictures of 8×8 pixels, shape (8, 8, 1).

    Two blocks: a 3×3 convolution (8 maps, then 16; ReLU, zeros at the edge)
    and a maximum of 2×2. Then flatten, 32 ReLU units, and ten logits. Drop a
    share `after_pool` of the numbers behind each pooling, and a share
    `before_head` of the 32 units. Do not compile it.
    """
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(after_pool),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(after_pool),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dropout(before_head),
            layers.Dense(10),
        ]
    )


dropping_convnet.probe(lambda rng: dict(after_pool=0.25, before_head=float(rng.choice([0.4, 0.5]))))


def _blocks(first, second, head, pool=lambda: layers.MaxPooling2D(2), padding="same", output=None):
    """The convnet with the given layers behind each pooling and behind the hidden layer."""
    stack = [keras.Input((8, 8, 1))]
    for maps, behind in ((8, first), (16, second)):
        stack += [layers.Conv2D(maps, 3, padding=padding, activation="relu"), pool(), *behind]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(32, activation="relu"), *head, output or layers.Dense(10)])


def _off(rate):
    return [layers.Dropout(rate)]


dropping_convnet.mistakes = {
    "_blocks(_off(after_pool), [], _off(before_head))": "Your second pooling is followed by no dropout. It belongs behind each of the two.",
    "_blocks([], _off(after_pool), _off(before_head))": "Your first pooling is followed by no dropout. It belongs behind each of the two.",
    "_blocks(_off(after_pool), _off(after_pool), [])": "Your 32 hidden units are never dropped. Put a `Dropout(before_head)` between them and the logits.",
    "_blocks([], [], _off(before_head))": "You drop hidden units only. Behind each pooling a share `after_pool` has to be dropped as well.",
    "_blocks(_off(before_head), _off(before_head), _off(after_pool))": "You swapped the two rates: `after_pool` belongs behind the poolings.",
    "_blocks(_off(1 - after_pool), _off(1 - after_pool), _off(1 - before_head))": "You gave Keras the share to keep. `Dropout` is told which share to drop.",
    "_blocks(_off(after_pool), _off(before_head), [])": "You dropped `before_head` of the numbers behind the second pooling. It belongs to the 32 units, right before the logits.",
    "_blocks([layers.SpatialDropout2D(after_pool)], [layers.SpatialDropout2D(after_pool)], _off(before_head))": "Your `SpatialDropout2D` drops whole maps. Here single numbers are dropped: `Dropout`.",
    '_blocks(_off(after_pool), _off(after_pool), _off(before_head), padding="valid")': "Your convolutions leave the edge out (`valid`). With zeros at the edge, `padding=\"same\"`, the maps keep their size.",
    '_blocks(_off(after_pool), _off(after_pool), _off(before_head), output=layers.Dense(10, activation="softmax"))': "Your last layer is a softmax. Logits were asked for: a Dense layer without an activation.",
    "_blocks(_off(after_pool), _off(after_pool), _off(before_head), pool=lambda: layers.AveragePooling2D(2))": "You pool by the mean. The maximum was asked for.",
    "_blocks(_off(after_pool), _off(after_pool), _off(after_pool))": "You dropped `after_pool` of the hidden units. Their share is `before_head`.",
    "_blocks([], [], [])": "Your model drops nothing. Three Dropout layers are missing: one behind each pooling and one before the logits.",
}


@dropping_convnet.also
def _(after_pool, before_head):
    picture = keras.Input((8, 8, 1))
    maps = picture
    for count in (8, 16):
        maps = layers.ReLU()(layers.Conv2D(count, (3, 3), padding="same")(maps))
        maps = layers.Dropout(after_pool)(layers.MaxPool2D()(maps))
    hidden = layers.Dense(32, "relu")(layers.Flatten()(maps))
    return keras.Model(picture, layers.Dense(10)(layers.Dropout(rate=before_head)(hidden)))


dropping_convnet.hints = [
    "A block is `Conv2D`, `MaxPooling2D`, `Dropout`. Write it twice, with 8 and 16 maps.",
    "The last `Dropout` stands between the 32 units and the ten logits.",
]
dropping_convnet.why = "A Dropout layer acts on what the layer in front of it passes on, wherever you put it."


# All cures, judged alike ---------------------------------------------------------------------------------------------
@exercise("regularization/paired", points=2)
def paired(cure, baseline):
    """Compare a cure with the baseline, pick by pick.

    Both hold one test loss for each pick of training digits, in the same
    order. Return two numbers: the mean of the differences cure − baseline,
    and in how many picks the cure's loss is lower (a tie is not lower).
    """
    difference = np.asarray(cure) - np.asarray(baseline)
    return np.mean(difference), np.sum(difference < 0)


@paired.probe
def _(rng):
    picks = rng.integers(4, 8)
    return dict(cure=rng.integers(1, 10, picks) / 10, baseline=rng.integers(1, 10, picks) / 10)


paired.example(cure=[0.5, 0.4, 0.75, 0.2], baseline=[0.75, 0.4, 0.5, 0.8])
paired.example(cure=[0.25], baseline=[0.5])
paired.mistakes = {
    "np.mean(np.asarray(baseline) - cure), np.sum(np.asarray(cure) < baseline)": "Your difference has the other sign. Cure − baseline is negative if the cure is better.",
    "np.mean(np.asarray(cure) - baseline), np.sum(np.asarray(cure) > baseline)": "You counted the picks where the cure's loss is higher. A low loss is good.",
    "np.mean(np.asarray(cure) - baseline), np.sum(np.asarray(cure) <= baseline)": "You counted a tie as lower. A tie is not lower.",
    "np.mean(np.asarray(cure) - baseline), np.mean(np.asarray(cure) < baseline)": "Your second number is a share. Asked is the number of picks.",
    "np.sum(np.asarray(cure) - baseline), np.sum(np.asarray(cure) < baseline)": "You added the differences up. Take their mean, so that it does not depend on the number of picks.",
    "np.mean(np.sort(cure) - np.sort(baseline)), np.sum(np.sort(cure) < np.sort(baseline))": "You sorted both lists before you compared them. Then the pairs are torn apart: each pick is compared with itself.",
    "np.mean(cure) - np.mean(baseline), np.sum(np.asarray(cure) < np.mean(baseline))": "You compared each loss with the mean of the baseline. Compare it with the baseline of the same pick.",
    "np.mean(np.abs(np.asarray(cure) - baseline)), np.sum(np.asarray(cure) < baseline)": "You took absolute differences, so that better and worse cannot be told apart. Keep the signs.",
    "np.sum(np.asarray(cure) < baseline), np.mean(np.asarray(cure) - baseline)": "You gave the two numbers in the other order. The mean difference comes first.",
    "np.median(np.asarray(cure) - baseline), np.sum(np.asarray(cure) < baseline)": "You took the median of the differences. The mean was asked for.",
    "np.mean(np.asarray(cure) - baseline)": "You returned the mean difference alone. Count the picks where the cure is lower as well.",
    "np.mean(cure) / np.mean(baseline), np.sum(np.asarray(cure) < baseline)": "You divided. Asked is the mean of the differences cure − baseline.",
}
paired.also("(sum(c - b for c, b in zip(cure, baseline)) / len(cure), sum(c < b for c, b in zip(cure, baseline)))", "np.mean(cure) - np.mean(baseline), len([1 for c, b in zip(cure, baseline) if c < b])")
paired.hints = [
    "Make arrays of both, and subtract the baseline from the cure.",
    "`np.mean` of the differences, and how many of them are below 0.",
]
paired.why = "Picks differ more from each other than cures do. Compared pick by pick, their difference drops out."

claims = question(
    "regularization/claims",
    "A colleague tries dropout on photographs of leaves. After 500 updates the validation loss is 1.4 without dropout and 0.9 with it. At the best look of each training it is 0.70 and 0.68. All of this is from one training each. Which sentences do these numbers support? Give a set.",
    {"a", "d"},
    options={
        "a": ("In these two trainings, dropout made the overfitting of the last updates milder.", "That is what 1.4 and 0.9 say about these two trainings."),
        "b": ("With early stopping, dropout is worth a third of the loss.", "A third lies between the *last* losses. With early stopping, the best looks are compared: 0.70 and 0.68."),
        "c": ("At the best look dropout is better, so on new leaves it will be better, too.", "0.02 from one training each: another start may turn it around. And the validation leaves chose the look, so they flatter."),
        "d": ("Most of what dropout did for the last loss, early stopping would have done as well.", "Early stopping alone takes the loss from 1.4 to 0.70; dropout on top of it to 0.68."),
        "e": ("Dropout suits leaves better than digits.", "No digits were measured here."),
    },
    hints=["Which two numbers does early stopping compare?", "How much can one training say about another start?"],
    why="A cure is judged at its best look, over several starts, beside early stopping alone.",
)  # fmt: skip

spend = question(
    "regularization/spend-labels",
    "You have 100 labeled X-ray pictures and time for one of these plans. Going by this chapter's digits, which one promises the largest gain on new pictures?",
    "c",
    options={
        "a": ("Try ten strengths of L2, and keep the best.", "On the digits a well-chosen penalty gained something. It was the smaller gain by far."),
        "b": ("Add dropout in three places.", "On the digits, dropout moved the loss at the best look by little, and by how much depended on where it stood."),
        "c": ("Have 100 more pictures labeled.", "Twice the digits lowered the loss at the best look by far more than any cure did. Whether X-rays behave like digits, only a trial can tell: train on 50 and on 100."),
        "d": ("Train five times as long.", "Without a cure, training longer made the loss on new digits worse."),
    },
    hints=["Look at the figure with all cures: which row moved furthest to the left?", "Compare everything at the best look."],
    why="Before tuning cures, train on half of your data: what the second half gained is a hint of what as many again might gain.",
)  # fmt: skip

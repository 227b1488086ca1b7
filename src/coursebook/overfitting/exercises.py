"""Exercises of *Overfitting*."""

import itertools
from functools import partial
from operator import ne

import keras
import numpy as np
import tensorflow as tf
from keras import callbacks, layers

from coursekit.checks import beside, exercise, question

# Which curve would you trust? ----------------------------------------------------------------------------------------
which_degree = question(
    "overfitting/which-degree",
    "Polynomials of degree 1, 4 and 12 are fitted to the 24 days. Which of the three has the lowest error on these 24 days, and which has the lowest error on days that were not fitted?",
    "d",
    options={
        "a": ("1 on both", "A straight line cannot rise in spring and fall in autumn: its error is high on both sets."),
        "b": ("4 on both", "On other days it is the best of the three. On the fitted days degree 12 can do all that degree 4 can, and more."),
        "c": ("12 on both", "On the fitted days it is. Between them the curve swings, beyond them it shoots up, and other days lie there."),
        "d": ("12 on the fitted days, 4 on the others", "13 numbers can bend toward every fitted day; 5 are enough for a year and cannot follow single days."),
    },
    hints=[
        "Every curve of degree 4 is also one of degree 12, with zeros for the rest.",
        "What can a curve do between two points that it was made to meet?",
    ],
    why="The error on fitted points never rises with the degree, so it cannot tell you when to stop.",
)  # fmt: skip


@exercise("overfitting/two-errors", points=2)
def two_errors(x, y, x_valid, y_valid, degree):
    """Fit a polynomial of this degree to `x` and `y` by least squares.

    Return its mean squared error on the training points and on the validation
    points, in this order. `np.polyfit` and `np.polyval` will do.
    """
    weights = np.polyfit(x, y, degree)
    training = np.mean((np.polyval(weights, x) - y) ** 2)
    validation = np.mean((np.polyval(weights, x_valid) - y_valid) ** 2)
    return [training, validation]


@two_errors.probe
def _(rng):
    x, x_valid = rng.uniform(-1, 1, 9), rng.uniform(-1, 1, 5)
    noise, noise_valid = rng.normal(0, 0.3, 9), rng.normal(0, 0.3, 5)
    return dict(
        x=x.round(2),
        y=(2 * np.sin(2 * x) + noise).round(2),
        x_valid=x_valid.round(2),
        y_valid=(2 * np.sin(2 * x_valid) + noise_valid).round(2),
        degree=rng.integers(1, 4),
    )


def _errors(x, y, x_valid, y_valid, degree, reduce=lambda errors: np.mean(errors**2)):
    weights = np.polyfit(x, y, degree)
    return [reduce(np.polyval(weights, x) - y), reduce(np.polyval(weights, x_valid) - y_valid)]


two_errors.mistakes = {
    "[_errors(x, y, x, y, degree)[0], _errors(x_valid, y_valid, x_valid, y_valid, degree)[0]]": "You fitted a second polynomial, to the validation points. There is one curve; the validation points only judge it.",
    "_errors(x, y, x_valid, y_valid, degree)[::-1]": "You gave the two errors in the other order. The training points come first.",
    "_errors(x_valid, y_valid, x, y, degree)[::-1]": "You fitted the validation points and judged the training points: the two sets have changed places.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.sqrt(np.mean(errors**2)))": "You took the root, which is in the unit of y. The mean squared error is the mean of the squares, without a root.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.sum(errors**2))": "You added the squares up. The two sets have different numbers of points, so sums cannot be compared: take the mean.",
    "_errors(x, y, x_valid, y_valid, degree - 1)": "Your polynomial has {degree} numbers, so its degree is one too low: x⁰ counts as well, which makes degree + 1.",
    "_errors(x, y, x_valid, y_valid, degree + 1)": "The degree of your polynomial is one too high: with a degree of {degree} its highest power is x to the {degree}.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.mean(np.abs(errors)))": "You took the mean of the absolute errors. Here the errors are squared before the mean is taken.",
    "_errors(x, y, x_valid, y_valid, degree, np.mean)": "You took the mean of the errors themselves, where those above and below cancel. Square them first.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.mean(errors**2) / 2)": "You halved the errors. Some books put a half before the squares so that the slope looks simpler; the mean squared error is without it.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.sum(errors**2) / len(x))": "You divided both sums by the number of training points. Each mean is over its own points.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.mean(errors) ** 2)": "You squared the mean of the errors, after those above and below had cancelled. Square each error first, then take the mean.",
    "_errors(x, y, x_valid, y_valid, degree, np.var)": "You took the variance, which leaves out how far off the errors are on average. On other points that matters: take the mean of the squares.",
    "_errors(x, y, x_valid, y_valid, 1)": "Your polynomial has degree 1, whatever was asked for. Hand `degree` over to the fit.",
    "_errors(x, y, x_valid, y_valid, degree)[1]": "You returned the validation error alone. The training error was asked for as well, in front.",
    "_errors(x, y, x, y, degree)": "You measured the training points twice. The second error is that of the validation points.",
    "[np.mean((np.polyval(np.polyfit(y, x, degree), a) - b) ** 2) for a, b in ((x, y), (x_valid, y_valid))]": "You handed `np.polyfit` the y first. The inputs come first: `np.polyfit(x, y, degree)`.",
    "[np.mean((np.polyval(np.polyfit(x, y, degree)[::-1], a) - b) ** 2) for a, b in ((x, y), (x_valid, y_valid))]": "Your polynomial's numbers were read in the wrong order. `np.polyfit` puts the highest power first, as `np.polyval` reads them; `np.polynomial` puts the lowest first.",
}


@two_errors.mistake(
    "You fitted all points together. Then the validation points helped to bend the curve, and can no longer say how it does on points that it never saw."
)
def _(x, y, x_valid, y_valid, degree):
    weights = np.polyfit(np.concatenate([x, x_valid]), np.concatenate([y, y_valid]), degree)
    return [np.mean((np.polyval(weights, a) - b) ** 2) for a, b in ((x, y), (x_valid, y_valid))]


@two_errors.also
def _(x, y, x_valid, y_valid, degree):
    fitted = np.polynomial.Polynomial.fit(x, y, degree)
    return np.mean((fitted(x) - y) ** 2), np.mean((fitted(x_valid) - y_valid) ** 2)


@two_errors.also
def _(x, y, x_valid, y_valid, degree):
    weights, *_ = np.linalg.lstsq(np.vander(x, degree + 1), y, rcond=None)
    return np.array([np.square(np.vander(a, degree + 1) @ weights - b).mean() for a, b in ((x, y), (x_valid, y_valid))])


two_errors.hints = [
    "Which points may bend the curve? Only those go into `np.polyfit`.",
    "`np.polyval(weights, x_valid)` is what the fitted curve says about the other points.",
    "The mean squared error: subtract the truth, square, take the mean. Once for each set.",
]
two_errors.why = "One fit has two errors: how closely it follows its own points, and how it does on others."


@exercise("overfitting/choose-and-test", points=2)
def choose_and_test(x, y, x_valid, y_valid, x_test, y_test, degrees):
    """Fit one polynomial for each of the `degrees` to `x` and `y`, and choose
    the one with the lowest mean squared error on the validation points.

    Return two things: the degree you chose, and the mean squared error of its
    curve on the test points.
    """
    fits = [np.polyfit(x, y, degree) for degree in degrees]
    errors = [np.mean((np.polyval(fit, x_valid) - y_valid) ** 2) for fit in fits]
    best = int(np.argmin(errors))
    return degrees[best], np.mean((np.polyval(fits[best], x_test) - y_test) ** 2)


@choose_and_test.probe
def _(rng):
    sets = {}
    for name, count in (("", 9), ("_valid", 8), ("_test", 6)):
        x = rng.uniform(-1, 1, count)
        sets[f"x{name}"] = x.round(2)
        sets[f"y{name}"] = (2 * np.sin(3 * x) + rng.normal(0, 0.4, count)).round(2)
    return dict(**sets, degrees=[int(degree) for degree in rng.permutation([1, 2, 3, 5, 6])])


def _choice(x, y, chooser, judge, degrees, both=None, refit=None):
    """The degree whose curve misses the chooser least, and its error on the judge; all are pairs of x and y."""
    miss = [_errors(x, y, *chooser, degree)[1] + (_errors(x, y, *both, degree)[1] if both else 0) for degree in degrees]
    best = int(np.argmin(miss))
    return degrees[best], _errors(*(refit or (x, y)), *judge, degrees[best])[1]


choose_and_test.mistakes = {
    "_choice(x, y, (x, y), (x_test, y_test), degrees)": "You chose by the error on the training points. It is lowest for the highest degree: choose by the validation points.",
    "_choice(x, y, (x, y), (x_test, y_test), degrees, both=(x_valid, y_valid))": "You chose by the training and the validation error together. The training error has the fit on its side: only the validation points choose.",
    "np.polyval(fits[best], x_test) => np.polyval(fits[-1], x_test)": "You chose the right degree and then tested the curve that was fitted last. Test the curve of the degree you chose.",
    "_choice(x, y, (x_test, y_test), (x_test, y_test), degrees)": "You chose by the error on the test points. Then they have chosen something, and their error flatters: choose by the validation points.",
    "_choice(x, y, (x_valid, y_valid), (x_valid, y_valid), degrees)": "You returned the validation error, which has chosen the degree and so flatters. Return the error on the test points.",
    "_choice(x, y, (x_valid, y_valid), (x, y), degrees)": "You returned the error on the training points. Asked is the error on the test points.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees)[::-1]": "You gave the two things in the other order. The degree comes first.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees, refit=(np.append(x, x_valid), np.append(y, y_valid)))": "You fitted the chosen degree once more, to training and validation points together. Some people do so at the end; here the curve that was chosen is to be tested as it is.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees, refit=(x_test, y_test))": "You fitted the chosen degree once more, to the test points. The test points may only be measured: a curve that has seen them is no test.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees, refit=(x_valid, y_valid))": "You fitted the chosen degree once more, to the validation points. They only choose: test the curve that was fitted to `x` and `y`.",
    "_choice(*(x_valid, y_valid), (x_valid, y_valid), (x_test, y_test), degrees)": "You fitted the validation points. They only choose; the curves are fitted to `x` and `y`.",
    "_choice(*(np.append(x, x_valid), np.append(y, y_valid)), (x_valid, y_valid), (x_test, y_test), degrees)": "You fitted training and validation points together. Then every curve has seen the points that choose: fit `x` and `y` alone.",
    "(lambda degree: (degree, _errors(x, y, x_test, y_test, degree)[1]))(min(degrees, key=lambda degree: abs(np.subtract(*_errors(x, y, x_valid, y_valid, degree)))))": "You chose the degree with the smallest gap between training and validation error. Both may be high: choose the lowest validation error.",
    "return degrees[best] => return best + 1": "You returned the place of the degree in the list, counted from 1. Return the degree itself, `degrees[best]`.",
    "(_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees)[0], min(_errors(x, y, x_test, y_test, degree)[1] for degree in degrees))": "You returned the lowest of all test errors, and so let the test points choose. Return the error of the degree that the validation points chose.",
    "np.argmin => np.argmax": "You chose the degree with the highest validation error. The lowest error is the best.",
    "return degrees[best] => return best": "You returned the place of the degree in the list. Return the degree itself, `degrees[best]`.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees)[0]": "You returned the degree alone. The error on the test points was asked for as well.",
    "_choice(x, y, (x_valid, y_valid), (x_test, y_test), degrees)[1]": "You returned the error alone. The degree was asked for as well, in front.",
    "(lambda degree: (degree, np.sqrt(_errors(x, y, x_test, y_test, degree)[1])))(_choice(x, y, (x_valid, y_valid), (x, y), degrees)[0])": "You took the root of the error. The mean squared error is without it.",
}


@choose_and_test.also
def _(x, y, x_valid, y_valid, x_test, y_test, degrees):
    curves = {degree: np.polynomial.Polynomial.fit(x, y, degree) for degree in degrees}
    degree = min(curves, key=lambda each: np.mean((curves[each](x_valid) - y_valid) ** 2))
    return [degree, float(np.mean((curves[degree](x_test) - y_test) ** 2))]


choose_and_test.hints = [
    "Three sets, three tasks: the first fits, the second chooses, the third is only measured, once.",
    "Collect the validation errors of all degrees in a list; `np.argmin` gives the place of the lowest.",
]
choose_and_test.excused = {"np.mean → np.sum": "all errors grow by the same factor, so the choice is the same"}
choose_and_test.why = "The error that chose a model flatters it. Report the error on data that chose nothing."

# The same thing happens while a network trains -----------------------------------------------------------------------
too_long = question(
    "overfitting/too-long",
    "Which of the four trainings, A to D, went on too long?",
    "b",
    options={
        "a": ("panel A", "Both errors stay high and level: this network underfits. The last 200 epochs changed next to nothing."),
        "b": ("panel B", "Validation turns and rises in waves while training goes on falling. What was learned after the turn did not help on other days."),
        "c": ("panel C", "Both errors still fall when it ends. It stopped too early."),
        "d": ("panel D", "There is a gap, but validation does not climb away: it ends near its lowest point. A gap alone is normal."),
    },
    hints=[
        "Look at the dashed line only. Where does it end, compared with its lowest point?",
        "A gap between the two lines is normal. A dashed line that climbs away is not.",
    ],
    why="You recognize overfitting by a validation loss that rises, not by the gap.",
)  # fmt: skip

# Does a bigger network overfit more? ---------------------------------------------------------------------------------
wider = question(
    "overfitting/wider",
    "Two hidden layers of 1, 4, 16 or 64 units each. Take the lowest validation error that each training passes on its way. What does it do as the width grows?",
    "c",
    options={
        "a": ("It rises, as it did for polynomials.", "64 units make 4,353 numbers for 24 days, and still the training passes a curve that is about as good as any here."),
        "b": ("It falls with every step.", "From 1 to 4 units it falls a lot. From 4 to 64 it hardly changes."),
        "c": ("It falls at first, then hardly changes.", "With one unit the curve can only rise or only fall. From 4 on, the best epochs are about equally good."),
        "d": ("The width makes no difference at all.", "With one unit the curve can only rise or only fall, and a year does both."),
    },
    hints=[
        "What can a single tanh unit draw? Can it rise in spring and fall in autumn?",
        "The lowest error on the way belongs to an epoch before the network has followed single days.",
    ],
    why="The number of weights alone does not tell how well a network can do on new data: its validation loss does.",
)  # fmt: skip

first_aid = question(
    "overfitting/first-aid",
    "**A transfer.** A colleague's network is to guess the prices of houses. Its losses, training / validation: 0.98 / 0.97 after epoch 1, 0.90 / 0.91 after epoch 10, 0.82 / 0.83 after epoch 20, 0.74 / 0.76 after epoch 30, where training ends. Your colleague asks what to change first. What do you say?",
    "b",
    options={
        "a": ("Use early stopping with a short patience.", "Nothing has turned: the validation loss was falling to the last epoch. Stopping even earlier keeps a higher loss."),
        "b": ("Train for more epochs.", "Both losses were still falling as fast as before. Only when they level out can you tell what the network is able to do."),
        "c": ("Add units and layers.", "That is for losses that are high and level. These were still falling when training ended, so the network may well be able to do more."),
        "d": ("Take fewer units, because validation is above training.", "A gap of 0.02 is small, and the validation loss still falls. Overfitting shows by its rise."),
    },
    hints=[
        "Compare the last two lines. Did anything level out, or turn?",
        "Which of the changes costs only time, and shows what the network as it stands is able to do?",
    ],
    why="High and falling means train on; high and level means try a larger rate, then capacity; turned and rising means stop.",
)  # fmt: skip

# Stop in time --------------------------------------------------------------------------------------------------------
LATER = "Epochs 6, 7 and 8 bring no new best: a loss counts only if it is lower than the best so far, 50. After three of them in a row training ends."
two_epochs = question(
    "overfitting/two-epochs",
    "Validation losses, epoch by epoch:\n\n| epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |\n|---|---|---|---|---|---|---|---|---|---|---|\n| loss | 90 "
    "| 70 | 55 | 57 | 50 | 58 | 54 | 53 | 51 | 40 |\n\nWith patience 3: after which epoch does training end, and which epoch has the best weights until "
    "then? Give both, like `(9, 2)`.",
    (8, 5),
    mistakes={
        (4, 3): "Epoch 4 is the first bad one. Patience 3 forgives it, and epoch 5 is better than all before.",
        (5, 3): "Epoch 5 brings a new best, 50: it is better than epoch 3, and training goes on.",
        (6, 3): "Epoch 5 brings a new best, 50, so the count of bad epochs starts again after it.",
        (6, 5): "Epoch 6 is only the first bad one after epoch 5. Patience 3 waits for three in a row.",
        (7, 5): "Epochs 6 and 7 are two bad ones in a row. Patience 3 waits for three.",
        (9, 5): "You waited one epoch too long: 6, 7 and 8 are three bad ones in a row.",
        (10, 5): LATER,
        (10, 10): LATER,
        (9, 9): LATER,
        (7, 4): "Each of your numbers is one too low. Epochs are counted from 1 here.",
        (5, 8): "These are the right two numbers in the other order: the epoch at which training ends comes first.",
        (8, 10): "The end is right. But epoch 10 never runs: the best of epochs 1 to 8 is asked.",
        (8, 4): "The end is right. But you counted the second number from 0: the first epoch is number 1.",
        (8, 50): "The end is right. But 50 is the lowest loss; asked is the number of its epoch.",
        (8, 8): "The end is right. The second number is the epoch with the lowest of the first eight losses.",
        (8, 3): "The end is right. But 50, at epoch 5, is lower than 55 at epoch 3.",
    },
    also=[[8, 5]],
    hints=[
        "Write the best loss so far under each epoch. Which epochs bring a new best?",
        "Start counting bad epochs anew after every new best. When does the count reach 3?",
    ],
    why="Patience survives small bumps, and may still end training before a late improvement: that is its price.",
)


@exercise("overfitting/stopping-epoch", points=2)
def stopping_epoch(losses, patience, min_delta):
    """After how many epochs does early stopping end the training?

    `losses` are validation losses, one per epoch, counted from 1. A loss
    counts as a new best if it is lower than the best so far by more than
    `min_delta`. Training ends as soon as `patience` epochs in a row brought no
    new best, else with the last loss.
    """
    best, bad_epochs = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best - min_delta:
            best, bad_epochs = loss, 0
        else:
            bad_epochs += 1
        if bad_epochs == patience:
            return epoch
    return len(losses)


@stopping_epoch.probe
def _(rng):
    count = rng.integers(8, 16)
    falling = 90 - 5 * np.minimum(np.arange(count), rng.integers(3, count))
    losses = falling + rng.integers(-4, 5, count)
    unit = rng.choice([1, 0.25])  # whole losses and fractions, which binary numbers hold exactly
    losses = [float(loss * unit) if unit < 1 else int(loss) for loss in losses]
    return dict(losses=losses, patience=rng.integers(1, 5), min_delta=rng.integers(0, 4) * unit)


stopping_epoch.example(losses=[50, 40, 39, 38, 37, 36, 30], patience=3, min_delta=1)
stopping_epoch.example(losses=[50, 40, 44, 43, 30, 35, 34, 33], patience=3, min_delta=0)
stopping_epoch.example(losses=[9, 8, 7, 6, 5], patience=2, min_delta=0)
stopping_epoch.example(losses=[9, 9, 9, 8], patience=2, min_delta=0)
stopping_epoch.example(losses=[9, 7, 6, 5], patience=1, min_delta=2)
stopping_epoch.example(losses=[4e9, 3e9, 2e9, 1e9], patience=2, min_delta=0)
stopping_epoch.example(losses=[5], patience=1, min_delta=0)
stopping_epoch.example(losses=[0.5, 0.25, 0.75, 1.0, 0.125], patience=3, min_delta=0.125)
stopping_epoch.example(losses=[10, 9.5, 9.25, 8.75, 8.5, 8.25], patience=3, min_delta=1)
stopping_epoch.example(losses=[10, 9.5, 9.25, 9, 8.75, 8.5, 8.25], patience=3, min_delta=1)


def _watched(losses, patience, min_delta, *, better=None, reset=True, late=0, creep=False):
    """The rule with one thing changed: (epochs that ran, best epoch)."""
    better = better or (lambda loss, best, before: loss < best - min_delta)
    best, bad, kept = losses[0], 0, 1
    for epoch, (before, loss) in enumerate(itertools.pairwise(losses), start=2):
        if better(loss, best, before):
            best, kept, bad = loss, epoch, 0 if reset else bad
        else:
            bad += 1
            best = min(best, loss) if creep else best
        if bad >= patience + late:
            return epoch, kept
    return len(losses), kept


START = "Your best so far starts at a fixed number, and a loss above it never counts. Start with `np.inf`: any first loss is a new best."
stopping_epoch.mistakes = {
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss < before - min_delta)[0]": "You compared each loss with the one before. After a jump up, a small step down is no new best: compare with the best so far.",
    "_watched(losses, patience, min_delta, reset=False)[0]": "You never set the count back. Patience asks for {patience} bad epochs in a row; a new best starts it anew.",
    "_watched(losses, patience, 0)[0]": "You left out `min_delta`. With {min_delta}, a loss that is lower by no more than that is no new best.",
    "loss < best - min_delta => loss < best * (1 - min_delta)": "You took `min_delta` for a share of the best loss. It is given in units of the loss: subtract it from the best so far.",
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss <= best - min_delta if min_delta else loss < best)[0]": "You counted a loss that is lower by exactly `min_delta` as a new best. It has to be lower by more.",
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss <= best - min_delta)[0]": "You counted a loss that is lower by exactly `min_delta`, or equal where that is 0, as a new best. It has to be lower by more: `<`, not `<=`.",
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss < best + min_delta)[0]": "You added `min_delta` to the best so far. Then a loss that is even higher can count as a new best: subtract it.",
    "_watched(losses, patience, min_delta, creep=True)[0]": "You lowered the best so far with every smaller loss, also with those that did not count. Then many small steps never add up to a new best.",
    "_watched(losses, patience, min_delta)[1]": "You gave the epoch with the best loss. Asked is the epoch after which training ends, which comes later.",
    "min(int(np.argmin(losses)) + 1 + patience, len(losses))": "You added the patience to the epoch of the lowest loss of all. Training may end before it gets there, and a tiny gain is no new best: go through the losses in order.",
    "np.inf => 1000": START,
    "np.inf => 0": START,
    "best, bad_epochs = loss, 0 => best, bad_epochs = loss, 1": "You set the count back to 1. The epoch of a new best is no bad one: set the count to 0.",
    "else: => elif loss > best:": "You counted only losses above the best as bad epochs. Those that are equal, or lower by no more than `min_delta`, are bad, too.",
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss <= before)[0]": "You counted the epochs in which the loss rose. An epoch is bad as well if its loss falls, but brings no new best.",
    "return epoch => return epoch + 1": "Where training is stopped, your answer is one too high: bad epoch number {patience} in a row is the last one.",
    "return len(losses) => return len(losses) - 1": "Where nothing stops the training, your answer is one too low. Then all epochs run.",
    "best, bad_epochs = np.inf, 0 => best, bad_epochs = losses[0], 0": "Your best so far starts with the first loss, which then counts as a bad epoch. The first loss is a new best.",
    "_watched(losses, patience, min_delta)[0] - 1": "Your answer is one too low, as if epochs were counted from 0. The first loss belongs to epoch 1.",
    "return epoch => return epoch - 1": "Where training is stopped, your answer is one too low, as if epochs were counted from 0. The first loss belongs to epoch 1.",
    "return epoch => return epoch - patience": "You went back by the patience. Asked is the epoch after which training ends, not the one that is kept.",
    "_watched(losses, patience, min_delta, late=1)[0]": "You waited one epoch too long: with patience {patience}, training ends with bad epoch number {patience} in a row.",
}


@stopping_epoch.mistake(
    "You compared the lowest of the last {patience} losses with the lowest of all before. Small gains that do not count had lowered that one, too: keep the last loss that counted as a new best."
)
def _(losses, patience, min_delta):
    for epoch in range(patience + 1, len(losses) + 1):
        if min(losses[epoch - patience : epoch]) >= min(losses[: epoch - patience]) - min_delta:
            return epoch
    return len(losses)


@stopping_epoch.also
def _(losses, patience, min_delta):
    best, last = np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss + min_delta < best:
            best, last = loss, epoch
        elif epoch - last >= patience:
            return epoch + 1
    return len(losses)


stopping_epoch.hints = [
    "Remember two numbers from epoch to epoch: the best loss so far, and how many epochs ago it was.",
    "A new best sets the count to 0; every other epoch adds 1.",
    "When the count reaches the patience, this epoch is the last one: return it.",
]
stopping_epoch.excused = {"0 → 1": "the first loss is a new best in any case, and sets the count to 0"}
stopping_epoch.why = "This loop is the core of early stopping; the callback also keeps the best epoch's weights."


@exercise("overfitting/configure", points=2, probes=2)
def configure(patience, min_delta):
    """Return a Keras callback that watches the validation loss.

    It ends training once `patience` epochs in a row brought no loss that is
    lower by more than `min_delta`, and then gives the model the weights of its
    best epoch.
    """
    return keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience, min_delta=min_delta, restore_best_weights=True
    )


configure.probe(lambda rng: dict(patience=rng.integers(2, 5), min_delta=rng.integers(1, 4) / 100))


def _losses():
    """Recorded trainings: one turns, one creeps, one is bumpy, one goes down in steps."""
    epochs = np.arange(14)
    turns = 0.5 + 0.1 * np.abs(epochs - 4)
    creeps = 0.9 - 0.015 * np.minimum(epochs, 9) + 0.1 * np.maximum(epochs - 9, 0)
    bumpy = 1.6 - 0.1 * epochs + 0.25 * (epochs % 3 == 2)
    steps = 0.8 - 0.026 * np.minimum(epochs // 2, 4) + 0.05 * np.maximum(epochs - 9, 0)
    return [losses.round(3).tolist() for losses in (turns, creeps, bumpy, steps)]


@configure.use
def _(make, patience, min_delta):
    return beside(make, _watch, patience, min_delta)


def _watch(make, patience, min_delta):
    """Let the callback watch recorded trainings whose one weight is the epoch: how many ran, and which one is kept."""
    found, diary = {}, keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    for losses in _losses():
        watcher = make(patience, min_delta)
        if isinstance(watcher, list | tuple | type):
            return "a class" if isinstance(watcher, type) else "a list"
        if not isinstance(watcher, keras.callbacks.Callback) or isinstance(
            watcher, callbacks.ReduceLROnPlateau | callbacks.ModelCheckpoint
        ):
            return watcher if watcher is None else f"an object of the class {type(watcher).__name__}"
        watched = getattr(watcher, "monitor", "val_loss")
        if watched not in ("loss", "val_loss"):
            return "a callback that watches a number" if not isinstance(watched, str) else "a callback without val_loss"
        diary.stop_training = False
        watcher.set_model(diary)
        watcher.on_train_begin()
        epoch = 0
        for epoch, loss in enumerate(losses):
            diary.set_weights([np.array([[epoch + 1.0]])])
            watcher.on_epoch_end(epoch, {"loss": 1 / (epoch + 1), "val_loss": loss})
            if getattr(diary, "stop_training", False):
                break
        watcher.on_train_end()
        kept = round(float(diary.get_weights()[0].item()))
        shown = ", ".join(f"{loss:g}" for loss in losses)
        found[f"epochs that ran, and the one whose weights are kept, for val_loss {shown}"] = (epoch + 1, kept)
    return found


def _stopper(patience, min_delta, **changes):
    settings = dict(patience=patience, min_delta=min_delta, restore_best_weights=True)
    return callbacks.EarlyStopping(**settings | changes)


configure.mistakes = {
    "_stopper(patience, min_delta, restore_best_weights=False)": "Your callback leaves the model with the weights of the last epoch, which is past the best. `restore_best_weights=True` brings the best ones back.",
    "_stopper(0, min_delta)": "Your callback stops at the first epoch without a new best, as Keras does without `patience`. Here it has to wait for {patience} of them.",
    "_stopper(patience, 0)": "Your callback takes every tiny gain for a new best. Hand it `min_delta`, so that only gains of more than {min_delta} count.",
    "_stopper(min_delta, patience)": "The two numbers have changed places: {patience} is the patience, {min_delta} the `min_delta`. By name they cannot be confused.",
    '_stopper(patience, min_delta, monitor="loss")': "Your callback watches the training loss, which keeps falling in these trainings, so nothing ever stops: watch `val_loss`.",
    '_stopper(patience, min_delta, monitor="val_accuracy", mode="max")': "Your callback watches another number than the validation loss. Its name in Keras is `val_loss`.",
    "callbacks.EarlyStopping(patience, min_delta, restore_best_weights=True)": "The first parameter of `EarlyStopping` is `monitor`, so your {patience} was taken for the name of what is watched. Hand over `patience=…` and `min_delta=…` by their names.",
    "callbacks.ReduceLROnPlateau(patience=patience, min_delta=min_delta)": "`ReduceLROnPlateau` lowers the learning rate and lets the training go on. The callback that ends it is `EarlyStopping`.",
    "callbacks.ModelCheckpoint('best.keras', save_best_only=True)": "`ModelCheckpoint` writes the best model to a file and lets the training go on. The callback that ends it is `EarlyStopping`.",
    '_stopper(patience, min_delta, mode="max")': 'Your callback waits for the loss to rise: `mode="max"` takes a high loss for a good one. A loss is better lower.',
    "[_stopper(patience, min_delta)]": "You put the callback into a list. `fit` wants a list, `callbacks=[…]`; here return the callback itself.",
    "callbacks.EarlyStopping": "You returned the class. Call it with its settings, and return the callback that it makes: `keras.callbacks.EarlyStopping(…)`.",
    "_stopper(patience + 1, min_delta)": "Your callback waits for one epoch too many: `patience={patience}` ends training at bad epoch number {patience} in a row.",
    "_stopper(patience - 1, min_delta)": "Your callback waits for one epoch too few: `patience={patience}` ends training at bad epoch number {patience} in a row.",
    "_stopper(patience, 0, baseline=min_delta)": "`baseline` is a loss that has to be beaten. The smallest gain that counts is the `min_delta`.",
    "_stopper(0, min_delta, start_from_epoch=patience)": "`start_from_epoch` waits once, at the start. How many bad epochs in a row are forgiven is the `patience`.",
    "_stopper(patience, min_delta, start_from_epoch=patience)": "`start_from_epoch` makes your callback look away from the first {patience} epochs. Leave it out: the `patience` alone says how long to wait.",
    "_stopper(patience, 0, restore_best_weights=False)": "You left out two settings: `min_delta`, and `restore_best_weights=True`.",
    "_stopper(0, min_delta, restore_best_weights=False)": "You left out two settings: `patience`, and `restore_best_weights=True`.",
    "_stopper(0, 0, restore_best_weights=False)": "You left out all three settings: `patience`, `min_delta`, and `restore_best_weights=True`.",
    "_stopper(0, 0)": "You left out two settings: `patience` and `min_delta`.",
}
configure.also('callbacks.EarlyStopping("val_loss", min_delta, patience, mode="min", restore_best_weights=True)')


@configure.also
def _(patience, min_delta):
    class Stopper(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.weights = np.inf, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] + min_delta < self.best:
                self.best, self.waited, self.weights = logs["val_loss"], 0, self.model.get_weights()
            elif self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            self.model.set_weights(self.weights)

    return Stopper()


configure.hints = [
    "`keras.callbacks.EarlyStopping(…)` takes both numbers by their names.",
    "By default it watches `val_loss`, and leaves the model with the last weights. You have to change one of the two.",
]
configure.excused = {
    "keras.callbacks.EarlyStopping(monitor='val_loss', patience=patience, min_delta=min_delta, "
    "restore_best_weights=True) → keras.callbacks.EarlyStopping(patience=patience, min_delta=min_delta, "
    "restore_best_weights=True)": "the validation loss is what Keras watches by default"
}
configure.why = "Two of the defaults, no patience and the last weights, are hardly ever what you want."


@exercise("overfitting/stop-in-time", points=3, compare=False)
def stop_in_time(model, x, y, x_valid, y_valid):
    """Fit the compiled model to `x` and `y` for at most 12 epochs, all rows in
    one batch.

    End when the loss on `x_valid`, `y_valid` has not improved for 2 epochs.
    Return two things: the list of validation losses, one for each epoch that
    ran, and what the best epoch's model predicts for `x_valid`.
    """
    stopper = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    history = model.fit(
        x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=12, callbacks=[stopper], verbose=0
    )
    return history.history["val_loss"], model(x_valid)


RATE, EPOCHS, PATIENCE = 0.15, 12, 2
FIT_KNOWS = {"callbacks", "validation_data", "verbose"}


@stop_in_time.use
def _(fit, rng):
    """What is wrong, as one word; "" if nothing is."""
    x, x_valid = rng.uniform(0.6, 1.4, (40, 1)), rng.uniform(0.6, 1.4, (10, 1))
    # The slope is 0.02 for training and less for validation: the weight passes the best value on its way to 0.02.
    slope = rng.uniform(0.01, 0.013)  # small, so that every gain is below a `min_delta` that nobody asked for
    x, y, x_valid, y_valid = (a.astype("float32") for a in (x, 0.02 * x, x_valid, slope * x_valid))
    seen = beside(fit, _returned, x, y, x_valid, y_valid)
    losses, predictions, updates = np.asarray(seen["losses"]), seen["predictions"], seen["updates"]
    weight, weights, before, expected = 0.0, [], [], []
    for _ in range(EPOCHS):
        before.append(np.mean((weight * x - y) ** 2))
        weight -= RATE * 2 * np.mean((weight * x - y) * x)
        weights.append(weight)
        expected.append(np.mean((weight * x_valid - y_valid) ** 2))
    best, ran = int(np.argmin(expected)), len(losses)

    def kept(epoch):
        return np.allclose(predictions, weights[epoch] * x_valid.ravel(), rtol=1e-3, atol=1e-6)

    if ran == 0 or len(predictions) != len(x_valid) or (ran == 1 and updates > PATIENCE):
        return "form"
    if not _fits(losses, expected):
        if _fits(losses, before):
            return "training loss"
        return "compiled" if seen["compiled"] else "batches" if updates >= 2 * ran else "not measured"
    if ran < updates:
        return "cut"
    if ran == EPOCHS:
        return "never stopped"
    if ran != best + 1 + PATIENCE:
        return "first" if ran == 1 + PATIENCE and kept(0) else "patience"
    if not kept(best):
        return "last epoch" if kept(ran - 1) else "not the best"
    asked = list(seen["asked"])  # what `fit` was told; a loop of one's own is run where the loss falls to the end
    falls = [] if len(asked) == 1 else beside(fit, _returned, x, y, x, y)["losses"]
    return "" if EPOCHS in (len(falls), *asked[:1]) else "epochs"


def _returned(fit, *rows):
    """What a learner's function returned, as numbers, and what it did with the model it was given."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse", run_eagerly=True)
    optimizer, keras_fit, asked = model.optimizer, model.fit, []

    def noting(x=None, y=None, batch_size=None, epochs=1, *rest, **named):
        asked.append(int(epochs))
        pairs = (x, y), named.get("validation_data")
        if all(map(_alike, pairs)) and batch_size == len(x) and len(rest) < 3 and {*named} <= FIT_KNOWS:
            # All rows in one batch, as asked: made once, for most of Keras' work is to cut arrays in every epoch.
            x, named["validation_data"] = (tf.data.Dataset.from_tensors(tuple(pair)) for pair in pairs)
            y, batch_size, named["shuffle"] = None, None, False
        return keras_fit(x, y, batch_size, epochs, *rest, **named)

    model.fit = noting
    given = fit(model, *rows)
    try:
        losses, predictions = (np.asarray(one, dtype=float).ravel() for one in given)
    except (TypeError, ValueError):
        losses = predictions = np.zeros(0)
    updates, compiled = int(model.optimizer.iterations), model.optimizer is not optimizer
    return dict(losses=losses, predictions=predictions, updates=updates, compiled=compiled, asked=asked)


def _alike(pair):
    """Whether these are two arrays with as many rows."""
    pair = pair if isinstance(pair, tuple | list) else ()
    return [type(array) for array in pair] == [np.ndarray] * 2 and len(pair[0]) == len(pair[1])


def _fits(losses, wanted):
    """Whether as many losses as were given are those that are wanted."""
    return len(losses) <= len(wanted) and bool(np.allclose(losses, wanted[: len(losses)], rtol=1e-3, atol=1e-8))


VAL_LOSS, VALIDATION = 'history.history["val_loss"]', "validation_data=(x_valid, y_valid)"
FAULTS = {
    "form": (
        'Two things were asked for, in this order: the list of validation losses (`history.history["val_loss"]`) and the predictions for all rows of `x_valid`.',
        f"return {VAL_LOSS}, model(x_valid) => return history",
        f"return {VAL_LOSS}, => return min({VAL_LOSS}),",
    ),
    "batches": (
        "Training was cut into several batches per epoch. All rows go into one batch: without `batch_size=len(x)`, Keras takes 32 rows at a time.",
        "batch_size=len(x), =>",
    ),
    "training loss": (
        'You returned the losses on the training rows. Those on `x_valid` stand in the history under "val_loss".',
        f'{VAL_LOSS} => history.history["loss"]',
    ),
    "compiled": (
        "You compiled the model again, with settings of your own. It came compiled: `fit` is all it needs.",
        'history = model.fit( => model.compile(keras.optimizers.Adam(0.9), "mse"); history = model.fit(',
    ),
    "not measured": (
        "Your losses are not those of `x_valid` after each epoch. Train on all rows of `x`, and hand both arrays to `fit` as `validation_data=(x_valid, y_valid)`.",
        f"{VALIDATION} => validation_split=0.3",
    ),
    "cut": (
        "Your list of losses ends before the training did. The epochs that brought no new best ran, too: return all that `fit` has measured.",
        f"return {VAL_LOSS}, => return {VAL_LOSS}[: -stopper.patience],",
    ),
    "never stopped": (
        "All 12 epochs ran: nothing stopped them. A callback acts only if it is handed to `fit`, in `callbacks=[…]`, and it has to watch `val_loss` with a patience of 2.",
        "callbacks=[stopper], =>",
        "EarlyStopping(patience=2 => EarlyStopping('loss', patience=2",
    ),
    "patience": (
        "Training ended, but not 2 epochs after the best one. That number is the `patience`.",
        "EarlyStopping(patience=2, => EarlyStopping(",
        "patience=2 => patience=4",
    ),
    "first": (
        "Your callback took the first epoch for the best, although the loss fell after it. It needs neither a `min_delta` nor `mode=\"max\"`.",
        "patience=2, => patience=2, min_delta=0.01,",
        "patience=2, => patience=2, mode='max',",
    ),
    "last epoch": (
        "Your predictions are those of the last epoch. `restore_best_weights=True` brings the best ones back.",
        "patience=2, restore_best_weights=True => patience=2",
    ),
    "not the best": (
        "Your predictions are not those of the best epoch's model for `x_valid`.",
        "model(x_valid) => y_valid",
    ),
    "epochs": (
        "Where the loss on `x_valid` fell to the end, your training did not run for exactly 12 epochs. `fit` is told so by `epochs=12`.",
        "epochs=12 => epochs=9",
    ),
}  # fmt: skip
for _fault, _texts in FAULTS.items():
    stop_in_time.property(*_texts)(partial(ne, _fault))


@stop_in_time.also
def _(model, x, y, x_valid, y_valid):
    stopper = callbacks.EarlyStopping("val_loss", patience=2, mode="min", restore_best_weights=True)
    history = model.fit(x, y, 40, 12, 0, callbacks=stopper, validation_data=(x_valid, y_valid))
    return np.array(history.history["val_loss"]), model.predict(x_valid, verbose=0)


stop_in_time.hints = [
    "Three things go into `fit` besides the rows: `validation_data=(…, …)`, `epochs=…` and `callbacks=[…]`.",
    '`fit` returns a history; `history.history["val_loss"]` is the list.',
    "After `fit` the model has the best weights only if the callback was told to restore them.",
]

FIT = "model.fit(x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=12, callbacks=[stopper]{})"
SILENT = f"{FIT.format(', verbose=0')} → {FIT.format('')}"
stop_in_time.excused = dict.fromkeys(("0 → 1", SILENT), "printing changes nothing")
stop_in_time.why = "A stopper that nobody hands to `fit` raises no error: look at the number of epochs that ran."

# Is slower safer? ----------------------------------------------------------------------------------------------------
smaller_rate = question(
    "overfitting/smaller-rate",
    "The learning rate is divided by ten. What does the lowest validation error along the way do?",
    "a",
    options={
        "a": ("It is about as low, at a later epoch.", "The smaller steps need more epochs to reach an error that is about as low."),
        "b": ("It is clearly lower, because smaller steps overfit less.", "The two lowest errors are nearly the same. The turn comes later, and that looks like a cure if you stop watching early."),
        "c": ("There is no turn any more.", "It comes later. Train on, and the error on other days climbs here, too."),
        "d": ("It is clearly higher, because the network cannot learn any more.", "It learns more slowly. Give it the epochs."),
    },
    hints=[
        "What pulls the curve toward single days: the size of the steps, or the loss that they lower?",
        "How far does the network get with ten steps of a tenth of the length?",
    ],
    why="Here a lower learning rate changed when the network overfitted, hardly how well it did before.",
)  # fmt: skip

"""Exercises of *Overfitting*."""

import itertools

import keras
import numpy as np
from keras import callbacks, layers

from coursekit.checks import exercise, question

# Which curve would you trust? ----------------------------------------------------------------------------------------
which_degree = question(
    "overfitting/which-degree",
    "Polynomials of degree 1, 4 and 12 are fitted to the 24 days. Which degree has the lowest error on these 24 days, and which on days that were not fitted?",
    "d",
    options={
        "a": ("1 on both", "A straight line cannot follow a year: it misses the warm summer on all days."),
        "b": (
            "4 on both",
            "On other days it is the best of the three. On the fitted days a larger degree can do all that 4 can, and more.",
        ),
        "c": (
            "12 on both",
            "On the fitted days, yes. Between and beyond them the curve swings by hundreds of degrees, and other days are there.",
        ),
        "d": (
            "12 on the fitted days, 4 on the others",
            "13 numbers can bend toward every fitted day; 5 are enough for a year and leave the noise alone.",
        ),
    },
    hints=[
        "Every curve of degree 4 is also one of degree 12, with zeros for the rest.",
        "What does a curve do between two points that it passes on purpose?",
    ],
    why="The error on fitted points always falls with the degree, so it cannot tell you when to stop.",
)


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
    "[_errors(x, y, x, y, degree)[0], _errors(x_valid, y_valid, x_valid, y_valid, degree)[0]]": (
        "You fitted a second polynomial, to the validation points. There is one curve; the validation points only judge it."
    ),
    "_errors(x, y, x_valid, y_valid, degree)[::-1]": "You gave the two errors in the other order. The training points come first.",
    "_errors(x_valid, y_valid, x, y, degree)[::-1]": "You fitted the validation points and judged the training points: the two sets have changed places.",
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.sqrt(np.mean(errors**2)))": (
        "You took the root. That is in the unit of y; the mean squared error is without it."
    ),
    "_errors(x, y, x_valid, y_valid, degree, lambda errors: np.sum(errors**2))": (
        "You added the squares up. There are more points for training than for validation, so sums cannot be compared: take the mean."
    ),
    "_errors(x, y, x_valid, y_valid, degree - 1)": (
        "Your polynomial has {degree} numbers, so its degree is one too low: x⁰ counts as well, which makes degree + 1."
    ),
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
two_errors.why = (
    "One fit, two errors: the first says how well it learned, the second whether it learned the right thing."
)

# The same thing happens while a network trains -----------------------------------------------------------------------
too_long = question(
    "overfitting/too-long",
    "Four trainings, A to D. Which of them went on too long?",
    "b",
    options={
        "a": (
            "panel A",
            "Both errors stay high together: this network is too small for the year. It underfits, and more epochs change nothing.",
        ),
        "b": (
            "panel B",
            "Validation turns and rises while training goes on falling. What it learned after the turn holds for its own 24 days only.",
        ),
        "c": ("panel C", "Both errors still fall when it ends. It underfits because it stopped too early."),
        "d": (
            "panel D",
            "There is a gap, but validation does not climb away: the long training cost time and little else. A gap alone is normal.",
        ),
    },
    hints=[
        "Look at the dashed line only. Where does it end, compared with its lowest point?",
        "A gap between the two lines is normal. A dashed line that climbs away is not.",
    ],
    why="Overfitting is read from the validation loss that rises, not from the gap.",
)

# Does a bigger network overfit more? ---------------------------------------------------------------------------------
wider = question(
    "overfitting/wider",
    "One hidden ReLU layer of 1, 4, 16 or 256 units, trained for 600 epochs, 20 random starts each. What does the error on other days do as the width grows?",
    "c",
    options={
        "a": (
            "It rises as it did for polynomials.",
            "256 units have 769 numbers for 24 days, and could. From small random starts gradient steps find a calm curve all the same.",
        ),
        "b": ("It falls with every unit added.", "From 4 units on nothing is left to gain: what remains is weather."),
        "c": (
            "It falls at first, then hardly changes.",
            "One unit has one hinge and cannot go up and down. From 4 on the curve is about the same.",
        ),
        "d": ("The width makes no difference at all.", "One unit is one hinge: a year that rises and falls needs two."),
    },
    hints=[
        "What can one hinge draw? Can it rise in spring and fall in autumn?",
        "Being able to follow every point is one thing. Does training from small random weights get there?",
    ],
    why="Counting weights does not tell whether a network overfits: the validation loss does.",
)

# Stop in time --------------------------------------------------------------------------------------------------------
two_epochs = question(
    "overfitting/two-epochs",
    "Validation losses, epoch by epoch:\n\n| epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |\n|---|---|---|---|---|---|---|---|---|---|---|\n| loss | 90 "
    "| 70 | 55 | 57 | 50 | 58 | 54 | 53 | 51 | 40 |\n\nWith patience 3: after which epoch does training end, and which epoch has the best weights until "
    "then? Give both, like `(9, 2)`.",
    (8, 5),
    mistakes={
        (
            4,
            3,
        ): "You stopped at the first epoch that is worse, 4. Patience 3 forgives it: epoch 5 is better than all before.",
        (9, 5): "You waited one epoch too long: after epochs 6, 7 and 8 the third bad one in a row is there.",
        (
            10,
            5,
        ): "You compared each loss with the one before it. 54 is below 58, but it does not beat the best so far, 50.",
        (7, 4): "You counted from 0. Epochs are counted from 1 here, as in Keras' log.",
        (5, 8): "The right two numbers, in the other order: the epoch at which it ends comes first.",
        (10, 10): "You did not stop: epoch 10 is the best of all ten, but nobody sees it. Training was over before.",
        (
            8,
            10,
        ): "The end is right. But epoch 10 never runs, so its weights do not exist: the best of epochs 1 to 8 is asked.",
    },
    also=[[8, 5]],
    hints=[
        "Write the best loss so far under each epoch. Which epochs bring a new best?",
        "Start counting bad epochs anew after every new best. When does the count reach 3?",
    ],
    why="Patience survives small bumps, and may still end before a late improvement: that is its price.",
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
    return dict(losses=[int(loss) for loss in losses], patience=rng.integers(1, 5), min_delta=rng.integers(0, 4))


stopping_epoch.example(losses=[50, 40, 39, 38, 37, 36, 30], patience=3, min_delta=1)
stopping_epoch.example(losses=[50, 40, 44, 43, 30, 35, 34, 33], patience=3, min_delta=0)
stopping_epoch.example(losses=[9, 8, 7, 6, 5], patience=2, min_delta=0)


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


stopping_epoch.mistakes = {
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss < before - min_delta)[0]": (
        "You compared each loss with the one before. After a jump up, a small step down is no new best: compare with the best so far."
    ),
    "_watched(losses, patience, min_delta, reset=False)[0]": (
        "You never set the count back. Patience asks for {patience} bad epochs in a row; a new best starts it anew."
    ),
    "_watched(losses, patience, 0)[0]": "You left out `min_delta`. With {min_delta}, a loss that is lower by no more than that is no new best.",
    "_watched(losses, patience, min_delta, better=lambda loss, best, before: loss <= best - min_delta if min_delta else loss < best)[0]": (
        "You counted a loss that is lower by exactly `min_delta` as a new best. It has to be lower by more."
    ),
    "_watched(losses, patience, min_delta, creep=True)[0]": (
        "You lowered the best so far with every smaller loss, also with those that did not count. Then many small steps never add up to a new best."
    ),
    "_watched(losses, patience, min_delta)[1]": (
        "You gave the epoch with the best loss. Asked is the epoch after which training ends; it comes later by the patience."
    ),
    "_watched(losses, patience, min_delta)[0] - 1": "You counted from 0. The first loss belongs to epoch 1.",
    "_watched(losses, patience, min_delta, late=1)[0]": (
        "You waited one epoch too long: with patience {patience}, the bad epoch number {patience} in a row is the last."
    ),
}


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
    "Two numbers have to be remembered from epoch to epoch: the best loss so far, and how many epochs ago it was.",
    "A new best sets the count to 0; every other epoch adds 1.",
    "When the count reaches the patience, this epoch is the last: return it.",
]
stopping_epoch.excused = {"0 → 1": "the first loss is a new best in any case, and sets the count to 0"}
stopping_epoch.why = "This loop is all that early stopping is; the callback adds the weights of the best epoch to it."


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
    """Recorded trainings, seven losses of each kind: one turns, one creeps, one is still falling, one is bumpy."""
    epochs = np.arange(16)
    turns = 0.5 + 0.1 * np.abs(epochs - 4)
    creeps = 0.9 - 0.015 * np.minimum(epochs, 9) + 0.1 * np.maximum(epochs - 9, 0)
    falls = 1.6 - 0.1 * epochs
    bumpy = falls + 0.25 * (epochs % 3 == 2)
    steps = 0.8 - 0.026 * np.minimum(epochs // 2, 4) + 0.05 * np.maximum(epochs - 9, 0)
    return turns, creeps, bumpy, steps


@configure.use
def _(make, patience, min_delta):
    """Let the callback watch recorded trainings whose one weight is the epoch: how many ran, and which one is kept."""
    ran, kept = [], []
    for losses in _losses():
        watcher = make(patience, min_delta)
        if isinstance(watcher, list | tuple):
            return "a list"
        if not isinstance(watcher, keras.callbacks.Callback):
            return watcher
        diary = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
        watcher.set_model(diary)
        watcher.on_train_begin()
        epoch = 0
        for epoch, loss in enumerate(losses):
            diary.set_weights([np.array([[epoch + 1.0]])])
            watcher.on_epoch_end(epoch, {"loss": 1 / (epoch + 1), "val_loss": float(loss)})
            if getattr(diary, "stop_training", False):
                break
        watcher.on_train_end()
        ran.append(epoch + 1)
        kept.append(round(float(diary.get_weights()[0].item())))
    return {"epochs that ran": ran, "epoch whose weights are kept": kept}


def _stopper(patience, min_delta, **changes):
    settings = dict(patience=patience, min_delta=min_delta, restore_best_weights=True)
    return callbacks.EarlyStopping(**settings | changes)


configure.mistakes = {
    "_stopper(patience, min_delta, restore_best_weights=False)": (
        "Your callback leaves the model with the weights of the last epoch, which is past the best. `restore_best_weights=True` brings the best ones back."
    ),
    "_stopper(0, min_delta)": "Your callback stops at the first epoch without a new best. Without `patience` Keras waits 0 epochs; here it is {patience}.",
    "_stopper(patience, 0)": "Your callback takes every tiny gain for a new best. Hand it `min_delta`, so that only gains of more than {min_delta} count.",
    '_stopper(patience, min_delta, monitor="loss")': (
        "Your callback watches the training loss. It falls for as long as you train, so nothing ever stops: watch `val_loss`."
    ),
    '_stopper(patience, min_delta, mode="max")': (
        'Your callback waits for the loss to rise: `mode="max"` takes a high loss for a good one. A loss is better lower.'
    ),
    "[_stopper(patience, min_delta)]": "You put the callback into a list. `fit` wants a list, `callbacks=[…]`; here return the callback itself.",
    "_stopper(patience, 0, restore_best_weights=False)": "You left out two settings: `min_delta`, and `restore_best_weights=True`.",
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
    "By default it watches `val_loss`, and leaves the model with the last weights. One of the two you have to change.",
]
configure.excused = {
    "keras.callbacks.EarlyStopping(monitor='val_loss', patience=patience, min_delta=min_delta, "
    "restore_best_weights=True) → keras.callbacks.EarlyStopping(patience=patience, min_delta=min_delta, "
    "restore_best_weights=True)": "the validation loss is what Keras watches by default"
}
configure.why = "Two of the defaults, no patience and the last weights, are hardly ever what you want."


@exercise("overfitting/stop-in-time", points=3, compare=False)
def stop_in_time(model, x, y, x_valid, y_valid):
    """Fit the compiled model to `x` and `y` for at most 40 epochs, all rows in
    one batch.

    End when the loss on `x_valid`, `y_valid` has not improved for 3 epochs.
    Return two things: the list of validation losses, epoch by epoch, and what
    the best epoch's model predicts for `x_valid`.
    """
    stopper = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    history = model.fit(
        x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=40, callbacks=[stopper], verbose=0
    )
    return history.history["val_loss"], model(x_valid)


RATE, EPOCHS, PATIENCE = 0.1, 40, 3


def _two_slopes(rng):
    """Rows whose slope is 2 for training and less for validation: the weight passes the best value on its way to 2."""
    x, x_valid = rng.uniform(0.6, 1.4, (40, 1)), rng.uniform(0.6, 1.4, (10, 1))
    slope = rng.uniform(0.9, 1.3)
    return [array.astype("float32") for array in (x, 2 * x, x_valid, slope * x_valid)]


def _expected(x, y, x_valid, y_valid):
    """The weight and the validation loss after each of all 40 epochs."""
    weight, weights, losses = 0.0, [], []
    for _ in range(EPOCHS):
        weight -= RATE * 2 * np.mean((weight * x - y) * x)
        weights.append(weight)
        losses.append(np.mean((weight * x_valid - y_valid) ** 2))
    return np.array(weights), np.array(losses)


def _one_weight():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")
    return model


@stop_in_time.use
def _(fit, rng):
    """What was returned, as (losses, predictions) or None, and what should come, for every epoch."""
    x, y, x_valid, y_valid = _two_slopes(rng)
    given = fit(_one_weight(), x, y, x_valid, y_valid)
    weights, losses = _expected(x, y, x_valid, y_valid)
    try:
        given_losses, predictions = given
        returned = np.asarray(given_losses, dtype=float).ravel(), np.asarray(predictions, dtype=float).ravel()
    except (TypeError, ValueError):
        returned = None
    return returned, losses, weights, x_valid.ravel()


@stop_in_time.property(
    'Two things were asked for: the list of validation losses (`history.history["val_loss"]`) and the predictions for all rows of `x_valid`.'
)
def returns_two(trained):
    returned, _, _, x_valid = trained
    return returned is not None and 0 < len(returned[0]) <= EPOCHS and len(returned[1]) == len(x_valid)


@returns_two.wrong
def _(model, x, y, x_valid, y_valid):
    stopper = callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    return model.fit(x, y, validation_data=(x_valid, y_valid), epochs=40, callbacks=[stopper], verbose=0)


@stop_in_time.property(
    "Your losses are not those of `x_valid` after each epoch. Hand both arrays to `fit` as `validation_data=(x_valid, y_valid)`, keep all rows in one "
    'batch, and return what stands under "val_loss".'
)
def measured_on_validation_rows(trained):
    if not returns_two.holds(trained):
        return True
    (given, _), losses, _, _ = trained
    return bool(np.allclose(given, losses[: len(given)], rtol=1e-3, atol=1e-4))


@measured_on_validation_rows.wrong
def _(model, x, y, x_valid, y_valid):
    stopper = callbacks.EarlyStopping(monitor="loss", patience=3, restore_best_weights=True)
    history = model.fit(
        x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=40, callbacks=[stopper], verbose=0
    )
    return history.history["loss"], model(x_valid)


@measured_on_validation_rows.wrong
def _(model, x, y, x_valid, y_valid):
    stopper = callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    history = model.fit(x, y, validation_split=0.3, batch_size=len(x), epochs=40, callbacks=[stopper], verbose=0)
    return history.history["val_loss"], model(x_valid)


@stop_in_time.property(
    "All 40 epochs ran: nothing stopped them. A callback acts only if it is handed to `fit`, in `callbacks=[…]`, and it has to watch `val_loss`."
)
def stopped_at_all(trained):
    return not measured_on_validation_rows.holds(trained) or (
        not returns_two.holds(trained) or len(trained[0][0]) < EPOCHS
    )


@stopped_at_all.wrong
def _(model, x, y, x_valid, y_valid):
    callbacks.EarlyStopping(patience=3, restore_best_weights=True)  # made, and never handed over
    history = model.fit(x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=40, verbose=0)
    return history.history["val_loss"], model(x_valid)


@stop_in_time.property(
    "Training ended, but not 3 epochs after the best one. That number is the `patience`.",
    "keras.callbacks.EarlyStopping(patience=3, => callbacks.EarlyStopping(",
)
def waited_three_epochs(trained):
    if not (returns_two.holds(trained) and measured_on_validation_rows.holds(trained)):
        return True
    (given, _), losses, _, _ = trained
    return len(given) == EPOCHS or len(given) == np.argmin(losses) + 1 + PATIENCE


@stop_in_time.property(
    "Your predictions are not those of the best epoch. Without `restore_best_weights=True` the model keeps its last weights.",
    "keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True => callbacks.EarlyStopping(patience=3",
)
def kept_the_best_epoch(trained):
    if not returns_two.holds(trained):
        return True
    (given, predictions), losses, weights, x_valid = trained
    best = np.argmin(losses[: len(given)])
    return len(given) == EPOCHS or bool(np.allclose(predictions, weights[best] * x_valid, rtol=1e-3, atol=1e-4))


@stop_in_time.also
def _(model, x, y, x_valid, y_valid):
    stopper = callbacks.EarlyStopping("val_loss", patience=3, mode="min", restore_best_weights=True)
    history = model.fit(x, y, 40, 40, 0, callbacks=stopper, validation_data=(x_valid, y_valid))
    return np.array(history.history["val_loss"]), model.predict(x_valid, verbose=0)


stop_in_time.hints = [
    "Three things go into `fit` besides the rows: `validation_data=(…, …)`, `epochs=…` and `callbacks=[…]`.",
    '`fit` returns a history; `history.history["val_loss"]` is the list.',
    "After `fit` the model has the best weights only if the callback was told to restore them.",
]

FIT = (
    "model.fit(x, y, validation_data=(x_valid, y_valid), batch_size=len(x), epochs=40, callbacks=[stopper], verbose=0)"
)

stop_in_time.excused = {
    "40 → 41": "early stopping ends it long before",
    "40 → 39": "early stopping ends it long before",
    "0 → 1": "printing changes nothing",
    f"{FIT} → {FIT.replace(', verbose=0', '')}": "printing changes nothing",
    f"{FIT} → {FIT.replace(', epochs=40', '')}": "one epoch is the default: noticed, unless the first is the best",
}
stop_in_time.why = "A stopper that nobody hands to `fit` raises no error: look at the number of epochs that ran."


# Keep the weights small ----------------------------------------------------------------------------------------------
@exercise("overfitting/penalty")
def penalized(loss, kernel, l1, l2):
    """What a training with both penalties makes small: the loss, plus `l1`
    times the sum of all absolute weights, plus `l2` times the sum of all
    squared weights.

    `kernel` holds the weights of a layer, shape (inputs, units).
    """
    return loss + l1 * np.sum(np.abs(kernel)) + l2 * np.sum(kernel**2)


@penalized.probe
def _(rng):
    kernel = rng.integers(-9, 10, (rng.integers(2, 4), rng.integers(2, 4))) / 10
    return dict(loss=rng.integers(1, 20) / 10, kernel=kernel, l1=rng.integers(1, 5) / 100, l2=rng.integers(5, 10) / 100)


penalized.mistakes = {
    "loss + l1 * np.mean(np.abs(kernel)) + l2 * np.mean(kernel**2)": (
        "You took the mean of the weights. The penalties add all weights up, so a large layer pays more."
    ),
    "loss + l1 * np.sum(kernel) + l2 * np.sum(kernel**2)": (
        "Your first sum keeps the signs, so that −0.5 cancels 0.5. The distance from 0 counts: take absolute values."
    ),
    "loss + l1 * np.abs(np.sum(kernel)) + l2 * np.sum(kernel**2)": (
        "You took the absolute value of the sum. Signs have to go before you add: |w| of each weight."
    ),
    "penalized(loss, kernel, l2, l1)": "The two strengths have changed places: `l1` belongs to |w|, `l2` to w².",
    "penalized(loss, kernel, l1, l2 / 2)": "You halved the squares, as some books do. In Keras `L2(0.01)` adds 0.01 · Σw², without a half.",
    "loss + l1 * np.sum(np.abs(kernel)) + l2 * np.sqrt(np.sum(kernel**2))": "You took the root of the sum of squares. The penalty is the sum itself.",
    "penalized(0, kernel, l1, l2)": "You gave the penalty alone. It comes on top of the loss, {loss}.",
    "2 * loss - penalized(loss, kernel, l1, l2)": "You took the penalty away from the loss. Then large weights would be a gain: add it.",
}
penalized.also(
    'loss + keras.regularizers.L1L2(l1, l2)(keras.ops.convert_to_tensor(kernel, "float32"))',
    "loss + sum(l1 * abs(weight) + l2 * weight**2 for row in kernel for weight in row)",
)
penalized.hints = [
    "Three parts are added: the loss, one sum for `l1`, one for `l2`.",
    "`np.abs(kernel)` and `kernel**2` are as large as the kernel; `np.sum` makes one number of each.",
]
penalized.why = "A weight has to earn its size: it stays large only if the loss falls by more than it costs."

zeros_after_l1 = question(
    "overfitting/zeros-after-l1",
    "After training with an L1 penalty by gradient steps: how many of the 50,816 weights are exactly 0?",
    "a",
    options={
        "a": (
            "none, or a handful",
            "Each step moves a weight by a fixed amount toward 0, and past it: then it comes back. It hovers around 0.",
        ),
        "b": (
            "about half",
            "Half of them and more are tiny, but a step of fixed size hits 0 exactly only by accident.",
        ),
        "c": (
            "more than nine tenths",
            "That is the share that comes near 0. Exact zeros need another kind of step, one that stops at 0.",
        ),
        "d": (
            "those of the pixels that are always 0",
            "No picture holds on to these, so they come close to 0 first. But they too step past it.",
        ),
    },
    hints=[
        "The slope of |w| is +1 right of 0 and −1 left of it, however near.",
        "A weight stands at 0.0004 and each step is 0.001 long. Where is it after one step, after two?",
    ],
    why="Whoever counts zeros after L1 finds none; say which |w| counts as nearly 0, and count those.",
)

# Slower is not better ------------------------------------------------------------------------------------------------
smaller_rate = question(
    "overfitting/smaller-rate",
    "The learning rate is divided by ten. What does the lowest validation error along the way do?",
    "a",
    options={
        "a": ("about as low, at a later epoch", "The same road in smaller steps: the same valley, the same turn."),
        "b": (
            "clearly lower, because smaller steps overfit less",
            "Smaller steps pass the same points. The turn comes later, and looks like a cure if you stop watching early.",
        ),
        "c": ("there is no turn any more", "It comes later. Train on, and the error on other days climbs as before."),
        "d": (
            "clearly higher, because the network cannot learn any more",
            "It learns, ten times more slowly. Give it the epochs.",
        ),
    },
    hints=[
        "What pulls the curve toward single noisy days: the size of the steps, or the loss that they make small?",
        "Picture the path of the weights. Does a slower walker take another road?",
    ],
    why="A lower learning rate changes when a network overfits, hardly whether.",
)

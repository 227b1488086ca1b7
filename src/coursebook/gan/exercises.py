"""Exercises of *Generative adversarial networks*."""

from itertools import combinations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from coursekit.checks import exercise, question

# One number against another ------------------------------------------------------------------------------------------
overshoot = question(
    "gan/overshoot",
    "Real numbers lie around 3, the fakes around 0. After 300 rounds, where did the fakes' center go?",
    "b",
    options={
        "a": (
            "straight to 3, where it stays",
            "When it arrives, D still believes that larger numbers are more real. G follows that belief past 3.",
        ),
        "b": (
            "past 3, back, and around 3 in circles that shrink",
            "D has to unlearn its slope first, and is late each time: both circle around the draw.",
        ),
        "c": (
            "toward 3, and stops short of it",
            "Short of 3 the real numbers lie to the right of the fakes: D sees it, and its slope pulls G on.",
        ),
        "d": (
            "to the right without end",
            "Past 3 the fakes lie to the right of the real numbers. D learns to say so, and its slope turns.",
        ),
    },
    hints=[
        "At the moment when the fakes lie exactly on the real numbers: which slope does D still have?",
        "G moves wherever D's slope points. How fast can D turn it?",
    ],
    why="Two players who chase each other circle. A single loss that falls is a picture for one player.",
)


# Two losses ----------------------------------------------------------------------------------------------------------
@exercise("gan/d-loss", points=2)
def discriminator_loss(real, fake):
    """D's loss from its logits: the mean of −ln D over the real rows, plus
    that of −ln(1 − D) over the fake ones, where D is the sigmoid of the logit.

    `real` and `fake` are arrays of logits; −1000 and 1000 occur, and the loss
    has to stay a finite number.
    """
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake))


discriminator_loss.probe(lambda rng: _logits(rng, 4.0))
discriminator_loss.probe(lambda rng: _logits(rng, 1000.0))


def _logits(rng, largest):
    """Logits of 2 to 4 real rows and as many or more fakes; the first of both are wrong, and as large as can be."""
    real = rng.uniform(-3, 3, rng.integers(2, 5)).round(1)
    fake = rng.uniform(-3, 3, len(real) + rng.integers(0, 3)).round(1)
    real[0], fake[0] = -largest, largest
    return dict(real=real, fake=fake)


discriminator_loss.strata(lambda real, fake: "large" if np.max(np.abs(np.concatenate([real, fake]))) > 30 else "small")
discriminator_loss.example(real=np.array([2.0, 0.0]), fake=np.array([-2.0, 1.0, 0.5]))


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _softplus(z):
    return np.logaddexp(0, z)


discriminator_loss.mistakes = {
    "np.mean(_softplus(real)) + np.mean(_softplus(-fake))": (
        "You reward D for calling fakes real: the two labels are exchanged. Real rows should get large logits, fakes small ones."
    ),
    "np.mean(_softplus(-real))": "You read the real rows alone. A D that calls everything real would score 0: the fakes have to count as well.",
    "np.mean(_softplus(-_sigmoid(real))) + np.mean(_softplus(_sigmoid(fake)))": (
        "You applied the sigmoid twice: to the logit, and once more inside the loss. Such a loss never falls below 1.0, however good D is. Hand over the "
        "logits."
    ),
    "np.sum(_softplus(-real)) + np.sum(_softplus(fake))": "You added the rows up. Take the mean over the real rows and that over the fakes.",
    "np.mean(np.concatenate([_softplus(-real), _softplus(fake)]))": (
        "You averaged real rows and fakes together. Then the loss of a draw is 0.69. Asked is the sum of two means."
    ),
}


@discriminator_loss.mistake(
    "Right for small logits. At −1000 or 1000 the sigmoid rounds to exactly 0 or 1, and its logarithm is infinite: put the logit into softplus instead."
)
def _(real, fake):
    with np.errstate(divide="ignore"):
        return np.mean(-np.log(_sigmoid(real))) + np.mean(-np.log(1 - _sigmoid(fake)))


discriminator_loss.also("tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))")


@discriminator_loss.also
def _(real, fake):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    real, fake = (tf.constant(logits, tf.float32) for logits in (real, fake))
    return cross_entropy(tf.ones_like(real), real) + cross_entropy(tf.zeros_like(fake), fake)


discriminator_loss.hints = [
    "With the sigmoid written out, −ln D is ln(1 + e⁻ᶠ) for a logit f. What is −ln(1 − D)?",
    "softplus(z) = ln(1 + eᶻ); `np.logaddexp(0, z)` computes it without overflow.",
    "Softplus of −f for real rows, of f for fakes; one mean each, then add.",
]
discriminator_loss.why = "A loss that turns to infinity does it when D is surest: in the middle of your training."


@exercise("gan/g-loss", points=2)
def generator_loss(fake):
    """G's non-saturating loss, from D's logits of the fakes: the mean of −ln
    D, where D is the sigmoid of the logit.

    −1000 and 1000 occur, and the loss has to stay a finite number.
    """
    return np.mean(np.logaddexp(0, -fake))


generator_loss.probe(lambda rng: dict(fake=np.append(rng.uniform(-3, 3, rng.integers(1, 4)).round(1), -6.0)))
generator_loss.probe(lambda rng: dict(fake=np.append(rng.uniform(-3, 3, rng.integers(1, 4)).round(1), -1000.0)))
generator_loss.strata(lambda fake: "large" if np.max(np.abs(fake)) > 30 else "small")
generator_loss.example(fake=np.array([-6.0, 0.0]))
generator_loss.mistakes = {
    "-np.mean(_softplus(fake))": (
        "That is the saturating loss, −softplus(f) = ln(1 − D). At f = −6 its slope is 0.0025 long, that of the asked one 0.9975: where G is worst, yours "
        "says almost nothing. Take −ln D."
    ),
    "np.mean(_softplus(fake))": "Your loss is small where D spots the fakes: G would learn to be caught. It should be small where the logits are large.",
    "-np.mean(_softplus(-fake))": "Your sign is turned: this is ln D, which grows as G gets better. A loss has to fall: take −ln D.",
    "np.mean((fake - 1) ** 2)": "This is the loss of a least-squares GAN, (f − 1)². It is a fair game, but another one: asked is −ln D.",
    "np.sum(_softplus(-fake))": "You added the rows up. The loss is their mean.",
}


@generator_loss.mistake(
    "Right for small logits. At a logit of −1000 the sigmoid is exactly 0, and its logarithm is infinite. Put the logit into softplus instead."
)
def _(fake):
    with np.errstate(divide="ignore"):
        return np.mean(-np.log(_sigmoid(fake)))


generator_loss.also("tf.reduce_mean(tf.nn.softplus(-fake))")


@generator_loss.also
def _(fake):
    fake = tf.constant(fake, tf.float32)
    return keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake), fake)  # "real", says the forger


generator_loss.hints = [
    "G wants D to say “real”: it is D's loss for real rows, applied to the fakes.",
    "−ln D(f) = softplus(−f); `np.logaddexp(0, z)` is softplus(z).",
]
generator_loss.why = "The same logits, the other label: this one changed sign is all that makes the players enemies."

# Which loss vanishes -------------------------------------------------------------------------------------------------
vanishing = question(
    "gan/vanishing",
    "Early on, D is sure: every fake gets the logit f = −6. How long are the slopes of G's two losses along f?",
    "c",
    options={
        "a": (
            "both near 1: G is bad, so its losses are steep",
            "Both losses call G bad, but ln(1 − D) is flat there: D ≈ 0.0025, and 1 − D hardly changes.",
        ),
        "b": (
            "ln(1 − D) near 1, −ln D near 0",
            "The other way round. ln(1 − D) starts at ln 1 = 0 and is flat there; −ln D is at 6 and steep.",
        ),
        "c": ("ln(1 − D) near 0, −ln D near 1", "0.0025 and 0.9975: they are D and 1 − D, and add up to 1."),
        "d": (
            "both near 0: D is sure, so nothing can be learned",
            "That is one of them. −ln D grows without end as D falls to 0, by 1 for each unit of the logit.",
        ),
    },
    hints=[
        "D is the sigmoid of −6, about 0.0025. Is ln(1 − D) changed much if D doubles?",
        "And −ln 0.0025, if D doubles?",
    ],
    why="Both losses want the same; they differ in how loudly they say it to a G that is losing.",
)


# The best discriminator ----------------------------------------------------------------------------------------------
@exercise("gan/best-d")
def best_discriminator(p, q):
    """The best probability of “real” that D can give, for each place of a
    line.

    `p` and `q` are arrays: how densely real rows and fakes lie at each place.
    Both are above 0. As many real rows as fakes are shown.
    """
    return p / (p + q)


@best_discriminator.probe
def _(rng):
    p = rng.uniform(0.1, 2.5, rng.integers(2, 5)).round(1)
    return dict(p=p, q=rng.uniform(0.1, 2.5, len(p)).round(1))


best_discriminator.example(p=np.array([0.5, 0.2, 1.5]), q=np.array([0.5, 0.6, 0.5]))
best_discriminator.mistakes = {
    "p": "You returned the real density itself, which may exceed 1 and knows nothing of the fakes. Where p = q, doubt is best: 0.5.",
    "(p > q).astype(float)": "You decide for the likelier side. Where both are likely, being sure costs most: say how much of what lies there is real.",
    "p / q": "p/q is the odds; it reaches infinity. A probability compares real rows with everything that lies there, p + q.",
    "q / (p + q)": "That is the probability of “fake”. D answers for “real”: p belongs on top.",
    "_sigmoid(p - q)": "You took the sigmoid of p − q. The best logit is ln p − ln q: twice as dense is the same evidence everywhere.",
}
best_discriminator.also(
    "tf.sigmoid(tf.math.log(p) - tf.math.log(q))",
    "[1 / (1 + fakes / reals) for reals, fakes in zip(p, q, strict=True)]",
)
best_discriminator.hints = [
    "At a place with p = 0.2 and q = 0.6: of 8 rows that lie there, how many are real?",
    "The share of the real rows in everything that lies there.",
]
best_discriminator.why = "Whatever G does, D can reach no more than this; at p = q nothing is left but doubt."

draw_loss = question(
    "gan/draw-loss",
    "G is perfect. What is the loss of the best D, real part plus fake part?",
    2 * np.log(2),
    mistakes={
        0: "0 would mean that D is sure and right about every row. Nothing tells these rows apart, so D can only say 0.5.",
        np.log(2): "0.693 = −ln 0.5 is what a real row costs. The fakes cost as much again: add them.",
        1: "You counted mistakes: half of the real rows and half of the fakes. The loss is surprise, −ln 0.5 for each part.",
        0.5: "0.5 is what D says. What that costs is −ln 0.5, once for real rows and once for fakes.",
        -2 * np.log(2): "Your sign is turned: ln 0.5 is negative, and the loss is its opposite.",
    },
    tolerance=0.01,
    also=[float(np.log(np.float32(4)))],
    hints=["What does D say where real rows and fakes are equally dense?", "−ln 0.5 − ln(1 − 0.5)"],
    why="2 ln 2 = 1.386 is the number to know: D's loss at a draw.",
)

# The loop ------------------------------------------------------------------------------------------------------------
who_moves = question(
    "gan/who-moves",
    "G holds a Dense and a BatchNormalization layer. D takes a step; the fakes are `G(noise, training=True)`. Which numbers are others than before? Give a "
    'set, written like `{"b", "c"}`.',
    {"a", "d"},
    options={
        "a": ("D's weights", "They are the ones whose gradients the optimizer got: this is D's own step."),
        "b": ("G's Dense weights", "Nobody asked for their gradients: the list was `D.trainable_variables`."),
        "c": (
            "gamma and beta of G's BatchNormalization",
            "They are trained weights of G. Only gradients move them, and D's step asked for none.",
        ),
        "d": (
            "the moving averages of G's BatchNormalization",
            "No gradient moves them: being called with `training=True` does, whoever calls.",
        ),
    },
    hints=[
        "What does an optimizer move?",
        "What does a BatchNormalization layer do when it is called with `training=True`?",
    ],
    why="“D's step leaves G alone” is true for trainable weights, and an assertion has to say so.",
)


@exercise("gan/round", points=3, compare=False)
def play_round(generator, discriminator, real, noise, rate):
    """Play one round with `keras.optimizers.SGD`: D takes a step, then G takes
    one against the new D.

    `real` and `noise` have the shape (n, 2); both steps use the same noise. D
    gives logits f, shape (n, 1). D's loss: the mean of softplus(−f) over the
    real rows plus that of softplus(f) over the fakes. G's: the mean of
    softplus(−f) over the fakes. Return the pair `generator.get_weights()`,
    `discriminator.get_weights()`.
    """
    softplus = tf.nn.softplus
    fake = generator(noise)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(softplus(-discriminator(real))) + tf.reduce_mean(softplus(discriminator(fake)))
    variables = discriminator.trainable_variables
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(softplus(-discriminator(generator(noise))))
    variables = generator.trainable_variables
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)
    return generator.get_weights(), discriminator.get_weights()


MISTAKES = ("still", "asleep", "both", "leak", "exchanged", "saturating", "caught", "early", "first", "total")


def _played(start, real, noise, rate, *, still=False, asleep=False, both=False, leak=False, exchanged=False,
            saturating=False, caught=False, early=False, first=False, total=False):  # fmt: skip
    """The weights after a round with these mistakes, in NumPy: G's kernel and bias, then D's."""
    players = [np.asarray(weight, dtype=float) for weight in start]
    scale = 1 if total else 1 / len(real)

    def d_step(old):
        kernel, bias, look, offset = old
        fake = noise @ kernel + bias
        on_real, on_fake = (_sigmoid(rows @ look + offset) - label for rows, label in ((real, 1), (fake, 0)))
        if exchanged:
            on_real, on_fake = on_real + 1, on_fake - 1
        moves = [0, 0, real.T @ on_real + fake.T @ on_fake, (on_real + on_fake).sum(axis=0)]
        if leak:
            moves[:2] = _through(on_fake, noise, look)
        return [0 if asleep and k > 1 else scale * move for k, move in enumerate(moves)]

    def g_step(kernel, bias, look, offset):
        fake = noise @ kernel + bias
        chance = _sigmoid(fake @ look + offset)
        slope = -chance if saturating else chance if caught else chance - 1
        moves = [*_through(slope, noise, look), fake.T @ slope if both else 0, slope.sum(axis=0) if both else 0]
        return [0 if still and k < 2 else scale * move for k, move in enumerate(moves)]

    def moved(old, moves):
        return [weight - rate * move for weight, move in zip(old, moves, strict=True)]

    if first:
        after = moved(players, g_step(*players))
        return moved(after, d_step(after))
    after = moved(players, d_step(players))
    return moved(after, g_step(*(players if early else after)))


def _through(slope, noise, look):
    """Slopes along G's kernel and bias, for slopes along the logits: the gradient passes through D's weights."""
    to_fake = slope @ look.T
    return noise.T @ to_fake, to_fake.sum(axis=0)


_SUSPECTED = [dict.fromkeys(names, True) for count in range(3) for names in combinations(MISTAKES, count)]


@play_round.use
def _(play, rng):
    """The fewest mistakes that explain what came back: a set of names, empty for a right round; None if nothing does."""
    rows = int(rng.integers(4, 7))
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    generator.set_weights([rng.uniform(0.5, 1.5, (2, 2)), rng.uniform(-1, 1, 2)])
    discriminator.set_weights([rng.uniform(0.5, 1.5, (2, 1)), rng.uniform(-1, 1, 1)])
    start = generator.get_weights() + discriminator.get_weights()
    real, noise = (rng.normal(mean, 1, (rows, 2)).astype("float32") for mean in (2, 0))
    rate = round(float(rng.uniform(0.3, 0.6)), 2)
    answer = play(generator, discriminator, real, noise, rate)
    try:
        ours, theirs = answer
        got = [np.asarray(weight, dtype=float) for weight in (*ours, *theirs)]
    except (TypeError, ValueError):
        return None
    if [weight.shape for weight in got] != [weight.shape for weight in start]:
        return None
    return next((set(made) for made in _SUSPECTED if _agree(got, _played(start, real, noise, rate, **made))), None)


def _agree(got, expected):
    return all(np.allclose(have, want, rtol=1e-4, atol=1e-5) for have, want in zip(got, expected, strict=True))


def _softplus_of(discriminator, rows, sign):
    return tf.reduce_mean(tf.nn.softplus(sign * discriminator(rows)))


def _sgd(tape, loss, variables, rate):
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)


def _teach(generator, discriminator, real, noise, rate, *, also=(), signs=(-1, 1)):
    """D's step, and for mistakes: further variables that move along, other signs."""
    with tf.GradientTape() as tape:
        fake = generator(noise)
        loss = _softplus_of(discriminator, real, signs[0]) + _softplus_of(discriminator, fake, signs[1])
    _sgd(tape, loss, [*discriminator.trainable_variables, *also], rate)


def _forge(generator, discriminator, noise, rate, *, also=(), sign=-1, factor=1):
    """G's step, and for mistakes: further variables that move along, another loss."""
    with tf.GradientTape() as tape:
        loss = factor * _softplus_of(discriminator, generator(noise), sign)
    _sgd(tape, loss, [*generator.trainable_variables, *also], rate)


@play_round.property(
    "G did not move. The gradient has to pass through D to G: make the fakes inside the `with` of G's step, as tensors, and ask for "
    "`generator.trainable_variables`."
)
def g_moves(made):
    return made is None or "still" not in made


@g_moves.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "D did not move. Is its list of variables empty? With `trainable = False` it is, and the optimizer is content with nothing to do."
)
def d_moves(made):
    return made is None or "asleep" not in made


@d_moves.wrong
def _(generator, discriminator, real, noise, rate):
    _forge(generator, discriminator, noise, rate)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "In G's step D moved too, toward being fooled. Each step hands over the variables of one player only."
)
def d_rests_in_g_step(made):
    return made is None or "both" not in made


@d_rests_in_g_step.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate)
    _forge(generator, discriminator, noise, rate, also=discriminator.trainable_variables)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "In D's step G moved too: D's loss trained it to be caught. Ask for the gradients of `discriminator.trainable_variables` only."
)
def g_rests_in_d_step(made):
    return made is None or "leak" not in made


@g_rests_in_d_step.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate, also=generator.trainable_variables)
    _forge(generator, discriminator, noise, rate)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "D learned to call fakes real and real rows fake: the signs in its loss are exchanged. softplus(−f) belongs to the real rows."
)
def d_has_its_labels(made):
    return made is None or "exchanged" not in made


@d_has_its_labels.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate, signs=(1, -1))
    _forge(generator, discriminator, noise, rate)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "G followed the saturating loss, −softplus(f). The asked one is softplus(−f), whose slope stays long where G loses."
)
def g_does_not_saturate(made):
    return made is None or "saturating" not in made


@g_does_not_saturate.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate)
    _forge(generator, discriminator, noise, rate, sign=1, factor=-1)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "G learned to be caught: it lowered softplus(f), which is D's wish. G wants large logits: softplus(−f)."
)
def g_fools(made):
    return made is None or "caught" not in made


@g_fools.wrong
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate)
    _forge(generator, discriminator, noise, rate, sign=1)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "G's gradient was taken before D moved. Here G answers the new D: let D's optimizer work first, then open G's tape."
)
def g_answers_the_new_d(made):
    return made is None or "early" not in made


@g_answers_the_new_d.wrong
def _(generator, discriminator, real, noise, rate):
    with tf.GradientTape() as tape:
        loss = _softplus_of(discriminator, generator(noise), -1)
    gradients = tape.gradient(loss, generator.trainable_variables)
    _teach(generator, discriminator, real, noise, rate)
    keras.optimizers.SGD(rate).apply(gradients, generator.trainable_variables)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property("You let G step first, so that D saw other fakes. D takes the first step of a round.")
def d_is_first(made):
    return made is None or "first" not in made


@d_is_first.wrong
def _(generator, discriminator, real, noise, rate):
    _forge(generator, discriminator, noise, rate)
    _teach(generator, discriminator, real, noise, rate)
    return generator.get_weights(), discriminator.get_weights()


@play_round.property(
    "Your losses are sums over the rows, so the steps grow with the batch. Take means.",
    "play_round(generator, discriminator, real, noise, rate * len(real))",
)
def losses_are_means(made):
    return made is None or "total" not in made


@play_round.property(
    "These are not both players' weights after one round of plain SGD. Return a pair of lists: `generator.get_weights()`, then `discriminator.get_weights()`.",
    "play_round(generator, discriminator, real, noise, rate)[0]",
)
def is_one_round(made):
    return made is not None


@is_one_round.wrong
def _(generator, discriminator, real, noise, rate):
    for _ in range(2):
        weights = play_round(generator, discriminator, real, noise, rate)
    return weights


@play_round.also
def _(generator, discriminator, real, noise, rate):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    ones, zeros = np.ones((len(real), 1)), np.zeros((len(real), 1))
    rows, labels = np.concatenate([real, generator(noise)]), np.concatenate([ones, zeros])
    with tf.GradientTape() as tape:
        loss = 2 * cross_entropy(labels, discriminator(rows))  # a mean over twice as many rows
    _sgd(tape, loss, discriminator.trainable_variables, rate)
    with tf.GradientTape() as tape:
        loss = cross_entropy(ones, discriminator(generator(noise)))
    _sgd(tape, loss, generator.trainable_variables, rate)
    return [generator.get_weights(), discriminator.get_weights()]


@play_round.also
def _(generator, discriminator, real, noise, rate):
    _teach(generator, discriminator, real, noise, rate)
    discriminator.trainable = False  # as the old recipe does, for G's step only
    _forge(generator, discriminator, noise, rate)
    discriminator.trainable = True
    return generator.get_weights(), discriminator.get_weights()


play_round.hints = [
    "Two tapes, one after the other; each asks for the gradients of one player's `trainable_variables`.",
    "G's step: inside the `with`, `discriminator(generator(noise))`, so that the gradient can pass through D to G.",
    "`keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)`, for each player.",
]
play_round.why = "These are all the lines of a GAN; from digits to faces only the two networks grow."

# Mode collapse -------------------------------------------------------------------------------------------------------
chase = question(
    "gan/chase",
    "G gets eight times D's: 0.008 against 0.001. What do the fakes do in 500 rounds?",
    "c",
    options={
        "a": (
            "they cover all eight clusters, sooner",
            "Covering all needs a D that still remembers the other clusters. This one is too slow to look around.",
        ),
        "b": (
            "they spread evenly over the plane",
            "Between the clusters D says “fake”. G is rewarded for going where D believes, not for spreading.",
        ),
        "c": (
            "they gather in a few places, and move on when D catches up",
            "For the D of this moment one place is best, and all noise goes there. Then D learns, and G moves.",
        ),
        "d": (
            "they stay where they started, since D is too weak to teach",
            "Even a weak D has a slope, and a fast G follows it: too well, in fact.",
        ),
    },
    hints=[
        "Where should a single fake go, to fool the D of this moment best?",
        "Does any term of G's loss compare its fakes with each other?",
    ],
    why="G's loss asks each fake to look real, never all of them to look different.",
)


@exercise("gan/modes", points=2)
def modes_hit(samples, centers, radius):
    """How many clusters does the generator hit?

    `samples` has the shape (n, 2), `centers` the shape (k, 2). A cluster
    counts if at least 1 % of all samples lie within `radius` of its center.
    Return a whole number.
    """
    distances = np.linalg.norm(samples[:, None] - centers, axis=2)  # shape (n, k)
    shares = np.mean(distances <= radius, axis=0)
    return int(np.sum(shares >= 0.01))


modes_hit.probe(lambda rng: _clusters(rng, hit=int(rng.integers(1, 4)), strays=2))
modes_hit.probe(lambda rng: _clusters(rng, hit=1, strays=0))


def _clusters(rng, hit, strays):
    """Four clusters on a ring, `hit` of them filled; around the next one `strays` samples and four corners of a square
    that are out of reach; and noise far from all."""
    centers = np.array([[2.0, 0], [0, 2], [-2, 0], [0, -2]])[rng.permutation(4)]
    filled = np.repeat(centers[:hit], rng.integers(60, 90), axis=0)
    noise = rng.uniform(3.5, 5, (rng.integers(180, 220), 2)) * rng.choice([-1, 1], (1, 2))
    corners = centers[hit] + np.repeat([[0.7, 0.7], [0.7, -0.7], [-0.7, 0.7], [-0.7, -0.7]], 2, axis=0)
    samples = np.concatenate([filled + rng.normal(0, 0.1, filled.shape), noise, centers[[hit] * strays], corners])
    return dict(samples=samples.round(2), centers=centers, radius=0.8)


modes_hit.strata(lambda samples, centers, radius: "many" if len(samples) > 100 else "few")
modes_hit.example(
    samples=np.concatenate([np.zeros((99, 2)), [[2.0, 0.0]]]), centers=np.array([[0.0, 0], [2, 0], [0, 2]]), radius=0.5
)
modes_hit.example(
    samples=np.array([[0.4, 0.4], [0.5, 0.0], [2.6, 0.0]]), centers=np.array([[0.0, 0], [2, 0], [0, 2]]), radius=0.5
)


def _near(samples, centers, radius):
    return np.linalg.norm(samples[:, None] - centers, axis=2) <= radius


modes_hit.mistakes = {
    "int(np.sum(np.any(_near(samples, centers, radius), axis=0)))": "A single stray sample made a cluster count. Ask for at least 1 % of all samples.",
    "float(np.mean(np.any(_near(samples, centers, radius), axis=1)))": (
        "You measured quality: the share of samples near some center. A collapsed G scores 1 there. Count the centers that are hit."
    ),
    "int(np.sum(np.any(_near(samples, centers, radius), axis=1)))": (
        "You counted the samples that lie near a center. Asked is how many of the centers have enough of them."
    ),
}


@modes_hit.mistake(
    "You gave each sample to its nearest center, however far. Noise has a nearest center too: ask for the distance."
)
def _(samples, centers, radius):
    nearest = np.argmin(np.linalg.norm(samples[:, None] - centers, axis=2), axis=1)
    return int(np.sum(np.bincount(nearest, minlength=len(centers)) >= 0.01 * len(samples)))


@modes_hit.mistake(
    "You compared each coordinate with the radius, which is a square. Its corners lie outside the circle: take the length of the difference."
)
def _(samples, centers, radius):
    near = np.all(np.abs(samples[:, None] - centers) <= radius, axis=2)
    return int(np.sum(np.mean(near, axis=0) >= 0.01))


@modes_hit.also
def _(samples, centers, radius):
    hit = 0
    for center in centers:
        inside = np.sum((samples - center) ** 2, axis=1) <= radius**2
        hit += inside.sum() * 100 >= len(samples)
    return hit


@modes_hit.also
def _(samples, centers, radius):
    distances = tf.norm(samples[:, None] - centers, axis=2)
    return tf.reduce_sum(tf.cast(tf.reduce_mean(tf.cast(distances <= radius, tf.float64), axis=0) >= 0.01, tf.int32))


modes_hit.hints = [
    "`samples[:, None] - centers` has the shape (n, k, 2): every sample against every center.",
    "For each center: the share of samples within the radius. How many shares are at least 0.01?",
]
modes_hit.why = "Quality alone would praise a generator with one perfect sample; count what it leaves out, too."

# What the losses say -------------------------------------------------------------------------------------------------
equal_losses = question(
    "gan/equal-losses",
    "D's loss is 1.386, G's 0.693, and both stay there. What finds out whether G is good? Give a set.",
    {"b", "c", "e"},
    options={
        "a": ("train on and wait", "A draw can last at any quality: neither of the two may have a reason to move."),
        "b": (
            "freeze G, train a fresh discriminator against it",
            "A fresh judge that wins convicts the old one: there was something to see.",
        ),
        "c": ("look at the samples", "The losses are about the match. The samples are what you wanted."),
        "d": ("raise D's rate", "That changes the match and tells nothing about the G that you have."),
        "e": (
            "check whether D's weights still move",
            "A D that stands still, with logits near 0 everywhere, plays a draw against everyone.",
        ),
    },
    hints=[
        "A draw of 0.5 for everything: what are two reasons why D may say so?",
        "Which of these look at G's samples, or at D itself?",
    ],
    why="ln 2 says that this D cannot tell. Whether anybody could is another question.",
)

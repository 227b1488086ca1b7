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
    "Real numbers lie around 3, and the fakes start around 0. In 300 rounds, how does the fakes' center move?",
    "b",
    options={
        "a": ("straight to 3, where it stays", "When the center arrives at 3, D still believes that larger numbers are more real, and G follows that belief."),
        "b": ("past 3, back, and around 3 in swings that get shorter", "D has to unlearn its slope first, and is late each time. Both circle around the draw."),
        "c": ("toward 3, and it stops short of it", "Short of 3, the real numbers lie to the right of the fakes. D sees it, and its slope pulls G on."),
        "d": ("to the right without end", "Past 3, the fakes lie to the right of the real numbers. D learns that too, and its slope turns around."),
    },
    hints=["At the moment when the fakes lie exactly on the real numbers, what slope does D still have?", "G moves wherever D's slope points. How fast can D turn it?"],
    why="Two players who chase each other can circle. A loss that only falls is a picture for a single player.",
)  # fmt: skip


# Two losses ----------------------------------------------------------------------------------------------------------
@exercise("gan/d-loss", points=2)
def discriminator_loss(real, fake):
    """D's loss from its logits: the mean of −ln D over the real numbers, plus
    the mean of −ln(1 − D) over the fakes. D is the sigmoid of the logit.

    `real` and `fake` are arrays of logits. −1000 and 1000 occur, and the loss
    has to be right for them as well.
    """
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake))


discriminator_loss.probe(lambda rng: _logits(rng, 4.0))
discriminator_loss.probe(lambda rng: _logits(rng, 1000.0))


def _logits(rng, largest):
    """Logits of 2 to 4 real numbers and of more fakes; the first of both are wrong, and as large as can be."""
    real = rng.uniform(-3, 3, rng.integers(2, 5)).round(1)
    fake = rng.uniform(-3, 3, len(real) + rng.integers(1, 3)).round(1)
    real[0], fake[0] = -largest, largest
    return dict(real=real, fake=fake)


discriminator_loss.strata(lambda real, fake: "large" if np.max(np.abs(np.concatenate([real, fake]))) > 30 else "small")
discriminator_loss.example(real=np.array([2.0, 0.0]), fake=np.array([-2.0, 1.0, 0.5]))


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _softplus(z):
    return np.logaddexp(0, z)


def _unsafe(logits):
    """−ln D, which is infinite where the sigmoid rounds to 0."""
    with np.errstate(divide="ignore"):
        return -np.log(_sigmoid(logits))


def _clipped(logits, least):
    """−ln D with D kept between two bounds, as people do against infinity."""
    return -np.log(np.clip(_sigmoid(logits), least, 1 - least))


def _by_keras(truth, logits, squash=_sigmoid):
    """Keras' cross-entropy of probabilities, which it clips in 32 bits."""
    return float(keras.losses.BinaryCrossentropy()(np.full((len(logits), 1), truth), squash(logits)[:, None]))


INFINITE = "Right for small logits. At −1000 or 1000, a number on the way rounds to 0 or grows to infinity. `np.logaddexp(0, z)` computes softplus without that."
AS_CHANCES = "You handed logits to a cross-entropy that expects probabilities. Say `from_logits=True`."
HINGED = "You took max(0, z) where softplus(z) belongs. A right answer costs nothing then, even if D is hardly sure."
BOUNDS = (1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 1e-15, *np.exp([-20, -30, -50]).tolist())  # and logits cut at 20, 30, 50
CLIPPED = "Right for small logits. At −1000 or 1000 you keep the probability away from 0, so that no logit costs more than −ln of that bound. This one costs 1000."
discriminator_loss.mistakes = {
    "np.mean(_softplus(real)) + np.mean(_softplus(-fake))": "You reward D for calling fakes real: the two labels are exchanged. Real numbers should get large logits, fakes small ones.",
    "np.mean(_softplus(-real)) + np.mean(_softplus(-fake))": "You ask D to call the fakes real as well. That is G's wish: D pays −ln(1 − D) for a fake.",
    "np.mean(_softplus(-real))": "You left out the fakes. A D that calls everything real would pay nothing.",
    "np.mean(_softplus(fake))": "You left out the real numbers. A D that calls everything fake would pay nothing.",
    "np.mean(_softplus(-_sigmoid(real))) + np.mean(_softplus(_sigmoid(fake)))": "You took the sigmoid twice: of the logit, and once more inside the loss. Such a loss never falls below 1, however good D is.",
    "np.sum(_softplus(-real)) + np.sum(_softplus(fake))": "You added up. Take the mean over the real numbers, and the mean over the fakes.",
    "np.mean(np.concatenate([_softplus(-real), _softplus(fake)]))": "You took one mean of all. Add two means: one over the real numbers, one over the fakes.",
    "2 * np.mean(np.concatenate([_softplus(-real), _softplus(fake)]))": "You took one mean of all, and doubled it. With more fakes than real numbers that is not the sum of the two means.",
    "_softplus(-np.mean(real)) + _softplus(np.mean(fake))": "You took the means of the logits first. Take the softplus of each logit first, and the two means last.",
    "(np.mean(_softplus(-real)) + np.mean(_softplus(fake))) / 2": "You halved the sum. Here the two means are added, and a draw costs 2 ln 2.",
    "-np.mean(_softplus(-real)) - np.mean(_softplus(fake))": "Your sign is reversed: the better D gets, the larger your loss is.",
    "np.mean(_softplus(-fake))": "That is G's loss. D pays −ln D for real numbers and −ln(1 − D) for fakes.",
    "np.mean(_softplus(-real)) - np.mean(_softplus(fake))": "You subtracted what D pays for the fakes. It pays for both: add the two means.",
    "np.mean(1 - _sigmoid(real)) + np.mean(_sigmoid(fake))": "You added up how far the probabilities are off. The loss takes −ln D and −ln(1 − D).",
    "_by_keras(1, real, np.float32) + _by_keras(0, fake, np.float32)": AS_CHANCES,
    "np.mean(np.maximum(0, -real)) + np.mean(np.maximum(0, fake))": HINGED,
    "np.mean(np.maximum(0, 1 - real)) + np.mean(np.maximum(0, 1 + fake))": "This is the hinge loss of another GAN. Here D pays −ln D and −ln(1 − D).",
    "np.mean(fake) - np.mean(real)": "You returned mean logits, the loss of the Wasserstein GAN. Here D pays −ln D and −ln(1 − D).",
    "np.mean([_softplus(-r) + _softplus(f) for r, f in zip(real, fake)])": "You paired real numbers with fakes, and some fakes were left over. Take each mean by itself.",
    "_by_keras(1, real) + _by_keras(0, fake)": CLIPPED,
    "np.mean(_unsafe(real)) + np.mean(_unsafe(-fake))": INFINITE,
}
discriminator_loss.mistakes = {f"np.mean(_clipped(real, {b})) + np.mean(_clipped(-fake, {b}))": CLIPPED for b in BOUNDS}
discriminator_loss.also(
    "tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))",
    "sum(keras.losses.BinaryCrossentropy(from_logits=True)(np.full_like(f, t), f) for t, f in ((1, real), (0, fake)))",
)
discriminator_loss.hints = [
    "With the sigmoid written out, −ln D is ln(1 + e⁻ᶠ) for a logit f. What is −ln(1 − D)?",
    "Softplus of −f for real numbers, of f for fakes; `np.logaddexp(0, z)` is softplus(z). One mean each, then add.",
]
discriminator_loss.why = "A loss that turns to infinity does so when D is surest: in the middle of your training."


@exercise("gan/g-loss", points=2)
def generator_loss(fake):
    """G's non-saturating loss, from D's logits of the fakes: the mean of −ln
    D, where D is the sigmoid of the logit.

    −1000 and 1000 occur, and the loss has to be right for them as well.
    """
    return np.mean(np.logaddexp(0, -fake))


generator_loss.probe(lambda rng: dict(fake=np.append(rng.uniform(-3, 3, rng.integers(1, 4)).round(1), -6.0)))
generator_loss.probe(lambda rng: dict(fake=np.append(rng.uniform(-3, 3, rng.integers(1, 4)).round(1), -1000.0)))
generator_loss.strata(lambda fake: "large" if np.max(np.abs(fake)) > 30 else "small")
generator_loss.example(fake=np.array([-6.0, 0.0]))
generator_loss.mistakes = {
    "-np.mean(_softplus(fake))": "That is the saturating loss, ln(1 − D). Where G is worst, at f = −6, its slope is only 0.0025. Take −ln D.",
    "np.mean(_softplus(fake))": "Your loss is small where D spots the fakes: G would learn to be caught. It should be small where the logits are large.",
    "-np.mean(_softplus(-fake))": "Your sign is reversed: this is ln D, which grows as G gets better. Take −ln D.",
    "np.mean((fake - 1) ** 2)": "This is the loss of another game, the least-squares GAN. Here it is −ln D.",
    "np.sum(_softplus(-fake))": "You added up. The loss is the mean over the fakes.",
    "np.mean(_softplus(-_sigmoid(fake)))": "You took the sigmoid twice: of the logit, and once more inside the loss. Hand over the logits.",
    "np.mean(1 - _sigmoid(fake))": "You averaged 1 − D. The loss is −ln D.",
    "_softplus(-np.mean(fake))": "You took the mean of the logits, then one softplus. Take −ln D of every fake first, and their mean last.",
    "-np.log(np.mean(_sigmoid(fake)))": "You averaged D before the logarithm. Take −ln D of every fake first, and their mean last.",
    "np.mean(np.maximum(0, -fake))": HINGED,
    "_by_keras(1, fake, np.float32)": AS_CHANCES,
    "np.mean(-fake)": "You returned the mean logit, with a minus. −ln D is softplus(−f), which is never below 0.",
}
generator_loss.mistakes = {"np.mean(_unsafe(fake))": INFINITE}
generator_loss.mistakes = {f"np.mean(_clipped(fake, {least}))": CLIPPED for least in BOUNDS}
generator_loss.also("tf.reduce_mean(tf.nn.softplus(-fake))")
generator_loss.hints = [
    "G wants D to say “real”: it is D's loss for real numbers, applied to the fakes.",
    "−ln D is softplus(−f), and `np.logaddexp(0, z)` is softplus(z).",
]
generator_loss.why = "The same logits, the other label: this change of sign makes the players enemies."

# Which loss goes quiet -----------------------------------------------------------------------------------------------
vanishing = question(
    "gan/vanishing",
    "Early on, D is sure: every fake gets the logit f = −6. How large are the slopes of G's two losses there, along f, whatever their signs?",
    "c",
    options={
        "a": ("both have a slope near 1: G is bad, so its losses are steep", "Both losses call G bad, but ln(1 − D) is flat there: D ≈ 0.0025, and 1 − D hardly changes."),
        "b": ("ln(1 − D) has a slope near 1, −ln D one near 0", "It is the other way round. ln(1 − D) is near ln 1 = 0 there and flat; −ln D is near 6 and steep."),
        "c": ("ln(1 − D) has a slope near 0, −ln D one near 1", "The sizes are 0.0025 and 0.9975: D and 1 − D. They add up to 1."),
        "d": ("both have a slope near 0: D is sure, so nothing can be learned", "That is true of one of them. −ln D grows by almost 1 each time the logit falls by 1."),
    },
    hints=["D is the sigmoid of −6, about 0.0025. Does ln(1 − D) change much if D doubles?", "And −ln 0.0025, if D doubles?"],
    why="Both losses want the same. They differ in how loudly they say it to a G that is losing.",
)  # fmt: skip


# The best discriminator ----------------------------------------------------------------------------------------------
@exercise("gan/best-d")
def best_discriminator(p, q):
    """The best probability of “real” that D can give, for each place of a
    line.

    `p` and `q` are arrays: how densely real numbers and fakes lie at each
    place. Both are above 0. D is shown as many real numbers as fakes.
    """
    return p / (p + q)


best_discriminator.probe(lambda rng: dict(zip("pq", rng.uniform(0.1, 2.5, (2, 3)).round(1), strict=True)))
best_discriminator.probe(lambda rng: dict(p=np.array([2e-9, 3e-12]), q=np.array([6e-9, 1e-12])))  # far out
best_discriminator.example(p=np.array([0.5, 0.2, 1.5]), q=np.array([0.5, 0.6, 0.5]))
best_discriminator.mistakes = {
    "p": "You returned the real density itself. It may exceed 1, and it knows nothing of the fakes. Where p = q, the best answer is 0.5.",
    "p / np.sum(p)": "You compared each place with the other places. Compare what is real there with all that lies there.",
    "p / np.sum(p + q)": "You divided by everything on the whole line. Each place is judged by itself: divide by what lies there.",
    "(p > q).astype(float)": "You decide for the likelier side. Where both occur, being sure costs most. Say which share of what lies there is real.",
    "p / (p + q + 1e-8)": "You added a small number below. Far out, both densities are smaller still, and it drowns them. p + q is never 0.",
    "p >= q": "You decide for the likelier side. Where both occur, being sure costs most. Say which share of what lies there is real.",
    "p - q": "You subtracted the densities. A probability is a share: which part of what lies there is real?",
    "p / np.maximum(p, q)": "You divided by the denser one alone. Divide by all that lies there, p + q.",
    "(p - q) / (p + q)": "Your answer runs from −1 to 1, and is 0 where p = q. A probability is 0.5 there.",
    "np.full(len(p), 0.5)": "You say 0.5 everywhere. That is best only where p = q.",
    "2 * p / (p + q)": "Your answer is twice the share: it says 1 where p = q. Divide by p + q, not by the mean of the two.",
    "p / p.sum() / (p / p.sum() + q / q.sum())": "You divided each density by its sum over the places first. They are densities already: compare p and q as they are.",
    "p / q": "p/q is the odds, and can exceed 1. A probability compares the real ones with everything that lies there, p + q.",
    "np.log(p / q)": "ln p − ln q is the best *logit*. D's probability is its sigmoid.",
    "q / (p + q)": "That is the probability of “fake”. D answers for “real”: p belongs on top.",
    "p ** 2 / (p ** 2 + q ** 2)": "You squared the densities. The share of the real ones is p in p + q.",
    "_sigmoid(p - q)": "You took the sigmoid of p − q. The best logit is ln p − ln q: only the ratio of the densities counts.",
}
best_discriminator.also(
    "tf.sigmoid(tf.math.log(p) - tf.math.log(q))",
    "[1 / (1 + fakes / reals) for reals, fakes in zip(p, q, strict=True)]",
)
best_discriminator.hints = [
    "At a place with p = 0.2 and q = 0.6: if 8 numbers lie there, how many of them are real?",
    "The share of the real numbers in everything that lies there.",
]
best_discriminator.why = "Whatever G does, no D can do better than this. At p = q, nothing is left but doubt."

draw_loss = question(
    "gan/draw-loss",
    "G is perfect. What is the loss of the best D, real part plus fake part? Give a decimal number.",
    2 * np.log(2),
    mistakes={
        0: "0 would mean that D is sure and right about everything. Nothing tells these numbers apart, so D can only say 0.5.",
        np.log(2): "0.693 = −ln 0.5 is what a real number costs. The fakes cost as much again: add the two.",
        1: "You counted mistakes: half of the real numbers and half of the fakes. The loss is surprise, −ln 0.5 for each part.",
        0.5: "0.5 is what D says. That costs −ln 0.5, once for real numbers and once for fakes.",
        2: "That is the surprise in bits. The loss takes the natural logarithm: −ln 0.5 for each part.",
        -2 * np.log(2): "Your sign is reversed: ln 0.5 is negative, and the loss is its opposite.",
    },
    tolerance=0.01,
    also=[float(np.log(np.float32(4)))],
    hints=["What does D say where real numbers and fakes are equally dense?", "−ln 0.5 − ln(1 − 0.5)"],
    why="2 ln 2 = 1.386 is the number to know: D's loss at a draw.",
)  # fmt: skip

# The loop ------------------------------------------------------------------------------------------------------------
who_moves = question(
    "gan/who-moves",
    "G takes a step. Its loss is computed from D's logits. What keeps D's weights still?",
    "c",
    options={
        "a": ("the slopes of G's loss along D's weights are 0", "They are not: another weight of D gives the fakes other logits, and so another loss of G."),
        "b": ("the tape does not record D", "It has to record D: the slopes reach G only through D."),
        "c": ("D's weights are not handed to an optimizer", "The tape could give their slopes. The step asks for those of `generator.trainable_variables` only."),
        "d": ("D has learned enough for this round", "A network does not know how many steps it took. It moves whenever an optimizer moves it."),
    },
    hints=["Which lines of a training step change a weight?", "What are `tape.gradient` and the optimizer told to work on?"],
    why="Freezing is not needed. Each step names the list of variables that it moves.",
)  # fmt: skip


@exercise("gan/round", points=3, compare=False)
def play_round(generator, discriminator, real, noise, rate):
    """Play one round with `keras.optimizers.SGD`: D takes a step, then G takes
    one against the new D.

    `real` and `noise` have the shape (n, 2); both steps use the same noise. D
    gives logits f, shape (n, 1). D's loss: the mean of softplus(−f) over the
    real points plus that of softplus(f) over the fakes. G's: the mean of
    softplus(−f) over the fakes. Return the pair `generator.get_weights()`,
    `discriminator.get_weights()`.
    """
    of_g, of_d = generator.trainable_variables, discriminator.trainable_variables
    with tf.GradientTape() as tape:
        on_real, on_fake = discriminator(real), discriminator(generator(noise))
        d_loss = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_fake))
    keras.optimizers.SGD(rate).apply(tape.gradient(d_loss, of_d), of_d)
    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(noise))
        g_loss = tf.reduce_mean(tf.nn.softplus(-on_fake))
    keras.optimizers.SGD(rate).apply(tape.gradient(g_loss, of_g), of_g)
    return generator.get_weights(), discriminator.get_weights()


def _played(start, real, noise, rate, made):
    """The weights after a round with the mistakes `made`, in NumPy: G's kernel and bias, then D's."""
    players = [np.asarray(weight, dtype=float) for weight in start]
    scale = 1 if "total" in made else 1 / len(real)
    rate = 0.01 if "default" in made else rate
    made = {"both", "leak", "early"} if "one loss" in made else made
    labels = (0, 1) if "exchanged" in made else (1, 1) if "alike" in made else (1, 0)
    shares = (0.5 if "lopsided" in made else "fakes only" not in made, "reals only" not in made)

    def along(logits, label):
        if "squeezed" not in made:
            return _sigmoid(logits) - label
        chance = _sigmoid(logits)
        return (_sigmoid(chance) - label) * chance * (1 - chance)

    def d_step(old):
        kernel, bias, look, offset = old
        fake = noise @ kernel + bias
        on_real, on_fake = (
            share * along(rows @ look + offset, label) * (0.5 if "halved" in made else 1)
            for rows, label, share in zip((real, fake), labels, shares, strict=True)
        )
        moves = [0, 0, real.T @ on_real + fake.T @ on_fake, (on_real + on_fake).sum(axis=0)]
        if "leak" in made:
            moves[:2] = _through(on_fake, noise, look)
        return [(k < 2 or "asleep" not in made) * scale * move for k, move in enumerate(moves)]

    def g_step(kernel, bias, look, offset):
        fake = noise @ kernel + bias
        slope = along(fake @ look + offset, 0 if "saturating" in made or "caught" in made else 1)
        slope = -slope if "saturating" in made else slope
        both = "both" in made
        moves = [*_through(slope, noise, look), both * (fake.T @ slope), both * slope.sum(axis=0)]
        return [(k > 1 or "still" not in made) * scale * move for k, move in enumerate(moves)]

    def moved(old, moves, step):
        moves = [m / (np.abs(m) + 3.2e-6) if "adam" in made else m for m in moves]
        return [w - (-rate if f"{step} uphill" in made else rate) * m for w, m in zip(old, moves, strict=True)]

    after = players
    for step in "gd" if "first" in made else "d" * (1 + ("d twice" in made)) + "g" * (1 + ("g twice" in made)):
        moves = d_step(after) if step == "d" else g_step(*(players if "early" in made else after))
        after = moved(after, moves, step)
    return after


def _through(slope, noise, look):
    """Slopes along G's kernel and bias, for slopes along the logits: the gradient passes through D's weights."""
    to_fake = slope @ look.T
    return noise.T @ to_fake, to_fake.sum(axis=0)


@play_round.use
def _(play, rng):
    """The fewest mistakes that explain what came back, a set of names: empty for a right round."""
    rows = int(rng.integers(4, 7))
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    generator.set_weights([rng.uniform(0.5, 1.5, (2, 2)), rng.uniform(0.5, 1, 2)])
    discriminator.set_weights([rng.uniform(0.5, 1.5, (2, 1)), rng.uniform(0.5, 1, 1)])
    start, opponent = generator.get_weights() + discriminator.get_weights(), discriminator.get_weights()
    real, noise = (rng.normal(mean, 1, (rows, 2)).astype("float32") for mean in (2, 0))
    rate = round(float(rng.uniform(0.3, 0.6)), 2)
    try:
        answer = play(generator, discriminator, real, noise, rate)
    except ValueError as error:
        if "Unknown variable" in str(error):
            return {"shared"}
        if "No gradients provided" not in str(error):
            raise
        after_d = any(np.any(one != other) for one, other in zip(opponent, discriminator.get_weights(), strict=True))
        return {"cut" if after_d else "no tape"}
    try:
        pair = [[np.asarray(weight, dtype=float) for weight in weights] for weights in answer]
    except (TypeError, ValueError):
        return {"form"}
    shapes = [[weight.shape for weight in weights] for weights in pair]
    right = [[(2, 2), (2,)], [(2, 1), (1,)]]
    if shapes != right:
        return {"swapped" if shapes == right[::-1] else "form"}
    suspected = (names for count in range(3) for names in combinations(MISTAKES, count))
    got = pair[0] + pair[1]
    found = next((set(made) for made in suspected if _agree(got, _played(start, real, noise, rate, made))), {"unknown"})
    return found or _of_a_second_round(play, generator, discriminator, real, noise, rate)


def _copy(player):
    copy = keras.models.clone_model(player)
    copy.set_weights(player.get_weights())
    return copy


def _of_a_second_round(play, *players_and_more):
    """A mistake that one round does not show: players that were left frozen, or copies that moved in their place."""
    generator, discriminator, *rest = players_and_more
    start = generator.get_weights() + discriminator.get_weights()
    try:
        again = play(*players_and_more)
    except ValueError:  # an optimizer that got no variables
        return {"second"}
    right = _agree(again[0] + again[1], _played(start, *rest, ())) and _agree(
        generator.get_weights() + discriminator.get_weights(), again[0] + again[1]
    )
    return set() if right else {"second"}


def _agree(got, expected):
    return all(np.allclose(have, want, rtol=1e-4, atol=1e-5) for have, want in zip(got, expected, strict=True))


OF_D, OF_G = (f"keras.optimizers.SGD(rate).apply(tape.gradient({x}_loss, of_{x}), of_{x})" for x in "dg")
REALS, FAKES = "tf.reduce_mean(tf.nn.softplus(-on_real))", "tf.reduce_mean(tf.nn.softplus(on_fake))"
TOLD = {  # the mistake's name: what is said, and how people make it
    "still": ("G's weights are the ones of before the round. Its step applies slopes along `generator.trainable_variables`, and the weights are read after it.", f"{OF_G} =>"),
    "asleep": ("D's weights are the ones of before the round. Is its list of variables empty, as with `trainable = False`? Or were they read too early?", f"{OF_D} =>"),
    "both": ("In G's step D moved, toward being fooled. Each step hands over the variables of one player only.", "tape.gradient(g_loss, of_g), of_g => tape.gradient(g_loss, of_g + of_d), of_g + of_d"),
    "leak": ("In D's step G moved, toward being caught. Each step hands over the variables of one player only.", "tape.gradient(d_loss, of_d), of_d => tape.gradient(d_loss, of_d + of_g), of_d + of_g"),
    "exchanged": ("D learned to call fakes real and real points fake. softplus(−f) belongs to the real points, softplus(f) to the fakes.", f"{REALS} + {FAKES} => {REALS.replace('-', '')} + {FAKES.replace('on', '-on')}"),
    "alike": ("D learned to call everything real. softplus(−f) belongs to the real points, softplus(f) to the fakes.", f"{REALS} + {FAKES} => {REALS} + {FAKES.replace('on', '-on')}"),
    "reals only": ("D's loss left out the fakes. It has two parts.", f"+ {FAKES} =>"),
    "fakes only": ("D's loss left out the real points. It has two parts.", f"{REALS} + =>"),
    "halved": ("D's step is half as long as it should be. Add the mean over the real points and the mean over the fakes; one mean over all is half of that.", f"{FAKES} => {FAKES}; d_loss = d_loss / 2"),
    "saturating": ("G followed the saturating loss, −softplus(f). Here it is softplus(−f), whose slope stays large where G loses.", f"g_loss = {FAKES.replace('on', '-on')} => g_loss = -{FAKES}"),
    "caught": ("G learned to be caught: softplus(f) is what D wants small. G wants softplus(−f) small.", "softplus(-on_fake) => softplus(on_fake)"),
    "early": ("G's slopes were taken before D moved. Let D's optimizer work first, then open G's tape.",),
    "first": ("You let G step first, so D saw other fakes. D takes the first step of a round.", "(only_g(generator, discriminator, real, noise, rate), only_d(generator, discriminator, real, noise, rate))[1]"),
    "d twice": ("D took two steps before G took one. A round has one step each.", "(only_d(generator, discriminator, real, noise, rate), play_round(generator, discriminator, real, noise, rate))[1]"),
    "g twice": ("G took two steps after D's. A round has one step each.", "(play_round(generator, discriminator, real, noise, rate), only_g(generator, discriminator, real, noise, rate))[1]"),
    "one loss": ("You added up both players' losses and moved all variables along the sum. The players want opposite things: each needs its own loss, tape and list of variables.",),
    "total": ("Your losses are sums over the points, so the steps grow with the batch. Take means.", "play_round(generator, discriminator, real, noise, rate * len(real))"),
    "default": ("Your optimizers use their default rate of 0.01. Hand over `rate`.", "SGD(rate) => SGD()"),
    "lopsided": ("The real points count half in D's loss. Add their mean as it is.", f"{REALS} + => {REALS} / 2 +"),
    "d uphill": ("D moved along its slopes, so its loss grew. A step goes against them.", f"{OF_D} => {OF_D.replace('(rate)', '(-rate)')}"),
    "g uphill": ("G moved along its slopes, so its loss grew. A step goes against them.", f"{OF_G} => {OF_G.replace('(rate)', '(-rate)')}"),
    "squeezed": ("You took the sigmoid of D's logits before softplus. Softplus takes the logits themselves.",),
    "adam": ("Each weight moved by the rate itself, as Adam's first step does. Here it is plain SGD.", "SGD(rate) => Adam(rate)"),
}  # fmt: skip
MISTAKES = tuple(TOLD)
TOLD |= {
    "cut": ("D moved, and then there was no path to G. In G's step, make the fakes under its tape, as tensors: `discriminator(generator(noise))`.", "on_fake = discriminator(generator(noise)) => on_fake = discriminator(generator(noise).numpy())"),
    "no tape": ("No slope reached the weights of the first step. Compute its loss inside the `with`, from what the networks say.", "on_real, on_fake = discriminator(real), discriminator(generator(noise)) => on_real = on_fake = tf.zeros((1, 1))"),
    "shared": ("One optimizer cannot serve both players: it knows the variables that it met first. Make one for each.",),
    "swapped": ("You have both lists, but in the other order: the generator's weights come first.", "return generator.get_weights(), discriminator.get_weights() => return discriminator.get_weights(), generator.get_weights()"),
    "form": ("Return a pair of lists: `generator.get_weights()`, then `discriminator.get_weights()`.", "generator.get_weights() + discriminator.get_weights()"),
    "second": ("One round is right, and the next one is not. Was a player left frozen, with `trainable = False`? Or did copies move, in place of the players that you were given?", f"{OF_D} => {OF_D}; discriminator.trainable = False", "play_round(_copy(generator), _copy(discriminator), real, noise, rate)"),
    "unknown": ("These are not the players' weights after one round: one step each of plain SGD, with the same `noise` and the same `rate`.", "[play_round(generator, discriminator, real, noise, rate) for _ in range(2)][1]"),
}  # fmt: skip


def _without(name):
    return lambda seen: name not in seen


told = {name: play_round.property(message, *wrong)(_without(name)) for name, (message, *wrong) in TOLD.items()}

told["early"].wrong(
    play_round.written(
        f"{OF_D} => on_d = tape.gradient(d_loss, of_d)",
        f"{OF_G} => on_g = tape.gradient(g_loss, of_g); {OF_D.replace('tape.gradient(d_loss, of_d)', 'on_d')}; "
        + OF_G.replace("tape.gradient(g_loss, of_g)", "on_g"),
    )
)
told["shared"].wrong(
    play_round.written("keras.optimizers.SGD(rate).apply => sgd.apply", "of_g, of_d = => sgd = keras.optimizers.SGD(rate); of_g, of_d =")
)  # fmt: skip
only_d, only_g = play_round.written(f"{OF_G} =>"), play_round.written(f"{OF_D} =>")
told["one loss"].wrong(
    play_round.written(f"{OF_D} =>", f"g_loss = {FAKES.replace('on', '-on')} => g_loss = {FAKES.replace('on', '-on')} + {FAKES} + tf.reduce_mean(tf.nn.softplus(-discriminator(real)))", "tape.gradient(g_loss, of_g), of_g => tape.gradient(g_loss, of_g + of_d), of_g + of_d")
)  # fmt: skip


@told["squeezed"].wrong
def _(generator, discriminator, real, noise, rate):
    discriminator.layers[-1].activation = keras.activations.sigmoid
    return play_round(generator, discriminator, real, noise, rate)


CROSS_ENTROPY = "keras.losses.BinaryCrossentropy(from_logits=True)"
play_round.also(f"tf.reduce_mean(tf.nn.softplus(-on_fake)) => {CROSS_ENTROPY}(tf.ones_like(on_fake), on_fake)")
play_round.also(  # as an old recipe does
    play_round.written(
        f"{OF_D} => {OF_D}; discriminator.trainable = False", f"{OF_G} => {OF_G}; discriminator.trainable = True"
    )
)
play_round.hints = [
    "Two tapes, one after the other; each asks for the slopes along one player's `trainable_variables`.",
    "G's step: inside the `with`, `discriminator(generator(noise))`, so that the slopes can pass through D to G.",
    "`keras.optimizers.SGD(rate).apply(tape.gradient(loss, variables), variables)`, for each player.",
]
play_round.why = "These two steps are the loop of a GAN. For digits, the networks grow, and the loop stays."

# Mode collapse -------------------------------------------------------------------------------------------------------
chase = question(
    "gan/chase",
    "Now G's rate is 0.008 and D's 0.001. What do the fakes do in 600 rounds?",
    "c",
    options={
        "a": ("they cover all eight clusters, sooner", "A quick G is quick to go where this D says “real”. It leaves the other clusters empty meanwhile."),
        "b": ("they spread evenly over the plane", "D's slope pulls each fake toward what D takes for real. Nothing in G's loss pushes the fakes apart."),
        "c": ("they lie in a few places, and in other places later", "On average they hit fewer than three clusters at a time, and other ones later."),
        "d": ("they stay where they started, since D is too weak to teach", "This D has slopes too, and G follows them with large steps."),
    },
    hints=["Where should a single fake go, to fool the D of this moment best?", "Does any term of G's loss compare the fakes with each other?"],
    why="G's loss asks each fake to look real. It never asks them to differ.",
)  # fmt: skip


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


@modes_hit.probe
def _(rng):
    """300 samples; each center has company of another kind, and none lies exactly on the circle around it."""
    radius, full = round(float(rng.uniform(0.3, 0.36)), 2), int(rng.integers(1, 4))
    centers = 3.0 * np.argwhere(np.ones((4, 4)))[rng.permutation(16)]
    kinds = [
        *[(160 // full, (0.2, 0))] * full, (5, (0, 0.9)), (5, (0, 0.42)), *[(5, (0.6, 0.6))] * 2, (3, (0.1, 0)),  # hit
        (2, (0, 0)), *[(1, (0, 0))] * 2,  # too few
        *[(5, (1.15, 0))] * 2, *[(5, (0.85, 0.85))] * 2, (5, (1.92, 0)),  # beyond the circle; two within a square around it
    ]  # fmt: skip
    groups = [c + radius * np.tile(at, (many, 1)) for c, (many, at) in zip(centers, kinds, strict=False)]
    lost = rng.uniform(15, 20, (300 - sum(many for many, _ in kinds), 2))
    return dict(samples=np.concatenate([*groups, lost]).round(3), centers=centers[: len(kinds)], radius=radius)


modes_hit.example(samples=np.array([[0.2, 0.3], [0.4, 0], [2.6, 0]]), centers=2 * np.eye(3, 2)[::-1], radius=0.5)
modes_hit.example(samples=np.array([[0.25, 0], [0.2, 0.1], [9, 9]]), centers=np.array([[0.0, 0], [0.6, 0]]), radius=0.5)


def _away(samples, centers):
    return np.linalg.norm(samples[:, None] - centers, axis=2)


def _hit(near, least=0.01):
    return int(np.sum(np.mean(near, axis=0) >= least))


modes_hit.mistakes = {
    "int(np.sum(np.any(_away(samples, centers) <= radius, axis=0)))": "A few stray samples made a cluster count. Ask for at least 1 % of all samples.",
    "float(np.mean(np.any(_away(samples, centers) <= radius, axis=1)))": "You measured the share of samples near some center. A collapsed G can score 1 there. Count the centers that are hit.",
    "_hit((_away(samples, centers) <= radius) & (_away(samples, centers) == _away(samples, centers).min(axis=1, keepdims=True)))": "You gave each sample to its nearest center alone. Where circles overlap, it counts for each center that it is near.",
    "int(np.sum(np.any(_away(samples, centers) <= radius, axis=1)))": "You counted the samples that lie near a center. Count the centers instead.",
    "np.mean(_away(samples, centers) <= radius, axis=0)": "You returned each cluster's share of the samples. How many of these shares are at least 0.01?",
    "np.mean(_away(samples, centers) <= radius, axis=0) >= 0.01": "You said for each cluster whether it is hit. Count them.",
    "modes_hit(samples, centers, radius) / len(centers)": "You returned the share of the clusters. Return how many they are, a whole number.",
    ">= 0.01 => > 0.01": "You left out a cluster with exactly 1 % of the samples. *At least* includes it.",
    "len(set(_away(samples, centers).argmin(axis=1)))": "You counted the centers that are nearest to some sample, however far it lies. Ask for the radius and for 1 %.",
    "int(np.sum(np.mean(_away(samples, centers) <= radius, axis=0) < 0.01))": "You counted the clusters that G leaves out. Count those that it hits.",
    "_hit(_away(samples, centers) <= radius, 1)": "You asked for all of the samples. 1 % is 0.01.",
    "_hit(_away(samples, centers) <= radius, 0.1)": "You asked for far more than 1 % of the samples. 1 % is 0.01.",
    "_hit(_away(samples, centers) <= radius / 2)": "You halved the radius. It is the distance from the center already.",
    "_hit(_away(samples, centers) <= radius * 2)": "You doubled the radius. Leave it as it is.",
    "_hit(_away(samples, centers) ** 2 <= radius)": "You compared the squared distance with the radius. Take the root, or square the radius too.",
    "_hit(_away(samples, centers) <= radius**2)": "You compared the distance with the squared radius. Square both or neither.",
    "_hit(np.all(np.abs(samples[:, None] - centers) <= radius, axis=2))": "You compared each coordinate with the radius, which makes a square. Its corners lie outside the circle: take the length of the difference.",
    "_hit(np.abs(samples[:, None] - centers).sum(axis=2) <= radius)": "You added the two coordinates' differences. The distance is the root of the sum of their squares.",
    "_hit(_away(samples, centers) == _away(samples, centers).min(axis=1, keepdims=True))": "You gave each sample to its nearest center, however far. Noise has a nearest center too: ask for the distance.",
}


@modes_hit.mistake("You took 1 % of the samples that lie near some center. Take it of all samples, noise included.")
def _(samples, centers, radius):
    near = _away(samples, centers) <= radius
    return int(np.sum(near.sum(axis=0) >= 0.01 * max(near.any(axis=1).sum(), 1)))


@modes_hit.also
def _(samples, centers, radius):
    hit = 0
    for center in centers:
        inside = np.sum((samples - center) ** 2, axis=1) <= radius**2
        hit += inside.sum() * 100 >= len(samples)
    return hit


modes_hit.hints = [
    "`samples[:, None] - centers` has the shape (n, k, 2): every sample against every center.",
    "For each center: what share of the samples lies within the radius? How many shares are at least 0.01?",
]
modes_hit.excused = {"distances <= radius → distances < radius": "no sample lies exactly on the circle: both are right"}
modes_hit.why = "A generator is also judged by what it leaves out. The count alone does not say how good the rest is."

# What the losses say -------------------------------------------------------------------------------------------------
equal_losses = question(
    "gan/equal-losses",
    "D's loss stays at 1.386, and G's at 0.693. Which of these tell you how good G's fakes are? Give a set.",
    {"b", "c"},
    options={
        "a": ("train on and wait", "A draw can last, whether the fakes are good or not."),
        "b": ("stop G, and train a fresh discriminator against it", "If a fresh D tells the fakes from real points, there was something to see."),
        "c": ("look at many samples", "The losses are about the match. The samples are what you wanted."),
        "d": ("raise D's rate", "That changes the match from now on. It says nothing about the fakes that you have."),
        "e": ("check whether D's weights still move", "That examines D, and it is worth doing: a D that never moves plays a draw with anybody. But a D that moves says nothing about the fakes."),
    },
    hints=["Which of these look at G's fakes?", "Who looks at the fakes in b, c and e: a new judge, you, or nobody?"],
    why="ln 2 says that this D cannot tell them apart. Whether another D could is another question.",
)  # fmt: skip

"""Exercises of *Optimizers*."""

import numpy as np
import tensorflow as tf

from coursekit.checks import exercise, question

# What momentum remembers ---------------------------------------------------------------------------------------------
long_run = question(
    "optimizers/long-run",
    "On a long slope, the slope of a weight stays at 2. The rate is 0.01 and the momentum 0.9. How long is each move in the long run?",
    0.2,
    mistakes={
        0.02: "That is the first move, rate times slope. Each later move keeps 0.9 of the one before and adds 0.02.",
        0.01: "That is the rate. A step is rate times slope, and momentum adds up the steps.",
        0.1: "You took a slope of 1. Here it is 2, so each step that is added is 0.02.",
        0.018: "That is 0.9 times a single step. The 0.9 is the part of the old move that is kept; the new step comes on top.",
        0.038: "That is the second move, 0.9 · 0.02 + 0.02. Go on until the move no longer changes.",
        0.002: "You multiplied by 1 − 0.9. What is lost at each update is a tenth of the move: when does that equal the new step?",
        0.022: "You divided by 0.9. In the long run the new move equals the old one: v = 0.9 · v + 0.02.",
        2: "2 is the slope, or a move of a hundred steps. In the long run v = 0.9 · v + 0.02.",
        10: "Ten times is right: ten times what? The question asks for the length of the move.",
        -0.2: "The weight goes down by this much at each update. The question asks for the length of the move, which is positive.",
    },
    tolerance=0.01,
    hints=["When the move no longer changes, the new move equals the old one.", "Solve v = 0.9 · v + 0.01 · 2."],
    why="On a constant slope a momentum of β makes the step 1/(1 − β) times as long, so β and the rate have to be chosen together.",
)  # fmt: skip


@exercise("optimizers/momentum-step", points=2)
def momentum_step(weights, move, slopes, rate, beta):
    """Take one update with momentum, as in the formula above.

    `weights`, the last `move` and the `slopes` are arrays of one shape.
    Return the new weights and the new move, in this order.
    """
    new_move = beta * move - rate * slopes
    return weights + new_move, new_move


@momentum_step.probe
def _(rng):
    size = rng.integers(1, 4)
    weights, move, slopes = rng.integers(-9, 10, (3, size)) / 2
    return dict(weights=weights, move=move, slopes=slopes, rate=round(float(rng.uniform(0.02, 0.3)), 2), beta=0.9)


momentum_step.example(
    weights=np.array([1.0, -2.0]), move=np.array([0.5, 1.0]), slopes=np.array([4.0, -1.0]), rate=0.1, beta=0.8
)


def _pushed(weights, move, slopes, rate, beta, fresh=1.0):
    new = beta * move - fresh * rate * slopes
    return weights + new, new


momentum_step.mistakes = {
    "_pushed(weights, move, slopes, rate, beta)[::-1]": "You returned the new move first. The order is weights, then move.",
    "_pushed(weights, move, slopes, rate, beta)[0]": "You returned the weights alone. The next update needs the new move as well.",
    "_pushed(weights, move, -slopes, rate, beta)": "Your new step goes along the slope, uphill. It is subtracted: `- rate * slopes`.",
    "_pushed(weights, move, slopes, rate, beta, 1 - beta)": "You took a share 1 − β of the new step, as in a running mean. In this rule the new step is added whole.",
    "(weights - rate * (beta * move + slopes), beta * move + slopes)": "You kept a sum of slopes and multiplied it by the rate at the end. Other libraries do so; here the move itself is kept, with the rate in it.",
    "_pushed(weights, move, slopes, rate, 1 - beta)": "You kept a share 1 − β of the old move. The share that is kept is β.",
    "_pushed(weights, move, slopes, rate, 1.0)": "You kept the whole old move. Only a share β of it is kept, or it would never fade.",
    "_pushed(weights, move, slopes, rate, 0.0)": "The old move is missing: this is plain descent. Keep a share β of it.",
    "_pushed(weights, move, slopes, rate, -beta)": "You turned the old move around. A share β of it is kept, in its own direction.",
    "(weights + beta * (beta * move - rate * slopes) - rate * slopes, beta * move - rate * slopes)": "Your weights take the step of Nesterov's method. With momentum, they move by the new move itself.",
    "(weights + move, beta * move - rate * slopes)": "The weights moved by the old move. Compute the new move first, then take it.",
    "(weights - rate * slopes, beta * move - rate * slopes)": "Your move is right, but the weights did not take it: they moved by the new step alone.",
    "_pushed(weights, move, slopes, 1.0, beta)": "The rate is missing: the new step is rate times slope.",
    "_pushed(weights, move, slopes, rate, 0.9)": "You kept 0.9 of the old move, whatever `beta` was handed over. Use `beta`.",
    "(weights + beta * (move - rate * slopes), beta * (move - rate * slopes))": "You multiplied the new step by β as well. Only the old move is faded; the new step is added whole.",
    "(weights - (beta * move - rate * slopes), beta * move - rate * slopes)": "Your move is right, but the weights went the other way: the move holds its sign and is added.",
    "(weights - beta * move - rate * slopes, beta * move + rate * slopes)": "Your move points uphill and is subtracted. In this rule the move holds its sign, and is added: what came in as `move` is such a move.",
    "_pushed(weights, beta * move - rate * slopes, slopes, rate, beta)": "You updated the move twice. One update computes one new move.",
}  # fmt: skip


@momentum_step.also
def _(weights, move, slopes, rate, beta):
    v = tf.constant(move) * beta - tf.constant(slopes) * rate
    return [tf.constant(weights) + v, v]


@momentum_step.also
def _(weights, move, slopes, rate, beta):
    new_move = [beta * m - rate * g for m, g in zip(move, slopes, strict=True)]
    return [w + m for w, m in zip(weights, new_move, strict=True)], new_move


momentum_step.hints = [
    "First the new move: which part of the old move is kept, and what is added?",
    "`new_move = beta * move - rate * slopes`; then the weights take it.",
]
momentum_step.why = "One remembered array turns plain descent into momentum."

# A rate for each weight ----------------------------------------------------------------------------------------------
loss_times_100 = question(
    "optimizers/loss-times-100",
    "Multiply the loss by 100, and every slope is 100 times as large. The rate stays as it is. For which optimizers does the path stay (nearly) the same? Give a set.",
    {"c", "d"},
    options={
        "a": ("SGD", "Its step is rate times slope: a hundred times as long."),
        "b": ("momentum", "It adds up steps of rate times slope, so every move is a hundred times as long."),
        "c": ("RMSprop", "The slope and the root of the mean square both grow a hundredfold, and their quotient stays."),
        "d": ("Adam", "Both running means grow, one a hundredfold and the other by 100², and the root makes that equal."),
    },
    hints=["What does each rule divide the slope by?", "If g becomes 100 · g, what becomes of the root of the mean of g²?"],
    why="RMSprop and Adam divide the size of the slopes out. What is left to set the length of a step is the rate.",
)  # fmt: skip


@exercise("optimizers/adam-step", points=3)
def adam_step(weights, m, s, t, slopes, rate):
    """Take update number `t`, counted from 1, of Adam as Keras computes it,
    with β₁ = 0.9, β₂ = 0.999 and ε = 1e-7.

    `m` and `s` are the running means of the slopes and of their squares before
    this update, not corrected. Return the new weights, m and s, in this order;
    m and s again not corrected.
    """
    m = 0.9 * m + 0.1 * slopes
    s = 0.999 * s + 0.001 * slopes**2
    corrected = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return weights - corrected * m / (np.sqrt(s) + 1e-7), m, s


@adam_step.probe
def _(rng):
    size = rng.integers(1, 4)
    slopes = rng.choice([-1, 1], size) * rng.uniform(0.5, 3, size)
    m, s = rng.uniform(-1, 1, size), rng.uniform(0.2, 1, size)
    return dict(weights=rng.uniform(-2, 2, size).round(2), m=m.round(2), s=s.round(2), t=int(rng.integers(2, 60)), slopes=slopes.round(2), rate=0.5)  # fmt: skip


adam_step.example(weights=np.array([1.0, 2.0]), m=np.zeros(2), s=np.zeros(2), t=1, slopes=np.array([3.0, -1.0]), rate=0.5)  # fmt: skip
adam_step.example(weights=np.array([1.0, 2.0]), m=np.zeros(2), s=np.zeros(2), t=1, slopes=np.array([1e-6, -1e-7]), rate=0.5)  # fmt: skip


def _adam(weights, m, s, t, slopes, rate, b1=0.9, b2=0.999, fix=lambda m, s, t: (m / (1 - 0.9**t), s / (1 - 0.999**t)), divide=None):  # fmt: skip
    """Adam with parts to exchange; by default ε is weighed as in Keras."""
    m, s = b1 * m + (1 - b1) * slopes, b2 * s + (1 - b2) * slopes**2
    mean, square = fix(m, s, t)
    divide = divide or (lambda mean, square: mean / (np.sqrt(square) + 1e-7 / np.sqrt(1 - 0.999**t)))
    return weights - rate * divide(mean, square), m, s


def _bare(m, s, t):
    return m, s


adam_step.mistakes = {
    "_adam(weights, m, s, t, slopes, rate, divide=lambda mean, square: mean / (np.sqrt(square) + 1e-7))": "Your ε stands beside the root of the *corrected* mean, as in Algorithm 1 of the paper. Keras adds it to the root of the uncorrected one, and where slopes are tiny this makes a difference.",
    "_adam(weights, m, s, t, slopes, rate, divide=lambda mean, square: mean / np.sqrt(square + 1e-7))": "Your ε stands under the root, where its own root, 0.0003, is what counts. In Adam it is added to the root.",
    "_adam(weights, m, s, t, slopes, rate, divide=lambda mean, square: mean / np.sqrt(square))": "The ε is missing. For tiny slopes it makes the step shorter.",
    "(np.sqrt(s) + 1e-7) => (np.sqrt(s) + 1e-8)": "Your ε is 1e-8, as in the paper and in PyTorch. Keras' default is 1e-7, and where slopes are tiny this makes a difference.",
    "_adam(weights, m, s, t, slopes, rate, fix=_bare, divide=lambda mean, square: mean / (np.sqrt(square) + 1e-7))": "The bias correction is missing: the two means start at 0 and are too small at first.",
    "_adam(weights, m, s, t, slopes, rate, fix=lambda m, s, t: (m / (1 - 0.9**t), s), divide=lambda mean, square: mean / (np.sqrt(square) + 1e-7))": "Only the mean of the slopes was corrected. The mean of the squares started at 0 as well.",
    "_adam(weights, m, s, t, slopes, rate, fix=lambda m, s, t: (m, s / (1 - 0.999**t)))": "Only the mean of the squares was corrected. The mean of the slopes started at 0 as well.",
    "(1 - 0.9**t) => (1 - 0.9 * t)": "You multiplied β₁ by t. It is raised to the power t.",
    "np.sqrt(1 - 0.999**t) => (1 - 0.999**t)": "Your correction of the squares lacks the root: m is divided by the root of s, so its correction comes under the root, too.",
    "np.sqrt(1 - 0.999**t) / (1 - 0.9**t) => (1 - 0.9**t) / np.sqrt(1 - 0.999**t)": "Your correction is upside down. m has to become larger, so the rate is divided by 1 − β₁ᵗ.",
    "_adam(weights, m, s, t, slopes, rate, fix=lambda m, s, t: (m / (1 - 0.9 ** max(t - 1, 1)), s / (1 - 0.999 ** max(t - 1, 1))))": "Your correction counts one update too few: `t` is counted from 1, and goes into the power as it is.",
    "_adam(weights, m, s, t + 1, slopes, rate)": "Your correction counts one update too many: `t` is 1 at the first update.",
    "_adam(weights, m, s, t, slopes, -rate)": "Your step goes uphill. The step is subtracted from the weights.",
    "m = 0.9 * m + 0.1 * slopes => m = 0.1 * m + 0.9 * slopes": "You kept 0.1 of the old mean of slopes and took 0.9 of the new slope. β₁ = 0.9 is the share that is kept.",
    "0.999 * s + 0.001 * slopes**2 => 0.001 * s + 0.999 * slopes**2": "You kept 0.001 of the old mean of squares. β₂ = 0.999 is the share that is kept.",
    "0.001 * slopes**2 => 0.001 * slopes": "Your `s` averages the slopes themselves. It is the mean of their squares.",
    "0.001 * slopes**2 => 0.001 * m**2": "Your `s` averages the squares of m. The squares are those of the slopes.",
    "corrected * m / => corrected * slopes /": "Your step uses the slope of this update alone. Adam divides the running mean `m`.",
    "(np.sqrt(s) + 1e-7) => (s + 1e-7)": "You divided by the mean of the squares itself. Its root has the size of a slope.",
    "_adam(weights, m, s, t, slopes, rate)[0]": "You returned the weights alone. The next update needs m and s as well.",
    "1e-7), m, s => 1e-7), m / (1 - 0.9**t), s / (1 - 0.999**t)": "You returned the corrected means. If they are handed in again, they will be corrected twice.",
    "(lambda w, m, s: (w, s, m))(*_adam(weights, m, s, t, slopes, rate))": "You returned s before m. The order is weights, m, s.",
    "(_adam(weights, m, s, t, slopes, rate)[0], m, s)": "You returned the old m and s. Return them as they are after this update.",
    "m = 0.9 * m + 0.1 * slopes => m = 0.9 * m + slopes": "You added the whole slope to 0.9 of the old mean. In a running mean the new slope gets the rest of the weight, 0.1.",
}  # fmt: skip


@adam_step.also
def _(weights, m, s, t, slopes, rate):
    m = m + (slopes - m) * (1 - 0.9)
    s = s + (slopes * slopes - s) * (1 - 0.999)
    tiny = 1e-7 / (1 - 0.999**t) ** 0.5
    return [weights - rate * (m / (1 - 0.9**t)) / ((s / (1 - 0.999**t)) ** 0.5 + tiny), m, s]


@adam_step.also
def _(weights, m, s, t, slopes, rate):
    new = [tf.constant(0.9 * m + 0.1 * slopes), tf.constant(0.999 * s + 0.001 * slopes**2)]
    rate = rate * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
    return tf.constant(weights) - rate * new[0] / (tf.sqrt(new[1]) + 1e-7), *new


adam_step.hints = [
    "Three steps: the running mean of the slopes, the one of their squares, then the move.",
    "`m = 0.9 * m + 0.1 * slopes`, and s in the same way from `slopes**2` with 0.999.",
    "The formula above corrects the rate instead of m and s; then ε is added to the root of the plain s.",
]
adam_step.why = "Two running means, two corrections and one division: that is all of Adam."


@exercise("optimizers/left-over")
def left_over(rates, decay):
    """AdamW trains a weight whose slope is always 0. `rates` holds the rate of
    each update, one after another, and `decay` is the weight decay.

    Return the share of the weight that is left after all these updates.
    """
    left = 1.0
    for rate in rates:
        left = left - rate * decay * left
    return left


left_over.probe(
    lambda rng: dict(
        rates=[round(float(r), 2) for r in rng.uniform(0.05, 0.9, rng.integers(2, 6))],
        decay=round(float(rng.uniform(0.2, 0.9)), 1),
    )
)
left_over.example(rates=[0.5, 0.1], decay=0.4)
left_over.example(rates=[], decay=0.4)
left_over.example(rates=[0.0, 0.2], decay=0.5)
left_over.mistakes = {
    "1 - decay * sum(rates)": "You took every share from the whole weight. Each update takes its share of what is left.",
    "np.exp(-decay * sum(rates))": "That is what very many, very small steps would leave. Here each update leaves exactly 1 − rate · decay of the weight.",
    "(1 - decay) ** len(rates)": "The rates are missing: an update takes the share rate · decay.",
    "np.prod([1 - rate for rate in rates])": "The decay is missing: an update takes the share rate · decay.",
    "np.prod([rate * decay for rate in rates])": "You multiplied the shares that are taken. Multiply the shares that are left, 1 − rate · decay.",
    "1 - np.prod([1 - rate * decay for rate in rates])": "That is the share that is gone. The question asks for what is left.",
    "np.prod([1 + rate * decay for rate in rates])": "Your weight grows. Weight decay takes the share away.",
    "(1 - decay * (sum(rates) / max(len(rates), 1))) ** len(rates)": "You used the mean rate for every update. That leaves a little more than the rates themselves, one after another.",
    "(1 - decay * (list(rates) or [0])[0]) ** len(rates)": "You used the first rate for every update. The schedule changes it.",
    "(1 - decay * (list(rates) or [0])[-1]) ** len(rates)": "You used the last rate for every update. The schedule changes it.",
    "1 - decay * (list(rates) or [0])[-1]": "That is what the last update alone leaves. The updates before it took their shares, too.",
    "np.prod([1 - 2 * rate * decay for rate in rates])": "You took the share twice. A factor 2 comes with the slope of a squared penalty; AdamW takes rate · decay.",
}  # fmt: skip
left_over.also("np.prod(1 - np.asarray(rates) * decay)")
left_over.also("float(np.exp(np.sum(np.log1p(-decay * np.array(rates)))))")
left_over.hints = [
    "After one update, 1 − rate · decay of the weight is left. What does the next update start from?",
    "Shares of shares are multiplied.",
]
left_over.why = (
    "With AdamW, how much the decay takes depends on the schedule and the number of updates, not on the slopes."
)

memory = question(
    "optimizers/memory",
    "A model has 100 million weights, float32, 4 bytes each. How many gigabytes (10⁹ bytes) does Adam keep in memory besides the weights and their gradient?",
    0.8,
    mistakes={
        0.4: "That is one number per weight. Adam keeps two running means.",
        1.2: "That counts the weights themselves, or the gradient, as well. The question asks for what Adam adds.",
        1.6: "That counts the weights and the gradient, too, or 8 bytes a number. Adam adds two numbers of 4 bytes per weight.",
        0.2: "That is the number of numbers, in thousands of millions. Each takes 4 bytes.",
        800: "Those are megabytes. A gigabyte is 1000 of them here.",
        0: "Plain SGD keeps nothing. Which two things does Adam remember of each weight?",
        0.1: "Those are the weights in thousands of millions. How many numbers does Adam keep for each, and how many bytes do they take?",
    },
    tolerance=0.01,
    hints=["How many numbers does Adam remember for each weight? The cell above prints it.", "100 million · 2 · 4 bytes."],
    why="For large models the memory of the optimizer is a cost of its own: Adam's is twice that of the weights.",
)  # fmt: skip

# Who notices that the valley turns -----------------------------------------------------------------------------------
turned = question(
    "optimizers/turned",
    "The valley is turned and each rate is tuned again. For which optimizers does the number of updates change?",
    "c",
    options={
        "a": ("for none: the problem is the same", "The problem is. But a rule that treats each weight on its own sees other weights now."),
        "b": ("for all: the gradient is different", "The gradient turns with the valley. A rule that only adds and scales whole gradients turns its path with it."),
        "c": ("for those that divide each weight's slope by its own number", "They can stretch the map along the weights only, so it matters how the valley lies to the weights."),
        "d": ("for those that remember moves: momentum and Nesterov", "The remembered moves turn with the valley, like the gradient, and so does the path."),
    },
    hints=["Turn the map and the start. Which rules draw the same path, turned?", "Which rules treat the first weight and the second one differently?"],
    why="A rate for each weight is a stretch along the weights. It helps as far as the valley lies along them.",
)  # fmt: skip


# A fair race ---------------------------------------------------------------------------------------------------------
@exercise("optimizers/best-rate", points=2)
def best_rate(losses, rates):
    """Choose the learning rate whose median loss over the seeds is lowest.

    `losses` is an array with a row for each seed and a column for each rate.
    A training that has diverged left `nan` or `inf` there: it counts as worse
    than any number. Return the rate.
    """
    losses = np.where(np.isfinite(losses), losses, np.inf)
    medians = np.median(losses, axis=0)
    return rates[np.argmin(medians)]


@best_rate.probe
def _(rng):
    seeds, count = 5, int(rng.integers(5, 8))
    rates = np.round(2.0 ** -rng.permutation(count), 4)
    losses = np.abs(np.log2(rates) + rng.integers(1, count)) [np.newaxis] + rng.uniform(0.2, 1.5, (seeds, count))  # fmt: skip
    spoiled = rng.permutation(count)
    losses[rng.integers(seeds), spoiled[0]] = np.nan
    losses[:, spoiled[1]] = np.where(rng.uniform(size=seeds) < 0.7, np.nan, 0.01)
    losses[rng.integers(seeds), spoiled[2]] = 40.0
    losses[rng.integers(seeds), spoiled[3]] = np.inf
    return dict(losses=losses.round(2), rates=rates)


_LOSSES = np.array([[0.9, 0.4, 0.1, np.nan], [0.8, 0.5, np.inf, np.nan], [0.9, 9.0, np.inf, 0.2]])
best_rate.example(losses=_LOSSES, rates=np.array([0.01, 0.1, 1.0, 10.0]))
best_rate.example(losses=np.array([[3.0, 1.0, 2.0]]), rates=np.array([0.1, 0.2, 0.3]))


def _safe(losses):
    return np.where(np.isfinite(losses), losses, np.inf)


best_rate.mistakes = {
    "rates[np.argmin(np.mean(_safe(losses), axis=0))]": "You took the mean over the seeds. One bad seed is enough to spoil it; the median was asked for.",
    "rates[np.argmin(np.nan_to_num(np.nanmedian(np.where(np.isinf(losses), np.nan, losses), axis=0), nan=np.inf))]": "You left the diverged trainings out. Then a rate at which most seeds diverge can win by the few that did not; they have to count as worse than any number.",
    "rates[np.argmin(np.nan_to_num(np.nanmedian(losses, axis=0), nan=np.inf))]": "You left the trainings with a `nan` out of the median. They have diverged, like those with an `inf`, and count as worse than any number.",
    "rates[np.argmin(np.median(losses, axis=0))]": "A `nan` came out as the lowest median: `np.argmin` stops at the first one. Replace what is not finite before you compare.",
    "rates[np.argmin(np.where(np.isfinite(losses).all(axis=0), np.median(losses, axis=0), np.inf))]": "One diverged seed was enough to rule a rate out. It counts as one very bad loss; if the other seeds did well, the median still does.",
    "rates[np.argmin(np.median(np.nan_to_num(losses), axis=0))]": "`np.nan_to_num` makes a `nan` 0 unless you tell it otherwise, and 0 would be the best loss of all. A diverged training counts as worse than any number.",
    "rates[np.argmin(np.min(_safe(losses), axis=0))]": "You chose by the luckiest seed. The median over the seeds was asked for.",
    "rates[np.argmin(np.max(_safe(losses), axis=0))]": "You chose by the worst seed. The median over the seeds was asked for.",
    "rates[np.argmin(np.nan_to_num(np.nanmean(np.where(np.isinf(losses), np.nan, losses), axis=0), nan=np.inf))]": "You took the mean of the trainings that did not diverge. The median of all was asked for, with the diverged ones as worse than any number.",
    "np.argmin(np.median(_safe(losses), axis=0))": "You returned the place of the rate. Return the rate itself.",
    "np.min(np.median(_safe(losses), axis=0))": "You returned the lowest median. The rate that reached it was asked for.",
    "rates[np.argmin(np.median(_safe(losses), axis=1)) % len(rates)]": "You took the median over the rates. There is a row for each seed, so the median over the seeds goes down the columns: `axis=0`.",
    "rates[np.argmax(np.median(_safe(losses), axis=0))]": "You chose the highest median. The lowest loss is the best.",
    "rates[np.argmin(_safe(losses)[0])]": "You looked at the first seed only.",
    "np.sort(rates)[np.argmin(np.median(_safe(losses), axis=0))]": "You sorted the rates, and the columns no longer belong to them.",
    "rates[np.argmin(np.median(np.nan_to_num(losses, nan=0.0, posinf=0.0), axis=0))]": "You counted diverged trainings as a loss of 0, the best of all. They are worse than any number.",
    "rates[np.argmin(np.median(np.nan_to_num(losses, nan=1.0, posinf=1.0), axis=0))]": "You gave diverged trainings a loss of 1. Others were worse than that; they have to be worse than any number.",
}  # fmt: skip


@best_rate.also
def _(losses, rates):
    by_rate = {}
    for rate, column in zip(rates, np.transpose(losses), strict=True):
        ordered = sorted(float("inf") if np.isnan(one) else float(one) for one in column)
        by_rate[float(rate)] = ordered[len(ordered) // 2]
    return min(by_rate, key=by_rate.get)


best_rate.also("list(rates)[int(np.argmin(np.quantile(np.nan_to_num(losses, nan=1e30, posinf=1e30), 0.5, axis=0)))]")
best_rate.hints = [
    "What should stand in the table for a training that diverged? `np.isfinite` finds them.",
    "`np.median(…, axis=0)` gives a number for each column.",
    "`np.argmin` gives the place of the lowest; the rate stands at this place in `rates`.",
]
best_rate.why = "Before optimizers are compared, each gets the rate that suits it, chosen by the same rule."

gap = question(
    "optimizers/gap",
    "With a tuned rate for each of the seven, what is the median loss of the worst, divided by that of the best?",
    "d",
    options={
        "a": ("more than 10, as at the default rates", "That gap was made by the rates. Tuned, even the two worst of the first table come close to the best."),
        "b": ("between 3 and 10", "The rates explain more than that. Tuned, all seven end close together on this network."),
        "c": ("between 1.5 and 3", "They are closer still. Compare the full dots of the figure below."),
        "d": ("less than 1.5", "Nearly all of the first table was the rate."),
    },
    hints=["The worst of the first table had steps that were far too short for ten epochs.", "How much of a gap is left if everybody may choose a rate?"],
    why="A comparison at default rates compares defaults.",
)  # fmt: skip

fair = question(
    "optimizers/fair",
    "A report says: “Our optimizer, its rate tuned, reaches a loss of 0.21; Adam at its default rate reaches 0.24. One run each.” Which experiments would tell you whether it is the optimizer? Give a set.",
    {"a", "b", "e"},
    options={
        "a": ("tune Adam's rate on a grid that is just as wide", "Only one of the two had a rate of its own."),
        "b": ("repeat both with several seeds", "With one run each, 0.03 may be less than two seeds of one optimizer differ by."),
        "c": ("let the new optimizer make twice as many updates", "Then it would win by its updates. The number of updates has to be equal."),
        "d": ("take the best of many seeds of the new optimizer", "The luckiest of many runs against a single one: that measures luck. Take the median of both."),
        "e": ("try both on a second problem", "The winner of one problem can lose on another, as the words and the six columns show."),
    },
    hints=["What differs between the two runs besides the optimizer?", "Two of the experiments would make the comparison less fair."],
    why="Equal grids, equal updates, several seeds, more than one problem.",
)  # fmt: skip


# Schedules -----------------------------------------------------------------------------------------------------------
@exercise("optimizers/warmup-cosine", points=2)
def warmup_cosine(step, peak, warmup, total):
    """Return the learning rate at `step`, a whole number from 0.

    It rises on a straight line from 0 at step 0 to `peak` at step `warmup`,
    then falls along half a cosine to 0 at step `total`, and stays 0 after it.
    With a `warmup` of 0 it starts at `peak`.
    """
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / (total - warmup), 1)
    return peak * (1 + np.cos(np.pi * share)) / 2


@warmup_cosine.probe
def _(rng):
    warmup = int(rng.integers(3, 8))
    total = warmup + int(rng.integers(6, 15))
    return dict(step=int(rng.integers(0, total + 6)), peak=float(rng.integers(1, 9)), warmup=warmup, total=total)


for _step in (0, 3, 4, 9, 14, 17):
    warmup_cosine.example(step=_step, peak=2.0, warmup=4, total=14)
warmup_cosine.example(step=0, peak=2.0, warmup=0, total=8)


def _fall(step, peak, warmup, total, shape, share=None):
    """A right rise, then a fall of another shape."""
    if step < warmup:
        return peak * step / warmup
    return peak * shape(min((step - warmup) / (total - warmup), 1) if share is None else share)


def _half(share):
    return (1 + np.cos(np.pi * share)) / 2


warmup_cosine.mistakes = {
    "_fall(step, peak, warmup, total, _half, (step - warmup) / (total - warmup))": "After the last step your rate rises again. It stays at 0 there.",
    "_fall(step, peak, warmup, total, _half, min((step - warmup) / total, 1))": "Your cosine is stretched over `total` steps after the warm-up. It has only `total - warmup` steps to fall.",
    "_fall(step, peak, warmup, total, _half, min(step / total, 1))": "Your cosine began at step 0, so the rate jumps down when the warm-up ends. It starts falling at step `warmup`.",
    "_fall(step, peak, warmup, total, lambda share: np.cos(np.pi * share))": "Your rate falls below 0: a cosine runs from 1 to −1. Add 1 and halve it.",
    "_fall(step, peak, warmup, total, lambda share: (1 + np.cos(2 * np.pi * share)) / 2)": "You took a whole cosine, which comes back up to the peak. Half of it, up to π, is enough.",
    "_fall(step, peak, warmup, total, lambda share: np.cos(np.pi / 2 * share))": "You took a quarter of a cosine, up to π/2. It falls late and steeply; half a cosine was asked for.",
    "_fall(step, peak, warmup, total, lambda share: 1 + np.cos(np.pi * share))": "Your fall starts at twice the peak. Halve 1 + cos.",
    "_fall(step, peak, warmup, total, lambda share: 1 - share)": "After the warm-up your rate falls on a straight line. Half a cosine was asked for.",
    "_fall(step, peak, warmup, total, lambda share: (1 + np.cos(180 * share)) / 2)": "`np.cos` takes radians: half a turn is π, not 180.",
    "_fall(step, peak, warmup, total, lambda share: 0.01**share)": "After the warm-up your rate falls exponentially. Half a cosine was asked for.",
    "peak * _half(min(max(step - warmup, 0) / (total - warmup), 1))": "Your rate is at its peak from the start. During the warm-up it rises from 0.",
    "peak * (step + 1) / warmup if step < warmup else _fall(step, peak, warmup, total, _half)": "Your warm-up is one step ahead: at step 0 the rate is 0, and at step `warmup` it is the peak.",
    "peak * _half(min(step / total, 1))": "There is no warm-up in your schedule: the rate starts at the peak.",
    "step / warmup if step < warmup else _fall(step, peak, warmup, total, _half)": "Your warm-up rises to 1. It has to rise to `peak`.",
    "peak if step > total else _fall(step, peak, warmup, total, _half)": "After the last step your rate is back at the peak. It stays at 0 there.",
    "_fall(step, 1.0, warmup, total, _half)": "Your rate does not depend on `peak`: multiply by it.",
    "peak * (1 - _half(step / warmup)) if step < warmup else _fall(step, peak, warmup, total, _half)": "Your warm-up rises along a cosine. It is a straight line.",
}  # fmt: skip


@warmup_cosine.also
def _(step, peak, warmup, total):
    rise = step / warmup if warmup else 1.0
    angle = np.pi * np.clip((step - warmup) / (total - warmup), 0, 1)
    return peak * min(rise, 1.0) * np.cos(angle / 2) ** 2


@warmup_cosine.also
def _(step, peak, warmup, total):
    import keras

    if step < warmup:
        return tf.constant(peak * step / warmup)
    return keras.optimizers.schedules.CosineDecay(peak, total - warmup)(step - warmup)


warmup_cosine.hints = [
    "Two parts: before step `warmup`, and from there on.",
    "In the second part, which share of the fall is done? It goes from 0 to 1 and stays there.",
    "`(1 + np.cos(np.pi * share)) / 2` falls from 1 to 0.",
]
warmup_cosine.why = "Any function of the update's number can be a schedule."

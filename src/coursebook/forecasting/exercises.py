"""Exercises of *Forecasting*."""

import numpy as np

from coursekit.checks import exercise, question

# A window slides over the weather ------------------------------------------------------------------------------------
how_many = question(
    "forecasting/how-many",
    "731 days, a window of 14 days, a horizon of 7. How many windows fit, if a new one starts on each day?",
    711,
    mistakes={
        710: "That is the last start, counted from 0. The window that starts at day 0 counts, too.",
        718: "So many windows of 14 days there are. But the last ones do not have 7 days after them to be judged by.",
        34: "Windows overlap: the next one starts a day later, not where the last one ended.",
        731: "Some of these starts leave no room: a window and its targets together need 21 days.",
        717: "731 − 14 leaves out two things: the 7 days of the last targets, and the window that starts at day 0.",
    },
    hints=[
        "How many days do a window and its targets take together?",
        "The first window starts at day 0. At which day does the last one start, so that its 21 days still fit?",
    ],
    why="Two years of days make 711 examples, but they overlap: 711 examples hold far fewer than 711 surprises.",
)


@exercise("forecasting/windows", points=2)
def look_back(table, window, ahead):
    """Cut a table of days into inputs and targets.

    `table` has one row a day and one column a feature; column 0 is to be
    forecast. An input is `window` days in a row, its target is column 0,
    `ahead` days after the last day of the input. Return the inputs, of shape
    (count, window, features), and the targets, of shape (count,), for every
    window that has a target, in order.
    """
    count = len(table) - window - ahead + 1
    inputs = np.stack([table[first : first + window] for first in range(count)])
    targets = table[window + ahead - 1 :, 0]
    return inputs, targets


@look_back.probe
def _(rng):
    window, ahead = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    days = window + ahead + int(rng.integers(3, 7))
    features = int(rng.integers(2, 4))
    return dict(table=rng.integers(-9, 30, (days, features)).astype(float), window=window, ahead=ahead)


look_back.example(table=np.arange(16.0).reshape(8, 2), window=3, ahead=1)
look_back.example(table=np.arange(16.0).reshape(8, 2), window=3, ahead=2)


def _look_back(table, window, ahead, drop=0, column=0):
    count = len(table) - window - ahead + 1 - drop
    inputs = np.stack([table[first : first + window] for first in range(count)])
    return inputs, table[window + ahead - 1 :][:count, column]


look_back.mistakes = {
    "_look_back(table, window, ahead - 1)": "Your targets come a day too early: with `ahead=1` the target is the last day of the window itself. Such a forecast is never wrong, and worth nothing.",
    "_look_back(table, window, ahead + 1)": "Your targets come a day too late: `ahead=1` is the day right after the window.",
    "_look_back(table, window, ahead, drop=1)": "The last window is missing. Its target is the last day of the table: `range` ends before.",
    "_look_back(table, window, ahead, column=slice(None))": "Your targets hold all columns. Only column 0 is to be forecast; the others stay behind in the inputs.",
    "_look_back(table, window, 1)": "Your targets are the days right after the windows, whatever `ahead` says: {ahead} days after is asked.",
}


@look_back.mistake("Your windows stand side by side. Each day starts one: the next window starts a day later.")
def _(table, window, ahead):
    firsts = range(0, len(table) - window - ahead + 1, window)
    inputs = np.stack([table[first : first + window] for first in firsts])
    return inputs, np.array([table[first + window + ahead - 1, 0] for first in firsts])


@look_back.mistake("Your inputs hold column 0 alone. All features of a day go in; only the target is a single column.")
def _(table, window, ahead):
    inputs, targets = _look_back(table, window, ahead)
    return inputs[:, :, :1], targets


@look_back.mistake(
    "You wrote each window into one long row. A recurrent layer reads day by day: keep time and features as two axes."
)
def _(table, window, ahead):
    inputs, targets = _look_back(table, window, ahead)
    return inputs.reshape(len(inputs), -1), targets


@look_back.mistake(
    "You gave each window all days up to `ahead`. Asked is one number: the day that lies `ahead` days after it."
)
def _(table, window, ahead):
    inputs, _ = _look_back(table, window, ahead)
    firsts = range(window, window + len(inputs))
    return inputs, np.stack([table[first : first + ahead, 0] for first in firsts])


@look_back.also
def _(table, window, ahead):
    views = np.lib.stride_tricks.sliding_window_view(table, window, axis=0)
    return views.transpose(0, 2, 1)[: len(views) - ahead], table[window - 1 + ahead :, 0]


@look_back.also
def _(table, window, ahead):
    lasts = range(window - 1, len(table) - ahead)
    return [table[last - window + 1 : last + 1] for last in lasts], [table[last + ahead, 0] for last in lasts]


look_back.hints = [
    "Which row is the last of the window that starts at `first`? Which one is `ahead` rows after it?",
    "The window that starts at `first` is `table[first : first + window]`, its target `table[first + window + ahead - 1, 0]`.",
    "The last target is the last row of the table. That fixes how many windows there are.",
]
look_back.why = "One row off, and the answer stands in the question: most leaks are an index, not a crime."

# What is a forecast worth? -------------------------------------------------------------------------------------------
baselines = question(
    "forecasting/baselines",
    "Compare the last day with the calendar. Which has the smaller error for tomorrow, and which for the day a week from now?",
    "c",
    options={
        "a": (
            "repeating the last day, both times",
            "A warm day says much about tomorrow, but in a week it is forgotten.",
        ),
        "b": (
            "the calendar, both times",
            "It does not know that it is warm this week, which still holds for tomorrow.",
        ),
        "c": (
            "repeating the last day for tomorrow, the calendar for a week from now",
            "Weather lasts for a day or two; after that the season is all that is left.",
        ),
        "d": (
            "the calendar for tomorrow, repeating the last day for a week from now",
            "The other way round: what does today's weather know about tomorrow, and what about next week?",
        ),
    },
    hints=[
        "How much does the warmth change from one day to the next? And from one week to the next?",
        "The calendar's error does not depend on how far ahead it looks.",
    ],
    why="Each day ahead has a baseline of its own; beating the weaker one proves nothing.",
)


@exercise("forecasting/seasonal-naive")
def repeat_season(past, horizon, period):
    """Forecast the next `horizon` days by repeating the last `period` days of
    `past`.

    Period 7 says: Monday as last Monday. Where the horizon is longer than the
    period, start over with the same days.
    """
    season = past[-period:]
    return np.array([season[ahead % period] for ahead in range(horizon)])


@repeat_season.probe
def _(rng):
    period = int(rng.integers(2, 6))
    return dict(past=rng.permutation(40)[: period + 5].astype(float), horizon=int(rng.integers(2, 5)), period=period)


@repeat_season.probe
def _(rng):
    period = int(rng.integers(2, 4))
    past = rng.permutation(40)[: period + 6].astype(float)
    return dict(past=past, horizon=period + int(rng.integers(1, 5)), period=period)


repeat_season.example(past=np.array([5.0, 9.0, 4.0, 8.0]), horizon=3, period=1)
repeat_season.strata(lambda past, horizon, period: "longer" if horizon > period else "within")
repeat_season.mistakes = {
    "np.repeat(past[-1], horizon)": "You repeated the last day only. That is period 1; with period {period} a day follows the one {period} days before.",
    "np.array([past[ahead % period] for ahead in range(horizon)])": "You began at the start of the past. The last season is the newest: `past[-period:]`.",
    "past[-horizon:]": "You copied the last `horizon` days. The first of the coming days follows the one `period` days before it.",
    "np.array([past[ahead - period] for ahead in range(horizon)])": "Where the horizon is longer than the period, your index reaches 0 and reads the oldest days: Python counts on from -1 to 0. Start over with `ahead % period`.",
    "np.repeat(np.mean(past[-period:]), horizon)": "You forecast the season's mean, every day. Its days are to be repeated one by one.",
    "past[-period:][:horizon]": "Your forecast ends with the season. Start over until all `horizon` days have a value.",
}
repeat_season.also("np.resize(past[-period:], horizon)")


@repeat_season.also
def _(past, horizon, period):
    known = list(past)
    for _day in range(horizon):
        known.append(known[-period])
    return known[len(past) :]


repeat_season.hints = [
    "The season to repeat is `past[-period:]`.",
    "`ahead % period` counts 0, 1, …, and starts over at 0 after `period` days.",
]
repeat_season.why = (
    "One line, no training. With period 1 it repeats the last day; whatever is trained has to beat that first."
)

# The leak that wins --------------------------------------------------------------------------------------------------
lookup = question(
    "forecasting/lookup",
    "Now the same two methods learn from the windows of 2012 and 2013, and forecast 2014. What happens?",
    "d",
    options={
        "a": ("it still wins, by about as much", "Then its copies would have to come from years without 2014 in it."),
        "b": (
            "both get worse, about equally",
            "The line stays about where it was. One of the two lost something that the other never had.",
        ),
        "c": (
            "it falls behind the line, and still beats repeating the last day",
            "The first half is right. Eight weeks of another year that look alike are no twin.",
        ),
        "d": (
            "it falls behind even repeating the last day",
            "It had copied answers from windows that share days with the question. Now there are none.",
        ),
    },
    hints=[
        "Among shuffled windows: which training window looks most like the one that starts on May 3?",
        "What does that window know about the week to be forecast?",
    ],
    why="The split decides what a score means; the better model may only be better at finding the leak.",
)

which_split = question(
    "forecasting/which-split",
    "Which split tells how a forecast of next year's weather will do?",
    "c",
    options={
        "a": (
            "shuffle all windows, keep every third one for testing",
            "Its neighbors, one day earlier and one day later, are training windows and hold most of its days.",
        ),
        "b": (
            "cut by the first day of the window: before 2014 training, from 2014 on test",
            "The last windows of training reach into 2014: their targets are days of the test.",
        ),
        "c": (
            "2012 and 2013 for training, 2014 for validation, 2015 for the test; a window in two parts is left out",
            "Later years judge, and no day is on two sides.",
        ),
        "d": (
            "2013 to 2015 for training, 2012 for the test; a window in two parts is left out",
            "No day is shared, yet it learns from later years than it forecasts. Outside of an exercise nobody can.",
        ),
    },
    hints=[
        "Is any day, as input or as target, on both sides?",
        "Which days will exist on the morning when the real forecast is due?",
    ],
    why="An honest split imitates the use: train on what is over, be judged by what comes.",
)


@exercise("forecasting/honest-starts", points=2)
def honest_starts(days, cut, window, horizon):
    """On which days may windows start, so that training and test share no day?

    A window takes `window` days, and the `horizon` days after them are its
    targets. In training all of these days come before day `cut`; in the test
    none does. Days are counted from 0 to `days` - 1. Return two lists of first
    days, in order: all that training may use, and all that the test may use.
    """
    length = window + horizon
    training = list(range(cut - length + 1))
    test = list(range(cut, days - length + 1))
    return training, test


@honest_starts.probe
def _(rng):
    window, horizon = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    cut = window + horizon + int(rng.integers(4, 9))
    return dict(days=cut + window + horizon + int(rng.integers(7, 12)), cut=cut, window=window, horizon=horizon)


def _starts(days, cut, window, horizon, late=0, begin=0, end=0):
    length = window + horizon
    return list(range(cut - length + 1 + late)), list(range(cut + begin, days - length + 1 + end))


honest_starts.mistakes = {
    "_starts(days, cut, window, horizon, late=window + horizon - 1)": "Your last training windows start before the cut and reach across it. They train on days of the test.",
    "_starts(days, cut, window, horizon, late=horizon)": "The inputs of your training windows end before the cut, but their targets do not: training learns test days.",
    "_starts(days, cut, window, horizon, begin=-window)": "The first inputs of your test are days of training. As a known past that may be fair, but here no day is shared.",
    "_starts(days, cut, window, horizon, begin=window + horizon)": "Your test starts a whole window after the cut. Training has already stopped early enough: one gap will do.",
    "_starts(days, cut, window, horizon, end=window + horizon - 1)": "Your last test windows hang over the end: the days they need have not come yet.",
    "_starts(days, cut, window, horizon, end=horizon)": "The inputs of your last test windows fit, but their targets lie behind the last day.",
    "_starts(days, cut, window, horizon, late=-1, end=-1)": "In both parts the last window that fits is missing: `range` ends before its end.",
}


@honest_starts.also
def _(days, cut, window, horizon):
    firsts = np.arange(days)
    lasts = firsts + window + horizon - 1
    return firsts[lasts < cut], firsts[(firsts >= cut) & (lasts < days)]


honest_starts.hints = [
    "The last target of the window that starts at `first` is day `first + window + horizon - 1`.",
    "For training that day comes before `cut`; for the test it is at most `days - 1`.",
]
honest_starts.why = "The gap costs a few weeks of windows. Without it the score is about days that were trained on."


# Numbers the network can use -----------------------------------------------------------------------------------------
@exercise("forecasting/standardize")
def standardize(series, training_days):
    """Standardize a whole series by the mean and the spread of its training
    part.

    The first `training_days` values are the training part; `np.std` measures
    the spread. Return as many values as `series` has.
    """
    training = series[:training_days]
    return (series - training.mean()) / training.std()


@standardize.probe
def _(rng):
    training_days = int(rng.integers(4, 8))
    later = int(rng.integers(2, 4))
    return dict(
        series=np.append(rng.permutation(20)[:training_days], 30 + rng.permutation(20)[:later]).astype(float),
        training_days=training_days,
    )


standardize.mistakes = {
    "(series - series.mean()) / series.std()": "You used the mean and the spread of all days. Then the training numbers tell how warm the later years will be.",
    "(series - => (training -": "You returned the training part only. The later days are put on the same scale.",
    ".std( => .var(": "You divided by the variance, which is in squared units. The spread is its square root.",
    "std() => std(ddof=1)": "You divided by n − 1 inside the spread (`ddof=1`), as pandas does. Asked is the spread of `np.std`, which divides by n.",
    "mean()) / training.std( => min()) / (training.max() - training.min()": "You scaled to the range from 0 to 1. Asked are distances from the mean, in spreads.",
    "series / series[:training_days].std()": "Subtract the mean of the training part as well: you only divided.",
}


@standardize.mistake(
    "You gave each part a mean and a spread of its own. Then the same warmth is two different numbers, and the later days' mean is not known when the "
    "first of them comes."
)
def _(series, training_days):
    parts = series[:training_days], series[training_days:]
    return np.concatenate([(part - part.mean()) / part.std() for part in parts])


@standardize.also
def _(series, training_days):
    training = [float(value) for value in series[:training_days]]
    mean = sum(training) / training_days
    spread = (sum((value - mean) ** 2 for value in training) / training_days) ** 0.5
    return [(float(value) - mean) / spread for value in series]


standardize.hints = [
    "Two numbers are needed, and both come from `series[:training_days]`.",
    "Then the whole series: minus the mean, divided by the spread.",
]
standardize.why = "Whatever is measured for scaling is learned, too, and may be learned from training days only."


@exercise("forecasting/degrees-off", points=2)
def degrees_off(predicted, truth, center, spread):
    """How far are forecasts off, in °C, for each day ahead?

    `predicted`, shape (forecasts, days ahead), is standardized: minus
    `center`, divided by `spread`. `truth`, of the same shape, is in °C. Return
    the mean absolute error of each day ahead, shape (days ahead,).
    """
    error = predicted * spread + center - truth
    return np.mean(np.abs(error), axis=0)


@degrees_off.probe
def _(rng):
    forecasts, ahead = int(rng.integers(3, 6)), int(rng.integers(2, 4))
    center, spread = float(rng.integers(10, 20)), float(rng.integers(4, 9))
    truth = rng.integers(0, 35, (forecasts, ahead)).astype(float)
    errors = rng.integers(-8, 9, (forecasts, ahead))
    return dict(predicted=((truth + errors - center) / spread).round(3), truth=truth, center=center, spread=spread)


def _off(predicted, truth, center, spread, reduce=np.abs, axis=0):
    return np.mean(reduce(predicted * spread + center - truth), axis=axis)


degrees_off.mistakes = {
    "_off(predicted, truth, center, spread, axis=1)": "You averaged over the days ahead: one number for each forecast. Average over the forecasts, `axis=0`.",
    "_off(predicted, truth, center, spread, axis=None)": "You averaged everything. Tomorrow and next week have errors of their own: `axis=0`.",
    "_off(predicted, truth, 0.0, 1.0)": "You compared standardized forecasts with degrees. Bring them back first: times the spread, plus the center.",
    "_off(predicted, truth, 0.0, spread)": "You multiplied by the spread and forgot the center: all your forecasts are far too cold.",
    "_off((predicted + center) * spread, truth, 0.0, 1.0)": "You added the center before multiplying. Undo in the opposite order: first times the spread, then plus the center.",
    "_off(predicted, (truth - center) / spread, 0.0, 1.0)": "Your errors are in spreads, not in °C. A spread is {spread} °C: multiply by it.",
    "_off(predicted, truth, center, spread, reduce=lambda error: error)": "Too warm and too cold cancel in your mean. Take the absolute value of each error before you average.",
    "np.sqrt(_off(predicted, truth, center, spread, reduce=np.square))": "You took the root of the mean square, in which large misses weigh more. Asked is the mean of the absolute values.",
}
degrees_off.also("spread * np.abs(predicted - (truth - center) / spread).mean(axis=0)")
degrees_off.hints = [
    "Standardizing took the center away and divided by the spread. Undo it backwards.",
    "Absolute values first, then the mean over the forecasts: `axis=0`.",
]
degrees_off.why = "Nobody plans a picnic by a loss of 0.31. Degrees can be compared with what the error costs."

# A network that reads the days in order ------------------------------------------------------------------------------
gru = question(
    "forecasting/gru",
    "The GRU and the line read the same 14 days. Who wins in 2015?",
    "c",
    options={
        "a": (
            "the GRU, by more than 0.2 °C",
            "It could bend and remember. Does the weather of two weeks hold so much that a straight line misses?",
        ),
        "b": (
            "the line, by more than 0.2 °C",
            "A GRU can come close to what a line does, and early stopping keeps it from overfitting far.",
        ),
        "c": (
            "neither by more than 0.2 °C; both beat repeating the last day by over 0.4 °C",
            "700 overlapping windows hold little beyond what a line finds.",
        ),
        "d": (
            "neither; repeating the last day beats both",
            "Both can learn to repeat the last day, and, further ahead, to lean back toward the season.",
        ),
    },
    hints=[
        "What, besides the last days, could tell next week's weather? Is it in the window?",
        "How many training windows are there, and how much do they overlap?",
    ],
    why="A model can only use what its input holds; on short, noisy series the simplest one is hard to beat.",
)

# What goes wrong -----------------------------------------------------------------------------------------------------
leaks = question(
    "forecasting/leaks",
    'It is evening, and the coming days are to be forecast. Which of these inputs leak? Give a set, like `{"a", "b"}`.',
    {"a", "d", "e"},
    options={
        "a": (
            "today's smoothed value: the mean of the 7 days around today",
            "Around today means three days after it, too.",
        ),
        "b": ("the mean of the last 7 days", "These days are over; their mean is known this evening."),
        "c": ("the date of the day to be forecast", "A calendar is known years ahead."),
        "d": (
            "today's value, standardized with the mean of all four years",
            "That mean holds the test year: a cold year ahead would show in today's number.",
        ),
        "e": (
            "today's value is missing and is filled with the mean of yesterday and tomorrow",
            "Tomorrow is what we want to know. Filling in from yesterday alone would be fair.",
        ),
    },
    hints=[
        "For each input: which days does one need to compute it?",
        "Could it be written down this evening, before any of the coming days?",
    ],
    why="An input is fair if it can be computed on the evening of the forecast; ask that of every column.",
)

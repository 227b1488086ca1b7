"""Exercises of *Forecasting*."""

import numpy as np

from coursekit.checks import exercise, question

# A window slides over the weather ------------------------------------------------------------------------------------
how_many = question(
    "forecasting/how-many",
    "You have 731 days, a window of 14 days and a horizon of 7. How many windows fit, if a new one starts on each day?",
    711,
    mistakes={
        710: "That is the last start, counted from 0. The window that starts on day 0 counts, too.",
        718: "That is the number of windows of 14 days. But the last ones do not have 7 days after them as targets.",
        **dict.fromkeys(
            (34, 35, 52), "Windows overlap: the next one starts a day later, not where the last one ended."
        ),
        731: "Some of these starts leave no room: a window and its targets together need 21 days.",
        712: "Count on a small case: 21 days hold one window with its targets, and 22 days hold two.",
        **dict.fromkeys((724, 725), "There you leave room for the targets, but not for the window itself."),
        717: "731 − 14 leaves out two things: the 7 days of the last targets, and the window that starts on day 0.",
    },
    hints=[
        "How many days do a window and its targets take together?",
        "The first window starts on day 0. On which day does the last one start, so that its 21 days still fit?",
    ],
    why="Two years make 711 examples, but the examples overlap, so there is far less news in them than in 711 separate weeks.",
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
    return dict(table=rng.integers(-18, 60, (days, features)) / 2, window=window, ahead=ahead)


look_back.example(table=np.arange(16.0).reshape(8, 2) / 2, window=3, ahead=1)
look_back.example(table=np.arange(16.0).reshape(8, 2), window=3, ahead=2)
look_back.example(table=np.arange(270.0).reshape(135, 2), window=3, ahead=1)  # more than one batch of Keras


def _look_back(table, window, ahead, drop=0, column=0, early=0):
    count = len(table) - window - ahead + 1 - drop
    inputs = np.stack([table[first : first + window] for first in range(count)])
    return inputs, table[window + ahead - 1 - early :][:count, column]


look_back.mistakes = {
    "_look_back(table, window, ahead - 1)": "Your targets come a day too early: with `ahead=1` the target is the last day of the window itself. Such a forecast is never wrong, and worth nothing.",
    "_look_back(table, window, ahead, early=1)": "Your targets come a day too early: with `ahead=1` the target is the last day of the window itself. Such a forecast is never wrong, and worth nothing.",
    "_look_back(table, window, ahead, column=-1)": "Your targets are the last column. Column 0 is the one to forecast.",
    "_look_back(table, window, ahead, column=slice(0, 1))": "Your targets keep a second axis: `table[…, :1]` is a column, `table[…, 0]` a plain list of numbers.",
    "_look_back(table, window, ahead)[0][:, :, 1:], _look_back(table, window, ahead)[1]": "Column 0 is missing from your inputs. Its past helps to forecast it, so all features go in.",
    "_look_back(table, window, 0)[0], _look_back(table, window, ahead)[1]": "You have more windows than targets. Leave out the last `ahead` windows: their target has not come yet.",
    "_look_back(table, window, ahead + 1)": "Your targets come a day too late: `ahead=1` is the day right after the window.",
    "_look_back(table, window, ahead, drop=1)": "The last window is missing. Its target is the last day of the table: `range` stops before its end.",
    "_look_back(table, window, ahead, column=slice(None))": "Your targets hold all columns. Only column 0 is to be forecast; the others are inputs only.",
    "[part[:128] for part in _look_back(table, window, ahead)]": "Only the first 128 windows came back: Keras cuts them into batches of 128. Join all the batches, or set `batch_size`.",
    "_look_back(table, window, 1)": "Your targets are the days right after the windows, whatever `ahead` says. They should lie {ahead} days after the last day of the window.",
    "_look_back(table, window, ahead, early=ahead - 1)": "Your targets are the days right after the windows, whatever `ahead` says. They should lie {ahead} days after the last day of the window.",
    "return inputs, targets => return inputs[::window], targets[::window]": "Your windows stand side by side. They should overlap: the next window starts a day later.",
    "first + window] => first + window, :1]": "Your inputs hold column 0 alone. All features of a day go in; only the target is a single column.",
    "first + window] => first + window, 0]": "Your inputs hold column 0 alone. All features of a day go in; only the target is a single column.",
    "first + window] => first + window].ravel()": "You made each window one long row. A recurrent layer reads day by day: keep time and features as two axes.",
    "return inputs, targets => return inputs.transpose(0, 2, 1), targets": "Your windows have time as their last axis: `sliding_window_view` puts it there. Swap the last two axes.",
    "return inputs, targets => return inputs.transpose(0, 2, 1).reshape(inputs.shape), targets": "`sliding_window_view` puts time last, and `reshape` does not swap axes: your rows mix days and features. Use `swapaxes(1, 2)`.",
    "return inputs, targets => return inputs, np.stack([table[i + window : i + window + ahead, 0] for i in range(count)])": "You gave each window all the days up to `ahead`. Its target is one number: the day that lies `ahead` days after it.",
    "return inputs, targets => return inputs, np.stack([table[i + window : i + window + ahead, 0] for i in range(count)]).mean(axis=1)": "Your targets are means of the days up to `ahead`. The target is a single one of them, the last.",
    "return inputs, targets => return targets, inputs": "You returned the targets first. The inputs come first, then the targets.",
    "return inputs, targets => return inputs[1:], targets[1:]": "The first window is missing. It starts on day 0.",
    "return inputs, targets => return inputs[::-1], targets[::-1]": "Your windows come in the opposite order. The one that starts on day 0 comes first.",
    "return inputs, targets => return inputs[:, ::-1], targets": "Each of your windows runs backward in time. Its oldest day comes first.",
    "return inputs, targets => return inputs, table[ahead : ahead + count, 0]": "You counted `ahead` from the first day of the window. It counts from the window's last day.",
    "first : first + window] => first + ahead : first + window + ahead]": "Your windows end on the day of their target, so they contain the answer. They end `ahead` days before it.",
    "first + window] => first + window + ahead]": "Your windows are longer than `window` days: the days up to the target are no inputs.",
    "first + window] => first + window + ahead - 1]": "Your windows are longer than `window` days: the days up to the target are no inputs.",
}


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
look_back.why = "An index that is off by one puts the answer into the question. Many leaks start that way."

# What is a forecast worth? -------------------------------------------------------------------------------------------
baselines = question(
    "forecasting/baselines",
    "Compare the last day with the calendar. Which has the smaller error for tomorrow, and which for the day a week from now?",
    "c",
    options={
        "a": ("repeating the last day, both times", "A warm day says much about tomorrow, but little about the day a week from now."),
        "b": ("the calendar, both times", "It does not know that it is warm this week, which still holds for tomorrow."),
        "c": ("repeating the last day for tomorrow, the calendar for a week from now", "Today's temperature is the better guide to tomorrow; for a week from now the season is."),
        "d": ("the calendar for tomorrow, repeating the last day for a week from now", "It is the other way around: what does today's weather know about tomorrow, and what about next week?"),
    },
    hints=[
        "How much does the temperature change from one day to the next? And from one week to the next?",
        "Does the calendar's error depend on how far ahead it looks?",
    ],
    why="Each day ahead has its own best baseline. Beating the weaker one proves little.",
)  # fmt: skip


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
    "np.repeat(past[-1], horizon)": "You repeated the last day only. That is period 1; with period {period}, each day repeats the one {period} days before it.",
    "np.array([past[ahead % period] for ahead in range(horizon)])": "You repeated the oldest days. The last season is `past[-period:]`.",
    "past[-horizon:]": "You copied the last `horizon` days. The first coming day repeats the one `period` days before it.",
    "np.array([past[ahead - period] for ahead in range(horizon)])": "Where the horizon is longer than the period, your index reaches 0 and reads the oldest days: Python counts on from -1 to 0. Start over with `ahead % period`.",
    "np.repeat(np.mean(past[-period:]), horizon)": "You forecast the season's mean for every day. Repeat its days one by one.",
    "season[ahead % period] => season[(ahead + 1) % period]": "Your forecast starts a day too late in the season. The first coming day repeats `past[-period]`.",
    "past[-period:] => past[::-1][:period]": "Your season runs backwards. Keep its days in order.",
    "np.repeat(past[-period], horizon)": "You gave every coming day the value of one past day, `past[-period]`. Repeat the whole season, day by day.",
    "np.repeat(past[-period:], -(-horizon // period))[:horizon]": "You repeated each day several times before the next one: `np.repeat` does that. Repeat the season as a whole.",
    "np.repeat(past[-period:], horizon // period + 1)[:horizon]": "You repeated each day several times before the next one: `np.repeat` does that. Repeat the season as a whole.",
    "np.tile(past[-period:], horizon // period + 1)": "You repeated the season, but forecast too many days. Keep the first `horizon` days.",
    "past[-period:][:horizon]": "Your forecast ends with the season. Start over until all `horizon` days have a value.",
    "np.tile(past[-period:], -(-horizon // period))": "You repeated the season, but forecast too many days. Keep the first `horizon` days.",
    "np.tile(past[-period:], horizon)": "You repeated the season, but forecast too many days. Keep the first `horizon` days.",
    "past[-period:] => past[-period - 1 : -1]": "Your season starts and ends a day too early. The first coming day repeats `past[-period]`.",
    "past[-period:] => past[-2 * period : -period]": "You repeated the season before the last one. The last season is `past[-period:]`.",
    "np.tile(past[-period:], horizon // period)": "You repeated whole seasons only. The last one may have to be cut off after `horizon` days in all.",
    "season[ahead % period] => season[min(ahead, period - 1)]": "After one season you repeated its last day. Start over with its first one.",
    "[season[ahead % period] for ahead in range(horizon)] => [*past, *(season[ahead % period] for ahead in range(horizon))]": "Your forecast is appended to the past. Return the coming days alone.",
    "np.array([past[(len(past) + ahead) % period] for ahead in range(horizon)])": "Your days come from the first season. The last season is `past[-period:]`.",
    "np.resize(past[-horizon:], period)": "You exchanged `period` and `horizon`: the season has `period` days, the forecast `horizon`.",
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
    "It takes one line and no training. With period 1 it repeats the last day. Whatever you train has to beat it first."
)

# The leak that wins --------------------------------------------------------------------------------------------------
lookup = question(
    "forecasting/lookup",
    "Now both methods learn from the windows of 2012 and 2013, and forecast 2014. What happens to the lookup?",
    "d",
    options={
        "a": ("it still beats the line, by about as much", "Now it can copy only from 2012 and 2013. Is anything in those years as similar as a window that starts a day later?"),
        "b": ("it gets worse, and so does the line, by about as much", "The line stays about where it was. The lookup lost something that the line had hardly used."),
        "c": ("it falls behind the line, but still beats repeating the last day", "The first half is right. But eight similar weeks of another year are no twin: what follows them may differ a lot."),
        "d": ("it falls behind even repeating the last day", "It had copied answers from windows that share days with the question. Now there are none."),
    },
    hints=[
        "Among shuffled windows: which training window looks most like the one that starts on May 3?",
        "Which days of the week to be forecast does that window already contain?",
    ],
    why="The split decides what a score means. The better score may belong to the model that uses the leak better.",
)  # fmt: skip

which_split = question(
    "forecasting/which-split",
    "Which split tells you how a forecast of next year's weather will do?",
    "c",
    options={
        "a": ("shuffle all windows, keep every third one for testing", "Its neighbors, one day earlier and one day later, are training windows and hold most of its days."),
        "b": ("cut by the first day of the window: before 2014 training, from 2014 on test", "The last windows of training reach into 2014: their targets are days of the test."),
        "c": ("2012 and 2013 for training, 2014 for validation, 2015 for the test; a window that straddles two parts is left out", "It is judged by later years, and no day is on two sides."),
        "d": ("2013 to 2015 for training, 2012 for the test; a window that straddles two parts is left out", "No day is shared, yet it learns from years that come after the one it forecasts. A real forecast cannot do that."),
    },
    hints=[
        "Is any day, as input or as target, on both sides?",
        "Which days will exist on the morning when the real forecast is due?",
    ],
    why="An honest split imitates the real use: train on what is over, and be judged by what comes.",
)  # fmt: skip


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
    "_starts(days, cut, window, horizon, late=window + horizon - 1)": "Your last training windows start before the cut and reach across it. They contain days of the test.",
    "_starts(days, cut, window, horizon, late=horizon)": "The inputs of your training windows end before the cut, but their targets do not: training learns test days.",
    "_starts(days, cut, window, horizon, late=window + horizon - 1, begin=window + horizon - 1)": "You left the gap on the side of the test. No day is shared, but training uses days from `cut` on. Leave the gap before `cut`.",
    "_starts(days, cut, window, horizon, late=1, begin=1)": "You counted day `cut` as a day of training. It is the first day of the test.",
    "_starts(days, cut, window, horizon, begin=-window)": "The first inputs of your test are days of training. As a known past that may be fair, but here no day is shared.",
    "_starts(days, cut, window, horizon, begin=window + horizon)": "Your test starts a whole window after the cut. Training already stops early enough, so one gap is enough.",
    "_starts(days, cut, window, horizon, end=window + horizon - 1)": "Your last test windows reach beyond the last day of the series.",
    "_starts(days, cut, window, horizon, late=horizon, end=horizon)": "In both parts you made room for the inputs only. The targets after them must fit, too.",
    "_starts(days, cut, window, horizon, begin=1)": "The test may start on day `cut` itself: training ends the day before.",
    "_starts(days, cut, window, horizon, begin=horizon)": "Your test starts later than it must. Training already stops before `cut`, so the test may start on day `cut`.",
    "_starts(days, cut, window, horizon, begin=window)": "Your test starts later than it must. Training already stops before `cut`, so the test may start on day `cut`.",
    "_starts(days, cut, window, horizon, begin=window + horizon - 1)": "Your test starts later than it must. Training already stops before `cut`, so the test may start on day `cut`.",
    "_starts(days, cut, window, horizon)[0][:: window + horizon], _starts(days, cut, window, horizon)[1][:: window + horizon]": "Your windows do not overlap. Within a part they may: the next window starts a day later.",
    "_starts(days, cut, window, horizon, end=horizon)": "The inputs of your last test windows fit, but their targets lie after the last day.",
    "_starts(days, cut, window, horizon, late=-1)": "In training the last window that fits is missing: it may end on day `cut - 1`.",
    "_starts(days, cut, window, horizon, end=-1)": "In the test the last window that fits is missing: it may end on day `days - 1`.",
    "_starts(days, cut, window, horizon, late=1)": "Your last training window reaches day `cut`, which belongs to the test.",
    "_starts(days, cut, window, horizon, end=1)": "Your last test window needs day `days`, but the last day is `days - 1`.",
    "_starts(days, cut, window, horizon, late=-1, end=-1)": "In both parts the last window that fits is missing: `range` stops before its end.",
    "_starts(days, cut, window, horizon)[::-1]": "You returned the test first. The training's list comes first, then the test's.",
    "return training, test => return training + test": "You joined both into one list. Return two: one for training, one for the test.",
    "return training, test => return len(training), len(test)": "You counted the windows. Return the list of their first days.",
    "_starts(days, cut, window, horizon, late=window + horizon - 1, end=window + horizon - 1)": "You listed all days of each part. On its last days no window can start: it needs `window + horizon` days.",
    "_starts(days, cut, window, horizon, late=window, end=window)": "In both parts you made room for the targets only. The inputs before them must fit, too.",
    "range(cut - length + 1) => range(1, cut - length + 1)": "The first training window is missing. Days are counted from 0.",
    "range(cut, days - length + 1) => range(days - cut - length + 1)": "You counted the days of the test from `cut`. Count them from the start of the series: its first window starts on day `cut`.",
    "return training, test => return (training[0], training[-1]), (test[0], test[-1])": "You returned the first and the last start. List all of them.",
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
honest_starts.why = (
    "The gap costs a few weeks of windows. Without it, part of the score is about days that were trained on."
)


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
    "training.std() => series.std()": "Your mean is the training part's, but your spread is that of all days. Both come from the training part.",
    "training.mean() => series.mean()": "Your spread is the training part's, but your mean is that of all days. Both come from the training part.",
    "[:training_days] => [: training_days + 1]": "You measured on one day too many. The training part is `series[:training_days]`.",
    "[:training_days] => [: training_days - 1]": "You left out the last training day. The training part is `series[:training_days]`.",
    "[:training_days] => [training_days:]": "You measured the later days. The mean and the spread come from the training part, which is the first `training_days` values.",
    "[:training_days] => [-training_days:]": "You measured the last days. The training part is the first `training_days` values.",
    "(series - training.mean()) / training.std() => series / training.std() - training.mean()": "You divided the series only, then subtracted the mean in °C. Subtract first, then divide the difference.",
    "(series - training.mean()) / training.std() => series - training.mean()": "You only subtracted the mean. Divide the difference by the spread.",
    "(series - training.mean()) / training.std() => series - training.mean() / training.std()": "Python divides first. Put the difference in parentheses.",
    "series - training.mean() => training.mean() - series": "Your signs are turned around: above the mean should be positive.",
    "(series - => (training -": "You returned the training part only. Put the later days on the same scale, too.",
    ".std( => .var(": "You divided by the variance, which is in squared units. The spread is its square root.",
    "std() => std(ddof=1)": "You divided by n − 1 inside the spread (`ddof=1`), as pandas does. The task asks for `np.std`, which divides by n.",
    "mean()) / training.std( => min()) / (training.max() - training.min()": "You scaled the training part to the range from 0 to 1. Give the distances from the mean, in spreads.",
    "series / series[:training_days].std()": "Subtract the mean of the training part as well: you only divided.",
    "(series - training.mean()) / training.std() => np.append((training - training.mean()) / training.std(), (series[training_days:] - series[training_days:].mean()) / series[training_days:].std())": "You gave each part a mean and a spread of its own. Then one temperature becomes two different numbers, and the mean of the later days is not known when the first of them comes.",
    "training.mean() => np.median(training)": "You subtracted the median. The task asks for the mean.",
    "(series - training.mean()) / training.std() => (series - training.std()) / training.mean()": "You exchanged the mean and the spread. Subtract the mean, then divide by the spread.",
    "(series - training.mean()) / training.std() => (series - training.mean()) * training.std()": "You multiplied by the spread. That is the way back to °C; to standardize, divide by it.",
    "(series - training.mean()) / training.std() => np.append((training - training.mean()) / training.std(), series[training_days:])": "Your later days are still in °C. Put them on the same scale as the training part.",
    "(series - training.mean()) / training.std() => (series[training_days:] - training.mean()) / training.std()": "You returned the later days only. The training part is standardized, too.",
    "(series - training.mean()) / training.std() => np.round((series - training.mean()) / training.std(), 2)": "You rounded. Leave the numbers as they are.",
    "training.std() => np.abs(training - training.mean()).mean()": "Your spread is the mean distance from the mean. The task asks for `np.std`.",
}


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
standardize.why = "Whatever you measure in order to scale is learned, too. It may be learned from training days only."


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
    "_off(predicted, truth, center, spread, axis=None)": "You averaged everything. Each day ahead has an error of its own: `axis=0`.",
    "_off(predicted, truth, 0.0, 1.0)": "You compared standardized forecasts with degrees. Bring them back first: times the spread, plus the center.",
    "_off(predicted, truth, 0.0, spread)": "You multiplied by the spread and forgot to add the center: all your forecasts are far too cold.",
    "_off(predicted, truth, center, spread) + center": "You added the center to an error. It cancels in a difference: to bring an error back to degrees, only multiply by the spread.",
    "_off((predicted + center) * spread, truth, 0.0, 1.0)": "You added the center before multiplying. Undo in the opposite order: first times the spread, then plus the center.",
    "_off(predicted, (truth - center) / spread, 0.0, 1.0)": "Your errors are in spreads, not in °C. A spread is {spread} °C: multiply by it.",
    "_off(predicted, truth, center, spread, reduce=lambda error: error)": "Too warm and too cold cancel in your mean. Take the absolute value of each error before you average.",
    "np.abs(_off(predicted, truth, center, spread, reduce=lambda error: error))": "Too warm and too cold cancel in your mean. Take the absolute value of each error before you average.",
    "np.abs(predicted * spread + center - truth)": "You did not average. Take the mean over the forecasts: `axis=0`.",
    "np.abs(predicted * spread + center - truth).sum(axis=0)": "You added the errors up. Their mean does not grow with the number of forecasts.",
    "_off(predicted, truth, center, 1 / spread)": "You divided by the spread once more. Going back to degrees means to multiply.",
    "_off(predicted, truth, -center, spread)": "You subtracted the center once more. Going back to degrees means to add it.",
    "_off((predicted - center) / spread, truth, 0.0, 1.0)": "You standardized the forecasts once more. Go the other way: times the spread, plus the center.",
    "_off(predicted, truth, center, spread, reduce=np.square)": "You averaged squares, which are in °C². The task asks for the mean of the absolute values.",
    "np.sqrt(_off(predicted, truth, center, spread, reduce=np.square))": "You took the root of the mean square, in which large misses weigh more. The task asks for the mean of the absolute values.",
    "_off(predicted, truth, center, 1.0)": "You forgot to multiply by the spread. Undo both steps: times the spread, plus the center.",
    "_off(predicted, truth, spread, center)": "You exchanged the center and the spread. Multiply by the spread, then add the center.",
    "_off(predicted - truth, 0.0, 0.0, spread)": "You subtracted degrees from standardized forecasts. Bring the forecasts back to degrees first.",
    "np.mean(np.abs(error), axis=0) => np.median(np.abs(error), axis=0)": "You took the median. The task asks for the mean.",
    "np.mean(np.abs(error), axis=0) => np.max(np.abs(error), axis=0)": "You took the largest miss of each day ahead. The task asks for the mean.",
    "np.mean(np.abs(error), axis=0) => np.std(error, axis=0)": "You took the spread of the errors. A forecast that is 3 °C too warm every day would get 0 from it.",
    "np.mean(np.abs(error), axis=0) => np.sum(np.abs(error), axis=0) / (len(error) - 1)": "You divided by one less than the number of forecasts. A mean divides by all of them.",
    "np.abs(error), axis=0 => np.abs(error), axis=0, keepdims=True": "Your result keeps a second axis. Leave out `keepdims`.",
    "np.abs(error) => np.abs(error / truth)": "You divided by the truth. The task asks for °C, not for a share of the temperature.",
}
degrees_off.also("spread * np.abs(predicted - (truth - center) / spread).mean(axis=0)")
degrees_off.hints = [
    "Standardizing subtracted the center, then divided by the spread. Undo the last step first.",
    "Absolute values first, then the mean over the forecasts: `axis=0`.",
]
degrees_off.why = "Nobody plans a picnic by a loss of 0.31. An error in degrees tells you whether it matters."

# A network that reads the days in order ------------------------------------------------------------------------------
gru = question(
    "forecasting/gru",
    "The GRU and the line read the same 14 days. How do their errors compare in 2015, on average over the seven days ahead? (*Clearly* means by more than 0.2 °C.)",
    "c",
    options={
        "a": ("the GRU is clearly better", "It can bend and remember. But is there much in two weeks of weather that a weighted sum misses?"),
        "b": ("the line is clearly better", "A GRU can come close to what the line does. In our run the two differ by less than 0.2 °C."),
        "c": ("they are about level, and both are clearly better than repeating the last day", "In our run the GRU found no more in these windows than a weighted sum does."),
        "d": ("they are about level, and repeating the last day is as good", "Both can learn to repeat the last day and, further ahead, to lean back toward the season."),
    },
    hints=[
        "What besides today's temperature could tell you about next week? Is it in the window?",
        "How many training windows are there, and how much do they overlap?",
    ],
    why="A model can only use what its input contains. Run the simplest one first: it may be hard to beat.",
)  # fmt: skip

# What goes wrong -----------------------------------------------------------------------------------------------------
leaks = question(
    "forecasting/leaks",
    'It is an evening in 2014, and you want to forecast the coming days. Which of these inputs leak? Give a set, like `{"a", "b"}`.',
    {"a", "d", "e"},
    options={
        "a": ("today's smoothed value: the mean of the 7 days around today", "The 7 days around today include three days after it."),
        "b": ("the mean of the last 7 days", "These days are over; their mean is known this evening."),
        "c": ("the date of the day to be forecast", "A calendar is known years ahead."),
        "d": ("today's value, standardized with the mean of all four years", "That mean contains days that have not come yet: a cold year ahead would change today's number."),
        "e": ("today's value is missing and is filled with the mean of yesterday and tomorrow", "Tomorrow is what you want to know. Filling in from yesterday alone would be fair."),
    },
    hints=[
        "For each input: which days do you need to compute it?",
        "Could it be written down this evening, before any of the coming days?",
    ],
    why="An input is fair if it can be computed on the evening of the forecast. Ask that of every column.",
)  # fmt: skip

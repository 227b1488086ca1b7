"""Exercises of *Data*."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from coursekit.checks import beside, exercise, question

# Would you trust this network? ---------------------------------------------------------------------------------------
twelfth_column = question(
    "data/twelfth-column",
    "With the twelfth column the error on the validation cars is clearly lower. What will the network do on the 98 test cars, which nobody has looked at?",
    "c",
    options={
        "a": ("about as well as on the validation cars", "That is what a validation error promises, as long as nothing that was computed has seen the validation cars."),
        "b": ("about as well as with eleven columns", "Then the column would be useless, and no more. But the network has learned to rely on it."),
        "c": ("clearly worse than with eleven columns", "The network relies on a column that knew the answer for the validation cars, and does not know it for new ones."),
        "d": ("a little better than with eleven columns", "The name of a car does say something about it. Most test cars have a name that the list does not hold, though."),
    },
    hints=["Which cars were averaged to make the column?", "How many cars share their name with another one?"],
    why="A validation error keeps its promise only if nothing that was fitted has seen the validation rows.",
)  # fmt: skip


@exercise("data/three-sets", points=2, compare=False)
def three_sets(count, rng):
    """Return three arrays of row numbers: for training, validation and test.

    Every row from 0 to `count` - 1 stands in one of them, at random. Test and
    validation get `count // 5` rows each, training the rest. `rng` is a NumPy
    generator: `rng.permutation(count)`.
    """
    order = rng.permutation(count)
    fifth = count // 5
    return order[2 * fifth :], order[fifth : 2 * fifth], order[:fifth]


COUNTS = (23, 40, 9)


@three_sets.use
def _(split, rng):
    """For each number of rows: the parts, those of an equal generator, and those of another one."""
    seeds, found = rng.integers(2**32, size=2), []
    for count in COUNTS:
        runs = [_numbers(split(count, np.random.default_rng(seed))) for seed in (seeds[0], seeds[0], seeds[1])]
        found.append(dict(count=count, parts=runs[0], again=runs[1], other=runs[2]))
    return found


def _numbers(parts):
    """Lists of row numbers, or [] if something else came back."""
    if not isinstance(parts, tuple | list | np.ndarray):  # a generator may have no end
        return []
    try:
        lists = [np.asarray(part) for part in parts]
        return [[int(row) for row in part] for part in lists if part.ndim == 1]
    except (TypeError, ValueError):
        return []


def _of(number, holds):
    """A property of every run with this number of parts; what has another number of parts fails elsewhere."""
    return lambda runs: all(len(run["parts"]) != number or holds(run) for run in runs)


def _joined(parts):
    return [row for part in parts for row in part]


three_sets.property(
    "Return three arrays of row numbers: `return training, validation, test`.",
    "rng.permutation(count)",
    "(rng.permutation(count)[count // 5 :], rng.permutation(count)[: count // 5])",
    "None",
)(lambda runs: all(len(run["parts"]) == 3 for run in runs))
three_sets.property(
    "A row stands in two of your sets, or in none. Draw one random order, and cut it into three pieces.",
    "(rng.permutation(count)[2 * (count // 5) :], rng.permutation(count)[: count // 5], rng.permutation(count)[: count // 5])",
    "(lambda order: (order[3 * (count // 5) :], order[count // 5 : 2 * (count // 5)], order[: count // 5]))(rng.permutation(count))",
    "(lambda order: (order, order[count // 5 : 2 * (count // 5)], order[: count // 5]))(rng.permutation(count))",
    "(lambda order: (order[2 * (count // 5) + 1 :], order[count // 5 + 1 : 2 * (count // 5) + 1], order[: count // 5]))(rng.permutation(count))",
    "tuple(np.split(rng.integers(0, count, count), [count - 2 * (count // 5), count - count // 5]))",
)(_of(3, lambda run: sorted(_joined(run["parts"])) == list(range(run["count"]))))
three_sets.property(
    "Your sets have other sizes. Test and validation get `count // 5` rows each, rounded down; training gets the rest, and comes first.",
    "tuple(np.array_split(rng.permutation(count), 3))",
    "(lambda order: (order[: count // 5], order[count // 5 : 2 * (count // 5)], order[2 * (count // 5) :]))(rng.permutation(count))",
    "tuple(np.split(rng.permutation(count), [int(0.6 * count), int(0.8 * count)]))",
    "(lambda order: (order[2 * -(-count // 5) :], order[-(-count // 5) : 2 * -(-count // 5)], order[: -(-count // 5)]))(rng.permutation(count))",
)(
    _of(
        3,
        lambda run: (
            sorted(_joined(run["parts"])) != list(range(run["count"]))
            or [len(part) for part in run["parts"][1:]] == [run["count"] // 5] * 2
        ),
    )
)
three_sets.property(
    "Your rows are cut in the order in which they stand in the table. Shuffle first: `order = rng.permutation(count)`.",
    "tuple(np.split(np.arange(count), [count - 2 * (count // 5), count - count // 5]))",
    "(np.arange(2 * (count // 5), count), np.arange(count // 5, 2 * (count // 5)), np.arange(count // 5))",
)(_of(3, lambda run: not all(np.all(np.diff(sorted(part)) == 1) for part in run["parts"])))
three_sets.property(
    "Two equal generators gave two different splits. Take your random numbers from `rng` alone, so that a split can be repeated.",
    "tuple(np.split(np.random.default_rng().permutation(count), [count - 2 * (count // 5), count - count // 5]))",
    "tuple(np.split(np.random.permutation(count), [count - 2 * (count // 5), count - count // 5]))",
)(_of(3, lambda run: run["parts"] == run["again"]))
three_sets.property(
    "Another generator gave the same split. Take the order from `rng`, not from a fixed seed of your own.",
    "tuple(np.split(np.random.default_rng(0).permutation(count), [count - 2 * (count // 5), count - count // 5]))",
)(_of(3, lambda run: run["parts"] != run["other"] or _in_order(run["parts"])))


def _in_order(parts):
    return all(np.all(np.diff(sorted(part)) == 1) for part in parts)


three_sets.also("tuple(np.split(rng.permutation(count), [count - 2 * (count // 5), count - count // 5]))")


@three_sets.also
def _(count, rng):
    rows = list(range(count))
    rng.shuffle(rows)
    fifth = count // 5
    return [sorted(rows[2 * fifth :]), rows[:fifth], rows[fifth : 2 * fifth]]


@three_sets.also
def _(count, rng):
    table = pd.DataFrame(index=range(count))
    test = table.sample(count // 5, random_state=rng)
    rest = table.drop(test.index)
    valid = rest.sample(count // 5, random_state=rng)
    return rest.drop(valid.index).index, valid.index, test.index


three_sets.hints = [
    "One random order of all rows, cut twice, cannot give a row to two sets.",
    "`order[:fifth]` is a fifth of the rows, and `order[2 * fifth :]` is what two fifths leave.",
]
three_sets.why = "One order, cut into pieces: no row can be on two sides, and the same generator makes the same split."


# What if the test set chooses? ---------------------------------------------------------------------------------------
best_of_many = question(
    "data/best-of-many",
    "The 30 cars choose the best of 1, 10, 100 or 1000 networks. As more networks are tried, what happens to the chosen network's error on the 30 cars, and what to its error on fresh cars?",
    "b",
    options={
        "a": ("Both keep falling together.", "The error on fresh cars soon hardly falls: from there on, the choice mostly finds networks that happen to suit these 30 cars."),
        "b": ("On the 30 cars it keeps falling; on fresh cars it soon hardly falls.", "Among many networks there is one that happens to suit these 30 cars. On other cars such luck does not repeat."),
        "c": ("Both stay where they are, because the networks are random.", "They are random and not equal: among ten there is a better one than among one, and 30 cars can tell that much."),
        "d": ("On the 30 cars it stays; on fresh cars it rises.", "The chosen network has the lowest error of all on the 30 cars, and the lowest of more numbers is lower."),
    },
    hints=["The lowest of a thousand numbers is lower than the lowest of ten.", "Part of a low error is luck. Which part repeats on other cars?"],
    why="A number that has chosen something flatters what it chose. That is why the test set may choose nothing.",
)  # fmt: skip


@exercise("data/scale-sets", points=2)
def scale_sets(train, others):
    """Standardize two tables of numbers, shape (rows, columns), by the means
    and standard deviations of the columns of `train`. Return both.

    Divide a column that is constant in `train` by 1.
    """
    mean, deviation = np.mean(train, axis=0), np.std(train, axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return (train - mean) / deviation, (others - mean) / deviation


@scale_sets.probe
def _(rng):
    columns = rng.integers(2, 4)
    train = rng.integers(0, 10, (5, columns)).astype(float)
    train[:, 0] = 3
    return dict(train=train, others=rng.integers(4, 14, (3, columns)).astype(float))


def _scaled(table, by):
    spread = np.std(by, axis=0)
    return (table - np.mean(by, axis=0)) / np.where(spread == 0, 1, spread)


scale_sets.mistakes = {
    "(_scaled(train, train), _scaled(others, others))": "You standardized `others` by its own means and deviations. Both tables go by the numbers of `train`.",
    "(_scaled(train, np.vstack([train, others])), _scaled(others, np.vstack([train, others])))": "Your means and deviations come from both tables together. They are fitted numbers: only `train` may decide them.",
    "(_scaled(train, others), _scaled(others, others))": "Your means and deviations come from `others`. They belong to `train`.",
    "deviation = np.where(deviation == 0, 1, deviation) => ": "A column that is constant in `train` has the deviation 0, and you divided by it. Divide by 1 there.",
    "np.where(deviation == 0, 1, deviation) => deviation + 1e-7": "In a column that is constant in `train` you divided by a tiny number, and new values become huge. Divide by 1 there.",
    "np.std(train, axis=0) => np.std(train, axis=0, ddof=1)": "Your deviation divides by the number of rows less one, as pandas does. `np.std`, `StandardScaler` and Keras divide by the number of rows.",
    "np.mean(train, axis=0), np.std(train, axis=0) => np.mean(train), np.std(train)": "You took one mean and one deviation for the whole table. Each column has its own: `axis=0`.",
    "np.std(train, axis=0) => np.var(train, axis=0)": "You divided by the variance. The standard deviation is its root.",
    "np.std(train, axis=0) => np.ones(train.shape[1])": "You subtracted the means and did not divide by the deviations.",
    "mean, deviation = np.mean(train, axis=0), => mean, deviation = 0,": "You divided by the deviations and did not subtract the means.",
    "(_scaled(train, train), others)": "You returned `others` as it was. New rows need the same preparation as the training rows.",
    "_scaled(others, train)": "You returned one table. Both were asked for, `train` first.",
    "(_scaled(others, train), _scaled(train, train))": "You returned the two tables in the other order. `train` comes first.",
    "((train - train.min(0)) / np.where(np.ptp(train, 0) == 0, 1, np.ptp(train, 0)), (others - train.min(0)) / np.where(np.ptp(train, 0) == 0, 1, np.ptp(train, 0)))": "You scaled to the range from 0 to 1. Standardizing subtracts the mean and divides by the standard deviation.",
}
scale_sets.also("(lambda scaler: (scaler.transform(train), scaler.transform(others)))(StandardScaler().fit(train))")


@scale_sets.also
def _(train, others):
    table = pd.DataFrame(train)
    spread = table.std(ddof=0).replace(0, 1)
    return [((pd.DataFrame(part) - table.mean()) / spread).to_numpy().tolist() for part in (train, others)]


@scale_sets.also
def _(train, others):
    scaler = StandardScaler()
    return scaler.fit_transform(train), scaler.transform(others)


scale_sets.hints = [
    "Which table may decide the mean and the deviation?",
    "`np.std(train, axis=0)` has one number per column; replace its zeros by ones before you divide.",
]
scale_sets.why = "The means and deviations belong to the model: whoever prepares new rows needs the same numbers."


# Whose mean? ---------------------------------------------------------------------------------------------------------
scaler_leak = question(
    "data/scaler-leak",
    "The means and deviations are now computed from *all* rows, training and validation together. By how much does that lower the validation error of the nearest neighbor, on average over 100 splits?",
    "a",
    options={
        "a": ("by less than 5 %, even with 10 training cars", "A mean of 11 columns says next to nothing about the consumption of one car."),
        "b": ("by about a quarter", "The twelfth column did more than that, because it held the answers. Means of columns hold no answers."),
        "c": ("by more than half", "The twelfth column came close to it, because it held the answers. Means of columns hold no answers."),
        "d": ("It rises by more than 5 %.", "Nothing gets worse either: the two scales hardly differ."),
    },
    hints=[
        "What can a mean over many cars know about the consumption of one of them?",
        "The twelfth column was made from consumptions. Are these means?",
    ],
    why="It is a rule worth keeping because it costs nothing, and not because this leak is large.",
)  # fmt: skip


@exercise("data/split-by-patient", points=3, compare=False)
def split_by_patient(patients, rng):
    """Split the rows of a study in two, so that no patient is on both sides.

    `patients` holds one patient's name per row; a patient may have many rows.
    A third of the patients (rounded down), chosen at random by the NumPy
    generator `rng`, go to the second side with all of their rows. Return two
    arrays of row numbers.
    """
    patients = np.asarray(patients)
    names = rng.permutation(np.unique(patients))
    chosen = np.isin(patients, names[: len(names) // 3])
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


STUDIES = (
    list("aabbbccdddeeffgghhhii"),
    ["Wu", "Li", "Wu", "Li", "Bo", "Wu", "Xu", "An", "An", "Bo", "Xu", "Yi", "Li", "Ma"],
    list("abcdefghijklmnopqrs"),
)


@split_by_patient.use
def _(split, rng):
    """For each study: the two sides, those of an equal generator, and those of another one."""
    seeds, found = rng.integers(2**32, size=2), []
    for patients in STUDIES:
        names = np.array(patients)
        runs = [_numbers(split(names.copy(), np.random.default_rng(seed))) for seed in (*seeds[:1], *seeds)]
        found.append(dict(patients=patients, parts=runs[0], again=runs[1], other=runs[2]))
    return found


def _whole(run):
    return sorted(_joined(run["parts"])) == list(range(len(run["patients"])))


def _sides(run):
    return [{run["patients"][row] for row in part if 0 <= row < len(run["patients"])} for part in run["parts"]]


split_by_patient.property(
    "Return two arrays of row numbers, the smaller side second.",
    "rng.permutation(len(patients))",
    "(patients[:3], patients[3:])",
    "(lambda chosen: (~chosen, chosen, chosen))(np.isin(patients, rng.permutation(np.unique(patients))[:2]))",
)(lambda runs: all(len(run["parts"]) == 2 for run in runs))
split_by_patient.property(
    "A row stands on both of your sides, or on none. Every row number from 0 on comes once.",
    "return np.flatnonzero(~chosen), np.flatnonzero(chosen) => return np.arange(len(patients)), np.flatnonzero(chosen)",
    "return np.flatnonzero(~chosen), np.flatnonzero(chosen) => return ~chosen, chosen",
    "(lambda found: (np.setdiff1d(found, found[: len(found) // 3]), found[: len(found) // 3]))(rng.permutation(np.unique(patients, return_index=True)[1]))",
)(_of(2, _whole))
split_by_patient.property(
    "A patient is on both of your sides. Choose patients, not rows, and then take all rows of the chosen ones.",
    "(lambda order: (order[len(order) // 3 :], order[: len(order) // 3]))(rng.permutation(len(patients)))",
    "(np.arange(len(patients) // 3, len(patients)), np.arange(len(patients) // 3))",
)(
    _of(
        2,
        lambda run: (
            not _whole(run) or len(set(run["patients"])) == len(run["patients"]) or not set.intersection(*_sides(run))
        ),
    )
)
split_by_patient.property(
    "The second side has another number of patients. It gets a third of the patients (of the people, not of the rows), rounded down.",
    "names[: len(names) // 3] => names[: len(names) // 2]",
    "names[: len(names) // 3] => names[len(names) // 3 :]",
    "names[: len(names) // 3] => names[: -(-len(names) // 3)]",
    "names = rng.permutation(np.unique(patients)) => names = rng.permutation(patients)",
    "names[: len(names) // 3] => names[: len(patients) // 3]",
)(
    _of(
        2,
        lambda run: (
            not _whole(run)
            or bool(set.intersection(*_sides(run)))
            or len(_sides(run)[1]) == len(set(run["patients"])) // 3
        ),
    )
)
split_by_patient.property(
    "Two equal generators gave two different splits. Take your random numbers from `rng` alone.",
    "rng.permutation(np.unique(patients)) => np.random.permutation(np.unique(patients))",
    "rng.permutation(np.unique(patients)) => np.random.default_rng().permutation(np.unique(patients))",
)(_of(2, lambda run: run["parts"] == run["again"]))
split_by_patient.property(
    "Another generator chose the same patients in every study. Choose them at random, with `rng`.",
    "rng.permutation(np.unique(patients)) => np.unique(patients)",
    "rng.permutation(np.unique(patients)) => np.random.default_rng(0).permutation(np.unique(patients))",
)(lambda runs: any(len(run["parts"]) != 2 or _sides(run) != _sides(dict(run, parts=run["other"])) for run in runs))


@split_by_patient.also
def _(patients, rng):
    names = sorted({str(name) for name in patients})
    chosen = set(rng.choice(names, len(names) // 3, replace=False).tolist())
    rows = range(len(patients))
    return [r for r in rows if patients[r] not in chosen], [r for r in rows if patients[r] in chosen]


@split_by_patient.also
def _(patients, rng):
    table = pd.DataFrame({"name": patients})
    names = table["name"].drop_duplicates()
    side = table["name"].isin(names.sample(len(names) // 3, random_state=rng))
    return table.index[~side], table.index[side]


@split_by_patient.also
def _(patients, rng):
    codes, names = pd.factorize(np.asarray(patients))
    chosen = rng.permutation(len(names))[: len(names) // 3]
    return np.where(~np.isin(codes, chosen))[0], np.where(np.isin(codes, chosen))[0]


split_by_patient.hints = [
    "What has to be drawn: rows, or names?",
    "`np.unique(patients)` holds each name once; `np.isin(patients, chosen)` finds all rows of the chosen ones.",
]
split_by_patient.why = (
    "A network that has met the patient can recognize the patient. Split by what will be new in real use."
)


at_admission = question(
    "data/at-admission",
    "**Question.** On the day a patient is admitted, a hospital wants to predict for how many days the patient will stay. Its table of past patients holds these columns. Which of them would leak? Give a set, such as `{\"a\", \"b\"}`.",
    {"b", "d", "e"},
    options={
        "a": ("the patient's age", "It is known on the day of admission."),
        "b": ("the total of the bill", "The bill is written at the end, and it grows with every day."),
        "c": ("the number of earlier stays", "Earlier stays are over by the day of admission."),
        "d": ("the ward from which the patient was discharged", "A discharge comes at the end of the stay."),
        "e": ("the mean stay of all patients with the same doctor, this one included", "The mean holds this patient's own stay, which is what is to be predicted."),
        "f": ("the blood pressure at admission", "It is measured on the day of admission."),
    },
    hints=["For each column: on which day is its value written down?", "An average holds a piece of each of its rows."],
    why="Ask of each column when its value is known. What is known later leaks, however well it predicts.",
)  # fmt: skip


# Words and numbers in one table --------------------------------------------------------------------------------------
@exercise("data/one-hot", points=2)
def one_hot(words, categories):
    """Return an array of shape (words, categories): 1 where the word is that
    category, else 0. A word that is no category gets a row of zeros.
    """
    return np.array([[float(word == category) for category in categories] for word in words])


@one_hot.probe
def _(rng):
    categories = [str(word) for word in rng.permutation(["F", "I", "M", "X"])[:3]]
    return dict(words=[str(word) for word in rng.choice(["F", "I", "M", "X"], 6)], categories=categories)


one_hot.example(words=["X", "M", "I", "I"], categories=["M", "F", "I"])
one_hot.mistakes = {
    "np.eye(len(categories))[[categories.index(word) if word in categories else -1 for word in words]]": "You gave an unknown word the last category: the index −1 counts from the end. Its row is all zeros.",
    "np.eye(len(categories))[[categories.index(word) if word in categories else 0 for word in words]]": "You gave an unknown word the first category. Its row is all zeros.",
    "for category in categories => for category in sorted(categories)": "Your columns are in alphabetical order. They come in the order of `categories`.",
    "np.array([[float(word == category) for word in words] for category in categories])": "Your table lies on its side: it has a row for each category. The rows are the words.",
    "[categories.index(word) if word in categories else -1 for word in words]": "You numbered the categories. One-hot has a column for each of them, so that none lies between two others.",
    "for category in categories => for category in sorted(set(words))": "Your columns are the words that occur in this table. They are the `categories`, which were found in training, whether they occur here or not.",
    "for word in words] => for word in words if word in categories]": "You left out the rows of unknown words. Every word keeps its row.",
    "for category in categories] => for category in categories] + [float(word not in categories)]": "You added a column for unknown words, as Keras does. Here such a word gets zeros in the columns of the categories.",
    "for category in categories => for category in categories[1:]": "You left out the first category's column. Each category has one.",
    "float(word == category) => float(word != category)": "Your zeros and ones have changed places.",
    "[[1 / len(categories)] * len(categories) if word not in categories else [float(word == category) for category in categories] for word in words]": "You gave an unknown word a share of every category. Its row is all zeros.",
}
one_hot.also(
    "(np.array(words)[:, np.newaxis] == np.array(categories)).astype(int)",
    "OneHotEncoder(categories=[categories], handle_unknown='ignore', sparse_output=False).fit([[c] for c in categories]).transform([[w] for w in words])",
    "pd.get_dummies(pd.Series(words)).reindex(columns=categories, fill_value=False)",
    "np.vstack([np.eye(len(categories)), np.zeros(len(categories))])[[categories.index(w) if w in categories else -1 for w in words]]",
)
one_hot.hints = [
    "Write one row: what stands in it for each category?",
    "`word == category` is what decides about one entry. For an unknown word it is False in every column.",
]
one_hot.why = (
    "One column for each category: the network gets a weight for each, and none of them lies between two others."
)


columns_of_sex = question(
    "data/columns-of-sex",
    "The layer below has looked at all sexes of the training set, F, I and M. How many columns does it make of one sex?",
    4,
    mistakes={3: "Those are the three it knows. `StringLookup` keeps one more column for all that it does not know.",
        1: "One column is what comes in. One-hot makes one for each sex that the layer knows, and one more.",
        2: "F and M are two of the words. I is a word of its own, and there is one column more for all that it does not know.",
    },
    hints=["One-hot has a column for each known word.", "What should it do with a word that was not in the training set?"],
    why="Keras keeps a place for the unknown; scikit-learn's encoder does not, and has to be told what to do with it.",
)  # fmt: skip


@exercise("data/fill-missing", points=2)
def fill_missing(train, others):
    """Fill the NaN in two tables of numbers, shape (rows, columns), with the
    medians of the columns of `train`, and say where they were.

    To the right of the filled columns each of the two results gets one more
    column for every column of `train` in which a number is missing: 1 where it
    is missing in this row, else 0. Return both.
    """
    medians = np.nanmedian(train, axis=0)
    marked = np.isnan(train).any(axis=0)
    return [np.hstack([np.where(np.isnan(t), medians, t), np.isnan(t)[:, marked]]) for t in (train, others)]


def _filled(train, others, fills, marked):
    """Both tables with these fills (one list of numbers each), and indicators of these columns."""
    return [
        np.hstack([np.where(np.isnan(t), fill, t), np.isnan(t)[:, marked]])
        for t, fill in zip((train, others), fills, strict=True)
    ]


def _marked(table):
    return np.isnan(table).any(axis=0)


@fill_missing.probe
def _(rng):
    train = rng.integers(0, 10, (5, 3)).astype(float)
    others = rng.integers(0, 10, (3, 3)).astype(float)
    train[rng.integers(5), 1] = np.nan
    others[rng.integers(2), 1] = np.nan
    others[2, 0] = np.nan
    return dict(train=train, others=others)


NAN = float("nan")
fill_missing.example(
    train=np.array([[1.0, NAN, 5], [2, 4, 5], [9, 4, 7], [4, 10, NAN]]), others=np.array([[NAN, 3.0, 2], [8, NAN, 1]])
)
fill_missing.example(train=np.array([[1.0, 2], [2, 4], [9, 6]]), others=np.array([[NAN, 3.0], [8, 5]]))
fill_missing.mistakes = {
    "np.nanmedian => np.nanmean": "You filled with the means. The median was asked for: one car of huge power hardly moves it.",
    "np.nanmedian => np.median": "`np.median` of a column with NaN is NaN. `np.nanmedian` leaves the missing ones out.",
    "_filled(train, others, [np.nanmedian(train, axis=0), [np.median(c[~np.isnan(c)]) if (~np.isnan(c)).any() else 0 for c in others.T]], _marked(train))": "You filled `others` with its own medians. Both tables get the medians of `train`.",
    "_filled(train, others, [np.nanmedian(np.vstack([train, others]), axis=0)] * 2, _marked(train))": "Your medians come from both tables together. They are fitted numbers: only `train` may decide them.",
    "_filled(train, others, [np.nanmedian(train)] * 2, _marked(train))": "You filled with one median of the whole table. Each column has its own: `axis=0`.",
    "_filled(train, others, [np.zeros(train.shape[1])] * 2, _marked(train))": "You filled with zeros. A car of 0 kW is no usual car: fill with the median of the column.",
    "np.isnan(train).any(axis=0) => np.full(train.shape[1], True)": "You added an indicator for every column. Only columns with a missing number in `train` get one.",
    "np.isnan(train).any(axis=0) => np.isnan(train).any(axis=0) | np.isnan(others).any(axis=0)": "You added an indicator for a column that misses a number in `others` alone. `train` decides which columns get one, or the model would get a column it never trained on.",
    "np.isnan(t)[:, marked] => ~np.isnan(t)[:, marked]": "Your indicators are turned around: 1 is where the number was missing.",
    "np.hstack([np.where(np.isnan(t), medians, t), np.isnan(t)[:, marked]]) => np.where(np.isnan(t), medians, t)": "The numbers are filled in, and the indicators are missing: nobody can see any more where a number was made up.",
    "np.hstack([np.where(np.isnan(t), medians, t), np.isnan(t)[:, marked]]) => np.hstack([np.isnan(t)[:, marked], np.where(np.isnan(t), medians, t)])": "Your indicators stand on the left. They come to the right of the filled columns.",
    "np.isnan(t)[:, marked] => np.isnan(t).any(axis=1, keepdims=True)": "You added one indicator for the whole row. Each column of `train` in which a number is missing gets its own.",
    "[_filled(train, train, [np.nanmedian(train, axis=0)] * 2, _marked(train))[0], _filled(others, others, [np.nanmedian(train, axis=0)] * 2, _marked(others))[1]]": "Each table of yours decides by itself which columns get an indicator. `train` decides for both.",
    "np.hstack([np.where(np.isnan(t), medians, t), np.isnan(t)[:, marked]]) => np.hstack([t, np.isnan(t)[:, marked]])": "The indicators are there, and the NaN still are, too. Fill them with the medians.",
    "(lambda kept: _filled(kept, others, [np.median(kept, axis=0)] * 2, _marked(train)))(train[~np.isnan(train).any(axis=1)])": "You dropped the rows with a missing number, and with them the other numbers of these rows. Keep all rows.",
}


@fill_missing.also
def _(train, others):
    imputer = SimpleImputer(strategy="median", add_indicator=True).fit(train)
    return imputer.transform(train), imputer.transform(others)


@fill_missing.also
def _(train, others):
    table, results = pd.DataFrame(train), []
    gaps = table.columns[table.isna().any()]
    for part in (table, pd.DataFrame(others)):
        results.append(pd.concat([part.fillna(table.median()), part[gaps].isna().astype(float)], axis=1))
    return results


@fill_missing.also
def _(train, others):
    results = []
    for table in (train, others):
        columns = [np.where(np.isnan(c), np.nanmedian(t), c) for c, t in zip(table.T, train.T, strict=True)]
        columns += [np.isnan(c).astype(int) for c, t in zip(table.T, train.T, strict=True) if np.isnan(t).any()]
        results.append(np.stack(columns, axis=1))
    return tuple(results)


fill_missing.hints = [
    "`np.nanmedian(train, axis=0)` leaves the missing numbers out. `np.where(np.isnan(table), medians, table)` fills a table.",
    "Which columns get an indicator? `np.isnan(train).any(axis=0)`, for both tables.",
]
fill_missing.why = "The median keeps the row usable, and the indicator keeps the fact that a number was missing."


@exercise("data/preprocessor", points=3, probes=2)
def preprocessor(numbers, words):
    """Return a `ColumnTransformer`, not fitted yet, for a table with these
    names of columns (two lists).

    It fills a missing number with the median of its column and standardizes
    the numbers; then it puts one column for each category to their right. A
    category that was not in the training set becomes zeros. What comes out is
    a plain NumPy array.
    """
    fill_and_scale = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", fill_and_scale, numbers), ("words", encode, words)])


@preprocessor.probe
def _(rng):
    names = [str(name) for name in rng.permutation(["kilos", "watts", "liters"])]
    return dict(numbers=names[:2], words=[str(rng.choice(["maker", "town"]))])


@preprocessor.use
def _(answer, numbers, words):
    return beside(answer, _prepared, numbers, words)


def _tables(numbers, words):
    """Twelve training rows with twelve categories, and two new rows: gaps in both, and a category that is new."""
    rng = np.random.default_rng(len(numbers))
    train = {name: rng.integers(1, 90, 12).astype(float) for name in numbers}
    for row, name in enumerate(numbers):
        train[name][row] = np.nan
    new = {name: [np.nan, 4.0 + place] for place, name in enumerate(numbers)}
    known = {name: list("fkbadcelhgij") for name in words}
    return (
        pd.DataFrame({"row": range(12), **train, **known}),
        pd.DataFrame({"row": [12, 13], **new, **{name: ["b", "new"] for name in words}}),
    )


def _prepared(answer, numbers, words):
    """What the transformer makes of the training rows and of new rows, in plain data."""
    train, others = _tables(numbers, words)
    made = answer(numbers, words)
    if not hasattr(made, "fit_transform"):
        return dict(kind="no transformer")
    first = made.fit_transform(train)
    if not isinstance(first, np.ndarray):
        return dict(kind="sparse" if hasattr(first, "toarray") else type(first).__name__)
    try:
        second = made.transform(others)
    except ValueError as error:
        return dict(kind="refused" if "unknown categories" in str(error) else "error")
    return dict(kind="array", train=np.asarray(first, float), new=np.asarray(second, float))


preprocessor.mistakes = {
    'handle_unknown="ignore", => ': "Your transformer stops at a category that was not in the training set. `handle_unknown` tells the encoder what to do instead.",
    ", sparse_output=False => ": "What comes out is a sparse matrix here, as most of it is 0. Ask the encoder for a dense one.",
    'strategy="median" => strategy="mean"': "A missing number became the mean of its column. The median was asked for.",
    'strategy="median" => strategy="constant", fill_value=0': "A missing number became 0. The median of its column was asked for.",
    'SimpleImputer(strategy="median"), StandardScaler() => StandardScaler(), SimpleImputer(strategy="median")': "You standardized first and filled in later. Then the filled-in numbers were not there when the means and deviations were taken: fill first.",
    'SimpleImputer(strategy="median"), StandardScaler() => SimpleImputer(strategy="median")': "The numbers are filled in, but not standardized.",
    'SimpleImputer(strategy="median"), StandardScaler() => StandardScaler()': "The missing numbers are still NaN: `StandardScaler` lets them pass. Fill them in first.",
    'SimpleImputer(strategy="median") => SimpleImputer(strategy="median", add_indicator=True)': "You added indicators. They often help; here only the numbers and the categories were asked for.",
    '[("numbers", fill_and_scale, numbers), ("words", encode, words)] => [("words", encode, words), ("numbers", fill_and_scale, numbers)]': "The categories stand to the left of the numbers. The numbers come first.",
    '("words", encode, words)]) => ("words", encode, words)], remainder="passthrough")': "You let the table's other columns pass. Only the named columns are wanted; the target may be among the others.",
    ', ("words", encode, words)] => ]': "The numbers are prepared, and the words were left out.",
    '("numbers", fill_and_scale, numbers), => ': "The words are prepared, and the numbers were left out.",
    'sparse_output=False => sparse_output=False, drop="first"': "You dropped the first category's column. Then an unknown category looks just like the first one.",
    "StandardScaler())\n => MinMaxScaler())\n": "You scaled to the range from 0 to 1. Standardizing subtracts the mean and divides by the standard deviation.",
}
preprocessor.also(
    'make_column_transformer((make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers), (OneHotEncoder(handle_unknown="ignore"), words), sparse_threshold=0)',
    'handle_unknown="ignore" => handle_unknown="infrequent_if_exist"',
    'make_pipeline(SimpleImputer(strategy="median"), StandardScaler()) => Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])',
)
preprocessor.hints = [
    "Two groups of columns, two recipes: one chain of two steps for the numbers, one encoder for the words.",
    "`make_pipeline(SimpleImputer(…), StandardScaler())` is one transformer. `OneHotEncoder` has an argument for unknown categories, and one for dense output.",
]
preprocessor.why = "One object holds every fitted number of the preparation. Fit it to the training rows, and none of these numbers has seen another row."

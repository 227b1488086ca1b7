"""Real data that ships with a package of the lock file: nothing is ever downloaded."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

PHOTOGRAPHS = (
    "astronaut",
    "brick",
    "camera",
    "chelsea",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "moon",
    "rocket",
)


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

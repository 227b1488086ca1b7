"""A generator drawn: how it writes its picture, what it climbs while it learns, and its samples over the epochs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, palette, styled

STAMPS = 6
SMOOTHINGS = ("none", "one-sided", "two-sided")


def stamp_counts(kernel: int, stride: int, stamps: int = STAMPS) -> np.ndarray:
    """How often a transposed convolution writes on each pixel of a line: (stamps − 1) · stride + kernel numbers.

    Raises ValueError if an argument is below 1.
    """
    if min(kernel, stride, stamps) < 1:
        raise ValueError(f"kernel, stride and stamps count from 1, not {kernel}, {stride}, {stamps}.")
    counts = np.zeros((stamps - 1) * stride + kernel, dtype=int)
    for stamp in range(stamps):
        counts[stamp * stride : stamp * stride + kernel] += 1
    return counts


@styled
def draw_stamps(kernel: int, stride: int) -> Figure:
    """Draw where the stamps of a transposed convolution fall, on a line and on a plane of 6 × 6 pixels.

    Args:
        kernel: width of a stamp, in pixels.
        stride: pixels from one stamp to the next.

    Returns:
        the figure, not displayed. Numbers and colors say how often a pixel is written.

    Raises:
        ValueError: if an argument is below 1.
    """
    counts = stamp_counts(kernel, stride)
    figure = Figure(figsize=(9, 3.6))
    line, plane = figure.subplots(1, 2, width_ratios=(1.5, 1))
    for stamp in range(STAMPS):
        place = (stamp * stride, stamp)
        line.add_patch(Rectangle(place, kernel, 0.8, facecolor=palette["model"], alpha=0.75, edgecolor="white"))
    for pixel, count in enumerate(counts):
        role = palette["data"] if count else palette["wrong"]
        line.text(pixel + 0.5, -0.9, str(count), ha="center", va="center", color=role)
    line.set(xlim=(0, len(counts)), ylim=(STAMPS, -1.4), yticks=np.arange(STAMPS) + 0.4)
    line.set_yticklabels([str(stamp) for stamp in range(STAMPS)])
    line.set(xlabel="pixel written", ylabel="pixel read", title="how often each pixel is written")
    line.xaxis.get_major_locator().set_params(integer=True)
    image = plane.imshow(np.outer(counts, counts), cmap=MAGNITUDE_MAP, vmin=0)
    plane.set(title="the same in two directions", xticks=[], yticks=[])
    figure.colorbar(image, ax=plane, shrink=0.8, ticks=(0, int(counts.max()) ** 2))
    figure.suptitle(f"kernel {kernel}, stride {stride}: {_cover(counts, kernel, stride)}")
    return figure


def _cover(counts: np.ndarray, kernel: int, stride: int) -> str:
    """What happens between the edges, where every stamp that can reach a pixel exists."""
    inner = counts[max(kernel - stride, 0) : STAMPS * stride]
    if len(inner) < len(counts[: STAMPS * stride]) and len(set(inner)) == 1:
        return f"even, each inner pixel {inner[0]}×"
    if len(set(inner)) == 1:
        return f"even, each pixel {inner[0]}×"
    return "gaps" if 0 in inner else "uneven"


def best_logits(x: Any, smoothing: str, distance: float, target: float = 0.9) -> np.ndarray:
    """The logit of the best discriminator, where real data is spread as N(0, 1) and made data as N(distance, 1).

    The cross-entropy of a place with the densities p and q is smallest at the probability (t·p + b·q) / (p + q), with
    the target t for real and b for fake (Salimans et al. 2016, section 3.4).

    Args:
        x: places, any shape.
        smoothing: "none" (t = 1, b = 0), "one-sided" (t = target, b = 0) or "two-sided" (b = 1 − target).
        distance: from the middle of the real data to the middle of the made data.
        target: for real data, above 0.5 and below 1.

    Raises:
        ValueError: for another smoothing, or a target that is none.
    """
    if smoothing not in SMOOTHINGS:
        raise ValueError(f"smoothing is 'none', 'one-sided' or 'two-sided', not {smoothing!r}.")
    if not 0.5 < target < 1:
        raise ValueError(f"target is a probability above 0.5 and below 1, not {target}.")
    x = np.asarray(x, dtype=float)
    odds = np.exp(distance**2 / 2 - distance * x)  # p / q of the two bells
    on_real = 1.0 if smoothing == "none" else target
    on_fake = 1 - target if smoothing == "two-sided" else 0.0
    return np.log(on_real * odds + on_fake) - np.log((1 - on_real) * odds + 1 - on_fake)


@styled
def draw_best_logits(smoothing: str, distance: float, target: float = 0.9) -> Figure:
    """Draw real and made data on a line, and over it the best discriminator's logit, which the generator climbs.

    Arguments and errors as in `best_logits`. The slope of the logit is written at the middle of the made data.
    """
    x = np.linspace(-3, 7, 201)
    logits = best_logits(x, smoothing, distance, target)
    figure = Figure(figsize=(8, 3.9))
    bells, axes = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    for middle, role, name in ((0.0, "truth", "real"), (distance, "model", "made")):
        bell = np.exp(-((x - middle) ** 2) / 2)
        bells.fill_between(x, bell, color=palette[role], alpha=0.35, lw=0)
        bells.text(middle, 1.06, name, ha="center", color=palette[role])
    bells.set(ylim=(0, 1.35), yticks=[], ylabel="density")
    axes.axhline(0, color="#bbbbbb", lw=1)
    axes.plot(x, logits, color=palette["training"])
    here = best_logits([distance - 0.01, distance, distance + 0.01], smoothing, distance, target)
    slope = (here[2] - here[0]) / 0.02
    steps = np.array([-0.7, 0.7])
    axes.plot(distance + steps, here[1] + slope * steps, color=palette["gradient"], lw=4)
    axes.plot(distance, here[1], "o", color=palette["gradient"], ms=8)
    axes.annotate(f"slope {slope:.2f}", (distance, here[1]), (10, 10), textcoords="offset points",
                  color=palette["gradient"])  # fmt: skip
    axes.set(xlim=(-3, 7), ylim=(-9.5, 9.5), xlabel="what the discriminator sees", ylabel="best logit")
    figure.suptitle(f"smoothing: {smoothing}")
    return figure


@styled
def draw_samples(
    sheets: Sequence[Any],
    epochs: Sequence[int],
    shares: Sequence[float],
    now: int,
    *,
    columns: int = 8,
    share_name: str = "recognized",
) -> Figure:
    """Draw the samples of one epoch in a sheet, and beside it how many were recognized after each epoch.

    Args:
        sheets: for each epoch pictures of shape (pictures, height, width[, 1]), from −1 to 1.
        epochs: after which epochs the samples were drawn.
        shares: for each epoch the share that was recognized, 0 to 1.
        now: index of the epoch to draw.
        columns: pictures in a row; what does not fill a row is left out.
        share_name: what the share counts.

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: lists of different lengths, `now` outside of them, or fewer pictures than columns.
    """
    if not len(sheets) == len(epochs) == len(shares):
        raise ValueError(
            f"there are {len(sheets)} sheets, {len(epochs)} epochs and {len(shares)} shares; give one of each."
        )
    if not 0 <= now < len(epochs):
        raise ValueError(f"now is the index of an epoch, from 0 to {len(epochs) - 1}, not {now}.")
    figure = Figure(figsize=(9, 3.2))
    left, right = figure.subplots(1, 2, width_ratios=(2.1, 1))
    left.imshow(_sheet(sheets[now], columns), cmap=IMAGE_MAP, vmin=-1, vmax=1)
    left.axis("off")
    _draw_shares(right, epochs, shares, now)
    right.set(ylabel=share_name)
    left.set_title(f"epoch {epochs[now]}: {shares[now]:.0%} {share_name}", loc="left")
    return figure


def _sheet(pictures: Any, columns: int) -> np.ndarray:
    """Pictures side by side, in rows of `columns`, with a line of background between them."""
    images = np.asarray(pictures, dtype=float)
    images = images[..., 0] if images.ndim == 4 else images
    rows = len(images) // columns
    if rows < 1:
        raise ValueError(f"there are {len(images)} pictures, but a row holds {columns}; give more, or fewer columns.")
    framed = np.pad(images[: rows * columns], ((0, 0), (0, 1), (0, 1)), constant_values=0)
    height, width = framed.shape[1:]
    return framed.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def _draw_shares(axes: Axes, epochs: Sequence[int], shares: Sequence[float], now: int) -> None:
    axes.plot(epochs, shares, color="#cccccc", marker=".")
    axes.plot(epochs[: now + 1], shares[: now + 1], color=palette["model"], marker=".")
    axes.plot(epochs[now], shares[now], "o", color=palette["model"], ms=9)
    axes.set(xlabel="epoch", ylim=(-0.03, 1.05), yticks=(0, 0.5, 1))
    axes.set_yticklabels(["0 %", "50 %", "100 %"])

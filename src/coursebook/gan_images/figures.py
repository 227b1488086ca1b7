"""A generator drawn: who plays, how it writes pictures, its samples over the epochs, and who sees through a cheat."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from coursekit.figures.style import IMAGE_MAP, MAGNITUDE_MAP, SIGNED_MAP, fixed_figure, palette, styled, written

STAMPS = 6
SMOOTHINGS = ("none", "one-sided", "two-sided")
REAL, MADE, LESSON = palette["truth"], palette["model"], palette["gradient"]


@styled
def draw_players(noise: Any, made: Any, real: Any) -> Figure:
    """Draw a GAN as a plan: noise, generator, discriminator, a real and a made picture, and where slopes flow back.

    Args:
        noise: the generator's input, a few numbers.
        made: one picture of the generator, (height, width[, 1]), from −1 to 1.
        real: one real picture, likewise.

    Returns:
        the figure, not displayed.
    """
    figure = fixed_figure(9, 3.95)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.2, 18), ylim=(0.4, 8.3))
    axes.axis("off")
    numbers = np.asarray(noise, dtype=float).reshape(-1, 1)
    axes.imshow(numbers, cmap=SIGNED_MAP, vmin=-2.5, vmax=2.5, extent=(0.7, 1.1, 3.2, 6.6), aspect="auto")
    axes.text(0.9, 2.75, f"noise,\n{len(numbers)} numbers", ha="center", va="top")
    _funnel(axes, (2.5, 5.1), (0.7, 1.6), MADE, "generator")
    _funnel(axes, (11.7, 4.1), (1.6, 0.7), palette["wrong"], "discriminator")
    for picture, bottom, color, name in ((made, 4.2, MADE, "made"), (real, 1.2, REAL, "real")):
        image = np.squeeze(np.asarray(picture, dtype=float))
        axes.imshow(image, cmap=IMAGE_MAP, vmin=-1, vmax=1, extent=(7.2, 9.0, bottom, bottom + 1.8))
        axes.add_patch(Rectangle((7.2, bottom), 1.8, 1.8, fill=False, edgecolor=color, lw=2.5))
        axes.text(8.1, bottom - 0.1, name, ha="center", va="top", color=color)
        _arrow(axes, (9.15, bottom + 0.9), (11.5, 4.5 if name == "made" else 3.7), palette["data"])
    _arrow(axes, (1.3, 5.1), (2.35, 5.1), palette["data"])
    _arrow(axes, (6.0, 5.1), (7.05, 5.1), palette["data"])
    _arrow(axes, (15.25, 4.1), (16.0, 4.1), palette["data"])
    axes.text(16.15, 4.1, "real?\none logit", va="center")
    for start, end, height in (((16.5, 5.0), (13.6, 5.8), 6.3), ((13.2, 5.8), (4.3, 6.8), 7.4)):
        axes.plot([start[0], start[0], end[0], end[0]], [start[1], height, height, end[1] + 0.15], "--", color=LESSON)
        _arrow(axes, (end[0], end[1] + 0.2), end, LESSON)
    axes.text(8.7, 7.55, "slopes for the generator, through the discriminator", ha="center", color=LESSON)
    axes.text(15.1, 6.4, "slopes for the\ndiscriminator", ha="center", va="bottom", color=LESSON)
    axes.set_aspect("equal")
    return figure


def _funnel(axes: Axes, left: tuple[float, float], heights: tuple[float, float], color: str, name: str) -> None:
    """A network whose maps get larger or smaller from left to right, 3.4 wide."""
    x, y = left
    corners = [(x, y - heights[0]), (x, y + heights[0]), (x + 3.4, y + heights[1]), (x + 3.4, y - heights[1])]
    axes.add_patch(Polygon(corners, closed=True, facecolor=color, alpha=0.25, edgecolor=color, lw=2))
    axes.text(x + 1.7, y, name, ha="center", va="center")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0})


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
    figure = fixed_figure(9, 3.6)
    line, plane = figure.subplots(1, 2, width_ratios=(1.5, 1))
    figure.subplots_adjust(left=0.06, right=0.96, bottom=0.14, top=0.8, wspace=0.12)
    for stamp in range(STAMPS):
        place = (stamp * stride, stamp)
        line.add_patch(Rectangle(place, kernel, 0.8, facecolor=palette["model"], alpha=0.75, edgecolor="white"))
    for pixel, count in enumerate(counts):
        role = palette["data"] if count else palette["wrong"]
        line.text(pixel + 0.5, -0.7, str(count), ha="center", va="center", color=role)
    line.set(xlim=(0, len(counts)), ylim=(STAMPS, -1.4), yticks=np.arange(STAMPS) + 0.4)
    line.set_yticklabels([str(stamp) for stamp in range(STAMPS)])
    line.set(xlabel="pixel written", ylabel="pixel read", title="how often each pixel of a line is written")
    line.xaxis.get_major_locator().set_params(integer=True)
    most = max(9, int(counts.max()) ** 2)  # one scale for all frames
    image = plane.imshow(np.outer(counts, counts), cmap=MAGNITUDE_MAP, vmin=0, vmax=most)
    plane.set(title="in two directions: times written", xticks=[], yticks=[])
    figure.colorbar(image, ax=plane, shrink=0.8, ticks=(0, most))
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
    figure = fixed_figure(8, 3.9)
    bells, axes = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.13, top=0.9, hspace=0.1)
    for middle, color, name in ((0.0, REAL, "real"), (distance, MADE, "made")):
        bell = np.exp(-((x - middle) ** 2) / 2)
        bells.fill_between(x, bell, color=color, alpha=0.35, lw=0)
        bells.text(middle, 1.06, name, ha="center", color=color)
    bells.set(ylim=(0, 1.35), yticks=[], ylabel="density")
    axes.axhline(0, color="#bbbbbb", lw=1)
    axes.plot(x, logits, color=palette["training"])
    here = best_logits([distance - 0.01, distance, distance + 0.01], smoothing, distance, target)
    slope = (here[2] - here[0]) / 0.02
    steps = np.array([-0.7, 0.7])
    axes.plot(distance + steps, here[1] + slope * steps, color=palette["gradient"], lw=4)
    axes.plot(distance, here[1], "o", color=palette["gradient"], ms=8)
    axes.annotate(f"slope {written(slope, '.2f')}", (distance, here[1]), (10, 10), textcoords="offset points",
                  color=palette["gradient"])  # fmt: skip
    low, high = (-9.5, 9.5) if distance <= 2 else (-22, 22)
    axes.set(xlim=(-3, 7), ylim=(low, high), xlabel="what the discriminator sees", ylabel="logit of the best one")
    figure.suptitle(f"smoothing: {smoothing}, highest logit here {written(logits.max(), '.1f')}")
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
    heads: Sequence[object] = (),
) -> Figure:
    """Draw the samples of one epoch in a sheet, and beside it how many were recognized after each epoch.

    Args:
        sheets: for each epoch pictures of shape (pictures, height, width[, 1]), from −1 to 1.
        epochs: after which epochs the samples were drawn.
        shares: for each epoch the share that was recognized, 0 to 1.
        now: index of the epoch to draw.
        columns: pictures in a row; what does not fill a row is left out.
        share_name: what the share counts.
        heads: what is written above the columns, if anything.

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
    figure = fixed_figure(9, 3.2)
    left, right = figure.subplots(1, 2, width_ratios=(2.1, 1))
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.17, top=0.86, wspace=0.22)
    sheet = _sheet(sheets[now], columns)
    left.imshow(sheet, cmap=IMAGE_MAP, vmin=-1, vmax=1)
    left.axis("off")
    wide = sheet.shape[1] // columns
    for column, head in enumerate(heads):
        left.text((column + 0.4) * wide, -0.08 * wide, str(head), ha="center", va="bottom", color=palette["data"])
    _draw_shares(right, epochs, shares, now)
    right.set_title(f"epoch {epochs[now]}: {shares[now]:.0%} {share_name}", loc="left")
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


@styled
def draw_verdicts(scores: Mapping[str, Sequence[float]], measures: Sequence[str], caught: Any) -> Figure:
    """Draw what several measures say about several sets of pictures, and mark where a measure objects.

    Args:
        scores: for each set one share for each measure, 0 to 1.
        measures: what the shares are of.
        caught: for each set and measure whether the measure objects, shape (sets, measures).

    Returns:
        the figure, not displayed.

    Raises:
        ValueError: if the numbers of shares, measures and objections differ.
    """
    table = np.array(list(scores.values()), dtype=float)
    objections = np.asarray(caught, dtype=bool)
    if not table.shape == objections.shape == (len(scores), len(measures)):
        raise ValueError(
            f"{len(scores)} sets and {len(measures)} measures came with shares of shape {table.shape} and objections "
            f"of shape {objections.shape}; give one of each for every set and measure."
        )
    rows, columns = table.shape
    figure = fixed_figure(9, 0.9 + 0.48 * rows)
    axes = figure.add_axes((0.27, 0.02, 0.71, 0.96))
    for row, column in np.ndindex(rows, columns):
        bad = objections[row, column]
        color = palette["wrong"] if bad else "#dddddd"
        axes.add_patch(
            Rectangle((column + 0.04, row + 0.06), 0.92, 0.88, color=color, alpha=0.3 if bad else 0.45, lw=0)
        )
        text = f"{table[row, column]:.0%}" + (" objects" if bad else "")
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", weight="bold" if bad else "normal")
    for column, measure in enumerate(measures):
        axes.text(column + 0.5, -0.15, measure, ha="center", va="bottom")
    for row, name in enumerate(scores):
        axes.text(-0.05, row + 0.5, name, ha="right", va="center")
    axes.set(xlim=(0, columns), ylim=(rows, -0.75))
    axes.axis("off")
    return figure

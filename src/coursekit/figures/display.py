"""From a matplotlib figure to a small picture with alt text, displayed once."""

import base64
import html
import io
import sys
import warnings

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageChops, ImageColor

from coursekit.figures.style import NEGATIVE, POSITIVE, palette

CSS_PIXELS_PER_INCH = 96
ROLES = np.array([ImageColor.getrgb(color) for color in (*palette.values(), NEGATIVE, POSITIVE)])
CODE = np.array([65536, 256, 1])  # makes one number of red, green and blue
FEWEST, NEAR = 20, 12  # pixels that make a color a drawn one, and steps of 255 that nobody sees


class Result:
    """What a `show_*` function returns: it holds the numbers and displays nothing more by itself."""

    def _ipython_display_(self) -> None:
        """Nothing: the figure has been displayed already."""


def show(figure: Figure, *, alt: str, dpi: int = 120, colors: int = 128) -> None:
    """Display a figure once, as a picture with alt text, and close it.

    Args:
        figure: any matplotlib figure.
        alt: what a reader who cannot see the figure needs to know; one or two sentences.
        dpi: dots per inch of the picture; the page shows it at 96 per inch, so 120 stays sharp.
        colors: size of the picture's palette, 2 to 256.

    Raises:
        ValueError: if `alt` is empty.
    """
    picture = png(figure, dpi=dpi, colors=colors, trim=True)
    width = Image.open(io.BytesIO(picture)).width * CSS_PIXELS_PER_INCH // dpi
    display_html(image_html(picture, alt, width=width), alt)
    close(figure)


def png(figure: Figure, *, dpi: int = 96, colors: int = 64, trim: bool = False) -> bytes:
    """Draw a figure into a PNG with a palette of at most `colors` colors. The same figure gives the same bytes.

    With `trim` the white margins go, but for a few pixels; without it, figures of one size give pictures of one size.
    """
    if not 2 <= colors <= 256:
        raise ValueError(f"a PNG palette holds 2 to 256 colors, not {colors}; 64 suits drawings, 128 photographs.")
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(dpi)
    with warnings.catch_warnings():
        # Axes that were placed by hand have no grid to lay out, which is all right.
        warnings.filterwarnings("ignore", message="There are no gridspecs")
        canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    if trim:
        image = _trimmed(image)
    buffer = io.BytesIO()
    # k-means brings rare colors back, such as a map's few strong edges; its last 200 pixels would double the time.
    reduced(image, colors, kmeans=200).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def reduced(image: Image.Image, colors: int, *, kmeans: int = 0) -> Image.Image:
    """An RGB picture with a palette of at most `colors` colors, in which no role's color is lost if all fit."""
    few = image.quantize(colors, kmeans=kmeans, dither=Image.Dither.NONE)
    codes, after = np.asarray(image) @ CODE, np.asarray(few.convert("RGB"))
    places = [(role, codes == role @ CODE) for role in ROLES]
    drawn = [(role, at) for role, at in places if at.sum() >= FEWEST]
    if len(drawn) >= colors or all(np.abs(after[at] - role).max() <= NEAR for role, at in drawn):
        return few
    others = image.quantize(colors - len(drawn), kmeans=kmeans, dither=Image.Dither.NONE).getpalette() or []
    both = Image.new("P", (1, 1))
    both.putpalette([*others, *np.ravel([role for role, _ in drawn]).tolist()])
    return image.quantize(palette=both, dither=Image.Dither.NONE)


def _trimmed(image: Image.Image, margin: int = 8) -> Image.Image:
    ink = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    if ink is None:
        return image
    left, top, right, bottom = ink
    return image.crop(
        (
            max(left - margin, 0),
            max(top - margin, 0),
            min(right + margin, image.width),
            min(bottom + margin, image.height),
        )
    )


def image_html(picture: bytes, alt: str, *, width: int | None = None) -> str:
    """An `<img>` that holds the PNG itself. `width` is in CSS pixels; the picture shrinks on narrower pages."""
    if not alt.strip():
        raise ValueError("alt is empty; say in a sentence what the figure shows, for readers who cannot see it.")
    size = f' width="{width}"' if width else ""
    data = base64.b64encode(picture).decode("ascii")
    return (
        f'<img class="dark-light" alt="{html.escape(alt)}"{size} style="max-width: 100%; height: auto" '
        f'src="data:image/png;base64,{data}">'
    )


def display_html(markup: str, text: str) -> None:
    """Display HTML in a notebook, with `text` for front ends that show none; outside IPython print `text`."""
    display_bundle({"text/html": markup, "text/plain": text})


def display_bundle(bundle: dict[str, object]) -> None:
    """Display a mimebundle in a notebook; outside IPython print its plain text."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)


def close(figure: Figure) -> None:
    """Forget a figure, so that the notebook's own plotting does not display it a second time."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)

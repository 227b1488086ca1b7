"""How figures reach the page: once, with alt text, small, and always with the same bytes."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import coursekit as ck
from coursekit.figures.display import FEWEST, NEAR, ROLES, image_html, png
from coursekit.figures.style import NEGATIVE, POSITIVE, styled


def drawn():
    figure = Figure(figsize=(4, 2))
    figure.subplots().plot([1, 3, 2])
    return figure


def test_the_same_figure_gives_the_same_bytes_with_a_small_palette():
    first, second = png(drawn(), colors=16), png(drawn(), colors=16)
    assert first == second
    picture = Image.open(io.BytesIO(first))
    assert picture.mode == "P" and len(picture.getcolors()) <= 16


def test_trimming_takes_white_margins_only():
    figure = Figure(figsize=(4, 4), facecolor="white", layout="constrained")
    figure.add_axes((0.4, 0.4, 0.2, 0.2)).set_facecolor("black")
    whole, trimmed = (Image.open(io.BytesIO(png(figure, trim=trim))) for trim in (False, True))
    assert whole.size == (384, 384)
    assert trimmed.width < whole.width
    dark = [int((np.asarray(picture.convert("L")) < 50).sum()) for picture in (whole, trimmed)]
    assert dark[0] == dark[1] > 0


def crowded():
    """Every color of the rainbow, and a thin line in the color of each role."""
    figure = Figure(figsize=(5, 3))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(np.random.default_rng(0).random((30, 50, 3)), extent=(0, 50, 0, 30), aspect="auto")
    for height, color in enumerate(("#ffffff", *ck.palette.values(), NEGATIVE, POSITIVE)):
        axes.axhline(2 * height + 2, color=color, lw=1, snap=True, antialiased=False)
    return figure


@pytest.mark.parametrize("colors", [16, 32, 64, 128])
def test_a_small_palette_keeps_the_color_of_every_role(colors):
    picture = Image.open(io.BytesIO(png(crowded(), colors=colors)))
    assert len(picture.getcolors()) <= colors
    seen = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)
    for role in ROLES:
        near = np.abs(seen - role).max(axis=1) <= NEAR
        assert near.sum() >= FEWEST, role


def test_a_palette_smaller_than_the_number_of_roles_is_drawn_all_the_same():
    assert len(Image.open(io.BytesIO(png(crowded(), colors=4))).getcolors()) <= 4


@pytest.mark.filterwarnings("ignore:There are no gridspecs")
def test_a_palette_without_care_loses_roles():
    buffer = io.BytesIO()
    crowded().savefig(buffer, format="png", dpi=96)
    careless = np.asarray(Image.open(buffer).convert("RGB").quantize(32, kmeans=1).convert("RGB")).reshape(-1, 3)
    assert not all((np.abs(careless.astype(int) - role).max(axis=1) <= NEAR).sum() >= FEWEST for role in ROLES)


@pytest.mark.parametrize("colors", [1, 257])
def test_a_palette_of_another_size_is_refused(colors):
    with pytest.raises(ValueError, match="2 to 256"):
        png(drawn(), colors=colors)


def test_alt_text_is_escaped_and_required():
    assert 'alt="a &lt;b&gt; &quot;c&quot;"' in image_html(b"", 'a <b> "c"')
    with pytest.raises(ValueError, match="alt is empty"):
        image_html(b"", "")


def test_a_notebook_gets_one_html_picture_and_the_alt_as_text(monkeypatch):
    displayed = []
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: "a notebook")
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: displayed.append(bundle))
    ck.show(drawn(), alt="a line that rises and falls")
    (bundle,) = displayed
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == "a line that rises and falls"
    assert 'class="dark-light" alt="a line that rises and falls"' in bundle["text/html"]


def test_a_pyplot_figure_is_closed_when_shown(capsys):
    import matplotlib.pyplot as plt

    figure, _ = plt.subplots()
    ck.show(figure, alt="empty axes")
    assert not plt.fignum_exists(figure.number)


def test_drawing_leaves_the_callers_style_alone():
    import matplotlib

    @styled
    def font_size():
        return matplotlib.rcParams["font.size"]

    with matplotlib.rc_context({"font.size": 5}):
        assert font_size() == 11
        assert matplotlib.rcParams["font.size"] == 5

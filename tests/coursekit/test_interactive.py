"""Interactive figures: one frame for every combination, linked so that no kernel is needed."""

import ipywidgets as widgets
import pytest
from matplotlib.figure import Figure

import coursekit as ck


def draw(a, b="x"):
    figure = Figure(figsize=(1, 1))
    figure.text(0.5, 0.5, f"{a}{b}")
    return figure


@pytest.fixture(scope="module")
def explored():
    return ck.explore(draw, a=(1, 2, 3), b=("x", "y"), play="a", alt=lambda a, b: f"{a} & {b}")


def visible(stack, choice):
    """The picture one sees after setting every stack to the chosen index."""
    for index in choice:
        stack = stack.children[index]
    return stack.value


def test_every_combination_has_its_own_frame_and_alt(explored):
    stack = explored.widget.children[-1]
    frames = {(i, j): visible(stack, (i, j)) for i in range(3) for j in range(2)}
    assert len(set(frames.values())) == 6
    for (i, j), markup in frames.items():
        assert f'alt="{i + 1} &amp; {"xy"[j]}"' in markup
        assert 'class="dark-light"' in markup
    assert explored.values[1] == {"a": 1, "b": "y"}


def test_each_slider_is_linked_to_every_stack_of_its_axis(explored):
    models = widgets.Widget.get_manager_state()["state"].values()
    links = [model["state"] for model in models if model["model_name"] == "LinkModel"]
    pairs = {tuple(link[end][0].removeprefix("IPY_MODEL_") for end in ("source", "target")) for link in links}
    (row_a, row_b), outer = explored.widget.children[:2], explored.widget.children[2]
    player, slider_a = row_a.children
    (slider_b,) = row_b.children
    assert (slider_a.model_id, outer.model_id) in pairs
    assert all((slider_b.model_id, inner.model_id) in pairs for inner in outer.children)
    assert (player.model_id, slider_a.model_id) in pairs
    assert isinstance(player, widgets.Play) and player.max == 2


def test_a_script_prints_the_first_alt(capsys):
    ck.explore(draw, a=(1, 2), alt="shows {a}")
    assert "shows 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (dict(), ValueError, "nothing to move"),
        (dict(a=()), ValueError, "an axis is a list of values"),
        (dict(a="xy"), ValueError, "an axis is a list of values"),
        (dict(a=3), ValueError, "an axis is a list of values"),
        (dict(a=range(8), b=range(8)), ValueError, "8 × 8 values make 64 frames"),
        (dict(a=(1,), play="c"), ValueError, "play='c' names no axis"),
    ],
)
def test_bad_axes_are_told(arguments, error, words):
    with pytest.raises(error, match=words):
        ck.explore(draw, **{"alt": "x", **arguments})


def test_a_drawing_function_must_return_a_figure():
    with pytest.raises(TypeError, match=r"nothing\(a=1\) returned NoneType"):

        def nothing(a):
            return None

        ck.explore(nothing, a=(1,), alt="x")


def test_errors_of_the_drawing_function_are_raised():
    with pytest.raises(ZeroDivisionError):
        ck.explore(lambda a: 1 / a, a=(0,), alt="x")


def test_a_figure_that_is_too_heavy_is_refused():
    import numpy as np

    def noise(a):
        figure = Figure(figsize=(4, 4))
        figure.figimage(np.random.default_rng(a).random((384, 384)))
        return figure

    with pytest.raises(ValueError, match="may weigh 350 kB"):
        ck.explore(noise, a=range(8), alt="x", dpi=96)


def test_an_empty_alt_is_refused():
    with pytest.raises(ValueError, match="alt is empty"):
        ck.explore(draw, a=(1,), alt=" ")

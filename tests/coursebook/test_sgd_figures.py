"""Gradient descent drawn: which paths, losses and slopes stand in the figures, and what bad input is told."""

import io

import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from PIL import Image

import coursekit as ck
from coursebook.sgd.figures import (
    CHAIN_STAGES,
    PATH_STAGES,
    draw_batches,
    draw_chain,
    draw_descent,
    draw_loss_contour,
    draw_rate,
    draw_two_paths,
    line_loss,
)
from coursekit.figures.display import png

X = np.array([-1.5, -0.5, 0.5, 1.5])
Y = 2 * X + 3
BEST = (2.0, 3.0)
PATH = np.array([(0.0, 0.0), (1.0, 2.0), (1.5, 2.5)])
MAP = dict(w=(-1.0, 5.0), b=(-1.0, 7.0))


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines(axes):
    return [np.column_stack(line.get_data()) for line in axes.lines]


def test_the_loss_of_a_line_is_its_mean_squared_error():
    loss = line_loss(X, Y)
    for w, b in ((0, 0), (2, 3), (-1.5, 4)):
        np.testing.assert_allclose(loss(w, b), np.mean((w * X + b - Y) ** 2), atol=1e-12)


def test_the_loss_of_a_line_takes_whole_maps():
    w, b = np.meshgrid([0.0, 2.0], [3.0, 4.0])
    assert line_loss(X, Y)(w, b).shape == (2, 2)
    assert line_loss(X, Y)(w, b)[0, 1] == pytest.approx(0)


def test_a_contour_map_holds_every_path_and_the_best_weights():
    figure = draw_loss_contour(line_loss(X, Y), {"slow": PATH, "fast": PATH[::2]}, **MAP, best=BEST)
    star, slow, fast = lines(figure.axes[0])
    assert star.tolist() == [[2, 3]]
    np.testing.assert_array_equal(slow, PATH)
    np.testing.assert_array_equal(fast, PATH[::2])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["slow", "fast"]


def test_a_path_without_steps_is_a_cloud_of_places():
    figure = draw_loss_contour(line_loss(X, Y), {"cloud": PATH}, **MAP, steps=False)
    assert figure.axes[0].lines[-1].get_linewidth() == 0


def test_the_legend_keeps_the_colors_of_its_clouds_in_a_small_palette():
    figure = draw_loss_contour(line_loss(X, Y), {"wide": PATH, "small": PATH / 2}, **MAP, steps=False)
    legend, clouds = figure.axes[0].get_legend(), figure.axes[0].lines
    assert [handle.get_color() for handle in legend.legend_handles] == [cloud.get_color() for cloud in clouds]
    for cloud in clouds:
        cloud.set_visible(False)  # only the legend is left
    pixels = np.asarray(Image.open(io.BytesIO(png(figure, colors=16))).convert("RGB")).reshape(-1, 3)
    for cloud in clouds:
        assert (np.abs(pixels - 255 * np.array(to_rgb(cloud.get_color()))).max(axis=1) < 8).sum() > 20


def test_a_moment_of_descent_shows_line_loss_and_path_so_far():
    line, curve, plane = draw_descent(X, Y, PATH, 1).axes
    np.testing.assert_allclose(lines(line)[0], [(-1.5, 0.5), (1.5, 3.5)])
    assert line.get_title() == "1.0 · x + 2.0"
    np.testing.assert_allclose(lines(curve)[1][:, 1], [np.mean(Y**2), np.mean((X + 2 - Y) ** 2)])
    np.testing.assert_array_equal(lines(plane)[1], PATH[:2])
    assert plane.get_title() == "after 1 update"


def test_the_axes_of_descent_stay_from_update_to_update():
    first, last = (draw_descent(X, Y, PATH, update) for update in (0, 2))
    for before, after in zip(first.axes[1:], last.axes[1:], strict=True):
        assert before.get_xlim() == after.get_xlim()
        assert before.get_ylim() == after.get_ylim()
        assert before.get_position().bounds == after.get_position().bounds


def test_the_rows_of_the_next_batch_are_marked():
    marked = draw_descent(X, Y, PATH, 0, batch=[1, 3]).axes[0].collections[-1]
    np.testing.assert_array_equal(marked.get_offsets(), np.column_stack([X, Y])[[1, 3]])
    assert to_hex(marked.get_facecolor()[0]) == "#e69f00"  # orange, as the text says


def test_nothing_but_the_batch_is_orange():
    drawn = [line for axes in draw_descent(X, Y, PATH, 1, batch=[1, 3]).axes for line in axes.lines]
    drawn += draw_rate(X, 2 * X, 0.1).axes[0].lines
    assert "#e69f00" not in {to_hex(line.get_color()) for line in drawn}


def test_a_map_is_darker_where_the_loss_is_larger():
    rings = draw_descent(X, Y, PATH, 1).axes[2].collections[0]
    light = rgb_to_hsv(rings.get_facecolor()[:, :3])[:, 2]
    assert (np.diff(light) < 0).all()
    assert (np.diff(rings.levels) > 0).all()


def test_the_star_lies_on_top_of_a_cloud_that_would_hide_it():
    star, cloud = draw_loss_contour(line_loss(X, Y), {"cloud": PATH}, **MAP, best=BEST, steps=False).axes[0].lines
    assert star.get_zorder() > cloud.get_zorder()


def drawn(paths, **options):
    return draw_batches(line_loss(X, Y), paths, best=BEST, **MAP, **options)


def test_batch_sizes_are_compared_by_what_an_update_costs():
    paths = {1: np.vstack([PATH, PATH[1:]]), 2: PATH}  # 4 rows: 4 updates an epoch, or 2
    by_update = drawn(paths).axes[1]
    by_epoch = drawn(paths, per_update={1: 1 / 4, 2: 1 / 2}, counted="epochs").axes[1]
    assert [line[-1, 0] for line in lines(by_update)] == [4, 2]
    assert [line[-1, 0] for line in lines(by_epoch)] == [1, 1]
    assert (by_update.get_xlabel(), by_epoch.get_xlabel()) == ("updates", "epochs")


def test_every_batch_size_has_its_path_and_its_loss_in_one_color():
    plane, curve = drawn({1: PATH, 4: PATH[:2]}).axes
    shown = [line for line in plane.lines if len(line.get_xdata()) > 1]
    np.testing.assert_array_equal(np.column_stack(shown[0].get_data()), PATH)
    assert [line.get_color() for line in shown] == [line.get_color() for line in curve.lines]
    assert len({line.get_color() for line in shown}) == 2
    colors = {text.get_text().replace("\n", " "): text.get_color() for text in curve.texts}
    assert colors == {
        "batch 1, 2 updates": shown[0].get_color(),
        "batch 4, 1 update": shown[1].get_color(),
    }


def test_a_loss_above_the_axis_is_named_beside_it():
    labels = [text.get_text() for text in drawn({1: np.vstack([PATH, (50, 50)]), 4: PATH}).axes[1].texts]
    assert sorted(labels) == ["batch 1 off scale,\n3 updates", "batch 4,\n2 updates"]


@pytest.mark.parametrize("far", [50.0, 1e200, np.nan])
def test_a_path_that_diverges_leaves_the_map_and_is_told(far):
    plane, _ = drawn({1: np.vstack([PATH, (far, far), (0, 0)]), 4: PATH}).axes
    assert plane.get_title() == "batch 1 left the map"
    assert len(lines(plane)[1]) == 4  # the first place beyond the map is the last one


def test_circles_are_circles_on_every_map():
    contour = draw_loss_contour(line_loss(X, Y), {"a": PATH}, **MAP).axes[0]
    for axes in (contour, drawn({1: PATH}).axes[0], draw_descent(X, Y, PATH, 1).axes[2]):
        assert axes.get_aspect() == 1


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(0.25, "settles"), (0.75, "bounces and settles"), (0.99, "bounces and settles"), (1.01, "diverges")],
)
def test_a_rate_settles_below_one_over_the_mean_square_and_diverges_above(share, verdict):
    axes = draw_rate(X, 2 * X, share / np.mean(X**2)).axes[0]
    assert axes.get_title().splitlines()[1] == verdict
    assert f"by {1 - 2 * share:.2f}".replace("-", "−") in axes.get_title()


def test_each_step_stands_on_the_bowl():
    w = lines(draw_rate(X, 2 * X, 0.1, updates=3).axes[0])[1]
    factor = 1 - 0.2 * np.mean(X**2)
    np.testing.assert_allclose(w[:, 0], 2 - 2 * factor ** np.arange(4))
    np.testing.assert_allclose(w[:, 1], [np.mean((place * X - 2 * X) ** 2) for place in w[:, 0]], atol=1e-12)


def chain(stage, **changes):
    numbers = dict(w1=0.5, b1=0.1, w2=-1.5, b2=0.3, x=2.0, y=1.0) | changes
    return texts(draw_chain(**numbers, stage=stage).axes[0])


def test_the_loss_appears_after_all_layers_and_before_any_slope():
    values = [text for stage in (3, 4, 5) for text in (chain(stage),)]
    assert ["5.523" in shown for shown in values] == [False, True, True]
    assert [any("∂" in text for text in shown) for shown in values] == [False, False, True]


def test_the_last_stage_shows_the_slopes_that_a_tape_finds():
    ck.setup()
    import tensorflow as tf

    w1, b1, w2, b2 = weights = [tf.Variable(value) for value in (0.5, 0.1, -1.5, 0.3)]
    with tf.GradientTape() as tape:
        loss = (w2 * tf.nn.relu(w1 * 2.0 + b1) + b2 - 1.0) ** 2
    slopes = [f"{float(slope):.4g}".replace("-", "−") for slope in tape.gradient(loss, weights)]
    shown = "\n".join(chain(len(CHAIN_STAGES) - 1)).splitlines()
    for name, slope in zip(("w₁", "b₁", "w₂", "b₂"), slopes, strict=True):
        assert f"∂L/∂{name} = {slope}" in shown


def test_a_unit_that_is_off_sends_nothing_back():
    shown = "\n".join(chain(9, b1=-3.0)).splitlines()
    assert {"∂L/∂z = 0", "∂L/∂w₁ = 0", "∂L/∂b₁ = 0"} <= set(shown)


def fork(stage, **changes):
    numbers = dict(h=1.1, a1=2.0, a2=1.0, c1=-1.5, c2=0.5, y=1.0) | changes
    return texts(draw_two_paths(**numbers, stage=stage).axes[0])


def test_two_paths_come_back_as_two_products_and_their_sum():
    first, second, both = "−7.5 · (−1.5) · 1 · 2 = 22.5", "−7.5 · 0.5 · 1 · 1 = −3.75", "22.5 + (−3.75) = 18.75"
    assert [first in fork(stage) for stage in (4, 5)] == [False, True]
    assert [second in fork(stage) for stage in (5, 6)] == [False, True]
    assert [f"∂L/∂h = {both}" in fork(stage) for stage in (6, len(PATH_STAGES) - 1)] == [False, True]


def test_a_path_through_a_unit_that_is_off_counts_nothing():
    shown = fork(7, a2=-1.0)
    assert any(text.endswith("· 0.5 · 0 · (−1) = 0") for text in shown)
    assert "∂L/∂h = 25.8 + 0 = 25.8" in shown


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: draw_loss_contour(line_loss(X, Y), {}, **MAP), "no path"),
        (lambda: draw_loss_contour(line_loss(X, Y), {"a": [1, 2, 3]}, **MAP), r"\(updates \+ 1, 2\)"),
        (lambda: draw_loss_contour(line_loss(X, Y), dict.fromkeys("abcde", PATH), **MAP), "draw fewer"),
        (lambda: draw_loss_contour(lambda w, b: np.zeros(3), {"a": PATH}, **MAP), "keep the shape"),
        (lambda: draw_descent(X, Y, PATH, 3), "updates 0 to 2"),
        (lambda: draw_descent(X, Y[:3], PATH, 0), "same number"),
        (lambda: drawn({1: PATH, 2: PATH}, per_update={1: 1.0}), "no cost for batch size 2"),
        (lambda: drawn(dict.fromkeys(range(5), PATH)), "draw fewer"),
        (lambda: fork(8), "stages 0 to 7"),
        (lambda: draw_rate(X, Y, 0), "above 0"),
        (lambda: draw_rate(0 * X, Y, 0.1), "not 0 everywhere"),
        (lambda: chain(10), "stages 0 to 9"),
    ],
)
def test_bad_input_is_told_what_to_do(call, told):
    with pytest.raises(ValueError, match=told):
        call()

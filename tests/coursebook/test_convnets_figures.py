"""Wires between pixels and numbers, the maps of a layer, and patches that make a map answer."""

import numpy as np
import pytest

import coursekit as ck
from coursebook.convnets.figures import FRAME, draw_connections, draw_convnet, draw_feature_maps, draw_strongest

PHOTO = np.linspace(0, 1, 64).reshape(8, 8)
DIGITS = [str(digit) for digit in range(10)]


def colors(figure):
    return {line.get_color() for line in figure.axes[0].lines}


def test_dense_draws_a_wire_from_every_pixel_to_every_number():
    figure = draw_connections("dense", 6)
    assert len(figure.axes[0].lines) == 36
    assert "36 weights" in figure.axes[0].get_title()


@pytest.mark.parametrize(("wiring", "weights"), [("local", 24), ("shared", 3)])
def test_local_and_shared_draw_the_same_wires_and_count_other_weights(wiring, weights):
    figure = draw_connections(wiring, 8, kernel=3)
    assert len(figure.axes[0].lines) == 24
    assert f"{weights} weights" in figure.axes[0].get_title()


def test_weights_that_differ_never_look_equal():
    for wiring in ("dense", "local"):
        figure = draw_connections(wiring, 6)
        assert colors(figure) == {"black", "#999999"}
        assert "a weight of its own" in figure.texts[0].get_text()
    assert "the same weight" in draw_connections("shared", 6).texts[0].get_text()


@pytest.mark.parametrize("kernel", [3, 5])
def test_shared_weights_have_one_color_each(kernel):
    lines = draw_connections("shared", 9, kernel=kernel).axes[0].lines
    places = {(line.get_xdata()[0] - line.get_xdata()[1], line.get_color()) for line in lines}
    assert len(places) == len(dict(places)) == len({color for _, color in places}) == kernel


def test_windows_reach_into_zeros_at_both_ends():
    squares = [p for p in draw_connections("local", 8, kernel=5).axes[0].patches if hasattr(p, "get_xy")]
    assert sum(p.get_linestyle() == "--" for p in squares) == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("all",), "dense, local, shared"), (("dense", 99), "4 to 16"), (("local", 8, 4), "3 or 5")],
)
def test_wires_that_cannot_be_drawn_are_told(arguments, told):
    with pytest.raises(ValueError, match=told):
        draw_connections(*arguments)


def test_bars_count_the_classes_of_the_strongest_pictures():
    figure = draw_strongest(np.zeros((12, 8, 8)), [3, 3, 0], names=DIGITS)
    bars = figure.axes[1]
    assert [bar.get_height() for bar in bars.patches] == [1, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert [tick.get_text() for tick in bars.get_xticklabels()] == DIGITS
    assert (bars.get_title(), bars.get_ylabel()) == ("of the 3 strongest", "pictures")


def test_patches_stand_in_rows_the_strongest_first():
    grays = np.arange(1, 13) / 16
    figure = draw_strongest(np.ones((12, 4, 4)) * grays[:, None, None], [1], names=DIGITS, title="map 7")
    sheet = figure.axes[0].images[0].get_array()
    rows, columns = sheet.shape[0] // 3, sheet.shape[1] // 4
    middles = sheet[rows // 2 :: rows, columns // 2 :: columns, 0].ravel()
    np.testing.assert_allclose(middles, grays)
    assert figure.axes[0].get_title() == "map 7"


def test_every_patch_is_drawn_on_one_scale_in_gray_or_in_color_and_framed():
    for shape in ((5, 8, 8), (5, 8, 8, 3)):
        image = draw_strongest(np.full(shape, 0.5), [1], names=DIGITS).axes[0].images[0]
        sheet = image.get_array()
        assert image.get_clim() == (0, 1)
        assert np.isclose(sheet, 0.5).all(axis=2).sum() == 5 * (8 * 6) ** 2  # drawn six times as large
        assert np.isclose(sheet, FRAME).all(axis=2).any()


def test_white_patches_are_framed_too():
    sheet = draw_strongest(np.ones((1, 3, 3)), [1], names=DIGITS).axes[0].images[0].get_array()
    assert np.isclose(sheet, FRAME).all(axis=2).any()


@pytest.mark.parametrize(
    ("patches", "classes", "told"),
    [
        ([], [1], "1 to 12"),
        (np.zeros((13, 8, 8)), [1], "1 to 12"),
        ([np.zeros((3, 3)), np.zeros((4, 4))], [1], "one shape"),
        (np.zeros((2, 3, 3)), [10], "number 10"),
    ],
)
def test_patches_that_cannot_be_drawn_are_told(patches, classes, told):
    with pytest.raises(ValueError, match=told):
        draw_strongest(patches, classes, names=DIGITS)


@pytest.fixture(scope="module")
def keras():
    ck.setup()
    import keras

    return keras


def sequential(keras, *, with_input):
    layers = [
        keras.layers.Conv2D(6, 3, activation="relu", name="conv"),
        keras.layers.MaxPooling2D(2, name="pool"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(2, name="head"),
    ]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers] if with_input else layers)


def functional(keras):
    inputs = keras.Input((8, 8, 1))
    maps = keras.layers.Conv2D(6, 3, name="conv")(inputs)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps))


@pytest.mark.parametrize("kind", ["sequential", "not built", "functional"])
def test_feature_maps_are_the_layers_own_output(keras, kind):
    model = functional(keras) if kind == "functional" else sequential(keras, with_input=kind == "sequential")
    figure = draw_feature_maps(PHOTO, model, "conv", offset=2, count=3)
    conv = model.get_layer("conv")
    expected = np.moveaxis(np.asarray(conv(PHOTO[None, ..., None]))[0, ..., 2:5], -1, 0)
    drawn = [axes.images[0].get_array() for axes in figure.axes]
    np.testing.assert_allclose(drawn, expected, atol=1e-6)
    assert [axes.get_title() for axes in figure.axes] == ["map 2", "map 3", "map 4"]


def test_limits_give_the_maps_of_several_pictures_one_scale(keras):
    model = sequential(keras, with_input=True)
    own = draw_feature_maps(PHOTO, model, "conv", count=2)
    shared = draw_feature_maps(PHOTO, model, "conv", count=2, limits=[3.0, 0.0])
    assert [axes.images[0].get_clim()[1] for axes in shared.axes] == [3.0, 1.0]
    assert "in any of the pictures" in shared.texts[0].get_text()
    assert "in any" not in own.texts[0].get_text()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (dict(offset=6), "offset=6.*6 channels, numbered 0 to 5"),
        (dict(offset=-1), "offset=-1"),
        (dict(count=0), "count is the number of maps"),
        (dict(layer_name="convolution"), "no layer named 'convolution'.*conv, pool, flat, head"),
        (dict(layer_name="head"), r"'head' gives the shape \(1, 2\)"),
        (dict(image=np.ones((9, 9, 3))), r"cannot read a picture of shape \(9, 9, 3\)"),
        (dict(image=np.ones((2, 8, 8, 1))), "one picture is wanted"),
    ],
)
def test_feature_maps_say_what_is_wrong(keras, wrong, words):
    with pytest.raises(ValueError, match=words):
        arguments = {"image": PHOTO, "model": sequential(keras, with_input=True), "layer_name": "conv", **wrong}
        draw_feature_maps(**arguments)


def test_maps_of_both_signs_are_drawn_around_white(keras):
    figure = draw_feature_maps(PHOTO - 0.5, functional(keras), "conv")
    assert {axes.images[0].get_cmap().name for axes in figure.axes if axes.images} == {"orange_blue"}


def test_a_convnet_has_a_sheet_for_every_map_and_a_dot_for_every_number(keras):
    model = sequential(keras, with_input=True)
    axes = draw_convnet(model, ["conv", "pool", "head"]).axes[0]
    assert len(axes.patches) == 1 + 6 + 6
    assert len(axes.collections[0].get_offsets()) == 2
    assert [text.get_text() for text in axes.texts] == ["image\n8×8×1", "conv\n6×6×6", "pool\n3×3×6", "head\n2"]


@pytest.mark.parametrize(("names", "told"), [([], "no layer"), (["conv", "last"], "last; its layers are: conv, pool")])
def test_a_convnet_that_cannot_be_drawn_is_told(keras, names, told):
    with pytest.raises(ValueError, match=told):
        draw_convnet(sequential(keras, with_input=True), names)


def test_a_subclassed_model_is_told_what_to_do(keras):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = keras.layers.Conv2D(2, 3, name="conv")

        def call(self, inputs):
            return self.conv(inputs)

    with pytest.raises(ValueError, match="Sequential and Functional"):
        draw_feature_maps(PHOTO, Own(), "conv")

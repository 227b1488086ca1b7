"""Pictures, kernels, matrices and feature maps: what is drawn, and what bad input is told."""

import numpy as np
import pytest

import coursekit as ck
from coursekit.figures.images import draw_images, draw_kernel, show_feature_maps
from coursekit.figures.matrices import draw_matrix

PHOTO = np.linspace(0, 1, 64).reshape(8, 8)


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
    shown = show_feature_maps(PHOTO, model, "conv", offset=2, count=3)
    conv = model.get_layer("conv")
    expected = np.moveaxis(np.asarray(conv(PHOTO[None, ..., None]))[0, ..., 2:5], -1, 0)
    np.testing.assert_allclose(shown.values, expected, atol=1e-6)
    assert [axes.get_title() for axes in shown.figure.axes] == ["channel 2", "channel 3", "channel 4"]


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
        show_feature_maps(**arguments)


def test_a_subclassed_model_is_told_what_to_do(keras):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = keras.layers.Conv2D(2, 3, name="conv")

        def call(self, inputs):
            return self.conv(inputs)

    with pytest.raises(ValueError, match="Sequential and Functional"):
        show_feature_maps(PHOTO, Own(), "conv")


def test_images_keep_their_order_titles_and_scale():
    figure = draw_images([PHOTO, PHOTO * 255, np.ones((4, 4, 3))], ["a", "b", "c"], columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c", ""]
    assert [axes.images[0].get_clim() for axes in figure.axes[:2]] == [(0, 1), (0, 255)]


def test_signed_images_share_a_scale_with_zero_in_the_middle():
    figure = draw_images([-2 * np.ones((2, 2)), np.ones((2, 2))], signed=True)
    assert [axes.images[0].get_clim() for axes in figure.axes] == [(-2, 2), (-2, 2)]


@pytest.mark.parametrize(
    ("images", "titles", "words"),
    [
        ([], None, "no picture to show"),
        ([PHOTO], ["a", "b"], "1 pictures but 2 titles"),
        (PHOTO, None, r"put a single picture into a list"),
        ([np.ones((2, 2, 4))], None, r"\(2, 2, 4\)"),
    ],
)
def test_images_say_what_is_wrong(images, titles, words):
    with pytest.raises(ValueError, match=words):
        draw_images(images, titles)


def test_a_kernel_is_drawn_with_its_numbers():
    figure = draw_kernel([[1, -1], [0.5, 2]])
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "-1", "0.5", "2"]
    with pytest.raises(ValueError, match="one matrix"):
        draw_kernel(np.ones((3, 3, 2)))


def test_show_kernel_takes_a_keras_kernel_and_says_its_weights(capsys):
    shown = ck.show_kernel(np.reshape([1.0, 2.0, 3.0, 4.0], (2, 2, 1, 1)))
    assert shown.values.shape == (2, 2)
    assert "1 2; 3 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "kwargs", "given"),
    [
        ((), dict(label=True, digits=None, text_size=28), "label, digits, text_size"),
        ((False,), {}, "False"),
        ((), dict(tilte="Edge"), "tilte"),
    ],
)
def test_kaggles_arguments_of_show_kernel_are_answered_with_a_sentence(args, kwargs, given):
    with pytest.raises(TypeError, match=rf"title= and alt=, not {given}\. .* leave out .*label"):
        ck.show_kernel(np.ones((3, 3)), *args, **kwargs)


def test_matrix_writes_only_the_known_numbers():
    figure = draw_matrix([[1, 2], [3, 4]], known=3)
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "2", "3"]


def test_matrices_stand_in_a_row_with_symbols_between():
    import sympy

    row = ck.show_matrix([[1, 0.5]], "⋆", np.ones((1, 2, 1, 1)), "=", sympy.Matrix([[sympy.Symbol("x")]]))
    assert row[0] == sympy.Matrix([[1, sympy.Float(0.5, 3)]])
    assert row[1::2] == ("⋆", "=")
    assert row[2] == sympy.ones(1, 2)
    assert row[4] == sympy.Matrix([[sympy.Symbol("x")]])


@pytest.mark.parametrize("wrong", [np.ones((2, 2, 2)), np.ones((31, 2)), [1, 2], [[np.nan]]])
def test_matrices_of_another_shape_are_refused(wrong):
    with pytest.raises(ValueError, match="matrix"):
        ck.show_matrix(wrong)


def test_show_matrix_wants_something_to_show():
    with pytest.raises(ValueError, match="nothing to show"):
        ck.show_matrix()


def test_named_kernels_are_fresh_copies():
    ck.kernels.edge[0, 0] = 99
    assert ck.kernels.edge[0, 0] == -1
    assert ck.kernels.edge.sum() == 0
    assert ck.kernels.blur.sum() == ck.kernels.sharpen.sum() == 1
    with pytest.raises(AttributeError, match="no kernel is named 'egde'; there are: edge"):
        ck.kernels.egde  # noqa: B018


def test_a_gaussian_sums_to_one_and_spreads_with_std():
    narrow, wide = ck.kernels.gaussian(5, 0.5), ck.kernels.gaussian(5, 2)
    assert narrow.shape == (5, 5)
    np.testing.assert_allclose([narrow.sum(), wide.sum()], 1, atol=1e-6)
    assert narrow[2, 2] > wide[2, 2]
    np.testing.assert_allclose(narrow, narrow[::-1].T)
    for size, std in ((0, 1), (2.5, 1), (3, 0)):
        with pytest.raises(ValueError, match="not"):
            ck.kernels.gaussian(size, std)

"""Pictures, kernels and matrices: what is drawn, and what bad input is told."""

import numpy as np
import pytest

import coursekit as ck
from coursekit.figures.images import draw_images, draw_kernel
from coursekit.figures.matrices import draw_matrix

PHOTO = np.linspace(0, 1, 64).reshape(8, 8)


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

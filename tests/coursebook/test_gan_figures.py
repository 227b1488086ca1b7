"""GANs drawn: the plan, a duel of numbers with its orbit, the best discriminator, fakes of a plane."""

import numpy as np
import pytest

from coursebook.gan.figures import DRAW, best_loss, draw_best_discriminator, draw_duel, draw_fakes, draw_players
from coursekit.figures.style import palette

PATH = np.array([[0.0, 0, 0], [1, 0.5, -1], [3.5, -0.5, 1]])
REAL, NOISE = np.array([2.5, 3, 3.5]), np.array([-0.5, 0, 0.5])
RING = np.array([[2.0, 0], [0, 2]])
DOUBT = np.full((5, 5), 0.5)


def test_the_plan_draws_noise_fakes_and_real_numbers_on_one_scale():
    (axes,) = draw_players(NOISE, NOISE + 1, REAL).axes
    noise, fake, real = (line.get_xdata() for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_allclose(np.diff(fake), np.diff(noise))
    assert real.max() > fake.max() > fake.min() > noise.min() + 3  # 1 farther right, and in the next box
    said = {text.get_text() for text in axes.texts}
    assert {
        "noise",
        "fake",
        "real",
        "generator\nG",
        "discriminator\nD",
        "slopes for G, through D",
        "slopes for D",
    } < said


def test_a_plan_needs_a_fake_for_each_noise_number():
    with pytest.raises(ValueError, match="makes 2 fakes of 3"):
        draw_players(NOISE, NOISE[:2], REAL)


def test_the_duel_shows_all_numbers_in_every_round():
    for round in (0, 2):
        heaps = draw_duel(PATH, round, REAL, NOISE).axes[1]
        assert [np.sum(heap.get_data().values) for heap in heaps.patches] == pytest.approx([1, 1])


def test_the_duel_shows_the_judges_sigmoid_of_that_round():
    line = draw_duel(PATH, 1, REAL, NOISE).axes[0]
    x, chance = line.lines[0].get_data()
    np.testing.assert_allclose(chance, 1 / (1 + np.exp(-(0.5 * x - 1))))
    assert line.get_title() == "round 1: θ = 1.0, slope a = 0.5"


def test_the_orbit_is_drawn_as_far_as_it_was_played():
    plane = draw_duel(PATH, 1, REAL, NOISE).axes[2]
    np.testing.assert_allclose(plane.lines[1].get_xydata(), PATH[:2, :2])
    np.testing.assert_allclose(plane.lines[3].get_xydata(), [[3, 0]])  # a draw: fakes like real, and no slope left


def test_the_axes_of_the_duel_stay_from_round_to_round():
    first, last = (draw_duel(PATH, k, REAL, NOISE) for k in (0, 2))
    assert [a.get_xlim() for a in first.axes] == [a.get_xlim() for a in last.axes]
    assert [a.get_ylim() for a in first.axes] == [a.get_ylim() for a in last.axes]


@pytest.mark.parametrize(
    ("path", "round", "says"),
    [(PATH, 3, "rounds 0 to 2"), (PATH[:, :2], 0, r"not \(3, 2\)"), (PATH, -1, "round is -1")],
)
def test_a_duel_that_cannot_be_drawn_says_why(path, round, says):
    with pytest.raises(ValueError, match=says):
        draw_duel(path, round, REAL, NOISE)


def test_equal_densities_leave_the_best_judge_a_draw():
    assert best_loss(3.0) == pytest.approx(DRAW)
    assert pytest.approx(DRAW) == -2 * np.log(0.5)


def test_the_best_loss_falls_as_the_fakes_move_away():
    assert best_loss(3.0) > best_loss(2.0) > best_loss(-3.0) > 0
    assert best_loss(4.0) == pytest.approx(best_loss(2.0))


def test_a_scale_of_its_own_changes_nothing_for_the_best_judge():
    assert best_loss(1.0, center=0.0, spread=1.0) == pytest.approx(best_loss(10.0, center=0.0, spread=10.0))


def test_the_best_judge_says_p_over_p_plus_q():
    line, curve = draw_best_discriminator(1.0).axes
    x, chance = line.lines[0].get_data()
    p, q = np.exp(-((x - 3) ** 2) / 2), np.exp(-((x - 1) ** 2) / 2)
    np.testing.assert_allclose(chance, p / (p + q))
    assert curve.get_title() == f"the best D's loss: {best_loss(1.0):.3f}"


def test_a_density_without_width_is_refused():
    with pytest.raises(ValueError, match="spread is 0"):
        draw_best_discriminator(1.0, spread=0)


def test_every_panel_shows_its_fakes_over_the_real_rows():
    figure = draw_fakes({"start": (RING - 1, DOUBT), "end": (RING, DOUBT)}, RING)
    assert [axes.get_title() for axes in figure.axes] == ["start", "end"]
    real, fakes = figure.axes[1].lines
    np.testing.assert_allclose(fakes.get_xydata(), RING)
    assert (real.get_label(), fakes.get_label(), real.get_color()) == ("real", "fake", palette["data"])


def test_pulls_lead_from_fakes_in_sight_along_the_slope_and_are_equally_long():
    fakes, pulls = np.append(np.zeros((20, 2)), [[9.0, 9]], axis=0), np.tile([3.0, 4.0], (21, 1))
    (axes,) = draw_fakes({"now": (fakes, DOUBT)}, RING, pulls=pulls).axes
    (arrows,) = [c for c in axes.collections if hasattr(c, "U")]
    np.testing.assert_allclose(arrows.XY, np.zeros((2, 2)))  # every tenth
    np.testing.assert_allclose(arrows.V / arrows.U, 4 / 3)
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), 0.55)
    assert [text.get_text() for text in axes.texts] == ["1 outside"]


def test_pulls_of_several_panels_are_refused():
    with pytest.raises(ValueError, match="one panel"):
        draw_fakes({"a": (RING, DOUBT), "b": (RING, DOUBT)}, RING, pulls=RING)


def test_doubt_is_white_and_the_lowest_row_is_below():
    (axes,) = draw_fakes({"now": (RING, np.linspace(0, 1, 5)[:, None] * np.ones(5))}, RING).axes
    (surface,) = axes.images
    assert surface.get_clim() == (0, 1)
    assert surface.origin == "lower"


@pytest.mark.parametrize(
    ("panels", "says"),
    [
        ({}, "at least one panel"),
        ({"now": (RING[:, :1], DOUBT)}, "fakes are points of a plane"),
        ({"now": (RING, DOUBT[:3])}, "square table"),
        ({"now": (RING, 3 * DOUBT)}, "by the sigmoid"),
    ],
)
def test_fakes_that_cannot_be_drawn_say_why(panels, says):
    with pytest.raises(ValueError, match=says):
        draw_fakes(panels, RING)


def test_blue_means_real_orange_fake_and_the_fakes_are_white_triangles():
    (axes,) = draw_fakes({"now": (RING, DOUBT)}, RING).axes
    fake, doubt, real = axes.images[0].cmap([0.1, 0.5, 0.9])
    assert fake[0] > fake[2]
    assert real[2] > real[0]
    assert min(doubt) > 0.95
    assert (axes.lines[1].get_marker(), axes.lines[1].get_markerfacecolor()) == ("^", "white")


def test_the_duel_names_its_heaps_and_axes():
    _, heaps, plane = draw_duel(PATH, 1, REAL, NOISE).axes
    said = {text.get_text(): (text.get_position()[0], text.get_color()) for text in heaps.texts}
    assert said == {"real": (3.0, palette["data"]), "fake": (1.0, palette["model"])}
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("θ, the fakes' center", "a, D's slope")


def test_the_densities_are_named():
    line, curve = draw_best_discriminator(1.0).axes
    tops = {heap.get_label(): heap.get_paths()[0].vertices for heap in line.collections}
    centers = {name: rows[np.argmax(rows[:, 1]), 0] for name, rows in tops.items()}
    assert centers == pytest.approx({"real, p": 3, "fake, q": 1}, abs=0.05)
    assert (line.get_title(), curve.get_xlabel(), curve.get_ylabel()) == ("fakes around 1", "fakes around", "loss")

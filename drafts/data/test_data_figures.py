"""A leaking column and the choice among many models: what is drawn, what the titles say, what bad input is told."""

import numpy as np
import pytest

from coursebook.data import choose_noise, draw_choice, draw_leak, try_networks

COLUMN, TARGET = ([5.0, 9.0], [7.0, 7.0, 7.0]), ([5.0, 9.0], [6.0, 8.0, 12.0])
ERRORS = [(1.0, 1.1), (0.4, 2.5)]


def test_validation_and_test_rows_keep_their_column_and_their_truth():
    left, _ = draw_leak(COLUMN, TARGET, (0, 30), ERRORS, 1).axes
    drawn = {line.get_label(): line.get_xydata().tolist() for line in left.lines[1:]}
    assert drawn == {"validation": [[5, 5], [9, 9]], "test": [[7, 6], [7, 8], [7, 12]]}
    assert left.get_xlim() == left.get_ylim()


def test_the_errors_of_the_model_that_is_drawn_are_marked_and_written():
    _, right = draw_leak(COLUMN, TARGET, (0, 30), ERRORS, 1).axes
    assert right.get_title() == "validation 0.40, test 2.50"
    marks = [line.get_xydata()[0].tolist() for line in right.lines if len(line.get_xdata()) == 1]
    assert marks == [[1, 0.4], [1, 2.5]]
    assert [tick.get_text() for tick in right.get_xticklabels()] == ["0", "30"]
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["validation", "test"]


def test_the_chosen_model_has_the_lowest_error_among_those_that_were_tried():
    judged, fresh = [3.0, 2.0, 1.0], [3.0, 2.5, 2.6]
    left, right = draw_choice(judged, fresh, (1, 2, 3), [(3, 3), (2, 2.5), (1, 2.6)], 1).axes
    models, star = left.lines[1:3]
    assert models.get_xydata().tolist() == [[3, 3], [2, 2.5]]
    assert star.get_xydata().tolist() == [[2, 2.5]]
    assert left.get_title() == "2 tried"
    assert right.get_title() == "mean of all splits: 2.00, fresh 2.50"
    assert left.get_xlim() == left.get_ylim()


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: draw_leak(COLUMN, TARGET, (0, 30), [(1, 1)], 0), r"shape \(1, 2\).*2 models"),
        (lambda: draw_leak(COLUMN, TARGET, (0, 30), ERRORS, 2), "now is 2.*from 0 to 1"),
        (lambda: draw_choice([1.0], [1.0], (1, 2), [(1, 1), (1, 1)], 0), "up to 2, with 1 and 1"),
        (lambda: draw_choice([1.0], [1.0], (1,), [(1, 1)], 1), "now is 1 of 1"),
    ],
)
def test_bad_input_is_told_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_networks_are_fitted_to_the_first_part_alone():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(60, 3))
    target = inputs @ [1.0, -2, 0.5]
    parts = np.split(np.arange(60), [30, 40])
    before = try_networks(inputs, target, parts, np.random.default_rng(1), count=5)
    assert [len(errors) for errors in before] == [5, 5]
    target[30:40] += 100  # the second part only judges
    after = try_networks(inputs, target, parts, np.random.default_rng(1), count=5)
    assert np.allclose(after[1], before[1])
    assert np.all(after[0] > 50)


def test_noise_chosen_by_rows_that_judge_flatters_these_rows_alone():
    target = np.random.default_rng(0).normal(size=200)
    parts = np.split(np.arange(200), [75, 100])
    gaps = {}
    for name, rows in {"training": np.arange(75), "all": np.arange(100)}.items():
        runs = [choose_noise(target, parts, rows, np.random.default_rng(seed)) for seed in range(20)]
        judged, fresh = np.mean(runs, axis=0)
        gaps[name] = fresh / judged
    assert gaps["all"] > 1.15
    assert gaps["training"] < gaps["all"] - 0.1

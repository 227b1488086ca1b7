"""Points given by hand."""

import pytest

from coursegrade.overrides import FILE, read_overrides
from coursekit.errors import CourseError


def overrides(folder, text):
    (folder / FILE).write_text(text, encoding="utf-8")
    return read_overrides(folder)


def test_an_empty_file_is_made_once_and_never_written_again(tmp_path):
    assert read_overrides(tmp_path).given == {}
    path = tmp_path / FILE
    assert path.read_text(encoding="utf-8-sig").strip() == "student,exercise,points,reason,by"
    path.write_bytes(b"student,exercise,points\nAnn,a/b,2\n")
    assert read_overrides(tmp_path).find("Ann", "a/b").points == 2
    assert path.read_bytes() == b"student,exercise,points\nAnn,a/b,2\n"


def test_decimal_commas_and_semicolons_of_european_spreadsheets_count(tmp_path):
    found = overrides(tmp_path, "student;exercise;points;reason\nAnn;a/b;1,5;nice idea\n").find("Ann", "a/b")
    assert (found.points, found.reason) == (1.5, "nice idea")


@pytest.mark.parametrize("points", ["", "two", "nan", "inf", "-1", "1e999"])
def test_points_that_are_no_number_are_listed_and_left_out(tmp_path, points):
    given = overrides(tmp_path, f"student,exercise,points\nAnn,a/b,{points}\n")
    assert given.find("Ann", "a/b") is None
    assert "row 2" in given.warnings[0]


def test_a_second_row_for_the_same_exercise_counts_and_is_said(tmp_path):
    given = overrides(tmp_path, "student,exercise,points\nAnn,a/b,1\nAnn,a/b,2\n,a/b,2\n")
    assert given.find("Ann", "a/b").points == 2
    assert len(given.warnings) == 2


def test_unknown_students_and_exercises_and_bonuses_are_said(tmp_path):
    given = overrides(tmp_path, "student,exercise,points\nZoe,a/b,1\nAnn,a/z,1\nAnn,a/b,7\n")
    stranger, typo, bonus = given.unknown(["Ann"], {"a/b": 2})
    assert "no student" in stranger
    assert "no exercise" in typo
    assert "more than the 2" in bonus


def test_a_name_copied_from_our_tables_with_its_guard_is_the_same_name(tmp_path):
    assert overrides(tmp_path, "student,exercise,points\n'=Ann,a/b,1\n").find("=Ann", "a/b")


def test_a_file_without_the_columns_is_one_clear_sentence(tmp_path):
    with pytest.raises(CourseError, match="no column points"):
        overrides(tmp_path, "student,exercise\nAnn,a/b\n")

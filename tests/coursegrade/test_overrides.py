"""Points given by hand, and what lateness costs."""

from datetime import datetime, timedelta

import pytest

from coursegrade.lateness import read_policy
from coursegrade.overrides import FILE, read_overrides
from coursekit.errors import CourseError, UsageError


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


# Lateness -----------------------------------------------------------------------------------------------------------

DUE = "2026-12-01T23:59+01:00"


def penalty(rules, points=8.0, maximum=10.0, **late):
    return read_policy(DUE, rules).penalty(timedelta(**late), points, maximum)


@pytest.mark.parametrize(
    "rules, late, lost",
    [
        ("", dict(days=9), 0),
        ("10%/day", dict(), 0),
        ("10%/day", dict(minutes=1), 1),
        ("10% per day", dict(days=1), 1),
        ("10%/days", dict(days=1, seconds=1), 2),
        ("5/hour", dict(minutes=59), 5),
        ("5/hour", dict(days=1), 8),
        ("0.5/hour", dict(hours=3), 1.5),
        ("10%/day, at most 50%", dict(days=30), 5),
        ("10%/day, at most 2", dict(days=30), 2),
        ("0 after 3 days", dict(days=3), 0),
        ("0 after 3 days", dict(days=3, seconds=1), 8),
        ("10%/Day, at most 50%, 0 after 1 week", dict(days=8), 8),
    ],
)
def test_rules_take_points_for_every_started_unit(rules, late, lost):
    assert penalty(rules, **late) == pytest.approx(lost)


def test_lateness_never_takes_more_than_there_is():
    assert penalty("5/hour", points=3, days=1) == 3
    assert penalty("5/hour", points=0, days=1) == 0


def test_a_grace_time_counts_as_in_time():
    policy = read_policy(DUE, "10%/day, grace 15 minutes")
    assert policy.late(datetime.fromisoformat("2026-12-02T00:14+01:00")) == timedelta(0)
    assert policy.late(datetime.fromisoformat("2026-12-02T00:15+01:00")) == timedelta(minutes=16)


def test_times_without_a_zone_are_in_the_zone_of_the_due_time():
    policy = read_policy(DUE)
    assert policy.late(datetime.fromisoformat("2026-12-02T00:59")) == timedelta(hours=1)
    assert policy.late(datetime.fromisoformat("2026-12-01T22:59+00:00")) == timedelta(0)
    assert read_policy("2026-12-01T23:59").due.tzinfo is not None


@pytest.mark.parametrize("rules", ["10", "ten%/day", "10%/month", "0 after", "5/hour; 3/day", "-5/day", "1/day, 2/day"])
def test_rules_that_make_no_sense_get_one_kind_sentence(rules):
    with pytest.raises(UsageError, match="--late"):
        read_policy(DUE, rules)


@pytest.mark.parametrize("due", ["", "tomorrow", "2026-13-01", "01.12.2026"])
def test_a_due_time_that_is_none_gets_one_kind_sentence(due):
    with pytest.raises(UsageError, match="2026-12-01T23:59"):
        read_policy(due)

"""Chapters give the same bytes whenever they run. One a day is tried here; `course.py stable` tries all of them."""

import datetime
import shutil
import warnings
from pathlib import Path

import pytest

from coursepress.chapters import list_chapters
from coursepress.execute import execute

ROOT = Path(__file__).resolve().parents[2]
A_DAY = 1


def chosen(names: list[str], day: datetime.date) -> list[str]:
    """The chapters of a day: over the days, all have their turn."""
    start = day.toordinal() * A_DAY
    return sorted({names[(start + step) % len(names)] for step in range(A_DAY)}) if names else []


@pytest.mark.parametrize("name", chosen(list(list_chapters(ROOT)), datetime.date.today()))
def test_a_chapter_runs_without_a_diff(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copyfile(list_chapters(ROOT)[name], path)
    if execute([path], check=True) == 0:
        return
    difference = capsys.readouterr().out
    # Another kind of processor may round differently from the author's; here, two runs must agree.
    assert execute([path]) == 0, difference
    assert execute([path], check=True) == 0, "two runs in a row differ"
    warnings.warn(UserWarning(f"stable, but not what the file holds: {difference}"), stacklevel=1)


def test_over_the_days_every_chapter_has_its_turn() -> None:
    names = [f"chapter-{number}" for number in range(7)]
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(7)]
    assert {name for day in days for name in chosen(names, day)} == set(names)
    assert all(len(chosen(names, day)) == A_DAY for day in days)


def test_with_fewer_chapters_it_takes_what_exists() -> None:
    assert chosen(["only"], datetime.date(2026, 1, 1)) == ["only"]
    assert chosen([], datetime.date(2026, 1, 1)) == []

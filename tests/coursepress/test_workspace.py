"""Learners' copies: never overwritten once changed, never deleted, trusted by JupyterLab."""

import json
import os
import stat
import sys
from datetime import date
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.sign import NotebookNotary

from coursekit.errors import CourseError
from coursepress import workspace
from coursepress.chapters import find_chapter, find_root, list_chapters
from coursepress.workspace import reset, sync

from .conftest import notebook

CONDENSE = "vision/condense"


@pytest.fixture
def chapter(small_course: Path) -> Path:
    return small_course / "notebooks" / f"{CONDENSE}.ipynb"


@pytest.fixture
def copy(small_course: Path) -> Path:
    """The learner's copy of a chapter after a first start."""
    sync(small_course)
    return small_course / "work" / f"{CONDENSE}.ipynb"


def is_trusted(path: Path) -> bool:
    with NotebookNotary(data_dir=os.environ["JUPYTER_DATA_DIR"]) as notary:
        return bool(notary.check_signature(nbformat.read(path, as_version=4)))


def test_a_first_start_copies_every_chapter(small_course: Path):
    report = sync(small_course)
    assert report.copied == ["networks/neuron", CONDENSE]
    for chapter, source in list_chapters(small_course).items():
        assert (small_course / "work" / f"{chapter}.ipynb").read_bytes() == source.read_bytes()


def test_a_second_start_changes_no_file(small_course: Path, copy: Path):
    before = {path: path.stat().st_mtime_ns for path in (small_course / "work").rglob("*") if path.is_file()}
    report = sync(small_course)
    assert (report.current, str(report)) == (["networks/neuron", CONDENSE], "")
    assert before == {path: path.stat().st_mtime_ns for path in (small_course / "work").rglob("*") if path.is_file()}


def test_copies_are_trusted(copy: Path):
    assert is_trusted(copy)


def test_lost_signatures_are_made_again(small_course: Path, copy: Path):
    (Path(os.environ["JUPYTER_DATA_DIR"]) / "nbsignatures.db").unlink()
    assert not is_trusted(copy)
    sync(small_course)
    assert is_trusted(copy)


def test_what_somebody_else_wrote_into_a_copy_is_not_trusted(small_course: Path, copy: Path):
    copy.write_bytes(notebook("from elsewhere"))
    sync(small_course)
    assert not is_trusted(copy)


def test_an_unchanged_copy_follows_its_chapter(small_course: Path, chapter: Path, copy: Path):
    chapter.write_bytes(notebook("second edition"))
    report = sync(small_course)
    assert report.updated == [CONDENSE]
    assert copy.read_bytes() == chapter.read_bytes()
    assert is_trusted(copy)


def test_a_changed_copy_stays_whatever_happens_to_its_chapter(small_course: Path, chapter: Path, copy: Path):
    copy.write_bytes(notebook("my answer"))
    assert sync(small_course).changed == [CONDENSE]
    chapter.write_bytes(notebook("second edition"))
    assert sync(small_course).newer == [CONDENSE]
    assert copy.read_bytes() == notebook("my answer")


def test_each_newer_version_is_announced_once(small_course: Path, chapter: Path, copy: Path):
    copy.write_bytes(notebook("my answer"))
    assert str(sync(small_course)) == ""
    chapter.write_bytes(notebook("second edition"))
    assert "newer version of vision/condense" in str(sync(small_course))
    assert str(sync(small_course)) == ""
    chapter.write_bytes(notebook("third edition"))
    assert "newer version of vision/condense" in str(sync(small_course))


def test_looking_writes_nothing_and_announces_nothing(small_course: Path, chapter: Path, copy: Path):
    copy.write_bytes(notebook("my answer"))
    chapter.write_bytes(notebook("second edition"))
    assert sync(small_course, write=False).newer == [CONDENSE]
    assert "newer version" in str(sync(small_course))


def test_a_deleted_copy_comes_back(small_course: Path, copy: Path):
    copy.unlink()
    assert sync(small_course).copied == [CONDENSE]
    assert copy.exists()


def test_a_chapter_that_disappears_leaves_its_copy(small_course: Path, chapter: Path, copy: Path):
    chapter.unlink()
    sync(small_course)
    assert copy.read_bytes() == notebook(CONDENSE)


@pytest.mark.parametrize("damage", [None, b"", b"{", b"[]", b'{"vision/condense": 3}', b"\xff\xfe"])
def test_a_lost_or_damaged_manifest_loses_no_change(
    damage: bytes | None, small_course: Path, chapter: Path, copy: Path
):
    copy.write_bytes(notebook("my answer"))
    manifest = small_course / "work" / workspace.MANIFEST
    manifest.unlink() if damage is None else manifest.write_bytes(damage)
    chapter.write_bytes(notebook("second edition"))
    report = sync(small_course)
    assert copy.read_bytes() == notebook("my answer")
    assert (report.changed, report.newer) == ([CONDENSE], [])
    assert report.current == ["networks/neuron"]


def test_a_failing_disk_leaves_the_old_copy_whole(
    small_course: Path, chapter: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(copy))

    chapter.write_bytes(notebook("second edition"))
    monkeypatch.setattr(workspace.os, "fsync", full)
    with pytest.raises(CourseError, match="cannot be brought up to date: No space left on device"):
        sync(small_course)
    assert copy.read_bytes() == notebook(CONDENSE)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_folder_in_the_place_of_a_copy_is_one_sentence(small_course: Path, copy: Path):
    copy.unlink()
    copy.mkdir()
    with pytest.raises(CourseError, match="Nothing of yours was changed"):
        sync(small_course)


def test_without_a_signature_store_the_report_says_what_follows(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    blocker = small_course / "file"
    blocker.write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(blocker / "jupyter"))
    assert "without sliders until you run their cells" in str(sync(small_course))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission bits")
def test_copies_can_be_read_by_others(copy: Path):
    assert stat.S_IMODE(copy.stat().st_mode) == 0o644


def test_reset_sets_the_old_copy_aside_and_gives_a_fresh_one(small_course: Path, chapter: Path, copy: Path):
    copy.write_bytes(notebook("my answer"))
    done = reset(small_course, "condense")
    assert done.fresh == copy
    assert copy.read_bytes() == chapter.read_bytes()
    assert done.aside == copy.with_name(f"condense-{date.today().isoformat()}.ipynb")
    assert done.aside.read_bytes() == notebook("my answer")
    assert is_trusted(copy)


def test_two_resets_on_one_day_keep_both_copies(small_course: Path, copy: Path):
    answers = [notebook("first"), notebook("second"), notebook("third")]
    asides = []
    for answer in answers:
        copy.write_bytes(answer)
        asides.append(reset(small_course, "condense").aside)
    assert [aside.read_bytes() for aside in asides if aside] == answers


def test_resetting_an_unchanged_copy_sets_nothing_aside(small_course: Path, copy: Path):
    assert reset(small_course, "condense").aside is None
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_reset_copy_follows_its_chapter_again(small_course: Path, chapter: Path, copy: Path):
    copy.write_bytes(notebook("my answer"))
    reset(small_course, "condense")
    chapter.write_bytes(notebook("second edition"))
    assert sync(small_course).updated == [CONDENSE]


@pytest.fixture
def citing(small_course: Path, chapter: Path) -> Path:
    """A chapter that JupyterLab could not show as it stands, and its copy after a first start."""
    (small_course / "book").mkdir()
    work = "@book{solo, author = {Solo, Han}, title = {Alone}, year = 1977, publisher = {Lucas}}"
    (small_course / "book" / "references.bib").write_text(work, encoding="utf-8")
    chapter.write_bytes(notebook("{cite:t}`solo` said"))
    sync(small_course)
    return small_course / "work" / f"{CONDENSE}.ipynb"


def test_a_copy_reads_well_where_the_chapter_cites(citing: Path):
    text = citing.read_text(encoding="utf-8")
    assert "Solo (1977) said" in text
    assert "{cite" not in text
    assert is_trusted(citing)


def test_a_copy_with_other_text_than_its_chapter_counts_as_unchanged(small_course: Path, chapter: Path, citing: Path):
    before = citing.read_bytes()
    assert CONDENSE in sync(small_course).current
    assert reset(small_course, "condense").aside is None
    assert citing.read_bytes() == before
    chapter.write_bytes(notebook("{cite}`solo` still says"))
    assert sync(small_course).updated == [CONDENSE]
    assert "(Solo, 1977) still says" in citing.read_text(encoding="utf-8")


def test_a_changed_copy_stays_where_the_chapter_cites(small_course: Path, chapter: Path, citing: Path):
    citing.write_bytes(notebook("my answer"))
    chapter.write_bytes(notebook("{cite}`solo` still says"))
    assert sync(small_course).newer == [CONDENSE]
    assert citing.read_bytes() == notebook("my answer")


STEPS = st.lists(st.sampled_from(["learn", "publish", "start", "reset", "lose manifest"]), max_size=12)


@settings(max_examples=40)
@given(steps=STEPS)
def test_no_order_of_events_loses_what_a_learner_wrote(steps: list[str], tmp_path_factory: pytest.TempPathFactory):
    course = tmp_path_factory.mktemp("course")
    chapter, copy = course / "notebooks/vision/condense.ipynb", course / "work/vision/condense.ipynb"
    chapter.parent.mkdir(parents=True)
    chapter.write_bytes(notebook("first edition"))
    written = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "_trust", lambda contents: "")
        sync(course)
        for number, step in enumerate(steps):
            if step == "learn":
                # A learner edits the file; what it held before is theirs to lose.
                written = [old for old in written if old != copy.read_bytes()] + [notebook(f"answer {number}")]
                copy.write_bytes(written[-1])
            elif step == "publish":
                chapter.write_bytes(notebook(f"edition {number}"))
            elif step == "start":
                sync(course)
            elif step == "reset":
                reset(course, "condense")
            else:
                (course / "work" / workspace.MANIFEST).unlink(missing_ok=True)
    kept = {path.read_bytes() for path in copy.parent.glob("*.ipynb")}
    assert set(written) <= kept


@pytest.mark.parametrize(
    "name",
    [
        "condense",
        "vision/condense",
        "vision\\condense",
        "condense.ipynb",
        "notebooks/vision/condense.ipynb",
        "work/vision/condense.ipynb",
    ],
)
def test_a_chapter_has_many_names(name: str, small_course: Path):
    assert find_chapter(small_course, name) == CONDENSE


def test_a_chapter_is_found_by_its_path(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    assert find_chapter(small_course, str(small_course / "notebooks/vision/condense.ipynb")) == CONDENSE
    monkeypatch.chdir(small_course / "notebooks" / "vision")
    assert find_chapter(small_course, "./condense.ipynb") == CONDENSE


def test_an_unknown_chapter_lists_the_chapters(small_course: Path):
    with pytest.raises(
        CourseError, match="no chapter 'condens'. Did you mean vision/condense.*networks/neuron, vision"
    ):
        find_chapter(small_course, "condens")


def test_a_name_of_two_chapters_asks_which(small_course: Path):
    (small_course / "notebooks" / "networks" / "condense.ipynb").write_bytes(notebook("another"))
    with pytest.raises(CourseError, match="write one of networks/condense, vision/condense"):
        find_chapter(small_course, "condense")


def test_checkpoints_of_jupyterlab_are_no_chapters(small_course: Path):
    checkpoints = small_course / "notebooks" / "vision" / ".ipynb_checkpoints"
    checkpoints.mkdir()
    (checkpoints / "condense-checkpoint.ipynb").write_bytes(notebook("old"))
    assert list(list_chapters(small_course)) == ["networks/neuron", CONDENSE]


def test_the_course_is_found_from_any_of_its_folders(small_course: Path):
    assert find_root(small_course / "notebooks" / "vision") == small_course.resolve()


def test_outside_a_course_the_installed_one_is_found(root: Path, tmp_path: Path):
    assert find_root(tmp_path) == root


def test_the_manifest_is_readable(small_course: Path, copy: Path):
    manifest = json.loads((small_course / "work" / workspace.MANIFEST).read_text(encoding="utf-8"))
    assert set(manifest) == {CONDENSE, "networks/neuron"}

"""When the book is built, when it is not, and what a person reads when it cannot be."""

import errno
import shutil
import threading
import time
from pathlib import Path

import pytest

from coursepress import build as building
from coursepress.build import BuildError, build


@pytest.fixture
def course(root: Path, tmp_path: Path) -> Path:
    """A small course: one page, and the real book's settings."""
    (tmp_path / "book" / "web").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    shutil.copyfile(root / "_config.yml", tmp_path / "_config.yml")
    for folder in ("assets", "_ext"):
        shutil.copytree(root / "book" / folder, tmp_path / "book" / folder)
    shutil.copyfile(root / "book" / "references.bib", tmp_path / "book" / "references.bib")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", encoding="utf-8")
    (tmp_path / "book" / "index.md").write_text("# One page\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Jupyter Book and npm replaced by something that only notes each build."""
    built: list[Path] = []

    def run(root: Path, output: Path) -> Path:
        fresh = output / "next" / "html"
        fresh.mkdir(parents=True)
        (fresh / "index.html").write_text((root / "book" / "index.md").read_text(encoding="utf-8"), encoding="utf-8")
        time.sleep(0.1)
        built.append(root)
        return fresh

    monkeypatch.setattr(building, "_run_jupyter_book", run)
    monkeypatch.setattr(building, "_install_web_packages", lambda web, say: None)
    return built


def test_an_unchanged_book_is_not_built_again(course: Path, runs: list[Path]) -> None:
    assert build(course, quiet=True) == build(course, quiet=True) == course / "_build" / "html"
    assert len(runs) == 1


@pytest.mark.parametrize("source", ["book/index.md", "_config.yml", "notebooks/new.ipynb", "book/assets/book.css"])
def test_a_changed_source_builds_the_book_again(course: Path, runs: list[Path], source: str) -> None:
    build(course, quiet=True)
    with (course / source).open("a", encoding="utf-8") as file:
        file.write("more\n")
    build(course, quiet=True)
    assert len(runs) == 2


def test_force_builds_an_unchanged_book(course: Path, runs: list[Path]) -> None:
    build(course, quiet=True)
    build(course, quiet=True, force=True)
    assert len(runs) == 2


def test_processes_that_build_at_once_build_once(course: Path, runs: list[Path]) -> None:
    threads = [threading.Thread(target=build, args=(course,), kwargs={"quiet": True}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1


def test_a_failed_build_leaves_the_old_book_whole_and_is_tried_again(
    course: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    html = build(course, quiet=True)
    (course / "book" / "index.md").write_text("# Broken\n", encoding="utf-8")

    def fail(root: Path, output: Path) -> Path:
        raise BuildError("no")

    with monkeypatch.context() as patch:
        patch.setattr(building, "_run_jupyter_book", fail)
        with pytest.raises(BuildError):
            build(course, quiet=True)
    assert (html / "index.html").read_text(encoding="utf-8") == "# One page\n"
    build(course, quiet=True)
    assert (html / "index.html").read_text(encoding="utf-8") == "# Broken\n"


def test_a_page_that_does_not_exist_is_named(course: Path, runs: list[Path]) -> None:
    (course / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/lost\n")
    with pytest.raises(BuildError, match="do not exist: notebooks/lost"):
        build(course)
    assert runs == []


def test_a_table_of_contents_that_cannot_be_read_is_named(course: Path, runs: list[Path]) -> None:
    (course / "_toc.yml").write_text("chapters: nonsense\n")
    with pytest.raises(BuildError, match="_toc.yml"):
        build(course)


def test_a_full_disk_is_one_sentence(course: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(building, "_copy_web_files", fill)
    with pytest.raises(BuildError, match="^The disk is full"):
        build(course, quiet=True)


def test_npm_without_a_network_is_one_sentence(root: Path, course: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(root / "book" / "web" / name, course / "book" / "web" / name)
    # Nobody listens on port 9 here; an empty cache keeps npm from doing without the network.
    with (course / "book" / "web" / ".npmrc").open("a", encoding="utf-8") as settings:
        settings.write(f"registry=http://127.0.0.1:9/\ncache={(course / 'cache').as_posix()}\nfetch-retries=0\n")
    with pytest.raises(BuildError, match="^The npm registry cannot be reached"):
        build(course, quiet=True)


def test_another_npm_failure_is_told_in_npms_words() -> None:
    words = "npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed\n"
    assert "EINTEGRITY sha512-x integrity checksum failed" in str(building._explain_npm(words))


def test_a_warning_is_an_error_that_names_its_page(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_install_web_packages", lambda web, say: None)
    (course / "book" / "index.md").write_text("# One page\n\n[lost](lost.md) {cite}`nobody`\n", encoding="utf-8")
    (course / "_build" / "web").mkdir(parents=True)
    with pytest.raises(BuildError) as caught:
        build(course, quiet=True)
    message = str(caught.value).replace("\\", "/")
    assert "book/index.md:3: WARNING" in message
    assert "lost.md" in message
    assert 'could not find bibtex key "nobody"' in message
    assert "\x1b" not in message


def test_a_notebooks_place_is_counted_in_cells() -> None:
    said = "/course/notebooks/a.ipynb:740038: WARNING: could not find bibtex key"
    explained = str(building._explain_jupyter_book(said, Path("/course")))
    assert explained.endswith("notebooks/a.ipynb, cell 74, line 38: WARNING: could not find bibtex key")

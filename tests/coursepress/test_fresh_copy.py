"""The real set-up, in a folder whose name has spaces and Chinese characters. The only tests that need a network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SET_UP_SECONDS = 1200  # a first download over a slow line
pytestmark = pytest.mark.timeout(2 * SET_UP_SECONDS)


def tracked_files(root: Path) -> list[Path]:
    """What a clone would hold, with files that are not committed yet; without git, all but what is generated."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists() and shutil.which("git"):
        names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
        return [root / name for name in names if name and (root / name).is_file()]
    generated = {
        ".venv",
        "_build",
        "work",
        "node_modules",
        "__pycache__",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
    }
    return [path for path in root.rglob("*") if path.is_file() and not generated & set(path.relative_to(root).parts)]


def run(course: Path, *arguments: str, tool: str = "course.py") -> subprocess.CompletedProcess[str]:
    python = [sys._base_executable, str(course / tool)]  # type: ignore[attr-defined]
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    clean["UV_COMPILE_BYTECODE"] = "0"  # it takes longer than all the rest, and is tried by whoever runs these tests
    elsewhere = course.parents[1]
    return subprocess.run(
        [*python, *arguments], cwd=elsewhere, env=clean, capture_output=True, encoding="utf-8", timeout=SET_UP_SECONDS
    )


@pytest.fixture(scope="module")
def course(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the course after its first set-up."""
    copy = tmp_path_factory.mktemp("fresh") / "a b 神经元" / "课程"
    for source in tracked_files(root):
        target = copy / source.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    done = run(copy, "setup")
    if "cannot be reached" in done.stderr and not os.environ.get("CI"):
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


def installed(course: Path) -> dict[str, str]:
    python = course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    listing = [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    packages = json.loads(subprocess.run(listing, capture_output=True, check=True).stdout)
    return {package["name"].lower().replace("_", "-"): package["version"] for package in packages}


def test_the_set_up_installs_what_the_lock_says(course: Path):
    packages = installed(course)
    lock = (course / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(line.split("==") for line in lock.splitlines() if line and ";" not in line)
    assert {name: packages.get(name) for name in pinned} == pinned
    assert "coursekit" in packages


def test_the_set_up_course_works_from_any_folder(course: Path):
    done = run(course, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything a learner needs works." in done.stdout


def test_a_second_run_installs_nothing(course: Path):
    before = (course / ".venv" / ".course.json").stat().st_mtime_ns
    done = run(course, "setup")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (course / ".venv" / ".course.json").stat().st_mtime_ns == before


def test_an_interrupted_installation_is_repaired(course: Path):
    stamp = course / ".venv" / ".course.json"
    stamp.write_text('{"made": true}', encoding="utf-8")
    [broken] = course.glob(".venv/[Ll]ib/**/site-packages/tqdm/std.py")
    broken.unlink()
    done = run(course, "setup")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is half made: making it again" in done.stdout
    assert broken.is_file()


def test_a_moved_course_gets_a_new_environment(course: Path):
    moved = course.rename(course.with_name("课程 2"))
    try:
        done = run(moved, "setup")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "was made in another folder: making it again" in done.stdout
        assert run(moved, "reset", "no-such-chapter").stderr.startswith("There is no chapter")
    finally:
        moved.rename(course)

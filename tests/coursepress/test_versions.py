"""One set of versions, whatever tool installs it; no addresses; no paths of a machine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import coursekit


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def lock(root: Path) -> list[Requirement]:
    return [Requirement(line) for line in (root / "requirements.lock").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def conda(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


def test_the_lock_holds_exact_versions_and_no_address(root: Path, lock: list[Requirement]):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-|@", text, re.MULTILINE)
    assert all([specifier.operator for specifier in one.specifier] == ["=="] for one in lock)


def test_the_lock_holds_every_direct_dependency_in_its_range(project: dict[str, Any], lock: list[Requirement]):
    extras = project["optional-dependencies"]
    direct = [*project["dependencies"], *extras["cpu"], *extras["book"], *extras["test"]]
    versions = {one.name: next(iter(one.specifier)).version for one in lock}
    for wanted in map(Requirement, direct):
        assert wanted.specifier.contains(versions.get(wanted.name, "missing"), prereleases=True), wanted


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(
    ("system", "machine", "package"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
        ("win32", "AMD64", "tensorflow"),
    ],
)
def test_every_computer_gets_exactly_one_tensorflow(
    python: str, system: str, machine: str, package: str, lock: list[Requirement]
):
    where = {
        "sys_platform": system,
        "platform_machine": machine,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    fitting = [one.name for one in lock if one.marker is None or one.marker.evaluate(where)]
    assert [name for name in fitting if name.startswith("tensorflow")] == [package]


def test_conda_and_binder_install_the_lock_and_nothing_else(conda: dict[str, Any], project: dict[str, Any]):
    *packages, by_pip = conda["dependencies"]
    assert by_pip == {"pip": ["--requirement requirements.lock", "--editable ."]}
    assert [re.split("[=<>]", package)[0] for package in packages] == ["python", "pip"]
    python = packages[0].split("=")[1]
    assert SpecifierSet(project["requires-python"]).contains(f"{python}.0")


def test_one_range_of_pythons_everywhere(root: Path, project: dict[str, Any]):
    source = (root / "course.py").read_text(encoding="utf-8")
    pythons = re.findall(r"3\.\d+", re.search(r"PYTHONS = \((.*)\)", source)[1])  # type: ignore[index]
    allowed = SpecifierSet(project["requires-python"])
    assert {f"3.{minor}" for minor in range(8, 20) if allowed.contains(f"3.{minor}.1")} == set(pythons)


def test_one_version_of_coursekit_everywhere(root: Path, project: dict[str, Any]):
    assert coursekit.__version__ == project["version"]
    assert f"## {project['version']}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_ci_runs_the_test_command_of_the_readme(root: Path):
    last = (root / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == "python3 course.py test"
    assert last in (root / "README.md").read_text(encoding="utf-8")


def test_both_licenses_are_whole(root: Path):
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in text
    assert "Attribution 4.0 International" in text
    assert "Section 8 -- Interpretation" in text


def test_set_up_files_name_no_registry_and_no_path_of_a_machine(root: Path):
    names = ["course.py", "Makefile", "README.md", "CONTRIBUTING.md", "environment.yml", "pyproject.toml", ".ci/run"]
    for name in names:
        text = (root / name).read_text(encoding="utf-8")
        assert not re.search(r"pypi\.org|pythonhosted|npmjs\.org|/root/|/tmp/|/work/main", text), name

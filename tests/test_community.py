"""The files that people find beside the book say what is so."""

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def test_the_citation_names_the_version_and_the_licenses_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"]
    assert " AND ".join(citation["license"]) == "MIT AND CC-BY-4.0" == project["license"]
    assert citation["title"] in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", sorted(ROOT.glob(".github/ISSUE_TEMPLATE/[!c]*.yml")), ids=lambda path: path.stem)
def test_a_form_for_reports_asks_at_least_for_one_thing(form):
    asked = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert asked["name"] and asked["description"]
    ids = [field["id"] for field in asked["body"]]
    assert len(set(ids)) == len(ids) > 0
    assert any(field.get("validations", {}).get("required") for field in asked["body"])


def test_security_points_to_what_is_there():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    heading = "What the sandbox stops, and what it does not"
    assert heading in " ".join(text.split())
    assert f"## {heading}\n" in (ROOT / "book" / "for-teachers.md").read_text(encoding="utf-8")
    assert "tests/coursegrade/attacks.py" in text and (ROOT / "tests/coursegrade/attacks.py").is_file()


def test_the_hooks_run_the_tools_of_the_lint_task():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    course = (ROOT / "course.py").read_text(encoding="utf-8")
    for hook in hooks:
        tool = hook["entry"].removeprefix(".venv/bin/python ").removesuffix(" --force-exclude")
        assert f'"{tool}"' in course

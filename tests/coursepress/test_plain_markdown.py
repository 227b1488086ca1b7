"""What JupyterLab shows of a chapter's text in the learner's copy."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest

from coursepress.chapters import list_chapters
from coursepress.plain_markdown import Bibliography, plain_copy

from .conftest import notebook

ROOT = Path(__file__).resolve().parents[2]
WORKS = r"""
@article{two, author = {de Boor, Carl and Andr{\'e}, Ann}, title = {On splines}, journal = {arXiv:9901.1}, year = 1999}
@article{three, author = {A, B and C, D and E, F}, title = {Many}, journal = {J}, year = 2001, doi = {10.1/x}}
@book{one, author = {Solo, Han}, title = {Alone}, year = {1977}, publisher = {Lucas}}
"""
MYST = re.compile(r"\{[a-z][\w:-]*\}`|^\s*(?:`{3,}|:{3,}|~{3,})\{", re.MULTILINE)


@pytest.fixture
def bibliography(tmp_path: Path) -> Bibliography:
    file = tmp_path / "references.bib"
    file.write_text(WORKS, encoding="utf-8")
    return Bibliography(file)


def texts(content: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(content)["cells"] if cell["cell_type"] == "markdown"]


@pytest.mark.parametrize(
    "written, shown",
    [
        ("{cite:t}`two` said", "[de Boor and André (1999)](https://arxiv.org/abs/9901.1) said"),
        ("{cite:t}`three` said", "[A et al. (2001)](https://doi.org/10.1/x) said"),
        ("{cite:t}`one`", "Solo (1977)"),
        ("known {cite}`one, three`.", "known (Solo, 1977; [A et al., 2001](https://doi.org/10.1/x))."),
        ("{cite:t}`nobody`", "[nobody]"),
        ("a {term}`slope` and {term}`gradients <gradient>`", "a slope and gradients"),
        ("the code `{x}` and `f`, a set {1}", "the code `{x}` and `f`, a set {1}"),
    ],
)
def test_roles_become_plain_markdown(bibliography: Bibliography, written: str, shown: str):
    assert texts(plain_copy(notebook(written), bibliography))[0] == shown


def test_the_works_cited_stand_at_the_end_once_and_in_order(bibliography: Bibliography):
    copy = plain_copy(notebook("{cite:t}`three`, {cite:t}`one`, {cite}`three`"), bibliography)
    nbformat.validate(nbformat.reads(copy.decode(), as_version=4))
    heading, works = texts(copy)[-1].split("\n\n")
    assert heading == "## References"
    first, second = works.split("\n")
    assert first.startswith("- ")
    assert "Many" in first
    assert "*Alone*" in second


def test_without_roles_the_copy_has_the_chapters_bytes(bibliography: Bibliography):
    assert plain_copy(notebook("# Plain\n"), bibliography) == notebook("# Plain\n")


@pytest.mark.parametrize("content", [b"", b"no notebook", b"[]", b'{"cells": [{}]}', b"\xff"])
def test_what_is_no_notebook_is_copied_as_it_is(bibliography: Bibliography, content: bytes):
    assert plain_copy(content, bibliography) == content


def test_without_pybtex_a_citation_is_its_key(bibliography: Bibliography, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pybtex.database", None)
    assert texts(plain_copy(notebook("{cite:t}`two` said"), bibliography)) == ["[two] said"]


@pytest.mark.parametrize("chapter", list_chapters(ROOT))
def test_a_copy_of_a_chapter_holds_no_markup_that_jupyterlab_would_show_raw(chapter: str):
    content = list_chapters(ROOT)[chapter].read_bytes()
    copy = plain_copy(content, Bibliography(ROOT / "book" / "references.bib"))
    assert not [found for text in texts(copy) for found in MYST.findall(text)]
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite[:\w]*\}`([^`]+)`", "\n".join(texts(content)))
        for key in keys.split(",")
    }
    assert texts(copy)[-1].count("\n- ") == len(cited)
    assert not [key for key in cited for text in texts(copy) if f"[{key}]" in text]


@pytest.mark.parametrize("chapter", list_chapters(ROOT))
def test_links_of_a_copy_lead_to_other_copies(chapter: str):
    source = list_chapters(ROOT)[chapter]
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", "\n".join(texts(source.read_bytes())))
    chapters = set(list_chapters(ROOT).values())
    assert [link for link in links if (source.parent / link).resolve() not in chapters] == []

"""The bibliography: every entry is whole and cited, and every chapter cites what it builds on."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from pybtex.database import BibliographyData, parse_file

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


@cache
def bibliography() -> BibliographyData:
    return parse_file(ROOT / "book" / "references.bib")


@cache
def citations(file: Path) -> set[str]:
    """The keys that a page or a chapter's text cites."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    return {key.strip() for keys in CITED.findall(text) for key in keys.split(",")}


def pages() -> list[Path]:
    """All pages and chapters, also a chapter that is being written and not yet in the table of contents."""
    return [*sorted((ROOT / "book").glob("*.md")), *sorted((ROOT / "notebooks").glob("*/*.ipynb"))]


def chapters() -> list[str]:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [file for file in files if file.startswith("notebooks/")]


def test_every_entry_is_cited() -> None:
    cited = set().union(*(citations(page) for page in pages()))
    assert set(bibliography().entries) - cited == set()


@pytest.mark.parametrize("key", sorted(bibliography().entries))
def test_an_entry_says_who_what_when_and_where(key: str) -> None:
    entry = bibliography().entries[key]
    assert entry.persons.get("author")
    assert entry.fields.get("title")
    assert re.fullmatch(r"(1[89]|20)\d\d", entry.fields.get("year", ""))
    assert {"doi", "url", "journal", "booktitle", "publisher", "howpublished", "eprint"} & {
        name.lower() for name in entry.fields
    }


@pytest.mark.parametrize("chapter", chapters())
def test_a_chapter_cites_at_least_two_works(chapter: str) -> None:
    assert len(citations(ROOT / f"{chapter}.ipynb")) >= 2


def test_the_built_bibliography_shows_every_entry_once(book: Path) -> None:
    page = BeautifulSoup((book / "book" / "bibliography.html").read_text(encoding="utf-8"), "html.parser")
    assert len(page.select(".citation")) == len(bibliography().entries)


@pytest.mark.parametrize("chapter", chapters())
def test_the_citations_of_a_built_chapter_lead_to_the_bibliography(book: Path, chapter: str) -> None:
    page = BeautifulSoup((book / f"{chapter}.html").read_text(encoding="utf-8"), "html.parser")
    targets = {link["href"] for link in page.select("a[href*='bibliography.html#']")}
    assert len(targets) == len(citations(ROOT / f"{chapter}.ipynb"))

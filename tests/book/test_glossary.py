"""The glossary: one name for each term, the Chinese of the chapters, and the links from their first uses."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup, SoupStrainer, Tag

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "book" / "glossary.md"
SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
EVERYDAY = set(SETTINGS["sphinx"]["config"]["glossary_everyday"])
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def is_no_prose(tag: Tag) -> bool:
    """Headings, code, tables, names of other chapters, and whatever a cell shows."""
    known = tag.name in ("h1", "h2", "h3", "pre", "code", "table", "em", "summary", "script", "style")
    other_link = tag.name == "a" and not is_glossary_link(tag)
    return known or other_link or bool({"cell", "math", "toctree-wrapper"} & set(tag.get("class", [])))


@dataclass(frozen=True)
class Entry:
    """What stands in the glossary about one term."""

    letter: str
    names: list[str]
    definition: str
    libraries: str

    @property
    def english(self) -> list[str]:
        return [name for name in self.names if not CHINESE.search(name)]

    @property
    def chinese(self) -> list[str]:
        return [name for name in self.names if CHINESE.search(name)]


@cache
def entries() -> dict[str, Entry]:
    """The glossary's entries by their first name."""
    found = []
    text = GLOSSARY.read_text(encoding="utf-8")
    for letter, block in re.findall(r"^## (\w)\n\n```\{glossary\}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        for names, body in re.findall(r"((?:^\S.*\n)+)((?:^  .*\n|^\n)+)", block, flags=re.MULTILINE):
            definition, libraries = (part.strip() for part in body.strip().split("\n\n"))
            found.append(Entry(letter, names.split("\n")[:-1], definition, libraries))
    return {entry.names[0]: entry for entry in found}


def chapters() -> list[str]:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [file for file in files if file.startswith("notebooks/")]


def text_of(chapter: Path, *, code: bool = False) -> str:
    cells = nbformat.read(chapter, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if code or cell.cell_type == "markdown")


def names_in(cell: str) -> list[tuple[str, list[str]]]:
    """The names in a table's cell, each with its aliases: `a (b), c` holds a, which is also called b, and c."""
    found = []
    for name in re.split(r", |[,，、]", cell):
        first, *others = re.split(r" ?[(（]", re.sub(r"[)）]$", "", name.strip()))
        found.append((first, others))
    return found


def terms(chapter: str) -> Iterator[tuple[tuple[str, list[str]], tuple[str, list[str]]]]:
    """The terms of a chapter's table, each an English and a Chinese name with their aliases.

    A row may hold several terms, `batch, epoch`, or one with several Chinese names.
    """
    table = re.search(
        r"^\| English \| 中文 \|.*\n\|.*\n((?:\|.*\n)+)", text_of(ROOT / f"{chapter}.ipynb"), re.MULTILINE
    )
    assert table, "the chapter has no table of terms"
    for row in table[1].splitlines():
        english, chinese = (names_in(cell) for cell in row.split("|")[1:3])
        if len(english) == 1:
            chinese = [(chinese[0][0], [*chinese[0][1], *(name for name, _ in chinese[1:])])]
        yield from zip(english, chinese, strict=True)


def test_the_glossary_holds_at_least_60_whole_entries() -> None:
    assert len(entries()) >= 60
    for name, entry in entries().items():
        assert entry.chinese, name
        assert re.fullmatch(r"[^.]+(\.\d[^.]*)*\.", entry.definition), f"{name}: a definition is one sentence"
        assert re.fullmatch(r"Keras \S.* · PyTorch \S.* · \[\]\(\S+\)", entry.libraries), name


def test_entries_stand_in_the_order_of_the_alphabet_below_their_letter() -> None:
    names = list(entries())
    assert names == sorted(names, key=str.casefold)
    assert [entry.letter for entry in entries().values()] == [name[0].upper() for name in names]


def test_the_glossary_holds_no_name_twice() -> None:
    names = [name for entry in entries().values() for name in entry.names]
    assert sorted(names) == sorted(set(names))


def test_every_link_leads_to_a_section_that_speaks_of_the_term() -> None:
    silent = []
    for name, entry in entries().items():
        file, anchor = re.findall(r"\[\]\((\S+)#(\S+)\)", entry.libraries)[0]
        sections = re.split(r"^## ", text_of(GLOSSARY.parent / file, code=True), flags=re.MULTILINE)
        anchors = [re.sub(r"[^\w -]", "", section.split("\n")[0].lower()).replace(" ", "-") for section in sections]
        section = sections[anchors.index(anchor)].casefold()
        if not any(all(stem in section for stem in stems(other)) for other in entry.names):
            silent.append(f"{name}: {file}#{anchor}")
    assert silent == []


def stems(name: str) -> list[str]:
    """What other forms of a name's words begin with: `built` and `building` like `build`."""
    return [word if CHINESE.search(word) else word[: max(3, len(word) - 3)] for word in name.casefold().split()]


def test_every_dotted_keras_name_exists() -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    homes = {"keras": keras, "tf": tf, "np": np}
    homes |= {name: importlib.import_module(f"keras.{name}") for name in ("layers", "callbacks", "losses", "metrics")}
    for name, entry in entries().items():
        for path in re.findall(r"`([a-z]+(?:\.\w+)+)", entry.libraries.partition(" · PyTorch")[0]):
            home, *attributes = path.split(".")
            found = homes.get(home)
            for attribute in attributes if found else ():
                assert hasattr(found, attribute), f"{name}: {path}"
                found = getattr(found, attribute)


@pytest.mark.parametrize("chapter", chapters())
def test_every_term_of_a_chapter_is_in_the_glossary_under_the_same_names(chapter: str) -> None:
    wrong = [
        f"{name}: {chinese}"
        for (name, aliases), (chinese, others) in terms(chapter)
        if name not in entries()
        or not {*aliases, *others} <= set(entries()[name].names)
        or chinese != entries()[name].chinese[0]
    ]
    assert wrong == []


def first_uses(page: Tag) -> Iterator[tuple[str, Tag | None]]:
    """The terms in the order in which a page's prose uses them, each with the link that it stands in."""
    owners = {name.casefold(): entry.names[0] for entry in entries().values() for name in entry.english}
    choices = "|".join(re.escape(name) for name in sorted(owners, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({choices})(?:e?s)?(?![\w-])", re.IGNORECASE)
    for text in page.find_all(string=True):
        if not text.find_parent(is_no_prose):
            for found in pattern.finditer(" ".join(text.split())):
                yield owners[found[1].casefold()], text.find_parent(is_glossary_link)


def is_glossary_link(tag: Tag) -> bool:
    return "glossary-link" in tag.get("class", [])


@pytest.fixture(scope="module")
def chapter_page(book: Path, request: pytest.FixtureRequest) -> Tag:
    html = (book / f"{request.param}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("article")).article


@pytest.mark.parametrize("chapter_page", chapters(), indirect=True, scope="module")
def test_a_chapter_links_the_first_use_of_each_term_in_its_prose_and_no_other(chapter_page: Tag) -> None:
    seen: set[str] = set()
    wrong = []
    for term, link in first_uses(chapter_page):
        if (link is None) == (term not in seen) and term not in EVERYDAY:
            wrong.append(term)
        seen.add(term)
    assert wrong == []


def in_letters(text: str) -> str:
    """The text without signs: pages have other quotation marks than sources."""
    return " ".join(re.findall(r"\w+", text))


@pytest.mark.parametrize("chapter_page", chapters(), indirect=True, scope="module")
def test_links_to_the_glossary_say_what_the_term_means(chapter_page: Tag) -> None:
    definitions = {in_letters(entry.definition) for entry in entries().values()}
    links = chapter_page.find_all(is_glossary_link)
    assert len(links) >= 8
    assert len({link["href"] for link in links}) == len(links)
    for link in links:
        assert re.fullmatch(r"(\.\./)+book/glossary\.html#term-[\w-]+", link["href"])
        assert in_letters(link["title"]) in definitions
        assert not link.find_parent(is_no_prose)


@pytest.mark.parametrize("chapter_page", chapters(), indirect=True, scope="module")
def test_an_everyday_word_is_linked_only_where_the_chapter_names_it_in_bold(chapter_page: Tag) -> None:
    for term, link in first_uses(chapter_page):
        if link is not None and term in EVERYDAY:
            assert link.parent.name == "strong", f"{term} in: {link.parent.get_text()}"
            assert link.parent.get_text() == link.get_text()

"""Every link, picture, script and style of the built pages leads to something that exists."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class Links(HTMLParser):
    """What a page points to, and the anchors that others can point to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        self.targets |= {value for name in ("href", "src") if (value := values.get(name))}


@cache
def read(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


@pytest.fixture(scope="module")
def pages(book: Path) -> list[Path]:
    return sorted(page for page in book.rglob("*.html") if "_static" not in page.relative_to(book).parts)


def test_no_link_inside_the_book_is_dead(book: Path, pages: list[Path]) -> None:
    dead = []
    for page in pages:
        for target in sorted(read(page).targets):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchor = unquote(parts.fragment)
            if not file.is_relative_to(book) or not file.is_file():
                dead.append(f"{page.relative_to(book)}: {target}")
            elif anchor and file.suffix == ".html" and anchor not in read(file).anchors:
                dead.append(f"{page.relative_to(book)}: {target} (no such heading)")
    assert dead == []


def test_pages_take_no_part_of_themselves_from_elsewhere(book: Path, pages: list[Path]) -> None:
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for start in ('<script src="http', '<link rel="stylesheet" href="http', '<img src="http', 'src="//'):
            assert start not in text, f"{page.relative_to(book)} has {start}"


def test_every_picture_says_what_it_shows(pages: list[Path]) -> None:
    class Pictures(HTMLParser):
        silent: list[str]

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            if tag == "img" and not dict(attributes).get("alt"):
                self.silent.append(str(dict(attributes).get("src"))[:80])

    for page in pages:
        pictures = Pictures()
        pictures.silent = []
        pictures.feed(page.read_text(encoding="utf-8"))
        assert pictures.silent == [], page.name


def test_the_lab_script_of_the_built_book_is_empty(book: Path) -> None:
    assert (book / "_static" / "lab.js").read_text(encoding="utf-8") == ""

"""The map on the first page: drawn from what the chapters say of themselves, and the same as a list."""

import re
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from learning_map import Chapter, arrows, chapters, draw, needs, rows  # noqa: E402


def chapter(name: str, before: str, **changes: object) -> Chapter:
    """A chapter with nothing but its first cell."""
    made = Chapter(name, name.partition("/")[0], Path("none.ipynb"))
    text = f"# {name}\n\n**Before you start**: {before}\n\n**Time**: 30 minutes, and 15 for the exercises."
    vars(made)["cells"] = [{"cell_type": "markdown", "source": [text]}]
    return made


def small_book() -> dict[str, Chapter]:
    names = {
        "a/one": "some Python. Later comes [four](../b/four.ipynb).",
        "a/two": "[one](one.ipynb)",
        "a/three": "[one](one.ipynb) and [two](two.ipynb) and [a page](../../book/glossary.md)",
        "b/four": "[one](../a/one.ipynb)",
    }
    return {name: chapter(name, before) for name, before in names.items()}


def test_a_link_to_an_earlier_chapter_is_a_need_and_one_to_a_later_chapter_is_not():
    assert needs(small_book()) == {"a/one": [], "a/two": ["a/one"], "a/three": ["a/one", "a/two"], "b/four": ["a/one"]}


def test_what_follows_from_other_arrows_is_not_drawn():
    drawn = arrows(needs(small_book()))
    assert drawn == [("a/one", "a/two"), ("a/two", "a/three"), ("a/one", "b/four")]


def test_every_chapter_of_the_book_stands_below_all_that_it_needs():
    book = chapters(ROOT)
    row = rows(book)
    assert all(row[other] < row[name] for name, others in needs(book).items() for other in others)
    places = [(chapter.part, row[name]) for name, chapter in book.items()]
    assert len(set(places)) == len(places)


def test_only_a_chapter_without_a_link_can_be_a_first_one():
    firsts = [name for name, others in needs(chapters(ROOT)).items() if not others]
    assert firsts == ["networks/neuron"]


def test_a_first_cell_without_a_time_is_told():
    untimed = chapter("a/one", "nothing")
    untimed.cells[0]["source"][0] = "# One\n\n**Before you start**: nothing."
    with pytest.raises(ValueError, match=r"first cell of a/one lacks a line \*\*Time"):
        print(untimed.minutes)


def test_a_picture_that_no_chapter_draws_is_told():
    with pytest.raises(ValueError, match="no picture whose description starts with 'A unicorn'"):
        chapters(ROOT)["networks/neuron"].picture("A unicorn")


def test_names_and_titles_are_escaped():
    odd = chapter("a/one", "nothing")
    odd.cells[0]["source"][0] = odd.cells[0]["source"][0].replace("# a/one", "# A < B & C")
    assert "A &lt; B &amp; C" in draw({"a/one": odd}, lambda name: f"{name}.html?a&b")


def test_the_first_page_links_every_chapter_in_the_map_and_in_the_list(book: Path):
    page = (book / "book" / "index.html").read_text(encoding="utf-8")
    drawn, listed = re.search(r'<svg class="learning-map".*?</svg>.*?</section>', page, re.DOTALL)[0].split("</svg>")
    for name in chapters(ROOT):
        assert f'href="../notebooks/{name}.html" data-chapter="{name}"' in drawn
        assert re.search(rf'<a [^>]*href="../notebooks/{name}.html"', listed)


def test_a_chapter_in_focus_marks_all_that_it_builds_on(browser: Browser, book: Path):
    chain = ["networks/neuron", "networks/layers", "networks/sgd"]
    with closing(browser.new_page(viewport={"width": 1280, "height": 900})) as page:
        page.goto((book / "book" / "index.html").as_uri())
        page.locator("[data-chapter='networks/sgd']").focus()
        marked = page.locator(".learning-map .on-the-way").evaluate_all(
            "found => found.map((one) => one.dataset.chapter ?? `${one.dataset.from} ${one.dataset.to}`)"
        )
    assert set(marked) == {*chain, *(" ".join(pair) for pair in pairwise(chain))}

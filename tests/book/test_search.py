"""The search of the built book, in English with its stems and in Chinese without spaces."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

CHINESE_CHARACTERS = re.compile("[\u4e00-\u9fff]")
FOUND = {  # what is asked: a page that has to be found
    "convolutions": "notebooks/vision/filter-detect",  # the chapters say "convolution"
    "overfitting": "notebooks/networks/overfitting",
    "perceptrons": "notebooks/networks/neuron",
    "stochastic pooling": "notebooks/vision/condense",
    "hessian": "notebooks/tensorflow/gradient-tape",
    "卷积核": "notebooks/vision/filter-detect",
    "感受野": "notebooks/vision/sliding-window",
    "不变性": "notebooks/vision/condense",  # stands in 平移不变性 only
    "链式法则": "notebooks/tensorflow/derivatives",
    "召回率": "notebooks/networks/classification",
    "核": "notebooks/vision/filter-detect",  # one character
    "keras后端": "notebooks/networks/neuron",  # two languages without a space
}


ON_FILE = ("convolutions", "不变性")  # one word of each language; all with --thorough


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for every word behind a server, and for some on the disk."""
    if "search_address" in metafunc.fixturenames:
        on_file = FOUND if metafunc.config.getoption("thorough") else ON_FILE
        asked = [*(("static", words) for words in FOUND), *(("file", words) for words in on_file)]
        metafunc.parametrize("search_address, words", asked, indirect=["search_address"])


@pytest.fixture
def search_address(request: pytest.FixtureRequest, book: Path) -> str:
    """The search page behind a server that knows nothing of Jupyter, and as a file on the disk."""
    if request.param == "file":
        return (book / "search.html").as_uri()
    return f"{request.getfixturevalue('static').book}search.html"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Any:
    with closing(browser.new_page()) as page:
        yield page


def search(page: Page, address: str, words: str) -> list[str]:
    """The pages found, best first."""
    page.goto(address)
    box = page.locator("input[name=q]:visible").first
    box.fill(words)
    box.press("Enter")
    page.locator(".search-summary:not(:empty)").wait_for()
    links = [link.get_attribute("href") for link in page.locator("#search-results li a").all()]
    return [link.partition(".html")[0] for link in links if link]


def test_a_term_is_found(page: Page, search_address: str, words: str) -> None:
    assert FOUND[words] in search(page, search_address, words)


def test_a_chinese_word_is_found_inside_a_longer_run_of_characters(page: Page, static: Any, root: Path) -> None:
    source = (root / "notebooks" / "vision" / "condense.ipynb").read_text(encoding="utf-8")
    places = [match.start() for match in re.finditer("不变性", source)]
    assert places
    assert all(CHINESE_CHARACTERS.match(source, place - 1) for place in places)  # never at the start of a run
    assert "notebooks/vision/condense" in search(page, f"{static.book}search.html", "不变性")


def test_characters_that_stand_nowhere_together_find_nothing(page: Page, static: Any) -> None:
    assert search(page, f"{static.book}search.html", "鱼卷积") == []


def test_a_found_page_marks_the_whole_chinese_word(page: Page, static: Any) -> None:
    search(page, f"{static.book}search.html", "感受野")
    page.locator("#search-results li a[href*=sliding-window]").first.click()
    page.locator(".highlighted").first.wait_for(state="attached")
    assert set(page.locator(".highlighted").all_text_contents()) == {"感受野"}


def test_all_english_words_of_a_query_are_needed(page: Page, static: Any) -> None:
    both = search(page, f"{static.book}search.html", "stochastic pooling")
    assert set(both) < set(search(page, f"{static.book}search.html", "stochastic"))

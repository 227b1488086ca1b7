"""The book from a folder, on paper, from the keyboard alone, without motion, without JavaScript.

Each on one page or two, as what is tried there is the same code on every page; on all with `--thorough`.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, ConsoleMessage, Page

from coursepress import build as building
from coursepress.widget_state import views

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = [[chapter["file"] for chapter in part["chapters"]] for part in CONTENTS["parts"]]
CHAPTERS = [name for names in FILES for name in names if name.startswith("notebooks/")]
ONE_A_PART = [chapters[0] for names in FILES if (chapters := [name for name in names if name in CHAPTERS])]
PAGES = [CONTENTS["root"], *(name for names in FILES for name in names if name not in CHAPTERS), *ONE_A_PART]
DESKTOP = {"width": 1280, "height": 900}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the pages that stand for all."""
    thorough = metafunc.config.getoption("thorough")
    if "any_page" in metafunc.fixturenames:
        metafunc.parametrize("any_page", PAGES if thorough else ["book/find-your-question", ONE_A_PART[0]])
    if "any_chapter" in metafunc.fixturenames:
        metafunc.parametrize("any_chapter", ONE_A_PART if thorough else ONE_A_PART[:1])


def figures(chapter: str) -> int:
    """How many figures of a chapter can be moved."""
    cells = json.loads((ROOT / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    return len(list(views(output for cell in cells for output in cell.get("outputs", []))))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with closing(browser.new_page(viewport=DESKTOP, reduced_motion="reduce")) as page:
        yield page


def opened(page: Page, book: Path, name: str) -> Page:
    """The page from its folder, with no server at all, when everything is drawn."""
    page.goto((book / f"{name}.html").as_uri())
    page.evaluate("() => window.MathJax?.startup?.promise")
    if name in CHAPTERS:
        page.wait_for_function(
            "wanted => document.querySelectorAll('.widget-subarea img').length >= wanted", arg=figures(name)
        )
    return page


# From a folder -------------------------------------------------------------------------------------------------------


def test_a_page_opened_from_a_folder_is_whole(page: Page, book: Path, any_page: str) -> None:
    trouble: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Browsers load no fonts from a folder; icons have another way there.
        about_font = message.text.startswith("Access to font") or re.search(r"\.(woff2?|ttf)", message.location["url"])
        if message.type == "error" and not about_font:
            trouble.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    opened(page, book, any_page)
    assert page.locator(".math:visible:not(:has(mjx-container))").count() == 0
    assert page.locator(".bd-article img:visible").evaluate_all("all => all.filter((one) => !one.naturalWidth)") == []
    assert trouble == []


def test_a_figure_opened_from_a_folder_moves(page: Page, book: Path, any_chapter: str) -> None:
    slider = opened(page, book, any_chapter).locator(".noUi-handle:visible").first
    picture = slider.locator("xpath=ancestor::*[contains(@class, 'widget-subarea')]").locator("img:visible")
    before = picture.get_attribute("src")
    slider.focus()
    slider.press("ArrowRight")
    for _ in range(200):
        if picture.get_attribute("src") != before:
            break
        page.wait_for_timeout(50)
    assert picture.get_attribute("src") != before


# On paper ------------------------------------------------------------------------------------------------------------


def test_a_printed_chapter_is_open_wrapped_and_light(browser: Browser, book: Path, any_chapter: str) -> None:
    with closing(browser.new_page(viewport=DESKTOP, color_scheme="dark")) as page:
        opened(page, book, any_chapter)
        assert page.locator("html").get_attribute("data-theme") == "dark"
        paper = page.evaluate("""() => {
            dispatchEvent(new Event("beforeprint"));
            return document.querySelectorAll(".bd-article details:not([open])").length;
        }""")
        assert paper == 0
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 720, "height": 1000})  # A4 without its margins, at 96 dots an inch
        assert page.locator("html").get_attribute("data-theme") == "light"
        cut = page.locator(".bd-article pre").evaluate_all(
            "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
        )
        assert cut == []
        frames = page.locator(".widget-subarea:has(img:visible)").count()
        assert frames == figures(any_chapter)
        for unwanted in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".widget-play button"):
            assert page.locator(f"{unwanted}:visible").count() == 0
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.locator(".bd-article details:not([open])").count() > 0


# From the keyboard alone ---------------------------------------------------------------------------------------------

REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0)"""
MARK = f"() => ({REACHABLE})().forEach((one, number) => (one.dataset.reach = number))"
FOCUSED = """() => {
    const one = document.activeElement;
    const marks = [getComputedStyle(one), getComputedStyle(one, "::after")];
    const visible = marks.some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
    return [one.dataset.reach, visible, one.outerHTML.slice(0, 80)];
}"""


@pytest.mark.parametrize("name", [CONTENTS["root"], "book/find-your-question", ONE_A_PART[0]])
def test_the_tab_key_alone_reaches_everything_and_shows_where_it_is(page: Page, book: Path, name: str) -> None:
    opened(page, book, name)
    page.wait_for_timeout(500)  # until the last slider has its name
    page.evaluate(MARK)
    wanted = set(page.evaluate(f"() => ({REACHABLE})().map((one) => one.dataset.reach)"))
    reached, unseen = set(), set()
    for _ in range(len(wanted) + 20):
        page.keyboard.press("Tab")
        number, visible, what = page.evaluate(FOCUSED)
        reached.add(number)
        if number is not None and not visible:
            unseen.add(what)
    missed = page.evaluate(
        f"""reached => ({REACHABLE})().filter((one) => !reached.includes(one.dataset.reach))
            .map((one) => one.outerHTML.slice(0, 90))""",
        list(reached - {None}),
    )
    assert missed == []
    assert unseen == set()


def test_a_fold_opens_with_the_enter_key(page: Page, book: Path) -> None:
    opened(page, book, ONE_A_PART[0])
    fold = page.locator(".bd-article details:not([open])").first.element_handle()  # a locator would find another one
    assert not fold.evaluate("one => one.open")
    fold.query_selector("summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("one => one.open")


# Without motion ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [CONTENTS["root"], ONE_A_PART[0]])
def test_nothing_glides_for_who_asked_for_less_motion(page: Page, book: Path, name: str) -> None:
    opened(page, book, name)
    longest = page.evaluate("""() => Math.max(...[...document.querySelectorAll("*")].flatMap((one) => {
        const style = getComputedStyle(one);
        return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].map(parseFloat);
    }))""")
    assert longest <= 0.001


# Without JavaScript --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    with closing(browser.new_page(java_script_enabled=False, viewport=DESKTOP)) as page:
        yield page


def test_a_chapter_without_javascript_has_its_text_code_formulas_and_first_frames(
    plain: Page, book: Path, any_chapter: str
) -> None:
    plain.goto((book / f"{any_chapter}.html").as_uri())
    assert plain.locator(".bd-article h2:visible").count() >= 5
    assert plain.locator(".bd-article .cell_input pre:visible").count() >= 15
    assert plain.locator(".bd-article noscript img:visible").count() == figures(any_chapter)
    formulas = [formula.inner_text() for formula in plain.locator(".bd-article .math:visible").all()]
    assert all(re.match(r"\s*\\[(\[]", formula) for formula in formulas)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_that_moves_has_its_first_frame_without_javascript(book: Path, name: str) -> None:
    page = (book / f"{name}.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<noscript>\s*<img [^>]*src=\"data:image/png", page)) == figures(name)


def test_every_page_without_javascript_leads_on(plain: Page, book: Path) -> None:
    plain.goto((book / f"{CONTENTS['root']}.html").as_uri())
    assert plain.locator(".map-list a:visible").count() >= len(CHAPTERS)
    assert plain.locator(".bd-sidebar-primary a:visible").count() >= len(CHAPTERS)


# Taking a chapter along ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_can_be_downloaded_as_a_notebook(book: Path, name: str) -> None:
    page = (book / f"{name}.html").read_text(encoding="utf-8")
    (offered,) = set(re.findall(r'href="([^"]+\.ipynb)"', page))
    given = (book / name).parent / offered
    assert given.read_bytes() == (ROOT / f"{name}.ipynb").read_bytes()


@pytest.mark.parametrize("name", CHAPTERS[:1])
def test_without_an_address_of_the_repository_there_are_no_buttons_of_binder_and_colab(book: Path, name: str) -> None:
    page = (book / f"{name}.html").read_text(encoding="utf-8")
    assert "mybinder.org" not in page
    assert "colab.research.google.com" not in page


def test_with_an_address_of_the_repository_a_chapter_has_buttons_of_binder_and_colab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_install_web_packages", lambda web, say: None)
    monkeypatch.setattr(building, "_copy_web_files", lambda web, target: target.mkdir(parents=True))
    shutil.copytree(ROOT / "book" / "assets", tmp_path / "book" / "assets")
    shutil.copytree(ROOT / "book" / "_ext", tmp_path / "book" / "_ext")
    shutil.copyfile(ROOT / "book" / "references.bib", tmp_path / "book" / "references.bib")
    settings = (ROOT / "_config.yml").read_text(encoding="utf-8")
    address = "https://github.com/someone/neuron-to-gan"
    (tmp_path / "_config.yml").write_text(settings.replace('repository_url: ""', f"repository_url: {address}"))
    (tmp_path / "notebooks").mkdir()
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# One chapter"]}
    chapter = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks" / "one.ipynb").write_text(json.dumps(chapter))
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: notebooks/one\n")
    page = (building.build(tmp_path, quiet=True) / "notebooks" / "one.html").read_text(encoding="utf-8")
    assert "https://mybinder.org/v2/gh/someone/neuron-to-gan/" in page
    assert "https://colab.research.google.com/github/someone/neuron-to-gan/blob/" in page
    assert "urlpath=lab/tree/notebooks/one.ipynb" in page

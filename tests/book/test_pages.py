"""Every page of the book, as a reader's browser shows it: opened once, and tried by all tests of this module.

The Jupyter server shows every page; a plain static server one chapter, and all with `--thorough`. What may break a page
on one server alone breaks it on every page: addresses, and the scripts that look for JupyterLab.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

from coursepress.widget_state import models, views

ROOT = Path(__file__).resolve().parents[2]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
COLUMNS = 79  # what a line of code may have
SERIOUS = {"serious", "critical"}
AXE = ROOT / "book" / "web" / "node_modules" / "axe-core" / "axe.min.js"
# Thousands of words of code have two dozen colors: axe looks at the first word of each kind.
KEEP_ONE_OF_A_KIND = """() => {
    const kinds = new Set();
    for (const word of document.querySelectorAll(".highlight pre span")) {
        if (kinds.has(word.className)) word.replaceWith(...word.childNodes);
        kinds.add(word.className);
    }
    document.querySelectorAll(".highlight pre").forEach((code) => code.normalize());
}"""
# A contrast depends on colors and sizes alone: axe looks at one text of each kind, on one kind of ground.
MARK_ONE_OF_A_CONTRAST = """() => {
    const grounds = new Map(), kinds = new Set();
    const ground = (one) => {
        if (!one) return "";
        if (!grounds.has(one)) {
            const style = getComputedStyle(one), clear = style.backgroundColor === "rgba(0, 0, 0, 0)";
            const own = `${clear ? "" : style.backgroundColor} ${style.backgroundImage} ${style.opacity}`;
            grounds.set(one, own === " none 1" ? ground(one.parentElement) : `${ground(one.parentElement)}|${own}`);
        }
        return grounds.get(one);
    };
    for (const one of document.body.querySelectorAll("*")) {
        one.removeAttribute("data-contrast");
        const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!text && !one.matches("input, select, textarea")) continue;
        const { color, fontSize, fontWeight } = getComputedStyle(one);
        const seen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        const kind = [one.tagName, one.className, color, fontSize, fontWeight, seen, ground(one)].join();
        if (!kinds.has(kind)) one.setAttribute("data-contrast", "");
        kinds.add(kind);
    }
}"""
RUN_CONTRAST = """() => axe.run({ include: ["[data-contrast]"] },
    { resultTypes: ["violations"], preload: false, runOnly: ["color-contrast"] })"""
RUN_AXE = """() => axe.run(document,
    { resultTypes: ["violations"], preload: false, rules: { "color-contrast": { enabled: false } } })"""
SCROLLING_CODE = f"""all => all.filter((code) => code.scrollWidth > code.clientWidth)
    .flatMap((code) => code.textContent)
    .filter((text) => text.split("\\n").every((line) => line.length <= {COLUMNS}))"""

UNREACHABLE = """all => all.filter((one) => one.scrollWidth > one.clientWidth && one.tabIndex < 0)
    .map((one) => one.textContent)"""
BROKEN_NAMES = """all => all.filter((one) => /^\\w+$/.test(one.textContent) && one.getClientRects().length > 1)
    .map((one) => one.textContent)"""


def listed_pages() -> list[str]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"]), "search"]


PAGES = listed_pages()
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test all pages; they come page by page, for the visits last as long as this module."""
    elsewhere = PAGES if metafunc.config.getoption("thorough") else CHAPTERS[:1]
    visits = [*(("jupyter", page) for page in PAGES), *(("static", page) for page in elsewhere)]
    if "visit" in metafunc.fixturenames:
        ids = [f"{host}:{page}" for host, page in visits]
        metafunc.parametrize("visit", visits, ids=ids, indirect=True, scope="module")


@dataclass
class Visit:
    """A page that is open, and what has been noticed since it was asked for."""

    host: str
    name: str
    page: Page
    foreign: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def open(self, book: str) -> None:
        """Load the page, and note what it asks for and complains of."""

        def note_request(request: Request) -> None:
            if not request.url.startswith((book, "data:", "blob:")):
                self.foreign.append(request.url)

        def note_message(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.trouble.append(message.text)

        self.page.on("request", note_request)
        self.page.on("console", note_message)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("requestfailed", lambda request: self.trouble.append(f"no answer: {request.url}"))
        self.page.on("response", lambda got: self.trouble.append(f"{got.status} {got.url}") if not got.ok else None)
        self.page.goto(f"{book}{self.name}.html")
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("() => window.MathJax?.startup?.promise")

    @cached_property
    def notebook(self) -> dict[str, Any]:
        """The chapter that the page shows; without cells for other pages."""
        empty: dict[str, Any] = {"cells": [], "metadata": {}}
        source = ROOT / f"{self.name}.ipynb"
        return json.loads(source.read_text(encoding="utf-8")) if source.exists() else empty

    @property
    def figures(self) -> int:
        """How many figures of the chapter can be moved."""
        return len(list(views(output for cell in self.notebook["cells"] for output in cell.get("outputs", []))))

    def tagged(self, tag: str) -> int:
        """How many cells of the chapter have the tag."""
        return sum(tag in cell["metadata"].get("tags", ()) for cell in self.notebook["cells"])


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all visits, so that scripts are compiled once."""
    with closing(browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")) as context:
        yield context


@pytest.fixture(scope="module")
def visit(request: pytest.FixtureRequest, context: BrowserContext) -> Iterator[Visit]:
    host, name = request.param
    served = request.getfixturevalue(host)
    with closing(context.new_page()) as page:
        visit = Visit(host, name, page)
        visit.open(served.host.book if host == "jupyter" else served.book)
        yield visit


# The page as it comes ------------------------------------------------------------------------------------------------


def test_every_formula_is_typeset(visit: Visit) -> None:
    assert visit.page.locator(".math:visible:not(:has(mjx-container))").count() == 0


def test_every_widget_is_drawn(visit: Visit) -> None:
    assert visit.page.locator(".widget-subarea:has(img:visible)").count() == visit.figures


def test_only_the_jupyter_server_offers_the_learners_copy(visit: Visit) -> None:
    offered = [link.get_attribute("href") for link in visit.page.locator("a.open-lab").all()]
    has_copy = visit.host == "jupyter" and visit.name in CHAPTERS
    assert offered == [f"/lab/tree/{visit.name.removeprefix('notebooks/')}.ipynb"] * has_copy


def test_code_within_79_columns_does_not_scroll_sideways(visit: Visit) -> None:
    assert visit.page.locator(".bd-article .cell_input pre:visible").evaluate_all(SCROLLING_CODE) == []


# What a reader moves and opens ---------------------------------------------------------------------------------------


def shown(picture: Locator) -> tuple[str | None, str | None]:
    return picture.get_attribute("src"), picture.get_attribute("alt")


def wait_for_another(picture: Locator, before: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """The picture that is shown as soon as it is another one; the same one if it stays for twenty seconds."""
    for _ in range(400):
        if shown(picture) != before:
            break
        picture.page.wait_for_timeout(50)
    return shown(picture)


def test_moving_two_sliders_changes_the_picture_twice(visit: Visit) -> None:
    sliders = visit.page.locator(".noUi-handle:visible")
    assert sliders.count() >= 2 * (visit.name in CHAPTERS)
    for slider in sliders.all()[:2]:
        picture = slider.locator("xpath=ancestor::*[contains(@class, 'widget-subarea')]").locator("img:visible")
        before = shown(picture)
        slider.focus()
        slider.press("ArrowRight")
        assert wait_for_another(picture, before) != before
        assert slider.get_attribute("aria-label")


def test_play_plays_and_pauses(visit: Visit) -> None:
    figures = visit.page.locator(".widget-subarea:has(.widget-play)").all()
    assert bool(figures) == any(model["model_name"] == "PlayModel" for model in models(visit.notebook).values())
    for figure in figures[:1]:
        picture, button = figure.locator("img:visible"), figure.locator(".widget-play button").first
        first = shown(picture)
        button.click()
        figure.locator(".widget-play button[aria-label=Pause]").wait_for()
        second = wait_for_another(picture, first)
        assert second != first
        assert wait_for_another(picture, second) != second
        button.click()
        visit.page.wait_for_selector(".widget-play button[aria-label=Play]")


def test_checked_claims_are_folded_and_open_at_a_click(visit: Visit) -> None:
    folds = visit.page.locator(".cell.tag_hide-input")
    assert folds.count() == visit.tagged("hide-input")
    assert visit.page.locator(".cell.tag_hide-input .cell_input:visible").count() == 0
    hidden_outputs = ".cell.tag_hide-input:has(.cell_output):not(:has(.cell_output:visible))"
    assert visit.page.locator(hidden_outputs).count() == 0
    for fold in folds.all()[:1]:
        button, code = fold.get_by_text("claims checked", exact=True).filter(visible=True), fold.locator("pre").first
        button.click()
        code.wait_for()
        button.click()
        code.wait_for(state="hidden")


# On a phone, and for every reader ------------------------------------------------------------------------------------


def test_a_page_is_not_wider_than_a_phone_and_all_that_scrolls_in_it_can_be_reached(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size(PHONE)
    wider = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    folds = page.locator(".cell.tag_hide-input summary")
    if folds.count():
        folds.first.click()
        page.locator(".cell.tag_hide-input .cell_input:visible").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    unreachable = page.locator(".bd-article pre:visible").evaluate_all(UNREACHABLE)
    broken = page.locator(".bd-article table code .pre:visible").evaluate_all(BROKEN_NAMES)
    page.set_viewport_size(DESKTOP)
    assert wider <= 0
    assert unreachable == []
    assert broken == []


def test_a_page_puts_no_serious_barrier_in_a_readers_way(visit: Visit) -> None:
    page = visit.page
    page.evaluate(KEEP_ONE_OF_A_KIND)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {"any theme": page.evaluate(RUN_AXE)["violations"]}
    for theme in ("light", "dark"):  # a theme changes colors alone
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"html[data-theme={theme}]")
        page.evaluate(MARK_ONE_OF_A_CONTRAST)
        found[theme] = page.evaluate(RUN_CONTRAST)["violations"]
    barriers = [
        f"{theme}: {violation['id']}: {node['target']} {node['failureSummary']}"
        for theme, violations in found.items()
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
    assert barriers == []


# All along -----------------------------------------------------------------------------------------------------------


def test_a_page_asks_no_other_origin(visit: Visit) -> None:
    assert visit.foreign == []


def test_a_page_has_no_errors(visit: Visit) -> None:
    assert visit.trouble == []

"""Every page of the book, as a reader's browser shows it, from the Jupyter server and from a plain static one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from coursepress.widget_state import models, views

ROOT = Path(__file__).resolve().parents[2]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}
AXE = ROOT / "book" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = "() => axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


def listed_pages() -> list[str]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


PAGES = [*listed_pages(), "search"]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]


def notebook(chapter: str) -> dict[str, Any]:
    return json.loads((ROOT / f"{chapter}.ipynb").read_text(encoding="utf-8"))


def widget_views(chapter: str) -> list[str]:
    return list(views(output for cell in notebook(chapter)["cells"] for output in cell.get("outputs", [])))


def plays(chapter: str) -> bool:
    return any(model["model_name"] == "PlayModel" for model in models(notebook(chapter)).values())


@dataclass
class Visit:
    """What one visit to a page showed."""

    foreign: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    barriers: dict[str, list[str]] = field(default_factory=dict)
    overflow: int = 0
    lab_link: str | None = None
    drawn_views: int = 0
    formulas_left: int = 0


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")


def visit(browser: Browser, host: str, name: str, *, closely: bool) -> Visit:
    """Open a page; `closely` also tries both themes and a phone, which cannot depend on the server."""
    seen = Visit()
    page = browser.new_page(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")

    def note_request(request: Request) -> None:
        if not request.url.startswith((host, "data:", "blob:")):
            seen.foreign.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.trouble.append(message.text)

    page.on("request", note_request)
    page.on("console", note_message)
    page.on("pageerror", lambda error: seen.trouble.append(str(error)))
    page.on("requestfailed", lambda request: seen.trouble.append(f"no answer: {request.url}"))
    page.on("response", lambda answer: seen.trouble.append(f"{answer.status} {answer.url}") if not answer.ok else None)
    open_page(page, f"{host}{name}.html")

    button = page.locator("a.open-lab")
    seen.lab_link = button.get_attribute("href") if button.count() else None
    seen.drawn_views = page.locator(".widget-subarea:has(img:visible)").count()
    seen.formulas_left = page.locator(".math:visible:not(:has(mjx-container))").count()
    if closely:
        look_closely(page, seen)
    page.close()
    return seen


def look_closely(page: Page, seen: Visit) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"html[data-theme={theme}]")
        page.wait_for_function("() => document.getAnimations().every((one) => one.playState === 'finished')")
        seen.barriers[theme] = [
            f"{found['id']}: {node['target']} {node['failureSummary']}"
            for found in page.evaluate(RUN_AXE)
            if found["impact"] in SERIOUS
            for node in found["nodes"]
        ]
    page.set_viewport_size(PHONE)
    seen.overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")


@pytest.fixture(scope="module")
def visits(browser: Browser) -> dict[tuple[str, str], Visit]:
    """The visits of this module so far: each page is opened once, and several tests look at what was seen."""
    return {}


@pytest.fixture(params=PAGES)
def seen(request: pytest.FixtureRequest, browser: Browser, host: Any, visits: dict[tuple[str, str], Visit]) -> Visit:
    key = (host.book, request.param)
    if key not in visits:
        # Jupyter's pages hold one thing more than the static ones, the button.
        visits[key] = visit(browser, *key, closely=host.name == "jupyter")
    return visits[key]


def test_a_page_asks_no_other_origin(seen: Visit) -> None:
    assert seen.foreign == []


def test_a_page_loads_without_errors(seen: Visit) -> None:
    assert seen.trouble == []


@pytest.mark.parametrize("host", ["jupyter"], indirect=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_puts_no_serious_barrier_in_a_readers_way(seen: Visit, theme: str) -> None:
    assert seen.barriers[theme] == []


@pytest.mark.parametrize("host", ["jupyter"], indirect=True)
def test_a_page_is_not_wider_than_a_phone(seen: Visit) -> None:
    assert seen.overflow <= 0


def test_every_formula_is_typeset(seen: Visit) -> None:
    assert seen.formulas_left == 0


@pytest.mark.parametrize("seen", CHAPTERS, indirect=True)
def test_every_widget_is_drawn(seen: Visit, request: pytest.FixtureRequest) -> None:
    assert seen.drawn_views == len(widget_views(request.node.callspec.params["seen"]))


@pytest.mark.parametrize("seen", CHAPTERS, indirect=True)
def test_only_the_jupyter_server_offers_the_learners_copy(
    seen: Visit, host: Any, request: pytest.FixtureRequest
) -> None:
    chapter = request.node.callspec.params["seen"].removeprefix("notebooks/")
    assert seen.lab_link == (f"/lab/tree/{chapter}.ipynb" if host.name == "jupyter" else None)


@pytest.fixture
def chapter_page(request: pytest.FixtureRequest, browser: Browser, host: Any) -> Iterator[Page]:
    page = browser.new_page(viewport=DESKTOP)
    open_page(page, f"{host.book}{request.param}.html")
    yield page
    page.close()


def shown(picture: Locator) -> tuple[str | None, str | None]:
    return picture.get_attribute("src"), picture.get_attribute("alt")


def wait_for_another(picture: Locator, before: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """The picture that is shown as soon as it is another one; the same one if it stays for twenty seconds."""
    for _ in range(400):
        if shown(picture) != before:
            break
        picture.page.wait_for_timeout(50)
    return shown(picture)


@pytest.mark.parametrize("chapter_page", CHAPTERS, indirect=True)
def test_moving_two_sliders_changes_the_picture_twice(chapter_page: Page) -> None:
    sliders = chapter_page.locator(".noUi-handle:visible")
    assert sliders.count() >= 2
    for number in range(2):
        slider = sliders.nth(number)
        picture = slider.locator("xpath=ancestor::*[contains(@class, 'widget-subarea')]").locator("img:visible")
        before = shown(picture)
        slider.focus()
        slider.press("ArrowRight")
        assert wait_for_another(picture, before) != before
        assert slider.get_attribute("aria-label")


@pytest.mark.parametrize("chapter_page", [chapter for chapter in CHAPTERS if plays(chapter)], indirect=True)
def test_play_plays_and_pauses(chapter_page: Page) -> None:
    figure = chapter_page.locator(".widget-subarea:has(.widget-play)").first
    picture, button = figure.locator("img:visible"), figure.locator(".widget-play button").first
    first = shown(picture)
    button.click()
    figure.locator(".widget-play button[aria-label=Pause]").wait_for()
    second = wait_for_another(picture, first)
    assert second != first
    assert wait_for_another(picture, second) != second
    button.click()
    chapter_page.wait_for_selector(".widget-play button[aria-label=Play]")


def test_the_search_finds_a_chapter(browser: Browser, host: Any) -> None:
    page = browser.new_page()
    page.goto(f"{host.book}search.html?q=kernel")
    page.wait_for_selector("#search-results li a")
    assert any("notebooks/" in link.get_attribute("href") for link in page.locator("#search-results li a").all())
    page.close()

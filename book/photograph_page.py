"""Photograph a page of the built book, for the README: `python book/photograph_page.py` writes `book/page.png`."""

import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from coursepress.doctor import BROWSERS

HOME = Path(__file__).parent
PAGE = HOME.parent / "_build" / "html" / "notebooks" / "networks" / "neuron.html"


def photograph(page: Path) -> Image.Image:
    """The part of a chapter with its second figure, as a reader with a small laptop sees it."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        window = browser.new_page(viewport={"width": 1280, "height": 800})
        window.goto(page.as_uri())
        figure = window.locator(".widget-subarea:has(.noUi-handle)").first
        figure.locator("img").first.wait_for()
        for slider, steps in ((0, 3), (1, 2)):  # near the data, with errors that can be seen
            figure.locator(".noUi-handle").nth(slider).focus()
            for _ in range(steps):
                window.keyboard.press("ArrowRight")
        figure.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 330)")
        window.wait_for_timeout(1000)
        taken = window.screenshot()
        browser.close()
    return Image.open(BytesIO(taken)).convert("RGB")


if __name__ == "__main__":
    photograph(PAGE).quantize(128).save(HOME / "page.png", optimize=True)

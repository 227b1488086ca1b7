"""What a page of the book weighs, and how long the first page takes to open in headless Chromium.

    python benchmarks/book_pages.py

A page's weight is its HTML with its sliders, and the picture files that it shows; scripts, styles and fonts are shared
by all pages and listed once. We promise a median below 1 MB. Times are ratios to an empty page in the same browser.
"""

import re
import shutil
import statistics
import sys
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Browser, sync_playwright

from coursepress.build import build

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, LIMIT = 5, 1_000_000
_OWN = re.compile(r'(?:src|href)="([^"#?]*_images/[^"#?]+)"')


def weights(book: Path) -> dict[str, int]:
    """Bytes of each page by its name, largest last."""
    found = {}
    for page in book.rglob("*.html"):
        name = page.relative_to(book).with_suffix("").as_posix()
        if not name.startswith(("_", "genindex")):
            pictures = {page.parent / unquote(link) for link in _OWN.findall(page.read_text(encoding="utf-8"))}
            found[name] = page.stat().st_size + sum(picture.stat().st_size for picture in pictures)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def milliseconds(browser: Browser, address: str) -> float:
    """From asking for a page to its load event, in a new window with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address, wait_until="load")
    taken = page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd")
    context.close()
    return float(taken)


def main() -> int:
    """Print the list and the times; 1 if the promise is broken."""
    book = build(ROOT, quiet=True)
    found = weights(book)
    for name, size in found.items():
        print(f"{size / 1000:>8.0f} kB  {name}")
    median = statistics.median(found.values())
    shared = sum(file.stat().st_size for file in (book / "_static").rglob("*") if file.is_file())
    print(f"{len(found)} pages, median {median / 1000:.0f} kB; shared scripts, styles and fonts {shared / 1e6:.1f} MB")

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium on the PATH: times not measured.")
        return int(median > LIMIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        empty = statistics.median(milliseconds(browser, "data:text/html,<title>Empty</title>") for _ in range(ROUNDS))
        for name in ("book/index", list(found)[-1]):
            taken = statistics.median(milliseconds(browser, (book / f"{name}.html").as_uri()) for _ in range(ROUNDS))
            print(f"{name}: loaded in {taken:.0f} ms, {taken / max(empty, 1):.0f} times an empty page")
        browser.close()
    return int(median > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

"""What all tests share: a home of their own, so that no test reads or writes a learner's progress."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from coursepress.doctor import BROWSERS

# No deadline: these tests share their two cores with kernels. In CI every run tries the same examples.
settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("course")


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def own_home() -> Iterator[Path]:
    """Give each test process its own COURSEKIT_HOME, which is removed at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="coursekit-home-", ignore_cleanup_errors=True) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("COURSEKIT_HOME", home)
        yield Path(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without one the tests that need it are skipped, but fail where CI is true.

    It ends with the module: while Playwright runs, no other event loop can run in this thread.
    """
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        reason = "no Chromium on the PATH; on Debian: apt install chromium-headless-shell"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()

"""What all tests share: a home of their own, so that no test reads or writes a learner's progress."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: these tests share their two cores with kernels. In CI every run tries the same examples.
settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("course")


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

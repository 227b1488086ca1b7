"""The engine's tests read English texts."""

from collections.abc import Iterator

import pytest

from coursekit.checks import texts


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    texts.use("en")
    yield
    texts.use(None)

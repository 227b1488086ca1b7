"""Who runs which tests, and when: what shares fixtures stays together, and the longest pieces come first."""

import datetime
import os
import re
from collections.abc import Sequence
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

MOST_WORKERS = 6  # each may hold TensorFlow twice, once in a kernel: 1.5 GB
SECONDS = "course/seconds"  # in pytest's cache: how long each piece took last time
BANK = "tests/coursebook/test_bank.py"  # the only module of several pieces
USUAL = {  # before there was a last time; a piece is found by how its name begins
    "tests/book/test_pages.py": 120.0,
    "tests/book/test_anywhere.py": 60.0,
    "tests/coursegrade/test_cluster.py": 60.0,
    "tests/coursegrade/test_grader.py": 60.0,
    "tests/book/test_for_authors.py": 40.0,
    "notebooks/": 30.0,
    "tests/coursegrade/test_attacks.py": 25.0,
    BANK: 10.0,
    "tests/book/": 10.0,
    "": 3.0,
}

TODAY = datetime.date.today().isoformat()


def piece(nodeid: str) -> str:
    """Tests that one worker runs one after the other: a module or a chapter. The bank is one module: by chapter."""
    module = nodeid.rsplit("::", 1)[0]
    chapter = re.search(r"test_bank\.py::.*\[([\w-]+)/", nodeid)
    return f"{module}[{chapter[1]}]" if chapter else module


def longest_first(nodeids: Sequence[str], seconds: dict[str, float]) -> list[int]:
    """The places of tests in the order in which they should run, from how long each piece took."""

    def rank(place: int) -> tuple[float, str]:
        name = piece(nodeids[place])
        usual = next(value for start, value in USUAL.items() if name.startswith(start))
        return -seconds.get(name, usual), name

    return sorted(range(len(nodeids)), key=rank)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest pieces first, within each piece in the order of the file."""
    cache = getattr(config, "cache", None)
    seconds = cache.get(SECONDS, {}) if cache else {}
    items[:] = [items[place] for place in longest_first([item.nodeid for item in items], seconds)]


class ByPiece(LoadScopeScheduling):
    """Hands out one piece at a time, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return piece(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Hand tests out by piece."""
    return ByPiece(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker what day it is: what they collect must not change at midnight."""
    node.workerinput["day"] = TODAY


def pytest_xdist_auto_num_workers(config: Any) -> int:
    """Two workers more than cores, as they often wait for a kernel, a browser or a server; not more than pieces."""
    most = min((os.cpu_count() or 1) + 2, MOST_WORKERS)
    chosen = {str(argument).split("::")[0] for argument in config.args}
    each_is_a_piece = all(name.endswith((".py", ".ipynb")) and BANK not in name for name in chosen)
    return min(most, len(chosen)) if each_is_a_piece else most

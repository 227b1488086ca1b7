"""Every test run, that of the chapters included: how long a test may take, in which order, where the time went."""

import pytest

pytest_plugins = ["tests.running.limits", "tests.running.order", "tests.running.times"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a release needs and a newcomer does not."""
    parser.addoption(
        "--thorough",
        action="store_true",
        help="50 seeds, all mutants, all trainings, all chapters with every answer, every page on both hosts",
    )


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether this run was asked to prove everything as often as a release needs."""
    return bool(pytestconfig.getoption("thorough"))

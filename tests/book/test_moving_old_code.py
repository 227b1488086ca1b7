"""Every row of *Moving old Keras code*, run: the old code fails or misleads as the page says, the new one works."""

import re
import socket
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "moving-old-code.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What the learners' notes hold of old code and wrong beliefs, by the numbers of the course's checklist.
IN_THE_NOTES = """
000-01 000-03 000-05 000-13 000-23 000-25 001-01 001-06 001-11 001-13 001-19 001-37 001-40 001-42 001-44 001-48 001-50
002-24 002-32 003-01 003-10 003-13 003-20 003-39 003-54 003-57 003-58 003-59 004-45 004-56
"""


@dataclass(frozen=True)
class Row:
    """An old idiom, what the page says that it does today, and its replacement."""

    title: str
    old: str
    kind: str  # of the error or warning; empty where there is none
    words: str
    new: str

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", self.title).strip("-")


def rows() -> list[Row]:
    found = []
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        old, new = FENCE.findall(section)
        today = re.search(r"^\*\*Today:\*\* (.*)$", section, flags=re.MULTILINE)
        assert today, section
        said = re.match(r"(`+)(\w+): (.*?)\1(?!`)", today[1])
        found.append(Row(section.splitlines()[0], old, said[2] if said else "", said[3] if said else "", new))
    return found


@pytest.fixture(scope="module", autouse=True)
def no_network_and_no_downloads(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Pretrained weights can be neither loaded nor found, whatever this computer has; folders are removed."""

    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror("no network in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse)
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("saved")))
        yield


def run(code: str) -> list[str]:
    """Run a snippet after the page's first lines; return the warnings as `Kind: words`."""
    names: dict[str, Any] = {"__name__": "snippet"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile(FENCE.findall(PAGE)[0] + code, "<snippet>", "exec"), names)
    return [f"{warning.category.__name__}: {warning.message}" for warning in caught]


@pytest.mark.parametrize("row", rows(), ids=str)
def test_the_old_code_does_today_what_the_page_says(row: Row) -> None:
    if row.kind.endswith("Warning"):
        assert any(said.startswith(f"{row.kind}: {row.words}") for said in run(row.old))
    elif row.kind:
        with pytest.raises(Exception, match=re.escape(row.words)) as caught:
            run(row.old)
        assert type(caught.value).__name__ == row.kind
    else:
        assert "assert " in row.old, "without an error, an assertion has to show what goes wrong"
        run(row.old)


@pytest.mark.parametrize("row", rows(), ids=str)
def test_the_new_code_does_what_the_old_one_meant(row: Row) -> None:
    assert "assert " in row.new
    run(row.new)


def test_the_page_covers_the_old_code_of_the_notes() -> None:
    covered = " ".join(re.findall(r"^% (.*)$", PAGE, flags=re.MULTILINE)).split()
    assert set(IN_THE_NOTES.split()) <= set(covered)


def test_the_lock_holds_the_package_that_replaced_those_of_the_notes() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^tensorflow-cpu==2\.2", lock, flags=re.MULTILINE)
    assert not re.search(r"^tensorflow-(gpu|directml)", lock, flags=re.MULTILINE)

"""Every chapter keeps every rule."""

from pathlib import Path

import pytest

from coursepress.chapters import list_chapters
from tests.notebooks.rules import RULES, Chapter

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", list_chapters(ROOT))
def test_chapter(name: str, rule: str) -> None:
    chapter = Chapter(list_chapters(ROOT)[name], ROOT / "_toc.yml")
    assert not list(RULES[rule](chapter)), f"{name}: {rule.replace('_', ' ')}"

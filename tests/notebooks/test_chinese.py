"""Chinese texts use full-width punctuation and “ ” for quotes."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from babel.messages.pofile import read_po

from coursekit.checks import texts
from coursepress.chapters import list_chapters

ROOT = Path(__file__).resolve().parents[2]
CHINESE = "\u4e00-\u9fff"
NOT_TEXT = re.compile(r"```.*?```|`[^`\n]*`|\$[^$\n]*\$|<[^>]*>|(?<=\])\([^)\s]*\)|\{[^}\s]*\}|https?://\S+", re.DOTALL)
HALF_WIDTH = re.compile(
    rf"[{CHINESE}][,;:!?](?=\s?[{CHINESE}]|$)|[,;:!?][{CHINESE}]|[{CHINESE}]\(|\)[{CHINESE}]|[「」]"
    rf"|[{CHINESE}] \([^()\n]*[{CHINESE}]|\"[^\"\n]*[{CHINESE}][^\"\n]*\"",
    re.MULTILINE,
)


def half_width(text: str) -> list[str]:
    """Each place where a Chinese text has the punctuation of an English one."""
    plain = NOT_TEXT.sub("x", text)
    return [plain[max(0, found.start() - 8) : found.end() + 8] for found in HALF_WIDTH.finditer(plain)]


def chinese_texts() -> Iterator[tuple[str, str]]:
    """Every text of the project that is written in Chinese, with its place."""
    for name, path in list_chapters(ROOT).items():
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                yield name, cell.source
    for folder in texts.folders():
        path = folder / "zh.po"
        if path.exists():
            with path.open("rb") as file:
                for message in read_po(file):
                    yield str(path.relative_to(ROOT)), str(message.string if message.id else "")
    for page in sorted((ROOT / "book").glob("*.md")):
        yield page.name, page.read_text(encoding="utf-8")
    yield "topics.yml", (ROOT / "book" / "topics.yml").read_text(encoding="utf-8")


def test_punctuation_is_full_width() -> None:
    found = {}
    for place, text in chinese_texts():
        if places := half_width(text):
            found.setdefault(place, []).extend(places)
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "梯度,损失",
        "梯度, 损失",
        "梯度(斜率)",
        "`x`:权重",
        "损失:\n",
        '"损失"变小',
        "「损失」",
        "(斜率)变小",
        "对吗?\n",
        "对吗?好",
    ],
)
def test_punctuation_of_an_english_text_is_found(text: str) -> None:
    assert half_width(text)


@pytest.mark.parametrize(
    "text",
    ["梯度，损失（斜率）：“x”。", "形状为 (rows, 1)", "[梯度](a.html)", "`f(x, y)`", '"loss"', "{a, b}中"],
)
def test_other_punctuation_is_left_alone(text: str) -> None:
    assert not half_width(text)

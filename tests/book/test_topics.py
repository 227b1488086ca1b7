"""Find your question: every topic leads to the heading that answers it, or says that its chapter is coming."""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup, SoupStrainer, Tag
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
PARTS = yaml.safe_load((ROOT / "book" / "topics.yml").read_text(encoding="utf-8"))
CHAPTERS = [chapter for part in PARTS for chapter in part["chapters"]]
TOPICS = [(chapter, topic) for chapter in CHAPTERS for topic in chapter["topics"]]
ORPHAN = "---\norphan: true\n---\n\n"  # in no table of contents
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def read(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@cache
def headings(page: Path) -> dict[str, str]:
    """The anchors of a page's sections, each with the words of its heading."""
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser", parse_only=SoupStrainer("article"))
    found = article.select("section[id] > :is(h1, h2, h3)")
    return {heading.parent["id"]: heading.get_text().removesuffix("#") for heading in found}


def plain(words: str) -> str:
    return words.replace("`", "")


def pages_of_the_book() -> set[str]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return {chapter["file"] for part in toc["parts"] for chapter in part["chapters"]}


@pytest.fixture(scope="module")
def item_of(book: Path) -> dict[str, Tag]:
    """The item on the page for each English question."""
    items = read(book / "book" / "find-your-question.html").select(".topics > li")
    by_question = {item.select_one("span").get_text(): item for item in items}
    assert len(by_question) == len(items) == len(TOPICS)
    return by_question


def test_each_topic_is_one_question_in_two_languages() -> None:
    assert len(TOPICS) >= 80
    for _, topic in TOPICS:
        assert CHINESE.search(topic["zh"]), topic
        assert not CHINESE.search(topic["en"]), topic
        assert set(topic) <= {"ids", "asked", "en", "zh", "at"}, topic
    for language in ("en", "zh"):
        words = [topic[language] for _, topic in TOPICS]
        assert len(set(words)) == len(words)


def test_the_lines_of_the_notes_are_written_in_one_way() -> None:
    for _, topic in TOPICS:
        assert all(re.fullmatch(r"00[0-4]-\d\d", line) for line in topic["ids"]), topic
        assert topic["ids"] or not topic.get("asked"), topic


def test_every_chapter_of_the_book_has_topics_and_each_names_its_section() -> None:
    notebooks = {page for page in pages_of_the_book() if page.startswith("notebooks/")}
    assert notebooks <= {chapter["file"] for chapter in CHAPTERS}
    nameless = [topic["en"] for chapter, topic in TOPICS if chapter["file"] in notebooks and not topic.get("at")]
    assert nameless == []


def test_every_topic_of_a_chapter_leads_to_a_heading(book: Path, item_of: dict[str, Tag]) -> None:
    existing = pages_of_the_book()
    links = [(chapter, topic, item_of[plain(topic["en"])]) for chapter, topic in TOPICS if chapter["file"] in existing]
    assert len(links) >= 80
    for chapter, topic, item in links:
        link = item.select_one("a")
        assert link.get_text() == plain(f"{topic['en']} {topic['zh']}")
        path, _, anchor = link["href"].partition("#")
        page = (book / "book" / path).resolve()
        assert page == (book / f"{chapter['file']}.html").resolve()
        assert headings(page)[anchor] == item.select_one(".topic-where").get_text()


def test_topics_of_a_chapter_that_does_not_exist_are_coming(item_of: dict[str, Tag]) -> None:
    existing = pages_of_the_book()
    for chapter, topic in TOPICS:
        if chapter["file"] not in existing:
            item = item_of[plain(topic["en"])]
            assert item.get_text(strip=True).endswith(f"coming in {chapter['title']}")
            assert item.select("a") == []


def test_a_chapters_topics_have_its_title(book: Path) -> None:
    for chapter in CHAPTERS:
        if chapter["file"] in pages_of_the_book():
            assert chapter["title"] in headings(book / f"{chapter['file']}.html").values()


@pytest.fixture
def page(browser: Browser, static: Any) -> Any:
    with closing(browser.new_page(viewport={"width": 1280, "height": 900})) as page:
        page.goto(f"{static.book}book/find-your-question.html")
        page.get_by_role("searchbox", name="Show only").wait_for()
        yield page


def questions_shown(page: Page) -> list[str]:
    return page.locator(".topics > li:visible").all_inner_texts()


@pytest.mark.parametrize(
    "asked, question",
    [
        ("several NEURONS", "为什么一层里要有多个神经元？"),
        ("卷积核", "What is a kernel?"),
        ("一层 多个", "为什么一层里要有多个神经元？"),
        ("hessian", "黑塞矩阵"),
    ],
)
def test_the_filter_finds_words_of_both_languages(page: Page, asked: str, question: str) -> None:
    page.keyboard.press("Tab")
    page.get_by_role("searchbox", name="Show only").fill(asked)
    left = questions_shown(page)
    assert any(question in item for item in left)
    assert len(left) < len(TOPICS) / 4
    assert page.get_by_role("status").inner_text() == f"{len(left)} of {len(TOPICS)} questions"


def test_the_keyboard_alone_filters_and_opens_an_answer(page: Page) -> None:
    for _ in range(200):
        if page.evaluate("document.activeElement.id") == "topic-filter":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("squeeze")
    assert len(questions_shown(page)) == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/custom-training.html#can-a-perfect-prediction-have-a-loss")


def test_no_match_shows_no_heading_and_an_empty_box_shows_all(page: Page) -> None:
    box = page.get_by_role("searchbox", name="Show only")
    box.fill("xyzzy")
    assert questions_shown(page) == []
    assert page.locator("article h2:visible, article h3:visible").count() == 0
    box.fill("")
    assert len(questions_shown(page)) == len(TOPICS)


def test_without_javascript_the_whole_list_is_there(browser: Browser, static: Any) -> None:
    with closing(browser.new_page(java_script_enabled=False)) as page:
        page.goto(f"{static.book}book/find-your-question.html")
        assert len(questions_shown(page)) == len(TOPICS)
        assert page.locator("#topic-filter").count() == 0


def small_book(folder: Path, topics: list[dict[str, Any]], chapters: dict[str, str]) -> tuple[str, str]:
    """Build a book of these chapters and topics; return its page of questions and Sphinx's warnings."""
    for name, text in {**chapters, "index": "# Questions\n\n```{topics} topics.yml\n```\n"}.items():
        page = folder / f"{name}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
    part = {"part": "one", "title": "Part one", "chapters": topics}
    (folder / "topics.yml").write_text(yaml.safe_dump([part]), encoding="utf-8")
    settings = ["-C", "-D", "extensions=myst_parser,topics"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-E", "-a", "-q", "-N", *settings, str(folder), str(folder / "html")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "book" / "_ext"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return (folder / "html" / "index.html").read_text(encoding="utf-8"), done.stderr


@pytest.fixture
def chapter() -> dict[str, Any]:
    topic = {"ids": ["002-06"], "en": "Why `units`?", "zh": "为什么？", "at": "why-several"}
    return {"file": "notebooks/layers", "title": "Layers", "topics": [topic]}


def test_a_topic_becomes_a_link_as_soon_as_its_chapter_is_there(chapter: dict[str, Any], tmp_path: Path) -> None:
    before, warnings = small_book(tmp_path, [chapter], {})
    assert warnings == ""
    assert "coming in Layers" in before
    after, warnings = small_book(tmp_path, [chapter], {"notebooks/layers": f"{ORPHAN}# Layers\n\n## Why several?\n"})
    assert warnings == ""
    assert 'href="notebooks/layers.html#why-several"' in after
    assert "coming" not in after


def test_a_section_that_is_not_there_is_a_warning_that_names_it(chapter: dict[str, Any], tmp_path: Path) -> None:
    _, warnings = small_book(tmp_path, [chapter], {"notebooks/layers": f"{ORPHAN}# Layers\n\n## Why many?\n"})
    assert "no section #why-several in notebooks/layers for: Why units?" in warnings


# 《你的笔记问过的问题》

ANSWERS = (ROOT / "book" / "your-notes-asked.md").read_text(encoding="utf-8")
ANSWER = re.compile(r"((?:\(asked-[\d-]+\)=\n)+)### (.+)\n\n(.+)\n\n证明：\[(.+) › (.+)\]\((.+\.(?:ipynb|md))#(.+)\)\n")


def section_code(page: Path, heading: str) -> list[str]:
    """The code below a heading of a notebook or page, up to the next one of its level."""
    if page.suffix == ".md":
        sections = page.read_text(encoding="utf-8").split("\n### ")
        return [section for section in sections if plain(section).startswith(f"{heading}\n")]
    found, inside = [], False
    for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found += [source] * inside
        elif titles := re.findall(r"^##+ (.+)$", source, re.MULTILINE):
            inside = (inside and set(titles) == {"Your turn"}) or heading in titles
    return found


def test_every_question_that_the_notes_ask_and_a_chapter_answers_is_answered() -> None:
    existing = pages_of_the_book()
    answered = set(re.findall(r"\(asked-([\d-]+)\)=", ANSWERS))
    for chapter, topic in TOPICS:
        if topic.get("asked") and chapter["file"] in existing:
            assert answered & set(topic["ids"]), topic["zh"]


def test_every_answer_leads_to_a_heading_whose_cells_assert_something(book: Path) -> None:
    answers = ANSWER.findall(ANSWERS)
    assert len(answers) == ANSWERS.count("\n### ") >= 30
    for _, question, _, title, heading, target, _ in answers:
        path = (ROOT / "book" / target).resolve()
        words = headings(book / path.relative_to(ROOT).with_suffix(".html"))
        assert {title, heading} <= set(words.values()), question
        assert "assert" in "\n".join(section_code(path, heading)), question


def test_the_links_of_the_answers_arrive(book: Path) -> None:
    page = book / "book" / "your-notes-asked.html"
    assert read(page).html["lang"] == "zh"
    links = [
        link["href"] for proof in read(page).select("article p") for link in proof.select("a") if "证明：" in proof.text
    ]
    assert len(links) == len(ANSWER.findall(ANSWERS))
    for link in links:
        path, _, anchor = link.partition("#")
        assert anchor in headings((page.parent / path).resolve()), link


def test_answers_are_two_or_three_sentences_of_chinese() -> None:
    for _, question, answer, *_ in ANSWER.findall(ANSWERS):
        assert len(CHINESE.findall(answer)) >= 25, question
        assert 2 <= len(re.findall("[。；？]", answer)) <= 7, question


def test_questions_without_an_answer_yet_are_told_without_a_link(book: Path) -> None:
    items = {item.get_text().strip() for item in read(book / "book" / "your-notes-asked.html").select("article li")}
    existing = pages_of_the_book()
    for chapter, topic in TOPICS:
        if topic.get("asked"):
            open_question = plain(f"{topic['zh']}（{chapter['title']}）")
            assert (open_question in items) == (chapter["file"] not in existing), topic["zh"]

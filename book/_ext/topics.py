"""The page *Find your question*: `book/topics.yml` as lists of links to the sections that answer.

A chapter that is not in `_toc.yml` is announced as coming. A chapter that is there must have every section that its
topics name, else the build fails; a topic that names none leads to the chapter's beginning.
"""

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


class chinese(nodes.inline):
    """Chinese words on an English page."""


class topic_link(nodes.reference):
    """A topic whose chapter exists; resolved when the headings of all pages are known."""


class _FromTopics(SphinxDirective):
    """A directive whose argument is the file with the topics."""

    required_arguments = 1

    def read(self) -> list[dict[str, Any]]:
        """The parts of the book with their chapters and topics."""
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        return list(yaml.safe_load(Path(path).read_text(encoding="utf-8")))

    def exists(self, chapter: dict[str, Any]) -> bool:
        """Whether the chapter is a page of this book."""
        return chapter["file"] in self.env.found_docs


class OpenQuestions(_FromTopics):
    """`{open-questions} topics.yml`: in Chinese, what the notes ask and a chapter still to come will answer."""

    def run(self) -> list[nodes.Node]:
        """One list."""
        questions = nodes.bullet_list()
        for chapter in (chapter for part in self.read() for chapter in part["chapters"]):
            if not self.exists(chapter):
                asked = (topic["zh"] for topic in chapter["topics"] if topic.get("asked"))
                lines = [_inline(f"{question}（{chapter['title']}）") for question in asked]
                questions += [nodes.list_item("", nodes.paragraph("", "", *line)) for line in lines]
        return [questions] if len(questions) else []


class Topics(_FromTopics):
    """`{topics} topics.yml`: a section for each part, in it a list for each chapter; last what is to come."""

    def run(self) -> list[nodes.Node]:
        """The sections, with links that are not resolved yet."""
        return [self._part(part) for part in self.read()]

    def _part(self, part: dict[str, Any]) -> nodes.section:
        section = self._section(f"topics-{part['part']}", part["title"])
        coming = nodes.bullet_list(classes=["topics"])
        for chapter in part["chapters"]:
            if self.exists(chapter):
                links = (self._topic(topic, chapter) for topic in chapter["topics"])
                name = chapter["file"].rpartition("/")[2]
                section += self._section(f"topics-in-{name}", chapter["title"])
                section[-1] += nodes.bullet_list("", *links, classes=["topics"])
            else:
                coming += [self._coming(topic, chapter) for topic in chapter["topics"]]
        if len(coming):
            section += self._section(f"topics-coming-{part['part']}", "Coming")
            section[-1] += coming
        return section

    def _section(self, name: str, title: str) -> nodes.section:
        section = nodes.section("", nodes.title(title, title), ids=[name], names=[name])
        self.state.document.note_explicit_target(section)
        return section

    def _topic(self, topic: dict[str, Any], chapter: dict[str, Any]) -> nodes.list_item:
        link = topic_link("", "", *_words(topic), doc=chapter["file"], at=topic.get("at"))
        self.set_source_info(link)
        return nodes.list_item("", nodes.paragraph("", "", link))

    def _coming(self, topic: dict[str, Any], chapter: dict[str, Any]) -> nodes.list_item:
        where = nodes.inline("", f"coming in {chapter['title']}", classes=["topic-where"])
        return nodes.list_item("", nodes.paragraph("", "", *_words(topic), nodes.Text(" "), where))


def _inline(words: str) -> list[nodes.Node]:
    """Words with code between backticks; straight quotes stay straight, so that the filter finds them."""
    pieces = enumerate(words.split("`"))
    return [
        nodes.literal(piece, piece) if place % 2 else nodes.inline(piece, piece, support_smartquotes=False)
        for place, piece in pieces
        if piece
    ]


def _words(topic: dict[str, Any]) -> list[nodes.Node]:
    return [nodes.inline("", "", *_inline(topic["en"])), nodes.Text(" "), chinese("", "", *_inline(topic["zh"]))]


def headings(env: BuildEnvironment, doc: str) -> dict[str, str]:
    """The headings of a page below its title: anchor → words."""
    found = env.tocs[doc].findall(nodes.reference)
    return {link["anchorname"].removeprefix("#"): link.astext() for link in found if link["anchorname"]}


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lead every topic to its section; complain about a section that is not there."""
    for link in list(doctree.findall(topic_link)):
        doc, anchor = link["doc"], link["at"]
        heading = headings(app.env, doc).get(anchor) if anchor else app.env.titles[doc].astext()
        if heading is None:
            logger.warning("no section #%s in %s for: %s", anchor, doc, link.astext(), location=link)
            link.replace_self(link.children)
            continue
        uri = app.builder.get_relative_uri(docname, doc) + (f"#{anchor}" if anchor else "")
        where = nodes.inline("", heading, classes=["topic-where"])
        plain = nodes.reference("", "", *link.children, internal=True, refuri=uri)
        link.replace_self([plain, nodes.Text(" "), where])


def load_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Only the page with topics needs the filter box and its looks."""
    if doctree is not None and any(doctree.findall(chinese)):
        app.add_js_file("topics.js", loading_method="defer")
        app.add_css_file("topics.css")


def visit_chinese(writer: HTML5Translator, node: chinese) -> None:
    """Open the span that tells browsers and screen readers the language."""
    writer.body.append('<span lang="zh">')


def depart_chinese(writer: HTML5Translator, node: chinese) -> None:
    """Close it."""
    writer.body.append("</span>")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive, and what resolves and shows its links."""
    app.add_directive("topics", Topics)
    app.add_directive("open-questions", OpenQuestions)
    app.add_node(chinese, html=(visit_chinese, depart_chinese))
    app.add_node(topic_link)
    app.connect("doctree-resolved", resolve)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

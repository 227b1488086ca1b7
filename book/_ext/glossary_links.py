"""Link the first use of each glossary term in a chapter's prose to its entry.

The glossary is written with MyST's `glossary` directive: an entry's name, its other names, its Chinese names, then its
definition, which the link shows as a tooltip. Plurals in -s and -es are found as well. Terms that are also everyday
English ("watch the slider"), listed in `_config.yml`, get a link only where a chapter names them in bold.
"""

import re
from collections.abc import Iterable, Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY, CHAPTERS = "book/glossary", "notebooks/"

# Text whose ancestors are all of these kinds is prose; in headings, tables, links, code and cards it is not. Nor is it
# in italics: names of chapters that are coming stand in those.
PROSE = (
    nodes.document,
    nodes.section,
    nodes.paragraph,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.list_item,
    nodes.block_quote,
    nodes.strong,
)

Entry = tuple[str, str]  # its anchor and its definition

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def mark_language(app: Sphinx, doctree: nodes.document) -> None:
    """Tell browsers and screen readers which names are Chinese."""
    if app.env.docname == GLOSSARY:
        for term in doctree.findall(nodes.term):
            if _CHINESE.search(term.astext()):
                term["classes"].append("language-zh")  # docutils writes it as lang="zh"


def link_first_uses(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links into one chapter."""
    if docname.startswith(CHAPTERS) and GLOSSARY in app.env.found_docs:
        address = app.builder.get_relative_uri(docname, GLOSSARY)
        entries = dict(_entries(app.env.get_doctree(GLOSSARY)))
        pattern, everyday = _pattern(entries), app.config.glossary_everyday
        for text in [text for text in doctree.findall(nodes.Text) if _is_prose(text)]:
            text.parent.replace(text, list(_linked(text, pattern, entries, everyday, address)))


def _entries(glossary: nodes.document) -> Iterator[tuple[str, Entry]]:
    """Each English name, in lower case, with its entry's anchor and definition."""
    for definitions in glossary.findall(addnodes.glossary):
        for item in definitions.findall(nodes.definition_list_item):
            *terms, definition = item.children
            entry = terms[0]["ids"][0], definition[0].astext().replace("\n", " ")
            yield from ((term.astext().lower(), entry) for term in terms if not _CHINESE.search(term.astext()))


def _is_prose(text: nodes.Node | None) -> bool:
    while (text := text.parent) is not None:
        if not isinstance(text, PROSE):
            return False
    return True


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the names as whole words, the longest first: in "gradient descent" there is no "gradient"."""
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?P<name>{choices})(?:e?s)?(?![\w-])", re.IGNORECASE)


def _linked(
    text: nodes.Text, pattern: re.Pattern[str], entries: dict[str, Entry], everyday: list[str], address: str
) -> Iterator[nodes.Node]:
    """The text in pieces, those that name an entry as links; removes from `entries` what has found its first use."""
    words, begin = text.astext(), 0
    for found in pattern.finditer(words):
        name = " ".join(found["name"].lower().split())
        bold = isinstance(text.parent, nodes.strong) and found[0] == words
        if name not in entries or (name in everyday and not bold):
            continue
        anchor, definition = entry = entries[name]
        for other in [other for other in entries if entries[other] == entry]:
            del entries[other]
        yield nodes.Text(words[begin : found.start()])
        link = nodes.reference("", "", nodes.inline(text=found[0]), internal=True, classes=["glossary-link"])
        link["refuri"], link["reftitle"] = f"{address}#{anchor}", definition
        yield link
        begin = found.end()
    yield nodes.Text(words[begin:])


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_config_value("glossary_everyday", [], "env", list)
    app.connect("doctree-read", mark_language)
    app.connect("doctree-resolved", link_first_uses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Chapters for JupyterLab: citations and other roles of MyST in plain Markdown, and the works cited at the end.

Without pybtex, which the extra `book` brings, a citation stays its key.
"""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pybtex.database import Entry

_ROLE = re.compile(r"(?<!`)\{(?P<role>cite(?::\w+)?|term|doc|ref)\}`(?P<text>[^`]+)`")
_TARGET = re.compile(r"\s*<[^<>]*>$")  # of {term}`gradients <gradient>`
_ARXIV = re.compile(r"arXiv:([\w./-]+)")


class Bibliography:
    """The works that chapters cite, by key; an empty one where the file or pybtex is missing."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @cached_property
    def works(self) -> "dict[str, Entry]":
        """All entries of the file."""
        try:
            from pybtex.database import parse_file
        except ImportError:
            return {}
        return dict(parse_file(self.file).entries) if self.file.is_file() else {}

    def authors(self, key: str) -> str:
        """The last names as a sentence says them: one, both, or the first of several."""
        names = [
            " ".join(str(name) for name in (*person.rich_prelast_names, *person.rich_last_names))
            for person in self.works[key].persons["author"]
        ]
        return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."

    def address(self, key: str) -> str:
        """Where the work can be read; empty if the entry does not say it."""
        fields = self.works[key].fields
        if "url" in fields:
            return str(fields["url"])
        if "doi" in fields:
            return f"https://doi.org/{fields['doi']}"
        arxiv = _ARXIV.search(f"{fields.get('journal', '')} arXiv:{fields.get('eprint', '')}")
        return f"https://arxiv.org/abs/{arxiv[1]}" if arxiv else ""

    def mention(self, key: str, *, in_the_sentence: bool) -> str:
        """The work in running text, linked to where it can be read."""
        if key not in self.works:
            return f"[{key}]"
        year = self.works[key].fields["year"]
        words = f"{self.authors(key)} ({year})" if in_the_sentence else f"{self.authors(key)}, {year}"
        address = self.address(key)
        return f"[{words}]({address})" if address else words

    def listed(self, keys: list[str]) -> Iterator[str]:
        """The works as a list has them, one line of Markdown each."""
        if known := [key for key in keys if key in self.works]:
            from pybtex.database import BibliographyData
            from pybtex.plugin import find_plugin

            style = find_plugin("pybtex.style.formatting", "unsrt")()
            backend = find_plugin("pybtex.backends", "markdown")()
            for work in style.format_bibliography(BibliographyData({key: self.works[key] for key in known})):
                yield " ".join(str(work.text.render(backend)).split())


def plain_copy(content: bytes, bibliography: Bibliography) -> bytes:
    """A notebook whose text JupyterLab can show; the same bytes if it could show them already, or it is no notebook."""
    try:
        notebook = json.loads(content)
        texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
        sources = ["".join(cell["source"]) for cell in texts]
    except (ValueError, TypeError, KeyError):
        return content
    cited: dict[str, None] = {}

    def plain(found: re.Match[str]) -> str:
        if not found["role"].startswith("cite"):
            return _TARGET.sub("", found["text"])
        keys = [key.strip() for key in found["text"].split(",")]
        cited.update(dict.fromkeys(keys))
        in_the_sentence = found["role"] == "cite:t"
        mentions = [bibliography.mention(key, in_the_sentence=in_the_sentence) for key in keys]
        return ", ".join(mentions) if in_the_sentence else f"({'; '.join(mentions)})"

    rewritten = [_ROLE.sub(plain, source) for source in sources]
    if rewritten == sources:
        return content
    for cell, source in zip(texts, rewritten, strict=True):
        cell["source"] = source.splitlines(keepends=True)
    if works := list(bibliography.listed(list(cited))):
        notebook["cells"].append(_text("## References\n\n" + "\n".join(f"- {work}" for work in works)))
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "references", "metadata": {}, "source": source.splitlines(keepends=True)}

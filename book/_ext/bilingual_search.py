"""A search index for English text with Chinese in it.

English words are stemmed as Sphinx does it. Chinese has no spaces between words, so each run of Chinese is indexed by
its characters and its pairs of neighbors, and a query is cut into such pairs: a page is found if it holds them all.
"""

import re
from itertools import pairwise
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # for Python and for JavaScript
_RUN = re.compile(f"[{HAN}]+")
_WORD = re.compile(f"[{HAN}]+|[^\\W{HAN}]+")

SPLIT_QUERY = f"""
const hanRun = /[{HAN}]+/g;
const hanOrWord = /[{HAN}]+|(?:(?![{HAN}])[\\p{{Letter}}\\p{{Number}}_\\p{{Emoji_Presentation}}])+/gu;

var splitQuery = (query) =>
  (query.match(hanOrWord) ?? []).flatMap((run) => {{
    const characters = [...run];
    if (!run.match(hanRun) || characters.length === 1) return [run];
    return characters.slice(1).map((character, place) => characters[place] + character);
  }});

// The results quote, and a found page marks, what was asked for and not the pairs.
let asked = [];
const parsePairs = Search._parseQuery;
Search._parseQuery = (query) => {{
  const parsed = parsePairs(query);
  const words = [...parsed[3]].filter((word) => !word.match(hanRun));
  asked = query.match(hanRun) ?? [];
  parsed[3] = new Set([...words, ...asked]);
  localStorage.setItem("sphinx_highlight_terms", [...parsed[3]].join(" "));
  return parsed;
}};

const quotePairs = Search.makeSearchSummary;
Search.makeSearchSummary = (html, terms, anchor) =>
  quotePairs(html, [...[...terms].filter((term) => !term.match(hanRun)), ...asked], anchor);
"""


class BilingualSearch(SearchEnglish):
    """English with stemming, and Chinese by pairs of characters."""

    lang = "en_zh"
    language_name = "English and Chinese"
    js_splitter_code = SPLIT_QUERY

    def split(self, input: str) -> list[str]:
        """The terms to index in a piece of text; of a run of Chinese its characters and its pairs."""
        terms: list[str] = []
        for run in _WORD.findall(input):
            if _RUN.match(run):
                terms += [*run, *("".join(pair) for pair in pairwise(run))]
            else:
                terms.append(run)
        return terms


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the language to `html_search_language`."""
    app.add_search_language(BilingualSearch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The frame of all pages: one file with everything in it, light and dark, for readers, keyboards and printers.

The pages hold what learners wrote. Everything is escaped, and a content policy forbids scripts and any request.
"""

import html
import re
from collections.abc import Iterable, Sequence

STYLE = """
:root { color-scheme: light dark; --text: #1d2430; --soft: #4d5666; --page: #ffffff; --panel: #f3f5f8; --line: #868e9c;
  --link: #0b57a4; --bar: #cfe3f5; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --soft: #b3bbc8; --page: #14181d; --panel: #1e242c; --line: #7c8593; --link: #8ec5ff;
    --bar: #1f4a70; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); line-height: 1.55; overflow-wrap: anywhere;
  font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC",
    "Microsoft YaHei", sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
main.wide { max-width: 76rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.3rem; }
p { margin: 0.5rem 0; white-space: pre-line; }
a { color: var(--link); }
.soft { color: var(--soft); }
.score { font-size: 1.25rem; font-weight: 600; }
.badge { display: inline-block; color: #ffffff; border-radius: 3px; padding: 0.05em 0.5em; font-weight: 600;
  white-space: nowrap; }
.correct { background: #0a7048; } .not-yet { background: #b03a00; } .not-attempted { background: #5a6472; }
.other { background: #75509a; }
.answer { border: 1px solid var(--line); border-left-width: 5px; border-radius: 4px; margin: 1rem 0;
  padding: 0.3rem 0.9rem 0.7rem; }
.answer h2 { margin-top: 0.5rem; }
.answer.is-correct { border-left-color: #2c9a6c; } .answer.is-not-yet { border-left-color: #d0602a; }
.answer.is-not-attempted { border-left-color: var(--line); } .answer.is-other { border-left-color: #9a77bd; }
code, pre { font-family: ui-monospace, SFMono-Regular, Consolas, "Noto Sans Mono", monospace; font-size: 0.9em; }
code, pre { background: var(--panel); border-radius: 3px; }
code { padding: 0 0.2em; }
pre { padding: 0.6rem; margin: 0.4rem 0; white-space: pre-wrap; border: 1px solid var(--line); }
summary { cursor: pointer; font-weight: 600; padding: 0.15rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.9rem 0.25rem 0;
  border-bottom: 1px solid var(--line); }
td.code { font-family: ui-monospace, SFMono-Regular, Consolas, monospace; font-size: 0.9em; white-space: pre-wrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll td, .scroll th { overflow-wrap: normal; }
.scroll td code { white-space: nowrap; }
.long { min-width: 16rem; overflow-wrap: anywhere; }
.bar { background: linear-gradient(var(--bar), var(--bar)) no-repeat left / var(--part) 100%; min-width: 7rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media print { details::details-content { content-visibility: visible; height: auto; } .answer { break-inside: avoid; }
  main { max-width: none; padding: 0; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, parts: Iterable[str], language: str = "en", *, wide: bool = False) -> bytes:
    """A whole HTML file. title is text, parts are HTML. wide: for tables more than for reading."""
    return "\n".join([
        "<!DOCTYPE html>",
        f'<html lang="{html.escape(language)}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex">',
        f"<title>{text(title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        '<main class="wide">' if wide else "<main>",
        *parts,
        "</main>",
        "</body>",
        "</html>",
        "",
    ]).encode("utf-8", "replace")  # fmt: skip


def text(given: str) -> str:
    """Escaped text, without the control characters that HTML forbids."""
    return html.escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", given))


def inline(given: str) -> str:
    """Escaped text; what stands in backticks is code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", text(given))


def element(tag: str, content: str, classes: str = "", **attributes: str) -> str:
    """An element with HTML as its content. An attribute's underscores become hyphens: `aria_label`."""
    given = {"class": classes, **{name.strip("_").replace("_", "-"): value for name, value in attributes.items()}}
    written = "".join(f' {name}="{text(value)}"' for name, value in given.items() if value)
    return f"<{tag}{written}>{content}</{tag}>"


def paragraph(given: str, classes: str = "") -> str:
    """A paragraph of text."""
    return element("p", inline(given), classes)


def fold(title: str, content: str) -> str:
    """Something to open. title is text, content is HTML."""
    return f"<details>{element('summary', inline(title))}{content}</details>"


def listing(items: Iterable[str]) -> str:
    """A list of texts."""
    return element("ul", "".join(element("li", inline(item)) for item in items))


def grid(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """A table of HTML cells that scrolls by itself where it is too wide. numbers: columns that are set to the right."""
    right = set(numbers)

    def cell(tag: str, column: int, content: str) -> str:
        scope = "" if tag == "td" else "col"
        return element(tag, content, "number" if column in right else "", scope=scope)

    head = "".join(cell("th", i, text(name)) for i, name in enumerate(header))
    body = "".join(element("tr", "".join(cell("td", i, c) for i, c in enumerate(row))) for row in rows)
    return element(
        "div",
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
        "scroll",
        role="region",
        aria_label=caption,
        tabindex="0",
    )

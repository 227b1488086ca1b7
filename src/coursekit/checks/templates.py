"""HTML through Jinja2: what people wrote is escaped, and what stands in `backticks` is set as code."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape


def environment(folder: Path) -> Environment:
    """The templates of a folder. All values are escaped; the filter `marked` also looks for backticks."""
    made = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["marked"] = marked
    return made


def marked(text: str, style: str = "") -> Markup:
    """Escaped text; `code` in backticks becomes a code element, in this style."""
    opening = f'<code style="{escape(style)}">' if style else "<code>"
    return Markup(re.sub(r"`([^`]+)`", rf"{opening}\1</code>", str(escape(text))))

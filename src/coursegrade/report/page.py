"""Pages from the templates beside this file: `feedback.html` and `summary.html`, in the frame of `page.html`."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from coursegrade.spreadsheet import CONTROL, number
from coursekit.checks.templates import environment


def page(template: str, language: str = "en", **values: Any) -> bytes:
    """A whole HTML file, without the control characters that HTML forbids."""
    text = _templates().get_template(template).render(language=language, **values)
    return CONTROL.sub("\ufffd", text).encode()


@cache
def _templates() -> Environment:
    made = environment(Path(__file__).parent)
    made.filters.update(number=number, percent="{:.0%}".format)
    return made

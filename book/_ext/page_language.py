"""A page whose front matter says `lang: zh` tells browsers and screen readers that it is Chinese."""

from typing import Any

from sphinx.application import Sphinx


def set_language(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page's `html` element the language of its front matter."""
    context["language"] = app.env.metadata.get(pagename, {}).get("lang", context["language"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at every page."""
    app.connect("html-page-context", set_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

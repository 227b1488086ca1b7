"""Buttons for Binder and Colab, if `_config.yml` gives the address of a repository; without one they lead nowhere."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

PLACES = {
    "notebook_interface": "jupyterlab",
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
}


def offer_places(app: Sphinx, config: Config) -> None:
    """Tell the theme of the places; it stops at them when there is no address."""
    if config.html_theme_options.get("repository_url"):
        config.html_theme_options["launch_buttons"] = PLACES


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at the settings once all are read."""
    app.connect("config-inited", offer_places)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

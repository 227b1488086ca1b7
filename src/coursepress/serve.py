"""One Jupyter server for the book and for JupyterLab.

The book lies at `/book/` and is readable by everyone on this computer; all that can run code asks for the token.
JupyterLab's root is `work/`, the learner's own copies, so that nobody can break a chapter by saving it.
"""

import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from tornado.web import RedirectHandler, StaticFileHandler
from traitlets import Unicode

from coursekit.errors import CourseError

DEFAULT_PORT = 8888
LAB_SETTINGS = Path(__file__).parent / "lab"


class BookHandler(JupyterHandler, StaticFileHandler):
    """A file of the book. Jupyter's own file handler would sandbox the page, which breaks its search."""

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """Send a file; a folder's file is its index.html."""
        await StaticFileHandler.get(self, path, include_body=include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Send what `get` would say about a file."""
        await StaticFileHandler.head(self, path)


class LabAddressHandler(JupyterHandler):
    """The script that tells a page where JupyterLab is; elsewhere this file is empty, so pages probe nothing."""

    @allow_unauthenticated
    def get(self) -> None:
        """Send the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(f'window.courseLab = "{url_path_join(self.base_url, "lab/tree/")}";\n')


class OpenRedirectHandler(JupyterHandler, RedirectHandler):
    """From `/book` to `/book/`, readable by everyone."""

    @allow_unauthenticated
    def get(self, *arguments: Any, **options: Any) -> None:
        """Send the new address."""
        RedirectHandler.get(self, *arguments, **options)


class BookExtension(ExtensionApp):
    """Serves a folder of built pages at `/book/`."""

    name = "course_book"
    folder = Unicode(help="The folder of the built pages.").tag(config=True)

    def initialize_handlers(self) -> None:
        """Route the addresses below `/book`; Jupyter puts the server's base address before them."""
        files = {"path": self.folder, "default_filename": "index.html"}
        self.handlers.extend(
            [
                (
                    r"/book",
                    OpenRedirectHandler,
                    {"url": url_path_join(self.settings["base_url"], "book/"), "permanent": False},
                ),
                (r"/book/_static/lab\.js", LabAddressHandler),
                (r"/book/(.*)", BookHandler, files),
            ]
        )


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__, "app": BookExtension}]


def start(root: Path, *, port: int = DEFAULT_PORT, browser: bool = True, token: str | None = None) -> int:
    """Build the book if needed, then serve it together with JupyterLab until Ctrl-C.

    Args:
        root: the folder of the course.
        port: where to listen on this computer; 0 takes any free port. If the default port is busy, a free one is taken.
        browser: open the book in a browser, if there is one.
        token: what JupyterLab asks for; by default a new secret.

    Returns:
        The exit code, 0.

    Raises:
        CourseError: the book cannot be built, or the port cannot be had.
    """
    from coursepress.build import build

    return serve(build(root), root / "work", port=port, browser=browser, token=token)


def serve(book: Path, work: Path, *, port: int = DEFAULT_PORT, browser: bool = True, token: str | None = None) -> int:
    """Serve a folder of built pages, and JupyterLab with the root `work`. Arguments and errors as for `start`."""
    from jupyter_server.serverapp import ServerApp

    work.mkdir(parents=True, exist_ok=True)
    free = _free_port(port)
    if port not in (0, free):
        print(f"Port {port} is busy, so this takes port {free}.")
    token = token or secrets.token_urlsafe(24)
    settings = {
        "ServerApp.jpserver_extensions": f"{__name__}=True",
        "BookExtension.folder": book,
        "ServerApp.root_dir": work,
        "ServerApp.default_url": "/book/",
        "ServerApp.port": free,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": browser and _has_screen(),
        "ServerApp.answer_yes": True,  # Ctrl-C ends the server at once
        "ServerApp.allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        "ServerApp.log_level": "ERROR",
        "LabApp.log_level": "ERROR",
        "IdentityProvider.token": token,
        "KernelManager.transport_encryption": "auto",  # without it every kernel prints a warning into this terminal
        "LabApp.app_settings_dir": LAB_SETTINGS,
        # Open tabs are remembered per course; settings such as the theme stay the learner's own.
        "LabApp.workspaces_dir": work / ".lab" / "workspaces",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
    }
    app = ServerApp.instance()
    app.initialize(argv=[f"--{name}={value}" for name, value in settings.items()])
    address = f"http://localhost:{free}{app.base_url}"
    words = (
        f"\nThe book:    {address}book/?token={token}\n"
        f"JupyterLab:  {address}lab?token={token}\n"
        "Ctrl-C ends both. Your own copies of the chapters are in work/."
    )
    # Said by the running loop: from then on the addresses answer and Ctrl-C ends the server in order.
    app.io_loop.add_callback(print, words, flush=True)
    app.start()
    return 0


def _has_screen() -> bool:
    """Whether a window can open here. Without one, Python would open a text browser in this terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _free_port(port: int) -> int:
    """The port itself if it is free; else the next free one for the default port. Raises CourseError for any other."""
    candidates = range(port, port + 20) if port == DEFAULT_PORT else [port]
    for candidate in candidates:
        with socket.socket() as probe:
            if os.name != "nt":  # as the server itself does, so that a port which was just freed counts as free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except PermissionError as error:
                raise CourseError(
                    f"This computer does not let you listen on port {candidate}; try --port {DEFAULT_PORT}."
                ) from error
            except OSError:
                continue
            return int(probe.getsockname()[1])
    if port == DEFAULT_PORT:
        raise CourseError(f"Ports {port} to {port + 19} are all busy. Choose another one with --port, or --port 0.")
    raise CourseError(
        f"Port {port} is busy: another program listens there, perhaps this course in another window. "
        f"End that program or choose another port, for example --port {port + 1}."
    )

"""The built book, served in two ways, and a browser to read it with."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coursepress.build import build

TOKEN = "a-token-for-tests"
SERVE = """
import sys
from pathlib import Path
from coursepress.serve import serve
from coursepress.workspace import sync
course, book = map(Path, sys.argv[1:3])
sync(course)
sys.exit(serve(book, course / "work", port=0, browser=False, token=sys.argv[3]))
"""


@dataclass(frozen=True)
class Host:
    """Where the book can be read: the address of its folder, with a slash at its end."""

    name: str
    book: str


@dataclass(frozen=True)
class JupyterServer:
    """A server as `coursekit start` runs it, on a copy of the course's notebooks."""

    address: str
    course: str

    @property
    def host(self) -> Host:
        return Host("jupyter", f"{self.address}book/")


@pytest.fixture(scope="session")
def book(root: Path) -> Path:
    """The folder of the built book; `build` itself waits while another worker builds."""
    return build(root, quiet=True)


@contextlib.contextmanager
def running_server(course: Path, book: Path) -> Iterator[JupyterServer]:
    """A server with homes of its own, so that it reads and writes nothing of the user's."""
    homes = {name: str(course / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    log = course / "server.log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-c", SERVE, str(course), str(book), TOKEN],
            env={**os.environ, **homes, "PYTHONUNBUFFERED": "1"},
            cwd=course,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            while "The book:" not in (words := log.read_text(encoding="utf-8")):
                if process.poll() is not None:
                    pytest.fail(f"The server did not start. It said:\n{words}")
                time.sleep(0.1)
            address = words.partition("The book:")[2].split()[0]
            yield JupyterServer(address.partition("book/")[0], str(course))
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def jupyter(root: Path, book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A server for a module; it ends with it, as tests of another module may run in another process."""
    course = tmp_path_factory.mktemp("课程 course")
    shutil.copytree(root / "notebooks", course / "notebooks")
    with running_server(course, book) as server:
        yield server


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def static(book: Path) -> Iterator[Host]:
    """The book behind a server that knows nothing of Jupyter."""
    handler = functools.partial(_QuietHandler, directory=str(book))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Host("static", f"http://127.0.0.1:{server.server_address[1]}/")
        finally:
            server.shutdown()
            thread.join()

"""The server of `start`: who may read what, and what a person reads when it cannot start."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from coursekit.errors import CourseError
from coursepress import serve

TOKEN = "a-token-for-tests"


@contextmanager
def busy_port(port: int = 0) -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("path", ["book/", "book/book/index.html", "book/_static/lab.js", "book/_static/book.css"])
def test_the_book_is_readable_without_a_token(jupyter: Any, path: str) -> None:
    assert requests.get(f"{jupyter.address}{path}", timeout=30).status_code == 200


@pytest.mark.parametrize("path", ["lab", "lab/tree/vision", "tree", "terminals/1"])
def test_jupyterlab_asks_a_stranger_to_log_in(jupyter: Any, path: str) -> None:
    answer = requests.get(f"{jupyter.address}{path}", allow_redirects=False, timeout=30)
    assert (answer.status_code, "/login" in answer.headers.get("Location", "")) in ((302, True), (404, False))


@pytest.mark.parametrize("path", ["api/contents", "api/kernels", "api/sessions", "api/terminals", "files/vision"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_can_run_code_is_closed_to_strangers(jupyter: Any, method: str, path: str) -> None:
    answer = requests.request(method, f"{jupyter.address}{path}", allow_redirects=False, timeout=30)
    assert answer.status_code in (302, 403, 404, 405)
    assert answer.headers.get("Location", "/login").startswith("/login")


def test_nobody_can_post_to_the_book(jupyter: Any) -> None:
    assert requests.post(f"{jupyter.address}book/", timeout=30).status_code in (403, 405)


def test_the_books_address_with_the_token_logs_in(jupyter: Any) -> None:
    with requests.Session() as reader:
        assert reader.get(f"{jupyter.address}api/contents/vision", timeout=30).status_code == 403
        assert reader.get(f"{jupyter.address}book/", params={"token": TOKEN}, timeout=30).status_code == 200
        copies = reader.get(f"{jupyter.address}api/contents/vision", timeout=30).json()["content"]
    assert {"condense.ipynb", "filter-detect.ipynb", "sliding-window.ipynb"} <= {copy["name"] for copy in copies}


def test_a_wrong_token_opens_the_book_and_nothing_else(jupyter: Any) -> None:
    with requests.Session() as reader:
        assert reader.get(f"{jupyter.address}book/", params={"token": "guess"}, timeout=30).status_code == 200
        assert reader.get(f"{jupyter.address}api/contents", timeout=30).status_code == 403


@pytest.mark.parametrize("path", ["book/..%2f..%2fcourse.py", "book/%2e%2e/%2e%2e/course.py", "book/../server.log"])
def test_nothing_outside_the_book_can_be_read(jupyter: Any, path: str) -> None:
    request = requests.Request("GET", f"{jupyter.address}{path}").prepare()
    request.url = f"{jupyter.address}{path}"
    with requests.Session() as reader:
        assert reader.send(request, allow_redirects=False, timeout=30).status_code in (302, 403, 404)


def test_an_unchanged_page_is_not_sent_twice(jupyter: Any) -> None:
    page = f"{jupyter.address}book/book/index.html"
    first = requests.get(page, timeout=30)
    again = requests.get(page, headers={"If-None-Match": first.headers["Etag"]}, timeout=30)
    assert again.status_code == 304


def test_the_address_without_its_slash_leads_to_the_book(jupyter: Any) -> None:
    answer = requests.get(f"{jupyter.address}book", allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == "/book/"


def test_jupyterlab_comes_without_news_and_extension_manager(jupyter: Any) -> None:
    page = requests.get(f"{jupyter.address}lab", params={"token": TOKEN}, timeout=30).text
    assert "@jupyterlab/apputils-extension:announcements" in page.partition('"disabledExtensions":')[2][:200]
    assert "@jupyterlab/extensionmanager-extension" in page.partition('"disabledExtensions":')[2][:200]


def test_open_tabs_are_remembered_in_the_course_not_in_the_users_home(jupyter: Any) -> None:
    page = requests.get(f"{jupyter.address}lab", params={"token": TOKEN}, timeout=30).text
    folder = page.partition('"workspacesDir": "')[2].partition('"')[0].encode().decode("unicode_escape")
    assert Path(folder) == Path(jupyter.course) / "work" / ".lab" / "workspaces"


def test_a_busy_port_that_was_asked_for_is_named_in_one_sentence() -> None:
    with busy_port() as port, pytest.raises(CourseError, match=rf"^Port {port} is busy.* --port {port + 1}\.$"):
        serve._free_port(port)


def test_the_default_port_moves_on_if_it_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    with busy_port() as port:
        monkeypatch.setattr(serve, "DEFAULT_PORT", port)
        assert port < serve._free_port(port) < port + 20


def test_a_free_port_is_kept() -> None:
    with busy_port() as port:
        pass
    assert serve._free_port(port) == port


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that one process could send to another")
def test_ctrl_c_ends_the_server_without_a_traceback(book: Path, tmp_path: Path) -> None:
    code = (
        # A shell starts background jobs with SIGINT ignored; a person's terminal does not.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import sys; from pathlib import Path; from coursepress.serve import serve; "
        "sys.exit(serve(Path(sys.argv[1]), Path(sys.argv[2]), port=0, browser=False))"
    )
    command = [sys.executable, "-u", "-c", code, str(book), str(tmp_path / "work")]
    homes = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    with subprocess.Popen(
        command, env={**os.environ, **homes}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        words = ""
        while "Ctrl-C" not in words:
            line = process.stdout.readline()
            assert line, words
            words += line
        process.send_signal(signal.SIGINT)
        words += process.stdout.read()
    assert process.returncode == 0, words
    assert "Traceback" not in words
    assert words.count("?token=") == 2

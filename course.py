"""Everything from a bare clone: `python course.py TASK` (Windows: `py course.py TASK`). Standard library only.

It makes `.venv`, installs `requirements.lock` there and hands over. Old Pythons parse it and say what to install."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / ".course.json"  # what is installed in .venv, and whether this file made it
WINDOWS, VERSION = os.name == "nt", "{}.{}".format(*sys.version_info)
PYTHONS = ("3.13", "3.12", "3.11")
FRESH = "tests/coursepress/test_fresh_copy.py"  # it needs the network, which our pytest plugin blocks
ONLINE = f"-m pytest -n0 -p no:coursepress.strict {FRESH}"
BUILD, TESTS = "-m coursepress build", f"-m coursepress.network -- PYTHON -m pytest --ignore={FRESH}"
LOCK = "-m uv pip compile pyproject.toml --extra cpu --extra book --extra test --universal --python-version 3.11"
LOCK += " --fork-strategy fewest --no-annotate --no-header --quiet --output-file requirements.lock"
TASKS = {  # task: (what help says, what .venv's Python runs; all of it, so that one run shows every failure)
    "start": ("serve the book and JupyterLab   [--port N] [--no-browser]", ["-m coursepress start"]),
    "reset": ("a fresh copy of a chapter in work/; yours is set aside   CHAPTER", ["-m coursepress reset"]),
    "doctor": ("one page: what is installed, what works, what to do if not", ["-m coursepress doctor"]),
    "test": ("lint, a fresh set-up, the book, all tests   [--thorough] [PYTEST ARGUMENTS: only those]", [BUILD, TESTS]),
    "book": ("build the book into _build/html   [--force]", [BUILD]),
    "notebooks": ("execute chapters and save their outputs   [CHAPTER ...]", ["-m coursepress execute"]),
    "stable": ("execute chapters, compare with what is saved   [CHAPTER ...]", ["-m coursepress execute --check"]),
    "lint": ("ruff (lint and format) and mypy", ["-m ruff check", "-m ruff format --check", "-m mypy"]),
    "bench": ("run the benchmarks", sorted(f"benchmarks/{path.name}" for path in ROOT.glob("benchmarks/*.py"))),
    "lock": ("write requirements.lock from pyproject.toml   [--upgrade]", [LOCK]),
    "grade": ("grade a class's notebooks   FILES --out DIR [OPTIONS]", ["-m coursepress grade"]),
    "setup": ("only the set-up, with which every task begins", []),
}
CAUSES = {  # what pip, uv and systems say of one cause: the sentence for it
    "no space left|not enough|disk full|quota": "The disk is full: .venv takes 4 GB. Make room and run this again.",
    "permission denied|access is denied|read-only|not permitted|being used by": f"Writing to {ROOT} failed: close what "
    "uses its .venv (JupyterLab, editors), or move the course to a folder of your own, and run this again.",
    "retrying (|dns error|getaddrinfo|connect|network|timed out|proxy|certificate|error sending|offline": "The package "
    "index cannot be reached, and installing needs it. Check the network or the proxy and run this again.",
}


def explain(output: str) -> str:
    """The sentence for a failure, from what a tool or the system said about it."""
    text = "no space left" if shutil.disk_usage(str(ROOT)).free < 1e8 else output.lower()
    found = [sentence for signs, sentence in CAUSES.items() if any(sign in text for sign in signs.split("|"))]
    last = "".join(output.strip().splitlines()[-1:])
    return found[0] if found else f"The set-up did not finish; CONTRIBUTING.md lists known causes. {last}"


def venv_python() -> str:
    return str(VENV / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def listen(*command: str) -> tuple[int, str]:
    """Exit code and words of a command; -1 if there is no such program."""
    try:
        done = subprocess.run(command, check=False, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()
    except OSError as error:
        return -1, str(error)


def run(*arguments: str, folder: Path = ROOT) -> int:
    """Exit code of .venv's Python."""
    process = subprocess.Popen([venv_python(), *arguments], cwd=str(folder))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:  # it reached the process as well, which may need time to end well
        process.wait()
        raise


def check_computer() -> None:
    """Stop if TensorFlow has no build for this Python or this computer."""
    system, machine = platform.system(), platform.machine().lower()
    if VERSION not in PYTHONS:
        calls = [["py", f"-{python}"] if WINDOWS else [f"python{python}"] for python in PYTHONS]
        found = [" ".join(call) for call in calls if listen(*call, "-c", "")[0] == 0]
        advice = f"This computer has one: run {found[0]} {' '.join(sys.argv)}" if found else "Install Python 3.13."
        sys.exit(f"This is Python {VERSION}, and TensorFlow 2.21 needs Python 3.11, 3.12 or 3.13. {advice}")
    if sys.maxsize < 2**32 or (system, machine) in (("Darwin", "x86_64"), ("Windows", "arm64")):
        sys.exit(f"TensorFlow 2.21 has no build for {system}, {machine}. It needs 64 bits (Windows: x86, Mac: Apple).")


def read_stamp() -> dict:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.is_file() else {}
    except ValueError:  # an interrupted write, and only this file writes it
        return {"made": True}


def make_venv(known: dict) -> dict:
    """Make .venv, or make it again if it is of no use. Returns what its stamp says now."""
    old = [*VENV.iterdir()] if VENV.is_dir() else []
    if old:
        moved, half = known.get("root", str(ROOT)) != str(ROOT), "root" not in known and known.get("made")
        probe = "import sys, pip; print('%d.%d' % sys.version_info[:2])"  # pip is lost when a system upgrades Python
        if not moved and not half and listen(venv_python(), "-c", probe) == (0, VERSION):
            return known
        reason = "was made in another folder" if moved else f"does not run Python {VERSION} with pip"
        if not known.get("made"):
            sys.exit(f"The folder .venv {reason}, and course.py did not make it: rename it, then run this again.")
        print(f"The folder .venv {'is half made' if half else reason}: making it again.")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(f"This Python lacks its venv module: on Debian and Ubuntu run apt install python{VERSION}-venv.")
    if not old and shutil.disk_usage(str(ROOT)).free < 3e9:
        sys.exit(explain("no space left"))
    VENV.mkdir(exist_ok=True)
    STAMP.write_text('{"made": true}', encoding="utf-8")  # from now on, .venv is half made
    for path in set(old) - {STAMP}:
        shutil.rmtree(str(path)) if path.is_dir() and not path.is_symlink() else path.unlink()
    code, words = listen(getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV))
    if code:
        sys.exit(explain(words))
    return {"made": True}


def get_uv() -> bool:
    """Whether .venv has uv, which installs in seconds what takes pip minutes; False where uv has no build."""
    code, words = listen(venv_python(), "-m", "pip", "config", "get", "global.index-url")
    if code == 0:  # many keep a nearby mirror in pip's settings, which uv does not read
        os.environ.setdefault("UV_DEFAULT_INDEX", words)
    code, words = listen(venv_python(), "-m", "pip", "install", "-q", "--only-binary", ":all:", "uv>=0.9,<1")
    if code and ("no matching distribution" not in words.lower() or "retrying (" in words.lower()):
        sys.exit(explain(words))
    return code == 0


def set_up() -> None:
    """Bring .venv to what requirements.lock says. A second run finds nothing to do."""
    check_computer()
    state = make_venv(read_stamp())
    sources = (ROOT / "requirements.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    wanted = {"root": str(ROOT), "python": VERSION, "sources": hashlib.sha256(sources).hexdigest()}
    if {**state, **wanted} == state:
        return
    print("Installing requirements.lock into .venv (the first time, this downloads about 0.7 GB)", flush=True)
    tool = ["-m", "uv", "pip", "install", "--python", venv_python()] if get_uv() else ["-m", "pip", "install"]
    STAMP.write_text(json.dumps({"made": state.get("made", False)}), encoding="utf-8")
    if run(*tool, "-r", "requirements.lock") or run(*tool, "--no-deps", "--no-build-isolation", "-e", "."):
        reason = explain(listen(venv_python(), *tool, "--dry-run", "-r", "requirements.lock")[1])
        if "index" in reason:  # nothing was installed: what was there goes on working
            STAMP.write_text(json.dumps(state), encoding="utf-8")
        sys.exit(reason)
    STAMP.write_text(json.dumps({"made": state.get("made", False), **wanted}), encoding="utf-8")


def perform(task: str, arguments: list[str], begin: float) -> int:
    """Run a task's commands, the last one with the arguments, and print their times if there are several."""
    whole = task == "test" and not set(arguments) - {"--thorough"}
    commands = [*TASKS["lint"][1], ONLINE, BUILD, TESTS] if whole else TASKS[task][1]
    report, worst, home = [f"{time.perf_counter() - begin:7.1f} s  set-up"], 0, Path.cwd() if task == "grade" else ROOT
    pool, early = ThreadPoolExecutor(), commands[:-1] if whole else []  # none needs another, and some wait a lot
    beside = {command: pool.submit(listen, venv_python(), *command.split()) for command in early}
    for command in commands:
        begin = time.perf_counter()
        words = [venv_python() if word == "PYTHON" else word for word in command.split()]
        words += arguments if command == commands[-1] else []
        code, said = beside[command].result() if command in beside else (run(*words, folder=home), "")
        print(said, end="\n" * bool(said), flush=True)
        worst = worst or code
        report.append(f"{time.perf_counter() - begin:7.1f} s  {command.split(' --')[0]}{': FAILED' if code else ''}")
    if len(commands) > 1:  # of parts that ran side by side, how long they were waited for
        print(*report, sep="\n")
    return worst


def main(arguments: list[str]) -> int:
    os.environ["PYTHONUTF8"] = os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    os.environ.setdefault("UV_COMPILE_BYTECODE", "1")  # as pip does; else TensorFlow may take 10 s longer, each time
    begin, task = time.perf_counter(), arguments[0] if arguments else "help"
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console may lack a letter of the path
    if task not in TASKS:
        print(__doc__.splitlines()[0], *(f"  {name:10} {text}" for name, (text, _) in TASKS.items()), sep="\n")
        return 0 if task in ("help", "-h", "--help") else 2
    try:
        set_up()
        return perform(task, arguments[1:], begin)
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except OSError as error:
        sys.exit(explain(str(error)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long the book takes to build: against a book of one empty page, and against finding nothing to do.

    python benchmarks/book_build.py

Prints ratios. The chapters are not executed; their outputs are in the notebooks. We promise less than 30 s.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from coursepress.build import build

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def build_empty_book() -> None:
    """Let Jupyter Book build one page with its default settings, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "index.md").write_text("# Nothing\n", encoding="utf-8")
        Path(folder, "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
        command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Measure and print."""
    build(ROOT, quiet=True)  # Installs the web files if they are missing.
    empty = statistics.median(seconds(build_empty_book) for _ in range(ROUNDS))
    whole = statistics.median(seconds(lambda: build(ROOT, force=True, quiet=True)) for _ in range(ROUNDS))
    nothing = statistics.median(seconds(lambda: build(ROOT, quiet=True)) for _ in range(ROUNDS))
    times = f"book {whole:.1f} s, empty book {empty:.1f} s, nothing to do {1000 * nothing:.0f} ms"
    print(f"medians of {ROUNDS} rounds: {times}")
    print(f"book / empty book    {whole / empty:.2f}")
    print(f"nothing to do / book {nothing / whole:.4f}")


if __name__ == "__main__":
    main()

"""How long a chapter takes against its floor: a kernel that starts, runs `ck.setup()` and stops.

    python benchmarks/notebook_execution.py [NOTEBOOK] [--all]

Prints ratios of medians, and whether the chapter keeps the limit of 45 seconds. `--all` runs every chapter once.
"""

import argparse
import statistics
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from coursepress.chapters import find_root, list_chapters
from coursepress.execute import chapter_name, run
from coursepress.normalize import code_cells

ROUNDS = 3
LIMIT_S = 45
EMPTY = "pass"
SETUP = "import coursekit as ck\n\nck.setup()"


def seconds(notebook: NotebookNode) -> float:
    """Wall time from before the kernel starts until after it has stopped."""
    outcome = run(notebook)
    if outcome.troubles:
        raise SystemExit("\n".join(map(str, outcome.troubles)))
    return outcome.seconds


def one(path: Path) -> None:
    """Measure one chapter against an empty notebook and against its setup cell, taking turns."""
    programs = {
        "empty kernel": lambda: new_notebook(cells=[new_code_cell(EMPTY)]),
        "ck.setup()": lambda: new_notebook(cells=[new_code_cell(SETUP)]),
        "chapter": lambda: nbformat.read(path, as_version=4),
    }
    rounds = [{name: seconds(make()) for name, make in programs.items()} for _ in range(ROUNDS)]
    median = {name: statistics.median(times[name] for times in rounds) for name in programs}
    print(
        f"{chapter_name(path)}, medians of {ROUNDS} rounds: " + ", ".join(f"{n} {t:.1f} s" for n, t in median.items())
    )
    print(f"chapter / empty kernel {median['chapter'] / median['empty kernel']:.1f}")
    print(f"chapter / ck.setup()   {median['chapter'] / median['ck.setup()']:.1f}")
    print(f"chapter / its limit    {median['chapter'] / LIMIT_S:.2f}")


def every(paths: list[Path]) -> None:
    """Run every chapter once, one after the other, and print the average."""
    times = []
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        times.append(seconds(notebook))
        print(f"{chapter_name(path):<30} {len(code_cells(notebook)):>3} code cells {times[-1]:6.1f} s")
    print(f"average {statistics.mean(times):.1f} s, longest / limit {max(times) / LIMIT_S:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="?", type=Path, help="default: the first chapter")
    parser.add_argument("--all", action="store_true", help="every chapter, once")
    options = parser.parse_args()
    paths = list(list_chapters(find_root()).values())
    if options.all:
        every(paths)
    else:
        one(options.notebook or paths[0])


if __name__ == "__main__":
    main()

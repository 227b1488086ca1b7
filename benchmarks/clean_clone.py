"""How long the README's two commands take in a clean clone, next to a bare `python3 -m venv`.

    python benchmarks/clean_clone.py [--test]

Clones the last commit into an empty folder, sets it up, and builds the book; `--test` runs the whole test command, too.
Prints the size of what was made. The tests may take 12 minutes on two quiet cores with 17 chapters, 20 with 44.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def seconds(*command: str, folder: Path) -> float:
    """Wall time of a command that has to succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def gigabytes(folder: Path) -> float:
    """What the files below a folder take."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--test", action="store_true", help="run the whole test command, too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        clone = Path(home) / "course"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        bare = seconds(sys.executable, "-m", "venv", "bare", folder=Path(home))
        tasks = {"set-up": "setup", "book": "book", "set-up again": "setup", "book again": "book"}
        for what, task in tasks.items():
            taken = seconds(sys.executable, "course.py", task, folder=clone)
            print(f"{what:14}{taken:>7.0f} s, {taken / bare:>6.1f} times a bare environment")
        for folder in (".venv", "_build"):
            print(f"{folder:14}{gigabytes(clone / folder):>7.1f} GB")
        if wanted.test:
            print(f"{'all tests':14}{seconds(sys.executable, 'course.py', 'test', folder=clone) / 60:>7.1f} min")


if __name__ == "__main__":
    main()

"""How long `import coursekit` takes: against an empty Python, and against `import tensorflow`.

    python benchmarks/import_time.py

Prints ratios of medians. Fresh processes, the three taken in turn, so that a busy moment hits all of them.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 7
PROGRAMS = {"python": "pass", "coursekit": "import coursekit", "tensorflow": "import tensorflow"}


def seconds(program: str) -> float:
    """Wall time of a fresh Python that runs one line."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    for program in PROGRAMS.values():
        seconds(program)  # The first run compiles files and fills the disk cache.
    rounds = [{name: seconds(program) for name, program in PROGRAMS.items()} for _ in range(ROUNDS)]
    median = {name: statistics.median(one[name] for one in rounds) for name in PROGRAMS}
    print(f"medians of {ROUNDS} rounds: " + ", ".join(f"{name} {1000 * t:.0f} ms" for name, t in median.items()))
    print(f"import coursekit / empty Python      {median['coursekit'] / median['python']:.2f}")
    print(f"import coursekit / import tensorflow {median['coursekit'] / median['tensorflow']:.3f}")


if __name__ == "__main__":
    main()

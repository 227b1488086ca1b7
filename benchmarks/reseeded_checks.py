"""Do checks agree with any seed? 50 seeds for every exercise that trains nothing; tests spend 3 (models) or 20.

python benchmarks/reseeded_checks.py [EXERCISE ...]
"""

import sys

from coursekit.checks import bank, diagnosis
from coursepress import audit

SEEDS = 50


def main(ids: list[str]) -> int:
    """Print for each exercise what is unstable; 1 if anything is."""
    chosen = [
        exercise
        for exercise in bank.all_exercises()
        if (exercise.id in ids if ids else not audit.is_training(exercise))
    ]
    failures = 0
    for exercise in chosen:
        with diagnosis.remembering():
            found = [text for seed in range(1, SEEDS + 1) for text in audit.unstable(exercise, seed)]
        failures += bool(found)
        print(f"{exercise.id:40} {SEEDS} seeds, {len(found)} complaints", *found[:5], sep="\n  " if found else "")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How many automatic faults in the reference solutions the checks notice, per exercise and in total.

python benchmarks/mutation_score.py [chapter …]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from coursekit.checks import bank
from coursepress import audit, mutation


def main(chapters: list[str]) -> int:
    print(f"{'exercise':<36}{'mutants':>8}{'killed':>8}{'excused':>9}{'score':>8}")
    scores = []
    for chapter in chapters or bank.chapters():
        for exercise in bank.load(chapter):
            score = mutation.score(exercise, at_most=10 if audit.is_training(exercise) else None)
            scores.append(score)
            counts = f"{score.total:>8}{score.killed:>8}{len(score.excused):>9}{score.share:>8.0%}"
            print(f"{score.exercise:<36}{counts}", flush=True)
            for change in score.excused:
                print(f"    excused: {change}: {exercise.excused[change]}")
            for change in score.survivors:
                print(f"    survives: {change}")
    total, killed = sum(s.total for s in scores), sum(s.killed for s in scores)
    excused = sum(len(s.excused) for s in scores)
    print(f"{'total':<36}{total:>8}{killed:>8}{excused:>9}{killed / (total - excused):>8.1%}")
    return 0 if killed / (total - excused) >= audit.ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

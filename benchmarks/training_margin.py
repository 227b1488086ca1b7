"""How far right and wrong trainings are from the threshold that decides, over 20 seeds.

python benchmarks/training_margin.py
"""

import os
import sys
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from coursebook.filter_detect import exercises as filter_detect
from coursekit.checks.state import untouched

SEEDS = 20


def unexplained(function: object, seed: int) -> float:
    """Mean squared error on unseen pictures, as a share of their variance."""
    with untouched(seed):
        return filter_detect.learn_kernel.look(function, np.random.default_rng(seed))["unexplained"]


def main() -> int:
    exercise = filter_detect.learn_kernel
    right = {"solution": exercise.reference} | {f"variant {i}": v for i, v in enumerate(exercise.variants, 1)}
    too_little = filter_detect.agrees_on_unseen_pictures.counterexamples
    wrong = {f"counterexample {i}": f for i, f in enumerate(too_little, 1)}
    decided = True
    print(f"threshold: {filter_detect.LARGEST_SHARE:.1%} of the variance unexplained; {SEEDS} seeds")
    for name, function in (right | wrong).items():
        start = time.perf_counter()
        shares = np.array([unexplained(function, seed) for seed in range(SEEDS)])
        seconds = (time.perf_counter() - start) / SEEDS
        below = shares < filter_detect.LARGEST_SHARE
        decided &= bool(below.all() if name in right else not below.any())
        print(f"{name:<18} smallest {shares.min():>9.3%}   largest {shares.max():>9.3%}   {seconds:.2f} s each")
    return 0 if decided else 1


if __name__ == "__main__":
    sys.exit(main())

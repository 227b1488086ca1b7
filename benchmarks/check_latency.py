"""How long a check takes, next to a bare call of the same function.

Promise (DESIGN §5): after the first check, arrays below 50 ms and untrained models below 500 ms. Trained models are
listed too; most of their time is the training that the answer itself asks for.

    python benchmarks/check_latency.py
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from coursekit.checks import Exercise, bank
from coursekit.checks.diagnosis import check
from coursepress import audit

PROMISED = {"value": 50, "array": 50, "model": 500, "training": None}  # milliseconds


def kind(exercise: Exercise) -> str:
    if exercise.is_value:
        return "value"
    if audit.is_training(exercise):
        return "training"
    return "model" if exercise.compares and exercise.count <= 2 else "array"


def milliseconds(call: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return sorted(taken)


def bare_call(exercise: Exercise) -> Callable[[], object]:
    if not exercise.compares:
        return lambda: exercise.look(exercise.reference, np.random.default_rng(0))
    arguments = exercise.draw(np.random.default_rng(0))[0].arguments
    return lambda: exercise.apply(exercise.reference, arguments)


def main() -> int:
    print(f"{'kind':<10}{'answer':<14}{'exercise':<36}{'median ms':>10}{'p95 ms':>9}{'bare ms':>9}{'checks/call':>13}")
    late = []
    for exercise in bank.all_exercises():
        times = {"training": 3, "model": 20}.get(kind(exercise), 50)
        wrong = exercise.misconceptions[0].function if exercise.misconceptions else None
        answers = {"right": exercise.reference} | ({"misconception": wrong} if wrong else {})
        bare = statistics.median(milliseconds(bare_call(exercise), times))
        for name, function in answers.items():
            given = function() if exercise.is_value else function
            check(exercise, given)
            taken = milliseconds(lambda exercise=exercise, given=given: check(exercise, given), times)
            median, p95 = statistics.median(taken), taken[int(0.95 * (len(taken) - 1))]
            ratio = f"{median / bare:>12.0f}×" if bare > 0.001 else f"{'–':>13}"
            print(f"{kind(exercise):<10}{name:<14}{exercise.id:<36}{median:>10.1f}{p95:>9.1f}{bare:>9.2f}{ratio}")
            promised = PROMISED[kind(exercise)]
            if promised is not None and p95 > promised:
                late.append(f"{exercise.id} ({name}): p95 {p95:.0f} ms, promised {promised} ms")
    print("\n".join(["", *late]) if late else "\nEvery check is within its promise.")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())

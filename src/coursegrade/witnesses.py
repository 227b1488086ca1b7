"""Witnesses: a small set of probes that tells an exercise's mistakes from its solution and from each other."""

from itertools import combinations

from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import outcome, pool, same


def telling(exercise: Exercise) -> list[int]:
    """Places in an exercise's pool of probes that tell apart, stratum by stratum, whatever the pool can tell apart.

    The audit saves them for the exercises of the book; for a teacher's own bank the judge searches them.
    """
    probes = pool(exercise)
    solutions = [exercise.reference, *(m.function for m in exercise.misconceptions)]
    chosen: list[int] = []
    for stratum in dict.fromkeys(probe.stratum for probe in probes):
        unseparated = set(combinations(range(len(solutions)), 2))
        for place, probe in ((place, probe) for place, probe in enumerate(probes) if probe.stratum == stratum):
            if not unseparated:
                break
            outcomes = [outcome(exercise, solution, probe, 0) for solution in solutions]
            separated = {(i, j) for i, j in unseparated if not same(exercise, outcomes[i], outcomes[j])}
            if separated:
                unseparated -= separated
                chosen.append(place)
    return chosen

"""Witnesses tell the mistakes of an exercise apart, however rare they are."""

from coursegrade.witnesses import telling
from coursekit.checks import exercise
from coursekit.checks.diagnosis import pool, probes


def rare():
    @exercise("test-chapter/rare", probes=3)
    def same(n):
        """n."""
        return n

    same.probe(lambda rng: dict(n=int(rng.integers(0, 40))))
    same.mistakes = {"-1 if n == 7 else n": "wrong at 7", "-1 if n == 9 else n": "wrong at 9"}
    return same


def test_a_witness_is_found_for_each_rare_mistake_and_no_more_than_needed():
    one = rare()
    tried = pool(one)
    assert {tried[place].arguments["n"] for place in telling(one)} == {7, 9}


def test_the_same_witnesses_are_found_each_time():
    assert telling(rare()) == telling(rare())


def test_what_is_tried_on_examples_alone_meets_each_of_them_once():
    @exercise("test-chapter/two")
    def same(n):
        """n."""
        return n

    same.example(n=1)
    same.example(n=2)
    same.mistakes = {"-n": "the sign", "1": "always 1"}
    same.witnesses = telling(same)
    assert same.witnesses
    assert [probe.arguments["n"] for probe in probes(same, seed=0)] == [1, 2]

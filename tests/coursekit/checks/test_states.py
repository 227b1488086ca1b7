"""Every way to hand in an answer has its own helpful state."""

import signal
import textwrap
import threading
import time

import numpy as np
import pytest

from coursekit.checks import beside, exercise, question, running
from coursekit.checks.diagnosis import State, check, pool
from coursekit.checks.state import remember_libraries


@exercise("test-chapter/total")
def total(numbers, start=0):
    """The sum."""
    return start + sum(numbers)


@total.probe
def _(rng):
    return dict(numbers=rng.integers(1, 9, 4).tolist(), start=int(rng.integers(1, 5)))


@total.mistake("You forgot {start}.")
def _(numbers, start=0):
    return sum(numbers)


def text(verdict):
    return " ".join(finding.text for finding in verdict.findings)


def details(verdict):
    return {label: value for finding in verdict.findings for label, value in finding.details}


def learners(code):
    """A function as a notebook cell makes it: its source is readable, in a file of its own."""
    import linecache

    code = textwrap.dedent(code)
    name = f"<cell {hash(code)}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    space = {}
    exec(compile(code, name, "exec"), space)
    return next(value for key, value in space.items() if callable(value))


@pytest.mark.parametrize("body", ["...", "pass", '"""Doc."""', '"""Doc."""\n    ...'])
def test_a_stub_is_not_attempted(body):
    assert check(total, learners(f"def total(numbers, start=0):\n    {body}\n")).state is State.NOT_ATTEMPTED


def test_a_function_without_readable_source_that_does_nothing_is_not_attempted():
    space = {}
    exec("def total(numbers, start=0):\n    ...", space)
    assert check(total, space["total"]).state is State.NOT_ATTEMPTED


def test_a_named_mistake_quotes_the_input():
    verdict = check(total, lambda numbers, start=0: sum(numbers), seed=1)
    assert verdict.reason == "misconception"
    assert f"You forgot {details(verdict)['Input'][-1]}." == text(verdict)


def test_an_exception_shows_the_learners_own_line():
    verdict = check(total, learners("""
        def total(numbers, start=0):
            return helper(numbers)

        def helper(numbers):
            return numbers[99]
    """))  # fmt: skip
    assert verdict.reason == "exception"
    assert "IndexError" in text(verdict)
    assert details(verdict)["Line 6"] == "return numbers[99]"


def test_an_endless_loop_can_be_interrupted():
    def total(numbers, start=0):
        while True:
            pass

    def press_stop():
        time.sleep(0.3)
        signal.raise_signal(signal.SIGINT)

    if threading.current_thread() is not threading.main_thread():
        pytest.skip("only the main thread can be interrupted")
    threading.Thread(target=press_stop).start()
    started = time.monotonic()
    verdict = check(globals()["total"], total)
    assert (verdict.state, verdict.reason) == (State.CANNOT_CHECK, "interrupted")
    assert time.monotonic() - started < 30


def test_an_answer_that_catches_everything_but_interrupts_is_still_stopped():
    def stubborn(numbers, start=0):
        raise KeyboardInterrupt

    assert check(total, stubborn).reason == "interrupted"


def test_printing_instead_of_returning_is_named(capsys):
    verdict = check(total, learners("def total(numbers, start=0):\n    print(start + sum(numbers))\n"))
    assert verdict.reason == "no return"
    assert "prints its result" in text(verdict)
    assert capsys.readouterr().out == ""


def test_a_forgotten_return_is_named():
    verdict = check(total, learners("def total(numbers, start=0):\n    result = start + sum(numbers)\n"))
    assert verdict.reason == "no return"
    assert "has no `return`" in text(verdict)


def test_changed_arguments_are_noted_and_spoil_no_later_probe():
    def greedy(numbers, start=0):
        while numbers:
            start += numbers.pop()
        return start

    verdict = check(total, greedy)
    assert verdict.state is State.CORRECT
    assert "changes its input (numbers)" in verdict.notes[0]


@pytest.mark.parametrize("is_greedy", [False, True])
def test_arrays_in_lists_and_dicts_may_be_given_and_their_changes_are_noted(is_greedy):
    @exercise("test-chapter/weigh")
    def weigh(weights, biases):
        """The sum of all."""
        return sum(float(w.sum()) for w in weights) + sum(float(b.sum()) for b in biases.values())

    weigh.example(weights=[np.ones(2), np.array([np.nan, 1.0])], biases={"hidden": np.ones(3)})

    def answer(weights, biases):
        total = sum(float(w.sum()) for w in weights) + sum(float(b.sum()) for b in biases.values())
        if is_greedy:
            biases["hidden"][0] = 7
        return total

    verdict = check(weigh, answer)
    assert verdict.state is State.CORRECT
    assert ["changes its input (biases)" in note for note in verdict.notes] == [True] * is_greedy


def test_a_generator_is_told_from_a_list():
    @exercise("test-chapter/squares")
    def squares(n):
        """Squares."""
        return [i * i for i in range(n)]

    squares.example(n=5)

    def lazy(n):
        for i in range(n):
            yield i * i

    assert "`return` instead of `yield`" in text(check(squares, lazy))


def test_an_endless_generator_is_read_only_as_far_as_needed():
    @exercise("test-chapter/batches")
    def batches(n):
        """Batches."""
        yield from range(n)

    batches.example(n=5)

    def endless(n):
        while True:
            yield 1

    assert check(batches, batches.reference).state is State.CORRECT
    assert check(batches, endless).state is State.NOT_YET


def test_recursion_that_works_passes_and_recursion_without_end_is_named():
    def right(numbers, start=0):
        return start if not numbers else right(numbers[1:], start + numbers[0])

    def endless(numbers, start=0):
        return endless(numbers, start)

    assert check(total, right).state is State.CORRECT
    assert "calls itself again and again" in text(check(total, endless))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda numbers: 0, "The number of parameters differs: 1 instead of 2."),
        (lambda numbers, start, more: 0, "needs more than it gets: more"),
        (lambda numbers, start: 0, "lost their default value: start"),
        (lambda start, values: 0, "another order: start, values"),
        (lambda a, b, c: 0, "The number of parameters differs: 3 instead of 2."),
    ],
)
def test_a_wrong_signature_is_said_with_the_asked_one(function, said):
    verdict = check(total, function)
    assert verdict.reason == "signature"
    assert said in text(verdict)
    assert "total(numbers, start=0)" in text(verdict)


def test_other_names_without_defaults_get_every_value():
    @exercise("states/scaled")
    def scaled(number, factor=3):
        return number * factor

    scaled.example(number=2)
    scaled.example(number=2, factor=5)
    assert check(scaled, lambda n, f: n * f).state is State.CORRECT


@pytest.mark.parametrize(
    "function",
    [
        lambda values, first: first + sum(values),
        lambda start=0, numbers=(): start + sum(numbers),
        lambda numbers, start=0, extra=1: start + sum(numbers),
        lambda values, first, extra=1: first + sum(values),
        lambda *args: args[1] + sum(args[0]),
        lambda **given: given["start"] + sum(given["numbers"]),
        lambda numbers, /, start=0: start + sum(numbers),
    ],
)
def test_other_names_other_order_by_name_and_more_optional_parameters_are_welcome(function):
    assert check(total, function).state is State.CORRECT


def test_a_number_is_no_function():
    assert check(total, 3).reason == "form"


def test_leaving_the_program_is_named():
    def leave(numbers, start=0):
        raise SystemExit

    assert "ends the program" in text(check(total, leave))


def test_two_mistakes_at_once_are_both_named_stratum_by_stratum():
    @exercise("test-chapter/two")
    def double(x):
        """Twice x."""
        return 2 * x

    @double.probe  # from 3: a 2 is doubled by squaring it, too
    def _(rng):
        return dict(x=int(rng.integers(3, 9)))

    @double.probe
    def _(rng):
        return dict(x=int(-rng.integers(3, 9)))

    @double.strata
    def _(x):
        return "below" if x < 0 else "above"

    @double.mistake("above: squared")
    def _(x):
        return x * x if x > 0 else 2 * x

    @double.mistake("below: zero")
    def _(x):
        return 0 if x < 0 else 2 * x

    verdict = check(double, lambda x: x * x if x > 0 else 0)
    assert set(verdict.misconceptions) == {"above: squared", "below: zero"}


def test_an_unknown_mistake_shows_the_smallest_failing_probe():
    verdict = check(total, lambda numbers, start=0: start + sum(numbers) + 1, seed=0)
    assert verdict.reason == "difference"
    assert set(details(verdict)) == {"Input", "Expected", "Your answer"}


def test_the_witnesses_that_were_saved_are_probes_of_every_check():
    @exercise("test-chapter/rare", probes=3)
    def rare(n):
        """n."""
        return n

    @rare.probe
    def _(rng):
        return dict(n=int(rng.integers(0, 40)))

    @rare.mistake("wrong at 7")
    def _(n):
        return -1 if n == 7 else n

    rare.witnesses = [next(place for place, probe in enumerate(pool(rare)) if probe.arguments["n"] == 7)]
    for seed in range(20):
        assert check(rare, rare.misconceptions[0].function, seed).misconceptions == ("wrong at 7",)


def test_a_reference_that_raises_asks_for_the_same_error():
    @exercise("test-chapter/refuse")
    def refuse(n):
        """n, or ValueError below 0."""
        if n < 0:
            raise ValueError("below 0")
        return n

    refuse.example(n=-1)
    refuse.example(n=2)

    def other(n):
        if n < 0:
            raise ValueError("no")
        return n

    assert check(refuse, other).state is State.CORRECT
    assert "a ValueError was asked for" in text(check(refuse, lambda n: n))


def test_a_class_is_checked_by_what_it_does():
    @exercise("test-chapter/scale")
    class Scale:
        """Multiply by a factor."""

        def __init__(self, factor):
            self.factor = factor

        def __call__(self, x):
            return self.factor * x

    @Scale.probe
    def _(rng):
        return dict(factor=int(rng.integers(2, 5)), x=rng.normal(size=3))

    @Scale.use
    def _(answer, factor, x):
        return answer(factor)(x)

    class Mine:
        def __init__(self, factor):
            self.f = np.float32(factor)

        def __call__(self, x):
            return x * self.f

    class Empty:
        """Nothing yet."""

        def __init__(self, factor): ...

        def __call__(self, x):
            pass

    assert check(Scale, Mine).state is State.CORRECT
    assert check(Scale, Empty).state is State.NOT_ATTEMPTED


def test_a_failure_of_the_check_itself_is_said_to_be_none_of_the_learners():
    @exercise("test-chapter/broken")
    def broken(n):
        """n."""
        return n

    @broken.probe
    def _(rng):
        raise RuntimeError("the author's mistake")

    verdict = check(broken, lambda n: n)
    assert (verdict.state, verdict.reason) == (State.CANNOT_CHECK, "fault")
    assert "not your mistake" in text(verdict)


def test_what_is_remembered_changes_no_verdict_and_only_a_learners_code_runs_again():
    from coursekit.checks import diagnosis

    calls = []

    @exercise("test-chapter/twice")
    def twice(x):
        """Two times x."""
        calls.append("solution")
        return 2 * x

    @twice.probe
    def _(rng):
        return dict(x=int(rng.integers(2, 99)))

    @twice.mistake("You added two.")
    def _(x):
        calls.append("mistake")
        return x + 2

    def own(x):
        calls.append("own")
        return x + 2

    alone = [check(twice, own, seed) for seed in (1, 1, 2)]
    with diagnosis.remembering():
        calls.clear()
        assert [check(twice, own, 1), check(twice, own, 1)] == alone[:2]
        once = calls.count("own")
        assert calls.count("solution") == calls.count("mistake") == once / 2 > 0
        assert check(twice, own, 2) == alone[2]
    calls.clear()
    check(twice, own, 1)
    assert calls.count("solution") == once / 2


COLORS = {"a": ("Red.", "no"), "b": ("Blue.", "no"), "c": ("A `map`", "yes")}
one_option = question("test-chapter/one", "?", "c", options=COLORS)
some_options = question("test-chapter/some", "?", {"a", "c"}, options={k: (f"Text {k}", "why") for k in "abc"})


@pytest.mark.parametrize("given", ["c", " C ", {"c"}, ["c"], ("C",), frozenset("c"), "a map", {"A map."}])
def test_one_option_may_be_given_in_any_form(given):
    assert check(one_option, given).state is State.CORRECT


@pytest.mark.parametrize("given", [{"a"}, ["b"], {"a", "c"}, "ac", set(), "d", {"d"}, ["c", "d"], 3, None, [["c"]]])
def test_another_option_or_several_are_wrong(given):
    verdict = check(one_option, given)
    assert verdict.state is State.NOT_YET
    assert verdict.findings
    assert "Give a set" not in verdict.findings[0].text


@pytest.mark.parametrize("given", [{"a", "c"}, ["c", "a"], ("a", "c"), "ac", "a, c", "C A", {"Text a", "c"}, "a;c"])
def test_several_options_may_be_given_in_any_form(given):
    assert check(some_options, given).state is State.CORRECT


@pytest.mark.parametrize("given", [{"a"}, "a", "abc", "ad", {"a", "b", "c"}, "", set(), 7])
def test_other_sets_of_options_are_wrong(given):
    verdict = check(some_options, given)
    assert verdict.state is State.NOT_YET
    assert verdict.findings


def test_a_question_does_not_give_its_value_away():
    shape = question("test-chapter/shape", "?", (5, 2, 4))
    verdict = check(shape, (5, 3, 4))
    assert verdict.findings[0].text == "Numbers that differ: 1 of 3. The first is at [1]."
    assert "2" not in str(verdict.findings[0].details)


def test_an_error_after_the_answer_returned_is_not_blamed_on_its_lines(monkeypatch):
    installed = running._installed
    monkeypatch.setattr(running, "_installed", lambda file: file == __file__ or installed(file))

    @exercise("test-chapter/later")
    def later(n):
        """A list."""
        return [n]

    later.probe(lambda rng: dict(n=3))
    later.use(lambda answer, n: sum(answer(n=n)))
    verdict = check(later, eval(compile("lambda n: ['x']", "cell", "eval")))
    assert verdict.findings[0].text.startswith("What your function returned cannot be used as the exercise asks: Type")
    verdict = check(later, eval(compile("lambda n: [n] + 1", "cell", "eval")))
    assert verdict.findings[0].text.startswith("Your function stopped with an error: TypeError")


def test_a_function_of_a_library_that_was_replaced_is_put_back_and_named(monkeypatch):
    @exercise("test-chapter/mean")
    def mean(numbers):
        """The mean."""
        return np.mean(numbers)

    mean.probe(lambda rng: dict(numbers=rng.normal(size=3)))
    remember_libraries()
    own = np.mean
    monkeypatch.setattr(np, "mean", lambda numbers: 7.0)
    verdict = check(mean, lambda numbers: np.mean(numbers))
    assert verdict.state is State.CORRECT
    assert np.mean is own
    assert verdict.notes == ("Your notebook had replaced `numpy.mean`. The library's own is back in its place.",)
    assert check(mean, lambda numbers: np.mean(numbers)).notes == ()


def test_a_function_runs_beside_the_answer_wherever_that_is():
    class Elsewhere:
        def apply(self, function, *inputs):
            return f"there: {function(abs, *inputs)}"

    def used(answer, value):
        return answer(value)

    assert beside(abs, used, -2) == 2
    assert beside(Elsewhere(), used, -2) == "there: 2"

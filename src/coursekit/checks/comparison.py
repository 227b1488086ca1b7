"""Comparison by behavior: does an answer mean the same as the reference's, whatever form it comes in?"""

import numbers
import re
import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from coursekit.checks.difference import Difference, kind_of
from coursekit.checks.texts import say


def compare(expected: Any, got: Any, tolerance: float = 1e-4) -> list[Difference]:
    """All differences between two values; an empty list means that they say the same.

    Arrays, tensors, nested lists and numbers agree within `tolerance` (relative to the largest expected number);
    models, losses and optimizers agree if they behave alike; texts ignore case.
    """
    if kind := kind_of(expected):
        return kind.compare(expected, got)
    if got is None:
        return [] if expected is None else [Difference(say("Your answer is None."))]
    if problem := _unfinished(got):
        return [Difference(problem)]
    if isinstance(expected, Mapping):
        return _compare_mappings(expected, got, tolerance)
    if isinstance(expected, AbstractSet):
        return _compare_sets(expected, got)
    if isinstance(expected, str):
        return _compare_texts(expected, got)
    if isinstance(expected, tuple | list) and _by_position(expected, got):
        return _compare_sequences(expected, got, tolerance)
    return _compare_arrays(expected, got, tolerance)


def _by_position(expected: tuple[Any, ...] | list[Any], got: Any) -> bool:
    """Whether a sequence is no array: ragged, of several kinds, or a tuple (a shape, say) that got another length."""
    if isinstance(expected, list):
        return _as_array(expected) is None
    numeric = all(isinstance(item, numbers.Number) for item in expected)
    return not numeric or getattr(_as_array(got), "shape", ()) != (len(expected),)


def _unfinished(got: Any) -> str | None:
    """What to say about values that nobody means as an answer."""
    if isinstance(got, types.GeneratorType):
        return say("Your answer is a generator, which has computed nothing yet: use `return` instead of `yield`.")
    if isinstance(got, type):
        return say(
            "Your answer is the class {name} itself. Make an object of it, or return a value.", name=got.__name__
        )
    if callable(got) and not hasattr(got, "shape"):
        return say("Your answer is a function. Call it, and return what it gives.")
    return None


def _compare_mappings(expected: Mapping[Any, Any], got: Any, tolerance: float) -> list[Difference]:
    if not isinstance(got, Mapping):
        return [Difference(say("A dict was asked for, and your answer is {got}.", got=describe(got)))]
    missing = [Difference(say("The key {key} is missing.", key=repr(key))) for key in expected if key not in got]
    inner = [
        Difference(f"{key!r}: {difference.reason}", difference.table)
        for key in expected
        if key in got
        for difference in compare(expected[key], got[key], tolerance)
    ]
    return missing + inner


def _compare_sets(expected: AbstractSet[Any], got: Any) -> list[Difference]:
    got = getattr(_as_array(got), "tolist", list)() if hasattr(got, "__array__") else got
    if isinstance(got, str) or not isinstance(got, AbstractSet | Sequence):
        return [Difference(say("A set such as {example} was asked for, and your answer is {got}.",
                               example="{'a', 'b'}", got=describe(got)))]  # fmt: skip
    given = {_folded(item) for item in got}
    wanted = {_folded(item) for item in expected}
    return [] if given == wanted else [Difference(say("Your set is not the right one."))]


def _compare_texts(expected: str, got: Any) -> list[Difference]:
    if not isinstance(got, str):
        return [Difference(say("A text in quotes was asked for, and your answer is {got}.", got=describe(got)))]
    return [] if _folded(expected) == _folded(got) else [Difference(say("It is another text."))]


def _folded(item: Any) -> Any:
    return item.strip().casefold() if isinstance(item, str) else item if _hashable(item) else repr(item)


def _hashable(item: Any) -> bool:
    try:
        hash(item)
    except Exception:
        return False
    return True


def _is_shape(value: Any) -> bool:
    """A tuple such as (None, 14, 14, 32)."""
    return isinstance(value, tuple) and any(item is None for item in value)


def _compare_sequences(expected: Sequence[Any], got: Any, tolerance: float) -> list[Difference]:
    if isinstance(got, str | dict) or not hasattr(got, "__len__") or not hasattr(got, "__getitem__"):
        text = say("Values asked for: {count}. Your answer is {got}.", count=len(expected), got=describe(got))
        return [Difference(text)]
    if len(got) != len(expected):
        return [Difference(say("Values asked for: {count}. You gave {got}.", count=len(expected), got=len(got)))]
    if _is_shape(expected):
        same = all(_same_axis(want, have) for want, have in zip(expected, got, strict=True))
        return [] if same else [Difference(say("It is another shape."))]
    return [
        Difference(say("Output {position}: ", position=position) + difference.reason, difference.table)
        for position, (want, have) in enumerate(zip(expected, got, strict=True), start=1)
        for difference in compare(want, have, tolerance)
    ]


def _same_axis(want: int | None, have: Any) -> bool:
    return have is None if want is None else isinstance(have, numbers.Number) and have == want


def _compare_arrays(expected: Any, got: Any, tolerance: float) -> list[Difference]:
    want = np.asarray(expected)
    have = _as_array(got)
    if have is None or (have.dtype.kind not in "biufc" and want.dtype.kind in "biufc"):
        text = say("{wanted} was asked for, and your answer is {got}.", wanted=_kind(want), got=describe(got))
        return [Difference(text)]
    if have.shape and not want.shape:
        text = say("A single number was asked for, and you gave an array of shape {got}.", got=have.shape)
        return [Difference(text)]
    if want.shape != have.shape:
        return [
            Difference(say("The shape is {got}, and {expected} was asked for.", got=have.shape, expected=want.shape))
        ]
    if want.dtype.kind not in "biufc":
        return [] if np.array_equal(want, have) else [Difference(say("The values differ."))]
    finite = np.abs(want[np.isfinite(want)])
    scale = float(finite.max()) if finite.size else 1.0
    close = np.isclose(have, want, rtol=tolerance, atol=tolerance * scale * 0.1 + 1e-12, equal_nan=True)
    if close.all():
        return []
    if not want.shape:
        return [Difference(say("The number differs."))]
    first = tuple(int(i) for i in np.argwhere(~close)[0])
    found = {"wrong": int((~close).sum()), "total": close.size, "where": list(first)}
    values = {"got": _number(have[first]), "expected": _number(want[first])}
    return [
        Difference(
            say(
                "Numbers that differ: {wrong} of {total}. The first is at {where}: {got} instead of {expected}.",
                **found,
                **values,
            ),
            discreet=say("Numbers that differ: {wrong} of {total}. The first is at {where}.", **found),
        )
    ]


def _as_array(value: Any) -> np.ndarray | None:
    """A rectangular array of what looks like one (tensors, lists, numbers), else None."""
    try:
        array = np.asarray(value)
        if array.dtype == object and array.size and all(hasattr(item, "__float__") for item in array.flat):
            array = array.astype(float)  # fractions, and SymPy's numbers
    except Exception:  # ragged lists, symbolic tensors, objects with a broken __array__
        return None
    return None if array.dtype == object else array


def _kind(array: np.ndarray) -> str:
    return say("An array of shape {shape}", shape=array.shape) if array.shape else say("A number")


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def describe(value: Any, width: int = 400) -> str:
    """A value as a learner reads it in a card: short, plain, whatever it is."""
    if kind := kind_of(value):
        return kind.describe(value)
    if isinstance(value, str):
        return repr(value)[:width]
    if isinstance(value, dict):
        return ", ".join(f"{key} = {describe(item, width)}" for key, item in value.items())
    if isinstance(value, tuple | list) and any(getattr(item, "shape", ()) for item in value):
        return "\n".join(describe(item, width) for item in value)[: 3 * width]
    array = None if isinstance(value, set | frozenset) else _as_array(value)
    if array is not None and array.dtype.kind in "biufc" and (array.ndim or isinstance(array.item(), int | float)):
        small = array.ndim > 0  # beside larger numbers it is shown as 0
        text = np.array2string(array, precision=4, suppress_small=small, threshold=80, edgeitems=3, separator=", ")
        text = re.sub(r"(?<=\d)\.(?!\d)", "", text)  # "1." reads like the end of a sentence
        text = re.sub(r" +(?=\])", "", re.sub(r"( +),", r",\1", text))
        if isinstance(value, tuple) and array.ndim == 1:
            text = f"({text[1:-1]})" if len(value) != 1 else f"({text[1:-1]},)"
        return text if array.size <= 80 else say("array of shape {shape}", shape=array.shape) + "\n" + text
    try:
        return repr(value)[:width]
    except Exception:  # a learner's own __repr__ may fail
        return say("an object of class {name}", name=type(value).__name__)

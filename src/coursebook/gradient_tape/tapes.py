"""What happens to the tapes of a calculation: when they are open, what they are asked, and why they answer None."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coursekit.checks import attempts
from coursekit.checks.private_api import patched


class Told(str):
    """A tape's None as a text: it equals its reason, and a card shows it as None. It is no forgotten `return`."""

    def __repr__(self) -> str:
        return "an error" if self in ("no tensor", "twice") else "None"


class Tapes:
    """All tapes that are used while `tapes_seen()` is open.

    open: how many of them are recording now.
    slopes: how many slopes they have given.
    none: why the last request brought None: the reason as a word, or None if it brought slopes.
    """

    def __init__(self) -> None:
        self.open, self.slopes = 0, 0
        self.none: str | None = None
        self._told_to_watch: list[Any] = []

    def _asked(self, tape: Any, target: Any, sources: Any, results: Any) -> None:
        import tensorflow as tf

        pairs = list(zip(tf.nest.flatten(sources), tf.nest.flatten(results), strict=True))
        missing = [source for source, result in pairs if result is None]
        self.slopes += len(pairs) - len(missing)
        self.none = self._reason(tape, tf.nest.flatten(target)[0], missing[0]) if missing else None

    def _reason(self, tape: Any, target: Any, source: Any) -> str:
        import tensorflow as tf

        told = any(source is watched for watched in self._told_to_watch)
        variable = isinstance(source, tf.Variable)
        if not variable and not told and self._is_source(target):
            return "reversed"
        if not source.dtype.is_floating:
            return "whole"
        if told or any(source is watched for watched in tape.watched_variables()):
            return "cut"
        return "outside" if variable and source.trainable else "unwatched"

    def _is_source(self, value: Any) -> bool:
        import tensorflow as tf

        return isinstance(value, tf.Variable) or any(value is watched for watched in self._told_to_watch)


@contextmanager
def tapes_seen() -> Iterator[Tapes]:
    """While it is open, what is done with any `tf.GradientTape` is noted."""
    import tensorflow as tf

    seen, kind = Tapes(), tf.GradientTape
    enter, leave, watch, gradient = kind.__enter__, kind.__exit__, kind.watch, kind.gradient

    def entered(tape: Any) -> Any:
        seen.open += 1
        return enter(tape)

    def left(tape: Any, *error: Any) -> Any:
        seen.open -= 1
        return leave(tape, *error)

    def watched(tape: Any, tensor: Any) -> None:
        seen._told_to_watch += tf.nest.flatten(tensor)
        watch(tape, tensor)

    def asked(tape: Any, *given: Any, **options: Any) -> Any:
        named = dict(zip(("target", "sources"), given, strict=False)) | options
        target = named.get("target")
        if target is not None and not all(tf.is_tensor(one) for one in tf.nest.flatten(target)):
            seen.none = "no tensor"
        try:
            results = gradient(tape, *given, **options)
        except RuntimeError as error:
            if "non-persistent" in str(error):
                seen.none = "twice"
            raise
        seen._asked(tape, target, named["sources"], results)
        return results

    with patched(kind, __enter__=entered, __exit__=left, watch=watched, gradient=asked):
        yield seen


def played(given: Callable[..., Any], *inputs: Any, rounds: bool = False) -> Any:
    """What an answer returns, with each None of a tape as a text that says why.

    rounds: say also whether an earlier request had brought a slope.
    """
    with tapes_seen() as seen:
        try:
            value = given(*inputs)
        except (AttributeError, RuntimeError, TypeError, ValueError) as error:  # None cannot be multiplied
            if seen.none is None or (isinstance(error, RuntimeError) and seen.none != "twice"):
                raise
            value = None
    if value is None and (seen.none is None or attempts.returns_nothing(given)):
        return None
    if value is None:
        return Told("later" if rounds and seen.slopes and seen.none != "twice" else seen.none)
    return _told(value)


def _told(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return Told("None") if value is None else value

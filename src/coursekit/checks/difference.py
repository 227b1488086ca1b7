"""What a comparison finds, and the kinds of values that bring a comparison of their own.

Keras' models, losses and optimizers are such kinds: `models` and `compiled` register them when they are imported. So
whoever compares knows nothing of Keras, and whoever has no Keras loads none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One respect in which an answer is not the reference's.

    table: rows for a layer table, header first. discreet: the reason without the right value, which a question keeps.
    """

    reason: str
    table: tuple[tuple[str, ...], ...] = ()
    discreet: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of values: how to tell one, compare the expected one with an answer, say what it is, and copy it."""

    holds: Callable[[Any], bool]
    compare: Callable[[Any, Any], list[Difference]]
    describe: Callable[[Any], str]
    copy: Callable[[Any], Any] = lambda value: value


_kinds: list[Kind] = []


def register(kind: Kind) -> None:
    """Let values of this kind be compared, described and copied in their own way."""
    _kinds.append(kind)


def kind_of(value: Any) -> Kind | None:
    """The registered kind that a value is of, if any."""
    return next((kind for kind in _kinds if kind.holds(value)), None)

"""What an exercise is: a reference solution and, around it, everything that judges and helps an answer.

    @exercise("sliding-window/output-size", points=2)
    def output_size(n, kernel, stride=1, padding="valid"):
        '''Length of the output along one axis.'''
        ...                                       # the solution; learners see this source when they ask for it

    @output_size.probe                            # fresh inputs for every check
    def _(rng): return dict(n=rng.integers(5, 64), ...)

    @output_size.misconception("You rounded up …")  # the wrong function people write, and what to tell them
    def _(n, kernel, stride=1, padding="valid"): ...

An answer that is a value instead of a function (`answer`) is an exercise without parameters.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Probe:
    """One set of arguments, and the stratum ("valid", "same" …) it belongs to."""

    arguments: dict[str, Any]
    stratum: str = ""


@dataclass(frozen=True)
class Misconception:
    """A wrong solution that people write, with the message that helps them on."""

    message: str
    function: Function


@dataclass
class Property:
    """What every right answer has, for exercises with many right answers; `message` is said where it is missing."""

    message: str
    holds: Callable[[Any, np.random.Generator], bool]
    counterexamples: list[Function] = field(default_factory=list)

    def wrong(self, function: Function) -> Function:
        """A wrong answer that people give and that lacks this property; tests ask for at least one."""
        self.counterexamples.append(function)
        return function


@dataclass(frozen=True)
class Choice:
    """One option of a choice: what it says, and what to tell whoever picks (or wrongly leaves) it."""

    label: str
    feedback: str


class Exercise:
    """A reference solution with its probes, misconceptions, variants, properties, hints and explanation."""

    def __init__(
        self, id: str, reference: Function, *, points: float, probes: int, tolerance: float, compare: bool, value: bool
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*", id):
            raise ValueError(f"An exercise is named chapter/name in lower case, like 'condense/max-pool', not {id!r}.")
        self.id = id
        self.reference = reference
        self.points = points
        self.count = probes
        self.tolerance = tolerance
        self.compares = compare
        self.is_value = value
        self.hints: list[str] = []
        self.why = ""
        self.excused: dict[str, str] = {}
        self.choices: Mapping[str, Choice] = {}
        self.examples: list[dict[str, Any]] = []
        self.misconceptions: list[Misconception] = []
        self.variants: list[Function] = []
        self.properties: list[Property] = []
        self.broken: Function | None = None
        self.constants: dict[str, Any] = {}
        self.redraw: Callable[[np.random.Generator], dict[str, Any]] | None = None
        self.public: Exercise | None = None  # of a twin: the exercise that it was made from
        self._generators: list[Callable[[np.random.Generator], dict[str, Any]]] = []
        self._stratum: Callable[..., Any] = lambda **arguments: ""
        self._use: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"<exercise {self.id}>"

    @property
    def chapter(self) -> str:
        """Slug of the chapter it stands in."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name within the chapter."""
        return self.id.partition("/")[2]

    @property
    def solution(self) -> str:
        """Source of the reference solution, without its decorator."""
        return source(self.reference)

    @property
    def stub(self) -> str:
        """The notebook cell a learner starts from."""
        own = ", own=True" if self.public else ""
        if self.is_value:
            return f'ck.answer("{self.id}", ...{own})'
        if self.broken is not None:
            start = re.sub(r"\bdef _\(", f"def {self.reference.__name__}(", source(self.broken), count=1)
            return f'@ck.exercise("{self.id}"{own})\n{start}'
        tree = ast.parse(self.solution).body[0]
        assert isinstance(tree, ast.FunctionDef | ast.ClassDef)
        first = tree.body[0]
        documented = ast.get_docstring(tree) is not None
        end = first.end_lineno if documented else first.lineno - 1
        kept = self.solution.splitlines()[:end]
        return "\n".join([f'@ck.exercise("{self.id}"{own})', *kept, "    ...  # your code"])

    # What the author adds, each as a decorator ------------------------------------------------------------------

    def probe(self, generator: Callable[[np.random.Generator], dict[str, Any]]) -> Function:
        """Inputs for one call, drawn afresh for every check: a function of a NumPy random generator."""
        self._generators.append(generator)
        return generator

    def example(self, **arguments: Any) -> None:
        """Inputs that every check uses besides the random ones."""
        self.examples.append(arguments)

    def strata(self, stratum: Callable[..., Any]) -> Function:
        """The name of the region an input belongs to; mistakes are recognized region by region."""
        self._stratum = stratum
        return stratum

    def misconception(self, message: str) -> Callable[[Function], Function]:
        """A wrong solution and its message, which may quote `{arguments}`, `{expected}` and `{got}` of one input."""

        def add(function: Function) -> Function:
            self.misconceptions.append(Misconception(message, function))
            return function

        return add

    def variant(self, function: Function) -> Function:
        """A right answer in another form; it must pass."""
        self.variants.append(function)
        return function

    def property(self, message: str) -> Callable[[Function], Property]:
        """A predicate `(answer, rng) -> bool` that right answers satisfy, and what to say when it does not hold."""

        def add(holds: Function) -> Property:
            self.properties.append(Property(message, holds))
            return self.properties[-1]

        return add

    def start(self, function: Function) -> Function:
        """The code a learner starts from in a find-the-bug exercise; handed in unchanged, it is not attempted."""
        from coursegrade.twins import restated  # twins are made of exercises: they import this module

        self.broken = function if self.redraw is None else restated(function, self.constants)
        return function

    def twin(self, draw: Callable[[np.random.Generator], dict[str, Any]]) -> Function:
        """How to draw a student's own version: constants by name, and `order`, that of the positional parameters.

        Constants are keyword-only parameters of the solution and of whatever else needs them; their defaults are the
        public version. `{name}` in the docstring and in messages stands for a constant's value. Where the order may
        change, `use` and properties call the answer by name.
        """
        from coursegrade.twins import offer

        offer(self, draw)
        return draw

    def use(self, user: Function) -> Function:
        """How to put an answer to use where calling it is not enough, as with classes.

        `(answer, **arguments) -> value`; where only properties decide, `(answer, rng) -> what they look at`.
        """
        self._use = user
        return user

    # What checking needs ----------------------------------------------------------------------------------------

    def apply(self, function: Function, arguments: dict[str, Any]) -> Any:
        """The value of an answer for one input."""
        return self._use(function, **arguments) if self._use else function(**arguments)

    def look(self, answer: Any, rng: np.random.Generator) -> Any:
        """What the properties look at where nothing is compared: the answer itself, or what `use` makes of it."""
        return answer if self._use is None or self.compares else self._use(answer, rng)

    def draw(self, rng: np.random.Generator, count: int | None = None) -> list[Probe]:
        """`count` random probes (by default as many as a check draws), then the fixed examples."""
        count = self.count if count is None else count
        generators = self._generators
        drawn = [_plain(generators[i % len(generators)](rng)) for i in range(count)] if generators else []
        fixed = [*drawn, *self.examples] or ([{}] if self.compares else [])
        return [Probe(arguments, str(self._stratum(**arguments))) for arguments in fixed]

    def filled(self, text: str) -> str:
        """A text with the values of the constants that it quotes."""
        from coursegrade.twins import filled

        return filled(text, self.constants) if self.constants else text

    def texts(self) -> Iterator[str]:
        """Every sentence a learner may read: what translators translate."""
        yield from (m.message for m in self.misconceptions)
        yield from (p.message for p in self.properties)
        for choice in self.choices.values():
            yield from (choice.label, choice.feedback)
        yield from self.hints
        if self.why:
            yield self.why


def exercise(
    id: str, *, points: float = 1, probes: int = 12, tolerance: float = 1e-4, compare: bool = True
) -> Callable[[Function], Exercise]:
    """Make the decorated reference solution an exercise.

    id: `"chapter/name"`. points: what a right answer is worth. probes: random inputs per check (2 for models).
    tolerance: largest relative error of a number. compare: False if only properties decide.
    """
    return lambda reference: Exercise(
        id, reference, points=points, probes=probes, tolerance=tolerance, compare=compare, value=False
    )


def answer(id: str, *, points: float = 0, tolerance: float = 1e-4) -> Callable[[Function], Exercise]:
    """Make the decorated function's value the right answer to a question that is answered by `ck.answer`.

    Such answers earn no points by default: they can be found by trying.
    """
    return lambda reference: Exercise(
        id, reference, points=points, probes=0, tolerance=tolerance, compare=True, value=True
    )


def source(function: Function) -> str:
    """Source of a function or class without its decorators. Raises OSError if it has none.

    What has no source file brings its source along, as `learners_source`: what stands for a function in another process
    (grading), and what was made for one student (twins).
    """
    brought = getattr(function, "learners_source", None)
    text = textwrap.dedent(inspect.getsource(inspect.unwrap(function)) if brought is None else brought)
    tree = ast.parse(text).body[0]
    return "\n".join(text.splitlines()[tree.lineno - 1 : tree.end_lineno])


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """NumPy scalars become Python's own numbers and strings: learners write their functions for those."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in arguments.items()}

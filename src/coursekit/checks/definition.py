"""What an exercise is: a solution and, around it, the wrong lines that people write and what to tell them.

    @exercise("sliding-window/output-size", points=2)
    def output_size(n, kernel, stride=1, padding="valid"):
        '''Length of the output along one axis.'''
        ...                                       # the solution; learners see this source when they ask for it

    output_size.probe(lambda rng: dict(n=rng.integers(5, 64), ...))  # fresh inputs for every check

    output_size.mistakes = {                      # a wrong answer, and what to tell whoever wrote it
        "(n - kernel) // stride": "You counted the jumps …",         # an expression in the solution's own parameters
        "math.ceil => math.floor": "Under same you rounded down …",  # an edit of the solution's source
    }

    @output_size.mistake("You …")                 # what takes more than a line
    def _(n, kernel, stride=1, padding="valid"): ...

    output_size.also("len(range(0, n - kernel + 1, stride))")        # another right form

A prediction, a number or a choice is a `question`: all of it in one call.
"""

import ast
import inspect
import linecache
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Function = Callable[..., Any]
Draw = Callable[[np.random.Generator], dict[str, Any]]


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
    """What holds for all that comes back of a right answer, where there are many; `message` is said where it fails."""

    message: str
    holds: Callable[[Any], bool]
    counterexamples: list[Function] = field(default_factory=list)

    def wrong(self, function: Function) -> Function:
        """Decorate an answer that people give and that lacks this property."""
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
        self,
        id: str,
        reference: Function,
        *,
        task: str = "",
        points: float,
        probes: int = 0,
        tolerance: float = 1e-4,
        compare: bool = True,
        value: bool = False,
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*", id):
            raise ValueError(f"An exercise is named chapter/name in lower case, like 'condense/max-pool', not {id!r}.")
        self.id = id
        self.reference = reference
        self.task = task or inspect.getdoc(reference) or ""
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
        self.witnesses: list[int] | None = None
        """Places of the witness probes in their pool, as the audit saved them."""
        self._draws: list[Draw] = []
        self._stratum: Callable[..., Any] = lambda **arguments: ""
        self._use: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"<exercise {self.id}>"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the solution answers: mistakes are often a solution put to wrong use."""
        return self.reference(*arguments, **named)

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
        if self.is_value:
            return f'ck.answer("{self.id}", ...)'
        if self.broken is not None:
            return f'@ck.exercise("{self.id}")\n{source(self.broken)}'
        head, body = self._head()
        indent = " " * body[0].col_offset
        return "\n".join([f'@ck.exercise("{self.id}")', *head, f"{indent}...  # your code"])

    @property
    def asked(self) -> str:
        """The notebook's paragraph above a question: the task and its options. "" where a function is asked for."""
        if not self.is_value:
            return ""
        lead = "" if self.task.startswith("**") else "**Predict.** "
        options = "\n".join(f"- {key}: {choice.label}" for key, choice in self.choices.items())
        return f"{lead}{self.task}" + (f"\n\n{options}" if options else "")

    # What the author adds ---------------------------------------------------------------------------------------

    @property
    def mistakes(self) -> Mapping[str, str]:
        """Wrong answers, each with its message, which may quote `{arguments}`, `{expected}` and `{got}` of one input.

        Each is written as an expression in the solution's parameters, or as `old => new`, an edit of its source.
        """
        return {getattr(one.function, "written", ""): one.message for one in self.misconceptions}

    @mistakes.setter
    def mistakes(self, table: Mapping[str, str]) -> None:
        self.misconceptions += [Misconception(message, self.written(text)) for text, message in table.items()]

    def mistake(self, message: str) -> Callable[[Function], Function]:
        """Decorate a wrong answer that takes more than a line; `message` as in `mistakes`."""

        def add(function: Function) -> Function:
            self.misconceptions.append(Misconception(message, function))
            return function

        return add

    def also(self, *forms: str | Function) -> Function:
        """Other forms of a right answer, which must pass: written as `mistakes` are, or functions. Also a decorator."""
        functions = [self.written(form) if isinstance(form, str) else form for form in forms]
        self.variants += functions
        return functions[-1]

    def probe(self, draw: Draw) -> Draw:
        """Inputs for one call, drawn afresh for every check: a function of a NumPy random generator."""
        self._draws.append(draw)
        return draw

    def example(self, **arguments: Any) -> None:
        """Inputs that every check uses besides the random ones."""
        self.examples.append(arguments)

    def strata(self, stratum: Callable[..., Any]) -> Function:
        """The name of the region an input belongs to; mistakes are recognized region by region."""
        self._stratum = stratum
        return stratum

    def property(self, message: str, *wrong: str | Function) -> Callable[[Callable[[Any], bool]], Property]:
        """Decorate a predicate that what comes back of a right answer satisfies; `message` is said where it does not.

        What comes back: the value for each probe; where nothing is compared, what `use` makes of the answer.
        wrong: answers that people give and that lack the property, written as `mistakes` are; the audit asks for one.
        """

        def add(holds: Callable[[Any], bool]) -> Property:
            counterexamples = [self.written(one) if isinstance(one, str) else one for one in wrong]
            self.properties.append(Property(message, holds, counterexamples))
            return self.properties[-1]

        return add

    def start(self, *edits: str) -> None:
        """The code that a learner starts from in a find-the-bug exercise: the solution, with these `old => new`."""
        self.broken = self.written(*edits)

    def use(self, user: Function) -> Function:
        """Decorate how an answer is put to use where calling it is not enough: `(answer, **arguments) -> plain data`.

        Where only properties decide: `(answer, rng) -> plain data`. Nothing else runs the answer.
        """
        self._use = user
        return user

    def written(self, *texts: str) -> Function:
        """A function from what an author wrote: an expression in the solution's parameters, or edits of its source.

        Raises ValueError if an edit does not change the solution, or the text is not Python.
        """
        code = self.solution
        for text in texts:
            if " =>" in text:
                old, new = (part.strip() for part in text.split("=>"))
                if old not in code:
                    raise ValueError(f"{self.id}: {old!r} does not stand in the solution; {text!r} changes nothing.")
                line = re.compile(rf"^ *{re.escape(old)}\n", re.MULTILINE)  # what is left empty goes as a whole
                code = line.sub("", code) if not new and line.search(code) else code.replace(old, new)
            else:
                head, body = self._head()
                code = "\n".join([*head, textwrap.indent(f"return {text}", " " * body[0].col_offset)])
        return self._made(code, "; ".join(texts))

    def _made(self, code: str, text: str) -> Function:
        file = f"<{self.id}: {text}>"
        space: dict[str, Any] = {}
        try:
            exec(compile(code, file, "exec"), self.reference.__globals__, space)
        except SyntaxError as error:
            raise ValueError(f"{self.id}: {text!r} is not Python in the place of the solution: {error.msg}.") from None
        function = space[self.reference.__name__]
        function.learners_source, function.written = code, text
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        return function

    def _head(self) -> tuple[list[str], list[ast.stmt]]:
        """The lines of the solution up to the end of its docstring, and the statements of its body."""
        tree = ast.parse(self.solution).body[0]
        assert isinstance(tree, ast.FunctionDef | ast.ClassDef)
        first = tree.body[0]
        end = first.end_lineno if ast.get_docstring(tree) is not None else first.lineno - 1
        return self.solution.splitlines()[:end], tree.body

    # What checking needs ----------------------------------------------------------------------------------------

    def apply(self, function: Function, arguments: dict[str, Any]) -> Any:
        """The value of an answer for one input."""
        return self._use(function, **arguments) if self._use else function(**arguments)

    def look(self, answer: Any, rng: np.random.Generator) -> Any:
        """What the properties look at where nothing is compared: the answer itself, or what `use` makes of it."""
        return answer if self._use is None else self._use(answer, rng)

    def draw(self, rng: np.random.Generator, count: int | None = None) -> list[Probe]:
        """`count` random probes (by default as many as a check draws), then the fixed examples."""
        count = self.count if count is None else count
        draws = self._draws
        drawn = [_plain(draws[i % len(draws)](rng)) for i in range(count)] if draws else []
        fixed = [*drawn, *self.examples] or ([{}] if self.compares else [])
        return [Probe(arguments, str(self._stratum(**arguments))) for arguments in fixed]

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
    """Make the decorated reference solution an exercise; its docstring is the task.

    id: `"chapter/name"`. points: what a right answer is worth. probes: random inputs per check (2 for models).
    tolerance: largest relative error of a number. compare: False if only properties decide.
    """
    return lambda reference: Exercise(id, reference, points=points, probes=probes, tolerance=tolerance, compare=compare)


def question(
    id: str,
    task: str,
    right: Any,
    *,
    mistakes: Mapping[Any, str] | None = None,
    options: Mapping[str, tuple[str, str]] | None = None,
    also: Sequence[Any] = (),
    hints: Sequence[str] = (),
    why: str = "",
    points: float = 0,
    tolerance: float = 1e-4,
) -> Exercise:
    """A question that is answered by a value: a number, a shape, a choice or a set of choices.

    task: Markdown, as it stands in the chapter. right: the right value; for a choice the key of an option, or a set of
    keys. mistakes: wrong values with their messages. options: by key the text of each and what to tell whoever takes
    (or wrongly leaves) it. also: the right value in other forms. points: none by default, for trying finds it, too.
    """
    found = Exercise(id, _constant(right), task=task, points=points, tolerance=tolerance, value=True)
    found.misconceptions = [Misconception(message, _constant(wrong)) for wrong, message in (mistakes or {}).items()]
    found.choices = {key: Choice(*texts) for key, texts in (options or {}).items()}
    found.variants = [_constant(value) for value in also]
    found.hints, found.why = list(hints), why
    return found


def beside(answer: Any, function: Callable[..., Any], *inputs: Any) -> Any:
    """`function(answer, *inputs)` where the answer runs, which may be another process: a tape sees only its own."""
    apply = getattr(answer, "apply", None)
    return apply(function, *inputs) if apply else function(answer, *inputs)


def _constant(value: Any) -> Function:
    return lambda: value


def source(function: Function) -> str:
    """Source of a function or class without its decorators. Raises OSError if it has none.

    What has no source file brings its source along, as `learners_source`: what an author wrote as a text, and what
    stands for a function in another process.
    """
    brought = getattr(function, "learners_source", None)
    text = textwrap.dedent(inspect.getsource(inspect.unwrap(function)) if brought is None else brought)
    tree = ast.parse(text).body[0]
    return "\n".join(text.splitlines()[tree.lineno - 1 : tree.end_lineno])


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """NumPy scalars become Python's own numbers and strings: learners write their functions for those."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in arguments.items()}

"""Small faults put into a reference solution automatically: a check that is worth its name notices nearly all of them.

Each mutant is one change: a number, an operator, a comparison, a keyword, a name that has an opposite, a layer that is
dropped, doubled or swapped with its neighbor.
"""

import ast
import copy
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import State, check

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd,
}  # fmt: skip
OPPOSITES = {
    "max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum", "mean": "sum", "sum": "mean",
    "zeros": "ones", "ones": "zeros", "relu": "tanh", "sigmoid": "tanh", "valid": "same", "same": "valid",
    "VALID": "SAME", "SAME": "VALID", "floor": "ceil", "ceil": "floor", "any": "all", "all": "any",
    "MaxPool2D": "AveragePooling2D", "AveragePooling2D": "MaxPool2D", "MaxPooling2D": "AveragePooling2D",
    "GlobalAveragePooling2D": "GlobalMaxPooling2D", "GlobalMaxPooling2D": "GlobalAveragePooling2D",
    "mse": "mae", "mae": "mse", "mean_squared_error": "mean_absolute_error", "Adam": "SGD", "SGD": "Adam",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A faulty solution. `change` names the fault as `before → after`, in the words of the code."""

    change: str
    function: Callable[..., Any]


def mutants(exercise: Exercise) -> Iterator[Mutant]:
    """Every mutant of an exercise's reference solution that still compiles."""
    if exercise.is_value:
        yield from _wrong_values(exercise)
        return
    tree = ast.parse(textwrap.dedent(exercise.solution))
    seen = {ast.unparse(tree)}
    body = tree.body[0]
    assert isinstance(body, ast.FunctionDef | ast.ClassDef)
    for node in ast.walk(tree):
        for before, after in _changes(node):
            mutated = _replaced(tree, before, after)
            text = ast.unparse(mutated)
            if text in seen or _is_docstring(body, before):
                continue
            seen.add(text)
            name = exercise.reference.__name__
            space = dict(exercise.reference.__globals__)
            exec(compile(ast.fix_missing_locations(mutated), f"<mutant of {exercise.id}>", "exec"), space)
            yield Mutant(f"{ast.unparse(before)} → {ast.unparse(after) if after else 'nothing'}", space[name])


@dataclass(frozen=True)
class Score:
    """How many mutants a check notices, and which it lets pass."""

    exercise: str
    total: int
    killed: int
    excused: tuple[str, ...]
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """Killed mutants of all that are not excused, 0 to 1."""
        judged = self.total - len(self.excused)
        return self.killed / judged if judged else 1.0


def score(exercise: Exercise, seed: int = 0, at_most: int | None = None) -> Score:
    """Check every mutant (or `at_most` of them, evenly spread) as if it were a learner's answer."""
    every = list(mutants(exercise))
    if at_most is not None and len(every) > at_most:
        every = [every[i * len(every) // at_most] for i in range(at_most)]
    passed = [m.change for m in every if check(exercise, _handed_in(exercise, m), seed).state is State.CORRECT]
    excused = tuple(change for change in passed if change in exercise.excused)
    survivors = tuple(change for change in passed if change not in exercise.excused)
    return Score(exercise.id, len(every), len(every) - len(passed), excused, survivors)


def _handed_in(exercise: Exercise, mutant: Mutant) -> Any:
    return mutant.function() if exercise.is_value else mutant.function


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Pairs of a node and what takes its place (None: nothing)."""
    if isinstance(node, ast.Constant):
        yield from ((node, ast.Constant(value)) for value in _other_values(node.value))
    elif isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp) and type(node.op) in OPERATORS:
        yield node, _with(node, op=OPERATORS[type(node.op)]())
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        yield node, _with(node, ops=[OPERATORS[type(node.ops[0])](), *node.ops[1:]])
    elif isinstance(node, ast.Attribute) and node.attr in OPPOSITES:
        yield node, _with(node, attr=OPPOSITES[node.attr])
    elif isinstance(node, ast.Name) and node.id in OPPOSITES and isinstance(node.ctx, ast.Load):
        yield node, ast.Name(OPPOSITES[node.id], ast.Load())
    elif isinstance(node, ast.Call):
        yield from ((node, _with(node, keywords=[k for k in node.keywords if k is not one])) for one in node.keywords)
    elif isinstance(node, ast.List) and len(node.elts) > 1 and any(isinstance(item, ast.Call) for item in node.elts):
        yield from ((node, _with(node, elts=elements)) for elements in _rearranged(node.elts))


def _other_values(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1] if value else [1]
    if isinstance(value, str) and value in OPPOSITES:
        return [OPPOSITES[value]]
    return []


def _rearranged(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """The list with one item dropped, one doubled, or two neighbors swapped; the first (the input) stays in place."""
    for i in range(1, len(items)):
        yield items[:i] + items[i + 1 :]
        yield [*items[: i + 1], copy.deepcopy(items[i]), *items[i + 1 :]]
        if i + 1 < len(items):
            yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _replaced(tree: ast.Module, before: ast.AST, after: ast.AST | None) -> ast.Module:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return after if node is before else self.generic_visit(node)

    # The transformer works in place and must find the very same node, so the tree is copied after and kept before.
    memo: dict[int, Any] = {}
    copied = copy.deepcopy(tree, memo)
    before = memo[id(before)]
    return Replace().visit(copied)


def _is_docstring(body: ast.FunctionDef | ast.ClassDef, node: ast.AST) -> bool:
    first = body.body[0]
    return isinstance(first, ast.Expr) and first.value is node and isinstance(node, ast.Constant)


def _wrong_values(exercise: Exercise) -> Iterator[Mutant]:
    """Of options every other one, or every set that differs in one; of numbers those next to the right ones."""
    right = exercise.reference()
    others: list[Any]
    if exercise.choices and isinstance(right, str):
        others = [key for key in exercise.choices if key != right]
    elif exercise.choices:
        others = [set(right) ^ {key} for key in exercise.choices]
    elif isinstance(right, int | float):
        others = [right + 1, right - 1, -right]
    else:
        others = [
            [*right[:i], other, *right[i + 1 :]]
            for i, item in enumerate(right)
            for other in ([item + 1, item - 1] if item is not None else [1])
        ] + [list(right)[:-1], [*right, 1]]
    for other in others:
        if other != right:
            yield Mutant(f"{right!r} → {other!r}", lambda other=other: other)

"""Before an answer is run: is it attempted at all, and can it be called as asked?"""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.checks.definition import Exercise, source
from coursekit.checks.texts import say

STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def is_attempted(exercise: Exercise, given: Any) -> bool:
    """Whether a learner has put in anything of their own: more than a docstring, `...`, `pass` or the given start."""
    if exercise.is_value:
        return not _holds_ellipsis(given)
    if not callable(given):
        return given is not ...
    tree = _tree(given)
    if tree is None:  # no readable source: only a call can tell
        return not _does_nothing(exercise, given)
    if exercise.broken is not None and _body(tree) == _body(_tree(exercise.broken)):
        return False
    return not _is_stub(tree)


def signature_problem(exercise: Exercise, given: Callable[..., Any]) -> str | None:
    """What to say if the function cannot be called with the arguments that the exercise passes, else None."""
    if isinstance(exercise.reference, type) or isinstance(given, type):
        return None
    try:
        have, want = inspect.signature(given), inspect.signature(exercise.reference)
    except (TypeError, ValueError):  # built-in functions may have none
        return None
    asked = say("It is asked for as {signature}.", signature=f"{exercise.reference.__name__}{want}")
    names = list(want.parameters)
    given_names = [
        p.name
        for place, p in enumerate(have.parameters.values())
        if p.kind not in STARRED and (p.default is p.empty or (p.kind is not p.KEYWORD_ONLY and place < len(names)))
    ]
    if _takes_by_name(have, names):
        required = [p.name for p in have.parameters.values() if p.default is p.empty and p.kind not in STARRED]
        if extra := [name for name in required if name not in names]:
            return say("Your function needs more than it gets: {names}.", names=", ".join(extra)) + " " + asked
        optional = [p.name for p in want.parameters.values() if p.default is not p.empty]
        if lost := [name for name in optional if name in required]:
            return say("These parameters lost their default value: {names}.", names=", ".join(lost)) + " " + asked
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in have.parameters.values()):
        return None
    if len(given_names) != len(names):
        count = say(
            "The number of parameters differs: {got} instead of {expected}.",
            got=len(given_names),
            expected=len(names),
        )
        return f"{count} {asked}"
    moved = [n for n, name in zip(given_names, names, strict=True) if n in names and n != name]
    if moved:  # other names are welcome; known names in other places would get the wrong values
        order = say("Your parameters stand in another order: {names}.", names=", ".join(given_names))
        return f"{order} {asked}"
    return None


def callable_as_asked(exercise: Exercise, given: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function, made callable by the reference's parameter names where it only names them otherwise."""
    if isinstance(given, type) or isinstance(exercise.reference, type):
        return given
    try:
        have, want = inspect.signature(given), inspect.signature(exercise.reference)
    except (TypeError, ValueError):
        return given
    if _takes_by_name(have, list(want.parameters)):
        return given

    def by_position(*positional: Any, **arguments: Any) -> Any:
        # Whoever names the parameters otherwise may also leave out the defaults: every value is passed.
        bound = want.bind(*positional, **arguments)
        bound.apply_defaults()
        return given(*bound.args)

    return by_position


def _takes_by_name(signature: inspect.Signature, names: list[str]) -> bool:
    """Whether a function can be called by these parameter names."""
    parameters = signature.parameters.values()
    if any(p.kind is p.POSITIONAL_ONLY for p in parameters):
        return False
    return any(p.kind is p.VAR_KEYWORD for p in parameters) or set(names) <= {
        p.name for p in parameters if p.kind is not p.VAR_POSITIONAL
    }


def returns_nothing(given: Callable[..., Any]) -> bool:
    """Whether the function's own source holds no `return` with a value."""
    tree = _tree(given)
    return tree is not None and not any(isinstance(node, ast.Return) and node.value for node in ast.walk(tree))


def prints(given: Callable[..., Any]) -> bool:
    """Whether the function's own source calls `print`."""
    tree = _tree(given)
    return tree is not None and any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in ast.walk(tree)
    )


def _tree(given: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None:
    try:
        tree = ast.parse(source(given)).body[0]
    except (OSError, TypeError, SyntaxError, IndexError, ValueError):
        return None
    return tree if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else None


def _body(tree: ast.AST | None) -> str:
    body = getattr(tree, "body", [])
    return ast.dump(ast.Module(_without_docstring(body), []))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if documented else body


def _is_stub(tree: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    def empty(statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Pass):
            return True
        if isinstance(statement, ast.FunctionDef) and isinstance(tree, ast.ClassDef):
            return _is_stub(statement)
        return (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and statement.value.value is ...
        )

    return all(empty(statement) for statement in _without_docstring(tree.body))


def _does_nothing(exercise: Exercise, given: Callable[..., Any]) -> bool:
    rng = np.random.default_rng(0)
    try:
        values = [exercise.apply(given, probe.arguments) for probe in exercise.draw(rng)[:1]]
    except Exception:
        return False
    return bool(values) and all(value is None or value is ... for value in values)


def _holds_ellipsis(given: Any) -> bool:
    if given is ...:
        return True
    return isinstance(given, tuple | list | set | frozenset) and any(item is ... for item in given)

"""A twin: the same exercise with other constants or another order of its parameters, drawn for each student.

Keyword-only parameters of a solution are its constants. Learners never see them as parameters: what they read is the
solution *restated*, with the values written into it. A twin is a whole exercise, so that all that judges and helps an
answer works for it unchanged; only where the answer is that of the public version, the check says so.
"""

import ast
import copy
import functools
import hashlib
import inspect
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from coursekit.checks.definition import Exercise, Misconception, Property, source

Function = Callable[..., Any]
DRAWS = 100  # before an author is told that a twin never differs from the public version


def offer(exercise: Exercise, draw: Function) -> None:
    """Let an exercise have twins: `draw(rng)` gives constants by name, and perhaps `order`, a tuple of parameters.

    Raises ValueError if the solution is no plain function, or a constant of it has no default.
    """
    constants = {}
    for name, parameter in inspect.signature(exercise.reference).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            if parameter.default is parameter.empty:
                raise ValueError(f"{exercise.id}: the constant {name} needs a default, the public version's value.")
            constants[name] = parameter.default
        elif parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise ValueError(f"{exercise.id}: a solution with twins has plain parameters, not {parameter}.")
    exercise.redraw = draw
    exercise.constants = constants
    exercise.reference = restated(exercise.reference, constants)
    if exercise.broken is not None:
        exercise.broken = restated(exercise.broken, constants)


def twin_of(exercise: Exercise, key: str, student: str) -> Exercise:
    """The student's own version of an exercise; the exercise itself if it offers none.

    key: the secret of the class. The same key, student and exercise give the same twin in every process; it is never
    the public version. Raises ValueError if the author's drawing gives what no twin can be made of.
    """
    if exercise.redraw is None:
        return exercise
    # What looks the same is the same student: macOS writes é as two characters.
    text = json.dumps([key, unicodedata.normalize("NFC", student), exercise.id])
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))
    names = tuple(inspect.signature(exercise.reference).parameters)
    for _ in range(DRAWS):
        drawn = {name: _plain(value) for name, value in dict(exercise.redraw(rng)).items()}
        order = tuple(drawn.pop("order", names))
        if unknown := set(drawn) - set(exercise.constants):
            known = ", ".join(exercise.constants) or "none"
            raise ValueError(f"{exercise.id}: its twin draws {', '.join(sorted(unknown))}; its constants are: {known}.")
        if sorted(order) != sorted(names):
            raise ValueError(f"{exercise.id}: its twin's order is {order}; it has to hold {', '.join(names)}.")
        constants = {**exercise.constants, **drawn}
        if (constants, order) != (exercise.constants, names):
            return _bound(exercise, constants, order)
    raise ValueError(f"{exercise.id}: {DRAWS} draws of its twin were all the public version.")


def _bound(exercise: Exercise, constants: dict[str, Any], order: tuple[str, ...]) -> Exercise:
    """A whole exercise with these constants, whose functions take their parameters in this order."""
    twin = copy.copy(exercise)
    twin.public, twin.constants = exercise, constants
    twin.reference = restated(exercise.reference, constants, order)
    signature, public = inspect.signature(twin.reference), tuple(inspect.signature(exercise.reference).parameters)

    def answer(function: Function) -> Function:
        return _as_answer(function, constants, signature, public)

    def inside(function: Function) -> Function:
        return functools.partial(function, **_accepted(function, constants))

    if exercise.broken is not None:
        twin.broken = restated(exercise.broken, constants, order)
    twin.misconceptions = [Misconception(m.message, answer(m.function)) for m in exercise.misconceptions]
    twin.variants = [answer(variant) for variant in exercise.variants]
    twin.properties = [
        Property(p.message, inside(p.holds), [answer(wrong) for wrong in p.counterexamples])
        for p in exercise.properties
    ]
    twin._generators = [inside(generator) for generator in exercise._generators]
    twin._stratum = inside(exercise._stratum)
    twin._use = None if exercise._use is None else inside(exercise._use)
    return twin


def _accepted(function: Function, constants: Mapping[str, Any]) -> dict[str, Any]:
    """The constants that a function takes; a mistake may well lie in ignoring one."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: constants[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY and p.name in constants}


def _as_answer(
    function: Function, constants: Mapping[str, Any], signature: inspect.Signature, public: tuple[str, ...]
) -> Function:
    """A function of the public order as somebody who was asked for the twin would hand it in."""
    with_constants = functools.partial(function, **_accepted(function, constants))
    by_name = set(inspect.signature(function).parameters) >= set(public)

    @functools.wraps(function)
    def answer(*arguments: Any, **named: Any) -> Any:
        given = signature.bind(*arguments, **named)
        given.apply_defaults()
        if by_name:
            return with_constants(**given.arguments)
        return with_constants(*(given.arguments[name] for name in public))

    vars(answer)["__signature__"] = signature
    return answer


# The text of a twin -------------------------------------------------------------------------------------------------


def restated(function: Function, constants: Mapping[str, Any], order: Sequence[str] | None = None) -> Function:
    """A function with its constants written into it and its parameters in this order; itself if nothing changes."""
    function = getattr(function, "as_written", function)
    public = tuple(p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY)
    if not _accepted(function, constants) and tuple(order or public) == public:
        return function
    if function.__code__.co_freevars:
        raise ValueError(f"{function.__qualname__} stands inside another function; a twin needs it at the top level.")
    text = _restated(source(function), constants, order or public)
    space: dict[str, Any] = {}
    exec(compile(text, f"<{function.__name__}, restated>", "exec"), function.__globals__, space)
    made = space[function.__name__]
    made.learners_source, made.as_written = text, function
    return made


def _restated(text: str, constants: Mapping[str, Any], order: Sequence[str]) -> str:
    tree = ast.parse(text).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise ValueError("A twin can be made of a function only.")
    lines, first = text.splitlines(), tree.body[0]
    if first.lineno == tree.lineno:
        raise ValueError(f"Write the body of {tree.name} on lines of its own; a twin is printed line by line.")
    documented = ast.get_docstring(tree) is not None
    begin = first.lineno - 1
    body = first.end_lineno if documented else begin
    assert body is not None
    indent = " " * first.col_offset
    own = {argument.arg for argument in tree.args.kwonlyargs}
    return "\n".join(
        [
            f"def {tree.name}({', '.join(_parameters(text, tree, order))}):",
            *(filled(line, constants) for line in lines[begin:body]),
            *(f"{indent}{name} = {value!r}" for name, value in constants.items() if name in own),
            *lines[body:],
        ]
    )


def _parameters(text: str, tree: ast.FunctionDef, order: Sequence[str]) -> list[str]:
    """The parameters as they were written, in this order."""
    positional = [*tree.args.posonlyargs, *tree.args.args]
    defaults = [None] * (len(positional) - len(tree.args.defaults)) + list(tree.args.defaults)
    written = {}
    for argument, default in zip(positional, defaults, strict=True):
        shown = ast.get_source_segment(text, argument)
        between = " = " if argument.annotation else "="
        written[argument.arg] = shown if default is None else f"{shown}{between}{ast.get_source_segment(text, default)}"
    has_default = [defaults[[p.arg for p in positional].index(name)] is not None for name in order]
    if has_default != sorted(has_default):
        raise ValueError(f"{', '.join(order)}: parameters with a default come last, in a twin's order, too.")
    return [str(written[name]) for name in order]


def filled(text: str, constants: Mapping[str, Any]) -> str:
    """A text with its constants' values for `{name}`; all other braces stay."""
    return re.sub(r"\{(\w+)\}", lambda found: str(constants.get(found[1], found[0])), text)


def task(exercise: Exercise) -> str:
    """What is asked, as a paragraph: the docstring, and the options of a choice."""
    options = [f"- `{key!r}`: {choice.label}" for key, choice in exercise.choices.items()]
    return "\n\n".join(filter(None, [inspect.getdoc(exercise.reference), "\n".join(options)]))


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own. Raises ValueError for what cannot be written into a solution."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, tuple | list):
        value = type(value)(_plain(item) for item in value)
    try:
        if ast.literal_eval(repr(value)) == value:
            return value
    except (ValueError, SyntaxError):
        pass
    raise ValueError(f"{value!r} cannot be a twin's constant. Draw numbers, texts, or tuples and lists of them.")

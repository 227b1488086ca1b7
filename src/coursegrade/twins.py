"""Twins: the same exercise with other constants or another order of its parameters, drawn for each student.

A twin is an exercise made anew from its source. A teacher's file holds constants, which are names in capitals with
plain values at its top level, and says how to draw them for one student:

    KERNEL = 3
    TWINS = {"exam/side-after": lambda rng: dict(KERNEL=rng.integers(4, 9), order=("blocks", "side"))}

Everywhere else in the file's text the value is written for `KERNEL` and for `{KERNEL}`; then the text is run, and the
exercise of that id taken from it. So mistakes, probes and tasks follow by themselves, nobody reads a name that they do
not know, and nothing but grading knows of twins. `order` is the order of the solution's parameters; mistakes that call
the solution then have to name what they pass.
"""

import ast
import contextlib
import functools
import hashlib
import inspect
import json
import linecache
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from coursegrade.statements import positions
from coursekit.checks import bank, diagnosis
from coursekit.checks.definition import Exercise
from coursekit.checks.diagnosis import Finding, State, Verdict
from coursekit.checks.texts import noted, say
from coursekit.errors import CourseError, UsageError

Constants = Mapping[str, Any]
DRAWS = 100  # before an author is told that a twin never differs from the public version
MIN_KEY = 16  # characters
PUBLIC_VERSION = noted(
    "You handed in the public version of this exercise. Your own has other constants or another order of its "
    "parameters: read the task in your notebook again."
)


def load(chapter: str, folder: Path | None) -> list[Exercise]:
    """The public exercises of a chapter of a teacher's own, else of the course's; none if both know no such chapter."""
    if folder is None or chapter not in bank.chapters(folder):
        return bank.load(chapter) if chapter in bank.chapters() else []
    exercises = bank.load(chapter, folder)
    return _source(folder / f"{chapter.replace('-', '_')}.py").public or exercises


def is_offered(exercise: Exercise) -> bool:
    """Whether an exercise has twins."""
    return exercise in _drawn_from


def twin_of(exercise: Exercise, key: str, student: str) -> Exercise:
    """The student's own version of an exercise that was loaded here; the exercise itself if it offers none.

    key: the secret of the class, "" for none. The same key, student and exercise give the same twin in every process,
    and never the public version. Raises ValueError if the author's drawing gives what no twin can be made of.
    """
    return _drawn_from[exercise].twin(exercise, key, student) if key and is_offered(exercise) else exercise


def check(asked: Exercise, public: Exercise, given: Any, seed: int) -> Verdict:
    """Judge the answer to a student's own version: parameters count by position, and the public version is named."""
    if asked is public:
        return diagnosis.check(asked, given, seed)
    verdict = diagnosis.check(asked, _by_position(given), seed)
    if verdict.state is not State.NOT_YET or diagnosis.check(public, given, seed).state is not State.CORRECT:
        return verdict
    finding = Finding(say(PUBLIC_VERSION))
    return Verdict(asked.id, State.NOT_YET, "public version", (finding,), misconceptions=(PUBLIC_VERSION,))


def _by_position(given: Any) -> Any:
    """An answer whose parameters have no names: in another version they may mean something else."""
    if not callable(given) or isinstance(given, type):
        return given
    answer = functools.wraps(given)(lambda *arguments, **named: given(*arguments, **named))
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD
    with contextlib.suppress(TypeError, ValueError):  # built-in functions may have no signature
        parameters = inspect.signature(given).parameters.values()
        plain = [p.replace(kind=p.POSITIONAL_ONLY) if p.kind is named else p for p in parameters]
        vars(answer)["__signature__"] = inspect.Signature(plain)
    return answer


# A teacher's file ---------------------------------------------------------------------------------------------------


class _Source:
    """A file of exercises, and how their twins are drawn. Raises ValueError if it says so of none of its exercises."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = path.read_text(encoding="utf-8-sig")
        self._constants: dict[str, Any] = {}
        self.public: list[Exercise] = []
        self._draws: dict[str, Callable[[np.random.Generator], Mapping[str, Any]]] = {}
        assigned = {name: node.value for name, node in _assigned(self._text)}
        if assigned.pop("TWINS", None) is None:
            return
        for name, value in assigned.items():
            with contextlib.suppress(ValueError):  # what is computed from constants follows by itself
                self._constants[name] = ast.literal_eval(value)
        self.public, self._draws = self._run(self._constants)
        if unknown := set(self._draws) - {exercise.id for exercise in self.public}:
            raise ValueError(f"TWINS names {', '.join(sorted(unknown))}; {path.name} holds no such exercise.")
        _drawn_from.update({exercise: self for exercise in self.public if exercise.id in self._draws})

    def twin(self, exercise: Exercise, key: str, student: str) -> Exercise:
        """The version of one student."""
        # What looks the same is the same student: macOS writes é as two characters.
        text = json.dumps([key, unicodedata.normalize("NFC", student), exercise.id])
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))
        names = tuple(inspect.signature(exercise.reference).parameters)
        for _ in range(DRAWS):
            drawn = {name: _plain(value) for name, value in dict(self._draws[exercise.id](rng)).items()}
            order = tuple(drawn.pop("order", names))
            if unknown := ", ".join(sorted(set(drawn) - set(self._constants))):
                known = ", ".join(self._constants) or "none"
                raise ValueError(f"{exercise.id}: its twin draws {unknown}; the constants of its file are: {known}.")
            if sorted(order) != sorted(names):
                raise ValueError(f"{exercise.id}: its twin's order is {order}; it has to hold {', '.join(names)}.")
            constants = {**self._constants, **drawn}
            if (constants, order) != (self._constants, names):
                places = [names.index(name) for name in order]
                made, _ = self._run(constants, exercise.reference.__name__, places)
                return next(twin for twin in made if twin.id == exercise.id)
        raise ValueError(f"{exercise.id}: {DRAWS} draws of its twin were all the public version.")

    def _run(
        self, constants: Constants, solution: str = "", places: Sequence[int] = ()
    ) -> tuple[list[Exercise], dict[str, Any]]:
        """The exercises that the file holds with these constants and this order of parameters, and its TWINS."""
        text = _in_order(_filled(self._text, constants), solution, places)
        name = f"<{self._path}: {constants}, {solution}{places}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        sys.modules[name] = module = ModuleType(name)  # so that the sources of its classes can be read
        module.__file__ = name
        try:
            exec(compile(text, name, "exec"), vars(module))
        except SyntaxError as error:
            where = f"{self._path.name}, line {error.lineno}"
            raise ValueError(f"{where}, is no Python with {constants}, order {places}: {error.msg}.") from None
        return [value for value in vars(module).values() if isinstance(value, Exercise)], vars(module)["TWINS"]


_drawn_from: dict[Exercise, _Source] = {}
_source = functools.cache(_Source)


def _assigned(text: str) -> Iterator[tuple[str, ast.Assign]]:
    """What is assigned to names in capitals at the top level of a file."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id.isupper():
            yield name.id, node


def _filled(text: str, constants: Constants) -> str:
    """The text of a file with these values: assigned to its constants, and in the place of their names elsewhere."""
    names = "|".join(constants) or "(?!)"
    pattern = re.compile(rf"\{{({names})\}}|\b({names})\b")
    filled = pattern.sub(lambda name: str(constants[name[1]]) if name[1] else repr(constants[name[2]]), text)
    lines, before = filled.split("\n"), text.split("\n")
    for name, node in _assigned(text):
        place = slice(node.lineno - 1, node.end_lineno)
        new = [f"{name} = {constants[name]!r}"] if name in constants else before[place]
        lines[place] = new + [""] * (len(before[place]) - len(new))
    return "\n".join(lines)


def _in_order(text: str, solution: str, places: Sequence[int]) -> str:
    """A text in which the solution, and what stands for answers, takes its parameters in this order."""
    position = positions(text)
    edits = []
    for function in _answers(ast.parse(text), solution):
        arguments, defaults = function.args.args, function.args.defaults
        ends = [*arguments[: len(arguments) - len(defaults)], *defaults]
        spans = [(position(one)[0], position(end)[1]) for one, end in zip(arguments, ends, strict=True)]
        if len(spans) == len(places):
            edits += [(*span, text[slice(*spans[place])]) for span, place in zip(spans, places, strict=True)]
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def _answers(tree: ast.Module, solution: str) -> Iterator[ast.FunctionDef | ast.Lambda]:
    """The solution, and all functions that are handed over as mistakes or other right forms."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == solution:
            yield node
        for user in getattr(node, "decorator_list", [getattr(node, "value", None)]):
            given = [*(user.args if isinstance(user, ast.Call) else ()), node]
            called = user.func if isinstance(user, ast.Call) else user
            if isinstance(called, ast.Attribute) and called.attr in ("mistake", "also", "wrong"):
                yield from (one for one in given if isinstance(one, ast.FunctionDef | ast.Lambda))


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own. Raises ValueError for what cannot be written into a file."""
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


# The secret of a class, in a file of one line -----------------------------------------------------------------------


def read_key(path: Path) -> str:
    """The key in a file. Raises UsageError if there is none, or one that could be guessed."""
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"--twins {path} cannot be read: {why}. The file holds the key of your handouts.") from None
    if len(key) < MIN_KEY:
        raise UsageError(f"--twins {path} holds {len(key)} characters, too few for a secret; {MIN_KEY} or more do.")
    return key


def make_key(path: Path) -> str:
    """A new key, written into a file that only its owner can read.

    Raises FileExistsError if the file is there already, CourseError if it cannot be written.
    """
    key = secrets.token_urlsafe(32)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{key}\n")
    except FileExistsError:
        raise
    except OSError as error:
        raise CourseError(f"The key cannot be written to {path}: {error.strerror}. Choose another place.") from None
    return key

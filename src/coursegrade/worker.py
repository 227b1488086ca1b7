"""The learner's side: runs the program of one answer, and calls what it handed in with the inputs a judge sends.

This process holds no reference solution and no expected value, and nothing that it says is trusted: it gives back plain
data, which the judge checks and compares. What cannot travel as data stays here and gets a number, its *handle*; the
judge calls it by that.
"""

import ast
import builtins
import codeop
import contextlib
import importlib
import io
import itertools
import linecache
import operator
import os
import pickle
import random
import socket
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from coursegrade import models_on_the_wire, sandbox, wire
from coursekit.checks import guard, running
from coursekit.checks.state import reseed
from coursekit.checks.training import FirstValues, watched

BANK = "coursekit.checks.bank"
NO_NETWORK = (101, 110, 111, 113, -2, -3, 8, 11001)  # errno and getaddrinfo numbers of an unreachable network
OPERATORS = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "getitem")
} | {"len": len, "iter": list, "float": float}


LEARNERS_MODULES = (
    "matplotlib.figure",
    "coursekit",
    "coursekit.datasets",
    "coursekit.figures.style",
    "coursekit.checks.compiled",
    "coursekit.checks.models",
)


def prepare() -> None:
    """Load what learners' code uses: called before processes are made of this one, in which it is loaded then."""
    for module in LEARNERS_MODULES:
        importlib.import_module(module)


def run(job: dict[str, Any], channel: socket.socket, status: int) -> None:
    """Be the process of a learner's code, within the walls of `job`; `status` is a descriptor for how it ended."""
    sandbox.keep(sandbox.Walls.of(job), channel, status, lambda limits: serve(channel, limits))


def serve(channel: socket.socket, limits: list[str]) -> None:
    """Answer a judge's requests until it closes the channel."""
    random.seed(0)
    keras.utils.set_random_seed(0)
    tf.config.experimental.enable_op_determinism()
    guard.install()
    wire.send(channel, {"limits": limits})
    worker = _Worker()
    while True:
        try:
            request, blobs = wire.receive(channel)
        except wire.Closed:
            os._exit(0)
        reply, out = worker.answer(request, blobs)
        wire.send(channel, {"id": request["id"], **reply}, out)


class _Worker:
    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._handed: dict[str, Any] = {}
        self._firsts = FirstValues()
        self._attempts: set[str] = set()
        sys.meta_path.insert(0, _NoBank(self._attempts))

    def answer(self, request: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """What one request gives: `{"value": …}` or `{"error": …}`, and what else the judge wants to know."""
        out: list[bytes] = []
        began = time.monotonic()
        screen = _Counter()
        reply: dict[str, Any] = {}
        with watched() as firsts, contextlib.redirect_stdout(screen):
            try:
                if request["do"] == "load":
                    reply = self._load(request["program"], request["exercise"], out)
                else:
                    reply = self._call(request, blobs, out, firsts)
            except BaseException as error:  # whatever a learner's code raises is an answer, too
                reply = {"error": _error(error, request.get("file", ""))}
        reply["printed"] = screen.began
        reply["attempts"] = sorted(self._attempts)
        reply["seconds"] = time.monotonic() - began
        return reply, out

    # Loading --------------------------------------------------------------------------------------------------------

    def _load(self, program: str, exercise: str, out: list[bytes]) -> dict[str, Any]:
        file = f"<answer {exercise}>"
        linecache.cache[file] = (len(program), None, program.splitlines(keepends=True), file)
        self._attempts.clear()  # those of the last answer
        _stand_in(self._handed, self._attempts)  # again, should the last answer have changed it
        module = types.ModuleType("__main__")
        module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = module
        error = _run(program, file, module.__dict__)
        if exercise not in self._handed:
            if error is None:
                return {"error": {"type": "LookupError", "text": "the answer was never handed in"}, "missing": True}
            return {"error": _error(error, file), "missing": True}
        given = self._handed.pop(exercise)
        return {"value": self._encode(given, out), "given": self._described(given)}

    def _described(self, given: Any) -> dict[str, Any]:
        described: dict[str, Any] = {"handle": self._keep(given), "callable": callable(given)}
        described["class"] = isinstance(given, type)
        described["name"] = str(getattr(given, "__name__", type(given).__name__))[:100]
        with contextlib.suppress(TypeError, ValueError):
            import inspect

            parameters = inspect.signature(given).parameters.values()
            described["parameters"] = [[p.name, int(p.kind), p.default is not p.empty] for p in parameters]
        return described

    # Calling --------------------------------------------------------------------------------------------------------

    def _call(
        self, request: dict[str, Any], blobs: list[bytes], out: list[bytes], firsts: FirstValues
    ) -> dict[str, Any]:
        target = self._kept[request["handle"]]
        arguments = [wire.decode(item, blobs, self._special_in) for item in request["arguments"]]
        named = {name: wire.decode(item, blobs, self._special_in) for name, item in request["named"].items()}
        reseed(0)
        self._firsts = firsts
        what, name = request["do"], request.get("name", "")
        if what == "call":
            value = target(*arguments, **named)
        elif what == "apply":
            value = arguments[0](target, *arguments[1:])
        elif what == "method":
            value = getattr(target, name)(*arguments, **named)
        elif what == "get":
            value = getattr(target, name)
        elif what == "operator":
            value = OPERATORS[name](target, *arguments)
        elif what == "right":
            value = OPERATORS[name](*arguments, target)
        elif what == "weights":
            value = self._with_weights(target, request, arguments)
        else:
            raise ValueError(f"a request of kind {what!r}")
        if isinstance(value, types.GeneratorType) and request.get("listed"):
            value = list(itertools.islice(value, running.LONGEST))
        reply = {"value": self._encode(value, out)}
        changed = {}
        for key, argument in [*enumerate(arguments), *named.items()]:
            with contextlib.suppress(TypeError, ValueError):
                if isinstance(argument, keras.Model):
                    argument = [argument.get_weights(), [bool(layer.trainable) for layer in argument.layers]]
                if isinstance(argument, np.ndarray | list | dict):
                    changed[str(key)] = wire.encode(argument, out)
        return {**reply, "changed": changed}

    def _with_weights(self, model: Any, request: dict[str, Any], arguments: list[Any]) -> Any:
        """A challenged model's output for the judge's inputs, after the judge's weights were put in."""
        inputs, weights = arguments
        if weights is not None:
            model.set_weights(weights)
        return model(inputs, training=bool(request.get("training")))

    # Values ---------------------------------------------------------------------------------------------------------

    def _encode(self, value: Any, out: list[bytes]) -> Any:
        blobs: list[bytes] = []
        try:
            data = wire.encode(value, blobs, self._special_out)
        except (TypeError, ValueError) as error:
            return self._object(value, str(error))
        except RecursionError:
            return self._object(value, "data that are nested too deeply")
        if len(out):  # blobs of an earlier value are there already: number on
            data = _renumbered(data, len(out))
        out += blobs
        return data

    def _special_out(self, value: Any, blobs: list[bytes]) -> dict[str, Any] | None:
        if value is ...:
            return {"ellipsis": True}
        if isinstance(value, keras.Model):
            return self._model(value, blobs)
        if isinstance(value, keras.losses.Loss | keras.optimizers.Optimizer):
            with contextlib.suppress(models_on_the_wire.NotPlain, models_on_the_wire.TooLarge):
                return models_on_the_wire.setting_as_data(value)
            return self._object(value)
        if isinstance(value, keras.callbacks.Callback):
            with contextlib.suppress(models_on_the_wire.NotPlain):
                return models_on_the_wire.callback_as_data(value)
            return self._object(value)
        for kind, plain in _BASES.items():
            if isinstance(value, kind):
                return wire.encode(plain(value), blobs, self._special_out)
        if isinstance(value, keras.KerasTensor | type | types.FunctionType | types.GeneratorType | keras.layers.Layer):
            return self._object(value)
        try:
            array = np.asarray(value)
        except Exception:  # a learner's own object may do anything here
            return self._object(value)
        return self._object(value) if array.dtype == object else wire.encode(array, blobs)

    def _model(self, model: keras.Model, blobs: list[bytes]) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if model.compiled:
            settings = {"loss": self._loss(model.loss, blobs), "optimizer": self._special_out(model.optimizer, blobs)}
        count = len(blobs)
        try:
            firsts = self._firsts.of(model)
            data = models_on_the_wire.model_as_data(model, blobs, firsts)
        except models_on_the_wire.TooLarge as error:
            return {"too large": str(error)}
        except models_on_the_wire.NotPlain:
            del blobs[count:]
            data = {**self._object(model), "weights": [list(w.shape) for w in model.weights]}
            data["trainable"] = [bool(w.trainable) for w in model.weights]
            with contextlib.suppress(Exception):
                data["penalty"] = float(sum(np.asarray(loss) for loss in model.losses))
        return {**data, "settings": settings}

    def _loss(self, loss: Any, blobs: list[bytes]) -> Any:
        name = getattr(loss, "__name__", "")
        if name and getattr(keras.losses, name, None) is loss:  # a class or function of Keras, not called
            return {"keras loss": name}
        return wire.encode(loss, blobs, self._special_out)

    def _object(self, value: Any, why: str = "") -> dict[str, Any]:
        kinds = (
            ("class", type), ("generator", types.GeneratorType), ("model", keras.Model), ("layer", keras.layers.Layer),
            ("function", types.FunctionType | types.BuiltinFunctionType | types.MethodType),
        )  # fmt: skip
        kind = next((name for name, types_ in kinds if isinstance(value, types_)), "object")
        name = value.__name__ if kind in ("class", "function") else type(value).__name__
        if kind == "object" and callable(value):
            kind = "callable"
        return {"object": kind, "handle": self._keep(value), "name": str(name)[:100], "why": why[:200]}

    def _keep(self, value: Any) -> int:
        self._kept.append(value)
        return len(self._kept) - 1

    def _special_in(self, data: dict[str, Any], blobs: list[bytes]) -> Any:
        if "handle" in data:
            return self._kept[data["handle"]]
        if "model" in data:
            model = models_on_the_wire.model_from_data(data, blobs)
            if data.get("compiled"):
                model.compile_from_config(data["compiled"])
            return model
        if "keras" in data:
            return models_on_the_wire.setting_from_data(data)
        if "generator" in data:
            generator = np.random.default_rng()
            generator.bit_generator.state = data["generator"]
            return generator
        if "pickle" in data:  # from the judge, who is trusted here: functions that are part of an exercise's inputs
            return pickle.loads(blobs[data["pickle"]])
        if "tensor" in data:
            array = wire.decode(data["tensor"], blobs)
            return tf.Variable(array) if data.get("variable") else tf.constant(array)
        raise wire.BadFrame("a value of unknown kind")


# How a learner's objects become plain data: what they inherit decides, not what they overload.
_BASES: dict[Any, Callable[[Any], Any]] = {
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__add__(value, 0.0),
    complex: lambda value: complex.__add__(value, 0),
    str: lambda value: str.__add__(value, ""),
    dict: lambda value: dict(dict.items(value)),
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: set(frozenset.__iter__(value)),
    range: list,
}


def _renumbered(data: Any, start: int) -> Any:
    if isinstance(data, dict):
        return {
            key: item + start if key == "array" and isinstance(item, int) else _renumbered(item, start)
            for key, item in data.items()
        }
    return [_renumbered(item, start) for item in data] if isinstance(data, list) else data


def _run(program: str, file: str, namespace: dict[str, Any]) -> BaseException | None:
    """Run a program statement by statement; like a notebook's cells, later ones run even if an earlier one failed."""
    compiled = codeop.Compile()  # remembers `from __future__ import …`
    first: BaseException | None = None
    try:
        statements = ast.parse(program, file).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    for statement in statements:
        try:
            code = compiled(ast.Module([statement], []), file, "exec")  # type: ignore[arg-type]
            exec(code, namespace)
        except BaseException as error:
            first = first or error
    return first


def _error(error: BaseException, file: str) -> dict[str, Any]:
    """An exception as data: its class, the built-in classes it comes from, its text and the learner's own line."""
    described: dict[str, Any] = {"type": type(error).__name__[:100]}
    with contextlib.suppress(Exception):
        described["bases"] = [c.__name__ for c in type(error).__mro__ if getattr(builtins, c.__name__, None) is c]
        described["module"] = type(error).__module__[:100]
        described["text"] = str(error)[:2000]
        described["memory"] = isinstance(error, MemoryError | tf.errors.ResourceExhaustedError)
        described["network"] = any(_is_network(e) for e in _chain(error))
        line = running.own_line(error, len)  # of any file that is not installed: `len` has none
        if line is not None:
            described["line"] = [line.number, line.text[:300]]
    return described


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        reason = getattr(error, "reason", None)
        error = error.__cause__ or error.__context__ or (reason if isinstance(reason, BaseException) else None)
        seen += 1


def _is_network(error: BaseException) -> bool:
    return isinstance(error, socket.gaierror) or (isinstance(error, OSError) and error.errno in NO_NETWORK)


class _Counter(io.TextIOBase):
    """Standard output during a call: passed on to the keeper, and its beginning remembered."""

    def __init__(self) -> None:
        self.began = ""

    def write(self, text: str) -> int:
        if len(self.began) < 200:
            self.began += text[:200]
        with contextlib.suppress(OSError, ValueError):
            os.write(1, text.encode(errors="replace"))
        return len(text)

    def writable(self) -> bool:
        return True


# What learners' code sees of the course ------------------------------------------------------------------------------


class _NoBank:
    """Finds no module of the bank, and notes who looked."""

    def __init__(self, attempts: set[str]) -> None:
        self._attempts = attempts

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Called by Python's import for every module that is not loaded yet."""
        if name == BANK or name.startswith(f"{BANK}."):
            self._attempts.add(f"imports {name}")
            raise ImportError(f"{name} is not here: answers are graded without the course's solutions.")


def _stand_in(handed: dict[str, Any], attempts: set[str]) -> None:
    """`ck.exercise` and `ck.answer` only note what is handed in; solutions and hints are not here."""
    import coursekit
    from coursekit import session

    def exercise(id: str, *, own: bool = False) -> Callable[[Any], Any]:
        def hand_in(given: Any) -> Any:
            handed[str(id)] = given
            return given

        return hand_in

    def answer(id: str, value: Any = ..., *, own: bool = False) -> None:
        handed[str(id)] = value

    def nothing(*_: Any, **__: Any) -> None:
        return None

    def solution(id: str) -> None:
        attempts.add(f"calls ck.solution({id!r:.80})")

    def yours(id: str) -> Any:
        if id not in handed:
            raise LookupError(
                f"ck.yours({id!r:.80}) is the book's answer here, and answers are graded without the book's. "
                "Call your own function by its name."
            )
        return handed[id]

    def setup(seed: int | None = None, language: str | None = None) -> None:
        session.remember_seed(seed)

    session.remember_seed()  # for answers without the notebook's first cell
    coursekit.setup, coursekit.yours = setup, yours
    coursekit.exercise, coursekit.answer, coursekit.solution = exercise, answer, solution
    for name in ("check", "hint", "progress", "explore", "show"):
        setattr(coursekit, name, nothing)
    learner = types.ModuleType("coursekit.checks.learner")
    vars(learner).update(exercise=exercise, answer=answer, solution=solution, yours=yours, check=nothing, hint=nothing)
    sys.modules["coursekit.checks.learner"] = learner

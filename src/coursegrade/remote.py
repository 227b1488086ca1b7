"""The judge's side of a learner's process: stand-ins that behave like the answer, but only exchange plain data.

`Link` carries requests to the process and ends when a limit is broken. What a request gives back is decoded into plain
values, rebuilt models, or stand-ins (`Remote`, `ChallengedModel`) that ask again whenever they are used.
"""

import builtins
import hashlib
import inspect
import io
import re
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import cloudpickle
import keras
import numpy as np
import tensorflow as tf

from coursegrade import models_on_the_wire, wire
from coursegrade.results import Ending
from coursekit.checks.definition import Exercise
from coursekit.checks.running import Interrupted, Line
from coursekit.checks.texts import explanation

MOST_REQUESTS = 20_000
BANK_MODULE = re.compile(r"coursebook\.\w+\.exercises|private_bank_.*")  # what learners' processes cannot import
KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)  # by the number that the learner's process sends


class Ended(Interrupted):
    """The learner's process is gone or broke a limit: this answer cannot be used any more."""


class Link:
    """The way to one process that runs a learner's code.

    open_worker: gives the channel of a fresh process. timeout: seconds of waiting that one answer may take in all.
    secret: what only the grader knows.
    """

    def __init__(self, open_worker: Callable[[], socket.socket], timeout: float, secret: str) -> None:
        self._open_worker = open_worker
        self._secret = secret
        self._timeout = timeout
        self._channel: socket.socket | None = None
        self._left = timeout
        self._requests = 0
        self.limits: list[str] = []
        self.ended: tuple[Ending, str] | None = None
        self.attempts: set[str] = set()
        self.seconds = 0.0

    def begin(self) -> None:
        """Make ready for the next answer; a process that is left from the last one goes on."""
        self._left, self._requests, self.seconds = self._timeout, 0, 0.0
        self.ended, self.attempts = None, set()

    def lose(self) -> None:
        """Give the process up; the next request gets a fresh one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def ask(self, request: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Send one request and return the reply. Raises Ended once the answer cannot be used any more."""
        if self.ended is not None:
            raise Ended
        if self._channel is None:
            self._connect()
        assert self._channel is not None
        self._requests += 1
        began = time.monotonic()
        number = secrets.token_hex(8)
        try:
            if self._requests > MOST_REQUESTS:
                raise wire.TooLate
            wire.send(self._channel, {**request, "id": number}, blobs, began + self._left)
            reply, out = wire.receive(self._channel, began + self._left)
            if not isinstance(reply, dict) or reply.get("id") != number:
                raise wire.BadFrame("a reply to nothing that was asked")
        except wire.TooLate:
            self._end(Ending.TIMED_OUT, f"It did not finish within {self._timeout:g} seconds.")
        except wire.Closed:
            self._end(Ending.CRASHED, "")
        except wire.BadFrame as error:
            self._end(Ending.CRASHED, f"It wrote to the grader's channel: {error}.")
        finally:
            spent = time.monotonic() - began
            self._left -= spent
            self.seconds += spent
        attempts = reply.get("attempts")
        if isinstance(attempts, list):
            self.attempts |= {str(a)[:200] for a in attempts[:20]}
        printed = reply.get("printed")
        if isinstance(printed, str) and printed:
            print(printed[:200], end="")  # the check notes that something was printed
        return reply, out

    def _connect(self) -> None:
        self._channel = self._open_worker()
        try:
            hello, _ = wire.receive(self._channel, time.monotonic() + 60)
            self.limits = [str(limit)[:200] for limit in hello["limits"]]
        except (wire.TooLate, wire.Closed, wire.BadFrame, KeyError, TypeError):
            self._end(Ending.NOT_JUDGED, "The process for the learner's code did not start.")

    def _end(self, ending: Ending, why: str) -> None:
        self.ended = (ending, why)
        self.lose()
        raise Ended from None

    # Values ---------------------------------------------------------------------------------------------------------

    def call(self, handle: int, what: str, arguments: Any, named: dict[str, Any], **more: Any) -> Any:
        """Use the object behind `handle`; returns what that gives, or raises what it raised."""
        blobs: list[bytes] = []
        request = {
            "do": what,
            "handle": handle,
            "arguments": [wire.encode(item, blobs, self._outgoing) for item in arguments],
            "named": {name: wire.encode(item, blobs, self._outgoing) for name, item in named.items()},
            **more,
        }
        reply, out = self.ask(request, blobs)
        self.raise_error(reply)
        try:
            self._change(reply.get("changed"), out, {**dict(enumerate(arguments)), **named})
            return wire.decode(reply["value"], out, self.incoming)
        except models_on_the_wire.TooLarge as error:
            self._end(Ending.OUT_OF_MEMORY, str(error))
        except (wire.BadFrame, KeyError, TypeError, ValueError, AttributeError) as error:
            self._end(Ending.CRASHED, f"What it returned cannot be read: {error}"[:300])

    def raise_error(self, reply: dict[str, Any]) -> None:
        """Raise here what the learner's code raised there, if it did."""
        error = reply.get("error")
        if not isinstance(error, dict):
            return
        raised = _exception(error)
        if error.get("memory") is True:  # more inputs would only take long to fail, too
            self._end(Ending.OUT_OF_MEMORY, explanation(raised))
        if error.get("network") is True:
            self._end(Ending.NO_NETWORK, explanation(raised))
        raise raised

    def incoming(self, data: dict[str, Any], blobs: list[bytes]) -> Any:
        """What stands here for a value that is not plain."""
        if "ellipsis" in data:
            return ...
        if "model" in data:
            try:
                return _compiled(models_on_the_wire.model_from_data(data, blobs), data, blobs, self)
            except models_on_the_wire.NotPlain as error:
                return _Unreadable(f"a model that cannot be rebuilt: {error}")
        if "too large" in data:
            raise models_on_the_wire.TooLarge(str(data["too large"])[:200])
        if "keras" in data:
            try:
                return models_on_the_wire.setting_from_data(data)
            except models_on_the_wire.NotPlain as error:
                return _Unreadable(f"a setting that cannot be rebuilt: {error}")
        if "callback" in data:
            try:
                return models_on_the_wire.callback_from_data(data)
            except models_on_the_wire.NotPlain as error:
                return _Unreadable(f"a callback that cannot be rebuilt: {error}")
        if "keras loss" in data and data["keras loss"] in dir(keras.losses):
            return getattr(keras.losses, data["keras loss"])
        if "object" not in data or not isinstance(data.get("handle"), int):
            raise wire.BadFrame("a value of unknown kind")
        kind, name = str(data["object"]), str(data.get("name", "object"))[:100]
        if kind == "model" and isinstance(data.get("weights"), list):
            return _compiled(ChallengedModel(self, data), data, blobs, self)
        if kind == "generator":
            return iter(_nothing())
        if kind == "class":
            return type(name if name.isidentifier() else "Class", (), {})
        if data.get("why"):
            return _Unreadable(str(data["why"])[:200])
        return (Remote if kind == "object" else RemoteFunction)(self, data["handle"], name)

    def _outgoing(self, value: Any, blobs: list[bytes]) -> dict[str, Any] | None:
        if isinstance(value, Remote):
            return {"handle": value._handle}
        if isinstance(value, ChallengedModel):
            return {"handle": value._there.handle}
        if isinstance(value, keras.Model):
            compiled = value.get_compile_config() if value.compiled else None
            return {**models_on_the_wire.model_as_data(value, blobs), "compiled": compiled}
        if isinstance(value, keras.losses.Loss | keras.optimizers.Optimizer):
            return models_on_the_wire.setting_as_data(value)
        if isinstance(value, np.random.Generator):
            return {"generator": self._give_away(value)}
        if isinstance(value, tf.Variable | keras.Variable):
            return {"tensor": wire.encode(np.asarray(value), blobs), "variable": True}
        if tf.is_tensor(value):
            return {"tensor": wire.encode(np.asarray(value), blobs)}
        stream = io.BytesIO()
        _Pickler(stream).dump(value)
        blobs.append(stream.getvalue())
        return {"pickle": len(blobs) - 1}

    def _give_away(self, generator: np.random.Generator) -> dict[str, Any]:
        """A generator's state for the learner; what the judge draws from it afterwards is secret."""
        state = generator.bit_generator.state
        mixed = hashlib.sha256(f"{self._secret} {state}".encode()).digest()
        fresh = type(generator.bit_generator)(int.from_bytes(mixed[:16], "big"))
        generator.bit_generator.state = fresh.state
        return dict(state)

    def _change(self, changed: Any, blobs: list[bytes], arguments: dict[Any, Any]) -> None:
        """Do to the judge's own copies of the arguments what the learner's function did to its copies."""
        if not isinstance(changed, dict):
            return
        for key, argument in arguments.items():
            if str(key) not in changed or not isinstance(argument, np.ndarray | list | dict | keras.Model):
                continue
            after = wire.decode(changed[str(key)], blobs, self.incoming)
            if isinstance(argument, keras.Model):
                _move(argument, after)
            elif isinstance(argument, np.ndarray) and isinstance(after, np.ndarray) and after.shape == argument.shape:
                if argument.dtype == after.dtype and argument.flags.writeable:
                    argument[...] = after
            elif isinstance(argument, list) and isinstance(after, list):
                argument[:] = after
            elif isinstance(argument, dict) and isinstance(after, dict):
                argument.clear()
                argument.update(after)


def _move(model: keras.Model, after: Any) -> None:
    """Do to the judge's model what was done to the learner's copy: new weights, and layers frozen or not."""
    if isinstance(model, ChallengedModel) or not (isinstance(after, list | tuple) and len(after) == 2):
        return
    weights, trainable = ([np.asarray(one) for one in part] if isinstance(part, list) else [] for part in after)
    if [one.shape for one in weights] == [tuple(one.shape) for one in model.weights]:
        model.set_weights(weights)
    for layer, flag in zip(model.layers, trainable, strict=False):
        if layer.trainable != bool(flag):
            layer.trainable = bool(flag)


class Remote:
    """Stands for an object in the learner's process: calls, methods, attributes and arithmetic go there.

    Comparisons do not: whether two values are equal is for the judge to find out from plain data.
    """

    def __init__(self, link: Link, handle: int, name: str) -> None:
        self._link, self._handle = link, handle
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        """An attribute's value, or something to call if it is a method."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._link.call(self._handle, "get", (), {}, name=name)
        if isinstance(value, Remote):
            return lambda *arguments, **named: self._link.call(self._handle, "method", arguments, named, name=name)
        return value

    def __repr__(self) -> str:
        return f"<an object of class {self.__name__}>"

    def __iter__(self) -> Iterator[Any]:
        return iter(self._link.call(self._handle, "operator", (), {}, name="iter"))


def _nothing() -> Iterator[Any]:
    yield from ()


def _forward(name: str, right: bool) -> Callable[..., Any]:
    def use(self: Remote, *others: Any) -> Any:
        return self._link.call(self._handle, "right" if right else "operator", others, {}, name=name)

    return use


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "getitem", "len", "float"):
    setattr(Remote, f"__{_name}__", _forward(_name, right=False))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Remote, f"__r{_name}__", _forward(_name, right=True))


class RemoteFunction(Remote):
    """Stands for something to call in the learner's process."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it with plain data."""
        return self._link.call(self._handle, "call", arguments, named, listed=True)


class Answer(RemoteFunction):
    """Stands for the function or class that was handed in, with its source and parameters."""

    def apply(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """`function(answer, *arguments)` in the learner's process, where a tape sees what the answer does."""
        return self._link.call(self._handle, "apply", (function, *arguments), {})

    def __init__(self, link: Link, described: dict[str, Any], source: str) -> None:
        super().__init__(link, int(described["handle"]), str(described.get("name", "answer"))[:100])
        self.learners_source = source
        with suppress(TypeError, ValueError, LookupError):
            self.__signature__ = inspect.Signature([_parameter(*one) for one in described["parameters"]])


def _parameter(name: str, kind: int, has_default: bool) -> inspect.Parameter:
    default = None if has_default else inspect.Parameter.empty
    return inspect.Parameter(str(name), KINDS[kind], default=default)


class _Unreadable:
    def __init__(self, what: str) -> None:
        self._what = what

    def __repr__(self) -> str:
        return f"<{self._what}>"


class _Weight:
    """What is known of a challenged model's weight: its shape, and whether training may change it."""

    def __init__(self, shape: tuple[int, ...], trainable: bool) -> None:
        self.shape, self.trainable = shape, trainable


@dataclass
class _There:
    """What a challenged model knows of the learner's; one object, because Keras changes lists that models hold."""

    link: Link
    handle: int
    weights: list[_Weight]
    given: list[np.ndarray] | None = None

    def call(self, what: str, arguments: Any = (), **more: Any) -> Any:
        """Use the learner's model."""
        return self.link.call(self.handle, what, arguments, {}, **more)


class ChallengedModel(keras.Model):
    """A model that cannot travel as a configuration: the judge sends inputs and weights, and looks at the outputs."""

    challenged = True

    def __init__(self, link: Link, data: dict[str, Any]) -> None:
        super().__init__()
        shapes = [tuple(int(n) for n in shape) for shape in data["weights"]]
        weights = [_Weight(s, t is True) for s, t in zip(shapes, data.get("trainable", []), strict=False)]
        self._there = _There(link, int(data["handle"]), weights)

    def __call__(self, inputs: Any, training: bool = False, **_: Any) -> Any:
        """The outputs of the learner's model for these inputs."""
        value = self._there.call("weights", (np.asarray(inputs), self._there.given), training=bool(training))
        self._there.given = None
        if not self._there.weights:  # built by its first call
            self._there.weights = list(self._ask_weights())
        return value

    def _ask_weights(self) -> Iterator[_Weight]:
        values, trainable = self.get_weights(), self._there.call("get", name="trainable_weights")
        free = [np.shape(value) for value in trainable] if isinstance(trainable, list) else []
        for shape in map(np.shape, values):
            yield _Weight(shape, shape in free)
            if shape in free:
                free.remove(shape)

    def predict(self, inputs: Any, *_: Any, **__: Any) -> np.ndarray:
        """The outputs as an array."""
        return np.asarray(self(inputs))

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Weights that go along with the next inputs."""
        self._there.given = [np.asarray(weight) for weight in weights]

    def get_weights(self) -> list[np.ndarray]:
        """The weights as the learner's process says them."""
        values = self._there.call("method", name="get_weights")
        return [np.asarray(value) for value in values] if isinstance(values, list) else []

    @property
    def weights(self) -> list[Any]:
        """Shapes of all weights."""
        return self._there.weights

    @property
    def trainable_weights(self) -> list[Any]:
        """Shapes of the weights that training changes."""
        return [weight for weight in self._there.weights if weight.trainable]

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Shapes of the weights that training leaves alone."""
        return [weight for weight in self._there.weights if not weight.trainable]

    @property
    def losses(self) -> list[Any]:
        """The penalty on the weights, as the learner's process says it."""
        value = self._there.call("get", name="losses")
        return [np.asarray(loss) for loss in value] if isinstance(value, list) else []

    def count_params(self) -> int:
        """Numbers in all weights."""
        return int(sum(np.prod(weight.shape) for weight in self._there.weights))


def _compiled(model: keras.Model, data: dict[str, Any], blobs: list[bytes], link: Link) -> keras.Model:
    settings = data.get("settings")
    if isinstance(settings, dict) and settings:
        loss, optimizer = (wire.decode(settings.get(name), blobs, link.incoming) for name in ("loss", "optimizer"))
        with suppress(Exception):  # a setting that Keras does not take is compared as missing
            model.compile(optimizer=optimizer, loss=loss)
    return model


class _Pickler(cloudpickle.Pickler):
    """Sends functions that are inputs of an exercise by value: the bank's modules are not there to import."""

    def reducer_override(self, obj: Any) -> Any:
        """Refuse to send a solution along; pickle functions of a bank by value."""
        if isinstance(obj, Exercise):
            raise TypeError(f"an input refers to the exercise {obj.id}, whose solution must not reach the learner")
        module = sys.modules.get(getattr(obj, "__module__", "") or "")
        if module is not None and BANK_MODULE.fullmatch(module.__name__):
            cloudpickle.register_pickle_by_value(module)
            try:
                return super().reducer_override(obj)
            finally:
                cloudpickle.unregister_pickle_by_value(module)
        return super().reducer_override(obj)


def _exception(data: dict[str, Any]) -> BaseException:
    """An exception like the one in the learner's process: same name and text, same built-in base."""
    name = str(data.get("type", "Exception"))[:100]
    bases = [b for b in data.get("bases", []) if isinstance(b, str)] if isinstance(data.get("bases"), list) else []
    found = (getattr(builtins, base, None) for base in bases)
    base = next((b for b in found if isinstance(b, type) and issubclass(b, BaseException)), Exception)
    if issubclass(base, KeyboardInterrupt | GeneratorExit | BaseExceptionGroup) or base is BaseException:
        base = Exception
    known = getattr(tf.errors, name, None) if str(data.get("module", "")).startswith("tensorflow") else None
    text = str(data.get("text", ""))[:2000]
    error: BaseException
    if isinstance(known, type) and issubclass(known, tf.errors.OpError):
        error = known(None, None, text)
    else:
        kind = base if base.__name__ == name else type(name if name.isidentifier() else "Exception", (base,), {})
        try:
            error = kind(text)
        except Exception:  # UnicodeDecodeError and the like want more arguments
            error = type(name if name.isidentifier() else "Exception", (Exception,), {})(text)
    line = data.get("line")
    if isinstance(line, list) and len(line) == 2 and isinstance(line[0], int):
        error.learners_line = Line(line[0], str(line[1])[:300])  # type: ignore[attr-defined]
    return error

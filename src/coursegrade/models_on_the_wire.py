"""Keras models, losses and optimizers as plain data: configuration and weights.

A configuration from a learner's process is read as a list of building blocks: only Keras' own classes, no functions of
anyone's own, no number that would make a layer of absurd size. Whatever cannot travel so is challenged instead.
"""

import inspect
import json
import sys
from typing import Any

import keras
import numpy as np

from coursegrade import wire
from coursekit.checks.training import BROUGHT

LARGEST_NUMBER = 2**25  # in a configuration: units, filters, sizes
LARGEST_MODEL = 60_000_000  # weights
_NOT_PLAIN = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}
_HOMES = {
    "keras": keras,
    "keras.layers": keras.layers,
    "keras.initializers": keras.initializers,
    "keras.regularizers": keras.regularizers,
    "keras.constraints": keras.constraints,
    "keras.losses": keras.losses,
    "keras.metrics": keras.metrics,
    "keras.optimizers": keras.optimizers,
    "keras.optimizers.schedules": keras.optimizers.schedules,
    "keras.activations": keras.activations,
}
_STRUCTURAL = {"__tuple__", "__typespec__", "__ellipsis__", "__keras_tensor__"}
_KERAS_ITSELF = {"Sequential", "DTypePolicy", "Variable"}


class NotPlain(ValueError):
    """This object cannot travel as a configuration of Keras' own building blocks."""


class TooLarge(ValueError):
    """This model would take more memory than a judge has."""


def model_as_data(model: keras.Model, blobs: list[bytes], firsts: list[np.ndarray | None] | None = None) -> Any:
    """A model as JSON-ready data; its weights, and the values these started with, are appended to `blobs`.

    Raises NotPlain if it holds anything but Keras' own layers.
    """
    config = _config(model)
    weights = [np.asarray(weight) for weight in model.weights]
    known = [np.zeros(0) if first is None else first for first in firsts or []]
    return {
        "model": config,
        "weights": [wire.encode(weight, blobs) for weight in weights],
        "firsts": [wire.encode(first, blobs) for first in known],
    }


def setting_as_data(setting: Any) -> Any:
    """A loss, optimizer or metric as JSON-ready data. Raises NotPlain if it is not one of Keras' own."""
    return {"keras": _config(setting)}


def model_from_data(data: dict[str, Any], blobs: list[bytes]) -> keras.Model:
    """The model that `model_as_data` described, rebuilt.

    Raises NotPlain for foreign building blocks, TooLarge for absurd sizes, wire.BadFrame for broken data.
    """
    weights = [np.asarray(wire.decode(item, blobs)) for item in data["weights"]]
    firsts = [np.asarray(wire.decode(item, blobs)) for item in data["firsts"]]
    if sum(weight.size for weight in weights) > LARGEST_MODEL:
        raise TooLarge("It has more weights than a judge can hold.")
    model = _made(data["model"])
    if not isinstance(model, keras.Model):
        raise wire.BadFrame("a model that is none")
    if model.weights or weights:
        if [tuple(w.shape) for w in model.weights] != [w.shape for w in weights]:
            raise NotPlain("its weights are not those of its layers")
        model.set_weights(weights)
    if firsts:
        fitting = len(firsts) == len(weights)
        setattr(model, BROUGHT, [f if fitting and f.size else None for f in firsts])
    return model


def setting_from_data(data: dict[str, Any]) -> Any:
    """The loss, optimizer or metric that `setting_as_data` described. Raises NotPlain for anything else."""
    return _made(data["keras"])


def callback_as_data(callback: keras.callbacks.Callback) -> Any:
    """One of Keras' own callbacks as JSON-ready data: the settings it was made with. Raises NotPlain for others."""
    name = type(callback).__name__
    if type(callback) is not getattr(keras.callbacks, name, None):
        raise NotPlain(name)
    names = inspect.signature(type(callback)).parameters
    given = {name: getattr(callback, name) for name in names if hasattr(callback, name)}
    return {"callback": name, "settings": {n: v for n, v in given.items() if isinstance(v, str | int | float | None)}}


def callback_from_data(data: dict[str, Any]) -> keras.callbacks.Callback:
    """The callback that `callback_as_data` described. Raises NotPlain for anything else."""
    kind = getattr(keras.callbacks, str(data["callback"]), None)
    settings = data["settings"]
    plain = isinstance(settings, dict) and all(isinstance(v, str | int | float | None) for v in settings.values())
    if not plain or kind not in (keras.callbacks.EarlyStopping, keras.callbacks.ReduceLROnPlateau):
        raise NotPlain(str(data["callback"])[:60])
    try:
        return kind(**settings)
    except (TypeError, ValueError) as error:
        raise NotPlain(str(error)[:200]) from error


def _config(thing: Any) -> Any:
    try:
        if isinstance(thing, keras.Model):  # without its loss and optimizer, which travel by themselves
            name = type(thing).__name__
            home = "keras" if type(thing) is getattr(keras, name, None) else type(thing).__module__
            config = {"module": home, "class_name": name, "config": thing.get_config(), "registered_name": None}
            config["build_config"] = thing.get_build_config()
        else:
            config = keras.saving.serialize_keras_object(thing)
        text = json.dumps(config, allow_nan=False)
    except Exception as error:  # a learner's own get_config may do anything
        raise NotPlain(type(error).__name__) from error
    _check(json.loads(text))
    return json.loads(text)


def _made(config: Any) -> Any:
    _check(config)
    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except MemoryError:
        raise TooLarge("It needs more memory than a judge has.") from None
    except Exception as error:
        raise NotPlain(f"{type(error).__name__}: {error}"[:200]) from error


def _check(config: Any) -> None:
    """Raises NotPlain or TooLarge unless all of a configuration is Keras' own and of sensible size."""
    pending = [config]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if "class_name" in item:
                _check_class(item)
            pending += item.values()
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, int) and abs(item) > LARGEST_NUMBER:
            raise TooLarge(f"A layer of size {item} is more than a judge can hold.")


def _check_class(item: dict[str, Any]) -> None:
    name, module = item["class_name"], item.get("module")
    if name in _STRUCTURAL:
        return
    if not isinstance(name, str) or name in _NOT_PLAIN or name.startswith("_"):
        raise NotPlain(f"{name!r:.60}")
    if module is None and item.get("registered_name") is None and "config" in item:
        raise NotPlain(f"{name!r:.60} of unknown origin")
    if (name, module) == ("Functional", "keras.src.models.functional") or _is_operation(str(module), name):
        return
    home = _HOMES.get(str(module))
    if home is None or not (name in _KERAS_ITSELF or isinstance(getattr(home, name, None), type)):
        raise NotPlain(f"{module}.{name}"[:100])


def _is_operation(module: str, name: str) -> bool:
    """Whether a class is one of the operations that `keras.ops` puts into functional models."""
    if not module.startswith("keras.src.ops.") or module not in sys.modules:
        return False
    found = getattr(sys.modules[module], name, None)
    return isinstance(found, type) and issubclass(found, keras.Operation)

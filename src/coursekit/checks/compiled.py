"""Losses and optimizers by meaning: the name, the class, an object and a function pass where they act alike."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from coursekit.checks.difference import Difference, Kind, register
from coursekit.checks.texts import say


def is_setting(value: Any) -> bool:
    """Whether a value is a loss or an optimizer object."""
    return isinstance(value, keras.losses.Loss | keras.optimizers.Optimizer)


def compare_settings(expected: Any, got: Any) -> list[Difference]:
    """Differences between two losses, or two optimizers, found by using both on the same numbers."""
    if isinstance(expected, keras.losses.Loss):
        return _compare_losses(expected, got)
    return _compare_optimizers(expected, got)


def describe_setting(value: Any) -> str:
    """A loss's name, or an optimizer's name and learning rate."""
    if isinstance(value, keras.optimizers.Optimizer):
        return f"{type(value).__name__}(learning_rate={float(np.asarray(value.learning_rate)):g})"
    return type(value).__name__


def _compare_losses(expected: Any, got: Any) -> list[Difference]:
    try:
        loss = _made(keras.losses.get(got))
    except Exception:
        return [Difference(say("Keras knows no loss {got}.", got=repr(got)))]
    if not callable(loss):
        return [Difference(say("There is no loss."))]
    found = _differing(expected, loss, classes=3)
    return found if found and _differing(expected, loss, classes=10) else []  # a function may be made for ten, say


def _differing(expected: Any, loss: Any, classes: int) -> list[Difference]:
    compared = False
    for truth, prediction in _predictions(classes):
        want = _average(expected, truth, prediction)
        if want is None:
            continue
        compared = True
        have = _average(loss, truth, prediction)
        if have is None or not np.isclose(want, have, rtol=1e-4, atol=1e-6, equal_nan=True):
            shown = {"truth": truth.tolist(), "prediction": prediction.tolist(), "expected": f"{want:.4g}"}
            text = say(
                "The loss differs: for the truth {truth} and the prediction {prediction} yours is {got}, the asked one "
                "is {expected}.", got="–" if have is None else f"{have:.4g}", **shown,
            )  # fmt: skip
            return [Difference(text)]
    return [] if compared else [Difference(say("The loss could not be compared."))]


def _predictions(classes: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Truths and predictions of every common shape: yes or no, numbers, one-hot classes, class numbers."""
    more = ((0, 0), (0, classes - 3))
    truth, chances = np.eye(classes)[[0, 2]], np.pad([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], more)
    return [
        (np.array([[0.0], [1.0]]), np.array([[0.2], [0.6]])),
        (np.array([[0.0], [3.0]]), np.array([[0.5], [-1.0]])),
        (truth, chances),
        (truth, np.pad([[2.0, -1.0, 0.5], [0.1, 3.0, -2.0]], more)),
        (np.array([0, 2]), chances),
    ]


def _average(loss: Callable[..., Any], truth: np.ndarray, prediction: np.ndarray) -> float | None:
    try:
        return float(np.mean(np.asarray(loss(truth.astype("float32"), prediction.astype("float32")))))
    except Exception:  # this loss is not made for this shape
        return None


def _compare_optimizers(expected: Any, got: Any) -> list[Difference]:
    try:
        optimizer = keras.optimizers.get(_made(got))
        steps = _steps(optimizer)
    except Exception:
        return [Difference(say("Keras knows no optimizer {got}.", got=repr(got)))]
    wanted = _steps(expected)
    number = next((i for i, same in enumerate(np.isclose(steps, wanted, rtol=1e-3, atol=1e-7)) if not same), None)
    if number is None:
        return []
    shown = {"got": describe_setting(optimizer), "expected": describe_setting(expected), "n": number + 1}
    text = say(
        "The optimizer differs: yours is {got}, and the asked one is {expected}. With the same gradients its step "
        "{n} is {step} instead of {wanted}.", step=f"{steps[number]:.5g}", wanted=f"{wanted[number]:.5g}", **shown,
    )  # fmt: skip
    return [Difference(text)]


_paths: dict[tuple[type, str], list[float]] = {}  # what a class does depends on its settings alone


def _steps(optimizer: Any) -> list[float]:
    """The path of one weight under a copy of the optimizer, for gradients of both signs and very different sizes."""
    settings = optimizer.get_config()
    key = (type(optimizer), repr(settings))
    if key not in _paths:
        _paths[key] = _path_of(type(optimizer).from_config(settings))
    return _paths[key]


def _path_of(copy: Any) -> list[float]:
    weight = keras.Variable([1.0])
    path = [1.0]
    for gradient in (0.5, -0.2, 3.0, 0.01):
        copy.apply([keras.ops.convert_to_tensor([gradient])], [weight])
        path.append(float(np.asarray(weight)[0]))
    return list(np.diff(path))


def _made(setting: Any) -> Any:
    return setting() if isinstance(setting, type) else setting


register(Kind(is_setting, compare_settings, describe_setting))

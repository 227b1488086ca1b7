"""Models by behavior: the same outputs from the same weights, however the model was put together.

Behavior decides: shapes, numbers of weights, and the forward pass once both models hold the same weights.
What a forward pass does not show (dropout and other layers that act in training alone) is compared layer by layer.
The layer table explains; it never decides between two models that act alike.
"""

import contextlib
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

import keras
import numpy as np
from keras import layers

from coursekit.checks.compiled import compare_settings
from coursekit.checks.difference import Difference, Kind, register
from coursekit.checks.texts import explanation, say

ACTIVATIONS = (
    "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "softplus", "leaky_relu", "silu", "exponential"
)  # fmt: skip
ACTIVATION_LAYERS = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Softmax)
NO_ROLE = (layers.InputLayer, layers.Identity)
TRAINING_ONLY = (
    layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D, layers.AlphaDropout,
    layers.GaussianDropout, layers.GaussianNoise, layers.RandomFlip, layers.RandomRotation, layers.RandomContrast
)  # fmt: skip
SETTINGS = (
    "units", "filters", "kernel_size", "depth_multiplier", "pool_size", "size", "strides", "padding", "dilation_rate",
    "rate", "stddev", "momentum", "axis", "target_shape", "use_bias"
)  # fmt: skip
NEUTRAL = {"strides": ((1, 1), (1,)), "dilation_rate": ((1, 1), (1,)), "axis": (-1,), "use_bias": (True,)}


@dataclass(frozen=True)
class Role:
    """What one layer does: its public Keras name, the settings that matter, its output shape and number of weights."""

    name: str
    settings: str
    shape: str = ""
    weights: int = 0
    training_only: bool = False

    @property
    def label(self) -> str:
        """Name and settings: what tells two layers apart."""
        return f"{self.name}({self.settings})"


def is_model(value: Any) -> bool:
    """Whether a value is a Keras model of any kind."""
    return isinstance(value, keras.Model)


def copied(model: keras.Model) -> keras.Model:
    """A model of the same layers and weights, so that whoever changes it changes nothing for others."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def describe_model(model: Any) -> str:
    """A model in one line: what goes in, what comes out, how many weights."""
    try:
        return say(
            "a model from {before} to {after} with {count} weights",
            before=model.input_shape,
            after=model.output_shape,
            count=model.count_params(),
        )
    except Exception:  # subclassed and not built
        return say("a model of class {name}", name=type(model).__name__)


class _Refused(Exception):
    """A learner's model failed when it was called; the argument says so in a sentence."""


def _run(model: keras.Model, images: np.ndarray) -> Any:
    try:
        return model(images, training=False)
    except Exception as error:
        text = say(
            "Your model does not accept an input of shape {shape}: {error}",
            shape=images.shape,
            error=explanation(error),
        )
        raise _Refused(text) from error


def compare_models(expected: keras.Model, got: Any) -> list[Difference]:
    """All differences that matter between two models. Both get the same weights on the way, and then their own."""
    if not is_model(got):
        if isinstance(got, type) and issubclass(got, keras.Model):
            return [Difference(say("Your answer is a model class. Return a model: an object of it."))]
        if isinstance(got, keras.layers.Layer):
            return [Difference(say("Your answer is one layer. Return a model that holds it."))]
        name = type(got).__name__
        return [
            Difference(say("A Keras model was asked for, and your answer is an object of class {name}.", name=name))
        ]
    inputs, table = [_images(expected, seed) for seed in range(4)], cache(lambda: (roles(expected), roles(got)))
    try:
        found = [*_shapes(expected, got, inputs[0]), *_sizes(expected, got), *_training_only(got, table)]
        if not found:
            with _own_weights(expected, got):
                found = _forward(expected, got, inputs)
    except _Refused as refusal:
        found = [Difference(*refusal.args)]
    if expected.compiled:
        found += _settings(expected, got)
    if found:
        pairs = _pairs(*table())
        found[0] = Difference(f"{found[0].reason} {_first_that_differs(pairs)}".strip(), _table(pairs))
    return found


def _images(model: keras.Model, seed: int) -> np.ndarray:
    """Two random inputs of both signs, from seed 3 beyond the ceiling of a ReLU6; axes of free size get 8."""
    shape = [2, *(8 if size is None else size for size in model.input_shape[1:])]
    return np.random.default_rng(seed).normal(0, 30 if seed == 3 else 1, shape).astype("float32")


def _shapes(expected: keras.Model, got: keras.Model, images: np.ndarray) -> Iterator[Difference]:
    """Where both models state all sizes and take the same input, what they state is enough: no model is run."""
    want, have = (_stated(model) for model in (expected, got))
    if want is None or have is None or expected.input_shape != got.input_shape:
        shapes = [getattr(value, "shape", None) for value in (expected(images, training=False), _run(got, images))]
        want, have = ("–" if shape is None else tuple(shape)[1:] for shape in shapes)
    if want != have:
        yield Difference(say("The output has the shape {got}, and {expected} was asked for.", got=have, expected=want))


def _stated(model: keras.Model) -> Any:
    """The shape of one output as a model made of connected layers knows it; None if it does not, or not all sizes."""
    connected = model.built and (isinstance(model, keras.Sequential) or hasattr(model, "operations"))
    sizes = model.output_shape[1:] if connected and isinstance(model.output_shape, tuple) else (None,)
    return None if None in sizes else sizes


def _sizes(expected: keras.Model, got: keras.Model) -> Iterator[Difference]:
    for name, want, have in (
        (say("weights that are trained"), expected.trainable_weights, got.trainable_weights),
        (say("weights that are not trained"), expected.non_trainable_weights, got.non_trainable_weights),
    ):
        wanted, given = (sum(int(np.prod(w.shape)) for w in weights) for weights in (want, have))
        if wanted != given:
            yield Difference(
                say(
                    "Your model has {got} {name}, and {expected} were asked for.", got=given, name=name, expected=wanted
                )
            )


def _training_only(got: keras.Model, table: Callable[[], tuple[list[Role], list[Role]]]) -> Iterator[Difference]:
    """Layers that act in training alone, and where they stand among the layers with weights."""
    if is_challenged(got):  # its layers are in another process; `_forward` looks at what they do
        return
    want, have = (
        [role.label if role.training_only else role.name for role in roles if role.training_only or role.weights]
        for roles in table()
    )
    subclassed = not (isinstance(got, keras.Sequential) or hasattr(got, "operations"))
    if (sorted(want) != sorted(have)) if subclassed else (want != have):
        only = [label for label in want if "(" in label], [label for label in have if "(" in label]
        if only != ([], []):
            yield Difference(say("The layers that act only in training differ."))


@contextlib.contextmanager
def _own_weights(*models: keras.Model) -> Iterator[None]:
    """Give models in this process back the weights they have now."""
    before = [(model, model.get_weights()) for model in models if not is_challenged(model)]
    try:
        yield
    finally:
        for model, weights in before:
            model.set_weights(weights)


def _forward(expected: keras.Model, got: keras.Model, inputs: list[np.ndarray]) -> list[Difference]:
    start = expected.get_weights()
    for seed, images in enumerate(inputs):
        if not _share_weights(expected, got, start, seed):
            return [Difference(say("The weights have other shapes than the asked ones."))]
        want, have = np.asarray(expected(images, training=False)), np.asarray(_run(got, images))
        scale = max(1.0, float(np.abs(want).max()))
        if want.shape != have.shape or not np.allclose(want, have, rtol=1e-3, atol=1e-4 * scale):
            return [Difference(say("With the same weights and the same input your model computes other numbers."))]
    if is_challenged(got) and not _scatter_alike(expected, got, inputs[0]):
        return [Difference(say("The layers that act only in training differ."))]
    if not np.isclose(_penalty(expected), _penalty(got), rtol=1e-3):
        return [Difference(say("The penalty on the weights (regularization) differs."))]
    return []


def is_challenged(model: Any) -> bool:
    """Whether a model only stands for one in another process (grading): it can be used, but not looked into."""
    return getattr(model, "challenged", False) is True


def _scatter_alike(expected: keras.Model, got: keras.Model, images: np.ndarray) -> bool:
    """Whether dropout and noise scatter the outputs of both models alike, over 60 runs in training mode."""
    want, have = (
        np.std([np.asarray(model(images, training=True)) for _ in range(60)], axis=0).mean()
        for model in (expected, got)
    )
    scale = float(np.abs(np.asarray(expected(images))).mean()) + 1e-6
    # The spread of 60 runs is known to about 10 %; a rate of 0.5 instead of 0.3 changes it by more than half.
    return bool(abs(want - have) < 0.3 * want + 1e-4 * scale)


def _penalty(model: keras.Model) -> float:
    return float(sum(np.asarray(loss) for loss in model.losses))


def _share_weights(expected: keras.Model, got: keras.Model, start: list[np.ndarray], seed: int) -> bool:
    """Give both models the same weights, near `start`. A subclassed model may list its layers in any order.

    They move up and down, so that sums of both signs reach every activation, and biases are not zero.
    """
    rng = np.random.default_rng(seed)
    weights = [w + rng.uniform(-0.5, 0.5, w.shape).astype("float32") for w in start]
    expected.set_weights(weights)
    if [w.shape for w in expected.weights] == [w.shape for w in got.weights]:
        got.set_weights(weights)
        return True
    if is_challenged(got):
        arranged = _arranged(weights, [w.shape for w in got.weights])
        if arranged is not None:
            got.set_weights(arranged)
        return arranged is not None
    targets = list(_leaves(got))
    for layer in _leaves(expected):
        shapes = [w.shape for w in layer.weights]
        match = next((t for t in targets if shapes and [w.shape for w in t.weights] == shapes), None)
        if shapes and match is None:
            return False
        if match is not None:
            match.set_weights([np.asarray(w) for w in layer.weights])
            targets.remove(match)
    return True


def _arranged(weights: list[np.ndarray], shapes: list[tuple[int, ...]]) -> list[np.ndarray] | None:
    """The weights in the order of these shapes, each used once; None if they do not fit."""
    left, arranged = list(weights), []
    for shape in shapes:
        place = next((place for place, weight in enumerate(left) if weight.shape == tuple(shape)), None)
        if place is None:
            return None
        arranged.append(left.pop(place))
    return None if left else arranged


def _settings(expected: keras.Model, got: keras.Model) -> list[Difference]:
    if not got.compiled:
        return [Difference(say("Your model is not compiled: it has no loss and no optimizer yet."))]
    losses = keras.losses.get(expected.loss)
    loss = losses if isinstance(losses, keras.losses.Loss) else keras.losses.get(losses.__name__)
    if not isinstance(loss, keras.losses.Loss):  # a plain function: give it the mean that Keras takes of it
        loss = _MeanOf(losses)
    return compare_settings(loss, got.loss) + compare_settings(expected.optimizer, got.optimizer)


class _MeanOf(keras.losses.Loss):
    """A loss function as a loss object."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.function(y_true, y_pred)


# Structure ----------------------------------------------------------------------------------------------------------


def roles(model: keras.Model) -> list[Role]:
    """What the model's layers do, in order; an activation counts alike inside a layer and as a layer of its own."""
    found: list[Role] = []
    for layer in _leaves(model):
        if isinstance(layer, NO_ROLE):
            continue
        shape = _shape(layer)
        if isinstance(layer, ACTIVATION_LAYERS):
            found.append(Role(activation(layer), "", shape))
            continue
        config = layer.get_config()
        kept = {key: config[key] for key in SETTINGS if config.get(key) is not None}
        settings = ", ".join(f"{key}={_short(v)}" for key, v in kept.items() if _fixed(v) not in NEUTRAL.get(key, ()))
        found.append(Role(_public_name(layer), settings, shape, layer.count_params(), isinstance(layer, TRAINING_ONLY)))
        inner = getattr(layer, "activation", None)
        if inner is not None and (name := activation(inner)) != "linear":
            found.append(Role(name, "", shape))
    return found


def activation(function: Any) -> str:
    """Name of an activation, told by what it does to numbers from −3 to 3."""
    probe = np.linspace(-3, 3, 13, dtype="float32")[None]
    try:
        values = np.asarray(function(probe))
    except Exception:
        return "?"
    for name, known in _known_activations().items():
        if values.shape == known.shape and np.allclose(values, known, atol=1e-5):
            return name
    return str(getattr(function, "name", None) or getattr(function, "__name__", "?"))


@cache
def _known_activations() -> dict[str, np.ndarray]:
    probe = np.linspace(-3, 3, 13, dtype="float32")[None]
    return {"linear": probe} | {name: np.asarray(keras.activations.get(name)(probe)) for name in ACTIVATIONS}


def _leaves(model: keras.Model) -> Iterator[keras.layers.Layer]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _leaves(layer)
        else:
            yield layer


def _public_name(layer: keras.layers.Layer) -> str:
    """The first of the layer's classes that Keras itself offers, or the learner's own name."""
    classes = [c.__name__ for c in type(layer).__mro__ if c is not layers.Layer and getattr(layers, c.__name__, 0) is c]
    return classes[0] if classes else type(layer).__name__


def _shape(layer: keras.layers.Layer) -> str:
    try:
        return str(tuple(layer.output.shape)[1:])
    except Exception:  # layers of a subclassed model know no output
        return ""


def _short(setting: Any) -> str:
    if isinstance(setting, tuple | list) and len(set(setting)) == 1 and len(setting) > 1:
        return str(setting[0])
    return f"{setting:g}" if isinstance(setting, float) else str(setting)


def _fixed(setting: Any) -> Any:
    return tuple(setting) if isinstance(setting, list) else setting


def _pairs(asked: list[Role], mine: list[Role]) -> list[tuple[Role | None, Role | None]]:
    """The layers of both models side by side, first the learner's, equal ones in one pair."""
    pairs: list[tuple[Role | None, Role | None]] = []
    matcher = difflib.SequenceMatcher(None, [r.label for r in mine], [r.label for r in asked], autojunk=False)
    for _, left, left_end, right, right_end in matcher.get_opcodes():
        pairs += zip_longest(mine[left:left_end], asked[right:right_end])
    return pairs


def _first_that_differs(pairs: list[tuple[Role | None, Role | None]]) -> str:
    apart = [[role.label for role in side if role] for side in zip(*(p for p in pairs if None in p), strict=True)]
    moved = set.intersection(*map(set, apart)) if apart else set()
    for mine, asked in pairs:
        layer = mine or asked
        if None in (mine, asked) and layer and layer.label in moved:
            return say("The first layer that differs stands in another place in yours: {layer}.", layer=_cell(layer))
        if mine is None:
            return say("The first layer that differs is missing in yours: {asked}.", asked=_cell(asked))
        if asked is None:
            return say("The first layer that differs is one that was not asked for: {mine}.", mine=_cell(mine))
        if mine.label != asked.label or (mine.shape and asked.shape and mine.shape != asked.shape):
            found = dict(mine=_cell(mine), asked=_cell(asked))
            return say("The first layer that differs: yours is {mine}, and {asked} was asked for.", **found)
    return ""


def _table(pairs: list[tuple[Role | None, Role | None]]) -> tuple[tuple[str, ...], ...]:
    return ((say("yours"), say("asked for")), *((_cell(mine), _cell(asked)) for mine, asked in pairs))


def _cell(role: Role | None) -> str:
    if role is None:
        return "–"
    return f"{role.name} {role.settings}".strip() + (f" → {role.shape}" if role.shape else "")


register(Kind(is_model, compare_models, describe_model, copied))

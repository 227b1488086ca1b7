"""Calls that would end the process become errors that teach.

With oneDNN on (TensorFlow's default on x86), some eager operations abort the whole process when the input has too
few axes: no exception, a dead kernel. Found by running each in a process of its own on TensorFlow 2.21
(`tests/coursekit/checks/test_guard.py` repeats it for conv2d).
"""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from coursekit.checks.texts import say

# Name below tf.nn → the fewest axes its input must have.
ABORTING = {
    "convolution": 3,
    "conv1d": 3,
    "conv2d": 4,
    "conv3d": 5,
    "depthwise_conv2d": 4,
    "separable_conv2d": 4,
    "max_pool3d": 5,
}
AXES = {
    3: "(batch, steps, channels)",
    4: "(batch, height, width, channels)",
    5: "(batch, depth, height, width, channels)",
}


@contextmanager
def guarded() -> Iterator[None]:
    """While it is open, the calls in `ABORTING` (and raw `Conv2D`) raise ValueError for inputs with too few axes."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None:  # what is not loaded cannot abort
        yield
        return
    with ExitStack() as patches:
        for name, axes in ABORTING.items():
            patches.enter_context(patch.object(tensorflow.nn, name, _checked(getattr(tensorflow.nn, name), name, axes)))
        raw = tensorflow.raw_ops
        patches.enter_context(patch.object(raw, "Conv2D", _checked(raw.Conv2D, "Conv2D", 4)))
        yield


def _checked(function: Callable[..., Any], name: str, axes: int) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else kwargs.get("input")
        kernel = args[1] if len(args) > 1 else kwargs.get("filters")
        # tf.nn.convolution works along as many axes as its kernel has.
        needed = max(axes, len(_shape(kernel) or ())) if name == "convolution" else axes
        shape = _shape(given)
        if shape is not None and len(shape) < needed:
            raise ValueError(
                say(
                    "{name} wants {needed} axes, {axes}, and got {rank}: shape {shape}. "
                    "Add the missing ones, for example image[tf.newaxis, ..., tf.newaxis].",
                    name=name,
                    needed=needed,
                    axes=AXES.get(needed, ""),
                    rank=len(shape),
                    shape=shape,
                )
            )
        return function(*args, **kwargs)

    return call


def _shape(value: Any) -> tuple[Any, ...] | None:
    """The shape of a tensor, array or nested list; None if its number of axes is not known."""
    try:
        return tuple(value.shape if hasattr(value, "shape") else np.shape(value))
    except (TypeError, ValueError):  # a tensor of unknown rank, a ragged list: TensorFlow's own error is the better one
        return None

"""Calls that would end the process become errors that teach.

With oneDNN on (TensorFlow's default on x86), some eager operations abort the whole process when their input has too
few axes: no exception, a dead kernel. Found by running each in a process of its own on TensorFlow 2.21;
`tests/coursekit/checks/test_guard.py` repeats it for conv2d and says when the guard can go.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.checks.texts import say

# Name → the fewest axes its input must have.
ABORTING = {
    "tf.nn.convolution": 3,
    "tf.nn.conv1d": 3,
    "tf.nn.conv2d": 4,
    "tf.nn.conv3d": 5,
    "tf.nn.depthwise_conv2d": 4,
    "tf.nn.separable_conv2d": 4,
    "tf.nn.max_pool3d": 5,
    "tf.raw_ops.Conv2D": 4,
}
AXES = {
    3: "(batch, steps, channels)",
    4: "(batch, rows, columns, channels)",
    5: "(batch, depth, rows, columns, channels)",
}
KERNEL_AXES = "(kernel rows, kernel columns, channels in, filters)"


def install() -> None:
    """Let the calls in `ABORTING` raise ValueError for inputs with too few axes, from now on.

    Without TensorFlow there is nothing to do, and what is guarded already stays as it is.
    """
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None:
        return
    for name, axes in ABORTING.items():
        _, module, last = name.split(".")
        place = getattr(tensorflow, module)
        function = getattr(place, last)
        if not hasattr(function, "unguarded"):
            setattr(place, last, _guarded(function, name, axes))


def _guarded(function: Callable[..., Any], name: str, axes: int) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        image = _shape(args[0] if args else kwargs.get("input"))
        kernel = _shape(args[1] if len(args) > 1 else kwargs.get("filters"))
        # tf.nn.convolution works along as many axes as its kernel has.
        needed = max(axes, len(kernel or ())) if name == "tf.nn.convolution" else axes
        if image is not None and (len(image) < needed or (name == "tf.nn.conv2d" and len(image) != 4)):
            raise ValueError(_message(name, "input", needed, AXES.get(needed, ""), image))
        if name == "tf.nn.conv2d" and kernel is not None and len(kernel) != 4:
            raise ValueError(_message(name, "filters", 4, KERNEL_AXES, kernel))
        return function(*args, **kwargs)

    call.unguarded = function  # type: ignore[attr-defined]
    return call


def _message(name: str, argument: str, rank: int, axes: str, shape: tuple[int, ...]) -> str:
    wanted = say(
        "{name} wants `{argument}` as a rank-{rank} tensor with the axes {axes}, but its shape is {shape}.",
        name=name,
        argument=argument,
        rank=rank,
        axes=axes,
        shape=shape,
    )
    if (rank, len(shape)) != (4, 2):
        return wanted + " " + say("Reshape it to {rank} axes first, for example with tf.reshape.", rank=rank)
    variable, target = ("image", "[1, *image.shape, 1]") if argument == "input" else ("kernel", "[*kernel.shape, 1, 1]")
    remedy = say("For one gray picture and one kernel: {call}.", call=f"tf.reshape({variable}, {target})")
    return f"{wanted} {remedy}"


def _shape(value: Any) -> tuple[Any, ...] | None:
    """The shape of a tensor, array or nested list; None if its number of axes is not known."""
    try:
        return tuple(value.shape if hasattr(value, "shape") else np.shape(value))
    except (TypeError, ValueError):  # a tensor of unknown rank, a ragged list: TensorFlow's own error is the better one
        return None

"""What every chapter does first: `ck.setup()` makes runs repeatable, quiet and safe."""

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

DEFAULT_SEED = 20_260
ENVIRONMENT = {
    # The number of threads decides the order of floating-point sums; fixing it makes runs agree between machines.
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
}
_prepared = False


def setup(seed: int | None = None, language: str | None = None) -> None:
    """Prepare a notebook: seeds, repeatable operations, quiet logs, the course's plot style, a safe `tf.nn.conv2d`.

    Args:
        seed: 0 to 2**32 - 1, for Python, NumPy and Keras; by default the environment variable
            `COURSEKIT_SEED`, or 20260.
        language: of the exercises' texts, "en" or "zh"; by default the system's.

    Raises:
        ValueError: if the seed is not such a number, or the course does not speak the language.
    """
    global _prepared
    chosen = _seed(seed)
    if language is not None:
        from coursekit.checks import texts

        texts.use(language)
    if "tensorflow" in sys.modules and not _prepared:
        print(
            "TensorFlow was imported before ck.setup(), so its threads and its log level can no longer be set. "
            "Restart the kernel and run ck.setup() in the first cell."
        )
    with quiet_import():
        import keras
        import tensorflow as tf
    keras.utils.set_random_seed(chosen)
    tf.config.experimental.enable_op_determinism()
    tf.nn.conv2d = guarded_conv2d(tf.nn.conv2d)

    from coursekit.figures.style import use_style

    use_style()
    _prepared = True


def guarded_conv2d(conv2d: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `tf.nn.conv2d` so that a tensor of the wrong rank raises a ValueError.

    TensorFlow 2.21 with oneDNN aborts the whole process on eager images of rank 2 or 3.
    A function that is guarded already is returned as it is.
    """
    if hasattr(conv2d, "unguarded"):
        return conv2d

    @functools.wraps(conv2d)
    def conv2d_with_rank_check(input: Any, filters: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value, axes in (
            ("input", input, "(batch, rows, columns, channels)"),
            ("filters", filters, "(kernel rows, kernel columns, channels in, filters)"),
        ):
            shape = _shape(value)
            if shape is not None and len(shape) != 4:
                raise ValueError(_rank_message(name, shape, axes))
        return conv2d(input, filters, *args, **kwargs)

    conv2d_with_rank_check.unguarded = conv2d  # type: ignore[attr-defined]
    return conv2d_with_rank_check


def _rank_message(name: str, shape: tuple[int, ...], axes: str) -> str:
    message = f"tf.nn.conv2d wants `{name}` as a rank-4 tensor with the axes {axes}, but its shape is {shape}."
    if len(shape) != 2:
        return f"{message} Reshape it to four axes first, for example with tf.reshape."
    target = "[1, *image.shape, 1]" if name == "input" else "[*kernel.shape, 1, 1]"
    variable = "image" if name == "input" else "kernel"
    return f"{message} For one gray picture and one kernel: tf.reshape({variable}, {target})."


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of an array, tensor or nested list; None where TensorFlow does not know the rank yet."""
    import numpy as np

    shape = getattr(value, "shape", None)
    if shape is None:
        return np.shape(value)
    return None if getattr(shape, "rank", 0) is None else tuple(shape)


def _seed(seed: int | None) -> int:
    given = os.environ.get("COURSEKIT_SEED", str(DEFAULT_SEED)) if seed is None else seed
    source = "COURSEKIT_SEED" if seed is None else "seed"
    try:
        chosen = int(given)
    except (TypeError, ValueError):
        chosen = -1
    if not 0 <= chosen < 2**32:
        raise ValueError(f"{source} is a whole number from 0 to 4294967295, not {given!r}; or leave it out.")
    return chosen


@contextmanager
def quiet_import() -> Iterator[None]:
    """For the first import of TensorFlow: its settings, and file descriptor 2 on the null device.

    TensorFlow's C++ code prints there before its log level counts.
    """
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in os.environ})
    sys.stderr.flush()
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)

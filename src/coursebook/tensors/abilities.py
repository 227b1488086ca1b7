"""Which line of code runs on what: on an array, a constant, a Variable, and on the last two inside a graph."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

KINDS = ("array", "constant", "Variable", "constant in a graph", "Variable in a graph")


def who_can(line: str, x: Sequence[float] = (1, 2)) -> dict[str, bool]:
    """Try one line of code on each kind of `x`: does it run, or does it raise an error?

    Args:
        line: may use `x`, `np`, `tf` and `tape`, an open `tf.GradientTape`.
        x: the numbers that `x` holds.

    Returns:
        one entry for each of `KINDS`.

    Raises:
        SyntaxError: the line is not Python.
    """
    import tensorflow as tf

    # a function of its own for each line: TensorFlow warns if one is traced again and again
    space: dict[str, Any] = {"np": np, "tf": tf}
    exec(f"def run(x):\n    with tf.GradientTape() as tape:\n        {line}", space)
    run = space["run"]
    record = tf.function(run, autograph=False)
    numbers = list(x)
    return {
        "array": _works(run, np.array(numbers)),
        "constant": _works(run, tf.constant(numbers)),
        "Variable": _works(run, tf.Variable(numbers)),
        "constant in a graph": _works(record, tf.constant(numbers)),
        "Variable in a graph": _works(record, tf.Variable(numbers)),
    }


def _works(action: Callable[[Any], None], x: Any) -> bool:
    try:
        action(x)
    except Exception:  # whatever the line raises, it does not work on this
        return False
    return True

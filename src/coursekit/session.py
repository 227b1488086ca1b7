"""What every chapter does first: `ck.setup()` makes runs repeatable, quiet and safe."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coursekit.checks import guard, state, texts

if TYPE_CHECKING:
    import numpy as np

DEFAULT_SEED = 20_260
ENVIRONMENT = {
    # The number of threads decides the order of floating-point sums; fixing it makes runs agree between machines.
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
}
_session_seed: int | None = None


def setup(seed: int | None = None, language: str | None = None) -> None:
    """Prepare a notebook: seeds, repeatable operations, quiet logs, the course's plot style, safe convolutions.

    Args:
        seed: 0 to 2**32 - 1, for Python, NumPy and Keras; by default the environment variable
            `COURSEKIT_SEED`, or 20260.
        language: of the exercises' texts, "en" or "zh"; by default the system's.

    Raises:
        ValueError: if the seed is not such a number, or the course does not speak the language.
    """
    is_first = _session_seed is None
    chosen = remember_seed(seed)
    if language is not None:
        texts.use(language)
    if "tensorflow" in sys.modules and is_first:
        print(
            "TensorFlow was imported before ck.setup(), so its threads and its log level can no longer be set. "
            "Restart the kernel and run ck.setup() in the first cell."
        )
    with quiet_import():
        import keras
        import tensorflow as tf
    keras.utils.set_random_seed(chosen)
    tf.config.experimental.enable_op_determinism()
    guard.install()
    state.remember_libraries()

    from coursekit.figures.style import use_style

    use_style()


def rng(stream: int | None = None) -> "np.random.Generator":
    """A NumPy generator of random numbers, seeded by `ck.setup()`: the same numbers in every run, from the beginning.

    Args:
        stream: a whole number from 0 for numbers of their own: `ck.rng(0)`, `ck.rng(1)` and `ck.rng()` never agree.

    Raises:
        RuntimeError: before `ck.setup()`.
        ValueError: if `stream` is no such number.
    """
    if _session_seed is None:
        raise RuntimeError("ck.rng() draws its numbers from the seed of ck.setup(); run ck.setup() in the first cell.")
    import numpy as np

    if stream is None:
        return np.random.default_rng(_session_seed)
    if not isinstance(stream, int | np.integer) or stream < 0:
        raise ValueError(f"stream is a whole number from 0, not {stream!r}; or leave it out.")
    return np.random.default_rng(np.random.SeedSequence(_session_seed, spawn_key=(int(stream),)))


def remember_seed(seed: int | None = None) -> int:
    """Let `rng` draw from this seed, by default `setup`'s own; give it back. Raises ValueError as `setup` does."""
    global _session_seed
    given = os.environ.get("COURSEKIT_SEED", str(DEFAULT_SEED)) if seed is None else seed
    source = "COURSEKIT_SEED" if seed is None else "seed"
    try:
        chosen = int(given)
    except (TypeError, ValueError):
        chosen = -1
    if not 0 <= chosen < 2**32:
        raise ValueError(f"{source} is a whole number from 0 to 4294967295, not {given!r}; or leave it out.")
    _session_seed = chosen
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

"""A check leaves the world as it found it: random numbers, Keras names and settings, figures, print options."""

import random
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from coursekit.checks.private_api import eager_random_state_kept, keras_state_kept


@contextmanager
def untouched(seed: int) -> Iterator[None]:
    """Run the body with every random generator seeded by `seed`, and restore the state that was there before."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(np.printoptions())
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())
        if "keras" in sys.modules:
            stack.enter_context(_keras_untouched())
        if "matplotlib.pyplot" in sys.modules:
            stack.enter_context(_figures_untouched())
        reseed(seed)
        yield


_LIBRARIES = ("math", "random", "numpy", "numpy.linalg", "keras.ops", "tensorflow", "tensorflow.math")
_own: dict[str, dict[str, object]] = {}


def remember_libraries() -> None:
    """Note the functions of NumPy, Keras and TensorFlow, so that a check can put back what a notebook has replaced."""
    for library in _LIBRARIES:
        held = vars(sys.modules.get(library, types.ModuleType(library)))
        _own.setdefault(library, {name: value for name, value in held.items() if callable(value)})


def put_back() -> list[str]:
    """Undo what a notebook has replaced in a library, such as `np.mean = …`; returns the names."""
    replaced = []
    for library, functions in _own.items():
        held = vars(sys.modules[library]) if functions else {}
        names = [name for name, function in functions.items() if held.get(name) is not function]
        held.update({name: functions[name] for name in names})
        replaced += [f"{library}.{name}" for name in names]
    return replaced


def reseed(seed: int) -> None:
    """Seed Python's and NumPy's generators; Keras draws its own seeds from Python's."""
    random.seed(seed)
    np.random.seed(seed % 2**32)


@contextmanager
def _keras_untouched() -> Iterator[None]:
    import keras

    floatx, data_format = keras.config.floatx(), keras.config.image_data_format()
    policy = keras.config.dtype_policy()
    with keras_state_kept(), eager_random_state_kept():
        try:
            yield
        finally:
            keras.config.set_floatx(floatx)
            keras.config.set_image_data_format(data_format)
            keras.config.set_dtype_policy(policy)


@contextmanager
def _figures_untouched() -> Iterator[None]:
    import matplotlib.pyplot as plt

    open_before = set(plt.get_fignums())
    current = plt.gcf().number if open_before else None
    with plt.rc_context():
        yield
    for number in set(plt.get_fignums()) - open_before:
        plt.close(number)
    if current is not None and plt.fignum_exists(current):
        plt.figure(current)

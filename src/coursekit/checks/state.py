"""A check leaves the world as it found it: random numbers, Keras names and settings, figures, print options."""

import copy
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np


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


def reseed(seed: int) -> None:
    """Seed Python's and NumPy's generators; Keras draws its own seeds from Python's."""
    random.seed(seed)
    np.random.seed(seed % 2**32)


@contextmanager
def _keras_untouched() -> Iterator[None]:
    import keras

    # Automatic names ("dense_1") and the generator behind unseeded keras.random calls have no public handle; without
    # them a check would rename every layer that the learner makes afterwards.
    tracker = sys.modules.get("keras.src.backend.common.global_state")
    state = vars(tracker.GLOBAL_STATE_TRACKER) if tracker else {}
    before = {name: copy.copy(value) for name, value in state.items() if name == "object_name_uids"}
    generator = state.get("global_seed_generator")
    drawn = None if generator is None else np.array(generator.state)
    settings = keras.config.floatx(), keras.config.image_data_format(), keras.config.dtype_policy()
    tensorflow = sys.modules.get("tensorflow")
    eager = sys.modules.get("tensorflow.python.eager.context")
    context = eager.context() if eager else None
    private = {name: copy.deepcopy(vars(context)[name]) for name in ("_rng", "_seed") if name in vars(context or ())}
    try:
        yield
    finally:
        for name, value in before.items():
            state[name] = value
        if generator is None:
            state.pop("global_seed_generator", None)
        else:
            generator.state.assign(drawn)
            state["global_seed_generator"] = generator
        keras.config.set_floatx(settings[0])
        keras.config.set_image_data_format(settings[1])
        keras.config.set_dtype_policy(settings[2])
        if tensorflow is not None and context is not None:
            vars(context).update(private)


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

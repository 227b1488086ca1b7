"""All that we need of Keras and TensorFlow and that they do not offer publicly, in one place.

Seen in Keras 3.10 to 3.15 and TensorFlow 2.20 to 2.21. `tests/coursekit/checks/test_private_api.py` fails if a new
version has changed what is used here; `tests/test_architecture.py` lets no other one of the kit reach into a library.
"""

import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


@contextmanager
def patched(owner: type, **replacements: Any) -> Iterator[None]:
    """While it is open, the class has these attributes: where a library has no hook for what has to be seen."""
    own = {name: vars(owner)[name] for name in replacements if name in vars(owner)}
    try:
        for name, replacement in replacements.items():
            setattr(owner, name, replacement)
        yield
    finally:
        for name in replacements:
            if name in own:
                setattr(owner, name, own[name])
            else:  # it was inherited
                delattr(owner, name)


@contextmanager
def keras_state_kept() -> Iterator[None]:
    """Restore, at the end, the counters of automatic names ("dense_1") and what unseeded random numbers come from.

    Without it a check would rename every layer that the learner makes afterwards.
    """
    from keras.src.backend.common import global_state

    state = vars(global_state.GLOBAL_STATE_TRACKER)
    names = copy.copy(state.get("object_name_uids"))
    generator = state.get("global_seed_generator")
    drawn = None if generator is None else np.array(generator.state)
    try:
        yield
    finally:
        state = vars(global_state.GLOBAL_STATE_TRACKER)  # another object, if keras.utils.clear_session() was called
        for name, value in (("object_name_uids", names), ("global_seed_generator", generator)):
            if value is None:
                state.pop(name, None)
            else:
                state[name] = value
        if generator is not None:
            generator.state.assign(drawn)


@contextmanager
def eager_random_state_kept() -> Iterator[None]:
    """Restore, at the end, what `tf.random` draws from while no seed is given to it. Nothing without TensorFlow."""
    eager = sys.modules.get("tensorflow.python.eager.context")
    context = vars(eager.context()) if eager else {}
    before = {name: copy.deepcopy(context[name]) for name in ("_rng", "_seed") if name in context}
    try:
        yield
    finally:
        context.update(before)


@contextmanager
def operations_watched(note: Callable[..., None]) -> Iterator[None]:
    """Tell `note` of every operation that TensorFlow carries out: its kind, inputs, attributes and outputs.

    This is the hook of `tf.debugging`. Eager operations have no public one, and a tape does not show its list.
    """
    from tensorflow.python.framework import op_callbacks

    def callback(kind: Any, inputs: Any, attributes: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
        name = kind.decode() if isinstance(kind, bytes) else str(kind)
        note(name, tuple(inputs), tuple(attributes or ()), tuple(outputs))

    op_callbacks.add_op_callback(callback)
    try:
        yield
    finally:
        op_callbacks.remove_op_callback(callback)

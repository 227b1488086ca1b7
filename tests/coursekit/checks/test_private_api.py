"""What we use of Keras and TensorFlow without their promise is still there, and does what we think."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from coursekit.checks.private_api import eager_random_state_kept, keras_state_kept, operations_watched, patched

pytestmark = pytest.mark.filterwarnings("ignore")


def test_keras_counts_names_and_keeps_its_generator_where_we_look():
    from keras.src.backend.common import global_state

    keras.layers.Dense(1)
    keras.random.uniform(())
    state = vars(global_state.GLOBAL_STATE_TRACKER)
    assert state["object_name_uids"]["dense"] > 0
    assert state["global_seed_generator"].state.shape == (2,)


def test_tensorflow_keeps_its_generator_where_we_look():
    from tensorflow.python.eager import context

    tf.random.set_seed(1)
    tf.random.uniform(())
    assert vars(context.context()).keys() >= {"_rng", "_seed"}


def drawn():
    name = keras.layers.Dense(1).name
    return name, float(keras.random.uniform(())), float(tf.random.uniform(()))


def draw_in_keras():
    return keras.layers.Dense(1).name, keras.random.uniform(())


@pytest.mark.parametrize("disturb", [draw_in_keras, keras.utils.clear_session, lambda: keras.utils.set_random_seed(3)])
def test_names_and_random_numbers_go_on_as_if_nothing_had_been(disturb):
    def started():
        keras.utils.clear_session()
        keras.utils.set_random_seed(7)

    started()
    undisturbed = drawn(), drawn()
    started()
    first = drawn()
    with keras_state_kept(), eager_random_state_kept():
        disturb()
    assert (first, drawn()) == undisturbed


def test_a_keras_that_had_drawn_no_number_has_drawn_none_afterwards():
    from keras.src.backend.common import global_state

    keras.utils.clear_session()
    with keras_state_kept():
        draw_in_keras()
    assert not vars(global_state.GLOBAL_STATE_TRACKER).keys() & {"object_name_uids", "global_seed_generator"}


def test_every_operation_is_told_until_the_end():
    told = []
    with operations_watched(lambda *call: told.append(call)):
        tf.constant(2.0) * tf.constant(3.0)
    tf.constant(2.0) + tf.constant(3.0)
    ((kind, inputs, attributes, outputs),) = told
    assert (kind, [float(value) for value in inputs], float(outputs[0])) == ("Mul", [2.0, 3.0], 6.0)
    assert attributes[:2] == ("T", tf.float32.as_datatype_enum)


def test_an_inherited_method_is_inherited_again():
    class Base:
        def name(self):
            return "base"

    class Own(Base):
        def own(self):
            return "own"

    with pytest.raises(KeyError), patched(Own, name=lambda self: "new", own=lambda self: "newer"):
        assert (Own().name(), Own().own()) == ("new", "newer")
        raise KeyError
    assert (Own().name(), Own().own(), "name" in vars(Own)) == ("base", "own", False)


def test_keras_calls_the_methods_that_watching_a_training_patches():
    """`coursekit.checks.training` patches them: every weight comes from `add_weight`, every training from `fit`."""
    called = []

    def noting(name, method):
        def call(*args, **kwargs):
            called.append(name)
            return method(*args, **kwargs)

        return call

    layer, model = keras.layers.Layer, keras.Model
    with (
        patched(layer, add_weight=noting("add_weight", layer.add_weight)),
        patched(model, fit=noting("fit", model.fit), __call__=noting("__call__", model.__call__)),
    ):
        line = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        line.compile(loss="mse")
        line.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0)
        line(np.ones((2, 1)))
    assert called[:2] == ["add_weight", "add_weight"]
    assert {"fit", "__call__"} <= set(called)

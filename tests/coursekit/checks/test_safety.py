"""A check cannot end the process, and leaves no trace in it."""

import random
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from coursekit.checks import exercise
from coursekit.checks.diagnosis import check

pytestmark = pytest.mark.filterwarnings("ignore")


def run(code):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, encoding="utf-8", timeout=120
    )


def test_importing_the_engine_loads_no_tensorflow_keras_or_matplotlib():
    done = run("""
        import sys
        import coursekit.checks, coursekit.checks.learner, coursekit.checks.card
        print({"tensorflow", "keras", "matplotlib"} & set(sys.modules))
    """)
    assert done.stdout.strip() == "set()", done.stderr


def test_no_module_makes_a_layer_a_variable_or_a_tensor_when_imported():
    done = run("""
        import importlib, pkgutil
        import keras, tensorflow as tf

        made = []
        def noted(function, name):
            def call(*args, **kwargs):
                made.append(name)
                return function(*args, **kwargs)
            return call

        keras.layers.Layer.__init__ = noted(keras.layers.Layer.__init__, "layer")
        keras.Variable.__init__ = noted(keras.Variable.__init__, "variable")
        from tensorflow.python.eager import context
        before = context.context()._context_handle
        import coursekit
        for module in pkgutil.walk_packages(coursekit.__path__, "coursekit."):
            if ".publishing" not in module.name and "__main__" not in module.name:
                importlib.import_module(module.name)
        print(made, before, context.context()._context_handle)
    """)
    assert done.stdout.splitlines()[-1:] == ["[] None None"], done.stdout + done.stderr[-2000:]


def test_a_check_leaves_random_numbers_keras_and_figures_as_found():
    import keras
    import matplotlib.pyplot as plt
    import tensorflow as tf

    @exercise("test-chapter/mess")
    def mess(n):
        """A mess."""
        random.seed(1)
        np.random.seed(1)
        keras.utils.set_random_seed(1)
        keras.random.normal((2,))
        keras.config.set_floatx("float64")
        np.set_printoptions(precision=1)
        plt.figure()
        plt.rcParams["lines.linewidth"] = 99
        keras.layers.Dense(n)
        return n

    mess.example(n=3)

    def drawn():
        name = keras.layers.Dense(1).name
        figure = plt.get_fignums(), plt.rcParams["lines.linewidth"], np.get_printoptions()["precision"]
        numbers = random.random(), np.random.random(), float(keras.random.uniform(())), float(tf.random.uniform(()))
        return name, keras.config.floatx(), figure, numbers

    def seeded():
        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(7)

    seeded()
    undisturbed = drawn(), drawn()
    seeded()
    first = drawn()
    assert check(mess, mess.reference).state == "correct"
    assert (first, drawn()) == undisturbed

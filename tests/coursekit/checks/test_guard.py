"""Calls that would end the process become errors that teach."""

import os
import subprocess
import sys

import numpy as np
import pytest

from coursekit.checks import exercise, guard
from coursekit.checks.diagnosis import check

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def guarded():
    import tensorflow  # noqa: F401 (what is not loaded is not guarded)

    guard.install()


def test_conv2d_on_a_matrix_teaches_the_reshape_instead_of_ending_the_process():
    import tensorflow as tf

    kernel = tf.ones((2, 2, 1, 1))
    with pytest.raises(ValueError, match=r"tf.reshape\(image, \[1, \*image.shape, 1\]\)"):
        tf.nn.conv2d(tf.ones((6, 6)), kernel, strides=1, padding="VALID")
    with pytest.raises(ValueError, match=r"its shape is \(1, 6, 6\)"):
        tf.nn.conv2d(tf.ones((1, 6, 6)), kernel, strides=1, padding="VALID")
    with pytest.raises(ValueError, match=r"tf.reshape\(kernel, \[\*kernel.shape, 1, 1\]\)"):
        tf.nn.conv2d(tf.ones((1, 6, 6, 1)), np.ones((2, 2)), strides=1, padding="VALID")
    assert tf.nn.conv2d(input=tf.ones((1, 6, 6, 1)), filters=kernel, strides=1, padding="VALID").shape == (1, 5, 5, 1)
    with pytest.raises(ValueError, match="Reshape it to 5 axes first"):
        tf.nn.conv3d(tf.ones((6, 6)), tf.ones((1, 2, 2, 1, 1)), [1] * 5, "SAME")


def test_a_shape_that_is_not_known_yet_is_left_to_tensorflow():
    import tensorflow as tf

    kernel = tf.ones((2, 2, 1, 1))

    @tf.function(input_signature=[tf.TensorSpec(None)])
    def convolve(image):
        return tf.nn.conv2d(image, kernel, 1, "VALID")

    assert convolve(tf.ones((1, 6, 6, 1))).shape == (1, 5, 5, 1)


def test_installing_twice_guards_once():
    import tensorflow as tf

    once = tf.nn.conv2d
    guard.install()
    assert tf.nn.conv2d is once
    assert not hasattr(once.unguarded, "unguarded")


@pytest.mark.parametrize(
    "call",
    [
        "tf.nn.conv2d(image, kernel, 1, 'SAME')",
        "tf.nn.conv2d(input=image, filters=kernel, strides=1, padding='SAME')",
        "tf.nn.convolution(image, kernel, 1, 'SAME')",
        "tf.nn.conv1d(image, kernel[0], 1, 'SAME')",
        "tf.nn.conv3d(image, kernel[None], [1] * 5, 'SAME')",
        "tf.nn.depthwise_conv2d(tf.ones((4, 4, 4)), kernel, [1] * 4, 'SAME')",
        "tf.nn.max_pool3d(tf.ones((4, 4, 4, 4)), 2, 2, 'SAME')",
        "tf.raw_ops.Conv2D(input=image, filter=kernel, strides=[1] * 4, padding='SAME')",
    ],
)
def test_calls_that_would_abort_become_errors(call):
    import tensorflow as tf

    names = {"tf": tf, "image": tf.ones((4, 4)), "kernel": tf.ones((2, 2, 4, 1))}
    with pytest.raises(ValueError, match=r"^tf\.\w+\.\w+ wants `input` as a rank-\d tensor .* its shape is \(4, "):
        eval(call, names)


def test_the_guard_names_the_learners_line_and_lets_right_calls_pass():
    import tensorflow as tf

    @exercise("test-chapter/conv")
    def conv(image):
        """A convolution."""
        return tf.nn.conv2d(image[None, ..., None], tf.ones((2, 2, 1, 1)), 1, "VALID")[0, :, :, 0]

    conv.probe(lambda rng: dict(image=rng.normal(size=(4, 4)).astype("float32")))

    def mine(image):
        return tf.nn.conv2d(image, tf.ones((2, 2, 1, 1)), 1, "VALID")

    finding = check(conv, mine).findings[0]
    assert "tf.nn.conv2d wants `input` as a rank-4 tensor" in finding.text
    assert finding.details[0][1] == 'return tf.nn.conv2d(image, tf.ones((2, 2, 1, 1)), 1, "VALID")'
    assert check(conv, conv.reference).state == "correct"


def test_unguarded_conv2d_still_aborts():
    """If this fails, TensorFlow has mended it, and the guard can go."""
    if not sys.platform.startswith("linux"):
        pytest.skip("seen with oneDNN on Linux")
    code = "import tensorflow as tf; tf.nn.conv2d(tf.ones((4, 4)), tf.ones((2, 2, 1, 1)), 1, 'SAME')"
    with_onednn = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1"}  # some processors do without it by default
    done = subprocess.run([sys.executable, "-c", code], env=with_onednn, capture_output=True, timeout=120)
    assert done.returncode not in (0, 1)

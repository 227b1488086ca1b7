"""Models, losses and optimizers agree when they act alike."""

import pytest

from coursekit.checks.comparison import compare
from coursekit.checks.running import know_kinds

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def keras():
    import keras

    know_kinds()
    return keras


def asked(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPool2D(2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(4),
        ]
    )


def reasons(expected, got):
    return " ".join(difference.reason for difference in compare(expected, got))


def variation(keras, **changes):
    """The asked model with one thing changed."""
    layers = keras.layers
    given = dict(filters=3, activation="relu", pool=layers.MaxPool2D(2), rate=0.3, units=4, padding="valid") | changes
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(given["filters"], 3, activation=given["activation"], padding=given["padding"]),
            given["pool"],
            layers.Flatten(),
            *([layers.Dropout(given["rate"])] if given["rate"] else []),
            layers.Dense(given["units"]),
        ]
    )


@pytest.mark.parametrize("activation", ["relu", "function", "layer", "lambda"])
def test_an_activation_passes_as_name_function_layer_and_lambda(keras, activation):
    form = {
        "relu": "relu",
        "function": keras.activations.relu,
        "layer": keras.layers.ReLU(),
        "lambda": lambda x: keras.ops.maximum(x, 0),
    }[activation]
    assert reasons(asked(keras), variation(keras, activation=form)) == ""


def test_the_functional_api_passes(keras):
    layers = keras.layers
    inputs = keras.Input((8, 8, 2))
    maps = layers.ReLU()(layers.Conv2D(3, (3, 3))(inputs))
    rest = keras.Sequential([layers.MaxPooling2D(), layers.Flatten(), layers.Dropout(0.3), layers.Dense(4)])
    assert reasons(asked(keras), keras.Model(inputs, rest(maps))) == ""


def test_a_subclassed_model_passes_whatever_the_order_of_its_attributes(keras):
    layers = keras.layers

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(4)
            self.drop = layers.Dropout(0.3)
            self.filter = layers.Conv2D(3, 3, activation="relu")
            self.pool = layers.MaxPool2D(2)
            self.flat = layers.Flatten()

        def call(self, x, training=False):
            return self.head(self.drop(self.flat(self.pool(self.filter(x))), training=training))

    assert reasons(asked(keras), Mine()) == ""


def test_pooling_before_relu_passes_because_it_computes_the_same(keras):
    layers = keras.layers
    swapped = keras.Sequential(
        [keras.Input((8, 8, 2)), layers.Conv2D(3, 3), layers.MaxPool2D(2), layers.ReLU(), layers.Flatten(),
         layers.Dropout(0.3), layers.Dense(4)]
    )  # fmt: skip
    assert reasons(asked(keras), swapped) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (dict(filters=5), "weights that are trained"),
        (dict(activation="tanh"), "computes other numbers"),
        (dict(activation="relu6"), "computes other numbers"),
        (dict(activation=None), "computes other numbers"),
        (dict(rate=0.95), "only in training"),
        (dict(rate=None), "only in training"),
        (dict(units=5), "The output has the shape (5,), and (4,)"),
        (dict(padding="same"), "weights that are trained"),
    ],
)
def test_a_change_is_named(keras, changes, said):
    assert said in reasons(asked(keras), variation(keras, **changes))


def test_average_for_max_pooling_is_noticed(keras):
    got = variation(keras, pool=keras.layers.AveragePooling2D(2))
    assert "computes other numbers" in reasons(asked(keras), got)


def test_the_layer_table_puts_equal_layers_on_one_row(keras):
    table = compare(asked(keras), variation(keras, rate=0.95))[0].table
    assert [left == right for left, right in table[1:]] == [True, True, True, True, False, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (dict(filters=5), "yours is Conv2D filters=5, kernel_size=3, padding=valid → (6, 6, 5), and Conv2D filters=3"),
        (dict(activation="tanh"), "yours is tanh → (6, 6, 3), and relu → (6, 6, 3) was asked for"),
        (dict(activation=None), "is missing in yours: relu → (6, 6, 3)"),
        (dict(rate=None), "is missing in yours: Dropout rate=0.3"),
        (dict(units=5), "yours is Dense units=5 → (5,), and Dense units=4 → (4,) was asked for"),
    ],
)
def test_the_first_layer_that_differs_is_named(keras, changes, said):
    assert said in reasons(asked(keras), variation(keras, **changes))


def test_a_layer_too_many_is_named(keras):
    layers = keras.layers
    expected, got = (keras.Sequential([keras.Input((4,)), layers.Dense(3), *more, layers.Dense(2)])
                     for more in ([], [layers.Softmax()]))  # fmt: skip
    assert "is one that was not asked for: softmax → (3,)." in reasons(expected, got)


def test_a_moved_layer_is_not_said_to_be_missing(keras):
    layers = keras.layers
    expected, got = (
        keras.Sequential([keras.Input((4,)), layers.Dense(3), *steps, layers.Dense(2)])
        for steps in (
            [layers.BatchNormalization(), layers.ReLU()],
            [layers.ReLU(), layers.BatchNormalization()],
        )
    )
    assert "stands in another place in yours: BatchNormalization" in reasons(expected, got)


def test_models_of_the_same_layers_name_none(keras):
    class Dense(keras.layers.Dense):
        def call(self, inputs, training=None):
            return 2 * super().call(inputs)

    expected, got = (keras.Sequential([keras.Input((4,)), layer]) for layer in (keras.layers.Dense(3), Dense(3)))
    assert reasons(expected, got) == "With the same weights and the same input your model computes other numbers."


def test_what_is_no_model_is_said(keras):
    assert "one layer" in reasons(asked(keras), keras.layers.Dense(4))
    assert "a model class" in reasons(asked(keras), keras.Model)
    assert "A Keras model was asked for" in reasons(asked(keras), "model")
    assert "does not accept an input" in reasons(asked(keras), keras.Sequential([keras.Input((3,))]))


def test_two_models_that_state_their_shapes_are_not_run_to_see_that_the_shapes_differ(keras, monkeypatch):
    expected, got = asked(keras), variation(keras, units=5)
    monkeypatch.setattr(keras.Model, "__call__", lambda *_, **__: pytest.fail("a model was run"))
    assert "(5,), and (4,)" in reasons(expected, got)


def test_a_model_whose_forward_pass_has_another_shape_than_asked_for_is_told_so(keras):
    class Twice(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = variation(keras)

        def call(self, images):
            return keras.ops.repeat(self.inner(images), 2, axis=0)

    assert "computes other numbers" in reasons(asked(keras), Twice())


def test_a_fault_of_the_comparison_is_not_blamed_on_the_model(keras, monkeypatch):
    def broken(*_):
        raise RuntimeError("ours")

    monkeypatch.setattr("coursekit.checks.models._penalty", broken)
    with pytest.raises(RuntimeError, match="ours"):
        compare(asked(keras), variation(keras))


def test_a_layer_without_bias_is_shown_as_one(keras):
    def dense(bias):
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, use_bias=bias)])

    table = compare(dense(True), dense(False))[0].table
    assert "use_bias=False" in table[1][0] and "use_bias" not in table[1][1]


@pytest.mark.parametrize("form", ["mae", "mean_absolute_error", "function", "class", "object"])
def test_a_loss_passes_in_every_form(keras, form):
    given = {
        "function": keras.losses.mean_absolute_error,
        "class": keras.losses.MeanAbsoluteError,
        "object": keras.losses.MeanAbsoluteError(),
    }.get(form, form)
    assert reasons(keras.losses.MeanAbsoluteError(), given) == ""


def test_a_loss_made_for_ten_classes_passes(keras):
    def one_hot_loss(truth, logits):
        return keras.losses.categorical_crossentropy(keras.ops.one_hot(truth, 10), logits, from_logits=True)

    wanted = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert reasons(wanted, one_hot_loss) == ""
    assert "The loss differs" in reasons(wanted, lambda truth, logits: 2 * one_hot_loss(truth, logits))


def test_another_loss_is_noticed_and_so_are_logits(keras):
    losses = keras.losses
    assert "The loss differs" in reasons(losses.MeanAbsoluteError(), "mse")
    assert "The loss differs" in reasons(losses.BinaryCrossentropy(from_logits=True), "binary_crossentropy")
    assert "knows no loss" in reasons(losses.MeanAbsoluteError(), "mea")


def test_an_optimizer_passes_as_name_class_and_object(keras):
    optimizers = keras.optimizers
    for form in ("adam", optimizers.Adam, optimizers.Adam(0.001)):
        assert reasons(optimizers.Adam(), form) == ""


def test_another_optimizer_or_learning_rate_is_noticed(keras):
    optimizers = keras.optimizers
    assert "The optimizer differs" in reasons(optimizers.Adam(), "sgd")
    assert "0.01" in reasons(optimizers.SGD(0.1), "sgd")
    assert "its step 2 is 0.015 instead of 0.02" in reasons(optimizers.SGD(0.1), optimizers.SGD(0.1, momentum=0.1))


def test_a_compiled_model_asks_for_a_compiled_model(keras):
    expected = asked(keras)
    expected.compile(optimizer="sgd", loss="mse")
    got = variation(keras)
    assert "not compiled" in reasons(expected, got)
    got.compile(optimizer="sgd", loss=keras.losses.MeanSquaredError())
    assert reasons(expected, got) == ""


def test_a_comparison_gives_both_models_their_own_weights_back(keras):
    models = asked(keras), variation(keras)
    before = [weight for model in models for weight in model.get_weights()]
    assert reasons(*models) == ""
    after = [weight for model in models for weight in model.get_weights()]
    assert all((one == other).all() for one, other in zip(before, after, strict=True))

"""Networks trained at the same time: their losses are those of `fit`, each with its own start and rate."""

import keras
import numpy as np
import pytest
from keras import layers

from coursebook.overfitting import train_nets
from coursebook.overfitting.trainings import BLOCK

RNG = np.random.default_rng(3)
SEEN = RNG.normal(size=(6, 1)).astype("float32"), RNG.normal(size=(6, 1)).astype("float32")
UNSEEN = RNG.normal(size=(4, 1)).astype("float32"), RNG.normal(size=(4, 1)).astype("float32")


def net(activation: str) -> keras.Model:
    hidden = [layers.Dense(3, activation=activation) for _ in range(2)]
    return keras.Sequential([keras.Input((1,)), *hidden, layers.Dense(1)])


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_losses_and_outputs_are_those_of_fit(activation):
    nets, rates = [net(activation), net(activation)], (0.1, 0.01)
    starts = [model.get_weights() for model in nets]
    trained = train_nets(
        starts, SEEN, UNSEEN, rates=rates, epochs=5, activation=activation, places=[[0.5], [-0.5], [2]]
    )
    assert trained.losses.shape == (2, 5, 2)
    assert trained.outputs.shape == (5, 2, 3)
    for number, (model, rate) in enumerate(zip(nets, rates, strict=True)):
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
        history = model.fit(*SEEN, validation_data=UNSEEN, batch_size=6, epochs=5, verbose=0).history
        np.testing.assert_allclose(trained.losses[0, :, number], history["loss"], rtol=1e-4)
        np.testing.assert_allclose(trained.losses[1, :, number], history["val_loss"], rtol=1e-4)
        said = model(np.array([[0.5], [-0.5], [2]], dtype="float32")).numpy()[:, 0]
        np.testing.assert_allclose(trained.outputs[-1, number], said, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("count", "rates"), [(0, 0.1), (2, [0.1, 0.2, 0.3])])
def test_as_many_rates_as_networks_are_asked_for(count, rates):
    starts = [net("tanh").get_weights() for _ in range(count)]
    with pytest.raises(ValueError, match=f"{np.size(rates)} rates came with {count} networks"):
        train_nets(starts, SEEN, UNSEEN, rates=rates, epochs=1)


def test_an_unknown_activation_is_told_which_there_are():
    with pytest.raises(ValueError, match=r"'gelu'; give one of tanh, relu"):
        train_nets([net("tanh").get_weights()], SEEN, UNSEEN, rates=0.1, epochs=1, activation="gelu")


def test_more_rows_than_a_block_are_judged_in_their_order():
    rows = RNG.normal(size=(BLOCK + 7, 1)).astype("float32")
    model = net("tanh")
    trained = train_nets([model.get_weights()], SEEN, (rows, rows), rates=0, epochs=1, places=rows[::-1])
    said = model(rows).numpy()
    np.testing.assert_allclose(trained.outputs[0, 0], said[::-1, 0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(trained.losses[1, 0, 0], np.mean((said - rows) ** 2), rtol=1e-4)

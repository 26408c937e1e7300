"""Sizes inside a network, held against the networks that Keras builds."""

import pytest

from skmnist._geometry import weight_shapes


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("padding", ["auto", "same", "valid"])
@pytest.mark.parametrize(
    ("input_shape", "kernel_size", "pool_size"),
    [
        ((28, 28, 1), (3, 3), (2, 2)),
        ((17, 30, 3), (5, 4), (3, 1)),
        ((8, 8, 1), (5, 7), (2, 2)),
        ((1, 20, 2), (3, 2), (2, 5)),
        ((2, 2, 1), (9, 9), (9, 9)),
    ],
)
def test_of_convolutional_networks(input_shape, kernel_size, pool_size, padding, batch_norm):
    from skmnist.engine.networks import build_cnn

    options = {
        "filters": (3, 4),
        "kernel_size": kernel_size,
        "pool_size": pool_size,
        "padding": padding,
        "hidden_layer_sizes": (6, 5),
        "batch_norm": batch_norm,
    }
    network = build_cnn(input_shape, 7, **options)
    assert weight_shapes(input_shape, 7, **options) == [w.shape for w in network.get_weights()]


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("hidden_layer_sizes", [(), (5,), (6, 5)])
def test_of_dense_networks(hidden_layer_sizes, batch_norm):
    from skmnist.engine.networks import build_mlp

    options = {"hidden_layer_sizes": hidden_layer_sizes, "batch_norm": batch_norm}
    network = build_mlp((9,), 3, **options)
    assert weight_shapes((9,), 3, **options) == [w.shape for w in network.get_weights()]


def test_the_notebooks_networks_have_their_known_sizes():
    dense = weight_shapes((784,), 10, hidden_layer_sizes=(128,), batch_norm=False)
    assert dense == [(784, 128), (128,), (128, 10), (10,)]  # 101,770 numbers
    convolutional = weight_shapes(
        (28, 28, 1),
        10,
        filters=(32, 64, 64),
        kernel_size=(3, 3, 3),
        pool_size=(2, 2, 1),
        hidden_layer_sizes=(64,),
        batch_norm=False,
    )
    assert convolutional[-4:] == [(576, 64), (64,), (64, 10), (10,)]  # 3 x 3 x 64 are left

"""Keras, NumPy, ONNX and the shapes agree on networks that are drawn at random."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skmnist._engine import run_network, to_keras_model
from skmnist._networks import (
    ACTIVATIONS,
    CustomNetwork,
    Network,
    n_features,
    run_in_numpy,
    weight_shapes,
)
from skmnist._networks.architectures import cnn, mlp
from skmnist._networks.keras_model import keras_model
from skmnist._networks.layers import (
    Activation,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    ImageNormalization,
    MaxPooling,
    Normalization,
)
from skmnist._networks.shapes import output_shape

SCALING = 100.0, 0.02
few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def hidden(draw, layers=(Dense, Normalization, Activation, Dropout)):
    """A layer that takes and gives rows."""
    kind = draw(st.sampled_from(layers))
    if kind is Dense:
        return Dense(draw(st.integers(1, 7)), draw(st.booleans()))
    if kind is Activation:
        return Activation(draw(st.sampled_from(sorted(ACTIVATIONS))))
    return Dropout(0.3) if kind is Dropout else kind()


@st.composite
def dense_networks(draw):
    layers = draw(st.lists(hidden(), max_size=6))
    return Network((draw(st.integers(1, 12)),), (*layers, Dense(draw(st.integers(2, 5)))))


@st.composite
def convolutional_networks(draw):
    """Layers in any order that fits the image, whatever our two architectures make of them."""
    shape = tuple(draw(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))))
    layers, left = [], shape
    for _ in range(draw(st.integers(0, 4))):
        window = st.tuples(st.integers(1, min(4, left[0])), st.integers(1, min(4, left[1])))
        kind = draw(st.sampled_from(["convolution", "pooling", "image norm", "other"]))
        if kind == "convolution":
            padding = draw(st.sampled_from(["same", "valid"]))
            layer = Convolution(
                draw(st.integers(1, 4)), draw(window), padding, draw(st.booleans())
            )
        elif kind == "pooling":
            layer = MaxPooling(draw(window))
        elif kind == "image norm":
            layer = ImageNormalization()
        else:
            layer = draw(hidden((Normalization, Activation, Dropout)))
        layers.append(layer)
        left = output_shape(layer, left)
    rows = draw(st.lists(hidden(), max_size=3))
    return Network(shape, (*layers, Flatten(), *rows, Dense(draw(st.integers(2, 5)))))


def random_weights(network, seed=0):
    """Weights far from where a training starts; variances are positive."""
    rng = np.random.default_rng(seed)
    return [
        (
            np.abs(rng.normal(size=shape)) + 0.1 if len(shape) == 1 else rng.normal(size=shape)
        ).astype(np.float32)
        / np.float32(max(1, np.prod(shape[:-1])) ** 0.5)
        for shape in weight_shapes(network)
    ]


def pixels(network, n=5):
    return np.random.default_rng(1).integers(256, size=(n, *network.input_shape), dtype=np.uint8)


def assert_close(outputs, expected):
    # Within 1e-5, of the largest value where values are large.
    expected = np.asarray(expected)
    np.testing.assert_allclose(
        outputs, expected, rtol=0, atol=1e-5 * max(1.0, np.abs(expected).max())
    )


@few
@given(st.one_of(dense_networks(), convolutional_networks()))
def test_shapes_are_those_of_keras(network):
    model = keras_model(network)
    assert weight_shapes(network) == [w.shape for w in model.get_weights()]
    assert model.output_shape == (None, network.layers[-1].n_units)
    assert n_features(network) == model.layers[-1].kernel.shape[0]
    shape = network.input_shape
    for layer in network.layers:
        shape = output_shape(layer, shape)
    assert model.output_shape[1:] == shape


@settings(few, max_examples=80)
@given(st.one_of(dense_networks(), convolutional_networks()))
def test_numpy_computes_what_keras_does(network):
    weights, X = random_weights(network), pixels(network)
    rows = X.reshape(len(X), -1)
    model = to_keras_model(network, weights, *SCALING)
    logits = run_in_numpy(network, weights, rows, *SCALING)
    assert_close(logits, model(X.astype(np.float32)))
    features = run_in_numpy(network, weights, rows, *SCALING, output="features")
    assert_close(features @ weights[-2] + weights[-1], logits)
    alone = run_in_numpy(network, weights, rows[3:4], *SCALING)
    np.testing.assert_array_equal(alone[0], logits[3])


@few
@given(st.one_of(dense_networks(), convolutional_networks()))
def test_onnx_runtime_computes_what_keras_does(network):
    ort = pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    from skmnist._networks.onnx_nodes import Graph, add_network

    weights, X = random_weights(network), pixels(network).astype(np.float32)
    rows = X.reshape(len(X), -1)
    graph = Graph()
    name = add_network(graph, "X", network, weights)
    ends = [
        helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", size])
        for one, size in (("X", rows.shape[1]), (name, network.layers[-1].n_units))
    ]
    model = graph.model(ends[0], ends[1:])
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"X": rows / 255})
    expected = keras_model(network)
    expected.set_weights(weights)
    assert_close(logits, expected(X / 255))


@few
@given(convolutional_networks())
def test_programs_compute_what_keras_does(network):
    weights, X = random_weights(network), pixels(network, 20)
    model = to_keras_model(network, weights, *SCALING)
    custom = CustomNetwork(
        lambda *_: keras_model(network), network.input_shape, network.layers[-1].n_units
    )
    assert_close(run_network(custom, weights, X, *SCALING), model(X.astype(np.float32)))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("padding", ["auto", "same", "valid"])
@pytest.mark.parametrize(
    ("input_shape", "kernel_size", "pool_size"),
    [
        ((28, 28, 1), (3, 3), (2, 2)),
        ((17, 30, 3), (5, 4), (3, 1)),
        ((8, 8, 1), (5, 7), (2, 2)),
        ((1, 20, 2), (3, 2), (2, 5)),
        ((2, 1, 3), (9, 9), (9, 9)),
    ],
)
def test_convolutional_networks_fit_every_image(
    input_shape, kernel_size, pool_size, padding, batch_norm
):
    options = {
        "filters": (3, 4),
        "kernel_size": kernel_size,
        "pool_size": pool_size,
        "padding": padding,
        "hidden_layer_sizes": (6, 5),
        "batch_norm": batch_norm,
    }
    network = cnn(input_shape, 7, **options)
    assert weight_shapes(network) == [w.shape for w in keras_model(network).get_weights()]


def test_the_notebooks_networks_have_their_known_sizes():
    dense = weight_shapes(mlp((784,), 10, hidden_layer_sizes=(128,)))
    assert dense == [(784, 128), (128,), (128, 10), (10,)]
    assert sum(np.prod(shape) for shape in dense) == 101_770
    convolutional = weight_shapes(
        cnn(
            (28, 28, 1),
            10,
            filters=(32, 64, 64),
            kernel_size=(3, 3, 3),
            pool_size=(2, 2, 1),
            hidden_layer_sizes=(64,),
        )
    )
    assert convolutional[-4:] == [(576, 64), (64,), (64, 10), (10,)]  # 3 x 3 x 64 are left
    assert sum(np.prod(shape) for shape in convolutional) == 93_322


def test_equal_descriptions_are_one_key():
    one, other = (mlp((2,), 2, hidden_layer_sizes=sizes) for sizes in ((3,), [3]))
    assert len({one, other}) == 1
    assert one != mlp((2,), 3, hidden_layer_sizes=(3,))

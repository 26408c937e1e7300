"""The NumPy forward pass against the definitions of its layers, value by value in float64."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import special

from skmnist._networks import Network, run_in_numpy, weight_shapes
from skmnist._networks import numpy_convolution as convolution
from skmnist._networks import numpy_forward as forward
from skmnist._networks import numpy_images as images
from skmnist._networks import numpy_products as products
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
from skmnist._networks.shapes import n_features, output_shape

KERNEL = np.ones((3, 3, 2, 8), np.float32)
FUNCTIONS = {
    "gelu": lambda x: x * special.ndtr(x),
    "relu": lambda x: x * (x > 0),
    "silu": lambda x: x * special.expit(x),
    "tanh": np.tanh,
}
EVERY_LAYER = Network(
    (7, 9, 2),
    (
        ImageNormalization(),
        Convolution(3, (3, 2), "same"),
        Activation("gelu"),
        MaxPooling((2, 2)),
        Convolution(4, (2, 3), "valid", use_bias=False),
        Normalization(),
        Activation("tanh"),
        Flatten(),
        Dense(5, use_bias=False),
        Normalization(),
        Activation("silu"),
        Dropout(0.5),
        Dense(6),
        Activation("relu"),
        Dense(3),
    ),
)
NETWORKS = {
    "rows": Network((6,), (Dense(4), Activation("tanh"), Dense(5, use_bias=False), Dense(2))),
    "rows, no hidden layer": Network((3,), (Dense(2),)),
    "every layer": EVERY_LAYER,
    "no layer before Flatten": Network((3, 4, 2), (Flatten(), Dense(3))),
    "image norm behind a convolution": Network(
        (5, 6, 1), (Convolution(2, (2, 2)), ImageNormalization(), Flatten(), Dense(3))
    ),
    "two activations and two poolings": Network(
        (9, 8, 1),
        (
            Convolution(2, (1, 1)),
            Activation("silu"),
            Activation("tanh"),
            MaxPooling((2, 1)),
            MaxPooling((1, 2)),
            Flatten(),
            Dense(3),
        ),
    ),
}
for size in [(1, 1), (1, 2), (2, 1), (3, 3), (3, 4), (7, 10)]:
    NETWORKS[f"pooling {size}"] = Network((7, 10, 2), (MaxPooling(size), Flatten(), Dense(3)))
for n_channels in (1, 4, 5):  # few channels are copied in another order
    for padding in ("valid", "same"):
        for kernel in [(1, 1), (2, 5), (4, 3), (5, 6)]:
            NETWORKS[f"{kernel} {padding} of {n_channels}"] = Network(
                (11, 6, n_channels),
                (MaxPooling((2, 1)), Convolution(3, kernel, padding), Flatten(), Dense(2)),
            )


def by_definition(layer, weights, x):
    """Return what a layer makes of one image or row."""
    match layer:
        case Convolution(padding=padding):
            kernel, bias = weights if layer.use_bias else (*weights, 0)
            height, width = kernel.shape[:2]
            if padding == "same":
                rows, columns = height - 1, width - 1
                border = [(n // 2, n - n // 2) for n in (rows, columns)]
                x = np.pad(x, [*border, (0, 0)])
            places = [range(x.shape[0] - height + 1), range(x.shape[1] - width + 1)]
            windows = [[x[i : i + height, j : j + width] for j in places[1]] for i in places[0]]
            return np.tensordot(windows, kernel, 3) + bias
        case MaxPooling((height, width)):
            ends = [range(n // s * s)[::s] for n, s in zip(x.shape, (height, width), strict=False)]
            windows = [[x[i : i + height, j : j + width] for j in ends[1]] for i in ends[0]]
            return np.max(windows, axis=(2, 3))
        case ImageNormalization():
            return (x - x.mean()) / np.sqrt(x.var() + 0.1)
        case Normalization():
            gamma, beta, mean, variance = weights
            return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
        case Activation(function):
            return FUNCTIONS[function](x)
        case Flatten():
            return x.ravel()
        case Dense():
            return x @ weights[0] + (weights[1] if layer.use_bias else 0)
        case Dropout():
            return x


def number_of_weights(layer):
    if isinstance(layer, Normalization):
        return 4
    return 1 + layer.use_bias if isinstance(layer, Dense | Convolution) else 0


def outputs_by_definition(network, weights, rows, mean, scale):
    """Return features and logits, and check the shapes on the way."""
    features, logits = [], []
    for row in rows:
        left, shape = [w.astype(float) for w in weights], network.input_shape
        x = ((row.astype(float) - mean) * scale).reshape(shape)
        for layer in network.layers:
            before, n = x, number_of_weights(layer)
            x = by_definition(layer, left[:n], x)
            left, shape = left[n:], output_shape(layer, shape)
            assert x.shape == shape
        features.append(before)
        logits.append(x)
    return np.array(features), np.array(logits)


def draw(network, n, dtype=np.uint8):
    """Return weights, and rows of pixels from 0 to 9."""
    rng = np.random.default_rng(0)
    weights = [
        rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5
        if len(shape) > 1
        else rng.uniform(0.1, 1, shape)
        for shape in weight_shapes(network)
    ]
    rows = rng.integers(10, size=(n, int(np.prod(network.input_shape))))
    return [weight.astype(np.float32) for weight in weights], rows.astype(dtype)


def assert_by_definition(network, n, dtype=np.uint8):
    weights, rows = draw(network, n, dtype)
    features, logits = outputs_by_definition(network, weights, rows, 4.5, 0.3)
    assert n_features(network) == features.shape[1]
    for output, expected in (("features", features), ("logits", logits)):
        if expected.ndim == 2:  # features of a network without a hidden layer are pixels
            found = run_in_numpy(network, weights, rows, 4.5, 0.3, output=output)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_are_those_of_the_definition(name):
    assert_by_definition(NETWORKS[name], 3)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("n", [1, 15, 16, 17, 70])
@pytest.mark.parametrize("name", ["rows", "every layer"])
def test_any_number_of_rows(name, n, dtype):
    assert_by_definition(NETWORKS[name], n, dtype)


@pytest.mark.parametrize(
    ("module", "constant", "value"),
    [
        (convolution, "MOST_PATCHES", 1),
        (convolution, "MOST_PATCHES", 300),
        (images, "_BLOCK_SIZE", 1),
        (images, "_BLOCK_SIZE", 2000),
        (forward, "_BLOCKS_OF_ROWS", 2),
        (forward, "_BLOCKS_OF_IMAGES", 1),
        (forward, "_MOST_VALUES", 1),
        (products, "_FIRST_WITH_THREADS", 500),
        (products, "_FEWEST_ROWS", 10**6),
    ],
)
def test_how_much_is_done_at_a_time_changes_nothing(module, constant, value, monkeypatch):
    monkeypatch.setattr(module, constant, value)
    forward._planned.cache_clear()
    for name in ("rows", "every layer", "(4, 3) valid of 5"):
        assert_by_definition(NETWORKS[name], 35)
    forward._planned.cache_clear()


def test_unknown_layers_are_refused():
    with pytest.raises(TypeError, match=r"object .*no known shape"):
        output_shape(object(), (3,))
    with pytest.raises(TypeError, match="can't be computed in NumPy"):
        forward.run_elementwise(Flatten(), [], np.zeros((1, 1), np.float32))


@pytest.mark.parametrize("n_channels", [1, 4, 5])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_images_may_lie_in_memory_in_any_order(padding, n_channels):
    rng = np.random.default_rng(0)
    kernel = rng.random((3, 2, n_channels, 4), np.float32)
    images = rng.random((3, 8, 14, n_channels), np.float32)[:, ::2, ::2]
    expected = convolution.convolve(images.copy(), kernel, padding)
    for others in (images, np.asfortranarray(images)):
        np.testing.assert_array_equal(convolution.convolve(others, kernel, padding), expected)


@pytest.mark.parametrize(
    ("layers", "order"),
    [
        ("convolution relu pooling", "convolution pooling bias relu"),
        ("convolution tanh relu pooling", "convolution pooling bias tanh relu"),
        ("convolution gelu pooling", "convolution bias gelu pooling"),
        ("convolution gelu relu pooling", "convolution bias gelu pooling relu"),
        ("convolution norm pooling", "convolution bias norm pooling"),
        ("pooling", "pooling"),
        ("relu pooling norm", "pooling relu norm"),
    ],
)
def test_pooling_comes_before_what_keeps_the_order_of_values(layers, order):
    kinds = {
        "convolution": Convolution(2, (3, 3)),
        "pooling": MaxPooling((2, 2)),
        "norm": Normalization(),
    }
    made = {**kinds, "convolution": Convolution(2, (3, 3), use_bias=False), "bias": images._Bias()}
    weights = {"convolution": ["kernel", "bias"]}
    steps = images._pooled_early(
        [(kinds.get(n, Activation(n)), weights.get(n, [])) for n in layers.split()]
    )
    weights = {"convolution": ["kernel"], "bias": ["bias"]}
    assert steps == [(made.get(n, Activation(n)), weights.get(n, [])) for n in order.split()]


def test_a_block_of_images_fills_the_memory_it_may_and_no_more():
    import tracemalloc

    layers = images.ImageLayers((28, 28, 2), [(Convolution(8, (3, 3), "valid", False), [0])])
    assert layers.n_values == 26 * 26 * 8
    rows, out = np.zeros((1000, 28 * 28 * 2), np.uint8), np.zeros((1000, 26 * 26 * 8), np.float32)
    tracemalloc.start()
    layers.run([KERNEL], rows, np.float32(0), np.float32(1), out)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.8 < most / (4 * 2**20) < 1.2


@pytest.mark.parametrize(
    ("n_rows", "shape", "parts"),
    [
        (27, (37, 1), [27]),  # 999 multiplications
        (28, (37, 1), [14, 14]),
        (40, (5, 10), [13, 13, 14]),
        (20, (10, 10), [6, 7, 7]),
        (16, (12, 10), [8, 8]),
        (16, (5, 25), [16]),  # parts of seven rows are too few
        (3, (50, 50), [3]),
    ],
)
def test_products_of_a_thousand_multiplications_are_done_in_parts(
    n_rows, shape, parts, monkeypatch
):
    matmul, found = np.matmul, []

    def counted(left, right, out):
        found.append(left.shape[-2])
        matmul(left, right, out=out)

    monkeypatch.setattr(products, "_FIRST_WITH_THREADS", 1000)
    monkeypatch.setattr(np, "matmul", counted)
    left = np.arange(2.0 * n_rows * shape[0]).reshape(2, n_rows, shape[0])
    right, out = np.arange(1.0 * np.prod(shape)).reshape(shape), np.empty((2, n_rows, shape[1]))
    products.multiply(left, right, out)
    assert found == parts
    np.testing.assert_array_equal(out, left @ right)


@pytest.mark.parametrize(
    ("limit", "n_threads"), [("3", 3), ("9", 5), ("", 4), ("0", 4), ("all", 4)]
)
def test_there_are_as_many_threads_as_openmp_may_have(limit, n_threads, monkeypatch):
    found, done = [], []

    class Counted(ThreadPoolExecutor):
        def __init__(self, n):
            found.append(n)
            super().__init__(n)

    monkeypatch.setattr(forward, "ThreadPoolExecutor", Counted)
    monkeypatch.setattr(forward.joblib, "cpu_count", lambda: 4)
    monkeypatch.setenv("OMP_NUM_THREADS", limit)
    forward._in_threads(done.append, range(5))
    assert found == [n_threads]
    assert sorted(done) == [0, 1, 2, 3, 4]
    forward._in_threads(done.append, range(7, 8))  # a thread of its own would only take time
    assert found == [n_threads]
    assert done[5:] == [7]
    forward._in_threads(done.append, range(2))
    assert found == [n_threads, 2]


@pytest.mark.parametrize(
    ("shape", "n_rows"), [((28, 28, 1), 64), ((100, 300, 1), 32), ((300, 400, 1), 16)]
)
def test_threads_take_four_blocks_or_what_fits_into_their_memory(shape, n_rows, monkeypatch):
    found = []
    monkeypatch.setattr(forward, "_in_threads", lambda _, starts: found.append(starts))
    weights, rows = draw(network := Network(shape, (Flatten(), Dense(1))), 70)
    run_in_numpy(network, weights, rows, 0.0, 1.0)
    assert found == [range(0, 70, n_rows)]


@pytest.mark.parametrize(
    ("most", "shape", "n_rows"),
    [
        (1, (12, 10), [1] * 10),
        (4 * 8 * 9, (12, 10), [4, 4, 2]),
        (None, (12, 10), [10]),
        (None, (600, 602), [194, 194, 194, 16]),  # 600 positions x 9 values x 194 rows: 2**20
    ],
)
def test_patches_are_made_of_as_many_rows_as_memory_allows(most, shape, n_rows, monkeypatch):
    patches, found = convolution._patches, []

    def counted(some, height, width):
        found.append(some.shape[1] - height + 1)
        return patches(some, height, width)

    monkeypatch.setattr(convolution, "_patches", counted)
    monkeypatch.setattr(convolution, "MOST_PATCHES", most or convolution.MOST_PATCHES)
    one, kernel = np.ones((1, *shape, 1), np.float32), np.ones((3, 3, 1, 1), np.float32)
    assert (convolution.convolve(one, kernel, "valid") == 9).all()
    assert found == n_rows


def test_images_too_large_for_the_cache_are_computed_one_by_one(monkeypatch):
    run_step, found = images._run_step, []

    def counted(layer, weights, some):
        found.append(len(some))
        return run_step(layer, weights, some)

    monkeypatch.setattr(images, "_BLOCK_SIZE", 1)
    monkeypatch.setattr(images, "_run_step", counted)
    layers, out = images.ImageLayers((2, 2, 1), [(Dropout(0.5), [])]), np.empty((3, 4), np.float32)
    layers.run([], np.arange(12).reshape(3, 4), np.float32(0), np.float32(1), out)
    assert found == [1, 1, 1]
    np.testing.assert_array_equal(out, np.arange(12).reshape(3, 4))

"""The NumPy forward pass against Keras."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from skmnist import KerasMLPClassifier
from skmnist._classifiers._parameters import PARAMETER_CONSTRAINTS
from skmnist._networks import cnn, mlp, run_in_numpy, weight_shapes

(ACTIVATIONS,) = (constraint.options for constraint in PARAMETER_CONSTRAINTS["activation"])


def network(sizes, *, activation="relu", batch_norm=False, seed=0):
    """Weights that a network with these layers could have, far from where training starts."""
    rng = np.random.default_rng(seed)
    weights = []
    for n_in, n_out in itertools.pairwise(sizes):
        weights.append(rng.normal(0, 2 / n_in**0.5, (n_in, n_out)))
        if batch_norm and n_out != sizes[-1]:
            weights += [rng.normal(1, 0.3, n_out), rng.normal(size=n_out), rng.normal(size=n_out)]
            weights.append(rng.uniform(0.01, 3, n_out))
        else:
            weights.append(rng.normal(size=n_out))
    return [weight.astype(np.float32) for weight in weights]


def run(weights, rows, pixel_mean, pixel_scale, *, output="logits", **options):
    """Run the dense network whose weights these are."""
    *hidden, logits = (weight.shape for weight in weights if weight.ndim == 2)
    sizes = [n_units for _, n_units in hidden]
    description = mlp(rows.shape[1:], logits[1], hidden_layer_sizes=sizes, **options)
    return run_in_numpy(description, weights, rows, pixel_mean, pixel_scale, output=output)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_outputs_are_those_of_keras(activation, batch_norm):
    from skmnist._engine import to_keras_model

    sizes = (30, 20, 17, 5)
    weights = network(sizes, batch_norm=batch_norm)
    options = {"activation": activation, "batch_norm": batch_norm}
    description = mlp((30,), 5, hidden_layer_sizes=(20, 17), **options)
    model = to_keras_model(description, weights, 100.0, 0.02)
    rows = np.random.default_rng(1).integers(256, size=(70, 30), dtype=np.uint8)
    logits = run(weights, rows, 100.0, 0.02, **options)
    np.testing.assert_allclose(logits, model(rows.astype(np.float32)), rtol=1e-4, atol=2e-5)
    features = run(weights, rows, 100.0, 0.02, **options, output="features")
    assert features.dtype == logits.dtype == np.float32
    np.testing.assert_allclose(features @ weights[-2] + weights[-1], logits, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("sizes", [(784, 256, 10), (64, 10), (5, 3, 2, 3)])
def test_a_row_has_the_same_bits_in_any_company(sizes):
    weights = network(sizes)
    rows = np.random.default_rng(1).random((2100, sizes[0]), np.float32)
    options = {"activation": "relu", "batch_norm": False}
    together = run(weights, rows, 0.5, 3.0, **options)
    for part in np.split(rows, [1, 2, 31, 63, 300, 2050]):
        first = np.flatnonzero((rows == part[0]).all(axis=1))[0]
        alone = run(weights, part, 0.5, 3.0, **options)
        np.testing.assert_array_equal(alone, together[first : first + len(part)])


KERNELS = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from test_numpy_forward import network, run

for sizes in [(784, 256, 10), (64, 16, 36, 2), (7, 1)]:
    row = np.random.default_rng(0).random((1, sizes[0]), np.float32)
    alone = run(network(sizes), row, 0.5, 3.0, activation="tanh", batch_norm=False)
    many = np.repeat(row, 999, axis=0)
    every = run(network(sizes), many, 0.5, 3.0, activation="tanh", batch_norm=False)
    assert (every == alone).all(), sizes
"""


@pytest.mark.parametrize(
    "kernels",
    [
        "Haswell",
        pytest.param("SkylakeX", marks=pytest.mark.slow),
        pytest.param("Sandybridge", marks=pytest.mark.slow),
        pytest.param("Prescott", marks=pytest.mark.slow),
    ],
)
def test_a_row_has_the_same_bits_by_the_products_of_every_processor(kernels):
    # OpenBLAS takes these names, where it is what NumPy multiplies with; others ignore them.
    features = (
        {"SkylakeX": "AVX512F", "Haswell": "AVX2"}.get(kernels),
        np._core._multiarray_umath.__cpu_features__,
    )
    if features[0] and not features[1].get(features[0]):
        pytest.skip(f"this processor has no {features[0]}")
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernels}
    for n_threads in "12":
        environment["OPENBLAS_NUM_THREADS"] = n_threads
        run = subprocess.run(
            [sys.executable, "-c", KERNELS, str(Path(__file__).parent)],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr


def test_arguments_stay_as_they_are():
    weights = network((6, 4, 3), batch_norm=True)
    rows = np.random.default_rng(1).random((40, 6), np.float32)
    before = [array.copy() for array in (rows, *weights)]
    for activation in ACTIVATIONS:
        run(weights, rows, 0.5, 3.0, activation=activation, batch_norm=True)
    assert all(map(np.array_equal, (rows, *weights), before))


def test_memory_does_not_grow_with_the_number_of_rows():
    import tracemalloc

    weights = network((784, 32, 10))

    def peak(n_rows):
        rows = np.zeros((n_rows, 784), np.uint8)
        tracemalloc.start()
        run(weights, rows, 0.0, 1.0, activation="relu", batch_norm=False)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - n_rows * 10 * 4  # the outputs

    assert peak(20_000) < 1.2 * peak(4_000) < 20_000 * 784 * 4


def peak_of_images(shape, n, monkeypatch, kernel, pool):
    """Return the bytes that a network for images takes at most, beside pixels and logits."""
    import tracemalloc

    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # threads hold as much each
    sizes = {"filters": (1,), "kernel_size": (kernel,), "pool_size": (pool,)}
    description = cnn(shape, 10, **sizes, hidden_layer_sizes=())
    weights = [np.zeros(shape, np.float32) for shape in weight_shapes(description)]
    rows = np.zeros((n, np.prod(shape)), np.uint8)
    tracemalloc.start()
    run_in_numpy(description, weights, rows, 0.0, 1.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most - n * 10 * 4


def test_memory_does_not_grow_with_the_number_of_images(monkeypatch):
    few, many = (peak_of_images((105, 105, 1), n, monkeypatch, 2, 2) for n in (200, 4_000))
    assert many < 1.2 * few < 20e6


def test_patches_of_a_large_image_are_made_some_rows_at_a_time(monkeypatch):
    most = peak_of_images((1200, 1200, 1), 1, monkeypatch, 5, 50)
    image = 1200**2 * 4
    assert most < 5 * image  # all its patches are 25


def test_the_set_weights_decide():
    X = np.array([[0.0, 1.0], [1.0, 0.0]] * 4, np.float32)
    classifier = KerasMLPClassifier((), epochs=1, standardize=False).fit(X, [0, 1] * 4)
    classifier.weights_ = [np.array([[3, -3], [-3, 3]], np.float32), np.zeros(2, np.float32)]
    np.testing.assert_array_equal(classifier.decision_function(X[:2]), [6, -6])

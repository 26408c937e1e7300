"""Facts about the real MNIST, known from its publication and from everyone's use of it."""

import os
from pathlib import Path

import numpy as np
import pytest

from skmnist.datasets import fetch_mnist, load_file

FOLDER = os.environ.get("SKMNIST_DATA", "")

pytestmark = [
    pytest.mark.mnist,
    pytest.mark.skipif(
        not FOLDER or not Path(FOLDER, "mnist.npz").is_file(),
        reason="SKMNIST_DATA names no folder with mnist.npz",
    ),
]


@pytest.fixture(scope="module")
def mnist():
    return fetch_mnist(data_home=FOLDER, download_if_missing=False)


def test_shapes(mnist):
    assert mnist.data.shape == (70000, 784)
    assert mnist.images.shape == (70000, 28, 28)
    assert mnist.target.shape == (70000,)
    assert (mnist.data.dtype, mnist.target.dtype) == (np.uint8, np.int64)
    assert mnist.feature_names[28] == "pixel_1_0"
    assert len(mnist.feature_names) == 784


def test_labels(mnist):
    assert mnist.target[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.target[60000:60005].tolist() == [7, 2, 1, 0, 4]
    counts = np.bincount(mnist.target[:60000])
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_pixels(mnist):
    pixels = mnist.data[:60000]
    assert round(float(pixels.mean()), 2) == 33.32
    assert round(float(pixels.std()), 2) == 78.57
    assert (pixels.min(), pixels.max()) == (0, 255)
    # The digits fill a box of 20 x 20 that is centred by mass, so corners stay empty.
    assert not mnist.images[:, :2, :2].any()


def test_subsets_are_the_parts(mnist, monkeypatch):
    monkeypatch.setenv("SKMNIST_DATA", FOLDER)
    for subset, rows in (("train", slice(60000)), ("test", slice(60000, None))):
        X, y = fetch_mnist(subset=subset, return_X_y=True, download_if_missing=False)
        np.testing.assert_array_equal(X, mnist.data[rows])
        np.testing.assert_array_equal(y, mnist.target[rows])


def test_nothing_is_written_beside_it(mnist, snapshot):
    before = snapshot(Path(FOLDER))
    fetch_mnist(data_home=FOLDER)
    assert snapshot(Path(FOLDER)) == before


def test_load_file_reads_the_same(mnist):
    bunch = load_file(Path(FOLDER, "mnist.npz"))
    np.testing.assert_array_equal(bunch.images, mnist.images)
    np.testing.assert_array_equal(bunch.target, mnist.target)
    assert (bunch.n_train, bunch.image_shape) == (60000, (28, 28))

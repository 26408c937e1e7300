import time
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skmnist._cli import _images
from skmnist._cli._images import load_images, load_mnist_soon

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(6, 3, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 0, 1, 0, 1])
MNIST = SimpleNamespace(images=IMAGES, target=LABELS)


def test_digits_are_those_of_scikit_learn():
    digits = load_images("digits")
    np.testing.assert_array_equal(digits.X, load_digits().images)
    np.testing.assert_array_equal(digits.y, load_digits().target)
    assert digits.n_train is None


@pytest.mark.parametrize(
    ("name", "fetch"), [("mnist", "fetch_mnist"), ("fashion", "fetch_fashion_mnist")]
)
def test_published_data_comes_with_its_published_split(monkeypatch, name, fetch):
    monkeypatch.setattr(_images, fetch, lambda: MNIST)
    data = load_images(name)
    assert data.X is IMAGES
    assert data.y is LABELS
    assert data.n_train == 60_000


def test_a_file_with_a_split(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=IMAGES[:4], y_train=LABELS[:4], x_test=IMAGES[4:], y_test=LABELS[4:])
    data = load_images(str(path))
    np.testing.assert_array_equal(data.X, IMAGES)
    np.testing.assert_array_equal(data.y, LABELS)
    assert (data.title, data.n_train) == ("own.npz", 4)


def test_a_table_whose_images_have_no_known_shape_stays_flat(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("1,10,20,30\n0,40,50,60\n")
    data = load_images(str(path))
    np.testing.assert_array_equal(data.X, [[10, 20, 30], [40, 50, 60]])
    np.testing.assert_array_equal(data.y, [1, 0])
    assert data.n_train is None


def test_images_without_labels_are_refused(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, X=IMAGES)
    with pytest.raises(ValueError, match=r"own\.npz: images without labels"):
        load_images(str(path))


def test_load_mnist_soon_retries_once(monkeypatch):
    asked = {}
    monkeypatch.setattr(_images, "fetch_mnist", lambda **options: asked.update(options) or MNIST)
    data = load_mnist_soon()
    assert data.X is IMAGES
    assert data.n_train == 60_000
    assert asked["n_retries"] == 1
    assert asked["delay"] <= 0.5


def test_load_mnist_soon_gives_up(monkeypatch):
    monkeypatch.setattr(_images, "fetch_mnist", lambda **_: time.sleep(2))
    start = time.perf_counter()
    with pytest.raises(OSError):  # noqa: PT011  a timeout has no message
        load_mnist_soon(patience=0.05)
    assert time.perf_counter() - start < 1


def test_load_mnist_soon_raises_the_error_of_the_fetch(monkeypatch):
    def fetch(**_):
        raise PermissionError("no entry")

    monkeypatch.setattr(_images, "fetch_mnist", fetch)
    with pytest.raises(PermissionError, match="no entry"):
        load_mnist_soon()

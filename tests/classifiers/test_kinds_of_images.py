"""Sizes and kinds of images: many classes, large ones, colours, rare classes."""

import numpy as np
import pytest

from skmnist import KerasCNNClassifier, KerasMLPClassifier


def blobs(n_samples, n_classes, shape, *, seed=0, noise=20.0):
    """Images of noise around a smooth pattern of each class, uint8."""
    rng = np.random.default_rng(seed)
    numbers = np.arange(n_samples) % n_classes
    coarse = np.random.default_rng(99).normal(size=(n_classes, 6, 6, *shape[2:]))
    rows, columns = (np.arange(side) * 6 // side for side in shape[:2])
    patterns = 128 + 40 * coarse[:, rows][:, :, columns]
    images = patterns[numbers] + noise * rng.normal(size=(n_samples, *shape))
    return np.clip(images, 0, 255).astype(np.uint8), numbers


@pytest.mark.parametrize(
    ("shape", "n_classes", "n_each"),
    [((64, 64), 4, 20), ((105, 105), 3, 15), ((20, 16), 36, 8), ((32, 24, 3), 2, 40)],
    ids=["64 x 64", "105 x 105", "36 classes, not square", "colour, two classes"],
)
def test_images_of_all_sizes_are_learned(shape, n_classes, n_each):
    X, y = blobs(n_classes * n_each, n_classes, shape)
    X_test, y_test = blobs(n_classes * 5, n_classes, shape, seed=1)
    cnn = KerasCNNClassifier((4, 8), hidden_layer_sizes=(32,), epochs=6, random_state=0)
    assert cnn.fit(X, y).score(X_test, y_test) > 0.9
    assert cnn.image_shape_ == shape


def test_none_of_136_classes_is_forgotten():
    X, y = blobs(136 * 15, 136, (16, 16))
    classifier = KerasMLPClassifier((64,), epochs=12, random_state=0).fit(X.reshape(len(X), -1), y)
    assert classifier.predict_proba(X[:2].reshape(2, -1)).shape == (2, 136)
    X_test, y_test = blobs(136 * 4, 136, (16, 16), seed=1)
    predicted = classifier.predict(X_test.reshape(len(X_test), -1))
    assert set(predicted) == set(range(136))
    assert np.mean(predicted == y_test) > 0.9


@pytest.mark.parametrize("kind", [KerasMLPClassifier, KerasCNNClassifier])
def test_balanced_weights_help_a_rare_class(kind):
    X, y = blobs(900, 2, (10, 10), noise=200.0)
    keep = (y == 0) | (np.arange(900) % 30 == 1)  # thirty against one
    X_test, y_test = blobs(400, 2, (10, 10), seed=1, noise=200.0)
    recalls = []
    for class_weight in (None, "balanced"):
        classifier = kind(epochs=5, class_weight=class_weight, random_state=0)
        classifier.fit(X[keep], y[keep])
        recalls.append(np.mean(classifier.predict(X_test)[y_test == 1] == 1))
    assert recalls[1] > recalls[0] + 0.05

"""Images changed on their way to the network: distorted for training, shifted for prediction."""

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.base import clone

from .._images import checked_image_shape, with_channel


def augmentation(
    estimator: Any,
) -> Callable[[np.ndarray, np.random.Generator], np.ndarray] | None:
    """Return a function of training rows and a generator, None without an augmenter.

    Parameters
    ----------
    estimator : KerasClassifierBase
        It knows by now the shape of its images.

    Returns
    -------
    augment : callable or None
        It takes and returns an ndarray of shape (n, n_features), or of the shape that the
        network takes.
    """
    if estimator.augmenter is None:
        return None
    if inspect.isclass(estimator.augmenter):
        name = estimator.augmenter.__name__
        raise TypeError(f"augmenter must be an instance, got the class {name}: write {name}().")
    augmenter = clone(estimator.augmenter, safe=False)
    if hasattr(augmenter, "_parameter_constraints"):
        augmenter._validate_params()
    shape = pixel_grid(estimator)

    def augment(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        images = rows.reshape(-1, *shape)
        augmented = np.asarray(augmenter.augment(images, rng))
        if augmented.shape != images.shape:
            raise ValueError(
                f"augmenter={augmenter!r} made {augmented.shape} of images of shape "
                f"{images.shape}; it must keep their shape."
            )
        return augmented.reshape(rows.shape)

    return augment


def pixel_grid(classifier: Any) -> tuple[int, int, int]:
    """Return (height, width, n_channels) of what a classifier takes for an image.

    Raises
    ------
    ValueError
        If it knows flat rows alone that are no square, and nobody said their shape.
    """
    # A dense network that was fitted without may have been told since.
    image_shape = classifier.image_shape_ or classifier.image_shape
    n_features = classifier.n_features_in_
    side = math.isqrt(n_features)
    if image_shape is None and side * side != n_features:
        needed_by = "test_shift" if classifier.augmenter is None else "augmenter"
        raise ValueError(
            f"{needed_by}={getattr(classifier, needed_by)!r} needs images, but X has "
            f"{n_features} columns, which is no square. Give a stack of images, or "
            "image_shape=(height, width) or (height, width, n_channels)."
        )
    return with_channel(checked_image_shape(image_shape or (side, side), n_features))


def shifted(rows: np.ndarray, classifier: Any) -> Iterator[np.ndarray]:
    """Give the images as they are, and moved by each of up to `test_shift` pixels.

    What comes in over an edge repeats it.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_features)
    classifier : KerasClassifierBase
        A fitted one.

    Yields
    ------
    moved : ndarray of shape (n_samples, n_features)
    """
    largest = int(classifier.test_shift)
    height, width, n_channels = pixel_grid(classifier)
    images = rows.reshape(-1, height, width, n_channels)
    framed = np.pad(images, [(0, 0), (largest, largest), (largest, largest), (0, 0)], "edge")
    for top in range(2 * largest + 1):
        for left in range(2 * largest + 1):
            moved = framed[:, top : top + height, left : left + width]
            yield np.ascontiguousarray(moved).reshape(rows.shape)

"""An augmenter as the engine takes it: from rows to rows."""

import inspect
import math
from collections.abc import Callable
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
    shape = _image_shape(estimator, augmenter)

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


def _image_shape(estimator: Any, augmenter: Any) -> tuple[int, ...]:
    """Return (height, width, n_channels)."""
    if estimator.image_shape_ is not None:
        return with_channel(estimator.image_shape_)
    n_features = estimator.n_features_in_
    image_shape = getattr(augmenter, "image_shape", None)
    side = math.isqrt(n_features)
    if image_shape is None and side * side != n_features:
        raise ValueError(
            f"augmenter={augmenter!r} distorts images, but X has {n_features} columns, which is "
            "no square. Give a stack of images, or RandomDistortion(image_shape=(height, width))."
        )
    return with_channel(checked_image_shape(image_shape or (side, side), n_features))

"""Distort images for training, and shift them for prediction."""

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.base import clone

from .._images import checked_image_shape, square_shape, with_channel
from .._sklearn import check_parameters
from ._fitted import FittedNetwork, Setup


def is_auto(augmenter: Any) -> bool:
    """Return whether the fit chooses the augmenter."""
    return isinstance(augmenter, str)


def augmentation(
    augmenter: Any, settings: Any, setup: Setup
) -> Callable[[np.ndarray, np.random.Generator], np.ndarray] | None:
    """Return a function of training samples and a generator, None without an augmenter."""
    if augmenter is None:
        return None
    if inspect.isclass(augmenter):
        name = augmenter.__name__
        raise TypeError(f"augmenter must be an instance, got the class {name}: write {name}().")
    augmenter = clone(augmenter, safe=False)
    check_parameters(augmenter)
    shape = pixel_grid(settings, setup)

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


def pixel_grid(settings: Any, setup: Setup) -> tuple[int, ...]:
    """Return (height, width, n_channels) of the images that rows of a network's pixels hold.

    That is the shape of the samples, if they are images, else the parameter, else a square.
    """
    n_features = math.prod(setup.network.input_shape)
    image_shape = setup.image_shape or settings.image_shape or square_shape(n_features)
    if image_shape is None:
        needed_by = "test_shift" if settings.augmenter is None else "augmenter"
        raise ValueError(
            f"{needed_by}={getattr(settings, needed_by)!r} needs images, but X has "
            f"{n_features} columns, which is no square. Give a stack of images, or "
            "image_shape=(height, width) or (height, width, n_channels)."
        )
    return with_channel(checked_image_shape(image_shape, n_features))


def averaged_logits(settings: Any, fitted: FittedNetwork, rows: np.ndarray) -> np.ndarray:
    """Return float64 logits, with `test_shift` averaged over shifted images."""
    if not settings.test_shift:
        return fitted.run(rows).astype(np.float64)
    moved = _shifted(rows, int(settings.test_shift), pixel_grid(settings, fitted.setup))
    return np.mean([fitted.run(some).astype(np.float64) for some in moved], axis=0)


def _shifted(rows: np.ndarray, largest: int, grid: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield rows with their images moved by up to `largest` pixels; edges are repeated."""
    height, width, n_channels = grid
    images = rows.reshape(-1, height, width, n_channels)
    framed = np.pad(images, [(0, 0), (largest, largest), (largest, largest), (0, 0)], "edge")
    for top in range(2 * largest + 1):
        for left in range(2 * largest + 1):
            moved = framed[:, top : top + height, left : left + width]
            yield np.ascontiguousarray(moved).reshape(rows.shape)

"""Which predictions to show, and what is said of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from .._targets import as_labels, distinct_labels
from ._drawing import as_images


class Predictions(NamedTuple):
    """Some images and what was predicted for them.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width[, n_channels])
    proba : ndarray of shape (n_images, n_classes)
    classes : ndarray of shape (n_classes,)
    labels : ndarray of shape (n_images,)
        True labels.
    """

    images: np.ndarray
    proba: np.ndarray
    classes: np.ndarray
    labels: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """Labels of the highest probabilities."""
        return self.classes[self.proba.argmax(axis=1)]

    @property
    def right(self) -> np.ndarray:
        """Whether each prediction is right."""
        return self.predicted == self.labels

    @property
    def captions(self) -> list[str]:
        """What was predicted how surely, and the truth where that is something else."""
        return [
            f"{predicted}, {100 * p:.0f}%" + ("" if predicted == label else f"\nis {label}")
            for predicted, p, label in zip(
                self.predicted, self.proba.max(axis=1), self.labels, strict=True
            )
        ]


def choose_predictions(
    X: Any,
    y_true: Any,
    y_proba: Any,
    *,
    classes: Any,
    select: str,
    n_images: int,
    image_shape: Sequence[int] | None,
    random_state: Any,
) -> Predictions:
    """Check predictions and choose some.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or images
        Samples: flat rows of pixels, or images.
    y_true : array-like of shape (n_samples,)
    y_proba : array-like of shape (n_samples, n_classes)
    classes : array-like of shape (n_classes,) or None
        Labels of the columns of `y_proba`; None means those of `y_true`, sorted.
    select : {'random', 'mistakes', 'unsure'}
        Any, in the order of `X` if `random_state` is None; mistakes only, the lowest
        probability of the true class first; or the lowest highest probability first.
    n_images : int
    image_shape : tuple of int or None
    random_state : int, RandomState instance or None

    Returns
    -------
    predictions : Predictions
    """
    if select not in ("random", "mistakes", "unsure"):
        raise ValueError(
            f"select={select!r} was given; expected 'random', 'mistakes' or 'unsure'."
        )
    images, y_proba = as_images(X, image_shape), np.asarray(y_proba)
    y_true = as_labels(y_true, "y_true")
    check_consistent_length(images, y_true, y_proba)
    classes = np.unique(y_true) if classes is None else np.asarray(classes)
    if y_proba.shape[1:] != classes.shape:
        raise ValueError(
            f"y_proba has shape {y_proba.shape}, expected probabilities of {len(classes)} "
            "classes. If y_true lacks some of them, give classes=, the labels of the columns."
        )
    distinct_labels(classes, y_true)  # text and numbers together are a mistake
    every = Predictions(images, y_proba, classes, y_true)
    if select == "mistakes":
        wrong = np.flatnonzero(~every.right)
        # A true class that was never learned has no column: nothing is more wrong.
        true_proba = (y_proba * (classes == y_true[:, None])).sum(axis=1)
        rows = wrong[np.argsort(true_proba[wrong], kind="stable")]
    elif select == "unsure":
        rows = np.argsort(y_proba.max(axis=1), kind="stable")
    else:
        rows = np.arange(len(images))
        if random_state is not None:
            rows = check_random_state(random_state).permutation(rows)
    rows = rows[:n_images]
    return Predictions(images[rows], y_proba[rows], classes, y_true[rows])

"""Base class of the displays of predictions: which are shown, in which order."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from .._images import as_images
from .._targets import as_labels, distinct_labels
from ._drawing import Display, in_percent


def caption(label: Any, truth: Any, share: float | None) -> str:
    """Write the predicted label, its probability if known, and the true label if another."""
    sure = "" if share is None else f", {in_percent(share, 0)}"
    return f"{label}{sure}" + ("" if label == truth else f"\nis {truth}")


def captions(y_true: np.ndarray, y_pred: np.ndarray, y_proba: np.ndarray) -> list[str]:
    """Write a caption for each image, whose prediction is the most probable class."""
    return list(map(caption, y_pred, y_true, y_proba.max(axis=1)))


def true_proba(y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the probability of each true label: the lower, the worse the mistake.

    A true class that was never learned has no column and so probability 0.
    """
    return (y_proba * (classes == y_true[:, None])).sum(axis=1)


class PredictionsDisplay(Display):
    """A picture of some images and what was predicted for them."""

    _default_n_images: ClassVar[int]

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        """Make a display, not drawn yet."""
        raise NotImplementedError

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        select: str = "random",
        n_images: int | None = None,
        n_columns: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Predict and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline with ``predict_proba``.
        X : array-like of shape (n_samples, n_features) or images
            What `estimator` takes.
        y : array-like of shape (n_samples,)
            True labels.
        select : {'random', 'mistakes', 'unsure'}, default='random'
            Which images: any; only wrongly predicted ones, those first to whose true class
            the lowest probability was given; or those first whose highest probability is
            the lowest.
        n_images : int, default=None
            At most that many; None means 20, in a :class:`ProbabilityDisplay` 6.
        n_columns : int, default=None
            Images in a row; None means 10, in a :class:`ProbabilityDisplay` 6.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        random_state : int, RandomState instance or None, default=None
            Decides which images with ``select="random"``; None takes the first ones.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay or ProbabilityDisplay
            The display, drawn.
        """
        return cls.from_predictions(
            X,
            y,
            estimator.predict_proba(X),
            classes=estimator.classes_,
            select=select,
            n_images=n_images,
            n_columns=n_columns,
            image_shape=image_shape,
            random_state=random_state,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        X: Any,
        y_true: Any,
        y_proba: Any,
        *,
        classes: Any = None,
        select: str = "random",
        n_images: int | None = None,
        n_columns: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Draw images with the labels predicted for them and their probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y_true : array-like of shape (n_samples,)
            True labels.
        y_proba : array-like of shape (n_samples, n_classes)
            Probabilities.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of `y_proba`; None means those of `y_true`, sorted.
        select, n_images, n_columns, image_shape, random_state, ax : see `from_estimator`
            As in :meth:`from_estimator`, with the same defaults.

        Returns
        -------
        display : ImageGridDisplay or ProbabilityDisplay
            The display, drawn.
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
        if select == "mistakes":
            wrong = np.flatnonzero(classes[y_proba.argmax(axis=1)] != y_true)
            rows = wrong[np.argsort(true_proba(y_true, y_proba, classes)[wrong], kind="stable")]
        elif select == "unsure":
            rows = np.argsort(y_proba.max(axis=1), kind="stable")
        else:
            rows = np.arange(len(images))
            if random_state is not None:
                rows = check_random_state(random_state).permutation(rows)
        rows = rows[: cls._default_n_images if n_images is None else n_images]
        display = cls._of(images[rows], y_true[rows], y_proba[rows], classes)
        if n_columns is not None:
            display.n_columns = n_columns
        return display.plot(ax)

"""Samples, predictions and mistakes as pictures."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from .._images import as_images
from .._targets import as_labels
from ._drawing import BLUE, ORANGE, draw_images
from ._predictions import PredictionsDisplay, captions


@dataclass(kw_only=True, eq=False, repr=False)
class ImageGridDisplay(PredictionsDisplay):
    """Images in rows and columns.

    :meth:`from_data` shows samples of each class, :meth:`from_estimator` and
    :meth:`from_predictions` show predictions: the label predicted and its probability, in
    blue frames where it is right, in orange ones, with the true label, where it is wrong.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width[, n_channels])
        What is drawn.
    captions : list of str or None, default=None
        A line above each image.
    right : ndarray of shape (n_images,) of bool or None, default=None
        Whether each prediction is right; None draws no frames.
    n_columns : int, default=10
        Images in a row.
    cells : ndarray of shape (n_images,), int, or None, default=None
        Where each image is drawn, counted from 0 row by row. None leaves no place empty.

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import ImageGridDisplay
    >>> digits = load_digits()
    >>> display = ImageGridDisplay.from_data(digits.images, digits.target, n_per_class=5)
    >>> display.images.shape
    (50, 8, 8)
    """

    images: np.ndarray
    captions: list[str] | None = None
    right: np.ndarray | None = None
    n_columns: int = 10
    cells: np.ndarray | None = None
    _default_n_images: ClassVar[int] = 20

    @classmethod
    def from_data(
        cls,
        X: Any,
        y: Any = None,
        *,
        n_per_class: int = 10,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Draw samples, a row for each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,), default=None
            Labels; None takes all samples for one class.
        n_per_class : int, default=10
            Samples of each class. Of a class with fewer, the rest of the row is left empty; the
            picture is no wider than the most frequent class needs.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        random_state : int, RandomState instance or None, default=None
            Decides which samples; None takes the first ones.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            The display, drawn.
        """
        if n_per_class < 1:
            raise ValueError(f"n_per_class={n_per_class!r} was given; expected 1 or more.")
        images = as_images(X, image_shape)
        labels = np.zeros(len(images)) if y is None else as_labels(y)
        check_consistent_length(images, labels)
        rows = np.arange(len(images))
        if random_state is not None:
            rows = check_random_state(random_state).permutation(rows)
        classes = np.unique(labels)
        chosen = [rows[labels[rows] == label][:n_per_class] for label in classes]
        n_columns = max(map(len, chosen))
        cells = [i * n_columns + np.arange(len(of_class)) for i, of_class in enumerate(chosen)]
        chosen = np.concatenate(chosen)
        return cls(
            images=images[chosen],
            captions=None if y is None else [str(label) for label in labels[chosen]],
            n_columns=n_columns,
            cells=np.concatenate(cells),
        ).plot(ax)

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        y_pred = classes[y_proba.argmax(axis=1)]
        written = captions(y_true, y_pred, y_proba)
        return cls(images=images, captions=written, right=y_pred == y_true)

    def _draw(self, ax: Any) -> None:
        self.figure_, self.ax_, self.tiles_ = draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            cells=self.cells,
            captions=self.captions,
            frames=None if self.right is None else np.where(self.right, BLUE, ORANGE),
        )

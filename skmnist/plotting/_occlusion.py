"""Parts of an image that a prediction rests on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .._images import as_images, find_background
from ._drawing import TilesDisplay, draw_images, in_percent, new_axes

# Covered images that are predicted at once, and their bytes: what bounds the memory.
_MOST_IMAGES, _MOST_BYTES = 64, 2**25


@dataclass(kw_only=True, eq=False, repr=False)
class OcclusionDisplay(TilesDisplay):
    """How much the probability of a class falls where a part of the image is covered [1]_.

    Red parts speak for the class, blue ones against it.

    Parameters
    ----------
    image : ndarray of shape (height, width[, n_channels])
        The image that is explained.
    effect : ndarray of shape (height, width)
        Fall of the probability, mean over the squares that cover a pixel.
    label : object
        The class.
    proba : float
        Its probability where nothing is covered.

    Attributes
    ----------
    tiles_ : list of matplotlib AxesImage
        Image and effect, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    References
    ----------
    .. [1] M. D. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional
       Networks", ECCV 2014, section 4.2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import OcclusionDisplay
    >>> digits = load_digits()
    >>> classifier = KerasMLPClassifier(epochs=5).fit(digits.images, digits.target)
    >>> OcclusionDisplay.from_estimator(classifier, digits.images[0]).effect.shape
    (8, 8)
    """

    image: np.ndarray
    effect: np.ndarray
    label: Any
    proba: float

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        image: Any,
        *,
        label: Any = None,
        size: int | None = None,
        fill: Any = None,
        image_shape: tuple[int, ...] | None = None,
        ax: Any = None,
    ) -> Self:
        """Cover every part of an image in turn, predict, and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline with ``predict_proba``.
        image : array-like of shape (height, width[, n_channels]) or (n_features,)
            One image in the form that `estimator` takes in a stack or a row; of a frame, one
            row: ``X.iloc[0]``, or a frame of one row.
        label : object, default=None
            The class; None means the predicted one.
        size : int or None, default=None
            Side of the covering square; None means a fifth of the shorter side, at least 2.
        fill : float, array-like of shape (n_channels,) or None, default=None
            Pixel value that covers. None means the background of the image: the median of the
            pixels at its edge, for each channel.
        image_shape : tuple of int or None, default=None
            Shape of the image if it is a flat row; None means a square.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : OcclusionDisplay
            The display, drawn.

        Notes
        -----
        Covered images are predicted some at a time: at most 64, and fewer of large ones.
        """
        given, in_form = _one_image(image, estimator)
        (picture,) = as_images(given[None], image_shape, "image")
        height, width = picture.shape[:2]
        size = max(2, min(height, width) // 5) if size is None else size
        if not 1 <= size <= min(height, width):
            raise ValueError(
                f"size={size!r} was given; expected 1 to {min(height, width)}, the shorter side."
            )
        classes = list(estimator.classes_)
        before = estimator.predict_proba(in_form(picture.reshape(1, *given.shape)))[0]
        label = classes[int(before.argmax())] if label is None else label
        if label not in classes:
            raise ValueError(f"label={label!r} was given; expected one of {classes}.")
        column = classes.index(label)
        if fill is None:
            fill = find_background(picture.reshape(1, height, width, -1))[0]

        squares = [
            np.s_[top : top + size, left : left + size]
            for top, left in np.ndindex(height - size + 1, width - size + 1)
        ]
        falls, n_squares = np.zeros((height, width)), np.zeros((height, width))
        n_at_once = max(1, min(_MOST_IMAGES, _MOST_BYTES // picture.nbytes))
        for start in range(0, len(squares), n_at_once):
            parts = squares[start : start + n_at_once]
            covered = np.repeat(picture[None], len(parts), axis=0)
            for one, part in zip(covered, parts, strict=True):
                one[part] = fill
            stack = in_form(covered.reshape(len(parts), *given.shape))
            for part, after in zip(parts, estimator.predict_proba(stack)[:, column], strict=True):
                falls[part] += before[column] - after
                n_squares[part] += 1
        found = {"effect": falls / n_squares, "label": label, "proba": float(before[column])}
        return cls(image=picture, **found).plot(ax)

    def _draw_tiles(self, ax: Any) -> Any:
        ax = new_axes(ax, (5, 3))
        left = draw_images(ax, self.image[None], n_columns=2)[1]
        second = np.array([1])
        right = draw_images(ax, self.effect[None], n_columns=2, cells=second, around_zero=True)[1]
        ax.figure.colorbar(right[0], ax=ax, label="fall of the probability", shrink=0.7)
        ax.set_title(f"{self.label}: {in_percent(self.proba, 1)}", fontsize=10)
        return ax, [*left, *right]


def _one_image(image: Any, estimator: Any) -> tuple[np.ndarray, Callable[[np.ndarray], Any]]:
    """Return the image as an array, and a function that gives rows the form of what was fitted."""
    if hasattr(image, "index") and hasattr(image, "to_frame") and not hasattr(image, "columns"):
        image = image.to_frame().T  # a row of a pandas frame
    if not hasattr(image, "columns") or len(image) != 1:
        return np.asarray(image), lambda rows: rows
    frame, names = type(image), list(image.columns)
    row = image.to_numpy()[0]
    if not hasattr(estimator, "feature_names_in_"):
        return row, lambda rows: rows
    keyword = "columns" if hasattr(image, "iloc") else "schema"  # of pandas, of polars
    return row, lambda rows: frame(rows, **{keyword: names})

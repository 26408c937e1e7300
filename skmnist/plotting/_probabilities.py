"""How sure a classifier is, image by image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ._drawing import BLUE, GREY, ORANGE, Display, draw_images
from ._predictions import Predictions, choose_predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In sides of a tile: the bars, and the names of the classes below them.
_BARS, _SHORT_NAMES, _LONG_NAMES = 0.45, 0.15, 0.55


@dataclass(kw_only=True, eq=False, repr=False)
class ProbabilityDisplay(Display):
    """Images, and below each the probability of every class.

    Above stands the label predicted and its probability. The bar of the true class is blue,
    and so is the frame where that was predicted; else the frame and the bar of the predicted
    class are orange.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width[, n_channels])
        What is drawn.
    proba : ndarray of shape (n_images, n_classes)
        Probabilities.
    classes : ndarray of shape (n_classes,)
        Labels of the columns of `proba`.
    labels : ndarray of shape (n_images,)
        True labels.
    n_columns : int, default=6
        Images in a row.

    Attributes
    ----------
    tiles_ : list of matplotlib AxesImage
        The images, once drawn.
    bars_ : list of matplotlib BarContainer
        The bars of each image, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import ProbabilityDisplay
    >>> digits = load_digits()
    >>> classifier = KerasMLPClassifier(epochs=3).fit(digits.images, digits.target)
    >>> display = ProbabilityDisplay.from_estimator(
    ...     classifier, digits.images, digits.target, select="unsure"
    ... )
    >>> display.proba.shape
    (6, 10)
    """

    images: np.ndarray
    proba: np.ndarray
    classes: np.ndarray
    labels: np.ndarray
    n_columns: int = 6

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        select: str = "random",
        n_images: int = 6,
        n_columns: int = 6,
        image_shape: Sequence[int] | None = None,
        random_state: Any = None,
        ax: "Axes | None" = None,
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
        n_images : int, default=6
            At most that many.
        n_columns : int, default=6
            Images in a row.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        random_state : int, RandomState instance or None, default=None
            Decides which images with ``select="random"``; None takes the first ones.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ProbabilityDisplay
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
        n_images: int = 6,
        n_columns: int = 6,
        image_shape: Sequence[int] | None = None,
        random_state: Any = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw images with their probabilities.

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
        display : ProbabilityDisplay
            The display, drawn.
        """
        shown = choose_predictions(
            X, y_true, y_proba, classes, select, n_images, image_shape, random_state
        )
        data = {"images": shown.images, "proba": shown.y_proba, "labels": shown.y_true}
        return cls(**data, classes=shown.classes, n_columns=n_columns).plot(ax)

    def _draw(self, ax: "Axes | None") -> None:
        shown = Predictions(self.images, self.labels, self.proba, self.classes)
        names = [str(label) for label in self.classes]
        has_long_names = max(map(len, names)) > 2
        self.figure_, self.ax_, self.tiles_ = draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            captions=shown.captions,
            frames=np.where(shown.right, BLUE, ORANGE),
            below=_BARS + (_LONG_NAMES if has_long_names else _SHORT_NAMES),
            inches=1.3,
        )
        side = max(self.images.shape[1:3])
        # In shares of the Axes: an inset can't stand in data whose numbers rise downwards.
        (x0, x1), (y0, y1) = self.ax_.get_xlim(), self.ax_.get_ylim()
        size = (self.images.shape[2] / (x1 - x0), (_BARS - 0.04) * side / (y0 - y1))
        self.bars_ = []
        places = np.arange(len(names))
        for tile, proba, y_pred, y_true in zip(
            self.tiles_, self.proba, shown.y_pred, self.labels, strict=True
        ):
            left, _, bottom, _ = tile.get_extent()
            corner = ((left - x0) / (x1 - x0), (y0 - bottom - _BARS * side) / (y0 - y1))
            inset = self.ax_.inset_axes((*corner, *size))
            colours = np.full(len(names), GREY)
            colours[self.classes == y_pred] = ORANGE
            colours[self.classes == y_true] = BLUE
            self.bars_.append(inset.bar(places, proba, color=colours))
            inset.set_xticks(places, names, rotation=90 if has_long_names else 0)
            inset.set(ylim=(0, 1), yticks=[])
            inset.tick_params(length=0, pad=2, labelsize=6)
            inset.spines[["left", "right", "top"]].set_visible(False)

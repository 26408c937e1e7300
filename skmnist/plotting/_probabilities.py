"""How sure a classifier is, image by image."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from ._drawing import BLUE, GREY, ORANGE, draw_images
from ._predictions import PredictionsDisplay, captions

# In sides of a tile: the bars, and the names of the classes below them.
_BARS, _SHORT_NAMES, _LONG_NAMES = 0.45, 0.15, 0.55


@dataclass(kw_only=True, eq=False, repr=False)
class ProbabilityDisplay(PredictionsDisplay):
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
    _default_n_images: ClassVar[int] = 6

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        return cls(images=images, proba=y_proba, classes=classes, labels=y_true)

    def _draw(self, ax: Any) -> None:
        y_true, y_pred = self.labels, self.classes[self.proba.argmax(axis=1)]
        names = [str(label) for label in self.classes]
        has_long_names = max(map(len, names)) > 2
        self.figure_, self.ax_, self.tiles_ = draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            captions=captions(y_true, y_pred, self.proba),
            frames=np.where(y_pred == y_true, BLUE, ORANGE),
            below=_BARS + (_LONG_NAMES if has_long_names else _SHORT_NAMES),
            inches=1.3,
        )
        side = max(self.images.shape[1:3])
        # In shares of the Axes: an inset can't stand in data whose numbers rise downwards.
        (x0, x1), (y0, y1) = self.ax_.get_xlim(), self.ax_.get_ylim()
        size = (self.images.shape[2] / (x1 - x0), (_BARS - 0.04) * side / (y0 - y1))
        self.bars_ = []
        places = np.arange(len(names))
        for i, tile in enumerate(self.tiles_):
            left, _, bottom, _ = tile.get_extent()
            corner = ((left - x0) / (x1 - x0), (y0 - bottom - _BARS * side) / (y0 - y1))
            inset = self.ax_.inset_axes((*corner, *size))
            colours = np.full(len(names), GREY)
            colours[self.classes == y_pred[i]] = ORANGE
            colours[self.classes == y_true[i]] = BLUE
            self.bars_.append(inset.bar(places, self.proba[i], color=colours))
            inset.set_xticks(places, names, rotation=90 if has_long_names else 0)
            inset.set(ylim=(0, 1), yticks=[])
            inset.tick_params(length=0, pad=2, labelsize=6)
            inset.spines[["left", "right", "top"]].set_visible(False)

"""Which classes are recognised how well."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils import check_consistent_length

from .._statistics import wilson_interval
from .._targets import as_labels, distinct_labels
from ._drawing import BLUE, GREY, name_classes, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClassAccuracyDisplay:
    """Share of each class that is recognised (its recall), with Wilson's intervals [1]_.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels.
    n_right, n_samples : ndarray of shape (n_classes,), int
        Samples of each class that were recognised, and all of them.
    confidence : float, default=0.95
        Level of the intervals.

    Attributes
    ----------
    accuracy_ : ndarray of shape (n_classes,)
    intervals_ : ndarray of shape (n_classes, 2)
        Low and high ends.
    ax_ : matplotlib Axes
        Once drawn.
    figure_ : matplotlib Figure
        Once drawn.
    points_ : matplotlib ErrorbarContainer
        Once drawn.

    References
    ----------
    .. [1] E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
       Inference", Journal of the American Statistical Association 22 (1927).

    Examples
    --------
    >>> from skmnist.plotting import ClassAccuracyDisplay
    >>> display = ClassAccuracyDisplay.from_predictions([0, 0, 1, 1], [0, 1, 1, 1])
    >>> display.accuracy_
    array([0.5, 1. ])
    """

    def __init__(
        self,
        *,
        classes: np.ndarray,
        n_right: np.ndarray,
        n_samples: np.ndarray,
        confidence: float = 0.95,
    ) -> None:
        self.classes = classes
        self.n_right = n_right
        self.n_samples = n_samples
        self.confidence = confidence

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, confidence: float = 0.95, ax: "Axes | None" = None
    ) -> Self:
        """Predict, count and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline.
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,)
            True labels.
        confidence : float, default=0.95
            Level of the intervals.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassAccuracyDisplay
            The display, drawn.
        """
        return cls.from_predictions(y, estimator.predict(X), confidence=confidence, ax=ax)

    @classmethod
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, confidence: float = 0.95, ax: "Axes | None" = None
    ) -> Self:
        """Count and draw.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples,)
            Labels.
        confidence : float, default=0.95
            Level of the intervals.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassAccuracyDisplay
            The display, drawn.
        """
        y_true, y_pred = as_labels(y_true, "y_true"), as_labels(y_pred, "y_pred")
        check_consistent_length(y_true, y_pred)
        distinct_labels(y_true, y_pred)  # text and numbers together are a mistake
        if not 0 < confidence < 1:
            raise ValueError(f"confidence={confidence!r} was given; expected between 0 and 1.")
        classes, numbers = np.unique(y_true, return_inverse=True)
        display = cls(
            classes=classes,
            n_right=np.bincount(numbers[y_true == y_pred], minlength=len(classes)),
            n_samples=np.bincount(numbers),
            confidence=confidence,
        )
        return display.plot(ax)

    @property
    def accuracy_(self) -> np.ndarray:
        """Share that was recognised."""
        return self.n_right / self.n_samples

    @property
    def intervals_(self) -> np.ndarray:
        """Wilson's interval of each class."""
        return np.array(
            [
                wilson_interval(k, n, confidence=self.confidence)
                for k, n in zip(self.n_right, self.n_samples, strict=True)
            ]
        )

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw a point for each class, with its interval.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassAccuracyDisplay
            The display, drawn.
        """
        self.figure_, self.ax_ = new_axes(ax, (6, 3.5))
        places, accuracy, intervals = np.arange(len(self.classes)), self.accuracy_, self.intervals_
        # Rounding may put an end a hair beyond the value itself.
        reach = np.abs(intervals.T - accuracy)
        self.points_ = self.ax_.errorbar(
            places, accuracy, yerr=reach, fmt="o", color=BLUE, capsize=4
        )
        overall = self.n_right.sum() / self.n_samples.sum()
        self.ax_.axhline(overall, color=GREY, ls="--", zorder=0)
        self.ax_.set_title(f"all classes: {overall:.4g}", fontsize=10)
        name_classes(self.ax_, self.classes)
        self.ax_.set_ylabel(f"accuracy, {100 * self.confidence:g}% intervals")
        self.ax_.grid(axis="y", alpha=0.3)
        return self

"""How accurate a classifier is on what it answers, if it may decline the rest."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils import check_array, check_consistent_length

from .._targets import as_labels
from ._drawing import COLOURS, Display, new_axes
from ._predictions import labels_of_columns

if TYPE_CHECKING:
    from matplotlib.lines import Line2D


@dataclass(kw_only=True, eq=False, repr=False)
class AccuracyCoverageDisplay(Display):
    """Accuracy on the answered samples against their share, the surest answered first.

    The field calls it selective classification, abstaining or the reject option: samples whose
    highest probability is below a threshold are declined. *Coverage* is the share that is
    answered. The risk-coverage curve [1]_ [2]_ is the same upside down, risk being 1 minus
    accuracy; the accuracy-rejection curve [3]_ has it from right to left.

    Parameters
    ----------
    coverage, accuracy : ndarray of shape (n_thresholds,)
        Share that is answered, rising to 1, and accuracy on it.
    thresholds : ndarray of shape (n_thresholds,)
        Highest probabilities that occur, falling: samples at or above one are answered.
    name : str or None, default=None
        Name of the classifier in the legend; None draws no legend.

    Attributes
    ----------
    line_, ax_, figure_ : matplotlib Line2D, Axes and Figure
        Once drawn.

    References
    ----------
    .. [1] R. El-Yaniv and Y. Wiener, "On the Foundations of Noise-free Selective
       Classification", Journal of Machine Learning Research 11 (2010).
    .. [2] Y. Geifman and R. El-Yaniv, "Selective Classification for Deep Neural Networks",
       NeurIPS 2017.
    .. [3] M. S. A. Nadeem, J.-D. Zucker and B. Hanczar, "Accuracy-Rejection Curves (ARCs) for
       Comparing Classification Methods with a Reject Option", PMLR 8 (2009).

    Examples
    --------
    >>> from skmnist.plotting import AccuracyCoverageDisplay
    >>> y_proba = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]
    >>> display = AccuracyCoverageDisplay.from_predictions([0, 1, 1, 1], y_proba)
    >>> display.coverage
    array([0.25, 0.5 , 0.75, 1.  ])
    >>> display.accuracy
    array([1.  , 1.  , 1.  , 0.75])
    """

    coverage: np.ndarray
    accuracy: np.ndarray
    thresholds: np.ndarray
    name: str | None = None

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, name: str | None = None, ax: Any = None
    ) -> Self:
        """Predict, count and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline with ``predict_proba``.
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,)
            True labels.
        name, ax : see `from_predictions`
            As in :meth:`from_predictions`, with the same defaults.

        Returns
        -------
        display : AccuracyCoverageDisplay
            The display, drawn.
        """
        y_proba = estimator.predict_proba(X)
        return cls.from_predictions(y, y_proba, classes=estimator.classes_, name=name, ax=ax)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_proba: Any,
        *,
        classes: Any = None,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Count and draw.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_proba : array-like of shape (n_samples, n_classes)
            Probabilities.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of `y_proba`; None means those of `y_true`, sorted.
        name : str or None, default=None
            Name of the classifier in the legend; None draws no legend.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : AccuracyCoverageDisplay
            The display, drawn.
        """
        y_true, y_proba = as_labels(y_true, "y_true"), check_array(y_proba, input_name="y_proba")
        check_consistent_length(y_true, y_proba)
        classes = labels_of_columns(classes, y_proba, y_true)
        surest = y_proba.max(axis=1)
        order = np.argsort(-surest, kind="stable")
        n_right = np.cumsum((classes[y_proba.argmax(axis=1)] == y_true)[order])
        # Samples that are equally sure are answered together.
        ends = np.flatnonzero(np.diff(surest[order], append=-np.inf))
        return cls(
            coverage=(ends + 1) / len(order),
            accuracy=n_right[ends] / (ends + 1),
            thresholds=surest[order][ends],
            name=name,
        ).plot(ax)

    def _draw(self, ax: Any) -> Any:
        ax = new_axes(ax, (6, 3.5))
        colour = COLOURS[len(ax.lines) % len(COLOURS)]  # another for each curve
        # A dot where every sample is answered: the classifier's accuracy.
        dot = {"marker": "o", "markevery": [len(self.coverage) - 1], "clip_on": False, "zorder": 3}
        (line,) = ax.plot(self.coverage, self.accuracy, label=self.name, color=colour, **dot)
        self.line_: Line2D = line
        ax.set(xlabel="share answered (coverage)", ylabel="accuracy on it", xlim=(0, 1))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda share, _: f"{100 * share:.4g} %")
        ax.grid(alpha=0.3)
        ax.spines[["right", "top"]].set_visible(False)
        if self.name is not None:
            ax.legend(loc="lower left", frameon=False)
        return ax

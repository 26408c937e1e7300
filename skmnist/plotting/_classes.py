"""How many samples each class has, and how well each is recognised."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.stats import binomtest
from sklearn.utils import check_consistent_length

from .._targets import as_labels, distinct_labels
from ._drawing import BLUE, COLOURS, GREY, Display, name_classes, new_axes


@dataclass(kw_only=True, eq=False, repr=False)
class ClassDistributionDisplay(Display):
    """Number of samples of each class, of one or several sets.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels.
    counts : dict of str to ndarray of shape (n_classes,)
        Number of samples by name of the set.

    Attributes
    ----------
    bars_ : dict of str to matplotlib BarContainer
        The bars of each set, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import ClassDistributionDisplay
    >>> y = load_digits().target
    >>> display = ClassDistributionDisplay.from_data({"training": y[:1500], "test": y[1500:]})
    >>> display.counts["test"].sum()
    np.int64(297)
    """

    classes: np.ndarray
    counts: dict[str, np.ndarray]

    @classmethod
    def from_data(cls, y: Any, *, ax: Any = None) -> Self:
        """Count labels and draw.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or dict of str to array-like
            Labels, or labels of several sets by name.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassDistributionDisplay
            The display, drawn.
        """
        if isinstance(y, dict):
            sets = {name: as_labels(labels, f"y[{name!r}]") for name, labels in y.items()}
        else:
            sets = {"samples": as_labels(y)}
        if not sets:
            raise ValueError("y is an empty dict, expected the labels of one set at least.")
        classes = distinct_labels(*sets.values())
        counts = {
            name: np.bincount(np.searchsorted(classes, labels), minlength=len(classes))
            for name, labels in sets.items()
        }
        return cls(classes=classes, counts=counts).plot(ax)

    def _draw(self, ax: Any) -> Any:
        ax = new_axes(ax, (6, 3.5))
        places, width = np.arange(len(self.classes)), 0.8 / len(self.counts)
        self.bars_: dict[str, Any] = {}
        for i, (name, counts) in enumerate(self.counts.items()):
            offset = (i - (len(self.counts) - 1) / 2) * width
            self.bars_[name] = ax.bar(
                places + offset, counts, width, label=name, color=COLOURS[i % len(COLOURS)]
            )
        name_classes(ax, self.classes)
        ax.set_ylabel("samples")
        if len(self.counts) > 1:
            ax.margins(y=0.2)  # a place for the legend above the bars
            ax.legend(ncols=len(self.counts))
        return ax


@dataclass(kw_only=True, eq=False, repr=False)
class ClassAccuracyDisplay(Display):
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
    points_, ax_, figure_ : matplotlib ErrorbarContainer, Axes and Figure
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

    classes: np.ndarray
    n_right: np.ndarray
    n_samples: np.ndarray
    confidence: float = 0.95

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, confidence: float = 0.95, ax: Any = None
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
        confidence, ax : see `from_predictions`
            As in :meth:`from_predictions`, with the same defaults.

        Returns
        -------
        display : ClassAccuracyDisplay
            The display, drawn.
        """
        return cls.from_predictions(y, estimator.predict(X), confidence=confidence, ax=ax)

    @classmethod
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, confidence: float = 0.95, ax: Any = None
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
        n_right = np.bincount(numbers[y_true == y_pred], minlength=len(classes))
        counts = {"n_right": n_right, "n_samples": np.bincount(numbers)}
        return cls(classes=classes, **counts, confidence=confidence).plot(ax)

    @property
    def accuracy_(self) -> np.ndarray:
        """Share that was recognised."""
        return self.n_right / self.n_samples

    @property
    def intervals_(self) -> np.ndarray:
        """Wilson's interval of each class."""
        tests = map(binomtest, map(int, self.n_right), map(int, self.n_samples))
        return np.array([test.proportion_ci(self.confidence, method="wilson") for test in tests])

    def _draw(self, ax: Any) -> Any:
        ax = new_axes(ax, (6, 3.5))
        # Rounding may put an end a hair beyond the value itself.
        reach = np.abs(self.intervals_.T - self.accuracy_)
        places, style = np.arange(len(self.classes)), {"fmt": "o", "color": BLUE, "capsize": 4}
        self.points_: Any = ax.errorbar(places, self.accuracy_, yerr=reach, **style)
        overall = self.n_right.sum() / self.n_samples.sum()
        ax.axhline(overall, color=GREY, ls="--", zorder=0)
        ax.set_title(f"all classes: {overall:.4g}", fontsize=10)
        name_classes(ax, self.classes)
        ax.set_ylabel(f"accuracy, {100 * self.confidence:g} % intervals")
        ax.grid(axis="y", alpha=0.3)
        return ax

"""How one classifier did, as figures and as words."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..plotting import in_percent as in_percent
from ._statistics import FEWEST_SPLITS, corrected_resampled_interval, wilson_interval


@dataclass(frozen=True)
class ComparisonRow:
    """How one classifier did.

    Parameters
    ----------
    name : str
        Name of the classifier.
    accuracy : float
        Share of the test images that were classified correctly, 0 to 1.
    fit_seconds : float
        Time that `fit` took on the training images.
    predict_seconds : float
        Time that `predict` took on all test images together.
    n_train, n_test : int
        Number of training and test images.
    error : str or None, default=None
        What went wrong, None if all went well. All other figures are NaN then.
    log_loss : float, default=nan
        Mean of minus the logarithm of the probability that the true class was given; NaN
        for a classifier without ``predict_proba``, or that never saw one of the classes.
    calibration_error : float, default=nan
        Expected calibration error: mean distance between the highest probability and the
        accuracy, over 15 bins of equal width; NaN where `log_loss` is.
    split_accuracies : tuple of float, default=()
        Accuracy of each split of a cross-validation, all other figures being means over
        the splits. Empty after a single split.
    classifier : str, default=""
        The classifier and its parameters, as it prints itself.

    Attributes
    ----------
    accuracy_interval : tuple (low, high) of float
        Of 95 %.
    test_fraction : float
        Share of all images that were tested on.

    Examples
    --------
    >>> from skmnist.comparison import ComparisonRow
    >>> row = ComparisonRow("svc", 0.9868, 15.63, 5.16, n_train=60_000, n_test=10_000)
    >>> low, high = row.accuracy_interval
    >>> print(f"{low:.4f} {high:.4f}")
    0.9844 0.9889
    """

    name: str
    accuracy: float
    fit_seconds: float
    predict_seconds: float
    n_train: int
    n_test: int
    error: str | None = None
    log_loss: float = math.nan
    calibration_error: float = math.nan
    split_accuracies: tuple[float, ...] = ()
    classifier: str = ""

    @property
    def test_fraction(self) -> float:
        """Share of all images that were tested on."""
        return self.n_test / (self.n_train + self.n_test)

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Interval of 95 % for the accuracy, NaN if the classifier failed.

        Wilson's interval for a single set of test images. Over
        several splits that of Nadeau and Bengio, cut to
        between 0 and 1. Fewer than five splits, or equal ones, can have a variance of 0 or
        nearly so by chance, and no estimator of it is unbiased [1]_. The interval then reaches
        at least as far as Wilson's for all images that were tested on.

        References
        ----------
        .. [1] Y. Bengio, Y. Grandvalet, "No Unbiased Estimator of the Variance of K-Fold
           Cross-Validation", Journal of Machine Learning Research 5 (2004).
        """
        if math.isnan(self.accuracy):
            return math.nan, math.nan
        n_splits = len(self.split_accuracies)
        low = high = math.nan
        if n_splits > 1:
            low, high = corrected_resampled_interval(
                self.split_accuracies, test_fraction=self.test_fraction
            )
        if n_splits < FEWEST_SPLITS or math.isnan(low):
            # Different images that were tested on: at most all there are.
            n_tested = min(max(1, n_splits) * self.n_test, self.n_train + self.n_test)
            ends = wilson_interval(round(self.accuracy * n_tested), n_tested)
            low, high = np.fmin(low, ends[0]), np.fmax(high, ends[1])
        return max(float(low), 0.0), min(float(high), 1.0)


def best_first(rows: Iterable[ComparisonRow]) -> list[ComparisonRow]:
    """Sort by accuracy; rows that failed come last, equal ones keep their order."""
    return sorted(rows, key=lambda row: 1 if row.error else -row.accuracy)  # NaN has no order


def in_seconds(seconds: float) -> str:
    """Format a duration for people."""
    return "<0.01 s" if seconds < 0.005 else f"{seconds:.2f} s"

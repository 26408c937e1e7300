"""Confidence intervals of accuracies, tests of pairs, and Holm's correction."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest, t
from sklearn.utils import check_consistent_length, column_or_1d

# Scores that differ by less, relative to their size and to 1, differ by rounding only.
_ROUNDING = 1e-12
# The variance between fewer splits is hardly known: two or three easily have equal scores.
FEWEST_SPLITS = 5


def wilson_interval(
    n_right: int, n_samples: int, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Return an interval for the accuracy of a classifier.

    Wilson's score interval [1]_ keeps its level for accuracies near 1 and small test sets,
    where the accuracy plus and minus two standard errors does not [2]_.

    Parameters
    ----------
    n_right, n_samples : int
        Test samples that were classified correctly, and all of them.
    confidence : float, default=0.95
        Level of the interval.

    Returns
    -------
    low, high : float
        Ends of the interval, within 0 and 1.

    References
    ----------
    .. [1] E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
       Inference", Journal of the American Statistical Association 22 (1927).
    .. [2] R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
       Statistics in Medicine 17 (1998).

    Examples
    --------
    >>> from skmnist.comparison import wilson_interval
    >>> low, high = wilson_interval(9868, 10_000)
    >>> print(f"{low:.4f} {high:.4f}")
    0.9844 0.9889
    """
    interval = binomtest(int(n_right), int(n_samples)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar_test(y_true: Any, y_pred: Any, y_pred_other: Any) -> float:
    """Test whether two classifiers are equally accurate, on the same test samples.

    McNemar's exact conditional test [1]_: of the samples that only one of the two gets right,
    equally good classifiers get half each.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred, y_pred_other : array-like of shape (n_samples,)
        Labels that the two classifiers predict.

    Returns
    -------
    p_value : float
        Two-sided; 1 where no sample tells them apart.

    Notes
    -----
    The test is of these two fitted models, not of other training sets or seeds: for that see
    :func:`corrected_resampled_t_test`.

    References
    ----------
    .. [1] M. W. Fagerland, S. Lydersen, P. Laake, "The McNemar test for binary matched-pairs
       data: mid-p and asymptotic are better than exact conditional", BMC Medical Research
       Methodology 13:91 (2013). The exact one is conservative.

    Examples
    --------
    >>> from skmnist.comparison import mcnemar_test
    >>> print(f"{mcnemar_test([1] * 8, [1] * 7 + [0], [0] * 7 + [1]):.3f}")
    0.070
    """
    y_true, y_pred, y_pred_other = map(column_or_1d, (y_true, y_pred, y_pred_other))
    check_consistent_length(y_true, y_pred, y_pred_other)
    right, other_right = y_pred == y_true, y_pred_other == y_true
    only_one, only_other = int(np.sum(right & ~other_right)), int(np.sum(other_right & ~right))
    n_different = only_one + only_other
    return float(binomtest(only_one, n_different).pvalue) if n_different else 1.0


def holm_correction(p_values: Sequence[float]) -> np.ndarray:
    """Correct p-values for the number of tests, by Holm's method [1]_.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        Of all tests that are made together. NaN stands for a test that could not be made.

    Returns
    -------
    corrected : ndarray of shape (n_tests,)
        To compare with a level for all tests together. NaN stays NaN and is not counted, as in
        ``p.adjust`` of R.

    References
    ----------
    .. [1] S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
       Journal of Statistics 6 (1979).

    Examples
    --------
    >>> from skmnist.comparison import holm_correction
    >>> holm_correction([0.01, 0.04, 0.03, 0.005])
    array([0.03, 0.06, 0.06, 0.02])
    """
    p_values = np.asarray(p_values, dtype=float)
    n_made = int(np.sum(~np.isnan(p_values)))
    order = np.argsort(p_values, kind="stable")[:n_made]  # NaN comes last
    stepped = p_values[order] * np.arange(n_made, 0, -1)
    corrected = np.full_like(p_values, np.nan)
    # None can be smaller than one before it.
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return corrected


def corrected_resampled_t_test(
    differences: Sequence[float], *, test_fraction: float
) -> tuple[float, float]:
    """Test whether two classifiers differ over repeated splits, as Nadeau and Bengio do [1]_.

    The training sets of repeated splits overlap, so that a usual t-test rejects far too often.
    Its variance is corrected by the ratio of test to training samples.

    Parameters
    ----------
    differences : array-like of shape (n_splits,)
        Difference of the two scores on each split, both classifiers on the same splits.
    test_fraction : float
        Share of the samples that each split tests on, between 0 and 1: 1 / k for k folds.

    Returns
    -------
    statistic : float
        Student's t with n_splits - 1 degrees of freedom; NaN where all differences are equal.
    p_value : float
        Two-sided. 1 where all differences are 0; NaN where they are equal otherwise: a
        variance of 0 is no estimate of the variance.

    Notes
    -----
    Two or three splits easily have equal differences, or nearly so. Take ten or more.
    Differences of scores around 1 that are within 1e-12 of each other count as equal.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the Generalization Error", Machine Learning
       52 (2003), section 3.

    Examples
    --------
    >>> from skmnist.comparison import corrected_resampled_t_test
    >>> statistic, p_value = corrected_resampled_t_test([0.01, 0.02, 0.0, 0.03], test_fraction=0.1)
    >>> print(f"{statistic:.3f} {p_value:.3f}")
    1.934 0.149
    """
    mean, error = _corrected_mean(differences, test_fraction, "differences")
    if np.all(np.abs(differences) <= _ROUNDING):
        return math.nan, 1.0
    statistic = mean / error
    return float(statistic), float(2 * t.sf(abs(statistic), len(differences) - 1))


def corrected_resampled_interval(
    scores: Sequence[float], *, test_fraction: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Return an interval for the mean score over splits, as :func:`corrected_resampled_t_test`.

    Parameters
    ----------
    scores : array-like of shape (n_splits,)
        Score of each split.
    test_fraction : float
        Share of the samples that each split tests on, between 0 and 1: 1 / k for k folds.
    confidence : float, default=0.95
        Level of the interval.

    Returns
    -------
    low, high : float
        Ends of the interval, which can lie beyond what a score can be. NaN where all scores
        are equal but for rounding.

    Examples
    --------
    >>> from skmnist.comparison import corrected_resampled_interval
    >>> low, high = corrected_resampled_interval([0.96, 0.97, 0.95], test_fraction=1 / 3)
    >>> print(f"{low:.3f} {high:.3f}")
    0.921 0.999
    """
    mean, error = _corrected_mean(scores, test_fraction, "scores")
    reach = error * t.isf((1 - confidence) / 2, len(scores) - 1)
    return float(mean - reach), float(mean + reach)


def _corrected_mean(values: Any, test_fraction: float, name: str) -> tuple[float, float]:
    """Return a mean over splits and its corrected standard error, NaN for equal values."""
    values = np.asarray(values, dtype=float)
    n_splits = len(values)
    if n_splits < 2:
        raise ValueError(f"{name} has {n_splits} values, expected at least two splits.")
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction={test_fraction!r} was given; expected between 0 and 1.")
    factor = 1 / n_splits + test_fraction / (1 - test_fraction)
    if np.ptp(values) <= _ROUNDING * max(1.0, np.abs(values).max()):
        return values.mean(), math.nan
    return values.mean(), np.sqrt(factor * values.var(ddof=1))

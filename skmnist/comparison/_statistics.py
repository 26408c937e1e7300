"""Confidence intervals of accuracies, tests of pairs, and Holm's correction."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest, t

# Scores that differ by less, relative to their size and to 1, differ by rounding only.
_ROUNDING = 1e-12
# The variance between fewer splits is hardly known: two or three easily have equal scores.
FEWEST_SPLITS = 5


def wilson_interval(n_right: int, n_samples: int) -> tuple[float, float]:
    """Return Wilson's score interval of 95 % for an accuracy.

    It keeps its level near 1 and for small test sets, where plus and minus two standard errors
    do not: R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
    Statistics in Medicine 17 (1998).
    """
    interval = binomtest(int(n_right), int(n_samples)).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar_test(only_one: int, only_other: int) -> float:
    """Return the two-sided p-value of McNemar's exact conditional test of two classifiers.

    Of the samples that only one of the two gets right, equally good classifiers get half each.
    The test is conservative: M. W. Fagerland, S. Lydersen, P. Laake, "The McNemar test for binary
    matched-pairs data", BMC Medical Research Methodology 13:91 (2013).
    """
    n_different = only_one + only_other
    return float(binomtest(only_one, n_different).pvalue) if n_different else 1.0


def holm_correction(p_values: Sequence[float]) -> np.ndarray:
    """Correct p-values for the number of tests; NaN, a test not made, is not counted.

    S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 6 (1979).
    """
    p = np.asarray(p_values, dtype=float)
    n_made = int(np.sum(~np.isnan(p)))
    order = np.argsort(p, kind="stable")[:n_made]  # NaN comes last
    stepped = p[order] * np.arange(n_made, 0, -1)
    corrected = np.full_like(p, np.nan)
    # None can be smaller than one before it.
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return corrected


def corrected_resampled_t_test(
    differences: Sequence[float], *, test_fraction: float
) -> tuple[float, float]:
    """Test the mean difference of two classifiers over splits; return t and a two-sided p-value.

    The training sets of repeated splits overlap, so that a usual t-test is anti-conservative. Its
    variance is corrected by the ratio of test to training samples: C. Nadeau, Y. Bengio,
    "Inference for the Generalization Error", Machine Learning 52 (2003), section 3.

    Where all differences are 0 the p-value is 1; where they are equal otherwise it is NaN: a
    variance of 0 is no estimate of the variance.
    """
    mean, error = _corrected_mean(differences, test_fraction)
    if np.all(np.abs(differences) <= _ROUNDING):
        return math.nan, 1.0
    statistic = mean / error
    return float(statistic), float(2 * t.sf(abs(statistic), len(differences) - 1))


def corrected_resampled_interval(
    scores: Sequence[float], *, test_fraction: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Return an interval for the mean score over splits, as :func:`corrected_resampled_t_test`.

    It can reach beyond the range of a score, and is NaN where all scores are equal.
    """
    mean, error = _corrected_mean(scores, test_fraction)
    reach = error * t.isf((1 - confidence) / 2, len(scores) - 1)
    return float(mean - reach), float(mean + reach)


def _corrected_mean(values: Sequence[float], test_fraction: float) -> tuple[float, float]:
    """Return a mean over splits and its corrected standard error, NaN for equal values."""
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction={test_fraction!r} was given; expected between 0 and 1.")
    mean = float(np.mean(values))
    if np.ptp(values) <= _ROUNDING * max(1.0, np.abs(values).max()):
        return mean, math.nan
    factor = 1 / len(values) + test_fraction / (1 - test_fraction)
    return mean, math.sqrt(factor * np.var(values, ddof=1))


def expected_calibration_error(numbers: np.ndarray, proba: np.ndarray, n_bins: int = 15) -> float:
    """Return by how much the highest probability misses the accuracy, on average.

    Samples are put in bins of equal width by that probability; the gaps between its mean and the
    accuracy in each bin are averaged by the number of samples (Guo et al., ICML 2017). `numbers`
    are those of the true classes, `proba` is of shape (n_samples, n_classes).
    """
    highest, is_hit = proba.max(axis=1), proba.argmax(axis=1) == numbers
    bins = np.minimum((highest * n_bins).astype(int), n_bins - 1)
    return float(np.abs(np.bincount(bins, highest - is_hit)).sum() / len(numbers))

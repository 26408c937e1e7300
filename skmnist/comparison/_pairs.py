"""Which classifiers differ: every pair, tested and corrected for the number of tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import nan

import numpy as np

from ._row import ComparisonRow
from ._statistics import FEWEST_SPLITS, corrected_resampled_t_test, holm_correction, mcnemar_test


@dataclass(frozen=True)
class PairwiseTest:
    """Whether two classifiers differ.

    Parameters
    ----------
    first, second : str
        Names of the classifiers.
    difference : float
        Accuracy of the first less that of the second.
    p_value : float
        Two-sided. NaN where no test could be made: a cross-validation with the same difference
        on every split.
    corrected_p_value : float
        The same by Holm's method, for all pairs together.
    only_first, only_second : int or None, default=None
        Test images that only the one or only the other got right; None after a
        cross-validation.
    """

    first: str
    second: str
    difference: float
    p_value: float
    corrected_p_value: float
    only_first: int | None = None
    only_second: int | None = None


def pairs_on_images(right: Mapping[str, np.ndarray]) -> list[PairwiseTest]:
    """Test every pair by the test images that only one of the two got right."""
    tests = []
    for (first, one), (second, other) in combinations(right.items(), 2):
        only_first, only_second = int((one & ~other).sum()), int((other & ~one).sum())
        difference = (only_first - only_second) / len(one)
        p_value = mcnemar_test(only_first, only_second)
        test = PairwiseTest(first, second, difference, p_value, nan, only_first, only_second)
        tests.append(test)
    return _corrected(tests)


def pairs_on_splits(rows: Sequence[ComparisonRow]) -> list[PairwiseTest]:
    """Test every pair by the accuracies of both on the same splits; refuse fewer than five."""
    n_splits = min((len(row.split_accuracies) for row in rows), default=FEWEST_SPLITS)
    if len(rows) > 1 and n_splits < FEWEST_SPLITS:
        raise ValueError(
            f"{n_splits} splits are too few for tests of pairs, expected at least "
            f"{FEWEST_SPLITS}: the variance between so few is hardly known. Give "
            "compare_classifiers cv=10, or RepeatedStratifiedKFold(n_splits=10, n_repeats=10)."
        )
    tests = []
    for one, other in combinations(rows, 2):
        differences = np.subtract(one.split_accuracies, other.split_accuracies)
        _, p_value = corrected_resampled_t_test(
            differences.tolist(), test_fraction=one.test_fraction
        )
        difference = float(differences.mean())
        tests.append(PairwiseTest(one.name, other.name, difference, p_value, nan))
    return _corrected(tests)


def _corrected(tests: Sequence[PairwiseTest]) -> list[PairwiseTest]:
    corrected = holm_correction([test.p_value for test in tests]).tolist()
    return [replace(test, corrected_p_value=p) for test, p in zip(tests, corrected, strict=True)]

"""Which classifiers differ: every pair, tested and corrected for the number of tests."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .._statistics import FEWEST_SPLITS, corrected_resampled_t_test, holm_correction, mcnemar_test
from ._row import ComparisonRow


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
    """Test every pair by the test images that only one of the two got right.

    Parameters
    ----------
    right : dict of str to ndarray of shape (n_test,) of bool
        Which test images each classifier got right, by its name.
    """
    differences, counts, p_values = [], [], []
    pairs = list(itertools.combinations(right, 2))
    for first, second in pairs:
        one, other = right[first], right[second]
        only_one, only_other = int((one & ~other).sum()), int((other & ~one).sum())
        counts.append((only_one, only_other))
        differences.append((only_one - only_other) / len(one))
        p_values.append(mcnemar_test(np.ones(len(one)), one, other))
    return _corrected(pairs, differences, p_values, counts)


def pairs_on_splits(rows: Sequence[ComparisonRow]) -> list[PairwiseTest]:
    """Test every pair by the accuracies of both on the same splits.

    Raises
    ------
    ValueError
        If there are fewer than five splits.
    """
    n_splits = min((len(row.split_accuracies) for row in rows), default=FEWEST_SPLITS)
    if len(rows) > 1 and n_splits < FEWEST_SPLITS:
        raise ValueError(
            f"{n_splits} splits are too few for tests of pairs, expected at least "
            f"{FEWEST_SPLITS}: the variance between so few is hardly known. Give "
            "compare_classifiers cv=10, or RepeatedStratifiedKFold(n_splits=10, n_repeats=10)."
        )
    differences, p_values = [], []
    pairs = list(itertools.combinations(rows, 2))
    for first, second in pairs:
        of_splits = np.subtract(first.split_accuracies, second.split_accuracies)
        differences.append(float(of_splits.mean()))
        _, p_value = corrected_resampled_t_test(of_splits, test_fraction=first.test_fraction)
        p_values.append(p_value)
    names = [(first.name, second.name) for first, second in pairs]
    return _corrected(names, differences, p_values, [(None, None)] * len(pairs))


def _corrected(
    pairs: Sequence[tuple[str, str]],
    differences: Sequence[float],
    p_values: Sequence[float],
    counts: Sequence[tuple[int | None, int | None]],
) -> list[PairwiseTest]:
    corrected = holm_correction(p_values).tolist()
    columns = zip(pairs, differences, p_values, corrected, counts, strict=True)
    return [PairwiseTest(*pair, *figures, *count) for pair, *figures, count in columns]

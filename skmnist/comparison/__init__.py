"""Classifiers side by side: one split, one table, and how sure it is."""

from .._statistics import (
    corrected_resampled_interval,
    corrected_resampled_t_test,
    holm_correction,
    mcnemar_test,
    wilson_interval,
)
from ._baselines import default_classifiers
from ._compare import compare_classifiers
from ._comparison import Comparison
from ._display import ComparisonDisplay
from ._pairs import PairwiseTest
from ._row import ComparisonRow

__all__ = [
    "Comparison",
    "ComparisonDisplay",
    "ComparisonRow",
    "PairwiseTest",
    "compare_classifiers",
    "corrected_resampled_interval",
    "corrected_resampled_t_test",
    "default_classifiers",
    "holm_correction",
    "mcnemar_test",
    "wilson_interval",
]

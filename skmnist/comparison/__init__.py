"""Classifiers side by side: one split, one table, and how sure it is."""

from ._baselines import default_classifiers
from ._compare import compare_classifiers
from ._comparison import Comparison
from ._display import ComparisonDisplay
from ._pairs import PairwiseTest
from ._row import ComparisonRow
from ._row import in_percent as in_percent
from ._row import in_seconds as in_seconds
from ._split import hold_out_quarter as hold_out_quarter
from ._split import take_share as take_share
from ._statistics import expected_calibration_error as expected_calibration_error
from ._statistics import wilson_interval as wilson_interval

# The names imported "as" themselves are for the command line, not for users.
__all__ = [
    "Comparison",
    "ComparisonDisplay",
    "ComparisonRow",
    "PairwiseTest",
    "compare_classifiers",
    "default_classifiers",
]

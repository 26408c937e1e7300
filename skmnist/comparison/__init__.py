"""Classifiers side by side: one split, one table."""

from ._baselines import default_classifiers
from ._compare import compare_classifiers
from ._table import Comparison, ComparisonRow

__all__ = ["Comparison", "ComparisonRow", "compare_classifiers", "default_classifiers"]

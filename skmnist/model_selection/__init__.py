"""A search over parameters of networks that trains the better candidates on.

It lives beside scikit-learn's own searches (:mod:`sklearn.model_selection`), which take these
classifiers as they are.
"""

from ._halving import HalvingEpochsSearchCV

__all__ = ["HalvingEpochsSearchCV"]

"""Parameters worth searching, and a search that trains the better candidates on.

It lives beside scikit-learn's own searches (:mod:`sklearn.model_selection`), which take these
classifiers as they are.
"""

from ._halving import HalvingEpochsSearchCV
from ._spaces import search_space, suggest_parameters

__all__ = ["HalvingEpochsSearchCV", "search_space", "suggest_parameters"]

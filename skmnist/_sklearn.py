"""scikit-learn's private helpers: all that the package uses, in this file alone.

Each was last seen in scikit-learn 1.8.0 and 1.9.1. A release that moves one is met here.
"""

from typing import Any

from sklearn import base, utils
from sklearn.model_selection import _search, _validation
from sklearn.utils import _param_validation, _set_output, validation

BaseSearchCV = _search.BaseSearchCV
HasMethods = _param_validation.HasMethods
Interval = _param_validation.Interval
StrOptions = _param_validation.StrOptions
check_method_params = validation._check_method_params
check_n_features = validation._check_n_features
check_sample_weight = validation._check_sample_weight
fit_context = base._fit_context
get_output_config = _set_output._get_output_config
num_samples = validation._num_samples
safe_indexing = utils._safe_indexing
safe_set_output = _set_output._safe_set_output
search_estimator_has = _search._search_estimator_has
validate_params = _param_validation.validate_params
warn_or_raise_about_fit_failures = _validation._warn_or_raise_about_fit_failures


def check_parameters(estimator: Any) -> None:
    """Check an estimator's parameters as its own ``fit`` would, if it says what they may be."""
    if hasattr(estimator, "_parameter_constraints"):
        estimator._validate_params()


def callback_context(estimator: Any, n_subtasks: int) -> Any:
    """Return the context that tells an estimator's callbacks of a fit; None before 1.9."""
    if not hasattr(estimator, "_init_callback_context"):
        return None
    return estimator._init_callback_context(max_subtasks=n_subtasks)


def has_callbacks(estimator: Any) -> bool:
    """Whether callbacks were set on an estimator."""
    return hasattr(estimator, "_skl_callbacks")


def output_container(estimator: Any) -> str | None:
    """Return the container that ``set_output`` set for `transform`, None if it was not called."""
    return getattr(estimator, "_sklearn_output_config", {}).get("transform")


def has_metadata_requests(estimator: Any) -> bool:
    """Whether a method such as ``set_fit_request`` was called on an estimator."""
    return hasattr(estimator, "_metadata_request")


def set_metadata_requests(estimator: Any, requests: Any) -> None:
    """Set an estimator's metadata requests, whether routing is enabled or not."""
    estimator._metadata_request = requests

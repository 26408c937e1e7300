"""A pipeline and the classifier at its end, which is trained apart from the steps before."""

import copy
from typing import Any, NamedTuple

from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline


def find_last_step(estimator: Any) -> tuple[str, Any]:
    """Return the last step of a pipeline and its name, '' where there is no pipeline.

    Parameters
    ----------
    estimator : estimator
        The last step of a pipeline may be a pipeline in turn.

    Returns
    -------
    name : str
        As in ``estimator.get_params()``.
    last : estimator
    """
    names = []
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        names.append(name)
    return "__".join(names), estimator


def with_last_step(estimator: Any, last: Any) -> Any:
    """Return a shallow copy of a pipeline that ends in `last`; `last` without a pipeline."""
    if not isinstance(estimator, Pipeline):
        return last
    whole = copy.copy(estimator)
    name, step = estimator.steps[-1]
    whole.steps = [*estimator.steps[:-1], (name, with_last_step(step, last))]
    return whole


class Front(NamedTuple):
    """The steps before the last one, fitted, and what they hand on to it.

    Parameters
    ----------
    pipeline : estimator
        Its last step is a stand-in.
    handed : tuple of (X, y)
    params : dict
        Other arguments of ``fit`` that reach the last step.
    """

    pipeline: Any
    handed: tuple[Any, Any]
    params: dict[str, Any]


def fit_front(estimator: Any, X: Any, y: Any, params: dict[str, Any]) -> Front:
    """Fit all steps but the last one, and catch what that would have been fitted on.

    Parameters
    ----------
    estimator : estimator
        Left as it is.
    X, y : array-like
        Training samples.
    params : dict
        Other arguments of ``fit``, which the pipeline routes as it always does.

    Returns
    -------
    front : Front
    """
    estimator = clone(estimator)
    stand_in = StandIn(find_last_step(estimator)[1])
    pipeline = with_last_step(estimator, stand_in)
    pipeline.fit(X, y, **params)
    X, y, params = vars(stand_in).pop("handed")
    return Front(pipeline, (X, y), params)


class StandIn(BaseEstimator):
    """Stands where a pipeline has its last step, and keeps what it is handed.

    Parameters
    ----------
    understudied : estimator
        What it stands for: the same metadata reaches it.
    """

    def __init__(self, understudied: Any) -> None:
        self.understudied = understudied

    def fit(self, X: Any, y: Any, **params: Any) -> "StandIn":
        """Learn nothing."""
        self.handed = X, y, params
        return self

    def get_metadata_routing(self) -> Any:
        """Ask for what the last step asks for."""
        return self.understudied.get_metadata_routing()

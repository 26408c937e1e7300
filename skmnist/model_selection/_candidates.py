"""Candidates of a search: parameters, and the estimators that they make."""

from collections.abc import Hashable
from typing import Any, NamedTuple

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.pipeline import Pipeline

from .._classifiers import KerasClassifierBase


class Candidate(NamedTuple):
    """One setting of the parameters that are searched."""

    number: int
    params: dict[str, Any]
    estimator: Any  # with these parameters, not fitted
    front: Hashable  # equal for candidates with the same steps before the last one


def last_step(estimator: Any) -> tuple[str, Any]:
    """Return the name, as in ``get_params()``, and the last step of a pipeline, however deep.

    Without a pipeline, the name is '' and the last step is the estimator itself.
    """
    names = []
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        names.append(name)
    return "__".join(names), estimator


def list_params(
    param_grid: Any, n_candidates: int | None, random_state: Any
) -> list[dict[str, Any]]:
    """List the settings of a grid, or draw `n_candidates` of them."""
    if n_candidates is not None:
        return list(ParameterSampler(param_grid, n_candidates, random_state=random_state))
    for grid in [param_grid] if isinstance(param_grid, dict) else param_grid:
        for name, values in grid.items():
            if hasattr(values, "rvs"):
                raise ValueError(
                    f"param_grid has the distribution {values!r} for {name!r}, but n_candidates="
                    "None takes all of a grid of lists. Say how many candidates to draw."
                )
    if not (all_params := list(ParameterGrid(param_grid))):
        raise ValueError(f"param_grid={param_grid!r} has no candidates.")
    return all_params


def most_epochs(estimator: Any, max_resources: int | str) -> int:
    """Return the epochs of the last rung; 'auto' means those of the estimator."""
    if max_resources != "auto":
        return int(max_resources)
    last = last_step(estimator)[1]
    _check_last_step(estimator, last)
    if isinstance(last.epochs, str):
        raise ValueError(
            "max_resources='auto' takes the epochs of the estimator, but these are "
            f"{last.epochs!r}. Give one of both as a number."
        )
    return int(last.epochs)


def make_candidates(
    estimator: Any, all_params: list[dict[str, Any]], n_epochs: int
) -> list[Candidate]:
    """Make the estimator of each candidate, which would train for `n_epochs`."""
    candidates = []
    for number, params in enumerate(all_params):
        made = clone(estimator).set_params(**clone(params, safe=False))
        name, last = last_step(made)
        _check_last_step(made, last)
        prefix = f"{name}__" if name else ""
        if f"{prefix}epochs" in params:
            raise ValueError(
                f"param_grid has {prefix}epochs, but epochs are what the rungs hand out. "
                "Use min_resources and max_resources."
            )
        last.set_params(epochs=n_epochs)
        # Equal values of a grid are the same objects.
        front = frozenset(
            (key, id(value))
            for key, value in params.items()
            if name and key != name and not key.startswith(prefix)
        )
        candidates.append(Candidate(number, params, made, front))
    return candidates


def _check_last_step(estimator: Any, last: Any) -> None:
    if not isinstance(last, KerasClassifierBase):
        raise TypeError(
            "estimator must be a KerasMLPClassifier, KerasCNNClassifier or "
            f"KerasNetworkClassifier, or a Pipeline that ends in one, got {estimator!r}. For any "
            "other use sklearn.model_selection.HalvingGridSearchCV."
        )
    if last.early_stopping:
        raise ValueError(
            "early_stopping=True can't be searched with: the search itself stops the worse "
            "candidates early. Set early_stopping=False."
        )
    if getattr(last.optimizer, "use_ema", False):
        raise ValueError(
            f"optimizer={last.optimizer!r} has use_ema=True, which puts averages in the place of "
            "the weights when a training ends, so that it can't go on. Set use_ema=False."
        )

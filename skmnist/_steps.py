"""The steps of pipelines, nested ones included."""

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def flat_steps(estimator: Any) -> list[Any]:
    """List the steps of a pipeline and of pipelines in it, without those that do nothing.

    An estimator without steps is the only one.
    """
    if not isinstance(estimator, Pipeline):
        return [] if estimator in (None, "passthrough") else [estimator]
    steps = [inner for _, step in estimator.steps for inner in flat_steps(step)]
    return steps or [estimator]


def fitted_steps(estimator: Any) -> list[Any]:
    """List steps as `flat_steps`, those of best and of frozen estimators as well."""
    steps = []
    for step in flat_steps(estimator):
        inner = getattr(step, "best_estimator_", None)
        if isinstance(step, FrozenEstimator):
            inner = step.estimator
        elif inner is None and hasattr(step, "cv_results_"):
            raise TypeError(
                f"{step!r} has no best_estimator_: it was fitted with refit=False. Give a search "
                "with refit=True, or a fitted estimator."
            )
        steps += [step] if inner is None else fitted_steps(inner)
    return steps or [estimator]

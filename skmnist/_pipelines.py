"""What a pipeline is made of, however deep its pipelines lie in one another."""

from typing import Any

from sklearn.pipeline import Pipeline


def flat_steps(estimator: Any) -> list[Any]:
    """List the steps of a pipeline, and of pipelines in it.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    steps : list of estimator
        Without those that pass everything through; the estimator itself if it has none.
    """
    if not isinstance(estimator, Pipeline):
        return [] if estimator in (None, "passthrough") else [estimator]
    steps = [inner for _, step in estimator.steps for inner in flat_steps(step)]
    return steps or [estimator]

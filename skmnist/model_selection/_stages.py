"""Candidates trained in stages on each fold, and scored after each stage."""

import copy
import time
import traceback
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.parallel import Parallel, delayed

from .._sklearn import check_method_params, safe_indexing
from ._candidates import Candidate, last_step


class Front(NamedTuple):
    """A pipeline whose steps before the last are fitted, and the `fit` arguments of the last."""

    pipeline: Any
    X: Any
    y: Any
    params: dict[str, Any]


class StandIn(BaseEstimator):
    """Takes the place of a pipeline's last step, `replaced`, and keeps the arguments of `fit`."""

    def __init__(self, replaced: Any) -> None:
        self.replaced = replaced

    def fit(self, X: Any, y: Any, **params: Any) -> "StandIn":
        """Keep the arguments."""
        self.arguments = X, y, params
        return self

    def get_metadata_routing(self) -> Any:
        """Ask for what the last step asks for."""
        return self.replaced.get_metadata_routing()


def with_last_step(estimator: Any, last: Any) -> Any:
    """Return a shallow copy of a pipeline that ends in `last`; `last` without a pipeline."""
    if not isinstance(estimator, Pipeline):
        return last
    whole = copy.copy(estimator)
    name, step = estimator.steps[-1]
    whole.steps = [*estimator.steps[:-1], (name, with_last_step(step, last))]
    return whole


@dataclass(frozen=True)
class Evaluation:
    """Data and settings that all trainings and scorings share."""

    X: Any
    y: Any
    fit_params: dict[str, Any]
    score_params: dict[str, Any]
    scorer: Any
    error_score: Any
    return_train_score: bool

    def fit_front(self, estimator: Any, train: Any) -> Front | Exception:
        """Fit the steps before the last one on some rows; an error is returned."""
        # joblib restarts workers that grow after their first task: TensorFlow starts in that one.
        from .. import _engine  # noqa: F401

        estimator = clone(estimator)
        stand_in = StandIn(last_step(estimator)[1])
        pipeline = with_last_step(estimator, stand_in)
        try:
            params = check_method_params(self.X, params=self.fit_params, indices=train)
            pipeline.fit(safe_indexing(self.X, train), safe_indexing(self.y, train), **params)
        except Exception as error:
            if self.error_score == "raise":
                raise
            return error
        return Front(pipeline, *stand_in.__dict__.pop("arguments"))

    def train_and_score(
        self, classifier: Any, front: Front | Exception, fold: Any, n_epochs: int
    ) -> tuple[Any, dict[str, Any]]:
        """Train the last step on to `n_epochs`; return it with scores, times and error or None."""
        names = ["test_scores", "train_scores"][: 1 + self.return_train_score]
        start = time.perf_counter()
        try:
            if isinstance(front, Exception):
                raise front
            classifier.fit_until(n_epochs, front.X, front.y, **front.params)
        except Exception:
            if self.error_score == "raise":
                raise
            scores, error = dict.fromkeys(names, self.error_score), traceback.format_exc()
            times = {"fit_time": time.perf_counter() - start, "score_time": 0.0}
            return classifier, {**scores, **times, "fit_error": error}
        trained = time.perf_counter()
        whole = with_last_step(front.pipeline, classifier)
        train, test = fold
        result = {"test_scores": self._score(whole, test)}
        scored = time.perf_counter()
        if self.return_train_score:
            result["train_scores"] = self._score(whole, train)
        times = {"fit_time": trained - start, "score_time": scored - trained}
        return classifier, {**result, **times, "fit_error": None}

    def _score(self, estimator: Any, rows: Any) -> float:
        params = check_method_params(self.X, params=self.score_params, indices=rows)
        X, y = safe_indexing(self.X, rows), safe_indexing(self.y, rows)
        try:
            return float(self.scorer(estimator, X, y, **params))
        except Exception:
            if self.error_score == "raise":
                raise
            warnings.warn(
                f"Scoring failed. The score of these parameters on this fold is set to "
                f"error_score={self.error_score}. Use error_score='raise' to see it raise. "
                f"Details:\n{traceback.format_exc()}",
                UserWarning,
                stacklevel=2,
            )
            return self.error_score


class StageRunner:
    """Keeps the classifiers of the candidates that are left, one for each fold."""

    def __init__(self, evaluation: Evaluation, folds: list[Any], parallel: Parallel) -> None:
        self._evaluation, self._folds, self._parallel = evaluation, folds, parallel
        self._classifiers: dict[tuple[int, int], Any] = {}
        self._fronts: dict[tuple[Any, int], Front | Exception] = {}

    def run(self, candidates: list[Candidate], n_epochs: int) -> list[dict[str, Any]]:
        """Train candidates on to `n_epochs`; return one result a candidate and fold."""
        self._fit_fronts(candidates)
        runs = [(candidate, fold) for candidate in candidates for fold in range(len(self._folds))]
        trained = self._parallel(
            delayed(self._evaluation.train_and_score)(
                self._classifiers.get((candidate.number, fold))
                or clone(last_step(candidate.estimator)[1]),
                self._fronts[candidate.front, fold],
                self._folds[fold],
                n_epochs,
            )
            for candidate, fold in runs
        )
        self._classifiers = {
            (candidate.number, fold): classifier
            for (candidate, fold), (classifier, _) in zip(runs, trained, strict=True)
        }
        return [result for _, result in trained]

    def _fit_fronts(self, candidates: list[Candidate]) -> None:
        """Fit the steps before the last one, once for each setting of theirs and fold."""
        by_front = {candidate.front: candidate for candidate in reversed(candidates)}
        places = [(front, fold) for front in by_front for fold in range(len(self._folds))]
        missing = [place for place in places if place not in self._fronts]
        fitted = self._parallel(
            delayed(self._evaluation.fit_front)(by_front[front].estimator, self._folds[fold][0])
            for front, fold in missing
        )
        fronts = {**self._fronts, **dict(zip(missing, fitted, strict=True))}
        self._fronts = {place: fronts[place] for place in places}

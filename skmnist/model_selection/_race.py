"""The candidates on all folds, rung after rung: trained on, and scored."""

import time
import traceback
import warnings
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._sklearn import check_method_params, safe_indexing
from ._candidates import Candidate
from ._last_step import Front, find_last_step, fit_front, with_last_step


@dataclass(frozen=True)
class Work:
    """What all candidates share.

    Parameters
    ----------
    X, y : array-like
        All samples.
    fit_params, score_params : dict
        Other arguments of ``fit`` and of the scorer, for all samples.
    scorer : callable
    error_score : float or 'raise'
        The score of what failed.
    return_train_score : bool
    """

    X: Any
    y: Any
    fit_params: dict[str, Any]
    score_params: dict[str, Any]
    scorer: Any
    error_score: Any
    return_train_score: bool

    def front(self, estimator: Any, train: Any) -> "Front | Exception":
        """Fit the steps before the last one on a fold; an error is for all who need them."""
        # joblib stops workers that grow after their first task: TensorFlow starts in that one.
        from .. import engine  # noqa: F401

        try:
            params = check_method_params(self.X, params=self.fit_params, indices=train)
            rows = safe_indexing(self.X, train), safe_indexing(self.y, train)
            return fit_front(estimator, *rows, params)
        except Exception as error:
            if self.error_score == "raise":
                raise
            return error

    def train_and_score(
        self, estimator: Any, front: "Front | Exception | None", fold: Any, n_epochs: int
    ) -> tuple[Any, dict[str, Any]]:
        """Train the last step of an estimator on, and score the whole.

        Parameters
        ----------
        estimator : estimator
            Its last step is not fitted, or was fitted by the rung before.
        front : Front, Exception or None
            The steps before the last one. None where there are none.
        fold : tuple of (train, test)
            Row numbers.
        n_epochs : int
            Epochs trained at the end of this rung.

        Returns
        -------
        estimator : estimator
            Its last step is fitted, unless that failed.
        result : dict
            Scores and times, and the error or None.
        """
        train, test = fold
        names = ["test_scores", "train_scores"][: 1 + self.return_train_score]
        result = dict.fromkeys(names, self.error_score)
        start = time.perf_counter()
        try:
            front = front or self.front(estimator, train)
            if isinstance(front, Exception):
                raise front
            classifier = find_last_step(estimator)[1]
            classifier.fit_until(n_epochs, *front.handed, **front.params)
        except Exception:
            if self.error_score == "raise":
                raise
            taken = time.perf_counter() - start
            return estimator, {
                **result,
                "fit_time": taken,
                "score_time": 0.0,
                "fit_error": traceback.format_exc(),
            }
        trained = time.perf_counter()
        whole = with_last_step(front.pipeline, classifier)
        result["test_scores"] = self._score(whole, test)
        scored = time.perf_counter()
        if self.return_train_score:
            result["train_scores"] = self._score(whole, train)
        times = {"fit_time": trained - start, "score_time": scored - trained}
        return estimator, {**result, **times, "fit_error": None}

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


class Race:
    """Where the candidates stand: an estimator of each on each fold.

    Parameters
    ----------
    work : Work
    folds : list of tuple (train, test)
        Row numbers.
    parallel : sklearn.utils.parallel.Parallel
    """

    def __init__(self, work: Work, folds: list[Any], parallel: Parallel) -> None:
        self.work, self.folds, self._parallel = work, folds, parallel
        # By candidate or front, and fold. What has dropped out is not kept.
        self._estimators: dict[tuple[int, int], Any] = {}
        self._fronts: dict[tuple[Any, int], Any] = {(None, i): None for i in range(len(folds))}

    def run(self, candidates: list[Candidate], n_epochs: int) -> list[dict[str, Any]]:
        """Train all that are left up to some epoch.

        Parameters
        ----------
        candidates : list of Candidate
            In the first rung all; later those that are left.
        n_epochs : int

        Returns
        -------
        results : list of dict
            One a candidate and fold, in this order.
        """
        self._fit_fronts(candidates)
        runs = [(candidate, fold) for candidate in candidates for fold in range(len(self.folds))]
        out = self._parallel(
            delayed(self.work.train_and_score)(
                self._estimators.get((candidate.number, fold)) or clone(candidate.estimator),
                self._fronts[candidate.front, fold],
                self.folds[fold],
                n_epochs,
            )
            for candidate, fold in runs
        )
        self._estimators = {
            (candidate.number, fold): estimator
            for (candidate, fold), (estimator, _) in zip(runs, out, strict=True)
        }
        return [result for _, result in out]

    def _fit_fronts(self, candidates: list[Candidate]) -> None:
        """Fit the steps before the last one, once for each setting of theirs and fold."""
        by_front = {candidate.front: candidate for candidate in reversed(candidates)}
        places = [(front, fold) for front in by_front for fold in range(len(self.folds))]
        missing = [place for place in places if place not in self._fronts]
        fitted = self._parallel(
            delayed(self.work.front)(by_front[front].estimator, self.folds[fold][0])
            for front, fold in missing
        )
        fronts = {**self._fronts, **dict(zip(missing, fitted, strict=True))}
        self._fronts = {place: fronts[place] for place in places}

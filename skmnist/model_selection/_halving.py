"""Successive halving over epochs, in which survivors go on instead of starting again."""

import math
import time
from copy import deepcopy
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import TransformerMixin, is_classifier
from sklearn.metrics import get_scorer_names
from sklearn.model_selection import check_cv
from sklearn.utils import Tags, get_tags, indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.parallel import Parallel
from sklearn.utils.validation import check_is_fitted

from .._sklearn import (
    BaseSearchCV,
    HasMethods,
    Interval,
    StrOptions,
    check_method_params,
    fit_context,
    safe_set_output,
    search_estimator_has,
    warn_or_raise_about_fit_failures,
)
from ._candidates import Candidate, list_params, make_candidates, most_epochs
from ._rungs import plan_rungs
from ._stages import Evaluation, StageRunner
from ._tasks import SearchTasks


class HalvingEpochsSearchCV(TransformerMixin, BaseSearchCV):
    """Halving search over epochs in which the better candidates are trained on.

    All candidates are trained for a few epochs on each fold. The best third (see `factor`) is
    trained on from there, for three times the epochs in all, and so on until the last ones have
    had `max_resources` epochs [1]_. :class:`sklearn.model_selection.HalvingGridSearchCV` begins
    each of these trainings again.

    The learning rate follows the schedule of the whole training from the first rung on: a
    candidate that comes through is, on each fold, bit for bit that of one fit.

    Parameters
    ----------
    estimator : KerasMLPClassifier, KerasCNNClassifier, KerasNetworkClassifier or a Pipeline \
            that ends in one
        Trained as a clone. ``early_stopping=True`` is refused: halving stops early itself.
    param_grid : dict or list of dict
        Parameters to search, except `epochs`, with the values of each in a list; with
        `n_candidates` also distributions with a method ``rvs``.
    n_candidates : int or None, default=None
        How many settings to draw, as :class:`sklearn.model_selection.ParameterSampler` does.
        None takes all of the grid.
    factor : float, default=3
        One in `factor` candidates goes on to the next rung, for `factor` times the epochs.
        Larger than 1.
    min_resources : int or 'exhaust', default='exhaust'
        Epochs of the first rung. ``'exhaust'`` means as many as leave room for
        `n_required_iterations_` rungs.
    max_resources : int or 'auto', default='auto'
        Epochs of the last rung, of the schedule and of the final fit. ``'auto'`` means the
        `epochs` of the estimator, which must then be a number.
    cv : int, splitter or iterable, default=5
        As in :class:`sklearn.model_selection.GridSearchCV`. The folds are made once.
    scoring : str, callable or None, default=None
        One score; larger is better. None means the accuracy.
    refit : bool, default=True
        Whether the best candidate is trained on all samples in the end.
    error_score : float or 'raise', default=nan
        Score of a candidate on a fold where its training fails; a candidate with a NaN drops
        out. ``'raise'`` raises the error.
    return_train_score : bool, default=False
        Whether `cv_results_` has scores on the training samples too.
    random_state : int, RandomState instance or None, default=None
        Decides which settings `n_candidates` draws, and nothing else.
    n_jobs : int or None, default=None
        Trainings of a rung that run at the same time, in processes of joblib.
    verbose : int, default=0
        1 prints a line for each rung, 2 also the scores of its candidates.

    Attributes
    ----------
    cv_results_ : dict of str to ndarray
        As in :class:`sklearn.model_selection.HalvingGridSearchCV`: a row for each candidate and
        rung, with ``iter``, ``n_resources`` (epochs trained at its end), ``params``,
        ``mean_test_score`` and so on. ``mean_fit_time`` is that of the network in this rung.
    best_estimator_ : estimator
        The best candidate, trained on all samples for `max_resources_` epochs.
    best_params_ : dict
        Its parameters, without the number of epochs.
    best_score_ : float
        Its mean score in the last rung.
    best_index_ : int
        Its row in `cv_results_`.
    refit_time_ : float
        Seconds of the final fit.
    scorer_ : callable
        The scorer.
    n_splits_ : int
        Number of folds.
    n_resources_, n_candidates_ : list of int
        Epochs at the end of each rung, and its candidates.
    n_remaining_candidates_ : int
        Candidates that one more rung would have had.
    n_iterations_ : int
        Number of rungs.
    n_required_iterations_, n_possible_iterations_ : int
        Rungs that it takes to come down to fewer than `factor` candidates, and rungs that lie
        between `min_resources_` and `max_resources_`.
    min_resources_, max_resources_ : int
        Epochs of the first rung and of the last.
    multimetric_ : bool
        False.
    classes_ : ndarray of shape (n_classes,)
        Labels of `best_estimator_`.
    n_features_in_ : int
        Number of features of `best_estimator_`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `X` had any.

    See Also
    --------
    sklearn.model_selection.GridSearchCV : Trains all candidates to the end.
    sklearn.model_selection.HalvingGridSearchCV : Halving for any estimator and resource.

    Notes
    -----
    Between rungs the classifiers of all candidates left are kept in memory, one for each fold, and
    what a pipeline's transformers, fitted once for each setting of theirs, made of each fold.

    The last rung always has `max_resources` epochs, where scikit-learn's searches may end before.
    Keras callbacks begin again in each rung.

    References
    ----------
    .. [1] K. Jamieson, A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
       Optimization", AISTATS 2016.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.model_selection import HalvingEpochsSearchCV
    >>> X, y = load_digits(return_X_y=True)
    >>> search = HalvingEpochsSearchCV(
    ...     KerasMLPClassifier((32,), batch_size=64, random_state=0),
    ...     {"learning_rate": [0.0001, 0.003, 0.01], "alpha": [0.0001, 1.0, 100.0]},
    ...     max_resources=9,
    ...     cv=2,
    ... )
    >>> search = search.fit(X, y)
    >>> search.n_candidates_, search.n_resources_
    ([9, 3, 1], [1, 3, 9])
    >>> search.best_params_["learning_rate"] > 0.0001
    True
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"])],
        "param_grid": [dict, list],
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
        "factor": [Interval(Real, 1, None, closed="neither")],
        "min_resources": [Interval(Integral, 1, None, closed="left"), StrOptions({"exhaust"})],
        "max_resources": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "refit": ["boolean"],
        "cv": ["cv_object"],
        "error_score": [StrOptions({"raise"}), Real],
        "return_train_score": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any,
        param_grid: dict[str, Any] | list[dict[str, Any]],
        *,
        n_candidates: int | None = None,
        factor: float = 3,
        min_resources: int | str = "exhaust",
        max_resources: int | str = "auto",
        cv: Any = 5,
        scoring: Any = None,
        refit: bool = True,
        error_score: float | str = np.nan,
        return_train_score: bool = False,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.param_grid = param_grid
        self.n_candidates = n_candidates
        self.factor = factor
        self.min_resources = min_resources
        self.max_resources = max_resources
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, **params: Any) -> Self:
        """Search, and train the best candidate on all samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Training samples, as the estimator takes them.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Targets.
        **params : dict of str to object
            As :class:`sklearn.model_selection.GridSearchCV` takes them: arguments of the
            estimator's ``fit``, such as `sample_weight`, of the scorer and of the splitter.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        TypeError
            If a candidate does not end in a Keras classifier.
        ValueError
            If parameters contradict each other, or no candidate is left to go on with.
        """
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target "
                "y is None."
            )
        candidates, rungs = self._plan()
        scorer, _ = self._get_scorers()
        X, y = indexable(X, y)
        params = check_method_params(X, params=params)
        routed = self._get_routed_params_for_fit(params)
        splitter = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        # Cut once: all rungs have the same folds, whatever the splitter.
        folds = list(splitter.split(X, y, **routed.splitter.split))
        self.n_splits_: int = len(folds)

        evaluation = Evaluation(
            X,
            y,
            fit_params=routed.estimator.fit,
            score_params=routed.scorer.score,
            scorer=scorer,
            error_score=self.error_score,
            return_train_score=self.return_train_score,
        )
        tasks = SearchTasks(self, len(rungs) + self.refit, X, y)
        with Parallel(n_jobs=self.n_jobs) as parallel:
            self._search(StageRunner(evaluation, folds, parallel), candidates, rungs, tasks)
        if self.refit:
            (best,) = make_candidates(self.estimator, [self.best_params_], self.max_resources_)
            self.best_estimator_: Any = best.estimator
            with tasks.task("refit", self.best_estimator_):
                start = time.perf_counter()
                self.best_estimator_.fit(X, y, **routed.estimator.fit)
                self.refit_time_: float = time.perf_counter() - start
            if hasattr(self.best_estimator_, "feature_names_in_"):
                self.feature_names_in_ = self.best_estimator_.feature_names_in_
        self.scorer_: Any = scorer
        tasks.end()
        return self

    @available_if(search_estimator_has("get_feature_names_out"))
    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the columns that `transform` gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            As the best estimator takes it.

        Returns
        -------
        names : ndarray of str objects
            The names of the best estimator.
        """
        check_is_fitted(self)
        return self.best_estimator_.get_feature_names_out(input_features)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Set the container that `transform` returns.

        Parameters
        ----------
        transform : {'default', 'pandas', 'polars'} or None, default=None
            Handed to `estimator` and the best estimator. None changes nothing.

        Returns
        -------
        self : HalvingEpochsSearchCV
            This search.
        """
        for estimator in (self.estimator, getattr(self, "best_estimator_", self.estimator)):
            safe_set_output(estimator, transform=transform)
        return self

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        of_estimator = get_tags(self.estimator)
        tags.transformer_tags = deepcopy(of_estimator.transformer_tags)
        tags.input_tags.three_d_array = of_estimator.input_tags.three_d_array
        tags.target_tags.required = True
        return tags

    def _plan(self) -> tuple[list[Candidate], list[int]]:
        """List the candidates, and the epochs at the end of each rung."""
        self.max_resources_: int = most_epochs(self.estimator, self.max_resources)
        if not isinstance(self.min_resources, str) and self.min_resources > self.max_resources_:
            raise ValueError(
                f"min_resources={self.min_resources} is more than the {self.max_resources_} "
                "epochs of max_resources. The first rung can't be longer than the last."
            )
        all_params = list_params(self.param_grid, self.n_candidates, self.random_state)
        candidates = make_candidates(self.estimator, all_params, self.max_resources_)
        rungs = plan_rungs(len(candidates), self.factor, self.min_resources, self.max_resources_)
        self.min_resources_: int = rungs.n_epochs[0]
        self.n_iterations_: int = len(rungs.n_epochs)
        self.n_required_iterations_: int = rungs.n_required
        self.n_possible_iterations_: int = rungs.n_possible
        return candidates, rungs.n_epochs

    def _search(
        self,
        runner: StageRunner,
        candidates: list[Candidate],
        rungs: list[int],
        tasks: SearchTasks,
    ) -> None:
        """Run the rungs, and set all attributes that are known before the refit."""
        self.n_resources_: list[int] = rungs
        self.n_candidates_: list[int] = []
        params, results, iterations = [], [], []
        for rung, n_epochs in enumerate(rungs):
            n_candidates = len(candidates)
            if self.verbose:
                print(
                    f"Rung {rung + 1} of {len(rungs)}: {n_candidates} candidates on "
                    f"{self.n_splits_} folds, up to epoch {n_epochs}",
                    flush=True,
                )
            with tasks.task("rung"):
                of_rung = runner.run(candidates, n_epochs)
            warn_or_raise_about_fit_failures(of_rung, self.error_score)
            params += [candidate.params for candidate in candidates]
            results += of_rung
            iterations += [rung] * n_candidates
            self.n_candidates_.append(n_candidates)

            scores = np.reshape([result["test_scores"] for result in of_rung], (n_candidates, -1))
            means = scores.mean(axis=1)
            best_first = np.argsort(-means, kind="stable")  # NaN is last
            if self.verbose > 1:
                for i in best_first:
                    print(f"  {means[i]:.4f}  {candidates[i].params}", flush=True)
            n_kept = min(math.ceil(n_candidates / self.factor), np.isfinite(means).sum())
            if n_kept == 0:
                raise ValueError(
                    f"No candidate has a finite score on all folds after {n_epochs} epochs: "
                    f"{means}. Set error_score='raise' to see the first error."
                )
            candidates = [candidates[i] for i in sorted(best_first[:n_kept])]

        self.best_index_: int = len(params) - n_candidates + best_first[0]
        self.best_params_: dict[str, Any] = params[self.best_index_]
        self.best_score_: float = means[best_first[0]]
        self.n_remaining_candidates_: int = n_kept
        self.multimetric_ = False
        more = {"iter": iterations, "n_resources": [rungs[i] for i in iterations]}
        self.cv_results_: dict[str, Any] = self._format_results(
            params, self.n_splits_, results, more
        )

"""Survivors go on: what a rung scores is one fit that has come so far."""

import keras
import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    ShuffleSplit,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline

from skmnist import KerasCNNClassifier, PixelScaler, RandomDistortion, make_digit_pipeline
from skmnist.model_selection import HalvingEpochsSearchCV

NOISY = {"dropout": 0.2, "batch_norm": True, "augmenter": RandomDistortion(shift=0.1)}
CNN = KerasCNNClassifier(
    (2,), hidden_layer_sizes=(4,), epochs=9, batch_size=64, random_state=0, **NOISY
)
RATES = [0.001, 0.005, 0.02]


def losses_by_hand(estimator, X, y, sample_weight, n_epochs):
    """Held-out log loss on three folds of fits that are stopped after some epochs."""

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch + 1 == n_epochs

    for train, test in StratifiedKFold(3).split(X, y):
        stopped = clone(estimator).set_params(keras_callbacks=[Stop])
        stopped.fit(X[train], y[train], sample_weight[train])
        proba = stopped.predict_proba(X[test])
        yield log_loss(y[test], proba, sample_weight=sample_weight[test])


@pytest.mark.parametrize("schedule", ["one_cycle", "constant"])
@pytest.mark.parametrize("kind", ["momentum", "noisy mlp", "noisy cnn"])
def test_every_rung_scores_one_fit_that_has_come_so_far(kind, schedule, mlp, few_digits):
    estimator = {
        "momentum": clone(mlp).set_params(optimizer=keras.optimizers.SGD(momentum=0.9)),
        "noisy mlp": clone(mlp).set_params(**NOISY),
        "noisy cnn": clone(CNN),
    }[kind].set_params(schedule=schedule)
    X, y = few_digits
    weights = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    search = HalvingEpochsSearchCV(
        estimator, {"learning_rate": RATES}, cv=3, scoring="neg_log_loss"
    ).fit(X, y, sample_weight=weights)
    results = search.cv_results_
    assert search.n_resources_ == [3, 9]
    assert search.n_candidates_ == [3, 1]
    assert results["iter"].tolist() == [0, 0, 0, 1]
    assert results["n_resources"].tolist() == [3, 3, 3, 9]
    for row, params in enumerate(results["params"]):
        expected = losses_by_hand(
            clone(estimator).set_params(**params), X, y, weights, results["n_resources"][row]
        )
        for fold, loss in enumerate(expected):
            assert results[f"split{fold}_test_score"][row] == -loss

    whole = clone(estimator).set_params(**search.best_params_).fit(X, y, sample_weight=weights)
    for a, b in zip(search.best_estimator_.weights_, whole.weights_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_epochs_are_trained_once(mlp, few_digits, trained):
    grid = {"alpha": np.logspace(-4, 2, 9)}
    mlp.set_params(calibrate=False)  # no second networks
    search = HalvingEpochsSearchCV(mlp, grid, cv=2).fit(*few_digits)
    assert (search.n_candidates_, search.n_resources_) == ([9, 3, 1], [1, 3, 9])
    # On two folds each: nine candidates one epoch, three two more, one six more; and the refit.
    assert len(trained) == 2 * (9 * 1 + 3 * 2 + 1 * 6) + 9

    trained.clear()
    HalvingGridSearchCV(mlp, grid, cv=2, resource="epochs", max_resources=9).fit(*few_digits)
    assert len(trained) == 2 * (9 * 1 + 3 * 3 + 1 * 9) + 9


def test_with_one_rung_it_is_a_grid_search(mlp, few_digits):
    grid = [{"alpha": [1e-4, 10.0], "batch_size": [32]}, {"learning_rate": [0.01]}]
    settings = {"cv": 3, "return_train_score": True, "scoring": "neg_log_loss"}
    # Four candidates would be two rungs, but there are no epochs for the first of them.
    ours = HalvingEpochsSearchCV(mlp, grid, min_resources=9, **settings).fit(*few_digits)
    theirs = GridSearchCV(mlp, grid, **settings).fit(*few_digits)
    assert set(ours.cv_results_) == {*theirs.cv_results_, "iter", "n_resources"}
    for name in set(theirs.cv_results_):
        if "time" not in name:
            np.testing.assert_array_equal(ours.cv_results_[name], theirs.cv_results_[name])
    assert ours.best_params_ == theirs.best_params_
    assert ours.best_score_ == theirs.best_score_
    assert ours.best_index_ == theirs.best_index_
    assert ours.score(*few_digits) == theirs.score(*few_digits)


class Counted(TransformerMixin, BaseEstimator):
    """Passes everything through, and counts its fits."""

    n_fits = 0

    def __init__(self, factor=1):
        self.factor = factor

    def fit(self, X, y=None):
        Counted.n_fits += 1
        self.fitted_ = True
        return self

    def transform(self, X):
        return X * self.factor


def test_steps_are_fitted_once_for_each_fold_and_setting(mlp, few_digits, monkeypatch):
    monkeypatch.setattr(Counted, "n_fits", 0)
    pipeline = make_pipeline(Counted(), mlp)
    grid = {"counted__factor": [1, 2], "kerasmlpclassifier__alpha": [1e-4, 1e-3, 1e-2, 1, 10]}
    search = HalvingEpochsSearchCV(pipeline, grid, cv=3, refit=False).fit(*few_digits)
    assert search.n_candidates_ == [10, 4, 2]
    assert Counted.n_fits == 2 * 3


@pytest.mark.parametrize("nested", [False, True])
def test_a_pipeline_goes_on_at_its_end(nested, mlp, few_digits):
    X, y = few_digits
    # What PCA makes of its training rows differs in the last bits from what it makes of any.
    steps = [PCA(16, random_state=0), mlp]
    pipeline = make_pipeline(PixelScaler(), *([make_pipeline(*steps)] if nested else steps))
    prefix = "pipeline__" if nested else ""
    grid = {
        f"{prefix}pca__n_components": [2, 16],
        f"{prefix}kerasmlpclassifier__learning_rate": [0.001, 0.02],
    }
    search = HalvingEpochsSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(X, y)
    assert search.n_candidates_ == [4, 2]
    whole = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(X, y)
    for row in (4, 5):
        same = whole.cv_results_["params"].index(search.cv_results_["params"][row])
        for fold in range(3):
            name = f"split{fold}_test_score"
            assert search.cv_results_[name][row] == whole.cv_results_[name][same]
    assert search.best_params_ == whole.best_params_
    np.testing.assert_array_equal(search.predict_proba(X), whole.predict_proba(X))


def test_other_classifiers_may_stand_at_the_end(mlp, few_digits):
    cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(4,), batch_size=32, random_state=0)
    grid = {"classify": [mlp, cnn], "classify__learning_rate": [1e-6, 0.02]}
    search = HalvingEpochsSearchCV(
        make_digit_pipeline(cnn), grid, cv=2, max_resources=6, factor=2
    ).fit(few_digits[0].reshape(-1, 8, 8), few_digits[1])
    assert search.n_candidates_ == [4, 2, 1]
    assert search.n_resources_ == [1, 2, 6]
    assert search.best_params_["classify__learning_rate"] == 0.02
    assert search.best_estimator_[-1].n_iter_ == 6


def test_weights_find_their_way(mlp, few_digits):
    X, y = few_digits
    weights = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    pipeline = make_pipeline(Counted(), mlp)

    def scores(kind, estimator, **fit_params):
        name = "alpha" if estimator is mlp else "kerasmlpclassifier__alpha"
        search = kind(estimator, {name: [1e-4, 10.0]}, cv=2, refit=False)
        return search.fit(X, y, **fit_params).cv_results_["mean_test_score"].tolist()

    def ours_and_theirs(*args, **fit_params):
        ours = scores(HalvingEpochsSearchCV, *args, **fit_params)
        assert ours == scores(GridSearchCV, *args, **fit_params)
        return ours

    without = scores(HalvingEpochsSearchCV, mlp)
    plain = ours_and_theirs(mlp, sample_weight=weights)
    by_name = ours_and_theirs(pipeline, kerasmlpclassifier__sample_weight=weights)
    assert len({tuple(s) for s in (without, plain, by_name)}) == 3  # by_name scores unweighted
    with config_context(enable_metadata_routing=True):
        mlp.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        assert ours_and_theirs(mlp, sample_weight=weights) == plain
        assert ours_and_theirs(pipeline, sample_weight=weights) == plain


def test_folds_are_cut_once(mlp, few_digits):
    class Cuts(ShuffleSplit):
        n_cuts = 0

        def split(self, X, y=None, groups=None):
            self.n_cuts += 1
            return super().split(X, y, groups)

    cuts = Cuts(2, random_state=None)  # other folds with every call
    HalvingEpochsSearchCV(mlp, {"learning_rate": RATES}, cv=cuts, refit=False).fit(*few_digits)
    assert cuts.n_cuts == 1

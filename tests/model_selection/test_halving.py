"""The search as scikit-learn's conventions want it, and what it refuses."""

import pickle
import re

import keras
import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import clone, is_classifier
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import (
    check_estimator,
    check_param_validation,
    check_transformer_general,
)

from skmnist import KerasMLPClassifier, PixelScaler
from skmnist.model_selection import HalvingEpochsSearchCV

RATES = {"learning_rate": [1e-6, 1e-5, 0.02]}


@pytest.fixture(scope="module")
def search(few_digits):
    mlp = KerasMLPClassifier((8,), epochs=9, batch_size=32, random_state=0)
    return HalvingEpochsSearchCV(mlp, RATES, cv=3).fit(*few_digits)


# Some processors warn when scikit-learn's dtype check casts -0.7 to uint8.
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.parametrize(
    "mlp",
    [
        KerasMLPClassifier(
            (16,), epochs=6, batch_size=32, optimizer="sgd", learning_rate=0.1, random_state=0
        ),
        pytest.param(KerasMLPClassifier(epochs=20, random_state=0), marks=pytest.mark.slow),
    ],
    ids=["small", "defaults"],
)
def test_check_estimator(mlp):
    grid = {"alpha": [1e-4, 1e-3]}
    check_estimator(HalvingEpochsSearchCV(mlp, grid, factor=2, cv=2, error_score="raise"))


@pytest.mark.parametrize("check", [check_param_validation, check_transformer_general])
def test_own_checks_of_sklearn(check, mlp):
    check("HalvingEpochsSearchCV", HalvingEpochsSearchCV(mlp, {"alpha": [1e-4]}, cv=2))


def test_what_it_learns(search, few_digits):
    results = search.cv_results_
    best = search.best_index_
    assert search.best_params_ == results["params"][best] == {"learning_rate": 0.02}
    assert search.best_score_ == results["mean_test_score"][best] > 0.7
    assert best == 3  # the one row of the last rung
    assert results["rank_test_score"][best] == 1
    assert results["param_learning_rate"].tolist() == [1e-6, 1e-5, 0.02, 0.02]
    assert (results["mean_fit_time"] > 0).all()
    assert (results["mean_score_time"] > 0).all()
    assert search.best_estimator_.n_iter_ == search.max_resources_ == 9
    assert search.min_resources_ == 3
    assert search.n_iterations_ == search.n_required_iterations_ == 2
    assert search.n_possible_iterations_ == 2
    assert search.n_remaining_candidates_ == 1
    assert search.n_splits_ == 3
    assert search.refit_time_ > 0
    assert search.multimetric_ is False
    assert not hasattr(search.estimator, "weights_")


def test_it_predicts_as_its_best_estimator(search, few_digits):
    X, y = few_digits
    best = search.best_estimator_
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        np.testing.assert_array_equal(getattr(search, method)(X), getattr(best, method)(X))
    np.testing.assert_array_equal(search.transform(X), best.transform(X))
    assert search.score(X, y) == best.score(X, y)
    assert search.classes_.tolist() == list(range(10))
    assert search.n_features_in_ == 64
    assert is_classifier(search)
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict_proba(X), search.predict_proba(X))


def test_it_names_what_it_transforms(search, few_digits):
    pd = pytest.importorskip("pandas")
    X, y = few_digits
    names = [f"kerasmlpclassifier{i}" for i in range(8)]
    assert search.get_feature_names_out().tolist() == names
    pipeline = make_pipeline(PixelScaler(), clone(search)).set_output(transform="pandas")
    features = pipeline.fit(X, y).transform(X)
    assert isinstance(features, pd.DataFrame)
    assert list(features.columns) == names
    table = pipeline[:-1].transform(X)
    assert isinstance(pipeline[-1].set_output(transform="default").transform(table), np.ndarray)


def test_it_is_an_estimator_like_others(mlp, few_digits):
    search = HalvingEpochsSearchCV(mlp, RATES, factor=4, scoring="neg_log_loss")
    copy = clone(search)
    assert copy.get_params()["estimator__hidden_layer_sizes"] == (8,)
    assert copy.set_params(estimator__alpha=1.0, cv=2).estimator.alpha == 1.0
    with pytest.raises(NotFittedError):
        copy.predict(few_digits[0])
    without = clone(search).set_params(refit=False, cv=2).fit(*few_digits)
    assert without.best_params_ == {"learning_rate": 0.02}
    with pytest.raises(AttributeError, match="predict"):
        without.predict(few_digits[0])
    scores = cross_val_score(copy.set_params(scoring=None), *few_digits, cv=2)
    assert scores.min() > 0.5


def test_names_of_columns_are_learned(mlp, few_digits):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(few_digits[0], columns=[f"pixel {i}" for i in range(64)])
    search = HalvingEpochsSearchCV(mlp, {"alpha": [1e-4]}, cv=2).fit(frame, few_digits[1])
    assert search.feature_names_in_.tolist() == list(frame.columns)


def test_candidates_are_drawn(mlp, few_digits):
    space = {"learning_rate": loguniform(1e-5, 0.05), "alpha": [1e-4, 1.0]}
    searches = [
        HalvingEpochsSearchCV(
            mlp, space, n_candidates=4, random_state=seed, cv=2, max_resources=4, refit=False
        ).fit(*few_digits)
        for seed in (0, 0, 1)
    ]
    first, again, other = ([tuple(p.values()) for p in s.cv_results_["params"]] for s in searches)
    assert searches[0].n_candidates_ == [4, 2]
    assert len(set(first)) == 4
    assert first == again != other


def test_an_unseeded_network_goes_on_too(mlp, few_digits):
    # Wide enough to learn from any start.
    mlp.set_params(hidden_layer_sizes=(32,), random_state=None)
    search = HalvingEpochsSearchCV(mlp, RATES, cv=2).fit(*few_digits)
    assert search.best_score_ > 0.6


def test_what_diverges_drops_out(mlp, few_digits):
    mlp.set_params(schedule="constant", jit_compile=False)  # a failure costs a program
    search = HalvingEpochsSearchCV(mlp, {"learning_rate": [1e30, 0.01, 1e35, 0.1]}, cv=2)
    with (
        pytest.warns(FitFailedWarning, match=r"(?s)4 fits failed out of a total of 8.*diverged"),
        pytest.warns(UserWarning, match="test scores are non-finite"),
    ):
        search.fit(*few_digits)
    assert search.n_candidates_ == [4, 2]
    scores = search.cv_results_["mean_test_score"]
    assert np.isnan(scores).tolist() == [True, False, True, False, False, False]
    with pytest.raises(ValueError, match="Training diverged"):
        clone(search).set_params(error_score="raise").fit(*few_digits)
    search.set_params(param_grid={"learning_rate": [1e30, 1e35]})
    with pytest.raises(ValueError, match=r"(?s)All the 4 fits failed.*Training diverged"):
        search.fit(*few_digits)


def test_steps_that_fail_are_failures_of_their_candidates(mlp, few_digits):
    pipeline = make_pipeline(PixelScaler(), mlp)
    grid = {"pixelscaler__pixel_range": ["auto", (5, 5)]}
    search = HalvingEpochsSearchCV(pipeline, grid, cv=2)
    with (
        pytest.warns(FitFailedWarning, match="pixel_range"),
        pytest.warns(UserWarning, match="test scores are non-finite"),
    ):
        search.fit(*few_digits)
    assert search.best_params_ == {"pixelscaler__pixel_range": "auto"}


def test_a_score_that_fails(mlp, few_digits):
    def half(estimator, X, y):
        if estimator.alpha > 1:
            raise RuntimeError("no score")
        return 0.5

    search = HalvingEpochsSearchCV(
        mlp, {"alpha": [10.0, 0.1]}, cv=2, scoring=half, error_score=0.0, refit=False
    )
    with pytest.warns(UserWarning, match=r"(?s)Scoring failed.*error_score=0.0.*no score"):
        search.fit(*few_digits)
    assert search.cv_results_["mean_test_score"].tolist() == [0.0, 0.5]
    with pytest.raises(RuntimeError, match="no score"):
        search.set_params(error_score="raise").fit(*few_digits)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"estimator": LogisticRegression()}, TypeError, "HalvingGridSearchCV"),
        ({"estimator": make_pipeline(PixelScaler())}, TypeError, "ends in one, got Pipeline"),
        ({"estimator__early_stopping": True}, ValueError, "early_stopping=True.*=False"),
        ({"estimator__optimizer": keras.optimizers.SGD(use_ema=True)}, ValueError, "use_ema"),
        ({"estimator__epochs": "auto"}, ValueError, "max_resources='auto'.*as a number"),
        ({"param_grid": {"epochs": [1, 2]}}, ValueError, "has epochs.*Use min_resources"),
        ({"param_grid": {"nonsense": [1]}}, ValueError, "Invalid parameter 'nonsense'"),
        ({"param_grid": []}, ValueError, r"param_grid=\[\] has no candidates"),
        ({"param_grid": {"alpha": loguniform(1, 2)}}, ValueError, "Say how many candidates"),
        ({"min_resources": 10}, ValueError, "min_resources=10 is more than the 9 epochs"),
        ({"factor": 1}, ValueError, "'factor' parameter"),
        ({"scoring": ["accuracy", "f1"]}, ValueError, "'scoring' parameter"),
    ],
)
def test_refusals(changes, error, message, mlp, few_digits, trained):
    search = HalvingEpochsSearchCV(mlp, {"alpha": [1e-4, 1.0]}).set_params(**changes)
    with pytest.raises(error, match=message):
        search.fit(*few_digits)
    assert trained == []


def test_it_says_how_far_it_is(mlp, few_digits, capsys):
    HalvingEpochsSearchCV(mlp, RATES, cv=2, verbose=2).fit(*few_digits)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Rung 1 of 2: 3 candidates on 2 folds, up to epoch 3"
    assert re.fullmatch(r"  0\.\d{4}  \{'learning_rate': 0.02\}", lines[1])
    assert lines[4] == "Rung 2 of 2: 1 candidates on 2 folds, up to epoch 9"
    assert len(lines) == 6


def test_callbacks_hear_of_rungs_and_refit(mlp, few_digits):
    pytest.importorskip("sklearn.callback")

    class Heard:
        def __init__(self):
            self.tasks = []

        def setup(self, estimator, context):
            self.tasks.append("setup")

        def teardown(self, estimator, context):
            self.tasks.append("teardown")

        def on_fit_task_begin(self, estimator, context):
            self.tasks.append(context.task_name)

        def on_fit_task_end(self, estimator, context):
            self.tasks.append(f"end of {context.task_name}")

    heard = Heard()
    HalvingEpochsSearchCV(mlp, RATES, cv=2).set_callbacks(heard).fit(*few_digits)
    tasks = ["rung", "end of rung"] * 2 + ["refit", "end of refit"]
    assert heard.tasks == ["setup", "fit", *tasks, "end of fit", "teardown"]


@pytest.mark.slow
def test_worker_processes_find_what_one_process_finds(mlp, few_digits):
    # The scaler is fitted apart: by a worker that has not trained yet.
    pipeline = make_pipeline(PixelScaler(), mlp)
    grid = {"kerasmlpclassifier__learning_rate": [1e-6, 0.01, 0.02]}
    search = HalvingEpochsSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss")
    alone, together = (
        clone(search).set_params(n_jobs=n_jobs).fit(*few_digits) for n_jobs in (1, 2)
    )
    assert alone.best_params_ == together.best_params_
    # Workers have fewer threads: sums are taken in another order.
    for name in ("mean_test_score", "split0_test_score"):
        np.testing.assert_allclose(alone.cv_results_[name], together.cv_results_[name], atol=1e-3)

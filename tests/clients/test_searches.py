"""Searches of other packages, run where they are installed (``pip install '.[clients]'``)."""

import os

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline
from skmnist.model_selection import search_space

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs

DIGITS = load_digits()
X, IMAGES, Y = DIGITS.data[:400], DIGITS.images[:400], DIGITS.target[:400]
X_TEST, IMAGES_TEST, Y_TEST = DIGITS.data[400:700], DIGITS.images[400:700], DIGITS.target[400:700]
MLP = KerasMLPClassifier((16,), epochs=12, calibrate=False, random_state=0)
GRID = {"classify__learning_rate": [1e-5, 1e-2], "classify__alpha": [0.0, 1.0]}


def test_scikit_optimize_searches_integers_booleans_and_stacks():
    skopt = pytest.importorskip("skopt")
    search = skopt.BayesSearchCV(
        make_digit_pipeline(KerasCNNClassifier((4,), epochs=3, calibrate=False, random_state=0)),
        {
            "classify__learning_rate": skopt.space.Real(1e-5, 1e-2, prior="log-uniform"),
            "classify__hidden_layer_sizes": skopt.space.Integer(8, 32),
            "classify__batch_norm": [False, True],
        },
        n_iter=4,
        cv=2,
        random_state=0,
    ).fit(IMAGES, Y)
    scores = search.cv_results_["mean_test_score"]
    assert search.best_score_ == max(scores) > min(scores)
    sizes = search.cv_results_["param_classify__hidden_layer_sizes"]
    assert all(int(size) == size and 8 <= size <= 32 for size in sizes)
    assert {bool(kind) for kind in search.cv_results_["param_classify__batch_norm"]} <= {0, 1}
    assert search.score(IMAGES_TEST, Y_TEST) > 0.6


def test_sklearn_genetic_opt_breeds_parameters():
    genetic = pytest.importorskip("sklearn_genetic")
    from sklearn_genetic.space import Categorical, Continuous

    search = genetic.GASearchCV(
        estimator=make_digit_pipeline(MLP),
        param_grid={
            "classify__learning_rate": Continuous(1e-5, 1e-2, distribution="log-uniform"),
            "classify__activation": Categorical(["relu", "tanh"]),
        },
        cv=2,
        population_size=4,
        generations=2,
        verbose=False,
    ).fit(X, Y)
    scores = search.cv_results_["mean_test_score"]
    assert search.best_score_ == max(scores) > min(scores)
    assert search.score(X_TEST, Y_TEST) > 0.5


def test_dask_ml_searches_as_scikit_learn_does():
    dask_search = pytest.importorskip("dask_ml.model_selection")
    pipeline = make_digit_pipeline(MLP)
    search = dask_search.GridSearchCV(pipeline, GRID, cv=2, scheduler="sync").fit(X, Y)
    expected = GridSearchCV(pipeline, GRID, cv=2).fit(X, Y)
    assert search.best_params_ == expected.best_params_
    np.testing.assert_allclose(
        search.cv_results_["mean_test_score"], expected.cv_results_["mean_test_score"], atol=1e-6
    )


def test_dask_ml_trains_block_by_block_and_predicts_in_blocks():
    wrappers = pytest.importorskip("dask_ml.wrappers")
    arrays = pytest.importorskip("dask.array")
    blocks, labels = arrays.from_array(X, chunks=(100, 64)), arrays.from_array(Y, chunks=100)
    expected = clone(MLP)
    incremental = wrappers.Incremental(clone(MLP), shuffle_blocks=False)
    incremental.fit(blocks, labels, classes=np.arange(10))
    for start in range(0, 400, 100):
        part = slice(start, start + 100)
        expected.partial_fit(X[part], Y[part], classes=np.arange(10))
    asked = arrays.from_array(X_TEST, chunks=(100, 64))
    parallel = wrappers.ParallelPostFit(incremental.estimator_)
    np.testing.assert_array_equal(
        parallel.predict_proba(asked).compute(), expected.predict_proba(X_TEST)
    )


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_ray_spreads_a_search_over_its_workers(ray):
    from ray.util.joblib import register_ray

    register_ray()
    search = GridSearchCV(make_digit_pipeline(MLP), GRID, cv=2)

    def process(estimator, X, y):
        return os.getpid()

    alone = clone(search).fit(X, Y)
    with joblib.parallel_config(backend="ray"):
        spread = clone(search).set_params(n_jobs=2).fit(X, Y)
        places = cross_val_score(clone(MLP), X, Y, cv=2, scoring=process, n_jobs=2)
    assert os.getpid() not in places
    assert spread.best_params_ == alone.best_params_
    # Between numbers of threads the last bits differ, and so may a label on the verge.
    np.testing.assert_allclose(
        spread.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"], atol=0.02
    )


def test_ray_tune_tries_a_ready_made_space(ray, tmp_path):
    tune = pytest.importorskip("ray.tune")
    name = "learning_rate"
    drawn = search_space(KerasMLPClassifier())[name].rvs(random_state=0)

    def trial(config):
        network = clone(MLP).set_params(**config).fit(X, Y)
        return {"accuracy": network.score(X_TEST, Y_TEST)}

    results = tune.Tuner(
        trial,
        param_space={name: tune.grid_search([drawn, 1e-6])},
        run_config=tune.RunConfig(storage_path=str(tmp_path), verbose=0),
    ).fit()
    assert not results.errors
    accuracies = [result.metrics["accuracy"] for result in results]
    assert len(accuracies) == 2
    best = results.get_best_result("accuracy", "max")
    assert best.metrics["accuracy"] == max(accuracies) > 0.6 > min(accuracies)
    assert best.config == {name: drawn}

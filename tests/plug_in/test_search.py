"""Searches and cross-validation: the same folds, scores and winners as any estimator gives."""

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import clone, is_classifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, log_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    StratifiedKFold,
    check_cv,
    cross_val_predict,
    cross_val_score,
)

from skmnist import KerasMLPClassifier, make_digit_pipeline

WORDS = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])


def scores_by_value(search, name):
    """Mean test score of each value of the parameter that was searched."""
    results = search.cv_results_
    return dict(zip(map(str, results[f"param_{name}"]), results["mean_test_score"], strict=True))


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("hidden_layer_sizes", (1,), (16,)),
        ("dropout", 0.95, 0.0),
        ("learning_rate", 1e-6, 0.02),
        ("batch_size", 200, 32),  # one step an epoch
        ("epochs", 1, 10),
        ("alpha", 1e5, 1e-4),
    ],
)
def test_grid_search_tells_a_bad_value_from_a_good_one(tiny, few_digits, name, bad, good):
    search = GridSearchCV(clone(tiny), {name: [bad, good]}, cv=3).fit(*few_digits)
    scores = scores_by_value(search, name)
    assert search.best_params_ == {name: good}
    assert scores[str(good)] > 0.8
    assert scores[str(bad)] < scores[str(good)] - 0.1


def test_grid_search_over_filters(cnn, few_digits):
    search = GridSearchCV(cnn, {"filters": [(1,), 1, (4,)]}, cv=3).fit(*few_digits)
    one, also_one, four = search.cv_results_["mean_test_score"]
    assert one == also_one < four
    assert search.best_estimator_.weights_[0].shape == (3, 3, 1, 4)


def test_grid_search_over_two_kinds_of_parameters(tiny, few_digits):
    grid = {"hidden_layer_sizes": [(1,), (16,)], "learning_rate": [1e-6, 0.02]}
    search = GridSearchCV(clone(tiny), grid, cv=3, return_train_score=True).fit(*few_digits)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_params_ == {"hidden_layer_sizes": (16,), "learning_rate": 0.02}
    # Hardly trained, no network is better than chance, not even on what it was shown.
    untrained = search.cv_results_["param_learning_rate"] == 1e-6
    assert search.cv_results_["mean_train_score"][untrained].max() < 0.35


def test_grid_search_over_optimizers(tiny, few_digits):
    import keras

    SGD = keras.optimizers.SGD
    grid = [
        {"optimizer": ["adam", keras.optimizers.RMSprop]},
        {"optimizer": [SGD(0.1, momentum=0.9), SGD(1e-6)], "learning_rate": [None]},
    ]
    search = GridSearchCV(clone(tiny), grid, cv=3, refit=False).fit(*few_digits)
    adam, rmsprop, momentum, slow = search.cv_results_["mean_test_score"]
    assert min(adam, rmsprop, momentum) > 0.8
    assert slow < 0.35  # its own rate, not that of the others


def test_grid_search_over_schedules(tiny, few_digits):
    grid = {"schedule": ["constant", "cosine", "one_cycle"]}
    search = GridSearchCV(clone(tiny), grid, cv=3, scoring="neg_log_loss").fit(*few_digits)
    losses = -search.cv_results_["mean_test_score"]
    assert losses.max() < 1
    assert len(set(losses)) == 3


def test_grid_search_reaches_through_the_pipeline(tiny, few_digits):
    grid = {"classify__learning_rate": [1e-6, 0.02], "scale__pixel_range": ["auto", (0, 16)]}
    search = GridSearchCV(make_digit_pipeline(tiny), grid, cv=3)
    search.fit(few_digits[0].reshape(-1, 8, 8), few_digits[1])
    assert search.best_params_["classify__learning_rate"] == 0.02
    assert search.best_score_ > 0.8
    # Every fold has a 0 and a 16 somewhere: both ranges say the same.
    scores = search.cv_results_["mean_test_score"].reshape(2, 2)
    np.testing.assert_array_equal(scores[:, 0], scores[:, 1])


def test_same_search_twice_gives_the_same_scores(tiny, few_digits):
    grid = {"learning_rate": [0.005, 0.02], "dropout": [0.2]}
    first, second = (
        GridSearchCV(clone(tiny), grid, cv=3, scoring="neg_log_loss").fit(*few_digits)
        for _ in range(2)
    )
    for fold in range(3):
        key = f"split{fold}_test_score"
        np.testing.assert_array_equal(first.cv_results_[key], second.cv_results_[key])


def test_worker_processes_find_what_one_process_finds(mlp, cnn, few_digits):
    # Both classifiers in one search: each worker starts TensorFlow, which takes seconds.
    X, y = few_digits
    pipeline = make_digit_pipeline(mlp)
    grid = {"classify": [mlp, cnn], "classify__learning_rate": [0.002, 0.02]}
    alone, together = (
        GridSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss", n_jobs=n_jobs).fit(X, y)
        for n_jobs in (1, 2)
    )
    assert alone.best_index_ == together.best_index_
    assert alone.best_params_["classify__learning_rate"] == 0.02
    for fold in range(2):
        key = f"split{fold}_test_score"
        # Workers have fewer threads: sums are taken in another order.
        np.testing.assert_allclose(alone.cv_results_[key], together.cv_results_[key], atol=1e-3)
    np.testing.assert_allclose(alone.predict_proba(X), together.predict_proba(X), atol=1e-3)


def test_randomized_search_draws_learning_rates(tiny, few_digits):
    search = RandomizedSearchCV(
        clone(tiny), {"learning_rate": loguniform(1e-5, 3e-2)}, n_iter=6, cv=3, random_state=3
    ).fit(*few_digits)
    rates = search.cv_results_["param_learning_rate"]
    assert len(set(rates)) == 6
    assert ((rates > 1e-5) & (rates < 3e-2)).all()
    # Ten epochs are few: far too small rates lose, by much.
    assert search.best_params_["learning_rate"] > 3e-3
    assert search.best_score_ > search.cv_results_["mean_test_score"][rates.argmin()] + 0.3


def test_halving_search_hands_out_epochs(tiny, few_digits):
    rates = [1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.02]
    search = HalvingGridSearchCV(
        clone(tiny).set_params(epochs="auto"),
        {"learning_rate": rates},
        resource="epochs",
        min_resources=1,
        max_resources=9,
        factor=3,
        cv=3,
        random_state=0,
    ).fit(*few_digits)
    assert search.n_resources_ == [1, 3]
    assert search.n_candidates_ == [6, 2]
    assert search.best_params_["learning_rate"] >= 5e-3
    assert search.best_estimator_.n_iter_ == search.best_estimator_.epochs == 3


def test_folds_are_stratified(tiny, digits):
    X, y = digits
    # 20 of each digit, in the order of the digits: plain folds hold two digits each.
    rows = np.concatenate([np.flatnonzero(y == digit)[:20] for digit in range(10)])
    X, y = X[rows], y[rows]
    assert is_classifier(tiny)
    assert isinstance(check_cv(5, y, classifier=is_classifier(tiny)), StratifiedKFold)
    assert cross_val_score(clone(tiny), X, y, cv=5).mean() > 0.8
    # A classifier that never saw a digit never says it.
    np.testing.assert_array_equal(cross_val_score(clone(tiny), X, y, cv=KFold(5)), 0)


def test_held_out_probabilities_of_every_row(tiny, few_digits):
    X, y = few_digits
    proba = cross_val_predict(clone(tiny), X, y, cv=3, method="predict_proba")
    assert proba.shape == (300, 10)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    assert accuracy_score(y, proba.argmax(axis=1)) > 0.8
    assert log_loss(y, proba) < 1  # chance is 2.3

    by_hand = np.empty_like(proba)
    for train, test in StratifiedKFold(3).split(X, y):
        by_hand[test] = clone(tiny).fit(X[train], y[train]).predict_proba(X[test])
    np.testing.assert_array_equal(proba, by_hand)


def test_reports_speak_the_users_labels(tiny, few_digits, other_digits):
    classifier = clone(tiny).fit(few_digits[0], WORDS[few_digits[1]])
    np.testing.assert_array_equal(classifier.classes_, np.sort(WORDS))
    truth, predicted = WORDS[other_digits[1]], classifier.predict(other_digits[0])
    report = classification_report(truth, predicted, output_dict=True)
    assert set(WORDS) < set(report)
    assert report["accuracy"] == classifier.score(other_digits[0], truth) > 0.7
    assert report["zero"]["f1-score"] > 0.75
    matrix = confusion_matrix(truth, predicted, labels=WORDS)
    assert matrix.sum() == 300
    assert np.trace(matrix) == round(300 * report["accuracy"])


@pytest.mark.mnist
def test_mnist_in_a_pipeline_in_a_search(mnist):
    X, y = mnist.data[:6000], mnist.target[:6000]
    mlp = KerasMLPClassifier((64,), epochs=10, batch_size=64, learning_rate=0.005, random_state=0)
    pipeline = make_digit_pipeline(mlp, n_components=50)
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.9
    search = GridSearchCV(pipeline, {"classify__learning_rate": [1e-5, 0.005]}, cv=3).fit(X, y)
    assert search.best_params_ == {"classify__learning_rate": 0.005}
    assert search.score(mnist.data[6000:8000], mnist.target[6000:8000]) > 0.9

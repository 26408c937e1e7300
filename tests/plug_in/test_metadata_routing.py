"""Weights and validation images find their way through scikit-learn's metadata routing."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline

from skmnist import PixelScaler, make_digit_pipeline


@pytest.fixture(autouse=True)
def _routing():
    with config_context(enable_metadata_routing=True):
        yield


@pytest.fixture(scope="module")
def no_nines(few_digits):
    """Weights of `few_digits`: nothing for a 9, and not the same for all others."""
    weights = np.random.default_rng(0).integers(1, 4, 300).astype(float)
    return np.where(few_digits[1] == 9, 0.0, weights)


def test_weights_that_nobody_asked_for_are_refused(tiny, few_digits, no_nines):
    pipeline = make_pipeline(PixelScaler(), clone(tiny))
    with pytest.raises(UnsetMetadataPassedError, match=r"\[sample_weight\] are passed"):
        pipeline.fit(*few_digits, sample_weight=no_nines)


def test_weights_through_a_pipeline(tiny, few_digits, other_digits, no_nines):
    X, y = few_digits
    last = clone(tiny).set_fit_request(sample_weight=True)
    pipeline = make_pipeline(PixelScaler(), last).fit(X, y, sample_weight=no_nines)
    direct = clone(tiny).fit(X / 16, y, sample_weight=no_nines)
    proba = pipeline.predict_proba(other_digits[0])
    np.testing.assert_allclose(proba, direct.predict_proba(other_digits[0] / 16), atol=1e-4)
    assert proba[:, 9].max() < 0.5
    assert 9 not in pipeline.predict(other_digits[0])
    without = make_pipeline(PixelScaler(), clone(tiny)).fit(X, y)
    assert 9 in without.predict(other_digits[0])


def test_weights_under_another_name(tiny, few_digits, other_digits, no_nines):
    last = clone(tiny).set_fit_request(sample_weight="trust")
    pipeline = make_pipeline(PixelScaler(), last).fit(*few_digits, trust=no_nines)
    assert 9 not in pipeline.predict(other_digits[0])


def test_grid_search_cuts_the_weights_by_fold(tiny, few_digits, other_digits, no_nines):
    X, y = few_digits
    classifier = clone(tiny).set_fit_request(sample_weight=True)
    classifier.set_score_request(sample_weight=True)
    search = GridSearchCV(classifier, {"learning_rate": [1e-6, 0.02]}, cv=3)
    search.fit(X, y, sample_weight=no_nines)
    assert search.best_params_ == {"learning_rate": 0.02}
    assert 9 not in search.predict(other_digits[0])

    for fold, (train, test) in enumerate(StratifiedKFold(3).split(X, y)):
        net = clone(tiny).fit(X[train], y[train], sample_weight=no_nines[train])
        score = accuracy_score(y[test], net.predict(X[test]), sample_weight=no_nines[test])
        assert search.cv_results_[f"split{fold}_test_score"][1] == pytest.approx(score)


def test_grid_search_over_a_pipeline_with_weights(tiny, few_digits, other_digits, no_nines):
    last = clone(tiny).set_fit_request(sample_weight=True)
    scorer = make_scorer(accuracy_score).set_score_request(sample_weight=False)
    grid = {"classify__epochs": [1, 10]}
    search = GridSearchCV(make_digit_pipeline(last), grid, cv=3, scoring=scorer)
    search.fit(*few_digits, sample_weight=no_nines)
    assert search.best_params_ == {"classify__epochs": 10}
    assert 9 not in search.predict(other_digits[0])
    # Unweighted scores count the nines, and all of them are missed.
    assert search.best_score_ < 1 - np.mean(few_digits[1] == 9)


def test_cross_validate_routes_what_the_scorer_refuses(tiny, few_digits, no_nines):
    classifier = clone(tiny).set_fit_request(sample_weight=True)
    classifier.set_score_request(sample_weight=False)
    result = cross_validate(
        classifier,
        *few_digits,
        cv=3,
        params={"sample_weight": no_nines},
        return_estimator=True,
    )
    assert all(9 not in net.predict(few_digits[0]) for net in result["estimator"])


def test_weights_reach_the_members_of_an_ensemble(mlp, cnn, few_digits, other_digits, no_nines):
    members = [
        ("mlp", mlp.set_fit_request(sample_weight=True)),
        ("cnn", cnn.set_fit_request(sample_weight=True)),
        ("linear", LogisticRegression(max_iter=5000).set_fit_request(sample_weight=False)),
    ]
    voting = VotingClassifier(members).fit(*few_digits, sample_weight=no_nines)
    said = [9 in member.predict(other_digits[0]) for member in voting.estimators_]
    assert said == [False, False, True]


def test_bagging_draws_by_weight(tiny, few_digits, other_digits, no_nines):
    member = clone(tiny).set_fit_request(sample_weight=True)
    # A number of rows: max_samples=1.0 would count the sum of the weights.
    bagging = BaggingClassifier(member, 3, max_samples=300, random_state=0)
    bagging.fit(*few_digits, sample_weight=no_nines)
    assert 9 not in bagging.predict(other_digits[0])
    assert bagging.score(*other_digits) > 0.6


def test_validation_images_go_through_the_steps(tiny, few_digits, other_digits):
    X, y = few_digits
    last = clone(tiny).set_fit_request(X_val=True, y_val=True)
    pipeline = make_digit_pipeline(last, pixel_range=(0, 16), transform_input=["X_val"])
    stack = other_digits[0].reshape(-1, 8, 8)
    pipeline.fit(X.reshape(-1, 8, 8), y, X_val=stack, y_val=other_digits[1])
    scores = pipeline["classify"].validation_scores_
    assert len(scores) == 10
    # Had they come unscaled, sixteen times as bright, they would score otherwise.
    assert scores[-1] == pytest.approx(pipeline.score(stack, other_digits[1]))
    assert scores[-1] > 0.7

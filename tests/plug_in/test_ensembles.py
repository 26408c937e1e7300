"""Meta-estimators: the networks as members, held against the same thing done by hand."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, log_loss
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC


def test_soft_voting_takes_the_mean(mlp, cnn, few_digits, other_digits):
    # SVC's own probabilities are on their way out of scikit-learn; calibration gives them.
    svc = CalibratedClassifierCV(SVC(), cv=3)
    voting = VotingClassifier([("mlp", mlp), ("cnn", cnn), ("svc", svc)], voting="soft")
    voting.fit(*few_digits)
    members = [member.predict_proba(other_digits[0]) for member in voting.estimators_]
    np.testing.assert_allclose(
        voting.predict_proba(other_digits[0]), np.mean(members, axis=0), rtol=1e-6
    )
    # Three different minds: better than the mean of them.
    scores = [np.mean(proba.argmax(axis=1) == other_digits[1]) for proba in members]
    assert voting.score(*other_digits) > np.mean(scores)
    assert min(scores) > 0.7


def test_hard_voting_of_a_committee_of_seeds(tiny, few_digits, other_digits):
    seeds = [clone(tiny).set_params(random_state=seed) for seed in range(3)]
    voting = VotingClassifier([(f"seed_{i}", net) for i, net in enumerate(seeds)])
    voting.fit(*few_digits)
    votes = np.stack([member.predict(other_digits[0]) for member in voting.estimators_])
    assert 0 < np.mean(votes[0] != votes[1]) < 0.5  # other seeds, other networks
    counts = (votes[:, :, None] == np.arange(10)).sum(axis=0)
    np.testing.assert_array_equal(voting.predict(other_digits[0]), counts.argmax(axis=1))


def test_stacking_learns_on_held_out_probabilities(mlp, cnn, few_digits, other_digits):
    members = [("mlp", mlp), ("cnn", cnn), ("neighbours", KNeighborsClassifier())]
    stack = StackingClassifier(members, LogisticRegression(max_iter=5000), cv=3)
    stack.fit(*few_digits)
    assert stack.stack_method_ == ["predict_proba"] * 3
    assert stack.final_estimator_.n_features_in_ == 30
    alone = min(member.score(*other_digits) for member in stack.estimators_)
    assert stack.score(*other_digits) > max(0.75, alone)


def test_bagging_weighs_the_rows_of_a_bootstrap_sample(tiny, few_digits, other_digits):
    X, y = few_digits
    bagging = BaggingClassifier(clone(tiny), 3, random_state=0).fit(X, y)
    assert bagging.score(*other_digits) > 0.7
    # scikit-learn hands the sample over as weights; repeated rows are the same fit.
    member, rows = bagging.estimators_[0], bagging.estimators_samples_[0]
    assert len(np.unique(rows)) < 300
    again = clone(member).fit(X[rows], y[rows])
    np.testing.assert_array_equal(
        member.predict_proba(other_digits[0]), again.predict_proba(other_digits[0])
    )


def test_adaboost_trains_on_the_weights_it_sets(tiny, few_digits, other_digits):
    X, y = few_digits
    weak = clone(tiny).set_params(epochs=3)
    boosted = AdaBoostClassifier(weak, n_estimators=4, random_state=0).fit(X, y)
    assert len(boosted.estimators_) == 4

    weights = np.full(300, 1 / 300)
    for member, error, alpha in zip(
        boosted.estimators_, boosted.estimator_errors_, boosted.estimator_weights_, strict=True
    ):
        again = clone(member).fit(X, y, sample_weight=weights)
        np.testing.assert_array_equal(again.predict_proba(X), member.predict_proba(X))
        wrong = member.predict(X) != y
        assert error == pytest.approx(np.average(wrong, weights=weights))
        weights *= np.exp(alpha * wrong)  # SAMME
        weights /= weights.sum()
    assert boosted.score(*other_digits) > boosted.estimators_[0].score(*other_digits)


@pytest.mark.parametrize("method", ["sigmoid", "temperature"])
def test_calibrated_folds(tiny, few_digits, other_digits, method):
    calibrated = CalibratedClassifierCV(clone(tiny), method=method, cv=3).fit(*few_digits)
    assert len(calibrated.calibrated_classifiers_) == 3
    proba = calibrated.predict_proba(other_digits[0])
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    assert calibrated.score(*other_digits) > 0.7


# The calibrator works in the float32 of the logits, and its sums miss 1 by 1e-7.
@pytest.mark.filterwarnings("ignore:The y_prob values do not sum to one:UserWarning")
def test_temperature_moves_the_confidence_but_no_decision(tiny, few_digits, other_digits):
    # So long trained on so few, a network is far too sure of itself.
    sure = clone(tiny).set_params(epochs=100, label_smoothing=0.0).fit(*few_digits)
    X, y = other_digits
    calibrated = CalibratedClassifierCV(FrozenEstimator(sure), method="temperature", cv=3)
    calibrated.fit(X[:150], y[:150])
    np.testing.assert_array_equal(calibrated.predict(X[150:]), sure.predict(X[150:]))
    losses = [log_loss(y[150:], net.predict_proba(X[150:])) for net in (calibrated, sure)]
    assert losses[0] < losses[1]


def test_one_vs_rest_holds_a_network_a_class(tiny, few_digits, other_digits):
    X, y = few_digits
    one_vs_rest = OneVsRestClassifier(clone(tiny)).fit(X, y)
    assert len(one_vs_rest.estimators_) == 10
    margins = [net.decision_function(other_digits[0]) for net in one_vs_rest.estimators_]
    margins = np.stack(margins, axis=1)  # (n_samples, n_classes)
    threes = clone(tiny).fit(X, y == 3)
    np.testing.assert_array_equal(margins[:, 3], threes.decision_function(other_digits[0]))
    np.testing.assert_array_equal(one_vs_rest.predict(other_digits[0]), margins.argmax(axis=1))
    assert one_vs_rest.score(*other_digits) > 0.7


def test_multi_output_holds_a_network_a_column(tiny, fitted, few_digits, other_digits):
    X, y = few_digits
    parity = np.where(y % 2, "odd", "even")
    both = MultiOutputClassifier(clone(tiny)).fit(X, np.column_stack([y.astype(str), parity]))
    digit, kind = both.predict(other_digits[0]).T
    np.testing.assert_array_equal(digit.astype(int), fitted.predict(other_digits[0]))
    assert np.mean(kind == np.where(other_digits[1] % 2, "odd", "even")) > 0.8
    assert [proba.shape for proba in both.predict_proba(X)] == [(300, 10), (300, 2)]


def test_self_training_labels_what_it_is_sure_of(tiny, few_digits):
    X, y = few_digits
    partly = np.where(np.arange(300) < 120, y, -1)
    trained = SelfTrainingClassifier(clone(tiny), threshold=0.9, max_iter=3).fit(X, partly)
    assert trained.n_iter_ > 1
    added = trained.labeled_iter_ > 0
    assert added.sum() > 60
    assert np.mean(trained.transduction_[added] == y[added]) > 0.8
    np.testing.assert_array_equal(trained.transduction_[:120], y[:120])


def test_tuned_threshold_finds_the_rare_eights(tiny, few_digits, other_digits):
    X, y = few_digits
    plain = clone(tiny).set_params(epochs=3).fit(X, y == 8)
    tuned = TunedThresholdClassifierCV(clone(plain), scoring="balanced_accuracy", cv=3)
    tuned.fit(X, y == 8)
    proba = plain.predict_proba(other_digits[0])[:, 1]
    expected = proba >= tuned.best_threshold_
    np.testing.assert_array_equal(tuned.predict(other_digits[0]), expected)
    # One digit in ten is an 8: the best threshold is well below a half.
    assert tuned.best_threshold_ < 0.4
    truth = other_digits[1] == 8
    assert balanced_accuracy_score(truth, expected) > 0.1 + balanced_accuracy_score(
        truth, plain.predict(other_digits[0])
    )

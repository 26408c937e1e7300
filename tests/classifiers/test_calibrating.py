"""Probabilities are true on images that the network was not trained on."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.metrics import log_loss

from skmnist import KerasCNNClassifier, KerasMLPClassifier, load, save
from skmnist._classifiers import _calibrating, _second_network
from skmnist._classifiers._calibrating import best_scale, calibration_split
from skmnist._engine import Examples
from skmnist.exceptions import TrainingInterruptedWarning

MLP = KerasMLPClassifier((32,), random_state=0)


def examples_of(pixels, numbers):
    return Examples(pixels, numbers, np.arange(len(pixels)), np.ones(len(pixels)))


@pytest.fixture(scope="module")
def wrong_labels(digits):
    """Digits of which a third have another label, as others have that are tested on."""
    X, y = digits
    rng = np.random.default_rng(0)
    y = np.where(rng.random(len(y)) < 1 / 3, rng.integers(10, size=len(y)), y)
    return X[:700], y[:700], X[700:], y[700:]


def ratio_to_best(classifier, X, y):
    """Log loss as a multiple of the lowest that one temperature gives on the same samples."""
    logits = classifier.decision_function(X)
    losses = [log_loss(y, np.exp(log_softmax(logits * s, axis=1))) for s in np.geomspace(0.05, 20)]
    return log_loss(y, classifier.predict_proba(X)) / min(losses)


@pytest.mark.parametrize("classifier", [MLP, KerasCNNClassifier((4,), random_state=0)])
def test_log_loss_is_near_that_of_the_best_temperature(classifier, wrong_labels):
    X, y, X_test, y_test = wrong_labels
    learned = clone(classifier).fit(X, y)
    assert ratio_to_best(learned, X_test, y_test) < 1.1
    fixed = clone(classifier).set_params(calibrate=False).fit(X, y)
    assert ratio_to_best(fixed, X_test, y_test) > 1.2
    # Nothing but the scale is another.
    np.testing.assert_array_equal(learned.predict(X_test), fixed.predict(X_test))
    for one, other in zip(learned.weights_, fixed.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_best_scale_has_the_lowest_log_loss_of_all():
    rng = np.random.default_rng(0)
    logits, numbers = rng.normal(0, 3, (500, 4)), rng.integers(4, size=500)
    numbers[:300] = logits[:300].argmax(axis=1)
    weights = rng.random(500)
    # As Platt's targets have it: 1 - 1 / 502 for the true class.
    targets = np.full((500, 4), 1 / 502 / 3)
    targets[np.arange(500), numbers] = 1 - 1 / 502
    scales = np.geomspace(0.01, 10, 2000)
    losses = [-(weights @ (targets * log_softmax(s * logits, axis=1)).sum(axis=1)) for s in scales]
    expected = scales[np.argmin(losses)]
    scale = best_scale(logits, numbers, weights)
    assert scale == pytest.approx(expected, rel=0.01)
    assert best_scale(logits / 5, numbers, weights) == pytest.approx(5 * scale, rel=1e-3)


def test_samples_that_are_all_right_have_a_finite_scale():
    numbers = np.arange(60) % 3
    scale = best_scale(10 * np.eye(3)[numbers], numbers, np.ones(60))
    assert 0.3 < scale < 0.6  # the gap is log(61 / (1 / 2)): 4.8 of 10


def test_the_nearest_of_a_class_are_on_one_side():
    rng = np.random.default_rng(0)
    originals = rng.normal(size=(240, 50)).astype(np.float32)
    pixels = np.concatenate([originals + 0.01 * rng.normal(size=(240, 50)) for _ in range(2)])
    numbers = np.tile(np.arange(240) % 3, 2).astype(np.int32)
    whole, part, unseen = calibration_split(examples_of(pixels.astype(np.float32), numbers), 0)
    assert len(whole.rows) == 480
    distances = np.square(pixels[:, None] - pixels).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    is_unseen = np.isin(np.arange(480), unseen.rows)
    np.testing.assert_array_equal(is_unseen[distances.argmin(axis=1)], is_unseen)
    assert sorted([*part.rows, *unseen.rows]) == list(range(480))
    for number in range(3):
        assert np.mean(numbers[unseen.rows] == number) == pytest.approx(1 / 3, abs=0.1)
    assert len(unseen.rows) == pytest.approx(120, abs=15)


def test_large_sets_spare_a_few_of_each_class(monkeypatch, digits):
    monkeypatch.setattr(_calibrating, "_FEWEST_TO_SPARE", 1000)
    monkeypatch.setattr(_calibrating, "_SPARED", 90)
    X, y = digits
    examples = examples_of(X.astype(np.float32), y.astype(np.int32))
    kept, second, unseen = calibration_split(examples, 0)
    assert second is None
    assert set(kept.rows).isdisjoint(unseen.rows)
    assert len(kept.rows) + len(unseen.rows) == len(y)
    assert np.bincount(y[unseen.rows]).tolist() == pytest.approx([9] * 10, abs=1)
    assert ratio_to_best(clone(MLP).fit(X[:1200], y[:1200]), X[1200:], y[1200:]) < 1.15


def test_a_class_of_one_image_is_trained_on(few_digits):
    X, y = few_digits
    y = np.where(np.arange(len(y)) == 7, 99, y)
    classifier = clone(MLP).set_params(epochs=40).fit(X, y)
    assert classifier.predict(X[7:8]) == [99]


def test_copies_and_the_order_of_rows_change_no_scale(digits):
    X, y = digits[0][:300], digits[1][:300]
    weights = np.random.default_rng(0).integers(1, 4, len(y))
    order = np.random.default_rng(1).permutation(weights.sum())
    weighted = clone(MLP).fit(X, y, sample_weight=weights)
    copied = clone(MLP).fit(X.repeat(weights, axis=0)[order], y.repeat(weights)[order])
    assert weighted.logit_scale_ == copied.logit_scale_
    assert weighted.logit_scale_ != clone(MLP).fit(X, y).logit_scale_


def test_validation_samples_are_what_the_scale_is_learned_on(digits):
    X, y = digits
    classifier = clone(MLP).fit(X[:400], y[:400], X_val=X[400:], y_val=y[400:])
    logits = classifier.decision_function(X[400:])
    # The validation samples are as they come: the order has no effect.
    expected = best_scale(logits, y[400:], np.ones(len(logits)))
    assert classifier.logit_scale_ == pytest.approx(expected, rel=1e-6)


def test_going_on_keeps_the_scale(digits):
    X, y = digits[0][:400], digits[1][:400]
    classifier = clone(MLP).set_params(warm_start=True).fit(X, y)
    scale = classifier.logit_scale_
    assert classifier.fit(X, y).logit_scale_ == scale
    assert classifier.partial_fit(X, y).logit_scale_ == scale
    first = clone(MLP).partial_fit(X, y, classes=np.arange(10)).logit_scale_
    assert first == clone(MLP).set_params(calibrate=False).fit(X, y).logit_scale_


@pytest.fixture
def spares_ninety(monkeypatch):
    """Sets of 200 samples are large ones, and spare 90."""
    monkeypatch.setattr(_calibrating, "_FEWEST_TO_SPARE", 200)
    monkeypatch.setattr(_calibrating, "_SPARED", 90)


def go_on(model, call, X, y):
    """Call a method that trains; "stage" is one epoch of `fit_until`."""
    n_before = model.n_iter_ if hasattr(model, "classes_") else 0
    model.set_params(calibrate=call != "fit without calibrate", epochs=n_before + 2)
    if call == "partial_fit":
        model.partial_fit(X, y, classes=np.arange(10))
    elif call == "stage":
        model.fit_until(n_before + 1, X, y)
    else:
        model.fit(X, y)


# All samples are seen by one of these calls, with warm_start.
SEEN = [
    ["partial_fit"],
    ["partial_fit", "stage"],
    ["fit", "partial_fit"],
    ["stage", "partial_fit"],
    ["fit", "fit"],
    ["fit without calibrate"],
]


@pytest.mark.parametrize("calls", SEEN, ids=", ".join)
@pytest.mark.parametrize("kind", ["spared", "validation"])
def test_no_scale_is_learned_on_samples_that_were_seen(kind, calls, spares_ninety, digits):
    X, y = digits[0][:400], digits[1][:400]
    model = clone(MLP).set_params(warm_start=True)
    for call in calls:
        go_on(model, call, X, y)
    scale = model.logit_scale_
    if kind == "spared":
        go_on(model, "stage", X, y)
        assert model.logit_scale_ == scale
    else:
        model.set_params(calibrate=True, early_stopping=True, n_iter_no_change=1)
        assert model.fit(X, y).logit_scale_ == scale
        # Given samples are unseen, as far as can be told.
        assert model.fit(X, y, X_val=X[:99], y_val=y[:99]).logit_scale_ != scale


def test_a_second_network_has_unseen_samples_after_partial_fit_too(digits):
    X, y = digits[0][:400], digits[1][:400]
    seen = clone(MLP).set_params(epochs=4).partial_fit(X, y, classes=np.arange(10))
    guess = seen.logit_scale_
    assert seen.fit_until(4, X, y).logit_scale_ != guess


def test_what_was_held_out_from_the_start_stays_unseen(spares_ninety, tmp_path, digits):
    X, y = digits[0][:400], digits[1][:400]
    stages = clone(MLP).set_params(epochs=4).fit_until(2, X, y)
    first = stages.logit_scale_
    save(stages, tmp_path / "model.skmnist")
    whole = clone(MLP).set_params(epochs=4).fit(X, y)
    for model in (stages, load(tmp_path / "model.skmnist")):
        assert model.fit_until(4, X, y).logit_scale_ == whole.logit_scale_ != first
    stopping = clone(MLP).set_params(epochs=20, early_stopping=True, warm_start=True)
    first = stopping.fit(X, y).logit_scale_
    assert stopping.fit(X, y).logit_scale_ != first


def test_few_samples_have_the_fixed_scale(digits):
    X, y = digits[0][:99], digits[1][:99]
    fixed = clone(MLP).set_params(calibrate=False).fit(X, y)
    assert clone(MLP).fit(X, y).logit_scale_ == fixed.logit_scale_


def test_ctrl_c_in_the_second_training_keeps_the_network(monkeypatch, digits):
    def interrupt(*args):
        raise KeyboardInterrupt

    X, y = digits[0][:400], digits[1][:400]
    whole = clone(MLP).fit(X, y)
    monkeypatch.setattr(_second_network.SecondNetwork, "logits", interrupt)
    with pytest.warns(TrainingInterruptedWarning, match="the network is whole, but logit_scale_="):
        classifier = clone(MLP).fit(X, y)
    np.testing.assert_array_equal(classifier.predict(X), whole.predict(X))
    assert classifier.n_iter_ == whole.n_iter_


def test_brightness_and_contrast_do_not_matter(digits):
    X, y = digits
    X = X.reshape(-1, 8, 8)
    cnn = KerasCNNClassifier((8,), calibrate=False, random_state=0)
    classifier = clone(cnn).fit(X[:1200], y[:1200])
    accuracy = classifier.score(X[1200:], y[1200:])
    assert classifier.score(0.6 * X[1200:] + 9, y[1200:]) > accuracy - 0.02
    plain = clone(cnn).set_params(image_norm=False).fit(X[:1200], y[:1200])
    assert plain.score(0.6 * X[1200:] + 9, y[1200:]) < accuracy - 0.1


def test_a_second_network_that_diverges_spoils_no_fit(monkeypatch, digits):
    def diverge(*args):
        raise ValueError("Training diverged: the loss became nan")

    X, y = digits[0][:400], digits[1][:400]
    monkeypatch.setattr(_second_network.SecondNetwork, "logits", diverge)
    with pytest.warns(UserWarning, match="logit_scale_=1.89 was not learned: Training diverged"):
        classifier = clone(MLP).fit(X, y)
    assert classifier.score(X, y) > 0.95


def test_stages_of_any_random_state_end_in_the_scale_of_one_fit(digits):
    X, y = digits[0][:300], digits[1][:300]
    mlp = clone(MLP).set_params(epochs=4)
    whole = clone(mlp).set_params(random_state=np.random.RandomState(3)).fit(X, y)
    staged = clone(mlp).set_params(random_state=np.random.RandomState(3))
    staged.fit_until(2, X, y).fit_until(4, X, y)
    assert staged.logit_scale_ == whole.logit_scale_


def test_validation_samples_of_weight_2_are_two_copies_and_of_weight_0_none(digits):
    X, y = digits
    mlp = clone(MLP).set_params(epochs=4)
    X_val, y_val = X[400:430], y[400:430]

    def scale(X_val, y_val, weights):
        return mlp.fit(
            X[:400], y[:400], X_val=X_val, y_val=y_val, sample_weight_val=weights
        ).logit_scale_

    once = scale(X_val, y_val, np.ones(30))
    assert scale(X_val, y_val, np.full(30, 2.0)) == once
    assert scale(np.repeat(X_val, 2, axis=0), y_val.repeat(2), np.ones(60)) == once
    assert scale(X[400:], y[400:], (np.arange(len(X) - 400) < 30).astype(float)) == once


@pytest.mark.parametrize(("n_classes", "n_each"), [(100, 4), (40, 5), (136, 15), (2, 60)])
def test_some_are_held_out_of_many_small_classes(n_classes, n_each):
    pixels = np.random.default_rng(0).normal(size=(n_classes * n_each, 20)).astype(np.float32)
    numbers = np.arange(len(pixels), dtype=np.int32) % n_classes
    _, part, unseen = calibration_split(examples_of(pixels, numbers), 0)
    assert 15 <= len(unseen.rows) <= 1.1 * len(pixels) / 4
    assert np.bincount(numbers[part.rows], minlength=n_classes).min() >= n_each / 2


def test_twins_are_found_in_pixels_far_from_zero():
    rng = np.random.default_rng(0)
    pixels = rng.normal(size=(200, 400)) + 30_000
    pixels = np.concatenate([pixels, pixels + 0.01 * rng.normal(size=(200, 400))])
    numbers = np.tile(np.arange(200, dtype=np.int32) % 2, 2)
    _, part, unseen = calibration_split(examples_of(pixels.astype(np.float32), numbers), 0)
    assert set(part.rows % 200).isdisjoint(unseen.rows % 200)

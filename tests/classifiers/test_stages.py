"""A fit in stages is one fit, bit for bit."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone

from skmnist import KerasCNNClassifier, KerasMLPClassifier, RandomDistortion

MLP = KerasMLPClassifier((8,), epochs=6, batch_size=32, random_state=0)
CNN = KerasCNNClassifier(
    (2,), hidden_layer_sizes=(4,), epochs=6, batch_size=64, learning_rate=0.02, random_state=0
)
MOMENTUM = {"optimizer": keras.optimizers.SGD(0.05, momentum=0.9), "learning_rate": None}
NOISY = {"dropout": 0.3, "batch_norm": True, "augmenter": RandomDistortion(rotation=10)}


def assert_same_fit(one, other):
    for a, b in zip(one.weights_, other.weights_, strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history_ == other.history_
    assert one.n_iter_ == other.n_iter_


def in_stages(classifier, ends, *args, **fit_params):
    """Train up to each of some epochs, by way of a pickle."""
    for end in ends:
        classifier.fit_until(end, *args, **fit_params)
        assert classifier.n_iter_ == end
        classifier = pickle.loads(pickle.dumps(classifier))
    return classifier


@pytest.mark.parametrize("schedule", ["constant", "one_cycle", "cosine"])
@pytest.mark.parametrize(
    ("classifier", "settings"),
    [(MLP, {}), (MLP, MOMENTUM), (MLP, NOISY), (CNN, {}), (CNN, {**MOMENTUM, **NOISY})],
    ids=["mlp adam", "mlp momentum", "mlp noisy", "cnn adam", "cnn momentum noisy"],
)
def test_stages_make_what_one_fit_makes(classifier, settings, schedule, few_digits):
    X, y = few_digits
    weights = np.random.default_rng(0).integers(0, 4, len(y))
    classifier = clone(classifier).set_params(schedule=schedule, **settings)
    whole = clone(classifier).fit(X, y, sample_weight=weights)
    assert_same_fit(in_stages(clone(classifier), (1, 3, 6), X, y, weights), whole)


def test_a_stage_is_a_fit_that_stops(few_digits):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 3

    stopped = clone(MLP).set_params(keras_callbacks=[Stop]).fit(*few_digits)
    stage = in_stages(clone(MLP), (1, 4), *few_digits)
    assert stage.n_iter_ == 4
    assert_same_fit(stage, stopped)
    # Its schedule is that of six epochs: a fit of four ends with a lower rate.
    short = clone(MLP).set_params(epochs=4).fit(*few_digits)
    assert short.history_["learning_rate"][-1] < 0.2 * stage.history_["learning_rate"][-1]


def test_validation_samples_are_scored_in_every_stage(digits, few_digits):
    held_out = {"X_val": digits[0][300:400], "y_val": digits[1][300:400]}
    whole = clone(MLP).fit(*few_digits, **held_out)
    stages = in_stages(clone(MLP), (2, 6), *few_digits, **held_out)
    assert len(stages.validation_scores_) == 6
    assert_same_fit(stages, whole)


def test_auto_epochs_are_a_horizon_too(few_digits):
    classifier = clone(MLP).set_params(epochs="auto", batch_size=300)
    whole = clone(classifier).fit(*few_digits)
    stages = in_stages(clone(classifier), (7, whole.n_iter_), *few_digits)
    assert whole.n_iter_ == 100
    assert_same_fit(stages, whole)


def test_a_stage_that_fails_changes_nothing(few_digits):
    X, y = few_digits
    classifier = clone(MLP).fit_until(2, X, y)
    before = pickle.dumps(vars(classifier))
    with pytest.raises(ValueError, match="NaN"):
        classifier.fit_until(4, np.full_like(X, np.nan), y)
    assert pickle.dumps(vars(classifier)) == before
    assert_same_fit(classifier.fit_until(6, X, y), clone(MLP).fit(X, y))


@pytest.mark.parametrize("n_epochs", [0, 1, 2, 7, 2.5, "3"])
def test_no_epochs_to_go_on_with_is_an_error(n_epochs, few_digits):
    classifier = clone(MLP).fit_until(2, *few_digits)
    with pytest.raises(ValueError, match=rf"n_epochs={n_epochs!r} .* above the 2 .*epochs=6"):
        classifier.fit_until(n_epochs, *few_digits)

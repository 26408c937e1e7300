"""What both classifiers promise, on small sets of real digits."""

import random
import re
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.model_selection import cross_validate
from sklearn.neural_network import MLPClassifier

from skmnist import KerasCNNClassifier, KerasMLPClassifier

MLP = KerasMLPClassifier((16,), epochs=5, random_state=0)
CNN = KerasCNNClassifier((4,), hidden_layer_sizes=(8,), epochs=5, random_state=0)
BOTH = pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])


def fitted(classifier, X, y, **changes):
    return clone(classifier).set_params(**changes).fit(X, y)


def assert_same_weights(one, other):
    for a, b in zip(one.weights_, other.weights_, strict=True):
        np.testing.assert_array_equal(a, b)


def modules_of(value):
    """Packages that a value and all that it contains come from."""
    if hasattr(value, "__dict__"):
        value, owner = vars(value), value
        return {type(owner).__module__.split(".")[0]} | modules_of(value)
    inside = value.values() if isinstance(value, dict) else value
    inside = inside if isinstance(inside, list | tuple | set | type({}.values())) else ()
    own = {type(value).__module__.split(".")[0]}
    return own.union(*(modules_of(part) for part in inside))


@pytest.fixture(scope="module", params=[MLP, CNN], ids=["mlp", "cnn"])
def model(request, few_digits):
    return fitted(request.param, *few_digits)


class TestAttributes:
    def test_history(self, model):
        assert set(model.history_) == {"loss", "accuracy", "learning_rate"}
        assert all(len(values) == 5 for values in model.history_.values())
        assert model.n_iter_ == 5
        assert model.loss_curve_ == model.history_["loss"]
        assert model.validation_scores_ is None
        assert model.loss_curve_[-1] < 0.6 * model.loss_curve_[0]

    def test_weights_are_arrays(self, model):
        assert all(type(w) is np.ndarray and w.dtype == np.float32 for w in model.weights_)

    def test_nothing_of_keras_is_held(self, model):
        assert modules_of(vars(model)) <= {"builtins", "numpy", "skmnist"}

    def test_pixels_are_standardized_by_one_mean_and_deviation(self, model, few_digits):
        X, _ = few_digits
        assert model.pixel_mean_ == pytest.approx(X.mean())
        assert model.pixel_scale_ == pytest.approx(1 / X.std())

    def test_to_keras_gives_the_logits(self, model, few_digits):
        X = few_digits[0][:20].astype(np.float32)
        keras_model = model.to_keras()
        assert isinstance(keras_model, keras.Model)
        logits = keras_model(X.reshape(-1, *keras_model.input_shape[1:])).numpy()
        np.testing.assert_allclose(logits, model.decision_function(X), rtol=1e-4, atol=1e-4)


class TestPrediction:
    def test_the_four_methods_agree(self, model, few_digits):
        X, _ = few_digits
        proba, decision = model.predict_proba(X), model.decision_function(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        np.testing.assert_allclose(np.log(proba), model.predict_log_proba(X))
        np.testing.assert_array_equal(proba.argmax(axis=1), decision.argmax(axis=1))
        np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], model.predict(X))

    def test_decision_of_two_classes_is_a_difference(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X, y > 4, label_smoothing=0.0, calibrate=False)
        decision, proba = classifier.decision_function(X), classifier.predict_proba(X)
        assert decision.shape == (len(X),)
        np.testing.assert_allclose(1 / (1 + np.exp(-decision)), proba[:, 1], rtol=1e-5, atol=1e-8)

    def test_features_are_what_the_last_layer_works_on(self, model, few_digits):
        X, _ = few_digits
        features = model.transform(X)
        assert features.dtype == np.float32
        assert features.min() == 0  # relu
        logits = features @ model.weights_[-2] + model.weights_[-1]
        np.testing.assert_allclose(logits, model.decision_function(X), rtol=1e-4, atol=1e-4)
        assert len(model.get_feature_names_out()) == features.shape[1]

    def test_set_params_does_not_change_what_was_fitted(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X, y)
        before = classifier.predict_proba(X)
        classifier.set_params(hidden_layer_sizes=(3,), label_smoothing=0.5, activation="tanh")
        np.testing.assert_array_equal(classifier.predict_proba(X), before)

    @BOTH
    @pytest.mark.parametrize("method", ["predict", "predict_proba", "transform"])
    def test_unfitted(self, classifier, method):
        with pytest.raises(NotFittedError):
            getattr(clone(classifier), method)([[0.0]])
        with pytest.raises(NotFittedError):
            clone(classifier).to_keras()


class TestPixels:
    @BOTH
    @pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float64])
    def test_numbers_become_float32(self, classifier, dtype, few_digits):
        X, y = few_digits
        reference = fitted(classifier, X.astype(np.float32), y)
        assert_same_weights(reference, fitted(classifier, X.astype(dtype), y))

    @BOTH
    def test_uint8_stays_and_predicts_the_same(self, classifier, few_digits):
        X, y = few_digits
        classifier = fitted(classifier, X.astype(np.uint8), y)
        np.testing.assert_array_equal(
            classifier.predict_proba(X.astype(np.uint8)), classifier.predict_proba(X)
        )

    @BOTH
    @pytest.mark.parametrize("scale", [1 / 16, 1.0, 255 / 16, 1e4])
    def test_every_range_trains_alike(self, classifier, scale, few_digits):
        X, y = few_digits
        assert fitted(classifier, X * scale, y, epochs=20).score(X * scale, y) > 0.95

    @BOTH
    def test_images_and_rows_are_the_same(self, classifier, few_digits):
        X, y = few_digits
        flat, stack = fitted(classifier, X, y), fitted(classifier, X.reshape(-1, 8, 8), y)
        channel = fitted(classifier, X.reshape(-1, 8, 8, 1), y)
        assert_same_weights(flat, stack)
        assert_same_weights(flat, channel)
        assert stack.n_features_in_ == 64
        assert stack.image_shape_ == (8, 8)
        np.testing.assert_array_equal(stack.predict(X), stack.predict(X.reshape(-1, 8, 8)))

    def test_images_may_be_nested_lists(self, few_digits):
        X, y = few_digits
        nested = X.reshape(-1, 8, 8).tolist()
        assert_same_weights(fitted(CNN, nested, y), fitted(CNN, X, y))

    def test_standardize_off_takes_pixels_as_they_are(self, few_digits):
        classifier = fitted(MLP, *few_digits, standardize=False)
        assert (classifier.pixel_mean_, classifier.pixel_scale_) == (0.0, 1.0)


class TestImageShape:
    def fit(self, n_features=12, **parameters):
        X = np.random.default_rng(0).random((20, n_features))
        return clone(CNN).set_params(epochs=1, **parameters).fit(X, np.arange(20) % 2)

    @pytest.mark.parametrize(
        ("n_features", "image_shape", "expected"),
        [
            (16, None, (4, 4)),
            (12, None, (1, 12)),
            (12, (3, 4), (3, 4)),
            (12, [2, 2, 3], (2, 2, 3)),
        ],
    )
    def test_of_flat_rows(self, n_features, image_shape, expected):
        assert self.fit(n_features, image_shape=image_shape).image_shape_ == expected

    def test_wide_row_that_is_no_square_warns(self):
        with pytest.warns(UserWarning, match=r"80 columns.*image_shape=\(height, width\)"):
            assert self.fit(80).image_shape_ == (1, 80)

    def test_channels_first_warn(self):
        X, y = np.zeros((4, 3, 6, 5)), [0, 1, 0, 1]
        with pytest.warns(UserWarning, match=r"3 high and 6 wide with 5 channels.*moveaxis"):
            clone(CNN).fit(X, y)
        said = clone(CNN).set_params(image_shape=(3, 6, 5))
        assert said.fit(X, y).image_shape_ == (3, 6, 5)
        assert clone(CNN).fit(np.moveaxis(X, 1, -1), y).image_shape_ == (6, 5, 3)

    @pytest.mark.parametrize(
        ("image_shape", "message"),
        [
            ((4, 4), r"image_shape=\(4, 4\) has 16 pixels, but X has 12 features"),
            ((12,), r"image_shape=\(12,\) was given, but a tuple \(height, width\)"),
            ((3, -4), "positive integers"),
        ],
    )
    def test_wrong_one_is_said_so(self, image_shape, message):
        with pytest.raises(ValueError, match=message):
            self.fit(image_shape=image_shape)

    def test_of_a_stack_must_agree(self):
        X, y = np.zeros((4, 3, 4)), [0, 1, 0, 1]
        with pytest.raises(ValueError, match=r"image_shape=\(4, 3\).*images of shape \(3, 4\)"):
            clone(CNN).set_params(image_shape=(4, 3)).fit(X, y)

    def test_other_images_at_predict(self, few_digits):
        X, y = few_digits
        classifier = fitted(CNN, X, y)
        with pytest.raises(ValueError, match=r"shape \(4, 16\).*fitted on images of shape \(8, 8"):
            classifier.predict(X.reshape(-1, 4, 16))
        with pytest.raises(ValueError, match=r"one image.*X\[None\]"):
            classifier.predict(X[0].reshape(8, 8))
        with pytest.raises(ValueError, match=r"X has 63 features.*expecting 64"):
            classifier.predict(X[:, 1:])


class TestTargets:
    @BOTH
    def test_strings(self, classifier, few_digits):
        X, y = few_digits
        names = np.array([f"digit {label}" for label in y])
        classifier = fitted(classifier, X, names)
        assert classifier.classes_[3] == "digit 3"
        assert np.mean(classifier.predict(X) == names) == classifier.score(X, names) > 0.5

    @BOTH
    def test_one_hot_comes_back_one_hot(self, classifier, few_digits):
        X, y = few_digits
        rows = np.eye(10, dtype=np.float32)[y]
        one_hot, plain = fitted(classifier, X, rows), fitted(classifier, X, y)
        assert_same_weights(one_hot, plain)
        predicted = one_hot.predict(X)
        assert predicted.dtype == np.float32
        np.testing.assert_array_equal(predicted, np.eye(10)[plain.predict(X)])
        assert one_hot.score(X, rows) == plain.score(X, y)

    def test_column_is_a_vector_with_sklearns_warning(self, few_digits):
        X, y = few_digits
        with pytest.warns(DataConversionWarning):
            column = fitted(MLP, X, y[:, None])
        assert_same_weights(column, fitted(MLP, X, y))

    # NumPy warns of 1e300 before scikit-learn refuses it.
    @pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
    @BOTH
    @pytest.mark.parametrize(
        ("X", "y", "message"),
        [
            ([[0.0], [1.0]], [1, 1], "one class only, but a classifier needs at least two.* is 1"),
            ([[0.0], [1.0]], [0.5, 1.5], "Unknown label type: continuous"),
            ([[0.0], [1.0]], [[1, 1], [0, 1]], "not one-hot.*MultiOutputClassifier"),
            ([[0.0], [np.nan]], [0, 1], "Input X contains NaN"),
            ([[0.0], [np.inf]], [0, 1], "Input X contains infinity"),
            ([[0.0], [1e300]], [0, 1], "too large for dtype"),
            ([[0.0], [1.0]], [0, 1, 2], "inconsistent numbers of samples"),
            ([["a"], ["b"]], [0, 1], "could not convert string to float"),
            (np.zeros((2, 3, 3, 1, 1)), [0, 1], "dim"),
            ([[0.0], [1.0]], csr_array(np.eye(2)), r"sparse matrix of shape \(2, 2\).*toarray"),
        ],
    )
    def test_what_cannot_be_learned_is_said_so(self, classifier, X, y, message):
        with pytest.raises(ValueError, match=message):
            clone(classifier).fit(X, y)


class TestWeights:
    @BOTH
    def test_weight_two_is_two_copies_and_zero_is_none(self, classifier, few_digits):
        X, y = few_digits
        weights = np.random.default_rng(0).integers(3, size=len(X))
        copied = fitted(classifier, np.repeat(X, weights, axis=0), np.repeat(y, weights))
        weighted = clone(classifier).fit(X, y, sample_weight=weights)
        assert_same_weights(copied, weighted)

    @BOTH
    def test_order_of_the_rows_says_nothing(self, classifier, few_digits):
        X, y = few_digits
        shuffled = np.random.default_rng(0).permutation(len(X))
        assert_same_weights(fitted(classifier, X, y), fitted(classifier, X[shuffled], y[shuffled]))

    def test_balanced_lifts_a_rare_class(self, digits):
        X, y = digits
        rare = (y != 8) | (np.cumsum(y == 8) <= 8)
        recall = [
            np.mean(
                fitted(MLP, X[rare], y[rare], class_weight=w, epochs=2).predict(X[y == 8]) == 8
            )
            for w in (None, "balanced")
        ]
        assert recall[1] > recall[0] + 0.1

    def test_class_weight_of_zero_takes_a_class_out(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X, y, class_weight={8: 0.0}, epochs=20)
        assert 8 in classifier.classes_
        assert 8 not in classifier.predict(X)

    def test_only_zeros_are_refused(self, few_digits):
        X, y = few_digits
        with pytest.raises(ValueError, match=r"weight.*zero"):
            clone(MLP).fit(X, y, sample_weight=np.zeros(len(X)))
        with pytest.raises(ValueError, match="sample_weight and class_weight leave only zeros"):
            fitted(MLP, X, y, class_weight=dict.fromkeys(range(10), 0))

    @pytest.mark.parametrize("scale", [1e-30, 1e30])
    def test_only_ratios_count_where_there_is_no_penalty(self, scale, few_digits):
        X, y = few_digits
        weights = np.random.default_rng(0).random(len(X))
        one = clone(MLP).set_params(alpha=0.0).fit(X, y, sample_weight=weights)
        other = clone(MLP).set_params(alpha=0.0).fit(X, y, sample_weight=weights * scale)
        np.testing.assert_allclose(one.weights_[0], other.weights_[0], atol=1e-5)

    @pytest.mark.parametrize(
        ("scale", "message"),
        [(1e308, "add up to infinity.*mean"), (1e-60, "alpha=0.0001 divided by the total weight")],
    )
    def test_absurd_weights_are_said_so(self, scale, message, few_digits):
        X, y = few_digits
        with pytest.raises(ValueError, match=message):
            clone(MLP).fit(X, y, sample_weight=np.full(len(X), scale))


class TestContinuing:
    @BOTH
    def test_five_and_five_are_ten(self, classifier, few_digits):
        X, y = few_digits
        ten = fitted(classifier, X, y, epochs=10, schedule="constant")
        warm = fitted(classifier, X, y, epochs=5, schedule="constant", warm_start=True).fit(X, y)
        single = clone(classifier).set_params(schedule="constant")
        for _ in range(10):
            single.partial_fit(X, y, classes=range(10))
        assert_same_weights(ten, warm)
        assert_same_weights(ten, single)
        assert ten.history_["loss"] == warm.history_["loss"] == single.history_["loss"]
        assert ten.n_iter_ == warm.n_iter_ == single.n_iter_ == 10

    @BOTH
    def test_without_warm_start_fit_begins_again(self, classifier, few_digits):
        X, y = few_digits
        once = fitted(classifier, X, y)
        assert_same_weights(once, clone(classifier).fit(X[:50], y[:50]).fit(X, y))

    def test_partial_fit_after_fit_goes_on(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X, y)
        loss = classifier.loss_curve_[-1]
        for _ in range(5):
            classifier.partial_fit(X, y)
        assert classifier.n_iter_ == 10
        assert classifier.loss_curve_[-1] < loss

    def test_partial_fit_by_class(self, few_digits):
        X, y = few_digits
        classifier = clone(MLP).partial_fit(X[y < 5], y[y < 5], classes=range(10))
        classifier.partial_fit(X[y == 7], y[y == 7])  # one class will do here
        assert classifier.predict_proba(X).shape == (300, 10)

    @pytest.mark.parametrize(
        ("classes", "message"),
        [
            (None, r"classes=None.*partial_fit\(X, y, classes="),
            ({0, 1}, r"classes={0, 1} was given, but an array-like"),
            ([0, 1], r"not among the classes \[0, 1\]"),
            ([0], "at least two are needed"),
        ],
    )
    def test_first_partial_fit_needs_the_classes(self, classes, message, few_digits):
        with pytest.raises(ValueError, match=message):
            clone(MLP).partial_fit(*few_digits, classes=classes)

    def test_later_partial_fit_can_bring_no_new_class(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X[y < 9], y[y < 9])
        with pytest.raises(ValueError, match=r"not among the classes.*: \[9\]"):
            classifier.partial_fit(X, y)
        with pytest.raises(ValueError, match="but the first call had"):
            classifier.partial_fit(X, y, classes=range(10))

    @pytest.mark.parametrize(
        "change", [{"hidden_layer_sizes": (3,)}, {"standardize": False}, {"image_shape": (4, 16)}]
    )
    def test_another_network_cannot_go_on(self, change, few_digits):
        classifier = fitted(CNN, *few_digits, warm_start=True).set_params(**change)
        with pytest.raises(ValueError, match=rf"{next(iter(change))} changed.*warm_start=False"):
            classifier.fit(*few_digits)

    @pytest.mark.parametrize("other", ["sgd", "rmsprop", "Adagrad"])
    def test_another_optimizer_starts_with_no_moments(self, other, few_digits):
        settings = {"warm_start": True, "schedule": "constant", "learning_rate": 0.01}
        first = fitted(MLP, *few_digits, **settings)
        changed = clone(first).fit(*few_digits).set_params(optimizer=other).fit(*few_digits)
        forgetful = clone(first).fit(*few_digits).set_params(optimizer=other)
        fitted_network = forgetful.fitted_network_
        resumption = replace(fitted_network.resumption, optimizer=[])
        forgetful.fitted_network_ = replace(fitted_network, resumption=resumption)
        assert_same_weights(changed, forgetful.fit(*few_digits))
        assert changed.n_iter_ == 10

    def test_history_says_nan_where_there_was_no_figure(self, few_digits):
        X, y = few_digits
        classifier = fitted(MLP, X, y, warm_start=True).fit(X, y, X_val=X, y_val=y)
        scores = classifier.validation_scores_
        assert len(scores) == classifier.n_iter_ == 10
        assert np.isnan(scores).tolist() == [True] * 5 + [False] * 5


class TestValidation:
    def test_given_samples_are_scored_after_every_epoch(self, digits):
        X, y = digits
        classifier = clone(MLP).fit(X[:300], y[:300], X_val=X[300:500], y_val=y[300:500])
        assert classifier.validation_scores_ == classifier.history_["val_accuracy"]
        score = classifier.score(X[300:500], y[300:500])
        assert classifier.validation_scores_[-1] == pytest.approx(score)
        assert_same_weights(classifier, fitted(MLP, X[:300], y[:300]))

    def test_early_stopping_keeps_the_best_weights(self, digits):
        X, y = digits
        classifier = clone(MLP).set_params(
            epochs=100,
            early_stopping=True,
            n_iter_no_change=3,
            learning_rate=0.03,
            schedule="constant",
        )
        classifier.fit(X[:200], y[:200], X_val=X[1000:], y_val=y[1000:])
        losses = classifier.history_["val_loss"]
        assert classifier.n_iter_ == len(losses) == np.argmin(losses) + 4 < 100
        best = classifier.validation_scores_[int(np.argmin(losses))]
        assert classifier.score(X[1000:], y[1000:]) == pytest.approx(best)

    def test_early_stopping_holds_out_a_share(self, few_digits):
        options = {"early_stopping": True, "n_iter_no_change": 4, "validation_fraction": 0.2}
        classifier = fitted(MLP, *few_digits, **options)
        right = np.array(classifier.validation_scores_) * 60
        np.testing.assert_allclose(right, right.round(), atol=1e-4)

    @pytest.mark.parametrize(
        ("held", "message"),
        [
            ({"X_val": [[0.0] * 64]}, "X_val was given, but y_val is missing"),
            ({"y_val": [0]}, "X_val is missing"),
            ({"X_val": [[0.0] * 63], "y_val": [0]}, "In X_val.*63 features"),
            ({"X_val": [[0.0] * 64], "y_val": [11]}, "In X_val, y_val.*not among the classes"),
            ({"X_val": [[0.0] * 64], "y_val": np.ones((1, 1)) * np.nan}, "In X_val.*NaN"),
        ],
    )
    def test_wrong_validation_data_is_said_so(self, held, message, few_digits):
        with pytest.raises(ValueError, match=message):
            clone(MLP).fit(*few_digits, **held)


class TestRandomness:
    @BOTH
    def test_same_seed_same_bits(self, classifier, few_digits):
        first, again = fitted(classifier, *few_digits), fitted(classifier, *few_digits)
        assert_same_weights(first, again)
        other = fitted(classifier, *few_digits, random_state=1)
        assert not np.array_equal(first.weights_[0], other.weights_[0])

    def test_dropout_is_seeded_too(self, few_digits):
        pair = [fitted(MLP, *few_digits, dropout=0.3) for _ in range(2)]
        assert_same_weights(*pair)

    def test_no_seed_gives_something_new_each_time(self, few_digits):
        np.random.seed(0)  # noqa: NPY002
        first = fitted(MLP, *few_digits, random_state=None)
        np.random.seed(0)  # noqa: NPY002
        second = fitted(MLP, *few_digits, random_state=None)
        assert not np.array_equal(first.weights_[0], second.weights_[0])

    @BOTH
    @pytest.mark.parametrize("random_state", [None, 3])
    def test_global_generators_are_left_alone(self, classifier, random_state, few_digits):
        # Another width, so that building the network is part of it.
        width = {"hidden_layer_sizes": (7 if random_state else 9,), "dropout": 0.1}
        tf.random.set_seed(5)
        expected = tf.random.uniform([3]).numpy()
        tf.random.set_seed(5)
        before = random.getstate(), str(np.random.get_state())  # noqa: NPY002
        fitted(classifier, *few_digits, random_state=random_state, **width).predict(few_digits[0])
        assert (random.getstate(), str(np.random.get_state())) == before  # noqa: NPY002
        np.testing.assert_array_equal(tf.random.uniform([3]).numpy(), expected)

    def test_unseeded_keras_code_works_afterwards(self, few_digits):
        fitted(MLP, *few_digits)
        assert keras.random.normal((2,)).shape == (2,)
        # An unseeded op raises where determinism of ops was switched on.
        assert tf.random.uniform([2]).shape == (2,)


class TestKerasObjects:
    # Keras 3.15 asks NumPy 2 for its variables in the old way.
    @pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
    def test_callbacks_can_set_the_rate_and_stop(self, few_digits):
        callbacks = [
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1)),
            keras.callbacks.TerminateOnNaN,
        ]
        classifier = fitted(MLP, *few_digits, schedule="constant", keras_callbacks=callbacks)
        rates = classifier.history_["learning_rate"]
        np.testing.assert_allclose(rates, [0.1, 0.05, 0.1 / 3, 0.025, 0.02], rtol=1e-5)

    def test_rate_set_in_a_batch_hook_counts_at_once(self, few_digits):
        class Freeze(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                self.model.optimizer.learning_rate = 0.0

        settings = {"optimizer": "sgd", "learning_rate": 0.1, "schedule": "constant"}
        frozen = fitted(MLP, *few_digits, keras_callbacks=Freeze(), **settings)
        assert frozen.history_["learning_rate"] == [0.0] * 5
        assert frozen.loss_curve_ == pytest.approx([frozen.loss_curve_[0]] * 5, rel=1e-5)

    def test_stop_in_a_batch_hook_is_heard_at_once(self, few_digits):
        seen = []

        class Stop(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                seen.append(batch)
                self.model.stop_training = True

        assert fitted(MLP, *few_digits, keras_callbacks=Stop()).n_iter_ == 1
        assert seen == [0]

    def test_freezing_layers_is_refused_and_harms_no_later_fit(self, few_digits):
        before = fitted(MLP, *few_digits)

        class Freeze(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                self.model.layers[1].trainable = False

        with pytest.raises(ValueError, match="changed which layers are trainable"):
            fitted(MLP, *few_digits, keras_callbacks=Freeze())
        assert_same_weights(before, fitted(MLP, *few_digits))

    def test_logs_that_are_no_numbers_stay_out_of_the_history(self, few_digits):
        note = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: logs.update(note="x", epoch=epoch)
        )
        history = fitted(MLP, *few_digits, keras_callbacks=note).history_
        assert "note" not in history
        assert history["epoch"] == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("epochs", [[0], [1], [0, 2], [3, 4]])
    def test_figures_of_some_epochs_stand_at_those_epochs(self, epochs, few_digits):
        note = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: epoch in epochs and logs.update(own=float(epoch))
        )
        own = fitted(MLP, *few_digits, keras_callbacks=note).history_["own"]
        assert own == pytest.approx(
            [epoch if epoch in epochs else np.nan for epoch in range(5)], nan_ok=True
        )

    @pytest.mark.parametrize("callback", ["EarlyStopping", len, object()])
    def test_what_is_no_callback_is_said_so(self, callback, few_digits):
        with pytest.raises(TypeError, match=r"keras_callbacks has .*keras\.callbacks\.Callback"):
            fitted(MLP, *few_digits, keras_callbacks=[callback])

    def test_optimizer_name_may_be_written_as_keras_does(self, few_digits):
        assert_same_weights(fitted(MLP, *few_digits, optimizer="Adam"), fitted(MLP, *few_digits))

    @pytest.mark.parametrize(
        "optimizer",
        ["LossScaleOptimizer", keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())],
        ids=["name", "instance"],
    )
    def test_wrapped_optimizer_is_refused(self, optimizer, few_digits):
        with pytest.raises((TypeError, ValueError), match="optimizer="):
            fitted(MLP, *few_digits, optimizer=optimizer)

    def test_last_step_may_diverge_too(self, few_digits):
        X, y = few_digits
        classifier = clone(MLP).set_params(optimizer="sgd", learning_rate=1e38, batch_size=300)
        with pytest.raises(ValueError, match="diverged"):
            classifier.partial_fit(X, y, classes=range(10))
        assert not hasattr(classifier, "weights_")

    def test_optimizer_instance_is_a_recipe(self, few_digits):
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
        pair = [fitted(MLP, *few_digits, optimizer=optimizer) for _ in range(2)]
        assert_same_weights(*pair)
        assert not optimizer.built

    def test_error_in_a_callback_leaves_the_estimator_as_it_was(self, few_digits):
        def fail(epoch, logs):
            raise RuntimeError("from the callback")

        classifier = fitted(MLP, *few_digits)
        before = dict(vars(classifier))
        classifier.set_params(keras_callbacks=keras.callbacks.LambdaCallback(on_epoch_end=fail))
        with pytest.raises(RuntimeError, match="from the callback"):
            classifier.fit(few_digits[0][:50], few_digits[1][:50])
        after = dict(vars(classifier), keras_callbacks=None)
        assert after.keys() == before.keys()
        assert all(after[name] is before[name] for name in before)
        assert_same_weights(
            classifier.set_params(keras_callbacks=None).fit(*few_digits), fitted(MLP, *few_digits)
        )

    def test_interrupt_keeps_the_last_whole_epoch(self, few_digits):
        def interrupt(epoch, logs=None):
            if epoch == 3:
                raise KeyboardInterrupt

        callback = keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
        with pytest.warns(UserWarning, match="interrupted.*epoch 3 of 10"):
            stopped = fitted(
                MLP, *few_digits, epochs=10, schedule="constant", keras_callbacks=callback
            )
        assert stopped.n_iter_ == 3
        assert_same_weights(stopped, fitted(MLP, *few_digits, epochs=3, schedule="constant"))

    def test_unknown_optimizer(self, few_digits):
        with pytest.raises(ValueError, match="optimizer='adamm'"):
            fitted(MLP, *few_digits, optimizer="adamm")

    def test_rate_for_an_optimizer_with_its_own_schedule(self, few_digits):
        falling = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
        optimizer = keras.optimizers.SGD(falling)
        with pytest.raises(ValueError, match=r"learning_rate=0\.1 .* schedule of its own"):
            fitted(MLP, *few_digits, optimizer=optimizer, learning_rate=0.1)


IN_A_NEW_PROCESS = {
    "threads": """
import threading
from skmnist import KerasMLPClassifier
failed = []
def fit():
    together.wait()
    try:
        KerasMLPClassifier(2, epochs=1).fit([[0.0], [1.0]], [0, 1])
    except BaseException as error:
        failed.append(error)
together = threading.Barrier(3)
threads = [threading.Thread(target=fit) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert failed == [], failed
""",
    "what scikeras and global settings do to Keras": """
import keras
classes = keras.Model, keras.losses.Loss, keras.metrics.Metric, keras.optimizers.Optimizer
def methods():
    return [vars(c).get(n) for c in classes for n in ("__reduce__", "__deepcopy__")]
untouched = methods()
import numpy as np
from sklearn.datasets import load_digits
from skmnist import KerasCNNClassifier
X, y = load_digits(return_X_y=True)
X, y = X[:100], y[:100]
def fit():
    return KerasCNNClassifier(2, hidden_layer_sizes=3, epochs=2, random_state=0).fit(X, y)
before = fit()
assert methods() == untouched, "scikeras changed classes of Keras"
keras.backend.clear_session()
keras.config.set_image_data_format("channels_first")
keras.config.set_floatx("float64")
for policy in "mixed_float16", "mixed_bfloat16", "float64":
    keras.config.set_dtype_policy(policy)
    # Another activation is another program, built under these settings.
    after = fit()
    for a, b in zip(before.weights_, after.weights_):
        np.testing.assert_array_equal(a, b)
    other = KerasCNNClassifier(2, hidden_layer_sizes=3, activation="tanh", epochs=2).fit(X, y)
    model = other.to_keras()
    np.testing.assert_allclose(
        model(X.reshape(-1, 8, 8, 1)), other.decision_function(X), rtol=1e-4, atol=1e-4
    )
""",
}


@pytest.mark.parametrize("code", IN_A_NEW_PROCESS.values(), ids=IN_A_NEW_PROCESS)
def test_in_a_new_process(code):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


class TestParameters:
    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"kernel_size": (3, 3)}, r"kernel_size=\(3, 3\) has 2 values.*1 convolutions"),
            ({"pool_size": [2, 0]}, r"pool_size=\[2, 0\].*positive integers"),
            ({"filters": (4.5,)}, r"filters=\(4\.5,\)"),
            ({"hidden_layer_sizes": (-1,)}, r"hidden_layer_sizes=\(-1,\)"),
        ],
    )
    def test_wrong_sizes_are_said_so(self, parameters, message, few_digits):
        with pytest.raises(ValueError, match=message):
            fitted(CNN, *few_digits, **parameters)

    @pytest.mark.parametrize("size", [16, (16,), [16], np.array([16]), np.int64(16)], ids=repr)
    def test_sizes_may_come_in_any_form(self, size, few_digits):
        classifier = fitted(MLP, *few_digits, hidden_layer_sizes=size)
        assert_same_weights(classifier, fitted(MLP, *few_digits))

    def test_auto_fits_the_size_of_the_data(self, digits):
        X, y = digits
        few = KerasMLPClassifier((2,), random_state=0).fit(X[:40], y[:40])
        many = KerasMLPClassifier((2,), random_state=0).fit(X, y)
        assert few.n_iter_ == 100
        assert many.n_iter_ == -(-1500 // -(-1797 // 32))
        copies = KerasMLPClassifier((2,), random_state=0).fit(np.tile(X, (3, 1)), np.tile(y, 3))
        assert copies.n_iter_ == many.n_iter_

    def test_alpha_shrinks_the_kernels(self, few_digits):
        norms = [
            np.linalg.norm(fitted(MLP, *few_digits, alpha=alpha, epochs=20).weights_[0])
            for alpha in (0.0, 100.0)
        ]
        assert norms[1] < 0.8 * norms[0]

    @BOTH
    @pytest.mark.parametrize(
        "change", [{"batch_norm": True}, {"precision": "bfloat16"}, {"dropout": 0.1}], ids=str
    )
    def test_variants_learn(self, classifier, change, few_digits):
        X, y = few_digits
        assert fitted(classifier, X, y, epochs=20, **change).score(X, y) > 0.9

    def test_verbose_prints_a_line_per_epoch(self, few_digits, capsys):
        fitted(MLP, *few_digits, verbose=1)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 5
        assert lines[-1].startswith("Epoch 5/5")
        assert "loss" in lines[-1]
        assert all(re.search(r"s, \d+ s left  accuracy", line) for line in lines[:-1])
        assert "left" not in lines[-1]
        stop = keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10)
        fitted(MLP, *few_digits, verbose=1, keras_callbacks=stop)
        assert capsys.readouterr().out.splitlines()[2:] == ["Stopped after epoch 2"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # 200 epochs will do
def test_defaults_win_on_digits(digits):
    def scores(estimator, X):
        scoring = ["accuracy", "neg_log_loss"]
        result = cross_validate(estimator, X, digits[1], cv=3, scoring=scoring)
        return result["test_accuracy"].mean(), result["test_neg_log_loss"].mean()

    peer = scores(MLPClassifier(random_state=0), digits[0] / 16)
    for classifier in (KerasMLPClassifier(random_state=0), KerasCNNClassifier(random_state=0)):
        accuracy, log_loss = scores(classifier, digits[0])
        assert accuracy > 0.97 > peer[0]
        assert log_loss > peer[1]

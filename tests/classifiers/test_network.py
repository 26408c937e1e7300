"""Networks of the user's own keep what the ready-made ones promise."""

import gc
import pickle
import random
import weakref

import keras
import numpy as np
import pytest
import sklearn
from keras import layers
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.fixes import parse_version

from skmnist import (
    KerasMLPClassifier,
    KerasNetworkClassifier,
    NetworkRecipe,
    RandomDistortion,
    make_digit_pipeline,
    save,
    small_network,
    to_onnx,
)

# Not compiled by XLA: that takes seconds for each network.
TRAINING = {
    "epochs": 3,
    "batch_size": 64,
    "learning_rate": 0.02,
    "jit_compile": False,
    "random_state": 0,
}


def dense(image_shape, n_classes, width=12, end=None):
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Flatten(),
            layers.Dense(width, activation="relu"),
            layers.Dense(n_classes, activation=end),
        ]
    )


def of_all_kinds(image_shape, n_classes):
    """Random layers, states, branches, a network in the network, initializers of any sort."""
    pixels = keras.Input(image_shape)
    x = layers.GaussianNoise(0.1)(layers.RandomFlip("horizontal")(pixels))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = layers.Add()([layers.BatchNormalization()(x), x])
    inner = keras.Sequential([layers.Reshape((8, -1)), layers.Dropout(0.1), layers.LSTM(6)])
    x = layers.Concatenate()([inner(x), layers.GlobalAveragePooling2D()(x)])
    return keras.Model(pixels, layers.Dense(n_classes)(x))


DENSE = KerasNetworkClassifier(NetworkRecipe(dense), **TRAINING)
ALL_KINDS = KerasNetworkClassifier(of_all_kinds, **TRAINING)
BOTH = pytest.mark.parametrize("classifier", [DENSE, ALL_KINDS], ids=["dense", "all kinds"])


def assert_same_weights(one, other):
    for a, b in zip(one.weights_, other.weights_, strict=True):
        np.testing.assert_array_equal(a, b)


class TestTraining:
    def test_is_that_of_the_dense_classifier(self, few_digits):
        # Batches of all samples, so that their order is nothing but rounding.
        X, y = few_digits
        training = {**TRAINING, "epochs": 5, "batch_size": len(X), "alpha": 10.0}
        dense_classifier = KerasMLPClassifier((12,), **training)
        # Without learning, the weights after a fit are those before it.
        start = clone(dense_classifier).set_params(learning_rate=1e-30).fit(X, y).weights_

        def from_there(image_shape, n_classes):
            network = dense(image_shape, n_classes)
            network.set_weights(start)
            return network

        one = dense_classifier.fit(X, y)
        other = KerasNetworkClassifier(from_there, **training).fit(X, y)
        np.testing.assert_allclose(one.loss_curve_, other.loss_curve_, rtol=1e-4)
        for a, b in zip(one.weights_, other.weights_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)

    def test_learns(self, few_digits):
        X, y = few_digits
        assert clone(DENSE).set_params(epochs=20).fit(X, y).score(X, y) > 0.97
        assert clone(ALL_KINDS).set_params(epochs=20).fit(X, y).score(X, y) > 0.6

    @BOTH
    def test_a_seed_decides_all_and_touches_nothing(self, classifier, few_digits):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002
        before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        first = clone(classifier).fit(*few_digits)
        assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
        random.seed(2)
        clone(classifier).set_params(random_state=5).fit(*few_digits)
        again = clone(classifier).fit(*few_digits)
        assert_same_weights(first, again)
        assert first.history_ == again.history_
        other = clone(classifier).set_params(random_state=1).fit(*few_digits)
        assert not np.array_equal(first.weights_[0], other.weights_[0])

    @BOTH
    def test_goes_on_as_if_it_had_never_stopped(self, classifier, few_digits):
        classifier = clone(classifier).set_params(schedule="constant")
        whole = clone(classifier).set_params(epochs=4).fit(*few_digits)
        halves = clone(classifier).set_params(epochs=2, warm_start=True)
        halves.fit(*few_digits).fit(*few_digits)
        assert_same_weights(whole, halves)
        passes = clone(classifier)
        for _ in range(4):
            passes.partial_fit(*few_digits, classes=range(10))
        assert_same_weights(whole, passes)

    def test_does_not_go_on_with_another_network(self, few_digits):
        classifier = clone(DENSE).set_params(warm_start=True).fit(*few_digits)
        before = classifier.weights_
        classifier.set_params(network__width=3)
        with pytest.raises(ValueError, match="another network: network changed since"):
            classifier.fit(*few_digits)
        assert classifier.weights_ is before
        classifier.predict(few_digits[0])  # with the one that was fitted

    def test_regularizers_of_layers_are_in_the_loss(self, few_digits):
        def regularized(image_shape, n_classes, strength):
            penalty = keras.regularizers.L2(strength)
            last = layers.Dense(n_classes, kernel_regularizer=penalty)
            return keras.Sequential([keras.Input(image_shape), layers.Flatten(), last])

        def norm(strength):
            recipe = NetworkRecipe(regularized, strength=strength)
            classifier = KerasNetworkClassifier(recipe, **{**TRAINING, "epochs": 20})
            return np.linalg.norm(classifier.fit(*few_digits).weights_[0])

        assert norm(1.0) < 0.5 * norm(0.0)

    def test_batch_statistics_follow_the_images(self, few_digits):
        classifier = clone(ALL_KINDS).fit(*few_digits)
        names = [v.path for v in classifier.to_keras().weights]
        (mean,) = (
            w for w, n in zip(classifier.weights_, names, strict=True) if "moving_mean" in n
        )
        assert np.abs(mean).max() > 0

    def test_a_network_in_bfloat16_keeps_float32_weights(self, few_digits):
        def mixed(image_shape, n_classes):
            return keras.Sequential(
                [
                    keras.Input(image_shape),
                    layers.Flatten(),
                    layers.Dense(8, "relu", dtype="mixed_bfloat16"),
                    layers.Dense(n_classes, dtype="mixed_bfloat16"),
                ]
            )

        classifier = KerasNetworkClassifier(mixed, **TRAINING).fit(*few_digits)
        assert {w.dtype.name for w in classifier.weights_} == {"float32"}
        assert classifier.loss_curve_[-1] < classifier.loss_curve_[0]
        assert classifier.transform(few_digits[0]).dtype == np.float32

    def test_with_everything_that_fit_takes(self, few_digits):
        X, y = few_digits
        seen = []

        class Watch(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                seen.append([layer.name for layer in self.model.layers][-1])

        classifier = clone(DENSE).set_params(
            epochs=10,
            learning_rate=None,  # the optimizer's own
            class_weight="balanced",
            augmenter=RandomDistortion(shift=0.1),
            early_stopping=True,
            n_iter_no_change=3,
            keras_callbacks=[Watch],
            optimizer=keras.optimizers.SGD(0.05, momentum=0.5),
        )
        weights = np.linspace(0, 1, len(X))
        classifier.fit(X, y, weights, X_val=X[:50], y_val=y[:50], sample_weight_val=weights[:50])
        assert classifier.validation_scores_[-1] > classifier.validation_scores_[0]
        assert seen == ["dense_1"] * classifier.n_iter_
        one_hot = LabelBinarizer().fit_transform(y)
        assert classifier.fit(X, one_hot).predict(X).shape == one_hot.shape

    def test_random_numbers_of_the_global_generator_are_refused(self, few_digits):
        class Unseeded(layers.Layer):
            def call(self, x, training=False):
                return x + keras.random.normal(keras.ops.shape(x)) if training else x

        def noisy(image_shape, n_classes):
            return keras.Sequential(
                [keras.Input(image_shape), layers.Flatten(), Unseeded(), layers.Dense(n_classes)]
            )

        with pytest.raises(ValueError, match=r"global generator.*keras\.random\.SeedGenerator"):
            KerasNetworkClassifier(noisy, **TRAINING).fit(*few_digits)


class TestImages:
    def test_come_as_height_width_channels(self, few_digits):
        X, y = few_digits
        shapes = []

        def watching(image_shape, n_classes):
            shapes.append((image_shape, n_classes))
            return dense(image_shape, n_classes)

        classifier = KerasNetworkClassifier(watching, **{**TRAINING, "epochs": 1})
        classifier.fit(X, y)
        classifier.fit(X.reshape(-1, 8, 8), y)
        assert set(shapes) == {((8, 8, 1), 10)}
        shapes.clear()
        classifier.fit(np.repeat(X.reshape(-1, 8, 8, 1), 3, axis=3), y > 4)
        assert set(shapes) == {((8, 8, 3), 2)}
        shapes.clear()
        classifier.set_params(image_shape=(4, 16)).fit(X, y)
        assert set(shapes) == {((4, 16, 1), 10)}

    def test_shape_is_handed_on_by_a_pipeline(self, few_digits):
        pipeline = make_digit_pipeline(DENSE, image_shape=(4, 16)).fit(*few_digits)
        assert pipeline[-1].image_shape_ == (4, 16)


class TestPrediction:
    @BOTH
    def test_of_a_row_is_the_same_in_any_company(self, classifier, few_digits):
        X, y = few_digits
        classifier = clone(classifier).fit(X, y)
        for method in ("decision_function", "transform"):
            whole = getattr(classifier, method)(X)
            for rows in (slice(0, 1), slice(7, 40), slice(None, None, -1)):
                np.testing.assert_array_equal(getattr(classifier, method)(X[rows]), whole[rows])

    def test_softmax_or_logits_is_the_same(self, few_digits):
        X, y = few_digits
        one, other = (
            clone(DENSE).set_params(network__end=end).fit(X, y) for end in (None, "softmax")
        )
        assert_same_weights(one, other)
        np.testing.assert_array_equal(one.decision_function(X), other.decision_function(X))

    # TensorFlow's arrays don't know of NumPy 2's copy argument.
    @pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
    @BOTH
    def test_to_keras_gives_the_logits_of_raw_pixels(self, classifier, few_digits, tmp_path):
        X, y = few_digits
        classifier = clone(classifier).fit(X, y)
        model = classifier.to_keras()
        pixels = X.reshape(-1, 8, 8, 1).astype(np.float32)
        expected = classifier.decision_function(X)
        np.testing.assert_allclose(model(pixels, training=False), expected, rtol=1e-3, atol=1e-4)
        model.save(tmp_path / "network.keras")
        loaded = keras.models.load_model(tmp_path / "network.keras")
        np.testing.assert_allclose(loaded(pixels, training=False), expected, rtol=1e-3, atol=1e-4)

    def test_features_lead_to_the_logits(self, few_digits):
        X, y = few_digits
        classifier = clone(ALL_KINDS).fit(X, y)
        features = classifier.transform(X)
        assert features.shape == (300, 10) == (300, len(classifier.get_feature_names_out()))
        logits = features @ classifier.weights_[-2] + classifier.weights_[-1]
        np.testing.assert_allclose(logits, classifier.decision_function(X), rtol=1e-3, atol=1e-4)


class TestCopies:
    def test_pickle_of_a_function_that_can_be_imported(self, few_digits):
        X, y = few_digits
        classifier = KerasNetworkClassifier(NetworkRecipe(small_network, width=4), **TRAINING)
        data = pickle.dumps(classifier.fit(X, y))
        assert len(data) < 4 * sum(w.nbytes for w in classifier.weights_) + 10_000
        loaded = pickle.loads(data)
        np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
        assert loaded.set_params(warm_start=True).fit(X, y).n_iter_ == 6

    def test_a_lambda_travels_to_workers_only(self, few_digits):
        cloudpickle = pytest.importorskip("cloudpickle")  # what joblib's workers are sent by
        X, y = few_digits
        classifier = KerasNetworkClassifier(lambda s, n: dense(s, n, 3), **TRAINING).fit(X, y)
        with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
            pickle.dumps(classifier)
        loaded = cloudpickle.loads(cloudpickle.dumps(classifier))
        np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))

    def test_nothing_of_keras_is_held(self, few_digits):
        made = []

        def watched(image_shape, n_classes):
            network = dense(image_shape, n_classes)
            made.append(weakref.ref(network))
            return network

        classifier = KerasNetworkClassifier(watched, calibrate=False, **TRAINING)
        classifier.fit(*few_digits).to_keras()
        gc.collect()
        # That of the kept program is left; those that were looked at, of the start, of the
        # prediction program and of to_keras are not.
        assert [ref() is not None for ref in made] == [False, True, False, False, False]

    def test_files_refuse_code_and_say_what_to_do(self, few_digits, tmp_path):
        pipeline = make_pipeline(clone(DENSE)).fit(*few_digits)
        with pytest.raises(TypeError, match=r"holds no code\. Pickle it.*to_keras\(\)\.save"):
            save(pipeline, tmp_path / "model")
        with pytest.raises(TypeError, match=r"may have any\. Write to_keras\(\)"):
            to_onnx(pipeline, tmp_path / "model.onnx")
        assert list(tmp_path.iterdir()) == []


def test_the_default_is_the_example(few_digits):
    by_name = KerasNetworkClassifier(small_network, **TRAINING).fit(*few_digits)
    assert_same_weights(by_name, KerasNetworkClassifier(**TRAINING).fit(*few_digits))


def test_a_search_over_arguments(few_digits):
    classifier = clone(DENSE).set_params(epochs=20)
    search = GridSearchCV(classifier, {"network__width": [1, 16]}, cv=2).fit(*few_digits)
    assert search.best_params_ == {"network__width": 16}
    proba = search.predict_proba(few_digits[0])
    assert log_loss(few_digits[1], proba) < 1


@pytest.mark.skipif(
    parse_version(sklearn.__version__) < parse_version("1.9"),
    reason="before, scikit-learn's diagrams compare parameters as arrays, which NumPy 2.1 can't",
)
def test_diagram_of_an_estimator_with_a_recipe():
    assert "NetworkRecipe(dense, width=3)" in clone(DENSE).set_params(
        network__width=3
    )._repr_html_().replace("\n", "").replace("&#x27;", "'")

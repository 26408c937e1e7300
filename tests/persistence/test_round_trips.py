"""What is saved comes back: parameters, predictions, and training that goes on."""

import subprocess
import sys

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from skmnist import (
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    PixelScaler,
    load,
    make_digit_pipeline,
    save,
)


def round_trip(estimator, path):
    save(estimator, path)
    return load(path)


def learned(estimator):
    """All that an estimator holds, in a form that shows every bit."""
    if isinstance(estimator, BaseEstimator):
        # What PCA's fit notes for itself is not kept.
        values = {k: v for k, v in vars(estimator).items() if k != "_fit_svd_solver"}
        return type(estimator), learned(values)
    if isinstance(estimator, dict):
        return {name: learned(value) for name, value in estimator.items()}
    if isinstance(estimator, list | tuple):
        return [learned(value) for value in estimator]
    if isinstance(estimator, np.ndarray) and estimator.dtype != object:
        return estimator.dtype.str, estimator.shape, estimator.tobytes()
    return repr(estimator)


def test_classifiers_predict_the_same_bits(classifier, path, digits):
    loaded = round_trip(classifier, path)
    assert type(loaded) is type(classifier)
    for method in ("predict", "predict_proba", "decision_function", "transform"):
        np.testing.assert_array_equal(
            getattr(loaded, method)(digits[0]), getattr(classifier, method)(digits[0])
        )
    assert str(loaded.get_params()) == str(classifier.get_params())
    assert learned(loaded) == learned(classifier)


def test_transformers_transform_the_same_bits(transformer, path, digits):
    loaded = round_trip(transformer, path)
    assert type(loaded) is type(transformer)
    X = transformer.transform(digits[0])
    np.testing.assert_array_equal(loaded.transform(digits[0]), X)
    if not getattr(transformer, "clip", False):
        np.testing.assert_array_equal(
            loaded.inverse_transform(X), transformer.inverse_transform(X)
        )
    assert learned(loaded) == learned(transformer)


def test_unfitted_stays_unfitted(path):
    loaded = round_trip(KerasMLPClassifier((3, 2), alpha=0.5), path)
    assert loaded.get_params() == KerasMLPClassifier((3, 2), alpha=0.5).get_params()
    with pytest.raises(NotFittedError):
        loaded.predict([[0.0]])


def test_loaded_may_be_fitted_anew(classifier, path, few_digits):
    loaded = round_trip(classifier, path)
    if getattr(loaded, "warm_start", False):
        loaded.set_params(warm_start=False)
    np.testing.assert_array_equal(
        loaded.fit(*few_digits).predict_proba(few_digits[0]),
        clone(classifier).fit(*few_digits).predict_proba(few_digits[0]),
    )


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_training_goes_on_where_it_was(optimizer, path, few_digits):
    classifier = KerasMLPClassifier((5,), dropout=0.3, optimizer=optimizer, random_state=0)
    classifier.partial_fit(*few_digits, classes=range(10))
    loaded = round_trip(classifier, path)
    for one in (classifier, loaded):
        one.partial_fit(*few_digits)
    assert all(map(np.array_equal, loaded.weights_, classifier.weights_))
    assert loaded.history_ == classifier.history_


LABELS = {
    "text": np.array(["zero", "one", "two"]),
    "objects": np.array(["zero", "one", "two"], dtype=object),
    "bytes of integers": np.array([3, 7, 5], dtype=np.uint8),
    "floats": np.array([0.0, 1.0, 2.0]),
    "one-hot": np.eye(3, dtype=np.float32),
    "one-hot booleans": np.eye(3, dtype=bool),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_of_every_kind(labels, path, digits):
    X, y = digits
    X, y = X[y < 3][:60], labels[y[y < 3][:60]]
    classifier = KerasMLPClassifier((3,), epochs=2, batch_size=64).fit(X, y)
    loaded = round_trip(classifier, path)
    assert loaded.predict(X).dtype == classifier.predict(X).dtype
    np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))
    assert loaded.classes_.dtype == classifier.classes_.dtype


def test_history_keeps_its_holes(path, few_digits):
    classifier = KerasMLPClassifier((5,), epochs=2, batch_size=64, warm_start=True)
    classifier.fit(*few_digits).fit(*few_digits, X_val=few_digits[0], y_val=few_digits[1])
    assert np.isnan(classifier.history_["val_loss"][0])
    np.testing.assert_equal(round_trip(classifier, path).history_, classifier.history_)


def test_figures_that_a_callback_logs_now_and_then(path, few_digits):
    from keras.callbacks import LambdaCallback

    def log(epoch, logs):
        if epoch % 3 == 1:
            logs["score"] = float(epoch)

    classifier = KerasMLPClassifier((5,), epochs=8, batch_size=64, warm_start=True)
    classifier.set_params(keras_callbacks=LambdaCallback(on_epoch_end=log))
    classifier.fit(*few_digits).set_params(keras_callbacks=None).fit(*few_digits)
    nan = np.nan
    expected = [nan, 1, nan, nan, 4, nan, nan, 7, *[nan] * 8]
    np.testing.assert_equal(classifier.history_["score"], expected)
    np.testing.assert_equal(round_trip(classifier, path).history_, classifier.history_)


def test_an_image_shape_of_any_kind(path, few_digits):
    cnn = KerasCNNClassifier(
        (2,), hidden_layer_sizes=(3,), epochs=1, batch_size=64, random_state=0
    )
    cnn.set_params(image_shape=[np.int64(8), 8], warm_start=True).fit(*few_digits)
    cnn.set_params(image_shape=(8, 8))
    loaded = round_trip(cnn, path)
    for one in (cnn, loaded):
        one.fit(*few_digits)  # no other network: training goes on
    assert learned(loaded) == learned(cnn)


def test_options_changed_since_the_fit_do_not_change_the_network(path, few_digits):
    classifier = KerasMLPClassifier((5,), epochs=2, batch_size=64, random_state=0).fit(*few_digits)
    expected = classifier.predict_proba(few_digits[0])
    classifier.set_params(hidden_layer_sizes=(7, 7), activation="tanh")
    loaded = round_trip(classifier, path)
    assert loaded.hidden_layer_sizes == (7, 7)
    np.testing.assert_array_equal(loaded.predict_proba(few_digits[0]), expected)


def test_names_containers_and_requests_of_frames(path, few_digits):
    frame = load_digits(as_frame=True).data[:300]
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = KerasMLPClassifier((5,), epochs=2, batch_size=64)
        classifier.set_fit_request(sample_weight=True, X_val="X_test", y_val=False)
        classifier.set_output(transform="pandas").fit(frame, few_digits[1])
        requests = str(classifier.get_metadata_routing())
    loaded = round_trip(classifier, path)
    assert list(loaded.feature_names_in_) == list(frame.columns)
    assert list(loaded.transform(frame).columns) == [f"kerasmlpclassifier{i}" for i in range(5)]
    assert str(loaded.get_metadata_routing()) == requests
    assert "'X_val': 'X_test'" in requests


def test_images_keep_their_shape(path):
    images = load_digits().images[:100]
    flattener = round_trip(ImageFlattener().fit(images), path)
    assert flattener.inverse_transform(flattener.transform(images)).shape == images.shape
    scaler = round_trip(PixelScaler().fit(images), path)
    assert scaler.pixel_range_ == (0.0, 16.0)
    cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(3,), epochs=1, batch_size=64)
    cnn.fit(images, load_digits().target[:100])
    assert round_trip(cnn, path).predict(images).shape == (100,)


def test_equal_estimators_make_equal_files(mlp, tmp_path):
    save(mlp, tmp_path / "one")
    save(load(tmp_path / "one"), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_file_is_little_more_than_the_weights(few_digits, path):
    classifier = KerasMLPClassifier((500,), epochs=1, batch_size=64).fit(*few_digits)
    save(classifier, path)
    assert path.stat().st_size < sum(w.nbytes for w in classifier.weights_) + 10_000


@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_loading_needs_no_tensorflow(kind, pipeline, path, tmp_path, few_digits):
    if kind == "convolutional":
        cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(3,), epochs=1, batch_size=64)
        pipeline = make_digit_pipeline(cnn.set_params(test_shift=1)).fit(*few_digits)
    save(pipeline, path)
    np.save(tmp_path / "X.npy", few_digits[0])
    code = (
        "import sys, numpy as np, skmnist\n"
        "model = skmnist.load('model.skmnist')\n"
        "y = model.predict(np.load('X.npy'))\n"
        "model.transform(np.load('X.npy'))\n"
        "skmnist.save(model, 'again.skmnist')\n"
        "assert not {'tensorflow', 'keras', 'scikeras'} & set(sys.modules)\n"
        "np.save('y.npy', y)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), pipeline.predict(few_digits[0]))

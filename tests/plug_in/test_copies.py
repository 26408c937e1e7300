"""Copies: clone, pickle and joblib, in this process and in one that starts anew."""

import pickle
import subprocess
import sys
from copy import deepcopy

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from skmnist import PixelScaler, make_digit_pipeline


@pytest.fixture(scope="module")
def with_keras_objects(tiny):
    """Either classifier with an optimizer instance and a list of callbacks."""
    import keras

    return clone(tiny).set_params(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
        learning_rate=None,
        keras_callbacks=[keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10)],
    )


def test_clone_has_equal_parameters_and_is_not_fitted(fitted, few_digits, other_digits):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        check_is_fitted(copy)
    assert not [name for name in vars(copy) if name.endswith("_")]
    copy.fit(*few_digits)
    np.testing.assert_array_equal(
        copy.predict_proba(other_digits[0]), fitted.predict_proba(other_digits[0])
    )


def test_clone_copies_keras_objects(with_keras_objects, few_digits):
    copy = clone(with_keras_objects)
    original, optimizer = with_keras_objects.optimizer, copy.optimizer
    assert optimizer is not original
    assert optimizer.get_config() == original.get_config()
    assert copy.keras_callbacks is not with_keras_objects.keras_callbacks
    (callback,) = copy.keras_callbacks
    assert callback is not with_keras_objects.keras_callbacks[0]
    assert (callback.patience, callback.monitor) == (1, "loss")
    # A fit takes the copies as recipes: both do their part, and stay as they are.
    copy.fit(*few_digits)
    assert copy.n_iter_ == 2  # no loss falls by 10 in an epoch
    assert not optimizer.built
    assert not hasattr(callback, "model") or callback.model is None
    assert copy.get_params()["optimizer"] is optimizer


def test_clone_of_a_pipeline_in_a_pipeline(tiny, few_digits, other_digits):
    pipeline = make_pipeline(PixelScaler(), make_digit_pipeline(tiny)).fit(*few_digits)
    copy = clone(pipeline)
    assert str(copy.get_params()) == str(pipeline.get_params())
    with pytest.raises(NotFittedError):
        copy.predict(other_digits[0])
    np.testing.assert_array_equal(
        copy.fit(*few_digits).predict(other_digits[0]), pipeline.predict(other_digits[0])
    )


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_predicts_the_same(fitted, other_digits, protocol):
    data = pickle.dumps(fitted, protocol)
    loaded = pickle.loads(data)
    for method in ("predict", "predict_proba", "decision_function", "transform"):
        np.testing.assert_array_equal(
            getattr(loaded, method)(other_digits[0]), getattr(fitted, method)(other_digits[0])
        )
    assert loaded.get_params() == fitted.get_params()
    assert loaded.history_ == fitted.history_
    # Arrays and little else: neither images nor programs.
    assert len(data) < 4 * sum(weight.nbytes for weight in fitted.weights_) + 10_000


def test_pickle_with_keras_objects_as_parameters(with_keras_objects, few_digits, other_digits):
    classifier = clone(with_keras_objects).fit(*few_digits)
    for loaded in pickle.loads(pickle.dumps(classifier)), deepcopy(classifier):
        np.testing.assert_array_equal(
            loaded.predict_proba(other_digits[0]), classifier.predict_proba(other_digits[0])
        )
        assert loaded.optimizer.get_config() == classifier.optimizer.get_config()
        refitted = loaded.fit(*few_digits)
        assert refitted.n_iter_ == 2
        np.testing.assert_array_equal(
            refitted.predict_proba(other_digits[0]), classifier.predict_proba(other_digits[0])
        )


def test_pickled_training_goes_on_where_it_was(tiny, few_digits):
    classifier = clone(tiny).partial_fit(*few_digits, classes=range(10))
    loaded = pickle.loads(pickle.dumps(classifier))
    for copy in classifier, loaded:
        copy.partial_fit(*few_digits)
    assert loaded.n_iter_ == 2
    assert all(map(np.array_equal, loaded.weights_, classifier.weights_))


@pytest.mark.parametrize(("compress", "mmap_mode"), [(0, None), (3, None), (0, "r")])
def test_joblib_predicts_the_same(fitted, other_digits, tmp_path, compress, mmap_mode):
    joblib.dump(fitted, tmp_path / "classifier.joblib", compress=compress)
    loaded = joblib.load(tmp_path / "classifier.joblib", mmap_mode=mmap_mode)
    assert isinstance(loaded.weights_[0], np.memmap) == (mmap_mode is not None)
    np.testing.assert_array_equal(
        loaded.predict_proba(other_digits[0]), fitted.predict_proba(other_digits[0])
    )


_LOAD_AND_PREDICT = """
import joblib, numpy as np, pickle, sys
classifiers = pickle.load(open("classifiers.pkl", "rb"))
mapped = joblib.load("classifiers.joblib", mmap_mode="r")
X = np.load("X.npy")
for classifier in classifiers:
    assert classifier.score(X, np.zeros(len(X))) < 0.5
    pickle.dumps(classifier)
for classifier in classifiers[:2]:
    classifier.transform(X)
for a, b in zip(classifiers, mapped):
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))
np.save("proba.npy", [c.predict_proba(X) for c in classifiers])
heavy = {"tensorflow", "keras", "scikeras"} & set(sys.modules)
assert not heavy, f"loading and predicting imported {heavy}"
"""


def test_a_new_process_predicts_without_tensorflow(mlp, cnn, few_digits, other_digits, tmp_path):
    classifiers = [
        cnn.fit(*few_digits),
        mlp.fit(*few_digits),
        make_digit_pipeline(mlp, n_components=20).fit(*few_digits),
    ]
    (tmp_path / "classifiers.pkl").write_bytes(pickle.dumps(classifiers))
    joblib.dump(classifiers, tmp_path / "classifiers.joblib")
    np.save(tmp_path / "X.npy", other_digits[0])
    code = f"import sys; sys.path[:0] = {sys.path!r}\n{_LOAD_AND_PREDICT}"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    np.testing.assert_allclose(
        np.load(tmp_path / "proba.npy"),
        [classifier.predict_proba(other_digits[0]) for classifier in classifiers],
        atol=1e-6,
    )

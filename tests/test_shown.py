"""Estimators as notebooks show them: looking does no work."""

import pickle
import subprocess
import sys

import keras
import pytest
from sklearn.datasets import load_digits

from skmnist import (
    KerasCNNClassifier,
    KerasMLPClassifier,
    KerasNetworkClassifier,
    NetworkRecipe,
    make_digit_pipeline,
    save,
)

X, Y = (part[:100] for part in load_digits(return_X_y=True))

SHOW = """
import inspect, pickle, sys
from skmnist import load
model = {read}
model._repr_html_()
inspect.getmembers(model)
repr(model)
model.get_feature_names_out()
assert not {{"keras", "tensorflow"}} & set(sys.modules), "TensorFlow was started"
"""


@pytest.mark.parametrize("in_pipeline", [False, True], ids=["alone", "pipeline"])
@pytest.mark.parametrize(
    "classifier",
    [KerasMLPClassifier((4,), epochs=1), KerasCNNClassifier((2,), epochs=1)],
    ids=["mlp", "cnn"],
)
def test_a_loaded_model_is_shown_without_tensorflow(classifier, in_pipeline, tmp_path):
    model = make_digit_pipeline(classifier) if in_pipeline else classifier
    model.fit(X, Y)
    save(model, tmp_path / "model")
    with open(tmp_path / "pickle", "wb") as file:
        pickle.dump(model, file)
    for read in (
        "load(sys.argv[1] + '/model')",
        "pickle.load(open(sys.argv[1] + '/pickle', 'rb'))",
    ):
        code = SHOW.format(read=read)
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr


def build(image_shape, n_classes, width=3):
    calls.append(width)
    return keras.Sequential(
        [
            keras.Input(image_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(width),
            keras.layers.Dense(n_classes),
        ]
    )


def without_features(image_shape, n_classes):
    calls.append(0)
    inputs = keras.Input(image_shape)
    outputs = [keras.layers.Dense(n_classes)(keras.layers.Flatten()(inputs)) for _ in range(2)]
    return keras.Model(inputs, keras.layers.Add()(outputs))


calls: list[int] = []


@pytest.mark.parametrize("network", [build, NetworkRecipe(build, width=4), without_features])
def test_showing_a_network_of_the_users_does_not_build_it(network):
    model = KerasNetworkClassifier(network, epochs=1, jit_compile=False).fit(X, Y)
    before = len(calls)
    html = model._repr_html_()
    assert "weights_" in html
    assert len(calls) == before
    if network is without_features:
        with pytest.raises(ValueError, match="no single last layer of logits"):
            model.get_feature_names_out()
    else:
        assert len(model.get_feature_names_out()) == model.transform(X[:1]).shape[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_fitted_model_is_shown_after_a_fork():
    code = (
        "import os, sys\n"
        "from sklearn.datasets import load_digits\n"
        "from skmnist import KerasCNNClassifier\n"
        "X, y = load_digits(return_X_y=True)\n"
        "model = KerasCNNClassifier((2,), epochs=1).fit(X[:100], y[:100])\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    model._repr_html_()\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitpid(child, 0)[1])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr

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
from pathlib import Path
from skmnist import load
files = sorted(Path(sys.argv[1]).iterdir())
assert len(files) == 8
for path in files:
    model = load(path) if path.suffix == ".skmnist" else pickle.loads(path.read_bytes())
    model._repr_html_()
    inspect.getmembers(model)
    repr(model)
    model.get_feature_names_out()
    assert not {"keras", "tensorflow"} & set(sys.modules), f"{path.name} started TensorFlow"
"""


def test_loaded_models_are_shown_without_tensorflow(tmp_path):
    classifiers = {
        "mlp": KerasMLPClassifier((4,), epochs=1),
        "cnn": KerasCNNClassifier((2,), epochs=1),
    }
    for name, classifier in classifiers.items():
        for place, model in ("alone", classifier), ("pipeline", make_digit_pipeline(classifier)):
            model.fit(X, Y)
            save(model, tmp_path / f"{name}-{place}.skmnist")
            (tmp_path / f"{name}-{place}.pickle").write_bytes(pickle.dumps(model))
    run = subprocess.run(
        [sys.executable, "-c", SHOW, str(tmp_path)], capture_output=True, text=True
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

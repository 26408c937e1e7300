"""What makes fits fast, counted: a network is traced once, and a later fit makes nothing new."""

import functools
import gc

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, ShuffleSplit

from skmnist import (
    KerasCNNClassifier,
    KerasMLPClassifier,
    KerasNetworkClassifier,
    NetworkRecipe,
)
from skmnist._engine import prediction, training, training_program


@pytest.fixture
def counts(monkeypatch):
    """How often Python runs a layer (so a network is traced) and makes an optimizer."""
    training._pool.clear()
    prediction._program.cache_clear()
    counts = {"layers": 0, "optimizers": 0}

    def counted(name, function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            counts[name] += 1
            return function(*args, **kwargs)

        return call

    layers = (keras.layers.Dense, keras.layers.Conv2D)
    for layer in layers:
        monkeypatch.setattr(layer, "call", counted("layers", layer.call))
    optimizer = keras.optimizers.Optimizer
    monkeypatch.setattr(optimizer, "__init__", counted("optimizers", optimizer.__init__))
    return counts


MLP = KerasMLPClassifier((7, 5), epochs=1, batch_size=32)
CNN = KerasCNNClassifier((3,), hidden_layer_sizes=(4,), epochs=1, batch_size=32)


def own_network(image_shape, n_classes, width=5, sizes=()):
    pixels = keras.Input(image_shape)
    x = keras.layers.Flatten()(pixels)
    for size in (width, *sizes):
        x = keras.layers.Dense(size)(x)
    return keras.Model(pixels, keras.layers.Dense(n_classes)(x))


BOTH = pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])


def digits(n=600):
    X, y = load_digits(return_X_y=True)
    return X[:n], y[:n]


@pytest.mark.xla
@BOTH
def test_a_search_traces_each_network_once(classifier, counts):
    # Folds of changing sizes, and all that is no part of a network.
    grid = {
        "learning_rate": [0.001, 0.01],
        "alpha": [0, 0.1],
        "label_smoothing": [0, 0.1],
        "class_weight": [None, "balanced"],
        "epochs": [1, 2],
        "random_state": [0, None],
        "schedule": ["constant", "one_cycle"],
    }
    classifier.fit(*digits()).predict_proba(digits()[0])
    first = dict(counts)
    assert first["layers"] > 0
    for name, values in grid.items():
        for size in (0.5, 301, 0.9):
            folds = ShuffleSplit(1, train_size=size, random_state=0)
            GridSearchCV(classifier, {name: values}, cv=folds).fit(*digits())
    assert counts == first


@BOTH
def test_a_search_over_two_networks_traces_two(classifier, counts):
    classifier.fit(*digits()).predict(digits()[0])
    one = dict(counts)
    search = GridSearchCV(classifier, {"activation": ["tanh", "elu"]}, cv=3).fit(*digits())
    search.predict(digits()[0])
    assert counts["layers"] == 3 * one["layers"]
    assert counts["optimizers"] <= 3 * one["optimizers"]


@BOTH
def test_validation_and_continued_training_make_nothing_new(classifier, counts):
    X, y = digits()
    classifier.fit(X, y, X_val=X[:70], y_val=y[:70]).predict(X)
    first = dict(counts)
    classifier.fit(X[:311], y[:311], X_val=X[:99], y_val=y[:99])
    for _ in range(3):
        classifier.partial_fit(X, y)
    assert counts == first


@pytest.mark.parametrize("optimizer", ["sgd", keras.optimizers.RMSprop, "instance"])
def test_optimizers_are_made_once(optimizer, counts):
    given = keras.optimizers.SGD(0.1, momentum=0.5) if optimizer == "instance" else optimizer
    classifier = KerasMLPClassifier((3,), epochs=1, batch_size=32, optimizer=given)
    classifier.fit(*digits())
    first = dict(counts)
    classifier.fit(*digits(300))
    assert counts == first


def test_each_kind_of_pixel_is_traced_once(counts):
    X, y = digits()
    MLP.fit(X, y)
    after = [counts["layers"]]
    for dtype in (np.float32, np.int64, np.uint8, np.float64, np.uint8):
        MLP.fit(X.astype(dtype), y)
        after.append(counts["layers"])
    # float64 and integers become float32; uint8 stays what it is.
    assert after[0] == after[1] == after[2] < after[3] == after[4] == after[5]


def test_after_an_exception_a_network_is_traced_again(counts):
    class Refusing(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise ArithmeticError

    MLP.fit(*digits())
    one = counts["layers"]
    with pytest.raises(ArithmeticError):
        KerasMLPClassifier((7, 5), epochs=1, batch_size=32, keras_callbacks=Refusing()).fit(
            *digits()
        )
    assert counts["layers"] == one
    MLP.fit(*digits())
    assert counts["layers"] == 2 * one


@pytest.mark.parametrize(
    ("classifier", "optimizer"),
    [
        (MLP, "adam"),
        (CNN, keras.optimizers.SGD(0.1, momentum=0.5, weight_decay=0.01, global_clipnorm=1.0)),
    ],
    ids=["fused", "of Keras"],
)
def test_a_program_that_is_forgotten_leaves_no_graph(classifier, optimizer):
    """Each of them is megabytes, and a search has hundreds."""

    def graphs():
        gc.collect()
        return sum(type(thing).__name__.endswith("FuncGraph") for thing in gc.get_objects())

    training._pool.clear()
    before = graphs()
    clone(classifier).set_params(optimizer=optimizer).fit(*digits())
    assert graphs() > before
    training._pool.clear()
    assert graphs() == before


class TestOwnNetworks:
    """Each fit builds a network, which runs the layers in Keras' symbolic way, and traces none."""

    @pytest.fixture
    def traces(self, monkeypatch):
        """How many steps and predictions were compiled."""
        training._pool.clear()
        prediction._program.cache_clear()
        traced = []
        function = training_program.TrainingProgram._make_steps

        def counted(self, *options):
            traced.append(options)
            return function(self, *options)

        monkeypatch.setattr(training_program.TrainingProgram, "_make_steps", counted)
        return traced

    def count(self, traces, grid, network=own_network):
        classifier = KerasNetworkClassifier(
            NetworkRecipe(network), epochs=1, batch_size=32, jit_compile=False
        )
        search = GridSearchCV(classifier, grid, cv=3).fit(*digits())
        search.predict(digits()[0])
        return len(traces), prediction._program.cache_info().misses

    @pytest.mark.parametrize(
        "grid",
        [
            {"learning_rate": [0.001, 0.01], "random_state": [0, 1]},
            {"alpha": [0, 0.1], "label_smoothing": [0, 0.1]},
            {"network__width": np.array([5]), "epochs": [1, 2]},
            {"network__sizes": [[3, 4], (3, 4), [*np.array([3, 4])]]},
        ],
    )
    def test_a_search_traces_one_network_once(self, grid, traces):
        n_trained, n_predicted = self.count(traces, grid)
        # Predictions for a fold, and for the row that the end of a fit looks at.
        assert (n_trained, n_predicted) == (1, 2)

    def test_a_search_over_an_argument_traces_each_value_once(self, traces):
        grid = {"network__width": [3, 4, 5], "random_state": [0, 1]}
        assert self.count(traces, grid) == (3, 6)

    def test_a_copy_is_the_same_network(self, traces):
        # clone makes another object of a partial function each time.
        network = functools.partial(own_network, width=2)
        assert self.count(traces, {"random_state": [0, 1]}, network) == (1, 2)


@BOTH
def test_autograph_converts_nothing(classifier, monkeypatch):
    """It would take as long as tracing."""
    from tensorflow.python.autograph.impl import api

    converted = []
    convert = api._convert_actual
    monkeypatch.setattr(api, "_convert_actual", lambda *a: converted.append(a) or convert(*a))
    training._pool.clear()
    classifier.fit(*digits())
    assert converted == []

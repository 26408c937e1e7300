"""What users of scikeras and skorch rely on, as their projects' tests state it."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler

from skmnist import KerasMLPClassifier, KerasNetworkClassifier, NetworkRecipe

X, Y = (part[:300] for part in load_digits(return_X_y=True))
BINARY_X, BINARY_Y = make_classification(200, 8, random_state=0)


def build(image_shape, n_classes, units=(16,), activation="relu"):
    parts = [keras.Input(image_shape), keras.layers.Flatten()]
    parts += [keras.layers.Dense(n, activation) for n in units]
    return keras.Sequential([*parts, keras.layers.Dense(n_classes)])


NETWORK = KerasNetworkClassifier(
    NetworkRecipe(build),
    epochs=8,
    batch_size=16,
    learning_rate=0.02,
    jit_compile=False,
    random_state=0,
)
MLP = KerasMLPClassifier(
    (16,), epochs=8, batch_size=16, learning_rate=0.02, jit_compile=False, random_state=0
)
BOTH = pytest.mark.parametrize("model", [MLP, NETWORK], ids=["mlp", "network"])


def same(one, other):
    return all(map(np.array_equal, one.weights_, other.weights_))


@BOTH
class TestBasics:
    def test_learns_digits(self, model):
        assert is_classifier(model)
        assert clone(model).fit(X, Y).score(X, Y) > 0.9

    def test_nothing_before_a_fit(self, model):
        for call in ("predict", "predict_proba", "transform", "decision_function"):
            with pytest.raises(NotFittedError):
                getattr(clone(model), call)(X)

    def test_two_classes(self, model):
        fitted = clone(model).set_params(epochs=30).fit(BINARY_X, BINARY_Y)
        proba = fitted.predict_proba(BINARY_X)
        assert proba.shape == (200, 2)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        np.testing.assert_array_equal(fitted.predict(BINARY_X), proba.argmax(axis=1))
        assert fitted.score(BINARY_X, BINARY_Y) > 0.85

    @pytest.mark.parametrize(
        "labels",
        [
            np.array(["no", "yes"]),
            np.array(["no", "yes"], object),
            np.array([False, True]),
            np.array([-1.0, 1.0]),
            np.array([5, 2**40]),
        ],
        ids=["text", "object", "bool", "float", "large"],
    )
    def test_labels_come_back(self, model, labels):
        y = labels[BINARY_Y]
        fitted = clone(model).fit(BINARY_X, y)
        np.testing.assert_array_equal(fitted.classes_, np.sort(labels))
        assert set(fitted.predict(BINARY_X).tolist()) <= set(labels.tolist())
        assert fitted.predict(BINARY_X).dtype == y.dtype

    def test_one_hot_targets(self, model):
        targets = LabelBinarizer().fit_transform(Y)
        fitted = clone(model).fit(X, targets)
        predicted = fitted.predict(X)
        assert predicted.dtype == targets.dtype
        assert predicted.shape == targets.shape
        assert accuracy_score(targets, predicted) == fitted.score(X, targets) > 0.9

    @pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "uint8", "bool"])
    def test_another_dtype_than_in_fit(self, model, dtype):
        fitted = clone(model).fit(X.astype("float32"), Y)
        assert fitted.predict(X.astype(dtype)).shape == (300,)

    def test_one_row_and_lists(self, model):
        fitted = clone(model).fit(X.tolist(), Y.tolist())
        assert fitted.predict(X[:1]).shape == (1,)
        assert fitted.predict_proba(X[:1].tolist()).shape == (1, 10)

    def test_other_columns_are_refused(self, model):
        fitted = clone(model).fit(X, Y)
        with pytest.raises(ValueError, match="expecting 64 features"):
            fitted.predict(X[:, :-1])
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            fitted.fit(X, Y[:-1])

    def test_a_pickle_predicts_the_same(self, model):
        fitted = clone(model).fit(X, Y)
        loaded = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))

    def test_a_seed_repeats(self, model):
        one, other = clone(model).fit(X, Y), clone(model).fit(X, Y)
        assert same(one, other)
        assert not same(one, clone(model).set_params(random_state=1).fit(X, Y))
        # The same object draws on, as an instance of RandomState does in scikit-learn.
        drawn = clone(model).set_params(random_state=np.random.RandomState(0))
        assert not same(pickle.loads(pickle.dumps(drawn.fit(X, Y))), drawn.fit(X, Y))


@BOTH
class TestTraining:
    def test_epochs_are_counted(self, model):
        fitted = clone(model).set_params(epochs=3).fit(X, Y)
        assert len(fitted.history_["loss"]) == len(fitted.history_["accuracy"]) == 3
        fitted.fit(X, Y)
        assert fitted.n_iter_ == 3
        fitted.set_params(warm_start=True, epochs=2).fit(X, Y)
        assert fitted.n_iter_ == len(fitted.history_["loss"]) == 5  # scikeras: 2
        fitted.partial_fit(X, Y)
        assert fitted.n_iter_ == 6

    def test_partial_fit_asks_for_classes(self, model):
        with pytest.raises(ValueError, match="it must name all classes"):
            clone(model).partial_fit(X, Y)
        grown = clone(model).partial_fit(X[Y < 5], Y[Y < 5], classes=range(10))
        assert grown.partial_fit(X[Y > 4], Y[Y > 4]).predict_proba(X).shape == (300, 10)

    @pytest.mark.parametrize("batch_size", [-1, None, 0, 2.5])
    def test_batch_sizes_that_are_none(self, model, batch_size):
        with pytest.raises(ValueError, match="batch_size"):
            clone(model).set_params(batch_size=batch_size).fit(X, Y)

    def test_a_batch_larger_than_the_data(self, model):
        assert clone(model).set_params(batch_size=10_000).fit(X, Y).n_iter_ == 8

    def test_weights_of_samples_and_classes(self, model):
        weights = np.where(Y == 3, 10.0, 1.0)
        by_sample = clone(model).fit(X, Y, sample_weight=weights)
        by_class = clone(model).set_params(class_weight={3: 10.0}).fit(X, Y)
        assert same(by_sample, by_class)
        assert not same(by_class, clone(model).fit(X, Y))
        ten_copies = clone(model).fit(np.tile(X, (10, 1)), np.tile(Y, 10))
        twice = clone(model).fit(X, Y, sample_weight=np.full(300, 10.0))
        assert same(ten_copies, twice)

    def test_validation(self, model):
        fitted = clone(model).fit(X[:200], Y[:200], X_val=X[200:], y_val=Y[200:])
        assert len(fitted.history_["val_loss"]) == len(fitted.history_["val_accuracy"]) == 8
        assert fitted.validation_scores_[-1] == pytest.approx(fitted.score(X[200:], Y[200:]))

    @pytest.mark.parametrize("how", ["instance", "class", "list", "tuple"])
    def test_callbacks(self, model, how):
        given = {
            "instance": keras.callbacks.EarlyStopping("loss", patience=1, min_delta=100.0),
            "class": keras.callbacks.TerminateOnNaN,
            "list": [keras.callbacks.EarlyStopping("loss", patience=1, min_delta=100.0)],
            "tuple": (keras.callbacks.EarlyStopping("loss", patience=1, min_delta=100.0),),
        }[how]
        fitted = clone(model).set_params(keras_callbacks=given).fit(X, Y)
        assert fitted.n_iter_ == (8 if how == "class" else 2)

    def test_what_is_no_callback(self, model):
        with pytest.raises(TypeError, match="keras_callbacks has 'early'"):
            clone(model).set_params(keras_callbacks=["early"]).fit(X, Y)

    @pytest.mark.parametrize(
        "optimizer", ["rmsprop", keras.optimizers.Nadam, keras.optimizers.SGD(0.1, momentum=0.9)]
    )
    def test_optimizers(self, model, optimizer):
        fitted = clone(model).set_params(optimizer=optimizer, learning_rate=None, epochs=40)
        assert fitted.fit(X, Y).score(X, Y) > 0.8

    def test_verbose_prints_a_line_an_epoch(self, model, capsys):
        clone(model).fit(X, Y)
        assert capsys.readouterr().out == ""
        clone(model).set_params(verbose=1).fit(X, Y)
        assert capsys.readouterr().out.count("\n") == 8


class TestBuilders:
    def test_arguments_are_parameters(self):
        grid = {"network__units": [(4,), (16,)], "network__activation": ["relu"], "epochs": [4]}
        search = GridSearchCV(NETWORK, grid, cv=2).fit(X, Y)
        assert search.best_params_["network__units"] == (16,)
        RandomizedSearchCV(NETWORK, grid, n_iter=2, cv=2, random_state=0).fit(X, Y)

    def test_a_parameter_that_is_none_is_named(self):
        with pytest.raises(ValueError, match=r"has no argument 'unitz'.*'units'"):
            clone(NETWORK).set_params(network__unitz=3)
        with pytest.raises(ValueError, match="Invalid parameter 'model'"):
            clone(NETWORK).set_params(model__units=3)
        search = GridSearchCV(NETWORK, {"optimizer__learning_rate": [0.1]}, error_score="raise")
        with pytest.raises(
            ValueError, match=r"optimizer__learning_rate was given.*Set learning_r"
        ):
            search.fit(X, Y)

    def test_compiling_has_no_effect(self):
        def compiled(image_shape, n_classes):
            network = build(image_shape, n_classes)
            network.compile("sgd", "mse", metrics=["accuracy"])
            return network

        plain = clone(NETWORK).set_params(network=build).fit(X, Y)
        assert same(clone(NETWORK).set_params(network=compiled).fit(X, Y), plain)

    def test_parameters_that_change_take_effect_in_the_next_fit(self):
        model = clone(NETWORK).fit(X, Y)
        before = model.predict_proba(X)
        model.set_params(network__units=(3,))
        np.testing.assert_array_equal(model.predict_proba(X), before)
        assert model.fit(X, Y).weights_[0].shape == (64, 3)


class TestMetaEstimators:
    @pytest.mark.parametrize(
        "around",
        [
            lambda model: make_pipeline(StandardScaler(), model),
            lambda model: BaggingClassifier(model, n_estimators=2, random_state=0),
            lambda model: AdaBoostClassifier(model, n_estimators=2, random_state=0),
            lambda model: OneVsRestClassifier(model),
        ],
        ids=["pipeline", "bagging", "boosting", "one against the rest"],
    )
    @BOTH
    def test_train_it(self, model, around):
        assert around(clone(model)).fit(X, Y).score(X, Y) > 0.8

    @BOTH
    def test_folds_are_stratified(self, model):
        expected = cross_val_predict(clone(model), X, Y, cv=StratifiedKFold(3))
        np.testing.assert_array_equal(cross_val_predict(clone(model), X, Y, cv=3), expected)

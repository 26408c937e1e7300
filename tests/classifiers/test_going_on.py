"""What partial_fit, warm starts and early stopping take over from one call to the next."""

import warnings

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmnist import KerasCNNClassifier, KerasMLPClassifier, load, save
from skmnist._classifiers import _training

X, Y = (part[:200] for part in load_digits(return_X_y=True))
MLP = KerasMLPClassifier((4,), epochs=2, batch_size=32, jit_compile=False, random_state=0)


def assert_same_weights(one, other):
    for a, b in zip(one.weights_, other.weights_, strict=True):
        np.testing.assert_array_equal(a, b)


class TestWeightsOfAChunk:
    def started(self, **options):
        model = clone(MLP).set_params(optimizer="sgd", learning_rate=0.01, alpha=0.0, **options)
        return model.partial_fit(X, Y, classes=range(10))

    @pytest.mark.parametrize("through", ["sample_weight", "class_weight"])
    def test_keep_their_scale(self, through):
        plain, heavy = self.started(), self.started()
        before = plain.weights_
        plain.partial_fit(X[:32], Y[:32])
        if through == "sample_weight":
            heavy.partial_fit(X[:32], Y[:32], sample_weight=np.full(32, 5.0))
        else:
            heavy.set_params(class_weight=dict.fromkeys(range(10), 5.0))
            heavy.partial_fit(X[:32], Y[:32])
        # One step of gradient descent: five times the weight, five times the way.
        for start, one, five in zip(before, plain.weights_, heavy.weights_, strict=True):
            np.testing.assert_allclose(five - start, 5 * (one - start), rtol=1e-3, atol=1e-6)

    def test_count_beside_the_penalty_as_in_a_fit(self):
        # Weights of mean 1 leave nothing to scale: alpha counts as it did.
        weights = np.random.default_rng(0).uniform(0.5, 1.5, 32)
        weights *= 32 / weights.sum()
        chunk = self.started(schedule="constant").set_params(alpha=3.0)
        chunk.partial_fit(X[:32], Y[:32], sample_weight=weights)
        whole = self.started(schedule="constant", warm_start=True)
        whole.set_params(alpha=3.0, epochs=1)
        whole.fit(X[:32], Y[:32], sample_weight=weights)
        for a, b in zip(chunk.weights_, whole.weights_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)

    def test_can_not_be_balanced(self):
        model = clone(MLP).set_params(class_weight="balanced")
        for _ in range(2):
            with pytest.raises(ValueError, match=r"can't be used by partial_fit.*compute_cl"):
                model.partial_fit(X, Y, classes=range(10))
            model.fit(X, Y)


class TestEarlyStopping:
    @pytest.mark.parametrize("epochs", [10, 3])
    def test_that_can_not_stop_says_so(self, epochs):
        model = clone(MLP).set_params(early_stopping=True, epochs=epochs)
        with pytest.warns(UserWarning, match=r"can't stop a training of .*n_iter_no_change=10"):
            model.fit(X, Y)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.set_params(early_stopping=False).fit(X, Y)

    @pytest.mark.parametrize("random_state", [None, np.random.RandomState(0)], ids=["none", "rng"])
    def test_holds_the_same_samples_out_in_a_warm_start(self, random_state, monkeypatch, tmp_path):
        held = []

        def watched(*args):
            kept, out = hold_out(*args)
            held.append(out)
            return kept, out

        hold_out = _training.hold_out
        monkeypatch.setattr(_training, "hold_out", watched)
        model = clone(MLP).set_params(
            early_stopping=True, n_iter_no_change=1, warm_start=True, random_state=random_state
        )
        model.fit(X, Y).fit(X, Y)
        model.partial_fit(X[:50], Y[:50])
        model.fit(X, Y)
        save(model.set_params(random_state=0), tmp_path / "model")
        load(tmp_path / "model").fit(X, Y)
        assert len(held) == 4
        assert all(np.array_equal(out, held[0]) for out in held)
        model.set_params(warm_start=False, random_state=1).fit(X, Y)
        assert not np.array_equal(held[-1], held[0])

    @pytest.mark.parametrize(
        ("fraction", "n", "remedy"),
        [
            # 0.19 of 50 samples, rounded up, are ten: one of each class.
            (0.1, 50, r"larger validation_fraction \(at least 0\.19\), X_val"),
            (0.9, 50, r"smaller validation_fraction \(at most 0\.8\), X_val"),
            (0.1, 11, r"[^.]*\. Give X_val and y_val, or early_stopping=False\.$"),
        ],
        ids=["too small", "too large", "one of a class"],
    )
    def test_of_too_few_samples_has_a_remedy(self, fraction, n, remedy):
        model = clone(MLP).set_params(early_stopping=True, validation_fraction=fraction)
        with pytest.raises(ValueError, match=remedy):
            model.fit(X[:n], Y[:n])


class TestWarmStart:
    def test_takes_the_optimizers_own_rate_where_none_is_given(self):
        def second(first_rate):
            model = clone(MLP).set_params(optimizer="sgd", learning_rate=first_rate)
            model.fit(X, Y)
            model.set_params(learning_rate=None, warm_start=True).fit(X, Y)
            return max(model.history_["learning_rate"][2:])

        assert second(0.3) == second(None) <= 0.01 < 0.3

    @pytest.mark.parametrize(
        "y", [[3, 3], np.eye(10, dtype=int)[[3, 3]]], ids=["labels", "one-hot"]
    )
    def test_goes_on_with_one_class(self, y):
        targets = Y if np.ndim(y) == 1 else np.eye(10, dtype=int)[Y]
        model = clone(MLP).set_params(warm_start=True).fit(X, targets)
        assert model.fit(X[[3, 13]], y).n_iter_ == 4
        assert model.fit(X[[3]], y[:1]).n_iter_ == 6
        with pytest.raises(ValueError, match="one class only"):
            model.set_params(warm_start=False).fit(X[[3, 13]], y)


RATES = {
    "name": lambda: "sgd",
    "class": lambda: keras.optimizers.SGD,
    "instance": lambda: keras.optimizers.SGD(0.01),
}


@pytest.mark.parametrize("optimizer", RATES.values(), ids=RATES)
def test_the_rate_of_an_instance_stays_in_its_fit(optimizer):
    model = clone(MLP).set_params(optimizer=optimizer())
    before = clone(model).fit(X, Y)
    clone(MLP).set_params(optimizer=keras.optimizers.SGD(0.5)).fit(X, Y)
    assert_same_weights(clone(model).fit(X, Y), before)


@pytest.mark.parametrize(
    ("y", "dtype"),
    [
        (pd.Series(Y, dtype="Int64"), np.int64),
        (pd.Series(Y, dtype="UInt8"), np.uint8),
        (pd.Series(Y > 4, dtype="boolean"), np.bool_),
        (pd.array(Y, dtype="Int32"), np.int32),
        (pd.DataFrame({"label": pd.Series(Y, dtype="Int16")}), np.int16),
    ],
    ids=["Int64", "UInt8", "boolean", "array", "frame"],
)
@pytest.mark.filterwarnings("ignore:A column-vector y:sklearn.exceptions.DataConversionWarning")
def test_nullable_labels_keep_their_type(y, dtype):
    model = clone(MLP).fit(X, y, X_val=X[:9], y_val=y[:9])
    assert model.classes_.dtype == model.predict(X).dtype == dtype
    model = clone(MLP).partial_fit(X, y, classes=pd.array(np.unique(y), dtype="Int64"))
    assert model.classes_.dtype.kind in "iu"


def test_missing_labels_are_refused():
    with pytest.raises(ValueError, match="Input y contains NaN"):
        MLP.fit(X, pd.Series([None, *Y[1:]], dtype="Int64"))


@pytest.mark.parametrize(
    "call",
    [
        lambda model, column: model.fit(X, column),
        lambda model, column: model.partial_fit(X, column, classes=range(10)),
        lambda model, column: model.fit(X, Y, X_val=X, y_val=column),
    ],
    ids=["fit", "partial_fit", "y_val"],
)
def test_a_column_of_labels_is_warned_of_once(call):
    with pytest.warns(DataConversionWarning, match="column-vector") as caught:
        call(clone(MLP), Y[:, None])
    assert len(caught) == 1


class TestTables:
    @pytest.mark.parametrize("load_table", [load_wine, load_breast_cancer])
    def test_of_different_scales_are_warned_of_with_what_helps(self, load_table):
        table, y = load_table(return_X_y=True)
        model = KerasMLPClassifier((16,), epochs=30, jit_compile=False, random_state=0)
        with pytest.warns(UserWarning, match=r"very different scales.*Put StandardScaler\(\) fir"):
            as_it_is = cross_val_score(model, table, y, cv=3).mean()
        scaled = make_pipeline(StandardScaler(), model)  # warnings are errors
        assert cross_val_score(scaled, table, y, cv=3).mean() > as_it_is

    @pytest.mark.parametrize(
        "table",
        [
            X,
            X.astype(np.uint8),
            PCA(60).fit_transform(X),
            np.eye(200)[:, :64] * 16,
            1000 * load_wine().data[:, -1:].repeat(3, 1),
        ],
        ids=["pixels", "bytes", "components", "rare pixels", "one scale"],
    )
    def test_of_one_scale_are_not(self, table):
        clone(MLP).fit(table, Y[: len(table)])

    def test_nor_are_images(self):
        uneven = X.reshape(-1, 8, 8) * np.logspace(0, 4, 64).reshape(8, 8) + 1e4
        KerasCNNClassifier((2,), kernel_size=3, epochs=1, batch_size=64).fit(uneven, Y)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "value", "remedy"),
        [
            ("optimizer__learning_rate", 0.1, "Set learning_rate, or give an instance"),
            ("keras_callbacks__0__patience", 3, r"keras_callbacks=\[keras\.callbacks\."),
            ("augmenter__shift", 0.1, r"augmenter=RandomDistortion\(\)"),
            ("image_shape__0", 8, "Give image_shape as a whole"),
        ],
    )
    def test_of_parameters_in_what_has_none_have_a_remedy(self, name, value, remedy):
        with pytest.raises(ValueError, match=f"{name} was given, but .*{remedy}"):
            clone(MLP).set_params(**{name: value})

    def test_that_are_known_go_on_working(self):
        from skmnist import RandomDistortion

        model = clone(MLP).set_params(augmenter=RandomDistortion(), augmenter__shift=0.5)
        assert model.augmenter.shift == 0.5
        with pytest.raises(ValueError, match="Invalid parameter 'loss'"):
            clone(MLP).set_params(loss="mse")


class TestOneHotRowsOfAStream:
    one_hot = np.eye(10, dtype=int)[Y]

    def test_bring_their_classes(self):
        model = clone(MLP).partial_fit(X, self.one_hot)
        assert model.predict(X[:3]).shape == (3, 10)
        given = clone(MLP).partial_fit(X, self.one_hot, classes=range(10))
        assert_same_weights(model, given)

    def test_with_other_classes_are_refused(self):
        with pytest.raises(ValueError, match="one-hot rows of 10 columns have the classes 0 to 9"):
            clone(MLP).partial_fit(X, self.one_hot, classes=range(9))


def test_labels_that_can_not_be_compared_are_refused():
    model = clone(MLP).fit(X, Y)
    with pytest.raises(ValueError, match="which can't be compared with the classes"):
        model.partial_fit(X, np.array([str(label) for label in Y], dtype=object))

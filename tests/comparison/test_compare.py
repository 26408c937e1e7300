import math
import sys
import time
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import ShuffleSplit, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.comparison import Comparison, compare_classifiers

NAN = math.nan
DIGITS = load_digits()
X, Y = DIGITS.data, DIGITS.target


class Scripted(ClassifierMixin, BaseEstimator):
    """Does in fit or predict what it is told, and predicts the first class."""

    def __init__(self, in_fit=None, in_predict=None):
        self.in_fit = in_fit
        self.in_predict = in_predict

    def fit(self, X, y):
        if self.in_fit:
            self.in_fit()
        self.label_ = y[0]
        return self

    def predict(self, X):
        if self.in_predict:
            self.in_predict()
        return np.full(len(X), self.label_)


def fail():
    raise RuntimeError("out of luck")


def test_accuracy_equals_that_of_a_plain_fit():
    tree = DecisionTreeClassifier(random_state=0)
    comparison = compare_classifiers(
        X, Y, classifiers={"tree": tree, "knn": KNeighborsClassifier(1)}, random_state=7
    )
    X_train, X_test, y_train, y_test = train_test_split(X, Y, stratify=Y, random_state=7)
    assert isinstance(comparison, Comparison)
    assert [row.name for row in comparison.rows] == ["tree", "knn"]
    for row, model in zip(comparison.rows, (clone(tree), KNeighborsClassifier(1)), strict=True):
        model.fit(X_train, y_train)
        assert row.accuracy == accuracy_score(y_test, model.predict(X_test))
        assert (row.n_train, row.n_test, row.error) == (1347, 450, None)


def test_a_given_test_part_is_tested_on():
    (row,) = compare_classifiers(
        X[:1000], Y[:1000], X_test=X[1500:], y_test=Y[1500:], classifiers={"bayes": GaussianNB()}
    ).rows
    model = GaussianNB().fit(X[:1000], Y[:1000])
    assert row.accuracy == accuracy_score(Y[1500:], model.predict(X[1500:]))
    assert (row.n_train, row.n_test) == (1000, 297)


def test_predictions_are_kept():
    classifiers = {"bayes": GaussianNB(), "bad": Scripted(in_fit=fail), "svc": SVC()}
    comparison = compare_classifiers(
        X[:1200], Y[:1200], X_test=X[1200:], y_test=Y[1200:], classifiers=classifiers
    )
    bayes, svc = GaussianNB().fit(X[:1200], Y[:1200]), SVC().fit(X[:1200], Y[:1200])
    proba = bayes.predict_proba(X[1200:])
    assert list(comparison.predictions) == ["bayes", "svc"]
    np.testing.assert_array_equal(comparison.predictions["svc"], svc.predict(X[1200:]))
    assert list(comparison.probabilities) == ["bayes"]
    np.testing.assert_array_equal(comparison.probabilities["bayes"], proba)
    np.testing.assert_array_equal(comparison.classes, np.arange(10))
    np.testing.assert_array_equal(comparison.y_test, Y[1200:])
    assert comparison.X_test.shape == (597, 64)
    losses = [row.log_loss for row in comparison.rows]
    assert losses == pytest.approx([log_loss(Y[1200:], proba), NAN, NAN], nan_ok=True)
    errors = [row.calibration_error for row in comparison.rows]
    sure, hit = proba.max(axis=1), proba.argmax(axis=1) == Y[1200:]
    gaps = [  # bin by bin, as Guo et al. define it
        np.mean(inside) * abs(sure[inside].mean() - hit[inside].mean())
        for low in np.arange(15) / 15
        if (inside := (sure >= low) & (sure < low + 1 / 15 + (low > 0.93))).any()
    ]
    assert errors == pytest.approx([sum(gaps), NAN, NAN], nan_ok=True)
    assert [row.classifier for row in comparison.rows][::2] == ["GaussianNB()", "SVC()"]


def test_a_class_that_was_never_trained_on_has_no_log_loss():
    few = Y[:1000] < 9
    (row,) = compare_classifiers(
        X[:1000][few],
        Y[:1000][few],
        X_test=X[1000:],
        y_test=Y[1000:],
        classifiers={"bayes": GaussianNB()},
    ).rows
    assert math.isnan(row.log_loss)
    assert 0.5 < row.accuracy < 0.9
    assert row.error is None


def test_one_hot_targets():
    one_hot = np.eye(10)[Y]
    classifiers = {"knn": KNeighborsClassifier(1), "tree": DecisionTreeClassifier(max_depth=3)}
    by_target = [
        compare_classifiers(X[:1200], y[:1200], X_test=X[1200:], y_test=y[1200:], classifiers=c)
        for y, c in ((Y, classifiers), (one_hot, classifiers))
    ]
    labels, rows = by_target
    assert rows.rows[0].accuracy == labels.rows[0].accuracy
    np.testing.assert_array_equal(rows.predictions["knn"], labels.predictions["knn"])
    (test,) = rows.pairwise_tests()
    assert test.only_first > test.only_second


def test_a_cross_validation_takes_stacks_and_frames():
    import pandas as pd

    classifiers = {"tree": make_digit_pipeline(DecisionTreeClassifier(random_state=0))}
    stacks = compare_classifiers(DIGITS.images, Y, classifiers=classifiers, cv=2)
    frames = compare_classifiers(pd.DataFrame(X), pd.Series(Y), classifiers=classifiers, cv=2)
    assert stacks.rows[0].split_accuracies == frames.rows[0].split_accuracies
    assert len(stacks.rows[0].split_accuracies) == 2
    assert stacks.predictions == {}
    assert stacks.X_test is None


def test_cv_with_a_test_part_or_one_split_is_refused():
    with pytest.raises(ValueError, match="cv=5 was given together with X_test"):
        compare_classifiers(X, Y, X_test=X, y_test=Y, cv=5)
    with pytest.raises(ValueError, match="makes one split, expected at least two"):
        compare_classifiers(X, Y, cv=ShuffleSplit(n_splits=1))


def test_labels_can_be_words():
    words = np.array([f"number {y}" for y in Y])
    rows = [
        compare_classifiers(X, y, classifiers={"bayes": GaussianNB()}, random_state=0).rows[0]
        for y in (Y, words)
    ]
    assert rows[0].accuracy == rows[1].accuracy > 0.8


def test_classifiers_given_stay_as_they_were():
    tree = DecisionTreeClassifier(random_state=0)
    classifiers = {"tree": tree}
    compare_classifiers(X, Y, classifiers=classifiers)
    assert classifiers == {"tree": tree}
    assert vars(tree) == vars(DecisionTreeClassifier(random_state=0))


def test_fit_and_predict_are_timed_apart():
    slow = Scripted(in_fit=lambda: time.sleep(0.2), in_predict=lambda: time.sleep(0.05))
    (row,) = compare_classifiers(X, Y, classifiers={"slow": slow}).rows
    assert row.fit_seconds >= 0.2
    assert 0.2 > row.predict_seconds >= 0.05


@pytest.mark.parametrize("when", ["in_fit", "in_predict"])
def test_one_that_fails_does_not_stop_the_others(when):
    rows = compare_classifiers(
        X,
        Y,
        classifiers={"bad": Scripted(**{when: fail}), "bayes": GaussianNB()},
        random_state=0,
    ).rows
    assert rows[0].error == "RuntimeError: out of luck"
    assert all(map(math.isnan, (rows[0].accuracy, rows[0].fit_seconds, rows[0].predict_seconds)))
    assert rows[1].error is None
    assert rows[1].accuracy > 0.8


def test_on_result_is_called_after_each_classifier():
    told = []
    compare_classifiers(
        X,
        Y,
        classifiers={"a": Scripted(), "b": Scripted(in_fit=lambda: told.append("b runs"))},
        on_result=lambda row: told.append(row.name),
    )
    assert told == ["a", "b runs", "b"]


def interrupt():
    raise KeyboardInterrupt


def test_ctrl_c_ends_the_comparison():
    told = []
    with pytest.raises(KeyboardInterrupt):
        compare_classifiers(
            X,
            Y,
            classifiers={"a": Scripted(), "b": Scripted(in_fit=interrupt), "c": Scripted()},
            on_result=told.append,
        )
    assert [row.name for row in told] == ["a"]


def test_ctrl_c_in_a_network_of_sklearn_is_no_result(monkeypatch):
    # MLPClassifier itself answers Ctrl-C with a warning and half a training.
    monkeypatch.setattr(MLPClassifier, "_update_no_improvement_count", lambda *args: interrupt())
    network = MLPClassifier(max_iter=2)
    with pytest.warns(UserWarning, match="interrupted"):
        clone(network).fit(X, Y)
    with pytest.raises(KeyboardInterrupt):
        compare_classifiers(X, Y, classifiers={"network": network})


def test_ctrl_c_in_our_network_is_no_result():
    import keras

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    network = KerasMLPClassifier(4, epochs=3, keras_callbacks=[Interrupt()])
    with pytest.warns(UserWarning, match="interrupted"):
        clone(network).fit(X, Y)
    with pytest.raises(KeyboardInterrupt):
        compare_classifiers(X, Y, classifiers={"network": network})


def test_warnings_of_a_fit_reach_the_caller():
    noisy = Scripted(in_fit=lambda: warnings.warn("look out", UserWarning, stacklevel=2))
    with pytest.warns(UserWarning, match="look out"):
        (row,) = compare_classifiers(X, Y, classifiers={"noisy": noisy}).rows
    assert row.error is None


@pytest.mark.parametrize("nested", [False, True])
def test_tensorflow_starts_before_the_first_fit(monkeypatch, nested):
    seen = []
    first = Scripted(in_fit=lambda: seen.append("skmnist._engine" in sys.modules))
    ours = KerasMLPClassifier(4, epochs=1, random_state=0)
    monkeypatch.delitem(sys.modules, "skmnist._engine", raising=False)
    monkeypatch.delattr("skmnist._engine", raising=False)
    compare_classifiers(
        X,
        Y,
        classifiers={"first": first, "ours": make_digit_pipeline(ours) if nested else ours},
    )
    assert seen == [True]


@pytest.mark.xla
def test_the_default_classifiers_take_images(monkeypatch):
    # As few steps as can be: that they run on a stack is the question.
    from skmnist.comparison import _compare

    def quick(X, *, random_state):
        defaults = _default_classifiers(X, random_state=random_state)
        for name in ("cnn", "mlp"):
            defaults[name].set_params(epochs=1)
        return defaults

    _default_classifiers = _compare.default_classifiers
    monkeypatch.setattr(_compare, "default_classifiers", quick)
    rows = compare_classifiers(DIGITS.images, Y, random_state=0).rows
    assert [row.error for row in rows] == [None] * 7
    assert min(row.accuracy for row in rows) > 0.5


def test_labels_and_images_must_be_given_together_and_match():
    with pytest.raises(ValueError, match="X_test was given without y_test"):
        compare_classifiers(X, Y, X_test=X)
    with pytest.raises(ValueError, match="y_test was given without X_test"):
        compare_classifiers(X, Y, y_test=Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        compare_classifiers(X, Y[1:])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        compare_classifiers(X, Y, X_test=X, y_test=Y[1:])


@pytest.mark.parametrize(
    ("classifiers", "error", "said"),
    [
        ({}, ValueError, "classifiers is empty"),
        ([GaussianNB()], TypeError, "classifiers must be a dict"),
        ({1: GaussianNB()}, TypeError, "classifiers has the key 1, expected a name"),
        ({"bayes": GaussianNB}, TypeError, r"classifiers\['bayes'\] must be an instance"),
        ({"bayes": 3}, TypeError, r"classifiers\['bayes'\] must be an instance"),
    ],
)
def test_classifiers_must_be_a_dict_of_instances(classifiers, error, said):
    with pytest.raises(error, match=said):
        compare_classifiers(X, Y, classifiers=classifiers)


def test_pipelines_of_the_user_are_compared():
    (row,) = compare_classifiers(
        X, Y, classifiers={"piped": make_pipeline(GaussianNB())}, random_state=0
    ).rows
    assert row.accuracy > 0.8

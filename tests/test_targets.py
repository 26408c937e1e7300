"""What passes for class labels is the same wherever labels are asked for."""

import datetime

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from skmnist import KerasMLPClassifier
from skmnist._targets import as_labels, as_plain, distinct_labels, one_hot_width
from skmnist.comparison import compare_classifiers
from skmnist.plotting import (
    ClassAccuracyDisplay,
    ClassDistributionDisplay,
    EmbeddingDisplay,
    ImageGridDisplay,
    PixelStatisticsDisplay,
    ProbabilityDisplay,
)

mpl.use("agg")

RNG = np.random.default_rng(0)
N = 40
X = RNG.random((N, 16))
Y = np.arange(N) % 4
ROWS = np.eye(4)[Y]
TABLES = {
    "multilabel": np.c_[Y % 2, Y > 1, Y == 3].astype(int),
    "no label in a row": np.where(Y[:, None] == 0, 0, ROWS),
    "probabilities": RNG.dirichlet(np.ones(4), N),
    "two outputs": np.c_[Y, 2.5 * Y],
    "eight columns": np.c_[Y, RNG.integers(0, 3000, (N, 7))],
    "label and writer": pd.DataFrame({"label": Y, "writer": np.arange(N)}),
    "label and text": pd.DataFrame({"label": Y, "writer": ["a", "b"] * (N // 2)}),
    "frame of polars": pl.DataFrame({"label": Y, "writer": np.arange(N)}),
    "lists": np.c_[Y, Y].tolist(),
    "text": np.c_[Y, Y].astype(str),
}
CONTINUOUS = {"floats": Y + 0.5, "column of floats": (Y + 0.5)[:, None]}


class Untouched(ClassifierMixin, BaseEstimator):
    """Fails the test if it is trained."""

    def fit(self, X, y):
        raise KeyboardInterrupt

    def predict(self, X):
        raise KeyboardInterrupt


def message(call):
    with pytest.raises(ValueError, match=r"one-hot|Unknown label type: continuous") as caught:
        call()
    return str(caught.value)


def compare(y, **options):
    return compare_classifiers(X, y, classifiers={"untouched": Untouched()}, **options)


USES = {
    "compare": compare,
    "compare, cv": lambda y: compare(y, cv=2),
    "compare, X_test": lambda y: compare(y, X_test=X, y_test=Y),
    "compare, y_test": lambda y: compare(Y, X_test=X, y_test=y),
    "accuracy": lambda y: ClassAccuracyDisplay.from_predictions(y, Y),
    "accuracy, predicted": lambda y: ClassAccuracyDisplay.from_predictions(Y, y),
    "classes": ClassDistributionDisplay.from_data,
    "classes of sets": lambda y: ClassDistributionDisplay.from_data({"train": Y, "test": y}),
    "grid": lambda y: ImageGridDisplay.from_data(X, y),
    "grid of predictions": lambda y: ImageGridDisplay.from_predictions(X, y, ROWS),
    "probabilities": lambda y: ProbabilityDisplay.from_predictions(X, y, ROWS),
    "embedding": lambda y: EmbeddingDisplay.from_data(X, y),
    "pixels": lambda y: PixelStatisticsDisplay.from_data(X, y),
}


@pytest.mark.parametrize("table", [*TABLES, *CONTINUOUS])
@pytest.mark.parametrize("use", USES)
def test_refused_in_the_words_of_fit_before_anything_is_trained(use, table):
    y = {**TABLES, **CONTINUOUS}[table]
    as_fit_takes_it = np.ravel(y) if table in CONTINUOUS else y
    of_fit = message(lambda: KerasMLPClassifier(2, epochs=1).fit(X, as_fit_takes_it))
    words = message(lambda: USES[use](y))
    if table in TABLES:  # what follows the parameter's name
        assert words.partition(" has shape")[2] == of_fit.partition(" has shape")[2]
    else:
        assert words == of_fit


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tolist(),
        Y[:, None],
        Y.astype(float),
        pd.Series(Y),
        pd.Series(Y, dtype="Int64"),
        pd.DataFrame({"label": Y}),
        pl.Series(Y),
        pl.DataFrame({"label": Y}),
        ROWS,
        ROWS.astype(bool),
        ROWS.tolist(),
        pd.get_dummies(Y),
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
    ],
    ids=lambda y: f"{type(y).__module__.split('.')[0]} {type(y).__name__} {np.shape(y)}",
)
def test_labels_in_every_form(y):
    np.testing.assert_array_equal(as_labels(y), Y)
    counts = ClassDistributionDisplay.from_data(y).counts["samples"]
    np.testing.assert_array_equal(counts, [N / 4] * 4)


@pytest.mark.parametrize(
    "y", [Y.astype(str), pd.Series(Y.astype(str)), pd.Categorical(["a", "b"])]
)
def test_text_stays_text(y):
    assert as_labels(y).tolist() == list(y)


@pytest.mark.parametrize("dtype", ["Int64", "UInt8", "boolean", "Float32"])
def test_nullable_numbers_become_numpys_of_the_same_kind(dtype):
    y = pd.Series([1, 0, 1], dtype=dtype)
    for table in (y, pd.DataFrame({"a": y, "b": y})):
        plain = as_plain(table)
        assert type(plain) is np.ndarray
        assert plain.dtype == y.dtype.numpy_dtype
        np.testing.assert_array_equal(plain, table.astype(int))


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tolist(),
        pd.Series(Y),
        pd.Series([1, None], dtype="Int64"),
        pd.Series(["a", "b"], dtype="string"),
        pd.Categorical([1, 2]),
        pd.DataFrame({"a": pd.array([1, 0], "Int8"), "b": pd.array([0, 1], "Int16")}),
        pl.DataFrame({"label": Y}),
    ],
    ids=lambda y: f"{type(y).__module__.split('.')[0]} {type(y).__name__} {np.shape(y)}",
)
def test_what_is_not_nullable_numbers_stays_as_it_is(y):
    assert as_plain(y) is y


def test_the_width_is_that_of_a_table():
    assert [one_hot_width(y) for y in (Y, Y[:, None], ROWS[:, :2], ROWS)] == [None, None, 2, 4]


def test_distinct_labels_of_all_vectors_are_sorted():
    assert distinct_labels(np.array([3, 1]), np.array([2, 3])).tolist() == [1, 2, 3]
    assert distinct_labels(np.array(["b"]), np.array(["a"])).tolist() == ["a", "b"]


class Nearest(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.X_, self.y_, self.classes_ = X, np.asarray(y), np.unique(y)
        return self

    def predict(self, X):
        return self.y_[((X[:, None] - self.X_) ** 2).sum(-1).argmin(axis=1)]


def accuracy(y, y_test):
    (row,) = compare_classifiers(
        X, y, X_test=X, y_test=y_test, classifiers={"nearest": Nearest()}
    ).rows
    return row.error or row.accuracy


@pytest.mark.parametrize(
    ("y", "y_test"),
    [(ROWS, ROWS), (ROWS, Y), (Y, ROWS), (ROWS, Y[:, None]), (Y[:, None], Y), (Y, pd.Series(Y))],
)
def test_forms_of_both_parts_may_differ_where_labels_are_the_same(y, y_test):
    assert accuracy(y, y_test) == 1


@pytest.mark.parametrize(
    ("y", "y_test", "said"),
    [
        (ROWS, np.eye(5)[Y], "y has one-hot rows of 4 columns, but y_test of 5"),
        (ROWS, Y + 1, r"y_test has labels such as 1, but y has one-hot rows of 4 columns.*0 to 3"),
        (ROWS, Y.astype(str), "y_test has labels such as '0', but y has one-hot rows"),
        (Y + 1, ROWS, "y has labels such as 1, but y_test has one-hot rows"),
        (Y.astype(str), Y, "Mix of label input types"),
    ],
)
def test_labels_of_both_parts_must_mean_the_same(y, y_test, said):
    with pytest.raises(ValueError, match=said):
        compare(y, X_test=X, y_test=y_test)


def test_text_and_numbers_are_no_labels_of_one_picture():
    with pytest.raises(ValueError, match="Mix of label input types"):
        ClassDistributionDisplay.from_data({"training": ["1", "2"], "test": [1, 2]})
    with pytest.raises(ValueError, match="Mix of label input types"):
        ImageGridDisplay.from_predictions(X, Y.astype(str), ROWS, classes=range(4))
    with pytest.raises(ValueError, match="y is an empty dict"):
        ClassDistributionDisplay.from_data({})


def test_what_a_one_hot_classifier_predicts_is_drawn():
    classifier = KerasMLPClassifier(4, epochs=1, random_state=0).fit(X, ROWS)
    assert classifier.predict(X).shape == (N, 4)
    display = ClassAccuracyDisplay.from_estimator(classifier, X, ROWS)
    assert display.n_samples.tolist() == [N / 4] * 4
    assert len(ImageGridDisplay.from_estimator(classifier, X, ROWS).images) == 20
    (row,) = compare_classifiers(
        X, ROWS, X_test=X, y_test=ROWS, classifiers={"net": classifier}
    ).rows
    assert row.error is None
    assert row.accuracy == np.mean(classifier.predict(X).argmax(axis=1) == Y)


@pytest.mark.parametrize(
    ("y", "fault"),
    [
        (np.array(["a", 3] * 20, object), r"y\[1\]=3 is of type int"),
        (np.array([None, "a"] * 20, object), r"y\[0\]=None is of type NoneType"),
        (np.array([datetime.date(2020, 1, 1 + i) for i in Y], object), "of type date"),
        (pd.Series(["a", None] * 20, dtype="string"), r"y\[1\]=<NA> is of type NAType"),
        (pd.Series(["a", np.nan] * 20, dtype=object), r"y\[1\]=nan is of type float"),
        (pl.Series(["a", None] * 20), r"y\[1\]=None is of type NoneType"),
        (np.array(Y, object)[:, None], r"y\[0\]=0 is of type int"),
    ],
)
def test_labels_of_python_objects_must_be_text(y, fault):
    for call in (lambda: as_labels(y), lambda: KerasMLPClassifier().fit(X, y)):
        with pytest.raises(ValueError, match=rf"{fault}.*y\.astype\(str\)"):
            call()


@pytest.mark.parametrize(
    "y",
    [
        np.array(["a", "b"], object),
        pd.Series([3, 7]).astype("category"),
        pd.Series(["a", "b"]).astype("category"),
        pl.Series(["a", "b"], dtype=pl.Categorical),
    ],
)
def test_labels_of_categories_and_text(y):
    assert as_labels(y).tolist() == list(y)

"""Curves, importances and displays of scikit-learn."""

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    partial_dependence,
    permutation_importance,
)
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.model_selection import LearningCurveDisplay, learning_curve, validation_curve

# Of all pixels of `few_digits`, the upper left corner is always empty.
CORNER, CENTRE = 0, 36


@pytest.fixture
def axes():
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_permutation_importance_of_pixels(fitted, other_digits):
    X, y = other_digits
    importance = permutation_importance(fitted, X, y, n_repeats=3, random_state=0)
    assert importance.importances.shape == (64, 3)
    assert X[:, CORNER].max() == 0
    assert (importance.importances[CORNER] == 0).all()
    assert importance.importances_mean.max() > 0.01
    # Digits stand in the middle: the outermost columns say less than those within.
    columns = importance.importances_mean.reshape(8, 8).mean(axis=0)
    assert columns[[0, 7]].mean() < columns[2:6].mean()


def test_partial_dependence_on_a_pixel(fitted, other_digits):
    X = other_digits[0]
    dependence = partial_dependence(fitted, X, [CENTRE], grid_resolution=5, kind="average")
    average, grid = dependence["average"], dependence["grid_values"][0]
    assert average.shape == (10, len(grid))
    np.testing.assert_allclose(average.sum(axis=0), 1, rtol=1e-5)
    filled = X.copy()
    filled[:, CENTRE] = grid[-1]
    np.testing.assert_allclose(average[:, -1], fitted.predict_proba(filled).mean(axis=0))
    # A digit with a hole is a 0: ink in the middle makes it less likely.
    assert average[0, 0] > average[0, -1]


def test_learning_curve_rises(tiny, few_digits):
    sizes, train, test = learning_curve(
        clone(tiny), *few_digits, train_sizes=[40, 100, 200], cv=3, shuffle=True, random_state=0
    )
    assert list(sizes) == [40, 100, 200]
    assert train.shape == test.shape == (3, 3)
    assert test.mean(axis=1)[0] + 0.1 < test.mean(axis=1)[2]
    assert test.mean(axis=1)[2] > 0.8
    assert (train.mean(axis=1) > test.mean(axis=1)).all()


def test_validation_curve_over_epochs(tiny, few_digits):
    train, test = validation_curve(
        clone(tiny), *few_digits, param_name="epochs", param_range=[1, 3, 10], cv=3
    )
    assert (np.diff(train.mean(axis=1)) > 0).all()
    assert (np.diff(test.mean(axis=1)) > 0).all()


def test_learning_curve_display(mlp, few_digits, axes):
    display = LearningCurveDisplay.from_estimator(
        mlp, *few_digits, train_sizes=[40, 200], cv=3, ax=axes, shuffle=True, random_state=0
    )
    assert display.test_scores[1].mean() > display.test_scores[0].mean()


def test_confusion_matrix_display(fitted, other_digits, axes):
    display = ConfusionMatrixDisplay.from_estimator(fitted, *other_digits, ax=axes)
    expected = confusion_matrix(other_digits[1], fitted.predict(other_digits[0]))
    np.testing.assert_array_equal(display.confusion_matrix, expected)
    assert [label.get_text() for label in axes.get_xticklabels()] == list("0123456789")


def test_decision_boundary_display(mlp, axes):
    # Four corners of a square, opposite ones alike: no line parts them, a hidden layer does.
    corners = np.random.default_rng(0).normal(0, 0.2, (200, 2)) + 1
    signs = np.resize([[1, 1], [-1, 1], [1, -1], [-1, -1]], (200, 2))
    X, y = corners * signs, signs.prod(axis=1)
    classifier = mlp.fit(X, y)
    display = DecisionBoundaryDisplay.from_estimator(
        classifier, X, response_method="predict_proba", grid_resolution=20, ax=axes
    )
    assert display.response.shape == (20, 20)
    same, other = display.response[[0, -1], [0, -1]], display.response[[0, -1], [-1, 0]]
    assert same.min() > 0.9
    assert other.max() < 0.1

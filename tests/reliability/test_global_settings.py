"""Scikit-learn's global settings: array API dispatch, and frames as the output of transformers."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skmnist import (
    ImageDeskewer,
    ImageFlattener,
    KerasMLPClassifier,
    PixelScaler,
    make_digit_pipeline,
)
from skmnist.model_selection import HalvingEpochsSearchCV

from .conftest import MLP

SETTINGS = {
    "array API": {"array_api_dispatch": True},
    "pandas": {"transform_output": "pandas"},
    "polars": {"transform_output": "polars"},
    "array API and pandas": {"array_api_dispatch": True, "transform_output": "pandas"},
}


@pytest.fixture(params=SETTINGS)
def settings(request):
    for library in ("pandas", "polars"):
        if library in request.param:
            pytest.importorskip(library)
    return SETTINGS[request.param]


def estimators(classifier):
    few = {"epochs": [1, 2]}
    n_components = 9 if classifier.__class__ is KerasMLPClassifier else None
    return {
        "alone": classifier,
        "digit pipeline": make_digit_pipeline(classifier, n_components=n_components),
        "deskewed": make_digit_pipeline(classifier, deskew=True),
        "grid": GridSearchCV(classifier, few, cv=2),
        "halving": HalvingEpochsSearchCV(classifier, {"alpha": [0.0, 0.1]}, cv=2),
    }


# A pipeline whose steps saw frames says so where they get arrays, as scikit-learn's own do.
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("name", estimators(MLP))
def test_settings_change_no_prediction(name, settings, classifier, few_digits):
    X, y = few_digits
    X = X.reshape(-1, 8, 8) if name in ("digit pipeline", "deskewed") else X
    expected = clone(estimators(classifier)[name]).fit(X, y)
    with config_context(**settings):
        fitted = estimators(classifier)[name].fit(X, y)
        proba, labels = fitted.predict_proba(X), fitted.predict(X)
        score = fitted.score(X, y)
    assert type(proba) is type(labels) is np.ndarray
    np.testing.assert_array_equal(proba, expected.predict_proba(X))
    np.testing.assert_array_equal(labels, expected.predict(X))
    assert score == expected.score(X, y)
    # What was fitted under a setting predicts without it.
    np.testing.assert_array_equal(fitted.predict_proba(X), proba)


@pytest.mark.parametrize("step", [ImageFlattener(), PixelScaler(), ImageDeskewer((8, 8))])
def test_transformers_give_what_the_setting_says(step, settings, classifier, few_digits):
    X = few_digits[0]
    expected = clone(step).fit_transform(X)
    with config_context(**settings):
        out = clone(step).fit(X).transform(X)
    library = settings.get("transform_output", "numpy")
    assert type(out).__module__.partition(".")[0] == library
    np.testing.assert_array_equal(np.asarray(out), expected)


def test_features_of_a_classifier_are_what_the_setting_says(settings, classifier, few_digits):
    X, y = few_digits
    expected = clone(classifier).fit(X, y).transform(X)
    with config_context(**settings):
        out = clone(classifier).fit(X, y).transform(X)
    assert type(out).__module__.partition(".")[0] == settings.get("transform_output", "numpy")
    np.testing.assert_array_equal(np.asarray(out), expected)

"""Both transformers through scikit-learn's checks, also those that it runs on itself only."""

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_estimator,
    check_get_feature_names_out_error,
    check_global_output_transform_pandas,
    check_global_set_output_transform_polars,
    check_inplace_ensure_writeable,
    check_param_validation,
    check_set_output_transform,
    check_set_output_transform_pandas,
    check_set_output_transform_polars,
    check_transformer_get_feature_names_out,
    check_transformer_get_feature_names_out_pandas,
    parametrize_with_checks,
)

from skmnist import ImageFlattener, PixelScaler

ESTIMATORS = [
    ImageFlattener(),
    PixelScaler(),
    PixelScaler((-1, 1), pixel_range=(-5, 5)),
]
# Some processors warn when scikit-learn's dtype check casts -0.7 to uint8.
CAST = pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")


@CAST
@parametrize_with_checks(ESTIMATORS)
def test_check_estimator(estimator, check):
    check(estimator)


@CAST
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_nothing_is_skipped_or_excused(estimator, monkeypatch):
    # array_api_input is the one check that scikit-learn skips on its own account,
    # where SCIPY_ARRAY_API was not set before scipy was imported.
    results = check_estimator(clone(estimator), on_skip=None)
    unfinished = {r["check_name"] for r in results if r["status"] != "passed"}
    assert unfinished <= {"check_array_api_input"}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
@pytest.mark.parametrize(
    "check",
    [
        check_get_feature_names_out_error,
        check_inplace_ensure_writeable,
        check_param_validation,
        check_set_output_transform,
        check_transformer_get_feature_names_out,
    ],
)
def test_own_checks_of_sklearn(check, estimator):
    check(type(estimator).__name__, clone(estimator))


# The set_output checks mix frames and arrays, which makes any transformer warn.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
@pytest.mark.parametrize(
    ("library", "check"),
    [
        ("pandas", check_dataframe_column_names_consistency),
        ("pandas", check_global_output_transform_pandas),
        ("pandas", check_set_output_transform_pandas),
        ("pandas", check_transformer_get_feature_names_out_pandas),
        ("polars", check_global_set_output_transform_polars),
        ("polars", check_set_output_transform_polars),
    ],
)
def test_own_checks_of_sklearn_on_frames(library, check, estimator):
    pytest.importorskip(library)
    check(type(estimator).__name__, clone(estimator))

"""Rows to predict or to transform: what scikit-learn would pass as it is skips its checks."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.utils.validation import validate_data

from skmnist import ImageDeskewer, ImageFlattener, PixelScaler, _validation
from skmnist._rows import image_rows

ROWS = np.arange(5 * 64, dtype=np.float32).reshape(5, 64)
WRITE_PROTECTED = ROWS.copy()
WRITE_PROTECTED.flags.writeable = False


def with_pixel(value):
    rows = ROWS.copy()
    rows[3, 7] = value
    return rows


ROWS_OF_KINDS = {
    "float32": ROWS,
    "bytes": ROWS.astype(np.uint8),
    "write-protected": WRITE_PROTECTED,
    "rows of images": image_rows(ROWS, (8, 8)),
    "float64": ROWS.astype(float),
    "long": ROWS.astype(np.longdouble),
    "booleans": ROWS > 9,
    "too large for float32": ROWS.astype(float) * 1e38,
    "another byte order": ROWS.astype(">f4"),
    "columns first": np.asfortranarray(ROWS),
    "every other row": ROWS[::2],
    "a frame": pd.DataFrame(ROWS),
    "lists": ROWS.tolist(),
    "a masked array": np.ma.masked_array(ROWS, ROWS > 9),
    "one row": ROWS[:1],
    "no rows": ROWS[:0],
    "one axis": ROWS[0],
    "a column less": ROWS[:, 1:],
    "three axes": ROWS.reshape(5, 8, 8),
    "texts": ROWS.astype(str),
    "objects": ROWS.astype(object),
    "complex": ROWS.astype(complex),
    "a structure": np.zeros(5, [("pixel", np.float32)]),
    "no array": None,
    "a sum beyond float32": np.full((5, 64), 3e38, np.float32),
    "missing": with_pixel(np.nan),
    "infinite": with_pixel(np.inf),
    "both infinities": np.vstack([with_pixel(np.inf), with_pixel(-np.inf)]),
}


def outcome(check, estimator, rows):
    """What comes of rows: an array and warnings, or an error."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            checked = check(estimator, rows)
        except (ValueError, TypeError) as error:
            return type(error), str(error)
    assert estimator.n_features_in_ == 64
    shares = isinstance(rows, np.ndarray) and np.shares_memory(checked, rows)
    said = [str(warning.message) for warning in said]
    return (
        type(checked),
        checked.dtype,
        repr(checked.tolist()),
        checked.flags.c_contiguous,
        shares,
        said,
    )


@pytest.mark.parametrize(
    ("dtypes", "options"),
    [
        (None, {"dtype": "numeric"}),
        ((np.float32, np.uint8), {"dtype": (np.float32, np.uint8), "order": "C"}),
    ],
    ids=["any dtype", "two dtypes"],
)
@pytest.mark.parametrize("assume_finite", [False, True])
@pytest.mark.parametrize("names", [None, [f"pixel{i}" for i in range(64)]], ids=["", "names"])
@pytest.mark.parametrize("rows", ROWS_OF_KINDS.values(), ids=ROWS_OF_KINDS)
def test_rows_come_to_what_scikit_learn_makes_of_them(rows, names, assume_finite, dtypes, options):
    estimator = PixelScaler().fit(pd.DataFrame(ROWS, columns=names) if names else ROWS)
    with config_context(assume_finite=assume_finite):
        found = outcome(lambda *args: _validation.check_rows(*args, dtypes), estimator, rows)
        expected = outcome(
            lambda *args: validate_data(*args, reset=False, **options), estimator, rows
        )
    assert found == expected


def test_an_estimator_without_a_number_of_features_leaves_it_to_scikit_learn():
    scaler = PixelScaler().fit(ROWS)
    del scaler.n_features_in_
    np.testing.assert_array_equal(scaler.transform(ROWS), PixelScaler().fit_transform(ROWS))


@pytest.mark.parametrize(
    "kind", ["float32", "bytes", "write-protected", "rows of images", "one row"]
)
def test_arrays_of_pixels_cost_no_check_of_scikit_learn(kind, monkeypatch, fitted):
    rows = ROWS_OF_KINDS[kind]
    transformers = [PixelScaler().fit(ROWS), ImageFlattener().fit(ROWS), ImageDeskewer().fit(ROWS)]
    monkeypatch.delattr(_validation, "validate_data")
    assert fitted.predict_proba(rows).shape == (len(rows), 10)
    assert fitted.predict_proba(rows.reshape(-1, 8, 8)).shape == (len(rows), 10)
    for transformer in transformers:
        assert transformer.transform(rows).shape == rows.shape
    with pytest.raises(NameError):
        fitted.predict_proba(ROWS.astype(float))

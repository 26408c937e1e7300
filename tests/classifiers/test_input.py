"""Samples to predict: what scikit-learn would pass as it is need not go through its checks."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skmnist._classifiers import _input
from skmnist._rows import image_rows

ROWS = np.arange(5 * 64, dtype=np.float32).reshape(5, 64)
WRITE_PROTECTED = ROWS.copy()
WRITE_PROTECTED.flags.writeable = False


def with_pixel(value):
    rows = ROWS.copy()
    rows[3, 7] = value
    return rows


SAMPLES = {
    "float32": ROWS,
    "bytes": ROWS.astype(np.uint8),
    "write-protected": WRITE_PROTECTED,
    "a stack": ROWS.reshape(5, 8, 8),
    "rows of images": image_rows(ROWS, (8, 8)),
    "float64": ROWS.astype(float),
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
    "images of another shape": ROWS.reshape(5, 4, 16),
    "a sum beyond float32": np.full((5, 64), 3e38, np.float32),
    "missing": with_pixel(np.nan),
    "infinite": with_pixel(np.inf),
    "both infinities": np.vstack([with_pixel(np.inf), with_pixel(-np.inf)]),
}


def outcome(classifier, X):
    """What comes of samples: rows and warnings, or an error."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            rows = _input.check_samples(classifier, X)
        except (ValueError, TypeError) as error:
            return type(error), str(error)
    assert rows.flags.c_contiguous
    return type(rows), rows.dtype, rows.tolist(), [str(one.message) for one in said]


@pytest.mark.parametrize("names", [None, [f"pixel{i}" for i in range(64)]], ids=["", "names"])
@pytest.mark.parametrize("X", SAMPLES.values(), ids=SAMPLES)
def test_samples_come_to_the_same_with_and_without_scikit_learns_checks(
    X, names, monkeypatch, fitted_mlp
):
    classifier = clone(fitted_mlp)
    vars(classifier).update(vars(fitted_mlp))
    if names:
        classifier.feature_names_in_ = np.array(names, object)
    found = outcome(classifier, X)
    monkeypatch.setattr(_input, "_is_checked", lambda *_: False)
    assert found == outcome(classifier, X)


@pytest.mark.parametrize("kind", ["float32", "bytes", "write-protected", "a stack", "one row"])
def test_arrays_as_the_network_takes_them_cost_no_check_of_scikit_learn(
    kind, monkeypatch, fitted_mlp
):
    monkeypatch.delattr(_input, "validate_data")
    assert fitted_mlp.predict_proba(SAMPLES[kind]).shape == (len(SAMPLES[kind]), 10)
    with pytest.raises(NameError):
        fitted_mlp.predict_proba(SAMPLES["float64"])

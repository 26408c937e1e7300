"""Rows for a fitted estimator, checked as scikit-learn checks them, and faster."""

from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.utils.validation import validate_data

from ._rows import ImageRows

# Dtypes of arrays that need not go through scikit-learn's checks, where any numeric one will do.
_USUAL_DTYPES = (np.float32, np.uint8, np.float64)


def check_rows(
    estimator: Any, rows: Any, dtypes: tuple[type[np.generic], ...] | None = None
) -> np.ndarray:
    """Return rows as `validate_data` checks them.

    With `dtypes`, they come as a C-contiguous array of one of these, the first if they have
    another one; without, of the numeric dtype and in the order that they have.
    """
    if _needs_no_check(estimator, rows, dtypes or _USUAL_DTYPES):
        return np.asarray(rows)
    order = "C" if dtypes else None
    return validate_data(estimator, rows, dtype=dtypes or "numeric", order=order, reset=False)


def _needs_no_check(estimator: Any, rows: Any, dtypes: tuple[type[np.generic], ...]) -> bool:
    """Return whether `validate_data` has nothing to refuse, to warn of or to change.

    `validate_data` takes as long as one row takes through a dense network. Floats whose sum is not
    finite are left to it: one of them may be infinite.
    """
    is_usual = (
        (type(rows) is np.ndarray or isinstance(rows, ImageRows))
        and rows.dtype in dtypes
        and rows.flags.c_contiguous
        and rows.shape[1:] == (getattr(estimator, "n_features_in_", None),)
        and len(rows) > 0
        and not hasattr(estimator, "feature_names_in_")
    )
    if not is_usual or rows.dtype == np.uint8 or get_config()["assume_finite"]:
        return is_usual
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(rows)))

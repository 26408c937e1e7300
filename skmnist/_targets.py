"""Class labels, checked; one-hot rows as column numbers."""

import warnings
from typing import Any

import numpy as np
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets


def as_labels(y: Any, name: str = "y") -> np.ndarray:
    """Return a vector of labels; column numbers for one-hot rows. Other tables are refused."""
    y = check_array(as_plain(y, name), ensure_2d=False, dtype=None, input_name=name)
    if y.ndim == 2 and y.shape[1] > 1:
        check_one_hot(y, name)
        return y.argmax(axis=1)
    y = column_or_1d(y)
    with warnings.catch_warnings():
        # More classes than half the samples: fit warns of that, pictures need not.
        warnings.simplefilter("ignore", UserWarning)
        check_classification_targets(y)
    return y


def as_plain(y: Any, name: str = "y") -> Any:
    """Return pandas' nullable numbers and booleans as NumPy's, and other labels as they are.

    scikit-learn makes floats of them, so that the label 3 would come back as 3.0.
    """
    if getattr(y, "ndim", None) == 2 and hasattr(y, "dtypes"):
        kinds = set(y.dtypes)
        dtype = kinds.pop() if len(kinds) == 1 else None
    else:
        dtype = getattr(y, "dtype", None)
    dtype = getattr(dtype, "numpy_dtype", None)
    if getattr(dtype, "kind", "O") not in "biuf" or np.any(y.isna()):
        _check_objects(y, name)
        return y
    return y.to_numpy(dtype)


def _check_objects(y: Any, name: str) -> None:
    """Raise a ValueError for a vector of Python objects that are not all text."""
    if getattr(getattr(y, "dtype", None), "kind", "O") != "O":
        return
    values = np.asarray(y)
    if values.dtype.kind != "O" or not (values.ndim == 1 or values.shape[1:] == (1,)):
        return
    for i, label in enumerate(values.ravel()):
        if not isinstance(label, str | bytes):
            kind = type(label).__name__
            raise ValueError(
                f"Unknown label type: {name}[{i}]={label!r} is of type {kind}, but labels that "
                "are Python objects must be text. Leave out samples without a label, or bring all "
                f"to one type, such as {name}.astype(str) or {name}.astype(int)."
            )


def distinct_labels(*vectors: np.ndarray) -> np.ndarray:
    """Return the sorted labels that occur in vectors; text beside numbers is refused."""
    first = [labels[0] for labels in vectors]
    if len({isinstance(label, str) for label in first}) > 1:
        raise ValueError(
            "Mix of label input types (string and number): there are labels such as "
            f"{', '.join(dict.fromkeys(repr(str(label)) for label in first))}, some of them text "
            "and some not. Bring them to one type, as by astype(str)."
        )
    return np.unique(np.concatenate(vectors))


def one_hot_width(y: Any) -> int | None:
    """Return the number of columns of a table of targets, None for a vector or one column."""
    shape = np.shape(y)
    return int(shape[1]) if len(shape) == 2 and shape[1] > 1 else None


def check_one_hot(y: np.ndarray, name: str = "y") -> None:
    """Raise a ValueError unless every row of a table of targets has one 1 and else 0."""
    if y.dtype.kind not in "biuf" or not (
        np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=1) == 1)
    ):
        raise ValueError(
            f"{name} has shape {y.shape}, but its rows are not one-hot (one 1 and else 0). Each "
            "image has exactly one class here: give a vector of labels or one-hot rows; "
            "multilabel and multioutput targets need another estimator, such as "
            "sklearn.multioutput.MultiOutputClassifier around this one."
        )

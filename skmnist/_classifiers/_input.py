"""Check samples, targets and weights."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.validation import validate_data

from .._images import check_stack_shape, split_images
from .._rows import remembered_shape
from .._sklearn import check_sample_weight
from .._targets import as_plain
from .._validation import check_rows
from ._fitted import Setup
from ._labels import Labels, class_weights

# Dtypes that reach a network; every other becomes the first of these.
_PIXEL_DTYPES = (np.float32, np.uint8)


class Samples(NamedTuple):
    """Checked samples.

    `pixels` are C-contiguous uint8 or float32 rows, `numbers` (int32) their classes.
    """

    pixels: np.ndarray
    numbers: np.ndarray
    weights: np.ndarray


def check_samples(estimator: Any, X: Any) -> np.ndarray:
    """Return the pixels of samples to predict."""
    shape = estimator.image_shape_
    # One row of three pixels is a table, too, where images are one row high.
    if (
        isinstance(X, np.ndarray)
        and shape
        and X.shape in (shape, shape[:2])
        and math.prod(X.shape[1:]) != estimator.n_features_in_
    ):
        raise ValueError(
            f"X has the shape of one image, {X.shape}, but a stack of images is expected. "
            "Use X[None] for a single image."
        )
    rows, stack_shape = _rows_and_shape(X)
    check_stack_shape(estimator, shape, stack_shape)
    return check_rows(estimator, rows, _PIXEL_DTYPES)


def check_training_samples(
    checked: Any,
    X: Any,
    y: Any,
    sample_weight: Any,
    before: Setup | None,
    *,
    classes: Any,
    partial: bool,
) -> tuple[Samples, Labels, tuple[int, ...] | None]:
    """Check the samples of a call of ``fit`` or ``partial_fit``.

    scikit-learn writes number and names of features into the estimator `checked`, or, where
    training goes on (from the setup `before`), compares them. Returned are the samples, with class
    weights multiplied into the weights, the labels, and the shape of the images of a stack.
    """
    pixels, y, stack_shape = _check_pixels_and_targets(checked, X, y, before)
    if before is None:
        labels = _first_labels(y, classes) if partial else Labels.of(y)
    else:
        labels = before.labels
        if classes is not None and not np.array_equal(np.unique(classes), labels.classes):
            raise ValueError(
                f"classes={classes!r} was given, but the first call had {labels.classes!r}."
            )
    numbers = labels.encode(y)
    if partial and isinstance(checked.class_weight, str):
        raise ValueError(
            f"class_weight={checked.class_weight!r} can't be used by partial_fit, which doesn't "
            "know how many samples of each class will come. Give a dict, such as "
            "dict(zip(classes, sklearn.utils.class_weight.compute_class_weight('balanced', "
            "classes=classes, y=y_of_all))), or sample_weight."
        )
    weights = _check_weights(sample_weight, pixels)
    weights = class_weights(checked.class_weight, labels, numbers, weights)
    with np.errstate(over="ignore"):
        total = weights.sum()
    if not np.isfinite(total):
        raise ValueError(
            "sample_weight and class_weight add up to infinity. Divide the weights by their mean."
        )
    n_present = len(np.unique(numbers[weights > 0]))
    if n_present == 0:
        raise ValueError("No sample has weight: sample_weight and class_weight leave only zeros.")
    # Later calls may see one class of several.
    if n_present == 1 and before is None and not partial:
        others = "; all others have a sample_weight or class_weight of 0"
        raise ValueError(
            f"y has samples of one class only{others if len(np.unique(numbers)) > 1 else ''}, "
            "but a classifier needs at least two classes to tell apart. "
            f"The class is {labels.classes[numbers[weights > 0][0]]}."
        )
    return Samples(pixels, numbers, weights), labels, stack_shape


def check_validation_samples(
    checked: Any,
    setup: Setup,
    X_val: Any,
    y_val: Any,
    sample_weight_val: Any,
) -> Samples | None:
    """Return the validation samples of a call of ``fit``, if it was given any."""
    if X_val is None:
        if y_val is not None or sample_weight_val is not None:
            raise ValueError("y_val or sample_weight_val was given, but X_val is missing.")
        return None
    if y_val is None:
        raise ValueError("X_val was given, but y_val is missing.")
    try:
        pixels, y_val, _ = _check_pixels_and_targets(checked, X_val, y_val, setup)
        weights = _check_weights(sample_weight_val, pixels)
        return Samples(pixels, setup.labels.encode(y_val), weights)
    except ValueError as error:
        raise ValueError(f"In X_val, y_val or sample_weight_val: {error}") from error


def _check_pixels_and_targets(
    checked: Any, X: Any, y: Any, before: Setup | None
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...] | None]:
    """Return pixels, targets and the shape of the images of a stack."""
    rows, stack_shape = _rows_and_shape(X)
    if before is not None:
        check_stack_shape(checked, before.image_shape, stack_shape)
    if issparse(y):
        raise ValueError(
            f"y is a sparse matrix of shape {y.shape}, but an array is expected. Use y.toarray()."
        )
    pixels, y = validate_data(
        checked,
        rows,
        as_plain(y),
        reset=before is None,
        dtype=_PIXEL_DTYPES,
        order="C",
        multi_output=True,
    )
    return pixels, y, stack_shape


def _rows_and_shape(X: Any) -> tuple[Any, tuple[int, ...] | None]:
    """Return flat rows, and the shape of their images if it is known."""
    rows, stack_shape = split_images(X)
    return rows, stack_shape or remembered_shape(X)


def _first_labels(y: np.ndarray, classes: Any) -> Labels:
    """Learn the labels in the first call of ``partial_fit``."""
    if y.ndim == 2 and y.shape[1] > 1:
        labels = Labels.of(y)
        if classes is not None and not np.array_equal(np.unique(classes), labels.classes):
            raise ValueError(
                f"classes={classes!r} was given, but one-hot rows of {y.shape[1]} columns have "
                f"the classes 0 to {y.shape[1] - 1}. Leave classes=None."
            )
        return labels
    if classes is None:
        raise ValueError(
            "classes=None was given in the first call of partial_fit, but it must name all "
            "classes that will ever occur: partial_fit(X, y, classes=[...])."
        )
    if np.ndim(classes) == 0:
        raise ValueError(
            f"classes={classes!r} was given, but an array-like of labels is expected. Write "
            "classes=list(...) for a set."
        )
    labels = Labels.of(np.asarray(as_plain(classes, "classes")))
    if len(labels.classes) < 2:
        raise ValueError(f"classes={classes!r} has one class, but at least two are needed.")
    return labels


def _check_weights(sample_weight: Any, pixels: np.ndarray) -> np.ndarray:
    return check_sample_weight(sample_weight, pixels, dtype=np.float64, ensure_non_negative=True)

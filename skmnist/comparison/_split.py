"""Which images are trained on and which are held out."""

from typing import Any

import numpy as np
from sklearn.model_selection import check_cv, train_test_split

from .._sklearn import safe_indexing

_TEST_SHARE = 0.25


def hold_out_quarter(X: Any, y: Any, random_state: Any) -> tuple[Any, Any, Any, Any]:
    """Split at random, stratified: X_train, X_test, y_train, y_test of the types of X and y."""
    try:
        return train_test_split(X, y, test_size=_TEST_SHARE, stratify=y, random_state=random_state)
    except ValueError as error:
        raise ValueError(
            f"The {len(y)} images can't be split into {1 - _TEST_SHARE:.0%} for training and "
            f"{_TEST_SHARE:.0%} for testing with every class on both sides: {error} Give X_test "
            "and y_test, or leave out the rare classes."
        ) from error


def split_rows(X: Any, y: Any, cv: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the training and the test rows of each split of a cross-validation."""
    splits = list(check_cv(cv, y, classifier=True).split(X, y))
    if len(splits) < 2:
        raise ValueError(
            f"cv={cv!r} makes one split, expected at least two. To test once leave cv out, or "
            "give X_test and y_test."
        )
    return splits


def pick(X: Any, y: Any, train: np.ndarray, test: np.ndarray) -> tuple[Any, Any, Any, Any]:
    """Return X_train, X_test, y_train, y_test of these rows, of the types of X and y."""
    return tuple(safe_indexing(part, rows) for part in (X, y) for rows in (train, test))


def take_share(X: Any, y: Any, train_size: int | None, random_state: Any) -> tuple[Any, Any]:
    """Pick `train_size` of the training images at random, stratified; None keeps all."""
    if train_size is None or train_size == len(y):
        return X, y
    if train_size > len(y):
        raise ValueError(
            f"train_size={train_size} is more than the {len(y)} training images there are: "
            "give that number or a smaller one."
        )
    try:
        X, _, y, _ = train_test_split(
            X, y, train_size=train_size, stratify=y, random_state=random_state
        )
    except ValueError as error:
        raise ValueError(
            f"train_size={train_size} of {len(y)} training images can't be picked with every "
            f"class in it: {error} Try another number."
        ) from error
    return X, y

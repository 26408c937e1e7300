"""Whether a value read from a file can be what it is said to be."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

# Whether a value can be an attribute's, beside the others.
Check = Callable[[Any, dict[str, Any]], bool]


def is_size(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0


def is_count(value: Any, fitted: dict[str, Any]) -> bool:
    return is_size(value, fitted) and value >= 1


def is_number(value: Any, fitted: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return False
    return math.isfinite(value)


def is_array(*shape: str) -> Check:
    """Real numbers, of a shape that other attributes say."""

    def check(value: Any, fitted: dict[str, Any]) -> bool:
        expected = tuple(fitted[name] for name in shape)
        return (
            isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == expected
        )

    return check


def is_array_or_none(*shape: str) -> Check:
    return lambda value, fitted: value is None or is_array(*shape)(value, fitted)


def is_sample_count(value: Any, fitted: dict[str, Any]) -> bool:
    """One number (a sum of weights, if there were any), or one for each column with gaps."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf" and value.shape == (fitted["n_features_in_"],)
    return is_number(value, fitted) and value > 0


def is_range(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(is_number(v, {}) for v in value)


def is_names(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and value.shape == (fitted["n_features_in_"],)
        and all(isinstance(name, str) for name in value)
    )


def is_image_shape(value: Any, fitted: dict[str, Any]) -> bool:
    if value is None:
        return True
    sizes = isinstance(value, tuple) and len(value) in (2, 3)
    return (
        sizes
        and all(is_count(side, {}) for side in value)
        and math.prod(value) == fitted["n_features_in_"]
    )


def is_known_image_shape(value: Any, fitted: dict[str, Any]) -> bool:
    return value is not None and is_image_shape(value, fitted)


def is_text(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, str)


def is_options(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)

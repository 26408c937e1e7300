"""What each kind of fitted estimator keeps, and how it is told from nonsense."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from .._geometry import weight_shapes
from ..augmentation import RandomDistortion
from ..classifiers import KerasCNNClassifier, KerasMLPClassifier
from ..preprocessing import ImageDeskewer, ImageFlattener, PixelScaler
from ._values import BrokenError

# Whether a value can be an attribute's, beside the others.
_Check = Callable[[Any, dict[str, Any]], bool]


def _is_size(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0


def _is_count(value: Any, fitted: dict[str, Any]) -> bool:
    return _is_size(value, fitted) and value >= 1


def _is_number(value: Any, fitted: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return False
    return math.isfinite(value)


def _is_array(*shape: str) -> _Check:
    """Real numbers, of a shape that other attributes say."""

    def check(value: Any, fitted: dict[str, Any]) -> bool:
        expected = tuple(fitted[name] for name in shape)
        return (
            isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == expected
        )

    return check


def _is_array_or_none(*shape: str) -> _Check:
    return lambda value, fitted: value is None or _is_array(*shape)(value, fitted)


def _is_sample_count(value: Any, fitted: dict[str, Any]) -> bool:
    """One number (a sum of weights, if there were any), or one for each column with gaps."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf" and value.shape == (fitted["n_features_in_"],)
    return _is_number(value, fitted) and value > 0


def _is_range(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(_is_number(v, {}) for v in value)


def _is_names(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and value.shape == (fitted["n_features_in_"],)
        and all(isinstance(name, str) for name in value)
    )


def _is_image_shape(value: Any, fitted: dict[str, Any]) -> bool:
    if value is None:
        return True
    sizes = isinstance(value, tuple) and len(value) in (2, 3)
    return (
        sizes
        and all(_is_count(side, {}) for side in value)
        and math.prod(value) == fitted["n_features_in_"]
    )


def _is_known_image_shape(value: Any, fitted: dict[str, Any]) -> bool:
    return value is not None and _is_image_shape(value, fitted)


def _is_sorted_labels(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.ndim == 1
        and len(value) >= 2
        and np.array_equal(np.unique(value), value)
    )


def _is_one_hot(value: Any, fitted: dict[str, Any]) -> bool:
    if value is None:
        return True
    classes = fitted["classes_"]
    return isinstance(value, np.dtype) and np.array_equal(classes, np.arange(len(classes)))


def _is_weights(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, list) and all(
        isinstance(weight, np.ndarray) and weight.dtype == np.float32 for weight in value
    )


def _is_history(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and "loss" in value
        and all(
            isinstance(name, str)
            and isinstance(figures, list)
            and len(figures) == fitted["n_iter_"]
            and all(isinstance(figure, float) for figure in figures)
            for name, figures in value.items()
        )
    )


def _is_resumption(value: Any, fitted: dict[str, Any]) -> bool:
    """States of the generators, and the optimizer's: numbers, whose shapes Keras checks."""
    np.random.default_rng().bit_generator.state = value["shuffling"]
    arrays = [*value["dropout_seeds"], *value["optimizer"]]
    names = set(value) - {"hold_out_seed"}
    return (
        names == {"shuffling", "dropout_seeds", "optimizer"}
        and _is_size(value.get("hold_out_seed", 0), fitted)
        and all(
            isinstance(array, np.ndarray | np.generic) and array.dtype.kind in "iuf"
            for array in arrays
        )
    )


def _is_text(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, str)


def _is_options(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


_INPUT: dict[str, _Check] = {"n_features_in_": _is_count}
_PER_FEATURE = _is_array("n_features_in_")
_PER_FEATURE_OR_NONE = _is_array_or_none("n_features_in_")
_PER_COMPONENT = _is_array("n_components_")
_NETWORK: dict[str, _Check] = {
    **_INPUT,
    "image_shape_": _is_image_shape,
    "classes_": _is_sorted_labels,
    "_one_hot": _is_one_hot,
    "_start": _is_options,
    "weights_": _is_weights,
    "pixel_mean_": _is_number,
    "pixel_scale_": _is_number,
    "logit_scale_": _is_number,
    "n_iter_": _is_count,
    "history_": _is_history,
    "_resumption": _is_resumption,
    "_optimizer_settings": _is_text,
}

# The classes that a model file may name, and the attributes of each that were learned.
# Every attribute is there once the estimator is fitted, except names of columns.
FITTED: dict[type, dict[str, _Check]] = {
    ImageFlattener: {**_INPUT, "image_shape_": _is_image_shape},
    PixelScaler: {**_INPUT, "pixel_range_": _is_range},
    ImageDeskewer: {**_INPUT, "image_shape_": _is_known_image_shape},
    RandomDistortion: {},  # a parameter
    KerasMLPClassifier: _NETWORK,
    KerasCNNClassifier: _NETWORK,
    Pipeline: {},
    PCA: {
        **_INPUT,
        "n_samples_": _is_count,
        "n_components_": _is_size,
        "mean_": _PER_FEATURE,
        "components_": _is_array("n_components_", "n_features_in_"),
        "explained_variance_": _PER_COMPONENT,
        "explained_variance_ratio_": _PER_COMPONENT,
        "singular_values_": _PER_COMPONENT,
        "noise_variance_": _is_number,
    },
    StandardScaler: {
        **_INPUT,
        "n_samples_seen_": _is_sample_count,
        "mean_": _PER_FEATURE_OR_NONE,
        "var_": _PER_FEATURE_OR_NONE,
        "scale_": _PER_FEATURE_OR_NONE,
    },
    MinMaxScaler: {
        **_INPUT,
        "n_samples_seen_": _is_count,
        "min_": _PER_FEATURE,
        "scale_": _PER_FEATURE,
        "data_min_": _PER_FEATURE,
        "data_max_": _PER_FEATURE,
        "data_range_": _PER_FEATURE,
    },
    MaxAbsScaler: {
        **_INPUT,
        "n_samples_seen_": _is_count,
        "scale_": _PER_FEATURE,
        "max_abs_": _PER_FEATURE,
    },
    RobustScaler: {
        **_INPUT,
        "center_": _PER_FEATURE_OR_NONE,
        "scale_": _PER_FEATURE_OR_NONE,
    },
}
OPTIONAL: dict[str, _Check] = {"feature_names_in_": _is_names}


def check_fitted(kind: type, fitted: dict[str, Any]) -> None:
    """See that attributes are those of a fitted estimator.

    Parameters
    ----------
    kind : type
        One of `FITTED`.
    fitted : dict of str to object

    Raises
    ------
    BrokenError
        If one is missing, unknown or has a value that it can't have.
    """
    checks = FITTED[kind]
    missing = [name for name in checks if name not in fitted]
    unknown = [name for name in fitted if name not in checks and name not in OPTIONAL]
    if missing or unknown:
        raise BrokenError(f"{kind.__name__} lacks {missing} and has {unknown} too many")
    for name, check in {**checks, **OPTIONAL}.items():
        try:
            good = name not in fitted or check(fitted[name], fitted)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            good = False
        if not good:
            raise BrokenError(f"{kind.__name__} can't have such a value of {name}")


def check_weights(estimator: Any) -> None:
    """See that a network's weights have the shapes that its options say."""
    expected = weight_shapes(
        estimator._input_shape(), len(estimator.classes_), **estimator._fitted_options
    )
    shapes = [weight.shape for weight in estimator.weights_]
    if shapes != expected:
        odd = [pair for pair in zip(shapes, expected, strict=False) if pair[0] != pair[1]]
        raise BrokenError(
            f"{len(shapes)} weights of {type(estimator).__name__} don't have the shapes of its "
            f"{len(expected)}; found and expected: {odd[:3]}"
        )

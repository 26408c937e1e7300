"""Fitted attributes of each class that a model file may name, with their checks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from .._augmentation import RandomDistortion
from .._classifiers import KerasCNNClassifier, KerasMLPClassifier
from .._novelty import NoveltyRejectingClassifier
from .._preprocessing import ImageDeskewer, ImageFlattener, PixelScaler
from ._values import InvalidModelFileError

# Whether a value can be that of an attribute, given all fitted attributes.
Check = Callable[[Any, dict[str, Any]], bool]


def _or_none(check: Check) -> Check:
    return lambda value, fitted: value is None or check(value, fitted)


def _is_size(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 0


def _is_count(value: Any, fitted: dict[str, Any]) -> bool:
    return _is_size(value, fitted) and value >= 1


def _is_number(value: Any, fitted: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return False
    return math.isfinite(value)


def _is_array(*shape: str) -> Check:
    """Real numbers, of a shape that other attributes say."""

    def check(value: Any, fitted: dict[str, Any]) -> bool:
        expected = tuple(fitted[name] for name in shape)
        return (
            isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == expected
        )

    return check


def _is_sample_count(value: Any, fitted: dict[str, Any]) -> bool:
    """One number (a sum of weights, if there were any), or one for each column with gaps."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf" and value.shape == (fitted["n_features_in_"],)
    return _is_number(value, fitted) and value > 0


def _is_range(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, tuple) and len(value) == 2 and all(_is_number(v, fitted) for v in value)
    )


def _is_names(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and value.shape == (fitted["n_features_in_"],)
        and all(isinstance(name, str) for name in value)
    )


def _is_image_shape(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) in (2, 3)
        and all(_is_count(side, fitted) for side in value)
        and math.prod(value) == fitted["n_features_in_"]
    )


def _is_options(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def _is_sorted_labels(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.ndim == 1
        and len(value) >= 2
        and np.array_equal(np.unique(value), value)
    )


def _is_one_hot(value: Any, fitted: dict[str, Any]) -> bool:
    columns = np.arange(len(fitted["classes"]))
    return isinstance(value, np.dtype) and np.array_equal(fitted["classes"], columns)


def _is_weights(value: Any, fitted: dict[str, Any]) -> bool:
    return isinstance(value, list) and all(
        isinstance(weight, np.ndarray) and weight.dtype == np.float32 for weight in value
    )


def _is_history(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and len(value.get("loss", [])) >= 1
        and all(
            isinstance(name, str)
            and isinstance(figures, list)
            and len(figures) == len(value["loss"])
            and all(isinstance(figure, float) for figure in figures)
            for name, figures in value.items()
        )
    )


def _is_distortion(value: Any) -> bool:
    names = RandomDistortion().get_params()
    return value is None or (
        isinstance(value, dict)
        and value.keys() <= names.keys()
        and all(_is_number(number, {}) for number in value.values())
    )


def _is_resumption(value: Any, fitted: dict[str, Any]) -> bool:
    """States of the generators, and the optimizer's: numbers, whose shapes Keras checks."""
    np.random.default_rng().bit_generator.state = value["shuffling"]
    arrays = [*value["dropout_seeds"], *value["optimizer"]]
    unseen = value.get("unseen")
    return (
        _or_none(_is_size)(value.get("start_seed"), fitted)
        and _is_distortion(value.get("distortion"))
        and isinstance(value["optimizer_settings"], str)
        and _or_none(_is_size)(value["hold_out_seed"], fitted)
        and isinstance(unseen, str | None)
        and unseen in (None, "validation", "spared")
        and all(
            isinstance(array, np.ndarray | np.generic) and array.dtype.kind in "iuf"
            for array in arrays
        )
    )


def _is_estimator(value: Any, fitted: dict[str, Any]) -> bool:
    """Return whether it is an estimator that learned the labels that are said beside it."""
    return isinstance(value, BaseEstimator) and np.array_equal(value.classes_, fitted["classes_"])


def _is_label(value: Any, fitted: dict[str, Any]) -> bool:
    is_scalar = isinstance(value, str | bool | int | float | np.generic)
    return is_scalar and value not in fitted["classes_"].tolist()


def _is_references(value: Any, fitted: dict[str, Any]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == np.float32
        and value.ndim == 2
        and value.size > 0
        and bool(np.isfinite(value).all())
    )


_INPUT: dict[str, Check] = {"n_features_in_": _is_count}
_PER_FEATURE = _is_array("n_features_in_")
_PER_FEATURE_OR_NONE = _or_none(_PER_FEATURE)
_PER_COMPONENT = _is_array("n_components_")
_NETWORK: dict[str, Check] = {
    "n_features_in_": _is_count,
    "image_shape": _or_none(_is_image_shape),
    "classes": _is_sorted_labels,
    "one_hot": _or_none(_is_one_hot),
    "parameters": _is_options,
    "weights": _is_weights,
    "pixel_mean": _is_number,
    "pixel_scale": _is_number,
    "logit_scale": _is_number,
    "history": _is_history,
    "resumption": _is_resumption,
}

# The classes that a model file may name, and the attributes of each that were learned.
# Every attribute is there once the estimator is fitted, except names of columns.
FITTED: dict[type, dict[str, Check]] = {
    ImageFlattener: {**_INPUT, "image_shape_": _or_none(_is_image_shape)},
    PixelScaler: {**_INPUT, "pixel_range_": _is_range},
    ImageDeskewer: {**_INPUT, "image_shape_": _is_image_shape},
    RandomDistortion: {},  # a parameter
    KerasMLPClassifier: _NETWORK,
    KerasCNNClassifier: _NETWORK,
    Pipeline: {},
    FrozenEstimator: {},
    NoveltyRejectingClassifier: {
        **_INPUT,
        "estimator_": _is_estimator,
        "classes_": _is_sorted_labels,
        "reject_label_": _is_label,
        "references_": _is_references,
        "offset_": _is_number,
    },
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
OPTIONAL: dict[str, Check] = {"feature_names_in_": _is_names}


def check_fitted(kind: type, fitted: dict[str, Any]) -> None:
    """Check the fitted attributes of a class: none missing, unknown or of an impossible value."""
    checks = FITTED[kind]
    missing = [name for name in checks if name not in fitted]
    unknown = [name for name in fitted if name not in checks and name not in OPTIONAL]
    if missing or unknown:
        raise InvalidModelFileError(f"{kind.__name__} lacks {missing} and has {unknown} too many")
    for name, check in {**checks, **OPTIONAL}.items():
        try:
            good = name not in fitted or check(fitted[name], fitted)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            good = False
        if not good:
            raise InvalidModelFileError(f"{kind.__name__} can't have such a value of {name}")

"""Fitted attributes of each class that a model file may name, with their checks."""

from typing import Any

from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from ..augmentation import RandomDistortion
from ..classifiers import KerasCNNClassifier, KerasMLPClassifier
from ..preprocessing import ImageDeskewer, ImageFlattener, PixelScaler
from ._checks import (
    Check,
    is_array,
    is_array_or_none,
    is_count,
    is_image_shape,
    is_known_image_shape,
    is_names,
    is_number,
    is_range,
    is_sample_count,
    is_size,
)
from ._networks import NETWORK
from ._values import BrokenError

_INPUT: dict[str, Check] = {"n_features_in_": is_count}
_PER_FEATURE = is_array("n_features_in_")
_PER_FEATURE_OR_NONE = is_array_or_none("n_features_in_")
_PER_COMPONENT = is_array("n_components_")

# The classes that a model file may name, and the attributes of each that were learned.
# Every attribute is there once the estimator is fitted, except names of columns.
FITTED: dict[type, dict[str, Check]] = {
    ImageFlattener: {**_INPUT, "image_shape_": is_image_shape},
    PixelScaler: {**_INPUT, "pixel_range_": is_range},
    ImageDeskewer: {**_INPUT, "image_shape_": is_known_image_shape},
    RandomDistortion: {},  # a parameter
    KerasMLPClassifier: NETWORK,
    KerasCNNClassifier: NETWORK,
    Pipeline: {},
    PCA: {
        **_INPUT,
        "n_samples_": is_count,
        "n_components_": is_size,
        "mean_": _PER_FEATURE,
        "components_": is_array("n_components_", "n_features_in_"),
        "explained_variance_": _PER_COMPONENT,
        "explained_variance_ratio_": _PER_COMPONENT,
        "singular_values_": _PER_COMPONENT,
        "noise_variance_": is_number,
    },
    StandardScaler: {
        **_INPUT,
        "n_samples_seen_": is_sample_count,
        "mean_": _PER_FEATURE_OR_NONE,
        "var_": _PER_FEATURE_OR_NONE,
        "scale_": _PER_FEATURE_OR_NONE,
    },
    MinMaxScaler: {
        **_INPUT,
        "n_samples_seen_": is_count,
        "min_": _PER_FEATURE,
        "scale_": _PER_FEATURE,
        "data_min_": _PER_FEATURE,
        "data_max_": _PER_FEATURE,
        "data_range_": _PER_FEATURE,
    },
    MaxAbsScaler: {
        **_INPUT,
        "n_samples_seen_": is_count,
        "scale_": _PER_FEATURE,
        "max_abs_": _PER_FEATURE,
    },
    RobustScaler: {
        **_INPUT,
        "center_": _PER_FEATURE_OR_NONE,
        "scale_": _PER_FEATURE_OR_NONE,
    },
}
OPTIONAL: dict[str, Check] = {"feature_names_in_": is_names}


def check_fitted(kind: type, fitted: dict[str, Any]) -> None:
    """Check the fitted attributes of a class: none missing, unknown or of an impossible value."""
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

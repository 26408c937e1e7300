"""Estimators as JSON, and back through their own constructors and checks."""

import inspect
from copy import copy
from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from .._classifiers import (
    KerasClassifierBase,
    KerasCNNClassifier,
    KerasMLPClassifier,
    KerasNetworkClassifier,
)
from .._novelty import NoveltyRejectingClassifier
from .._sklearn import (
    check_parameters,
    has_metadata_requests,
    output_container,
    set_metadata_requests,
)
from ._fitted import FITTED, OPTIONAL, check_fitted
from ._networks import make_fitted, network_values, of_format_1
from ._values import InvalidModelFileError, UnsupportedValueError, decode, encode

_CLASSES = {kind.__name__: kind for kind in FITTED}
# Methods that may ask for metadata.
_METHODS = ("fit", "partial_fit", "score", "transform", "inverse_transform")
# Attributes that are made anew, or kept in a form of their own.
_DERIVED = {"_fit_svd_solver", "_sklearn_output_config", "_metadata_request"}
# Parameters and fitted attributes that are estimators.
_ESTIMATORS = ("augmenter", "estimator", "estimator_")
_OUTPUTS = ("default", "pandas", "polars")
# What parameters that came later would have been.
_BEFORE: dict[type, dict[str, Any]] = {
    KerasMLPClassifier: {"calibrate": False},
    KerasCNNClassifier: {"calibrate": False, "image_norm": False},
}


def encode_estimator(
    estimator: Any, arrays: dict[str, np.ndarray], prefix: str = ""
) -> dict[str, Any]:
    """Turn an estimator into JSON and `arrays`, or raise a TypeError.

    `prefix` is its place in a pipeline, for messages.
    """
    kind = type(estimator)
    if kind not in FITTED:
        if isinstance(estimator, KerasNetworkClassifier):
            raise TypeError(
                f"{estimator!r} can't be saved: its network is a function, and a model file holds "
                "no code. Pickle it where the function can be imported, or keep the trained "
                "network: to_keras().save('network.keras')."
            )
        what = f"step {prefix.removesuffix('__')!r} is" if prefix else "estimator is"
        raise TypeError(
            f"{what} {estimator!r}, but a model file holds only {', '.join(_CLASSES)}. "
            "Of a search, save best_estimator_; for other classes use skops.io."
        )
    parameters = {
        name: _encode_parameter(name, value, arrays, prefix)
        for name, value in estimator.get_params(deep=False).items()
    }
    node = {"estimator": kind.__name__, "parameters": parameters}
    state = {name: value for name, value in vars(estimator).items() if name not in parameters}
    if "fitted_network_" in state:
        state |= network_values(state.pop("fitted_network_"))
    unknown = sorted(set(state) - set(FITTED[kind]) - set(OPTIONAL) - _DERIVED)
    if unknown:
        raise TypeError(
            f"{prefix}{unknown[0]}={state[unknown[0]]!r} can't be saved: a model file has no "
            f"place for this attribute of {kind.__name__}."
        )
    if "estimator_" in state and state["estimator_"] is estimator.estimator:
        state["estimator_"] = None  # a frozen one, which is among the parameters
    if FITTED[kind] and FITTED[kind].keys() <= state.keys():
        node["fitted"] = {}
        for name in (*FITTED[kind], *OPTIONAL):
            try:
                value = state.get(name)
                if isinstance(value, BaseEstimator):
                    node["fitted"][name] = encode_estimator(value, arrays, f"{prefix}{name}_")
                elif name in state:
                    node["fitted"][name] = encode(value, arrays)
            except UnsupportedValueError as error:
                raise TypeError(
                    f"{prefix}{name} can't be saved: it is, or has, {error}."
                ) from error
    output = output_container(estimator)
    if output:
        node["output"] = output
    if has_metadata_requests(estimator):
        node["requests"] = _read_requests(estimator)
    return node


def decode_estimator(node: Any, arrays: dict[str, np.ndarray]) -> BaseEstimator:
    """Make an estimator of untrusted JSON, or raise an InvalidModelFileError."""
    try:
        kind = _CLASSES[node["estimator"]]
        parameters, fitted = node["parameters"], node.get("fitted")
        parameters = {
            name: _decode_parameter(name, value, arrays) for name, value in parameters.items()
        }
        estimator = _make(kind, parameters)
        if fitted is not None:
            fitted = {
                name: _decode_parameter(name, value, arrays) for name, value in fitted.items()
            }
            if fitted.get("estimator_", estimator) is None:
                fitted["estimator_"] = estimator.estimator
            _restore(estimator, fitted)
        if "output" in node:
            if node["output"] not in _OUTPUTS:
                raise InvalidModelFileError(f"{node['output']!r} is no container of set_output")
            estimator.set_output(transform=node["output"])
        if "requests" in node:
            _set_requests(estimator, node["requests"])
    except InvalidModelFileError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidModelFileError(f"it holds no estimator: {error!r}") from error
    return estimator


def encode_beside(rejecting: Any, estimator: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Turn a classifier around a frozen `estimator` into JSON, without that estimator."""
    inner: Any = getattr(rejecting, "estimator", None)
    if not isinstance(rejecting, NoveltyRejectingClassifier) or (
        not isinstance(inner, FrozenEstimator) or inner.estimator is not estimator
    ):
        raise ValueError(
            f"rejecting={rejecting!r} was given, expected "
            "NoveltyRejectingClassifier(FrozenEstimator(estimator)) of the estimator to save."
        )
    check_is_fitted(rejecting)
    bare = copy(rejecting)
    bare.estimator = bare.estimator_ = None
    return encode_estimator(bare, arrays)


def decode_beside(node: Any, model: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Make a rejecting classifier of what `encode_beside` returned and its estimator's JSON."""
    frozen = {"estimator": FrozenEstimator.__name__, "parameters": {"estimator": model}}
    try:
        parameters = {**node["parameters"], "estimator": frozen}
        is_rejecting = node["estimator"] == NoveltyRejectingClassifier.__name__
    except (KeyError, TypeError) as error:
        raise InvalidModelFileError(f"it holds no estimator: {error!r}") from error
    if not is_rejecting:
        raise InvalidModelFileError("beside the model is no NoveltyRejectingClassifier")
    return decode_estimator({**node, "parameters": parameters}, arrays)


def _make(kind: type, parameters: dict[str, Any]) -> Any:
    """Construct with checked parameters; of those that an older file lacks, as it was then."""
    parameters = {**_BEFORE.get(kind, {}), **parameters}
    unknown = sorted(set(parameters) - set(inspect.signature(kind).parameters))
    if unknown:
        raise InvalidModelFileError(
            f"{kind.__name__} has no parameters {unknown} in these versions of skmnist and "
            f"scikit-learn {sklearn.__version__}"
        )
    estimator = kind(**parameters)
    check_parameters(estimator)
    # A folder of cached results is one of pickles, which a model file must not name.
    if getattr(estimator, "memory", None) is not None:
        raise InvalidModelFileError("memory is not None")
    return estimator


def _restore(estimator: Any, fitted: dict[str, Any]) -> None:
    """Give an estimator what it had learned."""
    kind = type(estimator)
    if issubclass(kind, KerasClassifierBase) and "_start" in fitted:
        fitted = of_format_1(fitted)
    check_fitted(kind, fitted)
    if issubclass(kind, KerasClassifierBase):
        network = make_fitted(_make(kind, fitted["parameters"]), fitted)
        names = ("n_features_in_", *OPTIONAL)
        fitted = {name: value for name, value in fitted.items() if name in names}
        fitted["fitted_network_"] = network
    vars(estimator).update(fitted)


def _encode_parameter(name: str, value: Any, arrays: dict[str, np.ndarray], prefix: str) -> Any:
    if name == "steps":
        return [
            [step_name, step]
            if step in (None, "passthrough")
            else [step_name, encode_estimator(step, arrays, f"{prefix}{step_name}__")]
            for step_name, step in value
        ]
    if name in _ESTIMATORS and isinstance(value, BaseEstimator):
        return encode_estimator(value, arrays, f"{prefix}{name}__")
    try:
        if name == "memory" and value is not None:
            raise UnsupportedValueError(f"a cache of this machine, {value!r}")
        return encode(value, arrays)
    except UnsupportedValueError as error:
        raise TypeError(
            f"{prefix}{name}={value!r} can't be saved: a model file holds numbers, text, "
            f"arrays and containers of them, but not {error}. Replace it first, as by "
            f"set_params({prefix}{name}=...) with a name, a number or None; what was "
            "learned stays."
        ) from error


def _decode_parameter(name: str, value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if name in _ESTIMATORS and isinstance(value, dict) and "estimator" in value:
        return decode_estimator(value, arrays)
    if name != "steps":
        return decode(value, arrays)
    if not all(isinstance(step_name, str) for step_name, _ in value):
        raise InvalidModelFileError("a step of a pipeline has no name")
    return [
        (step_name, step if step in (None, "passthrough") else decode_estimator(step, arrays))
        for step_name, step in value
    ]


def _read_requests(estimator: Any) -> dict[str, dict[str, bool | str | None]]:
    """Return which metadata each method asks for, by ``set_fit_request`` and the like."""
    requests = estimator.get_metadata_routing()
    return {
        method: dict(request.requests)
        for method in _METHODS
        if (request := getattr(requests, method, None)) is not None and request.requests
    }


def _set_requests(estimator: Any, requests: Any) -> None:
    # Not set_fit_request, which insists on routing being enabled in this process.
    routing = estimator.get_metadata_routing()
    for method, metadata in requests.items():
        if method not in _METHODS:
            raise InvalidModelFileError(f"{method!r} is no method")
        for name, alias in metadata.items():
            if not (isinstance(name, str) and isinstance(alias, bool | str | None)):
                raise InvalidModelFileError(f"{name!r}: {alias!r} is no request")
            getattr(routing, method).add_request(param=name, alias=alias)
    set_metadata_requests(estimator, routing)

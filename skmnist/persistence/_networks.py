"""A fitted network as plain values under public names, and back."""

from typing import Any

import numpy as np

from ..classifiers import (
    FittedNetwork,
    Labels,
    Resumption,
    make_setup,
    network_parameters,
)
from ..networks import weight_shapes
from ._checks import Check, is_count, is_image_shape, is_number, is_options, is_size, is_text
from ._values import InvalidModelFileError


def network_values(fitted: FittedNetwork) -> dict[str, Any]:
    """Return what a model file keeps of a fitted network."""
    setup = fitted.setup
    return {
        "image_shape": setup.image_shape,
        "classes": setup.labels.classes,
        "one_hot": setup.labels.one_hot,
        "parameters": setup.parameters,
        "weights": fitted.weights,
        "pixel_mean": fitted.pixel_mean,
        "pixel_scale": fitted.pixel_scale,
        "logit_scale": fitted.logit_scale,
        "history": fitted.history,
        "resumption": dict(vars(fitted.resumption)),
    }


def of_format_1(values: dict[str, Any]) -> dict[str, Any]:
    """Rename the values of a fitted network in a file of format 1: attributes of estimators."""
    names = {name: name.strip("_") for name in values if not name.endswith("_in_")}
    names["_start"] = "parameters"
    values = {names.get(name, name): value for name, value in values.items()}
    n_epochs, settings = values.pop("n_iter"), values.pop("optimizer_settings")
    if {len(figures) for figures in values["history"].values()} != {n_epochs}:
        raise InvalidModelFileError("history and number of epochs differ")
    resumption = {"hold_out_seed": None, **values["resumption"], "optimizer_settings": settings}
    return {**values, "resumption": resumption}


def make_fitted(classifier: Any, values: dict[str, Any]) -> FittedNetwork:
    """Make the fitted network of checked values; `classifier` has the parameters at its fit."""
    labels = Labels(values["classes"], values["one_hot"])
    shape = values["image_shape"]
    if shape is None and hasattr(classifier, "filters"):
        raise InvalidModelFileError("a convolutional network has no shape of its images")
    # Parameters are read from the classifier, as by a fit.
    parameters = network_parameters(classifier)
    setup = make_setup(parameters, shape, values["n_features_in_"], labels)
    expected = weight_shapes(setup.network)
    shapes = [weight.shape for weight in values["weights"]]
    if shapes != expected:
        odd = [pair for pair in zip(shapes, expected, strict=False) if pair[0] != pair[1]]
        raise InvalidModelFileError(
            f"{len(shapes)} weights of {type(classifier).__name__} don't have the shapes of its "
            f"{len(expected)}; found and expected: {odd[:3]}"
        )
    return FittedNetwork(
        setup,
        values["weights"],
        values["pixel_mean"],
        values["pixel_scale"],
        values["logit_scale"],
        values["history"],
        Resumption(**values["resumption"]),
    )


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
    classes = fitted["classes"]
    return isinstance(value, np.dtype) and np.array_equal(classes, np.arange(len(classes)))


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


def _is_resumption(value: Any, fitted: dict[str, Any]) -> bool:
    """States of the generators, and the optimizer's: numbers, whose shapes Keras checks."""
    np.random.default_rng().bit_generator.state = value["shuffling"]
    arrays = [*value["dropout_seeds"], *value["optimizer"]]
    seed = value["hold_out_seed"]
    return (
        len(value) == 5
        and is_text(value["optimizer_settings"], fitted)
        and (seed is None or is_size(seed, fitted))
        and all(
            isinstance(array, np.ndarray | np.generic) and array.dtype.kind in "iuf"
            for array in arrays
        )
    )


NETWORK: dict[str, Check] = {
    "n_features_in_": is_count,
    "image_shape": is_image_shape,
    "classes": _is_sorted_labels,
    "one_hot": _is_one_hot,
    "parameters": is_options,
    "weights": _is_weights,
    "pixel_mean": is_number,
    "pixel_scale": is_number,
    "logit_scale": is_number,
    "history": _is_history,
    "resumption": _is_resumption,
}

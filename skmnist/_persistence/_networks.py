"""A fitted network as plain values under public names, and back."""

from typing import Any, cast

from .._classifiers import (
    FittedNetwork,
    KerasCNNClassifier,
    Labels,
    Resumption,
    make_setup,
    network_parameters,
)
from .._networks import Network, weight_shapes
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
    kind = "convolutional" if isinstance(classifier, KerasCNNClassifier) else "dense"
    if shape is None and kind == "convolutional":
        raise InvalidModelFileError("a convolutional network has no shape of its images")
    # Parameters are read from the classifier, as by a fit.
    parameters = network_parameters(classifier, kind)
    setup = make_setup(parameters, shape, values["n_features_in_"], labels)
    expected = weight_shapes(cast(Network, setup.network))
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

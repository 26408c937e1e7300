"""Which network the parameters of a classifier describe."""

from typing import Any

from .._images import checked_image_shape, with_channel
from ..networks import Network, cnn, mlp
from ._parameters import as_sizes


def network_parameters(classifier: Any) -> dict[str, Any]:
    """Return the parameters that make a dense or convolutional network, checked and plain."""
    parameters = {
        "hidden_layer_sizes": as_sizes("hidden_layer_sizes", classifier.hidden_layer_sizes),
        "activation": classifier.activation,
        "dropout": float(classifier.dropout),
        "batch_norm": bool(classifier.batch_norm),
    }
    if not hasattr(classifier, "filters"):
        return parameters
    filters = as_sizes("filters", classifier.filters)
    return {
        "filters": filters,
        "kernel_size": as_sizes("kernel_size", classifier.kernel_size, n_layers=len(filters)),
        "pool_size": as_sizes("pool_size", classifier.pool_size, n_layers=len(filters)),
        "padding": classifier.padding,
        **parameters,
    }


def input_parameters(classifier: Any) -> dict[str, Any]:
    """Return the parameters that decide what enters a network."""
    parameters: dict[str, Any] = {"standardize": classifier.standardize}
    if classifier.image_shape is not None:
        parameters["image_shape"] = checked_image_shape(classifier.image_shape)
    return parameters


def describe_network(
    parameters: dict[str, Any],
    image_shape: tuple[int, ...] | None,
    n_features: int,
    n_classes: int,
) -> Network:
    """Describe the network of `network_parameters` for images, or for rows of a dense network."""
    options = {
        name: value
        for name, value in parameters.items()
        if name not in ("standardize", "image_shape")
    }
    if "filters" in options:
        return cnn(with_channel(image_shape), n_classes, **options)
    return mlp((n_features,), n_classes, **options)

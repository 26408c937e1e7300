"""Make the network that a classifier's parameters describe."""

import warnings
from typing import Any

from .._images import checked_image_shape, with_channel
from .._networks import CustomNetwork, cnn, mlp, n_features
from ._fitted import Setup
from ._labels import Labels
from ._parameters import as_sizes
from ._recipe import FixedNetwork
from ._small_network import small_network


def network_parameters(classifier: Any, kind: str) -> dict[str, Any]:
    """Return the parameters that decide on a network and its input, hashable and checked.

    `kind` is "dense", "convolutional" or "custom".
    """
    parameters: dict[str, Any]
    if kind == "custom":
        parameters = {
            "network": FixedNetwork(
                small_network if classifier.network is None else classifier.network
            )
        }
    else:
        parameters = {
            "hidden_layer_sizes": as_sizes("hidden_layer_sizes", classifier.hidden_layer_sizes),
            "activation": classifier.activation,
            "dropout": float(classifier.dropout),
            "batch_norm": bool(classifier.batch_norm),
        }
    if kind == "convolutional":
        filters = as_sizes("filters", classifier.filters)
        sides = {
            name: as_sizes(name, getattr(classifier, name), n_layers=len(filters))
            for name in ("kernel_size", "pool_size")
        }
        parameters = {"filters": filters, **sides, "padding": classifier.padding, **parameters}
        parameters["image_norm"] = bool(classifier.image_norm)
    parameters["standardize"] = classifier.standardize
    if classifier.image_shape is not None:
        parameters["image_shape"] = checked_image_shape(classifier.image_shape)
    return parameters


def make_setup(
    parameters: dict[str, Any],
    image_shape: Any,
    n_pixels: int,
    labels: Labels,
) -> Setup:
    """Describe the network of some `network_parameters`, for images or for flat rows."""
    n_classes = len(labels.classes)
    options = {**parameters}
    standardize = options.pop("standardize")
    options.pop("image_shape", None)
    if "network" in options:
        from .._engine import inspect_network

        network = CustomNetwork(options["network"], with_channel(image_shape), n_classes)
        facts = inspect_network(network)
        if standardize and facts.made_for_raw_pixels:
            warnings.warn(
                f"network={network.build!r} has {', '.join(facts.made_for_raw_pixels)}, "
                "made for raw pixels such as 0 to 255, but gets standardized ones (mean 0, "
                "deviation 1). Leave that out, or set standardize=False.",
                UserWarning,
                stacklevel=2,
            )
        return Setup(network, parameters, image_shape, labels, facts.n_features)
    if "filters" in options:
        network = cnn(with_channel(image_shape), n_classes, **options)
    else:
        network = mlp((n_pixels,), n_classes, **options)
    return Setup(network, parameters, image_shape, labels, n_features(network))

"""Shapes of a network's outputs and weights, known without computing anything."""

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from .layers import (
    Activation,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    ImageNormalization,
    Layer,
    MaxPooling,
    Network,
    Normalization,
)

Shape = tuple[int, ...]


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape of a layer's output, without the batch axis."""
    match layer:
        case Convolution(n_filters, _, "same"):
            return (*shape[:2], n_filters)
        case Convolution(n_filters, (height, width)):
            return (shape[0] - height + 1, shape[1] - width + 1, n_filters)
        case MaxPooling((height, width)):
            return (shape[0] // height, shape[1] // width, shape[2])
        case Flatten():
            return (math.prod(shape),)
        case Dense(n_units):
            return (n_units,)
        case ImageNormalization() | Normalization() | Activation() | Dropout():
            return shape
    raise TypeError(f"{layer!r} has no known shape")


def _layer_weight_shapes(layer: Layer, shape: Shape) -> list[Shape]:
    """Return the shapes of a layer's weights, given that of its input."""
    match layer:
        case Convolution(n_filters, kernel_size, _, use_bias):
            kernel = (*kernel_size, shape[-1], n_filters)
        case Dense(n_units, use_bias):
            kernel = (shape[-1], n_units)
        case Normalization():
            return [(shape[-1],)] * 4
        case _:
            return []
    return [kernel, kernel[-1:]] if use_bias else [kernel]


@lru_cache
def _with_weight_shapes(network: Network) -> tuple[tuple[Layer, list[Shape]], ...]:
    """Return each layer with the shapes of its weights."""
    pairs, shape = [], network.input_shape
    for layer in network.layers:
        pairs.append((layer, _layer_weight_shapes(layer, shape)))
        shape = output_shape(layer, shape)
    return tuple(pairs)


def weight_shapes(network: Network) -> list[Shape]:
    """Return the shapes of all weights, as ``keras.Model.get_weights`` orders them."""
    return [shape for _, shapes in _with_weight_shapes(network) for shape in shapes]


def split_weights(network: Network, weights: Iterable) -> list[tuple[Layer, list]]:
    """Pair each layer with its own weights, from all of them in order."""
    rest = iter(weights)
    return [
        (layer, list(islice(rest, len(shapes)))) for layer, shapes in _with_weight_shapes(network)
    ]


def n_features(network: Network) -> int:
    """Return the number of values that enter the last layer, the layer of logits."""
    return weight_shapes(network)[-2][0]

"""The two architectures: from parameters of a classifier to a network."""

from collections.abc import Sequence

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
from .shapes import output_shape

# Side of images, in pixels, whose edges convolutions with padding="auto" don't cut off.
_LARGEST_WITHOUT_MARGIN = 16


def mlp(
    input_shape: tuple[int, ...],
    n_outputs: int,
    *,
    hidden_layer_sizes: Sequence[int],
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
) -> Network:
    """Describe a dense network: hidden layers, then logits."""
    hidden = _hidden_layers(hidden_layer_sizes, activation, dropout, batch_norm)
    return Network(tuple(input_shape), (*hidden, Dense(n_outputs)))


def cnn(
    input_shape: tuple[int, ...],
    n_outputs: int,
    *,
    filters: Sequence[int],
    kernel_size: Sequence[int],
    pool_size: Sequence[int],
    padding: str = "valid",
    hidden_layer_sizes: Sequence[int],
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    image_norm: bool = False,
) -> Network:
    """Describe a convolutional network: convolutions with pooling, dense layers, logits.

    Kernels and pooling windows are cut to what is left of the image. Pooling comes before
    normalization: on a CPU normalizing a whole convolution takes as long as computing it.
    """
    if padding == "auto":
        padding = "same" if min(input_shape[:2]) <= _LARGEST_WITHOUT_MARGIN else "valid"
    is_image = min(input_shape[:2]) > 1  # or a row of a table, where each value counts
    layers: list[Layer] = [ImageNormalization()] if image_norm and is_image else []
    shape = tuple(input_shape)
    for n_filters, kernel_side, pool_side in zip(filters, kernel_size, pool_size, strict=True):
        kernel = (min(kernel_side, shape[0]), min(kernel_side, shape[1]))
        convolution = Convolution(n_filters, kernel, padding, use_bias=not batch_norm)
        shape = output_shape(convolution, shape)
        pooling = MaxPooling((min(pool_side, shape[0]), min(pool_side, shape[1])))
        shape = output_shape(pooling, shape)
        pooled = [pooling] if pooling.size != (1, 1) else []
        if batch_norm:
            layers += [convolution, *pooled, Normalization(), Activation(activation)]
        else:
            layers += [convolution, Activation(activation), *pooled]
    hidden = _hidden_layers(hidden_layer_sizes, activation, dropout, batch_norm)
    return Network(tuple(input_shape), (*layers, Flatten(), *hidden, Dense(n_outputs)))


def _hidden_layers(
    sizes: Sequence[int], activation: str, dropout: float, batch_norm: bool
) -> list[Layer]:
    layers: list[Layer] = []
    for size in sizes:
        layers.append(Dense(size, use_bias=not batch_norm))
        layers += [Normalization()] if batch_norm else []
        layers.append(Activation(activation))
        layers += [Dropout(dropout)] if dropout else []
    return layers

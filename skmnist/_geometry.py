"""How large things are inside a network: known from its options, without Keras."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

# Side of images, in pixels, whose edges convolutions with padding="auto" don't cut off.
_LARGEST_WITHOUT_MARGIN = 16


class Stage(NamedTuple):
    """A convolution and its pooling.

    Parameters
    ----------
    kernel, pool : tuple (height, width) of int
        Windows, cut to what is left of the image.
    padding : {'same', 'valid'}
    size : tuple (height, width) of int
        What the stage leaves of the image.
    """

    kernel: tuple[int, int]
    pool: tuple[int, int]
    padding: str
    size: tuple[int, int]


def convolution_stages(
    image_shape: Sequence[int], kernel_size: Sequence[int], pool_size: Sequence[int], padding: str
) -> list[Stage]:
    """Follow an image through convolutions and poolings.

    Parameters
    ----------
    image_shape : tuple (height, width, ...) of int
    kernel_size, pool_size : sequence of int
        Sides of the windows, one for each stage.
    padding : {'auto', 'same', 'valid'}

    Returns
    -------
    stages : list of Stage
    """
    height, width = image_shape[:2]
    if padding == "auto":
        padding = "same" if min(height, width) <= _LARGEST_WITHOUT_MARGIN else "valid"
    stages = []
    for kernel_side, pool_side in zip(kernel_size, pool_size, strict=True):
        kernel = (min(kernel_side, height), min(kernel_side, width))
        if padding == "valid":
            height, width = height - kernel[0] + 1, width - kernel[1] + 1
        pool = (min(pool_side, height), min(pool_side, width))
        height, width = height // pool[0], width // pool[1]
        stages.append(Stage(kernel, pool, padding, (height, width)))
    return stages


def weight_shapes(
    input_shape: Sequence[int],
    n_outputs: int,
    *,
    hidden_layer_sizes: Sequence[int],
    batch_norm: bool,
    filters: Sequence[int] = (),
    kernel_size: Sequence[int] = (),
    pool_size: Sequence[int] = (),
    padding: str = "valid",
    **_: Any,
) -> list[tuple[int, ...]]:
    """Return the shapes of a network's weights, as ``keras.Model.get_weights`` orders them.

    Parameters
    ----------
    input_shape : tuple of int
        (n_features,) of a dense network, (height, width, n_channels) of a convolutional one.
    n_outputs : int
        Number of classes.
    hidden_layer_sizes, batch_norm, filters, kernel_size, pool_size, padding
        As the networks' build functions take them. Their other options say nothing of sizes.

    Returns
    -------
    shapes : list of tuple of int
    """
    shapes: list[tuple[int, ...]] = []

    def add_layer(*kernel: int) -> None:
        # Batch normalization has scale, shift, mean and variance in place of the bias.
        shapes.extend([kernel, *[(kernel[-1],)] * (4 if batch_norm else 1)])

    n_values = math.prod(input_shape)
    if filters:
        n_values = input_shape[-1]
        stages = convolution_stages(input_shape, kernel_size, pool_size, padding)
        for n_filters, stage in zip(filters, stages, strict=True):
            add_layer(*stage.kernel, n_values, n_filters)
            n_values = n_filters
        n_values *= stages[-1].size[0] * stages[-1].size[1]
    for n_units in hidden_layer_sizes:
        add_layer(n_values, n_units)
        n_values = n_units
    return [*shapes, (n_values, n_outputs), (n_outputs,)]

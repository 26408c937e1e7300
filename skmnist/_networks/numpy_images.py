"""The layers of a network before `Flatten`, in NumPy: from rows of pixels to rows of values."""

import math
from dataclasses import dataclass, replace

import numpy as np

from .layers import IMAGE_EPSILON, Activation, Convolution, ImageNormalization, Layer, MaxPooling
from .numpy_convolution import MOST_PATCHES, convolve, max_pool
from .numpy_elementwise import run_elementwise
from .shapes import Shape, output_shape

# Floats that the largest step of a block of images reads and writes: a processor's cache has them.
_BLOCK_SIZE = 2**20
# Activations that never fall where their argument rises.
_RISING = {"elu", "leaky_relu", "relu", "selu", "sigmoid", "tanh"}


@dataclass(frozen=True)
class _Bias:
    """The addition that ends a convolution."""


_Step = tuple[Layer | _Bias, list[int]]


class ImageLayers:
    """Layers that make stacks of images of others, each with the places of its weights."""

    def __init__(self, input_shape: Shape, layers: list[tuple[Layer, list[int]]]) -> None:
        self._input_shape = input_shape
        self._steps = _pooled_early(layers)
        self._block, self.n_values = _sizes(input_shape, [layer for layer, _ in self._steps])

    def run(
        self,
        weights: list[np.ndarray],
        pixels: np.ndarray,
        mean: np.float32,
        scale: np.float32,
        out: np.ndarray,
    ) -> None:
        """Write what `Flatten` makes of the last images, for rows of pixels, to rows of `out`."""
        for start in range(0, len(pixels), self._block):
            block = slice(start, start + self._block)
            standardized = np.subtract(pixels[block], mean, dtype=np.float32)
            standardized *= scale
            images = standardized.reshape(-1, *self._input_shape)
            for layer, places in self._steps:
                images = _run_step(layer, [weights[i] for i in places], images)
            out[block] = images.reshape(len(images), -1)


def _sizes(shape: Shape, layers: list[Layer | _Bias]) -> tuple[int, int]:
    """Return how many images make a block, and how many values become of each."""
    largest = math.prod(shape)
    for layer in layers:
        if isinstance(layer, _Bias):
            continue
        before, shape = shape, output_shape(layer, shape)
        size = math.prod(before) + math.prod(shape)
        if isinstance(layer, Convolution):
            n_values = math.prod(layer.kernel_size) * before[-1]
            size += min(math.prod(shape[:2]) * n_values, MOST_PATCHES)
        largest = max(largest, size)
    return max(1, _BLOCK_SIZE // largest), math.prod(shape)


def _pooled_early(layers: list[tuple[Layer, list[int]]]) -> list[_Step]:
    """Put max pooling before additions and rising activations: these have fewer values to do then.

    The maximum is the same before and after them.
    """
    steps: list[_Step] = []
    for layer, places in layers:
        if isinstance(layer, Convolution) and layer.use_bias:
            kernel, bias = places
            steps += [(replace(layer, use_bias=False), [kernel]), (_Bias(), [bias])]
            continue
        place = len(steps)
        if isinstance(layer, MaxPooling):
            while place and _keeps_order(steps[place - 1][0]):
                place -= 1
        steps.insert(place, (layer, places))
    return steps


def _keeps_order(layer: Layer | _Bias) -> bool:
    return isinstance(layer, _Bias) or (
        isinstance(layer, Activation) and layer.function in _RISING
    )


def _run_step(layer: Layer | _Bias, weights: list[np.ndarray], images: np.ndarray) -> np.ndarray:
    match layer:
        case Convolution(padding=padding):
            (kernel,) = weights
            return convolve(images, kernel, padding)
        case _Bias():
            images += weights[0]
            return images
        case MaxPooling((height, width)):
            return max_pool(images, height, width)
        case ImageNormalization():
            return _normalized(images)
    return run_elementwise(layer, weights, images)


def _normalized(images: np.ndarray) -> np.ndarray:
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + IMAGE_EPSILON)
    return rows.reshape(images.shape)

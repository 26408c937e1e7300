"""Convolution as matrix products, and max pooling, in NumPy: stacks (n, height, width, channels).

Each image has products of its own, whose sizes follow from its shape alone: so its bits don't
depend on how many other images there are.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .numpy_products import multiply
from .shapes import Shape

# Floats of patches held at a time: those of a larger image are made for some of its rows (4 MB).
MOST_PATCHES = 2**20
# Up to here it is faster to copy shifted images, from there on pieces of rows, into the patches.
_FEW_CHANNELS = 4


def convolve(images: np.ndarray, kernel: np.ndarray, padding: str) -> np.ndarray:
    """Return the convolution, without a bias, as Keras defines it."""
    kernel_height, kernel_width, _, n_filters = kernel.shape
    if padding == "same":
        images = _with_borders(images, kernel_height - 1, kernel_width - 1)
    elif images.shape[3] > _FEW_CHANNELS:
        images = np.ascontiguousarray(images)
    height, width = images.shape[1] - kernel_height + 1, images.shape[2] - kernel_width + 1
    matrix = kernel.reshape(-1, n_filters)
    outputs = np.empty((len(images), height * width, n_filters), np.float32)
    n_rows = min(height, max(1, MOST_PATCHES // (width * len(matrix))))
    for top in range(0, height, n_rows):
        rows = images[:, top : top + n_rows + kernel_height - 1]
        some = outputs[:, top * width : (top + n_rows) * width]
        multiply(_patches(rows, kernel_height, kernel_width), matrix, some)
    return outputs.reshape(-1, height, width, n_filters)


def _patches(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return what the kernel sees at each position, (n, positions, height * width * channels)."""
    n, n_rows, n_columns, n_channels = images.shape
    place = n_rows - height + 1, n_columns - width + 1
    n_values = height * width * n_channels
    image, row, column, value = images.strides
    if n_channels <= _FEW_CHANNELS:
        shape, strides = (height, width, n_channels, *place), (row, column, value, row, column)
        return _copied(images, shape, (image, *strides)).reshape(n, n_values, -1).swapaxes(1, 2)
    # The channels of neighbouring columns lie together.
    shape, strides = (*place, height, width * n_channels), (row, column, row, value)
    return _copied(images, shape, (image, *strides)).reshape(n, -1, n_values)


def _copied(images: np.ndarray, shape: Shape, strides: tuple[int, ...]) -> np.ndarray:
    view = as_strided(images, (len(images), *shape), strides, writeable=False)
    return np.ascontiguousarray(view)


def _with_borders(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return images with so many more rows and columns of zeros, the odd one behind."""
    n, n_rows, n_columns, n_channels = images.shape
    bordered = np.zeros((n, n_rows + height, n_columns + width, n_channels), np.float32)
    top, left = height // 2, width // 2
    bordered[:, top : top + n_rows, left : left + n_columns] = images
    return bordered


def max_pool(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return maxima over windows that don't overlap; the images may be overwritten."""
    _, n_rows, n_columns, _ = images.shape
    images = images[:, : n_rows // height * height, : n_columns // width * width]
    of_rows = images[:, ::height]
    for i in range(1, height):
        np.maximum(of_rows, images[:, i::height], out=of_rows)
    if width == 1:
        return of_rows
    maxima = np.maximum(of_rows[:, :, ::width], of_rows[:, :, 1::width])
    for i in range(2, width):
        np.maximum(maxima, of_rows[:, :, i::width], out=maxima)
    return maxima

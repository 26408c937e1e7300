"""Images sampled anew at displaced places: bilinear, many at a time, compiled by XLA."""

import math
from functools import cache
from typing import Any

import numpy as np
import tensorflow as tf

from ._runtime import check_not_forked

# Shapes are part of an XLA program: in blocks of one size, one serves any number of images.
_MOST_IMAGES, _MOST_VALUES = 512, 2**20
# Width of the bumps that a smooth displacement is made of, as a share of the image's side:
# the 4 pixels of Simard et al. on 28.
_BUMP_WIDTH = 1 / 7
_N_BUMPS = 11  # along a side: a bump's width apart, two of them beyond each edge


def warp_images(
    images: np.ndarray, affine: np.ndarray, bumps: np.ndarray | None = None
) -> np.ndarray:
    """Return images whose pixels are taken from other places of the same image.

    Pixel p comes from ``affine[:, :, :2] @ p + affine[:, :, 2]`` plus a smooth displacement, p
    being counted from the centre of the image, row before column. Between four pixels
    bilinear, beyond the edge the nearest.

    Shapes: `images` (n, height, width, n_channels), uint8 or float32; `affine` (n, 2, 3), in
    pixels; `bumps` (n, 2, n_bumps, n_bumps), the heights in pixels of Gaussian bumps whose sum is
    the displacement in rows and columns.
    """
    check_not_forked()
    block = _block_size(images.shape[1:])
    warp = _make_warp(images.shape[1:], bumps is not None)
    warped = np.empty(images.shape, np.float32)
    for start in range(0, len(images), block):
        part = slice(start, start + block)
        n = len(images[part])
        arguments = (images, affine) if bumps is None else (images, affine, bumps)
        blocks = (np.resize(array[part], (block, *array.shape[1:])) for array in arguments)
        warped[part] = warp(*blocks).numpy()[:n]
    return warped


def bump_shape() -> tuple[int, int]:
    """Return how many bumps make a displacement, along each side."""
    return _N_BUMPS, _N_BUMPS


def _block_size(shape: tuple[int, int, int]) -> int:
    return max(1, min(_MOST_IMAGES, _MOST_VALUES // math.prod(shape)))


@cache
def _make_warp(shape: tuple[int, int, int], is_elastic: bool) -> Any:
    height, width, n_channels = shape
    rows = tf.range(height, dtype=tf.float32)[:, None] - (height - 1) / 2
    columns = tf.range(width, dtype=tf.float32)[None, :] - (width - 1) / 2
    first = tf.range(_block_size(shape))[:, None, None] * (height * width)
    of_rows, of_columns = map(tf.constant, map(_bump_basis, (height, width)))

    @tf.function(jit_compile=True, autograph=False)
    def warp(images: Any, affine: Any, bumps: Any = None) -> Any:
        # affine (n, 2, 3); sources (n, height, width), each for rows and for columns
        a = affine[:, :, None, None, :]
        y, x = (
            a[:, k, ..., 0] * rows + a[:, k, ..., 1] * columns + a[:, k, ..., 2] for k in (0, 1)
        )
        if is_elastic:
            smooth = tf.einsum("hg,nkgf,wf->nkhw", of_rows, bumps, of_columns)
            y, x = y + smooth[:, 0], x + smooth[:, 1]
        y = tf.clip_by_value(y + (height - 1) / 2, 0, height - 1)
        x = tf.clip_by_value(x + (width - 1) / 2, 0, width - 1)
        top, left = tf.floor(y), tf.floor(x)
        down, right = (y - top)[..., None], (x - left)[..., None]
        # Images of one row or column have no next one.
        below, beside = tf.minimum(top + 1, height - 1), tf.minimum(left + 1, width - 1)
        pixels = tf.reshape(tf.cast(images, tf.float32), [-1, n_channels])

        def at(row: Any, column: Any) -> Any:
            place = tf.cast(row, tf.int32) * width + tf.cast(column, tf.int32)
            return tf.gather(pixels, first + place)

        upper = at(top, left) * (1 - right) + at(top, beside) * right
        lower = at(below, left) * (1 - right) + at(below, beside) * right
        return upper * (1 - down) + lower * down

    return warp


def _bump_basis(size: int) -> np.ndarray:
    """Heights at each pixel of a side of the bumps along it, scaled to unit variance.

    Independent bumps of variance 1 along both sides then sum to displacements of variance
    1, near enough alike everywhere.
    """
    step = size * _BUMP_WIDTH
    centres = (np.arange(_N_BUMPS) - (_N_BUMPS - 1) / 2) * step
    places = np.arange(size) - (size - 1) / 2
    basis = np.exp(-0.5 * ((places[:, None] - centres) / step) ** 2)
    return (basis / np.linalg.norm(basis, axis=1, keepdims=True)).astype(np.float32)

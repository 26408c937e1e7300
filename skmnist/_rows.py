"""Flat rows of pixels that remember the shape of their images."""

import functools
import math
import re
from typing import Any

import numpy as np


class ImageRows(np.ndarray):
    """An array of shape (n_samples, n_pixels) that remembers the shape of its images.

    Classifiers behind :class:`ImageFlattener` need not guess it: 256 pixels are 16 x 16 grey ones
    or 8 x 8 with four channels. Each `image_shape` has a class of its own, ``ImageRows_8x8x4``, so
    that slices, arithmetic, pickles and caches keep it.
    """

    image_shape: tuple[int, ...]

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else super().__array_wrap__(array, context)


def image_rows(rows: np.ndarray, image_shape: tuple[int, ...]) -> ImageRows:
    """Return a view of some rows that remembers the shape of their images."""
    return np.asarray(rows).view(_class_of(tuple(image_shape)))


@functools.cache
def _class_of(image_shape: tuple[int, ...]) -> type[ImageRows]:
    name = "ImageRows_" + "x".join(map(str, image_shape))
    members = {"image_shape": image_shape, "__module__": __name__, "__doc__": ImageRows.__doc__}
    return type(name, (ImageRows,), members)


def __getattr__(name: str) -> Any:
    # Pickles find the class of a shape by its name.
    sides = re.fullmatch(r"ImageRows_(\d+(?:x\d+){1,2})", name)
    if sides is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _class_of(tuple(map(int, sides[1].split("x"))))


def remembered_shape(X: Any) -> tuple[int, ...] | None:
    """Return the shape of the images that a table holds as flat rows, None if it is not known.

    It is known of :class:`ImageRows`, and of frames with the column names of `pixel_names`, if
    need be behind one prefix.
    """
    if isinstance(X, ImageRows):
        return X.image_shape if X.shape[1:] == (math.prod(X.image_shape),) else None
    names = [str(name) for name in getattr(X, "columns", ())]
    last = re.fullmatch(r"(.*__)?pixel_(\d+)_(\d+)(?:_(\d+))?", names[-1]) if names else None
    if last is None:
        return None
    shape = tuple(int(index) + 1 for index in last.groups()[1:] if index is not None)
    if math.prod(shape) != len(names):
        return None
    prefix = last[1] or ""
    return shape if names == [prefix + name for name in pixel_names(shape)] else None


def pixel_names(image_shape: tuple[int, ...]) -> list[str]:
    """Name the columns of flat rows: pixel_{row}_{column} or pixel_{row}_{column}_{channel}."""
    return ["pixel_" + "_".join(map(str, pixel)) for pixel in np.ndindex(image_shape)]

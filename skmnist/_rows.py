"""Flat rows of pixels that remember the shape of their images."""

import math
import re
from typing import Any, Self

import numpy as np


class ImageRows(np.ndarray):
    """An array of shape (n_samples, n_pixels) that remembers the shape of its images.

    What comes behind :class:`ImageFlattener` in a pipeline sees rows: a classifier of images
    could only guess their shape, and 256 pixels are 16 x 16 grey ones or 8 x 8 with four channels.
    Slices and sums have the attribute as well; whatever else makes a plain array of them, such
    as a PCA, makes something that is no image.

    Attributes
    ----------
    image_shape : tuple of int or None
        (height, width) or (height, width, n_channels).
    """

    image_shape: tuple[int, ...] | None = None

    @classmethod
    def of(cls, rows: np.ndarray, image_shape: tuple[int, ...]) -> Self:
        """Return a view of some rows."""
        view = np.asarray(rows).view(cls)
        view.image_shape = image_shape
        return view

    def __array_finalize__(self, source: Any) -> None:
        self.image_shape = getattr(source, "image_shape", None)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else super().__array_wrap__(array, context)

    def __reduce__(self) -> tuple[Any, ...]:
        return ImageRows.of, (np.asarray(self), self.image_shape)


def remembered_shape(X: Any) -> tuple[int, ...] | None:
    """Return the shape of the images whose flat rows a table has, None if it doesn't tell.

    An array that came through :class:`ImageFlattener` tells, and a frame whose columns have the
    names that it gives: ``pixel_{row}_{column}`` or ``pixel_{row}_{column}_{channel}``.
    """
    if isinstance(X, ImageRows) and X.ndim == 2 and X.image_shape is not None:
        return X.image_shape if math.prod(X.image_shape) == X.shape[1] else None
    names = [str(name) for name in getattr(X, "columns", ())]
    last = re.fullmatch(r"pixel_(\d+)_(\d+)(?:_(\d+))?", names[-1]) if names else None
    if last is None:
        return None
    shape = tuple(int(index) + 1 for index in last.groups() if index is not None)
    return shape if math.prod(shape) == len(names) and names == pixel_names(shape) else None


def remember_shape(rows: np.ndarray, X: Any) -> np.ndarray:
    """Let `rows`, made of the pixels of `X` one by one, remember what `X` remembers."""
    return ImageRows.of(rows, X.image_shape) if isinstance(X, ImageRows) else rows


def pixel_names(image_shape: tuple[int, ...]) -> list[str]:
    """Name the columns of flat rows."""
    return ["pixel_" + "_".join(map(str, pixel)) for pixel in np.ndindex(image_shape)]

"""Images as stacks and as flat rows: checks, shapes, and the way from one to the other."""

import math
import warnings
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_array

# A row of more pixels than this is more likely an image of unknown shape.
_WIDEST_ROW = 64
# Grey, colour, colour with opacity: a height of one of these is more likely the channels.
_CHANNELS = (1, 3, 4)


def split_images(X: Any) -> tuple[Any, tuple[int, ...] | None]:
    """Return a stack of images as flat rows, a view if possible, and the shape of an image.

    Images may also be the elements of a sequence, a Series or a frame of one column. A table comes
    back as it is, with None for the shape.
    """
    X = _unpacked(X)
    shape: Any = getattr(X, "shape", ())
    if len(shape) not in (3, 4):
        return X, None
    X = np.asarray(X)
    image_shape = tuple(map(int, shape[1:]))
    return X.reshape(shape[0], math.prod(image_shape)), image_shape


def _unpacked(X: Any) -> Any:
    """Return an array where `X` is a sequence, or holds an image or a row of pixels a cell."""
    shape = getattr(X, "shape", None)
    if shape is None and not hasattr(X, "__array__"):
        if isinstance(X, str | bytes) or not hasattr(X, "__iter__"):
            return X
        if isinstance(X, Sequence):
            # An array even of a table: in lists, scikit-learn lets None pass for a number.
            return _stack(list(X))
        raise TypeError(
            f"X is a {type(X).__name__}, but an array of all samples is expected. If it "
            "yields images without labels, give np.stack(list(X))."
        )
    if shape is not None and None in tuple(shape):
        raise ValueError(
            f"X has samples of different shapes: its shape is {tuple(shape)}. Resize or pad them "
            "to one shape."
        )
    if shape is None or not 1 <= len(shape) <= 2 or not shape[0]:
        return X
    for name, column in _columns_of_objects(X).items():
        if not _has_axes(next(iter(column))):
            continue
        values = column.to_list() if hasattr(column, "to_list") else list(column)
        empty = next((i for i, value in enumerate(values) if not _has_axes(value)), None)
        if empty is not None:
            raise ValueError(
                f"X holds an image or a row of pixels in each cell, but sample {empty} is "
                f"{values[empty]!r}. Leave it out, and its label."
            )
        if len(shape) == 2 and shape[1] > 1:
            place = f"X[:, {name}]" if isinstance(X, np.ndarray) else f"X[{name!r}]"
            raise ValueError(
                f"X holds an array in each cell of column {name!r}, beside {shape[1] - 1} other "
                f"columns. Give the images alone: np.stack(list({place}))."
            )
        return _stack(values)
    return X


def _columns_of_objects(X: Any) -> dict[Any, Any]:
    """Return columns that may hold arrays, by name: those of objects, or of lists in polars."""
    if isinstance(X, np.ndarray):
        return dict(enumerate(X.T if X.ndim == 2 else [X])) if X.dtype == object else {}
    if not hasattr(X, "columns"):
        return {0: X} if _may_hold(getattr(X, "dtype", None)) else {}
    if not any(map(_may_hold, set(X.dtypes))):
        return {}
    return {n: X[n] for n, kind in zip(X.columns, X.dtypes, strict=True) if _may_hold(kind)}


def _may_hold(dtype: Any) -> bool:
    return str(dtype).partition("(")[0] in ("object", "Object", "List", "Array")


def _stack(images: list[Any]) -> np.ndarray:
    """Return one array of a list of numbers, rows or images of one shape."""
    if not images or not _has_axes(images[0]):
        return np.asarray(images)
    # Pictures, tensors and lists may not tell their shape before they are arrays.
    shapes = {np.shape(image) for image in images}
    if len(shapes) > 1:
        raise ValueError(
            f"X holds images of different shapes: {', '.join(map(str, sorted(shapes)))}. "
            "Resize or pad them to one shape."
        )
    return np.stack([np.asarray(image) for image in images])


def _has_axes(value: Any) -> bool:
    """Return whether a value is a list, an array or a picture, not a number or a text."""
    if isinstance(value, str | bytes):
        return False
    if hasattr(value, "__array__") or hasattr(value, "__array_interface__"):
        return np.ndim(value) > 0
    return isinstance(value, Sequence)


def square_shape(n_features: int) -> tuple[int, int] | None:
    """Return (side, side) of a square image of so many pixels; None if there is none."""
    side = math.isqrt(n_features)
    return (side, side) if side * side == n_features else None


def as_rows(X: Any, name: str = "X") -> tuple[np.ndarray, tuple[int, ...] | None]:
    """Return checked rows of pixels, and the shape of an image of a stack."""
    rows, shape = split_images(X)
    rows = check_array(rows, dtype="numeric", input_name=name)
    # Black and white: neither histograms nor colours take booleans.
    return rows.astype(np.uint8) if rows.dtype == bool else rows, shape


def as_images(X: Any, image_shape: Any = None, name: str = "X") -> np.ndarray:
    """Return checked images of shape (n_samples, height, width[, n_channels]).

    Flat rows are of `image_shape`, or of squares.
    """
    rows, shape = as_rows(X, name)
    if shape is None:
        n_features = rows.shape[1]
        if image_shape is not None:
            shape = checked_image_shape(image_shape, n_features, name)
        elif (shape := square_shape(n_features)) is None:
            raise ValueError(
                f"{name} has {n_features} columns, which is no square. Give "
                "image_shape=(height, width) or (height, width, n_channels)."
            )
    return rows.reshape(-1, *shape)


def with_channel(image_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return (height, width, n_channels) of an image shape that may lack a single channel."""
    return image_shape if len(image_shape) == 3 else (*image_shape, 1)


def checked_image_shape(
    image_shape: Any, n_features: int | None = None, name: str = "X"
) -> tuple[int, ...]:
    """Return `image_shape` as a tuple of int, if it is the shape of an image of `n_features`."""
    if not (
        isinstance(image_shape, tuple | list)
        and len(image_shape) in (2, 3)
        and all(
            isinstance(n, Integral) and not isinstance(n, bool) and int(n) > 0 for n in image_shape
        )
    ):
        raise ValueError(
            f"image_shape={image_shape!r} was given, but a tuple (height, width) or (height, "
            "width, n_channels) of positive integers is expected."
        )
    shape = tuple(map(int, image_shape))
    if n_features not in (None, math.prod(shape)):
        raise ValueError(
            f"image_shape={image_shape!r} has {math.prod(shape)} pixels, but {name} has "
            f"{n_features} features a sample."
        )
    return shape


def find_image_shape(
    image_shape: Any, stack_shape: tuple[int, ...] | None, n_features: int
) -> tuple[int, ...]:
    """Return the shape of one image, from the parameter `image_shape`, a stack, or neither.

    Flat rows of a square number of pixels are squares, others images one pixel high. Wide ones
    are warned of, and so are stacks whose channels seem to come first.
    """
    if image_shape is not None:
        shape = checked_image_shape(image_shape, n_features)
        if stack_shape is not None and with_channel(stack_shape) != with_channel(shape):
            raise ValueError(
                f"image_shape={image_shape!r} was given, but X has images of shape "
                f"{stack_shape}. Leave image_shape=None for a stack of images."
            )
        return shape
    if stack_shape is not None:
        height, width, n_channels = with_channel(stack_shape)
        if height in _CHANNELS and min(width, n_channels) > max(_CHANNELS):
            warnings.warn(
                f"X has images {height} high and {width} wide with {n_channels} channels. If "
                "their channels come first, as in PyTorch, bring them to (n_samples, height, "
                "width, n_channels) with np.moveaxis(X, 1, -1); if not, give image_shape="
                f"{stack_shape}.",
                UserWarning,
                stacklevel=2,
            )
        return stack_shape
    square = square_shape(n_features)
    if square is not None:
        return square
    if n_features > _WIDEST_ROW:
        warnings.warn(
            f"X has {n_features} columns, not a square number, and image_shape=None: each "
            f"sample is taken as one row of {n_features} pixels. Give image_shape=(height, "
            "width) or (height, width, n_channels).",
            UserWarning,
            stacklevel=2,
        )
    return (1, n_features)


def check_stack_shape(
    estimator: Any, shape: tuple[int, ...] | None, stack_shape: tuple[int, ...] | None
) -> None:
    """Raise unless the images of a stack have the shape that an estimator was fitted on.

    Flat rows (None) and estimators fitted on a table pass; a single channel may be left out.
    """
    if stack_shape and shape and with_channel(stack_shape) != with_channel(shape):
        raise ValueError(
            f"X has images of shape {stack_shape}, but {type(estimator).__name__} was fitted on "
            f"images of shape {shape}. Bring them to that shape, or fit again."
        )


def find_background(images: np.ndarray) -> np.ndarray:
    """Return the median of the pixels at the edge of each image, (n_samples, n_channels)."""
    return np.median(images[:, edge_pixels(*images.shape[1:3])], axis=1)


def edge_pixels(height: int, width: int) -> np.ndarray:
    """Return a mask of the pixels at the edge of an image."""
    is_edge = np.ones((height, width), bool)
    is_edge[1:-1, 1:-1] = False
    return is_edge

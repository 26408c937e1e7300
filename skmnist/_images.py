"""What counts as images: how a stack becomes rows of pixels, and back."""

import math
import warnings
from numbers import Integral
from typing import Any

import numpy as np

# A row of more pixels than this is more likely an image of unknown shape.
_WIDEST_ROW = 64
# Grey, colour, colour with opacity: a height of one of these is more likely the channels.
_CHANNELS = (1, 3, 4)


def split_images(X: Any) -> tuple[Any, tuple[int, ...] | None]:
    """Turn a stack of images into flat rows; leave tables as they are.

    Parameters
    ----------
    X : array-like
        Images of shape (n_samples, height, width) or (n_samples, height, width,
        n_channels), or anything that scikit-learn takes as a table.

    Returns
    -------
    rows : array-like
        The images as rows of shape (n_samples, height * width * n_channels), a view
        where memory order allows, or `X`.
    image_shape : tuple of int or None
        (height, width) or (height, width, n_channels) of a stack, None for a table.

    Raises
    ------
    ValueError
        If a list of images holds different shapes.
    """
    if isinstance(X, list | tuple):
        # An array even of a table: in lists, scikit-learn lets None pass for a number.
        X = _stack(X) if _depth(X) > 2 else np.asarray(X)
    shape = getattr(X, "shape", ())
    if len(shape) not in (3, 4):
        return X, None
    X = np.asarray(X)
    image_shape = shape[1:]
    return X.reshape(shape[0], int(np.prod(image_shape))), tuple(map(int, image_shape))


def _stack(images: Any) -> np.ndarray:
    """One array of a nested list; images that differ in shape are named."""
    try:
        return np.asarray(images)
    except ValueError:
        shapes = sorted({np.shape(image) for image in images})
        if len(shapes) < 2:
            raise
        raise ValueError(
            f"X holds images of different shapes: {', '.join(map(str, shapes))}. "
            "Resize or pad them to one shape."
        ) from None


def _depth(nested: Any) -> int:
    """Levels of a nested list, judged by its first elements."""
    depth = 0
    while isinstance(nested, list | tuple | np.ndarray):
        if isinstance(nested, np.ndarray):
            return depth + nested.ndim
        depth += 1
        if not nested:
            break
        nested = nested[0]
    return depth


def with_channel(image_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return (height, width, n_channels) of an image shape that may leave one channel unsaid."""
    return image_shape if len(image_shape) == 3 else (*image_shape, 1)


def checked_image_shape(image_shape: Any, n_features: int | None = None) -> tuple[int, ...]:
    """Return `image_shape` as a tuple of int, if it can be the shape of an image.

    Raises
    ------
    ValueError
        If it is not two or three positive integers, or `n_features` are not that many pixels.
    """
    if not (
        isinstance(image_shape, tuple | list)
        and len(image_shape) in (2, 3)
        and all(isinstance(n, Integral) and not isinstance(n, bool) and n > 0 for n in image_shape)
    ):
        raise ValueError(
            f"image_shape={image_shape!r} was given, but a tuple (height, width) or (height, "
            "width, n_channels) of positive integers is expected."
        )
    shape = tuple(map(int, image_shape))
    if n_features not in (None, math.prod(shape)):
        raise ValueError(
            f"image_shape={image_shape!r} has {math.prod(shape)} pixels, but X has "
            f"{n_features} features a sample."
        )
    return shape


def find_image_shape(
    image_shape: Any, stack_shape: tuple[int, ...] | None, n_features: int
) -> tuple[int, ...]:
    """Decide the shape of one image.

    Parameters
    ----------
    image_shape : tuple of int or None
        What the user says.
    stack_shape : tuple of int or None
        What a stack says, with a warning where its channels seem to come first; None for
        flat rows.
    n_features : int
        Number of columns of flat rows. A square number is that square, any other one row
        of pixels, with a warning where it is a wide one.

    Returns
    -------
    shape : tuple of int

    Raises
    ------
    ValueError
        If they contradict each other.
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
        _warn_of_channels_first(stack_shape)
        return stack_shape
    side = math.isqrt(n_features)
    if side * side == n_features:
        return (side, side)
    if n_features > _WIDEST_ROW:
        warnings.warn(
            f"X has {n_features} columns, not a square number, and image_shape=None: each "
            f"sample is taken as one row of {n_features} pixels. Give image_shape=(height, "
            "width) or (height, width, n_channels).",
            UserWarning,
            stacklevel=2,
        )
    return (1, n_features)


def _warn_of_channels_first(shape: tuple[int, ...]) -> None:
    """Warn of images one to four pixels high with many channels, as PyTorch's look here."""
    height, width, n_channels = with_channel(shape)
    if height in _CHANNELS and min(width, n_channels) > max(_CHANNELS):
        warnings.warn(
            f"X has images {height} high and {width} wide with {n_channels} channels. If their "
            "channels come first, as in PyTorch, bring them to (n_samples, height, width, "
            f"n_channels) with np.moveaxis(X, 1, -1); if not, give image_shape={shape}.",
            UserWarning,
            stacklevel=3,
        )


def check_stack_shape(estimator: Any, stack_shape: tuple[int, ...] | None) -> None:
    """See that a stack has images of the shape that an estimator was fitted on.

    Flat rows (None), and an estimator that has seen no images, say nothing of it; one channel
    may be left unsaid.
    """
    shape = estimator.image_shape_
    if stack_shape and shape and with_channel(stack_shape) != with_channel(shape):
        raise ValueError(
            f"X has images of shape {stack_shape}, but {type(estimator).__name__} was fitted on "
            f"images of shape {shape}. Bring them to that shape, or fit again."
        )


def find_background(images: np.ndarray) -> np.ndarray:
    """Return the median of the pixels at the edge of each image, for each channel.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, n_channels)

    Returns
    -------
    background : ndarray of shape (n_samples, n_channels)
    """
    is_edge = np.ones(images.shape[1:3], bool)
    is_edge[1:-1, 1:-1] = False
    return np.median(images[:, is_edge], axis=1)

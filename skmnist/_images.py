"""What counts as images: how a stack becomes rows of pixels, and back."""

from typing import Any

import numpy as np


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

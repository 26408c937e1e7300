"""ImageDeskewer: slanted writing is set upright."""

from typing import ClassVar

import numpy as np

from .._images import find_background, find_image_shape, with_channel
from ._transformer import ImageTransformer

# Images that are worked on at once, which bounds the memory.
_BLOCK = 1024
# Columns per row: 45 degrees. What leans more is no slanted writing.
MOST_SLANT = 1.0


class ImageDeskewer(ImageTransformer):
    """Set slanted images upright.

    The slant of an image is the regression of columns on rows, each pixel weighing as
    much as it differs from the background; rows are shifted against each other until it is
    zero [1]_. That helps classifiers that compare pixel by pixel: nearest neighbours, support
    vector machines, dense networks.

    Parameters
    ----------
    image_shape : tuple of int or None, default=None
        (height, width) or (height, width, n_channels) of an image in a flat row. None means the
        shape of a stack's images, or a square; another number of columns is one row of pixels,
        which has no slant.

    Attributes
    ----------
    image_shape_ : tuple of int
        (height, width) or (height, width, n_channels) of the images.
    n_features_in_ : int
        Number of pixels of an image, height * width * n_channels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :meth:`fit`. Defined only for a table whose column
        names are all strings.

    See Also
    --------
    skmnist.make_digit_pipeline : Puts it before the scaler with ``deskew=True``.

    Notes
    -----
    The background is the median of the pixels at the edge, so dark ink on white is
    taken as well as MNIST's white on black. Channels are averaged for the slant, and shifted
    together. Between two columns values are linear, beyond the edge is background. Slants
    of more than a column per row are taken for that.

    float32 and float64 keep their dtype; all others become float32.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to
       Document Recognition", Proceedings of the IEEE 86 (1998), section III.A.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist import ImageDeskewer
    >>> slanted = np.eye(3, dtype=np.float32)[None, ::-1]  # one image, 3 x 3
    >>> slanted
    array([[[0., 0., 1.],
            [0., 1., 0.],
            [1., 0., 0.]]], dtype=float32)
    >>> ImageDeskewer().fit_transform(slanted)
    array([[[0., 1., 0.],
            [0., 1., 0.],
            [0., 1., 0.]]], dtype=float32)
    """

    _parameter_constraints: ClassVar[dict] = {"image_shape": [tuple, list, None]}

    def __init__(self, image_shape: tuple[int, ...] | None = None) -> None:
        self.image_shape = image_shape

    def _learn(self, rows: np.ndarray, image_shape: tuple[int, ...] | None) -> None:
        self.image_shape_: tuple[int, ...] = find_image_shape(
            self.image_shape, image_shape, rows.shape[1]
        )

    def _transform(self, rows: np.ndarray) -> np.ndarray:
        dtype = rows.dtype if rows.dtype in (np.float32, np.float64) else np.float32
        images = rows.reshape(-1, *with_channel(self.image_shape_))
        upright = np.empty(images.shape, dtype)
        for start in range(0, len(images), _BLOCK):
            block = slice(start, start + _BLOCK)
            upright[block] = _set_upright(images[block].astype(dtype, copy=False))
        return upright.reshape(rows.shape)


def _set_upright(images: np.ndarray) -> np.ndarray:
    """Shift the rows of images of shape (n, height, width, n_channels) until none has a slant."""
    n, height, width, n_channels = images.shape
    background = find_background(images)
    slant, centre = _find_slant(images, background)
    # A column of background on either side, from which what comes from beyond is taken.
    framed = np.empty((n, height, width + 2, n_channels), images.dtype)
    framed[:, :, 1:-1] = images
    framed[:, :, [0, -1]] = background[:, None, None]
    # (n, height, width): the column that each pixel comes from
    columns = np.arange(1, width + 1) + (slant * (np.arange(height) - centre))[:, :, None]
    columns = np.clip(columns, 0, width + 1)
    left = columns.astype(np.intp)
    right = np.minimum(left + 1, width + 1)
    share = (columns - left)[..., None].astype(images.dtype)
    first = np.arange(n * height).reshape(n, height, 1) * (width + 2)
    pixels = framed.reshape(-1, n_channels)
    return pixels[first + left] * (1 - share) + pixels[first + right] * share


def _find_slant(images: np.ndarray, background: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns per row of slant, and the row of the centre, both (n, 1)."""
    height, width = images.shape[1:3]
    grey = images.mean(axis=3, dtype=np.float64)
    weights = np.abs(grey - background.mean(axis=1, dtype=np.float64)[:, None, None])
    of_rows = weights.sum(axis=2)  # (n, height)
    total = of_rows.sum(axis=1, keepdims=True)
    total[total == 0] = 1  # an image of one colour
    centre = (of_rows * np.arange(height)).sum(axis=1, keepdims=True) / total
    heights = np.arange(height) - centre
    spread = (of_rows * heights**2).sum(axis=1, keepdims=True)
    # The regression needs no mean of the columns: the mean of the heights is zero.
    of_columns = (weights * np.arange(width)).sum(axis=2)
    together = (of_columns * heights).sum(axis=1, keepdims=True)
    slant = np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.clip(slant, -MOST_SLANT, MOST_SLANT), centre

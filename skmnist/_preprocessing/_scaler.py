"""PixelScaler: one affine map for all pixels of all images."""

from numbers import Real
from typing import Any, ClassVar

import numpy as np

from .._sklearn import StrOptions
from ._transformer import ImageTransformer, in_form

# Beyond this, differences of pixels are infinite in float32.
_WIDEST = float(np.finfo(np.float32).max)


class PixelScaler(ImageTransformer):
    """Scale all pixels by one and the same affine map.

    Column-wise scalers such as :class:`~sklearn.preprocessing.MinMaxScaler` stretch each pixel
    by its own range: a border pixel that was lit once becomes as bright as the centre. Here one
    range holds for all pixels, so that an image stays the same image.

    Parameters
    ----------
    feature_range : tuple (low, high) of float, default=(0, 1)
        Where the ends of the pixel range go.
    pixel_range : "auto" or tuple (low, high) of float, default="auto"
        The pixel values that go to the ends of `feature_range`. "auto" takes the range
        of the dtype for uint8 and uint16 (0 to 255, 0 to 65535), and the smallest and
        largest value seen in :meth:`fit` for any other dtype.

    Attributes
    ----------
    pixel_range_ : tuple (low, high) of float
        The pixel values that go to the ends of `feature_range`.
    n_features_in_ : int
        Number of pixels of an image, height * width * n_channels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :meth:`fit`. Defined only for a table whose column
        names are all strings.

    See Also
    --------
    ImageFlattener : Turns a stack of images into a table.
    sklearn.preprocessing.MinMaxScaler : Scales each column by its own range.

    Notes
    -----
    float32 and float64 keep their dtype; integers and booleans become float32. Values
    outside `pixel_range_` are not clipped, they go outside `feature_range`. Where all
    pixels seen in :meth:`fit` are one value, that value goes to the low end.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist import PixelScaler
    >>> images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)  # one image, 2 x 2
    >>> scaler = PixelScaler().fit(images)
    >>> scaler.pixel_range_
    (0.0, 255.0)
    >>> scaler.transform(images)
    array([[[0. , 0.2],
            [0.4, 1. ]]], dtype=float32)

    A table is scaled like the images:

    >>> PixelScaler(feature_range=(-1, 1)).fit_transform([[0.0, 4.0, 16.0], [8.0, 8.0, 12.0]])
    array([[-1. , -0.5,  1. ],
           [ 0. ,  0. ,  0.5]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "feature_range": [tuple],
        "pixel_range": [StrOptions({"auto"}), tuple],
    }

    def __init__(
        self,
        feature_range: tuple[float, float] = (0, 1),
        *,
        pixel_range: str | tuple[float, float] = "auto",
    ) -> None:
        self.feature_range = feature_range
        self.pixel_range = pixel_range

    def _learn(self, rows: np.ndarray, image_shape: tuple[int, ...] | None) -> None:
        if self.pixel_range != "auto":
            low, high = self.pixel_range
        elif rows.dtype in (np.uint8, np.uint16):
            low, high = 0, np.iinfo(rows.dtype).max
        else:
            low, high = rows.min(), rows.max()
        if float(high) - float(low) > _WIDEST:
            raise ValueError(
                f"X has pixels from {low} to {high}, wider than float32 can tell. Give "
                "pixel_range, or leave out what are no pixels."
            )
        self.pixel_range_: tuple[float, float] = (float(low), float(high))

    def _transform(self, rows: np.ndarray) -> np.ndarray:
        low, unit, bottom = self._map(rows.dtype)
        # Dividing, not multiplying by the inverse, sends both ends exactly to their places.
        scaled = np.subtract(rows, low, dtype=unit.dtype)
        scaled /= unit
        scaled += bottom
        return scaled

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Undo the scaling.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, n_channels)
            Scaled images as flat rows or as a stack. Never written to.

        Returns
        -------
        X_original : ndarray of the shape of `X`, float32 or float64
            Pixels in `pixel_range_`: floating point, whatever dtype was seen in :meth:`fit`.

        Raises
        ------
        ValueError
            If the number of pixels is not that of :meth:`fit`, or `X` holds NaN or infinity.
        """
        rows, stack_shape = self._checked_output(X)
        low, unit, bottom = self._map(rows.dtype)
        pixels = np.subtract(rows, bottom, dtype=unit.dtype)
        pixels *= unit
        pixels += low
        return in_form(pixels, X, stack_shape)

    def _map(self, dtype: np.dtype) -> tuple[float, np.floating, float]:
        """Return (low, unit, bottom) of ``(X - low) / unit + bottom``, in the dtype of `unit`."""
        if dtype not in (np.float32, np.float64):
            dtype = np.dtype(np.float64 if dtype == np.longdouble else np.float32)
        (low, high), (bottom, top) = self.pixel_range_, self.feature_range
        unit = dtype.type((high - low) / (top - bottom))
        # No range, or one too narrow for this dtype, is no reason to divide by zero.
        return low, unit or dtype.type(1), float(bottom)

    def _validate_params(self) -> None:
        super()._validate_params()
        for name in ("feature_range", "pixel_range"):
            ends = getattr(self, name)
            if ends != "auto" and not (
                len(ends) == 2
                and all(isinstance(end, Real) and np.isfinite(float(end)) for end in ends)
                and 0 < ends[1] - ends[0] <= _WIDEST
            ):
                raise ValueError(
                    f"{name} must be two finite numbers (low, high) of float32 with low < high, "
                    f"got {ends!r}."
                )

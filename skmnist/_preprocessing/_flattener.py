"""ImageFlattener: a stack of images becomes a table with one column per pixel."""

from typing import Any, ClassVar

import numpy as np

from .._images import find_image_shape
from .._rows import image_rows, pixel_names
from ._transformer import ImageTransformer

_FLOATS = ["float64", "float32", "float16"]  # float64 first: objects become that
_INTEGERS = [f"{kind}{bits}" for kind in ("uint", "int") for bits in (8, 16, 32, 64)]


class ImageFlattener(ImageTransformer):
    """Turn a stack of images into a table with one column per pixel.

    A table passes through as it is, so that one pipeline takes both forms. The rows remember
    the shape of their images: steps behind that work on images, such as
    :class:`KerasCNNClassifier`, take them for what they are. Behind a step that makes a plain
    array of them, such as scikit-learn's scalers of columns, give `image_shape` to the
    classifier too, or let frames carry the names: ``set_output(transform="pandas")``.

    Parameters
    ----------
    image_shape : tuple of int or None, default=None
        (height, width) or (height, width, n_channels) that the images must have, or that flat
        rows are of. None takes what a stack has, and leaves the shape of flat rows open.

    Attributes
    ----------
    image_shape_ : tuple of int or None
        (height, width) or (height, width, n_channels) of the images; None for a table of
        unknown images.
    n_features_in_ : int
        Number of pixels of an image, height * width * n_channels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :meth:`fit`. Defined only for a table whose column
        names are all strings.

    See Also
    --------
    PixelScaler : Scales all pixels by one map.
    skmnist.make_digit_pipeline : A classifier behind both.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist import ImageFlattener
    >>> images = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)  # two images, 2 x 3
    >>> flattener = ImageFlattener().fit(images)
    >>> flattener.transform(images)
    ImageRows_2x3([[ 0,  1,  2,  3,  4,  5],
                   [ 6,  7,  8,  9, 10, 11]], dtype=uint8)
    >>> flattener.get_feature_names_out()[-2:]
    array(['pixel_1_1', 'pixel_1_2'], dtype=object)
    >>> flattener.inverse_transform([[0, 1, 2, 3, 4, 5]]).shape
    (1, 2, 3)
    """

    _parameter_constraints: ClassVar[dict] = {"image_shape": [tuple, list, None]}
    _preserved_dtypes: ClassVar[list[str]] = [*_FLOATS, *_INTEGERS, "bool"]

    def __init__(self, image_shape: tuple[int, ...] | None = None) -> None:
        self.image_shape = image_shape

    def _learn(self, rows: np.ndarray, image_shape: tuple[int, ...] | None) -> None:
        self.image_shape_: tuple[int, ...] | None = None
        if self.image_shape is not None or image_shape is not None:
            self.image_shape_ = find_image_shape(self.image_shape, image_shape, rows.shape[1])

    def transform(self, X: Any) -> Any:
        """Flatten the images.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, n_channels)
            Images as a stack or as flat rows.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features) and of the dtype of `X`
            One row per image, by rows, then columns, then channels; a view of `X` where
            its memory order allows. If the shape of the images is known, it is the attribute
            ``image_shape`` of the array. A frame where :meth:`set_output` asks for one.

        Raises
        ------
        ValueError
            If the shape of the images or the number of pixels is not that of :meth:`fit`, or `X`
            holds NaN or infinity.
        """
        rows, _ = self._checked_rows(X)
        return rows if self.image_shape_ is None else image_rows(rows, self.image_shape_)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Turn rows into images again.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Flat rows.

        Returns
        -------
        images : ndarray of shape (n_samples, height, width[, n_channels])
            The images, of the dtype of `X` and a view of it where its memory order allows;
            the rows as they are if :meth:`fit` saw a table.

        Raises
        ------
        ValueError
            If the number of pixels is not that of :meth:`fit`, or `X` holds NaN or infinity.
        """
        rows, _ = self._checked_output(X)
        return rows if self.image_shape_ is None else rows.reshape(-1, *self.image_shape_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the columns of the table.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of a table, as in any scikit-learn transformer. Only
            their number is checked if :meth:`fit` saw images.

        Returns
        -------
        names : ndarray of str objects, shape (n_features,)
            ``pixel_{row}_{column}`` or ``pixel_{row}_{column}_{channel}``; the names of
            the table if :meth:`fit` saw one.
        """
        names = super().get_feature_names_out(input_features)
        if self.image_shape_ is None:
            return names
        return np.array(pixel_names(self.image_shape_), dtype=object)

"""ImageTransformer: the base class of the transformers of images."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags, check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from .._images import check_stack_shape, split_images
from .._rows import ImageRows, image_rows, remembered_shape
from .._sklearn import check_n_features, fit_context, get_output_config
from .._validation import check_rows


class ImageTransformer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Base class: images come as a stack or as flat rows, and are given back in the same form."""

    _preserved_dtypes: ClassVar[list[str]] = ["float32", "float64"]

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the attributes from images.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, n_channels)
            Images as flat rows or as a stack.
        y : None
            Ignored.

        Returns
        -------
        self : estimator
            The fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of its range or does not fit the images, or if `X` holds NaN or
            infinity.
        """
        rows, image_shape = split_images(X)
        rows = validate_data(self, rows, dtype="numeric")
        self._learn(rows, image_shape or remembered_shape(X))
        return self

    def transform(self, X: Any) -> Any:
        """Transform each image.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, n_channels)
            Images as flat rows or as a stack. Never written to.

        Returns
        -------
        X_transformed : ndarray of the shape of `X`, float32 or float64
            The images; a frame where :meth:`set_output` asks for one.

        Raises
        ------
        ValueError
            If the number of pixels differs from the one seen in :meth:`fit`, if `X`
            holds NaN or infinity, or if :meth:`set_output` asks for a frame and `X` is
            a stack of images.
        """
        rows, stack_shape = self._checked_rows(X)
        container = get_output_config("transform", self)["dense"]
        if stack_shape is not None and container != "default":
            name = type(self).__name__
            raise ValueError(
                f"{name} gives back a stack of images as a stack, and {container} has no "
                f"table for images of shape {stack_shape}. Put ImageFlattener before "
                f'{name}, or call set_output(transform="default").'
            )
        return in_form(self._transform(rows), X, stack_shape)

    def _learn(self, rows: np.ndarray, image_shape: tuple[int, ...] | None) -> None:
        raise NotImplementedError

    def _transform(self, rows: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def _checked_rows(self, X: Any) -> tuple[np.ndarray, tuple[int, ...] | None]:
        """Return rows like those that were fitted on, and the shape of a stack's images."""
        check_is_fitted(self)
        rows, stack_shape = split_images(X)
        if hasattr(self, "image_shape_"):
            check_stack_shape(self, self.image_shape_, stack_shape or remembered_shape(X))
        return check_rows(self, rows), stack_shape

    def _checked_output(self, X: Any) -> tuple[np.ndarray, tuple[int, ...] | None]:
        """Return output of `transform` as rows, and the shape of a stack's images."""
        check_is_fitted(self)
        rows, stack_shape = split_images(X)
        # Not validate_data: output has no names to warn about.
        rows = check_array(rows, dtype="numeric", estimator=self, input_name="X")
        check_n_features(self, rows, reset=False)
        return rows, stack_shape

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = self._preserved_dtypes
        return tags


def in_form(rows: np.ndarray, X: Any, stack_shape: tuple[int, ...] | None) -> np.ndarray:
    """Return rows as a stack, or as rows that remember the shape that `X` remembers."""
    if stack_shape is not None:
        return rows.reshape(-1, *stack_shape)
    return image_rows(rows, X.image_shape) if isinstance(X, ImageRows) else rows

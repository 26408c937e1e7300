"""Weights of networks and principal components, as pictures."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from .._images import as_images
from .._steps import fitted_steps
from ._drawing import TilesDisplay, draw_images, in_percent


@dataclass(kw_only=True, eq=False, repr=False)
class FilterDisplay(TilesDisplay):
    """The first layer of a network: the kernels of a convolution, or the weights of units.

    Red is positive, blue negative, white zero.

    Parameters
    ----------
    images : ndarray of shape (n_filters, height, width)
        Weights; of several channels their mean.
    n_columns : int, default=8
        Images in a row.

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import FilterDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = KerasMLPClassifier(16, epochs=3).fit(X, y)
    >>> FilterDisplay.from_estimator(classifier).images.shape
    (16, 8, 8)
    """

    images: np.ndarray
    n_columns: int = 8

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        n_filters: int = 64,
        image_shape: tuple[int, ...] | None = None,
        n_columns: int = 8,
        ax: Any = None,
    ) -> Self:
        """Draw the first layer of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier of this package, or a pipeline or a fitted search with one at
            its end.
        n_filters : int, default=64
            At most that many.
        image_shape : tuple of int or None, default=None
            For a dense network, the shape of the images that it was fitted on as flat rows;
            None means a square. Behind PCA, weights are projected back to pixels.
        n_columns : int, default=8
            Images in a row.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FilterDisplay
            The display, drawn.
        """
        *steps, last = fitted_steps(estimator)
        check_is_fitted(last)
        if not hasattr(last, "weights_"):
            raise TypeError(f"{last!r} is no network: it has no weights_.")
        kernel = last.weights_[0]
        if kernel.ndim == 4:
            images = kernel.mean(axis=2).transpose(2, 0, 1)
        else:
            for step in reversed(steps):
                if isinstance(step, PCA):
                    # Weights of components as weights of the pixels that these are made of.
                    if step.whiten:
                        kernel = kernel / np.sqrt(step.explained_variance_)[:, None]
                    kernel = step.components_.T @ kernel
            images = as_images(kernel.T, image_shape or last.image_shape_)
            images = images if images.ndim == 3 else images.mean(axis=3)
        return cls(images=images[:n_filters], n_columns=n_columns).plot(ax)

    def _draw_tiles(self, ax: Any) -> Any:
        return draw_images(ax, self.images, n_columns=self.n_columns, around_zero=True)


@dataclass(kw_only=True, eq=False, repr=False)
class EigendigitsDisplay(TilesDisplay):
    """Principal components of images, as images.

    Parameters
    ----------
    images : ndarray of shape (n_components, height, width[, n_channels])
        The components.
    shares : ndarray of shape (n_components,)
        Share of the variance that each explains.
    n_columns : int, default=8
        Images in a row.

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> from skmnist.plotting import EigendigitsDisplay
    >>> pca = PCA(16, random_state=0).fit(load_digits().data)
    >>> EigendigitsDisplay.from_estimator(pca).images.shape
    (16, 8, 8)
    """

    images: np.ndarray
    shares: np.ndarray
    n_columns: int = 8

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        n_components: int = 32,
        image_shape: tuple[int, ...] | None = None,
        n_columns: int = 8,
        ax: Any = None,
    ) -> Self:
        """Draw the components of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, Pipeline or fitted search
            A fitted PCA, or a pipeline that has one.
        n_components : int, default=32
            At most that many, the first ones.
        image_shape : tuple of int or None, default=None
            Shape of the images that were flat rows; None means a square.
        n_columns : int, default=8
            Images in a row.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : EigendigitsDisplay
            The display, drawn.
        """
        pca = next((step for step in fitted_steps(estimator) if isinstance(step, PCA)), None)
        if pca is None:
            raise TypeError(f"{estimator!r} is no PCA and has no such step.")
        check_is_fitted(pca)
        return cls(
            images=as_images(pca.components_[:n_components], image_shape),
            shares=pca.explained_variance_ratio_[:n_components],
            n_columns=n_columns,
        ).plot(ax)

    def _draw_tiles(self, ax: Any) -> Any:
        return draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            captions=[in_percent(share, 1) for share in self.shares],
            around_zero=True,
        )

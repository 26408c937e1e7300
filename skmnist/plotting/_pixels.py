"""Distribution of pixel values, over all images and by class."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils import check_consistent_length

from .._images import as_images, as_rows
from .._targets import as_labels
from ._drawing import BLUE, Display, TilesDisplay, draw_images, new_axes


@dataclass(kw_only=True, eq=False, repr=False)
class PixelDensityDisplay(Display):
    """How often each intensity occurs, over all pixels of all images.

    Parameters
    ----------
    density : ndarray of shape (n_bins,)
        Share of the pixels in each bin, divided by the width of the bin.
    edges : ndarray of shape (n_bins + 1,)
        Ends of the bins.

    Attributes
    ----------
    stairs_, ax_, figure_ : matplotlib StepPatch, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import PixelDensityDisplay
    >>> display = PixelDensityDisplay.from_data(load_digits().data, bins=17)
    >>> display.density.shape
    (17,)
    """

    density: np.ndarray
    edges: np.ndarray

    @classmethod
    def from_data(cls, X: Any, *, bins: int = 50, ax: Any = None) -> Self:
        """Count intensities and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        bins : int, default=50
            Number of bins from the lowest to the highest pixel. Whole numbers get at most
            that many, so that each bin holds equally many of them.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PixelDensityDisplay
            The display, drawn.
        """
        if bins < 1:
            raise ValueError(f"bins={bins!r} was given; expected 1 or more.")
        pixels, _ = as_rows(X)
        density, edges = np.histogram(pixels, bins=_even_bins(pixels, bins), density=True)
        return cls(density=density, edges=edges).plot(ax)

    def _draw(self, ax: Any) -> Any:
        ax = new_axes(ax, (6, 3.5))
        self.stairs_: Any = ax.stairs(self.density, self.edges, fill=True, color=BLUE)
        ax.set(xlabel="pixel intensity", ylabel="density", yscale="log")
        return ax


def _even_bins(pixels: np.ndarray, bins: int) -> int | np.ndarray:
    """Return edges between whole numbers, or for other pixels `bins`."""
    if pixels.dtype.kind not in "iu" and not np.array_equal(pixels, np.rint(pixels)):
        return bins
    low, high = int(pixels.min()), int(pixels.max())
    n_values = high - low + 1
    least = -(-n_values // bins)
    # A width that leaves no bin half empty, if there is one that is not far too wide.
    widths = (width for width in range(least, 2 * least) if n_values % width == 0)
    width = next(widths, least)
    return low - 0.5 + width * np.arange(-(-n_values // width) + 1)


@dataclass(kw_only=True, eq=False, repr=False)
class PixelStatisticsDisplay(TilesDisplay):
    """The mean image, or the variance of each pixel, of each class.

    Parameters
    ----------
    images : ndarray of shape (n_classes, height, width[, n_channels])
        A statistic of each pixel.
    classes : ndarray of shape (n_classes,) or None, default=None
        Labels; None for one image of all samples.
    statistic : {'mean', 'variance'}, default='mean'

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import PixelStatisticsDisplay
    >>> digits = load_digits()
    >>> display = PixelStatisticsDisplay.from_data(digits.images, digits.target)
    >>> display.images.shape
    (10, 8, 8)
    """

    images: np.ndarray
    classes: np.ndarray | None = None
    statistic: str = "mean"

    @classmethod
    def from_data(
        cls,
        X: Any,
        y: Any = None,
        *,
        statistic: str = "mean",
        image_shape: tuple[int, ...] | None = None,
        ax: Any = None,
    ) -> Self:
        """Compute a statistic of each pixel and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,), default=None
            Labels; None takes all samples for one class.
        statistic : {'mean', 'variance'}, default='mean'
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PixelStatisticsDisplay
            The display, drawn.
        """
        compute = {"mean": np.mean, "variance": np.var}.get(statistic)
        if compute is None:
            raise ValueError(f"statistic={statistic!r} was given; expected 'mean' or 'variance'.")
        images = as_images(X, image_shape)
        if y is None:
            return cls(images=compute(images, axis=0)[None], statistic=statistic).plot(ax)
        y = as_labels(y)
        check_consistent_length(images, y)
        classes = np.unique(y)
        of_classes = np.stack([compute(images[y == label], axis=0) for label in classes])
        return cls(images=of_classes, classes=classes, statistic=statistic).plot(ax)

    def _draw_tiles(self, ax: Any) -> Any:
        ax, tiles = draw_images(
            ax,
            self.images,
            n_columns=5,
            captions=None if self.classes is None else [str(label) for label in self.classes],
            cmap="gray" if self.statistic == "mean" else "cividis",
        )
        ax.set_title(f"{self.statistic} of each pixel", fontsize=10)
        return ax, tiles

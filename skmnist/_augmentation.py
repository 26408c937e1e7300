"""Training images distorted at random, so that each epoch sees others of the same classes."""

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ._sklearn import Interval

_SHARE = Interval(Real, 0, 1, closed="left")
# Parameters of a distortion that hardly changes what an image shows.
GENTLE = {"shift": 0.04, "rotation": 5.0, "zoom": 0.05, "shear": 0.05}


class RandomDistortion(BaseEstimator):
    """Random shifts, rotations, zooms, slants and elastic bends, for ``augmenter=``.

    Every training image is distorted anew in every epoch; validation and prediction see
    images as they are. All distortions are one bilinear sampling; what lies beyond the edge
    repeats the edge.

    Parameters
    ----------
    shift : float, default=0.08
        Largest shift along each axis, as a share of the side, in [0, 1).
    rotation : float, default=10.0
        Largest rotation to either side, in degrees, in [0, 180].
    zoom : float, default=0.1
        Largest relative change of height and of width, in [0, 1): 0.1 makes each
        10 % smaller to 10 % larger, independently.
    shear : float, default=0.1
        Largest slant: columns per row, not negative.
    elastic : float, default=0.0
        Standard deviation of a smooth random displacement of each pixel, along each axis, as a
        share of the side, in [0, 1) [1]_. Its waves are as wide as those that did best on
        MNIST there, 4 pixels of 28.

    See Also
    --------
    KerasCNNClassifier : Takes one as `augmenter`.

    Notes
    -----
    Anything else with a method ``augment(images, rng)`` can take its place: `images` is an
    ndarray of shape (n, height, width, n_channels), uint8 or float32 with the values of
    ``X``, that may be overwritten, and `rng` a :class:`numpy.random.Generator`, the only
    source of randomness that makes a fit repeatable. It returns images of the same shape and is
    called from another thread than the one that trains. Searches reach the parameters of a
    :class:`sklearn.base.BaseEstimator` as ``augmenter__name``.

    References
    ----------
    .. [1] P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural
       Networks Applied to Visual Document Analysis", ICDAR (2003), section 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import RandomDistortion
    >>> images = load_digits().images[:10, :, :, None]
    >>> distorted = RandomDistortion(elastic=0.03).augment(images, np.random.default_rng(0))
    >>> distorted.shape, distorted.dtype
    ((10, 8, 8, 1), dtype('float32'))

    In a classifier, and in a search over how strong it is:

    >>> from sklearn.model_selection import GridSearchCV
    >>> from skmnist import KerasCNNClassifier
    >>> cnn = KerasCNNClassifier(augmenter=RandomDistortion(shear=0.0))
    >>> search = GridSearchCV(cnn, {"augmenter__rotation": [0, 10, 20]})
    """

    _parameter_constraints: dict = {
        "shift": [_SHARE],
        "rotation": [Interval(Real, 0, 180, closed="both")],
        "zoom": [_SHARE],
        "shear": [Interval(Real, 0, None, closed="left")],
        "elastic": [_SHARE],
    }

    def __init__(
        self,
        *,
        shift: float = 0.08,
        rotation: float = 10.0,
        zoom: float = 0.1,
        shear: float = 0.1,
        elastic: float = 0.0,
    ) -> None:
        self.shift = shift
        self.rotation = rotation
        self.zoom = zoom
        self.shear = shear
        self.elastic = elastic

    def augment(self, images: Any, rng: np.random.Generator) -> np.ndarray:
        """Distort each image in its own way.

        Parameters
        ----------
        images : array-like of shape (n, height, width, n_channels)
            Pixels in any range. All but uint8 are taken as float32.
        rng : numpy.random.Generator
            Decides how.

        Returns
        -------
        distorted : ndarray of shape (n, height, width, n_channels), float32
            The values between pixels are not rounded.

        Raises
        ------
        ValueError
            If `images` has another number of axes, or a parameter is out of its range.
        """
        from ._engine import bump_shape, warp_images

        self._validate_params()
        images = np.asarray(images)
        if images.ndim != 4:
            raise ValueError(
                f"images has shape {images.shape}, expected (n, height, width, n_channels). For "
                "images of one channel give images[..., None]."
            )
        if images.dtype != np.uint8:
            images = images.astype(np.float32, copy=False)
        n, sides = len(images), np.array(images.shape[1:3], np.float32)
        bumps = None
        if self.elastic:
            bumps = rng.standard_normal((n, 2, *bump_shape()), dtype=np.float32)
            bumps *= self.elastic * sides[:, None, None]
        return warp_images(images, self._draw_affine(n, sides, rng), bumps)

    def _draw_affine(self, n: int, sides: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw where pixels come from: matrices and shifts in pixels, (n, 2, 3)."""
        # A fixed number of draws: a parameter changes nothing but its own distortion.
        angle, slant, taller, wider, *shift = rng.uniform(-1, 1, (6, n)).astype(np.float32)
        angle *= np.deg2rad(self.rotation)
        zeros, cos, sin = np.zeros(n, np.float32), np.cos(angle), np.sin(angle)
        rotate = _matrices(cos, -sin, sin, cos)
        shear = _matrices(zeros + 1, zeros, self.shear * slant, zeros + 1)
        # A picture that is to be larger takes its pixels from places nearer to the centre.
        zoom = _matrices(1 / (1 + self.zoom * taller), zeros, zeros, 1 / (1 + self.zoom * wider))
        moved = self.shift * sides * np.stack(shift, axis=1)
        return np.concatenate([zoom @ shear @ rotate, moved[:, :, None]], axis=2)


def _matrices(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return the n matrices of rows (a, b) and (c, d), (n, 2, 2)."""
    return np.stack([a, b, c, d], axis=-1).reshape(-1, 2, 2)

"""Learn the scale of the logits on samples that the network was not trained on."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import logsumexp

if TYPE_CHECKING:
    from .._engine import Examples

_FEWEST, _FEWEST_HELD_OUT = 100, 15
_FEWEST_TO_SPARE = 20_000  # distinct samples of which a few can be left out
_SHARE = 0.25  # held out from a second network
_SPARED = 1_000  # samples held out from the network itself
_PROJECTION = 32  # dimensions that keep distances between images well enough
_MOST_PIXELS = 2**16  # of an image that are looked at
_BLOCK_VALUES = 2**22
_BLOCK = 1024  # points


class CalibrationSplit(NamedTuple):
    """What the network trains on, what a second one does, and what the scale is learned on."""

    kept: "Examples"
    second: "Examples | None" = None
    unseen: "Examples | None" = None


def calibration_split(examples: "Examples", seed: int) -> CalibrationSplit:
    """Split samples to learn the scale of the logits on some of them.

    Small sets are used whole, and a second network, trained on three quarters of them, is asked
    about the rest. A sample and the nearest of its class, such as the next frame of a film, stay
    on one side: a network is surer of what it has almost seen than of new images. Large sets
    do without a few, sets of fewer than 100 distinct samples without a scale of their own.
    """
    n_samples, numbers = len(examples.rows), examples.labels[examples.rows]
    is_small = n_samples < _FEWEST_TO_SPARE
    if n_samples < _FEWEST:
        return CalibrationSplit(examples)
    groups = _near_duplicates(examples, numbers) if is_small else np.arange(n_samples)
    share = _SHARE if is_small else _SPARED / n_samples
    is_out = _hold_groups_out(groups, numbers, share, np.random.default_rng(seed))
    if is_out.sum() < _FEWEST_HELD_OUT:
        return CalibrationSplit(examples)
    kept, unseen = (examples.take(np.flatnonzero(part)) for part in (~is_out, is_out))
    return CalibrationSplit(examples if is_small else kept, kept if is_small else None, unseen)


def best_scale(logits: np.ndarray, numbers: np.ndarray, weights: np.ndarray) -> float:
    """Return the factor of the logits with the lowest log loss: an inverse temperature.

    From Guo et al., "On Calibration of Modern Neural Networks", ICML 2017. Targets are those of
    Platt (1999) for n samples: 1 - 1 / (n + 2) for the true class, so that samples that are all
    classified well don't make it infinite.
    """
    n_samples, n_classes = logits.shape
    if n_classes < 2 or not np.isfinite(logits).all():
        return 1.0
    rest = 1 / (n_samples + 2)
    of_others = rest / (n_classes - 1)
    of_true = logits[np.arange(n_samples), numbers]
    weights = weights / weights.sum()
    linear = weights @ ((1 - rest - of_others) * of_true + of_others * logits.sum(axis=1))

    def log_loss(log_scale: float) -> float:
        scale = np.exp(log_scale)
        return weights @ logsumexp(scale * logits, axis=1) - scale * linear

    return float(np.exp(minimize_scalar(log_loss, bounds=(-5, 5), method="bounded").x))


def _near_duplicates(examples: "Examples", numbers: np.ndarray) -> np.ndarray:
    """Return the group of each sample: linked as the nearest of their class to each other."""
    images, n_samples = examples.images, len(numbers)
    step = -(-images[0].size // _MOST_PIXELS)
    pixels = images.reshape(len(images), -1)[:, ::step]
    n_pixels = pixels.shape[1]
    to_few = np.random.default_rng(0).standard_normal((n_pixels, _PROJECTION), np.float32)
    points = np.empty((n_samples, _PROJECTION), np.float32)
    origin = pixels[examples.rows[0]].astype(np.float32)  # pixels may lie far from zero
    block = max(1, _BLOCK_VALUES // n_pixels)
    for start in range(0, n_samples, block):
        rows = examples.rows[start : start + block]
        points[start : start + block] = (pixels[rows].astype(np.float32) - origin) @ to_few
    nearest = np.arange(n_samples)
    for number in np.unique(numbers):
        members = np.flatnonzero(numbers == number)
        if len(members) > 1:
            nearest[members] = members[_nearest_others(points[members])]
    links = csr_array(
        (np.ones(n_samples, bool), (np.arange(n_samples), nearest)), (n_samples, n_samples)
    )
    return connected_components(links, directed=False)[1]


def _nearest_others(points: np.ndarray) -> np.ndarray:
    """Return the number of the nearest other point of each.

    In NumPy, since scikit-learn's search starts threads with which no forked process can work.
    """
    squares = np.einsum("ij,ij->i", points, points)
    nearest = np.empty(len(points), np.intp)
    for start in range(0, len(points), _BLOCK):
        block = slice(start, start + _BLOCK)
        distances = squares - 2 * points[block] @ points.T  # less the square of the point itself
        rows = np.arange(len(distances))
        distances[rows, start + rows] = np.inf
        nearest[block] = distances.argmin(axis=1)
    return nearest


def _hold_groups_out(
    groups: np.ndarray, numbers: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """Choose about a `share` of each class, in whole groups; a class keeps half of its samples.

    What one class has too much or too little, the next one makes up for.
    """
    is_out = np.zeros(len(groups), bool)
    wanted, taken = 0.0, 0
    for number in np.unique(numbers):
        members = np.flatnonzero(numbers == number)
        _, group, sizes = np.unique(groups[members], return_inverse=True, return_counts=True)
        wanted += share * len(members)
        held, left = [], len(members)
        for i in rng.permutation(len(sizes)):
            if taken >= wanted:
                break
            if taken + sizes[i] / 2 <= wanted and left - sizes[i] >= len(members) / 2:
                held.append(i)
                taken, left = taken + sizes[i], left - sizes[i]
        is_out[members] = np.isin(group, held)
    return is_out

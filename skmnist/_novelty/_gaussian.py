"""Gaussian classes of one covariance, and the distance of features from the nearest class."""

from typing import NamedTuple, Self

import numpy as np
from scipy.linalg import solve_triangular

# Rows that are worked on at once in float64, which bounds the memory.
_BLOCK = 4096
# Share of the mean variance in the covariance, so that it has an inverse.
_SHRINKAGE = 0.01


class GaussianClasses(NamedTuple):
    """Mean of each class and their common covariance, of directions and lengths of features.

    With n_coordinates = n_features + 1, `means` are (n_classes, n_coordinates), `covariance`
    (n_coordinates, n_coordinates), both float32.
    """

    means: np.ndarray
    covariance: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray, y: np.ndarray) -> Self:
        """Estimate them from features (n, n_features) and the labels of their rows."""
        labels, numbers = np.unique(y, return_inverse=True)
        n, d = len(features), features.shape[1] + 1
        sums = np.zeros((len(labels), d))
        for block in _blocks(n):
            np.add.at(sums, numbers[block], _coordinates(features[block]))
        means = sums / np.bincount(numbers)[:, None]
        covariance = np.zeros((d, d))
        for block in _blocks(n):
            rest = _coordinates(features[block]) - means[numbers[block]]
            covariance += rest.T @ rest / n
        variance = np.trace(covariance) / d or 1.0  # equal rows have none
        covariance *= 1 - _SHRINKAGE
        covariance[np.diag_indices(d)] += _SHRINKAGE * variance
        return cls(means.astype(np.float32), covariance.astype(np.float32))

    def distances(self, features: np.ndarray) -> np.ndarray:
        """Return the squared Mahalanobis distance of each row from the nearest mean, float64."""
        factor = np.linalg.cholesky(self.covariance.astype(np.float64))
        means = solve_triangular(factor, self.means.T, lower=True).T
        nearest = np.empty(len(features))
        for block in _blocks(len(features)):
            rows = solve_triangular(factor, _coordinates(features[block]).T, lower=True).T
            nearest[block] = np.min(
                [np.einsum("ij,ij->i", rows - mean, rows - mean) for mean in means], axis=0
            )
        return nearest


def _coordinates(features: np.ndarray) -> np.ndarray:
    """Return rows of length 1 and, as one more column, the logarithms of their lengths plus 1."""
    rows = features.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.hstack([rows / np.where(lengths > 0, lengths, 1), np.log1p(lengths)])


def _blocks(n: int) -> list[slice]:
    return [slice(start, start + _BLOCK) for start in range(0, n, _BLOCK)]

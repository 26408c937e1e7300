"""Distance of features from the nearest ones of known samples."""

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min

# Rows that are worked on at once, which bounds the memory.
_BLOCK = 4096


def choose_references(
    features: np.ndarray, y: np.ndarray, n: int, rng: np.random.RandomState
) -> np.ndarray:
    """Return coordinates of about n rows, equally many of each class where there are enough."""
    labels, numbers = np.unique(y, return_inverse=True)
    n_each = -(-n // len(labels))
    order = rng.permutation(len(numbers))
    chosen = [order[numbers[order] == number][:n_each] for number in range(len(labels))]
    return _coordinates(features[np.sort(np.concatenate(chosen))])


def nearest_distances(features: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of each row from the nearest reference, float64."""
    distances = np.empty(len(features))
    for start in range(0, len(features), _BLOCK):
        rows = _coordinates(features[start : start + _BLOCK])
        nearest, _ = pairwise_distances_argmin_min(rows, references)
        # By differences: the distances that come with `nearest` are not exact near 0.
        difference = rows.astype(np.float64) - references[nearest]
        distances[start : start + _BLOCK] = np.linalg.norm(difference, axis=1)
    return distances


def _coordinates(features: np.ndarray) -> np.ndarray:
    """Return rows of length 1, float32, and as one more column the logarithms of 1 + length."""
    rows = features.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.hstack([rows / np.where(lengths > 0, lengths, 1), np.log1p(lengths)])
    return rows.astype(np.float32)

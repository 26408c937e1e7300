"""The weighted set of distinct samples, its pixel statistics, and held-out samples."""

import numpy as np
from sklearn.model_selection import train_test_split

_BLOCK = 1024


def distinct_samples(
    pixels: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Merge equal samples, drop those without weight, and put the rest in canonical order.

    So a sample of weight 2 equals two copies of it, and the order of rows has no effect. Returned
    are the number of one row of each distinct pair of (C-contiguous) pixels and label, ordered by
    bytes, then by label, and their summed float64 weights.
    """
    images = _number_equal_rows(pixels)
    used = np.flatnonzero(weights > 0)
    keys = images[used].astype(np.int64) * (labels.max(initial=0) + 1) + labels[used]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return used[first], np.bincount(group, weights[used])


def _number_equal_rows(pixels: np.ndarray) -> np.ndarray:
    """Give each row a number in the order of its bytes, and equal rows the same."""
    n_samples, n_features = pixels.shape
    whole_rows = pixels.view(np.dtype((np.void, pixels.itemsize * n_features))).ravel()
    order = np.argsort(whole_rows, kind="stable")
    sums = pixels.sum(axis=1, dtype=np.float64)[order]
    # Rows of equal sums may be equal; only those are compared, a block at a time.
    candidates = np.flatnonzero(sums[1:] == sums[:-1])
    is_new = np.ones(n_samples, bool)
    for i in range(0, len(candidates), _BLOCK):
        block = candidates[i : i + _BLOCK]
        is_new[block + 1] = whole_rows[order[block]] != whole_rows[order[block + 1]]
    numbers = np.empty(n_samples, np.intp)
    numbers[order] = np.cumsum(is_new) - 1
    return numbers


def pixel_statistics(
    pixels: np.ndarray, rows: np.ndarray, weights: np.ndarray
) -> tuple[float, float]:
    """Return the mean and the standard deviation over all pixels of some weighted rows.

    The deviation of constant pixels is 1.
    """
    total = square_total = 0.0
    for i in range(0, len(rows), _BLOCK):
        block = pixels[rows[i : i + _BLOCK]].astype(np.float32)
        share = weights[i : i + _BLOCK]
        total += share @ block.sum(axis=1, dtype=np.float64)
        square_total += share @ np.einsum("ij,ij->i", block, block, dtype=np.float64)
    count = weights.sum() * pixels.shape[1]
    mean = total / count
    variance = square_total / count - mean**2
    # Rounding leaves something of a constant's deviation.
    if variance <= 1e-12 * max(mean**2, np.finfo(np.float32).tiny):
        return float(mean), 1.0
    return float(mean), float(np.sqrt(variance))


def widest_column(pixels: np.ndarray, rows: np.ndarray) -> tuple[int, float] | None:
    """Find a column on such a scale that one deviation for all columns hides the others.

    Pixels share a scale, columns of a table may not. Of ten sets of images the widest pixel has
    at most 2.3 times the deviation of the median one; of the tables of wines and of tumours it
    has hundreds of times that, far from zero. Principal components lie around zero.

    Returned are its number, and its deviation as a multiple of the median one. Some thousand of
    `rows`, which are in arbitrary order, are looked at.
    """
    some = pixels[rows[:: max(1, len(rows) // _BLOCK)]].astype(np.float64)
    deviations = some.std(axis=0)
    widest = int(deviations.argmax())
    varying = np.sort(deviations[deviations > 0])
    if len(varying) < 3 or abs(some[:, widest].mean()) < deviations[widest] / 2:
        return None
    ratio = float(varying[-1] / np.median(varying))
    largest = varying[-max(1, len(varying) // 10) :]
    hides = (largest**2).sum() > 0.9 * (varying**2).sum()
    return (widest, ratio) if ratio > 20 and hides else None


def hold_out(numbers: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split positions into training and validation, stratified by class.

    Returned are sorted positions in `numbers`, the class numbers.
    """
    try:
        kept, out = train_test_split(
            np.arange(len(numbers)), test_size=fraction, stratify=numbers, random_state=seed
        )
    except ValueError as error:
        sizes = np.unique(numbers, return_counts=True)[1]
        least = len(sizes) / len(numbers)  # a sample of each class, on either side
        remedy = ""
        if sizes.min() > 1 and least <= 0.5:
            remedy = (
                f"a larger validation_fraction (at least {least:.2g}), "
                if fraction < 0.5
                else f"a smaller validation_fraction (at most {1 - least:.2g}), "
            )
        raise ValueError(
            f"validation_fraction={fraction} of {len(numbers)} distinct samples can't be held out "
            f"for early_stopping with every class on both sides: {str(error).rstrip('.')}. Give "
            f"{remedy}X_val and y_val, or early_stopping=False."
        ) from error
    return np.sort(kept), np.sort(out)

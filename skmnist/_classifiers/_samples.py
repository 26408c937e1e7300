"""The weighted set of distinct samples, its pixel statistics, and held-out samples."""

import math

import numpy as np
from sklearn.model_selection import train_test_split

# Rows whose float64 copy fits into a processor's cache.
_BLOCK = 256
# Pixels of a smaller deviation, 1e-37, are constant: float32 has no quotient of 1 and less.
_LEAST_VARIANCE = 1e-74


def row_sums(pixels: np.ndarray) -> np.ndarray:
    """Sum the pixels of each row, their squares, and their products with fixed random numbers.

    Of shape (n_samples, 3), float64. Equal rows have equal sums, to the last bit.
    """
    n_samples, n_features = pixels.shape
    factors = np.random.default_rng(0).random(n_features)
    sums = np.empty((n_samples, 3))
    buffer = np.empty((_BLOCK, n_features))
    for i in range(0, n_samples, _BLOCK):
        block = pixels[i : i + _BLOCK]
        rows = buffer[: len(block)]
        rows[:] = block
        rows.sum(axis=1, out=sums[i : i + _BLOCK, 0])
        # Not by matrix products, whose bits depend on the place of a row.
        sums[i : i + _BLOCK, 1] = np.einsum("ij,ij->i", rows, rows)
        sums[i : i + _BLOCK, 2] = np.einsum("ij,j->i", rows, factors)
    return sums


def distinct_samples(
    pixels: np.ndarray, labels: np.ndarray, weights: np.ndarray, sums: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Merge equal samples, drop those without weight, and put the rest in canonical order.

    So a sample of weight 2 equals two copies of it, and the order of rows has no effect. `sums`
    are the `row_sums` of the pixels, which are C-contiguous. Returned are the number of one row of
    each distinct pair of pixels and label, and their summed float64 weights.
    """
    images = _number_equal_rows(pixels, sums)
    used = np.flatnonzero(weights > 0)
    keys = images[used].astype(np.int64) * (labels.max(initial=0) + 1) + labels[used]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return used[first], np.bincount(group, weights[used])


def _number_equal_rows(pixels: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Give equal rows one number: in the order of their sums, then in that of their bytes."""
    n_samples, n_features = pixels.shape
    whole_rows = pixels.view(np.dtype((np.void, pixels.itemsize * n_features))).ravel()
    order = np.lexsort(sums.T)
    is_tied = (sums[order[1:]] == sums[order[:-1]]).all(axis=1)
    is_equal = _equal_neighbours(whole_rows, order, is_tied)
    if (is_tied & ~is_equal).any():  # hardly ever, but for zeros of either sign
        group = np.cumsum(np.r_[True, ~is_tied])
        places = np.flatnonzero(np.isin(group, group[1:][is_tied & ~is_equal]))
        by_bytes = np.argsort(whole_rows[order[places]], kind="stable")
        by_group = np.argsort(group[places][by_bytes], kind="stable")
        order[places] = order[places][by_bytes][by_group]
        is_equal = _equal_neighbours(whole_rows, order, is_tied)
    numbers = np.empty(n_samples, np.intp)
    numbers[order] = np.cumsum(np.r_[True, ~is_equal])
    return numbers


def _equal_neighbours(rows: np.ndarray, order: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Find rows that equal the one before them in an order, where they may."""
    is_equal = np.zeros(len(among), bool)
    candidates = np.flatnonzero(among)
    for i in range(0, len(candidates), _BLOCK):
        block = candidates[i : i + _BLOCK]
        is_equal[block] = rows[order[block]] == rows[order[block + 1]]
    return is_equal


def pixel_statistics(sums: np.ndarray, weights: np.ndarray, n_pixels: int) -> tuple[float, float]:
    """Return the mean and the standard deviation over all pixels of weighted rows.

    `sums` are the `row_sums` of the rows, which have `n_pixels` each. The deviation of constant
    pixels is 1.
    """
    # Each sum by itself, along one axis: in pairs, so that rounding hardly grows with the rows.
    total, square_total = ((weights * of_rows).sum() for of_rows in sums.T[:2])
    count = weights.sum() * n_pixels
    mean = total / count
    variance = square_total / count - mean**2
    # Rounding leaves something of a constant's deviation.
    if variance <= max(1e-12 * mean**2, _LEAST_VARIANCE):
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
    some = pixels[rows[:: max(1, len(rows) // 1000)]].astype(np.float64)
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
        n, sizes = len(numbers), np.unique(numbers, return_counts=True)[1]
        remedy = ""
        if sizes.min() > 1:
            # A sample of each class, on either side; the number held out is rounded up.
            shares = [i / 100 for i in range(1, 100)]
            fit = [s for s in shares if len(sizes) <= math.ceil(s * n) <= n - len(sizes)]
            remedy = (
                f"a larger validation_fraction (at least {fit[0]}), "
                if fraction < 0.5
                else f"a smaller validation_fraction (at most {fit[-1]}), "
            )
        raise ValueError(
            f"validation_fraction={fraction} of {len(numbers)} distinct samples can't be held out "
            f"for early_stopping with every class on both sides: {str(error).rstrip('.')}. Give "
            f"{remedy}X_val and y_val, or early_stopping=False."
        ) from error
    return np.sort(kept), np.sort(out)

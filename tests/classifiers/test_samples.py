import re

import numpy as np
import pytest

from skmnist._classifiers._samples import (
    distinct_samples,
    hold_out,
    pixel_statistics,
    row_sums,
    widest_column,
)


def naive_distinct(pixels, labels, weights):
    """Sum weights in a dictionary keyed by the row's bytes and the label."""
    totals = {}
    for row, label, weight in zip(pixels, labels, weights, strict=True):
        if weight > 0:
            key = (row.tobytes(), label)
            totals[key] = totals.get(key, 0) + weight
    return [(key, totals[key]) for key in sorted(totals)]


def found(pixels, labels, weights):
    rows, summed = distinct_samples(pixels, labels, weights, row_sums(pixels))
    return [((pixels[r].tobytes(), labels[r]), w) for r, w in zip(rows, summed, strict=True)]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("seed", range(5))
def test_equals_a_dictionary(dtype, seed):
    rng = np.random.default_rng(seed)
    # Few values, so that many rows are equal, and equal with another label.
    pixels = rng.integers(3, size=(200, 3)).astype(dtype)
    labels = rng.integers(3, size=200)
    weights = rng.integers(3, size=200).astype(float)
    assert sorted(found(pixels, labels, weights)) == naive_distinct(pixels, labels, weights)


def test_order_of_the_rows_says_nothing():
    rng = np.random.default_rng(0)
    pixels, labels = rng.integers(3, size=(50, 2)).astype(np.uint8), rng.integers(2, size=50)
    shuffled = rng.permutation(50)
    ones = np.ones(50)
    assert found(pixels, labels, ones) == found(pixels[shuffled], labels[shuffled], ones)


def test_rows_of_equal_sums_are_told_apart_in_any_order():
    # Zeros of either sign: all sums are equal, and the bytes are not.
    zeros = np.array([[0.0, -0.0], [-0.0, 0.0], [0.0, 0.0], [-0.0, -0.0]], np.float32)
    pixels = np.concatenate([zeros, zeros[:2], np.ones((1, 2), np.float32), zeros[:1]])
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(pixels)
        labels, weights = np.zeros(8, int), np.ones(8)
        rows, summed = distinct_samples(shuffled, labels, weights, row_sums(shuffled))
        names = [shuffled[row].tobytes() for row in rows]
        if seed == 0:
            expected = names, summed.tolist()
            assert dict(zip(*expected, strict=True)) == {
                zeros[0].tobytes(): 3,
                zeros[1].tobytes(): 2,
                zeros[2].tobytes(): 1,
                zeros[3].tobytes(): 1,
                pixels[6].tobytes(): 1,
            }
        assert (names, summed.tolist()) == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_row_has_the_same_sums_in_any_place(dtype):
    row = np.random.default_rng(0).integers(256, size=(1, 785)).astype(dtype)
    others = np.random.default_rng(1).integers(256, size=(1000, 785)).astype(dtype)
    alone = row_sums(row)[0]
    for place in (0, 1, 255, 256, 257, 999):
        some = others.copy()
        some[place] = row
        assert row_sums(some)[place].tolist() == alone.tolist()


def test_statistics_are_those_of_the_weighted_pixels():
    rng = np.random.default_rng(0)
    pixels = rng.integers(256, size=(3000, 5)).astype(np.uint8)
    rows = rng.permutation(3000)[:2500]
    weights = rng.integers(1, 4, size=2500)
    repeated = np.repeat(pixels[rows], weights, axis=0).astype(float)
    mean, deviation = pixel_statistics(row_sums(pixels)[rows], weights.astype(float), 5)
    assert mean == pytest.approx(repeated.mean(), rel=1e-9)
    assert deviation == pytest.approx(repeated.std(), rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e-20, 1e-30, 1e-40, 1e20])
@pytest.mark.parametrize("shape", [(10, 3), (10, 7), (1, 3072), (200_000, 1)])
def test_constant_pixels_have_deviation_one(shape, value):
    pixels = np.full(shape, value, np.float32)
    for weight in (1.0, 0.1):
        found = pixel_statistics(row_sums(pixels), np.full(len(pixels), weight), shape[1])
        assert found == (pytest.approx(float(pixels[0, 0]), rel=1e-9), 1.0)


def test_small_deviations_are_no_rounding():
    def deviation(*pixels):
        return pixel_statistics(row_sums(np.float32([pixels])), np.ones(1), len(pixels))[1]

    assert deviation(1, 1.00001) == pytest.approx(5e-6, rel=0.01)
    assert deviation(1000, 1000.02) == pytest.approx(0.01, rel=0.01)
    assert deviation(-2e-25, 2e-25) == pytest.approx(2e-25)
    assert deviation(-1e-30, 1e-30) == pytest.approx(1e-30)
    assert deviation(-2e-37, 2e-37) == pytest.approx(2e-37)
    assert deviation(1e-40, 3e-40) == 1.0  # float32 has no quotient of 1 and this


def test_hold_out_keeps_the_shares_of_the_classes():
    numbers = np.repeat([0, 1, 2], [100, 50, 10])
    kept, out = hold_out(numbers, 0.2, seed=0)
    assert np.bincount(numbers[out]).tolist() == [20, 10, 2]
    assert sorted([*kept, *out]) == list(range(160))


def test_hold_out_says_what_it_lacks():
    refusal = r"validation_fraction=0\.1 of 3 distinct samples.*early_stopping .*Give X_val"
    with pytest.raises(ValueError, match=refusal):
        hold_out(np.array([0, 0, 1]), 0.1, seed=0)


@pytest.mark.parametrize("size", [2, 3, 150])
@pytest.mark.parametrize("n_classes", [2, 10, 45, 50, 100])
@pytest.mark.parametrize(("fraction", "word"), [(0.001, "least"), (0.999, "most")])
def test_the_fraction_that_hold_out_asks_for_is_the_nearest_that_works(
    fraction, word, n_classes, size
):
    numbers = np.arange(size * n_classes) % n_classes
    with pytest.raises(ValueError, match=rf"Give a (larger|smaller) .*\(at {word} ") as refusal:
        hold_out(numbers, fraction, seed=0)
    nearest = float(re.search(rf"at {word} ([\d.]+)\)", str(refusal.value))[1])
    assert nearest == round(nearest, 2)
    hold_out(numbers, nearest, seed=0)
    with pytest.raises(ValueError, match=f"at {word} {nearest}"):
        hold_out(numbers, nearest + (0.01 if word == "most" else -0.01), seed=0)


def table(*deviations, mean=100.0, n=6):
    """Columns of these deviations, and their row numbers."""
    signs = np.where(np.arange(n) % 2, 1, -1)
    return mean + signs[:, None] * np.float32(deviations), np.arange(n)


@pytest.mark.parametrize(
    ("deviations", "found"),
    [
        ([1, 30, 1], (1, 30)),
        ([1, 20.5, 1], (1, 20.5)),
        ([1, 20, 1], None),  # as far as pixels may differ
        ([0, 0, 0, 0, 0, 1, 1, 30], (7, 30)),  # constant columns don't count
        ([0, 30], None),
        ([0, 0, 0, 0], None),
        ([1] * 8 + [30], (8, 30)),
        ([1] * 7 + [30, 30], None),  # not the tenth of the columns alone
        ([1] * 17 + [30, 30], None),
        ([1] * 18 + [30, 30], (18, 30)),
        ([1] * 14 + [8, 3, 3, 2, 30], None),  # just nine tenths of the variance
        ([0.5] * 14 + [8, 3, 3, 2, 30], (18, 60)),
    ],
)
def test_a_column_is_wide_that_hides_the_others(deviations, found):
    assert widest_column(*table(*deviations)) == found


@pytest.mark.parametrize(("mean", "found"), [(15, (0, 30)), (-15, (0, 30)), (14, None), (0, None)])
def test_a_wide_column_lies_far_from_zero(mean, found):
    assert widest_column(*table(30, 1, 1, mean=mean)) == found


def test_a_wide_column_is_one_of_the_rows_in_use():
    pixels, _ = table(30, 1, 1)
    assert widest_column(pixels, np.array([0, 2, 4])) is None
    many, rows = table(30, 1, 1, n=5001)
    assert widest_column(many, rows) == (0, pytest.approx(30, rel=1e-6))

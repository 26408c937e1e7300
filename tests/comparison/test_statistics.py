"""Published worked examples, and independent computations."""

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from sklearn.base import clone
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skmnist.comparison import Comparison, ComparisonRow, compare_classifiers
from skmnist.comparison._statistics import (
    corrected_resampled_interval,
    corrected_resampled_t_test,
    expected_calibration_error,
    holm_correction,
    mcnemar_test,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("n_right", "n_samples", "low", "high"),
    # Newcombe 1998, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(n_right, n_samples, low, high):
    assert wilson_interval(n_right, n_samples) == pytest.approx((low, high), abs=5e-5)


def test_wilson_intervals_keep_their_level():
    rng = np.random.default_rng(0)
    n_right = rng.binomial(500, 0.98, size=2000)
    covered = [low <= 0.98 <= high for low, high in (wilson_interval(k, 500) for k in n_right)]
    assert 0.93 < np.mean(covered) < 0.98


def test_mcnemar_as_published():
    # Fagerland et al. 2013: airway hyper-responsiveness before and after transplantation.
    assert mcnemar_test(1, 7) == pytest.approx(0.070, abs=5e-4)


@pytest.mark.parametrize(("b", "c"), list(product([0, 1, 3, 8], repeat=2)))
def test_mcnemar_is_a_count_of_coin_flips(b, c):
    # Of all ways that b + c fair coins can fall, those at least as uneven as this one.
    ways = [math.comb(b + c, k) for k in range(b + c + 1)]
    uneven = sum(w for k, w in enumerate(ways) if abs(2 * k - b - c) >= abs(b - c))
    assert mcnemar_test(b, c) == pytest.approx(uneven / sum(ways))
    assert mcnemar_test(b, c) == pytest.approx(mcnemar_test(c, b))


def test_holm_by_its_definition():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p_values = rng.random(6) ** 3
        corrected = holm_correction(p_values)
        for level in (0.01, 0.05, 0.2):
            # Step down: reject the smallest while it is below level / number left.
            rejected = set()
            for left, i in zip(range(6, 0, -1), np.argsort(p_values), strict=True):
                if p_values[i] > level / left:
                    break
                rejected.add(int(i))
            assert set(np.flatnonzero(corrected <= level).tolist()) == rejected
    assert holm_correction([]).shape == (0,)
    assert holm_correction([0.9, 0.8]).max() == 1


def test_without_overlap_the_corrected_test_is_students():
    differences = np.random.default_rng(0).normal(0.3, 1, size=12)
    expected = ttest_1samp(differences, 0)
    found = corrected_resampled_t_test(differences, test_fraction=1e-12)
    assert found == pytest.approx((expected.statistic, expected.pvalue), rel=1e-6)
    # Ten-fold: the variance is 1/12 + 1/9 instead of 1/12.
    statistic, p_value = corrected_resampled_t_test(differences, test_fraction=0.1)
    assert statistic == pytest.approx(expected.statistic / math.sqrt(1 + 12 / 9))
    assert p_value > expected.pvalue


def test_the_corrected_test_is_not_bold_where_students_is():
    """Two equally good constant guesses, on overlapping splits of one sample."""
    rng = np.random.default_rng(0)
    found = {"corrected": 0, "student": 0}
    for _ in range(300):
        y = rng.normal(size=50)
        differences = []
        for _ in range(15):
            rows = rng.permutation(50)
            train, test = y[rows[:45]], y[rows[45:]]
            # The mean and the median of the training part, by their squared errors.
            errors = [(test - guess) ** 2 for guess in (train.mean(), np.median(train))]
            differences.append(np.mean(errors[0] - errors[1]))
        found["student"] += ttest_1samp(differences, 0).pvalue < 0.05
        found["corrected"] += corrected_resampled_t_test(differences, test_fraction=0.1)[1] < 0.05
    assert found["corrected"] < found["student"]


def test_the_interval_and_the_test_agree():
    # At the level of its p-value, the interval of the differences ends at 0.
    differences = [0.01, 0.02, 0.0, 0.03, -0.01]
    _, p_value = corrected_resampled_t_test(differences, test_fraction=0.2)
    low, high = corrected_resampled_interval(
        differences, test_fraction=0.2, confidence=1 - p_value
    )
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(2 * np.mean(differences))


def test_a_cross_validation_tests_its_pairs(digits):
    X, y = digits
    splits = RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=0)
    classifiers = {
        "bayes": GaussianNB(),
        "broken": SVC(C=-1),
        "neighbours": KNeighborsClassifier(),
    }
    comparison = compare_classifiers(X, y, classifiers=classifiers, cv=splits)
    scores = {
        name: cross_val_score(classifiers[name], X, y, cv=splits)
        for name in ("bayes", "neighbours")
    }
    for row in (comparison.rows[0], comparison.rows[2]):
        assert row.split_accuracies == pytest.approx(scores[row.name])
        assert row.accuracy == pytest.approx(scores[row.name].mean())
        assert (row.n_train, row.n_test) == (1198, 599)
        assert row.accuracy_interval == pytest.approx(
            corrected_resampled_interval(scores[row.name], test_fraction=599 / 1797)
        )
    assert comparison.rows[1].error.startswith("split 1 of 6: InvalidParameterError")
    (test,) = comparison.pairwise_tests()
    differences = scores["bayes"] - scores["neighbours"]
    _, p_value = corrected_resampled_t_test(differences, test_fraction=599 / 1797)
    assert (test.first, test.second, test.only_first) == ("bayes", "neighbours", None)
    assert test.p_value == test.corrected_p_value == pytest.approx(p_value)
    assert test.difference == pytest.approx(differences.mean())


@pytest.mark.parametrize("n_bins", [1, 4, 15])
def test_calibration_error_is_the_mean_gap_of_its_bins(n_bins):
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), 200)
    proba[:20] = np.eye(3)[rng.integers(3, size=20)]  # as sure as can be: in the last bin
    best = proba.argmax(axis=1)
    # Too unsure below 0.6, and too sure above: the signs of the gaps differ.
    numbers = np.where(proba.max(axis=1) < 0.6, best, (best + rng.integers(2, size=200)) % 3)
    gaps = 0.0
    for i in range(n_bins):
        low, high = i / n_bins, (i + 1) / n_bins
        inside = [
            (max(row), np.argmax(row) == number)
            for row, number in zip(proba, numbers, strict=True)
            if low <= max(row) < high or (i == n_bins - 1 and max(row) == 1)
        ]
        if inside:
            sure, hits = np.mean(inside, axis=0)
            gaps += len(inside) / 200 * abs(sure - hits)
    assert expected_calibration_error(numbers, proba, n_bins) == pytest.approx(gaps)
    if n_bins == 15:  # the default, that of Guo et al.
        assert expected_calibration_error(numbers, proba) == pytest.approx(gaps)


def test_bad_input():
    for no_share in (0, 1):
        with pytest.raises(ValueError, match=f"test_fraction={no_share} was given"):
            corrected_resampled_t_test([0.1, 0.2], test_fraction=no_share)
    with pytest.raises(ValueError, match="test_fraction=10"):
        corrected_resampled_t_test([0.1, 0.2], test_fraction=10)
    statistic, p_value = corrected_resampled_t_test([0.0, 0.0], test_fraction=0.5)
    assert math.isnan(statistic)
    assert p_value == 1


def test_a_comparison_tests_its_pairs(digits):
    X, y = digits
    classifiers = {
        "bayes": GaussianNB(),
        "neighbours": KNeighborsClassifier(),
        "broken": SVC(C=-1),
        "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    }
    comparison = compare_classifiers(
        X[:1200], y[:1200], X_test=X[1200:], y_test=y[1200:], classifiers=classifiers
    )
    predicted = {
        name: clone(classifiers[name]).fit(X[:1200], y[:1200]).predict(X[1200:])
        for name in ("bayes", "neighbours", "tree")
    }
    tests = comparison.pairwise_tests()
    pairs = [("bayes", "neighbours"), ("bayes", "tree"), ("neighbours", "tree")]
    assert [(test.first, test.second) for test in tests] == pairs
    right = {name: y_pred == y[1200:] for name, y_pred in predicted.items()}
    only = {(a, b): (right[a] & ~right[b]).sum() for a in right for b in right}
    expected = [mcnemar_test(only[a, b], only[b, a]) for a, b in pairs]
    assert [test.p_value for test in tests] == expected
    assert [test.corrected_p_value for test in tests] == holm_correction(expected).tolist()
    assert tests[0].only_first == only["bayes", "neighbours"]
    assert tests[0].only_second == only["neighbours", "bayes"]
    difference = right["bayes"].mean() - right["neighbours"].mean()
    assert tests[0].difference == pytest.approx(difference)

    by_name = {row.name: row for row in comparison.rows}
    low, high = by_name["tree"].accuracy_interval
    assert (low, high) == wilson_interval((predicted["tree"] == y[1200:]).sum(), 597)
    assert np.isnan(by_name["broken"].accuracy_interval).all()
    with pytest.raises(ValueError, match="y_test=None"):
        Comparison(comparison.rows).pairwise_tests()


EQUAL = [0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 0.3]  # but for the last bit


@pytest.mark.parametrize(
    "differences",
    [[0.1, 0.1], [-0.02] * 10, EQUAL, [1e6 + 1e-7, 1e6, 1e6], [0.3 - 0.2, 0.2 - 0.1, 0.1]],
)
def test_equal_differences_have_no_p_value(differences):
    assert len(set(differences)) <= 3
    found = corrected_resampled_t_test(differences, test_fraction=0.2)
    assert np.isnan(found).all()
    assert np.isnan(corrected_resampled_interval(differences, test_fraction=0.2)).all()


@pytest.mark.parametrize("zeros", [[0.0, 0.0], [0.1 + 0.2 - 0.3, 0.0, -1e-17]])
def test_no_difference_at_all(zeros):
    statistic, p_value = corrected_resampled_t_test(zeros, test_fraction=0.5)
    assert math.isnan(statistic)
    assert p_value == 1


def test_small_variances_are_not_taken_for_rounding():
    statistic, p_value = corrected_resampled_t_test([1e-6, 2e-6, 3e-6], test_fraction=0.2)
    expected = corrected_resampled_t_test([0.1, 0.2, 0.3], test_fraction=0.2)
    assert (statistic, p_value) == pytest.approx(expected)


def test_holm_leaves_out_what_was_not_tested():
    nan = math.nan
    # p.adjust(c(NA, 0.01, 0.04, NA, 0.03, 0.005), "holm") in R
    expected = [nan, 0.03, 0.06, nan, 0.06, 0.02]
    np.testing.assert_allclose(holm_correction([nan, 0.01, 0.04, nan, 0.03, 0.005]), expected)
    assert np.isnan(holm_correction([nan, nan])).all()
    assert holm_correction([nan, 0.7])[1] == 0.7


def row_of(*accuracies, n_train=80, n_test=20):
    mean = float(np.mean(accuracies))
    return ComparisonRow("a", mean, 1, 1, n_train, n_test, split_accuracies=accuracies)


@pytest.mark.parametrize(
    ("accuracies", "n_images"),
    [((0.9, 0.9), 40), ((1.0,) * 5, 100), ((1.0,) * 10, 100), ((0.95,), 20), ((0.0,) * 3, 60)],
)
def test_equal_splits_have_the_interval_of_their_images(accuracies, n_images):
    n_right = round(accuracies[0] * n_images)
    assert row_of(*accuracies).accuracy_interval == wilson_interval(n_right, n_images)


def test_few_splits_reach_as_far_as_their_images():
    low, high = row_of(0.9, 0.9001, 0.9).accuracy_interval
    assert (low, high) == wilson_interval(54, 60)
    # Where the variance between them reaches farther, that counts.
    wide = corrected_resampled_interval([0.5, 0.7, 0.9], test_fraction=0.2)
    assert row_of(0.5, 0.7, 0.9).accuracy_interval == (max(0, wide[0]), min(1, wide[1]))


def test_a_pair_that_can_not_be_tested_leaves_the_others_as_they_are():
    splits = {
        "a": (0.9, 0.91, 0.89, 0.9, 0.92),
        "b": (0.8, 0.81, 0.79, 0.8, 0.82),
        "c": (0.7, 0.8, 0.6, 0.7, 0.65),
    }
    rows = [
        ComparisonRow(name, float(np.mean(a)), 1, 1, 80, 20, split_accuracies=a)
        for name, a in splits.items()
    ]
    a_b, a_c, b_c = Comparison(rows).pairwise_tests()
    assert math.isnan(a_b.p_value)
    assert math.isnan(a_b.corrected_p_value)
    assert a_b.difference == pytest.approx(0.1)
    expected = holm_correction([a_c.p_value, b_c.p_value])
    assert [a_c.corrected_p_value, b_c.corrected_p_value] == expected.tolist()
    assert (expected < 1).all()

"""Ink told from paper: thresholds, light, colours and pressure, each by itself."""

import numpy as np
import pytest

from skmnist.datasets._ink import (
    _skew,
    darker_than,
    even_ink,
    find_contrast,
    odd,
    otsu,
    paper_and_threshold,
)


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, 3), (2.9, 3), (3, 3), (3.9, 3), (4, 5), (5.9, 5), (6, 7), (7.5, 7), (100, 101)],
)
def test_windows_are_odd_and_at_least_3(length, expected):
    assert odd(length) == expected


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_otsus_threshold_leaves_least_variance_within(share, rng):
    values = np.where(rng.random(5000) < share, rng.normal(60, 12, 5000), rng.normal(0, 10, 5000))
    values = np.r_[0, 256, values.clip(0, 256).round()]

    def within(threshold):
        parts = values[values < threshold], values[values >= threshold]
        return sum(len(part) * part.var() for part in parts)

    best = min(map(within, range(1, 256)))
    assert within(otsu(values)) == pytest.approx(best)


def test_otsus_threshold_lies_in_the_middle_of_a_gap():
    for n in (1, 50, 99):
        values = np.r_[np.full(n, 2.0), np.full(100 - n, 10.0)]
        assert otsu(values) == pytest.approx(6, abs=0.02)
    # Bins from 0 to 1, ..., 9 to 10: all edges from 2 to 9 part the classes alike.
    assert otsu(np.array([0.0, 1, 9, 10]), n_bins=10) == pytest.approx(5.5)


@pytest.mark.parametrize(("level", "deviation"), [(10, 2), (-3, 0.5)])
def test_the_grain_of_paper_is_no_ink(level, deviation, rng):
    grain = rng.normal(level, deviation, 100_000)
    paper, threshold = paper_and_threshold(grain)
    assert (paper - level) / deviation == pytest.approx(2, abs=0.05)
    assert (threshold - level) / deviation == pytest.approx(6, abs=0.1)
    # Nor does ink change that, be it little or much of it.
    for n_ink in (50, 10_000):
        with_ink = np.r_[grain, rng.normal(level + 40 * deviation, 3 * deviation, n_ink)]
        paper, threshold = paper_and_threshold(with_ink)
        assert (paper - level) / deviation == pytest.approx(2, abs=0.05)
        assert 5.9 < (threshold - level) / deviation < 30


def test_fainter_ink_belongs_to_the_darker_that_it_touches():
    contrast = np.array(
        [
            [0.0, 0.0, 0.0, 0.0, 0.0, 6.0],
            [9.0, 5.1, 0.0, 5.1, 0.0, 0.0],
            [0.0, 0.0, 5.1, 0.0, 0.0, 10.0],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [5.0, 12.0, 5.0, 0.0, 6.0, 11.0],
        ]
    )
    expected = [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 1, 1],
    ]
    np.testing.assert_array_equal(darker_than(contrast, 10), expected)
    contrast[1, 0] = 10.1
    diagonal = darker_than(contrast, 10)
    assert diagonal[1, :2].all()
    assert diagonal[2, 2]
    assert diagonal[1, 3]
    assert diagonal.sum() == 7
    assert not darker_than(np.ones((2, 2)), 1).any()


def test_ink_of_all_pressures_becomes_as_dark():
    contrast, mask, near = np.full((60, 100), 10.0), *np.zeros((2, 60, 100), bool)
    for left, level in ((10, 40.0), (45, 20.0), (80, 4.0)):
        contrast[10:50, left : left + 4] = level
        mask[10:50, left : left + 4] = True
        near[9:51, left - 1 : left + 5] = True
    ink = even_ink(contrast, mask)
    assert (ink[10:50, 10:14] == 1).all()
    assert (ink[10:50, 45:49] == 1).all()
    # Ink fainter than 0.3 of the darkest is not made darker than that.
    np.testing.assert_allclose(ink[10:50, 80:84], 4 / 12)
    # The edge of a stroke keeps its level; what is no ink is none.
    np.testing.assert_allclose(ink[9:51, 14], 10 / 40)
    np.testing.assert_array_equal(ink > 0, near)


def test_a_spot_of_less_pressure_is_left_as_it_is():
    contrast, mask = np.zeros((60, 20)), np.zeros((60, 20), bool)
    contrast[10:50, 8:12] = 40
    mask[10:50, 8:12] = True
    contrast[28:33, 8:12] = 20  # within a fifth of the character's side all is one pressure
    contrast[28:33, 12] = 80  # part of a frame, which the mask leaves out
    ink = even_ink(contrast, mask)
    np.testing.assert_allclose(ink[28:33, 8:12], 0.5)
    assert ink.max() == 1


def test_the_skewness_of_strokes_has_a_sign_and_no_scale():
    grey = picture([20], [220], noise=2)[..., 0]
    assert _skew(grey, 61) < -1
    assert _skew(-grey, 61) == pytest.approx(-_skew(grey, 61))
    assert _skew(grey / 50, 61) == pytest.approx(_skew(grey, 61), rel=1e-3)
    assert _skew(np.ones(SIZE), 61) == 0


SIZE = 120, 160
STROKE = np.zeros(SIZE)
STROKE[30:90, 70:78] = 1


def picture(ink, paper, *, light=1.0, stroke=STROKE, noise=0.0):
    """A stroke of one colour on paper of another."""
    colours = np.array(paper, float) + stroke[..., None] * np.subtract(ink, paper)
    grain = np.random.default_rng(0).normal(0, noise, colours.shape) if noise else 0
    return (colours * np.reshape(light, (*np.shape(light), 1)) + grain).astype(np.float32)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ([20], [220]),
        ([220], [20]),
        ([255], [0]),
        ([20, 20, 20], [220, 220, 220]),
        ([230, 230, 230], [10, 10, 10]),
        ([255, 0, 0], [0, 130, 0]),
        ([240, 220, 60], [245, 245, 240]),
        ([200, 100, 150], [150, 150, 150]),  # as bright, of another hue
    ],
    ids=str,
)
@pytest.mark.parametrize("noise", [0, 3])
def test_ink_of_any_colour_on_paper_of_any(ink, paper, noise):
    for stroke in (STROKE, STROKE.T[:, ::-1]):
        contrast, threshold = find_contrast(picture(ink, paper, stroke=stroke, noise=noise))
        assert threshold > 0
        assert contrast.min() == 0
        np.testing.assert_array_equal(contrast > threshold, stroke > 0)


def test_faint_ink_stands_out_of_the_grain():
    contrast, threshold = find_contrast(picture([176], [200], noise=3))
    assert (contrast > threshold)[STROKE > 0].mean() > 0.9
    assert (contrast > threshold)[STROKE == 0].mean() < 0.01


def test_ink_in_shadow_is_as_dark_as_in_light():
    strokes = STROKE + np.roll(STROKE, -60, axis=1) + np.roll(STROKE, 60, axis=1)
    light = np.tile(np.linspace(1, 0.4, SIZE[1]), (SIZE[0], 1))
    contrast, threshold = find_contrast(picture([20], [200], light=light, stroke=strokes))
    levels = [np.median(contrast[30:90, left : left + 8]) for left in (10, 70, 130)]
    assert min(levels) > 0.9 * max(levels)
    np.testing.assert_array_equal(contrast > threshold, strokes > 0)
    # In the deepest shadow not as much is made of what may be noise.
    light = np.where(np.arange(SIZE[1]) < 40, 0.1, np.ones(SIZE))
    contrast, _ = find_contrast(picture([0], [200], light=light, stroke=strokes))
    dark, bright = (np.median(contrast[30:90, left : left + 8]) for left in (10, 130))
    assert dark / bright == pytest.approx(0.1 / 0.25, rel=0.1)


def test_light_strokes_as_thick_as_can_be():
    stroke = np.zeros(SIZE)
    stroke[5:115, 58:104] = 1
    assert 0 < _skew(picture([220], [20], stroke=stroke)[..., 0], 61) < 1
    contrast, threshold = find_contrast(picture([220], [20], stroke=stroke))
    np.testing.assert_array_equal(contrast > threshold, stroke > 0)


def test_channels_are_not_mixed():
    contrast, _ = find_contrast(picture([100, 0, 0], [200, 0, 0]))
    np.testing.assert_allclose(contrast[STROKE > 0], 100, rtol=1e-4)


@pytest.mark.parametrize("pen", [2, 3, 6])
@pytest.mark.parametrize("sunny", [16, 25])
def test_a_ray_of_light_is_no_ink(pen, sunny):
    # A narrow strip of full light stands out, too: of all the picture more than the stroke does.
    stroke = np.zeros(SIZE)
    stroke[30:90, 70 : 70 + pen] = 1
    light = np.where(np.arange(SIZE[1]) < sunny, 1, np.full(SIZE, 0.4))
    contrast, threshold = find_contrast(picture([20], [220], light=light, stroke=stroke))
    np.testing.assert_array_equal(contrast > threshold, stroke > 0)


def test_what_is_wider_than_strokes_is_paper():
    block = np.zeros(SIZE)
    block[:, 30:90] = 1  # 0.375 of the longer side
    contrast, _ = find_contrast(picture([90], [200], stroke=block))
    assert contrast[:, 45:75].max() == 0
    contrast, threshold = find_contrast(picture([90], [200], stroke=block), widest=0.5)
    assert (contrast[:, 45:75] > threshold).all()

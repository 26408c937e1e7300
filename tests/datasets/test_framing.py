"""Ink framed as MNIST's: its size, its place and the width of its strokes."""

import numpy as np
import pytest
from scipy.ndimage import center_of_mass

from skmnist.datasets._framing import framed


def at(image, top, left, shape):
    """An image of a shape, empty but for a smaller one."""
    whole = np.zeros(shape, image.dtype)
    whole[top : top + image.shape[0], left : left + image.shape[1]] = image
    return whole


@pytest.mark.parametrize(
    ("shape", "filled"),
    [((28, 28), 20), ((28, 40), 20), ((17, 30), 12), ((16, 16), 16), ((8, 8), 8), ((9, 8), 8)],
)
@pytest.mark.parametrize("is_upright", [True, False])
@pytest.mark.parametrize("narrower", [3, 4, 5])
def test_ink_of_the_right_size_is_only_moved(shape, filled, narrower, is_upright, rng):
    # The centre of mass in the middle: of images with a margin half a pixel further.
    ink = rng.uniform(0.1, 0.8, (filled, filled - narrower)).astype(np.float32)
    ink = ink if is_upright else ink.T
    middle = np.array(shape) / 2 if min(shape) > 16 else (np.array(shape) - 1) / 2
    top, left = (middle - center_of_mass(ink)).round().clip(0, np.subtract(shape, ink.shape))
    expected = at(np.round(255 * ink / ink.max()).astype(np.uint8), int(top), int(left), shape)
    image = framed(at(ink, 7, 4, (60, 50)), (*shape, 3))
    np.testing.assert_array_equal(image, expected)
    assert image.dtype == np.uint8


def test_ink_as_large_as_its_image_is_not_moved():
    ink = np.full((8, 8), 0.2, np.float32)
    ink[:, 7] = 1  # in the middle, the rest would lie outside
    for turned in (ink, ink[:, ::-1], ink.T, ink.T[::-1]):
        np.testing.assert_array_equal(framed(turned, (8, 8)), np.round(255 * turned))


def angle(pen, side=800):
    """The letter L with arms of a width that is a share of its side."""
    ink = np.zeros((side, side), np.float32)
    width = round(pen * side)
    ink[:, :width] = ink[-width:] = 1
    return ink


def width_of_arm(image):
    """The width of the upright arm of an L, as a share of the letter's side."""
    rows = np.flatnonzero(image.max(axis=1) > 127)
    side = rows[-1] - rows[0] + 1
    arm = image[rows[0] + side // 4 : rows[0] + side // 2] / 255
    return arm.sum(axis=1).mean() / side, side


@pytest.mark.parametrize(
    ("pen", "expected"),
    [
        *((0.08, 0.11), (0.1, 0.11), (0.115, 0.115), (0.13, 0.13), (0.15, 0.15)),
        *((0.175, 0.175), (0.19, 0.185), (0.2, 0.186)),  # 0.18, and thicker near the corner
    ],
)
def test_strokes_become_as_wide_as_is_usual(pen, expected):
    width, side = width_of_arm(framed(angle(pen), (140, 140)))
    assert side == 100
    assert width == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize(
    ("pen", "expected"),
    [(0.1, 0.165), (0.19, 0.19), (0.22, 0.21), (0.25, 0.25), (0.29, 0.27), (0.36, 0.3)],
)
def test_strokes_of_small_images_are_wider(pen, expected):
    width, side = width_of_arm(framed(angle(pen), (16, 16)))
    assert side == 16
    assert width == pytest.approx(expected, abs=0.013)


@pytest.mark.parametrize("level", [0.3, 0.8])
def test_faint_ink_becomes_as_dark_as_any(level):
    image, dark = (framed(light * angle(0.15), (28, 28)) for light in (level, 1))
    assert image.max() == 255
    assert np.mean((image > 127) == (dark > 127)) > 0.95


@pytest.mark.parametrize(("level", "width"), [(1, 3), (0.3, 1)])
def test_a_hairline_is_a_stroke_if_it_is_not_faint(level, width):
    for line in (np.ones((400, 1), np.float32), np.ones((1, 400), np.float32)):
        image = framed(level * np.pad(line, 3), (28, 28))
        assert image.max() > 240
        rows, columns = (np.count_nonzero(image.max(axis=axis) > 127) for axis in (1, 0))
        assert {rows, columns} == {20, width}

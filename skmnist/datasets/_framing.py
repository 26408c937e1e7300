"""A character framed as the images of MNIST are: size, place and width of strokes."""

import numpy as np
from PIL import Image
from scipy.ndimage import center_of_mass, distance_transform_edt, find_objects

# MNIST's digits fill 20 of 28 pixels; images as small as 8 x 8 have no margin to spare.
_FILLED, _LARGEST_WITHOUT_MARGIN = 20 / 28, 16
# Widths of strokes as shares of the filled side: where most images of MNIST, or of the bundled
# digits, lie.
_STROKES, _STROKES_WITHOUT_MARGIN = (2.2 / 20, 3.6 / 20), (1.4 / 8, 2.2 / 8)
_FINENESS = 8  # pixels for each of the image, in which strokes are drawn
_FILTER = Image.Resampling.LANCZOS


def framed(ink: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Scale ink of levels from 0 to 1, and move its centre of mass to the middle.

    Returns an image of shape (height, width), uint8.
    """
    ink = _cut_out(ink)
    room = shape[:2]
    if min(room) <= _LARGEST_WITHOUT_MARGIN:
        filled, usual, centre = min(room), _STROKES_WITHOUT_MARGIN, (np.array(room) - 1) / 2
    else:
        filled, usual, centre = round(min(room) * _FILLED), _STROKES, np.array(room) / 2
    strokes = _cut_out(_with_usual_strokes(ink, filled, usual))
    height, width = (max(1, round(side * filled / max(strokes.shape))) for side in strokes.shape)
    small = np.asarray(Image.fromarray(strokes).resize((width, height), _FILTER))
    small = np.clip(small, 0, 1)
    small = small / (small.max() or 1)
    middle = centre - center_of_mass(small)
    top, left = np.clip(middle.round().astype(int), 0, np.subtract(room, small.shape))
    image = np.zeros(room, np.float32)
    image[top : top + height, left : left + width] = small
    return np.round(255 * image).astype(np.uint8)


def _cut_out(ink: np.ndarray) -> np.ndarray:
    return ink[find_objects((ink > 0).astype(int))[0]]


def _with_usual_strokes(ink: np.ndarray, filled: int, usual: tuple[float, float]) -> np.ndarray:
    """Return the ink drawn with a pen as wide as is usual, if its own was not."""
    if max(ink.shape) == filled:  # framed already: finer strokes are not to be had
        return ink
    scale = _FINENESS * filled / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    border = _FINENESS * 2
    fine = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    fine = np.pad(fine, border)
    mask = fine > 0.5
    if not mask.any():
        return ink
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    # Across a stroke of width w the mean distance from its edge is w / 4.
    stroke = 4 * (inside[mask].mean() - 0.5)
    thinnest, thickest = (width * filled * _FINENESS for width in usual)
    wanted = min(max(stroke, thinnest), thickest)
    distance = np.where(mask, inside - 0.5, 0.5 - outside) + (wanted - stroke) / 2
    return np.clip(distance / _FINENESS + 0.5, 0, 1).astype(np.float32)

"""Lines that are printed, not written: rulings, squares, frames and the boxes of forms."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import (
    binary_fill_holes,
    binary_opening,
    find_objects,
    grey_closing,
    label,
    maximum_filter,
)

from ._ink import darker_than, odd

# Shares of the length that a line spans: of the picture, or of a frame, which may be tilted.
_SPANS, _SIDE_SPANS = 0.9, 0.8
_COVERS = 0.6  # what is to be seen of it
_PIECE, _LONGEST_PIECE = 0.03, 12  # a straight piece, which is at most so many pixels
_GAP = 0.4  # where it is hidden, such as along a stroke
_BENT = 0.12  # how far it runs up or down
_THICKEST, _SIDES_THICKEST, _THICKEST_PIXELS = 0.03, 0.1, 24
_MANY = 4  # lines that no character has
_STICKS_OUT = 0.08  # a ruling goes on beyond the character at both sides
_BAND = 0.15  # where the sides of a frame are
_SMALLEST_FRAME = 0.05  # of the picture
_SMALLEST = 0.25  # of the height of a frame: what is written in it
_TALL_IN_RING = 0.5  # of its height: less may be in the loop of a character
_FAINT = 0.3  # of the threshold of ink: lines that are looked for
_FAINTER = 0.7  # of the ink: lines that a threshold leaves out
_GRAINS = 5  # pixels
_THICKER, _DARKER = 1.3, 1.4  # times a line: what is written over it


class _Line(NamedTuple):
    """A line from the left to the right."""

    band: np.ndarray  # (height, width): its place, whatever is written over it
    thin: np.ndarray  # (height, width): where it is as thick as usual
    level: float  # its contrast

    @property
    def T(self) -> "_Line":
        return _Line(self.band.T, self.thin.T, self.level)


def written_ink(contrast: np.ndarray, threshold: float) -> np.ndarray:
    """Return the mask of the ink above a threshold, without what is printed."""
    return _without_frames(contrast, _without_rulings(contrast, threshold))


def _without_rulings(contrast: np.ndarray, threshold: float) -> np.ndarray:
    """Return the mask of the ink without lines that cross the picture from edge to edge."""
    mask = darker_than(contrast, threshold)
    seen = contrast > _FAINT * threshold
    across, down = _lines(seen, contrast), _lines(seen.T, contrast.T)
    rest = mask & ~np.any([line.thin for line in across] + [line.thin.T for line in down], axis=0)
    across = across if _goes_on(across, rest) else []
    down = [line.T for line in down] if _goes_on(down, rest.T) else []
    if not across and not down:
        return mask
    line_level = np.median([line.level for line in across + down])
    ink = contrast[mask & ~np.any([line.band for line in across + down], axis=0)]
    ink_level = np.percentile(ink, 90) if ink.size else 0
    if line_level < _FAINTER * ink_level:
        # A pencil leaves grains of paper.
        return grey_closing(contrast, (_GRAINS, _GRAINS)) > (line_level + ink_level) / 2
    return mask & ~_removable(across, down, contrast)


def _without_frames(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Remove rings and rectangles around other ink, and the lines between their cells."""
    labels, _ = label(mask, structure=np.ones((3, 3)))
    mask = mask.copy()
    for number, box in enumerate(find_objects(labels), 1):
        height = labels[box].shape[0]
        if min(labels[box].shape) < _SMALLEST_FRAME * min(mask.shape):
            continue
        part, levels = labels[box] == number, contrast[box]
        if _surrounds(part, labels[box] > 0):
            mask[box] &= ~part
            continue
        across = _lines(part, levels, is_frame=True)
        down = [line.T for line in _lines(part.T, levels.T, is_frame=True)]
        if not (_run_along_both_sides(across) and _run_along_both_sides(down, axis=1)):
            continue
        rest = mask[box] & ~_removable(across, down, levels)
        if _tallest(rest) >= _SMALLEST * height:
            mask[box] = rest
    return mask


def _surrounds(part: np.ndarray, mask: np.ndarray) -> bool:
    """Tell whether a part of the ink is a ring around ink half as tall."""
    others = mask & ~part & binary_fill_holes(part)
    return _tallest(others) >= _TALL_IN_RING * part.shape[0]


def _tallest(mask: np.ndarray) -> int:
    """Return the height of the tallest part of some ink, 0 without any."""
    parts, _ = label(mask, structure=np.ones((3, 3)))
    return max((box[0].stop - box[0].start for box in find_objects(parts)), default=0)


def _run_along_both_sides(lines: list[_Line], axis: int = 0) -> bool:
    at = [np.nonzero(line.band)[axis].mean() / line.band.shape[axis] for line in lines]
    return len(at) > 1 and min(at) < _BAND and max(at) > 1 - _BAND


def _removable(across: list[_Line], down: list[_Line], contrast: np.ndarray) -> np.ndarray:
    """Return the pixels of lines and of their crossings, but for what is written over them."""
    removed = np.zeros(contrast.shape, bool)
    for line in across + down:
        removed |= line.thin & (contrast <= _DARKER * line.level)
    if across and down:
        crossings = np.any([line.band for line in across], axis=0)
        removed |= crossings & np.any([line.band for line in down], axis=0)
    return removed


def _goes_on(lines: list[_Line], rest: np.ndarray) -> bool:
    """Tell whether lines are no strokes: so many, or going on beyond what else is there."""
    columns = np.flatnonzero(rest.any(axis=0))
    if not lines or not len(columns):
        return False
    left, right = columns[0], rest.shape[1] - 1 - columns[-1]
    return len(lines) >= _MANY or min(left, right) >= _STICKS_OUT * rest.shape[1]


def _lines(mask: np.ndarray, contrast: np.ndarray, *, is_frame: bool = False) -> list[_Line]:
    """Find lines from the left to the right of a mask."""
    height, length = mask.shape
    piece = max(3, min(round(_PIECE * length), _LONGEST_PIECE))
    pieces = binary_opening(mask, np.ones((1, piece)))
    thickness = _run_lengths(mask)
    thickest = (_SIDES_THICKEST if is_frame else _THICKEST) * length
    pieces &= thickness <= np.clip(thickest, 3, _THICKEST_PIXELS)
    joined = maximum_filter(pieces, (3, odd(_GAP * length)))
    labels, _ = label(joined, structure=np.ones((3, 3)))
    labels *= pieces
    found = []
    for number, box in enumerate(find_objects(labels), 1):
        if box is None or box[1].stop - box[1].start < _COVERS * length / 2:
            continue
        # Each column counts once, however much is written there.
        rows, columns = np.nonzero(labels[box] == number)
        n_rows = np.bincount(columns)
        seen = np.flatnonzero(n_rows)
        centres = box[0].start + np.bincount(columns, rows)[seen] / n_rows[seen]
        seen += box[1].start
        place = _fitted(centres, seen, length)
        on_picture = (place >= 0) & (place <= height - 1)
        if is_frame:
            spans = np.ptp(seen) >= _SIDE_SPANS * length
        else:
            spans = np.ptp(seen) >= _SPANS * on_picture.sum()
        if not spans or len(seen) < _COVERS * on_picture.sum() or np.ptp(place) > _BENT * length:
            continue
        near = np.clip(place.round().astype(int), 0, height - 1), np.arange(length)
        along = mask[near] & on_picture
        if along.any():
            thick, level = (float(np.median(a[near][along])) for a in (thickness, contrast))
            found.append((place, thick, level))
    if not found:
        return []
    # All lines are printed alike; what is written along one of them is not.
    thick = np.median([thick for _, thick, _ in found])
    lines = []
    for place, _, level in found:
        band = np.abs(np.arange(height)[:, None] - place) <= thick / 2 + 1.5
        lines.append(_Line(band, band & (thickness <= _THICKER * thick + 1), level))
    return lines


def _fitted(rows: np.ndarray, columns: np.ndarray, length: int) -> np.ndarray:
    """Fit a slightly bent line to places, and again without those far from it."""
    near = np.ones(len(rows), bool)
    powers = np.vander(np.arange(length) / length, 3)
    for _ in range(3):
        place = powers @ np.linalg.lstsq(powers[columns[near]], rows[near])[0]
        far = np.abs(rows - place[columns])
        near = far <= max(1.0, 2 * np.median(far))
    return place


def _run_lengths(mask: np.ndarray) -> np.ndarray:
    """Return for each pixel of a mask how many lie above each other there without a gap."""
    height, width = mask.shape
    padded = np.zeros((height + 1, width), bool)
    padded[:-1] = mask
    runs, n_runs = label(padded.T.ravel())  # columns one after the other, apart
    lengths = np.bincount(runs, minlength=n_runs + 1)
    lengths[0] = 0
    return lengths[runs].reshape(width, height + 1).T[:-1]

"""The parts of the ink that make up one character: no frame, edge of a sheet, finger or dust."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import distance_transform_edt, find_objects, label, maximum, minimum, sum_labels

from ._ink import paper_and_threshold

_DUST = 0.05  # of the ink of the largest part
_SMALLEST = 0.12  # of the shorter side: the height of a character
_FLATTEST = 0.6  # height of a character by its width; what is flatter is a stroke of one
_MARGIN = 0.15  # of the sides: where frames and the edges of sheets are
_IN_MARGIN = 0.75  # share of a part there
_SPANS = 0.8  # of the picture: no stroke that reaches in from its edge
_STRIP = 0.5  # of the side: a strip along the edge
_SKIRT = 0.02  # of the shorter side: the blur of a strip
_TOO_THICK = 2.5  # times the stroke of the character
_NEAR, _FAR = 0.25, 0.5  # of the height of the character
_UNDERLINE = 0.3  # height of a line under the character by its width
_APART = 0.05  # of the height of the character: a line nearer than that may be the foot of a 1


class _Parts(NamedTuple):
    """Connected parts of the ink; arrays have a value for each."""

    labels: np.ndarray  # (height, width); 0 is paper, part i is i + 1
    ink: np.ndarray
    tops: np.ndarray
    heights: np.ndarray
    widths: np.ndarray
    at_edge: np.ndarray  # whether it touches the edge of the picture
    in_margin: np.ndarray  # share of its pixels near the edge
    thickness: np.ndarray


def without_edges(contrast: np.ndarray, threshold: float) -> tuple[np.ndarray, float]:
    """Take dark strips along the edges for paper, and find the threshold of what is left.

    Beside the edge of a table, a pen may be fainter than half of the contrast.
    """
    parts = _parts(contrast, contrast > threshold)
    longest = np.maximum(parts.heights / contrast.shape[0], parts.widths / contrast.shape[1])
    strips = parts.at_edge & (parts.in_margin > _IN_MARGIN) & (longest >= _STRIP)
    if not strips.any():
        return contrast, threshold
    near = np.concatenate([[False], strips])[parts.labels]
    near = distance_transform_edt(~near) <= _SKIRT * min(contrast.shape)
    paper, lower = paper_and_threshold(contrast[~near])
    left = np.where(near, 0, np.maximum(contrast - paper, 0))
    if not _stand_free(_parts(left, left > lower - paper), left.shape).any():
        return contrast, threshold
    return left, lower - paper


def _stand_free(parts: _Parts, shape: tuple[int, ...]) -> np.ndarray:
    """Tell which parts may be a character that touches no edge."""
    size = np.maximum(parts.heights, parts.widths)
    return (
        ~parts.at_edge
        & (size >= _SMALLEST * min(shape))
        & (parts.heights >= _FLATTEST * parts.widths)
    )


def one_character(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the part of the mask that is the character."""
    parts = _parts(contrast, mask)
    n = len(parts.ink)
    if n < 2:
        return mask
    numbers = np.arange(1, n + 1)
    size = np.maximum(parts.heights, parts.widths)
    foreign = parts.at_edge & (parts.in_margin > _IN_MARGIN)
    whole = _stand_free(parts, mask.shape)
    # Of most ink among those that stand free, else among those that are not foreign.
    main = int(np.lexsort((parts.ink, ~foreign, whole))[-1])
    gaps = minimum(distance_transform_edt(parts.labels != main + 1), parts.labels, numbers)
    keeps = (parts.ink >= _DUST * parts.ink[main]) & (gaps <= _FAR * size[main])
    if not parts.at_edge[main]:
        keeps &= ~parts.at_edge | (
            ~foreign
            & (parts.thickness <= _TOO_THICK * parts.thickness[main])
            & (gaps <= _NEAR * size[main])
            & (parts.widths < _SPANS * mask.shape[1])
            & (parts.heights < _SPANS * mask.shape[0])
        )
    if whole[main]:
        middles = parts.tops + parts.heights / 2  # the ends of a line may lie higher than that
        under = middles >= parts.tops[main] + parts.heights[main]
        under &= gaps > _APART * parts.heights[main]
        keeps &= ~(under & (parts.heights <= _UNDERLINE * parts.widths))
    keeps[main] = True
    return np.concatenate([[False], keeps])[parts.labels]


def _parts(contrast: np.ndarray, mask: np.ndarray) -> _Parts:
    labels, n = label(mask, structure=np.ones((3, 3)))
    numbers = np.arange(1, n + 1)
    boxes = find_objects(labels)
    height, width = mask.shape
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    rows, columns = (max(1, round(_MARGIN * length)) for length in mask.shape)
    inner = np.zeros(mask.shape)
    inner[rows : height - rows, columns : width - columns] = 1
    pixels = np.bincount(labels.ravel(), minlength=n + 1)[1:]
    return _Parts(
        labels,
        sum_labels(contrast, labels, numbers),
        np.array([box[0].start for box in boxes]),
        np.array([box[0].stop - box[0].start for box in boxes]),
        np.array([box[1].stop - box[1].start for box in boxes]),
        np.isin(numbers, edges),
        1 - sum_labels(inner, labels, numbers) / np.maximum(pixels, 1),
        2 * np.asarray(maximum(distance_transform_edt(mask), labels, numbers)),
    )

"""The characters of a page: parts of the ink put together, taken apart and put in order."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, find_objects, label, maximum

# Shares of the usual height of a character.
_SMALLEST = 0.5  # less is part of another one, a comma or dust
_LARGEST = 2.5
_LEAST = 0.35  # of the height that has most ink: no dust
_NEAR = 0.25  # gap between the parts of one character
_TALLEST = 1.4  # of parts put together
_TOO_THICK = 2.5  # times the usual stroke: no pen
_OVERLAP = 0.5  # of the narrower of two parts that lie above each other
_UNDERLINE = 0.3  # height of a line under characters by its width
_APART = 0.05  # how far it is from them; what is nearer may be the foot of a 1
_IN_A_ROW = 0.4  # of the lower of two neighbours: the height that they share
_NARROWEST = 4  # pixels: nothing narrower is cut off
# Several characters are much wider than the others of a page, or wider and wider than high, and
# the cut between them goes through no more ink than so many strokes. Without others the width of
# one is a share of its height. Chosen on pairs of digits of MNIST, moved until they touch.
_WIDER, _THAN_HIGH = (1.5, 1.8), (1.1, 0.85)
_ALONE, _WIDE = 1.3, 0.75
_CUT = 1.6
_NO_STROKE, _ENOUGH = 0.45, 3  # of the width by height of those that tell the usual width


@dataclass
class Character:
    """A box on the page and the pixels of the ink in it."""

    top: int
    left: int
    mask: np.ndarray  # (height, width), bool

    @property
    def bottom(self) -> int:
        return self.top + self.mask.shape[0]

    @property
    def right(self) -> int:
        return self.left + self.mask.shape[1]

    @property
    def height(self) -> int:
        return self.mask.shape[0]

    @property
    def width(self) -> int:
        return self.mask.shape[1]

    @property
    def box(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)


def find_characters(mask: np.ndarray) -> list[list[Character]]:
    """Return the characters of each row, in reading order."""
    labels, n = label(mask, structure=np.ones((3, 3)))
    parts = [
        Character(box[0].start, box[1].start, labels[box] == number)
        for number, box in enumerate(find_objects(labels), 1)
    ]
    if not parts:
        return []
    usual = _usual_height([part for part in parts if not _at_edge(part, mask.shape)] or parts)
    thickness = np.asarray(maximum(distance_transform_edt(mask), labels, np.arange(1, n + 1)))
    usual_thickness = np.median(thickness[[part.height >= _SMALLEST * usual for part in parts]])
    kept = [
        part
        for part, thick in zip(parts, thickness, strict=True)
        if part.height <= _LARGEST * usual
        and thick <= _TOO_THICK * usual_thickness
        and (part.height <= _TALLEST * usual or not _at_edge(part, mask.shape))
    ]
    whole = _put_together(kept, usual)
    # A one says nothing of how wide digits are.
    widths = [part.width for part in whole if part.width >= _NO_STROKE * part.height]
    width = float(np.median(widths)) if len(widths) >= _ENOUGH else None
    apart = [piece for part in whole for piece in _taken_apart(part, usual, width)]
    return _in_rows(apart)


def _usual_height(parts: list[Character]) -> float:
    """Return the median height of the parts, without those that are commas or dust."""
    heights = np.array([part.height for part in parts])
    votes = np.array([part.mask.sum() for part in parts])
    order = np.argsort(heights)
    share = np.cumsum(votes[order]) / votes.sum()
    of_most_ink = heights[order][np.searchsorted(share, 0.5)]
    return float(np.median(heights[heights >= _LEAST * of_most_ink]))


def _at_edge(part: Character, shape: tuple[int, ...]) -> bool:
    ends = part.top == 0, part.left == 0, part.bottom == shape[0], part.right == shape[1]
    return any(ends)


def _put_together(parts: list[Character], usual: float) -> list[Character]:
    """Join strokes that lie above each other; leave out what is too small to stand alone."""
    whole: list[Character] = []
    for part in sorted(parts, key=lambda part: -part.height):
        near = [other for other in whole if _belongs(part, other, usual)]
        if near:
            other = min(near, key=lambda other: _gap(part, other))
            whole[whole.index(other)] = _joined(part, other)
        elif part.height >= _SMALLEST * usual:
            whole.append(part)
    return whole


def _gap(a: Character, b: Character) -> int:
    """Return how many rows lie between two parts."""
    return max(0, max(a.top, b.top) - min(a.bottom, b.bottom))


def _belongs(part: Character, other: Character, usual: float) -> bool:
    shared = min(part.right, other.right) - max(part.left, other.left)
    tall = max(part.bottom, other.bottom) - min(part.top, other.top)
    is_under = (part.top + part.bottom) / 2 >= other.bottom + _APART * usual
    underlines = is_under and part.height <= _UNDERLINE * part.width
    return not underlines and (
        shared >= _OVERLAP * min(part.width, other.width)
        and _gap(part, other) <= _NEAR * usual
        and tall <= max(_TALLEST * usual, other.height)
    )


def _joined(a: Character, b: Character) -> Character:
    top, left = min(a.top, b.top), min(a.left, b.left)
    mask = np.zeros((max(a.bottom, b.bottom) - top, max(a.right, b.right) - left), bool)
    for part in (a, b):
        mask[part.top - top : part.bottom - top, part.left - left : part.right - left] |= part.mask
    return Character(top, left, mask)


def _taken_apart(part: Character, height: float, width: float | None) -> list[Character]:
    """Cut characters that touch where the least ink is cut; `width` is the usual one, if known."""
    height = min(part.height, height)
    if width is None:
        width, is_wide = _WIDE * height, part.width >= _ALONE * height
    else:
        is_wide = any(
            part.width >= max(wider * width, than_high * height)
            for wider, than_high in zip(_WIDER, _THAN_HIGH, strict=True)
        )
    n = round(part.width / width)
    if n < 2 or not is_wide or part.width < _NARROWEST * n:
        return [part]
    cut = _seam(part.mask, part.width / n, 0.3 * part.width / n)
    stroke = 4 * (distance_transform_edt(part.mask)[part.mask].mean() - 0.25)
    if part.mask[np.arange(part.height), cut].sum() > _CUT * stroke:
        return [part]
    columns = np.arange(part.width)
    pieces = []
    for side in (columns < cut[:, None], columns >= cut[:, None]):
        mask = part.mask & side
        (box,) = find_objects(mask.astype(int))
        pieces.append(Character(part.top + box[0].start, part.left + box[1].start, mask[box]))
    first, rest = pieces  # neither is empty: the cut runs within the outermost columns
    return [first, *_taken_apart(rest, height, width)]


def _seam(mask: np.ndarray, middle: float, reach: float) -> np.ndarray:
    """Return the column of each row at which a path from top to bottom crosses the least ink."""
    left, right = max(1, int(middle - reach)), min(mask.shape[1] - 1, int(middle + reach) + 1)
    far = np.abs(np.arange(left, right) - middle) / max(reach, 1)
    cost = mask[:, left:right] + 0.05 * far  # little more than where to cut if all is paper
    total, moves = cost[0], []
    for row in cost[1:]:
        padded = np.pad(total, 1, constant_values=np.inf)
        ways = np.stack([padded[:-2] + 0.2, total, padded[2:] + 0.2])  # aslant is longer
        moves.append(ways.argmin(axis=0) - 1)
        total = row + ways.min(axis=0)
    path = [int(total.argmin())]
    for move in reversed(moves):
        path.append(path[-1] + int(move[path[-1]]))
    return left + np.array(path[::-1])


def _in_rows(characters: list[Character]) -> list[list[Character]]:
    """Put characters in rows, each from left to right, which may run up or down."""
    rows: list[list[Character]] = []
    for character in sorted(characters, key=lambda character: character.left):
        shared = [
            (min(character.bottom, row[-1].bottom) - max(character.top, row[-1].top))
            / min(character.height, row[-1].height)
            for row in rows
        ]
        best = int(np.argmax(shared)) if shared else 0
        if shared and shared[best] >= _IN_A_ROW:
            rows[best].append(character)
        else:
            rows.append([character])
    return sorted(rows, key=lambda row: np.mean([(c.top + c.bottom) / 2 for c in row]))

"""Ink told from its paper: in any colours, by uneven light, dark on light or light on dark."""

import numpy as np
from scipy.ndimage import (
    binary_dilation,
    binary_fill_holes,
    find_objects,
    gaussian_filter,
    label,
    maximum_filter,
    minimum_filter,
    uniform_filter,
)
from scipy.spatial import ConvexHull, QhullError

_NEIGHBOURHOODS = 0.5, 0.25  # of the shorter side: what a stroke stands out from
_WIDEST_STROKE = 0.3  # of the longer side: what is wider is paper, or shade on it
# Of a picture that was cut to its strokes: the share of its edges that they touch, of its sides
# that they span, and of their convex hull that they fill.
_AT_EDGES, _WITHOUT_MARGIN, _CONVEX = 0.2, 0.95, 0.85
_PRESSURE = 0.2  # of the longer side of a character: where a pen is pressed alike
_FAINTEST = 0.3  # of the darkest ink: what becomes as dark
_DARKEST = 0.25  # of the brightest paper: the light in the deepest shadow
_GRAIN = 1 / 600  # of the shorter side
_ABOVE_NOISE = 6.0  # deviations of the grain of the paper
_FAINT = 0.5  # of the threshold: ink where it goes on from darker ink


def find_contrast(pixels: np.ndarray, widest: float = _WIDEST_STROKE) -> tuple[np.ndarray, float]:
    """Return the contrast of each pixel to plain paper, and the threshold above which it is ink.

    `pixels` has shape (height, width, n_channels); strokes are at most `widest` of its longer
    side.
    """
    side = min(pixels.shape[:2])
    pixels = gaussian_filter(pixels, (side * _GRAIN, side * _GRAIN, 0))
    direction = _direction_of_ink(pixels, odd(side * _NEIGHBOURHOODS[0]))
    contrast = _contrast(pixels @ direction, odd(max(pixels.shape) * widest))
    paper, threshold = paper_and_threshold(contrast)
    return np.maximum(contrast - paper, 0), threshold - paper


def odd(length: float) -> int:
    """Round to an odd number of pixels, at least 3."""
    return max(3, 2 * int(length / 2) + 1)


def _direction_of_ink(pixels: np.ndarray, window: int) -> np.ndarray:
    """Return the direction from ink to paper: that in which pixels differ most from those around.

    Ink stands out further: a stroke from its paper more than the paper from the mean of both.
    """
    apart = pixels - uniform_filter(pixels, (window, window, 0), mode="reflect")
    flat = apart.reshape(-1, apart.shape[-1])
    direction = np.linalg.eigh(flat.T @ flat)[1][:, -1].astype(np.float32)
    grey = pixels @ direction
    skews = [_skew(grey, odd(share * min(grey.shape))) for share in _NEIGHBOURHOODS]
    # Thin strokes stand out of what is near, where edges of shadows do not; thick ones of more.
    if max(skews, key=abs) > 0:
        direction, grey = -direction, -grey
    return -direction if _is_cut_to(grey > otsu(grey)) else direction


def _is_cut_to(mask: np.ndarray) -> bool:
    """Tell whether a picture is a bounding box of the strokes of a mask."""
    edges = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    box = find_objects(mask.astype(int))
    if not box or edges.mean() > _AT_EDGES:
        return False
    if np.min(np.divide(mask[box[0]].shape, mask.shape)) < _WITHOUT_MARGIN:
        return False
    # A sheet on a table is convex.
    try:
        hull = ConvexHull(np.argwhere(mask)).volume
    except QhullError:  # of a line
        return False
    return bool(binary_fill_holes(mask).sum() < _CONVEX * hull)


def _skew(grey: np.ndarray, window: int) -> float:
    """Return the skewness of the differences from the neighbourhood; below 0 strokes are dark."""
    apart = (grey - uniform_filter(grey, window, mode="reflect")).astype(np.float64)
    return float((apart**3).mean() / ((apart**2).mean() ** 1.5 or 1))


def _contrast(grey: np.ndarray, window: int) -> np.ndarray:
    """Subtract grey levels from those of the paper, which are what a closing leaves."""
    # Beyond the edge of the picture is neither ink nor paper.
    paper = maximum_filter(grey, window, mode="constant", cval=-np.inf)
    paper = minimum_filter(paper, window, mode="constant", cval=np.inf)
    contrast, brightest = paper - grey, paper.max()
    if brightest <= 0:  # light ink on dark paper
        return contrast
    # Light multiplies paper and ink alike.
    return contrast * (brightest / np.maximum(paper, _DARKEST * brightest))


def paper_and_threshold(contrast: np.ndarray) -> tuple[float, float]:
    """Return the level of the paper with its grain, and that between paper and ink."""
    threshold = otsu(contrast)
    for _ in range(2):  # of little and faint ink, Otsu's threshold lies within the grain
        paper = contrast[contrast <= threshold]
        middle = float(np.median(paper))
        grain = 1.48 * float(np.median(np.abs(paper - middle)))
        threshold = max(threshold, middle + _ABOVE_NOISE * grain)
    return middle + 2 * grain, threshold


def otsu(values: np.ndarray, n_bins: int = 256) -> float:
    """Return the threshold between two classes of least variance within."""
    counts, edges = np.histogram(values, n_bins)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(np.float64)
    above = counts.sum() - below
    sums = np.cumsum(counts * centres)
    means_apart = sums[:-1] / np.maximum(below, 1) - (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    spread = below * above * means_apart**2
    best = np.flatnonzero(spread >= spread.max() * (1 - 1e-9))  # a gap has many thresholds
    return float(edges[1:][best].mean())


def darker_than(contrast: np.ndarray, threshold: float) -> np.ndarray:
    """Return the pixels above a threshold, and fainter ones that are connected with them."""
    parts, n_parts = label(contrast > _FAINT * threshold, structure=np.ones((3, 3)))
    is_ink = np.zeros(n_parts + 1, bool)
    is_ink[np.unique(parts[contrast > threshold])] = True
    return is_ink[parts]


def even_ink(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return ink of the levels 0 to 1, as dark where a pen was pressed less."""
    box = find_objects(mask.astype(int))[0]
    window = odd(_PRESSURE * max(mask[box].shape))
    levels = maximum_filter(contrast * mask, window, mode="constant")
    levels = np.maximum(levels, _FAINTEST * np.percentile(contrast[mask], 90))
    return np.clip(contrast / levels, 0, 1) * binary_dilation(mask, np.ones((3, 3)))

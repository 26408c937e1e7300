"""Pictures of digits as people make them, drawn from lines: pens, papers, light and cameras."""

import numpy as np
from PIL import Image, ImageDraw
from scipy.interpolate import make_interp_spline

# The lines of each digit in a square of side 1, x to the right and y downwards.
STROKES = {
    0: [[(0.5, 0), (0.2, 0.2), (0.15, 0.6), (0.5, 1), (0.85, 0.6), (0.8, 0.2), (0.5, 0)]],
    1: [[(0.35, 0.2), (0.55, 0)], [(0.55, 0), (0.5, 1)]],
    2: [[(0.2, 0.2), (0.5, 0), (0.8, 0.25), (0.55, 0.65), (0.2, 1)], [(0.2, 1), (0.85, 0.97)]],
    3: [[(0.2, 0.1), (0.6, 0), (0.75, 0.25), (0.4, 0.45)],
        [(0.4, 0.45), (0.8, 0.6), (0.65, 0.95), (0.15, 0.95)]],
    4: [[(0.4, 0), (0.15, 0.6)], [(0.15, 0.6), (0.9, 0.57)], [(0.65, 0.3), (0.6, 1)]],
    5: [[(0.25, 0), (0.22, 0.45)], [(0.22, 0.45), (0.6, 0.38), (0.8, 0.7), (0.55, 1), (0.15, 0.9)],
        [(0.25, 0), (0.8, 0.02)]],
    6: [[(0.7, 0), (0.3, 0.35), (0.2, 0.75), (0.5, 1), (0.8, 0.75), (0.55, 0.5), (0.22, 0.7)]],
    7: [[(0.15, 0.02), (0.85, 0)], [(0.85, 0), (0.6, 0.5), (0.45, 1)]],
    8: [[(0.5, 0.45), (0.22, 0.2), (0.5, 0), (0.78, 0.2), (0.5, 0.45), (0.18, 0.75), (0.5, 1),
         (0.82, 0.75), (0.5, 0.45)]],
    9: [[(0.78, 0.25), (0.5, 0.48), (0.25, 0.25), (0.5, 0), (0.78, 0.2)],
        [(0.78, 0.2), (0.75, 0.6), (0.6, 1)]],
}  # fmt: skip
_FINE = 3  # pixels of the drawing for each of the picture


def curve(points):
    """Places along a smooth line through points."""
    points = np.asarray(points, float)
    if len(points) == 2:
        return points
    at = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    return make_interp_spline(at, points, k=min(3, len(points) - 1))(np.linspace(0, at[-1], 60))


def ink_of(digits, boxes, size, pen):
    """Coverage by ink, 0 to 1, of a picture: digits in boxes (top, left, height)."""
    height, width = size
    picture = Image.new("L", (width * _FINE, height * _FINE))
    draw = ImageDraw.Draw(picture)
    for digit, (top, left, tall) in zip(digits, boxes, strict=True):
        for stroke in STROKES[digit]:
            places = (curve(stroke) * tall * (0.75, 1) + (left, top)) * _FINE
            draw.line([*map(tuple, places)], fill=255, width=max(1, round(pen * _FINE)))
            for x, y in places:  # round ends
                r = pen * _FINE / 2
                draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX), np.float32) / 255


def lines(size, *, step, wide=1.5, squared=False, slope=0.0):
    """Coverage by the lines of ruled paper."""
    rows, columns = np.indices(size, np.float32)
    far = np.abs((rows + slope * columns) % step - step / 2)
    if squared:
        far = np.minimum(far, np.abs((columns - slope * rows) % step - step / 2))
    return np.clip(wide / 2 + 0.5 - far, 0, 1)


def frame(size, margin, *, wide):
    """Coverage by a rectangle so far from the edges."""
    box = np.zeros(size, np.float32)
    box[margin:-margin, margin:-margin] = 1
    inner = margin + wide
    box[inner:-inner, inner:-inner] = 0
    return box


def on_paper(coverage, *, ink=(30, 30, 40), paper=(228, 226, 220)):
    """Colours (height, width, 3), 0 to 255, of ink on paper."""
    return np.asarray(paper, np.float32) * (1 - coverage[..., None]) + (
        np.asarray(ink, np.float32) * coverage[..., None]
    )


def shaded(picture, light):
    """The picture under light of shape (height, width), 1 where it is full."""
    return picture * light[..., None]


def as_photo(picture, rng=None, *, noise=3.0):
    """Bytes, with the grain of a camera."""
    rng = rng or np.random.default_rng(0)
    return (picture + rng.normal(scale=noise, size=picture.shape)).clip(0, 255).astype(np.uint8)

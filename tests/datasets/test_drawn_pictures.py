"""Drawn digits, as pens, papers, light and cameras make them: the digit alone is read."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter, rotate

from skmnist.datasets import read_picture

from .drawn import as_photo, frame, ink_of, lines, on_paper, shaded

SIZE = HEIGHT, WIDTH = 400, 300
ROWS, COLUMNS = np.indices(SIZE)
BOX = 90, 80, 220  # top, left, height of the digit
WHITE = (255, 255, 255)


def digit(number, pen=6, box=BOX):
    return ink_of([number], [box], SIZE, pen)


def similarity(image, other):
    """The largest correlation of two images, moved by at most a pixel."""
    moved = (np.roll(image, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return max(np.corrcoef(one.ravel(), other.ravel())[0, 1] for one in moved)


def with_block(picture, block, colour):
    picture = picture.copy()
    picture[block] = colour
    return picture


def tilted(picture, angle):
    return rotate(picture, angle, axes=(0, 1), reshape=False, mode="nearest", order=1)


def seen_aslant(picture):
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    corners = (20, 10, 0, HEIGHT - 5, WIDTH, HEIGHT, WIDTH - 40, 0)
    return np.asarray(
        image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)
    )


def on_ruled_paper(number, *, ink=(130, 160, 220), pen=6, **ruling):
    return np.minimum(on_paper(digit(number, pen)), on_paper(lines(SIZE, **ruling), ink=ink))


def in_frame(number, margin, wide, box=BOX):
    return on_paper(np.maximum(digit(number, box=box), frame(SIZE, margin, wide=wide)))


def underline(left, right, top, wide=6):
    ink = np.zeros(SIZE)
    ink[top : top + wide, left:right] = 1
    return ink


def pencil(number):
    grain = np.random.default_rng(number).random(SIZE)
    pressed = 0.35 + 0.3 * gaussian_filter(grain, 1)
    return on_paper(digit(number, 5) * pressed, ink=(90, 90, 95))


SHADOW = 1 - 0.5 / (1 + np.exp(-(COLUMNS + 0.4 * ROWS - 220) / 3))
GREY_LINES, DARK_LINES = (185, 183, 178), (70, 70, 75)
FINGER = ((COLUMNS - 300) / 90) ** 2 + ((ROWS - 330) / 28) ** 2 < 1
CIRCLE = (np.abs(np.hypot(COLUMNS - 150, ROWS - 200) - 145) < 3) * 1.0
GRAIN = gaussian_filter(np.random.default_rng(0).normal(size=SIZE), 1)
GRAINY = np.clip(0.38 + 0.15 * GRAIN / GRAIN.std(), 0, 0.6)
KINDS = {
    "thin pen": lambda n: on_paper(digit(n, 2)),
    "hair": lambda n: on_paper(digit(n, 1)),
    "marker": lambda n: on_paper(digit(n, 24)),
    "pencil": pencil,
    "blue pen": lambda n: on_paper(digit(n), ink=(40, 50, 190)),
    "yellow pen": lambda n: on_paper(digit(n, 12), ink=(240, 220, 60), paper=(245, 245, 240)),
    "ink as bright as its paper": lambda n: on_paper(
        digit(n, 12), ink=(255, 0, 0), paper=(0, 130, 0)
    ),
    "uneven light": lambda n: shaded(on_paper(digit(n)), 1 - 0.65 * COLUMNS / WIDTH),
    "shadow": lambda n: shaded(on_paper(digit(n)), SHADOW),
    "dark corners": lambda n: shaded(
        on_paper(digit(n)), 1 - 0.3 * ((ROWS / 200 - 1) ** 2 + (COLUMNS / 150 - 1) ** 2)
    ),
    "ruled": lambda n: on_ruled_paper(n, step=36),
    "ruled with pencil lines": lambda n: on_ruled_paper(n, step=36, ink=GREY_LINES),
    "ruled darkly": lambda n: on_ruled_paper(n, step=36, ink=DARK_LINES, pen=7),
    "squared": lambda n: on_ruled_paper(n, step=26, squared=True),
    "squared darkly": lambda n: on_ruled_paper(n, step=26, squared=True, ink=DARK_LINES, pen=7),
    "squared and tilted": lambda n: on_ruled_paper(n, step=26, squared=True, slope=-0.05),
    "ruled and aslant": lambda n: seen_aslant(on_ruled_paper(n, step=36)),
    "frame": lambda n: in_frame(n, 30, 5),
    "thick frame": lambda n: in_frame(n, 20, 14),
    "frame at the edge": lambda n: in_frame(n, 1, 6),
    "tilted frame": lambda n: tilted(in_frame(n, 40, 5), 3),
    "cut frame": lambda n: tilted(in_frame(n, 8, 5), 3),
    "on the frame": lambda n: in_frame(n, 20, 5, (90, 80, 285)),
    "small in a frame": lambda n: in_frame(n, 25, 5, (130, 100, 145)),
    "edge of a table": lambda n: with_block(
        on_paper(digit(n)), np.s_[:, :40], (70, 50, 40)
    ),
    "corner of a table": lambda n: with_block(
        on_paper(digit(n)), ROWS + 1.2 * COLUMNS < 110, (80, 60, 50)
    ),
    "faint pen beside a table": lambda n: with_block(
        on_paper(0.4 * digit(n)), np.s_[:, :20], (70, 50, 40)
    ),
    "most in shadow": lambda n: shaded(
        on_paper(digit(n)), 1 - 0.5 / (1 + np.exp(-(COLUMNS + 0.4 * ROWS - 90) / 10))
    ),
    "finger": lambda n: with_block(on_paper(digit(n)), FINGER, (205, 140, 110)),
    "dust": lambda n: with_block(on_paper(digit(n)), np.s_[20:26, 30:35], 50),
    "dark mode": lambda n: on_paper(digit(n), ink=(230, 230, 230), paper=(18, 18, 20)),
    "blackboard": lambda n: shaded(
        on_paper(0.8 * digit(n, 9), ink=(225, 225, 220), paper=(50, 80, 60)),
        1 - 0.4 * COLUMNS / WIDTH,
    ),
    "circle": lambda n: on_paper(np.maximum(digit(n, 12), CIRCLE)),
    "red circle": lambda n: with_block(on_paper(digit(n, 12)), CIRCLE > 0.5, (210, 30, 40)),
    "pencil on squares": lambda n: on_paper(
        np.maximum(digit(n, 14) * GRAINY, 0.35 * lines(SIZE, step=24, squared=True)),
        ink=(70, 70, 80),
    ),
    "small on its page": lambda n: on_paper(digit(n, 2.5, (250, 200, 40))),
    "grain": lambda n: on_paper(digit(n)) + np.random.default_rng(n).normal(0, 15, (*SIZE, 1)),
    "underlined": lambda n: on_paper(digit(n) + underline(100, 230, 342)),
    "underlined closely and askew": lambda n: tilted(
        on_paper(digit(n, 12) + underline(60, 260, 350, 12)), 4
    ),
    "ink at the edge": lambda n: on_paper(digit(n, 12, (90, -12, 220)), paper=WHITE),
}  # fmt: skip


@pytest.fixture(scope="module")
def expected():
    """What is read of clean drawings."""
    return [read_picture(as_photo(on_paper(digit(n, 10)), noise=0)) for n in range(10)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "digits",
    [
        pytest.param((0, 1, 4, 8), id="some"),
        pytest.param(range(10), id="all", marks=pytest.mark.slow),
    ],
)
def test_the_digit_alone_is_read(digits, kind, expected):
    rng = np.random.default_rng(0)
    alike = [similarity(read_picture(as_photo(KINDS[kind](n), rng)), expected[n]) for n in digits]
    assert np.mean(alike) > 0.9, alike
    assert min(alike) > 0.8, alike


@pytest.mark.parametrize("height", [28, 40, 64, 120, 1500, 4000])
def test_any_size(height, expected):
    scale = height / HEIGHT
    box = tuple(scale * length for length in BOX)
    for n in (2, 4, 8):
        ink = ink_of([n], [box], (height, round(WIDTH * scale)), max(1, 9 * scale))
        image = read_picture(as_photo(on_paper(ink), np.random.default_rng(n)))
        assert similarity(image, expected[n]) > 0.85


@pytest.mark.parametrize("top", [0, -4])
def test_ink_at_the_edge_stays(top):
    # All strokes of a 5 end up in the image, though two of them are cut by the edge.
    whole = read_picture(as_photo(on_paper(digit(5, 12, (60, 80, 220)), paper=WHITE), noise=0))
    cut = digit(5, 12, (top, 80, 220))
    assert similarity(read_picture(as_photo(on_paper(cut, paper=WHITE), noise=0)), whole) > 0.8


def test_the_foot_of_a_one_stays():
    foot = underline(100, 200, 319, 5)  # a line that leaves a gap of 3 % of the height
    one = read_picture(as_photo(on_paper(digit(1, 4) + foot), noise=0))
    widths = (one > 100).sum(axis=1)
    assert widths[15:].max() >= 2 * widths[:15].max()


def test_a_stroke_apart_stays():
    ink = digit(5, 8)
    ink[95:104] = 0  # between the upper stroke and the rest
    image = read_picture(as_photo(on_paper(ink)))
    assert similarity(image, read_picture(as_photo(on_paper(digit(5, 8))))) > 0.8


def test_a_ruling_that_a_stroke_hides_for_a_third_is_no_ink():
    letter = np.zeros(SIZE)  # a T, whose bar lies on a ruling
    letter[120:134, 100:200] = letter[120:300, 143:157] = 1
    alone = read_picture(as_photo(on_paper(letter)))
    rulings = np.zeros(SIZE)
    rulings[[*range(7, 400, 40), *range(8, 400, 40)]] = 1
    ruled = read_picture(as_photo(on_paper(np.maximum(letter, rulings))))
    assert similarity(ruled, alone) > 0.95


def cut_to(coverage):
    """The bounding box of the ink."""
    rows, columns = np.nonzero(coverage > 0.5)
    return coverage[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@pytest.mark.parametrize("is_dark", [True, False])
@pytest.mark.parametrize("pen", [6, 14, 34])
def test_a_picture_without_a_margin(pen, is_dark):
    colours = {} if is_dark else {"ink": (250, 250, 250), "paper": (10, 10, 10)}
    for n in (1, 2, 3, 4, 5, 7):
        whole, cut = (
            read_picture(as_photo(on_paper(coverage, **colours)))
            for coverage in (digit(n, pen), cut_to(digit(n, pen)))
        )
        assert similarity(cut, whole) > 0.9, n


@pytest.mark.parametrize("pen", [6, 14, 34])
def test_a_sheet_that_reaches_the_edges_in_its_corners(pen):
    for n in range(10):
        photo = Image.fromarray(as_photo(on_paper(digit(n, pen))))
        on_table = read_picture(photo.rotate(20, expand=True))
        on_white = read_picture(photo.rotate(20, expand=True, fillcolor=(228, 226, 220)))
        assert similarity(on_table, on_white) > 0.9, n


def test_strokes_become_as_wide_as_those_of_mnist():
    for pen in (1, 2, 4, 12, 40):
        image = read_picture(as_photo(on_paper(digit(1, pen)), noise=0))
        rows = image[10:20].astype(float).sum(axis=1) / 255
        assert 1.6 < np.median(rows) < 4.2, pen


def test_an_image_that_is_framed_already_is_left_as_it_is():
    image = read_picture(as_photo(on_paper(digit(3, 12)), noise=0))
    assert np.abs(read_picture(image).astype(int) - image).max() <= 60
    assert similarity(read_picture(255 - image), image) > 0.98


def test_a_tilted_phone():
    lying = np.rot90(as_photo(on_paper(digit(4)), noise=0))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(lying)).save(stream, "jpeg", exif=exif, quality=95)
    upright = read_picture(as_photo(on_paper(digit(4)), noise=0))
    assert similarity(read_picture(stream.getvalue()), upright) > 0.95


def test_formats_beyond_those_of_cameras_are_refused():
    stream = io.BytesIO()
    Image.fromarray(as_photo(on_paper(digit(4)))).save(stream, "ico")
    with pytest.raises(OSError, match=r"expected one of the formats BMP, .*: export it as JPEG"):
        read_picture(stream.getvalue())

"""Pages of drawn digits: each is found, in reading order, and nothing else."""

import numpy as np
import pytest
from scipy.ndimage import label

from skmnist.datasets import read_characters, read_picture

from .drawn import as_photo, frame, ink_of, lines, on_paper, shaded

SIZE = HEIGHT, WIDTH = 600, 900
DIGITS = [7, 3, 5, 4, 2, 6]


def places(n=6, *, top=200, left=80, step=110, tall=130, slope=0):
    return [(top + slope * i, left + step * i, tall) for i in range(n)]


def row(pen=8, **place):
    return ink_of(DIGITS, places(**place), SIZE, pen)


def cells(*, gap):
    """Boxes of a form, joined where the gap is negative."""
    ink = np.zeros(SIZE, np.float32)
    for i in range(6):
        left = 70 + i * (124 + gap)
        ink[150:370, left : left + 124] = np.maximum(
            ink[150:370, left : left + 124], frame((220, 124), 1, wide=4)
        )
    return ink


def with_commas(ink):
    ink = ink.copy()
    ink[320:348, 290:299] = ink[320:348, 620:629] = 1  # two commas
    ink[40:45, 40:46] = 1  # and dust
    return ink


def underlined(ink, top, slope=0.0):
    """With a line under all of the digits."""
    rows, columns = np.indices(SIZE)
    line = (np.abs(rows - top - slope * columns) < 4) & (columns > 60) & (columns < 740)
    return np.maximum(ink, line)


def underlined_one_by_one(ink):
    ink = ink.copy()
    for left in range(75, 700, 110):
        ink[352:358, left : left + 100] = 1
    return ink


def ruled(ink, **ruling):
    return np.minimum(on_paper(ink), on_paper(lines(SIZE, **ruling), ink=(130, 160, 220)))


LIGHT = 1 - 0.6 * np.indices(SIZE)[1] / WIDTH
PAGES = {
    "plain": lambda: on_paper(row()),
    "thin pen": lambda: on_paper(row(3)),
    "marker": lambda: on_paper(row(22, step=125)),
    "close together": lambda: on_paper(row(step=88)),
    "aslant": lambda: on_paper(row(slope=25)),
    "commas and dust": lambda: on_paper(with_commas(row())),
    "ruled": lambda: ruled(row(7), step=65),
    "squared": lambda: ruled(row(6), step=34, squared=True, slope=0.03),
    "boxes joined": lambda: on_paper(np.maximum(row(6, left=95, step=120), cells(gap=-4))),
    "boxes apart": lambda: on_paper(np.maximum(row(6, left=90, step=134), cells(gap=10))),
    "underlined": lambda: on_paper(underlined(row(), 354)),
    "underlined askew": lambda: on_paper(underlined(row(), 345, 0.03)),
    "underlined one by one": lambda: on_paper(underlined_one_by_one(row())),
    "uneven light": lambda: shaded(on_paper(row(6)), LIGHT),
    "pencil": lambda: on_paper(0.45 * row(5)),
    "dark mode": lambda: on_paper(row(6), ink=(235, 235, 235), paper=(20, 20, 22)),
}  # fmt: skip


def truth(pen, box, digit):
    """What is read of a digit that stands alone."""
    return read_picture(as_photo(on_paper(ink_of([digit], [box], SIZE, pen)), noise=0))


def similarity(image, other):
    moved = (np.roll(image, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return max(np.corrcoef(one.ravel(), other.ravel())[0, 1] for one in moved)


@pytest.fixture(scope="module")
def expected():
    return {n: truth(8, (200, 300, 130), n) for n in range(10)}


@pytest.mark.parametrize("kind", PAGES)
def test_all_digits_of_a_row_are_found(kind, expected):
    page = read_characters(as_photo(PAGES[kind](), np.random.default_rng(0)))
    assert page.rows.tolist() == [0] * 6
    assert page.images.shape == (6, 28, 28)
    alike = [
        similarity(*pair) for pair in zip(page.images, map(expected.get, DIGITS), strict=True)
    ]
    assert min(alike) > 0.75, alike


@pytest.mark.parametrize("second", [1, 3, "all"])
def test_digits_that_touch_are_cut_apart(expected, second):
    """One digit after another that it touches, or as close together that some touch."""
    if second == "all":
        ink = row(step=70)
    else:
        lefts = 60 + 130 * np.arange(6)
        lefts[second:] -= 64
        ink = ink_of(DIGITS, [(200, left, 130) for left in lefts], SIZE, 8)
    n_apart = label(ink > 0.5, np.ones((3, 3)))[1]
    page = read_characters(as_photo(on_paper(ink)))
    assert n_apart < len(page.images) == 6
    alike = [
        similarity(*pair) for pair in zip(page.images, map(expected.get, DIGITS), strict=True)
    ]
    assert np.mean(alike) > 0.75, alike


def test_a_wide_digit_among_ones_is_left_whole(expected):
    page = read_characters(as_photo(on_paper(ink_of([1, 1, 4, 1, 1], places(5), SIZE, 8))))
    assert len(page.images) == 5
    assert similarity(page.images[2], expected[4]) > 0.75


def test_rows_are_in_reading_order():
    upper = ink_of([1, 2, 3, 4], places(4, top=60, slope=15), SIZE, 8)
    lower = ink_of([5, 6, 7], places(3, top=260, slope=15), SIZE, 8)
    page = read_characters(as_photo(on_paper(np.maximum(upper, lower))))
    assert page.rows.tolist() == [0, 0, 0, 0, 1, 1, 1]
    for number in (0, 1):
        left = page.boxes[page.rows == number, 0]
        assert (np.diff(left) > 0).all()


def test_boxes_are_in_pixels_of_the_picture():
    paper = np.full((2400, 3600), 230, np.uint8)
    paper[900:1500, 1000:1080] = paper[900:1500, 2000:2080] = 20
    page = read_characters(paper)
    expected = [(1000, 900, 1080, 1500), (2000, 900, 2080, 1500)]
    np.testing.assert_allclose(page.boxes, expected, atol=12)


def test_a_five_of_two_strokes_is_one_character():
    ink = row()
    apart = ink.copy()
    apart[206:214, 300:400] = 0  # below the upper stroke of the 5
    page = read_characters(as_photo(on_paper(apart)))
    assert len(page.images) == 6
    assert page.boxes[2, 1] <= 205


def test_pages_without_characters_are_refused():
    with pytest.raises(ValueError, match="the picture: nothing is written there"):
        read_characters(np.full((100, 200), 230, np.uint8))
    with pytest.raises(
        ValueError, match=r"image_shape=\(8, 8, 3\): characters are of one channel"
    ):
        read_characters(as_photo(on_paper(row())), image_shape=(8, 8, 3))
    assert read_characters(as_photo(on_paper(row())), image_shape=(8, 8, 1)).images.shape[1:] == (
        8,
        8,
        1,
    )


@pytest.mark.parametrize("shape", [(1, 60), (60, 1), (2, 2), (3, 50), (9, 9)])
def test_pictures_of_a_few_pixels(shape):
    picture = np.full(shape, 200, np.uint8)
    picture[shape[0] // 2, : (shape[1] + 1) // 2] = 10
    try:
        page = read_characters(picture)
    except ValueError as error:
        message = str(error)
    else:
        message = "nothing is written" * (len(page.images) == len(page.boxes) == len(page.rows))
    assert "nothing is written" in message

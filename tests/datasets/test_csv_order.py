"""Pixels are in the order of the numbers in their names, or the file is refused."""

import io
import re

import numpy as np
import pytest

from skmnist.datasets import read_csv


def read(names):
    fields = ",".join(map(str, range(len(names))))
    return read_csv(io.StringIO(f"{','.join(names)}\n{fields}\n"))


PIXELS = [f"pixel{n}" for n in range(100)]


@pytest.mark.parametrize(
    ("names", "before", "after"),
    [
        (["label", *sorted(PIXELS)], "column 4 (pixel10)", "column 14 (pixel2)"),
        ([*sorted(PIXELS), "label"], "column 3 (pixel10)", "column 13 (pixel2)"),
        (["pixel1", "pixel0"], "column 1 (pixel1)", "column 2 (pixel0)"),
        (["pixel1", "pixel01", "pixel0"], "column 1 (pixel1)", "column 3 (pixel0)"),
        (["1x1", "2x1", "1x2", "2x2"], "column 2 (2x1)", "column 3 (1x2)"),
        (["label", "0", "1", "10", "2"], "column 4 (10)", "column 5 (2)"),
        (["r0", "g1", "r1", "g0", "label"], "column 2 (g1)", "column 4 (g0)"),
    ],
)
def test_pixels_in_another_order_are_refused(names, before, after):
    message = re.escape(f"{before} comes before {after}: pixels are not in the order")
    with pytest.raises(ValueError, match=message):
        read(names)


def test_the_remedy_puts_pixels_in_order():
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame(np.zeros((2, 101), int), columns=["label", *sorted(PIXELS)])
    with pytest.raises(ValueError, match="put them in order") as caught:
        read(list(df))
    remedy = re.search(r"import re: (.*)\)$", str(caught.value))[1]
    assert list(eval(remedy, {"df": df, "re": re})) == ["label", *PIXELS]


@pytest.mark.parametrize("names", [["pixel0", "pixel0"], ["label", "r0", "r1", "r0"]])
def test_a_pixel_named_twice_is_refused(names):
    with pytest.raises(ValueError, match=r"columns \[\d, \d\] are all named (pixel|r)0"):
        read(names)


@pytest.mark.parametrize(
    "names",
    [
        [c + str(n) for n in range(12) for c in "rgb"],
        [c + str(n) for c in "rgb" for n in range(12)],
        [f"pixel{n}" for n in range(0, 40, 3)],
        [f"x{x}_y{y}" for y in range(3) for x in range(3)],
        [f"{row}x{column}" for row in range(1, 12) for column in range(1, 12)],
        [f"pixel{n:03}" for n in range(12)],
    ],
)
def test_sorted_pixels_are_accepted(names):
    data, _ = read([*names, "label"])
    assert data.tolist() == [list(range(len(names)))]

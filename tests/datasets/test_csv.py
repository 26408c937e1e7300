import csv
import gzip
import re
import tracemalloc

import numpy as np
import pytest

from skmnist.datasets import read_csv


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, **options):
        path = tmp_path / "digits.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, **options)

    return write_and_read


KAGGLE = "label,pixel0,pixel1,pixel2\n7,0,255,1\n3,12,0,9\n"


@pytest.mark.parametrize(
    "content",
    [
        KAGGLE,
        KAGGLE.split("\n", 1)[1],
        KAGGLE.rstrip("\n"),
        KAGGLE.replace("\n", "\r\n"),
        KAGGLE.replace("\n", "\n\n"),
        "\ufeff" + KAGGLE,
        KAGGLE.replace("label,pixel0,pixel1,pixel2", '"Label","1x1","1x2","1x3"'),
        KAGGLE.replace("label,pixel0,pixel1,pixel2", "digit,1x1,1x2,1x3"),
        KAGGLE.replace("label,pixel0,pixel1,pixel2", "label,0,1,2"),
        KAGGLE.replace(",", " , "),
        KAGGLE.replace("7,0", "7.0,0.0"),
        gzip.compress(KAGGLE.encode(), mtime=0),
        "a,b,Target,c\n0,255,7,1\n12,0,3,9\n",
        "a,b,c,class\n0,255,1,7\n12,0,9,3\n",
    ],
)
def test_many_ways_to_write_the_same_digits(read, content):
    data, target = read(content)
    np.testing.assert_array_equal(data, [[0, 255, 1], [12, 0, 9]], strict=False)
    np.testing.assert_array_equal(target, [7, 3])
    assert (data.dtype, target.dtype) == (np.uint8, np.int64)
    assert data.flags.c_contiguous


def test_agrees_with_the_csv_module(read, tmp_path):
    rng = np.random.default_rng(0)
    table = np.column_stack([rng.integers(10, size=30), rng.integers(256, size=(30, 25))])
    with (tmp_path / "written.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table.tolist())
    data, target = read((tmp_path / "written.csv").read_bytes())
    np.testing.assert_array_equal(np.column_stack([target, data]), table)


@pytest.mark.parametrize("value", ["256", "-1", "0.5", "1e3"])
def test_other_numbers_make_the_pixels_float32(read, value):
    data, _ = read(f"1,0,{value}\n2,3,4\n")
    assert data.dtype == np.float32
    np.testing.assert_array_equal(data, np.float32([[0, float(value)], [3, 4]]))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["7", "-3"], np.array([7, -3])),
        (["1.0", "2"], np.array([1, 2])),
        (["0.5", "2"], np.array([0.5, 2.0])),
        (["cat", "dog"], np.array(["cat", "dog"])),
        (["cat", "7"], np.array(["cat", "7"])),
        (["None", "cat", "7"], np.array(["None", "cat", "7"])),
        (["NA", "FR"], np.array(["NA", "FR"])),
        (["nan", "null"], np.array(["nan", "null"])),
        (["nan", "inf"], np.array(["nan", "inf"])),
        (["1_0", "7"], np.array(["1_0", "7"])),
        (['"T-shirt, top"', "Ankle boot"], np.array(["T-shirt, top", "Ankle boot"])),
        (['"T-shirt,\ntop"', "Ankle boot"], np.array(["T-shirt,\ntop", "Ankle boot"])),
        (["é", "ß"], np.array(["é", "ß"])),
    ],
)
def test_labels_keep_their_kind(read, labels, expected):
    data, target = read("".join(f"{label},1,2\n" for label in labels), label="first")
    np.testing.assert_array_equal(target, expected, strict=True)
    assert data.tolist() == [[1, 2]] * len(labels)


def test_a_name_may_have_a_line_break(read):
    assert read('"my\nlabel",pixel0\n7,1\n', label="my\nlabel")[1] == [7]


@pytest.mark.parametrize("missing", ["NA", "nan", "null", "None", "?", "inf", "-inf", "N/A"])
def test_a_missing_label_is_no_class(read, missing):
    message = r"line 5, column 2 \(label\): the label is '{}', expected .*: leave the row out"
    with pytest.raises(ValueError, match=message.format(re.escape(missing))):
        read(f"pixel0,label\n1,0\n\n2,1\n3, {missing}\n5,NA\n")
    with pytest.raises(ValueError, match="line 2, column 1: the label is"):
        read(f"0.5,1\n{missing},2\n")


@pytest.mark.parametrize("names", [["Total"], ["Sum", "Mean", "Min", "Max"]])
@pytest.mark.parametrize("n_images", [11, 20])
def test_totals_below_the_images_are_no_image(read, names, n_images):
    images = "label,pixel0\n" + "".join(f"{3 + i % 2},4\n" for i in range(n_images))
    totals = "".join(f"{name},100\n" for name in names)
    with pytest.raises(
        ValueError,
        match=rf"line {n_images + 2}, column 1 \(label\): the label is '{names[0]}'",
    ):
        read(images + totals)


@pytest.mark.parametrize(
    "labels",
    [
        [*"0123456789ABCDE"],  # one image of each class
        [*"00112233445566778899", "A", "A"],
        [*"AB00112233445566778899", "C"],
        [*"00112233445566778899", *"ABCDE"],  # too many for totals
        [*"0011223344", "A"],  # too few images to be sure
        [*map(str, range(12)), "A"],
        ["3", "cat"],
    ],
)
def test_words_at_the_end_that_may_be_classes(read, labels):
    _, target = read("label,pixel0\n" + "".join(f"{label},4\n" for label in labels))
    assert target.tolist() == labels


def test_more_kinds_of_labels_than_a_byte_can_count(read):
    _, target = read("".join(f"{label},0\n" for label in range(300)), label=0)
    assert target.tolist() == list(range(300))


def test_pixels_alone_have_no_target(read):
    data, target = read("pixel0,pixel1\n1,2\n3,4\n")
    assert target is None
    assert data.tolist() == [[1, 2], [3, 4]]


def test_names_as_numpy_writes_them(read):
    data, target = read("# pixel0,label\n7,5\n")
    assert (data.tolist(), target.tolist()) == ([[7]], [5])


def test_one_row_and_one_pixel_are_a_table(read):
    data, target = read("5,255\n")
    assert (data.tolist(), target.tolist()) == ([[255]], [5])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no rows"),
        ("\n \n", "no rows"),
        ("label,pixel0\n", "column names and no rows"),
        ("5\n3\n", "one column, expected a label and pixels"),
        ("5;1;2\n", "one column.*semicolons"),
        ("label\tpixel0\n5\t1\n", "one column.*tabs"),
        ("label|pixel0\n5|1\n", "one column.*bars"),
        ("<!DOCTYPE html>\n<html>\n", r"one column.*\(it begins with '<!DOCTYPE html>'\)$"),
        ("label,a\n5,1\n".encode("utf-16-le"), "it holds zero bytes; write it as text in UTF-8"),
        ('label,a\n5,"0,25"\n', r"column 2 \(a\) is '0,25'.*: write numbers with a point"),
        ('5,"1,000.5",2\n', "column 2 is '1,000.5'.*without commas"),
        ("label,a\n5,1,\n", "line 2 has 3 columns, expected 2: .* the line ends in a comma$"),
        ("label,a\n5,٣\n", r"column 2 \(a\) is '٣', expected a finite number$"),
        ("# made by me\n5,1,2\n", "one column.*begins with #, leave comments out"),
        ("#one, two\nlabel,a,b\n5,1,2\n", "begins with # and has 2 columns, the next one 3"),
        ("5,1,2\n3,4\n", "line 2 has 2 columns, expected 3"),
        ("5,1\n3,4,5\n", "line 2 has 3 columns, expected 2"),
        ("label,a,b\n5,1\n", "line 2 has 2 columns, expected 3"),
        ("label,a,b\n5,1\n6,2\n", "line 2 has 2 columns, expected 3"),
        ("5,1,2\n\n\n3,x,5\n", "line 4, column 2 is 'x', expected a finite number$"),
        ("5,1,2\n3,x,5", "line 2, column 2 is 'x'"),
        ('"a\nb",1,2\n3,x,5\n', "line 3, column 2 is 'x'"),
        ("label,a,b\n5,1,2\n3,4,x\n", r"line 3, column 3 \(b\) is 'x', expected a finite number$"),
        ("5,1,x\n3,4,5\n", "line 1, column 3 is 'x'.*; if it is the label, give label='last'$"),
        ("5,1,\n3,4,5\n", "line 1, column 3 is '', expected .*; or lines end in a comma$"),
        ("5,1,nan\n", "line 1, column 3 is 'nan'"),
        ("5,1,2\n5,inf,2\n", "line 2, column 2 is 'inf'"),
        ("5,1,1e39\n", "line 1, column 3 is '1e39'"),
        ("5,1,1_0\n", "line 1, column 3 is '1_0'"),
        ("5,1,# 2\n", "line 1, column 3 is '# 2'"),
        ("5,1\n,2\n", "line 2, column 1: the label is empty"),
        (",label,pixel0\n0,5,1\n", "column 1 has no name.*index=False"),
        ("label,class,pixel0\n0,5,1\n", r"columns \[1, 2\] are all named"),
        (b"5,1,\xff\n", "not a readable csv file.*UTF-8"),
        (gzip.compress(KAGGLE.encode(), mtime=0)[:-10], "cut or damaged gzip file"),
        (b"5," + b"1" * 200_000 + b"\n", "not a readable csv file"),
    ],
)
def test_errors_say_where_and_what(read, content, message):
    with pytest.raises(ValueError, match=rf"digits\.csv: .*{message}"):
        read(content)


@pytest.mark.parametrize("line", [b"5,1\n", b"1"], ids=["lines", "one line"])
def test_a_gzip_bomb_stops_at_max_bytes(read, line):
    bomb = gzip.compress(line * (20_000_000 // len(line)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="max_bytes=100000: raise it"):
            read(bomb, max_bytes=100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_max_bytes_is_the_length_of_the_text(read):
    assert len(read(KAGGLE, max_bytes=len(KAGGLE))[0]) == 2
    with pytest.raises(ValueError, match="max_bytes="):
        read(KAGGLE, max_bytes=len(KAGGLE) - 1)


def test_a_line_of_unlimited_length_is_refused(read, monkeypatch):
    with pytest.raises(ValueError, match="a line is longer than 16777216 characters"):
        read("1" * (2**24 + 1))
    monkeypatch.setattr("skmnist.datasets._csv._MAX_LINE", 27)
    assert len(read(KAGGLE)[0]) == 2  # its first line is as long as that
    with pytest.raises(ValueError, match="a line is longer than 27 characters"):
        read("1" * 28)


def test_a_missing_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "nothing.csv")

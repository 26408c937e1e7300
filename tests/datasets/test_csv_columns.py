"""Which column has the labels: as said, as named, or an error that names what is unclear."""

import io
import re

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skmnist.datasets import load_file, read_csv

DIGITS = load_digits()


def read(text, **options):
    data, target = read_csv(io.StringIO(text), **options)
    return data.tolist(), None if target is None else target.tolist()


def table(names, *, n_rows=2):
    """A table with a header, in which each number tells its row and column."""
    rows = [[str(10 * row + column) for column in range(len(names))] for row in range(n_rows)]
    return "\n".join(",".join(fields) for fields in [names, *rows]) + "\n"


NAMED_AS_PIXELS = [
    ["pixel0", "pixel1", "pixel2", "pixel3"],
    ["Pixel 1", "Pixel 2", "Pixel 3", "Pixel 4"],
    ["pixel_0_0", "pixel_0_1", "pixel_1_0", "pixel_1_1"],
    ["px0", "px1", "px2", "px3"],
    ["pix.1", "pix.2", "pix.3", "pix.4"],
    ["1x1", "1x2", "2x1", "2x2"],
    ["r0c0", "r0c1", "r1c0", "r1c1"],
    ["row0_col0", "row0_col1", "row1_col0", "row1_col1"],
    ["0_0", "0_1", "1_0", "1_1"],
    ["pixel[0]", "pixel[1]", "pixel[2]", "pixel[3]"],
    ["pixel_r_0", "pixel_g_0", "pixel_b_0", "pixel_r_1"],
]
NUMBERED = [
    ["x0", "x1", "x2", "x3"],
    ["V1", "V2", "V3", "V4"],
    ["Var1", "Var2", "Var3", "Var4"],
    ["0", "1", "2", "3"],
    ["feature_0", "feature_1", "feature_2", "feature_3"],
    ["col 1", "col 2", "col 3", "col 4"],
    ["r0", "g0", "r1", "g1"],
]
LABEL_NAMES = [
    *("label", "Labels", "target", "TARGETS", "class", "classes", "y", "digit", "letter"),
    *("category", "class_label", "label_id", " label "),
]
ROW_NUMBERS = ["id", "Unnamed: 0", "Unnamed: 0.1", "index", "level_0", "ImageId", "row", "no"]


@pytest.mark.parametrize("pixels", NAMED_AS_PIXELS + NUMBERED, ids=lambda names: names[0])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_one_column_named_as_labels_are(pixels, at):
    names = [*pixels[:at], "Labels", *pixels[at:]]
    data, target = read(table(names))
    assert target == [at, 10 + at]
    assert data[0] == [column for column in range(5) if column != at]


@pytest.mark.parametrize("name", LABEL_NAMES)
def test_many_names_for_labels(name):
    assert read(f"pixel0,pixel1,{name}\n0,9,5\n3,0,7\n") == ([[0, 9], [3, 0]], [5, 7])


@pytest.mark.parametrize("pixels", NAMED_AS_PIXELS, ids=lambda names: names[0])
def test_columns_that_are_all_named_as_pixels_have_no_labels(pixels):
    data, target = read(table(pixels))
    assert (data[0], target) == ([0, 1, 2, 3], None)


@pytest.mark.parametrize("pixels", NUMBERED, ids=lambda names: names[0])
def test_numbered_columns_do_not_say_which_one_has_the_labels(pixels):
    with pytest.raises(ValueError, match=r"no column is named label.*give label='first'"):
        read(table(pixels))
    assert read(table(pixels), label="first")[1] == [0, 10]
    assert read(table(pixels), label="last")[1] == [3, 13]
    assert read(table(pixels), label=pixels[1])[1] == [1, 11]
    assert read(table(pixels), label=None) == ([[0, 1, 2, 3], [10, 11, 12, 13]], None)


@pytest.mark.parametrize("name", ROW_NUMBERS)
@pytest.mark.parametrize(
    "others",
    [
        ["pixel0", "pixel1"],
        ["1x1", "1x2"],
        ["x0", "x1", "x2"],
        ["pixel0", "pixel1", "label"],
        ["label", "pixel0", "pixel1"],
        ["label", "0", "1", "2"],
        ["sepal", "petal", "class"],
        ["sepal", "petal", "species"],
    ],
    ids=",".join,
)
def test_row_numbers_are_neither_labels_nor_pixels(name, others):
    message = rf"column 1 \({re.escape(name)}\) is no pixel and not .*to_csv\(index=False\)"
    with pytest.raises(ValueError, match=message):
        read(table([name, *others]))
    # What is said is done, unless another column is named as labels are.
    if not {"label", "class"}.intersection(others):
        assert read(table([name, *others]), label=name)[1] == [0, 10]


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (["x0", "x1", "x2", "species"], r"column 4 \(species\)"),
        (["0", "1", "2", "species"], r"column 4 \(species\)"),
        (["number", "pixel0", "pixel1"], r"column 1 \(number\)"),
        (["label", "brightness", "pixel0", "pixel1"], r"column 2 \(brightness\)"),
        (["pixel0", "pixel1", "meta1", "meta2", "label"], r"column 3 \(meta1\)"),
    ],
)
def test_the_error_names_a_column_that_is_neither_label_nor_pixel(names, odd):
    with pytest.raises(ValueError, match=odd + r" is no pixel and not .*give label='"):
        read(table(names))


def test_the_error_names_the_label_beside_another_column():
    message = (
        r"column 2 \(brightness\) is no pixel and not the label, which is column 3 \(label\);.*"
        "if it is the label, give label='brightness', without column 3 in the file$"
    )
    with pytest.raises(ValueError, match=message):
        read(table(["pixel0", "brightness", "label", "pixel1"]))


OTHERS = [
    *("prediction", "Predictions", "predicted", "pred", "y_pred", "predicted_label", "pred_0"),
    *("probability", "prob", "proba", "prob_3", "probabilities", "score", "confidence", "sample"),
    *("fold", "split", "subset", "usage", "file", "filename", "file_name", "path", "image_path"),
    *("weight", "sample_weight", "writer", "author", "user"),
]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("others", [["label"], ["digit", "pixel0"], ["x", "class"]], ids=",".join)
def test_columns_of_predictions_and_files_are_no_pixels(name, others):
    message = rf"\({name}\) is no pixel and not the label.*; write the file without it; "
    for names in ([name, *others], [*others, name]):
        with pytest.raises(ValueError, match=message):
            read(table(names))
    with pytest.raises(ValueError, match=rf"\({name}\) is no pixel and not named label; write"):
        read(table(["pixel0", "pixel1", name]), label=None)
    # What is said is done.
    assert read(table([name, "pixel0"]), label=name)[1] == [0, 10]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["sepal", "petal", "species"], r"no column is named label.*\(sepal, petal, species\)"),
        (["label", "class", "pixel0"], r"columns \[1, 2\] are all named as labels are"),
        (["pixel0", "label", "label"], r"columns \[2, 3\] are all named"),
        (["", "0", "1", "2"], r"column 1 has no name.*index=False"),
        (["label", "pixel0", ""], r"column 3 has no name.*comma"),
        (["label", "Unnamed: 1", "Unnamed: 2"], r"column 2 \(Unnamed: 1\) is no pixel"),
    ],
)
def test_ambiguous_names_are_refused(names, message):
    with pytest.raises(ValueError, match=message):
        read(table(names))


def test_a_table_of_features_with_a_named_label():
    assert read("sepal,petal,class\n1,2,5\n3,4,7\n") == ([[1, 2], [3, 4]], [5, 7])
    assert read("sepal,petal,species\n1,2,a\n3,4,b\n", label="species")[1] == ["a", "b"]
    assert read("a,b1,c\n1,2,5\n3,4,7\n", label="c")[0] == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("label", "expected"),
    [("first", [0, 9]), ("last", [8, 7]), (0, [0, 9]), (-1, [8, 7]), (1, [1, 2]), (None, None)],
)
def test_label_may_be_a_place_without_names(label, expected):
    assert read("0,1,8\n9,2,7\n", label=label)[1] == expected


@pytest.mark.parametrize(
    ("text", "label", "message"),
    [
        ("a,b\n1,2\n", "c", r"label='c' is no column, expected .*, or one of a, b$"),
        ("species,b\n1,2\n", "specie", "did you mean label='species'"),
        ("5,1\n3,2\n", "digit", "label='digit' is no column, expected 'first', .* has no column"),
        ("5,1\n3,2\n", 2, "label=2 is no column, expected .* a number from 0 to 1 "),
        ("last,x0,x1\n1,2,3\n", "last", "both a place and the name of column 1"),
        ("a,a,x\n1,2,3\n", "a", r"columns \[1, 2\] are all named a,.* label=0 for the first of"),
        ("a,b,c,d,e\n1,2,3,4,5\n", "z", "or one of a, b, c, d, e$"),
        ("a,b,c,d,e,f\n1,2,3,4,5,6\n", "z", "or one of a, b, c, d, e, …$"),
        (
            "label,pixel0\n1,2\n",
            None,
            r"1 is named label: leave label=None out",
        ),
    ],
)
def test_a_label_that_names_no_column_is_refused(text, label, message):
    with pytest.raises(ValueError, match=message):
        read(text, label=label)


@pytest.mark.parametrize("label", [True, 1.0, ["label"], b"label"])
def test_label_is_a_name_or_a_number(label):
    with pytest.raises(TypeError, match=r"label=.*expected 'auto', 'first', 'last'"):
        read("5,1\n", label=label)


def written(*columns, header=False):
    lines = [",".join(map(str, row)) for row in np.column_stack(columns)]
    return "\n".join([",".join(map(str, range(len(columns))))] * header + lines) + "\n"


def test_digits_with_the_label_last_and_no_names():
    text = written(DIGITS.data.astype(int), DIGITS.target)  # the first pixel is always 0
    with pytest.raises(ValueError, match=r"is 0 in all 1797 rows; the last column looks like la"):
        read(text)
    data, target = read_csv(io.StringIO(text), label="last")
    np.testing.assert_array_equal(data, DIGITS.data)
    np.testing.assert_array_equal(target, DIGITS.target)
    text = written(DIGITS.data[:, 2:].astype(int), DIGITS.target)
    with pytest.raises(ValueError, match=r"has 17 values from 0 to 16; the last column looks"):
        read(text)


def test_a_first_and_a_last_column_that_both_look_like_classes():
    text = written((DIGITS.data[:, 2:] > 8).astype(int), DIGITS.target)
    with pytest.raises(
        ValueError,
        match=r"it looks no more like them than the last; .*give label='last', or label='first'",
    ):
        read(text)
    assert read(text, label="last")[1] == DIGITS.target.tolist()


def test_grey_photos_without_labels():
    photos = np.random.default_rng(0).integers(0, 256, (2000, 9))
    with pytest.raises(ValueError, match=r"has 256 values from 0 to 255\. Give label='last'"):
        read(written(photos))
    assert read(written(photos), label=None)[1] is None
    # Labels and grey pixels, the last of them too.
    assert read(written(np.arange(2000) % 62, photos))[1][:3] == [0, 1, 2]
    with pytest.raises(ValueError, match=r"has 63 values from 0 to 62\."):
        read(written(np.arange(2000) % 63, photos))


def test_many_values_that_are_as_even_as_classes():
    # As the pen positions of UCI's pendigits, 0 to 100, whose label is last.
    n = len(DIGITS.target)
    text = written(np.arange(n) * 7 % 101, np.arange(n) * 3 % 101, DIGITS.target)
    with pytest.raises(ValueError, match=r"has 101 values from 0 to 100; the last column looks"):
        read(text)


def test_a_header_of_numpys():
    stream = io.StringIO()
    np.savetxt(stream, [[7, 0, 9], [3, 1, 0]], "%d", delimiter=",", header="label,pixel0,pixel1")
    assert read(stream.getvalue()) == ([[0, 9], [1, 0]], [7, 3])


def test_label_may_be_a_number_as_text():
    # As the command line has it.
    assert read(table(["seen", "pixel0"]), label="0")[1] == [0, 10]
    assert read(table([*map(str, range(1, 11))]), label="1")[1] == [0, 10]
    with pytest.raises(ValueError, match=r"label=7 is no column, .* a number from 0 to 1 "):
        read(table(["seen", "pixel0"]), label="7")


def test_text_beside_a_number_is_no_header():
    assert read("5,cat\n3,dog\n", label="last") == ([[5], [3]], ["cat", "dog"])
    assert read("5,cat\n3,dog\n", label="-1") == ([[5], [3]], ["cat", "dog"])
    with pytest.raises(ValueError, match=r"line 1, column 2 is 'cat'.*label='last'"):
        read("5,cat\n3,dog\n")


def test_digits_with_the_label_first_and_no_names():
    _, target = read_csv(io.StringIO(written(DIGITS.target, DIGITS.data.astype(int))))
    np.testing.assert_array_equal(target, DIGITS.target)
    binary = (DIGITS.data > 7).astype(int)
    _, target = read_csv(io.StringIO(written(DIGITS.target, binary)))
    np.testing.assert_array_equal(target, DIGITS.target)


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ([7, 7], "is 7 in all 2 rows"),
        ([1, 0.5, 1.5, 1], r"not whole, such as 0\.5"),
        (range(11), "is different in all 11 rows"),
        (range(1, 12), "is different in all 11 rows"),
        (np.arange(20) * 37 % 101, "is different in all 20 rows"),
        (np.arange(40) % 11 * 7, "has 11 different values in 40 rows"),
        ([f"{i}.png" for i in range(40)], "is different in all 40 rows"),
    ],
)
def test_a_first_column_that_can_not_be_labels(first, message):
    text = written(np.array(first), np.full(len(first), 9))
    with pytest.raises(ValueError, match=f"column 1 was taken for the labels, but it .*{message}"):
        read(text)
    assert len(read(text, label="first")[1]) == len(first)


@pytest.mark.parametrize(
    ("last", "is_like_labels"),
    [
        ([0, 1] * 4, True),
        ([1, 2, 3] * 4, True),
        ([1, 2, 3, *[1, 2] * 4], False),  # too few rows for three classes
        ([0] * 14 + [1] * 2, True),
        ([0] * 15 + [1], False),  # of one class hardly any
        ([2, 3] * 6, False),
        ([0, 2] * 6, False),
        ([1] * 12, False),
    ],
    ids=str,
)
def test_a_last_column_that_looks_like_labels(last, is_like_labels):
    remedy = "; the last column looks like labels" if is_like_labels else r"\. Give label='last'"
    with pytest.raises(ValueError, match=rf"not whole, such as 0\.5{remedy}"):
        read(written(np.arange(len(last)) / 2, last))


def test_labels_may_be_whole_numbers_beyond_integers():
    assert read("1e39,0,7\n2e39,1,7\n")[1] == [1e39, 2e39]
    # Up to 2**53 every whole number is a float.
    for number, kind in ((2**53 - 1, int), (2**53, float)):
        assert [type(label) for label in read(f"{number}.0,0,7\n1.0,1,7\n")[1]] == [kind] * 2


@pytest.mark.parametrize("n_rows", [10, 39, 40, 400])
def test_ten_classes_never_look_doubtful(n_rows):
    text = written(np.arange(n_rows) % 10, np.zeros(n_rows, int), np.arange(n_rows) % 256)
    assert read(text)[1] == [i % 10 for i in range(n_rows)]


def test_few_numbers_may_be_an_image():
    assert read("1,2,3\n4,5,6\n") == ([[2, 3], [5, 6]], [1, 4])
    assert read("cat,0,1,2\ndog,3,4,5\n") == ([[0, 1, 2], [3, 4, 5]], ["cat", "dog"])
    # As many equal pixels, renamed, are no chance.
    for n_equal in (9, 10):
        text = ",".join(["0", *(f"0.{i}" for i in range(1, n_equal + 1))])
        text += "\n" + ",".join("1" * (n_equal + 1))
        if n_equal == 9:
            assert read(text)[1] == [0, 1]
        else:
            with pytest.raises(ValueError, match="an image whose equal pixels were renamed"):
                read(text)


def test_an_image_that_pandas_took_for_names():
    pandas = pytest.importorskip("pandas")
    text = written(DIGITS.target[:5], DIGITS.data[:5].astype(int))
    renamed = pandas.read_csv(io.StringIO(text)).to_csv(index=False)
    with pytest.raises(ValueError, match=r"line 1 .* is an image.*header=None"):
        read(renamed)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("index", [True, False])
def test_the_index_of_pandas_is_never_taken_for_labels(tmp_path, header, index):
    pandas = pytest.importorskip("pandas")
    noise = np.random.default_rng(0).integers(0, 255, (200, 9))
    frame = pandas.DataFrame(noise).add_prefix("pixel")
    frame.insert(0, "label", np.repeat(np.arange(10), 20))
    frame.to_csv(tmp_path / "a.csv", index=index, header=header)
    again = pandas.read_csv(tmp_path / "a.csv", header="infer" if header else None)
    again.to_csv(tmp_path / "b.csv", index=False, header=header)
    for name in ("a.csv", "b.csv"):
        if index:
            with pytest.raises(ValueError, match=r"numbers the rows"):
                load_file(tmp_path / name)
        else:
            np.testing.assert_array_equal(load_file(tmp_path / name).data, noise)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "label_0,label_1,pixel0,pixel1\n1,0,3,4\n",
            r"column 1 \(label_0\) up to label_1",
        ),
        (
            "pixel0,pixel1,class 0,class 1\n3,4,1,0\n",
            r"column 3 \(class 0\) up to class 1",
        ),
        ("emotion,pixels,Usage\n0,70 80 82,Training\n", r"column 2 \(pixels\) seems to have all"),
        ("pixels,label\n0 255 7 8,3\n", r"column 1 \(pixels\) seems to have all.*str\.split"),
    ],
)
def test_errors_for_tables_of_other_forms_have_a_remedy(text, message):
    with pytest.raises(ValueError, match=message):
        read_csv(io.StringIO(text))


def test_the_number_of_the_first_column_counted_from_the_end():
    data, target = read("5,1,2\n3,4,6\n", label=-3)
    assert (data, target) == ([[1, 2], [4, 6]], [5, 3])
    for beyond in (-4, 3):
        with pytest.raises(ValueError, match=rf"label={beyond} is no column, .* from 0 to 2 \("):
            read("5,1,2\n3,4,6\n", label=beyond)


def test_a_name_as_it_is_comes_before_names_in_other_letters():
    data, target = read("a,A,b\n1,2,3\n", label="A")
    assert (data, target) == ([[1, 3]], [2])


def test_one_column_of_a_class_is_not_one_hot():
    with pytest.raises(ValueError, match=r"column 2 \(class_1\)") as error:
        read("label,class_1,pixel0,pixel1\n5,1,2,3\n")
    assert "a column for each class" not in str(error.value)

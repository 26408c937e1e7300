from collections import deque
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image
from scipy import sparse

from skmnist import ImageFlattener, KerasMLPClassifier, PixelScaler
from skmnist._images import (
    as_images,
    as_rows,
    check_stack_shape,
    checked_image_shape,
    edge_pixels,
    find_background,
    find_image_shape,
    split_images,
    square_shape,
    with_channel,
)


@pytest.mark.parametrize("image_shape", [(2, 3), (2, 3, 1), (4, 2, 3)])
def test_rows_are_a_view_that_reads_row_column_channel(image_shape):
    X = np.arange(5 * np.prod(image_shape)).reshape(5, *image_shape)
    rows, found = split_images(X)
    assert found == image_shape
    assert np.shares_memory(rows, X)
    np.testing.assert_array_equal(rows, [list(image.flat) for image in X])


@pytest.mark.parametrize("shape", [(), (4,), (4, 6), (1, 2, 3, 4, 5)])
def test_arrays_that_are_no_stack_are_returned_unchanged(shape):
    X = np.zeros(shape)
    rows, image_shape = split_images(X)
    assert rows is X
    assert image_shape is None


@pytest.mark.parametrize("X", [sparse.eye_array(3), "digits", None])
def test_objects_that_are_no_arrays_are_left_to_scikit_learn(X):
    rows, image_shape = split_images(X)
    assert rows is X
    assert image_shape is None


@pytest.mark.parametrize("X", [[[1, 2], [3, 4]], ([1.5], [True]), [], [[]], [["a", None]]])
def test_lists_of_rows_become_arrays(X):
    rows, image_shape = split_images(X)
    np.testing.assert_array_equal(rows, np.asarray(X), strict=True)
    assert image_shape is None


@pytest.mark.parametrize("estimator", [ImageFlattener(), PixelScaler(), KerasMLPClassifier()])
def test_none_in_a_list_is_no_number(estimator):
    with pytest.raises(ValueError, match="Input X contains NaN"):
        estimator.fit([[1.0, None], [0.0, 1.0]], [0, 1])


def test_frames_are_tables():
    X = pytest.importorskip("pandas").DataFrame({"a": [1, 2], "b": [3, 4]})
    rows, image_shape = split_images(X)
    assert rows is X
    assert image_shape is None


@pytest.mark.parametrize("container", [list, tuple])
def test_a_list_of_images_is_a_stack(container):
    X = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    for images in container(X), X.tolist():
        rows, image_shape = split_images(images)
        assert image_shape == (3, 4)
        np.testing.assert_array_equal(rows, X.reshape(2, 12))


def test_image_shape_holds_plain_ints():
    _, image_shape = split_images([np.zeros((3, 4))])
    assert [type(n) for n in image_shape] == [int, int]


def test_a_stack_out_of_order_is_still_read_in_order():
    X = np.asfortranarray(np.arange(24).reshape(2, 3, 4))
    rows, _ = split_images(X[:, :, ::-1])
    np.testing.assert_array_equal(rows[0], [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8])


def test_an_empty_stack_keeps_its_shape():
    rows, image_shape = split_images(np.zeros((0, 3, 4)))
    assert rows.shape == (0, 12)
    assert image_shape == (3, 4)


def test_a_ragged_image_keeps_numpys_message():
    with pytest.raises(ValueError, match="inhomogeneous"):
        split_images([[[1, 2], [3]]])


IMAGES = np.arange(1, 25, dtype=np.uint8).reshape(2, 3, 4)


def cells(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array


class Lazy(Sequence):
    """A column that reads its images when asked, as Hugging Face's is."""

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return IMAGES[i]


PANDAS, POLARS = pytest.importorskip("pandas"), pytest.importorskip("polars")


@pytest.mark.parametrize(
    "X",
    [
        PANDAS.Series(list(IMAGES)),
        PANDAS.Series(list(IMAGES), index=[7, 7]),
        PANDAS.Series(IMAGES.tolist()),
        PANDAS.DataFrame({"image": list(IMAGES)}),
        cells(list(IMAGES)),
        cells(list(IMAGES))[:, None],
        POLARS.Series(IMAGES.tolist()),
        POLARS.Series(IMAGES),
        POLARS.DataFrame({"image": IMAGES.tolist()}),
        deque(IMAGES),
        Lazy(),
        [Image.fromarray(image) for image in IMAGES],
        PANDAS.Series([Image.fromarray(image) for image in IMAGES]),
    ],
    ids=range(13),
)
def test_an_image_a_cell_is_a_stack(X):
    rows, image_shape = split_images(X)
    assert image_shape == (3, 4)
    np.testing.assert_array_equal(rows, IMAGES.reshape(2, 12))


def test_a_row_of_pixels_a_cell_is_a_table():
    for X in (PANDAS.Series(list(IMAGES.reshape(2, 12))), cells(IMAGES.reshape(2, 12).tolist())):
        rows, image_shape = split_images(X)
        assert image_shape is None
        np.testing.assert_array_equal(rows, IMAGES.reshape(2, 12))


@pytest.mark.parametrize(
    ("X", "shapes"),
    [
        ([Image.new("L", (8, 8)), Image.new("L", (9, 8))], r"\(8, 8\), \(8, 9\)"),
        ([np.zeros((8, 8)), np.zeros((9, 8))], r"\(8, 8\), \(9, 8\)"),
        ([np.zeros((8, 8)), np.zeros((8, 8, 3))], r"\(8, 8\), \(8, 8, 3\)"),
        (PANDAS.Series([np.zeros((8, 8)), np.zeros(8)]), r"\(8,\), \(8, 8\)"),
    ],
    ids=["pictures", "arrays", "grey and colour", "image and row"],
)
def test_images_of_different_shapes_are_named(X, shapes):
    with pytest.raises(ValueError, match=f"different shapes: {shapes}. Resize or pad"):
        split_images(X)


@pytest.mark.parametrize(
    "X",
    [(i for i in IMAGES), map(np.asarray, IMAGES), dict(enumerate(IMAGES)).values(), {1, 2}],
    ids=["generator", "map", "values", "set"],
)
@pytest.mark.parametrize("estimator", [ImageFlattener(), PixelScaler(), KerasMLPClassifier()])
def test_iterables_that_are_no_sequences_are_refused(estimator, X):
    with pytest.raises(TypeError, match=r"X is a .* np\.stack\(list\(X\)\)"):
        estimator.fit(X, [0, 1])


def test_a_column_of_images_beside_others_is_named():
    frame = PANDAS.DataFrame({"label": [0, 1], "image": list(IMAGES)})
    with pytest.raises(ValueError, match=r"column 'image'.*np\.stack\(list\(X\['image'\]\)\)"):
        KerasMLPClassifier().fit(frame, [0, 1])


def test_images_beside_other_columns_of_an_array_are_named():
    X = np.empty((2, 3), object)
    X[:, 0], X[:, 1], X[:, 2] = 0, cells(list(IMAGES)), "a"
    with pytest.raises(ValueError, match=r"column 1, beside 2 other columns.*list\(X\[:, 1\]\)"):
        split_images(X)


def test_a_missing_image_is_named():
    for X in (
        PANDAS.Series([IMAGES[0], None]),
        PANDAS.DataFrame({"a": [IMAGES[0], np.nan]}),
        cells([IMAGES[0], np.float64("nan")]),
    ):
        with pytest.raises(ValueError, match=r"sample 1 is .*(None|nan)\)?\. Leave it"):
            split_images(X)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_objects_that_are_numbers_stay_a_table(n):
    for one in (1, 1.5, np.float64(1.5), "1"):
        X = np.full((n, 2), one, object)
        assert split_images(X)[0] is X


@pytest.mark.parametrize(("n_features", "shape"), [(64, (8, 8)), (1, (1, 1)), (60, None)])
def test_square_numbers_of_pixels_have_a_square_shape(n_features, shape):
    assert square_shape(n_features) == shape


def test_rows_are_checked_and_black_and_white_becomes_bytes():
    rows, shape = as_rows(IMAGES > 3)
    np.testing.assert_array_equal(rows, (IMAGES > 3).reshape(2, 12).astype(np.uint8), strict=True)
    assert shape == (3, 4)
    table, shape = as_rows([[1.5, 2]])
    np.testing.assert_array_equal(table, [[1.5, 2]], strict=True)
    assert shape is None
    with pytest.raises(ValueError, match="Input pixels contains NaN"):
        as_rows([[np.nan]], "pixels")


def test_images_are_stacks_or_rows_of_a_shape():
    rows = IMAGES.reshape(2, 12)
    np.testing.assert_array_equal(as_images(IMAGES), IMAGES)
    np.testing.assert_array_equal(as_images(rows, (3, 4)), IMAGES)
    np.testing.assert_array_equal(as_images(rows, (2, 2, 3)), rows.reshape(2, 2, 2, 3))
    np.testing.assert_array_equal(as_images(rows[:, :9]), rows[:, :9].reshape(2, 3, 3))
    with pytest.raises(ValueError, match="pixels has 12 columns, which is no square"):
        as_images(rows, name="pixels")
    with pytest.raises(ValueError, match="has 25 pixels, but pixels has 12 features"):
        as_images(rows, (5, 5), "pixels")


@pytest.mark.parametrize("shape", [(3, 4), [3, 4], (np.int64(3), 4), (1, 1), (3, 4, 2)])
def test_shapes_of_images_become_plain_tuples(shape):
    found = checked_image_shape(shape)
    assert found == tuple(shape)
    assert {type(n) for n in found} == {int}
    assert checked_image_shape(shape, int(np.prod(shape))) == found
    with pytest.raises(ValueError, match=f"but X has {np.prod(shape) + 1} features a sample"):
        checked_image_shape(shape, int(np.prod(shape)) + 1)


@pytest.mark.parametrize(
    "shape",
    [3, "34", (3,), (3, 4, 2, 1), (3, 0), (0, 3), (3, -4), (3, 4.0), (True, 4), np.array([3, 4])],
    ids=str,
)
def test_what_is_no_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"was given, but a tuple \(height, width\)"):
        checked_image_shape(shape)


class TestShapeThatIsFound:
    def test_one_that_is_given_must_be_that_of_the_stack(self):
        assert find_image_shape((3, 4), None, 12) == (3, 4)
        assert find_image_shape((3, 4), (3, 4), 12) == (3, 4)
        assert find_image_shape((3, 4), (3, 4, 1), 12) == (3, 4)
        assert find_image_shape((3, 4, 1), (3, 4), 12) == (3, 4, 1)
        with pytest.raises(ValueError, match=r"X has images of shape \(4, 3\)"):
            find_image_shape((3, 4), (4, 3), 12)
        with pytest.raises(ValueError, match="has 12 pixels, but X has 13 features"):
            find_image_shape((3, 4), None, 13)

    def test_of_a_table_it_is_a_square_or_a_row(self):
        assert find_image_shape(None, None, 16) == (4, 4)
        assert find_image_shape(None, None, 10_000) == (100, 100)
        assert find_image_shape(None, None, 63) == (1, 63)
        assert find_image_shape(None, None, 65 - 5) == (1, 60)

    def test_wide_rows_are_warned_of_where_they_are_given(self):
        with pytest.warns(UserWarning, match="X has 65 columns, not a square number") as warned:
            assert find_image_shape(None, None, 65) == (1, 65)
        assert warned[0].filename == __file__

    @pytest.mark.parametrize("shape", [(1, 5, 5), (3, 32, 32), (4, 5, 6), (3, 6, 5)])
    def test_channels_in_front_are_warned_of_where_they_are_given(self, shape):
        with pytest.warns(
            UserWarning, match=rf"channels come first.*image_shape=\({shape[0]}"
        ) as warned:
            assert find_image_shape(None, shape, int(np.prod(shape))) == shape
        assert warned[0].filename == __file__

    @pytest.mark.parametrize("shape", [(3, 32, 4), (3, 4, 32), (2, 5, 5), (3, 32), (28, 28, 1)])
    def test_other_stacks_are_taken_as_they_are(self, shape):
        assert find_image_shape(None, shape, int(np.prod(shape))) == shape


def test_stacks_must_have_the_shape_that_was_fitted():
    for shape, stack in [((3, 4), (3, 4)), ((3, 4, 1), (3, 4)), (None, (3, 4)), ((3, 4), None)]:
        check_stack_shape(PixelScaler(), shape, stack)
    with pytest.raises(ValueError, match=r"\(4, 3\), but PixelScaler was fitted on .*\(3, 4\)"):
        check_stack_shape(PixelScaler(), (3, 4), (4, 3))


def test_a_single_channel_may_be_left_out():
    assert [with_channel(shape) for shape in [(3, 4), (3, 4, 2)]] == [(3, 4, 1), (3, 4, 2)]


def test_the_background_is_the_median_of_the_edge():
    assert edge_pixels(4, 5).astype(int).tolist() == [
        [1, 1, 1, 1, 1],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1, 1, 1, 1, 1],
    ]
    assert edge_pixels(1, 1).all()
    images = np.full((2, 4, 5, 2), 9.0)
    images[0, edge_pixels(4, 5)] = [1, 2]
    assert find_background(images).tolist() == [[1, 2], [9, 9]]


@pytest.mark.parametrize("shape", [(2, None), (2, None, 4)])
def test_ragged_tensors_are_refused(shape):
    class Ragged:
        def __array__(self):
            raise AssertionError("not read")

    ragged = Ragged()
    ragged.shape = shape
    with pytest.raises(ValueError, match=r"samples of different shapes: its shape is \(2, None"):
        split_images(ragged)

from collections import deque
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image
from scipy import sparse

from skmnist import ImageFlattener, KerasMLPClassifier, PixelScaler
from skmnist._images import split_images, square_shape


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


def test_a_missing_image_is_named():
    for X in (PANDAS.Series([IMAGES[0], None]), PANDAS.DataFrame({"a": [IMAGES[0], np.nan]})):
        with pytest.raises(ValueError, match=r"sample 1 is (None|nan)\. Leave it out"):
            split_images(X)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_objects_that_are_numbers_stay_a_table(n):
    X = np.ones((n, 2), object)
    assert split_images(X)[0] is X


@pytest.mark.parametrize(("n_features", "shape"), [(64, (8, 8)), (1, (1, 1)), (60, None)])
def test_square_numbers_of_pixels_have_a_square_shape(n_features, shape):
    assert square_shape(n_features) == shape

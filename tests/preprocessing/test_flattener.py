import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skmnist import ImageFlattener, PixelScaler

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
DTYPES += ["float16", "float32", "float64"]


@pytest.fixture(scope="module")
def digits():
    return load_digits()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("image_shape", [(2, 3), (3, 2, 1), (2, 2, 3)])
def test_there_and_back_without_a_copy(dtype, image_shape):
    X = (np.arange(4 * np.prod(image_shape)) % 100).reshape(4, *image_shape).astype(dtype)
    flattener = ImageFlattener()
    rows = flattener.fit_transform(X)
    assert flattener.image_shape_ == image_shape
    assert flattener.n_features_in_ == np.prod(image_shape)
    assert rows.dtype == dtype
    assert rows.shape == (4, np.prod(image_shape))
    assert np.shares_memory(rows, X)
    images = flattener.inverse_transform(rows)
    assert np.shares_memory(images, X)
    np.testing.assert_array_equal(images, X)
    assert images.dtype == dtype


def test_columns_match_their_names():
    X = np.random.default_rng(0).random((2, 3, 4, 2))
    flattener = ImageFlattener()
    rows = flattener.fit_transform(X)
    for column, name in enumerate(flattener.get_feature_names_out()):
        r, c, k = map(int, name.removeprefix("pixel_").split("_"))
        np.testing.assert_array_equal(rows[:, column], X[:, r, c, k])
    grey = ImageFlattener().fit(X[..., 0])
    assert list(grey.get_feature_names_out())[3:5] == ["pixel_0_3", "pixel_1_0"]


def test_real_digits_flatten_to_the_table_they_come_with(digits):
    flattener = ImageFlattener().fit(digits.images)
    np.testing.assert_array_equal(flattener.transform(digits.images), digits.data)
    # scikit-learn happens to name them alike.
    assert list(flattener.get_feature_names_out()) == digits.feature_names


def test_a_table_passes_through(digits):
    flattener = ImageFlattener().fit(digits.data)
    assert flattener.image_shape_ is None
    assert np.shares_memory(flattener.transform(digits.data), digits.data)
    assert np.shares_memory(flattener.inverse_transform(digits.data), digits.data)
    assert flattener.inverse_transform(digits.data).shape == digits.data.shape
    assert list(flattener.get_feature_names_out()[:2]) == ["x0", "x1"]


def test_a_frame_keeps_its_names_and_dtype():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame({"ink": [1, 2], "paper": [3, 4]}, dtype=np.uint8, index=["a", "b"])
    flattener = ImageFlattener().set_output(transform="pandas")
    pd.testing.assert_frame_equal(flattener.fit_transform(X), X)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_stack_becomes_a_frame_of_named_pixels(library, digits):
    frames = pytest.importorskip(library)
    flattener = ImageFlattener().set_output(transform=library)
    table = flattener.fit_transform(digits.images)
    assert isinstance(table, frames.DataFrame)
    assert list(table.columns) == list(flattener.get_feature_names_out())
    np.testing.assert_array_equal(table["pixel_2_5"], digits.images[:, 2, 5])
    np.testing.assert_array_equal(flattener.inverse_transform(table), digits.images)


def test_names_travel_through_a_pipeline(digits):
    pipeline = make_pipeline(ImageFlattener(), PixelScaler()).fit(digits.images)
    assert list(pipeline.get_feature_names_out()) == digits.feature_names


def test_rows_and_images_mix_where_the_pixels_agree(digits):
    on_images = ImageFlattener().fit(digits.images)
    np.testing.assert_array_equal(on_images.transform(digits.data), digits.data)
    on_rows = ImageFlattener().fit(digits.data)
    np.testing.assert_array_equal(on_rows.transform(digits.images), digits.data)


def test_a_single_channel_may_be_left_out(digits):
    with_channel = digits.images[..., None]
    for fitted_on, other in ((digits.images, with_channel), (with_channel, digits.images)):
        rows = ImageFlattener().fit(fitted_on).transform(other)
        np.testing.assert_array_equal(rows, digits.data)


@pytest.mark.parametrize("shape", [(4, 16), (2, 8, 4), (7, 8)])
def test_another_image_shape_names_both(shape, digits):
    flattener = ImageFlattener().fit(digits.images)
    expected = rf"X has images of shape \({', '.join(map(str, shape))}\), but .* \(8, 8\)"
    with pytest.raises(ValueError, match=expected):
        flattener.transform(np.zeros((2, *shape)))


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
@pytest.mark.parametrize("form", ["images", "data"])
def test_wrong_number_of_pixels(form, method, digits):
    flattener = ImageFlattener().fit(digits[form])
    with pytest.raises(ValueError, match="X has 63 features, but ImageFlattener is expecting 64"):
        getattr(flattener, method)(np.zeros((2, 63)))


def test_names_given_for_images_are_counted(digits):
    flattener = ImageFlattener().fit(digits.images)
    assert list(flattener.get_feature_names_out(["any"] * 64)) == digits.feature_names
    with pytest.raises(ValueError, match=r"number of features \(64\), got 3"):
        flattener.get_feature_names_out(["a", "b", "c"])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((0, 8, 8)), "0 sample"),
        (np.zeros((2, 0, 8)), "0 feature"),
        (np.full((2, 2, 2), np.nan), "contains NaN"),
        (np.zeros((1, 2, 2, 2, 2)), "dim 5"),
        (np.zeros((2, 2, 2), complex), "Complex data not supported"),
        (np.full((2, 2, 2), "ink"), "ink|numeric"),
    ],
)
def test_arrays_that_hold_no_images_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        ImageFlattener().fit(X)


def test_a_refit_on_a_table_forgets_the_images(digits):
    flattener = ImageFlattener().fit(digits.images).fit(digits.data[:, :10])
    assert flattener.image_shape_ is None
    assert flattener.inverse_transform(digits.data[:, :10]).shape == (1797, 10)

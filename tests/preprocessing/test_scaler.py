import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.preprocessing import MinMaxScaler

from skmnist import PixelScaler


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def naive(X, pixel_range, feature_range=(0, 1)):
    """Straight from the definition, in float64, pixel by pixel."""
    (low, high), (bottom, top) = pixel_range, feature_range
    out = np.empty(X.shape)
    for i, x in np.ndenumerate(X):
        out[i] = bottom + (float(x) - low) / (high - low) * (top - bottom)
    return out


@pytest.mark.parametrize(
    ("dtype", "out", "pixel_range"),
    [
        ("uint8", "float32", (0, 255)),
        ("uint16", "float32", (0, 65535)),
        ("bool", "float32", (0, 1)),
        ("int8", "float32", (1, 113)),
        ("int32", "float32", (1, 113)),
        ("int64", "float32", (1, 113)),
        ("uint64", "float32", (1, 113)),
        ("float16", "float32", (1, 113)),
        ("float32", "float32", (1, 113)),
        ("float64", "float64", (1, 113)),
        ("object", "float64", (1, 113)),
    ],
)
@pytest.mark.parametrize("shape", [(3, 8), (3, 2, 4), (3, 2, 2, 2)])
def test_dtypes_and_forms(dtype, out, pixel_range, shape):
    X = np.array([1, 113, *range(3, 25)]).reshape(shape).astype(dtype)
    if dtype == "bool":
        X.flat[0] = False
    scaler = PixelScaler((-1, 3)).fit(X)
    assert scaler.pixel_range_ == pixel_range
    assert [type(end) for end in scaler.pixel_range_] == [float, float]
    assert scaler.n_features_in_ == 8
    scaled = scaler.transform(X)
    assert scaled.dtype == out
    assert scaled.shape == shape
    rtol = 1e-6 if out == "float32" else 1e-14
    np.testing.assert_allclose(scaled, naive(X, pixel_range, (-1, 3)), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_pixel_value_survives_the_round_trip(dtype):
    X = np.arange(np.iinfo(dtype).max + 1).astype(dtype).reshape(4, 8, -1)
    scaler = PixelScaler().fit(X)
    scaled = scaler.transform(X)
    assert scaled.min() == 0
    assert scaled.max() == 1
    back = scaler.inverse_transform(scaled)
    assert back.dtype == np.float32
    assert back.shape == X.shape
    np.testing.assert_array_equal(np.rint(back), X)


def test_round_trip_of_real_digits(digits):
    scaler = PixelScaler(feature_range=(-1, 1))
    scaled = scaler.fit_transform(digits.images)
    assert scaler.pixel_range_ == (0, 16)
    np.testing.assert_array_equal(np.unique(scaled), np.linspace(-1, 1, 17))
    np.testing.assert_array_equal(scaler.inverse_transform(scaled), digits.images)


def test_one_map_for_all_pixels_unlike_min_max_scaler(digits):
    X = digits.data
    ours, columns = PixelScaler().fit_transform(X), MinMaxScaler().fit_transform(X)
    np.testing.assert_allclose(ours * 16, X)
    faint = X.max(axis=0) < 16  # never fully lit
    assert faint.any()
    assert not np.allclose(ours[:, faint], columns[:, faint])
    np.testing.assert_allclose(ours[:, X.max(axis=0) == 16], columns[:, X.max(axis=0) == 16])


def test_flat_rows_and_stacks_are_scaled_alike(digits):
    flat = PixelScaler().fit(digits.data)
    stack = PixelScaler().fit(digits.images)
    assert flat.pixel_range_ == stack.pixel_range_
    np.testing.assert_array_equal(
        flat.transform(digits.images).reshape(-1, 64), stack.transform(digits.data)
    )


def test_the_range_is_the_fitted_one_whatever_comes_later():
    scaler = PixelScaler().fit(np.array([[7, 9]], dtype=np.uint8))
    np.testing.assert_allclose(scaler.transform([[0.0, 510.0]]), [[0, 2]])
    learned = PixelScaler().fit([[2.0, 4.0]])
    np.testing.assert_allclose(learned.transform(np.array([[2, 6]], dtype=np.uint8)), [[0, 2]])


def test_explicit_pixel_range_beats_dtype_and_data():
    X = np.array([[0, 4, 16]], dtype=np.uint8)
    scaler = PixelScaler(pixel_range=(0, 16)).fit(X)
    assert scaler.pixel_range_ == (0, 16)
    np.testing.assert_array_equal(scaler.transform(X), [[0, 0.25, 1]])


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
@pytest.mark.parametrize("value", [0, -3, 16])
def test_constant_pixels_go_to_the_low_end_and_back(dtype, value):
    X = np.full((4, 3, 3), value, dtype=dtype)
    scaler = PixelScaler((-2, 5)).fit(X)
    np.testing.assert_array_equal(scaler.transform(X), np.full(X.shape, -2))
    np.testing.assert_array_equal(scaler.inverse_transform(scaler.transform(X)), X)


def test_a_range_too_narrow_for_float32_gives_no_nan():
    scaler = PixelScaler().fit([[0.0, 1e-60]])
    np.testing.assert_array_equal(scaler.transform([[0.0, 1e-60]]), [[0, 1]])
    assert np.isfinite(scaler.transform(np.zeros((1, 2), np.float32))).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 6), (2, 2, 3)])
def test_input_is_never_written_and_never_shared(dtype, shape):
    X = np.arange(12).reshape(shape).astype(dtype)
    X.setflags(write=False)
    scaler = PixelScaler(pixel_range=(0, 1)).fit(X)
    for out in scaler.transform(X), scaler.inverse_transform(X):
        assert not np.shares_memory(out, X)
        assert out.flags.writeable
    np.testing.assert_array_equal(X.ravel(), np.arange(12))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames(library, digits):
    frames = pytest.importorskip(library)
    X = frames.DataFrame(
        dict(zip(digits.feature_names, digits.data.T.astype(np.uint8), strict=True))
    )
    scaler = PixelScaler().set_output(transform=library).fit(X)
    assert scaler.pixel_range_ == (0, 255)  # the frame's dtype counts like an array's
    scaled = scaler.transform(X)
    assert isinstance(scaled, frames.DataFrame)
    assert list(scaled.columns) == digits.feature_names == list(scaler.feature_names_in_)
    np.testing.assert_array_equal(
        np.asarray(scaled), PixelScaler().fit_transform(digits.data.astype(np.uint8))
    )
    # A bare array may go back without a warning about missing names.
    np.testing.assert_allclose(
        scaler.inverse_transform(np.asarray(scaled)), digits.data, atol=1e-4
    )


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_stack_as_a_frame_is_refused_with_the_remedy(library, digits):
    pytest.importorskip(library)
    scaler = PixelScaler().set_output(transform=library)
    message = rf"{library} has no table for images of shape \(8, 8\). Put ImageFlattener before"
    with pytest.raises(ValueError, match=message):
        scaler.fit_transform(digits.images)
    scaler.set_output(transform="default")
    assert scaler.transform(digits.images).shape == digits.images.shape


@pytest.mark.parametrize("parameter", ["feature_range", "pixel_range"])
@pytest.mark.parametrize(
    "value",
    [
        *[(1, 0), (1, 1), (0,), (0, 1, 2), (), (0, np.inf), (np.nan, 1), ("0", "1"), (None, 1)],
        *[(0, 1e39), (-3e38, 3e38)],
    ],
)
def test_wrong_ranges_are_named(parameter, value):
    scaler = PixelScaler(**{parameter: value})
    with pytest.raises(ValueError, match=rf"{parameter} must be two finite .* low < high, got \("):
        scaler.fit([[0.0, 1.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_ranges_wider_than_float32_are_refused(dtype):
    X = np.array([[-3e38, 3e38]], dtype)
    with pytest.raises(ValueError, match=r"pixels from -3.*e\+38 to 3.*e\+38, wider than float32"):
        PixelScaler().fit(X)
    np.testing.assert_allclose(PixelScaler().fit_transform(X / 2), [[0, 1]])


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
@pytest.mark.parametrize("X", [np.zeros((2, 63)), np.zeros((2, 7, 9))])
def test_wrong_number_of_pixels(method, X, digits):
    scaler = PixelScaler().fit(digits.images)
    with pytest.raises(ValueError, match="X has 63 features, but PixelScaler is expecting 64"):
        getattr(scaler, method)(X)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("method", ["fit", "transform", "inverse_transform"])
def test_nan_and_infinity_are_refused(method, bad):
    X = np.ones((2, 2, 2))
    scaler = PixelScaler().fit(X)
    X[1, 0, 1] = bad
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        getattr(scaler, method)(X)


def test_a_refit_forgets():
    scaler = PixelScaler().fit(np.zeros((2, 4), np.uint8))
    assert scaler.fit([[1.0, 3.0]]).pixel_range_ == (1, 3)
    assert scaler.n_features_in_ == 2
    assert not hasattr(clone(scaler), "pixel_range_")

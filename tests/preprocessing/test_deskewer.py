import numpy as np
import pytest
from scipy.ndimage import affine_transform
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from skmnist import ImageDeskewer, make_digit_pipeline


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def naive_slant(image):
    """Regression of columns on rows from its definition, pixel by pixel."""
    edge = [value for (r, c), value in np.ndenumerate(image) if r in (0, len(image) - 1)]
    edge += [value for row in image[1:-1] for value in (row[0], row[-1])]
    weights = np.abs(image - np.median(edge))
    if not weights.sum():
        return 0.0, 0.0
    rows, columns = np.indices(image.shape)
    middle_row = np.average(rows, weights=weights)
    middle_column = np.average(columns, weights=weights)
    together = np.average((rows - middle_row) * (columns - middle_column), weights=weights)
    spread = np.average((rows - middle_row) ** 2, weights=weights)
    return (np.clip(together / spread, -1, 1) if spread else 0.0), middle_row


def test_it_is_an_affine_map_of_each_image(digits):
    # An independent computation: the shear that scipy makes of the same moments. The
    # digits are framed in background, beyond which scipy's constant is the same.
    images = np.pad(digits.images[:50], [(0, 0), (2, 2), (6, 6)])
    upright = ImageDeskewer().fit_transform(images)
    for image, ours in zip(images, upright, strict=True):
        slant, middle = naive_slant(image)
        theirs = affine_transform(
            image, [[1, 0], [slant, 1]], offset=[0, -slant * middle], order=1, mode="constant"
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_upright_images_have_no_slant(digits):
    images = np.pad(digits.images, [(0, 0), (0, 0), (8, 8)])
    before = [naive_slant(image)[0] for image in images]
    after = [naive_slant(image)[0] for image in ImageDeskewer().fit_transform(images)]
    assert np.std(before) > 0.1
    assert np.abs(after).max() < 1e-9  # linear interpolation keeps means of columns


def test_ink_may_be_dark(digits):
    images = digits.images[:20]
    light = ImageDeskewer().fit_transform(images)
    dark = ImageDeskewer().fit_transform(16 - images)
    np.testing.assert_allclose(dark, 16 - light, atol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "out"), [("uint8", "float32"), ("float32", "float32"), ("float64", "float64")]
)
def test_forms_and_dtypes(digits, dtype, out):
    images = digits.images[:9].astype(dtype)
    deskewer = ImageDeskewer().fit(images)
    assert deskewer.image_shape_ == (8, 8)
    stack, flat = deskewer.transform(images), deskewer.transform(images.reshape(9, 64))
    assert (stack.dtype, stack.shape, flat.shape) == (out, images.shape, (9, 64))
    np.testing.assert_array_equal(stack.reshape(9, 64), flat)


def test_channels_are_shifted_together(digits):
    grey = digits.images[:9]
    colours = np.stack([grey, grey / 2, np.zeros_like(grey)], axis=-1)
    upright = ImageDeskewer().fit_transform(colours)
    expected = ImageDeskewer().fit_transform(grey)
    np.testing.assert_allclose(upright[..., 0], expected)
    np.testing.assert_allclose(upright[..., 1], expected / 2)
    assert not upright[..., 2].any()


def test_images_without_a_slant_are_unchanged(digits):
    symmetric = np.zeros((3, 7, 7))
    symmetric[0, 3] = symmetric[1, :, 3] = 1.0
    symmetric[2] = 5.0
    np.testing.assert_array_equal(ImageDeskewer().fit_transform(symmetric), symmetric)
    rows = np.random.default_rng(0).random((5, 10))  # one row of ten pixels each
    deskewer = ImageDeskewer().fit(rows)
    assert deskewer.image_shape_ == (1, 10)
    np.testing.assert_array_equal(deskewer.transform(rows), rows)


def test_many_images_are_as_each_alone(digits):
    images = np.resize(digits.images, (2500, 8, 8))
    deskewer = ImageDeskewer().fit(images)
    together = deskewer.transform(images)
    for i in (0, 1023, 1024, 2499):
        np.testing.assert_array_equal(together[i], deskewer.transform(images[i : i + 1])[0])


def test_wrong_shapes_are_named(digits):
    with pytest.raises(ValueError, match=r"image_shape=\(4, 4\) has 16 pixels, but X has 64"):
        ImageDeskewer(image_shape=(4, 4)).fit(digits.data)
    with pytest.raises(ValueError, match=r"image_shape=\(4, 16\).*images of shape \(8, 8\)"):
        ImageDeskewer(image_shape=(4, 16)).fit(digits.images)
    with pytest.raises(ValueError, match=r"images of shape \(4, 16\), but .* \(8, 8\)"):
        ImageDeskewer().fit(digits.images).transform(digits.images.reshape(-1, 4, 16))
    with pytest.raises(ValueError, match="ImageDeskewer gives back a stack"):
        ImageDeskewer().set_output(transform="pandas").fit_transform(digits.images)


def test_in_a_pipeline_it_helps_neighbours(digits):
    plain = make_digit_pipeline(KNeighborsClassifier(1))
    pipeline = make_digit_pipeline(KNeighborsClassifier(1), deskew=True, image_shape=(8, 8))
    assert list(pipeline.named_steps) == ["flatten", "deskew", "scale", "classify"]
    assert pipeline["deskew"].image_shape == (8, 8)
    # Each digit in its neighbourhood, slanted by another angle.
    rng = np.random.default_rng(0)
    slanted = np.stack(
        [
            affine_transform(image, [[1, 0], [slant, 1]], offset=[0, -slant * 3.5], order=1)
            for image, slant in zip(digits.images, rng.uniform(-1, 1, 1797), strict=True)
        ]
    )
    scores = [
        cross_val_score(clone(model), slanted, digits.target, cv=3).mean()
        for model in (plain, pipeline)
    ]
    assert scores[1] > scores[0] + 0.01

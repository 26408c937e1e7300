"""Distorted training images: what is done to them, and to which images."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from skmnist import (
    KerasCNNClassifier,
    KerasMLPClassifier,
    RandomDistortion,
    load,
    make_digit_pipeline,
    save,
    to_onnx,
)

DIGITS = load_digits()
IMAGES, Y = DIGITS.images[:160].astype(np.float32), DIGITS.target[:160]
NOTHING = RandomDistortion(shift=0, rotation=0, zoom=0, shear=0)
TRAINING = {"calibrate": False, "epochs": 2, "batch_size": 32, "random_state": 0}
MLP = KerasMLPClassifier((4,), **TRAINING)
CNN = KerasCNNClassifier((2,), kernel_size=3, hidden_layer_sizes=(4,), **TRAINING)


def distort(images, seed=0, **parameters):
    return clone(NOTHING).set_params(**parameters).augment(images, np.random.default_rng(seed))


@pytest.mark.parametrize("shape", [(6, 9, 1), (8, 5, 3), (1, 7, 1)])
@pytest.mark.parametrize("is_elastic", [False, True])
def test_pixels_come_from_where_the_definition_says(shape, is_elastic):
    # An independent computation, image by image and channel by channel.
    from skmnist._engine import bump_shape, warp_images

    rng = np.random.default_rng(0)
    images = rng.random((5, *shape), np.float32)
    affine = rng.normal(size=(5, 2, 3)).astype(np.float32) + np.eye(2, 3, dtype=np.float32)
    bumps = rng.normal(size=(5, 2, *bump_shape())).astype(np.float32) if is_elastic else None
    warped = warp_images(images, affine, bumps)

    sides = shape[:2]
    grid = np.indices(sides) - (np.array(sides).reshape(2, 1, 1) - 1) / 2
    for i, image in enumerate(images):
        places = np.tensordot(affine[i, :, :2], grid, axes=1) + affine[i, :, 2, None, None]
        if is_elastic:
            of_sides = []
            for side, places_on_it in zip(sides, (grid[0, :, 0], grid[1, 0]), strict=True):
                centres = np.arange(-5, 6) * side / 7
                heights = np.exp(-(((places_on_it[:, None] - centres) / (side / 7)) ** 2) / 2)
                of_sides.append(heights / np.sqrt((heights**2).sum(axis=1, keepdims=True)))
            places = places + of_sides[0] @ bumps[i] @ of_sides[1].T
        places = places + (np.array(sides).reshape(2, 1, 1) - 1) / 2
        for channel in range(shape[2]):
            expected = map_coordinates(image[..., channel], places, order=1, mode="nearest")
            np.testing.assert_allclose(warped[i, ..., channel], expected, atol=2e-5)


def test_more_images_than_a_block_are_each_their_own():
    from skmnist._engine import warp_images

    images = np.resize(IMAGES, (1100, 8, 8))[..., None]
    affine = np.random.default_rng(0).normal(size=(1100, 2, 3)).astype(np.float32)
    warped = warp_images(images, affine)
    for part in (slice(0, 3), slice(510, 515), slice(1097, 1100)):
        np.testing.assert_array_equal(warped[part], warp_images(images[part], affine[part]))


def test_no_distortion_changes_no_pixel():
    for images in (IMAGES[..., None], IMAGES[..., None].astype(np.uint8)):
        same = distort(images)
        assert same.dtype == np.float32
        np.testing.assert_array_equal(same, images)


def moments(images):
    """Centre of mass of each image, rows before columns, from the middle of the image."""
    grid = (
        np.indices(images.shape[1:3]).reshape(2, -1)
        - (np.array(images.shape[1:3]) - 1)[:, None] / 2
    )
    weights = images.reshape(len(images), -1)
    return weights @ grid.T / weights.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def square():
    """Copies of a bright square off the middle of a dark image."""
    images = np.zeros((500, 41, 41, 1), np.float32)
    images[:, 16:20, 24:28] = 1
    return images


def test_shifts_are_shares_of_the_side(square):
    moved = moments(distort(square, shift=0.1)) - moments(square)
    assert np.abs(moved).max(axis=0) == pytest.approx([4.1, 4.1], rel=0.02)
    assert moved.std(axis=0) == pytest.approx([4.1 / np.sqrt(3)] * 2, rel=0.1)  # uniform
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.15


def test_rotations_are_in_degrees(square):
    before, after = moments(square), moments(distort(square, rotation=30))
    angles = np.rad2deg(np.arctan2(*after.T) - np.arctan2(*before.T))
    assert [angles.min(), angles.max()] == pytest.approx([-30, 30], abs=0.7)
    np.testing.assert_allclose(
        np.linalg.norm(after, axis=1), np.linalg.norm(before, axis=1), rtol=0.02
    )


def test_zooms_are_shares_of_the_size(square):
    factors = moments(distort(square, zoom=0.3)) / moments(square)
    assert [factors.min(), factors.max()] == pytest.approx([0.7, 1.3], abs=0.03)
    assert abs(np.corrcoef(factors.T)[0, 1]) < 0.15  # each axis its own


def test_slants_are_columns_per_row(square):
    before, after = moments(square), moments(distort(square, shear=0.5))
    np.testing.assert_allclose(after[:, 0], before[:, 0], atol=1e-4)
    slants = (after - before)[:, 1] / before[:, 0]
    assert [slants.min(), slants.max()] == pytest.approx([-0.5, 0.5], abs=0.02)


def test_elastic_displacements_have_the_deviation_asked_for():
    # A ramp shows by how much its pixels were displaced.
    ramp = np.tile(np.arange(60, dtype=np.float32)[:, None], (400, 1, 30))[..., None]
    moved = (distort(ramp, elastic=0.02) - ramp)[:, 10:-10, :, 0]
    assert moved.std(axis=0) == pytest.approx(np.full((40, 30), 1.2), rel=0.15)
    assert moved.mean() == pytest.approx(0, abs=0.05)
    neighbours = np.corrcoef(moved[:, 20, 10], moved[:, 21, 10])[0, 1]
    distant = np.corrcoef(moved[:, 5, 10], moved[:, 35, 10])[0, 1]
    assert neighbours > 0.95
    assert abs(distant) < 0.2


def test_each_image_its_own_and_the_generator_decides():
    images = np.repeat(IMAGES[:1, ..., None], 5, axis=0)
    first, again, other = (
        RandomDistortion().augment(images, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert len({image.tobytes() for image in [*first, *other]}) == 10


@pytest.mark.parametrize(
    ("parameters", "images", "said"),
    [
        ({"shift": 1.0}, IMAGES[..., None], r"'shift' parameter .* in the range \[0.0, 1.0\)"),
        ({"rotation": -5}, IMAGES[..., None], r"'rotation' parameter .* range \[0.0, 180.0\]"),
        ({}, IMAGES, r"images has shape \(160, 8, 8\).*give images\[..., None\]"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters, images, said):
    with pytest.raises(ValueError, match=said):
        distort(images, **parameters)


class Watching(BaseEstimator):
    """Keeps what it was given, and makes all pixels 1."""

    seen: list = []

    def augment(self, images, rng):
        self.seen.append((images.copy(), rng.random()))
        return np.ones_like(images)


@pytest.fixture
def watching(monkeypatch):
    monkeypatch.setattr(Watching, "seen", [])
    return Watching()


@pytest.mark.parametrize("model", [MLP, CNN], ids=["mlp", "cnn"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_anything_with_augment_sees_training_images_and_no_others(watching, model, dtype):
    X, X_val = IMAGES[:100].astype(dtype), IMAGES[100:].astype(dtype)
    model = clone(model).set_params(augmenter=watching)
    model.fit(X, Y[:100], X_val=X_val, y_val=Y[100:])
    model.predict(X_val)
    assert len(watching.seen) == model.n_iter_  # a call an epoch, so few are the images
    assert len({number for _, number in watching.seen}) == model.n_iter_
    for images, _ in watching.seen:
        assert (images.shape[1:], images.dtype) == ((8, 8, 1), dtype)
        assert {image.tobytes() for image in images} == {image.tobytes() for image in X}


def test_held_out_samples_are_not_distorted(watching):
    model = clone(MLP).set_params(
        augmenter=watching, early_stopping=True, n_iter_no_change=1, validation_fraction=0.5
    )
    model.fit(IMAGES, Y)
    seen = {image.tobytes() for images, _ in watching.seen for image in images}
    assert len(seen) == 80


def test_it_is_the_distorted_images_that_are_learned(watching):
    # All training images are ones: only how frequent a class is can be learned.
    model = clone(MLP).set_params(augmenter=watching, epochs=100).fit(IMAGES, Y)
    # 2.3 is the entropy of ten equal classes.
    assert model.history_["loss"][-1] == pytest.approx(np.log(10), abs=0.05)
    assert clone(model).set_params(augmenter=None).fit(IMAGES, Y).history_["loss"][-1] < 1.5


@pytest.mark.parametrize("model", [MLP, CNN], ids=["mlp", "cnn"])
def test_the_seed_decides_and_two_short_fits_equal_a_long_one(model):
    model = clone(model).set_params(augmenter=RandomDistortion(elastic=0.02), schedule="constant")
    ten = clone(model).set_params(epochs=4).fit(IMAGES, Y)
    again = clone(model).set_params(epochs=4).fit(IMAGES, Y)
    halves = clone(model).set_params(warm_start=True).fit(IMAGES, Y).fit(IMAGES, Y)
    plain = clone(model).set_params(epochs=4, augmenter=None).fit(IMAGES, Y)
    for one, other, third in zip(ten.weights_, again.weights_, halves.weights_, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)
    assert not np.array_equal(ten.weights_[0], plain.weights_[0])


def test_weight_two_is_two_copies():
    model = clone(MLP).set_params(augmenter=RandomDistortion())
    weights = np.where(Y == 3, 2, 1)
    copies = np.repeat(np.arange(160), weights)
    weighted = clone(model).fit(IMAGES, Y, sample_weight=weights)
    repeated = clone(model).fit(IMAGES[copies], Y[copies])
    for one, other in zip(weighted.weights_, repeated.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_search_reaches_its_parameters_and_compiles_nothing_new():
    from skmnist._engine import training

    def programs():
        return {id(program) for _, program in training._pool._idle}

    model = clone(CNN).set_params(augmenter=RandomDistortion()).fit(IMAGES, Y)
    before = programs()
    search = GridSearchCV(model, {"augmenter__rotation": [0, 10]}, cv=2).fit(IMAGES, Y)
    assert set(search.cv_results_["param_augmenter__rotation"]) == {0, 10}
    assert programs() == before


def test_flat_rows_are_squares_or_need_image_shape():
    flat, wide = IMAGES.reshape(160, 64), IMAGES.reshape(160, 4, 16)
    model = clone(MLP).set_params(augmenter=RandomDistortion())
    by_stack, by_rows = clone(model).fit(IMAGES, Y), clone(model).fit(flat, Y)
    np.testing.assert_array_equal(by_stack.weights_[0], by_rows.weights_[0])
    by_shape = clone(model).set_params(image_shape=(4, 16)).fit(flat, Y)
    np.testing.assert_array_equal(by_shape.weights_[0], clone(model).fit(wide, Y).weights_[0])
    with pytest.raises(ValueError, match=r"X has 60 columns, which is no square.*image_shape="):
        clone(model).fit(flat[:, :60], Y)
    with pytest.raises(ValueError, match=r"image_shape=\(3, 3\) has 9 pixels, but X has 64"):
        clone(model).set_params(image_shape=(3, 3)).fit(flat, Y)


class Shrinking:
    def augment(self, images, rng):
        return images[:, :-1]


@pytest.mark.parametrize(
    ("augmenter", "error", "said"),
    [
        (Shrinking(), ValueError, r"made \(\d+, 7, 8, 1\) of images of shape \(\d+, 8, 8, 1\)"),
        (RandomDistortion, TypeError, r"got the class RandomDistortion: write RandomDistortion"),
        (RandomDistortion(zoom=2), ValueError, "'zoom' parameter of RandomDistortion"),
        ("rotate", ValueError, "'augmenter' parameter of KerasMLPClassifier"),
    ],
)
def test_an_augmenter_that_makes_no_sense_changes_nothing(augmenter, error, said):
    model = clone(MLP).fit(IMAGES, Y)
    before = dict(vars(model), augmenter=augmenter)
    model.set_params(augmenter=augmenter)
    with pytest.raises(error, match=said):
        model.fit(IMAGES, Y)
    assert vars(model) == before


def test_digit_pipelines_hand_on_the_shape_and_refuse_components():
    model = clone(MLP).set_params(augmenter=RandomDistortion())
    shifting = clone(MLP).set_params(test_shift=1)
    pipeline = make_digit_pipeline(model, image_shape=(4, 16))
    pipeline.fit(IMAGES.reshape(160, 4, 16), Y)
    assert pipeline["classify"].image_shape_ == (4, 16)
    with pytest.raises(ValueError, match="principal components are not pixels"):
        make_digit_pipeline(model, n_components=9)
    with pytest.raises(ValueError, match="principal components are not pixels"):
        make_digit_pipeline(VotingClassifier([("mlp", shifting)]), n_components=9)
    make_digit_pipeline(SVC(), n_components=9)
    plain = make_digit_pipeline(clone(MLP), n_components=9, deskew=True, image_shape=(4, 16))
    plain.fit(IMAGES.reshape(160, 4, 16), Y)


def test_model_files_hold_it(tmp_path):
    model = clone(MLP).set_params(augmenter=RandomDistortion(rotation=7.5)).fit(IMAGES, Y)
    save(model, tmp_path / "model.skmnist")
    loaded = load(tmp_path / "model.skmnist")
    assert loaded.augmenter.get_params() == model.augmenter.get_params()
    np.testing.assert_array_equal(loaded.predict_proba(IMAGES), model.predict_proba(IMAGES))
    model.set_params(augmenter=Shrinking())
    with pytest.raises(TypeError, match=r"augmenter=.* can't be saved"):
        save(model, tmp_path / "other.skmnist")


@pytest.mark.parametrize("model", [MLP, CNN], ids=["mlp", "cnn"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_predictions_may_average_over_shifts(model, dtype):
    images = IMAGES.astype(dtype)
    model = clone(model).fit(images, Y)
    alone = model.decision_function(images)
    sums = np.zeros_like(alone)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            places = np.clip(np.arange(8) + down, 0, 7), np.clip(np.arange(8) + right, 0, 7)
            sums += model.decision_function(images[:, *np.ix_(*places)])
    model.set_params(test_shift=1)
    np.testing.assert_allclose(model.decision_function(images), sums / 9, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(model.predict(images), sums.argmax(axis=1))
    assert not np.allclose(model.decision_function(images), alone, rtol=1e-3)
    np.testing.assert_array_equal(model.set_params(test_shift=0).decision_function(images), alone)


def test_shifts_use_the_given_image_shape():
    wide = IMAGES[:, 1:7, 1:7].reshape(160, 3, 6, 2)  # 36 columns: a square, if nothing is said
    by_stack = clone(MLP).set_params(test_shift=1).fit(wide, Y)
    by_rows = make_digit_pipeline(by_stack, image_shape=(3, 6, 2), pixel_range=(0, 1))
    expected = by_stack.predict_proba(wide)
    np.testing.assert_allclose(by_rows.fit(wide, Y).predict_proba(wide), expected, rtol=1e-4)
    later = clone(MLP).fit(wide.reshape(160, 36), Y)
    assert not np.allclose(later.set_params(test_shift=1).predict_proba(wide), expected)
    later.set_params(image_shape=(3, 6, 2))
    np.testing.assert_array_equal(later.predict_proba(wide), expected)


def test_shifts_need_images(tmp_path):
    model = clone(MLP).fit(IMAGES.reshape(160, 64)[:, :60], Y).set_params(test_shift=1)
    with pytest.raises(ValueError, match="test_shift=1 needs images, but X has 60 columns"):
        model.predict(IMAGES.reshape(160, 64)[:, :60])
    with pytest.raises(ValueError, match="test_shift=1 needs images, but X has 60 columns"):
        clone(model).fit(IMAGES.reshape(160, 64)[:, :60], Y)
    model = clone(MLP).fit(IMAGES, Y).set_params(test_shift=2)
    with pytest.raises(ValueError, match="test_shift=2: averages over shifted images"):
        to_onnx(model, tmp_path / "model.onnx")
    for odd in (-1, 1.5, "1"):
        with pytest.raises(ValueError, match="'test_shift' parameter of KerasMLPClassifier"):
            model.set_params(test_shift=odd).predict(IMAGES)
    with pytest.raises(ValueError, match="'test_shift' parameter of KerasMLPClassifier"):
        model.set_params(test_shift=-1).fit(IMAGES, Y)

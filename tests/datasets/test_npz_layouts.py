"""Archives of other people: which array is what, and what is refused by name."""

import numpy as np
import pytest

from skmnist.datasets import load_file

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(6, 3, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture
def load(tmp_path):
    def write_and_load(**arrays):
        np.savez(tmp_path / "digits.npz", **arrays)
        return load_file(tmp_path / "digits.npz")

    return write_and_load


def check(bunch, n_train, order=range(6)):
    np.testing.assert_array_equal(bunch.images, IMAGES[list(order)])
    np.testing.assert_array_equal(bunch.target, LABELS[list(order)])
    assert bunch.n_train == n_train


@pytest.mark.parametrize(
    "keys",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("X_train", "y_train", "X_test", "y_test"),
        ("Xtr", "ytr", "Xte", "yte"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("train_x", "train_y", "test_x", "test_y"),
        ("images_train", "labels_train", "images_test", "labels_test"),
        ("trainX", "trainy", "testX", "testy"),
        ("train-data", "train-target", "test-data", "test-target"),
        ("train_dataset", "train_labels", "test_dataset", "test_labels"),
        ("X", "y", "X_test", "y_test"),
        ("x_train", "y_train", "x_val", "y_val"),
    ],
    ids=lambda keys: keys[0],
)
def test_two_parts(load, keys):
    arrays = IMAGES[:4], LABELS[:4], IMAGES[4:], LABELS[4:]
    check(load(**dict(zip(keys, arrays, strict=True))), 4)
    # The order in the file says nothing.
    check(load(**dict(reversed([*zip(keys, arrays, strict=True)]))), 4)


def test_validation_images_are_put_to_those_for_training(load):
    # As in the files of MedMNIST, whose labels are columns.
    bunch = load(
        train_images=IMAGES[:3],
        val_images=IMAGES[3:5],
        test_images=IMAGES[5:],
        train_labels=LABELS[:3, None],
        val_labels=LABELS[3:5, None],
        test_labels=LABELS[5:, None],
    )
    check(bunch, 5)


@pytest.mark.parametrize(
    "labels",
    [
        LABELS[:, None],
        np.eye(3)[LABELS],
        np.eye(3, dtype=bool)[LABELS],
        np.eye(3, 8, dtype=int)[LABELS],  # as wide as QMNIST's tables
    ],
    ids=["column", "one-hot", "bool", "eight classes"],
)
def test_labels_of_two_dimensions(load, labels):
    check(load(X=IMAGES, y=labels), None)
    check(load(x_train=IMAGES[:4], y_train=labels[:4], x_test=IMAGES[4:], y_test=labels[4:]), 4)


@pytest.mark.parametrize(
    "labels",
    [np.eye(3)[LABELS] * 0.9, np.ones((6, 3)), np.zeros((6, 2)), np.eye(6)[:, :5], LABELS[None]],
    ids=["smoothed", "multilabel", "none", "one row without", "a row"],
)
def test_labels_that_are_not_one_for_each_image(load, labels):
    with pytest.raises(ValueError, match=r"y has shape \(.*, expected \(6,\).*np\.savez\("):
        load(X=IMAGES, y=labels)


def test_qmnists_tables_of_labels(load):
    table = np.tile(np.arange(8, dtype=np.int32), (6, 1))
    with pytest.raises(ValueError, match=r"y has shape \(6, 8\).*QMNIST.* take y\[:, 0\]"):
        load(X=IMAGES, y=table)


def test_images_along_the_last_axis(load):
    with pytest.raises(ValueError, match=r"write np\.moveaxis\(X, -1, 0\)"):
        load(X=np.zeros((5, 5, 3, 9), np.uint8), y=np.zeros((9, 1)))


def test_arrays_that_describe_are_passed_over(load):
    names = np.array(["a", "b", "c"])
    check(load(X=IMAGES, y=LABELS, target_names=names, DESCR=np.array("text")), None)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (("arr_0", "arr_1"), r"\['arr_0', 'arr_1'\], expected one of: .* without a name"),
        (("X", "digit"), "'digit' beside X is neither images nor labels by its name: leave it"),
        (("X", "y", "mask"), "'mask' beside X, y is neither"),
        (("X", "y", "sample_weight"), "'sample_weight' beside X, y is neither"),
        (("data", "images", "target"), "data and images could both be the images"),
        (("X", "y", "labels"), "y and labels could both be the labels"),
        (("x_train", "X_train", "y_train"), "x_train and X_train could both"),
        (("y",), "expected one of: "),
        (("x_train", "y_train", "y_test"), "y_test holds labels, but no array their images"),
        (
            ("x_train", "y_train", "X", "y"),
            "X, y beside .* which part they are: call the parts x_.*, y_test$",
        ),
        (("train_x_test", "y"), "'train_x_test' beside y is neither"),
    ],
)
def test_the_error_names_ambiguous_arrays(load, keys, message):
    arrays = {key: LABELS if key[0] in "ylmsd" and key != "data" else IMAGES for key in keys}
    with pytest.raises(ValueError, match=rf"digits\.npz: .*{message}"):
        load(**arrays)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES},
            "x_test has no labels, but other images have",
        ),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES / 255, "y_test": LABELS},
            "x_train has dtype uint8 and x_test float64, expected the same",
        ),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS.astype(str)},
            "labels are text in one part and numbers in another",
        ),
        ({"X": IMAGES, "y": LABELS * 1j}, "dtype complex128, expected numbers or text"),
        (
            {"X": IMAGES, "y": np.where(LABELS[2] == LABELS, np.nan, LABELS)},
            "y has the label nan at image 2, expected a number or text",
        ),
        (
            {"x_train": IMAGES / 1.0, "y_train": LABELS, "x_test": IMAGES / 255, "y_test": LABELS},
            "the largest pixel is .* in x_train and .* in x_test, expected one range",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(load, arrays, message):
    with pytest.raises(ValueError, match=rf"digits\.npz: .*{message}"):
        load(**arrays)


def test_labels_that_are_python_objects(load):
    with pytest.raises(ValueError, match=r"'y\.npy' has dtype object.*with astype\(str\)"):
        load(X=IMAGES, y=LABELS.astype(object))


def test_standardized_parts_may_differ_in_their_largest_pixel(load):
    parts = {"x_train": IMAGES / IMAGES.max() * 3, "x_test": IMAGES / IMAGES.max() * 1.5}
    assert load(**parts, y_train=LABELS, y_test=LABELS).n_train == len(IMAGES)


def test_labels_of_text(load):
    for labels in (np.array(["ä", "b"] * 3), np.char.encode(["ä", "b"] * 3, "utf-8")):
        assert load(X=IMAGES, y=labels).target.tolist() == ["ä", "b"] * 3


def test_parts_without_labels(load):
    bunch = load(x_train=IMAGES[:4], x_test=IMAGES[4:])
    assert (bunch.target, bunch.n_train) == (None, 4)


@pytest.mark.parametrize("X", [IMAGES, IMAGES.reshape(6, 12)])
def test_one_label_for_all_images(load, X):
    with pytest.raises(ValueError, match=r"digits\.npz: y has shape \(\), expected \(6,\) as X"):
        load(X=X, y=3)


def test_labels_in_bytes(load):
    words = np.array(["é", "a", "b"] * 2)
    assert load(X=IMAGES, y=np.char.encode(words, "utf-8")).target.tolist() == words.tolist()
    with pytest.raises(ValueError, match=r"digits\.npz: y has bytes that are no UTF-8 \(b'\\xe9'"):
        load(X=IMAGES, y=np.char.encode(words, "latin-1"))

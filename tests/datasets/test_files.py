import gzip

import numpy as np
import pytest

from skmnist.datasets import load_file

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(5, 3, 4), dtype=np.uint8)
LABELS = np.arange(5)


def test_keras_keys_put_the_training_images_first(tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez(path, x_test=IMAGES[3:], y_test=LABELS[3:], x_train=IMAGES[:3], y_train=LABELS[:3])
    bunch = load_file(path)
    np.testing.assert_array_equal(bunch.images, IMAGES)
    np.testing.assert_array_equal(bunch.data, IMAGES.reshape(5, 12))
    np.testing.assert_array_equal(bunch.target, LABELS)
    assert np.shares_memory(bunch.data, bunch.images)
    assert (bunch.image_shape, bunch.n_train) == ((3, 4), 3)


@pytest.mark.parametrize(
    "keys",
    [
        *(("X", "y"), ("data", "target"), ("images", "labels"), ("data", "labels")),
        *(("X", "labels"), ("X", "target"), ("image", "label"), ("features", "labels")),
        *(("x", "y"), ("Images", "Targets"), ("pixels", "class"), ("inputs", "categories")),
        *(("x_train", "y_train"), ("train_images", "train_labels"), ("X_test", "y_test")),
    ],
)
@pytest.mark.parametrize("shape", [(12,), (3, 4), (2, 2, 3)])
def test_pairs_of_keys(tmp_path, keys, shape):
    path = tmp_path / "digits.NPZ"
    with path.open("wb") as stream:
        np.savez(stream, **dict(zip(keys, (IMAGES.reshape(5, *shape), LABELS), strict=True)))
    bunch = load_file(str(path))
    np.testing.assert_array_equal(bunch.data, IMAGES.reshape(5, 12))
    np.testing.assert_array_equal(bunch.target, LABELS)
    assert bunch.n_train is None
    if len(shape) == 1:
        assert bunch.images is None
        assert bunch.image_shape is None
    else:
        assert bunch.images.shape == (5, *shape)
        assert bunch.image_shape == shape


def test_labels_may_be_missing(tmp_path):
    np.savez(tmp_path / "digits.npz", X=IMAGES)
    assert load_file(tmp_path / "digits.npz").target is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": IMAGES}, r"arrays \['a'\], expected one of: x_train, y_train"),
        ({"X": IMAGES, "y": LABELS[:4]}, r"y has shape \(4,\), expected \(5,\)"),
        ({"X": LABELS, "y": LABELS}, r"X has shape \(5,\).*expected numbers of shape"),
        ({"X": IMAGES.astype(str), "y": LABELS}, "X has .* dtype <U3, expected numbers"),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:, 1:], "y_test": LABELS},
            r"\(3, 4\) in x_train and \(2, 4\) in x_test",
        ),
    ],
)
def test_unfit_archives_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "digits.npz", **arrays)
    with pytest.raises(ValueError, match=rf"digits\.npz: .*{message}"):
        load_file(tmp_path / "digits.npz")


@pytest.mark.parametrize("name", ["digits.csv", "digits.csv.gz", "DIGITS.CSV"])
@pytest.mark.parametrize(("n_pixels", "shape"), [(4, (2, 2)), (9, (3, 3)), (6, None)])
def test_csv_with_a_square_number_of_pixels_has_images(tmp_path, name, n_pixels, shape):
    pixels = IMAGES.reshape(5, 12)[:, :n_pixels]
    text = "".join(f"{y},{','.join(map(str, x))}\n" for x, y in zip(pixels, LABELS, strict=True))
    content = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    bunch = load_file(tmp_path / name)
    np.testing.assert_array_equal(bunch.data, pixels)
    np.testing.assert_array_equal(bunch.target, LABELS)
    assert bunch.image_shape == shape
    assert (bunch.images is None) == (shape is None)
    if shape:
        np.testing.assert_array_equal(bunch.images, pixels.reshape(5, *shape))
    assert bunch.n_train is None


@pytest.mark.parametrize("name", ["digits.txt", "digits", "digits.gz", "digits.npy"])
def test_other_suffixes_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(ValueError, match=rf"{name}.*expected .* \.npz, \.csv or \.csv\.gz"):
        load_file(tmp_path / name)


@pytest.mark.parametrize("name", ["digits.npz", "digits.csv", "digits.csv.gz"])
def test_a_damaged_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x1f\x8b\x08garbage")
    with pytest.raises(ValueError, match=name):
        load_file(tmp_path / name)


@pytest.mark.parametrize(
    "name", ["digits.npz", "digits.csv", "digits", "train-images-idx3-ubyte", "folder/"]
)
def test_a_missing_file_is_an_oserror(tmp_path, name):
    with pytest.raises(FileNotFoundError):
        load_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("digits.zip", "unpack it first"),
        ("digits.tar.gz", "unpack it first"),
        ("digits.csv.bz2", "unpack it first"),
        ("digits.npz.gz", "unpack it first"),
        ("seven.PNG", "read_picture"),
        ("digits.parquet", r"pandas and write np\.savez"),
    ],
)
def test_other_kinds_of_files_come_with_a_remedy(tmp_path, name, remedy):
    (tmp_path / name).write_bytes(b"content")
    with pytest.raises(ValueError, match=rf"{name}.*: .*{remedy}"):
        load_file(tmp_path / name)


def test_an_empty_path_is_refused():
    with pytest.raises(ValueError, match=r"path='' is empty, expected the path of a file"):
        load_file("")


def test_the_column_of_the_labels_is_for_csv(tmp_path):
    (tmp_path / "digits.csv").write_text("1,2,3,4,7\n5,6,7,8,9\n")
    assert load_file(tmp_path / "digits.csv", label="last").target.tolist() == [7, 9]
    np.savez(tmp_path / "digits.npz", X=IMAGES, y=LABELS)
    with pytest.raises(ValueError, match=r"label='last', but .*digits\.npz is no csv file"):
        load_file(tmp_path / "digits.npz", label="last")

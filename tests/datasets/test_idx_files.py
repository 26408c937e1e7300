"""IDX files with the labels beside them, by the names that people have them under."""

import gzip
import struct

import numpy as np
import pytest

from skmnist.datasets import load_file

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(6, 3, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)


def idx(array):
    code = {"uint8": 8, "int32": 12}[array.dtype.name]
    header = struct.pack(f">4B{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(folder, name, array):
    content = idx(array)
    folder.joinpath(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder / name


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte.gz", "train-labels.idx1-ubyte"),
        ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz"),
        ("images-of-images-idx3-ubyte", "images-of-labels-idx1-ubyte"),
        ("TRAIN-IMAGES.IDX3-UBYTE", "TRAIN-LABELS.idx1-ubyte"),
        ("train_images.idx", "train_labels.idx"),
        ("images.bin", "labels.bin"),
    ],
)
def test_labels_are_found_beside_the_images(tmp_path, images, labels):
    path = write(tmp_path, images, IMAGES)
    assert load_file(path).target is None
    write(tmp_path, labels, LABELS)
    bunch = load_file(str(path))
    np.testing.assert_array_equal(bunch.images, IMAGES)
    np.testing.assert_array_equal(bunch.target, LABELS)
    assert (bunch.image_shape, bunch.n_train) == ((3, 4), None)


@pytest.mark.parametrize(
    "names",
    [
        "{part}-{what}-idx{n}-ubyte",
        "{part}-{what}-idx{n}-ubyte.gz",
        "{part}-{what}.idx{n}-ubyte",
        "emnist-digits-{part}-{what}-idx{n}-ubyte.gz",
    ],
)
@pytest.mark.parametrize("test", ["t10k", "test"])
def test_a_folder_of_four(tmp_path, names, test):
    for part, rows in (("train", slice(4)), (test, slice(4, 6))):
        write(tmp_path, names.format(part=part, what="images", n=3), IMAGES[rows])
        write(tmp_path, names.format(part=part, what="labels", n=1), LABELS[rows])
    (tmp_path / "readme.txt").write_text("Beside them.")
    bunch = load_file(tmp_path)
    np.testing.assert_array_equal(bunch.images, IMAGES)
    np.testing.assert_array_equal(bunch.target, LABELS)
    assert bunch.n_train == 4


def test_a_folder_with_packed_copies_and_one_part(tmp_path):
    for ending in ("", ".gz"):
        write(tmp_path, "train-images-idx3-ubyte" + ending, IMAGES)
        write(tmp_path, "train-labels-idx1-ubyte" + ending, LABELS)
    bunch = load_file(tmp_path)
    np.testing.assert_array_equal(bunch.images, IMAGES)
    assert bunch.n_train is None


def test_a_folder_that_is_not_clear(tmp_path):
    with pytest.raises(ValueError, match=r"folder without IDX files, expected train-images-idx3"):
        load_file(tmp_path)
    (tmp_path / "test" / "seven").mkdir(parents=True)
    (tmp_path / "test" / "seven" / "1.PNG").touch()
    for folder in (tmp_path, tmp_path / "test", tmp_path / "test" / "seven"):
        with pytest.raises(ValueError, match=r"is a folder of pictures, .*read_picture and"):
            load_file(folder)
    (tmp_path / "train-images-idx3-ubyte.zip").touch()
    with pytest.raises(ValueError, match="folder without IDX files"):
        load_file(tmp_path)
    for name in ("emnist-letters", "emnist-digits"):
        write(tmp_path, f"{name}-train-images-idx3-ubyte", IMAGES)
    with pytest.raises(ValueError, match=r"several sets \(emnist-digits, emnist-letters\)"):
        load_file(tmp_path)


def test_labels_in_place_of_images(tmp_path):
    path = write(tmp_path, "train-labels-idx1-ubyte", LABELS)
    with pytest.raises(ValueError, match=r"give that of the images, train-images-idx3-ubyte, and"):
        load_file(path)
    path = write(tmp_path, "numbers", LABELS)
    with pytest.raises(ValueError, match=r"read it with skmnist\.datasets\.read_idx"):
        load_file(path)


def test_qmnists_labels_are_tables(tmp_path):
    path = write(tmp_path, "qmnist-train-images-idx3-ubyte.gz", IMAGES)
    table = np.zeros((6, 8), np.int32)
    write(tmp_path, "qmnist-train-labels-idx2-int.gz", table)
    with pytest.raises(ValueError, match=r"labels-idx2-int.gz has shape \(6, 8\).*take y\[:, 0\]"):
        load_file(path)


def test_the_error_names_the_damaged_file(tmp_path):
    path = write(tmp_path, "train-images-idx3-ubyte", IMAGES)
    write(tmp_path, "train-labels-idx1-ubyte", LABELS[:5])
    with pytest.raises(ValueError, match=r"labels-idx1-ubyte has shape \(5,\), expected \(6"):
        load_file(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte: cut"):
        load_file(path)

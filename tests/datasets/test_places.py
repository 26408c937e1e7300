"""Copies of the published files, wherever in the data folder people keep them."""

import dataclasses
import gzip

import numpy as np
import pytest

from skmnist.datasets import _sources, fetch_fashion_mnist, fetch_mnist

REAL_FILES = _sources.DATASETS["mnist"].layouts[1]


@pytest.fixture(autouse=True)
def published(mnist, fashion, server, arrays, monkeypatch):
    """The small MNIST under the names and in the folders of the real one; no server."""
    files = tuple(dataclasses.replace(file, max_bytes=5000) for file in REAL_FILES)
    npz, idx = mnist.sources
    sources = (npz, dataclasses.replace(idx, files=files))
    monkeypatch.setitem(_sources.DATASETS, "mnist", dataclasses.replace(mnist, sources=sources))
    real = _sources.DATASETS["fashion-mnist"]
    folders = ("fashion-mnist", ".", "FashionMNIST/raw")
    files = tuple(dataclasses.replace(file, folders=folders) for file in real.layouts[0])
    source = dataclasses.replace(real.sources[0], files=files)
    monkeypatch.setitem(
        _sources.DATASETS, "fashion-mnist", dataclasses.replace(real, sources=(source,))
    )
    bodies = dict(server.bodies)
    server.bodies.clear()
    return bodies


def put(bodies, folder, form="{}.gz", only=None):
    """Write the four files; `form` makes names of train-images-idx3-ubyte and the like."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in REAL_FILES:
        if only in (None, file.keys[0]):
            name = form.format(file.unpacked_name)
            if ".idx" in form:
                name = form.replace(".idx", "").format(file.unpacked_name.replace("-idx", ".idx"))
            packed = bodies[f"clothes/{file.name}"]
            content = packed if name.endswith(".gz") else gzip.decompress(packed)
            folder.joinpath(name).write_bytes(content)


FOLDERS = ["mnist", "", "MNIST/raw", "MNIST", "raw"]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("form", ["{}.gz", "{}", "{}.idx", "{}.idx.gz"])
def test_mnist_is_found(published, tmp_path, arrays, snapshot, folder, form):
    put(published, tmp_path / "data" / folder, form)
    before = snapshot(tmp_path / "data")
    found = fetch_mnist(data_home=tmp_path / "data", download_if_missing=False)
    np.testing.assert_array_equal(
        found.images, np.concatenate([arrays["x_train"], arrays["x_test"]])
    )
    np.testing.assert_array_equal(
        found.target, np.concatenate([arrays["y_train"], arrays["y_test"]])
    )
    assert snapshot(tmp_path / "data") == before


def test_the_environment_variable_may_name_the_folder_itself(published, tmp_path, monkeypatch):
    put(published, tmp_path / "MNIST/raw", "{}")
    monkeypatch.setenv("SKMNIST_DATA", str(tmp_path / "MNIST/raw"))
    assert len(fetch_mnist(download_if_missing=False).target) == 9


def test_files_may_lie_in_several_places(published, tmp_path):
    put(published, tmp_path, "{}", only="x_train")
    put(published, tmp_path / "MNIST/raw", only="y_train")
    put(published, tmp_path / "mnist", "{}.idx", only="x_test")
    put(published, tmp_path / "raw", only="y_test")
    assert len(fetch_mnist(data_home=tmp_path, download_if_missing=False).target) == 9


def test_a_folder_named_as_its_file(published, tmp_path):
    put(published, tmp_path, "{}.idx")
    (tmp_path / "train-images-idx3-ubyte").mkdir()
    assert len(fetch_mnist(data_home=tmp_path, download_if_missing=False).target) == 9


def test_a_damaged_copy_is_passed_over_for_a_sound_one(published, tmp_path):
    put(published, tmp_path)
    put(published, tmp_path / "mnist")
    (tmp_path / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(b"junk")
    assert len(fetch_mnist(data_home=tmp_path, download_if_missing=False).target) == 9


@pytest.mark.parametrize("folder", FOLDERS)
def test_other_images_are_refused_wherever_they_lie(published, tmp_path, folder):
    put(published, tmp_path / folder, "{}")
    path = tmp_path / folder / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"t10k-images-idx3-ubyte: x_test is not that of MNIST"):
        fetch_mnist(data_home=tmp_path, download_if_missing=False)


@pytest.mark.parametrize("folder", ["fashion-mnist", "", "FashionMNIST/raw"])
def test_clothes_are_found_packed(published, tmp_path, folder):
    put(published, tmp_path / folder)
    assert len(fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False).target) == 9
    path = tmp_path / folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1, mtime=1))
    with pytest.raises(OSError, match=r"its md5 is .*, expected"):
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)


def test_unpacked_clothes_can_not_be_verified(published, tmp_path):
    put(published, tmp_path / "FashionMNIST/raw", "{}")
    message = r"raw/train-images-idx3-ubyte can't be verified: .* put that file there as well"
    with pytest.raises(OSError, match=message):
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)
    put(published, tmp_path / "FashionMNIST/raw")
    assert len(fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False).target) == 9


def test_a_missing_one_of_four_is_named(published, tmp_path):
    put(published, tmp_path, "{}")
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(OSError, match=r"has some files of MNIST, but no t10k-labels-idx1-ubyte"):
        fetch_mnist(data_home=tmp_path, download_if_missing=False)


def test_the_error_names_all_files_that_would_do(tmp_path):
    with pytest.raises(OSError, match="MNIST was not found") as caught:
        fetch_mnist(data_home=tmp_path, download_if_missing=False)
    assert (
        f"Put mnist.npz into {tmp_path}, or the files train-images-idx3-ubyte, "
        "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (plain or .gz, "
        "flat or in mnist or MNIST/raw or MNIST or raw), or name the folder"
    ) in str(caught.value)
    with pytest.raises(OSError, match=r"Put the files train-images-idx3-ubyte\.gz, .*\(flat or"):
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)


def test_the_real_files_of_clothes_are_looked_for_as_torchvision_keeps_them():
    real = _sources._FASHION_IDX[0]
    assert "FashionMNIST/raw/train-images-idx3-ubyte.gz" in real.places
    assert "train-images-idx3-ubyte.gz" in real.places
    assert real.places[0] == "fashion-mnist/train-images-idx3-ubyte.gz"

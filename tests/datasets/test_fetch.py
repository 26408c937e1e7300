import inspect
import sys

import numpy as np
import pytest

from skmnist.datasets import fetch_fashion_mnist, fetch_mnist

BOTH = pytest.mark.parametrize("fetch", [fetch_mnist, fetch_fashion_mnist])


@pytest.fixture(autouse=True)
def small(mnist, fashion):
    """No test in this file reaches the web."""


@BOTH
@pytest.mark.parametrize(
    ("subset", "parts"),
    [("all", ("train", "test")), ("train", ("train",)), ("test", ("test",))],
)
def test_bunch(fetch, subset, parts, arrays):
    bunch = fetch(subset=subset)
    images = np.concatenate([arrays[f"x_{part}"] for part in parts])
    target = np.concatenate([arrays[f"y_{part}"] for part in parts])
    np.testing.assert_array_equal(bunch.images, images, strict=True)
    np.testing.assert_array_equal(bunch.data, images.reshape(len(images), 20), strict=True)
    np.testing.assert_array_equal(bunch.target, target.astype(np.int64), strict=True)
    assert np.shares_memory(bunch.data, bunch.images)
    assert bunch.frame is None
    assert bunch.feature_names[:6] == [
        "pixel_0_0", "pixel_0_1", "pixel_0_2", "pixel_0_3", "pixel_0_4", "pixel_1_0",
    ]  # fmt: skip
    assert bunch.feature_names[-1] == "pixel_3_4"
    assert len(bunch.target_names) == 10


def test_names_of_the_classes():
    assert list(fetch_mnist().target_names) == list("0123456789")
    clothes = fetch_fashion_mnist()
    assert clothes.target_names[[0, 6, 9]].tolist() == ["T-shirt/top", "Shirt", "Ankle boot"]
    assert clothes.DESCR.startswith("Fashion-MNIST")


@BOTH
def test_return_X_y(fetch):
    bunch = fetch()
    X, y = fetch(return_X_y=True)
    np.testing.assert_array_equal(X, bunch.data)
    np.testing.assert_array_equal(y, bunch.target)


@BOTH
def test_as_frame(fetch):
    pandas = pytest.importorskip("pandas")
    plain, bunch = fetch(), fetch(as_frame=True)
    assert isinstance(bunch.data, pandas.DataFrame)
    assert isinstance(bunch.target, pandas.Series)
    assert list(bunch.data.columns) == plain.feature_names
    assert list(bunch.frame.columns) == [*plain.feature_names, "target"]
    assert set(bunch.data.dtypes) == {np.dtype(np.uint8)}
    np.testing.assert_array_equal(bunch.data.to_numpy(), plain.data)
    np.testing.assert_array_equal(bunch.frame["target"].to_numpy(), plain.target)
    X, y = fetch(as_frame=True, return_X_y=True)
    pandas.testing.assert_frame_equal(X, bunch.data)
    pandas.testing.assert_series_equal(y, bunch.target)


@BOTH
def test_as_frame_without_pandas_fails_before_the_download(fetch, server, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="as_frame=True needs pandas"):
        fetch(as_frame=True)
    assert server.requests == []
    assert fetch().frame is None


@BOTH
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subset", "validation"),
        ("data_home", 3),
        ("download_if_missing", "yes"),
        ("return_X_y", "no"),
        ("as_frame", "auto"),
        ("n_retries", 0),
        ("n_retries", 1.5),
        ("delay", 0),
        ("delay", -1.0),
    ],
)
def test_parameters_are_checked_first(fetch, server, name, value):
    with pytest.raises((ValueError, TypeError), match=f"'{name}' parameter"):
        fetch(**{name: value})
    assert server.requests == []


@BOTH
def test_all_parameters_are_keywords(fetch):
    kinds = {parameter.kind for parameter in inspect.signature(fetch).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@BOTH
def test_documented_defaults_are_the_real_ones(fetch):
    for name, parameter in inspect.signature(fetch).parameters.items():
        default = f'"{parameter.default}"' if name == "subset" else parameter.default
        line = next(
            line for line in fetch.__doc__.splitlines() if line.strip().startswith(f"{name} : ")
        )
        assert line.endswith(f", default={default}")


@BOTH
def test_result_is_ours_to_change(fetch):
    bunch = fetch()
    bunch.data[:] = 0
    bunch.target[:] = 0
    assert fetch().data.any()


def test_data_home_comes_before_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("SKMNIST_DATA", str(tmp_path / "named"))
    fetch_mnist()
    assert (tmp_path / "named/mnist.npz").is_file()
    fetch_mnist(data_home=str(tmp_path / "given"))
    assert (tmp_path / "given/mnist.npz").is_file()


def test_fashion_files_are_kept_as_keras_keeps_them(home, cache, server):
    fetch_fashion_mnist()
    assert len(list((cache / "fashion-mnist").iterdir())) == 4
    (home / ".keras").mkdir()
    cache.rename(home / ".keras/datasets")
    asked = len(server.requests)
    fetch_fashion_mnist(download_if_missing=False)
    assert len(server.requests) == asked


def test_a_damaged_fashion_file_is_fetched_again(cache, server):
    expected = fetch_fashion_mnist().data
    path = cache / "fashion-mnist/t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(UserWarning, match="md5"):
        np.testing.assert_array_equal(fetch_fashion_mnist().data, expected)


def test_the_error_for_fashion_names_its_files(tmp_path):
    with pytest.raises(OSError, match=r"Put the files train-images-idx3-ubyte\.gz, "):
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)

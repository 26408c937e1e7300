import logging
import pickle
import re
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import skmnist
from skmnist.datasets import _download, _sources, fetch_mnist
from skmnist.datasets._obtain import obtain

IN_ANOTHER_PROCESS = """
import pathlib, pickle, sys
from skmnist.datasets import _sources, fetch_mnist
_sources.DATASETS["mnist"] = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
print(fetch_mnist(data_home=sys.argv[2]).data.sum())
"""


@pytest.fixture
def get(mnist, cache, arrays):
    """Obtain the small MNIST and hold it against the original."""

    def get_and_check(**options):
        options = {"download_if_missing": True, "n_retries": 3, "delay": 1.0, **options}
        found = obtain(_sources.DATASETS["mnist"], cache, **options)
        assert found.keys() == arrays.keys()
        for key, array in arrays.items():
            np.testing.assert_array_equal(found[key], array, strict=True)

    return get_and_check


@pytest.fixture
def start_process(mnist, cache, tmp_path):
    recipe = tmp_path / "dataset.pickle"
    recipe.write_bytes(pickle.dumps(mnist))

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", IN_ANOTHER_PROCESS, recipe, cache],
            cwd=Path(skmnist.__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def files_in(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def put(server, folder, path="mnist.npz", body="npz/mnist.npz"):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(server.bodies[body])
    return target


def test_one_download_serves_all_later_loads(get, server, cache, caplog):
    caplog.set_level(logging.INFO, "skmnist")
    for _ in range(3):
        get()
    assert server.requests == ["npz/mnist.npz"]
    assert files_in(cache) == ["mnist.npz"]
    url, size = f"{server.url}npz/mnist.npz", len(server.bodies["npz/mnist.npz"]) / 1e6
    begin, end = caplog.messages
    assert begin == f"Downloading {url} to {cache / 'mnist.npz'}"
    assert re.fullmatch(rf"Downloaded {url}: {size:.1f} MB in \d+\.\d s", end)


def test_back_off_doubles_and_rounds_go_through_all_sources(get, server, sleeps):
    server.plans["npz/mnist.npz"] = [500]
    server.plans["idx/train-images.gz"] = [503]
    with pytest.raises(OSError, match="could not be downloaded"):
        get(n_retries=4, delay=0.5)
    assert sleeps == [0.5, 1.0, 2.0, 4.0]
    assert server.requests == ["npz/mnist.npz", "idx/train-images.gz"] * 5


@pytest.mark.parametrize("manner", [500, 429, "cut"])
def test_a_passing_failure_is_tried_again(get, server, sleeps, cache, manner):
    server.plans["npz/mnist.npz"] = [manner, manner, "whole"]
    server.plans["idx/train-images.gz"] = [500]
    get()
    assert sleeps == [1.0, 2.0]
    assert files_in(cache) == ["mnist.npz"]


@pytest.mark.parametrize("manner", [404, "corrupt", "long"])
def test_a_lasting_failure_is_reported_and_not_asked_again(
    get, server, sleeps, cache, caplog, manner
):
    server.bodies["npz/mnist.npz"] += b"" if manner != "long" else bytes(5000)
    server.plans["npz/mnist.npz"] = [manner]
    server.plans["idx/t10k-labels.gz"] = [500, "whole"]
    get()
    assert sleeps == [1.0]
    # What came through before the failure is kept.
    assert server.requests == [
        "npz/mnist.npz",
        "idx/train-images.gz",
        "idx/train-labels.gz",
        "idx/t10k-images.gz",
        "idx/t10k-labels.gz",
        "idx/t10k-labels.gz",
    ]
    (report,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert report.getMessage().startswith(server.url + "npz/mnist.npz: ")
    assert files_in(cache) == [
        f"mnist/{name.split('/')[1]}" for name in sorted(server.requests[1:5])
    ]
    get()  # from the files that are there
    assert len(server.requests) == 6


def test_when_no_source_is_left_there_is_no_waiting(get, server, sleeps):
    server.plans["npz/mnist.npz"] = ["corrupt"]
    server.plans["idx/train-images.gz"] = ["corrupt"]
    with pytest.raises(OSError, match="wrong content"):
        get()
    assert sleeps == []


def test_valid_but_different_data_is_refused(get, server, arrays, cache, tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, **{**arrays, "y_train": arrays["y_train"] + np.uint8(1)})
    server.bodies["npz/mnist.npz"] = other.read_bytes()
    get()
    assert not (cache / "mnist.npz").exists()


def test_a_stalling_server_is_left_for_the_next(get, server, sleeps, monkeypatch):
    monkeypatch.setattr(_download, "_TIMEOUT", 0.3)
    server.plans["npz/mnist.npz"] = ["stall"]
    get()
    assert sleeps == []


def test_the_error_without_a_server_has_remedies(get, mnist, cache, home, sleeps, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        sources = tuple(_sources.Source(url, source.files) for source in mnist.sources)
        sources = (*sources, _sources.Source("http://no.such.host.invalid/", sources[0].files))
        changed = _sources.Dataset(
            mnist.title, mnist.arrays, sources, mnist.target_names, mnist.description
        )
        monkeypatch.setitem(_sources.DATASETS, "mnist", changed)
        with pytest.raises(OSError, match="MNIST was not found") as caught:
            get(n_retries=1)
    message = str(caught.value)
    for part in (
        str(cache),
        str(home / ".keras" / "datasets"),
        url,
        "http://no.such.host.invalid/mnist.npz: ",
        "Put mnist.npz into",
        "SKMNIST_DATA",
        "data_home=",
        "sklearn.datasets.load_digits()",
    ):
        assert part in message
    assert files_in(home) == []


def test_download_if_missing_false_sends_no_request(get, server, cache, home):
    with pytest.raises(OSError, match="download_if_missing=False") as caught:
        get(download_if_missing=False)
    assert str(cache) in str(caught.value)
    assert "pass download_if_missing=True" in str(caught.value)
    assert server.requests == []
    assert files_in(home) == []
    put(server, cache)
    get(download_if_missing=False)


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_cut_cache_file_is_replaced_with_a_warning(get, server, cache, fraction):
    path = put(server, cache)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(fraction * len(whole))])
    with pytest.warns(UserWarning, match=r"Replaced a damaged file by a sound copy: .*mnist\.npz"):
        get()
    assert path.read_bytes() == whole
    get()


def test_a_cache_file_cut_at_any_byte_is_fetched_again(get, server, cache):
    path = put(server, cache)
    whole = path.read_bytes()
    for n_left in range(len(whole)):
        path.write_bytes(whole[:n_left])
        with pytest.warns(UserWarning, match="Replaced a damaged file"):
            get()
        assert path.read_bytes() == whole, n_left


def test_a_full_disk_leaves_the_cache_as_it_was(get, server, cache, disk_with_room_for):
    path = put(server, cache)
    cut = path.read_bytes()[:100]
    path.write_bytes(cut)
    with disk_with_room_for(200), pytest.raises(OSError, match="File too large"):
        get()
    assert path.read_bytes() == cut
    assert files_in(cache) == ["mnist.npz"]
    with pytest.warns(UserWarning, match="Replaced a damaged file"):
        get()


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_a_cut_cache_file_that_cannot_be_replaced_is_an_error(
    get, server, cache, sleeps, fraction
):
    path = put(server, cache)
    cut = path.read_bytes()[: int(fraction * path.stat().st_size)]
    path.write_bytes(cut)
    server.bodies.clear()
    for options in ({}, {"download_if_missing": False}):
        with pytest.raises(OSError, match=r"mnist\.npz: not a readable npz file"):
            get(**options)
    assert path.read_bytes() == cut
    assert files_in(cache) == ["mnist.npz"]


def test_only_the_damaged_one_of_several_files_is_fetched_again(get, server, cache, idx_files):
    for file in idx_files:
        put(server, cache, file.path, f"idx/{file.name}")
    del server.bodies["npz/mnist.npz"]
    (cache / idx_files[2].path).write_bytes(b"junk")
    with pytest.warns(UserWarning, match=r"t10k-images\.gz"):
        get()
    assert server.requests == ["npz/mnist.npz", "idx/t10k-images.gz"]


def test_the_warning_points_at_the_caller(mnist, server, cache):
    put(server, cache).write_bytes(b"junk")
    with pytest.warns(UserWarning, match="damaged") as caught:
        fetch_mnist()
    assert caught[0].filename == __file__


def test_leftovers_of_a_killed_download_are_never_read(get, server, cache):
    put(server, cache, ".mnist.npz.1234-abcd.part").write_bytes(b"junk of a killed download")
    get()
    assert server.requests == ["npz/mnist.npz"]


def test_a_sound_file_is_read_and_nothing_written(get, server, cache, snapshot):
    put(server, cache)
    cache.chmod(0o555)
    before = snapshot(cache)
    try:
        get()
    finally:
        cache.chmod(0o755)
    assert snapshot(cache) == before
    assert server.requests == []


def test_the_error_names_a_folder_that_cannot_be_written(mnist, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(OSError, match=r"MNIST cannot be written to .*SKMNIST_DATA"):
        fetch_mnist(data_home=blocked / "below")
    assert blocked.read_text() == "not a folder"


@pytest.mark.parametrize("variable", [False, True])
def test_keras_cache_is_used_and_left_alone(
    get, server, home, tmp_path, cache, snapshot, monkeypatch, variable
):
    keras = home / ".keras"
    if variable:
        keras = tmp_path / "elsewhere"
        monkeypatch.setenv("KERAS_HOME", str(keras))
    put(server, keras / "datasets")
    before = snapshot(keras)
    get()
    get(download_if_missing=False)
    assert snapshot(keras) == before
    assert server.requests == []
    assert not cache.exists()


def test_a_damaged_keras_cache_is_left_alone_too(get, server, home, cache, snapshot):
    put(server, home / ".keras/datasets").write_bytes(b"junk")
    before = snapshot(home / ".keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        get()
    assert snapshot(home / ".keras") == before
    assert files_in(cache) == ["mnist.npz"]


def test_two_processes_at_once(start_process, server, cache, arrays, get):
    server.plans["npz/mnist.npz"] = ["together"]  # neither gets a byte before both have asked
    processes = [start_process() for _ in range(2)]
    expected = int(arrays["x_train"].sum()) + int(arrays["x_test"].sum())
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert (output.strip(), process.returncode) == (str(expected), 0), errors
    assert server.requests == ["npz/mnist.npz"] * 2
    assert files_in(cache) == ["mnist.npz"]
    get(download_if_missing=False)


def test_a_killed_download_changes_nothing(start_process, server, cache, get):
    old = put(server, cache)
    old.write_bytes(b"old, damaged")
    server.plans["npz/mnist.npz"] = ["stall", "whole"]
    process = start_process()
    assert server.stalled.wait(60)
    process.kill()
    process.communicate(timeout=60)
    assert old.read_bytes() == b"old, damaged"
    with pytest.warns(UserWarning, match="damaged"):
        get()
    get(download_if_missing=False)

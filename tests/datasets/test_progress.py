"""What is told of a download while it runs: by the log, and by the command line."""

import logging
import re

import pytest
from sklearn.dummy import DummyClassifier

from skmnist import _cli as cli
from skmnist import comparison
from skmnist._cli import _images
from skmnist.datasets import _download, fetch_mnist
from skmnist.datasets._download import download

TENTHS = " ".join(f"{percent} %" for percent in range(10, 100, 10))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    """The files of these tests are small: so are the pieces they come in."""
    monkeypatch.setattr(_download, "_CHUNK", 16)


@pytest.fixture
def compare(monkeypatch, mnist, capsys):
    """A function that runs `skmnist compare` on the small MNIST: exit code and stderr."""
    monkeypatch.setattr(_images, "_N_TRAIN", 6)
    stand_ins = {"svc": DummyClassifier()}
    monkeypatch.setattr(comparison, "default_classifiers", lambda *_, **__: stand_ins)

    def run(*argv):
        code = cli.main(["compare", "--models", "svc", *argv])
        return code, capsys.readouterr().err.splitlines()

    return run


def test_every_tenth_is_logged_once(server, caplog):
    server.bodies["file"] = bytes(16 * 100)
    caplog.set_level(logging.INFO, "skmnist.datasets")
    list(download(server.url + "file", max_bytes=10_000))
    assert caplog.messages == [f"{p} % of {server.url}file" for p in range(10, 100, 10)]
    assert {record.levelname for record in caplog.records} == {"INFO"}


def test_large_pieces_leave_tenths_out(server, caplog, monkeypatch):
    monkeypatch.setattr(_download, "_CHUNK", 400)
    server.bodies["file"] = bytes(1000)
    caplog.set_level(logging.INFO, "skmnist.datasets")
    list(download(server.url + "file", max_bytes=10_000))
    assert caplog.messages == [f"{p} % of {server.url}file" for p in (40, 80)]


def test_a_library_is_silent_by_default(mnist, capfd):
    fetch_mnist()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("argv", [["--data", "mnist"], []], ids=["named", "default"])
def test_the_command_shows_a_growing_line(compare, argv):
    code, lines = compare(*argv)
    assert code == 0
    line = rf"Downloading mnist\.npz from 127\.0\.0\.1 \.\.\. {TENTHS} 0\.0 MB in \d+\.\d s"
    assert re.fullmatch(line, lines[1])
    assert lines[2] == "MNIST: 6 images to train on, 3 to test on, 4 x 5 pixels each"
    assert not any("Downloading" in line for line in compare(*argv)[1])


def test_quiet_shows_nothing(compare):
    assert compare("--data", "mnist", "--quiet") == (0, [])


def test_a_source_that_fails_ends_its_line(compare, server, sleeps):
    server.plans["npz/mnist.npz"] = ["cut"]
    code, lines = compare("--data", "mnist")
    assert code == 0
    assert lines[1].endswith(" 40 % failed")
    assert [line.split()[1] for line in lines[2:6]] == [
        "train-images.gz",
        "train-labels.gz",
        "t10k-images.gz",
        "t10k-labels.gz",
    ]
    assert all(re.search(r" MB in \d+\.\d s$", line) for line in lines[2:6])


def test_the_logger_is_left_as_it_was(compare):
    logger = logging.getLogger("skmnist.datasets")
    before = logger.level, list(logger.handlers)
    compare("--data", "mnist")
    assert (logger.level, logger.handlers) == before

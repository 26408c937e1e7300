import socket
import time

import pytest

from skmnist.datasets import _download
from skmnist.datasets._download import DownloadError, download

BODY = bytes(range(256)) * 1000


@pytest.fixture
def url(server):
    server.bodies["file"] = BODY
    return server.url + "file"


def fetch(url):
    return b"".join(download(url, max_bytes=len(BODY)))


def test_download_yields_the_bytes(url):
    assert fetch(url) == BODY


@pytest.mark.parametrize(
    ("manner", "lasting", "message"),
    [
        (500, False, "HTTP Error 500"),
        (503, False, "HTTP Error 503"),
        (429, False, "HTTP Error 429"),
        (403, True, "HTTP Error 403"),
        (404, True, "HTTP Error 404"),
        ("cut", False, f"cut after {len(BODY) // 2} of {len(BODY)} bytes"),
        ("long", True, f"more than the {len(BODY)} bytes"),
    ],
)
def test_failures_are_lasting_or_passing(server, url, manner, lasting, message):
    server.plans["file"] = [manner]
    with pytest.raises(DownloadError, match=message) as caught:
        fetch(url)
    assert caught.value.lasting is lasting
    assert url in str(caught.value)


def test_silence_ends_after_the_timeout(server, url, monkeypatch):
    monkeypatch.setattr(_download, "_TIMEOUT", 0.3)
    server.plans["file"] = ["stall"]
    start = time.monotonic()
    with pytest.raises(DownloadError, match="timed out") as caught:
        fetch(url)
    assert time.monotonic() - start < 1.5
    assert not caught.value.lasting


def test_a_closed_port_is_a_passing_failure():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/file"
        with pytest.raises(DownloadError, match="refused") as caught:
            fetch(url)
    assert not caught.value.lasting


def test_nothing_is_read_beyond_max_bytes(url):
    pieces = download(url, max_bytes=70_000)
    assert len(next(pieces)) <= 70_000
    with pytest.raises(DownloadError, match="more than the 70000 bytes"):
        list(pieces)

"""A web server on loopback and datasets so small that a test can make them."""

import gzip
import hashlib
import io
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from skmnist.datasets import _sources

KEYS = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture
def rng():
    """Random numbers that are the same whichever tests ran before."""
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own for each test; the cache folder in it does not exist yet."""
    for name in ("SKMNIST_DATA", "XDG_CACHE_HOME", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("no_proxy", "*")
    return folder


@pytest.fixture
def cache(home):
    return home / ".cache" / "skmnist"


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    shapes = {"x_train": (6, 4, 5), "y_train": (6,), "x_test": (3, 4, 5), "y_test": (3,)}
    return {
        key: rng.integers(256 if key[0] == "x" else 10, size=shape, dtype=np.uint8)
        for key, shape in shapes.items()
    }


def to_npz(arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def to_idx_gz(array):
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes(), mtime=0)


class Server:
    """What is served under which path, how it goes wrong, and who asked for what.

    A plan is a list of manners, one a request, the last one for all that follow:
    "whole", "cut", "corrupt", "long", "stall", "together" or an HTTP status.
    """

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/"
        self.bodies, self.plans, self.requests = {}, {}, []
        self.stalled, self.release = threading.Event(), threading.Event()
        self.meeting = threading.Barrier(2)

    def next_manner(self, path):
        self.requests.append(path)
        plan = self.plans.get(path, ["whole"])
        return plan.pop(0) if len(plan) > 1 else plan[0]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        serving = self.server.serving
        path = self.path.removeprefix("/")
        manner = serving.next_manner(path)
        body = serving.bodies.get(path)
        if body is None or isinstance(manner, int):
            self.send_error(404 if body is None else manner)
            return
        if manner == "together":
            serving.meeting.wait(30)
        if manner == "corrupt":
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        if manner == "long":
            body += bytes(1000)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        if manner == "stall":
            self.wfile.flush()
            serving.stalled.set()
            serving.release.wait(30)
        elif manner != "cut":
            self.wfile.write(body[len(body) // 2 :])

    def log_message(self, *args):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the test


@pytest.fixture
def server():
    with QuietServer(("127.0.0.1", 0), Handler) as http:
        http.serving = Server(http.server_port)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield http.serving
        http.serving.release.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def npz_file():
    return _sources.File("mnist.npz", KEYS, max_bytes=5000)


@pytest.fixture
def idx_files():
    names = ("train-images.gz", "train-labels.gz", "t10k-images.gz", "t10k-labels.gz")
    return tuple(
        _sources.File(f"mnist/{name}", (key,), max_bytes=5000)
        for key, name in zip(KEYS, names, strict=True)
    )


@pytest.fixture
def mnist(server, arrays, npz_file, idx_files, monkeypatch):
    """A small "MNIST" from the places npz/ and idx/, put into the table of datasets."""
    server.bodies["npz/mnist.npz"] = to_npz(arrays)
    for file in idx_files:
        server.bodies[f"idx/{file.name}"] = to_idx_gz(arrays[file.keys[0]])
    dataset = _sources.Dataset(
        title="MNIST",
        arrays={
            key: _sources.Array(array.shape, hashlib.sha256(array.tobytes()).hexdigest())
            for key, array in arrays.items()
        },
        sources=(
            _sources.Source(server.url + "npz/", (npz_file,)),
            _sources.Source(server.url + "idx/", idx_files),
        ),
        target_names=tuple("0123456789"),
        description="Small digits.",
    )
    monkeypatch.setitem(_sources.DATASETS, "mnist", dataset)
    return dataset


@pytest.fixture
def fashion(server, arrays, monkeypatch):
    """A small "Fashion-MNIST" from the place clothes/, known by the md5 of its files."""
    real = _sources.DATASETS["fashion-mnist"]
    files = []
    for file in real.layouts[0]:
        body = to_idx_gz(arrays[file.keys[0]])
        server.bodies[f"clothes/{file.name}"] = body
        md5 = hashlib.md5(body).hexdigest()
        files.append(_sources.File(file.path, file.keys, max_bytes=5000, md5=md5))
    dataset = _sources.Dataset(
        title=real.title,
        arrays={key: _sources.Array(array.shape) for key, array in arrays.items()},
        sources=(_sources.Source(server.url + "clothes/", tuple(files)),),
        target_names=real.target_names,
        description=real.description,
    )
    monkeypatch.setitem(_sources.DATASETS, "fashion-mnist", dataset)
    return dataset


@pytest.fixture
def sleeps(monkeypatch):
    """The waits that were asked for, without the waiting."""
    waited = []
    monkeypatch.setattr("skmnist.datasets._obtain.time.sleep", waited.append)
    return waited


@pytest.fixture
def snapshot():
    """A function that says what is in a folder: names, contents and times."""

    def look(folder):
        return {
            path.relative_to(folder): (
                path.stat().st_mtime_ns,
                path.is_file() and path.read_bytes(),
            )
            for path in sorted(folder.rglob("*"))
        }

    return look

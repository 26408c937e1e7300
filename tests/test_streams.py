"""Models in streams, and what is neither a path nor a stream of bytes."""

import gzip
import io
import os
import re
import stat
import tempfile

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier, PixelScaler, load, save, to_onnx
from skmnist.comparison import Comparison, ComparisonRow

X, Y = load_digits(return_X_y=True)
COMPARISON = Comparison((ComparisonRow("svc", 0.98, 1.0, 1.0, 100, 50),))


def short(value):
    """An id that is the same in every process."""
    return re.sub(r" at 0x\w+", "", repr(value))


@pytest.fixture(scope="module")
def mlp(fitted_mlp):
    return fitted_mlp


@pytest.fixture
def reader(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with (tmp_path / "file").open("rb") as stream:
        yield stream


def test_a_model_goes_through_memory(mlp):
    stream = io.BytesIO()
    save(mlp, stream)
    stream.seek(0)
    np.testing.assert_array_equal(load(stream).predict_proba(X), mlp.predict_proba(X))
    assert not stream.closed


def test_a_stream_and_a_file_hold_the_same(mlp, tmp_path):
    stream = io.BytesIO()
    save(mlp, stream)
    save(mlp, tmp_path / "model")
    to_onnx(mlp, onnx := io.BytesIO())
    to_onnx(mlp, tmp_path / "onnx")
    assert stream.getvalue() == (tmp_path / "model").read_bytes()
    assert onnx.getvalue() == (tmp_path / "onnx").read_bytes()


def test_streams_of_every_kind(mlp, tmp_path):
    with gzip.open(tmp_path / "packed", "wb") as stream:
        save(mlp, stream)
    with gzip.open(tmp_path / "packed") as stream:
        assert load(stream).classes_.tolist() == list(range(10))
    with (tmp_path / "raw").open("wb", buffering=0) as stream:
        save(mlp, stream)
    with tempfile.NamedTemporaryFile() as stream, tempfile.SpooledTemporaryFile() as spooled:
        for each in (stream, spooled):
            each.write(b"before")
            save(mlp, each)
            each.seek(len("before"))
            assert load(each).classes_.tolist() == list(range(10))
    assert load(tmp_path / "raw").classes_.tolist() == list(range(10))


class Piecemeal(io.RawIOBase):
    """Takes seven bytes at a time, as a stream without a buffer may, and can't be sought."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, content):
        self.content += bytes(content[:7])
        return len(content[:7])


def test_a_stream_may_take_a_model_piece_by_piece():
    stream = Piecemeal()
    save(PixelScaler(), stream)
    assert load(io.BytesIO(stream.content)).get_params() == PixelScaler().get_params()


def test_an_error_writes_nothing_to_the_stream():
    stream = io.BytesIO()
    with pytest.raises(TypeError, match="can't be saved"):
        save(KerasMLPClassifier(optimizer=object()), stream)
    assert stream.getvalue() == b""


def writers(mlp):
    return {"save": lambda path: save(mlp, path), "to_onnx": lambda path: to_onnx(mlp, path)}


@pytest.mark.parametrize("use", ["save", "to_onnx", "load"])
@pytest.mark.parametrize(
    "path", [None, 3, 1.5, True, ["model"], io.BytesIO, object(), {"path": "model"}], ids=short
)
def test_other_objects_are_refused(use, path, mlp):
    call = {**writers(mlp), "load": load}[use]
    with pytest.raises(TypeError, match=r"path=.* expected a path or a binary stream, such as"):
        call(path)


def test_a_file_descriptor_is_refused(mlp, tmp_path):
    with (tmp_path / "file").open("wb") as stream:
        for call in writers(mlp).values():
            with pytest.raises(TypeError, match="expected a path or a binary stream"):
                call(stream.fileno())
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_the_content_of_a_file_or_its_name(kind, mlp):
    message = (
        rf"path=.*: expected a path or a binary stream.*, got {kind.__name__}: "
        r"give io\.BytesIO\(data\) for the content of a file, os\.fsdecode\(data\) for its name"
    )
    for call in (*writers(mlp).values(), load):
        with pytest.raises(TypeError, match=message):
            call(kind(b"PK\3\4"))


def test_a_path_made_of_bytes_is_refused(tmp_path, mlp):
    class Bytes:
        def __fspath__(self):
            return os.fsencode(tmp_path / "file")

    for call in (*writers(mlp).values(), load):
        with pytest.raises(TypeError, match=r"os\.fsdecode"):
            call(Bytes())


@pytest.mark.parametrize("make", ["StringIO", "file", "temporary"])
def test_streams_of_text_are_refused(make, mlp, tmp_path):
    (tmp_path / "file").write_text("")
    stream = {
        "StringIO": io.StringIO,
        "file": lambda: (tmp_path / "file").open("r+"),
        "temporary": lambda: tempfile.NamedTemporaryFile("w+"),  # noqa: SIM115
    }[make]()
    with stream:
        for call, mode in (*((w, "wb") for w in writers(mlp).values()), (load, "rb")):
            with pytest.raises(TypeError, match=f"stream of text.*mode '{mode}'"):
                call(stream)


def test_streams_open_the_other_way_are_refused(mlp, reader, tmp_path):
    for call in writers(mlp).values():
        with pytest.raises(io.UnsupportedOperation, match=r"not writable.*mode 'wb'"):
            call(reader)
    with (
        (tmp_path / "written").open("wb") as stream,
        pytest.raises(io.UnsupportedOperation, match=r"not readable.*mode 'rb'"),
    ):
        load(stream)
    reader.close()
    for call in (*writers(mlp).values(), load):
        with pytest.raises(ValueError, match="is closed"):
            call(reader)


def test_a_stream_that_gives_text_is_refused():
    class Text:
        def read(self):
            return "text"

    with pytest.raises(TypeError, match="gives str, expected a stream of bytes"):
        load(Text())


def test_a_stream_at_its_end(mlp):
    stream = io.BytesIO()
    save(mlp, stream)
    with pytest.raises(ValueError, match=r"The stream can't be loaded.*seek\(0\)"):
        load(stream)
    with pytest.raises(ValueError, match=r"The stream can't be loaded.*cut off"):
        load(io.BytesIO(stream.getvalue()[:100]))


@pytest.mark.parametrize("method", ["save", "report"])
@pytest.mark.parametrize("path", [io.BytesIO(), io.StringIO(), None, 1, b"table.csv"], ids=short)
def test_a_comparison_needs_a_name_that_says_the_format(method, path):
    with pytest.raises(TypeError, match=r"whose ending says the format.*give a path"):
        getattr(COMPARISON, method)(path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("model.skmnist", lambda mlp, path: save(mlp, path)),
        ("model.onnx", lambda mlp, path: to_onnx(mlp, path)),
        ("table.csv", lambda mlp, path: COMPARISON.save(path)),
        ("table.json", lambda mlp, path: COMPARISON.save(path)),
        ("page.html", lambda mlp, path: COMPARISON.report(path)),
    ],
)
def test_every_writer_keeps_modes_and_links(name, write, mlp, tmp_path, null_device):
    target, link = tmp_path / f"kept {name}", tmp_path / name
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    write(mlp, link)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.stat().st_size > 10
    assert sorted(tmp_path.iterdir()) == sorted([target, link])
    null = tmp_path / f"null {name}"
    null.symlink_to(null_device)
    write(mlp, null)
    assert stat.S_ISCHR(null.stat().st_mode)

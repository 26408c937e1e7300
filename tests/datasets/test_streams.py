"""Readers take open streams, and say by name what they can't take."""

import asyncio
import gzip
import io
import struct
import tempfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from skmnist.datasets import load_file, read_csv, read_idx, read_npz, read_picture

LABELS = b"\0\0\x08\x01" + struct.pack(">I", 3) + bytes([5, 0, 4])
CSV = b"label,pixel0,pixel1\n7,0,255\n3,12,0\n"


def to_npz():
    stream = io.BytesIO()
    np.savez(stream, y=np.array([5, 0, 4]))
    return stream.getvalue()


def to_png():
    stream = io.BytesIO()
    paper = np.full((60, 60), 255, np.uint8)
    paper[20:40, 28:32] = 0
    Image.fromarray(paper).save(stream, "png")
    return stream.getvalue()


def check_csv(found):
    assert found[0].tolist() == [[0, 255], [12, 0]]
    assert found[1].tolist() == [7, 3]


def check_labels(found):
    assert (found["y"] if isinstance(found, dict) else found).tolist() == [5, 0, 4]


def check_picture(found):
    assert found.shape == (28, 28)
    assert found[14, 14] == 255


READERS = {
    read_csv: (CSV, check_csv),
    read_npz: (to_npz(), check_labels),
    read_idx: (LABELS, check_labels),
    read_picture: (to_png(), check_picture),
}
ALL = pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
ALL_BUT_PICTURES = pytest.mark.parametrize(
    "read", [read_csv, read_npz, read_idx], ids=lambda read: read.__name__
)


class Pipe(io.RawIOBase):
    """A stream that can't go back, in small pieces."""

    def __init__(self, content):
        self.rest = content

    def readable(self):
        return True

    def readinto(self, buffer):
        n_bytes = min(7 + len(self.rest) // 50, len(buffer))
        piece, self.rest = self.rest[:n_bytes], self.rest[n_bytes:]
        buffer[: len(piece)] = piece
        return len(piece)


class Wrapped:
    """A stream that only has what streams must have, as a web framework's upload."""

    def __init__(self, content):
        self._stream = io.BytesIO(content)
        self.filename = "upload"

    def __getattr__(self, name):
        return getattr(self._stream, name)


@ALL
def test_streams_are_read_and_stay_open(read, tmp_path):
    content, check = READERS[read]
    path = tmp_path / "file"
    path.write_bytes(content)
    stream = io.BytesIO(content)
    for _ in range(2):
        stream.seek(0)
        check(read(stream))
    with path.open("rb") as file, path.open("rb", buffering=0) as raw:
        check(read(file))
        check(read(raw))
        assert not file.closed
        assert not raw.closed
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        check(read(file))
    with tempfile.SpooledTemporaryFile() as file:
        file.write(content)
        file.seek(0)
        check(read(file))
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("member", content)
    with zipfile.ZipFile(tmp_path / "zip") as archive, archive.open("member") as member:
        check(read(member))
    check(read(Wrapped(content)))


@ALL_BUT_PICTURES
def test_streams_that_can_not_go_back(read):
    content, check = READERS[read]
    check(read(Pipe(content)))
    check(read(io.BufferedReader(Pipe(content))))
    with pytest.raises(ValueError, match=r"the stream: longer than max_bytes=10: raise it"):
        read(Pipe(content + bytes(2**21)), max_bytes=10)


@pytest.mark.parametrize("read", [read_csv, read_idx])
def test_packed_streams(read):
    content, check = READERS[read]
    check(read(io.BytesIO(gzip.compress(content))))
    check(read(Pipe(gzip.compress(content))))
    with gzip.open(io.BytesIO(gzip.compress(content))) as stream:
        check(read(stream))


@pytest.mark.parametrize("read", [read_csv, read_idx])
def test_a_stream_is_read_from_where_it_stands(read):
    content, check = READERS[read]
    stream = io.BytesIO(b"before\n" + content)
    stream.seek(7)
    check(read(stream))


@ALL_BUT_PICTURES
def test_a_stream_at_its_end_is_refused(read):
    stream = io.BytesIO()
    stream.write(READERS[read][0])
    with pytest.raises(ValueError, match=r"the stream: read to its end .*seek\(0\)"):
        read(stream)


def test_csv_takes_text(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(CSV)
    check_csv(read_csv(io.StringIO(CSV.decode())))
    with path.open() as file:
        check_csv(read_csv(file))
        assert not file.closed
    with pytest.raises(ValueError, match=r"^the stream: line 3, column 2 .* is 'x'"):
        read_csv(io.StringIO("label,pixel0\n5,1\n3,x\n"))


@pytest.mark.parametrize("read", [read_npz, read_idx, read_picture, load_file])
def test_other_readers_refuse_streams_of_text(read, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(LABELS)
    with pytest.raises(TypeError, match=r"got StringIO, which is a stream of text: .* mode 'rb'"):
        read(io.StringIO("text"))
    with path.open() as file, pytest.raises(TypeError, match=r"got TextIOWrapper, .*'rb'"):
        read(file)


@pytest.mark.parametrize("read", [*READERS, load_file])
@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (None, "got NoneType"),
        (3, "got int"),
        ({"background": 1, "composite": 2}, r"got dict: give dict\['composite'\]"),
        ({"image": 1, "mask": 2}, r"got dict: give dict\['image'\]"),
        ({}, "got dict$"),
        (["a.png", "b.png"], "got list: give one after the other"),
        ([], "got list: give one after the other"),
        (object(), "got object"),
    ],
)
def test_other_objects_are_refused(read, thing, message):
    with pytest.raises(TypeError, match=rf"expected a path(, a | or a ).*{message}"):
        read(thing)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("read", [read_csv, read_npz, read_idx, load_file])
def test_bytes_are_refused_with_a_remedy(read, kind):
    with pytest.raises(TypeError, match=rf"got {kind.__name__}: give io\.BytesIO\(data\)"):
        read(kind(b"1,2"))


@pytest.mark.parametrize("read", [*READERS, load_file])
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://example.org/digits.csv", "is a URL, expected a path: download it first"),
        ("s3://bucket/digits.npz", "download it first"),
        ("file:///tmp/digits.npz", "without file://"),
        ("data:image/png;base64,iVBORw0KGgo=", r"base64\.b64decode"),
    ],
)
def test_urls_are_not_downloaded(read, url, message):
    with pytest.raises(ValueError, match=message):
        read(url)


@pytest.mark.parametrize("read", [*READERS, load_file])
def test_text_of_several_lines_is_refused(read):
    with pytest.raises(ValueError, match=r"has several lines, expected a path: give io\.BytesIO"):
        read(CSV.decode())


@ALL
def test_a_stream_that_is_open_for_writing_is_refused(read, tmp_path):
    with (
        tmp_path.joinpath("file").open("wb") as file,
        pytest.raises(io.UnsupportedOperation, match="is not readable: open it with mode 'rb'"),
    ):
        read(file)


def test_a_picture_in_lists_is_refused():
    with pytest.raises(TypeError, match=r"or an array, got list: give np\.asarray of it"):
        read_picture([[0, 1], [1, 0]])


@ALL
def test_a_stream_is_called_by_its_name(read, tmp_path):
    junk = b"\1,junk\n" if read is read_csv else b"junk, not a file"
    with pytest.raises((ValueError, OSError), match=r"^the stream"):
        read(io.BytesIO(junk))
    path = tmp_path / "junk.bin"
    path.write_bytes(junk)
    with path.open("rb") as file, pytest.raises((ValueError, OSError), match=r"junk\.bin"):
        read(file)
    upload = io.BytesIO(junk)
    upload.name = "upload.bin"
    with pytest.raises((ValueError, OSError), match=r"^upload\.bin"):
        read(upload)
    with tempfile.TemporaryFile() as file:  # its name is a number
        file.write(junk)
        file.seek(0)
        with pytest.raises((ValueError, OSError), match=r"^the stream"):
            read(file)


@ALL
def test_an_asynchronous_stream_is_refused(read):
    class Upload:
        async def read(self, size=-1):
            return b""

    with pytest.raises(TypeError, match=r"got Upload, which is read asynchronously: give its \."):
        read(Upload())
    assert asyncio.run(Upload().read()) == b""


def test_load_file_knows_a_stream_by_its_name():
    for name, content in (("a.csv", CSV), ("a.CSV.gz", gzip.compress(CSV))):
        upload = io.BytesIO(content)
        upload.name = name
        assert load_file(upload).target.tolist() == [7, 3]
    with pytest.raises(ValueError, match=r"the stream has no name .*read_csv, read_npz or read_i"):
        load_file(io.BytesIO(CSV))
    upload = io.BytesIO(LABELS)
    upload.name = "train-images-idx3-ubyte"
    with pytest.raises(ValueError, match=r"^train-images-idx3-ubyte: .*or give its path"):
        load_file(upload)

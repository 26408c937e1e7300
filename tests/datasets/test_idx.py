import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from skmnist.datasets import read_idx

CODES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def idx(code, shape, content):
    return struct.pack(f">4B{len(shape)}I", 0, 0, code, len(shape), *shape) + content


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, **options):
        path = tmp_path / "file"
        path.write_bytes(content)
        return read_idx(path, **options)

    return write_and_read


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(7,), (3, 2), (2, 3, 4), (2, 1, 3, 2), (0, 5)])
def test_reads_what_struct_wrote(read, pack, dtype, shape):
    size = int(np.prod(shape))
    values = [(7 * i) % 100 for i in range(size)]
    letter = {"u1": "B", "i1": "b", ">i2": "h", ">i4": "i", ">f4": "f", ">f8": "d"}[dtype]
    array = read(pack(idx(CODES[dtype], shape, struct.pack(f">{size}{letter}", *values))))
    assert array.shape == shape
    assert array.dtype == np.dtype(dtype).newbyteorder("=")
    assert array.ravel().tolist() == values
    assert array.flags.writeable


LABELS = idx(8, (3,), bytes([5, 0, 4]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\0\0\x08", "not an IDX file"),
        (b"\1" + LABELS[1:], "not an IDX file"),
        (idx(0x0A, (3,), bytes(3)), "dtype code is 0x0a, expected one of 0x08"),
        (idx(8, (), b"1"), "0 dimensions, expected 1 to 4"),
        (idx(8, (1,) * 5, b"1"), "5 dimensions, expected 1 to 4"),
        (LABELS[:6], "cut within the IDX header, after 6 bytes"),
        (idx(8, (1, 1, 3), b"123")[:10], "cut within the IDX header, after 10 bytes"),
        (LABELS[:-1], "cut"),
        (LABELS + b"\0", "too long: data after the 3 bytes"),
        (idx(8, (2**16, 2**14), b"1"), r"cut: IDX header promises 1073741824 bytes"),
        (idx(0x0E, (2**32 - 1,) * 4, b"1"), "max_bytes=2147483648"),
        (idx(0x0E, (0, 2**31, 2**32 - 1), b""), "file: array is too big"),
    ],
)
def test_refuses_malformed_files(read, pack, content, message):
    with pytest.raises(ValueError, match=message):
        read(pack(content))


@pytest.mark.parametrize("kept", [3, 10, 15, 25, -1])
def test_refuses_a_cut_gzip_stream(read, kept):
    with pytest.raises(ValueError, match="file: "):
        read(gzip.compress(LABELS)[:kept])


def test_max_bytes_is_the_size_of_the_array(read):
    assert len(read(LABELS, max_bytes=3)) == 3
    with pytest.raises(ValueError, match="max_bytes=2: raise it"):
        read(LABELS, max_bytes=2)


def test_never_inflates_more_than_the_header_promises(read):
    bomb = gzip.compress(LABELS + bytes(50_000_000))
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too long"):
            read(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_a_huge_promise_in_a_small_file_takes_no_memory(read):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="cut: IDX header promises"):
            read(gzip.compress(idx(8, (2**30,), bytes(10))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_missing_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "nothing")

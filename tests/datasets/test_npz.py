import io
import os
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from skmnist.datasets import read_npz


def npy(shape, content=b"", descr="'|u1'"):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.npz"


def write(path, compression=zipfile.ZIP_DEFLATED, **members):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_wrote(path, save):
    arrays = {
        "x": np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big_endian": np.arange(3, dtype=">i4"),
        "names": np.array(["cat", "dog"]),
        "scalar": np.array(3),
        "empty": np.empty((0, 28, 28)),
    }
    save(path, **arrays)
    found = read_npz(path)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


class Payload:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


def test_a_pickle_is_refused_and_never_run(path, tmp_path):
    target = tmp_path / "made_by_the_pickle"
    np.savez(path, x=np.array([Payload(target)], dtype=object))
    with pytest.raises(ValueError, match=r"file\.npz.*dtype object.*never loaded"):
        read_npz(path)
    assert not target.exists()
    # The trap is live: NumPy springs it when it is allowed to.
    with np.load(path, allow_pickle=True) as archive:
        archive["x"]
    assert target.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "broken npy header"),
        (b"not an array", "broken npy header"),
        (npy((4,), bytes(3)), "promises 4 bytes.*holds 3"),
        (npy((4,), bytes(5)), "promises 4 bytes.*holds 5"),
        (npy((-1, -4), bytes(4)), "promises 4 bytes"),
        (npy((2**40, 2**40)), "promises"),
        (npy((2**62, 2**62), descr="'<f8'"), "promises"),
        (npy((1,), bytes(8), descr="'|O'"), "dtype object"),
        (npy((1,), bytes(8), descr="[('a', '<f8')]"), "expected numbers, booleans or strings"),
        (npy("(" * 5000), "broken npy header"),
        (npy("1" + " " * 20_000), "broken npy header"),
        (npy(r"{'descr': '\s'}"), r"broken npy header: Cannot parse"),
        (npy((1,)).replace(b"\x01\x00", b"\x03\x00", 1), "version is"),
        # A header that claims to be four gigabytes long.
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 100_000, "broken npy header"),
    ],
)
def test_refuses_broken_members(path, content, message):
    write(path, x=content)
    with pytest.raises(ValueError, match=rf"file\.npz: not a readable npz file.*{message}"):
        read_npz(path)


def test_arrays_that_python_2_wrote_are_read_without_a_word(path):
    write(path, x=npy("(3L,)", bytes(3)))
    assert read_npz(path)["x"].tolist() == [0, 0, 0]


def test_refuses_members_that_are_no_arrays(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(ValueError, match=r"'notes\.txt' is not an array"):
        read_npz(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_refuses_compressions_that_cannot_be_bounded(path, compression):
    write(path, compression, x=npy((3,), bytes(3)))
    with pytest.raises(ValueError, match="expected stored"):
        read_npz(path)


@pytest.fixture
def bomb(path):
    write(path, x=npy((100_000_000,), bytes(100_000_000)))
    assert path.stat().st_size < 200_000
    return path


def test_a_zip_bomb_is_refused_before_it_unfolds(bomb):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="max_bytes=1000000: raise it"):
            read_npz(bomb, max_bytes=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_zip_bomb_that_lies_about_its_size_is_cut_short(bomb):
    # The archive's directory and the header both promise 1000 bytes; 10**8 come.
    small = npy((1000,), bytes(1000))
    content = bomb.read_bytes()
    true_size = len(npy((100_000_000,))) + 100_000_000
    assert content.count(struct.pack("<I", true_size)) == 2
    bomb.write_bytes(content.replace(struct.pack("<I", true_size), struct.pack("<I", len(small))))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="not a readable npz file"):
            read_npz(bomb, max_bytes=10_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_many_members_count_together(path):
    member = npy((600,), bytes(600))
    write(path, a=member, b=member)
    n_bytes = 2 * len(member)
    assert len(read_npz(path, max_bytes=n_bytes)) == 2
    with pytest.raises(ValueError, match=f"to {n_bytes} bytes; max_bytes={n_bytes - 1}: raise"):
        read_npz(path, max_bytes=n_bytes - 1)


def test_two_gigabytes_are_read_at_most_unless_more_are_asked_for(path):
    member = npy((600,), bytes(600))
    write(path, x=member)
    size, promise = (struct.pack("<I", number) for number in (len(member), 2**31 + 1))
    content = path.read_bytes()
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, promise))
    with pytest.raises(ValueError, match="to 2147483649 bytes; max_bytes=2147483648: raise"):
        read_npz(path)


def test_any_cut_or_flipped_byte_is_noticed_or_harmless(path):
    expected = np.arange(60, dtype=np.uint8).reshape(5, 3, 4)
    stream = io.BytesIO()
    np.savez_compressed(stream, x=expected)
    content = stream.getvalue()
    rng = np.random.default_rng(0)
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"file\.npz"):
            read_npz(path)
    n_noticed = 0
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            (found,) = read_npz(path).values()
        except ValueError:
            n_noticed += 1
        else:
            np.testing.assert_array_equal(found, expected)
    assert n_noticed > 200


def test_a_missing_file_is_an_oserror(path):
    with pytest.raises(FileNotFoundError):
        read_npz(path)

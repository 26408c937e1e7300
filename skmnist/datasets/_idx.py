"""The IDX format of the original MNIST files: a short header, then the bare numbers."""

import math
import os
import struct
from typing import BinaryIO

import numpy as np

from ._streams import opened, unpacked

_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | os.PathLike[str] | BinaryIO, *, max_bytes: int = 2**31) -> np.ndarray:
    r"""Read one array from an IDX file, plain or gzipped.

    The header is held against the size of the file before memory is taken, and no more is
    unpacked than it promises.

    Parameters
    ----------
    path : str, path-like or binary stream
        The file, for example ``train-images-idx3-ubyte.gz``. A stream is read from where it
        stands, and stays open.
    max_bytes : int, default=2**31
        Largest array that is read, in bytes.

    Returns
    -------
    array : ndarray of 1 to 4 dimensions
        The numbers in native byte order; dtype uint8, int8, int16, int32, float32 or
        float64, as the header says.

    Raises
    ------
    OSError
        If the file cannot be opened.
    TypeError
        If `path` is neither a path nor a binary stream.
    ValueError
        If it is no IDX file, is cut or too long, or promises more than `max_bytes`.

    See Also
    --------
    load_file : Reads images and the labels beside them.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten
       digits", section "File formats". http://yann.lecun.com/exdb/mnist/ (archived)

    Examples
    --------
    >>> import io
    >>> from skmnist.datasets import read_idx
    >>> read_idx(io.BytesIO(b"\0\0\x08\x01" + b"\0\0\0\x03" + bytes([5, 0, 4])))
    array([5, 0, 4], dtype=uint8)
    """
    with opened(path, max_bytes=max_bytes) as file, unpacked(file) as (stream, capacity):
        magic = stream.read(4)
        if len(magic) < 4 or magic[:2] != b"\0\0":
            raise ValueError(
                f"not an IDX file: starts with {magic!r}, expected two zero bytes, a dtype code "
                "and the number of dimensions"
            )
        code, n_dimensions = magic[2:]
        if code not in _DTYPES:
            known = ", ".join(f"0x{known:02x}" for known in _DTYPES)
            raise ValueError(f"IDX dtype code is 0x{code:02x}, expected one of {known}")
        if not 1 <= n_dimensions <= 4:
            raise ValueError(f"IDX header has {n_dimensions} dimensions, expected 1 to 4")
        sizes = stream.read(4 * n_dimensions)
        if len(sizes) < 4 * n_dimensions:
            raise ValueError(f"cut within the IDX header, after {4 + len(sizes)} bytes")
        shape = struct.unpack(f">{n_dimensions}I", sizes)
        dtype = np.dtype(_DTYPES[code])
        n_bytes = math.prod(shape) * dtype.itemsize
        promise = f"IDX header promises {n_bytes} bytes, shape {shape}"
        if n_bytes > max_bytes:
            raise ValueError(f"{promise}; max_bytes={max_bytes}: raise it if you trust the file")
        if n_bytes > capacity:
            raise ValueError(f"cut: {promise}, the file holds {capacity} at most")
        content = stream.read(n_bytes)
        if len(content) < n_bytes:
            raise ValueError(f"cut: {promise}, the file holds {len(content)}")
        # Reading past the end also makes gzip compare its checksum.
        if stream.read(1):
            raise ValueError(f"too long: data after the {n_bytes} bytes of shape {shape}")
        # NumPy refuses some shapes even where one side, and so the array, is empty.
        array = np.frombuffer(content, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="))

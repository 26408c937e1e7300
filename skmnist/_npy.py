"""One array of an archive, read without pickle and without trusting what it promises."""

import io
import math
import warnings
from collections.abc import Callable
from typing import IO

import numpy as np

# NumPy's own limit: the header is parsed as a Python literal, slow and hungry when long.
_MAX_HEADER = 10_000
_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_npy(open_stream: Callable[[], IO[bytes]], name: str, n_bytes: int) -> np.ndarray:
    """Read an array from the `n_bytes` of a stream, or raise a ValueError.

    `open_stream` is called twice. No more memory is taken than the stream has bytes.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of Python, about a literal that NumPy never wrote
        warnings.filterwarnings("ignore", "Reading `.npy`")  # of Python 2, which is all right
        return _read_npy(open_stream, name, n_bytes)


def _read_npy(open_stream: Callable[[], IO[bytes]], name: str, n_bytes: int) -> np.ndarray:
    with open_stream() as stream:
        # NumPy sees no more than this, so a header that promises gigabytes ends here.
        start = io.BytesIO(stream.read(_MAX_HEADER))
    try:
        version = np.lib.format.read_magic(start)
        if version not in _HEADER_READERS:
            raise ValueError(f"npy format version is {version}, expected (1, 0) or (2, 0)")
        shape, _, dtype = _HEADER_READERS[version](start)
    except Exception as e:  # a hostile literal can also end in a MemoryError or KeyError
        raise ValueError(f"member {name!r} has a broken npy header: {e}") from e
    # Of values without a size there could be any number.
    if dtype.hasobject or dtype.names or not dtype.itemsize:
        remedy = "; write labels of text with astype(str)" if dtype.kind == "O" else ""
        raise ValueError(
            f"member {name!r} has dtype {dtype}, expected numbers, booleans or strings: "
            f"pickled objects are never loaded{remedy}"
        )
    promised = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or start.tell() + promised != n_bytes:
        raise ValueError(
            f"member {name!r} promises {promised} bytes, shape {shape}, "
            f"but holds {n_bytes - start.tell()}"
        )
    with open_stream() as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)

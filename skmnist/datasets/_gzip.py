"""What is in a stream that may or may not be gzipped."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ._streams import n_bytes_left

# Deflate cannot do better than this many bytes out of one byte in.
MAX_INFLATION = 1032


@contextmanager
def unpacked(file: BinaryIO, name: str) -> Iterator[tuple[BinaryIO, int]]:
    """Read what is in a stream, from where it stands; broken gzip is a ValueError.

    Yields the unpacked stream and the largest number of bytes that it can hold. The content
    decides whether a file is gzipped: names lie.
    """
    size, start = n_bytes_left(file), file.tell()
    magic = file.read(2)
    file.seek(start)
    if magic != b"\x1f\x8b":
        yield file, size
        return
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            yield stream, size * MAX_INFLATION
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{name}: cut or damaged gzip file ({error})") from error

"""Open a file that may or may not be gzipped."""

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

# Deflate cannot do better than this many bytes out of one byte in.
MAX_INFLATION = 1032


@contextmanager
def open_unpacked(path: str | os.PathLike[str]) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file for reading what is in it; a broken gzip stream is a ValueError.

    Yields the stream and the largest number of bytes that it can hold. The content
    decides whether a file is gzipped: names lie.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if file.peek(2)[:2] != b"\x1f\x8b":
            yield file, size
            return
        try:
            with gzip.GzipFile(fileobj=file) as stream:
                yield stream, size * MAX_INFLATION
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path}: cut or damaged gzip file ({error})") from error

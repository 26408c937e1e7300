"""Files by their path or as open streams, gzipped or not, with their name in every error."""

import gzip
import io
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from .._streams import name_of, readable_stream

_PIECE = 2**20
# Deflate cannot do better than this many bytes out of one byte in.
_MAX_INFLATION = 1032


@contextmanager
def errors_name(file: Any) -> Iterator[None]:
    """Put the name of a file before the message of a ValueError."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{name_of(file)}: {error}") from error


@contextmanager
def opened(file: Any, *, max_bytes: int) -> Iterator[BinaryIO]:
    """Open a path, or take an open binary stream where it stands; yield it ready to seek in.

    A stream of the user's stays open. One that can't go back is copied first, to memory or
    a temporary file, up to `max_bytes` and some headers. Every ValueError names the file.
    """
    stream = readable_stream(file)
    seekable = getattr(stream, "seekable", lambda: hasattr(stream, "seek"))
    with errors_name(file):
        if stream is None:
            with open(file, "rb") as content:
                yield content
        elif not seekable():
            with tempfile.SpooledTemporaryFile(max_size=16 * _PIECE) as copy:
                while piece := stream.read(_PIECE):
                    copy.write(piece)
                    if copy.tell() > max_bytes + _PIECE:
                        raise ValueError(
                            f"longer than max_bytes={max_bytes}: raise it if you trust the stream"
                        )
                copy.seek(0)
                yield cast(BinaryIO, copy)
        else:
            start = stream.tell()
            if start and not stream.read(1):
                raise ValueError(
                    "read to its end already, expected a stream before its content: call its "
                    "seek(0) first"
                )
            stream.seek(start)
            if isinstance(stream, io.RawIOBase):
                buffered = io.BufferedReader(stream)
                try:
                    yield buffered
                finally:
                    buffered.detach()
            else:
                yield stream


@contextmanager
def unpacked(file: BinaryIO) -> Iterator[tuple[BinaryIO, int]]:
    """Unpack a stream whose content is gzipped, whatever its name.

    Yields the stream from where it stood, and the most bytes that it can hold.
    """
    start = file.tell()
    file.seek(0, os.SEEK_END)
    size = file.tell() - start
    file.seek(start)
    magic = file.read(2)
    file.seek(start)
    if magic != b"\x1f\x8b":
        yield file, size
        return
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            yield cast(BinaryIO, stream), size * _MAX_INFLATION
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"cut or damaged gzip file ({error})") from error

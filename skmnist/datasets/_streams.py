"""Files by their path or as open streams: how they are opened, and what messages call them."""

import inspect
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

# Windows' drives have one letter.
_URL = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)
_PIECE = 2**20


def name_of(file: Any, default: str = "the stream") -> str:
    """Return what messages call a path or a stream."""
    if isinstance(file, str | os.PathLike):
        return os.fsdecode(file)
    name = getattr(file, "name", None)  # of some streams it is a number
    return name if isinstance(name, str) and name else default


def check_file(
    file: Any, *, expected: str = "a path or a binary stream", takes_text: bool = False
) -> None:
    """See that something is a path or an open stream.

    Parameters
    ----------
    file : object
        What the user gave.
    expected : str
        What the message says of what could have been given.
    takes_text : bool
        Whether a stream of text will do.

    Raises
    ------
    TypeError
        If it is anything else, with what to give instead where that is known.
    ValueError
        If it is empty, a URL, or text of several lines.
    """
    kind = type(file).__name__
    if isinstance(file, bytes | bytearray | memoryview):
        raise TypeError(f"expected {expected}, got {kind}: give io.BytesIO(data) for its content")
    if isinstance(file, str | os.PathLike):
        _check_path(name_of(file))
        return
    if not callable(getattr(file, "read", None)):
        raise TypeError(f"expected {expected}, got {kind}{_remedy(file, expected)}")
    if inspect.iscoroutinefunction(file.read):
        raise TypeError(
            f"expected {expected}, got {kind}, which is read asynchronously: give its .file, "
            "or io.BytesIO(await ...read())"
        )
    try:
        nothing = file.read(0)
    except io.UnsupportedOperation as error:
        raise TypeError(
            f"expected {expected}, got {kind}, which can't be read: open the file with mode 'rb'"
        ) from error
    if not takes_text and not isinstance(nothing, bytes):
        raise TypeError(
            f"expected {expected}, got {kind}, which is a stream of text: open the file with "
            "mode 'rb', or give io.BytesIO(data)"
        )


def _check_path(path: str) -> None:
    """Refuse nothing, content and URLs, which no system has a good message for."""
    if not path:
        raise ValueError("path='' is empty, expected the path of a file: give its name")
    if "\n" in path and not os.path.exists(path):
        raise ValueError(
            f"path={path[:30] + '…'!r} has several lines, expected a path: give "
            "io.BytesIO(text.encode()) for the content of a file"
        )
    if path.startswith("data:") and ";base64," in path[:200]:
        raise ValueError(
            f"path={path[:30] + '…'!r} is a data URL, expected a path: give "
            "io.BytesIO(base64.b64decode(url.partition(',')[2]))"
        )
    url = _URL.match(path)
    if url and not os.path.exists(path):
        what = "open it as a path without file://" if url[1] == "file" else "download it first"
        raise ValueError(f"path={path!r} is a URL, expected a path: {what}")


def _remedy(file: Any, expected: str) -> str:
    if isinstance(file, dict) and file:  # of gradio's editor: background, layers, composite
        key = "composite" if "composite" in file else next(iter(file))
        return f": give dict[{key!r}]"
    if isinstance(file, list | tuple):
        if "array" in expected and file and isinstance(file[0], list | tuple):
            return ": give np.asarray of it"
        return ": give one after the other"
    return ""


@contextmanager
def opened(file: Any, *, max_bytes: int) -> Iterator[BinaryIO]:
    """Open a path, or take an open binary stream where it stands; yield it ready to seek in.

    A stream of the user's stays open. One that can't go back is copied first, to memory or
    a temporary file, up to `max_bytes` and some headers.

    Raises
    ------
    TypeError
        If `file` is neither a path nor a binary stream.
    ValueError
        If it is a URL, a stream at its end, or one that goes on beyond `max_bytes`.
    OSError
        If there is no such file.
    """
    check_file(file)
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as stream:
            yield stream
    elif not _can_seek(file):
        with tempfile.SpooledTemporaryFile(max_size=16 * _PIECE) as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
                if copy.tell() > max_bytes + _PIECE:
                    raise ValueError(
                        f"{name_of(file)}: longer than max_bytes={max_bytes}: raise it if you "
                        "trust the stream"
                    )
            copy.seek(0)
            yield copy  # type: ignore[misc]
    else:
        start = file.tell()
        if start and not file.read(1):
            raise ValueError(
                f"{name_of(file)}: read to its end already, expected a stream before its "
                "content: call its seek(0) first"
            )
        file.seek(start)
        if isinstance(file, io.RawIOBase):
            buffered = io.BufferedReader(file)
            try:
                yield buffered  # type: ignore[misc]
            finally:
                buffered.detach()
        else:
            yield file


def _can_seek(stream: Any) -> bool:
    seekable = getattr(stream, "seekable", None)
    return seekable() if callable(seekable) else hasattr(stream, "seek")


def n_bytes_left(stream: BinaryIO) -> int:
    """Return the number of bytes from here to the end of a stream that can seek."""
    start = stream.tell()
    stream.seek(0, os.SEEK_END)
    end = stream.tell()
    stream.seek(start)
    return end - start

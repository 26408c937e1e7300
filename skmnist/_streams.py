"""Binary streams where a path is expected: told apart from paths, and checked before use."""

import io
import os
from typing import Any

_STREAMS = {"write": ("writable", "wb"), "read": ("readable", "rb")}


def writable_stream(target: Any) -> Any:
    """Return `target` if it is a binary stream that can be written, None if it is a path.

    Raises
    ------
    TypeError
        If it is neither, or a stream of text.
    io.UnsupportedOperation
        If it is a stream that can't be written.
    ValueError
        If it is closed.
    """
    return _checked(target, "write")


def readable_stream(source: Any) -> Any:
    """Return `source` if it is a binary stream that can be read, None if it is a path.

    Raises
    ------
    TypeError, io.UnsupportedOperation, ValueError
        As :func:`writable_stream`.
    """
    return _checked(source, "read")


def write_all(stream: Any, content: bytes) -> None:
    """Write bytes to a stream; unbuffered ones may take them piece by piece."""
    while content:
        n_written = stream.write(content)
        content = b"" if n_written is None else content[n_written:]


def read_all(stream: Any) -> bytes:
    """Read a stream from where it stands to its end."""
    content = stream.read()
    if not isinstance(content, bytes | bytearray | memoryview):
        raise TypeError(
            f"path={stream!r} gives {type(content).__name__}, expected a stream of bytes: open "
            "it with mode 'rb'."
        )
    return bytes(content)


def _checked(target: Any, method: str) -> Any:
    if isinstance(target, str | os.PathLike):
        if not isinstance(os.fspath(target), str):
            raise TypeError(f"path={target!r} is made of bytes: decode it with os.fsdecode.")
        return None
    able, mode = _STREAMS[method]
    if isinstance(target, bytes | bytearray | memoryview):
        remedy = (
            "If they are the content of a file, wrap them in io.BytesIO; if its name, decode it "
            "with os.fsdecode."
            if method == "read"
            else "Decode them with os.fsdecode if they are the name of a file."
        )
        raise TypeError(
            f"path is {len(target)} bytes, expected a path or a binary stream. {remedy}"
        )
    if isinstance(target, type) or not callable(getattr(target, method, None)):
        raise TypeError(
            f"path={target!r} was given; expected a path or a binary stream, such as "
            f"open(..., {mode!r}) or io.BytesIO()."
        )
    if getattr(target, "closed", False):
        raise ValueError(f"path={target!r} is closed. Give an open stream, or a path.")
    if hasattr(target, "encoding"):
        raise TypeError(
            f"path={target!r} is a stream of text, expected one of bytes: open it with mode "
            f"{mode!r}, or take io.BytesIO()."
        )
    if not getattr(target, able, lambda: True)():
        raise io.UnsupportedOperation(
            f"path={target!r} is not {able}. Open it with mode {mode!r}."
        )
    return target

"""Paths and open binary streams, checked before they are used."""

import inspect
import io
import os
import re
import reprlib
from typing import Any

from ._replacing import checked_target, replacing

# Strings that are no path, and what to give instead. Windows' drives have one letter.
_NO_PATHS = {
    r"\Z": "is empty, expected the path of a file: give its name",
    r"(?s).*\n": (
        "has several lines, expected a path: give io.BytesIO(text.encode()) for the content of a "
        "file"
    ),
    r"data:.{,200};base64,": (
        "is a data URL, expected a path: give io.BytesIO(base64.b64decode(url.partition(',')[2]))"
    ),
    r"(?i)file:/": "is a URL, expected a path: give it without file://",
    r"(?i)[a-z][a-z0-9+.-]+:/": "is a URL, expected a path: download it first",
}

# Endings of the names of pictures that can be read.
PICTURES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".pgm", ".tif", ".tiff", ".webp")


def readable_stream(source: Any, *, expected: str = "", takes_text: bool = False) -> Any:
    """Return `source` if it is a stream that can be read, None if it is a path."""
    return _checked(source, "read", expected, takes_text)


def writable_stream(target: Any) -> Any:
    """Return `target` if it is a binary stream that can be written, None if it is a path."""
    return _checked(target, "write")


def name_of(file: Any, default: str = "the stream") -> str:
    """Return the name of a path or a stream for messages."""
    if isinstance(file, str | os.PathLike):
        return os.fspath(file)
    name = getattr(file, "name", None)  # of some streams it is a number
    return name if isinstance(name, str) and name else default


def write_to(target: Any, content: bytes) -> None:
    """Write bytes to a stream, or replace the file at a path."""
    stream = writable_stream(target)
    if stream is None:
        with replacing(checked_target(target)) as part:
            part.write_bytes(content)
        return
    while content:  # unbuffered streams may take them piece by piece
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


def _checked(file: Any, method: str, expected: str = "", takes_text: bool = False) -> Any:
    """Return a stream that has a method, None for a path; refuse anything else."""
    if isinstance(file, str | os.PathLike):
        _check_path(os.fspath(file), method)
        return None
    able, mode = {"read": ("readable", "rb"), "write": ("writable", "wb")}[method]
    expected = expected or (
        f"a path or a binary stream, such as open(..., {mode!r}) or io.BytesIO()"
    )
    start = f"path={reprlib.repr(file)}: expected {expected}, got {type(file).__name__}"
    if isinstance(file, bytes | bytearray | memoryview):
        raise TypeError(
            f"{start}: give io.BytesIO(data) for the content of a file, os.fsdecode(data) for "
            "its name"
        )
    if isinstance(file, type) or not callable(getattr(file, method, None)):
        raise TypeError(start + _remedy(file, expected))
    if inspect.iscoroutinefunction(getattr(file, method)):
        raise TypeError(
            f"{start}, which is read asynchronously: give its .file, or "
            "io.BytesIO(await ...read())"
        )
    if getattr(file, "closed", False):
        raise ValueError(f"path={file!r} is closed: give an open stream, or a path")
    if hasattr(file, "encoding") and not takes_text:
        raise TypeError(
            f"{start}, which is a stream of text: open the file with mode {mode!r}, or give "
            "io.BytesIO(data)"
        )
    if not getattr(file, able, lambda: True)():
        raise io.UnsupportedOperation(f"path={file!r} is not {able}: open it with mode {mode!r}")
    return file


def _check_path(path: Any, method: str) -> None:
    """Refuse paths made of bytes; to read, also nothing, content and URLs."""
    if not isinstance(path, str):
        raise TypeError(f"path={path!r} is made of bytes: decode it with os.fsdecode")
    if method == "write" or os.path.exists(path):
        return
    for pattern, fault in _NO_PATHS.items():
        if re.match(pattern, path):
            raise ValueError(f"path={path[:60] + '…' * (len(path) > 60)!r} {fault}")


def _remedy(file: Any, expected: str) -> str:
    if isinstance(file, dict) and file:  # of gradio's editor: background, layers, composite
        key = "composite" if "composite" in file else next(iter(file))
        return f": give dict[{key!r}]"
    if isinstance(file, list | tuple):
        if "array" in expected and file and isinstance(file[0], list | tuple):
            return ": give np.asarray of it"
        return ": give one after the other"
    return ""

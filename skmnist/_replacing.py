"""How a file is put in its place: whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def checked_target(path: str | os.PathLike[str]) -> Path:
    """Return where a file is to be written, if it can be: a slip of the pen makes no folders.

    So that what takes long to make is not made in vain.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, expected the name of a file.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}. Make it first.")
    part = _part_of(path)
    try:
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise type(error)(
            f"{path} can't be written: no file can be made in {path.parent} ({error.strerror})."
        ) from error
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file to write that takes the place of `path` at the end, at one stroke.

    An error leaves `path` as it was. The name is one that no reader looks for and no
    other process uses, so that neither a killed process nor two at once do harm.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path)
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")

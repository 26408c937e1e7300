"""Where data files are kept, and how one is put there whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def data_folder(data_home: str | os.PathLike[str] | None) -> Path:
    """Return the folder to read from and write to; it may not exist yet.

    Parameters
    ----------
    data_home : str, path-like or None
        The folder; None for that of the environment variable ``SKMNIST_DATA``, else
        ``skmnist`` in ``XDG_CACHE_HOME`` or ``~/.cache``.
    """
    folder = data_home or os.environ.get("SKMNIST_DATA")
    if folder is None or folder == "":
        # The XDG specification has relative paths ignored.
        named = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (named if named.is_absolute() else Path("~/.cache")) / "skmnist"
    return Path(folder).expanduser()


def keras_folder() -> Path:
    """Return the folder where Keras keeps its datasets. Nothing is ever written there."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file to write that takes the place of `path` at the end, at one stroke.

    An error leaves `path` as it was. The name is one that no reader looks for and no
    other process uses, so that neither a killed process nor two at once do harm.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Where data files are kept."""

import os
from pathlib import Path


def data_folder(data_home: str | os.PathLike[str] | None) -> Path:
    """Return the folder to read from and write to; it may not exist yet."""
    folder = data_home or os.environ.get("SKMNIST_DATA")
    if not folder:
        # The XDG specification has relative paths ignored.
        named = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (named if named.is_absolute() else Path("~/.cache")) / "skmnist"
    return Path(folder).expanduser()


def keras_folder() -> Path:
    """Return the folder where Keras keeps its datasets. Nothing is ever written there."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"

"""NumPy's npz archives, read without pickle and without trusting what they promise."""

import os
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

from .._npy import read_npy
from ._streams import opened

# bz2 and lzma cannot be inflated piece by piece within a bound; NumPy writes neither.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_npz(
    path: str | os.PathLike[str] | BinaryIO, *, max_bytes: int = 2**31
) -> dict[str, np.ndarray]:
    """Read all arrays of an ``.npz`` file.

    Pickled objects are refused, so nothing in the file is executed. Sizes are checked before
    memory is taken.

    Parameters
    ----------
    path : str, path-like or binary stream
        An archive as written by :func:`numpy.savez` or :func:`numpy.savez_compressed`. A
        stream stays open.
    max_bytes : int, default=2**31
        Most bytes that the unpacked arrays may take together.

    Returns
    -------
    arrays : dict of str to ndarray
        The arrays by name, in the order of the archive.

    Raises
    ------
    OSError
        If the file cannot be opened.
    TypeError
        If `path` is neither a path nor a binary stream.
    ValueError
        If it is no npz archive, is cut or damaged, holds Python objects or structured
        arrays, or would unpack to more than `max_bytes`.

    See Also
    --------
    load_file : Tells images from labels by the names of the arrays.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from skmnist.datasets import read_npz
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "labels.npz")
    ...     np.savez(path, y=np.array([5, 0, 4], dtype=np.uint8))
    ...     read_npz(path)
    {'y': array([5, 0, 4], dtype=uint8)}
    """
    with opened(path, max_bytes=max_bytes) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                n_bytes = sum(member.file_size for member in members)
                if n_bytes > max_bytes:
                    raise ValueError(
                        f"unpacks to {n_bytes} bytes; max_bytes={max_bytes}: raise it if you "
                        "trust the file"
                    )
                return dict(_read_member(archive, member) for member in members)
        # RuntimeError and its NotImplementedError: encrypted and patched archives.
        except (ValueError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as e:
            raise ValueError(f"not a readable npz file: {e}") from e


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[str, np.ndarray]:
    name = member.filename
    if not name.endswith(".npy"):
        raise ValueError(f"member {name!r} is not an array: expected a name that ends in .npy")
    if member.compress_type not in _COMPRESSIONS:
        raise ValueError(
            f"member {name!r} has zip compression {member.compress_type}, "
            "expected stored (0) or deflated (8)"
        )
    array = read_npy(lambda: archive.open(member), name, member.file_size)
    return name.removesuffix(".npy"), array

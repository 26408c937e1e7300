"""Files that hold what they should, or an error: nothing else is ever handed out."""

import hashlib
import math
from pathlib import Path

import numpy as np

from ._idx import read_idx
from ._npz import read_npz
from ._sources import Dataset, File

# Room for the headers of an npz archive, and nothing more.
_HEADERS = 2**16


def read_verified(path: Path, file: File, dataset: Dataset) -> dict[str, np.ndarray]:
    """Read the arrays of one file of a dataset.

    Parameters
    ----------
    path : Path
        Where the file is, which may be elsewhere than it is to be kept.
    file : File
        What it is.
    dataset : Dataset
        What its arrays must be.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is damaged or holds anything else.
    """
    if file.md5 is not None:
        _check_md5(path, file.md5)
    n_bytes = sum(math.prod(dataset.arrays[key].shape) for key in file.keys)
    if file.name.endswith(".npz"):
        arrays = read_npz(path, max_bytes=n_bytes + _HEADERS)
    else:
        arrays = {file.keys[0]: read_idx(path, max_bytes=n_bytes)}
    for key in file.keys:
        if key not in arrays:
            raise ValueError(f"{path}: no array {key}; it has {sorted(arrays)}")
        array, expected = arrays[key], dataset.arrays[key]
        if array.shape != expected.shape or array.dtype != np.uint8:
            raise ValueError(
                f"{path}: {key} has shape {array.shape} and dtype {array.dtype}, "
                f"expected {expected.shape} and uint8"
            )
        if expected.sha256 is not None:
            actual = hashlib.sha256(np.ascontiguousarray(array)).hexdigest()
            if actual != expected.sha256:
                raise ValueError(
                    f"{path}: {key} is not that of {dataset.title}: "
                    f"its sha256 is {actual}, expected {expected.sha256}"
                )
    return {key: arrays[key] for key in file.keys}


def _check_md5(path: Path, expected: str) -> None:
    with path.open("rb") as stream:
        # Against accidents and the wrong file; it is the sum that the authors publish.
        actual = hashlib.file_digest(
            stream, lambda: hashlib.md5(usedforsecurity=False)
        ).hexdigest()
    if actual != expected:
        raise ValueError(f"{path}: its md5 is {actual}, expected {expected}")

"""Files of a dataset, read only if they hold what was published."""

import hashlib
import math
from pathlib import Path

import numpy as np

from ._idx import read_idx
from ._npz import read_npz
from ._sources import Dataset, File
from ._streams import errors_name

# Room for the headers of an npz archive, and nothing more.
_HEADERS = 2**16


def read_verified(path: Path, file: File, dataset: Dataset) -> dict[str, np.ndarray]:
    """Read the arrays of one file, wherever it lies; a ValueError if it is not that file."""
    if file.md5 is not None:
        with path.open("rb") as stream:
            # Against accidents and the wrong file; it is the sum that the authors publish.
            md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
        if md5.hexdigest() != file.md5 and path.suffix != ".gz":
            raise ValueError(
                f"{path} can't be verified: the md5 that is published is that of {file.name}; put "
                "that file there as well, or read the folder with skmnist.datasets.load_file"
            )
        if md5.hexdigest() != file.md5:
            raise ValueError(f"{path}: its md5 is {md5.hexdigest()}, expected {file.md5}")
    n_bytes = sum(math.prod(dataset.arrays[key].shape) for key in file.keys)
    if file.name.endswith(".npz"):
        arrays = read_npz(path, max_bytes=n_bytes + _HEADERS)
    else:
        arrays = {file.keys[0]: read_idx(path, max_bytes=n_bytes)}
    with errors_name(path):
        for key in file.keys:
            _check_array(key, arrays, dataset)
    return {key: arrays[key] for key in file.keys}


def _check_array(key: str, arrays: dict[str, np.ndarray], dataset: Dataset) -> None:
    if key not in arrays:
        raise ValueError(f"no array {key}; it has {sorted(arrays)}")
    array, expected = arrays[key], dataset.arrays[key]
    if array.shape != expected.shape or array.dtype != np.uint8:
        raise ValueError(
            f"{key} has shape {array.shape} and dtype {array.dtype}, expected {expected.shape} "
            "and uint8"
        )
    sha256 = hashlib.sha256(np.ascontiguousarray(array)).hexdigest()
    if expected.sha256 not in (None, sha256):
        raise ValueError(
            f"{key} is not that of {dataset.title}: its sha256 is {sha256}, expected "
            f"{expected.sha256}"
        )

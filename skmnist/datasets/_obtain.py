"""The arrays of a dataset, from the nearest place that has them whole."""

import hashlib
import logging
import math
import os
import time
import warnings
from pathlib import Path

import numpy as np

from .._replacing import replacing
from ._download import DownloadError, download
from ._idx import read_idx
from ._npz import read_npz
from ._sources import Dataset, File, Source
from ._streams import errors_name

logger = logging.getLogger("skmnist.datasets")

# From `obtain` up to the caller of a fetch function, through the parameter validation.
_CALLER = 6
# Room for the headers of an npz archive, and nothing more.
_HEADERS = 2**16


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


def obtain(
    dataset: Dataset, home: Path, *, download_if_missing: bool, n_retries: int, delay: float
) -> dict[str, np.ndarray]:
    """Read a dataset from `home` or Keras' cache, or download it to `home`.

    All sources are tried in turn, then again after `delay` seconds, twice that, and so
    on, `n_retries` times; a source that lacks the file or serves another is dropped.
    An OSError if there is no sound copy in reach, or `home` cannot be written.
    """
    troubles: list[str] = []
    for folder in (home, keras_folder()):
        for files in dataset.layouts:
            try:
                return _read_all(dataset, folder, files)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                troubles.append(str(error))
    if download_if_missing:
        failures: dict[str, str] = {}
        sources = list(dataset.sources)
        for attempt in range(n_retries + 1):
            if not sources:
                break
            if attempt:
                time.sleep(delay * 2 ** (attempt - 1))
            for source in tuple(sources):
                try:
                    return _fetch_all(dataset, home, source)
                except DownloadError as error:
                    logger.log(logging.WARNING if error.lasting else logging.INFO, "%s", error)
                    failures[source.base_url] = str(error)
                    if error.lasting:
                        sources.remove(source)
        troubles += failures.values()
    raise OSError(_not_found(dataset, home, troubles, download_if_missing))


def _read_all(dataset: Dataset, folder: Path, files: tuple[File, ...]) -> dict[str, np.ndarray]:
    """Read every file of a layout; FileNotFoundError if there is none, ValueError if not all."""
    arrays: dict[str, np.ndarray] = {}
    missing = []
    for file in files:
        try:
            arrays |= _read_one(dataset, folder, file)
        except FileNotFoundError:
            missing.append(file.name)
    if missing and arrays:
        raise ValueError(
            f"{folder} has some files of {dataset.title}, but no {', '.join(missing)}"
        )
    if missing:
        raise FileNotFoundError(missing[0])
    return arrays


def _read_one(dataset: Dataset, folder: Path, file: File) -> dict[str, np.ndarray]:
    """Read a file from the first place below a folder that has a sound copy."""
    troubles: list[str] = []
    for place in file.places:
        path = folder / place
        if path.is_dir():  # some archives unpack to a folder with the name of its file
            continue
        try:
            return read_verified(path, file, dataset)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            troubles.append(str(error))
    if troubles:
        raise ValueError("; ".join(troubles))
    raise FileNotFoundError(file.name)


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
    sha256 = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
    if expected.sha256 not in (None, sha256):
        raise ValueError(
            f"{key} is not that of {dataset.title}: its sha256 is {sha256}, expected "
            f"{expected.sha256}"
        )


def _fetch_all(dataset: Dataset, home: Path, source: Source) -> dict[str, np.ndarray]:
    """Download the files of a source to `home`, but for those that are there and sound."""
    arrays: dict[str, np.ndarray] = {}
    for file in source.files:
        path, flaw = home / file.path, None
        try:
            arrays |= _read_one(dataset, home, file)
            continue
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            flaw = error if path.exists() else None
        try:
            arrays |= _fetch(dataset, path, file, source)
        except DownloadError:
            raise
        except OSError as error:
            raise OSError(
                f"{dataset.title} cannot be written to {home}: {error}; name a folder that "
                "can be with data_home= or the environment variable SKMNIST_DATA"
            ) from error
        if flaw:
            warnings.warn(f"Replaced a damaged file by a sound copy: {flaw}", stacklevel=_CALLER)
    return arrays


def _fetch(dataset: Dataset, path: Path, file: File, source: Source) -> dict[str, np.ndarray]:
    """Download one file, and put it in its place if it is the right one."""
    url = source.base_url + file.name
    begun = time.perf_counter()
    # What is in `extra` tells progress from other messages, for handlers that show it.
    logger.info("Downloading %s to %s", url, path, extra={"percent": 0, "url": url})
    with replacing(path) as part:
        with part.open("xb") as stream:
            for piece in download(url, max_bytes=file.max_bytes):
                stream.write(piece)
        n_bytes = part.stat().st_size
        try:
            arrays = read_verified(part, file, dataset)
        except ValueError as error:
            what = str(error).removeprefix(f"{part}: ")
            raise DownloadError(f"{url}: wrong content: {what}", lasting=True) from error
    cost = f"{n_bytes / 1e6:.1f} MB in {time.perf_counter() - begun:.1f} s"
    logger.info("Downloaded %s: %s", url, cost, extra={"percent": 100, "cost": cost})
    return arrays


def _not_found(dataset: Dataset, home: Path, troubles: list[str], tried_web: bool) -> str:
    """Return a message with the places searched, what failed there, and what to do."""
    end = " and could not be downloaded:" if tried_web else "; download_if_missing=False:"
    other = "" if tried_web else ", or pass download_if_missing=True"
    first, *others = (_name_files(files) for files in dataset.layouts)
    return "\n".join(
        [
            f"{dataset.title} was not found in {home} or {keras_folder()}{end}",
            *(f"  - {trouble}" for trouble in troubles),
            f"Put {', or '.join([f'{first} into {home}', *others])}, or name the folder that has "
            f"it with data_home= or the environment variable SKMNIST_DATA{other}. "
            "sklearn.datasets.load_digits() needs no download.",
        ]
    )


def _name_files(files: tuple[File, ...]) -> str:
    """Name the files of a layout, and where below the cache folder they may lie."""
    if len(files) == 1:
        return files[0].name
    is_packed = any(file.md5 for file in files)
    names = ", ".join(file.name if is_packed else file.unpacked_name for file in files)
    folders = " or ".join(folder for folder in files[0].folders if folder != ".")
    return f"the files {names} ({'' if is_packed else 'plain or .gz, '}flat or in {folders})"

"""The arrays of a dataset, from the nearest place that has them whole."""

import logging
import time
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .._replacing import replacing
from ._cache import keras_folder
from ._download import DownloadError, download
from ._sources import Dataset, File, Source
from ._verify import read_verified

logger = logging.getLogger("skmnist.datasets")

# From `obtain` up to the caller of a fetch function, through the parameter validation.
_CALLER = 6


def obtain(
    dataset: Dataset, home: Path, *, download_if_missing: bool, n_retries: int, delay: float
) -> dict[str, np.ndarray]:
    """Read a dataset from `home` or Keras' cache, or download it to `home`.

    All sources are tried in turn, then again after `delay` seconds, twice that, and so
    on, `n_retries` times; a source that lacks the file or serves another is dropped.

    Raises
    ------
    OSError
        If there is no sound copy in reach, or `home` cannot be written.
    """
    troubles: list[str] = []
    for folder in (home, keras_folder()):
        for files in dataset.layouts:
            try:
                return _read_all(dataset, folder, files)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, ValueError) as error:
                troubles.append(str(error))
    if download_if_missing:
        failures: dict[str, str] = {}
        sources = list(dataset.sources)
        for attempt in range(n_retries + 1):
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
            if not sources:
                break
        troubles += failures.values()
    raise OSError(_say_missing(dataset, home, troubles, download_if_missing))


def _read_all(dataset: Dataset, folder: Path, files: Iterable[File]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for file in files:
        arrays |= read_verified(folder / file.path, file, dataset)
    return arrays


def _fetch_all(dataset: Dataset, home: Path, source: Source) -> dict[str, np.ndarray]:
    """Bring every file of a source to `home`, but for those that are there and sound."""
    arrays: dict[str, np.ndarray] = {}
    for file in source.files:
        path, flaw = home / file.path, None
        try:
            arrays |= read_verified(path, file, dataset)
            continue
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, ValueError) as error:
            flaw = error
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


def _say_missing(dataset: Dataset, home: Path, troubles: list[str], tried_web: bool) -> str:
    names = ", ".join(file.path for file in dataset.layouts[0])
    lines = [
        f"{dataset.title} was not found in {home} or {keras_folder()}"
        + (" and could not be downloaded:" if tried_web else "; download_if_missing=False:"),
        *(f"  - {trouble}" for trouble in troubles),
        f"Put {names} into {home}, or name the folder that has it with data_home= or the "
        "environment variable SKMNIST_DATA"
        + (". " if tried_web else ", or pass download_if_missing=True. ")
        + "sklearn.datasets.load_digits() needs no download.",
    ]
    return "\n".join(lines)

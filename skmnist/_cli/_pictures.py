"""The pictures that arguments name: files, folders, patterns, rows of a csv file."""

import glob
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._streams import PICTURES
from ._arguments import TABLES
from ._screen import Screen

_STEP = 100  # pictures between two lines of progress


def named_files(names: list[str]) -> list[Path]:
    """Return the files of names: a folder stands for its pictures, a pattern for what it fits."""
    files: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES)
            if not found:
                raise ValueError(
                    f"{name} is a folder without pictures, expected files that end in "
                    f"{', '.join(PICTURES)}."
                )
            files += found
        elif glob.has_magic(name) and not path.exists():
            found = sorted(map(Path, glob.glob(name)))
            if not found:
                raise ValueError(f"{name} fits no file: name one, or the folder it is in.")
            files += found
        else:
            files.append(path)
    return files


def is_table(path: Path) -> bool:
    """Tell whether a file is a csv of rows of pixels."""
    return path.name.lower().endswith(TABLES)


def read_rows(path: Path, n_pixels: int) -> np.ndarray:
    """Read the pixels of a csv file, with a column of labels or without."""
    from ..datasets import read_csv

    try:
        rows, _ = read_csv(path, label=None)
        has_labels = rows.shape[1] == n_pixels + 1
    except ValueError:  # one column is named as labels are, or something else is wrong
        has_labels = True
    if has_labels:
        rows, _ = read_csv(path)
    if rows.shape[1] != n_pixels:
        raise ValueError(
            f"{path} has rows of {rows.shape[1]} numbers, expected the {n_pixels} pixels that "
            "the model was trained on."
        )
    return rows


def read_all(
    paths: list[Path], read: Callable[[Path], Any], screen: Screen
) -> Iterator[tuple[Path, Any]]:
    """Read each picture that can be read, and say which can't, and how far it is."""
    for i, path in enumerate(paths, 1):
        try:
            yield path, read(path)
        except (OSError, ValueError) as error:
            screen.note(f"error: {error}")
        if i % _STEP == 0 and len(paths) > _STEP:
            screen.say(f"{i:,} of {len(paths):,} pictures read")

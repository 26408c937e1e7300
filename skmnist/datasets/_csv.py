"""Tables of pixels as text: one image a row, as Kaggle publishes MNIST."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import NoReturn

import numpy as np

from ._gzip import open_unpacked

_LABEL_NAMES = {"label", "target", "class"}
_MAX_LINE = 2**24
_LARGEST = float(np.finfo(np.float32).max)


def read_csv(
    path: str | os.PathLike[str], *, max_bytes: int = 2**31
) -> tuple[np.ndarray, np.ndarray | None]:
    r"""Read images and labels from a comma-separated file, plain or gzipped.

    Kaggle's layout: one image a row, with or without a line of column names. The labels
    are in the column named label, target or class, else in the first one; if that is
    named pixel…, as in Kaggle's test file, there are none. A first line is taken for
    names if it has one of those three words or no number after its first column.

    Parameters
    ----------
    path : str or path-like
        The file, UTF-8.
    max_bytes : int, default=2**31
        Most characters that are read, counted after unpacking.

    Returns
    -------
    data : ndarray of shape (n_samples, n_pixels)
        The pixels: uint8 if all are integers from 0 to 255, else float32.
    target : ndarray of shape (n_samples,) or None
        The labels: int64 if all are integers, float64 if all are numbers, else str.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If a row has too few or too many columns, a pixel is not a finite number or a
        label is empty (with line and column), or there is no row at all.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skmnist.datasets import read_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "digits.csv")
    ...     size = path.write_text("label,pixel0,pixel1\n7,0,255\n3,12,0\n")
    ...     read_csv(path)
    (array([[  0, 255], [ 12,   0]], dtype=uint8), array([7, 3]))
    """
    try:
        with closing(_read_lines(path, max_bytes)) as lines:
            rows = (line for line in lines if line.strip())
            names, first = _open_table(path, rows)
            label_column = _find_labels(path, names) if names else 0
            width = len(names or _split(first))
            if width < 2:
                raise ValueError(
                    f"{path}: one column, expected a label and pixels separated by commas"
                )
            table = _parse(chain([first], rows), label_column)
        if table is None or table[0].shape[1] != width - (label_column is not None):
            _raise_fault(path, max_bytes, names, width, label_column)
    except csv.Error as error:
        raise ValueError(f"{path}: not a readable csv file: {error}") from error
    data, labels = table
    return _as_pixels(data), None if label_column is None else _as_target(labels)


def _read_lines(path: str | os.PathLike[str], max_bytes: int) -> Iterator[str]:
    """Yield lines, never holding more than one, however long the file says it is."""
    with (
        open_unpacked(path) as (stream, _),
        io.TextIOWrapper(stream, encoding="utf-8-sig") as text,
    ):
        left = max_bytes
        try:
            while line := text.readline(min(_MAX_LINE, left) + 1):
                left -= len(line)
                if left < 0:
                    raise ValueError(
                        f"longer than max_bytes={max_bytes}: raise it if you trust the file"
                    )
                if len(line) > _MAX_LINE:
                    raise ValueError(f"a line is longer than {_MAX_LINE} characters")
                yield line
        except ValueError as error:
            raise ValueError(f"{path}: not a readable csv file: {error}") from error


def _split(line: str) -> list[str]:
    return next(csv.reader([line]))


def _is_number(text: str) -> bool:
    try:
        # Python reads 1_0 as ten, nobody else does.
        return "_" not in text and abs(float(text)) <= _LARGEST
    except ValueError:
        return False


def _open_table(path: str | os.PathLike[str], rows: Iterator[str]) -> tuple[list[str], str]:
    """Take the column names, if there are any, and the first row off `rows`."""
    first = next(rows, None)
    if first is None:
        raise ValueError(f"{path}: no rows")
    names = _split(first)
    if not _are_names(names):
        return [], first
    first = next(rows, None)
    if first is None:
        raise ValueError(f"{path}: column names and no rows")
    return names, first


def _are_names(fields: list[str]) -> bool:
    if any(field.strip().casefold() in _LABEL_NAMES for field in fields):
        return True
    return len(fields) > 1 and not any(map(_is_number, fields[1:]))


def _find_labels(path: str | os.PathLike[str], names: list[str]) -> int | None:
    names = [name.strip().casefold() for name in names]
    if "" in names:
        raise ValueError(
            f"{path}: column {names.index('') + 1} has no name; if it numbers the rows, "
            "write the file without it (pandas: to_csv(index=False))"
        )
    found = [column for column, name in enumerate(names) if name in _LABEL_NAMES]
    if len(found) > 1:
        raise ValueError(
            f"{path}: columns {[column + 1 for column in found]} are all named "
            "label, target or class, expected one"
        )
    if found:
        return found[0]
    return None if names[0].startswith("pixel") else 0


def _parse(rows: Iterable[str], label_column: int | None) -> tuple[np.ndarray, list[str]] | None:
    """Read pixels as float32, exact for 0..255, and labels as text; None if they are unsound."""
    labels: list[str] = []

    def keep(text: str) -> float:
        labels.append(text.strip())
        return 0.0

    try:
        data = np.loadtxt(
            rows,
            dtype=np.float32,
            delimiter=",",
            comments=None,
            quotechar='"',
            converters=None if label_column is None else {label_column: keep},
            ndmin=2,
        )
    except ValueError:
        return None
    # min and max carry NaN and infinity without a mask as large as the data.
    if "" in labels or not np.isfinite([data.min(), data.max()]).all():
        return None
    if label_column is not None:
        data = data[:, 1:] if label_column == 0 else np.delete(data, label_column, axis=1)
    return data, labels


def _raise_fault(
    path: str | os.PathLike[str],
    max_bytes: int,
    names: list[str],
    width: int,
    label_column: int | None,
) -> NoReturn:
    """Look again, slowly, for the line and column at fault: NumPy counts rows, not lines."""
    with closing(_read_lines(path, max_bytes)) as lines:
        reader = csv.reader(lines)
        rows = (row for row in reader if any(map(str.strip, row)))
        if names:
            next(rows)
        for row in rows:
            where = f"{path}: line {reader.line_num}"
            if len(row) != width:
                raise ValueError(f"{where} has {len(row)} columns, expected {width}")
            for column, text in enumerate(row):
                name = f" ({names[column]})" if names else ""
                if column == label_column:
                    if not text.strip():
                        raise ValueError(f"{where}, column {column + 1}{name}: the label is empty")
                elif not _is_number(text):
                    raise ValueError(
                        f"{where}, column {column + 1}{name} is {text!r}, expected a finite number"
                    )
    raise ValueError(f"{path}: not a table of numbers separated by commas")


def _as_pixels(data: np.ndarray) -> np.ndarray:
    if data.min() >= 0 and data.max() <= 255:
        pixels = data.astype(np.uint8)
        if np.array_equal(pixels, data):
            return pixels
    return np.ascontiguousarray(data)


def _as_target(labels: list[str]) -> np.ndarray:
    text = np.array(labels)
    if any("_" in label for label in labels):
        return text  # Python reads 1_0 as ten, nobody else does
    try:
        return text.astype(np.int64)
    except (ValueError, OverflowError):
        pass
    try:
        numbers = text.astype(np.float64)
    except ValueError:
        return text
    if not np.isfinite(numbers).all():
        return text
    whole = np.abs(numbers) < 2**53
    if whole.all() and np.array_equal(numbers, np.trunc(numbers)):
        return numbers.astype(np.int64)
    return numbers

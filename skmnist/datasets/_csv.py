"""Tables of pixels as text: one image a row, as Kaggle publishes MNIST."""

import csv
import io
import os
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, NoReturn, TextIO

import numpy as np

from .._streams import name_of, readable_stream
from ._csv_columns import are_names, find_labels, is_number
from ._csv_labels import as_target, check_first_column, find_missing, find_summary
from ._streams import errors_name, opened, unpacked

_MAX_LINE = 2**24
_AS_TEXT = "write it as text in UTF-8 (spreadsheets: 'CSV UTF-8')"
_BLOCK = 2**20  # characters that are held as text, about

_Row = tuple[int, str]  # number of its last line, text


def read_csv(
    path: str | os.PathLike[str] | BinaryIO | TextIO,
    *,
    label: str | int | None = "auto",
    max_bytes: int = 2**31,
) -> tuple[np.ndarray, np.ndarray | None]:
    r"""Read images and labels from a comma-separated file, plain or gzipped.

    One image a row, with or without a line of column names. A file that leaves open which
    column has the labels is refused.

    Parameters
    ----------
    path : str, path-like or stream
        The file, UTF-8, or an open stream, binary or of text. A stream is read from where it
        stands, and stays open.
    label : {"auto", "first", "last"}, other str, int or None, default="auto"
        The column of the labels: its name, its place, or its number from 0 (from the end if
        negative); None for a file without labels. "auto" takes the only column named label,
        target, class, digit, letter, category (or their plural) or y; none if all columns are
        named as pixels (``pixel0``, ``px0``, ``1x1``, ``r0c0``, ...); and the first one of a
        file without names, if that can be labels.
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
    TypeError
        If `path` is neither a path nor a stream, or `label` none of the above.
    ValueError
        If there is no row, a row has too few or too many columns, a pixel is not a finite
        number, or a label is empty, or missing among numbers, such as NA (with line and column).
        If it is not clear which column has the labels, or another column is no pixel, such as
        one that numbers the rows. If pixels are named twice, or are not in the order of the
        numbers in their names. Without names, if ``label="auto"`` and the first column has one
        value only, another one in each of more than 10 rows, more different ones than a quarter
        of at least 40 rows, or than 62, or numbers that are not whole, or if the last column
        looks like labels.

    See Also
    --------
    load_file : Reads other kinds of files too, and tells the shape of the images.

    Notes
    -----
    A first line is taken for names if it has the word label, target or class, no number at all,
    or the numbers 0, 1, 2, ..., which are the names that pandas gives.

    Examples
    --------
    >>> import io
    >>> from skmnist.datasets import read_csv
    >>> read_csv(io.StringIO("label,pixel0,pixel1\n7,0,255\n3,12,0\n"))
    (array([[  0, 255], [ 12,   0]], dtype=uint8), array([7, 3]))
    >>> read_csv(io.StringIO("x0,x1,species\n1,2,cat\n3,4,dog\n"), label="species")
    (array([[1, 2], [3, 4]], dtype=uint8), array(['cat', 'dog'], dtype='<U3'))
    """
    if isinstance(label, bool) or not isinstance(label, str | int | np.integer | None):
        raise TypeError(
            f"label={label!r}, expected 'auto', 'first', 'last', the name or the number of a "
            "column, or None for no labels"
        )
    stream = readable_stream(path, expected="a path or a stream", takes_text=True)
    try:
        if stream is not None and isinstance(stream.read(0), str):
            with errors_name(path):
                return _read_table(stream, label, max_bytes)
        with opened(path, max_bytes=max_bytes) as file, unpacked(file) as (content, _):
            text = io.TextIOWrapper(content, encoding="utf-8-sig")
            try:
                return _read_table(text, label, max_bytes)
            finally:
                text.detach()  # which would close a stream of the user's
    except csv.Error as error:
        raise ValueError(f"{name_of(path)}: not a readable csv file: {error}") from error


def _read_table(
    text: TextIO, label: str | int | None, max_bytes: int
) -> tuple[np.ndarray, np.ndarray | None]:
    rows = _read_rows(text, max_bytes)
    first = next(rows, None)
    if first is None:
        raise ValueError("no rows")
    names = _split(first[1])
    has_mark = names[0].strip().startswith("#")
    names[0] = names[0].strip().removeprefix("#")  # as NumPy writes a header
    if are_names(names):
        first = next(rows, None)
        if first is None:
            raise ValueError("column names and no rows")
        n_columns = len(_split(first[1]))
        if has_mark and len(names) != n_columns:
            raise ValueError(
                f"the first line begins with # and has {len(names)} columns, the next one "
                f"{n_columns}: it may have names of columns, but leave comments out of the file"
            )
    else:
        names = []
    width = len(names or _split(first[1]))
    if width < 2:
        raise ValueError(
            f"one column, expected a label and pixels separated by commas{_separator(first[1])} "
            f"(it begins with {first[1].strip()[:40]!r})"
        )
    column = find_labels(names, width, label)

    rows, size = chain([first], rows), min(1000, 1 + _BLOCK // len(first[1]))
    pixels: list[np.ndarray] = []
    labels: list[str] = []
    lines: list[int] = []
    while block := list(islice(rows, size)):
        pixels.append(_parse(block, names, width, column, labels))
        lines += [line for line, _ in block]
    data = np.concatenate(pixels)
    if column is None:
        return data, None
    row = find_missing(labels)
    if row is None:
        row = find_summary(labels)
    if row is not None:
        raise ValueError(
            f"{_place(lines[row], column, names)}: the label is {labels[row]!r}, expected a "
            "number as in other rows: leave the row out or give its label"
        )
    target = as_target(labels)
    if not names and label == "auto":
        check_first_column(target, data[:, -1])
    return data, target


def _read_rows(text: TextIO, max_bytes: int) -> Iterator[_Row]:
    """Yield the rows that are not empty."""
    lines, number = _read_lines(text, max_bytes), 0
    for line in lines:
        row = _with_next_lines(line, lines) if '"' in line else line
        number += row.count("\n") or 1
        if row.strip():
            yield number, row


def _read_lines(text: TextIO, max_bytes: int) -> Iterator[str]:
    """Yield lines, never holding more than one, however long it is."""
    left = max_bytes
    try:
        while line := text.readline(min(_MAX_LINE, left) + 1):
            left -= len(line)
            if left < 0:
                raise csv.Error(
                    f"longer than max_bytes={max_bytes}: raise it if you trust the file"
                )
            if len(line) > _MAX_LINE:
                raise csv.Error(f"a line is longer than {_MAX_LINE} characters")
            if "\0" in line:
                raise csv.Error(f"it holds zero bytes; {_AS_TEXT}")
            yield line
    except UnicodeDecodeError as error:
        raise csv.Error(f"{error}; {_AS_TEXT}") from error


def _with_next_lines(line: str, lines: Iterator[str]) -> str:
    """Return a line with those into which a quoted field of it goes on."""
    taken: list[str] = []

    def take(line: str) -> str:
        taken.append(line)
        return line

    next(csv.reader(map(take, chain([line], lines))))
    return "".join(taken)


def _split(row: str) -> list[str]:
    return next(csv.reader(row.splitlines(keepends=True)))


def _separator(line: str) -> str:
    """Return a remedy for comments, and for lines with another separator than commas."""
    if line.strip().startswith("#"):
        return ": it begins with #, leave comments out of the file"
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (" ", "blanks")):
        if separator in line.strip():
            return f": it has {name}, write it with commas (pandas: to_csv(sep=','))"
    return ""


def _parse(
    block: list[_Row], names: list[str], width: int, label_column: int | None, labels: list[str]
) -> np.ndarray:
    """Return the pixels of some rows as uint8 or float32, and append their labels to `labels`."""
    first = len(labels)

    def keep(text: str) -> float:
        labels.append(text.strip())
        return 0.0

    try:
        data = np.loadtxt(
            (row for _, row in block),
            dtype=np.float32,  # exact for 0..255
            delimiter=",",
            comments=None,
            quotechar='"',
            converters=None if label_column is None else {label_column: keep},
            ndmin=2,
        )
    except ValueError:
        _refuse(block, names, width, label_column)
    # min and max carry NaN and infinity without a mask as large as the data.
    low, high = data.min(), data.max()
    if data.shape[1] != width or "" in labels[first:] or not np.isfinite([low, high]).all():
        _refuse(block, names, width, label_column)
    if label_column is not None:
        data = np.delete(data, label_column, axis=1)
    if low >= 0 and high <= 255:
        pixels = data.astype(np.uint8)
        if np.array_equal(pixels, data):
            return pixels
    return data


def _refuse(block: list[_Row], names: list[str], width: int, label_column: int | None) -> NoReturn:
    """Raise an error with line and column: NumPy counts rows, not lines."""
    for line, row in block:
        fields = _split(row)
        if len(fields) != width:
            ends = (
                "" if fields[-1].strip() else ": the last one is empty, the line ends in a comma"
            )
            raise ValueError(f"line {line} has {len(fields)} columns, expected {width}{ends}")
        for column, text in enumerate(fields):
            place = _place(line, column, names)
            if column == label_column:
                if not text.strip():
                    raise ValueError(f"{place}: the label is empty")
            elif not is_number(text):
                is_last = not names and column == width - 1
                raise ValueError(
                    f"{place} is {text!r}, expected a finite number{_hint(text, is_last)}"
                )
    raise ValueError("not a table of numbers separated by commas")


def _hint(text: str, is_last: bool) -> str:
    """Return a remedy for a field that is no number."""
    if re.fullmatch(r"[-+]?[\d.]+(,\d+)+([.,]\d+)?", text.strip()):
        return ": write numbers with a point and without commas (pandas: read_csv(decimal=','))"
    if not is_last:
        return ""
    return (
        "; if it is the label, give label='last'" if text.strip() else "; or lines end in a comma"
    )


def _place(line: int, column: int, names: list[str]) -> str:
    return f"line {line}, column {column + 1}" + (f" ({names[column]})" if names else "")

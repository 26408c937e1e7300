"""Tables of pixels as text: one image a row, as Kaggle publishes MNIST."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import chain, islice
from typing import Any, BinaryIO, NoReturn, TextIO

import numpy as np

from ._csv_columns import are_names, check_first_column, find_labels, is_number
from ._csv_labels import as_target, find_missing
from ._gzip import unpacked
from ._streams import check_file, name_of, opened

_MAX_LINE = 2**24
_OpenLines = Callable[[], AbstractContextManager[Iterator[str]]]


def read_csv(
    path: str | os.PathLike[str] | BinaryIO | TextIO,
    *,
    label: str | int | None = "auto",
    max_bytes: int = 2**31,
) -> tuple[np.ndarray, np.ndarray | None]:
    r"""Read images and labels from a comma-separated file, plain or gzipped.

    One image a row, with or without a line of column names. Which column has the labels is
    read off the names, or said by `label`; a file that leaves it open is refused.

    Parameters
    ----------
    path : str, path-like or stream
        The file, UTF-8, or an open stream, binary or of text. A stream is read from where it
        stands, and stays open.
    label : {"auto", "first", "last"}, other str, int or None, default="auto"
        The column of the labels: its name, its place, or its number from 0 (from the end if
        negative). None says that there are none. "auto" takes the only column named label,
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
        If a row has too few or too many columns, a pixel is not a finite number, a label is
        empty, or missing among numbers, such as NA (with line and column), or there is no row at
        all. If it is not clear which column has the labels, or a column beside them is no pixel,
        such as one that numbers the rows. If pixels are named twice, or are not in the order of
        the numbers in their names. Without names, if ``label="auto"`` and the first column has
        one value only, another one in each of more than 10 rows, more different ones than a
        quarter of at least 40 rows, or than 62, or numbers that are not whole, or if the last
        column looks like labels.

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
    file = name_of(path)
    try:
        with _rereadable(path, max_bytes) as open_lines:
            with open_lines() as lines:
                rows = (line for line in lines if line.strip())
                names, first = _open_table(file, rows)
                width = len(names or _split(first))
                if width < 2:
                    raise ValueError(
                        f"{file}: one column, expected a label and pixels separated by commas"
                        + _say_separator(first)
                    )
                label_column = find_labels(file, names, width, label)
                table = _parse(chain([first], rows), label_column)
            if table is None or table[0].shape[1] != width - (label_column is not None):
                _raise_fault(file, open_lines, names, width, label_column)
            data, labels = table
            row = find_missing(labels)
            if row is not None and label_column is not None:
                _raise_missing(file, open_lines, names, label_column, row)
    except csv.Error as error:
        raise ValueError(f"{file}: not a readable csv file: {error}") from error
    target = None if label_column is None else as_target(labels)
    if target is not None and not names and label == "auto":
        check_first_column(file, target, data[:, -1])
    return _as_pixels(data), target


@contextmanager
def _rereadable(path: Any, max_bytes: int) -> Iterator[_OpenLines]:
    """Open a path or take a stream; yield what reads its lines from the start."""
    file = name_of(path)
    check_file(path, expected="a path or a stream", takes_text=True)
    is_text = hasattr(path, "read") and isinstance(path.read(0), str)
    if is_text:
        text = path if path.seekable() else io.StringIO(path.read(max_bytes + 1))
        start = text.tell()

        @contextmanager
        def open_lines() -> Iterator[Iterator[str]]:
            text.seek(start)
            yield _read_lines(file, text, max_bytes)

        yield open_lines
        return
    with opened(path, max_bytes=max_bytes) as stream:
        start = stream.tell()

        @contextmanager
        def open_lines() -> Iterator[Iterator[str]]:
            stream.seek(start)
            with unpacked(stream, file) as (content, _):
                text = io.TextIOWrapper(content, encoding="utf-8-sig")
                try:
                    with closing(_read_lines(file, text, max_bytes)) as lines:
                        yield lines
                finally:
                    text.detach()  # which would close a stream of the user's

        yield open_lines


def _read_lines(file: str, text: TextIO, max_bytes: int) -> Iterator[str]:
    """Yield lines, never holding more than one, however long the file says it is."""
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
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: not a readable csv file: {error}; write it in UTF-8") from error
    except ValueError as error:
        raise ValueError(f"{file}: not a readable csv file: {error}") from error


def _say_separator(line: str) -> str:
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), (" ", "blanks")):
        if separator in line.strip():
            return f": it has {name}, write it with commas (pandas: to_csv(sep=','))"
    return ""


def _split(line: str) -> list[str]:
    return next(csv.reader([line]))


def _open_table(file: str, rows: Iterator[str]) -> tuple[list[str], str]:
    """Take the column names, if there are any, and the first row off `rows`."""
    first = next(rows, None)
    if first is None:
        raise ValueError(f"{file}: no rows")
    names = _split(first)
    names[0] = names[0].strip().removeprefix("#")  # as NumPy writes a header
    if not are_names(file, names):
        return [], first
    first = next(rows, None)
    if first is None:
        raise ValueError(f"{file}: column names and no rows")
    return names, first


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
    file: str,
    open_lines: _OpenLines,
    names: list[str],
    width: int,
    label_column: int | None,
) -> NoReturn:
    """Look again, slowly, for the line and column at fault: NumPy counts rows, not lines."""
    with open_lines() as lines:
        for number, row in _numbered_rows(lines, names):
            where = f"{file}: line {number}"
            if len(row) != width:
                raise ValueError(f"{where} has {len(row)} columns, expected {width}")
            for column, text in enumerate(row):
                name = f" ({names[column]})" if names else ""
                if column == label_column:
                    if not text.strip():
                        raise ValueError(f"{where}, column {column + 1}{name}: the label is empty")
                elif not is_number(text):
                    is_last = text.strip() and not names and column == width - 1
                    raise ValueError(
                        f"{where}, column {column + 1}{name} is {text!r}, expected a finite number"
                        + ("; if it is the label, give label='last'" if is_last else "")
                    )
    raise ValueError(f"{file}: not a table of numbers separated by commas")


def _raise_missing(
    file: str, open_lines: _OpenLines, names: list[str], column: int, row: int
) -> NoReturn:
    """Say where among numbers the label of a row is text that stands for none."""
    with open_lines() as lines:
        number, fields = next(islice(_numbered_rows(lines, names), row, None))
    name = f" ({names[column]})" if names else ""
    raise ValueError(
        f"{file}: line {number}, column {column + 1}{name}: the label is "
        f"{fields[column].strip()!r}, expected a number as in other rows: leave the row out or "
        "give its label"
    )


def _numbered_rows(lines: Iterator[str], names: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are neither empty nor names, with the numbers of their lines."""
    reader = csv.reader(lines)
    rows = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
    return islice(rows, bool(names), None)


def _as_pixels(data: np.ndarray) -> np.ndarray:
    if data.min() >= 0 and data.max() <= 255:
        pixels = data.astype(np.uint8)
        if np.array_equal(pixels, data):
            return pixels
    return np.ascontiguousarray(data)
